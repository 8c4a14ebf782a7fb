"""Printed pages one below the other: only those in sight are painted, and the next ones while nobody waits.

Zoom by fit or in per cent of the paper's size; words that were looked for are marked on the page; a link of
the contents leads to its place. The page in sight is what a screen reader is told, with all its words.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from mda5_crf.pdf.draw import Leaf
from mda5_crf.pdf.fonts import width
from mda5_crf.pdf.ink import Goal, Jump, Words
from mda5_crf.ui.leaf_painter import paint, size_of
from mda5_crf.ui.spoken import Spoken
from mda5_crf.ui.theme import FOCUS, TEXT, em, ink

FIT_WIDTH, FIT_PAGE = 0, -1
"""Zooms that are no percentage."""
ZOOMS = (50, 75, 100, 125, 150, 200, 300)
"""Percentages of the paper's own size."""
_MOST_PIXELS = 24_000_000
"""Of all pages kept painted: about 96 MB."""


class Hit(NamedTuple):
    """Where words that were looked for stand: page from 0, rectangle in points."""

    page: int
    place: QRectF


class SheetsView(Spoken, QAbstractScrollArea):
    """See the module text."""

    page_changed = Signal(int)
    """The page in sight, from 0."""

    def __init__(self, parent: QWidget, describe: Callable[[Leaf], str]) -> None:
        super().__init__(parent)
        self.leaves: Sequence[Leaf] = ()
        self.zoom = FIT_WIDTH
        self.page = 0
        self.hits: Sequence[Hit] = ()
        self.hit = -1
        """Which of the hits is meant, -1 for none."""
        self._describe = describe
        self._tops: list[int] = [0]
        self._sizes: list[QSize] = []
        self._kept: OrderedDict[int, QPixmap] = OrderedDict()
        self._ahead = QTimer(self)
        self._ahead.setSingleShot(True)
        self._ahead.setInterval(30)
        self._ahead.timeout.connect(self._paint_ahead)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setBackgroundRole(self.palette().ColorRole.Window)
        self.viewport().setMouseTracking(True)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.rescale()

    # -- what is shown

    def show_leaves(self, leaves: Sequence[Leaf]) -> None:
        """Show a document from its first page; none shows nothing, and nothing of the last one is kept."""
        self.leaves = leaves
        self.hits, self.hit = (), -1
        self._forget()
        self._fit()
        self.verticalScrollBar().setValue(0)
        self.page = 0
        self._told()

    def set_zoom(self, zoom: int) -> None:
        """FIT_WIDTH, FIT_PAGE, or per cent; what is in sight stays in sight."""
        if zoom == self.zoom:
            return
        self.zoom = zoom
        self._fit_again()

    def zoom_by(self, step: int) -> int:
        """The next percentage up (1) or down (-1) from what is seen now; 0: fit the width. The new zoom."""
        if step == 0:
            self.set_zoom(FIT_WIDTH)
            return FIT_WIDTH
        now = self.scale_of(self.page) * 100 / self._natural() if self.leaves else 100.0
        above = [zoom for zoom in ZOOMS if zoom > now * 1.01]
        below = [zoom for zoom in ZOOMS if zoom < now * 0.99]
        self.set_zoom((above[0] if above else ZOOMS[-1]) if step > 0 else (below[-1] if below else ZOOMS[0]))
        return self.zoom

    def go_to(self, page: int, down: float = 0.0) -> None:
        """Bring page ``page`` (from 0, or the nearest) to the top, ``down`` points below its edge."""
        if not self.leaves:
            return
        page = min(max(page, 0), len(self.leaves) - 1)
        self.verticalScrollBar().setValue(self._tops[page] + round(down * self.scale_of(page)))
        self._looked(page)

    def show_hit(self, number: int) -> None:
        """Bring a hit into sight and mark it."""
        self.hit = number
        one = self.hits[number]
        room = self.viewport().height() / self.scale_of(one.page)
        self.go_to(one.page, max(one.place.top() - room / 3, 0.0))
        bar, scale = self.horizontalScrollBar(), self.scale_of(one.page)
        if bar.maximum():
            bar.setValue(round(one.place.center().x() * scale - self.viewport().width() / 2))
        self._looked(one.page)
        self.viewport().update()

    def look_for(self, words: str) -> int:
        """Mark ``words`` wherever they stand, in whatever case; how many places."""
        wanted = words.strip().lower()
        self.hits, self.hit = (), -1
        if wanted:
            self.hits = [
                Hit(n, place) for n, leaf in enumerate(self.leaves) for place in _found(leaf, wanted)
            ]
        self.viewport().update()
        return len(self.hits)

    # -- measures

    def scale_of(self, page: int) -> float:
        """Pixels of a point on ``page``."""
        wide, high = size_of(self.leaves[page])
        gap = 2 * self._gap()
        across = max((self.viewport().width() - gap) / wide, 0.2)
        if self.zoom == FIT_WIDTH:
            return across
        if self.zoom == FIT_PAGE:
            return min(across, max((self.viewport().height() - gap) / high, 0.2))
        return self.zoom / 100 * self._natural()

    def _natural(self) -> float:
        return self.logicalDpiX() / 72

    def _gap(self) -> int:
        return em(self) // 2

    def _fit(self) -> None:
        self._sizes = []
        for page, leaf in enumerate(self.leaves):
            scale, (wide, high) = self.scale_of(page), size_of(leaf)
            self._sizes.append(QSize(round(wide * scale), round(high * scale)))
        gap = self._gap()
        self._tops = list(accumulate((size.height() + gap for size in self._sizes), initial=gap))
        view = self.viewport().size()
        across = max((size.width() for size in self._sizes), default=0) + 2 * gap
        for bar, whole, seen in (
            (self.verticalScrollBar(), self._tops[-1] if self._sizes else 0, view.height()),
            (self.horizontalScrollBar(), across, view.width()),
        ):
            bar.setPageStep(seen)
            bar.setSingleStep(2 * em(self))
            bar.setRange(0, max(whole - seen, 0))
        self.viewport().update()

    def _fit_again(self) -> None:
        """New measures; the same place of the same page at the top as before."""
        place = 0.0
        if self._sizes:
            above = self.verticalScrollBar().value() - self._tops[self.page]
            place = above / max(self._sizes[self.page].height(), 1)
        page = self.page
        self._forget()
        self._fit()
        if self._sizes:
            down = round(place * self._sizes[page].height())
            self.verticalScrollBar().setValue(self._tops[page] + down)
            self._looked(page)

    def _forget(self) -> None:
        self._ahead.stop()
        self._kept.clear()

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """The pages in sight, white whatever the colours of the window: it is paper."""
        painter = QPainter(self.viewport())
        for page in self._in_sight():
            place = self._place(page)
            if place.intersects(QRectF(event.rect())):
                painter.drawPixmap(place.topLeft(), self._painted(page))
                self._mark(painter, page, place)
        if self.hasFocus():
            painter.setPen(QPen(ink(TEXT), 2))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))
        painter.end()
        if self.leaves:
            self._ahead.start()

    def _in_sight(self) -> range:
        if not self._sizes:
            return range(0)
        top = self.verticalScrollBar().value()
        first = max(bisect_right(self._tops, top) - 1, 0)
        last = bisect_right(self._tops, top + self.viewport().height())
        return range(min(first, len(self._sizes) - 1), min(last, len(self._sizes)))

    def _place(self, page: int) -> QRectF:
        """Where a page lies in the viewport."""
        size, view = self._sizes[page], self.viewport().width()
        bar = self.horizontalScrollBar()
        left = self._gap() - bar.value() if bar.maximum() else 0
        widest = max(one.width() for one in self._sizes[page : page + 1])
        across = (view - widest) / 2 if not bar.maximum() else left + (self._widest() - widest) / 2
        return QRectF(
            round(across), self._tops[page] - self.verticalScrollBar().value(), size.width(), size.height()
        )

    def _widest(self) -> int:
        return self.horizontalScrollBar().maximum() + self.viewport().width() - 2 * self._gap()

    def _painted(self, page: int) -> QPixmap:
        if page in self._kept:
            self._kept.move_to_end(page)
            return self._kept[page]
        ratio, size = self.devicePixelRatioF(), self._sizes[page]
        made = QPixmap(round(size.width() * ratio), round(size.height() * ratio))
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.white)
        painter = QPainter(made)
        scale = self.scale_of(page)
        painter.scale(scale, scale)
        paint(painter, self.leaves[page])
        painter.end()
        self._kept[page] = made
        while len(self._kept) > 1 and sum(p.width() * p.height() for p in self._kept.values()) > _MOST_PIXELS:
            self._kept.popitem(last=False)
        return made

    def _paint_ahead(self) -> None:
        """One page that is not in sight yet, while nothing else is to be done."""
        seen = self._in_sight()
        if not seen:
            return
        room = _MOST_PIXELS // 2
        for page in (seen.stop, seen.start - 1):
            size = self._sizes[page] if 0 <= page < len(self._sizes) else QSize()
            if (
                0 <= page < len(self._sizes)
                and page not in self._kept
                and size.width() * size.height() < room
            ):
                self._painted(page)
                self._ahead.start()
                return

    def _mark(self, painter: QPainter, page: int, place: QRectF) -> None:
        """The words that were looked for: a tint, and an edge round the one that is meant."""
        scale = self.scale_of(page)
        for number, hit in enumerate(self.hits):
            if hit.page != page:
                continue
            where = QRectF(
                place.left() + hit.place.left() * scale, place.top() + hit.place.top() * scale,
                hit.place.width() * scale, hit.place.height() * scale,
            )  # fmt: skip
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)  # words stay dark
            painter.fillRect(where, QColor(FOCUS))
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
            if number == self.hit:
                painter.setPen(QPen(QColor(TEXT), 2))
                painter.drawRect(where.adjusted(-2, -2, 2, 2))

    # -- moving

    def _scrolled(self) -> None:
        self.viewport().update()
        if self._sizes:
            third = self.verticalScrollBar().value() + self.viewport().height() // 3
            self._looked(min(max(bisect_right(self._tops, third) - 1, 0), len(self._sizes) - 1))

    def _looked(self, page: int) -> None:
        if page != self.page:
            self.page = page
            self._told()

    def _told(self) -> None:
        words = self._describe(self.leaves[self.page]) if self.leaves else ""
        self.setAccessibleDescription(words)
        self.page_changed.emit(self.page)

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """Everything is painted anew from what is kept."""
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As wide as there is room."""
        super().resizeEvent(event)
        self._fit_again()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home and End to the ends; Space a screen on."""
        bar = self.verticalScrollBar()
        ends = {Qt.Key.Key_Home: bar.minimum(), Qt.Key.Key_End: bar.maximum()}
        if event.key() in ends and not event.modifiers():
            bar.setValue(ends[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Space:
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            bar.setValue(bar.value() + (-1 if back else 1) * (bar.pageStep() - bar.singleStep()))
        else:
            super().keyPressEvent(event)

    # -- links

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A link of the contents leads to its place."""
        goal = self._link_at(event.position())
        if goal:
            for page, leaf in enumerate(self.leaves):
                for one in leaf.inks:
                    if isinstance(one, Goal) and one.name == goal:
                        self.go_to(page, one.y)
                        return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A hand over a link."""
        over = bool(self._link_at(event.position()))
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def _link_at(self, point: QPointF) -> str:
        for page in self._in_sight():
            place = self._place(page)
            if place.contains(point):
                scale = self.scale_of(page)
                x, y = (point.x() - place.left()) / scale, (point.y() - place.top()) / scale
                for one in self.leaves[page].inks:
                    if isinstance(one, Jump) and one.x <= x <= one.x + one.w and one.y <= y <= one.y + one.h:
                        return one.goal
        return ""

    def rescale(self) -> None:
        """Gaps and steps from the type size."""
        self._fit_again()


def _found(leaf: Leaf, wanted: str) -> list[QRectF]:
    """The places of ``wanted`` (lower case) on a page, each within one line of one cell."""
    places = []
    for one in leaf.inks:
        if not isinstance(one, Words):
            continue
        text = one.text.lower()
        start = text.find(wanted)
        while start >= 0 and len(text) == len(one.text):
            left = one.x + width(one.text[:start], one.face, one.size)
            across = width(one.text[start : start + len(wanted)], one.face, one.size)
            places.append(QRectF(left, one.y - one.size, across, one.size * 1.3))
            start = text.find(wanted, start + len(wanted))
    return places
