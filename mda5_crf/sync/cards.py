"""Cards: the public keys of one PC, and the eight words by which people compare them by voice.

A card is no secret, but whoever swaps it on its way could read what is sent: so its fingerprint is read
aloud before it is registered. The card is signed by the device, which proves that it holds the keys.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Final

from mda5_crf.crypto import (
    BadSignature,
    BoxPublic,
    CanonError,
    KeyRefused,
    SigningKey,
    VerifyKey,
    base64_text,
    canon,
    digest,
    parse_canon,
    unbase64,
    word_list,
)
from mda5_crf.errors import InputRefused, later_format, newer

FORMAT: Final = "mda5-crf-card/1"
MAX_CARD: Final = 16 * 1024
WORDS: Final = 8
_BITS: Final = 10
DEVICE: Final = re.compile(r"[0-9a-f]{16}")
HASH: Final = re.compile(r"[0-9a-f]{64}")
_SITE: Final = re.compile(r"[0-9]{2}")
_FIELDS: Final = frozenset(
    ("study", "device", "name", "site", "sign", "box", "authority", "definition", "demo")
)
_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Card:
    """The public side of a PC. ``site`` "00" is a coordinating centre; ``definition`` the hash in force."""

    study: str
    device: str
    name: str
    site: str
    sign: VerifyKey
    box: BoxPublic
    authority: VerifyKey
    definition: str
    demo: bool

    def body(self) -> dict[str, Any]:
        """What is signed and hashed."""
        return {
            "study": self.study, "device": self.device, "name": self.name, "site": self.site,
            "sign": self.sign.text, "box": self.box.text, "authority": self.authority.text,
            "definition": self.definition, "demo": self.demo,
        }  # fmt: skip

    def digest(self) -> bytes:
        """32 bytes that name this card and no other."""
        return digest("request", canon(self.body()))

    def signed(self, key: SigningKey) -> bytes:
        """The card as a file, signed by the device's own key."""
        signature = key.sign("request", canon(self.body()))
        return canon({"format": FORMAT, "card": self.body(), "sig": base64_text(signature)})


def words_of(hashed: bytes) -> str:
    """The first 80 bits of a hash as eight words of the SLIP-39 list."""
    number, words = int.from_bytes(hashed[: WORDS * _BITS // 8], "big"), word_list()
    return " ".join(words[number >> _BITS * place & (1 << _BITS) - 1] for place in reversed(range(WORDS)))


def read_card(data: bytes) -> Card:
    """Read what :meth:`Card.signed` wrote. Raises InputRefused: no card, damaged, unusable keys or name."""
    if len(data) > MAX_CARD:
        raise InputRefused("sync.card_unreadable")
    try:
        whole = parse_canon(data)
    except CanonError:
        raise InputRefused("sync.card_unreadable") from None
    if not isinstance(whole, dict):
        raise InputRefused("sync.card_unreadable")
    if later := later_format(whole.get("format"), FORMAT):
        raise InputRefused("joining.file_newer", **newer(later, FORMAT))
    if set(whole) != {"format", "card", "sig"} or whole["format"] != FORMAT:
        raise InputRefused("sync.card_unreadable")
    body, signature = whole["card"], whole["sig"]
    if not isinstance(body, dict) or not isinstance(signature, str):
        raise InputRefused("sync.card_unreadable")
    card = card_of(body)
    try:
        card.sign.verify("request", canon(body), unbase64(signature))
    except (BadSignature, KeyRefused):
        raise InputRefused("sync.card_signature") from None
    return card


def card_of(body: dict[str, Any]) -> Card:
    """The card of a parsed body. Raises InputRefused for keys of small order and for another shape."""
    if set(body) != _FIELDS or type(body["demo"]) is not bool:
        raise InputRefused("sync.card_unreadable")
    if not all(isinstance(body[name], str) for name in _FIELDS - {"demo"}):
        raise InputRefused("sync.card_unreadable")
    name = body["name"]
    if not (
        DEVICE.fullmatch(body["device"])
        and _SITE.fullmatch(body["site"])
        and HASH.fullmatch(body["definition"])
    ):
        raise InputRefused("sync.card_unreadable")
    if not 1 <= len(name) <= 80 or any(unicodedata.category(c) in _REFUSED_CATEGORIES for c in name):
        # Marks that turn the direction of writing could make one name look like another.
        raise InputRefused("sync.card_name")
    try:
        return Card(
            body["study"], body["device"], name, body["site"], VerifyKey.from_text(body["sign"]),
            BoxPublic(body["box"]), VerifyKey.from_text(body["authority"]), body["definition"], body["demo"],
        )  # fmt: skip
    except KeyRefused:
        raise InputRefused("sync.card_keys") from None
