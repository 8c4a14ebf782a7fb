"""A site's lists travel with its chains: to its other PCs and the centre, not to another site."""

from __future__ import annotations

from mda5_crf.db.records import Draft
from tests.unit.sync.synckit import A, B, C, World, X

RENJI = {"code": "RENJI", "en": "Renji Hospital", "zh": "仁济医院检验科"}


def codes(world: World, pc: str, site: str = "01") -> set[str]:
    world[pc].refresh()
    return set(world[pc].site_lists(site).laboratories)


def test_the_other_pc_of_the_ward_and_the_centre_learn_of_a_laboratory(world: World) -> None:
    row = world[A].add_reference("laboratory", RENJI)
    for pc in (B, C):
        assert world.send(A, pc).aside == ()
        assert codes(world, pc) == {"RENJI"}
        assert "RENJI" in world[pc].study.codelists["LABNAM"].by_code
        assert world[pc].verify().troubles == ()
    assert codes(world, C, "02") == set()
    # The other PC of the ward strikes it, which counts for the first one: it is one site.
    world[B].strike_reference(row.identity, "closed")
    assert world.send(B, A).aside == ()
    assert codes(world, A) == set()


def test_another_site_does_not_hear_of_it(world: World) -> None:
    world[A].add_reference("laboratory", RENJI)
    world.send(A, C)
    world.send(C, X)
    assert codes(world, X) == codes(world, X, "02") == set()
    assert world[X].references() == ()


def test_the_centre_ends_no_row_of_a_site(world: World) -> None:
    row = world[A].add_reference("laboratory", RENJI)
    world.send(A, C)
    content = {"table": "laboratory", "state": "struck", "replaces": row.identity, "reason": "x"}
    world[C].append([Draft("reference", "", content)])
    assert codes(world, C) == {"RENJI"}
    world.send(C, A)
    assert codes(world, A) == {"RENJI"}


def test_a_note_about_the_clock_reaches_the_centre(world: World) -> None:
    world[A].append([Draft("clock", "", {"flag": "behind", "wall": "1", "latest": "2"})])
    assert world.send(A, C).aside == ()
    assert world[C].verify().troubles == ()
