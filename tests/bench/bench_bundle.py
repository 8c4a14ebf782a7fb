"""Taking a bundle of a million records against a bare SQLCipher bulk insert of the same rows.

A ward's journal of many years is written through the journal (several persons, runs, corrections, queries),
kept under the system's temporary folder for the next run, and sent to an empty centre. Then:

    peer   executemany of the same rows of ``audit_record``: same indexes, triggers, settings; one transaction
    take   all of ``bundles.take``: read twice, decrypted, inflated, hashed, judged, folded, sealed, committed
    more   taking 100 new records into the database that then holds all the others
    size   the bundle beside an uncompressed SQLite changeset of the same rows (apsw; skipped without it)

``--count`` (or MDA5_CRF_BENCH_RECORDS) says how many records. Each runs in a process of its own, whose peak
of memory and processor time are printed too: on a busy machine the wall clock alone says little.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

import mda5_crf
from mda5_crf.crypto import SigningKey
from mda5_crf.db import records as record_module
from mda5_crf.db import rows, schema
from mda5_crf.db.journal import Identity, Journal
from mda5_crf.db.migrate import TRIGGERS
from mda5_crf.db.records import Draft
from mda5_crf.db.store import connect
from mda5_crf.services import backups
from mda5_crf.services.session import Session, create
from mda5_crf.study.model import ItemType, Study
from mda5_crf.sync import bundles, devices
from tests.bench.figures import figure

PASSWORD = "harbour lantern pebble orchard"
PEOPLE = (
    ("n01", "data_entry", "meadow-string-44-copper"),
    ("n02", "data_entry", "velvet-anchor-90-thistle"),
    ("i02", "investigator", "walnut-garlic-71-parade"),
)
KEPT = Path(tempfile.gettempdir()) / "mda5-crf-bench"
PIECE = 20_000
WORDS = "患者自述活动后气短较前减轻，双手技工手皮疹仍存，无发热，咳嗽少痰，胸部高分辨CT待复查。"
PEER_RATIO = 15


# -- a ward's journal ------------------------------------------------------------------------------------


@dataclass
class Life:
    """What happens at a ward: sittings in which one person answers one form of one participant."""

    study: Study
    rng: random.Random
    entered: list[tuple[str, str]] = field(default_factory=list)

    def sitting(self, subject: str, event: str, form: str) -> list[Draft]:
        """Drafts of one form, answered for the first time."""
        place, rng, hashed = f"{subject}/{event}/{form}", self.rng, self.study.hash
        drafts = [Draft("view", place, {}, (), hashed)]
        for item in self.study.forms[form].items.values():
            if item.calculate is not None:
                continue
            key = f"{place}/{item.group}/{item.name}"
            if rng.random() < 0.03:
                drafts.append(Draft("missing", key, {"code": "ND"}, (), hashed))
                continue
            drafts.append(Draft("value", key, self._answer(item), (), hashed))
            if rng.random() < 0.02:
                name = hashlib.sha256(key.encode()).hexdigest()
                asked = {"query": name, "state": "Open", "source": "system", "check": f"{form}-1"}
                words = {"text": "Higher than usual\n高于常见范围"}
                drafts.append(Draft("query", key, {**asked, **words}, (), hashed))
                drafts.append(Draft("query", key, {**asked, "state": "Resolved"}, (), hashed))
            if rng.random() < 0.01:
                drafts.append(Draft("confirm", key, {"check": f"{form}-2", "text": "9.9"}, (), hashed))
        drafts.append(Draft("status", place, {"status": "complete"}, (), hashed))
        return drafts

    def corrections(self) -> list[Draft]:
        """Some answers of earlier sittings are changed, with a reason."""
        found = []
        for _ in range(min(4, len(self.entered))):
            index = self.rng.randrange(len(self.entered))
            key, record = self.entered[index]
            content = {"text": f"{self.rng.randrange(400)}", "reason": {"code": "TYPO", "text": "抄录错误"}}
            found.append(Draft("value", key, content, (record,), self.study.hash))
            self.entered[index] = self.entered[-1]
            self.entered.pop()
        return found

    def _answer(self, item: Any) -> dict[str, str]:  # noqa: ANN401 - an item of the definition
        rng = self.rng
        if item.type in (ItemType.INTEGER, ItemType.DECIMAL):
            said = {"text": f"{rng.randrange(4000) / 10}"}
            return {**said, "unit": item.unit} if item.unit and rng.random() < 0.2 else said
        if item.type == ItemType.CODE:
            return {"text": rng.choice("YNUABC")}
        if item.type == ItemType.TEXT:
            start = rng.randrange(20)
            return {"text": WORDS[start : start + rng.randrange(2, 24)]}
        return {"text": f"2026-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"}


def live(folder: Path, count: int) -> None:
    """Write a ward and a centre that know each other, and ``count`` records into the ward."""
    ward = _founded(folder / "ward", "01", "Bench ward", "investigator")
    centre = _founded(folder / "centre", "00", "Bench centre", "data_manager")
    with ward, centre:
        for here, there in ((ward, centre), (centre, ward)):
            devices.add_card(here, devices.card(there), own_password=PASSWORD)
        for login, role, secret in PEOPLE:
            ward.add_person(login, f"Zhang {login}", role, secret, own_password=PASSWORD)
    authors = [_author(folder / "ward", login, secret) for login, _, secret in PEOPLE]
    with Session.open(folder / "ward", "timer", PASSWORD) as ward:
        others = [Journal(ward.vault.store, who, ward.vault.meta.zone) for who in authors]
        _fill(ward, [ward.vault.journal, *others], count)


def _author(folder: Path, login: str, secret: str) -> Identity:
    """Somebody of the ward, to write with when the vault is open for another."""
    with Session.open(folder, login, secret) as one:
        key = SigningKey(one.vault.identity.author.seed)
        return Identity(one.study.oid, one.device, one.person.id, key)


def _fill(ward: Session, journals: list[Journal], count: int) -> None:
    life = Life(ward.study, random.Random(7))
    places = [(due.event, due.form) for event in ward.study.events for due in ward.study.forms_of(event)]
    written = sum(seq for seq, _ in ward.vault.journal.heads().values())
    subject, number = 0, len(places)
    identity = ""
    while written < count:
        if number < len(places) and life.rng.random() < 0.75:  # a form that nobody needed
            number += 1
            continue
        journal = life.rng.choice(journals)
        drafts: list[Draft] = []
        for _ in range(life.rng.randrange(1, 8)):
            if number == len(places):
                subject, number = subject + 1, 0
                content = {"subjid": f"01-{subject:03d}", "site": "01"}
                (record,) = ward.vault.journal.append([Draft("subject", "", content, (), ward.study.hash)])
                identity = record.id
                written += 1
            drafts += life.sitting(identity, *places[number])
            number += 1
        drafts = (drafts + life.corrections())[: count - written]
        made = journal.append(drafts)
        life.entered += [(r.key, r.id) for r in made if r.kind == "value" and life.rng.random() < 0.15]
        del life.entered[:-5000]
        written += len(made)


def _founded(folder: Path, site: str, name: str, role: str) -> Session:
    return create(
        folder, site=site, name=name, login="timer", person="Timer", role=role, password=PASSWORD
    )  # fmt: skip


def kept(count: int) -> Path:
    """The folder of a life of ``count`` records; lived now unless an earlier run of the same program did."""
    code = hashlib.sha256(Path(__file__).read_bytes())
    for module in (record_module.__file__, schema.__file__):
        code.update(Path(str(module)).read_bytes())
    folder = KEPT / f"{code.hexdigest()[:16]}_{count}"
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        began = time.perf_counter()
        live(folder, count)
        (folder / "ready").touch()
        print(f"wrote the ward's journal through the journal: {time.perf_counter() - began:.1f} s")
    return folder


# -- what is measured, each in a process of its own --------------------------------------------------------


def forget_peak() -> None:
    """From now on :func:`peak` counts anew: deriving the key of the password took 192 MB for a moment."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak() -> float:
    """The most memory this process had since, in MB."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _make(base: Path) -> str:
    with Session.open(base / "ward", "timer", PASSWORD) as ward:
        (peer,) = devices.peers(ward)
        forget_peak()
        began = time.perf_counter()
        path = bundles.make(ward, peer.device, base / "stick")
        return f"{time.perf_counter() - began:.3f} {peak():.0f} {path.stat().st_size}"


def _take(base: Path) -> str:
    (path,) = [one for one in (base / "stick").iterdir() if one.suffix == ".mda5b"]
    with Session.open(base / "centre", "timer", PASSWORD) as centre:
        forget_peak()
        before = peak()
        began, busy = time.perf_counter(), time.process_time()
        report = bundles.take(centre, path)
        took, busy = time.perf_counter() - began, time.process_time() - busy
        assert not report.aside, report.aside[:3]
        print(*(line.en for line in report.lines()[:2]), sep="\n  ", file=sys.stderr)
        return f"{took:.3f} {peak():.0f} {report.new} {before:.0f} {busy:.3f}"


def _more(base: Path) -> str:
    """The centre answers, which tells the ward what arrived; then the ward writes 100 records more."""
    for one in (base / "stick").iterdir():
        one.unlink()
    with Session.open(base / "centre", "timer", PASSWORD) as centre:
        (peer,) = devices.peers(centre)
        receipt = bundles.make(centre, peer.device, base / "stick")
    with Session.open(base / "ward", "timer", PASSWORD) as ward:
        bundles.take(ward, receipt)
    receipt.unlink()
    with Session.open(base / "ward", "timer", PASSWORD) as ward:
        (peer,) = devices.peers(ward)
        life = Life(ward.study, random.Random(8))
        subject = ward.subjects()[0].identity
        drafts = life.sitting(subject, "BL", "VS") * 100
        ward.vault.journal.append(drafts[:95])
        bundles.make(ward, peer.device, base / "stick")
    return "0"


def _copy(base: Path) -> str:
    with Session.open(base / "centre", "timer", PASSWORD) as centre:
        began = time.perf_counter()
        backups.before(centre, "take")
        return f"{time.perf_counter() - began:.3f}"


def _bare(base: Path) -> str:
    """Insert the ward's rows into a bare file."""
    with Session.open(base / "ward", "timer", PASSWORD) as ward:
        target = connect(base / "bare.db", os.urandom(32))
        dialect = sqlite.dialect()
        table = schema.audit_record
        for needed in (table, schema.redaction):
            target.execute(str(CreateTable(needed).compile(dialect=dialect)))
        for index in table.indexes:
            target.execute(str(CreateIndex(index).compile(dialect=dialect)))
        for trigger in TRIGGERS.values():
            target.execute(trigger)
        target.execute("BEGIN IMMEDIATE")
        cursor, took, busy, count = target.cursor(), 0.0, 0.0, 0
        sql = f"INSERT INTO audit_record VALUES ({','.join('?' * len(table.columns))})"
        for piece in _pieces(ward):
            began, used = time.perf_counter(), time.process_time()
            cursor.executemany(sql, piece)
            took, busy = took + time.perf_counter() - began, busy + time.process_time() - used
            count += len(piece)
        began, used = time.perf_counter(), time.process_time()
        target.execute("COMMIT")
        took, busy = took + time.perf_counter() - began, busy + time.process_time() - used
        target.close()
        (base / "bare.db").unlink()
        return f"{took:.3f} {busy:.3f} {count}"


def _changeset(base: Path) -> str:
    """The size of an uncompressed changeset of the ward's rows, and of apsw's version."""
    import apsw

    plain = apsw.Connection(str(base / "plain.db"))
    plain.execute("PRAGMA journal_mode=OFF")
    dialect = sqlite.dialect()
    plain.execute(str(CreateTable(schema.audit_record).compile(dialect=dialect)))
    watched = apsw.Session(plain, "main")
    watched.attach("audit_record")
    with Session.open(base / "ward", "timer", PASSWORD) as ward:
        sql = f"INSERT INTO audit_record VALUES ({','.join('?' * len(schema.audit_record.columns))})"
        with plain:
            for piece in _pieces(ward):
                plain.executemany(sql, piece)
    size = 0

    def count(data: memoryview) -> None:
        nonlocal size
        size += len(data)

    watched.changeset_stream(count)
    watched.close()
    plain.close()
    (base / "plain.db").unlink()
    return f"{size} {apsw.apsw_version()}"


def _pieces(ward: Session) -> Iterator[list[tuple[Any, ...]]]:
    names = [column.name for column in schema.audit_record.columns]
    with ward.vault.store.read() as tx:
        piece = []
        for record in rows.chain(tx, ward.device):
            row = rows.record_row(record)
            piece.append(tuple([row[name] for name in names]))
            if len(piece) == PIECE:
                yield piece
                piece = []
        yield piece


PARTS = {
    "make": _make, "take": _take, "more": _more, "copy": _copy, "bare": _bare, "changeset": _changeset,
}  # fmt: skip


def part(name: str, base: Path) -> list[str]:
    """What a part says, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.bench_bundle", "--part", name, "--base", str(base)],
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return done.stdout.split()


def measure(base: Path, count: int) -> None:
    """Everything on one copy of the vaults."""
    made, made_peak, size = part("make", base)
    print(f"make   {count} records: {float(made):.1f} s, {count / float(made):.0f} records/s, "
          f"peak {made_peak} MB, {int(size) / 1e6:.1f} MB")  # fmt: skip
    first = part("bare", base)
    took, took_peak, new, before, busy = part("take", base)
    second = part("bare", base)
    peer = (float(first[0]) + float(second[0])) / 2
    peer_busy = (float(first[1]) + float(second[1])) / 2
    ratio, ratio_busy = float(took) / peer, float(busy) / peer_busy
    print(f"peer   bare SQLCipher executemany: {first[0]} s and {second[0]} s, {count / peer:.0f} rows/s; "
          f"processor {peer_busy:.1f} s")  # fmt: skip
    print(f"take   {new} records: {float(took):.1f} s, {int(new) / float(took):.0f} records/s, processor "
          f"{float(busy):.1f} s; peak {took_peak} MB ({before} MB before)")  # fmt: skip
    print(f"       ratio {ratio:.1f} by the wall, {ratio_busy:.1f} by the processor (at most {PEER_RATIO})")
    beside, named = "bare SQLCipher executemany of the same rows", f"taking {int(new):,} records"
    theirs = count / peer
    figure(
        named,
        int(new) / float(took),
        "records/s",
        peer=beside,
        theirs=theirs,
        least=1 / PEER_RATIO,
        of="ratio",
    )
    figure(named, float(busy), "s", peer=beside, theirs=peer_busy, cpu=True)
    figure("making their bundle", count / float(made), "records/s")
    figure("most memory while taking", float(took_peak), "MB", most=300, note=f"{before} MB before")
    figure("most memory while making", float(made_peak), "MB", most=300)
    part("more", base)
    copied = part("copy", base)[0]
    more, more_peak, new, _, more_busy = part("take", base)
    print(f"more   {new} records into {count}: {float(more):.3f} s, processor {more_busy} s, "
          f"peak {more_peak} MB; a copy made anew takes {float(copied):.1f} s")  # fmt: skip
    figure(f"taking {new} records into {count:,}", float(more), "s", most=1)
    try:
        changeset, version = part("changeset", base)
    except subprocess.CalledProcessError:
        print("size   no changeset: apsw is not installed (pip install apsw)")
        return
    print(f"size   bundle {int(size) / count:.1f} B a record, changeset (apsw {version}, uncompressed) "
          f"{int(changeset) / count:.1f} B: ratio {int(size) / int(changeset):.2f}")  # fmt: skip
    figure(
        "size of the bundle", int(size) / 1e6, "MB",
        peer=f"uncompressed SQLite changeset (apsw {version})", theirs=int(changeset) / 1e6,
        most=1, of="ratio",
    )  # fmt: skip
    print(f"DONE   take/insert {ratio:.1f} ({ratio_busy:.1f}); 100 more {float(more):.2f} s; "
          f"bundle/changeset {int(size) / int(changeset):.2f}; "
          f"peaks make {made_peak} MB, take {took_peak} MB")  # fmt: skip


def main() -> int:
    """Run all, or one part for the process that asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=int(os.environ.get("MDA5_CRF_BENCH_RECORDS", "1000000")))
    parser.add_argument("--part", choices=PARTS)
    parser.add_argument("--base", type=Path)
    asked = parser.parse_args()
    if asked.part:
        print(PARTS[asked.part](asked.base))
        return 0
    import sqlcipher3

    cipher = sqlcipher3.connect(":memory:").execute("PRAGMA cipher_version").fetchone()[0]
    print(f"mda5-crf {mda5_crf.__version__}, Python {sys.version.split()[0]}, SQLite "
          f"{sqlcipher3.sqlite_version}, SQLCipher {cipher}")  # fmt: skip
    source = kept(asked.count)
    with tempfile.TemporaryDirectory(dir=KEPT) as name:
        base = Path(name)
        for vault in ("ward", "centre"):
            shutil.copytree(source / vault, base / vault)
        (base / "stick").mkdir()
        measure(base, asked.count)
    return 0


if __name__ == "__main__":
    sys.exit(main())
