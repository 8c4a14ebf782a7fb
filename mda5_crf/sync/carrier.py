"""Carriers: one file of any kind, encrypted to one known PC and signed by this one, for stick and mail.

The outside is a bundle's with another beginning and another context of the signature (``envelope``). Inside
the age file, over zlib: one canonical JSON line that repeats who sends to whom and names the file, the bytes
of the file, and 40 bytes: its length and its SHA-256. Nothing is decrypted before the outside is in order.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import struct
import unicodedata
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from mda5_crf.crypto import BoxRefused, CanonError, canon, parse_canon, random_id
from mda5_crf.db import clock, read
from mda5_crf.db.records import Draft
from mda5_crf.errors import BundleError, InputRefused, StoreError
from mda5_crf.services.access import Action
from mda5_crf.sync.envelope import CARRIER, PIECE, READER, Envelope, Header, open_envelope
from mda5_crf.sync.packing import FULL, written
from mda5_crf.sync.registry import Registry
from mda5_crf.sync.unpacking import MAX_RATIO, Body

if TYPE_CHECKING:
    from mda5_crf.db.views import PassageRow
    from mda5_crf.services.session import Session

SUFFIX: Final = ".mda5c"
WHAT: Final = "carrier"
MAX_PLAIN: Final = 4 << 30
"""Bytes of a file in a carrier; what packs to more than 1 GiB is refused besides."""
MAX_LINE: Final = 4096
_END: Final = struct.Struct(">Q32s")
_BLOCK: Final = 64 * 1024
_LEVEL: Final = 6
_LONGEST: Final = 120
_FIELDS: Final = frozenset(("study", "from", "to", "number", "made", "name"))
_DEVICES: Final = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?")
_NEVER: Final = frozenset('<>:"/\\|?*')
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Carried:
    """A file that came out of a carrier, and of whom. ``before``: when the same carrier was opened first."""

    file: Path
    sender: str
    site: str
    made: str
    sha256: str
    size: int
    before: datetime | None


def plain_name(name: str) -> str:
    """A file name without path, control characters and names that Windows keeps for itself."""
    last = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    kept = "".join("_" if sign in _NEVER or unicodedata.category(sign)[0] == "C" else sign for sign in last)
    kept = kept.strip().rstrip(". ").lstrip(".").strip()
    if len(kept) > _LONGEST:
        stem, dot, ending = kept.rpartition(".")
        kept = f"{stem[: _LONGEST - 12]}{dot}{ending[:10]}" if dot else kept[:_LONGEST]
    if _DEVICES.fullmatch(kept):
        kept = f"_{kept}"
    return kept or "file"


# -- making --------------------------------------------------------------------------------------------


def make(
    session: Session, file: Path, peer: str, target: Path, progress: Progress = lambda _d, _t: None
) -> Path:
    """Put ``file`` into a carrier for the PC ``peer`` (device id). Returns ``target``.

    Raises PermissionDenied, InputRefused (PC unknown or revoked, no such file, target there), StoreError;
    what ``progress`` raises leaves nothing.
    """
    session.require(Action.EXPORT)
    try:
        size = file.stat().st_size
        with file.open("rb"):
            pass
    except OSError:
        raise InputRefused("carrier.no_file", name=file.name) from None
    if size > MAX_PLAIN:
        raise InputRefused("carrier.too_large", name=file.name)

    def pieces() -> Iterator[bytes]:
        done = 0
        with file.open("rb") as source:
            while piece := source.read(PIECE):
                done += len(piece)
                progress(done, size)
                yield piece

    try:
        make_of(session, pieces, plain_name(file.name), peer, target, _LEVEL)
    except _TooTight:
        make_of(session, pieces, plain_name(file.name), peer, target, 0)
    return target


def make_of(
    session: Session,
    pieces: Callable[[], Iterable[bytes]],
    name: str,
    peer: str,
    target: Path,
    level: int = 0,
    about: Callable[[], dict[str, Any]] = dict,
) -> None:
    """As :func:`make`, of bytes that need not lie on the disk. ``level`` of zlib: 0 for what is packed
    already; ``about`` is asked, once all is written, for more that the record says.
    """
    session.require(Action.EXPORT)
    registry = Registry.read(session)
    receiver = registry.approved(peer)
    if target.exists():
        raise InputRefused("carrier.exists", name=target.name)
    if not target.absolute().parent.is_dir():
        raise InputRefused("carrier.no_folder", folder=target.absolute().parent.name)
    number = 1 + sum(one.content.get("peer") == peer for one in _passages(session, "out"))
    made, _ = clock.stamp(session.now(), session.vault.meta.zone)
    study = session.vault.meta.study
    inside = _Inside(pieces, canon({
        "study": study, "from": session.device, "to": peer, "number": number, "made": made, "name": name,
    }))  # fmt: skip

    def header(length: int, hashed: str) -> Header:
        if level and inside.size > MAX_RATIO * length:
            raise _TooTight
        return Header(study, session.device, peer, number, "", made, READER, length, hashed)

    box, sign, folder = receiver.box, session.vault.device_keys.sign, target.absolute().parent
    try:
        with written(folder, target.name, header, sign, box, inside, CARRIER, level) as (sha256, move):
            content = {
                "what": WHAT, "direction": "out", "file": name, "sha256": inside.sha256, "bytes": inside.size,
                "carrier": sha256, "peer": peer, "number": number, **about(),
            }  # fmt: skip
            session.append([Draft("export", "", content)])
            move()
    except StoreError as problem:
        if not problem.code.startswith("sync."):
            raise
        raise StoreError(f"carrier.{problem.code.partition('.')[2]}", **problem.params) from None
    finally:
        inside.close()


class _TooTight(Exception):
    """Packed so well that a receiver would take it for a bomb."""


class _Inside:
    """The plain body as pieces; ``size`` and ``sha256`` of the file once it was read."""

    def __init__(self, pieces: Callable[[], Iterable[bytes]], line: bytes) -> None:
        self._pieces, self._line = pieces, line
        self.size, self.sha256 = 0, ""
        self._source: Iterator[bytes] = iter(())

    def close(self) -> None:
        """Nobody reads on: whoever makes the pieces (a thread, an open file) must hear of it now."""
        if isinstance(self._source, Generator):
            self._source.close()

    def __iter__(self) -> Iterator[bytes]:
        digest, self.size = hashlib.sha256(), 0
        yield self._line + b"\n"
        self._source = iter(self._pieces())
        for piece in self._source:
            digest.update(piece)
            self.size += len(piece)
            yield piece
        self.sha256 = digest.hexdigest()
        yield _END.pack(self.size, digest.digest())


def _passages(session: Session, direction: str) -> list[PassageRow]:
    return [
        one for one in read.passages(session.vault.store, "export")
        if one.content.get("what") == WHAT and one.content.get("direction") == direction
    ]  # fmt: skip


# -- opening -------------------------------------------------------------------------------------------


def open_carrier(session: Session, file: Path, folder: Path) -> Carried:
    """Write what a carrier holds into ``folder``, under its own name or one with a number behind it.

    The file appears whole or not at all, and no file is ever replaced. Raises PermissionDenied, InputRefused
    (no such folder), BundleError (nothing was written), StoreError.
    """
    session.require(Action.EXPORT)
    if not folder.is_dir():
        raise InputRefused("carrier.no_folder", folder=folder.name)
    try:
        with _reading(file) as source:
            size = source.seek(0, 2)
            source.seek(0)
            envelope = open_envelope(source, size, Registry.read(session), CARRIER)
            return _let_out(session, envelope, folder)
    except BundleError as problem:
        if problem.code.startswith("carrier."):
            raise
        # What is said of bundles, said of carriers.
        raise BundleError(f"carrier.{problem.code.partition('.')[2]}", **problem.params) from None


@contextlib.contextmanager
def _reading(file: Path) -> Iterator[BinaryIO]:
    try:
        source = file.open("rb")
    except OSError:
        raise BundleError("carrier.file_unreadable", file=file.name) from None
    with source:
        yield cast("BinaryIO", source)


def _let_out(session: Session, envelope: Envelope, folder: Path) -> Carried:
    part = folder / f".{random_id(8)}.part"
    body = Body(envelope)
    try:
        with _saying(folder), part.open("xb") as out:
            sink = _Plain(envelope, cast("BinaryIO", out))
            try:
                session.vault.device_keys.box.decrypt_stream(cast("BinaryIO", body), cast("BinaryIO", sink))
            except BoxRefused:
                body.finish()
                raise BundleError("carrier.body_locked", name=envelope.sender.name) from None
            except BundleError:
                body.finish()  # wrong contents, or a file that is no longer the one that was checked?
                raise
            body.finish()
            sink.finish()
            out.flush()
            os.fsync(out.fileno())
        before = next(
            (one.at for one in _passages(session, "in") if one.content.get("carrier") == envelope.sha256),
            None,
        )
        with _saying(folder):
            target = _free(folder, sink.name)
        try:
            content = {
                "what": WHAT, "direction": "in", "file": sink.name, "sha256": sink.sha256, "bytes": sink.size,
                "carrier": envelope.sha256, "peer": envelope.header.sender, "number": envelope.header.number,
            }  # fmt: skip
            session.append([Draft("export", "", content)])
            with _saying(folder):
                part.replace(target)
        except BaseException:
            target.unlink(missing_ok=True)  # the empty file that kept the name; what was raised goes on
            raise
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    sender = envelope.sender
    return Carried(target, sender.name, sender.site, envelope.header.made, sink.sha256, sink.size, before)


def _free(folder: Path, name: str) -> Path:
    """An empty file of that name, or of the first free one: ``report-2.pdf``."""
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    for number in range(1, 10_000):
        target = folder / (name if number == 1 else f"{stem}-{number}{dot}{ending}")
        with contextlib.suppress(FileExistsError):
            target.open("xb").close()
            return target
    raise StoreError("carrier.cannot_write", folder=folder.name)


@contextlib.contextmanager
def _saying(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        code = "carrier.disk_full" if problem.errno in FULL else "carrier.cannot_write"
        raise StoreError(code, folder=folder.name) from None


class _Plain:
    """What age gives is written here: inflated within bounds, its line read, the rest to the file."""

    def __init__(self, envelope: Envelope, out: BinaryIO) -> None:
        self._envelope, self._out = envelope, out
        self._inflate = zlib.decompressobj()
        self._limit = min(MAX_PLAIN, MAX_RATIO * envelope.header.body_len) + MAX_LINE + _END.size
        self._bytes = 0
        self._line: bytearray | None = bytearray()
        self._held = bytearray()  # the last 40 bytes seen: perhaps the end
        self._digest = hashlib.sha256()
        self.name = ""
        self.size = 0

    @property
    def sha256(self) -> str:
        """Of the file, as far as it was written."""
        return self._digest.hexdigest()

    def write(self, data: bytes) -> int:
        """The next plain bytes of the age file."""
        piece = data
        while piece:
            if self._inflate.eof:
                raise self._wrong("inside_damaged")
            self._take(self._plain(piece))
            piece = self._inflate.unused_data or self._inflate.unconsumed_tail
        while not self._inflate.eof and (plain := self._plain(b"")):
            self._take(plain)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back here but the end."""

    def finish(self) -> None:
        """Raise BundleError unless it ended where it should, with what it says."""
        if not self._inflate.eof or self._line is not None or len(self._held) != _END.size:
            raise self._wrong("inside_damaged")
        size, digest = _END.unpack(bytes(self._held))
        if size != self.size or digest != self._digest.digest():
            raise self._wrong("inside_damaged")

    def _plain(self, piece: bytes) -> bytes:
        try:
            return self._inflate.decompress(piece, _BLOCK)
        except zlib.error:
            raise self._wrong("inside_damaged") from None

    def _take(self, plain: bytes) -> None:
        self._bytes += len(plain)
        if self._bytes > self._limit:
            raise self._wrong("inside_too_large")
        if self._line is not None:
            self._line += plain
            end = self._line.find(b"\n", 0, MAX_LINE)
            if end < 0:
                if len(self._line) >= MAX_LINE:
                    raise self._wrong("inside_damaged")
                return
            plain = bytes(self._line[end + 1 :])
            self._begin(bytes(self._line[:end]))
            self._line = None
        self._held += plain
        ready = len(self._held) - _END.size
        if ready > 0:
            piece = bytes(self._held[:ready])
            del self._held[:ready]
            self._digest.update(piece)
            self._out.write(piece)
            self.size += ready

    def _begin(self, line: bytes) -> None:
        header = self._envelope.header
        try:
            said = parse_canon(line)
        except CanonError:
            raise self._wrong("inside_damaged") from None
        if not isinstance(said, dict) or set(said) != _FIELDS or not isinstance(said["name"], str):
            raise self._wrong("inside_damaged")
        outside = (header.study, header.sender, header.receiver, header.number, header.made)
        if tuple(said[name] for name in ("study", "from", "to", "number", "made")) != outside:
            real = self._envelope.registry.name_of(str(said["from"]))
            raise BundleError("carrier.resigned", name=self._envelope.sender.name, real=real)
        if plain_name(said["name"]) != said["name"]:
            raise self._wrong("inside_name")  # this program writes no such name
        self.name = said["name"]

    def _wrong(self, name: str) -> BundleError:
        return BundleError(f"carrier.{name}", name=self._envelope.sender.name)
