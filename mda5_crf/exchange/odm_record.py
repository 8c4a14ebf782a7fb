"""One record's own part in a file: who, where, when, why, and what of it no element says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mda5_crf.crypto import base64_text, canon
from mda5_crf.exchange.odm_names import NOBODY, NOWHERE, signature_oid, site_oid, user_oid
from mda5_crf.exchange.odm_told import ENTERED, Elements, joined, left
from mda5_crf.exchange.xmlout import XmlOut
from mda5_crf.services.archiveproof import RECORD_VERSION
from mda5_crf.services.exportfeed import Fact, Feed
from mda5_crf.text import Language, Text, both, message

# What of a value's content has a place of its own.
_PLACED: Final = frozenset({"text", "unit", "code", "reason", "prompt", "typed", "origin"})


class Clerk:
    """Writes AuditRecord, Signature and the entries of the log.

    ``whole``: with all that a record is made of, so that it can be rebuilt. ``within`` is then the hash of
    the definition of the ClinicalData that is open.
    """

    def __init__(self, out: XmlOut, feed: Feed, language: Language, *, whole: bool = False) -> None:
        self._out, self._feed, self._language = out, feed, language
        self._whole = whole
        self._last = ""
        self.within = ""
        self._users = {one.id: user_oid(one.id) for one in feed.people}
        self._sites = {site: site_oid(site) for site in feed.sites}

    def site(self, site: str) -> None:
        """Whose participant it is."""
        self._out.leaf("SiteRef", LocationOID=self._sites.get(site, NOWHERE))

    def _by(self, fact: Fact) -> None:
        self._out.leaf("UserRef", UserOID=self._users.get(fact.person, NOBODY))
        self._out.leaf("LocationRef", LocationOID=self._sites.get(fact.site, NOWHERE))

    def audit(self, fact: Fact, place: str = "", value: str | None = None) -> None:
        """The AuditRecord. ``place``: a key, by where it stands; ``value``: that of the ItemData there."""
        out, data = self._out, fact.data
        opening = {} if fact.record == self._last else self._opening(fact, place)
        self._last = fact.record
        origin, typed, prompt = data.get("origin"), data.get("typed"), data.get("prompt")
        entered = fact.kind in ENTERED
        out.start(
            "AuditRecord", mda5_Kind=fact.kind, mda5_Hash=fact.hash, mda5_Zone=fact.zone,
            mda5_Clock=str(fact.clock), mda5_Replaces=joined(fact.replaces) or None,
            mda5_Typed=typed if entered and isinstance(typed, str) else None,
            mda5_Prompt=" ".join(map(str, prompt)) if entered and isinstance(prompt, list) else None,
            mda5_Origin=origin if entered and isinstance(origin, str) else None,
            mda5_Emptied=fact.emptied or None,
            mda5_Person=None if fact.person in self._users else fact.person,
            **{f"mda5_{name}": one for name, one in opening.items()},
        )  # fmt: skip
        self._by(fact)
        out.leaf("DateTimeStamp", fact.at)
        self._why(fact)
        out.leaf("SourceID", fact.record)
        rest = _rest(fact, value) if self._whole else _left(fact, entered=entered)
        if rest and out.extensions:
            out.leaf("mda5:Content", canon(rest).decode("utf-8"))
        out.end()

    def _opening(self, fact: Fact, place: str) -> dict[str, str | None]:
        """What opens the hashes of a record's line, and what of it stands nowhere else."""
        raw = fact.raw
        if not self._whole or raw is None:
            return {}
        salts = (raw.key_salt or b"") + (raw.salt or b"")
        return {
            "Opens": base64_text(salts), "RecordKey": None if raw.key == place else raw.key,
            "Definition": None if raw.definition == self.within else raw.definition,
            "KeyHash": raw.key_hash if raw.key_salt is None else None,
            "ContentHash": raw.content_hash if raw.content is None else None,
            "V": None if raw.v == RECORD_VERSION else str(raw.v),
        }  # fmt: skip

    def _why(self, fact: Fact) -> None:
        said = fact.data.get("reason")
        if isinstance(said, str) and said:
            self._out.leaf("ReasonForChange", said)
        if not isinstance(said, Mapping):
            return
        code, typed = str(said.get("code", "")), str(said.get("text", ""))
        words: Text = self._feed.study_of(fact.definition).reasons.get(code, both(code))
        if typed:
            words = message("exchange.reason_is", reason=words, words=typed) if code else both(typed)
        self._out.leaf(
            "ReasonForChange", words.in_(self._language), mda5_Code=code or None, mda5_Said=typed or None
        )

    def signature(self, fact: Fact) -> None:
        """The Signature; what was signed, and the signature over it, is its manifest."""
        out = self._out
        out.start("Signature")
        self._by(fact)
        out.leaf("SignatureRef", SignatureOID=signature_oid(said(fact.data, "meaning")))
        out.leaf("DateTimeStamp", fact.at)
        out.leaf("CryptoBindingManifest", canon(fact.data).decode("utf-8"))
        out.end()

    def entry(self, fact: Fact) -> None:
        """The entry of a record that is no transaction."""
        out = self._out
        key = None if fact.key is None else fact.key.path()
        out.start(
            "mda5:Entry", Kind=fact.kind, SourceID=fact.record, Key=key,
            UserOID=self._users.get(fact.person, NOBODY), LocationOID=self._sites.get(fact.site, NOWHERE),
            At=fact.at, Zone=fact.zone, Clock=str(fact.clock), Hash=fact.hash,
            Replaces=joined(fact.replaces) or None, Withheld="Yes" if fact.withheld else None,
            Aside=None if fact.aside is None else fact.aside.in_(self._language),
            Emptied=fact.emptied or None,
            Person=None if fact.person in self._users or not self._whole else fact.person,
            **self._opening(fact, key or ""),
        )  # fmt: skip
        if fact.data:
            out.leaf("mda5:Content", canon(fact.data).decode("utf-8"))
        out.end()


def _rest(fact: Fact, value: str | None) -> dict[str, Any]:
    """What of a record's content its elements do not say exactly."""
    data, reason = fact.data, fact.data.get("reason")
    entered = fact.kind in ENTERED
    origin, typed, prompt = data.get("origin"), data.get("typed"), data.get("prompt")
    parts = reason if isinstance(reason, Mapping) else {}
    told = Elements(
        fact.kind, value if entered else None, None if not reason else str(reason),
        str(parts.get("code", "")) or None, str(parts.get("text", "")) or None,
        typed if isinstance(typed, str) else None,
        " ".join(map(str, prompt)) if isinstance(prompt, list) else None,
        origin if isinstance(origin, str) else None,
        canon(data).decode("utf-8") if fact.kind == "signature" else None,
    )  # fmt: skip
    return left(data, told.told())


def _left(fact: Fact, *, entered: bool) -> dict[str, Any]:
    """What of a record's content no element or attribute says."""
    if fact.kind == "signature":
        return {}
    if entered:
        return {
            name: value
            for name, value in fact.data.items()
            if name not in _PLACED or (name == "origin" and not isinstance(value, str))
        }
    return {name: value for name, value in fact.data.items() if name != "reason"}


def said(data: Mapping[str, Any], name: str) -> str:
    """A text of a content; "" where there is none."""
    value = data.get(name, "")
    return value if isinstance(value, str) else ""
