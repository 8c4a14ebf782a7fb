"""The bundle format, version 1, by a file made once: every later version of the program must read it alike.

``tests/golden/bundle-1.mda5b`` was written by ``python -m tests.unit.sync.test_format`` with the keys in
``bundle-1.json``. It is never written again: a program that cannot read it has changed the format.
"""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mda5_crf.crypto import BoxSecret, SigningKey, base64_text, unbase64
from mda5_crf.db.records import AuditRecord, Draft, Seal, make_record
from mda5_crf.errors import BundleError
from mda5_crf.sync.cards import Card
from mda5_crf.sync.envelope import Envelope, Header, front, open_envelope
from mda5_crf.sync.manifest import Manifest
from mda5_crf.sync.packing import _Packed, with_end
from mda5_crf.sync.registry import APPROVED, Peer, Registry
from mda5_crf.sync.unpacking import unpack
from tests.unit.sync.forging import Line, encode, sealed

GOLDEN = Path(__file__).resolve().parents[2] / "golden"
FILE, FACTS = GOLDEN / "bundle-1.mda5b", GOLDEN / "bundle-1.json"
STUDY, SENDER, RECEIVER = "NCT04966884", "00112233445566aa", "00112233445566bb"


class Taken:
    """Keeps what a bundle holds."""

    def __init__(self) -> None:
        self.manifest: Manifest | None = None
        self.records: list[AuditRecord] = []
        self.seals: list[Seal] = []
        self.definitions: list[tuple[str, bytes]] = []
        self.computed: set[bool] = set()

    def on_manifest(self, manifest: Manifest) -> None:
        self.manifest = manifest

    def on_definition(self, hashed: str, source: bytes) -> None:
        self.definitions.append((hashed, source))

    def on_record(self, record: AuditRecord, *, computed: bool) -> None:
        self.records.append(record)
        self.computed.add(computed)

    def on_seal(self, seal: Seal) -> None:
        self.seals.append(seal)


def registry(facts: dict[str, Any]) -> Registry:
    """A receiver that knows the sender."""
    sign, box = SigningKey(unbase64(facts["sender_seed"])), BoxSecret(facts["receiver_box"])
    card = Card(STUDY, SENDER, "Ward 3", "01", sign.public, box.public, sign.public, "cd" * 32, demo=False)
    peer = Peer(card, APPROVED, datetime(2026, 11, 23, tzinfo=UTC))
    return Registry(RECEIVER, "00", STUDY, SigningKey(b"\x09" * 32).public, [peer])


def opened(facts: dict[str, Any], data: bytes) -> Envelope:
    return open_envelope(io.BytesIO(data), len(data), registry(facts))


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FACTS.read_text(encoding="utf-8"))
    return found


def test_golden_bundle_reads_as_it_was_written(facts: dict[str, Any]) -> None:
    envelope = opened(facts, FILE.read_bytes())
    taken = Taken()
    unpack(envelope, BoxSecret(facts["receiver_box"]), taken)
    assert taken.manifest is not None
    assert taken.manifest.as_json() == facts["manifest"]
    assert json.loads(json.dumps([record.as_json() for record in taken.records])) == facts["records"]
    assert [seal.as_json() for seal in taken.seals] == facts["seals"]
    assert all(record.fault() == "" for record in taken.records)
    assert taken.computed == {False} and taken.definitions == []
    stub = taken.records[1]
    assert stub.withheld and (stub.key, stub.content) == ("", None)


def test_golden_front_is_written_alike(facts: dict[str, Any]) -> None:
    data = FILE.read_bytes()
    envelope = opened(facts, data)
    assert front(envelope.header, SigningKey(unbase64(facts["sender_seed"]))) == data[: envelope.body]
    assert envelope.header.to_bytes().decode() == facts["header"]
    assert data[:14].hex() == facts["start"]


def test_golden_lines_are_written_alike(facts: dict[str, Any]) -> None:
    lines = [
        {"manifest": facts["manifest"]},
        *({"record": record} for record in facts["records"]),
        *({"seal": seal} for seal in facts["seals"]),
    ]
    assert [line.decode() for line in encode(lines, recount=False)] == facts["lines"]


def test_golden_bundle_with_one_byte_changed(facts: dict[str, Any]) -> None:
    data = bytearray(FILE.read_bytes())
    data[-1] ^= 1
    with pytest.raises(BundleError, match="body_damaged"):
        opened(facts, bytes(data))


def _write() -> None:
    """Make the golden files. Run by hand, once."""
    seed, box = bytes(range(32)), BoxSecret.generate()
    key = SigningKey(seed)
    device = {
        "device": SENDER, "name": "Ward 3", "site": "01", "sign": key.public.text, "box": box.public.text,
        "parent": "", "authority": key.public.text, "vault": "99" * 16,
    }  # fmt: skip
    value = ("value", f"{SENDER}:9/BL/VS/MAIN/SYSBP_VSORRES", {"text": "118 血压"})
    contents = [("device", "", device), value]
    records, prev = [], "00" * 32
    for seq, (kind, path, content) in enumerate(contents, 1):
        record = make_record(
            Draft(kind, path, content, (), "cd" * 32), study=STUDY, device=SENDER, seq=seq, prev=prev,
            person="ee" * 16, at="2026-11-23T01:00:00.000Z", zone="Asia/Shanghai +08:00", clock=seq,
            salt=bytes([seq]) * 16, key_salt=bytes([seq + 128]) * 16,
        )  # fmt: skip
        records.append(record if seq == 1 else record.stub())
        prev = record.hash
    seal = Seal(SENDER, 1, 2, "ee" * 16, key.sign("seal", bytes.fromhex(prev)))
    manifest = Manifest(
        STUDY, SENDER, RECEIVER, 14, "ab" * 32, "2026-11-23T01:00:00.000Z", "cd" * 32, "0.1.0", {},
        {SENDER: (2, prev)}, {SENDER: (2, prev), RECEIVER: (7, "ef" * 32)}, ((3, "12" * 32),), 2, 1, 0,
    )  # fmt: skip
    inside: list[Line] = [{"record": record.as_json()} for record in records]
    parts = encode([{"manifest": manifest.as_json()}, *inside, {"seal": seal.as_json()}])
    body = box.public.encrypt(_Packed(parts).read())
    header = Header(STUDY, SENDER, RECEIVER, 14, "ab" * 32, "2026-11-23T01:00:00.000Z", 1, 1, "0" * 64)
    data = sealed(header, body, key)
    FILE.write_bytes(data)
    length = int.from_bytes(data[10:14], "big")
    facts = {
        "about": "bundle-1.mda5b: keys, and what is in it. Format: docs/architecture.md",
        "sender_seed": base64_text(seed), "receiver_box": box.text, "start": data[:14].hex(),
        "header": data[14 : 14 + length].decode(), "manifest": json.loads(parts[0])["manifest"],
        "records": [r.as_json() for r in records], "seals": [seal.as_json()],
        "lines": [p.decode() for p in parts],
    }  # fmt: skip
    FACTS.write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert list(with_end(parts[:-1]))[-1] == parts[-1]


if __name__ == "__main__":
    _write()
