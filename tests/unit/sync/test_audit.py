"""The trail over several PCs: when a record left, when it came, what is withheld, what was set aside."""

from __future__ import annotations

import pytest

from mda5_crf.services.auditfilter import AuditFilter
from mda5_crf.services.auditlines import AuditLine
from mda5_crf.services.session import Session
from tests.unit.sync.synckit import A, B, C, World, enter_value, item, world

__all__ = ["world"]


def lines(session: Session, wanted: AuditFilter | None = None) -> list[AuditLine]:
    return list(session.audit.lines(wanted))


@pytest.mark.requirement("EMA-6", "EMA-3")
def test_bundle_time_and_import_time_stand_beside_the_event(world: World) -> None:
    ward, centre = world[A], world[C]
    subject = ward.enrol().identity
    enter_value(ward, item(subject), "120")
    (here,) = lines(ward, AuditFilter(kinds=("value",)))
    assert here.left is None and here.taken is None
    world.send(A, C)
    (sent,) = lines(ward, AuditFilter(kinds=("value",)))
    assert sent.left is not None and sent.left >= sent.stored and sent.taken is None
    (there,) = lines(centre, AuditFilter(kinds=("value",)))
    assert there.left == sent.left and there.taken is not None and there.taken >= there.left
    assert (there.stored, there.typed, there.record) == (sent.stored, sent.typed, sent.record)
    assert (there.site, there.vault, there.name, there.roles) == (
        "01",
        "Ward 3 bed side",
        "Li Na",
        ("investigator",),
    )
    enter_value(ward, item(subject), "121")
    assert [line.left is None for line in lines(ward, AuditFilter(kinds=("value",)))] == [False, True]


def test_a_bundle_filters_what_it_carried(world: World) -> None:
    ward = world[A]
    subject = ward.enrol().identity
    enter_value(ward, item(subject), "120")
    world.send(A, B)
    world.send(B, A)
    world.send(A, B)  # what B is known to have stays behind
    enter_value(ward, item(subject), "121")
    world.send(A, B)
    numbers = [
        one for one in ward.audit.bundles() if one.words[0] == "→" and one.value.startswith(ward.device)
    ]
    carried = [
        {line.new.en for line in lines(ward, AuditFilter(bundle=one.value, kinds=("value",)))}
        for one in numbers
    ]
    assert len(numbers) == 3 and "121 mmHg" in carried[0] and "120 mmHg" not in carried[0]
    assert "120 mmHg" in carried[-1] and "121 mmHg" not in carried[-1]
    assert lines(ward, AuditFilter(bundle="no such bundle")) == []


def test_every_pc_is_a_part_of_the_trail(world: World) -> None:
    ward, office = world[A], world[B]
    subject = ward.enrol().identity
    enter_value(ward, item(subject), "120")
    world.send(A, B)
    enter_value(office, item(subject, "DIABP_VSORRES"), "80")
    world.send(B, A)
    whole = [line.record for line in lines(ward)]
    parts = [
        line.record for one in ward.audit.devices() for line in lines(ward, AuditFilter(device=one.value))
    ]
    assert sorted(parts) == sorted(whole) == sorted(r.id for r in ward.vault.journal.records())
    stamps = [record.stamp for record in ward.vault.journal.records()]
    assert [line.record for line in lines(ward)] == [f"{d}:{n}" for _, d, n in sorted(stamps)]
    newest = ward.audit.page(size=3)
    rest = ward.audit.page(seen=newest.seen, size=100_000)
    assert [line.record for line in (*newest.lines, *rest.lines)] == whole[::-1]


def test_views_travel_and_a_centres_stubs_are_lines_too(world: World) -> None:
    ward, centre = world[A], world[C]
    subject = ward.enrol().identity
    ward.view_book.note(item(subject))
    enter_value(ward, item(subject), "120")
    world.send(A, C)
    assert [(line.name, line.place) for line in lines(centre, AuditFilter(kinds=("view",)))] == [
        ("Li Na", "BL VS")
    ]
    other = world["x"]
    enter_value(other, item(other.enrol().identity), "99")
    world.send("x", C)
    centre.view_book.note(item(subject))
    centre.audit.review("all of it")
    world.send(C, A)
    stubs = [line for line in lines(ward) if line.withheld]
    assert stubs and not any(line.new.en or line.subject for line in stubs)
    assert [line.name for line in lines(ward, AuditFilter(kinds=("view",)))] == ["Li Na", "Wang Fang"]
    assert ward.verify().troubles == () and centre.verify().troubles == ()
