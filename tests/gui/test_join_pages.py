"""A new PC of a ward joins by keys alone: the invitation, the vault, the words of both sides."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mda5_crf import app
from mda5_crf.services.session import Session
from mda5_crf.sync import bundles, inviting, joining
from mda5_crf.sync.joining import state
from mda5_crf.ui.join_page import JoinPage
from mda5_crf.ui.joining_page import JoiningPage
from mda5_crf.ui.language import set_language
from tests.gui.join_desk import names_of, over, tab_to, until, window_at
from tests.gui.shell_driver import Desk, settle
from tests.once import one_salt_each
from tests.unit.sync.joinkit import AT_CENTRE, AT_WARD, CENTRE, NAME, SITE, WARD, Joining, pair, wrong
from tests.unit.sync.synckit import study
from tests.vaults import PEOPLE, enter, password
from tests.wards import Clock

__all__ = ["pair"]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(autouse=True)
def same_salts() -> Iterator[None]:
    """A password is derived once in the run."""
    with one_salt_each():
        yield


@pytest.fixture
def invitation(pair: Joining, tmp_path: Path) -> Path:
    file = tmp_path / "from the centre.mda5invite"
    file.write_bytes(pair.invitation)
    return file


@pytest.fixture
def outside(qtbot: QtBot, qapp: QApplication) -> Iterator[Desk]:
    """A window in which nobody works: a PC's first start."""
    with window_at(qtbot, qapp, None) as desk:
        yield desk


@pytest.fixture
def waiting(qtbot: QtBot, qapp: QApplication, pair: Joining) -> Iterator[Desk]:
    """The window of a ward that has asked, after a restart."""
    with window_at(qtbot, qapp, pair.ward) as desk:
        desk.work.joins.refresh()
        yield desk
    pair.open.pop(WARD)


def join_page(desk: Desk) -> JoinPage:
    page = desk.window.pages.findChild(JoinPage)
    assert isinstance(page, JoinPage)
    return page


def joining_page(desk: Desk) -> JoiningPage:
    page = desk.work.office.page
    assert isinstance(page, JoiningPage)
    until(desk, lambda: not page.reading)
    return page


@pytest.mark.requirement("P11-9")
def test_a_new_pc_joins_by_keys_alone(outside: Desk, pair: Joining, invitation: Path, tmp_path: Path) -> None:
    start = outside.window.doors.start
    assert start is not None
    tab_to(outside, start.join_button)
    outside.press(Qt.Key.Key_Space)
    page = join_page(outside)
    assert outside.at() is page.invitation
    over(outside, str(invitation))
    until(outside, lambda: not page.looking)
    said = page._words.text()
    assert all(
        one in said for one in ("NCT04966884", f"site {SITE}", NAME, "Coordinating Centre", "Valid until")
    )
    assert outside.at() is page.user and page.request.text() == str(tmp_path / "MDA5_join_site_03.mda5join")
    name, _, secret = PEOPLE[AT_WARD]
    page.vault.setText(str(tmp_path / "new ward.mda5"))
    for words in (AT_WARD, name):
        outside.type(words).press(Qt.Key.Key_Tab)
    outside.press(Qt.Key.Key_Tab).type(secret).press(Qt.Key.Key_Tab).type(secret)
    tab_to(outside, page.request)
    outside.press(Qt.Key.Key_Return)
    until(outside, lambda: outside.window.work is not None)
    wait = joining_page(outside)
    assert outside.session.site == SITE and outside.session.vault_name == NAME
    request = tmp_path / "MDA5_join_site_03.mda5join"
    asked = state(outside.session)
    assert asked is not None and request.read_bytes() == asked.request
    assert "is written" in wait.answer.text() and outside.at() is wait.words
    own = joining.words_for_centre(outside.session)
    assert wait.words.words == own.words and own.digits.split()[3] in wait.words.accessibleName()

    # By telephone: two persons of the centre type what they hear, and read back.
    done = pair.approve(own.words, request.read_bytes())
    tab_to(outside, wait.heard)
    over(outside, done.last.digits)
    assert outside.at() is wait.own
    over(outside, password(AT_WARD))
    until(outside, lambda: wait.asked is not None and wait.asked.state == "joined")
    assert "agree" in wait.answer.text() and not wait.heard.isVisible() and "has joined" in wait.state.text()
    assert bundles.make(outside.session, pair.centre.device, tmp_path).exists()
    outside.press(Qt.Key.Key_Escape)
    outside.work.joins.refresh()
    assert outside.work.office.page is None and not outside.work.joins.isVisible()


def test_what_is_wrong_is_said_and_nothing_that_was_typed_is_lost(
    outside: Desk, pair: Joining, invitation: Path, tmp_path: Path
) -> None:
    outside.window.doors.show_join()
    page = join_page(outside)
    with Session(
        enter(_centre_copy(tmp_path), AT_CENTRE), study(), Clock(datetime(2026, 1, 5, tzinfo=UTC))
    ) as old:
        _, expired = inviting.invite(old, "04", "Ward 4", own_password=password(AT_CENTRE))
    (tmp_path / "old.mda5invite").write_bytes(expired)
    (tmp_path / "cut.mda5invite").write_bytes(pair.invitation[:-5])
    for file, words in (
        (tmp_path / "gone.mda5invite", "cannot be read"), (tmp_path, "cannot be read"),
        (Path(__file__), "is no invitation"), (tmp_path / "cut.mda5invite", "lost its end"),
        (tmp_path / "old.mda5invite", "Ask the centre for a new one"),
    ):  # fmt: skip
        page.offer(file)
        until(outside, lambda: not page.looking)
        assert words in outside.window.banner.words and page.invitation.hasFocus()
        outside.window.banner.clear()
    page.offer(invitation)
    until(outside, lambda: not page.looking)
    page.user.setText("li")
    for line, words, part in (
        (page.person, "Li Na", "Your name"), (page.password, "velvet-anchor-90-thistle", "Password"),
        (page.again, "velvet-anchor-90-other", "Password again"),
    ):  # fmt: skip
        page.make()
        assert part in outside.window.banner.words and outside.at() is line
        line.setText(words)
    page.make()
    assert "differ" in outside.window.banner.words
    page.again.setText("velvet-anchor-90-thistle")
    page.vault.setText(str(_centre_copy(tmp_path)))  # a vault lies there
    page.make()
    until(outside, lambda: not page.busy)
    assert outside.window.work is None and "empty" in outside.window.banner.words
    assert (page.user.text(), page.password.text()) == ("li", "velvet-anchor-90-thistle")
    outside.press(Qt.Key.Key_Escape)


def _centre_copy(tmp_path: Path) -> Path:
    from tests.unit.sync.joinkit import built

    folder = tmp_path / "old-centre.mda5"
    return folder if folder.exists() else Path(shutil.copytree(built() / CENTRE, folder))


def test_a_request_that_cannot_be_written_is_written_from_the_next_page(
    outside: Desk, invitation: Path, tmp_path: Path
) -> None:
    outside.window.doors.take(invitation)  # dropped, or named at the start
    page = join_page(outside)
    until(outside, lambda: not page.looking)
    page.vault.setText(str(tmp_path / "ward.mda5"))
    for line, words in (
        (page.user, AT_WARD), (page.person, "Li Na"), (page.password, password(AT_WARD)),
        (page.again, password(AT_WARD)), (page.request, str(tmp_path / "no folder" / "x.mda5join")),
    ):  # fmt: skip
        line.setText(words)
    page.make()
    until(outside, lambda: outside.window.work is not None)
    wait = joining_page(outside)
    assert "folder is not there" in wait.answer.text() and outside.at() is wait.request
    over(outside, str(tmp_path / "x.mda5join"))
    asked = state(outside.session)
    assert asked is not None and (tmp_path / "x.mda5join").read_bytes() == asked.request


@pytest.mark.requirement("P11-9")
def test_after_a_restart_it_still_waits_and_wrong_words_end_it(
    waiting: Desk, pair: Joining, tmp_path: Path
) -> None:
    line = waiting.work.joins
    assert line.isVisible() and "Nothing leaves this PC yet" in line.words.text()
    tab_to(waiting, line.go)
    waiting.press(Qt.Key.Key_Space)
    page = joining_page(waiting)
    assert page.words.words == pair.phrase.first.words and not line.isVisible(), "the page says it itself"
    page.confirm()
    assert "Enter: Four words" in page.answer.text() and waiting.at() is page.heard

    def tried(words: str, secret: str = password(AT_WARD)) -> str:
        page.heard.setText(words)
        page.own.setText(secret)
        page.own.setFocus()
        waiting.press(Qt.Key.Key_Return)
        until(waiting, page.confirm_button.isEnabled)
        return page.answer.text()

    assert "no try" in tried("acid acne acquire zzzz") and waiting.at() is page.heard
    assert "no try" in tried(pair.phrase.first.words), "the own words are not those of the centre"
    assert "Tries left: 2" in tried(wrong(pair.phrase.last))
    assert (
        "password" in tried(pair.phrase.last.words, "not-the-password").lower() and waiting.at() is page.own
    )
    assert page.heard.text() == pair.phrase.last.words, "what was typed stays"
    assert "Tries left: 1" in tried(wrong(pair.phrase.last))
    assert "ended" in tried(wrong(pair.phrase.last))
    assert not page.heard.isVisible() and waiting.at() is page.invitation
    assert "new invitation" in page.state.text()

    # The same invitation is over; another one is answered with the same vault.
    (tmp_path / "old").write_bytes(pair.invitation)
    over(waiting, str(tmp_path / "old"))
    assert "ended after wrong words" in page.answer.text()
    _, other = inviting.invite(pair.centre, "04", "Ward 4", own_password=password(AT_CENTRE))
    (tmp_path / "other").write_bytes(other)
    over(waiting, str(tmp_path / "other"))
    assert "for site 04, this vault is of site 03" in page.answer.text()
    _, new = inviting.invite(pair.centre, SITE, "Ward 3 again", own_password=password(AT_CENTRE))
    (tmp_path / "new").write_bytes(new)
    over(waiting, str(tmp_path / "new"))
    until(waiting, lambda: not page.reading and bool(page.words.words))
    assert page.words.words != pair.phrase.first.words and waiting.at() is page.request


def test_who_may_not_type_the_words_is_told_who_may(
    qtbot: QtBot, qapp: QApplication, pair: Joining, tmp_path: Path
) -> None:
    """A coordinator who set the PC up sends and reads; an investigator types."""
    session = joining.join(
        tmp_path / "set-up.mda5", pair.invitation, login="a03", person="Chen Jie", role="administrator",
        password=password("a03"),
    )  # fmt: skip
    with window_at(qtbot, qapp, session) as desk:
        assert desk.work.office.open("joining") is not None
        page = joining_page(desk)
        assert not page.heard.isEnabled() and "principal investigator first" in page.state.text()
        assert page.words.words and page.write_button.isEnabled()


def test_files_of_a_joining_that_are_dropped_at_work(waiting: Desk, pair: Joining, tmp_path: Path) -> None:
    request, new = tmp_path / "a.mda5join", tmp_path / "a.mda5invite"
    request.write_bytes(pair.request)
    new.write_bytes(pair.invitation)
    until(waiting, lambda: waiting.window.findChild(type(waiting.window.doors)) is not None)
    waiting.window.doors.take(request)
    assert "approved at the centre" in waiting.window.banner.words and waiting.work.office.page is None
    waiting.window.doors.take(new)
    page = joining_page(waiting)
    assert page.asked is not None and page.asked.waits, "the same invitation twice is once"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_whatever_takes_the_keyboard_has_a_name_of_its_own(
    outside: Desk, waiting: Desk, invitation: Path, language: str
) -> None:
    outside.window.doors.show_join(invitation)
    page = join_page(outside)
    until(outside, lambda: not page.looking)
    waiting.work.office.open("joining")
    wait = joining_page(waiting)
    set_language("zh" if language == "zh" else "en")
    settle()
    for shown in (page, wait):
        names = names_of(shown)
        assert all(names) and len(set(names)) == len(names), names
    assert ("有效期至" in page._words.text()) is (language == "zh")


def test_a_file_may_be_named_at_the_start_instead_of_a_vault(tmp_path: Path) -> None:
    for name in ("a.mda5invite", "B.MDA5B", "c.mda5join"):
        (tmp_path / name).write_bytes(b"")
        assert app._dropped_on(str(tmp_path / name)) == tmp_path / name
    assert app._dropped_on(None) is None and app._dropped_on(str(tmp_path)) is None
    assert app._dropped_on(str(tmp_path / "gone.mda5invite")) is None
