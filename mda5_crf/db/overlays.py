"""What the centre makes of checks without another definition: records of kind ``overlay``, by two persons.

    key      "" (the whole study)
    content  set        {act, check, action, from, until, reason {en, zh}, tried [hash …], sig, second}
             withdrawn  {act, overlay (id of the record it ends), reason {en, zh}, sig, second}
    sig      base64 of Ed25519 by the author's sign key over context "approve" and
             canon{vault, study, act "overlay", by, content}; ``content`` without ``sig`` and ``second``
    second   the second person's consent to the content with ``sig`` (:mod:`mda5_crf.db.consents`)

``action`` is off, warning, soft, query or hard; ``from`` and ``until`` are days (ISO, both included, "" =
open); ``tried`` are the definitions under which the check was looked up when it was decided. Which overlay
holds on a day, and what it does to a definition, is asked where definitions are known (``study.overlay``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from mda5_crf.crypto import KeyRefused, canon, unbase64
from mda5_crf.db import clock, schema
from mda5_crf.db.consents import SECOND, ConsentRefused, read_consent
from mda5_crf.db.fold_common import Unfoldable, row_stamp, stamp_row
from mda5_crf.db.records import AuditRecord, split_id
from mda5_crf.db.rows import content_of
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.trust import Trust
from mda5_crf.db.tx import Tables
from mda5_crf.text import Text, message

CONTEXT: Final = "approve"
SET, WITHDRAWN = "set", "withdrawn"
ACTIONS: Final = ("off", "warning", "soft", "query", "hard")
CENTRE: Final = "00"
_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    SET: frozenset({"act", "check", "action", "from", "until", "reason", "tried", "sig", SECOND}),
    WITHDRAWN: frozenset({"act", "overlay", "reason", "sig", SECOND}),
}
_LONGEST: Final = 200
_DAY: Final = len("2026-12-01")


class OverlayRefused(ValueError):
    """Content that is no overlay. The text never quotes it."""


@dataclass(frozen=True, slots=True)
class OverlayAct:
    """What a record of kind ``overlay`` says. Of a withdrawal: ``overlay`` and ``reason`` alone."""

    act: str
    reason: Text
    check: str = ""
    action: str = ""
    start: date | None = None
    until: date | None = None
    tried: tuple[str, ...] = ()
    overlay: str = ""

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> OverlayAct:
        """Read a content strictly. Raises OverlayRefused."""
        act = content.get("act")
        if not isinstance(act, str) or act not in _FIELDS or set(content) != _FIELDS[act]:
            raise OverlayRefused("fields")
        try:
            read_consent(content)
        except ConsentRefused:
            raise OverlayRefused("second") from None
        reason = _reason(content["reason"])
        if act == WITHDRAWN:
            named = content["overlay"]
            if not isinstance(named, str) or split_id(named) is None:
                raise OverlayRefused("overlay")
            return cls(act, reason, overlay=named)
        check, action, tried = content["check"], content["action"], content["tried"]
        if not isinstance(check, str) or not 0 < len(check) <= _LONGEST or action not in ACTIONS:
            raise OverlayRefused("check")
        if not isinstance(tried, list) or not all(isinstance(one, str) for one in tried):
            raise OverlayRefused("tried")
        start, until = _day(content["from"]), _day(content["until"])
        if start is None or (until is not None and until < start):
            raise OverlayRefused("days")
        return cls(act, reason, check, action, start, until, tuple(tried))


@dataclass(frozen=True, slots=True)
class OverlayRow:
    """An overlay that was set, and the record that withdrew it (``ended`` "" = none did).

    ``id`` is the record's, ``at`` its time as recorded, ``person`` and ``second`` ids of who decided.
    """

    id: str
    act: OverlayAct
    person: str
    second: str
    at: str
    ended: str = ""
    ended_by: str = ""
    ended_at: str = ""
    end_reason: Text | None = None


def signed_part(vault: str, study: str, by: str, content: Mapping[str, Any]) -> bytes:
    """What the author signs: the content without the two signatures."""
    said = {name: value for name, value in content.items() if name not in ("sig", SECOND)}
    return canon({"vault": vault, "study": study, "act": "overlay", "by": by, "content": said})


def fault(record: AuditRecord, trust: Trust) -> Text | None:
    """Why the overlay ``record`` may not stand, beside the second person's part; None when it may."""
    content = record.data
    try:
        OverlayAct.read(content)
        day = clock.local(record.at, record.zone).date().isoformat()
        signature = unbase64(str(content["sig"]))
    except (OverlayRefused, KeyRefused, ValueError, IndexError, OverflowError):
        return message("overlay.aside_shape")
    signed = signed_part(trust.vault_of(record.device), record.study, record.person, content)
    if not trust.signed(record.person, record.device, record.clock, CONTEXT, signed, signature):
        return message("overlay.aside_unsigned")
    if "data_manager" not in trust.roles(record.device, record.person, record.clock, day):
        return message("overlay.aside_role")
    return None


def fold_overlay(tx: Tables, record: AuditRecord) -> None:
    """``overlay``: a check asks for something else, or does again what the definition says."""
    try:
        act = OverlayAct.read(record.data)
    except OverlayRefused:
        raise Unfoldable("aside_shape") from None
    if record.key:
        raise Unfoldable("aside_shape")
    content = canon(record.data).decode("utf-8")
    tx.insert(schema.overlay, {"act": act.act, "content": content, **stamp_row(record)})


def overlays(store: AnyStore) -> tuple[OverlayRow, ...]:
    """Every overlay of the centre, withdrawn ones too, in order of the records' stamps.

    Only what stands in a chain of the coordinating centre counts, set or withdrawn: whoever holds the key
    of a ward can write such a record into the ward's own chain with another tool, and it would do nothing.
    """
    with store.read() as tx:
        found = sorted(tx.find(schema.overlay), key=row_stamp)
        if not found:
            return ()
        centre = {row["id"] for row in tx.find(schema.device) if row["site"] == CENTRE}
    made: dict[str, OverlayRow] = {}
    ends: dict[str, OverlayRow] = {}
    for row in found:
        if row["device"] not in centre:
            continue
        content = content_of(row)
        act, second = OverlayAct.read(content), read_consent(content).person
        one = OverlayRow(f"{row['device']}:{row['seq']}", act, row["person"], second, row["at"])
        if act.act == SET:
            made[one.id] = one
        else:
            ends.setdefault(act.overlay, one)
    return tuple(_ended(one, ends.get(one.id)) for one in made.values())


def _ended(one: OverlayRow, end: OverlayRow | None) -> OverlayRow:
    if end is None:
        return one
    return OverlayRow(
        one.id, one.act, one.person, one.second, one.at, end.id, end.person, end.at, end.act.reason
    )


def _reason(value: object) -> Text:
    if not isinstance(value, dict) or set(value) != {"en", "zh"}:
        raise OverlayRefused("reason")
    en, zh = value["en"], value["zh"]
    if not isinstance(en, str) or not isinstance(zh, str) or not en.strip() or not zh.strip():
        raise OverlayRefused("reason")
    return Text(en, zh)


def _day(value: object) -> date | None:
    if value == "":
        return None
    if not isinstance(value, str) or len(value) != _DAY:
        raise OverlayRefused("days")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise OverlayRefused("days") from None
