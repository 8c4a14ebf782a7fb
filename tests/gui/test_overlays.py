"""A check that the centre changed says so where it speaks: under the field, and in the side panel."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QTreeWidget
from pytestqt.qtbot import QtBot

from mda5_crf.db.records import Draft
from mda5_crf.services import overlays
from mda5_crf.services.session import Session
from mda5_crf.sync import bundles, devices
from mda5_crf.text import Text
from mda5_crf.ui.aside_page import AsidePage
from mda5_crf.ui.overlays_page import OverlaysPage
from tests.gui.shell_driver import (
    CTRL,
    LOGIN,
    PASSWORD,
    Desk,
    copied_desk,
    make_vault,
    one_desk,
    settle,
)
from tests.vaults import enter, password
from tests.wards import built, trial

WHY = Text("Too many questions at two sites", "两个中心质疑过多")


@pytest.fixture(scope="module")
def made(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[QtBot], Desk]]:
    """A ward that took a bundle of the centre: one check is a warning there, one is switched off."""
    base = tmp_path_factory.mktemp("overlays")
    folder = make_vault(base / "ward.mda5")
    shutil.copytree(built("00", "Centre"), base / "centre.mda5")
    with Session.open(folder, LOGIN, PASSWORD) as ward:
        centre = Session(enter(base / "centre.mda5", "i01"), trial())
        devices.add_card(ward, devices.card(centre), own_password=PASSWORD)
        devices.add_card(centre, devices.card(ward), own_password=password("i01"))
        centre.close()
        with Session(enter(base / "centre.mda5", "d02"), trial()) as centre:
            for check, action in (("VS-02", "warning"), ("VS.PULSE_VSORRES.SOFT", "off")):
                overlays.set_overlay(
                    centre, check, action, centre.today, None, WHY,
                    own_password=password("d02"), second=("i01", password("i01")),
                )  # fmt: skip
            # Nobody is told which definition is in force by a mere word: it is set aside at the ward.
            centre.append(
                [Draft("definition", "", {"hash": "ab" * 32, "oid": "NCT04966884", "version": "9"})]
            )
            bundles.take(ward, bundles.make(centre, ward.device, base))
        assert len(ward.study.overlays) == 2
    yield from one_desk(qapp, folder)


def test_the_field_and_the_panel_say_what_the_centre_did(qtbot: QtBot, made: Callable[[QtBot], Desk]) -> None:
    desk = made(qtbot)
    subject = desk.session.enrol().identity
    entry = desk.session.entry(desk.key(subject, "BL", "VS"))
    for item, text in (
        ("VSPERF", "Y"), ("SYSBP_VSORRES", "95"), ("DIABP_VSORRES", "95"), ("PULSE_VSORRES", "199"),
    ):  # fmt: skip
        entry.set_value(desk.key(subject, "BL", "VS", item), text)
    page = desk.open(subject, "BL", "VS")
    assert page.go_to(desk.key(subject, "BL", "VS", "SYSBP_VSORRES"))
    settle()
    field = desk.page.focused
    assert field is not None and field.marking.words is not None
    assert WHY.en in field.marking.words.en and WHY.zh in field.marking.words.zh
    assert "made this a warning" in field.marking.words.en
    panel = desk.work.side.why
    panel.show_item(field.key)
    assert any(WHY.en in panel.item(row).text() for row in range(panel.count()))
    silent = desk.key(subject, "BL", "VS", "PULSE_VSORRES")
    panel.show_item(silent)
    assert panel.count() == 1 and "switched this check off" in panel.item(0).text()
    desk.press(Qt.Key.Key_L, CTRL)
    panel.show_item(silent)
    assert WHY.zh in panel.item(0).text()
    desk.press(Qt.Key.Key_L, CTRL)


def rows(table: QTreeWidget) -> list[list[str]]:
    items = [table.topLevelItem(number) for number in range(table.topLevelItemCount())]
    return [
        [item.text(column) for column in range(table.columnCount())] for item in items if item is not None
    ]


@pytest.mark.requirement("CN-4")
def test_what_was_set_aside_says_what_to_do(qtbot: QtBot, made: Callable[[QtBot], Desk]) -> None:
    desk = made(qtbot)
    desk.window.run("aside")
    page = desk.work.office.page
    assert isinstance(page, AsidePage)
    ((_, author, _, why, what),) = rows(page.aside)
    assert "Centre" in author and "definition" in why and "bundle" in what
    assert what in page.notice.text() and why in page.notice.text()
    said: list[Text] = []
    page.said.connect(said.append)
    page.again.setFocus()
    desk.press(Qt.Key.Key_Space)
    assert "count now: 0; still set aside: 1" in said[-1].en and len(rows(page.aside)) == 1
    desk.press(Qt.Key.Key_L, CTRL)
    assert "搁置" in page.notice.text() or "数据包" in page.notice.text()
    desk.press(Qt.Key.Key_L, CTRL)
    desk.press(Qt.Key.Key_Escape)


def test_a_ward_reads_the_list_and_changes_nothing(qtbot: QtBot, made: Callable[[QtBot], Desk]) -> None:
    desk = made(qtbot)
    desk.window.run("overlays")
    page = desk.work.office.page
    assert isinstance(page, OverlaysPage)
    assert [row[:2] for row in rows(page.lines)] == [["VS.PULSE_VSORRES.SOFT", "off"], ["VS-02", "a warning"]]
    assert not page.change.isVisible() and not page.end.isVisible()
    desk.press(Qt.Key.Key_Escape)


@pytest.fixture
def centre(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Desk]:
    """A data manager's window at the centre."""
    login = ("d02", password("d02"))
    yield from copied_desk(qtbot, qapp, built("00", "Centre"), tmp_path / "c.mda5", login=login)


def test_the_centre_changes_and_withdraws(centre: Desk, qtbot: QtBot) -> None:
    centre.window.run("overlays")
    page = centre.work.office.page
    assert isinstance(page, OverlaysPage) and rows(page.lines) == []
    said: list[Text] = []
    page.said.connect(said.append)
    page.change.click()
    settle()
    fill(page, check="IE-16", en="Too many", zh="过多", own="wrong")
    qtbot.waitUntil(lambda: page.panel is not None and page.panel.isEnabled(), timeout=20_000)
    fill(page, own=password("d02"))
    qtbot.waitUntil(lambda: page.panel is None, timeout=20_000)
    assert [row[:2] for row in rows(page.lines)] == [["IE-16", "a warning"]]
    assert "protects consent" in said[-1].en and "知情同意" in said[-1].zh
    page.end.click()
    settle()
    fill(page, en="Enough", zh="足够", own=password("d02"))
    qtbot.waitUntil(lambda: page.panel is None, timeout=20_000)
    assert rows(page.lines)[0][3].startswith("withdrawn") and centre.session.study.overlays == ()


def fill(page: OverlaysPage, **words: str) -> None:
    """Type into the panel, the second person too, and press its button."""
    panel = page.panel
    assert panel is not None and panel.second_person is not None
    boxes = panel._fields
    for name, text in words.items():
        box = boxes[name]
        assert isinstance(box, QLineEdit)
        box.setText(text)
    panel.second_person.login.setText("i01")
    panel.second_person.password.setText(password("i01"))
    panel.ok.click()
    settle()
