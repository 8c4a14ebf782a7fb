"""A strip that asks where something is to be written, and in which language: a page, a list, a trail."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QWidget

from mda5_crf.text import Text, message
from mda5_crf.ui.language import language, say, speak
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.spoken import name
from mda5_crf.ui.strip import Strip
from mda5_crf.ui.theme import Tone


def documents() -> Path:
    """Where files are offered to go until somebody names another folder."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(folder) if folder and Path(folder).is_dir() else Path.home()


class FileStrip(Strip):
    """File, language, one button; ``warning`` says what leaves the vault in clear. Subclasses ``write``."""

    replaces = True
    """Whether a file that stands there may be replaced, by saying so twice; else ``write`` refuses it."""

    def __init__(
        self,
        parent: QWidget,
        file: Path,
        title: Text,
        tongues: Sequence[str],
        tongue_title: Text,
        act: Text,
        kinds: Text,
        warning: Text,
    ) -> None:
        super().__init__(parent)
        self._tongues, self._tongue_title = tuple(tongues), tongue_title
        self._act, self._kinds, self._said = act, kinds, warning
        self._may_replace: Path | None = None
        self.file = QLineEdit(str(file), self)
        self.file.setMinimumHeight(24)
        self.file.returnPressed.connect(self.accept)
        self.label(title, self.file)
        self.row.addWidget(self.file, 1)
        self.browse = self.press(message("ui.browse"))
        self.browse.clicked.connect(self._choose)
        self.tongue = QComboBox(self)
        self.tongue.setMinimumHeight(24)
        for tongue in self._tongues:
            self.tongue.addItem("", tongue)
        self.tongue.setCurrentIndex(self._tongues.index(language()))
        self.row.addWidget(self.tongue)
        self.ok = self.press(act)
        self.ok.clicked.connect(self.accept)
        self.cancel = self.press(message("ui.cancel"))
        self.cancel.clicked.connect(self.close_strip)
        self.warning = MessageLabel(self)
        self.box.addWidget(self.warning)
        self.retranslate()
        self.rescale()

    def take_focus(self) -> None:
        """To the file."""
        self.file.setFocus()
        self.file.setCursorPosition(len(self.file.text()))

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, speak(self._act), self.file.text(), speak(self._kinds))
        if chosen:
            self.file.setText(chosen)
            self._may_replace = Path(chosen)  # the dialog has asked

    def accept(self) -> None:
        """Write it when the folder is there; over a file that is there only when told so twice."""
        file = Path(self.file.text().strip())
        if not self.file.text().strip() or file.is_dir() or not file.absolute().parent.is_dir():
            self.complain(message("ui.no_such_folder"))
            self.file.setFocus()
            return
        if self.replaces and file.exists() and self._may_replace != file:
            self._may_replace = file
            self.complain(message("ui.file_there", name=file.name))
            self.file.setFocus()
            return
        self.write(file, self._tongues[self.tongue.currentIndex()])

    def write(self, file: Path, tongue: str) -> None:
        """Begin to write ``file``, whose folder is there."""
        raise NotImplementedError

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        for place, tongue in enumerate(self._tongues):
            self.tongue.setItemText(place, say(f"ui.tongue_{tongue}"))
        name(self.tongue, speak(self._tongue_title))
        self.warning.say(speak(self._said), Tone.SOFT)
