"""Many records of one person at one moment, chained and folded together: what an import writes.

They are the same records as those of :func:`records.make_record`, byte for byte, and the same projections as
``projection.fold`` makes of them; only what is alike in all of them is worked out once. First answers of
items nobody answered yet, which is nearly all of an import, are folded as a set; every other record as ever.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import bindparam, select

from mda5_crf.crypto import canon, random_bytes
from mda5_crf.crypto.hashes import context_prefix
from mda5_crf.db import rows, schema
from mda5_crf.db.fold_items import form_of_row, is_item
from mda5_crf.db.records import SALT_BYTES, VERSION, AuditRecord, Draft
from mda5_crf.db.tx import Statement, Tx

Linked = tuple[Any, ...]
"""A row of ``audit_record``, in the order of its columns."""
CONTENT_AT: Final = 12
"""Where in it the content stands."""
_ITEM: Final = ("key", "device", "seq", "clock", "person", "at", "text", "unit", "missing", "absent")
_PIN: Final = ("key", "definition", "explicit", "clock", "device", "seq", "person", "at")
_k: Final = schema.item_data.c.key
_ANY_BELOW: Final = Statement(
    select(_k).where(_k >= bindparam("low"), _k < bindparam("high")).order_by(_k).limit(1)
)
_s: Final = schema.superseded.c
_ANY_NAMED: Final = Statement(
    select(_s.seq).where(_s.device == bindparam("d"), _s.seq >= bindparam("first")).limit(1)
)


class Linker:
    """Chains records of one person and device, all of them made ``at`` one moment."""

    def __init__(self, *, study: str, device: str, person: str, at: str, zone: str) -> None:
        self._study, self._device, self._person, self._at, self._zone = study, device, person, at, zone
        said = [_json(one) for one in (at, device, person, study, zone)]
        at_json, self._device_json, person_json, study_json, zone_json = said
        self._before = context_prefix("record").decode("ascii") + f'{{"at":{at_json},"clock":'
        self._person_prev = f',"person":{person_json},"prev":"'
        self._end = f',"study":{study_json},"v":{VERSION},"zone":{zone_json}}}'
        self._middles: dict[tuple[str, str], tuple[str, str]] = {}

    def linked(self, drafts: Sequence[Draft], seq: int, prev: str, clock: int) -> list[Linked]:
        """The rows of ``drafts``; the first follows record ``seq`` with hash ``prev``, at the time ``clock``.

        Raises CanonError, as :func:`records.make_record` does.
        """
        study, device, person, at, zone = self._study, self._device, self._person, self._at, self._zone
        before, person_prev, end, middles = self._before, self._person_prev, self._end, self._middles
        digest, sha256, size = hmac.digest, hashlib.sha256, SALT_BYTES
        salts = random_bytes(2 * size * len(drafts))
        place = 0
        made: list[Linked] = []
        for draft in drafts:
            seq += 1
            clock += 1
            kind, key, definition = draft.kind, draft.key, draft.definition
            content = canon(draft.content)
            salt, key_salt = salts[place : place + size], salts[place + size : place + 2 * size]
            place += 2 * size
            hashed = digest(salt, content, "sha256").hex()
            key_hash = digest(key_salt, key.encode("utf-8"), "sha256").hex()
            replaces = canon(draft.replaces).decode("utf-8") if draft.replaces else "[]"
            parts = middles.get((kind, definition))
            if parts is None:
                parts = middles[kind, definition] = (
                    f'","definition":{_json(definition)},"device":{self._device_json},"key":"',
                    f'","kind":{_json(kind)}{person_prev}',
                )
            line = (
                f'{before}{clock},"content":"{hashed}{parts[0]}{key_hash}{parts[1]}{prev}","replaces":{replaces}'
                f',"seq":{seq}{end}'
            )
            own = sha256(line.encode("utf-8")).hexdigest()
            made.append(
                (
                    device, seq, prev, own, VERSION, study, kind, key, key_hash, key_salt, hashed, salt,
                    content, replaces, person, at, zone, clock, definition,
                )
            )  # fmt: skip
            prev = own
        return made


def _json(text: str) -> str:
    return canon(text).decode("utf-8")


def fold_first(tx: Tx, drafts: Sequence[Draft], linked: Sequence[Linked]) -> list[AuditRecord]:
    """Fold the first answers among the rows of ``drafts`` (already in the journal); returns the others."""
    device, first = linked[0][0], linked[0][1]
    if tx.run(_ANY_NAMED, {"d": device, "first": first}):  # somebody named them before they were
        return [rows.row_record(row) for row in linked]
    forms: dict[str, bool] = {}
    heads: dict[str, tuple[Any, ...]] = {}
    pins: dict[str, tuple[Any, ...]] = {}
    others: list[AuditRecord] = []
    above, form = "", ""
    for draft, row in zip(drafts, linked, strict=True):
        key, content = draft.key, draft.content
        place, _, item = key.rpartition("/")
        if place != above:  # answers come row after row
            above, form = place, form_of_row(place)
            if form and form not in forms:
                pinned = tx.one(schema.form_pin, key=form)
                forms[form] = pinned is None and not tx.run(_ANY_BELOW, rows.below(form))
        text, unit = content.get("text"), content.get("unit", "")
        plain = draft.kind == "value" and not draft.replaces and type(text) is str and type(unit) is str
        if not (plain and form and forms[form]) or key in heads or not is_item(item):
            others.append(rows.row_record(row))
            continue
        seq, clock, person, at = row[1], row[17], row[14], row[15]
        heads[key] = (key, device, seq, clock, person, at, text, unit, "", 0)
        if form not in pins:
            pins[form] = (form, draft.definition, 0, clock, device, seq, person, at)
    tx.insert_rows(schema.item_data, _ITEM, list(heads.values()))
    tx.insert_rows(schema.form_pin, _PIN, list(pins.values()))
    return others
