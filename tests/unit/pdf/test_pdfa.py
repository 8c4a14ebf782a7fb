"""PDF/A-2b: the pages, links and bookmarks of before, dates that are given, what the validator passes."""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdf
import pytest

from mda5_crf.errors import StoreError
from mda5_crf.pdf import pdfa
from mda5_crf.pdf.draw import Leaf, render
from mda5_crf.pdf.ink import Box, Goal, Ink, Jump, Rule, Squares, words

MADE = datetime(2026, 8, 1, 12, 30, 5, 999, tzinfo=UTC)
pytestmark = pytest.mark.skipif(not pdfa.available(), reason="the extra [pdfa] is not installed")


def document() -> bytes:
    """Three pages with everything that pages are made of."""
    leaves = []
    for number in range(3):
        inks: list[Ink] = [
            words(60.0, 100.0, f"Page {number} 第{number}页：抗MDA5，CO₂ ≥ 5×10⁹/L ☑"),
            words(60.0, 120.0, "Bold 粗体", bold=True),
            Box(60.0, 150.0, 80.0, 20.0, "#000000", "#DDDDDD"),
            Rule(60.0, 200.0, 200.0, 200.0, "#000000", 1.0),
            Squares(60.0, 220.0, 2.0, ("101", "010", "111")),
            Goal(0.0, 90.0, f"g{number}"),
            Jump(60.0, 90.0, 200.0, 14.0, f"g{(number + 1) % 3}"),
        ]
        leaves.append(Leaf(number == 1, inks, [(0, f"Part {number} 部分", 90.0)], ("DEMO",)))
    return render(leaves, title="Title 标题", subject="S", author="MDA5-CRF", locale="zh-CN",
                  outline=[(0, "By form 按表单", "g1")])  # fmt: skip


@pytest.fixture(scope="module")
def both() -> tuple[bytes, bytes]:
    plain = document()
    return plain, pdfa.as_pdfa(plain, MADE)


def test_it_passes_and_the_plain_one_does_not(both: tuple[bytes, bytes]) -> None:
    plain, kept = both
    assert pdfa.findings(plain) and not pdfa.findings(kept)
    assert pdfa.as_pdfa(plain, MADE) == kept
    assert pdfa.as_pdfa(plain, MADE.replace(year=2025)) != kept


def test_text_links_bookmarks_title_and_language_stay(both: tuple[bytes, bytes]) -> None:
    plain, kept = (pypdf.PdfReader(io.BytesIO(data)) for data in both)
    assert [p.extract_text() for p in plain.pages] == [p.extract_text() for p in kept.pages]
    assert [p.mediabox for p in plain.pages] == [p.mediabox for p in kept.pages]

    def marks(reader: pypdf.PdfReader) -> list[tuple[str, int | None]]:
        return [(str(m.title), reader.get_destination_page_number(m)) for m in reader.outline]  # type: ignore[arg-type,union-attr]

    assert marks(plain) == marks(kept) and len(marks(kept)) == 4
    for page in kept.pages:
        links: Any = page["/Annots"]
        (link,) = (one.get_object() for one in links)
        assert link["/Subtype"] == "/Link" and {"/A", "/Dest"} & set(link)
    root: Any = kept.trailer["/Root"]
    assert root["/Lang"] == "zh-CN"
    assert kept.metadata is not None and kept.metadata.title == "Title 标题"
    xmp = root["/Metadata"].get_data().decode()
    assert "Title 标题" in xmp and "<pdfaid:part>2<" in xmp and "<pdfaid:conformance>B<" in xmp
    assert xmp.count("2026-08-01T12:30:05+00:00") == 3


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm is not on this machine")
def test_every_point_of_the_page_is_the_same(both: tuple[bytes, bytes], tmp_path: Path) -> None:
    pictures = []
    for name, data in zip(("plain", "kept"), both, strict=True):
        (tmp_path / f"{name}.pdf").write_bytes(data)
        subprocess.run(["pdftoppm", "-r", "60", tmp_path / f"{name}.pdf", tmp_path / name], check=True)
        pictures.append([one.read_bytes() for one in sorted(tmp_path.glob(f"{name}-*.ppm"))])
    assert len(pictures[0]) == 3 and pictures[0] == pictures[1]


def test_what_does_not_pass_is_not_given_out(
    both: tuple[bytes, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdfa, "findings", lambda _data: ("rule",))
    with pytest.raises(StoreError):
        pdfa.as_pdfa(both[0], MADE)
