"""A bundle of body format 1 is still taken, by the vault it was made for.

``tests/data/vaults/bundle-1`` holds an empty centre (with the small study of signatures) and the bundle of a
ward for it, both written by version 0.5: enrolment, values, a missing code, one answer taken back by two.
The passwords are those of ``tests.vaults.PEOPLE``. It is never written anew.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mda5_crf.services.session import Session
from mda5_crf.sync import bundles
from tests.vaults import password

FIRST = Path(__file__).parents[2] / "data" / "vaults" / "bundle-1"
BUNDLE = "ward-1.mda5b"
WARD = "31fa20f95d4a9fb7"
HEAD = (14, "7a10719f25597cc04d674e85d7f3aef3d6379876884d3575715f9e4db333dc89")
EMPTIED = 12
pytestmark = pytest.mark.requirement("P11-3", "EMA-10")


def test_a_bundle_of_the_first_body_format_is_taken_as_it_was_meant(tmp_path: Path) -> None:
    vault = Path(shutil.copytree(FIRST, tmp_path / "centre.mda5", ignore=shutil.ignore_patterns(BUNDLE)))
    with Session.open(vault, "d02", password("d02")) as centre:
        expected = bundles.plan(centre, FIRST / BUNDLE)
        report = bundles.take(centre, FIRST / BUNDLE)
        assert (report.new, report.known, report.aside, report.conflicts) == (14, 0, (), 0)
        assert (expected.new, expected.aside) == (report.new, report.aside)
        assert centre.vault.journal.heads()[WARD] == HEAD
        records = [centre.vault.journal.get(f"{WARD}:{seq}") for seq in range(1, HEAD[0] + 1)]
        assert all(record is not None and record.fault() == "" for record in records)
        emptied = [record.seq for record in records if record is not None and record.content is None]
        assert emptied == [EMPTIED]
        assert centre.verify().troubles == ()
        again = bundles.take(centre, FIRST / BUNDLE)
        assert again.already and again.known == HEAD[0]


def test_it_is_small() -> None:
    assert {path.name for path in FIRST.iterdir()} == {"keys.json", "study.db", BUNDLE}
    assert sum(path.stat().st_size for path in FIRST.iterdir()) < 250_000
