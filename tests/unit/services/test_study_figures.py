"""The tables of a study from a real vault: empty, one participant, another one, contradictions."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.figurecases import cases
from mda5_crf.services.figureplan import plan_of
from mda5_crf.services.linelistings import line_listing, read_where
from mda5_crf.services.second import SecondSession
from mda5_crf.services.session import Session
from mda5_crf.services.studyfigures import only, study_figures
from tests.scenario import Ward
from tests.wards import built, session_at

DAY_ONE = "2025-03-01"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A ward whose tests follow each other: each adds to what the one before left."""
    folder = Path(shutil.copytree(built(), tmp_path_factory.mktemp("figures") / "ward.mda5"))
    with session_at(folder) as found:
        yield found


def consented(session: Session, on: str = "2025-02-20") -> Ward:
    ward = Ward(session).enrol()
    ward.open("SCR", "IC").fill(DSDECOD="INFORMED CONSENT OBTAINED", RFICDAT=on)
    return ward


def dosed(ward: Ward, on: str = DAY_ONE) -> Ward:
    ward.open("SCR", "IE").fill(ENROLYN="Y", ENROLDAT=on)
    ward.open("LOG", "EX").new_row("DOSING").fill(ECTRT="TOFACITINIB", ECOCCUR="Y", ECSTDAT=on, ECONGO="Y")
    return ward


def fvc(ward: Ward, event: str, on: str, value: str) -> Ward:
    ward.open(event, "PFT").fill(REPERF="Y", REDAT=on, FVCPP_REORRES=value)
    return ward


def test_1_an_empty_vault_has_all_sections_and_no_number(session: Session) -> None:
    found = study_figures(session)
    assert found.participants == 0
    names = [one.name for one in found.sections]
    assert names == "enrolment flow table1 response secondary survival safety conduct lock".split()
    document = found.as_json()
    nobody = {"count": 0, "of": 0, "part": None, "low": None, "high": None}
    assert document["response"]["responders"] == nobody
    assert document["survival"]["n"] == 0 and document["survival"]["median"] is None
    assert document["flow"]["screened"] == 0
    assert document["secondary"]["FVCPP"]["W24"]["median"] is None
    assert line_listing(session, "AE").lines == ()


def test_2_one_participant_changes_exactly_what_was_entered(session: Session) -> None:
    ward = dosed(consented(session))
    fvc(fvc(ward, "SCR", "2025-02-25", "60"), "W24", "2025-08-30", "66")
    ward.open("SCR", "DM").fill(SEX="F")
    ward.open("SCR", "DH").fill(DHSUB="AMYOPATHIC", DHILD="N")
    row = ward.open("LOG", "AE")
    row.enter("AEYN", "Y").new_row("ROWS").fill(
        AETERM="Fever", AETOXGR="3", AESER="Y", AESTDAT="2025-04-01", AEREL="POSSIBLY RELATED"
    )
    document = study_figures(session).as_json()
    flow = document["flow"]
    assert (flow["screened"], flow["enrolled"], flow["treated"], flow["going_on"]) == (1, 1, 1, 1)
    change = document["secondary"]["FVCPP"]["W24"]
    assert (change["n"], change["pairs"], change["change_mean"], change["p_paired_t"]) == (1, 1, "6", None)
    assert document["secondary"]["DLCOPP"]["W24"]["n"] == 0
    assert document["safety"]["events"]["severe"] == {"people": 1, "events": 1}
    assert document["safety"]["events"]["related"]["people"] == 1
    assert document["lock"]["unreported"] == {"left": 1, "of": 1}
    assert document["response"]["strata"]["AMYOPATHIC:yes"]["n"] == 1
    assert document["response"]["strata"]["RPILD:no"]["n"] == 1
    assert document["survival"]["n"] == 1 and document["survival"]["deaths"] == 0


def test_3_another_one_adds_to_each_table(session: Session) -> None:
    before = study_figures(session).as_json()
    ward = dosed(consented(session, "2025-03-10"), "2025-03-15")
    fvc(fvc(fvc(ward, "SCR", "2025-03-11", "80"), "BL", "2025-03-15", "70"), "W24", "2025-09-12", "71")
    ward.open("W24", "DD").fill(DTHDAT="2025-10-01", PRCDTH_DDORRES="RP-ILD")
    after = study_figures(session).as_json()
    assert after["participants"] == before["participants"] + 1
    assert after["flow"]["treated"] == before["flow"]["treated"] + 1
    change = after["secondary"]["FVCPP"]["W24"]
    assert (change["pairs"], change["change_mean"]) == (2, "3.5")  # baseline is BL (70), not screening (80)
    assert change["p_wilcoxon"] == 0.5
    survival = after["survival"]
    assert (survival["n"], survival["deaths"]) == (2, 1)
    assert (survival["steps"][0]["day"], survival["steps"][0]["at_risk"]) == (201, 1)
    assert after["safety"]["deaths"] == 1


def test_4_contradictions_are_named_not_counted(session: Session) -> None:
    ward = dosed(consented(session, "2025-05-01"), "2025-05-05")
    ward.open("W12", "DD").fill(DTHDAT="2025-04-01")
    number = session.subjid(ward.subject)
    document = study_figures(session).as_json()
    assert document["survival"]["not_counted"] == [number]
    assert document["survival"]["n"] == 2
    assert any(number in said for said in document["flow"]["contradictions"])


def test_5_a_limit_is_no_number(session: Session) -> None:
    ward = dosed(consented(session, "2025-06-01"), "2025-06-05")
    ward.open("W24", "LBI").fill(LBPERF="Y", LBDAT="2025-12-01", FERRITIN_LBORRES="<5")
    (found,) = (one for one in cases(session, plan_of(session.study)) if one.subject == ward.subject)
    assert found.reading("FERRITIN", "W24").kind == "limit"
    ferritin = study_figures(session).as_json()["secondary"]["FERRITIN"]["W24"]
    assert ferritin["n"] == 0 and ferritin["without"]["limit"] == 1


def test_6_who_is_screened_out_is_in_no_treated_table(session: Session) -> None:
    treated = study_figures(session).as_json()["safety"]["treated"]
    ward = consented(session, "2025-07-01")
    ward.open("SCR", "IE").fill(ENROLYN="N", IETESTCD="EXCL03")
    found = study_figures(session)
    document = found.as_json()
    assert document["safety"]["treated"] == treated
    assert document["flow"]["not_enrolled"] == 1
    grid = found.section("flow").grids[0]
    assert any(cells[2].en.endswith("1") for cells in grid.rows if cells[0].en == "Not enrolled")


def test_7_looking_writes_nothing_and_keeps_nobody_in_memory(session: Session) -> None:
    session.refresh()
    before = session.vault.journal.vector()
    found = study_figures(session)
    assert session.vault.journal.vector() == before
    assert not any(session.is_loaded(one.identity) for one in session.subjects())
    small = only(found, frozenset({"flow"}))
    assert [one.name for one in small.sections] == ["flow"]
    with pytest.raises(KeyError):
        small.section("lock")


def test_8_a_listing_is_filtered_by_codes_words_and_numbers(session: Session) -> None:
    everything = line_listing(session, "PFT")
    assert (len(everything.lines), everything.all) == (5, 5)
    above = line_listing(session, "pft", read_where(session, "PFT", ["FVCPP_REORRES>=70"]))
    assert sorted(line.place[2] for line in above.lines) == ["BL", "SCR", "W24"]
    assert "3 of 5" in above.said().en
    both = line_listing(session, "PFT", read_where(session, "PFT", ["FVCPP_REORRES>=70", "VISIT=W24"]))
    assert [line.place[0] for line in both.lines] == ["01-002"]
    events = line_listing(session, "AE", read_where(session, "AE", ["AETERM~FEV", "AESER=是"]))
    (line,) = events.lines
    assert line.place[4] == "1" and line.key.group_repeat
    assert line_listing(session, "AE", read_where(session, "AE", ["AETERM!=fever"])).lines == ()


@pytest.mark.parametrize(
    "word, code",
    [
        ("AETERM", "figures.listing_where"),
        ("NOITEM=1", "figures.listing_item"),
        ("AETOXGR>many", "figures.listing_number"),
    ],
)
def test_9_a_filter_that_makes_no_sense_is_refused(session: Session, word: str, code: str) -> None:
    with pytest.raises(InputRefused) as refused:
        read_where(session, "AE", [word])
    assert refused.value.code == code
    with pytest.raises(InputRefused):
        line_listing(session, "NOFORM")


def test_who_enters_blind_sees_no_table(session: Session) -> None:
    blind = SecondSession(session, ItemKey(session.subjects()[0].identity, "BL", "", "VS"))
    for look in (lambda: study_figures(blind), lambda: line_listing(blind, "AE")):
        with pytest.raises(InputRefused) as refused:
            look()
        assert refused.value.code == "figures.blind"
