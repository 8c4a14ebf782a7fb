"""An amendment from the centre's desk to a form at the ward, by commands alone."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from tests.amended import NEW, OLD, newer_folder, pair
from tests.commandline import act, remembered_keys
from tests.vaults import password


@pytest.mark.requirement("E6-13")
def test_an_amendment_travels_and_applies_only_once_the_site_approved(tmp_path: Path) -> None:
    secret = tmp_path / "second.txt"
    secret.write_text(password("a03"), encoding="utf-8")
    with pair(tmp_path) as two:
        person, _ = two.entered("BL", TEMP_VSLOC="AXILLA", SYSBP_VSORRES="150")
        subject = two.ward.subjid(person.subject)
        two.send("ward", "centre")
    centre, ward, stick = tmp_path / "centre", tmp_path / "ward", tmp_path / "stick"
    today = datetime.datetime.now(datetime.UTC).date()
    with remembered_keys():
        words: tuple[object, ...] = ("study", "amend", centre, newer_folder(), "--reason", "Amendment 1")
        act(*words, "--dry-run", login="d02").refused(1, "1 problem")
        words = (*words, "--retire", "VS.TEMP_VSLOC")
        act(*words, "--dry-run", login="d02").good()
        act(*words, login="d02").refused(1, "two persons")
        done = act(*words, "--second", "a03", "--second-password-file", secret, login="d02").good()
        assert "VSREST" in done.out and NEW in done.out
        act(*words, "--second", "a03", "--second-password-file", secret, login="d02").refused(
            1, "known here already"
        )
        before = set(stick.iterdir())
        act("bundle", "make", centre, "--to", "Ward 3", "-o", stick, login="d02").good()
        (file,) = set(stick.iterdir()) - before
        act("bundle", "take", ward, file).good()
        listed = act("study", "versions", ward, "--json").good().json()
        assert [(one["version"], one["in_force"]) for one in listed] == [(NEW, False), (OLD, True)]
        approve = (
            "study",
            "approve-for-site",
            ward,
            NEW,
            "--approved",
            today.isoformat(),
            "--from",
            today.isoformat(),
        )
        act(*approve, login="n07").refused(1)
        act(*approve).good()
        act("enter", ward, subject, "BL", "VS", "PULSE_VSORRES=70").good()
        shown = act("show", ward, subject, "BL", "VS", "--json").good().json()
        assert shown["version"] == OLD and shown["not_collected"] == ["Rested for five minutes?"]
        act("enter", ward, subject, "W4", "VS", "VSPERF=Y", "VSREST=Y").good()
        assert act("show", ward, subject, "W4", "VS", "--json").good().json()["version"] == NEW
        move = ("study", "move-form", ward, subject, "BL", "VS", "--to", NEW)
        plan = act(*move, "--dry-run").good()
        assert "Temperature site" in plan.out and "Nothing was written" in plan.out
        act(*move).refused(1, "reason")
        act(*move, "--reason", "OTHER:site wants one form").good()
        shown = act("show", ward, subject, "BL", "VS", "--json").good().json()
        assert shown["version"] == NEW and shown["unseen"] == ["Temperature site: AXILLA Axilla"]
        act("verify", ward).good()
        act("verify", centre, login="d02").good()
