"""Logs whose rows are blocks: the trial's own, with links, narratives, struck and unfinished rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mda5_crf.itemkey import ItemKey
from mda5_crf.pdf import PrintedRow, Tongue
from mda5_crf.pdf.answers import Answers
from mda5_crf.pdf.cards import Cards
from mda5_crf.pdf.document import lay_blank, lay_filled
from mda5_crf.pdf.draw import Leaf
from mda5_crf.pdf.filled import FromState
from mda5_crf.pdf.fonts import REGULAR
from mda5_crf.pdf.groups import BLANK_ROWS, MOST_CARDS, Groups, Nothing
from mda5_crf.pdf.ink import Box, Rule, Words
from mda5_crf.pdf.layout import UPRIGHT_WIDTH, page_size
from mda5_crf.pdf.paper import FilledForm
from mda5_crf.pdf.parts import Laid
from mda5_crf.pdf.reading import line_numbers
from mda5_crf.pdf.voice import Voice
from mda5_crf.study.model import Form, ItemType
from mda5_crf.text import Text
from tests.pdftext import solid
from tests.unit.pdf.paperwork import HEADER, MADE, Chart, overlaps, printed_words, span, trial

TONGUES: tuple[Tongue, ...] = ("en", "zh", "both")
BLOCKS = ("AE", "AESI", "CM", "EX", "GC", "PREG", "RPILD", "SAE")
TABLES = ("BS", "DV", "MH", "PR")


def form(name: str) -> Form:
    return trial().forms[name]


def blank(name: str, tongue: Tongue = "en") -> Laid:
    return lay_blank(trial(), [form(name)], tongue, made=MADE)


def lay(page: FilledForm, tongue: Tongue = "en") -> Laid:
    return lay_filled(trial(), [page], tongue, header=HEADER, made=MADE)


def said(laid: Laid) -> str:
    return "".join(solid(ink.text) for leaf in laid.leaves for ink in printed_words(leaf))


def crossed(laid: Laid) -> list[str]:
    """The words that are struck through."""
    found = []
    for leaf in laid.leaves:
        rules = {(ink.x1, round(ink.x2, 3)) for ink in leaf.inks if isinstance(ink, Rule) and ink.thick > 0.8}
        found += [ink.text for ink in printed_words(leaf) if (ink.x, round(span(ink)[2], 3)) in rules]
    return found


def log(name: str, *rows: PrintedRow, **texts: str) -> FilledForm:
    """A page of a log with live rows d1:1, d1:2 … as many as ``rows`` names, the first of them answered."""
    chart = Chart(trial())
    group = next(group for group in form(name).groups if group.repeating)
    for row in rows:
        if not row.struck:
            chart.data.add_row(ItemKey("d1:5", "BL", "", name, "", group.name), row.identity)
    for item, text in texts.items():
        chart.put(f"{name}.{item}", text, row=rows[0].identity)
    return chart.page(form(name), rows={group.name: rows})


FIRST = PrintedRow("d1:1", 1)


@pytest.mark.parametrize("tongue", TONGUES)
@pytest.mark.parametrize("name", BLOCKS)
def test_long_rows_are_several_empty_blocks_on_upright_pages(name: str, tongue: Tongue) -> None:
    laid = blank(name, tongue)
    assert not any(leaf.wide for leaf in laid.leaves)
    text = said(laid)
    titles = [f"第{row}行" if tongue == "zh" else f"Row{row}" for row in (1, 2, MOST_CARDS + 1)]
    assert [title in text for title in titles] == [True, True, False]
    for group in form(name).groups:
        for item in group.items:
            label = solid(item.label.zh if tongue == "zh" else item.label.en)
            assert text.count(label) >= (2 if group.repeating else 1), item.name


@pytest.mark.parametrize("name", TABLES)
def test_short_rows_stay_tables_that_fill_one_page(name: str) -> None:
    laid = blank(name)
    assert len(laid.leaves) == 1
    numbers = [ink.text for ink in printed_words(laid.leaves[0]) if ink.text.isdecimal() and ink.size == 9.0]
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
    assert len(numbers) >= 3


def test_a_form_without_pages_to_fill_prints_the_usual_number_of_rows() -> None:
    groups = Groups(Answers(trial(), Voice("en")), form("DV"), Nothing(), 1)
    numbered = [row for row in groups.rows() if row.edge == "grid" and not row.keep]
    assert len(numbered) == BLANK_ROWS


def test_short_questions_share_a_line_and_stand_under_each_other() -> None:
    (leaf,) = [one for one in blank("AE").leaves if "Life-threatening" in words_of(one)][:1]
    places = {ink.text: ink for ink in printed_words(leaf)}
    assert places["Death"].y == places["Life-threatening"].y
    assert places["Life-threatening"].x > places["Death"].x + UPRIGHT_WIDTH / 3
    assert places["Serious?"].x == places["Death"].x


def words_of(leaf: Leaf) -> list[str]:
    return [ink.text for ink in printed_words(leaf)]


@pytest.mark.parametrize("tongue", TONGUES)
def test_what_shares_a_line_has_room_for_its_answer(tongue: Tongue) -> None:
    cards = Cards(Answers(trial(), Voice(tongue)), form("AE"), UPRIGHT_WIDTH)
    short = {item.name for name in BLOCKS for item in form(name).items.values() if cards.is_short(item)}
    assert {"AEDUR", "AESDTH", "CMONGO"} & short == {"AESDTH", "CMONGO"}
    for name in BLOCKS:
        for item in form(name).items.values():
            if item.name in short:
                assert item.type not in (ItemType.DATETIME, ItemType.LABEL)
                assert (item.length or 0) <= 24 or item.type is not ItemType.TEXT


def test_a_block_that_fits_on_a_page_is_not_torn() -> None:
    for name in ("EX", "GC", "PREG", "RPILD"):
        for leaf in blank(name).leaves:
            assert not any("(continued)" in text and text.startswith("Row") for text in words_of(leaf)), name


def test_a_torn_block_says_on_every_page_which_row_it_is() -> None:
    leaves = blank("AE").leaves
    assert len(leaves) > 2
    assert [any(text.startswith("Row") for text in words_of(leaf)) for leaf in leaves] == [True] * len(leaves)


def test_a_list_longer_than_a_page_column_is_ticked_as_broad_as_the_page() -> None:
    chart = log("AE", FIRST, AEYN="Y", AELBTST="CK,LDH")
    text = said(lay(chart))
    assert "Tickallthatapply" in text
    assert "☑CKCreatinekinase" in text
    assert "☑LDHLactatedehydrogenase" in text
    assert "Writeonecode" not in text


def test_codes_that_cannot_be_read_stand_below_the_boxes() -> None:
    text = said(lay(log("AE", FIRST, AELBTST="CK and more")))
    assert "CKandmore" in text


@pytest.mark.parametrize("tongue", TONGUES)
def test_a_link_has_a_box_for_the_line_and_says_of_which_form(tongue: Tongue) -> None:
    text = said(blank("CM", tongue))
    assert ("linenumbersonformMH" if tongue != "zh" else "MH表的行号，可多个") in text
    assert ("linenumberonformAE" if tongue != "zh" else "AE表的行号") in said(blank("SAE", tongue))
    assert "AE#" in said(blank("PR", tongue))  # in the cell of a table


def test_a_link_is_printed_as_line_numbers_and_never_as_identities() -> None:
    page = log("EX", FIRST, ECOCCUR="Y", ECDOSFRQ="QD", ECADJ="ADVERSE EVENT", ECAENO="ab:7,ab:9")
    key = next(key for key in page.state.items if key.item == "ECAENO")
    text = said(lay(replace(page, shown={key: "1, 3"})))
    assert "AE#1,AE#3" in text
    assert "ab:7" not in text
    assert "AE#1,AE#?" in said(lay(replace(page, shown={key: "1, ?"})))


@pytest.mark.parametrize(
    "text, shown",
    [
        ("3", "AE#3"), ("1, 3", "AE#1, AE#3"), ("2, ?", "AE#2, AE#?"), ("the second", "the second"), ("", ""),
        ("1, 2×", "AE#1, AE#2 (struck)"), ("3 × daily", "3 × daily"),
    ],
)  # fmt: skip
def test_line_numbers(text: str, shown: str) -> None:
    assert line_numbers(Voice("en"), "AE", text) == shown


STORY = "".join(f"第{number}天：体温正常 afebrile，无不适。" for number in range(300))[:4000]


@pytest.mark.parametrize("tongue", TONGUES)
def test_a_narrative_of_4000_characters_flows_over_the_pages(tongue: Tongue) -> None:
    laid = lay(log("SAE", FIRST, SAENARR=STORY), tongue)
    body = [
        ink for leaf in laid.leaves for ink in printed_words(leaf) if ink.size == 9.0 and ink.face == REGULAR
    ]
    assert solid(STORY) in "".join(solid(ink.text) for ink in body)
    assert 1 < len(laid.leaves) <= 4
    first = [ink for ink in printed_words(laid.leaves[0]) if "afebrile" in ink.text]
    assert len(first) > 8  # begun on the first page, not moved to the next
    for leaf in laid.leaves:
        assert overlaps(leaf) == []
        for ink in printed_words(leaf):
            assert span(ink)[2] <= page_size(leaf.wide)[0] - 25


def test_a_blank_narrative_has_lines_for_it_and_a_filled_one_takes_no_more_than_it_needs() -> None:
    def ruled(laid: Laid) -> int:
        rules = [ink for leaf in laid.leaves for ink in leaf.inks if isinstance(ink, Rule)]
        return sum(rule.thick == 0.6 and rule.x2 - rule.x1 > 400 for rule in rules)

    assert ruled(blank("SAE")) == 60  # two reports
    assert len(lay(log("SAE", FIRST, SAENARR="Short.")).leaves) == 1


def test_a_struck_block_is_crossed_out_keeps_its_number_and_shows_what_it_held() -> None:
    values = {
        "AETERM": "Rash 皮疹",
        "AECAT": "SKIN",
        "AELBTST": "CK,LDH",
        "AESTDAT": "UNK",
        "AEONGO": "maybe",
    }
    gone = PrintedRow("d1:9", 2, True, Text("Entered twice", "重复录入"), values)
    laid = lay(log("AE", FIRST, gone, AETERM="Fever"))
    text, struck = said(laid), crossed(laid)
    assert "Row2Struckout:Enteredtwice" in text
    assert "Rash 皮疹" in struck
    assert "maybe" in struck
    assert "UNK Unknown" in struck
    assert "☑SKINSkin" in text or "☑Skin" in text
    assert "☑CKCreatinekinase" in text
    assert "Fever" in text
    assert "Fever" not in struck


def test_a_struck_table_row_shows_its_codes_and_links() -> None:
    values = {"PRTRT": "OXYGEN", "PRAENO": "1, 2", "PRSTDAT": "2026-08-04"}
    gone = PrintedRow("d1:9", 7, True, None, values)
    laid = lay(log("PR", gone))
    struck = crossed(laid)
    assert {"OXYGEN", "AE#1, AE#2", "2026-08-04", "7"} <= set(struck)
    assert "Struckout" in said(laid)


@pytest.mark.parametrize("name", ["AE", "PR"])
@pytest.mark.parametrize(
    "status, noted", [("incomplete", True), ("empty", True), ("complete", False), ("", False)]
)
def test_an_unfinished_row_says_so(name: str, status: str, noted: bool) -> None:
    text = said(lay(log(name, replace(FIRST, status=status))))
    assert ("Row1incomplete" in text) is noted


def test_live_rows_show_the_state_and_not_what_the_caller_remembers() -> None:
    row = replace(FIRST, values={"AETERM": "stale"})
    text = said(lay(log("AE", row, AETERM="Fever")))
    assert "Fever" in text
    assert "stale" not in text


def test_several_codes_in_a_cell_can_break_between_them() -> None:
    source = FromState(trial(), log("RPILD", FIRST, RPCRIT="PAO2 FALL,FVC FALL"), Voice("en"))
    answer = source.answer(form("RPILD").items["RPCRIT"], FIRST.identity)
    assert answer is not None
    assert answer.text == "PAO2 FALL, FVC FALL"
    assert answer.codes == {"PAO2 FALL", "FVC FALL"}


def test_every_box_and_line_stays_inside_the_paper() -> None:
    for tongue in TONGUES:
        for leaf in lay_blank(trial(), list(trial().forms.values()), tongue, made=MADE).leaves:
            across, down = page_size(leaf.wide)
            for ink in leaf.inks:
                if isinstance(ink, Box):
                    edges = (ink.x, ink.y, ink.x + ink.w, ink.y + ink.h)
                elif isinstance(ink, Rule):
                    edges = (ink.x1, ink.y1, ink.x2, ink.y2)
                else:
                    assert isinstance(ink, Words)
                    continue
                assert edges[0] >= 28, ink
                assert edges[1] >= 28, ink
                assert edges[2] <= across - 28, ink
                assert edges[3] <= down - 28, ink
