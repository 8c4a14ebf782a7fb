"""A table of inputs: rows and columns of cells whose headings stay in view.

Base of grid, panel and log. The cells are ordinary inputs; what belongs to the table (lines, bars, icons,
units, the focus frame) is painted in one pass over them. Arrows go in all four directions, Enter and Tab
follow the definition. A row has one message line, made on first use: the focused cell's words, else the
worst of the row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QScrollBar, QWidget

from mda5_crf.text import Text
from mda5_crf.ui.field import Field
from mda5_crf.ui.icons import Glyph, pixmap
from mda5_crf.ui.inputs import LineInput, NumberInput, Step
from mda5_crf.ui.language import language, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.stack import Shown
from mda5_crf.ui.table_foot import Foot
from mda5_crf.ui.theme import (
    BAR,
    HAIRLINE,
    PAGE,
    SECONDARY,
    TEXT,
    em,
    high_contrast,
    icon_size,
    ink,
    paint_focus,
)

_LEAST_HEAD_EMS = 9.0
"""A row heading is not made narrower than this so that more columns are in sight."""


@dataclass(slots=True)
class Column:
    """A column: its heading, and its width in em."""

    heading: Text
    ems: float


@dataclass(slots=True)
class TableRow:
    """A row: its heading and ``note``, its cells by column number, its total, and where it lies."""

    heading: Text
    cells: dict[int, Field] = field(default_factory=dict)
    note: str = ""
    total: str = ""
    struck: bool = False
    struck_texts: dict[int, str] = field(default_factory=dict)
    message: MessageLabel | None = None
    loud: bool = False
    strip: QWidget | None = None
    top: int = 0
    height: int = 0
    line: int = 0

    @property
    def shown(self) -> bool:
        """Whether any cell of it is."""
        return self.struck or not self.cells or any(cell.shown for cell in self.cells.values())


class CellTable(Shown, QWidget):
    """See the module text. Subclasses fill ``columns`` and ``rows`` and then call :meth:`measure`."""

    HEAD_EMS = 15.0

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.columns: list[Column] = []
        self.rows: list[TableRow] = []
        self._places: dict[Field, tuple[TableRow, int]] = {}
        self._visible = QRect()
        self._shift = 0
        self._height = 0
        self._lefts: list[int] = []
        self._head_width = 0
        self._head_height = 0
        self._clip = QWidget(self)
        self.body = QWidget(self._clip)
        self._overlay = _Overlay(self)
        self._heads = _Heads(self)
        self.foot = Foot(self)
        self._bar = QScrollBar(Qt.Orientation.Horizontal, self)
        self._bar.setVisible(False)
        self._bar.valueChanged.connect(self._scrolled)

    def place_cell(self, row: TableRow, column: int, cell: Field) -> None:
        """Put ``cell`` into ``row`` at ``column``."""
        row.cells[column] = cell
        self._places[cell] = (row, column)

    def fields(self) -> Iterator[Field]:
        """All cells, in definition order."""
        return iter(self._places)

    def row_of(self, cell: Field) -> TableRow:
        """The row a cell stands in."""
        return self._places[cell][0]

    # -- measuring

    def height_for(self, width: int) -> int:
        """Pixels it is high at ``width`` pixels."""
        self.measure(width)
        return self._height

    def measure(self, width: int) -> None:
        """Compute columns, rows and message lines for ``width`` and place everything."""
        unit = em(self)
        self._lefts = [0]
        for column in self.columns:
            self._lefts.append(self._lefts[-1] + round(column.ems * unit) + unit // 3)
        self._head_width = self._wanted_head(width)
        self._head_height = self._heads_height() + unit // 2
        y = self._head_height
        for row in self.rows:
            row.top = y
            row.line = self._line_height(row)
            row.height = (row.line + self._extra(row, width)) if row.shown else 0
            y += row.height
        room = width - self._head_width
        over = self._lefts[-1] - room
        self._bar.setRange(0, max(over, 0))
        self._bar.setPageStep(max(room, 1))
        self._bar.setVisible(over > 0)
        bar = self._bar.sizeHint().height() if over > 0 else 0
        self._height = y + self.foot.high + bar + unit // 2
        self._clip.setGeometry(self._head_width, 0, max(room, 0), y)
        self._overlay.setGeometry(0, 0, width, y)
        self._shift = min(self._shift, max(over, 0))
        self._place_cells(y)
        self._stick()

    def _wanted_head(self, width: int) -> int:
        """As wide as the longest heading; narrower, in more lines, where all columns then have room."""
        unit = em(self)
        widest = max((self.fontMetrics().horizontalAdvance(self._row_words(r)) for r in self.rows), default=0)
        around = 2 * unit + BAR + icon_size(self)
        wanted = min(max(widest, 3 * unit), round(self.HEAD_EMS * unit))
        room = width - self._lefts[-1] - around
        least = min(wanted, round(_LEAST_HEAD_EMS * unit))
        return (max(room, least) if least <= room < wanted else wanted) + around

    def _heads_height(self) -> int:
        metrics = self.fontMetrics()
        flags = int(Qt.TextFlag.TextWordWrap)
        return max(
            (
                metrics.boundingRect(QRect(0, 0, self._width_of(i), 10_000), flags, speak(c.heading)).height()
                for i, c in enumerate(self.columns)
            ),
            default=0,
        )

    def _width_of(self, column: int) -> int:
        return self._lefts[column + 1] - self._lefts[column] - em(self) // 3

    def _line_height(self, row: TableRow) -> int:
        one = max((w.sizeHint().height() for w in self._inputs(row)), default=0)
        words = self._row_words(row)
        box = QRect(0, 0, self._head_width - em(self) - BAR - icon_size(self), 10_000)
        high = self.fontMetrics().boundingRect(box, int(Qt.TextFlag.TextWordWrap), words).height()
        return max(one, high, 24) + em(self) // 3

    def _inputs(self, row: TableRow) -> list[LineInput]:
        # All cells of one kind are equally high: one of them is enough.
        first = next(iter(row.cells.values()), None)
        return [first.input] if first is not None and isinstance(first.input, LineInput) else []

    def _extra(self, row: TableRow, width: int) -> int:
        high = 0
        if row.message is not None and row.loud:
            high += row.message.height_for(width - self._head_width) + em(self) // 4
        if row.strip is not None:
            measure = getattr(row.strip, "height_for", None)
            inside = width - self._head_width
            high += (int(measure(inside)) if measure else row.strip.sizeHint().height()) + em(self) // 4
        return high

    def _place_cells(self, bottom: int) -> None:
        self.body.setGeometry(-self._shift, 0, self._lefts[-1], bottom)
        gap = em(self) // 6
        for row in self.rows:
            for column, cell in row.cells.items():
                widget = cell.input
                assert isinstance(widget, QWidget)
                if cell.shown and row.shown:
                    height = row.line - 2 * gap
                    widget.setGeometry(
                        self._lefts[column] + BAR, row.top + gap, self._width_of(column) - BAR, height
                    )
            y = row.top + row.line
            for extra, there in ((row.message, row.loud), (row.strip, row.strip is not None)):
                if extra is not None and there:
                    high = self._extra_height(extra)
                    extra.setGeometry(self._head_width, y, self.width() - self._head_width, high)
                    extra.raise_()
                    y += high + em(self) // 4

    def _extra_height(self, extra: QWidget) -> int:
        measure = getattr(extra, "height_for", None)
        return int(measure(self.width() - self._head_width)) if measure else extra.sizeHint().height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Measure for the new width."""
        self.measure(self.width())

    # -- headings that stay in view, and scrolling sideways

    def look_at(self, visible: QRect) -> None:
        """Which part of the table the page shows now (own coordinates)."""
        self._visible = visible
        self._stick()

    def _stick(self) -> None:
        last = self.rows[-1].top if self.rows else 0
        y = max(min(self._visible.top(), last - self._head_height), 0)
        self._heads.setGeometry(0, y, self.width(), self._head_height)
        self._heads.raise_()
        bar = self._bar.sizeHint().height() if self._bar.maximum() > 0 else 0
        bottom = self._height - bar - em(self) // 2
        if self._visible.isValid():
            bottom = min(bottom, self._visible.bottom() + 1 - bar)
        foot = self.foot.high
        self.foot.setGeometry(0, max(bottom - foot, self._head_height), self.width(), foot)
        self.foot.raise_()
        self._bar.setGeometry(
            self._head_width, max(bottom, self._head_height), self.width() - self._head_width, bar
        )
        self._bar.raise_()

    @property
    def head_width(self) -> int:
        """How much of the view the row headings cover."""
        return self._head_width

    def place_of_column(self, column: int) -> tuple[int, int]:
        """Left edge and width of a column as it lies now."""
        return self._head_width + self._lefts[column] - self._shift, self._width_of(column)

    @property
    def head_height(self) -> int:
        """How much of the view the column headings cover."""
        return self._head_height

    def _scrolled(self, value: int) -> None:
        self._shift = value
        self.body.move(-value, 0)
        self._heads.update()
        self.foot.update()
        self._overlay.update()

    def reveal(self, cell: Field) -> None:
        """Scroll sideways so that the cell is in sight."""
        _, column = self._places[cell]
        left, right = self._lefts[column], self._lefts[column + 1]
        room = self.width() - self._head_width
        if left < self._shift:
            self._bar.setValue(left)
        elif right > self._shift + room:
            self._bar.setValue(right - room)

    # -- host of its cells

    def widget(self) -> QWidget:
        """Itself."""
        return self

    def field_rect(self, cell: Field) -> QRect:
        """The cell's whole row."""
        row, _ = self._places[cell]
        return QRect(0, row.top, self.width(), row.height)

    def show_field(self, cell: Field, shown: bool) -> bool:
        """Show or hide one cell; its place in the table stays empty."""
        if shown == cell.shown:
            return False
        row, _ = self._places[cell]
        before = row.shown
        cell.shown = shown
        widget = cell.input
        assert isinstance(widget, QWidget)
        widget.setVisible(shown)
        self.set_shown(any(r.shown for r in self.rows))
        # A cell that was hidden when the row was placed has no geometry yet.
        return shown or before != row.shown

    def refresh_field(self, cell: Field) -> bool:
        """Draw the cell's marking; True when the height of the row may have changed."""
        row, _ = self._places[cell]
        widget = cell.input
        if isinstance(widget, LineInput):
            marked = cell.marking.glyph not in (None, Glyph.SIGMA)
            right = (icon_size(self) + 4 if marked else 0) + self._unit_width(cell)
            if widget.textMargins().right() != right:
                widget.setTextMargins(0, 0, right, 0)
        cell.just_saved = False
        self._overlay.update()
        return self._refresh_message(row)

    def _unit_width(self, cell: Field) -> int:
        words = _unit_in_cell(cell)
        return self.fontMetrics().horizontalAdvance(words) + em(self) // 3 if words else 0

    def _refresh_message(self, row: TableRow) -> bool:
        speaker = self._speaker(row)
        words = speaker.words(speaker.marking.words) if speaker is not None else ""
        if not words:
            if not row.loud:
                return False
            row.loud = False
            if row.message is not None:
                row.message.setVisible(False)
            return True
        assert speaker is not None
        if row.message is None:
            row.message = MessageLabel(self)
        changed = not row.loud or row.message.text() != words
        row.loud = True
        row.message.say(words, speaker.marking.tone)
        row.message.setVisible(True)
        return changed

    def _speaker(self, row: TableRow) -> Field | None:
        loud = [cell for cell in row.cells.values() if cell.shown and cell.marking.loud]
        focused = [cell for cell in loud if cell.has_focus()]
        if focused:
            return focused[0]
        return next((c for c in loud if c.marking.needs_attention), loud[0] if loud else None)

    def focus_moved(self, cell: Field) -> bool:
        """The keyboard came to or left ``cell``: its words, its frame. True when a height changed."""
        self._overlay.update()
        return self._refresh_message(self._places[cell][0])

    def neighbour(self, cell: Field, step: Step) -> Field | None:
        """The next cell in the direction of an arrow that can be entered; None at the edge."""
        row, column = self._places[cell]
        if step in (Step.LEFT, Step.RIGHT):
            columns = sorted(row.cells, reverse=step is Step.LEFT)
            beyond = [c for c in columns if (c < column if step is Step.LEFT else c > column)]
            return next((row.cells[c] for c in beyond if row.cells[c].stop), None)
        place = self.rows.index(row)
        rows = self.rows[place + 1 :] if step is Step.DOWN else list(reversed(self.rows[:place]))
        return next((r.cells[column] for r in rows if column in r.cells and r.cells[column].stop), None)

    def open_strip(self, cell: Field, strip: QWidget) -> None:
        """Show ``strip`` under the cell's row."""
        self._places[cell][0].strip = strip
        strip.setParent(self)
        strip.setVisible(True)

    def close_strip(self) -> None:
        """Let go of the strip."""
        for row in self.rows:
            row.strip = None

    # -- painting

    def _row_words(self, row: TableRow) -> str:
        words = row.heading.in_(language())
        return f"{words}  {row.note}" if row.note else words

    def paint_heads(self, painter: QPainter, size: QRect) -> None:
        """The column headings, on their own ground so that rows pass under them."""
        painter.fillRect(size, self.palette().alternateBase())
        painter.setPen(ink(TEXT))
        painter.setClipRect(QRect(self._head_width, 0, size.width(), size.height()))
        flags = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
        for number, column in enumerate(self.columns):
            left = self._head_width + self._lefts[number] - self._shift
            painter.drawText(
                QRect(left, 0, self._width_of(number), size.height()), flags, speak(column.heading)
            )

    def paint_overlay(self, painter: QPainter, dirty: QRect) -> None:
        """Lines, row headings, bars, icons, units and the focus frame."""
        for row in self.rows:
            if row.shown and dirty.intersects(QRect(0, row.top, self.width(), row.height)):
                self._paint_row(painter, row)

    def _paint_row(self, painter: QPainter, row: TableRow) -> None:
        bottom = row.top + row.height - 1
        if not high_contrast():
            painter.setPen(QColor(HAIRLINE))
            painter.drawLine(0, bottom, self.width(), bottom)
        worst = self._speaker(row)
        if worst is not None and worst.marking.bar:
            painter.fillRect(0, row.top + 1, BAR, row.height - 2, ink(worst.marking.bar))
        self._paint_row_heading(painter, row)
        painter.save()
        painter.setClipRect(QRect(self._head_width, row.top, self.width() - self._head_width, row.height))
        for column, cell in row.cells.items():
            if cell.shown:
                self._paint_cell(painter, row, column, cell)
        for column, text in row.struck_texts.items():
            left = self._head_width + self._lefts[column] - self._shift
            box = QRect(left + BAR, row.top, self._width_of(column) - BAR, row.line)
            painter.setPen(ink(SECONDARY))
            words = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words)
        if row.total:
            painter.setPen(ink(TEXT))
            x, room = self.place_of_column(len(self.columns) - 1)
            painter.drawText(QRect(x, row.top, room, row.line), int(Qt.AlignmentFlag.AlignCenter), row.total)
        painter.restore()
        if row.struck:
            painter.setPen(ink(SECONDARY))
            middle = row.top + row.line // 2
            painter.drawLine(BAR + em(self) // 2, middle, self.width() - em(self), middle)

    def _paint_row_heading(self, painter: QPainter, row: TableRow) -> None:
        box = QRect(
            BAR + em(self) * 3 // 4, row.top, self._head_width - em(self) - BAR - icon_size(self), row.line
        )
        painter.setPen(ink(SECONDARY if row.struck else TEXT))
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap)
        painter.drawText(box, flags, self._row_words(row))
        glyph = self.row_glyph(row)
        if glyph is not None:
            place = box.topRight()
            y = row.top + (row.line - icon_size(self)) // 2
            painter.drawPixmap(place.x() + 2, y, pixmap(glyph, icon_size(self), self.devicePixelRatioF()))

    def row_glyph(self, row: TableRow) -> Glyph | None:
        """The icon behind a row's heading; logs show the row's status there."""
        return None

    def _paint_cell(self, painter: QPainter, row: TableRow, column: int, cell: Field) -> None:
        widget = cell.input
        assert isinstance(widget, QWidget)
        box = widget.geometry().translated(self._head_width - self._shift, 0)
        if cell.has_focus():
            paint_focus(painter, box)
        if cell.marking.bar:
            painter.fillRect(box.left() - BAR, box.top(), BAR - 1, box.height(), ink(cell.marking.bar))
        right = box.right() - 2
        glyph = cell.marking.glyph
        if glyph is not None and glyph is not Glyph.SIGMA:
            right -= icon_size(self)
            y = box.top() + (box.height() - icon_size(self)) // 2
            painter.drawPixmap(right, y, pixmap(glyph, icon_size(self), self.devicePixelRatioF()))
        words = _unit_in_cell(cell)
        if words:
            painter.setPen(ink(SECONDARY))
            area = QRect(box.left(), box.top(), right - 4 - box.left(), box.height())
            painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), words)


def _unit_in_cell(cell: Field) -> str:
    """The unit shown inside a cell: only where it is not the item's own, which stands in the heading."""
    number = cell.input
    shown = isinstance(number, NumberInput) and (number.text() or number.blank_unit)
    if isinstance(number, NumberInput) and shown and number.unit != cell.item.unit:
        return number.unit
    return ""


class _Heads(QWidget):
    """The column headings; moved by the table so that they stay in view."""

    def __init__(self, table: CellTable) -> None:
        super().__init__(table)
        self._table = table

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint them."""
        painter = QPainter(self)
        self._table.paint_heads(painter, self.rect())
        painter.end()


class _Overlay(QWidget):
    """Paints over the cells what belongs to the table. Clicks go through to the cells."""

    def __init__(self, table: CellTable) -> None:
        super().__init__(table)
        self._table = table
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what the dirty part needs."""
        painter = QPainter(self)
        self._table.paint_overlay(painter, event.rect())
        painter.end()


__all__ = ["PAGE", "CellTable", "Column", "TableRow"]
