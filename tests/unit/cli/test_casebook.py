"""``pdf casebook``."""

from __future__ import annotations

from pathlib import Path

from tests.commandline import act


def test_one_participant_or_all(vault: Path, tmp_path: Path) -> None:
    file = tmp_path / "book.pdf"
    found = act("pdf", "casebook", vault, "01-001", "-o", file, "--lang", "zh", "--json").good().json()
    assert file.read_bytes().startswith(b"%PDF") and found["pages"] >= 5
    folder = tmp_path / "all"
    folder.mkdir()
    done = act("pdf", "casebook", vault, "all", "-o", folder, "--lang", "en", "--without", "audit").good()
    (made,) = folder.iterdir()
    assert made.name == "nct04966884-01-001-casebook-en.pdf" and made.name in done.out


def test_what_cannot_be_printed_is_refused_and_leaves_nothing(vault: Path, tmp_path: Path) -> None:
    file = tmp_path / "book.pdf"
    act("pdf", "casebook", vault, "-o", file).refused(2, "all")
    act("pdf", "casebook", vault, "01-001", "-o", file, "--without", "pictures").refused(
        1, "pictures", "audit"
    )
    act("pdf", "casebook", vault, "01-001", "-o", file, "--since", "yesterday").refused(1)
    act("pdf", "casebook", vault, "99-999", "-o", file).refused(1)
    act("pdf", "casebook", vault, "all", "-o", tmp_path / "nowhere").refused(1, "nowhere")
    assert not list(tmp_path.iterdir())
