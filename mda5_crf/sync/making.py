"""Making a bundle: what the receiver lacks, as far as it may see it, in one encrypted and signed file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import mda5_crf
from mda5_crf.db import clock
from mda5_crf.db.records import Draft
from mda5_crf.db.rows import LAST_SEQ
from mda5_crf.db.tx import Tx
from mda5_crf.errors import BundleError
from mda5_crf.services.access import Action
from mda5_crf.sync.envelope import READER, Header
from mda5_crf.sync.ledger import OUT, Ledger
from mda5_crf.sync.lines import LineRefused, write_line
from mda5_crf.sync.manifest import Heads, Manifest
from mda5_crf.sync.packing import with_end, written
from mda5_crf.sync.registry import Peer, Registry
from mda5_crf.sync.scope import Scope, carried

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

SUFFIX: Final = ".mda5b"
_TOLD_EVERY: Final = 100


def make(
    session: Session,
    peer: str,
    folder: Path,
    everything: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Path:
    """Write the next bundle for the PC ``peer`` (device id) into ``folder`` and return its path.

    It holds what that PC is not known to have; with ``everything`` all it may see, as if nothing had ever
    arrived. The bundle is recorded before it appears in its place: a number is never used for two files.
    ``progress`` is told how many records of how many are written, 0 of 0 while they are counted; what it
    raises (Cancelled) ends the work with nothing recorded and no file. After that nothing asks it any more.
    Raises PermissionDenied, InputRefused (PC not registered, revoked), BundleError, StoreError.
    """
    session.require(Action.BUNDLE)
    registry = Registry.read(session)
    receiver = registry.approved(peer)
    ledger = Ledger.read(session, peer)
    number, prev = ledger.next_number(peer)
    made, _ = clock.stamp(session.now(), session.vault.meta.zone)
    with session.vault.store.read() as tx:
        base = {} if everything else ledger.known(peer)
        contents = _Contents(session, tx, registry, receiver, base, progress)
        manifest = contents.manifest(number, prev, made, ledger.receipts(peer))

        def header(length: int, hashed: str) -> Header:
            study = session.vault.meta.study
            return Header(study, session.device, peer, number, prev, made, READER, length, hashed)

        name = f"MDA5_{session.device[:8]}_to_{peer[:8]}_{number:04d}{SUFFIX}"
        keys = session.vault.device_keys
        lines = contents.lines(manifest)
        with written(folder, name, header, keys.sign, receiver.box, lines) as (sha256, move):
            progress(manifest.records, manifest.records)  # the last moment to cancel
            _record(session, manifest, sha256)
            return move()


def _record(session: Session, manifest: Manifest, sha256: str) -> None:
    content = {
        "direction": OUT, "number": manifest.number, "peer": manifest.receiver, "sha256": sha256,
        "prev": manifest.prev, "made": manifest.made, "records": manifest.records,
        "from": dict(manifest.base), "to": {device: seq for device, (seq, _) in manifest.heads.items()},
    }  # fmt: skip
    session.append([Draft("bundle", "", content)])


@dataclass(slots=True)
class _Counted:
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
        shared = [*self._base, receiver.device]
        self._have: Heads = {device: ends[device] for device in shared if device in ends}
        # A vector that ends beyond every chain keeps the others out.
        self._vector = {device: self._base.get(device, LAST_SEQ) for device in ends}

    def manifest(self, number: int, prev: str, made: str, receipts: tuple[tuple[int, str], ...]) -> Manifest:
        counted = _Counted()
        for line in with_end(self._sections(counted)):
            counted.plain += len(line)
        # The end line counts and hashes the manifest too, so its own length is what is stable.
        length, session = self._end_length(counted), self._session
        return Manifest(
            session.vault.meta.study, session.device, self._receiver.device, number, prev, made,
            session.study.hash, mda5_crf.__version__, {d: n for d, n in self._base.items() if n}, self._heads,
            self._have, receipts, counted.records, counted.seals, counted.plain + length,
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
        lines = counted.records + counted.seals
        return len(str(lines + 1)) - len(str(lines))

    def _sections(self, counted: _Counted, total: int = 0) -> Iterator[bytes]:
        for record in self._journal.above(self._vector, self._tx):
            if counted.records % _TOLD_EVERY == 0:
                self._progress(counted.records if total else 0, total)
            counted.records += 1
            yield _line("record", self._scope.cut(record).as_json(), record.id)
        for seal in self._journal.seals_above(self._vector, self._tx):
            counted.seals += 1
            yield _line("seal", seal.as_json())


def _line(what: str, content: object, record: str = "") -> bytes:
    try:
        return write_line(what, content)
    except LineRefused:
        raise BundleError("sync.record_too_large", record=record) from None
