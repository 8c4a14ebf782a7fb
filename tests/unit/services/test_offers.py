"""What is known is offered in words and taken in one act; nothing is written over, nothing is guessed."""

from __future__ import annotations

import pytest

from mda5_crf.errors import PermissionDenied, StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Reason, ReasonRequired
from mda5_crf.services.offers import NOTHING, Offering, Offers, take
from mda5_crf.study.expression import Expression
from mda5_crf.study.model import Form, Item
from tests.scenario import OpenForm, Ward
from tests.wards import session_at, trial, ward, ward_folder

__all__ = ["ward", "ward_folder"]

DAY = "2026-03-05"
LABS = ("LBC", "LBH", "LBI", "LBU")


def offers(form: OpenForm) -> Offers:
    return Offering(form.session, form.entry.key).now(form.state)


def answers(form: OpenForm) -> dict[str, str]:
    return {offer.key.item: offer.text for offer in offers(form).answers}


def visit(ward: Ward, event: str = "SCR", day: str = DAY) -> OpenForm:
    return ward.open(event, "SV").enter_all(SVOCCUR="Y", SVSTDAT=day, SVCNTMOD="ONSITE")


def lab(ward: Ward, event: str, form: str, code: str = "", day: str = DAY) -> OpenForm:
    sheet = ward.open(event, form).enter_all(LBPERF="Y", LBDAT=day)
    return sheet.enter("LBNAM", code) if code else sheet


def add_range(ward: Ward, testcd: str, unit: str, laboratory: str = "LAB02") -> None:
    row = {"laboratory": laboratory, "testcd": testcd, "unit": unit, "low": "1", "high": "2"}
    ward.session.add_reference("range", row)


# -- the definition ----------------------------------------------------------------------------------------


def marked() -> dict[str, Item]:
    return {i.oid: i for f in trial().forms.values() for i in f.items.values() if "SV.SVSTDAT" in i.same_as}


def sources(expression: Expression) -> set[str]:
    return {str(ref) for ref in expression.uses.references}


def test_the_dates_marked_are_those_that_a_check_holds_against_the_visit_by_three_days() -> None:
    held = {
        f"{form.oid}.{name}"
        for form in trial().forms.values()
        for check in form.checks
        if "SV.SVSTDAT" in sources(check.fires) and "> 3" in check.fires.source
        for name in check.items
    }
    assert len(held) > 15
    assert set(marked()) == held


# -- the visit date ----------------------------------------------------------------------------------------


def opened(ward: Ward, form: Form) -> OpenForm:
    """A form of the screening or baseline visit with its own gate ("done?") answered yes, nothing else."""
    event = next(due.event for due in trial().due if due.form == form.oid and due.event != "LOG")
    visit(ward, event)
    page = ward.reading(event, form.oid) if form.repeating else ward.open(event, form.oid)
    for item in form.items.values():
        if item.name.endswith("PERF") and not item.computed and item.relevant is None:
            page.enter(item.name, "Y")
    return page


@pytest.mark.parametrize("name", sorted({oid.split(".")[0] for oid in marked()}))
def test_an_empty_form_of_a_dated_visit_offers_the_dates_that_are_marked(ward: Ward, name: str) -> None:
    form = trial().forms[name]
    page = opened(ward, form)
    wanted = {i.name: DAY for i in form.items.values() if i.oid in marked()}
    assert {k: v for k, v in answers(page).items() if v == DAY} == wanted
    take(page.entry, offers(page))
    for item in wanted:
        page.expect(item, DAY)
    assert not {k for k in answers(page) if k in wanted}


def test_forms_without_such_dates_offer_none(ward: Ward) -> None:
    visit(ward)
    for form in trial().forms.values():
        dated = any(item.oid in marked() for item in form.items.values())
        event = next((due.event for due in trial().due if due.form == form.oid), "")
        if dated or not event or form.repeating:
            continue
        visit(ward, event) if event != "LOG" else None
        page = ward.open(event, form.oid)
        assert DAY not in answers(page).values(), form.oid


def test_nothing_is_offered_before_it_is_known_or_asked(ward: Ward) -> None:
    sheet = ward.open("SCR", "LBC").enter("LBPERF", "Y")
    assert answers(sheet) == {}
    visit(ward, day="2026-03")  # no complete date: not a value of the item
    assert answers(sheet) == {}
    visit(ward)
    assert answers(sheet) == {"LBDAT": DAY}
    sheet.enter("LBPERF", "N")
    assert answers(sheet) == {}
    other = ward.open("BL", "LBC").enter("LBPERF", "Y")
    assert answers(other) == {}, "the date of another visit is not this one's"


def test_an_answer_is_never_written_over(ward: Ward) -> None:
    visit(ward)
    sheet = ward.open("SCR", "LBC").enter("LBPERF", "Y")
    found = offers(sheet)
    sheet.enter("LBDAT", "2026-03-04")
    assert take(sheet.entry, found).records == ()
    sheet.expect("LBDAT", "2026-03-04")
    sheet.enter("LBDAT", "some day")  # no date, but an answer all the same
    assert answers(sheet) == {} and take(sheet.entry, found).records == ()


def test_on_a_form_that_knows_nothing_nothing_is_looked_for(ward: Ward) -> None:
    terms = ward.open("SCR", "DM")
    assert not Offering(ward.session, terms.entry.key).possible
    assert offers(terms) is NOTHING and not NOTHING


# -- the examiner ------------------------------------------------------------------------------------------


def test_the_examiner_of_the_visit_is_offered_while_all_agree(ward: Ward) -> None:
    ward.open("BL", "CDASI").enter_all(RSPERF="Y", RSEVAL="E1")
    strength = ward.open("BL", "MMT").enter("MKPERF", "Y")
    assert answers(strength) == {"MKEVAL": "E1"}
    ward.open("BL", "MDAAT").enter_all(RSPERF="Y", RSEVAL="E2")
    assert answers(strength) == {}
    ward.open("BL", "MDAAT").enter("RSPERF", "N")  # what is not asked any more counts no more
    assert answers(strength) == {"MKEVAL": "E1"}
    assert answers(ward.open("W4", "MMT").enter("MKPERF", "Y")) == {}


# -- the laboratory ----------------------------------------------------------------------------------------


def laboratory(form: OpenForm) -> str:
    return answers(form).get("LBNAM", "")


def test_the_laboratory_of_the_visit_then_of_this_form_before_then_the_only_one(ward: Ward) -> None:
    first = lab(ward, "SCR", "LBC")
    assert laboratory(first) == "", "the definition names three and the site none"
    ward.session.add_reference("laboratory", {"code": "RJ", "en": "Ruijin", "zh": "瑞金"})
    assert laboratory(first) == "RJ"
    ward.session.add_reference("laboratory", {"code": "ZS", "en": "Zhongshan", "zh": "中山"})
    assert laboratory(first) == ""
    first.enter("LBNAM", "LAB02")
    blood = lab(ward, "SCR", "LBH")
    assert laboratory(blood) == "LAB02"
    blood.enter("LBNAM", "LAB01")
    assert laboratory(lab(ward, "SCR", "LBU")) == "", "two laboratories at this visit: nobody knows which"
    assert laboratory(lab(ward, "W4", "LBC", day="2026-04-05")) == "LAB02"
    assert laboratory(lab(ward, "W4", "LBH", day="2026-04-05")) == "LAB01"


def test_a_form_whose_samples_go_elsewhere_is_not_offered_the_wards_laboratory(ward: Ward) -> None:
    for form, code in (("LBC", "LAB01"), ("LBH", "LAB01"), ("LBI", "LAB09")):
        lab(ward, "SCR", form, code)
    lab(ward, "W4", "LBC", "LAB02", "2026-04-05")  # the ward changed its laboratory
    assert laboratory(lab(ward, "W4", "LBH", day="2026-04-05")) == "LAB02"
    assert laboratory(lab(ward, "W4", "LBI", day="2026-04-05")) == "LAB09"


def test_the_latest_sample_decides_and_a_struck_laboratory_is_no_offer(ward: Ward) -> None:
    row = ward.session.add_reference("laboratory", {"code": "RJ", "en": "Ruijin", "zh": "瑞金"})
    lab(ward, "W8", "LBC", "LAB01", "2026-05-01")
    lab(ward, "W4", "LBC", "RJ", "2026-05-02")
    sheet = lab(ward, "W12", "LBC", day="2026-06-01")
    assert laboratory(sheet) == "RJ"
    ward.session.strike_reference(row.identity, "closed")
    assert laboratory(sheet) == ""


# -- units -------------------------------------------------------------------------------------------------


def units(form: OpenForm) -> dict[str, str]:
    return {offer.key.item.partition("_")[0]: offer.unit for offer in offers(form).units}


def test_units_of_the_list_are_offered_for_results_that_are_empty(ward: Ward) -> None:
    add_range(ward, "CREAT", "mg/dL")
    add_range(ward, "ALT", "U/L")
    sheet = lab(ward, "SCR", "LBC")
    assert units(sheet) == {}
    sheet.enter("LBNAM", "LAB02")
    assert units(sheet) == {"CREAT": "mg/dL"}
    row = {"laboratory": "LAB02", "testcd": "CREAT", "unit": "µmol/L", "low": "44", "high": "97", "sex": "F"}
    first = ward.session.references("range")[0]
    ward.session.strike_reference(first.identity, "two rows instead")
    ward.session.add_reference("range", row)
    ward.session.add_reference("range", {**row, "unit": "mg/dL", "sex": "M"})
    assert units(sheet) == {}, "two units in one list: nobody knows which"
    sheet.enter("LBNAM", "LAB01")
    assert units(sheet) == {}


def test_a_unit_offered_is_no_value(ward: Ward) -> None:
    add_range(ward, "CREAT", "mg/dL")
    sheet = lab(ward, "SCR", "LBC", "LAB02")
    before = len(list(ward.session.vault.journal.records(ward.subject)))
    assert take(sheet.entry, offers(sheet)).records == ()
    assert len(list(ward.session.vault.journal.records(ward.subject))) == before
    sheet.expect("CREAT_LBORRES", "").enter("CREAT_LBORRES", "90")
    assert units(sheet) == {}
    sheet.expect_kept("CREAT_LBORRES", "90")


def test_units_as_last_typed_for_the_laboratory(ward: Ward) -> None:
    lab(ward, "SCR", "LBC", "LAB02").enter("CREAT_LBORRES", "1.1 mg/dL").enter("UREA_LBORRES", "5")
    assert units(lab(ward, "W4", "LBC", "LAB02")) == {"CREAT": "mg/dL"}
    assert units(lab(ward, "W4", "LBC", "LAB01")) == {}
    lab(ward, "W8", "LBC", "LAB02", "2026-05-05").enter("CREAT_LBORRES", "90")
    assert units(lab(ward, "W12", "LBC", "LAB02", "2026-06-05")) == {}, "as at the latest sample"
    assert units(lab(Ward(ward.session).enrol(), "SCR", "LBC", "LAB02")) == {}
    add_range(ward, "CREAT", "mg/dL")
    assert units(lab(ward, "W12", "LBC", "LAB02", "2026-06-05")) == {"CREAT": "mg/dL"}, "the list comes first"


def test_a_unit_the_item_does_not_know_is_not_offered(ward: Ward) -> None:
    add_range(ward, "CREAT", "mg/dL")
    (found,) = ward.session.site_lists("01").ranges
    assert found.unit == "mg/dL"
    object.__setattr__(found, "unit", "furlong")  # as an older list might have it
    assert units(lab(ward, "SCR", "LBC", "LAB02")) == {}


# -- taking ------------------------------------------------------------------------------------------------


def test_everything_is_taken_in_one_act_and_limits_with_a_second_press(ward: Ward) -> None:
    visit(ward)
    add_range(ward, "ALT", "U/L")
    lab(ward, "SCR", "LBH", "LAB02")
    sheet = ward.open("SCR", "LBC").enter("LBPERF", "Y")
    changes = take(sheet.entry, offers(sheet))
    assert {key.item for key in changes.touched} == {"LBDAT", "LBNAM"} and len(changes.records) == 2
    assert not offers(sheet)
    sheet.enter("ALT_LBORRES", "5")
    assert [offer.result.item for offer in offers(sheet).limits] == ["ALT_LBORRES"]
    take(sheet.entry, offers(sheet))
    sheet.expect("ALT_LBORNRLO", "1").expect("ALT_LBORNRHI", "2")
    assert not offers(sheet)


def test_taken_answers_meet_the_ordinary_checks(ward: Ward) -> None:
    visit(ward)
    ward.open("SCR", "SV").enter("SVSTDAT", "2030-01-01")  # a future day: hard there, and hard here
    assert ward.open("SCR", "SV").item("SVSTDAT").value.text == "2030-01-01"
    sheet = ward.open("SCR", "LBC").enter("LBPERF", "Y")
    take(sheet.entry, offers(sheet))
    assert any(finding.items[0].item == "LBDAT" for finding in sheet.findings())


def test_a_completed_form_asks_for_the_reason_and_nothing_is_half_taken(ward: Ward) -> None:
    page = ward.open("SCR", "TUM").enter("TUMPERF", "Y")
    sheet = ward.open("SCR", "LBC").enter("LBPERF", "Y")
    visit(ward)
    ward.session.cache(ward.subject).data.set_status(sheet.entry.key, "complete")
    with pytest.raises(ReasonRequired):
        take(sheet.entry, offers(sheet))
    sheet.expect("LBDAT", "")
    take(sheet.entry, offers(sheet), Reason("NEW_INFORMATION"))
    sheet.expect("LBDAT", DAY)
    assert not offers(page).answers


def test_a_disk_that_fails_takes_everything_back(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    visit(ward)
    sheet = ward.open("SCR", "LBC").enter("LBPERF", "Y")
    found = offers(sheet)

    def full(*_: object, **__: object) -> None:
        raise StoreError("store.disk_full", place="x")

    monkeypatch.setattr(ward.session, "append", full)
    with pytest.raises(StoreError):
        take(sheet.entry, found)
    sheet.expect("LBDAT", "")
    assert offers(sheet) == found


def test_who_may_not_enter_takes_nothing(ward: Ward) -> None:
    visit(ward)
    key: ItemKey = ward.open("SCR", "LBC").enter("LBPERF", "Y").entry.key
    folder = ward.session.vault.folder
    ward.session.close()
    with session_at(folder, "d02") as session:
        form = OpenForm(session, session.entry(key))
        assert answers(form) == {"LBDAT": DAY}
        with pytest.raises(PermissionDenied):
            take(form.entry, offers(form))
