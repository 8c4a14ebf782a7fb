"""Going on by itself behind a coded answer typed as digits: a preference of this PC, off unless switched on.

Only where the typed code is complete and no other code begins with it; never behind dates, numbers or words,
never while an input method composes, never for the mouse, and never for a key that is held down.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from PySide6.QtGui import QKeyEvent

from mda5_crf.settings import load_settings, remember


class _Preference:
    def __init__(self) -> None:
        self.on = load_settings().auto_advance


@cache
def _preference() -> _Preference:
    """Read from the settings of this PC when it is first asked for."""
    return _Preference()


def is_on() -> bool:
    """Whether coded answers go on by themselves."""
    return _preference().on


def switch(on: bool) -> None:
    """Set the preference and remember it for this PC."""
    _preference().on = on
    remember(auto_advance=on)


def goes_on(event: QKeyEvent, typed: str, codes: Iterable[str]) -> bool:
    """Whether the key that completed ``typed`` should go on: ``typed`` is one of ``codes``, and no other
    begins with it.
    """
    if not is_on() or event.isAutoRepeat() or not event.text().isdigit():
        return False
    return [code for code in codes if code.startswith(typed)] == [typed]
