"""How many alterations were tried and found, how many faults injected and survived: said at the end of a run.

A test marked ``alteration`` is one alteration tried, and found when the test passes; ``fault`` likewise is
one fault injected, and survived. Their kind is the test's name, or the marker's argument. A test that tries
more than one says so itself, with the numbers it counted:

    @pytest.mark.alteration
    def test_old_page_spliced_in(ward): ...
        counts.alterations("old_page_spliced_in", tried=12, found=12)   # instead of the 1 of the marker

Numbers travel as properties of the tests, so they are the same with and without several workers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

import pytest

# Marker → (what was done, what must come of it)
WORDS: Final = {
    "alteration": ("alterations", "tried", "found"),
    "fault": ("faults", "injected", "survived"),
    "input": ("inputs of the fuzzer", "read", "without harm"),
    "refusal": ("refusals of these inputs, by code", "refused", "in words"),
}
_MARK: Final = "mda5-crf counts"
_HISTORY: Final = "history"
_met: dict[str, int] = {}
_current: list[pytest.Item] = []
_totals: dict[str, dict[str, list[int]]] = {name: defaultdict(lambda: [0, 0]) for name in WORDS}


def alterations(kind: str, *, tried: int, found: int) -> None:
    """Count alterations of one kind within the running test, instead of the one its marker stands for."""
    _add("alteration", kind, tried, found)


def faults(kind: str, *, injected: int, survived: int) -> None:
    """Count faults of one kind within the running test, instead of the one its marker stands for."""
    _add("fault", kind, injected, survived)


def histories(met: Mapping[str, int], refusals: Mapping[str, int]) -> None:
    """Count what the running test's histories met, and why bundles were refused in them, by code."""
    for kind, count in met.items():
        _add(_HISTORY, kind, count, 0)
    for code, count in refusals.items():
        _add(_HISTORY, f"refused: {code}", count, 0)


def inputs(layer: str, *, read: int, unharmed: int, codes: Mapping[str, int]) -> None:
    """Count inputs of the fuzzer and the codes they were refused with; no marker stands for them."""
    _add("input", layer, read, unharmed)
    for code, number in codes.items():
        _add("refusal", code, number, number)


def _add(what: str, kind: str, did: int, good: int) -> None:
    if _current:
        _current[-1].user_properties.append((_MARK, [what, kind, did, good]))


# -- hooks; tests/conftest.py takes them over ----------------------------------------------------------


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Remember who is running."""
    _current[:] = [item]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:  # noqa: ANN401
    """Count a marked test as one, unless it counted for itself."""
    if call.when == "call":
        counted = any(name == _MARK for name, _ in item.user_properties)
        for what in WORDS:
            marker = item.get_closest_marker(what)
            if marker is not None and not counted and not _skipped(call):
                kind = marker.args[0] if marker.args else getattr(item, "originalname", item.name)
                item.user_properties.append(
                    (_MARK, [what, kind.removeprefix("test_"), 1, int(call.excinfo is None)])
                )
    return (yield)


def _skipped(call: pytest.CallInfo[None]) -> bool:
    return call.excinfo is not None and call.excinfo.errisinstance(pytest.skip.Exception)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up, where the reports of all workers arrive."""
    if report.when != "call":
        return
    for name, value in report.user_properties:
        if name == _MARK and isinstance(value, (list, tuple)):
            what, kind, did, good = value
            if what == _HISTORY:
                _met[kind] = _met.get(kind, 0) + did
                continue
            total = _totals[what][kind]
            total[0] += did
            total[1] += good


def pytest_terminal_summary(terminalreporter: Any) -> None:  # noqa: ANN401 - pytest's, without a public type
    """The table at the end of a run."""
    for what, (noun, did, good) in WORDS.items():
        kinds = _totals[what]
        if not kinds:
            continue
        tried, found = (sum(total[place] for total in kinds.values()) for place in (0, 1))
        terminalreporter.section(f"{noun}: {tried} {did}, {found} {good}")
        for kind, (one, other) in sorted(kinds.items()):
            missed = "" if one == other else f"   NOT {good}: {one - other}"
            terminalreporter.write_line(f"{one:6d} {did} {other:6d} {good}   {kind}{missed}")
    if _met:
        terminalreporter.section(f"histories of the mailbag: {_met.get('histories', 0)}")
        for kind, count in sorted(_met.items()):
            terminalreporter.write_line(f"{count:7d}   {kind}")
