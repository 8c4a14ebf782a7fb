"""Functions that ask for more than values: statuses, signatures, queries, planned dates, references."""

from __future__ import annotations

from datetime import date

import pytest

from mda5_crf.study.expression import ExpressionError, parse
from mda5_crf.study.operand import Operand
from mda5_crf.study.references import ConsentVersion, Delegation, References
from tests.unit.study.participant import Participant
from tests.unit.study.test_expression import run
from tests.unit.study.wider import wider_study


def started(d1: str = "2026-01-12") -> Participant:
    """A participant with day 1."""
    return Participant(wider_study()).add_row("LOG", "EX", "ROWS", "d1:9", ECSTDAT=d1, ECONGO="Y")


def answers(one: Participant, place: str = "BL") -> dict[str, str]:
    """The computed answers of form Q."""
    return {key.item: item.value.text for key, item in one.state(place, "Q").items.items()}


def test_the_status_of_another_form() -> None:
    one = Participant(wider_study())
    assert answers(one)["QSTATUS"] == "not_started"
    one.enter("SCR", "IC", SEX="F")
    assert answers(one)["QSTATUS"] == "in_progress"
    one.data.set_status(one.form("SCR", "IC"), "complete")
    assert answers(one)["QSTATUS"] == "complete"
    one.data.set_status(one.form("SCR", "IC"), "incomplete")
    assert answers(one)["QSTATUS"] == "in_progress"
    one.enter("SCR", "IC", SEX="")
    assert answers(one)["QSTATUS"] == "in_progress"  # it was touched


def test_a_signature() -> None:
    one = Participant(wider_study())
    assert answers(one)["QSIGNED"] == ""
    one.data.signatures = set()
    assert answers(one)["QSIGNED"] == "N"
    one.data.signatures = {one.form("BL", "Q")}
    assert answers(one)["QSIGNED"] == "N"
    one.data.signatures = [one.form("SCR", "IC")]
    assert answers(one)["QSIGNED"] == "Y"
    one.data.signatures = None
    assert answers(one)["QSIGNED"] == ""


def test_open_queries() -> None:
    one = Participant(wider_study())
    assert answers(one)["QOPEN"] == ""
    one.data.open_queries = 0
    assert answers(one)["QOPEN"] == "0"
    revision = one.data.revision
    one.data.open_queries = 2
    assert one.data.revision > revision
    assert answers(one)["QOPEN"] == "2"
    revision = one.data.revision
    one.data.open_queries = 2
    assert one.data.revision == revision


def test_planned_dates() -> None:
    assert answers(Participant(wider_study()))["QPLAN"] == ""
    one = started("2026-01-12")
    assert answers(one)["QPLAN"] == "2026-04-06"  # day 85
    one.enter("LOG", "EX", "d1:9", ECSTDAT="2026-01-13")
    assert answers(one)["QPLAN"] == "2026-04-07"
    one.enter("LOG", "EX", "d1:9", ECSTDAT="9999-12-31")
    assert answers(one)["QPLAN"] == ""


def test_a_target_before_day_1() -> None:
    assert parse('planned("SCR")').uses.planned == {"SCR"}
    one = started("2026-03-01")
    from mda5_crf.study.windows import planned

    assert planned(one.study, "SCR", date(2026, 3, 1)) == date(2026, 2, 28)
    assert planned(one.study, "BL", date(2026, 3, 1)) == date(2026, 3, 1)
    assert planned(one.study, "UNS", date(2026, 3, 1)) is None
    assert planned(one.study, "BL", None) is None


def test_the_next_planned_date() -> None:
    one = started("2026-01-12")
    assert answers(one, "BL")["QNEXT"] == "2026-04-06"  # week 12; no muscle test at week 4
    assert answers(one, "W4")["QNEXT"] == "2026-04-06"
    assert answers(one, "LOG")["QNEXT"] == ""


def test_the_next_planned_date_after_an_unscheduled_visit_counts_from_its_day() -> None:
    one = started("2026-01-12")
    one.data.add_event("UNS", "d1:30")
    place = "UNS[d1:30]"
    assert answers(one, place)["QNEXT"] == ""  # its date is not known
    one.enter(place, "VS", VSPERF="Y", VSDAT="2026-01-11")
    assert answers(one, place)["QNEXT"] == "2026-01-12"
    one.enter(place, "VS", VSDAT="2026-01-12")
    assert answers(one, place)["QNEXT"] == "2026-04-06"
    one.enter(place, "VS", VSDAT="2026-04-06")
    assert answers(one, place)["QNEXT"] == ""


def test_references() -> None:
    one = Participant(wider_study()).enter("BL", "Q", QVERSION="v1.0", QDAT="2022-02-01")

    def asked() -> tuple[str, str, str]:
        found = answers(one)
        return found["QVALID"], found["QDUE"], found["QMAY"]

    assert asked() == ("", "", "")
    one.data.references = References((ConsentVersion("1.0", date(2022, 1, 1)),))
    assert asked() == ("Y", "1.0", "")
    one.data.references = References((), (Delegation("NURSE1", "CONSENT", date(2022, 3, 1)),))
    assert asked() == ("", "", "N")
    one.enter("BL", "Q", QDAT="2022-03")
    assert asked() == ("", "", "Y")
    one.enter("BL", "Q", QDAT="")
    assert asked() == ("", "", "")
    one.data.references = None
    assert asked() == ("", "", "")


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Herpes ZOSTER, left", True),
        ("带状疱疹（左胸）", True),
        ("ｚｏｓｔｅｒ", True),
        ("zost", False),
        ("", False),
        (None, None),
        (("zoster",), None),
    ],
)
def test_contains_text(text: Operand, expected: bool | None) -> None:
    assert run('contains_text(T, "Zoster", "带状疱疹")', T=text) is expected


def test_none_is_unknown() -> None:
    assert run("None") is None
    assert run("if_(A == 1, None, 2)", A=None) is None
    assert run("coalesce(None, 2)") == 2
    assert run("None == None") is None
    assert run('"a" in (None, "a")') is True
    assert run('"b" in (None, "a")') is None


def test_selected_takes_any_expression() -> None:
    assert run("selected(A, B)", A=("x", "y"), B="y") is True
    assert run("selected(A, B)", A=("x", "y"), B="z") is False
    assert run("selected(A, B)", A=("x", "y"), B=None) is None
    assert run("selected(A, B)", A=None, B="x") is None
    assert run("selected(A, B)", A="x", B="x") is True
    assert run("selected(A, 1 + 1)", A=("1", "2")) is True


@pytest.mark.parametrize(
    "source",
    [
        "form_status(SCR)",
        'form_status("*.IE")',
        'form_status("SCR.IE.X")',
        "signed()",
        'signed("ie")',
        'planned("SCR.IE")',
        'planned("")',
        "planned(EVENT)",
        'next_planned("BL.DA")',
        "open_queries(1)",
        "row_id(1)",
        "form_id(A)",
        "contains_text(A)",
        'contains_text(A, "")',
        'contains_text(A, B)',
        "contains_text(A, \" \")",
        'delegated("X", "CONSENT")',
        "consent_approved(A)",
        "consent_version_due()",
        "days_covered(A, B, C)",
        "moment(A)",
        "day_of()",
    ],
)  # fmt: skip
def test_calls_that_mean_nothing_are_refused(source: str) -> None:
    with pytest.raises(ExpressionError):
        parse(source)


def test_what_depends_on_the_participant_is_no_constant() -> None:
    for source in (
        "open_queries()",
        "form_id()",
        'form_status("SCR.IE")',
        'signed("SCR.IE")',
        'planned("W4")',
        'next_planned("MM")',
        'consent_approved("1.0", date("2022-01-01"))',
        'consent_version_due(date("2022-01-01"))',
        'delegated("A", "B", date("2022-01-01"))',
    ):
        assert not parse(source).constant
    assert parse('contains_text("abc", "b")').constant_value is True


def test_uses_are_noted() -> None:
    uses = parse(
        'form_status("SCR.IE") == "complete" and signed("EOS") and planned("W4") < next_planned("DA")'
        ' and count(rows("*.LBH"), row_id() == outer(form_id())) > 1 and performed("PFT")'
    ).uses
    assert uses.statuses == {"SCR.IE", "EOS"}
    assert uses.planned == {"W4"}
    assert uses.next_forms == {"DA"}
    assert uses.rowed == {"*.LBH"}
    assert uses.performed == {"PFT"}
    assert uses.forms == {"*.LBH", "PFT"}
    assert uses.row_words == set()
    assert parse("outer(row_id()) == 1").uses.row_words == {"outer", "row_id"}
