"""Documents to be looked at before they are printed or saved: read at one moment, laid out without the vault.

A preview, a printer and a file are given the same leaves; what is recorded is the SHA-256 of the file that
these leaves make, so that ``check-page`` finds a page from the printer as it finds one from the file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs import casebooks, daycards, daysheets, pages, reprint
from mda5_crf.jobs.proving import Proving
from mda5_crf.pdf.acrf import lay_acrf
from mda5_crf.pdf.book import Line, Listing
from mda5_crf.pdf.casebook import lay_casebook
from mda5_crf.pdf.document import lay_filled
from mda5_crf.pdf.guideline import lay_guideline
from mda5_crf.pdf.listing import listed
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.parts import Laid, Part, assemble, framed
from mda5_crf.pdf.validation import lay_plan
from mda5_crf.pdf.voice import Tongue, Voice
from mda5_crf.services.access import Action
from mda5_crf.services.asof import Moment, read_moment
from mda5_crf.study.model import Study
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

Progress = Callable[[int, int], None]

FORM, VISIT, BEGUN, BOOK = "form", "visit", "begun", "book"
OF_PLACE: Final = (FORM, VISIT, BEGUN, BOOK)
"""What of a participant may be printed from a form: it, its visit, every form begun, the casebook."""
ACRF, GUIDELINE, PLAN, BLANK_BOOK, BLANK_FORMS = "acrf", "guideline", "plan", "blank_book", "blank_forms"
OF_STUDY: Final = (ACRF, GUIDELINE, PLAN, BLANK_BOOK, BLANK_FORMS)
"""Documents about the definition."""
CARDS, CALENDAR = "cards", "calendar"
OF_MANY: Final = (BOOK, VISIT, BEGUN, CARDS, CALENDAR, BLANK_BOOK)
"""What may be printed of many participants, one document each; a blank casebook is the same for all."""
_STEMS: Final = {
    ACRF: "acrf", GUIDELINE: "completion-guideline", PLAN: "data-validation-plan",
    BLANK_BOOK: "blank-casebook", BLANK_FORMS: "blank-forms",
}  # fmt: skip
_DAY_ONLY: Final = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Paper:
    """One document, read and not yet laid out. ``stem``: its file name without ``.pdf``.

    ``lay`` takes long and touches nothing of the vault: a window does it in a thread; what its argument
    raises ends it. ``record``: notes that the pages leave the vault, to be called before they do; None for
    what says nothing of a participant. ``subject``: whose it is (identity). ``heads``: all that was known
    when it was read; none of a past moment, which does not change any more.
    """

    stem: str
    lay: Callable[[Progress], Laid]
    record: Callable[[Printed], None] | None = None
    subject: str = ""
    heads: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wish:
    """What of a participant is wanted. ``what``: of OF_PLACE. ``audit``: with what was changed."""

    what: str
    language: Tongue
    as_of: Moment | None = None
    audit: bool = False


class _Proven(Protocol):
    """Orders of forms and casebooks."""

    @property
    def proving(self) -> Proving | None:
        """The proofs of its pages."""


def moment_typed(session: Session, text: str) -> Moment | None:
    """A past moment as people type it into the window; None for nothing.

    Besides what ``read_moment`` takes: a day alone, whose end is meant (of today: now), and a time without
    its offset, which is the site's. Raises InputRefused.
    """
    words = text.strip()
    if not words:
        return None
    try:
        at = datetime.fromisoformat(words)
    except ValueError:
        return read_moment(session, words)
    if _DAY_ONLY.fullmatch(words):
        at = datetime.combine(at.date(), time(23, 59, 59))
        if at.date() == session.today:
            at = session.now()
    if at.tzinfo is None:
        at = at.replace(tzinfo=session.zone)
    return read_moment(session, at.isoformat())


def changed_since(session: Session, paper: Paper) -> bool:
    """Whether something was recorded about the participant since ``paper`` was read that pages could say."""
    if not paper.heads or not paper.subject:
        return False
    newest = session.vault.journal.vector()
    if all(paper.heads.get(device, 0) >= number for device, number in newest.items()):
        return False
    return any(
        record.kind not in reprint.SAYS_NOTHING and record.key.partition("/")[0] in ("", paper.subject)
        for record in session.vault.journal.above(paper.heads)
    )


# -- of one participant ------------------------------------------------------------------------------------


def of_place(session: Session, place: ItemKey, wish: Wish) -> Paper:
    """What ``wish`` says of the participant of ``place``: the form, its visit, all forms begun, the casebook.

    Raises PermissionDenied, InputRefused: there is nothing to print; StoreError.
    """
    if wish.what == BOOK:
        return _book(session, place.subject, wish)
    event = place.event if wish.what in (FORM, VISIT) else None
    forms = [session.form_label(place.form_key())] if wish.what == FORM else None
    order = pages.gather(
        session, place.subject, event, forms, wish.language,
        repeat=place.event_repeat if event else "", as_of=wish.as_of, audit=wish.audit,
    )  # fmt: skip

    def lay(progress: Progress) -> Laid:
        return lay_filled(
            order.study, order.pages, order.language, header=order.header, demo=order.demo, made=order.made,
            proof=order.proving.proofs if order.proving is not None else None, progress=progress,
        )  # fmt: skip

    label = session.event_label(place) if event else ""
    stem = "-".join(filter(None, (session.subjid(place.subject), label, *(forms or ())))).replace("#", "-")
    stem = f"{stem}-forms" if wish.what == BEGUN else stem
    heads = {} if wish.as_of is not None else _heads(order)
    return Paper(stem, lay, partial(pages.record, session, order), place.subject, heads)


def _book(session: Session, subject: str, wish: Wish) -> Paper:
    without = frozenset() if wish.audit else frozenset({"audit"})
    asked = casebooks.Wish(wish.language, without, wish.as_of)
    order = casebooks.gather(session, subject, asked)

    def lay(progress: Progress) -> Laid:
        return lay_casebook(order.book, proof=order.proving.proofs, progress=progress)

    stem = casebooks.name_of(session, subject, asked).removesuffix(".pdf")
    heads = {} if wish.as_of is not None else _heads(order)
    return Paper(stem, lay, partial(casebooks.record, session, order), subject, heads)


def _heads(order: _Proven) -> Mapping[str, int]:
    return order.proving.proofs.about.heads if order.proving is not None else {}


# -- of the definition -------------------------------------------------------------------------------------


def blank_of(session: Session, place: ItemKey, what: str, language: Tongue) -> Paper:
    """The same without answers: the form, the visit, or the casebook of blank forms. Nothing is recorded."""
    if what not in (FORM, VISIT):
        return of_study(session, BLANK_BOOK, language)
    forms = [place.form] if what == FORM else None
    stem = "-".join(filter(None, ("blank", place.event, *(forms or ())))).lower()
    made = datetime.now(UTC)
    lay = partial(_lay_blank, session.study, place.event, forms, language, session.demo, made)
    return Paper(stem, lay)


def of_study(session: Session, what: str, language: Tongue) -> Paper:
    """A document about the definition, one of OF_STUDY. Raises PermissionDenied."""
    session.require(Action.PRINT)
    study, made = session.study, session.now().astimezone(session.zone)
    if what in (BLANK_BOOK, BLANK_FORMS):

        def lay(progress: Progress) -> Laid:
            return pages.lay_blanks(
                study, None, None, language, demo=session.demo, made=made, unique=what == BLANK_FORMS,
                progress=progress,
            )  # fmt: skip

    else:
        maker = {ACRF: lay_acrf, GUIDELINE: lay_guideline, PLAN: lay_plan}[what]

        def lay(progress: Progress) -> Laid:
            progress(0, 0)
            return maker(study, language, made=made)

    return Paper(f"{study.oid}-{_STEMS[what]}-{language}".lower() if what != ACRF else "acrf", lay)


def _lay_blank(
    study: Study, event: str, forms: list[str] | None, language: Tongue, demo: bool, made: datetime,
    progress: Progress,
) -> Laid:  # fmt: skip
    return pages.lay_blanks(study, event, forms, language, demo=demo, made=made, progress=progress)


# -- of many -----------------------------------------------------------------------------------------------


def of_many(
    session: Session,
    subject: str,
    what: str,
    language: Tongue,
    *,
    event: str = "",
    as_of: Moment | None = None,
) -> Paper:
    """The document of one participant in a batch; ``what`` of OF_MANY, ``event`` for a visit.

    A participant who was not in memory is let go again. Raises PermissionDenied, InputRefused (this one stops
    no other), StoreError.
    """
    if what == BLANK_BOOK:
        return of_study(session, BLANK_BOOK, language)
    loaded = session.is_loaded(subject)
    try:
        if what == CARDS:
            return _card(session, subject, language)
        if what == CALENDAR:
            return _calendar(session, subject, language)
        if what == VISIT and event not in session.study.events:
            raise InputRefused("printmany.no_visit", visit=event)
        return of_place(session, ItemKey(subject, event), Wish(what, language, as_of, audit=what == BOOK))
    finally:
        if not loaded:
            session.let_go(subject)


def _card(session: Session, subject: str, language: Tongue) -> Paper:
    order = daycards.gather(session, [subject], None, language)
    stem = f"{session.subjid(subject)}-morning-{order.day.isoformat()}"
    return Paper(stem, partial(daycards.lay, order), partial(daycards.record, session, order), subject)


def _calendar(session: Session, subject: str, language: Tongue) -> Paper:
    order = daysheets.gather_calendar(session, [subject], language)
    stem = f"{session.subjid(subject)}-calendar"
    return Paper(stem, partial(daysheets.lay, order), partial(daysheets.record, session, order), subject)


def list_of(session: Session, lines: Sequence[tuple[Text, Text]], language: Tongue) -> Paper:
    """What became of each participant of a batch, as a page. It names participants, so it is recorded."""
    session.require(Action.PRINT)
    head, voice = daycards.letterhead(session), Voice(language)
    title = message("printmany.list_title")
    columns = [(message("printmany.list_number"), 0.3), (message("printmany.list_result"), 0.7)]
    table = Listing("printed", title, message("printmany.nobody"), columns, [Line(one) for one in lines])

    def lay(_progress: Progress) -> Laid:
        facts = head.facts(voice, title, "", band=False)
        rows = listed(table, voice)
        return assemble(
            [Part(facts, framed(facts, voice), rows, ((0, voice.say(title)),))], voice, title, head.study
        )

    def record(made: Printed) -> None:
        session.record_print("print-list", hashlib.sha256(made.data).hexdigest(), made.pages)

    return Paper(f"printed-{head.made.date().isoformat()}", lay, record)
