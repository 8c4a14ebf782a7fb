"""Waiting after failed log-ins."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mda5_crf.db.attempts import FILE_NAME, MAX_BYTES, Attempts

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


class _Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.mark.requirement("P11-17")
def test_five_are_free_then_the_wait_doubles_up_to_a_quarter_of_an_hour(tmp_path: Path) -> None:
    clock = _Clock()
    attempts = Attempts.read(tmp_path, clock)
    waits = []
    for _ in range(15):
        attempts.failed("n07")
        waits.append(Attempts.read(tmp_path, clock).wait("n07"))
        assert attempts.wait("n07") == waits[-1]
    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900, 900, 900, 900]
    assert attempts.wait("i01") == 0, "another person is not made to wait"


def test_the_wait_passes(tmp_path: Path) -> None:
    clock = _Clock()
    attempts = Attempts.read(tmp_path, clock)
    for _ in range(5):
        attempts.failed("n07")
    for seconds, wait in ((0, 30), (1, 29), (29, 1), (29.5, 1), (30, 0), (10_000, 0)):
        clock.now = NOW + timedelta(seconds=seconds)
        assert attempts.wait("n07") == wait


def test_a_clock_set_back_makes_no_wait_longer(tmp_path: Path) -> None:
    clock = _Clock()
    attempts = Attempts.read(tmp_path, clock)
    for _ in range(5):
        attempts.failed("n07")
    clock.now = NOW - timedelta(days=400)
    assert attempts.wait("n07") == 30


def test_without_the_file_nobody_waits(tmp_path: Path) -> None:
    clock = _Clock()
    attempts = Attempts.read(tmp_path, clock)
    for _ in range(9):
        attempts.failed("n07")
    (tmp_path / FILE_NAME).unlink()
    assert Attempts.read(tmp_path, clock).wait("n07") == 0


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        b"x" * (MAX_BYTES + 1),
        b'{"format":"mda5-crf-attempts/2","failures":[]}',
        b'{"format":"mda5-crf-attempts/1","failures":7}',
    ],
    ids=range(9),
)
def test_a_file_not_understood_counts_as_empty(tmp_path: Path, data: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(data)
    attempts = Attempts.read(tmp_path)
    assert attempts.as_json() == []
    attempts.failed("n07")
    assert [entry["count"] for entry in Attempts.read(tmp_path).as_json()] == [1]


@pytest.mark.parametrize(
    "change",
    [
        {"login": 1},
        {"login": "x" * 33},
        {"count": 0},
        {"count": True},
        {"count": "5"},
        {"count": 10**9},
        {"first": 1},
        {"last": None},
        {"last": "x" * 90},
    ],
    ids=str,
)
def test_entries_of_another_shape_are_passed_over(tmp_path: Path, change: dict[str, object]) -> None:
    good = {"login": "n07", "count": 9, "first": NOW.isoformat(), "last": NOW.isoformat()}
    body = {"format": "mda5-crf-attempts/1", "failures": [{**good, **change}, 7, {**good, "login": "i01"}]}
    (tmp_path / FILE_NAME).write_text(json.dumps(body), "utf-8")
    attempts = Attempts.read(tmp_path, lambda: NOW)
    assert [entry["login"] for entry in attempts.as_json()] == ["i01"]
    assert attempts.wait("i01") == 480


@pytest.mark.parametrize("last", ["", "yesterday", "2026-11-23T08:00:00"])
def test_a_time_not_understood_makes_nobody_wait(tmp_path: Path, last: str) -> None:
    entry = {"login": "n07", "count": 9, "first": "", "last": last}
    body = {"format": "mda5-crf-attempts/1", "failures": [entry]}
    (tmp_path / FILE_NAME).write_text(json.dumps(body), "utf-8")
    assert Attempts.read(tmp_path, lambda: NOW).wait("n07") == 0


def test_many_log_ins_share_one_count_and_the_file_stays_small(tmp_path: Path) -> None:
    attempts = Attempts.read(tmp_path, lambda: NOW)
    for index in range(230):
        attempts.failed(f"u{index}")
    assert len(attempts.as_json()) == 201
    assert attempts.as_json()[0]["count"] == 30
    assert (tmp_path / FILE_NAME).stat().st_size < MAX_BYTES
    assert len(Attempts.read(tmp_path).as_json()) == 201


def test_clear(tmp_path: Path) -> None:
    attempts = Attempts.read(tmp_path)
    attempts.clear()
    attempts.failed("n07")
    attempts.clear()
    assert attempts.as_json() == []
    assert list(tmp_path.iterdir()) == []
