"""Whose key counts where: certificates of the journal, judged, and seals checked against them.

Places are Lamport clocks: within one vault they grow along the chain, and a vault's certificates are
recorded in that vault. A person has keys per vault; in each the newest certificate counts and the ones
before it are retired. A certificate counts only in chains of the vault it names (the ``vault`` of the
chain's ``device`` record) under the authority that it was recorded under. So no vault can name keys for
the persons of another, and nobody brings a role along: a nurse of one ward who reads in another has the
rights of a reader there. Centre staff need no exception: what they write stands in the chain of the
centre's own vault, and whoever works in a ward's vault too has a certificate there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from mda5_crf.crypto import (
    AUTHORITY,
    Certificate,
    CertificateRefused,
    CertifiedKey,
    KeyRefused,
    VerifyKey,
    certificate_valid,
    seal_fits,
)
from mda5_crf.db.posts import post_of
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.slots import keeps

GOOD, RETIRED, FALSE, UNKNOWN = "", "retired", "false", "unknown"


@dataclass(slots=True)
class Trust:
    """What is known of keys after the records fed to :meth:`learn`, which come in order of their clocks.

    ``authorities`` (public keys in base64) limits whom to believe; None = each device's own registration.
    """

    authorities: Collection[str] | None = None
    _by_device: dict[str, tuple[VerifyKey, str]] = field(default_factory=dict)
    _keys: dict[tuple[VerifyKey, str, str], list[CertifiedKey]] = field(default_factory=dict)
    _disabled: dict[tuple[str, str], list[tuple[int, bool]]] = field(default_factory=dict)
    _posts: dict[str, str] = field(default_factory=dict)

    def learn(self, record: AuditRecord) -> bool:
        """Take in a ``device``, ``certificate`` or ``user`` record; False for one that proves nothing."""
        if record.kind == "device":
            if record.seq != 1:  # nothing later in the chain may put it under another authority or vault
                return False
            data = record.data
            known = self.learn_device(record.device, str(data.get("authority")), str(data.get("vault")))
            self.learn_post(record.device, post_of(record))
            return known
        if record.kind == "user":
            data = record.data
            whom, state = str(data.get("person")), str(data.get("state"))
            if state not in ("active", "disabled"):
                return True  # of no shape: says nothing
            return self.learn_account(record.person, whom, record.device, record.clock, state)
        if record.kind == "certificate":
            return self.learn_certificate(record.device, record.clock, record.data)
        return True

    def learn_account(self, by: str, person: str, device: str, clock: int, state: str) -> bool:
        """Note what ``by`` recorded at ``device`` of a person's account: active or disabled.

        False when ``by`` was no keeper there and then: nobody could be kept out who enables himself again.
        """
        if not self.is_keeper(by, device, clock):
            return False
        self._disabled.setdefault((person, self._house(device)), []).append((clock, state == "disabled"))
        return True

    def is_keeper(self, person: str, device: str, clock: int) -> bool:
        """Whether ``person`` admitted others and ended accounts lawfully at that place of the chain."""
        keeper = any(key.covers(clock) and keeps(key.certificate) for key in self._held(device, person))
        return keeper and not self._is_disabled(person, device, clock)

    def learn_device(self, device: str, authority: str, vault: str) -> bool:
        """Note the authority that ``device`` was registered under, and the vault whose chain it continues."""
        if self.authorities is not None and authority not in self.authorities:
            return False
        try:
            self._by_device[device] = VerifyKey.from_text(authority), vault
        except KeyRefused:
            return False
        return True

    def learn_post(self, device: str, post: str) -> None:
        """Note that ``device`` is a workstation of the vault that ``post`` speaks for, when it is of it.

        They work in one database: a word spoken in the chain of one is heard at once in all.
        """
        if post and post in self._by_device and self._by_device.get(device) == self._by_device[post]:
            self._posts[device] = post

    def _house(self, device: str) -> str:
        return self._posts.get(device, device)

    def learn_certificate(self, device: str, clock: int, content: object) -> bool:
        """Take in a certificate recorded by ``device``; False when nobody entitled signed it."""
        try:
            certificate = Certificate.from_json(content)
        except CertificateRefused:
            return False
        if device not in self._by_device or self._is_disabled(certificate.by, device, clock):
            return False
        authority, _ = self._by_device[device]
        known = [key for (under, *_), keys in self._keys.items() if under == authority for key in keys]
        if not certificate_valid(certificate, authority, known, clock):
            return False
        keys = self._keys.setdefault((authority, certificate.vault, certificate.person), [])
        for index, key in enumerate(keys):
            if not key.end:
                keys[index] = replace(key, end=max(clock - 1, 1))
        # "start" is the clock before: a run that ends with the certificate itself is covered.
        keys.append(CertifiedKey(certificate, clock - 1))
        return True

    def roles(self, device: str, person: str, clock: int, day: str) -> frozenset[str]:
        """The roles that ``person`` held at that place of the device's chain, on that day (ISO date)."""
        held: set[str] = set()
        for key in self._held(device, person):
            if key.covers(clock):
                held |= key.certificate.roles(day)
        return frozenset(held)

    def names(self, device: str, person: str, clock: int) -> frozenset[str]:
        """The names by which ``person`` is certified at that place of the device's chain."""
        return frozenset(key.certificate.name for key in self._held(device, person) if key.covers(clock))

    def vault_of(self, device: str) -> str:
        """The vault that ``device`` was registered in; "" for a device that is not believed."""
        return self._by_device[device][1] if device in self._by_device else ""

    def authority_of(self, device: str) -> VerifyKey | None:
        """The authority that ``device`` was registered under; None for a device that is not believed."""
        return self._by_device[device][0] if device in self._by_device else None

    def is_principal(self, person: str, device: str, clock: int) -> bool:
        """Whether ``person`` was a principal investigator there: certified so by the authority."""
        return not self._is_disabled(person, device, clock) and any(
            key.covers(clock) and key.certificate.by == AUTHORITY
            and "investigator" in key.certificate.all_roles
            for key in self._held(device, person)
        )  # fmt: skip

    def signed(
        self, person: str, device: str, clock: int, context: str, data: bytes, signature: bytes
    ) -> bool:
        """Whether ``signature`` is by a sign key of ``person`` that counted at that place of the chain."""
        return not self._is_disabled(person, device, clock) and any(
            key.covers(clock) and key.certificate.sign.accepts(context, data, signature)
            for key in self._held(device, person)
        )

    def judge_seal(self, person: str, device: str, clock: int, head: str, signature: bytes) -> str:
        """Whether ``signature`` seals the record hash ``head``, the last of a run by ``person``.

        ``clock`` is that record's. Answers GOOD, RETIRED (the key no longer or not yet counted), FALSE
        (no key of the person fits) or UNKNOWN (the person has no certificate).
        """
        keys = self._held(device, person)
        if not keys:
            return UNKNOWN
        if self._is_disabled(person, device, clock):
            return RETIRED
        fitting = [key for key in keys if seal_fits(key.certificate.author, head, signature)]
        if not fitting:
            return FALSE
        return GOOD if any(key.covers(clock) for key in fitting) else RETIRED

    def _held(self, device: str, person: str) -> Sequence[CertifiedKey]:
        """The keys of ``person`` in the vault of ``device``, retired ones too."""
        if device not in self._by_device:
            return ()
        return self._keys.get((*self._by_device[device], person), ())

    def _is_disabled(self, person: str, device: str, clock: int) -> bool:
        # Only words spoken in the same chain: another PC may not have heard them.
        spoken = self._disabled.get((person, self._house(device)), ())
        words = [word for word in spoken if word[0] < clock]
        return bool(words) and max(words)[1]
