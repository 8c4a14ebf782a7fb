"""Double entry travels in bundles like what it is about, and a centre may not make it."""

from __future__ import annotations

from mda5_crf.db import projection, read
from mda5_crf.db.records import Draft
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.second_book import form_second
from mda5_crf.services.second_resolve import resolve
from tests.unit.sync.synckit import A, B, C, World, world

__all__ = ["world"]


def test_it_travels(world: World) -> None:
    first = world[A]
    subject = first.enrol().identity
    form = ItemKey(subject, "SCR", form="VS")
    key = form._replace(group=first.study.forms["VS"].items["VSPERF"].group, item="VSPERF")
    first.entry(form).set_value(key, "Y")
    world.send(A, B)
    other = world[B]
    # The founder of each PC is a person of its own: the other office makes the second entry.
    other.refresh()
    second = other.second(form)
    second.set_value(key, "N")
    resolve(second, key, "first")
    world.send(B, A)
    world.send(A, C)
    world.send(B, C)
    for pc in (A, B, C):
        session = world[pc]
        session.refresh()
        (one,) = form_second(session, form).items.values()
        assert one.standing == "resolved"
        assert read.aside(session.vault.store) == ()
        assert session.verify().troubles == ()
        with session.vault.store.transaction() as tx:
            before = projection.dump(tx)
            assert projection.rebuild(tx) == []
            assert projection.dump(tx) == before


def test_a_centre_makes_no_second_entry(world: World) -> None:
    subject = world[A].enrol().identity
    world.send(A, C)
    key = f"{subject}/SCR/VS/HEADER/VSPERF"
    content: dict[str, object] = {"text": "Y", "of": [], "result": "differs"}
    world[C].append([Draft("second", key, content)])
    world.send(C, A)
    (aside,) = read.aside(world[A].vault.store)
    assert aside.record.startswith(world[C].device)
