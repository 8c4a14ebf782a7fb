"""The PCs of the study in one list: this one, those that exchange, those that were invited."""

from __future__ import annotations

from typing import Any

import pytest

from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.services.session import Session
from mda5_crf.sync import inviting, pclist, revocation
from mda5_crf.sync.pclist import ENDED, EXCHANGES, INVITED, LISTED, OWN
from tests.unit.sync.joinkit import AT_CENTRE, NAME, SECOND, SITE, Joining, joined, pair, wrong
from tests.unit.sync.synckit import A, World, world
from tests.vaults import PEOPLE, password

__all__ = ["pair", "world"]


def lines(session: Session) -> list[tuple[str, str, str]]:
    return [(one.name, one.state, one.words.en) for one in pclist.pcs(session)]


@pytest.mark.requirement("P11-9")
def test_a_ward_that_waits_says_for_whom_until_it_has_joined(pair: Joining) -> None:
    assert lines(pair.ward) == [(NAME, OWN, "this PC, waits for Coordinating Centre")]
    pair.approve()
    assert lines(pair.centre)[1] == (NAME, EXCHANGES, "exchanges")
    pair.confirm()
    assert lines(pair.ward) == [(NAME, OWN, "this PC"), ("Coordinating Centre", EXCHANGES, "exchanges")]


def test_a_revoked_pc_is_listed_with_why_and_who_knows_of_it(pair: Joining) -> None:
    pair.approve()
    given: dict[str, Any] = {"own_password": password(AT_CENTRE), "second": SECOND}
    revocation.revoke(pair.centre, pair.ward.device, "stolen", **given)
    own, listed = pclist.pcs(pair.centre)
    assert (listed.state, listed.words.en, listed.knows, listed.behind) == (
        LISTED, "revoked by the centre", 0, False,
    )  # fmt: skip
    assert listed.entry is not None and listed.entry.reason == "stolen"
    assert own.knows == 1 and own.knows_of.startswith("20") and not own.behind
    revocation.reinstate(pair.centre, pair.ward.device, "found", **given)
    assert [(one.knows, one.state) for one in pclist.pcs(pair.centre)] == [(2, OWN), (0, EXCHANGES)]


def test_a_joining_that_ended_is_said_on_both_sides(pair: Joining) -> None:
    for _ in range(3):
        with pytest.raises(InputRefused):
            pair.confirm(wrong(pair.phrase.last))
        with pytest.raises(InputRefused):
            pair.approve(wrong(pair.phrase.first))
    assert lines(pair.ward) == [(NAME, OWN, "this PC, joining Coordinating Centre has ended")]
    assert lines(pair.centre)[1] == (NAME, ENDED, "invitation: ended: wrong words 3 times")


def test_what_still_counts_stands_before_what_is_over(pair: Joining) -> None:
    _, data = inviting.invite(pair.centre, SITE, "Ward 3 west", own_password=password(AT_CENTRE))
    west = next(one for one in inviting.offers(pair.centre) if one.name == "Ward 3 west")
    with pytest.raises(InputRefused):
        pair.approve(wrong(pair.phrase.first))
    inviting.withdraw(pair.centre, west.nonce)
    found = pclist.pcs(pair.centre)
    assert [(one.name, one.state) for one in found[1:]] == [(NAME, INVITED), ("Ward 3 west", ENDED)]
    assert found[1].words.en == "invitation: wrong words typed, 1 of 3" and data
    assert found[1].offer is not None and found[1].key == found[1].offer.nonce
    assert found[0].key == pair.centre.device


def test_an_administrator_who_sets_a_pc_up_sees_it_and_a_reader_does_not(pair: Joining, world: World) -> None:
    name, role, secret = PEOPLE["a03"]
    with joined(
        pair.base / "set-up", pair.invitation, login="a03", person=name, role=role, password=secret
    ) as ward:
        assert [one.state for one in pclist.pcs(ward)] == [OWN]
    ward = world[A]
    ward.add_person("r09", "Xu Ke", "read_only", "harbour-33-violin-cotton", own_password=password("i01"))
    folder = ward.vault.folder
    world.close(A)
    with (
        Session.open(folder, "r09", "harbour-33-violin-cotton") as reader,
        pytest.raises(PermissionDenied),
    ):
        pclist.pcs(reader)
