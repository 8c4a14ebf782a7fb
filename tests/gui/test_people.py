"""Accounts and delegation by keyboard: every act through services, every refusal in words."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from mda5_crf.errors import PermissionDenied
from mda5_crf.services.session import Session, create
from mda5_crf.ui import language
from mda5_crf.ui.allowed import allowed
from mda5_crf.ui.main_window import MainWindow
from mda5_crf.ui.people_page import PeoplePage
from tests.gui.shell_driver import Desk, at_desk, prepared, put_away, settle
from tests.signward import built_signing, definition
from tests.vaults import FOUNDER, enter, password
from tests.wards import Clock

OWN = password(FOUNDER)
RETURN, ESC = Qt.Key.Key_Return, Qt.Key.Key_Escape


class PeopleDesk(Desk):
    """A desk at the page of accounts."""

    @property
    def people(self) -> PeoplePage:
        page = self.work.office.page
        assert isinstance(page, PeoplePage)
        return page

    def choose(self, code: str) -> PeopleDesk:
        table = self.people.table
        (item,) = table.findItems(code, Qt.MatchFlag.MatchExactly, 0)
        table.setCurrentItem(item)
        table.setFocus()
        return self

    def type(self, text: str) -> PeopleDesk:
        super().type(text)
        return self

    def fill(self, **lines: str) -> PeopleDesk:
        panel = self.people.panel
        assert panel is not None
        for name, text in lines.items():
            line = panel.line(name)
            assert isinstance(line, QLineEdit)
            line.setText(text)
        return self

    def do(self) -> None:
        panel = self.people.panel
        assert panel is not None
        panel.ok.click()
        self.qtbot.waitUntil(lambda: self.people.panel is None or bool(panel.complaint), timeout=30_000)
        settle()

    def row(self, code: str) -> list[str]:
        (item,) = self.people.table.findItems(code, Qt.MatchFlag.MatchExactly, 0)
        return [item.text(column) for column in range(item.columnCount())]


@pytest.fixture
def sit(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Callable[[str], PeopleDesk]]:
    """``sit("n07")`` opens the page for that person."""
    prepared(qapp)
    folder = Path(shutil.copytree(built_signing(), tmp_path / "ward.mda5"))
    windows: list[MainWindow] = []

    def make(login: str = FOUNDER) -> PeopleDesk:
        windows.append(MainWindow(str(folder)))
        windows[0].enter(Session(enter(folder, login), definition(), Clock()))
        at_desk(qtbot, windows[0])
        work = windows[0].work
        assert work is not None
        work.acts.run("people")
        settle()
        return PeopleDesk(qtbot, windows[0])

    yield make
    language.set_language("en")
    for window in windows:
        put_away(window)


@pytest.mark.requirement("FDA-6", "CN-8", "E6-16")
def test_one_sitting_of_the_investigator(sit: Callable[..., PeopleDesk]) -> None:
    desk = sit()
    assert desk.row(FOUNDER)[2] == "principal investigator"
    assert desk.row("n07")[2:5] == ["data entry", "2026-09-01 – open", "password from another"]
    # a refusal is said in the panel and what was typed stays
    desk.choose("n07").type("3").fill(start="2020-01-01", own=OWN)
    panel = desk.people.panel
    assert panel is not None
    panel.line("role").setCurrentIndex(4)  # type: ignore[union-attr]
    desk.do()
    assert "begins today" in panel.complaint
    assert panel.typed()["own"] == OWN
    desk.fill(start="2026-09-20").do()
    assert "2026-09-20 – open" in desk.row("n07")[3]
    # a duty for somebody without account, by the keyboard alone
    desk.choose("n07").type("4").fill(code="INV02", name="王医生", start="2026-08-01", own=OWN).do()
    assert desk.row("INV02")[1:5] == ["王医生", "obtain informed consent", "2026-08-01 – open", "no account"]
    # a new person; the password is shown once
    desk.choose("n07").type("2").fill(login="n08", name="Qian Yi", own=OWN)
    offered = desk.people.panel.typed()["password"]  # type: ignore[union-attr]
    desk.do()
    assert offered in desk.people.notice.text()
    assert desk.row("n08")[4] == "password from another"
    desk.people.leave()
    desk.people.refresh()
    assert offered not in desk.people.notice.text()
    # the history, and Esc step by step back to the matrix
    desk.choose("INV02").press(RETURN)
    assert desk.people.log.topLevelItemCount() == 1
    desk.press(ESC)
    assert desk.people.table.hasFocus()
    desk.press(ESC)
    assert desk.work.office.page is None


def test_a_reset_takes_a_second_person(sit: Callable[..., PeopleDesk]) -> None:
    desk = sit()
    desk.choose("n07").type("5")
    panel = desk.people.panel
    assert panel is not None and panel.second_person is not None
    second = panel.second_person
    assert not second.password.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    assert second.login.accessibleName() == "Second person's log-in"
    desk.fill(own=OWN).do()
    assert "Second person's log-in" in panel.complaint  # not yet filled in
    second.login.setText("n07")
    second.password.setText(password("n07"))
    desk.do()
    assert "somebody else" in panel.complaint
    second.login.setText("d02")
    second.password.setText(password("d02"))
    offered = panel.typed()["password"]
    desk.do()
    assert offered in desk.people.notice.text()


def test_nurses_see_the_list_and_change_the_own_password(sit: Callable[..., PeopleDesk]) -> None:
    desk = sit("n07")
    assert "Change it first" in str(desk.window.banner.text)
    assert list(desk.people.buttons) == ["password", "print", "history"]
    desk.choose("n07").type("1").fill(own=password("n07"), new="maple-river", again="maple-lake")
    desk.do()
    panel = desk.people.panel
    assert panel is not None and "differ" in panel.complaint
    language.set_language("zh")
    settle()
    assert "不一致" in panel.complaint
    desk.fill(new="harbour-violet-31-candle", again="harbour-violet-31-candle").do()
    assert desk.row("n07")[4] == "有效"
    desk.people.stop()
    assert desk.people.panel is None


@pytest.mark.requirement("P11-8", "P11-16")
def test_an_administrator_who_founded_the_vault_admits_the_first_investigator_and_nobody_else(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    """No participant is to be seen: home are the accounts. Afterwards accounts are the investigator's."""
    prepared(qapp)
    words = "copper-meadow-lantern-quiet-river-stone"
    made = create(
        tmp_path / "new.mda5", site="01", name="Ward 3", login="a03", person="Chen Jie",
        role="administrator", password=words,
    )  # fmt: skip
    window = MainWindow(str(tmp_path / "new.mda5"))
    window.enter(made)
    desk = PeopleDesk(qtbot, at_desk(qtbot, window).window)
    try:
        assert desk.people.isVisible() and desk.at() is desk.people.table
        desk.press(ESC)
        assert desk.people.isVisible(), "there is no matrix to go back to"
        assert {"matrix", "work_list", "queries", "locks", "sign_more"}.isdisjoint(allowed(desk.work))
        assert {"people", "audit", "backups", "correct_clock"} <= allowed(desk.work)
        with pytest.raises(PermissionDenied):
            made.add_person("n07", "Zhang Wei", "data_entry", "orchard-pebble-9-velvet", own_password=words)
        desk.people.buttons["add"].click()
        settle()
        panel = desk.people.panel
        assert panel is not None
        role = panel.line("role")
        assert isinstance(role, QComboBox) and role.count() == 1
        desk.fill(login="i01", name="Li Na", own=words).do()
        account = next(one for one in made.accounts() if one.login == "i01")
        assert account.principal and account.active
        assert not desk.people.buttons["add"].isEnabled()
        with pytest.raises(PermissionDenied):
            made.add_person("i02", "Xu", "investigator", "orchard-pebble-9-velvet", own_password=words)
    finally:
        put_away(window)
