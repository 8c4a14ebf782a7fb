"""The ward's side of a joining: its own vault and keys, what it waits for, what it believes in the end."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mda5_crf.crypto import SigningKey
from mda5_crf.db.records import Draft
from mda5_crf.errors import InputRefused, LoginRefused, PermissionDenied, StoreError
from mda5_crf.services.session import Session
from mda5_crf.sync import bundles, inviting, joining
from mda5_crf.sync.joinfiles import INVITATION
from mda5_crf.sync.registry import Registry
from tests.once import one_salt_each
from tests.unit.sync.joinkit import (
    AT_CENTRE,
    NAME,
    SITE,
    WARD,
    Joining,
    joined,
    old_pair,
    pair,
    parts,
    refused,
    written,
    wrong,
)
from tests.unit.sync.synckit import found, study
from tests.vaults import password
from tests.wards import Clock

__all__ = ["old_pair", "pair"]


def folder_refused(data: bytes, folder: Path, code: str, **more: object) -> None:
    """No vault comes of it."""
    with pytest.raises((InputRefused, StoreError)) as caught:
        joined(folder, data, **more)
    assert caught.value.code == code
    assert not folder.exists()
    assert not list(folder.parent.glob("*.new"))


# -- making the vault ------------------------------------------------------------------------------------


@pytest.mark.requirement("P11-9")
def test_the_vault_is_as_the_invitation_says(old_pair: Joining) -> None:
    ward = old_pair.ward
    assert (ward.site, ward.vault_name, ward.demo) == (SITE, NAME, False)
    assert ward.study.hash == study().hash
    known = joining.state(ward)
    assert known is not None and known.waits
    assert (known.name, known.tries, known.request) == ("Coordinating Centre", 0, old_pair.request)
    assert joining.words_for_centre(ward) == old_pair.phrase.first
    assert Registry.read(ward).peers == {}
    assert not ward.verify().troubles
    # Its keys are its own: nothing of the centre is in it but its card.
    assert ward.vault.register().authority != old_pair.centre.vault.register().authority


def test_who_may_be_the_first_person(old_pair: Joining, tmp_path: Path) -> None:
    for role in ("data_entry", "monitor", "data_manager", "x"):
        folder_refused(old_pair.invitation, tmp_path / "new.mda5", "joining.role", role=role)
    folder_refused(old_pair.invitation, tmp_path / "new.mda5", "store.login_form", login="і01")
    folder_refused(old_pair.invitation, tmp_path / "new.mda5", "store.login_name_form", person="Li\u202eNa")


def test_an_administrator_sets_it_up_for_the_principal_investigator(pair: Joining, tmp_path: Path) -> None:
    _, data = inviting.invite(pair.centre, "05", "Ward 5", own_password=password(AT_CENTRE))
    secret = password("a03")
    with one_salt_each():
        ward = joined(tmp_path / "five.mda5", data, login="a03", role="administrator", password=secret)
    with ward:
        known = joining.state(ward)
        assert known is not None
        assert inviting.look(pair.centre, known.request).role == "administrator"
        first = joining.words_for_centre(ward)
        done = pair.approve(first.words, known.request)
        # He has no right to register PCs: the principal investigator does it, whom he admits now.
        act = lambda: joining.confirm(ward, done.last.words, own_password=secret)  # noqa: E731
        refused(ward, act, "access.denied", PermissionDenied)
        ward.add_person("i01", "Li Na", "investigator", password("i01"), own_password=secret, principal=True)
    with Session.open(tmp_path / "five.mda5", "i01", password("i01")) as principal:
        assert joining.confirm(principal, done.last.words, own_password=password("i01")).site == "00"
        bundles.make(principal, pair.centre.device, tmp_path)


def test_definition_that_cannot_be_loaded(old_pair: Joining, tmp_path: Path) -> None:
    import zlib

    from mda5_crf.crypto import file_hash

    header, _ = parts(old_pair.invitation)
    key = SigningKey.generate()
    for source in (
        b"{}",
        b"no json",
        b'{"study.toml":"x = 9**9"}',
        study().source.replace(b"NCT04966884", b"NCT04966885"),
    ):
        hashed = file_hash(source)
        card = {**header["card"], "authority": key.public.text, "definition": hashed}
        told = {**header, "card": card, "definition": hashed, "source_len": len(source)}
        data = written(INVITATION, told, zlib.compress(source), key)
        folder_refused(data, tmp_path / "new.mda5", "joining.invite_definition")


def test_where_a_vault_is_already(old_pair: Joining, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "letter.txt").write_text("dear")
    with pytest.raises(StoreError, match="vault_exists"):
        joined(tmp_path / "x", old_pair.invitation)
    assert [one.name for one in (tmp_path / "x").iterdir()] == ["letter.txt"]


# -- asking with a vault that is there -------------------------------------------------------------------


def test_the_same_invitation_twice_is_the_same_request(old_pair: Joining) -> None:
    before = old_pair.ward.vault.journal.heads()
    assert joining.ask(old_pair.ward, old_pair.invitation).request == old_pair.request
    assert old_pair.ward.vault.journal.heads() == before


def test_an_interrupted_joining_goes_on(pair: Joining, tmp_path: Path) -> None:
    """The vault was made, and the power failed before it had asked."""
    _, data = inviting.invite(pair.centre, "06", "Ward 6", own_password=password(AT_CENTRE))
    ward = found(tmp_path / "six.mda5", "Ward 6", "06", "i01")
    assert joining.state(ward) is None
    refused(ward, lambda: joining.words_for_centre(ward), "joining.not_asked")
    known = joining.ask(ward, data)
    done = pair.approve(joining.words_for_centre(ward).words, known.request)
    joining.confirm(ward, done.last.words, own_password=password("i01"))
    with pytest.raises(InputRefused, match="joined_already"):
        joining.ask(ward, data)
    ward.vault.close()


def test_another_site_or_a_centre_does_not_answer(pair: Joining, tmp_path: Path) -> None:
    ward = found(tmp_path / "seven.mda5", "Ward 7", "07", "i01")
    refused(ward, lambda: joining.ask(ward, pair.invitation), "joining.invite_site")
    refused(pair.centre, lambda: joining.ask(pair.centre, pair.invitation), "joining.invite_site")
    ward.vault.close()


# -- confirming ------------------------------------------------------------------------------------------


@pytest.mark.requirement("P11-9")
def test_both_halves_and_then_bundles_go_both_ways(pair: Joining) -> None:
    pair.approve()
    peer = pair.confirm()
    assert (peer.name, peer.site, peer.device) == ("Coordinating Centre", "00", pair.centre.device)
    known = joining.state(pair.ward)
    assert known is not None and known.state == "joined"
    world = pair.as_world()
    pair.ward.enrol()
    assert world.send("ward.mda5", "centre.mda5").new > 0
    assert world.send("centre.mda5", "ward.mda5").confirmed == (1,)
    assert not pair.ward.verify().troubles
    assert not pair.centre.verify().troubles
    refused(pair.ward, pair.confirm, "joining.joined_already")
    refused(pair.ward, lambda: joining.words_for_centre(pair.ward), "joining.joined_already")


def test_three_wrong_tries_end_it_and_a_new_invitation_begins_anew(pair: Joining) -> None:
    false = wrong(pair.phrase.last)
    for left in (2, 1):
        error = refused(pair.ward, lambda: pair.confirm(false), "joining.words_differ", written=1)
        assert f"Tries left: {left}" in error.in_("en")
    refused(pair.ward, lambda: pair.confirm(false), "joining.words_last", written=1)
    refused(pair.ward, pair.confirm, "joining.refused")
    refused(pair.ward, lambda: joining.ask(pair.ward, pair.invitation), "joining.refused")
    # The centre withdraws the old one, and everything goes on with a new one and the same vault.
    inviting.withdraw(pair.centre, inviting.offers(pair.centre)[0].nonce)
    _, data = inviting.invite(pair.centre, SITE, NAME, own_password=password(AT_CENTRE))
    known = joining.ask(pair.ward, data)
    assert known.tries == 0 and known.waits
    done = pair.approve(joining.words_for_centre(pair.ward).words, known.request)
    pair.confirm(done.last.words)
    assert pair.centre.device in Registry.read(pair.ward).peers


def test_own_words_typed_back_are_no_try(pair: Joining) -> None:
    refused(pair.ward, lambda: pair.confirm(pair.phrase.first.words), "joining.words_own")


def test_wrong_password_confirms_nothing(pair: Joining) -> None:
    act = lambda: joining.confirm(pair.ward, pair.phrase.last.digits, own_password="wrong")  # noqa: E731
    refused(pair.ward, act, "store.password_wrong", LoginRefused)


def test_only_who_may_register_pcs_confirms(pair: Joining) -> None:
    ward = pair.ward
    ward.add_person("n07", "Zhang Wei", "data_entry", password("n07"), own_password=password("i01"))
    pair.close(WARD)
    with Session.open(pair.base / WARD, "n07", password("n07")) as nurse:
        act = lambda: joining.confirm(nurse, pair.phrase.last.words, own_password=password("n07"))  # noqa: E731
        refused(nurse, act, "access.denied", PermissionDenied)
        refused(nurse, lambda: joining.ask(nurse, pair.invitation), "access.denied", PermissionDenied)


def test_the_wards_clock_says_when_an_invitation_is_over(old_pair: Joining, tmp_path: Path) -> None:
    expires = inviting.offers(old_pair.centre)[0].expires
    for seconds, fine in ((-60, True), (60, False)):
        clock = Clock(expires + timedelta(seconds=seconds))
        if fine:
            assert joining.looked_at(old_pair.invitation, clock())[0].site == SITE
        else:
            folder_refused(old_pair.invitation, tmp_path / "x.mda5", "joining.invite_expired", clock=clock)


def test_a_joining_written_with_another_tool_registers_nobody(pair: Joining) -> None:
    """The word "joined" in the journal makes no PC believed: only a signed registration does."""
    known = joining.state(pair.ward)
    assert known is not None
    content = {"state": "joined", "nonce": known.nonce, "centre": known.centre, "name": "x"}
    pair.ward.append([Draft("joining", "", content)])
    assert Registry.read(pair.ward).peers == {}
    with pytest.raises(InputRefused):
        bundles.make(pair.ward, pair.centre.device, pair.base)


def test_a_copied_vault_does_not_join_twice(pair: Joining, tmp_path: Path) -> None:
    """The folder was copied before it joined: the copy is the same PC and changes nothing for the centre."""
    pair.ward.vault.close()
    pair.open.pop(WARD)
    shutil.copytree(pair.base / WARD, tmp_path / "copy.mda5")
    pair.approve()
    error = refused(pair.centre, pair.approve, "joining.request_approved")
    assert NAME in error.in_("zh")


def test_now_is_later_than_made(old_pair: Joining) -> None:
    offer = inviting.offers(old_pair.centre)[0]
    assert not offer.expired and offer.open
    assert not replace(offer, expired=True).open
    assert offer.made < datetime.now(UTC) < offer.expires
