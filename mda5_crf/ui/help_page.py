"""The guides in the window: the very text of the paper, beside the work until Esc.

By keyboard alone: Alt+G chooses the guide, Alt+S searches all of them, Alt+C goes to the contents, Alt+B goes
back; arrows and page keys read. Nothing is fetched from anywhere: a picture that did not come with the
program is left out, and no word of a guide acts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt, QUrl
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPalette, QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QTextBrowser,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from mda5_crf.errors import CrfError
from mda5_crf.guides.blocks import Block, Guide, Heading, plain, words_of
from mda5_crf.guides.shelf import name_of, with_pictures
from mda5_crf.text import Language, Text, message
from mda5_crf.ui.guide_html import SCHEME, as_html
from mda5_crf.ui.guide_words import reading, write_pdf
from mda5_crf.ui.help_map import Place, order_of
from mda5_crf.ui.language import language, say, speak
from mda5_crf.ui.one_line import Line
from mda5_crf.ui.spoken import Spoken, button, name, pale_choice
from mda5_crf.ui.theme import FOCUS, TEXT, em, high_contrast, paper

_ROLE = int(Qt.ItemDataRole.UserRole)
_WIDE, _HIGH = 62, 46
"""Size of the window in em, no larger than the one it stands beside."""
_PICTURE = 38
_SHOWN = 200
"""Places of words that are marked at most: what is found everywhere need not be marked everywhere."""


class GuideText(QTextBrowser):
    """The text. Resolves the pictures it was given, and nothing else: no file, no address."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.pictures: dict[str, Path] = {}
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        paper(self)

    def loadResource(self, kind: int, address: QUrl | str) -> object:
        """Qt asks for what the text shows; anything that is no picture of ours is empty."""
        file = self.pictures.get(QUrl(address).toString().removeprefix(SCHEME))
        if kind == QTextDocument.ResourceType.ImageResource.value and file is not None:
            return QImage(str(file))
        return QByteArray()


class HelpPage(Spoken, QDialog):
    """See the module text. Does not stop work."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint, True)
        self.place: Place = ("", "")
        """The chapter on screen."""
        self._read: Place = ("", "")
        """The last one that somebody went to; the arrows in the contents only look."""
        self._spoken: Language | None = None
        self._shown: tuple[str, Language] | None = None
        self._guides: dict[tuple[str, Language], Guide] = {}
        self._roles: Collection[str] = ()
        self._back: list[Place] = []
        self._written: Text | None = None
        self.choice = QComboBox(self)
        self.choice.activated.connect(lambda _row: self._chosen())
        self.search = QLineEdit(self)
        self.search.textChanged.connect(lambda _words: self._searched())
        self.search.returnPressed.connect(self._first)
        self.back_button = button(self)
        self.back_button.clicked.connect(self.back)
        self.contents = QListWidget(self)
        self.contents.setWordWrap(True)
        pale_choice(self.contents)
        self.contents.currentItemChanged.connect(lambda now, _before: self._look(now))
        self.contents.itemActivated.connect(self._opened)
        self.contents.itemClicked.connect(self._look)
        self.text = GuideText(self)
        self.pdf = button(self)
        self.pdf.clicked.connect(self.save)
        self._close = button(self)
        self._close.clicked.connect(self.close)
        self._said = Line(self)
        self._labels = [QLabel(self) for _ in range(3)]
        for label, buddy in zip(self._labels, (self.choice, self.search, self.contents), strict=True):
            label.setBuddy(buddy)
        self._lay_out()
        self.rescale()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._labels[0])
        head.addWidget(self.choice)
        head.addWidget(self._labels[1])
        head.addWidget(self.search, 1)
        head.addWidget(self.back_button)
        side = QWidget(self)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._labels[2])
        column.addWidget(self.contents)
        self._panes = QSplitter(self)
        self._panes.setChildrenCollapsible(False)
        self._panes.addWidget(side)
        self._panes.addWidget(self.text)
        self._panes.setStretchFactor(1, 1)
        foot = QHBoxLayout()
        foot.addWidget(self._said, 1)
        foot.addWidget(self.pdf)
        foot.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.addLayout(head)
        layout.addWidget(self._panes, 1)
        layout.addLayout(foot)

    # -- what is read

    def open_at(self, place: Place, roles: Collection[str]) -> None:
        """Show a chapter, with the keyboard in the text; the guides of ``roles`` are offered first."""
        self._roles = roles
        self.search.clear()
        self.retranslate()
        self.go(place)
        self.show()
        self.activateWindow()
        self.text.setFocus()

    def go(self, place: Place, *, noted: bool = True) -> None:
        """Show a chapter; ``noted``: Back returns to where one was."""
        if noted and self._read[0] and self._read != place:
            self._back.append(self._read)
        self.place = self._read = place
        self._show()

    def back(self) -> None:
        """To the chapter before."""
        if self._back:
            self.go(self._back.pop(), noted=False)
            self.text.setFocus()

    def guide(self, title: str) -> Guide:
        """The guide of that name in the language of the window."""
        key = title, language()
        if key not in self._guides:
            self._guides[key] = reading(*key).guide
        return self._guides[key]

    def _show(self) -> None:
        guide, anchor = self.guide(self.place[0]), self.place[1]
        if self._shown != (guide.name, guide.language):
            self._shown = guide.name, guide.language
            self.text.pictures = with_pictures(guide)
            wide = min(_PICTURE * em(self), 1093)
            self.text.setHtml(as_html(guide, self.text.pictures, width=wide, tinted=not high_contrast()))
            self.text.document().setDocumentMargin(em(self))
            self._list()
        self.choice.setCurrentIndex(self.choice.findData(guide.name))
        self.text.scrollToAnchor(anchor)
        self._choose(anchor)
        self._mark()
        self.back_button.setEnabled(bool(self._back))
        name(self.text, guide.title)

    def _chosen(self) -> None:
        title = str(self.choice.currentData())
        self.go((title, title))

    # -- contents and search

    def _list(self) -> None:
        """The headings; while something is searched, those below which all its words stand."""
        words = self.search.text().casefold().split()
        self.contents.blockSignals(True)
        self.contents.clear()
        for place, title, level in self._found(words) if words else self._headings():
            item = QListWidgetItem("    " * max(level - 2, 0) + title)
            item.setData(_ROLE, place)
            self.contents.addItem(item)
        self.contents.blockSignals(False)
        if words:
            self._said.say(say("guides.found", count=self.contents.count()))
        elif self._written is None:
            self._said.say("")

    def _headings(self) -> Iterator[tuple[Place, str, int]]:
        guide = self.guide(self.place[0])
        for one in guide.headings:
            yield (guide.name, one.anchor), plain(one.line), one.level

    def _found(self, words: Sequence[str]) -> Iterator[tuple[Place, str, int]]:
        """In the guide on screen first, then in the others, whose name is said."""
        here = self.place[0]
        for title in dict.fromkeys([here, *order_of(self._roles)]):
            for heading, below in _parts(self.guide(title)):
                text = words_of(below).casefold()
                if all(word in text for word in words):
                    said = plain(heading.line)
                    shown = said if title == here else f"{said} ({speak(name_of(title))})"
                    yield (title, heading.anchor), shown, 2

    def _searched(self) -> None:
        self._written = None
        self._list()
        self._choose(self.place[1])
        self._mark()

    def _first(self) -> None:
        """Enter in the search: to the first place that was found."""
        item = self.contents.item(0)
        if self.search.text().strip() and item is not None:
            self._opened(item)

    def _mark(self) -> None:
        """Words that are searched stand out in the text."""
        marks: list[QTextEdit.ExtraSelection] = []
        roles, own = QPalette.ColorRole, self.palette()
        ground = own.color(roles.Highlight) if high_contrast() else QColor(FOCUS)
        ink = own.color(roles.HighlightedText) if high_contrast() else QColor(TEXT)
        for word in self.search.text().split():
            cursor = QTextCursor(self.text.document())
            while len(marks) < _SHOWN:
                cursor = self.text.document().find(word, cursor)
                if cursor.isNull():
                    break
                mark = QTextEdit.ExtraSelection()
                mark.format.setBackground(ground)
                mark.format.setForeground(ink)
                mark.cursor = cursor
                marks.append(mark)
        self.text.setExtraSelections(marks)

    def _choose(self, anchor: str) -> None:
        """The line of the contents that is on screen, without following it again."""
        self.contents.blockSignals(True)
        for row in range(self.contents.count()):
            if self._place_of(self.contents.item(row)) == (self.place[0], anchor):
                self.contents.setCurrentRow(row)
        self.contents.blockSignals(False)

    @staticmethod
    def _place_of(item: QListWidgetItem) -> Place:
        title, anchor = item.data(_ROLE)
        return str(title), str(anchor)

    def _look(self, item: QListWidgetItem | None) -> None:
        """The arrows in the contents show what they pass; it is not noted. Other guides wait for Enter."""
        if item is not None and self._place_of(item)[0] == self.place[0]:
            self.place = self._place_of(item)
            self.text.scrollToAnchor(self.place[1])

    def _opened(self, item: QListWidgetItem) -> None:
        self.go(self._place_of(item))
        self.text.setFocus()

    # -- on paper

    def save(self) -> None:
        """Ask for a file and write the guide on screen as a PDF, in the language of the window."""
        from PySide6.QtWidgets import QFileDialog

        offered = str(Path.home() / f"MDA5-CRF-{self.place[0]}-{language()}.pdf")
        file, _ = QFileDialog.getSaveFileName(self, say("guides.save"), offered, say("ui.pdf_files"))
        if file:
            self.write(Path(file))

    def write(self, file: Path) -> None:
        """Write the guide on screen to ``file`` and say so; what cannot be written is said too."""
        try:
            pages = write_pdf(self.guide(self.place[0]), file)
        except CrfError as problem:
            self._written = problem.text
        else:
            self._written = message("guides.written", file=str(file), pages=pages)
        self._said.say(speak(self._written))

    # -- words, size, keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts away what is searched first, then the page."""
        if event.key() == Qt.Key.Key_Escape and self.search.hasFocus() and self.search.text():
            self.search.clear()
        else:
            super().keyPressEvent(event)

    def rescale(self) -> None:
        """As large as the window it stands beside allows."""
        unit, parent = em(self), self.parentWidget()
        high = parent.height() if parent is not None else _HIGH * unit
        wide = max(parent.width(), 40 * unit) if parent is not None else _WIDE * unit
        self.resize(min(_WIDE * unit, wide), min(_HIGH * unit, high))
        self.contents.setMinimumWidth(12 * unit)
        self._panes.setSizes([17 * unit, 45 * unit])
        self._shown = None
        if self.place[0]:
            self._show()

    def retranslate(self) -> None:
        """Speak the window's language; the chapter stays."""
        self.setWindowTitle(say("guides.title"))
        self.choice.clear()
        for title in order_of(self._roles):
            self.choice.addItem(speak(name_of(title)), title)
        for label, code in zip(self._labels, ("guide", "search", "contents_key"), strict=True):
            label.setText(say(f"guides.{code}"))
        for widget, code in (
            (self.choice, "guides.guide_name"),
            (self.search, "guides.search_name"),
            (self.contents, "guides.contents"),
        ):
            name(widget, say(code))
        for made, code in (
            (self.back_button, "guides.back"),
            (self.pdf, "guides.save"),
            (self._close, "ui.close"),
        ):
            made.setText(say(code))
            name(made, say(code).replace("&", "").rstrip(" …"))
        if self._written is not None:
            self._said.say(speak(self._written))
        if self.place[0]:
            self._show()


def _parts(guide: Guide) -> Iterator[tuple[Heading, Sequence[Block]]]:
    """Each heading with what stands directly below it."""
    blocks: list[Block] = []
    for block in [*guide.blocks, None]:
        if (block is None or isinstance(block, Heading)) and blocks and isinstance(blocks[0], Heading):
            yield blocks[0], blocks
            blocks = []
        if block is not None:
            blocks.append(block)
