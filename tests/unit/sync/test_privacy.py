"""Texts that name a person are found before a bundle is made, and go only on somebody's word."""

from __future__ import annotations

from pathlib import Path

import pytest

from mda5_crf.db.records import Draft
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import freetext
from mda5_crf.services.auditfilter import AuditFilter
from mda5_crf.services.identities import Identity, IdentityList
from mda5_crf.services.session import Session
from mda5_crf.sync import bundles
from mda5_crf.sync.ledger import Ledger
from tests.commandline import act
from tests.unit.sync.synckit import A, C, World, X, enter_value, everything_of, item
from tests.vaults import password

ID, PHONE, NAME, HOSPITAL = "11010519491231002X", "13987654321", "欧阳丽华", "ZY00873321"
SECRETS = (ID, PHONE, NAME, HOSPITAL)


def comment(subject: str) -> ItemKey:
    """A question with an answer in free words."""
    return item(subject, "SVREASOC", "BL", "SV")


def refused(world: World, peer: str = C, **more: object) -> freetext.PersonNamed:
    before = everything_of(world[A])
    with pytest.raises(freetext.PersonNamed) as caught:
        bundles.make(world[A], world[peer].device, world.stick, **more)  # type: ignore[arg-type]
    assert everything_of(world[A]) == before and list(world.stick.iterdir()) == []
    problem = caught.value
    said = " ".join(text for line in problem.lines() for text in (line.en, line.zh))
    assert not [one for one in SECRETS if one in said], "what was found is never repeated"
    assert all(line.en != line.zh for line in problem.lines())
    return problem


def write_text(session: Session, subject: str, text: str) -> str:
    key = comment(subject)
    heads = session.cache(subject).heads.get(key, ())
    (record,) = session.append([Draft("value", key.path(), {"text": text}, tuple(heads))])
    session.refresh()
    return record.id


def listed(session: Session, subject: str) -> tuple[Identity, ...]:
    opened = IdentityList(session, password("i01"))
    opened.set(subject, {"name": NAME, "hospital": HOSPITAL})
    opened.close()
    rows, compared = freetext.known_to(session, password("i01"))
    assert compared and len(rows) == 1 and session.vault.open_list is None
    return rows


@pytest.mark.requirement("PIPL-8", "CN-4")
@pytest.mark.alteration
def test_identity_in_free_text_before_a_bundle(world: World) -> None:
    """Numbers in values, reasons and queries, full-width too; the place is named, the text never."""
    subject = world[A].enrol().identity
    key = item(subject)
    enter_value(world[A], key, "118")
    first = write_text(world[A], subject, f"call {PHONE}")
    write_text(world[A], subject, f"证件{ID.translate({ord(c): ord(c) + 0xFEE0 for c in '0123456789X'})}")
    state = {"query": "q1", "state": "Open", "source": "manual", "text": f"why? {ID}"}
    world[A].append([Draft("query", key.path(), state)])
    old = world[A].cache(subject).heads[key]
    reason = {"code": "OTHER", "text": f"told by {PHONE}"}
    world[A].append([Draft("value", key.path(), {"text": "120", "reason": reason}, old)])
    problem = refused(world)
    assert [one.kinds for one in problem.found] == [("phone",), ("idno",), ("idno",), ("phone",)]
    assert problem.found[0].record == first
    said = [line.en for line in problem.lines()]
    number = world[A].subjid(subject)
    assert said[0].startswith("4 texts") and said[1].startswith(f"{number} · Baseline (day 1) · ")
    assert any("Systolic" in line and "query" in line for line in said)
    assert any("identification list is closed" in line for line in said)
    assert "A correction alone is not enough" in said[-1]
    # The earlier text stays in the chain: corrected twice, the first one is still found (above). On a word
    # it goes, the record of the bundle names what went, and for this receiver nobody asks again.
    file = bundles.make(world[A], world[C].device, world.stick, anyway=True)
    report = bundles.take(world[C], file)
    assert report.set_aside <= 1  # an investigator's query stands; nothing else is judged otherwise
    (made,) = Ledger.read(world[A], world[C].device).sent(world[C].device)
    record = world[A].audit.page(AuditFilter(kinds=("bundle",))).lines[0]
    assert made.number == 1 and "4 texts that may name a person, confirmed" in record.new.en
    assert freetext.last_confirmed(world[A]) == 4
    assert bundles.make(world[A], world[C].device, world.stick, everything=True).exists()
    assert freetext.last_confirmed(world[A]) == 0


def test_another_receiver_is_another_question(world: World) -> None:
    subject = world[A].enrol().identity
    write_text(world[A], subject, PHONE)
    bundles.make(world[A], world[C].device, world.stick, anyway=True).unlink()
    assert len(refused(world, "b").found) == 1


@pytest.mark.requirement("PIPL-8")
@pytest.mark.alteration
def test_names_and_hospital_numbers_only_with_the_list(world: World) -> None:
    subject = world[A].enrol().identity
    enter_value(world[A], item(subject), "118")
    write_text(world[A], subject, f"seen by {NAME}, zy00873321")
    assert world.make(A, C).exists()  # the list is closed: nothing to be known
    for file in world.stick.iterdir():
        file.unlink()
    rows = listed(world[A], subject)
    problem = refused(world, names=rows)
    (one,) = problem.found
    assert one.kinds == ("name", "hospital") and problem.names
    assert not any("closed or not here" in line.en for line in problem.lines())
    assert one.as_json() == {
        "record": one.record, "key": comment(subject).path(), "what": ["name", "hospital"],
        "place": one.place.en,
    }  # fmt: skip


def test_a_number_that_is_a_hospital_number_names_nobody(world: World) -> None:
    """Only where any text may stand is a listed number looked for."""
    subject = world[A].enrol().identity
    opened = IdentityList(world[A], password("i01"))
    opened.set(subject, {"hospital": "118"})
    opened.close()
    enter_value(world[A], item(subject), "118")
    rows, _ = freetext.known_to(world[A], password("i01"))
    assert bundles.make(world[A], world[C].device, world.stick, names=rows).exists()
    write_text(world[A], subject, "bed 118")
    with pytest.raises(freetext.PersonNamed):
        bundles.make(world[A], world[C].device, world.stick, names=rows)


def test_who_does_not_hold_the_list_compares_no_names(world: World) -> None:
    assert freetext.known_to(world[A], password("i01")) == ((), False)  # none was begun
    listed(world[A], world[A].enrol().identity)
    assert freetext.known_to(world[A], "") == ((), False) and freetext.holds_list(world[A])
    assert not freetext.holds_list(world[C]) and freetext.known_to(world[C], password("d02")) == ((), False)


def test_what_was_redacted_is_not_asked_about(world: World) -> None:
    """Emptied, a record says nothing; and a stub that a ward may not read says nothing either."""
    subject = world[X].enrol().identity
    world.send(X, C)
    query = {"query": "q", "state": "Open", "source": "manual", "text": PHONE}
    world[C].append([Draft("query", item(subject).path(), query)])
    assert bundles.make(world[C], world[A].device, world.stick).exists()
    with pytest.raises(freetext.PersonNamed):
        bundles.make(world[C], world[X].device, world.stick)


def test_ids_and_hashes_are_no_telephone_numbers(world: World) -> None:
    """Fields that hold ids, signatures and codes are not read as words."""
    content = {"query": "13987654321", "hash": PHONE, "second": {"sig": PHONE}, "text": "fine"}
    assert list(freetext._texts(content)) == ["fine"]
    assert list(freetext._texts({"reason": {"code": PHONE, "text": "x"}, "n": 5, "l": ["y"]})) == ["x", "y"]
    assert refused_many(world) == freetext.SHOWN + 3


def refused_many(world: World) -> int:
    subject = world[A].enrol().identity
    for number in range(freetext.SHOWN + 3):
        write_text(world[A], subject, f"{number} {PHONE}")
    return len(refused(world).lines()) - 1  # "… and 3 more", what was not looked for, what to do


@pytest.mark.requirement("PIPL-8")
def test_by_command(world: World, tmp_path: Path) -> None:
    subject = world[A].enrol().identity
    write_text(world[A], subject, f"{PHONE} {NAME}")
    listed(world[A], subject)
    world[C].close()
    world.close(A)
    world.open.pop(C)
    vault = world.base / A
    done = act("bundle", "make", vault, "Centre", "-o", tmp_path / "out", login="i01").refused(1, "--anyway")
    assert "a telephone number, a name on the identification list" in done.err and "涂除" in done.err
    assert not [one for one in SECRETS if one in done.err] and not (tmp_path / "out").exists()
    good = act("bundle", "make", vault, "Centre", "-o", tmp_path / "out", "--anyway", login="i01").good()
    assert "they may name a person: 1" in good.out and len(list((tmp_path / "out").iterdir())) == 1
