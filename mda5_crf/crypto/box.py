"""Boxes: age files to one X25519 key, binary only (https://age-encryption.org/v1, package pyrage).

pyrage is bounded here, because a hostile header can hold it for minutes and a bad key makes it
raise a Rust panic, which is no ``Exception``. Passphrases, plugins and ssh keys of age are not used.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final

import pyrage

from mda5_crf.crypto.signing import KeyRefused

MAGIC: Final = b"age-encryption.org/v1\n"
MAX_HEADER: Final = 4096
_ERRORS: Final = (pyrage.IdentityError, pyrage.RecipientError, pyrage.EncryptError, pyrage.DecryptError)
_CHARSET: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_P: Final = 2**255 - 19
_LOW_ORDER: Final = frozenset(
    value % 2**255
    for value in (
        0,
        1,
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
        _P - 1,
        _P,
        _P + 1,
        325606250916557431795983626356110631294008115727848805560023387167927233504 + _P,
        39382357235489614581723060781553021112529911719440698176882885853963445705823 + _P,
    )
)


class BoxRefused(ValueError):
    """Bytes that this box secret cannot open: for somebody else, damaged, or no age file."""


class BoxPublic:
    """An age recipient, ``age1…``. Hashable; equal when the text is equal."""

    __slots__ = ("_key", "text")

    def __init__(self, text: str) -> None:
        """Raises KeyRefused for text that is no age recipient or names a point of low order."""
        point = _point(text)
        if int.from_bytes(point, "little") % 2**255 in _LOW_ORDER:
            raise KeyRefused("not a usable age recipient")
        with _guarded(KeyRefused("not a usable age recipient")):
            self._key = pyrage.x25519.Recipient.from_str(text)
        self.text: Final = text

    def encrypt(self, plain: bytes) -> bytes:
        """A binary age file that only the matching BoxSecret opens."""
        with _guarded(BoxRefused("cannot encrypt")):
            sealed: bytes = pyrage.encrypt(plain, [self._key])
        return sealed

    def encrypt_stream(self, source: BinaryIO, target: BinaryIO) -> None:
        """Like :meth:`encrypt`, from one open file to another; what those raise comes back as raised."""
        with _streams(source, target, "cannot encrypt") as (reader, writer):
            pyrage.encrypt_io(reader, writer, [self._key])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BoxPublic) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"BoxPublic({self.text[:12]}…)"


class BoxSecret:
    """An age identity. Its repr never shows the secret."""

    __slots__ = ("_key", "public")

    def __init__(self, text: str) -> None:
        """Take ``AGE-SECRET-KEY-1…``. Raises KeyRefused."""
        with _guarded(KeyRefused("not an age identity")):
            self._key = pyrage.x25519.Identity.from_str(text)
            public = str(self._key.to_public())
        self.public: Final = BoxPublic(public)

    @classmethod
    def generate(cls) -> BoxSecret:
        """A new random identity."""
        return cls(str(pyrage.x25519.Identity.generate()))

    @property
    def text(self) -> str:
        """The secret itself, for wrapping; "" once forgotten."""
        return "" if self._key is None else str(self._key)

    def forget(self) -> None:
        """Drop the secret: nothing can be opened any more."""
        self._key = None

    def decrypt(self, data: bytes) -> bytes:
        """The plain bytes. Raises BoxRefused; nothing of a cut or altered file is returned."""
        check_header(data[: MAX_HEADER + 1])
        if self._key is None:
            raise BoxRefused("the key was forgotten")
        with _guarded(BoxRefused("cannot be opened")):
            plain: bytes = pyrage.decrypt(data, [self._key])
        return plain

    def decrypt_stream(self, source: BinaryIO, target: BinaryIO) -> None:
        """Decrypt an open file piece by piece into ``target.write``. Raises BoxRefused.

        ``source`` must be seekable and stand at the start of the age file. A damaged file gives
        part of its plain bytes *before* it is refused, so ``target`` must be ready to forget them.
        What ``source`` or ``target`` raise comes back as it was raised.
        """
        if self._key is None:
            raise BoxRefused("the key was forgotten")
        start = source.tell()
        check_header(source.read(MAX_HEADER + 1))
        source.seek(start)
        with _streams(source, target, "cannot be opened") as (reader, writer):
            pyrage.decrypt_io(reader, writer, [self._key])

    def __repr__(self) -> str:
        return f"BoxSecret({self.public!r})"


class _Failure:
    """What a stream raised while pyrage was using it: pyrage would turn it into an error of its own."""

    def __init__(self) -> None:
        self.raised: BaseException | None = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        try:
            yield
        except BaseException as raised:
            self.raised = raised
            raise


class _Reader:
    def __init__(self, source: BinaryIO, failure: _Failure) -> None:
        self._source, self._failure = source, failure

    def read(self, size: int = -1) -> bytes:
        with self._failure.watching():
            return self._source.read(size)


class _Writer:
    def __init__(self, target: BinaryIO, failure: _Failure) -> None:
        self._target, self._failure = target, failure

    def write(self, data: bytes) -> int:
        with self._failure.watching():
            self._target.write(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back here."""


@contextmanager
def _streams(source: BinaryIO, target: BinaryIO, refusal: str) -> Iterator[tuple[_Reader, _Writer]]:
    failure = _Failure()
    try:
        with _guarded(BoxRefused(refusal)):
            yield _Reader(source, failure), _Writer(target, failure)
    except BoxRefused:
        if failure.raised is not None:
            raise failure.raised from None
        raise


def check_header(start: bytes) -> None:
    """Refuse, before pyrage sees a byte, what is armoured or has a header above 4 KiB.

    ``start`` is the first 4,097 bytes or fewer. Reading a header costs pyrage the square of the
    number of its stanzas; with one recipient it is below 1 KiB. Raises BoxRefused.
    """
    if not start.startswith(MAGIC):
        raise BoxRefused("not a binary age file")
    end = start.find(b"\n--- ", 0, MAX_HEADER)
    if end < 0 or start.find(b"\n", end + 1, MAX_HEADER + 1) < 0:
        raise BoxRefused("header too long")


@contextmanager
def _guarded(refusal: Exception) -> Iterator[None]:
    """Turn pyrage's errors and Rust panics into ``refusal``; for a cut stream it raises OSError."""
    try:
        yield
    except (*_ERRORS, ValueError, OSError):
        raise refusal from None
    except BaseException as failure:
        if type(failure).__name__ != "PanicException":  # pyo3 gives no importable class for it
            raise
        raise refusal from None


def _point(text: str) -> bytes:
    """The 32 bytes inside ``age1…`` (Bech32 without its checksum: pyrage checks that)."""
    if len(text) != 62 or not text.startswith("age1"):
        raise KeyRefused("not an age recipient")
    bits = 0
    for letter in text[4:-6]:
        value = _CHARSET.find(letter)
        if value < 0:
            raise KeyRefused("not an age recipient")
        bits = bits << 5 | value
    return (bits >> 4).to_bytes(32, "big")
