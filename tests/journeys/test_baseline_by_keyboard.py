"""A full baseline visit entered with key events only, in each language; no mouse, no call to a widget.

What is typed is the baseline of a participant of the demonstration, read from a vault into which the ordinary
services entered it. A second vault has the same participant up to the day before; there every form that was
filled is typed into whatever has the keyboard. Chinese words come as an input method commits them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs import demonstration, participants
from mda5_crf.jobs.courses import Visit
from mda5_crf.jobs.demonstration import PASSWORD
from mda5_crf.jobs.figures import Figures
from mda5_crf.services.session import Session, create
from mda5_crf.study.data import SubjectData
from mda5_crf.study.model import Item, ItemType
from mda5_crf.study.values import Entry
from mda5_crf.text import Language
from mda5_crf.ui.field import Field
from mda5_crf.ui.group_log import GroupLog
from mda5_crf.ui.inputs.codes import number_of
from mda5_crf.ui.inputs.listed import ListedInput, ListedLine
from mda5_crf.ui.inputs.options import RadioOption, TickOption
from mda5_crf.ui.inputs.text import LongTextInput
from mda5_crf.ui.main_window import MainWindow
from mda5_crf.ui.start import prepare, speak_now
from tests.gui.shell_driver import CTRL, Desk, at_desk, put_away, settle

EVENT, PATIENT, SEED = "BL", 8, 20260301
MOST_STEPS = 900
"""Of one form: more than this and the keyboard goes round in circles."""


class _Reached(Exception):
    """Far enough."""


def _vault(folder: Path, monkeypatch: pytest.MonkeyPatch, *, entered: bool) -> Path:
    """The participant up to the baseline, or behind it."""
    visit = participants.Participant._visit

    def until(self: participants.Participant, plan: Visit, later: list[Visit]) -> None:
        if plan.event == EVENT and entered:
            visit(self, plan, later)
        if plan.event == EVENT:
            raise _Reached

    with monkeypatch.context() as patch:
        patch.setattr(participants.Participant, "_visit", until)
        with create(
            folder, site="01", name="Ward 3", login="wang", person="Dr Wang 王医生", role="investigator",
            password=PASSWORD, demo=True,
        ) as ward:  # fmt: skip
            demonstration._lists(ward)
            with pytest.raises(_Reached):
                demonstration._participant(ward, PATIENT, random.Random(SEED), Figures())
    return folder


@dataclass
class Paper:
    """One form as it lies on the desk: answers by item, rows of logs in order, and how it ends."""

    values: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    status: str = ""


def _papers(vault: Path) -> tuple[dict[str, Paper], int]:
    """Every form of the baseline that has answers, and how many queries the visit has."""
    with Session.open(vault, "wang", PASSWORD) as session:
        subject = session.subjects()[0].identity
        node = next(n for n in session.tree(subject) if n.key.event == EVENT)
        papers: dict[str, Paper] = {}
        data = session.data(subject)
        for form in node.forms:
            if form.adds or form.status == "not_started":
                continue
            paper = papers[form.form.oid] = Paper(status=form.status)
            for key, state in session.state(form.key).items.items():
                entry = data.get(key)
                if entry is None or not entry.text or state.item.computed:
                    continue
                text = (
                    entry.text if not entry.unit or entry.unit == state.item.unit else entry.text + entry.unit
                )
                if key.group_repeat:
                    lines = paper.rows.setdefault(key.group, [])
                    place = _line(data, key) - 1
                    lines += [{} for _ in range(place + 1 - len(lines))]
                    lines[place][key.item] = text
                else:
                    paper.values[key.item] = text
        queries = [q for q in session.queries() if q.key.event == EVENT and q.is_open]
        return papers, len(queries)


def _as_typed(entry: Entry, item: Item) -> str:
    return entry.text if not entry.unit or entry.unit == item.unit else entry.text + entry.unit


def _line(data: SubjectData, key: ItemKey) -> int:
    return data.line_of(key.row_key()._replace(group_repeat=""), key.group_repeat) or 0


class Typist:
    """Types one form: looks what has the keyboard, types what stands on paper for it, and presses Enter."""

    def __init__(self, desk: Desk, paper: Paper) -> None:
        self.desk = desk
        self.paper = paper
        self.keys = 0
        self.on = Qt.Key.Key_Return
        self.path: list[str] = []
        self._asked_known = False

    def run(self) -> None:
        """From the first question to the last with Enter; once more with Tab for what Enter passes; F12."""
        self._walk()
        if self._left():
            self.on = Qt.Key.Key_Tab
            self._press(Qt.Key.Key_Home, CTRL)
            self._walk()
        self._press(Qt.Key.Key_F12)
        if self.desk.page.entry.state.status != "complete":
            self._press(Qt.Key.Key_F12)  # what becomes a query was listed; it is meant so

    def _left(self) -> bool:
        fields = self.desk.page.fields.values()
        return any(f.shown and self._wanted(f) and f.input.entered().text != self._wanted(f) for f in fields)

    def _walk(self) -> None:
        for _ in range(MOST_STEPS):
            at = QApplication.focusWidget()
            page = self.desk.page
            if at is None or not page.isAncestorOf(at):
                break
            owner = next((f for f in page.fields.values() if at in f.input.focus_widgets()), None)
            self.path.append(owner.item.name if owner is not None else type(at).__name__)
            if owner is not None:
                self._answer(owner)
            elif isinstance(at, QPushButton) and self._rows_left():
                self._press(Qt.Key.Key_Return)
            else:
                self._press(Qt.Key.Key_Tab)
        else:
            raise AssertionError(f"{self.desk.page.entry.form.oid}: no end; {self.path[-12:]}")

    def _press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.desk.at(), key, modifiers)
        QApplication.processEvents()
        self.keys += 1

    def _rows_left(self) -> bool:
        made = {key.group_repeat for key in self.desk.page.fields if key.group_repeat}
        return len(made) < sum(map(len, self.paper.rows.values()))

    def _wanted(self, one: Field) -> str:
        if not one.key.group_repeat:
            return self.paper.values.get(one.item.name, "")
        data = self.desk.session.data(one.key.subject)
        lines = self.paper.rows.get(one.item.group, [])
        place = _line(data, one.key) - 1
        return lines[place].get(one.item.name, "") if place < len(lines) else ""

    def _answer(self, one: Field) -> None:
        wanted = self._wanted(one)
        if one.item.name.endswith("_LBORNRLO") and wanted and not self._asked_known:
            self._asked_known = True
            self._press(Qt.Key.Key_F7)
        if wanted and one.input.entered().text != wanted:
            self._type(one, wanted)
        last = isinstance(one.host, GroupLog) and not self._rows_left()  # where Enter would add a row
        long = isinstance(one.input, LongTextInput)  # where Enter is a new line
        self._press(Qt.Key.Key_Tab if last or long else self.on)

    def _type(self, one: Field, wanted: str) -> None:
        at, item = self.desk.at(), one.item
        words = self._spelt(item, wanted)
        if isinstance(one.input, (ListedInput, ListedLine)):
            words = wanted
        if not isinstance(at, (RadioOption, TickOption)):
            QTest.keyClick(at, Qt.Key.Key_A, CTRL)
        for part in re.findall(r"[\x20-\x7e]+|[^\x20-\x7e]+", words):
            if part.isascii():
                QTest.keyClicks(at, part)
            else:
                event = QInputMethodEvent("", [])
                event.setCommitString(part)
                QApplication.sendEvent(at, event)
        self.keys += len(words)

    def _spelt(self, item: Item, wanted: str) -> str:
        if item.codelist:
            codes = self.desk.session.study.codelists[item.codelist]
            numbers = {value.code: number_of(codes, place) for place, value in enumerate(codes.values)}
            parts = [numbers[code.strip()] for code in wanted.split(";")]
            return "".join(parts) if item.type is ItemType.MULTI else parts[0]
        if item.type in (ItemType.DATE, ItemType.TIME) and "U" not in wanted:
            return wanted.replace("-", "").replace(":", "")
        return wanted


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Paper], int]:
    with pytest.MonkeyPatch.context() as patch:
        return _papers(_vault(tmp_path_factory.mktemp("paper") / "ward.mda5", patch, entered=True))


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    prepare(qapp, "en", 100)
    vault = _vault(tmp_path / "ward.mda5", monkeypatch, entered=False)
    window = MainWindow(str(vault))
    window.enter(Session.open(vault, "wang", PASSWORD))
    yield at_desk(qtbot, window)
    speak_now(qapp, "en")
    put_away(window)


@pytest.mark.parametrize("tongue", ["en", "zh"])
def test_a_whole_baseline_visit_is_entered_with_the_keyboard_alone(
    desk: Desk, qapp: QApplication, papers: tuple[dict[str, Paper], int], tongue: Language
) -> None:
    wanted, queries = papers
    speak_now(qapp, tongue)
    vault, subject = desk.session.vault.folder, desk.session.subjects()[0].identity
    desk.press(Qt.Key.Key_Home, Qt.KeyboardModifier.AltModifier)
    desk.press(Qt.Key.Key_Right).press(Qt.Key.Key_Return)
    # The visit opens at its first unfinished form; from there Ctrl+PgUp goes to its beginning.
    while desk.page.entry.key.event == EVENT:
        desk.press(Qt.Key.Key_PageUp, CTRL)
    seen, keys = [], 0
    for _ in range(40):
        desk.press(Qt.Key.Key_PageDown, CTRL)
        at = desk.page.entry.key
        if at.event != EVENT:
            break
        if at.form in wanted and desk.page.entry.state.status == "not_started":
            typist = Typist(desk, wanted[at.form])
            typist.run()
            settle()
            seen.append(at.form)
            keys += typist.keys
    assert set(wanted) - set(seen) <= {"HRCT"}, set(wanted) - set(seen)
    desk.window.close()
    settle()

    with Session.open(vault, "wang", PASSWORD) as session:
        for oid in seen:
            _compare(session, ItemKey(subject, EVENT, "", oid), wanted[oid])
        open_now = [q for q in session.queries() if q.key.event == EVENT and q.is_open]
        assert len(open_now) <= queries + 1
        node = next(n for n in session.tree(subject) if n.key.event == EVENT)
        statuses = {f.form.oid: f.status for f in node.forms if f.form.oid in seen}
        assert {o: s for o, s in statuses.items() if s != wanted[o].status} == {}
        assert session.verify().troubles == ()
    print(f"{tongue}: {len(seen)} forms, {keys} keys")


def _compare(session: Session, form: ItemKey, paper: Paper) -> None:
    data = session.data(form.subject)
    found: dict[str, str] = {}
    rows: dict[tuple[str, int], dict[str, str]] = {}
    for key, state in session.state(form).items.items():
        entry = data.get(key)
        if entry is None or not entry.text or state.item.computed:
            continue
        text = _as_typed(entry, state.item)
        if key.group_repeat:
            rows.setdefault((key.group, _line(data, key)), {})[key.item] = text
        else:
            found[key.item] = text
    assert found == paper.values, form.form
    expected = {(g, n + 1): line for g, lines in paper.rows.items() for n, line in enumerate(lines)}
    assert rows == expected, form.form
