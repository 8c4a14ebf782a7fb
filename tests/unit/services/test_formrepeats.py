"""Readings of one scan, links between logs, visits that are closed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mda5_crf.db.records import Draft
from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import EventNode, FormNode, Reason
from mda5_crf.services.logs import log_rows
from mda5_crf.services.overview import event_status
from mda5_crf.study.model import Mark, Severity
from mda5_crf.study.values import Status
from tests.scenario import OpenForm, Ward
from tests.siteward import log, row_key, site_session


def visit(ward: Ward, event: str = "SCR") -> EventNode:
    return next(node for node in ward.session.tree(ward.subject) if node.key.event == event)


def forms(ward: Ward, event: str = "SCR") -> dict[str, FormNode]:
    return {node.label: node for node in visit(ward, event).forms}


def reading(ward: Ward, event: str = "SCR") -> OpenForm:
    key = ward.session.add_form(ItemKey(ward.subject, event), "HRCT")
    return OpenForm(ward.session, ward.session.entry(key))


# -- repeats ---------------------------------------------------------------------------------------------


def test_a_form_that_repeats_is_first_added(site_ward: Ward) -> None:
    bare = site_ward.open("SCR", "HRCT")
    assert bare.entry.readonly is not None
    with pytest.raises(InputRefused) as said:
        bare.enter("READER", "R1")
    assert "several times" in said.value.text.en
    with pytest.raises(InputRefused):
        bare.complete()
    node = forms(site_ward)["HRCT#1"]
    assert (node.adds, node.mark, node.status, node.expected) == (True, Mark.REQUIRED, "not_started", 1)
    first = reading(site_ward)
    assert first.entry.readonly is None
    first.enter("READER", "R1").expect("READER", "R1")


def test_each_reading_stands_for_itself(site_ward: Ward) -> None:
    first, second = reading(site_ward), reading(site_ward)
    first.enter("READER", "R1")
    assert first.complete().done
    assert list(forms(site_ward)) == ["DM", "LB", "HRCT#1", "HRCT#2", "HRCT#3"]
    states = [forms(site_ward)[f"HRCT#{n}"].status for n in (1, 2, 3)]
    assert states == ["complete", "not_started", "not_started"]
    place = forms(site_ward)["HRCT#3"]
    assert (place.adds, place.mark, place.expected) == (True, Mark.OPTIONAL, 0)
    session = site_ward.session
    keys = session.form_repeats(first.entry.key)
    assert keys == [first.entry.key, second.entry.key]
    assert [session.form_label(key) for key in keys] == ["HRCT#1", "HRCT#2"]
    assert session.form_label(ItemKey(site_ward.subject, "SCR")) == ""
    assert session.form_label(first.entry.key._replace(form_repeat="x:1")) == "HRCT"
    second.expect("READER", "")


def test_the_place_for_one_more_does_not_hold_a_visit_open(site_ward: Ward) -> None:
    site_ward.open("SCR", "DM").enter("RFICDAT", "2026-03-05").complete()
    lb = site_ward.open("SCR", "LB").enter_all(LBDAT="2026-03-05", LBNAM="LAB01")
    assert lb.complete().done
    assert visit(site_ward).status == "in_progress"
    one = reading(site_ward).enter("READER", "R1")
    assert visit(site_ward).status == "in_progress"
    assert one.complete().done
    assert visit(site_ward).status == "complete"
    cell = site_ward.session.matrix().rows[0].cells["SCR"]
    assert cell.status == "complete"
    reading(site_ward)
    assert visit(site_ward).status == "in_progress"
    assert site_ward.session.matrix().rows[0].cells["SCR"].status == "in_progress"


def test_readings_survive_the_session(site_folder: Path) -> None:
    with site_session(site_folder) as session:
        ward = Ward(session).enrol()
        reading(ward)
        second = reading(ward).enter("READER", "R2").entry.key
    with site_session(site_folder, "n07") as session:
        assert session.form_label(second) == "HRCT#2"
        assert session.entry(second).state.status == "in_progress"
        assert session.verify().troubles == ()


def test_queries_and_history_say_which_reading(site_ward: Ward) -> None:
    reading(site_ward)
    second = reading(site_ward).enter("READER", "R2")
    session = site_ward.session
    query = session.raise_query(second.key("READER"), "Who is R2?")
    assert session.form_label(query.key) == "HRCT#2"
    lines = {line.kind: line for line in session.history(second.entry.key)}
    assert lines["value"].where == "SCR HRCT#2 READER"
    whole = [line for line in session.history(ItemKey(site_ward.subject)) if line.kind == "form"]
    assert [line.text.en for line in whole] == ["HRCT#1 added", "HRCT#2 added"]
    assert whole[0].text.zh == "新增 HRCT#1"
    assert session.history(ItemKey(site_ward.subject))[0].where == ""


@pytest.mark.parametrize(
    "event,form,words",
    [("SCR", "XX", "no form XX"), ("SCR", "LB", "filled once"), ("UNS", "HRCT", "not on the schedule")],
)
def test_what_cannot_be_added(site_ward: Ward, event: str, form: str, words: str) -> None:
    with pytest.raises(InputRefused) as said:
        site_ward.session.add_form(ItemKey(site_ward.subject, event), form)
    assert words in said.value.text.en


def test_who_may_add_a_reading(site_folder: Path) -> None:
    with site_session(site_folder) as session:
        subject = Ward(session).enrol().subject
    with site_session(site_folder, "d02") as session, pytest.raises(PermissionDenied):
        session.add_form(ItemKey(subject, "SCR"), "HRCT")


def test_a_reading_of_another_site_is_added_there(site_ward: Ward) -> None:
    site_ward.session.cache(site_ward.subject).data.site = "02"
    with pytest.raises(InputRefused) as said:
        reading(site_ward)
    assert "site 02" in said.value.text.en


# -- links -----------------------------------------------------------------------------------------------


def events(ward: Ward, *terms: str) -> list[OpenForm]:
    return [log(ward, "AE").new_row("ROWS").enter("AETERM", term) for term in terms]


@pytest.mark.parametrize(
    "typed,shown",
    [
        ("2", "2"), ("AE#2", "2"), ("ae2", "2"), ("CM#2", "CM#2"),
            ("AE#1,CM2", "AE#1,CM2"), ("1,3", "1, 3"), ("3；1", "1, 3"), ("３", "3"),
        ("4", "4"), ("1,4", "1,4"), ("the second", "the second"), ("0", "0"),
    ],
)  # fmt: skip
def test_lines_are_typed_and_identities_stored(site_ward: Ward, typed: str, shown: str) -> None:
    rows = [row_key(one).group_repeat for one in events(site_ward, "A", "B", "C")]
    cm = log(site_ward, "CM").new_row("ROWS").enter("CMAENO", typed)
    value = cm.item("CMAENO").value
    assert site_ward.session.shown(cm.key("CMAENO"), value.text) == shown
    if value.status is Status.VALID:
        assert set(value.text.split(",")) <= set(rows)
    else:
        assert value.text == typed
        assert [f.severity for f in cm.item("CMAENO").findings] == [Severity.HARD]


def test_one_link_takes_one_line(site_ward: Ward) -> None:
    events(site_ward, "A", "B")
    sae = log(site_ward, "SAE").new_row("ROWS").enter("AESPID", "1,2")
    assert sae.item("AESPID").value.text == "1,2"
    assert sae.item("AESPID").value.nonconformant
    sae.enter("AESPID", "2")
    assert sae.item("AESPID").value.status is Status.VALID
    sae.enter("AESPID", "")
    assert sae.item("AESPID").value.status is Status.EMPTY


def test_nobody_sees_an_identity(site_ward: Ward) -> None:
    ae = events(site_ward, "A", "B")
    cm = log(site_ward, "CM").new_row("ROWS").enter("CMTRT", "x").enter("CMAENO", "1,2")
    session = site_ward.session
    (line,) = session.history(cm.key("CMAENO"))
    assert line.text.en == "entered 1, 2"
    assert line.where == "LOG CM#1 CMAENO"
    (row,) = log_rows(session, cm.entry.key._replace(group="ROWS"))
    assert row.values == {"CMTRT": "x", "CMAENO": "1, 2"}
    ae[0].entry.strike_row(row_key(ae[0]), Reason("TYPING"))
    assert session.history(cm.key("CMAENO"))[0].text.en == "entered 1 (struck), 2"
    assert session.history(cm.key("CMAENO"))[0].text.zh.endswith("1（已划除）, 2")
    assert session.form_label(row_key(ae[1])) == "AE#2"
    assert session.form_label(row_key(ae[0])) == "AE#1"
    assert session.form_label(row_key(ae[0])._replace(group_repeat="x:1")) == "AE#?"
    added = [h for h in session.history(ItemKey(site_ward.subject, "LOG", form="AE")) if h.kind == "row"]
    assert [h.where for h in added] == ["LOG AE#1", "LOG AE#2"]


def test_a_row_keeps_its_number_when_the_one_before_is_struck(site_ward: Ward) -> None:
    ae, session = events(site_ward, "A", "B", "C"), site_ward.session
    cm = log(site_ward, "CM").new_row("ROWS").enter("CMAENO", "2,3")
    stored = cm.item("CMAENO").value.text
    ae[1].entry.strike_row(row_key(ae[1]), Reason("TYPING"))
    for _ in range(2):
        assert [session.form_label(row_key(one)) for one in ae] == ["AE#1", "AE#2", "AE#3"]
        assert session.shown(cm.key("CMAENO"), stored) == "2×, 3"
        place = ae[0].entry.key._replace(group="ROWS")
        assert [(row.number, row.struck) for row in log_rows(session, place)] == [
            (1, False),
            (2, True),
            (3, False),
        ]
        session.refresh()  # and read anew from the vault
    assert [f.check for f in cm.item("CMAENO").findings] == ["LINK"]
    cm.enter("CMAENO", "2")
    assert cm.item("CMAENO").value.text == "2"  # no link to what was struck
    (finding,) = cm.item("CMAENO").findings
    assert finding.severity is Severity.HARD and "lines of AE that are there" in finding.message.en
    cm.enter("CMAENO", "3")
    assert cm.item("CMAENO").value.text == row_key(ae[2]).group_repeat
    (new,) = events(site_ward, "D")
    assert session.form_label(row_key(new)) == "AE#4"


def test_a_reading_keeps_its_number_when_the_one_before_is_struck(site_ward: Ward) -> None:
    first, second = reading(site_ward), reading(site_ward)
    session = site_ward.session
    content = {"state": "struck", "reason": {"code": "TYPING"}}
    session.append([Draft("strike", first.entry.key.path(), content)])
    session.refresh()
    assert session.form_label(second.entry.key) == "HRCT#2"
    assert list(forms(site_ward))[-2:] == ["HRCT#2", "HRCT#3"]


def test_an_item_of_another_definition_reads_as_stored(site_ward: Ward) -> None:
    key = ItemKey(site_ward.subject, "LOG", "", "CM", "", "ROWS", "a:1", "GONE")
    assert site_ward.session.shown(key, "a:1") == "a:1"
    assert site_ward.session.shown(key._replace(form="GONE"), "a:1") == "a:1"


# -- visits that are closed --------------------------------------------------------------------------------


def test_a_closed_visit_says_why_and_expects_nothing(site_ward: Ward) -> None:
    assert visit(site_ward, "W4").closed is None
    dm = site_ward.open("SCR", "DM").enter("WITHDRAW", "Y")
    node = visit(site_ward, "W4")
    assert node.closed is not None
    assert "withdrawn" in node.closed.en
    assert node.status == "not_started"  # the reading is spared
    assert {label: f.status for label, f in forms(site_ward, "W4").items()} == {
        "LB": "closed", "HRCT#1": "not_started",
    }  # fmt: skip
    assert (forms(site_ward, "W4")["LB"].answered, forms(site_ward, "W4")["LB"].expected) == (0, 0)
    cell = site_ward.session.matrix().rows[0].cells["W4"]
    assert (cell.closed, cell.due) == (node.closed, False)
    assert site_ward.session.matrix().rows[0].cells["W4"] == cell  # as remembered
    dm.enter("WITHDRAW", "N")
    assert visit(site_ward, "W4").closed is None
    assert site_ward.session.matrix().rows[0].cells["W4"].closed is None


def test_a_visit_of_nothing_else_is_closed(site_ward: Ward) -> None:
    site_ward.open("SCR", "DM").enter("WITHDRAW", "Y")
    one = reading(site_ward, "W4").enter("READER", "R1")
    assert visit(site_ward, "W4").status == "in_progress"
    assert one.complete().done
    assert visit(site_ward, "W4").status == "complete"


def test_a_visit_of_closed_forms_only(site_ward: Ward) -> None:
    left = replace(forms(site_ward)["LB"], status="closed", expected=0)
    assert event_status([left]) == "closed"
    assert event_status([left, replace(left, queries=1)]) == "query"
    assert event_status([]) == "not_started"


def test_a_closed_visit_is_not_due_and_may_be_entered(site_ward: Ward) -> None:
    site_ward.open("SCR", "DM").enter_all(RFICDAT="2026-08-04", WITHDRAW="N")
    assert site_ward.session.matrix().rows[0].cells["W4"].due
    site_ward.open("SCR", "DM").enter("WITHDRAW", "Y")
    assert not site_ward.session.matrix().rows[0].cells["W4"].due
    lb = site_ward.open("W4", "LB").enter("LBDAT", "2026-09-01")
    assert lb.entry.readonly is None
    assert forms(site_ward, "W4")["LB"].status == "in_progress"
    assert not site_ward.session.matrix().rows[0].cells["W4"].due
