"""Electronic signatures between PCs: they count wherever what they sign has arrived, and nowhere before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mda5_crf.db.records import Draft
from mda5_crf.db.verify import verify
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import access, signing_forms
from mda5_crf.services.changes import Reason
from mda5_crf.services.session import Session
from tests.commandline import remembered_keys
from tests.unit.db.journalkit import blind_signature
from tests.unit.sync.synckit import A, B, C, World, enter_value, item, rebuilt_alike, world, write
from tests.vaults import password

__all__ = ["world"]


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with remembered_keys():
        yield


@pytest.fixture
def form(world: World) -> ItemKey:
    """Vital signs of a participant of ward 01, complete; known at the centre and at the other PC."""
    subject = world[A].enrol().identity
    for name, text in (("VSPERF", "Y"), ("SYSBP_VSORRES", "120"), ("DIABP_VSORRES", "80")):
        enter_value(world[A], item(subject, name), text)
    key = item(subject).form_key()
    write(world[A], Draft("status", key.path(), {"status": "complete"}))
    world[A].refresh()
    for receiver in (C, B):
        world.send(A, receiver)
    return key


def sign(session: Session, key: ItemKey) -> str:
    """Signed whatever is still missing on the trial's own form: not what is asked here."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(signing_forms, "_require_settled", lambda _session, _form: None)
        return session.sign(key, "REVIEWED", password("i01"), "i01").record


def states(session: Session, key: ItemKey) -> list[str]:
    """At that PC, and by its projections folded anew."""
    assert rebuilt_alike(session)
    session.refresh()
    return [one.state for one in session.signatures(key)]


def test_a_bundle_keeps_a_signature_valid(world: World, form: ItemKey) -> None:
    record = sign(world[A], form)
    report = world.send(A, C)
    assert report.set_aside == 0
    (info,) = world[C].signatures(form)
    assert (info.record, info.state, info.person) == (record, "valid", "Li Na")
    assert world[C].data(form.subject).signatures == {form}
    assert world[C].state(form).status == "signed"
    assert world[C].verify().troubles == ()
    # Through the centre to the other PC of the ward, which hears of it twice.
    world.send(C, B)
    world.send(A, B)
    assert states(world[B], form) == ["valid"]
    assert verify(world[B].vault.store, judge=access.judge) == []


def test_a_value_changed_at_another_pc_makes_void(world: World, form: ItemKey) -> None:
    sign(world[A], form)
    key = item(form.subject)
    world[B].entry(form).set_value(key, "130", reason=Reason("OTHER", "read again"))
    world.send(B, A)
    (info,) = world[A].signatures(form)
    assert info.state == "void" and key in info.differs
    world.send(A, B)
    world.send(A, C)
    # The centre has heard nothing of PC B: what was signed is what stands there.
    assert [states(world[pc], form) for pc in (B, C)] == [["void"], ["valid"]]
    world.send(B, C)
    assert states(world[C], form) == ["void"]
    assert world[C].state(form).status == "complete"


def test_a_signature_before_what_it_signs(world: World, form: ItemKey) -> None:
    """PC A signs a value of PC B that the centre has not got: it cannot be checked there yet, nor counts."""
    world[B].entry(form).set_value(item(form.subject, "PULSE_VSORRES"), "72", reason=Reason("OTHER", "late"))
    world.send(B, A)
    sign(world[A], form)
    # What PC B wrote is not in the bundle of PC A: the centre has not said yet that it believes both.
    assert world.send(A, C).set_aside == 0
    assert states(world[C], form) == ["incomplete"]
    (info,) = world[C].signatures(form)
    assert "Not everything that Li Na signed" in info.text.en and not info.counts
    assert world[C].data(form.subject).signatures == frozenset()
    assert world[C].verify().troubles == ()
    world.send(B, C)
    assert states(world[C], form) == ["valid"]


def test_a_false_signature_is_set_aside(world: World, form: ItemKey) -> None:
    genuine = sign(world[A], form)
    written = write(
        world[A],
        Draft("signature", form.path(), blind_signature()),
        Draft("signature", form._replace(form="PE").path(), world[A].vault.journal.get(genuine).data),  # type: ignore[union-attr]
    )
    report = world.send(A, C)
    # A moved one is its author's: it is kept, and is no signature of that form.
    assert [one for one, _ in report.aside] == [written[0].id]
    assert report.aside[0][1].en.startswith("No key of the author")
    assert states(world[C], form) == ["valid"]
    assert states(world[C], form._replace(form="PE")) == ["false"]
    assert [one.code for one in world[C].verify().troubles] == ["signature_false"]


@pytest.mark.requirement("E6-17")
def test_a_centre_signs_nothing_of_a_site(world: World, form: ItemKey) -> None:
    with pytest.raises(Exception, match=r"access\.denied"):
        world[C].sign(form, "REVIEWED", password("d02"), "d02")
