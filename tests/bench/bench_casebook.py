"""A casebook against the same content on a bare reportlab canvas, and against a plain table of fpdf2.

The bare canvas is given every word, line and picture at its place, and draws no more than these; its pictures
are encoded in the run, as ours are.
"""

from __future__ import annotations

import io
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

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
from tests.bench.figures import figure

LEAST_OF_BARE = 1 / 3
LEAST_OF_TABLE = 5
MOST_GROWTH = 1.1
_CODE = "MDA5P1" + "0123456789ABCDEFGHJKMNPQRSTVWXYZ" * 6 + "0123456789ABCDEFGHJK"
_ROUNDS = 2
_MANY = 200


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


def measure_pages(session: Session) -> None:
    """Pages a second beside a bare canvas, QR codes included, and beside fpdf2's table of every tenth."""
    subject = session.subjects()[0].identity
    order = casebooks.gather(session, subject, casebooks.Wish("en"))
    laid = lay_casebook(order.book, proof=order.proving.proofs)
    pages, some = len(laid.leaves), laid.leaves[::10]
    ours = pages / seconds(lambda: casebooks.draw(order))
    theirs = pages / seconds(lambda: bare(laid.leaves))
    beside = f"reportlab {version('reportlab')}, bare canvas"
    print(
        f"casebook: {ours:.0f} pages/s of {pages}, {beside}: {theirs:.0f}, "
        f"ratio {ours / theirs:.2f} (at least {LEAST_OF_BARE:.2f})"
    )
    named, unit = f"a casebook of {pages} pages", "pages/s"
    figure(named, ours, unit, peer=beside, theirs=theirs, least=LEAST_OF_BARE, of="ratio", cpu=True)
    try:
        theirs = len(some) / seconds(lambda: table(some))
    except ImportError:
        print("fpdf2 is not installed: no table to compare with")
        return
    beside = f"fpdf2 {version('fpdf2')}, plain table"
    print(
        f"casebook: {ours:.0f} pages/s, {beside}: {theirs:.0f}, "
        f"ratio {ours / theirs:.1f} (at least {LEAST_OF_TABLE})"
    )
    figure(named, ours, unit, peer=beside, theirs=theirs, least=LEAST_OF_TABLE, of="ratio", cpu=True)


def resident() -> float:
    """MiB of this process in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def measure_whole_books(session: Session, folder: Path) -> None:
    """Whether the last whole books of a batch leave no more behind than the third did."""
    subjects = [one.identity for one in session.subjects()]
    after = []
    for number in range(8):
        casebooks.casebooks(session, [subjects[number % 2]], folder, casebooks.Wish("en"))
        after.append(resident())
    print("MiB after each book:", " ".join(f"{one:.0f}" for one in after))
    beside = "after the third book"
    named = "memory held after the eighth whole book of a batch"
    figure(named, after[-1], "MB", peer=beside, theirs=after[2], most=MOST_GROWTH, of="ratio")


def measure_many_books(session: Session, folder: Path) -> None:
    """Whether 200 books in one batch, of participants of whom little is known, leave what 10 leave."""
    subjects = [session.enrol().identity for _ in range(_MANY)]
    for subject in subjects:
        session.let_go(subject)
    after: list[float] = []

    def note(_file: Path, _pages: int) -> None:
        after.append(resident())

    casebooks.casebooks(session, subjects, folder, casebooks.Wish("en"), written=note)
    print("MiB after book 1, 10, 20, 100, 200:", *(f"{after[n - 1]:.0f}" for n in (1, 10, 20, 100, _MANY)))
    named = f"memory held after book {_MANY} of a batch"
    figure(named, after[-1], "MB", peer="after book 10", theirs=after[9], most=MOST_GROWTH, of="ratio")


def main() -> int:
    """Measure on a demonstration of two participants; 0."""
    with tempfile.TemporaryDirectory(prefix="mda5-crf-bench-") as name:
        demo, folder = Path(name) / "demo", Path(name) / "books"
        folder.mkdir()
        demonstration.build(demo, 2, 1, lambda _done, _total: None)
        with Session.open(demo / "ward.mda5", "wang", demonstration.PASSWORD) as session:
            measure_pages(session)
            if not Path("/proc/self/statm").exists():
                print("this machine does not say how much memory a process has")
                return 0
            measure_whole_books(session, folder)
            measure_many_books(session, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
