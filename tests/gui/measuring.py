"""Finds what is cut, what overlaps and what has no glyph, by measuring and not by looking.

Three instruments, for any widget that is shown:

* :func:`cut` – words of labels, buttons, inputs, lists, tables and tabs that do not fit their rectangle, and
  widgets that lie partly outside the one they stand in. Words may be shortened with "…" only where a tooltip
  says all of them.
* :func:`overlapping` – two widgets that show something at the same place.
* :class:`Painted` – records what is painted with QPainter while it is active: words that are wider or higher
  than the place they are given, words that were shortened, and words painted over other words.

What moves under something else on purpose (rows under headings that stay in view) is not seen by the second:
the window is measured unscrolled and as high as its form.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QTableView,
    QTreeView,
    QWidget,
)

from mda5_crf.ui.inputs.text import TextInput
from mda5_crf.ui.one_line import Line

SLACK = 1
"""Pixels that rounding may cost."""

_SHOWING = (QLabel, QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox, QTabBar, QAbstractItemView)
_WRAP = int(Qt.TextFlag.TextWordWrap)


def shown(root: QWidget) -> Iterator[QWidget]:
    """Every widget in ``root`` that shows words and is visible."""
    for widget in root.findChildren(QWidget):
        if isinstance(widget, _SHOWING) and widget.isVisible() and not _part(widget):
            yield widget


def _part(widget: QWidget) -> bool:
    """Whether it belongs to another one that is measured as a whole."""
    parent = widget.parent()
    while isinstance(parent, QWidget):
        if isinstance(parent, (QComboBox, QAbstractItemView, QTabBar)) or (
            isinstance(parent, QAbstractScrollArea) and isinstance(widget, QScrollBar)
        ):
            return True
        parent = parent.parent()
    return False


def place(widget: QWidget, root: QWidget) -> QRect:
    """Where ``widget`` lies in ``root``, clipped as the window clips it."""
    rect = QRect(widget.mapTo(root, QPoint(0, 0)), widget.size())
    parent = widget.parentWidget()
    while parent is not None and parent is not root:
        rect &= QRect(parent.mapTo(root, QPoint(0, 0)), parent.size())
        parent = parent.parentWidget()
    return rect


def about(widget: QWidget, words: str = "") -> str:
    """One line that says which widget is meant."""
    said = words or getattr(widget, "text", str)() or widget.accessibleName()
    return f"{type(widget).__name__} {said[:60]!r} {widget.width()}×{widget.height()}"


# ------------------------------------------------------------------ words in their rectangle


def cut(root: QWidget) -> list[str]:
    """What does not fit, one line each."""
    found = []
    for widget in shown(root):
        problem = _misfit(widget) or _outside(widget, root)
        if problem:
            found.append(f"{about(widget)}: {problem}")
        if isinstance(widget, QAbstractItemView):
            found += [f"{type(widget).__name__}: {line}" for line in _cells(widget)]
    return found


def _misfit(widget: QWidget) -> str:
    if isinstance(widget, Line):
        return _line(widget)
    if isinstance(widget, QLabel):
        return _label(widget)
    if isinstance(widget, QAbstractButton):
        return _button(widget)
    if isinstance(widget, QLineEdit):
        return _edit(widget)
    if isinstance(widget, QComboBox):
        # Its list is as wide as itself, so the widest answer counts, not the one on show.
        return _too_wide(widget, widget.sizeHint().width(), widget.width())
    if isinstance(widget, QTabBar):
        return _tabs(widget)
    return ""


def _too_wide(widget: QWidget, needed: int, there: int) -> str:
    if needed > there + SLACK and not widget.toolTip():
        return f"needs {needed} px of width, has {there}"
    return ""


def _line(line: Line) -> str:
    high = line.fontMetrics().height()
    if line.text() and high > line.contentsRect().height() + SLACK:
        return f"needs {high} px of height, has {line.contentsRect().height()}"
    return _too_wide(line, line.fontMetrics().horizontalAdvance(line.text()), line.contentsRect().width())


def _label(label: QLabel) -> str:
    # Of a label that leads somewhere the character behind & is underlined, and & itself is not drawn.
    words = re.sub("&(.)", r"\1", label.text()) if label.buddy() is not None else label.text()
    if not words:
        return ""
    metrics, room = label.fontMetrics(), label.contentsRect()
    if label.wordWrap():
        longest = max(metrics.horizontalAdvance(word) for word in _unbroken(words))
        if longest > room.width() + SLACK:
            return f"a word needs {longest} px of width, has {room.width()}"
        high = metrics.boundingRect(QRect(0, 0, room.width(), 100_000), _WRAP, words).height()
    else:
        lines = words.splitlines()
        problem = _too_wide(label, max(metrics.horizontalAdvance(line) for line in lines), room.width())
        if problem:
            return problem
        high = metrics.height() * len(lines)
    # The last line of a wrapped label may lose its leading, but not the feet of its letters.
    if high - metrics.leading() > room.height() + SLACK:
        return f"needs {high} px of height, has {room.height()}"
    return ""


def _unbroken(words: str) -> list[str]:
    """Pieces between which a line may break; Chinese breaks anywhere, punctuation of English nearly so."""
    pieces: list[str] = []
    for word in words.replace("/", " ").replace("-", " ").split():
        pieces += [word] if word.isascii() else list(word)
    return pieces or [""]


def _button(button: QAbstractButton) -> str:
    words = button.text().replace("&&", "&")
    if not words:
        return ""
    if hasattr(button, "height_for"):
        return ""  # it paints its words itself, in as many lines as they need: see Painted
    needed, room = button.sizeHint(), button.size()
    if needed.height() > room.height() + SLACK and button.fontMetrics().height() > room.height():
        return f"needs {needed.height()} px of height, has {room.height()}"
    return _too_wide(button, needed.width(), room.width())


def _edit(edit: QLineEdit) -> str:
    """Numbers, dates and codes are seen whole. Text that somebody wrote may be longer than its line."""
    if isinstance(edit, TextInput) or (type(edit) is QLineEdit and not edit.isReadOnly()):
        words = edit.placeholderText() if not edit.text() else ""
    else:
        words = edit.displayText() or edit.placeholderText()
    margins = edit.textMargins()
    frame = 8 if edit.hasFrame() else 4
    room = edit.contentsRect().width() - margins.left() - margins.right() - frame
    if edit.fontMetrics().height() > edit.height():
        return f"needs {edit.fontMetrics().height()} px of height, has {edit.height()}"
    return _too_wide(edit, edit.fontMetrics().horizontalAdvance(words), room)


def _tabs(bar: QTabBar) -> str:
    for number in range(bar.count()):
        needed, there = bar.fontMetrics().horizontalAdvance(bar.tabText(number)), bar.tabRect(number).width()
        if bar.isTabVisible(number) and needed > there and not bar.tabToolTip(number):
            return f"tab {bar.tabText(number)!r} needs {needed} px, has {there}"
    if bar.count() and bar.tabRect(bar.count() - 1).right() > bar.width() + SLACK:
        return "not all tabs are in sight"
    return ""


def _outside(widget: QWidget, root: QWidget) -> str:
    """A part of it lies outside its parents, where nothing scrolls."""
    rect = QRect(QPoint(0, 0), widget.size())
    inside, parent = widget, widget.parentWidget()
    while parent is not None and inside is not root:
        rect.translate(inside.pos())
        if isinstance(parent.parentWidget(), QAbstractScrollArea) or getattr(parent, "scrolls", False):
            return ""
        if not parent.rect().contains(rect) and not _scrolled_sideways(parent):
            return f"lies at {rect.getRect()}, its {type(parent).__name__} ends at {parent.size().toTuple()}"
        if _scrolled_sideways(parent):
            return ""
        inside, parent = parent, parent.parentWidget()
    return ""


def _scrolled_sideways(parent: QWidget) -> bool:
    """The moving part of a table: what lies outside comes with its own scroll bar."""
    above = parent.parentWidget()
    bars = above.findChildren(QScrollBar, options=Qt.FindChildOption.FindDirectChildrenOnly) if above else []
    return any(bar.orientation() is Qt.Orientation.Horizontal for bar in bars)


def _cells(view: QAbstractItemView) -> Iterator[str]:
    model = view.model()
    if model is None:
        return
    if isinstance(view, QTreeView):
        yield from _branches(view)
    elif isinstance(view, QTableView):
        for header in (view.horizontalHeader(), view.verticalHeader()):
            if header.isVisible():
                yield from _sections(header)
        for row in range(min(model.rowCount(), 40)):
            for column in range(model.columnCount()):
                if not view.columnWidth(column):
                    continue  # hidden
                index = model.index(row, column)
                needed = view.sizeHintForIndex(index).width()
                if needed > view.columnWidth(column) + SLACK and not index.data(Qt.ItemDataRole.ToolTipRole):
                    words = index.data(Qt.ItemDataRole.DisplayRole)
                    yield f"cell {words!r} needs {needed} px, has {view.columnWidth(column)}"


def _branches(view: QTreeView) -> Iterator[str]:
    model = view.model()
    index = model.index(0, 0)
    while index.isValid():
        room = view.visualRect(index)
        words = index.data(Qt.ItemDataRole.DisplayRole) or ""
        needed = view.fontMetrics().horizontalAdvance(words) + view.iconSize().width()
        if room.isValid() and needed > room.width() and not index.data(Qt.ItemDataRole.ToolTipRole):
            yield f"{words!r} needs {needed} px, has {room.width()}"
        index = view.indexBelow(index)


def _sections(header: QHeaderView) -> Iterator[str]:
    model, sideways = header.model(), header.orientation() is Qt.Orientation.Horizontal
    wraps = bool(int(header.defaultAlignment()) & _WRAP)
    for number in range(header.count()):
        words = str(model.headerData(number, header.orientation(), Qt.ItemDataRole.DisplayRole) or "")
        width = header.sectionSize(number) if sideways else header.width()
        if not words or header.isSectionHidden(number):
            continue
        tip = model.headerData(number, header.orientation(), Qt.ItemDataRole.ToolTipRole)
        metrics = header.fontMetrics()
        needed = max(metrics.horizontalAdvance(w) for w in (_unbroken(words) if wraps else [words]))
        if needed > width and not tip:
            yield f"heading {words!r} needs {needed} px, has {width}"
        box = QRect(0, 0, width, 100_000)
        high = metrics.boundingRect(box, _WRAP if wraps else 0, words).height() - metrics.leading()
        if sideways and high > header.height() + SLACK and not tip:
            yield f"heading {words!r} needs {high} px of height, has {header.height()}"


# ------------------------------------------------------------------ one over the other


def overlapping(root: QWidget) -> list[str]:
    """Pairs of widgets that show something at the same place."""
    pieces = [(place(widget, root), widget) for widget in shown(root) if not _clear(widget)]
    pieces = sorted((p for p in pieces if not p[0].isEmpty()), key=lambda piece: piece[0].top())
    found = []
    for number, (rect, widget) in enumerate(pieces):
        for other, second in pieces[number + 1 :]:
            if other.top() > rect.bottom():
                break
            common = rect & other
            if common.width() > SLACK and common.height() > SLACK and not _related(widget, second):
                found.append(f"{about(widget)} and {about(second)} share {common.getRect()}")
    return found


def _clear(widget: QWidget) -> bool:
    return widget.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


def _related(one: QWidget, other: QWidget) -> bool:
    return one.isAncestorOf(other) or other.isAncestorOf(one)


# ------------------------------------------------------------------ words that are painted


class Painted:
    """While active, every ``drawText`` and ``elidedText`` called by Python code is measured."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.words: list[str] = []
        self._areas: list[tuple[QRect, str]] = []
        self._draw: Callable[..., Any] = QPainter.drawText
        self._elide: Callable[..., Any] = QFontMetrics.elidedText

    def __enter__(self) -> Self:
        draw, elide = self._draw, self._elide

        def draw_text(painter: QPainter, *args: Any) -> object:  # noqa: ANN401
            self._see(painter, args, _painter_of())
            return draw(painter, *args)

        def elided_text(metrics: QFontMetrics, words: str, *args: Any) -> str:  # noqa: ANN401
            short = str(elide(metrics, words, *args))
            widget = _painter_of()
            if short != words and not _told_in_full(widget):
                self.problems.append(f"{type(widget).__name__}: {words[:60]!r} shortened without a tooltip")
            return short

        QPainter.drawText = draw_text  # type: ignore[method-assign, assignment]
        QFontMetrics.elidedText = elided_text  # type: ignore[method-assign, assignment]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        QPainter.drawText = self._draw  # type: ignore[method-assign]
        QFontMetrics.elidedText = self._elide  # type: ignore[method-assign]

    def _see(self, painter: QPainter, args: tuple[Any, ...], widget: QWidget | None) -> None:
        words = next((a for a in args if isinstance(a, str)), "")
        if not words:
            return
        self.words.append(words)
        numbers = [int(a) for a in args if not isinstance(a, (str, QRect, QRectF, QPoint, QPointF))]
        if isinstance(args[0], (QRect, QRectF)):
            room, flags = QRectF(args[0]).toRect(), numbers[0]
        elif len(numbers) == 5:
            room, flags = QRect(*numbers[:4]), numbers[4]
        else:
            return  # at a point: it takes what it needs
        metrics = painter.fontMetrics()
        needed = metrics.boundingRect(QRect(0, 0, room.width(), 100_000), flags, words)
        # Of a single line only the ink counts, of several not the leading below the last.
        one = needed.height() < 1.5 * metrics.lineSpacing()
        high = metrics.tightBoundingRect(words).height() if one else needed.height() - metrics.leading()
        if needed.width() > room.width() + SLACK or high > room.height() + SLACK:
            self.problems.append(
                f"{type(widget).__name__}: {words[:60]!r} needs {needed.size().toTuple()}, "
                f"has {room.size().toTuple()}"
            )
        self._over(painter, metrics.boundingRect(room, flags, words), words)

    def _over(self, painter: QPainter, rect: QRect, words: str) -> None:
        area = painter.deviceTransform().mapRect(rect)
        if painter.hasClipping():
            area &= painter.deviceTransform().mapRect(painter.clipBoundingRect().toAlignedRect())
        for other, there in self._areas:
            common = area & other
            if common.width() > 2 and common.height() > 4 and words != there:
                self.problems.append(f"{words[:40]!r} painted over {there[:40]!r} at {common.getRect()}")
        if not area.isEmpty():
            self._areas.append((area, words))

    def fresh(self) -> None:
        """A new picture: nothing is painted yet."""
        self._areas.clear()


def _told_in_full(widget: QWidget | None) -> bool:
    """Whether a tooltip says it: the widget's, or that of the cell a delegate is painting."""
    if widget is not None and widget.toolTip():
        return True
    frame = sys._getframe(2)
    while frame is not None:
        index = frame.f_locals.get("index")
        if isinstance(index, (QModelIndex, QPersistentModelIndex)):
            return bool(index.data(Qt.ItemDataRole.ToolTipRole))
        frame = frame.f_back  # type: ignore[assignment]
    return False


def _painter_of() -> QWidget | None:
    """The widget whose method paints: the nearest caller that is one."""
    frame = sys._getframe(2)
    while frame is not None:
        self_ = frame.f_locals.get("self")
        if isinstance(self_, QWidget):
            return self_
        frame = frame.f_back  # type: ignore[assignment]
    return None


def measure(root: QWidget) -> list[str]:
    """All three instruments on ``root`` as it is shown now."""
    with Painted() as painted:
        root.grab()
    return [*cut(root), *overlapping(root), *painted.problems]
