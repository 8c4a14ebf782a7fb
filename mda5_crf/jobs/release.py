"""Who vouches for a release: an Ed25519 signature over the list of its files, and one over its sums.

The keys believed stand in ``resources/release-keys.txt`` of the program that judges, never in what is judged.
A key made for one build only (``throw-away``) proves that nothing was changed since, and nothing about who
built it; it is always said.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from mda5_crf.crypto import BadSignature, KeyRefused, SigningKey, VerifyKey, base64_text, unbase64
from mda5_crf.settings import resource

CONTEXT: Final = "release"
FORMAT: Final = "mda5-crf-release/1"
SUFFIX: Final = ".sig"
"""What is added to the name of a file for that of its signature."""
SUMS: Final = "SHA256SUMS"
KEYS: Final = "release-keys.txt"
RELEASE, THROW_AWAY = "release", "throw-away"
LARGEST_SUMS: Final = 1024 * 1024
"""Bytes of a list of sums; a longer one is not ours."""
_LARGEST: Final = 1024 * 1024
_LINE: Final = re.compile(r"([0-9a-f]{64}) [ *]([^/\\:\x00-\x1f]{1,200})")
_PIECE: Final = 1 << 20


class Standing(StrEnum):
    """KNOWN: by a key of a release; THROWN_AWAY: by a key made for one build; STRANGER: it fits, but nobody
    here knows the key; WRONG: it does not fit; NONE: there is no signature.
    """

    KNOWN = "known"
    THROWN_AWAY = "thrown_away"
    STRANGER = "stranger"
    WRONG = "wrong"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a signature is worth here. ``key``: the public key in base64, "" when none could be read."""

    standing: Standing
    key: str = ""

    @property
    def good(self) -> bool:
        """Whether a key that is known here, of a release or of a build, made it."""
        return self.standing in {Standing.KNOWN, Standing.THROWN_AWAY}


def signature_of(data: bytes, key: SigningKey) -> bytes:
    """The content of the file that lies beside ``data`` and vouches for it."""
    document = {
        "format": FORMAT,
        "key": key.public.text,
        "signature": base64_text(key.sign(CONTEXT, data)),
    }
    return json.dumps(document, indent=1).encode("ascii") + b"\n"


def known_keys(file: Path | None = None) -> dict[str, str]:
    """Public key (base64) → :data:`RELEASE` or :data:`THROW_AWAY`, of this program (or of ``file``)."""
    try:
        text = (file or resource(KEYS)).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return {}
    lines = (line.split() for line in text.splitlines())
    return {words[1]: words[0] for words in lines if len(words) == 2 and words[0] in {RELEASE, THROW_AWAY}}


def judge(data: bytes, signature: bytes | None, keys: Mapping[str, str] | None = None) -> Vouched:
    """What the content of a signature file (None: there is none) says of ``data``, by ``keys`` (or ours).

    Never raises: whatever is no signature is a wrong one.
    """
    if signature is None:
        return Vouched(Standing.NONE)
    try:
        document: Any = json.loads(signature) if len(signature) <= _LARGEST else None
        if document["format"] != FORMAT:
            return Vouched(Standing.WRONG)
        key = VerifyKey.from_text(document["key"])
        key.verify(CONTEXT, data, unbase64(document["signature"]))
    except (ValueError, LookupError, TypeError, RecursionError, KeyRefused, BadSignature):
        return Vouched(Standing.WRONG)
    known = (known_keys() if keys is None else keys).get(key.text)
    standing = {RELEASE: Standing.KNOWN, THROW_AWAY: Standing.THROWN_AWAY}.get(known or "", Standing.STRANGER)
    return Vouched(standing, key.text)


def judge_file(file: Path, keys: Mapping[str, str] | None = None) -> Vouched:
    """The same of a file and the signature beside it. Raises OSError when ``file`` cannot be read."""
    data = _bounded(file, 16 * _LARGEST)
    try:
        signature = _bounded(file.with_name(file.name + SUFFIX), _LARGEST)
    except FileNotFoundError:
        signature = None
    except OSError:
        signature = b""
    return judge(data, signature, keys)


def _bounded(file: Path, most: int) -> bytes:
    with file.open("rb") as stream:
        return stream.read(most + 1)


# -- the sums of a release ---------------------------------------------------------------------------------


def sums_text(folder: Path, names: list[str]) -> bytes:
    """The list of sums as ``sha256sum -c`` reads it. Raises OSError."""
    return "".join(f"{file_sum(folder / name)}  {name}\n" for name in sorted(names)).encode("utf-8")


def read_sums(data: bytes) -> dict[str, str] | None:
    """File name → SHA-256 in hex; None for anything that is no list of sums. A name is never a path."""
    try:
        lines = data.decode("utf-8").splitlines()
    except ValueError:
        return None
    found = [_LINE.fullmatch(line) for line in lines]
    sums = {one[2]: one[1] for one in found if one is not None}
    return sums if sums and len(sums) == len(lines) and not {".", ".."} & set(sums) else None


def file_sum(file: Path) -> str:
    """SHA-256 of a file in hex. Raises OSError."""
    hashed = hashlib.sha256()
    with file.open("rb") as stream:
        while piece := stream.read(_PIECE):
            hashed.update(piece)
    return hashed.hexdigest()
