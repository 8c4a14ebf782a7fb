"""What is typed as a short list, such as ``1, 3`` or ``CK, ALT``, and chosen from a long one with F9.

Links to rows of a log, and multiple answers out of more than fit on the page. The input knows its list only
through :class:`Listed`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from mda5_crf.study.links import STRUCK_LINE, UNKNOWN_LINE, in_words
from mda5_crf.study.model import CodeList
from mda5_crf.text import message
from mda5_crf.ui.icons import Glyph, icon
from mda5_crf.ui.inputs.base import Entered, FieldInput, Listener
from mda5_crf.ui.inputs.codes import folded, resolve
from mda5_crf.ui.inputs.line import LineInput
from mda5_crf.ui.inputs.multi import join_codes, split_codes
from mda5_crf.ui.inputs.pick_list import offers_of
from mda5_crf.ui.inputs.popup import ListPopup, Offer
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.one_line import Line
from mda5_crf.ui.theme import em

_BETWEEN = re.compile(r"\s*[,;，；、|]\s*")
_LINE = re.compile(r"(?:[A-Za-z][A-Za-z0-9]*)?\s*#?\s*0*([1-9][0-9]*)")
_SAID = message("finding.line_struck", number="")
_STRUCK = [
    re.compile(r"(\d)\s*" + re.escape(unicodedata.normalize("NFKC", said).strip()))
    for said in (_SAID.en, _SAID.zh)
]
"""The number of a struck row with the words behind it, as the line shows it in either language."""


def _parts(text: str) -> list[str]:
    return [part for part in _BETWEEN.split(text.strip()) if part]


class Listed(Protocol):
    """A list of things that can be named. ``many`` = several at once."""

    many: bool

    def offers(self) -> list[Offer]:
        """All that may be named now."""

    def entered(self, line: str) -> str:
        """What a line of text means, as it is committed; what means nothing stays as typed."""

    def line(self, stored: str) -> str:
        """How the line shows what is committed."""

    def values(self, stored: str) -> list[str]:
        """The values named, as :meth:`offers` has them."""

    def join(self, values: list[str]) -> str:
        """As committed."""

    def words(self, stored: str) -> str:
        """What is named, in words."""


class CodeSet:
    """Several answers of a codelist."""

    many = True

    def __init__(self, codelist: CodeList) -> None:
        self._codelist = codelist

    def offers(self) -> list[Offer]:
        """Every answer."""
        return offers_of(self._codelist)

    def entered(self, line: str) -> str:
        """Codes for what stands between commas; one part that fits none keeps the line as typed."""
        codes = [resolve(self._codelist, part) for part in _parts(line)]
        return self.join(codes) if all(code in self._codelist.by_code for code in codes) else line

    def line(self, stored: str) -> str:
        """The codes."""
        return ", ".join(self.values(stored))

    def values(self, stored: str) -> list[str]:
        """The codes."""
        return split_codes(stored)

    def join(self, values: list[str]) -> str:
        """In the order of the list."""
        return join_codes(self._codelist, list(dict.fromkeys(values)))

    def words(self, stored: str) -> str:
        """The answers' words."""
        known = self._codelist.by_code
        return "; ".join(speak(known[code].text) for code in self.values(stored) if code in known)


@dataclass(frozen=True, slots=True)
class LogLine:
    """A live row of a log that may be named: its number, its term and when it began."""

    number: int
    term: str
    start: str


class LineNumbers:
    """Rows of a log by their line numbers; ``lines`` gives the rows as they are now."""

    def __init__(self, lines: Callable[[], Sequence[LogLine]], *, many: bool) -> None:
        self._lines = lines
        self.many = many

    def offers(self) -> list[Offer]:
        """One for each live row."""
        return [
            Offer(str(line.number), "   ".join(filter(None, told)), partial(_fits, line))
            for line in self._lines()
            for told in [(str(line.number), line.term, line.start)]
        ]

    def entered(self, line: str) -> str:
        """``AE#3, 1`` → ``1, 3``; what is no list of line numbers stays as typed."""
        parts = [part for part in re.split(r"\s*[,;、|\s]\s*", _marked(line)) if part]
        found = [(part, _LINE.fullmatch(part.removesuffix(STRUCK_LINE))) for part in parts]
        numbers = [
            match[1] + (STRUCK_LINE if part.endswith(STRUCK_LINE) else "")
            for part, match in found
            if match is not None
        ]
        if len(numbers) == len(found):
            return self.join(numbers)
        shown = _marked(line)
        return shown if self.line(shown) == line else line

    def line(self, stored: str) -> str:
        """As it is, with words for the mark of a struck row."""
        return speak(in_words(stored))

    def values(self, stored: str) -> list[str]:
        """The numbers; behind that of a struck row its mark."""
        return _parts(stored)

    def join(self, values: list[str]) -> str:
        """In the order of lines."""
        return ", ".join(sorted(dict.fromkeys(values), key=_number))

    def words(self, stored: str) -> str:
        """The term and start of each row; of one row without its number, which stands beside it."""
        lines = {str(line.number): line for line in self._lines()}
        named = self.values(stored)
        found = []
        for value in named:
            line = lines.get(value)
            if line is None:
                gone = value == UNKNOWN_LINE or value.endswith(STRUCK_LINE)
                words = say("form.link_gone") if gone else ""
            else:
                words = ", ".join(part for part in (line.term, line.start) if part)
            number = value.removesuffix(STRUCK_LINE)
            found.append(f"{number}: {words}" if words and len(named) > 1 else words)
        return "; ".join(part for part in found if part)


def _hash(line: str) -> str:
    return re.sub(r"\s*#\s*", "#", unicodedata.normalize("NFKC", line).strip())


def _number(value: str) -> int:
    plain = value.removesuffix(STRUCK_LINE)
    return int(plain) if plain.isdecimal() else 0


def _marked(line: str) -> str:
    """The line with the mark of a struck row instead of the words for it."""
    line = _hash(line)
    for said in _STRUCK:
        line = said.sub(rf"\1{STRUCK_LINE}", line)
    return line


def _fits(line: LogLine, wanted: str) -> bool:
    return wanted in folded(line.term) or wanted in line.start or str(line.number).startswith(wanted)


class ListedLine(LineInput):
    """The line itself; alone it is a cell of a table."""

    def __init__(self, parent: QWidget, ems: float, listed: Listed, *, table: bool = False) -> None:
        super().__init__(parent, ems, table=table)
        self.listed = listed
        self._opener = (
            None if table else self.addAction(icon(Glyph.LIST), QLineEdit.ActionPosition.TrailingPosition)
        )
        if self._opener is not None:
            self._opener.triggered.connect(self.open_choices)

    def entered(self) -> Entered:
        """What the line means."""
        return Entered(self.listed.entered(self.text()))

    def _display(self, saved: Entered) -> None:
        super()._display(Entered(self.listed.line(saved.text)))
        self.setToolTip(self.listed.words(saved.text))

    def beside(self) -> str:
        """What is named, in words."""
        return self.listed.words(self.saved.text)

    def retranslate(self) -> None:
        """Speak the window's language; half-typed text stays."""
        if not self.dirty and self.text() != self.listed.line(self.saved.text):
            self._display(self.saved)
        if self._opener is not None:
            self._opener.setToolTip(say("form.open_list"))
        self.setToolTip(self.beside())

    def take(self, value: str) -> None:
        """A line of the list was chosen: one more, or, where it is named already, one less."""
        before = self.listed.values(self.entered().text)
        # A row that was struck out is let go of with the first choice.
        gone = (UNKNOWN_LINE, STRUCK_LINE)
        named = [v for v in before if v != value and not v.endswith(gone)] if self.listed.many else []
        if value not in before:
            named.append(value)
        self.setText(self.listed.line(self.listed.join(named)))
        self.listener.input_chosen()

    def open_choices(self) -> bool:
        """The list; what is named already carries a tick."""
        if self.locked:
            return False
        named = self.listed.values(self.entered().text)
        offers = [
            Offer(o.value, f"✓ {o.words}", o.fits) if o.value in named else o for o in self.listed.offers()
        ]
        if not offers:
            return False
        ListPopup(self, offers, named[0] if named else "", self.take).popup()
        return True


class ListedInput(FieldInput, QWidget):
    """The line with what it names, in words, beside it."""

    LINE_EMS = 12.0

    def __init__(self, parent: QWidget, listed: Listed) -> None:
        super().__init__(parent)
        self.line = ListedLine(self, self.LINE_EMS, listed)
        self._words = Line(self)
        self.line.textEdited.connect(lambda _text: self._tell())

    # What Field gives to us and asks of us belongs to the line.

    @property
    def listener(self) -> Listener:
        """Who hears the line."""
        return self.line.listener

    @listener.setter
    def listener(self, listener: Listener) -> None:
        self.line.listener = listener

    @property
    def saved(self) -> Entered:
        """What is committed."""
        return self.line.saved

    @saved.setter
    def saved(self, saved: Entered) -> None:
        self.line.saved = saved

    @property
    def locked(self) -> bool:  # type: ignore[override]
        """Whether the line is read-only."""
        return self.line.locked

    @property
    def composing(self) -> bool:
        """Never: numbers and codes keep input methods out."""
        return self.line.composing

    def finish_composition(self) -> None:
        """End what an input method composes in the line all the same."""
        self.line.finish_composition()

    def entered(self) -> Entered:
        """What the line means."""
        return self.line.entered()

    def show_saved(self, text: str, unit: str = "") -> None:
        """Show what is committed, and what it names."""
        self.line.show_saved(text, unit)
        self._tell()

    def restore(self) -> None:
        """Put back what is committed."""
        self.line.restore()
        self._tell()

    def set_locked(self, locked: bool) -> None:
        """Make read-only, or not."""
        self.line.set_locked(locked)

    def focus_target(self) -> QWidget:
        """The line."""
        return self.line

    def selectAll(self) -> None:
        """All of the line."""
        self.line.selectAll()

    def beside(self) -> str:
        """What is named; nothing while something else is being typed."""
        return "" if self.dirty else self.line.beside()

    def retranslate(self) -> None:
        """Speak the window's language."""
        self.line.retranslate()
        self._tell()

    def open_choices(self) -> bool:
        """The list."""
        return self.line.open_choices()

    def _tell(self) -> None:
        self._words.say(self.beside())

    # -- geometry

    def wanted_width(self) -> int:
        """All there is."""
        return 0

    def height_for(self, width: int) -> int:
        """One line."""
        return self.line.sizeHint().height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Line and words side by side."""
        line = min(self.line.wanted_width(), self.width())
        self.line.setGeometry(0, 0, line, self.height())
        gap = em(self) // 2
        self._words.setGeometry(line + gap, 0, max(self.width() - line - gap, 0), self.height())
