"""``verify`` of a whole vault: the key file against the journal, every witness, and what cannot be known."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mda5_crf.crypto import SigningKey, canon, parse_canon, random_bytes
from mda5_crf.db.keysfile import FILE_NAME, read_keys
from mda5_crf.db.records import Draft
from mda5_crf.db.slots import grant_to
from mda5_crf.db.unlock import STUDY_KEY
from mda5_crf.db.vaultmeta import read_device_keys, write_device_keys
from mda5_crf.services.session import Session
from mda5_crf.services.verification import Report
from tests.commandline import act, remembered_keys
from tests.scenario import Ward
from tests.vaults import FOUNDER
from tests.wards import session_at, ward, ward_folder

__all__ = ["ward", "ward_folder"]


def named(session: Session) -> list[tuple[str, str]]:
    report = session.verify()
    for trouble in report.troubles:
        assert trouble.text.en != trouble.text.zh and "{" not in trouble.text.en + trouble.text.zh
    return [(trouble.code, trouble.place) for trouble in report.troubles]


def edit(folder: Path, change: Callable[[dict[str, object]], None]) -> None:
    raw = parse_canon((folder / FILE_NAME).read_bytes())
    change(raw)
    (folder / FILE_NAME).write_bytes(canon(raw))


def said(report: Report) -> str:
    return " ".join(text.en for text in report.unknown)


@pytest.mark.alteration("key file: public key exchanged")
@pytest.mark.requirement("P11-1")
@pytest.mark.parametrize("part,other", [("sign", "n07"), ("author", "d02"), ("box", "n07")])
def test_key_substituted_in_the_key_file(ward: Ward, part: str, other: str) -> None:
    """A key of one's own under somebody else's log-in, so that the next renewal would hand the vault over."""
    folder = ward.session.vault.folder

    def change(raw: dict[str, object]) -> None:
        slots = {slot["login"]: slot for slot in raw["slots"]}  # type: ignore[attr-defined]
        slots["a03"]["public"][part] = slots[other]["public"][part]

    edit(folder, change)
    assert set(named(ward.session)) == {
        ("keys_file_changed", FILE_NAME), ("slot_false", f"{FILE_NAME} a03")
    }  # fmt: skip


@pytest.mark.alteration("key file: log-in added")
def test_login_added_to_the_key_file(ward: Ward) -> None:
    def change(raw: dict[str, object]) -> None:
        slots: list[dict[str, object]] = raw["slots"]  # type: ignore[assignment]
        slots.append({**slots[-1], "login": "x99", "slot": "ab" * 8})

    edit(ward.session.vault.folder, change)
    assert ("slot_uncertified", f"{FILE_NAME} x99") in named(ward.session)


@pytest.mark.alteration("key file: grant by nobody")
def test_grant_by_nobody(ward: Ward) -> None:
    """A database under a key of one's own, handed out with a signature of one's own."""
    folder, file = ward.session.vault.folder, read_keys(ward.session.vault.folder)
    slot = file.slot_of("n07")
    assert slot is not None
    forged = grant_to(file.vault, slot, STUDY_KEY, 2, random_bytes(32), "i01", SigningKey.generate())
    changed = file.with_slot(replace(slot, grants=(*slot.grants, forged)))
    (folder / FILE_NAME).write_bytes(changed.to_bytes())
    assert set(named(ward.session)) == {
        ("keys_file_changed", FILE_NAME), ("grant_false", f"{FILE_NAME} n07")
    }  # fmt: skip


@pytest.mark.alteration("key file: older file put back")
def test_older_key_file_put_back(ward_folder: Path) -> None:
    shutil.copy(ward_folder / FILE_NAME, ward_folder.parent / "old.json")
    for _ in range(2):
        with session_at(ward_folder):
            pass
    with session_at(ward_folder) as session:
        shutil.copy(ward_folder.parent / "old.json", ward_folder / FILE_NAME)
        assert ("keys_file_older", FILE_NAME) in named(session)


@pytest.mark.alteration("key file: ended account still opens")
def test_slot_of_somebody_who_left(ward: Ward) -> None:
    """The account is ended in the record, its way in was put back."""
    vault = ward.session.vault
    certificate = vault.register().of_login("n07")
    assert certificate is not None
    person = certificate.person
    vault.journal.append([Draft("user", "", {"person": person, "state": "disabled"})], at=ward.session.now())
    assert ("slot_of_disabled", f"{FILE_NAME} n07") in named(ward.session)


@pytest.mark.alteration("device key exchanged")
def test_device_key_exchanged(ward: Ward) -> None:
    vault = ward.session.vault
    keys = replace(read_device_keys(vault.store), sign=SigningKey.generate())
    with vault.store.transaction() as tx:
        write_device_keys(vault.store, tx, keys)
    vault.device_keys = keys
    assert named(ward.session) == [("device_key_false", vault.meta.device)]


@pytest.mark.requirement("P11-1", "E6-5")
def test_what_was_looked_at_is_counted(ward: Ward) -> None:
    told: list[int] = []
    report = ward.session.verify(progress=told.append)
    assert report.troubles == ()
    counted = dict(report.checked)
    assert counted["records"] == counted["rights"] == report.records > 5
    assert counted["slots"] == counted["certificates"] == 4
    assert counted["pages"] > 10 and counted["projections"] > 5 and counted["seals"] >= 1
    assert counted["triggers"] == 2 and counted["chains"] == counted["definitions"] == 1
    assert 0 < report.seconds < 60


def rolled_back(folder: Path, witness: str, monkeypatch: pytest.MonkeyPatch) -> Report:
    """The whole folder put back as it was, after which only ``witness`` knows better."""
    aside, stick = folder.parent / "older", folder.parent / "stick"
    shutil.copytree(folder, aside)
    with session_at(folder) as session:
        Ward(session).enrol("01-007")
        newest = dict(session.vault.journal.heads())
        if witness == "backup":
            from mda5_crf.services import backups

            stick.mkdir()
            backups.set_plan(session, replace(backups.plan_of(session), place=str(stick)))
            backups.make(session)
    keys = (folder / FILE_NAME).read_bytes()
    shutil.rmtree(folder)
    aside.rename(folder)
    if witness == "keyring":
        (folder / FILE_NAME).write_bytes(keys)
    if witness != "settings":
        monkeypatch.setenv("MDA5_CRF_CONFIG", str(folder.parent / "another-pc"))
    with session_at(folder) as session:
        if witness == "backup":
            from mda5_crf.services import backups

            backups.set_plan(session, replace(backups.plan_of(session), place=str(stick)))
        return session.verify(newest if witness == "paper" else None)


@pytest.mark.alteration
@pytest.mark.requirement("P11-1", "P11-6")
@pytest.mark.parametrize("witness", ["keyring", "settings", "paper", "backup"])
def test_folder_rolled_back_with_each_witness_of_a_vault(
    ward_folder: Path, monkeypatch: pytest.MonkeyPatch, witness: str
) -> None:
    report = rolled_back(ward_folder, witness, monkeypatch)
    codes = {trouble.code for trouble in report.troubles}
    # The older folder went on by a log-in of its own: its chain is shorter, or another one.
    assert codes & {"tail_cut", "rewritten"}
    assert report.witnesses


@pytest.mark.requirement("P11-6")
def test_folder_rolled_back_without_a_witness_says_that_it_cannot_know(
    ward_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = rolled_back(ward_folder, "nobody", monkeypatch)
    assert report.troubles == ()
    assert [one.en for one in report.witnesses] == [
        "the end of the record that you saw when you last logged out"
    ]
    assert "cannot tell whether newer entries existed" in said(report)
    assert "has not seen this vault before" in said(report)
    assert "no copy on another disk" in said(report).lower()


@pytest.mark.requirement("P11-1", "E6-5")
def test_the_command_says_what_was_checked_and_what_nobody_knows(ward_folder: Path) -> None:
    with remembered_keys():
        done = act("verify", ward_folder, "--json", login=FOUNDER).good().json()
        assert done["checked"]["records"] == done["records"] and done["seconds"] >= 0
        assert all(set(one) == {"en", "zh"} for one in (*done["unknown"], *done["witnesses"]))
        text = act("verify", ward_folder, "--language", "zh", login=FOUNDER).good().out
    assert "已检查" in text and "无法证明" in text and "{" not in text
