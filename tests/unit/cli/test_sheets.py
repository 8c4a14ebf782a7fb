"""``coding`` and ``import --as lab`` as scripts use them; the files go through the child."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mda5_crf.exchange.sheetnames import OPTION
from mda5_crf.jobs import confined
from tests.commandline import act
from tests.scenario import Ward
from tests.wards import built, session_at

DAY = "2026-08-20"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = Path(shutil.copytree(built(), tmp_path_factory.mktemp("sheets") / "ward.mda5"))
    with session_at(path) as session:
        ward = Ward(session).enrol()
        ward.open("W4", "SV").enter_all(SVOCCUR="Y", SVSTDAT=DAY)
        log = ward.open("LOG", "AE").enter("AEYN", "Y")
        for term in ("Fever", "Rash"):
            log.new_row("ROWS").enter("AETERM", term)
    return path


@pytest.fixture
def vault(folder: Path, tmp_path: Path) -> Iterator[Path]:
    return Path(shutil.copytree(folder, tmp_path / "ward.mda5"))  # type: ignore[return-value]


def test_coding_needs_its_words(vault: Path, tmp_path: Path) -> None:
    act("coding", vault, "import").refused(2, "file")
    act("coding", vault, "export").refused(2, "-o")
    act("coding", vault, "list", "more").refused(2)
    act("coding", vault, "export", "-o", tmp_path / "terms.doc").refused(1, ".xlsx")
    act("coding", vault, "import", tmp_path / "none.xlsx").refused(1)
    act("coding", vault, "export", "-o", tmp_path / "t.csv", login="n07").refused(1)


def test_coding_there_and_back(vault: Path, tmp_path: Path) -> None:
    sent = act("coding", vault, "export", "-o", tmp_path / "terms.csv", "--json").good().json()
    assert sent["lines"] == 2
    assert "without codes: 2" in act("coding", vault, "list").good().out
    with (tmp_path / "terms.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0] |= {"PT_CODE": "10000001", "PT_EN": "Made up", "SOC_CODE": "10000009", "SOC_EN": "Class",
                "VERSION": "27.1"}  # fmt: skip
    rows[1] |= {"PT_CODE": "1"}
    back = tmp_path / "back.csv"
    with back.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    dry = act("coding", vault, "import", back, "--dry-run", "--json").refused(1, "left out: 1").json()
    assert dry["counts"]["new"] == 1 and dry["written"] == 0 and dry["lines"][1]["why"]["zh"]
    done = act("coding", vault, "import", back, "--language", "zh").refused(1, "1")
    assert "写入记录 1 条" in done.out
    known = act("coding", vault, "list", "--all", "--json").good().json()
    assert {one["term"]: one["state"] for one in known} == {"Fever": "coded", "Rash": "uncoded"}
    out = tmp_path / "data"
    act("export", vault, "--as", "csv", "--raw", "-o", out).good()
    with next(out.rglob("[aA][eE].csv")).open(encoding="utf-8") as file:
        first = next(row for row in csv.DictReader(file) if row["AETERM"] == "Fever")
    assert (first["AEDECOD"], first["AEPTCD"], first["AESOC"], first["AEDICT"]) == (
        "Made up", "10000001", "Class", "MedDRA 27.1",
    )  # fmt: skip
    act("export", vault, "--as", "csv", "--shape", "sdtm", "--raw", "-o", tmp_path / "sdtm").good()
    with next((tmp_path / "sdtm").rglob("[aA][eE].csv")).open(encoding="utf-8") as file:
        told = {row["AETERM"]: row["AEDECOD"] for row in csv.DictReader(file)}
    assert told == {"Fever": "Made up", "Rash": ""}
    trail = act("audit", vault, "--json").good().out
    assert "coded with a dictionary" in trail or '"coding"' in trail


def sheet(folder: Path) -> Path:
    file = folder / "lab.csv"
    file.write_text(
        "检验报告 张三\n参与者编号,姓名,采样时间,项目名称,结果,单位,备注\n"
        f"01-001,张三,{DAY} 07:40,WBC,5.2,10^9/L,13912345678\n01-001,张三,{DAY},HGB,11.2,g/dL,\n"
        f"01-009,李四,{DAY},WBC,5,10^9/L,\n",
        "utf-8",
    )
    return file


def test_a_laboratory_sheet(vault: Path, tmp_path: Path) -> None:
    file = sheet(tmp_path)
    dry = act("import", vault, file, "--as", "lab", "--dry-run", "--json").refused(1, "left out: 1").json()
    assert dry["counts"] == {"new": 2, "differs": 0, "same": 0, "refused": 1, "left": 0}
    assert dry["dropped"] == ["姓名"] and dry["written"] == 0
    assert [one["cause"] for one in dry["results"]] == [None, None, "participant"]
    done = act("import", vault, file, "--as", "lab", "--language", "zh").refused(1)
    assert "姓名" in done.out and "张三" not in done.out
    again = act("import", vault, file, "--as", "lab", "--json").refused(1).json()
    assert again["counts"]["new"] == 0 and again["counts"]["same"] == 2 and again["written"] == 0
    shown = act("show", vault, "01-001", "W4", "LBH").good().out
    assert "11.2" in shown
    wrong = tmp_path / "map.json"
    wrong.write_text(json.dumps({"columns": {"nothing": "result"}}), "utf-8")
    act("import", vault, file, "--as", "lab", "--map", wrong).refused(1, "no column headed")
    file.write_text(file.read_text("utf-8").replace("11.2", "12.0"), "utf-8")
    assert "differs: 1" in act("import", vault, file, "--as", "lab").refused(1).out
    act("import", vault, file, "--as", "lab", "--reason", "corrected").refused(1)
    assert "12.0" in act("show", vault, "01-001", "W4", "LBH").good().out


def test_what_names_a_person_stays_in_the_child(tmp_path: Path) -> None:
    with confined.stream("sheet", sheet(tmp_path), {OPTION: True}) as lines:
        told = json.dumps(list(lines), ensure_ascii=False)
    for word in ("张三", "李四", "13912345678", "检验报告"):
        assert word not in told
    assert "5.2" in told and '"dropped": ["姓名"]' in told
