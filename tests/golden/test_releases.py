"""Vaults, bundles, copies and archives of every released version open in this one, and say what they said."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mda5_crf import __version__
from mda5_crf.db import migrate
from mda5_crf.errors import InputRefused, LoginRefused
from mda5_crf.jobs.archiveback import is_own_archive, take_archive
from mda5_crf.jobs.archivecheck import Checked
from mda5_crf.jobs.archivecheck import check as check_archive
from mda5_crf.jobs.checking import Verdict
from mda5_crf.jobs.checking import check as check_page
from mda5_crf.services import backups, restoring
from mda5_crf.services.identities import IdentityList
from mda5_crf.services.recovery import NewKeeper, recover
from mda5_crf.services.session import Session
from mda5_crf.settings import FILE, load_settings
from mda5_crf.sync import bundles
from mda5_crf.sync.carrier import open_carrier
from mda5_crf.sync.devices import peers
from mda5_crf.sync.report import Report
from tests.once import one_salt_each
from tests.releases import RELEASES, VERSIONS, Release, expected, having, kinds, password, quick, told
from tests.scenario import Ward
from tools import golden_release

CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"
LARGEST = 12 * 1024 * 1024
LARGEST_VAULT = 1536 * 1024
every = pytest.mark.parametrize("version", VERSIONS)


@pytest.fixture
def release(version: str, tmp_path: Path) -> Release:
    return Release(version, tmp_path)


# -- what is kept ----------------------------------------------------------------------------------------


def test_every_released_version_left_its_files() -> None:
    released = re.findall(r"^## (\d+\.\d+\.\d+) ", CHANGELOG.read_text("utf-8"), re.MULTILINE)
    assert set(released) - set(VERSIONS) <= {__version__, released[0]}, (
        "run tools/golden_release.py at each release"
    )
    assert set(VERSIONS) <= set(released)


def test_they_are_small_and_as_they_were_written() -> None:
    assert sum(path.stat().st_size for path in RELEASES.rglob("*") if path.is_file()) < LARGEST
    for version in VERSIONS:
        about = Release(version, RELEASES).made
        assert about["version"] == version and about["date"] and about["commit"]
        sizes = {
            str(path.relative_to(RELEASES / version)): path.stat().st_size
            for path in (RELEASES / version).rglob("*")
            if path.is_file() and path.name != "made.json"
        }
        assert sizes == about["files"]
        assert max(sizes.values()) < LARGEST_VAULT
        assert about["ward"]["troubles"] == []


# -- what is done with the files of each version, once ---------------------------------------------------


@dataclass
class Story:
    """What this program made of one version's files, in order; the tests below only look at it."""

    release: Release
    missing: tuple[str, ...] = ()
    copies: tuple[tuple[str, str], ...] = ()
    seen: dict[str, Any] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    names: list[Any] = field(default_factory=list)
    page: Verdict | None = None
    archive: Checked | None = None
    answer: Report | None = None
    bundle: Path = Path()
    bundle_planned: Report | None = None
    bundle_taken: Report | None = None
    bundle_again: bool = False
    centre_seen: dict[str, Any] = field(default_factory=dict)
    later_taken: Report | None = None
    carried: bytes = b""
    troubles: dict[str, Sequence[object]] = field(default_factory=dict)


def _at_the_ward(story: Story) -> None:
    release, before = story.release, story.release.made["ward"]
    with release.open("ward", "i01") as session:
        old = session.vault.store.twin(release.copy("ward", "untouched") / "study.db")
        story.missing = migrate.missing(old)
        old.close()
        assert migrate.missing(session.vault.store) == ()
        story.copies = tuple((one.reason, one.state) for one in backups.copies(session))
        story.seen = told(session, list(before["forms"]))
        story.seen["open"] = sum(one.is_open for one in session.queries())
        story.seen["subjects"] = [one.subjid for one in session.subjects()]
        story.seen["identity"] = (session.study.hash, session.device)
        story.kinds = kinds(session)
        for device, (seq, _) in before["heads"]["chains"].items():
            record = session.vault.journal.get(f"{device}:{seq}")
            story.hashes[device] = "" if record is None else record.hash
        story.page = check_page(session, str(release.file("page.pdf"))).verdict
        if release.file("archive.zip").exists():
            story.archive = check_archive(release.file("archive.zip"), session)
        if release.file("ward/people.db").exists():
            story.names = list(IdentityList(session, password("i01")).rows(""))
        _work(session)
        (centre,) = peers(session)
        story.bundle = bundles.make(session, centre.device, release.at / "out")
        story.answer = bundles.take(session, release.file("centre.mda5b"))
        story.troubles["ward"] = session.verify().troubles


def _first(session: Session) -> str:
    return next(one.identity for one in session.subjects() if one.subjid == "01-001")


def _work(session: Session) -> None:
    ward = Ward(session, _first(session))
    vitals = ward.open("W4", "VS")
    vitals.enter_all(VSPERF="Y", VSDAT="2026-09-02", SYSBP_VSORRES="131", DIABP_VSORRES="80")
    vitals.enter("TEMP_VSORRES", "98.4", unit="°F").expect("TEMP_VSORRES", "98.4")
    ward.open("SCR", "VS").enter("PULSE_VSORRES", "74", because="Read again 复核").expect(
        "PULSE_VSORRES", "74"
    )
    Ward(session).enrol()


def _at_the_centre(story: Story) -> None:
    release = story.release
    sent = release.file("ward.mda5b")
    with release.open("centre", "d02") as centre:
        story.bundle_planned = bundles.plan(centre, sent)
        story.bundle_taken = bundles.take(centre, sent)
        story.centre_seen = told(centre, list(release.made["ward"]["forms"]))
        story.bundle_again = bool(bundles.take(centre, sent).already)
        story.later_taken = bundles.take(centre, story.bundle)
        if release.file("page.mda5c").exists():
            story.carried = open_carrier(centre, release.file("page.mda5c"), release.at).file.read_bytes()
        story.troubles["centre"] = centre.verify().troubles


@pytest.fixture(scope="module", params=VERSIONS)
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The files of one version, all gone through."""
    told_of = Story(Release(request.param, tmp_path_factory.mktemp("release")))
    _at_the_ward(told_of)
    _at_the_centre(told_of)
    return told_of


@pytest.mark.requirement("P11-3", "EMA-10", "EMA-11")
def test_a_vault_says_what_it_said(story: Story) -> None:
    before = story.release.made["ward"]
    seen = dict(story.seen)
    assert (seen.pop("open"), seen.pop("subjects")) == (before["queries_open"], before["subjects"])
    assert seen.pop("identity") == (before["definition"], before["device"])
    assert seen == expected(before["forms"])
    assert len(seen["SCR.VS"]["items"]) > 5


@pytest.mark.requirement("P11-3", "P11-6")
def test_no_record_of_it_was_touched_or_lost(story: Story) -> None:
    heads = story.release.made["ward"]["heads"]
    assert story.hashes == {device: digest for device, (_, digest) in heads["chains"].items()}
    more = {kind: story.kinds[kind] - count for kind, count in heads["kinds"].items()}
    assert more == {kind: int(kind == "login") for kind in more}


@pytest.mark.requirement("P11-3")
def test_a_copy_is_made_before_an_older_format_is_brought_up(story: Story) -> None:
    made = [state for reason, state in story.copies if reason == "migrate"]
    assert made == (["good"] if story.missing else [])


@pytest.mark.requirement("P11-3", "P11-1")
def test_work_goes_on_and_all_proves_clean(story: Story) -> None:
    assert story.troubles == {"ward": (), "centre": ()}
    assert story.later_taken is not None and story.later_taken.new > 0
    assert (story.later_taken.aside, story.later_taken.conflicts) == ((), 0)


@pytest.mark.requirement("P11-3", "EMA-10", "CN-4")
def test_a_bundle_of_that_version_is_taken_where_it_was_meant_for(story: Story) -> None:
    planned, taken = story.bundle_planned, story.bundle_taken
    assert planned is not None and taken is not None
    assert (taken.new, taken.aside, taken.conflicts) == (planned.new, (), 0)
    (ends,) = story.release.made["ward"]["heads"]["chains"].values()
    assert 0 < ends[0] - taken.new < 10, "all but what was written after it"
    assert story.bundle_again
    before = story.release.made["ward"]["forms"]
    assert story.centre_seen == expected(before)


@pytest.mark.requirement("P11-3", "EMA-10")
def test_the_answer_of_a_centre_of_that_version_is_taken_by_its_ward(story: Story) -> None:
    assert story.answer is not None and story.answer.new > 0
    assert (story.answer.aside, story.answer.missing) == ((), ())


def test_a_printed_page_and_a_carrier_are_told(story: Story) -> None:
    proved = tuple(map(int, story.release.version.split("."))) >= (0, 5, 0)
    assert story.page is (Verdict.GENUINE if proved else Verdict.UNKNOWN), "no code stood on pages before 0.5"
    assert story.carried == (story.release.file("page.pdf").read_bytes() if proved else b"")


@pytest.mark.requirement("EMA-11")
def test_an_archive_is_proved(story: Story) -> None:
    if not story.release.file("archive.zip").exists():
        assert "pdf archive" in story.release.made["absent"]
        return
    assert story.archive is not None and story.archive.whole and story.archive.troubles == ()


@pytest.mark.requirement("P11-3")
def test_the_identification_list_is_read(story: Story) -> None:
    if not story.release.file("ward/people.db").exists():
        assert "identities set" in story.release.made["absent"]
        return
    named = [(row.subjid, row.name, row.phone) for row in story.names if row.name]
    assert named == [("01-001", "Wang Xiulan 王秀兰", "13800000000")]


# -- what needs a vault of its own -----------------------------------------------------------------------


@pytest.mark.requirement("P11-3", "EMA-11")
@pytest.mark.parametrize("version", quick("copy"))
def test_a_copy_made_by_that_version_is_restored(release: Release) -> None:
    target, before = release.at / "again", release.made["ward"]
    two = (("i01", password("i01")), ("d02", password("d02")))
    assert restoring.restore(release.file("copy"), target, *two).troubles == ()
    with Session.open(target, "i01", password("i01")) as session:
        assert told(session, list(before["forms"])) == expected(before["forms"])
        assert session.verify().troubles == ()


@pytest.mark.requirement("P11-3")
@pytest.mark.parametrize("version", quick("sheets.json"))
def test_two_recovery_sheets_of_that_version_let_somebody_in(release: Release) -> None:
    sheets = json.loads(release.file("sheets.json").read_text("utf-8"))
    keeper = NewKeeper("d09", "Lin Tao", "data_manager", password("d02"), "Password lost 密码遗失")
    with one_salt_each(), recover(release.copy("ward"), [sheets[2], sheets[0]], keeper) as session:
        assert session.person.login == "d09"
        assert session.verify().troubles == ()


@pytest.mark.requirement("P11-3")
@pytest.mark.parametrize("version", having("archive.xml"))
def test_an_odm_archive_comes_back_or_is_refused_in_words(release: Release) -> None:
    file = release.file("archive.xml")
    assert is_own_archive(file)
    with release.open("centre", "d02") as session:
        if tuple(map(int, release.version.split("."))) < (0, 7, 0):
            with pytest.raises(InputRefused, match="not_whole") as refused:
                take_archive(session, file, dry_run=True, own_password=password("d02"))
            assert "by an older version" in refused.value.text.en
        else:
            outcome = take_archive(session, file, dry_run=False, own_password=password("d02"))
            assert outcome.taken.new > 100 and session.verify().troubles == ()
            before = release.made["ward"]["forms"]
            items = {name: form["items"] for name, form in told(session, list(before)).items()}
            assert items == {name: form["items"] for name, form in expected(before).items()}


@pytest.mark.requirement("P11-3", "E6-13")
@pytest.mark.parametrize("version", quick("trial"))
def test_the_trials_definition_of_that_version_still_says_what_it_said(release: Release) -> None:
    before = release.made["trial"]
    with release.open("trial", "i01") as session:
        assert session.study.hash == before["definition"]
        assert told(session, list(before["forms"])) == expected(before["forms"])
        assert session.verify().troubles == ()
        Ward(session, _first(session)).open("SCR", "VS").enter("RESP_VSORRES", "18").expect(
            "RESP_VSORRES", "18"
        )


@pytest.mark.requirement("P11-3")
@every
def test_who_does_not_get_in_changes_nothing(release: Release) -> None:
    vault = release.copy("ward")
    before = {path.name: path.read_bytes() for path in vault.iterdir()}
    with pytest.raises(LoginRefused):
        Session.open(vault, "i01", "not this one, not that one")
    after = {path.name: path.read_bytes() for path in vault.iterdir()}
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) <= {"attempts.json", "vault.lock"}


# -- settings, and the tool ------------------------------------------------------------------------------


@every
def test_settings_of_that_version_are_read(release: Release, own_settings: Path) -> None:
    (own_settings / FILE).write_bytes(release.file(FILE).read_bytes())
    settings = load_settings()
    witnessed = {device: head for heads in settings.witnesses.values() for device, head in heads.items()}
    assert witnessed, "heads that this PC has seen"
    assert release.made["ward"]["device"] in witnessed


def test_a_version_that_is_there_is_never_written_anew(capsys: pytest.CaptureFixture[str]) -> None:
    assert golden_release.main([str(RELEASES / VERSIONS[0])]) == 2
    assert "never written anew" in capsys.readouterr().err
