"""The page that checks printed pages, and pages drawn on screen against the same pages in the PDF."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mda5_crf.jobs import checking, pages
from mda5_crf.jobs.pages import Order
from mda5_crf.pdf.draw import Leaf, render
from mda5_crf.pdf.fonts import BOLD, REGULAR
from mda5_crf.pdf.ink import Box, Rule, Shape, Words
from mda5_crf.pdf.qr import picture
from mda5_crf.ui.check_page import CheckPage
from mda5_crf.ui.dropping import Dropping
from mda5_crf.ui.language import set_language
from mda5_crf.ui.leaf_painter import paint, size_of
from mda5_crf.ui.main_window import MainWindow
from tests.gui.shell_driver import Desk, at_desk, prepared, put_away, settle
from tests.scenario import Ward
from tests.wards import built, session_at

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Desk]:
    prepared(qapp)
    folder = Path(shutil.copytree(built(), tmp_path / "ward.mda5"))
    window = MainWindow(str(folder))
    with session_at(folder) as session:
        Ward(session).enrol().open("BL", "VS").enter("VSPERF", "Y").enter("SYSBP_VSORRES", "128")
        window.enter(session)
        window.resize(1093, 614)
        yield at_desk(qtbot, window)
        prepared(qapp)
        put_away(window)


def print_vs(desk: Desk, file: Path) -> Order:
    session = desk.session
    order = pages.gather(session, session.subjects()[0].identity, "BL", ["VS"], "both")
    printed = pages.draw(order)
    pages.record(session, order, printed)
    file.write_bytes(printed.data)
    return order


def opened(desk: Desk) -> CheckPage:
    desk.window.run("check_page")
    settle()
    page = desk.work.office.page
    assert isinstance(page, CheckPage)
    return page


def done(desk: Desk, page: CheckPage) -> str:
    desk.qtbot.waitUntil(lambda: page._job is None, timeout=30_000)
    settle()
    return page.verdict.text()


@pytest.mark.requirement("FDA-1")
def test_a_code_typed_shows_the_genuine_page(desk: Desk, tmp_path: Path) -> None:
    order = print_vs(desk, tmp_path / "vs.pdf")
    assert order.proving is not None
    page = opened(desk)
    assert page.code.hasFocus()
    desk.type("7K3M").press(Qt.Key.Key_Return)
    assert "20 letters" in done(desk, page) and page.leaf.sheet.leaf is None
    page.code.setText(order.proving.proofs.pages[0].code)
    desk.press(Qt.Key.Key_Return)
    assert done(desk, page).startswith("Genuine and current") and not desk.work.busy
    assert page.leaf.sheet.leaf is not None and "128" in page.leaf.accessibleDescription()
    assert page.leaf.hasFocus() and not page.pages.isVisible() and page.sign.pixmap().width() > 0
    set_language("zh")
    desk.window.retranslate()
    assert "真实且为最新" in page.verdict.text() and page.leaf.accessibleName() == "原页"
    set_language("en")
    desk.press(Qt.Key.Key_Escape)
    assert desk.work.office.page is None


def test_a_file_is_dropped_only_where_it_is_wanted(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "vs.pdf"
    print_vs(desk, file)
    altered = tmp_path / "altered.pdf"
    altered.write_bytes(file.read_bytes() + b"\n")
    assert not drop(desk, altered)  # on the matrix
    page = opened(desk)
    assert drop(desk, altered)
    assert done(desk, page).startswith("Altered") and page.pages.isVisible()
    assert "appended" in page.rest.text() or "written anew" in page.rest.text()
    page.pages.setCurrentIndex(1)
    assert "page 2 as it was printed" in page.rest.text()
    assert drop(desk, file)
    assert done(desk, page).startswith("Genuine and current")
    page.stop()
    assert page.leaf.sheet.leaf is None and page.leaf.accessibleDescription() == ""


def drop(desk: Desk, file: Path) -> bool:
    """Whether the window has taken it."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file))])
    desk.qtbot.waitUntil(lambda: desk.window.findChild(Dropping) is not None, timeout=5000)
    middle, copy = desk.window.rect().center(), Qt.DropAction.CopyAction
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(middle, copy, mime, button, none)
    QApplication.sendEvent(desk.window.windowHandle(), entering)
    if not entering.isAccepted():
        return False
    QApplication.sendEvent(desk.window.windowHandle(), QDropEvent(QPointF(middle), copy, mime, button, none))
    settle()
    return True


# -- the painter ---------------------------------------------------------------------------------------------

DPI = 100


def on_screen(leaf: Leaf) -> QImage:
    wide, high = size_of(leaf)
    image = QImage(round(wide * DPI / 72), round(high * DPI / 72), QImage.Format.Format_Grayscale8)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.scale(DPI / 72, DPI / 72)
    paint(painter, leaf)
    painter.end()
    return image


def in_pdf(data: bytes, folder: Path) -> QImage:
    (folder / "leaf.pdf").write_bytes(data)
    command = ["pdftoppm", "-r", str(DPI), "-gray", "-png", "-singlefile", "leaf.pdf", "leaf"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return QImage(str(folder / "leaf.png")).convertToFormat(QImage.Format.Format_Grayscale8)


def blocks(image: QImage, across: int, down: int) -> list[int]:
    """Mean darkness of small squares: what differs by anti-aliasing alone differs little."""
    small = image.scaled(
        across, down, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    ).convertToFormat(QImage.Format.Format_Grayscale8)
    return [
        value for y in range(down) for value in bytes(cast("memoryview", small.constScanLine(y)))[:across]
    ]


def differs(leaf: Leaf, data: bytes, folder: Path) -> tuple[int, float]:
    """Greatest and mean difference of grey, of squares of 5 pixels."""
    screen, paper = on_screen(leaf), in_pdf(data, folder)
    assert abs(screen.width() - paper.width()) <= 1 and abs(screen.height() - paper.height()) <= 1
    size = screen.width() // 5, screen.height() // 5
    apart = [abs(a - b) for a, b in zip(blocks(screen, *size), blocks(paper, *size), strict=True)]
    return max(apart), sum(apart) / len(apart)


needs_poppler = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm is not installed")


@needs_poppler
def test_a_page_on_screen_is_the_page_in_the_pdf(desk: Desk, tmp_path: Path) -> None:
    order = print_vs(desk, tmp_path / "vs.pdf")
    assert order.proving is not None
    checked = checking.check_code(desk.session, order.proving.proofs.pages[0].code)
    leaf = checked.pages[0].leaf
    assert leaf is not None and checked.data is not None
    most, mean = differs(leaf, checked.data, tmp_path)
    assert mean < 3.0 and most < 80, (most, mean)
    other = Leaf(leaf.wide, [one for one in leaf.inks if getattr(one, "text", "") != "128"])
    assert differs(other, checked.data, tmp_path)[0] >= 40, "one number less must be seen by this test"


@needs_poppler
@pytest.mark.parametrize("wide", [False, True])
def test_every_ink_is_drawn_alike(wide: bool, tmp_path: Path, qapp: QApplication) -> None:
    leaf = Leaf(
        wide,
        [
            Words(60, 80, "Ferritin 铁蛋白 10⁹/L ☑ 囧 嘦", BOLD, 18, "#212b32"),
            Words(60, 110, "µmol/L ≥ 5.5", REGULAR, 14, "#b3201a"),
            Box(60, 130, 120, 40, "#212b32", "#e4e9ec"),
            Box(200, 130, 60, 40, "", "#5b2d8e"),
            Rule(60, 190, 400, 190, "#212b32", 2.0),
            Shape(((60.0, 300.0), (120.0, 220.0), (200.0, 280.0)), "#0b4f9e", "", 2.0, closed=False),
            Shape(((220.0, 300.0), (280.0, 220.0), (340.0, 300.0)), "#212b32", "#e4e9ec", 1.0, closed=True),
            Shape(((360.0, 300.0), (480.0, 220.0)), "#212b32", "", 3.0, closed=False, dash=(9.0, 6.0)),
            picture("MDA5P1" + "7" * 196, 60, 330, 140),
        ],
        watermark=("DEMO 演示", "Not for use"),
    )
    data = render([leaf], title="t", subject="s", author="a", locale="en-GB")
    most, mean = differs(leaf, data, tmp_path)
    assert mean < 1.6 and most < 70, (most, mean)
