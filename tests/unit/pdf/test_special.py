"""What the small study does not ask: text between questions, very long codelists, rows as blocks."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from mda5_crf.pdf import PrintedRow, Tongue
from mda5_crf.pdf.document import lay_blank, lay_filled
from mda5_crf.pdf.ink import Rule
from mda5_crf.pdf.parts import Laid
from mda5_crf.study.load import load
from mda5_crf.study.model import Study
from mda5_crf.text import Text
from tests.pdftext import solid
from tests.unit.pdf.paperwork import HEADER, MADE, ROOT, Chart, overlaps, printed_words

FORM = """
[form]
oid = "ODD"
name = { en = "Odd things", zh = "特殊项目" }
domain = "XX"

[[group]]
name = "MAIN"
title = { en = "Main", zh = "主要" }
layout = "rows"
  [[group.item]]
  name = "SAID"
  type = "label"
  label = { en = "Read this aloud.", zh = "请朗读。" }
  [[group.item]]
  name = "PEOPLE"
  type = "code"
  codelist = "MANY"
  label = { en = "Ethnic group", zh = "民族" }
  missing = ["UNK"]
  [[group.item]]
  name = "WHEN"
  type = "datetime"
  label = { en = "When", zh = "何时" }
  [[group.item]]
  name = "WHOLE"
  type = "integer"
  length = 4
  label = { en = "Whole number", zh = "整数" }
  [[group.item]]
  name = "FREE"
  type = "decimal"
  comparator = true
  label = { en = "Any number", zh = "任意数值" }
  unit = "mg"
  units = [{ unit = "g", factor = "1000" }]

[[group]]
name = "CELLS"
title = { en = "Cells", zh = "单元格" }
layout = "grid"
rows = [{ code = "A", en = "Row a", zh = "甲行" }, { code = "B", en = "Row b", zh = "乙行" }]
columns = [
  { code = "M", en = "Many", zh = "多选" },
  { code = "T", en = "When", zh = "何时" },
  { code = "H", en = "Hour", zh = "时刻" },
]
  [[group.item]]
  name = "AM"
  type = "multi"
  codelist = "SYMPTOM"
  label = { en = "Row a, many", zh = "甲行多选" }
  row = "A"
  column = "M"
  [[group.item]]
  name = "AT"
  type = "datetime"
  label = { en = "Row a, when", zh = "甲行何时" }
  row = "A"
  column = "T"
  [[group.item]]
  name = "BH"
  type = "time"
  label = { en = "Row b, hour", zh = "乙行时刻" }
  row = "B"
  column = "H"
[[group]]
name = "REST"
title = { en = "Rest", zh = "其他" }
layout = "rows"
  [[group.item]]
  name = "LEFT"
  type = "text"
  length = 10
  label = { en = "Left over", zh = "其余" }

[[group]]
name = "MORE"
title = { en = "Events", zh = "事件" }
layout = "log"
repeating = true
"""
ITEM = """
  [[group.item]]
  name = "BIG{n}"
  type = "text"
  length = 200
  label = {{ en = "Unpronounceable-{n}", zh = "长项{n}" }}
"""


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("odd") / "mini"
    shutil.copytree(ROOT / "tests/data/definitions/mini", folder)
    write(folder / "forms" / "ODD.toml", FORM + "".join(ITEM.format(n=n) for n in range(14)))
    many = "\n".join(f'  {{ code = "E{n:02d}", en = "Group {n}", zh = "第{n}族" }},' for n in range(56))
    append(folder / "codelists.toml", f"\n[codelist.MANY]\nvalues = [\n{many}\n]\n")
    append(folder / "schedule.toml", '\n[[due]]\nevent = "BL"\nform = "ODD"\nmark = "optional"\n')
    return load(folder)


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def append(path: Path, text: str) -> None:
    write(path, path.read_text(encoding="utf-8") + text)


def whole(laid: Laid) -> str:
    for leaf in laid.leaves:
        assert overlaps(leaf) == []
    return "".join(solid(ink.text) for leaf in laid.leaves for ink in printed_words(leaf))


@pytest.mark.parametrize("tongue", ["en", "zh", "both"])
def test_the_blank_holds_all_of_it(odd: Study, tongue: Tongue) -> None:
    text = whole(lay_blank(odd, [odd.forms["ODD"]], tongue, made=MADE))
    wanted = (
        ["请朗读。", "☐E55第55族", "填写一个代码"] if tongue == "zh" else ["Readthisaloud.", "☐E55Group55"]
    )
    for said in wanted:
        assert said in text, said
    assert text.count("YYYY-MM-DDhh:mm") == 2  # as a comb, and as a hint in the cell of the grid
    assert "hh:mm" in text
    assert text.count("Unpronounceable-13" if tongue != "zh" else "长项13") == 2


def test_answers_to_all_of_it(odd: Study) -> None:
    chart = Chart(odd)
    chart.put("ODD.PEOPLE", "E07")
    chart.put("ODD.WHEN", "2026-08-20T09:30")
    chart.put("ODD.WHOLE", "12345678901234567890")
    chart.put("ODD.FREE", ">2.5", unit="g")
    chart.put("ODD.AM", "COUGH,RASH")
    chart.put("ODD.LEFT", "yes 是")
    page = chart.page(odd.forms["ODD"])
    text = whole(lay_filled(odd, [page], "en", header=HEADER, made=MADE))
    for said in (
        "☑E07Group7",
        "2026-08-20T09:30",
        "12345678901234567890",
        ">2.5",
        "=>2500mg",
        "COUGH,RASH",
        "yes是",
    ):
        assert said in text, said


def test_a_missing_answer_of_a_long_list(odd: Study) -> None:
    chart = Chart(odd)
    chart.put("ODD.PEOPLE", "", missing="UNK")
    text = whole(lay_filled(odd, [chart.page(odd.forms["ODD"])], "zh", header=HEADER, made=MADE))
    assert "UNK未知" in text
    assert "☑UNK" in text


def test_rows_too_long_for_a_table_become_blocks_with_their_number(odd: Study) -> None:
    chart = Chart(odd).fill(odd.forms["ODD"])
    gone = PrintedRow("d1:30", 3, True, Text("Entered twice", "重复录入"), {"BIG1": "wrong 错"})
    page = replace(chart.page(odd.forms["ODD"]), rows={"MORE": [PrintedRow("d1:21", 1), gone]})
    laid = lay_filled(odd, [page], "en", header=HEADER, made=MADE)
    text = whole(laid)
    assert "Row1" in text
    assert "Row3Struckout:Enteredtwice" in text
    assert "wrong错" in text
    crossed = [ink for leaf in laid.leaves for ink in leaf.inks if isinstance(ink, Rule) and ink.thick > 0.8]
    assert len(crossed) > 14
