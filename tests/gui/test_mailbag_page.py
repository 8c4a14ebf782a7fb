"""The mailbag in the hands of somebody without a mouse; and where the form on screen is."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from mda5_crf.services.session import Session
from mda5_crf.sync import bundles
from mda5_crf.sync.ledger import Ledger
from mda5_crf.ui.mailbag_page import MailbagPage, SheetStrip
from mda5_crf.ui.main_window import MainWindow
from mda5_crf.ui.syncing import MakeStrip, TakeStrip
from tests.gui.shell_driver import CTRL, Desk, at_desk, prepared, put_away, settle
from tests.unit.sync.synckit import PCS, A, C, World, built, enter_value, item, study
from tests.vaults import enter

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Desk]:
    """An investigator at the ward's PC, with one answer in one form; the centre's vault lies beside it."""
    folder = Path(shutil.copytree(built() / A, tmp_path / A))
    prepared(qapp)
    with Session(enter(folder, PCS[A][2]), study()) as session:
        enter_value(session, item(session.enrol().identity), "120")
        window = MainWindow(str(folder))
        window.resize(1093, 614)
        window.enter(session)
        window.show()
        for box in window.findChildren(QComboBox):
            box.view()
        kept = QApplication.topLevelWidgets()
        yield at_desk(qtbot, window)
        prepared(qapp)
        put_away(window)
        del kept


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Session]:
    (tmp_path / "stick").mkdir()
    made = World(tmp_path, tmp_path / "stick")
    yield made[C]
    made.close()


def opened(desk: Desk) -> MailbagPage:
    desk.press(Qt.Key.Key_B, CTRL)
    page = desk.work.office.page
    assert isinstance(page, MailbagPage)
    assert desk.at() is page.peers
    return page


def cells(page: MailbagPage, name: str) -> list[str]:
    (item_,) = [one for one in page.peers.tops() if one.text(0) == name]
    return [item_.text(column) for column in range(page.peers.columnCount())]


def choose(page: MailbagPage, name: str) -> None:
    page.peers.setCurrentItem(next(one for one in page.peers.tops() if one.text(0) == name))
    settle()


@pytest.mark.requirement("CN-4")
def test_a_bundle_and_its_sheet_by_keys_alone(desk: Desk, centre: Session, tmp_path: Path) -> None:
    page = opened(desk)
    assert cells(page, "Centre")[2:] == ["1 form", "–", "–", "–"]
    choose(page, "Centre")
    assert "Nothing was taken from Centre yet." in page.details.text()
    desk.press(Qt.Key.Key_1)
    strip = page.strip
    assert isinstance(strip, MakeStrip) and strip.peer.currentData() == centre.device
    assert strip.cover.isChecked() and not strip.everything.isChecked()
    strip.folder.setText(str(tmp_path / "stick"))
    strip.folder.setFocus()
    desk.press(Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: page.strip is None, timeout=20_000)
    names = sorted(file.name for file in (tmp_path / "stick").iterdir())
    assert names == ["MDA5_Ward-3-bed-side_to_Centre_0001.mda5b", "MDA5_Ward-3-bed-side_to_Centre_0001.pdf"]
    assert cells(page, "Centre")[2:] == ["–", "no. 1", "–", "–"]
    assert "is not confirmed" in page.details.text() and desk.at() is page.peers
    (line,) = page.files.tops()
    assert line.text(1) == "sent" and line.text(2) == "1"

    # The receipt comes back, taken here by the folder it lies in.
    bundles.take(centre, next((tmp_path / "stick").glob("*.mda5b")))
    bundles.make(centre, desk.session.device, tmp_path / "stick")
    desk.press(Qt.Key.Key_3)
    take = page.strip
    assert isinstance(take, TakeStrip) and desk.at() is take.file
    take.file.setText(str(tmp_path / "stick"))
    desk.press(Qt.Key.Key_Return)
    desk.qtbot.waitUntil(take.ok.isEnabled, timeout=20_000)
    assert "To be taken: 1 " in take._plan.text() and "made by this PC itself" in take._plan.text()
    assert not Ledger.read(desk.session).taken(centre.device), "nothing before the word"
    assert desk.at() is take.ok
    desk.press(Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: page.strip is None, timeout=20_000)
    assert cells(page, "Centre")[2:] == ["–", "–", "up to no. 1", "–"]
    assert "Taken: 1 " in page.details.text() and not desk.work.busy
    choose(page, "Ward 3 office")
    choose(page, "Centre")
    assert "Last taken from Centre: bundle 1" in page.details.text()
    desk.press(Qt.Key.Key_Escape)
    assert desk.work.office.page is None


def test_everything_again_says_that_it_is_harmless(desk: Desk, centre: Session, tmp_path: Path) -> None:
    page = opened(desk)
    choose(page, "Centre")
    desk.press(Qt.Key.Key_2)
    strip = page.strip
    assert isinstance(strip, MakeStrip) and strip.everything.isChecked()
    assert "does no harm" in strip._harmless.text() and strip._harmless.isVisible()
    strip.cover.setChecked(False)
    strip.folder.setText(str(tmp_path / "stick"))
    strip.accept()
    desk.qtbot.waitUntil(lambda: page.strip is None, timeout=20_000)
    (sent,) = Ledger.read(desk.session).sent(centre.device)
    assert sent.base == {} and [file.suffix for file in (tmp_path / "stick").iterdir()] == [".mda5b"]


def test_a_refused_file_is_explained_and_noted_on_a_word(desk: Desk, centre: Session, tmp_path: Path) -> None:
    file = bundles.make(centre, desk.session.device, tmp_path / "stick")
    file.write_bytes(file.read_bytes()[:-9])
    page = opened(desk)
    before = desk.session.vault.journal.heads()
    desk.window.doors.take(file)  # dropped while the mailbag is open
    strip = page.strip
    assert isinstance(strip, TakeStrip)
    desk.qtbot.waitUntil(lambda: bool(strip.complaint), timeout=9000)
    assert "copy it again" in strip.complaint and not strip.ok.isEnabled() and strip.note.isVisible()
    assert desk.session.vault.journal.heads() == before, "looking writes nothing"
    strip.note.click()
    desk.qtbot.waitUntil(lambda: "ledger says now" in strip.complaint, timeout=9000)
    desk.press(Qt.Key.Key_Escape)
    (line,) = page.files.tops()
    assert line.text(1) == "refused" and "end is missing" in line.text(4)


def test_the_ledger_and_a_cover_sheet_are_written(desk: Desk, centre: Session, tmp_path: Path) -> None:
    bundles.make(desk.session, centre.device, tmp_path / "stick")
    page = opened(desk)
    for key, name in ((Qt.Key.Key_4, "cover.pdf"), (Qt.Key.Key_5, "ledger.pdf")):
        desk.press(key)
        strip = page.strip
        assert isinstance(strip, SheetStrip) and desk.at() is strip.file
        strip.file.setText(str(tmp_path / name))
        desk.press(Qt.Key.Key_Return)
        desk.qtbot.waitUntil(lambda: page.strip is None, timeout=20_000)
        assert (tmp_path / name).read_bytes().startswith(b"%PDF")
    page.act("ledger")
    strip = page.strip
    assert isinstance(strip, SheetStrip)
    strip.file.setText(str(tmp_path / "no" / "such" / "x.pdf"))
    strip.accept()
    assert strip.complaint and page.leave() and page.strip is None


def test_the_page_speaks_both_languages_and_stays_where_it_was(desk: Desk, centre: Session) -> None:
    assert centre.is_centre
    page = opened(desk)
    choose(page, "Ward 3 office")
    desk.press(Qt.Key.Key_L, CTRL)
    assert page.buttons["again"].text().startswith("2 重新发送全部")
    assert page.chosen_peer is not None and page.chosen_peer.name == "Ward 3 office"
    assert page.peers.headerItem().text(5) == "未收到"
    desk.press(Qt.Key.Key_L, CTRL)


def test_the_form_says_where_it_is(desk: Desk, centre: Session, tmp_path: Path) -> None:
    subject = desk.session.subjects()[0].identity
    desk.open(subject, "BL", "VS")
    context = desk.work.context
    desk.qtbot.waitUntil(lambda: context.where.text() == "here only", timeout=5000)
    assert context.where.isVisible() and "no bundle to the centre" in context.where.accessibleName()
    bundles.make(desk.session, centre.device, tmp_path / "stick")
    desk.work.delivery.refresh()
    assert context.where.text() == "on stick 1"
    tip = desk.work.tree._items[desk.key(subject, "BL", "VS").form_key()].toolTip(0)
    assert "on stick 1" in tip
    desk.open(subject, "BL", "PE")
    desk.work.delivery.refresh()
    assert context.where.text() == "" and not context.where.isVisible()
    bundles.take(centre, next((tmp_path / "stick").glob("*.mda5b")))
    bundles.take(desk.session, bundles.make(centre, desk.session.device, tmp_path / "stick"))
    desk.open(subject, "BL", "VS")
    desk.work.delivery.refresh()
    assert context.where.text() == "confirmed"
    desk.work.show_matrix()
    assert not context.where.isVisible()


def test_the_matrix_finds_what_the_centre_has_not_confirmed(
    desk: Desk, centre: Session, tmp_path: Path
) -> None:
    matrix, subject = desk.work.matrix, desk.session.subjects()[0].identity
    desk.session.enrol()  # nothing is entered of this one
    matrix.refresh()

    def said() -> str:
        model = matrix.model
        return model.words(model.index(model.row_of(subject), model.events.index("BL")))

    desk.qtbot.waitUntil(lambda: said().endswith(", here only"), timeout=5000)
    matrix.filter.setCurrentIndex(matrix.filter.findData("unsent"))
    assert [row.subject.identity for row in matrix.model.rows] == [subject]
    bundles.take(centre, bundles.make(desk.session, centre.device, tmp_path / "stick"))
    matrix.refresh()
    desk.qtbot.waitUntil(lambda: said().endswith(", on stick 1"), timeout=5000)
    bundles.take(desk.session, bundles.make(centre, desk.session.device, tmp_path / "stick"))
    matrix.refresh()
    desk.qtbot.waitUntil(lambda: not matrix.model.rows, timeout=5000)
    matrix.filter.setCurrentIndex(0)
    assert "stick" not in said() and "here" not in said()
