"""Proofs of printed pages: making them, and finding again what was printed.

    code      20 characters (``crypto.pagecode``, context ``page``) over the page text T (``pdf.proof``)
    picture   ``MDA5P1``, the code, and in Crockford's base32: the mac that the code begins, device, head
              number (6 bytes), signature of the device over canon{study, code, text, device, head}, context
              ``page``: 202 signs

A code is found in the ``print`` records. One that no record knows proves nothing to who has only it; the
picture still says which device signed it, and nothing of what the page says: only the page key, which stays
with this vault, can tell whether a text is the one of a mac. Neither reads the digits on the paper: compare
by eye.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.crypto import (
    CodeRefused,
    KeyRefused,
    SigningKey,
    VerifyKey,
    canon,
    code_of,
    page_mac,
    read_code,
)
from mda5_crf.crypto.pagecode import ALPHABET, LENGTH
from mda5_crf.db import read
from mda5_crf.db.records import split_id
from mda5_crf.errors import InputRefused
from mda5_crf.services.access import Action

if TYPE_CHECKING:
    from mda5_crf.db.views import PassageRow
    from mda5_crf.services.session import Session

PREFIX: Final = "MDA5P1"
_HASH, _DEVICE, _HEAD, _SIGNATURE = 32, 8, 6, 64
_BYTES: Final = _HASH + _DEVICE + _HEAD + _SIGNATURE
PICTURE: Final = re.compile(f"{PREFIX}[{ALPHABET}]{{{LENGTH + _BYTES * 8 // 5}}}")
"""What a picture of ours holds, whole."""
_OF_PAGES: Final = ("numbers", "codes", "texts")
_MOST_PAGES: Final = 300
"""Pages named in one print record, which must stay below what a bundle's line carries."""


@dataclass(frozen=True, slots=True)
class Seal:
    """What a picture says. ``text``: the mac of the page text in hex. Nothing of it is believed yet."""

    code: str
    text: str
    device: str
    head: int
    signature: bytes


@dataclass(frozen=True, slots=True)
class Signer:
    """A device whose public key is known here. ``sign`` in base64."""

    device: str
    name: str
    site: str
    sign: str


@dataclass(frozen=True, slots=True)
class DeviceProver:
    """Proves pages with the keys of this copy of the vault; ``head`` is the number of its newest record."""

    study: str
    device: str
    head: int
    page_key: bytes = field(repr=False)
    sign: SigningKey = field(repr=False)

    def prove(self, text: bytes) -> tuple[str, str, str]:
        """Code, mac and picture of a page text."""
        mac = page_mac(self.page_key, "page", text)
        code, told = code_of(mac), mac.hex()
        signature = self.sign.sign("page", _signed(self.study, code, told, self.device, self.head))
        packed = bytes.fromhex(told) + bytes.fromhex(self.device) + self.head.to_bytes(_HEAD, "big")
        return code, told, PREFIX + code.replace("-", "") + _base32(packed + signature)


@dataclass(frozen=True, slots=True)
class KnownCode:
    """Repeats codes that a record tells, page by page, where the keys that made them are not here."""

    codes: Iterator[str]

    def prove(self, _text: bytes) -> tuple[str, str, str]:
        """The next code, without mac and picture."""
        return next(self.codes, ""), "", ""


@dataclass(frozen=True, slots=True)
class Print:
    """A ``print`` record that tells its pages; those of 0.4 and before do not.

    ``order``: what was asked for, as the maker of that kind of document understands it. ``number``: the
    participant's, as printed. ``numbers``, ``codes``, ``texts`` (macs): of the pages that carry a proof.
    """

    record: str
    device: str
    at: datetime
    person: str
    subject: str
    what: str
    sha256: str
    pages: int
    kind: str
    order: Mapping[str, Any]
    number: str
    language: str
    definition: str
    made: str
    by: str
    heads: Mapping[str, int]
    gen: int
    numbers: tuple[int, ...]
    codes: tuple[str, ...]
    texts: tuple[str, ...]

    @property
    def subjects(self) -> tuple[str, ...]:
        """Whose pages they are, as identities: one participant's, or those that were asked for."""
        named = self.order.get("subjects") or () if not self.subject else (self.subject,)
        return tuple(map(str, named)) if isinstance(named, list | tuple) else ()

    @property
    def proofs(self) -> Iterator[tuple[int, str, str]]:
        """Number, code and mac of each page."""
        return zip(self.numbers, self.codes, self.texts, strict=True)


def prover(session: Session, head: int, gen: int | None = None) -> DeviceProver | None:
    """The prover of this copy of the vault; None when the page key of that generation is not here."""
    keys, meta = session.vault.device_keys, session.vault.meta
    key = keys.page_key if gen is None else keys.page_keys.get(gen)
    return None if key is None else DeviceProver(meta.study, session.device, head, key, keys.sign)


def generation(session: Session) -> int:
    """Of the page key that is in use."""
    return max(session.vault.device_keys.page_keys)


def parts_of(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a print record says of its pages, cut so that each piece fits into a record."""
    starts = range(0, max(len(told["codes"]), 1), _MOST_PAGES)
    return [
        {**told, **{name: told[name][start : start + _MOST_PAGES] for name in _OF_PAGES}} for start in starts
    ]


def unpack(held: str) -> Seal | None:
    """Read what a picture holds; None when it is not one of ours."""
    if not PICTURE.fullmatch(held):
        return None
    signs = held[len(PREFIX) :]
    number = 0
    for sign in signs[LENGTH:]:
        number = number << 5 | ALPHABET.index(sign)
    data = number.to_bytes(_BYTES, "big")
    text, device = data[:_HASH], data[_HASH : _HASH + _DEVICE]
    head = int.from_bytes(data[_HASH + _DEVICE : -_SIGNATURE], "big")
    return Seal(read_code(signs[:LENGTH]), text.hex(), device.hex(), head, data[-_SIGNATURE:])


def signer_of(session: Session, seal: Seal, peers: Iterable[Signer] = ()) -> Signer | None:
    """The device that signed a picture, among those whose chains are here and ``peers``; None for none."""
    session.require(Action.READ)
    signed = _signed(session.vault.meta.study, seal.code, seal.text, seal.device, seal.head)
    known = (Signer(row.id, row.name, row.site, row.sign) for row in read.devices(session.vault.store))
    for signer in (*known, *peers):
        if signer.device != seal.device:
            continue
        try:
            if VerifyKey.from_text(signer.sign).accepts("page", signed, seal.signature):
                return signer
        except KeyRefused:
            continue
    return None


def typed_code(typed: str) -> str:
    """A code as somebody types it. Raises InputRefused."""
    try:
        return read_code(typed)
    except CodeRefused:
        raise InputRefused("checkpage.code_form") from None


def prints(session: Session) -> Iterator[Print]:
    """All print records that tell their pages, newest first."""
    session.require(Action.READ)
    for row in reversed(read.passages(session.vault.store, "print")):
        found = _print(row)
        if found is not None:
            yield found


def of_code(session: Session, code: str) -> tuple[Print, int, str] | None:
    """The print with a page of this code, the page's number and the mac of its text."""
    for one in prints(session):
        for number, other, text in one.proofs:
            if other == code:
                return one, number, text
    return None


def of_file(session: Session, sha256: str) -> tuple[Print, ...]:
    """The records of the document whose file had this hash, in the order of their pages."""
    found = [one for one in prints(session) if one.sha256 == sha256]
    return document(found, found[0]) if found else ()


def of_document(session: Session, one: Print) -> tuple[Print, ...]:
    """All records of the document that ``one`` is of, in the order of their pages."""
    return document(prints(session), one)


def document(among: Iterable[Print], one: Print) -> tuple[Print, ...]:
    """Those ``among`` that were written with ``one``."""
    same = (one.device, one.at, one.sha256, one.subject)
    found = [other for other in among if (other.device, other.at, other.sha256, other.subject) == same]
    return tuple(sorted(found, key=lambda other: other.numbers[:1]))


def name_of(session: Session, person: str) -> str:
    """The printed name of a person of this vault, else the id."""
    return next((one.name for one in read.persons(session.vault.store) if one.person == person), person)


def _signed(study: str, code: str, text: str, device: str, head: int) -> bytes:
    return canon({"study": study, "code": code, "text": text, "device": device, "head": head})


def _base32(data: bytes) -> str:
    number, signs = int.from_bytes(data, "big"), []
    for _ in range(len(data) * 8 // 5):
        signs.append(ALPHABET[number & 31])
        number >>= 5
    return "".join(reversed(signs))


_WORDS: Final = ("what", "sha256", "kind", "number", "language", "definition", "made", "by")


def _print(row: PassageRow) -> Print | None:
    """The record as it can be used; None for one that tells no pages, or has parts of other types."""
    told, place = row.content, split_id(row.record)
    numbers, codes, texts, heads = (told.get(name) for name in (*_OF_PAGES, "heads"))
    order = told.get("order")
    if not (isinstance(codes, list) and isinstance(texts, list) and isinstance(numbers, list)):
        return None
    if place is None or not isinstance(heads, dict) or not isinstance(order, dict) or not heads:
        return None
    if not len(numbers) == len(codes) == len(texts):
        return None
    if not all(
        type(number) is int for number in (*heads.values(), *numbers, told.get("pages"), told.get("gen"))
    ):
        return None
    if not all(isinstance(told.get(word), str) for word in _WORDS):
        return None
    if not _is_time(told["made"]) or not _is_time(order.get("past", told["made"])):
        return None
    return Print(
        row.record, place[0], row.at, row.person, row.key.partition("/")[0], told["what"], told["sha256"],
        told["pages"], told["kind"], order, told["number"], told["language"], told["definition"],
        told["made"], told["by"], {str(device): seq for device, seq in heads.items()}, told["gen"],
        tuple(numbers), tuple(map(str, codes)), tuple(map(str, texts)),
    )  # fmt: skip


def _is_time(text: object) -> bool:
    try:
        return isinstance(text, str) and datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
