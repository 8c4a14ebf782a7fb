"""A mistake of ours costs one sentence with an id: no value in the log, and the page goes on."""

from __future__ import annotations

import logging
import sys

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from mda5_crf.errors import CrfError
from mda5_crf.ui.mistakes import noted, places
from mda5_crf.ui.worker import Job, Progress

SECRET = "张三 610112199001011234"


def blunder(_: Progress) -> None:
    raise ValueError(SECRET)


def test_who_started_a_job_hears_of_our_mistake(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[CrfError] = []
    parent = QObject()
    Job(parent, blunder, lambda _: None, heard.append)
    qtbot.waitUntil(lambda: bool(heard))
    (told,) = heard
    identity = caplog.records[0].getMessage().split()[1].rstrip(":")
    assert identity in told.text.zh
    assert "test_mistakes:" in caplog.text
    assert SECRET not in caplog.text
    assert SECRET not in told.text.en + told.text.zh


def test_what_is_logged_is_class_and_place(caplog: pytest.LogCaptureFixture) -> None:
    try:
        blunder(print)
    except ValueError:
        kind, _, trace = sys.exc_info()
        assert kind is not None
        noted(kind, trace)
        assert places(trace)[0].startswith("test_mistakes:")
    assert [r.levelno for r in caplog.records] == [logging.ERROR]
    assert "ValueError" in caplog.text
    assert SECRET not in caplog.text
