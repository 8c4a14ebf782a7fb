"""What leaves in clear: no cell becomes a formula, and no file appears without its record."""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mda5_crf.exchange import csvout, xlsxout
from mda5_crf.exchange.datasets import Kind
from mda5_crf.exchange.fitting import CSV
from mda5_crf.jobs import datasets, exports
from mda5_crf.jobs.datasets import Wish, export
from mda5_crf.services import exportfeed
from mda5_crf.services.session import Session
from tests.faults import counts
from tests.scenario import Ward
from tests.signward import built_signing, signing_session
from tests.unit.exchange.tables import column, fitted, table

openpyxl = pytest.importorskip("openpyxl")
FIRST = "=+-@\t\r\n＝＋－＠"
FORMULAS = [f"{sign}cmd|' /C calc'!A0" for sign in FIRST]
NUMBERS = ["-5", "+5", "-5.25", "0"]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = Path(shutil.copytree(built_signing(), tmp_path_factory.mktemp("clear") / "ward.mda5"))
    with signing_session(folder) as session:
        Ward(session).enrol().open("BL", "VS").enter_all(SYSBP="120")
        yield session


@pytest.mark.alteration
def test_csv_formula() -> None:
    """Escaped, noted in the row and in the codebook's facts; a number stays a number; raw is as it was."""
    _, sheet, rows = fitted(table(column("A")), [[one] for one in (*FORMULAS, *NUMBERS)], CSV)
    held, raw = bytearray(), bytearray()
    csvout.write(held.extend, sheet, rows, raw=False)
    csvout.write(raw.extend, sheet, rows, raw=True)
    _, *lines = csv.reader(io.StringIO(held.decode("utf-8-sig"), newline=""))
    escaped = [line for line in lines if line[1].startswith("'") and line[2] == "A"]
    assert [line[1][1:] for line in escaped] == FORMULAS
    assert [line[1] for line in lines if not line[2]] == NUMBERS
    assert sheet.fields[1].facts.guarded == len(FORMULAS)
    _, *lines = csv.reader(io.StringIO(raw.decode("utf-8"), newline=""))
    assert [line[1] for line in lines] == [*FORMULAS, *NUMBERS]
    counts.alterations("csv_formula", tried=len(FORMULAS), found=len(escaped))


@pytest.mark.alteration
def test_xlsx_formula(tmp_path: Path) -> None:
    """Every text is a string cell, marked as text where it looks like a formula."""
    held = bytearray()
    heads = [xlsxout.Heading("A", "a"), xlsxout.Heading("N", "n", Kind.DECIMAL)]
    rows = [[one, "-5"] for one in FORMULAS]
    xlsxout.write(held.extend, [xlsxout.Leaf("T", heads, rows)], datetime(2026, 9, 1, tzinfo=UTC))
    (tmp_path / "x.xlsx").write_bytes(held)
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    cells = [line[0] for line in book["T"].iter_rows(min_row=3)]
    safe = [one for one in cells if one.data_type == "s" and one.quotePrefix]
    assert len(safe) == len(FORMULAS) and b"<f>" not in held
    assert [line[1].value for line in book["T"].iter_rows(min_row=3)] == [-5] * len(FORMULAS)
    counts.alterations("xlsx_formula", tried=len(FORMULAS), found=len(safe))


@pytest.mark.requirement("P11-6", "FDA-10")
@pytest.mark.parametrize("name,kind", [("x", "csv"), ("x.zip", "xpt"), ("x.xlsx", "xlsx")])
def test_export_in_clear_is_recorded(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str
) -> None:
    """The record stands, with who and what and the hash, before the file does."""
    target, there = tmp_path / name, list[bool]()
    real = exportfeed.record_export

    def watched(at: Session, content: dict[str, object]) -> None:
        real(at, content)
        there.append(target.exists())

    monkeypatch.setattr(exports, "record_export", watched)
    monkeypatch.setattr(datasets, "record_export", watched)
    made = export(session, target, Wish(kind))
    record = list(session.vault.journal.records(kinds=("export",)))[-1]
    assert there == [False] and target.exists()
    assert record.person == session.person.id and record.data["sha256"] == made.sha256
    assert record.data["what"] == f"data-{kind}" and record.data["file"] == name
    assert record.data["participants"] == 1 and record.data["lines"] == made.rows
    if target.is_file() and kind == "xlsx":
        assert hashlib.sha256(target.read_bytes()).hexdigest() == made.sha256
