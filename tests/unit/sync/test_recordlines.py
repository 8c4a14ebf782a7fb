"""Record lines of body format 2: what is computed again is what was there, quickly read or carefully."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.crypto import canon
from mda5_crf.db.records import AuditRecord, Draft, RecordRefused, make_record
from mda5_crf.sync.lines import MAX_LINE, MAX_STRING, LineRefused, read_line, write_line
from mda5_crf.sync.recordlines import RecordReader, RecordWriter, travelling
from tests.unit.sync.forging import Line

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "records-2.json"

# Anything a person or another program may have typed, with what the template must leave to the careful way.
texts = st.one_of(
    st.text(max_size=12),
    st.text(alphabet='ab"\\/\x00\x07\b\n\r\t\x1f\x7f\u2028血😀', max_size=12),
)
names = st.text(alphabet="abz09_", min_size=1, max_size=3)
values = st.recursive(
    texts | st.integers(-(2**53) + 1, 2**53 - 1) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=4,
)
contents = st.dictionaries(names, values, max_size=5)


@st.composite
def chains(draw: st.DrawFn) -> list[AuditRecord]:
    """Two devices' records, mixed with gaps; some redacted, some stubs."""
    found, prev = [], {"d1": "00" * 32, "d2": "11" * 32}
    seqs = {"d1": draw(st.integers(1, 10**9)), "d2": 1}
    for number in range(draw(st.integers(1, 5))):
        device = draw(st.sampled_from(("d1", "d1", "d2")))
        record = make_record(
            Draft(draw(st.sampled_from(("value", "query"))), draw(texts), draw(contents),
                  tuple(draw(st.lists(texts, max_size=2))), draw(texts)),
            study=draw(texts), device=device, seq=seqs[device], prev=prev[device], person=draw(texts),
            at="2026-11-23T01:00:00.000Z", zone="Asia/Shanghai +08:00",
            clock=draw(st.sampled_from((1, number + 2, 10**15, 2**53 - 1))),
        )  # fmt: skip
        prev[device] = record.hash
        seqs[device] += draw(st.sampled_from((1, 1, 1, 2)))
        shape = draw(st.sampled_from(("whole", "whole", "whole", "redacted", "stub")))
        if shape == "redacted":
            record = replace(record, content=None, salt=None)
        found.append(record.stub() if shape == "stub" else record)
    return found


def read(lines: list[bytes], *, plain: bool = True, hashes: bool = True) -> list[AuditRecord]:
    reader, found = RecordReader(hashes=hashes), []
    for line in lines:
        record = reader.plain(line[:-1]) if plain else None
        found.append(reader.careful(read_line(line[:-1])[1]) if record is None else record)
    return found


@given(chains())
def test_what_is_not_sent_is_computed_again(records: list[AuditRecord]) -> None:
    writer = RecordWriter()
    lines = [writer.line(record) for record in records]
    assert read(lines) == records
    assert read(lines, plain=False) == records
    for line, record in zip(lines, records, strict=True):
        assert line == write_line(*read_line(line[:-1]))  # canonical
        assert record.hash.encode() not in line
        assert record.key_salt is None or record.key_hash.encode() not in line
        assert record.content is None or record.content_hash.encode() not in line
    bare = read(lines, hashes=False)
    assert [(r.id, r.key, r.content, r.replaces) for r in bare] == [
        (r.id, r.key, r.content, r.replaces) for r in records
    ]


def record(seq: int = 7, content: Any = None, key: str = "a:1/BL/VS/MAIN/SYSBP", **more: Any) -> AuditRecord:  # noqa: ANN401
    about = {
        "prev": "ab" * 32,
        "salt": b"\x01" * 16,
        "key_salt": b"\x02" * 16,
        "clock": 9,
        "person": "p",
        **more,
    }
    return make_record(
        Draft("value", key, {"text": "118"} if content is None else content, (), "cd" * 32),
        study="NCT04966884", device="00aa", seq=seq, at="2026-11-23T01:00:00.000Z",
        zone="Asia/Shanghai +08:00", **about,
    )  # fmt: skip


def followed() -> tuple[RecordReader, bytes, AuditRecord]:
    """A reader that has read the record before, and the line of the next."""
    first = record(6)
    second = record(prev=first.hash)
    writer, reader = RecordWriter(), RecordReader()
    before = writer.line(first)[:-1]
    assert reader.plain(before) is None  # it says what it follows
    reader.careful(read_line(before)[1])
    return reader, writer.line(second)[:-1], second


def test_a_plain_line_needs_no_care() -> None:
    reader, line, second = followed()
    assert reader.plain(line) == second


SPELLINGS = {
    "space": (rb'"clock":9', rb'"clock": 9'),
    "order": (rb'"clock":9,"data"', rb'"data"'),
    "escaped slash": (rb"Asia/Shanghai", rb"Asia\\/Shanghai"),
    "escaped letter": (rb'"study":"N', rb'"study":"\\u004e'),
    "number": (rb'"v":1', rb'"v":01'),
    "float": (rb'"v":1', rb'"v":1.0'),
    "zero": (rb'"seq":7', rb'"seq":0'),
    "twice": (rb'"v":1', rb'"v":1,"v":1'),
    "not utf-8": (rb'"kind":"value"', b'"kind":"val\xff"'),
    "surrogate": (rb'"kind":"value"', b'"kind":"\xed\xa0\x80"'),
    "control": (rb'"kind":"value"', b'"kind":"a\x01"'),
    "salt with idle bits": (rb'AQEBAQ=="', rb'AQEBAR=="'),
    "salt too short": (rb'"salt":"AQEB', rb'"salt":"'),
    "content with a space": (rb'\\":\\"118', rb'\\": \\"118'),
    "content not an object": (rb'"\{\\"text\\":\\"118\\"\}"', rb'"[1]"'),
    "content in other order": (rb"\{.\"text.\":", rb'{\\"text\\":\\"1\\",\\"a\\":'),
    "content twice the same": (rb"\{.\"text.\":", rb'{\\"text\\":\\"1\\",\\"text\\":'),
    "content with a float": (rb'\\"118\\"', rb"1.5"),
    "content too large a number": (rb'\\"118\\"', rb"9007199254740993"),
    "content escaped without need": (rb'\\"118\\"', rb'\\"\\\\u0031\\"'),
    "no end": (rb"\}\}$", rb"}"),
    "more": (rb"\}\}$", rb'},"x":1}'),
    "follows without need": (rb'"replaces"', b'"prev":"' + b"ab" * 32 + b'","replaces"'),
    "hash sent": (rb'"key":', b'"hash":"' + b"ab" * 32 + b'","key":'),
    "null": (rb'"person":"p"', rb'"person":null'),
}  # fmt: skip


@pytest.mark.parametrize("name", SPELLINGS)
def test_one_spelling_only(name: str) -> None:
    """What the template does not know is refused by the careful way, not read differently."""
    reader, line, _ = followed()
    other = re.sub(*SPELLINGS[name], line, count=1)
    assert other != line
    assert reader.plain(other) is None
    with pytest.raises((LineRefused, RecordRefused)):
        reader.careful(read_line(other)[1])


@given(st.data())
def test_bytes_changed_anywhere_are_read_alike_by_both_ways_or_refused(data: st.DataObject) -> None:
    reader, line, second = followed()
    place = data.draw(st.integers(0, len(line) - 1))
    other = line[:place] + bytes([data.draw(st.integers(0, 255))]) + line[place + 1 :]
    quick = reader.plain(other)
    slow, _, _ = followed()
    try:
        careful = slow.careful(read_line(other)[1])
    except (LineRefused, RecordRefused):
        assert quick is None
        return
    assert quick in (None, careful)
    assert (careful == second) == (other == line)


def test_lines_at_the_limit_of_a_text() -> None:
    brackets = len('{"text":""}')
    for size in (MAX_STRING - 900, MAX_STRING - brackets):
        long = RecordWriter().line(record(content={"text": "x" * size}))
        assert len(long) < MAX_LINE
        assert read([long])[0].data == {"text": "x" * size}
    with pytest.raises(LineRefused):
        RecordWriter().line(record(content={"text": "x" * (MAX_STRING - brackets + 1)}))


def test_a_key_with_a_lone_surrogate_cannot_travel() -> None:
    with pytest.raises(Exception, match="surrogate"):
        RecordWriter().line(replace(record(), key="\ud800"))


@pytest.mark.parametrize("sent", [None, [], "x", 7, {}], ids=str)
def test_lines_of_no_record(sent: object) -> None:
    with pytest.raises((LineRefused, RecordRefused)):
        RecordReader().careful(sent)


def test_numbers_that_no_line_can_hold_are_refused() -> None:
    first = record(6)
    sent = travelling(first, follows=False)
    for wrong in ({"clock": 2**53}, {"v": 2**70}):
        with pytest.raises(RecordRefused):
            RecordReader().careful({**sent, **wrong})


# -- the format ------------------------------------------------------------------------------------------


def golden_records() -> list[AuditRecord]:
    """A registration, a plain value, a redacted one, a stub, and one behind a gap."""
    found, prev = [], "00" * 32
    contents: list[Line] = [
        {"device": "00aa", "sign": "k"}, {"text": "118 血压"}, {"text": "secret"},
        {"text": 'said "no"\n', "reason": {"code": "TYPO", "text": ""}}, {"text": "9"},
    ]  # fmt: skip
    for seq, content in enumerate(contents, 1):
        made = record(
            seq + (seq == 5), content, "" if seq == 1 else f"a:1/BL/VS/MAIN/I{seq}", prev=prev, clock=seq,
            salt=bytes([seq]) * 16, key_salt=bytes([seq + 64]) * 16,
        )  # fmt: skip
        prev = made.hash
        found.append(made)
    found[2] = replace(found[2], content=None, salt=None)
    found[3] = found[3].stub()
    return found


def test_golden_record_lines_are_written_and_read_alike() -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    writer = RecordWriter()
    assert [writer.line(one).decode() for one in golden_records()] == golden["lines"]
    found = read([line.encode() for line in golden["lines"]])
    assert found == golden_records()
    assert [one.hash for one in found] == golden["hashes"]


def _write() -> None:
    """Make the golden file. Run by hand, once."""
    writer, records = RecordWriter(), golden_records()
    facts = {
        "about": "Record lines of body format 2, and the hashes that follow from them.",
        "lines": [writer.line(one).decode() for one in records], "hashes": [one.hash for one in records],
    }  # fmt: skip
    assert canon(facts)
    GOLDEN.write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _write()
