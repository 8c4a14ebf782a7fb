"""Mutations for the fuzzer: of bytes, of JSON, of the text of a line.

What comes out of a :class:`Mutator` with the same seed is the same on every machine.
"""

from __future__ import annotations

import json
import random
from base64 import b64encode
from collections.abc import Sequence
from typing import Any, Final

from mda5_crf.crypto.signing import SMALL_ORDER

LONG: Final = 70_000
_INTEGERS: Final = (-1, 0, 1, 2, 7, 255, 256, 65535, 2**31 - 1, 2**31, 2**32, 2**53 - 1, 2**53, 2**63, 2**64)
_TEXTS: Final = (
    "",
    " ",
    "\0",
    "a",
    "0",
    "1",
    "-1",
    "1e999",
    "1.5",
    "NaN",
    "null",
    "true",
    "../../x",
    "..\\x",
    "C:\\x",
    "a:b",
    "CON",
    "x" * 300,
    "\u75c5\u623f",
    "\u202e",
    "\U0001f600",
    "e\u0301",
    "\u2028",
    "\n",
    '"',
    "\\",
    "ab" * 8,
    "ab" * 16,
    "ab" * 32,
    "AB" * 32,
    "2026-01-01",
    "2026-02-30",
    "2026-01-01T00:00:00.000Z",
    "9999-12-31T23:59:59.999Z",
    "0001-01-01T00:00:00.000Z",
    "UTC +00:00",
    "UTC +99:99",
    "AA==",
    "A" * 22 + "==",
    "A" * 43 + "=",
    "A" * 86 + "==",
    "open",
    "approved",
    "%s",
    "{name}",
    "{0.__class__}",
    "'; DROP TABLE x;--",
    "a/b/c/d/e",
    "/" * 50,
    "x:1",
    "x:0",
    "x:-1",
    "x:9" * 9,
    "x" * LONG,
)
_RAW: Final = (
    b"NaN",
    b"Infinity",
    b"-Infinity",
    b"1.5",
    b"1e999",
    b"-0",
    b"00",
    b"123456789012345678901",
    b"9" * 5000,
    b'"\\ud800"',
    b'"\\udfff\\ud800"',
    b'"\xff"',
    b'"\xc0\x80"',
    b"'x'",
    b"[" * 5000,
    b'{"a":' * 3000,
    b"[]]",
    b'{"a":1,"a":2}',
    b'"\\u0041"',
    b'"\x01"',
    b'"\\x41"',
    b"True",
    b"undefined",
    b"/**/1",
    b"\xef\xbb\xbf1",
    b"1 ",
    b"[[[[[[[[[1]]]]]]]]]",
    b'{"A":1}',
    b'{"\xe7\x97\x85":1}',
    b"-9007199254740992",
    b"9007199254740992",
)

Json = Any


class Mutator:
    """Everything random about one input."""

    def __init__(self, seed: str) -> None:
        self.rng = random.Random(seed)

    def chance(self, share: float) -> bool:
        """True so often."""
        return self.rng.random() < share

    # -- bytes -------------------------------------------------------------------------------------------

    def data(self, data: bytes, others: Sequence[bytes] = (b"",)) -> bytes:
        """Some bytes changed, gone, doubled, brought from another file."""
        found, rng = bytearray(data), self.rng
        for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
            size = len(found)
            # Half of all changes fall where the numbers and lengths stand.
            at = rng.randrange(min(size, 64) if size and rng.random() < 0.5 else size) if size else 0
            length = rng.choice((1, 1, 2, 4, 8, 64, 1000))
            act = rng.randrange(9)
            if act == 0 and size:
                found[at] ^= 1 << rng.randrange(8)
            elif act == 1 and size:
                found[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, 0x0A, 0x22, 0x2D))
            elif act == 2:
                del found[at : at + length]
            elif act == 3:
                found[at:at] = found[at : at + length]
            elif act == 4:
                found[at:at] = rng.randbytes(length)
            elif act == 5:
                del found[at:]
            elif act == 6:
                number = rng.choice(_INTEGERS) & 0xFFFFFFFF
                found[at : at + 4] = number.to_bytes(4, rng.choice(("big", "little")))
            elif act == 7:
                other = rng.choice(others)
                start = rng.randrange(len(other) + 1)
                found[at : at + length] = other[start : start + length]
            else:
                found += rng.randbytes(length)
        return bytes(found)

    # -- JSON --------------------------------------------------------------------------------------------

    def value(self) -> Json:
        """Something that hardly belongs there; the canonical form could hold nearly all of it."""
        rng, kind = self.rng, self.rng.randrange(10)
        if kind < 5:
            return rng.choice(_TEXTS)
        if kind < 7:
            return rng.choice((rng.choice(_INTEGERS), -rng.choice(_INTEGERS)))
        if kind == 7:
            return rng.choice((None, True, False))
        if kind == 8:
            return rng.choice(
                ([], {}, [[]], [None], [1, "a"], {"a": 1}, {"state": {}}, ["x"] * 500, [{}] * 3)
            )
        return self.nested(rng.choice((2, 6, 7, 8, 9)))

    def nested(self, depth: int) -> Json:
        """Lists and objects in each other."""
        found: Json = self.rng.choice(("x", 1, None))
        for _ in range(depth):
            found = [found] if self.rng.random() < 0.5 else {"a": found}
        return found

    def text(self, text: str) -> str:
        """A text a little different."""
        rng, at = self.rng, self.rng.randrange(len(text) + 1)
        act = rng.randrange(7)
        if act == 0:
            return text[:at] + rng.choice(("\0", "\u202e", "/", ":", "\n", "\u75c5", "0", "x")) + text[at:]
        if act == 1:
            return text[:at] + text[at + 1 :]
        if act == 2:
            return text.swapcase()
        if act == 3:
            return text * 2
        if act == 4:
            return text[:at]
        if act == 5:
            return rng.choice(SMALL_KEYS)
        return rng.choice(_TEXTS)

    def tree(self, value: Json) -> Json:
        """A copy with one place changed."""
        rng = self.rng
        if isinstance(value, dict) and value and rng.random() < 0.85:
            return self._object(value)
        if isinstance(value, list) and value and rng.random() < 0.85:
            return self._list(value)
        if isinstance(value, str) and rng.random() < 0.6:
            return self.text(value)
        if type(value) is int and rng.random() < 0.7:
            return rng.choice((value - 1, value + 1, -value, value * 1000, rng.choice(_INTEGERS)))
        return self.value()

    def _object(self, value: dict[str, Json]) -> dict[str, Json]:
        rng, found = self.rng, dict(value)
        name, act = rng.choice(sorted(value)), rng.randrange(12)
        if act == 0:
            del found[name]
        elif act == 1:
            found[rng.choice(("extra", "a", "state", "version", "data", "__proto__"))] = self.value()
        elif act == 2:
            found[name] = found[rng.choice(sorted(value))]
        else:
            found[name] = self.value() if act == 3 else self.tree(found[name])
        return found

    def _list(self, value: list[Json]) -> list[Json]:
        rng, items = self.rng, list(value)
        at, act = rng.randrange(len(value)), rng.randrange(6)
        if act == 0:
            del items[at]
        elif act == 1:
            items.insert(at, items[at])
        elif act == 2:
            items.reverse()
        elif act == 3:
            items.append(self.value())
        else:
            items[at] = self.tree(items[at])
        return items

    def line(self, line: bytes) -> bytes:
        """The text of a line (without its end) changed: mostly no canonical JSON any more."""
        rng = self.rng
        at = rng.randrange(len(line) + 1)
        colons = [place for place, byte in enumerate(line) if byte == 0x3A]
        act = rng.randrange(6)
        if act == 0 and colons:
            start = rng.choice(colons) + 1
            return line[:start] + rng.choice(_RAW) + b"," + line[start:]
        if act == 1 and colons:
            start = rng.choice(colons) + 1
            ends = [place for place in (line.find(b",", start), line.find(b"}", start)) if place > 0]
            return line[:start] + rng.choice(_RAW) + line[min(ends, default=start) :]
        if act == 2:
            return line[:at] + rng.choice((b" ", b"\r", b"\t", b"\0", b"\n", b"\xef\xbb\xbf")) + line[at:]
        if act == 3:
            return line[:at] + line
        if act == 4:
            return rng.choice(_RAW)
        return self.data(line)


SMALL_KEYS: Final = tuple(b64encode(point).decode("ascii") for point in sorted(SMALL_ORDER))


def as_bytes(value: object) -> bytes:
    """JSON of anything, as near to the canonical form as it can be."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")
