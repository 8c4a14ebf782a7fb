"""Attacks on the record by somebody who holds the database key and another tool.

Each test does with raw SQL what such a person can do, and asks that ``verify`` names it and its place.
The names are the attacks, so that a report of the suite reads as their list.
"""

# ruff: noqa: ANN401 - a driver without types, rows of any column
from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mda5_crf.crypto import SigningKey, canon, content_hash, record_hash
from mda5_crf.db import migrate, projection, rows, schema
from mda5_crf.db.failures import Collision
from mda5_crf.db.records import AuditRecord, Draft, make_record
from mda5_crf.db.verify import Trouble, Witness, verify
from mda5_crf.text import Text
from tests.unit.db.journalkit import STUDY, Person, Ward, item, value


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    """d1: records 1–3 founding, 4 enrolment, 5 a colleague's certificate, 6–8 hers, 9–11 his again."""
    made = Ward(tmp_path, "d1")
    subject = made.enrol()
    colleague = made.admit(Person("i01", "investigator"))
    made.add(*(value(item(subject, f"HER{n}"), f"text {n}") for n in range(3)), by=colleague)
    made.add(*(value(item(subject, f"HIS{n}"), f"text {n}") for n in range(3)))
    assert verify(made.store) == []
    yield made
    made.store.close()


@contextmanager
def attack(ward: Ward) -> Iterator[Any]:
    """Another tool with the right key: triggers taken away, put back afterwards."""
    raw = ward.raw()
    for name in migrate.TRIGGERS:
        raw.execute(f"DROP TRIGGER {name}")
    yield raw
    for sql in migrate.TRIGGERS.values():
        raw.execute(sql)
    raw.close()


def found(ward: Ward, witnesses: Any = (), **how: Any) -> list[tuple[str, str]]:
    troubles = verify(ward.store, witnesses, **how)
    for trouble in troubles:
        assert trouble.text.en and trouble.text.zh and "{" not in trouble.text.en + trouble.text.zh
        assert "text 1" not in trouble.text.en + trouble.place
    return [(trouble.code, trouble.place) for trouble in troubles]


def record(ward: Ward, seq: int) -> AuditRecord:
    one = ward.journal.get(f"d1:{seq}")
    assert one is not None
    return one


def put(raw: Any, one: AuditRecord, where: int | None = None) -> None:
    """Write a record into row ``where`` (default: a new row)."""
    row = rows.record_row(one)
    if where is None:
        raw.execute(
            f"INSERT INTO audit_record VALUES ({','.join('?' * len(row))})", [row[c] for c in order(raw)]
        )
    else:
        places = ",".join(f'"{name}" = ?' for name in order(raw))
        raw.execute(
            f"UPDATE audit_record SET {places} WHERE device = ? AND seq = ?",
            [*(row[c] for c in order(raw)), one.device, where],
        )


def order(raw: Any) -> list[str]:
    return [row[1] for row in raw.execute("PRAGMA table_info(audit_record)")]


def refold(ward: Ward) -> None:
    """The attacker knows the program and mends the projections too."""
    with ward.store.transaction() as tx:
        projection.rebuild(tx)


# -- single rows ---------------------------------------------------------------------------------------


@pytest.mark.requirement("P11-1", "CN-3")
@pytest.mark.alteration
@pytest.mark.parametrize(
    "change",
    [
        "person = 'x'", "at = '2026-11-22T01:00:00.000Z'", "zone = 'UTC +00:00'",
        "kind = 'missing'", "clock = 100", "definition = ''", "replaces = '[\"d1:6\"]'", "study = 'X'",
        "v = 2",
        "prev = 'x'", "hash = 'x'", "key_hash = 'x'", "content_hash = 'x'",
    ],
)  # fmt: skip
@pytest.mark.parametrize("again", [False, True], ids=["", "projections mended"])
def test_row_edited(ward: Ward, change: str, again: bool) -> None:
    with attack(ward) as raw:
        raw.execute(f"UPDATE audit_record SET {change} WHERE seq = 7")
    if again:
        refold(ward)
    troubles = found(ward)
    assert ("row_edited", "d1:7") in troubles
    assert {code for code, _ in troubles} <= {"row_edited", "seal_false", "chain_broken", "other_study"}


@pytest.mark.requirement("P11-1")
@pytest.mark.alteration
@pytest.mark.parametrize(
    "sql",
    [
        'content = CAST(\'{"text":"other"}\' AS BLOB)',
        "salt = zeroblob(16)",
        "salt = zeroblob(3)",
        "salt = NULL",
        "content = NULL",
    ],
)
def test_content_edited(ward: Ward, sql: str) -> None:
    with attack(ward) as raw:
        raw.execute(f"UPDATE audit_record SET {sql} WHERE seq = 7")
    assert found(ward) == [("content_edited", "d1:7")]


@pytest.mark.alteration
@pytest.mark.parametrize(
    "sql", ["key = 'd1:4/BL/VS/MAIN/X'", "key = ''", "key_salt = zeroblob(16)", "key_salt = zeroblob(3)",
            "key_salt = NULL", "key_salt = NULL, key = ''",
            "key_salt = NULL, content = NULL, salt = NULL"],
)  # fmt: skip
@pytest.mark.parametrize("again", [False, True], ids=["", "projections mended"])
def test_key_edited(ward: Ward, sql: str, again: bool) -> None:
    """A value moved to another item or participant, its content untouched."""
    with attack(ward) as raw:
        raw.execute(f"UPDATE audit_record SET {sql} WHERE seq = 7")
    if again:
        refold(ward)
    assert found(ward) == [("key_edited", "d1:7")]


@pytest.mark.alteration
def test_keys_swapped(ward: Ward) -> None:
    six, eight = record(ward, 6), record(ward, 8)
    with attack(ward) as raw:
        put(raw, replace(six, key=eight.key, key_salt=eight.key_salt), 6)
        put(raw, replace(eight, key=six.key, key_salt=six.key_salt), 8)
    refold(ward)
    assert found(ward) == [("rows_swapped", "d1:6 d1:8")]


@pytest.mark.alteration
def test_own_record_made_a_stub(ward: Ward) -> None:
    with attack(ward) as raw:
        put(raw, record(ward, 7).stub(), 7)
    refold(ward)
    assert found(ward) == [("content_absent", "d1:7")]


def test_redaction_leaves_the_key_checkable(ward: Ward) -> None:
    """What the trigger lets a redaction do is enough to prove what it was about, and no more."""
    raw = ward.raw()
    # What the fold of a redaction writes. Who may redact is not asked here.
    raw.execute("INSERT INTO redaction VALUES ('d1', 7, 'd1', 9)")
    for sql in (
        "key_salt = NULL",
        "key = ''",
        "key_hash = ''",
        "content = NULL, salt = NULL, key_salt = NULL",
    ):
        with pytest.raises(Exception, match="the journal only grows"):
            raw.execute(f"UPDATE audit_record SET {sql} WHERE seq = 7")
    raw.execute("UPDATE audit_record SET content = NULL, salt = NULL WHERE seq = 7")
    raw.close()
    assert not {("content_absent", "d1:7"), ("key_edited", "d1:7")} & set(found(ward))
    redacted = record(ward, 7)
    assert redacted.fault() == "" and redacted.key == item("d1:4", "HER1") and redacted.data == {}
    with attack(ward) as raw:
        put(raw, redacted.stub(), 7)
    assert ("content_absent", "d1:7") in found(ward)  # a redaction explains no missing key
    with attack(ward) as raw:
        put(raw, replace(redacted, key=item("d1:4", "HER2")), 7)
    assert ("key_edited", "d1:7") in found(ward)


@pytest.mark.alteration
def test_content_removed(ward: Ward) -> None:
    with attack(ward) as raw:
        raw.execute("UPDATE audit_record SET content = NULL, salt = NULL WHERE seq = 7")
    refold(ward)
    assert found(ward) == [("content_absent", "d1:7")]


@pytest.mark.alteration
@pytest.mark.parametrize(
    "change", ["content = 'text'", "content = x'5b5d'", "replaces = 'x'", "replaces = '[5]'", "at = x'00'"]
)
def test_row_unreadable(ward: Ward, change: str) -> None:
    with attack(ward) as raw:
        raw.execute(f"UPDATE audit_record SET {change} WHERE seq = 7")
    assert found(ward) == [("row_unreadable", "d1:7")]


@pytest.mark.alteration
def test_text_that_is_no_text(ward: Ward) -> None:
    with attack(ward) as raw:
        raw.execute("UPDATE audit_record SET person = CAST(x'ff' AS TEXT) WHERE seq = 7")
    assert found(ward) == [("row_unreadable", "d1:7")]


@pytest.mark.alteration
@pytest.mark.parametrize("change", ["clock = 9007199254740993", "v = -9007199254740993"])
def test_number_beyond_a_line(ward: Ward, change: str) -> None:
    with attack(ward) as raw:
        raw.execute(f"UPDATE audit_record SET {change} WHERE seq = 7")
    assert found(ward) == [("row_edited", "d1:7")]


@pytest.mark.alteration
def test_row_hidden_under_a_number_that_is_none(ward: Ward) -> None:
    with attack(ward) as raw:
        raw.execute("UPDATE audit_record SET seq = 'seven' WHERE seq = 7")
    assert found(ward) == [("row_dropped", "d1:7"), ("row_unreadable", "audit_record")]


@pytest.mark.alteration
def test_content_that_is_no_json_under_right_hashes(ward: Ward) -> None:
    one = record(ward, 11)
    salt = bytes(16)
    made = replace(one, content=b"{nonsense", salt=salt, content_hash=content_hash(salt, b"{nonsense"))
    with attack(ward) as raw:
        put(raw, replace(made, hash=record_hash(made.line())), 11)
    resealed(ward, 9, 11, ward.person.author)
    assert found(ward) == [("row_unreadable", "d1:11")]


@pytest.mark.requirement("P11-1", "P11-6")
@pytest.mark.alteration
def test_row_dropped(ward: Ward) -> None:
    with attack(ward) as raw:
        raw.execute("DELETE FROM audit_record WHERE seq = 7")
    refold(ward)
    assert found(ward) == [("row_dropped", "d1:7")]


@pytest.mark.alteration
@pytest.mark.parametrize("first,last", [(6, 6), (8, 8), (6, 8), (1, 2), (4, 5)])
def test_rows_dropped_at_the_edges_of_runs(ward: Ward, first: int, last: int) -> None:
    with attack(ward) as raw:
        raw.execute("DELETE FROM audit_record WHERE seq BETWEEN ? AND ?", (first, last))
    troubles = found(ward)
    assert ("row_dropped", f"d1:{first}-{last}" if last > first else f"d1:{first}") in troubles


@pytest.mark.alteration
def test_row_dropped_and_the_rest_renumbered(ward: Ward) -> None:
    with attack(ward) as raw:
        raw.execute("DELETE FROM audit_record WHERE seq = 7")
        for seq in range(8, 12):
            raw.execute("UPDATE audit_record SET seq = ? WHERE seq = ?", (seq - 1, seq))
    assert ("row_dropped", "d1:7") in found(ward)


@pytest.mark.alteration
@pytest.mark.parametrize("seq", [8, 11])
def test_hash_that_is_none_at_the_end_of_a_run(ward: Ward, seq: int) -> None:
    with attack(ward) as raw:
        raw.execute("UPDATE audit_record SET hash = 'x' WHERE seq = ?", (seq,))
    first = {8: 6, 11: 9}[seq]
    assert found(ward) == [("row_edited", f"d1:{seq}"), ("seal_false", f"d1:{first}-{seq}")]


@pytest.mark.requirement("P11-1")
@pytest.mark.alteration
def test_rows_swapped(ward: Ward) -> None:
    with attack(ward) as raw:
        for old, new in ((6, 99), (8, 6), (99, 8)):
            raw.execute("UPDATE audit_record SET seq = ? WHERE seq = ?", (new, old))
    refold(ward)
    assert ("rows_swapped", "d1:6 d1:8") in found(ward)
    assert not [place for code, place in found(ward) if code == "row_edited"]


@pytest.mark.alteration
def test_contents_swapped(ward: Ward) -> None:
    six, eight = record(ward, 6), record(ward, 8)
    with attack(ward) as raw:
        put(raw, replace(six, content=eight.content, salt=eight.salt), 6)
        put(raw, replace(eight, content=six.content, salt=six.salt), 8)
    refold(ward)
    assert found(ward) == [("rows_swapped", "d1:6 d1:8")]


def added(ward: Ward, prev: AuditRecord, person: str, text: str = "added") -> AuditRecord:
    return make_record(
        value(item("d1:4", "NEW"), text), study=STUDY, device="d1", seq=prev.seq + 1, prev=prev.hash,
        person=person, at=prev.at, zone=prev.zone, clock=prev.clock + 1,
    )  # fmt: skip


@pytest.mark.alteration
def test_row_inserted_at_the_end(ward: Ward) -> None:
    """With the right hash, in the name of who wrote last: only his seal is missing."""
    with attack(ward) as raw:
        put(raw, added(ward, record(ward, 11), ward.person.id))
    refold(ward)
    assert found(ward) == [("row_inserted", "d1:12")]


@pytest.mark.alteration
def test_row_inserted_in_the_name_of_a_colleague(ward: Ward) -> None:
    with attack(ward) as raw:
        put(raw, added(ward, record(ward, 11), record(ward, 6).person))
    refold(ward)
    assert found(ward) == [("seal_dropped", "d1:12")]


@pytest.mark.alteration
def test_row_inserted_in_the_middle(ward: Ward) -> None:
    new = added(ward, record(ward, 6), record(ward, 6).person)
    with attack(ward) as raw:
        for seq in range(11, 6, -1):
            raw.execute("UPDATE audit_record SET seq = ? WHERE seq = ?", (seq + 1, seq))
        put(raw, new)
    assert ("row_inserted", "d1:7") in found(ward)
    assert not [place for code, place in found(ward) if code == "row_edited"]


@pytest.mark.requirement("P11-6", "EMA-4")
@pytest.mark.alteration
def test_insert_or_replace(ward: Ward) -> None:
    raw = ward.raw()
    for word in ("REPLACE INTO", "INSERT OR REPLACE INTO"):
        with pytest.raises(Exception, match="the journal only grows"):
            raw.execute(f"{word} audit_record SELECT * FROM audit_record WHERE seq = 7")
    raw.close()
    assert found(ward) == []


# -- the end of the chain, and witnesses ---------------------------------------------------------------


def cut(ward: Ward, after: int, *, seals: bool) -> None:
    with attack(ward) as raw:
        raw.execute("DELETE FROM audit_record WHERE seq > ?", (after,))
        if seals:
            raw.execute("DELETE FROM seal WHERE first > ?", (after,))
    refold(ward)


@pytest.mark.requirement("P11-6")
@pytest.mark.alteration
def test_tail_cut(ward: Ward) -> None:
    heads = ward.journal.heads()
    cut(ward, 8, seals=True)
    assert found(ward) == []  # without a witness nobody can know
    assert found(ward, heads) == [("tail_cut", "d1:9-11")]


@pytest.mark.alteration
@pytest.mark.parametrize("after", [10, 8])
def test_tail_cut_carelessly_shows_in_the_seals(ward: Ward, after: int) -> None:
    cut(ward, after, seals=False)
    assert found(ward) == [("tail_cut", "d1:9-11")]


@pytest.mark.alteration
def test_own_tail_rewritten(ward: Ward, tmp_path: Path) -> None:
    heads = ward.journal.heads()
    cut(ward, 8, seals=True)
    ward.reopen()
    ward.add(*(value(item("d1:4", f"HIS{n}"), f"better {n}") for n in range(3)))
    assert found(ward) == []
    paper = Witness(Text("page of 23 Nov", "11月23日的页面"), heads)
    (trouble,) = verify(ward.store, [paper])
    assert (trouble.code, trouble.place) == ("rewritten", "d1:11")
    assert "page of 23 Nov" in trouble.text.en and "11月23日的页面" in trouble.text.zh


@pytest.mark.alteration
def test_device_gone(ward: Ward) -> None:
    assert found(ward, {"d7": (5, "0" * 64)}) == [("device_gone", "d7:1-5")]


def test_witnesses_that_agree(ward: Ward) -> None:
    earlier = {"d1": (4, record(ward, 4).hash)}
    assert found(ward, earlier) == []
    assert (
        found(ward, [Witness(Text("a", "a"), earlier), Witness(Text("b", "b"), ward.journal.heads())]) == []
    )


@pytest.mark.alteration
@pytest.mark.parametrize("kind", ["settings", "paper", "receipt"])
def test_folder_rolled_back_with_each_witness(ward: Ward, tmp_path: Path, kind: str) -> None:
    ward.store.copy_to(tmp_path / "older.db")
    ward.value(item("d1:4"), "newest")
    heads = ward.journal.heads()
    ward.store.close()
    (tmp_path / "older.db").replace(ward.path)
    ward.reopen()
    assert found(ward) == []
    assert found(ward, [Witness(Text(kind, kind), heads)]) == [("tail_cut", "d1:12-12")]


# -- rewriting whole parts -----------------------------------------------------------------------------


def rewritten(ward: Ward, seq: int, **change: Any) -> None:
    """Change a record and compute all hashes after it anew, as a key holder can."""
    prev = record(ward, seq - 1)
    with attack(ward) as raw:
        for number in range(seq, 12):
            old = record(ward, number)
            new = replace(old, prev=prev.hash, **(change if number == seq else {}))
            if number == seq and "content" in change:
                assert new.salt is not None and new.content is not None
                new = replace(new, content_hash=content_hash(new.salt, new.content))
            prev = replace(new, hash=record_hash(new.line()))
            put(raw, prev, number)


def resealed(ward: Ward, first: int, last: int, key: SigningKey) -> None:
    signature = key.sign("seal", bytes.fromhex(record(ward, last).hash))
    with ward.store.transaction() as tx:
        tx.connection.exec_driver_sql(
            "UPDATE seal SET signature = ?, last = ? WHERE first = ?", (signature, last, first)
        )


@pytest.mark.alteration
def test_chain_rewritten_by_key_holder(ward: Ward) -> None:
    """He changes what she entered; his own seals he can make anew, hers not."""
    rewritten(ward, 7, content=canon({"text": "better"}))
    resealed(ward, 9, 11, ward.person.author)
    refold(ward)
    assert found(ward) == [("seal_false", "d1:6-8")]


@pytest.mark.alteration
def test_chain_rewritten_in_ones_own_part_breaks_what_others_wrote_after(ward: Ward) -> None:
    rewritten(ward, 4, content=canon({"subjid": "01-002", "site": "01"}))
    resealed(ward, 1, 5, ward.person.author)
    resealed(ward, 9, 11, ward.person.author)
    refold(ward)
    assert found(ward) == [("seal_false", "d1:6-8")]


@pytest.mark.alteration
def test_one_row_rewritten_with_its_hash(ward: Ward) -> None:
    old = record(ward, 7)
    new = make_record(
        Draft("value", old.key, {"text": "better"}, (), old.definition), study=STUDY, device="d1", seq=7,
        prev=old.prev, person=old.person, at=old.at, zone=old.zone, clock=old.clock,
    )  # fmt: skip
    with attack(ward) as raw:
        put(raw, new, 7)
    assert found(ward) == [("chain_broken", "d1:8")]


@pytest.mark.alteration
def test_author_exchanged(ward: Ward) -> None:
    """Her records put under his name, hashes computed anew, sealed by him: her seal is left over."""
    rewritten(ward, 6, person=ward.person.id)
    rewritten(ward, 7, person=ward.person.id)
    rewritten(ward, 8, person=ward.person.id)
    resealed(ward, 1, 11, ward.person.author)
    refold(ward)
    assert sorted(found(ward)) == [("seal_surplus", "d1:6-8"), ("seal_surplus", "d1:9-11")]


# -- what is computed ----------------------------------------------------------------------------------


@pytest.mark.requirement("P11-1")
@pytest.mark.alteration
@pytest.mark.parametrize(
    "sql,place",
    [
        (
            "UPDATE item_data SET text = 'better' WHERE key LIKE '%HER1'",
            "item_data d1:4/BL/VS/MAIN/HER1:d1:7",
        ),
        ("DELETE FROM item_data WHERE key LIKE '%HER1'", "item_data d1:4/BL/VS/MAIN/HER1:d1:7"),
        ("INSERT INTO conflict VALUES ('d1:4/BL/VS/MAIN/HER1', 'q', '[]')", "conflict d1:4/BL/VS/MAIN/HER1"),
        ("UPDATE subject SET subjid = '01-999'", "subject d1:4"),
        ("UPDATE certificate SET login = 'admin' WHERE seq = 5", "certificate d1:5"),
        ("INSERT INTO redaction VALUES ('d1', 7, 'd1', 9)", "redaction d1:7"),
        ("DELETE FROM device", "device d1"),
    ],
)
def test_projection_edited(ward: Ward, sql: str, place: str) -> None:
    with ward.store.transaction() as tx:
        tx.connection.exec_driver_sql(sql)
    assert found(ward) == [("projection_edited", place)]
    refold(ward)
    assert found(ward) == []


@pytest.mark.alteration
def test_many_edited_projections_are_named_in_a_bounded_list(ward: Ward) -> None:
    ward.add(*(value(item("d1:4", f"MANY{n}"), "1") for n in range(50)))
    with ward.store.transaction() as tx:
        tx.connection.exec_driver_sql("UPDATE item_data SET text = 'better'")
    assert len(found(ward)) == 20


@pytest.mark.requirement("FDA-9", "EMA-4")
@pytest.mark.alteration
def test_trigger_dropped(ward: Ward) -> None:
    raw = ward.raw()
    raw.execute("DROP TRIGGER audit_record_no_update")
    assert found(ward) == [("trigger_dropped", "audit_record_no_update")]
    raw.execute(
        "CREATE TRIGGER audit_record_no_update BEFORE UPDATE ON audit_record WHEN 0 BEGIN SELECT 1; END"
    )
    assert found(ward) == [("trigger_dropped", "audit_record_no_update")]
    raw.execute("CREATE TRIGGER helper AFTER INSERT ON audit_record BEGIN DELETE FROM item_data; END")
    raw.close()
    assert ("trigger_added", "helper") in found(ward)


@pytest.mark.alteration
def test_definition_edited(ward: Ward) -> None:
    with ward.store.transaction() as tx:
        tx.connection.exec_driver_sql("UPDATE definition SET source = x'00'")
    assert [code for code, _ in found(ward)] == ["definition_edited"]
    with ward.store.transaction() as tx:
        tx.connection.exec_driver_sql("DELETE FROM definition")
    assert found(ward) == [("definition_missing", "d1:2")]


@pytest.mark.alteration
def test_record_hidden_by_setting_it_aside(ward: Ward) -> None:
    with ward.store.transaction() as tx:
        tx.connection.exec_driver_sql("INSERT INTO quarantine VALUES ('d1', 7, 'x', 'x')")
    refold(ward)
    assert found(ward) == [("aside_unrecorded", "d1:7")]


@pytest.mark.alteration
def test_own_record_hidden_with_a_bundle_that_never_came(ward: Ward) -> None:
    """Who holds the key can write the very record that names what was set aside; not of the own device."""
    ward.add(
        Draft("bundle", "", {"direction": "in", "aside": ["d1:7"], "stubs": {}}), by=ward.admit(Person("n09"))
    )
    with ward.store.transaction() as tx:
        tx.insert(schema.quarantine, {"device": "d1", "seq": 7, "en": "x", "zh": "x"})
    refold(ward)
    assert found(ward) == [("aside_unrecorded", "d1:7")]


@pytest.mark.alteration
def test_record_released_from_being_set_aside(ward: Ward, tmp_path: Path) -> None:
    centre = Ward(tmp_path, "d2")
    note = Draft("bundle", "", {"direction": "taken", "number": 1})
    ward.send(centre, judge=lambda r, _: Text("no", "不") if r.seq == 7 else None, note=note)
    assert found(centre, device="d2") == []
    with centre.store.transaction() as tx:
        tx.connection.exec_driver_sql("DELETE FROM quarantine")
    refold(centre)
    assert found(centre, device="d2") == [("aside_released", "d1:7")]
    centre.store.close()


@pytest.mark.alteration
def test_foreign_content_removed(ward: Ward, tmp_path: Path) -> None:
    centre = Ward(tmp_path, "d2")
    ward.send(centre)
    with attack(centre) as raw:
        raw.execute("UPDATE audit_record SET content = NULL, salt = NULL WHERE device = 'd1' AND seq = 7")
    refold(centre)
    assert found(centre, device="d2") == [("stubs_differ", "d1")]
    centre.store.close()


# -- kill ----------------------------------------------------------------------------------------------

CHILD = """
import sys
from pathlib import Path
from mda5_crf.crypto import SigningKey
from mda5_crf.db.journal import Identity, Journal
from mda5_crf.db.records import Draft
from mda5_crf.db.store import Store
path, key, person, seed = sys.argv[1:]
store = Store.open(Path(path), bytes.fromhex(key))
author = SigningKey(bytes.fromhex(seed))
journal = Journal(store, Identity("NCT04966884", "d1", person, author), "Asia/Shanghai")
for n in range(100000):
    (record,) = journal.append([Draft("value", f"d1:4/BL/VS/MAIN/K{n}", {"text": str(n)}, (), "")])
    sys.stdout.write(record.id + "\\n")
    sys.stdout.flush()
"""


def test_kill_while_appending(ward: Ward, times: Callable[[int, int], int]) -> None:
    """Whatever was acknowledged before ``kill -9`` is there, and the journal is whole."""
    seed = ward.person.author.seed.hex()
    for attempt in range(times(3, 40)):
        ward.store.close()
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(ward.path), ward.key.hex(), ward.person.id, seed],
            stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        )  # fmt: skip
        assert child.stdout is not None
        acknowledged = [child.stdout.readline().strip() for _ in range(10 + 7 * attempt)]
        child.send_signal(signal.SIGKILL)
        acknowledged += [line.strip() for line in child.stdout if line.endswith("\n")]
        child.stdout.close()
        child.wait()
        ward.reopen()
        assert all(ward.journal.get(one) is not None for one in acknowledged)
        assert verify(ward.store) == []


def test_progress_is_told(ward: Ward) -> None:
    ward.add(*(value(item("d1:4", f"M{n}"), "1") for n in range(1000)))
    told: list[int] = []
    assert verify(ward.store, progress=told.append) == []
    assert told == [1000]


def test_troubles_are_values() -> None:
    one = Trouble("a", "b", Text("c", "d"))
    assert one == Trouble("a", "b", Text("c", "d")) and Collision.exit_status == 3
    assert isinstance([one], Sequence)
