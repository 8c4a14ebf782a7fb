"""A second version of the trial's definition, and a centre and a ward between which it travels.

What is new in version 2.3.0 of form VS: an item (VSREST), another limit (systolic, soft, 140), an item
that is gone (TEMP_VSLOC), one under another name (VSTIM → VSTIMES), an answer (POSITION: RECLINED).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Final

from mda5_crf.db.vault import create_vault
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import instudy
from mda5_crf.services.session import Session
from mda5_crf.settings import study_directory
from mda5_crf.study import parity, parity_oids
from mda5_crf.study import source as sources
from mda5_crf.study.load import load
from mda5_crf.study.model import Study
from mda5_crf.sync import bundles, devices
from mda5_crf.sync.report import Report
from tests.once import built_once, loaded_from, one_salt_each
from tests.scenario import Ward
from tests.vaults import PEOPLE, enter, password
from tests.wards import NOW, Clock, trial

OLD, NEW = "2.2.1", "2.3.0"
APPROVED, BEGINS = date(2026, 9, 3), date(2026, 9, 10)
BEFORE = datetime(2026, 9, 5, 2, 0, tzinfo=UTC)
AFTER = datetime(2026, 9, 12, 2, 0, tzinfo=UTC)
SECOND: Final = ("a03", PEOPLE["a03"][2])
_NEW_ITEM = """  [[group.item]]
  name = "VSREST"
  type = "code"
  label = { en = "Rested for five minutes?", zh = "是否已休息五分钟？" }
  codelist = "NY2"
  required = true
  sdtm = "[NOT SUBMITTED]"

  [[group.item]]
  name = "SYSBP_VSORRES"
"""


def written(folder: Path, version: str = NEW, *more: tuple[str, str, str]) -> Path:
    """The newer definition in ``folder``; ``more``: file, text, and what stands there instead."""
    shutil.copytree(study_directory(), folder, ignore=shutil.ignore_patterns("cases"))
    changes = [
        ("study.toml", 'version = "2.2.1"', f'version = "{version}"'),
        ("forms/VS.toml", '  [[group.item]]\n  name = "SYSBP_VSORRES"\n', _NEW_ITEM),
        ("forms/VS.toml", "soft = [90, 160]", "soft = [90, 140]"),
        ("forms/VS.toml", 'name = "VSTIM"\n', 'name = "VSTIMES"\n  renamed_from = "VSTIM"\n'),
        ("oids.lock", "item\tVS.TEMP_VSLOC\tcode\n", ""),
        *more,
    ]
    for name, was, now in changes:
        file = folder / name
        text = file.read_text(encoding="utf-8")
        assert text.count(was) == 1, (name, was, text.count(was))
        file.write_text(text.replace(was, now), encoding="utf-8", newline="\n")
    _cut(folder / "forms/VS.toml", '  [[group.item]]\n  name = "TEMP_VSLOC"\n', "  [[group.item]]\n")
    _put_code(folder / "codelists.toml")
    return folder


def agreed(folder: Path) -> Path:
    """Every text of the definition in ``folder`` is approved as saying the same in both languages."""
    study = load(folder)
    for name, text in (
        (
            parity.NAME,
            parity.approve(sources.unpack(study.source), _lock(folder, parity.NAME), "Tester", BEGINS)[0],
        ),
        (parity_oids.NAME, parity_oids.approve(study, _lock(folder, parity_oids.NAME))),
    ):
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return folder


def _lock(folder: Path, name: str) -> str:
    return (folder / name).read_text(encoding="utf-8")


def _cut(file: Path, start: str, end: str) -> None:
    text = file.read_text(encoding="utf-8")
    first = text.index(start)
    file.write_text(
        text[:first] + text[text.index(end, first + len(start)) :], encoding="utf-8", newline="\n"
    )


def _put_code(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    place = text.index("]", text.index('{ code = "STANDING"'))
    new = '  { code = "RECLINED", en = "Reclined", zh = "半卧" },\n'
    file.write_text(text[:place] + new + text[place:], encoding="utf-8", newline="\n")


@cache
def newer_folder() -> Path:
    """The folder of version 2.3.0, made once in a run."""
    return built_once("definition-2.3.0", lambda folder: agreed(written(folder)))


def newer() -> Study:
    """Version 2.3.0."""
    return loaded_from(newer_folder())


# -- a centre and a ward ---------------------------------------------------------------------------------

PCS: Final = {"centre": ("00", "Centre", "d02"), "ward": ("01", "Ward 3", "i01")}
OTHERS: Final = {"centre": ("a03",), "ward": ("n07",)}


def built() -> Path:
    """The folders of both, each knowing the other; tests must not change them."""
    with one_salt_each():
        return built_once("amended", _build)


def _build(base: Path) -> None:
    base.mkdir()
    sessions = {}
    for name, (site, title, login) in PCS.items():
        full_name, role, secret = PEOPLE[login]
        vault = create_vault(
            base / name, study_oid=trial().oid, definition=(trial().hash, trial().source), site=site,
            name=title, person=(login, full_name, role), password=secret, version=trial().version,
            zone=trial().timezone, clock=lambda: NOW,
        )  # fmt: skip
        sessions[name] = Session(vault, trial(), lambda: NOW)
        for other in OTHERS[name]:
            person, role, own = PEOPLE[other]
            sessions[name].add_person(other, person, role, own, own_password=secret)
    one, two = sessions.values()
    for here, there in ((one, two), (two, one)):
        devices.add_card(here, devices.card(there), own_password=password(here.person.login))
    for session in sessions.values():
        session.vault.close()


@dataclass
class Pair:
    """A centre and a ward of one test, and a stick between them. A log-in chooses the definition, as ever."""

    base: Path
    clock: Clock = field(default_factory=Clock)
    open: dict[str, Session] = field(default_factory=dict)

    def at(self, pc: str, login: str = "") -> Session:
        """The session at a PC; with a log-in, or after :meth:`close`, a new one."""
        if login and pc in self.open:
            self.close(pc)
        if pc not in self.open:
            if not (self.base / pc).exists():
                shutil.copytree(built() / pc, self.base / pc)
            vault = enter(self.base / pc, login or PCS[pc][2], self.clock)
            self.open[pc] = Session(vault, instudy.in_force(vault, self.clock), self.clock)
        return self.open[pc]

    @property
    def centre(self) -> Session:
        return self.at("centre")

    @property
    def ward(self) -> Session:
        return self.at("ward")

    def close(self, *pcs: str) -> None:
        for pc in pcs or list(self.open):
            self.open.pop(pc).vault.close()

    def send(self, sender: str, receiver: str, *, everything: bool = False) -> Report:
        """A bundle from one to the other."""
        (self.base / "stick").mkdir(exist_ok=True)
        there = self.at(receiver)
        file = bundles.make(self.at(sender), there.device, self.base / "stick", everything)
        return bundles.take(there, file)

    def amended(self, folder: Path | None = None, reason: str = "Protocol amendment 1") -> None:
        """The centre announces the newer definition."""
        proposed = self.centre.propose_amendment(folder or newer_folder())
        self.centre.amend(proposed, reason, password("d02"), SECOND)

    def approved(self) -> None:
        """It is announced, came to the ward, and is approved there."""
        self.amended()
        self.send("centre", "ward")
        self.clock.now = BEFORE
        self.ward.approve_for_site(NEW, APPROVED, BEGINS, password("i01"))
        self.close("ward")

    def entered(self, event: str, subject: str = "", **values: str) -> tuple[Ward, ItemKey]:
        """Vital signs entered at the ward, of a new participant or of ``subject``."""
        person = Ward(self.ward, subject) if subject else Ward(self.ward).enrol()
        form = person.open(event, "VS")
        for name, text in {"VSPERF": "Y", **values}.items():
            form.enter(name, text)
        return person, form.entry.key


@contextmanager
def pair(base: Path, clock: Callable[[], Clock] = Clock) -> Iterator[Pair]:
    """Fresh copies of both."""
    made = Pair(base, clock())
    try:
        yield made
    finally:
        made.close()


def key(form: ItemKey, item: str, study: Study | None = None) -> ItemKey:
    """The key of an item of a form with one instance."""
    group = (study or trial()).forms[form.form].items[item].group
    return form._replace(group=group, item=item)
