"""Made-up rows of the running logs, as the course of a participant gives them. Links are line numbers."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from mda5_crf.jobs.courses import Event, Remedy
from mda5_crf.jobs.examinations import Answers
from mda5_crf.jobs.patient import Patient

Rows = list[Answers]

# Days from the last dose or the event to the pulse of methylprednisolone when the lungs fail.
_PULSE = ((46, 48, Decimal(500)), (49, 66, Decimal(80)))


def until(patient: Patient, last: int | None) -> Answers:
    """CMONGO and CMENDAT: nothing goes on beyond a death."""
    death = patient.course.death
    if death is not None and (last is None or last > death):
        last = death
    if last is None or last > patient.today:
        return {"CMONGO": "Y"}
    return {"CMONGO": "N", "CMENDAT": patient.iso(last)}


def history(patient: Patient) -> Rows:
    """Form MH."""
    if not patient.course.history:
        return []
    return [
        {
            "MHTERM": "Hypertension 高血压", "MHCAT": "CARDIOVASCULAR", "MHSTDAT": str(patient.day1.year - 4),
            "MHONGO": "Y", "MHTOXGR": "1", "MHCONTRT": "Y",
        },
        {
            "MHTERM": "Appendectomy 阑尾切除术", "MHCAT": "SURGERY", "MHSTDAT": str(patient.day1.year - 9),
            "MHONGO": "N", "MHENDAT": str(patient.day1.year - 9),
        },
    ]  # fmt: skip


def dosing(patient: Patient) -> Rows:
    """Form EX."""
    rows = []
    for number, interval in enumerate(patient.course.dosing, 1):
        row = {
            "ECTRT": "TOFACITINIB",
            "ECOCCUR": "Y" if interval.frequency else "N",
            "ECSTDAT": patient.iso(interval.first),
            "ECONGO": "N",
            "ECENDAT": patient.iso(interval.last),
        }
        if number == 1:
            row["ECSTTIM"] = "10:00"
        if interval.frequency:
            row |= {
                "ECDOSE": "5", "ECDOSU": "mg", "ECDOSFRM": "TABLET", "ECDOSFRQ": interval.frequency,
                "ECROUTE": "ORAL",
            }  # fmt: skip
        if interval.why:
            row |= {"ECADJ": interval.why, "ECAENO": str(interval.event)}
        rows.append(row)
    return rows


def glucocorticoid(patient: Patient) -> Rows:
    """Form GC: before the trial, the planned taper, and what the course asks for beside it."""
    drug, factor = "PREDNISONE", Decimal(1)
    if int(patient.subjid[3:]) % 3 == 1:
        drug, factor = "METHYLPREDNISOLONE", Decimal("0.8")
    rows = []
    if patient.course.treated_before:
        rows.append(_dose(drug, 25 * factor, "OTHER", patient.iso(-30), patient.iso(-1)))
    steps = patient.taper()
    last_day = min(patient.today, patient.today if patient.course.death is None else patient.course.death)
    pulse = _PULSE if patient.course.worse is not None else ()
    if pulse:
        steps = [s for s in steps if s[0] < pulse[0][0]]
        last_day = pulse[0][0] - 1
    steps = [s for s in steps if s[0] <= last_day]
    for number, (day, dose) in enumerate(steps):
        final = number == len(steps) - 1
        end = last_day if final else steps[number + 1][0] - 1
        goes_on = final and not pulse and patient.course.death is None
        purpose = "TAPER" if number else "PROTOCOL"
        rows.append(
            _dose(drug, dose * factor, purpose, patient.iso(day), "" if goes_on else patient.iso(end))
        )
    for first, last, dose in pulse:
        row = _dose(
            "METHYLPREDNISOLONE",
            dose,
            "PULSE" if dose > 250 else "RESCUE",
            patient.iso(first),
            patient.iso(last),
        )
        rows.append(row | {"CMROUTE": "INTRAVENOUS"})
    for row in rows[1:]:
        if row["GCPURP"] != "TAPER":
            row["GCADJ"] = "DISEASE WORSE"
    return rows


def _dose(drug: str, dose: Decimal, purpose: str, start: str, end: str) -> Answers:
    row = {
        "CMTRT": drug,
        "CMDOSTOT": str(dose.normalize().quantize(Decimal("0.1")) if dose % 1 else int(dose)),
        "CMDOSFRQ": "QD",
        "CMROUTE": "ORAL",
        "CMSTDAT": start,
        "GCPURP": purpose,
    }
    return row | ({"CMONGO": "N", "CMENDAT": end} if end else {"CMONGO": "Y"})


def medication(patient: Patient) -> Rows:
    """Form CM: prophylaxis, the disease, the history, and against each event."""
    rows = [
        _remedy(patient, Remedy(name, group, dose, unit, "QD", "ORAL", 0, None), why) | extra
        for name, group, dose, unit, why, extra in (
            (
                "Trimethoprim-sulfamethoxazole 复方磺胺甲噁唑",
                "ANTI-INFECTIVE",
                "480",
                "mg",
                "PROPHYLAXIS",
                {"CMPJP": "Y"},
            ),
            ("Calcium, vitamin D 碳酸钙维生素D", "BONE", "600", "mg", "PROPHYLAXIS", {}),
            ("Omeprazole 奥美拉唑", "GASTRO", "20", "mg", "PROPHYLAXIS", {}),
        )
    ]
    if patient.course.treated_before:
        hydroxychloroquine = Remedy("Hydroxychloroquine 羟氯喹", "HCQ", "200", "mg", "BID", "ORAL", -40, None)
        rows.append(_remedy(patient, hydroxychloroquine, "STUDY DISEASE"))
    if patient.course.history:
        amlodipine = Remedy("Amlodipine 氨氯地平", "OTHER", "5", "mg", "QD", "ORAL", 0, None)
        row = _remedy(patient, amlodipine, "MEDICAL HISTORY")
        rows.append(row | {"CMMHNO": "1", "CMSTDAT": str(patient.day1.year - 4)})
    for line, event in enumerate(_events(patient), 1):
        for remedy in event.remedies:
            row = _remedy(patient, remedy, "ADVERSE EVENT") | {"CMAENO": str(line)}
            rows.append(row | {"CMRESC": "Y" if remedy.rescue else "N"})
    return rows


def _remedy(patient: Patient, remedy: Remedy, why: str) -> Answers:
    row = {
        "CMTRT": remedy.name,
        "CMCLAS": remedy.group,
        "CMDOSE": remedy.dose,
        "CMDOSU": remedy.unit,
        "CMDOSFRQ": remedy.frequency,
        "CMROUTE": remedy.route,
        "CMINDC": why,
        "CMSTDAT": patient.iso(remedy.start),
        "CMRESC": "N",
        "CMDDI": "NONE",
    }
    if remedy.group == "ANTI-INFECTIVE":
        row["CMPJP"] = "N"
    return row | until(patient, None if remedy.days is None else remedy.start + remedy.days - 1)


def _events(patient: Patient) -> list[Event]:
    return [e for e in patient.course.events if e.start <= patient.today]


def adverse_events(patient: Patient) -> Rows:
    """Form AE."""
    rows = []
    for event in _events(patient):
        start = patient.today - 1 if patient.course.running and event.last is None else event.start
        treated = "Y" if event.remedies else "N"
        row = {
            "AETERM": event.term,
            "AECAT": event.category,
            "AESTDAT": patient.iso(start),
            "AETOXGR": str(event.grade),
            "AEREL": event.related,
            "AERELGC": "POSSIBLY RELATED" if event.category == "INFECTION" else "NOT RELATED",
            "AERELDIS": "Y" if event.category == "RESPIRATORY" else "N",
            "AEACN": event.action,
            "AECONTRT": treated,
            "AESER": "Y" if event.serious else "N",
            "AESI": "Y" if event.special else "N",
            "AEDIS": "Y" if event.action == "DRUG WITHDRAWN" else "N",
        }
        if event.tests:
            row["AELBTST"] = event.tests
        last = event.last
        if last is None or last > patient.today or (row_goes_on(patient, event)):
            row |= {"AEONGO": "Y", "AEOUT": "NOT RECOVERED/NOT RESOLVED"}
        else:
            outcome = "FATAL" if event.fatal else event.outcome
            row |= {"AEONGO": "N", "AEENDAT": patient.iso(last), "AEOUT": outcome}
        if event.serious:
            for item, code in (("AESDTH", "death"), ("AESLIFE", "life"), ("AESHOSP", "hospital")):
                row[item] = "Y" if code in event.serious else "N"
            row |= dict.fromkeys(("AESDISAB", "AESCONG", "AESMIE"), "N")
        if patient.course.slip("treated") and event is patient.course.events[0]:
            row["AECONTRT"] = "Y"
        rows.append(row)
    return rows


def row_goes_on(patient: Patient, event: Event) -> bool:
    """The mistake of an event that nobody closed before the end of the study."""
    return patient.course.slip("ongoing") and event is patient.course.events[0]


def serious_reports(patient: Patient, now: datetime, zone: ZoneInfo) -> Rows:
    """Form SAE: the first report, and a last one when the participant was discharged."""
    rows = []
    for line, event in enumerate(_events(patient), 1):
        report = event.report
        if report is None:
            continue
        row = {
            "AESPID": str(line),
            "SAEICU": "Y" if report.intensive else "N",
            "SAENARR": report.story,
            "SAESUS": "N",
        }
        if patient.course.running and event.last is None:
            aware = (now - timedelta(hours=5)).astimezone(zone)
            today = aware.date().isoformat()
            rows.append(
                row | {"SAEVER": "INITIAL", "SAESERDT": today, "SAEAWDT": _minute(aware), "SAEHODT": today}
            )
            continue
        aware = datetime.combine(patient.on(report.aware), datetime.min.time()) + timedelta(hours=9)
        sent = aware + timedelta(hours=report.hours)
        row |= {
            "SAEVER": "INITIAL",
            "SAESERDT": patient.iso(report.admitted),
            "SAEAWDT": _minute(aware),
            "SAERPDT": _minute(sent),
            "SAEECDT": sent.date().isoformat(),
        }
        if "hospital" in event.serious:
            row["SAEHODT"] = patient.iso(report.admitted)
        if event.fatal:
            row["SAEAUTO"] = "N"
        rows.append(row)
        if report.discharged is not None:
            later = datetime.combine(patient.on(report.discharged), datetime.min.time()) + timedelta(hours=11)
            rows.append(
                row
                | {
                    "SAEVER": "FINAL",
                    "SAEAWDT": _minute(later),
                    "SAERPDT": _minute(later + timedelta(hours=3)),
                    "SAEECDT": later.date().isoformat(),
                    "SAEDIDT": patient.iso(report.discharged),
                }
            )
    return rows


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


def special_interest(patient: Patient) -> Rows:
    """Form AESI."""
    return [
        {**event.special, "AESPID": str(line), "AESIDECH": "Y" if event.action == "DRUG WITHDRAWN" else "N"}
        for line, event in enumerate(_events(patient), 1)
        if event.special
    ]


def procedures(patient: Patient) -> Rows:
    """Form PR: help with breathing in the last days."""
    found = []
    for line, event in enumerate(_events(patient), 1):
        if not event.fatal or event.last is None:
            continue
        first = event.start + 3
        for treatment, start, end in (("HFNC", first, event.last - 8), ("IMV", event.last - 7, event.last)):
            found.append(
                {
                    "PRTRT": treatment,
                    "PRSTDAT": patient.iso(start),
                    "PRONGO": "N",
                    "PRENDAT": patient.iso(end),
                    "PRIND": "ADVERSE EVENT",
                    "PRAENO": str(line),
                    "PRRESC": "N",
                }
            )
    return found


def lung_failure(patient: Patient) -> Rows:
    """Form RPILD."""
    course = patient.course
    return [
        {
            "RPSTDAT": patient.iso(event.start),
            "RPMRC": "4",
            "RPCRIT": "PAO2 FALL,HRCT RISE",
            "RPHRCT": "Y",
            "RPEXCL": "Y",
            "RPAENO": str(line),
            "RPTRT": "PULSE,CYC,IVIG,OXYGEN",
            "RPOUT": "FATAL",
            "RPENDAT": patient.iso(event.last or event.start),
        }
        for line, event in enumerate(_events(patient), 1)
        if course.worse is not None and event.category == "RESPIRATORY"
    ]


def pregnancy(patient: Patient) -> Rows:
    """Form PREG: of a partner."""
    day = patient.course.partner
    if day is None:
        return []
    return [
        {
            "PREGWHO": "PARTNER",
            "PREGDAT": patient.iso(day),
            "PREGAWDT": f"{patient.iso(day + 2)}T09:20",
            "PREGRPDT": f"{patient.iso(day + 2)}T15:05",
            "LMPDAT": f"{patient.on(day - 40):%Y-%m}",
            "PREGOUT": "ONGOING",
        }
    ]


def deviations(patient: Patient) -> Rows:
    """Form DV: what no check can know."""
    course = patient.course
    return [
        {
            "DVDECOD": "MISSED PROCEDURE", "DVTERM": why, "DVSTDAT": patient.iso(course.at(event)),
            "DVMAJ": "N",
        }
        for event, why in (course.missed or {}).items()
    ]  # fmt: skip
