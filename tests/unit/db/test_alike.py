"""A file and a server that know the same records answer every question alike."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest

from mda5_crf.db import (
    delegations,
    drafts,
    overlays,
    pastview,
    projection,
    proposals,
    read,
    read_accounts,
    read_audit,
    read_conflicts,
    read_definitions,
    read_delivery,
    read_lines,
    read_locks,
    read_queries,
    read_sdv,
    read_second,
    read_signatures,
    read_since,
    read_site,
    rows,
    voids,
)
from mda5_crf.db.read_audit import Scan
from mda5_crf.db.records import Draft
from mda5_crf.db.storebase import AnyStore
from mda5_crf.itemkey import ItemKey
from tests.unit.db.journalkit import Person, Ward, item, value
from tests.unit.db.storekinds import using

MODULES = (
    read, read_accounts, read_audit, read_conflicts, read_definitions, read_delivery, read_lines, read_locks,
    read_queries, read_sdv, read_second, read_signatures, read_since, read_site, voids, delegations,
    proposals, overlays,
)  # fmt: skip


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ward, Ward]]:
    """d1 in a file, d2 on a server; each knows all of the other."""
    folder = tmp_path_factory.mktemp("alike")
    with ExitStack() as stack:
        one = Ward(folder, "d1")
        stack.enter_context(using("server"))
        other = Ward(folder, "d2")
        for ward, text in ((one, "a\x00b"), (other, "汉字 %_\\")):
            subject = ward.enrol(f"01-00{ward.device[1]}")
            first = ward.value(item(subject), "120")
            ward.value(item(subject), text, [first.id])
            ward.value(f"{subject}/BL/DM/MAIN/A_B", "x")
            ward.add(
                Draft("row", f"{subject}/LOG/AE/MAIN", {}),
                Draft("event", subject, {"event": "UNS"}),
                Draft("missing", item(subject, "PULSE"), {"code": "ND"}, (), "def"),
                Draft("status", f"{subject}/BL/VS", {"status": "complete"}),
                Draft("query", item(subject), {"query": f"q{ward.device}", "state": "Open", "text": "?"}),
                Draft("lock", f"{subject}/BL", {"state": "frozen"}),
                Draft("verify", item(subject), {"n": 1}),
                Draft("login", "", {"login": "n07", "result": "ok"}),
                Draft("print", "", {"sha256": "0" * 64}),
                Draft("second", item(subject), {"text": "121", "of": [first.id], "result": "same"}),
            )
            ward.add(value(item(subject, "PULSE"), "60"), by=ward.admit(Person("i01", "investigator")))
        one.send(other)
        other.send(one)
        yield one, other
        one.store.close()
        other.store.close()


def questions() -> Iterator[tuple[str, Callable[[AnyStore], Any]]]:
    """Everything that is asked of a store alone, and some of what takes more."""
    for module in MODULES:
        for name, function in vars(module).items():
            if inspect.isfunction(function) and function.__module__ == module.__name__:
                needed = [
                    one.name
                    for one in inspect.signature(function).parameters.values()
                    if one.default is one.empty and one.kind is not one.VAR_KEYWORD
                ]
                if needed == ["store"] and not name.startswith("_"):
                    yield f"{_short(module)}.{name}", function
    for subject in ("d1:4", "d2:4", "d1:99"):
        yield f"entries {subject}", lambda store, s=subject: read.subject_entries(store, s)  # type: ignore[misc]
        yield f"history {subject}", lambda store, s=subject: read.history(store, s)  # type: ignore[misc]
        yield f"second {subject}", lambda store, s=subject: read_second.second(store, ItemKey(s))  # type: ignore[misc]
    for form in ("VS", "DM", "A_B", "V%"):
        yield f"form {form}", lambda store, f=form: list(read_site.entries_of_form(store, f))  # type: ignore[misc]
    yield "recorded", lambda store: read_since.recorded(store, {"d1": 5}, ("login", "print"))
    yield "newest", lambda store: read_site.newest_made(store, "d1")


def _short(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


QUESTIONS = dict(questions())


def told(answer: object) -> object:
    return list(answer) if isinstance(answer, Iterator) else answer


def test_there_are_many_questions() -> None:
    assert len(QUESTIONS) > 40


@pytest.mark.parametrize("name", QUESTIONS)
def test_both_answer_alike(pair: tuple[Ward, Ward], name: str) -> None:
    one, other = pair
    assert told(QUESTIONS[name](one.store)) == told(QUESTIONS[name](other.store))


def test_projections_and_records_are_the_same(pair: tuple[Ward, Ward]) -> None:
    one, other = pair
    with one.store.read() as file, other.store.read() as server:
        assert projection.dump(file) == projection.dump(server)
        assert rows.devices(file) == rows.devices(server) == ["d1", "d2"]
        assert rows.highest_clock(file) == rows.highest_clock(server)
    assert list(one.journal.records()) == list(other.journal.records())
    for how in (
        {"kinds": ("value", "query")}, {"kinds": ("device",)}, {"key_prefix": "d1:4", "standing": True},
        {"person": one.person.id}, {"device": "d2", "kinds": ("lock",)}, {"key_prefix": "d2:4/BL/VS"},
    ):  # fmt: skip
        assert list(one.journal.records(**how)) == list(other.journal.records(**how)) != []
    assert one.journal.heads() == other.journal.heads()
    assert list(one.journal.above({"d1": 6})) == list(other.journal.above({"d1": 6}))
    assert one.journal.seals_above({}) == other.journal.seals_above({})


@pytest.mark.parametrize("oldest_first", [True, False])
def test_the_trail_is_walked_alike(pair: tuple[Ward, Ward], oldest_first: bool) -> None:
    one, other = pair
    for scan in (
        Scan(oldest_first=oldest_first), Scan("d1:4", oldest_first=oldest_first),
        Scan(kinds=frozenset({"value", "query"}), oldest_first=oldest_first),
        Scan(person=one.person.id, oldest_first=oldest_first),
        Scan(since="2026-11-23T01:00:03", until="2026-11-23T01:00:05.000Z", oldest_first=oldest_first),
        Scan(spans={"d1": (2, 7), "d2": (0, 3)}, oldest_first=oldest_first),
        Scan(seen={"d1": 6}, oldest_first=oldest_first),
    ):  # fmt: skip
        with one.store.read() as file, other.store.read() as server:
            walked = [list(map(read_audit.record, read_audit.walk(tx, scan))) for tx in (file, server)]
        assert walked[0] == walked[1] != []


def test_a_past_moment_of_a_server_is_the_same(pair: tuple[Ward, Ward]) -> None:
    vector = {"d1": 7, "d2": 5}
    dumps = []
    for ward in pair:
        for subjects in (None, {"d1:4"}):
            past = pastview.past_store(ward.store, vector, subjects)
            with past.read() as tx:
                dumps.append(projection.dump(tx))
            past.close()
    assert dumps[:2] == dumps[2:] and dumps[0] != dumps[1]


def test_a_redaction_purges_alike(pair: tuple[Ward, Ward]) -> None:
    """Half-typed text of the day before, of everybody, below the key."""
    for ward in pair:
        with ward.store.transaction() as tx:
            row = drafts.DraftRow("field", item("d1:4"), "37.")
            drafts.put_drafts(tx, "p", [row], datetime(2026, 11, 1, tzinfo=UTC).isoformat())
            drafts.purge_redacted(tx)
            assert [one.text for one in drafts.drafts(tx, "p")] == ["37."]
            drafts.drop_draft(tx, "p", "field", item("d1:4"))
