"""What a vault knew when: records of another PC are known from the bundle on that brought them."""

from __future__ import annotations

import pytest

from mda5_crf.db import read
from mda5_crf.db.records import Draft
from mda5_crf.errors import InputRefused
from mda5_crf.services.asof import Moment, as_of, locate, present
from tests.unit.sync.synckit import A, C, World, data_of, enter_value, item, shown, world

__all__ = ["world"]


def test_a_moment_is_what_this_vault_had_taken_in_not_what_had_been_typed(world: World) -> None:
    ward, centre = world[A], world[C]
    subject = ward.enrol().identity
    key = item(subject)
    enter_value(ward, key, "120")
    world.send(A, C)
    centre.refresh()
    stood = data_of(centre, subject)
    first = present(centre)
    enter_value(ward, key, "130")  # typed now, at the ward
    typed = present(ward)
    centre.append([])
    between = Moment(heads={centre.device: first.heads[centre.device]})
    world.send(A, C)
    centre.refresh()
    assert locate(centre, between).vector == first.heads
    with as_of(centre, between, [subject]) as past:
        assert shown(past, key)[0] == "120"
        assert data_of(past, subject) == stood
        assert past.device == centre.device
    with as_of(centre, Moment(heads=present(centre).heads), [subject]) as past:
        assert shown(past, key)[0] == "130"
    # The ward's own head says what the ward knew: a page of the ward can be shown at the centre.
    with as_of(centre, Moment(heads={ward.device: typed.heads[ward.device]}), [subject]) as past:
        assert (shown(past, key)[0], past.device) == ("130", ward.device)
    with as_of(centre, Moment(heads={ward.device: typed.heads[ward.device] - 1}), [subject]) as past:
        assert shown(past, key)[0] == "120"


def test_what_was_set_aside_stays_set_aside(world: World) -> None:
    ward, centre = world[A], world[C]
    subject = ward.enrol().identity
    world.send(A, C)
    before = present(ward)
    content: dict[str, object] = {"text": "Y", "of": [], "result": "differs"}
    centre.append([Draft("second", f"{subject}/SCR/VS/HEADER/VSPERF", content)])
    world.send(C, A)
    (aside,) = read.aside(ward.vault.store)
    with as_of(ward, present(ward), [subject]) as past:
        assert read.aside(past.vault.store) == (aside,)
        assert data_of(past, subject) == data_of(ward, subject)
    with as_of(ward, Moment(heads=before.heads), [subject]) as past:
        assert read.aside(past.vault.store) == ()


def test_heads_that_have_not_come_here_yet_are_refused(world: World) -> None:
    ward, centre = world[A], world[C]
    subject = ward.enrol().identity
    with pytest.raises(InputRefused) as refused:
        as_of(centre, Moment(heads={ward.device: 3}))
    assert refused.value.code == "asof.device_unknown"
    world.send(A, C)
    centre.refresh()
    enter_value(ward, item(subject), "120")
    with pytest.raises(InputRefused) as refused:
        as_of(centre, Moment(heads={ward.device: present(ward).heads[ward.device]}), [subject])
    assert refused.value.code == "asof.ahead"
    before = centre.vault.journal.heads()[centre.device][0] - 1
    with pytest.raises(InputRefused) as refused:
        as_of(centre, Moment(heads={centre.device: before}), [subject])
    assert refused.value.code == "asof.before_enrolment"
