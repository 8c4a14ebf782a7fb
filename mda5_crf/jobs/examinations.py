"""Made-up answers of the forms that are no laboratory: persons, examinations, scores, tablets, ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from mda5_crf.jobs.courses import Visit
from mda5_crf.jobs.lungs import saturation
from mda5_crf.jobs.patient import Patient, text
from mda5_crf.jobs.synthetic import haq_answers, muscle_grades

Answers = dict[str, str]

# Site → erythema and scale at full activity. All other sites of CDASI are free of disease.
_SKIN: Mapping[str, tuple[int, int]] = {
    "MALAR": (2, 1), "PERIORB": (2, 0), "VNECK": (2, 1), "ARM": (1, 0), "GOTTNOTH": (2, 1),
}  # fmt: skip
_MARGIN = 14


def visit(plan: Visit, patient: Patient) -> Answers:
    """Form SV."""
    if plan.missed:
        return {"SVOCCUR": "N", "SVREASOC": plan.missed}
    found = {"SVOCCUR": "Y", "SVSTDAT": patient.iso(plan.day), "SVCNTMOD": "ON SITE"}
    if plan.reason:
        found["SVUPDES"] = plan.reason
    return found


def consent(patient: Patient, day: int, version: str, *, again: bool = False) -> Answers:
    """Form IC, of the first consent or of a later one."""
    found = {
        "DSDECOD": "RE-CONSENT" if again else "INFORMED CONSENT OBTAINED",
        "RFICDAT": patient.iso(day),
        "RFICTIM": "09:10",
        "ICVER": version,
        "ICWHO": "SUBJECT",
        "ICOBTBY": "I01",
        "ICCOPY": "Y",
        "ICBIO": "Y",
        "ICPIPL": "Y",
    }
    return found if again else found | {"SCRPRE": "N"}


def person(patient: Patient) -> Answers:
    """Form DM."""
    found = {
        "SCRNUM": f"S{patient.subjid}",
        "BRTHDAT": patient.born,
        "SEX": patient.person.sex,
        "RACE": "ASIAN",
        "ETHNIC": "HAN",
    }
    return found | ({"CHILDPOT": "Y" if patient.fertile else "NA"} if patient.woman else {})


def disease(patient: Patient) -> Answers:
    """Form DH: classic dermatomyositis by muscle and skin, without biopsy."""
    began, found_on = patient.on(-150), patient.iso(-45)
    lungs = bool(patient.course.lungs)
    answers = {
        "DHSYMDAT": f"{began:%Y-%m}",
        "DHDXDAT": found_on,
        "DHMDA5DT": found_on,
        "DHNEW": "TREATED" if patient.course.treated_before else "UNTREATED",
        "DHSUB": "CLASSIC",
        "BP_WEAK": "Y",
        "BP_ENZ": "Y",
        "BP_EMG": "ND",
        "BP_BX": "ND",
        "BP_RASH": "Y",
        "DHILD": "Y" if lungs else "N",
    }
    if patient.course.treated_before:
        answers["DHPRIOR"] = "GC,HCQ"
    if lungs:
        answers |= {"DHILDDAT": found_on, "DHRESDAT": f"{patient.on(-90):%Y-%m}", "DHRPILD": "N"}
    yes = (
        "EA_UPPER",
        "EA_LOWER",
        "EA_NECK",
        "EA_HELIO",
        "EA_GPAP",
        "EA_ENZ",
        "DHPALM",
        "DHVSGN",
        "DHARTH",
        "DHFEVER",
    )
    no = ("EA_LEG", "EA_GSIGN", "EA_DYSPH", "EA_JO1", "EA_BX", "DHSHAWL", "DHCUTULC", "DHPNEUM", "DHRAYN")
    return answers | dict.fromkeys(yes, "Y") | dict.fromkeys(no, "N")


def smoking(patient: Patient) -> Answers:
    """Form SU."""
    if patient.woman or patient.rng.randint(0, 1):
        return {"SUNCF": "NEVER"}
    return {"SUNCF": "FORMER", "SUDOSE": "10", "SUDUR": "6", "SUENDAT": str(patient.day1.year - 2)}


def vitals(patient: Patient, day: int, event: str) -> Answers:
    """Form VS."""
    rng = patient.rng
    failing = patient.failing(day)
    systolic, diastolic = rng.randint(106, 136), rng.randint(62, 84)
    if patient.course.slip("pressure", event):
        systolic, diastolic = diastolic, systolic
    found = {
        "VSPERF": "Y",
        "VSDAT": patient.iso(day),
        "VSPOS": "SITTING",
        "SYSBP_VSORRES": str(systolic),
        "DIABP_VSORRES": str(diastolic),
        "PULSE_VSORRES": str(112 if failing else rng.randint(64, 92)),
        "RESP_VSORRES": str(28 if failing else rng.randint(14, 20)),
        "TEMP_VSORRES": text(rng.randint(362, 370), 1),
        "OXYSAT_VSORRES": str(saturation(patient, day)),
        "OXYSAT_VSO2": "Y",
        "MRCGR": _breathless(patient, day),
        "WEIGHT_VSORRES": str(patient.weight(day)),
    }
    return found | ({"HEIGHT_VSORRES": str(patient.person.height)} if event in ("SCR", "W52") else {})


def _breathless(patient: Patient, day: int) -> str:
    """MRC grade: 4 in the course of the lung disease itself, 3 in an infection of the lungs."""
    if patient.failing(day):
        return "4" if patient.course.worse is not None else "3"
    return "2" if patient.lungs(day) >= 35 else "1"


def body(patient: Patient, day: int) -> Answers:
    """Form PE: skin and lungs; one key says normal to all other systems."""
    found = {"PEPERF": "Y", "PEDAT": patient.iso(day), "LUNGS_PEVELCRO": "ABSENT"}
    seen: list[tuple[str, str]] = []
    if patient.activity(day) >= 25:
        seen.append(("SKIN", "Heliotrope rash, Gottron papules 眶周皮疹，Gottron丘疹"))
    if patient.lungs(day) >= 25:
        found["LUNGS_PEVELCRO"] = "BASAL"
        seen.append(("LUNGS", "Fine crackles at both bases 双肺底细湿啰音"))
    for system, words in seen:
        found |= {f"{system}_PERES": "ABNORMAL", f"{system}_PEDESC": words, f"{system}_PECLSIG": "DISEASE"}
    return found


def tumour(patient: Patient, day: int) -> Answers:
    """Form TUM."""
    return {
        "TUMPERF": "Y", "TUMDAT": patient.iso(day - 4), "TUMMETH": "CT CHEST-ABDOMEN,ULTRASOUND",
        "TUMMARK": "N", "TUMRES": "NO SIGN",
    }  # fmt: skip


def electrocardiogram(patient: Patient, day: int) -> Answers:
    """Form EG."""
    return {
        "EGPERF": "Y",
        "EGDAT": patient.iso(day),
        "EGHR_EGORRES": str(patient.rng.randint(62, 96)),
        "PRAG_EGORRES": str(patient.rng.randint(138, 176)),
        "QRSAG_EGORRES": str(patient.rng.randint(78, 98)),
        "QTCFAG_EGORRES": str(patient.rng.randint(392, 438)),
        "INTP_EGORRES": "NORMAL",
    }


def eligibility(patient: Patient) -> Answers:
    """Form IE, on the day before the first dose."""
    found = {"IEDAT": patient.iso(-1)}
    found |= {f"INCL0{n}_IEORRES": "Y" for n in range(1, 6)} | {f"EXCL0{n}_IEORRES": "N" for n in range(1, 9)}
    if not patient.woman:
        del found["EXCL06_IEORRES"]
    elif not patient.fertile:
        found["EXCL06_IEORRES"] = "NA"
    if patient.course.failed:
        why = {"EXCL03_IEORRES": "Y", "IETESTCD": "EXCL03", "SFREAS": patient.course.failed}
        return found | why | {"IEYN": "N", "ENROLYN": "N"}
    return found | {"IEYN": "Y", "ENROLYN": "Y", "ENROLDAT": patient.iso(-1)}


def strength(patient: Patient, day: int, event: str) -> Answers:
    """Form MMT."""
    grades = muscle_grades(patient.measures(day).mmt)
    if patient.course.slip("sides", event):
        grades |= {"DELTR": min(grades["DELTR"] + 2, 10), "DELTL": grades["DELTL"] - 3}
    found = {"MKPERF": "Y", "MKDAT": patient.iso(day), "MKEVAL": "E01"}
    return found | {f"{muscle}_MKORRES": str(grade) for muscle, grade in grades.items()}


def skin(patient: Patient, day: int) -> Answers:
    """Form CDASI: what is there; one key a site says 0 to the rest."""
    active = patient.activity(day)
    found = {"RSPERF": "Y", "RSDAT": patient.iso(day), "RSEVAL": "E01"}
    for site, grades in _SKIN.items():
        for part, grade in zip("ES", grades, strict=True):
            now = _share(grade, active)
            if now:
                found[f"{site}_{part}"] = str(now)
    red = _share(2, active)
    return found | {
        "VNECK_P": "1",
        "HAND_E": str(red),
        "HAND_PAP": "Y" if red else "N",
        "HAND_U": "0",
        "HAND_D": "1",
        "PERIUNG": str(_share(1, active)),
        "ALOPEC": "0",
    }


def _share(grade: int, active: int) -> int:
    """The grade at this activity in percent, rounded half up."""
    return (grade * active * 2 + 100) // 200


def globals_(patient: Patient, day: int) -> Answers:
    """Form IMACS."""
    measures = patient.measures(day)
    return {
        "IMDAT": patient.iso(day),
        "PHGAPERF": "Y",
        "PHGA": str(measures.phga),
        "PHEVAL": "I01",
        "PTGAPERF": "Y",
        "PTGA": str(measures.ptga),
        "PTGAHELP": "SUBJECT",
        "PTGALANG": "ZH-CN",
    }


def questionnaire(patient: Patient, day: int) -> Answers:
    """Form HAQ: no aids, no help."""
    answers = haq_answers(patient.rng, patient.measures(day).haq_eighths)
    found = {"HAQPERF": "Y", "QSDAT": patient.iso(day), "QSPROBY": "SUBJECT", "QSLANG": "ZH-CN"}
    return found | {name: str(code) for name, code in answers.items()} | {"HAQAIDNO": "Y", "HAQHLPNO": "Y"}


def organs(patient: Patient, day: int) -> Answers:
    """Form MDAAT."""
    measures = patient.measures(day)
    found = {
        "RSPERF": "Y",
        "RSDAT": patient.iso(day),
        "RSEVAL": "I01",
        "MD_CON": "1.0",
        "MD_CUT": str(max(measures.extra - 1, 1)),
        "MD_SKE": "0.5",
        "MD_GI": "0.2",
        "MD_PUL": str(measures.extra) if patient.course.lungs else "0.0",
        "MD_CV": "0.0",
        "MD_EXTRA": str(measures.extra),
        "MD_MUS": str(measures.phga),
        "COVAL": "Lungs followed by HRCT 肺部以HRCT随访",
    }
    return found | {f"MD_{system}_NA": "N" for system in ("CON", "CUT", "SKE", "GI", "PUL", "CV")}


def samples(patient: Patient, day: int, event: str) -> tuple[Answers, Sequence[Answers]]:
    """Form BS and its samples."""
    number = f"{patient.subjid}-{event}-{day}"
    rows = [
        {"BSTYPE": "SERUM", "BSID": f"{number}-S", "BSALIQ": "4", "BSTEMP": "-80C"},
        {"BSTYPE": "PBMC", "BSID": f"{number}-P", "BSALIQ": "2", "BSTEMP": "LN2"},
    ]
    return {"BSPERF": "Y", "BSDAT": patient.iso(day)}, rows


class Tablets:
    """The tablets of one participant: what was given out last, and when."""

    def __init__(self, patient: Patient) -> None:
        self._patient = patient
        self._day = 0
        self._given = 0

    def count(self, day: int, event: str, following: int | None) -> Answers:
        """Form DA. ``following``: the day of the next count, None when there is none."""
        patient = self._patient
        found = {"DADAT": patient.iso(day)}
        if event != "BL":
            missed = 3 if event == "W12" else 1 if event == "W24" else 0
            back = self._given - patient.course.taken(self._day, day - 1) + missed
            found |= {"RETAMT_DAORRES": str(back), "LOSTAMT_DAORRES": "0", "MISSDOSE": str(missed)}
            if patient.course.slip("tablets", event):
                found["RETAMT_DAORRES"] = str(back + 10)
        self._given = 0 if following is None else 2 * (following - day + _MARGIN)
        self._day = day
        found["DISPAMT_DAORRES"] = str(self._given)
        if self._given:
            expires = patient.on(900).replace(day=1)
            found |= {"DISPLOT": f"TF{expires.year % 100}0{1 + day % 3}", "DAEXPDT": expires.isoformat()}
        return found


def survival(patient: Patient, day: int) -> Answers:
    """Form SS."""
    death = patient.course.death
    on = patient.iso(day)
    if death is not None and day >= death:
        return {
            "SSDAT": on, "SURVSTAT_SSORRES": "DEAD", "SSLVDAT": patient.iso(death), "SSSRC": "RECORD",
            "SSLOST": "N",
        }  # fmt: skip
    source = "RECORD" if patient.course.end == "WITHDRAWAL BY SUBJECT" else "VISIT"
    return {"SSDAT": on, "SURVSTAT_SSORRES": "ALIVE", "SSLVDAT": on, "SSSRC": source, "SSLOST": "N"}


def death_form(patient: Patient) -> Answers:
    """Form DD."""
    course = patient.course
    event = next(e for e in course.events if e.fatal)
    return {
        "DTHDAT": patient.iso(course.death or 0),
        "PRCDTH_DDORRES": course.cause,
        "LOCDTH_DDORRES": "ICU",
        "DTHDOC": "CERTIFICATE",
        "DDAUTO": "N",
        "DDREL": event.related,
    }


def end_of_treatment(patient: Patient) -> Answers:
    """Form EOT."""
    course = patient.course
    found = {"DSSTDAT": patient.iso(course.last_dose), "DSDECOD": course.end, "EOTRESC": "N"}
    if course.end == "COMPLETED":
        found["EOTCONT"] = "N"
    if course.end == "ADVERSE EVENT":
        found["DSAENO"] = ",".join(
            str(n) for n, event in enumerate(course.events, 1) if event.action == "DRUG WITHDRAWN"
        )
    rescues = [r.start for e in course.events for r in e.remedies if r.rescue]
    if rescues:
        found |= {"EOTRESC": "Y", "EOTRESDT": patient.iso(min(rescues))}
    return found


def end_of_study(patient: Patient, day: int) -> Answers:
    """Form EOS. ``day``: of the last contact in the study."""
    why = "SCREEN FAILURE" if patient.course.failed else patient.course.end
    found = {"DSSTDAT": patient.iso(day), "DSDECOD": why}
    return found if why == "DEATH" else found | {"DSCONT": "NA" if patient.course.failed else "Y"}


def born(year: int, month: int, day1: date) -> str:
    """Year and month of birth; never the month of consent, in which the age would be unknown."""
    around = {(day1 - timedelta(days=back)).month for back in (0, 16)}
    while month in around:
        month = month % 12 + 1
    return f"{year}-{month:02d}"
