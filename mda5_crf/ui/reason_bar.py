"""A strip above the action bar that asks why, for what is done on no item of the form on screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from mda5_crf.errors import CrfError
from mda5_crf.services.changes import Reason
from mda5_crf.text import Text
from mda5_crf.ui.reason_strip import ReasonStrip
from mda5_crf.ui.strip import Strip


class ReasonBar(Strip):
    """``act`` gets the reason and may refuse with a CrfError: it is said, and the reason stays."""

    def __init__(
        self, parent: QWidget, question: Text, reasons: Mapping[str, Text], act: Callable[[Reason], object]
    ) -> None:
        super().__init__(parent)
        self._act = act
        self.reasons = ReasonStrip(
            self, question, reasons, None, self._accepted, self.close_strip, back="ui.cancel"
        )
        self.box.insertWidget(0, self.reasons)
        self.retranslate()
        self.rescale()

    def take_focus(self) -> None:
        """To the reasons."""
        self.reasons.take_focus()

    def _accepted(self, reason: Reason) -> None:
        try:
            self._act(reason)
        except CrfError as problem:
            self.complain(problem)
            return
        self.close_strip()

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        self.reasons.retranslate()
        self._fit()

    def rescale(self) -> None:
        """Distances from the type size."""
        super().rescale()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The reasons wrap for the new width."""
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """A sentence came under the reasons, or went."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return bool(super().event(event))

    def _fit(self) -> None:
        margins = self.box.contentsMargins()
        inside = max(self.width() - margins.left() - margins.right(), 1)
        high = self.reasons.height_for(inside)
        if self.reasons.height() != high:
            self.reasons.setFixedHeight(high)
