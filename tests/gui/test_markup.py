"""What was typed is shown as typed: no picture, link or file is fetched for it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QAbstractItemView, QLabel, QTextEdit, QWidget

from mda5_crf.ui import language, spoken
from tests.gui.form_driver import key_of, real_study, ward
from tests.gui.form_fixtures import Open

pytestmark = [pytest.mark.usefixtures("english"), pytest.mark.qt_log_ignore("This plugin does not support")]

TYPED = "<img src='file:///etc/passwd'><b>bold</b> &lt; <a href='http://x.example'>x</a>"


def _tips(view: QAbstractItemView) -> list[str]:
    model = view.model()
    if model is None:
        return []
    roles = (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.WhatsThisRole, Qt.ItemDataRole.StatusTipRole)
    places = [
        model.index(r, c, QModelIndex()) for r in range(model.rowCount()) for c in range(model.columnCount())
    ]
    return [str(place.data(role) or "") for place in places for role in roles]


@pytest.mark.parametrize("form", ["AE", "CM", "SV"])
def test_markup_in_value_on_screen(open_page: Open, form: str) -> None:
    made = ward(real_study())
    event = next((due.event for due in made.study.due if due.form == form), "LOG")
    entry = made.entry(event, form)
    group = next(group for group in entry.form.groups if any(one.type == "text" for one in group.items))
    row = entry.add_row(group.name)[0] if group.repeating else ""
    typed = [one.name for one in group.items if one.type == "text" and not one.computed]
    assert typed
    for name in typed:
        entry.set_value(key_of(entry, name, row), TYPED)
    on = open_page(made, event, form)
    on.page.complete()
    for tongue in ("en", "zh"):
        language.set_language(tongue)
        for label in on.page.findChildren(QLabel):
            assert label.textFormat() == Qt.TextFormat.PlainText
        for text in on.page.findChildren(QTextEdit):
            assert not text.acceptRichText()
        for widget in on.page.findChildren(QWidget):
            for tip in (widget.toolTip(), widget.whatsThis()):
                assert "<img" not in tip, "a tip reads markup by itself"
        for view in on.page.findChildren(QAbstractItemView):
            assert not any("<img" in tip for tip in _tips(view))
    assert (typed[0], TYPED) in made.stored()


def test_a_tip_says_what_was_typed_and_reads_no_tag_in_it() -> None:
    assert spoken.tip("LDH 245 U/L") == "LDH 245 U/L"
    made = spoken.tip(f"{TYPED}\nnext")
    assert "<img" not in made and "<b>" not in made and "<a " not in made
    document = QTextDocument()
    document.setHtml(made)
    assert document.toPlainText() == f"{TYPED}\nnext"
