"""REDCap's data dictionary (CSV) as a description.

One row is one field, in eighteen columns that every export has; section headers make groups, a matrix makes a
table. REDCap knows visits only outside the dictionary: a second CSV, its list of events with their forms, is
taken as well; without it there is one visit with all forms. Names of forms, groups and items are kept as
REDCap's own ODM export spells them, so that its data find their place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from mda5_crf.exchange.expressions import translate
from mda5_crf.exchange.foreign import Field, Foreign, Scope, spoken, titled
from mda5_crf.exchange.grids import Book, Notes, Row, heading, rows_of
from mda5_crf.exchange.plaintext import plain

VARIABLE: Final = "Variable / Field Name"
FORM: Final = "Form Name"
SECTION: Final = "Section Header"
TYPE: Final = "Field Type"
LABEL: Final = "Field Label"
CHOICES: Final = "Choices, Calculations, OR Slider Labels"
NOTE: Final = "Field Note"
VALIDATION: Final = "Text Validation Type OR Show Slider Number"
LOW: Final = "Text Validation Min"
HIGH: Final = "Text Validation Max"
IDENTIFIER: Final = "Identifier?"
LOGIC: Final = "Branching Logic (Show field only if...)"
REQUIRED: Final = "Required Field?"
ALIGNMENT: Final = "Custom Alignment"
QUESTION: Final = "Question Number (surveys only)"
MATRIX: Final = "Matrix Group Name"
RANKING: Final = "Matrix Ranking?"
ANNOTATION: Final = "Field Annotation"
COLUMNS: Final = (
    VARIABLE, FORM, SECTION, TYPE, LABEL, CHOICES, NOTE, VALIDATION, LOW, HIGH, IDENTIFIER, LOGIC, REQUIRED,
    ALIGNMENT, QUESTION, MATRIX, RANKING, ANNOTATION,
)  # fmt: skip
_NEEDED: Final = (VARIABLE, FORM, TYPE, LABEL)
_SHORT: Final = {
    "field_name": VARIABLE, "form_name": FORM, "section_header": SECTION, "field_type": TYPE,
    "field_label": LABEL, "select_choices_or_calculations": CHOICES, "field_note": NOTE,
    "text_validation_type_or_show_slider_number": VALIDATION, "text_validation_min": LOW,
    "text_validation_max": HIGH, "identifier": IDENTIFIER, "branching_logic": LOGIC,
    "required_field": REQUIRED, "custom_alignment": ALIGNMENT, "question_number": QUESTION,
    "matrix_group_name": MATRIX, "matrix_ranking": RANKING, "field_annotation": ANNOTATION,
}  # fmt: skip
"""The same columns as REDCap's API names them."""
_KEPT: Final = (IDENTIFIER, ALIGNMENT, QUESTION, RANKING, ANNOTATION)
_CHOSEN: Final = {"radio": "code", "dropdown": "code", "checkbox": "multi"}
_FIXED: Final = {
    "yesno": (("1", {"en": "Yes", "zh": "是"}), ("0", {"en": "No", "zh": "否"})),
    "truefalse": (("1", {"en": "True", "zh": "真"}), ("0", {"en": "False", "zh": "假"})),
}
_DATE: Final = re.compile(r"date_(?:ymd|dmy|mdy)")
_MOMENT: Final = re.compile(r"datetime(?:_seconds)?_(?:ymd|dmy|mdy)")
_PLACES: Final = re.compile(r"number(?:_([1-9])dp)?(?:_comma_decimal)?")
_PATTERNS: Final = {
    "email": r"[^@\s]+@[^@\s]+\.[^@\s]+", "alpha_only": r"[A-Za-z]+", "mrn_10d": r"\d{10}",
    "zipcode": r"\d{5}(-\d{4})?", "postalcode_germany": r"\d{5}", "ssn": r"\d{3}-\d{2}-\d{4}",
    "time_mm_ss": r"[0-5]\d:[0-5]\d", "time_hh_mm_ss": r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d",
}  # fmt: skip
_FREE: Final = frozenset({"", "autocomplete", "signature", "number"})
_CALCULATED: Final = re.compile(r"@CALC(TEXT|DATE)\s*\(", re.IGNORECASE)
_PIPED: Final = re.compile(r"\[[a-z][a-z0-9_]*(?:\([^()\[\]]*\))?(?::[a-z]+)?\]")
_EVENT, _EVENT_FORM = "unique_event_name", "form"


def is_dictionary(book: Book) -> bool:
    """Whether the first rows of a table have the headings of a data dictionary."""
    return any(_headings(raw.rows[0][1]) for raw in book.sheets if raw.rows)


def _headings(cells: Iterable[str]) -> bool:
    found = {heading(cell.lstrip("\ufeff")) for cell in cells}
    return {heading(name) for name in _NEEDED} <= found or {"field_name", "form_name", "field_type"} <= found


def read(book: Book, events: Book | None = None, title: str = "") -> tuple[dict[str, Any], Notes]:
    """The description, and what became of the file. ``events``: REDCap's events with their forms; ``title``:
    what the study is called, since a dictionary does not say.
    """
    notes = Notes()
    reader = _Dictionary(notes, title)
    raw = next(raw for raw in book.sheets if raw.rows and _headings(raw.rows[0][1]))
    raw.name = raw.name or "CSV"
    first = raw.rows[0]
    raw.rows[0] = (first[0], [_SHORT.get(heading(cell), cell.lstrip("\ufeff")) for cell in first[1]])
    reader.fields(rows_of(raw, _NEEDED, COLUMNS, notes))
    reader.visits(events)
    if not reader.study.forms:
        notes.problem(None, "", "nothing_in_it")
        return {}, notes
    return reader.study.finish(), notes


class _Dictionary:
    def __init__(self, notes: Notes, title: str) -> None:
        self.notes = notes
        self.study = Foreign("REDCap", notes, title or "REDCAP", title or "REDCap")
        self.study.prefixes = ("Event.", "Form.")
        self._group: dict[str, Any] = {}
        self._matrix = ""
        self._first = ""
        self._title: dict[str, str] = {}
        self._expressions: list[tuple[Field, str]] = []

    def fields(self, rows: list[Row]) -> None:
        """All fields, then their expressions: these may name what stands below."""
        form = ""
        for row in rows:
            name, where = row.text(VARIABLE), row.text(FORM)
            if not name or not where:
                self.notes.miss(row, VARIABLE if not name else FORM, "row_unnamed")
                continue
            if name in self.study.fields:
                self.notes.problem(row, VARIABLE, "twice", name=name)
                continue
            if where != form:
                self._begin(row, where, name)
                form = where
            self._field(row, name, self.study.forms[where])
            self.notes.read["fields"] += 1
        for field, text in self._expressions:
            self._gate(field, text)
        self.notes.read["forms"] = len(self.study.forms)

    def _begin(self, row: Row, where: str, field: str) -> None:
        if where in self.study.forms:
            self.notes.repair(row, FORM, "form_in_pieces", name=where)
            oid = self.study.forms[where]
        else:
            oid = self.study.form(where, spoken(titled(where)))
        self._title = spoken(titled(where))
        self._open(oid, where, field)

    def _open(self, form: str, where: str, field: str) -> None:
        self._group = self.study.group(form, field, self._title)
        self._first = field
        self._matrix = ""
        self.study.groups.append([f"Form.{where}", f"{where}.{field}", form, self._group["name"]])

    def _field(self, row: Row, name: str, form: str) -> None:
        section, matrix, where = plain(row.text(SECTION)), row.text(MATRIX), row.text(FORM)
        if section:
            self._title = spoken(section)
        if section or matrix != self._matrix:
            if self._group["item"]:
                self._open(form, where, name)
            else:
                self._group["title"] = dict(self._title)
            self._matrix = matrix
        kind = row.text(TYPE).casefold()
        told, codes, integers = self._told(row, name, kind)
        field = self.study.field(name, form, self._group, told, row, codes=codes, integers=integers)
        if matrix and told["type"] in ("code", "multi"):
            self._into_matrix(field)
        self._origins(field, where)
        self._rest(field, kind)

    def _rest(self, field: Field, kind: str) -> None:
        """What is kept of a row, and what is translated when all fields are known."""
        row, name = field.row, field.foreign
        for title in _KEPT:
            if row.text(title):
                self.study.keep(row, name, title, row.text(title))
        for title in row.cells:
            if title not in COLUMNS:
                self.study.keep(row, name, title, row.text(title))
        if row.text(LOGIC):
            self._expressions.append((field, LOGIC))
        if kind == "calc" and row.text(CHOICES):
            self._expressions.append((field, CHOICES))
        elif _CALCULATED.search(row.text(ANNOTATION)):
            self._expressions.append((field, ANNOTATION))
        if row.text(LOW) or row.text(HIGH):
            self._expressions.append((field, LOW))

    def _into_matrix(self, field: Field) -> None:
        """The questions of a matrix are the rows of a table with one column."""
        told = field.told
        self._group.setdefault("layout", "panel")
        self._group.setdefault("rows", []).append({"code": told["name"], **told["label"]})
        self._group.setdefault("columns", [{"code": "ANSWER", "en": "Answer", "zh": "回答"}])
        told |= {"row": told["name"], "column": "ANSWER"}

    def _origins(self, field: Field, where: str) -> None:
        """How REDCap's own ODM export names the field: of several answers, each is one."""
        line = [f"Form.{where}", f"{where}.{self._first}"]
        if field.told["type"] == "multi":
            for theirs, ours in field.codes.items():
                box = f"{field.foreign}___{theirs.casefold().replace('-', '_')}"
                self.study.items.append([*line, box, field.form, field.told["name"], ours, ""])
        elif field.told["type"] != "label":
            self.study.items.append([*line, field.foreign, field.form, field.told["name"], "", ""])

    # -- one field -------------------------------------------------------------------------------------

    def _told(self, row: Row, name: str, kind: str) -> tuple[dict[str, Any], dict[str, str], bool]:
        """The table of an item, its codes, and whether they are numbers."""
        label = plain(row.text(LABEL))
        if _PIPED.search(label):
            self.notes.keep(row, LABEL, "piped")
        told: dict[str, Any] = {"type": "text", "label": spoken(label or titled(name))}
        codes: dict[str, str] = {}
        integers = False
        if kind in _CHOSEN or kind in _FIXED:
            told["type"] = _CHOSEN.get(kind, "code")
            values = list(_FIXED[kind]) if kind in _FIXED else self._choices(row)
            if values:
                multi = told["type"] == "multi"
                told["codelist"], codes, integers = self.study.codelist(name, values, multi=multi)
            else:
                told["type"] = "text"
                self.notes.repair(row, CHOICES, "no_choices")
        elif kind == "text":
            self._text(row, name, told)
        elif kind == "calc":
            told["type"] = "decimal"
        elif kind == "slider":
            told |= {"type": "integer", "hard": [0, 100]}
            if row.text(CHOICES):
                told["hint"] = spoken(" – ".join(part.strip() for part in row.text(CHOICES).split("|")))
        elif kind == "descriptive":
            told["type"] = "label"
        elif kind == "sql":
            self.study.keep(row, name, CHOICES, row.text(CHOICES))
        elif kind != "notes":
            self.study.keep(row, name, TYPE, kind)
            if kind != "file":
                self.notes.miss(row, TYPE, "unknown_type", name=row.text(TYPE))
        self._about(row, kind, told)
        return told, codes, integers

    @staticmethod
    def _about(row: Row, kind: str, told: dict[str, Any]) -> None:
        """What every type may have."""
        if row.text(NOTE):
            told["hint"] = spoken(plain(row.text(NOTE)) or row.text(NOTE))
        if row.text(REQUIRED).casefold() in ("y", "yes", "1", "true") and kind not in ("descriptive", "calc"):
            told["required"] = True

    def _text(self, row: Row, name: str, told: dict[str, Any]) -> None:
        """What the validation of a text field makes of it."""
        word = row.text(VALIDATION).casefold()
        places = _PLACES.fullmatch(word)
        if _DATE.fullmatch(word):
            told["type"] = "date"
        elif _MOMENT.fullmatch(word):
            told["type"] = "datetime"
        elif word in ("time", "time_hh_mm"):
            told["type"] = "time"
        elif word in ("integer", "int"):
            told["type"] = "integer"
        elif places or word == "float":
            told["type"] = "decimal"
            if places and places[1]:
                told["decimals"] = int(places[1])
        elif word in _PATTERNS:
            told["pattern"] = _PATTERNS[word]
        elif word not in _FREE:
            self.study.keep(row, name, VALIDATION, row.text(VALIDATION))
        if row.text(CHOICES):
            self.study.keep(row, name, CHOICES, row.text(CHOICES))

    def _choices(self, row: Row) -> list[tuple[str, dict[str, str]]]:
        """``1, Male | 2, Female``; in old dictionaries a line each."""
        text = row.text(CHOICES)
        found: dict[str, dict[str, str]] = {}
        for part in re.split(r"\||\\n|\n", text):
            code, comma, label = part.strip().partition(",")
            code = code.strip()
            if not code:
                continue
            if not comma:
                self.notes.repair(row, CHOICES, "choice_without_label", name=code)
            if code in found:
                self.notes.repair(row, CHOICES, "choice_twice", name=code)
                continue
            found[code] = spoken(plain(label) or code)
        return list(found.items())

    # -- expressions -----------------------------------------------------------------------------------

    def _gate(self, field: Field, title: str) -> None:
        """Put one expression where it belongs, or keep it as it is."""
        row, told = field.row, field.told
        scope = Scope(self.study, field.form)
        if title == LOW:
            self._limits(field, scope)
            return
        text = row.text(title)
        key = "relevant" if title == LOGIC else "calculate"
        if title == ANNOTATION:
            text = _inside(text)
        made = translate(text, "redcap", scope)
        if made is None:
            self.study.not_executable(row, field.foreign, title, row.text(title))
            return
        if key == "calculate":
            for other in ("required", "pattern", "hard"):
                told.pop(other, None)
        told[key] = made

    def _limits(self, field: Field, scope: Scope) -> None:
        """REDCap asks about a value outside and takes it all the same: ``soft``."""
        row, told = field.row, field.told
        kind = told["type"]
        ends: list[Any] = []
        for title in (LOW, HIGH):
            text = row.text(title)
            end = _end(text, kind, scope) if text else ""
            if end is None:
                self.study.keep(row, field.foreign, title, text)
                end = ""
            ends.append(end)
        if any(ends) or 0 in ends:
            if row.text(TYPE).casefold() == "slider":
                told["hard"] = [
                    usual if end == "" else end for end, usual in zip(ends, (0, 100), strict=True)
                ]
            else:
                told["soft"] = ends

    # -- visits ----------------------------------------------------------------------------------------

    def visits(self, events: Book | None) -> None:
        """The visits that REDCap's second table names; without one, a single visit with all forms."""
        rows = [] if events is None else self._event_rows(events)
        arms = {row.text(_EVENT).rpartition("_arm_")[2] for row in rows if row.text(_EVENT)}
        planned: set[tuple[str, str]] = set()
        for row in rows:
            name, form = row.text(_EVENT), row.text(_EVENT_FORM)
            if not name:
                self.notes.miss(row, _EVENT, "row_unnamed")
                continue
            if name not in self.study.events:
                plain_name, _, arm = name.rpartition("_arm_")
                label = row.text("event_name") or titled(plain_name or name)
                label += f" ({arm})" if plain_name and len(arms) > 1 else ""
                self.study.event(name, spoken(label), **self._days(row))
                self.notes.read["events"] += 1
            if form and form not in self.study.forms:
                self.notes.miss(row, _EVENT_FORM, "form_unknown", name=form)
            elif form and (name, form) not in planned:
                planned.add((name, form))
                self.study.due(self.study.events[name], self.study.forms[form])
        if rows and not any(row.text(_EVENT_FORM) for row in rows):
            self.notes.repair(None, "", "forms_everywhere")
            for event in list(self.study.events.values()):
                for oid in self.study.forms.values():
                    self.study.due(event, oid, mark="optional")
            return
        left = [form for form in self.study.forms if all(form != one for _, one in planned)]
        if left:
            if self.study.events:
                self.notes.repair(None, "", "forms_of_no_event", names=", ".join(left))
            oid = self.study.event("", {"en": "All forms", "zh": "全部表单"})
            for form in left:
                self.study.due(oid, self.study.forms[form])

    def _event_rows(self, events: Book) -> list[Row]:
        raw = events.sheets[0] if events.sheets else None
        if raw is None:
            return []
        raw.name = "CSV 2"
        return rows_of(
            raw,
            (_EVENT,),
            (_EVENT, _EVENT_FORM, "event_name", "day_offset", "offset_min", "offset_max"),
            self.notes,
        )

    def _days(self, row: Row) -> dict[str, Any]:
        """Target and window: REDCap counts from 0, a study from day 1 and has no day 0."""
        texts = [row.text(title) for title in ("day_offset", "offset_min", "offset_max")]
        if not all(re.fullmatch(r"-?\d{1,5}", text) for text in texts if text) or not texts[0]:
            return {}
        day, before, after = (int(text or 0) for text in texts)
        target, low, high = (one + 1 if one >= 0 else one for one in (day, day - abs(before), day + after))
        return {"target": target, "window": [low, high]}


def _end(text: str, kind: str, scope: Scope) -> str | None:
    """A limit in the study's words; None where it is none."""
    if kind in ("integer", "decimal"):
        bare = text.replace(",", ".") if "." not in text else text
        return bare if re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", bare) else translate(text, "redcap", scope)
    if kind == "date":
        if text.casefold() in ("today", "now"):
            return "today"
        return (
            f'date("{text}")' if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else translate(text, "redcap", scope)
        )
    return None


def _inside(text: str) -> str:
    """What stands between the brackets of ``@CALCTEXT(…)``."""
    found = _CALCULATED.search(text)
    if found is None:
        return ""
    depth, quote = 1, ""
    for at in range(found.end(), len(text)):
        sign = text[at]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "()":
            depth += 1 if sign == "(" else -1
            if not depth:
                return text[found.end() : at]
    return ""
