"""A ward's morning with the keyboard only: enrol, enter, complete, query, PDF, log out, look again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from mda5_crf.errors import BundleError
from mda5_crf.jobs.demonstration import PASSWORD as DEMO_PASSWORD
from mda5_crf.services.session import Session
from mda5_crf.sync.bundles import plan
from mda5_crf.ui.demo_page import DemoPage
from mda5_crf.ui.main_window import MainWindow
from mda5_crf.ui.preview_page import PreviewPage
from mda5_crf.ui.syncing import MakeStrip, TakeStrip
from tests.gui.shell_driver import (
    CTRL,
    LOGIN,
    PASSWORD,
    Desk,
    at_desk,
    make_vault,
    prepared,
    put_away,
    settle,
)

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

VITALS = dict(
    pair.split("=")
    for pair in (
        "VSPERF=1 VSDAT=+ VSPOS=1 SYSBP_VSORRES=118 DIABP_VSORRES=76 PULSE_VSORRES=72 RESP_VSORRES=18"
        " TEMP_VSORRES=36.6 OXYSAT_VSORRES=97 OXYSAT_VSO2=1 MRCGR=2 HEIGHT_VSORRES=165 WEIGHT_VSORRES=60"
    ).split()
)


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Desk]:
    prepared(qapp)
    vault = make_vault(tmp_path / "病区 3.mda5")
    window = MainWindow(str(vault))
    yield at_desk(qtbot, window)
    put_away(window)


def test_enrol_enter_complete_query_print(desk: Desk, tmp_path: Path) -> None:
    desk.log_in()
    subject = desk.enrol()
    assert desk.session.subjid(subject) == "01-001"

    visit = desk.open(subject, "SCR", "SV")
    desk.enter("SVOCCUR", "1").enter("SVSTDAT", "+").enter("SVCNTMOD", "1")
    assert visit.uncommitted == ()
    desk.open(subject, "SCR", "VS")
    for item, text in VITALS.items():
        desk.enter(item, text)
    assert desk.work.bar.saved.text().startswith("Saved ")
    desk.press(Qt.Key.Key_F12)
    if desk.session.state(desk.page.entry.key).status != "complete":
        desk.press(Qt.Key.Key_F12)  # the list of what becomes a query was shown first
    assert desk.session.state(desk.page.entry.key).status == "complete"
    assert "Complete" in desk.work.context.status.text()
    assert desk.at() is desk.work.bar.buttons["next_form"]

    desk.page.go_to(desk.key(subject, "SCR", "VS", "TEMP_VSORRES"))
    desk.press(Qt.Key.Key_M, CTRL)
    desk.type("Axilla or ear?").press(Qt.Key.Key_Return)
    assert [q.text.en for q in desk.session.queries(subject) if q.source == "manual"] == ["Axilla or ear?"]

    target = tmp_path / "pages.pdf"
    desk.press(Qt.Key.Key_P, CTRL)
    preview = desk.work.office.page
    assert isinstance(preview, PreviewPage)
    desk.qtbot.waitUntil(lambda: preview.ready, timeout=20_000)
    desk.press(Qt.Key.Key_S, CTRL)
    line = desk.at()
    assert isinstance(line, QLineEdit) and "01-001-SCR-VS.pdf" in line.text()
    line.setText(str(target))
    desk.press(Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: preview.ready and target.exists(), timeout=20_000)
    assert target.read_bytes().startswith(b"%PDF")
    desk.press(Qt.Key.Key_Escape)
    prints = list(desk.session.vault.journal.records(subject, kinds=("print",)))
    assert [record.data["what"] for record in prints] == ["SCR.VS"]

    # A changed value of a completed form waits for its reason and keeps the window open.
    desk.page.go_to(desk.key(subject, "SCR", "VS", "PULSE_VSORRES"))
    desk.type("80")
    desk.window.close()
    assert desk.window.work is not None and desk.window.isVisible()
    assert desk.page.uncommitted


def test_closing_the_window_keeps_what_stands_in_the_field(desk: Desk) -> None:
    desk.log_in()
    subject = desk.enrol()
    desk.vitals(subject)
    desk.page.go_to(desk.key(subject, "SCR", "VS", "PULSE_VSORRES"))
    desk.type("72")
    vault = desk.session.vault.folder
    key = desk.key(subject, "SCR", "VS", "PULSE_VSORRES")
    desk.window.close()
    settle()
    assert desk.window.work is None
    with Session.open(vault, LOGIN, PASSWORD) as session:
        entry = session.data(subject).get(key)
        assert entry is not None and entry.text == "72"


def test_demonstration_then_a_bundle_is_looked_at_and_taken(desk: Desk, tmp_path: Path) -> None:
    login = desk.window.login
    login.demo_button.click()
    page = desk.window.pages.currentWidget()
    assert isinstance(page, DemoPage)
    page.subjects = 1
    page.where.setText(str(tmp_path / "demo"))
    page.make_button.click()
    desk.qtbot.waitUntil(lambda: desk.window.pages.currentWidget() is login, timeout=120_000)
    assert DEMO_PASSWORD in desk.window.banner.words
    assert login.vault.text() == str(tmp_path / "demo" / "ward.mda5")
    desk.window.banner.clear()
    desk.press(Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: desk.window.work is not None, timeout=20_000)
    settle()
    assert "DEMO" in desk.work.context.identity.text()

    desk.window.run("make_bundle")
    strip = desk.work.strip
    assert isinstance(strip, MakeStrip)
    assert strip.peer.count() == 1
    strip.folder.setText(str(tmp_path))
    strip.ok.click()
    desk.qtbot.waitUntil(lambda: desk.work.strip is None, timeout=20_000)
    assert desk.work.strip is None
    (file,) = tmp_path.glob("*.mda5b")
    assert file.name in desk.window.banner.words

    # The bundle is for the other PC: here it is refused in a sentence, and its name stays.
    desk.window.run("take_bundle")
    take = desk.work.strip
    assert isinstance(take, TakeStrip)
    take.file.setText(str(file))
    desk.press(Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: bool(take.complaint), timeout=20_000)
    assert not take.ok.isEnabled() and take.file.text() == str(file)
    desk.press(Qt.Key.Key_Escape)

    # The centre's answer was taken already: what would come is shown first, and nothing changes.
    before = desk.session.vault.journal.heads()
    (answer,) = [f for f in (tmp_path / "demo" / "bundles").iterdir() if _is_for_ward(desk, f)]
    desk.window.run("take_bundle")
    take = desk.work.strip
    assert isinstance(take, TakeStrip)
    take.file.setText(str(answer))
    take.plan()
    desk.qtbot.waitUntil(take.ok.isEnabled, timeout=20_000)
    take.ok.click()
    desk.qtbot.waitUntil(lambda: desk.work.strip is None, timeout=20_000)
    assert desk.work.panes.isEnabled() and not desk.work.busy
    assert desk.session.vault.journal.heads() == before


def _is_for_ward(desk: Desk, file: Path) -> bool:
    try:
        plan(desk.session, file)
    except BundleError:
        return False
    return True
