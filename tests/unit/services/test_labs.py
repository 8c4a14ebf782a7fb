"""Laboratories' sheets: by number, never by name; each result with what becomes of it, taken by a person."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mda5_crf.db import read, read_coding
from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.exchange import sheetin, sheetnames
from mda5_crf.jobs import labimport, sheetrows
from mda5_crf.services import labcells, labtake, lockwork
from mda5_crf.services.changes import Reason, ReasonRequired
from mda5_crf.services.labplan import DIFFERS, LEFT, NEW, REFUSED, SAME, LabPlan
from mda5_crf.services.session import Session
from tests.scenario import Ward
from tests.wards import built, session_at

HEADS = ["参与者编号", "姓名", "采样时间", "标本号", "项目名称", "结果", "单位", "提示", "参考范围"]
DAY = "2026-08-20"
BECAUSE = Reason("OTHER", "the laboratory corrected it")


def row(test: str, result: str, unit: str = "", **more: str) -> list[str]:
    cells = {"number": "01-001", "day": f"{DAY} 07:40", "flag": "", "range": "", "sample": "S1"} | more
    return [
        cells["number"], "张三", cells["day"], cells["sample"], test, result, unit, cells["flag"],
        cells["range"],
    ]  # fmt: skip


class Desk:
    """A ward with a participant whose visit W4 was held on that day."""

    def __init__(self, session: Session, folder: Path) -> None:
        self.session, self.folder = session, folder
        self.ward = Ward(session)
        self.ward.subject = session.subjects()[0].identity

    def file(self, *rows: Sequence[str], heads: Sequence[str] = HEADS, name: str = "lab.csv") -> Path:
        path = self.folder / name
        lines = [",".join(f'"{cell}"' for cell in one) for one in (heads, *rows)]
        path.write_bytes("\r\n".join(lines).encode("gb18030"))
        return path

    def plan(self, *rows: Sequence[str], given: Any = None, heads: Sequence[str] = HEADS) -> LabPlan:  # noqa: ANN401
        file = self.file(*rows, heads=heads)
        raw = file.read_bytes()
        told = sheetnames.nameless(sheetin.lines(io.BytesIO(raw), {}))  # as the child does
        found = replace(sheetrows.collected(file, told), sha256=hashlib.sha256(raw).hexdigest())
        return labimport.plan(self.session, labimport.of_rows(self.session, found, given))

    def fates(self, *rows: Sequence[str], **more: Any) -> list[str]:  # noqa: ANN401
        return [one.fate for one in self.plan(*rows, **more).lines if not one.beside]

    def refused(self, one: Sequence[str], words: str, cause: str, **more: Any) -> None:  # noqa: ANN401
        (line,) = [line for line in self.plan(one, **more).lines if not line.beside]
        assert line.fate == REFUSED and line.why is not None and line.cause == cause
        assert words in line.why.en, line.why.en

    def value(self, form: str, item: str, event: str = "W4") -> str:
        entry = self.ward.open(event, form)
        found = entry.entry.entry_at(entry.key(item))
        return "" if found is None else f"{found.text} {found.unit or ''}".strip()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = Path(shutil.copytree(built(), tmp_path_factory.mktemp("labs") / "ward.mda5"))
    with session_at(path) as session:
        ward = Ward(session).enrol()
        ward.open("W4", "SV").enter_all(SVOCCUR="Y", SVSTDAT=DAY)
    return path


@pytest.fixture
def copied(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "ward.mda5"))


@pytest.fixture
def desk(copied: Path, tmp_path: Path) -> Iterator[Desk]:
    with session_at(copied) as session:
        yield Desk(session, tmp_path)


def test_what_cannot_be_placed_is_left_out_with_the_reason(desk: Desk) -> None:
    desk.refused(row("WBC", "5.2", "10^9/L", number="01-099"), "No participant", "participant")
    desk.refused(row("WBC", "5.2", "10^9/L", number="张三"), "No participant", "participant")
    desk.refused(row("WBC", "5.2", "10^9/L", day=""), "no date", "value")
    desk.refused(row("WBC", "5.2", "10^9/L", day="yesterday"), "does not read", "value")
    desk.refused(row("WBC", "5.2", "10^9/L", day="2026-09-02"), "future", "value")
    desk.refused(row("WBC", "5.2", "10^9/L", day="2026-08-21"), "fits no visit", "visit")
    desk.refused(row("WBC", "5.2"), "says no unit", "unit")
    desk.refused(row("WBC", "5.2", "g/L"), "no unit of", "unit")
    desk.refused(row("WBC", "haemolysed", "10^9/L"), "", "value")
    desk.refused(row("Unheard-of", "1", "U/L"), "what Unheard-of is", "test")
    assert desk.fates(row("WBC", "", "10^9/L")) == [LEFT]
    assert desk.fates(row("WBC", "5", "10^9/L"), row("WBC", "6", "10^9/L")) == [NEW, REFUSED]


def test_files_that_are_no_such_sheet(desk: Desk) -> None:
    for heads, rows in ((["a", "b"], [["1", "2"]]), (["姓名", "结果"], [["张三", "5"]])):
        with pytest.raises(InputRefused, match="no_headings"):
            desk.plan(*rows, heads=heads)
    with pytest.raises(InputRefused, match="columns_missing"):
        desk.plan(["01-001", "WBC"], heads=["参与者编号", "项目名称"])


@pytest.mark.parametrize(
    "given",
    [
        {"column": {}}, {"columns": []}, {"columns": {"结果": 1}}, {"columns": {"nothing": "result"}},
        {"columns": {"结果": "LBH.NOTHING"}}, {"tests": {"x": "LBH.NOTHING"}}, {"tests": []},
        {"columns": {"结果": "AE.AETERM"}},
    ],
)  # fmt: skip
def test_a_map_that_names_what_is_not_there(desk: Desk, given: Any) -> None:  # noqa: ANN401
    with pytest.raises(InputRefused, match=r"labs\.map"):
        desk.plan(row("WBC", "5", "10^9/L"), given=given)


def test_a_sheet_becomes_ordinary_values_that_name_file_and_row(desk: Desk) -> None:
    before = desk.session.vault.journal.vector()
    plan = desk.plan(
        row("白细胞", "5.20 ↑", "10*9/L", range="3.5-9.5"),
        row("血红蛋白", "*11.2", "g/dL", flag="L"),
        row("谷丙转氨酶(ALT)", "<5", "U/L"),
        given={"laboratory": "LAB01"},
    )
    assert [one.fate for one in plan.lines if not one.beside] == [NEW] * 3
    assert desk.session.vault.journal.vector() == before
    assert plan.file.dropped == ("姓名",)
    taken = labtake.take(desk.session, plan)
    assert taken.forms == 2 and taken.passed == 0
    assert desk.value("LBH", "WBC_LBORRES") == "5.20 10⁹/L"
    assert desk.value("LBH", "HGB_LBORRES") == "11.2 g/dL"
    assert desk.value("LBC", "ALT_LBORRES") == "<5 U/L"
    assert (desk.value("LBH", "WBC_LBORNRLO"), desk.value("LBH", "WBC_LBORNRHI")) == ("3.5", "9.5")
    assert [desk.value("LBH", one) for one in ("LBPERF", "LBDAT", "LBTIM", "LBREFID", "LBNAM")] == [
        "Y", DAY, "07:40", "S1", "LAB01",
    ]  # fmt: skip
    form = desk.ward.open("W4", "LBH")
    (said,) = desk.session.history(form.key("HGB_LBORRES"))
    assert "from lab.csv, row 3" in said.text.en and "第 3 行" in said.text.zh
    (record,) = read.history(desk.session.vault.store, form.key("HGB_LBORRES"))
    assert record.data["origin"] == {"sheet": "lab.csv", "sha256": plan.file.sha256, "row": 3, "flag": "L"}
    assert "张三".encode() not in b"".join(one.content or b"" for one in desk.session.vault.journal.records())


def test_the_same_file_twice_brings_nothing(desk: Desk) -> None:
    rows = [row("WBC", "5.2", "10^9/L", range="3.5-9.5"), row("HGB", "112", "g/L")]
    labtake.take(desk.session, desk.plan(*rows))
    before = desk.session.vault.journal.vector()
    plan = desk.plan(*rows)
    assert (plan.count(NEW), plan.count(SAME), plan.count(DIFFERS)) == (0, 2, 0)
    assert labtake.take(desk.session, plan).values == 0
    assert desk.session.vault.journal.vector() == before
    assert desk.fates(row("HGB", "11.2", "g/dL")) == [SAME]  # the same in another unit


def test_what_differs_is_taken_with_a_reason_alone(desk: Desk) -> None:
    labtake.take(desk.session, desk.plan(row("HGB", "112", "g/L")))
    plan = desk.plan(row("HGB", "115", "g/L"), row("WBC", "5.2", "10^9/L"))
    assert [one.fate for one in plan.lines if not one.beside] == [DIFFERS, NEW]
    assert labtake.take(desk.session, plan).values == 1  # the new one
    assert desk.value("LBH", "HGB_LBORRES") == "112 g/L"
    plan = desk.plan(row("HGB", "115", "g/L"))
    chosen = [one for one in plan.lines if one.fate == DIFFERS]
    with pytest.raises(ReasonRequired):
        labtake.take(desk.session, plan, chosen)
    labtake.take(desk.session, plan, chosen, BECAUSE)
    assert desk.value("LBH", "HGB_LBORRES") == "115 g/L"


def test_results_are_accepted_one_by_one(desk: Desk) -> None:
    plan = desk.plan(row("HGB", "112", "g/L", range="130-175"), row("WBC", "5.2", "10^9/L", range="3.5-9.5"))
    chosen = [one for one in plan.lines if one.test == "HGB" and not one.beside]
    labtake.take(desk.session, plan, chosen)
    assert desk.value("LBH", "HGB_LBORNRLO") == "130"
    assert desk.value("LBH", "WBC_LBORRES") == "" == desk.value("LBH", "WBC_LBORNRLO")
    assert desk.value("LBH", "LBPERF") == "Y"


def test_what_was_typed_meanwhile_stays(desk: Desk) -> None:
    plan = desk.plan(row("HGB", "112", "g/L"), row("WBC", "5.2", "10^9/L"))
    desk.ward.open("W4", "LBH").enter_all(LBPERF="Y", LBDAT=DAY, HGB_LBORRES="120 g/L")
    taken = labtake.take(desk.session, plan)
    assert taken.passed == 1 and desk.value("LBH", "HGB_LBORRES") == "120 g/L"
    assert desk.value("LBH", "WBC_LBORRES") == "5.2 10⁹/L"


def test_another_sample_on_the_form_is_not_mixed_with_it(desk: Desk) -> None:
    desk.ward.open("W4", "LBH").enter_all(LBPERF="Y", LBDAT="2026-08-19")
    desk.refused(row("HGB", "112", "g/L"), "another sample", "visit")
    desk.ward.open("W4", "LBH").enter("LBPERF", "N", because="not taken")
    desk.refused(row("HGB", "112", "g/L"), "another sample", "visit")


def test_a_frozen_form_is_left_alone_and_a_completed_one_asks_why(copied: Path, tmp_path: Path) -> None:
    with session_at(copied) as session:
        desk = Desk(session, tmp_path)
        form = desk.ward.open("W4", "LBI").enter_all(LBPERF="N")
        form.enter("LBREASND", form.entry.codes(form.entry.form.items["LBREASND"])[0].code)
        assert form.complete().done
        desk.refused(row("CRP", "3", "mg/L"), "another sample", "visit")
        key = form.entry.key
    with session_at(copied, "d02") as session:
        lockwork.act(session, key, "frozen", "as it is")
    with session_at(copied) as session:
        Desk(session, tmp_path).refused(row("CRP", "3", "mg/L"), "froze", "held")


def test_a_person_chooses_where_the_day_fits_no_visit_or_several(desk: Desk) -> None:
    one = row("WBC", "5.2", "10^9/L", day="2026-08-21")
    (line,) = [line for line in desk.plan(one).lines if not line.beside]
    assert line.fate == REFUSED and "W4" in line.visits and line.sample == "01-001 2026-08-21"
    (line,) = [x for x in desk.plan(one, given={"visits": {line.sample: "W8"}}).lines if not x.beside]
    assert line.fate == NEW and line.key is not None and line.key.event == "W8"
    desk.refused(one, "no visit W99", "visit", given={"visits": {"01-001 2026-08-21": "W99"}})
    desk.ward.open("W8", "SV").enter_all(SVOCCUR="Y", SVSTDAT=DAY)
    desk.refused(row("WBC", "5.2", "10^9/L"), "several visits", "visit")


def test_what_was_said_of_columns_and_tests_is_remembered(desk: Desk) -> None:
    heads = ["编号", "检查日期", "名目", "数值", "单位"]
    one = ["01-001", DAY, "转氨酶甲", "33", ""]
    given = {
        "columns": {"编号": "subject", "名目": "test", "数值": "result"},
        "tests": {"转氨酶甲": {"item": "LBC.ALT_LBORRES", "unit": "U/L"}, "溶血": ""},
    }
    with pytest.raises(InputRefused, match="columns_missing"):
        desk.plan(one, heads=heads)
    plan = desk.plan(one, heads=heads, given=given)
    labtake.take(desk.session, plan)
    assert desk.value("LBC", "ALT_LBORRES") == "33 U/L"
    (kept,) = read_coding.mappings(desk.session.vault.store)
    assert kept.content["file"]["sha256"] == plan.file.sha256
    again = desk.plan(one, ["01-001", DAY, "溶血", "+", ""], heads=heads)
    assert [x.fate for x in again.lines if not x.beside] == [SAME, LEFT] and again.meaning.remembered
    labtake.take(desk.session, again)
    assert len(read_coding.mappings(desk.session.vault.store)) == 1
    # another layout: its columns are new, the test is known
    assert desk.fates(row("转氨酶甲", "33")) == [SAME]


def test_a_wide_sheet_of_flow_cytometry(desk: Desk) -> None:
    heads = ["参与者编号", "姓名", "采样日期", "CD4", "CD8"]
    plan = desk.plan(["01-001", "张三", DAY, "38.5", "22"], heads=heads,
                     given={"tests": {one: {"item": "", "unit": "%"} for one in ("CD4", "CD8")}})  # fmt: skip
    assert [one.fate for one in plan.lines if not one.beside] == [NEW, NEW], plan.lines
    labtake.take(desk.session, plan)
    assert desk.value("FC", "CD4LY_LBORRES") == "38.5"
    assert desk.value("FC", "LBDAT") == DAY and desk.value("FC", "FCPERF") == "Y"


def test_a_central_readers_file_adds_a_reading_once(desk: Desk) -> None:
    desk.ward.open("W12", "SV").enter_all(SVOCCUR="Y", SVSTDAT=DAY)
    form = desk.session.study.forms["HRCT"]
    assert form.repeating and form.date_item is not None
    date_heading = "检查日期"
    columns = {"读片者": "HRCT.HRREAD"}
    code = form.items["HRREAD"].codelist
    assert code is not None
    reader = desk.session.study.codelists[code].values[0].code
    heads = ["参与者编号", date_heading, "读片者"]
    given = {"columns": columns}
    plan = desk.plan(["01-001", DAY, reader], heads=heads, given=given)
    assert [one.fate for one in plan.lines if not one.beside] == [NEW], [one.why for one in plan.lines]
    labtake.take(desk.session, plan)
    event = desk.ward.open("W12", "SV").entry.key
    repeats = desk.session.form_repeats(event._replace(form="HRCT"))
    assert len(repeats) == 1
    assert desk.fates(["01-001", DAY, reader], heads=heads, given=given) == [SAME]


def test_who_may(copied: Path, tmp_path: Path) -> None:
    with session_at(copied, "d02") as session, pytest.raises(PermissionDenied):
        Desk(session, tmp_path).plan(row("WBC", "5", "10^9/L"))
    with session_at(copied, "n07") as session:
        desk = Desk(session, tmp_path)
        assert labtake.take(session, desk.plan(row("WBC", "5", "10^9/L"))).forms == 1


def test_a_map_file(tmp_path: Path) -> None:
    file = tmp_path / "map.json"
    for text in ("", "[]", "{", '"x"'):
        file.write_text(text, "utf-8")
        with pytest.raises(InputRefused, match="map_unread"):
            labimport.read_map(file)
    file.write_text(json.dumps({"columns": {"a": "subject"}}), "utf-8")
    assert labimport.read_map(file) == {"columns": {"a": "subject"}}


@pytest.mark.parametrize(
    "text, found",
    [
        ("5.2", ("5.2", "")), ("5.2↑", ("5.2", "↑")), ("5.2 H", ("5.2", "H")), ("*5.2", ("5.2", "*")),
        ("阴性", ("阴性", "")), ("3+", ("3+", "")), ("+", ("+", "")), ("<5 L", ("<5", "L")),
        ("HIGH", ("HIGH", "")), ("阳性↑", ("阳性", "↑")), ("", ("", "")),
    ],
)  # fmt: skip
def test_results_and_their_flags(text: str, found: tuple[str, str]) -> None:
    assert labcells.result(text) == found


@pytest.mark.parametrize(
    "text, found",
    [
        ("3.5-9.5", ("3.5", "9.5")), ("3.5--9.5", ("3.5", "9.5")), ("3.5 ~ 9.5 g/L", ("3.5", "9.5")),
        ("<5.2", ("", "5.2")), ("≤0.5", ("", "0.5")), (">60", ("60", "")), ("阴性", ("", "")), ("", ("", "")),
        ("（3.5－9.5）", ("3.5", "9.5")),
    ],
)  # fmt: skip
def test_ranges(text: str, found: tuple[str, str]) -> None:
    assert labcells.limits(text) == found


@pytest.mark.parametrize(
    "text, found",
    [
        ("2026-08-20", ("2026-08-20", "")), ("2026/8/20 7:40", ("2026-08-20", "07:40")),
        ("2026-08-20T07:40:12", ("2026-08-20", "07:40")), ("2026-08-20 00:00:00", ("2026-08-20", "")),
        ("2026年8月20日", ("2026-08-20", "")), ("20.08", (None, "")), ("", (None, "")), ("44621", (None, "")),
    ],
)  # fmt: skip
def test_days(text: str, found: tuple[str | None, str]) -> None:
    day, clock = labcells.moment(text)
    assert (None if day is None else day.isoformat(), clock) == found


_CELLS = st.text(st.characters(codec="utf-8"), max_size=12)


@given(st.lists(st.lists(_CELLS, min_size=4, max_size=6), max_size=30), st.integers(0, 18))
@settings(max_examples=60, deadline=None)
def test_nothing_of_a_column_with_names_is_handed_on(rows: list[list[str]], above: int) -> None:
    secret = "王某某-秘密"
    title = [{"row": number + 1, "cells": [secret, "", ""]} for number in range(above)]
    heads = {"row": above + 1, "cells": ["参与者编号", "患者姓名", "采样日期", "结果"]}
    below = [{"row": above + 2 + n, "cells": [one[0], secret, *one[2:]]} for n, one in enumerate(rows)]
    told = list(sheetnames.nameless([{"sheet": "a", "number": 1}, *title, heads, *below, {"end": {}}]))
    assert secret not in json.dumps(told, ensure_ascii=False)
    assert [one["row"] for one in told if "row" in one] == [one["row"] for one in (heads, *below)]
    assert {"dropped": ["患者姓名"]} in told


@given(st.text(max_size=30))
@settings(max_examples=150, deadline=None)
def test_cells_of_any_text_read_without_trouble(text: str) -> None:
    labcells.result(text)
    labcells.limits(text)
    labcells.moment(text)
    assert labcells.time(text) == "" or len(labcells.time(text)) == 5
