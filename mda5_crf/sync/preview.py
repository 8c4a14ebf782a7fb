"""What a bundle would change, in words people at a ward use: how many values, of whom, what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from mda5_crf.db import read_delivery, rows, schema
from mda5_crf.itemkey import ItemKey
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.db.tx import Tx
    from mda5_crf.services.session import Session
    from mda5_crf.study.model import Study

_GROUPS: Final[Mapping[str, str]] = {
    "value": "values", "missing": "values", "query": "queries", "signature": "signatures",
    "endorse": "signatures", "lock": "locks", "verify": "verified", "subject": "enrolled",
    "redaction": "redactions", "definition": "definitions", "overlay": "overlays", "void": "voids",
    "unvoid": "voids", "strike": "strikes", "amendment": "amendments", "site-approval": "amendments",
    "peer": "pcs", "invitation": "pcs", "joining": "pcs", "revocation": "pcs", "certificate": "accounts",
    "user": "accounts", "delegation": "accounts",
}  # fmt: skip
GROUPS: Final = tuple(dict.fromkeys(_GROUPS.values()))
"""What is counted by name, most telling first; everything else is counted together."""
OTHER: Final = "other"
MOST: Final = 200
"""Differences that are named."""


@dataclass(frozen=True, slots=True)
class Difference:
    """An item that two PCs answered differently: whose, at which visit, in which form. ``key`` finds it."""

    key: str
    subjid: str
    event: Text
    form: Text
    item: Text

    @property
    def place(self) -> Text:
        """``01-003 · Baseline · Vital signs · Systolic``."""
        parts = [one for one in (both(self.subjid), self.event, self.form, self.item) if one.en]
        return Text(" · ".join(one.en for one in parts), " · ".join(one.zh for one in parts))


@dataclass(frozen=True, slots=True)
class Details:
    """``kinds``: group of :data:`GROUPS` or OTHER → how many new records; ``participants``: their numbers."""

    kinds: Mapping[str, int] = field(default_factory=dict)
    participants: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()


def describe(
    session: Session,
    tx: Tx,
    before: Mapping[str, tuple[int, str]],
    subjects: Collection[str],
    conflicts: Iterable[tuple[str, str]],
) -> Details:
    """What came above ``before`` (the ends of all chains) inside a transaction that is still open.

    ``subjects``: identities it is about; ``conflicts``: key and query of those that are new.
    """
    found: Counter[str] = Counter()
    for device in rows.devices(tx):
        if device == session.device:
            continue
        after = before[device][0] if device in before else 0
        for kind, count in read_delivery.kinds(tx, device, after).items():
            found[_GROUPS.get(kind, OTHER)] += count
    numbers = _numbers(tx)
    who = sorted({numbers[one] for one in subjects if one in numbers})
    keys = sorted({key for key, _ in conflicts})[:MOST]
    differences = tuple(_difference(session.study, key, numbers) for key in keys)
    return Details(dict(found), tuple(who), tuple(sorted(differences, key=lambda one: one.place.en)))


def _numbers(tx: Tx) -> dict[str, str]:
    found = {row["identity"]: str(row["subjid"]) for row in tx.find(schema.subject)}
    return found | {row["identity"]: str(row["subjid"]) for row in tx.find(schema.subject_number)}


def _difference(study: Study, path: str, numbers: Mapping[str, str]) -> Difference:
    key = ItemKey.parse(path)
    event, form = study.events.get(key.event), study.forms.get(key.form)
    item = form.items.get(key.item) if form is not None else None
    # What another version of the definition asks is named by its code.
    return Difference(
        path, numbers.get(key.subject, ""), both(key.event) if event is None else event.name,
        both(key.form) if form is None else form.name, both(key.item) if item is None else item.label,
    )  # fmt: skip


def kinds_in_words(kinds: Mapping[str, int]) -> Text:
    """``34 values, 2 queries, 1 signature, 12 other notes``; "" for nothing."""
    told = [(one, kinds[one]) for one in (*GROUPS, OTHER) if kinds.get(one)]
    words = [
        message(f"mailbag.kind_{name}{'_one' if count == 1 else ''}", count=count) for name, count in told
    ]
    return Text(", ".join(one.en for one in words), "、".join(one.zh for one in words))
