"""What every window of the program needs before it is shown: look, fonts, language, the wheel filter.

The shipped fonts are loaded before the first paint: that costs 1.5 ms (Qt maps the files), and nobody
ever sees boxes.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QLibraryInfo, QTranslator
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from mda5_crf.settings import resource
from mda5_crf.text import Language
from mda5_crf.ui.fonts import use_fonts
from mda5_crf.ui.language import language, set_language
from mda5_crf.ui.theme import high_contrast, palette, set_text_size


class _Kept:
    """What must live as long as the application."""

    translator: QTranslator | None = None


def make_application() -> QApplication:
    """The application in Fusion style. Naming the style here and not by ``setStyle`` spares the start 15 ms:
    the binding makes an enumeration for every list of constants of a class that is touched.
    """
    return QApplication([sys.argv[0], "-style", "fusion"])


def prepare(app: QApplication, speak: Language, percent: int) -> None:
    """Set look, fonts and language of the application. Called once, before the first window."""
    app.setApplicationName("MDA5-CRF")
    app.setWindowIcon(QIcon(str(resource("icons", "program.png"))))  # read when the system asks for it
    if not high_contrast():
        app.setPalette(palette())
    app.setFont(use_fonts(app.font()))
    set_text_size(app, percent)
    speak_now(app, speak)


def finish(app: QApplication) -> None:
    """What can wait until the first window is painted: from then on the wheel changes no value, and no editor
    loses what an input method composes in it.
    """
    from mda5_crf.ui.ime import watch
    from mda5_crf.ui.wheel_filter import WheelFilter

    app.installEventFilter(WheelFilter(app))
    watch(app)


def speak_now(app: QApplication, speak: Language) -> None:
    """Change the language of all windows and of Qt's own dialogs."""
    if _Kept.translator is not None:
        app.removeTranslator(_Kept.translator)
        _Kept.translator = None
    if speak == "zh":
        translator = QTranslator(app)
        if translator.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            app.installTranslator(translator)
            _Kept.translator = translator
    set_language(speak)


def other_language() -> Language:
    """The one that is not on screen."""
    return "zh" if language() == "en" else "en"
