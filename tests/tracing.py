"""Coverage is measured in the tests, not while they are read, and not where nothing with a gate is reached.

Python 3.11 runs two to three times slower under coverage, whatever the source it is told to look at. So what
has a gate (tools/check.py) is imported first, then the tests are read without it; a folder or module in
``UNTRACED`` runs without it, and so do the programs it starts. Does nothing when coverage is not asked for.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
from typing import TYPE_CHECKING, Final

import pytest

from tools.check import COVERED_BOXES

if TYPE_CHECKING:
    import coverage

UNTRACED: Final = ("tests/unit/test_text.py",)
"""Beginnings of what is not measured; a folder comes in only when all gates hold without it."""
_CHILDREN: Final = "COVERAGE_PROCESS_CONFIG"  # what makes a Python that is started measure itself

_paused: list[coverage.Coverage] = []
_environment: dict[str, str] = {}


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Behind the plugin's own: import what is measured, then read the tests in peace."""
    leads = session.config.getoption("numprocesses", None) and not hasattr(session.config, "workerinput")
    if leads or _running() is None:
        return
    for box in COVERED_BOXES:
        package = importlib.import_module(f"mda5_crf.{box}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    _pause()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> None:
    """Measure this test, with what it sets up, or do not."""
    if not item.nodeid.startswith(UNTRACED):
        _resume()
    elif _running() is not None:
        _pause()


def _running() -> coverage.Coverage | None:
    """What measures this process now."""
    try:
        import coverage
    except ImportError:
        return None
    return coverage.Coverage.current()


def _pause() -> None:
    """A worker has several: the one of any Python that is started, and the plugin's on top of it."""
    while (one := _running()) is not None:
        one.stop()
        if not _paused:
            _paused.append(one)
    if _CHILDREN in os.environ:
        _environment[_CHILDREN] = os.environ.pop(_CHILDREN)


def _resume() -> None:
    """The plugin's goes on; nothing when none was paused."""
    if _paused:
        _paused.pop().start()
        os.environ |= _environment
