"""What happens to the participants of the demonstration, in days from day 1 (0 = the day of the first dose).

Each course is made up, but could have happened: anti-MDA5 dermatomyositis on tofacitinib and tapered
glucocorticoid. Deaths, early stops and serious events are there because a trial has them, and some
mistakes of data entry, so that checks have something to say. Mistakes are named in ``SLIPS``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

PLANNED: Mapping[str, int] = {
    "BL": 0, "W4": 28, "W8": 56, "W12": 84, "W24": 182, "W36": 252, "W52": 364,
}  # fmt: skip
"""Events with a target day, and how many days after day 1 that is."""

SLIPS: Mapping[str, tuple[str, ...]] = {
    "tablets": ("DA-03",),
    "late": ("SV-02",),
    "weight": ("VS-07",),
    "date": ("LBC-01",),
    "report": ("SAE-02",),
    "pressure": ("VS-02",),
    "dose": ("GC-03",),
    "sample": ("LBH-02",),
    "assay": ("LBI-11",),
    "consent": ("IC-08",),
    "reading": ("HR-08",),
    "ongoing": ("AE-05",),
    "grade3": ("LBC-07.GGT",),
    "sides": ("MMT-04.DELT",),
    "treated": ("AE-10",),
}
"""Mistakes put in on purpose → the checks that notice each. Nothing else is to raise a query."""

NOT_CHANGED, INTERRUPTED, REDUCED, WITHDRAWN, NOT_APPLICABLE = (
    "DOSE NOT CHANGED", "DRUG INTERRUPTED", "DOSE REDUCED", "DRUG WITHDRAWN", "NOT APPLICABLE",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remedy:
    """A medication against an event or the disease; ``days`` None = to the end."""

    name: str
    group: str
    dose: str
    unit: str
    frequency: str
    route: str
    start: int
    days: int | None
    rescue: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """The report of a serious event: admission and discharge days, and hours from awareness to dispatch."""

    story: str
    admitted: int
    discharged: int | None = None
    aware: int = 0
    hours: int = 6
    intensive: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """An adverse event. ``last``: its last day, None while it goes on. ``serious``: death, life, hospital."""

    term: str
    category: str
    start: int
    last: int | None
    grade: int
    related: str = "POSSIBLY RELATED"
    action: str = NOT_CHANGED
    serious: frozenset[str] = frozenset()
    tests: str = ""
    outcome: str = "RECOVERED/RESOLVED"
    special: Mapping[str, str] | None = None
    remedies: tuple[Remedy, ...] = ()
    report: Report | None = None

    @property
    def fatal(self) -> bool:
        """Whether the participant died of it."""
        return "death" in self.serious


@dataclass(frozen=True, slots=True)
class Interval:
    """Days ``first``–``last`` with one dosing: ``frequency`` BID, QD or "" = none, and why it changed."""

    first: int
    last: int
    frequency: str
    why: str = ""
    event: int = 0


@dataclass(frozen=True, slots=True)
class Course:
    """One participant's way through the trial.

    ``screened`` days before day 1. ``shift`` moves visits; ``missed`` did not take place, with the
    reason. ``stop``: last day on drug, when not week 52. ``end``: why treatment ended. ``closing``: days
    from the last dose to the end-of-treatment visit. ``unscheduled``: day → reason. ``pauses``: intervals
    that differ from 5 mg twice daily. ``worse``: day from which the lungs fail. ``running``: a serious
    event of yesterday, whose report has not been sent. ``failed``: why the person was not enrolled.
    """

    sex: str | None = None
    screened: int = 5
    lungs: int = 45
    shift: Mapping[str, int] | None = None
    missed: Mapping[str, str] | None = None
    stop: int | None = None
    end: str = "COMPLETED"
    closing: int = 0
    death: int | None = None
    cause: str = ""
    unscheduled: Mapping[int, str] | None = None
    pauses: tuple[Interval, ...] = ()
    events: tuple[Event, ...] = ()
    worse: int | None = None
    treated_before: bool = False
    history: bool = False
    running: bool = False
    partner: int | None = None
    adjudicated: frozenset[str] = frozenset()
    failed: str = ""
    slips: Mapping[str, str] | None = None

    def slip(self, name: str, event: str = "") -> bool:
        """Whether this mistake happens, at this event."""
        return (self.slips or {}).get(name, "-") == event

    def at(self, event: str) -> int:
        """The day of a planned event."""
        return PLANNED[event] + (self.shift or {}).get(event, 0)

    @property
    def last_dose(self) -> int:
        """The last day on drug."""
        return self.at("W52") if self.stop is None else self.stop

    @property
    def dosing(self) -> tuple[Interval, ...]:
        """All intervals from day 1 to the last dose, without a gap."""
        found, day, before = [], 0, Interval(0, 0, "BID")
        for pause in (*self.pauses, Interval(self.last_dose + 1, 0, "")):
            if day < pause.first:
                found.append(Interval(day, pause.first - 1, "BID", before.why, before.event))
            if pause.last:
                found.append(pause)
            day, before = pause.last + 1, pause
        return tuple(found)

    def taken(self, first: int, last: int) -> int:
        """Tablets of 5 mg taken from day ``first`` to day ``last``, both included."""
        per_day = {"BID": 2, "QD": 1, "": 0}
        return sum(
            per_day[i.frequency] * max(0, min(i.last, last) - max(i.first, first) + 1) for i in self.dosing
        )


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit to come: its event, its day, and why it did not take place."""

    event: str
    day: int
    missed: str = ""
    reason: str = ""


def visits(course: Course, until: int, consent: int | None) -> list[Visit]:
    """The visits up to day ``until`` in the order of their days.

    ``consent``: the day a new version of the consent form is signed at a visit of its own.
    """
    stop = course.last_dose
    gone = min(until, stop if course.death is None else course.death)
    found = [
        Visit(event, course.at(event), (course.missed or {}).get(event, ""))
        for event in PLANNED
        if course.at(event) <= gone
    ]
    found += [
        Visit("UNS", day, reason=why) for day, why in (course.unscheduled or {}).items() if day <= until
    ]
    if consent is not None and course.at("W36") < consent < gone:
        found.append(Visit("UNS", consent, reason=RECONSENT))
    if course.death is not None:
        return sorted(found, key=lambda v: v.day)
    found.append(Visit("VEOT", stop + course.closing))
    withdrawn = course.end == "WITHDRAWAL BY SUBJECT"
    after = stop + 28
    if after <= until:
        found.append(Visit("SFU", after, "Consent withdrawn 已撤回知情同意" if withdrawn else ""))
        found += [Visit("FU", day) for day in range(after + 84, min(until, 728) + 1, 84)]
    return sorted((v for v in found if v.day <= until), key=lambda v: v.day)


RECONSENT = "Re-consent, new version 新版知情同意书重新签署"
UPPER_AIRWAY = "Upper respiratory tract infection 上呼吸道感染"


def _cold(start: int, days: int = 8, grade: int = 1) -> Event:
    return Event(UPPER_AIRWAY, "INFECTION", start, start + days, grade, "POSSIBLY NOT RELATED")


def _oral(name: str, group: str, dose: str, frequency: str, start: int, days: int | None) -> Remedy:
    return Remedy(name, group, dose, "mg", frequency, "ORAL", start, days)


ZOSTER = Event(
    "Herpes zoster 带状疱疹", "INFECTION", 150, 168, 2, "PROBABLY RELATED", INTERRUPTED,
    special={
        "AESICAT": "HERPES ZOSTER", "HZDERM": "2", "HZDISS": "N", "HZPHN": "N", "INFORG": "VZV", "INFIV": "N",
        "INFSITE": "SKIN",
    },
    remedies=(_oral("Valaciclovir 伐昔洛韦", "ANTI-INFECTIVE", "1000", "TID", 150, 10),),
)  # fmt: skip
VIRAEMIA = Event(
    "Cytomegalovirus viraemia 巨细胞病毒血症", "INFECTION", 84, 118, 2, "POSSIBLY RELATED",
    special={"AESICAT": "CMV", "INFORG": "CMV", "INFIV": "N", "INFSITE": "BLOOD"},
    remedies=(_oral("Valganciclovir 缬更昔洛韦", "ANTI-INFECTIVE", "900", "BID", 86, 28),),
)  # fmt: skip
PNEUMONIA = Event(
    "Bacterial pneumonia 细菌性肺炎", "INFECTION", 119, 134, 3, "POSSIBLY RELATED", INTERRUPTED,
    serious=frozenset({"hospital"}),
    special={"AESICAT": "SERIOUS INFECTION", "INFORG": "BACTERIA", "INFIV": "Y", "INFSITE": "LUNG"},
    remedies=(
        Remedy(
            "Piperacillin-tazobactam 哌拉西林他唑巴坦", "ANTI-INFECTIVE", "4.5", "g", "Q8H", "INTRAVENOUS",
            120, 11,
        ),
    ),
    report=Report(
        "Fever and cough for one day, consolidation of the right lower lobe on CT. Admitted, antibiotics for "
        "11 days, recovered. 发热咳嗽1天，CT示右下肺实变，住院抗感染11天后痊愈。",
        120, 131, 120, 49,
    ),
)  # fmt: skip
THROMBOSIS = Event(
    "Deep vein thrombosis of the left leg 左下肢深静脉血栓形成", "THROMBOEMBOLIC", 213, 236, 3,
    "PROBABLY RELATED", WITHDRAWN, serious=frozenset({"hospital"}),
    special={
        "AESICAT": "VTE", "VTETYPE": "DVT", "VTEIMG": "Duplex ultrasound 下肢静脉超声", "VTERISK": "IMMOBILE",
    },
    remedies=(_oral("Rivaroxaban 利伐沙班", "ANTICOAGULANT", "15", "BID", 214, 90),),
    report=Report(
        "Swelling of the left calf; thrombosis of the popliteal vein on ultrasound. Drug stopped, "
        "anticoagulation. 左小腿肿胀，超声示腘静脉血栓，停药并抗凝。",
        214, 221, 214, 8,
    ),
)  # fmt: skip
LYMPHOPENIA = Event(
    "Lymphocyte count decreased 淋巴细胞计数降低", "HAEMATOLOGIC", 84, 139, 2, "PROBABLY RELATED", REDUCED,
    tests="LYM",
    special={"AESICAT": "CYTOPENIA", "CYTOAN": "LYM", "CYTOGR": "0.62"},
)  # fmt: skip
LUNG_FAILURE = Event(
    "Rapidly progressive interstitial lung disease 快速进展性间质性肺病", "RESPIRATORY", 44, 66, 5,
    "NOT RELATED", WITHDRAWN, serious=frozenset({"death", "life", "hospital"}),
    special={"AESICAT": "ILD WORSENING"},
    remedies=(
        Remedy("Cyclophosphamide 环磷酰胺", "CYC", "0.8", "g", "ONCE", "INTRAVENOUS", 49, 1, rescue=True),
        Remedy("Immunoglobulin 静注人免疫球蛋白", "IVIG", "20", "g", "QD", "INTRAVENOUS", 47, 5, rescue=True),
    ),
    report=Report(
        "Breathlessness worse within days, new ground-glass opacities. Pulse glucocorticoid, immunoglobulin, "
        "cyclophosphamide, high-flow oxygen, ventilation; died on day 67. "
        "数日内气促加重，新发磨玻璃影，予激素冲击、丙种球蛋白、环磷酰胺、高流量氧疗及机械通气，第67天死亡。",
        45, None, 45, 4, intensive=True,
    ),
)  # fmt: skip
PNEUMOCYSTIS = Event(
    "Pneumocystis pneumonia 肺孢子菌肺炎", "INFECTION", 294, 309, 5, "POSSIBLY RELATED", WITHDRAWN,
    serious=frozenset({"death", "life", "hospital"}),
    special={
        "AESICAT": "PJP", "INFORG": "PNEUMOCYSTIS", "INFIV": "Y", "INFSITE": "LUNG", "PJPTEST": "BAL PCR",
    },
    remedies=(
        Remedy("Caspofungin 卡泊芬净", "ANTI-INFECTIVE", "50", "mg", "QD", "INTRAVENOUS", 296, 14),
    ),
    report=Report(
        "Fever, hypoxaemia, diffuse opacities; polymerase chain reaction in lavage fluid positive. Died on "
        "day 310. 发热、低氧、双肺弥漫影，灌洗液PCR阳性，第310天死亡。",
        295, None, 295, 10, intensive=True,
    ),
)  # fmt: skip
LUNG_FAILS = Event(
    "Hypoxaemic respiratory failure 低氧性呼吸衰竭", "RESPIRATORY", 295, 309, 4, "NOT RELATED",
    NOT_APPLICABLE, serious=frozenset({"life"}), outcome="NOT RECOVERED/NOT RESOLVED",
    report=Report(
        "Part of the pneumocystis pneumonia: high-flow oxygen, then ventilation. "
        "肺孢子菌肺炎所致，先后予高流量氧疗及机械通气。",
        295, None, 295, 10,
    ),
)  # fmt: skip
PYELONEPHRITIS = Event(
    "Acute pyelonephritis 急性肾盂肾炎", "INFECTION", 0, None, 3, "POSSIBLY NOT RELATED", NOT_APPLICABLE,
    serious=frozenset({"hospital"}),
    special={"AESICAT": "SERIOUS INFECTION", "INFORG": "BACTERIA", "INFIV": "Y", "INFSITE": "URINE"},
    report=Report("Fever and flank pain, admitted. 发热、腰痛，收入院。", 0),
)  # fmt: skip
DIARRHOEA = Event(
    "Diarrhoea 腹泻", "OTHER", 40, 45, 2,
    remedies=(_oral("Montmorillonite 蒙脱石散", "GASTRO", "3000", "TID", 40, 4),),
)  # fmt: skip
LIPIDS = Event("Hyperlipidaemia 高脂血症", "OTHER", 182, 300, 1, "PROBABLY RELATED", tests="CHOL")

STORIES: tuple[Course, ...] = (
    Course(events=(_cold(33), ZOSTER), pauses=(Interval(150, 157, "", "ADVERSE EVENT", 2),), history=True,
           adjudicated=frozenset({"W12"}), slips={"tablets": "W24"}),
    Course(screened=13, lungs=60, shift={"W12": 11}, events=(DIARRHOEA,), treated_before=True,
           slips={"late": "W12"}),
    Course(lungs=65, stop=294, end="DEATH", death=309, cause="INFECTION",
           unscheduled={295: "Fever, breathlessness 发热、气促"}, slips={"weight": "W24"},
           events=(_cold(70), PNEUMOCYSTIS, LUNG_FAILS)),
    Course(screened=12, events=(VIRAEMIA,), slips={"date": "W4"}),
    Course(lungs=50, events=(PNEUMONIA,), pauses=(Interval(120, 134, "", "ADVERSE EVENT", 1),),
           adjudicated=frozenset({"SCR"}), unscheduled={121: "Fever, pneumonia 发热、肺炎"}, history=True,
           slips={"report": ""}),
    Course(lungs=40, stop=213, end="ADVERSE EVENT", closing=5, events=(_cold(22), THROMBOSIS)),
    Course(screened=16, lungs=0, events=(LYMPHOPENIA,), pauses=(Interval(86, 140, "QD", "ADVERSE EVENT", 1),),
           slips={"pressure": "W8"}),
    Course(sex="M", lungs=30, events=(_cold(120, 6, 2),), partner=200, history=True, slips={"dose": ""}),
    Course(lungs=75, stop=51, end="DEATH", death=66, cause="RP-ILD", worse=44, events=(LUNG_FAILURE,),
           treated_before=True, missed={"W8": "In intensive care 在重症监护室"},
           unscheduled={45: "Breathlessness worse 呼吸困难加重"}),
    Course(screened=11, lungs=35, missed={"W8": "Roads closed 交通中断"}, events=(LIPIDS,),
           slips={"sample": "W12", "assay": "W24", "consent": ""}),
    Course(lungs=55, stop=282, end="WITHDRAWAL BY SUBJECT", closing=1, events=(_cold(60),)),
    Course(lungs=50, stop=368, closing=2, events=(_cold(98), DIARRHOEA),
           slips={"reading": "W24", "ongoing": ""}),
    Course(screened=15, lungs=40, shift={"W4": 2}, events=(LIPIDS,), history=True, slips={"grade3": "W24"}),
    Course(lungs=0, shift={"W24": 18, "W8": -2}, events=(_cold(77), _cold(300)),
           slips={"late": "W24", "sides": "W12", "treated": ""}),
    Course(sex="F", lungs=35, shift={"W36": 3}, events=(_cold(140), PYELONEPHRITIS), running=True),
)  # fmt: skip
"""The fifteen of the demonstration, in the order of ``TARGETS``. The ninth has no month-6 visit: a death."""


def course_of(index: int) -> Course:
    """The course of participant ``index`` (from 0); beyond the fifteen quiet, each eighth not enrolled."""
    if index < len(STORIES):
        return STORIES[index]
    if (index - len(STORIES)) % 8 == 0:
        return Course(failed="Active infection at screening 筛选时存在活动性感染")
    return Course(
        screened=(5, 14)[index % 2], lungs=(0, 30, 50, 65)[index % 4], events=(_cold(20 + index % 60),)
    )


def part_done(day: int) -> Decimal:
    """How much of the way to the state of month 6 is done on a day (0–1)."""
    steps = ((0, "0"), (28, "0.25"), (56, "0.4"), (84, "0.5"), (182, "1"))
    return Decimal(max((s for s in steps if s[0] <= max(day, 0) + 12), key=lambda s: s[0])[1])
