"""Every form through the eyes of a screen reader and through the Tab key; QAccessible is asked."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent, QColor, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from mda5_crf.jobs.demonstration import PASSWORD
from mda5_crf.services.session import Session
from mda5_crf.text import LANGUAGES, Language
from mda5_crf.ui import theme
from mda5_crf.ui.field import Field
from mda5_crf.ui.field_row import FieldRow
from mda5_crf.ui.form_page import FormPage
from mda5_crf.ui.main_window import DESIGN_SIZE, MainWindow
from mda5_crf.ui.start import speak_now
from tests.gui import screens_ward
from tests.gui.form_driver import real_study, ward
from tests.gui.form_fixtures import Open
from tests.gui.shell_driver import Desk, at_desk, put_away, settle

ROLES = {
    QAccessible.Role.EditableText,
    QAccessible.Role.RadioButton,
    QAccessible.Role.CheckBox,
    QAccessible.Role.Button,
    QAccessible.Role.ComboBox,
    QAccessible.Role.Table,
}
TARGET = 24
"""Pixels: what can be clicked is at least so large both ways."""


@pytest.fixture(scope="module")
def window(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    screens_ward.as_on_a_ward(qapp)
    vault = screens_ward.build(tmp_path_factory.mktemp("accessible") / "ward.mda5")
    made = MainWindow(str(vault))
    made.enter(Session.open(vault, screens_ward.LOGIN, PASSWORD))
    made.show()
    settle()
    kept = QApplication.topLevelWidgets()
    yield made
    put_away(made)
    del kept


@pytest.fixture
def desk(qtbot: QtBot, window: MainWindow) -> Desk:
    return at_desk(qtbot, window)


def opened(desk: Desk, oid: str) -> FormPage:
    assert desk.work.open_form(screens_ward.first_of(desk.session, oid))
    settle()
    return desk.page


def takers(root: QWidget) -> list[QWidget]:
    """Everything in ``root`` that can have the keyboard now."""
    return [
        widget
        for widget in root.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible() and widget.isEnabled()
    ]


def said(widget: QWidget, what: QAccessible.Text = QAccessible.Text.Name) -> str:
    return str(QAccessible.queryAccessibleInterface(widget).text(what))


@pytest.mark.parametrize("oid", screens_ward.form_names())
def test_everything_that_takes_the_keyboard_says_what_it_is(qapp: QApplication, desk: Desk, oid: str) -> None:
    page = opened(desk, oid)
    for tongue in LANGUAGES:
        speak_now(qapp, tongue)
        settle()
        widgets = takers(page)
        assert widgets
        names = Counter(said(widget) for widget in widgets)
        assert "" not in names
        assert [name for name, times in names.items() if times > 1] == []
        roles = {QAccessible.queryAccessibleInterface(widget).role() for widget in widgets}
        assert roles <= ROLES
        small = [said(w) for w in widgets if min(w.width(), w.height()) < TARGET]
        assert small == []
        for field in page.fields.values():
            if field.shown:
                _speaks(field, tongue)
    speak_now(qapp, "en")


def _speaks(field: Field, tongue: Language) -> None:
    """Name, unit, hint, message and label of one question."""
    target = field.input.focus_target()
    name, about = said(target), said(target, QAccessible.Text.Description)
    assert field.item.label.in_(tongue) in name, (name, field.item.oid)
    if field.item.unit:
        assert field.item.unit in about, (about, field.item.oid)
    if field.item.hint is not None:
        assert field.item.hint.in_(tongue) in about, (about, field.item.oid)
    assert field.words(field.marking.words) in about
    if isinstance(field.host, FieldRow):  # its label belongs to it, also for programs that read the screen
        relations = [
            flag
            for widget in field.input.focus_widgets()
            for _, flag in QAccessible.queryAccessibleInterface(widget).relations()
        ]
        assert any(flag & QAccessible.RelationFlag.Label for flag in relations), field.item.oid


def _walk(desk: Desk, page: FormPage) -> list[QWidget]:
    """Tab from the first question until the keyboard has left the form."""
    page.moves.edge(last=False)
    found: list[QWidget] = []
    for _ in range(len(page.stops) + 5):
        at = QApplication.focusWidget()
        if at is None or not page.isAncestorOf(at):
            break
        found.append(at)
        QTest.keyClick(at, Qt.Key.Key_Tab)
    return found


def _owner(page: FormPage, widget: QWidget) -> Field | None:
    return next((f for f in page.fields.values() if widget in f.input.focus_widgets()), None)


@pytest.mark.parametrize("oid", screens_ward.form_names())
def test_tab_follows_the_definition_and_ends_at_the_buttons(desk: Desk, oid: str) -> None:
    page = opened(desk, oid)
    walked = _walk(desk, page)
    fields = [field for widget in walked if (field := _owner(page, widget)) is not None]
    order = {name: place for place, name in enumerate(page.entry.form.items)}
    rows = page.entry.form.groups
    places = [
        (
            next(i for i, g in enumerate(rows) if g.name == f.item.group),
            f.key.group_repeat,
            order[f.item.name],
        )
        for f in fields
    ]
    last: dict[tuple[int, str], int] = {}
    for group, row, place in places:
        assert place > last.get((group, row), -1), fields
        last[group, row] = place
    groups = [group for group, _, _ in places]
    assert groups == sorted(groups)
    everyone = {f.key for f in page.fields.values() if f.stop}
    assert {f.key for f in fields} == everyone
    assert desk.at() is desk.work.bar.buttons["complete"] or not walked


def test_tables_name_row_and_column_of_each_cell(desk: Desk) -> None:
    page = opened(desk, "CDASI")
    field = next(f for f in page.fields.values() if f.item.row and f.item.column and f.shown)
    group = next(g for g in page.entry.form.groups if g.name == field.item.group)
    row = next(axis.text for axis in group.rows if axis.code == field.item.row)
    assert row.en.casefold() in said(field.input.focus_target()).casefold()


# ------------------------------------------------------------------ what is said when something happens


class Ears:
    """Hears what is announced while it is worn."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.heard: list[tuple[str, QAccessible.AnnouncementPoliteness]] = []
        monkeypatch.setattr(QAccessible, "isActive", staticmethod(lambda: True))
        monkeypatch.setattr(QAccessible, "updateAccessibility", staticmethod(self._hear))

    def _hear(self, event: QAccessibleEvent) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            self.heard.append((event.message(), event.politeness()))


@pytest.mark.usefixtures("english")
def test_saving_and_a_finding_are_announced_politely(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    ears = Ears(monkeypatch)
    page = open_page(ward(real_study()), "SCR", "VS")
    page.enter("VSPERF", "1")
    page.enter("PULSE_VSORRES", "66")
    assert ears.heard and all(p == QAccessible.AnnouncementPoliteness.Polite for _, p in ears.heard)
    assert ears.heard[-1][0] == "Saved"
    page.enter("PULSE_VSORRES", "180")
    assert "Pulse" in ears.heard[-1][0] and "50–120" in ears.heard[-1][0]


@pytest.mark.usefixtures("english")
def test_the_description_follows_the_message(open_page: Open) -> None:
    page = open_page(ward(real_study()), "SCR", "VS")
    page.enter("VSPERF", "1")
    target = page.field("PULSE_VSORRES").input.focus_target()
    assert said(target, QAccessible.Text.Description) == "unit beats/min"
    page.enter("PULSE_VSORRES", "180")
    assert "usually 50–120" in said(target, QAccessible.Text.Description)
    page.enter("PULSE_VSORRES", "80")
    assert "usually" not in said(target, QAccessible.Text.Description)


# ------------------------------------------------------------------ the window around the forms


def test_everything_in_the_window_has_a_name(desk: Desk) -> None:
    opened(desk, "VS")
    nameless = [
        f"{type(w).__name__} in {type(w.parent()).__name__}"
        for w in takers(desk.window)
        if not said(w) and not _inside_named(w)
    ]
    assert nameless == []
    desk.work.show_matrix()
    settle()
    nameless = [type(w).__name__ for w in takers(desk.window) if not said(w) and not _inside_named(w)]
    assert nameless == []


def _inside_named(widget: QWidget) -> bool:
    """The inner line of a combo box, the viewport of a list: the whole has the name."""
    parent: QObject | None = widget.parent()
    return isinstance(parent, QWidget) and bool(parent.accessibleName()) and not isinstance(widget, QLineEdit)


def test_what_has_the_keyboard_is_never_left_behind_a_bar(desk: Desk) -> None:
    page = opened(desk, "VS")
    view = page.view
    at_bottom = [
        f
        for f in page.fields.values()
        if f.stop
        and view.viewport().height() - 40 > f.input.focus_target().mapTo(view, QPoint(0, 0)).y() > 300
    ]
    field = at_bottom[-1]
    field.take_focus()
    settle()
    before = field.input.focus_target().mapTo(view, QPoint(0, 0)).y()
    desk.window.resize(desk.window.width(), desk.window.height() - (view.height() - before) - 10)
    settle()
    after = field.input.focus_target().mapTo(view, QPoint(0, 0)).y() + field.input.focus_target().height()
    assert 0 < after <= view.viewport().height()
    desk.window.resize(*DESIGN_SIZE)
    settle()


def test_cells_of_the_matrix_say_participant_visit_and_state(desk: Desk) -> None:
    desk.work.show_matrix()
    settle()
    model = desk.work.matrix.model
    words = str(model.data(model.index(0, 0), Qt.ItemDataRole.AccessibleTextRole))
    assert desk.session.subjects()[0].subjid in words
    assert "Screening" in words and "complete" in words.casefold()


# ------------------------------------------------------------------ high contrast


@pytest.fixture
def high_contrast(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[QPalette]:
    """White on black, as Windows would give it."""
    before = qapp.palette()
    system = QPalette(QColor("#ffffff"), QColor("#000000"))
    roles = QPalette.ColorRole
    for role in (roles.Window, roles.Base, roles.Button, roles.AlternateBase):
        system.setColor(role, QColor("#000000"))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        system.setColor(role, QColor("#ffffff"))
    system.setColor(roles.Highlight, QColor("#1aebff"))
    system.setColor(roles.HighlightedText, QColor("#000000"))
    for module in [m for n, m in sys.modules.items() if n.startswith("mda5_crf.ui")]:
        if hasattr(module, "high_contrast"):
            monkeypatch.setattr(module, "high_contrast", lambda: True)
    qapp.setPalette(system)
    yield system
    qapp.setPalette(before)


@pytest.mark.usefixtures("english")
def test_under_high_contrast_bars_icons_and_words_stay_in_the_systems_colours(
    open_page: Open, high_contrast: QPalette
) -> None:
    page = open_page(ward(real_study()), "SCR", "VS")
    page.enter("VSPERF", "1")
    page.enter("PULSE_VSORRES", "180")
    field = page.focus("PULSE_VSORRES")
    assert "usually 50–120" in page.words("PULSE_VSORRES")
    row = field.host.widget()
    image = row.grab().toImage()
    white = QColor("#ffffff").rgb()
    assert image.pixel(1, image.height() // 2) == white  # the bar
    ground = image.pixel(image.width() // 2, image.height() - 2)
    assert ground == QColor("#000000").rgb()
    seen = {image.pixel(x, y) for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)}
    tints = {QColor(c).rgb() for c in (theme.SOFT_TINT, theme.PAGE, theme.FOCUS)}
    assert not seen & tints
    corner = {image.pixel(x, y) for x in range(image.width() - 40, image.width()) for y in range(4, 24)}
    assert len(corner) > 1  # the icon
