"""Studies of other systems: their data come in, are edited, and go out with every element."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from mda5_crf.db.verify import verify
from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs.exports import HISTORY, SNAPSHOT, finish, write_odm
from mda5_crf.services.changes import Reason
from mda5_crf.services.session import Session
from tests.odmcounts import counted
from tests.strangers import FILES, NAMES, bring, stranger, study_of
from tests.vaults import enter
from tests.wards import Clock, found, trial

TRADITIONAL = [name for name in NAMES if "odm20" not in name]
# Participants; answers new, changed, left out with a reason. Boxes of one question are one answer.
TAKEN = {
    "cdisc-odm110-harrison-audit.xml": (2, 62, 0, 1),
    "odmlib-odm132-snapshot-data.xml": (2, 165, 0, 0),
    "openclinica-full-dnotes.xml": (13, 769, 0, 0),
    "openedc-clinicaldata.xml": (90, 1684, 0, 0),
    "rave-audit-transactional.xml": (92, 496, 69, 10),
    "redcap-clinical-trial-500.xml": (500, 6500, 0, 0),
    "redcap-longitudinal-2arms.xml": (3, 335, 0, 11),
    "redcap-repeating-instruments.xml": (2, 26, 0, 8),
}
WITH_DATA = ["cdisc-odm110-harrison-audit.xml", "odmlib-odm132-snapshot-data.xml", "openedc-clinicaldata.xml"]


def exported(session: Session, place: Path, kind: str = SNAPSHOT) -> Path:
    file = place / f"{kind}-{len(list(place.iterdir()))}.xml"
    finish(session, write_odm(session, file, kind))
    return file


def a_text(session: Session) -> ItemKey:
    """The first imported answer that is a text of at least some length."""
    for subject in session.subjects():
        entries = session.data(subject.identity).entries
        for key in sorted(entries):
            item = session.study.forms[key.form].items[key.item]
            if item.type.value == "text" and not item.computed:
                return key
    raise AssertionError("no text was imported")


def edit(session: Session, key: ItemKey, text: str) -> None:
    session.entry(key.form_key()).set_value(
        key, text, reason=Reason(next(iter(session.study.reasons)), "typo")
    )


@pytest.mark.requirement("EMA-10", "E6-9", "CN-4")
@pytest.mark.parametrize("name", TRADITIONAL)
def test_every_element_comes_back_through_the_journal(name: str, tmp_path: Path) -> None:
    with stranger(FILES / name, tmp_path) as session:
        report = bring(session, FILES / name)
        before = counted(FILES / name)
        assert counted(exported(session, tmp_path)) == before
        assert (report.participants, report.new, report.changed, report.left) == TAKEN.get(name, (0, 0, 0, 0))
        assert not verify(session.vault.store)


@pytest.mark.parametrize("name", WITH_DATA)
def test_an_edit_stands_in_its_place_and_adds_a_transaction(name: str, tmp_path: Path) -> None:
    with stranger(FILES / name, tmp_path) as session:
        bring(session, FILES / name)
        before, then = counted(FILES / name), counted(exported(session, tmp_path, HISTORY))
        assert then == before
        edit(session, a_text(session), "edited here")
        state = exported(session, tmp_path)
        assert counted(state) == before
        assert state.read_text("utf-8").count("edited here") == 1
        history = counted(exported(session, tmp_path, HISTORY))
        added = history - before
        assert not before - history
        assert added["ItemData"] == added["AuditRecord"] == added["ReasonForChange"] == 1


def test_the_same_file_twice_brings_nothing(tmp_path: Path) -> None:
    file = FILES / "odmlib-odm132-snapshot-data.xml"
    with stranger(file, tmp_path) as session:
        first = bring(session, file)
        heads = session.vault.journal.heads()
        again = bring(session, file)
        assert (first.new, first.known) == (165, 0)
        assert (again.new, again.known, again.nothing, bool(again.taken_before)) == (0, 165, True, True)
        assert session.vault.journal.heads() == heads


def test_a_preview_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    file = FILES / "openclinica-full-dnotes.xml"
    with stranger(file, tmp_path) as session:
        heads = session.vault.journal.heads()
        seen = bring(session, file, keep=False).as_json()
        assert session.vault.journal.heads() == heads
        done = bring(session, file).as_json()
        copies = session.vault.folder / "backups"
        assert [one.name for one in copies.iterdir()] == [done["copy"]]  # none for what writes nothing
        assert (seen["record"], seen["copy"]) == ("", "")
        assert seen == {**done, "record": "", "copy": ""}
        assert done["new"] == 769


def test_other_words_around_the_same_answers_are_known(tmp_path: Path) -> None:
    file = FILES / "odmlib-odm132-snapshot-data.xml"
    other = tmp_path / "again.xml"
    other.write_bytes(file.read_bytes().replace(b"<ODM ", b"<!-- sent once more -->\n<ODM ", 1))
    with stranger(file, tmp_path) as session:
        bring(session, file)
        report = bring(session, other)
        assert (report.new, report.changed, report.known, report.nothing) == (0, 0, 165, True)


def test_what_was_changed_here_is_not_overwritten_by_the_old_value(tmp_path: Path) -> None:
    file = FILES / "odmlib-odm132-snapshot-data.xml"
    other = tmp_path / "again.xml"
    other.write_bytes(file.read_bytes().replace(b"<ODM ", b"<!-- again -->\n<ODM ", 1))
    with stranger(file, tmp_path) as session:
        bring(session, file)
        key = a_text(session)
        edit(session, key, "edited here")
        report = bring(session, other)
        entry = session.data(key.subject).get(key)
        assert entry is not None
        assert entry.text == "edited here"
        assert (report.new, report.changed, report.left) == (0, 0, 1)
        assert report.left_told[0].why.en.startswith("It was changed here")
        assert counted(exported(session, tmp_path)) == counted(file)


def test_a_newer_value_of_the_source_is_taken_with_its_file_as_reason(tmp_path: Path) -> None:
    file = FILES / "redcap-repeating-instruments.xml"
    other = tmp_path / "later.xml"
    before, after = (f'ItemOID="first_name" Value="{name}"'.encode() for name in ("aaa", "zzz"))
    other.write_bytes(file.read_bytes().replace(before, after, 1))
    with stranger(file, tmp_path) as session:
        bring(session, file)
        report = bring(session, other)
        assert (report.new, report.changed) == (0, 1)
        out = exported(session, tmp_path)
        assert 'Value="zzz"' in out.read_text("utf-8")
        assert 'Value="aaa"' not in out.read_text("utf-8")
        assert counted(out) == counted(file)


def test_who_entered_it_there_when_and_why_is_in_the_history(tmp_path: Path) -> None:
    file = FILES / "rave-audit-transactional.xml"
    with stranger(file, tmp_path) as session:
        report = bring(session, file)
        assert report.kept["query"] == 21
        said = Counter[str]()
        for subject in session.subjects()[:40]:
            for key in session.data(subject.identity).entries:
                for line in session.history(key):
                    said["there"] += "there entered by" in line.text.en
                    said["reason"] += "reason:" in line.text.en
                    said["file"] += file.name in line.text.zh
        assert said["there"] > 100
        assert said["file"] == said["there"]


def test_no_answer_of_another_form_of_number_is_lost(tmp_path: Path) -> None:
    """A study of our own refuses such participants: what they answered stays with the tree."""
    file = FILES / "openedc-clinicaldata.xml"
    with stranger(file, tmp_path, trial()) as session:
        report = bring(session, file)
        assert (report.participants_new, report.new) == (0, 0)
        assert report.left == 1684
        told = session.vault.journal.records(kinds=("import",))
        kept = [one for one in told if one.data["what"] == "subject"]
        assert len({one.data["number"] for one in kept}) == 90


def test_a_data_manager_imports_nothing_and_a_centre_neither(tmp_path: Path) -> None:
    file = FILES / "redcap-repeating-instruments.xml"
    study = study_of(file)
    for site, login, refused in (("01", "d02", PermissionDenied), ("00", "i01", InputRefused)):
        folder = tmp_path / f"{site}.mda5"
        shutil.copytree(found(study, site), folder)
        with Session(enter(folder, login), study, Clock()) as session:
            heads = session.vault.journal.heads()
            with pytest.raises(refused):
                bring(session, file)
            assert session.vault.journal.heads() == heads
