"""Every ODM file is held against its schema while it is written; one that is not valid never appears."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from mda5_crf.errors import StoreError
from mda5_crf.exchange.odm_check import SchemaCheck
from mda5_crf.exchange.odm_told import Elements, joined, left, parted, whole
from mda5_crf.exchange.xmlout import XmlOut
from mda5_crf.jobs.exports import ARCHIVE, SNAPSHOT, write_odm, write_trail
from mda5_crf.services.session import Session
from tests.scenario import Ward
from tests.wards import built, session_at

ROOT = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3"'
    b' ODMVersion="1.3.2" FileType="Snapshot" FileOID="f" CreationDateTime="2026-09-01T00:00:00Z"'
)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = Path(shutil.copytree(built(), tmp_path_factory.mktemp("check") / "ward.mda5"))
    with session_at(folder) as session:
        Ward(session).enrol().open("BL", "VS").enter_all(SYSBP_VSORRES="120")
        yield session


@pytest.mark.requirement("P11-6")
@pytest.mark.parametrize(
    "what, plain", [(SNAPSHOT, False), (SNAPSHOT, True), (ARCHIVE, False), (ARCHIVE, True), ("trail", False)]
)
def test_a_file_that_is_not_valid_never_appears(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, plain: bool
) -> None:
    """Wherever the writer errs, at any of the files: nothing of it is left, and the words name the place."""
    leaf = XmlOut.leaf

    def wrong(self: XmlOut, name: str, text: str | None = None, **more: str | None) -> None:
        for _ in range(2 if name == "SiteRef" else 1):  # one is allowed
            leaf(self, name, text, **more)

    monkeypatch.setattr(XmlOut, "leaf", wrong)
    write = partial(write_odm, what=what, extensions=not plain) if what != "trail" else write_trail
    with pytest.raises(StoreError, match=r"odmback\.not_valid") as failed:
        write(session, tmp_path / "x.xml")
    assert "SiteRef" in failed.value.text.en and "120" not in failed.value.text.en
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "piece, place",
    [
        (b' Foreign="1"/>', "ODM/@Foreign"),
        (b'><ClinicalData StudyOID="S"/></ODM>', "ClinicalData"),
        (b"><Study/></ODM>", "Study"),
        (b"></Other>", "?"),
        (b">", "?"),
    ],
)
def test_what_is_wrong_is_named_without_any_value(piece: bytes, place: str) -> None:
    check = SchemaCheck(extensions=False)

    def fed() -> None:
        check.feed(ROOT + piece)
        check.close()

    with pytest.raises(StoreError) as failed:
        fed()
    assert f"({place}, between" in failed.value.text.en


def test_a_valid_file_passes_and_plain_files_know_no_extensions() -> None:
    for piece, plain in ((b' xmlns:mda5="urn:mda5-crf:odm:1"/>', False), (b"/>", True)):
        check = SchemaCheck(extensions=not plain)
        check.feed(ROOT + piece)
        check.close()


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux says how much there is now")
def test_elements_are_forgotten_as_they_end() -> None:
    """However long the file: what waits is what is open."""
    check = SchemaCheck()
    check.feed(ROOT + b'><ClinicalData StudyOID="S" MetaDataVersionOID="M">')
    for number in range(2000):
        check.feed(b'<SubjectData SubjectKey="%d"/>\n' % number)
    before = _resident()
    for number in range(2000, 30_000):
        check.feed(b'<SubjectData SubjectKey="%d%s"/>' % (number, b"x" * 1000))
    assert _resident() - before < 8 << 20  # all of them together are 28 MB


def _resident() -> int:
    """Bytes of memory that this process has now."""
    with Path("/proc/self/statm").open(encoding="ascii") as facts:
        return int(facts.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize(
    "names", [(), ("a:1",), ("a:1", "b:2"), ("",), ("", ""), ("a b",), ("[x",), ("a", "")]
)
def test_names_in_one_attribute_come_back(names: tuple[str, ...]) -> None:
    text = joined(names)
    assert (parted(text) if text else ()) == names


def test_contents_come_back_whatever_the_elements_say() -> None:
    for kind, data, elements in (
        ("value", {"text": "5", "unit": "kg"}, Elements("value", "5")),
        ("value", {"text": ""}, Elements("value")),
        ("missing", {"code": "ND", "reason": {"code": "X"}}, Elements("missing", None, "words", "X")),
        ("strike", {"reason": "slip", "state": "struck"}, Elements("strike", None, "slip")),
        ("value", {"text": "a", "prompt": ["A-1", "B-2"]}, Elements("value", "a", prompt="A-1 B-2")),
        ("value", {"text": "a", "prompt": [1]}, Elements("value", "a", prompt="1")),
        ("signature", {"meaning": "REVIEWED"}, Elements("signature", manifest='{"meaning":"REVIEWED"}')),
    ):
        assert whole(elements.told(), left(data, elements.told())) == data, kind
    with pytest.raises(ValueError, match="manifest"):
        Elements("signature", manifest="[]").told()


def test_the_sum_of_what_was_written_so_far() -> None:
    pieces: list[bytes] = []
    out = XmlOut(pieces.append)
    out.start("a")
    first = out.sha256()
    out.leaf("b")
    assert out.sha256() != first and b"".join(pieces).endswith(b"<b/>")
