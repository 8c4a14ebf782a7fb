"""The first line of a bundle: from whom to whom, what it continues, what it holds, what it confirms.

It repeats the header's parties and number, inside the encryption: a bundle whose signature was stripped
and replaced by another's does not fit any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mda5_crf.sync.cards import DEVICE, HASH
from mda5_crf.sync.envelope import BUNDLE, Header
from mda5_crf.sync.lines import LineRefused
from mda5_crf.sync.sources import MAX_LINES

MAX_RECORDS: Final = 5_000_000
MAX_RECEIPTS: Final = 100
Vector = Mapping[str, int]
Heads = Mapping[str, tuple[int, str]]
_FIELDS: Final = frozenset(
    (
        "version", "study", "from", "to", "number", "prev", "made", "definition", "program", "base", "heads",
        "have", "receipts", "records", "certificates", "seals", "plain", "revocations",
    )
)  # fmt: skip
_FIELDS_OF: Final = {1: _FIELDS, 2: _FIELDS | {"definitions"}}


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle says of itself.

    ``base`` is what the sender takes the receiver to have (device → number), ``heads`` the ends of the
    chains inside (device → number, hash), ``have`` the ends of the chains the sender has itself: its
    receipt. ``receipts`` are the newest bundles of the receiver that the sender took (number, SHA-256).
    ``plain`` counts the bytes of all lines after this one. ``definitions`` counts lines of definitions,
    ``revocations`` is the study's newest signed list of PCs that are believed no longer, as it came; neither
    is in a ``body`` of format 1.
    """

    study: str
    sender: str
    receiver: str
    number: int
    prev: str
    made: str
    definition: str
    program: str
    base: Vector
    heads: Heads
    have: Heads
    receipts: tuple[tuple[int, str], ...]
    records: int
    seals: int
    plain: int
    definitions: int = 0
    revocations: Mapping[str, Any] | None = field(default=None, hash=False)
    body: int = BUNDLE.reader

    def as_json(self) -> dict[str, Any]:
        """As it stands in the line. Certificates travel as records."""
        data = {
            "version": self.body, "study": self.study, "from": self.sender, "to": self.receiver,
            "number": self.number, "prev": self.prev, "made": self.made, "definition": self.definition,
            "program": self.program, "base": dict(self.base), "heads": _heads_json(self.heads),
            "have": _heads_json(self.have),
            "receipts": [{"number": number, "sha256": hashed} for number, hashed in self.receipts],
            "records": self.records, "certificates": 0, "seals": self.seals, "plain": self.plain,
        }  # fmt: skip
        if self.body == 1:
            return {**data, "revocations": []}
        revocations = None if self.revocations is None else dict(self.revocations)
        return {**data, "definitions": self.definitions, "revocations": revocations}

    def fits(self, header: Header) -> bool:
        """Whether it says the same as the header outside."""
        return (
            (self.study, self.sender, self.receiver) == (header.study, header.sender, header.receiver)
            and (self.number, self.prev, self.made) == (header.number, header.prev, header.made)
        )  # fmt: skip

    @classmethod
    def from_json(cls, data: object) -> Manifest:
        """Read :meth:`as_json`. Raises LineRefused for another shape, and NewerManifest."""
        if not isinstance(data, dict) or type(data.get("version")) is not int or data["version"] < 1:
            raise LineRefused("manifest")
        body = data["version"]
        if body not in _FIELDS_OF:
            raise NewerManifest("version", str(body))
        if set(data) != _FIELDS_OF[body] or not _shape_ok(data):
            raise LineRefused("manifest")
        revocations = data["revocations"]
        if data["certificates"] or (body == 1 and revocations):
            raise NewerManifest("contents")
        return cls(
            data["study"], data["from"], data["to"], data["number"], data["prev"], data["made"],
            data["definition"], data["program"], _vector(data["base"]), _heads(data["heads"]),
            _heads(data["have"]), _receipts(data["receipts"]), data["records"], data["seals"], data["plain"],
            0 if body == 1 else data["definitions"], None if body == 1 else revocations, body,
        )  # fmt: skip


class NewerManifest(ValueError):
    """What a newer program wrote; passing over it could mean passing over a revocation.

    ``found`` is the format it names, or ``2+``: the newest one known here, with something more.
    """

    def __init__(self, what: str, found: str = f"{BUNDLE.reader}+") -> None:
        super().__init__(what)
        self.found = found


def _shape_ok(data: dict[str, Any]) -> bool:
    texts = ("study", "from", "to", "prev", "made", "definition", "program")
    counts = {"records", "certificates", "seals", "plain"} | ({"definitions"} & set(data))
    revocations = data["revocations"]
    return (
        all(type(data[name]) is str for name in texts)
        and all(type(data[name]) is int and data[name] >= 0 for name in counts)
        and type(data["number"]) is int
        and data["records"] <= MAX_RECORDS
        and data["seals"] <= data["records"]
        and data.get("definitions", 0) <= MAX_LINES
        and (
            isinstance(revocations, list)
            if data["version"] == 1
            else revocations is None or isinstance(revocations, dict)
        )
    )


def _heads_json(heads: Heads) -> dict[str, Any]:
    return {device: {"seq": seq, "hash": hashed} for device, (seq, hashed) in heads.items()}


def _number(value: object) -> int:
    if type(value) is not int or value < 1:
        raise LineRefused("number")
    return value


def _hash(value: object) -> str:
    if not isinstance(value, str) or not HASH.fullmatch(value):
        raise LineRefused("hash")
    return value


def _device(value: object) -> str:
    if not isinstance(value, str) or not DEVICE.fullmatch(value):
        raise LineRefused("device")
    return value


def _vector(data: object) -> dict[str, int]:
    if not isinstance(data, dict):
        raise LineRefused("vector")
    return {_device(device): _number(number) for device, number in data.items()}


def _heads(data: object) -> dict[str, tuple[int, str]]:
    if not isinstance(data, dict):
        raise LineRefused("heads")
    found = {}
    for device, head in data.items():
        if not isinstance(head, dict) or set(head) != {"seq", "hash"}:
            raise LineRefused("heads")
        found[_device(device)] = (_number(head["seq"]), _hash(head["hash"]))
    return found


def _receipts(data: object) -> tuple[tuple[int, str], ...]:
    if not isinstance(data, list) or len(data) > MAX_RECEIPTS:
        raise LineRefused("receipts")
    found = []
    for receipt in data:
        if not isinstance(receipt, dict) or set(receipt) != {"number", "sha256"}:
            raise LineRefused("receipts")
        found.append((_number(receipt["number"]), _hash(receipt["sha256"])))
    return tuple(found)
