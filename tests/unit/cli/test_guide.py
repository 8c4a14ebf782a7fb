"""``guide``: the guides at the terminal and as PDF, without a vault and without a password."""

from __future__ import annotations

from pathlib import Path

import pytest

from mda5_crf.guides.shelf import NAMES
from tests.commandline import act
from tests.pdftext import text_of


def test_a_guide_nobody_wrote_is_refused_with_those_there_are() -> None:
    act("guide", "surgeon").refused(2, "surgeon", "clinician", "coordinator")


def test_a_file_without_a_name_is_refused(tmp_path: Path) -> None:
    act("guide", "-o", tmp_path / "g.pdf").refused(2, "quick-card")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_refuses_is_said(tmp_path: Path) -> None:
    act("guide", "quick-card", "-o", tmp_path / "no" / "g.pdf").refused(3)
    act("guide", "quick-card", "-o", tmp_path).refused(1)


def test_the_list_names_every_guide_in_either_language() -> None:
    assert [line.split()[0] for line in act("guide").good().out.splitlines()] == list(NAMES)
    assert "临床医生" in act("guide", "--lang", "zh").good().out
    assert [one["guide"] for one in act("guide", "--json").good().json()] == list(NAMES)


def test_the_text_has_keys_and_names_of_the_program() -> None:
    out = act("guide", "quick-card").good().out
    assert "# Quick card" in out and "F12" in out and "{key:" not in out
    assert act("guide", "quick-card", "--lang", "zh", "--json").good().json()["text"].count("速查卡")


@pytest.mark.parametrize("tongue,words", [("en", "Quickcard"), ("zh", "速查卡")])
def test_the_pdf(tmp_path: Path, tongue: str, words: str) -> None:
    file = tmp_path / "卡 card.pdf"
    told = act("guide", "quick-card", "--lang", tongue, "-o", file).good()
    assert file.name in told.out
    pages = text_of(file.read_bytes())
    assert len(pages) == 2 and words in pages[0]
    assert act("guide", "quick-card", "-o", file, "--json").good().json()["pages"] == 2
