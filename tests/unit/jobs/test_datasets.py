"""The act of exporting datasets: whole, recorded before it appears, read by its own scripts, or nothing."""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from mda5_crf.errors import Cancelled, CrfError, InputRefused, PermissionDenied, StoreError
from mda5_crf.exchange import spool
from mda5_crf.jobs import datasets, shelf
from mda5_crf.jobs.datasets import Exported, Wish, export, offered_name
from mda5_crf.services.session import Session
from mda5_crf.study import source as sources
from mda5_crf.study.model import Study
from tests.commandline import act
from tests.once import loaded
from tests.scenario import Ward
from tests.signward import DEFINITION
from tests.vaults import FOUNDER, enter
from tests.wards import Clock, found

TERM = "=HYPERLINK(1) 带状疱疹"
NOTES = {
    "SYSBP": "VSORRES / VSORRESU when VSTESTCD = SYSBP",
    "DIABP": "VSORRES / VSORRESU when VSTESTCD = DIABP",
    "PULSEP": "VSSTRESN when VSTESTCD = PP",
    "CMTRT": "CMTRT",
    "CMSTDAT": "CMSTDTC",
    "CMPROHIB": "CMPROHIB in SUPPCM",
    "SVSTDAT": "SVSTDTC",
}


@cache
def small() -> Study:
    """A small definition, annotated: an export of it is written in no time."""
    files, _ = sources.read_directory(DEFINITION)
    for name, text in files.items():
        for item, note in NOTES.items():
            text = text.replace(f'name = "{item}"\n', f'name = "{item}"\n  sdtm = "{note}"\n')  # noqa: PLW2901
        files[name] = text
    return loaded(sources.pack(files))


@contextmanager
def opened(folder: Path, login: str = FOUNDER) -> Iterator[Session]:
    with Session(enter(folder, login), small(), Clock()) as session:
        yield session


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(found(small(), "01"), tmp_path_factory.mktemp("jobs") / "ward.mda5"))
    with opened(folder) as session:
        ward = Ward(session).enrol()
        ward.open("BL", "SV").enter_all(SVSTDAT="2026-08-30", DOSE="2")
        ward.open("BL", "VS").enter_all(SYSBP="120", DIABP="eighty")
        log = ward.open("LOG", "CM").new_row("ROWS")
        log.enter("CMTRT", TERM).enter("CMSTDAT", "2026-08").enter("CMPROHIB", "N")
        ward.enrol().open("BL", "VS").mark("SYSBP", "ND")
    return folder


@pytest.fixture(scope="module")
def session(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    own = Path(shutil.copytree(folder, tmp_path_factory.mktemp("own") / "ward.mda5"))
    with opened(own) as session:
        yield session


@pytest.fixture(scope="module")
def made(session: Session, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """Shape and format → a folder with the export."""
    pytest.importorskip("pyreadstat")
    home = tmp_path_factory.mktemp("out")
    exports: dict[tuple[str, str], Path] = {}
    for shape in ("forms", "sdtm"):
        for kind in ("csv", "xlsx", "xpt", "sav", "dta", "dataset-json"):
            exports[shape, kind] = home / f"{shape}-{kind}"
            export(session, exports[shape, kind], Wish(kind, shape))
    return exports


def recorded(session: Session) -> list[dict[str, Any]]:
    return [one.data for one in session.vault.journal.records(kinds=("export",))]


def script(folder: Path) -> Any:  # noqa: ANN401 - a module
    """The export's own Python script, as a module."""
    spec = importlib.util.spec_from_file_location("read_export", folder / "read_export.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    text = (folder / "read_export.py").read_text(encoding="utf-8")
    exec(compile(text, str(spec.origin), "exec"), module.__dict__)  # leaves no byte code beside it
    return module


# -- what is written -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["csv", "xlsx", "xpt", "sav", "dta", "dataset-json"])
def test_its_own_script_reads_every_format_alike(made: dict[tuple[str, str], Path], kind: str) -> None:
    pytest.importorskip("pandas")
    reader = script(made["forms", kind])
    tables = reader.read(made["forms", kind])
    vs, log, visit = tables["VS"], tables["CM"], tables["SV"]
    assert vs["SYSBP"].isna().tolist() == [False, True] and vs["SYSBP"].tolist()[0] == 120
    assert vs["SYSBP_MISS"].tolist()[1] == "ND" and str(visit["SVSTDAT"][0])[:10] == "2026-08-30"
    assert log["CMTRT"].tolist() == [TERM] and log["CMSTDAT"].tolist() == ["2026-08"]
    assert log["CMPROHIB"].tolist() == ["N"]
    assert tables["ASTYPED"]["TYPED"].tolist() == ["eighty"]
    assert vs.attrs["variables"]["SYSBP"]["label"]["zh"] == "收缩压"
    lists = json.loads((made["forms", kind] / "codebook.json").read_text(encoding="utf-8"))["codelists"]
    assert reader.decoded(log, "CMPROHIB", lists, "zh").tolist() == ["否"]
    tests = reader.read(made["sdtm", kind])["VS"]
    assert tests["VSTESTCD"].tolist() == ["SYSBP", "DIABP", "SYSBP"]
    assert tests["VSORRES"].fillna("").tolist() == ["120", "eighty", ""]
    assert tests["VSSTRESN"].isna().tolist() == [False, True, True]


def test_the_script_runs_as_a_program(made: dict[tuple[str, str], Path]) -> None:
    pytest.importorskip("pandas")
    done = subprocess.run(
        [sys.executable, made["sdtm", "csv"] / "read_export.py"], capture_output=True, text=True, check=True,
        encoding="utf-8", timeout=60,
    )  # fmt: skip
    assert "Vital Signs" in done.stdout and "ASTYPED" in done.stdout


def test_the_script_for_r_knows_every_format(made: dict[tuple[str, str], Path]) -> None:
    text = (made["forms", "csv"] / "read_export.R").read_text(encoding="utf-8")
    for word in ("csv", "dataset-json", "xlsx", "read_xpt", "read_sav", "read_dta", "codebook.json"):
        assert word in text
    for first, last in ("()", "{}", "[]"):
        assert text.count(first) == text.count(last)


READ_BY_R = """
source("read_export.R"); tables <- read_export(".")
one <- function(cells) paste0("[", cells, "]", collapse = "")
cat(enc2utf8(c(one(tables$VS$SYSBP), class(tables$VS$SYSBP), one(as.character(tables$VS$SYSBP_MISS)),
  one(as.character(tables$SV$SVSTDAT)), class(tables$SV$SVSTDAT), one(tables$CM$CMTRT),
  one(tables$CM$CMSTDAT),
  one(as.character(tables$CM$CMPROHIB)), class(tables$CM$CMPROHIB), one(tables$ASTYPED$TYPED),
  attr(tables$VS$SYSBP, "label"))), sep = "\\n")
"""


def r_has(package: str) -> bool:
    """Whether this machine has R and that package of it."""
    said = subprocess.run(
        ["Rscript", "-e", f"cat(requireNamespace('{package}', quietly = TRUE))"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return said.stdout.strip() == "TRUE"


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not on this machine")
@pytest.mark.parametrize(
    "kind, package",
    [
        ("csv", ""),
        ("dataset-json", ""),
        ("xlsx", "readxl"),
        ("xpt", "haven"),
        ("sav", "haven"),
        ("dta", "haven"),
    ],
)
def test_r_reads_every_format_alike(made: dict[tuple[str, str], Path], kind: str, package: str) -> None:
    for needed in filter(None, ("jsonlite", package)):
        if not r_has(needed):
            pytest.skip(f"R has no {needed} on this machine")
    done = subprocess.run(
        ["Rscript", "-e", READ_BY_R], cwd=made["forms", kind], capture_output=True, check=False, timeout=120,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    assert done.stdout.decode("utf-8").splitlines() == [
        "[120][NA]", "numeric", "[NA][ND]", "[2026-08-30]", "Date", f"[{TERM}]", "[2026-08]", "[N]", "factor",
        "[eighty]", "Systolic",
    ]  # fmt: skip


def test_every_file_is_in_the_list_of_sums(made: dict[tuple[str, str], Path], session: Session) -> None:
    for place in made.values():
        lines = (place / "manifest.sha256").read_text(encoding="ascii").splitlines()
        listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
        there = {one.relative_to(place).as_posix() for one in place.rglob("*") if one.is_file()}
        assert there == {*listed, "manifest.sha256"}
        for name, digest in listed.items():
            assert hashlib.sha256((place / name).read_bytes()).hexdigest() == digest
    sums = {hashlib.sha256((one / "manifest.sha256").read_bytes()).hexdigest() for one in made.values()}
    assert sums <= {told["sha256"] for told in recorded(session)}


def test_the_codebook_names_every_column_and_code(made: dict[tuple[str, str], Path]) -> None:
    place = made["forms", "dta"]
    with (place / "codebook.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    row = next(one for one in lines if (one["table"], one["variable"]) == ("VS", "SYSBP"))
    assert (row["label_en"], row["unit"], row["type"]) == ("Systolic", "mmHg", "integer")
    assert row["item"] == "VS.SYSBP" and row["annotation"].startswith("VSORRES") and row["filled"] == "1"
    with (place / "codebook-codes.csv").open(encoding="utf-8-sig", newline="") as file:
        codes = {(one["codelist"], one["code"]): one for one in csv.DictReader(file)}
    assert codes["NY2", "Y"]["number"] == "1" and codes["NY2", "Y"]["label_zh"] == "是"
    assert codes["MISSING", "ND"]["missing_as"].startswith(".")
    with (made["forms", "csv"] / "codebook.csv").open(encoding="utf-8-sig", newline="") as file:
        term = next(one for one in csv.DictReader(file) if one["variable"] == "CMTRT")
    assert term["escaped"] == "1", "what looks like a formula is noted"
    changes = (made["forms", "csv"] / "changes.csv").read_text(encoding="utf-8-sig")
    assert "CM,CMTRT,escaped" in changes


@pytest.mark.parametrize("which", [("forms", "csv"), ("sdtm", "xpt")])
def test_the_draft_of_define_xml_is_valid(made: dict[tuple[str, str], Path], which: tuple[str, str]) -> None:
    package = importlib.util.find_spec("odmlib")
    tree = etree.parse(str(made[which] / "define.xml"))
    text = etree.tostring(tree).decode("utf-8")
    assert "DRAFT" in text and 'DefineVersion="2.1.0"' in text
    oids = tree.xpath("//*[local-name()='ItemDef']/@OID")
    refs = tree.xpath("//*[local-name()='ItemRef']/@ItemOID")
    lists = tree.xpath("//*[local-name()='CodeList']/@OID")
    assert len(oids) == len(set(oids)) and set(refs) <= set(oids)
    assert set(tree.xpath("//*[local-name()='CodeListRef']/@CodeListOID")) <= set(lists)
    files = tree.xpath("//@*[local-name()='href']")
    assert files and all((made[which] / one).exists() for one in files)
    if which[0] == "sdtm":
        assert tree.xpath("//*[local-name()='WhereClauseDef']")
    if package is None or package.origin is None:
        pytest.skip("the schema of Define-XML comes with the package odmlib, which is not installed")
    schema = Path(package.origin).parent / "schemas" / "define" / "2.1" / "define2-1-0.xsd"
    assert etree.XMLSchema(etree.parse(str(schema))).validate(tree)


# -- where it goes -----------------------------------------------------------------------------------------


def test_a_zip_a_workbook_raw_and_lines(session: Session, tmp_path: Path) -> None:
    one = export(session, tmp_path / "a.zip", Wish("csv", raw=True))
    with zipfile.ZipFile(tmp_path / "a.zip") as file:
        assert file.testzip() is None and len(file.namelist()) == one.files
        data = file.read("a/data/cm.csv")
    assert not data.startswith(b"\xef\xbb\xbf") and TERM.encode() in data and b"ESCAPED" not in data
    book = export(session, tmp_path / "b.xlsx", Wish("xlsx", language="zh"))
    assert book.files == 1 and book.sha256 == hashlib.sha256((tmp_path / "b.xlsx").read_bytes()).hexdigest()
    assert recorded(session)[-1]["sha256"] == book.sha256 and recorded(session)[-1]["what"] == "data-xlsx"
    subject = session.subjects()[1].identity
    lines = export(session, tmp_path / "c", Wish("dataset-json", lines=True, subjects=(subject,)))
    assert lines.participants == 1 and (tmp_path / "c" / "data" / "vs.ndjson").exists()
    assert recorded(session)[-1]["of"] == [subject]
    assert offered_name(session, Wish("xlsx")) == "sign-01-forms-xlsx.xlsx"
    assert offered_name(session, Wish("sav", "sdtm")).endswith("sdtm-sav.zip")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.zip", "b.xlsx", "c"]


def test_spss_in_a_zip_leaves_no_clear_file_beside_it(session: Session, tmp_path: Path) -> None:
    pytest.importorskip("pyreadstat")
    export(session, tmp_path / "a.zip", Wish("sav", subjects=(session.subjects()[0].identity,)))
    assert [one.name for one in tmp_path.iterdir()] == ["a.zip"]


def test_text_that_is_not_ascii_can_be_refused(session: Session, tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match=r"datasets\.not_plain") as refused:
        export(session, tmp_path / "x", Wish("xpt", plain=True))
    assert "CM.CMTRT" in refused.value.in_("en") and list(tmp_path.iterdir()) == []
    assert export(
        session, tmp_path / "y", Wish("xpt", plain=True, subjects=(session.subjects()[1].identity,))
    )


# -- what can go wrong -------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["x", "x.zip", "x.xlsx"])
@pytest.mark.parametrize("late", [False, True])
def test_cancelled_it_leaves_nothing(session: Session, tmp_path: Path, target: str, late: bool) -> None:
    def stop(done: int, total: int) -> None:
        if not late or done == total:
            raise Cancelled

    before = len(recorded(session))
    with pytest.raises(Cancelled):
        export(session, tmp_path / target, Wish("xlsx"), stop)
    assert list(tmp_path.iterdir()) == [] and len(recorded(session)) == before


@pytest.mark.parametrize("target,code", [("x", "datasets.disk_full"), ("x.xlsx", "exchange.cannot_write")])
def test_a_full_disk_is_said_and_leaves_nothing(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, code: str
) -> None:
    def full(_self: object, _piece: bytes) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(shelf.Writer, "write", full)
    with pytest.raises(StoreError) as refused:
        export(session, tmp_path / target, Wish("xlsx"))
    assert refused.value.code == code and list(tmp_path.iterdir()) == []


def test_no_room_for_what_waits_is_said(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: object, _name: str) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(spool.Spool, "_write", full)
    with pytest.raises(StoreError, match=r"datasets\.disk_full"):
        export(session, tmp_path / "x", Wish("csv"))
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_recorded_does_not_appear(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_words: object) -> None:
        raise StoreError("exchange.cannot_write", file="x")

    monkeypatch.setattr(datasets, "record_export", refuse)
    with pytest.raises(StoreError, match=r"exchange\.cannot_write"):
        export(session, tmp_path / "x", Wish("csv"))
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_replaced_and_nobody_left_behind(session: Session, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "x.xlsx").write_text("old")
    for target in ("there", "x.xlsx"):
        with pytest.raises(InputRefused, match=r"datasets\.exists"):
            export(session, tmp_path / target, Wish("xlsx"))
    with pytest.raises(InputRefused, match=r"datasets\.no_folder"):
        export(session, tmp_path / "none" / "x", Wish("csv"))
    (tmp_path / "y.zip.part").write_text("somebody's")
    with pytest.raises(StoreError, match=r"datasets\.part_there"):
        export(session, tmp_path / "y.zip", Wish("csv"))
    for one in session.subjects():
        session.let_go(one.identity)
    export(session, tmp_path / "z", Wish("csv"))
    assert not any(session.is_loaded(one.identity) for one in session.subjects())


def test_who_may_not_export_and_nobody_to_export(folder: Path, tmp_path: Path) -> None:
    with opened(folder, "n07") as nurse, pytest.raises(PermissionDenied):
        export(nurse, tmp_path / "x", Wish("csv"))
    empty = Path(shutil.copytree(found(small(), "01"), tmp_path / "empty.mda5"))
    with opened(empty) as session, pytest.raises(InputRefused, match=r"exchange\.nothing"):
        export(session, tmp_path / "x", Wish("csv"))
    assert not (tmp_path / "x").exists()


def test_what_is_said_at_the_end() -> None:
    clear = Exported(Path("x.zip"), "csv", "ab", 3, 9, 2, 7, 1, 4, 1)
    assert [one.en.split(":")[0] for one in clear.lines()][1:3] == [
        "Changed to fit the format",
        "Answers that no typed column can hold, or not alone",
    ]
    assert "in clear" in clear.lines()[-1].en
    shut = Exported(Path("x.mda5c"), "csv", "ab", 3, 9, 2, 7, 1, 0, 0, closed=True)
    assert len(shut.lines()) == 1 and issubclass(Cancelled, CrfError)


# -- the command -------------------------------------------------------------------------------------------


def test_the_command_writes_and_says(folder: Path, tmp_path: Path) -> None:
    done = act(
        "export", folder, "--as", "csv", "-o", tmp_path / "c", "--shape", "sdtm", "--lang", "en"
    ).good()
    assert "in clear" in done.out and (tmp_path / "c" / "data" / "vs.csv").exists()
    told = act(
        "export", folder, "--as", "xlsx", "-o", tmp_path / "x.xlsx", "--subject", "01-002", "--json"
    ).good().json()  # fmt: skip
    assert told["participants"] == 1 and told["files"] == 1 and told["as"] == "xlsx"
    assert told["sha256"] == hashlib.sha256((tmp_path / "x.xlsx").read_bytes()).hexdigest()


def test_the_command_refuses_in_words(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = ("-o", tmp_path / "x")
    act("export", folder, "--as", "odm", *out, "--raw").refused(2, "--raw")
    act("export", folder, "--as", "csv", *out, "--plain").refused(2, "--raw")
    act("export", folder, "--as", "csv", *out, "--to", "nobody").refused(1, "nobody")
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    act("export", folder, "--as", "sav", *out).refused(1, "mda5-crf[stats]")
    assert list(tmp_path.iterdir()) == []
