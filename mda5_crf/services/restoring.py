"""Restoring a copy: who may, what is compared, and redactions made since the copy was taken."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mda5_crf.db import emptying, restoring, rows, schema
from mda5_crf.db.attempts import utc_now
from mda5_crf.db.manifest import read_manifest
from mda5_crf.db.records import Draft, split_id
from mda5_crf.db.redaction import fault
from mda5_crf.db.restoring import COPIED, Restored, become_new_device, bring, open_copy
from mda5_crf.db.trust import Trust
from mda5_crf.db.vault import OpenVault
from mda5_crf.db.verify import verify
from mda5_crf.errors import StoreError
from mda5_crf.services import access, peers
from mda5_crf.services.access import Action
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

Heads = Mapping[str, tuple[int, str]]
_OF_KEYS = ("device", "certificate", "user", "delegation")

Progress = Callable[[int, int], None]


def _nobody(_done: int, _total: int) -> None:
    """Nobody wants to know."""


def restore(
    copy: Path,
    target: Path,
    who: tuple[str, str],
    second: tuple[str, str],
    *,
    witnesses: Heads | None = None,
    known: Sequence[Path] = (),
    clock: Callable[[], datetime] = utc_now,
    progress: Progress = _nobody,
) -> Restored:
    """Make a vault of ``copy`` at ``target``, which must not be there yet; nothing is overwritten.

    ``who`` and ``second`` are log-ins and passwords of two persons of the copy; the first must be an
    investigator, data manager or administrator. ``witnesses`` are chain heads noted elsewhere; those of this
    PC and of the person are compared anyway. Redactions that newer copies in ``known`` know of are applied.
    Raises PermissionDenied, InputRefused, LoginRefused, StoreError; then ``target`` is as it was.
    """
    return restoring.restore(
        copy, target, who, second,
        may=_may, prove=_prove, redact=partial(_redact, known=known, who=who),
        witnesses=_seen_by(known, witnesses or {}), clock=clock, progress=progress,
    )  # fmt: skip


def _seen_by(known: Sequence[Path], witnesses: Heads) -> Heads:
    """Newer copies are witnesses too: they say how far the chains had come. Raises StoreError."""
    seen = dict(witnesses)
    for folder in known:
        manifest = read_manifest(folder)
        for device, head in manifest.heads.items() if manifest is not None else ():
            if device not in seen or seen[device][0] < head[0]:
                seen[device] = head
    return seen


def _may(vault: OpenVault, _second: str) -> None:
    access.require(vault.certificate.all_roles, Action.RESTORE)


def _prove(vault: OpenVault) -> Sequence[str]:
    """The codes of what verify finds, each once. Without witnesses: those are compared by themselves."""
    found = verify(vault.store, authorities=peers.authorities(vault), judge=access.judge)
    return sorted({trouble.code for trouble in found})


def declare_copy(session: Session, second: tuple[str, str]) -> str:
    """Note that this folder is a copy of one that goes on elsewhere: from now on it is a device of its own.

    Returns the new device's id; bundles go to and come from nobody until the PCs are registered anew.
    Raises PermissionDenied, InputRefused, LoginRefused, StoreError.
    """
    session.require(Action.RESTORE)
    person = session.vault.second_person(second)
    content = {"act": COPIED, "parent": session.device, "second": person}
    device = become_new_device(session.vault, content)
    session.refresh()
    return device


# -- redactions since ----------------------------------------------------------------------------------


def _redact(vault: OpenVault, known: Sequence[Path], who: tuple[str, str]) -> int:
    """Apply what newer copies say was redacted; how many records were emptied. Raises StoreError."""
    contents: dict[str, dict[str, Any]] = {}
    for folder in known:
        for content in _redactions(folder, who, vault.folder):
            contents.setdefault(",".join(content["records"]), content)
    return sum(_apply(vault, content) for content in contents.values())


def _redactions(folder: Path, who: tuple[str, str], beside: Path) -> list[dict[str, Any]]:
    """The redactions that another copy (or the vault itself) has. Raises StoreError, LoginRefused."""
    scratch = Path(tempfile.mkdtemp(prefix="known.", dir=beside))
    try:
        with open_copy(scratch, bring(folder, scratch), *who) as other:
            return [
                dict(record.data) for record in other.journal.records(kinds=("redaction",), standing=True)
            ]
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _apply(vault: OpenVault, content: dict[str, Any]) -> int:
    """Record a redaction anew in this device's chain (both signatures name no device) and empty what is here.

    One that is here already, names what is not here, or is by nobody entitled does nothing.
    """
    named = [place for one in content["records"] if (place := split_id(str(one))) is not None]
    trust = Trust(peers.authorities(vault))
    for record in sorted(vault.journal.records(kinds=_OF_KEYS), key=lambda one: one.stamp):
        trust.learn(record)
    with vault.journal.begin() as tx:
        here = [place for place in named if rows.get_record(tx, *place) is not None]
        done = {(row["device"], row["seq"]) for row in tx.find(schema.redaction)}
        if not here or set(here) <= done:
            return 0
        lawful = {**content, "records": [f"{device}:{seq}" for device, seq in named]}
        (record,) = vault.journal.write(tx, [Draft("redaction", "", lawful)], vault.now())
        if fault(record, trust, partial(rows.get_record, tx)) is not None:
            raise StoreError("backup.redaction_false")
        return len(emptying.empty(vault.store, tx, lambda: trust))


# -- what is said --------------------------------------------------------------------------------------


def lines(done: Restored) -> tuple[Text, ...]:
    """The report of a restore, line by line."""
    said = [message("backup.restored", place=done.folder.name, records=done.records, device=done.device)]
    if done.made is None:
        said.append(message("backup.restored_unproved"))
    for device, (first, last, _) in sorted(done.lost.items()):
        said.append(message("backup.lost", device=device, first=first, last=last, count=last - first + 1))
    for device in done.forked:
        said.append(message("backup.forked", device=device))
    if not done.lost and not done.forked:
        said.append(message("backup.nothing_lost" if done.witnessed else "backup.no_witness"))
    if done.redacted:
        said.append(message("backup.redacted", count=done.redacted))
    if done.troubles:
        said.append(message("backup.restored_troubles", codes=", ".join(done.troubles)))
    said.append(message("backup.new_device", device=done.device, parent=done.parent))
    return tuple(said)
