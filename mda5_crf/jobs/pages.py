"""Printing from a definition or a vault: gathers what ``pdf`` draws and notes that pages left the vault."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mda5_crf.errors import InputRefused
from mda5_crf.jobs.formchanges import changes_of, gone_of
from mda5_crf.jobs.proving import Proving, proving, tongue_of
from mda5_crf.jobs.proving import record as record_proven
from mda5_crf.pdf import FilledForm, PageHeader, Printed, PrintedRow, Tongue
from mda5_crf.pdf import print_filled as draw_filled
from mda5_crf.pdf.blankbook import lay_book
from mda5_crf.pdf.document import lay_blank, lay_filled
from mda5_crf.pdf.parts import printed as printed_pages
from mda5_crf.services import conflicts, formversions, lockwork
from mda5_crf.services.access import Action
from mda5_crf.services.asof import Moment, head_printed, time_words
from mda5_crf.services.asof import as_of as past_session
from mda5_crf.services.changes import EventNode, FormNode
from mda5_crf.services.logs import log_rows
from mda5_crf.services.signing import worth_telling
from mda5_crf.study.model import ItemType, Mark, Study
from mda5_crf.study.state import FormState
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.itemkey import ItemKey
    from mda5_crf.pdf.parts import Laid
    from mda5_crf.pdf.proof import Proofs
    from mda5_crf.services.pageproof import Print
    from mda5_crf.services.session import Session


def print_blank(
    study: Study,
    event: str | None,
    forms: Sequence[str] | None,
    language: Tongue,
    *,
    demo: bool,
    made: datetime,
    unique: bool = False,
) -> bytes:
    """Empty forms: the named ones, else those of a visit, else the whole casebook. PDF bytes."""
    return blank_pages(study, event, forms, language, demo=demo, made=made, unique=unique).data


def blank_pages(
    study: Study,
    event: str | None,
    forms: Sequence[str] | None,
    language: Tongue,
    *,
    demo: bool,
    made: datetime,
    unique: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Printed:
    """As :func:`print_blank`, with the number of pages. Of the casebook, ``unique`` has each form once.

    ``progress`` is told how many steps of how many are done; what it raises ends the work. Raises
    InputRefused for a form that the visit does not have.
    """
    laid = lay_blanks(study, event, forms, language, demo=demo, made=made, unique=unique, progress=progress)
    total = len(laid.leaves)
    return printed_pages(laid, lambda done: progress(total + done, 2 * total))


def lay_blanks(
    study: Study,
    event: str | None,
    forms: Sequence[str] | None,
    language: Tongue,
    *,
    demo: bool,
    made: datetime,
    unique: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Laid:
    """The pages of :func:`blank_pages` before they are drawn. Raises InputRefused as it does."""
    local = made if made.tzinfo is None else made.astimezone(_zone(study))
    if not event and not forms:
        return lay_book(study, language, unique=unique, demo=demo, made=local, progress=progress)
    if event and forms:
        _check_scheduled(study, event, forms)
    names = list(forms or ()) or [due.form for due in study.forms_of(event or "")]
    chosen = [study.forms[name] for name in dict.fromkeys(names)]
    place = study.events[event] if event else None
    return lay_blank(study, chosen, language, event=place, demo=demo, made=local)


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
    heads: Mapping[str, int] = field(default_factory=dict)
    proving: Proving | None = None

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
    as_of: Moment | None = None,
    made: datetime | None = None,
    printed_by: str | None = None,
    audit: bool = False,
) -> Order:
    """Read what is to be printed; of a repeating form ``HRCT`` means all readings, ``HRCT#2`` the second.

    ``audit``: after each form what was changed in it.

    ``as_of``: as this vault stood at a past moment, which head and remarks of the pages then name. With the
    printed heads, no time in the moment, and ``made`` and ``printed_by`` of an earlier print, that print is
    made once more, byte for byte: it said nothing of a past moment then.

    Raises PermissionDenied, InputRefused.
    """
    session.require(Action.PRINT)
    made = made or session.now()
    by = session.person.name if printed_by is None else printed_by
    at = None
    if as_of is None:
        order = _gather(session, subject, event, forms, language, repeat, made, by, None, audit=audit)
    else:
        again = as_of.at is None and printed_by is not None
        with past_session(session, replace(as_of, at=made) if again else as_of, [subject]) as past:
            words = None if again else time_words(past, past.place)
            order = _gather(past, subject, event, forms, language, repeat, made, by, words, audit=audit)
            at = None if again else past.place.at
    asked: dict[str, object] = {"event": event or "", "repeat": repeat, "forms": list(forms or ())}
    if audit:
        asked["audit"] = True
    proof = proving(
        session, subject, language, order.heads, "filled", asked, order.made, by=by, past=at,
        definition=order.study.hash,
    )  # fmt: skip
    return replace(order, proving=proof)


def _gather(
    session: Session,
    subject: str,
    event: str | None,
    forms: Sequence[str] | None,
    language: Tongue,
    repeat: str,
    made: datetime,
    printed_by: str,
    as_of: Text | None,
    *,
    audit: bool,
) -> Order:
    if event and forms:
        _check_scheduled(session.study_of(subject), event, [form.partition("#")[0] for form in forms])
    pages = [
        _page(session, form, node, audit=audit)
        for node in session.tree(subject)
        if not event or (node.key.event, node.key.event_repeat) == (event, repeat)
        for form in node.forms
        if (_named(form, forms) if forms else _begun(session, form, node))
    ]
    if not pages:
        raise InputRefused("pdf.nothing_to_print", subject=session.subjid(subject))
    heads = session.vault.journal.heads()
    header = PageHeader(
        subjid=session.subjid(subject),
        site=session.data(subject).site,
        printed_by=printed_by,
        head=head_printed(session, heads),
        as_of=as_of,
    )
    local = made.astimezone(session.zone)
    known = {one: seq for one, (seq, _) in heads.items()}
    return Order(session.study, subject, tuple(pages), header, language, session.demo, local, known)


def draw(order: Order, progress: Callable[[int, int], None] = lambda _done, _total: None) -> Printed:
    """The pages. Takes long; touches nothing but ``order``, so that a window does it in a thread.

    ``progress`` is told how many steps of how many are done; what it raises (Cancelled) ends the work.
    """
    return draw_filled(
        order.study, order.pages, order.language, header=order.header, demo=order.demo, made=order.made,
        proof=order.proving.proofs if order.proving is not None else None, progress=progress,
    )  # fmt: skip


def record(session: Session, order: Order, printed: Printed) -> None:
    """Note that these pages leave the vault, before they do."""
    assert order.proving is not None, "gathered, not made by hand"
    as_of = order.header.head.rpartition(":")[0] if order.header.as_of is not None else ""
    record_proven(session, order.what, printed, order.proving, order.subject, as_of)


def lay_again(session: Session, one: Print, moment: Moment, proofs: Proofs) -> Laid:
    """A recorded print as of ``moment``, laid out once more. Raises CrfError when that cannot be done."""
    asked = one.order
    forms = [str(form) for form in asked.get("forms") or ()]
    order = gather(
        session, one.subject, str(asked.get("event") or "") or None, forms or None, tongue_of(one.language),
        repeat=str(asked.get("repeat") or ""), as_of=moment, made=datetime.fromisoformat(one.made),
        printed_by=one.by, audit=bool(asked.get("audit")),
    )  # fmt: skip
    return lay_filled(
        order.study, order.pages, order.language, header=order.header, demo=order.demo, made=order.made,
        proof=proofs,
    )  # fmt: skip


def print_filled(
    session: Session,
    subject: str,
    event: str | None,
    forms: Sequence[str] | None,
    language: Tongue,
    *,
    repeat: str = "",
    as_of: Moment | None = None,
    audit: bool = False,
    finish: Callable[[Printed], Printed] = lambda printed: printed,
) -> bytes:
    """One participant's forms with answers: named forms of a visit, a visit, or every form begun. PDF bytes.

    ``finish``: a last step over the file. The print is recorded with the hash of what it gives. Raises
    PermissionDenied, InputRefused.
    """
    order = gather(session, subject, event, forms, language, repeat=repeat, as_of=as_of, audit=audit)
    printed = finish(draw(order))
    record(session, order, printed)
    return printed.data


def begun(session: Session, subject: str) -> tuple[FilledForm, ...]:
    """Every form of a participant that somebody began, in the order of the schedule; for a casebook."""
    return tuple(
        _page(session, form, node)
        for node in session.tree(subject)
        for form in node.forms
        if _begun(session, form, node)
    )


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


def _page(session: Session, node: FormNode, visit: EventNode, *, audit: bool = False) -> FilledForm:
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
        event_name=session.versions.words.events[key.event].name,
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
        changes=changes_of(session, key) if audit else None,
        gone=gone_of(session, key),
        study=session.study_for(key),
        version=_version(session, key),
        conflicts=_conflicts_of(session, state),
    )


def _conflicts_of(session: Session, state: FormState) -> tuple[Text, ...]:
    """Every item of a form to which PCs gave different answers: all of them, and which one the page shows."""
    if not any(one.value.conflict for one in state.items.values()):
        return ()
    found = conflicts.listed(session, place=state.key)
    return tuple(
        message("conflicts.printed", item=conflicts.named(session, one), values=one.values) for one in found
    )


def _version(session: Session, key: ItemKey) -> tuple[Text, ...]:
    """Which version the form goes by, where that is not the newest, and answers it no longer asks for."""
    older = session.versions.older(key)
    left = (message("amend.unseen", what=one) for one in formversions.unseen(session, key))
    return (*(() if older is None else (older,)), *left)


def _check_scheduled(study: Study, event: str, forms: Sequence[str]) -> None:
    here = {due.form for due in study.forms_of(event)}
    for form in forms:
        if form not in here:
            known = ", ".join(d.event for d in study.due if d.form == form)
            raise InputRefused("entry.form_not_here", form=form, event=event, known=known or "-")


def _zone(study: Study) -> ZoneInfo:
    return ZoneInfo(study.timezone)
