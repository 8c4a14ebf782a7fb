"""Every form, in both languages, at 100 and 150 % text: nothing cut, nothing overlapping, no missing glyph.

The window is as high as the form, so that all of it is in sight. A form is built once and then spoken and
scaled in place.
"""

from __future__ import annotations

import json
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QRawFont
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QLineEdit, QPushButton, QTableWidget, QWidget
from pytestqt.qtbot import QtBot

from mda5_crf import text
from mda5_crf.jobs.demonstration import PASSWORD
from mda5_crf.jobs.filling import fill
from mda5_crf.services.session import Session
from mda5_crf.settings import resource, study_directory
from mda5_crf.text import LANGUAGES
from mda5_crf.ui import fonts, theme
from mda5_crf.ui.main_window import DESIGN_SIZE, MainWindow
from mda5_crf.ui.start import speak_now
from tests.gui import measuring, screens_ward
from tests.gui.shell_driver import put_away, settle

SIZES = (100, 150)
CHROME = 260
"""What the window needs beside its form, in pixels, at most."""


@pytest.fixture(scope="module")
def window(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    screens_ward.as_on_a_ward(qapp)
    vault = screens_ward.build(tmp_path_factory.mktemp("screens") / "ward.mda5")
    made = MainWindow(str(vault))
    made.enter(Session.open(vault, screens_ward.LOGIN, PASSWORD))
    made.show()
    settle()
    kept = QApplication.topLevelWidgets()
    yield made
    put_away(made)
    theme.set_text_size(qapp, 100)
    del kept


def in_every_dress(app: QApplication, window: MainWindow) -> Iterator[str]:
    """The window as it stands, at each size and in each language."""
    for size in SIZES:
        theme.set_text_size(app, size)
        for tongue in LANGUAGES:
            speak_now(app, tongue)
            settle()
            yield f"{tongue} {size} %"
    theme.set_text_size(app, 100)
    speak_now(app, "en")
    window.resize(*DESIGN_SIZE)
    settle()


@pytest.mark.parametrize("oid", screens_ward.form_names())
def test_nothing_is_cut_on_any_form(qapp: QApplication, window: MainWindow, oid: str) -> None:
    assert window.work is not None
    session = window.work.session
    key = screens_ward.first_of(session, oid)
    if oid in screens_ward.EXTRA:
        fill(session.entry(key), {}, session.today)
    assert window.work.open_form(key)
    found: list[str] = []
    for dress in in_every_dress(qapp, window):
        assert window.work.page is not None
        for _ in range(2):  # with the scroll bar gone, words may need fewer lines
            window.resize(DESIGN_SIZE[0], window.work.page.view.body.height() + CHROME)
            settle()
        found += [f"{dress}: {line}" for line in measuring.measure(window)]
    assert not found, "\n".join(found)


# ------------------------------------------------------------------ every character


def _sentences(module: ModuleType) -> Iterator[str]:
    for value in vars(module).values():
        if isinstance(value, dict):
            for pair in value.values():
                yield from (
                    part for part in (pair if isinstance(pair, tuple) else ()) if isinstance(part, str)
                )


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(part)


def _characters() -> dict[str, str]:
    """Every character the program can show by itself, and where it stands."""
    import importlib
    import pkgutil

    found: dict[str, str] = {}
    for path in sorted(study_directory().rglob("*.toml")):
        words = "".join(_strings(tomllib.loads(path.read_text(encoding="utf-8"))))
        found.update(dict.fromkeys(words, path.name))
    for module in pkgutil.iter_modules(text.__path__):
        area = importlib.import_module(f"{text.__name__}.{module.name}")
        found.update(dict.fromkeys("".join(_sentences(area)), module.name))
    return {c: where for c, where in found.items() if not c.isspace()}


@pytest.mark.parametrize("file", fonts.FILES)
def test_every_character_has_a_glyph_in_the_shipped_fonts(qapp: QApplication, file: str) -> None:
    raw = QRawFont(str(resource("fonts", file)), 13)
    characters = _characters()
    assert set(string.ascii_letters) < set(characters) and len(characters) > 1000
    lacking = {c: where for c, where in characters.items() if not raw.supportsCharacter(ord(c))}
    assert not lacking, json.dumps(lacking, ensure_ascii=False)


def test_the_shipped_fonts_are_used_on_screen(qapp: QApplication) -> None:
    font = fonts.use_fonts(QFont("No Such Family"))
    assert all(fonts.draws(font, c) for c in "①¹²℃κμ≥受访胱氨酸")


# ------------------------------------------------------------------ the instruments can fail


@pytest.fixture
def board(qapp: QApplication, qtbot: QtBot) -> QWidget:
    made = QWidget()
    made.resize(300, 200)
    qtbot.addWidget(made)
    return made


def _seen(board: QWidget) -> list[str]:
    board.show()
    settle()
    return measuring.measure(board)


def test_what_fits_is_not_complained_of(board: QWidget) -> None:
    row = QHBoxLayout(board)
    for widget in (QLabel("words"), QPushButton("Press"), QLineEdit("12")):
        row.addWidget(widget)
    assert _seen(board) == []


@pytest.mark.parametrize("width, height, wraps", [(30, 30, False), (60, 20, True), (20, 90, True)])
def test_a_cut_label_is_found(board: QWidget, width: int, height: int, wraps: bool) -> None:
    label = QLabel("Laboratory chemistry", board)
    label.setWordWrap(wraps)
    label.setGeometry(0, 0, width, height)
    (said,) = _seen(board)
    assert "Laboratory" in said and "needs" in said


def test_a_cut_button_a_cut_number_and_a_cut_cell_are_found(board: QWidget) -> None:
    QPushButton("Complete the form", board).setGeometry(0, 0, 60, 30)
    number = QLineEdit("2000000000", board)
    number.setReadOnly(True)
    number.setGeometry(0, 40, 40, 30)
    table = QTableWidget(1, 1, board)
    table.setGeometry(0, 80, 200, 100)
    table.setHorizontalHeaderLabels(["a very long heading"])
    table.setColumnWidth(0, 20)
    said = "\n".join(_seen(board))
    assert "Complete the form" in said and "2000000000" in said and "a very long heading" in said


def test_what_lies_outside_or_over_something_is_found(board: QWidget) -> None:
    QPushButton("Press", board).setGeometry(250, 10, 90, 30)
    QLabel("one", board).setGeometry(10, 100, 60, 30)
    QLabel("two", board).setGeometry(50, 110, 60, 30)
    outside, over = _seen(board)
    assert "lies at (250, 10, 90, 30)" in outside
    assert "share (50, 110, 20, 20)" in over


class _Canvas(QWidget):
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawText(QRect(0, 0, 20, 20), int(Qt.AlignmentFlag.AlignLeft), "too wide by far")
        painter.drawText(0, 40, 200, 20, int(Qt.AlignmentFlag.AlignLeft), "under")
        painter.drawText(QRect(4, 44, 200, 20), int(Qt.AlignmentFlag.AlignLeft), "over")
        QFontMetrics(self.font()).elidedText("shortened", Qt.TextElideMode.ElideRight, 20)
        painter.end()


def test_what_is_painted_too_wide_or_over_other_words_is_found(board: QWidget) -> None:
    canvas = _Canvas(board)
    canvas.setGeometry(board.rect())
    said = "\n".join(_seen(board))
    assert "'too wide by far' needs" in said
    assert "'over' painted over 'under'" in said
    assert "'shortened' shortened without a tooltip" in said
    canvas.setToolTip("shortened")
    assert "tooltip" not in "\n".join(_seen(board))


def test_the_painter_is_left_as_it_was(board: QWidget, tmp_path: Path) -> None:
    before = QPainter.drawText, QFontMetrics.elidedText
    _seen(board)
    assert (QPainter.drawText, QFontMetrics.elidedText) == before
