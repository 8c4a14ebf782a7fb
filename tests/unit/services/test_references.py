"""The site's own lists: what may stand in them, who may change them, and what becomes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mda5_crf.db.records import Draft
from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.services import references
from mda5_crf.services.referencelists import EMPTY, extended, of_sites, panel_of
from mda5_crf.study.values import Status
from tests.scenario import Ward
from tests.siteward import definition, site_session
from tests.vaults import PEOPLE
from tests.wards import trial

RENJI = {"code": "renji", "en": "Renji Hospital", "zh": "仁济医院检验科"}
CK = {"laboratory": "RENJI", "testcd": "CK", "unit": "U/L", "low": "26", "high": "192"}


@pytest.fixture
def listed(site_ward: Ward) -> Ward:
    """The ward with its laboratory in the list."""
    site_ward.session.add_reference("laboratory", RENJI)
    return site_ward


def refused(ward: Ward, table: str, row: dict[str, str], words: str) -> None:
    heads = ward.session.vault.journal.heads()
    with pytest.raises(InputRefused) as said:
        ward.session.add_reference(table, row)
    assert words in said.value.text.en, said.value.text.en
    assert said.value.text.zh != said.value.text.en
    assert ward.session.vault.journal.heads() == heads


# -- what a row must say ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change,words",
    [
        ({"code": ""}, "no code of a laboratory"),
        ({"code": "A" * 21}, "no code of a laboratory"),
        ({"code": "仁济"}, "no code of a laboratory"),
        ({"zh": " "}, "needs a name"),
        ({"en": ""}, "needs a name"),
        ({"en": "x" * 101}, "needs a name"),
        ({"zh": "检" * 101}, "needs a name"),
        ({"code": "LAB01"}, "of the study definition"),
        ({"name": "x"}, "no field name"),
    ],
)
def test_a_laboratory_is_checked(site_ward: Ward, change: dict[str, str], words: str) -> None:
    refused(site_ward, "laboratory", {**RENJI, **change}, words)


def test_the_longest_code_and_name(site_ward: Ward) -> None:
    row = {"code": "A" * 20, "en": "x" * 100, "zh": "检" * 100}
    assert site_ward.session.add_reference("laboratory", row).row == row


def test_a_code_is_used_once_at_a_time(listed: Ward) -> None:
    refused(listed, "laboratory", RENJI, "in the list already")
    (row,) = listed.session.references("laboratory")
    assert (row.row["code"], row.site, row.live) == ("RENJI", "01", True)
    listed.session.strike_reference(row.identity, "renamed")
    assert listed.session.add_reference("laboratory", {**RENJI, "en": "Renji East"}).live


@pytest.mark.parametrize(
    "change,words",
    [
        ({"laboratory": "NOWHERE"}, "no laboratory NOWHERE"),
        ({"laboratory": ""}, "Known laboratories: LAB01, LAB09, RENJI"),
        ({"testcd": "KLM"}, "Known analytes: ALT, CK, CREAT"),
        ({"testcd": ""}, "no analyte -"),
        ({"unit": "mg/dL"}, "Known units: U/L, µkat/L"),
        ({"unit": ""}, "not measured in -"),
        ({"low": "", "high": ""}, "lower limit, an upper limit or both"),
        ({"low": "192"}, "lower limit 192 is not below"),
        ({"low": "193"}, "lower limit 193 is not below"),
        ({"low": "<5"}, "not a number"),
        ({"high": "1,5"}, "not a number"),
        ({"sex": "X"}, "Known codes: F, M"),
        ({"age_from": "-1"}, "no age"),
        ({"age_to": "131"}, "no age"),
        ({"age_to": "12.5"}, "no age"),
        ({"age_from": "60", "age_to": "59"}, "begins at age 60"),
        ({"from": "2026-02-30"}, "no complete date"),
        ({"to": "2026-02"}, "no complete date"),
        ({"from": "2026-02-02", "to": "2026-02-01"}, "before the first day"),
    ],
)
def test_a_range_is_checked(listed: Ward, change: dict[str, str], words: str) -> None:
    refused(listed, "range", {**CK, **change}, words)


def test_a_range_is_stored_as_the_definition_writes_it(listed: Ward) -> None:
    row = {
        "laboratory": "renji", "testcd": "ck", "unit": "ΜKAT/l", "low": "０.40", "high": "3.2", "sex": "f",
        "age_from": "018", "age_to": "65", "from": "20260101", "to": "2026-01-01",
    }  # fmt: skip
    stored = listed.session.add_reference("range", row).row
    assert stored == {
        "laboratory": "RENJI", "testcd": "CK", "unit": "µkat/L", "low": "0.40", "high": "3.2", "sex": "F",
        "age_from": "18", "age_to": "65", "from": "2026-01-01", "to": "2026-01-01",
    }  # fmt: skip


def test_edges_of_ages_and_open_limits(listed: Ward) -> None:
    listed.session.add_reference("range", {**CK, "low": "", "age_from": "0", "age_to": "130"})
    listed.session.add_reference("range", {**CK, "laboratory": "LAB09", "high": ""})


@pytest.mark.parametrize(
    "one,other",
    [
        ({}, {}),
        ({}, {"sex": "F"}),
        ({"sex": "F"}, {"sex": "F"}),
        ({"age_to": "40"}, {"age_from": "40"}),
        ({"age_from": "40"}, {"age_from": "60", "age_to": "70"}),
        ({"to": "2026-05-01"}, {"from": "2026-05-01"}),
        ({"sex": "F", "age_to": "40"}, {"age_from": "30", "unit": "µkat/L"}),
    ],
)
def test_two_ranges_for_one_person_and_day_are_refused(
    listed: Ward, one: dict[str, str], other: dict[str, str]
) -> None:
    listed.session.add_reference("range", {**CK, **one})
    refused(listed, "range", {**CK, **other}, "26–192 U/L")


@pytest.mark.parametrize(
    "one,other",
    [
        ({"sex": "F"}, {"sex": "M"}),
        ({"age_to": "40"}, {"age_from": "41"}),
        ({"to": "2026-05-01"}, {"from": "2026-05-02"}),
        ({}, {"testcd": "ALT"}),
        ({}, {"laboratory": "LAB01"}),
    ],
)
def test_ranges_that_do_not_meet_stand_side_by_side(
    listed: Ward, one: dict[str, str], other: dict[str, str]
) -> None:
    listed.session.add_reference("range", {**CK, **one})
    listed.session.add_reference("range", {**CK, **other})
    assert len(listed.session.site_lists("01").ranges) == 2


def test_the_range_that_is_in_the_way_is_described(listed: Ward) -> None:
    row = {**CK, "low": "", "sex": "F", "age_from": "18", "to": "2026-05-01"}
    listed.session.add_reference("range", row)
    with pytest.raises(InputRefused) as said:
        listed.session.add_reference("range", CK)
    assert "–192 U/L, F, age 18–…, … to 2026-05-01" in said.value.text.en
    assert "–192 U/L，F，年龄18–…岁，…至2026-05-01" in said.value.text.zh


@pytest.mark.parametrize(
    "row,words",
    [
        ({"approved": "2026-01-01"}, "Name the version"),
        ({"version": "v" * 101, "approved": "2026-01-01"}, "Name the version"),
        ({"version": "2.0"}, "enter the day"),
        ({"version": "2.0", "approved": "2026-01"}, "no complete date"),
        ({"version": "2.0", "approved": "2026-09-02"}, "in the future"),
        (
            {"version": "2.0", "approved": "2026-03-01", "in_force_from": "2026-02-28"},
            "before it was approved",
        ),
        ({"version": "2.0", "approved": "2026-03-01", "until": "2026-02-28"}, "before the first day"),
        (
            {"version": "2", "approved": "2026-03-01", "in_force_from": "2026-04-01", "until": "2026-03-31"},
            "before the first day",
        ),
    ],
)
def test_a_version_of_the_consent_form_is_checked(site_ward: Ward, row: dict[str, str], words: str) -> None:
    refused(site_ward, "consent_version", row, words)


def test_a_version_of_today_is_taken_once(site_ward: Ward) -> None:
    row = {"version": "2.0", "approved": "2026-09-01", "in_force_from": "2026-09-01", "until": "2026-09-01"}
    site_ward.session.add_reference("consent_version", row)
    refused(site_ward, "consent_version", row, "in the list already")


# -- changing --------------------------------------------------------------------------------------------


def test_a_row_in_the_place_of_another(listed: Ward) -> None:
    session = listed.session
    old = session.add_reference("range", CK)
    new = session.add_reference("range", {**CK, "high": "200"}, instead_of=old.identity)
    before, after = session.references("range")
    assert (before.identity, before.live, before.ended) == (old.identity, False, new.identity)
    assert (after.identity, after.live) == (new.identity, True)
    with pytest.raises(InputRefused) as said:
        session.add_reference("range", {**CK, "high": "201"}, instead_of=old.identity)
    assert "no live row" in said.value.text.en


def test_striking_needs_a_live_row_and_a_reason(listed: Ward) -> None:
    session = listed.session
    (row,) = session.references()
    with pytest.raises(InputRefused) as said:
        session.strike_reference(row.identity, " ")
    assert "Say why" in said.value.text.en
    session.strike_reference(row.identity, "moved away")
    (struck,) = session.references()
    assert (struck.live, struck.reason, struck.ended_by) == (False, "moved away", session.person.id)
    with pytest.raises(InputRefused):
        session.strike_reference(row.identity, "again")
    with pytest.raises(InputRefused):
        session.strike_reference("nothing", "x")


def test_an_unknown_list_is_named(site_ward: Ward) -> None:
    for act in (
        lambda: site_ward.session.references("labs"),
        lambda: site_ward.session.add_reference("labs", {}),
    ):
        with pytest.raises(InputRefused) as said:
            act()
        assert "laboratory, range, consent_version" in said.value.text.en


@pytest.mark.parametrize("login,may", [("i01", True), ("d02", True), ("n07", False)])
def test_who_may_change_the_lists(site_folder: Path, login: str, may: bool) -> None:
    assert login in PEOPLE
    with site_session(site_folder, login) as session:
        if may:
            row = session.add_reference("laboratory", RENJI)
            session.strike_reference(row.identity, "x")
        else:
            with pytest.raises(PermissionDenied) as said:
                session.add_reference("laboratory", RENJI)
            assert "reference ranges" in said.value.text.en
            with pytest.raises(PermissionDenied):
                session.strike_reference("a:1", "x")
        assert session.verify().troubles == ()


def test_the_record_of_somebody_without_the_right_is_named_by_verify(site_folder: Path) -> None:
    with site_session(site_folder, "n07") as session:
        session.append([Draft("reference", "", {"table": "laboratory", "state": "live", "row": RENJI})])
        (found,) = session.verify().troubles
        assert found.code == "not_entitled"


def test_the_lists_survive_the_session(site_folder: Path) -> None:
    with site_session(site_folder) as session:
        session.add_reference("laboratory", RENJI)
        session.add_reference("range", CK)
    with site_session(site_folder, "n07") as session:
        assert set(session.site_lists("01").laboratories) == {"RENJI"}
        assert [str(r.high) for r in session.site_lists("01").ranges] == ["192"]
        assert session.site_lists("02") is EMPTY


def test_rows_of_another_shape_are_left_out(site_ward: Ward) -> None:
    """A newer program may write what this one cannot read: it decides nothing here."""
    rows: list[tuple[str, dict[str, str]]] = [
        ("range", {**CK, "low": "a few"}), ("range", {**CK, "from": "soon"}), ("laboratory", {"name": "x"}),
        ("consent_version", {"version": "2", "approved": "soon"}),
    ]  # fmt: skip
    for table, row in rows:
        site_ward.session.append([Draft("reference", "", {"table": table, "state": "live", "row": row})])
    site_ward.session.refresh()
    assert site_ward.session.site_lists("01") == EMPTY
    assert "x" not in site_ward.session.study.codelists["LABNAM"].by_code


# -- laboratories as answers -------------------------------------------------------------------------------


def test_a_laboratory_of_the_site_is_an_answer(listed: Ward) -> None:
    lb = listed.open("SCR", "LB").enter("LBNAM", "renji")
    lb.expect("LBNAM", "RENJI")
    assert lb.item("LBNAM").value.status is Status.VALID
    assert [c.code for c in lb.entry.codes(lb.entry.form.items["LBNAM"])] == ["LAB01", "LAB09", "RENJI"]
    assert list(definition().codelists["LABNAM"].by_code) == ["LAB01", "LAB09"]
    assert listed.session.definition is definition()
    assert listed.session.study.hash == definition().hash


def test_a_form_in_hand_learns_of_a_new_laboratory(site_ward: Ward) -> None:
    lb = site_ward.open("SCR", "LB").enter("LBNAM", "RENJI")
    assert lb.item("LBNAM").value.nonconformant
    site_ward.session.add_reference("laboratory", RENJI)
    assert lb.item("LBNAM").value.status is Status.VALID


def test_a_struck_laboratory_still_reads(listed: Ward) -> None:
    lb = listed.open("SCR", "LB").enter("LBNAM", "RENJI")
    (row,) = listed.session.references("laboratory")
    listed.session.strike_reference(row.identity, "closed")
    assert lb.item("LBNAM").value.status is Status.VALID
    last = lb.entry.codes(lb.entry.form.items["LBNAM"])[-1]
    assert (last.code, last.text.zh) == ("RENJI", "仁济医院检验科（已停用）")
    listed.session.add_reference("laboratory", RENJI)
    assert lb.entry.codes(lb.entry.form.items["LBNAM"])[-1].text.zh == "仁济医院检验科"


def test_two_sites_with_one_code_are_both_named(listed: Ward) -> None:
    (row,) = listed.session.references("laboratory")
    same = type(row)("b:1", row.table, row.row, "02", row.person, row.at)
    other = type(row)("c:1", row.table, {**row.row, "zh": "瑞金医院"}, "03", row.person, row.at)
    assert (
        extended(definition(), [row, same]).codelists["LABNAM"].by_code["RENJI"].text.zh == "仁济医院检验科"
    )
    found = extended(definition(), [row, same, other]).codelists["LABNAM"].by_code["RENJI"].text
    assert found.zh == "仁济医院检验科 / 瑞金医院"
    assert set(of_sites([row, same, other])) == {"01", "02", "03"}


def test_a_definition_without_these_settings_is_left_alone(listed: Ward) -> None:
    study = trial()
    if panel_of(study) is None:
        assert extended(study, listed.session.references()) is study
    assert panel_of(definition()) is not None


# -- what checks ask -----------------------------------------------------------------------------------


def test_checks_ask_the_versions_of_the_consent_form(site_ward: Ward) -> None:
    dm = site_ward.open("SCR", "DM").enter_all(RFICDAT="2026-03-05", ICVER="2.0")
    assert dm.findings() == []  # no list: unknown never fires
    old = {"version": "1.0", "approved": "2026-01-01", "until": "2026-03-04"}
    site_ward.session.add_reference("consent_version", old)
    dm.expect_query("not approved")
    new = site_ward.session.add_reference(
        "consent_version", {"version": "2.0", "approved": "2026-03-01", "in_force_from": "2026-03-06"}
    )
    dm.expect_query("not approved")  # approved, not yet in force
    site_ward.session.add_reference(
        "consent_version", {"version": "2.0", "approved": "2026-03-01", "in_force_from": "2026-03-05"},
        instead_of=new.identity,
    )  # fmt: skip
    assert dm.findings() == []
    site_ward.session.refresh()
    assert site_ward.open("SCR", "DM").findings() == []


def test_the_centre_keeps_no_lists(site_ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(site_ward.session), "is_centre", property(lambda _: True))
    refused(site_ward, "laboratory", RENJI, "belong to the sites")


def test_a_checked_row_writes_nothing(listed: Ward) -> None:
    heads = listed.session.vault.journal.heads()
    assert references.checked(listed.session, "range", CK)["sex"] == ""
    assert listed.session.vault.journal.heads() == heads


# -- many rows at once ---------------------------------------------------------------------------------


def test_many_rows_in_one_transaction(listed: Ward) -> None:
    session = listed.session
    rows = [{**CK, "sex": "F"}, {**CK, "sex": "M"}, {**CK, "low": "x"}, {**CK, "sex": "F", "high": "150"}]
    heads = session.vault.journal.heads()
    dry = session.take_references("range", rows, dry_run=True)
    assert [one.reason is None for one in dry] == [True, True, False, False]
    assert session.vault.journal.heads() == heads
    done = session.take_references("range", rows)
    assert [(one.number, one.row.get("sex", "")) for one in done] == [
        (1, "F"), (2, "M"), (3, ""), (4, "F"),
    ]  # fmt: skip
    (first, second) = session.references("range")
    assert int(second.identity.rpartition(":")[2]) == int(first.identity.rpartition(":")[2]) + 1
    assert len(session.site_lists("01").ranges) == 2
    assert session.take_references("range", []) == ()
    heads = session.vault.journal.heads()
    assert all(one.reason for one in session.take_references("range", rows))
    assert session.vault.journal.heads() == heads


def test_laboratories_and_their_ranges_of_one_file_each(site_ward: Ward) -> None:
    two = [RENJI, {**RENJI, "code": "RENJI"}]
    found = site_ward.session.take_references("laboratory", two)
    assert [one.reason is None for one in found] == [True, False]


def test_who_may_not_take_many(site_folder: Path) -> None:
    with site_session(site_folder, "n07") as session, pytest.raises(PermissionDenied):
        session.take_references("laboratory", [RENJI], dry_run=True)


# -- how many queries are open -----------------------------------------------------------------------------


def test_checks_may_ask_how_many_queries_are_open(site_ward: Ward) -> None:
    session = site_ward.session
    dm = site_ward.open("SCR", "DM").enter("SEX", "F")
    data = session.data(site_ward.subject)
    assert data.open_queries == 0
    query = session.raise_query(dm.key("SEX"), "Sure?")
    assert data.open_queries == 1
    session.answer_query(query.id, "Yes")
    assert data.open_queries == 1  # somebody still has to close it
    session.refresh()
    assert session.data(site_ward.subject).open_queries == 1
    folder, subject = session.vault.folder, site_ward.subject
    session.close()
    with site_session(folder, "d02") as manager:
        manager.close_query(query.id)
        assert manager.data(subject).open_queries == 0
