"""A casebook against the same content on a bare reportlab canvas, and against a plain table of fpdf2.

The bare canvas is given every word, line and picture at its place, and draws no more than these; its pictures
are encoded in the run, as ours are. Run with ``make bench`` or ``pytest tests/bench/bench_casebook.py -s``.
"""

from __future__ import annotations

import io
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from mda5_crf.jobs import casebooks, demonstration
from mda5_crf.pdf.casebook import lay_casebook
from mda5_crf.pdf.draw import Leaf
from mda5_crf.pdf.fonts import BOLD, FILES, REGULAR, font_folder, register, runs, width
from mda5_crf.pdf.ink import Box, Rule, Shape, Squares, Words
from mda5_crf.pdf.layout import page_size
from mda5_crf.pdf.qr import picture
from mda5_crf.services.session import Session

LEAST_OF_BARE = 1 / 3
LEAST_OF_TABLE = 5
_CODE = "MDA5P1" + "0123456789ABCDEFGHJKMNPQRSTVWXYZ" * 6 + "0123456789ABCDEFGHJK"
_ROUNDS = 2
_MANY = 200


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """A demonstration of two participants."""
    folder = tmp_path_factory.mktemp("bench") / "demo"
    demonstration.build(folder, 2, 1, lambda _done, _total: None)
    return Session.open(folder / "ward.mda5", "wang", demonstration.PASSWORD)


def seconds(work: Callable[[], object]) -> float:
    """Processor time of the best of some rounds."""
    found = []
    for _ in range(_ROUNDS):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def bare(leaves: Sequence[Leaf]) -> bytes:
    """The same pages with as few calls as it takes."""
    register()
    out = io.BytesIO()
    canvas = Canvas(out, pageCompression=1)
    colour = cache(HexColor)
    for number, leaf in enumerate(leaves):
        size = page_size(leaf.wide)
        canvas.setPageSize(size)
        for ink in leaf.inks:
            if isinstance(ink, Words):
                canvas.setFillColor(colour(ink.colour))
                across = ink.x
                for text, face in runs(ink.text, ink.face):
                    canvas.setFont(face, ink.size)
                    canvas.drawString(across, size[1] - ink.y, text)
                    across += width(text, face, ink.size)
            elif isinstance(ink, Box):
                canvas.setStrokeColor(colour(ink.stroke or ink.fill))
                canvas.setFillColor(colour(ink.fill or ink.stroke))
                down = size[1] - ink.y - ink.h
                canvas.rect(ink.x, down, ink.w, ink.h, int(bool(ink.stroke)), int(bool(ink.fill)))
            elif isinstance(ink, Rule):
                canvas.setStrokeColor(colour(ink.colour))
                canvas.line(ink.x1, size[1] - ink.y1, ink.x2, size[1] - ink.y2)
            elif isinstance(ink, Shape):
                path = canvas.beginPath()
                path.moveTo(ink.points[0][0], size[1] - ink.points[0][1])
                for x, y in ink.points[1:]:
                    path.lineTo(x, size[1] - y)
                canvas.drawPath(path, stroke=1, fill=int(bool(ink.fill)))
            elif isinstance(ink, Squares):
                path = canvas.beginPath()
                for x, y, w, h in squares(number, ink):
                    path.rect(x, size[1] - y - h, w, h)
                canvas.drawPath(path, stroke=0, fill=1)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def squares(number: int, ink: Squares) -> Iterator[tuple[float, float, float, float]]:
    """A picture as large as ``ink``, encoded anew, as bars: left, top, width and height."""
    code = picture(f"{_CODE}{number:06}", ink.x, ink.y, ink.side * len(ink.rows))
    for down, row in enumerate(code.rows):
        for run in re.finditer("1+", row):
            left = ink.x + run.start() * code.side
            yield left, ink.y + down * code.side, len(run[0]) * code.side, code.side


def table(leaves: Sequence[Leaf]) -> int:
    """Every word of the pages in cells of fpdf2's table, four in a row, and every picture."""
    fpdf = import_module("fpdf")
    made = fpdf.FPDF(format="A4", unit="pt")
    for face in (REGULAR, BOLD):
        made.add_font(face, "", str(font_folder() / FILES[face]))
    made.set_font(REGULAR, "", 9)
    made.add_page()
    texts = [ink.text for leaf in leaves for ink in leaf.inks if isinstance(ink, Words)]
    with made.table(first_row_as_headings=False) as rows:
        for start in range(0, len(texts), 4):
            row = rows.row()
            for text in [*texts[start : start + 4], "", "", ""][:4]:
                row.cell(text)
    for number, leaf in enumerate(leaves):
        made.add_page()
        for ink in leaf.inks:
            if isinstance(ink, Squares):
                for x, y, w, h in squares(number, ink):
                    made.rect(x, y, w, h, style="F")
    made.output()
    return int(made.pages_count)


def test_pages_per_second(session: Session) -> None:
    """At least a third of what a bare canvas does, QR codes included."""
    subject = session.subjects()[0].identity
    order = casebooks.gather(session, subject, casebooks.Wish("en"))
    laid = lay_casebook(order.book, proof=order.proving.proofs)
    pages = len(laid.leaves)
    ours = pages / seconds(lambda: casebooks.draw(order))
    theirs = pages / seconds(lambda: bare(laid.leaves))
    print(
        f"\ncasebook: {ours:.0f} pages/s of {pages}, bare reportlab {version('reportlab')}: {theirs:.0f}, "
        f"ratio {ours / theirs:.2f} (at least {LEAST_OF_BARE:.2f})"
    )
    assert ours / theirs >= LEAST_OF_BARE


def test_against_a_table_of_fpdf2(session: Session) -> None:
    """At least five times as many of these pages a second as fpdf2, pictures included; every tenth page."""
    pytest.importorskip("fpdf", reason="fpdf2 is not installed: no table to compare with")
    subject = session.subjects()[0].identity
    order = casebooks.gather(session, subject, casebooks.Wish("en"))
    laid = lay_casebook(order.book, proof=order.proving.proofs)
    some = laid.leaves[::10]
    ours = len(laid.leaves) / seconds(lambda: casebooks.draw(order))
    theirs = len(some) / seconds(lambda: table(some))
    print(
        f"\ncasebook: {ours:.0f} pages/s, fpdf2 {version('fpdf2')}: {theirs:.0f}, "
        f"ratio {ours / theirs:.1f} (at least {LEAST_OF_TABLE})"
    )
    assert ours / theirs >= LEAST_OF_TABLE


def resident() -> float:
    """MiB of this process in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def test_memory_is_flat(session: Session, tmp_path: Path) -> None:
    """The last whole books of a batch leave no more behind than the third did."""
    if not Path("/proc/self/statm").exists():
        pytest.skip("this machine does not say how much memory a process has")
    subjects = [one.identity for one in session.subjects()]
    after = []
    for number in range(8):
        casebooks.casebooks(session, [subjects[number % 2]], tmp_path, casebooks.Wish("en"))
        after.append(resident())
    print("\nMiB after each book:", " ".join(f"{one:.0f}" for one in after))
    assert after[-1] < 1.1 * after[2]


def test_memory_is_flat_over_hundreds(session: Session, tmp_path: Path) -> None:
    """200 books in one batch, of a participant each of whom little is known, leave what 10 leave."""
    if not Path("/proc/self/statm").exists():
        pytest.skip("this machine does not say how much memory a process has")
    subjects = [session.enrol().identity for _ in range(_MANY)]
    for subject in subjects:
        session.let_go(subject)
    after: list[float] = []

    def note(_file: Path, _pages: int) -> None:
        after.append(resident())

    casebooks.casebooks(session, subjects, tmp_path, casebooks.Wish("en"), written=note)
    print("\nMiB after book 1, 10, 20, 100, 200:", *(f"{after[n - 1]:.0f}" for n in (1, 10, 20, 100, _MANY)))
    assert len(after) == _MANY and after[-1] < 1.1 * after[9]
