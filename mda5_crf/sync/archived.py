"""Taking a whole archive back: its chains come in as those of other PCs do, in one transaction or not at all.

The PCs of the archive are registered here as *archived* (``registry.ARCHIVED``): what their chains say
counts, but nothing is exchanged with them, since nobody compared their fingerprints. Whoever wants that
registers the PC by its card, as ever; the keys must then be the same.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from mda5_crf.db import schema
from mda5_crf.db.backup import back_up
from mda5_crf.db.chain import ChainError
from mda5_crf.db.intake import Ingested
from mda5_crf.db.records import AuditRecord, Draft, Seal
from mda5_crf.db.tx import Tx
from mda5_crf.errors import BundleError, Cancelled, InputRefused
from mda5_crf.services import redacting
from mda5_crf.services.access import Action
from mda5_crf.services.session import CENTRE
from mda5_crf.sync import amendments, rejudging
from mda5_crf.sync.cards import Card, card_of, words_of
from mda5_crf.sync.devices import own_card, peer_draft
from mda5_crf.sync.judging import Judge
from mda5_crf.sync.ledger import ARCHIVE
from mda5_crf.sync.preview import Details, describe
from mda5_crf.sync.registry import ARCHIVED, Peer, Registry

if TYPE_CHECKING:
    from mda5_crf.services.session import Session
    from mda5_crf.text import Text

_NAMED: Final = 1000
_TOLD_EVERY: Final = 500
Progress = Callable[[int, int], None]


class Proved(Protocol):
    """An archive that was read and proved, but for its seals: ``jobs.archivereading``."""

    name: str
    sha256: str
    card: Card | None
    heads: tuple[tuple[str, int, str], ...]
    seals: list[Seal]
    sources: dict[str, bytes]
    firsts: dict[str, AuditRecord]

    @property
    def count(self) -> int:
        """How many records there are."""

    def records(self) -> Iterator[AuditRecord]:
        """Every record, chain by chain."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an archive, or would. ``new`` and ``known`` count records; ``aside`` names what does
    not count here (id, reason); ``conflicts`` items that have two values now.

    ``maker`` is the PC that wrote the file; ``pcs`` those whose chains came in for the first time.
    """

    file: str
    sha256: str
    maker: Card
    pcs: tuple[Card, ...]
    new: int
    known: int
    aside: tuple[tuple[str, Text], ...] = ()
    conflicts: int = 0
    stubs: int = 0
    details: Details = field(default_factory=Details)
    backup: Path | None = None

    @property
    def words(self) -> str:
        """The fingerprint of the PC that wrote the file, to be compared with what that PC says of itself."""
        return words_of(self.maker.digest())


def take(
    session: Session, archive: Proved, *, own_password: str | None, progress: Progress, keep: bool = True
) -> Taken:
    """Take all of it in, or (``keep`` False) only say what that would do.

    ``own_password`` opens the sign key of the person at the keyboard, who answers for the PCs of the archive;
    it is not needed where nothing is kept. Records that are here already count as known; where all are,
    nothing is written. Raises PermissionDenied, LoginRefused, InputRefused (of another study, site or
    definition, of PCs that are known by other keys), BundleError (seals that are not their authors'),
    StoreError.
    """
    session.require(Action.BUNDLE)
    session.require(Action.DEVICES)
    registry = Registry.read(session)
    maker = _require_fitting(session, archive)
    newcomers = tuple(_newcomers(registry, archive, maker))
    with session.vault.place.exclusively():
        new = sum(
            1 for device, seq, _ in archive.heads if seq > session.vault.journal.vector().get(device, 0)
        )
        backup, drafts = None, []
        if keep and new:
            if own_password is None:
                raise InputRefused("odmback.password")
            drafts = [peer_draft(session, one, ARCHIVED, own_password=own_password) for one in newcomers]
            if not session.vault.place.shared:
                stamp = session.now().strftime("%Y%m%dT%H%M%S%f")
                backup = back_up(session.vault.store, session.vault.folder, f"take_{stamp}")
        work = _Work(session, archive, registry.with_archived(_peers(session, newcomers)), maker, progress)
        try:
            taken = work.run(newcomers, drafts, keep=keep)
        except (Cancelled, BundleError):
            if backup is not None:
                shutil.rmtree(backup, ignore_errors=True)
            raise
    session.refresh()
    redacting.clean(session)
    return replace(taken, backup=backup)


def _peers(session: Session, cards: Sequence[Card]) -> list[Peer]:
    return [Peer(one, ARCHIVED, session.now()) for one in cards]


def _require_fitting(session: Session, archive: Proved) -> Card:
    """The maker's card, when an archive of it may come in here at all. Raises InputRefused."""
    maker, own = archive.card, own_card(session)
    assert maker is not None  # proved
    if maker.demo != own.demo:
        raise InputRefused("odmback.demo")
    if own.site not in (CENTRE, maker.site):
        raise InputRefused("odmback.other_site", site=maker.site, own=own.site)
    if own.definition not in archive.sources:
        raise InputRefused("odmback.definition", own=own.definition[:12], theirs=maker.definition[:12])
    return maker


def _newcomers(registry: Registry, archive: Proved, maker: Card) -> Iterator[Card]:
    """The PCs that are not known here yet. Raises InputRefused for one that is, by other keys."""
    for device, _, _ in archive.heads:
        if device in registry.lineage:
            continue
        said = archive.firsts[device].data
        card = maker
        if device != maker.device:
            told = {name: said.get(name) for name in ("name", "site", "sign", "box", "authority")}
            about = {
                "study": maker.study,
                "device": device,
                "definition": maker.definition,
                "demo": maker.demo,
            }
            card = card_of({**told, **about})
        known = registry.peers.get(device)
        if known is None:
            yield card
        elif (known.card.sign, known.card.authority) != (card.sign, card.authority):
            raise InputRefused("odmback.peer_changed", name=known.name)


class _Undo(Exception):
    """No error: the way out of a transaction that is not kept."""

    def __init__(self, taken: Taken) -> None:
        super().__init__()
        self.taken = taken


@dataclass(frozen=True, slots=True)
class _Work:
    session: Session
    archive: Proved
    registry: Registry
    maker: Card
    progress: Progress

    def run(self, newcomers: tuple[Card, ...], drafts: list[Draft], *, keep: bool) -> Taken:
        """The transaction."""
        journal = self.session.vault.journal
        try:
            with journal.begin() as tx:
                taken = self._within(tx, newcomers, drafts)
                if not keep or not taken.new:
                    raise _Undo(taken)
        except _Undo as undo:
            return undo.taken
        except ChainError as error:
            raise self._in_words(error) from None
        return taken

    def _within(self, tx: Tx, newcomers: tuple[Card, ...], drafts: list[Draft]) -> Taken:
        session, archive, journal = self.session, self.archive, self.session.vault.journal
        before, conflicts = journal.heads(tx), _conflicts(tx)
        for hash_, source in sorted(archive.sources.items()):
            if amendments.incoming(session, tx, hash_, source) is not None:
                raise BundleError("odmback.source", hash=hash_[:12])
        judge = Judge(tx, self.registry, session.study.hash, session.study.subject_pattern)
        intake = journal.intake(tx, archive.count, judge, authorities=self.registry.authorities())
        for count, record in enumerate(archive.records()):
            if not count % _TOLD_EVERY:
                self.progress(count, archive.count)
            intake.take(record, computed=True)
        self.progress(archive.count, archive.count)  # the last moment to cancel
        result = journal.end_intake(intake, archive.seals)
        again, released = rejudging.at_take(session, tx, self.registry)
        result = replace(result, aside=tuple(one for one in result.aside if one[0] not in again))
        redacting.apply(session, tx)
        differing = _conflicts(tx) - conflicts
        details = describe(session, tx, before, result.subjects, differing)
        taken = Taken(
            archive.name, archive.sha256, self.maker, newcomers, result.new, result.known, result.aside,
            len(differing), sum(result.stubs.values()), details,
        )  # fmt: skip
        journal.write(tx, [*drafts, *self._notes(result, before), *released], session.now())
        return taken

    def _notes(self, result: Ingested, before: Mapping[str, tuple[int, str]]) -> list[Draft]:
        """The journal's records of this taking; many ids set aside fill several."""
        aside = [one for one, _ in result.aside]
        about = {
            "direction": ARCHIVE, "sha256": self.archive.sha256, "file": self.archive.name,
            "peer": self.maker.device,
        }  # fmt: skip
        content: dict[str, Any] = {
            **about, "fingerprint": words_of(self.maker.digest()), "new": result.new, "known": result.known,
            "from": {device: before[device][0] for device, _, _ in self.archive.heads if device in before},
            "to": {device: seq for device, seq, _ in self.archive.heads},
            "aside": aside[:_NAMED], "stubs": dict(result.stubs),
            **({"emptied": dict(result.emptied)} if result.emptied else {}),
        }  # fmt: skip
        parts: list[Mapping[str, Any]] = [content]
        for start in range(_NAMED, len(aside), _NAMED):
            parts.append({**about, "part": start // _NAMED, "aside": aside[start : start + _NAMED]})
        return [Draft("bundle", "", one, definition=self.session.study.hash) for one in parts]

    @staticmethod
    def _in_words(error: ChainError) -> BundleError:
        """What a chain did not allow, said of an archive."""
        code = error.code.rpartition("_")[2]
        names = {"unsealed": "unsealed", "fork": "fork", "newer": "own_newer"}
        first = error.params.get("first", error.seq)
        return BundleError(
            f"odmback.{names.get(code, 'altered')}", record=f"{error.device}:{error.seq}", first=first,
        )  # fmt: skip


def _conflicts(tx: Tx) -> frozenset[tuple[str, str]]:
    return frozenset((row["key"], row["query"]) for row in tx.find(schema.conflict))
