"""Which PCs the study's authority no longer believes: the signed list that travels in every bundle.

The centre makes it, two persons and the authority's key; every vault passes on the newest one it knows. So a
stolen PC is refused at a ward that has never exchanged anything with it since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.crypto import canon
from mda5_crf.db import clock, read, schema
from mda5_crf.db.records import Draft
from mda5_crf.errors import BundleError, InputRefused, PermissionDenied, newer
from mda5_crf.services.access import Action
from mda5_crf.services.session import CENTRE
from mda5_crf.sync.devices import Second, require_two, seconded
from mda5_crf.sync.envelope import BUNDLE
from mda5_crf.sync.registry import Registry
from mda5_crf.sync.revoked import MAX_REASON, Entry, ListRefused, RevocationList, read_list
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

__all__ = ["STALE_DAYS", "Entry", "Heard", "heard", "learn", "newest", "reinstate", "revoke", "revoked"]

STALE_DAYS: Final = 60
"""Days after which a ward that has heard nothing of its centre is told so."""
_UNSIGNED: Final = bytes(64)


@dataclass(frozen=True, slots=True)
class Heard:
    """What this vault knows of the list. ``number`` 0: there is none yet.

    ``at`` is when the centre last said something that came here (UTC; None: never), ``days`` how long ago it
    was, ``words`` what a person is to be told of it, or None. ``own``: this very PC stands on the list.
    """

    number: int
    made: datetime | None
    at: datetime | None
    days: int | None
    own: Entry | None
    words: Text | None


def newest(session: Session) -> dict[str, Any] | None:
    """The newest signed list that this vault knows, as it travels in a manifest; None without one."""
    found = Registry.read(session).revocations
    return None if found is None else found.as_json()


def revoked(session: Session) -> tuple[Entry, ...]:
    """What stands on the newest list that is known here, in the order it was put there."""
    session.require(Action.BUNDLE)
    found = Registry.read(session).revocations
    return () if found is None else found.entries


def revoke(
    session: Session,
    device: str,
    reason: str,
    *,
    own_password: str,
    second: Second | None,
    last: int | None = None,
    person: str = "",
) -> Entry:
    """Put a PC, or the key of one ``person`` (id) there, on the study's list: two persons of the centre.

    ``last`` is the last number of its chain that is still accepted; without it, what has come here so far.
    Everybody in the study reads the reason. Raises PermissionDenied (rights, no key of the authority),
    InputRefused (not the centre, no second person, no reason, PC unknown or on the list already),
    LoginRefused, StoreError.
    """
    second = require_two(session, second)
    reason = _reason(reason)
    registry = Registry.read(session)
    peer = registry.peers.get(device)
    if peer is None:
        registry.approved(device)  # says which PCs are known
        raise AssertionError("a PC that is not registered is refused")
    present = registry.revocations
    if present is not None and present.entry(device, person) is not None:
        raise InputRefused("joining.revoked_already", name=peer.name)
    ends = session.vault.journal.vector()
    upto = ends.get(device, 0)
    if last is not None and not 0 <= last <= upto:
        raise InputRefused("joining.revoke_last", name=peer.name, upto=upto)
    at, _ = clock.stamp(session.now(), session.vault.meta.zone)
    key = _author_key(session, device, person) if person else ""
    entry = Entry(device, peer.name, peer.site, upto if last is None else last, reason, at, person, key)
    _publish(session, [*(() if present is None else present.entries), entry], own_password, second)
    return entry


def reinstate(
    session: Session, device: str, reason: str, *, own_password: str, second: Second | None, person: str = ""
) -> int:
    """Take a PC off the list, where it was put there by mistake; returns the number of the new list.

    Raises as :func:`revoke`.
    """
    second = require_two(session, second)
    reason = _reason(reason)
    present = Registry.read(session).revocations
    entry = None if present is None else present.entry(device, person)
    if present is None or entry is None:
        raise InputRefused("joining.not_revoked")
    kept = [one for one in present.entries if one is not entry]
    return _publish(session, kept, own_password, second, reason)


def person_at(session: Session, device: str, login: str) -> str:
    """The id of who has that log-in in the vault of a PC. Raises InputRefused."""
    vault = _vault_of(session, device)
    for one in read.persons(session.vault.store):
        if one.login == login and one.vault == vault:
            return one.person
    raise InputRefused("joining.person_unknown")


def learn(
    session: Session,  # noqa: ARG001 - a hook: what is known stands in the registry
    registry: Registry,
    data: Mapping[str, Any] | None,
) -> tuple[Registry, Draft | None, tuple[Text, ...]]:
    """Judge the list that a bundle brings: whom to believe from now on, what is recorded, what is said.

    A lower number than the one that is known is passed over, so an old bundle gives nobody anything back.
    One that no centre known here signed is passed over and said. Raises BundleError for what no honest
    program sends, and for what a newer one made: passing over it could mean passing over a revocation.
    """
    if data is None:
        return registry, None, ()
    try:
        brought = read_list(data, registry.study)
    except ListRefused as error:
        if error.newer:
            raise BundleError("sync.version_newer", **newer(f"{BUNDLE.reader}+", BUNDLE.reader)) from None
        raise BundleError("joining.list_damaged") from None
    if brought.authority not in {key.text for key in registry.study_authorities()}:
        return registry, None, (message("joining.list_unknown"),)
    if not brought.holds:
        raise BundleError("joining.list_forged")
    known = registry.revocations
    if known is not None and brought.number <= known.number:
        same = brought.number < known.number or canon(brought.body()) == canon(known.body())
        return registry, None, () if same else (message("joining.list_two", number=brought.number),)
    draft = Draft("revocation", "", {"act": "heard", **brought.as_json()})
    return registry.under(brought), draft, _said(registry, known, brought)


def heard(session: Session) -> Heard:
    """What is known here of the study's list, and how old that is; for lists and for the window."""
    registry = Registry.read(session)
    known = registry.revocations
    own = None if known is None else known.entry(session.device)
    made = None if known is None else clock.read_at(known.made)
    if registry.is_centre:
        return Heard(0 if known is None else known.number, made, None, None, own, None)
    centres = {peer.device: peer for peer in registry.peers.values() if peer.site == CENTRE and peer.approved}
    times = [peer.at for peer in centres.values()]
    for row in read.passages(session.vault.store, "bundle"):
        data = row.content
        from_centre = data.get("direction") == "in" and data.get("peer") in centres and data.get("made")
        if from_centre and row.record.partition(":")[0] == session.device:
            times.append(clock.read_at(str(data["made"])))
    at = max([*times, *([made] if made else [])], default=None)
    days = None if at is None else max((session.now() - at).days, 0)
    words = message("joining.own_revoked") if own is not None else None
    if words is None and days is not None and days >= STALE_DAYS:
        words = message("joining.unheard", days=days)
    return Heard(0 if known is None else known.number, made, at, days, own, words)


# -- inside ----------------------------------------------------------------------------------------------


def _publish(
    session: Session, entries: Sequence[Entry], password: str, second: Second, reason: str = ""
) -> int:
    """Sign and record the next list."""
    registry, vault = Registry.read(session), session.vault
    known = registry.revocations
    made, _ = clock.stamp(session.now(), vault.meta.zone)
    number = 1 if known is None else known.number + 1
    draft = RevocationList(registry.study, number, made, registry.authority.text, tuple(entries), _UNSIGNED)
    try:
        read_list(draft.as_json(), registry.study)
    except ListRefused:
        raise InputRefused("joining.list_full") from None
    signature = vault.authority_signs("revoke", canon(draft.body()), password, second)
    if signature is None:
        raise PermissionDenied("joining.no_authority", names=authority_names(session))
    content = {"act": "made", **replace(draft, signature=signature).as_json()}
    if reason:
        content["reason"] = reason
    session.append([seconded(session, Draft("revocation", "", content), second)])
    return number


def authority_names(session: Session) -> str:
    """Who may hold the key of the study's authority: who founded this vault, or took it over from there."""
    register = session.vault.register()
    people = {key.certificate.person: key.certificate for key in register.known}
    own = sorted(read.lineage(session.vault.store, session.device))
    holders: list[str] = []
    for device in own:
        first = session.vault.journal.get(f"{device}:1")
        if first is not None and not first.data.get("parent"):
            holders.append(first.person)
    founders = [people[one] for one in holders if one in people]
    if founders and all(one.all_roles == {"administrator"} for one in founders):
        # The first principal investigator was given it with his account.
        founders += [one for one in people.values() if one.by == "authority" and one not in founders]
    named = [f"{one.name} ({one.login})" for one in founders if one.person not in register.disabled]
    return ", ".join(named) or "–"


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise InputRefused("joining.reason_needed")
    if len(reason) > MAX_REASON:
        raise InputRefused("joining.reason_long", most=MAX_REASON)
    return reason


def _author_key(session: Session, device: str, person: str) -> str:
    """The author's key of a person in the vault of ``device``. Raises InputRefused."""
    vault = _vault_of(session, device)
    for one in read.persons(session.vault.store):
        if one.person == person and one.vault == vault:
            return str(one.certificate["certificate"]["author"])
    raise InputRefused("joining.person_unknown")


def _vault_of(session: Session, device: str) -> str | None:
    with session.vault.store.read() as tx:
        row = tx.one(schema.device, id=device)
    return None if row is None else str(row["vault"])


def _said(registry: Registry, known: RevocationList | None, brought: RevocationList) -> tuple[Text, ...]:
    """What is new on the list, in words."""
    before = set() if known is None else {(one.device, one.person) for one in known.entries}
    after = {(one.device, one.person) for one in brought.entries}
    said = []
    for one in brought.entries:
        if (one.device, one.person) in before:
            continue
        facts = {"name": registry.name_of(one.device) if one.device in registry.peers else one.name}
        facts |= {"reason": one.reason, "last": str(one.last), "site": one.site}
        own = one.device == registry.device and not one.person
        code = "list_own" if own else "list_person" if one.person else "list_pc"
        said.append(message(f"joining.{code}", **facts))
    gone = [] if known is None else [o for o in known.entries if (o.device, o.person) not in after]
    said += [message("joining.list_again", name=one.name, site=one.site) for one in gone]
    return tuple(said)
