"""The window. PySide6 lives only here and in ``app``; nothing here knows a rule or a table."""

from __future__ import annotations

import ctypes
import sys

import PySide6


def _keep_singletons() -> None:
    """Hold on to None, True and False where PySide6 gives them away.

    PySide6 6.12.0 on Python 3.11 takes one reference from None at every call that returns nothing, and
    from True and False at some that return them; after some thousand calls the interpreter ends the
    process ("none_dealloc"). 6.11.3 does not, and from Python 3.12 on they cannot be freed at all.
    """
    if sys.version_info >= (3, 12) or PySide6.__version__ != "6.12.0" or hasattr(sys, "gettotalrefcount"):
        return
    for singleton in (None, True, False, NotImplemented, Ellipsis):
        # The reference count is the first field of every object of a release build.
        ctypes.c_ssize_t.from_address(id(singleton)).value = sys.maxsize // 2


_keep_singletons()
