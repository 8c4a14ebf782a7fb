"""Amendments of the study definition: what the two kinds of records say, and who signed them.

    amendment      key ""; content {hash, oid, version, base, reason, sig, second {person, sig}}: in the chain
                   of a coordinating centre. ``hash`` names the new definition, ``base`` the newest before it.
                   ``sig``: base64 of Ed25519 by the study's authority over context "approve" and canon{act
                   "amendment", vault, study, by, content without sig and second}; ``second``: db/consents.py
    site-approval  key ""; content {definition, version, site, approved, from, sig}: in a chain of that site.
                   ``approved`` is the day on which ethics committee and institution approved, ``from`` the
                   first day on which forms are begun under it (ISO dates). ``sig``: by the sign key of the
                   site's principal investigator over context "approve" and canon{act "site-approval", vault,
                   study, by, content without sig}

``vault`` is that of the chain the record stands in, ``by`` the author's id. Neither changes a projection:
which definition is in force at a site on a day follows from both together
(:mod:`mda5_crf.db.read_definitions`), and an amendment alone changes nothing anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from mda5_crf.crypto import CanonError, KeyRefused, canon, unbase64
from mda5_crf.db.fold_common import Unfoldable
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.trust import Trust
from mda5_crf.db.tx import Tables
from mda5_crf.text import Text, message

CONTEXT: Final = "approve"
AMENDMENT: Final = "amendment"
APPROVAL: Final = "site-approval"
_UNSIGNED: Final = frozenset({"sig", "second"})
_AMENDMENT: Final = frozenset({"hash", "oid", "version", "base", "reason", "sig", "second"})
_APPROVAL: Final = frozenset({"definition", "version", "site", "approved", "from", "sig"})
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_VERSION: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){0,5}")
_SIGNATURE_BYTES: Final = 64


class AmendRefused(ValueError):
    """Content that is no amendment and no approval. The text never quotes it."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """What an ``amendment`` record says."""

    hash: str
    oid: str
    version: str
    base: str
    reason: str
    signature: bytes

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Amendment:
        """Read a content strictly, its second person apart. Raises AmendRefused."""
        if set(content) != _AMENDMENT:
            raise AmendRefused("fields")
        texts = [_text(content, name) for name in ("hash", "oid", "version", "base", "reason")]
        if not (_HASH.fullmatch(texts[0]) and _HASH.fullmatch(texts[3])) or texts[0] == texts[3]:
            raise AmendRefused("hash")
        if not texts[1] or not version_ok(texts[2]) or not texts[4].strip():
            raise AmendRefused("texts")
        return cls(texts[0], texts[1], texts[2], texts[3], texts[4], _signature(content))


@dataclass(frozen=True, slots=True)
class Approval:
    """What a ``site-approval`` record says. ``begins``: the first day on which it applies."""

    definition: str
    version: str
    site: str
    approved: date
    begins: date
    signature: bytes

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Approval:
        """Read a content strictly. Raises AmendRefused."""
        if set(content) != _APPROVAL:
            raise AmendRefused("fields")
        definition, version, site = (_text(content, name) for name in ("definition", "version", "site"))
        if not _HASH.fullmatch(definition) or not version_ok(version) or not re.fullmatch("[0-9]{2}", site):
            raise AmendRefused("texts")
        approved, begins = (_day(content, name) for name in ("approved", "from"))
        if begins < approved:
            raise AmendRefused("days")
        return cls(definition, version, site, approved, begins, _signature(content))


def version_ok(version: str) -> bool:
    """Whether a version can be put in order: numbers with dots between them."""
    return version.isascii() and _VERSION.fullmatch(version) is not None


def rank(version: str) -> tuple[int, ...]:
    """The place of a version among others: 2.10 comes after 2.9. One that is no number comes first."""
    return tuple(int(part) for part in version.split(".")) if version_ok(version) else ()


def signed_part(kind: str, vault: str, study: str, by: str, content: Mapping[str, Any]) -> bytes:
    """What authority or principal investigator sign; ``sig`` and ``second`` in ``content`` are left out."""
    said = {name: value for name, value in content.items() if name not in _UNSIGNED}
    return canon({"act": kind, "vault": vault, "study": study, "by": by, "content": said})


def fault(record: AuditRecord, trust: Trust) -> Text | None:
    """Why a record of either kind may not stand, beside its author's rights and the second person."""
    content = record.data
    vault = trust.vault_of(record.device)
    try:
        signed = signed_part(record.kind, vault, record.study, record.person, content)
        if record.kind == AMENDMENT:
            amendment = Amendment.read(content)
            authority = trust.authority_of(record.device)
            if authority is None or not authority.accepts(CONTEXT, signed, amendment.signature):
                return message("amend.aside_unsigned")
            return None
        approval = Approval.read(content)
    except (AmendRefused, CanonError):
        return message("amend.aside_shape")
    if not trust.is_principal(record.person, record.device, record.clock):
        return message("amend.aside_principal")
    if not trust.signed(record.person, record.device, record.clock, CONTEXT, signed, approval.signature):
        return message("amend.aside_unsigned_site")
    return None


def fold_amended(_tx: Tables, record: AuditRecord) -> None:
    """``amendment``, ``site-approval``: only their shape is asked for; nothing is computed from one alone."""
    try:
        (Amendment if record.kind == AMENDMENT else Approval).read(record.data)
    except AmendRefused:
        raise Unfoldable("aside_shape") from None


def _text(content: Mapping[str, Any], name: str) -> str:
    value = content[name]
    if not isinstance(value, str):
        raise AmendRefused("text")
    return value


def _day(content: Mapping[str, Any], name: str) -> date:
    text = _text(content, name)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise AmendRefused("day") from None
    if day.isoformat() != text:
        raise AmendRefused("day")
    return day


def _signature(content: Mapping[str, Any]) -> bytes:
    try:
        signature = unbase64(_text(content, "sig"))
    except KeyRefused:
        raise AmendRefused("signature") from None
    if len(signature) != _SIGNATURE_BYTES:
        raise AmendRefused("signature")
    return signature
