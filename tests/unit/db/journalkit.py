"""Keyed temporary stores with devices, persons and certificates: no password, so no Argon2id."""

# ruff: noqa: ANN401 - contents of any shape, a driver without types
from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mda5_crf.crypto import BoxSecret, Certificate, SigningKey, Task, base64_text, file_hash, random_id
from mda5_crf.db import read
from mda5_crf.db.journal import Identity, Journal
from mda5_crf.db.records import AuditRecord, Draft
from mda5_crf.db.redaction import consent, signed_part
from tests.unit.db import storekinds

STUDY = "NCT04966884"
ZONE = "Asia/Shanghai"
SOURCE = b"[study]\noid = 'NCT04966884'\n"
DEFINITION = file_hash(SOURCE)
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
AUTHORITY = SigningKey(b"\x07" * 32)


@dataclass
class Person:
    """A person with fresh keys."""

    login: str = "n07"
    role: str = "data_entry"
    id: str = field(default_factory=random_id)
    author: SigningKey = field(default_factory=SigningKey.generate)
    sign: SigningKey = field(default_factory=SigningKey.generate)
    box: BoxSecret = field(default_factory=BoxSecret.generate)

    def certificate(self, vault: str, authority: SigningKey = AUTHORITY, serial: int = 1) -> Certificate:
        unsigned = Certificate(
            STUDY, "01", vault, self.id, self.login, f"Name of {self.login}",
            (Task(self.role, "2026-01-01"),),
            self.box.public, self.author.public, self.sign.public, serial,
        )  # fmt: skip
        return unsigned.signed("authority", authority)


class Ward:
    """One device: a store, its journal, its person."""

    def __init__(self, folder: Path, device: str, *, site: str = "01", parent: str = "") -> None:
        self.path = folder / f"{device}.db"
        self.key = os.urandom(32)
        self.device = device
        self.vault = random_id()
        self.person = Person()
        self.sign = SigningKey.generate()
        self.store = storekinds.create(self.path, self.key)
        self.journal = self.journal_of(self.person)
        self.now = START
        with self.store.transaction() as tx:
            read.put_definition(tx, DEFINITION, SOURCE)
        registration = {
            "device": device, "name": f"PC {device}", "site": site, "sign": self.sign.public.text,
            "box": "age1…",
            "parent": parent, "authority": AUTHORITY.public.text, "vault": self.vault,
        }  # fmt: skip
        self.add(
            Draft("device", "", registration),
            Draft("definition", "", {"hash": DEFINITION, "oid": STUDY, "version": "1.0.0"}),
            Draft("certificate", "", self.person.certificate(self.vault).as_json()),
        )

    def journal_of(self, person: Person) -> Journal:
        return Journal(self.store, Identity(STUDY, self.device, person.id, person.author), ZONE)

    def admit(self, person: Person) -> Journal:
        """Record the certificate of another person and give that person's journal."""
        self.add(Draft("certificate", "", person.certificate(self.vault).as_json()))
        return self.journal_of(person)

    def add(self, *drafts: Draft, by: Journal | None = None) -> tuple[AuditRecord, ...]:
        self.now += timedelta(seconds=1)
        return (by or self.journal).append(drafts, at=self.now)

    def redaction(
        self, records: Sequence[AuditRecord], proposer: Person, confirmer: Person, /, **change: Any
    ) -> Draft:
        """A redaction that both signed here; ``change`` replaces parts of the content afterwards."""
        reason = {"code": "PRIVACY", "text": "a name was typed into a comment"}
        named = [(record.device, record.seq, record.hash) for record in records]
        signed = signed_part(self.vault, STUDY, named, reason)
        content = {
            "records": [record.id for record in records], "reason": reason,
            "still_contains": ["printed page of 23 Nov: site file, Li Na"],
            "proposed": consent(proposer.id, proposer.sign, signed),
            "confirmed": consent(confirmer.id, confirmer.sign, signed),
        }  # fmt: skip
        return Draft("redaction", "", {**content, **change})

    def enrol(self, subjid: str = "01-001") -> str:
        return self.add(Draft("subject", "", {"subjid": subjid, "site": "01"}))[0].id

    def value(self, key: str, text: str, replaces: Sequence[str] = (), **more: Any) -> AuditRecord:
        return self.add(value(key, text, replaces, **more))[0]

    def send(self, other: Ward, **how: Any) -> Any:
        """Everything the other does not have, as a bundle would bring it."""
        vector = {device: seq for device, (seq, _) in other.journal.heads().items()}
        with self.store.read() as tx:
            records = list(self.journal.above(vector, tx))
            seals = self.journal.seals_above(vector, tx)
        with other.journal.begin() as into:
            return other.journal.ingest(into, records, seals, **how)

    def reopen(self) -> None:
        self.store.close()
        self.store = storekinds.reopen(self.path, self.key)
        self.journal = self.journal_of(self.person)

    def copy_aside(self) -> None:
        """Keep the whole store as it is now."""
        self.store.close()
        storekinds.kind().copy_aside(self.path)
        self.reopen()

    def put_copy_back(self) -> None:
        """As if nothing had happened since :meth:`copy_aside`."""
        self.store.close()
        storekinds.kind().put_back(self.path)
        self.reopen()

    def raw(self) -> Any:
        """A keyed connection past the program, without its triggers in the way if they are dropped."""
        return storekinds.kind().raw(self.store)


def value(key: str, text: str, replaces: Sequence[str] = (), **more: Any) -> Draft:
    return Draft("value", key, {"text": text, **more}, tuple(replaces), DEFINITION)


def item(subject: str, name: str = "SYSBP_VSORRES", event: str = "BL", form: str = "VS") -> str:
    return f"{subject}/{event}/{form}/MAIN/{name}"


def blind_redaction(*records: str) -> dict[str, Any]:
    """The content of a redaction of the right shape; its signatures are by nobody."""
    nobody = base64_text(bytes(64))
    return {
        "records": list(records), "reason": {"code": "PRIVACY", "text": ""}, "still_contains": [],
        "proposed": {"person": "p", "sig": nobody}, "confirmed": {"person": "q", "sig": nobody},
    }  # fmt: skip


def blind_signature() -> dict[str, Any]:
    """The content of an electronic signature of the right shape, made by nobody."""
    return {
        "meaning": "REVIEWED", "name": "Li Na", "program": "0", "records": {"d1": "1"}, "computed": [],
        "computed_hash": file_hash(b"[]"), "manifest": "0" * 64, "batch": ["0" * 64],
        "sig": base64_text(bytes(64)),
    }  # fmt: skip
