"""The shipped fonts on screen, so that a PC without Chinese fonts shows no boxes."""

from __future__ import annotations

import logging

from PySide6.QtGui import QFont, QFontDatabase, QRawFont

from mda5_crf.settings import resource

_log = logging.getLogger(__name__)

FILES = ("CRF-Regular.ttf", "CRF-Bold.ttf")

SYSTEM_CHINESE = ("Microsoft YaHei UI", "PingFang SC", "Noto Sans CJK SC")
"""Families of Windows, macOS and Linux that are asked before the shipped one."""

_SAMPLE = "访质疑℃⁹☑"


def load_fonts() -> tuple[str, ...]:
    """Make the shipped fonts known to Qt and return their families; a missing file is logged, not fatal."""
    families: list[str] = []
    for name in FILES:
        path = resource("fonts", name)
        number = QFontDatabase.addApplicationFont(str(path)) if path.is_file() else -1
        if number < 0:
            _log.warning("font %s is not available", name)
            continue
        families += [f for f in QFontDatabase.applicationFontFamilies(number) if f not in families]
    return tuple(families)


def use_fonts(base: QFont) -> QFont:
    """``base`` with Chinese fallbacks behind it: the system's own, then the shipped family.

    The system's family stays first only where there is one; on a bare machine the shipped family leads.
    """
    shipped = load_fonts()
    known = set(QFontDatabase.families())
    chinese = [family for family in SYSTEM_CHINESE if family in known]
    font = QFont(base)
    lead = [base.family()] if base.family() in known and base.family() not in shipped else []
    font.setFamilies([*lead, *chinese, *shipped] or [base.family()])
    return font


def draws(font: QFont, characters: str = _SAMPLE) -> bool:
    """Whether one family of ``font`` has a glyph for each of ``characters``."""
    raws = [QRawFont.fromFont(_single(font, family)) for family in font.families()]
    return all(any(raw.supportsCharacter(ord(c)) for raw in raws) for c in characters)


def _single(font: QFont, family: str) -> QFont:
    one = QFont(font)
    one.setFamilies([family])
    return one
