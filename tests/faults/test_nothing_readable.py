"""Nothing but log-in codes, sizes, times and random ids is readable without a password, whatever was done.

One session by commands uses every feature that writes; a second one dies by ``kill -9`` with text half typed.
Then every file is searched, and what stands in clear in the small files of the folder is held to a list.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from mda5_crf.db.unlock import DATABASE
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Reason
from mda5_crf.services.drafts import HalfTyped, TypedInto
from mda5_crf.services.recovery import SHEET_WORDS, SHEETS, Ceremony
from mda5_crf.services.session import Session
from tests.commandline import ROOT, act, call, remembered_keys
from tests.faults import test_planted
from tests.faults.test_planted import ANSWER, PERSON, QUESTION, REASON, secrets, temporary
from tests.vaults import FOUNDER, password
from tests.wards import built, session_at

__all__ = ["temporary"]

DRAFT: Final = "PLANTED-DRAFT 李四丰 13912345678"
PASTED: Final = "PLANTED-PASTED 王五"
SECOND: Final = "PLANTED-SECOND 赵六"
LISTED: Final = "PLANTED-LISTED 钱七"
PLACE: Final = ("01-001", "BL", "SV")
WRONG: Final = "PLANTED-WRONG 孙八"
REDACTED: Final = "PLANTED-REDACTED 周九"
HELD: Final = "PLANTED-HELD 吴十"
HOLDERS: Final = ("PLANTED-HOLDER 郑一", "Sun Yue", "He Ping")
TYPED: Final = (
    PERSON, REASON, QUESTION, ANSWER, DRAFT, PASTED, SECOND, LISTED, WRONG, REDACTED, HELD, HOLDERS[0],
)  # fmt: skip
# Words of the study and the ward: not of a participant, and yet nobody's business.
STRUCTURE: Final = ("SVREASOC", "NCT04966884", "Ward 3", "01-001", "Systolic", "audit_record")


def shapes(text: str) -> list[bytes]:
    """As ``test_planted``, and as base64 (at each of its three alignments), hexadecimal and percent codes."""
    found = test_planted.shapes(text)
    whole = text.encode()
    for start in range(3):
        found.append(base64.b64encode(whole[start : start + (len(whole) - start) // 3 * 3]))
    for one in (whole, text.encode("utf-16-le")):
        found += [one.hex().encode(), one.hex().upper().encode()]
    found.append("".join(f"%{byte:02X}" for byte in text.rsplit(maxsplit=1)[-1].encode()).encode())
    return [one for one in found if len(one) > 5]


def leaks(*places: Path, texts: tuple[str, ...]) -> list[tuple[str, str]]:
    wanted = [(text, shape) for text in texts for shape in shapes(text)]
    found = []
    for path in {path for place in places for path in place.rglob("*") if path.is_file()}:
        data = path.read_bytes()
        found += [(str(path), text) for text, shape in wanted if shape in data]
        found += [(str(path), text) for text in texts if text in path.name]
    return found


def test_the_search_finds_every_shape(tmp_path: Path) -> None:
    text = PERSON.encode()
    for name, data in {
        "plain": text, "wide": PERSON.encode("utf-16-le"), "gbk": PERSON.encode("gbk"),
        "b0": base64.b64encode(text), "b1": base64.b64encode(b"x" + text),
        "b2": base64.b64encode(b"xy" + text), "hex": text.hex().encode(), "json": json.dumps(PERSON).encode(),
    }.items():  # fmt: skip
        (tmp_path / name).write_bytes(b"..." + data + b"...")
    assert len({path for path, _ in leaks(tmp_path, texts=(PERSON,))}) == 8
    assert leaks(tmp_path, texts=("never there",)) == []


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The places left behind by a session that used everything: vault, centre, sticks, temp, settings."""
    base = tmp_path_factory.mktemp("readable")
    made = {name: base / name for name in ("stick", "copies", "temp", "config", "clear")}
    for folder in made.values():
        folder.mkdir()
    made["ward"] = Path(shutil.copytree(built(), base / "ward.mda5"))
    made["centre"] = Path(shutil.copytree(built("00", "Centre"), base / "centre.mda5"))
    with pytest.MonkeyPatch.context() as patch, remembered_keys():
        for name in ("TMPDIR", "TEMP", "TMP", "SQLITE_TMPDIR"):
            patch.setenv(name, str(made["temp"]))
        patch.setattr(tempfile, "tempdir", None)
        patch.setenv("MDA5_CRF_CONFIG", str(made["config"]))
        _use(made)
    tempfile.tempdir = None
    return made


def _use(at: dict[str, Path]) -> None:
    ward, centre = at["ward"], at["centre"]
    for here, there in ((ward, centre), (centre, ward)):
        card = act("devices", "card", here, at["clear"] / f"{here.stem}.card", "--json").good().json()
        act("devices", there, "add", card["file"], "--fingerprint", card["fingerprint"]).good()
    act("enrol", ward).good()
    act("enter", ward, *PLACE, "SVOCCUR=N", f"SVREASOC={PERSON}", "--complete").good()
    act("enter", ward, *PLACE, f"SVREASOC={PERSON} 2", "--reason", REASON).good()
    act("enter", ward, *PLACE, "SVOCCUR=N", f"SVREASOC={SECOND}", "--second", login="n07").good()
    act("query", ward, "raise", *PLACE, "SVREASOC", "--text", QUESTION).good()
    (query,) = act("query", ward, "--json").good().json()
    act("query", ward, "answer", query["query"], "--text", ANSWER).good()
    act("audit", ward, "--review", REASON)
    (at["clear"] / "name.txt").write_text(LISTED, encoding="utf-8")
    act("identities", ward, "set", "01-001", f"name={at['clear'] / 'name.txt'}").good()
    act("backup", ward, "place", at["copies"]).good()
    act("backup", ward, "make").good()
    act("pdf", "filled", ward, "01-001", "-o", at["clear"] / "filled.pdf").good()
    with session_at(ward) as session:
        subject = session.subjects()[0].identity
        entry = session.entry(ItemKey(subject, "BL", "", "SV"))
        item = next(key for key in entry.state.items if key.item == "SVREASOC")
        session.keep_drafts([HalfTyped(TypedInto.FIELD, item.path(), DRAFT)])
        log = session.entry(ItemKey(subject, "LOG", "", "CM"))
        group = next(group for group in log.form.groups if group.repeating)
        row = log.add_row(group.name)[0]
        text = next(one for one in group.items if one.type == "text" and not one.computed)
        key = log.key._replace(group=group.name, group_repeat=row, item=text.name)
        log.set_values({key: PASTED}) if hasattr(log, "set_values") else log.set_value(key, PASTED)
        _use_the_record(session, subject, item)
    act("bundle", "make", ward, "-o", at["stick"]).refused(1, "--anyway")  # it names somebody
    act("bundle", "make", ward, "-o", at["stick"], "--anyway", "--cover").good()
    bundle = next(at["stick"].rglob("*.mda5b"))
    act("bundle", "take", centre, bundle).good()
    act("users", ward, "renew-key", "--reason", "lost").good()
    act("backup", ward, "make").good()
    call("show", ward, "--user", FOUNDER, secret=PERSON).refused(1)


def _use_the_record(session: Session, subject: str, item: ItemKey) -> None:
    """What two persons do: a void, a proposal of redaction; words typed beside the forms; recovery sheets."""
    nurse, own = ("n07", password("n07")), password(FOUNDER)
    session.void(ItemKey(subject, "LOG", form="CM"), Reason("OTHER", WRONG), nurse)
    value = next(line.record for line in session.history(item) if line.kind == "value")
    session.propose_redaction([value], Reason("PRIVACY", REDACTED), [REDACTED], own_password=own)
    session.keep_drafts([HalfTyped(TypedInto.WORDS, "queries.words", HELD)])
    session.begin_duty("zz9", "CONSENT", "", "", HELD, own_password=own)
    ceremony = Ceremony(session, HOLDERS, own_password=own, second=nurse)
    while ceremony.due <= SHEETS:
        words = ceremony.sheet().words
        # Single words stand in the program's own list; three in a row stand nowhere by chance.
        _SHEETS.extend(" ".join(words[place : place + 3]) for place in range(0, len(words) - 2, 3))
        ceremony.type_back(" ".join(words))
    ceremony.finish(own_password=own)


_SHEETS: Final[list[str]] = []


@pytest.mark.requirement("PIPL-1", "PIPL-4")
def test_words_of_recovery_sheets_are_in_no_file(used: dict[str, Path]) -> None:
    """Not in the vault, its copies, settings or the temporary folder, and not in what was given out."""
    assert len(_SHEETS) == 3 * (SHEET_WORDS // 3)
    wanted = [run.replace(" ", between).encode() for run in _SHEETS for between in (" ", "\n", "-", '","')]
    files = [path for place in used.values() for path in place.rglob("*") if path.is_file()]
    assert files
    assert [path.name for path in files if any(one in path.read_bytes() for one in wanted)] == []


@pytest.mark.requirement("FDA-8", "PIPL-1", "PIPL-4", "PIPL-8")
def test_planted_text_in_no_file_after_every_feature(used: dict[str, Path]) -> None:
    places = tuple(path for name, path in used.items() if name != "clear")
    assert leaks(*places, texts=(*TYPED, *secrets())) == []
    files = {path.name for place in places for path in place.rglob("*") if path.is_file()}
    assert {DATABASE, "keys.json", "keys.json.1", "people.db", "backup.json", "settings.json"} <= files
    assert leaks(used["clear"], texts=(LISTED,)), "what was given in clear is found, so the search works"


@pytest.mark.requirement("FDA-8", "PIPL-8")
def test_not_even_words_of_the_study_in_the_vault(used: dict[str, Path]) -> None:
    """Database, copies and what waits for a courier show no item, no number, no word of a form."""
    found = leaks(used["ward"], used["centre"], used["copies"], used["temp"], texts=STRUCTURE)
    assert [(path, text) for path, text in found if not path.endswith(".mda5b")] == []


@pytest.mark.requirement("FDA-8", "PIPL-8")
def test_what_is_clear_in_the_folder_is_on_the_list(used: dict[str, Path]) -> None:
    """Log-in codes, sizes, times, numbers, random ids and the names of formats: nothing else."""
    small = [p for name in ("ward", "copies") for p in used[name].rglob("*.json*") if p.is_file()]
    assert {path.name for path in small} >= {"keys.json", "keys.json.1", "backup.json"}
    for path in small:
        texts = set(_texts(json.loads(path.read_bytes())))
        assert {text for text in texts if not _allowed(text)} == set(), path
    databases = [p for name in ("ward", "copies") for p in used[name].rglob("*.db*") if p.is_file()]
    for path in databases:
        data = path.read_bytes()
        assert b"SQLite format 3" not in data
        if len(data) > 8192 and not path.name.endswith("-shm"):
            assert not re.search(rb"[A-Za-z ]{24,}", data), f"{path.name} holds a run of letters"


def _texts(part: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for name, value in part.items():
            yield name
            yield from _texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from _texts(value)


def _allowed(text: str) -> bool:
    """A random id, hash, key or cipher text; a time; a version; a log-in; a word of the formats."""
    return bool(
        re.fullmatch(r"[0-9a-f]{16,64}|age1[0-9a-z]{58}|[A-Za-z0-9+/]{16,}={0,2}|[A-Za-z0-9+/]{22,}==", text)
        or re.fullmatch(r"\d{4}-\d{2}-\d{2}([T ][\d:.]+(Z|[+-]\d{2}:\d{2})?)?|\d+(\.\d+)*", text)
        or re.fullmatch(r"[in][0-9]{2}|[ad]0[23]", text)  # the log-in codes of PEOPLE
        or re.fullmatch(r"[a-z0-9_./-]{0,24}", text)
    )


CHILD = """
import json, os, signal, sys
from pathlib import Path
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.drafts import HalfTyped, TypedInto
from tests.wards import session_at
folder, subject, typed, committed = json.loads(sys.stdin.readline())
with session_at(Path(folder)) as session:
    entry = session.entry(ItemKey(subject, "BL", "", "SV"))
    item = next(key for key in entry.state.items if key.item == "SVREASOC")
    entry.set_value(item, committed)
    session.keep_drafts([HalfTyped(TypedInto.FIELD, item.path(), typed)])
    from mda5_crf.services import backups
    backups.make(session)
    entry.set_value(item, committed + " again")
    print("now", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.requirement("FDA-8", "PIPL-1")
@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_planted_text_in_no_file_after_a_kill_with_drafts(tmp_path: Path, temporary: Path) -> None:
    ward = Path(shutil.copytree(built(), tmp_path / "ward.mda5"))
    with session_at(ward) as session:
        subject = session.enrol().identity
    done = subprocess.run(
        [sys.executable, "-c", CHILD], cwd=ROOT, capture_output=True, encoding="utf-8", check=False,
        input=json.dumps([str(ward), subject, DRAFT, PERSON]) + "\n",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stdout.strip() == "now", done.stderr
    assert done.returncode == -signal.SIGKILL
    assert (ward / f"{DATABASE}-wal").stat().st_size > 0
    assert leaks(tmp_path, texts=(DRAFT, PERSON, *secrets())) == []
    assert not [path for path in tmp_path.rglob("core*") if path.is_file()]


@pytest.mark.logs
@pytest.mark.requirement("FDA-8", "PIPL-1")
def test_crash_reports_hold_no_value(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """Our own mistake, with a name in its text: neither window nor command nor log repeats it."""
    from mda5_crf.cli import show
    from mda5_crf.ui.mistakes import noted

    def fail(*_: object) -> int:
        raise ValueError(f"could not convert {PERSON} with {password(FOUNDER)}")

    monkeypatch.setattr(show, "run", fail)
    ward = Path(shutil.copytree(built(), tmp_path / "ward.mda5"))
    with caplog.at_level(logging.DEBUG), remembered_keys():
        done = act("show", ward)
        try:
            fail()
        except ValueError as error:
            told = noted(type(error), error.__traceback__)
    assert done.status == 3
    said = done.out + done.err + told.in_("en") + told.in_("zh") + caplog.text
    assert "ValueError" in said and "test_nothing_readable" in said
    assert not [part for part in (*PERSON.split(), password(FOUNDER)) if part in said]
