"""The window after the log-in: matrix, tree, strips, side panel, language, failures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Cell, Matrix, MatrixRow, SubjectSummary
from mda5_crf.ui.actions import TABLE, Scope
from mda5_crf.ui.main_window import MainWindow
from mda5_crf.ui.matrix_model import Filter
from mda5_crf.ui.office import PAGES
from mda5_crf.ui.subject_page import KEPT
from mda5_crf.ui.work_acts import OF_FORM
from mda5_crf.ui.work_pages import WorkArea, first_unfinished
from tests.gui.shell_driver import ALT, CTRL, SHIFT, Desk, make_vault, one_desk, prepared, settle

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(scope="module")
def made(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[QtBot], Desk]]:
    yield from one_desk(qapp, make_vault(tmp_path_factory.mktemp("work") / "ward.mda5"))


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, made: Callable[[QtBot], Desk]) -> Iterator[Desk]:
    desk = made(qtbot)
    desk.window.resize(1093, 614)
    desk.work.show_matrix()
    settle()
    yield desk
    prepared(qapp)
    desk.work.close_strip()
    desk.work.matrix.search.clear()
    desk.work.matrix.filter.setCurrentIndex(0)
    desk.window.banner.clear()
    desk.work.show_matrix()
    settle()


@pytest.fixture
def subject(desk: Desk) -> str:
    return desk.session.enrol().identity


# -- commands --------------------------------------------------------------------------------------------


def test_every_command_of_the_window_does_something(desk: Desk) -> None:
    window = {c.name for c in TABLE if c.scope is Scope.WINDOW}
    of_window = {
        "language", "text_larger", "text_smaller", "text_normal", "guidance", "guides", "key_card",
        "about", "lock", "log_out",
    }  # fmt: skip
    assert window == of_window | set(desk.work.acts.table) | set(PAGES)


def test_on_the_matrix_no_command_of_a_form_can_be_given(desk: Desk) -> None:
    allowed = {name for name, action in desk.window.commands.actions.items() if action.isEnabled()}
    assert not allowed & set(OF_FORM)
    assert "enrol" in allowed


# -- matrix ----------------------------------------------------------------------------------------------


def test_enrolling_offers_the_next_number_and_keeps_a_refused_one(desk: Desk) -> None:
    offered = desk.session.next_subjid()
    desk.press(Qt.Key.Key_N, CTRL)
    line = desk.at()
    assert isinstance(line, QLineEdit) and line.text() == offered
    desk.type("123456").press(Qt.Key.Key_Return)
    strip = desk.work.strip
    assert strip is not None and "123456" in strip.complaint
    assert line.text() == "123456" and line.hasFocus()
    line.selectAll()
    desk.type(offered).press(Qt.Key.Key_Return)
    assert desk.work.strip is None
    assert offered in [s.subjid for s in desk.session.subjects()]
    row = desk.work.matrix.table.currentIndex().row()
    assert desk.work.matrix.model.rows[row].subject.subjid == offered


def test_esc_puts_a_strip_away_and_enrols_nobody(desk: Desk) -> None:
    before = len(desk.session.subjects())
    desk.press(Qt.Key.Key_N, CTRL).press(Qt.Key.Key_Escape)
    assert desk.work.strip is None
    assert len(desk.session.subjects()) == before


def test_enter_opens_the_first_unfinished_form_of_the_visit(desk: Desk, subject: str) -> None:
    matrix = desk.work.matrix
    matrix.refresh()
    matrix.choose(subject, "BL")
    matrix.take_focus()
    desk.press(Qt.Key.Key_Return)
    assert desk.page.entry.key.event == "BL"
    node = next(n for n in desk.session.tree(subject) if n.key.event == "BL")
    form = first_unfinished(node)
    assert form is not None and desk.page.entry.key == form.key
    assert desk.page.isAncestorOf(desk.at())


def test_arrows_move_and_home_comes_back_to_the_same_cell(desk: Desk, subject: str) -> None:
    matrix = desk.work.matrix
    matrix.refresh()
    matrix.choose(subject, "SCR")
    matrix.take_focus()
    desk.press(Qt.Key.Key_Right).press(Qt.Key.Key_Return)
    assert desk.page.entry.key.event == "BL"
    desk.press(Qt.Key.Key_Home, ALT)
    assert desk.work.page is None
    index = matrix.table.currentIndex()
    assert matrix.model.cell(index).key.event == "BL"
    assert matrix.model.rows[index.row()].subject.identity == subject


def test_a_visit_that_is_not_scheduled_says_so(desk: Desk, subject: str) -> None:
    assert not desk.work.open_visit(ItemKey(subject, "UNS"))
    assert desk.work.page is None
    assert "Nothing is scheduled" in desk.work.bar.saved.text()


def test_typing_searches_by_number(desk: Desk, subject: str) -> None:
    subjid = desk.session.subjid(subject)
    matrix = desk.work.matrix
    matrix.refresh()
    matrix.take_focus()
    desk.type(subjid[0]).type(subjid[1:])
    assert [row.subject.subjid for row in matrix.model.rows] == [subjid]
    desk.press(Qt.Key.Key_Return)
    assert matrix.table.hasFocus()
    matrix.search.setText("no such number")
    assert matrix.empty.isVisible() and not matrix.table.isVisible()


def test_ctrl_f_finds_a_participant_from_a_form(desk: Desk, subject: str) -> None:
    desk.open(subject, "SCR", "VS")
    desk.press(Qt.Key.Key_F, CTRL)
    assert desk.work.matrix.search.hasFocus()


def test_filters_show_what_they_say(desk: Desk) -> None:
    day = datetime(2026, 1, 1, tzinfo=UTC)

    def row(number: str, cell: Cell) -> MatrixRow:
        return MatrixRow(SubjectSummary(number, number, "01", day), {"SCR": cell})

    model = desk.work.matrix.model
    rows = (
        row("01-101", Cell("complete")),
        row("01-102", Cell("query", queries=2)),
        row("01-103", Cell("not_started", due=True)),
        row("01-104", Cell("in_progress")),
    )
    model.show(Matrix(("SCR",), rows))
    expected = {
        Filter.ALL: ["01-101", "01-102", "01-103", "01-104"],
        Filter.QUERIES: ["01-102"],
        Filter.DUE: ["01-103"],
        Filter.INCOMPLETE: ["01-102", "01-104"],
    }
    for chosen, numbers in expected.items():
        model.narrow(chosen, "")
        assert [r.subject.subjid for r in model.rows] == numbers
    model.narrow(Filter.ALL, "03")
    assert [r.subject.subjid for r in model.rows] == ["01-103"]
    model.narrow(Filter.ALL, "")
    assert model.words(model.index(1, 0)) == "01-102, Screening: open query, 2 open"
    assert model.words(model.index(2, 0)) == "01-103, Screening: not started, due now"


def test_a_thousand_participants_scroll(desk: Desk) -> None:
    day = datetime(2026, 1, 1, tzinfo=UTC)
    events = desk.work.matrix.model.events
    cells = {event: Cell("complete", queries=1) for event in events}
    rows = tuple(MatrixRow(SubjectSummary(f"d:{n}", f"01-{n:04d}", "01", day), cells) for n in range(1000))
    matrix = desk.work.matrix
    matrix.model.show(Matrix(events, rows))
    painted = []
    for place in (0, 250, 500, 999):
        began = datetime.now(UTC)
        matrix.choose(f"d:{place}", events[0])
        matrix.table.viewport().repaint()
        painted.append((datetime.now(UTC) - began).total_seconds())
    assert matrix.table.currentIndex().row() == 999
    assert sorted(painted)[1] < 0.5, painted


# -- one participant -------------------------------------------------------------------------------------


def test_the_identity_is_always_on_screen(desk: Desk, subject: str) -> None:
    subjid = desk.session.subjid(subject)
    desk.open(subject, "SCR", "VS")
    assert desk.window.windowTitle().startswith(subjid)
    assert desk.work.context.identity.text() == f"{subjid} · Screening · Vital signs"
    assert desk.work.context.isVisible()
    desk.work.show_matrix()
    assert subjid not in desk.window.windowTitle() + desk.work.context.identity.text()


def test_another_participant_drops_the_pages_of_the_one_before(desk: Desk, subject: str) -> None:
    first = desk.open(subject, "SCR", "VS")
    other = desk.session.enrol().identity
    desk.open(other, "SCR", "VS")
    assert desk.page is not first
    assert {p.entry.key.subject for p in desk.work.forms._pages.values()} == {other}


def test_the_last_few_forms_keep_their_place_and_older_ones_go(desk: Desk, subject: str) -> None:
    page = desk.vitals(subject)
    page.go_to(desk.key(subject, "SCR", "VS", "PULSE_VSORRES"))
    desk.open(subject, "SCR", "DM")
    assert desk.open(subject, "SCR", "VS") is page
    focused = page.focused_key
    assert focused is not None and focused.item == "PULSE_VSORRES"
    for event in ("BL", "W4", "W8", "W12", "W24", "W36", "W52"):
        desk.open(subject, event, "VS")
    assert len(desk.work.forms._pages) == KEPT
    assert desk.open(subject, "SCR", "VS") is not page
    # What a dropped page leaves behind must not take the window's own widgets with it.
    desk.press(Qt.Key.Key_L, CTRL).press(Qt.Key.Key_L, CTRL)
    assert desk.window.commands.menus["study"].title() == "&Study"


def test_leaving_a_form_commits_what_stands_in_it(desk: Desk, subject: str) -> None:
    page = desk.vitals(subject)
    key = desk.key(subject, "SCR", "VS", "PULSE_VSORRES")
    page.go_to(key)
    desk.type("72")
    assert desk.stored("PULSE_VSORRES") == ""
    desk.press(Qt.Key.Key_PageDown, CTRL)
    assert desk.page is not page
    entry = desk.session.data(subject).get(key)
    assert entry is not None and entry.text == "72"


def test_the_tree_opens_a_form_and_shows_how_it_stands(desk: Desk, subject: str) -> None:
    desk.open(subject, "SCR", "VS")
    tree = desk.work.tree
    assert tree.current_key() == desk.page.entry.key
    desk.enter("VSPERF", "1")
    item = tree._items[desk.page.entry.key]
    assert "in progress" in item.data(0, Qt.ItemDataRole.AccessibleTextRole).lower()
    tree.choose(desk.key(subject, "SCR", "DM"))
    tree.setFocus()
    desk.press(Qt.Key.Key_Return)
    assert desk.page.entry.key.form == "DM"


def test_previous_and_next_form_stop_at_the_ends(desk: Desk, subject: str) -> None:
    forms = [f.key for n in desk.session.tree(subject) for f in n.forms]
    assert desk.work.open_form(forms[0])
    desk.press(Qt.Key.Key_PageUp, CTRL)
    assert desk.page.entry.key == forms[0]
    desk.press(Qt.Key.Key_PageDown, CTRL)
    assert desk.page.entry.key == forms[1]
    assert desk.work.open_form(forms[-1])
    desk.press(Qt.Key.Key_PageDown, CTRL)
    assert desk.page.entry.key == forms[-1]


def test_an_unscheduled_visit_is_added_with_two_keys(desk: Desk, subject: str) -> None:
    desk.open(subject, "SCR", "VS")
    desk.press(Qt.Key.Key_N, CTRL | SHIFT)
    assert desk.work.strip is not None
    desk.press(Qt.Key.Key_Return)
    assert desk.page.entry.key.event == "UNS"
    assert desk.page.entry.key.event_repeat
    assert "Unscheduled 1" in desk.work.context.identity.text()


def test_the_side_panel_takes_the_place_of_the_tree_only_where_it_is_narrow(desk: Desk, subject: str) -> None:
    desk.open(subject, "SCR", "VS")
    assert desk.work.tree.isVisible() and not desk.work.side.isVisible()
    desk.press(Qt.Key.Key_F3)
    assert desk.work.side.isVisible() and not desk.work.tree.isVisible()
    desk.window.resize(1400, 700)
    settle()
    assert desk.work.side.isVisible() and desk.work.tree.isVisible()
    desk.press(Qt.Key.Key_F3)
    assert not desk.work.side.isVisible()
    assert desk.page.isAncestorOf(desk.at())


def test_history_and_guidance_of_the_item_and_esc_back(desk: Desk, subject: str) -> None:
    desk.vitals(subject)
    desk.enter("PULSE_VSORRES", "72").enter("PULSE_VSORRES", "74")
    desk.page.go_to(desk.key(subject, "SCR", "VS", "PULSE_VSORRES"))
    desk.press(Qt.Key.Key_H, CTRL)
    lines = [desk.work.side.history.item(i).text() for i in range(desk.work.side.history.count())]
    assert [line.splitlines()[0] for line in lines] == ["entered 74", "entered 72"]
    assert "Dr Wang" in lines[0]
    desk.press(Qt.Key.Key_Escape)
    assert desk.page.isAncestorOf(desk.at())
    desk.press(Qt.Key.Key_F1)
    assert "Pulse" in desk.work.side._guide.text()


def test_go_to_item_by_words_and_arrows(desk: Desk, subject: str) -> None:
    desk.vitals(subject)
    desk.press(Qt.Key.Key_G, CTRL)
    desk.type("blood pressure")
    desk.press(Qt.Key.Key_Down).press(Qt.Key.Key_Return)
    assert desk.work.strip is None
    focused = desk.page.focused_key
    assert focused is not None and focused.item == "DIABP_VSORRES"


def test_f6_goes_round_the_panes(desk: Desk, subject: str) -> None:
    desk.open(subject, "SCR", "VS")
    desk.press(Qt.Key.Key_F6)
    assert desk.work.bar.isAncestorOf(desk.at())
    desk.press(Qt.Key.Key_F6)
    assert desk.at() is desk.work.tree
    desk.press(Qt.Key.Key_F6)
    assert desk.page.isAncestorOf(desk.at())
    desk.press(Qt.Key.Key_F6, SHIFT)
    assert desk.at() is desk.work.tree


def test_behind_the_last_question_comes_complete(desk: Desk, subject: str) -> None:
    desk.open(subject, "SCR", "VS")
    desk.press(Qt.Key.Key_End, CTRL).press(Qt.Key.Key_Return)
    assert desk.at() is desk.work.bar.buttons["complete"]


def test_the_status_line_is_about_the_item_with_the_keyboard(desk: Desk, subject: str) -> None:
    desk.vitals(subject)
    desk.page.go_to(desk.key(subject, "SCR", "VS", "TEMP_VSORRES"))
    assert desk.work.status.text().startswith("VS.TEMP_VSORRES · °C")
    desk.work.show_matrix()
    assert desk.work.status.text() == ""


@pytest.mark.parametrize("key", [Qt.Key.Key_U, Qt.Key.Key_Home, Qt.Key.Key_Delete, Qt.Key.Key_Return])
def test_our_keys_are_ours_in_a_line_of_text(desk: Desk, subject: str, key: Qt.Key) -> None:
    names = {Qt.Key.Key_U: "missing", Qt.Key.Key_Home: "first_item", Qt.Key.Key_Delete: "strike_row"}
    action = desk.window.commands.actions[names.get(key, "add_row")]
    desk.vitals(subject)
    desk.page.go_to(desk.key(subject, "SCR", "VS", "PULSE_VSORRES"))
    desk.type("7")
    pressed: list[str] = []
    connection = action.triggered.connect(lambda: pressed.append(action.objectName()))
    desk.press(key, CTRL)
    action.triggered.disconnect(connection)
    for menu in QApplication.topLevelWidgets():
        if menu.isVisible() and menu.windowType() == Qt.WindowType.Popup:
            menu.close()
    assert pressed


# -- language --------------------------------------------------------------------------------------------


def test_the_language_changes_without_touching_what_is_typed(desk: Desk, subject: str) -> None:
    page = desk.vitals(subject)
    page.go_to(desk.key(subject, "SCR", "VS", "WEIGHT_VSORRES"))
    desk.type("6")
    line = desk.at()
    assert isinstance(line, QLineEdit)
    offset = line.mapTo(page, line.rect().topLeft())
    desk.press(Qt.Key.Key_L, CTRL)
    assert desk.at() is line and line.text() == "6"
    assert desk.stored("WEIGHT_VSORRES") == ""
    # On the page, to the pixel; the bars above it are as high as their language.
    assert line.mapTo(page, line.rect().topLeft()) == offset
    assert "生命体征" in desk.work.context.identity.text()
    assert desk.window.commands.actions["complete"].text() == "完成表单"
    first = desk.work.tree.topLevelItem(0)
    assert first is not None and first.text(0) == "筛选"


# -- queries ---------------------------------------------------------------------------------------------


def test_a_query_is_raised_beside_the_form_and_answered_in_the_panel(desk: Desk, subject: str) -> None:
    desk.vitals(subject)
    desk.enter("PULSE_VSORRES", "72")
    desk.page.go_to(desk.key(subject, "SCR", "VS", "PULSE_VSORRES"))
    desk.press(Qt.Key.Key_M, CTRL).press(Qt.Key.Key_Return)
    assert desk.work.strip is not None and desk.work.strip.complaint, "an empty question is refused"
    desk.type("Left or right wrist?").press(Qt.Key.Key_Return)
    assert desk.work.strip is None
    assert desk.work.context.queries.text() == "1 query"
    assert desk.page.isAncestorOf(desk.at())
    desk.press(Qt.Key.Key_F3)
    side = desk.work.side
    assert "Left or right wrist?" in side.list.item(0).text()
    side.answer.setFocus()
    desk.press(Qt.Key.Key_Return)
    assert side._complaint.isVisible(), "an empty answer is refused"
    desk.type("Left").press(Qt.Key.Key_Return)
    (query,) = desk.session.queries(subject)
    assert (query.state, query.answer) == ("Answered", "Left")
    assert "Left" in side.list.item(0).text()


# -- failures --------------------------------------------------------------------------------------------


def test_a_full_disk_is_one_sentence_and_the_text_stays(desk: Desk, subject: str) -> None:
    page = desk.open(subject, "SCR", "DM")
    page.go_to(desk.key(subject, "SCR", "DM", "SCRNUM"))
    words = "a" * 30_000
    line = desk.at()
    assert isinstance(line, QLineEdit)
    line.setText(words)
    _fill_up(desk)
    desk.press(Qt.Key.Key_Return)
    assert "full" in desk.window.banner.words
    assert line.text() == words
    assert desk.stored("SCRNUM") == ""
    _fill_up(desk)
    desk.window.close()
    assert desk.window.work is not None, "what is not saved keeps the window open once"
    assert "not saved" in desk.window.banner.words
    # The failed transaction dropped the limited connection: there is room again.
    assert desk.work.leave(), "the very same text is stored"
    assert desk.stored("SCRNUM") == words
    assert not desk.window.banner.words, "it is over, and so is the sentence"


def _fill_up(desk: Desk) -> None:
    """Let the database file not grow any more, as on a full disk."""
    with desk.session.vault.store.transaction() as tx:
        pages = int(tx.connection.exec_driver_sql("PRAGMA page_count").scalar_one())
        tx.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")


# -- accessible names ------------------------------------------------------------------------------------


def test_every_widget_that_takes_the_keyboard_has_a_name(desk: Desk, subject: str) -> None:
    desk.open(subject, "SCR", "VS")
    desk.window.resize(1400, 700)
    desk.press(Qt.Key.Key_F3)
    desk.press(Qt.Key.Key_G, CTRL)
    _all_named(desk.window)
    desk.work.show_matrix()
    desk.press(Qt.Key.Key_N, CTRL)
    _all_named(desk.window)


def _all_named(window: MainWindow) -> None:
    work = window.work
    assert isinstance(work, WorkArea)
    kinds = (QLineEdit, QAbstractButton, QComboBox, QAbstractItemView, QTextEdit)
    widgets: list[QWidget] = [
        w
        for kind in kinds
        for w in work.findChildren(kind)
        if w.isVisible()
        and w.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not isinstance(w.parent(), QComboBox)
    ]
    assert len(widgets) > 5
    nameless = [type(w).__name__ for w in widgets if not w.accessibleName()]
    assert not nameless
