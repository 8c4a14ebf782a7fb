"""Who may send what: every kind of record, from the ward to the centre and back, in one table.

Its rows are all kinds that the program knows: a new kind fails here until somebody has decided whose it is.
The author has every role: what is asked is whose business it is. Which role may is the second table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pytest

from mda5_crf.crypto import ROLES
from mda5_crf.db import projection
from mda5_crf.services import access
from mda5_crf.services.access import Role
from tests.faults import counts
from tests.unit.sync.synckit import A, B, C, World, X, old_world, study
from tests.unit.sync.test_judging import judged

__all__ = ["old_world"]

OK: Final = ""
SITE: Final = "The participant belongs to site"
CENTRE: Final = "A centre writes no participant's data"
LOCK: Final = "Only the centre freezes and locks."
ACCOUNT: Final = "It is about an account of another vault."
WARD: Final = "centre"
"""Overlays and amendments say that they come from the centre alone."""
OLDER: Final = "version"
OWN_SITE: Final = "site"
REDACTS: Final = "Each site redacts"

# About a participant of site 01. From: ward 01, another PC of ward 01, ward 02, the centre; each as the other
# side judges it (the centre's and the second PC's records at ward 01, those of wards at the centre).
_SITES_OWN: Final = (OK, OK, SITE, CENTRE)
_BOTH: Final = (OK, OK, SITE, OK)
ABOUT: Final[Mapping[str, tuple[str, str, str, str]]] = {
    **dict.fromkeys(
        "value missing confirm status pin event form row strike review signature endorse void unvoid"
        " second second-row second-resolved subject frame".split(), _SITES_OWN,
    ),
    "query": _BOTH, "verify": _BOTH, "coding": _BOTH, "print": _BOTH, "export": _BOTH, "view": _BOTH,
    "lock": (LOCK, LOCK, LOCK, OK),
}  # fmt: skip
# About nobody: the vault's own affairs. The same four senders.
_OWN: Final = (OK, OK, OK, OK)
_CENTRES: Final = (WARD, WARD, WARD, OK)
HOUSE: Final[Mapping[str, tuple[str, str, str, str]]] = {
    **dict.fromkeys(
        "device login logout password clock peer invitation joining revocation reference bundle backup"
        " restore drill rekey recovery identities delegation released trail-review"
        " mapping import".split(), _OWN,
    ),
    "certificate": _OWN,  # by the authority of that very vault: db.trust looks at the signature
    "user": (ACCOUNT, ACCOUNT, ACCOUNT, ACCOUNT),  # of the receiver's own person: each vault ends its own
    "overlay": _CENTRES, "amendment": _CENTRES,
    "definition": (OLDER, OLDER, OLDER, OLDER),  # none that is not lawful here already
    "site-approval": (OK, OK, OWN_SITE, OWN_SITE),  # of site 01
    "redaction": (OK, OK, REDACTS, REDACTS),  # of what was written at site 01
}  # fmt: skip
SENDERS: Final = ((A, C), (B, A), (X, C), (C, A))


def content(world: World, kind: str, at: str) -> dict[str, Any]:
    """What is asked of the record, as little as the question of ownership needs."""
    amended = {"hash": "ab" * 32, "oid": study().oid, "version": "99.0.0"}
    told: dict[str, dict[str, Any]] = {
        "lock": {"state": "locked"}, "query": {"state": "Open", "source": "system", "query": "q"},
        "subject": {"renumber": "01-009", "reason": "x"}, "definition": amended, "amendment": amended,
        "site-approval": {"site": "01", "definition": study().hash},
        "user": {"person": world[at].person.id, "state": "disabled"},
        "redaction": {"records": [f"{world[A].device}:3"]},
        "revocation": {"act": "heard"},
    }  # fmt: skip
    return told.get(kind, {})


def test_every_kind_has_its_row() -> None:
    assert ABOUT.keys() | HOUSE.keys() == projection.KINDS and not ABOUT.keys() & HOUSE.keys()


@pytest.mark.requirement("E6-17", "EMA-8")
@pytest.mark.alteration
@pytest.mark.parametrize("place", range(len(SENDERS)), ids=["ward", "second PC", "other ward", "centre"])
def test_who_may_send_what(old_world: World, place: int) -> None:
    """What is not the sender's to say is set aside, with its reason; nothing else is."""
    sender, receiver = SENDERS[place]
    key = f"{old_world[A].device}:9"
    tried = found = 0
    for kind, cells in {**ABOUT, **HOUSE}.items():
        told = content(old_world, kind, receiver)
        said = judged(old_world, receiver, sender, kind, key if kind in ABOUT else "", told)
        wanted = cells[place]
        assert (said == "") is (wanted == OK) and wanted in said, f"{kind}: {said!r}"
        tried += wanted != OK
        found += wanted != OK and said != ""
    counts.alterations("somebody else's records, every kind", tried=tried, found=found)
    assert tried == found > 0


@pytest.mark.alteration
def test_ward_sends_what_only_a_centre_says_of_the_study(old_world: World) -> None:
    for state in ("frozen", "thawed", "locked", "unlocked"):
        for key in ("", f"{old_world[A].device}:9", f"{old_world[A].device}:9/BL/VS"):
            assert judged(old_world, C, A, "lock", key, {"state": state}) == LOCK
            assert judged(old_world, B, A, "lock", key, {"state": state}) == LOCK
            assert judged(old_world, A, C, "lock", key, {"state": state}) == ""


@pytest.mark.alteration
def test_centre_invents_a_participant_under_any_number(old_world: World) -> None:
    for number, site in (("01-050", "01"), ("00-001", "00"), ("02-001", "02")):
        said = judged(old_world, A, C, "subject", "", {"subjid": number, "site": site})
        assert said.startswith(CENTRE)


# Kind → roles whose holder may write it: the cells of the design's table of rights, in its order (data entry,
# investigator, monitor, data manager, read only, administrator). ``FREE`` hangs on keys and not on roles.
FREE: Final = "DIMGRA"
RIGHTS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        "value missing confirm status pin subject event form row strike void unvoid review second second-row"
        " second-resolved".split(), "DI",
    ),
    "signature": "I", "endorse": "I", "verify": "M", "lock": "G", "lock frozen": "MG", "lock thawed": "MG",
    "query": "DIMG", "query manual": "IMG", "query Answered": "DI", "query Closed": "G",
    "query Closed own": "MG", "print": "DIMG", "export": "IG", "view": "DIMGR", "trail-review": "IMG",
    "bundle": "DIMG", "released": "DIMG", "backup": "DIGA", "drill": "DIGA", "restore": "IGA",
    "invitation": "GA", "joining": "IGA", "delegation": "IG", "rekey": "IG", "recovery": "IG",
    "reference": "IGA", "definition": "IG", "amendment": "IG", "site-approval": "IG", "overlay": "IG",
    "coding": "IG", "mapping": "DI", "import": "DI", "frame": "DI", "identities": "IG",
    "identities created": "DI", "peer": "IG", "peer second": "GA",
    "revocation made": "GA", "revocation": "DIMG",
    **dict.fromkeys("login logout password clock device certificate user redaction".split(), FREE),
}  # fmt: skip
TOLD: Final[Mapping[str, dict[str, Any]]] = {
    "lock": {"state": "locked"}, "lock frozen": {"state": "frozen"}, "lock thawed": {"state": "thawed"},
    "query": {"state": "Open", "source": "system"}, "query manual": {"state": "Open", "source": "manual"},
    "query Answered": {"state": "Answered"}, "query Closed": {"state": "Closed"},
    "query Closed own": {"state": "Closed", "source": "manual", "own": True},
    "identities created": {"act": "created"}, "peer second": {"second": {}},
    "revocation made": {"act": "made"}, "revocation": {"act": "heard"},
}  # fmt: skip


def test_every_kind_has_its_right() -> None:
    assert {name.partition(" ")[0] for name in RIGHTS} == projection.KINDS


@pytest.mark.requirement("E6-17")
@pytest.mark.alteration
def test_monitor_enters_value_data_entry_verifies_and_all_else_of_the_table() -> None:
    """Every role and kind: who may not is told so, and who may is not kept from it."""
    letters = dict(zip("DIMGRA", Role, strict=True))
    assert {role.value for role in letters.values()} == set(ROLES)
    tried = found = 0
    for name, allowed in RIGHTS.items():
        kind = name.partition(" ")[0]
        for letter, role in letters.items():
            said = access.judge(kind, TOLD.get(name, {}), (role.value,))
            assert (said is None) is (letter in allowed), f"{name} by {role}"
            tried += letter not in allowed
            found += said is not None
        nobody = access.judge(kind, TOLD.get(name, {}), ())
        assert (nobody is None) is (allowed == FREE), name
    counts.alterations("acts beyond one's role, every kind", tried=tried, found=found)
    assert tried == found > 0
