"""Enrolment, visits, matrix and tree."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.outcomes import Score, outcomes, summarise
from mda5_crf.text import Text, both
from tests.scenario import Ward
from tests.wards import NOW, Clock, session_at


@pytest.mark.requirement("PIPL-4", "PIPL-8")
@pytest.mark.parametrize(
    "number", ["", "1-7", "01-07", "0000123456", "张三", "01-0017", "01_001", "01-001 x"]
)
def test_a_number_that_is_no_participant_number_cannot_enrol(ward: Ward, number: str) -> None:
    if number == "":
        assert ward.session.enrol("").subjid == "01-002", "empty means the next free one"
        return
    with pytest.raises(InputRefused) as refused:
        ward.session.enrol(number)
    assert "01-002" in refused.value.text.en


def test_full_width_digits_are_the_same_number(ward: Ward) -> None:
    assert ward.session.enrol("０１－１２３").subjid == "01-123"


def test_numbers_are_given_in_order_and_never_twice(ward: Ward) -> None:
    assert ward.session.enrol("01-007").subjid == "01-007"
    assert ward.session.enrol().subjid == "01-008"
    with pytest.raises(InputRefused) as refused:
        ward.session.enrol("01-007")
    assert "01-009" in refused.value.text.zh


def test_another_sites_number_is_refused(ward: Ward) -> None:
    with pytest.raises(InputRefused) as refused:
        ward.session.enrol("02-001")
    assert "02" in refused.value.text.en


def test_visits_are_added_only_where_they_repeat(ward: Ward) -> None:
    first = ward.session.add_event(ward.subject, "UNS")
    second = ward.session.add_event(ward.subject, "UNS")
    assert first != second
    assert [ward.session.event_label(k) for k in (first, second)] == ["UNS#1", "UNS#2"]
    with pytest.raises(InputRefused):
        ward.session.add_event(ward.subject, "W12")
    with pytest.raises(InputRefused) as refused:
        ward.session.add_event(ward.subject, "W99")
    assert "W12" in refused.value.text.en


def status_of(ward: Ward, event: str) -> str:
    return ward.session.matrix().rows[0].cells[event].status


def test_the_matrix_shows_the_worst_state_and_follows_every_change(ward: Ward) -> None:
    assert status_of(ward, "BL") == "not_started"
    sv = ward.open("BL", "SV").enter_all(SVOCCUR="Y", SVSTDAT="2026-08-30", SVCNTMOD="ON SITE")
    assert status_of(ward, "BL") == "in_progress"
    query = ward.session.raise_query(sv.key("SVSTDAT"), "Is this the date of the visit?")
    cell = ward.session.matrix().rows[0].cells["BL"]
    assert (cell.status, cell.queries) == ("query", 1)
    ward.session.answer_query(query.id, "Yes")
    assert status_of(ward, "BL") == "query", "answered is not closed"


def test_matrix_and_tree_agree_and_the_cache_holds_nothing_stale(ward: Ward) -> None:
    ward.open("BL", "VS").enter("VSPERF", "N")
    ward.session.matrix()
    ward.open("W12", "MMT").enter("MKPERF", "Y")
    for _ in range(2):
        cells = ward.session.matrix().rows[0].cells
        nodes = {n.key.event: n.status for n in ward.session.tree(ward.subject)}
        assert {e: c.status for e, c in cells.items() if e in nodes} == nodes
    ward.session.refresh()
    assert ward.session.matrix().rows[0].cells == cells


def test_a_visit_that_did_not_take_place_expects_nothing_more(ward: Ward) -> None:
    sv = ward.open("W12", "SV").enter_all(SVOCCUR="N", SVREASOC="moved away")
    assert sv.complete().done
    node = next(n for n in ward.session.tree(ward.subject) if n.key.event == "W12")
    assert {f.status for f in node.forms if f.form.oid not in ("SV", "TIS")} == {"not_done"}
    assert status_of(ward, "W12") == "complete"


def test_windows_count_from_day_one(ward: Ward) -> None:
    assert ward.session.day_one(ward.subject) is None
    ex = ward.open("LOG", "EX")
    ex.new_row(next(g.name for g in ex.entry.form.groups if g.repeating))
    ex.enter_all(ECTRT="TOFACITINIB", ECSTDAT="2026-06-10", ECONGO="Y")
    day1 = ward.session.day_one(ward.subject)
    assert day1 == date(2026, 6, 10)
    windows = {n.key.event: n.window for n in ward.session.tree(ward.subject)}
    assert windows["W12"] == (day1 + timedelta(days=77), day1 + timedelta(days=91))
    assert ward.session.matrix().rows[0].cells["W12"].due
    assert not ward.session.matrix().rows[0].cells["W24"].due


def test_today_is_the_sites_day_whatever_the_pc_thinks(ward: Ward) -> None:
    folder = ward.session.vault.folder
    ward.session.close()
    with session_at(folder, clock=Clock(NOW.replace(hour=17))) as session:  # 01:00 next day in Shanghai
        assert session.today == date(2026, 9, 2)


def test_someone_who_may_look_sees_the_same_matrix(ward: Ward) -> None:
    folder = ward.session.vault.folder
    ward.open("BL", "VS").enter("VSPERF", "N")
    seen = ward.session.matrix().rows[0].cells
    ward.session.close()
    with session_at(folder, "d02") as session:
        assert session.matrix().rows[0].cells == seen


def score(total: str | None, category: str) -> Score:
    from decimal import Decimal

    return Score("01-001", None if total is None else Decimal(total), category, both(category), {})


def test_the_outcome_table_counts_observed_and_missing_apart() -> None:
    from decimal import Decimal

    table = summarise(
        "W24",
        Text("a", "b"),
        (
            score("20", "MINIMAL"),
            score("40", "MODERATE"),
            score("60", "MAJOR"),
            score("0", "NO RESPONSE"),
            score(None, "NOT EVALUABLE"),
        ),
    )
    assert (table.participants, table.evaluable, table.responders) == (5, 4, 3)
    assert (table.percent_observed, table.percent_missing_as_nonresponse) == (
        Decimal("75.0"),
        Decimal("60.0"),
    )
    assert (table.q1, table.median, table.q3) == (20, 40, 60)
    empty = summarise("W24", Text("a", "b"), ())
    assert (empty.percent_observed, empty.median) == (None, None)


def test_participants_without_a_first_dose_are_not_counted(ward: Ward) -> None:
    assert outcomes(ward.session).participants == 0


def test_the_first_item_key_is_the_identity_not_the_number(ward: Ward) -> None:
    assert ItemKey.parse(ward.subject).subject == ward.subject
    assert ward.subject.startswith(ward.session.device)
