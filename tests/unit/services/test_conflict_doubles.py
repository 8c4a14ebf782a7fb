"""What two PCs may have entered twice is pointed out with a proposal; nothing is decided by itself."""

from __future__ import annotations

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Reason
from mda5_crf.services.conflict_doubles import doubles
from mda5_crf.services.session import Session
from tests.conflicting import A, B, Ward, old_ward
from tests.unit.sync.synckit import enter_value, item

__all__ = ["old_ward"]


def row_of(session: Session, subject: str, **answers: str) -> ItemKey:
    """One more row of the log of adverse events."""
    log = ItemKey(subject, "LOG", "", "AE")
    entry = session.entry(log)
    group = next(one.name for one in entry.form.groups if one.repeating)
    row = log._replace(group=group, group_repeat=entry.add_row(group)[0])
    for name, text in answers.items():
        entry.set_value(row._replace(item=name), text)
    return row


def test_the_same_event_from_two_pcs(old_ward: Ward) -> None:
    """Same term and day from two PCs is one line; another day, or one PC, is none; struck is none."""
    world, subject = old_ward, old_ward.begun(A, B)
    a, b = world[A], world[B]
    day = next(n for n in a.study.forms["AE"].items if n in ("AESTDTC", "AESTDAT"))
    first = row_of(a, subject, AETERM="Pneumonia", **{day: "2026-09-03"})
    row_of(a, subject, AETERM="Pneumonia", **{day: "2026-09-20"})
    second = row_of(b, subject, AETERM="Ｐneumonia", **{day: "2026-09-03"})
    row_of(b, subject, AETERM="Cough", **{day: "2026-09-05"})
    row_of(b, subject)
    assert doubles(a, subject) == ()
    world.swap(A, B)
    for session in (a, b):
        (one,) = doubles(session, subject)
        assert (one.kind, {one.first, one.second}) == ("row", {first, second})
        assert "AE#" in one.says.en and "strike" in one.proposal.en and "划除" in one.proposal.zh
        assert one in doubles(session)
    a.entry(first.form_key()).strike_row(second, Reason("ENTRY_ERROR"))
    assert doubles(a, subject) == ()


def test_the_same_visit_and_the_same_reading(old_ward: Ward) -> None:
    world, subject = old_ward, old_ward.begun(A, B)
    a, b = world[A], world[B]
    days = {A: "2026-09-03", B: "2026-09-03"}
    visits = {}
    for pc in (A, B):
        visits[pc] = world[pc].add_event(subject, "UNS")
        reading = world[pc].add_form(ItemKey(subject, "SCR"), "HRCT")
        form = world[pc].study.forms["HRCT"]
        dated = next(one for one in form.items.values() if one.type.value == "date" and not one.computed)
        entry = world[pc].entry(reading)
        entry.set_value(reading._replace(group=dated.group, item=dated.name), days[pc])
        for name, text in (("SVOCCUR", "Y"), ("SVSTDAT", days[pc])):
            held = item(subject, name, "UNS", "SV")._replace(event_repeat=visits[pc].event_repeat)
            enter_value(world[pc], held, text)
    world.swap(A, B)
    found = {one.kind: one for one in doubles(a, subject)}
    assert set(found) == {"visit", "form"}
    assert "SCR HRCT#1" in found["form"].says.en and "UNS#1 and UNS#2" in found["visit"].says.en
    assert {found["visit"].first, found["visit"].second} == set(visits.values())
    assert {one.kind for one in doubles(b, subject)} == set(found)


def test_two_participants_under_one_number(old_ward: Ward) -> None:
    world = old_ward
    number = "01-777"
    for pc in (A, B):
        world[pc].enrol(number)
    world.swap(A, B)
    twice = [one for one in doubles(world[A]) if one.kind == "number"]
    assert [one.subjid for one in twice] == [number]
    assert "renumber" in twice[0].proposal.en and twice[0].first != twice[0].second
    assert doubles(world[A], twice[0].first.subject) == ()
