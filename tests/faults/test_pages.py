"""Printed pages that somebody changed, invented, or made to do harm: altered, unknown or refused, bounded."""

from __future__ import annotations

import io
import logging
import random
import shutil
import subprocess
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from mda5_crf.crypto import file_hash
from mda5_crf.crypto.pagecode import ALPHABET, grouped
from mda5_crf.errors import InputRefused
from mda5_crf.jobs import checking, confined, looker, pages, reprint
from mda5_crf.jobs.checking import Checked, Verdict
from mda5_crf.jobs.confined import Answer
from mda5_crf.pdf.frame import AIR, STAMP
from mda5_crf.pdf.layout import MM
from mda5_crf.pdf.proof import MODULE
from mda5_crf.pdf.qr import modules
from mda5_crf.services import pageproof
from mda5_crf.services.session import Session
from mda5_crf.text.checkpage import MESSAGES
from tests.faults import alterations, counts
from tests.scenario import Ward
from tests.wards import Clock, built, session_at


@dataclass
class Desk:
    """A ward that has printed one document."""

    session: Session
    ward: Ward
    data: bytes
    codes: list[str]
    pictures: list[str]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = Path(shutil.copytree(built(), tmp_path_factory.mktemp("pages") / "ward.mda5"))
    with session_at(folder, clock=Clock()) as session:
        ward = Ward(session).enrol()
        form = ward.open("BL", "VS").enter("VSPERF", "Y")
        form.enter("SYSBP_VSORRES", "128").enter("DIABP_VSORRES", "70")
        order = pages.gather(session, ward.subject, "BL", ["VS"], "both")
        printed = pages.draw(order)
        pages.record(session, order, printed)
        assert order.proving is not None
        proofs = order.proving.proofs
        pictures = [proofs.prover.prove(_text(order, page)) for page in range(len(proofs.pages))]
        yield Desk(session, ward, printed.data, [one.code for one in proofs.pages], [p for *_, p in pictures])


def _text(order: pages.Order, number: int) -> bytes:
    """The page text of one page once more, as the stamp saw it."""
    from mda5_crf.pdf import proof
    from mda5_crf.pdf.document import lay_filled

    assert order.proving is not None
    seen: list[bytes] = []

    def stamp(sheet: Any) -> list[Any]:  # noqa: ANN401
        seen.append(proof.page_text(order.proving.proofs.about, proof.shown(sheet)))  # type: ignore[union-attr]
        return []

    lay_filled(order.study, order.pages, order.language, header=order.header, made=order.made, proof=stamp)
    return seen[number]


def said(checked: Checked) -> list[str]:
    """The names of the differences, by the words before their first place."""
    names = []
    for text in checked.differences:
        for name, (english, _) in MESSAGES.items():
            pieces = [one for one in _pieces(english) if one.strip(' ".:')]
            if name.startswith(("diff_", "file_")) and pieces and all(one in text.en for one in pieces):
                names.append(name)
    return names


def _pieces(english: str) -> list[str]:
    from string import Formatter

    return [literal for literal, *_ in Formatter().parse(english)]


@pytest.fixture
def quick(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The child's work in this process, and the genuine document made once: hundreds of files in seconds."""
    made = reprint.again(desk.session, pageproof.of_file(desk.session, file_hash(desk.data)))
    monkeypatch.setattr(reprint, "again", lambda *_: made)

    def ask(act: str, *files: bytes, **_: object) -> Answer:
        told: list[dict[str, Any]] = []
        logging.disable(logging.CRITICAL)  # as the child has no log
        try:
            told.extend(looker.look(act, list(files)))
        except Exception:  # noqa: BLE001 - as the end of the child, whatever it was
            return Answer(tuple(told), "died")
        finally:
            logging.disable(logging.NOTSET)
        return Answer(tuple(told))

    monkeypatch.setattr(confined, "ask", ask)


# -- altered files ------------------------------------------------------------------------------------------


@pytest.mark.requirement("FDA-1")
@pytest.mark.alteration
@pytest.mark.usefixtures("quick")
def test_random_alterations_are_all_found(desk: Desk, times: Callable[[int, int], int]) -> None:
    rng = random.Random(11)
    tried = found = 0
    for _ in range(times(2, 50)):
        for alter, name in alterations.ALTERATIONS.items():
            other = alter(rng, desk.data)
            assert other != desk.data, alter.__name__
            checked = checking.check_pdf(desk.session, other)
            tried += 1
            found += checked.verdict in (Verdict.ALTERED, Verdict.UNKNOWN)
            if name:
                assert checked.verdict is Verdict.ALTERED, alter.__name__
                assert name in said(checked), (alter.__name__, [text.en for text in checked.differences])
    counts.alterations("pdf", tried=tried, found=found)
    assert tried == found
    for _ in range(times(3, 50)):
        assert checking.check_pdf(desk.session, desk.data).verdict is Verdict.GENUINE


def altered(desk: Desk, alter: alterations.Alteration) -> Checked:
    """The whole way, the child included."""
    checked = checking.check_pdf(desk.session, alter(random.Random(3), desk.data))
    assert checked.verdict is Verdict.ALTERED and checked.pages
    return checked


@pytest.mark.requirement("FDA-1")
@pytest.mark.alteration
def test_pdf_digit_changed(desk: Desk) -> None:
    checked = altered(desk, alterations.digit_changed)
    assert "diff_words" in said(checked) and checked.differs
    assert all("Page" in text.en and "页" in text.zh for text in checked.differences)


@pytest.mark.alteration
def test_pdf_picture_laid_over(desk: Desk) -> None:
    assert said(altered(desk, alterations.picture_laid_over)) == ["diff_drawing"]


@pytest.mark.alteration
def test_pdf_annotation_added(desk: Desk) -> None:
    assert said(altered(desk, alterations.annotation_added)) == ["diff_annotation"]


@pytest.mark.alteration
def test_pdf_with_javascript_or_attachment(desk: Desk) -> None:
    assert said(altered(desk, alterations.script_added)) == ["diff_action"]
    assert said(altered(desk, alterations.attachment_added)) == ["diff_attachment"]


def pdf_of(content: bytes, extra: bytes = b"") -> bytes:
    """A PDF file by hand: one page with this content stream."""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>>>" + extra + b">>",
        b"<</Filter/FlateDecode/Length %d>>stream\n" % len(content) + content + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj" % number + part + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + end


def test_pdf_import_hangs(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "SECONDS", 1.0)
    endless = zlib.compress(b"BT /F 9 Tf 1 0 0 1 9 9 Tm (7K3M) Tj ET\n" * 400_000, 1)
    began = time.monotonic()
    checked = checking.check_pdf(desk.session, pdf_of(endless))
    assert time.monotonic() - began < 5.0
    assert checked.verdict is Verdict.ALTERED and said(checked) == ["file_stuck"]


def test_pdf_nested_objects(desk: Desk) -> None:
    deep = pdf_of(zlib.compress(b""), b"/X" + b"[" * 60_000 + b"]" * 60_000)
    loop = desk.data.replace(b"/Type /Page\n", b"/Type /Page\n/Parent 1 0 R ", 1)
    for data in (deep, loop):
        checked = checking.check_pdf(desk.session, data)
        assert checked.verdict in (Verdict.ALTERED, Verdict.UNKNOWN)


def test_a_pdf_that_swells_ends_the_child_only(desk: Desk) -> None:
    bomb = zlib.compress(b"\0" * 300_000_000, 9)
    checked = checking.check_pdf(desk.session, pdf_of(zlib.compress(bomb)))
    assert checked.verdict in (Verdict.ALTERED, Verdict.UNKNOWN)


@pytest.mark.parametrize("data", [b"", b"%PDF-", b"%PDF-1.7\n%%EOF", b"\0" * 5000, b"GIF89a..", b"<svg/>"])
def test_what_is_no_pdf_at_all(desk: Desk, data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "page.pdf"
    file.write_bytes(data)
    assert checking.check_file(desk.session, file).verdict is not Verdict.GENUINE
    file = file.rename(tmp_path / "page.bin")
    if not data.startswith(b"%PDF"):
        with pytest.raises(InputRefused, match="file_kind"):
            checking.check_file(desk.session, file)


# -- codes and pictures -------------------------------------------------------------------------------------


def test_page_superseded(tmp_path: Path) -> None:
    """What stands on the page changes; what stands on another does not matter."""
    from datetime import timedelta

    clock = Clock()
    folder = Path(shutil.copytree(built(), tmp_path / "ward.mda5"))
    with session_at(folder, clock=clock) as session:
        ward = Ward(session).enrol()
        vs = ward.open("BL", "VS").enter("VSPERF", "Y").enter("SYSBP_VSORRES", "128")
        order = pages.gather(session, ward.subject, "BL", ["VS"], "en")
        pages.record(session, order, pages.draw(order))
        assert order.proving is not None
        (code, *_) = [page.code for page in order.proving.proofs.pages]
        clock.now += timedelta(days=1)
        ward.open("W4", "VS").enter("VSPERF", "Y")
        assert checking.check_code(session, code).verdict is Verdict.GENUINE
        clock.now += timedelta(days=1)
        vs.enter("SYSBP_VSORRES", "131", because="typo")
        clock.now += timedelta(days=1)
        vs.enter("DIABP_VSORRES", "70")
        checked = checking.check_code(session, code.lower().replace("-", " "))
        assert checked.verdict is Verdict.SUPERSEDED and checked.pages[0].since is not None
        assert checked.pages[0].since.astimezone(session.zone).date().isoformat() == "2026-09-03"
        assert "2026-09-03" in checked.words[0].en and "2026-09-03" in checked.words[0].zh
        assert checked.pages[0].leaf is not None
        assert "128" in " ".join(checking.lines_of(checked.pages[0].leaf))


@pytest.mark.alteration
def test_page_code_guessed(desk: Desk, times: Callable[[int, int], int]) -> None:
    rng = random.Random(5)
    known = {code for one in pageproof.prints(desk.session) for code in one.codes}
    assert known == set(desk.codes)
    guesses = times(10_000, 1_000_000)
    hits = sum(grouped("".join(rng.choices(ALPHABET, k=20))) in known for _ in range(guesses))
    assert hits == 0
    for code in desk.codes:  # and every neighbour of a true one
        for place in range(0, len(code), 3):
            if code[place] != "-":
                near = code[:place] + ALPHABET[(ALPHABET.index(code[place]) + 1) % 32] + code[place + 1 :]
                assert checking.check_code(desk.session, near).verdict is Verdict.UNKNOWN
    counts.alterations("page code", tried=guesses, found=guesses - hits)


@pytest.mark.parametrize(
    "typed", ["", "7K3M", "x" * 500, "https://a.b/7K3M", "7K3M-Q2XA-0D4N-8RTW-6HJU", "页码"]
)
def test_what_is_no_code(desk: Desk, typed: str) -> None:
    with pytest.raises(InputRefused, match="code_form"):
        checking.check_code(desk.session, typed)


def png(*texts: str, kind: str = "PNG", size: tuple[int, int] = (900, 900), frames: int = 1) -> bytes:
    """A picture that shows these QR codes."""
    sheet = Image.new("L", size, 255)
    for place, text in enumerate(texts):
        code = zxingcpp.create_barcode(
            text, zxingcpp.BarcodeFormat.QRCode, ec_level="L" if len(text) > 400 else "M"
        )
        shown = Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=3))
        if place == 0 and shown.width > size[0]:
            sheet = Image.new("L", (shown.width + 20, shown.height + 20), 255)
        sheet.paste(shown, (10, 10 + place * 300))
    out = io.BytesIO()
    more = {"save_all": True, "append_images": [sheet] * (frames - 1)} if frames > 1 else {}
    sheet.save(out, kind, **more)
    return out.getvalue()


def refused(desk: Desk, data: bytes, name: str) -> None:
    began = time.monotonic()
    with pytest.raises(InputRefused, match=name):
        checking.check_picture(desk.session, data)
    assert time.monotonic() - began < 10.0


def test_qr_injection_into_a_page(desk: Desk) -> None:
    """A web address, a command, 4 KB, other magic: nothing of it is believed or shown."""
    own = desk.pictures[0]
    for text in (
        "https://example.org/",
        "'; DROP TABLE",
        "7" * 4000,
        "MDA5P2" + own[6:],
        own + "0",
        own[:-1],
        own.lower(),
    ):
        refused(desk, png(text), "picture_none")
    refused(desk, png("MDA5F1:" + desk.codes[0] + ":01-001"), "picture_query")
    assert checking.check_picture(desk.session, png(own)).verdict is Verdict.GENUINE
    assert (
        checking.check_picture(desk.session, png("https://x.org", own, kind="JPEG")).verdict
        is Verdict.GENUINE
    )


def test_a_picture_with_another_pages_words_in_it(desk: Desk) -> None:
    """One sign changed anywhere: the signature does not fit, or the record tells something else."""
    own, rng = desk.pictures[0], random.Random(1)
    for place in (*range(6, 27), *rng.sample(range(27, len(own)), 30)):
        other = own[:place] + ALPHABET[(ALPHABET.index(own[place]) + 7) % 32] + own[place + 1 :]
        seal = pageproof.unpack(other)
        assert seal is not None
        verdict = checking.check_seal(desk.session, seal).verdict
        assert verdict in (Verdict.ALTERED, Verdict.UNKNOWN), place
    if len(desk.pictures) > 1:
        mixed = own[:26] + desk.pictures[1][26:]
        seal = pageproof.unpack(mixed)
        assert seal is not None and checking.check_seal(desk.session, seal).verdict is Verdict.ALTERED


def test_qr_frames_foreign_or_endless(desk: Desk) -> None:
    own = desk.pictures[0]
    refused(desk, png("https://example.org/", kind="TIFF", frames=4), "picture_none")
    refused(desk, png(own, kind="TIFF", frames=looker.FRAMES + 1), "picture_refused")
    refused(desk, png(own, "MDA5P1" + "7" * 196), "picture_several")
    assert checking.check_picture(desk.session, png(own, kind="TIFF", frames=3)).verdict is Verdict.GENUINE


def test_picture_bomb(desk: Desk) -> None:
    """Small files that would be vast pictures; the size is read before a pixel is."""
    vast = bytearray(png("x"))
    vast[16:24] = (60_000).to_bytes(4, "big") * 2
    vast[29:33] = zlib.crc32(bytes(vast[12:29])).to_bytes(4, "big")
    refused(desk, bytes(vast), "picture_refused")
    refused(desk, png("x")[:200], "picture_refused")
    refused(desk, b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "picture_refused")
    refused(desk, png("x", kind="GIF"), "picture_refused")


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm is not installed")
@pytest.mark.parametrize("dpi", [150, 200])
def test_every_page_is_read_back_from_a_grey_scan(desk: Desk, dpi: int, tmp_path: Path) -> None:
    (tmp_path / "page.pdf").write_bytes(desk.data)
    command = ["pdftoppm", "-r", str(dpi), "-gray", "-png", "page.pdf", "page"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    scans = sorted(tmp_path.glob("page-*.png"))
    assert len(scans) == len(desk.codes) >= 2
    for scan, code in zip(scans, desk.codes, strict=True):
        checked = checking.check_file(desk.session, scan)
        assert checked.verdict is Verdict.GENUINE and checked.pages[0].code == code


def test_the_picture_is_large_enough_and_stands_clear() -> None:
    """49 modules of at least 0.35 mm, and four white ones to what stands beside and below it."""
    count = len(modules("MDA5P1" + "7" * 196))
    assert count == 49 and MODULE >= 0.35 * MM
    assert count * MODULE + 4 * MODULE <= STAMP + 2.0 and AIR + (STAMP - count * MODULE) >= 4 * MODULE
