"""The subset of Markdown of the guides: what is words stays words, and every mistake has its line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mda5_crf.guides.blocks import (
    Code,
    Entries,
    Guide,
    Heading,
    Paragraph,
    Picture,
    Span,
    Style,
    Table,
    Warned,
    plain,
    structure,
    words_of,
)
from mda5_crf.guides.reading import Reading, read
from mda5_crf.guides.writing import as_markdown

HEAD = "# T {#t}\n\n"


def filled(kind: str, what: str) -> Span | None:
    """A program with one key, one command line and one version."""
    known = {("key", "go"): Style.KEY, ("command", "show VAULT"): Style.CODE, ("version", ""): Style.PLAIN}
    style = known.get((kind, what))
    return None if style is None else Span(f"<{kind} {what}>", style)


def reading(text: str) -> Reading:
    return read("clinician", "en", HEAD + text, filled)


def only(text: str) -> object:
    """The one block below the title; nothing may be wrong with it."""
    found = reading(text)
    assert found.mistakes == ()
    _, block = found.guide.blocks
    return block


# ------------------------------------------------------------------ blocks


def test_a_paragraph_over_lines_is_one_and_chinese_gets_no_blanks() -> None:
    assert only("one\ntwo") == Paragraph((Span("one two"),))
    assert only("病例\n报告") == Paragraph((Span("病例报告"),))


def test_bold_code_and_both() -> None:
    assert only("a **b** `c` **d `e`**") == Paragraph(
        (
            Span("a "),
            Span("b", Style.BOLD),
            Span(" "),
            Span("c", Style.CODE),
            Span(" "),
            Span("d ", Style.BOLD),
            Span("e", Style.CODE),
        )
    )


def test_lists_keep_their_numbers_and_blank_lines_do_not_part_them() -> None:
    assert only("1. a\n   more\n\n2. b") == Entries(numbered=True, lines=((Span("a more"),), (Span("b"),)))
    assert only("3. c") == Entries(numbered=True, lines=((Span("c"),),), start=3)
    assert only("- a\n- b") == Entries(numbered=False, lines=((Span("a"),), (Span("b"),)))


def test_points_and_numbers_beside_each_other_are_told() -> None:
    assert [one.kind for one in reading("- a\n1. b").mistakes] == ["list"]
    assert [one.kind for one in reading("- a\n  - b").mistakes] == ["list"]


def test_a_table_with_its_ruler_and_a_bar_in_a_cell() -> None:
    assert only("| a | b |\n|---|---|\n| c \\| d | |") == Table(
        ((Span("a"),), (Span("b"),)), (((Span("c | d"),), ()),)
    )


def test_a_row_of_other_width_is_told_and_still_a_row() -> None:
    found = reading("| a | b |\n|---|---|\n| c |\n| d | e | f |")
    assert [(one.kind, one.line) for one in found.mistakes] == [("table", 5), ("table", 6)]
    table = found.guide.blocks[1]
    assert isinstance(table, Table) and {len(row) for row in table.rows} == {2}


def test_code_a_box_and_a_picture() -> None:
    assert only("```\nmda5-crf show\n  x\n```") == Code(("mda5-crf show", "  x"))
    assert only("> a\n>\n> b") == Warned(((Span("a"),), (Span("b"),)))
    assert only("![**What** it is](scene:page-audit/150)") == Picture(
        "page-audit", 150, (Span("What", Style.BOLD), Span(" it is"))
    )
    assert only("![x](scene:matrix)") == Picture("matrix", 100, (Span("x"),))


@pytest.mark.parametrize("text", ["![x](https://example.org/x.png)", "see ![x](scene:matrix) here"])
def test_a_picture_from_elsewhere_or_inside_a_line_is_told(text: str) -> None:
    assert [one.kind for one in reading(text).mistakes] == ["picture"]


def test_code_without_an_end_is_told_and_read_to_the_end() -> None:
    found = reading("```\na\nb")
    assert [(one.kind, one.line) for one in found.mistakes] == [("code", 3)]
    assert found.guide.blocks[1] == Code(("a", "b"))


# ------------------------------------------------------------------ anchors


@pytest.mark.parametrize("heading", ["## a", "## a {#}", "## a {#A b}", '## a {#x"y}'])
def test_a_heading_without_a_proper_anchor_is_told(heading: str) -> None:
    assert [(one.kind, one.line) for one in reading(heading).mistakes] == [("anchor", 3)]


def test_an_anchor_twice_is_told() -> None:
    assert [(one.kind, one.line) for one in reading("## a {#a}\n\n## b {#a}").mistakes] == [("anchor", 5)]


@pytest.mark.parametrize("text", ["", "## a {#a}", "words\n\n# T {#t}", "# T {#t}\n\n# U {#u}"])
def test_a_guide_begins_with_its_one_title(text: str) -> None:
    assert "title" in [one.kind for one in read("x", "en", text, filled).mistakes]


def test_a_heading_too_deep_is_told() -> None:
    assert [one.kind for one in reading("#### a {#a}").mistakes] == ["heading"]


# ------------------------------------------------------------------ placeholders and commands


def test_placeholders_are_filled_everywhere_and_their_words_are_no_markup() -> None:
    found = reading("a {key:go} `b {version}` **{version}**\n\n```\nx {version}\n```\n\n## {key:go} {#h}")
    assert found.mistakes == ()
    assert words_of(found.guide.blocks[1:]).splitlines() == [
        "a <key go> b <version > <version >",
        "x <version >",
        "<key go>",
    ]


@pytest.mark.parametrize("text", ["{key:gone}", "`{what:x}`", "**{say:a.b}**", "```\n{version:1}\n```"])
def test_an_unknown_placeholder_stays_as_written_and_is_told_with_its_line(text: str) -> None:
    found = reading(f"fine\n\n{text}")
    assert [one.kind for one in found.mistakes] == ["placeholder"]
    assert found.mistakes[0].line in (5, 6)
    assert "{" in words_of(found.guide.blocks)


def test_command_lines_are_noted_wherever_they_stand() -> None:
    found = reading("{command:show VAULT} `mda5-crf a` `other`\n\n```\nmda5-crf b --c\nls\n```")
    assert found.commands == ((3, "show VAULT"), (3, "a"), (6, "b --c"))


# ------------------------------------------------------------------ anything at all

TEXTS = st.text(
    st.sampled_from(list("ab#-1. |>`*{}[]()!:<&\n\t 病\u3000\u202e")) | st.characters(codec="utf-8"),
    max_size=120,
)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_any_text_is_read_and_no_word_of_plain_text_is_lost(text: str) -> None:
    found = read("x", "en", text, filled)
    said = words_of(found.guide.blocks)
    letters = [char for char in text if char in "ab病"]
    if not any(mark in text for mark in "`{}[]#"):
        assert [char for char in said if char in "ab病"] == letters
    assert structure(found.guide) == structure(found.guide)


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from(list("ab <&*`|")), min_size=1, max_size=30))
def test_what_is_written_out_holds_no_tag_of_the_text(text: str) -> None:
    guide = Guide("x", "en", (Heading(1, "x", (Span(text),)),))
    written = as_markdown(guide).replace('<a id="x"></a>', "")
    assert "<" not in written
    assert plain(guide.blocks[0].line) == text if isinstance(guide.blocks[0], Heading) else False
