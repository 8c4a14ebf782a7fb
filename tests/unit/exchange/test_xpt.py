"""SAS transport files: the same bytes as SAS wrote, numbers exactly, nothing cut without being told."""

from __future__ import annotations

import json
import struct
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.exchange import xptout
from mda5_crf.exchange.datasets import Column, Facts, Kind, Names, Row, Seen, Table
from mda5_crf.exchange.fitting import XPT, Field, Sheet, pieces
from mda5_crf.text import both
from tests.unit.exchange.tables import DATA, as_text, changed, column, fitted, table

pyreadstat = pytest.importorskip("pyreadstat")
MADE = datetime(2020, 8, 21, 9, 14, 29, tzinfo=UTC)
KINDS = {"integer": Kind.INTEGER, "double": Kind.DECIMAL, "float": Kind.DECIMAL, "decimal": Kind.DECIMAL}


def twin(name: str) -> tuple[Sheet, list[Row]]:
    """A dataset of the standard's examples, with the lengths that SAS gave its columns."""
    told = json.loads((DATA / f"sdtm-{name}.json").read_text(encoding="utf-8"))
    kinds = [KINDS.get(one["dataType"], Kind.TEXT) for one in told["columns"]]
    rows = [["" if cell is None else str(cell) for cell in row] for row in told["rows"]]
    columns = tuple(
        Column(one["name"], both(one["label"]), kind)
        for one, kind in zip(told["columns"], kinds, strict=True)
    )
    made = Table(told["name"], both(told["label"]), columns, both(""))
    seen = Seen.of(made)
    for row in rows:
        seen.see(row, made)
    lengths = namestrs((DATA / f"sdtm-{name}.xpt").read_bytes())
    fields = tuple(
        Field(one, place, Facts(octets=length), one.name, one.label.en, one.kind, limit=200, octets=True)
        for place, (one, (_, length)) in enumerate(zip(columns, lengths, strict=True))
    )
    return Sheet(made, told["name"], told["label"], fields, seen), rows


def namestrs(data: bytes) -> list[tuple[str, int]]:
    """Name and length of every column of a transport file."""
    start = data.index(b"HEADER RECORD*******NAMESTR")
    count = int(data[start + 54 : start + 58])
    return [
        (data[at + 8 : at + 16].decode().strip(), struct.unpack(">h", data[at + 4 : at + 6])[0])
        for at in range(start + 80, start + 80 + 140 * count, 140)
    ]


def written(sheet: Sheet, rows: list[Row], file: Path, made: datetime = MADE) -> bytes:
    held = bytearray()
    xptout.write(held.extend, sheet, rows, made)
    file.write_bytes(held)
    return bytes(held)


@pytest.mark.parametrize("name,second", [("dm", 29), ("vs", 28)])
def test_the_same_bytes_as_sas_wrote(name: str, second: int, tmp_path: Path) -> None:
    sheet, rows = twin(name)
    ours = written(sheet, rows, tmp_path / "x.xpt", MADE.replace(second=second))
    # Of the headers the name of the operating system is ours.
    assert ours.replace(b"MDA5CRF ", b"X64_10PR") == (DATA / f"sdtm-{name}.xpt").read_bytes()


def exact(number: float) -> float:
    """What an IBM number of 8 bytes is worth."""
    data = xptout.ibm(number)
    worth = int.from_bytes(data[1:], "big") / (1 << 56) * 16.0 ** ((data[0] & 0x7F) - 64)
    return -worth if data[0] & 0x80 else worth


@given(st.floats(min_value=-1e70, max_value=1e70).filter(lambda one: not one or abs(one) > 1e-70))
def test_every_double_comes_back(number: float) -> None:
    assert exact(number) == number


def test_known_numbers_and_the_ends_of_the_range() -> None:
    assert xptout.ibm(0.0) == bytes(8)
    assert xptout.ibm(1.0).hex() == "4110000000000000"
    assert xptout.ibm(-118.625).hex() == "c276a00000000000"
    for beyond in (1e76, 1e-80):
        with pytest.raises(OverflowError):
            xptout.ibm(beyond)


def test_long_names_labels_and_texts_are_told(tmp_path: Path) -> None:
    long = "长文本" * 100 + "end"
    one = table(
        column("SYSBP_VSORRES", Kind.DECIMAL, label="Systolic blood pressure after ten minutes of rest"),
        column("SYSBP_VSORRES_MISS"),
        column("COVAL", label="10⁹/L – µmol"),
        column("9LIVES"),
        name="VERY_LONG_NAME",
    )
    fitting, sheet, rows = fitted(one, [["120.5", "ND", long, "a "], ["", "", "short", "b"]], XPT)
    written(sheet, rows, tmp_path / "x.xpt")
    frame, meta = pyreadstat.read_xport(str(tmp_path / "x.xpt"))
    names = [field.name for field in sheet.fields]
    assert list(frame.columns) == names == [name.upper() for name in names]
    assert names[:3] == ["SUBJID", "SYSBP", "SYSBPM"] and names[-1] == "V9LIVES"
    assert all(len(name) <= 8 for name in names) and meta.table_name == sheet.name == "VERYLONG"
    assert meta.column_names_to_labels["SYSBP"] == "Systolic blood pressure after ten min..."
    assert meta.column_names_to_labels["COVAL"] == "109/L - umol"
    parts = [name for name in names if name.startswith("COVAL")]
    assert "".join(frame[name][0] for name in parts) == long and frame["COVAL"][1] == "short"
    assert changed(fitting) >= {
        ("", "renamed"), ("SYSBP_VSORRES", "renamed"), ("SYSBP_VSORRES", "label_shortened"),
        ("COVAL", "split"), ("COVAL", "wide"), ("COVAL", "label_plain"), ("9LIVES", "blank_end"),
    }  # fmt: skip


def test_dates_numbers_and_what_is_missing(tmp_path: Path) -> None:
    one = table(column("DAT", Kind.DATE), column("NUM", Kind.DECIMAL), column("BIG", Kind.INTEGER))
    big = "12345678901234567890"
    fitting, sheet, rows = fitted(
        one, [["2026-02-28", "-5", big], ["", "", "1"], ["1959-12-31", "0.1", ""]], XPT
    )
    written(sheet, rows, tmp_path / "x.xpt")
    frame, meta = pyreadstat.read_xport(str(tmp_path / "x.xpt"))
    assert [as_text(day) for day in frame["DAT"]] == ["2026-02-28", "", "1959-12-31"]
    assert frame["NUM"][0] == -5 and frame["NUM"][2] == 0.1 and frame["NUM"].isna()[1]
    assert frame["BIG"].tolist() == [big, "1", ""], "too many digits for a double: text"
    assert ("BIG", "as_text") in changed(fitting) and meta.original_variable_types["DAT"].startswith("DATE")


def test_nothing_at_all(tmp_path: Path) -> None:
    _, sheet, rows = fitted(table(column("A"), column("B", Kind.INTEGER)), [], XPT)
    written(sheet, rows, tmp_path / "x.xpt")
    frame, _ = pyreadstat.read_xport(str(tmp_path / "x.xpt"))
    assert list(frame.columns) == ["SUBJID", "A", "B"] and len(frame) == 0


@given(st.text(min_size=0, max_size=300), st.integers(4, 40), st.booleans())
def test_parts_join_to_the_whole(text: str, limit: int, octets: bool) -> None:
    text = text.encode("utf-8", "ignore").decode("utf-8")
    size = len(text.encode("utf-8")) if octets else len(text.encode("utf-16-le")) // 2
    most = 1 if size <= limit else -(-size // (limit - 3))
    found = pieces(text, limit, octets=octets, most=most)
    assert "".join(found) == text and len(found) == most
    sizes = [len(one.encode("utf-8")) if octets else len(one.encode("utf-16-le")) // 2 for one in found]
    assert max(sizes) <= limit


@given(st.lists(st.text("AB_9", min_size=1, max_size=12), max_size=60))
def test_names_are_different_and_short(wanted: list[str]) -> None:
    names = Names()
    made = [names.new(one, 8) for one in wanted]
    assert len({one.upper() for one in made}) == len(made) and all(len(one) <= 8 for one in made)
