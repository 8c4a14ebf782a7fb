"""Taking bundles: plan and take agree, order does not matter, nothing is half done, a copy is kept before."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mda5_crf.db import backup, read
from mda5_crf.db.records import Draft
from mda5_crf.db.store import Store
from mda5_crf.db.verify import verify
from mda5_crf.errors import StoreError
from mda5_crf.sync import bundles
from mda5_crf.sync.report import Report, in_ranges
from mda5_crf.text import both
from tests.conftest import NIGHTLY
from tests.unit.sync.synckit import (
    A,
    B,
    C,
    World,
    data_of,
    enter_value,
    everything_of,
    item,
    rebuilt_alike,
    shown,
    value,
    write,
)
from tests.vaults import enter

Step = tuple[str, str | tuple[str, str], int]


# -- plan ------------------------------------------------------------------------------------------------


def test_plan_says_what_take_does_and_writes_nothing(world: World) -> None:
    enter_value(world[A], item(world[A].enrol().identity), "118")
    file = world.make(A, C)
    before = everything_of(world[C])
    planned = bundles.plan(world[C], file)
    assert everything_of(world[C]) == before
    assert not (world.base / C / "backups").exists()
    taken = bundles.take(world[C], file)
    assert planned == taken.with_backup(None)
    assert [line.en for line in planned.lines()] == [line.en for line in taken.lines()]
    assert {line.en != line.zh for line in taken.lines()} == {True}


@pytest.mark.requirement("EMA-6")
def test_session_sees_what_came(world: World) -> None:
    subject = world[A].enrol().identity
    key = item(subject)
    enter_value(world[A], key, "118")
    world.send(A, B)
    assert world[B].data(subject).entries[key].text == "118"  # now in B's memory
    enter_value(world[A], key, "119")
    world.send(A, B)
    assert world[B].data(subject).entries[key].text == "119"


def test_clock_warns_when_it_is_before_the_newest_bundle(world: World) -> None:
    sender, centre = world[A], world[C]
    sender._clock = lambda: datetime.now(UTC) + timedelta(days=3)
    world.send(A, C)
    world.make(C, A)
    assert centre.vault.journal.clock_warning is not None
    assert "newest bundle" in centre.vault.journal.clock_warning.en


def test_numbers_as_people_write_them() -> None:
    assert in_ranges((1, 2, 3, 7)) == "1–3, 7"
    assert in_ranges((5, 4)) == "4–5"
    assert in_ranges((2,)) == "2"
    assert in_ranges(()) == ""


def test_lines_of_a_report_with_everything() -> None:
    report = Report(
        "Ward", "d", "01", 3, "2026-11-23 09:00", new=5,
        aside=tuple((f"d:{n}", both("x")) for n in range(12)), conflicts=2, missing=(1, 2),
        confirmed=(4,), passed_over={"e": 3}, already="2026-11-24 10:00", notes=(both("note"),),
    )  # fmt: skip
    words = "\n".join(line.in_("zh") for line in report.lines())
    for expected in ("12 条", "另有 2 条", "1–2", "2026-11-24 10:00", "note"):
        assert expected in words
    assert report.set_aside == 12


# -- the copy before -------------------------------------------------------------------------------------


@pytest.mark.requirement("FDA-2")
def test_copy_is_whole_and_opens(world: World) -> None:
    before = world[C].vault.journal.heads()
    world[A].enrol()
    place = world.send(A, C).backup
    assert place is not None
    folder = world.base / "restored"
    shutil.copytree(place, folder)
    with enter(folder, "d02") as vault:
        assert vault.journal.heads() == before
        assert verify(vault.store) == []


def test_nothing_new_makes_no_copy(world: World) -> None:
    world[A].enrol()
    file = world.make(A, C)
    bundles.take(world[C], file)
    assert bundles.take(world[C], file).backup is None
    assert len(list((world.base / C / "backups").iterdir())) == 1


def test_five_newest_copies_stay(world: World) -> None:
    store, folder = world[C].vault.store, world.base / C
    (folder / "backups" / "other").mkdir(parents=True)
    for number in range(7):
        backup.back_up(store, folder, f"take_{number}")
    assert sorted(p.name for p in (folder / "backups").iterdir()) == [
        "other", "take_2", "take_3", "take_4", "take_5", "take_6",
    ]  # fmt: skip
    with pytest.raises(StoreError):
        backup.back_up(store, folder, "take_6")


@pytest.mark.requirement("FDA-2")
def test_copy_that_cannot_be_made_stops_the_taking(world: World) -> None:
    before = everything_of(world[C])
    (world.base / C / "backups").write_text("in the way")
    world[A].enrol()
    with pytest.raises(StoreError):
        world.send(A, C)
    assert everything_of(world[C]) == before


def test_copy_that_differs_is_not_believed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    original = Store.copy_to

    def short(store: Store, path: Path, key: bytes | None = None) -> None:
        original(store, path, key)
        path.write_bytes(path.read_bytes()[:-5000])  # a stick that loses its last blocks

    monkeypatch.setattr(Store, "copy_to", short)
    with pytest.raises(StoreError):
        backup.back_up(world[C].vault.store, world.base / C, "take_x")
    assert list((world.base / C / "backups").iterdir()) == []


# -- all or nothing --------------------------------------------------------------------------------------


def test_full_disk_in_the_middle(world: World) -> None:
    subject = world[A].enrol().identity
    write(world[A], *[value(item(subject), str(number) * 200) for number in range(300)])
    file = world.make(A, C)
    store = world[C].vault.store
    before = everything_of(world[C])
    with store.transaction() as tx:
        pages = tx.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        tx.connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 8}")
    with pytest.raises(StoreError) as caught:
        bundles.take(world[C], file)
    assert caught.value.code == "store.disk_full"
    assert everything_of(world[C]) == before
    assert verify(store) == []
    assert bundles.take(world[C], file).new > 300  # a fresh connection has its room again


# -- order -----------------------------------------------------------------------------------------------


class Trio:
    """Two PCs of one ward and the centre for all examples; each example has a participant of its own."""

    def __init__(self, world: World) -> None:
        self.world = world
        for sender, receiver in ((A, B), (B, A), (B, C), (A, C), (C, A), (C, B)):
            world.send(sender, receiver)

    def settle(self) -> None:
        """Carry files until nobody has anything the others lack."""
        for sender, receiver in WAYS * 2:
            self.world.send(sender, receiver)


@pytest.fixture(scope="module")
def trio(old_world: World) -> Trio:
    return Trio(old_world)


WAYS = [(A, B), (B, A), (A, C), (B, C), (C, A), (C, B)]
steps = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), st.sampled_from([A, B]), st.integers(80, 200)),
        st.tuples(st.just("query"), st.sampled_from([A, B, C]), st.integers(0, 1)),
        st.tuples(st.just("send"), st.sampled_from(WAYS), st.integers(0, 1)),
        st.tuples(st.just("lose"), st.sampled_from([(A, B), (B, C), (C, A)]), st.just(0)),
        st.tuples(st.just("keep"), st.sampled_from([(A, C), (B, A), (C, B)]), st.just(0)),
        st.tuples(st.just("late"), st.just(A), st.just(0)),
    ),
    max_size=10,
)


@pytest.mark.requirement("CN-4")
@settings(max_examples=60 if NIGHTLY else 5)
@given(steps=steps)
def test_order_of_bundles_does_not_matter(trio: Trio, steps: list[Step]) -> None:
    """Whatever is carried when, lost, late or twice: in the end the three PCs say the same."""
    world = trio.world
    subject = world[A].enrol().identity
    world.send(A, B)
    world.send(A, C)
    late: list[tuple[str, Path]] = []
    for act, who, number in steps:
        if act == "edit" and isinstance(who, str):
            enter_value(world[who], item(subject), str(number))
        elif act == "query" and isinstance(who, str):
            write(world[who], _query(subject, number))
        elif act == "late":
            for receiver, file in late[::-1]:
                _take_old(world, receiver, file)
        elif isinstance(who, tuple):
            file = world.make(*who, everything=number == 1)
            if act == "keep":
                late.append((who[1], file))
            elif act == "send":
                bundles.take(world[who[1]], file)
    trio.settle()
    for receiver, file in late:
        _take_old(world, receiver, file)
    views = [data_of(world[pc], subject) for pc in (A, B, C)]
    assert views[0] == views[1] == views[2]
    assert views[0]["subject"]
    heads = [shown(world[pc], item(subject)) for pc in (A, B, C)]
    assert heads[0] == heads[1] == heads[2]
    assert not read.aside(world[C].vault.store)


def _take_old(world: World, receiver: str, file: Path) -> None:
    before = data_of(world[receiver])
    report = bundles.take(world[receiver], file)
    if not report.new:
        assert data_of(world[receiver]) == before


def _query(subject: str, number: int) -> Draft:
    """The same query of the system, raised or closed, by whoever."""
    state = ("Open", "Closed")[number]
    content = {"query": f"q-{subject}", "state": state, "source": "system", "check": "VS-02"}
    return Draft("query", item(subject).path(), content)


@pytest.mark.requirement("EMA-10")
def test_settled_pcs_verify_and_rebuild(trio: Trio) -> None:
    for pc in (A, B, C):
        assert verify(trio.world[pc].vault.store) == []
        assert rebuilt_alike(trio.world[pc])
