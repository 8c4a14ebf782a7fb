"""Long work in the action bar: what runs, how far it is, and that cancelling leaves nothing half done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mda5_crf.errors import Cancelled, CrfError, InputRefused
from mda5_crf.jobs import demonstration
from mda5_crf.jobs.papers import BEGUN
from mda5_crf.pdf import parts
from mda5_crf.sync import bundles
from mda5_crf.text import both
from mda5_crf.ui import progress as progress_module
from mda5_crf.ui.demo_page import DemoPage
from mda5_crf.ui.language import set_language
from mda5_crf.ui.main_window import MainWindow
from mda5_crf.ui.preview_page import PreviewPage
from mda5_crf.ui.progress import ProgressLine, Tasks
from mda5_crf.ui.syncing import MakeStrip, TakeStrip
from mda5_crf.ui.worker import Job, Progress
from tests.commandline import remembered_keys
from tests.gui.shell_driver import CTRL, Desk, at_desk, make_vault, one_desk, prepared, put_away, settle

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with remembered_keys():
        return make_vault(tmp_path_factory.mktemp("progress") / "ward.mda5")


@pytest.fixture(scope="module")
def at(qapp: QApplication, vault: Path) -> Iterator[Callable[[QtBot], Desk]]:
    with remembered_keys():
        yield from one_desk(qapp, vault, ["print_form"])


@pytest.fixture
def desk(qtbot: QtBot, at: Callable[[QtBot], Desk], monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk = at(qtbot)
    desk.work.show_matrix()
    desk.window.banner.clear()
    desk.work.bar.progress._wait.setInterval(0)
    return desk


class Held:
    """Work that stops at each step until it is let go."""

    def __init__(self, steps: int = 3) -> None:
        self.steps = steps
        self.go = threading.Semaphore(0)
        self.at = 0
        self.results: list[object] = []
        self.problems: list[CrfError] = []

    def work(self, progress: Progress) -> str:
        for step in range(self.steps):
            progress(step, self.steps)
            self.at = step + 1
            assert self.go.acquire(timeout=20)
        return "done"

    def start(self, desk: Desk, what: str) -> Job:
        job = Job(desk.work, self.work, self.results.append, self.problems.append)
        Tasks.of(desk.window).watch(job, both(what))
        desk.qtbot.waitUntil(lambda: self.at == 1, timeout=5000)
        return job

    def end(self, desk: Desk) -> None:
        for _ in range(self.steps):
            self.go.release()
        desk.qtbot.waitUntil(lambda: bool(self.results or self.problems), timeout=5000)
        settle()


def line(desk: Desk) -> ProgressLine:
    return desk.work.bar.progress


# -- the line --------------------------------------------------------------------------------------------


def test_nothing_is_shown_while_nothing_runs(desk: Desk) -> None:
    assert not line(desk).isVisible() and line(desk).task is None


def test_what_runs_and_how_far_it_is_in_both_languages(desk: Desk) -> None:
    held = Held()
    held.start(desk, "A PDF")
    desk.qtbot.waitUntil(line(desk).isVisible, timeout=5000)
    held.go.release()
    desk.qtbot.waitUntil(lambda: "1 of 3" in line(desk).words.text(), timeout=5000)
    assert line(desk).bar.value() == 1 and line(desk).bar.maximum() == 3
    assert line(desk).cancel.accessibleName() == "Cancel: A PDF"
    set_language("zh")
    assert "1/3" in line(desk).words.text() and line(desk).cancel.accessibleName() == "取消：A PDF"
    set_language("en")
    held.end(desk)
    assert held.results == ["done"] and not line(desk).isVisible()


def test_short_work_is_never_shown(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    line(desk)._wait.setInterval(progress_module.PATIENCE)
    held = Held()
    held.start(desk, "short")
    settle()
    assert not line(desk).isVisible()
    held.end(desk)
    assert not line(desk).isVisible() and not line(desk)._wait.isActive()


def test_two_works_are_shown_one_after_the_other(desk: Desk) -> None:
    first, second = Held(), Held()
    first.start(desk, "first")
    second.start(desk, "second")
    desk.qtbot.waitUntil(line(desk).isVisible, timeout=5000)
    assert "first" in line(desk).words.text() and "1 more" in line(desk).words.text()
    line(desk).cancel.click()
    first.end(desk)
    assert isinstance(first.problems[0], Cancelled)
    assert "second" in line(desk).words.text() and "more" not in line(desk).words.text()
    assert line(desk).cancel.isEnabled() and not second.problems
    second.end(desk)
    assert second.results == ["done"]


def test_f6_reaches_the_button_and_the_keyboard_comes_back(desk: Desk) -> None:
    held = Held()
    held.start(desk, "work")
    desk.qtbot.waitUntil(line(desk).isVisible, timeout=5000)
    for _ in range(5):
        if line(desk).cancel.hasFocus():
            break
        desk.press(Qt.Key.Key_F6)
    assert line(desk).cancel.hasFocus()
    desk.press(Qt.Key.Key_Space)
    assert "Cancelling" in line(desk).words.text() and not line(desk).cancel.isEnabled()
    held.end(desk)
    assert isinstance(held.problems[0], Cancelled)
    focus = QApplication.focusWidget()
    assert focus is not None and desk.work.matrix.isAncestorOf(focus)


def test_while_records_come_in_f6_still_reaches_the_button(desk: Desk) -> None:
    held = Held()
    held.start(desk, "taking")
    desk.qtbot.waitUntil(line(desk).isVisible, timeout=5000)
    desk.work.set_busy(True)
    for _ in range(4):
        if not line(desk).cancel.hasFocus():
            desk.window.run("next_pane")
    reached = line(desk).cancel.hasFocus()
    desk.work.set_busy(False)
    held.end(desk)
    assert reached


def test_a_mistake_of_ours_ends_what_is_shown(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    def blunder(_progress: Progress) -> None:
        raise ZeroDivisionError

    problems: list[CrfError] = []
    Tasks.of(desk.window).watch(Job(desk.work, blunder, lambda _: None, problems.append), both("x"))
    desk.qtbot.waitUntil(lambda: bool(problems), timeout=5000)
    assert line(desk).task is None


def test_cancelling_what_is_over_does_nothing(desk: Desk) -> None:
    held = Held(1)
    job = held.start(desk, "x")
    task = line(desk).task
    assert task is not None
    held.end(desk)
    assert held.results == ["done"]
    del job
    assert line(desk).task is None


def test_a_log_out_waits_for_what_still_reads_the_vault(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    prepared(qapp)
    desk = at_desk(qtbot, MainWindow(str(make_vault(tmp_path / "ward.mda5"))))
    desk.log_in()
    session, reads, hurt = desk.session, [0], []

    def work(progress: Progress) -> None:
        while True:
            progress(reads[0], 0)
            try:
                session.subjects()
            except Exception as problem:
                hurt.append(problem)
                raise
            reads[0] += 1

    job = Job(desk.work, work, lambda _: None, lambda _: None)
    Tasks.of(desk.window).watch(job, both("reading"))
    qtbot.waitUntil(lambda: reads[0] > 3, timeout=5000)
    desk.window.log_out()
    assert not job.running and not hurt
    put_away(desk.window)


# -- a PDF while somebody enters -------------------------------------------------------------------------


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Drawing waits at its second page until it is let go: as a casebook of two hundred pages would."""
    go = threading.Event()
    quick = parts.printed

    def printed(laid: parts.Laid, drawn: Callable[[int], None] = lambda _leaves: None) -> object:
        def step(done: int) -> None:
            if done == 2:
                assert go.wait(20)
            drawn(done)

        return quick(laid, step)

    monkeypatch.setattr(parts, "printed", printed)
    yield go
    go.set()


@pytest.fixture
def casebook(desk: Desk) -> str:
    """A participant with vital signs at two visits; the second is on screen."""
    subject = desk.session.enrol().identity
    for event in ("SCR", "BL"):
        desk.vitals(subject, event)
    return subject


def save(desk: Desk, file: Path) -> None:
    """Everything begun of the participant on screen, from the preview into a file."""
    desk.press(Qt.Key.Key_P, CTRL)
    page = desk.work.office.page
    assert isinstance(page, PreviewPage)
    page.what.setCurrentIndex(page.offers.index(BEGUN))
    desk.qtbot.waitUntil(lambda: page.ready, timeout=20_000)
    page.ask_file()
    assert page.strip is not None
    page.strip.file.setText(str(file))
    page.strip.accept()


def prints(desk: Desk, subject: str) -> int:
    return len(list(desk.session.vault.journal.records(subject, kinds=("print",))))


def test_entry_goes_on_while_a_casebook_is_printed(
    desk: Desk, casebook: str, slow: threading.Event, tmp_path: Path
) -> None:
    file = tmp_path / "all.pdf"
    save(desk, file)
    desk.qtbot.waitUntil(line(desk).isVisible, timeout=9000)
    desk.open(casebook, "BL", "VS")
    desk.enter("SYSBP_VSORRES", "118")
    assert desk.stored("SYSBP_VSORRES") == "118" and not file.exists()
    slow.set()
    desk.qtbot.waitUntil(file.exists, timeout=20_000)
    assert file.read_bytes().startswith(b"%PDF") and prints(desk, casebook) == 1
    assert not list(tmp_path.glob(".*"))


def test_a_cancelled_casebook_leaves_no_file_and_no_print(
    desk: Desk, casebook: str, slow: threading.Event, tmp_path: Path
) -> None:
    before = desk.session.vault.journal.heads()
    save(desk, tmp_path / "all.pdf")
    desk.qtbot.waitUntil(line(desk).isVisible, timeout=9000)
    line(desk).cancel.click()
    slow.set()
    desk.qtbot.waitUntil(lambda: desk.window.banner.text is not None, timeout=20_000)
    assert "Cancelled" in desk.window.banner.words
    assert not list(tmp_path.iterdir())
    assert desk.session.vault.journal.heads() == before


def test_cancelled_after_the_last_page_leaves_no_file_either(
    desk: Desk, casebook: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = parts.printed
    drawn, go = threading.Event(), threading.Event()

    def printed(laid: parts.Laid, told: Callable[[int], None]) -> object:
        done = quick(laid, told)
        drawn.set()
        assert go.wait(20)
        return done

    monkeypatch.setattr(parts, "printed", printed)
    save(desk, tmp_path / "all.pdf")
    desk.qtbot.waitUntil(drawn.is_set, timeout=20_000)
    task = line(desk).task
    assert task is not None
    task.cancel()
    go.set()
    desk.qtbot.waitUntil(lambda: desk.window.banner.text is not None, timeout=20_000)
    assert not list(tmp_path.iterdir()) and not prints(desk, casebook)


def test_a_pdf_over_an_older_one_leaves_the_older_one_when_cancelled(
    desk: Desk, casebook: str, slow: threading.Event, tmp_path: Path
) -> None:
    file = tmp_path / "all.pdf"
    file.write_bytes(b"older")
    save(desk, file)
    page = desk.work.office.page
    assert isinstance(page, PreviewPage)
    assert page.strip is not None
    assert "all.pdf" in page.strip.complaint
    page.strip.accept()  # told so twice
    desk.qtbot.waitUntil(line(desk).isVisible, timeout=9000)
    line(desk).cancel.click()
    slow.set()
    desk.qtbot.waitUntil(file.exists, timeout=20_000)
    assert file.read_bytes() == b"older"


# -- the demonstration -----------------------------------------------------------------------------------


def test_a_cancelled_demonstration_leaves_no_folder(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared(qapp)
    go = threading.Event()
    monkeypatch.setattr(demonstration, "_participant", lambda *_: go.wait(20))
    window = MainWindow("")
    desk = at_desk(qtbot, window)
    window.login.demonstration.emit()
    page = window.pages.currentWidget()
    assert isinstance(page, DemoPage)
    page.state._wait.setInterval(0)
    page.where.setText(str(tmp_path / "demo"))
    with remembered_keys():
        page.make_button.click()
        qtbot.waitUntil(lambda: "of 15" in page.state.words.text(), timeout=20_000)
        assert not page.make_button.isEnabled() and page.back_button.isEnabled()
        page.state.cancel.click()
        go.set()
        qtbot.waitUntil(lambda: window.banner.text is not None, timeout=20_000)
    assert "Cancelled" in window.banner.words
    assert not (tmp_path / "demo").exists()
    assert page.make_button.isEnabled() and not page.state.isVisible()
    del desk
    put_away(window)


def test_a_demonstration_that_is_cancelled_touches_no_other_folder(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years")

    def cancel(_done: int, _total: int) -> None:
        raise Cancelled

    with pytest.raises(CrfError):
        demonstration.build(tmp_path, 1, 1, cancel)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


# -- a bundle --------------------------------------------------------------------------------------------


def taking(desk: Desk, held: Held, monkeypatch: pytest.MonkeyPatch) -> TakeStrip:
    """A bundle that was looked at and is being taken."""
    monkeypatch.setattr(bundles, "take", lambda _session, _file, progress: held.work(progress))
    desk.window.run("take_bundle")
    strip = desk.work.strip
    assert isinstance(strip, TakeStrip)
    strip.file.setText("some.mda5b")
    strip._planned, strip._worth = "some.mda5b", True
    strip.accept()
    desk.qtbot.waitUntil(lambda: held.at == 1, timeout=5000)
    assert desk.work.busy and strip.file.isReadOnly()
    return strip


def test_esc_cancels_a_bundle_that_is_coming_in_and_work_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held()
    strip = taking(desk, held, monkeypatch)
    strip.cancel.setFocus()
    desk.press(Qt.Key.Key_Escape)
    assert desk.work.strip is strip and desk.work.busy, "records may still be coming in"
    held.go.release()
    desk.qtbot.waitUntil(lambda: bool(strip.complaint), timeout=5000)
    assert "Cancelled" in strip.complaint and not desk.work.busy and not strip.file.isReadOnly()
    desk.press(Qt.Key.Key_Escape)
    assert desk.work.strip is None


def test_a_bundle_strip_without_a_file_asks_for_one(desk: Desk) -> None:
    desk.window.run("take_bundle")
    strip = desk.work.strip
    assert isinstance(strip, TakeStrip)
    desk.press(Qt.Key.Key_Return)
    assert "Bundle file" in strip.complaint and strip.file.hasFocus()
    desk.press(Qt.Key.Key_Escape)


def test_making_a_bundle_outlives_its_strip_and_says_when_it_is_there(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    held = Held()
    monkeypatch.setattr(bundles, "make", lambda *given, **_: held.work(given[-1]))
    maker = desk.work.acts._maker
    desk.window.run("make_bundle")
    maker.start("feedface" * 2, tmp_path)
    assert maker.running
    desk.work.close_strip()
    for _ in range(held.steps):
        held.go.release()
    desk.qtbot.waitUntil(lambda: desk.window.banner.text is not None, timeout=5000)
    assert "done" in desk.window.banner.words and not maker.running


@pytest.mark.parametrize("with_strip", [True, False])
def test_a_bundle_that_is_not_made_is_said_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, with_strip: bool
) -> None:
    def refuse(*given: object, **_: object) -> str:
        progress = given[-1]
        assert callable(progress)
        progress(0, 0)
        raise InputRefused("sync.peer_unknown", known="-")

    monkeypatch.setattr(bundles, "make", refuse)
    desk.window.run("make_bundle")
    strip = desk.work.strip
    if not with_strip:
        desk.work.close_strip()
    desk.work.acts._maker.start("feedface" * 2, tmp_path)
    desk.qtbot.waitUntil(lambda: not desk.work.acts._maker.running, timeout=5000)
    settle()
    assert (desk.window.banner.text is None) == with_strip
    if with_strip:
        assert isinstance(strip, MakeStrip) and strip.complaint
        desk.work.close_strip()
