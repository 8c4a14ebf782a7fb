"""``planted_text_in_no_file``: what people type stands nowhere in clear, neither at work nor after a kill.

Searched: the whole vault folder with write-ahead log, the temporary folder, the settings, the bundle,
the backups, every complaint. Searched for: UTF-8, UTF-16, GB 18030 and the escapes JSON writes.
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

from mda5_crf.db.unlock import DATABASE
from mda5_crf.itemkey import ItemKey
from tests.commandline import ROOT, act, call, remembered_keys
from tests.faults import killing
from tests.vaults import FOUNDER, PEOPLE, password
from tests.wards import built, session_at

PERSON = "PLANTED 张三丰 110101199003074477"
REASON = "planted-reason 误录入-7731"
QUESTION = "planted-question 请核对-5582"
ANSWER = "planted-answer 已核对-9917"
VISIT_TEXTS = (PERSON, REASON, QUESTION, ANSWER)


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary folder of the test's own, so that what falls into it is seen."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP", "SQLITE_TMPDIR"):
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    with remembered_keys():
        yield folder
    tempfile.tempdir = None


def shapes(text: str) -> list[bytes]:
    """The text as bytes, in every encoding a file here might hold it in; its parts, too.

    Not the shapes of five bytes and less: in megabytes of cipher text any four of them turn up by chance.
    """
    parts = [text, *(part for part in text.split() if len(part) > 5 or not part.isascii())]
    found = []
    for part in parts:
        found += [part.encode(), part.encode("utf-16-le"), part.encode("utf-16-be"), part.encode("gb18030")]
        found.append(json.dumps(part)[1:-1].encode())
    return [one for one in found if len(one) > 5]


def leaks(*folders: Path, texts: tuple[str, ...]) -> list[tuple[str, str]]:
    """Files below ``folders`` that hold one of ``texts`` in clear."""
    wanted = [(text, shape) for text in texts for shape in shapes(text)]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert files
    return [(str(path), text) for path in files for text, shape in wanted if shape in path.read_bytes()]


def secrets() -> tuple[str, ...]:
    """Passwords and printed names of everybody."""
    return tuple(secret for *_, secret in PEOPLE.values()) + tuple(name for name, *_ in PEOPLE.values())


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    """A search that cannot find anything proves nothing."""
    (tmp_path / "search").mkdir()
    for number, data in enumerate(
        (PERSON.encode(), PERSON.encode("utf-16-le"), json.dumps(PERSON).encode(), b"x")
    ):
        (tmp_path / "search" / str(number)).write_bytes(b"..." + data + b"...")
    found = {Path(path).name for path, _ in leaks(tmp_path / "search", texts=(PERSON,))}
    assert found == {"0", "1", "2"}


@pytest.mark.requirement("P11-11", "FDA-8", "PIPL-1", "PIPL-4")
def test_planted_text_in_no_file(tmp_path: Path, temporary: Path, own_settings: Path) -> None:
    ward = Path(shutil.copytree(built(), tmp_path / "ward.mda5"))
    centre = Path(shutil.copytree(built("00", "Centre"), tmp_path / "centre.mda5"))
    stick = tmp_path / "stick"
    for here, there in ((ward, centre), (centre, ward)):
        card = act("devices", "card", here, tmp_path / f"{here.stem}.card", "--json").good().json()
        act("devices", there, "add", card["file"], "--fingerprint", card["fingerprint"]).good()
    act("enrol", ward).good()
    place = ("01-001", "BL", "SV")
    act("enter", ward, *place, "SVOCCUR=N", f"SVREASOC={PERSON}", "--complete").good()
    act("enter", ward, *place, f"SVREASOC={PERSON} 2", "--reason", REASON).good()
    act("query", ward, "raise", *place, "SVREASOC", "--text", QUESTION).good()
    (query,) = act("query", ward, "--json").good().json()
    act("query", ward, "answer", query["query"], "--text", ANSWER).good()
    call("show", ward, "--user", FOUNDER, secret=PERSON).refused(1)
    bundle = Path(act("bundle", "make", ward, "-o", stick, "--anyway", "--json").good().json()["file"])
    act("bundle", "take", centre, bundle).good()
    assert PERSON in act("show", centre, *place).good().out, "the text did arrive"
    assert list((centre / "backups").iterdir()), "a backup was made before the bundle went in"
    places = (ward, centre, stick, temporary, own_settings)
    (own_settings / "looked").write_bytes(b"")
    assert leaks(*places, texts=(*VISIT_TEXTS, *secrets())) == []


@pytest.mark.requirement("PIPL-1")
def test_nothing_in_clear_while_the_vault_is_open(
    tmp_path: Path, temporary: Path, own_settings: Path
) -> None:
    ward = Path(shutil.copytree(built(), tmp_path / "ward.mda5"))
    with session_at(ward) as session:
        subject = session.enrol().identity
        entry = session.entry(ItemKey(subject, "BL", "", "SV"))
        item = next(k for k in entry.state.items if k.item == "SVREASOC")
        for number in range(20):
            entry.set_value(item, f"{PERSON} {number}")
        assert (ward / f"{DATABASE}-wal").stat().st_size > 0
        assert leaks(ward, temporary, own_settings, tmp_path, texts=(*VISIT_TEXTS, *secrets())) == []
        session.vault.store.checkpoint()
        assert leaks(tmp_path, texts=(*VISIT_TEXTS, *secrets())) == []


@pytest.mark.requirement("FDA-8")
@pytest.mark.skipif(os.name == "nt", reason="SIGKILL and fork")
@pytest.mark.parametrize("stage", [killing.AFTER_INSERT, killing.AFTER_SEAL, killing.AFTER_COMMIT])
def test_nothing_in_clear_after_a_kill(tmp_path: Path, stage: str) -> None:
    ward = Path(shutil.copytree(built(), tmp_path / "ward.mda5"))
    with session_at(ward) as session:
        subject = session.enrol().identity
    job = json.dumps([str(ward), subject, stage, 4, 0.0, PERSON])
    done = subprocess.run(
        [sys.executable, killing.__file__, str(ward)], cwd=ROOT, input=job + "\n", capture_output=True,
        encoding="utf-8", check=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert '["end", 9]' in done.stdout
    assert (ward / f"{DATABASE}-wal").stat().st_size > 0, "the log of the dead is there to be searched"
    assert leaks(tmp_path, texts=(PERSON, *secrets())) == []


def test_no_value_in_any_complaint(tmp_path: Path) -> None:
    """Refusals name items, visits and codes, never what was typed as a value or password."""
    ward = Path(shutil.copytree(built(), tmp_path / "ward.mda5"))
    act("enrol", ward).good()
    said = []
    for words in (
        ["enter", ward, "01-001", "BL", "SV", PERSON],
        ["enter", ward, "01-001", "BL", "SV", f"SVREASOC={PERSON}", "NOPE=1"],
        ["enter", ward, "01-001", "BL", "VS", f"BMI={PERSON}"],
        ["enter", ward, "01-001", "LOG", "EX", f"ECTRT={PERSON}", "--row", "7"],
    ):
        done = act(*words)
        assert done.status in (1, 2)
        said.append(done.out + done.err)
    done = call("show", ward, "--user", FOUNDER, secret=PERSON)
    said.append(done.out + done.err)
    for part in PERSON.split():
        assert part not in "".join(said)
    assert password(FOUNDER) not in "".join(said)
