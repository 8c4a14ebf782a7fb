"""The files of a joining as the fuzzer makes them: invitation, request, card, each at one of its layers."""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any, Final, Protocol

from mda5_crf.crypto import SigningKey, base64_text, canon, file_hash
from mda5_crf.services.session import Session
from mda5_crf.sync import joinfiles
from mda5_crf.sync.devices import own_card
from tests.faults.mutating import Mutator, as_bytes
from tests.unit.sync.forging import Line
from tests.unit.sync.joinkit import parts, written

_FRONT: Final = struct.Struct(">8sHI")


class Files(Protocol):
    """What there is to begin with: honest files, and who can sign them anew."""

    centre: Session
    ward: Session
    authority: SigningKey
    invitation: bytes
    request: bytes


def invitation(files: Files, mutator: Mutator) -> bytes:
    """The file of a centre, at one of its layers."""
    if mutator.chance(0.4):
        return mutator.data(files.invitation, [files.request, files.request])
    head, body = parts(files.invitation)
    if mutator.chance(0.4):
        source = zlib.decompress(body)
        changed = mutator.data(source) if mutator.chance(0.5) else as_bytes(mutator.tree(json.loads(source)))
        if mutator.chance(0.9):
            head |= {"source_len": len(changed), "definition": file_hash(changed)}
            head["card"] = {**head["card"], "definition": file_hash(changed)}
        body = zlib.compress(changed, 1)
    if mutator.chance(0.1):
        body = mutator.data(body)
    if mutator.chance(0.5):
        changed_head = mutator.tree(head)
        head = changed_head if isinstance(changed_head, dict) else head
    key = files.authority if mutator.chance(0.95) else SigningKey.generate()
    return _written(joinfiles.INVITATION, head, body, key, mutator)


def request(files: Files, mutator: Mutator) -> bytes:
    """The answer of a PC, at one of its layers."""
    if mutator.chance(0.4):
        return mutator.data(files.request, [files.invitation])
    head, body = parts(files.request)
    box = files.centre.vault.device_keys.box
    if mutator.chance(0.7):
        inner: Any = json.loads(box.decrypt(body))
        for _ in range(mutator.rng.choice((1, 1, 2))):
            inner = mutator.tree(inner)
        plain = as_bytes(inner)
        body = box.public.encrypt(mutator.line(plain) if mutator.chance(0.1) else plain)
    if mutator.chance(0.3):
        changed = mutator.tree(head)
        head = changed if isinstance(changed, dict) else head
    key = files.ward.vault.device_keys.sign
    return _written(joinfiles.REQUEST, head, body, key, mutator)


def card(files: Files, mutator: Mutator) -> bytes:
    """The card of a PC, as a file."""
    whole = json.loads(own_card(files.ward).signed(files.ward.vault.device_keys.sign))
    if mutator.chance(0.5):
        body = mutator.tree(whole["card"])
        try:
            sig = base64_text(files.ward.vault.device_keys.sign.sign("request", canon(body)))
        except ValueError:
            sig = whole["sig"]
        return as_bytes({**whole, "card": body, "sig": sig})
    if mutator.chance(0.5):
        return as_bytes(mutator.tree(whole))
    return mutator.data(as_bytes(whole))


def _written(kind: joinfiles.Kind, head: Line, body: bytes, key: SigningKey, mutator: Mutator) -> bytes:
    try:
        return written(kind, head, body, key, whole=mutator.chance(0.85))
    except ValueError:  # a header beyond the canonical form
        raw_head = as_bytes(head)
        start = _FRONT.pack(kind.magic, 1, len(raw_head)) + raw_head
        return start + key.sign(kind.context, start) + body
