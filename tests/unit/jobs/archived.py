"""A ward, its second PC, another ward and a centre where everything has happened, as whole ODM archives."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from mda5_crf.db.records import Draft
from mda5_crf.services import instudy, signing_forms
from mda5_crf.services.session import Session
from tests.amended import NEW, newer_folder
from tests.once import built_once, one_salt_each
from tests.scenario import Ward
from tests.unit.exchange.test_odm_history import ODD, WHY, rich
from tests.unit.sync import synckit
from tests.unit.sync.synckit import PCS, A, B, C, X, enter_value, item, write
from tests.vaults import PEOPLE, enter, password
from tests.wards import built as young
from tests.wards import trial

SECRET = "Wang Xiaoming of bed 12"


@dataclass
class World(synckit.World):
    """As ever, with the definition that is in force."""

    def __getitem__(self, pc: str) -> Session:
        if pc not in self.open:
            if not (self.base / pc).exists():
                shutil.copytree(synckit.built() / pc, self.base / pc)
            vault = enter(self.base / pc, PCS[pc][2])
            self.open[pc] = Session(vault, instudy.in_force(vault))
        return self.open[pc]


def built() -> Path:
    """The vaults of all, made once in a run; copy before use."""
    with one_salt_each():
        return built_once("archived", _build)


def _build(base: Path) -> None:
    (base / "stick").mkdir(parents=True)
    world = World(base, base / "stick")
    here = world[A]
    for login in ("n07", "d02"):
        _admit(here, login)
    _admit(world[C], "a03")
    ward = Ward(here).enrol()
    rich(ward)
    secret = ward.open("W4", "SV").enter("SVREASOC", SECRET)
    told = [one.id for one in here.vault.journal.records(secret.key("SVREASOC").path())]
    here.redact(told, WHY, (), own_password=password("i01"), second=("d02", password("d02")))
    _sign(ward)
    _disagree(world, ward)
    _centre(world, ward)
    _amend(world, ward)
    world.close()
    shutil.rmtree(base / "stick")
    for pc in PCS:
        shutil.rmtree(base / pc / "backups", ignore_errors=True)


def _admit(session: Session, login: str) -> None:
    name, role, secret = PEOPLE[login]
    session.add_person(login, name, role, secret, own_password=password(session.person.login))


def _sign(ward: Ward) -> None:
    """Two forms signed; one of them changed since, so its signature stands no more."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(signing_forms, "_require_settled", lambda _session, _form: None)
        for event in ("W12", "W24"):
            form = ward.open(event, "VS").enter_all(VSPERF="Y", SYSBP_VSORRES="118")
            write(ward.session, Draft("status", form.entry.key.path(), {"status": "complete"}))
            ward.session.refresh()
            ward.session.sign(form.entry.key, "REVIEWED", password("i01"), "i01")
    ward.open("W24", "VS").enter("SYSBP_VSORRES", "119", because="typing error")


def _disagree(world: World, ward: Ward) -> None:
    """The second PC of the ward answers otherwise, knowing nothing, and writes what it may not."""
    world.send(A, B)
    key = item(ward.subject, "PULSE_VSORRES")
    for pc, text in ((A, "70"), (B, "74")):
        world[pc].refresh()
        enter_value(world[pc], key, text)
    # A number of another ward: set aside wherever it comes.
    write(world[B], Draft("subject", "", {"subjid": "02-009", "site": "01"}))
    world.send(B, A)
    world[A].refresh()


def _centre(world: World, ward: Ward) -> None:
    """The centre asks and freezes, and hears of another ward."""
    far = world[X].enrol().identity
    enter_value(world[X], item(far), "131")
    for sender in (X, A):
        world.send(sender, C)
    centre = world[C]
    centre.refresh()
    for subject in (ward.subject, far):
        centre.raise_query(item(subject, "SYSBP_VSORRES"), f"Right? {ODD}")
    centre.set_lock(item(ward.subject, event="W12").form_key(), "frozen", "monitoring")
    world.send(C, A)
    world[A].refresh()


def _amend(world: World, ward: Ward) -> None:
    """The definition changes, the ward approves, and answers are entered under the new one."""
    proposed = world[C].propose_amendment(newer_folder())
    world[C].amend(proposed, "Amendment 1", password("d02"), ("a03", password("a03")))
    world.close(C)
    world.send(C, A)
    day = world[A].now().astimezone(world[A].zone).date()
    world[A].approve_for_site(NEW, day - timedelta(days=1), day, password("i01"))
    world.close(A)
    again = Ward(world[A], ward.subject)
    again.open("W36", "VS").enter_all(VSPERF="Y", VSREST="Y", SYSBP_VSORRES="125")
    world.send(A, C)


def empty(folder: Path, site: str) -> Session:
    """A new vault of that site, with nothing in it, open for who founded it or (centre) its data manager."""
    shutil.copytree(young(site, "Empty"), folder)
    return Session(enter(folder), trial())
