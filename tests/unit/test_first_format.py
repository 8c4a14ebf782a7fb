"""A vault of the first format: opens in the present program, is brought up, verifies, restores.

``tests/data/vaults/0.2`` was written by version 0.2.0 (before drafts, double entry and locks) with
the small study of signatures: records of 24 kinds in two chains, two bundles, a redaction, four persons. The
passwords are those of ``tests.vaults.PEOPLE``. It is never written anew.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from mda5_crf.db import migrate
from mda5_crf.db.migrate import MIGRATIONS
from mda5_crf.services import backups, restoring
from mda5_crf.services.session import Session
from tests.commandline import act, remembered_keys
from tests.scenario import Ward
from tests.vaults import PEOPLE, password

FIRST = Path(__file__).parents[1] / "data" / "vaults" / "0.2"
KINDS = {
    "device": 2, "definition": 2, "certificate": 8, "user": 8, "peer": 2, "subject": 1, "value": 9,
    "status": 2, "signature": 2, "row": 2, "strike": 1, "event": 1, "missing": 1, "confirm": 1, "query": 3,
    "print": 1, "reference": 1, "bundle": 3, "pin": 1, "export": 2, "review": 1, "redaction": 1, "clock": 1,
}  # fmt: skip
HEADS = {
    "16bcf27ffebe7896": (45, "cbd667da15067a902d76253d2b39250f3458a5762b999f776e7d663dffb97db0"),
    "530ca94215cd3177": (13, "351fd2ead79e4f2bed495229a45ae59e6a96028b151ed2d0945e5e90a050c912"),
}
pytestmark = pytest.mark.requirement("P11-3", "EMA-11")


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FIRST, tmp_path / "first.mda5"))


def test_it_is_older_than_the_present_format_and_small() -> None:
    assert sum(path.stat().st_size for path in FIRST.iterdir()) < 300_000
    assert {path.name for path in FIRST.iterdir()} == {"study.db", "keys.json"}


@pytest.mark.parametrize("login", PEOPLE)
def test_it_opens_for_everybody_and_says_what_it_said(vault: Path, login: str) -> None:
    if login == "a03":
        pytest.skip("an administrator reads no participants")
    with Session.open(vault, login, password(login)) as session:
        heads = session.vault.journal.heads()
        for device, (seq, head) in HEADS.items():
            assert session.vault.journal.get(f"{device}:{seq}").hash == head  # type: ignore[union-attr]
            assert heads[device][0] >= seq
        kinds = Counter(record.kind for record in session.vault.journal.records())
        assert {kind: kinds[kind] for kind in KINDS} == KINDS
        (subject,) = session.subjects()
        assert subject.subjid == "01-001"
        vitals = Ward(session, subject.identity).open("BL", "VS")
        vitals.expect("SYSBP", "130").expect("DIABP", "80")
        states = {
            form: [one.state for one in session.signatures(vitals.entry.key._replace(event=event, form=form))]
            for event, form in (("SCR", "IE"), ("BL", "VS"))
        }
        assert states == {"IE": ["valid"], "VS": ["void"]}, "after the signature the form was pinned"
        assert len(session.queries()) == 2
        assert session.verify().troubles == ()


def test_before_it_is_brought_up_a_copy_is_made_and_that_restores(vault: Path, tmp_path: Path) -> None:
    written = (FIRST / "study.db").read_bytes()
    with Session.open(vault, "i01", password("i01")) as session:
        (copy,) = backups.copies(session)
        assert (copy.reason, copy.records, copy.state) == ("migrate", 58, "good")
        assert migrate.missing(session.vault.store) == ()
        old = session.vault.store.twin(copy.path / "study.db")
        assert len(migrate.missing(old)) == len(MIGRATIONS) - 3
        old.close()
    assert (FIRST / "study.db").read_bytes() == written
    two = (("i01", password("i01")), ("d02", password("d02")))
    done = restoring.restore(copy.path, tmp_path / "again.mda5", *two)
    assert done.troubles == ()
    assert done.lost.keys() == {"16bcf27ffebe7896"}, "the log-in after it was brought up"
    with Session.open(tmp_path / "again.mda5", "n07", password("n07")) as session:
        Ward(session).enrol("01-002").open("BL", "VS").enter("SYSBP", "118")
        assert session.verify().troubles == ()


def test_a_copy_by_the_first_version_has_no_manifest_and_restores(tmp_path: Path) -> None:
    """What that version left in ``backups`` is the two files alone."""
    with remembered_keys():
        second = tmp_path / "second.txt"
        second.write_text(password("d02"))
        done = act(
            "restore", FIRST, tmp_path / "new.mda5", "--second", "d02", "--second-password-file", second,
            "--json",
        )  # fmt: skip
        told = done.good().json()
        assert (told["records"], told["made"], told["troubles"]) == (58, None, [])
        assert json.loads(act("verify", tmp_path / "new.mda5", "--json").out)["troubles"] == []
    assert {path.name for path in FIRST.iterdir()} == {"study.db", "keys.json"}, "a copy is only read"
