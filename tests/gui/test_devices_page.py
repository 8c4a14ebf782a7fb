"""The PCs of the study in the hands of a centre's people and of a ward's, without a mouse."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from mda5_crf.services.session import Session
from mda5_crf.sync import bundles, devices, revocation
from mda5_crf.sync.registry import Registry
from mda5_crf.ui.act_panel import ActPanel
from mda5_crf.ui.devices_page import DevicesPage
from mda5_crf.ui.language import set_language
from mda5_crf.ui.second_person import SecondPerson
from tests.gui.join_desk import names_of, over, until, window_at
from tests.gui.shell_driver import Desk, settle
from tests.unit.sync.joinkit import AT_CENTRE, CENTRE, NAME, SECOND, Joining, pair, wrong
from tests.unit.sync.synckit import A, B, World, study, world
from tests.vaults import enter, password
from tests.wards import Clock

__all__ = ["pair", "world"]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, pair: Joining, tmp_path: Path) -> Iterator[Desk]:
    """A data manager at the centre, whose invitation a ward has answered with ``request``."""
    (tmp_path / "request").write_bytes(pair.request)
    with window_at(qtbot, qapp, pair.centre) as made:
        yield made
    pair.open.pop(CENTRE)


@pytest.fixture
def ward(qtbot: QtBot, qapp: QApplication, world: World) -> Iterator[Desk]:
    """An investigator at a ward's PC that knows a centre and another PC of its site, 61 days later."""
    clock = Clock()
    session = Session(enter(_copied(world, A), "i01"), study(), clock)
    clock.now = max(peer.at for peer in Registry.read(session).peers.values()) + timedelta(days=61)
    with window_at(qtbot, qapp, session) as made:
        yield made


def _copied(world: World, pc: str) -> Path:
    folder = world[pc].vault.folder
    world.close(pc)
    return folder


def opened(desk: Desk) -> DevicesPage:
    page = desk.work.office.open("devices")
    assert isinstance(page, DevicesPage)
    settle()
    assert desk.at() is page.list
    return page


def states(page: DevicesPage) -> dict[str, str]:
    items = [page.list.topLevelItem(place) for place in range(page.list.topLevelItemCount())]
    return {item.text(0): item.text(2) for item in items if item is not None}


def asked(desk: Desk, page: DevicesPage, digit: Qt.Key) -> None:
    """Press a digit; a panel opens with the keyboard in its first empty line."""
    desk.press(digit)
    assert page.panel is not None


def panel_of(page: DevicesPage) -> ActPanel:
    assert page.panel is not None
    return page.panel


def line_of(page: DevicesPage, field: str) -> QLineEdit:
    line = panel_of(page).line(field)
    assert isinstance(line, QLineEdit)
    return line


def other_of(page: DevicesPage) -> SecondPerson:
    other = panel_of(page).second_person
    assert other is not None
    return other


def complaint(desk: Desk, page: DevicesPage) -> str:
    panel = panel_of(page)
    until(desk, panel.isEnabled)
    return panel.complaint


def second(desk: Desk) -> None:
    over(desk, SECOND[0])
    over(desk, SECOND[1])


def test_an_invitation_is_made_by_keys_and_withdrawn(desk: Desk, tmp_path: Path) -> None:
    page = opened(desk)
    assert states(page) == {"Coordinating Centre": "this PC", NAME: "invited"}
    asked(desk, page, Qt.Key.Key_1)
    for words in ("77x", "Ward 7"):
        over(desk, words)
    over(desk, str(tmp_path))
    over(desk, password(AT_CENTRE))
    assert "is no ward's site" in complaint(desk, page) and desk.at() is panel_of(page).line("site")
    over(desk, "07")
    panel = page.panel
    assert panel is not None and panel.typed()["name"] == "Ward 7", "what was typed stays"
    panel.accept()
    until(desk, lambda: page.panel is None)
    file = tmp_path / "MDA5_invite_site_07_Ward-7.mda5invite"
    assert file.read_bytes().startswith(b"MDA5INVT") and "MDA5_invite_site_07" in desk.work.bar.saved.text()
    page.choose("Ward 7")
    assert "Valid until" in page.details.text()
    asked(desk, page, Qt.Key.Key_6)
    panel_of(page).accept()
    until(desk, lambda: page.panel is None)
    assert states(page)["Ward 7"] == "invitation: withdrawn"


@pytest.mark.requirement("P11-9")
def test_a_request_is_approved_by_what_two_people_hear(desk: Desk, pair: Joining, tmp_path: Path) -> None:
    page = opened(desk)
    asked(desk, page, Qt.Key.Key_2)
    for file, words in ((tmp_path / "gone", "cannot be read"), (Path(__file__), "is no request")):
        over(desk, str(file))
        assert words in complaint(desk, page) and desk.at() is panel_of(page).line("file")
    over(desk, str(tmp_path / "request"))
    until(desk, lambda: page.panel is not None and "heard" in page.panel.typed())
    panel = page.panel
    assert panel is not None and "Li Na (i01)" in panel._about.text()
    assert pair.phrase.first.words not in str(panel.typed()), "what the ward reads stands nowhere"
    over(desk, wrong(pair.phrase.first))
    over(desk, NAME)
    over(desk, password(AT_CENTRE))
    second(desk)
    assert "Tries left: 2" in complaint(desk, page) and desk.at() is panel.line("heard")
    over(desk, "acid acne acquire zzzz")
    panel.accept()
    assert "no try" in complaint(desk, page)
    over(desk, pair.phrase.first.words.upper())
    other_of(page).login.setText(AT_CENTRE)
    panel.accept()
    assert "somebody else than you" in complaint(desk, page)
    other_of(page).login.setText(SECOND[0])
    panel.accept()
    until(desk, lambda: page.strip is not None)
    assert page.strip is not None and page.strip.words.words == pair.phrase.last.words
    assert desk.at() is page.strip.words and pair.phrase.last.digits[:4] in desk.at().accessibleName()
    desk.press(Qt.Key.Key_Escape)
    assert page.strip is None and states(page)[NAME] == "exchanges" and desk.at() is page.list
    page.take(tmp_path / "request")  # dropped once more
    assert page.strip is not None and page.strip.words.words == pair.phrase.last.words
    assert page.leave() and page.strip is None


@pytest.mark.requirement("P11-9")
def test_three_wrong_phrases_end_an_invitation_and_the_page_says_so(
    desk: Desk, pair: Joining, tmp_path: Path
) -> None:
    page = opened(desk)
    page.take(tmp_path / "request")
    panel = page.panel
    assert panel is not None and panel.second_person is not None
    line_of(page, "own").setText(password(AT_CENTRE))
    panel.second_person.login.setText(SECOND[0])
    panel.second_person.password.setText(SECOND[1])
    for part in ("left: 2", "left: 1", "has ended"):
        line_of(page, "heard").setText(wrong(pair.phrase.first))
        panel.accept()
        assert part in complaint(desk, page)
    assert states(page)[NAME] == "invitation: ended: wrong words 3 times"
    page.take(tmp_path / "request")
    assert "Make a new one" in desk.window.banner.words


def test_revoking_says_what_follows_and_takes_two(desk: Desk, pair: Joining) -> None:
    pair.approve()
    page = opened(desk)
    assert not page.buttons["revoke"].isEnabled()
    page.choose(NAME)
    asked(desk, page, Qt.Key.Key_4)
    about = panel_of(page)._about.text()
    assert "records up to no. 0 are here" in about and "can still open their vault" in about
    over(desk, "Left on a train")
    over(desk, password(AT_CENTRE))
    second(desk)
    until(desk, lambda: page.panel is None)
    assert states(page)[NAME] == "revoked by the centre" and not page.buttons["rename"].isEnabled()
    page.choose(NAME)
    assert "Left on a train" in page.details.text()
    own = page.list.topLevelItem(0)
    assert own is not None and own.text(5).startswith("no. 1 of ")
    asked(desk, page, Qt.Key.Key_5)
    over(desk, "Found again")
    over(desk, password(AT_CENTRE))
    second(desk)
    until(desk, lambda: page.panel is None)
    assert states(page)[NAME] == "exchanges"
    page.choose(NAME)
    asked(desk, page, Qt.Key.Key_3)
    panel_of(page).line("name").setFocus()
    over(desk, "Coordinating  centre")
    over(desk, password(AT_CENTRE))
    assert "too much like" in complaint(desk, page) and desk.at() is panel_of(page).line("name")
    over(desk, "East")
    panel_of(page).accept()
    until(desk, lambda: page.panel is None)
    assert states(page)["East"] == "exchanges"


def test_a_centre_sees_which_list_a_ward_knows(desk: Desk, pair: Joining, tmp_path: Path) -> None:
    """By the ward's own chain: it notes each list that it hears of."""
    pair.approve()
    pair.confirm()
    device = pair.ward.device

    def revoke() -> None:
        revocation.revoke(pair.centre, device, "a test", own_password=password(AT_CENTRE), second=SECOND)

    revoke()
    revocation.reinstate(pair.centre, device, "lost", own_password=password(AT_CENTRE), second=SECOND)
    bundles.take(pair.ward, bundles.make(pair.centre, device, tmp_path))
    bundles.take(pair.centre, bundles.make(pair.ward, pair.centre.device, tmp_path))
    page = opened(desk)
    page.choose(NAME)
    line = page.list.currentItem()
    assert line is not None and line.text(5).startswith("no. 2 of ")
    assert line.text(3).endswith("no. 1") and line.text(4).endswith("no. 1")
    revoke()
    page.refresh()
    line = page.list.currentItem()
    assert (
        line is not None and line.text(5) == "no. 2, behind" and "make a bundle for it" in page.details.text()
    )


def test_a_ward_sees_its_own_and_revokes_for_itself_alone(ward: Desk) -> None:
    page = opened(ward)
    assert states(page) == {"Ward 3 bed side": "this PC", "Centre": "exchanges", "Ward 3 office": "exchanges"}
    assert list(page.buttons) == ["rename", "end", "card", "add"]
    assert "61 days" in page.notice.text(), "what is not heard for so long is said"
    ward.work.joins.refresh()
    assert "61 days" in ward.work.joins.words.text() and not ward.work.joins.isVisible()
    page.choose("Ward 3 office")
    asked(ward, page, Qt.Key.Key_2)
    over(ward, "Given away")
    over(ward, "not-my-password")
    assert complaint(ward, page) and ward.at() is panel_of(page).line("own")
    over(ward, password("i01"))
    until(ward, lambda: page.panel is None)
    assert states(page)["Ward 3 office"] == "revoked here"


def test_a_card_is_compared_by_voice(ward: Desk, world: World, tmp_path: Path) -> None:
    page = opened(ward)
    page.choose("Ward 3 office")
    devices.revoke(ward.session, page.chosen(page.list), "again", own_password=password("i01"))
    page.refresh()
    asked(ward, page, Qt.Key.Key_3)
    panel_of(page).line("file").setFocus()
    over(ward, str(tmp_path / "own.mda5card"))
    until(ward, lambda: page.strip is not None)
    assert page.strip is not None
    assert page.strip.words.words == devices.fingerprint((tmp_path / "own.mda5card").read_bytes())
    ward.press(Qt.Key.Key_Escape)
    card, other = devices.card(world[B]), devices.card(world["x"])
    (tmp_path / "b.mda5card").write_bytes(card)
    (tmp_path / "x.mda5card").write_bytes(other)
    page.take(tmp_path / "x.mda5card")
    assert "Sites exchange through the centre" in ward.window.banner.words and page.panel is None
    asked(ward, page, Qt.Key.Key_4)
    over(ward, str(tmp_path / "b.mda5card"))
    until(ward, lambda: page.panel is not None and "heard" in page.panel.typed())
    over(ward, devices.fingerprint(other))
    over(ward, password("i01"))
    assert "do not belong to this card" in complaint(ward, page) and ward.at() is panel_of(page).line("heard")
    over(ward, devices.fingerprint(card).upper().replace(" ", ", "))
    panel_of(page).accept()
    until(ward, lambda: page.panel is None)
    assert states(page)["Ward 3 office"] == "exchanges"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_whatever_takes_the_keyboard_has_a_name_of_its_own(desk: Desk, tmp_path: Path, language: str) -> None:
    page = opened(desk)
    set_language("zh" if language == "zh" else "en")
    for act in ("", "invite", "request", "card"):
        if act:
            page.start(act)
        names = names_of(page)
        assert all(names) and len(set(names)) == len(names), names
    page.take(tmp_path / "request")
    names = names_of(page)
    assert all(names) and len(set(names)) == len(names), names
