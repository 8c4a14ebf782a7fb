"""What every test stands on: no screen, its own settings, and no trouble left behind unnoticed."""

from __future__ import annotations

import itertools
import logging
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

# Before the first import of Qt: without a screen Qt would end the process.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
# Before the first import of the program: no test reads or writes the settings of the person at the desk.
_SETTINGS = tempfile.TemporaryDirectory(prefix="mda5-crf-tests-")
os.environ["MDA5_CRF_CONFIG"] = _SETTINGS.name
os.environ.pop("MDA5_CRF_PASSWORD", None)

import hypothesis  # noqa: E402
import pytest  # noqa: E402

from tests.faults.counts import (  # noqa: E402, F401 - hooks: the counts at the end of a run
    pytest_runtest_logreport,
    pytest_runtest_makereport,
    pytest_runtest_setup,
    pytest_terminal_summary,
)
from tests.once import each_derivation_once, real_derivations  # noqa: E402, F401 - fixtures of every test
from tests.pgserver import pytest_configure, pytest_unconfigure, server  # noqa: E402, F401 - hooks, a fixture
from tests.tracing import pytest_runtest_protocol, pytest_sessionstart  # noqa: E402, F401 - hooks

_NUMBERS = itertools.count()
NIGHTLY = os.environ.get("MDA5_CRF_NIGHTLY") == "1"
GUI_FIXTURES = {"qtbot", "qapp"}
SECONDS_TO_END = 2.0

hypothesis.settings.register_profile("quick", max_examples=40, deadline=None, derandomize=True)
hypothesis.settings.register_profile("nightly", max_examples=1000, deadline=None)
hypothesis.settings.load_profile("nightly" if NIGHTLY else "quick")


@pytest.fixture(scope="session")
def times() -> Callable[[int, int], int]:
    """``times(20, 200)``: 20 in ``make test``, 200 in ``make nightly``."""
    return lambda short, full: full if NIGHTLY else short


@pytest.fixture(scope="module", autouse=True)
def settings_of_the_module() -> Iterator[None]:
    """What a module opens for all its tests remembers nothing of another module's vaults: copies of one vault
    have one identity, and the PC would say that an older copy was put back.
    """
    folder = Path(_SETTINGS.name, f"module-{next(_NUMBERS)}")
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MDA5_CRF_CONFIG", str(folder))
        yield


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty settings folder of its own for each test; subprocesses inherit it."""
    folder = Path(_SETTINGS.name, str(next(_NUMBERS)))
    folder.mkdir()
    monkeypatch.setenv("MDA5_CRF_CONFIG", str(folder))
    return folder


class _Trouble(logging.Handler):
    """Keeps every record of WARNING or above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(autouse=True)
def no_unexpected_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """A warning nobody asked for fails the test; mark ``logs`` or use ``caplog`` where one is due."""
    handler = _Trouble()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    expected = request.node.get_closest_marker("logs") or "caplog" in request.fixturenames
    if handler.records and not expected:
        lines = [f"{r.name} {r.levelname}: {r.getMessage()}" for r in handler.records]
        pytest.fail("unexpected log records:\n" + "\n".join(lines))


def _program_threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.is_alive()}


@pytest.fixture(autouse=True)
def no_thread_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """A thread that outlives its test holds a file or a widget; mark ``threads`` where it is meant to."""
    before = _program_threads()
    yield
    if request.node.get_closest_marker("threads"):
        return
    until = time.monotonic() + SECONDS_TO_END
    while (left := _program_threads() - before) and time.monotonic() < until:
        time.sleep(0.01)
    if left:
        pytest.fail(f"threads left behind: {', '.join(sorted(thread.name for thread in left))}")


@pytest.fixture(autouse=True)
def no_widget_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """A window that outlives its test slows down and disturbs all later ones: give it to ``qtbot``."""
    if not GUI_FIXTURES & set(request.fixturenames):
        yield
        return
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication
    from shiboken6 import isValid

    before = {id(widget) for widget in QApplication.topLevelWidgets()}
    yield
    # Outside an event loop deleteLater() waits for ever; this is what the loop would do.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [widget for widget in QApplication.topLevelWidgets() if id(widget) not in before]
    names = [f"{type(widget).__name__} {widget.objectName() or widget.windowTitle()!r}" for widget in left]
    for widget in left:
        if isValid(widget):
            widget.close()
            widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if names:
        pytest.fail(f"top-level widgets left behind: {', '.join(sorted(names))}")
