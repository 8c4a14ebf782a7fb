"""A centre on a real PostgreSQL server: two data managers at two PCs, and a ward that knows one centre."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mda5_crf.db import projection
from mda5_crf.errors import StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import verification
from mda5_crf.services.asof import Moment, as_of, present
from mda5_crf.services.session import Session, create
from mda5_crf.sync import bundles, devices
from tests.commandline import call
from tests.once import one_salt_each

if TYPE_CHECKING:
    from tests.pgserver import Server

ONE, TWO, WARD = "seven green bottles", "eight green bottles", "nine green bottles"
EACH = 10
"""Records that each of two processes writes, at the same time."""
NOTICED = 0.3
"""Seconds after which a session sees what a colleague wrote."""


@dataclass
class Trial:
    """A centre with two people at two PCs, a ward that was registered, and a participant there."""

    address: str
    folder: Path
    one: Session
    two: Session
    ward: Session
    form: ItemKey

    def queries(self, session: Session) -> set[str]:
        return {query.text.en for query in session.queries()}

    def raised(self, session: Session, words: str) -> None:
        session.raise_query(self.form, words)

    def to_ward(self, session: Session) -> int:
        """A bundle of the centre, made at this PC and taken at the ward; how many records were new."""
        file = bundles.make(session, self.ward.device, self.folder)
        report = bundles.take(self.ward, file)
        assert (report.aside, dict(report.passed_over)) == ((), {})
        return report.new

    def to_centre(self, session: Session) -> tuple[int, ...]:
        """A bundle of the ward, taken at this PC; the centre's bundles that it confirms."""
        report = bundles.take(session, bundles.make(self.ward, session.device, self.folder))
        assert (report.aside, dict(report.passed_over)) == ((), {})
        return report.confirmed


def at(folder: Path, name: str) -> None:
    os.environ["MDA5_CRF_CONFIG"] = str(folder / name)


@pytest.fixture(scope="module")
def trial(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    folder, name = tmp_path_factory.mktemp("trial"), server.database()
    address = server.address(name)
    with pytest.MonkeyPatch.context() as patch, one_salt_each():
        patch.setenv("MDA5_CRF_CONFIG", "")
        at(folder, "one")
        one = create(
            address,
            site="00",
            name="Centre",
            login="d01",
            person="Wei Zhang",
            role="data_manager",
            password=ONE,
        )
        one.add_person("d02", "Min Chen", "data_manager", TWO, own_password=ONE)
        at(folder, "two")
        two = Session.open(address, "d02", TWO)
        at(folder, "ward")
        ward = create(
            folder / "ward.mda5", site="01", name="Ward 3", login="i01", person="Jun Zhao",
            role="investigator", password=WARD,
        )  # fmt: skip
        devices.add_card(one, devices.card(ward), own_password=ONE)
        devices.add_card(ward, devices.card(two), own_password=WARD)
        enrolled = ward.enrol()
        made = Trial(address, folder, one, two, ward, ItemKey(enrolled.identity, "SCR", "VS"))
        with one, two, ward:
            made.to_centre(two)
            yield made
    server.drop(name)


def sound(*sessions: Session) -> None:
    for session in sessions:
        assert verification.run(session, {}).troubles == ()


@pytest.mark.requirement("CN-4")
def test_queries_of_two_pcs_reach_the_ward_in_one_bundle(trial: Trial) -> None:
    """The ward knows one centre by one card; what either does there comes in that centre's next bundle."""
    devices_there = {trial.one.device, trial.one.vault.station, trial.two.vault.station}
    assert (len(devices_there), trial.one.device) == (3, trial.two.device)
    trial.raised(trial.one, "Asked at PC one.")
    trial.raised(trial.two, "Asked at PC two.")
    assert trial.to_ward(trial.one) > 0
    asked = {"Asked at PC one.", "Asked at PC two."}
    assert trial.queries(trial.ward) == asked
    chains = set(trial.ward.vault.journal.heads())
    assert devices_there < chains
    query = next(q for q in trial.ward.queries() if q.text.en == "Asked at PC two.")
    trial.ward.answer_query(query.id, "Looked up in the chart.")
    assert trial.to_centre(trial.two) == (1,), "the ward's next bundle is taken by either"
    time.sleep(NOTICED)
    assert {q.answer for q in trial.one.queries()} == {"", "Looked up in the chart."}
    before = trial.ward.vault.journal.heads()
    trial.to_ward(trial.two)
    grown = {d: h[0] - before[d][0] for d, h in trial.ward.vault.journal.heads().items()}
    assert all(count < 12 for count in grown.values()), "what the ward confirmed is not sent again"
    sound(trial.one, trial.two, trial.ward)


def test_what_a_colleague_did_is_seen_and_two_acts_at_once_both_stay(trial: Trial) -> None:
    trial.raised(trial.one, "Which of the two?")
    time.sleep(NOTICED)
    (query,) = [q for q in trial.two.queries() if q.text.en == "Which of the two?"]
    heard: list[str] = []
    trial.two.news.append(lambda: heard.append("news"))
    trial.one.close_query(query.id, "settled")
    time.sleep(NOTICED)
    trial.two.look()
    assert heard == ["news"]
    assert not [q for q in trial.two.queries() if q.id == query.id and q.is_open]
    trial.two.news.clear()
    sound(trial.one)


def test_a_past_moment_is_that_of_all_pcs(trial: Trial) -> None:
    """What a colleague had written then is in it, what was written after it is not; by head and by time."""
    trial.raised(trial.two, "Before the moment.")
    head = trial.two.vault.journal.heads()[trial.two.vault.station][0]
    time.sleep(0.02)
    at_that_time = trial.one.now()
    time.sleep(0.02)
    trial.raised(trial.one, "After the moment.")
    for moment in (Moment(heads={trial.two.vault.station: head}), Moment(at=at_that_time)):
        with as_of(trial.one, moment) as then:
            assert "Before the moment." in trial.queries(then)
            assert "After the moment." not in trial.queries(then)
    with as_of(trial.one, present(trial.one)) as now:
        assert "After the moment." in trial.queries(now)


def test_an_ended_colleague_holds_up_no_bundle(trial: Trial) -> None:
    """Whoever is logged in elsewhere when the account ends writes nothing that a ward would refuse."""
    login, secret = "d03", "ten green bottles"
    trial.one.add_person(login, "Yan Sun", "data_manager", secret, own_password=ONE)
    at(trial.folder, "three")
    third = Session.open(trial.address, login, secret)
    trial.raised(third, "Still allowed.")
    trial.one.disable_person(login, own_password=ONE, reason="left")
    with pytest.raises(StoreError) as caught:
        trial.raised(third, "No longer allowed.")
    assert caught.value.code == "shared.account_gone"
    third.close()
    trial.to_ward(trial.one)
    assert "Still allowed." in trial.queries(trial.ward)
    assert "No longer allowed." not in trial.queries(trial.ward)
    sound(trial.one, trial.ward)


_WORKER = """
import json, sys
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.session import Session
address, login, password, subject, count = sys.argv[1:]
with Session.open(address, login, password) as session:
    print("ready", flush=True)
    sys.stdin.readline()
    made = []
    for number in range(int(count)):
        before = session.vault.journal.vector().get(session.vault.station, 0)
        session.raise_query(ItemKey(subject, "SCR", "VS"), f"{login} asks {number}")
        made.append(session.vault.journal.vector()[session.vault.station] - before)
    print(json.dumps({"station": session.vault.station, "made": made}), flush=True)
"""


def test_two_processes_write_at_once_and_nothing_is_lost(trial: Trial) -> None:
    """Real processes, one server: each record has its place, and rebuilding gives the same projections."""
    workers = []
    for name, login, secret in (("one", "d01", ONE), ("two", "d02", TWO)):
        environment = {**os.environ, "MDA5_CRF_CONFIG": str(trial.folder / name)}
        words = [sys.executable, "-c", _WORKER, trial.address, login, secret, trial.form.subject, str(EACH)]
        workers.append(
            subprocess.Popen(
                words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                text=True,
            )
        )  # fmt: skip
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n", worker.communicate()[1]
    told = []
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker in workers:
        out, problems = worker.communicate(timeout=60)
        assert worker.returncode == 0, problems
        told.append(json.loads(out))
    assert {one["station"] for one in told} == {trial.one.vault.station, trial.two.vault.station}
    assert all(min(one["made"]) >= 1 for one in told)
    time.sleep(NOTICED)
    wanted = {f"{login} asks {number}" for login in ("d01", "d02") for number in range(EACH)}
    assert wanted <= trial.queries(trial.one)
    sound(trial.one)
    with trial.one.vault.store.transaction() as tx:
        folded = projection.dump(tx)
        projection.rebuild(tx)
        assert projection.dump(tx) == folded
    assert trial.to_ward(trial.two) >= 2 * EACH
    assert wanted <= trial.queries(trial.ward)
    sound(trial.ward)


def test_commands_take_the_address_wherever_they_take_a_vault(trial: Trial, tmp_path: Path) -> None:
    who = ("--user", "d01")
    at(trial.folder, "one")
    for words in (
        ("users", "list", trial.address), ("show", trial.address), ("verify", trial.address),
        ("query", "list", trial.address), ("audit", trial.address), ("bundle", "list", trial.address),
        ("devices", "list", trial.address), ("backup", "make", trial.address),
        ("lock", "list", trial.address),
        ("export", trial.address, "--as", "odm", "-o", tmp_path / "values.xml"),
    ):  # fmt: skip
        assert call(*words, *who, secret=ONE).good().err == "", words
    made = call("bundle", "make", trial.address, "--to", "Ward 3", "-o", tmp_path, *who, secret=ONE).good()
    assert list(tmp_path.glob("*.mda5b")), made.out
    call("enrol", trial.address, *who, secret=ONE).refused(1)
    call("identities", "list", trial.address, *who, secret=ONE).refused(1)
    telling = trial.address.replace("clerk@", "clerk:swordfish@")
    refused = call("show", telling, *who, secret=ONE).refused(1, "password")
    assert "swordfish" not in refused.err + refused.out
    target = ("--second", "d02", "--second-password-file", tmp_path / "second")
    (tmp_path / "second").write_text(TWO)
    call("restore", tmp_path, trial.address, *target, *who, secret=ONE).refused(1, "folder")
    call("move-to", trial.address, trial.address, *target, *who, secret=ONE).refused(1, "folder")
