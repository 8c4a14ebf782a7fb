"""Attacks on the record with keys: seals, certificates and accounts of others. See test_record.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from mda5_crf.crypto import SigningKey
from mda5_crf.db.chain import ChainError
from mda5_crf.db.journal import Identity, Journal
from mda5_crf.db.records import Draft
from tests.faults.test_record import found, record, ward
from tests.unit.db.journalkit import STUDY, ZONE, Person, Ward, item, value

__all__ = ["found", "record", "ward"]

# -- seals and keys ------------------------------------------------------------------------------------


@pytest.mark.alteration
def test_seal_dropped(ward: Ward) -> None:
    with ward.store.transaction() as tx:
        tx.connection.exec_driver_sql("DELETE FROM seal WHERE first = 6")
    assert found(ward) == [("seal_dropped", "d1:6-8")]


@pytest.mark.alteration
@pytest.mark.parametrize("change", ["signature = zeroblob(64)", "person = 'x'", "signature = zeroblob(3)"])
def test_seal_false(ward: Ward, change: str) -> None:
    with ward.store.transaction() as tx:
        tx.connection.exec_driver_sql(f"UPDATE seal SET {change} WHERE first = 6")
    assert found(ward) == [("seal_false", "d1:6-8")]


@pytest.mark.alteration
def test_seal_of_nothing(ward: Ward) -> None:
    with ward.store.transaction() as tx:
        tx.connection.exec_driver_sql(
            "INSERT INTO seal VALUES ('d1', 7, 8, 'x', x'00'), ('d9', 1, 2, 'x', x'00')"
        )
    assert found(ward) == [("seal_surplus", "d1:7-8"), ("tail_cut", "d9:1-2")]


@pytest.mark.alteration
def test_seal_by_retired_key(ward: Ward) -> None:
    old = Identity(STUDY, "d1", ward.person.id, ward.person.author)
    ward.person.author = SigningKey.generate()
    ward.add(Draft("certificate", "", ward.person.certificate(ward.vault, serial=2).as_json()))
    ward.journal = ward.journal_of(ward.person)
    ward.value(item("d1:4", "GOOD"), "1")
    assert found(ward) == []
    ward.add(value(item("d1:4", "BAD"), "1"), by=Journal(ward.store, old, ZONE))
    assert [code for code, _ in found(ward)] == ["seal_retired"]


@pytest.mark.alteration
def test_seal_of_a_disabled_person(ward: Ward) -> None:
    doctor, keeper = Person("i02", "investigator"), ward.admit(Person("i03", "investigator"))
    journal = ward.admit(doctor)
    ward.add(value(item("d1:4", "OK"), "1"), by=journal)
    ward.add(Draft("user", "", {"person": doctor.id, "state": "disabled"}), by=keeper)
    assert found(ward) == []
    ward.add(value(item("d1:4", "LATE"), "1"), by=journal)
    assert found(ward) == [("seal_retired", "d1:16")]
    ward.add(Draft("user", "", {"person": doctor.id, "state": "active"}), by=keeper)
    ward.add(value(item("d1:4", "AGAIN"), "1"), by=journal)
    assert found(ward) == [("seal_retired", "d1:16")]


@pytest.mark.alteration
def test_a_disabled_person_does_not_enable_himself(ward: Ward, tmp_path: Path) -> None:
    """He still holds the database key and his own keys; but only the word of a keeper counts."""
    doctor, keeper = Person("i02", "investigator"), ward.admit(Person("i03", "investigator"))
    journal = ward.admit(doctor)
    ward.add(value(item("d1:4", "OK"), "1"), by=journal)
    ward.add(Draft("user", "", {"person": doctor.id, "state": "disabled"}), by=keeper)
    again = Draft("user", "", {"person": doctor.id, "state": "active"})
    ward.add(again, value(item("d1:4", "LATE"), "1"), by=journal)
    assert found(ward) == [("account_false", "d1:16"), ("seal_retired", "d1:16-17")]
    with pytest.raises(ChainError, match=r"store\.chain_unsealed"):
        ward.send(Ward(tmp_path, "d2"))


@pytest.mark.alteration
def test_account_ended_by_somebody_who_may_not(ward: Ward, tmp_path: Path) -> None:
    keeper = Person("i03", "investigator")
    journal = ward.admit(keeper)
    ward.add(Draft("user", "", {"person": keeper.id, "state": "disabled"}))
    ward.add(value(item("d1:4", "NEW"), "1"), by=journal)
    assert found(ward) == [("account_false", "d1:13")]
    taken = ward.send(Ward(tmp_path, "d2"))
    assert [(one, "end or renew" in why.en) for one, why in taken.aside] == [("d1:13", True)]


@pytest.mark.alteration
def test_old_certificate_recorded_again(ward: Ward) -> None:
    """Whoever has a retired key cannot make it count again with the certificate it once had."""
    first = record(ward, 3).data
    old = Journal(ward.store, Identity(STUDY, "d1", ward.person.id, ward.person.author), ZONE)
    ward.person.author = SigningKey.generate()
    ward.add(Draft("certificate", "", ward.person.certificate(ward.vault, serial=2).as_json()))
    ward.journal = ward.journal_of(ward.person)
    ward.add(value(item("d1:4", "A"), "1"), by=ward.admit(Person("n09")))
    assert found(ward) == []
    ward.add(Draft("certificate", "", first), value(item("d1:4", "BAD"), "1"), by=old)
    assert found(ward) == [("certificate_false", "d1:15"), ("seal_retired", "d1:15-16")]


@pytest.mark.alteration
def test_investigator_certifies_keys_for_a_monitor(ward: Ward, tmp_path: Path) -> None:
    """The authority certified the monitor; nobody at the site can write in the monitor's name."""
    pi, monitor = Person("i03", "investigator"), Person("m01", "monitor")
    journal, _ = ward.admit(pi), ward.admit(monitor)
    fake = Person("m01", "data_entry", id=monitor.id)
    forged = fake.certificate(ward.vault, serial=2).signed(pi.id, pi.sign)
    ward.add(Draft("certificate", "", forged.as_json()), by=journal)
    ward.add(value(item("d1:4", "NEW"), "1"), by=ward.journal_of(fake))
    assert found(ward) == [("certificate_false", "d1:14"), ("seal_false", "d1:15")]
    with pytest.raises(ChainError, match=r"store\.chain_unsealed"):
        ward.send(Ward(tmp_path, "d2"))


@pytest.mark.alteration
def test_disabled_investigator_certifies_nobody(ward: Ward) -> None:
    pi, new = Person("i03", "investigator"), Person("n09")
    ward.admit(pi)
    ward.add(
        Draft("user", "", {"person": pi.id, "state": "disabled"}),
        by=ward.admit(Person("i04", "investigator")),
    )
    certificate = new.certificate(ward.vault).signed(pi.id, pi.sign)
    ward.add(Draft("certificate", "", certificate.as_json()))
    assert found(ward) == [("certificate_false", "d1:15")]


@pytest.mark.alteration
def test_record_backdated_before_certificate(ward: Ward) -> None:
    doctor = Person("i02", "investigator")
    ward.add(value(item("d1:4", "EARLY"), "1"), by=ward.journal_of(doctor))
    assert found(ward) == [("author_unknown", "d1:12")]
    ward.add(Draft("certificate", "", doctor.certificate(ward.vault).as_json()))
    assert found(ward) == [("seal_retired", "d1:12")]


@pytest.mark.alteration
def test_certificate_self_made(ward: Ward) -> None:
    impostor = Person("x01", "investigator")
    forged = impostor.certificate(ward.vault, SigningKey.generate()).as_json()
    ward.add(Draft("certificate", "", forged))
    ward.add(value(item("d1:4", "NEW"), "1"), by=ward.journal_of(impostor))
    assert found(ward) == [("certificate_false", "d1:12"), ("author_unknown", "d1:13")]


@pytest.mark.alteration
def test_device_key_used_without_author(ward: Ward) -> None:
    ward.add(
        value(item("d1:4"), "1"),
        by=Journal(ward.store, Identity(STUDY, "d1", ward.person.id, ward.sign), ZONE),
    )
    assert found(ward) == [("seal_false", "d1:9-12")]


@pytest.mark.alteration
def test_authority_that_is_not_believed(ward: Ward) -> None:
    codes = {code for code, _ in found(ward, authorities=frozenset({SigningKey.generate().public.text}))}
    assert codes == {"certificate_false", "author_unknown"}
