"""What the fuzzer aims at, and its inputs, layer by layer: each layer stays right but for what is mutated.

    raw         the bytes of a whole file
    outside     header changed, signed again by the real sender (or by somebody else)
    inside      lines changed, in both body formats: packed, encrypted and signed again
    records     lawful lines, chains, hashes and seals around records that no program would write
    folds       the same records, past everybody who judges them: what an author with all rights could write
    invitation  the same for the file of a centre; ``request``, ``card`` for those of a PC

The harness holds the keys of the senders. An input is a function of its layer, its number and a seed. The
readers take streams, so most inputs need no transaction; what they let pass, and every input of ``records``,
goes through ``bundles.plan``, which rolls back.
"""

from __future__ import annotations

import copy
import hashlib
import io
import json
import struct
import time
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest

from mda5_crf.crypto import CanonError, SigningKey, base64_text, canon, file_hash, seal
from mda5_crf.db import clock, consents, redaction, schema
from mda5_crf.db.bulk import Batch
from mda5_crf.db.intake import _SIGNED as SIGNED
from mda5_crf.db.intake import load_trust
from mda5_crf.db.projection import Unfoldable, fold
from mda5_crf.db.records import _FIELDS as _RECORD
from mda5_crf.db.records import AuditRecord, Draft, RecordRefused, make_record
from mda5_crf.db.trust import Trust
from mda5_crf.db.tx import Tables
from mda5_crf.errors import BundleError, CrfError, InputRefused
from mda5_crf.services import access
from mda5_crf.services.session import Session
from mda5_crf.study import source as sources
from mda5_crf.study.load import load_source
from mda5_crf.sync import bundles, cards, inviting, joinfiles, joining
from mda5_crf.sync.devices import own_card
from mda5_crf.sync.envelope import MAGIC, Header, open_envelope
from mda5_crf.sync.lines import LineRefused, write_line
from mda5_crf.sync.manifest import _FIELDS_OF as _MANIFEST
from mda5_crf.sync.manifest import Manifest
from mda5_crf.sync.packing import with_end
from mda5_crf.sync.recordlines import RecordReader
from mda5_crf.sync.registry import Registry
from mda5_crf.sync.sources import source_lines
from mda5_crf.sync.unpacking import unpack
from tests.commandline import ROOT
from tests.faults import fuzzjoin
from tests.faults.fuzzkinds import CONTENTS, filled
from tests.faults.mutating import SMALL_KEYS, Mutator, as_bytes
from tests.unit.sync.forging import Line, honest, put, sealed
from tests.unit.sync.synckit import A, C, World, enter_value, everything_of, item
from tests.vaults import password

BODIES: Final = (1, 2)
_FRONT: Final = struct.Struct(">8sHI")
SECONDS: Final = 2.0
"""Of the processor, for one input in all its readings."""
_OFTEN: Final = 500
"""So many inputs between two looks at the whole vault; one that writes is found by them and then alone."""


class Harmed(AssertionError):
    """An input did what none may do."""


class _Nothing:
    """A taker that takes nothing."""

    def on_manifest(self, manifest: Manifest) -> None: ...
    def on_definition(self, hashed: str, source: bytes) -> None: ...
    def on_record(self, record: AuditRecord, *, computed: bool) -> None: ...
    def on_seal(self, seal: object) -> None: ...


@dataclass
class Way:
    """One direction: lines that the sender would send, who can be asked, and the facts that records name."""

    sender: Session
    receiver: Session
    stick: Path
    header: Header
    lines: dict[int, list[Line]]
    facts: dict[str, str]
    registry: Registry
    files: list[bytes] = field(default_factory=list)

    @classmethod
    def between(cls, sender: Session, receiver: Session, stick: Path, subject: str) -> Way:
        made = {body: honest(sender, receiver, body) for body in BODIES}
        header, lines = made[2][0], {body: one[1] for body, one in made.items()}
        lines[1][0]["manifest"]["made"] = header.made
        box = sender.vault.device_keys.box.public.text
        person = sender.person.id
        record = next(r.id for r in sender.vault.journal.records(kinds=("value",)))
        facts = {
            "subject": subject, "record": record, "person": person, "other_person": receiver.person.id,
            "device": sender.device, "other": receiver.device, "hash": sender.study.hash,
            "study": sender.study.oid, "vault": sender.vault.meta.vault, "box": box,
            "key": sender.vault.device_keys.sign.public.text, "sig": "A" * 86 + "==", "nonce": "ab" * 16,
            "day": "2026-09-01", "at": header.made, "two": "42",
        }  # fmt: skip
        way = cls(sender, receiver, stick, header, lines, facts, Registry.read(receiver))
        way.files = [way.file(body) for body in BODIES]
        return way

    def file(self, body: int) -> bytes:
        """What an honest program would send."""
        return self.closed(ended(self.copied(body)), body)

    def copied(self, body: int) -> list[Line]:
        """Its lines; whoever changes one puts another in its place."""
        return list(self.lines[body])

    def closed(
        self, lines: list[bytes], body: int, packed: Callable[[bytes], bytes] = lambda b: zlib.compress(b, 1),
        boxed: Callable[[bytes], bytes] = lambda b: b, reader: int = 0,
    ) -> bytes:  # fmt: skip
        """Lines packed, encrypted and signed by the sender."""
        box = self.receiver.vault.device_keys.box.public
        whole = boxed(box.encrypt(packed(b"".join(lines))))
        return sealed(replace(self.header, reader=reader or body), whole, self.sender.vault.device_keys.sign)

    # -- asking --------------------------------------------------------------------------------------

    def read(self, data: bytes) -> None:
        """Outside and inside; writes nothing whatever happens."""
        envelope = open_envelope(io.BytesIO(data), len(data), self.registry)
        unpack(envelope, self.receiver.vault.device_keys.box, _Nothing())

    def plan(self, data: bytes) -> Counter[str]:
        """All of it but the commit; what it would set aside."""
        report = bundles.plan(self.receiver, put(self.stick, data, "fuzz.mda5b"))
        assert all(reason.en and reason.zh for _, reason in report.aside)
        return Counter(reason.en for _, reason in report.aside)


@dataclass
class Tally:
    """What became of the inputs of a layer."""

    read: int = 0
    accepted: int = 0
    aside: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    slowest_input: str = ""


@dataclass
class Range:
    """Everything that is shot at: opened once for all inputs."""

    ways: tuple[Way, ...]
    centre: Session
    invitation: bytes
    authority: SigningKey
    request: bytes
    ward: Session
    now: datetime

    def state(self) -> str:
        """A hash over all that could have changed: every table, every file of the folders."""
        found = hashlib.sha256()
        for session in {id(way.receiver): way.receiver for way in self.ways}.values():
            found.update(repr(everything_of(session)).encode())
            with session.vault.store.read() as tx:
                for table in schema.ALL.sorted_tables:
                    for row in tx.find(table):
                        found.update(repr(sorted(row.items())).encode())
            folder = session.vault.folder
            for path in sorted(folder.rglob("*")):
                # The log of the database grows by what is rolled back; the tables were looked at.
                if path.is_file() and not (path.parent == folder and path.name.startswith("study.db")):
                    found.update(f"{path.name} {path.stat().st_size}".encode())
        return found.hexdigest()


def ready(world: World) -> Range:
    """A ward and a centre that know each other, with something to send both ways."""
    ward, centre = world[A], world[C]
    subject = ward.enrol().identity
    enter_value(ward, item(subject), "118")
    world.send(A, C)
    form = item(subject).form_key()
    centre.raise_query(item(subject), "From which arm?")
    enter_value(ward, item(subject), "119")
    ward.entry(form)
    offer, invitation = inviting.invite(centre, "01", "Ward 3 new", own_password=password("d02"))
    made, _ = clock.stamp(centre.now(), ward.vault.meta.zone)
    request = joinfiles.Request(
        own_card(ward), centre.device, offer.nonce, offer.sha256, ward.vault.certificate, "investigator", made
    ).written(ward.vault.device_keys.sign, centre.vault.device_keys.box.public)
    ways = (
        Way.between(ward, centre, world.stick, subject),
        Way.between(centre, ward, world.stick, subject),
    )
    authority = SigningKey.generate()
    small = _small(joinfiles.read_invitation(invitation), authority)
    return Range(ways, centre, small, authority, request, ward, centre.now())


def _small(real: joinfiles.Invitation, authority: SigningKey) -> bytes:
    """An invitation to a small study, by an authority whose key is here."""
    files, _ = sources.read_directory(ROOT / "tests" / "data" / "definitions" / "mini")
    source = sources.pack(files)
    study, hashed = load_source(source).oid, file_hash(source)
    card = replace(real.card, study=study, definition=hashed, authority=authority.public)
    return replace(real, study=study, definition=hashed, card=card, source=source, sha256="").written(
        authority.sign
    )


# -- inputs ----------------------------------------------------------------------------------------------


def raw(targets: Range, mutator: Mutator) -> tuple[Way, bytes]:
    """The bytes of a whole file."""
    way = mutator.rng.choice(targets.ways)
    if mutator.chance(0.05):
        return way, mutator.rng.choice((b"", MAGIC, MAGIC + b"\0\1")) + mutator.rng.randbytes(
            mutator.rng.choice((0, 4, 100, 3000))
        )
    return way, mutator.data(mutator.rng.choice(way.files), [*way.files, targets.invitation, targets.request])


def outside(targets: Range, mutator: Mutator) -> tuple[Way, bytes]:
    """The header changed and signed again: mostly by the real sender."""
    rng = mutator.rng
    way = rng.choice(targets.ways)
    data = rng.choice(way.files)
    end = _FRONT.size + _FRONT.unpack_from(data)[2]
    head, body = json.loads(data[_FRONT.size : end]), data[end + 64 :]
    changed = mutator.chance(0.3)
    if changed:
        body = mutator.data(body)
        head |= {"body_len": len(body), "body_sha256": file_hash(body)}
    if not changed or mutator.chance(0.5):
        head = mutator.tree(head)
    whole = as_bytes(head)
    if mutator.chance(0.15):
        whole = mutator.line(whole)
    version, length = 1, len(whole)
    if mutator.chance(0.1):
        version = rng.choice((0, 2, 255, 65535))
    if mutator.chance(0.1):
        length = rng.choice((0, 1, length - 1, length + 1, 16384, 16385, 2**32 - 1))
    start = _FRONT.pack(MAGIC, version, max(length, 0)) + whole
    key = way.sender.vault.device_keys.sign if mutator.chance(0.9) else targets.authority
    signature = key.sign(rng.choice(("bundle",) * 9 + ("carrier",)), start)
    return way, start + (mutator.data(signature) if mutator.chance(0.05) else signature) + body


def inside(targets: Range, mutator: Mutator) -> tuple[Way, bytes]:
    """Lines changed; everything around them is right."""
    rng = mutator.rng
    way, body = rng.choice(targets.ways), rng.choice(BODIES)
    lines: list[Line | bytes] = list(way.copied(body))
    for _ in range(rng.choice((1, 1, 2, 3))):
        _edit(way, lines, mutator, body)
    whole = ended(lines, recount=mutator.chance(0.8))
    if mutator.chance(0.05):
        whole = [*whole[:-1], mutator.data(whole[-1])]
    packed: Callable[[bytes], bytes] = lambda b: zlib.compress(b, 1)  # noqa: E731
    if mutator.chance(0.05):
        packed = lambda b: mutator.data(zlib.compress(b, 1))  # noqa: E731
    boxed: Callable[[bytes], bytes] = mutator.data if mutator.chance(0.05) else lambda b: b
    return way, way.closed(whole, body, packed, boxed, reader=body if mutator.chance(0.97) else 3 - body)


def _edit(way: Way, lines: list[Line | bytes], mutator: Mutator, body: int) -> None:
    rng = mutator.rng
    if not lines:
        return
    at, act = rng.randrange(len(lines)), rng.randrange(13)
    one = lines[at]
    if act <= 3:
        lines[at] = mutator.line(one) if isinstance(one, bytes) else mutator.tree(one)
    elif act == 4:
        lines[at] = mutator.line(one.rstrip(b"\n") if isinstance(one, bytes) else as_bytes(one)) + b"\n"
    elif act == 5:
        del lines[at]
    elif act == 6:
        lines.insert(rng.randrange(len(lines) + 1), copy.deepcopy(one))
    elif act == 7:
        lines[at], lines[0] = lines[0], one
    elif act == 8:
        rng.shuffle(lines)
    elif act == 9:
        lines[1:1] = definition_lines(way, mutator)
    elif act == 10 and isinstance(one, dict) and isinstance(one.get("record"), dict):
        lines[at] = {"record": _emptied(one["record"], mutator)}
    elif act == 11 and isinstance(lines[0], dict) and isinstance(lines[0].get("manifest"), dict):
        manifest = dict(lines[0]["manifest"])
        if body == 2 and mutator.chance(0.6):
            manifest["revocations"] = revocations(way, mutator)
        else:
            manifest = mutator.tree(manifest)
        lines[0] = {"manifest": manifest}
    else:
        kind = rng.choice(("certificate", "seal", "end", "manifest", "record", "definition", "Record", ""))
        lines.insert(at, {kind: mutator.value()})


def _emptied(record: Line, mutator: Mutator) -> Line:
    """A record as a stub, as after a redaction, or as half of either."""
    gone = mutator.rng.choice(
        (("data", "salt"), ("data", "salt", "key", "key_salt"), ("data",), ("key_salt", "salt"))
    )
    found = {**record, **dict.fromkeys(gone)}
    if mutator.chance(0.7) and "hash" not in record:
        found |= {"content": "ab" * 32} if "data" in gone else {}
        found |= {"key_hash": "ab" * 32} if "key" in gone else {}
    return found


def definition_lines(way: Way, mutator: Mutator) -> list[Line | bytes]:
    """Pieces of a definition: whole, bombs, of another hash, out of order."""
    rng = mutator.rng
    packed = rng.choice(
        (way.sender.study.source, b"{}", b"[" * 2_000_000, bytes(3_000_000), b'{"study.toml":"x"}')
    )
    packed = packed if mutator.chance(0.3) else packed[: rng.choice((10, 1000))]
    hashed = file_hash(packed) if mutator.chance(0.7) else "ab" * 32
    lines: list[Line | bytes] = [json.loads(line) for line in source_lines(hashed, "X", packed)]
    if mutator.chance(0.7):
        at = rng.randrange(len(lines))
        lines[at] = mutator.tree(lines[at])
    if mutator.chance(0.2):
        rng.shuffle(lines)
    return lines * rng.choice((1, 1, 1, 2, 20))


def revocations(way: Way, mutator: Mutator) -> object:
    """A list of revoked PCs: forged, with keys of small order, of other shapes."""
    rng = mutator.rng
    authority = SigningKey.generate()
    known = sorted(key.text for key in way.registry.study_authorities())
    body = {
        "version": 1, "study": way.header.study, "made": way.header.made,
        "number": rng.choice((1, 2, 2**53 - 1)),
        "authority": rng.choice((authority.public.text, *known, *SMALL_KEYS)),
        "entries": [
            {"device": rng.choice((way.header.sender, "ab" * 8)), "name": "Ward", "site": "01", "last": 3,
             "reason": "lost", "at": way.header.made, "person": "", "key": ""},
        ],
    }  # fmt: skip
    if mutator.chance(0.5):
        body = mutator.tree(body)
    try:
        signed = canon(body)
    except ValueError:
        signed = b""
    whole = {"list": body, "sig": base64_text(authority.sign("revoke", signed))}
    return mutator.tree(whole) if mutator.chance(0.2) else whole


def records(targets: Range, mutator: Mutator) -> tuple[Way, bytes]:
    """A chain that holds, with records in it that no program would write: up to forty in one input."""
    rng = mutator.rng
    way, body = rng.choice(targets.ways), rng.choice(BODIES)
    chain = Chain(way)
    many = rng.choice((1, 5, 20, 40))
    for number in range(many):
        kind, key, content = said_by_nobody(way, mutator)
        said: dict[str, Any] = {"kind": kind, "key": key, "data": content}
        if mutator.chance(0.15):
            choices: tuple[tuple[str, object], ...] = (
                ("key", mutator.text(key)[:200]), ("kind", mutator.text(kind)[:200]), ("clock", 2**53 - 1),
                ("replaces", [way.facts["record"]]), ("replaces", [mutator.text("x:1")[:200]]), ("clock", 1),
                ("at", "9999-12-31T23:59:59.999Z"), ("zone", "UTC +14:00"), ("definition", "x"), ("v", 2),
                ("study", "OTHER"), ("person", "nobody"), ("key", ""), ("key", f"{way.facts['subject']}/BL"),
                ("device", "ab" * 8), ("empty", "data"), ("empty", "key"),
            )  # fmt: skip
            name, value = rng.choice(choices)
            if name not in _FATAL or number == many - 1:
                said[name] = value
        chain.add(said)
    return way, way.closed(ended(chain.lines(body)), body)


_SORTED: Final = sorted(CONTENTS)
_FATAL: Final = frozenset({"clock", "study", "person", "device"})
"""What hides all that comes after it in the same bundle."""
_LONGEST: Final = 20_000


def said_by_nobody(way: Way, mutator: Mutator) -> tuple[str, str, dict[str, Any]]:
    """Kind, key and content of a record: lawful, or changed in a place or two."""
    kind = mutator.rng.choice(_SORTED)
    key, contents = CONTENTS[kind]
    content = filled(mutator.rng.choice(contents), way.facts)
    for _ in range(mutator.rng.choice((0, 1, 1, 2))):
        changed = mutator.tree(content)
        # One record that cannot travel would hide all the others of its bundle.
        content = changed if _travels(changed) else content
    return kind, filled(key, way.facts), content


def _travels(content: object) -> bool:
    try:
        return isinstance(content, dict) and len(canon(content)) < _LONGEST
    except CanonError:
        return False


def drafted(way: Way, number: int, draft: Draft) -> AuditRecord:
    """A record of the sender far behind the end of its chain."""
    number += 10_000
    return make_record(
        draft, study=way.header.study, device=way.header.sender, seq=number, prev="ab" * 32,
        person=way.sender.person.id, at=way.header.made, zone="UTC +08:00", clock=number,
    )  # fmt: skip


def fold_one(way: Way, tables: Tables, trust: Trust, number: int, mutator: Mutator) -> str:
    """Fold a record, and ask of it what is asked of signed ones; what is said of it, "" for nothing."""
    kind, key, content = said_by_nobody(way, mutator)
    if mutator.chance(0.1):
        key = mutator.text(key)
    named = mutator.rng.choice(((), (), (), (way.facts["record"],), (mutator.text("x:1"),)))
    record = drafted(way, number, Draft(kind, key, content, named))
    AuditRecord.from_json(record.as_json())
    if record.kind in SIGNED:
        SIGNED[record.kind](record, trust)
    if consents.takes_two(record.kind, record.data):
        consents.fault(record, trust)
    redaction.fault(record, trust, lambda _device, _seq: None)
    redaction.pending(record, trust, lambda _device, _seq: None)
    access.judge(record.kind, record.data, frozenset(access.Role))
    try:
        fold(tables, record)
    except Unfoldable as error:
        return f"store.{error.code}"
    return ""


def folds(way: Way, kind: str) -> bool:
    """Whether the lawful contents of ``kind`` are folded as they stand; nothing stays."""
    key, contents = CONTENTS[kind]
    try:
        with way.receiver.vault.store.transaction() as tx:
            for number, content in enumerate(contents):
                draft = Draft(kind, filled(key, way.facts), filled(content, way.facts))
                fold(tx, drafted(way, number, draft))
            raise _Undone
    except _Undone:
        return True
    except Unfoldable:
        return False


def overfull(way: Way, count: int, seed: str) -> bytes:
    """One bundle of ``count`` records that nobody wrote, in a chain that holds."""
    chain, mutator = Chain(way), Mutator(seed)
    for _ in range(count):
        kind, key, content = said_by_nobody(way, mutator)
        chain.add({"kind": kind, "key": key, "data": content})
    return way.closed(ended(chain.lines(2)), 2)


class Chain:
    """The sender's own chain, continued with anything, hashed and sealed as it should be."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._lines = way.copied(2)
        own = [
            i for i, one in enumerate(self._lines) if one.get("record", {}).get("device") == way.header.sender
        ]
        self._own = [self._lines[i]["record"] for i in own]
        self._place = own[-1] + 1
        self._salt = base64_text(bytes(16))

    def add(self, said: dict[str, Any]) -> None:
        """One more record after the last."""
        last = self._own[-1]
        record = {name: value for name, value in last.items() if name not in ("prev", "key_hash", "content")}
        record |= {
            "seq": last["seq"] + 1, "clock": last["clock"] + 1, "key_salt": self._salt, "salt": self._salt,
            "replaces": [],
        }  # fmt: skip
        empty, said = said.get("empty"), {name: value for name, value in said.items() if name != "empty"}
        try:
            data = canon(said["data"]).decode("utf-8")
        except ValueError:
            data = "{}"
        record |= {**said, "data": data}
        if empty:
            record |= {"data": None, "salt": None, "content": "ab" * 32}
        if empty == "key":
            record |= {"key": None, "key_salt": None, "key_hash": "ab" * 32}
        self._lines.insert(self._place, {"record": record})
        self._place += 1
        if record["device"] == last["device"]:
            self._own.append(record)

    def lines(self, body: int) -> list[Line | bytes]:
        """All lines, with true hashes, seals and heads as far as the records can be read at all."""
        reader, device = RecordReader(), self._way.header.sender
        found: list[AuditRecord] = []
        try:
            found = [reader.careful(one["record"]) for one in self._lines if "record" in one]
        except (LineRefused, RecordRefused):
            return list(self._lines)
        last = max((one for one in found if one.device == device), key=lambda one: one.seq)
        author = self._way.sender.vault.journal.identity.author
        lines: list[Line | bytes] = []
        manifest = copy.deepcopy(self._lines[0]["manifest"])
        manifest["heads"][device] = {"seq": last.seq, "hash": last.hash}
        if body == 1:
            manifest = {k: v for k, v in manifest.items() if k != "definitions"} | {
                "version": 1,
                "revocations": [],
            }
        lines.append({"manifest": manifest})
        lines += (
            [{"record": json.loads(canon(one.as_json()))} for one in found] if body == 1
            else [one for one in self._lines if "record" in one or "definition" in one]
        )  # fmt: skip
        seals = copy.deepcopy([one["seal"] for one in self._lines if "seal" in one])
        for one in seals:
            if one["device"] == device and one["last"] == max(
                s["last"] for s in seals if s["device"] == device
            ):
                one |= {"last": last.seq, "sig": base64_text(seal(author, last.hash))}
        return [*lines, *({"seal": one} for one in seals)]


def ended(lines: Sequence[Line | bytes], *, recount: bool = True) -> list[bytes]:
    """Lines as bytes with a right end, and with the true counts in the manifest if they shall be."""
    made, first = [_line(one) for one in lines], lines[0] if lines else None
    if recount and isinstance(first, dict) and isinstance(first.get("manifest"), dict):
        manifest = dict(first["manifest"])
        for name, kind in (("records", "record"), ("seals", "seal"), ("definitions", "definition")):
            if name in manifest:
                manifest[name] = sum(isinstance(one, dict) and kind in one for one in lines)
        end = write_line("end", {"lines": len(made), "sha256": "0" * 64})
        manifest["plain"] = sum(map(len, made[1:])) + len(end)
        made[0] = _line({"manifest": manifest})
    return list(with_end(made))


def _line(one: Line | bytes) -> bytes:
    return one if isinstance(one, bytes) else as_bytes(one) + b"\n"


# -- shooting --------------------------------------------------------------------------------------------

_WAYS: Final[dict[str, Callable[[Range, Mutator], tuple[Way, bytes]]]] = {
    "raw": raw, "outside": outside, "inside": inside, "records": records,
}  # fmt: skip
FIELDS: Final = {
    "manifest": tuple(sorted({*_MANIFEST[2]})), "record": tuple(sorted(_RECORD)),
}  # fmt: skip
"""The names that these have, for inputs of the right outline."""
_JOINING: Final[dict[str, Callable[[Range, Mutator], bytes]]] = {
    "invitation": fuzzjoin.invitation, "request": fuzzjoin.request, "card": fuzzjoin.card,
}  # fmt: skip
LAYERS: Final = (*_WAYS, *_JOINING)


def shoot_folds(targets: Range, count: int, seed: str = "1") -> Tally:
    """The layer ``folds``: many records one after the other in a transaction that is rolled back."""
    tally, before = Tally(), targets.state()
    for start in range(0, count, _OFTEN):
        way = targets.ways[start // _OFTEN % 2]
        try:
            with way.receiver.vault.store.transaction() as tx:
                batch, trust = Batch(tx), load_trust(tx)
                for number in range(start, min(start + _OFTEN, count)):
                    name = f"folds {seed} {number}"
                    began = time.thread_time()
                    try:
                        said = fold_one(way, batch, trust, number, Mutator(name))
                    except Exception as error:
                        raise Harmed(f"{name}: {error!r}") from error
                    took = time.thread_time() - began
                    if took > tally.slowest:
                        tally.slowest, tally.slowest_input = took, name
                    tally.read += 1
                    if said:
                        tally.codes[said] += 1
                    else:
                        tally.accepted += 1
                batch.flush()
                raise _Undone
        except _Undone:
            pass
    if targets.state() != before:
        raise Harmed("folds: the transaction was not rolled back")
    return tally


class _Undone(Exception):
    """The way out of a transaction that is not kept."""


def shoot(targets: Range, layer: str, count: int, seed: str = "1") -> Tally:
    """Read ``count`` inputs of a layer. Raises Harmed, which names the input, at the first that harms."""
    tally, before, first = Tally(), targets.state(), 0
    for number in range(count):
        try:
            _one(targets, layer, f"{layer} {seed} {number}", tally)
        except Exception as error:
            raise Harmed(f"{layer} {seed} {number}: {error!r}") from error
        if number - first >= _OFTEN or number == count - 1:
            if targets.state() != before:
                raise Harmed(f"written by one of {layer} {seed} {first} to {number}")
            first = number
    tally.read = count
    return tally


def _one(targets: Range, layer: str, name: str, tally: Tally) -> None:
    mutator = Mutator(name)
    way: Way | None = None
    refusal: type[CrfError] = InputRefused
    if layer in _WAYS:
        refusal = BundleError
        way, data = _WAYS[layer](targets, mutator)
    else:
        data = _JOINING[layer](targets, mutator)
    began = time.thread_time()
    try:
        if layer == "records":
            assert way is not None
            tally.aside += way.plan(data)
        elif way is not None:
            way.read(data)
        else:
            _read(targets, layer, data)
    except refusal as error:
        _in_words(error, tally)
        if way is not None and mutator.chance(0.005):
            _refused_by_all(way, data)
    else:
        if way is not None and layer != "records":
            _all_of_it(way, data, tally)
        else:
            tally.accepted += 1
    took = time.thread_time() - began
    if took > tally.slowest:
        tally.slowest, tally.slowest_input = took, name
    assert took < SECONDS, f"{took:.1f} s"


def _all_of_it(way: Way, data: bytes, tally: Tally) -> None:
    """What the readers let pass is looked at by those who compare it with what is here."""
    try:
        tally.aside += way.plan(data)
    except BundleError as error:
        _in_words(error, tally)
    else:
        tally.accepted += 1


def _read(targets: Range, layer: str, data: bytes) -> None:
    if layer == "invitation":
        joining.looked_at(data, targets.now)
    elif layer == "request":
        inviting.look(targets.centre, data)
    else:
        cards.read_card(data)


def _in_words(error: CrfError, tally: Tally) -> None:
    if not tally.codes[error.code]:
        assert "." in error.code
        assert error.in_("en") != error.in_("zh")
        assert "{" not in error.in_("en"), error.in_("en")
    tally.codes[error.code] += 1


def _refused_by_all(way: Way, data: bytes) -> None:
    """What the readers refuse, plan and take refuse: for one reason, perhaps another that comes first."""
    file, codes = put(way.stick, data, "refused.mda5b"), set()
    for act in (bundles.plan, bundles.take):
        with pytest.raises(BundleError) as refused:
            act(way.receiver, file)
        codes.add(refused.value.code)
    assert len(codes) == 1, codes
