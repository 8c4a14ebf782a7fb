"""Every kind of record the journal knows, altered with another tool: each one is named with its place.

A kind that is added to the program is here by itself: it is taken from the list of the projections.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from mda5_crf.crypto import canon
from mda5_crf.db import projection
from mda5_crf.db.records import AuditRecord, Draft
from mda5_crf.db.verify import verify
from tests.faults import counts
from tests.faults.test_record import attack, put
from tests.unit.db.journalkit import Ward, item

FORM = "d1:4/BL/VS"
SOUND = {"content_edited", "row_edited", "row_dropped", "content_absent", "rows_swapped", "key_edited"}


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ward, dict[int, AuditRecord]]]:
    """A ward with two records of every kind, and those records by number.

    What their contents mean is not asked here: the folds stand still, chains, hashes and seals are real.
    """
    with pytest.MonkeyPatch.context() as patch:
        ward = Ward(tmp_path_factory.mktemp("kinds"), "d1")
        ward.enrol()
        still = {kind: lambda *_: None for kind in projection.KINDS}
        patch.setattr(projection, "_FOLDS", still)
        keys = ("", FORM, item("d1:4"), f"{FORM}/LOG[d1:9]")
        made = {}
        for number, kind in enumerate(sorted(projection.KINDS)):
            for turn in range(2):
                content = {"text": f"{kind} {turn}", "state": "x"}
                (one,) = ward.add(Draft(kind, keys[(number + turn) % 4], content))
                made[one.seq] = one
        yield ward, made
        ward.store.close()


def named(ward: Ward, code: str) -> set[int]:
    """Numbers of the records that verify names with ``code``; a run of neighbours is told as one."""
    found: set[int] = set()
    for trouble in verify(ward.store):
        if trouble.code == code:
            for place in trouble.place.split():
                first, _, last = place.removeprefix("d1:").partition("-")
                found |= set(range(int(first), int(last or first) + 1))
    return found


def check(kind: str, ward: Ward, code: str, tried: set[int]) -> None:
    got = named(ward, code)
    counts.alterations(f"{kind}, every kind of record", tried=len(tried), found=len(tried & got))
    assert got == tried


def restore(ward: Ward, made: dict[int, AuditRecord]) -> None:
    with attack(ward) as raw:
        raw.execute(f"DELETE FROM audit_record WHERE seq >= {min(made)}")
        for one in made.values():
            put(raw, one)
    assert not {trouble.code for trouble in verify(ward.store)} & SOUND


@pytest.mark.requirement("P11-1", "CN-3")
@pytest.mark.alteration
@pytest.mark.parametrize("part", ["content", "salt"])
def test_content_edited_of_every_kind(everything: tuple[Ward, dict[int, AuditRecord]], part: str) -> None:
    ward, made = everything
    with attack(ward) as raw:
        for one in made.values():
            better: dict[str, Any] = {"content": canon({**one.data, "text": "better"})}
            new = better if part == "content" else {"salt": bytes(16)}
            put(raw, replace(one, **new), one.seq)
    check("content_edited", ward, "content_edited", set(made))
    restore(ward, made)


@pytest.mark.requirement("P11-1")
@pytest.mark.alteration
@pytest.mark.parametrize("part", ["person", "at", "kind", "definition", "replaces", "zone"])
def test_row_edited_of_every_kind(everything: tuple[Ward, dict[int, AuditRecord]], part: str) -> None:
    ward, made = everything
    values: dict[str, Any] = {
        "replaces": ("d1:4",),
        "at": "2026-11-22T01:00:00.000Z",
        "zone": "UTC +00:00",
    }
    with attack(ward) as raw:
        for one in made.values():
            other = "missing" if one.kind == "value" else "value"
            changed: dict[str, Any] = {part: other if part == "kind" else values.get(part, "x")}
            put(raw, replace(one, **changed), one.seq)
    check(f"row_edited ({part})", ward, "row_edited", set(made))
    restore(ward, made)


@pytest.mark.requirement("P11-6")
@pytest.mark.alteration
def test_row_dropped_of_every_kind(everything: tuple[Ward, dict[int, AuditRecord]]) -> None:
    """Every second one: each gap is named by itself."""
    ward, made = everything
    for half in (0, 1):
        gone = {seq for seq in made if seq % 2 == half and seq < max(made)}
        with attack(ward) as raw:
            raw.execute(f"DELETE FROM audit_record WHERE seq IN ({','.join(map(str, gone))})")
        check("row_dropped", ward, "row_dropped", gone)
        restore(ward, made)


@pytest.mark.requirement("P11-1")
@pytest.mark.alteration
def test_rows_swapped_of_every_kind(everything: tuple[Ward, dict[int, AuditRecord]]) -> None:
    """Contents of neighbours exchanged: both records of each kind say what the other said."""
    ward, made = everything
    with attack(ward) as raw:
        for seq in sorted(made)[::2]:
            one, other = made[seq], made[seq + 1]
            put(raw, replace(one, content=other.content, salt=other.salt), seq)
            put(raw, replace(other, content=one.content, salt=one.salt), seq + 1)
    check("rows_swapped", ward, "rows_swapped", set(made))
    restore(ward, made)


@pytest.mark.requirement("P11-6", "E6-4")
@pytest.mark.alteration
def test_content_removed_of_every_kind(everything: tuple[Ward, dict[int, AuditRecord]]) -> None:
    ward, made = everything
    with attack(ward) as raw:
        raw.execute(f"UPDATE audit_record SET content = NULL, salt = NULL WHERE seq >= {min(made)}")
    check("content_removed", ward, "content_absent", set(made))
    restore(ward, made)


@pytest.mark.requirement("P11-1")
@pytest.mark.alteration
def test_key_edited_of_every_kind(everything: tuple[Ward, dict[int, AuditRecord]]) -> None:
    ward, made = everything
    with attack(ward) as raw:
        for one in made.values():
            put(raw, replace(one, key=f"{one.key}/X"), one.seq)
    check("key_edited", ward, "key_edited", set(made))
    restore(ward, made)
