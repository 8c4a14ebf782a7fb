"""The act of exporting: recorded with its hash before the file appears, and no file after any failure."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mda5_crf.errors import Cancelled, InputRefused, PermissionDenied, StoreError
from mda5_crf.jobs import exports, shelf
from mda5_crf.jobs.exports import ARCHIVE, SNAPSHOT, finish, write_odm, write_trail
from mda5_crf.services import exportfeed
from mda5_crf.services.session import Session
from mda5_crf.study.data import SubjectData
from tests.commandline import act
from tests.scenario import Ward
from tests.wards import built, session_at


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(built(), tmp_path_factory.mktemp("exports") / "ward.mda5"))
    with session_at(folder) as session:
        Ward(session).enrol().open("BL", "VS").enter_all(SYSBP_VSORRES="120", DIABP_VSORRES="80")
    return folder


@pytest.fixture
def session(folder: Path) -> Iterator[Session]:
    with session_at(folder) as session:
        yield session


def exported(session: Session) -> list[dict[str, object]]:
    return [one.data for one in session.vault.journal.records(kinds=("export",))]


def test_who_may_not_export_gets_nothing(folder: Path, tmp_path: Path) -> None:
    with session_at(folder, "n07") as session:
        for what in (SNAPSHOT, ARCHIVE):
            with pytest.raises(PermissionDenied):
                write_odm(session, tmp_path / "no.xml", what)
        with pytest.raises(PermissionDenied):
            write_trail(session, tmp_path / "no.xml")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("what", [SNAPSHOT, ARCHIVE])
def test_cancelled_it_leaves_nothing(session: Session, tmp_path: Path, what: str) -> None:
    def stop(_done: int, _total: int) -> None:
        raise Cancelled

    before = len(exported(session))
    with pytest.raises(Cancelled):
        write_odm(session, tmp_path / "no.xml", what, progress=stop)
    assert list(tmp_path.iterdir()) == [] and len(exported(session)) == before


def test_a_full_disk_is_said_and_leaves_nothing(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: object, _piece: bytes) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(shelf.Writer, "write", full)
    with pytest.raises(StoreError, match=r"exchange\.cannot_write"):
        write_odm(session, tmp_path / "no.xml", ARCHIVE)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_is_refused_before_anything(session: Session, tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match=r"exchange\.is_folder"):
        write_odm(session, tmp_path, ARCHIVE)
    with pytest.raises(InputRefused, match=r"exchange\.no_folder"):
        write_odm(session, tmp_path / "none" / "x.xml", ARCHIVE)
    (tmp_path / "x.xml.part").write_text("somebody's")
    with pytest.raises(StoreError, match=r"exchange\.part_there"):
        write_odm(session, tmp_path / "x.xml", ARCHIVE)
    assert (tmp_path / "x.xml.part").read_text() == "somebody's"


def test_a_folder_that_takes_no_file(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_words: object, **_more: object) -> None:
        raise PermissionError(13, "read only")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(StoreError, match=r"exchange\.cannot_write"):
        write_odm(session, tmp_path / "x.xml", ARCHIVE)


@pytest.mark.parametrize("problem", [OSError(5, "gone"), StoreError("exchange.cannot_write", file="x")])
def test_what_cannot_be_recorded_does_not_appear(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    written = write_odm(session, tmp_path / "x.xml", SNAPSHOT)

    def refuse(*_words: object) -> None:
        raise problem

    monkeypatch.setattr(exports, "record_export", refuse)
    with pytest.raises(StoreError, match=r"exchange\.cannot_write"):
        finish(session, written)
    assert list(tmp_path.iterdir()) == []


def test_without_participants_there_is_nothing_to_export(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(built(), tmp_path / "empty.mda5"))
    with session_at(folder) as session, pytest.raises(InputRefused, match=r"exchange\.nothing"):
        write_odm(session, tmp_path / "x.xml", SNAPSHOT)


@pytest.mark.requirement("P11-6", "FDA-10")
def test_the_record_stands_before_the_file(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "x.xml"
    written = write_odm(session, file, ARCHIVE)
    assert not file.exists()
    there: list[bool] = []
    real = exportfeed.record_export

    def watched(at: Session, content: dict[str, object]) -> None:
        real(at, content)
        there.append(file.exists())

    monkeypatch.setattr(exports, "record_export", watched)
    finish(session, written)
    assert there == [False] and [one.name for one in tmp_path.iterdir()] == ["x.xml"]
    told = exported(session)[-1]
    assert told["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest() and told["what"] == ARCHIVE
    assert told["lines"] == written.records and told["participants"] == 1 and told["bytes"] == written.size


def test_a_snapshot_keeps_nobody_in_memory_that_was_not_there(session: Session, tmp_path: Path) -> None:
    (who,) = session.subjects()
    assert not session.is_loaded(who.identity)
    write_odm(session, tmp_path / "x.xml", SNAPSHOT)
    assert not session.is_loaded(who.identity)
    kept = session.data(who.identity)
    write_odm(session, tmp_path / "y.xml", SNAPSHOT)
    assert isinstance(kept, SubjectData) and session.data(who.identity) is kept


# -- the command ---------------------------------------------------------------------------------------


def test_the_command_says_that_it_is_in_clear(folder: Path, tmp_path: Path) -> None:
    done = act("export", folder, "--as", "odm", "-o", tmp_path / "x.xml").good()
    assert "in clear" in done.out and (tmp_path / "x.xml").exists()
    done = act(
        "export",
        folder,
        "--as",
        "odm-archive",
        "--subject",
        "01-001",
        "-o",
        tmp_path / "y.xml",
        "--json",
        "--plain",
    ).good()
    assert done.json()["participants"] == 1
    assert done.json()["sha256"] == hashlib.sha256((tmp_path / "y.xml").read_bytes()).hexdigest()
    act("audit", folder, "--odm", tmp_path / "z.xml", "--kind", "data").good()
    assert json.loads(act("audit", folder, "--odm", tmp_path / "q.xml", "--json").good().out)["records"] > 5


def test_the_command_refuses_in_words(folder: Path, tmp_path: Path) -> None:
    act("export", folder, "--as", "odm", "-o", tmp_path).refused(1, "is a folder")
    act("export", folder, "--as", "odm", "-o", tmp_path / "x.xml", "--subject", "99-999").refused(1, "99-999")
    act("export", folder, "--as", "odm", "-o", tmp_path / "x.xml", login="n07").refused(1)
    act("export", folder, "--as", "xyz", "-o", tmp_path / "x.xml").refused(2)
    assert list(tmp_path.iterdir()) == []
