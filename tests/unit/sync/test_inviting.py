"""The centre's side of a joining: who may invite and approve, what the files are, how words are heard."""

from __future__ import annotations

import zlib
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.crypto import SigningKey, canon, join_phrase, word_list
from mda5_crf.errors import InputRefused, LoginRefused, PermissionDenied
from mda5_crf.services.session import Session
from mda5_crf.study.source import LARGEST_SOURCE
from mda5_crf.sync import devices, inviting, joinfiles
from mda5_crf.sync.joinfiles import INVITATION, REQUEST, read_invitation, read_request
from mda5_crf.sync.names import looks, require_name
from mda5_crf.sync.phrase import Half, heard
from mda5_crf.sync.registry import Registry
from tests.unit.sync.joinkit import (
    AT_CENTRE,
    NAME,
    SECOND,
    SITE,
    Joining,
    old_pair,
    pair,
    parts,
    refused,
    written,
    wrong,
)
from tests.unit.sync.synckit import old_world, study
from tests.vaults import enter, password

__all__ = ["old_pair", "old_world", "pair"]


def invited(session: Session, site: str = "04", name: str = "Ward 9", **more: object) -> object:
    said = more if "own_password" in more else {"own_password": password(session.person.login)} | more
    return inviting.invite(session, site, name, **said)  # type: ignore[arg-type]


# -- making an invitation --------------------------------------------------------------------------------


@pytest.mark.requirement("P11-9")
def test_an_invitation_says_what_it_must_and_no_secret(old_pair: Joining) -> None:
    found = read_invitation(old_pair.invitation)
    assert (found.site, found.name, found.card.site) == (SITE, NAME, "00")
    assert (found.definition, found.source) == (study().hash, study().source)
    assert len(bytes.fromhex(found.nonce)) == 16
    offer = inviting.offers(old_pair.centre)[0]
    assert (offer.state, offer.site, offer.sha256) == ("made", SITE, found.sha256)
    assert (offer.expires - offer.made).days == 14
    keys = old_pair.centre.vault.device_keys
    for secret in (keys.sign.seed, keys.box.text.encode()):
        assert secret not in old_pair.invitation


def test_a_request_is_readable_for_the_centre_alone(old_pair: Joining) -> None:
    for told in (NAME, "Li Na", old_pair.ward.vault.meta.vault):
        assert told.encode() not in old_pair.request
    asked = inviting.look(old_pair.centre, old_pair.request)
    assert (asked.name, asked.site, asked.founder, asked.login) == (NAME, SITE, "Li Na", "i01")
    assert (asked.role, asked.device) == ("investigator", old_pair.ward.device)


@pytest.mark.parametrize("site", ["00", "3", "003", "xx", "", "０３"])
def test_no_site_of_a_ward(old_pair: Joining, site: str) -> None:
    refused(old_pair.centre, lambda: invited(old_pair.centre, site), "joining.site_form")


@pytest.mark.parametrize(
    "name, code",
    [("", "name_form"), ("  ", "name_form"), ("x" * 81, "name_form"), ("Ward\u202e3", "name_form"),
     ("Ward\u200b3", "name_form"), ("Ward\u00a03", "name_form"), ("Wаrd 3", "name_mixed"),
     ("Coordinating Centre", "name_taken"), ("coordinating  centre", "name_taken"),
     ("C0ordinating Centre", "name_taken"), (NAME, "name_taken"), ("ＷＡＲＤ 3 EAST", "name_taken")],
)  # fmt: skip
def test_name_confusable_or_with_bidi_marks(old_pair: Joining, name: str, code: str) -> None:
    refused(old_pair.centre, lambda: invited(old_pair.centre, name=name), f"joining.{code}")


def test_names_that_differ_may_stand_beside_each_other() -> None:
    for one, other in (("Ward 3", "Ward 33"), ("三病房", "二病房"), ("Ward 3 east", "Ward 3 west")):
        assert require_name(other, [one]) == other
    assert require_name("  Ward 3 ") == "Ward 3"
    assert looks("Сеntrе") == looks("Centre") == looks("CENTRE ")


def test_only_a_centre_invites(old_pair: Joining) -> None:
    refused(old_pair.ward, lambda: invited(old_pair.ward), "access.denied", PermissionDenied)


def test_without_the_authoritys_key_it_says_who_has_it(pair: Joining) -> None:
    name, role, secret = "Sun Li", "data_manager", "copper-violin-31-harvest"
    pair.centre.add_person("g04", name, role, secret, own_password=password(AT_CENTRE))
    pair.close("centre.mda5")
    with Session.open(pair.base / "centre.mda5", "g04", secret) as other:
        error = refused(
            other, lambda: invited(other, own_password=secret), "joining.no_authority", PermissionDenied
        )
        assert "Wang Fang (d02)" in error.in_("en")
        assert "Sun Li" not in error.in_("zh")
        # The holder comes to the keyboard as the second one.
        invited(other, own_password=secret, second=(AT_CENTRE, password(AT_CENTRE)))
        assert inviting.offers(other)[0].name == "Ward 9"


def test_wrong_password_makes_no_invitation(old_pair: Joining) -> None:
    refused(
        old_pair.centre, lambda: invited(old_pair.centre, own_password="not this one"),
        "store.password_wrong", LoginRefused,
    )  # fmt: skip


def test_a_file_that_cannot_be_written_leaves_no_invitation(old_pair: Joining) -> None:
    def write(_: bytes) -> None:
        raise InputRefused("cli.output_is_folder", file="x")

    refused(old_pair.centre, lambda: invited(old_pair.centre, write=write), "cli.output_is_folder")


def test_withdrawn_is_withdrawn(pair: Joining) -> None:
    offer = inviting.offers(pair.centre)[0]
    for word in ("", "zz"):
        refused(pair.centre, partial(inviting.withdraw, pair.centre, word), "joining.offer_unknown")
    assert inviting.withdraw(pair.centre, offer.nonce[:8]).state == "withdrawn"
    refused(pair.centre, lambda: inviting.withdraw(pair.centre, offer.nonce), "joining.offer_over")
    refused(pair.centre, pair.approve, "joining.invite_withdrawn")


# -- approving -------------------------------------------------------------------------------------------


@pytest.mark.requirement("P11-9")
def test_the_right_words_register_the_pc_by_two_persons(pair: Joining) -> None:
    done = pair.approve()
    assert done.last == pair.phrase.last
    peer = Registry.read(pair.centre).approved(pair.ward.device)
    assert (peer.name, peer.site) == (NAME, SITE)
    (record,) = pair.centre.vault.journal.records(kinds=("peer",))
    people = {person.login: person.id for person in pair.centre.people()}
    assert record.person == people[AT_CENTRE]
    assert record.data["second"]["person"] == people["a03"]
    (offer,) = inviting.offers(pair.centre)
    assert (offer.state, offer.device) == ("used", pair.ward.device)
    assert not pair.centre.verify().troubles
    assert inviting.words_for_ward(pair.centre, pair.request) == done.last


@pytest.mark.requirement("P11-9")
def test_one_person_alone_approves_nothing(pair: Joining) -> None:
    centre = pair.centre
    error = refused(centre, lambda: pair.approve(second=None), "joining.second_needed")
    assert "Chen Jie (a03)" in error.in_("en")
    own = (AT_CENTRE, password(AT_CENTRE))
    refused(centre, lambda: pair.approve(second=own), "store.second_same")
    refused(centre, lambda: pair.approve(second=("a03", "wrong")), "store.login_refused", LoginRefused)
    assert pair.ward.device not in Registry.read(centre).peers


def test_a_second_person_without_that_right(pair: Joining) -> None:
    secret = "copper-violin-31-harvest"
    pair.centre.add_person("m05", "Zhao Min", "monitor", secret, own_password=password(AT_CENTRE))
    refused(pair.centre, lambda: pair.approve(second=("m05", secret)), "joining.pair", PermissionDenied)


def test_an_administrator_approves_with_a_data_manager(pair: Joining) -> None:
    """The matrix has both; which of them sits at the keyboard does not matter."""
    pair.approve(name="Ward 3 by the lift")
    assert Registry.read(pair.centre).name_of(pair.ward.device) == "Ward 3 by the lift"
    row = next(iter(pair.centre.vault.journal.records(kinds=("peer",))))
    assert row.data["name"] == NAME and row.data["label"] == "Ward 3 by the lift"


def test_a_peer_record_whose_second_signature_was_put_there_later_is_not_believed(pair: Joining) -> None:
    from mda5_crf.db.records import Draft

    pair.approve()
    (record,) = pair.centre.vault.journal.records(kinds=("peer",))
    second = {**record.data["second"], "sig": "A" * 86 + "=="}
    for false in ({**record.data, "second": second}, {**record.data, "second": "a03"}):
        pair.centre.append([Draft("peer", "", false)])
        assert pair.ward.device not in Registry.read(pair.centre).peers


def test_three_wrong_tries_end_the_invitation(pair: Joining) -> None:
    false = wrong(pair.phrase.first)
    error = refused(pair.centre, lambda: pair.approve(false), "joining.words_differ", written=1)
    assert "Tries left: 2" in error.in_("en")
    refused(pair.centre, lambda: pair.approve(false), "joining.words_differ", written=1)
    refused(pair.centre, lambda: pair.approve(false), "joining.words_last", written=1)
    refused(pair.centre, pair.approve, "joining.request_refused")
    assert inviting.offers(pair.centre)[0].state == "refused"
    assert pair.ward.device not in Registry.read(pair.centre).peers


def test_a_slip_of_the_hand_is_no_try(pair: Joining) -> None:
    first = pair.phrase.first.words
    refused(pair.centre, lambda: pair.approve(first.rsplit(" ", 1)[0]), "joining.word_count")
    refused(pair.centre, lambda: pair.approve(f"9999 {first.split(maxsplit=1)[1]}"), "joining.word_unknown")
    pair.approve(first.upper())


def test_a_name_in_use_is_told_apart_when_approving(pair: Joining) -> None:
    refused(pair.centre, lambda: pair.approve(name="Coordinating Centre"), "joining.name_taken")


# -- words -----------------------------------------------------------------------------------------------


@pytest.mark.derives
def test_the_phrase_is_what_it_was() -> None:
    """A value computed once: both sides of a joining may have different versions of the program."""
    assert join_phrase("ab" * 32, "cd" * 32) == PHRASE
    assert join_phrase("cd" * 32, "ab" * 32) != PHRASE


PHRASE = (974, 721, 985, 151, 89, 165, 934, 850)


@given(st.lists(st.integers(0, 1023), min_size=4, max_size=4), st.randoms(use_true_random=False))
def test_words_are_heard_in_every_spelling(numbers: list[int], rng: object) -> None:
    half = Half(tuple(numbers))
    words = half.words
    wide = "".join(chr(ord(c) + 0xFEE0) if c != " " else "\u3000" for c in half.digits)
    for said in (
        words, words.upper(), words.replace(" ", ", "), f"  {words}。", half.digits, wide,
        half.digits.replace(" ", ""), half.digits.replace(" ", "、"),
        " ".join(str(n) for n in numbers), " ".join(word[:4] for word in words.split()),
        " ".join(f"{n:04}" if n % 2 else word_list()[n].title() for n in numbers),
    ):  # fmt: skip
        assert heard(said) == half, said


@pytest.mark.parametrize(
    "said, code",
    [("", "word_count"), ("academic", "word_count"), ("academic " * 5, "word_count"),
     ("aca acid acne acquire", "word_unknown_near"), ("1024 0000 0000 0000", "word_unknown"),
     ("00000 0 0 0", "word_unknown"), ("\u0660\u0661 acid acne acquire", "word_count"),
     ("acad3mic 1 2 3", "word_unknown_near"),
     ("academik acid acne acquire", "word_unknown_near")],
)  # fmt: skip
def test_what_is_no_four_words(said: str, code: str) -> None:
    with pytest.raises(InputRefused) as caught:
        heard(said)
    assert caught.value.code == f"joining.{code}"


# -- hostile files ---------------------------------------------------------------------------------------


def reading(pair: Joining, data: bytes) -> str:
    """The code of the refusal of a request, or "" when it is read."""
    keys = pair.centre.vault.device_keys
    try:
        read_request(data, pair.centre.device, keys.box)
    except InputRefused as error:
        return error.code
    return ""


@pytest.mark.parametrize("which", ["invitation", "request"])
def test_files_cut_flipped_and_longer(old_pair: Joining, which: str) -> None:
    data = getattr(old_pair, which)
    bad = [data[:n] for n in (0, 5, 13, 14, 200, len(data) - 1)] + [data + b"x", b"x" + data, bytes(500)]
    for place in (*range(0, 900, 7), len(data) - 3):
        bad.append(data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :])
    for one in bad:
        if which == "request":
            assert reading(old_pair, one)
        else:
            with pytest.raises(InputRefused):
                read_invitation(one)


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_refused_in_words(data: bytes) -> None:
    for whole in (data, INVITATION.magic + data, INVITATION.magic + b"\0\1" + data):
        with pytest.raises(InputRefused) as caught:
            read_invitation(whole)
        assert caught.value.code in ("joining.invite_unreadable", "joining.file_newer")


def test_a_newer_version_is_said_to_be_one(old_pair: Joining) -> None:
    header, body = parts(old_pair.invitation)
    key = SigningKey.generate()
    for data in (
        written(INVITATION, header, body, key, version=2),
        written(INVITATION, {**header, "reader": 2}, body, key),
    ):  # fmt: skip
        with pytest.raises(InputRefused, match="file_newer"):
            read_invitation(data)
    header, body = parts(old_pair.request)
    assert reading(old_pair, written(REQUEST, {**header, "reader": 2}, body, key)) == "joining.file_newer"


@pytest.mark.parametrize(
    "change",
    [{"extra": 1}, {"site": "0x"}, {"nonce": "xyz"}, {"name": "a\u202eb"}, {"made": "yesterday"},
     {"expires": 5}, {"card": {}}, {"card": "x"}, {"study": ""}, {"definition": "ab"}, {"source_len": 0},
     {"source_len": LARGEST_SOURCE + 1}, {"source_len": True}, {"version": "x" * 500}, {"study": "OTHER"},
     {"definition": "ab" * 32}],
    ids=str,
)  # fmt: skip
def test_an_invitation_out_of_shape(old_pair: Joining, change: dict[str, object]) -> None:
    header, body = parts(old_pair.invitation)
    key = SigningKey.generate()
    header["card"] = {**header["card"], "authority": key.public.text}
    read_invitation(written(INVITATION, header, body, key))  # what is changed is all that is wrong
    with pytest.raises(InputRefused):
        read_invitation(written(INVITATION, {**header, **change}, body, key))


@pytest.mark.parametrize("lied", [0, 1, -1])
def test_a_bomb_in_an_invitation(old_pair: Joining, lied: int) -> None:
    """What unpacks to more than it says, or to more than any definition has, is never held."""
    header, _ = parts(old_pair.invitation)
    key = SigningKey.generate()
    header["card"] = {**header["card"], "authority": key.public.text}
    bomb = zlib.compress(bytes(LARGEST_SOURCE + 1 + lied), 9)
    assert len(bomb) < 20_000
    for told in (1000, LARGEST_SOURCE):
        with pytest.raises(InputRefused):
            read_invitation(written(INVITATION, {**header, "source_len": told}, bomb, key))


@pytest.mark.parametrize(
    "change", [{"extra": 1}, {"from": "../x"}, {"to": "x"}, {"made": ""}, {"sign": ""}, {"study": "OTHER"}],
    ids=str,
)  # fmt: skip
def test_a_request_out_of_shape(old_pair: Joining, change: dict[str, object]) -> None:
    header, body = parts(old_pair.request)
    assert reading(
        old_pair, written(REQUEST, {**header, **change}, body, old_pair.ward.vault.device_keys.sign)
    )


def test_what_is_inside_a_request(old_pair: Joining) -> None:
    header, body = parts(old_pair.request)
    ward, centre = old_pair.ward.vault.device_keys, old_pair.centre.vault.device_keys
    inside = centre.box.decrypt(body)
    assert not reading(old_pair, written(REQUEST, header, centre.box.public.encrypt(inside), ward.sign))
    from mda5_crf.crypto import parse_canon

    said = parse_canon(inside)
    bad: list[bytes] = [b"", b"[]", b"{}", inside + b" ", b"\xff", canon({**said, "extra": 1})]
    changes = {"nonce": "x", "invitation": "x", "role": 1, "founder": {}, "card": []}
    bad += [canon({**said, name: value}) for name, value in changes.items()]
    for one in bad:
        data = written(REQUEST, header, centre.box.public.encrypt(one), ward.sign)
        assert reading(old_pair, data) in ("joining.request_unreadable", "joining.request_locked"), one[:40]
    # A name under it that is not the PC's inside.
    other = SigningKey.generate()
    data = written(REQUEST, {**header, "sign": other.public.text}, body, other)
    assert reading(old_pair, data) == "joining.request_altered"
    # For somebody else.
    data = written(REQUEST, header, ward.box.public.encrypt(inside), ward.sign)
    assert reading(old_pair, data) == "joining.request_locked"
    assert reading(old_pair, written(REQUEST, {**header, "to": "ab" * 8}, body, ward.sign)) == (
        "joining.request_elsewhere"
    )


def test_too_large_files(old_pair: Joining) -> None:
    with pytest.raises(InputRefused, match="invite_unreadable"):
        read_invitation(old_pair.invitation + bytes(joinfiles.MAX_INVITATION))
    assert reading(old_pair, old_pair.request + bytes(joinfiles.MAX_REQUEST)) == "joining.request_unreadable"


# -- names that are given here ---------------------------------------------------------------------------


def test_renamed_is_shown_everywhere_and_nothing_else_changes(pair: Joining) -> None:
    pair.approve()
    device, secret = pair.ward.device, password(AT_CENTRE)
    before = Registry.read(pair.centre).peers[device]
    peer = devices.rename(pair.centre, device, "三病房", own_password=secret)
    assert (peer.name, peer.fingerprint, peer.card) == ("三病房", before.fingerprint, before.card)
    assert Registry.read(pair.centre).name_of(device) == "三病房"
    assert devices.rename(pair.centre, device, "三病房", own_password="") == peer
    for name, code in (("a\u202eb", "name_form"), ("", "name_form"), ("Coordinatlng Centre", "name_taken")):
        act = lambda n=name: devices.rename(pair.centre, device, n, own_password=secret)  # noqa: E731
        refused(pair.centre, act, f"joining.{code}")
    assert SECOND[0] == "a03"


def test_only_known_pcs_are_renamed(old_pair: Joining) -> None:
    act = lambda: devices.rename(old_pair.centre, "ab" * 8, "x", own_password="x")  # noqa: E731
    refused(old_pair.centre, act, "sync.peer_unknown")


def test_the_vault_of_an_invitation_is_no_path(pair: Joining, tmp_path: Path) -> None:
    """A received name never becomes a place."""
    _, data = inviting.invite(pair.centre, "04", "../../etc/Ward", own_password=password(AT_CENTRE))
    from tests.unit.sync.joinkit import joined

    place = tmp_path / "in" / "here.mda5"
    joined(place, data).vault.close()
    assert {one.name for one in tmp_path.iterdir()} == {"in", "centre.mda5"}
    assert [one.name for one in place.parent.iterdir()] == ["here.mda5"]
    enter(place, "i01").close()
