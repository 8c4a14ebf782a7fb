"""Values that were copied out of our window: not into the history of the clipboard, and not for long."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData, QObject, QTimer
from PySide6.QtGui import QClipboard, QGuiApplication

SECONDS = 60
"""How long what was copied stays on the clipboard."""

_NATIVE = 'application/x-qt-windows-mime;value="{}"'
PRIVATE: dict[str, bytes] = {
    # Windows: named in Microsoft's "Clipboard Formats" under cloud clipboard and clipboard history.
    _NATIVE.format("ExcludeClipboardContentFromMonitorProcessing"): b"\x01\x00\x00\x00",
    _NATIVE.format("CanIncludeInClipboardHistory"): b"\x00\x00\x00\x00",
    _NATIVE.format("CanUploadToCloudClipboard"): b"\x00\x00\x00\x00",
    # What managers of the clipboard on macOS and KDE look for.
    "application/x-nspasteboard-concealed-type": b"1",
    "x-kde-passwordManagerHint": b"secret",
}
"""Formats that ask whoever keeps a history of the clipboard to leave this out."""
_MARK = "x-kde-passwordManagerHint"


class ClipboardGuard(QObject):
    """Watches what our own window copies; what another program copied is never touched.

    ``owns`` says whether what lies on the clipboard came from here, where the system can tell.
    """

    def __init__(
        self, parent: QObject, seconds: float = SECONDS, owns: Callable[[], bool] | None = None
    ) -> None:
        super().__init__(parent)
        self._board = QGuiApplication.clipboard()
        self.owns = owns if owns is not None else self._board.ownsClipboard
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(int(seconds * 1000))
        self._timer.timeout.connect(self.clear)
        self._board.dataChanged.connect(self._changed)

    def _changed(self) -> None:
        if not self.owns():
            self._timer.stop()
            return
        data = self._board.mimeData()
        if data is None or not data.hasText():
            return
        self._timer.start()
        if not data.hasFormat(_MARK):
            # Set again with the marks; this slot is called once more and finds them there.
            self._board.setMimeData(_marked(data.text()))

    def clear(self) -> None:
        """Take back what was copied here, if it is still there."""
        self._timer.stop()
        if self.owns():
            self._board.clear()
        if self._board.supportsSelection() and self._board.ownsSelection():
            self._board.clear(QClipboard.Mode.Selection)


def _marked(text: str) -> QMimeData:
    made = QMimeData()
    made.setText(text)
    for kind, value in PRIVATE.items():
        made.setData(kind, value)
    return made
