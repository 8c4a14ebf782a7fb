"""The lock over the form: what is dropped, what waits, who comes back, and what is said when it cannot be."""

from __future__ import annotations

import gc
import json
import shutil
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from mda5_crf.db.lockfile import VaultLock
from mda5_crf.errors import StoreError
from mda5_crf.services.drafts import TypedInto
from mda5_crf.services.session import Session
from mda5_crf.ui.actions import WHILE_LOCKED
from mda5_crf.ui.keeping import Keeper
from mda5_crf.ui.lock_page import LockPage
from mda5_crf.ui.main_window import MainWindow
from mda5_crf.ui.people_acts import ACTS
from mda5_crf.ui.people_page import PeoplePage
from mda5_crf.ui.queries_page import QueriesPage
from mda5_crf.ui.worker import Job
from tests.commandline import remembered_keys
from tests.gui.shell_driver import (
    CTRL,
    LOGIN,
    PASSWORD,
    SHIFT,
    Desk,
    at_desk,
    make_vault,
    prepared,
    put_away,
    settle,
)
from tests.gui.test_idle import Times

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
OTHER, OTHER_PASSWORD = "zhou", "copper-meadow-lantern-quiet-river-stone"


@pytest.fixture(scope="module", autouse=True)
def quick_keys() -> Iterator[None]:
    with remembered_keys():
        yield


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, quick_keys: None) -> Path:
    """A vault with an investigator, a colleague and one participant."""
    folder = make_vault(tmp_path_factory.mktemp("lock") / "ward.mda5")
    with Session.open(folder, LOGIN, PASSWORD) as session:
        session.add_person(OTHER, "Zhou Min", "data_entry", OTHER_PASSWORD, own_password=PASSWORD)
        session.enrol()
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "ward.mda5"))


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, folder: Path) -> Iterator[Desk]:
    prepared(qapp)
    window = MainWindow(str(folder))
    window.enter(Session.open(folder, LOGIN, PASSWORD))
    yield at_desk(qtbot, window)
    put_away(window)


def vitals(desk: Desk) -> None:
    (subject,) = desk.session.subjects()
    desk.vitals(subject.identity)


def lock(desk: Desk) -> LockPage:
    desk.press(Qt.Key.Key_L, CTRL | SHIFT)
    page = page_of(desk)
    assert desk.window.work is None, "the work area is still there"
    return page


def page_of(desk: Desk) -> LockPage:
    assert desk.window.locking is not None
    page = desk.window.locking.page
    assert page is not None
    return page


def come_back(desk: Desk, password: str = PASSWORD) -> None:
    """Type the password at the lock page."""
    page_of(desk).password.setFocus()
    desk.type(password).press(Qt.Key.Key_Return)
    desk.qtbot.waitUntil(desk.answered, timeout=20_000)
    settle()


def line(desk: Desk) -> QLineEdit:
    box = desk.at()
    assert isinstance(box, QLineEdit)
    return box


def go(desk: Desk, item: str) -> None:
    key = desk.page.entry.key
    assert desk.page.go_to(desk.key(key.subject, key.event, key.form, item))


def logins(folder: Path) -> list[tuple[str, str]]:
    with Session.open(folder, LOGIN, PASSWORD) as session:
        found = list(session.vault.journal.records(kinds=("login", "logout")))
    return [(one.kind, str(one.data.get("reason", ""))) for one in found][:-1]


def test_half_typed_text_waits_and_comes_back_where_it_stood(desk: Desk) -> None:
    vitals(desk)
    go(desk, "SYSBP_VSORRES")
    desk.type("12")
    line(desk).setCursorPosition(1)
    lock(desk)
    come_back(desk)
    assert desk.page.focused_key is not None and desk.page.focused_key.item == "SYSBP_VSORRES"
    assert line(desk).text() == "12" and line(desk).cursorPosition() == 1
    assert desk.stored("SYSBP_VSORRES") == "", "half a number was stored"
    assert "not saved yet" in desk.work.bar.saved.text() and "Last log-in" in desk.work.bar.saved.text()
    desk.press(Qt.Key.Key_End).type("0").press(Qt.Key.Key_Return)
    assert desk.stored("SYSBP_VSORRES") == "120"
    assert desk.session.drafts() == (), "what is committed is no draft"


def missed_visit(desk: Desk) -> None:
    """The form of a visit that did not take place, with the keyboard in its line of words."""
    (subject,) = desk.session.subjects()
    desk.open(subject.identity, "BL", "SV")
    desk.enter("SVOCCUR", "n")
    go(desk, "SVREASOC")


def test_what_is_being_composed_becomes_text_and_is_not_lost(desk: Desk) -> None:
    missed_visit(desk)
    desk.type("Wang ")
    QApplication.sendEvent(desk.at(), QInputMethodEvent("发热", []))
    assert line(desk).text() == "Wang "
    lock(desk)
    come_back(desk)
    assert line(desk).text() == "Wang 发热" and desk.stored("SVREASOC") == ""


def test_the_draft_taken_at_rest_holds_what_is_being_composed_and_disturbs_nothing(desk: Desk) -> None:
    missed_visit(desk)
    desk.type("fx")
    line(desk).setCursorPosition(1)
    QApplication.sendEvent(desk.at(), QInputMethodEvent("热", []))
    desk.work.keeper.keep()
    assert [one.text for one in desk.session.drafts()] == ["f热x"]
    assert line(desk).text() == "fx", "the composition was ended by keeping it"


def test_a_reason_that_was_being_written_waits_with_the_change_it_explains(desk: Desk) -> None:
    missed_visit(desk)
    desk.type("snow").press(Qt.Key.Key_Return)
    assert desk.page.entry.complete().done
    desk.page.refresh()
    go(desk, "SVREASOC")
    desk.type("rain").press(Qt.Key.Key_Return)
    strip = desk.page.commits.strip
    assert strip is not None and strip.choice is not None
    strip.choice.bring_back(strip.choice.saved._replace(text="OTHER"))
    strip.words.setFocus()
    desk.type("the road was cl")
    lock(desk)
    come_back(desk)
    again = desk.page.commits.strip
    assert again is not None and again.choice is not None
    assert (again.words.text(), again.choice.entered().text) == ("the road was cl", "OTHER")
    assert desk.stored("SVREASOC") == "snow", "changed without a reason"
    again.words.setFocus()
    desk.press(Qt.Key.Key_End).type("osed").press(Qt.Key.Key_Return)
    assert desk.stored("SVREASOC") == "rain"


def test_a_question_that_was_being_written_waits(desk: Desk) -> None:
    vitals(desk)
    go(desk, "PULSE_VSORRES")
    desk.press(Qt.Key.Key_M, CTRL).type("who counted")
    lock(desk)
    come_back(desk)
    assert line(desk).text() == "who counted"
    desk.type("?").press(Qt.Key.Key_Return)
    (query,) = desk.session.queries()
    assert query.text.en == "who counted?" and query.key.item == "PULSE_VSORRES"


def test_an_answer_that_was_being_written_waits(desk: Desk) -> None:
    vitals(desk)
    go(desk, "PULSE_VSORRES")
    desk.press(Qt.Key.Key_M, CTRL).type("who?").press(Qt.Key.Key_Return)
    desk.press(Qt.Key.Key_F3)
    desk.work.side.answer.setFocus()
    desk.type("Nurse L")
    lock(desk)
    come_back(desk)
    assert desk.work.side.answer.text() == "Nurse L" and desk.work.side.isVisible()
    desk.press(Qt.Key.Key_End).type("i").press(Qt.Key.Key_Return)
    assert [query.answer for query in desk.session.queries()] == ["Nurse Li"]


def test_words_on_the_page_of_queries_come_back_with_the_query(desk: Desk) -> None:
    vitals(desk)
    for item, words in (("PULSE_VSORRES", "which arm?"), ("SYSBP_VSORRES", "who?")):
        go(desk, item)
        desk.press(Qt.Key.Key_M, CTRL).type(words).press(Qt.Key.Key_Return)
    desk.press(Qt.Key.Key_Q, CTRL | SHIFT)
    page = queries(desk)
    page.table.pick(1)
    asked = page.picked()[0].query.text.en
    page.answers.words.setFocus()
    desk.type("the left")
    lock(desk)
    come_back(desk)
    page = queries(desk)
    assert page.answers.words.text() == "the left"
    assert [line.query.text.en for line in page.picked()] == [asked]
    assert "the left" not in desk.work.bar.saved.text(), "it stands where it was typed"
    desk.press(Qt.Key.Key_Return)
    assert [q.answer for q in desk.session.queries() if q.text.en == asked] == ["the left"]
    desk.press(Qt.Key.Key_Escape)
    assert desk.page.focused_key is not None and desk.page.focused_key.item == "SYSBP_VSORRES"


def queries(desk: Desk) -> QueriesPage:
    page = desk.work.office.page
    assert isinstance(page, QueriesPage)
    return page


def test_words_of_a_panel_beside_the_forms_are_offered_but_no_first_password(desk: Desk) -> None:
    desk.window.run("people")
    page = desk.work.office.page
    assert isinstance(page, PeoplePage)
    page.start(next(act for act in ACTS if act.name == "add"))
    assert page.panel is not None
    for line, words in (("password", "orchard-pebble-9"), ("name", "Li Half")):
        box = page.panel.line(line)
        box.setFocus()
        assert isinstance(box, QLineEdit)
        box.selectAll()
        desk.type(words)
    assert [one.text for one in desk.work.keeper.look().drafts] == ["Li Half"]
    lock(desk)
    come_back(desk)
    assert isinstance(desk.work.office.page, PeoplePage)
    assert "Li Half" in desk.work.bar.saved.text()


@pytest.mark.parametrize("command", ["identities", "recovery"])
def test_names_of_patients_and_words_of_sheets_are_no_drafts(desk: Desk, command: str) -> None:
    desk.window.run(command)
    page = desk.work.office.page
    assert page is not None
    for box in page.findChildren(QLineEdit):
        box.setText("planted words")
        box.setModified(True)
    for sheet in page.findChildren(QPlainTextEdit):
        sheet.setPlainText("planted words")
    assert desk.work.keeper.look().drafts == ()


def test_words_with_no_place_of_their_own_are_offered(desk: Desk) -> None:
    vitals(desk)
    desk.press(Qt.Key.Key_G, CTRL).type("pulse")
    lock(desk)
    come_back(desk)
    assert "pulse" in desk.work.bar.saved.text()


def test_a_typed_password_is_no_draft(desk: Desk) -> None:
    vitals(desk)
    desk.press(Qt.Key.Key_G, CTRL)
    strip = desk.work.strip
    assert strip is not None
    secret = QLineEdit(strip)
    secret.setEchoMode(QLineEdit.EchoMode.Password)
    secret.show()
    secret.setFocus()
    desk.type("orchard-pebble")
    assert [one for one in desk.work.keeper.look().drafts if one.kind is TypedInto.WORDS] == []


def test_the_matrix_comes_back_with_its_search(desk: Desk) -> None:
    desk.press(Qt.Key.Key_F, CTRL).type("01-0")
    lock(desk)
    come_back(desk)
    assert desk.work.page is None and desk.work.matrix.search.text() == "01-0"


# -- what nobody sees ------------------------------------------------------------------------------------


@pytest.mark.requirement("P11-4")
def test_locked_means_nothing_of_a_participant_is_left(desk: Desk) -> None:
    vitals(desk)
    number = desk.work.subjid
    desk.enter("SYSBP_VSORRES", "121")
    work, page = weakref.ref(desk.work), weakref.ref(desk.page)
    desk.window.tell(StoreError("store.disk_full", place="study.db"))
    lock(desk)
    gc.collect()
    assert work() is None and page() is None, "widgets with a participant's data are alive"
    assert desk.window.windowTitle() == "MDA5-CRF" and desk.window.banner.text is None
    shown = [box.text() for box in desk.window.findChildren(QLineEdit)]
    assert not any(number in words or "121" in words for words in shown)


def test_lists_and_calendars_are_closed(desk: Desk) -> None:
    vitals(desk)
    go(desk, "VSDAT")
    assert desk.page.focused is not None and desk.page.focused.input.open_choices()
    assert QApplication.activePopupWidget() is not None
    desk.window.lock("lock")
    settle()
    assert QApplication.activePopupWidget() is None and desk.window.work is None


def test_while_locked_keys_do_nothing_but_size_and_language(desk: Desk) -> None:
    vitals(desk)
    lock(desk)
    on = {name for name, action in desk.window.commands.actions.items() if action.isEnabled()}
    assert on == set(WHILE_LOCKED)
    for name in desk.window.commands.actions:
        if name not in WHILE_LOCKED:
            desk.window.run(name)
    assert page_of(desk) is desk.window.pages.currentWidget() and desk.window.work is None
    desk.window.run("language")
    assert page_of(desk)._title.text() == "已锁定"
    desk.window.run("language")
    assert page_of(desk)._title.text() == "Locked"


def test_a_mistake_of_ours_while_locked_shows_nothing(desk: Desk) -> None:
    lock(desk)
    desk.window.tell(StoreError("store.disk_full", place="study.db"))
    assert desk.window.banner.text is None


# -- who comes back --------------------------------------------------------------------------------------


def test_a_wrong_password_says_what_the_log_in_says(desk: Desk) -> None:
    lock(desk)
    come_back(desk, "wrong-wrong-wrong-wrong")
    assert desk.window.work is None and desk.window.banner.text is not None
    assert "log-in" in desk.window.banner.words.lower()
    desk.window.banner.clear()
    come_back(desk)
    assert desk.window.work is not None


def test_an_empty_password_is_not_tried(desk: Desk, folder: Path) -> None:
    lock(desk)
    desk.press(Qt.Key.Key_Return)
    assert desk.window.work is None and desk.window.banner.text is not None
    assert not (folder / "attempts.json").exists()


def test_after_failures_one_has_to_wait(desk: Desk, folder: Path) -> None:
    lock(desk)
    now = Session.open(folder, LOGIN, PASSWORD)
    at = now.now().isoformat(timespec="seconds")
    now.close("lock")
    failures = [{"login": LOGIN, "count": 7, "first": at, "last": at}]
    (folder / "attempts.json").write_text(
        json.dumps({"format": "mda5-crf-attempts/1", "failures": failures}), "ascii"
    )
    come_back(desk)
    assert desk.window.work is None, "the wait was not kept"


def test_somebody_else_sees_a_home_of_their_own_and_the_first_one_loses_nothing(desk: Desk) -> None:
    vitals(desk)
    go(desk, "SYSBP_VSORRES")
    desk.type("13")
    page = lock(desk)
    page.another_button.click()
    settle()
    assert desk.window.login.isVisible() and desk.window.login.user.text() == ""
    desk.window.login.user.setText(OTHER)
    desk.window.login.password.setFocus()
    desk.type(OTHER_PASSWORD).press(Qt.Key.Key_Return)
    desk.qtbot.waitUntil(desk.answered, timeout=20_000)
    assert desk.session.person.login == OTHER and desk.work.page is None
    assert desk.session.drafts() == (), "another person's text is seen"
    desk.window.run("log_out")
    settle()
    desk.log_in()
    assert desk.page.focused_key is not None and line(desk).text() == "13"


def test_log_out_at_the_lock_leads_to_the_log_in_and_the_text_still_waits(desk: Desk) -> None:
    vitals(desk)
    go(desk, "SYSBP_VSORRES")
    desk.type("14")
    page = lock(desk)
    page.log_out_button.click()
    settle()
    assert desk.window.login.isVisible() and desk.window.login.user.text() == LOGIN
    desk.log_in()
    assert line(desk).text() == "14"


def test_an_account_that_was_ended_meanwhile_does_not_open(
    qtbot: QtBot, qapp: QApplication, folder: Path
) -> None:
    prepared(qapp)
    window = MainWindow(str(folder))
    window.enter(Session.open(folder, OTHER, OTHER_PASSWORD))
    desk = at_desk(qtbot, window)
    vitals(desk)
    go(desk, "SYSBP_VSORRES")
    desk.type("14")
    lock(desk)
    with Session.open(folder, LOGIN, PASSWORD) as session:
        person = next(one for one in session.people() if one.login == OTHER)
        session.disable_person(OTHER, own_password=PASSWORD)
        with session.vault.store.read() as tx:
            rows = tx.connection.exec_driver_sql(
                "SELECT count(*) FROM draft WHERE person = ?", (person.id,)
            ).scalar_one()
    assert rows == 0, "text of somebody who never comes back"
    come_back(desk, OTHER_PASSWORD)
    assert window.work is None and window.banner.text is not None
    put_away(window)


def test_an_answer_changed_meanwhile_is_said_and_not_overwritten(desk: Desk, folder: Path) -> None:
    vitals(desk)
    desk.enter("SYSBP_VSORRES", "120")
    key = desk.key(desk.work.subject, "SCR", "VS", "SYSBP_VSORRES")
    go(desk, "SYSBP_VSORRES")
    desk.type("13")
    lock(desk)
    with Session.open(folder, OTHER, OTHER_PASSWORD) as session:
        session.entry(key.form_key()).set_value(key, "125")
    come_back(desk)
    assert line(desk).text() == "13" and desk.stored("SYSBP_VSORRES") == "125"
    assert "changed meanwhile" in desk.work.bar.saved.text()
    desk.press(Qt.Key.Key_Escape)
    assert line(desk).text() == "125"


# -- when things are not as they were ------------------------------------------------------------------------


def test_a_vault_that_is_gone_is_said_in_words(desk: Desk, folder: Path) -> None:
    lock(desk)
    folder.rename(folder.with_name("unplugged"))
    come_back(desk)
    assert desk.window.work is None and desk.window.banner.text is not None
    desk.window.banner.clear()
    folder.with_name("unplugged").rename(folder)
    come_back(desk)
    assert desk.window.work is not None


def test_a_vault_that_another_program_has_opened_is_said_in_words(desk: Desk, folder: Path) -> None:
    lock(desk)
    other = VaultLock(folder)
    other.name_holder("zhou")
    come_back(desk)
    assert desk.window.work is None and "zhou" in desk.window.banner.words
    other.release()


def test_what_the_vault_cannot_take_stays_here_for_that_person(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    vitals(desk)
    go(desk, "SYSBP_VSORRES")
    desk.type("15")

    def full(*_: object) -> bool:
        raise StoreError("store.disk_full", place="study.db")

    monkeypatch.setattr(Session, "keep_drafts", full)
    page = lock(desk)
    assert "kept in this window" in page._words.text()
    monkeypatch.undo()
    come_back(desk)
    assert line(desk).text() == "15" and desk.stored("SYSBP_VSORRES") == ""
    desk.work.keeper.keep()
    assert [one.text for one in desk.session.drafts()] == ["15"], "now the vault has it"


def test_work_that_is_under_way_ends_first_behind_the_cover(desk: Desk) -> None:
    vitals(desk)
    desk.work.set_busy(True)
    desk.window.lock("idle")
    settle()
    assert desk.window.pages.currentWidget() is page_of(desk) and not page_of(desk).open_button.isEnabled()
    assert desk.window.work is not None, "the keys went while a bundle was being taken"
    page_of(desk).another_button.click()
    page_of(desk).open()
    assert desk.window.pages.currentWidget() is page_of(desk)
    desk.work.set_busy(False)
    desk.window.tell(StoreError("store.disk_full", place="study.db"))
    desk.qtbot.waitUntil(lambda: desk.window.work is None, timeout=2000)
    settle()
    assert page_of(desk).open_button.isEnabled() and desk.window.banner.text is None
    come_back(desk)
    assert desk.window.banner.text is not None, "what the work had to say was lost"


def test_a_job_in_the_background_ends_first_with_the_keys_it_needs(desk: Desk) -> None:
    go_on, done = threading.Event(), list[int]()
    session = desk.session

    def work(_progress: object) -> int:
        assert go_on.wait(10)
        return len(session.subjects())

    Job(desk.work, work, done.append, lambda problem: None)
    desk.window.lock("idle")
    settle()
    assert desk.window.pages.currentWidget() is page_of(desk) and desk.window.work is not None
    go_on.set()
    desk.qtbot.waitUntil(lambda: desk.window.work is None, timeout=3000)
    assert done == [1], "the session was closed under the job"


def test_the_journal_says_why_the_session_ended(desk: Desk, folder: Path) -> None:
    desk.window.lock("idle")
    settle()
    come_back(desk)
    lock(desk)
    come_back(desk)
    desk.window.run("log_out")
    settle()
    assert logins(folder)[-6:] == [
        ("login", ""), ("logout", "idle"), ("login", ""), ("logout", "lock"), ("login", ""), ("logout", ""),
    ]  # fmt: skip


def test_after_an_ordinary_log_out_the_matrix_comes_first(desk: Desk) -> None:
    vitals(desk)
    desk.work.keeper.keep()
    desk.window.run("log_out")
    settle()
    desk.log_in()
    assert desk.work.page is None and desk.session.last_place() is None


def test_text_that_waits_in_another_form_is_put_back_when_that_form_is_opened(
    desk: Desk, folder: Path
) -> None:
    vitals(desk)
    subject = desk.work.subject
    go(desk, "SYSBP_VSORRES")
    desk.type("16")
    lock(desk)
    with Session.open(folder, LOGIN, PASSWORD) as session:
        assert session.last_place() is not None  # then the log-out of this session forgets the place
    come_back(desk)
    assert (
        desk.work.page is None and "waits in 01-001 · Screening · Vital signs" in desk.work.bar.saved.text()
    )
    desk.window.run("log_out")
    settle()
    desk.log_in()
    assert "waits in 01-001" in desk.work.bar.saved.text(), "a log-out lost what waited unseen"
    desk.open(subject, "SCR", "VS")
    assert [key.item for key in desk.page.uncommitted] == ["SYSBP_VSORRES"]


# -- idle --------------------------------------------------------------------------------------------------


@pytest.mark.requirement("FDA-7")
def test_the_window_locks_by_itself(desk: Desk) -> None:
    vitals(desk)
    go(desk, "SYSBP_VSORRES")
    desk.type("17")
    assert desk.window.locking is not None
    desk.window.locking.idle.start(0.05)
    desk.qtbot.waitUntil(lambda: desk.window.locked, timeout=3000)
    settle()
    assert desk.window.work is None
    come_back(desk)
    assert line(desk).text() == "17"


def test_a_moving_mouse_keeps_it_open(desk: Desk) -> None:
    assert desk.window.locking is not None
    times = Times()
    idle = desk.window.locking.idle
    idle._steady, idle._wall = lambda: times.steady, lambda: times.wall
    idle.start(60)
    times.steady += 59
    none = Qt.MouseButton.NoButton
    where = QPointF(QPoint(5, 5))
    move = QMouseEvent(QEvent.Type.MouseMove, where, where, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(desk.window.windowHandle(), move)
    times.steady += 59
    assert not idle.look() and not desk.window.locked


# -- half-typed text at rest ---------------------------------------------------------------------------------


def test_what_is_half_typed_is_stored_when_the_hands_rest(desk: Desk) -> None:
    vitals(desk)
    go(desk, "SYSBP_VSORRES")
    desk.work.keeper._timer.setInterval(20)
    desk.type("18")
    desk.qtbot.waitUntil(lambda: bool(desk.session.drafts()), timeout=3000)
    assert [one.text for one in desk.session.drafts()] == ["18"]
    desk.press(Qt.Key.Key_Escape)
    desk.work.keeper.keep()
    assert desk.session.drafts() == (), "put back with Esc, and still waiting"


def test_it_is_stored_although_the_keys_never_rest(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = Keeper(desk.work, rest=30)
    keeper.typed()
    assert keeper._timer.isActive()
    keeper._since -= 9
    left = keeper._timer.remainingTime()
    desk.qtbot.wait(30)
    keeper.typed()
    assert keeper._timer.remainingTime() < left, "each key puts the storing off for ever"
    keeper._timer.stop()


def test_resting_without_news_writes_nothing(desk: Desk) -> None:
    vitals(desk)
    kept = desk.work.keeper.look()
    desk.work.session.keep_drafts(kept.drafts, kept.place)
    assert not desk.work.session.keep_drafts(kept.drafts, kept.place)


# -- the clipboard -------------------------------------------------------------------------------------------


def test_the_lock_takes_back_what_was_copied(desk: Desk) -> None:
    assert desk.window.locking is not None
    desk.window.locking.clipboard.owns = lambda: True
    missed_visit(desk)
    desk.type("secret words")
    desk.press(Qt.Key.Key_A, CTRL).press(Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == "secret words"
    lock(desk)
    assert QGuiApplication.clipboard().text() == ""


def test_long_text_comes_back_with_its_cursor(desk: Desk) -> None:
    (subject,) = desk.session.subjects()
    form = desk.key(subject.identity, "BL", "MDAAT", "RSPERF")
    desk.session.entry(form.form_key()).set_value(form, "Y")
    page = desk.open(subject.identity, "BL", "MDAAT")
    box = next(f for f in page.fields.values() if isinstance(f.input, QPlainTextEdit) and f.shown)
    assert page.go_to(box.key)
    desk.type("one two").press(Qt.Key.Key_Return).type("three").press(Qt.Key.Key_Left, times=2)
    lock(desk)
    come_back(desk)
    again = desk.at()
    assert isinstance(again, QPlainTextEdit)
    assert again.toPlainText() == "one two\nthree" and again.textCursor().position() == 11


def test_an_answer_out_of_a_few_comes_back_chosen_and_uncommitted(desk: Desk) -> None:
    vitals(desk)
    go(desk, "VSPOS")
    desk.type("1")
    lock(desk)
    come_back(desk)
    (key,) = desk.page.uncommitted
    assert key.item == "VSPOS" and desk.stored("VSPOS") == ""
