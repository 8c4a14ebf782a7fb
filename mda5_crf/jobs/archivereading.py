"""A whole archive, read and proved: every record as it was, in the order of the chains.

The file is parsed in a process of its own (``confined``). What comes back is put aside encrypted, and each
record is rebuilt here with the hashes that follow from what the file says; they must be those in the file.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from mda5_crf.crypto import BadSignature, CanonError, KeyRefused, canon, parse_canon, unbase64
from mda5_crf.db.chain import first_prev
from mda5_crf.db.records import AuditRecord, RecordRefused, Seal, split_id
from mda5_crf.errors import BundleError, InputRefused, later_format, newer
from mda5_crf.exchange.buckets import Buckets
from mda5_crf.exchange.odm_proof import FORMAT
from mda5_crf.jobs.confined import stream
from mda5_crf.sync.cards import HASH, Card, card_of

Progress = Callable[[int, int], None]
_MAX_SOURCES: Final = 64
_MAX_SOURCE: Final = 8 << 20
"""Bytes of one definition, and how many of them there may be."""
_MAX_PROOF: Final = 1 << 20
_PROOF: Final = b"\n<mda5:Proof"
_TOLD_EVERY: Final = 500
_FOUNDING: Final = 2
"""The number of the record that says with which definition a vault began."""
_PIECE: Final = 1 << 20


@dataclass(slots=True)
class Reading:
    """What the file holds; made by :func:`reading`."""

    name: str
    study: str
    buckets: Buckets
    sha256: str = ""
    card: Card | None = None
    heads: tuple[tuple[str, int, str], ...] = ()
    seals: list[Seal] = field(default_factory=list)
    sources: dict[str, bytes] = field(default_factory=dict)
    firsts: dict[str, AuditRecord] = field(default_factory=dict)
    founded: dict[str, str] = field(default_factory=dict)
    """Of each chain the first record, and the hash of the definition that it began with; once the archive was
    proved."""

    @property
    def count(self) -> int:
        """How many records there are."""
        return sum(seq for _, seq, _ in self.heads)

    def records(self) -> Iterator[AuditRecord]:
        """Every record, chain by chain; raises BundleError for one that is altered, or not there."""
        for device, last, head in self.heads:
            before = ""
            expected = 1
            for seq, said in self.buckets.sorted(device):
                if seq != expected:
                    code = "odmback.missing" if seq > expected else "odmback.order"
                    raise BundleError(code, record=f"{device}:{min(seq, expected)}")
                record = self._rebuilt(said, before)
                if seq == 1:
                    self.firsts[device] = record
                elif seq == _FOUNDING and record.kind == "definition":
                    self.founded[device] = str(record.data.get("hash"))
                before, expected = record.hash, seq + 1
                yield record
            if expected <= last:
                raise BundleError("odmback.missing", record=f"{device}:{expected}")
            if expected != last + 1 or before != head:
                raise BundleError("odmback.ends", device=device)
        surplus = self.buckets.names() - {device for device, _, _ in self.heads}
        if surplus:
            raise BundleError("odmback.ends", device=min(surplus))

    def _rebuilt(self, said: list[Any], before: str) -> AuditRecord:
        """A record with the hashes that follow. Raises BundleError when they are not those of the file."""
        sent, hashed = said
        data, place = sent["data"], f"{sent['device']}:{sent['seq']}"
        try:
            text = None if data is None else canon(data).decode("utf-8")
            if sent["seq"] == 1:
                before = first_prev(self.study, sent["device"], data or {})
            record = AuditRecord.rebuilt({**sent, "data": text, "prev": before, "study": self.study})
        except (RecordRefused, CanonError, ValueError, KeyError, TypeError, AttributeError):
            record = None
        if record is None or record.hash != hashed:
            raise BundleError("odmback.altered", record=place)
        return record


@contextmanager
def reading(
    file: Path, study: str, folder: Path | None, progress: Progress = lambda _done, _total: None
) -> Iterator[Reading]:
    """Read and prove a file. ``folder``: where the encrypted pieces lie meanwhile, as ``Buckets`` has it;
    ``study`` is this vault's, "" for whatever the file says.

    Raises InputRefused (no whole archive of this program, another study), BundleError (altered). Seals are
    for the taker to judge, who knows the certificates.
    """
    with Buckets(folder) as buckets:
        made = _Gathering(Reading(file.name, study, buckets))
        with stream("odm", file, {"own": True, "file": file.name}) as told:
            for count, one in enumerate(told):
                if not count % _TOLD_EVERY:
                    progress(told.sent // 4, told.size)
                made.take(one)
            made.read.sha256 = told.sha256
        yield made.proved(file)


class _Gathering:
    """Puts together what the child tells. What it tells is as strange as the file may be."""

    def __init__(self, read: Reading) -> None:
        self.read = read
        self._last: tuple[str, tuple[int, str, int]] = ("", (0, "", 0))
        self._seen: set[str] = set()
        self._moved = ""
        self._pieces: dict[str, list[bytes]] = {}
        self._proof: tuple[str, str] | None = None

    def take(self, told: Mapping[str, Any]) -> None:
        """One line of the child."""
        if "record" in told:
            self._record(told)
        elif "seal" in told:
            with suppress(RecordRefused):  # what seals nothing is missed where it should
                self.read.seals.append(Seal.from_json(told["seal"]))
        elif "source" in told:
            self._source(told["source"])
        elif "proof" in told:
            self._proof = str(told["proof"]), str(told["sig"])
        elif "study" in told:
            self.read.study = self.read.study or str(told["study"])
            if told["study"] != self.read.study:
                raise InputRefused("odmback.other_study", theirs=str(told["study"])[:80])
        elif told.get("head", {}).get("Archival") != "Yes":
            raise InputRefused("odmback.not_whole", file=self.read.name)

    def _record(self, told: Mapping[str, Any]) -> None:
        sent, of = told["record"], str(told["of"])
        device, seq, clock = str(sent["device"]), int(sent["seq"]), int(sent["clock"])
        name = f"{device}:{seq}"
        if split_id(name) != (device, seq) or seq < 1:
            raise BundleError("odmback.altered", record=name[:80])
        group, before = self._last
        now = (clock, device, seq)
        if of != group:
            self._moved = self._moved or (name if of in self._seen else "")
            self._seen.add(of)
        elif before >= now:
            self._moved = self._moved or name
        self._last = of, now
        self.read.buckets.put(device, seq, [sent, told["hash"]])

    def _source(self, source: Mapping[str, Any]) -> None:
        hash_, part, parts = str(source["hash"]), source["part"], source["parts"]
        pieces = self._pieces.setdefault(hash_, [])
        if part != len(pieces) + 1 or len(self._pieces) > _MAX_SOURCES or not HASH.fullmatch(hash_):
            raise BundleError("odmback.source", hash=hash_[:12])
        try:
            pieces.append(unbase64(str(source["data"])))
        except KeyRefused:
            raise BundleError("odmback.source", hash=hash_[:12]) from None
        if sum(map(len, pieces)) > _MAX_SOURCE:
            raise BundleError("odmback.source", hash=hash_[:12])
        if part == parts:
            self.read.sources[hash_] = _inflated(b"".join(pieces), hash_)

    def proved(self, file: Path) -> Reading:
        """Everything fits: proof, records, order, the bytes around them. Raises BundleError."""
        read = self.read
        if self._proof is None:
            raise InputRefused("odmback.not_whole", file=read.name)
        said, signature = self._proof
        body = self._read_proof(said)
        for _ in read.records():
            pass
        card = read.card
        assert card is not None
        first = read.firsts.get(card.device)
        if first is None or first.data.get("sign") != card.sign.text:
            raise BundleError("odmback.proof_false")
        try:
            card.sign.verify("archive", said.encode("utf-8"), unbase64(signature))
        except (BadSignature, KeyRefused):
            raise BundleError("odmback.proof_false") from None
        if self._moved:
            raise BundleError("odmback.order", record=self._moved)
        if body != _body(file, read.sha256):
            raise BundleError("odmback.changed")
        return read

    def _read_proof(self, said: str) -> str:
        """Who made the file and how far its chains go; returns the sum of the bytes that were signed."""
        try:
            proof = parse_canon(said.encode("utf-8"))
            if later := later_format(proof["format"], FORMAT):
                raise BundleError("odmback.format_newer", **newer(later, FORMAT))
            if proof["format"] != FORMAT or proof["study"] != self.read.study:
                raise ValueError
            self.read.card = card_of(proof["card"])
            heads = tuple((str(one[0]), int(one[1]), str(one[2])) for one in proof["heads"])
            body = str(proof["body"])
        except (CanonError, InputRefused, ValueError, KeyError, TypeError, IndexError):
            raise BundleError("odmback.proof_false") from None
        if len({device for device, _, _ in heads}) != len(heads):
            raise BundleError("odmback.proof_false")
        self.read.heads = heads
        return body


def _inflated(packed: bytes, hash_: str) -> bytes:
    inflate: Any = zlib.decompressobj()
    try:
        source: bytes = inflate.decompress(packed, _MAX_SOURCE + 1)
    except zlib.error:
        raise BundleError("odmback.source", hash=hash_[:12]) from None
    if len(source) > _MAX_SOURCE or not inflate.eof or inflate.unused_data:
        raise BundleError("odmback.source", hash=hash_[:12])
    return source


def _body(file: Path, sha256: str) -> str:
    """SHA-256 of what stands before the proof; "" when the file is no longer what was read."""
    whole, body = hashlib.sha256(), hashlib.sha256()
    try:
        with file.open("rb") as opened:
            size = opened.seek(0, 2)
            opened.seek(max(0, size - _MAX_PROOF))
            end = opened.read(_MAX_PROOF).rfind(_PROOF)
            left = max(0, size - _MAX_PROOF) + end if end >= 0 else 0
            opened.seek(0)
            while piece := opened.read(_PIECE):
                whole.update(piece)
                body.update(piece[: max(0, left)])
                left -= len(piece)
    except OSError:
        raise InputRefused("hostile.file_missing", file=file.name) from None
    return body.hexdigest() if whole.hexdigest() == sha256 else ""
