"""The page of versions: who may approve does it here, and a form is moved after one saw what that changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from mda5_crf.text import Text
from mda5_crf.ui.definition_page import DefinitionPage
from tests.amended import NEW, OLD, Pair
from tests.gui.shell_driver import CTRL, Desk, copied_desk, settle
from tests.gui.test_overlays import rows
from tests.vaults import password


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The ward before and after its approval; baseline was entered before, in both."""
    found = {}
    for name in ("waiting", "approved"):
        base = tmp_path_factory.mktemp(name)
        two = Pair(base)
        two.approved() if name == "approved" else two.amended()
        if name == "waiting":
            two.send("centre", "ward")
        two.entered("BL", TEMP_VSLOC="AXILLA", SYSBP_VSORRES="150")
        two.close()
        found[name] = base / "ward"
    return found


@pytest.fixture
def desk(
    request: pytest.FixtureRequest, qtbot: QtBot, qapp: QApplication, tmp_path: Path, folders: dict[str, Path]
) -> Iterator[Desk]:
    """The principal investigator's window."""
    login = ("i01", password("i01"))
    yield from copied_desk(qtbot, qapp, folders[request.param], tmp_path / "w.mda5", login=login)


def opened(desk: Desk) -> DefinitionPage:
    desk.window.run("definition")
    page = desk.work.office.page
    assert isinstance(page, DefinitionPage)
    return page


def fill(page: DefinitionPage, **words: str) -> None:
    """Type into the panel and press its button."""
    assert page.panel is not None
    for name, text in words.items():
        box = page.panel._fields[name]
        if isinstance(box, QComboBox):
            known = [box.itemData(place)[0] for place in range(box.count())]
            box.setCurrentIndex(known.index(text))
        else:
            assert isinstance(box, QLineEdit)
            box.setText(text)
    page.panel.ok.click()
    settle()


@pytest.mark.requirement("E6-13")
@pytest.mark.parametrize("desk", ["waiting"], indirect=True)
def test_the_principal_investigator_approves_on_the_page(desk: Desk, qtbot: QtBot) -> None:
    page = opened(desk)
    assert [row[:2] for row in rows(page.versions)] == [
        [NEW, "waits for this site's approval"], [OLD, "in force here"],
    ]  # fmt: skip
    changed = dict(row for row in rows(page.changes))
    assert changed["item VS.VSREST"] == "added" and changed["item VS.TEMP_VSLOC"] == "removed"
    said: list[Text] = []
    page.said.connect(said.append)
    today = desk.session.today.isoformat()
    page.approve.click()
    settle()
    fill(page, approved="yesterday", begins=today, own=password("i01"))
    qtbot.waitUntil(lambda: page.panel is not None and page.panel.isEnabled(), timeout=20_000)
    fill(page, approved=today)
    qtbot.waitUntil(lambda: page.panel is None, timeout=20_000)
    assert "next log-in" in said[-1].en and "下次登录" in said[-1].zh
    assert today in rows(page.versions)[0][2] and desk.session.study.version == OLD
    desk.press(Qt.Key.Key_L, CTRL)
    assert rows(page.versions)[0][1] == f"已批准，自 {today} 起执行"
    desk.press(Qt.Key.Key_L, CTRL)


@pytest.mark.parametrize("desk", ["approved"], indirect=True)
def test_a_form_says_its_version_and_is_moved(desk: Desk, qtbot: QtBot) -> None:
    subject = desk.session.subjects()[0].identity
    form = desk.open(subject, "BL", "VS")
    assert form.note is not None and "Not collected under version 2.2.1: Rested" in form.note.en
    assert {key.item for key in form.fields} >= {"TEMP_VSLOC", "VSTIM"}
    page = opened(desk)
    assert "goes by version 2.2.1" in page.notice.text() and not page.approve.isEnabled()
    page.move_form.click()
    settle()
    assert page.panel is not None and "Temperature site" in page.panel.act.about.en
    fill(page, reason="OTHER", words="asked by the ethics committee")
    qtbot.waitUntil(lambda: page.panel is None, timeout=20_000)
    assert "no longer asked: Temperature site" in page.notice.text() and not page.move_form.isEnabled()
    desk.press(Qt.Key.Key_Escape)
    form = desk.open(subject, "BL", "VS")
    assert {key.item for key in form.fields} >= {"VSREST", "VSTIMES"}
    assert form.note is None
