"""Attacks on electronic signatures: each is void, false or unconfirmed on screen, and named by ``verify``.

What the program would refuse is written past it, as somebody with the database key and another tool can.
"""

# ruff: noqa: ANN401 - contents of any shape
from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mda5_crf.crypto import SigningKey, base64_text
from mda5_crf.db import esign, migrate, projection, rows, schema
from mda5_crf.db.clock import stamp
from mda5_crf.db.fold_common import Unfoldable
from mda5_crf.db.intake import load_trust
from mda5_crf.db.journal import Journal
from mda5_crf.db.read_signatures import Proofs, SignatureRow, standing_in
from mda5_crf.db.records import AuditRecord, Draft
from mda5_crf.db.verify import verify
from mda5_crf.errors import PermissionDenied
from mda5_crf.services import access
from mda5_crf.text import Text
from tests.commandline import remembered_keys
from tests.scenario import Ward as Desk
from tests.signward import built_signing, signed, signing_session, vitals
from tests.unit.db.journalkit import DEFINITION, STUDY, ZONE, Person, Ward, item
from tests.vaults import FOUNDER, password


def of_signatures(kind: str, content: Mapping[str, Any], roles: Collection[str]) -> Text | None:
    """Rights, of signatures alone: the first person of this kit's wards is a nurse who founds and admits."""
    return access.judge(kind, content, roles) if kind == "signature" else None


@dataclass
class Scene:
    """A ward with a nurse (its first person), an investigator and an administrator, and a filled form."""

    ward: Ward
    doctor: Person
    admin: Person
    journals: dict[str, Journal]
    form: str
    value: AuditRecord

    def content(
        self, by: Person, scope: str = "", *, vault: str = "", key: SigningKey | None = None, **change: Any
    ) -> dict[str, Any]:
        """What a signature of ``scope`` by ``by`` would say if written in the next second."""
        scope = scope or self.form
        at, zone = stamp(self.ward.now + timedelta(seconds=1), ZONE)
        name = change.pop("name", f"Name of {by.login}")
        act = esign.Act(
            vault or self.ward.vault, STUDY, DEFINITION, scope, change.pop("meaning", "REVIEWED"),
            change.pop("person", by.id), name, at, zone, "0.2.0",
        )  # fmt: skip
        items = change.pop("items", None) or standing_in(self.ward.store, scope)
        manifest = act.manifest(items, esign.computed_hash(()))
        sig = (key or by.sign).sign(esign.CONTEXT, esign.signed_part([manifest]))
        return {**esign.content(act, items, (), manifest, [manifest], sig), **change}

    def write(self, by: Person, content: dict[str, Any], scope: str = "") -> AuditRecord:
        draft = Draft("signature", scope or self.form, content, (), DEFINITION)
        return self.ward.add(draft, by=self.journals.get(by.login))[0]

    def sign(self, by: Person, scope: str = "", **how: Any) -> AuditRecord:
        return self.write(by, self.content(by, scope, **how), scope)

    def shown(self, ward: Ward | None = None) -> list[SignatureRow]:
        """As the program shows them, oldest first."""
        proofs = Proofs(load_trust, access.judge)
        return list(proofs.read((ward or self.ward).store, self.form.partition("/")[0]))

    def states(self) -> list[str]:
        return [row.state for row in self.shown()]

    def found(self, ward: Ward | None = None) -> list[tuple[str, str]]:
        """As ``verify`` names them."""
        troubles = verify((ward or self.ward).store, judge=of_signatures)
        for trouble in troubles:
            assert trouble.text.en != trouble.text.zh and "{" not in trouble.text.en + trouble.text.zh
        return [(one.code, one.place) for one in troubles]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    ward = Ward(tmp_path, "d1")
    doctor, admin = Person("i01", "investigator"), Person("a03", "administrator")
    chief = Person("c01", "investigator")
    journals = {person.login: ward.admit(person) for person in (doctor, admin, chief)}
    subject = ward.enrol()
    value = ward.value(item(subject), "120")
    form = f"{subject}/BL/VS"
    ward.add(Draft("status", form, {"status": "complete"}, (), DEFINITION))
    made = Scene(ward, doctor, admin, journals, form, value)
    assert made.found() == []
    yield made
    ward.store.close()


def test_a_lawful_signature(scene: Scene) -> None:
    record = scene.sign(scene.doctor)
    (row,) = scene.shown()
    assert (row.record, row.state, row.person, row.name) == (
        record.id,
        "valid",
        scene.doctor.id,
        "Name of i01",
    )
    assert scene.found() == []


# -- who signed ----------------------------------------------------------------------------------------


@pytest.mark.requirement("P11-16", "CN-9")
@pytest.mark.alteration
def test_admin_inserts_signature(scene: Scene) -> None:
    """In his own name he has no right; in the doctor's he has no key."""
    own = scene.sign(scene.admin)
    assert scene.states() == ["false"]
    assert scene.found() == [("not_entitled", own.id)]
    forged = scene.write(scene.doctor, scene.content(scene.doctor, key=scene.admin.sign))
    assert scene.states() == ["false", "false"]
    assert ("signature_false", forged.id) in scene.found()


@pytest.mark.requirement("CN-9")
@pytest.mark.alteration
def test_nurse_signs_with_her_own_key(scene: Scene) -> None:
    record = scene.sign(scene.ward.person)
    assert scene.states() == ["false"]
    assert scene.found() == [("not_entitled", record.id)]


@pytest.mark.alteration
def test_signature_in_another_printed_name(scene: Scene) -> None:
    record = scene.sign(scene.doctor, name="Professor Wang")
    assert scene.states() == ["false"]
    assert scene.found() == [("signature_false", record.id)]


@pytest.mark.requirement("P11-16")
@pytest.mark.alteration
def test_admin_resets_investigator_and_signs(scene: Scene) -> None:
    """New keys that nobody entitled has certified: the key is not confirmed; both names are told."""
    renewed = replace(scene.doctor, sign=SigningKey.generate())
    false = renewed.certificate(scene.ward.vault, SigningKey.generate(), serial=2)
    scene.ward.add(Draft("certificate", "", false.as_json()), by=scene.journals["a03"])
    certificate = scene.ward.journal.heads()["d1"][0]
    record = scene.sign(renewed)
    (row,) = scene.shown()
    assert (row.state, row.person, row.certified_by) == ("unconfirmed", scene.doctor.id, scene.admin.id)
    assert scene.found() == [("certificate_false", f"d1:{certificate}"), ("signature_false", record.id)]


@pytest.mark.alteration
def test_a_damaged_certificate_confirms_nothing(scene: Scene) -> None:
    scene.ward.add(Draft("certificate", "", scene.doctor.certificate(scene.ward.vault, serial=2).as_json()))
    scene.sign(replace(scene.doctor, sign=SigningKey.generate()))
    with scene.ward.store.transaction() as tx:
        for row in tx.find(schema.certificate, person=scene.doctor.id):
            tx.put(schema.certificate, {**row, "content": '{"certificate":{}}'})
    assert scene.states() == ["false"]


@pytest.mark.alteration
def test_key_of_a_disabled_person(scene: Scene) -> None:
    """Ended by a keeper: his key counts no more, whatever he still holds."""
    ended = Draft("user", "", {"person": scene.doctor.id, "state": "disabled"})
    scene.ward.add(ended, by=scene.journals["c01"])
    record = scene.sign(scene.doctor)
    assert scene.states() == ["unconfirmed"]
    assert ("signature_false", record.id) in scene.found()


@pytest.mark.alteration
def test_signature_by_a_retired_key(scene: Scene) -> None:
    before = scene.doctor
    renewed = replace(before, sign=SigningKey.generate())
    scene.ward.add(Draft("certificate", "", renewed.certificate(scene.ward.vault, serial=2).as_json()))
    record = scene.sign(before)
    # Who recorded the certificate is told, as of any key that does not count.
    assert scene.states() == ["unconfirmed"]
    assert scene.found() == [("signature_false", record.id)]
    assert [row.state for row in scene.shown()] == ["unconfirmed"]


# -- what was signed -----------------------------------------------------------------------------------


@pytest.mark.requirement("P11-13")
@pytest.mark.alteration
def test_signature_moved_to_other_form(scene: Scene) -> None:
    """The doctor's own program, changed, puts the signature under another form."""
    genuine = scene.sign(scene.doctor)
    other = scene.form.replace("/VS", "/PE")
    moved = scene.write(scene.doctor, genuine.data, other)
    assert sorted(scene.states()) == ["false", "valid"]
    assert scene.found() == [("signature_false", moved.id)]
    # Also with the other form's records named instead.
    scene.ward.value(item(scene.form.partition("/")[0], form="PE"), "normal")
    named = esign.named(standing_in(scene.ward.store, other))
    again = scene.write(scene.doctor, {**genuine.data, "records": named}, other)
    assert ("signature_false", again.id) in scene.found()


@pytest.mark.requirement("P11-13")
@pytest.mark.alteration
def test_signature_moved_in_time(scene: Scene) -> None:
    genuine = scene.sign(scene.doctor)
    later = scene.write(scene.doctor, genuine.data)
    assert scene.states() == ["valid", "false"]
    assert scene.found() == [("signature_false", later.id)]


@pytest.mark.alteration
@pytest.mark.parametrize(
    "change",
    [{"meaning": "APPROVED"}, {"program": "9.9.9"}, {"computed_hash": "0" * 64, "computed": None}],
    ids=str,
)
def test_signature_says_something_else(scene: Scene, change: dict[str, Any]) -> None:
    record = scene.write(scene.doctor, {**scene.content(scene.doctor), **change})
    assert scene.states() == ["false"]
    assert scene.found() == [("signature_false", record.id)]


@pytest.mark.alteration
def test_signature_over_what_lies_elsewhere(scene: Scene) -> None:
    """What is named must lie in the scope, and be something that stands in a form."""
    subject = scene.form.partition("/")[0]
    outside = scene.ward.value(item(subject, form="PE"), "normal")
    items = (*standing_in(scene.ward.store, scene.form), (outside.key, "d1", outside.seq, outside.hash))
    record = scene.sign(scene.doctor, items=items)
    query = scene.ward.add(Draft("query", scene.form, {"query": "q", "state": "Open"}))[0]
    items = (*standing_in(scene.ward.store, scene.form), (query.key, "d1", query.seq, query.hash))
    other = scene.sign(scene.doctor, items=items)
    assert scene.states() == ["false", "false"]
    assert {("signature_false", record.id), ("signature_false", other.id)} <= set(scene.found())


@pytest.mark.requirement("P11-13")
@pytest.mark.alteration
def test_signature_moved_to_other_vault(scene: Scene, tmp_path: Path) -> None:
    """The same doctor works in both; what he signed in one does not count in the other."""
    other = Ward(tmp_path, "d2")
    journal = other.admit(scene.doctor)
    scene.ward.send(other)
    genuine = scene.content(scene.doctor)
    other.now = scene.ward.now
    (moved,) = other.add(Draft("signature", scene.form, genuine, (), DEFINITION), by=journal)
    (row,) = scene.shown(other)
    assert (row.record, row.state) == (moved.id, "false")
    assert ("signature_false", moved.id) in [(one.code, one.place) for one in verify(other.store)]
    # The very same made for that vault counts.
    scene.ward.now = other.now
    lawful = scene.content(scene.doctor, vault=other.vault)
    other.add(Draft("signature", scene.form, lawful, (), DEFINITION), by=journal)
    assert [row.state for row in scene.shown(other)] == ["false", "valid"]
    other.store.close()


@pytest.mark.requirement("CN-10")
@pytest.mark.alteration
def test_signed_value_changed(scene: Scene) -> None:
    scene.sign(scene.doctor)
    scene.ward.value(scene.value.key, "130", [scene.value.id])
    (row,) = scene.shown()
    assert row.state == "void" and [key.path() for key in row.differs] == [scene.value.key]
    assert scene.found() == []  # lawful: a value may change, and the signature says that it did


@pytest.mark.requirement("CN-10")
@pytest.mark.alteration
def test_signed_record_rewritten(scene: Scene) -> None:
    """A record and all hashes after it made anew: the chain says so, and the signature fits no more."""
    scene.sign(scene.doctor)
    raw = scene.ward.raw()
    for name in migrate.TRIGGERS:
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute("UPDATE audit_record SET hash = ? WHERE seq = ?", ("00" * 32, scene.value.seq))
    for sql in migrate.TRIGGERS.values():
        raw.execute(sql)
    raw.close()
    assert scene.states() == ["false"]


@pytest.mark.parametrize("where", ["another PC", "the end of the chain"])
def test_records_that_are_not_here(scene: Scene, where: str) -> None:
    """It cannot be checked, and does not count; ``verify`` asks only whose it is."""
    device, seq = ("d7", 5) if where == "another PC" else ("d1", 500)
    items = (*standing_in(scene.ward.store, scene.form), (f"{scene.form}/MAIN/Z", device, seq, "00" * 32))
    scene.sign(scene.doctor, items=items)
    assert scene.states() == ["incomplete"]
    assert scene.found() == []


@pytest.mark.alteration
def test_content_that_is_no_signature(scene: Scene) -> None:
    """The program writes none; with another tool one can be written, and is named."""
    with pytest.raises(Unfoldable):
        scene.write(scene.doctor, {"meaning": "I agree"})
    fold = projection._FOLDS["signature"]
    projection._FOLDS["signature"] = lambda _tx, _record: None  # type: ignore[index]
    try:
        record = scene.write(scene.doctor, {"meaning": "I agree"})
    finally:
        projection._FOLDS["signature"] = fold  # type: ignore[index]
    assert scene.states() == []
    assert ("signature_false", record.id) in scene.found()


@pytest.mark.alteration
def test_signature_projection_edited(scene: Scene) -> None:
    record = scene.sign(scene.doctor)
    with scene.ward.store.transaction() as tx:
        tx.delete(schema.signature, key=scene.form)
    assert scene.states() == []
    assert [code for code, _ in scene.found()] == ["projection_edited"]
    with scene.ward.store.transaction() as tx:
        projection.rebuild(tx)
    assert [row.record for row in scene.shown()] == [record.id]


# -- at another PC -------------------------------------------------------------------------------------


@pytest.mark.alteration
def test_a_receiver_judges_again(scene: Scene, tmp_path: Path) -> None:
    genuine = scene.sign(scene.doctor)
    by_admin = scene.sign(scene.admin)
    forged = scene.write(scene.doctor, scene.content(scene.doctor, key=scene.admin.sign))
    other = Ward(tmp_path, "d2")
    result = scene.ward.send(
        other, judge=lambda record, roles: of_signatures(record.kind, record.data, roles)
    )
    assert [one for one, _ in result.aside] == [by_admin.id, forged.id]
    assert all(reason.en != reason.zh for _, reason in result.aside)
    (row,) = scene.shown(other)
    assert (row.record, row.state) == (genuine.id, "valid")
    with other.store.read() as tx:
        assert rows.get_record(tx, "d1", forged.seq) is not None  # kept, never dropped
    other.store.close()


@pytest.mark.alteration
def test_signatures_and_changes_cross(scene: Scene, tmp_path: Path) -> None:
    """Signed here while changed there: void on both once each knows of the other."""
    other = Ward(tmp_path, "d2")
    scene.ward.send(other)
    scene.sign(scene.doctor)
    other.value(scene.value.key, "131", [scene.value.id])
    other.send(scene.ward)
    scene.ward.send(other)
    assert [row.state for row in scene.shown()] == ["void"]
    assert [row.state for row in scene.shown(other)] == ["void"]
    other.store.close()


# -- through the program -------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    folder = Path(shutil.copytree(built_signing(), tmp_path / "ward.mda5"))
    with remembered_keys(), signing_session(folder) as session:
        yield Desk(session).enrol()


def test_unconfirmed_and_false_are_said_in_words(desk: Desk) -> None:
    form = vitals(desk)
    info = signed(desk, form)
    vault = desk.session.vault
    record = vault.journal.get(info.record)
    assert record is not None
    # Another key of the same person, recorded by the person at the keyboard but certified by nobody.
    key = SigningKey.generate()
    false = replace(vault.certificate, serial=7, sign=key.public).signed("authority", SigningKey.generate())
    desk.session.append([Draft("certificate", "", false.as_json())])
    said = esign.Signature.read(record.data)
    sig = base64_text(key.sign(esign.CONTEXT, esign.signed_part(said.batch)))
    nobody = base64_text(SigningKey.generate().sign(esign.CONTEXT, esign.signed_part(said.batch)))
    for one in (sig, nobody):
        desk.session.append([Draft("signature", record.key, {**record.data, "sig": one})])
    desk.session.refresh()
    false_one, unconfirmed, valid = desk.session.signatures(form.entry.key)
    assert (false_one.state, unconfirmed.state, valid.state) == ("false", "unconfirmed", "valid")
    assert "is not confirmed; Li Na recorded it" in unconfirmed.text.en and "未获确认" in unconfirmed.text.zh
    assert "in the name of Li Na" in false_one.text.en
    assert desk.session.data(desk.subject).signatures == {form.entry.key}
    assert [one.code for one in desk.session.verify().troubles] == [
        "certificate_false", "signature_false", "signature_false",
    ]  # fmt: skip


@pytest.mark.requirement("CN-10")
def test_the_sign_key_is_gone_after_the_act(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the password nothing signs, however much else is at hand."""
    form = vitals(desk)
    signed(desk, form)
    with pytest.raises(Exception, match="password_wrong"):
        desk.session.sign(form.entry.key, "REVIEWED", "", FOUNDER)
    monkeypatch.setattr(desk.session, "person", replace(desk.session.person, roles=("data_entry",)))
    with pytest.raises(PermissionDenied):
        desk.session.sign(form.entry.key, "REVIEWED", password(FOUNDER), FOUNDER)
