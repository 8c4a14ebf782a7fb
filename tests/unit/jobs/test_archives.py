"""Archives: complete, provable, the same from the same record; whole or not there at all."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest

from mda5_crf.crypto import SigningKey, base64_text, canon
from mda5_crf.errors import Cancelled, CrfError, InputRefused, StoreError
from mda5_crf.jobs import shelf
from mda5_crf.jobs.archivecheck import Checked, check
from mda5_crf.jobs.archives import Order, archive, offered_name
from mda5_crf.services.asof import Moment, present
from mda5_crf.services.session import Session
from tests.scenario import Ward
from tests.wards import built, session_at


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    folder = Path(shutil.copytree(built(), tmp_path_factory.mktemp("archives") / "ward.mda5"))
    with session_at(folder) as session:
        made = Ward(session).enrol()
        vitals = made.open("SCR", "VS").enter_all(VSPERF="Y", VSDAT="2026-08-21", SYSBP_VSORRES="137")
        vitals.enter("TEMP_VSORRES", "99.5 °F")
        made.open("SCR", "VS").mark("HEIGHT_VSORRES", "ND")
        yield made


@pytest.fixture
def order(ward: Ward) -> Order:
    return Order((ward.subject,), "en", pdfa=False)


@pytest.fixture(scope="module")
def good(ward: Ward, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive as a folder; tests copy it before they change it."""
    target = tmp_path_factory.mktemp("good") / "archive"
    archive(ward.session, target, Order((ward.subject,), "both", pdfa=False))
    return target


def files(folder: Path) -> dict[str, bytes]:
    return {
        one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()
    }


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def exports(session: Session) -> list[dict[str, Any]]:
    return [dict(one.data) for one in session.vault.journal.records(kinds=("export",))]


# -- what is in it -------------------------------------------------------------------------------------


@pytest.mark.requirement("P11-2")
@pytest.mark.requirement("EMA-11", "CN-11")
def test_it_holds_what_it_says(ward: Ward, good: Path) -> None:
    found, number = files(good), ward.session.subjid(ward.subject)
    mine = {name.removeprefix(f"{number}/") for name in found if name.startswith(f"{number}/")}
    assert mine >= {
        "casebook-both.pdf", "odm-snapshot.xml", "odm-history.xml", "values/vs.csv", "queries.csv",
        "verification.csv", "signatures.csv", "audit-trail.csv",
    }  # fmt: skip
    assert all(name == name.lower() for name in found)
    text = "".join(page.extract_text() for page in pypdf.PdfReader(good / number / "casebook-both.pdf").pages)
    assert "137" in text
    assert b'Value="137"' in found[f"{number}/odm-snapshot.xml"]
    assert b"Transactional" in found[f"{number}/odm-history.xml"]
    source = b"".join(data for name, data in found.items() if name.startswith("definition/"))
    assert b"SYSBP_VSORRES" in source
    readme = found["readme.txt"].decode("utf-8-sig")
    assert "sha256sum -c" in readme and "明文" in readme
    for name in ("audit-trail.csv", "values/vs.csv"):
        assert found[f"{number}/{name}"].startswith(b"\xef\xbb\xbf")
    assert any(row["new"] == "137" for row in rows(found[f"{number}/audit-trail.csv"]) if "new" in row) or (
        b"137" in found[f"{number}/audit-trail.csv"]
    )


def test_values_have_both_units_codes_and_missing_reasons(ward: Ward, good: Path) -> None:
    number = ward.session.subjid(ward.subject)
    lines = {row["item"]: row for row in rows((good / number / "values/vs.csv").read_bytes())}
    pressure, warm, height = (lines[n] for n in ("SYSBP_VSORRES", "TEMP_VSORRES", "HEIGHT_VSORRES"))
    assert (pressure["as_entered"], pressure["value"], pressure["unit"]) == ("137", "137", "mmHg")
    assert (warm["as_entered"], warm["unit_entered"], warm["value"]) == ("99.5", "°F", "37.5")
    assert (height["missing"], height["state"], height["value"]) == ("ND", "missing", "")
    assert height["missing_en"] and height["missing_zh"]
    assert (lines["VSPERF"]["value"], lines["VSPERF"]["meaning_en"]) == ("Y", "Yes")
    assert all(row["visit"] == "SCR" and row["form"] == "VS" and row["participant"] == number
               for row in lines.values())  # fmt: skip


def test_keys_are_public_ones_and_their_fingerprints_right(ward: Ward, good: Path) -> None:
    keys = json.loads((good / "keys.json").read_text("utf-8"))
    assert {one["id"] for one in keys["devices"]} == {ward.session.device}
    for one in (*keys["devices"], *keys["authorities"], keys["signer"]):
        assert one["sign_sha256"] == hashlib.sha256(base64.b64decode(one["sign"])).hexdigest()
    assert any(one["name"] == ward.session.person.name for one in keys["persons"])
    secret = ward.session.vault.device_keys
    told = (good / "keys.json").read_bytes()
    assert base64_text(secret.sign.seed).encode() not in told and secret.box.text.encode() not in told


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="no sha256sum on this machine")
def test_the_list_can_be_checked_without_this_program(good: Path) -> None:
    subprocess.run(["sha256sum", "-c", "--quiet", "--strict", "manifest.sha256"], cwd=good, check=True)
    listed = {line[66:] for line in (good / "manifest.sha256").read_text("ascii").splitlines()}
    assert listed == set(files(good)) - {"manifest.sha256", "manifest-signed.json", "confirmation.pdf"}


def test_the_confirmation_names_list_and_key(ward: Ward, good: Path) -> None:
    text = "".join(page.extract_text() for page in pypdf.PdfReader(good / "confirmation.pdf").pages)
    digits = "".join(text.split())
    assert hashlib.sha256((good / "manifest.sha256").read_bytes()).hexdigest() in digits
    assert ward.session.subjid(ward.subject) in text and "签名" in text
    key = json.loads((good / "keys.json").read_text("utf-8"))["signer"]["sign_sha256"]
    assert key in digits


# -- the same from the same ----------------------------------------------------------------------------


def test_the_same_moment_gives_the_same_bytes(ward: Ward, order: Order, tmp_path: Path) -> None:
    """Also once more was entered: as of the head of then, folder and zip alike."""
    session = ward.session
    moment = Moment(heads=present(session).heads)
    then = Order(order.subjects, "en", moment, pdfa=False)
    first = archive(session, tmp_path / "first", then)
    archive(session, tmp_path / "one.zip", then)
    ward.open("SCR", "VS").enter("PULSE_VSORRES", "71")
    second = archive(session, tmp_path / "second", then)
    assert files(tmp_path / "first") == files(tmp_path / "second")
    assert first.manifest == second.manifest
    (tmp_path / "again").mkdir()
    archive(session, tmp_path / "again" / "one.zip", then)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "again" / "one.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as file:
        assert {n.removeprefix("one/"): file.read(n) for n in file.namelist()} == files(tmp_path / "first")
    now = archive(session, tmp_path / "now", order)
    assert now.manifest != first.manifest
    number = session.subjid(ward.subject)
    assert b"PULSE_VSORRES" in (tmp_path / "now" / number / "values/vs.csv").read_bytes()
    assert b"PULSE_VSORRES" not in (tmp_path / "first" / number / "values/vs.csv").read_bytes()


def test_pdfa_is_made_and_passes(ward: Ward, tmp_path: Path) -> None:
    pdfa = pytest.importorskip("mda5_crf.pdf.pdfa")
    if not pdfa.available():
        pytest.skip("the extra [pdfa] is not installed")
    made = archive(ward.session, tmp_path / "a", Order((ward.subject,), "en"))
    assert made.pdfa and not any("PDF/A" in line.en for line in made.lines())
    for file in (tmp_path / "a").rglob("*.pdf"):
        assert pdfa.findings(file.read_bytes()) == ()


# -- proven ----------------------------------------------------------------------------------------------


def test_it_is_recorded_before_it_is_there(ward: Ward, order: Order, tmp_path: Path) -> None:
    made = archive(ward.session, tmp_path / "a.zip", order)
    told = exports(ward.session)[-1]
    assert (told["what"], told["file"], told["sha256"]) == ("archive", "a.zip", made.manifest)
    assert (told["participants"], told["files"], told["of"]) == (1, made.files, [ward.subject])
    found = check(tmp_path / "a.zip", ward.session)
    assert found.whole and any("recorded here" in line.en for line in found.lines())


def test_an_untouched_archive_is_whole(ward: Ward, good: Path) -> None:
    assert check(good).whole and check(good, ward.session).whole
    assert any("Compare" in line.en for line in check(good).lines())


def altered(good: Path, to: Path, change: Callable[[Path], object]) -> Checked:
    folder = Path(shutil.copytree(good, to / "copy"))
    change(folder)
    found = check(folder)
    assert not found.whole
    return found


def test_each_altered_file_is_named(good: Path, tmp_path: Path) -> None:
    """Every single file: one bit."""
    folder = Path(shutil.copytree(good, tmp_path / "copy"))
    for name, data in files(good).items():
        if name in ("manifest.sha256", "manifest-signed.json", "keys.json") or not data:
            continue
        changed = bytearray(data)
        changed[len(data) // 2] ^= 1
        (folder / name).write_bytes(changed)
        assert [one.en for one in check(folder).troubles] == [f"{name} was altered."]
        (folder / name).write_bytes(data)
    assert check(folder).whole


def test_what_is_missing_added_linked_or_cut_is_named(good: Path, tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    found = altered(good, tmp_path / "1", lambda folder: (folder / "readme.txt").unlink())
    assert [one.en for one in found.troubles] == ["readme.txt is missing."]
    (tmp_path / "2").mkdir()
    found = altered(good, tmp_path / "2", lambda folder: (folder / "new.txt").write_bytes(b""))
    assert [one.en for one in found.troubles] == ["new.txt was added later."]
    (tmp_path / "3").mkdir()

    def link(folder: Path) -> None:
        (folder / "readme.txt").unlink()
        (folder / "readme.txt").symlink_to(good / "readme.txt")

    found = altered(good, tmp_path / "3", link)
    assert [one.en for one in found.troubles] == ["readme.txt was altered."]


def test_a_list_or_key_of_somebody_else_is_found(ward: Ward, good: Path, tmp_path: Path) -> None:
    """A file changed together with its list; then signed anew by another key."""
    folder = Path(shutil.copytree(good, tmp_path / "copy"))
    name = "readme.txt"
    (folder / name).write_bytes(b"other")
    lines = (folder / "manifest.sha256").read_text("ascii").splitlines(keepends=True)
    new = [
        f"{hashlib.sha256(b'other').hexdigest()}  {name}\n" if n.endswith(f"  {name}\n") else n for n in lines
    ]
    (folder / "manifest.sha256").write_text("".join(new), "ascii")
    assert [one.en for one in check(folder).troubles] == [
        "The list of files (manifest.sha256) is not the one that was signed."
    ]
    key, whole = SigningKey.generate(), json.loads((folder / "manifest-signed.json").read_bytes())
    body = {**whole["archive"], "manifest": hashlib.sha256("".join(new).encode()).hexdigest()}
    whole |= {"archive": body, "sig": base64_text(key.sign("archive", canon(body)))}
    (folder / "manifest-signed.json").write_bytes(canon(whole))
    assert "signature" in check(folder).troubles[0].en
    found = check(folder, ward.session)
    assert any("signature" in one.en for one in found.troubles), "the vault believes its own key alone"
    body["heads"] = {ward.session.device: f"1:{'0' * 64}"}
    (folder / "manifest-signed.json").write_bytes(canon({**whole, "archive": body}))
    assert any("another one in this vault" in one.en for one in check(folder, ward.session).troubles)
    body["device"] = "0" * 16
    (folder / "manifest-signed.json").write_bytes(canon({**whole, "archive": body}))
    assert any("does not know PC" in one.en for one in check(folder, ward.session).troubles)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"\x00" * 50, b'{"archive":{},"format":"mda5-crf-archive/1","sig":"AA=="}',
             b'{"archive":3,"format":"mda5-crf-archive/1","sig":"AA=="}'],
)  # fmt: skip
def test_what_is_no_archive_is_said(good: Path, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "manifest-signed.json").write_bytes(data)
    with pytest.raises(InputRefused) as caught:
        check(tmp_path)
    assert caught.value.code == "archive.check_none"
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(InputRefused):
        check(tmp_path / "x.zip")
    with pytest.raises(InputRefused):
        check(tmp_path / "absent")


def test_a_newer_format_is_said(good: Path, tmp_path: Path) -> None:
    whole = json.loads((good / "manifest-signed.json").read_bytes())
    (tmp_path / "manifest-signed.json").write_bytes(canon({**whole, "format": "mda5-crf-archive/2"}))
    with pytest.raises(InputRefused) as caught:
        check(tmp_path)
    assert caught.value.code == "archive.check_newer"


# -- whole or not at all ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.zip", "a"])
def test_cancelled_anywhere_it_leaves_nothing(ward: Ward, order: Order, tmp_path: Path, name: str) -> None:
    before, steps = len(exports(ward.session)), []
    archive(ward.session, tmp_path / f"whole-{name}", order, lambda done, _: steps.append(done))
    for wanted in (0, len(steps) // 2, len(steps) - 1):
        told = iter(range(len(steps)))

        def stop(_done: int, _total: int, told: Iterator[int] = told, wanted: int = wanted) -> None:
            if next(told) == wanted:
                raise Cancelled

        with pytest.raises(Cancelled):
            archive(ward.session, tmp_path / name, order, stop)
    assert [one.name for one in tmp_path.iterdir()] == [f"whole-{name}"]
    assert len(exports(ward.session)) == before + 1


@pytest.mark.parametrize("name", ["a.zip", "a"])
def test_a_full_disk_is_said_and_leaves_nothing(
    ward: Ward, order: Order, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, write = len(exports(ward.session)), shelf.Writer.write

    def full(self: shelf.Writer, piece: bytes) -> None:
        write(self, piece)
        if self.size > 20_000:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(shelf.Writer, "write", full)
    with pytest.raises(StoreError) as caught:
        archive(ward.session, tmp_path / name, order)
    assert caught.value.code == "archive.disk_full"
    assert not list(tmp_path.iterdir()) and len(exports(ward.session)) == before


def test_nothing_is_replaced(ward: Ward, order: Order, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"old")
    (tmp_path / "b.part").mkdir()
    for target, code in (
        (tmp_path / "a.zip", "archive.exists"),
        (tmp_path, "archive.exists"),
        (tmp_path / "b", "archive.part_there"),
        (tmp_path / "no" / "c", "archive.no_folder"),
    ):
        with pytest.raises(CrfError) as caught:
            archive(ward.session, target, order)
        assert caught.value.code == code
    assert (tmp_path / "a.zip").read_bytes() == b"old" and (tmp_path / "b.part").is_dir()


def test_whose_and_when(ward: Ward, tmp_path: Path) -> None:
    session = ward.session
    with pytest.raises(InputRefused) as caught:
        archive(session, tmp_path / "a", Order(("0" * 16 + ":1",), "en", pdfa=False))
    assert caught.value.code == "archive.nobody"
    device, seq = ward.subject.split(":")
    with pytest.raises(InputRefused):
        archive(session, tmp_path / "a", Order((), "en", Moment(heads={device: int(seq) - 1}), pdfa=False))
    assert offered_name(session, "01-001") == f"{session.study.oid.lower()}-01-001-archive.zip"


def test_pdfa_that_is_wanted_and_absent_is_refused(
    ward: Ward, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pikepdf", None)
    with pytest.raises(InputRefused) as caught:
        archive(ward.session, tmp_path / "a", Order((ward.subject,), "en", pdfa=True))
    assert 'pip install "pikepdf[pdfa]"' in caught.value.in_("en")
    made = archive(ward.session, tmp_path / "a", Order((ward.subject,), "en"))
    assert not made.pdfa and any("pikepdf[pdfa]" in line.en for line in made.lines())
