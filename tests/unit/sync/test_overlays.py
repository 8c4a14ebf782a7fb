"""A check changed at the centre, carried to the wards: what follows there, and what is set aside."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mda5_crf.db.records import Draft
from mda5_crf.db.verify import verify
from mda5_crf.services import overlays
from mda5_crf.services.why import why
from mda5_crf.study.model import Severity
from mda5_crf.text import Text
from tests.commandline import act
from tests.once import built_once, one_salt_each
from tests.unit.sync.synckit import MONITOR, A, C, World, X, enter_value, item, rebuilt_alike, write
from tests.vaults import PEOPLE, password

SECOND, SECRET = MONITOR[0], MONITOR[2]
WHY = Text("Too many questions at two sites", "两个中心质疑过多")
SYS, DIA = "SYSBP_VSORRES", "DIABP_VSORRES"


@pytest.fixture
def told(world: World) -> World:
    """The world with a second person at the centre."""
    with one_salt_each():
        template = built_once("sync-second", _with_second)
    shutil.copytree(template / C, world.base / C)
    return world


def _with_second(base: Path) -> None:
    base.mkdir()
    made = World(base, base)
    made[C].add_person(SECOND, MONITOR[1], "monitor", SECRET, own_password=password("d02"))
    made.close()


def change(world: World, check: str, action: str) -> overlays.Line:
    return overlays.set_overlay(
        world[C], check, action, world[C].today, None, WHY,
        own_password=password("d02"), second=(SECOND, SECRET),
    )  # fmt: skip


def withdraw(world: World, line: overlays.Line) -> None:
    overlays.withdraw(world[C], line.id, WHY, own_password=password("d02"), second=(SECOND, SECRET))


def findings(world: World, pc: str, subject: str) -> dict[str, Severity]:
    form = item(subject).form_key()
    return {f.check: f.severity for f in world[pc].state(form).findings if f.check != "REQUIRED"}


def odd(world: World, subject: str) -> None:
    """Blood pressures that cannot be."""
    for name, text in (("VSPERF", "Y"), (SYS, "80"), (DIA, "95")):
        enter_value(world[A], item(subject, name), text)


@pytest.mark.requirement("E6-3")
def test_from_centre_to_ward_and_back(told: World) -> None:
    subject = told[A].enrol().identity
    odd(told, subject)
    before = findings(told, A, subject)
    check = next(oid for oid, severity in before.items() if severity == "hard")
    values = {key: state.value for key, state in told[A].state(item(subject).form_key()).items.items()}

    line = change(told, check, "warning")
    told.send(C, A)
    told.send(C, X)
    after = findings(told, A, subject)
    assert after == {**before, check: Severity.WARNING}
    assert told[X].study.overlays == told[A].study.overlays == told[C].study.overlays != ()
    said = [reason for reason in why(told[A], item(subject, SYS)) if check in reason.text.en]
    assert WHY.zh in said[0].told[0].text.zh and "made this a warning" in said[0].told[0].text.en
    assert overlays.listed(told[A])[0].person == PEOPLE["d02"][0]
    now = told[A].state(item(subject).form_key())
    assert {key: state.value for key, state in now.items.items()} == values
    assert verify(told[A].vault.store) == [] and rebuilt_alike(told[A])

    withdraw(told, line)
    told.send(C, A)
    assert findings(told, A, subject) == before and told[A].study.overlays == ()
    assert overlays.listed(told[A])[0].state == "withdrawn"
    assert verify(told[A].vault.store) == []


def test_a_query_of_a_check_that_is_off_resolves_with_the_next_entry(told: World) -> None:
    """And one whose check only speaks more softly stays a question."""
    subject = told[A].enrol().identity
    odd(told, subject)
    entry = told[A].entry(item(subject).form_key())
    standing = told[A].state(item(subject).form_key()).findings
    hard = next(f for f in standing if f.severity == "hard" and f.check != "REQUIRED")
    asked = entry.put_to_query(hard)
    soft = change(told, hard.check, "warning")
    told.send(C, A)
    enter_value(told[A], item(subject, "PULSE_VSORRES"), "70")
    assert {q.id: q.state for q in told[A].queries(subject)}[asked.id] == "Open"
    withdraw(told, soft)
    change(told, hard.check, "off")
    told.send(C, A)
    assert {q.id: q.state for q in told[A].queries(subject)}[
        asked.id
    ] == "Open"  # nothing is recorded by a bundle
    enter_value(told[A], item(subject, "PULSE_VSORRES"), "71")
    assert {q.id: q.state for q in told[A].queries(subject)}[asked.id] == "Resolved"
    assert any(check == hard.check for check in [line.check for line in overlays.listed(told[A])])
    told.send(A, C)
    assert {q.id: q.state for q in told[C].queries(subject)}[asked.id] == "Resolved"


def test_what_a_ward_or_a_single_person_sends_is_set_aside(told: World) -> None:
    line = change(told, "AE-05", "off")
    content = told[C].vault.journal.get(line.id)
    assert content is not None
    write(told[A], Draft("overlay", "", dict(content.data)))  # copied into a ward's own chain
    report = told.send(A, C)
    assert len(report.aside) == 1 and "did not sign it" in report.aside[0][1].en
    assert len(overlays.listed(told[C])) == 1
    single = {**content.data, "second": {**content.data["second"], "person": told[C].person.id}}
    write(told[C], Draft("overlay", "", single))
    report = told.send(C, A)
    assert len(report.aside) == 1 and len(overlays.listed(told[A])) == 1
    # The ward's own false record is named, the one that was set aside is not.
    assert {trouble.place.split(":")[0] for trouble in verify(told[A].vault.store)} == {told[A].device}


def test_by_command(told: World, tmp_path: Path) -> None:
    file = tmp_path / "second"
    file.write_text(SECRET, encoding="utf-8")
    vault = told.base / C
    words = ("study", "overlay", vault)
    day = "2099-12-01"
    good = act(
        *words, "set", "IE-16", "--action", "warning", "--from", day, "--reason", "x", "--reason-zh", "甲",
        "--second", SECOND, "--second-password-file", file, login="d02",
    ).good()  # fmt: skip
    assert "IE-16 is a warning from 2099-12-01" in good.out and "protects consent or eligibility" in good.out
    (one,) = act(*words, "list", "--json", login="d02").good().json()
    assert (one["check"], one["action"], one["from"], one["until"], one["state"]) == (
        "IE-16", "warning", day, None, "waits",
    )  # fmt: skip
    assert "IE-16" in act(*words, "list", "--language", "zh", login="d02").good().out
    act(
        *words, "set", "IE-16", "--action", "off", "--from", day, "--reason", "x", "--reason-zh", "甲",
        "--second", SECOND, "--second-password-file", file, login="d02",
    ).refused(1, "cannot be switched off")  # fmt: skip
    act(*words, "set", "AE-05", "--action", "off", "--from", "soon", login="d02").refused(1, "soon")
    act(*words, "set", "AE-05", "--action", "off", "--from", day, login="d02").refused(1, "--second")
    act(*words, "set", "AE-05", login="d02").refused(2, "--action")
    act(*words, "change", "AE-05", login="d02").refused(2, "withdraw")
    act(*words, "withdraw", one["id"], "--reason", "x", "--reason-zh", "甲", "--second", SECOND,
        "--second-password-file", file, login="d02").good()  # fmt: skip
    (gone,) = act(*words, "list", "--json", login="d02").good().json()
    assert gone["state"] == "withdrawn"
