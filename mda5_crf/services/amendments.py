"""Amendments of the study definition: the centre announces them, each site's principal investigator
approves.

An amendment is an act of two persons at the coordinating centre, signed with the key of the study's
authority. It changes nothing at any site. There the principal investigator records when ethics committee
and institution approved and from which day it applies, signed with the own key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.crypto import base64_text
from mda5_crf.db import amendacts, read, read_definitions
from mda5_crf.db.accounts import is_principal
from mda5_crf.db.amendacts import AMENDMENT, APPROVAL, rank, version_ok
from mda5_crf.db.read_definitions import Announced
from mda5_crf.db.records import Draft
from mda5_crf.errors import DefinitionError, InputRefused, PermissionDenied, Problem
from mda5_crf.services import instudy
from mda5_crf.services.access import Action, Role
from mda5_crf.services.wrongplace import consented
from mda5_crf.study import parity_oids
from mda5_crf.study.cases_prove import prove
from mda5_crf.study.differences import Difference, differences
from mda5_crf.study.load import load
from mda5_crf.study.model import Study
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_PERMANENT: Final = ("event", "form", "group")
_MOST_NAMED: Final = 10


@dataclass(frozen=True, slots=True)
class AtSite:
    """How a definition stands at a site. ``begins`` None: the site began with it."""

    site: str
    approved: date | None
    begins: date | None
    person: str
    in_force: bool

    @property
    def words(self) -> Text:
        """In one line."""
        if self.begins is None or self.approved is None:
            return message("amend.site_founded", site=self.site)
        days = {"approved": self.approved.isoformat(), "begins": self.begins.isoformat()}
        return message("amend.site_approved", site=self.site, name=self.person, **days)


@dataclass(frozen=True, slots=True)
class Version:
    """A definition known here. ``here``: its text is; ``in_force``: this session works with it;
    ``can_approve``: this site may approve it, or correct the days of an approval that does not apply yet.
    """

    hash: str
    version: str
    amendment: bool
    at: datetime
    person: str
    reason: str
    here: bool
    in_force: bool
    can_approve: bool
    sites: tuple[AtSite, ...]
    begins: date | None
    """From which day it applies at this site; None for one that is not approved here."""

    @property
    def state(self) -> Text:
        """How it stands at this PC, in a few words."""
        if not self.here:
            return message("amend.state_absent")
        if self.in_force:
            return message("amend.state_in_force")
        if self.begins is not None:
            return message("amend.state_from", begins=self.begins.isoformat())
        return message("amend.state_waits" if self.can_approve else "amend.state_other")


@dataclass(frozen=True, slots=True)
class Proposed:
    """A new definition that may be announced, and how it differs from the newest one before it."""

    study: Study
    base: Announced
    differences: tuple[Difference, ...]


# -- what is known -------------------------------------------------------------------------------------


def known(session: Session) -> tuple[Version, ...]:
    """Every definition that counts here, newest first."""
    told = session.versions.told
    names = {one.person: one.name for one in read.persons(session.vault.store)}
    found = [
        _version(session, one, names, here=one.hash in told.lawful)
        for one in (*told.lawful.values(), *told.absent.values())
    ]
    return tuple(sorted(found, key=lambda one: (rank(one.version), one.at), reverse=True))


def _version(session: Session, one: Announced, names: Mapping[str, str], *, here: bool) -> Version:
    told, own = session.versions.told, session.versions.own
    sites = []
    for site in sorted({*told.bases, *(where for where, _ in told.approvals)}):
        given = told.approvals.get((site, one.hash))
        in_force = told.in_force(site, session.today) == one.hash
        if given is not None:
            name = names.get(given.person, given.person)
            sites.append(AtSite(site, given.approved, given.begins, name, in_force))
        elif told.bases.get(site) == one.hash:
            sites.append(AtSite(site, None, None, "", in_force))
    newer = told.rank(one.hash) > told.rank(told.in_force(session.site, session.today))
    return Version(
        one.hash, one.version, one.amendment, one.at, names.get(one.person, one.person), one.reason, here,
        one.hash == own, here and newer and one.amendment and not session.is_centre, tuple(sites),
        told.since(session.site, one.hash),
    )  # fmt: skip


def find(session: Session, word: str) -> Version:
    """The definition of a version, or of the beginning of a hash. Raises InputRefused."""
    listed = known(session)
    found = [one for one in listed if one.version == word]
    found = found or [one for one in listed if len(word) >= 8 and one.hash.startswith(word.lower())]
    if len(found) != 1:
        raise InputRefused("amend.version_unknown", version=word, known=", ".join(o.version for o in listed))
    if not found[0].here:
        raise InputRefused("amend.not_here", version=found[0].version)
    return found[0]


def changes(session: Session, version: Version) -> tuple[Difference, ...]:
    """How a definition differs from the one before it among those known here. Takes about a second."""
    order = list(session.versions.told.lawful)
    place = order.index(version.hash)
    if not place:
        return ()
    old, new = (session.versions.study(hash_) for hash_ in order[place - 1 : place + 1])
    return tuple(differences(old, new))


# -- the centre announces ------------------------------------------------------------------------------


def propose(session: Session, directory: Path, retired: Collection[str] = ()) -> Proposed:
    """Load and prove the definition in ``directory`` and hold it against the newest one known here.

    ``retired``: items (``FORM.ITEM``) that are meant to be gone although they have answers. Raises
    PermissionDenied, DefinitionError (all that is wrong), InputRefused (older, another study, …), StoreError.
    """
    session.require(Action.CHANGE_DEFINITION)
    if not session.is_centre:
        raise InputRefused("amend.centre_only")
    if Role.DATA_MANAGER not in session.person.roles:
        raise PermissionDenied("amend.data_manager_only")
    study = load(directory)
    proof = prove(study, directory)
    if proof.problems:
        raise DefinitionError(proof.problems)
    if proof.waiting:
        raise InputRefused("amend.texts_waiting", count=len(proof.waiting))
    told = session.versions.told
    base = told.lawful[told.newest()]
    _require_newer(session, study, base)
    old = instudy.stored(session.vault, base.hash)
    problems = list(_broken(session, old, study, frozenset(retired)))
    if problems:
        raise DefinitionError(problems)
    return Proposed(study, base, tuple(differences(old, study)))


def _require_newer(session: Session, study: Study, base: Announced) -> None:
    if study.oid != session.vault.meta.study:
        raise InputRefused("amend.other_study", theirs=study.oid, ours=session.vault.meta.study)
    if study.hash in session.versions.told.lawful:
        raise InputRefused("amend.known_already", version=study.version)
    if not version_ok(study.version):
        raise InputRefused("amend.version_form", version=study.version)
    if rank(study.version) <= rank(base.version):
        raise InputRefused("amend.older_refused", version=study.version, newest=base.version)


def _broken(session: Session, old: Study, new: Study, retired: frozenset[str]) -> Iterator[Problem]:
    """What stored data would lose: OIDs and codes are permanent."""
    before, after = parity_oids.oids_of(old), parity_oids.oids_of(new)
    renamed = {oid for kind, oid in parity_oids.former_names(new) if kind == "item"}
    for (kind, oid), was in before.items():
        now = after.get((kind, oid))
        if now == was or kind == "check":
            continue
        if now is not None:
            if kind != "item" or answered(session, [oid]):
                yield Problem(
                    message("amend.retyped", name=f"{kind} {oid}", was=was, now=now), _file(kind, oid)
                )
        elif kind in _PERMANENT:
            yield Problem(message("amend.place_gone", name=f"{kind} {oid}"), _file(kind, oid))
        elif kind == "code":
            yield from _code_gone(session, old, oid)
        elif oid not in renamed and oid not in retired:
            count = answered(session, [oid])
            if count:
                yield Problem(message("amend.item_gone", name=oid, count=count), _file(kind, oid))


def _file(kind: str, oid: str) -> str:
    if kind in ("event", "code"):
        return "schedule.toml" if kind == "event" else "codelists.toml"
    return f"forms/{oid.partition('.')[0]}.toml"


def _code_gone(session: Session, old: Study, oid: str) -> Iterator[Problem]:
    codelist, _, code = oid.partition(" ")
    items = [i.oid for f in old.forms.values() for i in f.items.values() if i.codelist == codelist]
    count = answered(session, items, code)
    if count:
        yield Problem(message("amend.code_gone", name=oid, count=count), _file("code", oid))


def answered(session: Session, oids: Sequence[str], code: str = "") -> int:
    """How many answers to items (``FORM.ITEM``) are stored here; of ``code`` those that are or name it."""
    return read_definitions.answered(session.vault.store, oids, code)


def amend(
    session: Session, proposed: Proposed, reason: str, password: str, second: tuple[str, str]
) -> Version:
    """See :meth:`mda5_crf.services.studyacts.StudyActs.amend`."""
    session.require(Action.CHANGE_DEFINITION)
    study, base = proposed.study, proposed.base
    _require_newer(session, study, base)
    if not reason.strip():
        raise InputRefused("amend.reason_needed")
    if not second[0]:
        raise InputRefused("amend.second_needed")
    content: dict[str, Any] = {
        "hash": study.hash, "oid": study.oid, "version": study.version, "base": base.hash,
        "reason": reason.strip(),
    }  # fmt: skip
    vault = session.vault
    signed = _signed(session, AMENDMENT, content)
    signature = vault.authority_signs(amendacts.CONTEXT, signed, password, second)
    if signature is None:
        raise PermissionDenied("amend.authority_needed")
    content["sig"] = base64_text(signature)
    draft = consented(session, Draft(AMENDMENT, "", content), second)
    session.append([draft], also=lambda tx: read.put_definition(tx, study.hash, study.source))
    session.refresh()
    return find(session, study.hash)


# -- the site approves ---------------------------------------------------------------------------------


def approve(session: Session, word: str, approved: date, begins: date, password: str) -> Version:
    """See :meth:`mda5_crf.services.studyacts.StudyActs.approve_for_site`."""
    session.require(Action.CHANGE_DEFINITION)
    if session.is_centre:
        raise InputRefused("amend.at_site")
    if not approves(session):
        raise PermissionDenied("amend.principal_only")
    version = find(session, word)
    if not version.can_approve:
        now = session.versions.told.lawful[session.versions.site_now()].version
        raise InputRefused("amend.not_newer", version=version.version, now=now)
    instudy.stored(session.vault, version.hash)  # whole and readable, or refused in words
    if approved > session.today:
        raise InputRefused("amend.approved_later", approved=approved.isoformat())
    if begins < approved:
        raise InputRefused("amend.before_approval", begins=begins.isoformat(), approved=approved.isoformat())
    content: dict[str, Any] = {
        "definition": version.hash, "version": version.version, "site": session.site,
        "approved": approved.isoformat(), "from": begins.isoformat(),
    }  # fmt: skip
    signed = _signed(session, APPROVAL, content)
    content["sig"] = base64_text(session.vault.sign(amendacts.CONTEXT, signed, password))
    session.append([Draft(APPROVAL, "", content)])
    session.versions.refresh()
    return find(session, version.hash)


def approves(session: Session) -> bool:
    """Whether the person at the keyboard is the site's principal investigator."""
    own = session.vault.register().of_person(session.person.id)
    return not session.is_centre and is_principal(own)


def _signed(session: Session, kind: str, content: Mapping[str, Any]) -> bytes:
    meta = session.vault.meta
    return amendacts.signed_part(kind, meta.vault, meta.study, session.person.id, content)


def in_few(found: Sequence[Difference]) -> Text:
    """How many things were added, removed and changed, and the first of them."""
    counts = {kind: sum(one.kind == kind for one in found) for kind in ("added", "removed", "changed")}
    named = "; ".join(one.path for one in found[:_MOST_NAMED])
    more = len(found) - _MOST_NAMED
    return message("amend.differences", **counts, named=both(f"{named}; +{more}" if more > 0 else named))
