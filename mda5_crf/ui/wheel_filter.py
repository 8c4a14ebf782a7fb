"""The wheel scrolls the page; it never changes a value."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QScrollBar,
    QTabBar,
    QWidget,
)

_CHANGED_BY_WHEEL = (QAbstractSpinBox, QComboBox, QTabBar)


class WheelFilter(QObject):
    """Install once on the application: ``app.installEventFilter(WheelFilter(app))``.

    A wheel turn over an input that would change its value goes to the parent instead, which scrolls.
    Open lists and calendars are windows of their own and keep their wheel.
    """

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hand a wheel event over an input on to the input's parent."""
        if event.type() != QEvent.Type.Wheel or not isinstance(watched, QWidget):
            return False
        widget = _value_widget(watched)
        if widget is None or _in_popup(widget):
            return False
        parent = widget.parentWidget()
        if parent is not None:
            QApplication.sendEvent(parent, event)
        return True


def _value_widget(widget: QWidget) -> QWidget | None:
    if isinstance(widget, _CHANGED_BY_WHEEL):
        return widget
    if isinstance(widget, QAbstractSlider) and not isinstance(widget, QScrollBar):
        return widget
    # The editor inside a spin box or an editable combo box receives the wheel first.
    if isinstance(widget, QLineEdit) and isinstance(widget.parentWidget(), _CHANGED_BY_WHEEL):
        return widget.parentWidget()
    return None


def _in_popup(widget: QWidget) -> bool:
    return widget.window().windowType() == Qt.WindowType.Popup
