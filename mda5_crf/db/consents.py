"""Acts of two persons: one writes the record, another signs that it be written.

Kinds ``void``, ``unvoid`` (entered at the wrong place), ``restore``, ``overlay``, ``amendment``, ``clock``
with flag ``corrected``, ``revocation`` made by the centre, ``peer`` where it approved a PC that joins.
Their content has a part

    second    {person, sig}: base64 of Ed25519 by the second person's sign key over context "consent" and
              canon{vault, study, kind, key, by, content}

``vault`` is that of the chain the record stands in, ``by`` the author's id, ``content`` the content without
``second``. The author answers by the seal of the record. So neither of the two can do it alone, and nobody's
consent can be put under another act. Receivers and ``verify`` ask :func:`fault`; the fold asks for the shape.

Before version 0.5 a ``restore`` only named its second person: ``second`` is that person's id, a text. Such a
record stands and stays readable; :func:`only_named` tells it apart, and a proof of the record says so of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mda5_crf.crypto import CanonError, KeyRefused, SigningKey, base64_text, canon, unbase64
from mda5_crf.db import clock
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.trust import Trust
from mda5_crf.text import Text, message

CONTEXT: Final = "consent"
SECOND: Final = "second"
CORRECTED: Final = "corrected"
KINDS: Final = frozenset({"void", "unvoid", "clock", "restore", "overlay", "amendment", "peer", "revocation"})
_SIGNATURE_BYTES: Final = 64
_ENTRY: Final = frozenset({"data_entry", "investigator"})
OVERLAY_SECONDS: Final = frozenset({"investigator", "monitor", "data_manager"})
AMENDING: Final = OVERLAY_SECONDS | {"administrator"}
ADMITTERS: Final = frozenset({"data_manager", "administrator"})
RESTORERS: Final = frozenset({"investigator", "data_manager", "administrator"})


class ConsentRefused(ValueError):
    """Content without a second person's part. The text never quotes it."""


@dataclass(frozen=True, slots=True)
class Consent:
    """The second person's part."""

    person: str
    signature: bytes


def takes_two(kind: str, content: Mapping[str, Any]) -> bool:
    """Whether a record of this kind and content is an act of two persons."""
    if not content:  # redacted, or withheld: what it said is not known
        return False
    if kind == "restore":
        return not only_named(kind, content)
    if kind == "peer":
        return SECOND in content
    if kind == "revocation":
        return content.get("act") == "made"
    return kind in ("void", "unvoid", "overlay", "amendment") or (
        kind == "clock" and content.get("flag") == CORRECTED
    )


def only_named(kind: str, content: Mapping[str, Any]) -> bool:
    """Whether the second person of a restore is named and did not sign: written before version 0.5."""
    named = content.get(SECOND)
    return kind == "restore" and isinstance(named, str) and bool(named)


def signed_part(vault: str, study: str, kind: str, key: str, by: str, content: Mapping[str, Any]) -> bytes:
    """What the second person signs; a ``second`` in ``content`` is left out."""
    said = {name: value for name, value in content.items() if name != SECOND}
    return canon({"vault": vault, "study": study, "kind": kind, "key": key, "by": by, "content": said})


def consent(person: str, key: SigningKey, signed: bytes) -> dict[str, str]:
    """The second person's part, by that person's sign key."""
    return part(person, key.sign(CONTEXT, signed))


def part(person: str, signature: bytes) -> dict[str, str]:
    """The second person's part from a signature already made."""
    return {"person": person, "sig": base64_text(signature)}


def read_consent(content: Mapping[str, Any]) -> Consent:
    """The second person's part of a content. Raises ConsentRefused."""
    found = content.get(SECOND)
    if not isinstance(found, Mapping) or set(found) != {"person", "sig"}:
        raise ConsentRefused("second")
    person, sig = found["person"], found["sig"]
    if not isinstance(person, str) or not isinstance(sig, str) or not person:
        raise ConsentRefused("second")
    try:
        signature = unbase64(sig)
    except KeyRefused:
        raise ConsentRefused("signature") from None
    if len(signature) != _SIGNATURE_BYTES:
        raise ConsentRefused("signature")
    return Consent(person, signature)


def fault(record: AuditRecord, trust: Trust) -> Text | None:
    """Why the act of two persons ``record`` may not stand, or None; the same at ward and centre."""
    content = record.data
    try:
        second = read_consent(content)
        day = clock.local(record.at, record.zone).date().isoformat()
    except (ConsentRefused, IndexError, OverflowError, ValueError):
        return message("trace.consent_shape")
    if second.person == record.person:
        return message("trace.consent_same")
    vault = trust.vault_of(record.device)
    try:
        signed = signed_part(vault, record.study, record.kind, record.key, record.person, content)
    except CanonError:  # a content as deep as it may be leaves no room for what stands around it
        return message("trace.consent_shape")
    if not trust.signed(second.person, record.device, record.clock, CONTEXT, signed, second.signature):
        return message("trace.consent_unsigned")
    roles = [trust.roles(record.device, who, record.clock, day) for who in (record.person, second.person)]
    return None if entitled(record.kind, *roles) else message("trace.consent_roles")


def entitled(kind: str, first: frozenset[str], second: frozenset[str]) -> bool:
    """Whether two persons with these roles may do it together.

    What was entered at the wrong place: two who may enter, an investigator among them. The clock: an
    administrator, with an investigator or another administrator. A restore: who may restore, with anybody
    whose account counts that day. A check made softer: a data manager, with another one, an investigator or a
    monitor. An amendment of the definition: a data manager, with any of these or an administrator.
    """
    if kind in ("peer", "revocation"):
        # A PC approved or revoked for the study: with anybody who may register PCs.
        return not ADMITTERS.isdisjoint(first) and not (ADMITTERS | {"investigator"}).isdisjoint(second)
    if kind == "amendment":
        return "data_manager" in first and not AMENDING.isdisjoint(second)
    if kind == "overlay":
        return "data_manager" in first and not OVERLAY_SECONDS.isdisjoint(second)
    if kind == "restore":
        return not RESTORERS.isdisjoint(first) and bool(second)
    if kind == "clock":
        pairs = ((first, second), (second, first))
        return any(
            "administrator" in a and not b.isdisjoint({"administrator", "investigator"}) for a, b in pairs
        )
    both = not _ENTRY.isdisjoint(first) and not _ENTRY.isdisjoint(second)
    return both and "investigator" in first | second
