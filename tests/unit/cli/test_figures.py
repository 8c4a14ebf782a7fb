"""``figures`` and ``listing``: files, formats, refusals, and what is recorded of them."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader

from tests.commandline import act, remembered_keys
from tests.scenario import Ward
from tests.wards import built, session_at

NURSE, MANAGER = "n07", "d02"


@pytest.fixture(scope="module", autouse=True)
def _quick() -> Iterator[None]:
    with remembered_keys():
        yield


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two participants with events; one term would be a formula in a spreadsheet."""
    folder = Path(shutil.copytree(built(), tmp_path_factory.mktemp("figures") / "ward.mda5"))
    with session_at(folder) as session:
        for number, term in enumerate(("=1+2 fever 发热", "Rash 皮疹"), 1):
            ward = Ward(session).enrol()
            ward.open("SCR", "IC").fill(DSDECOD="INFORMED CONSENT OBTAINED", RFICDAT="2026-03-01")
            ward.open("LOG", "EX").new_row("DOSING").fill(
                ECTRT="TOFACITINIB", ECOCCUR="Y", ECSTDAT="2026-03-05"
            )
            ward.open("LOG", "AE").enter("AEYN", "Y").new_row("ROWS").fill(
                AETERM=term, AETOXGR=str(number), AESTDAT="2026-04-01"
            )
    return folder


def recorded(vault: Path, kind: str, what: str) -> list[dict[str, object]]:
    with session_at(vault) as session:
        found = session.vault.journal.records(kinds=(kind,))
        return [dict(one.data) for one in found if one.data.get("what") == what]


@pytest.mark.parametrize("language", ["zh", "both"])
def test_the_document_says_who_when_and_which_definition(vault: Path, tmp_path: Path, language: str) -> None:
    file = tmp_path / "figures.pdf"
    act("figures", vault, "-o", file, "--lang", language, "--no-courses").good()
    reader = PdfReader(file)
    text = "\n".join(page.extract_text() for page in reader.pages)
    with session_at(vault) as session:
        version = session.study.version
    assert "Li Na" in text and version in text
    assert ("Kaplan" in text) and (("生存" in text) == (language != "en"))
    assert ("Denominator" in text) == (language != "zh")
    assert hashlib.sha256(file.read_bytes()).hexdigest() in {
        str(one["sha256"]) for one in recorded(vault, "print", "figures")
    }
    assert all(page.mediabox.width > page.mediabox.height for page in reader.pages)
    assert not any("/XObject" in page.get("/Resources", {}) for page in reader.pages)  # nothing but vectors


def test_the_numbers_alone_and_in_words(vault: Path) -> None:
    document = act("figures", vault, "--json", "--no-courses").good().json()
    assert document["flow"]["treated"] == 2
    assert document["safety"]["terms"][0]["people"] == 1
    assert not any(name.startswith("course-") for name in document)
    said = act("figures", vault, "--language", "zh", "--no-courses").good().out
    assert "不良事件概况" in said and "锁定核对表" not in act("figures", vault, "--no-courses").good().out


def test_a_participant_has_a_part_unless_it_is_left_out(vault: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.pdf"
    done = act("figures", vault, "-o", file, "--json").good().json()
    assert {"course-01-001", "course-01-002"} <= done.keys()
    assert done["pages"] == len(PdfReader(file).pages)


def test_a_listing_as_workbook_csv_and_paper(vault: Path, tmp_path: Path) -> None:
    files = [tmp_path / f"events.{ending}" for ending in ("xlsx", "csv", "pdf")]
    for file in files:
        act("listing", vault, "ae", "--where", "AETOXGR<2", "-o", file).good()
    rows = list(openpyxl.load_workbook(files[0]).active.iter_rows(values_only=True))
    assert rows[0][0] == "subject" and "AETERM" in rows[0]
    place = rows[0].index("AETERM")
    assert [row[place] for row in rows[2:]] == ["=1+2 fever 发热"]  # text, no formula
    lines = list(csv.reader(files[1].read_text("utf-8-sig").splitlines()))
    assert lines[1][place] == "'=1+2 fever 发热" and len(lines) == 2
    text = "\n".join(page.extract_text() for page in PdfReader(files[2]).pages)
    assert "1 of 2 rows" in text and "01-001" in text and "01-002" not in text
    exported = recorded(vault, "export", "listing")
    assert {one["filter"][0] for one in exported} == {"AETOXGR"}  # type: ignore[index]
    assert "fever" not in json.dumps(exported)
    assert not [left for left in tmp_path.iterdir() if left not in files]


def test_a_listing_on_the_terminal_and_as_document(vault: Path) -> None:
    assert "Rash" in act("listing", vault, "AE", "--where", "AETERM~皮疹").good().out
    document = act("listing", vault, "AE", "--json").good().json()
    assert (document["rows"], document["of"]) == (2, 2)
    assert document["lines"][0]["AETERM"] == "=1+2 fever 发热"


def test_what_is_refused(vault: Path, tmp_path: Path) -> None:
    act("listing", vault, "NOFORM").refused(1, "NOFORM")
    act("listing", vault, "AE", "--where", "AETERM").refused(1, "AETERM")
    act("listing", vault, "AE", "-o", tmp_path / "events.docx").refused(1, "events.docx")
    act("listing", vault, "AE", "-o", tmp_path).refused(1)
    act("figures", vault, "-o", tmp_path).refused(1)
    act("listing", vault, "AE", "-o", tmp_path / "events.csv", login=NURSE).refused(1, "export")
    assert list(tmp_path.iterdir()) == []
    act(
        "listing", vault, "AE", "-o", tmp_path / "events.pdf", login=NURSE
    ).good()  # printing is another right
    act("listing", vault, "AE", "-o", tmp_path / "none" / "events.xlsx").refused(1)
    act("figures", vault, "-o", tmp_path / "none" / "f.pdf", "--no-courses").refused(3)
