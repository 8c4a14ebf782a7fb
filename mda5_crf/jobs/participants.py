"""Enters one made-up participant from screening to the last visit, through the ordinary services.

Logs are entered when the participant is enrolled and completed at the end, because what visits ask about
them must be there; a visit's forms are all filled first and completed then, as on a ward.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs import examinations as exam
from mda5_crf.jobs import laboratory as lab
from mda5_crf.jobs import logbooks, lungs
from mda5_crf.jobs.courses import RECONSENT, Visit, visits
from mda5_crf.jobs.figures import Figures
from mda5_crf.jobs.filling import Rows, fill, item_key, settle
from mda5_crf.jobs.patient import Patient
from mda5_crf.services.changes import Reason
from mda5_crf.services.deviations import OPEN
from mda5_crf.services.entry import EntrySession
from mda5_crf.services.session import Session
from mda5_crf.study.model import Mark
from mda5_crf.study.schedule import is_required

OLD_VERSION, NEW_VERSION = "2.0", "3.0"
NEW_SINCE, RESIGNED = 80, 76
"""Days before today: when the new version of the consent form came into force, when it was signed."""

_PUT_TO_QUERY = ("VS-02",)
_WAITS = ("EOS-03",)
_TAKEN_OVER = ("SV-02", "GC-03")
_PROPOSING = frozenset({"late", "dose"})


class Participant:
    """One participant in the hands of whoever enters the data. ``subject`` is the identity."""

    def __init__(
        self, session: Session, subject: str, patient: Patient, figures: Figures, password: str
    ) -> None:
        """``password`` is that of the person at the keyboard, who signs the eligibility."""
        self._session = session
        self._password = password
        self._key = ItemKey(subject)
        self._patient = patient
        self._figures = figures
        self._tablets = exam.Tablets(patient)
        self._open: list[EntrySession] = []
        self._later: list[EntrySession] = []

    def run(self) -> None:
        """From screening to the end, as far as the course has come."""
        self._screening()
        if self._patient.course.failed:
            return self._not_enrolled()
        self._first_logs()
        self._settle()
        eligibility = self._key._replace(event="SCR", form="IE")
        meaning = self._session.signing_offer(eligibility).meanings[0][0]
        self._session.sign(eligibility, meaning, self._password, self._session.person.login)
        self._further_logs()
        plan = visits(self._patient.course, self._patient.today, self._patient.today - RESIGNED)
        for number, one in enumerate(plan):
            self._visit(one, plan[number + 1 :])
        if self._patient.course.death is not None:
            self._after_death()
        self._withdrawal()
        self._deviations()
        return self._settle([*self._later, *self._open])

    # -- visits ----------------------------------------------------------------------------------------

    def _screening(self) -> None:
        patient, day = self._patient, -self._patient.course.screened
        at = self._key._replace(event="SCR")
        self._fill(at, "SV", exam.visit(Visit("SCR", day), patient), day)
        self._fill(at, "IC", exam.consent(patient, day, OLD_VERSION), day)
        self._fill(at, "DM", exam.person(patient), day)
        self._fill(at, "SU", exam.smoking(patient), day)
        self._forms(at, "SCR", day)
        self._fill(at, "LBR", lab.research(patient, day, "SCR"), day)
        self._fill(at, "TUM", exam.tumour(patient, day), day)
        self._fill(at, "DH", exam.disease(patient), day)
        self._fill(at, "IE", exam.eligibility(patient), -1)

    def _visit(self, plan: Visit, later: list[Visit]) -> None:
        at = self._event(plan.event)
        if plan.event == "FU":
            self._fill(at, "SS", exam.survival(self._patient, plan.day), plan.day)
            return self._settle()
        self._fill(at, "SV", exam.visit(plan, self._patient), plan.day)
        if plan.reason == RECONSENT:
            self._fill(at, "IC", exam.consent(self._patient, plan.day, NEW_VERSION, again=True), plan.day)
        elif plan.event == "UNS":
            self._ill(at, plan.day)
        elif not plan.missed:
            self._forms(at, plan.event, plan.day)
            self._tablets_of(at, plan, later)
            if plan.event in ("BL", "W12", "W24", "W52"):
                self._fill(at, "LBR", lab.research(self._patient, plan.day, plan.event), plan.day)
        if plan.event == "VEOT":
            self._fill(at, "EOT", exam.end_of_treatment(self._patient), plan.day)
        if plan.event == "SFU":
            last = plan.day if not plan.missed else self._patient.course.last_dose + 1
            self._fill(at, "EOS", exam.end_of_study(self._patient, last), plan.day)
        return self._settle()

    def _forms(self, at: ItemKey, event: str, day: int) -> None:
        """The forms that are due at an event, in the order of the schedule."""
        patient = self._patient
        makers: dict[str, Callable[[], exam.Answers]] = {
            "VS": lambda: exam.vitals(patient, day, event),
            "PE": lambda: exam.body(patient, day),
            "LBH": lambda: lab.blood_count(patient, day, event),
            "LBC": lambda: lab.chemistry(patient, day, event),
            "LBU": lambda: lab.urine(patient, day),
            "LBI": lambda: lab.immunology(patient, day, event),
            "LBS": lambda: lab.infections(patient, day, event),
            "LBP": lambda: lab.pregnancy_test(patient, day, event),
            "FC": lambda: lab.flow_cytometry(patient, day),
            "PFT": lambda: lungs.function(patient, day, str(lab.haemoglobin_of(patient, day))),
            "EG": lambda: exam.electrocardiogram(patient, day),
            "MMT": lambda: exam.strength(patient, day, event),
            "CDASI": lambda: exam.skin(patient, day),
            "IMACS": lambda: exam.globals_(patient, day),
            "HAQ": lambda: exam.questionnaire(patient, day),
            "MDAAT": lambda: exam.organs(patient, day),
            "SS": lambda: exam.survival(patient, day),
            "TIS": dict,
        }
        for form in self._due(at):
            if form == "HRCT":
                self._scan(at, event, day)
            elif form == "BS":
                header, rows = exam.samples(patient, day, event)
                self._fill(at, form, header, day, {"SAMPLES": rows})
            elif form in makers:
                self._fill(at, form, makers[form](), day)
        if event == "SCR" and patient.course.lungs:
            self._fill(at, "ABG", lungs.gases(patient, day), day)

    def _due(self, at: ItemKey) -> list[str]:
        """What the visit is not done without; the blood count always, since lymphocyte subsets need it."""
        study, data = self._session.study, self._session.cache(at.subject).data
        return [
            due.form
            for due in study.forms_of(at.event)
            if is_required(study, data, at, due, self._session.today) or (at.event, due.form) == ("BL", "LBH")
        ]

    def _scan(self, at: ItemKey, event: str, day: int) -> None:
        """The readings of one scan; where the two readers differ, usually a third one."""
        course = self._patient.course
        third = event in course.adjudicated
        apart = 20 if third or course.slip("reading", event) else 0
        for number, reader in enumerate(lungs.READERS[: 3 if third else 2]):
            values = lungs.reading(self._patient, day, reader, apart=apart if number == 1 else 0)
            self._fill_at(self._session.add_form(at, "HRCT"), values, day)

    def _ill(self, at: ItemKey, day: int) -> None:
        """An unscheduled visit because of an illness: what is looked at then."""
        patient = self._patient
        label = f"UNS{day}"
        self._fill(at, "VS", exam.vitals(patient, day, "UNS"), day)
        self._fill(at, "PE", exam.body(patient, day), day)
        self._fill(at, "LBH", lab.blood_count(patient, day, label), day)
        self._fill(at, "LBC", lab.chemistry(patient, day, label), day)
        self._fill(at, "LBI", lab.immunology(patient, day, label), day)
        self._fill(at, "ABG", lungs.gases(patient, day), day)
        if patient.course.worse is not None:
            self._scan(at, "UNS", day)

    def _tablets_of(self, at: ItemKey, plan: Visit, later: list[Visit]) -> None:
        if "DA" not in self._due(at):
            return
        counts = [v.day for v in later if v.event in ("W4", "W12", "W24", "W52", "VEOT") and not v.missed]
        following = counts[0] if counts and plan.event != "VEOT" else None
        if plan.day >= self._patient.course.last_dose:
            following = None
        self._fill(at, "DA", self._tablets.count(plan.day, plan.event, following), plan.day)

    def _after_death(self) -> None:
        patient, course = self._patient, self._patient.course
        death = course.death or 0
        at = self._key._replace(event="VEOT")
        self._fill(at, "DD", exam.death_form(patient), death)
        self._fill(at, "EOT", exam.end_of_treatment(patient), death)
        self._settle()
        at = self._key._replace(event="SFU")
        self._fill(at, "SS", exam.survival(patient, death + 3), death + 3)
        self._fill(at, "EOS", exam.end_of_study(patient, death), death)
        self._settle()

    def _withdrawal(self) -> None:
        """The consent form was complete long ago: the date of withdrawal needs a reason."""
        course = self._patient.course
        if course.end != "WITHDRAWAL BY SUBJECT":
            return
        entry = self._session.entry(self._key._replace(event="SCR", form="IC"))
        day = self._patient.iso(course.last_dose + course.closing)
        entry.set_value(item_key(entry.state, "ICWDDAT"), day, reason=Reason("NEW_INFORMATION"))

    def _not_enrolled(self) -> None:
        for form, gate in (("MH", "MHYN"), ("CM", "CMYN")):
            self._log(form, "ROWS", [], gate)
        at = self._key._replace(event="SFU")
        self._fill(at, "EOS", exam.end_of_study(self._patient, -1), -1)
        self._settle([*self._later, *self._open])

    # -- logs ------------------------------------------------------------------------------------------

    def _first_logs(self) -> None:
        """What screening asks about. Every row that a link names is there before the link."""
        patient = self._patient
        self._log("MH", "ROWS", logbooks.history(patient), "MHYN")
        self._log("AE", "ROWS", logbooks.adverse_events(patient), "AEYN")
        self._log("GC", "ROWS", logbooks.glucocorticoid(patient))
        self._log("CM", "ROWS", logbooks.medication(patient), "CMYN")

    def _further_logs(self) -> None:
        """From the first dose on, which must not be there before eligibility is signed."""
        patient = self._patient
        self._log("EX", "DOSING", logbooks.dosing(patient))
        self._log("PR", "ROWS", logbooks.procedures(patient), "PRYN")
        reports = logbooks.serious_reports(patient, self._session.now(), self._session.zone)
        self._log("SAE", "ROWS", reports, whole=not patient.course.running)
        self._log("AESI", "ROWS", logbooks.special_interest(patient))
        self._log("RPILD", "ROWS", logbooks.lung_failure(patient))
        self._log("PREG", "ROWS", logbooks.pregnancy(patient))

    def _log(self, form: str, group: str, rows: logbooks.Rows, gate: str = "", *, whole: bool = True) -> None:
        if not rows and not gate:
            return
        header = {gate: "Y" if rows else "N"} if gate else {}
        self._fill(self._key._replace(event="LOG"), form, header, 0, {group: rows}, whole=whole)

    def _deviations(self) -> None:
        """Form DV: what checks propose is taken over, what only people know is added."""
        place, known = self._key._replace(event="LOG", form="DV"), logbooks.deviations(self._patient)
        slips = self._patient.course.slips or {}
        taken = 0
        if _PROPOSING.intersection(slips):
            for proposal in self._session.deviation_proposals(self._key.subject):
                if proposal.state == OPEN and proposal.check in _TAKEN_OVER:
                    self._session.take_over(proposal, "zh")
                    taken += 1
        self._fill_at(place, {"DVYN": "Y" if known or taken else "N"}, 0, {"ROWS": known})

    # -- forms -----------------------------------------------------------------------------------------

    def _event(self, event: str) -> ItemKey:
        if self._session.study.events[event].repeating:
            return self._session.add_event(self._key.subject, event)
        return self._key._replace(event=event)

    def _fill(
        self, at: ItemKey, form: str, values: Mapping[str, str], day: int, rows: Rows | None = None,
        *, whole: bool = True,
    ) -> None:  # fmt: skip
        self._fill_at(at._replace(form=form), values, day, rows, whole=whole)

    def _fill_at(
        self,
        key: ItemKey,
        values: Mapping[str, str],
        day: int,
        rows: Rows | None = None,
        *,
        whole: bool = True,
    ) -> None:
        entry = self._session.entry(key)
        on: date = self._patient.day1 + timedelta(days=day)
        filled = fill(entry, values, on, rows, whole=whole, limits=key.form in lab.LIMITED)
        marks = {due.form: due.mark for due in self._session.study.forms_of(key.event)}
        self._figures.filled(key, filled, optional=marks[key.form] is Mark.OPTIONAL)
        if whole:
            (self._later if key.event == "LOG" else self._open).append(entry)

    def _settle(self, entries: list[EntrySession] | None = None) -> None:
        """Complete what is open: of a visit, unless other forms are named."""
        for entry in self._open if entries is None else entries:
            settle(entry, _PUT_TO_QUERY, _WAITS)
        self._open = []
