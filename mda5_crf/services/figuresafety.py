"""Safety: events by term and grade, special interest, deaths, exposure, checks that speak of stopping.

Participants are counted once per line, at their worst grade; events are counted beside them. The denominator
is everybody with a first dose.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from mda5_crf.services.figurecases import Case, LogRow
from mda5_crf.services.figuremodel import Grid, Section
from mda5_crf.services.figureplan import Plan
from mda5_crf.services.figurewords import DASH, fixed, quartiles, share, text_of
from mda5_crf.statistics.proportions import proportion
from mda5_crf.statistics.quantiles import summary
from mda5_crf.study.model import Study
from mda5_crf.text import Text, both, message

_GRADES = ("1", "2", "3", "4", "5")


def safety(study: Study, plan: Plan, cases: Sequence[Case]) -> Section | None:
    """The section; None for a study without a log of events."""
    if not plan.word("event") or not plan.word("term"):
        return None
    treated = [case for case in cases if case.treated]
    maker = _Maker(study, plan, treated)
    before = sum(len(case.rows.get(plan.word("event"), ())) for case in cases if not case.treated)
    notes = [message("figures.note_safety", n=len(treated)), message("figures.note_verbatim")]
    if before:
        notes.append(message("figures.note_untreated_events", count=before))
    grids = [
        maker.summary(), maker.by_term(), *maker.special(), maker.deaths(), maker.exposure(), maker.signals(),
    ]  # fmt: skip
    return Section("safety", message("figures.safety"), tuple(grids), (), tuple(notes), maker.facts())


def folded(term: str) -> str:
    """What makes two terms the same: capitals, width and blanks do not count."""
    return " ".join(unicodedata.normalize("NFKC", term).casefold().split())


class _Maker:
    def __init__(self, study: Study, plan: Plan, treated: Sequence[Case]) -> None:
        self._study, self._plan, self._treated = study, plan, treated
        self._form = plan.word("event")

    def _rows(self) -> Iterator[tuple[Case, LogRow]]:
        for case in self._treated:
            for row in case.rows.get(self._form, ()):
                yield case, row

    def _is(self, row: LogRow, key: str, codes: Sequence[str] = ("Y",)) -> bool:
        name = self._plan.word(key)
        return bool(name) and row.code(name) in codes

    def _kinds(self) -> list[tuple[str, Text, list[tuple[Case, LogRow]]]]:
        rows, plan = list(self._rows()), self._plan
        grade, related = plan.word("grade"), plan.names("related_codes")
        found = [("any", rows)]
        if plan.word("emergent"):
            found.append(("emergent", [one for one in rows if self._is(one[1], "emergent")]))
        if plan.word("related") and related:
            found.append(("related", [one for one in rows if self._is(one[1], "related", related)]))
        if grade:
            found.append(("severe", [one for one in rows if one[1].code(grade) in _GRADES[2:]]))
        if plan.word("serious"):
            found.append(("serious", [one for one in rows if self._is(one[1], "serious")]))
        if plan.word("special"):
            found.append(("special", [one for one in rows if self._is(one[1], "special")]))
        if plan.word("action"):
            wanted = (plan.word("withdrawn"),)
            found.append(("withdrawn", [one for one in rows if self._is(one[1], "action", wanted)]))
        if plan.word("death"):
            found.append(("fatal", [one for one in rows if self._is(one[1], "death")]))
        return [(name, message(f"figures.ae_{name}"), those) for name, those in found]

    def summary(self) -> Grid:
        """One line for each kind of event."""
        rows = []
        for _, label, those in self._kinds():
            people = len({case.subject for case, _ in those})
            rows.append((label, share(proportion(people, len(self._treated))), both(len(those))))
        columns = (message("figures.kind"), message("figures.people"), message("figures.events"))
        return Grid(
            "ae_summary", message("figures.ae_summary"), columns, tuple(rows), shares=(0.6, 0.25, 0.15)
        )

    def terms(self) -> list[tuple[str, Counter[str], int, int]]:
        """Term as first typed, participants by worst grade ("" = not graded), participants, events."""
        grade = self._plan.word("grade")
        by_term: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        spelled: dict[str, str] = {}
        for case, row in self._rows():
            term = row.code(self._plan.word("term"))
            name = folded(term)
            spelled.setdefault(name, term)
            by_term[name][case.subject].append(row.code(grade) if grade else "")
        found = []
        for name, people in by_term.items():
            worst = Counter(max(grades) for grades in people.values())
            found.append((spelled[name], worst, len(people), sum(map(len, people.values()))))
        return sorted(found, key=lambda one: (-one[2], -one[3], one[0]))

    def by_term(self) -> Grid:
        """Terms by how many had them."""
        rows = []
        for term, worst, people, events in self.terms():
            cells = [both(term) if term else message("figures.no_term")]
            cells += [both(worst[grade] or "–") for grade in (*_GRADES, "")]
            rows.append((*cells, share(proportion(people, len(self._treated))), both(events)))
        columns = (
            message("figures.term"), *(message("figures.grade", grade=grade) for grade in _GRADES),
            message("figures.no_grade"), message("figures.people"), message("figures.events"),
        )  # fmt: skip
        shares = (0.38, 0.06, 0.06, 0.06, 0.06, 0.06, 0.08, 0.16, 0.08)
        return Grid(
            "ae_terms",
            message("figures.ae_terms"),
            columns,
            tuple(rows),
            (message("figures.note_worst"),),
            shares,
        )

    def special(self) -> Iterator[Grid]:
        """Events of special interest by category, where there is a form of them."""
        plan = self._plan
        form, category = plan.word("report_form"), plan.word("report_category")
        if not form or not category:
            return
        found: dict[str, list[tuple[Case, LogRow]]] = defaultdict(list)
        for case in self._treated:
            for row in case.rows.get(form, ()):
                found[row.code(category)].append((case, row))
        rows = []
        for code, those in sorted(found.items(), key=lambda one: (-len(one[1]), one[0])):
            label = (
                those[0][1].words.get(category, message("figures.no_category"))
                if code
                else message("figures.no_category")
            )
            people = sorted({case.subjid for case, _ in those})
            rows.append(
                (
                    label,
                    share(proportion(len(people), len(self._treated))),
                    both(len(those)),
                    both(", ".join(people)),
                )
            )
        columns = (
            message("figures.kind"),
            message("figures.people"),
            message("figures.events"),
            message("figures.participants"),
        )
        yield Grid("aesi", message("figures.aesi"), columns, tuple(rows), shares=(0.42, 0.18, 0.1, 0.3))

    def deaths(self) -> Grid:
        """One line a death: day, cause, days since the first and the last dose."""
        rows = []
        for case in self._treated:
            if not case.says("dead") and case.facts.get("death") is None:
                continue
            day, start, last = case.day("death"), case.day_one, case.day("last_dose")
            since = DASH if day is None or start is None else both((day - start).days + 1)
            after = DASH if day is None or last is None else both((day - last).days)
            said = case.facts.get("death")
            rows.append((
                both(case.subjid), both(said) if said is not None else message("figures.no_date"),
                case.words.get("death_cause", message("figures.no_cause")), since, after,
            ))  # fmt: skip
        columns = tuple(
            message(f"figures.{name}")
            for name in ("participant", "death_day", "cause", "study_day", "after_dose")
        )
        note = message("figures.deaths_of", deaths=share(proportion(len(rows), len(self._treated))))
        return Grid("deaths", message("figures.deaths_table"), columns, tuple(rows), (note,))

    def exposure(self) -> Grid:
        """Days and dose of the study drug."""
        rows = []
        for name in ("exposed_days", "dose", "interruptions"):
            if name not in self._plan.participant:
                continue
            found = summary([v for case in self._treated if isinstance(v := case.facts.get(name), Decimal)])
            ends = (
                DASH if found.least is None else both(f"{fixed(found.least, None)}–{fixed(found.most, None)}")
            )
            rows.append((
                message(f"figures.{name}"), both(found.n), both(len(self._treated) - found.n),
                quartiles(found, None), ends,
            ))  # fmt: skip
        columns = tuple(
            message(f"figures.{name}") for name in ("exposure_of", "n", "col_missing", "median", "range")
        )
        years = sum(
            (v for case in self._treated if isinstance(v := case.facts.get("exposed_days"), Decimal)),
            Decimal(0),
        )
        going = sum(case.says("on_drug") for case in self._treated)
        note = message("figures.note_exposure", years=fixed(years / Decimal("365.25"), 2), going=going)
        return Grid("exposure", message("figures.exposure"), columns, tuple(rows), (note,))

    def signals(self) -> Grid:
        """Checks of the definition that speak where the drug is to be stopped, interrupted or lowered."""
        rows = []
        for case in self._treated:
            for check, event, day, words in case.signals:
                rows.append((both(case.subjid), both(event), both(day) if day else DASH, both(check), words))
        columns = tuple(
            message(f"figures.{name}") for name in ("participant", "visit", "date", "check", "says")
        )
        known = {check.oid for form in self._study.forms.values() for check in form.checks}
        asked = [one for one in self._plan.names("signals") if one in known]
        note = message("figures.note_signals", checks=both(", ".join(asked)))
        return Grid(
            "signals",
            message("figures.signals"),
            columns,
            tuple(rows),
            (note,),
            (0.12, 0.1, 0.13, 0.12, 0.53),
        )

    def facts(self) -> dict[str, object]:
        """The numbers for programs."""
        return {
            "treated": len(self._treated),
            "events": {name: {"people": len({case.subject for case, _ in those}), "events": len(those)}
                       for name, _, those in self._kinds()},
            "terms": [{"term": term, "people": people, "events": events, "worst": dict(worst)}
                      for term, worst, people, events in self.terms()],
            "deaths": sum(case.says("dead") for case in self._treated),
            "exposed_days": [text_of(v) if isinstance(v := case.facts.get("exposed_days"), Decimal) else None
                             for case in self._treated],
            "signals": [[case.subjid, check, event] for case in self._treated
                        for check, event, _, _ in case.signals],
        }  # fmt: skip
