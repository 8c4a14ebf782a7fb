"""Colours by the WCAG formula, type size, fonts and icons."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from mda5_crf import ui
from mda5_crf.settings import resource
from mda5_crf.ui import fonts, icons, theme

pytestmark = pytest.mark.usefixtures("english")

UI = Path(ui.__file__).parent


@pytest.mark.parametrize("ink, ground, needed", theme.PAIRS)
def test_every_pair_has_its_contrast(ink: str, ground: str, needed: float) -> None:
    assert theme.contrast(ink, ground) >= needed


def test_contrast_is_the_wcag_formula() -> None:
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert theme.contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)
    assert theme.contrast("#ff0000", "#ffffff") == theme.contrast("#ffffff", "#ff0000")
    assert theme.contrast("#ffff00", "#ffffff") < 1.5


def test_every_colour_that_speaks_is_in_a_measured_pair() -> None:
    colours = {v for k, v in vars(theme).items() if k.isupper() and isinstance(v, str) and v.startswith("#")}
    measured = {colour for pair in theme.PAIRS for colour in pair[:2]}
    assert colours - measured == {theme.HAIRLINE}


def test_there_is_no_style_sheet_anywhere() -> None:
    for path in UI.rglob("*.py"):
        assert not re.search(r"setStyleSheet", path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("percent, points", [(100, 10), (90, 9), (175, 17.5), (20, 9), (400, 17.5)])
def test_text_size_is_kept_between_90_and_175_percent(
    qapp: QApplication, percent: int, points: float
) -> None:
    theme.set_text_size(qapp, percent)
    assert qapp.font().pointSizeF() == pytest.approx(points)


def test_em_follows_the_text_size(qapp: QApplication, qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    small = theme.em(label)
    theme.set_text_size(qapp, 175)
    qapp.processEvents()  # Qt tells widgets of a new application font in the next round
    assert theme.em(label) > 1.6 * small


def test_shipped_fonts_draw_chinese_and_superscripts(qapp: QApplication) -> None:
    font = fonts.use_fonts(QFont("No Such Family"))
    assert fonts.draws(font)
    assert not fonts.draws(font, "\U00020bb7")


def test_a_missing_font_is_logged_and_not_fatal(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setattr(fonts, "resource", tmp_path.joinpath)
    assert fonts.load_fonts() == ()
    assert "CRF-Regular.ttf" in caplog.text
    assert fonts.use_fonts(qapp.font()).families()


@pytest.mark.parametrize("glyph", list(icons.Glyph))
def test_every_icon_is_drawn(qapp: QApplication, glyph: icons.Glyph) -> None:
    assert resource("icons", f"{glyph.value}.svg").is_file()
    image = icons.pixmap(glyph, 16, 2.0).toImage()
    assert image.width() == 32
    inked = sum(image.pixelColor(x, y).alpha() > 128 for x in range(32) for y in range(32))
    assert inked > 20


def test_no_two_icons_look_alike(qapp: QApplication) -> None:
    same_on_purpose = {icons.Glyph.OPEN_QUERY, icons.Glyph.QUERY}
    pictures = [
        bytes(icons.pixmap(glyph, 16).toImage().constBits())
        for glyph in icons.Glyph
        if glyph not in same_on_purpose
    ]
    assert len(set(pictures)) == len(pictures)


def test_each_status_has_an_icon(qapp: QApplication) -> None:
    for status in ("not_started", "in_progress", "complete", "signed", "locked", "not_done", "query"):
        assert not icons.status_icon(status).isNull()
    assert icons.STATUS_GLYPHS.get("nonsense") is None
    assert not icons.status_icon("nonsense").isNull()
