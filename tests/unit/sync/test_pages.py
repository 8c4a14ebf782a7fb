"""Pages printed at a ward, checked at the centre: by the record once it has come, by the signature before."""

from __future__ import annotations

import pytest

from mda5_crf.jobs import checking, pages
from mda5_crf.jobs.checking import Verdict
from mda5_crf.services import pageproof
from tests.unit.sync.synckit import A, C, World, enter_value, item, world

__all__ = ["world"]


@pytest.mark.requirement("FDA-1")
def test_a_wards_page_at_the_centre(world: World) -> None:
    ward, centre = world[A], world[C]
    subject = ward.enrol().identity
    key = item(subject)
    enter_value(ward, key, "120")
    order = pages.gather(ward, subject, key.event, [key.form], "en")
    pages.record(ward, order, pages.draw(order))
    assert order.proving is not None
    proofs = order.proving.proofs
    code = proofs.pages[0].code
    *_, held = proofs.prover.prove(b"a page of the ward, signed with its key")
    seal = pageproof.unpack(held)
    assert seal is not None
    said = checking.check_seal(centre, seal)
    assert said.verdict is Verdict.ELSEWHERE and ward.site in said.words[0].en
    assert checking.check_code(centre, code).verdict is Verdict.UNKNOWN
    world.send(A, C)
    centre.refresh()
    checked = checking.check_code(centre, code)
    assert checked.verdict is Verdict.GENUINE and "another vault printed" in checked.words[0].en
    assert checked.pages[0].leaf is not None
    assert any("120" in line for line in checking.lines_of(checked.pages[0].leaf))
    enter_value(ward, key, "130")
    world.send(A, C)
    centre.refresh()
    assert checking.check_code(centre, code).verdict is Verdict.SUPERSEDED
