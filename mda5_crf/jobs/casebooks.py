"""Casebooks from a vault: what is in them is read at one moment, drawn without the vault, recorded, written.

Of many participants one file each, one after the other, so that memory stays flat; whoever cancels keeps what
is finished, and one that is refused stops no other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mda5_crf.errors import Cancelled, CrfError, InputRefused
from mda5_crf.jobs import bookfacts, booklists, pages
from mda5_crf.jobs.proving import Proving, proving, tongue_of
from mda5_crf.jobs.proving import record as record_proven
from mda5_crf.jobs.written import write
from mda5_crf.pdf import PageHeader, Printed, Tongue
from mda5_crf.pdf.book import Book, Listing
from mda5_crf.pdf.casebook import goal_of, lay_casebook, print_casebook
from mda5_crf.services.access import Action
from mda5_crf.services.asof import Moment, head_printed, locate, moment_words
from mda5_crf.services.asof import as_of as past_session
from mda5_crf.services.since import Differences
from mda5_crf.services.since import since as differences
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.itemkey import ItemKey
    from mda5_crf.pdf.parts import Laid
    from mda5_crf.pdf.proof import Proofs
    from mda5_crf.services.pageproof import Print
    from mda5_crf.services.session import Session

KIND: Final = "casebook"
PARTS: Final = (
    "matrix", "forms", "scores", "charts", "audit", "queries", "sdv", "signatures", "locks", "deviations",
    "voided",
)  # fmt: skip
"""What may be left out, in the order of the book."""
Progress = Callable[[int, int], None]
_STEPS: Final = 1000
"""Steps of progress of one participant in a batch."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a casebook is to hold. ``without``: names of PARTS; ``since``: only what changed since then.

    ``trail``: False for a book that was printed by somebody who may not see the trail, made once more.
    """

    language: Tongue = "both"
    without: frozenset[str] = frozenset()
    as_of: Moment | None = None
    since: Moment | None = None
    trail: bool = True


@dataclass(frozen=True, slots=True)
class Order:
    """One casebook, read and not yet drawn. ``as_of``: the head of a past moment that it shows, else ""."""

    book: Book
    proving: Proving
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch: files that are whole, refusals by number, and whether it was cancelled."""

    files: tuple[Path, ...]
    refused: tuple[tuple[str, CrfError], ...]
    cancelled: bool = False

    @property
    def text(self) -> Text:
        """What a cancelled batch left behind."""
        if not self.files:
            return message("casebook.cancelled_nothing")
        return message("casebook.cancelled_after", files=", ".join(file.name for file in self.files))


def check_parts(names: Collection[str]) -> frozenset[str]:
    """The names of parts to leave out. Raises InputRefused for one that there is not."""
    for name in names:
        if name not in PARTS:
            raise InputRefused("casebook.unknown_part", part=name, known=", ".join(PARTS))
    return frozenset(names)


def gather(
    session: Session,
    subject: str,
    wish: Wish,
    *,
    made: datetime | None = None,
    printed_by: str | None = None,
) -> Order:
    """Read everything of a participant that a casebook says. ``made`` and ``printed_by`` of an earlier print,
    with its heads and no time as the moment, make that print once more.

    Raises PermissionDenied, InputRefused, StoreError.
    """
    session.require(Action.PRINT)
    at = made or session.now()
    by = session.person.name if printed_by is None else printed_by
    with ExitStack() as opened:
        now, words, past, moment = session, None, None, wish.as_of
        if moment is not None:
            again = moment.at is None and printed_by is not None
            moment = replace(moment, at=at) if again else moment
            shown = opened.enter_context(past_session(session, moment, [subject]))
            now = shown
            if not again:
                words, past = moment_words(session, shown.place), shown.place.at
        found, start = None, None
        if wish.since is not None:
            start = locate(session, wish.since)
            found = differences(session, subject, wish.since, moment)
        book = _book(now, subject, wish, at, by, words, found)
        heads = now.vault.journal.vector()
    asked: dict[str, object] = {"without": sorted(wish.without)}
    if not _may_see(session, wish):
        asked["trail"] = False
    if start is not None:
        asked["since"] = {"at": start.at.isoformat(), "heads": dict(start.vector)}
    proof = proving(
        session, subject, wish.language, heads, KIND, asked, at, by=by, past=past, definition=book.study.hash
    )
    head = book.header.head.rpartition(":")[0] if words is not None else ""
    return Order(book, proof, head)


def read_book(
    shown: Session, subject: str, wish: Wish, made: datetime, by: str, moment: Text | None = None
) -> Book:
    """What a casebook says, from a session that is open until it is drawn; ``moment``: a past one in words.

    Nothing is proven and nothing recorded: for files whose whole is proven by other means (``archives``).
    """
    return _book(shown, subject, wish, made, by, moment, None)


def draw(order: Order, progress: Progress = lambda _done, _total: None) -> Printed:
    """The casebook. Takes long; a window does it in a thread. ``progress`` may end it by raising."""
    return print_casebook(order.book, proof=order.proving.proofs, progress=progress)


def record(session: Session, order: Order, printed: Printed) -> None:
    """Note that it leaves the vault, before it does."""
    record_proven(session, KIND, printed, order.proving, order.book.subject, order.as_of)


def lay_again(session: Session, one: Print, moment: Moment, proofs: Proofs) -> Laid:
    """A recorded casebook as of ``moment``, laid out once more, for checking a page."""
    asked = one.order
    since = asked.get("since")
    start = None
    if isinstance(since, dict):
        start = Moment(datetime.fromisoformat(str(since["at"])), dict(since["heads"]))
    without, trail = frozenset(asked.get("without") or ()), asked.get("trail") is not False
    wish = Wish(tongue_of(one.language), without, moment, start, trail)
    order = gather(session, one.subject, wish, made=datetime.fromisoformat(one.made), printed_by=one.by)
    return lay_casebook(order.book, proof=proofs)


def casebook(
    session: Session, subject: str, wish: Wish, progress: Progress = lambda _done, _total: None
) -> Printed:
    """One casebook, recorded. Raises PermissionDenied, InputRefused, StoreError; what ``progress`` raises."""
    order = gather(session, subject, wish)
    printed = draw(order, progress)
    record(session, order, printed)
    return printed


def casebooks(
    session: Session,
    subjects: Sequence[str],
    folder: Path,
    wish: Wish,
    progress: Progress = lambda _done, _total: None,
    written: Callable[[Path, int], None] = lambda _file, _pages: None,
) -> Outcome:
    """A file for each participant in ``folder``. ``written`` is told each file and its pages.

    One that is refused stops no other. Raises StoreError when the folder takes nothing (then nothing more can
    be written), PermissionDenied.
    """
    session.require(Action.PRINT)
    if not folder.is_dir():
        raise InputRefused("casebook.no_folder", folder=folder)
    files: list[Path] = []
    refused: list[tuple[str, CrfError]] = []
    total = len(subjects) * _STEPS
    for number, subject in enumerate(subjects):
        loaded, begun = session.is_loaded(subject), number * _STEPS

        def step(done: int, of: int, begun: int = begun) -> None:
            progress(begun + _STEPS * done // max(of, 1), total)

        try:
            file = folder / name_of(session, subject, wish, taken=files)
            printed = casebook(session, subject, wish, step)
            write(file, printed.data)
        except Cancelled:
            return Outcome(tuple(files), tuple(refused), cancelled=True)
        except InputRefused as problem:
            refused.append((session.subjid(subject), problem))
        else:
            files.append(file)
            written(file, printed.pages)
        finally:
            if not loaded:
                session.let_go(subject)
    return Outcome(tuple(files), tuple(refused))


def name_of(session: Session, subject: str, wish: Wish, taken: Collection[Path] = ()) -> str:
    """A file name of lower case letters, digits, hyphen: ``nct04966884-01-001-casebook-en.pdf``."""
    what = KIND if wish.since is None else "changes"
    stem = f"{session.study.oid}-{session.subjid(subject)}-{what}-{wish.language}".lower()
    stem = re.sub(r"[^a-z0-9_-]+", "-", stem)
    names = {file.name for file in taken}
    name, number = f"{stem}.pdf", 1
    while name in names:  # two participants under one number, from two PCs
        number += 1
        name = f"{stem}-{number}.pdf"
    return name


# -- reading -------------------------------------------------------------------------------------------


def _book(
    session: Session,
    subject: str,
    wish: Wish,
    made: datetime,
    by: str,
    moment: Text | None,
    found: Differences | None,
) -> Book:
    """Everything of the book, from a session of now or of a past moment."""
    heads = session.vault.journal.heads()
    header = PageHeader(
        subjid=session.subjid(subject), site=session.data(subject).site, printed_by=by,
        head=head_printed(session, heads), as_of=moment,
    )  # fmt: skip
    shown = list(pages.begun(session, subject))
    if found is not None:
        shown = booklists.changed_forms(found, shown)
    if "forms" in wish.without:
        shown = []
    goals: dict[ItemKey, str] = {page.state.key: goal_of(page) for page in shown}
    left = wish.without if found is None else wish.without | {"scores", "charts"}
    nodes = session.tree(subject)
    facts = bookfacts.cover(session, subject, made, by)
    known = {device: number for device, (number, _) in heads.items()}
    after = _after(session, subject, left, goals, known, found, trail=_may_see(session, wish))
    if wish.as_of is not None:
        after = [replace(one, rows=list(one.rows)) for one in after]  # the past is closed before it is drawn
    return Book(
        study=session.study,
        subject=subject,
        language=wish.language,
        demo=session.demo,
        made=made.astimezone(session.zone),
        header=header,
        facts=facts,
        grid=None if "matrix" in left else bookfacts.grid(session, nodes, goals),
        pages=shown,
        last=frozenset(event.oid for event in session.study.events.values() if event.kind == "log"),
        scores=None if "scores" in left else bookfacts.scores(session, shown, goals),
        charts=None if "charts" in left else bookfacts.charts(session, shown),
        before=() if found is None else (booklists.changes(session, found, goals),),
        after=after,
        moment=None if moment is None else message("casebook.as_of", moment=moment),
        only=None if found is None else message("casebook.only_since", moment=found.since),
    )


def _may_see(session: Session, wish: Wish) -> bool:
    """Whether the book has the trail: there may be roles without the right to it."""
    return wish.trail and session.may(Action.SEE_AUDIT)


def _after(
    session: Session,
    subject: str,
    without: Collection[str],
    goals: dict[ItemKey, str],
    heads: dict[str, int],
    found: Differences | None,
    *,
    trail: bool,
) -> list[Listing]:
    """The listings behind the forms; of a difference book the trail since then alone. Without ``trail``: a
    sentence in its place, which says why.
    """
    start = None if found is None else found.heads[0]
    made: list[Listing] = []
    if "audit" not in without:
        made.append(booklists.audit(session, subject, heads, start) if trail else booklists.no_trail())
    if found is not None:
        return made
    makers: tuple[tuple[str, Callable[[], Listing | None]], ...] = (
        ("queries", lambda: booklists.queries(session, subject, goals)),
        ("sdv", lambda: booklists.verification(session, subject, goals)),
        ("signatures", lambda: booklists.signatures(session, subject, goals)),
        ("locks", lambda: booklists.locks(session, subject)),
        ("deviations", lambda: booklists.deviations(session, subject, goals)),
        ("voided", lambda: booklists.voided(session, subject) if trail else None),
    )
    for name, maker in makers:
        listing = None if name in without else maker()
        if listing is not None:
            made.append(listing)
    return made
