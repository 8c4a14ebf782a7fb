"""The shipped definition says what the trial's tables say: every form, row, label, type, list and unit."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from mda5_crf.settings import study_directory
from mda5_crf.study.model import Item, ItemType, Layout
from mda5_crf.text import Text
from tests.unit.study.trial_reference import (
    ItemRow,
    all_items,
    analytes,
    codelists,
    forms,
    items,
    study,
)

SUBS = ("ORRES", "STRESN", "ORNRLO", "ORNRHI", "NRIND", "CLSIG", "TOXGR", "STAT")
"""What an analyte has. "Unit as reported" is part of the result; a grade needs a CTCAE term."""

MUSCLES = ("DELT", "BICEP", "GMAX", "GMED", "QUAD", "WRISTEX", "ANKDF")
GRADES = ("NECKFLEX", *(muscle + side for muscle in MUSCLES for side in "RL"))
SYSTEMS = ("GENERAL", "SKIN", "HEENT", "NODES", "LUNGS", "HEART", "ABDOMEN", "LIMBS", "JOINTS", "NEURO")
PANEL = {"LBR": ("INTLK18", "IFNA", "INTLK6", "SFTPD")}
"""Forms whose analytes stand in another order than in the list of analytes: as their own table names them."""

MORE = {  # items that no row names → the item before them
    "LBS": {"HBSAB_LBTITRE": "HBSAB_LBORRES", "IGRALIM": "IGRA_NUM"},
    "FC": {"FCBPREAS": "FCBPAN", "CD4CD8_REP": "CD4CD8_LBORRES", "CD8CHG": "CD4CD8_REP"},
    "LBH": {"LYMCHG": "NLR"}, "LBI": {"FERRITINCHG": "COVAL"},
    "PFT": {
        "FEV1FVCR_REORRES": "FEV1FVC_REORRES", "DLCOHBC": "DLCOHC_REORRES", "FVCPPCHG": "REDLQUAL",
        "DLCOPPCHG": "FVCPPCHG",
    },
    "ABG": {"FIO2FLOW": "O2FLOW", "PFCLASS": "PO2FIO2"},
    "SS": {"COVAL": "SSLOST"},
}  # fmt: skip

MOVED = {  # item → the item it stands before ("" = the end), because of a gate or of how people work
    "SV": {"SVOCCUR": "SVSTDAT"},
    "DH": {  # the dates of one story together; the lungs and the skin in blocks of their own
        "DHMDA5DT": "DHNEW", "DHRESDAT": "DHRPILD", "DHPALM": "DHCUTULC", "DHVSGN": "DHCUTULC",
        "DHSHAWL": "DHCUTULC",
    },
    "LBI": {"COVAL": ""}, "PFT": {"REQUAL": "DLCOPERF"}, "EX": {"ECONGO": "ECENDAT"},
    "GC": {"CMONGO": "CMENDAT"}, "CM": {"CMONGO": "CMENDAT"},
    "PR": {"PRONGO": "PRENDAT", "PRAENO": "PRRESC"}, "SS": {"SSLOST": "OSDAYS"}, "DV": {"DVAUTO": ""},
}  # fmt: skip

LINES = {"MH.MHSPID", "EX.ECSPID", "GC.GCSPID", "CM.CMSPID", "AE.AESPID", "DV.DVSPID"}
"""Line numbers are counted, not typed."""

LINKS = {
    "EX.ECAENO": "AE", "GC.CMAENO": "AE", "CM.CMAENO": "AE", "CM.CMMHNO": "MH", "PR.PRAENO": "AE",
    "SAE.AESPID": "AE", "AESI.AESPID": "AE", "EOT.DSAENO": "AE", "RPILD.RPAENO": "AE",
}  # fmt: skip
"""Rows that name lines of another log hold the rows themselves."""

OWN_COMPUTED = {
    "PFT.DLCOHBC", "PFT.FVCPPCHG", "PFT.DLCOPPCHG", "ABG.FIO2FLOW", "ABG.PFCLASS",
    "LBH.LYMCHG", "LBI.FERRITINCHG", "FC.CD8CHG",
}  # fmt: skip
NOT_COMPUTED = {"DV.DVAUTO"}
"""The check that proposed a deviation is written when a person takes the proposal over."""

BY_A_CHECK = {  # asked in their branch by a check at completion, because hiding would hide a contradiction
    "MH.MHENDAT", "CM.CMENDAT", "AE.AEENDAT", "HAQ.HAQAIDNO", "HAQ.HAQHLPNO", "CM.CMDOSU",
    "LBI.MDA5_LBMETHOD", "LBI.MDA5_LBORRES",
    "VS.HEIGHT_VSORRES", "LBI.MDA5_LBTITRE", "ABG.ABGREASND", "EX.ECAENO", "AESI.VTEIMG", "SAE.SAEDIDT",
}  # fmt: skip

GATED = {
    "IC.SCRPRE", "IC.ICWDDAT",  # said once, on the first consent
    "LBS.CMVIGM_LBORRES", "LBS.CMVDNA_LBORRES", "LBS.EBVIGM_LBORRES", "LBS.EBVDNA_LBORRES",
    "LBS.BDG_LBORRES", "LBS.GM_LBORRES", "LBS.PCT_LBORRES",  # LBPERF = Y
    "DV.DVAUTO",  # DVYN = Y
}  # fmt: skip
"""Items with a gate where the table names none."""

UNGATED = {"LBP.LBPERF"}
"""The form itself is due for CHILDPOT = Y only, and LBP-01 must be able to see it filled."""

UNITS = {"MDA5_LBTITRE": "U/mL", "MDA5_LBCUT": "U/mL", "IGRA_NUM": "IU/mL"}
"""Units of the kit: the table says "or", or "same"."""

NO_UNIT = ("hh:mm", "ECDOSU", "10⁹/L")
"""Clock times have no unit to type; a dose has an item for it, CYTOGR has that of its analyte."""

COMPARE = {"LBI.MDA5_LBTITRE", "LBS.BDG_LBORRES", "LBS.GM_LBORRES", "LBS.IGRA_NUM", "LBS.PCT_LBORRES"}
"""Kits report these below or above a limit too: ``<`` and ``>`` are answers although the table names none."""

FACTORS = {
    "DDIMER": {"µg/mL FEU": "1", "ng/mL FEU": "0.001", "mg/L DDU": "2", "ng/mL DDU": "0.002"},
    "URBC": {"/µL": "1"}, "UWBC": {"/µL": "1"},
}  # fmt: skip
"""Where the list of units is written in other words than the table's."""

OTHER_UNITS = {  # item → typed unit → factor, outside the panels
    "VS.SYSBP_VSORRES": {"kPa": "7.50062"}, "VS.WEIGHT_VSORRES": {"lb": "0.45359237", "jin": "0.5"},
    "VS.HEIGHT_VSORRES": {"in": "2.54"}, "IMACS.PHGA": {"mm": "0.1"}, "MDAAT.MD_EXTRA": {"mm": "0.1"},
    "HAQ.HAQ0146": {"mm": "0.1"}, "ABG.FIO2_LBORRES": {"%": "0.01"}, "ABG.PO2_LBORRES": {"kPa": "7.50062"},
    "ABG.PCO2_LBORRES": {"kPa": "7.50062"}, "ABG.LACTATE_LBORRES": {"mg/dL": "0.111"},
    "ABG.BARO": {"kPa": "7.50062"}, "PFT.FVC_REORRES": {"mL": "0.001"}, "PFT.REHGB": {"g/dL": "10"},
    "PFT.DLCO_REORRES": {"mmol/min/kPa": "2.986"}, "FC.CD3_LBORRES": {"10⁹/L": "1000"},
    "AESI.HEPBILI": {"mg/dL": "17.1"}, "LBS.PCT_LBORRES": {"µg/L": "1"},
}  # fmt: skip

OUR_WORDS = {"REFEQ": {"GLI2012", "GLI2017", "GLI2022", "ECSC93"}}
"""Codes whose Chinese says what the abbreviation is."""

_CJK = re.compile(r"[㐀-鿿]")
_WORDS = re.compile(r"[a-z]{4,}")


def panel(form: str) -> tuple[str, ...]:
    """The analytes of a form, in its order."""
    return PANEL.get(form, tuple(code for code, found in analytes().items() if found.form == form))


def _written_out(row: ItemRow) -> list[str]:
    """The items of one row: one, or one per analyte, muscle or system."""
    if row.name.startswith("[TESTCD]"):
        return [f"{code}{row.name.removeprefix('[TESTCD]')}" for code in panel(row.form)]
    if row.name == "NE_[MUSCLE]":
        return [f"NE_{grade}" for grade in GRADES]
    if row.form == "PE" and row.name.startswith("PE") and row.name not in ("PEPERF", "PEREASND", "PEDAT"):
        systems = {"PETEST": (), "PEVELCRO": ("LUNGS",)}.get(row.name, SYSTEMS)
        return [f"{system}_{row.name}" for system in systems]
    return [row.name]


def order_of(form: str) -> list[str]:
    """The items of a form in the order they should have: the table, written out, moved and added to."""
    rows = [row for row in items() if row.form == form]
    plain = [row for row in rows if len(_written_out(row)) == 1 and "[" not in row.name]
    order = [row.name for row in plain] if form != "PE" else ["PEPERF", "PEREASND", "PEDAT"]
    if form == "MMT":
        order[order.index("MMT150") : order.index("MMT150")] = [f"NE_{grade}" for grade in GRADES]
    if any(row.name.startswith("[TESTCD]") for row in rows):
        order += [f"{code}_LB{sub}" for code in panel(form) for sub in SUBS if _has(code, sub)]
        head = next(n for n, row in enumerate(rows) if row.name.startswith("[TESTCD]"))
        after = [row.name for row in rows[head:] if "[" not in row.name]
        order = [name for name in order if name not in after] + after
    if form == "PE":
        for system in SYSTEMS:
            order += [f"{system}_{end}" for end in ("PERES", "PEDESC", "PECLSIG")]
            order += ["LUNGS_PEVELCRO"] if system == "LUNGS" else []
    for name, before in MOVED.get(form, {}).items():
        order.remove(name)
        order.insert(order.index(before) if before else len(order), name)
    for name, after_this in MORE.get(form, {}).items():
        order.insert(order.index(after_this) + 1, name)
    return order


def _has(code: str, sub: str) -> bool:
    return sub != "TOXGR" or analytes()[code].graded


def rows_and_items() -> list[tuple[ItemRow, Item]]:
    """Every row of the tables with its item; rows that are written out are looked at by themselves."""
    return [
        (row, study().forms[row.form].items[row.name])
        for row in items()
        if row.name in study().forms[row.form].items
    ]


def every_text() -> list[tuple[str, Text]]:
    """Every bilingual text with a word for where it stands."""
    one = study()
    found: list[tuple[str, Text | None]] = [("study", one.name), ("protocol", one.protocol)]
    found += [(e.oid, text) for e in one.events.values() for text in (e.name, e.window_text)]
    found += [(f"missing {code}", text) for code, text in one.missing_codes.items()]
    found += [(f"reason {code}", text) for code, text in one.reasons.items()]
    found += [(closing.oid, closing.text) for closing in one.closings]
    for codelist in one.codelists.values():
        found += [(f"{codelist.oid} {value.code}", value.text) for value in codelist.values]
    for form in one.forms.values():
        found += [(form.oid, text) for text in (form.name, form.note, form.watermark)]
        for group in form.groups:
            axes = [axis.text for axis in (*group.rows, *group.columns)]
            found += [(group.oid, text) for text in (group.title, *axes)]
        found += [(check.oid, check.message) for check in form.checks]
        for item in form.items.values():
            found += [(item.oid, text) for text in (item.label, item.hint, item.guidance)]
    return [(where, text) for where, text in found if text is not None]


# -- forms and items -------------------------------------------------------------------------------


def test_the_tables_have_the_rows_of_the_overview() -> None:
    assert len(forms()) == 44
    assert {oid: sum(row.form == oid for row in items()) for oid in forms()} == {
        oid: form.rows for oid, form in forms().items()
    }
    assert len(items()) == sum(form.rows for form in forms().values()) == 789
    assert sum(row.asked == "D" for row in items()) == 73
    assert len(analytes()) == 57


@pytest.mark.requirement("PIPL-2")
def test_every_form_is_there_and_has_its_name() -> None:
    assert {oid: form.name for oid, form in study().forms.items()} == {
        oid: form.name for oid, form in forms().items()
    }


@pytest.mark.parametrize("form", forms())
def test_every_row_of_the_table_is_an_item_and_nothing_else_is(form: str) -> None:
    named = {name for row in items() if row.form == form for name in _written_out(row)}
    named -= {f"{code}_LBORRESU" for code in panel(form)}
    named -= {f"{code}_LBTOXGR" for code in panel(form) if not analytes()[code].graded}
    if any(row.form == form and row.name == "[TESTCD]_LBORRES" for row in items()):
        # The short tables of LBU and LBR name one line for all that an analyte has.
        named |= {f"{code}_LB{sub}" for code in panel(form) for sub in SUBS if _has(code, sub)}
    assert set(study().forms[form].items) == named | set(MORE.get(form, ()))


@pytest.mark.parametrize("form", forms())
def test_items_keep_the_order_of_the_table(form: str) -> None:
    groups = study().forms[form].groups
    assert [item.name for group in groups for item in group.items] == order_of(form)


def test_every_label_is_the_one_of_the_table() -> None:
    other = [(item.oid, item.label) for row, item in rows_and_items() if item.label != row.label]
    assert other == []


def test_an_analyte_is_labelled_by_its_name_and_what_it_is() -> None:
    ends = {
        "STRESN": (": stored value", "：换算结果"), "ORNRLO": (": lower reference limit", "：参考下限"),
        "ORNRHI": (": upper reference limit", "：参考上限"),
        "NRIND": (": position to range", "：与参考范围关系"),
        "CLSIG": (": clinically significant?", "：是否有临床意义？"), "STAT": (": not done", "：未检测"),
        "TOXGR": (": CTCAE v5 grade", "：CTCAE v5分级"), "ORRES": ("", ""),
    }  # fmt: skip
    for code, found in analytes().items():
        for sub in SUBS:
            if _has(code, sub):
                label = study().item(f"{found.form}.{code}_LB{sub}").label
                assert label == Text(found.name.en + ends[sub][0], found.name.zh + ends[sub][1])


def _type_of(item: Item) -> str:
    """The type as the tables write it."""
    if item.computed:
        return "calc"
    names = {ItemType.TEXT: f"text({item.length})", ItemType.PARTIAL_DATE: "pdate", ItemType.INTEGER: "int"}
    if item.type is ItemType.DECIMAL:
        return "float <>" if item.comparator else f"float .{item.decimals}"
    return names.get(item.type, item.type.value)


def test_every_item_has_the_type_of_the_table() -> None:
    wrong = {}
    for row, item in rows_and_items():
        kind = re.sub(r"float\(\d+\.(\d+)\)", r"float .\1", row.type)
        if item.oid in LINES:
            assert kind == "int"
            kind = "calc"
        elif item.oid in LINKS:
            assert row.codelist == f"{LINKS[item.oid]}SPID"
            assert (item.to, item.many) == (LINKS[item.oid], kind == "multi"), item.oid
            kind = "link"
        elif item.oid == "EX.ECDOSE":
            assert row.codelist == "TOFDOSE"  # a closed list of doses, not any number
            kind = "code"
        elif item.oid in NOT_COMPUTED:
            kind = "text(40)"
        elif item.oid in COMPARE:
            assert kind == f"float .{item.decimals}"
            kind = "float <>"
        if _type_of(item) != kind:
            wrong[item.oid] = (_type_of(item), kind)
    assert wrong == {}
    assert {item.oid: item.to for item in all_items() if item.type is ItemType.LINK} == LINKS


def test_every_item_has_the_codelist_of_the_table() -> None:
    wrong = {
        item.oid: (item.codelist, row.codelist)
        for row, item in rows_and_items()
        if (item.codelist or "") != ("" if item.oid in LINKS else row.codelist)
    }
    assert wrong == {}
    for row in items():
        if row.form in ("PE", "MMT") and row.codelist and row.name != "PETEST":
            for name in _written_out(row):
                assert study().item(f"{row.form}.{name}").codelist == row.codelist
    of_subs = {"NRIND": "NRIND", "CLSIG": "CLSIG", "TOXGR": "TOXGR", "STAT": "NOTDONE"}
    for code, found in analytes().items():
        for sub, codelist in of_subs.items():
            # Where a symptom decides between two grades, "1–2" is no code.
            if _has(code, sub) and (sub, code) not in (("TOXGR", "K"), ("TOXGR", "SODIUM")):
                assert study().item(f"{found.form}.{code}_LB{sub}").codelist == codelist


def test_every_item_is_asked_as_the_table_says() -> None:
    wrong = []
    for row, item in rows_and_items():
        if item.oid in LINES | NOT_COMPUTED:
            continue
        asked = "D" if item.computed else "O" if not item.required else "R"
        expected = "R" if row.asked in "RC" else row.asked
        if item.oid in BY_A_CHECK:
            assert (row.asked, asked) == ("C", "O"), item.oid
        elif asked != expected:
            wrong.append((item.oid, row.asked, asked))
    assert wrong == []


def test_every_item_has_a_gate_where_the_table_has_a_branch() -> None:
    different: dict[bool, set[str]] = {True: set(), False: set()}
    for row, item in rows_and_items():
        group = next(one for one in study().forms[item.form].groups if one.name == item.group)
        gated = item.relevant is not None or group.relevant is not None
        if gated != bool(row.when) and not item.computed and item.oid not in BY_A_CHECK:
            different[gated].add(item.oid)
    assert different == {True: GATED, False: UNGATED}


def test_what_a_check_asks_for_is_at_an_item_of_that_check() -> None:
    asked = {
        f"{form.oid}.{name}"
        for form in study().forms.values()
        for check in form.checks
        if check.at_completion
        for name in check.items
    }
    # Nobody can ask for the day of discharge before it has come.
    assert BY_A_CHECK - asked == {"SAE.SAEDIDT"}


def test_computed_items_are_the_derived_rows() -> None:
    of_an_analyte = re.compile(r"_LB(STRESN|NRIND|TOXGR)$")
    derived = {item.oid for item in all_items() if item.computed and not of_an_analyte.search(item.name)}
    rows = {f"{row.form}.{row.name}" for row in items() if row.asked == "D" and "[" not in row.name}
    assert derived == (rows | LINES | OWN_COMPUTED) - NOT_COMPUTED
    for code, found in analytes().items():
        for sub in SUBS:
            if _has(code, sub):
                computed = study().item(f"{found.form}.{code}_LB{sub}").computed
                assert computed == (sub in ("STRESN", "NRIND", "TOXGR")), (code, sub)


@pytest.mark.parametrize("form", forms())
def test_an_item_has_what_its_type_needs(form: str) -> None:
    # Tablets expire later, a report falls due later; for two clock readings of the laboratory the
    # tables name a lower limit only.
    later = {"DA.DAEXPDT", "SAE.SAEDUE"}
    for item in study().forms[form].items.values():
        assert item.label.en
        assert _CJK.search(item.label.zh) or not _WORDS.search(item.label.zh), item.oid
        assert item.oid == f"{item.form}.{item.name}"
        if item.type in (ItemType.CODE, ItemType.MULTI):
            assert item.codelist is not None and study().codelists[item.codelist].values
        else:
            assert item.codelist is None
        if item.type is ItemType.TEXT and not item.computed:
            assert item.length
        if item.unit is not None:
            assert item.unit in study().units
        assert set(item.missing) <= set(study().missing_codes)
        assert not (item.computed and item.required)
        assert not item.not_done_item or item.not_done_item in study().forms[form].items
        if item.type in (ItemType.DATE, ItemType.PARTIAL_DATE, ItemType.DATETIME) and item.oid not in later:
            assert item.hard is not None and item.hard.high is not None, f"{item.oid} may lie in the future"


# -- units and analytes ------------------------------------------------------------------------------


def test_every_item_has_the_unit_of_the_table() -> None:
    wrong = {}
    for row, item in rows_and_items():
        graded = row.unit == "point" and item.codelist is not None  # a grade has its codes, a score its unit
        unit = UNITS.get(item.name, "" if graded or row.unit in NO_UNIT else row.unit)
        if unit == "as DLCO":
            unit = study().item("PFT.DLCO_REORRES").unit or ""
        if (item.unit or "") != unit:
            wrong[item.oid] = (item.unit, unit)
    assert wrong == {}


@pytest.mark.parametrize("code", analytes())
def test_an_analyte_has_its_unit_and_ranges(code: str) -> None:
    found = analytes()[code]
    item = study().item(f"{found.form}.{code}_LBORRES")
    assert (item.unit or "") == found.unit.replace("grade 0–4", "grade").replace("/HPF or /µL", "/HPF")
    expected = {unit: Decimal(factor) for unit, factor in FACTORS.get(code, {}).items()} or found.factors
    assert {unit: factor for unit, (offset, factor) in item.conversions.items() if not offset} == expected
    for limits, ends in ((item.hard, found.hard), (item.soft, found.soft)):
        assert limits is not None and limits.low is not None and limits.high is not None
        assert (Decimal(limits.low.source), Decimal(limits.high.source)) == ends
    assert item.hard is not None and item.hard.oid == f"{found.form}-03"
    assert item.comparator
    assert item.not_done_item == f"{code}_LBSTAT"
    assert item.required == (code not in ("ALDOLASE", "CKMB", "CKMBACT") and found.form != "LBR")
    assert study().item(f"{found.form}.{code}_LBCLSIG").investigator
    for limit in ("LBORNRLO", "LBORNRHI"):
        assert study().item(f"{found.form}.{code}_{limit}").unit_from == f"{code}_LBORRES"


@pytest.mark.parametrize("oid", OTHER_UNITS)
def test_a_unit_converts_by_the_factor_of_the_table(oid: str) -> None:
    conversions = study().item(oid).conversions
    assert {unit: factor for unit, (offset, factor) in conversions.items() if not offset} == {
        unit: Decimal(factor) for unit, factor in OTHER_UNITS[oid].items()
    }


def test_fahrenheit_becomes_celsius() -> None:
    offset, factor = study().item("VS.TEMP_VSORRES").conversions["°F"]
    assert abs((Decimal("98.6") + offset) * factor - 37) < Decimal("1e-30")


def test_every_upper_limit_that_a_grade_or_the_score_uses_is_required() -> None:
    ends = "_LBORNRHI"
    limits = [item for item in all_items() if item.name.endswith(ends)]
    needed = {item.name.removesuffix(ends) for item in limits if item.required}
    assert len(limits) == 57
    assert needed == set("CK LDH ALDOLASE ALT AST ALP GGT BILI CREAT URATE CHOL CA SODIUM K APTT HGB".split())


# -- codelists -----------------------------------------------------------------------------------------


def test_codelists_are_all_used_and_their_codes_are_unique() -> None:
    used = {item.codelist for item in all_items()} - {None}
    # The body systems are the headings of a grid; the type of HRCT score is a setting.
    assert set(study().codelists) - used == {"PESYS", "HRMETH"}
    systems = study().forms["PE"].groups[1].rows
    assert [row.code for row in systems] == list(study().codelists["PESYS"].by_code)
    assert study().settings["hrct_method"] in study().codelists["HRMETH"].by_code
    for codelist in study().codelists.values():
        assert len(codelist.by_code) == len(codelist.values)


def test_there_are_110_codelists() -> None:
    links = {"AESPID", "MHSPID"}  # rows of a log, not codes
    assert len(codelists()) == 110
    assert set(codelists()) - set(study().codelists) == {"UNIT", *links}  # a unit is part of its result
    assert set(study().codelists) - set(codelists()) == {"BERLIN"}  # the class of ABG.PFCLASS


@pytest.mark.parametrize("name", sorted(set(codelists()) - {"UNIT", "AESPID", "MHSPID", "LABNAM"}))
def test_a_codelist_has_the_codes_of_the_table(name: str) -> None:
    built = [(value.code, value.text) for value in study().codelists[name].values]
    if name == "TESTCD":
        assert sorted(built) == sorted((code, found.name) for code, found in analytes().items())
        return
    named = codelists()[name]
    assert [code for code, _ in built] == [code for code, _ in named]
    for (code, text), (_, expected) in zip(built, named, strict=True):
        if code in OUR_WORDS.get(name, ()):
            assert text.en == expected.en and expected.zh in text.zh
        elif expected.en:
            assert text == expected, code


# -- languages -----------------------------------------------------------------------------------------


def test_every_text_is_in_both_languages_and_the_chinese_is_chinese() -> None:
    lacking = [
        (where, text.en)
        for where, text in every_text()
        if not text.en
        or not text.zh
        or _CJK.search(text.en)
        or (_WORDS.search(text.zh) and not _CJK.search(text.zh))
    ]
    assert lacking == []


@pytest.mark.requirement("CN-12")
def test_participants_are_called_by_their_present_name() -> None:
    assert [where for where, text in every_text() if "受试者" in text.zh] == []


def test_no_message_uses_a_forbidden_word() -> None:
    messages = [(check.oid, check.message.en) for form in study().forms.values() for check in form.checks]
    forbidden = re.compile(r"\b(please|invalid|illegal|sorry)\b", re.IGNORECASE)
    assert [oid for oid, text in messages if forbidden.search(text)] == []


def test_the_blank_questionnaires_are_marked() -> None:
    mark = Text("for transcription only, not for patients", "仅供转录，不得发给参与者")
    assert {oid for oid, form in study().forms.items() if form.watermark} == {"HAQ", "CDASI"}
    assert study().forms["HAQ"].watermark == study().forms["CDASI"].watermark == mark


def test_english_has_straight_quotes() -> None:
    """The shipped font draws curly quotes as wide as a Chinese character."""
    found = re.compile(r'\ben = "((?:[^"\\]|\\.)*)"')
    for file in sorted(study_directory().rglob("*.toml")):
        for english in found.findall(file.read_text(encoding="utf-8")):
            assert not set("“”‘’") & set(english), f"{file.name}: {english}"


# -- layout --------------------------------------------------------------------------------------------

LAYOUTS = {
    "LBH": "RESULTS panel", "LBC": "RESULTS panel", "LBU": "RESULTS panel", "LBI": "RESULTS panel",
    "LBR": "RESULTS panel", "FC": "SUBSETS panel", "HAQ": "QUESTIONS grid", "MMT": "STRENGTH grid",
    "MDAAT": "SYSTEMS grid", "CDASI": "SITES grid", "PE": "SYSTEMS grid", "HRCT": "ZONES grid",
    "BS": "SAMPLES log", "EX": "DOSING log",
    **dict.fromkeys(("MH", "GC", "CM", "PR", "AE", "SAE", "AESI", "PREG", "RPILD", "DV"), "ROWS log"),
}  # fmt: skip
"""Groups that are more than lines below each other."""


def test_groups_are_arranged_for_typing() -> None:
    arranged = {
        oid: f"{group.name} {group.layout.value}"
        for oid, form in study().forms.items()
        for group in form.groups
        if group.layout is not Layout.ROWS
    }
    assert arranged == LAYOUTS
    logs = {oid for oid, form in study().forms.items() if form.log}
    assert logs == {oid for oid, arranged in LAYOUTS.items() if arranged.endswith("log")} - {"BS"}
    assert {oid for oid, form in study().forms.items() if form.repeating} == {"HRCT"}
