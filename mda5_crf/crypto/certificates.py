"""Certificates: who a key belongs to, who says so, and from when to when it counts.

A person's certificate names the keys and the tasks of one person in one vault; it is the delegation
log. It is signed by the study's authority or by an investigator whom the authority has certified.

    certificate   {study, site, vault, person (random id), login, name, tasks [{role, from, to ("" = open)}],
                  box, author, sign, serial}
    sig           Ed25519 over context "cert" and canon{certificate}
    by            "authority" or the id of the person who signed

Everything here is pure: the same question gets the same answer at the ward and at the centre.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from mda5_crf.crypto.box import BoxPublic
from mda5_crf.crypto.canon import CanonError, canon
from mda5_crf.crypto.signing import KeyRefused, SigningKey, VerifyKey, base64_text, unbase64

AUTHORITY: Final = "authority"
ROLES: Final = ("data_entry", "investigator", "monitor", "data_manager", "read_only", "administrator")
# Whom the site's principal investigator (an investigator certified by the authority) may certify.
# Monitors and centre staff need the authority; so does another principal investigator.
SITE_ROLES: Final = frozenset({"data_entry", "investigator", "read_only", "administrator"})
# Whose keys he may also renew when it was the authority that certified them.
SITE_STAFF: Final = frozenset({"data_entry", "read_only"})
_LOGIN: Final = re.compile(r"[a-z0-9._-]{2,32}")
_ID: Final = re.compile(r"[0-9a-f]{32}")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_FIELDS: Final = frozenset(
    {"study", "site", "vault", "person", "login", "name", "tasks", "box", "author", "sign", "serial"}
)


class CertificateRefused(ValueError):
    """A certificate of the wrong shape. The text never quotes names."""


def login_ok(login: str) -> bool:
    """Whether ``login`` is 2–32 of ``a-z 0-9 . _ -``: no two log-ins can look alike by other alphabets."""
    return _LOGIN.fullmatch(login) is not None


@dataclass(frozen=True, slots=True)
class Task:
    """A role and the days (ISO dates, both included; "" = open) on which it is held."""

    role: str
    start: str
    end: str = ""

    def holds(self, day: str) -> bool:
        """Whether the task is held on ``day`` (ISO date)."""
        return self.start <= day and (not self.end or day <= self.end)


@dataclass(frozen=True, slots=True)
class Certificate:
    """One person's keys and tasks in one vault, and the signature over them."""

    study: str
    site: str
    vault: str
    person: str
    login: str
    name: str
    tasks: tuple[Task, ...]
    box: BoxPublic
    author: VerifyKey
    sign: VerifyKey
    serial: int
    by: str = ""
    signature: bytes = b""

    def body(self) -> dict[str, Any]:
        """What is signed, as JSON."""
        return {
            "study": self.study,
            "site": self.site,
            "vault": self.vault,
            "person": self.person,
            "login": self.login,
            "name": self.name,
            "tasks": [{"role": t.role, "from": t.start, "to": t.end} for t in self.tasks],
            "box": self.box.text,
            "author": self.author.text,
            "sign": self.sign.text,
            "serial": self.serial,
        }

    def signed(self, by: str, key: SigningKey) -> Certificate:
        """The certificate signed by ``by``: AUTHORITY or a person's id."""
        return replace(self, by=by, signature=key.sign("cert", canon(self.body())))

    def as_json(self) -> dict[str, Any]:
        """As it stands in the journal's ``certificate`` records and in ``keys.json``."""
        return {"certificate": self.body(), "sig": base64_text(self.signature), "by": self.by}

    @classmethod
    def from_json(cls, data: object) -> Certificate:
        """Read :meth:`as_json`. Raises CertificateRefused; the signature is not yet checked."""
        if not isinstance(data, Mapping) or set(data) != {"certificate", "sig", "by"}:
            raise CertificateRefused("not a certificate")
        body = data["certificate"]
        if not isinstance(body, Mapping) or set(body) != _FIELDS:
            raise CertificateRefused("not a certificate")
        texts = [data["sig"], data["by"], *(body[k] for k in _FIELDS - {"tasks", "serial"})]
        if not all(isinstance(text, str) and len(text) <= 1000 for text in texts):
            raise CertificateRefused("not a certificate")
        if type(body["serial"]) is not int or body["serial"] < 1:
            raise CertificateRefused("not a certificate")
        if not (login_ok(body["login"]) and _ID.fullmatch(body["person"]) and _ID.fullmatch(body["vault"])):
            raise CertificateRefused("not a certificate")
        try:
            return cls(
                study=body["study"],
                site=body["site"],
                vault=body["vault"],
                person=body["person"],
                login=body["login"],
                name=body["name"],
                tasks=_tasks(body["tasks"]),
                box=BoxPublic(body["box"]),
                author=VerifyKey.from_text(body["author"]),
                sign=VerifyKey.from_text(body["sign"]),
                serial=body["serial"],
                by=data["by"],
                signature=unbase64(data["sig"]),
            )
        except KeyRefused:
            raise CertificateRefused("not a certificate") from None

    @property
    def all_roles(self) -> frozenset[str]:
        """Every role the certificate names, whenever held."""
        return frozenset(task.role for task in self.tasks)

    def roles(self, day: str) -> frozenset[str]:
        """The roles held on ``day`` (ISO date)."""
        return frozenset(task.role for task in self.tasks if task.holds(day))


@dataclass(frozen=True, slots=True)
class CertifiedKey:
    """A certificate and where in its device's chain it counts: after ``start`` up to ``end`` (0 = open)."""

    certificate: Certificate
    start: int
    end: int = 0

    def covers(self, seq: int) -> bool:
        """Whether a record numbered ``seq`` was made while the key counted."""
        return self.start < seq and (not self.end or seq <= self.end)


def certificate_valid(
    certificate: Certificate, authority: VerifyKey, known: Collection[CertifiedKey], at_seq: int
) -> bool:
    """Whether ``certificate``, recorded as number ``at_seq``, was signed by someone entitled to.

    Entitled are the authority, for anybody, and an investigator of the same study, site and vault
    whom the authority certified before (``known``), for roles in SITE_ROLES. Nobody certifies himself,
    and whoever was certified by an investigator cannot certify further. Monitors, centre staff and other
    investigators are certified anew by the authority alone: he could otherwise write in their names. Serial
    numbers of one person grow: an old certificate, recorded again, gives no retired key or role back.
    """
    before = _before(certificate, known)
    if any(one.serial >= certificate.serial and one != certificate for one in before):
        return False
    try:
        body = canon(certificate.body())
    except CanonError:
        return False
    if certificate.by == AUTHORITY:
        return authority.accepts("cert", body, certificate.signature)
    if certificate.by == certificate.person or not certificate.all_roles <= SITE_ROLES:
        return False
    if not given_by_authority(certificate, known) <= SITE_STAFF:
        return False
    return any(
        _may_certify(key.certificate, certificate, authority)
        and key.certificate.sign.accepts("cert", body, certificate.signature)
        for key in known
        if key.covers(at_seq)
    )


def given_by_authority(certificate: Certificate, known: Collection[CertifiedKey]) -> frozenset[str]:
    """The roles for which the authority has certified this person until now.

    Where these are more than SITE_STAFF, nobody else certifies the person anew.
    """
    before = _before(certificate, known)
    return frozenset(role for one in before if one.by == AUTHORITY for role in one.all_roles)


def _before(certificate: Certificate, known: Collection[CertifiedKey]) -> list[Certificate]:
    """The certificates that the same person had in the same vault."""
    same = (certificate.person, certificate.vault)
    return [one.certificate for one in known if (one.certificate.person, one.certificate.vault) == same]


def _may_certify(signer: Certificate, certificate: Certificate, authority: VerifyKey) -> bool:
    return (
        signer.by == AUTHORITY
        and signer.person == certificate.by
        and (signer.study, signer.site, signer.vault)
        == (certificate.study, certificate.site, certificate.vault)
        and "investigator" in signer.all_roles
        and authority.accepts("cert", canon(signer.body()), signer.signature)
    )


def _tasks(data: object) -> tuple[Task, ...]:
    if not isinstance(data, list | tuple) or not 1 <= len(data) <= 100:
        raise CertificateRefused("not a certificate")
    tasks = []
    for task in data:
        if not isinstance(task, Mapping) or set(task) != {"role", "from", "to"} or task["role"] not in ROLES:
            raise CertificateRefused("not a certificate")
        start, end = task["from"], task["to"]
        if not isinstance(start, str) or not isinstance(end, str):
            raise CertificateRefused("not a certificate")
        if not _DAY.fullmatch(start) or (end and not _DAY.fullmatch(end)):
            raise CertificateRefused("not a certificate")
        tasks.append(Task(task["role"], start, end))
    return tuple(tasks)
