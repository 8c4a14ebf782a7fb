"""Archives: everything of a participant, or of all, as files that can be read without this program.

Everything is read as of one moment (the newest record, unless another is asked for), participant by
participant, each by a session of that moment, and written at once: memory does not grow with their number.
The same heads and the same moment give the same bytes. A list of SHA-256 sums names every file, this PC signs
the list, and the export is recorded before the archive appears. Format: ``docs/formats.md``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, cast

from mda5_crf import __version__
from mda5_crf.crypto import base64_text, canon
from mda5_crf.db import read
from mda5_crf.errors import InputRefused
from mda5_crf.exchange import sheets
from mda5_crf.exchange.odm_audit import write_history
from mda5_crf.exchange.odm_data import write_snapshot
from mda5_crf.exchange.odm_file import Head, odm_file
from mda5_crf.jobs import archivekeys
from mda5_crf.jobs.casebooks import Wish, read_book
from mda5_crf.jobs.piping import Sink, poured
from mda5_crf.jobs.shelf import Shelf, shelf, zip_into
from mda5_crf.pdf import Tongue, pdfa
from mda5_crf.pdf.casebook import print_casebook
from mda5_crf.pdf.confirmation import Delivered, draw_confirmation, in_groups
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.plainhead import Letterhead
from mda5_crf.services.access import Action
from mda5_crf.services.asof import Moment, Place, as_of, locate, moment_words, present
from mda5_crf.services.audit import audit_lines
from mda5_crf.services.auditcsv import text_of
from mda5_crf.services.auditfilter import AuditFilter
from mda5_crf.services.exportfeed import Feed, record_export
from mda5_crf.study.source import unpack
from mda5_crf.sync.carrier import make_of
from mda5_crf.text import Language, Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.asof import PastSession
    from mda5_crf.services.changes import SubjectSummary
    from mda5_crf.services.session import Session

FORMAT: Final = "mda5-crf-archive/1"
MANIFEST: Final = "manifest.sha256"
SIGNED: Final = "manifest-signed.json"
CONFIRMATION: Final = "confirmation.pdf"
README: Final = "readme.txt"
KEYS: Final = "keys.json"
CONTEXT: Final = "archive"
Progress = Callable[[int, int], None]
_STEPS: Final = 1000
"""Steps of progress of one participant."""
_BOOK: Final = 800
"""After so many of them the casebook is drawn."""
_LANGUAGE: Final[Mapping[str, Language]] = {"en": "en", "zh": "zh", "both": "en"}


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted. ``subjects``: identities, none = everybody; ``pdfa``: None = where it can be made."""

    subjects: tuple[str, ...] = ()
    language: Tongue = "both"
    as_of: Moment | None = None
    pdfa: bool | None = None


@dataclass(frozen=True, slots=True)
class Archived:
    """An archive that stands in its place. ``manifest``: SHA-256 of its list; ``skipped``: participants who
    were not there at the moment asked for.
    """

    target: Path
    manifest: str
    files: int
    size: int
    participants: int
    pages: int
    pdfa: bool
    moment: Text
    skipped: tuple[str, ...]
    closed: bool = False
    """In a carrier: nobody but the receiver can read it."""

    def lines(self) -> tuple[Text, ...]:
        """What became of it, and what is to be known."""
        told = [
            message(
                "archive.written", name=self.target.name, participants=self.participants,
                files=self.files, pages=self.pages, moment=self.moment,
            ),
            message("archive.manifest_is", sha256=in_groups(self.manifest)),
        ]  # fmt: skip
        if self.skipped:
            told.append(message("archive.skipped", numbers=", ".join(self.skipped)))
        if not self.pdfa:
            told.append(message("archive.plain_pdf", command=pdfa.INSTALL))
        return tuple(told) if self.closed else (*told, message("archive.warning"))


def archive(
    session: Session,
    target: Path,
    order: Order,
    progress: Progress = lambda _done, _total: None,
) -> Archived:
    """Write an archive: a folder, or a zip file when ``target`` ends so. May run in any thread.

    What ``progress`` raises ends the work and leaves nothing. Raises PermissionDenied, InputRefused (there
    already, nobody to archive, a participant not there at the moment), StoreError.
    """
    plan = _Plan.of(session, order)
    with shelf(target, plan.place.at) as to:
        made = _Archive(session, to, plan)
        manifest = made.write(progress)
        to.close()
        progress(made.steps, made.steps)  # the last moment to cancel
        record_export(session, {"what": "archive", "file": target.name, "sha256": manifest, **made.told()})
        to.move()
    return made.archived(target, manifest)


def archive_in_carrier(
    session: Session,
    target: Path,
    order: Order,
    peer: str,
    progress: Progress = lambda _done, _total: None,
) -> Archived:
    """As :func:`archive`, a zip file that only the PC ``peer`` (device id) can open: it never lies in clear.

    Raises as :func:`archive` and :func:`mda5_crf.sync.carrier.make`.
    """
    plan = _Plan.of(session, order)
    done: list[tuple[_Archive, str]] = []
    name = f"{_plain(target.stem)}.zip"

    def write(sink: Sink) -> None:
        to = zip_into(cast("IO[bytes]", sink), target.with_name(name), plan.place.at)
        made = _Archive(session, to, plan)
        try:
            done.append((made, made.write(progress)))
        finally:
            to.close()

    def about() -> dict[str, Any]:
        made, manifest = done[0]
        progress(made.steps, made.steps)  # the last moment to cancel
        told = made.told()
        return {"archive": manifest, **{key: told[key] for key in told if key != "bytes"}}

    make_of(session, lambda: poured(write), name, peer, target, 0, about)
    made, manifest = done[0]
    return made.archived(target, manifest, closed=True)


def offered_name(session: Session, subject: str = "") -> str:
    """``nct04966884-01-001-archive.zip``, without a participant that of the site."""
    whose = subject or session.site
    return f"{_plain(f'{session.study.oid}-{whose}-archive')}.zip"


# -- what is asked for ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Plan:
    """An order, and what it means: which moment, whose. ``words``: of a past moment that was asked for."""

    order: Order
    moment: Moment
    place: Place
    words: Text | None
    chosen: tuple[SubjectSummary, ...]
    skipped: tuple[str, ...]

    @classmethod
    def of(cls, session: Session, order: Order) -> _Plan:
        """Raises PermissionDenied, InputRefused."""
        for action in (Action.EXPORT, Action.PRINT, Action.READ, Action.SEE_AUDIT):
            session.require(action)
        if order.pdfa:
            pdfa.tools()
        # Of now the heads alone: its time is then that of the newest record, the same whenever it is asked.
        place = locate(session, order.as_of or Moment(heads=present(session).heads))
        words = None if order.as_of is None else moment_words(session, place)
        listed = session.subjects()
        wanted = [one for one in listed if not order.subjects or one.identity in order.subjects]
        there = tuple(one for one in wanted if _known(one.identity, place))
        if not there:
            raise InputRefused("archive.nobody")
        missed = tuple(one.subjid for one in wanted if one not in there)
        return cls(order, Moment(place.at, place.vector), place, words, there, missed)


def _known(identity: str, place: Place) -> bool:
    device, _, seq = identity.rpartition(":")
    return int(seq) <= place.vector.get(device, 0)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9_-]+", "-", text.lower())


# -- writing -------------------------------------------------------------------------------------------


class _Archive:
    """Writes the files of one archive."""

    def __init__(self, session: Session, to: Shelf, plan: _Plan) -> None:
        order = plan.order
        self._session, self._to, self._plan, self._order = session, to, plan, order
        self._moment, self._place = plan.moment, plan.place
        self._speaks = _LANGUAGE[order.language]
        self.pdfa = pdfa.available() if order.pdfa is None else order.pdfa
        self.when = moment_words(session, plan.place)
        self.steps = len(plan.chosen) * _STEPS
        self.delivered: list[Delivered] = []
        self._folders: set[str] = set()

    def write(self, progress: Progress) -> str:
        """Everything, one participant after the other. Returns the SHA-256 of the list of files."""
        for number, one in enumerate(self._plan.chosen):
            begun = number * _STEPS
            self.participant(one, lambda done, begun=begun: progress(begun + done, self.steps))  # type: ignore[misc]
        return self.finish()

    def told(self) -> dict[str, Any]:
        """What the record of the export says besides."""
        place, kept = self._place, self._to.kept
        said = {
            "language": self._order.language, "bytes": sum(one.size for one in kept), "files": len(kept),
            "participants": len(self.delivered), "pdfa": self.pdfa,
            "as_of": f"{place.device}:{place.vector[place.device]}",
        }  # fmt: skip
        return {**said, "of": sorted(self._order.subjects)} if self._order.subjects else said

    def archived(self, target: Path, manifest: str, *, closed: bool = False) -> Archived:
        """What came of it."""
        kept, pages = self._to.kept, sum(one.pages for one in self.delivered)
        return Archived(
            target, manifest, len(kept), sum(one.size for one in kept), len(self.delivered), pages, self.pdfa,
            self.when, self._plan.skipped, closed,
        )  # fmt: skip

    def participant(self, one: SubjectSummary, step: Callable[[int], None]) -> None:
        """The folder of one participant."""
        folder = self._folder(one.subjid)
        before = len(self._to.kept)
        with as_of(self._session, self._moment, [one.identity]) as past:
            wish = Wish(self._order.language)
            book = read_book(past, one.identity, wish, self._place.at, past.person.name, self._plan.words)
            printed = print_casebook(book, progress=lambda done, of: step(_BOOK * done // max(of, 1)))
            del book
            self._pdf(f"{folder}/casebook-{self._order.language}.pdf", printed)
            step(_BOOK + 50)
            self._odm(f"{folder}/odm-snapshot.xml", past, one.identity, history=False)
            step(_BOOK + 80)
            self._odm(f"{folder}/odm-history.xml", past, one.identity, history=True)
            step(_BOOK + 120)
            for form, lines in sheets.values(past, one.identity).items():
                self._sheet(f"{folder}/values/{_plain(form)}.csv", sheets.VALUES, lines)
            self._sheet(f"{folder}/queries.csv", sheets.QUERIES, sheets.queries(past, one.identity))
            self._sheet(f"{folder}/verification.csv", sheets.VERIFIED, sheets.verified(past, one.identity))
            self._sheet(f"{folder}/signatures.csv", sheets.SIGNED, sheets.signed(past, one.identity))
            self._trail(f"{folder}/audit-trail.csv", past, AuditFilter(key=one.identity))
        mine = self._to.kept[before:]
        self.delivered.append(
            Delivered(one.subjid, folder, printed.pages, len(mine), sum(kept.size for kept in mine))
        )
        step(_STEPS)

    def finish(self) -> str:
        """What belongs to all, last the list and its signature. Returns the SHA-256 of the list."""
        with as_of(self._session, self._moment, []) as past:
            for definition in Feed(past).definitions:
                source = read.definition_source(past.vault.store, definition.hash)
                for name, text in sorted(unpack(source or b"{}").items()):
                    path = _plain_path(name)
                    self._to.put(f"definition/{definition.hash[:12]}/{path}", text.encode("utf-8"))
            if not self._order.subjects:
                self._trail("audit-trail-of-the-vault.csv", past, AuditFilter())
            keys = {**archivekeys.keys(past), "signer": archivekeys.own(self._session)}
            self._to.put(KEYS, json.dumps(keys, ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8"))
            facts = {"moment": self.when, "program": __version__, "study": past.study.oid}
            readme = "\r\n\r\n".join(message("archive.readme", **facts).in_(one) for one in ("en", "zh"))
            self._to.put(README, b"\xef\xbb\xbf" + readme.replace("\r\n", "\n").encode("utf-8"))
            listed = sorted(self._to.kept, key=lambda one: one.name)
            manifest = self._to.put(
                MANIFEST, "".join(f"{k.sha256}  {k.name}\n" for k in listed).encode("ascii")
            )
            size = sum(one.size for one in listed)
            confirmed = self._confirmation(past, manifest.sha256, len(listed), size)
            self._sign(past, manifest.sha256, confirmed, len(listed), size)
        return manifest.sha256

    def _confirmation(self, past: PastSession, manifest: str, files: int, size: int) -> str:
        device = archivekeys.own(self._session)
        count = message(
            "archive.fact_counts", participants=len(self.delivered), files=files, size=f"{size:,}"
        )
        facts = [
            (message("archive.fact_moment"), self.when),
            (message("archive.fact_site"), both(f"{past.site}  {past.vault_name}")),
            (message("archive.fact_content"), count),
            (message("archive.fact_manifest"), both(in_groups(manifest))),
            (message("archive.fact_device"), both(f"{device['name']} ({device['id']})")),
            (message("archive.fact_key"), both(in_groups(str(device["sign_sha256"])))),
        ]
        head = Letterhead(
            past.study, past.person.name, self._place.at.astimezone(past.zone), past.demo,
            f"{self._place.device}:{self._place.vector[self._place.device]}",
        )  # fmt: skip
        return self._pdf(CONFIRMATION, draw_confirmation(facts, self.delivered, self._order.language, head))

    def _sign(self, past: PastSession, manifest: str, confirmation: str, files: int, size: int) -> None:
        heads = past.vault.journal.heads()
        body: dict[str, Any] = {
            "study": past.vault.meta.study, "vault": past.vault.meta.vault, "site": past.site,
            "name": past.vault_name, "device": self._session.device, "at": self._place.at.isoformat(),
            "heads": {device: f"{seq}:{digest}" for device, (seq, digest) in heads.items()},
            "language": self._order.language, "pdfa": self.pdfa, "definition": past.study.hash,
            "participants": len(self.delivered), "files": files, "bytes": size, "manifest": manifest,
            "confirmation": confirmation, "program": __version__,
        }  # fmt: skip
        signature = self._session.vault.device_keys.sign.sign(CONTEXT, canon(body))
        self._to.put(SIGNED, canon({"format": FORMAT, "archive": body, "sig": base64_text(signature)}))

    # -- one file

    def _pdf(self, name: str, printed: Printed) -> str:
        data = pdfa.as_pdfa(printed.data, self._place.at) if self.pdfa else printed.data
        return self._to.put(name, data).sha256

    def _odm(self, name: str, past: PastSession, subject: str, *, history: bool) -> None:
        feed, chosen = Feed(past), frozenset({subject})
        head = Head(self._place.at, history, history, "SingleSubject", self._speaks)
        with self._to.file(name) as writer, odm_file(feed, head, writer.write) as out:
            if history:
                write_history(out, feed, chosen, self._speaks)
            else:
                write_snapshot(out, feed, chosen, self._speaks)

    def _sheet(self, name: str, columns: tuple[str, ...], lines: Iterable[sheets.Line]) -> None:
        with self._to.file(name) as writer:
            for piece in sheets.csv_bytes(columns, lines):
                writer.write(piece)

    def _trail(self, name: str, past: PastSession, wanted: AuditFilter) -> None:
        with self._to.file(name) as writer:
            for line in text_of(audit_lines(past, wanted), self._speaks):
                writer.write(line.encode("utf-8"))

    def _folder(self, number: str) -> str:
        stem = _plain(number)
        folder, again = stem, 1
        while folder in self._folders:  # two participants under one number, from two PCs
            again += 1
            folder = f"{stem}_{again}"
        self._folders.add(folder)
        return folder


def _plain_path(name: str) -> str:
    """``forms/VS.toml`` → ``forms/vs.toml``; two names that differ in case alone are no definition."""
    return "/".join(re.sub(r"[^a-z0-9_.-]+", "-", part.lower()) for part in name.split("/"))
