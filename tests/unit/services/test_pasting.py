"""Blocks from a spreadsheet: every cell is taken, marked or refused by name, and one act writes them all."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.db.journal import Journal
from mda5_crf.errors import InputRefused, StoreError
from mda5_crf.services.changes import Reason, ReasonRequired
from mda5_crf.services.entry import EntrySession
from mda5_crf.services.pasteblock import MOST_BYTES, MOST_LINES, is_block, parse_block
from mda5_crf.services.pasting import Fate, PasteOptions, PastePlan
from mda5_crf.study.model import Layout
from tests.gui.form_driver import MemoryWard, fill, key_of, real_study
from tests.gui.form_driver import ward as memory_ward
from tests.scenario import Ward


def opened(form: str, event: str = "BL", **texts: str) -> tuple[MemoryWard, EntrySession]:
    made = memory_ward(real_study())
    entry = made.entry(event, form)
    fill(entry, **texts)
    return made, entry


def fates(plan: PastePlan) -> list[tuple[str, str]]:
    return [(cell.typed, str(cell.fate)) for cell in plan.cells]


def why(plan: PastePlan, typed: str) -> str:
    cell = next(cell for cell in plan.cells if cell.typed == typed)
    assert cell.why is not None
    return cell.why.en


def taken(plan: PastePlan) -> dict[str, str]:
    return {c.key.item: c.entry.missing or c.entry.text for c in plan.taken if c.key and c.entry}


# -- the block itself


@pytest.mark.parametrize(
    "text, cells",
    [
        ("a\tb\r\nc\td\r\n", (("a", "b"), ("c", "d"))),
        ("a\tb\rc", (("a", "b"), ("c", ""))),
        ('"two\r\nlines"\tx\n', (("two\nlines", "x"),)),
        ('"say ""yes"""\tx', (('say "yes"', "x"),)),
        ('"plain"\t5" pipe', (('"plain"', '5" pipe'),)),
        ('"never closed\tx', (('"never closed', "x"),)),
        ("a\n\n\t\n", (("a",),)),
        ("\n\nb", (("",), ("",), ("b",))),
        ("=1+1\t@x", (("=1+1", "@x"),)),
    ],
)
def test_a_block_is_read_as_spreadsheets_write_it(text: str, cells: tuple[tuple[str, ...], ...]) -> None:
    width = max(len(line) for line in cells)
    assert [line[:width] for line in parse_block(text)] == [(*c, *[""] * (width - len(c))) for c in cells]


@pytest.mark.parametrize("text", ["", "\r\n\r\n", " \t \n"])
def test_nothing_is_said_to_be_nothing(text: str) -> None:
    with pytest.raises(InputRefused, match="nothing"):
        parse_block(text)


def test_what_is_too_much_is_refused_with_its_size() -> None:
    with pytest.raises(InputRefused) as refused:
        parse_block("x\n" * (MOST_LINES + 1))
    assert str(MOST_LINES + 1) in refused.value.text.en
    assert len(parse_block("x\n" * MOST_LINES)) == MOST_LINES
    with pytest.raises(InputRefused) as refused:
        parse_block("界" * (MOST_BYTES // 3 + 1))
    assert "1001 kB" in refused.value.text.zh


@pytest.mark.parametrize("text, block", [("5\r\n", False), ("5", False), ("5\t6", True), ("5\n6", True)])
def test_one_cell_with_a_line_end_is_no_block(text: str, *, block: bool) -> None:
    assert is_block(text) is block


# -- which column goes where


@pytest.mark.parametrize("heads", ["MHTERM\tMHSTDAT", "MH.MHTERM\tMH.MHSTDAT", "疾病名称\t开始日期"])
def test_columns_are_known_by_name_oid_and_words_in_both_languages(heads: str) -> None:
    _, entry = opened("MH", "LOG", MHYN="Y")
    items = entry.form.items
    heads = heads.replace("疾病名称", items["MHTERM"].label.zh).replace("开始日期", items["MHSTDAT"].label.zh)
    plan = entry.paste_plan("ROWS", f"{heads}\nasthma\t2019\n")
    assert plan.headed and taken(plan) == {"MHTERM": "asthma", "MHSTDAT": "2019"}
    assert [cell.fate for cell in plan.cells[:2]] == [Fate.HEADING] * 2


def test_without_headings_columns_go_on_from_the_cell_in_hand() -> None:
    _, entry = opened("MH", "LOG", MHYN="Y")
    row, _ = entry.add_row("ROWS")
    plan = entry.paste_plan("ROWS", "2019-05\tY\n2020\tN", key_of(entry, "MHSTDAT", row))
    assert plan.columns == ("MHSTDAT", "MHONGO") and not plan.headed
    assert plan.into == row and plan.row_count == 1
    rows, _ = entry.take_paste(plan)
    assert len(rows) == 1 and entry.rows("ROWS") == [row, rows[0].group_repeat]


def test_a_row_in_which_something_stands_gets_nothing() -> None:
    made, entry = opened("MH", "LOG", MHYN="Y")
    row, _ = entry.add_row("ROWS")
    entry.set_value(key_of(entry, "MHTERM", row), "asthma")
    plan = entry.paste_plan("ROWS", "gout\nlupus", key_of(entry, "MHTERM", row))
    entry.take_paste(plan)
    assert plan.into == "" and len(entry.rows("ROWS")) == 3
    assert ("MHTERM", "asthma") in made.stored()


def test_a_column_without_a_place_is_named_and_can_be_given_one() -> None:
    _, entry = opened("MH", "LOG", MHYN="Y")
    label = entry.form.items["MHTERM"].label.en
    plan = entry.paste_plan("ROWS", f"{label}\tsince\nasthma\t2019")
    assert "goes nowhere" in why(plan, "2019")
    options = PasteOptions(columns=("MHTERM", "MHSTDAT"), headed=True)
    again = entry.paste_plan("ROWS", f"{label}\tsince\nasthma\t2019", None, options)
    assert taken(again) == {"MHTERM": "asthma", "MHSTDAT": "2019"}


def test_two_columns_for_one_question_are_not_both_taken() -> None:
    _, entry = opened("MH", "LOG", MHYN="Y")
    options = PasteOptions(columns=("MHTERM", "MHTERM"), headed=False)
    plan = entry.paste_plan("ROWS", "asthma\tgout", None, options)
    assert fates(plan) == [("asthma", "taken"), ("gout", "left")]


def test_a_heading_in_another_unit_is_not_recognised() -> None:
    _, entry = opened("GC", "LOG")
    item = entry.form.items["CMDOSTOT"]
    text = f"Medicine\t{item.label.en} ({{}})\nPREDNISONE\t40"
    assert entry.paste_plan("ROWS", text.format(item.unit)).columns == ("", "CMDOSTOT")
    other = entry.paste_plan("ROWS", text.format("furlong"))
    assert other.headed and other.columns == ("", "") and not other.taken


def _log(entry: EntrySession) -> str:
    return next(group.name for group in entry.form.groups if group.repeating)


# -- each cell


@pytest.mark.parametrize(
    "typed, stored",
    [
        ("2022/3/1", "2022-03-01"), ("2022-03-01", "2022-03-01"), ("1-Mar-22", "2022-03-01"),
        ("2-Apr-65", "1965-04-02"), ("２０２２／３／１", "2022-03-01"), ("2022/3/1 0:00", "2022-03-01"),
        ("2022年3月1日", "2022-03-01"), ("Mar-2022", "2022-03"), ("2022-03", "2022-03"), ("UNK", "UNK"),
    ],
)  # fmt: skip
def test_dates_as_spreadsheets_show_them(typed: str, stored: str) -> None:
    _, entry = opened("MH", "LOG", MHYN="Y")
    plan = entry.paste_plan("ROWS", typed, None, PasteOptions(columns=("MHSTDAT",)))
    assert taken(plan) == {"MHSTDAT": stored}


@pytest.mark.parametrize("typed", ["44621", "44621.5", "3/1/2022", "31-Feb-22"])
def test_no_date_is_guessed(typed: str) -> None:
    _, entry = opened("MH", "LOG", MHYN="Y")
    plan = entry.paste_plan("ROWS", typed, None, PasteOptions(columns=("MHSTDAT",)))
    assert [c.fate for c in plan.cells] == [Fate.MARKED] and taken(plan) == {"MHSTDAT": typed}
    assert ("inner number" in why(plan, typed)) is typed.startswith("4")
    out = entry.paste_plan("ROWS", typed, None, PasteOptions(columns=("MHSTDAT",), marked=False))
    assert out.left and not out.taken and out.row_count == 0


@pytest.mark.parametrize(
    "typed, stored, fate",
    [
        ("Y", "Y", Fate.TAKEN),
        ("yes", "Y", Fate.TAKEN),
        ("否", "N", Fate.TAKEN),
        ("maybe", "maybe", Fate.MARKED),
    ],
)
def test_codes_or_their_exact_words(typed: str, stored: str, fate: Fate) -> None:
    _, entry = opened("MH", "LOG", MHYN="Y")
    plan = entry.paste_plan("ROWS", typed, None, PasteOptions(columns=("MHONGO",)))
    assert taken(plan) == {"MHONGO": stored} and plan.cells[0].fate is fate


def test_links_are_typed_as_line_numbers() -> None:
    made, events = opened("AE", "LOG", AEYN="Y")
    row, _ = events.add_row("ROWS")
    entry = made.entry("LOG", "SAE")
    group = _log(entry)
    plan = entry.paste_plan(group, "1\n7", None, PasteOptions(columns=("AESPID",)))
    assert [cell.fate for cell in plan.cells] == [Fate.TAKEN, Fate.MARKED]
    assert plan.cells[0].entry is not None and row in plan.cells[0].entry.text


def test_calculated_questions_and_questions_not_asked_are_left_out_by_name() -> None:
    _, entry = opened("MH", "LOG", MHYN="Y")
    plan = entry.paste_plan("ROWS", "MHTERM\tMHONGO\tMHTOXGR\nasthma\tN\t2")
    assert "is not asked" in why(plan, "2")
    _, grid = opened("HRCT", HRPERF="Y")
    heads = "\t".join(axis.text.en for axis in next(g for g in grid.form.groups if g.rows).columns)
    plan = grid.paste_plan("ZONES", f"{heads}\n50\t10\t10\t10\t10\t10")
    assert "calculated" in why(plan, "50") and len(plan.taken) == 5


def test_what_the_form_would_say_is_said_before() -> None:
    _, entry = opened("MH", "LOG", MHYN="Y")
    before = dict(entry.state.items)
    plan = entry.paste_plan("ROWS", "MHTERM\tMHSTDAT\nasthma\t2031-01-01")
    assert [(n.cell.typed, n.finding.severity.value) for n in plan.notices][:1] == [("2031-01-01", "hard")]
    assert dict(entry.state.items) == before and entry.lines("ROWS") == []


# -- grids


def test_a_block_fills_a_grid_to_the_right_and_down() -> None:
    made, entry = opened("CDASI", RSPERF="Y")
    plan = entry.paste_plan("SITES", "1\t2\n0\t9\n", key_of(entry, "MALAR_E"))
    assert taken(plan) == {"MALAR_E": "1", "MALAR_S": "2", "PERIORB_E": "0", "PERIORB_S": "9"}
    assert [c.typed for c in plan.marked] == ["9"]
    entry.take_paste(plan)
    assert made.stored()[-4:] == list(taken(plan).items())
    assert {r.data.get("origin") for r in made.records[-4:]} == {"pasted"}


def test_a_block_may_name_the_rows_of_a_grid_in_any_order() -> None:
    _, entry = opened("LBC", LBPERF="Y")
    rows = {axis.code: axis.text for axis in next(g for g in entry.form.groups if g.rows).rows}
    text = f"Test\tResult as reported\n{rows['AST'].zh}\t35\nALT\t40\nUnheard-of\t1\nALT\t41"
    plan = entry.paste_plan("RESULTS", text, None, PasteOptions(headed=True, columns=("", "ORRES")))
    assert plan.rows_named and taken(plan) == {"AST_LBORRES": "35", "ALT_LBORRES": "40"}
    assert "names no row" in why(plan, "1") and "goes there already" in why(plan, "41")


def test_what_lies_outside_a_grid_is_named() -> None:
    _, entry = opened("CDASI", RSPERF="Y")
    plan = entry.paste_plan("SITES", "0\t0\t7\n1\t1\t1", key_of(entry, "GOTTNOTH_P"))
    assert "goes nowhere" in why(plan, "7")
    assert [c.why.en for c in plan.left if c.line == 2 and c.why][:1] == ["Below the last row of the table"]
    _, muscles = opened("MMT", MKPERF="Y")
    plan = muscles.paste_plan("STRENGTH", "9", key_of(muscles, "NECKFLEX_MKORRES"))
    assert taken(plan) == {"NECKFLEX_MKORRES": "9"}
    plan = muscles.paste_plan("STRENGTH", "9\t8", key_of(muscles, "NECKFLEX_MKORRES"))
    assert "not asked there" in why(plan, "8")


def test_what_stands_is_replaced_only_when_asked_for() -> None:
    made, entry = opened("CDASI", RSPERF="Y", MALAR_E="3", MALAR_S="1")
    plan = entry.paste_plan("SITES", "1\t1", key_of(entry, "MALAR_E"))
    assert plan.replaceable == 1 and not plan.taken
    assert "something else stands" in why(plan, "1") and "stands there already" in str(plan.left[1].why)
    entry.take_paste(plan)
    assert ("MALAR_E", "1") not in made.stored()
    again = entry.paste_plan("SITES", "1\t1", key_of(entry, "MALAR_E"), PasteOptions(replace=True))
    entry.take_paste(again)
    assert made.stored()[-1] == ("MALAR_E", "1") and len(again.taken) == 1


def test_what_was_entered_meanwhile_stays() -> None:
    made, entry = opened("CDASI", RSPERF="Y")
    plan = entry.paste_plan("SITES", "1\t2", key_of(entry, "MALAR_E"))
    entry.set_value(key_of(entry, "MALAR_E"), "3")
    entry.take_paste(plan)
    assert entry.state.items[key_of(entry, "MALAR_E")].value.text == "3"
    assert made.stored()[-1] == ("MALAR_S", "2")


def test_questions_one_under_the_other_take_no_block() -> None:
    _, entry = opened("VS", VSPERF="Y")
    for group in ("BODY", "HEADER", "NO SUCH GROUP"):
        with pytest.raises(InputRefused, match="no_table"):
            entry.paste_plan(group, "1\t2")


# -- always

_CELL = st.one_of(
    st.text(alphabet="ab 19.\"'=，０病-/<>#\u3000\t\n\r", max_size=8),
    st.sampled_from(["", "Y", "否", "2022/3/1", "44621", "1-Mar-22", "MHTERM", "Ongoing?", "SCALP", "=1+1"]),
)
_BLOCK = st.lists(st.lists(_CELL, min_size=1, max_size=5), min_size=1, max_size=5).map(
    lambda lines: "\n".join("\t".join(line) for line in lines)
)
_PLACES = [("MH", "LOG", "ROWS", {"MHYN": "Y"}, "MHTERM"), ("CDASI", "BL", "SITES", {"RSPERF": "Y"}, "ARM_U")]


@given(text=st.one_of(_BLOCK, st.text(max_size=40)), place=st.sampled_from(_PLACES), marked=st.booleans())
def test_every_cell_is_taken_or_named(
    text: str, place: tuple[str, str, str, Mapping[str, str], str], *, marked: bool
) -> None:
    form, event, group, gate, item = place
    made, entry = opened(form, event, **gate)
    repeating = real_study().forms[form].groups[1].layout is Layout.LOG
    row = entry.add_row(group)[0] if repeating else ""
    at = key_of(entry, item, row)
    try:
        lines = parse_block(text)
    except InputRefused:
        return
    memory = (dict(made.data("").entries), dict(made.data("").lines))
    plan = entry.paste_plan(group, text, at, PasteOptions(marked=marked))
    assert memory == (dict(made.data("").entries), dict(made.data("").lines)), "a plan changes nothing"
    words = {(y, x) for y, line in enumerate(lines, 1) for x, cell in enumerate(line, 1) if cell.strip()}
    assert sorted(words) == sorted((cell.line, cell.column) for cell in plan.cells)
    for cell in plan.cells:
        assert (cell.entry is not None) == (cell.fate in (Fate.TAKEN, Fate.MARKED))
        assert (cell.why is not None) == (cell.fate in (Fate.LEFT, Fate.MARKED))
    headings = sum(cell.fate is Fate.HEADING for cell in plan.cells)
    assert len(plan.taken) + len(plan.left) + headings == len(words)
    records = len(made.records)
    rows, _ = entry.take_paste(plan)
    stored = sum(record.kind in ("value", "missing") for record in made.records[records:])
    assert stored == len(plan.taken) and len(rows) == plan.row_count
    written = [r.data.get("text", r.data.get("code")) for r in made.records[records:] if "text" in r.data]
    assert sorted(map(str, written)) == sorted(c.entry.text for c in plan.taken if c.entry and c.entry.text)


# -- in a real vault


def test_rows_are_one_seal_and_can_be_struck_in_one_act(ward: Ward) -> None:
    mh = ward.open("LOG", "MH").enter("MHYN", "Y")
    plan = mh.entry.paste_plan("ROWS", "MHTERM\tMHSTDAT\nasthma\t2019\ngout\t44621")
    rows, changes = mh.entry.take_paste(plan)
    assert len(rows) == 2 and len(changes.records) == 2 + 4
    assert mh.use_row("ROWS", rows[0].group_repeat).item("MHTERM").value.text == "asthma"
    words = [line.text.en for line in ward.session.history(mh.key("MHTERM"))]
    assert any("pasted" in one for one in words)
    mh.entry.strike_rows(rows, Reason("OTHER", "Wrong participant"))
    assert mh.entry.rows("ROWS") == [] and len(mh.entry.lines("ROWS")) == 2
    note = mh.entry.strike_note(rows[1])
    assert note is not None and "Wrong participant" in note.en
    assert not mh.entry.strike_rows(rows, Reason("OTHER", "Again")).records
    assert ward.session.verify().troubles == ()


def test_a_failing_write_leaves_no_row(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    mh = ward.open("LOG", "MH").enter("MHYN", "Y")
    plan = mh.entry.paste_plan("ROWS", "asthma\ngout")
    real, calls = Journal.write, []

    def full(*things: object) -> object:
        calls.append(things)
        made = real(*things)  # type: ignore[arg-type]  # the same arguments
        if len(calls) > 1:
            raise StoreError("store.disk_full", place="study.db")
        return made

    monkeypatch.setattr(Journal, "write", full)
    with pytest.raises(StoreError):
        mh.entry.take_paste(plan)
    monkeypatch.undo()
    assert len(calls) == 2 and mh.entry.lines("ROWS") == []
    ward.session.refresh()
    assert ward.open("LOG", "MH").entry.lines("ROWS") == []
    rows, _ = mh.entry.take_paste(plan)
    assert len(rows) == 2 and ward.session.verify().troubles == ()


def test_a_finished_form_asks_why(ward: Ward) -> None:
    mh = ward.open("LOG", "MH").enter("MHYN", "N")
    assert mh.complete().done
    mh.enter("MHYN", "Y", because="It was the other one")
    plan = ward.open("LOG", "MH").entry.paste_plan("ROWS", "asthma")
    again = ward.open("LOG", "MH")
    with pytest.raises(ReasonRequired):
        again.entry.take_paste(plan)
    rows, _ = again.entry.take_paste(plan, Reason("OTHER", "From the letter"))
    assert len(rows) == 1
