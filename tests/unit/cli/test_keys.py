"""``pdf keys``: the card of keys from the command line, without a vault and without Qt."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from mda5_crf.ui.actions import TABLE
from tests.commandline import call
from tests.pdftext import solid, text_of


def test_the_card_needs_no_vault(tmp_path: Path) -> None:
    file = tmp_path / "keys 键.pdf"
    call("pdf", "keys", "-o", file, "--lang", "zh").good()
    (text,) = text_of(file.read_bytes())
    assert all(solid(command.title.zh) in text for command in TABLE if command.keys)


def test_words_behind_it_are_a_mistake(tmp_path: Path) -> None:
    call("pdf", "keys", "BL", "-o", tmp_path / "k.pdf").refused(2, "keys -o")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    call("pdf", "keys", "-o", tmp_path / "no" / "k.pdf").refused(3)


def test_qt_is_not_loaded_for_it(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom mda5_crf.cli import main\n"
        "status = main()\nassert not [n for n in sys.modules if n.startswith('PySide6')]\nsys.exit(status)\n"
    )
    words = [sys.executable, "-c", code, "pdf", "keys", "-o", str(tmp_path / "k.pdf")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
