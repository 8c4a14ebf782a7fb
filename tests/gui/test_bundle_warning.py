"""Texts that name a person, as the strip that makes a bundle says it: read first, sent on a second word."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from mda5_crf.db.records import Draft
from mda5_crf.services.identities import IdentityList
from mda5_crf.services.session import Session
from mda5_crf.sync.ledger import Ledger
from mda5_crf.ui import language
from mda5_crf.ui.syncing import MakeStrip
from tests.gui.shell_driver import Desk, settle
from tests.gui.test_mailbag_page import centre, choose, desk, opened
from tests.unit.sync.synckit import item
from tests.vaults import password

__all__ = ["centre", "desk"]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
PHONE, NAME = "13987654321", "欧阳丽华"


def planted(desk: Desk, text: str) -> str:
    session = desk.session
    subject = session.subjects()[0].identity
    key = item(subject, "SVREASOC", "BL", "SV")
    session.append([Draft("value", key.path(), {"text": text})])
    return subject


def strip_of(desk: Desk) -> MakeStrip:
    page = opened(desk)
    choose(page, "Centre")
    desk.press(Qt.Key.Key_1)
    assert isinstance(page.strip, MakeStrip)
    return page.strip


@pytest.mark.requirement("PIPL-8")
def test_it_is_said_where_and_sent_only_by_its_button(desk: Desk, centre: Session, tmp_path: Path) -> None:
    planted(desk, f"call {PHONE}")
    strip = strip_of(desk)
    assert strip.password.isHidden()  # nobody holds a list
    strip.folder.setText(str(tmp_path / "stick"))
    strip.accept()
    desk.qtbot.waitUntil(lambda: strip.ok.text() == "Make all the same")
    settle()
    said = strip._warning.text()
    assert "a telephone number" in said and "Reason the visit" in said and PHONE not in said
    assert "press Make all the same" in said and desk.at() is strip._scroll
    assert not list((tmp_path / "stick").glob("*"))
    strip.folder.setFocus()
    desk.press(Qt.Key.Key_Return)  # a line confirms nothing
    settle()
    assert desk.at() is strip._scroll and not Ledger.read(desk.session).passages
    language.set_language("zh")
    strip.retranslate()
    assert strip.ok.text() == "仍然生成" and "电话号码" in strip._warning.text()
    language.set_language("en")
    strip.everything.setChecked(True)  # another question: what was shown was about fewer records
    assert strip.ok.text() == "Make" and strip._scroll.isHidden()
    strip.accept()
    desk.qtbot.waitUntil(lambda: strip.ok.text() == "Make all the same")
    strip.ok.click()
    desk.qtbot.waitUntil(lambda: bool(list((tmp_path / "stick").glob("*.mda5b"))))
    desk.qtbot.waitUntil(lambda: desk.work.office.page.strip is None)  # type: ignore[union-attr]


@pytest.mark.requirement("PIPL-8")
def test_names_with_the_own_password(desk: Desk, centre: Session, tmp_path: Path) -> None:
    subject = planted(desk, f"seen by {NAME}")
    listed = IdentityList(desk.session, password("i01"))
    listed.set(subject, {"name": NAME})
    listed.close()
    strip, heads = strip_of(desk), desk.session.vault.journal.heads()
    strip.folder.setText(str(tmp_path / "stick"))
    assert not strip.password.isHidden()
    strip.password.setText("not the password")
    strip.accept()
    desk.qtbot.waitUntil(lambda: strip.ok.isEnabled() and bool(strip.complaint))
    strip.password.setText(password("i01"))
    strip.accept()
    desk.qtbot.waitUntil(lambda: strip.ok.text() == "Make all the same")
    assert "a name on the identification list" in strip._warning.text()
    assert NAME not in strip._warning.text() and "closed or not here" not in strip._warning.text()
    desk.press(Qt.Key.Key_Escape)
    assert desk.session.vault.open_list is None and desk.session.vault.journal.heads() == heads
