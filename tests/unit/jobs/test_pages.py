"""What is gathered for a print: readings, links and rows as people number them, and what was begun."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pypdf
import pytest

from mda5_crf.errors import InputRefused
from mda5_crf.jobs.pages import Order, draw, gather, print_blank, print_filled
from mda5_crf.services.changes import Reason
from mda5_crf.text import Text
from tests.pdftext import text_of
from tests.scenario import Ward
from tests.unit.pdf.paperwork import mini
from tests.vaults import password
from tests.wards import NOW, Clock, session_at, trial, ward, ward_folder

__all__ = ["ward", "ward_folder"]


def order(ward: Ward, event: str | None = None, *forms: str) -> Order:
    return gather(ward.session, ward.subject, event, forms or None, "en")


def labels(made: Order) -> list[str]:
    return [f"{page.event}.{page.form.oid}{f'#{page.repeat}' if page.repeat else ''}" for page in made.pages]


def searched(data: bytes) -> str:
    return "".join(text_of(data))


def test_nothing_begun_is_nothing_to_print(ward: Ward) -> None:
    with pytest.raises(InputRefused):
        order(ward)
    with pytest.raises(InputRefused):
        order(ward, "SCR", "AE")


def read_twice(ward: Ward) -> None:
    place = ward.open("SCR", "HRCT").entry.key.event_key()
    for reader in ("READER 1", "READER 2"):
        entry = ward.session.entry(ward.session.add_form(place, "HRCT"))
        key = next(key for key in entry.state.items if key.item == "HRPERF")
        entry.set_value(key, "Y")
        entry.set_value(next(key for key in entry.state.items if key.item == "HRREAD"), reader)


def test_every_reading_is_printed_with_its_number_and_no_empty_one_behind(ward: Ward) -> None:
    read_twice(ward)
    assert labels(order(ward)) == ["SCR.HRCT#1", "SCR.HRCT#2"]
    assert labels(order(ward, "SCR", "HRCT")) == ["SCR.HRCT#1", "SCR.HRCT#2"]
    assert labels(order(ward, "SCR", "HRCT#2")) == ["SCR.HRCT#2"]
    with pytest.raises(InputRefused):
        order(ward, "SCR", "HRCT#4")


def test_a_form_that_repeats_can_be_printed_before_the_first_reading(ward: Ward) -> None:
    assert labels(order(ward, "SCR", "HRCT")) == ["SCR.HRCT#1"]


def events(ward: Ward) -> None:
    """Three events, the second of them struck, and a drug given for the third."""
    log = ward.open("LOG", "AE").enter("AEYN", "Y")
    for term in ("Fever", "Typed twice", "Rash"):
        log.new_row("ROWS").enter("AETERM", term)
    rows = [row.key for row in log.state.rows]
    log.entry.strike_row(rows[1], Reason("OTHER", "twice"))
    drug = ward.open("LOG", "CM").enter("CMYN", "Y").new_row("ROWS")
    drug.enter("CMINDC", "ADVERSE EVENT").enter("CMAENO", "3")


def test_a_link_and_the_row_it_means_have_the_same_number(ward: Ward) -> None:
    events(ward)
    made = order(ward, "LOG", "AE", "CM")
    rows = made.pages[[page.form.oid for page in made.pages].index("AE")].rows["ROWS"]
    assert [(row.number, row.struck, row.values["AETERM"]) for row in rows] == [
        (1, False, "Fever"),
        (2, True, "Typed twice"),
        (3, False, "Rash"),
    ]
    text = searched(print_filled(ward.session, ward.subject, "LOG", ("AE", "CM"), "en"))
    assert "AE#3" in text
    assert "Row2Struckout" in text
    assert "Row3incomplete" in text


def test_a_link_to_a_struck_row_says_so(ward: Ward) -> None:
    events(ward)
    log = ward.open("LOG", "AE")
    log.entry.strike_row(log.state.rows[1].key, Reason("OTHER", "twice"))
    assert "AE#3（已划除）" in searched(print_filled(ward.session, ward.subject, "LOG", ("CM",), "zh"))
    assert "AE#3(struck)" in searched(print_filled(ward.session, ward.subject, "LOG", ("CM",), "en"))


def test_a_visit_that_is_closed_prints_nothing_unless_it_is_asked_for(ward_folder: Path) -> None:
    clock = Clock(NOW)
    with session_at(ward_folder, clock=clock) as session:
        ward = Ward(session).enrol()
        ward.open("SCR", "IC").enter("RFICDAT", "2026-08-20")
        ward.open("W4", "DD").enter("DTHDAT", "2026-08-30")
        clock.now = NOW + timedelta(days=1)
        closed = [node for node in session.tree(ward.subject) if node.closed is not None]
        assert closed
        node = closed[-1]
        assert not any(label.startswith(f"{node.key.event}.") for label in labels(order(ward)))
        form = next(one.form.oid for one in node.forms if one.status == "closed")
        asked = order(ward, node.key.event, form)
        assert [page.closed for page in asked.pages] == [node.closed]
        begun = next(page for page in order(ward).pages if page.form.oid == "IC")
        assert begun.closed is None


def test_forms_of_a_visit_that_did_not_take_place_are_not_begun(ward: Ward) -> None:
    ward.open("SCR", "IC").enter("RFICDAT", "2026-08-20")
    ward.open("W4", "SV").enter("SVOCCUR", "N")
    printed = [label for label in labels(order(ward)) if label.startswith("W4.")]
    assert printed == ["W4.SV", "W4.TIS"]  # a score belongs to its visit


def test_blank_forms_of_a_visit_and_of_the_study() -> None:
    all_of_it = print_blank(mini(), None, None, "zh", demo=False, made=NOW, unique=True)
    assert "空白病例报告表（每表一份）" in searched(all_of_it)
    few = print_blank(trial(), "SCR", ["HRCT"], "en", demo=False, made=NOW)
    assert "ChestHRCT,no.____" in searched(few)
    with pytest.raises(InputRefused):
        print_blank(trial(), "SCR", ["AE"], "en", demo=False, made=NOW)


# -- what was changed, and what is gone ---------------------------------------------------------------


def changed_weight(ward: Ward) -> None:
    ward.open("SCR", "VS").enter_all(VSPERF="Y", WEIGHT_VSORRES="62").enter(
        "WEIGHT_VSORRES", "63", because="read again 重读"
    )


def test_the_appendix_tells_each_change_and_the_mark_leads_to_it(ward: Ward) -> None:
    changed_weight(ward)
    made = gather(ward.session, ward.subject, "SCR", ["VS"], "both", audit=True)
    (line,) = made.pages[0].changes or ()
    assert (line.old.en, line.new.en) == ("62 kg", "63 kg")
    assert "read again 重读" in line.reason.en and line.who and line.at.tzinfo is not None
    reader = pypdf.PdfReader(BytesIO(draw(made).data))
    assert "62kg→63kg" in searched(draw(made).data)
    links = [note.get_object() for page in reader.pages for note in page.get("/Annots") or ()]
    assert len(links) == 1
    goal = links[0]["/Dest"]  # [page /XYZ left top zoom]
    told = next(
        page for page in reader.pages if page.indirect_reference == goal.get_object()[0].indirect_reference
    )
    assert "Changes after first entry" in told.extract_text()


def test_without_being_asked_for_there_is_no_appendix(ward: Ward) -> None:
    changed_weight(ward)
    made = order(ward, "SCR", "VS")
    assert made.pages[0].changes is None
    assert "Changesafterfirstentry" not in searched(draw(made).data)


def test_a_form_nobody_changed_says_so(ward: Ward) -> None:
    ward.open("SCR", "VS").enter("VSPERF", "Y")
    made = gather(ward.session, ward.subject, "SCR", ["VS"], "en", audit=True)
    assert made.pages[0].changes == ()
    assert "Nothingwaschangedafterfirstentry" in searched(draw(made).data)


def test_the_print_record_says_that_the_changes_were_asked_for(ward: Ward) -> None:
    changed_weight(ward)
    print_filled(ward.session, ward.subject, "SCR", ["VS"], "en", audit=True)
    record = list(ward.session.vault.journal.records(kinds=("print",)))[-1]
    assert "audit" in str(record.data)


def test_an_answer_whose_content_is_gone_says_so(ward: Ward) -> None:
    vs = ward.open("SCR", "VS").enter_all(VSPERF="Y", WEIGHT_VSORRES="62")
    gone = vs.key("WEIGHT_VSORRES")
    made = order(ward, "SCR", "VS")
    (page,) = made.pages
    assert page.gone == {}
    answer = page.state.items[gone]
    empty = answer._replace(value=answer.value._replace(text="", data=None))
    state = replace(page.state, items={**page.state.items, gone: empty})
    emptied = replace(page, state=state, gone={gone: Text("redacted", "已涂除")})
    assert "[redacted]" in searched(draw(replace(made, pages=(emptied,))).data)


def test_a_redacted_answer_and_its_change_say_so_and_nothing_more(ward: Ward) -> None:
    secret, why = "Wang Xiaoming 13912345678", Reason("PRIVACY", "a name and a telephone number")
    told = ward.open("W4", "SV").enter("SVOCCUR", "N").enter("SVREASOC", "travel").enter(
        "SVREASOC", secret, because="asked again"
    )  # fmt: skip
    (record,) = told.last.records if told.last else ()
    login = ward.session.person.login
    ward.session.redact((record,), why, (), own_password=password(login), second=("d02", password("d02")))
    made = gather(ward.session, ward.subject, "W4", ["SV"], "en", audit=True)
    assert list(made.pages[0].gone.values()) == [Text("redacted", "已涂除")]
    said = searched(draw(made).data)
    assert "[redacted]" in said and "travel→redacted" in said
    assert "Xiaoming" not in said
