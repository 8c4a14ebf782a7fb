"""Study definitions that travel in bundles: which ones a receiver lacks, and taking in those that came.

A source by itself is only kept, under its hash. It counts once a record announces it: the founding of a
vault, or an amendment signed by the study's authority (``db.amendacts``); and at a site once that site
approved. Centres send definitions, and PCs of one site hand them on to each other; a centre takes none from
a ward.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from mda5_crf.crypto import file_hash
from mda5_crf.db import read, read_definitions, schema
from mda5_crf.db.amendacts import APPROVAL, rank
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.tx import Tx
from mda5_crf.errors import DefinitionError, NewerDefinition
from mda5_crf.services.session import CENTRE
from mda5_crf.study.load import load_source
from mda5_crf.sync.ledger import Ledger
from mda5_crf.sync.registry import Peer, Registry
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_FIRST: Final = 2
"""The number of the ``definition`` record in a chain that founds a vault."""


def outgoing(
    session: Session, tx: Tx, peer: Peer, base: Mapping[str, int] | None = None
) -> list[tuple[str, str, bytes]]:
    """The definitions (hash, OID, canonical source) that ``peer`` is not known to have, oldest first.

    ``base`` says how far it is known to have each chain; whoever has the record that announced a definition
    was sent its source with it. Default: what it said in its newest bundle.
    """
    if peer.site == CENTRE and not session.is_centre:
        return []
    known = Ledger.read(session, peer.device).known(peer.device) if base is None else base
    told = read_definitions.told_in(tx, read.lineage(session.vault.store, session.device))
    announced = read_definitions.announcing(tx)
    found = []
    for hash_ in told.lawful:
        records = announced.get(hash_, [])
        has = hash_ == peer.card.definition or any(device == peer.device for device, _ in records)
        if has or any(seq <= known.get(device, 0) for device, seq in records):
            continue
        row = tx.one(schema.definition, hash=hash_)
        assert row is not None  # what is lawful is stored
        found.append((hash_, session.vault.meta.study, bytes(row["source"])))
    return found


def incoming(session: Session, tx: Tx, hashed: str, source: bytes, sender: Peer | None = None) -> Text | None:
    """Store a definition's source once its hash is checked; the reason when it is refused."""
    if sender is not None and session.is_centre and sender.site != CENTRE:
        return message("amend.refused_ward", name=sender.name)
    if file_hash(source) != hashed:
        return message("amend.refused_hash")
    if tx.one(schema.definition, hash=hashed) is not None:
        return None
    try:
        study = load_source(source)
    except NewerDefinition as error:
        return error.text
    except DefinitionError:
        return message("amend.refused_broken", hash=hashed[:12])
    if study.oid != session.vault.meta.study:
        return message("amend.refused_study", theirs=study.oid)
    read.put_definition(tx, hashed, source)
    return None


class DefinitionJudge:
    """Whether what a chain says of definitions may stand; part of the judge of a whole bundle."""

    def __init__(self, tx: Tx, registry: Registry, in_force: str) -> None:
        self._tx = tx
        self._registry = registry
        self._lawful = {in_force}
        self._asked = False
        self._ranks: dict[str, tuple[int, ...]] = {}

    def __call__(self, record: AuditRecord) -> Text | None:
        """Why a record of kind ``definition``, ``amendment`` or ``site-approval`` is set aside, or None."""
        data, site = record.data, self._registry.site_of(record.device)
        if record.kind == APPROVAL:
            return None if site != CENTRE and data.get("site") == site else message("amend.aside_site")
        hash_, version = str(data.get("hash")), str(data.get("version", ""))
        if record.kind == read_definitions.FOUNDING:
            if not self._counts(hash_) and not (
                site == CENTRE and record.seq == _FIRST and self._stored(hash_)
            ):
                return message("sync.aside_definition")
        elif site != CENTRE:
            return message("amend.aside_ward")
        elif rank(version) <= self._newest(record):
            return message("amend.aside_older")
        self._lawful.add(hash_)
        self._ranks[record.device] = max(self._newest(record), rank(version))
        return None

    def _counts(self, hash_: str) -> bool:
        if hash_ not in self._lawful and not self._asked:
            self._asked = True
            self._lawful |= set(read_definitions.told_in(self._tx, self._registry.lineage).lawful)
        return hash_ in self._lawful

    def _stored(self, hash_: str) -> bool:
        return self._tx.one(schema.definition, hash=hash_) is not None

    def _newest(self, record: AuditRecord) -> tuple[int, ...]:
        """The highest version that this chain has announced before."""
        if record.device not in self._ranks:
            before = read_definitions.versions_of(self._tx, record.device, record.seq)
            self._ranks[record.device] = max(map(rank, before), default=())
        return self._ranks[record.device]
