"""The look of the program for windows that a test opens without its start."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from mda5_crf.ui import theme


def dress(app: QApplication) -> None:
    """Fusion, the palette of the program and text at 100 %."""
    app.setStyle("Fusion")
    if not theme.high_contrast():
        app.setPalette(theme.palette())
    theme.set_text_size(app, 100)
