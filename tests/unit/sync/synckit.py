"""A small study in encrypted vaults: two PCs of ward 01, one of ward 02, a centre; all know who they must.

Built once in a run (signatures cost Argon2id), copied for every test, opened without deriving again.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from mda5_crf.db import projection, read
from mda5_crf.db.records import AuditRecord, Draft
from mda5_crf.db.vault import create_vault
from mda5_crf.errors import BundleError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.session import Session
from mda5_crf.study.model import Study
from mda5_crf.sync import bundles, devices
from mda5_crf.sync.report import Report
from tests.once import built_once, one_salt_each
from tests.vaults import PEOPLE, enter, password
from tests.wards import trial

A, B, X, C = "a", "b", "x", "c"
PCS: Final[Mapping[str, tuple[str, str, str]]] = {
    A: ("01", "Ward 3 bed side", "i01"),
    B: ("01", "Ward 3 office", "i01"),
    X: ("02", "Ward 9", "i01"),
    C: ("00", "Centre", "d02"),
}
FRIENDS: Final = ((A, B), (A, C), (B, C), (X, C))
MONITOR: Final = ("m05", "Zhao Min", "copper-violin-31-harvest")


def study() -> Study:
    """The trial's definition, loaded once."""
    return trial()


def found(folder: Path, name: str, site: str, login: str) -> Session:
    """A new vault of the study, open for its founder."""
    full_name, role, secret = PEOPLE[login]
    definition = (study().hash, study().source)
    with one_salt_each():
        vault = create_vault(
            folder, study_oid=study().oid, definition=definition, site=site, name=name,
            person=(login, full_name, role), password=secret, version=study().version,
        )  # fmt: skip
    return Session(vault, study())


def befriend(one: Session, other: Session) -> None:
    """Each registers the other's card."""
    for here, there in ((one, other), (other, one)):
        devices.add_card(here, devices.card(there), own_password=password(here.person.login))


def built() -> Path:
    """The folders of all PCs; tests must not change them."""
    with one_salt_each():
        return built_once("sync", _build)


def _build(base: Path) -> None:
    base.mkdir()
    sessions = {pc: found(base / pc, name, site, login) for pc, (site, name, login) in PCS.items()}
    login, name, secret = MONITOR
    sessions[A].add_person(login, name, "monitor", secret, own_password=password("i01"))
    for one, other in FRIENDS:
        befriend(sessions[one], sessions[other])
    for session in sessions.values():
        session.vault.close()


@dataclass
class World:
    """The PCs of one test, opened when first asked for, and one stick between them."""

    base: Path
    stick: Path
    open: dict[str, Session] = field(default_factory=dict)

    def __getitem__(self, pc: str) -> Session:
        if pc not in self.open:
            if not (self.base / pc).exists():
                shutil.copytree(built() / pc, self.base / pc)
            self.open[pc] = Session(enter(self.base / pc, PCS[pc][2]), study())
        return self.open[pc]

    def close(self, *pcs: str) -> None:
        """Close some PCs, or all."""
        for pc in pcs or list(self.open):
            self.open.pop(pc).vault.close()

    def as_monitor(self) -> Session:
        """PC A in the hands of the monitor."""
        self.close(*[pc for pc in (A,) if pc in self.open])
        if not (self.base / A).exists():
            shutil.copytree(built() / A, self.base / A)
        self.open[A] = Session.open(self.base / A, MONITOR[0], MONITOR[2])
        return self.open[A]

    def make(self, sender: str, receiver: str, *, everything: bool = False) -> Path:
        return bundles.make(self[sender], self[receiver].device, self.stick, everything)

    def send(self, sender: str, receiver: str, *, everything: bool = False) -> Report:
        """Make at one PC, take at the other."""
        return bundles.take(self[receiver], self.make(sender, receiver, everything=everything))

    def refused(self, receiver: str, file: Path) -> BundleError:
        """The refusal of a file, by plan and take alike, after which nothing is different."""
        session = self[receiver]
        before = everything_of(session)
        errors = []
        for act in (bundles.plan, bundles.take):
            with pytest.raises(BundleError) as caught:
                act(session, file)
            errors.append(caught.value)
        assert errors[0].code == errors[1].code
        assert errors[0].in_("en") != errors[0].in_("zh")
        assert everything_of(session) == before
        return errors[1]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Fresh copies for one test."""
    stick = tmp_path / "stick"
    stick.mkdir()
    made = World(tmp_path, stick)
    yield made
    made.close()


@pytest.fixture(scope="module")
def old_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Copies shared by the tests of a module that leave them as they are."""
    base = tmp_path_factory.mktemp("world")
    (base / "stick").mkdir()
    made = World(base, base / "stick")
    yield made
    made.close()


def everything_of(session: Session) -> tuple[object, ...]:
    """All records' ends and all projections."""
    with session.vault.store.read() as tx:
        return session.vault.journal.heads(tx), projection.dump(tx), read.aside(session.vault.store)


DATA_TABLES: Final = (
    "subject", "subject_number", "instance", "strike", "item_data", "conflict", "confirmation", "form_status",
    "form_pin", "query", "query_event", "superseded", "signature",
)  # fmt: skip


def data_of(session: Session, subject: str = "") -> dict[str, list[tuple[Any, ...]]]:
    """What the projections say of participants (or of one): the same wherever the same records are."""
    with session.vault.store.read() as tx:
        dump = projection.dump(tx)
    return {
        name: [row for row in dump[name] if not subject or any(str(v).startswith(subject) for v in row)]
        for name in DATA_TABLES
    }


def rebuilt_alike(session: Session) -> bool:
    """Whether the projections are what the journal folds to from nothing."""
    with session.vault.store.transaction() as tx:
        before = projection.dump(tx)
        projection.rebuild(tx)
        return projection.dump(tx) == before


def item(subject: str, name: str = "SYSBP_VSORRES", event: str = "BL", form: str = "VS") -> ItemKey:
    """The key of an item of a form with one group."""
    group = study().forms[form].items[name].group
    return ItemKey(subject, event, "", form, "", group, "", name)


def enter_value(session: Session, key: ItemKey, text: str) -> AuditRecord | None:
    """Type a value as the form page does; the record it made."""
    changes = session.entry(key.form_key()).set_value(key, text)
    return session.vault.journal.get(changes.records[0]) if changes.records else None


def shown(session: Session, key: ItemKey) -> tuple[str, bool]:
    """The value that stands at a key, and whether it is in conflict."""
    for row in read.form_entries(session.vault.store, key.form_key()):
        if row.key == key:
            return row.text, row.conflict
    return "", False


def write(session: Session, *drafts: Draft) -> tuple[AuditRecord, ...]:
    """Write records past all rights of services, as a changed program would."""
    return session.append(drafts)


def value(key: ItemKey, text: str, replaces: tuple[str, ...] = ()) -> Draft:
    return Draft("value", key.path(), {"text": text}, replaces)
