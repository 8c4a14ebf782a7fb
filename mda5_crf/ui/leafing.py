"""Pages at the right, and at the left what is shown: document, page, size, words looked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mda5_crf.ui.language import language, say
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.office import OfficePage
from mda5_crf.ui.printing import TONGUES
from mda5_crf.ui.sheets_view import FIT_PAGE, FIT_WIDTH, ZOOMS, SheetsView
from mda5_crf.ui.spoken import button, name
from mda5_crf.ui.theme import em

if TYPE_CHECKING:
    from mda5_crf.pdf.draw import Leaf
    from mda5_crf.pdf.voice import Tongue
    from mda5_crf.services.session import Session

Box = TypeVar("Box", bound=QWidget)

LEFT = 23
"""Width of the column with the choices, in em."""


class LeafingPage(OfficePage):
    """See the module text. Subclasses put something into the view, and act on the buttons."""

    presses = True
    offers: tuple[str, ...] = ()
    """What can be chosen, by the names of ``jobs.papers``."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self._titles: list[tuple[QLabel, str, QWidget]] = []
        self.boxes: list[tuple[QCheckBox, str]] = []
        """Choices that are on or off, with their words."""
        self.form = QFormLayout()
        self.what = self.row(QComboBox(self), "preview.what")
        self.tongue = self.row(QComboBox(self), "preview.language")
        self.more()
        self._own = len(self._titles) - 2
        self.number = self.row(QLineEdit(self), "preview.page")
        self.count = QLabel(self)
        self.zoom = self.row(QComboBox(self), "preview.zoom")
        self.search = self.row(QLineEdit(self), "preview.find")
        self.found = QLabel(self)
        self.save = button(self)
        self.print = button(self)
        self.again = button(self)
        self.words = MessageLabel(self)
        self.view = SheetsView(self, _words_of)
        self._fill_boxes()
        self._lay_out()
        self.zoom.currentIndexChanged.connect(lambda: self.view.set_zoom(int(self.zoom.currentData())))
        self.number.returnPressed.connect(self._go)
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(lambda: self.step_hit(1))
        self.view.page_changed.connect(self._page_changed)
        self.moves: Mapping[str, Callable[[], object]] = {
            "find_subject": self._to_search,
            "go_to": self._to_number,
            "next_attention": lambda: self.step_hit(1),
            "previous_attention": lambda: self.step_hit(-1),
            "first_item": lambda: self.view.go_to(0),
            "last_item": lambda: self.view.go_to(len(self.view.leaves) - 1),
            "text_larger": lambda: self._zoom_by(1),
            "text_smaller": lambda: self._zoom_by(-1),
            "text_normal": lambda: self._zoom_by(0),
        }
        """Commands of the window that move in these pages."""

    # -- for subclasses

    def row(self, box: Box, title: str) -> Box:
        """A choice with its words before it."""
        box.setMinimumHeight(24)
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setBuddy(box)
        self._titles.append((label, title, box))
        self.form.addRow(label, box)
        return box

    def more(self) -> None:
        """Choices of the subclass, between language and page."""

    # -- making

    def _fill_boxes(self) -> None:
        for one in self.offers:
            self.what.addItem("", one)
        for tongue in TONGUES:
            self.tongue.addItem("", tongue)
        self.tongue.setCurrentIndex(TONGUES.index(language()))
        for zoom in (FIT_WIDTH, FIT_PAGE, *ZOOMS):
            self.zoom.addItem("", zoom)
        for box in (self.what, self.tongue, self.zoom):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for line in (self.number, self.search):
            line.setMinimumHeight(24)
        self.number.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        for label in (self.count, self.found):
            label.setTextFormat(Qt.TextFormat.PlainText)

    def _lay_out(self) -> None:
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        pages = QHBoxLayout()
        place = self._titles.index(next(one for one in self._titles if one[2] is self.number))
        place += len(self.boxes)
        self.form.removeWidget(self.number)
        pages.addWidget(self.number)
        pages.addWidget(self.count, 1)
        self.form.setLayout(place, QFormLayout.ItemRole.FieldRole, pages)
        self.form.addRow("", self.found)
        self._left = QWidget(self)
        self._choices = QScrollArea(self._left)
        self._choices.setWidgetResizable(True)
        self._choices.setFrameShape(QFrame.Shape.NoFrame)
        self._choices.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._choices.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget(self._choices)
        column = QVBoxLayout(inside)
        column.addLayout(self.form)
        column.addStretch(1)
        self._choices.setWidget(inside)
        buttons = QHBoxLayout()
        buttons.addWidget(self.save, 1)
        buttons.addWidget(self.print, 1)
        left = QVBoxLayout(self._left)
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(self._choices, 1)
        left.addWidget(self.words)
        left.addWidget(self.again)
        left.addLayout(buttons)
        middle = QHBoxLayout()
        middle.addWidget(self._left)
        middle.addWidget(self.view, 1)
        self._box = QVBoxLayout(self)
        self._box.addLayout(middle, 1)
        order: list[QWidget] = [box for _, _, box in self._titles]
        order[2 + self._own : 2 + self._own] = [box for box, _ in self.boxes]
        order += [self.again, self.save, self.print, self.view]
        for one, other in pairwise(order):
            self.setTabOrder(one, other)

    # -- moving

    def _go(self) -> None:
        typed = self.number.text().strip()
        if typed.isdecimal():
            self.view.go_to(int(typed) - 1)
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._page_changed(self.view.page)

    def _page_changed(self, page: int) -> None:
        count = len(self.view.leaves)
        self.number.setText(str(page + 1) if count else "")
        self.count.setText(say("preview.of", count=count) if count else say("preview.no_pages"))
        told = say("preview.pages_name", page=page + 1, count=count) if count else say("preview.no_pages")
        name(self.view, told)

    def _zoom_by(self, step: int) -> None:
        zoom = self.view.zoom_by(step)
        self.zoom.blockSignals(True)
        self.zoom.setCurrentIndex(self.zoom.findData(zoom))
        self.zoom.blockSignals(False)

    def _search(self) -> None:
        count = self.view.look_for(self.search.text())
        if count:
            self.step_hit(1)
        else:
            self._say_hits()

    def step_hit(self, step: int) -> None:
        """To the next place (1) of what is looked for, or the one before (-1), round and round."""
        hits = self.view.hits
        if hits:
            here = self.view.hit
            if here < 0:  # from the page in sight on
                here = next((n for n, hit in enumerate(hits) if hit.page >= self.view.page), 0) - 1
            self.view.show_hit((here + step) % len(hits))
        self._say_hits()

    def _say_hits(self) -> None:
        count, words = len(self.view.hits), ""
        if count:
            words = say("preview.found", number=self.view.hit + 1, count=count)
        elif self.search.text().strip() and bool(self.view.leaves):
            words = say("preview.found_none")
        self.found.setText(words)
        name(self.search, f"{say('preview.find')}. {words}" if words else say("preview.find"))

    def _to_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _to_number(self) -> None:
        self.number.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.number.selectAll()

    @property
    def language(self) -> Tongue:
        """The language of the pages."""
        return cast("Tongue", self.tongue.currentData())

    def take_focus(self) -> None:
        """To the pages: they are scrolled at once."""
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def retranslate(self) -> None:
        """Speak the window's language; the pages keep theirs."""
        for label, title, box in self._titles:
            label.setText(say(title))
            name(box, say(title))
        for box, title in self.boxes:
            box.setText(say(title))
            name(box, say(title))
        for place in range(self.what.count()):
            self.what.setItemText(place, say(f"preview.what_{self.what.itemData(place)}"))
        for place, tongue in enumerate(TONGUES):
            self.tongue.setItemText(place, say(f"ui.tongue_{tongue}"))
        for place in range(self.zoom.count()):
            self.zoom.setItemText(place, _zoom_words(int(self.zoom.itemData(place))))
        name(self.number, say("preview.go_to_page"))
        for made, words in ((self.save, "save"), (self.print, "print"), (self.again, "show_again")):
            made.setText(say(f"preview.{words}"))
            name(made, say(f"preview.{words}").rstrip(" …"))
        name(self._choices, say("preview.controls"))
        self._page_changed(self.view.page)
        self._say_hits()

    def rescale(self) -> None:
        """Distances from the type size."""
        unit = em(self)
        self._left.setFixedWidth(LEFT * unit)
        self.number.setFixedWidth(5 * unit)
        self.form.setVerticalSpacing(unit // 2)
        for box, _ in self.boxes:
            box.setMinimumHeight(max(24, box.sizeHint().height()))


def _zoom_words(zoom: int) -> str:
    if zoom in (FIT_WIDTH, FIT_PAGE):
        return say("preview.zoom_width" if zoom == FIT_WIDTH else "preview.zoom_page")
    return say("preview.zoom_percent", percent=zoom)


def _words_of(leaf: Leaf) -> str:
    from mda5_crf.jobs.checking import lines_of

    return "\n".join(lines_of(leaf))
