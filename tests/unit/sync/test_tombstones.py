"""Redactions and voids travel: every copy is emptied, in whatever order the records come."""

from __future__ import annotations

import pytest

from mda5_crf.db import emptying, voids
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Reason
from mda5_crf.services.session import Session
from tests.unit.sync.synckit import A, B, C, World, enter_value, item, rebuilt_alike, shown
from tests.vaults import PEOPLE, password

SECRET = "Wang Xiaoming of bed 12"
WHY = Reason("PRIVACY", "a name")


def staffed(session: Session) -> tuple[str, str]:
    """A data manager for the ward, admitted by its founder: (log-in, password)."""
    name, role, secret = PEOPLE["d02"]
    session.add_person("d02", name, role, secret, own_password=password("i01"))
    return "d02", secret


def nurse(session: Session) -> tuple[str, str]:
    name, role, secret = PEOPLE["n07"]
    session.add_person("n07", name, role, secret, own_password=password("i01"))
    return "n07", secret


def content(session: Session, record: str) -> bytes | None:
    found = session.vault.journal.get(record)
    assert found is not None
    return found.content


def typed(world: World) -> tuple[ItemKey, str]:
    """A name in a free text of PC A."""
    key = item(world[A].enrol("01-001").identity, "SVREASOC", "W4", "SV")
    record = enter_value(world[A], key, SECRET)
    assert record is not None
    return key, record.id


@pytest.mark.requirement("E6-4", "CN-4")
def test_the_copy_of_the_receiver_is_emptied_by_a_later_bundle(world: World) -> None:
    key, record = typed(world)
    world.send(A, C)
    assert SECRET.encode() in (content(world[C], record) or b"")
    second = staffed(world[A])
    world[A].redact([record], WHY, (), own_password=password("i01"), second=second)
    report = world.send(A, C)
    assert report.aside == () and content(world[C], record) is None
    assert shown(world[C], key) == ("", False)
    assert not emptying.unclean(world[C].vault.store)
    backups = list((world[C].vault.folder / "backups").iterdir())
    assert [path.name.partition("_")[0] for path in backups] == ["redact"]  # the one before the take is gone
    assert world[C].verify().troubles == () and rebuilt_alike(world[C])
    # Taking the old bundle of everything again brings nothing back.
    world.send(A, C, everything=True)
    assert content(world[C], record) is None and world[C].verify().troubles == ()


@pytest.mark.requirement("E6-4")
def test_both_in_one_bundle(world: World) -> None:
    key, record = typed(world)
    enter_value(world[A], key, "rash")
    world[A].redact([record], WHY, (), own_password=password("i01"), second=staffed(world[A]))
    report = world.send(A, C)
    assert report.aside == () and content(world[C], record) is None
    assert shown(world[C], key) == ("rash", False)
    assert world[C].verify().troubles == () and rebuilt_alike(world[C])


@pytest.mark.requirement("E6-4")
def test_the_redaction_comes_before_the_record(world: World) -> None:
    """Another PC of the ward redacts; the centre hears of that before it hears of what was redacted."""
    _, record = typed(world)
    world.send(A, B)
    assert content(world[B], record) is not None
    world[B].redact([record], WHY, (), own_password=password("i01"), second=staffed(world[B]))
    assert content(world[B], record) is None
    # B's own chain alone, as a PC brings it that does not carry A's.
    first = world[B].vault.journal.heads()[world[B].device][0]
    chain = [r for r in world[B].vault.journal.records(device=world[B].device) if r.seq <= first]
    seals = [s for s in world[B].vault.journal.seals_above({}) if s.device == world[B].device]
    journal = world[C].vault.journal
    with journal.begin() as tx:
        assert journal.ingest(tx, sorted(chain, key=lambda r: r.seq), seals).aside == ()
    assert world[C].verify().troubles == ()  # it waits, and is no trouble
    world.send(A, C)
    assert content(world[C], record) is None and world[C].verify().troubles == ()


@pytest.mark.requirement("E6-4")
def test_a_value_that_conflicts_with_a_redacted_one(world: World) -> None:
    key, record = typed(world)
    world.send(A, C)
    world.send(A, B)
    enter_value(world[B], key, "fever")
    enter_value(world[A], key, f"{SECRET}!")
    later = next(iter(world[A].entry(key.form_key()).state.items[key].value.text for _ in [0]))
    assert later.endswith("!")
    head = max(r.seq for r in world[A].vault.journal.records(key.path()))
    both = [record, f"{world[A].device}:{head}"]
    world[A].redact(both, WHY, (), own_password=password("i01"), second=staffed(world[A]))
    world.send(A, C)
    world.send(B, C)
    assert shown(world[C], key)[1] is False  # what is gone conflicts with nothing
    assert all(content(world[C], one) is None for one in both)
    assert rebuilt_alike(world[C])


@pytest.mark.requirement("CN-3", "CN-4")
def test_what_is_void_at_the_ward_is_void_at_the_centre(world: World) -> None:
    subject = world[A].enrol("01-001").identity
    key = item(subject)
    enter_value(world[A], key, "120")
    world.send(A, C)
    second = nurse(world[A])
    plan = world[A].plan_move(key.form_key(), ItemKey(subject, "W4"))
    world[A].move(plan, Reason("ENTRY_ERROR"), second)
    report = world.send(A, C)
    assert report.aside == ()
    assert shown(world[C], key) == ("", False) and shown(world[C], key._replace(event="W4")) == ("120", False)
    assert [one.key for one in voids.listed(world[C].vault.store)] == [key.form_key()]
    assert world[C].verify().troubles == () and rebuilt_alike(world[C])
    # What another PC entered there, unseen by whoever voided it, still counts.
    world.send(A, B)
    enter_value(world[B], key, "133")
    world.send(B, C)
    assert shown(world[C], key) == ("133", False) and world[C].queries() == ()
