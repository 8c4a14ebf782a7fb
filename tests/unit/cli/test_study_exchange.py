"""``study export`` and ``study import``: what is said, what is written, and what is never written over."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.commandline import act, call
from tests.unit.exchange.booktools import made, put
from tests.unit.exchange.test_redcapin import EVENTS, dictionary
from tests.unit.exchange.test_xlsformin import CHOICES, HEAD, SETTINGS, row

MINI = Path(__file__).parents[2] / "data" / "definitions" / "mini"
ODM = Path(__file__).parents[2] / "data" / "odm"


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of the small study."""
    book = tmp_path_factory.mktemp("sheets") / "mini 定义.xlsx"
    done = call("study", "export", MINI, "-o", book, "--as", "workbook").good()
    assert done.out == "mini 定义.xlsx is written: 5 forms, 55 items, 7 checks.\n"
    return book


@pytest.fixture
def edited(exported: Path, tmp_path: Path) -> Path:
    """The same with one limit changed."""
    workbook = load_workbook(exported)
    put(workbook, "survey", "hard_max", 45, form="VS", name="TEMP_VSORRES")
    workbook.save(tmp_path / "edited.xlsx")
    return tmp_path / "edited.xlsx"


def test_a_workbook_nobody_edited_says_the_same(exported: Path, tmp_path: Path) -> None:
    target = Path(shutil.copytree(MINI, tmp_path / "mini"))
    before = files_of(target)
    done = call("study", "import", exported, "-o", target, "--replace").good()
    assert "It says the same as mini." in done.out
    assert "0 files were written anew" in done.out
    assert files_of(target) == before


def test_the_difference_is_shown_before_anything_is_written(edited: Path, tmp_path: Path) -> None:
    target = Path(shutil.copytree(MINI, tmp_path / "mini"))
    (target / "forms" / "ZZ.toml").write_text("left over", encoding="utf-8")
    (target / "forms" / "ZZ.toml").unlink()
    before = files_of(target)
    dry = call("study", "import", edited, "-o", target, "--dry-run").good()
    assert "item VS.TEMP_VSORRES: " in dry.out
    assert "1 difference(s)" in dry.out
    assert dry.out.endswith("Nothing was written.\n")
    call("study", "import", edited, "-o", target).refused(1, "--replace")
    assert files_of(target) == before
    done = call("study", "import", edited, "-o", target, "--replace", "--language", "zh").good()
    assert "重写 1 个文件" in done.out
    changed = {name for name, data in files_of(target).items() if before.get(name) != data}
    assert changed == {"forms/VS.toml"}
    call("study", "check", target).good()


def test_a_form_that_is_gone_is_deleted_and_named(exported: Path, tmp_path: Path) -> None:
    target = Path(shutil.copytree(MINI, tmp_path / "mini"))
    (target / "cases").mkdir(exist_ok=True)
    (target / "cases" / "XX.toml").write_text("# stays\n", encoding="utf-8")
    text = (target / "forms" / "MM.toml").read_text(encoding="utf-8").replace('oid = "MM"', 'oid = "MX"')
    (target / "forms" / "MX.toml").write_text(text, encoding="utf-8")
    done = call("study", "import", exported, "-o", target, "--replace", "--against", MINI).good()
    assert "forms/MX.toml is not in the definition any more and was deleted." in done.out
    assert not (target / "forms" / "MX.toml").exists()
    assert (target / "cases" / "XX.toml").exists()


def test_problems_are_named_with_their_cells_and_nothing_is_written(exported: Path, tmp_path: Path) -> None:
    workbook = load_workbook(exported)
    number = put(workbook, "survey", "unit", "mmHq", form="VS", name="SYSBP_VSORRES")
    workbook.save(tmp_path / "bad.xlsx")
    target = tmp_path / "new"
    done = call("study", "import", tmp_path / "bad.xlsx", "-o", target).refused(1, "1 problems", "1 个问题")
    assert f"survey, row {number}, column unit: " in done.err
    assert f"survey 第 {number} 行“unit”列：" in done.err
    assert not target.exists()
    told = call("study", "import", tmp_path / "bad.xlsx", "-o", target, "--json")
    assert told.status == 1
    (problem,) = told.json()["problems"]
    assert (problem["sheet"], problem["row"], problem["column"]) == ("survey", number, "unit")
    assert told.json()["written"] is False


def test_a_dictionary_and_its_events_become_a_folder(tmp_path: Path) -> None:
    (tmp_path / "trial.csv").write_bytes(
        dictionary({"v": "a", "l": "first"}, {"v": "b", "b": "what([a])", "id": "y"})
    )
    (tmp_path / "events.csv").write_bytes(EVENTS.encode("utf-16"))
    target = tmp_path / "made"
    done = call(
        "study", "import", tmp_path / "trial.csv", "--events", tmp_path / "events.csv", "-o", target
    ).good()
    assert "trial.csv was read as redcap: fields 2, forms 1, events 2." in done.out
    assert "Kept as it is, without effect here: 2." in done.out
    assert "The definition is written to" in done.out
    call("study", "check", target).good()
    told = call("study", "import", tmp_path / "trial.csv", "--json").good().json()
    assert (told["as"], told["written"], len(told["kept"])) == ("redcap", False, 2)
    call("study", "export", target, "-o", tmp_path / "again.xlsx", "--as", "workbook").good()
    assert (
        "It says the same" in call("study", "import", tmp_path / "again.xlsx", "--against", target).good().out
    )


def test_a_form_of_xlsform_and_a_study_of_odm_become_folders(tmp_path: Path) -> None:
    book = made(
        {
            "survey": [HEAD, row(type="integer", name="n", en="N", zh="数")],
            "choices": CHOICES,
            "settings": SETTINGS,
        }
    )
    (tmp_path / "form.xlsx").write_bytes(book)
    done = call("study", "import", tmp_path / "form.xlsx", "-o", tmp_path / "a").good()
    assert "form.xlsx was read as xlsform: choices 4, questions 1, groups 1." in done.out
    source = ODM / "openedc-metadata-de-en.xml"
    done = call("study", "import", source, "-o", tmp_path / "b").good()
    assert (tmp_path / "b" / "origin.json").exists()
    for name in "ab":
        call("study", "check", tmp_path / name).good()


def test_definitions_go_out_as_odm_and_come_in_again(tmp_path: Path) -> None:
    for kind in ("odm", "odm2"):
        call("study", "export", MINI, "-o", tmp_path / f"{kind}.xml", "--as", kind).good()
        done = call("study", "import", tmp_path / f"{kind}.xml", "-o", tmp_path / kind).good()
        assert "5 forms" in done.out


def test_the_definition_of_a_vault_goes_out(vault: Path, tmp_path: Path) -> None:
    target = tmp_path / "in force.xml"
    told = act("study", "export", vault, "-o", target, "--as", "odm", "--json").good().json()
    assert (told["file"], told["as"]) == ("in force.xml", "odm")
    assert told["hash"][:12] in target.read_text(encoding="utf-8")
    call("study", "export", vault, "-o", target, "--as", "odm", "--user", "wang", secret="wrong").refused(1)


@pytest.mark.parametrize(
    "words, status, says",
    [
        (("export", MINI), 2, "-o FILE"),
        (("export", MINI, "-o", "x", "--as", "pdf"), 2, "--as workbook"),
        (("export", "-o", "x"), 2, "-o FILE"),
        (("import",), 2, "study import FILE"),
        (("import", MINI / "study.toml", "--as", "pdf"), 2, "study import FILE"),
        (("import", MINI / "study.toml"), 1, "no definition that can be read"),
        (("import", MINI / "gone.xlsx"), 1, "gone.xlsx"),
        (("import", ODM / "openedc-metadata-de-en.xml", "--as", "workbook"), 1, "read as odm"),
        (("import", ODM / "openedc-metadata-de-en.xml", "--against", "nowhere"), 1, "nowhere"),
    ],
)
def test_what_cannot_be_done_is_said(words: tuple[object, ...], status: int, says: str) -> None:
    call("study", *words).refused(status, says)


def test_an_export_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "out.xlsx").mkdir()
    call("study", "export", MINI, "-o", tmp_path / "out.xlsx", "--as", "workbook").refused(3, "out.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["out.xlsx"]
