"""Blank forms from the window: the form on screen, its visit, the whole casebook, or each form once.

They hold nothing of a participant: no warning, no record of a print. Drawn in a thread.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QWidget

from mda5_crf.text import message
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.printing import PdfActs, PdfStrip
from mda5_crf.ui.spoken import name
from mda5_crf.ui.worker import Progress

if TYPE_CHECKING:
    from mda5_crf.itemkey import ItemKey
    from mda5_crf.pdf.paper import Printed
    from mda5_crf.pdf.voice import Tongue

FORM, VISIT, BOOK, UNIQUE = "form", "visit", "book", "unique"


class BlankStrip(PdfStrip):
    """What, where to, in which language. Without a form on screen the whole casebook alone is offered."""

    def __init__(
        self, parent: QWidget, folder: Path, key: ItemKey | None, save: Callable[[str, Tongue, Path], None]
    ) -> None:
        self._offered = (FORM, VISIT, BOOK, UNIQUE) if key is not None else (BOOK, UNIQUE)
        self._stems = {
            FORM: f"blank-{key.event}-{key.form}" if key is not None else "",
            VISIT: f"blank-{key.event}" if key is not None else "",
            BOOK: "blank-casebook",
            UNIQUE: "blank-forms",
        }
        self.what = QComboBox()
        self.what.setMinimumHeight(24)
        for one in self._offered:
            self.what.addItem("", one)
        super().__init__(
            parent,
            folder / self._named(),
            message("blankbook.window_title"),
            lambda tongue, file: save(str(self.what.currentData()), tongue, file),
            warning=message("blankbook.window_note"),
        )
        self.row.insertWidget(self.row.indexOf(self.tongue), self.what)
        self.setTabOrder(self.browse, self.what)
        self.setTabOrder(self.what, self.tongue)
        self.what.currentIndexChanged.connect(self._renamed)

    def _named(self) -> str:
        return f"{self._stems[str(self.what.currentData())]}.pdf".lower()

    def _renamed(self) -> None:
        """The offered name follows the choice; a name of somebody's own stays."""
        file = Path(self.file.text().strip())
        if file.name in {f"{stem}.pdf".lower() for stem in self._stems.values()}:
            self.file.setText(str(file.with_name(self._named())))

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        for place, one in enumerate(self._offered):
            self.what.setItemText(place, say(f"blankbook.window_{one}"))
        name(self.what, speak(message("blankbook.window_what")))


class BlankActs(PdfActs):
    """See the module text."""

    def ask(self) -> None:
        """What, where to, and in which language."""
        if not self._work.leave():
            return
        page = self._work.page
        key = page.entry.key if page is not None else None

        def save(what: str, tongue: Tongue, file: Path) -> None:
            self._begin(lambda: self._blank(key, what, tongue, file), file)

        self._work.show_strip(BlankStrip(self._work, self._folder, key, save))

    def _blank(self, key: ItemKey | None, what: str, tongue: Tongue, file: Path) -> None:
        from mda5_crf.jobs.pages import blank_pages

        study, demo = self._work.session.study, self._work.session.demo
        event = key.event if key is not None and what in (FORM, VISIT) else None
        forms = [key.form] if key is not None and what == FORM else None

        def draw(progress: Progress) -> Printed:
            made = datetime.now(UTC)
            unique = what == UNIQUE
            return blank_pages(
                study, event, forms, tongue, demo=demo, made=made, unique=unique, progress=progress
            )

        self._draw(draw, file)
