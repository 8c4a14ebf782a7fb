"""A bundle or a vault's folder dragged onto the window. What it is says its content, never its name.

Text that is dragged is nobody's business here: it goes to the field below it as ever. Files are looked at
before any widget sees them, or a field would take the path for text.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow

from mda5_crf.text import Text, message


class Kind(Enum):
    """What is being dragged."""

    BUNDLE = auto()
    VAULT = auto()
    FILE = auto()
    REFUSED = auto()


def judge(mime: QMimeData) -> tuple[Kind, Path, Text | None] | None:
    """What is dragged: kind, path, and for a refusal why. None for what is no file: text, a web address."""
    urls = [url for url in mime.urls() if url.isLocalFile()] if mime.hasUrls() else []
    if not urls:
        return None
    path = Path(urls[0].toLocalFile())
    if len(mime.urls()) > 1:
        return Kind.REFUSED, path, message("start.drop_one")
    from mda5_crf.services.vaultsearch import is_there
    from mda5_crf.sync.outside import is_bundle

    try:
        folder = path.is_dir()
    except (OSError, ValueError):  # a name with a zero byte, or far too long
        folder = False
    if folder:
        known = is_there(str(path))
        why = None if known else message("start.drop_no_vault", file=_short(path))
        return (Kind.VAULT if known else Kind.REFUSED), path, why
    if is_bundle(path):
        return Kind.BUNDLE, path, None
    return Kind.REFUSED, path, message("start.drop_no_bundle", file=_short(path))


def _short(path: Path) -> str:
    """The name of a file as it can stand in a sentence."""
    words = "".join(c for c in path.name if c.isprintable())
    return words if len(words) <= 60 else f"{words[:57]}…"


class Dropping(QObject):
    """Watches a window that is shown already."""

    bundle = Signal(object)
    """Path of a bundle that was dropped."""
    vault = Signal(object)
    """Path of a vault's folder that was dropped."""
    file = Signal(object)
    """Path of any other file, while a page is shown that takes it."""
    refused = Signal(object)
    """Text: why something cannot be dropped here."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self.takes_files: Callable[[], bool] = lambda: False
        window.setAcceptDrops(True)
        window.installEventFilter(self)
        # Qt offers a drag to the window of the screen first; there no widget has taken it yet.
        screen = window.windowHandle()
        if screen is not None:
            screen.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take what is a file; everything else goes where it was going."""
        if event.type() not in (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop):
            return False
        assert isinstance(event, QDropEvent)  # the base of all three
        judged = judge(event.mimeData())
        if judged is None:
            return False
        kind, path, why = judged
        if kind is Kind.REFUSED and len(event.mimeData().urls()) == 1 and self.takes_files():
            kind = Kind.FILE
        if kind is Kind.REFUSED:
            event.ignore()
            if not isinstance(event, QDragMoveEvent) or event.type() == QEvent.Type.DragEnter:
                self.refused.emit(why)
            return True
        # Copied, never moved: a file manager would delete the source of a move.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if event.type() == QEvent.Type.Drop:
            ways = {Kind.BUNDLE: self.bundle, Kind.VAULT: self.vault, Kind.FILE: self.file}
            ways[kind].emit(path)
        return True
