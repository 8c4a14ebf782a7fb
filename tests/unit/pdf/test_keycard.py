"""The printed card of keys: one page, every key of the table, nothing else."""

from __future__ import annotations

from io import BytesIO

import pypdf
import pytest

from mda5_crf.pdf import Tongue
from mda5_crf.pdf.keycard import LARGEST, KeyRow, draw_keys
from mda5_crf.text import LANGUAGES, Text
from mda5_crf.ui.actions import TABLE
from mda5_crf.ui.key_rows import draw_card, printed_keys
from tests.pdftext import solid, text_of

TITLE, FOOT = Text("Keys", "按键"), Text("foot", "页脚")


def rows(count: int, *, keys: str = "Ctrl+K", does: str = "Does a thing") -> list[KeyRow]:
    return [
        KeyRow(Text(f"S{n // 8}", f"段{n // 8}"), keys, Text(f"{does} {n}", f"做 {n}")) for n in range(count)
    ]


def words(data: bytes) -> list[tuple[str, float, float, float]]:
    """Text, x, y from below and size of every piece on the page."""
    found: list[tuple[str, float, float, float]] = []

    def note(text: str, _cm: object, tm: list[float], _font: object, size: float) -> None:
        if text.strip():
            found.append((text.strip(), tm[4], tm[5], size))

    (page,) = pypdf.PdfReader(BytesIO(data)).pages
    page.extract_text(visitor_text=note)
    return found


@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_the_card_says_every_key_of_the_table(language: Tongue) -> None:
    printed = draw_card(language)
    assert printed.pages == 1
    (text,) = text_of(printed.data)
    spoken = LANGUAGES if language == "both" else (language,)
    for command in TABLE:
        for one in spoken:
            # A title stands once for each command that has a key, beside that key.
            assert (solid(command.title.in_(one)) in text) or not command.keys, command.name
        for key in command.keys:
            assert solid(key) in text, command.name


@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_each_key_stands_on_the_line_of_what_it_does(language: Tongue) -> None:
    pieces: dict[tuple[float, float], str] = {}
    for text, x, y, _ in words(draw_card(language).data):
        # A reader may hand out one string of Chinese in several pieces, all at its beginning.
        pieces[x, y] = pieces.get((x, y), "") + text
    found = [(text, y) for (_, y), text in pieces.items()]
    for command in TABLE:
        if not command.keys:
            continue
        first = printed_keys(command).split(", ")[0]
        title = command.title.in_("zh" if language == "zh" else "en").split()[0][:4]
        heights = [y for text, y in found if text.startswith(first)]
        assert any(
            abs(y - other) < 0.5 and text.startswith(title) for y in heights for text, other in found
        ), command.name


def test_commands_without_a_key_are_not_printed() -> None:
    (text,) = text_of(draw_card("en").data)
    for command in TABLE:
        if not command.keys and not any(c.title.en.startswith(command.title.en) for c in TABLE if c.keys):
            assert solid(command.title.en) not in text, command.name


def test_the_same_card_is_the_same_bytes() -> None:
    assert draw_card("both").data == draw_card("both").data


def test_few_rows_are_large_and_many_are_smaller() -> None:
    few = draw_keys(rows(4), "en", title=TITLE, foot=FOOT).data
    many = draw_keys(rows(90), "en", title=TITLE, foot=FOOT).data
    size = {text: size for text, _, _, size in words(few)}
    assert size["Does a thing 0"] == LARGEST
    small = {text: size for text, _, _, size in words(many)}
    assert small["Does a thing 0"] < LARGEST
    assert len([text for text in small if text.startswith("Does a thing")]) == 90


def test_nothing_stands_outside_the_paper_or_on_something_else() -> None:
    for count in (1, 8, 9, 60, 100):
        data = draw_keys(rows(count), "both", title=TITLE, foot=FOOT).data
        found = words(data)
        assert all(20 < x < 585 and 20 < y < 830 for _, x, y, _ in found), count
        places = [(round(x), round(y)) for _, x, y, _ in found]
        assert len(set(places)) == len(places), count


def test_a_heading_does_not_stand_alone_at_the_foot_of_a_column() -> None:
    for count in range(8, 60):
        found = words(draw_keys(rows(count), "en", title=TITLE, foot=FOOT).data)
        left = [(y, text) for text, x, y, _ in found if x < 300 and text not in ("foot", "Keys")]
        assert not min(left)[1].startswith("S"), count


def test_more_than_fits_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="fit"):
        draw_keys(rows(400), "both", title=TITLE, foot=FOOT)


def test_a_key_that_is_too_long_for_any_size_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="fit"):
        draw_keys(rows(2, keys="Ctrl+" * 40), "en", title=TITLE, foot=FOOT)
