"""Why an item is marked: every finding and query of it, and the values the rule looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.services.changes import QueryInfo
from mda5_crf.services.course import day_of
from mda5_crf.study import overlay
from mda5_crf.study.explain import Reading, explain
from mda5_crf.study.state import REQUIRED, Finding
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


@dataclass(frozen=True, slots=True)
class Told:
    """One value a rule looked at, as a sentence, and where it stands (None for nowhere)."""

    text: Text
    key: ItemKey | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """A finding or query of an item and what it rests on. A question of a person rests on nothing."""

    text: Text
    told: tuple[Told, ...] = ()


def why(session: Session, key: ItemKey) -> tuple[Reason, ...]:
    """Everything said about the item at ``key``, confirmed findings too: worst first, then questions.

    That an answer is still to be given rests on no value and is not among it.
    """
    session.require(Action.READ)
    state, study = session.state(key.form_key()), session.study_for(key)
    queries = [query for query in session.cache(key.subject).queries.values() if query.key == key]
    found = [one for one in state.findings if key in one.items and one.check != REQUIRED]
    reasons = []
    for finding in sorted(found, key=lambda one: (one.confirmed, one.rank)):
        mine = [query for query in queries if query.check == finding.check]
        queries = [query for query in queries if query not in mine]
        told = (_told(session, read) for read in explain(
            study, session.data(key.subject), key.form_key(), finding, session.today
        ))  # fmt: skip
        centre = overlay.of_finding(study, finding.check)
        before = () if centre is None else (Told(centre),)
        reasons.append(Reason(_said(finding, mine), (*before, *told)))
    off = overlay.silent_at(study, key.form, key.item)
    reasons += [Reason(message("overlay.why_off", check=check, said=said)) for check, said in off]
    return (*reasons, *(Reason(_asked(query)) for query in queries if query.is_open))


def _said(finding: Finding, queries: list[QueryInfo]) -> Text:
    severity = message(_SEVERITIES[finding.severity])
    line = message("course.why_line", check=finding.check, severity=severity, message=finding.message)
    if finding.confirmed:
        line = message("course.why_confirmed", line=line)
    for query in queries:
        line = message("course.why_query", line=line, state=message(f"entry.state_{query.state}"))
    return line


_SEVERITIES = {
    "hard": "course.severity_hard",
    "query": "course.severity_query",
    "soft": "course.severity_soft",
    "warning": "course.severity_warning",
}


def _asked(query: QueryInfo) -> Text:
    return message("course.why_question", state=message(f"entry.state_{query.state}"), text=query.text)


def _told(session: Session, read: Reading) -> Told:
    value = Text(*(f"{part} {read.unit}".strip() for part in (read.value.en, read.value.zh)))
    if read.key is None:
        return Told(message("course.reading", item=read.label, value=value))
    event = session.study.events[read.key.event].name
    if read.key.event_repeat:
        event = both(session.event_label(read.key))
    day = day_of(session, read.key)
    if day is None or value == both(str(day)):
        return Told(message("course.reading_undated", item=read.label, event=event, value=value), read.key)
    told = message("course.reading_at", item=read.label, event=event, day=both(str(day)), value=value)
    return Told(told, read.key)
