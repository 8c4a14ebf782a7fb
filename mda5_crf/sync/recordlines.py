"""Record lines of body format 2: a record without what its reader computes again.

    whole      at clock data definition device key key_salt kind person replaces salt seq study v zone
    redacted   ``data`` and ``salt`` null, with ``content``, the hash of what was there
    stub       ``key`` and ``key_salt`` null too, with ``key_hash``

``prev`` stands where the line before is not the record's predecessor. All other hashes follow: of key and
content from their salts, the predecessor's from the line before, the record's own from all of it. So nothing
in a line can contradict its hash; what was altered shows where a seal, or the head that the manifest names,
no longer fits.

Most lines are whole and plain. They are written and read by one template, which knows the canonical form of
exactly these lines; all others go through the canonical writer and reader. Both ways give the same.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Mapping
from itertools import pairwise
from json.encoder import encode_basestring
from typing import Any, Final

from mda5_crf.crypto import CanonError, content_hash, parse_canon, record_hash
from mda5_crf.db.records import AuditRecord, RecordRefused
from mda5_crf.sync.lines import MAX_STRING, LineRefused, write_line

# A text without escapes, and one with those that the canonical form has.
_PLAIN: Final = r'[^"\\\x00-\x1f]*'
_ESCAPED: Final = rf'{_PLAIN}(?:\\(?:["\\bfnrt]|u00(?:0[0-7be-f]|1[0-9a-f])){_PLAIN})*'
_NUMBER: Final = r"[1-9][0-9]{0,14}"
_SALT: Final = r"[A-Za-z0-9+/]{21}[AQgw]=="
_WHOLE: Final = re.compile(
    rf'\{{"record":\{{"at":"({_PLAIN})","clock":({_NUMBER}),"data":"({_ESCAPED})","definition":"({_PLAIN})",'
    rf'"device":"({_PLAIN})","key":"({_PLAIN})","key_salt":"({_SALT})","kind":"({_PLAIN})",'
    rf'"person":"({_PLAIN})","replaces":\[((?:"{_PLAIN}"(?:,"{_PLAIN}")*)?)\],"salt":"({_SALT})",'
    rf'"seq":({_NUMBER}),"study":"({_PLAIN})","v":({_NUMBER}),"zone":"({_PLAIN})"\}}\}}'
)
# Contents that are surely canonical: up to four names in their order, with plain texts or small numbers.
_VALUE: Final = rf'(?:"{_PLAIN}"|0|[1-9][0-9]{{0,14}}|true|false|null)'
_FLAT: Final = re.compile(
    rf'\{{"([a-z0-9_]+)":{_VALUE}(?:,"([a-z0-9_]+)":{_VALUE}(?:,"([a-z0-9_]+)":{_VALUE}'
    rf'(?:,"([a-z0-9_]+)":{_VALUE})?)?)?\}}'
)
_HEADER: Final = (
    "at", "clock", "definition", "device", "kind", "person", "replaces", "seq", "study", "v", "zone",
)  # fmt: skip
_OPENING: Final = ("key", "key_salt", "data", "salt")
_FIELDS: Final = frozenset((*_HEADER, *_OPENING))
_SEPARATE: Final = '","'


class RecordWriter:
    """Writes the records of one body, in their order."""

    def __init__(self) -> None:
        self._last = ("", 0)

    def line(self, record: AuditRecord) -> bytes:
        """The record's line with its end. Raises LineRefused for what would be too long to read back."""
        follows = (record.device, record.seq - 1) == self._last
        self._last = (record.device, record.seq)
        if follows:
            plain = _plain_line(record)
            if plain is not None:
                return plain
        return write_line("record", travelling(record, follows=follows))


def travelling(record: AuditRecord, *, follows: bool) -> dict[str, Any]:
    """The object in a record's line; ``follows``: the line before is that of its predecessor."""
    sent = record.as_json()
    data = {name: sent[name] for name in (*_HEADER, *_OPENING)}
    if not follows:
        data["prev"] = record.prev
    if record.key_salt is None:
        data["key_hash"] = record.key_hash
    if record.content is None:
        data["content"] = record.content_hash
    return data


def _plain_line(record: AuditRecord) -> bytes | None:
    """The line by the template; None when it has to be written with care."""
    if record.content is None or record.salt is None or record.key_salt is None:
        return None
    text = encode_basestring
    named = ",".join(map(text, record.replaces))
    line = (
        f'{{"record":{{"at":{text(record.at)},"clock":{record.clock},'
        f'"data":{text(record.content.decode("utf-8"))},"definition":{text(record.definition)},'
        f'"device":{text(record.device)},"key":{text(record.key)},"key_salt":"{_base64(record.key_salt)}",'
        f'"kind":{text(record.kind)},"person":{text(record.person)},"replaces":[{named}],'
        f'"salt":"{_base64(record.salt)}","seq":{record.seq},"study":{text(record.study)},"v":{record.v},'
        f'"zone":{text(record.zone)}}}}}\n'
    )
    try:
        whole = line.encode("utf-8")
    except UnicodeEncodeError:
        return None
    return whole if len(whole) <= MAX_STRING else None


def _base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode("ascii")


class RecordReader:
    """Reads the records of one body, in their order, and computes their hashes."""

    def __init__(self, *, hashes: bool = True) -> None:
        """Without ``hashes`` those of plain lines are left empty: whoever counts does not need them."""
        self._device, self._seq, self._hash = "", 0, ""
        self._hashes = hashes

    def plain(self, line: bytes) -> AuditRecord | None:
        """The record of a line (without its end) that fits the template; None: the line needs more care."""
        if len(line) > MAX_STRING:
            return None
        try:
            found = _WHOLE.fullmatch(line.decode("utf-8"))
        except UnicodeDecodeError:
            return None
        if found is None:
            return None
        (at, clock, data, definition, device, key, key_salt, kind, person, replaces, salt, seq, study, v,
         zone) = found.groups()  # fmt: skip
        number = int(seq)
        if device != self._device or number != self._seq + 1:
            return None
        said = _unescaped(data)
        if said is None:
            return None
        content = said.encode("utf-8")
        opened, key_opened = binascii.a2b_base64(salt), binascii.a2b_base64(key_salt)
        self._seq = number
        named = tuple(replaces[1:-1].split(_SEPARATE)) if replaces else ()
        if not self._hashes:
            return AuditRecord(
                device, number, "", "", int(v), study, kind, key, "", key_opened, "", opened, content, named,
                person, at, zone, int(clock), definition,
            )  # fmt: skip
        hashed, key_hash = content_hash(opened, content), content_hash(key_opened, key.encode("utf-8"))
        whole = (
            f'{{"at":"{at}","clock":{clock},"content":"{hashed}","definition":"{definition}",'
            f'"device":"{device}","key":"{key_hash}","kind":"{kind}","person":"{person}","prev":"{self._hash}",'
            f'"replaces":[{replaces}],"seq":{seq},"study":"{study}","v":{v},"zone":"{zone}"}}'
        )
        prev, own = self._hash, record_hash(whole.encode("utf-8"))
        self._hash = own
        return AuditRecord(
            device, number, prev, own, int(v), study, kind, key, key_hash, key_opened, hashed, opened,
            content, named, person, at, zone, int(clock), definition,
        )  # fmt: skip

    def careful(self, data: object) -> AuditRecord:
        """The record of a line's object, of whatever lawful shape. Raises LineRefused, RecordRefused."""
        if not isinstance(data, Mapping):
            raise RecordRefused("record fields")
        sent = dict(data)
        follows = sent.get("device") == self._device and sent.get("seq") == self._seq + 1
        if ("prev" in sent) == follows:  # one spelling only
            raise LineRefused("prev")
        prev = sent.pop("prev", self._hash)
        hashes = {name for name, of in (("key_hash", "key"), ("content", "data")) if sent.get(of, "") is None}
        if set(sent) != _FIELDS | hashes:
            raise RecordRefused("record fields")
        record = AuditRecord.rebuilt({**sent, "prev": prev})
        self._device, self._seq, self._hash = record.device, record.seq, record.hash
        return record


def _unescaped(data: str) -> str | None:
    """A content as it stands in a line, as text; None unless it is surely a canonical object."""
    if "\\" in data:
        if data.count("\\") == data.count('\\"'):
            data = data.replace('\\"', '"')
        else:
            return None
    found = _FLAT.fullmatch(data)
    if found is not None:
        names = [name for name in found.groups() if name is not None]
        if len(names) == 1 or all(one < other for one, other in pairwise(names)):
            return data
    try:
        return data if isinstance(parse_canon(data.encode("utf-8")), dict) else None
    except CanonError:
        return None
