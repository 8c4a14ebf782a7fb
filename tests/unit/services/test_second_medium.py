"""What was taken back must not wait on a stick: copies at the second place are replaced, now or later."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mda5_crf.services import backups, redacting
from mda5_crf.services.changes import Reason
from tests.commandline import remembered_keys
from tests.scenario import Ward
from tests.signward import built_signing, signing_session
from tests.vaults import password
from tests.wards import Clock

WHY, SECOND = Reason("PRIVACY", "a name"), ("d02", password("d02"))
CLOCK = Clock()
pytestmark = pytest.mark.requirement("E6-4")


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    folder = Path(shutil.copytree(built_signing(), tmp_path / "ward.mda5"))
    (tmp_path / "stick").mkdir()
    with remembered_keys(), signing_session(folder, clock=CLOCK) as session:
        ward = Ward(session).enrol()
        ward.open("LOG", "CM").new_row("ROWS").enter("CMTRT", "Wang Wei, bed 7")
        backups.set_plan(session, backups.Plan(place=str(tmp_path / "stick")))
        backups.make(session)
        backups.make(session)
        yield ward
        assert session.verify().troubles == ()


def planted(ward: Ward) -> str:
    found = [one for one in ward.session.vault.journal.records(kinds=("value",)) if "bed" in str(one.data)]
    return found[-1].id


def at_second(ward: Ward) -> list[str]:
    return [copy.name for copy in backups.copies(ward.session) if copy.where == backups.SECOND]


def take_back(ward: Ward) -> list[str]:
    """Redact, a minute later; what the record says still contains it."""
    CLOCK.now += timedelta(minutes=1)
    one = planted(ward)
    ward.session.redact([one], WHY, ["sheet 3, Li Na"], own_password=password("i01"), second=SECOND)
    (record,) = ward.session.vault.journal.records(kinds=("redaction",))
    return list(record.data["still_contains"])


def test_a_second_place_that_is_there_is_rebuilt_at_once(ward: Ward) -> None:
    old = at_second(ward)
    assert any("replaced at once" in one.en for one in redacting.reaches(ward.session, [planted(ward)]))
    assert take_back(ward) == ["sheet 3, Li Na"]
    (fresh,) = at_second(ward)
    assert fresh not in old
    (copy,) = [one for one in backups.copies(ward.session) if one.where == backups.SECOND]
    assert backups.check(ward.session, copy) == ()
    assert not backups.stale(ward.session)


def test_one_that_is_away_is_named_and_rebuilt_when_it_comes_back(ward: Ward, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.rename(tmp_path / "safe")
    assert any("not there now" in one.en for one in redacting.reaches(ward.session, [planted(ward)]))
    left = take_back(ward)
    assert left[0] == "sheet 3, Li Na"
    assert "second place" in left[1]
    assert "第二存放处" in left[1]
    assert backups.stale(ward.session)
    (tmp_path / "safe").rename(stick)
    assert len(at_second(ward)) == 2, "the old ones, which still contain it"
    copy = backups.make(ward.session)
    assert at_second(ward) == [copy.name]
    assert not backups.stale(ward.session)


def test_a_damaged_copy_goes_too_and_a_foreign_one_stays(ward: Ward, tmp_path: Path) -> None:
    folder = backups.second_folder(ward.session)
    assert folder is not None
    first, second = at_second(ward)
    (folder / first / "backup.json").write_bytes(b"{")
    facts = (folder / second / "backup.json").read_bytes()
    vault = ward.session.vault.meta.vault.encode()
    (folder / second / "backup.json").write_bytes(facts.replace(vault, b"0" * 32))
    take_back(ward)
    assert first not in at_second(ward)
    assert second in at_second(ward)


def test_without_a_second_place_nothing_is_said_of_it(ward: Ward, tmp_path: Path) -> None:
    backups.set_plan(ward.session, backups.Plan())
    assert redacting.second_place(ward.session) is None
    assert take_back(ward) == ["sheet 3, Li Na"]
    assert not backups.stale(ward.session)


def test_what_cannot_be_removed_is_tried_again(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    real = shutil.rmtree

    def keeps(path: Path, ignore_errors: bool = False) -> None:
        if "stick" not in str(path):
            real(path, ignore_errors=ignore_errors)

    with monkeypatch.context() as held:
        held.setattr(shutil, "rmtree", keeps)
        take_back(ward)
    assert backups.stale(ward.session)
    copy = backups.make(ward.session)
    assert at_second(ward) == [copy.name]
