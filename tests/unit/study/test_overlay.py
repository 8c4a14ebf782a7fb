"""Overlays: what a check asks for without another definition, and what no overlay may take away."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mda5_crf.study import overlay as rules
from mda5_crf.study.evaluate import evaluate
from mda5_crf.study.model import Severity, Study
from mda5_crf.study.overlay import ACTIONS, OFF, Overlay, apply, caution, refused, targets
from mda5_crf.study.state import CONFLICT, IDENTITY, LINK, REQUIRED, TYPE, Finding, FormState
from mda5_crf.text import Text
from tests.unit.study.participant import TODAY, Participant, item, one_form, study_of
from tests.wards import trial

WHY = Text("Too many questions at two sites", "两个中心质疑过多")
CHECK = """
[[check]]
oid = "T-01"
severity = "query"
fires = "A > B"
items = ["A"]
message = { en = "A is more than B", zh = "A大于B" }
[[check]]
oid = "T-02"
severity = "hard"
fires = "A > 90"
items = ["A"]
message = { en = "A is high", zh = "A偏高" }
"""


def small() -> Study:
    """A form with a hard and a soft range, two checks and a date that cannot be in the future."""
    body = item("A", "integer", "hard = [0, 100]; soft = [20, 80]") + item("B", "integer")
    body += item("D", "partial_date", 'hard = ["RFICDAT", "today"]')
    body += item("E", "partial_date", 'hard = ["RFICDAT", ""]')
    return study_of("T", one_form(body) + CHECK)


STUDY = small()


def one(check: str, action: str, start: date = TODAY, until: date | None = None, id_: str = "c:9") -> Overlay:
    return Overlay(id_, check, action, start, until, WHY)


def filled(**texts: str) -> Participant:
    return Participant(STUDY).enter("SCR", "IC", RFICDAT="2026-01-02").enter("W4", "T", **texts)


def state(study: Study, who: Participant) -> FormState:
    return evaluate(study, who.data, who.form("W4", "T"), TODAY)


def said(study: Study, who: Participant) -> dict[str, Severity]:
    """The findings but that of an answer still to be given: OID → severity."""
    return {f.check: f.severity for f in state(study, who).findings if f.check != REQUIRED}


# -- nothing to do ---------------------------------------------------------------------------------------


def test_without_overlays_the_definition_is_the_very_same() -> None:
    assert apply(STUDY, (), TODAY) is STUDY
    later = one("T-01", OFF, TODAY + timedelta(days=1))
    over = one("T-02", OFF, TODAY - timedelta(days=9), TODAY - timedelta(days=1))
    for idle in (later, over, one("NO-SUCH", OFF), one("T-01", "softer"), one(TYPE, OFF)):
        assert apply(STUDY, [idle], TODAY) is STUDY
    assert rules.fingerprint(STUDY) == "" and rules.by_check(STUDY) == {}
    assert rules.silent_at(STUDY, "T", "A") == ()


def test_the_same_question_has_the_same_answer() -> None:
    first = apply(STUDY, [one("T-01", OFF)], TODAY)
    assert apply(STUDY, [one("T-01", OFF)], TODAY) is first is not STUDY
    assert (first.hash, first.source) == (STUDY.hash, STUDY.source)
    other = apply(STUDY, [one("T-01", "soft")], TODAY)
    assert len({rules.fingerprint(study) for study in (STUDY, first, other)}) == 3
    for number in range(20):  # what is kept is bounded, and stays right
        apply(STUDY, [one("T-01", OFF, id_=f"c:{number}")], TODAY)
    assert apply(STUDY, [one("T-01", OFF)], TODAY).overlays == first.overlays


def test_a_form_that_no_overlay_speaks_of_is_the_very_same() -> None:
    changed = apply(STUDY, [one("T-01", OFF), one("T.A.SOFT", "query")], TODAY)
    assert all((changed.forms[oid] is form) == (oid != "T") for oid, form in STUDY.forms.items())
    assert list(changed.forms["T"].items) == list(STUDY.forms["T"].items)
    assert changed.forms["T"].items["B"] is STUDY.forms["T"].items["B"]


# -- what it does ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["warning", "soft", "query", "hard"])
@pytest.mark.parametrize("check", ["T-01", "T-02", "T.A.HARD", "T.A.SOFT"])
def test_a_check_asks_for_what_the_centre_says(check: str, action: str) -> None:
    who = filled(A="95" if check != "T.A.HARD" else "101", B="1")
    changed = apply(STUDY, [one(check, action)], TODAY)
    before, after = said(STUDY, who), said(changed, who)
    assert before[check] in tuple(Severity) and after[check] == action
    finding = next(f for f in state(changed, who).findings if f.check == check)
    assert finding.blocks is (action in ("hard", "soft"))


def test_what_is_off_is_silent_and_its_item_says_so() -> None:
    who = filled(A="95", B="1")
    changed = apply(STUDY, [one("T-01", OFF), one("T.A.SOFT", OFF), one("T-02", OFF)], TODAY)
    assert said(STUDY, who) == {"T-01": "query", "T-02": "hard", "T.A.SOFT": "soft"}
    assert said(changed, who) == {}
    told = dict(rules.silent_at(changed, "T", "A"))
    assert sorted(told) == ["T-01", "T-02", "T.A.SOFT"] and rules.silent_at(changed, "T", "B") == ()
    assert WHY.en in told["T-01"].en and WHY.zh in told["T-01"].zh
    assert "off from 2026-08-23" in told["T-01"].en and "停用" in told["T-01"].zh


def test_the_soft_range_speaks_where_the_hard_one_no_longer_does() -> None:
    who = filled(A="101")
    assert said(STUDY, who) == {"T.A.HARD": "hard", "T-02": "hard"}
    assert said(apply(STUDY, [one("T.A.HARD", OFF)], TODAY), who)["T.A.SOFT"] == "soft"
    weak = said(apply(STUDY, [one("T.A.HARD", "warning")], TODAY), who)
    assert (weak["T.A.HARD"], weak["T.A.SOFT"]) == ("warning", "soft")
    assert "T.A.SOFT" not in said(apply(STUDY, [one("T.A.HARD", "query")], TODAY), who)


def test_a_partial_date_is_asked_about_only_while_its_range_is_hard() -> None:
    who = filled(E="2026-01")
    assert "T.E.HARD.UNDECIDED" in said(STUDY, who)
    assert "T.E.HARD.UNDECIDED" not in said(apply(STUDY, [one("T.E.HARD", "warning")], TODAY), who)
    raised = apply(STUDY, [one("T.E.HARD", "hard")], TODAY)
    assert "T.E.HARD.UNDECIDED" in said(raised, who)
    assert rules.of_finding(raised, "T.E.HARD.UNDECIDED") is not None


def test_days_are_included_at_both_ends() -> None:
    two_days = one("T-01", OFF, date(2026, 12, 1), date(2026, 12, 2))
    in_force = [
        apply(STUDY, [two_days], date(2026, 11, 30) + timedelta(days=n)) is not STUDY for n in range(4)
    ]
    assert in_force == [False, True, True, False]


def test_of_two_the_later_one_counts_while_it_holds() -> None:
    told = [one("T-01", "soft", id_="c:1"), one("T-01", "warning", until=TODAY, id_="c:2")]
    assert [o.id for o in apply(STUDY, told, TODAY).overlays] == ["c:2"]
    assert [o.id for o in apply(STUDY, told, TODAY + timedelta(days=1)).overlays] == ["c:1"]


def test_words_name_what_it_was_and_what_it_is() -> None:
    changed = apply(STUDY, [one("T-02", "warning"), one("T-01", "hard"), one("T.A.SOFT", "soft")], TODAY)
    told = rules.by_check(changed)
    assert "made this a warning from 2026-08-23 (by the definition a hard check)" in told["T-02"].en
    assert "降为提醒" in told["T-02"].zh and "升为硬核查" in told["T-01"].zh
    assert "keeps this a soft check" in told["T.A.SOFT"].en
    ended = rules.said(one("T-02", "warning", until=date(2026, 12, 31)), Severity.HARD)
    assert "until 2026-12-31" in ended.en and "至2026-12-31" in ended.zh


def test_whatever_overlays_do_the_plain_definition_is_read_off_the_changed_one() -> None:
    changed = apply(STUDY, [one("T-01", OFF), one("T-02", "warning")], TODAY)
    assert [c.defined for c in changed.forms["T"].checks] == [c.severity for c in STUDY.forms["T"].checks]
    assert {t.oid: t.severity for t in rules._targets(changed).values()} == {
        t.oid: t.severity for t in targets(STUDY).values()
    }


# -- what may not be done --------------------------------------------------------------------------------


@pytest.mark.parametrize("check", [TYPE, REQUIRED, CONFLICT, LINK, IDENTITY])
def test_what_the_program_itself_says_is_no_check(check: str) -> None:
    why = refused(STUDY, check, OFF)
    assert why is not None and "rule of the program" in why.en


def test_refusals_have_words() -> None:
    unknown, strange = refused(STUDY, "T-77", OFF), refused(STUDY, "T-01", "softer")
    assert unknown is not None and "T-77" in unknown.en and unknown.en != unknown.zh
    assert strange is not None and "softer" in strange.zh
    told = rules.strange(STUDY, [one("T-77", OFF), one("T-01", OFF)])
    assert [(o.check, why) for o, why in told] == [("T-77", unknown)]


@pytest.mark.parametrize("action", [OFF, "warning", "soft", "query"])
def test_a_date_after_today_stays_impossible(action: str) -> None:
    why = refused(STUDY, "T.D.HARD", action)
    assert why is not None and "after today" in why.en
    who = filled(D="2026-09")
    assert said(apply(STUDY, [one("T.D.HARD", action)], TODAY), who) == {"T.D.HARD": "hard"}


def test_consent_and_eligibility_cannot_be_silenced() -> None:
    study = trial()
    assert rules.guarded_forms(study) == {"IC", "IE"}
    known = targets(study)
    for check in ("IC-01", "IE-16", "IC-07"):  # IC-07 stands on every dated form: nothing before consent
        assert known[check].guarded and refused(study, check, OFF) is not None
        assert refused(study, check, "warning") is None
    assert caution(study, "IE-16", "warning") is not None
    assert caution(study, "IE-16", "hard") is None and caution(study, "AE-05", "warning") is None
    assert not known["AE-05"].guarded and refused(study, "AE-05", OFF) is None
    # Which they are follows from the definition: without its setting the form of eligibility is like others.
    assert rules.guarded_forms(STUDY) <= {"IC"}


def test_most_checks_of_the_trial_can_be_changed() -> None:
    known = targets(trial())
    assert len(known) > 1000
    assert sum(t.guarded for t in known.values()) < len(known) / 5
    assert all(refused(trial(), oid, "hard") is None for oid in known)


# -- always ----------------------------------------------------------------------------------------------

CHECKS = ("T-01", "T-02", "T.A.HARD", "T.A.SOFT", "T.E.HARD", "T.D.HARD")


def others(found: FormState, checks: set[str]) -> list[Finding]:
    return [f for f in found.findings if f.check.removesuffix(".UNDECIDED") not in checks]


@settings(max_examples=60, deadline=None)
@given(
    a=st.integers(-5, 110),
    b=st.integers(-5, 110),
    e=st.sampled_from(["", "2026-01", "2026-01-01", "2025"]),
    check=st.sampled_from(CHECKS),
    action=st.sampled_from(ACTIONS),
)
def test_an_overlay_changes_no_finding_of_another_check(
    a: int, b: int, e: str, check: str, action: str
) -> None:
    """But for one: what lies outside both ranges of an item is said by the soft one if the hard is silent."""
    who = filled(A=str(a), B=str(b), E=e, D="2026-03-01")
    before = state(STUDY, who)
    changed = apply(STUDY, [one(check, action)], TODAY)
    hidden = {check, "T.A.SOFT"} if check == "T.A.HARD" else {check}
    after = state(changed, who)
    assert others(after, hidden) == others(before, hidden)
    assert (after.answered, after.expected, after.status) == (before.answered, before.expected, before.status)
    assert {f.check for f in after.findings} >= {f.check for f in others(before, {check})}
    # Withdrawn, everything is as it was.
    again = state(apply(STUDY, (), TODAY), who)
    assert again.findings == before.findings and dict(again.items) == dict(before.items)
