"""Line listings: the answers of one form of all participants, one row a form or log row, with a filter.

What is listed is what the form says now: text that does not read as typed, a missing code by its word. Struck
rows and voided participants are left out. A filter compares text as codes or words, numbers as numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import figurecases
from mda5_crf.study.folding import narrow
from mda5_crf.study.model import Form, Item, ItemType
from mda5_crf.study.numbers import read_number
from mda5_crf.study.schedule import event_date
from mda5_crf.study.state import FormState, ItemState
from mda5_crf.study.values import Status, show
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

Progress = Callable[[int, int], None]
_WHERE: Final = re.compile(r"\s*([A-Za-z0-9_.]+)\s*(!=|<=|>=|=|<|>|~)\s*(.*?)\s*", re.DOTALL)
_TYPED: Final = re.compile(r"\s*([^=<>!~＝＜＞！～≥≤≠]+?)\s*([=<>!~＝＜＞！～≥≤≠]{1,2})")
_KEYS: Final = 6
"""Columns before the answers: participant, site, visit, date, row, state."""
_PLACES: Final = ("SUBJECT", "SITE", "VISIT", "STATUS")


@dataclass(frozen=True, slots=True)
class Cell:
    """One answer: ``code`` as stored, ``words`` as people read it, ``number`` where it is one."""

    code: str = ""
    words: Text = field(default_factory=lambda: both(""))
    number: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One row. ``key``: the form or log row to open."""

    key: ItemKey
    place: tuple[str, str, str, str, str, str]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Where:
    """``item`` (or SUBJECT, SITE, VISIT, STATUS) compared with ``text``; ``sign``: = != < > <= >= ~."""

    item: str
    sign: str
    text: str

    def __str__(self) -> str:
        return f"{self.item}{self.sign}{self.text}"


@dataclass(frozen=True, slots=True)
class LineListing:
    """See the module text. ``all``: rows before the filter."""

    form: Form
    items: tuple[Item, ...]
    lines: tuple[Line, ...]
    all: int
    where: tuple[Where, ...]

    @property
    def columns(self) -> tuple[Text, ...]:
        """The headings: first those of the place, then the items."""
        keys = ("participant", "site", "visit", "date", "listing_row", "listing_status")
        heads = [
            message("datasets.col_siteid") if name == "site" else message(f"figures.{name}") for name in keys
        ]
        return (*heads, *(item.label for item in self.items))

    @property
    def keys(self) -> int:
        """How many columns say whose and of when a row is."""
        return _KEYS

    def said(self) -> Text:
        """How many rows, and which were asked for."""
        if not self.where:
            return message("figures.listing_all", rows=len(self.lines))
        filters = ", ".join(map(str, self.where))
        return message("figures.listing_filter", filters=filters, rows=len(self.lines), all=self.all)


def with_columns(found: LineListing, names: Collection[str]) -> LineListing:
    """The same rows with these items alone, in the order of the form. Unknown names are passed over."""
    kept = [place for place, item in enumerate(found.items) if item.name in names]
    return replace(
        found,
        items=tuple(found.items[place] for place in kept),
        lines=tuple(replace(line, cells=tuple(line.cells[place] for place in kept)) for line in found.lines),
    )


def split_where(typed: str) -> list[str]:
    """Filters typed in one line, parted by semicolons; signs of a Chinese keyboard count as plain ones."""
    parts = re.split("[;；]", typed)
    return [_plain_sign(part.strip()) for part in parts if part.strip()]


def _plain_sign(part: str) -> str:
    """``ＡＧＥ＞＝６５`` and ``AGE≥65`` as ``AGE>=65``; what stands behind the sign stays as typed."""
    found = _TYPED.match(part)
    if found is None:
        return part
    sign = narrow(found[2]).replace("≥", ">=").replace("≤", "<=").replace("≠", "!=")
    return f"{narrow(found[1])}{sign}{part[found.end() :]}"


def read_where(session: Session, form: str, words: Sequence[str]) -> tuple[Where, ...]:
    """Filters as people type them: ``AETOXGR>=3``, ``AETERM~fever``. Raises InputRefused."""
    model = form_of(session, form)
    return tuple(_where(model, word) for word in words)


def form_of(session: Session, name: str) -> Form:
    """A form by its code. Raises InputRefused."""
    forms = session.versions.words.forms
    found = forms.get(name.strip().upper())
    if found is None:
        raise InputRefused("figures.listing_form", form=name, known=", ".join(forms))
    return found


def _where(form: Form, word: str) -> Where:
    found = _WHERE.fullmatch(word)
    if found is None:
        raise InputRefused("figures.listing_where", text=word, form=form.oid)
    item, sign, text = found[1].upper().removeprefix(f"{form.oid}."), found[2], found[3]
    if item not in form.items and item not in _PLACES:
        raise InputRefused("figures.listing_item", form=form.oid, item=found[1])
    if sign in ("<", ">", "<=", ">=") and _number(text) is None:
        raise InputRefused("figures.listing_number", item=item, text=text)
    return Where(item, sign, text)


def line_listing(
    session: Session,
    form: str,
    where: Sequence[Where] = (),
    progress: Progress = lambda _done, _total: None,
) -> LineListing:
    """The listing of a form. Raises PermissionDenied, InputRefused (no such form, blind entry)."""
    figurecases.require(session)
    model = form_of(session, form)
    items = tuple(item for item in model.items.values() if item.type is not ItemType.LABEL)
    found: list[Line] = []
    listed = session.subjects()
    for done, subject in enumerate(listed):
        progress(done, len(listed))
        loaded = session.is_loaded(subject.identity)
        for event in session.tree(subject.identity):
            for node in event.forms:
                if node.key.form == model.oid and not node.adds:
                    state = session.state(node.key)
                    found += _lines(session, state, items, subject.subjid, subject.site)
        if not loaded:
            session.let_go(subject.identity)
    kept = [line for line in found if all(_passes(line, one, items) for one in where)]
    return LineListing(model, items, tuple(kept), len(found), tuple(where))


def _lines(session: Session, state: FormState, items: Sequence[Item], subjid: str, site: str) -> list[Line]:
    """The rows of one form instance: its log rows, or itself when something stands there."""
    data, key = session.data(state.key.subject), state.key
    day = event_date(session.study_of(key.subject), data, key.event_key())
    event, when = session.event_label(key), "" if day is None else day.isoformat()
    single = {one.item.name: one for one in state.items.values() if not one.key.group_repeat}
    if state.rows:
        made = []
        for row in state.rows:
            own = {one.item.name: one for one in state.items.values() if one.key.row_key() == row.key}
            number = data.line_of(row.key._replace(group_repeat=""), row.key.group_repeat) or 0
            cells = tuple(_cell(session, own.get(item.name, single.get(item.name))) for item in items)
            made.append(Line(row.key, (subjid, site, event, when, str(number), row.status), cells))
        return made
    if not any(one.value.status is not Status.EMPTY for one in single.values()):
        return []
    repeat = session.form_label(key).partition("#")[2]
    cells = tuple(_cell(session, single.get(item.name)) for item in items)
    return [Line(key, (subjid, site, event, when, repeat, state.status), cells)]


def _cell(session: Session, one: ItemState | None) -> Cell:
    if one is None or not one.relevant or one.value.status is Status.EMPTY:
        return Cell()
    value, item = one.value, one.item
    study = session.study_of(one.key.subject)
    if value.status is Status.MISSING:
        code = value.missing or ""
        return Cell(code, study.missing_codes.get(code, both(code)))
    if value.status is Status.NONCONFORMANT:
        return Cell(value.text, both(value.text))
    number = value.data if isinstance(value.data, Decimal) else None
    text = show(item, value) if item.computed else value.text
    if item.type is ItemType.LINK:
        text = session.shown(one.key, value.text)
    elif number is not None and not item.computed and value.unit not in (None, item.unit):
        text = f"{text} {value.unit}"
    words = both(text)
    if item.codelist:
        codes = study.codelists[item.codelist].by_code
        said = [codes[code].text if code in codes else both(code) for code in text.split(",")]
        words = Text(", ".join(w.en for w in said), "、".join(w.zh for w in said))
    return Cell(text, words, number)


def _number(text: str) -> Decimal | None:
    found = read_number(text)
    return found[1] if found is not None and isinstance(found[1], Decimal) else None


def _passes(line: Line, where: Where, items: Sequence[Item]) -> bool:
    if where.item in _PLACES:
        text = dict(zip(_PLACES, (line.place[0], line.place[1], line.place[2], line.place[5]), strict=True))[
            where.item
        ]
        cell = Cell(text, both(text))
    else:
        cell = next(c for c, item in zip(line.cells, items, strict=True) if item.name == where.item)
    wanted = where.text.casefold()
    if where.sign in ("=", "!="):
        same = wanted in (cell.code.casefold(), cell.words.en.casefold(), cell.words.zh.casefold())
        number = _number(where.text)
        same = same or (number is not None and cell.number is not None and cell.number == number)
        return same == (where.sign == "=")
    if where.sign == "~":
        said = f"{cell.code} {cell.words.en} {cell.words.zh}".casefold()
        return all(word in said for word in wanted.split())
    limit = _number(where.text)
    number = cell.number if cell.number is not None else _number(cell.code)
    if limit is None or number is None:
        return False  # what has no number is neither above nor below
    tests = {"<": number < limit, ">": number > limit, "<=": number <= limit, ">=": number >= limit}
    return tests[where.sign]
