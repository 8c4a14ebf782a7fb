"""One recovery sheet on screen and on paper: its words never pass through a file."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from mda5_crf.services.recovery import SheetPage
from mda5_crf.text import both
from mda5_crf.ui.language import language, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.spoken import Spoken, name
from mda5_crf.ui.theme import Tone, em, paper

ACROSS: Final = 6
ON_PAPER: Final = 3
# Printers that make a file of what they are given.
_FILES: Final = ("pdf", "xps", "onenote", "fax", "ps", "file", "image")


class SheetView(Spoken, QWidget):
    """The facts of a sheet above its numbered words. :meth:`clear` it before anybody else looks."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        paper(self)
        self._page: SheetPage | None = None
        self._facts = MessageLabel(self)
        self._grid = QGridLayout()
        self._words: list[QLabel] = []
        self._box = QVBoxLayout(self)
        self._box.addWidget(self._facts)
        self._box.addLayout(self._grid)
        self.rescale()

    def show_page(self, page: SheetPage) -> None:
        """Show this sheet."""
        self.clear()
        self._page = page
        down = -(-len(page.words) // ACROSS)
        for place, word in enumerate(page.words):
            label = QLabel(f"{place + 1:>2}  {word}", self)
            label.setTextFormat(Qt.TextFormat.PlainText)
            name(label, f"{place + 1} {word}")
            self._words.append(label)
            self._grid.addWidget(label, place % down, place // down)
        self.retranslate()
        self.rescale()

    def clear(self) -> None:
        """Nothing of the sheet stays."""
        self._page = None
        for label in self._words:
            label.clear()
            label.deleteLater()
        self._words.clear()
        self._facts.say("", Tone.QUIET)

    @property
    def words(self) -> tuple[str, ...]:
        """What is on screen."""
        return tuple(label.text().split()[-1] for label in self._words)

    def retranslate(self) -> None:
        """Speak the window's language."""
        if self._page is not None:
            self._facts.say("\n".join(speak(line) for line in self._page.lines()[:3]), Tone.QUIET)

    def rescale(self) -> None:
        """Distances from the type size; the words a little larger than the rest."""
        unit = em(self)
        self._box.setContentsMargins(unit, unit, unit, unit)
        self._box.setSpacing(unit // 2)
        self._grid.setHorizontalSpacing(unit)
        self._grid.setVerticalSpacing(unit // 5)
        font = QFont(self.font())
        font.setPointSizeF(self.font().pointSizeF() * 1.1)
        for label in self._words:
            label.setFont(font)


def printers() -> tuple[str, ...]:
    """The printers of this PC that put ink on paper."""
    from PySide6.QtPrintSupport import QPrinterInfo

    return tuple(one for one in QPrinterInfo.availablePrinterNames() if not makes_files(one))


def makes_files(printer: str) -> bool:
    """Whether a printer of that name writes a file instead of a page."""
    words = printer.casefold().replace("-", " ").replace("_", " ").split()
    return any(word.startswith(mark) for word in words for mark in _FILES)


def print_sheet(page: SheetPage, printer: str) -> bool:
    """Print the sheet in both languages, straight to the printer; False when it does not take it."""
    from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

    info = QPrinterInfo.printerInfo(printer)
    if info.isNull() or makes_files(printer):
        return False
    target = QPrinter(info, QPrinter.PrinterMode.HighResolution)
    target.setDocName(speak(both("MDA5-CRF")))
    painter = QPainter()
    if not painter.begin(target):
        return False
    draw_sheet(painter, page, QRectF(target.pageRect(QPrinter.Unit.DevicePixel)))
    return painter.end()


def draw_sheet(painter: QPainter, page: SheetPage, area: QRectF) -> None:
    """The sheet in both languages, drawn within ``area``."""
    unit = area.width() / 42
    font = QFont(painter.font())
    left, top, room = area.left() + 2 * unit, area.top() + 2 * unit, area.width() - 4 * unit
    for place, line in enumerate(page.lines()):
        for text in dict.fromkeys((line.en, line.zh) if language() == "en" else (line.zh, line.en)):
            font.setPixelSize(max(1, int(unit * (1.4 if place == 0 else 0.95))))
            font.setBold(place == 0)
            painter.setFont(font)
            box = QRectF(left, top, room, 6 * unit)
            drawn = painter.boundingRect(box, int(Qt.TextFlag.TextWordWrap), text)
            painter.drawText(box, int(Qt.TextFlag.TextWordWrap), text)
            top += drawn.height() + 0.3 * unit
        top += 0.4 * unit
    font.setBold(False)
    font.setPixelSize(max(1, int(unit * 1.15)))
    painter.setFont(font)
    down = -(-len(page.words) // ON_PAPER)
    for place, word in enumerate(page.words):
        across = left + (place // down) * room / ON_PAPER
        line_top = top + unit + (place % down) * 2 * unit
        painter.drawText(QRectF(across, line_top, room / ON_PAPER, 2 * unit), 0, f"{place + 1}.  {word}")
