"""Cards, calendars and reports from the window: by menu, with a strip that asks where to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mda5_crf.itemkey import ItemKey
from mda5_crf.ui.card_acts import report_on
from mda5_crf.ui.printing import PdfStrip
from tests.cardward import begun, event, report
from tests.gui.shell_driver import Desk, make_vault, one_desk, prepared, settle
from tests.pdftext import text_of
from tests.scenario import Ward

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(scope="module")
def made(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[QtBot], Desk]]:
    yield from one_desk(qapp, make_vault(tmp_path_factory.mktemp("cards") / "ward.mda5"))


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, made: Callable[[QtBot], Desk]) -> Iterator[Desk]:
    desk = made(qtbot)
    desk.work.show_matrix()
    settle()
    yield desk
    prepared(qapp)
    desk.work.close_strip()
    desk.window.banner.clear()
    desk.work.show_matrix()
    settle()


@pytest.fixture(scope="module")
def known() -> dict[str, str]:
    """The participant that the first test makes."""
    return {}


def command(desk: Desk, name: str) -> None:
    action = desk.window.commands.actions[name]
    assert action.isEnabled(), f"{name} cannot be given"
    action.trigger()
    settle()


def save(desk: Desk, file: Path) -> None:
    strip = desk.work.strip
    assert isinstance(strip, PdfStrip)
    strip.file.setText(str(file))
    strip.accept()


def prints(desk: Desk) -> list[str]:
    return [str(one.data["what"]) for one in desk.session.vault.journal.records(kinds=("print",))]


def test_with_nobody_due_the_strip_says_so_and_stays(desk: Desk, tmp_path: Path) -> None:
    command(desk, "morning_cards")
    save(desk, tmp_path / "cards.pdf")
    strip = desk.work.strip
    assert isinstance(strip, PdfStrip)
    assert not (tmp_path / "cards.pdf").exists()
    assert prints(desk) == []


def test_a_matrix_and_a_calendar_are_written_and_recorded(
    desk: Desk, tmp_path: Path, known: dict[str, str]
) -> None:
    ward = begun(Ward(desk.session).enrol())
    event(ward)
    report(ward)
    known["subject"] = ward.subject
    for name, words in (("print_matrix", "matrix"), ("print_calendar", "calendar-site")):
        file = tmp_path / f"{name}.pdf"
        command(desk, name)
        save(desk, file)
        desk.qtbot.waitUntil(file.exists, timeout=20_000)
        settle()
        assert prints(desk)[-1] == words


def test_the_calendar_beside_a_form_is_that_of_the_participant(
    desk: Desk, tmp_path: Path, known: dict[str, str]
) -> None:
    desk.open(known["subject"], "BL", "VS")
    assert not desk.window.commands.actions["sae_report"].isEnabled()
    command(desk, "print_calendar")
    file = tmp_path / "calendar.pdf"
    save(desk, file)
    desk.qtbot.waitUntil(file.exists, timeout=20_000)
    assert "Week4" in text_of(file.read_bytes())[0]
    assert prints(desk)[-1] == "calendar"


def test_the_report_is_that_of_the_row_in_hand(desk: Desk, tmp_path: Path, known: dict[str, str]) -> None:
    page = desk.open(known["subject"], "LOG", "SAE")
    assert report_on(page) == 1
    command(desk, "sae_report")
    file = tmp_path / "sae.pdf"
    save(desk, file)
    desk.qtbot.waitUntil(file.exists, timeout=20_000)
    assert "Pneumonia" in "".join(text_of(file.read_bytes()))
    assert prints(desk)[-1] == "sae-report SAE#1"


def test_without_a_report_the_window_asks_for_a_row(desk: Desk) -> None:
    fresh = Ward(desk.session).enrol()
    assert desk.work.open_form(ItemKey(fresh.subject, "LOG", "", "SAE"))
    settle()
    command(desk, "sae_report")
    assert desk.work.strip is None
    assert desk.window.banner.text is not None


def test_cards_of_the_day_are_read_one_by_one_and_drawn_in_a_thread(
    desk: Desk, tmp_path: Path, known: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from mda5_crf.jobs import daycards

    monkeypatch.setattr(daycards, "near", lambda *_: [known["subject"]])
    whole = daycards.card_of
    monkeypatch.setattr(
        daycards,
        "card_of",
        lambda session, subject, day, *, named: whole(session, subject, day, named=not named),
    )
    command(desk, "morning_cards")
    file = tmp_path / "cards.pdf"
    save(desk, file)
    assert not file.exists()
    desk.qtbot.waitUntil(file.exists, timeout=20_000)
    assert len(text_of(file.read_bytes())) == 1
    assert prints(desk)[-1].startswith("morning-card ")
