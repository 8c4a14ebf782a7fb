"""Both faces hold every character the program can print, and what they lack is shown as its code."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.pdf.fonts import BOLD, FILES, REGULAR, font_folder, printable, runs, uncovered, width
from mda5_crf.text import catalogue
from tests.unit.pdf.paperwork import ROOT

TEXTS = ROOT / "mda5_crf" / "text"
AREAS = sorted(path.stem for path in TEXTS.glob("*.py") if path.stem != "__init__")


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings(inner)


def characters(face: str) -> set[str]:
    with TTFont(font_folder() / FILES[face]) as font:
        return {chr(code) for code in font.getBestCmap()}


@pytest.fixture(scope="module", params=[REGULAR, BOLD])
def covered(request: pytest.FixtureRequest) -> set[str]:
    return characters(request.param) | {"\n"}


@pytest.mark.parametrize("area", AREAS)
def test_every_character_of_the_catalogue_is_in_both_faces(area: str, covered: set[str]) -> None:
    used = {char for pair in catalogue(area).values() for text in pair for char in text}
    assert used
    assert used <= covered, sorted(used - covered)


@pytest.mark.parametrize("folder", ["resources/study/nct04966884", "tests/data/definitions/mini"])
def test_every_character_of_a_definition_is_in_both_faces(folder: str, covered: set[str]) -> None:
    used: set[str] = set()
    for path in sorted((ROOT / folder).rglob("*.toml")):
        for text in strings(tomllib.loads(path.read_text(encoding="utf-8"))):
            used |= set(text)
    assert used
    assert used <= covered, sorted(used - covered)


@pytest.mark.parametrize("char", list("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻₀₉☐☑☒✎✓✗▲⚠Σ≤≥×µ℃Ⅴ·"))
def test_borrowed_and_special_characters_have_outlines(char: str) -> None:
    for face in (REGULAR, BOLD):
        with TTFont(font_folder() / FILES[face]) as font:
            glyph = font["glyf"][font.getBestCmap()[ord(char)]]
            assert glyph.numberOfContours != 0, f"{char} is blank in {face}"


def test_regular_holds_gbk_and_bold_gb2312() -> None:
    regular, bold = characters(REGULAR), characters(BOLD)
    hanzi = [chr(code) for code in range(0x4E00, 0x9FA6)]
    assert {char for char in hanzi if char.encode("gbk", "ignore")} <= regular
    assert {char for char in hanzi if char.encode("gb2312", "ignore")} <= bold


def test_the_two_faces_have_different_postscript_names() -> None:
    names = set()
    for face, file in FILES.items():
        with TTFont(font_folder() / file) as font:
            assert font["name"].getDebugName(6) == face
            names.add(font["name"].getDebugName(6))
    assert len(names) == 2


def test_the_recorded_sums_are_those_of_the_files() -> None:
    recorded = dict(
        re.findall(
            r"\| (CRF-\S+) \| [\d,]+ \| `([0-9a-f]{64})` \|", (font_folder() / "README.md").read_text()
        )
    )
    assert set(recorded) == set(FILES.values())
    for file, digest in recorded.items():
        assert hashlib.sha256((font_folder() / file).read_bytes()).hexdigest() == digest


def test_the_licence_names_all_three_sources() -> None:
    licence = (font_folder() / "OFL.txt").read_text()
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert licence.count("Copyright 2") == 3


@pytest.mark.parametrize(
    "text, shown",
    [
        ("𠮷野", "□U+20BB7野"),
        ("a\u202eb", "a□U+202Eb"),
        ("a\x00b", "a□U+0000b"),
        ("\u200b", "□U+200B"),
        ("a\tb\r\nc\rd", "a b\nc\nd"),
        ("e\u0301\u0000", "é□U+0000"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("\ud800", "□U+D800"),
        ("喆堃珺", "喆堃珺"),
    ],
)
def test_what_cannot_be_printed_is_shown_as_its_code(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_uncovered_names_each_character_once() -> None:
    assert uncovered("𠮷a𠮷\u202e\n") == ("𠮷", "\u202e")
    assert uncovered("王小明 WBC 10⁹/L") == ()


@given(st.text())
def test_printable_is_stable_and_has_only_shapes(text: str) -> None:
    shown = printable(text)
    assert printable(shown) == shown
    assert not uncovered(shown)


def test_bold_borrows_from_regular_what_it_lacks() -> None:
    assert runs("王喆a", BOLD) == (("王", BOLD), ("喆", REGULAR), ("a", BOLD))
    assert runs("王喆a", REGULAR) == (("王喆a", REGULAR),)
    assert width("王喆", BOLD, 10.0) == pytest.approx(20.0)


def test_fonts_are_found_in_an_installed_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    (tmp_path / "resources" / "fonts").mkdir(parents=True)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert font_folder() == tmp_path / "resources" / "fonts"
