"""Proof of the record: what was looked at, what is wrong, and what nobody can know."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mda5_crf.db import read
from mda5_crf.db.consents import only_named
from mda5_crf.db.manifest import read_manifest
from mda5_crf.db.verify import Trouble, Witness, prove
from mda5_crf.services import access, backups, peers
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


@dataclass(frozen=True, slots=True)
class Report:
    """What was proved: records read, head of every chain, heads that a witness confirmed, what is wrong.

    ``checked`` says how much was looked at (records, seals, pages …), ``witnesses`` what noted the ends of
    the chains outside the database, ``unknown`` what could not be known, ``seconds`` how long it took.
    """

    records: int
    heads: Mapping[str, tuple[int, str]]
    witnessed: frozenset[str]
    troubles: tuple[Trouble, ...]
    checked: Mapping[str, int] = field(default_factory=dict)
    witnesses: tuple[Text, ...] = ()
    unknown: tuple[Text, ...] = ()
    seconds: float = 0.0


def run(
    session: Session,
    witnesses: Mapping[str, tuple[int, str]],
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Check chains, contents, seals, rights, projections, pages and keys against all witnesses at hand.

    ``witnesses`` are heads that somebody noted (a printed page); ``progress`` is told the number of records
    read so far. Raises StoreError.
    """
    begun = time.monotonic()
    vault = session.vault
    known, unknown, outside = _witnesses(session)
    if witnesses:
        known.append(Witness(message("verify.from_line"), witnesses))
    # Whoever holds the key can add a device that names an authority of his own; only these are believed.
    believed = peers.authorities(vault)
    proved = prove(vault.store, known, authorities=believed, judge=access.judge, progress=progress)
    of_keys, slots = vault.check_keys_file()
    heads = vault.journal.heads()
    seen = frozenset(device for one in known for device in one.heads)
    if not (outside or witnesses):
        unknown.insert(0, message("verify.unknown_tail"))
    if not witnesses:
        unknown.append(message("verify.unknown_others"))
    unknown.append(message("verify.unknown_clock"))
    for device, (first, last) in sorted(vault.lost().items()):
        if device not in heads or heads[device][0] < last:  # else it came back from another PC
            unknown.append(
                message("backup.lost", device=device, first=first, last=last, count=last - first + 1)
            )
    unknown += [
        message("backup.went_on", device=device, first=first, last=last)
        for device, (first, last) in sorted(vault.went_on().items())
    ]
    unknown += [
        message("backup.only_named", record=row.record)
        for row in read.passages(vault.store, "restore")
        if only_named("restore", row.content)
    ]
    return Report(
        records=sum(seq for seq, _ in heads.values()),
        heads=heads,
        witnessed=seen & frozenset(heads),
        troubles=(*proved.troubles, *of_keys),
        checked={**proved.checked, "slots": slots},
        witnesses=tuple(one.name for one in known),
        unknown=tuple(unknown),
        seconds=time.monotonic() - begun,
    )


def _witnesses(session: Session) -> tuple[list[Witness], list[Text], bool]:
    """Who noted the ends of the chains (the person, this PC, copies), who did not, and whether one who did
    lies outside the folder. What lies in it (keyring, its own copies) goes back in time along with it.
    """
    known, unknown = [], []
    person, here = session.vault.witness_sets()
    for heads, name in ((person, "keyring"), (here, "settings")):
        if heads:
            known.append(Witness(message(f"verify.from_{name}"), heads))
        else:
            unknown.append(message(f"verify.unknown_own_{name}"))
    elsewhere = False
    for copy in backups.copies(session):
        # Only a copy whose manifest somebody with this vault's present key sealed says anything.
        manifest = read_manifest(copy.path) if copy.state == "good" else None
        if manifest is not None:
            heads = session.vault.comparable(manifest.heads)
            known.append(Witness(message("verify.from_backup", name=copy.name), heads))
            elsewhere = elsewhere or copy.where == backups.SECOND
    if not elsewhere:
        unknown.append(message("verify.unknown_elsewhere"))
    return known, unknown, elsewhere or bool(here)
