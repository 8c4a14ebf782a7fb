"""A hundred thousand records of the audit trail as CDISC ODM, from the vault to the file.

The vault has that many records of values, changes and rows under the trial's definition. *Archive* is the
whole history, *trail* the filtered export of the audit page; both read the encrypted journal, decide
transactions, hash and write. *Peak* is the memory that the export itself adds, traced in a run of its own.

The peer, in turns: the standard library's xml.etree, which dumps exactly the elements of the archive's file
from a tree that is already in memory. It reads no database, decides nothing and hashes nothing.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import tempfile
import time
import tracemalloc
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

from mda5_crf.db.records import Draft
from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs.exports import ARCHIVE, Written, write_odm, write_trail
from mda5_crf.services.session import Session
from mda5_crf.study.model import ItemType
from tests.bench.figures import figure
from tests.wards import found, session_at, trial

PLACES = ("BL", "W4", "W8", "W12", "W24", "W52")


def fill(session: Session, records: int) -> int:
    """Participants until there are so many records; returns how many there are."""
    items = [
        item
        for form in ("VS", "LBC", "LBH", "IMACS")
        for item in session.study.forms[form].items.values()
        if item.type in (ItemType.DECIMAL, ItemType.INTEGER, ItemType.TEXT) and not item.computed
    ]
    done = 0
    while done < records:
        subject = session.enrol().identity
        drafts: list[Draft] = []
        for turn in range(3):
            for event in PLACES:
                for item in items:
                    key = ItemKey(subject, event, form=item.form, group=item.group, item=item.name)
                    content = {"text": f"{turn + 1}{len(drafts) % 90}"}
                    why = {"reason": {"code": "ENTRY_ERROR"}} if turn else {}
                    drafts.append(Draft("value", key.path(), {**content, **why}))
        session.append(drafts)
        done += len(drafts)
    return sum(1 for _ in session.vault.journal.records())


def drop(written: Written) -> None:
    """A file that is not to appear."""
    written.part.unlink()


def timed(work: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, session_at(found(trial(), "01")) as session:
        count, file = fill(session, options.records), Path(place) / "out.xml"
        written = write_odm(session, file, ARCHIVE)
        tree, size = ET.parse(written.part), written.size
        elements = sum(1 for _ in tree.iter())
        drop(written)
        ours: list[float] = []
        peers: list[float] = []
        trails: list[float] = []
        for _ in range(options.runs):
            ours.append(timed(lambda: drop(write_odm(session, file, ARCHIVE))))
            trails.append(timed(lambda: drop(write_trail(session, file))))
            peers.append(timed(lambda: tree.write(Path(place) / "peer.xml", encoding="UTF-8")))
        tracemalloc.start()  # counts what is allocated from here on; the peer's tree is not in it
        drop(write_odm(session, file, ARCHIVE))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    own, trail, peer = (statistics.median(times) for times in (ours, trails, peers))
    print(f"{count} records, {elements} elements, {size / 1e6:.1f} MB")
    print(f"archive {own:.2f} s ({count / own:,.0f} records/s; {_all(ours)}), peak {peak / 1e6:.1f} MB")
    print(f"trail   {trail:.2f} s ({count / trail:,.0f} records/s; {_all(trails)})")
    print(f"peer    xml.etree dump {peer:.2f} s ({_all(peers)}); archive takes {own / peer:.2f} x the peer")
    named = f"ODM archive of {count:,} records, {size / 1e6:.0f} MB"
    figure(named, own, "s", peer="xml.etree dumping the same elements from memory", theirs=peer)
    figure("memory that this export adds at most", peak / 1e6, "MB")
    figure("the audit trail of the same records as ODM", trail, "s")
    return 0


def _all(times: list[float]) -> str:
    return " ".join(f"{one:.2f}" for one in times)


if __name__ == "__main__":
    sys.exit(main())
