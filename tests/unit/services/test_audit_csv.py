"""The trail as a file: safe in a spreadsheet, read back to the same lines, recorded with its hash."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.errors import Cancelled, PermissionDenied, StoreError
from mda5_crf.services.audit import audit_lines
from mda5_crf.services.auditcsv import COLUMNS, ESCAPED, cells, finish, headings, safe, text_of, write
from mda5_crf.services.auditfilter import AuditFilter
from mda5_crf.services.auditlines import AuditLine
from mda5_crf.text import Text
from tests.scenario import Ward
from tests.wards import session_at

NOON = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


def line(new: str = "", *, old: str = "", remark: str = "", name: str = "Li Na") -> AuditLine:
    """A line that says these."""
    nothing = Text("", "")
    return AuditLine(
        record="d:1", typed=NOON, stored=NOON, zone="Asia/Shanghai +08:00", left=None, taken=NOON, person="p",
        name=name, login="i01", roles=("investigator",), site="01", vault="Ward 3", device="d", kind="value",
        act=Text("changed", "更改"), subject="d:0", subjid="01-001", event="BL", form="VS", row="", item="A",
        label=nothing, old=Text(old, old), new=Text(new, new), reason_code="", reason=nothing,
        reason_text=remark, prompt=(), definition="ab", version="1", hash="cd",
    )  # fmt: skip


def unsafe(row: list[str]) -> dict[str, str]:
    """The cells of a line of the file as they were before the apostrophes were put in front."""
    told = dict(zip((*COLUMNS, ESCAPED), row, strict=True))
    for name in told.pop(ESCAPED).split():
        told[name] = told[name][1:]
    return told


def read_back(text: str) -> tuple[list[str], list[dict[str, str]]]:
    """Headings and cells of a file as written."""
    assert text.startswith(BOM)
    rows = list(csv.reader(io.StringIO(text[1:], newline="")))
    return rows[0], [unsafe(row) for row in rows[1:]]


def written(lines: Iterable[AuditLine]) -> str:
    return "".join(text_of(lines, "en"))


# -- what a spreadsheet could run ----------------------------------------------------------------------


@pytest.mark.parametrize("first", list("=+-@\t\r＝＋－＠"))
def test_no_cell_is_a_formula(first: str) -> None:
    row = safe(cells(line(f"{first}HYPERLINK(1)", remark=f"{first}A1"), "en"))
    assert not [cell for cell in row if cell.startswith(first)]
    assert row[COLUMNS.index("new")] == f"'{first}HYPERLINK(1)"
    assert row[-1] == "new reason_text"


@pytest.mark.parametrize("number", ["-5", "+5", "-0.75", "12"])
def test_a_number_stays_one(number: str) -> None:
    row = safe(cells(line(number), "en"))
    assert row[COLUMNS.index("new")] == number and row[-1] == ""


@given(st.lists(st.tuples(*[st.text(st.characters(exclude_categories=["Cs"]), max_size=8)] * 3), max_size=5))
def test_it_reads_back_to_the_same_lines(texts: list[tuple[str, str, str]]) -> None:
    lines = [line(new, old=old, remark=remark) for new, old, remark in texts]
    _, found = read_back(written(lines))
    assert found == [cells(one, "en") for one in lines]


def test_headings_speak_the_language_that_was_chosen() -> None:
    assert headings("en")[0] == "typed (UTC)" and headings("zh")[0] == "录入时间（UTC）"
    assert len(set(headings("en"))) == len(set(headings("zh"))) == len(COLUMNS) + 1
    assert headings("en")[-1] == "columns with an apostrophe in front" and ESCAPED not in COLUMNS
    assert cells(line(), "zh")["act"] == "更改" and cells(line(), "en")["act"] == "changed"


# -- the whole export ----------------------------------------------------------------------------------


@pytest.mark.requirement("P11-6", "FDA-10", "EMA-3", "E6-3")
def test_the_file_holds_the_filtered_trail_and_the_export_is_recorded(ward: Ward, tmp_path: Path) -> None:
    ward.open("BL", "VS").enter_all(VSPERF="Y", SYSBP_VSORRES="=1+1", DIABP_VSORRES="80")
    wanted = AuditFilter(form="VS", kinds=("data",))
    file = tmp_path / "trail.csv"
    exported = write(ward.session, file, wanted, "zh")
    assert not file.exists() and exported.part.exists()
    finish(ward.session, exported)
    assert [one.name for one in tmp_path.iterdir() if one.suffix in (".csv", ".part")] == ["trail.csv"]
    data = file.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and hashlib.sha256(data).hexdigest() == exported.sha256
    _, found = read_back(data.decode("utf-8"))
    assert found == [cells(one, "zh") for one in audit_lines(ward.session, wanted)]
    assert [one["new"] for one in found][1].startswith("=1+1")
    (record,) = ward.session.vault.journal.records(kinds=("export",))
    assert record.data["sha256"] == exported.sha256 and record.data["lines"] == len(found) == 3
    assert AuditFilter.from_json(record.data["filter"]) == wanted


def test_who_may_not_export_leaves_no_file(ward_folder: Path, tmp_path: Path) -> None:
    with session_at(ward_folder, "n07") as nurse, pytest.raises(PermissionDenied):
        write(nurse, tmp_path / "trail.csv")
    assert not list(tmp_path.glob("trail*"))


def test_a_cancelled_export_leaves_nothing(ward: Ward, tmp_path: Path) -> None:
    def cancel(_done: int, _total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        write(ward.session, tmp_path / "trail.csv", progress=cancel)
    assert not list(tmp_path.glob("trail*"))
    assert not list(ward.session.vault.journal.records(kinds=("export",)))


def test_a_file_that_cannot_be_written_is_said(ward: Ward, tmp_path: Path) -> None:
    with pytest.raises(StoreError) as nowhere:
        write(ward.session, tmp_path / "none" / "trail.csv")
    assert nowhere.value.code == "audit.cannot_write"
    (tmp_path / "taken.csv").mkdir()
    exported = write(ward.session, tmp_path / "taken.csv")
    with pytest.raises(StoreError):
        finish(ward.session, exported)
    assert not exported.part.exists()


def test_what_cannot_be_recorded_does_not_appear(
    ward: Ward, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported = write(ward.session, tmp_path / "trail.csv")

    def full(*_args: object) -> None:
        raise StoreError("store.disk_full", place="study.db")

    monkeypatch.setattr(type(ward.session), "append", full)
    with pytest.raises(StoreError):
        finish(ward.session, exported)
    assert not list(tmp_path.glob("trail*"))
    monkeypatch.undo()
