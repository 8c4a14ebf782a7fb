"""The reader of whole archives, called directly; and what puts their records into the order of the chains."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mda5_crf.crypto import canon
from mda5_crf.db.records import AuditRecord
from mda5_crf.errors import InputRefused
from mda5_crf.exchange import buckets, odmback
from mda5_crf.exchange.buckets import Buckets
from mda5_crf.jobs.exports import ARCHIVE, write_odm
from mda5_crf.services.session import Session
from tests.unit.jobs.archived import World, built
from tests.unit.sync.synckit import A


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    base = tmp_path_factory.mktemp("odmback")
    shutil.copytree(built() / A, base / A)
    world = World(base, base)
    yield world[A]
    world.close()


@pytest.fixture(scope="module")
def archive(session: Session, tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("archive") / "a.xml"
    return write_odm(session, file, ARCHIVE).part.read_text(encoding="utf-8")


def told(text: str) -> list[dict[str, Any]]:
    return list(odmback.lines(io.BytesIO(text.encode("utf-8", "surrogatepass")), {"file": "a.xml"}))


# -- what is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pattern, instead, code",
    [
        (r"</ODM>\n$", "", "not_xml"),
        (r"<ODM ", '<!DOCTYPE ODM [<!ENTITY a "b">]><ODM ', "strange"),
        (r"<ODM (.*)</ODM>", r"<XML \1</XML>", "strange"),
        (r' mda5:Hash="[0-9a-f]*">\n<Protocol', ">\n<Protocol", "strange"),
        (r'MetaDataVersionOID="MDV[^"]*">\n<SubjectData', 'MetaDataVersionOID="M">\n<SubjectData', "strange"),
        (r'(<StudyEventData [^>]*StudyEventOID=")SE\.', r"\1", "strange"),
        (r'mda5:Opens="[^"]*"', 'mda5:Opens="?"', "strange"),
        (r'mda5:Opens="[^"]*"', 'mda5:Opens="AAAAAAAAAAAAAAAAAAAAAA=="', "strange"),
        (r' mda5:Clock="\d+"(?=[^>]*mda5:Opens)', "", "strange"),
        (r"<SourceID>[^<]*</SourceID>", "<SourceID>x</SourceID>", "strange"),
        (r"<CryptoBindingManifest>[^<]*", "<CryptoBindingManifest>1", "strange"),
        (r"\n<Signature>.*?</Signature>", "", "strange"),
        (r"(<mda5:Entry [^>]*>\n<mda5:Content>)[^<]*", r"\1[]", "strange"),
        (r'(<mda5:Seal [^>]*First=")\d', r"\1x", "strange"),
        (r'(<mda5:Source [^>]*) Part="1"', r"\1", "strange"),
    ],
)
def test_what_our_writer_never_writes_is_refused(archive: str, pattern: str, instead: str, code: str) -> None:
    text, count = re.subn(pattern, instead, archive, count=1, flags=re.DOTALL)
    assert count
    with pytest.raises(InputRefused, match=rf"odmback\.{code}"):
        told(text)


# -- what is read ----------------------------------------------------------------------------------------


def test_every_record_is_told_once_with_all_it_is_made_of(session: Session, archive: str) -> None:
    lines = told(archive)
    records = {one.id: one for one in session.vault.journal.records()}
    seen = {}
    for line in lines:
        if "record" not in line:
            continue
        sent = line["record"]
        data = None if sent["data"] is None else canon(sent["data"]).decode("utf-8")
        name = f"{sent['device']}:{sent['seq']}"
        known = records[name]
        assert name not in seen
        seen[name] = AuditRecord.rebuilt({**sent, "data": data, "prev": known.prev, "study": known.study})
        assert line["hash"] == known.hash
    assert seen == records
    assert any(one.content is None and not one.withheld for one in seen.values())  # redacted
    assert any(one.withheld for one in seen.values())  # of another ward
    kinds = [next(iter(line)) for line in lines]
    assert kinds[:2] == ["head", "study"] and kinds[-1] == "proof" and {"seal", "source"} <= set(kinds)


def test_what_was_put_aside_comes_by_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "_HELD", 200)
    monkeypatch.setattr(buckets, "PER_BUCKET", 4)
    numbers = [9, 3, 17, 1, 2, 3, 40, 8, 5]
    with Buckets(tmp_path) as held:
        for number in numbers:
            for name in ("a", "b"):
                held.put(name, number, {"what": f"secret {name} {number}\n"})
        assert held.names() == {"a", "b"} and held.count("a") == len(numbers) and held.count("c") == 0
        held._file.flush()
        held._file.seek(0)
        assert b"secret" not in held._file.read()
        for _ in range(2):
            assert [number for number, _ in held.sorted("a")] == sorted(numbers)
            assert all(what == {"what": f"secret b {n}\n"} for n, what in held.sorted("b"))
        assert list(held.sorted("c")) == []
    assert list(tmp_path.iterdir()) == []
