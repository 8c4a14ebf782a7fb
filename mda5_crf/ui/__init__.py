"""The window. PySide6 lives only here and in ``app``; nothing here knows a rule or a table."""

from __future__ import annotations

import ctypes
import sys

import PySide6


def _keep_none() -> None:
    """Hold on to None where PySide6 gives it away.

    PySide6 6.12.0 on Python 3.11 takes one reference from None at every call that returns nothing; after
    some thousand calls the interpreter ends the process ("none_dealloc"). 6.11.3 does not, and from
    Python 3.12 on None cannot be freed at all.
    """
    if sys.version_info < (3, 12) and PySide6.__version__ == "6.12.0" and not hasattr(sys, "gettotalrefcount"):
        # The reference count is the first field of every object of a release build.
        ctypes.c_ssize_t.from_address(id(None)).value = sys.maxsize // 2


_keep_none()
