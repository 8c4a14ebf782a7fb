"""One committed field against a bare SQLCipher insert-and-commit of the same bytes.

Both sides write the same record bytes with the same settings (WAL, synchronous=FULL, raw key) into files
in the same folder, in turns, so that a slow moment of the disk hits both. Prints raw times and the ratio.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlcipher3 import dbapi2

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.session import Session, create
from tests.bench.figures import figure

PASSWORD = "harbour lantern pebble orchard"
FORMS = (("VS", "PULSE_VSORRES", 60), ("LBC", "ALT_LBORRES", 20))


def bare(folder: Path) -> Callable[[bytes], None]:
    """A bare SQLCipher table: insert one row, commit."""
    connection = dbapi2.connect(str(folder / "bare.db"), isolation_level=None)
    for statement in (
        "PRAGMA cipher_memory_security=OFF",
        f"PRAGMA key=\"x'{os.urandom(32).hex()}'\"",
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "CREATE TABLE record (seq INTEGER PRIMARY KEY, body BLOB NOT NULL)",
    ):
        connection.execute(statement).fetchall()

    def insert(body: bytes) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO record (body) VALUES (?)", (body,))
        connection.execute("COMMIT")

    return insert


def fill(session: Session, subject: str, form: str) -> None:
    """Answer every number of the form, so that the evaluation has all there is to do."""
    entry = session.entry(ItemKey(subject, "BL", "", form))
    for _ in range(3):
        for key, item in entry.state.items.items():
            if item.relevant and not item.item.computed and not item.value.text:
                limits = entry.usual(item.item)
                codes = entry.codes(item.item)
                if codes:
                    entry.set_value(key, codes[0].code)
                elif limits:
                    entry.set_value(key, str((limits[0] + limits[1]) / 2))


def measure(
    session: Session,
    subject: str,
    form: str,
    item: str,
    start: int,
    insert: Callable[[bytes], None],
    count: int,
) -> None:
    """Commit ``count`` values into one item of the filled form, the bare insert in turns with it."""
    entry = session.entry(ItemKey(subject, "BL", "", form))
    key = next(k for k in entry.state.items if k.item == item)
    ours: list[float] = []
    theirs: list[float] = []
    size = 0
    for number in range(count + 20):
        began = time.perf_counter()
        changes = entry.set_value(key, str(start + number % 40))
        middle = time.perf_counter()
        record = session.vault.journal.get(changes.records[0])
        assert record is not None  # it was written a moment ago
        body = record.line() + (record.content or b"")
        before = time.perf_counter()
        insert(body)
        after = time.perf_counter()
        size = len(body)
        if number >= 20:
            ours.append((middle - began) * 1000)
            theirs.append((after - before) * 1000)
    mine, peer = statistics.median(ours), statistics.median(theirs)
    p99 = statistics.quantiles(ours, n=100)[98]
    sys.stdout.write(
        f"commit {form:4} {len(entry.state.items):4} items, {size} B: ours {mine:.3f} ms (p99 {p99:.1f}), "
        f"bare SQLCipher {peer:.3f} ms, more by {mine - peer:.3f} ms, ratio {mine / peer:.2f}\n"
    )
    named = f"one committed field, {form} with {len(entry.state.items)} items"
    beside = "bare SQLCipher insert and commit of the same bytes"
    figure(f"{named}, median", mine, "ms", peer=beside, theirs=peer, most=1, of="more")
    figure(f"{named}, 99th percentile", p99, "ms", most=16)


def main() -> int:
    """Run on both forms."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        insert = bare(folder)
        with create(
            folder / "bench.mda5",
            site="01",
            name="Bench",
            login="timer",
            person="Timer",
            role="investigator",
            password=PASSWORD,
        ) as session:
            for form, item, start in FORMS:
                subject = session.enrol().identity
                fill(session, subject, form)
                measure(session, subject, form, item, start, insert, count)
    return 0


if __name__ == "__main__":
    sys.exit(main())
