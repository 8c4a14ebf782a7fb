"""The shipped study definition says what the trial's tables say: every row, both languages, every check."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pytest

from mda5_crf.settings import study_directory
from mda5_crf.study.load import load
from mda5_crf.study.model import Form, Item, ItemType, Layout, Mark, Study
from mda5_crf.text import Text

ROOT = Path(__file__).parents[3]
DEFINITION = ROOT / "resources" / "study" / "nct04966884"


@lru_cache(maxsize=1)
def study() -> Study:
    """The definition, read once for the whole module."""
    return load(DEFINITION)


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LAB = _names("LBPERF LBREASND LBDAT LBTIM LBFAST LBNAM LBREFID")
SUB_ITEMS = _names("LBORRES LBSTRESN LBORNRLO LBORNRHI LBNRIND LBCLSIG LBTOXGR LBSTAT")
ANALYTES = {
    "LBC": _names(
        "CK LDH ALDOLASE ALT AST CKMB CKMBACT TROPONI ALP GGT BILI BILDIR ALB PROT CREAT UREA URATE GLUC CA"
        " SODIUM K"
        " CHOL TRIG HDL LDL DDIMER INR APTT"
    ),
    "LBI": _names("CRP ESR FERRITIN KL6 IGG IGA IGM C3 C4"),
}
GRADED = _names("CK LDH ALT AST ALP GGT BILI ALB CREAT URATE GLUC CA SODIUM K CHOL TRIG INR APTT")
MUSCLES = _names("DELT BICEP GMAX GMED QUAD WRISTEX ANKDF")
GRADES = ("NECKFLEX", *(muscle + side for muscle in MUSCLES for side in "RL"))
HAQ_ITEMS = tuple(f"HAQ01{n:02}" for n in (*range(1, 10), *range(23, 34)))
HAQ_AIDS = _names(
    "HAQ0114 HAQ0116 HAQ0115 HAQ0110 HAQ0111 HAQ0112 HAQ0113 HAQ0134 HAQ0135 HAQ0137 HAQ0139 HAQ0138 HAQ0136"
)
HAQ_HELP = _names("HAQ0119 HAQ0120 HAQ0121 HAQ0122 HAQ0142 HAQ0143 HAQ0144 HAQ0145")
SYSTEMS = _names("CON CUT SKE GI PUL CV")

ROWS: dict[str, tuple[str, ...]] = {
    "SV": _names("SVSTDAT SVOCCUR SVREASOC SVCNTMOD SVUPDES SVDY GCDAY GCMGKG GCCUM"),
    "DM": _names("SCRNUM BRTHDAT AGE SEX RACE ETHNIC CHILDPOT INITIALS"),
    "IC": _names("DSDECOD RFICDAT RFICTIM ICVER ICWHO ICOBTBY ICREL ICCOPY ICBIO ICPIPL SCRPRE ICWDDAT"),
    "IE": (
        "IEDAT",
        *(f"INCL0{n}_IEORRES" for n in range(1, 6)),
        *(f"EXCL0{n}_IEORRES" for n in range(1, 9)),
        *_names("IEYN IETESTCD ENROLYN ENROLDAT SFREAS"),
    ),
    "VS": _names(
        "VSPERF VSREASND VSDAT VSTIM VSPOS SYSBP_VSORRES DIABP_VSORRES PULSE_VSORRES RESP_VSORRES"
        " TEMP_VSORRES"
        " TEMP_VSLOC OXYSAT_VSORRES OXYSAT_VSO2 MRCGR HEIGHT_VSORRES WEIGHT_VSORRES BMI BSA"
    ),
    "LBC": (*LAB, *(f"[T]_{sub}" for sub in (*SUB_ITEMS, "LBORRESU")), *_names("COVAL EGFR CRCL CACORR")),
    "LBI": (
        *LAB,
        *(f"[T]_{sub}" for sub in (*SUB_ITEMS, "LBORRESU")),
        *_names("COVAL MDA5_LBMETHOD MDA5_LBORRES MDA5_LBGRADE MDA5_LBTITRE MDA5_LBCUT"),
        *_names("RO52_LBORRES JO1AB_LBORRES OTHMSA_LBORRES ANA_LBORRES"),
    ),
    "MMT": (
        *_names("MKPERF MKREASND MKDAT MKEVAL"),
        *(f"{g}_MKORRES" for g in GRADES),
        *_names("NE_[M] MMT150 MMT80"),
    ),
    "IMACS": _names(
        "IMDAT PHGAPERF PHREASND PHGA PHGALIK PHDMG PHEVAL PTGAPERF PTREASND PTGA PTGALIK PTGAHELP PTGALANG"
    ),
    "HAQ": (
        *_names("HAQPERF HAQREASND QSDAT QSPROBY QSLANG"),
        *HAQ_ITEMS,
        *HAQ_AIDS,
        "HAQAIDNO",
        *HAQ_HELP,
        *_names("HAQHLPNO HAQ0117 HAQ0118 HAQ0140 HAQ0141 HAQ0146 HAQNCAT HAQDI HAQDIALT"),
    ),
    "MDAAT": (
        *_names("RSPERF RSREASND RSDAT RSEVAL"),
        *(f"MD_{system}{end}" for system in SYSTEMS for end in ("_NA", "")),
        *_names("MD_OTH_SP MD_OTH MD_EXTRA MD_MUS MYOACT COVAL"),
    ),
    "TIS": _names(
        "TISENZ TISBASED TIS_PHGA TIS_PTGA TIS_MMT TIS_HAQ TIS_ENZ TIS_EXT TISNCOMP TISTOT TISCAT TISRESP"
        " TISRESPO"
    ),
    "EX": _names(
        "ECSPID ECTRT ECOCCUR ECDOSE ECDOSU ECDOSFRM ECDOSFRQ ECROUTE ECSTDAT ECSTTIM ECENDAT ECONGO ECADJ"
        " ECAENO"
        " ECDAYS ECCUM"
    ),
}
"""The rows of the trial's form tables, in their order."""

OVERVIEW = {
    "SV": 9, "DM": 8, "IC": 12, "IE": 19, "VS": 18, "LBC": 20, "LBI": 26, "MMT": 22, "IMACS": 13, "HAQ": 56,
    "MDAAT": 22, "TIS": 13, "EX": 16,
}  # fmt: skip
"""Item rows per form in the trial's overview table."""

ITEMS = {**OVERVIEW, "SV": 6, "LBC": 225, "LBI": 80, "MMT": 36}
"""Items here. SV: three sums come with form GC. LBC, LBI, MMT: rows written once are written out
(28 × 7 + 18 grades + 11; 9 × 7 + 17; 15 ticks instead of one row), and a unit is part of its result."""

ABSENT = {"GCDAY", "GCMGKG", "GCCUM"}


def expanded(form: str) -> list[str]:
    """The item names that follow from the table rows of ``form``, in any order."""
    result: list[str] = []
    for row in ROWS[form]:
        if row.startswith("[T]_"):
            sub = row[4:]
            if sub != "LBORRESU":
                result += [f"{t}_{sub}" for t in ANALYTES[form] if sub != "LBTOXGR" or t in GRADED]
        elif row == "NE_[M]":
            result += [f"NE_{grade}" for grade in GRADES]
        elif row not in ABSENT:
            result.append(row)
    return result


LEFT_OUT = {
    "SV-01": "rule of scheduling", "DM-01": "rule of enrolment", "IC-02": "list of approved versions",
    "IC-04": "FC", "IC-05": "delegation log", "IE-02": "DH", "IE-04": "CM", "IE-07": "MH", "IE-08": "MH, TUM",
    "IE-09": "LBS, MH", "IE-11": "LBH", "IE-12": "LBP", "IE-13": "LBS, CM", "VS-03": "ABG, AE", "VS-04": "AE",
    "VS-05": "ABG", "VS-08": "RPILD", "LBC-04": "reading the result", "LBC-06": "AE, MH", "LBC-07": "AE",
    "LBI-04": "reading the result", "LBI-06": "AE, MH", "LBI-07": "AE", "LBI-09": "DH, PFT, ABG",
    "MD-01": "CDASI",
    "MD-06": "ABG, PFT, HRCT", "EX-04": "LBH", "EX-07": "AE", "EX-08": "AE", "GC-03": "GC",
}  # fmt: skip

SEVERITIES = {
    "SV-02": "query", "SV-03": "query", "SV-04": "query",
    "DM-02": "hard", "DM-03": "hard", "DM-04": "query",
    "IC-01": "query", "IC-03": "query", "IC-06": "warning", "IC-07": "query",
    "IE-01": "hard", "IE-03": "query", "IE-05": "query", "IE-06": "query", "IE-10": "query",
    "IE-10.AST": "warning",
    "IE-14": "query", "IE-15": "query", "IE-16": "hard",
    "VS-01": "query", "VS-02": "hard", "VS-06": "query", "VS-07": "query",
    "LBC-01": "query", "LBC-02": "query", "LBC-05": "hard", "LBC-08": "hard", "LBC-09": "hard",
    "LBC-10": "query",
    "LBC-11": "query", "LBC-12": "warning",
    "LBI-01": "query", "LBI-02": "query", "LBI-05": "hard", "LBI-08": "hard", "LBI-11": "query",
    "LBI-12": "query",
    "LBI-13": "query",
    "MMT-01": "query", "MMT-02": "warning", "MMT-03": "hard", "MMT-04": "query", "MMT-05": "soft",
    "IM-01": "hard", "IM-02": "query",
    "HAQ-01": "query", "HAQ-02": "warning", "HAQ-03": "query", "HAQ-04": "hard", "HAQ-05": "hard",
    "MD-02": "query", "MD-03": "query", "TIS-01": "query", "TIS-02": "hard",
    "EX-01": "query", "EX-02": "query", "EX-03": "hard", "EX-05": "query", "EX-06": "query",
}  # fmt: skip
"""Every check of the trial's two lists that concerns only these forms, with its severity there."""

RANGE_CHECKS = {"LBC-03", "LBI-03", "IM-01"}
"""Checks that are ranges of items (IM-01 is a check as well)."""

SOFT_AND_HARD = {  # stored unit, hard range, soft range
    "CK": ("U/L", "0 500000", "10 10000"), "LDH": ("U/L", "10 20000", "80 1500"),
    "ALDOLASE": ("U/L", "0 500", "0.5 50"), "ALT": ("U/L", "0 20000", "0 300"), "AST": ("U/L", "0 20000",
    "0 300"),
    "CKMB": ("ng/mL", "0 5000", "0 30"), "CKMBACT": ("U/L", "0 10000", "0 50"), "TROPONI": ("ng/mL",
    "0 1000", "0 0.5"),
    "ALP": ("U/L", "0 10000", "20 400"), "GGT": ("U/L", "0 10000", "5 300"), "BILI": ("µmol/L", "0 1000",
    "2 60"),
    "BILDIR": ("µmol/L", "0 800", "0 30"), "ALB": ("g/L", "5 80", "20 55"), "PROT": ("g/L", "20 150",
    "45 95"),
    "CREAT": ("µmol/L", "5 3000", "20 300"), "UREA": ("mmol/L", "0.1 100", "1 25"),
    "URATE": ("µmol/L", "20 3000", "90 700"), "GLUC": ("mmol/L", "0.5 80", "3 20"), "CA": ("mmol/L", "0.5 5",
    "1.8 2.8"),
    "SODIUM": ("mmol/L", "90 200", "125 155"), "K": ("mmol/L", "1 10", "3 6"), "CHOL": ("mmol/L", "0.5 40",
    "2 12"),
    "TRIG": ("mmol/L", "0.1 100", "0.3 8"), "HDL": ("mmol/L", "0.1 6", "0.5 3"), "LDL": ("mmol/L", "0.1 30",
    "0.5 8"),
    "DDIMER": ("mg/L FEU", "0 200", "0 5"), "INR": ("ratio", "0.5 20", "0.8 3"), "APTT": ("s", "10 300",
    "20 60"),
    "CRP": ("mg/L", "0 1000", "0 200"), "ESR": ("mm/h", "0 200", "0 140"),
    "FERRITIN": ("ng/mL", "0 200000", "5 5000"), "KL6": ("U/mL", "0 50000", "50 5000"), "IGG": ("g/L",
    "0 100", "4 30"),
    "IGA": ("g/L", "0 30", "0.4 6"), "IGM": ("g/L", "0 30", "0.2 4"), "C3": ("g/L", "0 5", "0.4 2"),
    "C4": ("g/L", "0 2", "0.05 0.6"),
}  # fmt: skip

FACTORS = {  # item → typed unit → factor
    "LBC.CK_LBORRES": {"µkat/L": "60"}, "LBC.BILI_LBORRES": {"mg/dL": "17.1"},
    "LBC.ALB_LBORRES": {"g/dL": "10"},
    "LBC.CREAT_LBORRES": {"mg/dL": "88.4"}, "LBC.UREA_LBORRES": {"mg/dL urea": "0.1665",
    "mg/dL BUN": "0.357"},
    "LBC.URATE_LBORRES": {"mg/dL": "59.48"}, "LBC.GLUC_LBORRES": {"mg/dL": "0.05551"},
    "LBC.CA_LBORRES": {"mg/dL": "0.2495"}, "LBC.CHOL_LBORRES": {"mg/dL": "0.02586"},
    "LBC.TRIG_LBORRES": {"mg/dL": "0.01129"}, "LBC.TROPONI_LBORRES": {"ng/L": "0.001"},
    "LBI.CRP_LBORRES": {"mg/dL": "10"}, "LBI.FERRITIN_LBORRES": {"µg/L": "1", "mg/L": "1000"},
    "LBI.IGG_LBORRES": {"mg/dL": "0.01"}, "VS.SYSBP_VSORRES": {"kPa": "7.50062"},
    "VS.WEIGHT_VSORRES": {"lb": "0.45359237", "jin": "0.5"}, "VS.HEIGHT_VSORRES": {"in": "2.54"},
    "IMACS.PHGA": {"mm": "0.1"}, "MDAAT.MD_EXTRA": {"mm": "0.1"},
}  # fmt: skip

WINDOWS = {
    "SCR": (None, (-28, 1)), "BL": (1, (1, 1)), "W4": (29, (22, 36)), "W8": (57, (50, 64)), "W12": (85, (78,
    92)),
    "W24": (183, (169, 197)), "W36": (253, (239, 267)), "W52": (365, (351, 379)),
    "UNS": (None, None), "VEOT": (None, None), "SFU": (None, None), "FU": (None, None), "LOG": (None, None),
}  # fmt: skip

SCHEDULE = {  # form → events with X, c, o, L
    "SV": ("SCR BL W4 W8 W12 W24 W36 W52 UNS VEOT SFU", "", "", ""), "DM": ("SCR", "", "", ""),
    "IC": ("SCR", "", "UNS", ""), "IE": ("SCR", "BL", "", ""),
    "VS": ("SCR W4 W8 W12 W24 W36 W52 VEOT SFU", "BL", "UNS", ""),
    "LBC": ("SCR W4 W8 W12 W24 W36 W52 VEOT SFU", "BL", "UNS", ""), "LBI": ("SCR W4 W12 W24 W52 VEOT", "BL",
    "UNS", ""),
    "MMT": ("BL W4 W12 W24 W52 VEOT", "", "UNS", ""), "IMACS": ("BL W4 W12 W24 W52 VEOT", "", "UNS", ""),
    "HAQ": ("BL W4 W12 W24 W52 VEOT", "", "UNS", ""), "MDAAT": ("BL W4 W12 W24 W52 VEOT", "", "UNS", ""),
    "TIS": ("W4 W12 W24 W52 VEOT", "", "UNS", ""), "EX": ("", "", "", "LOG"),
}  # fmt: skip

_CJK = re.compile(r"[㐀-鿿]")
_WORDS = re.compile(r"[a-z]{4,}")


def all_items() -> list[Item]:
    """Every item of the definition."""
    return [item for form in study().forms.values() for item in form.items.values()]


def every_text() -> list[tuple[str, Text]]:
    """Every bilingual text with a word for where it stands."""
    found: list[tuple[str, Text | None]] = [("study", study().name), ("protocol", study().protocol)]
    found += [
        (f"event {event.oid}", text)
        for event in study().events.values()
        for text in (event.name, event.window_text)
    ]
    found += [(f"missing {code}", text) for code, text in study().missing_codes.items()]
    found += [(f"reason {code}", text) for code, text in study().reasons.items()]
    for codelist in study().codelists.values():
        found += [(f"{codelist.oid} {value.code}", value.text) for value in codelist.values]
    for form in study().forms.values():
        found += [(form.oid, text) for text in (form.name, form.note, form.watermark)]
        for group in form.groups:
            found += [
                (group.oid, text)
                for text in (group.title, *(axis.text for axis in (*group.rows, *group.columns)))
            ]
        found += [(check.oid, check.message) for check in form.checks]
        found += [
            (item.oid, text)
            for item in form.items.values()
            for text in (item.label, item.hint, item.guidance)
        ]
    return [(where, text) for where, text in found if text is not None]


# -- items --------------------------------------------------------------------------------------


def test_the_table_of_this_test_has_the_rows_of_the_overview() -> None:
    assert {form: len(rows) for form, rows in ROWS.items()} == OVERVIEW


@pytest.mark.parametrize("form", OVERVIEW)
def test_every_row_of_the_table_is_an_item_and_nothing_else_is(form: str) -> None:
    assert sorted(study().forms[form].items) == sorted(expanded(form))


def test_items_per_form_differ_from_the_overview_only_as_explained() -> None:
    assert {oid: len(form.items) for oid, form in study().forms.items()} == ITEMS


@pytest.mark.parametrize("form", [form for form in ROWS if form not in ("LBC", "LBI", "MMT")])
def test_items_keep_the_order_of_the_table(form: str) -> None:
    order = expanded(form)
    for date, gate in (("SVSTDAT", "SVOCCUR"), ("ECENDAT", "ECONGO")):  # the date depends on the answer
        if date in order:
            order.remove(gate)
            order.insert(order.index(date), gate)
    assert [item.name for group in study().forms[form].groups for item in group.items] == order


@pytest.mark.parametrize("item", all_items(), ids=lambda item: item.oid)
def test_an_item_has_what_its_type_needs(item: Item) -> None:
    assert item.label.en
    assert _CJK.search(item.label.zh), "the label is not Chinese"
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
    assert not item.not_done_item or item.not_done_item in study().forms[item.form].items
    if item.type in (ItemType.DATE, ItemType.PARTIAL_DATE):
        assert item.hard is not None, "a date without a limit could lie in the future"
        assert item.hard.high is not None


def test_computed_items_are_the_derived_rows() -> None:
    of_an_analyte = re.compile(r"_LB(STRESN|NRIND|TOXGR)$")
    derived = {item.oid for item in all_items() if item.computed and not of_an_analyte.search(item.name)}
    assert derived == {
        "SV.SVDY", "DM.AGE", "VS.BMI", "VS.BSA", "LBC.EGFR", "LBC.CRCL", "LBC.CACORR", "MMT.MMT150",
        "MMT.MMT80",
        "HAQ.HAQNCAT", "HAQ.HAQDI", "HAQ.HAQDIALT", "MDAAT.MYOACT", "EX.ECSPID", "EX.ECDAYS", "EX.ECCUM",
        *(f"TIS.{name}" for name in ROWS["TIS"]),
    }  # fmt: skip


@pytest.mark.parametrize("code", SOFT_AND_HARD)
def test_an_analyte_has_its_unit_and_ranges(code: str) -> None:
    form = "LBC" if code in ANALYTES["LBC"] else "LBI"
    unit, hard, soft = SOFT_AND_HARD[code]
    item = study().item(f"{form}.{code}_LBORRES")
    assert item.unit == unit
    for limits, expected in ((item.hard, hard), (item.soft, soft)):
        assert limits is not None and limits.low is not None and limits.high is not None
        assert [Decimal(limits.low.source), Decimal(limits.high.source)] == [
            Decimal(end) for end in expected.split()
        ]
    assert item.hard is not None and item.hard.oid == f"{form}-03"
    assert item.comparator
    assert item.not_done_item == f"{code}_LBSTAT"
    assert item.required == (code not in ("ALDOLASE", "CKMB", "CKMBACT"))
    assert study().item(f"{form}.{code}_LBCLSIG").investigator


@pytest.mark.parametrize("oid", FACTORS)
def test_a_unit_converts_by_the_factor_of_the_table(oid: str) -> None:
    conversions = study().item(oid).conversions
    assert {unit: factor for unit, (offset, factor) in conversions.items() if not offset} == {
        unit: Decimal(factor) for unit, factor in FACTORS[oid].items()
    }


def test_fahrenheit_becomes_celsius() -> None:
    offset, factor = study().item("VS.TEMP_VSORRES").conversions["°F"]
    assert abs((Decimal("98.6") + offset) * factor - 37) < Decimal("1e-30")


def test_every_upper_limit_that_a_grade_or_the_score_uses_is_required() -> None:
    needed = {
        item.name.removesuffix("_LBORNRHI")
        for item in all_items()
        if item.name.endswith("_LBORNRHI") and item.required
    }
    assert needed == set(_names("CK LDH ALDOLASE ALT AST ALP GGT BILI CREAT URATE CHOL CA SODIUM K APTT"))


# -- languages -----------------------------------------------------------------------------------


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


def test_participants_are_called_by_their_present_name() -> None:
    assert [where for where, text in every_text() if "受试者" in text.zh] == []


def test_no_message_uses_a_forbidden_word() -> None:
    messages = [(check.oid, check.message.en) for form in study().forms.values() for check in form.checks]
    assert [
        oid for oid, text in messages if re.search(r"\b(please|invalid|illegal|sorry)\b", text, re.IGNORECASE)
    ] == []


def test_the_blank_questionnaire_is_marked() -> None:
    watermark = study().forms["HAQ"].watermark
    assert watermark == Text("for transcription only, not for patients", "仅供转录，不得发给参与者")


# -- checks --------------------------------------------------------------------------------------


def present_checks() -> dict[str, set[str]]:
    """Check ids as built → severities."""
    built: dict[str, set[str]] = {}
    for form in study().forms.values():
        for check in form.checks:
            built.setdefault(check.oid, set()).add(str(check.severity))
    return built


def _base(oid: str) -> str:
    return oid if oid in SEVERITIES else oid.partition(".")[0]


def test_every_check_of_the_lists_is_built_or_left_out_by_name() -> None:
    built = {_base(oid) for oid in present_checks() if re.match(r"[A-Z]+-\d\d", oid)}
    ranges = {
        limits.oid.removesuffix(".SOFT")
        for item in all_items()
        for limits in (item.hard, item.soft)
        if limits is not None and re.match(r"[A-Z]+-\d\d", limits.oid)
    }
    assert built == set(SEVERITIES)
    assert ranges == RANGE_CHECKS
    assert not (built | ranges) & set(LEFT_OUT)


def test_a_check_has_the_severity_of_the_list() -> None:
    wrong = {
        oid: severities
        for oid, severities in present_checks().items()
        if _base(oid) in SEVERITIES and severities != {SEVERITIES[_base(oid)]}
    }
    assert wrong == {}


def test_what_is_left_out_is_said_in_the_documentation_with_its_reason() -> None:
    page = (ROOT / "docs" / "study.md").read_text(encoding="utf-8")
    lines = dict(re.findall(r"^\| ([A-Z]+-\d\d) \| (.+) \|$", page, re.MULTILINE))
    assert set(lines) == set(LEFT_OUT)
    for oid, reason in LEFT_OUT.items():
        for form in re.findall(r"\b[A-Z]{2,5}\b", reason):
            assert form in lines[oid], oid


def test_cross_form_and_presence_checks_wait_for_completion() -> None:
    """A sentence about another form must not appear while that form has not been reached yet."""
    early = []
    for form in study().forms.values():
        for check in form.checks:
            others = {ref.form for ref in check.fires.references if ref.form and ref.form != form.oid}
            known_for_weeks = check.oid == "EX-03"  # the enrolment date, when the first dose is entered
            if others - {"IC"} and not check.at_completion and not known_for_weeks:
                early.append(check.oid)
    assert early == []


def test_checks_stand_at_items_of_their_form() -> None:
    for form in study().forms.values():
        for check in form.checks:
            assert set(check.items) <= set(form.items), check.oid


def test_a_check_of_a_log_is_asked_in_every_row() -> None:
    assert {check.per_row for check in study().forms["EX"].checks} == {"DOSING"}


# -- schedule and settings -----------------------------------------------------------------------------


def test_events_and_their_windows() -> None:
    assert {event.oid: (event.target, event.window) for event in study().events.values()} == WINDOWS
    assert {event.oid for event in study().events.values() if event.repeating} == {"UNS", "FU"}
    for oid in ("VEOT", "SFU", "FU"):
        assert study().events[oid].window_text is not None


@pytest.mark.parametrize("form", SCHEDULE)
def test_a_form_is_due_where_the_matrix_says(form: str) -> None:
    marks = (Mark.REQUIRED, Mark.CARRIED, Mark.OPTIONAL, Mark.LOG)
    due = {(line.event, line.mark) for line in study().due if line.form == form}
    assert due == {
        (event, mark) for mark, events in zip(marks, SCHEDULE[form], strict=True) for event in events.split()
    }


def test_a_carried_result_serves_seven_days() -> None:
    assert {(line.form, line.within) for line in study().due if line.mark is Mark.CARRIED} == {
        ("IE", 28), ("VS", 7), ("LBC", 7), ("LBI", 7),
    }  # fmt: skip


def test_what_the_registry_does_not_state_decides_nothing() -> None:
    settings = study().settings
    assert {key: settings[key] for key in settings if key.endswith("_decides")} == {
        "excl05_decides": "false", "excl07_decides": "false", "excl08_decides": "false",
        "crcl_limit_decides": "false",
    }  # fmt: skip
    assert settings["crcl_limit"] == "50"


def test_codelists_are_all_used_and_their_codes_are_unique() -> None:
    used = {item.codelist for item in all_items()} - {None}
    assert set(study().codelists) == used
    for codelist in study().codelists.values():
        assert len(codelist.by_code) == len(codelist.values)


# -- layout ----------------------------------------------------------------------------------------


def layout_of(form: Form, group: str) -> Layout:
    """How a group is arranged."""
    return next(part.layout for part in form.groups if part.name == group)


def test_groups_are_arranged_for_typing() -> None:
    forms = study().forms
    assert layout_of(forms["LBC"], "RESULTS") is Layout.PANEL
    assert layout_of(forms["LBI"], "RESULTS") is Layout.PANEL
    assert layout_of(forms["HAQ"], "QUESTIONS") is Layout.GRID
    assert layout_of(forms["MMT"], "STRENGTH") is Layout.GRID
    assert layout_of(forms["MDAAT"], "SYSTEMS") is Layout.GRID
    assert layout_of(forms["EX"], "DOSING") is Layout.LOG
    assert forms["EX"].log


def test_english_has_straight_quotes() -> None:
    """The shipped font draws curly quotes as wide as a Chinese character."""
    found = re.compile(r'\ben = "((?:[^"\\]|\\.)*)"')
    for file in sorted(study_directory().rglob("*.toml")):
        for english in found.findall(file.read_text(encoding="utf-8")):
            assert not set("“”‘’") & set(english), f"{file.name}: {english}"
