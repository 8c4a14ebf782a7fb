"""Reading the body of a bundle: age → bounded inflater → lines → a taker, as a stream.

The file is read anew for each pass and hashed on the way; a file that changed meanwhile (a worn stick, or
somebody who exchanges it) is refused. Whoever takes must be ready to forget: the end may be wrong.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import Any, BinaryIO, Final, Protocol, cast

from mda5_crf.crypto import BoxRefused, BoxSecret
from mda5_crf.db import clock
from mda5_crf.db.records import AuditRecord, RecordRefused, Seal
from mda5_crf.errors import BundleError, newer
from mda5_crf.sync.cards import DEVICE
from mda5_crf.sync.envelope import BUNDLE, PIECE, Envelope
from mda5_crf.sync.lines import MAX_LINE, LineRefused, read_line
from mda5_crf.sync.manifest import Manifest, NewerManifest
from mda5_crf.sync.recordlines import RecordReader
from mda5_crf.sync.sources import SourceReader

MAX_RATIO: Final = 64
_BLOCK: Final = 64 * 1024
_ORDER: Final = {"manifest": 0, "definition": 1, "record": 2, "certificate": 3, "seal": 4, "end": 5}
_RECORD: Final = b'{"record":'


class Taker(Protocol):
    """Who is told what a bundle holds, in its order."""

    def on_manifest(self, manifest: Manifest) -> None:
        """The first line, already compared with the header."""

    def on_definition(self, hashed: str, source: bytes) -> None:
        """A study definition that came whole; whether it has that hash is not yet checked."""

    def on_record(self, record: AuditRecord, *, computed: bool) -> None:
        """The next record: its shape is right. ``computed``: its hashes were computed from what it says;
        otherwise they came with it and are not yet checked.
        """

    def on_seal(self, seal: Seal) -> None:
        """The next seal, not yet checked."""


def unpack(envelope: Envelope, box: BoxSecret, taker: Taker, *, hashes: bool = True) -> None:
    """Read the whole body once. Raises BundleError, and whatever ``taker`` raises.

    Without ``hashes`` the taker is told of records without those that follow from what they say.
    """
    source = Body(envelope)
    sink = _Lines(envelope, taker, hashes=hashes)
    try:
        box.decrypt_stream(cast("BinaryIO", source), cast("BinaryIO", sink))
    except BoxRefused:
        source.finish()
        raise BundleError("sync.body_locked", name=envelope.sender.name) from None
    except BundleError:
        # Wrong contents under a right signature, or a file that is no longer the one that was checked?
        source.finish()
        raise
    source.finish()
    sink.finish()


class Body:
    """The body as a file of its own, hashed as it is read from its start to its end."""

    def __init__(self, envelope: Envelope) -> None:
        self._envelope = envelope
        self._at = 0
        self._hashed = 0
        self._hash = hashlib.sha256()
        envelope.file.seek(envelope.body)

    def tell(self) -> int:
        """How many bytes stand before the next one."""
        return self._at

    def seek(self, place: int) -> None:
        """Go on from there."""
        self._at = place
        self._envelope.file.seek(self._envelope.body + place)

    def read(self, size: int = -1) -> bytes:
        """The next bytes of the body, never those behind it."""
        rest = self._envelope.header.body_len - self._at
        data = self._envelope.file.read(rest if size < 0 else min(size, rest))
        if self._at <= self._hashed < self._at + len(data):
            # What is read a second time (the age header) is hashed once.
            self._hash.update(data[self._hashed - self._at :])
            self._hashed = self._at + len(data)
        self._at += len(data)
        return data

    def finish(self) -> None:
        """Raise BundleError unless the bytes were those that the signature covers."""
        self.seek(self._hashed)
        while self.read(PIECE):
            pass
        if self._hash.hexdigest() != self._envelope.header.body_sha256:
            raise BundleError("sync.file_changed", name=self._envelope.sender.name)


class _Lines:
    """What age gives is written here: inflated within bounds, cut into lines, handed on."""

    def __init__(self, envelope: Envelope, taker: Taker, *, hashes: bool) -> None:
        self._envelope = envelope
        self._taker = taker
        self._inflate = zlib.decompressobj()
        self._line = bytearray()
        self._bytes = 0  # inflated so far
        self._limit = MAX_RATIO * envelope.header.body_len
        self._after = 0  # where the manifest line ended
        self._count = 0
        self._stage = -1
        self._counts = {"definition": 0, "record": 0, "seal": 0}
        self._allowed = dict(self._counts)
        self._computes = False  # body format 2
        self._device = ""
        self._records = RecordReader(hashes=hashes)
        self._sources = SourceReader()
        self._hash = hashlib.sha256()
        self._manifest: Manifest | None = None

    def write(self, data: bytes) -> int:
        """The next plain bytes of the age file."""
        piece = data
        while piece:
            if self._inflate.eof:
                raise self._wrong("sync.inside_trailing")
            self._take(self._plain(piece))
            piece = self._inflate.unused_data or self._inflate.unconsumed_tail
        # Output may be held back inside the inflater although all input is consumed.
        while not self._inflate.eof and (plain := self._plain(b"")):
            self._take(plain)
        return len(data)

    def _plain(self, piece: bytes) -> bytes:
        try:
            return self._inflate.decompress(piece, _BLOCK)
        except zlib.error:
            raise self._wrong("sync.inside_damaged") from None

    def flush(self) -> None:
        """Nothing is held back here."""

    def finish(self) -> None:
        """Raise BundleError unless the stream ended where it should."""
        if not self._inflate.eof or self._line or self._stage != _ORDER["end"]:
            raise self._wrong("sync.inside_short")

    def _take(self, plain: bytes) -> None:
        self._bytes += len(plain)
        if self._bytes > self._limit:
            raise self._wrong("sync.inside_too_large")
        start = 0
        while (end := plain.find(b"\n", start)) >= 0:
            self._line += plain[start:end]
            start = end + 1
            self._one(bytes(self._line), self._bytes - len(plain) + start)
            self._line.clear()
        self._line += plain[start:]
        if len(self._line) >= MAX_LINE:
            raise self._wrong("sync.inside_line_long")

    def _one(self, line: bytes, upto: int) -> None:
        self._count += 1
        try:
            if self._computes and line.startswith(_RECORD):
                record = self._records.plain(line)
                if record is not None:
                    self._follow("record")
                    self._hash.update(line + b"\n")
                    self._record(record)
                    return
            what, content = read_line(line)
            self._follow(what)
            if what == "end":
                self._end(content, upto)
                return
            self._hash.update(line + b"\n")
            if what == "manifest":
                self._begin(Manifest.from_json(content), upto)
            elif what == "record":
                read = self._records.careful if self._computes else AuditRecord.from_json
                self._record(read(content))
            elif what == "seal":
                self._taker.on_seal(Seal.from_json(content))
            elif what == "definition" and self._computes:
                whole = self._sources.piece(content)
                if whole is not None:
                    self._taker.on_definition(whole[0], whole[2])
            else:
                raise NewerManifest(what)
        except (LineRefused, RecordRefused):
            raise self._wrong("sync.inside_line") from None
        except NewerManifest as error:
            known = newer(error.found, BUNDLE.reader)
            raise BundleError("sync.version_newer", name=self._envelope.sender.name, **known) from None

    def _follow(self, what: str) -> None:
        """Sections come in their order; only their own lines repeat; nothing follows the end."""
        stage = _ORDER[what]
        if self._stage < 0:
            fits = what == "manifest"
        elif stage == self._stage:
            fits = what in self._counts
        else:
            fits = stage > self._stage
        if not fits:
            raise LineRefused("order")
        if stage > self._stage > 0:
            self._sources.finish()
        self._stage = stage
        if what in self._counts:
            self._counts[what] += 1
            if self._counts[what] > self._allowed[what]:
                raise self._wrong("sync.inside_counts")

    def _begin(self, manifest: Manifest, upto: int) -> None:
        header = self._envelope.header
        if not manifest.fits(header):
            real = self._envelope.registry.name_of(manifest.sender)
            raise BundleError("sync.resigned", name=self._envelope.sender.name, real=real)
        if manifest.body != header.reader:
            raise LineRefused("manifest")
        self._manifest, self._after = manifest, upto
        self._computes = manifest.body > 1
        self._allowed = {
            "definition": manifest.definitions, "record": manifest.records, "seal": manifest.seals,
        }  # fmt: skip
        self._limit = min(self._limit, upto + manifest.plain)
        self._taker.on_manifest(manifest)

    def _end(self, content: Any, upto: int) -> None:  # noqa: ANN401 - a parsed line
        manifest = self._manifest
        assert manifest is not None  # _follow lets nothing come before it
        if not isinstance(content, dict) or content != {
            "lines": self._count - 1,
            "sha256": self._hash.hexdigest(),
        }:
            raise LineRefused("end")
        if self._counts != self._allowed:
            raise self._wrong("sync.inside_counts")
        if upto - self._after != manifest.plain:
            raise self._wrong("sync.inside_counts")

    def _record(self, record: AuditRecord) -> None:
        """Hand on a record whose header is one that a program could have written. Raises RecordRefused."""
        if record.device != self._device and not DEVICE.fullmatch(record.device):
            raise RecordRefused("record device")
        self._device = record.device
        try:
            clock.local(record.at, record.zone)
        except (ValueError, IndexError, OverflowError):
            raise RecordRefused("record time") from None
        self._taker.on_record(record, computed=self._computes)

    def _wrong(self, code: str) -> BundleError:
        return BundleError(code, name=self._envelope.sender.name, line=self._count)
