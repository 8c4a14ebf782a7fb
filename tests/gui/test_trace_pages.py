"""The pages of wrong places, redactions and the clock, by keyboard, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QTreeWidget, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from mda5_crf.itemkey import ItemKey
from mda5_crf.ui.clock_page import ClockPage
from mda5_crf.ui.language import set_language
from mda5_crf.ui.redact_page import RedactPage
from mda5_crf.ui.trace_base import TracePage
from mda5_crf.ui.wrong_place_page import WrongPlacePage
from tests.scenario import Ward
from tests.vaults import password
from tests.wards import ward, ward_folder

__all__ = ["ward", "ward_folder"]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("en")


PAGES: list[TracePage] = []


@pytest.fixture(autouse=True)
def put_away(qtbot: QtBot, ward: Ward) -> Iterator[None]:
    """Pages end before the session does, as at the log-out."""
    yield
    for page in PAGES:
        page.stop()
    PAGES.clear()


def line_of(tree: QTreeWidget, row: int) -> QTreeWidgetItem:
    item = tree.topLevelItem(row)
    assert item is not None
    return item


def cell(tree: QTreeWidget, row: int, column: int) -> str:
    return line_of(tree, row).text(column)


def mark(tree: QTreeWidget, row: int) -> None:
    tree.setCurrentItem(line_of(tree, row))


def shown(qtbot: QtBot, page: TracePage, at: ItemKey | None = None) -> None:
    qtbot.addWidget(page)
    PAGES.append(page)
    page.resize(1093, 470)
    page.came_from = at
    page.show()
    page.refresh()
    page.take_focus()


def answer(qtbot: QtBot, page: TracePage, second: str, **lines: str) -> list[str]:
    """Fill in the panel and do it; what was said."""
    panel = page.panel
    assert panel is not None
    for name, text in lines.items():
        widget = panel.line(name)
        assert isinstance(widget, QLineEdit)
        widget.setText(text)
    if panel.second_person is not None:
        panel.second_person.login.setText(second)
        panel.second_person.password.setText(password(second))
    heard: list[str] = []
    page.said.connect(lambda text: heard.append(text.en))
    panel.accept()
    qtbot.waitUntil(lambda: page.panel is not panel or panel.isEnabled())
    return heard


def choose(box: QComboBox, event: str) -> None:
    box.setCurrentIndex([box.itemData(i)[1].event for i in range(box.count())].index(event))


def test_a_form_is_moved_from_where_one_is(qtbot: QtBot, ward: Ward) -> None:
    vs = ward.open("W4", "VS").enter_all(SYSBP_VSORRES="120", DIABP_VSORRES="80")
    page = WrongPlacePage(None, ward.session)  # type: ignore[arg-type]
    shown(qtbot, page, vs.key("SYSBP_VSORRES"))
    assert page.source == vs.entry.key and not page.move_button.isEnabled() and page.void_button.isEnabled()
    choose(page.to_visit, "W8")
    assert [cell(page.lines, i, 1) for i in range(2)] == ["120", "80"]
    page.move_button.click()
    assert page.panel is not None
    answer(qtbot, page, "d02")
    assert page.panel is not None and "investigator" in page.panel.complaint  # a data manager may not
    heard = answer(qtbot, page, "n07")
    assert heard[-1] == "It stands at 01-001 W8 VS now." and page.panel is None
    ward.open("W8", "VS").expect("SYSBP_VSORRES", "120")
    set_language("zh")
    page.retranslate()
    assert cell(page.voids, 0, 5) == "已作废" and page.voids.accessibleName() == "已作废的内容"
    assert page.restore_button.isEnabled()
    page.restore_button.click()
    assert answer(qtbot, page, "n07", text="x")[-1].endswith("counts again.")
    assert [one.restored for one in ward.session.voids()] == [True]


@pytest.mark.requirement("CN-3", "E6-8")
def test_a_move_is_taken_back(qtbot: QtBot, ward: Ward) -> None:
    vs = ward.open("W4", "VS").enter("SYSBP_VSORRES", "120")
    page = WrongPlacePage(None, ward.session)  # type: ignore[arg-type]
    shown(qtbot, page, vs.entry.key)
    assert not page.back_button.isEnabled()
    choose(page.to_visit, "W8")
    page.move_button.click()
    answer(qtbot, page, "n07")
    assert page.back_button.isEnabled()
    said = page.notice.text()
    page.back_button.click()
    assert page.panel is not None and not page.notice.isVisible(), (
        "what is chosen above is not what is undone"
    )
    assert "W8" in page.panel._about.text() and cell(page.lines, 0, 1) == "120"
    page.panel.close_strip()
    assert page.notice.isVisible() and page.notice.text() == said
    ward.open("W8", "VS").expect("SYSBP_VSORRES", "120")
    page.back_button.click()
    answer(qtbot, page, "d02")
    assert page.panel is not None and "investigator" in page.panel.complaint
    assert "W4" in answer(qtbot, page, "n07")[-1]
    ward.open("W4", "VS").expect("SYSBP_VSORRES", "120")
    assert ("W8", "VS") not in {(k.event, k.form) for k in ward.session.data(ward.subject).entries}
    assert not page.back_button.isEnabled()
    assert ward.session.verify().troubles == ()


def test_what_cannot_be_moved_says_why(qtbot: QtBot, ward: Ward) -> None:
    vs = ward.open("W4", "VS").enter("SYSBP_VSORRES", "120")
    ward.open("W8", "VS").enter("SYSBP_VSORRES", "121")
    page = WrongPlacePage(None, ward.session)  # type: ignore[arg-type]
    shown(qtbot, page, vs.entry.key)
    choose(page.to_visit, "W8")
    assert not page.move_button.isEnabled() and "entered already" in page.notice.text()
    page.visit.setCurrentIndex(0)
    assert page.source == ItemKey(ward.subject) and "01-001" in page.notice.text()
    page.void_button.click()
    answer(qtbot, page, "n07")
    assert ward.session.subjects() == () and "No participant" in page.notice.text()


def test_a_name_is_redacted(qtbot: QtBot, ward: Ward) -> None:
    sv = ward.open("W4", "SV").enter("SVREASOC", "Wang Xiaoming").enter("SVREASOC", "rash")
    page = RedactPage(None, ward.session)  # type: ignore[arg-type]
    shown(qtbot, page, sv.key("SVREASOC"))
    mark(page.records, 1)
    qtbot.keyClick(page.records, Qt.Key.Key_Space)  # type: ignore[no-untyped-call]
    page.propose.click()
    answer(qtbot, page, "", text="a name", own=password("i01"))
    assert cell(page.stands, 0, 0) == "waits for a second person" and not page.confirm.isEnabled()
    page.withdraw.click()
    answer(qtbot, page, "")
    mark(page.records, 1)
    page.both.click()
    assert "Wang Xiaoming" in page.panel._about.text() if page.panel else False
    heard = answer(qtbot, page, "d02", text="a name", own=password("i01"))
    assert heard[-1].startswith("The content is emptied")
    assert cell(page.records, 1, 3) == "(redacted)"
    assert ward.session.verify().troubles == ()


def test_the_clock_is_declared_right(qtbot: QtBot, ward: Ward) -> None:
    page = ClockPage(None, ward.session)  # type: ignore[arg-type]
    shown(qtbot, page)
    assert "+0800" in page.notice.text()
    page.right.click()
    assert answer(qtbot, page, "a03", text="battery")[-1].startswith("The clock counts")
    assert cell(page.notes, 0, 5) == "battery"
