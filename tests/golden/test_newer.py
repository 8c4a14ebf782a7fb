"""What a newer version wrote is refused in words that name what was found and what to do; nothing changes.

Each file is one that 0.7 wrote, raised by its own means: the number of its format, a migration that this
program does not know, the language of a definition.
"""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mda5_crf import __version__
from mda5_crf.db import schema
from mda5_crf.db.peopledb import PeopleFile
from mda5_crf.db.store import connect
from mda5_crf.db.vault import create_vault
from mda5_crf.errors import CrfError, NewerDefinition
from mda5_crf.jobs.archiveback import take_archive
from mda5_crf.jobs.archivecheck import check as check_archive
from mda5_crf.services import restoring
from mda5_crf.services.identities import IdentityList
from mda5_crf.services.session import Session
from mda5_crf.settings import FILE, Settings, load_settings, save_settings
from mda5_crf.study import source as sources
from mda5_crf.study.load import load, load_source
from mda5_crf.sync import amendments, bundles, devices
from mda5_crf.sync.carrier import open_carrier
from mda5_crf.sync.joinfiles import read_invitation
from tests.commandline import call
from tests.once import one_salt_each
from tests.releases import Release, password

MINI = Path(__file__).parents[1] / "data" / "definitions" / "mini"
NEWER = "0.99.0"
TWO = (("i01", password("i01")), ("d02", password("d02")))
pytestmark = pytest.mark.requirement("P11-3")


@pytest.fixture
def release(tmp_path: Path) -> Release:
    return Release("0.7.0", tmp_path)


@contextmanager
def said(code: str, *found: str, folder: Path | None = None) -> Iterator[None]:
    """What happens inside is refused in words, and no file below ``folder`` changes."""
    before = _files(folder)
    with pytest.raises(CrfError) as refused:
        yield
    _in_words(refused.value, code, *found)
    after = _files(folder)
    assert {name: after.get(name) for name in before} == before
    assert {name.rpartition("/")[2] for name in set(after) - set(before)} <= {"vault.lock", "attempts.json"}


def _in_words(error: CrfError, code: str, *found: str) -> None:
    assert error.code == code
    english, chinese = error.text.en, error.text.zh
    for words in (english, chinese):
        assert all(one in words for one in (*found, __version__)), words
    assert re.search(r"newer (version|program)", english) and "更新版本" in chinese
    assert re.search(r"[Nn]othing was", english) and re.search("未作|未接收|未写入|未恢复", chinese)
    assert re.search(r"[Ii]nstall (that|the)|with that version", english) and re.search(
        "安装|用该版本", chinese
    )


def _files(folder: Path | None) -> dict[str, bytes]:
    if folder is None:
        return {}
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def _edited(file: Path, old: bytes, new: bytes) -> Path:
    data = file.read_bytes()
    assert data.count(old) >= 1
    file.write_bytes(data.replace(old, new))
    return file


# -- vaults ----------------------------------------------------------------------------------------------


def _of_the_future(vault: Path) -> None:
    with Session.open(vault, "i01", password("i01")) as session, session.vault.store.transaction() as tx:
        row = {"name": "9999-later", "at": "2027-01-01T00:00:00.000Z", "program": NEWER}
        tx.insert(schema.migration, row)


def test_a_vault(release: Release) -> None:
    vault = release.copy("ward")
    _of_the_future(vault)
    with said("store.from_the_future", NEWER, folder=vault):
        Session.open(vault, "n07", password("n07"))


def test_a_vault_at_the_command_line(release: Release) -> None:
    vault = release.copy("ward")
    _of_the_future(vault)
    done = call("show", vault, "--user", "i01", secret=password("i01")).refused(3, NEWER, __version__)
    assert "Install that version" in done.sentence()[0] and "安装该版本" in done.sentence()[1]


def test_a_key_file(release: Release) -> None:
    vault = release.copy("ward")
    _edited(vault / "keys.json", b"mda5-crf-keys/1", b"mda5-crf-keys/2")
    with said("store.key_file_newer", "2", folder=vault):
        Session.open(vault, "i01", password("i01"))


def test_an_identification_list(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    keys: list[tuple[Path, bytes]] = []
    real = PeopleFile.open

    def opened(path: Path, key: bytes, vault: str) -> PeopleFile:
        keys.append((path, bytes(key)))
        return real(path, key, vault)

    with release.open("ward", "i01") as session:
        monkeypatch.setattr(PeopleFile, "open", opened)
        IdentityList(session, password("i01")).close()
        raw = connect(*keys[0])
        raw.execute("UPDATE meta SET value = '2' WHERE name = 'version'")
        raw.close()
        with said("store.people_newer", "2", folder=None):
            IdentityList(session, password("i01"))


def test_a_copy(release: Release) -> None:
    copy, target = release.copy("copy"), release.at / "again"
    _edited(copy / "backup.json", b"mda5-crf-backup/1", b"mda5-crf-backup/2")
    with said("backup.manifest_newer", "mda5-crf-backup/2", folder=copy):
        restoring.restore(copy, target, *TWO)
    assert not target.exists()


def test_a_copy_of_a_vault(release: Release) -> None:
    copy, target = release.copy("ward", "copy"), release.at / "again"
    _of_the_future(copy)
    (copy / "people.db").unlink()
    with said("store.from_the_future", NEWER, folder=copy):
        restoring.restore(copy, target, *TWO)
    assert not target.exists()


# -- files between PCs -----------------------------------------------------------------------------------

OUTER = (b"MDA5BNDL\x00\x01", b"MDA5BNDL\x00\x03")
READER = (b'"reader":2', b'"reader":3')


@pytest.mark.requirement("CN-4")
@pytest.mark.parametrize("change", [OUTER, READER], ids=["outside", "body"])
def test_a_bundle(release: Release, change: tuple[bytes, bytes]) -> None:
    bundle = _edited(release.copy("ward.mda5b"), *change)
    with release.open("centre", "d02") as centre:
        heads = centre.vault.journal.heads()
        with said("sync.version_newer", "3"):
            bundles.plan(centre, bundle)
        assert centre.vault.journal.heads() == heads
        with said("sync.version_newer", "3"):
            bundles.take(centre, bundle)
        assert centre.subjects() == () and centre.verify().troubles == ()
        assert bundles.take(centre, release.file("ward.mda5b")).new > 100, "the true one is taken afterwards"


def test_a_carrier(release: Release) -> None:
    carrier = _edited(release.copy("page.mda5c"), b"MDA5CARR\x00\x01", b"MDA5CARR\x00\x02")
    with release.open("centre", "d02") as centre, said("carrier.version_newer", "2"):
        open_carrier(centre, carrier, release.at)
    assert not (release.at / "page.pdf").exists()


def test_a_card(release: Release) -> None:
    with release.open("centre", "d02") as centre:
        card = devices.card(centre).replace(b"mda5-crf-card/1", b"mda5-crf-card/2")
    with release.open("ward", "i01") as ward, said("joining.file_newer", "mda5-crf-card/2"):
        devices.add_card(ward, card, own_password=password("i01"))


def test_an_invitation() -> None:
    with said("joining.file_newer", "2"):
        read_invitation(b"MDA5INVT\x00\x02\x00\x00\x00\x02{}" + bytes(64))


# -- archives --------------------------------------------------------------------------------------------


def test_an_archive(release: Release) -> None:
    with (
        zipfile.ZipFile(release.file("archive.zip")) as old,
        zipfile.ZipFile(release.at / "a.zip", "w") as new,
    ):
        for one in old.infolist():
            new.writestr(one.filename, old.read(one).replace(b"mda5-crf-archive/1", b"mda5-crf-archive/2"))
    with said("archive.check_newer", "mda5-crf-archive/2"):
        check_archive(release.at / "a.zip", None)


def test_an_odm_archive(release: Release) -> None:
    file = _edited(release.copy("archive.xml"), b"mda5-crf-odm/1", b"mda5-crf-odm/2")
    with release.open("centre", "d02") as centre:
        heads = centre.vault.journal.heads()
        with said("odmback.format_newer", "mda5-crf-odm/2"):
            take_archive(centre, file, dry_run=False, own_password=password("d02"))
        assert centre.vault.journal.heads() == heads


# -- definitions -----------------------------------------------------------------------------------------


@pytest.fixture
def definition(tmp_path: Path) -> Path:
    """The small study in language 2, with a word that only language 2 knows."""
    folder = Path(shutil.copytree(MINI, tmp_path / "mini"))
    _edited(folder / "study.toml", b"[study]", b"[study]\nlanguage = 2\nrandomised = true")
    return folder


def _packed(folder: Path) -> bytes:
    files, problems = sources.read_directory(folder)
    assert not problems
    return sources.pack(files)


def test_a_definition_is_one_sentence_and_no_list_of_unknown_words(definition: Path) -> None:
    packed = _packed(definition)
    for read in (partial(load, definition), partial(load_source, packed)):
        with pytest.raises(NewerDefinition) as refused:
            read()
        _in_words(refused.value, "study.language_newer", "2")
        (problem,) = refused.value.problems
        assert (problem.file, problem.text) == ("study.toml", refused.value.text)


@pytest.mark.parametrize("language", ["1", "0", '"2"', "true"])
def test_only_a_later_language_is_a_newer_one(definition: Path, language: str) -> None:
    """A damaged line is a problem of that line; language 1 may be said."""
    text = (definition / "study.toml").read_text("utf-8").replace("randomised = true\n", "")
    (definition / "study.toml").write_text(text.replace("language = 2", f"language = {language}"), "utf-8")
    if language == "1":
        assert load(definition).oid == "MINI"
        return
    with pytest.raises(CrfError, match="definition_has_problems"):
        load(definition)


def test_a_new_vault_of_such_a_definition_is_not_made(definition: Path, tmp_path: Path) -> None:
    words = ("new", tmp_path / "new", "--site", "01", "--name", "W", "--study", definition, "--user", "i01")
    done = call(*words, secret=password("i01"))
    assert done.status == 1 and "language" in done.err and "定义语言" in done.err
    assert not (tmp_path / "new").exists()


def test_a_vault_that_works_with_such_a_definition(definition: Path, tmp_path: Path) -> None:
    packed = _packed(definition)
    with one_salt_each():
        create_vault(
            tmp_path / "vault", study_oid="MINI", definition=(sources.digest(packed), packed), site="01",
            name="Ward 3", person=("i01", "Li Na", "investigator"), password=password("i01"),
        ).close()  # fmt: skip
    with said("study.language_newer", "2"):
        Session.open(tmp_path / "vault", "i01", password("i01"))


def test_such_a_definition_in_a_bundle(definition: Path, release: Release) -> None:
    packed = _packed(definition)
    with release.open("ward", "i01") as ward, ward.vault.store.transaction() as tx:
        refused = amendments.incoming(ward, tx, sources.digest(packed), packed)
        assert refused is not None and "language" in refused.en and "定义语言" in refused.zh
        assert tx.one(schema.definition, hash=sources.digest(packed)) is None


# -- settings --------------------------------------------------------------------------------------------


def test_settings_are_read_as_far_as_they_are_known_and_the_rest_is_left(own_settings: Path) -> None:
    """They are no data: nothing is refused, and what the newer program remembers is still there for it."""
    file = own_settings / FILE
    known: dict[str, Any] = asdict(Settings(language="zh", text_size=150))
    file.write_text(json.dumps({**known, "ruler": {"colour": "blue"}, "idle_minutes": "soon"}), "utf-8")
    settings = load_settings()
    assert (settings.language, settings.text_size, settings.idle_minutes) == ("zh", 150, 10)
    assert save_settings(replace(settings, text_size=125))
    written = json.loads(file.read_text("utf-8"))
    assert (written["ruler"], written["text_size"], written["idle_minutes"]) == ({"colour": "blue"}, 125, 10)
