"""Qt's own chain of focus in the order of the definition, for rows that were added later too."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtWidgets import QWidget

from mda5_crf.ui.field import Field
from mda5_crf.ui.form_layout import Stop


def chain(stops: Sequence[Stop]) -> None:
    """Lead Tab through ``stops``."""
    widgets = [widget for stop in stops for widget in _focus_widgets(stop)]
    for one, two in pairwise(widgets):
        # Not asked of nextInFocusChain: what PySide returns there (the window, behind the last widget) it
        # takes for a child of the widget asked, and drops it together with the page.
        QWidget.setTabOrder(one, two)


def _focus_widgets(stop: Stop) -> tuple[QWidget, ...]:
    return stop.input.focus_widgets() if isinstance(stop, Field) else stop.focus_widgets()
