"""Is an archive still the one that was made? Needs no vault; one that knows the PC says more.

Reads only, file by file. The signed statement is believed first, then the list it names, then each file; what
is there and not listed is named too. Names from the archive are looked up, never written.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Protocol

from mda5_crf.crypto import CanonError, KeyRefused, VerifyKey, canon, parse_canon, unbase64
from mda5_crf.db import read
from mda5_crf.errors import CrfError, InputRefused, later_format, newer
from mda5_crf.jobs.archivekeys import fingerprint
from mda5_crf.jobs.archives import CONFIRMATION, CONTEXT, FORMAT, KEYS, MANIFEST, SIGNED
from mda5_crf.pdf.confirmation import in_groups
from mda5_crf.sync.registry import Registry
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

Progress = Callable[[int, int], None]
_PIECE: Final = 1 << 20
_MOST: Final = 64 * 1024 * 1024
"""Bytes of the list of files, or of the keys, that are read into memory."""
_STATEMENT: Final = 4 * 1024 * 1024
_LINE: Final = re.compile(r"([0-9a-f]{64})  ((?:[a-z0-9_~-][a-z0-9_.~-]*/)*[a-z0-9_~-][a-z0-9_.~-]*)")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_WORDS: Final = ("study", "vault", "site", "name", "device", "at", "manifest", "confirmation", "program")
_NUMBERS: Final = ("files", "participants", "bytes")


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found. ``troubles`` in words, none = whole; ``facts``: what else is to be known."""

    statement: dict[str, Any]
    troubles: tuple[Text, ...]
    facts: tuple[Text, ...] = field(default=())

    @property
    def whole(self) -> bool:
        """Whether everything is as it was made."""
        return not self.troubles

    def lines(self) -> tuple[Text, ...]:
        """All of it for people."""
        told = self.statement
        about = message(
            "archive.check_of", participants=told["participants"], name=told["name"], site=told["site"],
            moment=told["at"],
        )  # fmt: skip
        if self.troubles:
            return (message("archive.check_bad", count=len(self.troubles)), *self.troubles, about)
        good = message("archive.check_good", files=told["files"], device=f"{told['name']} ({told['device']})")
        return (good, about, *self.facts)


def check(
    path: Path, session: Session | None = None, progress: Progress = lambda _done, _total: None
) -> Checked:
    """Compare every file of an archive with what was signed.

    Raises InputRefused for what is no archive or cannot be read at all; what ``progress`` raises.
    """
    with _opened(path) as source:
        statement, signature, key = _statement(path, source)
        troubles, facts = _signer(statement, signature, key, session)
        listed = _listed(source, statement, troubles)
        names = source.names()
        known = {MANIFEST, SIGNED, CONFIRMATION, *listed}
        troubles += [message("archive.check_extra", name=name) for name in sorted(names - known)]
        for number, (name, expected) in enumerate(
            [*sorted(listed.items()), (CONFIRMATION, statement["confirmation"])]
        ):
            progress(number, len(listed) + 1)
            if name not in names:
                troubles.append(message("archive.check_missing", name=name))
            elif source.sha256(name) != expected:
                troubles.append(message("archive.check_altered", name=name))
    if session is not None:
        troubles += _heads(session, statement)
        facts += _recorded(session, statement)
    return Checked(statement, tuple(troubles), tuple(facts))


# -- where the files are -------------------------------------------------------------------------------


class _Source(Protocol):
    def names(self) -> set[str]: ...

    def open(self, name: str) -> IO[bytes]: ...

    def head(self, name: str, most: int) -> bytes | None: ...

    def sha256(self, name: str) -> str: ...


class _Files:
    """What folder and zip file have in common. Subclasses say which names there are, and open one."""

    def names(self) -> set[str]:
        raise NotImplementedError

    def open(self, name: str) -> IO[bytes]:
        raise NotImplementedError

    def head(self, name: str, most: int) -> bytes | None:
        """A whole small file; None when it is not there, too large or damaged."""
        if name not in self.names():
            return None
        try:
            with self.open(name) as stream:
                data = stream.read(most + 1)
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError):
            return None
        return data if len(data) <= most else None

    def sha256(self, name: str) -> str:
        """Of a file; "" when it cannot be read to its end."""
        digest = hashlib.sha256()
        try:
            with self.open(name) as stream:
                while piece := stream.read(_PIECE):
                    digest.update(piece)
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError):
            return ""
        return digest.hexdigest()


class _Folder(_Files):
    def __init__(self, path: Path) -> None:
        self._path = path
        # A link is listed as something that was added, never followed.
        self._names = {
            one.relative_to(path).as_posix()
            for one in path.rglob("*")
            if one.is_symlink() or not one.is_dir()
        }

    def names(self) -> set[str]:
        return self._names

    def open(self, name: str) -> IO[bytes]:
        file = self._path.joinpath(*name.split("/"))
        if file.is_symlink():
            raise OSError("a link")
        return file.open("rb")


class _Zip(_Files):
    """Everything lies in one folder of the zip file. Twice the same name is something that was added."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        entries = [one for one in file.infolist() if not one.is_dir()]
        signed = sorted((one.filename for one in entries if one.filename.endswith(SIGNED)), key=len)
        self._before = signed[0][: -len(SIGNED)] if signed else ""
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for one in entries:
            name = one.filename.removeprefix(self._before)
            while name in self._entries:
                name += " (2)"
            self._entries[name] = one

    def names(self) -> set[str]:
        return set(self._entries)

    def open(self, name: str) -> IO[bytes]:
        return self._file.open(self._entries[name])


@contextmanager
def _opened(path: Path) -> Iterator[_Source]:
    try:
        if path.is_dir():
            yield _Folder(path)
            return
        with zipfile.ZipFile(path) as file:
            yield _Zip(file)
    except zipfile.BadZipFile:
        raise InputRefused("archive.check_none", name=path.name, file=SIGNED) from None
    except OSError:
        raise InputRefused("archive.check_unreadable", name=path.name) from None


# -- what was signed -----------------------------------------------------------------------------------


def _statement(path: Path, source: _Source) -> tuple[dict[str, Any], bytes, dict[str, Any]]:
    """What the PC said of the archive, its signature, and the keys that the archive carries."""
    data = source.head(SIGNED, _STATEMENT)
    try:
        whole = parse_canon(data or b"")
        body, signature = whole["archive"], unbase64(whole["sig"])
        form = whole["format"]
    except (CanonError, KeyRefused, KeyError, TypeError, AttributeError):
        raise InputRefused("archive.check_none", name=path.name, file=SIGNED) from None
    if later := later_format(form, FORMAT):
        raise InputRefused("archive.check_newer", **newer(later, FORMAT))
    if form != FORMAT or not _shaped(body):
        raise InputRefused("archive.check_none", name=path.name, file=SIGNED)
    try:
        keys = json.loads(source.head(KEYS, _MOST) or b"{}")
    except (ValueError, RecursionError):
        keys = {}
    return body, signature, keys if isinstance(keys, dict) else {}


def _shaped(body: object) -> bool:
    if not isinstance(body, dict):
        return False
    heads = body.get("heads")
    return (
        all(isinstance(body.get(name), str) for name in _WORDS)
        and all(type(body.get(name)) is int for name in _NUMBERS)
        and all(_HASH.fullmatch(body[name]) for name in ("manifest", "confirmation"))
        and isinstance(heads, dict)
        and all(isinstance(one, str) for pair in heads.items() for one in pair)
    )


def _signer(
    body: dict[str, Any], signature: bytes, keys: dict[str, Any], session: Session | None
) -> tuple[list[Text], list[Text]]:
    """Whether the PC signed what is said: troubles, and facts."""
    device = body["device"]
    if session is None:
        signer = keys.get("signer")
        key = str(signer.get("sign", "")) if isinstance(signer, dict) else ""
        known = [message("archive.check_compare", fingerprint=in_groups(fingerprint(key)))] if key else []
    else:
        found = _key_here(session, device)
        if found is None:
            return [message("archive.check_unknown", device=device)], []
        key, known = found, [message("archive.check_known")]
    try:
        holds = VerifyKey.from_text(key).accepts(CONTEXT, canon(body), signature)
    except (KeyRefused, CrfError):
        holds = False
    if not holds:
        return [message("archive.check_signature", name=SIGNED, device=device)], []
    return [], known


def _key_here(session: Session, device: str) -> str | None:
    """The sign key of a PC that this vault knows, also of one whose registration was revoked since."""
    own = {row.id: row.sign for row in read.devices(session.vault.store)}
    if device in own:
        return own[device]
    peer = Registry.read(session).peers.get(device)
    return None if peer is None else peer.sign.text


def _listed(source: _Source, body: dict[str, Any], troubles: list[Text]) -> dict[str, str]:
    """Path → SHA-256 of the list; what is no such list is a trouble."""
    data = source.head(MANIFEST, _MOST)
    if data is None:
        troubles.append(message("archive.check_missing", name=MANIFEST))
        return {}
    if hashlib.sha256(data).hexdigest() != body["manifest"]:
        troubles.append(message("archive.check_list", name=MANIFEST))
    found: dict[str, str] = {}
    for line in data.decode("ascii", "replace").splitlines():
        matched = _LINE.fullmatch(line)
        if matched is not None:
            found[matched[2]] = matched[1]
        elif not troubles:
            troubles.append(message("archive.check_list", name=MANIFEST))
    return found


def _heads(session: Session, body: dict[str, Any]) -> Iterator[Text]:
    """Heads that this vault knows otherwise: the record was written anew, here or there."""
    for device, head in sorted(body["heads"].items()):
        seq, _, digest = head.partition(":")
        record = session.vault.journal.get(f"{device}:{seq}") if seq.isdecimal() else None
        if record is not None and record.hash != digest:
            yield message("archive.check_record", record=record.id)


def _recorded(session: Session, body: dict[str, Any]) -> Iterator[Text]:
    for row in read.passages(session.vault.store, "export"):
        if body["manifest"] in (row.content.get("sha256"), row.content.get("archive")):
            at = row.at.astimezone(session.zone).isoformat(" ", "minutes")
            yield message("archive.check_recorded", record=row.record, at=at)
