"""What the receiver lets stand: rights, and whose business it is. The rest is kept, set aside, named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from mda5_crf.crypto import AUTHORITY, ROLES, BoxSecret, Certificate, SigningKey, Task, seal
from mda5_crf.db import projection, read, read_locks, schema
from mda5_crf.db.accounts import certificate_draft, user_draft
from mda5_crf.db.records import Draft, make_record
from mda5_crf.db.trust import FALSE, GOOD, UNKNOWN, Trust
from mda5_crf.db.verify import verify
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.session import Session
from mda5_crf.sync import bundles
from mda5_crf.sync.judging import Judge
from mda5_crf.sync.registry import Registry
from mda5_crf.sync.report import Report
from tests.unit.db.journalkit import AUTHORITY as AUTHORITY_KEY
from tests.unit.db.journalkit import Person, blind_redaction, blind_signature
from tests.unit.sync.forging import Line, forged, put, record_lines, without
from tests.unit.sync.synckit import (
    A,
    B,
    C,
    World,
    X,
    data_of,
    enter_value,
    item,
    rebuilt_alike,
    shown,
    study,
    value,
    write,
)

OTHER_DEFINITION = Draft("definition", "", {"hash": "ab" * 32, "oid": "NCT04966884", "version": "9"})


def aside(report: Report) -> list[str]:
    """The English reasons."""
    return [reason.en for _, reason in report.aside]


def kept(session: Session, report: Report) -> bool:
    """Whether everything set aside is in the journal all the same, is listed, and verifies."""
    listed = {row.record for row in read.aside(session.vault.store)}
    return (
        all(session.vault.journal.get(one) is not None for one, _ in report.aside)
        and {one for one, _ in report.aside} <= listed
        and verify(session.vault.store) == []
        and rebuilt_alike(session)
    )


@pytest.fixture
def enrolled(world: World) -> str:
    """A participant of ward 01, known at the centre."""
    subject = world[A].enrol().identity
    enter_value(world[A], item(subject), "118")
    world.send(A, C)
    return subject


def sends(world: World, sender: str, receiver: str, drafts: Sequence[Draft]) -> Report:
    write(world[sender], *drafts)
    return world.send(sender, receiver)


@pytest.mark.alteration
def test_subject_of_other_site(world: World, enrolled: str) -> None:
    before = data_of(world[C], enrolled)
    key = item(enrolled)
    drafts = [
        value(key, "199"),
        Draft("missing", key.path(), {"code": "ND"}),
        Draft("status", key.form_key().path(), {"status": "complete"}),
        Draft("event", enrolled, {"event": "UNS"}),
        Draft("strike", key.form_key().path(), {"state": "struck", "reason": {"code": "OTHER"}}),
        Draft("subject", enrolled, {"renumber": "01-099", "reason": "x"}),
        Draft("query", key.path(), {"query": "q1", "state": "Open", "source": "manual", "text": "?"}),
    ]
    report = sends(world, X, C, drafts)
    reason = "The participant belongs to site 01, and the author to another one."
    assert aside(report) == [reason] * len(drafts)
    assert data_of(world[C], enrolled) == before
    assert kept(world[C], report)


def test_a_ward_that_knows_the_id_of_a_query_of_another_site(world: World, enrolled: str) -> None:
    """Under a key of its own participant it may write; that is another query."""
    query = world[C].raise_query(item(enrolled), "Which arm?")
    own = item(world[X].enrol().identity)
    content = {"query": query.id, "state": "Closed", "source": "manual", "answer": "never mind"}
    report = sends(world, X, C, [Draft("query", own.path(), content), value(own, "120")])
    assert report.set_aside <= 1
    seen = {q.key.subject: q.state for q in read.queries(world[C].vault.store)}
    assert seen[enrolled] == "Open"
    assert world[C].close_query(query.id, "", query.key).state == "Closed"
    world.send(C, A)
    assert [q.state for q in world[A].queries()] == ["Closed"]
    assert rebuilt_alike(world[C])


@pytest.mark.alteration
def test_enrolment_for_another_site(world: World) -> None:
    report = sends(
        world, X, C,
        [
            Draft("subject", "", {"subjid": "01-050", "site": "01"}),
            Draft("subject", "", {"subjid": "01-051", "site": "02"}),
            Draft("subject", "", {"subjid": "02-12345678", "site": "02"}),
            Draft("subject", "", {"subjid": "02-007", "site": "02"}),
        ],
    )  # fmt: skip
    assert len(report.aside) == 3
    assert [s.subjid for s in world[C].subjects()] == ["02-007"]
    assert kept(world[C], report)


def test_participant_of_a_pc_that_the_centre_does_not_know(world: World) -> None:
    """What is about the participant waits, set aside; the rest of the bundle goes in."""
    write(world[X], value(ItemKey.parse("0123456789abcdef:9/BL/VS/MAIN/SYSBP_VSORRES"), "120"))
    report = world.send(X, C)
    assert len(report.aside) == 1 and "0123456789abcdef" in report.aside[0][1].en
    assert kept(world[C], report)


@pytest.mark.alteration
def test_ward_sends_lock(world: World, enrolled: str) -> None:
    form = item(enrolled).form_key().path()
    report = sends(world, A, C, [Draft("lock", form, {"state": "locked"})])
    assert report.set_aside == 1  # an investigator has no right to it in the first place
    world.as_monitor()
    report = sends(world, A, C, [Draft("lock", form, {"state": "frozen"})])
    assert aside(report) == ["Only the centre freezes and locks."]
    assert read_locks.lock_acts(world[C].vault.store, enrolled) == ()


def test_centre_locks(world: World, enrolled: str) -> None:
    form = item(enrolled).form_key()
    report = sends(world, C, A, [Draft("lock", form.path(), {"state": "locked"})])
    assert report.set_aside == 0
    assert [act.state for act in read_locks.lock_acts(world[A].vault.store, enrolled)] == ["locked"]


@pytest.mark.alteration
def test_ward_sends_definition(world: World) -> None:
    report = sends(world, A, C, [OTHER_DEFINITION])
    assert report.set_aside == 1
    assert "version of the study definition" in aside(report)[0]
    assert read.definition_in_force(world[C].vault.store) == world[C].study.hash
    assert kept(world[C], report)


@pytest.mark.alteration
def test_centre_names_a_definition_that_is_not_here(world: World) -> None:
    report = sends(world, C, A, [OTHER_DEFINITION])
    assert report.set_aside == 1
    assert read.definition_in_force(world[A].vault.store) == world[A].study.hash


@pytest.mark.alteration
def test_account_of_another_vault(world: World) -> None:
    """A ward cannot end the data manager's account, nor the centre a nurse's."""
    report = sends(world, A, C, [user_draft(world[C].person.id, "disabled")])
    assert aside(report) == ["It is about an account of another vault."]
    report = sends(world, C, A, [user_draft(world[A].person.id, "disabled")])
    assert aside(report) == ["It is about an account of another vault."]
    assert all(p.active for p in world[A].people() if p.login == "i01")


@pytest.mark.alteration
def test_keys_for_a_person_of_another_vault(world: World) -> None:
    """Under its own authority a ward certifies the centre's data manager as an investigator with new keys."""
    ward, person = world[X], world[C].person
    authority = SigningKey.generate()  # not even the ward's own: nobody entitled signed it
    false = Certificate(
        ward.study.oid, "02", ward.vault.meta.vault, person.id, "d02", "Somebody",
        (Task("investigator", "2026-01-01"),), BoxSecret.generate().public, authority.public,
        SigningKey.generate().public, 9,
    )  # fmt: skip
    report = sends(world, X, C, [certificate_draft(false.signed(AUTHORITY, authority))])
    assert report.set_aside == 1
    signer = ward.vault._signer("orbit-canvas-12-lantern")
    assert signer.authority is not None
    report = sends(world, X, C, [certificate_draft(false.signed(AUTHORITY, signer.authority))])
    assert aside(report) == ["It names keys for a person of another vault."]
    assert "investigator" not in {role for p in world[C].people() if p.id == person.id for role in p.roles}
    assert kept(world[C], report)


@pytest.mark.alteration
def test_monitor_enters_value(world: World, enrolled: str) -> None:
    monitor = world.as_monitor()
    report = sends(world, A, C, [value(item(enrolled), "199", (read.form_entries(
        monitor.vault.store, item(enrolled).form_key())[0].record,))])  # fmt: skip
    assert ["had no right to enter" in reason for reason in aside(report)] == [True]
    assert shown(world[C], item(enrolled)) == ("118", False)
    assert kept(world[C], report)


@pytest.mark.alteration
def test_data_entry_verifies(world: World, enrolled: str) -> None:
    report = sends(world, A, C, [Draft("verify", item(enrolled).path(), {"state": "verified"})])
    assert report.set_aside == 1
    assert read.marks(world[C].vault.store, enrolled) == ()


def test_monitor_verifies(world: World, enrolled: str) -> None:
    world.as_monitor()
    report = sends(world, A, C, [Draft("verify", item(enrolled).path(), {"state": "verified"})])
    assert report.set_aside == 0
    assert len(read.marks(world[C].vault.store, enrolled)) == 1


@pytest.mark.requirement("EMA-8", "E6-17")
@pytest.mark.alteration
def test_centre_invents_site_record(world: World, enrolled: str) -> None:
    key = item(enrolled)
    heads = tuple(entry.record for entry in read.form_entries(world[A].vault.store, key.form_key()))
    drafts = [
        value(key, "199", heads),
        Draft("missing", key.path(), {"code": "ND"}, heads),
        Draft("status", key.form_key().path(), {"status": "complete"}),
        Draft("confirm", key.path(), {"check": "X", "text": "118"}),
        Draft("subject", "", {"subjid": "01-090", "site": "01"}),
        Draft("signature", key.form_key().path(), blind_signature()),
    ]
    before = data_of(world[A], enrolled)
    report = sends(world, C, A, drafts)
    assert report.set_aside == len(drafts)
    assert data_of(world[A], enrolled) == before
    assert kept(world[A], report)


@pytest.mark.parametrize("body", [1, 2])
@pytest.mark.parametrize("gone", [("data", "salt"), ("data", "salt", "key", "key_salt")], ids=len)
def test_centre_hides_a_site_record_behind_a_stub(
    world: World, enrolled: str, gone: tuple[str, ...], body: int
) -> None:
    """Without its content a record still supersedes others: it is judged all the same."""
    key = item(enrolled)
    heads = tuple(entry.record for entry in read.form_entries(world[A].vault.store, key.form_key()))
    (record,) = write(world[C], value(key, "199", heads))

    def emptied(lines: list[Line]) -> list[Line]:
        for line in lines:
            if line.get("record", {}).get("kind") == "value":
                without(line, record, *gone)
        return lines

    data = forged(world[C], world[A], emptied, body_format=body)
    report = bundles.take(world[A], put(world.stick, data))
    assert report.set_aside == 1
    assert shown(world[A], key) == ("118", False)
    assert verify(world[A].vault.store) == []


@pytest.mark.requirement("E6-17")
def test_centre_speaks_of_another_site(world: World, enrolled: str) -> None:
    """What should have come as a stub is not let in with its content."""
    content = {"query": "q1", "state": "Open", "source": "manual", "text": "?"}
    write(world[C], Draft("query", item(enrolled).path(), content))

    def whole(lines: list[Line]) -> list[Line]:
        for line in lines:
            if line.get("record", {}).get("kind") == "query":
                seq = line["record"]["seq"]
                record = world[C].vault.journal.get(f"{world[C].device}:{seq}")
                assert record is not None
                # The honest program withheld it.
                assert line["record"]["data"] is line["record"]["key"] is None
                line["record"] = record_lines([record])[0]["record"]
                del line["record"]["prev"]
        return lines

    data = forged(world[C], world[X], whole)
    report = bundles.take(world[X], put(world.stick, data))
    # The ward does not know the PC the participant was enrolled at: it knows of no such participant.
    assert report.subjects == 1
    assert world[X].subjects() == ()
    assert world[X].queries() == ()


@pytest.mark.alteration
def test_redaction_from_other_site(world: World, enrolled: str) -> None:
    target = read.form_entries(world[C].vault.store, item(enrolled).form_key())[0].record
    for sender, receiver in ((X, C), (B, A)):
        report = sends(world, sender, receiver, [Draft("redaction", "", blind_redaction(target))])
        assert ["one person alone cannot redact" in reason for reason in aside(report)] == [True]
        with world[receiver].vault.store.read() as tx:
            assert tx.find(schema.redaction) == []
        # Nor one that two persons signed.
        said = judged(world, receiver, sender, "redaction", "", {"records": [target]})
        assert (said == "") is (sender == B)  # another PC of the same site
        said = judged(world, receiver, sender, "redaction", "", {"records": []})
        assert said.startswith("Each site redacts")


def test_unknown_kind_is_kept(world: World) -> None:
    # The own journal refuses to write what it cannot fold, so a newer program is imitated line by line.
    projection._FOLDS["novelty"] = lambda _tx, _record: None  # type: ignore[index]
    try:
        write(world[A], Draft("novelty", "", {"text": "from a later version"}))
    finally:
        del projection._FOLDS["novelty"]  # type: ignore[attr-defined]
    report = world.send(A, C)
    assert ["novelty" in reason for reason in aside(report)] == [True]
    assert kept(world[C], report)


@pytest.mark.alteration
def test_lamport_clock_huge(world: World, enrolled: str) -> None:
    journal = world[A].vault.journal
    with journal.begin():
        assert journal._state is not None
        journal._state = replace(journal._state, clock=2**50)
    write(world[A], value(item(enrolled), "199"))
    report = world.send(A, C)
    assert any("clock" in reason for reason in aside(report))
    query = world[C].raise_query(item(enrolled), "Which arm?")
    record = world[C].vault.journal.get(query.record)
    assert record is not None
    assert record.clock < 2**40
    assert kept(world[C], report)


def test_thousands_set_aside_are_named_in_several_records(world: World, enrolled: str) -> None:
    write(world[X], *[value(item(enrolled), str(number)) for number in range(1100)])
    report = world.send(X, C)
    assert report.set_aside == 1100
    assert len(report.lines()) < 20
    assert kept(world[C], report)
    back = world.make(C, X)  # its own records still fit into a bundle
    assert bundles.take(world[X], back).set_aside == 0


def test_pc_not_registered_is_passed_over(world: World) -> None:
    """B does not know X: whoever carries X's chain, nothing of it is stored."""
    foreign = world[X].enrol()
    world.send(X, C)
    count = world[C].vault.journal.heads()[world[X].device][0]

    def with_chain(lines: list[Line]) -> list[Line]:
        with world[C].vault.store.read() as tx:
            others = {d: 2**53 for d in world[C].vault.journal.heads(tx) if d != world[X].device}
            records = record_lines(world[C].vault.journal.above(others, tx))
            seals = [{"seal": s.as_json()} for s in world[C].vault.journal.seals_above(others, tx)]
        own = [line for line in lines if "seal" in line]
        return [*(line for line in lines if "seal" not in line), *records, *own, *seals]

    report = bundles.take(world[B], put(world.stick, forged(world[C], world[B], with_chain)))
    assert report.passed_over == {world[X].device: count}
    assert any("passed over" in line.en for line in report.lines())
    assert set(world[B].vault.journal.heads()) == {world[B].device, world[C].device}
    assert foreign.identity not in {s.identity for s in world[B].subjects()}


# -- the judge alone -------------------------------------------------------------------------------------

ALL: frozenset[str] = frozenset(ROLES)


def judged(world: World, at: str, author: str, kind: str, key: str, content: dict[str, object]) -> str:
    """The English reason for a record by somebody with every role; "" when it stands."""
    device = world[author].device
    record = make_record(
        Draft(kind, key, content), study=study().oid, device=device, seq=99, prev="00" * 32, person="ee" * 16,
        at="2026-11-23T01:00:00.000Z", zone="Asia/Shanghai +08:00", clock=99,
    )  # fmt: skip
    with world[at].vault.store.read() as tx:
        registry = Registry.read(world[at])
        reason = Judge(tx, registry, study().hash, study().subject_pattern)(record, ALL)
    return "" if reason is None else reason.en


@pytest.mark.parametrize("kind", ["value", "status", "row", "query", "verify", "review"])
def test_records_about_nobody(old_world: World, kind: str) -> None:
    content: dict[str, object] = {"state": "Open", "source": "system"}
    for key in ("", "/BL/VS", "nobody/BL/VS", "x:y/BL/VS"):
        assert "shape" in judged(old_world, C, A, kind, key, content)


@pytest.mark.parametrize(
    "number, stands",
    [("01-001", True), ("01-999", True), ("02-001", False), ("01-0001", False), ("0100123456", False),
     (5, False), (None, False), ("01-001\n", False), ("０1-001", False), ("01-００１", False)],
    ids=repr,
)  # fmt: skip
def test_numbers_of_participants(old_world: World, number: object, stands: bool) -> None:
    """A hospital number cannot enrol, nor come in later as a new number."""
    enrolment = judged(old_world, C, A, "subject", "", {"subjid": number, "site": "01"})
    renumbered = judged(old_world, C, A, "subject", f"{old_world[A].device}:9", {"renumber": number})
    assert (enrolment == "", renumbered == "") == (stands, stands)


def test_enrolment_is_the_sites_own_business(old_world: World) -> None:
    assert judged(old_world, C, A, "subject", "", {"subjid": "01-001", "site": "02"})
    assert "centre writes no" in judged(old_world, A, C, "subject", "", {"subjid": "00-001", "site": "00"})


def test_foreign_participant_at_a_ward(world: World) -> None:
    """The centre may tell a ward nothing of another site's participants."""
    subject = f"{world[X].device}:9/BL/VS"
    query: dict[str, object] = {"state": "Open", "source": "manual", "query": "q"}
    registry = Registry.read(world[A])
    assert registry.site_of(world[X].device) is None
    assert judged(world, A, C, "query", subject, query) == ""  # of a PC nobody here knows: shown nowhere
    assert "belongs to site 02" in judged(world, C, A, "query", subject, query)
    assert judged(world, C, X, "query", subject, query) == ""
    elsewhere = judged(world, A, C, "query", f"{world[C].device}:9/BL/VS", query)
    assert elsewhere == "The participant belongs to another site."


def test_a_role_is_held_in_the_vault_the_certificate_names() -> None:
    """One authority, two vaults: nurse in one, reader in the other; neither role nor key travels along."""
    ward, there = "ab" * 16, "cd" * 16
    nurse = Person("n07", "data_entry")
    reader = replace(nurse, author=SigningKey.generate(), sign=SigningKey.generate(), role="read_only")
    trust, authority = Trust(), AUTHORITY_KEY.public.text
    assert trust.learn_device("d1", authority, ward)
    assert trust.learn_device("d2", authority, there)
    assert trust.learn_device("d3", authority, "None")
    assert trust.learn_certificate("d1", 3, nurse.certificate(ward).as_json())
    assert trust.learn_certificate("d2", 4, reader.certificate(there).as_json())
    day, head = "2026-11-23", "ef" * 32
    assert trust.roles("d1", nurse.id, 9, day) == {"data_entry"}
    assert trust.roles("d2", nurse.id, 9, day) == {"read_only"}
    assert trust.roles("d3", nurse.id, 9, day) == frozenset()
    assert trust.judge_seal(nurse.id, "d2", 9, head, seal(nurse.author, head)) == FALSE
    assert trust.judge_seal(nurse.id, "d2", 9, head, seal(reader.author, head)) == GOOD
    # The centre's chain may name a person of a ward: that counts in the ward's chain.
    doctor = Person("i02", "investigator")
    assert trust.learn_certificate("d2", 10, doctor.certificate(ward).as_json())
    assert trust.roles("d1", doctor.id, 11, day) == {"investigator"}
    assert trust.roles("d2", doctor.id, 11, day) == frozenset()


def test_own_things_stand(old_world: World) -> None:
    subject = f"{old_world[A].device}:9"
    for kind in ("value", "event", "row", "strike", "signature", "verify", "print", "export"):
        assert judged(old_world, C, A, kind, subject, {}) == "", kind
    for kind in ("verify", "lock", "print", "export"):
        assert judged(old_world, A, C, kind, subject, {"state": "locked"}) == "", kind
    for kind in ("login", "logout", "print", "bundle", "peer"):
        assert judged(old_world, C, A, kind, "", {}) == "", kind


def test_a_key_counts_only_under_its_own_authority() -> None:
    """A vault that certifies another's person with new keys can seal nothing in that other's chain."""
    person, theirs = Person("i01", "investigator"), SigningKey.generate()
    impostor = replace(person, author=SigningKey.generate(), sign=SigningKey.generate(), role="monitor")
    trust = Trust()
    assert trust.learn_device("ward", AUTHORITY_KEY.public.text, "ab" * 16)
    assert trust.learn_device("other", theirs.public.text, "cd" * 16)
    assert trust.learn_certificate("ward", 3, person.certificate("ab" * 16).as_json())
    assert trust.learn_certificate("other", 4, impostor.certificate("cd" * 16, theirs).as_json())
    head = "ef" * 32
    assert trust.judge_seal(person.id, "ward", 9, head, seal(person.author, head)) == GOOD
    assert trust.judge_seal(person.id, "ward", 9, head, seal(impostor.author, head)) == FALSE
    assert trust.judge_seal(person.id, "other", 9, head, seal(impostor.author, head)) == GOOD
    assert trust.judge_seal(person.id, "nowhere", 9, head, seal(person.author, head)) == UNKNOWN
    assert trust.roles("ward", person.id, 9, "2026-11-23") == {"investigator"}
    assert trust.roles("other", person.id, 9, "2026-11-23") == {"monitor"}
