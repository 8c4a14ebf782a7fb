"""A restored vault and its centre: a new device is registered, and what was lost comes back in a bundle."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mda5_crf.db import read
from mda5_crf.db.records import Draft
from mda5_crf.errors import BundleError
from mda5_crf.services import backups, restoring
from mda5_crf.services.session import Session
from mda5_crf.sync import bundles, devices
from tests.commandline import remembered_keys
from tests.scenario import Ward
from tests.signward import built_signing, definition, vitals
from tests.vaults import enter, password
from tests.wards import Clock


class Ticking(Clock):
    """A minute goes by with every look."""

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


CLOCK = Ticking()


def _session(folder: Path, login: str) -> Session:
    return Session(enter(folder, login), definition(), CLOCK)


def _register(one: Session, other: Session, own: str) -> None:
    devices.add_card(one, devices.card(other), own_password=password(own))


@pytest.mark.requirement("FDA-2")
def test_restore_gets_new_device_and_what_the_centre_has_comes_back(tmp_path: Path) -> None:
    ward_folder = Path(shutil.copytree(built_signing(), tmp_path / "ward.mda5"))
    centre_folder = Path(shutil.copytree(built_signing("00"), tmp_path / "centre.mda5"))
    with remembered_keys(), _session(centre_folder, "d02") as centre:
        with _session(ward_folder, "i01") as old:
            _register(old, centre, "i01")
            _register(centre, old, "d02")
            ward = Ward(old).enrol()
            copy = backups.make(old)
            vitals(ward, systolic="137")  # after the copy, and sent
            bundles.take(centre, Path(str(bundles.make(old, centre.device, tmp_path))))
            before, heads = old.device, old.vault.journal.heads()
        two = (("i01", password("i01")), ("d02", password("d02")))
        done = restoring.restore(copy.path, tmp_path / "new.mda5", *two)
        assert done.missing
        with _session(tmp_path / "new.mda5", "i01") as new:
            subject = new.subjects()[0].identity
            Ward(new, subject).open("SCR", "VS").enter("SYSBP", "120")
            with pytest.raises(Exception):  # noqa: B017 - nobody is registered at a new device
                bundles.make(new, centre.device, tmp_path)
            _register(new, centre, "i01")
            file = Path(str(bundles.make(new, centre.device, tmp_path)))
            with pytest.raises(BundleError):
                bundles.take(centre, file)  # not before the centre has registered it
            _register(centre, new, "d02")
            bundles.take(centre, file)
            Ward(centre, subject).open("SCR", "VS").expect("SYSBP", "120")
            back = bundles.take(new, Path(str(bundles.make(centre, new.device, tmp_path))))
            assert back.new > 0
            Ward(new, subject).open("BL", "VS").expect("SYSBP", "137")
            seq, head = heads[before]
            with new.vault.store.read() as tx:
                assert read.ancestors(tx, new.device) == {new.device, before}
            # What the bundle carried of the old chain: up to the record of the bundle itself.
            assert new.vault.journal.heads()[before][0] >= seq - 1
            assert new.verify().troubles == ()
            assert centre.verify().troubles == ()
            assert head


@pytest.mark.requirement("P11-1", "E6-11")
@pytest.mark.parametrize("how", ["nobody", "another restore", "before 0.5"])
def test_a_restore_that_only_one_person_wants_is_set_aside_at_the_centre(tmp_path: Path, how: str) -> None:
    """Whoever holds the key can write it at the ward; who takes it asks for the second person's signature."""
    ward_folder = Path(shutil.copytree(built_signing(), tmp_path / "ward.mda5"))
    centre_folder = Path(shutil.copytree(built_signing("00"), tmp_path / "centre.mda5"))
    with remembered_keys(), _session(centre_folder, "d02") as centre, _session(ward_folder, "i01") as ward:
        _register(ward, centre, "i01")
        _register(centre, ward, "d02")
        bundles.take(centre, Path(str(bundles.make(ward, centre.device, tmp_path))))
        restoring.declare_copy(ward, ("d02", password("d02")))
        (row,) = read.passages(ward.vault.store, "restore")
        content = {**row.content, "parent": "0" * 16}
        if how == "nobody":
            del content["second"]
        elif how == "before 0.5":
            content["second"] = row.content["second"]["person"]
        (false,) = ward.append([Draft("restore", "", content)])
        _register(ward, centre, "i01")
        _register(centre, ward, "d02")
        report = bundles.take(centre, Path(str(bundles.make(ward, centre.device, tmp_path))))
        aside = [record for record, _ in report.aside]
        assert aside == ([] if how == "before 0.5" else [false.id])
        assert len(read.passages(centre.vault.store, "restore")) == (2 if how == "before 0.5" else 1)
        named = [one.en for one in ward.verify().unknown if "did not sign" in one.en]
        assert bool(named) is (how == "before 0.5")
        assert [one.code for one in ward.verify().troubles] == ([] if named else ["consent_false"])
