"""Files dragged onto the window: bundles, a folder of them, a vault, the files of a joining.

What a file is says its content, never its name. Text that is dragged is nobody's business here: it goes to
the field below it as ever. Files are looked at before any widget sees them, or a field would take the path
for text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum, auto
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow

from mda5_crf.text import Text, message

MOST_LOOKED_AT: Final = 500
"""Entries of a folder among which a bundle must be, for the folder to be taken: a drag waits for it."""
MOST_DROPPED: Final = 1_000


class Kind(Enum):
    """What is being dragged."""

    BUNDLE = auto()
    VAULT = auto()
    INVITATION = auto()
    REQUEST = auto()
    FILE = auto()
    REFUSED = auto()


class Judged(NamedTuple):
    """What is dragged: kind, paths (several only of bundles), and for a refusal why."""

    kind: Kind
    paths: tuple[Path, ...]
    why: Text | None = None

    @property
    def path(self) -> Path:
        """The first of them."""
        return self.paths[0]


def judge(mime: QMimeData) -> Judged | None:
    """What is dragged. None for what is no file: text, a web address."""
    urls = mime.urls() if mime.hasUrls() else []
    paths = tuple(Path(url.toLocalFile()) for url in urls if url.isLocalFile())
    if not paths:
        return None
    if len(paths) < len(urls) or len(paths) > MOST_DROPPED:
        return Judged(Kind.REFUSED, paths, message("start.drop_mixed"))
    if len(paths) == 1:
        kind = kind_of(paths[0])
        return Judged(kind, paths, _why(paths[0]) if kind is Kind.REFUSED else None)
    kinds = {kind_of(path) for path in paths}
    if Kind.BUNDLE in kinds and kinds <= {Kind.BUNDLE, Kind.REFUSED}:
        return Judged(Kind.BUNDLE, paths)  # what of them is none is named before anything is taken
    return Judged(Kind.REFUSED, paths, message("start.drop_mixed"))


def kind_of(path: Path) -> Kind:
    """What lies there. Never raises."""
    from mda5_crf.services.vaultsearch import is_there
    from mda5_crf.sync.envelope import MAGIC
    from mda5_crf.sync.joinfiles import INVITATION, REQUEST
    from mda5_crf.sync.outside import beginning

    if _is_folder(path):
        return Kind.VAULT if is_there(str(path)) else Kind.BUNDLE if _holds_bundle(path) else Kind.REFUSED
    kinds = {MAGIC: Kind.BUNDLE, INVITATION.magic: Kind.INVITATION, REQUEST.magic: Kind.REQUEST}
    return kinds.get(beginning(path), Kind.REFUSED)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a name with a zero byte, or far too long
        return False


def _holds_bundle(folder: Path) -> bool:
    from mda5_crf.sync.outside import is_bundle

    try:
        return any(is_bundle(entry) for entry in islice(folder.iterdir(), MOST_LOOKED_AT))
    except OSError:
        return False


def _why(path: Path) -> Text:
    code = "drop_no_vault" if _is_folder(path) else "drop_no_bundle"
    return message(f"start.{code}", file=_short(path))


def _short(path: Path) -> str:
    """The name of a file as it can stand in a sentence."""
    words = "".join(c for c in path.name if c.isprintable())
    return words if len(words) <= 60 else f"{words[:57]}…"


class Dropping(QObject):
    """Watches a window that is shown already."""

    bundles = Signal(object)
    """Paths (a sequence) of bundles, or of folders of them, that were dropped."""
    joining = Signal(object)
    """Path of an invitation or a request that was dropped."""
    vault = Signal(object)
    """Path of a vault's folder that was dropped."""
    file = Signal(object)
    """Path of any other file, while a page is shown that takes it."""
    refused = Signal(object)
    """Text: why something cannot be dropped here."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self.takes_files: Callable[[], bool] = lambda: False
        self._judged: Judged | None = None
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
        moving = isinstance(event, QDragMoveEvent) and event.type() != QEvent.Type.DragEnter
        if not moving:  # while it is moved it stays what it was: a folder is not read at every pixel
            self._judged = judge(event.mimeData())
        judged = self._judged
        if judged is None:
            return False
        kind = judged.kind
        if kind is Kind.REFUSED and len(judged.paths) == 1 and self.takes_files():
            kind = Kind.FILE
        if kind is Kind.REFUSED:
            event.ignore()
            if not moving:
                self.refused.emit(judged.why)
            return True
        # Copied, never moved: a file manager would delete the source of a move.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if event.type() == QEvent.Type.Drop:
            self._hand_on(kind, judged.paths)
        return True

    def _hand_on(self, kind: Kind, paths: Sequence[Path]) -> None:
        if kind is Kind.BUNDLE:
            self.bundles.emit(paths)
            return
        ways = {
            Kind.VAULT: self.vault, Kind.FILE: self.file,
            Kind.INVITATION: self.joining, Kind.REQUEST: self.joining,
        }  # fmt: skip
        ways[kind].emit(paths[0])
