"""The language of the window, and how a change of it reaches every widget.

``set_language`` sends ``QEvent.LanguageChange`` to every window; Qt hands it down to all descendants.
A widget speaks in its one ``retranslate()``, called by its constructor and from ``changeEvent``.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QLocale
from PySide6.QtWidgets import QApplication

from mda5_crf.text import Language, Text, message


class _Current:
    language: Language = "en"


def language() -> Language:
    """The language now on screen, "en" or "zh"."""
    return _Current.language


def set_language(new: Language) -> None:
    """Speak ``new`` from now on; every open window is told at once."""
    _Current.language = new
    QLocale.setDefault(QLocale(QLocale.Language.Chinese if new == "zh" else QLocale.Language.English))
    for window in QApplication.topLevelWidgets():
        QCoreApplication.sendEvent(window, QEvent(QEvent.Type.LanguageChange))


def say(code: str, **params: object) -> str:
    """The message ``area.name`` in the language of the window."""
    return message(code, **params).in_(_Current.language)


def speak(text: Text) -> str:
    """``text`` in the language of the window."""
    return text.in_(_Current.language)
