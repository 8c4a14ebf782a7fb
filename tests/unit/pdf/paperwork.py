"""Material for the tests of the printed pages: studies, answers, and what stands where on a page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from mda5_crf.itemkey import ItemKey
from mda5_crf.pdf.draw import Leaf
from mda5_crf.pdf.fonts import width
from mda5_crf.pdf.ink import Words
from mda5_crf.pdf.paper import FilledForm, PageHeader, PrintedRow
from mda5_crf.study.data import SubjectData
from mda5_crf.study.evaluate import evaluate
from mda5_crf.study.load import load
from mda5_crf.study.model import Form, Item, ItemType, Study
from mda5_crf.study.values import Entry
from mda5_crf.text import Text

ROOT = Path(__file__).resolve().parents[3]
MADE = datetime(2026, 8, 21, 6, 5, tzinfo=UTC)
TODAY = date(2026, 8, 21)
PERSON = "d1:5"
HEADER = PageHeader("01-007", "01", "Wang Min 王敏", "d1:482 9f3a41c2")
STRUCK = PrintedRow(
    "d1:30", 2, True, Text("Entered twice", "重复录入"), {"ECSTDAT": "2026-08-04", "ECONGO": "Y"}
)


@cache
def mini() -> Study:
    return load(ROOT / "tests/data/definitions/mini")


@cache
def trial() -> Study:
    return load(ROOT / "resources/study/nct04966884")


def study_named(name: str) -> Study:
    return mini() if name == "mini" else trial()


def likely(study: Study, item: Item, number: int) -> str:
    """A plausible answer; ``number`` varies it."""
    if item.codelist:
        values = study.codelists[item.codelist].values
        return "Y" if any(value.code == "Y" for value in values) else values[number % len(values)].code
    fixed = {
        ItemType.DATE: f"2026-08-{1 + number % 20:02d}",
        ItemType.PARTIAL_DATE: "1975-03",
        ItemType.TIME: "09:30",
        ItemType.DATETIME: "2026-08-20T09:30",
        ItemType.TEXT: "无特殊 nil"[: item.length or 10],
    }
    return fixed.get(item.type, _middle(item))


def _middle(item: Item) -> str:
    try:
        low, high = (Decimal(end.source) for end in (item.soft.low, item.soft.high))  # type: ignore[union-attr]
    except (AttributeError, InvalidOperation):
        return "5"
    return f"{(low + high) / 2:.{item.decimals or 0}f}"


class Chart:
    """The entries of one participant, to be printed."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.data = SubjectData(PERSON, "01-007", "01")
        for event in study.events.values():
            if not event.repeating:
                self.data.add_event(event.oid)

    def key(self, form: Form, item: Item, row: str = "", event: str = "BL") -> ItemKey:
        return ItemKey(PERSON, event, "", form.oid, "", item.group, row, item.name)

    def put(
        self, oid: str, text: str, unit: str | None = None, missing: str | None = None, row: str = ""
    ) -> ItemKey:
        item = self.study.item(oid)
        key = self.key(self.study.forms[item.form], item, row)
        self.data.put(key, Entry(text, unit, missing))
        return key

    def fill(self, form: Form) -> Chart:
        """Every item of a form, two rows in each log."""
        for group in form.groups:
            rows = ["d1:21", "d1:22"] if group.repeating else [""]
            for row in rows if group.repeating else []:
                self.data.add_row(ItemKey(PERSON, "BL", "", form.oid, "", group.name), row)
            for row in rows:
                for number, item in enumerate(group.items):
                    if not item.computed and item.type is not ItemType.LABEL:
                        text = likely(self.study, item, number)
                        self.data.put(self.key(form, item, row), Entry(text))
        return self

    def page(self, form: Form, **more: object) -> FilledForm:
        state = evaluate(self.study, self.data, ItemKey(PERSON, "BL", "", form.oid), TODAY)
        event = self.study.events["BL"]
        return FilledForm(form, state, "BL", event.name, "2026-08-20", **more)  # type: ignore[arg-type]


def printed_words(leaf: Leaf) -> list[Words]:
    return [ink for ink in leaf.inks if isinstance(ink, Words) and ink.text.strip()]


def span(ink: Words) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the letters, a little smaller than their line."""
    top, bottom = ink.y - 0.72 * ink.size, ink.y + 0.12 * ink.size
    return ink.x, top, ink.x + width(ink.text, ink.face, ink.size), bottom


def overlaps(leaf: Leaf) -> list[tuple[str, str]]:
    """Pairs of words that stand on each other."""
    found = []
    spans = sorted((span(ink), ink.text) for ink in printed_words(leaf))
    for index, (one, text) in enumerate(spans):
        for other, second in spans[index + 1 :]:
            if other[0] >= one[2] - 0.3:
                break
            if other[1] < one[3] - 0.3 and one[1] < other[3] - 0.3:
                found.append((text, second))
    return found
