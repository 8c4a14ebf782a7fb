"""Persons of a vault: their keys, certificates and grants, and who may admit whom.

The journal is authority: a person is whoever a certificate in it names, signed by the study's
authority or the site's principal investigator. ``keys.json`` only holds what opens.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import itemgetter
from typing import Final

from sqlalchemy import select

from mda5_crf.crypto import (
    AUTHORITY,
    ROLES,
    BoxSecret,
    CanonError,
    Certificate,
    CertificateRefused,
    CertifiedKey,
    SigningKey,
    Task,
    VerifyKey,
    certificate_valid,
    login_ok,
    parse_canon,
)
from mda5_crf.crypto.certificates import SITE_ROLES, SITE_STAFF, given_by_authority
from mda5_crf.db import rows, schema
from mda5_crf.db.clock import zone_info
from mda5_crf.db.keysfile import RECOVERY, Public
from mda5_crf.db.records import Draft
from mda5_crf.db.recovery import MADE, USED, Pinned, pinned_of
from mda5_crf.db.slots import Signer, keeps
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.tx import Row, Statement, Tx
from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.text import Text, message

MAX_NAME: Final = 80
_LONG_AGO: Final = "1970-01-01"
# An administrator who is admitted later holds no data key: he acts as second person in somebody's sitting.
DATA_ROLES: Final = frozenset(ROLES) - {"administrator"}
_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_USERS: Final = Statement(select(schema.audit_record).where(schema.audit_record.c.kind == "user"))


@dataclass(frozen=True, slots=True)
class PersonKeys:
    """The three secrets of a person, in memory only while the account is made."""

    box: BoxSecret = field(default_factory=BoxSecret.generate)
    author: SigningKey = field(default_factory=SigningKey.generate)
    sign: SigningKey = field(default_factory=SigningKey.generate)

    @property
    def public(self) -> Public:
        """The public halves."""
        return Public(self.box.public, self.author.public, self.sign.public)


@dataclass(slots=True)
class Register:
    """The certificates that count in this vault and who is disabled, as the journal has them now."""

    vault: str
    authority: VerifyKey
    known: list[CertifiedKey] = field(default_factory=list)
    disabled: set[str] = field(default_factory=set)
    recovery: Pinned | None = None
    """The set of recovery sheets that counts: the last one a keeper made and signed for, while unused."""

    @classmethod
    def read(cls, store: AnyStore, vault: str, authority: VerifyKey) -> Register:
        """Read the projections of ``certificate`` and ``user`` records of the vault ``vault``.

        A certificate that nobody entitled has signed, and a word on an account by somebody who is no keeper,
        is passed over; ``verify`` names it.
        """
        register = cls(vault, authority)
        with store.read() as tx:
            certificates = [
                *tx.find(schema.certificate, vault=vault), *tx.find(schema.key_act, kind="recovery")
            ]  # fmt: skip
            if not register._learn([*certificates, *tx.find(schema.person_state)]):
                # The projection holds the newest word on each account alone: look for the ones before.
                register = cls(vault, authority)
                register._learn([*certificates, *_words(tx)])
        return register

    def _learn(self, found: list[Row]) -> bool:
        """Go through certificates and words on accounts as they followed; False if one of those was idle."""
        lawful = True
        for row in sorted(found, key=itemgetter("clock", "device", "seq")):
            if "whom" in row:
                lawful &= self._hear(row)
            elif "act" in row:
                self._pin(row)
            else:
                self._certify(row)
        return lawful

    def _certify(self, row: Row) -> None:
        try:
            certificate = Certificate.from_json(parse_canon(row["content"].encode("utf-8")))
        except (CanonError, CertificateRefused):
            return
        if certificate.by not in self.disabled and certificate_valid(
            certificate, self.authority, self.known, row["clock"]
        ):
            self._add(certificate, row["clock"])

    def _hear(self, row: Row) -> bool:
        if self.of_person(row["whom"]) is None:
            return True  # somebody of another vault
        by = self.of_person(row["person"])
        if by is None or not keeps(by) or by.person in self.disabled:
            return False
        if row["state"] == "disabled":
            self.disabled.add(row["whom"])
        else:
            self.disabled.discard(row["whom"])
        return True

    def _pin(self, row: Row) -> None:
        """A word on recovery sheets: only a keeper's counts, and of a new set only what he signed for."""
        by = self.of_person(row["person"])
        if by is None or not keeps(by) or by.person in self.disabled:
            return
        if row["act"] == USED:
            self.recovery = None
        elif row["act"] == MADE:
            try:
                content = parse_canon(row["content"].encode("utf-8"))
            except CanonError:
                return
            made = pinned_of(content, self.vault, by.sign)
            self.recovery = made if made is not None else self.recovery

    def of_login(self, login: str) -> Certificate | None:
        """The newest certificate that names ``login``, of an active person or not."""
        found = [key.certificate for key in self.known if key.certificate.login == login]
        return found[-1] if found else None

    def of_person(self, person: str) -> Certificate | None:
        """The certificate of ``person`` that counts now."""
        found = [key.certificate for key in self.known if key.certificate.person == person and not key.end]
        return found[-1] if found else None

    def next_serial(self, person: str) -> int:
        """The number of the person's next certificate: serials of one person grow, whoever else has any."""
        serials = (key.certificate.serial for key in self.known if key.certificate.person == person)
        return max(serials, default=0) + 1

    def keepers(self) -> dict[str, VerifyKey]:
        """Who may grant: log-in and sign key of the active persons certified by the authority for it."""
        return {
            key.certificate.login: key.certificate.sign
            for key in self.known
            if not key.end and keeps(key.certificate) and key.certificate.person not in self.disabled
        }

    def retired(self) -> frozenset[VerifyKey]:
        """Sign keys of former keepers, and of keepers who got new keys."""
        now = set(self.keepers().values())
        return frozenset(
            key.certificate.sign
            for key in self.known
            if keeps(key.certificate) and key.certificate.sign not in now
        )

    def _add(self, certificate: Certificate, place: int) -> None:
        # Places are Lamport clocks: they grow also where a restored vault goes on in a new chain.
        for index, key in enumerate(self.known):
            if key.certificate.person == certificate.person and not key.end:
                self.known[index] = replace(key, end=place)
        self.known.append(CertifiedKey(certificate, place))


def _words(tx: Tx) -> list[Row]:
    """Every word on an account in the journal that was not set aside: slow, every record is looked at."""
    found: list[Row] = []
    aside = {(row["device"], row["seq"]) for row in tx.find(schema.quarantine)}
    for record in map(rows.row_record, tx.each(_USERS, {})):
        if (record.device, record.seq) not in aside:
            place = {"clock": record.clock, "device": record.device, "seq": record.seq}
            data = record.data
            found.append(
                {**place, "person": record.person, "whom": data.get("person"), "state": data.get("state")}
            )
    return found


def check_person(login: str, name: str, role: str) -> None:
    """Raise InputRefused unless log-in, name and role may stand in a certificate."""
    if not login_ok(login) or login in {AUTHORITY, RECOVERY}:
        raise InputRefused("store.login_form")
    check_name(name)
    if role not in ROLES:
        names = [message(f"access.role_{known}") for known in ROLES]
        raise InputRefused(
            "store.login_role_unknown",
            role=role,
            roles=Text(", ".join(t.en for t in names), "、".join(t.zh for t in names)),
        )


def check_name(name: str) -> None:
    """Raise InputRefused unless ``name`` may be a person's printed name."""
    if (
        not 1 <= len(name) <= MAX_NAME
        or name != name.strip()
        or any(unicodedata.category(letter) in _REFUSED_CATEGORIES for letter in name)
    ):
        raise InputRefused("store.login_name_form")


def is_principal(certificate: Certificate | None) -> bool:
    """Whether the certificate makes a principal investigator: one whom the authority certified."""
    return certificate is not None and certificate.by == AUTHORITY and "investigator" in certificate.all_roles


def certify(
    subject: Certificate,
    signer: Signer,
    certifier: Certificate | None,
    authority: VerifyKey,
    *,
    principal: bool = False,
    known: Collection[CertifiedKey] = (),
) -> Certificate:
    """``subject`` signed by the principal investigator or, where that does not do, by the study's authority.

    ``certifier`` is the certificate of the person whose ``signer`` it is. A principal investigator signs
    for the site's roles; the authority, when ``signer`` holds its key, for monitors and centre staff, where
    a vault has no principal investigator yet, and for whom it certified before as more than site staff
    (``known``: all certificates until now): no other signature would count there. What the authority signs
    for one of KEEPER_ROLES makes a keeper, for ever, and of an investigator a principal one: so that only
    when ``principal`` says so. Raises PermissionDenied, InputRefused.
    """
    by_principal = is_principal(certifier)
    held = signer.authority if signer.authority and signer.authority.public == authority else None
    if principal and subject.all_roles != {"investigator"}:
        raise InputRefused("access.principal_role")
    if principal and held is None:
        raise PermissionDenied("access.principal_authority")
    plain = "investigator" in subject.all_roles and not principal
    if plain and not by_principal and held is not None:
        raise InputRefused("access.principal_first")
    within = subject.all_roles <= SITE_ROLES
    given = given_by_authority(subject, known)
    bound = not given <= SITE_STAFF
    # What it certified before makes nobody a keeper who was none.
    again = bound and subject.all_roles <= SITE_STAFF | given
    if held is not None and (principal or not by_principal or not within or again):
        if plain:
            raise InputRefused("access.principal_unasked", login=subject.login)
        return subject.signed(AUTHORITY, held)
    if certifier is None or not by_principal or not within or bound:
        role = message(f"access.role_{subject.tasks[0].role}")
        raise PermissionDenied("store.login_not_certifier", role=role)
    return subject.signed(certifier.person, signer.sign)


def first_day(now: datetime, zone: str) -> str:
    """The ISO date on which a task begins: the site's today, whatever the PC's zone is."""
    return now.astimezone(zone_info(zone)).date().isoformat()


def keeper_card(certificate: Certificate, authority: SigningKey) -> Certificate:
    """A keeper's certificate for ``keys.json`` without name, role, study and site: proves his sign key alone.

    Whoever was last logged in before he was admitted learns from it that his grants count. It carries the
    serial of the one in the journal, so that it can never take its place there.
    """
    tasks = (Task("administrator", _LONG_AGO, _LONG_AGO),)
    bare = replace(certificate, name=certificate.login, tasks=tasks, study="", site="")
    return bare.signed(AUTHORITY, authority)


def certificate_draft(certificate: Certificate) -> Draft:
    """The journal's record of a certificate."""
    return Draft("certificate", "", certificate.as_json())


def user_draft(person: str, state: str, reason: str = "", *, act: str = "", second: str = "") -> Draft:
    """The journal's record of an account's state: ``active`` or ``disabled``.

    ``act`` "reset" and the id of the ``second`` person stand there when two persons gave new keys.
    """
    content = {"person": person, "state": state, "reason": reason, "act": act, "second": second}
    return Draft("user", "", {name: value for name, value in content.items() if value})


def uncertified(
    *,
    study: str,
    site: str,
    vault: str,
    person: tuple[str, str, str, str],
    public: Public,
    day: str,
    serial: int,
    end: str = "",
) -> Certificate:
    """A certificate yet without signature. ``person`` is (id, log-in, name, role), ``day`` its first day,
    ``end`` the last one ("" = open).
    """
    identity, login, name, role = person
    return Certificate(
        study=study, site=site, vault=vault, person=identity, login=login, name=name,
        tasks=(Task(role, day, end),), box=public.box, author=public.author, sign=public.sign, serial=serial,
    )  # fmt: skip
