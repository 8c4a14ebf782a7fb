"""The page of copies in the hands of a user."""

from __future__ import annotations

from mda5_crf.ui.backup_page import BackupPage
from tests.gui.shell_driver import Desk, settle


def opened(desk: Desk) -> BackupPage:
    desk.window.run("backups")
    settle()
    page = desk.work.office.page
    assert isinstance(page, BackupPage)
    return page


def done(desk: Desk, page: BackupPage) -> str:
    """Wait until the work is over; what is said of it."""
    desk.qtbot.waitUntil(lambda: page._job is None, timeout=20_000)
    settle()
    return page.result.text()
