"""A guide on paper: contents that lead, two pages of quick card, pictures as they are, nothing that acts."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mda5_crf.guides.blocks import Guide, Heading, Paragraph, Picture, Span, plain
from mda5_crf.guides.reading import read
from mda5_crf.pdf.guides import About, draw_guide
from mda5_crf.pdf.png import SIGNATURE, Png, parse_png, read_png
from mda5_crf.text import LANGUAGES, Language
from mda5_crf.ui.guide_words import draw, reading
from tests.pdftext import outline_of, solid, text_of

ABOUT = About("head", "foot")
tongues = pytest.mark.parametrize("tongue", LANGUAGES)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(
    width: int = 4, height: int = 2, colours: int = 3, interlaced: int = 0, table: bytes = b"\0\0\0\xff\0\0"
) -> bytes:
    """A picture of two colours, the second of them red."""
    head = struct.pack(">IIBBBBB", width, height, 8, colours, 0, 0, interlaced)
    lines = zlib.compress((b"\0" + b"\1" * width) * height)
    parts = chunk(b"IHDR", head) + (chunk(b"PLTE", table) if table else b"")
    return SIGNATURE + parts + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def guide(text: str, name: str = "clinician", tongue: Language = "en") -> Guide:
    return read(name, tongue, text, lambda _kind, _what: None).guide


def reader(data: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(data))


# ------------------------------------------------------------------ the guides of the program


@tongues
def test_the_quick_card_is_two_pages(tongue: Language) -> None:
    printed = draw(reading("quick-card", tongue).guide, {})
    assert printed.pages == 2 and printed.uncovered == ()


@pytest.mark.parametrize("name,tongue", [("coordinator", "zh"), ("administrator", "en")])
def test_contents_and_bookmarks_name_the_page_on_which_a_chapter_begins(name: str, tongue: Language) -> None:
    found = reading(name, tongue).guide
    printed = draw(found, {})
    assert printed.uncovered == ()
    texts, marks = text_of(printed.data), outline_of(reader(printed.data))
    pages = {title: page for _, title, page in marks}
    for heading in found.headings[1:]:
        title = plain(heading.line)
        page = pages[title]
        assert solid(title) in texts[page - 1], title
    chapters = [plain(one.line) for one in found.headings if one.level == 2]
    listed = "".join(texts[: min(pages[one] for one in chapters) - 1])
    assert all(solid(f"{one}{pages[one]}") in listed for one in chapters)
    assert [title for level, title, _ in marks if not level][1:] == chapters


def test_the_same_texts_give_the_same_bytes() -> None:
    one = reading("datamanager", "en").guide
    assert draw(one, {}).data == draw(one, {}).data


# ------------------------------------------------------------------ layout


def test_a_card_that_cannot_be_read_any_more_is_refused() -> None:
    long = "# T {#t}\n\n" + "\n\n".join(["words"] * 140)
    with pytest.raises(ValueError, match="does not fit on 2 pages"):
        draw_guide(guide(long, "quick-card"), ABOUT, {})


def test_the_card_is_set_smaller_until_it_fits() -> None:
    text = "# T {#t}\n\n" + "\n\n".join(["words " * 60] * 40)
    assert draw_guide(guide(text, "quick-card"), ABOUT, {}).pages == 2


def test_a_long_word_a_wide_table_and_a_long_command_stay_on_the_paper() -> None:
    long = "x" * 400
    table = f"| {long} | b |\n|---|---|\n| c | {'d ' * 300} |"
    text = f"# T {{#t}}\n\n## C {{#c}}\n\n{long}\n\n{table}\n\n```\n{long}\n```"
    printed = draw_guide(guide(text), ABOUT, {})
    assert "".join(text_of(printed.data)).count("x") >= 3 * 400


def test_hostile_words_are_printed_as_they_are() -> None:
    hostile = "<script>alert(1)</script> </p> (a) \\) %PDF {#x} ![x](file:///etc/passwd) \u202e\x07"
    printed = draw_guide(guide(f"# T {{#t}}\n\n## C {{#c}}\n\n{hostile}"), ABOUT, {})
    text = "".join(text_of(printed.data))
    assert "<script>alert(1)</script>" in text and "file:///etc/passwd" in text
    assert "\u202e" in printed.uncovered
    assert not any(word in printed.data for word in (b"/JavaScript", b"/URI", b"/Launch", b"/OpenAction"))


@settings(max_examples=8, deadline=None)
@given(st.text(max_size=60))
def test_any_words_can_be_printed(words: str) -> None:
    made = Guide(
        "x", "zh", (Heading(1, "x", (Span("x"),)), Heading(2, "y", (Span(words),)), Paragraph((Span(words),)))
    )
    assert draw_guide(made, ABOUT, {}).pages >= 2


# ------------------------------------------------------------------ pictures


def test_a_picture_is_in_the_file_once_with_its_colours(tmp_path: Path) -> None:
    file = tmp_path / "p.png"
    file.write_bytes(png())
    found = read_png(file)
    assert found is not None and (found.width, found.height) == (4, 2)
    line = (Span("what is to be seen"),)
    shot = Picture("p", 100, line)
    blocks = (Heading(1, "x", (Span("x"),)), Heading(2, "y", (Span("y"),)), shot, shot)
    pictures = {"p-en-100.png": found}
    data = draw_guide(Guide("x", "en", blocks), ABOUT, pictures).data
    assert data.count(b"/Subtype /Image") == 1
    (image,) = reader(data).pages[1].images
    shown = image.image
    assert shown is not None
    assert shown.size == (4, 2) and shown.convert("RGB").getcolors() == [(8, (255, 0, 0))]
    assert "whatistobeseen" in "".join(text_of(data))


def test_a_picture_that_is_not_there_is_left_out_with_its_caption() -> None:
    blocks = (
        Heading(1, "x", (Span("x"),)),
        Heading(2, "y", (Span("y"),)),
        Picture("p", 100, (Span("seen"),)),
    )
    data = draw_guide(Guide("x", "en", blocks), ABOUT, {}).data
    assert b"/Subtype /Image" not in data and "seen" not in "".join(text_of(data))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        SIGNATURE,
        png()[:-4],
        png()[: len(SIGNATURE) + 20],
        png(colours=2),
        png(interlaced=1),
        png(table=b""),
        png(table=b"\0\0"),
        png(width=0),
        png(width=20_000),
    ],
)
def test_what_is_no_picture_of_ours_is_none(data: bytes) -> None:
    assert parse_png(data) is None


def test_a_picture_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    assert read_png(tmp_path / "gone.png") is None and read_png(tmp_path) is None


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 90))
def test_any_damage_is_none_or_a_picture(damage: bytes, at: int) -> None:
    whole = png()
    found = parse_png(whole[:at] + damage + whole[at + len(damage) :])
    assert found is None or isinstance(found, Png)
