"""Attacks on the joining of a PC and on the list of the revoked ones: nobody gets in, nothing leaves."""

from __future__ import annotations

import base64
import shutil
import time
import zlib
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from mda5_crf.crypto import SigningKey, file_hash, parse_canon
from mda5_crf.crypto.signing import SMALL_ORDER
from mda5_crf.errors import BundleError, InputRefused
from mda5_crf.services import loginclash
from mda5_crf.services.session import Session
from mda5_crf.study.source import pack
from mda5_crf.sync import bundles, inviting, joinfiles, joining, revocation
from mda5_crf.sync.joinfiles import INVITATION, REQUEST, read_invitation
from mda5_crf.sync.phrase import phrase_of
from mda5_crf.sync.registry import Registry
from tests.faults import counts
from tests.once import one_salt_each
from tests.unit.sync.forging import Line, forged, put
from tests.unit.sync.joinkit import (
    AT_CENTRE,
    NAME,
    SECOND,
    SITE,
    WARD,
    Joining,
    joined,
    old_pair,
    pair,
    parts,
    refused,
    written,
)
from tests.unit.sync.synckit import (
    A,
    B,
    C,
    World,
    data_of,
    enter_value,
    everything_of,
    found,
    item,
    study,
    world,
)
from tests.vaults import PEOPLE, enter, password
from tests.wards import Clock

__all__ = ["old_pair", "pair", "world"]


# -- the invitation --------------------------------------------------------------------------------------


@pytest.mark.requirement("P11-9", "P11-11")
@pytest.mark.alteration
def test_invitation_swapped(pair: Joining, tmp_path: Path) -> None:
    """Somebody between the two plays the centre to the ward and the ward to the centre."""
    impostor = found(tmp_path / "false.mda5", "Coordinating Centre", "00", AT_CENTRE)
    _, false = inviting.invite(impostor, SITE, NAME, own_password=password(AT_CENTRE))
    ward = joined(tmp_path / "ward.mda5", false)
    known = joining.state(ward)
    assert known is not None
    # To the centre he sends a request of his own under the real invitation.
    own = joined(tmp_path / "own.mda5", pair.invitation)
    sent = joining.state(own)
    assert sent is not None
    real = phrase_of(file_hash(pair.invitation), file_hash(sent.request))
    assert joining.words_for_centre(ward) != real.first
    # The ward reads what it sees: the centre's words do not fit, so the impostor is not registered.
    said = joining.words_for_centre(ward).words
    refused(pair.centre, lambda: pair.approve(said, sent.request), "joining.words_differ", written=1)
    assert not Registry.read(pair.centre).peers
    # He may approve it himself: the four words that the real centre would read are none of his.
    impostor.add_person("a03", *PEOPLE["a03"][:2], PEOPLE["a03"][2], own_password=password(AT_CENTRE))
    inviting.approve(impostor, known.request, said, own_password=password(AT_CENTRE), second=SECOND)
    act = lambda: joining.confirm(ward, real.last.words, own_password=password("i01"))  # noqa: E731
    refused(ward, act, "joining.words_differ", written=1)
    with pytest.raises(InputRefused, match="not_yet"):
        bundles.make(ward, impostor.device, tmp_path)
    assert not list(tmp_path.glob("*.mda5b"))
    for session in (impostor, ward, own):
        session.vault.close()


@pytest.mark.requirement("P11-9")
@pytest.mark.alteration
def test_bundle_before_both_halves(pair: Joining) -> None:
    """Nothing leaves the ward, and nothing is taken, before the second half was typed too."""
    pair.ward.enrol()
    with pytest.raises(InputRefused) as caught:
        bundles.make(pair.ward, pair.centre.device, pair.base)
    assert caught.value.code == "joining.not_yet"
    assert "Coordinating Centre" in caught.value.in_("zh")
    with pytest.raises(InputRefused):
        bundles.make(pair.centre, pair.ward.device, pair.base)
    pair.approve()  # one half
    with pytest.raises(InputRefused, match="not_yet"):
        bundles.make(pair.ward, pair.centre.device, pair.base)
    early = bundles.make(pair.centre, pair.ward.device, pair.base)
    before = everything_of(pair.ward)
    with pytest.raises(BundleError, match="sender_not_yet"):
        bundles.take(pair.ward, early)
    assert everything_of(pair.ward) == before
    assert not [one for one in pair.base.glob("*.mda5b") if one != early]
    pair.confirm()
    bundles.take(pair.ward, early)


@pytest.mark.alteration
def test_invitation_expired(pair: Joining, tmp_path: Path) -> None:
    """Neither answered nor approved after 14 days, whatever the file says of itself."""
    over = inviting.offers(pair.centre)[0].expires + timedelta(minutes=1)
    with pytest.raises(InputRefused, match="invite_expired"):
        joined(tmp_path / "late.mda5", pair.invitation, clock=Clock(over))
    assert not (tmp_path / "late.mda5").exists()
    pair.close("centre.mda5")
    pair.clock = Clock(over)
    refused(pair.centre, pair.approve, "joining.invite_expired")
    # Made longer by hand: the authority did not sign that.
    header, body = parts(pair.invitation)
    header["expires"] = "2099-01-01T00:00:00.000Z"
    false = written(INVITATION, header, body, SigningKey.generate())
    with pytest.raises(InputRefused, match="invite_altered"):
        read_invitation(false)


@pytest.mark.alteration
def test_invitation_used_twice(pair: Joining, tmp_path: Path) -> None:
    """A second PC with the same invitation gets nowhere, before and after the first one joined."""
    other = joined(tmp_path / "other.mda5", pair.invitation)
    known = joining.state(other)
    assert known is not None
    pair.approve()
    said = joining.words_for_centre(other).words
    error = refused(pair.centre, lambda: pair.approve(said, known.request), "joining.invite_used")
    assert NAME in error.in_("en")
    assert set(Registry.read(pair.centre).peers) == {pair.ward.device}
    other.vault.close()


@pytest.mark.alteration
def test_request_replayed(pair: Joining) -> None:
    """The same file again brings no PC back that was revoked since."""
    pair.approve()
    refused(pair.centre, pair.approve, "joining.request_approved")
    revocation.revoke(
        pair.centre, pair.ward.device, "stolen", own_password=password(AT_CENTRE), second=SECOND
    )
    refused(pair.centre, pair.approve, "joining.request_approved")
    with pytest.raises(InputRefused, match="peer_revoked"):
        inviting.words_for_ward(pair.centre, pair.request)
    assert not Registry.read(pair.centre).accepts(pair.ward.device)


@pytest.mark.alteration
def test_request_replayed_at_another_centre(pair: Joining, tmp_path: Path) -> None:
    other = found(tmp_path / "other.mda5", "Other Centre", "00", AT_CENTRE)
    refused(other, lambda: inviting.look(other, pair.request), "joining.request_elsewhere")
    other.vault.close()


@pytest.mark.alteration
def test_request_under_a_nonce_that_was_never_given_out(pair: Joining) -> None:
    """Made with the centre's public card alone, which is no secret."""
    header, body = parts(pair.request)
    keys, box = pair.ward.vault.device_keys, pair.centre.vault.device_keys.box
    inside = parse_canon(box.decrypt(body))
    from mda5_crf.crypto import canon

    for change in ({"nonce": "ab" * 16}, {"invitation": "cd" * 32}):
        data = written(REQUEST, header, box.public.encrypt(canon({**inside, **change})), keys.sign)
        refused(pair.centre, partial(inviting.look, pair.centre, data), "joining.request_uninvited")


@pytest.mark.alteration
def test_request_from_another_site_or_founder(pair: Joining) -> None:
    """The card of another site, and a first person whom the vault's own authority did not certify."""
    from dataclasses import replace

    from mda5_crf.crypto import canon
    from mda5_crf.sync.devices import own_card

    header, body = parts(pair.request)
    keys, box = pair.ward.vault.device_keys, pair.centre.vault.device_keys.box
    inside = parse_canon(box.decrypt(body))
    own = own_card(pair.ward)
    certificate = pair.ward.vault.certificate
    by_other = certificate.signed("authority", SigningKey.generate()).as_json()
    named = {**certificate.as_json(), "certificate": {**certificate.body(), "name": "Wang Fang"}}
    for change, code in (
        ({"card": replace(own, site="04").body()}, "request_site"),
        ({"card": replace(own, authority=SigningKey.generate().public).body()}, "request_founder"),
        ({"founder": by_other}, "request_founder"),
        ({"founder": named}, "request_founder"),
        ({"role": "administrator"}, "request_founder"),
        ({"founder": pair.centre.vault.certificate.as_json()}, "request_founder"),
    ):
        data = written(REQUEST, header, box.public.encrypt(canon({**inside, **change})), keys.sign)
        refused(pair.centre, partial(inviting.look, pair.centre, data), f"joining.{code}")


@pytest.mark.alteration
def test_small_order_keys_in_an_invitation_or_request(old_pair: Joining) -> None:
    """Under such keys one fixed "signature" fits many messages; such a box panics where it is used."""
    points = [base64.b64encode(point).decode() for point in sorted(SMALL_ORDER)]
    low, key = "age1" + "q" * 58, SigningKey.generate()
    tried = refusals = 0
    header, body = parts(old_pair.invitation)
    for field, value in [*(("sign", p) for p in points), *(("authority", p) for p in points), ("box", low)]:
        card = {**header["card"], field: value}
        tried += 1
        try:
            read_invitation(written(INVITATION, {**header, "card": card}, body, key))
        except InputRefused as error:
            refusals += error.code == "sync.card_keys"
    header, body = parts(old_pair.request)
    for point in points:
        tried += 1
        try:
            data = written(REQUEST, {**header, "sign": point}, body, key)
            joinfiles.read_request(data, old_pair.centre.device, old_pair.centre.vault.device_keys.box)
        except InputRefused as error:
            refusals += error.code == "sync.card_keys"
    counts.alterations("small_order_keys when joining", tried=tried, found=refusals)
    assert tried == refusals == 43


@pytest.mark.alteration
def test_joining_bit_flip_everywhere(old_pair: Joining) -> None:
    """Every byte of the request, and of the invitation before its definition, and some in it."""
    tried = found_ = 0
    for data, read in (
        (old_pair.request, lambda d: inviting.look(old_pair.centre, d)),
        (old_pair.invitation, read_invitation),
    ):
        for place in (*range(0, min(len(data), 1600), 3), *range(1600, len(data), 9001)):
            tried += 1
            try:
                read(data[:place] + bytes([data[place] ^ 1 << place % 8]) + data[place + 1 :])
            except InputRefused:
                found_ += 1
    counts.alterations("bit_flip in the files of a joining", tried=tried, found=found_)
    assert tried == found_ > 900


@pytest.mark.alteration
@pytest.mark.parametrize(
    "text",
    ["a." * 100_000 + "b=1", "[" + "a." * 100_000 + "b]", '"a b" . ' * 50_000 + "b=1", "a=" + "9" * 100_000,
     "a=[" + "{b=1}," * 100_000 + "]", "a=" + "[" * 100_000, "a=1\n" * 200_000],
    ids=["keys", "header", "quoted", "digits", "tables", "brackets", "lines"],
)  # fmt: skip
def test_definition_made_to_be_costly_in_an_invitation(old_pair: Joining, tmp_path: Path, text: str) -> None:
    """Anybody may send an invitation: what would fill the memory, or raise the unexpected, is refused."""
    header, _ = parts(old_pair.invitation)
    source, key = pack({"study.toml": text}), SigningKey.generate()
    told = {"definition": file_hash(source), "source_len": len(source)}
    card = {**header["card"], "authority": key.public.text, "definition": told["definition"]}
    data = written(INVITATION, {**header, **told, "card": card}, zlib.compress(source), key)
    began = time.process_time()
    with pytest.raises(InputRefused, match="invite_definition"):
        joined(tmp_path / "x.mda5", data)
    assert time.process_time() - began < 2
    assert not (tmp_path / "x.mda5").exists()


# -- names -----------------------------------------------------------------------------------------------


@pytest.mark.requirement("P11-17")
@pytest.mark.alteration
def test_same_login_on_two_pcs(world: World) -> None:
    """Both persons are kept, the clash is named, and the principal investigator ends one of the two."""
    secret = PEOPLE["n07"][2]
    with one_salt_each():
        world[A].add_person("n07", "Zhang Wei", "data_entry", secret, own_password=password("i01"))
        world[B].add_person("n07", "Zhao Yun", "data_entry", secret, own_password=password("i01"))
    assert not loginclash.standing(world[A])
    report = world.send(A, B)
    (said,) = [line for line in report.lines() if "n07" in line.en]
    assert "Zhang Wei" in said.zh and "Zhao Yun" in said.zh
    assert not any("n07" in line.en for line in world.send(A, B).lines())  # once
    mine = next(one for one in world[B].people() if one.name == "Zhao Yun")
    both = [one.id for one in world[B].people() if one.login == "n07"]
    assert len(both) == 2 and not report.aside
    # The own one is meant, whichever has the smaller id.
    world[B].disable_person("n07", own_password=password("i01"), reason="another log-in")
    assert mine.id in world[B].vault.register().disabled
    assert not loginclash.standing(world[B])
    with one_salt_each():
        world[B].add_person("n08", "Zhao Yun", "data_entry", secret, own_password=password("i01"))
    assert not world[B].verify().troubles


# -- the list of revocations -----------------------------------------------------------------------------


@pytest.fixture
def revoking(world: World) -> World:
    name, role, secret = PEOPLE["a03"]
    with one_salt_each():
        world[C].add_person("a03", name, role, secret, own_password=password("d02"))
    return world


def revoked(world: World, pc: str) -> None:
    device = world[pc].device
    revocation.revoke(world[C], device, "stolen", own_password=password("d02"), second=SECOND)


@pytest.mark.requirement("P11-9")
@pytest.mark.alteration
def test_old_revocation_list(revoking: World) -> None:
    """A bundle with a list from before gives the revoked PC nothing back, nor does one without any."""
    world = revoking
    without = world.make(C, B)
    revoked(world, A)
    first = world.make(C, B)
    revocation.reinstate(world[C], world[A].device, "found", own_password=password("d02"), second=SECOND)
    revoked(world, A)
    world.send(C, B)
    assert revocation.heard(world[B]).number == 3
    for old in (first, without):
        bundles.take(world[B], old)
        assert revocation.heard(world[B]).number == 3
        assert not Registry.read(world[B]).peers[world[A].device].approved
    older = revocation.newest(world[B])
    assert older is not None

    def replay(lines: list[Line]) -> list[Line]:
        old_one = next(iter(world[C].vault.journal.records(kinds=("revocation",)))).data
        lines[0]["manifest"]["revocations"] = {"list": old_one["list"], "sig": old_one["sig"]}
        return lines

    bundles.take(world[B], put(world.stick, forged(world[C], world[B], replay)))
    assert revocation.newest(world[B]) == older


@pytest.mark.requirement("P11-9")
@pytest.mark.alteration
def test_revocation_list_forged(revoking: World) -> None:
    """A registered sender cannot make the list say something else."""
    world = revoking
    revoked(world, A)

    def empty(lines: list[Line]) -> list[Line]:
        told = lines[0]["manifest"]["revocations"]
        told["list"] = {**told["list"], "entries": [], "number": 99}
        return lines

    file = put(world.stick, forged(world[C], world[B], empty))
    assert world.refused(B, file).code == "joining.list_forged"
    assert revocation.heard(world[B]).number == 0


@pytest.mark.requirement("P11-9", "PIPL-7")
@pytest.mark.alteration
def test_revoked_pc_brings_the_list_itself(revoking: World) -> None:
    """Its own bundle carries the newest list it knows; where that names it, it is refused by it."""
    world = revoking
    revoked(world, A)
    told = revocation.newest(world[C])

    def with_list(lines: list[Line]) -> list[Line]:
        lines[0]["manifest"]["revocations"] = told
        return lines

    file = put(world.stick, forged(world[A], world[B], with_list))
    assert world.refused(B, file).code == "joining.sender_revoked"


@pytest.mark.requirement("P11-9")
@pytest.mark.alteration
def test_unknown_sender_while_joining(pair: Joining, tmp_path: Path) -> None:
    """A PC that was approved by nobody sends: the centre says what it does not know."""
    stranger = joined(tmp_path / "s.mda5", pair.invitation)
    from mda5_crf.sync.devices import add_card, card

    add_card(stranger, card(pair.centre), own_password=password("i01"))  # he skips his half
    file = bundles.make(stranger, pair.centre.device, tmp_path)
    with pytest.raises(BundleError) as caught:
        bundles.take(pair.centre, file)
    assert caught.value.code == "sync.sender_unknown"
    stranger.vault.close()


@pytest.mark.alteration
def test_impersonated_device_id_when_joining(pair: Joining, tmp_path: Path) -> None:
    """A request under the id of a PC that is known already changes nothing of that PC."""
    pair.approve()
    _, data = inviting.invite(pair.centre, SITE, "Ward 3 west", own_password=password(AT_CENTRE))
    assert pair.ward.device  # makes the copy
    pair.close(WARD)
    shutil.copytree(pair.base / WARD, tmp_path / "copy.mda5")
    with Session(enter(tmp_path / "copy.mda5", "i01"), study()) as copy:
        known = joining.ask(copy, data)
        said = joining.words_for_centre(copy).words
    before = Registry.read(pair.centre).peers
    refused(pair.centre, lambda: pair.approve(said, known.request), "joining.request_known")
    assert Registry.read(pair.centre).peers == before


@pytest.mark.fault
def test_values_of_before_stay_after_a_revocation(revoking: World) -> None:
    """What it wrote while it was believed is nobody's loss."""
    world = revoking
    subject = world[A].enrol().identity
    enter_value(world[A], item(subject), "118")
    world.send(A, C)
    before = data_of(world[C])
    revoked(world, A)
    world.send(C, B)
    assert data_of(world[C]) == before and before["item_data"]
