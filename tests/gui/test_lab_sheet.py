"""A laboratory sheet is typed from paper with its digits and one key for each result: keys are counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.session import Session
from mda5_crf.study.model import Item
from mda5_crf.study.problems import example
from mda5_crf.ui import language
from mda5_crf.ui.form_page import FormPage
from tests.gui.shell_driver import Desk, make_vault, one_desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

LAB = "LAB02"
MG_DL = {"CREAT": "mg/dL"}
"""What this laboratory reports in another unit than the stored one."""


class Keys(QObject):
    """Counts what the hand does: each key pressed, modifiers alone not."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.pressed: list[str] = []
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        pressed = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        if pressed and watched is QApplication.focusWidget():
            self.pressed.append(event.text())  # type: ignore[attr-defined]  # a key event, as asked above
        return False


@pytest.fixture
def keys(qapp: QApplication) -> Iterator[Keys]:
    made = Keys(qapp)
    yield made
    qapp.removeEventFilter(made)


@pytest.fixture(scope="module")
def shared(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[QtBot], Desk]]:
    yield from one_desk(qapp, make_vault(tmp_path_factory.mktemp("sheet") / "ward.mda5"))


@pytest.fixture
def desk(shared: Callable[[QtBot], Desk], qtbot: QtBot) -> Iterator[Desk]:
    yield shared(qtbot)
    language.set_language("en")


def put(session: Session, subject: str, event: str, form: str, **texts: str) -> None:
    entry = session.entry(ItemKey(subject, event, "", form))
    entry.set_values(
        {
            entry.key._replace(group=entry.form.items[name].group, item=name): text
            for name, text in texts.items()
        }
    )


def results(desk: Desk, form: str) -> list[Item]:
    return [item for item in desk.session.study.forms[form].items.values() if item.column == "ORRES"]


def with_lists(desk: Desk) -> None:
    """The site's list: limits of every analyte of both forms, one of them in another unit."""
    if desk.session.references("range"):
        return
    for form in ("LBC", "LBH"):
        for item in results(desk, form):
            code = item.row or ""
            unit = MG_DL.get(code, item.unit or "")
            row = {"laboratory": LAB, "testcd": code, "unit": unit, "low": "0", "high": "99999"}
            desk.session.add_reference("range", row)


def visit(desk: Desk) -> str:
    subject = desk.session.enrol().identity
    put(desk.session, subject, "SCR", "SV", SVOCCUR="Y", SVSTDAT="2026-03-05")
    put(desk.session, subject, "SCR", "LBU", LBPERF="Y", LBDAT="2026-03-05", LBNAM=LAB)
    return subject


def header(desk: Desk, page: FormPage) -> None:
    """Sample taken: yes; F7; not asked time; fasting where it is asked; no sample number."""
    desk.type("1").press(Qt.Key.Key_Return).press(Qt.Key.Key_F7)
    while page.focused is not None and page.focused.item.column != "ORRES":
        if page.focused.item.name == "LBFAST":
            desk.type("1")
        desk.press(Qt.Key.Key_Return)


def test_thirty_five_results_cost_their_digits_and_one_key_each(desk: Desk, keys: Keys) -> None:
    with_lists(desk)
    subject = visit(desk)
    typed: dict[str, dict[str, str]] = {}
    spent = 0
    for form, count in (("LBC", 28), ("LBH", 7)):
        page = desk.open(subject, "SCR", form)
        keys.pressed.clear()
        header(desk, page)
        assert len(keys.pressed) <= 8, "header: answer, F7, Enter past what is optional"
        assert desk.stored("LBDAT") == "2026-03-05" and desk.stored("LBNAM") == LAB
        paper = {item.name: example(item) for item in results(desk, form)[:count]}
        keys.pressed.clear()
        for name, digits in paper.items():
            assert page.focused is not None and page.focused.item.name == name
            desk.type(digits).press(Qt.Key.Key_Return)
        allowed = sum(len(digits) for digits in paper.values()) + len(paper)
        assert len(keys.pressed) == allowed
        spent += len(paper)
        desk.press(Qt.Key.Key_F7)
        typed[form] = paper
        for name, digits in paper.items():
            assert desk.stored(name) == digits, name
            code = name.removesuffix("_LBORRES")
            assert desk.stored(f"{code}_LBORNRLO") == "0" and desk.stored(f"{code}_LBORNRHI") == "99999"
    assert spent == 35
    key = desk.key(subject, "SCR", "LBC", "CREAT_LBORRES")
    creatinine = desk.session.data(subject).get(key)
    assert creatinine is not None and creatinine.unit == "mg/dL"


def test_tab_stops_where_enter_passes(desk: Desk) -> None:
    with_lists(desk)
    page = desk.open(visit(desk), "SCR", "LBC")
    header(desk, page)
    first = page.focused
    assert first is not None
    desk.type("35").press(Qt.Key.Key_Tab)
    assert page.focused is not None
    assert (page.focused.item.row, page.focused.item.column) == (first.item.row, "NRLO")
    desk.press(Qt.Key.Key_Tab).press(Qt.Key.Key_Tab)
    assert page.focused.item.column == "STAT"


def test_without_limits_enter_asks_for_them(desk: Desk) -> None:
    subject = desk.session.enrol().identity
    page = desk.open(subject, "SCR", "LBC")
    desk.type("1").press(Qt.Key.Key_Return)
    desk.enter("ALT_LBORRES", "35")
    assert page.focused is not None and page.focused.item.name == "ALT_LBORNRLO"
    desk.type("7").press(Qt.Key.Key_Return)
    assert page.focused.item.name == "ALT_LBORNRHI"
    desk.type("40").press(Qt.Key.Key_Return)
    assert page.focused.item.column == "ORRES", "not done is no question about a result"


def test_units_taken_for_one_laboratory_are_none_of_another(desk: Desk) -> None:
    with_lists(desk)
    page = desk.open(visit(desk), "SCR", "LBC")
    header(desk, page)
    place = desk.key(page.entry.key.subject, "SCR", "LBC", "CREAT_LBORRES")
    assert page.fields[place].input.unit == "mg/dL"  # type: ignore[attr-defined]
    assert not page.fields[place].input.dirty and not page.known.offers().units
    desk.enter("LBNAM", "1")
    assert page.fields[place].input.unit == "µmol/L"  # type: ignore[attr-defined]
    desk.enter("CREAT_LBORRES", "80")
    found = desk.session.data(place.subject).get(place)
    assert found is not None and found.unit is None and found.text == "80"


def test_a_unit_typed_or_chosen_wins_over_the_one_taken(desk: Desk) -> None:
    with_lists(desk)
    page = desk.open(visit(desk), "SCR", "LBC")
    header(desk, page)
    place = desk.key(page.entry.key.subject, "SCR", "LBC", "CREAT_LBORRES")
    desk.page.go_to(place)
    QApplication.focusWidget().setText("80 µmol/L")  # type: ignore[union-attr]
    desk.press(Qt.Key.Key_Return)
    found = desk.session.data(place.subject).get(place)
    assert found is not None and (found.text, found.unit) == ("80", "µmol/L")
    desk.page.go_to(place)
    desk.press(Qt.Key.Key_Delete).press(Qt.Key.Key_Return)
    assert page.fields[place].input.unit == "mg/dL"  # type: ignore[attr-defined]
