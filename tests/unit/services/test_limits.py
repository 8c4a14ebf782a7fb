"""Reference limits: found, offered in the unit of the result, taken in one act, kept for ever."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.errors import PermissionDenied
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Reason, ReasonRequired
from mda5_crf.services.limits import ages_of, find, in_unit
from mda5_crf.services.referencelists import ReferenceRange
from mda5_crf.study.dates import PartialDate
from tests.scenario import OpenForm, Ward
from tests.siteward import definition, site_session

DAY = date(2026, 3, 5)


def one(identity: str = "a:1", **change: Any) -> ReferenceRange:  # noqa: ANN401 - fields of different types
    values: dict[str, Any] = {
        "laboratory": "L", "testcd": "CK", "unit": "U/L", "low": Decimal(26), "high": Decimal(192),
    }  # fmt: skip
    return ReferenceRange(identity, **{**values, **change})


def sample(ward: Ward, event: str = "SCR", **values: str) -> OpenForm:
    lb = ward.open(event, "LB").enter_all(LBDAT="2026-03-05", LBNAM="LAB01")
    return lb.enter_all(**values)


def person(ward: Ward, sex: str = "F", born: str = "1980-03-06") -> None:
    ward.open("SCR", "DM").enter_all(SEX=sex, BRTHDAT=born)


def add(ward: Ward, **change: str) -> None:
    row = {"laboratory": "LAB01", "testcd": "CK", "unit": "U/L", "low": "26", "high": "192", **change}
    ward.session.add_reference("range", row)


def offered(lb: OpenForm) -> list[tuple[str, str | None, str | None, str]]:
    return [(o.result.item, o.low, o.high, o.source) for o in lb.entry.offer_limits()]


# -- finding ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change,sex,ages,day,found",
    [
        ({}, "", None, None, True),
        ({"laboratory": "M"}, "F", (40, 40), DAY, False),
        ({"testcd": "ALT"}, "F", (40, 40), DAY, False),
        ({"sex": "F"}, "F", None, None, True),
        ({"sex": "M"}, "F", None, None, False),
        ({"sex": "F"}, "", None, None, False),
        ({"age_from": 40}, "", (40, 41), None, True),
        ({"age_from": 41}, "", (40, 41), None, False),
        ({"age_from": 42}, "", (40, 41), None, False),
        ({"age_to": 41}, "", (40, 41), None, True),
        ({"age_to": 40}, "", (40, 41), None, False),
        ({"age_to": 39}, "", (40, 41), None, False),
        ({"age_from": 18}, "", None, DAY, False),
        ({"start": DAY}, "", None, DAY, True),
        ({"start": date(2026, 3, 6)}, "", None, DAY, False),
        ({"end": DAY}, "", None, DAY, True),
        ({"end": date(2026, 3, 4)}, "", None, DAY, False),
        ({"end": DAY}, "", None, None, False),
    ],
)
def test_the_range_that_holds(
    change: dict[str, Any], sex: str, ages: tuple[int, int] | None, day: date | None, found: bool
) -> None:
    wanted = one(**change)
    assert find([wanted], "L", "CK", sex, ages, day) == (wanted if found else None)


def test_what_may_hold_makes_it_ambiguous() -> None:
    women, men = one("a:1", sex="F"), one("a:2", sex="M")
    assert find([women, men], "L", "CK", "F", None, DAY) is women
    assert find([women, men], "L", "CK", "", None, DAY) is None
    assert find([one("a:1"), one("a:2")], "L", "CK", "F", None, DAY) is None
    # Surely in one, perhaps in another: two PCs of a site may have added both.
    assert find([one("a:1"), one("a:2", age_from=41)], "L", "CK", "F", (40, 41), DAY) is None
    assert find([], "L", "CK", "F", None, DAY) is None


@pytest.mark.parametrize(
    "born,ages",
    [
        (date(1980, 3, 5), (46, 46)), (date(1980, 3, 6), (45, 45)), (PartialDate(1980), (45, 46)),
        (PartialDate(1980, 2), (46, 46)), (None, None),
    ],
)  # fmt: skip
def test_ages_on_the_day_of_the_sample(born: date | PartialDate | None, ages: tuple[int, int] | None) -> None:
    assert ages_of(born, DAY) == ages
    assert ages_of(born, None) is None


CK = definition().item("LB.CK_LBORRES")
CREAT = definition().item("LB.CREAT_LBORRES")


@pytest.mark.parametrize(
    "number,unit,wanted,found",
    [
        ("26", "U/L", None, "26"), ("26.0", "U/L", "U/L", "26.0"), ("0.40", "µkat/L", "U/L", "24"),
        ("24", "U/L", "µkat/L", "0.4"), ("25", "U/L", "µkat/L", None), ("192", "mmol/L", "U/L", None),
        ("192", "U/L", "mmol/L", None), ("0", "U/L", "µkat/L", "0"),
    ],
)  # fmt: skip
def test_limits_are_converted_exactly_or_not_at_all(
    number: str, unit: str, wanted: str | None, found: str | None
) -> None:
    assert in_unit(CK, Decimal(number), unit, wanted) == found


@given(st.decimals("0", "9999", places=2))
def test_a_converted_limit_converts_back(number: Decimal) -> None:
    for unit, wanted in (("mg/dL", "µmol/L"), ("µmol/L", "mg/dL")):
        found = in_unit(CREAT, number, unit, wanted)
        if found is not None:
            back = in_unit(CREAT, Decimal(found), wanted, unit)
            assert back is not None
            assert Decimal(back) == number


# -- offering and taking ---------------------------------------------------------------------------------


def test_nothing_is_offered_without_laboratory_result_or_range(site_ward: Ward) -> None:
    add(site_ward)
    lb = site_ward.open("SCR", "LB").enter_all(LBDAT="2026-03-05", CK_LBORRES="100")
    assert offered(lb) == []
    lb.enter("LBNAM", "NOWHERE")
    assert offered(lb) == []
    lb.enter("LBNAM", "LAB09")
    assert offered(lb) == []
    lb.enter("LBNAM", "LAB01")
    assert offered(lb) == [("CK_LBORRES", "26", "192", "list")]
    lb.enter("CK_LBORRES", "a lot")
    assert offered(lb) == []
    lb.mark("CK_LBORRES", "ND")
    assert offered(lb) == []
    assert site_ward.open("SCR", "DM").entry.offer_limits() == ()


def test_limits_are_taken_in_one_act_and_stay(site_ward: Ward) -> None:
    add(site_ward)
    add(site_ward, testcd="ALT", low="", high="40")
    lb = sample(site_ward, CK_LBORRES=">200", ALT_LBORRES="20")
    changes = lb.entry.take_limits()
    assert {key.item for key in changes.touched} == {"CK_LBORNRLO", "CK_LBORNRHI", "ALT_LBORNRHI"}
    assert len(changes.records) == 3
    lb.expect("CK_LBORNRLO", "26").expect("CK_LBORNRHI", "192").expect("ALT_LBORNRHI", "40")
    assert lb.entry.offer_limits() == ()
    assert lb.entry.take_limits().records == ()
    for row in site_ward.session.references("range"):
        site_ward.session.strike_reference(row.identity, "new kit")
    lb.expect("CK_LBORNRHI", "192")


def test_a_limit_that_was_typed_is_left_alone(site_ward: Ward) -> None:
    add(site_ward)
    lb = sample(site_ward, CK_LBORRES="100")
    offers = lb.entry.offer_limits()
    lb.enter("CK_LBORNRHI", "180")
    assert lb.entry.offer_limits() == ()
    lb.entry.take_limits(offers=offers)
    lb.expect("CK_LBORNRHI", "180").expect("CK_LBORNRLO", "26")


def test_the_unit_of_the_result_decides(site_ward: Ward) -> None:
    add(site_ward, low="24", high="192")
    lb = sample(site_ward).enter("CK_LBORRES", "2.1 µkat/L")
    assert offered(lb) == [("CK_LBORRES", "0.4", "3.2", "list")]
    lb.entry.take_limits()
    assert str(lb.item("CK_LBORNRHI").value.data) == "192"
    # 97 µmol/L is no exact number of mg/dL; nothing is made up.
    add(site_ward, testcd="CREAT", unit="µmol/L", low="", high="97")
    assert offered(lb.enter("CREAT_LBORRES", "1.1 mg/dL")) == []
    assert offered(lb.enter("CREAT_LBORRES", "90")) == [("CREAT_LBORRES", None, "97", "list")]


def test_what_the_item_cannot_hold_is_not_offered(site_ward: Ward) -> None:
    add(site_ward, testcd="ALT", low="", high="40.5")  # the item takes whole numbers
    assert offered(sample(site_ward, ALT_LBORRES="20")) == []


def test_sex_and_age_at_the_sample(site_ward: Ward) -> None:
    add(site_ward, sex="F", age_to="45")
    add(site_ward, sex="F", age_from="46", high="200")
    add(site_ward, sex="M", high="300")
    lb = sample(site_ward, CK_LBORRES="100")
    assert offered(lb) == []  # nothing is known of the participant
    person(site_ward, born="1980-03-06")
    assert offered(lb) == [("CK_LBORRES", "26", "192", "list")]
    assert offered(lb.enter("LBDAT", "2026-03-06")) == [("CK_LBORRES", "26", "200", "list")]
    person(site_ward, born="1980")
    assert offered(lb) == []
    person(site_ward, sex="M")
    assert offered(lb) == [("CK_LBORRES", "26", "300", "list")]
    assert offered(lb.enter("LBDAT", "")) == [("CK_LBORRES", "26", "300", "list")]


def test_ranges_of_a_struck_laboratory_hold_no_longer(site_ward: Ward) -> None:
    row = site_ward.session.add_reference("laboratory", {"code": "RJ", "en": "Ruijin", "zh": "瑞金"})
    add(site_ward, laboratory="RJ")
    lb = sample(site_ward, CK_LBORRES="100", LBNAM="RJ")
    assert offered(lb) == [("CK_LBORRES", "26", "192", "list")]
    site_ward.session.strike_reference(row.identity, "closed")
    assert offered(lb) == []


def test_a_completed_form_asks_for_the_reason(site_ward: Ward) -> None:
    add(site_ward)
    lb = sample(site_ward, CK_LBORRES="100")
    assert lb.complete().done
    with pytest.raises(ReasonRequired):
        lb.entry.take_limits()
    lb.expect("CK_LBORNRHI", "")
    lb.entry.take_limits(Reason("TYPING"))
    lb.expect("CK_LBORNRHI", "192")


def test_who_may_not_enter_takes_nothing(site_ward: Ward) -> None:
    add(site_ward)
    key = sample(site_ward, CK_LBORRES="100").entry.key
    folder = site_ward.session.vault.folder
    site_ward.session.close()
    with site_session(folder, "d02") as session:
        assert len(session.entry(key).offer_limits()) == 1
        with pytest.raises(PermissionDenied):
            session.entry(key).take_limits()


# -- what was last entered ---------------------------------------------------------------------------------


def test_the_last_limits_of_this_participant(site_ward: Ward) -> None:
    sample(site_ward, CK_LBORRES="100", CK_LBORNRLO="20", CK_LBORNRHI="180")
    uns = site_ward.session.add_event(site_ward.subject, "UNS")
    again = site_ward.open("UNS", "LB", uns.event_repeat).enter_all(LBNAM="LAB01", CK_LBORRES="3 µkat/L")
    again.enter_all(CK_LBORNRLO="0.5", CK_LBORNRHI="3.5")
    lb = sample(site_ward, "W4", CK_LBORRES="90", ALT_LBORRES="30")
    assert offered(lb) == [("CK_LBORRES", "30", "210", "last")]
    lb.enter("LBNAM", "LAB09")
    assert offered(lb) == []
    lb.enter("LBNAM", "LAB01").entry.take_limits()
    lb.expect("CK_LBORNRLO", "30")


def test_what_cannot_be_converted_or_read_is_passed_over(site_ward: Ward) -> None:
    sample(site_ward, CREAT_LBORRES="90", CREAT_LBORNRHI="97", CK_LBORRES="100", CK_LBORNRHI="many")
    lb = sample(site_ward, "W4", CK_LBORRES="90").enter("CREAT_LBORRES", "1.1 mg/dL")
    assert offered(lb) == []
    assert offered(lb.enter("CREAT_LBORRES", "88")) == [("CREAT_LBORRES", None, "97", "last")]


def test_the_list_comes_before_the_last_entry(site_ward: Ward) -> None:
    sample(site_ward, CK_LBORRES="100", CK_LBORNRHI="180", ALT_LBORRES="20", ALT_LBORNRHI="40")
    add(site_ward)
    lb = sample(site_ward, "W4", ALT_LBORRES="30", CK_LBORRES="90")
    assert offered(lb) == [("CK_LBORRES", "26", "192", "list"), ("ALT_LBORRES", None, "40", "last")]
    (_, last) = lb.entry.offer_limits()
    assert last.seen == date(2026, 9, 1)


def test_limits_of_another_participant_of_the_same_sex(site_ward: Ward) -> None:
    person(site_ward)
    sample(site_ward, CK_LBORRES="100", CK_LBORNRHI="180", ALT_LBORRES="20")
    other = Ward(site_ward.session).enrol()
    lb = sample(other, CK_LBORRES="90", ALT_LBORRES="20")
    assert offered(lb) == []  # whose sex is not known
    person(other, sex="M")
    assert offered(lb) == []
    person(other, sex="F", born="1950")
    assert offered(lb) == [("CK_LBORRES", None, "180", "last")]
    own = sample(other, "W4", CK_LBORRES="90", CK_LBORNRHI="170")
    assert own.entry.offer_limits() == ()
    assert offered(lb) == [("CK_LBORRES", None, "170", "last")]


def test_the_keys_of_an_offer(site_ward: Ward) -> None:
    add(site_ward)
    lb = sample(site_ward, CK_LBORRES="100")
    (offer,) = lb.entry.offer_limits()
    place = ItemKey(site_ward.subject, "SCR", "", "LB", "", "RESULTS")
    assert offer.low_key == place._replace(item="CK_LBORNRLO")
    assert offer.high_key == place._replace(item="CK_LBORNRHI")
    assert offer.unit == "U/L"
    assert offer.range == site_ward.session.references("range")[0].identity
