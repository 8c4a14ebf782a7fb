"""Ctrl+P: what is shown is what is saved and printed; nothing leaves without its record, nothing stays."""

from __future__ import annotations

import gc
import hashlib
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from mda5_crf.errors import InputRefused, StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs import papers
from mda5_crf.pdf.draw import Leaf
from mda5_crf.pdf.fonts import BOLD
from mda5_crf.pdf.ink import Box, Goal, Jump, Words
from mda5_crf.services import pageproof
from mda5_crf.services.session import Session
from mda5_crf.text import Text
from mda5_crf.ui import press
from mda5_crf.ui.leaf_painter import paint, size_of
from mda5_crf.ui.paper_page import PaperPage, SaveStrip
from mda5_crf.ui.press import Press, PrintRun
from mda5_crf.ui.preview_page import PreviewPage
from mda5_crf.ui.sheets_view import FIT_PAGE, FIT_WIDTH, SheetsView
from tests.commandline import remembered_keys
from tests.gui.shell_driver import (
    CTRL,
    LOGIN,
    PASSWORD,
    SHIFT,
    Desk,
    make_vault,
    one_desk,
    prepared,
    settle,
)

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(scope="module")
def at(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[QtBot], Desk]]:
    with remembered_keys():
        folder = make_vault(tmp_path_factory.mktemp("preview") / "ward.mda5")
        yield from one_desk(qapp, folder, ("print_form", "print_visit", "documents"))


@pytest.fixture
def desk(qtbot: QtBot, at: Callable[[QtBot], Desk]) -> Iterator[Desk]:
    desk = at(qtbot)
    desk.work.show_matrix()
    desk.window.banner.clear()
    yield desk
    if desk.window.work is not None:
        desk.work.show_matrix()


def ready(desk: Desk, page: PaperPage) -> None:
    desk.qtbot.waitUntil(lambda: page.ready, timeout=20_000)
    settle()


def opened(desk: Desk, subject: str = "") -> PreviewPage:
    """The preview of the vital signs of a participant, by its key."""
    if subject:
        desk.open(subject, "SCR", "VS")
    else:
        desk.vitals(desk.session.enrol().identity)
        desk.enter("PULSE_VSORRES", "72")
    desk.press(Qt.Key.Key_P, CTRL)
    page = desk.work.office.page
    assert isinstance(page, PreviewPage)
    ready(desk, page)
    return page


def words(page: PaperPage) -> str:
    assert page.laid is not None
    return " ".join(ink.text for leaf in page.laid.leaves for ink in leaf.inks if isinstance(ink, Words))


def prints(desk: Desk) -> list[dict[str, object]]:
    return [record.data for record in desk.session.vault.journal.records(kinds=("print",))]


def pdf_printer(file: Path, size: QPageSize.PageSizeId = QPageSize.PageSizeId.A4) -> QPrinter:
    """A printer whose paper is a file of the test."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(file))
    printer.setResolution(300)
    printer.setPageSize(QPageSize(size))
    press.prepare(printer)
    return printer


# -- what cannot be printed --------------------------------------------------------------------------------


def test_without_a_printer_it_is_said_and_nothing_is_recorded(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", staticmethod(list))
    page, before = opened(desk), len(prints(desk))
    desk.press(Qt.Key.Key_P, CTRL)
    assert "No printer is installed" in desk.window.banner.words
    assert page.ready and len(prints(desk)) == before


def test_a_dialog_that_is_cancelled_prints_nothing(desk: Desk) -> None:
    page, before, asked = opened(desk), len(prints(desk)), []

    def ask(_parent: object, pages: int) -> None:
        asked.append(pages)

    page.ask_printer = ask
    page.print.click()
    settle()
    assert asked == [len(page.view.leaves)] and page.ready and len(prints(desk)) == before


def test_a_printer_that_takes_nothing_is_said(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(desk)
    page.ask_printer = lambda _parent, _pages: pdf_printer(tmp_path / "out.pdf")
    monkeypatch.setattr(QPainter, "begin", lambda _painter, _device: False)
    page.send()
    desk.qtbot.waitUntil(lambda: desk.window.banner.text is not None, timeout=20_000)
    assert "The printer takes no pages" in desk.window.banner.words and page.ready


def test_a_full_disk_leaves_no_file_and_is_said(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(desk)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mda5_crf.jobs.written.os.fsync", full)
    desk.press(Qt.Key.Key_S, CTRL)
    assert page.strip is not None
    page.strip.file.setText(str(tmp_path / "vs.pdf"))
    desk.press(Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: desk.window.banner.text is not None, timeout=20_000)
    assert "vs.pdf" in desk.window.banner.words and not list(tmp_path.iterdir()) and page.ready


def test_without_its_record_nothing_leaves(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a vault that takes no more records."""
    page = opened(desk)

    def refuse(*_words: object, **_more: object) -> None:
        raise StoreError("ui.no_such_folder")

    monkeypatch.setattr(page.session, "record_print", refuse, raising=False)
    page.ask_printer = lambda _parent, _pages: pdf_printer(tmp_path / "paper.pdf")
    page.send()
    desk.qtbot.waitUntil(lambda: desk.window.banner.text is not None, timeout=20_000)
    desk.window.banner.clear()
    page._save_as(tmp_path / "file.pdf")
    desk.qtbot.waitUntil(lambda: desk.window.banner.text is not None, timeout=20_000)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_said_in_the_strip(desk: Desk, tmp_path: Path) -> None:
    page, before = opened(desk), len(prints(desk))
    page.save.click()
    assert isinstance(page.strip, SaveStrip) and page.strip.file.hasFocus()
    page.strip.file.setText(str(tmp_path / "nowhere" / "x.pdf"))
    desk.press(Qt.Key.Key_Return)
    assert "folder" in page.strip.complaint and len(prints(desk)) == before
    desk.press(Qt.Key.Key_Escape)
    assert page.strip is None and page.save.hasFocus()
    desk.press(Qt.Key.Key_Escape)
    assert desk.work.office.page is None and desk.page.entry.key.form == "VS"


def test_a_participant_without_data_has_nothing_to_print(desk: Desk) -> None:
    page = opened(desk, desk.session.enrol().identity)
    assert "Vital signs" in words(page)  # a form that was asked for is shown, begun or not
    page.what.setCurrentIndex(page.what.findData(papers.BEGUN))
    settle()
    assert not page.save.isEnabled() and not page.print.isEnabled() and page.view.leaves == ()
    assert page.words.text() == page.words.accessibleName() != ""
    desk.press(Qt.Key.Key_P, CTRL).press(Qt.Key.Key_S, CTRL)
    assert page.strip is None


def test_a_moment_that_is_none_is_said_and_a_day_is_its_end(desk: Desk) -> None:
    page = opened(desk)
    page.as_of.setText("yesterday")
    page.show_again()
    assert not page.ready and "2026-08-01" in page.words.text()
    now = desk.session.now().astimezone(desk.session.zone)
    for typed in (now.replace(tzinfo=None).isoformat(), now.date().isoformat()):
        page.as_of.setText(typed)
        page.show_again()
        ready(desk, page)
        assert (
            "72" in words(page) and now.date().isoformat() in words(page) and "as of" in words(page).lower()
        )
    assert page.paper is not None and not papers.changed_since(desk.session, page.paper)


# -- somebody else was faster ------------------------------------------------------------------------------


def test_a_form_that_changed_meanwhile_is_shown_again_before_it_is_printed(
    desk: Desk, tmp_path: Path
) -> None:
    page = opened(desk)
    key = page.came_from
    assert key is not None and page.look()
    page._save_as(tmp_path / "first.pdf")
    desk.qtbot.waitUntil(lambda: page.ready and (tmp_path / "first.pdf").exists(), timeout=20_000)
    assert page.look(), "its own print is no change"
    desk.session.raise_query(key.form_key(), "Which arm?")
    asked: list[object] = []
    page.ask_printer = lambda *_: asked.append(1)
    desk.press(Qt.Key.Key_P, CTRL).press(Qt.Key.Key_S, CTRL)
    assert not asked and page.strip is None
    assert "Changed since" in page.words.text() and page.again.isVisible()
    page.again.setFocus()
    desk.press(Qt.Key.Key_Return)
    ready(desk, page)
    assert not page.again.isVisible() and page.look() and page.view.hasFocus()


def test_while_it_is_laid_out_it_can_be_left_and_nothing_stays(desk: Desk) -> None:
    page = opened(desk)
    page.what.setCurrentIndex(page.what.findData(papers.BOOK))
    assert not page.ready and "Laying out" in page.words.text()
    desk.press(Qt.Key.Key_Escape)
    assert desk.work.office.page is None
    assert page.paper is page.laid is None and page.view.leaves == () and page._job is None


# -- what leaves -------------------------------------------------------------------------------------------


def test_saved_it_is_the_file_that_is_recorded(desk: Desk, tmp_path: Path) -> None:
    page = opened(desk)
    assert "72" in words(page) and "72" in page.view.accessibleDescription()
    desk.press(Qt.Key.Key_S, CTRL)
    assert page.strip is not None and Path(page.strip.file.text()).name.endswith("-SCR-VS.pdf")
    page.strip.file.setText(str(tmp_path / "vs.pdf"))
    desk.press(Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: page.ready, timeout=20_000)
    data = (tmp_path / "vs.pdf").read_bytes()
    newest = prints(desk)[-1]
    assert newest["sha256"] == hashlib.sha256(data).hexdigest() and newest["what"] == "SCR.VS"
    assert [file.name for file in tmp_path.iterdir()] == ["vs.pdf"]


needs_poppler = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm is not installed")


@needs_poppler
@pytest.mark.requirement("P11-2")
def test_printed_it_is_the_page_of_the_screen_and_its_record_is_found(desk: Desk, tmp_path: Path) -> None:
    page, paper = opened(desk), tmp_path / "paper.pdf"
    page.ask_printer = lambda _parent, _pages: pdf_printer(paper)
    leaves = list(page.view.leaves)
    told: list[Text] = []
    page.said.connect(told.append)
    desk.press(Qt.Key.Key_P, CTRL)
    desk.qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    assert "sent to the printer" in told[0].en and page.ready
    for number, leaf in enumerate(leaves, start=1):
        most, mean = apart(leaf, in_pdf(paper, number, tmp_path))
        assert mean < 3.0 and most < 90, (number, most, mean)
    newest = prints(desk)[-1]
    found = pageproof.of_file(desk.session, str(newest["sha256"]))
    assert [list(one.codes) for one in found] == [newest["codes"]]
    assert str(newest["codes"][0]) in words(page)  # type: ignore[index]


def in_pdf(file: Path, page: int, folder: Path) -> QImage:
    command = ["pdftoppm", "-r", "60", "-gray", "-png", "-singlefile", "-f", str(page), str(file), "leaf"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return QImage(str(folder / "leaf.png")).convertToFormat(QImage.Format.Format_Grayscale8)


def on_screen(leaf: Leaf) -> QImage:
    wide, high = size_of(leaf)
    image = QImage(round(wide * 60 / 72), round(high * 60 / 72), QImage.Format.Format_Grayscale8)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.scale(60 / 72, 60 / 72)
    paint(painter, leaf)
    painter.end()
    return image


def apart(leaf: Leaf, paper: QImage) -> tuple[int, float]:
    """Greatest and mean difference of grey, of squares of 5 pixels."""
    screen = on_screen(leaf)
    assert abs(screen.width() - paper.width()) <= 1 and abs(screen.height() - paper.height()) <= 1
    size = screen.width() // 5, screen.height() // 5
    found = [abs(a - b) for a, b in zip(squares(screen, *size), squares(paper, *size), strict=True)]
    return max(found), sum(found) / len(found)


def squares(image: QImage, across: int, down: int) -> list[int]:
    small = image.scaled(
        across, down, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    ).convertToFormat(QImage.Format.Format_Grayscale8)
    return [v for y in range(down) for v in bytes(cast("memoryview", small.constScanLine(y)))[:across]]


@needs_poppler
def test_on_letter_paper_pages_stand_in_the_middle_and_are_not_scaled(
    qapp: QApplication, tmp_path: Path
) -> None:
    """A square of one inch at the middle of the leaf, upright and on its side; then on half the paper."""
    for size, expected in ((QPageSize.PageSizeId.Letter, 60), (QPageSize.PageSizeId.A6, 30)):
        file = tmp_path / f"{size.name}.pdf"
        open_press = Press(pdf_printer(file, size))
        for wide in (False, True):
            across, down = (841.89, 595.28) if wide else (595.28, 841.89)
            open_press.put(Leaf(wide, [Box(across / 2 - 36, down / 2 - 36, 72, 72, "", "#000000")]))
        open_press.end()
        for page in (1, 2):
            image = in_pdf(file, page, tmp_path)
            rows = [
                bytes(cast("memoryview", image.constScanLine(y)))[: image.width()]
                for y in range(image.height())
            ]
            dark = [[x for x, grey in enumerate(row) if grey < 128] for row in rows]
            left, right = min(row[0] for row in dark if row), max(row[-1] for row in dark if row) + 1
            inked = [y for y, row in enumerate(dark) if row]
            top, bottom = inked[0], inked[-1] + 1
            assert abs(right - left - expected) <= 2 and abs(bottom - top - expected) <= 2, (size, page)
            assert abs((left + right) - image.width()) <= 3 and abs((top + bottom) - image.height()) <= 3


def test_range_copies_and_order_are_the_dialogs(qapp: QApplication, tmp_path: Path) -> None:
    printer = pdf_printer(tmp_path / "x.pdf")
    assert press.chosen(printer, 4) == [0, 1, 2, 3]
    printer.setPrintRange(QPrinter.PrintRange.PageRange)
    printer.setFromTo(2, 3)
    assert press.chosen(printer, 4) == [1, 2]
    printer.setPageOrder(QPrinter.PageOrder.LastPageFirst)
    assert press.chosen(printer, 4) == [2, 1]
    printer.setPageOrder(QPrinter.PageOrder.FirstPageFirst)
    printer.setCopyCount(2)
    if not printer.supportsMultipleCopies():
        printer.setCollateCopies(True)
        assert press.chosen(printer, 4) == [1, 2, 1, 2]
        printer.setCollateCopies(False)
        assert press.chosen(printer, 4) == [1, 1, 2, 2]
    assert printer.docName() == "MDA5-CRF"


def test_a_print_that_is_cancelled_or_stopped_ends_at_its_next_page(qtbot: QtBot, tmp_path: Path) -> None:
    desk_of: list[object] = []
    leaves = [Leaf(False, [Words(60, 80, "1", BOLD, 12, "#000000")])] * 3
    window = SheetsView(None, lambda _leaf: "")  # type: ignore[arg-type]
    qtbot.addWidget(window)
    run = PrintRun(window, Press(pdf_printer(tmp_path / "a.pdf")), leaves, desk_of.append, desk_of.append)
    run.progressed.connect(lambda done, _total: run.cancel() if done == 2 else None)
    assert run.running and not run.cancelled
    qtbot.waitUntil(lambda: bool(desk_of), timeout=5000)
    assert type(desk_of[0]).__name__ == "Cancelled"
    other = PrintRun(window, Press(pdf_printer(tmp_path / "b.pdf")), leaves, desk_of.append, desk_of.append)
    other.stop()
    other.wait()
    qtbot.waitUntil(lambda: not isValid(other), timeout=5000)
    assert len(desk_of) == 1


# -- looking -----------------------------------------------------------------------------------------------


def test_keys_of_the_preview(desk: Desk) -> None:
    page = opened(desk)
    assert page.view.hasFocus() and page.view.accessibleName() == f"Pages: 1 of {len(page.view.leaves)}"
    size = QApplication.font().pointSizeF()
    first = page.view.scale_of(0)
    desk.press(Qt.Key.Key_Plus, CTRL)
    assert page.view.scale_of(0) > first and QApplication.font().pointSizeF() == size
    desk.press(Qt.Key.Key_Minus, CTRL, times=9)
    assert page.zoom.currentText() == "50 %"
    desk.press(Qt.Key.Key_0, CTRL)
    assert page.view.zoom == FIT_WIDTH and abs(page.view.scale_of(0) - first) < 0.05
    page.zoom.setCurrentIndex(page.zoom.findData(FIT_PAGE))
    high = size_of(page.view.leaves[0])[1] * page.view.scale_of(0)
    assert high <= page.view.viewport().height()
    desk.press(Qt.Key.Key_F, CTRL)
    desk.type("PULSE")
    assert page.search.hasFocus() and page.view.hits and page.found.text().startswith("1 of ")
    count = len(page.view.hits)
    desk.press(Qt.Key.Key_F4)
    assert page.view.hit == 1 % count
    desk.press(Qt.Key.Key_F4, SHIFT)
    assert page.view.hit == 0
    desk.type("xyz")
    assert page.found.text() == "Not on these pages" and page.view.hits == []
    desk.press(Qt.Key.Key_G, CTRL)
    assert page.number.hasFocus()
    desk.type("99").press(Qt.Key.Key_Return)
    assert page.view.page == len(page.view.leaves) - 1 and page.view.hasFocus()
    desk.press(Qt.Key.Key_Home, CTRL)
    assert page.view.page == 0 and page.number.text() == "1"
    desk.press(Qt.Key.Key_G, CTRL).type("x").press(Qt.Key.Key_Return)
    assert page.number.text() == "1"


def test_the_window_changes_its_language_and_the_pages_keep_theirs(desk: Desk) -> None:
    page = opened(desk)
    before = words(page)
    desk.window.switch_language()
    try:
        assert page.save.text() == "保存 PDF…" and page.what.currentText() == "本表单"
        assert (
            words(page) == before
            and "Vital signs" in before
            and page.view.accessibleName().startswith("页面")
        )
        page.tongue.setCurrentIndex(1)
        ready(desk, page)
        assert "生命体征" in words(page)
    finally:
        page.tongue.setCurrentIndex(0)
        desk.window.switch_language()


def test_blank_pages_say_nothing_of_a_participant_and_are_not_recorded(desk: Desk, tmp_path: Path) -> None:
    page, before = opened(desk), len(prints(desk))
    page.blank.setChecked(True)
    ready(desk, page)
    number = desk.session.subjects()[-1].subjid
    assert number not in words(page) and "No print is recorded" in page.words.text()
    assert not page.as_of.isEnabled() and not page.audit.isEnabled()
    page._save_as(tmp_path / "blank.pdf")
    desk.qtbot.waitUntil(lambda: page.ready and (tmp_path / "blank.pdf").exists(), timeout=20_000)
    assert len(prints(desk)) == before
    page.what.setCurrentIndex(page.what.findData(papers.VISIT))
    ready(desk, page)
    assert "Informed consent" in words(page)


def test_the_visit_and_the_changes(desk: Desk) -> None:
    opened(desk)
    desk.press(Qt.Key.Key_Escape)
    desk.press(Qt.Key.Key_P, CTRL | SHIFT)
    page = desk.work.office.page
    assert isinstance(page, PreviewPage) and page.what.currentData() == papers.VISIT
    ready(desk, page)
    plain = len(words(page))
    page.audit.setChecked(True)
    ready(desk, page)
    assert "Changes after first entry" in words(page) and len(words(page)) > plain
    page.what.setCurrentIndex(page.what.findData(papers.BOOK))
    ready(desk, page)
    assert "Audit trail" in words(page)


def test_a_link_leads_to_its_page_and_many_pages_cost_nothing(qtbot: QtBot, qapp: QApplication) -> None:
    prepared(qapp)
    first = Leaf(False, [Jump(50, 50, 200, 20, "here"), Words(50, 60, "Contents", BOLD, 12, "#000000")])
    rest = [Leaf(n % 7 == 0, [Words(60, 80, f"Page {n}", BOLD, 12, "#000000")]) for n in range(2, 301)]
    goal = Leaf(False, [Goal(0, 400, "here")])
    view = SheetsView(None, lambda leaf: str(len(leaf.inks)))  # type: ignore[arg-type]
    qtbot.addWidget(view)
    view.resize(700, 500)
    view.show()
    view.show_leaves([first, *rest, goal])
    view.grab()
    assert len(view._kept) <= 2, "only what is in sight is painted"
    place = view._place(0).topLeft() + QPointF(60, 55) * view.scale_of(0)
    QTest.mouseMove(view.viewport(), place.toPoint())
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert view.page == 300
    for key, page in ((Qt.Key.Key_Home, 0), (Qt.Key.Key_End, 300)):
        QTest.keyClick(view, key)
        assert view.page == page
    for _ in range(3):
        QTest.keyClick(view, Qt.Key.Key_Space, SHIFT)
    assert view.page < 300
    assert view.look_for("page 250") == 1
    view.show_hit(0)
    assert view.page == 249
    view.set_zoom(300)
    view.grab()
    assert view.page == 249 and view.horizontalScrollBar().maximum() > 0
    view.show_leaves(())
    assert not view._kept and view.accessibleDescription() == ""


def test_documents_about_the_definition(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.window.run("documents")
    page = desk.work.office.page
    assert isinstance(page, PaperPage)
    page.what.setCurrentIndex(page.what.findData(papers.GUIDELINE))
    ready(desk, page)
    assert "No print is recorded" in page.words.text() and page.paper is not None
    assert page.paper.stem == "nct04966884-completion-guideline-en" and page.look()
    names = {}
    for what in papers.OF_STUDY:
        paper = papers.of_study(desk.session, what, "both")
        assert paper.record is None
        names[what] = paper.stem
    assert len(set(names.values())) == 5 and names[papers.ACRF] == "acrf"
    before = desk.work.office.command
    monkeypatch.setattr(type(desk.session), "may", lambda _session, _action: False)
    desk.work._allow()
    allowed = {name for name, action in desk.window.commands.actions.items() if action.isEnabled()}
    assert before == "documents" and not {"documents", "print_many", "casebook"} & allowed


def test_a_reading_of_a_repeating_form_is_previewed_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted: list[object] = []

    class Asked:
        def form_label(self, _key: ItemKey) -> str:
            return "RD#2"

    def gather(
        _s: object, _p: str, event: str, forms: object, _t: str, *, repeat: str, **_more: object
    ) -> None:
        wanted.append((event, forms, repeat))
        raise InputRefused("preview.no_pages")

    monkeypatch.setattr("mda5_crf.jobs.pages.gather", gather)
    place = ItemKey("s", "UNS", "e1", "RD", "r2")
    with pytest.raises(InputRefused):
        papers.of_place(cast("Session", Asked()), place, papers.Wish(papers.FORM, "en"))
    assert wanted == [("UNS", ["RD#2"], "e1")]


# -- last: locking closes every other window of the program


def test_the_vault_is_locked_and_the_pages_are_gone(desk: Desk, tmp_path: Path) -> None:
    page, window, vault = opened(desk), desk.window, desk.session.vault.folder
    before = len(prints(desk))
    assert leaves_in_memory()

    def locked_meanwhile(_parent: object, _pages: int) -> QPrinter:
        window.lock("idle")
        return pdf_printer(tmp_path / "late.pdf")

    page.ask_printer = locked_meanwhile
    page.send()
    del page
    desk.qtbot.waitUntil(lambda: window.work is None, timeout=20_000)
    settle()
    gc.collect()
    assert window.locked and not leaves_in_memory() and not (tmp_path / "late.pdf").exists()
    with Session.open(vault, LOGIN, PASSWORD) as session:
        assert len(list(session.vault.journal.records(kinds=("print",)))) == before


def leaves_in_memory() -> list[object]:
    return [one for one in gc.get_objects() if type(one) is Leaf]
