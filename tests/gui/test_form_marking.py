"""What a field says: one message, in the order of precedence. And the words about an item."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import QueryInfo
from mda5_crf.study.model import Item, ItemType, Severity
from mda5_crf.study.state import Finding, ItemState
from mda5_crf.study.values import Entry, Value, parse
from mda5_crf.text import LANGUAGES, Text, both
from mda5_crf.text.form import MESSAGES
from mda5_crf.ui import describing, theme
from mda5_crf.ui.icons import Glyph
from mda5_crf.ui.marking import CALM, Marking, Surroundings, marking
from tests.gui.form_driver import mini_study, real_study

KEY = ItemKey("s", "BL", "", "VS", "", "MAIN", "", "PULSE_VSORRES")
ITEM = mini_study().item("VS.PULSE_VSORRES")


def finding(check: str, severity: Severity, **options: bool) -> Finding:
    return Finding(check, severity, both(check), (KEY,), **options)


TYPE = finding("TYPE", Severity.HARD, blocks=True)
HARD = finding("H", Severity.HARD, blocks=True)
QUERY = finding("Q", Severity.QUERY)
SOFT = finding("S", Severity.SOFT, blocks=True)
WARNING = finding("W", Severity.WARNING)
REQUIRED = finding("REQUIRED", Severity.HARD, at_completion=True, blocks=True)


def state(*findings: Finding, value: Value | None = None, item: Item = ITEM) -> ItemState:
    return ItemState(item, KEY, value or parse(item, Entry("72")), True, False, findings)


def query(check: str = "", source: str = "manual", status: str = "Open", text: str = "exact?") -> QueryInfo:
    return QueryInfo("q", KEY, status, source, check, both(text), "", datetime(2026, 3, 1, tzinfo=UTC), "Li")


def said(found: Marking) -> str:
    return found.words.en if found.words else ""


def test_nothing_to_say_is_calm() -> None:
    assert marking(state(), Surroundings()) == CALM
    assert not CALM.needs_attention


ORDER = [TYPE, HARD, QUERY, SOFT, WARNING]


@pytest.mark.parametrize("first, second", list(itertools.combinations(range(5), 2)))
def test_the_worse_one_speaks_whatever_the_order(first: int, second: int) -> None:
    one, two = ORDER[first], ORDER[second]
    for findings in ((one, two), (two, one)):
        assert said(marking(state(*findings), Surroundings())) == one.check


def test_each_kind_has_its_icon_bar_and_tone() -> None:
    expected = {
        "TYPE": (Glyph.CROSS, theme.ERROR, theme.Tone.ERROR, True),
        "H": (Glyph.CROSS, theme.ERROR, theme.Tone.ERROR, True),
        "Q": (Glyph.WARNING, theme.SOFT, theme.Tone.SOFT, True),
        "S": (Glyph.WARNING, theme.SOFT, theme.Tone.SOFT, True),
        "W": (Glyph.NOTE, "", theme.Tone.QUIET, False),
    }
    for one in ORDER:
        found = marking(state(one), Surroundings())
        assert (found.glyph, found.bar, found.tone, found.needs_attention) == expected[one.check]
        assert found.loud


def test_what_is_about_completion_waits_until_it_is_asked() -> None:
    assert marking(state(REQUIRED), Surroundings()) == CALM
    found = marking(state(REQUIRED), Surroundings(asked=True))
    assert found.glyph is Glyph.RING and found.needs_attention


def test_a_wrong_value_speaks_before_a_required_one() -> None:
    assert said(marking(state(REQUIRED, HARD), Surroundings(asked=True))) == "H"


def test_an_open_query_speaks_after_hard_and_before_soft() -> None:
    around = Surroundings(queries=[query()])
    assert said(marking(state(HARD), around)) == "H"
    found = marking(state(SOFT), around)
    assert said(found) == "Query open: exact?" and found.glyph is Glyph.QUERY and found.bar == theme.QUERY


def test_a_hard_finding_put_to_query_is_the_query() -> None:
    found = marking(state(HARD), Surroundings(queries=[query(check="H", source="system")]))
    assert said(found).startswith("Query open") and found.glyph is Glyph.QUERY


def test_answered_and_conflict_queries_say_so() -> None:
    assert (
        said(marking(state(), Surroundings(queries=[query(status="Answered")]))) == "Query answered: exact?"
    )
    assert marking(state(), Surroundings(queries=[query(source="conflict")])).glyph is Glyph.CONFLICT


def test_only_the_first_line_of_a_query_is_shown() -> None:
    assert said(marking(state(), Surroundings(queries=[query(text="one\ntwo")]))) == "Query open: one"
    assert said(marking(state(), Surroundings(queries=[query(text="")]))) == "Query open: "


def test_a_confirmed_finding_is_calm() -> None:
    confirmed = finding("S", Severity.SOFT, confirmed=True)
    found = marking(state(confirmed), Surroundings(confirmed=both("Confirmed by Li, 14:05")))
    assert found.glyph is Glyph.CONFIRMED and said(found) == "Confirmed by Li, 14:05"
    assert not found.loud and not found.needs_attention and not found.bar
    assert said(marking(state(confirmed), Surroundings())) == "Confirmed"


def test_missing_names_its_reason() -> None:
    item = mini_study().item("VS.SYSBP_VSORRES")
    missing = state(value=parse(item, Entry("", missing="ND")), item=item)
    found = marking(missing, Surroundings(missing=mini_study().missing_codes))
    assert found.glyph is Glyph.DASH and said(found) == mini_study().missing_codes["ND"].en
    assert said(marking(missing, Surroundings())) == "ND"


def test_computed_and_locked() -> None:
    computed = state(item=mini_study().item("VS.BMI"))
    assert marking(computed, Surroundings(origin=both("from"))).glyph is Glyph.SIGMA
    assert marking(state(), Surroundings(locked=both("signed"))).glyph is Glyph.LOCK


# -- words about an item


def test_where_a_result_comes_from() -> None:
    items = mini_study().forms["MM"].items
    assert describing.origin(items["MKDAT"], items) is None
    many = describing.origin(items["MMTOTAL"], items)
    assert many is not None and many.en == "Calculated"
    bmi = real_study().forms["VS"].items
    found = describing.origin(bmi["BMI"], bmi)
    assert found is not None and found.en.startswith("Calculated") and found.zh
    lb = mini_study().forms["LB"].items
    one = describing.origin(lb["CK_LBSTRESN"], lb)
    assert one == Text("Calculated from creatine kinase: result", "由肌酸激酶：结果计算")


def test_an_abbreviation_keeps_its_capitals() -> None:
    assert describing._inside("ALT result") == "ALT result"
    assert describing._inside("Weight") == "weight"
    assert describing._inside("A") == "A"


def test_names_become_different_by_section_then_by_item() -> None:
    names = describing.names_of(
        [
            ("Reason", "Physician", "A"),
            ("Reason", "Patient", "B"),
            ("Reason", "Patient", "C"),
            ("Date", "Patient", "D"),
        ]
    )
    assert names == ["Reason (Physician)", "Reason (Patient) (B)", "Reason (Patient) (C)", "Date"]


def test_a_status_line_leaves_out_what_an_item_does_not_have() -> None:
    study = mini_study()
    assert describing.status_line(study, study.item("VS.VSPERF"), None, in_table=False) == (
        "VS.VSPERF · F9 choices · Ctrl+M note"
    )
    grade = study.item("MM.DELTR_MKORRES")
    assert describing.status_line(study, grade, None, in_table=True).startswith("Deltoid, right · ")
    # Limits that are expressions ("today") are no numbers to show.
    assert "usual" not in describing.status_line(study, study.item("VS.VSDAT"), None, in_table=False)
    assert "F9" not in describing.status_line(study, study.item("VS.BMI"), None, in_table=False)


def test_a_legend_names_columns_only_when_there_are_several_lists() -> None:
    groups = {g.name: g for g in real_study().forms["HAQ"].groups}
    only = describing.legend(real_study(), groups["QUESTIONS"])
    assert only is not None and only.en.startswith("0 = ")
    panel = next(g for g in real_study().forms["LBC"].groups if g.layout == "panel")
    several = describing.legend(real_study(), panel)
    assert several is not None and "NCS = " in several.en and not several.en.startswith("NCS")
    grades = next(g for g in mini_study().forms["MM"].groups if g.name == "GRADES")
    assert describing.legend(mini_study(), grades) is None, "0–10 says it itself"


def test_a_description_is_unit_hint_and_message() -> None:
    item = Item("F.A", "A", "F", "G", ItemType.DECIMAL, both("A"), unit="kg", hint=Text("barefoot", "赤脚"))
    assert describing.description(item, "kg", "Too high") == "unit kg. barefoot. Too high"
    assert describing.description(ITEM, "", "") == ""


# -- the catalogue


def test_every_sentence_has_both_languages_and_the_same_places() -> None:
    import string

    for name, pair in MESSAGES.items():
        places = [{f for _, f, _, _ in string.Formatter().parse(sentence) if f} for sentence in pair]
        assert places[0] == places[1], name
        assert all(sentence for sentence in pair), name
        assert "code" not in places[0], f"{name}: the catalogue's own parameter"
        words = pair[0].lower()
        assert not any(word in words for word in ("please", "invalid", "illegal", "sorry", "oops")), name


def test_chinese_is_chinese() -> None:
    words_free = {"comma", "item_in_group", "answer_of"}
    same = {name for name, (en, zh) in MESSAGES.items() if en == zh}
    assert same == {"code_is"}
    for name, (_, zh) in MESSAGES.items():
        assert name in same or any("\u4e00" <= c <= "\u9fff" for c in zh) or name in words_free, name
    assert LANGUAGES == ("en", "zh")
