"""Protocol deviations that checks propose; a person takes one over into the log, or says why it is none.

A check of the definition with ``deviation`` proposes one as long as it fires. Where deviations are kept is a
setting of the definition: ``deviation_form`` is the log, ``deviation_items`` its items for check, category,
date and description, ``deviation_any`` the item of the form itself, and its answer, that opens the log.
A proposal is about one check at one place, a form or a row; taken over, the row's record says which.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from mda5_crf.crypto import file_hash
from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.services.changes import Changes, Reason
from mda5_crf.services.entry import ORIGIN
from mda5_crf.services.queries import text_at
from mda5_crf.study.model import Check, Severity, Study
from mda5_crf.study.plan import plan_of
from mda5_crf.study.schedule import event_date
from mda5_crf.study.state import Finding, FormState
from mda5_crf.text import Language, Text

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

OPEN, TAKEN, DISMISSED = "open", "taken", "dismissed"
_ITEMS: Final = 4


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a check proposes. ``id`` is the same on every machine as long as check and place are.

    ``category`` is a code of the log's codelist. ``place`` is the form or row, ``anchor`` the item that the
    finding is shown at. ``date``: when it happened, None where it is not known to the day. ``state``: open,
    taken (``row`` is the row of the log) or dismissed.
    """

    id: str
    check: str
    category: str
    message: Text
    place: ItemKey
    anchor: ItemKey
    date: date | None
    severity: Severity
    state: str
    row: ItemKey | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Where the definition keeps deviations: the log and the names of its items."""

    form: str
    event: str
    group: str
    check: str
    category: str
    date: str
    text: str
    opener: str = ""
    opens: str = ""


def rule_of(study: Study) -> Rule | None:
    """The log of a definition; None when it has none, or names what it does not have."""
    form = study.forms.get(study.settings.get("deviation_form", ""))
    names = study.settings.get("deviation_items", "").split()
    if form is None or len(names) != _ITEMS or any(name not in form.items for name in names):
        return None
    groups = {form.items[name].group for name in names}
    group = next((one for one in form.groups if {one.name} == groups and one.repeating), None)
    event = plan_of(study).homes.get(form.oid, "")
    if group is None or not event:
        return None
    opener, _, opens = study.settings.get("deviation_any", "").partition(" ")
    if opener not in form.items or not opens:
        opener = opens = ""
    check, category, day, text = names
    return Rule(form.oid, event, group.name, check, category, day, text, opener, opens)


def proposals(session: Session, subject: str) -> tuple[Proposal, ...]:
    """What is proposed for a participant now, settled ones too, in order of the visits."""
    rule = rule_of(session.study)
    if rule is None:
        return ()
    known = _Known(session, rule, subject)
    return tuple(
        _proposal(session, known, check, finding, state)
        for state in _begun(session, subject)
        for finding, check in _fired(session.study_for(state.key), state)
    )


def take_over(
    session: Session, proposal: Proposal, language: Language, reason: Reason | None
) -> tuple[ItemKey, Changes]:
    """See :meth:`mda5_crf.services.sessionacts.SessionActs.take_over`."""
    session.require(Action.ENTER)
    current, rule = _current(session, proposal), rule_of(session.study)
    assert rule is not None  # there is a proposal
    form = session.study.forms[rule.form]
    entry = session.entry(ItemKey(proposal.place.subject, rule.event, form=rule.form))
    values = {
        rule.category: current.category,
        rule.check: current.check,
        rule.text: _described(session, current, language)[: form.items[rule.text].length],
        **({rule.date: current.date.isoformat()} if current.date else {}),
    }
    beside = {rule.opener: rule.opens} if rule.opener else {}
    origin = {"check": current.check, "place": current.place.path()}
    return entry.add_filled_row(rule.group, values, beside, origin, reason)


def dismiss(session: Session, proposal: Proposal, reason: Reason) -> Changes:
    """See :meth:`mda5_crf.services.sessionacts.SessionActs.dismiss`."""
    session.require(Action.ENTER)
    current = _current(session, proposal)
    if current.severity is Severity.HARD:
        raise InputRefused("deviations.hard", check=current.check)
    known = session.study.reasons
    if reason.code not in known:
        raise InputRefused("entry.unknown_reason", reason=reason.code, known=", ".join(known))
    if reason.code == "OTHER" and not reason.text.strip():
        raise InputRefused("entry.reason_text_required")
    return session.entry(current.anchor).confirm(current.anchor, current.check, reason)


# -- inside --------------------------------------------------------------------------------------------


class _Known:
    """What has been settled already: the live rows of the log, and what each comes from."""

    def __init__(self, session: Session, rule: Rule, subject: str) -> None:
        self._data = session.cache(subject).data
        group = ItemKey(subject, rule.event, form=rule.form, group=rule.group)
        live = self._data.rows.get(group, [])
        self._rows = [group._replace(group_repeat=identity) for identity in live]
        self._rule = rule
        self._origins: dict[str, tuple[str, str]] = {}
        for record in session.vault.journal.records(group.path(), kinds=("row",), standing=True):
            origin = record.data.get(ORIGIN)
            if isinstance(origin, Mapping):
                self._origins[record.id] = str(origin.get("check")), str(origin.get("place"))

    def row(self, check: str, place: ItemKey, day: date | None) -> ItemKey | None:
        """The live row about this check at this place; of one typed by hand check and day must agree."""
        for row in self._rows:
            origin = self._origins.get(row.group_repeat)
            by_hand = origin is None and self._says(row, check, day)
            if by_hand or origin == (check, place.path()):
                return row
        return None

    def _says(self, row: ItemKey, check: str, day: date | None) -> bool:
        named, dated = (
            self._data.get(row._replace(item=name)) for name in (self._rule.check, self._rule.date)
        )
        same_day = dated is not None and day is not None and dated.text == day.isoformat()
        return named is not None and named.text.strip() == check and same_day


def _begun(session: Session, subject: str) -> Iterator[FormState]:
    """The forms on which something was entered and whose checks propose deviations, in schedule order."""
    data, study = session.cache(subject).data, session.study
    for event in sorted(study.events.values(), key=lambda one: one.rank):
        for repeat in data.event_repeats.get(event.oid, []) if event.repeating else [""]:
            for due in study.forms_of(event.oid):
                form = study.forms[due.form]
                if any(check.deviation for check in form.checks):
                    key = ItemKey(subject, event.oid, repeat, form.oid)
                    for place in session.form_repeats(key) if form.repeating else [key]:
                        if data.has_entries(place):
                            yield session.state(place)


def _fired(study: Study, state: FormState) -> Iterator[tuple[Finding, Check]]:
    """The findings of a form that propose deviations.

    What is asked at completion proposes nothing before, but what is hard: that would stop completion.
    """
    proposing = {check.oid: check for check in study.forms[state.key.form].checks if check.deviation}
    finished = state.status not in ("not_started", "in_progress")
    for finding in state.findings:
        speaks = finished or not finding.at_completion or finding.severity is Severity.HARD
        if speaks and finding.check in proposing and finding.items:
            yield finding, proposing[finding.check]


def _proposal(session: Session, known: _Known, check: Check, finding: Finding, state: FormState) -> Proposal:
    anchor = finding.items[0]
    place = anchor.row_key() if anchor.group_repeat else anchor.form_key()
    day = _day(session, anchor, state)
    row = known.row(finding.check, place, day)
    confirmed = session.cache(place.subject).data.confirmations.get((anchor, finding.check))
    dismissed = confirmed is not None and confirmed == text_at(state, anchor)
    settled = TAKEN if row is not None else DISMISSED if dismissed else OPEN
    return Proposal(
        file_hash(f"{finding.check}\0{place.path()}".encode())[:12], finding.check, check.deviation or "",
        finding.message, place, anchor, day, finding.severity, settled, row,
    )  # fmt: skip


def _day(session: Session, anchor: ItemKey, state: FormState) -> date | None:
    """When it happened: the date at the finding's item, the first of its row, that of its form or visit."""
    row = [key for key in state.items if key.row_key() == anchor.row_key()] if anchor.group_repeat else []
    form = session.study.forms[anchor.form]
    dated = form.items[form.date_item] if form.date_item else None
    own = [anchor.form_key()._replace(group=dated.group, item=dated.name)] if dated is not None else []
    for key in (anchor, *row, *own):
        found = state.items[key].value.data if key in state.items else None
        if isinstance(found, date) and not isinstance(found, datetime):
            return found
    return None if row else event_date(session.study, session.cache(anchor.subject).data, anchor.event_key())


def _described(session: Session, proposal: Proposal, language: Language) -> str:
    """The sentence for the log: where it was, and the check's words in the language and in English."""
    where = " ".join(filter(None, (session.event_label(proposal.place), session.form_label(proposal.place))))
    words = dict.fromkeys((proposal.message.in_(language), proposal.message.en))
    return f"{where}: {' / '.join(words)}"


def _current(session: Session, proposal: Proposal) -> Proposal:
    """The proposal as it stands now. Raises InputRefused when it is settled or its check fires no longer."""
    for one in proposals(session, proposal.place.subject):
        if (one.check, one.place) == (proposal.check, proposal.place):
            if one.state != OPEN:
                raise InputRefused(f"deviations.already_{one.state}", check=one.check)
            return one
    raise InputRefused("deviations.gone", check=proposal.check)
