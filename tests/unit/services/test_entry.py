"""Entry as a ward user lives it: nothing refused, nothing lost, reasons where they are due."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from mda5_crf.errors import InputRefused, PermissionDenied, StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs.pages import print_filled
from mda5_crf.services.changes import Reason, ReasonRequired
from mda5_crf.services.logs import log_rows
from mda5_crf.study.model import Severity
from mda5_crf.study.values import Status
from tests.scenario import OpenForm, Ward
from tests.wards import NOW, Clock, session_at

VITALS = {
    "VSPERF": "Y",
    "VSDAT": "2026-08-30",
    "VSPOS": "SITTING",
    "SYSBP_VSORRES": "120",
    "DIABP_VSORRES": "80",
    "PULSE_VSORRES": "72",
    "RESP_VSORRES": "16",
    "TEMP_VSORRES": "36.8",
    "OXYSAT_VSORRES": "97",
    "OXYSAT_VSO2": "Y",
    "MRCGR": "2",
    "WEIGHT_VSORRES": "60",
}


def test_text_that_is_no_number_is_kept_as_typed_with_a_hard_finding(ward: Ward) -> None:
    vs = ward.open("BL", "VS").enter("VSPERF", "Y").enter("PULSE_VSORRES", "abc")
    assert vs.item("PULSE_VSORRES").value.status is Status.NONCONFORMANT
    vs.expect("PULSE_VSORRES", "abc").expect_hard("whole number")


def test_full_width_text_and_units_are_understood(ward: Ward) -> None:
    vs = ward.open("BL", "VS").enter_all(VSPERF="ｙ", SYSBP_VSORRES="１２０", TEMP_VSORRES="98.6 °F")
    vs.expect("VSPERF", "Y").expect("SYSBP_VSORRES", "120").expect("TEMP_VSORRES", "98.6")
    assert vs.item("TEMP_VSORRES").value.unit == "°F"
    assert vs.item("TEMP_VSORRES").value.data == 37


def test_a_check_between_items_fires_and_falls(ward: Ward) -> None:
    vs = ward.open("BL", "VS").enter_all(VSPERF="Y", SYSBP_VSORRES="80", DIABP_VSORRES="95")
    vs.expect_hard("below systolic").expect_hard("舒张压应低于收缩压")
    vs.enter("SYSBP_VSORRES", "130")
    assert not [f for f in vs.findings(Severity.HARD) if f.check == "VS-02"]


@pytest.mark.requirement("EMA-5")
def test_an_unchanged_text_writes_nothing(ward: Ward) -> None:
    vs = ward.open("BL", "VS").enter("VSPERF", "Y")
    heads = ward.session.vault.journal.heads()
    vs.enter("VSPERF", "Y").enter("VSPERF", " y ")
    assert ward.session.vault.journal.heads() == heads
    assert vs.last is not None
    assert vs.last.records == ()


@pytest.mark.requirement("P11-5", "CN-3")
def test_clearing_an_empty_item_writes_nothing_and_clearing_a_value_keeps_its_history(ward: Ward) -> None:
    vs = ward.open("BL", "VS").enter("PULSE_VSORRES", "")
    assert vs.last is not None
    assert vs.last.records == ()
    vs.enter_all(VSPERF="Y", PULSE_VSORRES="72", RESP_VSORRES="16").enter("PULSE_VSORRES", "").expect(
        "PULSE_VSORRES", ""
    )
    told = [line.text.en for line in ward.session.history(vs.key("PULSE_VSORRES"))]
    assert told == ["entered 72", "cleared"]


def test_values_survive_log_out(ward_folder: object, ward: Ward) -> None:
    ward.open("BL", "VS").enter_all(**VITALS)
    folder = ward.session.vault.folder
    ward.session.close()
    with session_at(folder) as again:
        state = again.state(ItemKey(ward.subject, "BL", "", "VS"))
        shown = {k.item: s.value.text for k, s in state.items.items() if s.value.text and not s.item.computed}
        assert shown == VITALS


def test_a_lone_surrogate_does_not_break_the_journal(ward: Ward) -> None:
    sv = ward.open("BL", "SV").enter_all(SVOCCUR="N", SVREASOC="lost \ud800 contact")
    assert "?" in sv.item("SVREASOC").value.text
    assert ward.session.verify().troubles == ()


def test_missing_codes_are_answers_of_their_own(ward: Ward) -> None:
    vs = ward.open("BL", "VS").enter("VSPERF", "Y")
    codes = vs.entry.form.items["TEMP_VSORRES"].missing
    if codes:
        vs.mark("TEMP_VSORRES", codes[0])
        assert vs.item("TEMP_VSORRES").value.missing == codes[0]
    with pytest.raises(InputRefused) as refused:
        vs.mark("TEMP_VSORRES", "WHATEVER")
    assert "WHATEVER" in refused.value.text.zh


def test_not_done_of_a_laboratory_result_sets_its_own_item(ward: Ward) -> None:
    lab = ward.open("BL", "LBC").enter("LBPERF", "Y").mark("ALT_LBORRES", "ND")
    lab.expect("ALT_LBSTAT", "NOT DONE")
    assert not lab.item("ALT_LBORRES").required


def test_computed_items_cannot_be_entered(ward: Ward) -> None:
    with pytest.raises(InputRefused) as refused:
        ward.open("BL", "VS").enter("BMI", "22")
    assert ward.session.subjid(ward.subject) in refused.value.text.en


def test_a_stored_unit_is_kept_beside_what_was_typed(ward: Ward) -> None:
    lab = ward.open("BL", "LBC").enter("LBPERF", "Y").enter("CREAT_LBORRES", "1.2 mg/dL")
    value = lab.item("CREAT_LBORRES").value
    assert (value.text, value.unit, str(value.data.normalize())) == ("1.2", "mg/dL", "106.08")  # type: ignore[union-attr]
    lab.enter("ALT_LBORRES", "0.75", unit="µkat/L")
    assert lab.item("ALT_LBORRES").value.data == 45


def test_a_result_below_the_detection_limit_is_graded_by_the_limit(ward: Ward) -> None:
    lab = ward.open("BL", "LBC").enter("LBPERF", "Y").enter("ALT_LBORRES", "<5").enter("ALT_LBORNRHI", "45")
    lab.expect("ALT_LBORRES", "<5").expect("ALT_LBTOXGR", "0")


@pytest.mark.requirement("FDA-11")
def test_a_soft_finding_waits_for_one_key_and_only_for_that_value(ward: Ward) -> None:
    vs = ward.open("BL", "VS").enter_all(**VITALS).enter("PULSE_VSORRES", "140").expect_soft("usually 50–120")
    vs.confirm("PULSE_VSORRES").expect_calm("PULSE_VSORRES")
    vs.enter("PULSE_VSORRES", "150").expect_soft("usually 50–120")
    with pytest.raises(InputRefused):
        vs.confirm("TEMP_VSORRES")


@pytest.mark.requirement("P11-7")
def test_completion_is_blocked_by_what_is_missing_and_says_what(ward: Ward) -> None:
    vs = ward.open("BL", "VS").enter("VSPERF", "Y")
    done = vs.complete()
    assert not done.done
    assert any("请填写" in f.message.zh for f in done.blocking)
    assert vs.state.status == "in_progress"
    assert vs.enter_all(**VITALS).complete().done
    assert vs.state.status == "complete"


def test_a_hard_finding_put_to_query_no_longer_blocks(ward: Ward) -> None:
    vs = ward.open("BL", "VS").enter_all(**{**VITALS, "DIABP_VSORRES": "130"}).confirm("DIABP_VSORRES")
    blocking = vs.complete().blocking
    assert [f.check for f in blocking] == ["VS-02"]
    query = vs.entry.put_to_query(blocking[0])
    assert query.state == "Open"
    done = vs.complete()
    assert done.done
    assert done.queries_raised == 0


@pytest.mark.requirement("FDA-11")
def test_a_query_finding_becomes_a_query_at_completion_and_resolves_itself(ward: Ward) -> None:
    ward.open("SCR", "VS").enter_all(**{**VITALS, "HEIGHT_VSORRES": "165"}).complete()
    vs = ward.open("BL", "VS").enter_all(**{**VITALS, "WEIGHT_VSORRES": "80"}).expect_query("10 %")
    assert vs.queries() == ()
    done = vs.complete()
    assert (done.done, done.queries_raised) == (True, 1)
    (query,) = vs.queries()
    assert query.state == "Open"
    assert "10%" in query.text.zh or "10 %" in query.text.zh
    assert vs.complete().queries_raised == 0, "raised once"
    vs.enter("WEIGHT_VSORRES", "62", because="misread")
    assert [q.state for q in vs.queries()] == ["Resolved"]


def test_an_answered_query_is_not_raised_again_for_the_same_value(ward: Ward) -> None:
    ward.open("SCR", "VS").enter_all(**{**VITALS, "HEIGHT_VSORRES": "165"}).complete()
    vs = ward.open("BL", "VS").enter_all(**{**VITALS, "WEIGHT_VSORRES": "80"})
    vs.complete()
    ward.session.answer_query(vs.queries()[0].id, "weighed twice")
    assert vs.complete().queries_raised == 0
    assert [q.state for q in vs.queries()] == ["Answered"]


@pytest.mark.requirement("FDA-9", "E6-2", "E6-8")
def test_a_completed_form_asks_why_and_remembers_the_answer_in_the_sitting(ward: Ward) -> None:
    vs = ward.open("BL", "VS").enter_all(**VITALS)
    vs.complete()
    assert vs.entry.needs_reason
    with pytest.raises(ReasonRequired) as refused:
        vs.enter("PULSE_VSORRES", "75")
    assert "complete" in refused.value.text.en
    vs.expect("PULSE_VSORRES", "72")
    vs.enter("PULSE_VSORRES", "75", because="typing error").expect("PULSE_VSORRES", "75")
    assert not vs.entry.needs_reason
    vs.enter("PULSE_VSORRES", "76")
    assert [line.reason for line in ward.session.history(vs.key("PULSE_VSORRES"))] == [
        "", "OTHER: typing error", "OTHER: typing error",
    ]  # fmt: skip
    fresh = ward.open("BL", "VS")
    assert fresh.entry.needs_reason, "a new sitting asks again"


@pytest.mark.requirement("E6-8")
def test_reasons_are_checked(ward: Ward) -> None:
    vs = ward.open("BL", "VS").enter_all(**VITALS)
    vs.complete()
    key = vs.key("PULSE_VSORRES")
    with pytest.raises(InputRefused):
        vs.entry.set_value(key, "75", reason=Reason("NO SUCH REASON"))
    with pytest.raises(InputRefused):
        vs.entry.set_value(key, "75", reason=Reason("OTHER", "  "))
    vs.expect("PULSE_VSORRES", "72")


def test_reopening_needs_no_reason_afterwards(ward: Ward) -> None:
    vs = ward.open("BL", "VS").enter_all(**VITALS)
    vs.complete()
    vs.entry.reopen(Reason("OTHER", "page found"))
    assert vs.state.status == "in_progress"
    vs.enter("PULSE_VSORRES", "75").expect("PULSE_VSORRES", "75")


@pytest.mark.requirement("P11-5")
def test_log_rows_have_identities_and_are_struck_never_deleted(ward: Ward) -> None:
    ex = ward.open("LOG", "EX")
    group = next(g.name for g in ex.entry.form.groups if g.repeating)
    ex.new_row(group).enter("ECTRT", "TOFACITINIB")
    first = ex.row[group]
    ex.new_row(group).enter("ECTRT", "TOFACITINIB")
    assert ex.entry.rows(group) == [first, ex.row[group]]
    ex.entry.strike_row(ex.key("ECTRT").row_key(), Reason("OTHER", "double entry"))
    assert ex.entry.rows(group) == [first]
    assert any(line.kind == "strike" for line in ward.session.history(ex.entry.key))
    with pytest.raises(InputRefused):
        OpenForm(ward.session, ward.session.entry(ItemKey(ward.subject, "BL", "", "VS"))).new_row(
            "MEASUREMENTS"
        )


def test_one_key_sets_the_empty_cells_of_a_grid_row(ward: Ward) -> None:
    forms = [(f, g) for f in ward.session.study.forms.values() for g in f.groups if g.zero_row is not None]
    for form, group in forms:
        event = next(d.event for d in ward.session.study.due if d.form == form.oid)
        opened = ward.open(event, form.oid)
        changes = opened.entry.zero_row(group.name, group.rows[0].code)
        again = opened.entry.zero_row(group.name, group.rows[0].code)
        assert len(again.records) == 0 <= len(changes.records)


def test_a_full_disk_takes_the_value_back_and_says_so(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    vs = ward.open("BL", "VS").enter("VSPERF", "Y")
    store = ward.session.vault.store
    with store.read() as tx:
        pages = tx.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    with store.transaction() as tx:
        tx.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    ward.session.entry(vs.entry.key)

    def fill_the_disk() -> None:
        for number in range(400):
            vs.enter("SYSBP_VSORRES", str(60 + number % 200))

    with pytest.raises(StoreError) as failed:
        fill_the_disk()
    assert failed.value.exit_status == 3
    shown = vs.item("SYSBP_VSORRES").value.text
    with store.read() as tx:
        tx.connection.exec_driver_sql("PRAGMA max_page_count=1073741823")
    ward.session.refresh()
    assert ward.open("BL", "VS").item("SYSBP_VSORRES").value.text == shown, "what is shown is what is stored"
    assert ward.session.verify().troubles == ()


@pytest.mark.requirement("P11-8")
@pytest.mark.parametrize("login", ["d02"])
def test_who_may_not_enter_is_refused_in_services(ward: Ward, login: str) -> None:
    folder, subject = ward.session.vault.folder, ward.subject
    ward.session.close()
    with session_at(folder, login) as session:
        entry = session.entry(ItemKey(subject, "BL", "", "VS"))
        assert entry.readonly is not None
        vs = OpenForm(session, entry)
        with pytest.raises(PermissionDenied) as denied:
            vs.enter("VSPERF", "Y")
        assert "投" not in denied.value.text.en
        assert vs.item("VSPERF").value.text == ""
        with pytest.raises(PermissionDenied):
            session.enrol()
        with pytest.raises(PermissionDenied):
            vs.complete()


def test_a_struck_row_is_printed_with_its_number_and_reason(ward: Ward) -> None:
    ex = ward.open("LOG", "EX")
    group = next(g.name for g in ex.entry.form.groups if g.repeating)
    ex.new_row(group).enter("ECTRT", "TOFACITINIB").new_row(group).enter("ECTRT", "TOFACITINIB")
    ex.entry.strike_row(ex.key("ECTRT").row_key(), Reason("OTHER", "double entry"))
    rows = log_rows(ward.session, ex.entry.key._replace(group=group))
    assert [(r.number, r.struck, r.values) for r in rows] == [
        (1, False, {"ECTRT": "TOFACITINIB"}),
        (2, True, {"ECTRT": "TOFACITINIB"}),
    ]
    assert rows[1].reason is not None
    assert "double entry" in rows[1].reason.zh
    pages = print_filled(ward.session, ward.subject, "LOG", ["EX"], "en")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pages)).pages)
    assert "double entry" in text


def test_a_text_no_bundle_could_carry_is_refused_in_words_and_nothing_is_stored(ward: Ward) -> None:
    sv = ward.open("BL", "SV").enter("SVOCCUR", "N")
    heads = ward.session.vault.journal.heads()
    with pytest.raises(InputRefused) as refused:
        sv.enter("SVREASOC", "很" * 30_000)
    assert "过长" in refused.value.text.zh
    assert ward.session.vault.journal.heads() == heads
    assert sv.item("SVREASOC").value.text == ""


def test_a_reason_is_checked_even_where_none_is_needed(ward: Ward) -> None:
    vs = ward.open("BL", "VS")
    with pytest.raises(InputRefused):
        vs.entry.set_value(vs.key("VSPERF"), "Y", reason=Reason("NO SUCH REASON"))
    assert vs.item("VSPERF").value.text == ""


def test_a_clock_set_back_is_said_and_entry_goes_on(ward: Ward) -> None:
    folder, subject = ward.session.vault.folder, ward.subject
    assert ward.session.clock_warning is None
    ward.session.close()
    with session_at(folder, clock=Clock(NOW - timedelta(days=3))) as session:
        vs = Ward(session, subject).open("BL", "VS").enter("VSPERF", "Y").expect("VSPERF", "Y")
        assert session.clock_warning is not None
        assert vs.last is not None
        assert vs.last.records
