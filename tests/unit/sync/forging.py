"""Bundles as an attacker with keys would write them: every layer can be replaced, the others stay right."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mda5_crf.crypto import BoxPublic, SigningKey, canon, file_hash
from mda5_crf.db import clock
from mda5_crf.db.records import AuditRecord
from mda5_crf.services.session import Session
from mda5_crf.sync.envelope import BUNDLE, MAGIC, VERSION, Header
from mda5_crf.sync.ledger import Ledger
from mda5_crf.sync.making import _Contents
from mda5_crf.sync.packing import with_end
from mda5_crf.sync.recordlines import travelling
from mda5_crf.sync.registry import Registry

Line = dict[str, Any]


def honest(sender: Session, receiver: Session, body: int = BUNDLE.reader) -> tuple[Header, list[Line]]:
    """Header (without the body's length and hash) and lines (without the end) of the next bundle.

    ``body`` is its format; 1 is what programs before 0.6 wrote.
    """
    registry = Registry.read(sender)
    ledger = Ledger.read(sender, receiver.device)
    number, prev = ledger.next_number(receiver.device)
    made, _ = clock.stamp(sender.now(), sender.vault.meta.zone)
    with sender.vault.store.read() as tx:
        contents = _Contents(sender, tx, registry, registry.approved(receiver.device), {})
        manifest = contents.manifest(number, prev, made, ledger.receipts(receiver.device))
        lines = [json.loads(line) for line in contents.lines(manifest)][:-1]
        if body == 1:
            whole = [{"record": contents.cut(one).as_json()} for one in contents.records()]
            lines = [
                {"manifest": replace(manifest, body=1).as_json()}, *json.loads(canon(whole)),
                *(line for line in lines if "seal" in line),
            ]  # fmt: skip
    study = sender.vault.meta.study
    return Header(study, sender.device, receiver.device, number, prev, made, body, 1, "0" * 64), lines


def encode(lines: Iterable[Line | bytes], *, recount: bool = True) -> list[bytes]:
    """Lines as bytes with a right end; ``recount`` puts the true counts into the manifest."""
    parts = list(lines)
    first = parts[0]
    if recount and isinstance(first, dict) and "manifest" in first:
        manifest = dict(first["manifest"])
        counted = {"records": "record", "seals": "seal", "definitions": "definition"}
        for name, kind in counted.items():
            if name not in manifest:
                continue
            manifest[name] = sum(isinstance(part, dict) and kind in part for part in parts)
        manifest["plain"] = sum(map(len, _ended([{"manifest": manifest}, *parts[1:]])[1:]))
        parts[0] = {"manifest": manifest}
    return _ended(parts)


def _ended(parts: Sequence[Line | bytes]) -> list[bytes]:
    return list(with_end(part if isinstance(part, bytes) else canon(part) + b"\n" for part in parts))


def record_lines(records: Iterable[AuditRecord]) -> list[Line]:
    """Lines of records as they travel, whatever comes before them."""
    found: list[Line] = []
    last = ("", 0)
    for record in records:
        follows = (record.device, record.seq - 1) == last
        found.append({"record": json.loads(canon(travelling(record, follows=follows)))})
        last = record.device, record.seq
    return found


def without(line: Line, record: AuditRecord, *gone: str) -> None:
    """Take what opens hashes out of the line of ``record``, and say the hashes that then do not follow."""
    said = line["record"]
    said.update(dict.fromkeys(gone))
    if "hash" not in said:
        said |= {"content": record.content_hash} if "data" in gone else {}
        said |= {"key_hash": record.key_hash} if "key" in gone else {}


def sealed(header: Header, body: bytes, key: SigningKey, *, version: int = VERSION) -> bytes:
    """The file around a body: right length, right hash, signature of ``key``."""
    whole = replace(header, body_len=len(body), body_sha256=file_hash(body)).to_bytes()
    start = struct.pack(">8sHI", MAGIC, version, len(whole)) + whole
    return start + key.sign("bundle", start) + body


def forged(
    sender: Session,
    receiver: Session,
    change: Callable[[list[Line]], Iterable[Line | bytes]] = lambda lines: lines,
    *,
    recount: bool = True,
    ended: Callable[[list[bytes]], list[bytes]] = lambda lines: lines,
    packed: Callable[[bytes], bytes] = zlib.compress,
    boxed: Callable[[bytes, BoxPublic], bytes] = lambda plain, box: box.encrypt(plain),
    header: Callable[[Header], Header] = lambda header: header,
    key: SigningKey | None = None,
    version: int = VERSION,
    body_format: int = BUNDLE.reader,
) -> bytes:
    """The next bundle with one layer replaced."""
    outside, lines = honest(sender, receiver, body_format)
    plain = b"".join(ended(encode(change(lines), recount=recount)))
    body = boxed(packed(plain), receiver.vault.device_keys.box.public)
    return sealed(header(outside), body, key or sender.vault.device_keys.sign, version=version)


def put(folder: Path, data: bytes, name: str = "forged.mda5b") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path
