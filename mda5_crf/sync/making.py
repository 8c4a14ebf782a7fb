"""Making a bundle: what the receiver lacks, as far as it may see it, in one encrypted and signed file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import mda5_crf
from mda5_crf.db import clock
from mda5_crf.db.records import AuditRecord, Draft
from mda5_crf.db.rows import LAST_SEQ
from mda5_crf.db.tx import Tx
from mda5_crf.errors import BundleError
from mda5_crf.services import freetext
from mda5_crf.services.access import Action
from mda5_crf.sync import amendments, revocation
from mda5_crf.sync.envelope import BUNDLE, Header
from mda5_crf.sync.ledger import OUT, Ledger
from mda5_crf.sync.lines import LineRefused, write_line
from mda5_crf.sync.manifest import Heads, Manifest
from mda5_crf.sync.naming import bundle_name
from mda5_crf.sync.packing import with_end, written
from mda5_crf.sync.recordlines import RecordWriter
from mda5_crf.sync.registry import Peer, Registry
from mda5_crf.sync.scope import Scope, carried
from mda5_crf.sync.sources import MAX_DEFINITIONS, source_lines

if TYPE_CHECKING:
    from mda5_crf.services.identities import Identity
    from mda5_crf.services.session import Session

SUFFIX: Final = ".mda5b"
_TOLD_EVERY: Final = 100


def make(
    session: Session,
    peer: str,
    folder: Path,
    everything: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    *,
    names: Sequence[Identity] | None = None,
    anyway: bool = False,
) -> Path:
    """Write the next bundle for the PC ``peer`` (device id) into ``folder`` and return its path.

    It holds what that PC is not known to have; with ``everything`` all it may see, as if nothing had ever
    arrived. The bundle is recorded before it appears in its place: a number is never used for two files.
    ``progress`` is told how many records of how many are written, 0 of 0 while they are counted; what it
    raises (Cancelled) ends the work with nothing recorded and no file. After that nothing asks it any more.

    What would travel is searched for texts that name a person, with ``names`` (rows of the identification
    list, None where it is closed) for those too. Found ones go only ``anyway``; the bundle's record then
    names them, and for this receiver they are not asked about again.
    Raises PermissionDenied, PersonNamed, InputRefused (PC not registered, revoked), BundleError, StoreError.
    """
    session.require(Action.BUNDLE)
    with session.vault.place.exclusively():
        search = freetext.Search(session, names or (), freetext.confirmed_for(session, peer))
        return _make(
            session, peer, folder, everything, progress, search, None if anyway else names is not None
        )


def _make(
    session: Session,
    peer: str,
    folder: Path,
    everything: bool,
    progress: Callable[[int, int], None],
    search: freetext.Search,
    asks: bool | None,
) -> Path:
    """``asks``: what is found must be confirmed first, and whether names were looked for; None: it was."""
    registry = Registry.read(session)
    receiver = registry.approved(peer)
    ledger = Ledger.read(session, peer)
    number, prev = ledger.next_number(peer)
    made, _ = clock.stamp(session.now(), session.vault.meta.zone)
    with session.vault.store.read() as tx:
        base = {} if everything else ledger.known(peer)
        contents = _Contents(session, tx, registry, receiver, base, progress)
        manifest = contents.manifest(number, prev, made, ledger.receipts(peer), search)
        named = search.found()
        if named and asks is not None:
            raise freetext.PersonNamed(named, names=asks)

        def header(length: int, hashed: str) -> Header:
            study = session.vault.meta.study
            return Header(study, session.device, peer, number, prev, made, BUNDLE.reader, length, hashed)

        own, theirs = (session.vault_name, session.device, session.site), (receiver.name, peer, receiver.site)
        name = bundle_name(own, theirs, number) + SUFFIX
        keys = session.vault.device_keys
        lines = contents.lines(manifest)
        with written(folder, name, header, keys.sign, receiver.box, lines) as (sha256, move):
            progress(manifest.records, manifest.records)  # the last moment to cancel
            _record(session, manifest, sha256, [one.record for one in named])
            return move()


def _record(session: Session, manifest: Manifest, sha256: str, named: Sequence[str]) -> None:
    content = {
        "direction": OUT, "number": manifest.number, "peer": manifest.receiver, "sha256": sha256,
        "prev": manifest.prev, "made": manifest.made, "records": manifest.records,
        "from": dict(manifest.base), "to": {device: seq for device, (seq, _) in manifest.heads.items()},
        **({freetext.CONFIRMED: list(named[: freetext.NAMED])} if named else {}),
    }  # fmt: skip
    session.append([Draft("bundle", "", content)])


@dataclass(slots=True)
class _Counted:
    definitions: int = 0
    records: int = 0
    seals: int = 0
    plain: int = 0


class _Contents:
    """What goes in, read twice from one state of the database: to count and to write."""

    def __init__(
        self,
        session: Session,
        tx: Tx,
        registry: Registry,
        receiver: Peer,
        base: Mapping[str, int],
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> None:
        self._progress = progress
        self._session = session
        self._journal = session.vault.journal
        self._tx = tx
        self._registry = registry
        self._receiver = receiver
        self._scope = Scope(tx, registry, receiver)
        ends = self._journal.heads(tx)
        devices = carried(tx, registry, receiver)
        self._base = {device: base.get(device, 0) for device in devices if device in ends}
        self._heads: Heads = {device: ends[device] for device in self._base}
        theirs = [device for device, post in registry.stations.items() if post == receiver.device]
        shared = [*self._base, receiver.device, *theirs]
        self._have: Heads = {device: ends[device] for device in shared if device in ends}
        # What lacks more than a bundle may hold gets the rest with the next one.
        self._sources = amendments.outgoing(session, tx, receiver, base)[:MAX_DEFINITIONS]
        # A vector that ends beyond every chain keeps the others out.
        self._vector = {device: self._base.get(device, LAST_SEQ) for device in ends}

    def manifest(
        self,
        number: int,
        prev: str,
        made: str,
        receipts: tuple[tuple[int, str], ...],
        search: freetext.Search | None = None,
    ) -> Manifest:
        """The first line, counted over everything that follows; ``search`` sees each record on the way."""
        counted = _Counted()
        for line in with_end(self._sections(counted, search=search)):
            counted.plain += len(line)
        # The end line counts and hashes the manifest too, so its own length is what is stable.
        length, session = self._end_length(counted), self._session
        return Manifest(
            session.vault.meta.study, session.device, self._receiver.device, number, prev, made,
            session.study.hash, mda5_crf.__version__, {d: n for d, n in self._base.items() if n}, self._heads,
            self._have, receipts, counted.records, counted.seals, counted.plain + length,
            counted.definitions, revocation.newest(session),
        )  # fmt: skip

    def lines(self, manifest: Manifest) -> Iterator[bytes]:
        """Everything, from the manifest to the end."""

        def all_lines() -> Iterator[bytes]:
            yield _line("manifest", manifest.as_json())
            yield from self._sections(_Counted(), manifest.records)

        return with_end(all_lines())

    @staticmethod
    def _end_length(counted: _Counted) -> int:
        """How much longer the end line becomes by counting one line more: 9 → 10."""
        lines = counted.definitions + counted.records + counted.seals
        return len(str(lines + 1)) - len(str(lines))

    def records(self) -> Iterable[AuditRecord]:
        """The records that go in, each as it is here."""
        return self._journal.above(self._vector, self._tx)

    def cut(self, record: AuditRecord) -> AuditRecord:
        """A record as the receiver may see it."""
        return self._scope.cut(record)

    def _sections(
        self, counted: _Counted, total: int = 0, search: freetext.Search | None = None
    ) -> Iterator[bytes]:
        for hashed, oid, source in self._sources:
            for line in _definition(hashed, oid, source):
                counted.definitions += 1
                yield line
        writer = RecordWriter()
        for record in self.records():
            if counted.records % _TOLD_EVERY == 0:
                self._progress(counted.records if total else 0, total)
            counted.records += 1
            seen = self.cut(record)
            if search is not None:
                search.look(seen)
            yield _record_line(writer, seen)
        for seal in self._journal.seals_above(self._vector, self._tx):
            counted.seals += 1
            yield _line("seal", seal.as_json())


def _record_line(writer: RecordWriter, record: AuditRecord) -> bytes:
    try:
        return writer.line(record)
    except LineRefused:
        raise BundleError("sync.record_too_large", record=record.id) from None


def _line(what: str, content: object) -> bytes:
    try:
        return write_line(what, content)
    except LineRefused:
        raise BundleError("sync.record_too_large", record=what) from None


def _definition(hashed: str, oid: str, source: bytes) -> list[bytes]:
    try:
        return list(source_lines(hashed, oid, source))
    except LineRefused:
        raise BundleError("taking.definition_too_large", name=oid) from None
