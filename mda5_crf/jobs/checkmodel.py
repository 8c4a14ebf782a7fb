"""What a check of the installation found, and the evidence made of all of them: signed, told, read again."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.crypto import VerifyKey, canon
from mda5_crf.crypto.signing import KeyRefused
from mda5_crf.db import read
from mda5_crf.errors import InputRefused
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

FORMAT: Final = "mda5-crf-selfcheck/1"
CONTEXT: Final = "selfcheck"
LARGEST: Final = 4 * 1024 * 1024
"""Bytes of an evidence file that is read."""

Progress = Callable[[int, int], None]


class Result(StrEnum):
    """NOTED: nothing is wrong, but something a person should know. SKIPPED: could not be tried here."""

    PASSED = "passed"
    NOTED = "noted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Found:
    """What one check found: its verdict, what it says in words, and its figures (name → text)."""

    result: Result
    lines: tuple[Text, ...]
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """One check that was done. ``requirements``: ids of docs/requirements.toml that it supports."""

    name: str
    requirements: tuple[str, ...]
    found: Found
    milliseconds: int

    @property
    def title(self) -> Text:
        """What is checked, in words."""
        return message(f"selfcheck.title_{self.name}")


@dataclass(frozen=True, slots=True)
class Evidence:
    """All checks of one run. ``begun`` is aware, ``zone`` its zone; ``by``: who ran it, "" without a vault.

    Holds nothing of any participant.
    """

    version: str
    system: str
    pc: str
    begun: datetime
    zone: str
    checks: tuple[Checked, ...]
    by: str = ""

    @property
    def failed(self) -> tuple[Checked, ...]:
        """The checks that failed."""
        return tuple(one for one in self.checks if one.found.result is Result.FAILED)

    @property
    def good(self) -> bool:
        """Whether none failed."""
        return not self.failed

    @property
    def verdict(self) -> Text:
        """The outcome in a sentence."""
        noted = sum(one.found.result is Result.NOTED for one in self.checks)
        if self.good:
            return message("selfcheck.all_good", checks=len(self.checks), noted=noted)
        names = [one.title for one in self.failed]
        said = Text("; ".join(one.en for one in names), "；".join(one.zh for one in names))
        return message("selfcheck.some_failed", failed=len(names), checks=len(self.checks), names=said)

    def document(self) -> dict[str, Any]:
        """The evidence as plain data: what is signed, byte for byte, in canonical form."""
        return {
            "format": FORMAT,
            "version": self.version,
            "system": self.system,
            "pc": self.pc,
            "begun": self.begun.isoformat(timespec="seconds"),
            "zone": self.zone,
            "by": self.by,
            "result": "passed" if self.good else "failed",
            "verdict": {"en": self.verdict.en, "zh": self.verdict.zh},
            "checks": [
                {
                    "name": one.name,
                    "title": {"en": one.title.en, "zh": one.title.zh},
                    "requirements": list(one.requirements),
                    "result": str(one.found.result),
                    "lines": [{"en": line.en, "zh": line.zh} for line in one.found.lines],
                    "facts": dict(one.found.facts),
                    "milliseconds": one.milliseconds,
                }
                for one in self.checks
            ],
        }


@dataclass(frozen=True, slots=True)
class Signed:
    """The evidence as a file. ``device``, ``key`` and ``signature`` (base64) are "" when it is unsigned."""

    evidence: Mapping[str, Any]
    device: str = ""
    key: str = ""
    signature: str = ""

    @property
    def sha256(self) -> str:
        """SHA-256 (hex) over the canonical form of the evidence: the same on paper and in the file."""
        return hashlib.sha256(canon(dict(self.evidence))).hexdigest()

    @property
    def words(self) -> Text:
        """Who vouches for it, in a sentence."""
        if not self.signature:
            return message("selfcheck.unsigned")
        return message("selfcheck.signed", device=self.device, key=self.key[:12])

    def file(self) -> bytes:
        """As it is written."""
        signature = {"device": self.device, "key": self.key, "signature": self.signature}
        document = {"evidence": dict(self.evidence), "signed": signature if self.signature else None}
        return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8") + b"\n"


def sign(evidence: Evidence, session: Session | None) -> Signed:
    """Sign with the key of the vault's PC; without a vault there is no key, and it says so."""
    document = evidence.document()
    if session is None:
        return Signed(document)
    key = session.vault.device_keys.sign
    made = base64.b64encode(key.sign(CONTEXT, canon(document))).decode("ascii")
    return Signed(document, session.device, key.public.text, made)


def read_file(data: bytes) -> Signed:
    """An evidence file, not yet believed. Raises InputRefused for anything else."""
    try:
        document: Any = json.loads(data) if len(data) <= LARGEST else None
        evidence, signed = document["evidence"], document["signed"] or {}
        if evidence["format"] != FORMAT:
            raise InputRefused("selfcheck.no_evidence")
        canon(evidence)
        parts = [signed.get(name, "") for name in ("device", "key", "signature")]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise InputRefused("selfcheck.no_evidence") from None
    if not all(isinstance(one, str) for one in parts):
        raise InputRefused("selfcheck.no_evidence")
    return Signed(evidence, *parts)


def believed(signed: Signed, session: Session | None) -> tuple[bool, Text]:
    """Whether the signature holds, and of whom in words. Without a vault only the key can be named."""
    if not signed.signature:
        return False, message("selfcheck.unsigned")
    try:
        key = VerifyKey.from_text(signed.key)
        fits = key.accepts(
            CONTEXT, canon(dict(signed.evidence)), base64.b64decode(signed.signature, validate=True)
        )
    except (KeyRefused, ValueError, binascii.Error):
        fits = False
    if not fits:
        return False, message("selfcheck.signature_wrong")
    if session is None:
        return True, message("selfcheck.signature_fits", device=signed.device, key=signed.key[:12])
    known = {row.id: row for row in read.devices(session.vault.store)}
    row = known.get(signed.device)
    if row is None or row.sign != signed.key:
        return False, message("selfcheck.signature_stranger", device=signed.device)
    return True, message("selfcheck.signature_known", name=row.name or row.id, site=row.site)


def one_text(lines: Sequence[Text]) -> Text:
    """Sentences after one another."""
    return Text(" ".join(one.en for one in lines), "".join(one.zh for one in lines))
