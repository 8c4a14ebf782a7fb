"""``keys_gone_after_idle_lock``, and a window that is killed while somebody types."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from mda5_crf.db.lockfile import VaultLock
from mda5_crf.errors import StoreError
from mda5_crf.services.session import Session
from mda5_crf.ui.main_window import MainWindow
from tests.commandline import ROOT
from tests.faults.test_planted import leaks
from tests.gui.shell_driver import (
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
PLANTED = "PLANTED 张三丰 110101199003074477"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = make_vault(tmp_path / "ward.mda5")
    with Session.open(made, LOGIN, PASSWORD) as session:
        session.enrol("01-001")
    return made


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, folder: Path) -> Iterator[Desk]:
    prepared(qapp)
    window = MainWindow(str(folder))
    window.enter(Session.open(folder, LOGIN, PASSWORD))
    yield at_desk(qtbot, window)
    put_away(window)


def reason_line(desk: Desk) -> QLineEdit:
    """Open the visit that did not take place; the keyboard is in its line of words."""
    (subject,) = desk.session.subjects()
    desk.open(subject.identity, "BL", "SV")
    desk.enter("SVOCCUR", "n")
    key = desk.page.entry.key
    assert desk.page.go_to(desk.key(key.subject, key.event, key.form, "SVREASOC"))
    box = desk.at()
    assert isinstance(box, QLineEdit)
    return box


def holders(secrets: dict[str, bytes]) -> list[tuple[str, str]]:
    """Names of the secrets that some bytes, text or buffer reachable by the collector still holds."""
    texts = {name: (secret, secret.hex()) for name, secret in secrets.items()}
    found = []
    seen: set[int] = set()
    for owner in gc.get_objects():
        if owner is secrets or owner is texts:
            continue
        for one in (owner, *gc.get_referents(owner)):
            if id(one) in seen or not isinstance(one, bytes | bytearray | str):
                continue
            seen.add(id(one))
            for name, (raw, text) in texts.items():
                held = text in one if isinstance(one, str) else raw in one
                if held and one is not raw and one is not text:
                    found.append((name, type(owner).__name__))
    return found


def secrets_of(session: Session) -> dict[str, bytes]:
    unlocked = session.vault._unlocked
    return {
        "database key": bytes(bytearray(unlocked.database_key)),
        "wrapping key": bytes(bytearray(unlocked.wrapping)),
        "author seed": bytes(bytearray(unlocked.keyring.author._seed)),
    }


def test_the_search_for_keys_finds_them_while_the_vault_is_open(desk: Desk) -> None:
    found = {name for name, _ in holders(secrets_of(desk.session))}
    assert found == {"database key", "wrapping key", "author seed"}


@pytest.mark.requirement("FDA-7")
def test_keys_gone_after_idle_lock(desk: Desk, folder: Path) -> None:
    box = reason_line(desk)
    box.setText(PLANTED)
    vault = desk.session.vault
    secrets = secrets_of(desk.session)
    store, author = vault.store, vault.identity.author
    desk.window.lock("idle")
    settle()
    settle()
    gc.collect()
    assert desk.window.work is None
    assert holders(secrets) == []
    assert bytes(store._key) == bytes(32) and author._key is None
    with pytest.raises(StoreError):
        store.meta("vault")
    VaultLock(folder).release()  # another program can open it
    assert leaks(folder, Path(os.environ["MDA5_CRF_CONFIG"]), texts=(PLANTED,)) == []
    assert not any(PLANTED in line.text() for line in desk.window.findChildren(QLineEdit))


def test_keys_are_gone_although_nothing_can_be_stored_any_more(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stick was pulled: no draft, no record of the lock, and no keys either."""
    box = reason_line(desk)
    box.setText("waits in the window")
    secrets, store = secrets_of(desk.session), desk.session.vault.store

    def gone(*_: object, **__: object) -> None:
        raise StoreError("store.disk_full", place="study.db")

    monkeypatch.setattr(store, "transaction", gone)
    desk.window.lock("idle")
    settle()
    monkeypatch.undo()
    del store
    settle()
    gc.collect()
    assert desk.window.work is None and holders(secrets) == []
    assert desk.window.locking is not None and desk.window.locking.page is not None
    assert "kept in this window" in desk.window.locking.page._words.text()
    desk.window.locking.page.password.setFocus()
    desk.type(PASSWORD).press(Qt.Key.Key_Return)
    desk.qtbot.waitUntil(desk.answered, timeout=20_000)
    settle()
    again = desk.at()
    assert isinstance(again, QLineEdit) and again.text() == "waits in the window"


TYPIST = """
import json, os, sys
from pathlib import Path
from PySide6.QtCore import QTimer, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.session import Session
from mda5_crf.ui.main_window import MainWindow
from mda5_crf.ui.start import make_application, prepare
from tests.gui.shell_driver import LOGIN, PASSWORD

app = make_application()
prepare(app, "en", 100)
folder = Path(sys.argv[1])
window = MainWindow(str(folder))
window.enter(Session.open(folder, LOGIN, PASSWORD))
window.show()
window.activateWindow()
work = window.work
work.keeper._timer.setInterval(50)
(subject,) = work.session.subjects()
work.open_form(ItemKey(subject.identity, "BL", "", "SV"))
for _ in range(5):
    app.processEvents()
QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_N)
QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
QTest.keyClicks(QApplication.focusWidget(), sys.argv[2])
seen = []
def look():
    kept = work.session.drafts()
    if kept and kept[0].text == sys.argv[2] and not seen:
        seen.append(1)
        QTest.keyClicks(QApplication.focusWidget(), " and more")
        os.write(1, b"typed\\n")
ticks = QTimer()
ticks.timeout.connect(look)
ticks.start(20)
app.exec()
"""


@pytest.mark.requirement("E6-11")
def test_kill_nine_loses_no_more_than_the_last_seconds(
    qtbot: QtBot, qapp: QApplication, folder: Path, tmp_path: Path
) -> None:
    words = "planted heavy snow"
    child = subprocess.Popen(
        [sys.executable, "-c", TYPIST, str(folder), words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    try:
        assert child.stdout.readline() == b"typed\n"
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
    assert leaks(folder, tmp_path, texts=(words,)) == []
    prepared(qapp)
    window = MainWindow(str(folder))
    window.enter(Session.open(folder, LOGIN, PASSWORD))
    desk = at_desk(qtbot, window)
    box = desk.at()
    assert isinstance(box, QLineEdit), "the window did not open where the person was"
    assert desk.page.focused_key is not None and desk.page.focused_key.item == "SVREASOC"
    assert box.text() == words and box.cursorPosition() == len(words)
    assert desk.stored("SVOCCUR") == "N" and desk.stored("SVREASOC") == ""
    assert "You were here" in desk.work.bar.saved.text()
    assert desk.session.verify().troubles == ()
    put_away(window)


def test_resting_and_committing_cost_little(desk: Desk) -> None:
    """Not a measurement, a guard: a snapshot of the largest thing on screen is no work one could feel."""
    (subject,) = desk.session.subjects()
    desk.open(subject.identity, "BL", "CDASI")
    begun = time.perf_counter()
    kept = desk.work.keeper.look()
    assert time.perf_counter() - begun < 0.1 and json.dumps(dict(kept.place.look))
