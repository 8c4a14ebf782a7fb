"""Printing from a definition or a vault: gathers what ``pdf`` draws and notes that pages left the vault."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mda5_crf.errors import InputRefused
from mda5_crf.pdf import FilledForm, PageHeader, Printed, PrintedRow, Tongue
from mda5_crf.pdf import print_blank as draw_blank
from mda5_crf.pdf import print_filled as draw_filled
from mda5_crf.services import lockwork
from mda5_crf.services.access import Action
from mda5_crf.services.changes import EventNode, FormNode
from mda5_crf.services.logs import log_rows
from mda5_crf.services.signing import worth_telling
from mda5_crf.study.model import ItemType, Mark, Study

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


def print_blank(
    study: Study,
    event: str | None,
    forms: Sequence[str] | None,
    language: Tongue,
    *,
    demo: bool,
    made: datetime,
) -> bytes:
    """Empty forms: the named ones, else those of a visit, else all of the study. PDF bytes."""
    names = list(forms) if forms else [d.form for d in study.forms_of(event)] if event else list(study.forms)
    if event and forms:
        _check_scheduled(study, event, forms)
    chosen = [study.forms[name] for name in dict.fromkeys(names)]
    local = made if made.tzinfo is None else made.astimezone(_zone(study))
    return draw_blank(
        study, chosen, language, event=study.events[event] if event else None, demo=demo, made=local
    ).data


@dataclass(frozen=True, slots=True)
class Order:
    """Everything a print of one participant needs, read at one moment; drawing it asks the vault nothing."""

    study: Study
    subject: str
    pages: tuple[FilledForm, ...]
    header: PageHeader
    language: Tongue
    demo: bool
    made: datetime

    @property
    def what(self) -> str:
        """Which forms: ``BL.VS,BL.LBC``."""
        return ",".join(dict.fromkeys(f"{page.event}.{page.form.oid}" for page in self.pages))


def gather(
    session: Session,
    subject: str,
    event: str | None,
    forms: Sequence[str] | None,
    language: Tongue,
    *,
    repeat: str = "",
) -> Order:
    """Read what is to be printed; of a repeating form ``HRCT`` means all readings, ``HRCT#2`` the second.

    Raises PermissionDenied, InputRefused.
    """
    session.require(Action.PRINT)
    if event and forms:
        _check_scheduled(session.study, event, [form.partition("#")[0] for form in forms])
    pages = [
        _page(session, form, node)
        for node in session.tree(subject)
        if not event or (node.key.event, node.key.event_repeat) == (event, repeat)
        for form in node.forms
        if (_named(form, forms) if forms else _begun(session, form, node))
    ]
    if not pages:
        raise InputRefused("pdf.nothing_to_print", subject=session.subjid(subject))
    device, (seq, head) = session.device, session.vault.journal.heads().get(session.device, (0, ""))
    header = PageHeader(
        subjid=session.subjid(subject),
        site=session.data(subject).site,
        printed_by=session.person.name,
        head=f"{device}:{seq}:{head[:12]}",
    )
    made = session.now().astimezone(session.zone)
    return Order(session.study, subject, tuple(pages), header, language, session.demo, made)


def draw(order: Order, progress: Callable[[int, int], None] = lambda _done, _total: None) -> Printed:
    """The pages. Takes long; touches nothing but ``order``, so that a window does it in a thread.

    ``progress`` is told how many steps of how many are done; what it raises (Cancelled) ends the work.
    """
    return draw_filled(
        order.study, order.pages, order.language, header=order.header, demo=order.demo, made=order.made,
        progress=progress,
    )  # fmt: skip


def record(session: Session, order: Order, printed: Printed) -> None:
    """Note that these pages leave the vault, before they do."""
    session.record_print(order.what, hashlib.sha256(printed.data).hexdigest(), printed.pages, order.subject)


def print_filled(
    session: Session,
    subject: str,
    event: str | None,
    forms: Sequence[str] | None,
    language: Tongue,
    *,
    repeat: str = "",
) -> bytes:
    """One participant's forms with answers: named forms of a visit, a visit, or every form begun. PDF bytes.

    The print is recorded with the file's hash. Raises PermissionDenied, InputRefused.
    """
    order = gather(session, subject, event, forms, language, repeat=repeat)
    printed = draw(order)
    record(session, order, printed)
    return printed.data


def _named(form: FormNode, wanted: Sequence[str]) -> bool:
    """True for a form that was asked for; the place for the next reading only where there is none yet."""
    if form.adds and form.mark is Mark.OPTIONAL and not form.expected:
        return False
    return form.form.oid in wanted or form.label in wanted


def _begun(session: Session, form: FormNode, node: EventNode) -> bool:
    """True when somebody began the form; a score belongs to its visit, a closed visit begins nothing."""
    status = node.status if form.status == "computed" else form.status
    if status == "not_done":  # said of the form itself, or of the visit alone
        status = session.state(form.key).status
    return status not in ("not_started", "closed")


def _page(session: Session, node: FormNode, visit: EventNode) -> FilledForm:
    key, form = node.key, node.form
    state = session.state(key)
    waiting = frozenset(q.key for q in session.queries(key.subject) if q.is_open and q.key.form_key() == key)
    completed = session.completed(key)
    number = session.data(key.subject).line_of(key._replace(form_repeat=""), key.form_repeat)
    statuses = {row.key: row.status for row in state.rows}
    rows = {
        group.name: [
            PrintedRow(
                row.key.group_repeat,
                row.number,
                row.struck,
                row.reason,
                row.values,
                statuses.get(row.key, ""),
            )
            for row in log_rows(session, key._replace(group=group.name))
        ]
        for group in form.groups
        if group.repeating
    }
    return FilledForm(
        form=form,
        state=state,
        event=session.event_label(key),
        event_name=session.study.events[key.event].name,
        event_date=visit.date.isoformat() if visit.date else "",
        status=state.status,
        queries=waiting,
        changed=session.changed_items(key),
        completed_by=completed[0] if completed else "",
        rows=rows,
        completed_at=completed[1].astimezone(session.zone) if completed else None,
        repeat=number or int(form.repeating),
        shown={
            item: session.shown(item, one.value.text)
            for item, one in state.items.items()
            if one.item.type is ItemType.LINK and one.value.text
        },
        closed=visit.closed if state.status == "not_started" else None,
        signatures=[
            (one.text, one.meaning_text, *one.notes) for one in worth_telling(session.signatures(key))
        ],
        held=lockwork.held_words(session, key),
    )


def _check_scheduled(study: Study, event: str, forms: Sequence[str]) -> None:
    here = {due.form for due in study.forms_of(event)}
    for form in forms:
        if form not in here:
            known = ", ".join(d.event for d in study.due if d.form == form)
            raise InputRefused("entry.form_not_here", form=form, event=event, known=known or "-")


def _zone(study: Study) -> ZoneInfo:
    return ZoneInfo(study.timezone)
