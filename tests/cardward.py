"""A participant in the fourth week, with drugs, events and a report, for the tests of cards and reports."""

from __future__ import annotations

from datetime import date

from tests.scenario import OpenForm, Ward

D1 = date(2026, 8, 4)  # week 4: window 2026-08-25 to 2026-09-08, target 2026-09-01, the tests' today
STORY = "Fever since the morning, oxygen 88 %. 晨起发热，血氧饱和度88%。"


def begun(ward: Ward) -> Ward:
    """The first dose, which opens the windows, and the vital signs of baseline."""
    ward.open("LOG", "EX").new_row("DOSING").fill(
        ECTRT="TOFACITINIB", ECOCCUR="Y", ECDOSE="5", ECDOSU="mg", ECDOSFRM="TABLET", ECDOSFRQ="BID",
        ECROUTE="ORAL", ECSTDAT=D1.isoformat(), ECONGO="Y",
    )  # fmt: skip
    ward.open("BL", "SV").fill(SVOCCUR="Y", SVSTDAT=D1.isoformat())
    vitals(ward, "BL", D1.isoformat(), weight="60.0", oxygen="97")
    return ward


def vitals(ward: Ward, event: str, day: str, *, weight: str, oxygen: str) -> OpenForm:
    form = ward.open(event, "VS").enter("VSPERF", "Y")
    return form.fill(VSDAT=day, SYSBP_VSORRES="120", OXYSAT_VSORRES=oxygen, WEIGHT_VSORRES=weight)


def drugs(ward: Ward) -> Ward:
    """A glucocorticoid, something that interacts, something that is over."""
    steroid = ward.open("LOG", "GC").new_row("ROWS")
    steroid.fill(
        CMTRT="METHYLPREDNISOLONE",
        CMDOSTOT="40",
        CMDOSFRQ="QD",
        CMROUTE="ORAL",
        CMSTDAT="2026-08",
        CMONGO="Y",
    )
    log = ward.open("LOG", "CM").enter("CMYN", "Y")
    log.new_row("ROWS").fill(
        CMTRT="Voriconazole 伏立康唑", CMSTDAT="2026-08-20", CMONGO="Y", CMDDI="INHIBITOR"
    )
    log.new_row("ROWS").fill(CMTRT="Cefuroxime", CMSTDAT="2026-07-01", CMONGO="N", CMENDAT="2026-07-09")
    log.new_row("ROWS").fill(CMTRT="Struck drug", CMSTDAT="2026-08-20", CMONGO="Y", CMDDI="INHIBITOR")
    log.strike("ROWS", "entered twice")
    return ward


def event(ward: Ward, term: str = "Pneumonia 肺炎", start: str = "2026-08-28") -> OpenForm:
    """A serious event that goes on."""
    log = ward.open("LOG", "AE").enter("AEYN", "Y").new_row("ROWS")
    log.fill(AETERM=term, AESTDAT=start, AEONGO="Y", AETOXGR="3", AEOUT="NOT RECOVERED/NOT RESOLVED")
    log.enter("AEACN", "DRUG INTERRUPTED").enter("AEREL", "POSSIBLY RELATED")
    return log.enter("AESER", "Y").enter("AESDTH", "N").enter("AESHOSP", "Y")


def report(ward: Ward, link: str = "1", story: str = STORY, aware: str = "2026-09-01T08:30") -> OpenForm:
    log = ward.open("LOG", "SAE").new_row("ROWS").fill(SAEVER="INITIAL", SAESERDT="2026-08-29")
    if link:
        log.enter("AESPID", link)
    if aware:
        log.enter("SAEAWDT", aware)
    return log.enter("SAENARR", story) if story else log
