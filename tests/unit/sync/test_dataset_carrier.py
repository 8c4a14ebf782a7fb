"""Datasets in a carrier: encrypted as they are written, never on the disk in clear."""

from __future__ import annotations

import threading
import zipfile

import pytest

from mda5_crf.errors import Cancelled, InputRefused
from mda5_crf.jobs.datasets import Wish, export_in_carrier
from mda5_crf.sync.carrier import open_carrier
from tests.unit.sync.synckit import World
from tests.unit.sync.test_carrier import A, C, exports


def test_datasets_go_straight_into_a_carrier(world: World) -> None:
    ward, folder = world[A], world.stick
    subject = ward.enrol().identity
    ward.enrol()
    key = next(iter(ward.tree(subject)[0].forms)).key
    seen: list[str] = []

    def look(_done: int, _total: int) -> None:
        seen.extend(one.name for one in folder.iterdir())
        assert not any(b"PK\x03\x04" in one.read_bytes() for one in folder.iterdir())

    wish = Wish("csv", subjects=(subject,))
    made = export_in_carrier(ward, folder / "data.mda5c", wish, world[C].device, look)
    assert key.subject == subject and made.closed and [one.name for one in folder.iterdir()] == ["data.mda5c"]
    told = exports(ward)[-1]
    assert told["what"] == "carrier" and told["dataset"] == made.sha256 and told["of"] == [subject]
    (folder / "in").mkdir()
    found = open_carrier(world[C], folder / "data.mda5c", folder / "in")
    with zipfile.ZipFile(found.file) as file:
        assert file.testzip() is None and "data/data/astyped.csv" in file.namelist()


def test_what_needs_a_clear_file_and_what_is_cancelled(world: World) -> None:
    ward, folder = world[A], world.stick
    ward.enrol()
    with pytest.raises(InputRefused, match=r"datasets\.not_in_carrier"):
        export_in_carrier(ward, folder / "a.mda5c", Wish("sav"), world[C].device)

    def stop(done: int, _total: int) -> None:
        if done > 5:
            raise Cancelled

    with pytest.raises(Cancelled):
        export_in_carrier(ward, folder / "a.mda5c", Wish("csv"), world[C].device, stop)
    assert list(folder.iterdir()) == [] and exports(ward) == []
    assert not any(one.name == "mda5-pour" for one in threading.enumerate())
