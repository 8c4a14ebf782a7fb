"""The machine or the file fails, seen from the command line: words, status 3 or 1, nothing lost.

Every command here is the one a person would type. ``test_keys`` and ``tests/unit/db`` ask the parts.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mda5_crf.db import schema
from mda5_crf.db.keysfile import FILE_NAME
from mda5_crf.db.unlock import DATABASE
from mda5_crf.settings import study_directory
from tests.commandline import ROOT, act, call, program, remembered_keys
from tests.vaults import FOUNDER, enter, password
from tests.wards import built, session_at

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions and mounts")
PLACE = ("01-001", "BL", "VS")


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with remembered_keys():
        yield


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault with one participant and one value; copy before use."""
    folder = Path(shutil.copytree(built(), tmp_path_factory.mktemp("machine") / "ward.mda5"))
    with remembered_keys():
        act("enrol", folder).good()
        act("enter", folder, *PLACE, "PULSE_VSORRES=72").good()
    return folder


@pytest.fixture
def vault(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(filled, tmp_path / "ward.mda5"))


def pulse(folder: Path) -> str | None:
    """What the database says, after it was found sound."""
    assert act("verify", folder, "--json").good().json()["troubles"] == []
    items = act("show", folder, *PLACE, "--json").good().json()["items"]
    found = next(i["text"] for i in items if i["item"] == "PULSE_VSORRES")
    assert found is None or isinstance(found, str)
    return found


# -- who asks ------------------------------------------------


@pytest.mark.requirement("P11-4")
def test_wrong_password(vault: Path) -> None:
    before = (vault / DATABASE).read_bytes()
    call(
        "enter", vault, *PLACE, "PULSE_VSORRES=80", "--user", FOUNDER, secret="orbit-canvas-12-lanterm"
    ).refused(1)
    assert (vault / DATABASE).read_bytes() == before
    assert pulse(vault) == "72"


@pytest.mark.requirement("P11-17", "FDA-7")
def test_wrong_passwords_make_the_next_one_wait(vault: Path) -> None:
    for _ in range(6):
        done = call("show", vault, "--user", FOUNDER, secret="wrong")
    done.refused(1)
    act("show", vault).refused(1)  # the right one waits, too


def test_two_processes_open_one_vault(vault: Path) -> None:
    with session_at(vault) as session:
        done = program(
            "enter", vault, *PLACE, "PULSE_VSORRES=80", "--user", FOUNDER, secret=password(FOUNDER)
        )
        done.refused(3, FOUNDER)
        key = session.subjects()[0].identity
        assert session.data(key).entries
    assert pulse(vault) == "72"


# -- the file ------------------------------------------------


@pytest.mark.requirement("E6-11")
@pytest.mark.parametrize("kept", ["half", "page", "few", "none", "garbage", "text", "hole"])
def test_truncated_vault(vault: Path, kept: str) -> None:
    whole = (vault / DATABASE).read_bytes()
    broken = {
        "half": whole[: len(whole) // 8192 * 4096],
        "page": whole[:4096],
        "few": whole[:100],
        "none": b"",
        "garbage": os.urandom(len(whole)),
        "text": b"dear database\n" * 2000,
        "hole": whole[:4096] + bytes(4096) + whole[8192:],
    }[kept]
    (vault / DATABASE).write_bytes(broken)
    act("show", vault).refused(3)
    act("enter", vault, *PLACE, "PULSE_VSORRES=80").refused(3)
    assert (vault / DATABASE).read_bytes() == broken, "a damaged file is left for whoever repairs it"
    (vault / DATABASE).write_bytes(whole)
    assert pulse(vault) == "72"


@pytest.mark.parametrize("kept", ["half", "none", "garbage", "list", "newer", "missing"])
def test_damaged_key_file(vault: Path, kept: str) -> None:
    path = vault / FILE_NAME
    whole = path.read_bytes()
    newer = json.loads(whole) | {"format": "mda5-crf-keys/9"}
    broken = {
        "half": whole[: len(whole) // 2],
        "none": b"",
        "garbage": os.urandom(500),
        "list": b"[]",
        "missing": b"",
        "newer": json.dumps(newer, separators=(",", ":"), sort_keys=True).encode(),
    }[kept]
    path.write_bytes(broken)
    if kept == "missing":
        path.unlink()
    act("show", vault).refused(3)
    path.write_bytes(whole)
    assert pulse(vault) == "72"


def test_a_page_damaged_in_the_middle_is_named_by_verify_or_opening(vault: Path) -> None:
    path = vault / DATABASE
    data = bytearray(path.read_bytes())
    data[len(data) - 2000] ^= 0xFF  # within the last page
    path.write_bytes(data)
    done = act("verify", vault)
    assert done.status in (1, 3), done.out
    done.sentence()


def test_vault_from_a_newer_version(vault: Path) -> None:
    with enter(vault) as opened, opened.store.transaction() as tx:
        tx.insert(schema.migration, {"name": "9999-unknown", "at": "", "program": "7.1.0"})
    act("show", vault).refused(3, "7.1.0")
    act("enrol", vault).refused(3, "7.1.0")


def test_no_vault_at_all(tmp_path: Path) -> None:
    act("show", tmp_path / "nowhere.mda5").refused(1, "no vault")
    (tmp_path / "letters").mkdir()
    act("show", tmp_path / "letters").refused(3)
    assert list((tmp_path / "letters").iterdir()) == []
    (tmp_path / "file.mda5").write_bytes(b"x")
    act("show", tmp_path / "file.mda5").refused(3)


# -- the folder ------------------------------------------------

_AS_NOBODY = """
import os, sys
from mda5_crf.cli import main
secret = os.environ["MDA5_CRF_PASSWORD"]
warm, *words = sys.argv[1:]
# Everything is imported by the same commands on another vault: that user may not read where Python lies.
for command in (["show", warm], ["verify", warm], ["enter", warm, "01-001", "BL", "VS", "RESP_VSORRES=17"]):
    os.environ["MDA5_CRF_PASSWORD"] = secret
    assert main([*command, "--user", "i01", "--json"]) == 0
sys.stdout.flush()
print("=====", flush=True)
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
os.environ["MDA5_CRF_PASSWORD"] = secret
sys.exit(main(words))
"""


@POSIX
@pytest.mark.parametrize(
    "words", [["show"], ["enter", *PLACE, "PULSE_VSORRES=80"], ["enrol"]], ids=lambda words: words[0]
)
def test_read_only_folder(filled: Path, tmp_path: Path, words: list[str]) -> None:
    """As an unprivileged user: root may write everywhere."""
    warm = shutil.copytree(filled, tmp_path / "warm.mda5")
    base = Path(tempfile.mkdtemp(prefix="mda5-crf-ro-", dir="/tmp"))
    folder = base / "ward.mda5"
    try:
        shutil.copytree(filled, folder)
        files = {p.name: p.read_bytes() for p in folder.iterdir()}
        for path in (*folder.iterdir(), folder, base):
            path.chmod(0o555 if path.is_dir() else 0o444)
        command, *rest = words
        # "nobody" may not write where coverage would note what it saw.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
        done = subprocess.run(
            [sys.executable, "-c", _AS_NOBODY, str(warm), command, str(folder), *rest, "--user", FOUNDER],
            cwd=ROOT,
            capture_output=True,
            encoding="utf-8",
            check=False,
            env={**environment, "PYTHONPATH": str(ROOT), "MDA5_CRF_PASSWORD": password(FOUNDER)},
        )
        assert done.returncode == 3, done.stderr
        english, chinese = done.stderr.strip().splitlines()[-2:]
        assert "written" in english or "write" in english or "read-only" in english
        assert "只读" in chinese or "写" in chinese
        assert done.stdout.rpartition("=====\n")[2] == ""
        assert {p.name: p.read_bytes() for p in folder.iterdir()} == files
    finally:
        for path in (base, folder):
            path.chmod(0o755)
        shutil.rmtree(base)


@POSIX
def test_pages_into_a_folder_that_refuses(filled: Path, tmp_path: Path) -> None:
    call("pdf", "blank", "VS", "-o", "/proc/x.pdf").refused(3, "/proc/x.pdf")


# -- the disk ------------------------------------------------


def test_full_disk_by_the_databases_own_limit(vault: Path) -> None:
    """SQLite's page limit gives the very error of a full disk, everywhere."""
    with session_at(vault) as session:
        key = session.subjects()[0].identity
        with session.vault.store.transaction() as tx:
            pages = tx.connection.exec_driver_sql("PRAGMA page_count").scalar()
            tx.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        from mda5_crf.errors import StoreError
        from mda5_crf.itemkey import ItemKey

        entry = session.entry(ItemKey(key, "BL", "", "SV"))
        item = next(k for k in entry.state.items if k.item == "SVREASOC")
        last = ""
        with pytest.raises(StoreError) as caught:  # noqa: PT012 - which one fails is the disk's affair
            for number in range(200):
                entry.set_value(item, f"{number} " + "long " * 20)
                last = entry.state.items[item].value.text
        assert caught.value.exit_status == 3
        assert "full" in caught.value.text.en
        assert "满" in caught.value.text.zh
        assert entry.state.items[item].value.text == last, "what could not be saved is not shown as saved"
    assert pulse(vault) == "72"
    items = act("show", vault, "01-001", "BL", "SV", "--json").good().json()["items"]
    assert next(i["text"] for i in items if i["item"] == "SVREASOC") == last


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MiB, where this machine lets us mount one."""
    place = tmp_path / "small disk"
    place.mkdir()
    mount = shutil.which("mount")
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=3m", "none", str(place)], capture_output=True, check=False
    )
    if not made or made.returncode:
        pytest.skip("cannot mount a small disk here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill_up(disk: Path, *, leave: int = 0) -> Path:
    filler = disk / "filler"
    filler.unlink(missing_ok=True)
    with filler.open("wb", buffering=0) as file:
        file.write(bytes(max(shutil.disk_usage(disk).free - leave, 0)))
    return filler


@pytest.mark.requirement("E6-11")
@POSIX
@pytest.mark.parametrize("leave", [0, 4096, 16384, 65536])
def test_full_disk(filled: Path, small_disk: Path, leave: int) -> None:
    """A real ENOSPC at the command line; what was there stays there, and with room it goes on."""
    folder = Path(shutil.copytree(filled, small_disk / "ward.mda5"))
    filler = fill_up(small_disk, leave=leave)
    done = act("enter", folder, "01-001", "BL", "SV", "SVOCCUR=N", "SVREASOC=" + "far too long " * 40_000)
    done.refused(3)
    assert "full" in done.sentence()[0]
    assert "满" in done.sentence()[1]
    filler.unlink()
    assert pulse(folder) == "72"
    act("enter", folder, *PLACE, "PULSE_VSORRES=80").good()
    assert pulse(folder) == "80"


@POSIX
def test_full_disk_for_what_leaves_the_vault(filled: Path, small_disk: Path, tmp_path: Path) -> None:
    vault = Path(shutil.copytree(filled, tmp_path / "ward.mda5"))
    (small_disk / "old.pdf").write_bytes(b"old")
    fill_up(small_disk)
    call("pdf", "blank", "BL", "-o", small_disk / "old.pdf").refused(3, "room")
    act("pdf", "filled", vault, "01-001", "-o", small_disk / "new.pdf").refused(3, "room")
    assert (small_disk / "old.pdf").read_bytes() == b"old"
    made = call("new", small_disk / "v.mda5", "--site", "01", "--name", "Ward", "--user", "liu",
                "--person", "Liu Yang",
                secret="harbour-violet-31-candle")  # fmt: skip
    made.refused(3)
    call("demo", small_disk / "demo", "--no-screens").refused(3)
    assert sorted(p.name for p in small_disk.iterdir()) == ["filler", "old.pdf"]


# -- what comes from elsewhere ------------------------------------------------
# Damaged bundles and bundles for somebody else, at the command line: tests/unit/cli/test_exchange.py;
# all of the attacks on a bundle: tests/faults/test_bundles.py.


@pytest.mark.parametrize(
    "file,old,new,said",
    [
        ("forms/VS.toml", "oid = ", "oid = = ", "VS.toml:"),
        ("forms/VS.toml", 'type = "integer"', 'type = "intejer"', "intejer"),
        ("study.toml", "[study]", "[study]\nsurprise = 1", "surprise"),
    ],
)
def test_definition_with_an_error(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    folder = Path(shutil.copytree(study_directory(), tmp_path / "study"))
    source = (folder / file).read_text(encoding="utf-8")
    assert old in source
    (folder / file).write_text(source.replace(old, new, 1), encoding="utf-8")
    done = call("study", "check", folder)
    done.refused(1)
    assert said in done.err
    made = call("new", tmp_path / "v.mda5", "--site", "01", "--name", "Ward", "--user", "liu",
                "--study", folder,
                secret="harbour-violet-31-candle")  # fmt: skip
    made.refused(1)
    assert said in made.err
    assert not (tmp_path / "v.mda5").exists()
