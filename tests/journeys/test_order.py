"""The order of a trial, walked through the services: consent, eligibility, enrolment, first dose, the end.

Every step out of order says so where a person stands; every end closes what it must and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mda5_crf.errors import InputRefused
from mda5_crf.services.changes import Reason, ReasonRequired
from mda5_crf.services.deviations import Proposal
from mda5_crf.study.model import Severity
from tests.commandline import remembered_keys
from tests.scenario import OpenForm, Ward
from tests.vaults import FOUNDER, password
from tests.wards import Clock, session_at, ward, ward_folder

__all__ = ["ward", "ward_folder"]

CONSENT, SCREENED, ASSESSED, ENROLLED, D1 = (
    "2026-01-20",
    "2026-01-22",
    "2026-01-30",
    "2026-01-31",
    "2026-02-02",
)
W4 = "2026-03-02"
VISITS = ("BL", "W4", "W8", "W12", "W24", "W36", "W52", "VEOT", "SFU")
CRITERIA = {f"INCL0{n}_IEORRES": "Y" for n in range(1, 6)} | {
    f"EXCL0{n}_IEORRES": "N" for n in (1, 2, 3, 4, 5, 7, 8)
}
DOSED = {
    "ECTRT": "TOFACITINIB", "ECOCCUR": "Y", "ECDOSE": "5", "ECDOSU": "mg", "ECDOSFRM": "TABLET",
    "ECDOSFRQ": "BID", "ECROUTE": "ORAL", "ECSTDAT": D1, "ECSTTIM": "09:00", "ECONGO": "Y",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with remembered_keys():
        yield


# -- the steps ---------------------------------------------------------------------------------------


def consent(ward: Ward, day: str = CONSENT, version: str = "1.0") -> OpenForm:
    return ward.open("SCR", "IC").fill(
        DSDECOD="INFORMED CONSENT OBTAINED", RFICDAT=day, ICVER=version, ICWHO="SUBJECT", ICOBTBY="P1",
        ICCOPY="Y", ICBIO="Y", ICPIPL="Y", SCRPRE="N",
    )  # fmt: skip


def eligibility(ward: Ward, **changes: str) -> OpenForm:
    """A man who meets every criterion, enrolled on 31 January unless said otherwise."""
    ward.open("SCR", "DM").fill(SCRNUM="S001", BRTHDAT="1980-06-15", SEX="M")
    usual = {"IEDAT": ASSESSED, **CRITERIA, "IEYN": "Y", "ENROLYN": "Y", "ENROLDAT": ENROLLED}
    return ward.open("SCR", "IE").fill(**(usual | changes))


def visit(ward: Ward, event: str, day: str) -> OpenForm:
    return ward.open(event, "SV").fill(SVOCCUR="Y", SVSTDAT=day, SVCNTMOD="ON SITE")


def first_dose(ward: Ward, day: str = D1) -> OpenForm:
    return ward.open("LOG", "EX").new_row("DOSING").fill(**(DOSED | {"ECSTDAT": day}))


def steroid(ward: Ward) -> None:
    """50 mg of prednisone for a man of 60 kg: the published start dose."""
    row = ward.open("LOG", "GC").new_row("ROWS")
    row.fill(
        CMTRT="PREDNISONE", CMDOSTOT="50", CMROUTE="ORAL", CMSTDAT="2026-01-10", CMONGO="Y", GCPURP="PROTOCOL"
    )
    ward.open("BL", "VS").fill(VSPERF="Y", VSDAT=D1, WEIGHT_VSORRES="60")


def sign_eligibility(ward: Ward) -> None:
    ward.open("SCR", "IE").expect_done()
    ward.sign("SCR", "IE", password(FOUNDER))


@pytest.fixture
def enrolled(ward: Ward) -> Ward:
    """Consented, assessed, signed, enrolled, and the first dose taken: in order."""
    consent(ward)
    visit(ward, "SCR", SCREENED)
    eligibility(ward)
    sign_eligibility(ward)
    first_dose(ward)
    steroid(ward)
    visit(ward, "BL", D1)
    return ward


# -- in order, and out of it ---------------------------------------------------------------------------


def test_in_order_nothing_is_said(enrolled: Ward) -> None:
    for event, form in (("SCR", "SV"), ("BL", "SV"), ("SCR", "IE"), ("LOG", "EX"), ("SCR", "IC")):
        opened = enrolled.open(event, form)
        said = [one for one in opened.findings() if one.check != "REQUIRED"]
        assert said == [], (event, form)
    baseline = enrolled.open("BL", "SV").expect_done()
    assert baseline.queries_raised == 0
    assert enrolled.session.day_one(enrolled.subject).isoformat() == D1  # type: ignore[union-attr]


@pytest.mark.requirement("P11-7")
def test_eligibility_is_not_assessed_before_consent(ward: Ward) -> None:
    consent(ward)
    ie = eligibility(ward, IEDAT="2026-01-19", ENROLDAT="")
    ie.expect_hard("Date eligibility assessed must be").expect_hard("入排评估日期")
    assert "IE.IEDAT.HARD" in {one.check for one in ie.complete().blocking}


@pytest.mark.requirement("P11-7")
@pytest.mark.parametrize("day", ["2026-01-29", "2026-01-19"])
def test_enrolment_comes_after_consent_and_assessment(ward: Ward, day: str) -> None:
    consent(ward)
    ie = eligibility(ward, ENROLDAT=day).expect_hard("Date enrolled must be").expect_hard("入组日期")
    ie.expect_blocked("IE.ENROLDAT.HARD")
    ie.enter("ENROLDAT", ENROLLED).expect_done()


@pytest.mark.requirement("P11-7")
def test_enrolment_comes_no_later_than_the_first_dose(ward: Ward) -> None:
    consent(ward)
    eligibility(ward, ENROLDAT="2026-02-03")
    dosing = first_dose(ward).expect_hard("First dose before enrolment: correct a date.")
    dosing.expect_hard("首次用药早于入组，请更正日期。").expect_blocked("EX-03")
    ward.open("SCR", "IE").expect_check("IE.ENROLDAT.HARD")
    dosing.enter("ECSTDAT", "2026-02-03").expect_silent("EX-03").expect_done()
    ward.open("SCR", "IE").expect_silent("IE.ENROLDAT.HARD")


def test_assessment_after_the_first_dose_is_a_contradiction(ward: Ward) -> None:
    consent(ward)
    first_dose(ward)
    eligibility(ward, IEDAT="2026-02-03").expect_check("IE-01").expect_hard(
        "before the first dose: correct the date"
    )


def test_a_baseline_without_the_signature_on_eligibility_is_a_query_until_it_is_signed(ward: Ward) -> None:
    consent(ward)
    visit(ward, "SCR", SCREENED)
    eligibility(ward)
    first_dose(ward)
    steroid(ward)
    baseline = visit(ward, "BL", D1).expect_check("IE-17")
    baseline.expect_query("Enrolled, but an investigator has not signed form IE")
    baseline.expect_query("请在首次用药前签署")
    assert baseline.expect_done().queries_raised == 1
    sign_eligibility(ward)
    baseline.expect_silent("IE-17")
    assert [(one.check, one.state) for one in baseline.queries()] == [("IE-17", "Resolved")]


def test_the_signature_on_eligibility_has_its_own_meaning_and_needs_a_complete_form(ward: Ward) -> None:
    consent(ward)
    ie = eligibility(ward)
    with pytest.raises(InputRefused, match="complete"):
        ward.session.sign(ie.entry.key, "ELIGIBILITY", password(FOUNDER), FOUNDER)
    ie.expect_done()
    offer = ward.session.signing_offer(ie.entry.key)
    assert [meaning for meaning, _ in offer.meanings] == ["ELIGIBILITY"]
    with pytest.raises(InputRefused):
        ward.session.sign(ie.entry.key, "REVIEWED", password(FOUNDER), FOUNDER)
    ward.open("BL", "SV").fill(SVOCCUR="Y", SVSTDAT=D1).expect_check("IE-17")


def test_a_criterion_changed_after_the_signature_asks_for_a_new_one(enrolled: Ward) -> None:
    enrolled.open("BL", "SV").expect_silent("IE-17")
    ie = enrolled.open("SCR", "IE").enter("EXCL02_IEORRES", "Y", because="cancer found in the records")
    ie.expect_check("IE-14")
    enrolled.open("BL", "SV").expect_check("IE-17")
    ie.enter("EXCL02_IEORRES", "N", because="it was another person's record")
    enrolled.open("BL", "SV").expect_check("IE-17")
    sign_eligibility(enrolled)
    enrolled.open("BL", "SV").expect_silent("IE-17")


def proposed(ward: Ward) -> list[Proposal]:
    return [one for one in ward.session.deviation_proposals(ward.subject) if one.check == "IE-16"]


def test_enrolled_although_not_eligible_is_a_deviation_before_it_is_complete(ward: Ward) -> None:
    consent(ward)
    failing = {"INCL02_IEORRES": "N", "IEYN": "N", "IETESTCD": "INCL02"}
    ie = eligibility(ward, **failing).expect_hard("a deviation row is required").expect_hard("须填写方案偏离")
    ie.expect_blocked("IE-16")
    (proposal,) = proposed(ward)
    row, _ = ward.session.take_over(proposal)
    assert (
        ward.open("LOG", "DV").use_row("ROWS", row.group_repeat).item("DVDECOD").value.text == "ELIGIBILITY"
    )
    ie.expect_silent("IE-16").expect_done()
    assert proposed(ward) == []


@pytest.mark.parametrize("criterion", ["EXCL05", "EXCL07", "EXCL08"])
def test_what_the_registry_does_not_state_decides_nothing(ward: Ward, criterion: str) -> None:
    consent(ward)
    ie = eligibility(ward, **{f"{criterion}_IEORRES": "Y"}).expect_silent("IE-14", "IE-15", "IE-16")
    ie.expect_done()


def test_the_first_dose_is_asked_for_at_the_visits(ward: Ward) -> None:
    consent(ward)
    eligibility(ward)
    visit(ward, "BL", D1).expect_warning("No dosing row yet").expect_warning("尚无给药记录")
    visit(ward, "W4", W4).expect_query("No dosing row: enter the first tofacitinib dose")
    first_dose(ward)
    for event in ("BL", "W4"):
        ward.open(event, "SV").expect_silent("SV-D1", "SV-D1.BL", "SV-02")


# -- a new version of the consent form -------------------------------------------------------------------


def version(ward: Ward, name: str, approved: str, **more: str) -> None:
    ward.session.add_reference("consent_version", {"version": name, "approved": approved, **more})


def test_without_a_list_of_versions_nothing_is_asked(ward: Ward) -> None:
    consent(ward, version="anything").expect_silent("IC-02")
    visit(ward, "W4", W4).expect_silent("IC-08")


def test_the_version_signed_was_approved_on_that_day(ward: Ward) -> None:
    version(ward, "1.0", "2026-01-21")
    form = (
        consent(ward)
        .expect_check("IC-02")
        .expect_query("was not approved on that date")
        .expect_query("尚未获批")
    )
    form.enter("RFICDAT", "2026-01-21").expect_silent("IC-02")
    form.enter("ICVER", "1.1").expect_check("IC-02")


@pytest.mark.requirement("PIPL-2")
def test_a_new_version_asks_for_a_new_consent_from_its_day_on(ward: Ward) -> None:
    version(ward, "1.0", "2025-06-01")
    consent(ward)
    visit(ward, "BL", D1)
    visit(ward, "W4", W4).expect_silent("IC-08")
    version(ward, "2.0", "2026-02-20")
    ward.open("BL", "SV").expect_silent("IC-08")
    late = ward.open("W4", "SV").expect_check("IC-08")
    late.expect_query("A newer version of the consent form is in force").expect_query("知情同意书已有新版本")
    assert late.expect_done().queries_raised >= 1
    again = ward.unscheduled("IC").fill(
        DSDECOD="RE-CONSENT", RFICDAT=W4, ICVER="2.0", ICWHO="SUBJECT", ICOBTBY="P1", ICCOPY="Y", ICBIO="N",
        ICPIPL="Y",
    )  # fmt: skip
    again.expect_silent("IC-02")
    late.expect_silent("IC-08")
    assert {one.state for one in late.queries() if one.check == "IC-08"} == {"Resolved"}
    # The first consent stays the limit of every date.
    ward.open("SCR", "SV").fill(SVOCCUR="Y", SVSTDAT=SCREENED).expect_silent("SV.SVSTDAT.HARD")
    again.enter("RFICDAT", "2026-03-05")
    late.expect_check("IC-08")


# -- what ends the expectation of visits -------------------------------------------------------------------


def statuses(ward: Ward) -> dict[str, str]:
    """The matrix cell of every visit."""
    (row,) = ward.session.matrix().rows
    return {event: cell.status for event, cell in row.cells.items()}


def test_a_screen_failure_waits_for_nothing_but_the_end_of_study(ward: Ward) -> None:
    consent(ward)
    visit(ward, "SCR", SCREENED)
    assert ward.closed() == {}
    assert "MMT" in ward.expected("BL")
    failed = {"INCL02_IEORRES": "N", "IEYN": "N", "IETESTCD": "INCL02", "ENROLYN": "N", "ENROLDAT": ""}
    eligibility(ward, SFREAS="Anti-MDA5 negative", **failed).expect_silent("IE-16").expect_done()
    assert ward.closed() == dict.fromkeys(VISITS, "Not enrolled: no further visits are due.")
    assert ward.expected("SFU") == {"EOS"}
    assert all(ward.expected(event) == set() for event in VISITS if event != "SFU")
    seen = statuses(ward)
    assert {event: seen[event] for event in VISITS if event != "SFU"} == dict.fromkeys(VISITS[:-1], "closed")
    ward.open("SCR", "IE").enter("ENROLYN", "Y", because="the wrong line")
    assert ward.closed() == {}


def test_withdrawal_of_consent_closes_the_visits_after_it(enrolled: Ward) -> None:
    visit(enrolled, "W4", W4)
    enrolled.open("SCR", "IC").enter("ICWDDAT", "2026-03-10")
    words = "Consent was withdrawn: no study procedure is due after that date."
    assert enrolled.closed() == dict.fromkeys(("W8", "W12", "W24", "W36", "W52"), words)
    assert enrolled.expected("W8") == set()
    assert {"SV", "EOT"} <= enrolled.expected("VEOT")
    assert {"SV", "EOS"} <= enrolled.expected("SFU")
    assert "VS" in enrolled.expected("W4")
    # What is entered all the same is kept, and asked about.
    late = visit(enrolled, "W8", "2026-03-30").expect_check("IC-07")
    late.expect_kept("SVSTDAT", "2026-03-30")
    assert late.expect_done().queries_raised >= 1
    assert statuses(enrolled)["W8"] == "query"


def test_death_leaves_the_closing_forms(enrolled: Ward) -> None:
    visit(enrolled, "W4", W4)
    death = enrolled.open("W4", "DD").fill(DTHDAT="2026-03-20")
    died, after = (
        "The participant has died: no further visits are due.",
        "The participant has died: only the closing",
    )
    closed = enrolled.closed()
    assert {event for event, words in closed.items() if words == died} == {"W8", "W12", "W24", "W36", "W52"}
    assert {event for event, words in closed.items() if words.startswith(after)} == {"VEOT", "SFU"}
    assert enrolled.expected("VEOT") == {"EOT", "SS"}
    assert enrolled.expected("SFU") == {"EOS", "SS"}
    death.enter("DTHDAT", "2026-04")  # a month: week 12 begins inside it, month 6 lies surely after it
    assert enrolled.closed().keys() == {"W24", "W36", "W52", "VEOT", "SFU"}
    enrolled.open("SFU", "SS").fill(
        SSDAT="2026-05-01", SURVSTAT_SSORRES="ALIVE", SSLVDAT="2026-04-30"
    ).expect_check("SS-01")


def test_the_end_of_treatment_ends_the_visits_on_treatment_only(enrolled: Ward) -> None:
    visit(enrolled, "W4", W4)
    enrolled.open("VEOT", "EOT").fill(DSSTDAT="2026-03-15", DSDECOD="PHYSICIAN DECISION")
    words = "Treatment ended earlier: the visits on treatment are no longer due."
    assert enrolled.closed() == dict.fromkeys(("W8", "W12", "W24", "W36", "W52"), words)
    assert {"SV", "VS", "LBH", "SS"} <= enrolled.expected("VEOT")
    assert {"SV", "VS", "LBH", "SS", "EOS"} <= enrolled.expected("SFU")
    enrolled.unscheduled("SS", "FU").fill(SSDAT="2026-08-01", SURVSTAT_SSORRES="ALIVE", SSLVDAT="2026-08-01")
    assert "FU" not in enrolled.closed()
    # The open dosing row contradicts it, where the row stands.
    dosing = enrolled.open("LOG", "EX")
    dosing.use_row("DOSING", dosing.entry.rows("DOSING")[0]).expect_check("EX-06")
    dosing.enter("ECONGO", "N").enter("ECENDAT", "2026-03-15").expect_silent("EX-06")
    enrolled.open("VEOT", "EOT").expect_silent("EOT-01")


def test_a_visit_that_did_not_take_place_waits_for_its_reason_only(enrolled: Ward) -> None:
    missed = enrolled.open("W4", "SV").enter("SVOCCUR", "N")
    assert enrolled.expected("W4") == set()
    missed.expect_blocked("REQUIRED")
    missed.enter("SVREASOC", "在外地").expect_done()
    assert statuses(enrolled)["W4"] in ("complete", "not_done")
    assert enrolled.closed() == {}


def test_the_end_of_study_waits_for_open_queries(enrolled: Ward) -> None:
    key = enrolled.open("BL", "SV").key("SVSTDAT")
    query = enrolled.session.raise_query(key, "Which day?")
    end = enrolled.open("SFU", "EOS").fill(DSSTDAT="2026-08-30", DSDECOD="PHYSICIAN DECISION", DSCONT="Y")
    end.expect("EOSALLQ", "N").expect_blocked("EOS-03")
    end.expect_hard("Open queries remain: answer or close them first.").expect_hard("请先处理")
    enrolled.session.answer_query(query.id, "the first")
    end.expect_blocked("EOS-03")  # answered is not closed
    folder, subject = enrolled.session.vault.folder, enrolled.subject
    enrolled.session.close()
    with session_at(folder, "d02") as session:
        session.close_query(query.id)
    with session_at(folder) as session:
        end = Ward(session, subject).open("SFU", "EOS")
        end.expect("EOSALLQ", "Y").expect_silent("EOS-03").expect_done()


def test_an_order_that_was_right_stays_right_for_another_person_later(enrolled: Ward) -> None:
    """Another day, another person, a new start: the same state, computed from the journal."""
    folder, subject = enrolled.session.vault.folder, enrolled.subject
    before = [enrolled.open(event, form).state for event, form in (("BL", "SV"), ("SCR", "IE"))]
    enrolled.session.close()
    with session_at(folder, "n07", Clock()) as session:
        again = Ward(session, subject)
        states = [again.open(event, form).state for event, form in (("BL", "SV"), ("SCR", "IE"))]
        assert states == before
        assert states[1].status == "signed"
        with pytest.raises(ReasonRequired):
            again.open("SCR", "IE").enter("EXCL02_IEORRES", "Y")
        changed = again.open("SCR", "IE")
        changed.last = changed.entry.set_value(
            changed.key("EXCL02_IEORRES"), "Y", None, Reason("OTHER", "found")
        )
        again.open("BL", "SV").expect_check("IE-17")
        found = {one.severity for one in again.open("BL", "SV").findings() if one.check == "IE-17"}
        assert found == {Severity.QUERY}
