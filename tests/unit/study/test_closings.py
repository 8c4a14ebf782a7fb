"""What ends the expectation of visits, and conditions on any line of the schedule."""

from __future__ import annotations

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.schedule import closing_of, due_forms, is_required
from tests.unit.study.participant import TODAY, Participant
from tests.unit.study.wider import wider_study


def due(one: Participant, event: str, repeat: str = "") -> dict[str, bool]:
    found = due_forms(one.study, one.data, ItemKey(one.data.subject, event, repeat), TODAY)
    return {form.key.form: form.required for form in found}


def closed(one: Participant, event: str, repeat: str = "") -> str:
    found = closing_of(one.study, one.data, ItemKey(one.data.subject, event, repeat), TODAY)
    return "" if found is None else found.oid


def with_rows(*ongoing: str) -> Participant:
    """A woman with dosing rows, each ongoing or not."""
    one = Participant(wider_study()).enter("SCR", "IC", SEX="F")
    for number, answer in enumerate(ongoing):
        one.add_row("LOG", "EX", "ROWS", f"d1:{number + 20}", ECONGO=answer)
    return one


def test_nothing_is_closed_while_it_is_not_known() -> None:
    assert closed(Participant(wider_study()), "W4") == ""
    assert closed(with_rows("N"), "W4") == ""
    assert due(with_rows("N"), "W4") == {"VS": True, "HR": False, "Q": True}


def test_a_closed_event_asks_for_the_excepted_forms_only() -> None:
    one = with_rows("N", "N")
    assert closed(one, "W4") == "STOPPED"
    assert closed(one, "W12") == "STOPPED"
    assert closed(one, "BL") == ""
    assert closed(one, "LOG") == ""
    assert due(one, "W4") == {"VS": True}
    assert due(one, "W12") == {"VS": True}
    assert "HR" in due(one, "BL")


def test_what_was_begun_at_a_closed_event_stays_in_sight() -> None:
    one = with_rows("N", "N").enter("W4", "Q", QVERSION="1.0")
    assert due(one, "W4") == {"VS": True, "Q": False}
    one.enter("W4", "Q", QVERSION="")
    assert due(one, "W4") == {"VS": True}
    one.data.set_status(one.form("W4", "Q"), "not_done")
    assert due(one, "W4") == {"VS": True, "Q": False}
    one.data.add_form(one.form("W4", "HR"), "d1:50")
    assert due(one, "W4") == {"VS": True, "HR": False, "Q": False}
    one.data.strike_form(one.form("W4", "HR"), "d1:50")
    assert due(one, "W4") == {"VS": True, "Q": False}


def test_rows_of_a_log_begin_it() -> None:
    from dataclasses import replace

    from mda5_crf.study.model import Closing

    study = wider_study()
    all_closed = Closing("ALL", study.closings[0].when, ("LOG",), (), study.closings[0].text)
    one = Participant(replace(study, closings=(all_closed,)))
    for number in (1, 2):
        one.add_row("LOG", "EX", "ROWS", f"d1:{number}", ECONGO="N")
    assert due(one, "LOG") == {"EX": False}
    one.data.strike_row(one.form("LOG", "EX")._replace(group="ROWS"), "d1:1")
    assert due(one, "LOG") == {"EX": False, "AE": False, "CM": False, "Q": False}


def test_the_first_closing_that_is_true_speaks() -> None:
    one = with_rows("N", "N").enter("SCR", "IC", SEX="M")
    assert closed(one, "W4") == "STOPPED"
    assert closed(one, "W12") == "STOPPED"
    one.data.add_event("UNS", "d1:7")
    assert closed(one, "UNS", "d1:7") == "MALE"
    assert due(one, "UNS", "d1:7") == {}
    one.enter("LOG", "EX", "d1:20", ECONGO="Y")
    assert closed(one, "W4") == "MALE"
    assert due(one, "W4") == {}


def test_a_closed_line_is_not_required() -> None:
    one = with_rows("N", "N")
    event = ItemKey(one.data.subject, "W4")
    lines = {line.form: line for line in one.study.due if line.event == "W4"}
    assert not is_required(one.study, one.data, event, lines["Q"], TODAY)
    assert is_required(one.study, one.data, event, lines["VS"], TODAY)
    assert is_required(one.study, with_rows("N").data, event, lines["Q"], TODAY)


def test_a_line_whose_condition_is_not_true_is_not_required() -> None:
    one = Participant(wider_study())
    event = ItemKey(one.data.subject, "W12")
    line = next(line for line in one.study.due if (line.event, line.form) == ("W12", "LB"))
    assert not is_required(one.study, one.data, event, line, TODAY)
    assert is_required(one.study, one.enter("SCR", "IC", SEX="F").data, event, line, TODAY)


def test_a_condition_on_an_optional_line() -> None:
    one = Participant(wider_study())
    assert due(one, "W4") == {"VS": True, "Q": True}  # not known
    one.enter("SCR", "IC", SEX="F")
    assert due(one, "W4") == {"VS": True, "HR": False, "Q": True}
    one.data.add_form(one.form("W4", "HR"), "d1:50")
    one.enter("SCR", "IC", SEX="")
    assert due(one, "W4") == {"VS": True, "HR": False, "Q": True}
