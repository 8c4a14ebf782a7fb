"""``mda5-crf [VAULT]``: the window, when there is a screen."""

from __future__ import annotations

import os
import sys

from mda5_crf.cli.failures import MACHINE
from mda5_crf.cli.output import say_error
from mda5_crf.text import message


def has_display() -> bool:
    """Whether a window can be shown. Only X11 and Wayland can be missing; elsewhere Qt finds its screen."""
    if os.environ.get("QT_QPA_PLATFORM"):
        return True
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run_window(vault: str | None) -> int:
    """Open the window; without a display say so in one line, name the demonstration, and return 3."""
    if not has_display():
        say_error(message("cli.no_display"))
        return MACHINE
    from mda5_crf.app import run

    return run(vault)
