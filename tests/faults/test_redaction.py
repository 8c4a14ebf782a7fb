"""Redactions that may not stand: named by ``verify``, set aside by receivers. And one that may."""

# ruff: noqa: ANN401 - contents of any shape
from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mda5_crf.crypto import SigningKey, base64_text, canon, content_hash
from mda5_crf.db import emptying, projection, rows, schema
from mda5_crf.db.fold_common import Unfoldable
from mda5_crf.db.intake import load_trust
from mda5_crf.db.journal import Journal
from mda5_crf.db.records import AuditRecord, Draft
from mda5_crf.db.redaction import consent, fault, signed_part
from mda5_crf.db.trust import Trust
from mda5_crf.db.verify import verify
from tests.unit.db.journalkit import STUDY, Person, Ward, item


class Scene:
    """A ward with a nurse (its first person), two investigators, a monitor, and a value typed by mistake."""

    def __init__(self, folder: Path) -> None:
        self.ward = Ward(folder, "d1")
        self.nurse = self.ward.person
        self.doctor, self.chief = Person("i01", "investigator"), Person("i02", "investigator")
        self.monitor = Person("m01", "monitor")
        self.journals = {p.login: self.ward.admit(p) for p in (self.doctor, self.chief, self.monitor)}
        self.told = self.ward.value(item(self.ward.enrol()), "Wang Wei, ward 3")

    def found(self) -> list[tuple[str, str]]:
        return [(one.code, one.text.en) for one in verify(self.ward.store)]

    def redaction(self, proposer: Person, confirmer: Person, **change: Any) -> Draft:
        return self.ward.redaction([self.told], proposer, confirmer, **change)

    def add(self, draft: Draft) -> AuditRecord:
        return self.ward.add(draft)[0]

    def named(self, *reason: str) -> bool:
        """Verify names the redaction, and another PC that takes it sets it aside, in the same words."""
        ((code, said),) = self.found()
        other = Ward(self.ward.path.parent, "d2")
        ((_, why),) = self.ward.send(other).aside
        with other.store.read() as tx:
            assert tx.find(schema.redaction) == []
        other.store.close()
        return code == "redaction_false" and why.en == said and all(word in said for word in reason)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    assert made.found() == []
    yield made
    made.ward.store.close()


@pytest.mark.requirement("E6-4")
def test_redaction_by_two(scene: Scene, tmp_path: Path) -> None:
    scene.add(scene.redaction(scene.nurse, scene.doctor))
    assert scene.found() == []
    other = Ward(tmp_path, "d2")
    assert scene.ward.send(other).aside == ()
    with other.store.read() as tx:
        assert [(r["device"], r["seq"]) for r in tx.find(schema.redaction)] == [("d1", scene.told.seq)]
    assert verify(other.store, device="d2") == []
    other.store.close()


@pytest.mark.requirement("E6-4")
def test_chain_after_redaction(scene: Scene) -> None:
    """The content is gone; what was signed is the hash of the line, which stays."""
    scene.add(scene.redaction(scene.doctor, scene.chief))
    with scene.ward.store.transaction() as tx:
        tx.connection.exec_driver_sql(
            "UPDATE audit_record SET content = NULL, salt = NULL WHERE seq = ?", (scene.told.seq,)
        )
        projection.rebuild(tx)
    assert scene.found() == []


@pytest.mark.requirement("E6-4", "P11-5")
@pytest.mark.alteration
@pytest.mark.parametrize(
    "change",
    [
        "content = CAST('{\"text\":\"other\"}' AS BLOB)", "salt = zeroblob(16)", "content = NULL",
        "content = NULL, salt = NULL, person = 'x'", "content = NULL, salt = NULL, at = ''",
        "content = NULL, salt = NULL, content_hash = ''", "content = NULL, salt = NULL, key = ''",
        "content = NULL, salt = NULL, hash = ''", "content = NULL, salt = NULL, seq = 99",
        "content = NULL, salt = NULL, replaces = '[]', kind = 'x'",
    ],
)  # fmt: skip
def test_redaction_other_column(scene: Scene, change: str) -> None:
    """A redaction empties content and salt of the records it names; every other change is refused."""
    other = scene.ward.value(item("d1:7", "OTHER"), "120")
    scene.add(scene.redaction(scene.doctor, scene.chief))
    raw = scene.ward.raw()
    with pytest.raises(Exception, match="the journal only grows"):
        raw.execute(f"UPDATE audit_record SET {change} WHERE device = 'd1' AND seq = {scene.told.seq}")
    with pytest.raises(Exception, match="the journal only grows"):
        raw.execute(f"UPDATE audit_record SET content = NULL, salt = NULL WHERE seq = {other.seq}")
    with pytest.raises(Exception, match="the journal only grows"):
        raw.execute(f"DELETE FROM audit_record WHERE seq = {scene.told.seq}")
    raw.close()
    assert scene.found() == []


@pytest.mark.requirement("E6-4", "PIPL-4")
def test_redacted_text_guessed_from_hash(scene: Scene) -> None:
    """The line that stays holds a keyed hash whose key is gone: no dictionary finds the text again."""
    told = scene.told
    assert told.salt is not None and told.content is not None
    assert content_hash(told.salt, told.content) == told.content_hash
    scene.add(scene.redaction(scene.doctor, scene.chief))
    with scene.ward.store.transaction() as tx:
        tx.connection.exec_driver_sql(
            "UPDATE audit_record SET content = NULL, salt = NULL WHERE seq = ?", (told.seq,)
        )
    left = scene.ward.journal.get(told.id)
    assert left is not None and left.content is None and left.salt is None
    row = scene.ward.raw().execute("SELECT * FROM audit_record WHERE seq = ?", (told.seq,)).fetchone()
    known = [bytes(part) if isinstance(part, bytes) else str(part).encode() for part in row if part]
    keys = [bytes(16), *(part[at : at + 16].ljust(16, b"\0") for part in known for at in (0, 16))]
    words = [f"Wang Wei, ward {n}" for n in range(50)] + [told.data["text"]]
    guesses = {content_hash(key, canon({"text": word})) for key in keys for word in words}
    guesses |= {hashlib.sha256(canon({"text": word})).hexdigest() for word in words}
    guesses |= {hashlib.sha256(word.encode()).hexdigest() for word in words}
    assert len(guesses) > 500 and told.content_hash not in guesses
    assert told.salt not in scene.ward.path.read_bytes()


def one_person(scene: Scene) -> Draft:
    """Both signatures by the doctor; nobody could read that as two."""
    return scene.redaction(scene.doctor, scene.doctor)


def unsigned_second(scene: Scene) -> Draft:
    """The doctor names the chief as the second, and signs for him."""
    draft = scene.redaction(scene.doctor, scene.chief)
    return Draft("redaction", "", {**draft.content, "confirmed": {
        "person": scene.chief.id, "sig": draft.content["proposed"]["sig"],
    }})  # fmt: skip


@pytest.mark.requirement("E6-4")
@pytest.mark.alteration
def test_redaction_by_one_person(scene: Scene) -> None:
    """The program writes no such record; with another tool it can be written, and is named."""
    with pytest.raises(Unfoldable):
        scene.add(one_person(scene))
    fold = projection._FOLDS["redaction"]
    projection._FOLDS["redaction"] = lambda _tx, _record: None  # type: ignore[index]
    try:
        scene.add(one_person(scene))
    finally:
        projection._FOLDS["redaction"] = fold  # type: ignore[index]
    assert scene.named("two different persons")
    with scene.ward.store.transaction() as tx:
        row = {"device": "d1", "seq": scene.told.seq, "by_device": "d1", "by_seq": scene.told.seq + 1}
        tx.insert(schema.redaction, row)
        tx.connection.exec_driver_sql("UPDATE audit_record SET content = NULL, salt = NULL WHERE seq = 8")
    assert {code for code, _ in scene.found()} >= {"redaction_false", "projection_edited"}


@pytest.mark.alteration
def test_redaction_with_a_signature_for_somebody_else(scene: Scene) -> None:
    scene.add(unsigned_second(scene))
    assert scene.named("confirm", "one person alone")


@pytest.mark.alteration
@pytest.mark.parametrize(
    "proposer,confirmer,act",
    [("m01", "i01", "propose"), ("i01", "m01", "confirm"), ("i01", "n07", "confirm")],
)
def test_redaction_by_a_role_that_may_not(scene: Scene, proposer: str, confirmer: str, act: str) -> None:
    everybody = {p.login: p for p in (scene.nurse, scene.doctor, scene.chief, scene.monitor)}
    scene.add(scene.redaction(everybody[proposer], everybody[confirmer]))
    assert scene.named(f"signed to {act}", "no right")


@pytest.mark.alteration
def test_redaction_signed_for_another_record(scene: Scene) -> None:
    other = scene.ward.value(item("d1:7", "OTHER"), "120")
    scene.add(scene.redaction(scene.doctor, scene.chief, records=[other.id]))
    assert scene.named("propose")


@pytest.mark.alteration
@pytest.mark.parametrize(
    "change", [{"reason": {"code": "TYPO", "text": ""}}, {"study": "S"}, {"vault": "ab" * 16}]
)
def test_redaction_signed_for_another_place_or_reason(scene: Scene, change: dict[str, Any]) -> None:
    reason = {"code": "PRIVACY", "text": "x"}
    told = (scene.told.device, scene.told.seq, scene.told.hash)
    said = {"vault": scene.ward.vault, "study": STUDY, "records": [told], "reason": reason, **change}
    signed = signed_part(**said)
    signatures = [consent(p.id, p.sign, signed) for p in (scene.doctor, scene.chief)]
    drafted = scene.redaction(scene.doctor, scene.chief, reason=reason)
    scene.add(
        Draft("redaction", "", {**drafted.content, "proposed": signatures[0], "confirmed": signatures[1]})
    )
    assert scene.named("propose")


@pytest.mark.alteration
def test_redaction_by_retired_and_by_disabled_keys(scene: Scene) -> None:
    old = scene.doctor.sign
    scene.doctor.sign = SigningKey.generate()
    new = scene.doctor.certificate(scene.ward.vault, serial=2)
    scene.ward.add(Draft("certificate", "", new.as_json()))
    fresh, scene.doctor.sign = scene.doctor.sign, old
    first = scene.redaction(scene.doctor, scene.chief)
    scene.doctor.sign = fresh
    scene.add(first)
    assert [code for code, _ in scene.found()] == ["redaction_false"]
    good = scene.redaction(scene.doctor, scene.chief)
    scene.add(good)
    assert len(scene.found()) == 1
    ended = Draft("user", "", {"person": scene.chief.id, "state": "disabled"})
    scene.ward.add(ended, by=scene.ward.journal_of(scene.doctor))
    scene.add(good)
    assert [code for code, _ in scene.found()] == ["redaction_false"] * 2


@pytest.mark.alteration
def test_redaction_of_what_others_are_proved_by(scene: Scene) -> None:
    certificate = scene.ward.journal.get("d1:4")
    assert certificate is not None and certificate.kind == "certificate"
    scene.add(scene.ward.redaction([scene.told, certificate], scene.doctor, scene.chief))
    assert scene.named("d1:4", "proved by")


@pytest.mark.alteration
def test_redaction_of_a_record_that_is_not_here(scene: Scene) -> None:
    """Who wrote it named nothing; a receiver cannot know that, and empties nothing on such a word."""
    scene.add(scene.redaction(scene.doctor, scene.chief, records=["d7:5"]))
    ((code, said),) = scene.found()
    assert code == "redaction_false" and "d7:5" in said and "not here" in said
    other = Ward(scene.ward.path.parent, "d2")
    assert scene.ward.send(other).aside == () and verify(other.store, device="d2") == []
    with other.store.transaction() as tx:
        assert emptying.empty(other.store, tx, lambda: load_trust(tx)) == ()
    other.store.close()


@pytest.mark.alteration
def test_redaction_in_the_chain_of_another_vault(scene: Scene, tmp_path: Path) -> None:
    """Whoever may redact in one vault has no say in another's chain."""
    elsewhere = Ward(tmp_path, "d3")
    strangers = Person("i08", "investigator"), Person("i09", "investigator")
    for person in strangers:
        elsewhere.admit(person)
    trust = Trust()
    for ward in (scene.ward, elsewhere):
        for record in ward.journal.records(kinds=("device", "certificate")):
            assert trust.learn(record)
    scene.add(scene.redaction(*strangers))
    (written,) = scene.ward.journal.records(kinds=("redaction",))
    with scene.ward.store.read() as tx:
        said = fault(written, trust, lambda device, seq: rows.get_record(tx, device, seq))
    assert said is not None and "certified here" in said.en
    elsewhere.store.close()


NOBODY = base64_text(bytes(64))


@pytest.mark.alteration
@pytest.mark.parametrize(
    "change",
    [
        {"records": []}, {"records": "d1:8"}, {"records": ["d1:08"]}, {"records": ["d1:8", "d1:8"]},
        {"records": [8]}, {"reason": "PRIVACY"}, {"reason": {"code": "", "text": "x"}},
        {"reason": {"code": "X"}}, {"still_contains": "paper"}, {"still_contains": [1]}, {"more": 1},
        {"proposed": None}, {"proposed": {"person": "p"}}, {"proposed": {"person": "", "sig": NOBODY}},
        {"proposed": {"person": "p", "sig": "AAAA"}}, {"proposed": {"person": "p", "sig": "?"}},
        {"proposed": {"person": "p", "sig": NOBODY}, "confirmed": {"person": "p", "sig": NOBODY}},
    ],
)  # fmt: skip
def test_content_that_is_no_redaction(scene: Scene, change: dict[str, Any]) -> None:
    before = scene.ward.journal.heads()
    with pytest.raises(Unfoldable):
        scene.add(scene.redaction(scene.doctor, scene.chief, **change))
    assert scene.ward.journal.heads() == before


def test_the_author_is_not_asked_for_more(scene: Scene) -> None:
    """Who writes it down may be any person at the keyboard: what counts are the two signatures."""
    journal: Journal = scene.journals["m01"]
    scene.ward.add(scene.redaction(scene.nurse, scene.chief), by=journal)
    assert scene.found() == []
