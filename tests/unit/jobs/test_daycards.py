"""Morning cards: who is due, what stands on a card, and that it stays one page whatever there is to say."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.jobs import daycards
from mda5_crf.jobs.printplan import choice_of, item_at
from mda5_crf.pdf import Tongue
from mda5_crf.pdf.morning import Card, lay_cards
from mda5_crf.pdf.parts import printed
from mda5_crf.services.access import require
from mda5_crf.text import Language, Text
from tests.cardward import begun, drugs, event, report, vitals
from tests.pdftext import solid, text_of
from tests.scenario import Ward
from tests.wards import NOW, Clock, built, session_at, trial

CLOCK = Clock()
NAMES = (
    *("name", "taken", "dose", "unit", "often", "route", "start", "end", "ongoing", "equivalent", "reason"),
    *("dosage_form", "history", "interaction", "term", "grade", "time", "serious", "outcome", "action"),
    *("action_steroid", "related", "related_steroid", "related_disease", "event", "version", "serious_since"),
    *("aware", "sent", "ethics", "admitted", "discharged", "intensive", "narrative", "suspected", "due"),
    *("autopsy", "rechallenge"),
)
TODAY = date(2026, 9, 1)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    folder = Path(shutil.copytree(built(), tmp_path_factory.mktemp("cards") / "ward.mda5"))
    with session_at(folder, clock=CLOCK) as session:
        yield Ward(session)


@pytest.fixture(scope="module")
def ward(desk: Ward) -> Ward:
    """One participant of whom there is much to say."""
    made = drugs(begun(Ward(desk.session).enrol()))
    event(made)
    report(made)
    vitals(made, "W4", TODAY.isoformat(), weight="57.0", oxygen="94")
    made.session.raise_query(
        made.open("BL", "VS").key("SYSBP_VSORRES"), "Compare with the chart. 请核对病历。"
    )
    return made


@pytest.fixture(autouse=True)
def at_the_same_time() -> None:
    CLOCK.now = NOW


def card(ward: Ward, day: date | None = None) -> Card:
    return daycards.gather(ward.session, [ward.subject], day, "en").cards[0]


def said(texts: object) -> str:
    assert isinstance(texts, list | tuple)
    return " | ".join(text.en for text in texts)


def test_a_card_says_the_window_of_the_visit_and_the_working_days_left(desk: Ward) -> None:
    fresh = begun(Ward(desk.session).enrol())
    made = card(fresh)
    assert made.visit == "W4"
    assert made.window[0].en == "Week 4: window 2026-08-25 – 2026-09-08, target Tue 2026-09-01"
    assert made.window[0].zh == "第4周：窗口期 2026-08-25 至 2026-09-08，目标日 2026-09-01（周二）"
    assert said(made.window[1:]) == (
        "Card for 2026-09-01 (Tue), study day 29 | 6 working days are left, the last is Tue 2026-09-08."
        " | Late: Screening was due until 2026-08-04."
    )


def test_holidays_before_the_end_of_a_window_are_named(desk: Ward) -> None:
    fresh = begun(Ward(desk.session).enrol())
    fresh.open("W4", "SV").fill(SVOCCUR="Y", SVSTDAT="2026-09-01")
    made = card(fresh, date(2026, 9, 30))  # week 8: 2026-09-22 to 2026-10-06
    assert made.visit == "W8"
    assert "Public holidays until then: National Day 2026-10-01 – 2026-10-06" in said(made.window)


def test_values_come_with_day_change_and_direction(ward: Ward) -> None:
    values = {value.label.en: value for value in card(ward).values}
    weight, oxygen = values["Weight"], values["Oxygen saturation"]
    assert (weight.value.en, weight.day, weight.trend, weight.change) == ("57.0 kg", "2026-09-01", -1, "−5 %")
    assert (oxygen.value.en, oxygen.trend, oxygen.change) == ("94 %", -1, "−3")
    assert "Ferritin" not in values


def test_drugs_are_those_taken_on_the_day_and_interactions_are_named(ward: Ward) -> None:
    found = said(card(ward).drugs)
    assert "Tofacitinib 5 mg Twice, since 2026-08-04" in found
    assert "(= prednisone 50.00 mg/day)" in found
    assert "since 2026-08-UN" in found
    assert "Interacts with tofacitinib: Voriconazole" in found
    assert "Cefuroxime" not in found
    assert "Struck drug" not in found


def test_events_that_go_on_and_running_clocks_are_flagged(ward: Ward) -> None:
    made = card(ward)
    assert made.alarm
    assert said(made.safety) == (
        "SAE report SAE#1: due 2026-09-02 08:30, 22 h 30 min left"
        " | SERIOUS AE#1 Pneumonia 肺炎, grade 3, since 2026-08-28"
    )
    CLOCK.now = NOW + timedelta(days=2)
    assert "overdue by 25 h 30 min" in said(card(ward).safety)


def test_what_is_missing_and_asked_is_on_the_card(ward: Ward) -> None:
    made = card(ward)
    assert any(text.en.startswith("VS/BL: ") and "more" in text.en for text in made.missing)
    assert any("Compare with the chart" in text.en for text in made.queries)


def test_forms_samples_and_boxes_say_where_they_are_typed(ward: Ward) -> None:
    made = card(ward)
    codes = [form.code for form in made.forms]
    assert "LBH/W4" in codes
    assert "TIS/W4" not in codes, "what the program computes is not to be filled in"
    assert made.sample_place == "BS/W4"
    assert ("SERUM", Text("Serum", "血清")) in made.samples
    assert [(box.place, box.item.name) for box in made.boxes][:2] == [
        ("SV/W4", "SVSTDAT"), ("VS/W4", "SYSBP_VSORRES"),
    ]  # fmt: skip


@pytest.mark.parametrize("tongue", ["en", "zh", "both"])
def test_the_page_says_what_was_gathered_and_is_one_page(ward: Ward, tongue: Tongue) -> None:
    order = daycards.gather(ward.session, [ward.subject], None, tongue)
    (page,) = text_of(daycards.draw(order).data)
    language: Language = "zh" if tongue == "zh" else "en"
    made = order.cards[0]
    for text in (*made.window, *made.safety, made.drugs[0], made.queries[0]):
        assert solid(text.in_(language)) in page
    for value in made.values:
        assert solid(value.value.in_(language)) in page
        assert value.day in page
    for form in made.forms:
        assert form.code in page
    for box in made.boxes:
        assert solid(f"{box.place} {box.item.name}") in page


def test_the_same_order_gives_the_same_bytes(ward: Ward) -> None:
    order = daycards.gather(ward.session, [ward.subject], None, "both")
    assert daycards.draw(order).data == daycards.draw(order).data


def test_every_item_that_cards_and_reports_name_is_in_the_definition() -> None:
    choice = choice_of(trial())
    places = [*choice["card"]["values"], *choice["card"]["write"], choice["card"]["samples"]]
    places += choice["report"]["analytes"]
    places += [
        f"{log['form']}.{log[name]}"
        for log in choice.values()
        if "form" in log
        for name in log
        if name in NAMES
    ]
    places += [f"AE.{name}" for name in choice["event"]["criteria"]]
    places += [choice["person"][name] for name in ("birth", "sex", "race", "height", "weight", "diagnosis")]
    assert [place for place in places if item_at(trial(), place) is None] == []


# -- who is due


def test_only_who_is_due_gets_a_card(desk: Ward) -> None:
    session = desk.session
    due = begun(Ward(session).enrol())
    done = begun(Ward(session).enrol())
    done.open("W4", "SV").fill(SVOCCUR="Y", SVSTDAT="2026-08-30")
    today = begun(Ward(session).enrol())
    today.open("W4", "SV").fill(SVOCCUR="Y", SVSTDAT="2026-09-01")
    waiting = Ward(session).enrol()
    numbers = {one.subjid for one in daycards.gather(session, [], None, "en").cards}
    assert {session.subjid(due.subject), session.subjid(today.subject)} <= numbers
    assert not {session.subjid(done.subject), session.subjid(waiting.subject)} & numbers


def test_nobody_due_is_said(desk: Ward) -> None:
    with pytest.raises(InputRefused) as refused:
        daycards.gather(desk.session, [], date(2031, 1, 1), "en")
    assert refused.value.text.en == "Nobody is due on 2031-01-01, so there is no card to print."


def test_somebody_named_without_a_visit_due_gets_the_next_one(desk: Ward) -> None:
    fresh = begun(Ward(desk.session).enrol())
    made = card(fresh, date(2026, 8, 10))
    assert made.window[0].en.startswith("No visit is due on 2026-08-10. Next: Week 4: window 2026-08-25")
    assert "The window opens Tue 2026-08-25." in said(made.window)
    late = card(fresh, date(2027, 12, 24))
    assert "The window closed" in said(late.window)
    assert "Week 4 was due until 2026-09-08" in said(late.window)


def test_before_the_first_dose_the_card_is_that_of_screening(desk: Ward) -> None:
    fresh = Ward(desk.session).enrol()
    made = card(fresh)
    assert made.visit == "SCR"
    assert "day 1 is not known" in made.window[0].en
    assert made.values == []
    assert said(made.drugs) == "Tofacitinib: no dosing interval is open"


def test_who_has_died_gets_no_card_and_it_is_said_why(desk: Ward) -> None:
    dead = begun(Ward(desk.session).enrol())
    dead.open("W4", "DD").fill(DTHDAT="2026-08-20")
    with pytest.raises(InputRefused) as refused:
        card(dead)
    assert "The participant has died" in refused.value.text.en
    assert desk.session.subjid(dead.subject) not in {
        one.subjid for one in daycards.gather(desk.session, [], None, "en").cards
    }


def test_who_ended_treatment_gets_the_card_of_the_visit_that_is_left(desk: Ward) -> None:
    gone = begun(Ward(desk.session).enrol())
    gone.open("VEOT", "EOT").fill(DSSTDAT="2026-08-20", DSDECOD="ADVERSE EVENT")
    assert card(gone).visit == "VEOT"
    gone.open("VEOT", "SV").fill(SVOCCUR="Y", SVSTDAT="2026-08-21")
    made = card(gone)
    assert made.visit == "SFU"
    assert "has no window" in made.window[0].en


def test_a_print_is_recorded_with_its_hash_before_it_is_given_away(ward: Ward) -> None:
    made = daycards.print_cards(ward.session, [ward.subject], None, "en")
    (last,) = list(ward.session.vault.journal.records(ward.subject, kinds=("print",)))[-1:]
    assert last.data["what"] == "morning-card 2026-09-01"
    assert last.data["pages"] == made.pages == 1
    assert last.data["sha256"] == hashlib.sha256(made.data).hexdigest()


def test_who_may_not_print_gets_nothing(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ward.session, "require", partial(require, ()))
    with pytest.raises(PermissionDenied):
        daycards.gather(ward.session, [ward.subject], None, "en")


# -- never more than one page

LONG = Text("word " * 300, "字" * 900)


@settings(max_examples=10, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    queries=st.integers(0, 60), missing=st.integers(0, 60), drugs=st.integers(0, 40),
    safety=st.integers(0, 40), forms=st.integers(1, 200), tongue=st.sampled_from(["en", "zh", "both"]),
)  # fmt: skip
def test_a_card_is_one_page_and_counts_what_it_leaves_out(
    ward: Ward, queries: int, missing: int, drugs: int, safety: int, forms: int, tongue: Tongue
) -> None:
    order = daycards.gather(ward.session, [ward.subject], None, tongue)
    plain = order.cards[0]
    full = replace(
        plain, queries=[LONG] * queries, missing=[LONG] * missing, drugs=[LONG] * drugs,
        safety=[LONG] * safety, forms=[replace(plain.forms[0], name=LONG, code="QQ/W4")] * forms,
    )  # fmt: skip
    laid = lay_cards([full], tongue, order.head)
    assert len(laid.leaves) == 1
    (page,) = text_of(printed(laid).data)
    assert "□" not in page
    left = forms - page.count("QQ/W4")
    if left:
        assert f"+{left}more" in page or f"另有{left}项" in page
    for box in full.boxes:
        assert box.item.name in page, "the boxes never give way"
