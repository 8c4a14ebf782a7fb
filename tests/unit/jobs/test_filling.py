"""Whole forms through the ordinary services, and how the answers are counted."""

from __future__ import annotations

from datetime import date

import pytest

from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs.filling import Filled, fill, settle
from mda5_crf.services.entry import EntrySession
from tests.scenario import OpenForm, Ward

DAY = date(2026, 8, 30)
BODY = {"PEPERF": "Y", "LUNGS_PEVELCRO": "ABSENT"}


def entry_of(ward: Ward, event: str, form: str) -> EntrySession:
    return ward.session.entry(ItemKey(ward.subject, event, form=form))


def opened(entry: EntrySession, ward: Ward) -> OpenForm:
    return OpenForm(ward.session, entry)


def test_what_is_asked_is_answered(ward: Ward) -> None:
    entry = entry_of(ward, "BL", "VS")
    filled = fill(entry, {"VSPERF": "Y", "PULSE_VSORRES": "61"}, DAY)
    opened(entry, ward).expect("PULSE_VSORRES", "61").expect("VSDAT", "2026-08-30")
    assert settle(entry)
    state = entry.state
    assert state.answered == state.expected == filled.answers == filled.values


def test_a_gate_that_is_shut_ends_the_form(ward: Ward) -> None:
    entry = entry_of(ward, "BL", "VS")
    assert fill(entry, {"VSPERF": "N", "VSREASND": "TOO ILL"}, DAY) == Filled(2, 2)
    assert settle(entry)


def test_what_does_not_apply_is_a_mistake(ward: Ward) -> None:
    """The height is asked for at screening and week 52 only: nothing idle may stand in a form."""
    with pytest.raises(ValueError, match="HEIGHT_VSORRES does not apply"):
        fill(entry_of(ward, "BL", "VS"), {"VSPERF": "Y", "HEIGHT_VSORRES": "170"}, DAY)


def test_what_a_result_means_is_said_where_it_is_asked(ward: Ward) -> None:
    entry = entry_of(ward, "BL", "LBH")
    named = {
        "LYM_LBORRES": "0.7", "LYM_LBORNRLO": "1.1", "LYM_LBORNRHI": "3.2", "LYM_LBCLSIG": "DISEASE",
        "PLAT_LBORRES": "240", "PLAT_LBORNRLO": "125", "PLAT_LBORNRHI": "350", "PLAT_LBCLSIG": "DISEASE",
    }  # fmt: skip
    fill(entry, {"LBPERF": "Y", "LBNAM": "LAB01", **named}, DAY)
    opened(entry, ward).expect("LYM_LBCLSIG", "DISEASE").expect("PLAT_LBCLSIG", "")


def test_one_key_for_the_rest_of_a_row_counts_once_a_row(ward: Ward) -> None:
    entry = entry_of(ward, "BL", "CDASI")
    filled = fill(entry, {"RSPERF": "Y", "MALAR_E": "2", "MALAR_S": "1"}, DAY)
    sites = {state.item.row for state in entry.state.items.values() if state.item.group == "SITES"}
    cdasi = opened(entry, ward).expect("MALAR_E", "2").expect("MALAR_U", "0").expect("ARM_P", "0")
    by_hand = sum(
        state.required and state.item.group != "SITES" for state in entry.state.items.values()
    )  # fmt: skip
    assert filled.answers == by_hand + 2 + len(sites)
    assert filled.values > filled.answers
    assert cdasi.complete().done


def test_optional_answers_are_entered_and_not_counted(ward: Ward) -> None:
    asked = fill(entry_of(ward, "W4", "MMT"), {}, DAY)
    more = fill(entry_of(ward, "W12", "VS"), {"VSPERF": "Y", "VSTIM": "08:10"}, DAY)
    plain = fill(entry_of(ward, "W24", "VS"), {}, DAY)
    assert asked.answers == asked.values
    assert (more.values, more.answers) == (plain.values + 1, plain.answers)


def test_boxes_that_a_check_demands_are_counted(ward: Ward) -> None:
    entry = entry_of(ward, "BL", "HAQ")
    filled = fill(entry, {"HAQPERF": "Y", "HAQAIDNO": "Y", "HAQHLPNO": "Y"}, DAY)
    assert filled.answers == entry.state.expected + 2


def test_rows_are_added_and_filled(ward: Ward) -> None:
    entry = entry_of(ward, "LOG", "MH")
    rows = [
        {"MHTERM": "Asthma", "MHCAT": "LUNG", "MHONGO": "N", "MHENDAT": "!UNK"},
        {"MHTERM": "Gout", "MHCAT": "OTHER", "MHONGO": "N", "MHENDAT": "2019"},
    ]
    filled = fill(entry, {"MHYN": "Y"}, DAY, {"ROWS": rows})
    assert len(entry.rows("ROWS")) == 2
    state = entry.state
    missing = [one.value.missing for key, one in state.items.items() if key.item == "MHENDAT"]
    assert missing == ["UNK", None]
    assert filled.values == 9
    assert settle(entry)


def test_only_what_is_named(ward: Ward) -> None:
    entry = entry_of(ward, "BL", "VS")
    assert fill(entry, {"VSPERF": "Y"}, DAY, whole=False) == Filled(1, 1)
    assert entry.state.status == "in_progress"


def test_a_name_that_the_form_does_not_have_is_refused_and_nothing_entered(ward: Ward) -> None:
    entry = entry_of(ward, "BL", "VS")
    with pytest.raises(ValueError, match="VS has no PULS"):
        fill(entry, {"VSPERF": "Y", "PULS": "61"}, DAY)
    assert not entry.state.answered


def test_soft_is_confirmed_hard_is_put_to_query_only_when_meant(ward: Ward) -> None:
    swapped = {"VSPERF": "Y", "SYSBP_VSORRES": "70", "DIABP_VSORRES": "120"}
    entry = entry_of(ward, "BL", "VS")
    fill(entry, swapped, DAY)
    with pytest.raises(ValueError, match="VS: VS-02"):
        settle(entry)
    assert entry.state.status == "in_progress"
    assert not settle(entry, waits=("VS-02",))
    assert settle(entry, asked=("VS-02",))
    assert [query.check for query in entry.queries()] == ["VS-02"]
    assert all(f.confirmed for f in entry.state.findings if f.check.endswith(".SOFT"))


def test_limits_of_the_list_come_by_one_key(ward: Ward) -> None:
    for testcd, unit, low, high in (("LYM", "10⁹/L", "1.1", "3.2"), ("HGB", "g/L", "115", "150")):
        row = {"laboratory": "LAB01", "testcd": testcd, "unit": unit, "low": low, "high": high}
        ward.session.add_reference("range", row)
    named = {"LBPERF": "Y", "LBNAM": "LAB01", "LYM_LBORRES": "0.7", "HGB_LBORRES": "128"}
    by_key = entry_of(ward, "BL", "LBH")
    filled = fill(by_key, named, DAY, limits=True)
    lbh = opened(by_key, ward).expect("LYM_LBORNRLO", "1.1").expect("HGB_LBORNRHI", "150")
    lbh.expect("LYM_LBNRIND", "LOW").expect("LYM_LBCLSIG", "NCS")
    by_hand = fill(entry_of(ward, "W4", "LBH"), {**named, "HGB_LBORNRHI": "150"}, DAY)
    # One key instead of the one required limit; and what lies outside must be judged.
    assert filled.answers == by_hand.answers + 1
    assert filled.values == by_hand.values + 4
