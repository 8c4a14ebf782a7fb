"""The pages of judgement, of signing several and of locks, in the hands of a user."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeWidget

from mda5_crf.itemkey import ItemKey
from mda5_crf.ui.endorse_page import JudgementPage
from mda5_crf.ui.locks_page import LocksPage
from mda5_crf.ui.sign_more_page import SignMorePage
from tests.commandline import remembered_keys
from tests.gui.shell_driver import CTRL, SHIFT
from tests.gui.sign_desk import Enter, SignDesk, entered, folder  # noqa: F401 - fixtures
from tests.scenario import Ward
from tests.signward import eligible, vitals
from tests.vaults import FOUNDER, password


@pytest.fixture(autouse=True)
def _quick():  # type: ignore[no-untyped-def]
    with remembered_keys():
        yield


@pytest.fixture
def nurse(entered: Enter) -> Enter:  # noqa: F811
    """The nurse has transcribed eligibility and vital signs of one participant."""
    desk = entered("n07")
    ward = Ward(desk.session).enrol()
    eligible(ward)
    vitals(ward)
    return entered


def first(tree: QTreeWidget) -> None:
    """The first line is chosen."""
    item = tree.topLevelItem(0)
    assert item is not None
    tree.setCurrentItem(item)


def judgements(desk: SignDesk) -> JudgementPage:
    desk.press(Qt.Key.Key_J, CTRL | SHIFT)
    page = desk.work.office.page
    assert isinstance(page, JudgementPage)
    return page


@pytest.mark.requirement("E6-17")
def test_endorsing_by_keyboard(nurse: Enter) -> None:
    desk = nurse(FOUNDER)
    page = judgements(desk)
    assert desk.at() is page.tree and [one.label.en for one in page.shown] == ["All criteria met?"]
    top = page.tree.topLevelItem(0)
    assert top is not None and top.text(0) == "01-001: 1"
    line = top.child(0)
    assert line is not None and [line.text(n) for n in range(4)] == [
        "Screening · Inclusion and exclusion",
        "All criteria met?",
        "Yes",
        "Zhang Wei",
    ]
    desk.press(Qt.Key.Key_Return)  # to the field, and back
    about = page.tree.about(line)
    assert about is not None and desk.page.focused_key == getattr(about, "key")  # noqa: B009 - one of two kinds
    assert judgements(desk) is page
    desk.press(Qt.Key.Key_Space)
    assert page.shown == () and "No answer waits" in page.words.text()
    desk.press(Qt.Key.Key_Escape)
    assert desk.work.page is not None


def test_others_look_and_do_not_endorse(nurse: Enter) -> None:
    desk = nurse("n07")
    page = judgements(desk)
    assert page.one.isHidden() and page.all.isHidden() and not page.opens.isHidden()
    desk.press(Qt.Key.Key_Space)
    assert len(page.shown) == 1 and desk.window.banner.text is not None


def test_all_shown_by_its_button_and_on_a_heading(nurse: Enter) -> None:
    desk = nurse("n07")
    eligible(Ward(desk.session).enrol())
    desk = nurse(FOUNDER)
    page = judgements(desk)
    assert len(page.shown) == 2 and page.all.text() == "Endorse all 2 shown"
    page.who.setCurrentIndex(2)
    assert [one.subjid for one in page.shown] == ["01-002"]
    first(page.tree)
    desk.press(Qt.Key.Key_Return)  # folds and unfolds
    page.tree.setFocus()
    page.endorse_all()
    assert [one.subjid for one in page.shown] == ["01-001"]
    first(page.tree)
    page.tree.setFocus()
    desk.press(Qt.Key.Key_Space)
    assert page.shown == ()


@pytest.mark.requirement("EMA-9", "P11-12", "P11-15")
def test_signing_several_by_keyboard(nurse: Enter) -> None:
    desk = nurse(FOUNDER)
    desk.open(desk.ward.subject, "BL", "VS")
    desk.work.run("sign_more")
    page = desk.work.office.page
    assert isinstance(page, SignMorePage)
    listed = {one.key.path().partition("/")[2]: one for one in page._listed}
    assert not listed[""].possible and listed["BL/VS"].possible and listed["SCR/IE"].possible
    assert listed["SCR/IE"].answers == 1
    page.choose_all()
    assert [one.key.form for one in page.chosen()] == ["VS"]  # eligibility has its own meaning
    desk.press(Qt.Key.Key_Return)
    strip = page.strip
    assert strip is not None and strip.login is not None
    strip.meaning.show_saved("REVIEWED")
    strip.login.setText(FOUNDER)
    strip.password.setText("wrong password here")
    strip.accept()
    desk.idle()
    desk.qtbot.waitUntil(lambda: strip.complaint != "", timeout=20_000)
    assert strip.login.text() == FOUNDER
    strip.password.setText(password(FOUNDER))
    strip.accept()
    desk.qtbot.waitUntil(lambda: page.strip is None, timeout=20_000)
    assert desk.at() is page.tree
    done = {one.key.form: one.signed for one in page._listed if one.key.form}
    assert done == {"VS": True, "IE": False}
    (info,) = desk.session.signatures(ItemKey(desk.ward.subject, "BL", form="VS"))
    assert info.counts and info.person == "Li Na"
    assert page.leave()


def test_locks_by_keyboard(nurse: Enter) -> None:
    desk = nurse("d02")
    vs = desk.open(desk.ward.subject, "BL", "VS")
    desk.work.run("locks")
    page = desk.work.office.page
    assert isinstance(page, LocksPage)
    assert page.chosen == vs.entry.key and "has no valid signature" in page.details.text()
    desk.press(Qt.Key.Key_3)  # lock: refused
    desk.qtbot.waitUntil(lambda: not desk.work.busy)
    assert desk.window.banner.text is not None
    desk.press(Qt.Key.Key_1)  # freeze
    desk.qtbot.waitUntil(lambda: desk.session.held(vs.entry.key).holds)
    desk.idle()
    assert not page.buttons["freeze"].isEnabled() and "froze" in page.details.text()
    desk.press(Qt.Key.Key_4)  # unlock without a reason
    assert desk.at() is page.reason
    desk.type("late sheet")
    page.tree.setFocus()
    desk.press(Qt.Key.Key_4)
    assert not page.second.isHidden()
    page.second.login.setText(FOUNDER)
    page.second.password.setText(password(FOUNDER))
    page.act("unlock")
    desk.qtbot.waitUntil(lambda: not desk.session.held(vs.entry.key).holds, timeout=20_000)
    desk.idle()
    assert page.second.isHidden() and page.second.credentials() == ("", "") and page.reason.text() == ""
    desk.press(Qt.Key.Key_Return)
    assert desk.page.entry.key == vs.entry.key and desk.page.entry.readonly is not None  # a data manager


def test_a_frozen_form_says_so(nurse: Enter) -> None:
    desk = nurse("d02")
    key = ItemKey(desk.ward.subject, "BL", form="VS")
    desk.session.set_lock(key, "frozen")
    desk = nurse("n07")
    page = desk.open(desk.ward.subject, "BL", "VS")
    assert page.entry.readonly is not None and "Wang Fang froze this form" in page.entry.readonly.en
    assert page.entry.state.status == "frozen"
