"""Electronic signatures of forms: what a ``signature`` record says, and what exactly was signed.

    key         the scope: a form instance, a visit or a participant
    content     {meaning, name, program, records {device: "5-12,14"}, computed [[key, text] …] or null,
                computed_hash, manifest, batch [manifests], sig}
    manifest    hex SHA-256 over context "esign" and canon{vault, study, definition, subject, scope, meaning,
                person, name, at, zone, program, computed, items [[key, device, seq, hash] …]}
    sig         base64 of Ed25519 by the person's sign key over context "esign" and canon{manifests: batch}

``vault`` is that of the chain the record stands in; study, definition, person, at and zone are those of the
record's own line; scope is its key, subject the first part of it; ``name`` is the name as printed. ``items``
are the records that stood in the scope when it was signed, each with the hash of its line, in order of key,
device and number; ``records`` names them. ``computed`` holds what the program had computed in the scope, keys
without the scope; the manifest's ``computed`` is ``computed_hash``, hex SHA-256 of its canonical form: null,
where it would be too long to travel, leaves it provable all the same.

So a manifest can be made again from the journal alone, and a signature put under another form, vault, time or
person fits none. ``batch`` are all manifests signed by one act, this one among them: whoever lacks one of the
records can still say whose signature it is.

What stands in a scope are values, rows, strikes, statuses and pins; a signature is void as soon as that set
is another one. Confirmed findings are listed too, as they stood; a later one voids nothing: it says something
about a value and changes none. Queries and other signatures are not listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from mda5_crf.crypto import KeyRefused, base64_text, canon, digest, file_hash, unbase64
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.trust import Trust
from mda5_crf.text import Text, message

CONTEXT: Final = "esign"
MEANINGS: Final = ("ELIGIBILITY", "REVIEWED", "APPROVED")
# What a later record of these kinds in the scope makes void.
VOIDING: Final = frozenset({"value", "missing", "row", "form", "event", "strike", "status", "pin"})
LISTED: Final = VOIDING | {"confirm"}
MOST_COMPUTED: Final = 24 * 1024
MOST_RECORDS: Final = 28 * 1024
"""Canonical bytes of ``computed`` and of ``records``: with the rest they fit into one record."""
_FIELDS: Final = frozenset(
    {"meaning", "name", "program", "records", "computed", "computed_hash", "manifest", "batch", "sig"}
)
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_RUN: Final = r"[1-9][0-9]{0,15}(?:-[1-9][0-9]{0,15})?"
_RUNS: Final = re.compile(f"{_RUN}(?:,{_RUN})*")
_SIGNATURE_BYTES: Final = 64

Listed = tuple[str, str, int, str]
"""One signed record: key, device, number, hash."""
Computed = tuple[tuple[str, str], ...]


class SignatureRefused(ValueError):
    """Content that is no signature. The text never quotes it."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What a ``signature`` record says. ``records``: device → runs of numbers, each (first, last)."""

    meaning: str
    name: str
    program: str
    records: Mapping[str, tuple[tuple[int, int], ...]]
    computed: Computed | None
    computed_hash: str
    manifest: str
    batch: tuple[str, ...]
    signature: bytes

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Signature:
        """Read a content strictly. Raises SignatureRefused."""
        if set(content) != _FIELDS or content["meaning"] not in MEANINGS:
            raise SignatureRefused("fields")
        if not all(isinstance(content[name], str) for name in ("name", "program", "sig")):
            raise SignatureRefused("text")
        batch, manifest = content["batch"], content["manifest"]
        if not isinstance(batch, list) or not all(_is_hash(one) for one in batch) or manifest not in batch:
            raise SignatureRefused("batch")
        computed = _computed(content["computed"], content["computed_hash"])
        try:
            signature = unbase64(content["sig"])
        except KeyRefused:
            raise SignatureRefused("signature") from None
        if len(signature) != _SIGNATURE_BYTES:
            raise SignatureRefused("signature")
        return cls(
            content["meaning"], content["name"], content["program"], _records(content["records"]), computed,
            content["computed_hash"], manifest, tuple(batch), signature,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Act:
    """Who signs what, where and when: everything of a manifest beside its lists.

    ``scope`` is the path of the key; ``at`` and ``zone`` are as :func:`mda5_crf.db.clock.stamp` writes them.
    """

    vault: str
    study: str
    definition: str
    scope: str
    meaning: str
    person: str
    name: str
    at: str
    zone: str
    program: str

    def manifest(self, items: Iterable[Listed], computed_hash: str) -> str:
        """The hash of the manifest over ``items``, in hex."""
        whole = {
            "vault": self.vault, "study": self.study, "definition": self.definition,
            "subject": self.scope.partition("/")[0], "scope": self.scope, "meaning": self.meaning,
            "person": self.person, "name": self.name, "at": self.at, "zone": self.zone,
            "program": self.program, "computed": computed_hash,
            "items": [list(one) for one in sorted(items)],
        }  # fmt: skip
        return digest(CONTEXT, canon(whole)).hex()


def signed_part(batch: Sequence[str]) -> bytes:
    """What the person signs: the manifests of one act."""
    return canon({"manifests": list(batch)})


def computed_hash(computed: Computed) -> str:
    """The hash that stands for computed values in the manifest, in hex."""
    return file_hash(canon(computed))


def content(
    act: Act, items: Sequence[Listed], computed: Computed, manifest: str, batch: Sequence[str], sig: bytes
) -> dict[str, Any]:
    """The content of the record."""
    travels = len(canon(computed)) <= MOST_COMPUTED
    return {
        "meaning": act.meaning, "name": act.name, "program": act.program, "records": named(items),
        "computed": [list(one) for one in computed] if travels else None,
        "computed_hash": computed_hash(computed), "manifest": manifest, "batch": list(batch),
        "sig": base64_text(sig),
    }  # fmt: skip


def named(items: Iterable[Listed]) -> dict[str, str]:
    """The records of ``items`` as the content names them: device → ``5-12,14``."""
    numbers: dict[str, list[int]] = {}
    for _, device, seq, _ in items:
        numbers.setdefault(device, []).append(seq)
    return {device: _runs(sorted(found)) for device, found in sorted(numbers.items())}


def rebuilt(record: AuditRecord, signature: Signature, vault: str, items: Iterable[Listed]) -> str:
    """The manifest that ``record`` would have to name, in its place and over ``items``, in hex."""
    act = Act(
        vault, record.study, record.definition, record.key, signature.meaning, record.person, signature.name,
        record.at, record.zone, signature.program,
    )  # fmt: skip
    return act.manifest(items, signature.computed_hash)


def within(key: str, scope: str) -> bool:
    """Whether a record about ``key`` lies in ``scope``; both are paths."""
    return key == scope or key.startswith(f"{scope}/")


def fault(record: AuditRecord, trust: Trust) -> Text | None:
    """Why the signature ``record`` may not stand, whatever it signed; None when it is its author's.

    The same answer at the ward and at the centre. Roles are judged with those of all other records.
    """
    try:
        signature = Signature.read(record.data)
    except SignatureRefused:
        return message("signing.shape")
    if not by_author(record, signature, trust):
        return message("signing.not_by_author")
    if signature.name not in trust.names(record.device, record.person, record.clock):
        return message("signing.other_name")
    return None


def by_author(record: AuditRecord, signature: Signature, trust: Trust) -> bool:
    """Whether a key of the record's author that counted there and then made the signature."""
    signed = signed_part(signature.batch)
    return trust.signed(record.person, record.device, record.clock, CONTEXT, signed, signature.signature)


def _runs(numbers: Sequence[int]) -> str:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def _records(value: object) -> dict[str, tuple[tuple[int, int], ...]]:
    """Device → runs, in the one spelling that :func:`named` writes."""
    if not isinstance(value, dict) or not value:
        raise SignatureRefused("records")
    found = {}
    for device, text in value.items():
        if not isinstance(text, str) or _RUNS.fullmatch(text) is None:
            raise SignatureRefused("records")
        runs = [tuple(map(int, part.split("-"))) for part in text.split(",")]
        pairs = tuple((run[0], run[-1]) for run in runs)
        for (_, before), (first, _) in pairwise(pairs):
            if first <= before + 1:
                raise SignatureRefused("records")
        if any(len(run) == 2 and run[1] <= run[0] for run in runs):
            raise SignatureRefused("records")
        found[device] = pairs
    return found


def _computed(value: object, hashed: object) -> Computed | None:
    if not _is_hash(hashed):
        raise SignatureRefused("computed")
    if value is None:
        return None
    if not isinstance(value, list) or not all(_is_pair(one) for one in value):
        raise SignatureRefused("computed")
    computed = tuple((one[0], one[1]) for one in value)
    if computed_hash(computed) != hashed:
        raise SignatureRefused("computed")
    return computed


def _is_hash(value: object) -> bool:
    return isinstance(value, str) and _HASH.fullmatch(value) is not None


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(one, str) for one in value)
