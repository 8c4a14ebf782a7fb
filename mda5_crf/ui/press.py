"""Pages on a printer: the system's one dialog, then leaf by leaf with the painter of the screen.

What a printer gets are lines and shapes at its own resolution, on A4 and Letter unscaled (the pages keep
their margins on both), on anything smaller scaled down. The name of the job is the program's: others read a
queue.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QPageLayout, QPainter
from PySide6.QtWidgets import QDialog, QWidget

from mda5_crf.errors import Cancelled, CrfError, InputRefused, StoreError
from mda5_crf.pdf.draw import Leaf
from mda5_crf.pdf.layout import A4, ENDS, LETTER
from mda5_crf.ui.leaf_painter import paint, size_of
from mda5_crf.ui.worker import Job

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

JOB_NAME = "MDA5-CRF"
_BARE = A4[1] - LETTER[1]
"""What both short ends of a leaf may lose together: white margin. See ``pdf.layout.ENDS``."""
assert 2 * ENDS > _BARE


def ask_printer(parent: QWidget, pages: int) -> QPrinter | None:
    """Ask which printer, which pages and how many copies; None when it was cancelled.

    Printing to a file is not offered there: that is saved as a PDF, with its warning. Raises InputRefused: no
    printer is installed.
    """
    # Imported with the first print: nothing of it is needed to start.
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo

    if not QPrinterInfo.availablePrinterNames():
        raise InputRefused("preview.no_printer")
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    prepare(printer)
    printer.setFromTo(1, pages)
    dialog = QPrintDialog(printer, parent)
    dialog.setOption(QPrintDialog.PrintDialogOption.PrintToFile, on=False)
    dialog.setOption(QPrintDialog.PrintDialogOption.PrintPageRange, on=True)
    dialog.setMinMax(1, pages)
    return printer if dialog.exec() == QDialog.DialogCode.Accepted else None


def prepare(printer: QPrinter) -> None:
    """Names the job, and measures from the edges of the sheet."""
    printer.setDocName(JOB_NAME)
    printer.setCreator(JOB_NAME)
    printer.setFullPage(True)


def chosen(printer: QPrinter, count: int) -> list[int]:
    """The pages that are wanted of ``count``, from 0, in the order and as often as they are to be printed."""
    wanted = list(range(count))
    if printer.printRange() == printer.PrintRange.PageRange:
        ranges = printer.pageRanges()
        first, last = printer.fromPage() or 1, printer.toPage() or count
        if ranges.isEmpty():
            wanted = [page for page in wanted if first <= page + 1 <= last]
        else:
            wanted = [page for page in wanted if ranges.contains(page + 1)]
    if printer.pageOrder() == printer.PageOrder.LastPageFirst:
        wanted.reverse()
    times = 1 if printer.supportsMultipleCopies() else max(printer.copyCount(), 1)
    if printer.collateCopies():
        return wanted * times
    return [page for page in wanted for _ in range(times)]


class Press:
    """One job of a printer."""

    def __init__(self, printer: QPrinter) -> None:
        self._painter = QPainter()  # before the printer: it must also go before it
        self.printer = printer

    def put(self, leaf: Leaf) -> None:
        """Print one more page. Raises StoreError: the printer takes nothing."""
        printer, painter = self.printer, self._painter
        way = QPageLayout.Orientation.Landscape if leaf.wide else QPageLayout.Orientation.Portrait
        printer.setPageOrientation(way)
        went_on = printer.newPage() if painter.isActive() else painter.begin(printer)
        if not went_on or printer.printerState() in (
            printer.PrinterState.Error,
            printer.PrinterState.Aborted,
        ):
            raise StoreError("preview.printer_failed")
        painter.save()
        paper = printer.pageLayout().fullRectPoints()
        points = printer.resolution() / 72
        painter.scale(points, points)
        across, down, (wide, high) = float(paper.width()), float(paper.height()), size_of(leaf)
        if (across > down) != leaf.wide:  # a printer that will not turn its paper: the page is turned
            painter.translate(0.0, down)
            painter.rotate(-90.0)
            across, down = down, across
        needed = (wide - _BARE, high) if leaf.wide else (wide, high - _BARE)
        # Half a millimetre: drivers give their paper in whole points.
        scale = min(1.0, (across + 1.5) / needed[0], (down + 1.5) / needed[1])
        painter.translate((across - wide * scale) / 2, (down - high * scale) / 2)
        painter.scale(scale, scale)
        paint(painter, leaf)
        painter.restore()

    def end(self) -> None:
        """All pages are there: the job goes to the printer."""
        if self._painter.isActive():
            self._painter.end()

    def abort(self) -> None:
        """Give the job up."""
        if self._painter.isActive():
            self.printer.abort()
            self._painter.end()

    def __del__(self) -> None:
        """A job that nobody ended is none: a printer must not go while it is painted on."""
        self.abort()


class PrintRun(Job):
    """Prints leaves between two keystrokes, one at a time, as a job that can be watched and cancelled.

    The job of the printer stays open: ``done`` (with the number of pages), or ``failed``, ends it or goes on.
    """

    def __init__(
        self,
        parent: QObject,
        press: Press,
        leaves: Sequence[Leaf],
        done: Callable[[int], None],
        failed: Callable[[CrfError], None],
    ) -> None:
        QObject.__init__(self, parent)  # no thread: a printer's driver wants the one of the window
        self.put = 0
        """Pages that were printed."""
        self._press = press
        self._leaves = leaves
        self._done = cast("Callable[[Any], None]", done)
        self._failed = failed
        self._stop = self._cancel = self._ended = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._next)
        self._timer.start(0)

    def wait(self) -> None:
        """Nothing runs beside the window."""

    @property
    def running(self) -> bool:
        """Whether the work goes on."""
        return not self._ended

    def _next(self) -> None:
        if self._stop:
            self._press.abort()
            self._close()
        elif self._cancel:
            self._close()
            self._failed(Cancelled())
        elif self.put == len(self._leaves):
            self._close()
            self._done(self.put)
        else:
            try:
                self._press.put(self._leaves[self.put])
            except CrfError as problem:
                self._close()
                self._failed(problem)
                return
            self.put += 1
            self.progressed.emit(self.put, len(self._leaves))

    def _close(self) -> None:
        self._ended = True
        self._timer.stop()
        self._leaves = ()
        self.ended.emit()
        self.deleteLater()
