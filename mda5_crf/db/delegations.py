"""Duties of the trial that are no role of the program: obtaining consent, judging eligibility, scoring.

A certificate says what a person may do with the program, and its format is final. Whom the principal
investigator trusts with which duty of the protocol stands in records of kind ``delegation``, also for people
who have no account. One such record is the whole sheet of one person; the newest sheet stands.

    content     {delegation, sig}
    delegation  {study, site, vault, code, name, duties [{duty, from, to ("" = open)}], serial}
    sig         base64 of Ed25519 by the sign key of the record's author over context "delegate" and
                canon{delegation}

The author must be a keeper of the vault that the sheet names: who may admit people to a vault delegates.
Serial numbers of one code grow, so that an old sheet, recorded again, gives no duty back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from mda5_crf.crypto import CanonError, KeyRefused, SigningKey, base64_text, canon, parse_canon, unbase64
from mda5_crf.db import schema
from mda5_crf.db.fold_common import row_stamp
from mda5_crf.db.records import AuditRecord, Draft
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.trust import Trust
from mda5_crf.text import Text, message

CONTEXT: Final = "delegate"
MOST_DUTIES: Final = 200
_CODE: Final = re.compile(r"[A-Za-z0-9._-]{2,20}")
_DUTY: Final = re.compile(r"[A-Z][A-Z0-9_]{1,19}")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_FIELDS: Final = frozenset({"study", "site", "vault", "code", "name", "duties", "serial"})
_MOST_NAME: Final = 80
_LONGEST: Final = 200


class SheetRefused(ValueError):
    """Content that is no sheet of duties. The text never quotes it."""


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty and the days (ISO dates, both included; "" = open) on which the person has it."""

    duty: str
    start: str
    end: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The duties of one person: ``code`` is what stands on forms, ``name`` the printed name."""

    study: str
    site: str
    vault: str
    code: str
    name: str
    duties: tuple[Duty, ...]
    serial: int
    signature: bytes = b""

    def body(self) -> dict[str, Any]:
        """What is signed, as JSON."""
        return {
            "study": self.study, "site": self.site, "vault": self.vault, "code": self.code,
            "name": self.name, "serial": self.serial,
            "duties": [{"duty": one.duty, "from": one.start, "to": one.end} for one in self.duties],
        }  # fmt: skip

    def signed(self, key: SigningKey) -> Sheet:
        """The sheet signed by who records it."""
        return replace(self, signature=key.sign(CONTEXT, canon(self.body())))

    def draft(self) -> Draft:
        """The journal's record of it."""
        content = {"delegation": self.body(), "sig": base64_text(self.signature)}
        return Draft("delegation", "", content)

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Sheet:
        """Read a content strictly. Raises SheetRefused; the signature is not yet checked."""
        if set(content) != {"delegation", "sig"}:
            raise SheetRefused("fields")
        body, sig = content["delegation"], content["sig"]
        if not isinstance(body, Mapping) or set(body) != _FIELDS or not isinstance(sig, str):
            raise SheetRefused("fields")
        texts = [body[name] for name in _FIELDS - {"duties", "serial"}]
        if not all(isinstance(text, str) and len(text) <= _LONGEST for text in texts):
            raise SheetRefused("text")
        if type(body["serial"]) is not int or body["serial"] < 1:
            raise SheetRefused("serial")
        if not code_ok(body["code"]) or not 1 <= len(body["name"]) <= _MOST_NAME:
            raise SheetRefused("code")
        try:
            signature = unbase64(sig)
        except KeyRefused:
            raise SheetRefused("signature") from None
        return cls(
            body["study"], body["site"], body["vault"], body["code"], body["name"], _duties(body["duties"]),
            body["serial"], signature,
        )  # fmt: skip


def code_ok(code: str) -> bool:
    """Whether ``code`` may name a person on forms: 2-20 of letters, digits, ``. _ -``."""
    return _CODE.fullmatch(code) is not None


def duty_ok(duty: str) -> bool:
    """Whether ``duty`` is spelt as duties are: capitals, digits, underscores."""
    return _DUTY.fullmatch(duty) is not None


def day_ok(day: str) -> bool:
    """Whether ``day`` is an ISO date of the calendar."""
    if _DAY.fullmatch(day) is None:
        return False
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _duties(value: object) -> tuple[Duty, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_DUTIES:
        raise SheetRefused("duties")
    found = []
    for one in value:
        if not isinstance(one, Mapping) or set(one) != {"duty", "from", "to"}:
            raise SheetRefused("duties")
        duty, start, end = one["duty"], one["from"], one["to"]
        if not all(isinstance(text, str) for text in (duty, start, end)):
            raise SheetRefused("duties")
        if not duty_ok(duty) or not day_ok(start) or (end and not day_ok(end)):
            raise SheetRefused("duties")
        found.append(Duty(duty, start, end))
    return tuple(found)


def fault(record: AuditRecord, trust: Trust) -> Text | None:
    """Why the ``delegation`` record may not stand; None when its author might delegate and signed it.

    The same answer at the ward and at the centre.
    """
    try:
        sheet = Sheet.read(record.data)
        signed = canon(sheet.body())
    except (SheetRefused, CanonError):
        return message("store.aside_shape")
    if (sheet.study, sheet.vault) != (record.study, trust.vault_of(record.device)):
        return message("people.sheet_elsewhere")
    place = record.person, record.device, record.clock
    if not trust.is_keeper(*place) or not trust.signed(*place, CONTEXT, signed, sheet.signature):
        return message("people.sheet_unsigned")
    return None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A sheet as the journal has it: its ``record``, when (UTC, as in records) and by whom (id)."""

    sheet: Sheet
    record: str
    at: str
    by: str


def sheets(store: AnyStore) -> tuple[SheetRow, ...]:
    """All sheets ever recorded, oldest first."""
    with store.read() as tx:
        found = sorted(tx.find(schema.delegation), key=row_stamp)
    return tuple(
        SheetRow(
            Sheet.read(parse_canon(row["content"].encode("utf-8"))), f"{row['device']}:{row['seq']}",
            row["at"], row["person"],
        )
        for row in found
    )  # fmt: skip


def standing(rows: Iterable[SheetRow]) -> tuple[SheetRow, ...]:
    """The sheet of each person that counts: the one with the highest number, of those the last."""
    newest: dict[tuple[str, str], SheetRow] = {}
    for row in rows:
        place = row.sheet.vault, row.sheet.code.casefold()
        if place not in newest or row.sheet.serial >= newest[place].sheet.serial:
            newest[place] = row
    return tuple(newest[place] for place in sorted(newest))
