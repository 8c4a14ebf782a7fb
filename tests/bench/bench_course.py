"""Earlier values beside the focused question: what focusing, painting and a keystroke cost.

One participant of eight visits. Prints medians and 95th percentiles in milliseconds: the course read anew
after a commit and read again; everything that follows a focus; a keystroke with the course on screen beside
one in a question without; painting the small drawing, and as peer the same points as one QPainterPath on a
bare widget, in turns in the same run, with the ratio.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPointF, QRectF, Qt, qVersion
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.course import course
from mda5_crf.services.coursedrawing import Drawing, drawing
from mda5_crf.services.session import Session, create
from mda5_crf.ui.course_aside import CourseAside
from mda5_crf.ui.course_drawing import paint
from mda5_crf.ui.main_window import MainWindow
from mda5_crf.ui.start import make_application, prepare
from tests.bench.figures import figure

PASSWORD = "harbour lantern pebble orchard"
VISITS = ("SCR", "BL", "W4", "W8", "W12", "W24", "W36", "W52")
SIZE = (104, 21)


class Bare(QWidget):
    """The peer: the same points, one path, one pen."""

    points: list[QPointF]

    def paintEvent(self, _event: object) -> None:  # noqa: N802
        """Draw the path."""
        path = QPainterPath(self.points[0])
        for point in self.points[1:]:
            path.lineTo(point)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor("#4c6272"), 1))
        painter.drawPath(path)
        painter.end()


class Ours(QWidget):
    """Our drawing on a bare widget."""

    drawn: Drawing

    def paintEvent(self, _event: object) -> None:  # noqa: N802
        """Draw the course."""
        painter = QPainter(self)
        paint(painter, QRectF(self.rect()), self.drawn, 13 / 6)
        painter.end()


class Kept(QWidget):
    """Words and drawing as the row paints them, every time but the first."""

    aside: CourseAside

    def paintEvent(self, _event: object) -> None:  # noqa: N802
        """Draw both."""
        painter = QPainter(self)
        self.aside.paint(painter, self.rect(), 13)
        painter.end()


def key(session: Session, subject: str, event: str, form: str, item: str) -> ItemKey:
    """The key of an item at a visit."""
    group = session.study.forms[form].items[item].group
    return ItemKey(subject, event, "", form, "", group, "", item)


def fill(session: Session, subject: str) -> None:
    """Weights and vital signs at every visit."""
    for number, event in enumerate(VISITS):
        month = f"2025-{number + 1:02d}-10"
        for form, values in (
            ("SV", {"SVOCCUR": "Y", "SVSTDAT": month}),
            (
                "VS",
                {
                    "VSPERF": "Y",
                    "WEIGHT_VSORRES": f"{60 + number % 5}",
                    "OXYSAT_VSORRES": f"{92 + number % 4}",
                },
            ),
        ):
            entry = session.entry(ItemKey(subject, event, "", form))
            for item, text in values.items():
                entry.set_value(key(session, subject, event, form, item), text)


def timed(act: Callable[[], object]) -> float:
    """Milliseconds ``act`` takes."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def say(title: str, times: list[float]) -> float:
    """Print one line; returns the median."""
    times.sort()
    middle = statistics.median(times)
    print(
        f"{title:58} median {middle:7.3f} ms   p95 {times[int(len(times) * 0.95)]:7.3f} ms   n {len(times)}"
    )
    return middle


def measure_reading(session: Session, subject: str, count: int) -> None:
    """The course after a commit, and once more."""
    wanted = key(session, subject, "W24", "VS", "WEIGHT_VSORRES")
    fresh, again = [], []
    entry = session.entry(wanted.form_key())
    for number in range(count):
        entry.set_value(key(session, subject, "W24", "VS", "PULSE_VSORRES"), str(60 + number % 30))
        fresh.append(timed(lambda: course(session, wanted)))
        again.append(timed(lambda: course(session, wanted)))
    figure("the course of a value read after a commit", say("course read after a commit", fresh), "ms")
    say("course read again", again)


def measure_window(app: QApplication, window: MainWindow, subject: str, count: int) -> None:
    """Focus and keystrokes in the window."""
    work = window.work
    assert work is not None
    one, other = (
        key(work.session, subject, "W24", "VS", item) for item in ("WEIGHT_VSORRES", "OXYSAT_VSORRES")
    )
    work.open_form(one.form_key(), one)
    app.processEvents()
    page = work.page
    assert page is not None
    shown, moved = [], []
    for number in range(count):
        moved.append(timed(lambda at=(other if number % 2 == 0 else one): page.go_to(at)))  # type: ignore[misc]
        shown.append(timed(work.courses.show_now))
        app.processEvents()
    say("moving the keyboard to another question", moved)
    rested = say("what follows when it rests: read, place, describe", shown)
    figure("reading, placing and describing a course once the keyboard rests", rested, "ms")
    rates = {}
    for title, item in (("with a course", "WEIGHT_VSORRES"), ("without one", "HEIGHT_VSORRES")):
        page.go_to(key(work.session, subject, "W24", "VS", item))
        app.processEvents()
        target = app.focusWidget()
        assert target is not None
        times = []
        for _ in range(count):
            times.append(timed(lambda to=target: (QTest.keyClicks(to, "7"), app.processEvents())))  # type: ignore[misc]
        QTest.keyClick(target, Qt.Key.Key_Escape)
        rates[title] = say(f"a keystroke to painted, {title}", times)
    print(f"{'keystroke with / without':58} ratio  {rates['with a course'] / rates['without one']:.2f}")
    figure(
        "a keystroke to painted, with a course beside the field",
        rates["with a course"],
        "ms",
        peer="in a field without one",
        theirs=rates["without one"],
    )


def measure_painting(session: Session, subject: str, count: int) -> None:
    """The small drawing beside the same polyline."""
    values = course(session, key(session, subject, "W24", "VS", "OXYSAT_VSORRES"))
    found = drawing(values)
    ours, bare, kept = Ours(), Bare(), Kept()
    kept.aside = CourseAside(values, lambda: None)
    kept.resize(400, SIZE[1])
    row = QImage(400, SIZE[1], QImage.Format.Format_ARGB32_Premultiplied)
    ours.drawn = found
    bare.points = [QPointF(spot.x * SIZE[0], (1 - spot.y) * SIZE[1]) for spot in found.spots]
    image = QImage(*SIZE, QImage.Format.Format_ARGB32_Premultiplied)
    mine, theirs, again = [], [], []
    for widget in (ours, bare):
        widget.resize(*SIZE)
    for _ in range(count):
        mine.append(timed(lambda: ours.render(image)))
        theirs.append(timed(lambda: bare.render(image)))
        again.append(timed(lambda: kept.render(row)))
    say("words and drawing as the row paints them", again)
    first = say(f"painting {len(found.spots)} values, a limit, the diamond, anew", mine)
    second = say("peer: the same points as one QPainterPath", theirs)
    print(f"{'painting, ours / peer':58} ratio  {first / second:.2f}")
    figure("painting a course anew", first, "ms", peer="the same points as one QPainterPath", theirs=second)


def main() -> int:
    """Measure; 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    count = parser.parse_args().count
    app = make_application()
    prepare(app, "en", 100)
    print(f"Python {sys.version.split()[0]}, Qt {qVersion()}, platform {app.platformName()}")
    with tempfile.TemporaryDirectory() as folder:
        vault = Path(folder) / "ward.mda5"
        create(
            vault,
            site="01",
            name="Ward",
            login="wang",
            person="Dr Wang",
            role="investigator",
            password=PASSWORD,
        ).close()
        session = Session.open(vault, "wang", PASSWORD)
        subject = session.enrol().identity
        fill(session, subject)
        measure_reading(session, subject, count)
        measure_painting(session, subject, count)
        window = MainWindow(str(vault))
        window.enter(session)
        window.resize(1093, 614)
        window.show()
        measure_window(app, window, subject, count)
        window.close()
        window.close()
        app.processEvents()
    return 0


if __name__ == "__main__":
    sys.exit(main())
