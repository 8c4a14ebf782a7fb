"""The list of PCs that are believed no longer: who makes it, how it travels, what it does where it comes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mda5_crf.crypto import SigningKey, base64_text, canon
from mda5_crf.db.records import Draft
from mda5_crf.errors import BundleError, InputRefused, PermissionDenied
from mda5_crf.services.session import Session
from mda5_crf.sync import bundles, devices, revocation
from mda5_crf.sync.registry import Registry
from mda5_crf.sync.revoked import MAX_LIST, Cut, ListRefused, RevocationList, read_list
from tests.once import one_salt_each
from tests.unit.sync.joinkit import SECOND, refused
from tests.unit.sync.synckit import (
    MONITOR,
    A,
    B,
    C,
    World,
    X,
    data_of,
    enter_value,
    item,
    rebuilt_alike,
    shown,
    study,
    value,
    world,
)
from tests.vaults import PEOPLE, enter, password
from tests.wards import Clock

__all__ = ["world"]


@pytest.fixture
def study_world(world: World) -> World:
    """All PCs, and a second person at the centre."""
    name, role, secret = PEOPLE["a03"]
    with one_salt_each():
        world[C].add_person("a03", name, role, secret, own_password=password("d02"))
    return world


def acquainted(world: World) -> None:
    """B and the centre have each other's chains, so each carries what the other believes."""
    world.send(B, C)
    world.send(C, B)


def revoke(world: World, pc: str, **more: Any) -> revocation.Entry:  # noqa: ANN401 - arguments of revoke
    given = {"own_password": password("d02"), "second": SECOND} | more
    return revocation.revoke(world[C], world[pc].device, "stolen", **given)


def reinstate(world: World, pc: str) -> int:
    return revocation.reinstate(
        world[C], world[pc].device, "found", own_password=password("d02"), second=SECOND
    )


def number(session: Session) -> int:
    return revocation.heard(session).number


# -- making it -------------------------------------------------------------------------------------------


@pytest.mark.requirement("P11-9", "PIPL-7")
def test_two_persons_and_the_authority_make_the_list(study_world: World) -> None:
    world = study_world
    world.send(A, C)
    upto = world[C].vault.journal.vector()[world[A].device]
    assert revocation.newest(world[C]) is None and revocation.revoked(world[C]) == ()
    entry = revoke(world, A)
    assert (entry.device, entry.last, entry.reason, entry.name) == (
        world[A].device, upto, "stolen", "Ward 3 bed side",
    )  # fmt: skip
    (record,) = world[C].vault.journal.records(kinds=("revocation",))
    people = {person.login: person.id for person in world[C].people()}
    assert (record.person, record.data["second"]["person"]) == (people["d02"], people["a03"])
    listed = read_list(revocation.newest(world[C]), study().oid)
    assert listed.holds and listed.number == 1 and listed.entries == (entry,)
    assert not world[C].verify().troubles
    # From now on nothing goes to that PC and nothing comes from it.
    file = bundles.make(world[A], world[C].device, world.stick)
    assert world.refused(C, file).code == "joining.sender_revoked"
    with pytest.raises(InputRefused, match="peer_revoked"):
        world.make(C, A)
    card = devices.card(world[A])
    act = lambda: devices.add_card(world[C], card, own_password=password("d02"))  # noqa: E731
    refused(world[C], act, "joining.peer_revoked")


def test_what_a_revocation_needs(study_world: World) -> None:
    world, centre = study_world, study_world[C]
    refused(centre, lambda: revoke(world, A, second=None), "joining.second_needed")
    own = ("d02", password("d02"))
    refused(centre, lambda: revoke(world, A, second=own), "store.second_same")
    refused(centre, lambda: revoke(world, A, last=-1), "joining.revoke_last")
    refused(centre, lambda: revoke(world, A, last=10**6), "joining.revoke_last")
    refused(centre, lambda: revoke(world, A, person="ab" * 16), "joining.person_unknown")

    def because(device: str, reason: str, at: Session = centre) -> revocation.Entry:
        return revocation.revoke(at, device, reason, own_password=password("d02"), second=SECOND)

    device = world[A].device
    refused(centre, lambda: because(device, "  "), "joining.reason_needed")
    refused(centre, lambda: because(device, "x" * 201), "joining.reason_long")
    refused(centre, lambda: because("ab" * 8, "x"), "sync.peer_unknown")
    refused(centre, lambda: reinstate(world, A), "joining.not_revoked")
    ward = world[A]
    refused(ward, lambda: because(world[B].device, "x", ward), "access.denied", PermissionDenied)
    revoke(world, A)
    refused(centre, lambda: revoke(world, A), "joining.revoked_already")


# -- how it travels --------------------------------------------------------------------------------------


@pytest.mark.requirement("P11-9", "PIPL-7")
def test_it_reaches_a_ward_that_never_met_the_stolen_pc_again(study_world: World) -> None:
    world = study_world
    stolen = world.make(A, B)
    revoke(world, A)
    report = world.send(C, B)
    assert any("Ward 3 bed side" in line.en and "stolen" in line.en for line in report.lines())
    assert number(world[B]) == 1
    assert world.refused(B, stolen).code == "joining.sender_revoked"
    assert not world[B].verify().troubles
    # A ward of another site, which knows nothing of that PC, is told all the same, and once only.
    assert any("Ward 3 bed side" in line.en for line in world.send(C, X).lines())
    assert not any("revoked" in line.en for line in world.send(C, X).lines())
    assert [
        record.data["act"]
        for record in world[X].vault.journal.records(kinds=("revocation",), device=world[X].device)
    ] == ["heard"]


def test_wards_pass_it_on_to_each_other(study_world: World) -> None:
    world = study_world
    revoke(world, X)
    world.send(C, A)
    report = world.send(A, B)
    assert number(world[B]) == 1
    assert any("Ward 9" in line.en for line in report.lines())


def test_a_dry_run_learns_nothing(study_world: World) -> None:
    world = study_world
    revoke(world, A)
    file = world.make(C, B)
    assert any("revoked" in line.en for line in bundles.plan(world[B], file).lines())
    assert number(world[B]) == 0


def test_a_mistake_is_taken_back_by_a_higher_number(study_world: World) -> None:
    world = study_world
    file = world.make(A, C)
    revoke(world, A)
    world.send(C, B)
    assert reinstate(world, A) == 2
    assert bundles.take(world[C], file).new > 0
    assert any("again" in line.en for line in world.send(C, B).lines())
    assert world.send(A, B).new >= 0
    assert Registry.read(world[B]).approved(world[A].device).approved


# -- what comes by way of others -------------------------------------------------------------------------


@pytest.mark.requirement("P11-9")
def test_records_above_the_last_one_are_passed_over_and_named(study_world: World) -> None:
    world = study_world
    acquainted(world)
    subject = world[A].enrol().identity
    enter_value(world[A], item(subject), "118")
    world.send(A, C)
    enter_value(world[A], item(subject), "190")
    world.send(A, B)
    before = data_of(world[C], subject)
    revoke(world, A)
    report = world.send(B, C)
    (said,) = [line.en for line in report.lines() if "passed over" in line.en]
    assert "Ward 3 bed side" in said and "revoked" in said
    assert report.passed_over == {}
    assert data_of(world[C], subject) == before and shown(world[C], item(subject))[0] == "118"
    assert not world[C].verify().troubles and rebuilt_alike(world[C])
    # Where that was too strict they come with the next bundle: nothing was lost.
    reinstate(world, A)
    assert world.send(B, C).new > 0
    assert shown(world[C], item(subject))[0] == "190"


def test_a_run_that_goes_on_beyond_the_last_one_is_passed_over_whole(study_world: World) -> None:
    """Its seal covers what is not accepted, so the rest of it cannot be proved."""
    world = study_world
    acquainted(world)
    subject = world[A].enrol().identity
    enter_value(world[A], item(subject), "118")
    world.send(A, C)
    upto = world[C].vault.journal.vector()[world[A].device]
    revoke(world, A, last=upto - 1)
    report = world.send(C, B)
    assert world[A].device not in world[B].vault.journal.vector()
    assert any("passed over" in line.en for line in report.lines())
    assert not world[B].verify().troubles


def test_up_to_the_last_one_it_still_comes(study_world: World) -> None:
    world = study_world
    acquainted(world)
    subject = world[A].enrol().identity
    world.send(A, C)
    revoke(world, A)
    world.send(C, B)
    assert (
        world[B].vault.journal.vector()[world[A].device] == world[C].vault.journal.vector()[world[A].device]
    )
    assert subject in {one.identity for one in world[B].subjects()}


def test_cut_counts_seals_and_what_is_here() -> None:
    cut = Cut({"a": (5, "x")})
    for last in (3, 9, 12, 20):
        cut.note("a", last, 12)
        cut.note("b", last, None)
    assert [cut.takes("a", seq, 12) for seq in (5, 12, 13)] == [True, True, False]
    assert cut.takes("b", 10**6, None)
    assert not cut.takes("c", 1, 7)


# -- a person's key --------------------------------------------------------------------------------------


def test_a_persons_key_is_revoked_at_one_pc(study_world: World) -> None:
    world = study_world
    subject = world[A].enrol().identity
    world.send(A, C)
    person = revocation.person_at(world[C], world[A].device, "i01")
    assert person == world[A].person.id
    revoke(world, A, person=person)
    enter_value(world[A], item(subject), "118")
    report = world.send(A, C)
    assert report.aside and all("revoked" in why.en for _, why in report.aside)
    assert shown(world[C], item(subject))[0] == ""
    assert not world[C].verify().troubles and rebuilt_alike(world[C])
    refused(world[C], lambda: revoke(world, A, person=person), "joining.revoked_already")
    with pytest.raises(InputRefused, match="person_unknown"):
        revocation.person_at(world[C], world[A].device, "nobody")


def test_the_person_is_believed_again_with_new_keys(study_world: World) -> None:
    world = study_world
    subject = world[A].enrol().identity
    world.send(A, C)
    monitor = revocation.person_at(world[C], world[A].device, MONITOR[0])
    revoke(world, A, person=monitor)
    first = world.as_monitor().raise_query(item(subject), "why?")
    world.close(A)
    ward, secret = world[A], "harbour-violet-31-candle"
    name, role, helper = PEOPLE["a03"]
    ward.add_person("a03", name, role, helper, own_password=password("i01"))
    ward.reset_person(MONITOR[0], secret, own_password=password("i01"), second=("a03", helper))
    world.close(A)
    with Session.open(world.base / A, MONITOR[0], secret) as again:
        second = again.raise_query(item(subject), "and why that?")
    aside = world.send(A, C).aside
    assert aside and all("revoked" in why.en for _, why in aside)
    known = {one.id for one in world[C].queries()}
    assert second.id in known and first.id not in known


# -- how old it is ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [0, 59, 60, 200])
def test_after_sixty_days_without_a_word_of_the_centre_it_is_said(study_world: World, days: int) -> None:
    world = study_world
    world.send(C, B)
    now = world[B].now()
    world.close(B)
    clock = Clock(now + timedelta(days=days, minutes=1))
    with Session(enter(world.base / B, "i01", clock), study(), clock) as later:
        heard = revocation.heard(later)
        assert heard.days == days and heard.number == 0 and heard.own is None
        assert (heard.words is not None) is (days >= revocation.STALE_DAYS)
        assert heard.words is None or str(days) in heard.words.zh


def test_the_centre_hears_of_nobody(study_world: World) -> None:
    assert revocation.heard(study_world[C]).days is None


def test_a_pc_that_stands_on_it_itself_is_told(study_world: World) -> None:
    world = study_world
    revoke(world, A)
    session = world[A]
    registry, draft, said = revocation.learn(session, Registry.read(session), revocation.newest(world[C]))
    assert draft is not None and "THIS PC" in said[0].en
    assert registry.accepts(session.device, 10**6)  # its own chain is its own
    session.append([draft])
    heard = revocation.heard(session)
    assert heard.own is not None and heard.words is not None and "Stop" in heard.words.en


# -- lists as somebody else would write them -------------------------------------------------------------


def listed(world: World, **changes: object) -> dict[str, Any]:
    """The centre's list with other facts, rightly signed."""
    authority = world[C].vault._signer(password("d02")).authority
    assert authority is not None
    body = {**(revocation.newest(world[C]) or {})["list"], **changes}
    return {"list": body, "sig": base64_text(authority.sign("revoke", canon(body)))}


def learned(world: World, data: dict[str, Any] | None) -> tuple[int, tuple[str, ...]]:
    session = world[B]
    registry, _, said = revocation.learn(session, Registry.read(session), data)
    return registry.revocations.number if registry.revocations else 0, tuple(one.en for one in said)


def test_what_a_ward_makes_of_lists(study_world: World) -> None:
    world = study_world
    revoke(world, A)
    good = listed(world, number=7)
    assert learned(world, good)[0] == 7
    assert learned(world, None) == (0, ())
    for bad in (
        {}, {"list": 1, "sig": ""}, {**good, "sig": 5}, listed(world, number=0), listed(world, number="1"),
        listed(world, study="OTHER"), listed(world, made="today"), listed(world, extra=1),
        listed(world, entries={}), listed(world, entries=[1]), listed(world, authority="x"),
        listed(world, entries=good["list"]["entries"] * 2),
        listed(world, entries=[{**good["list"]["entries"][0], "last": -1}]),
        listed(world, entries=[{**good["list"]["entries"][0], "device": "../x"}]),
        listed(world, entries=[{**good["list"]["entries"][0], "person": "ab" * 16}]),
        listed(world, entries=[{**good["list"]["entries"][0], "name": "a\u202eb"}]),
    ):  # fmt: skip
        with pytest.raises(BundleError) as caught:
            learned(world, bad)
        assert caught.value.code == "joining.list_damaged"
    with pytest.raises(BundleError, match="version_newer"):
        learned(world, listed(world, version=2))
    with pytest.raises(BundleError, match="list_forged"):
        learned(
            world, {**good, "sig": base64_text(SigningKey.generate().sign("revoke", canon(good["list"])))}
        )
    # Of a centre that this ward does not know: nothing can be said of it.
    other = SigningKey.generate()
    body = {**good["list"], "authority": other.public.text}
    foreign = {"list": body, "sig": base64_text(other.sign("revoke", canon(body)))}
    number_, said = learned(world, foreign)
    assert number_ == 0 and "not registered here" in said[0]


def test_two_lists_of_one_number_are_said(study_world: World) -> None:
    world = study_world
    revoke(world, A)
    world.send(C, B)
    assert learned(world, listed(world)) == (1, ())
    other, said = learned(world, listed(world, entries=[]))
    assert other == 1 and "two different lists" in said[0]


def test_a_list_written_with_another_tool_counts_for_nothing(study_world: World) -> None:
    world = study_world
    revoke(world, X)
    good = listed(world, number=9)
    for bad in (
        {**good, "sig": "A" * 86 + "=="},
        {**good, "list": {**good["list"], "number": 99}},
        {"list": {}, "sig": ""},
    ):
        world[B].append([Draft("revocation", "", {"act": "heard", **bad})])
        assert number(world[B]) == 0
    world[B].append([Draft("revocation", "", {"act": "heard", **good})])
    assert number(world[B]) == 9


def test_a_list_has_an_end() -> None:
    entry = revocation.Entry("ab" * 8, "x" * 80, "01", 0, "r" * 200, "2026-01-01T00:00:00.000Z")
    key = SigningKey.generate().public.text
    many = tuple(
        revocation.Entry(f"{n:016x}", *(entry.name, entry.site, 0, entry.reason, entry.at))
        for n in range(200)
    )
    assert len(canon([one.body() for one in many])) > MAX_LIST
    whole = RevocationList("S", 1, entry.at, key, many, bytes(64))
    with pytest.raises(ListRefused):
        read_list(whole.as_json(), "S")
    assert (
        read_list(RevocationList("S", 1, entry.at, key, many[:90], bytes(64)).as_json(), "S").entries
        == many[:90]
    )


def test_a_value_written_in_a_revoked_pcs_name_by_a_stranger(study_world: World, tmp_path: Path) -> None:
    """Whoever has the stolen vault goes on writing there: nothing of it comes in by any way."""
    world = study_world
    acquainted(world)
    subject = world[A].enrol().identity
    world.send(A, C)
    revoke(world, A)
    world[A].append([value(item(subject), "999")])
    for receiver in (C, B):
        file = bundles.make(world[A], world[receiver].device, tmp_path)
        if receiver == C:
            assert world.refused(C, file).code == "joining.sender_revoked"
        else:
            bundles.take(world[B], file)  # B has not heard yet, and does not keep it from the centre
    world.send(B, C)
    assert shown(world[C], item(subject))[0] == ""
