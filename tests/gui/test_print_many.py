"""Many participants at once: one refused stops no other, what is finished stays, the list says all of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mda5_crf.errors import InputRefused, StoreError
from mda5_crf.jobs import papers
from mda5_crf.services.session import Session
from mda5_crf.ui import press
from mda5_crf.ui.print_many_page import ALL, DUE, NOBODY, OWN, PrintManyPage
from tests.commandline import remembered_keys
from tests.gui.shell_driver import CTRL, LOGIN, PASSWORD, Desk, make_vault, one_desk, settle
from tests.scenario import Ward

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(scope="module")
def at(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[QtBot], Desk]]:
    """Three participants, the second without any answer."""
    with remembered_keys():
        folder = make_vault(tmp_path_factory.mktemp("many") / "ward.mda5")
        with Session.open(folder, LOGIN, PASSWORD) as session:
            for number in range(3):
                ward = Ward(session).enrol()
                if number != 1:
                    ward.open("SCR", "VS").enter("VSPERF", "Y")
        yield from one_desk(qapp, folder, ["print_many"])


@pytest.fixture
def desk(qtbot: QtBot, at: Callable[[QtBot], Desk]) -> Desk:
    desk = at(qtbot)
    desk.window.banner.clear()
    desk.work.show_matrix()
    return desk


@pytest.fixture
def page(desk: Desk) -> PrintManyPage:
    desk.window.run("print_many")
    page = desk.work.office.page
    assert isinstance(page, PrintManyPage)
    page.results, page._summary, page._problem = {}, None, None
    page.what.setCurrentIndex(page.what.findData(papers.BEGUN))
    page.who.setCurrentIndex(page.who.findData(ALL))
    return page


def over(desk: Desk, page: PrintManyPage) -> list[str]:
    """What the list says in the end."""
    desk.qtbot.waitUntil(lambda: page.batch is None, timeout=20_000)
    settle()
    return [f"{number.en} {words.en}" for number, words in page.lines()]


def into(page: PrintManyPage, folder: Path) -> None:
    page.ask_folder()
    assert page.strip is not None
    page.strip.line.setText(str(folder))  # type: ignore[attr-defined]
    page.strip.accept()  # type: ignore[attr-defined]


def prints(desk: Desk) -> list[dict[str, object]]:
    return [record.data for record in desk.session.vault.journal.records(kinds=("print",))]


def test_one_that_is_refused_stops_no_other_and_the_list_says_it(
    desk: Desk, page: PrintManyPage, tmp_path: Path
) -> None:
    before = len(prints(desk))
    into(page, tmp_path)
    lines = over(desk, page)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["01-001-forms.pdf", "01-003-forms.pdf"]
    assert "01-001-forms.pdf, pages: 2" in lines[0] and "not printed" in lines[1] and "01-003" in lines[2]
    assert page.words.text() == "Done: 2. Refused: 1." and "01-003-forms" in page._items()[2].text()
    hashes = [hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(tmp_path.iterdir())]
    assert [one["sha256"] for one in prints(desk)[before:]] == hashes
    page.copy.click()
    assert QApplication.clipboard().text().splitlines()[0] == "01-001\t01-001-forms.pdf, pages: 2"
    page.save_list.click()
    assert page.strip is not None
    page.strip.file.setText(str(tmp_path / "list.pdf"))  # type: ignore[attr-defined]
    desk.press(Qt.Key.Key_Return)
    text = pypdf.PdfReader(tmp_path / "list.pdf").pages[0].extract_text()
    assert "01-002" in text and "not printed" in text and page.strip is None
    assert prints(desk)[-1]["what"] == "print-list"


def test_cancelled_what_is_finished_stays_and_is_named(
    desk: Desk, page: PrintManyPage, tmp_path: Path
) -> None:
    into(page, tmp_path)
    assert page.batch is not None and not page.save.isEnabled()
    batch = page.batch
    batch.went.connect(lambda _who, words: batch.cancel() if "pages: 2" in words.en else None)
    lines = over(desk, page)
    assert [file.name for file in tmp_path.iterdir()] == ["01-001-forms.pdf"]
    assert "01-001-forms.pdf" in lines[0] and "not begun" in lines[1] and "not begun" in lines[2]
    assert page.words.text().startswith("Stopped. Done: 1") and page.save.isEnabled()


def test_cancelled_in_the_first_document_nothing_is_recorded(
    desk: Desk, page: PrintManyPage, tmp_path: Path
) -> None:
    before = len(prints(desk))
    into(page, tmp_path)
    assert page.batch is not None and page.batch.running
    page.batch.cancel()
    lines = over(desk, page)
    assert all("not begun" in line for line in lines) and len(lines) == 3
    assert not list(tmp_path.iterdir()) and len(prints(desk)) == before


def test_a_full_disk_ends_it(
    desk: Desk, page: PrintManyPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: Path, _data: bytes) -> None:
        raise StoreError("ui.cannot_write", file="x.pdf")

    monkeypatch.setattr("mda5_crf.ui.batch.write", full)
    into(page, tmp_path)
    lines = over(desk, page)
    assert "not printed" in lines[0] and "not begun" in lines[1]
    assert "x.pdf" in desk.window.banner.words and not list(tmp_path.iterdir())


def test_nobody_ticked_no_folder_and_no_such_moment(desk: Desk, page: PrintManyPage, tmp_path: Path) -> None:
    page.who.setCurrentIndex(page.who.findData(NOBODY))
    page.save.click()
    assert page.strip is None and "at least one" in page.words.text()
    desk.press(Qt.Key.Key_P, CTRL)
    assert page.batch is None
    page.list.setFocus()
    page.list.setCurrentRow(0)
    desk.press(Qt.Key.Key_Space)
    assert len(page.ticked()) == 1 and page.who.currentData() == OWN
    assert page.count.text() == "1 of 3 ticked"
    desk.press(Qt.Key.Key_S, CTRL)
    assert page.strip is not None
    page.strip.line.setText(str(tmp_path / "nowhere"))
    desk.press(Qt.Key.Key_Return)
    assert "nowhere" in page.strip.complaint and page.batch is None
    page.as_of.setText("yesterday")
    page.strip.line.setText(str(tmp_path))
    desk.press(Qt.Key.Key_Return)
    assert "2026-08-01" in page.strip.complaint and page.batch is None
    page.as_of.clear()
    desk.press(Qt.Key.Key_Escape)
    assert page.strip is None and page.list.hasFocus()


def pdf_printer(file: Path) -> QPrinter:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(file))
    printer.setResolution(150)
    press.prepare(printer)
    return printer


def test_on_a_printer_everything_is_one_job(desk: Desk, page: PrintManyPage, tmp_path: Path) -> None:
    paper, before = tmp_path / "paper.pdf", len(prints(desk))
    page.ask_printer = lambda _parent, _pages: pdf_printer(paper)
    page.send()
    lines = over(desk, page)
    assert "printed, pages: 2" in lines[0] and "not printed" in lines[1] and "printed" in lines[2]
    assert len(pypdf.PdfReader(paper).pages) == 4 and len(prints(desk)) == before + 2


def test_a_printer_that_stops_ends_it_with_what_was_printed(
    desk: Desk, page: PrintManyPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.ask_printer = lambda _parent, _pages: pdf_printer(tmp_path / "paper.pdf")

    def broken(_press: press.Press, _leaf: object) -> None:
        raise StoreError("preview.printer_failed")

    monkeypatch.setattr(press.Press, "put", broken)
    page.send()
    lines = over(desk, page)
    assert "stopped after 0 of 2 pages" in lines[0] and "not begun" in lines[1]
    assert "takes no pages" in desk.window.banner.words

    def none(_parent: object, _pages: int) -> None:
        raise InputRefused("preview.no_printer")

    page.ask_printer = none
    page.send()
    assert "No printer" in desk.window.banner.words and page.batch is None
    page.ask_printer = lambda _parent, _pages: None
    page.send()
    assert page.batch is None


def test_a_blank_casebook_is_one_file_and_one_for_each_on_paper(
    desk: Desk, page: PrintManyPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In place of the casebook a single form, so that the test is quick."""
    identity = desk.session.subjects()[0].identity
    key = next(f.key for f in desk.session.tree(identity)[0].forms if f.form.oid == "VS")
    short = papers.blank_of(desk.session, key, papers.FORM, "en")
    monkeypatch.setattr("mda5_crf.jobs.papers.of_study", lambda *_: short)
    before = len(prints(desk))
    page.what.setCurrentIndex(page.what.findData(papers.BLANK_BOOK))
    assert not page.as_of.isEnabled()
    into(page, tmp_path)
    assert (
        over(desk, page) == ["Blank casebook blank-scr-vs.pdf, pages: 2"]
        and len(list(tmp_path.iterdir())) == 1
    )
    page.ask_printer = lambda _parent, _pages: pdf_printer(tmp_path / "paper.pdf")
    page.send()
    assert len(over(desk, page)) == 3 and len(pypdf.PdfReader(tmp_path / "paper.pdf").pages) == 6
    assert len(prints(desk)) == before


def test_every_kind_has_a_paper(desk: Desk) -> None:
    identity = desk.session.subjects()[0].identity
    stems = set()
    for what in papers.OF_MANY:
        paper = papers.of_many(desk.session, identity, what, "zh", event="SCR")
        stems.add(paper.stem)
        assert (paper.record is None) == (what == papers.BLANK_BOOK)
        if what in (papers.CARDS, papers.CALENDAR):
            assert paper.lay(lambda _done, _total: None).leaves
    assert len(stems) == len(papers.OF_MANY)
    with pytest.raises(InputRefused, match="no_visit"):
        papers.of_many(desk.session, identity, papers.VISIT, "zh", event="NOWHERE")


def test_who_is_due_and_both_languages(desk: Desk, page: PrintManyPage, tmp_path: Path) -> None:
    page.who.setCurrentIndex(page.who.findData(DUE))
    assert page.ticked() == []
    page.who.setCurrentIndex(page.who.findData(ALL))
    assert len(page.ticked()) == 3 and page.who.findText("Site 01") < 0
    desk.window.switch_language()
    assert page.save.text() == "保存 PDF…" and page.list.accessibleName() == "参与者"
    assert page.words.text() == page.words.accessibleName()
    desk.window.switch_language()


# -- last: behind the lock nobody works


def test_locked_meanwhile_the_rest_is_not_begun(desk: Desk, page: PrintManyPage, tmp_path: Path) -> None:
    into(page, tmp_path)
    batch = page.batch
    assert batch is not None
    batch.went.connect(lambda _who, words: desk.window.lock("idle") if "pages: 2" in words.en else None)
    del page, batch
    desk.qtbot.waitUntil(lambda: desk.window.work is None, timeout=20_000)
    assert desk.window.locked and [file.name for file in tmp_path.iterdir()] == ["01-001-forms.pdf"]
