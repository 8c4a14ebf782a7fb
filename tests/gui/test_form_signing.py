"""Signing a form in the window: by keyboard, refused in words, and seen on the form afterwards."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from mda5_crf.errors import StoreError
from mda5_crf.services.session import Session
from mda5_crf.ui import language
from mda5_crf.ui.sign_strip import SignStrip
from tests.gui.shell_driver import ALT, SHIFT
from tests.gui.sign_desk import ENTER, Enter, SignDesk, desk, entered, folder
from tests.scenario import OpenForm
from tests.signward import eligible, signed, vitals
from tests.vaults import FOUNDER, password

__all__ = ["desk", "entered", "folder"]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def strip(desk: SignDesk) -> SignStrip:
    found = desk.work.strip
    assert isinstance(found, SignStrip)
    return found


def asked(desk: SignDesk, form: OpenForm | None = None) -> SignStrip:
    """A complete form with the strip open."""
    desk.show(form or vitals(desk.ward))
    desk.press(Qt.Key.Key_F11)
    return strip(desk)


def type_in(desk: SignDesk, secret: str, login: str = FOUNDER, meaning: str = "1") -> None:
    """Meaning, log-in and password, Enter behind each; waits for the answer."""
    desk.type(meaning).press(ENTER).type(login).press(ENTER).type(secret).press(ENTER)
    desk.idle()


def states(desk: SignDesk) -> list[str]:
    return [one.state for one in desk.session.signatures(desk.page.entry.key)]


# -- what cannot be signed -------------------------------------------------------------------------------


def test_an_unfinished_form_says_why_in_the_menu_and_to_the_key(desk: SignDesk) -> None:
    form = desk.show(desk.ward.open("BL", "VS").enter("SYSBP", "120"))
    action = desk.window.commands.actions["sign"]
    assert action.isVisible() and not action.isEnabled()
    assert action.toolTip().startswith("Baseline · Vital signs is not complete.")
    assert action.statusTip() == action.toolTip()
    assert desk.window.commands.menus["form"].toolTipsVisible()
    desk.press(Qt.Key.Key_F11)
    assert desk.work.strip is None and desk.window.banner.words == action.toolTip()
    desk.speak("zh")
    assert action.toolTip().startswith("基线 · 生命体征 尚未完成")
    assert desk.window.banner.words == action.toolTip()
    desk.speak("en")
    desk.press(Qt.Key.Key_F12)
    assert form.entry.state.status == "complete" and action.isEnabled() and not action.statusTip()
    desk.press(Qt.Key.Key_F11)
    assert desk.work.strip is not None


def test_the_key_asks_again_what_was_in_the_way(desk: SignDesk) -> None:
    """What another part of the program settled meanwhile does not stand in the way for ever."""
    form = desk.show(desk.ward.open("BL", "VS").enter("SYSBP", "120"))
    assert form.complete().done
    assert not desk.window.commands.actions["sign"].isEnabled(), "the window was told nothing"
    desk.press(Qt.Key.Key_F11)
    assert strip(desk).isVisible()


def test_on_the_matrix_and_after_the_log_out_nothing_is_signed(desk: SignDesk) -> None:
    action = desk.window.commands.actions["sign"]
    desk.show(vitals(desk.ward))
    assert action.isEnabled()
    desk.press(Qt.Key.Key_Home, ALT)
    assert not action.isEnabled()
    desk.press(Qt.Key.Key_F11)
    assert desk.work.strip is None and not desk.window.banner.words
    desk.show(desk.ward.open("BL", "SV"))
    assert not action.isEnabled() and action.statusTip()
    desk.window.log_out()
    assert not action.isEnabled() and not action.statusTip()


@pytest.mark.parametrize("login", ["n07", "d02"])
def test_only_investigators_see_the_command(entered: Enter, login: str) -> None:
    first = entered()
    first.ward.enrol()
    key = vitals(first.ward).entry.key
    desk = entered(login)
    assert desk.work.open_form(key)
    assert not desk.window.commands.actions["sign"].isVisible()
    said = desk.window.banner.words  # of the password that somebody else set
    desk.press(Qt.Key.Key_F11)
    assert desk.work.strip is None and desk.window.banner.words == said
    again = entered()
    assert again.window.commands.actions["sign"].isVisible()


def test_what_waits_for_a_reason_is_not_signed(desk: SignDesk) -> None:
    form = desk.show(vitals(desk.ward))
    desk.go(form, "DIABP", "85").press(Qt.Key.Key_F11)
    assert desk.work.strip is None and desk.page.uncommitted
    desk.press(Qt.Key.Key_Escape).press(Qt.Key.Key_F11)
    desk.go(form, "DIABP", "86")
    strip(desk).take_focus()
    type_in(desk, password(FOUNDER))
    assert "not saved yet" in strip(desk).complaint and states(desk) == []


def test_what_is_missing_is_said_and_nothing_is_lost(desk: SignDesk) -> None:
    opened = asked(desk)
    desk.press(ENTER).type("x").press(ENTER).type("y").press(ENTER)
    assert opened.complaint == "Choose what your signature means."
    assert desk.at() in opened.meaning.options()
    desk.type("2").press(ENTER)
    assert opened.login is not None
    opened.login.clear()
    desk.press(ENTER).press(ENTER)
    assert opened.complaint == "Enter: Log-in id" and desk.at() is opened.login
    assert opened.meaning.entered().text == "APPROVED" and opened.password.text() == "y"
    desk.speak("zh")
    assert opened.complaint == "请填写：登录名"
    desk.speak("en")
    opened.password.clear()
    desk.type(FOUNDER).press(ENTER).press(ENTER)
    assert opened.complaint == "Enter: Password" and states(desk) == []


def test_a_wrong_password_is_one_sentence_and_the_next_try_signs(desk: SignDesk) -> None:
    opened = asked(desk)
    type_in(desk, "not-this-one", meaning="2")
    assert opened.complaint == "The password is not right." and desk.at() is opened.password
    assert opened.login is not None and opened.login.text() == FOUNDER
    assert opened.meaning.entered().text == "APPROVED" and opened.password.hasSelectedText()
    assert states(desk) == [] and not desk.page.signatures.words and desk.work.panes.isEnabled()
    desk.speak("zh")
    assert opened.complaint == "密码不正确。"
    desk.type(password(FOUNDER)).press(ENTER)
    desk.idle()
    assert desk.work.strip is None and states(desk) == ["valid"]


def test_somebody_elses_name_goes_back_to_the_name(desk: SignDesk) -> None:
    opened = asked(desk)
    type_in(desk, password(FOUNDER), login="n07")
    assert "the name was not yours" in opened.complaint
    assert desk.at() is opened.login and opened.password.text() == password(FOUNDER)
    assert states(desk) == []


def test_a_disk_that_takes_nothing(desk: SignDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = asked(desk)

    def full(*_: object, **__: object) -> None:
        raise StoreError("store.disk_full")

    with monkeypatch.context() as patch:
        patch.setattr(Session, "append", full)
        type_in(desk, password(FOUNDER))
        assert opened.complaint and states(desk) == []
        assert desk.work.context.status.text() == "Complete"
    desk.press(ENTER)
    desk.idle()
    assert states(desk) == ["valid"]


def test_esc_puts_it_away_and_the_password_with_it(desk: SignDesk) -> None:
    opened = asked(desk)
    desk.type("1").press(ENTER).type(FOUNDER).press(ENTER).type("secret")
    line = opened.password
    left: list[str] = []
    opened.closed.connect(lambda: left.append(line.text()))
    desk.press(Qt.Key.Key_Escape)
    assert left == [""]
    assert desk.work.strip is None and desk.page.has_keyboard and states(desk) == []
    desk.press(Qt.Key.Key_F11)
    assert strip(desk).password is not line and strip(desk).password.text() == ""
    desk.press(Qt.Key.Key_Tab).press(Qt.Key.Key_Tab).press(Qt.Key.Key_Tab).press(Qt.Key.Key_Tab)
    assert desk.at() is strip(desk).cancel
    desk.press(ENTER)
    assert desk.work.strip is None


def test_nothing_else_is_done_while_the_key_is_derived(desk: SignDesk) -> None:
    opened = asked(desk)
    desk.type("1").press(ENTER).type(FOUNDER).press(ENTER).type(password(FOUNDER)).press(ENTER)
    assert desk.work.busy and not desk.work.panes.isEnabled()
    desk.press(Qt.Key.Key_Escape)
    desk.window.run("next_form")
    desk.window.run("go_to")
    opened.accept()
    assert desk.work.strip is opened and not opened.ok.isEnabled() and opened.password.isReadOnly()
    desk.idle()
    assert states(desk) == ["valid"], "once"


# -- what is asked ---------------------------------------------------------------------------------------


def test_it_says_what_is_signed_by_whom_and_names_everything(desk: SignDesk) -> None:
    opened = asked(desk)
    words = [label.text() for label in opened.findChildren(type(opened._state))]
    assert any(w.startswith("Sign 01-001 · Baseline · Vital signs as Li Na") for w in words)
    assert opened.meaning.entered().text == "", "whoever signs says what"
    first = opened.meaning.options()[0]
    assert first.accessibleName().startswith("What the signature means: I have reviewed this form")
    assert desk.at() is first
    line = opened.password
    assert line.echoMode() is QLineEdit.EchoMode.Password
    for one in (line, opened.login):
        assert one is not None and not one.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    assert line.accessibleName() == "Password" and opened.ok.accessibleName() == "Sign"
    desk.speak("zh")
    words = [label.text() for label in opened.findChildren(type(opened._state))]
    assert "由 Li Na 签署：01-001 · 基线 · 生命体征" in words
    assert first.accessibleName().startswith("签名含义: 本人已审阅本表")
    assert line.accessibleName() == "密码"


def test_eligibility_has_one_meaning_which_stands(desk: SignDesk) -> None:
    opened = asked(desk, eligible(desk.ward))
    assert len(opened.meaning.options()) == 1 and opened.meaning.entered().text == "ELIGIBILITY"
    assert desk.at() is opened.login
    desk.press(Qt.Key.Key_Tab, SHIFT)
    desk.press(Qt.Key.Key_Delete).press(ENTER).type(FOUNDER).press(ENTER).type("x").press(ENTER)
    assert opened.complaint == "Choose what your signature means.", "even a meaning taken away is missed"
    desk.type("1").press(ENTER).press(ENTER)
    opened.password.clear()
    desk.type(password(FOUNDER)).press(ENTER)
    desk.idle()
    assert states(desk) == ["valid"]
    assert "eligibility stated on this form" in desk.page.signatures.words


def test_the_second_of_a_sitting_asks_for_the_password_only(desk: SignDesk) -> None:
    signed(desk.ward, eligible(desk.ward), "ELIGIBILITY")
    opened = asked(desk)
    assert opened.login is None
    desk.type("1").press(ENTER).type(password(FOUNDER)).press(ENTER)
    desk.idle()
    assert states(desk) == ["valid"]


# -- what is seen afterwards -----------------------------------------------------------------------------


def test_a_signed_form_says_who_what_and_when(desk: SignDesk) -> None:
    asked(desk)
    assert not desk.page.signatures.shown
    type_in(desk, password(FOUNDER))
    assert desk.work.strip is None and desk.page.has_keyboard
    assert desk.work.context.status.text() == "Signed"
    node = next(form for form in desk.work.tree.forms() if form.key == desk.page.entry.key)
    assert node.status == "signed"
    words = desk.page.signatures.words
    assert words.startswith("Signed by Li Na, 2026-") and '"I have reviewed this form' in words
    assert desk.page.signatures.shown and desk.page.signatures.height() > 0
    assert "01-001 Baseline Vital signs is signed" in desk.work.bar.saved.text()
    desk.speak("zh")
    assert desk.work.context.status.text() == "已签名"
    assert desk.page.signatures.words.startswith("Li Na 已于 2026-")
    assert desk.page.signatures.accessibleName() == "本表的签名"


def test_a_change_makes_it_void_and_names_what_differs(desk: SignDesk) -> None:
    form = vitals(desk.ward)
    signed(desk.ward, form)
    desk.show(form)
    desk.go(form, "DIABP", "85").press(ENTER).type("1").press(ENTER)
    assert desk.work.context.status.text() == "Complete" and states(desk) == ["void"]
    said = "is void: Baseline · Vital signs: Diastolic is other than it was when signed"
    assert said in desk.page.signatures.words
    desk.speak("zh")
    assert "已失效：基线 · 生命体征：舒张压 与签名时不同" in desk.page.signatures.words
    desk.speak("en")
    desk.press(Qt.Key.Key_F11).type("1").press(ENTER).type(password(FOUNDER)).press(ENTER)
    desk.idle()
    assert states(desk) == ["valid", "void"]
    assert "void" not in desk.page.signatures.words, "of no interest once somebody has signed again"


def test_a_form_that_asked_for_the_signature_is_looked_at_anew(desk: SignDesk) -> None:
    """IE-17 asks on another form whether eligibility was signed; its page was built before."""
    form = eligible(desk.ward)
    visit = desk.show(desk.ward.open("BL", "SV").enter("SVSTDAT", "2026-08-21"))
    desk.press(Qt.Key.Key_F12).press(Qt.Key.Key_F12)
    assert [q.check for q in visit.entry.queries() if q.is_open] == ["IE-17"]
    asked(desk, form)
    desk.type(FOUNDER).press(ENTER).type(password(FOUNDER)).press(ENTER)
    desk.idle()
    desk.show(visit)
    field = desk.page.fields[visit.key("SVSTDAT")]
    assert not [q for q in visit.entry.queries() if q.is_open] and not field.words(field.marking.words)
    assert language.language() == "en"
