"""What one piece of work writes, read by another as it comes: nothing lies on the disk in between."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Final

_AHEAD: Final = 64
_PIECE: Final = 64 * 1024


class _Stopped(BaseException):
    """Nobody reads any more. Passes through whatever the writer catches."""


class Sink:
    """A file to write to, without places to go back to; zip files are written so."""

    def __init__(self) -> None:
        self.pieces: queue.Queue[bytes | None] = queue.Queue(_AHEAD)
        self.stopped = threading.Event()
        self._held = bytearray()

    def write(self, piece: bytes) -> int:
        """Hand bytes on; waits while the reader is behind."""
        self._held += piece
        if len(self._held) >= _PIECE:
            self.flush()
        return len(piece)

    def flush(self) -> None:
        """Hand on what is held back."""
        if self.stopped.is_set():
            raise _Stopped
        if self._held:
            self.pieces.put(bytes(self._held))
            self._held.clear()

    def seekable(self) -> bool:
        """Never."""
        return False


def poured(write: Callable[[Sink], object]) -> Iterator[bytes]:
    """The bytes that ``write`` writes, in a thread of its own. What it raises is raised here."""
    sink, raised = Sink(), list[BaseException]()

    def work() -> None:
        try:
            write(sink)
            sink.flush()
        except BaseException as problem:  # noqa: BLE001 - it is raised where it is waited for
            raised.append(problem)
        finally:
            sink.pieces.put(None)

    writer = threading.Thread(target=work, name="mda5-pour")
    writer.start()
    try:
        while (piece := sink.pieces.get()) is not None:
            yield piece
    finally:
        sink.stopped.set()
        while writer.is_alive():  # it may wait for room
            try:
                sink.pieces.get(timeout=0.05)
            except queue.Empty:
                continue
        writer.join()
    if raised:
        raise raised[0]
