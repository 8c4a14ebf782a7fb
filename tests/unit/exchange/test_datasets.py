"""The two shapes: what was entered is in a table, or in ASTYPED with the reason; nothing is bent or lost."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mda5_crf.errors import InputRefused
from mda5_crf.exchange.answers import Answer, Places, aside_row
from mda5_crf.exchange.datasets import ASTYPED, Role, Row, Shape
from mda5_crf.exchange.sdtmplan import SdtmPlan, spots
from mda5_crf.exchange.spool import Spool
from mda5_crf.exchange.verticals import Verticals
from mda5_crf.exchange.wide import Forms, limits_of
from mda5_crf.services.changes import Reason
from mda5_crf.services.exportfeed import Feed
from mda5_crf.services.session import Session
from mda5_crf.study.model import ItemType
from tests.amended import AFTER, NEW, pair
from tests.scenario import Ward
from tests.unit.exchange.test_odm_history import everything
from tests.wards import built, session_at, trial

Cells = dict[str, str]


def story(ward: Ward) -> None:
    """A participant with one of every difficulty."""
    ward.open("SCR", "IC").enter_all(RFICDAT="2026-08-20", RFICTIM="09:30")
    ward.open("SCR", "DM").enter_all(BRTHDAT="1970-05", SEX="F")
    vs = ward.open("BL", "VS").enter_all(
        VSPERF="Y", VSDAT="2026-08-30", VSTIM="08:15", SYSBP_VSORRES="120", DIABP_VSORRES="eighty"
    )
    vs.mark("PULSE_VSORRES", "ND").enter("TEMP_VSORRES", "37.5")
    ward.open("BL", "LBI").enter_all(LBPERF="Y", LBDAT="2026-08-30")
    ward.open("BL", "LBI").enter("CRP_LBORRES", "<0.5", unit="mg/dL")
    ward.open("BL", "LBI").enter("FERRITIN_LBORRES", "1135")
    ward.open("W4", "LBI").enter_all(LBPERF="N", LBREASND=first_code(ward, "REASND"))
    ae = ward.open("LOG", "AE").enter("AEYN", "Y").new_row("ROWS")
    ae.enter("AETERM", "=1+1 带状疱疹").enter("AESTDAT", "2026-08").enter("AETOXGR", "2").enter(
        "AELBTST", "CK,ALT"
    )
    ae.new_row("ROWS").enter("AETERM", "struck").strike("ROWS", "wrong")
    link = ward.open("LOG", "AESI").new_row("ROWS")
    link.enter("AESPID", "1").enter("AESICAT", "HERPES ZOSTER").enter("HZDERM", "2")
    strength = ward.open("BL", "MMT").enter_all(MKPERF="Y", MKDAT="2026-08-30")
    strength.enter("DELTR_MKORRES", "8").enter("DELTL_MKORRES", "7")
    ward.unscheduled("VS").enter_all(VSPERF="Y", SYSBP_VSORRES="131")


def first_code(ward: Ward, codelist: str) -> str:
    return ward.session.study.codelists[codelist].values[0].code


def odd(ward: Ward) -> None:
    """What SDTM has an odd place for, or none."""
    ward.open("W4", "VS").enter_all(VSPERF="Y", VSTIM="09:00", SYSBP_VSORRES="120")
    ward.open("BL", "MDAAT").enter_all(RSPERF="Y", RSDAT="2026-08-30", MD_CON_NA="Y", COVAL="备注")
    ward.open("BL", "MDAAT").enter("MD_CUT_NA", "N").enter("MD_CUT", "3.5")
    ward.open("SCR", "LBS").enter_all(LBPERF="Y", LBDAT="2026-08-21")
    log = ward.open("LOG", "AE").enter("AEYN", "Y").new_row("ROWS").enter("AETERM", "fever")
    log.enter("AELBTST", "CK").mark("AESTDAT", "UNK")
    taken = ward.open("LOG", "CM").enter("CMYN", "Y").new_row("ROWS").enter("CMTRT", "paracetamol")
    taken.enter("CMINDC", "ADVERSE EVENT").enter("CMAENO", "1")
    reading = ward.reading("BL").enter_all(HRPERF="Y", HRDAT="2026-08-29", HRRDR="H01", HRREAD="READER 1")
    reading.enter("ILDPRES", "N")


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = Path(shutil.copytree(built(), tmp_path_factory.mktemp("sets") / "ward.mda5"))
    with session_at(folder) as session:
        ward = Ward(session).enrol()
        story(ward)
        everything(ward.enrol())
        odd(ward.enrol())
        yield session


@pytest.fixture(scope="module")
def feed(session: Session) -> Feed:
    return Feed(session)


def told(shape: Shape, feed: Feed, who: int) -> dict[str, list[Cells]]:
    """Table → its rows, filled cells by name."""
    found: dict[str, list[Cells]] = {name: [] for name in shape.tables}
    for name, row in shape.rows(feed.participants[who]):
        table = shape.tables[name]
        assert len(row) == len(table.columns)
        found[name].append({one.name: text for one, text in zip(table.columns, row, strict=True) if text})
    return found


@pytest.fixture(scope="module")
def forms(feed: Feed) -> Forms:
    return Forms(feed)


@pytest.fixture(scope="module")
def wide(forms: Forms, feed: Feed) -> dict[str, list[Cells]]:
    return told(forms, feed, 0)


@pytest.fixture(scope="module")
def sdtm(feed: Feed) -> dict[str, list[Cells]]:
    return told(Verticals(feed), feed, 0)


def only(rows: list[Cells], **wanted: str) -> Cells:
    """The one row with these cells."""
    found = [row for row in rows if all(row.get(name) == text for name, text in wanted.items())]
    assert len(found) == 1, (wanted, found)
    return found[0]


# -- one table per form ----------------------------------------------------------------------------------


def test_a_form_is_a_row_with_keys_values_and_reasons(wide: dict[str, list[Cells]]) -> None:
    row = only(wide["VS"], VISIT="BL")
    assert row["USUBJID"] == "NCT04966884-01-001" and row["SITEID"] == "01" and row["VISITNUM"] == "1"
    assert row["SYSBP_VSORRES"] == "120" and row["VSDAT"] == "2026-08-30"
    assert row["PULSE_VSORRES_MISS"] == "ND" and "PULSE_VSORRES" not in row
    assert "DIABP_VSORRES" not in row
    aside = only(wide[ASTYPED], ITEM="DIABP_VSORRES")
    assert (aside["STATE"], aside["TYPED"], aside["FORM"]) == ("nonconformant", "eighty", "VS")
    assert aside["RECORD"].count(":") == 1
    assert only(wide["VS"], VISIT="UNS")["VISITREP"] == "1"
    assert only(wide["DM"])["BRTHDAT"] == "1970-05", "nothing is imputed"


def test_a_number_in_another_unit_is_converted_and_kept_as_typed(wide: dict[str, list[Cells]]) -> None:
    row = only(wide["LBI"], VISIT="BL")
    assert "CRP_LBORRES" not in row and row["CRP_LBORRES_CHAR"] == "<5"
    assert row["FERRITIN_LBORRES"] == row["FERRITIN_LBORRES_CHAR"] == "1135"
    aside = only(wide[ASTYPED], ITEM="CRP_LBORRES")
    assert (aside["STATE"], aside["TYPED"], aside["UNIT"]) == ("converted", "<0.5", "mg/dL")


def test_several_choices_are_a_list_and_a_column_each(wide: dict[str, list[Cells]], forms: Forms) -> None:
    row = only(wide["AE"])
    chosen = {name for name, text in row.items() if name.startswith("AELBTST_") and text == "1"}
    assert row["AELBTST"] == "CK,ALT" and chosen == {"AELBTST_CK", "AELBTST_ALT"}
    assert row["AELBTST_LDH"] == "0"
    columns = [one for one in forms.tables["AE"].columns if one.of == "AELBTST"]
    assert {one.role for one in columns} == {Role.CHOICE} and all(one.codes == "CHOSEN" for one in columns)


def test_a_log_gives_its_name_to_its_rows(wide: dict[str, list[Cells]]) -> None:
    row = only(wide["AE"])
    assert (row["ROW"], row["AETERM"], row["AESTDAT"]) == ("1", "=1+1 带状疱疹", "2026-08")
    assert only(wide["AE_HEADER"])["AEYN"] == "Y"
    assert only(wide["AESI"])["AESPID"] == "1", "a link is the number that people use"


def test_everything_that_was_entered_is_somewhere(session: Session, feed: Feed, forms: Forms) -> None:
    """All items of all forms, with values that are mostly not of their type."""
    who = feed.participants[1]
    data = session.data(who.identity)
    expected = Counter(
        (one.key.form, one.item.name)
        for event in session.tree(who.identity)
        for node in event.forms
        if not node.adds
        for one in session.state(node.key).items.values()
        if not one.item.computed and data.get(one.key) is not None and one.item.type is not ItemType.LABEL
    )
    placed: Counter[tuple[str, str]] = Counter()
    for name, row in forms.rows(who):
        table = forms.tables[name]
        cells = {one.name: text for one, text in zip(table.columns, row, strict=True)}
        if name == ASTYPED:
            if cells["STATE"] not in ("converted", "conflict") and cells["RECORD"] != "":
                placed[cells["FORM"], cells["ITEM"]] += 1
            continue
        for one in table.columns:
            if one.role is Role.VALUE and not one.derived:
                limit = cells.get(f"{one.name}_CHAR", "")
                placed[table.form, one.oid.partition(".")[2]] += bool(cells[one.name] or limit)
    assert expected and +placed == expected


def test_a_value_of_another_version_stands_aside(feed: Feed, session: Session) -> None:
    """A version that made a text of a number, say: the newest has the column."""
    shape = Forms(feed)
    table = shape.tables["VS"]
    place = table.place("SYSBP_VSORRES")
    item = session.study.item("VS.SYSBP_VSORRES")
    made: Row = [""] * len(table.columns)
    key = (
        session.tree(feed.participants[0].identity)[1]
        .forms[0]
        .key._replace(form="VS", group="X", item=item.name)
    )
    words = Answer(item, key, value="about 120", typed="about 120")
    assert shape._put(words, {("", ""): made}) == "other_version" and made[place] == ""
    assert shape._put(replace(words, value="<5", limit=True), {("", ""): made}) == "interval"
    missing = replace(words, value="", missing="ND", item=item, key=key._replace(item="VSPERF"))
    assert shape._put(missing, {("", ""): made}) == "other_version"
    assert shape._put(replace(words, key=key._replace(item="NOPE")), {("", ""): made}) == "no_place"
    assert shape._put(replace(words, value=""), {("", ""): made}) == ""


def test_what_may_be_a_limit_is_found_through_computations() -> None:
    found = limits_of([trial()])
    assert {"LBI.CRP_LBORRES", "LBI.CRP_LBSTRESN"} <= found and "VS.SYSBP_VSORRES" not in found


# -- SDTM-like ---------------------------------------------------------------------------------------------


def test_a_result_is_a_row_as_typed_and_in_standard_units(sdtm: dict[str, list[Cells]]) -> None:
    row = only(sdtm["LB"], LBTESTCD="CRP")
    assert (row["LBORRES"], row["LBORRESU"]) == ("<0.5", "mg/dL")
    assert (row["LBSTRESC"], row["LBSTRESU"]) == ("<5", "mg/L") and "LBSTRESN" not in row
    assert row["LBDTC"] == "2026-08-30" and row["VISIT"] == "Baseline (day 1)" and row["VISITNUM"] == "1"
    assert row["CRFITEM"] == "LBI.CRP_LBORRES" and row["LBTEST"] == "C-reactive protein"
    row = only(sdtm["LB"], LBTESTCD="FERRITIN")
    assert row["LBSTRESN"] == row["LBSTRESC"] == "1135"
    row = only(sdtm["VS"], VSTESTCD="SYSBP", VISITNUM="1")
    assert row["VSDTC"] == "2026-08-30T08:15" and row["VSSTRESN"] == "120"
    assert only(sdtm["VS"], VSTESTCD="SYSBP", VSORRES="131")["VISITNUM"].endswith(".01")


def test_why_there_is_no_result(sdtm: dict[str, list[Cells]]) -> None:
    row = only(sdtm["VS"], VSTESTCD="PULSE")
    assert row["VSSTAT"] == "NOT DONE" and row["VSREASND"] == "NOT DONE" and "VSORRES" not in row
    row = only(sdtm["LB"], LBTESTCD="LBALL")
    assert row["LBSTAT"] == "NOT DONE" and row["LBREASND"] and row["VISIT"] == "Week 4"
    row = only(sdtm["VS"], VSTESTCD="DIABP")
    assert row["VSORRES"] == "eighty" and "VSSTRESC" not in row
    assert only(sdtm[ASTYPED], ITEM="DIABP_VSORRES")["STATE"] == "nonconformant"


def test_sides_are_rows_of_one_test(sdtm: dict[str, list[Cells]]) -> None:
    right, left = (only(sdtm["MK"], MKTESTCD="DELT", MKLAT=side) for side in ("RIGHT", "LEFT"))
    assert (right["MKSTRESN"], left["MKSTRESN"]) == ("8", "7") and right["MKDTC"] == "2026-08-30"


def test_events_qualifiers_and_relations(sdtm: dict[str, list[Cells]]) -> None:
    row = only(sdtm["AE"])
    assert (row["AETERM"], row["AESTDTC"], row["AESPID"]) == ("=1+1 带状疱疹", "2026-08", "1")
    supp = only(sdtm["SUPPAE"], QNAM="AESICAT")
    assert (supp["IDVAR"], supp["IDVARVAL"], supp["RDOMAIN"]) == ("AESPID", "1", "AE"), "no AE row of its own"
    dermatomes = only(sdtm["FA"], FATESTCD="HZDERM")
    ends = {(one["RDOMAIN"], one["IDVAR"], one["IDVARVAL"]) for one in sdtm["RELREC"]}
    assert {("FA", "FASEQ", dermatomes["FASEQ"]), ("AE", "AESPID", "1")} <= ends


def test_odd_places(feed: Feed) -> None:
    found = told(Verticals(feed), feed, 2)
    asides = {(one["ITEM"], one["STATE"]) for one in found[ASTYPED]}
    assert ("VSTIM", "no_place") in asides, "a time without its date"
    assert ("LBDAT", "no_place") in asides, "a date of no test at all"
    assert ("AESTDAT", "missing") in asides
    assert only(found["RS"], RSTESTCD="MD_CON")["RSSTAT"] == "NOT DONE"
    assert "RSSTAT" not in only(found["RS"], RSTESTCD="MD_CUT")
    comment = only(found["CO"], COVAL="备注")
    assert comment["RDOMAIN"] == "RS" and comment["COSEQ"] == "1" and comment["IDVAR"] == "VISITNUM"
    ends = Counter((one["RELID"], one["RDOMAIN"], one["IDVAR"], one["IDVARVAL"]) for one in found["RELREC"])
    pairs = {tuple(sorted((end[1], end[2]) for end in ends if end[0] == name)) for name, *_ in ends}
    assert (("AE", "AESEQ"), ("LB", "LBTESTCD")) in pairs and (("AE", "AESPID"), ("CM", "CMSEQ")) in pairs
    scan = only(found["RE"], RETESTCD="ILDPRES")
    assert scan["REDTC"] == "2026-08-29" and scan["REEVALID"] == "H01" and scan["CRFREP"] == "1"
    assert only(found["PR"], PRTRT="HRCT CHEST")["PROCCUR"] == "Y"


def test_each_form_by_its_own_version(tmp_path: Path) -> None:
    """Columns of every version that was in force; what a form's version no longer asks for stands aside."""
    with pair(tmp_path) as two:
        two.approved()
        person, old = two.entered("BL", TEMP_VSLOC="AXILLA", VSPOS="SITTING")
        two.clock.now = AFTER
        two.close("ward")
        two.entered("W4", person.subject, VSPOS="RECLINED")
        ward = two.ward
        shape = Forms(Feed(ward))
        assert {"TEMP_VSLOC", "VSREST"} <= {one.name for one in shape.tables["VS"].columns}
        rows = told(shape, Feed(ward), 0)
        assert only(rows["VS"], VISIT="BL")["TEMP_VSLOC"] == "AXILLA" and not rows[ASTYPED]
        ward.move_form(ward.move_plan(old, NEW), Reason("OTHER", "amended"))
        for made in (Forms(Feed(ward)), Verticals(Feed(ward))):
            aside = only(told(made, Feed(ward), 0)[ASTYPED], ITEM="TEMP_VSLOC")
            assert (aside["STATE"], aside["TYPED"]) == ("no_longer_asked", "AXILLA")


def test_a_participant_is_one_row(sdtm: dict[str, list[Cells]]) -> None:
    row = only(sdtm["DM"])
    assert (row["BRTHDTC"], row["SEX"], row["RFICDTC"]) == ("1970-05", "F", "2026-08-20")
    assert row["SUBJID"] == "01-001"
    assert only(sdtm["DS"])["DSSTDTC"] == "2026-08-20T09:30"


def test_hard_values_break_nothing(feed: Feed, sdtm: dict[str, list[Cells]]) -> None:
    found = told(Verticals(feed), feed, 1)
    assert found["LB"] and found["SV"] and found[ASTYPED] and found["DM"]
    numbers = [int(one["LBSEQ"]) for one in found["LB"]]
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_same_columns_whatever_was_entered(feed: Feed) -> None:
    first, second = Verticals(feed), Verticals(feed)
    list(first.rows(feed.participants[1]))
    assert first.tables == second.tables
    names = [one.name for one in first.tables["VS"].columns]
    assert names[:6] == ["STUDYID", "DOMAIN", "USUBJID", "VSSEQ", "VSTESTCD", "VSTEST"]
    assert len(names) == len(set(names))


def test_annotations_as_places() -> None:
    (first, second) = spots("LBORRES / LBORRESU when LBTESTCD = CK", "LB")
    assert first.key == second.key == (("LBTESTCD", "CK"),) and second.unit and not first.unit
    (whole,) = spots("LBREASND when LBSTAT = NOT DONE", "LB")
    assert whole.not_done and whole.key == (("", "NOT DONE"),)
    (both_parts,) = spots("REREASND when RETESTCD = FVC and RESTAT = NOT DONE", "RE")
    assert both_parts.not_done and both_parts.key == (("RETESTCD", "FVC"),)
    assert spots("[NOT SUBMITTED]", "LB") == ()


def test_a_study_without_annotations_has_no_such_tables(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SdtmPlan, "empty", True)
    with pytest.raises(InputRefused, match=r"datasets\.no_annotations"):
        Verticals(feed)


# -- between reading and writing ---------------------------------------------------------------------------


def test_rows_wait_encrypted(forms: Forms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mda5_crf.exchange.spool._PIECE", 400)
    seen: list[bytes] = []
    with Spool(forms.tables, tmp_path) as spool:
        rows = [[f"planted-{number}", *[""] * (len(forms.tables["VS"].columns) - 1)] for number in range(40)]
        for row in rows:
            spool.put("VS", row)
        spool._file.seek(0)
        seen.append(spool._file.read())
        assert list(spool.rows("VS")) == rows == list(spool.rows("VS")), "as often as asked for"
        assert list(spool.rows("AE")) == [] and spool.seen["VS"].rows == 40
    assert len(seen[0]) > 400 and b"planted" not in seen[0]
    assert list(tmp_path.iterdir()) == []


def test_all_tables_together_are_bounded(
    forms: Forms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mda5_crf.exchange.spool._HELD", 2000)
    with Spool(forms.tables, tmp_path) as spool:
        for name in list(forms.tables)[:20]:
            spool.put(name, ["x" * 150, *[""] * (len(forms.tables[name].columns) - 1)])
            assert spool._held < 2500
        assert all(len(list(spool.rows(name))) == 1 for name in list(forms.tables)[:20])


def test_states_of_answers_have_words(feed: Feed, forms: Forms) -> None:
    codes = forms.codelists["STATE"].by_code
    assert {"nonconformant", "converted", "not_applicable", "conflict", "no_longer_asked"} <= set(codes)
    item = feed.study.item("VS.SYSBP_VSORRES")
    key = next(iter(feed.session.tree(feed.participants[0].identity))).key._replace(form="VS", item=item.name)
    name, row = aside_row(Places(feed, feed.participants[0]), Answer(item, key, missing="UNK"), "missing")
    assert name == ASTYPED and row[-5:] == ["missing", "", "", "UNK", ""]
