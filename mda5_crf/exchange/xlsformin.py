"""XLSForm (.xlsx: sheets survey, choices, settings) as a description.

One XLSForm is one form: its groups become groups, a repeat the rows of a log. Labels in other languages than
English and Chinese are kept beside the definition. An XLSForm knows no visits: there is one, with this form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mda5_crf.exchange import expr_xlsform
from mda5_crf.exchange.expressions import translate
from mda5_crf.exchange.exprtree import Call, Name, NotUnderstood, Number, Op, Tree, Word
from mda5_crf.exchange.foreign import Field, Foreign, Scope, spoken, titled
from mda5_crf.exchange.grids import Book, Notes, Raw, Row, heading, rows_of
from mda5_crf.exchange.plaintext import plain

DIALECT: Final = "xlsform"
_TYPES: Final = {
    "text": "text", "string": "text", "barcode": "text", "geopoint": "text", "geotrace": "text",
    "geoshape": "text", "image": "text", "photo": "text", "audio": "text", "video": "text", "file": "text",
    "background-audio": "text", "rank": "text", "integer": "integer", "int": "integer",
    "decimal": "decimal", "range": "decimal", "date": "date", "time": "time", "datetime": "datetime",
    "note": "label", "acknowledge": "code", "trigger": "code", "calculate": "text", "hidden": "text",
}  # fmt: skip
_PLAIN: Final = frozenset({"text", "string", "integer", "int", "decimal", "date", "time", "datetime", "note"})
_ABOUT: Final = frozenset({
    "start", "end", "today", "deviceid", "subscriberid", "simserial", "phonenumber", "username", "email",
    "audit", "start-geopoint", "xml-external", "csv-external", "entity", "background-geopoint",
})  # fmt: skip
"""What a device fills in of itself: nothing that a person answers."""
_USED: Final = frozenset({
    "type", "name", "label", "hint", "guidance_hint", "required", "relevant", "constraint",
    "constraint_message", "calculation", "parameters",
})  # fmt: skip
_ALSO: Final = {
    "relevance": "relevant", "calculate": "calculation", "caption": "label", "value": "name",
    "list name": "list_name", "question": "label", "required message": "required_message",
    "constraint message": "constraint_message", "constraint_msg": "constraint_message",
}  # fmt: skip
"""Older spellings of headings."""
_CHINESE: Final = re.compile(r"\(zh\b[^)]*\)|^zh\b|chinese|中文|汉语|漢語|普通话", re.IGNORECASE)
_ENGLISH: Final = re.compile(r"\(en\b[^)]*\)|^en\b|english|英文|英语", re.IGNORECASE)
_FLIPPED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_OTHER: Final = "other"


def is_form(book: Book) -> bool:
    """Whether there is a sheet ``survey`` with types and names."""
    for raw in book.sheets:
        if heading(raw.name) == "survey":
            return any({"type", "name"} <= {heading(cell) for cell in cells} for _, cells in raw.rows[:10])
    return False


def read(book: Book) -> tuple[dict[str, Any], Notes]:
    """The description, and what became of the file."""
    notes = Notes()
    sheets = {heading(raw.name): raw for raw in book.sheets}
    for name, raw in sheets.items():
        if name not in ("survey", "choices", "settings"):
            notes.miss(Row(raw.name, 0, {}), "", "unknown_sheet")
    settings = _rows(sheets.get("settings"), (), notes)
    head = settings[0].cells if settings else {}
    reader = _Survey(notes, head)
    reader.choices(_rows(sheets.get("choices"), ("list_name", "name"), notes))
    reader.survey(_rows(sheets["survey"], ("type", "name"), notes))
    return reader.study.finish(), notes


def _rows(raw: Raw | None, needed: Sequence[str], notes: Notes) -> list[Row]:
    if raw is None or not raw.rows:
        return []
    for place, (number, cells) in enumerate(raw.rows[:10]):
        names = [_ALSO.get(heading(cell), cell) for cell in cells]
        if set(needed) <= {heading(name) for name in names}:
            raw.rows[place] = (number, names)
            break
    return rows_of(
        raw, needed, (*_USED, "list_name", "form_title", "form_id", "version", "default_language"), notes
    )


@dataclass(slots=True)
class _Open:
    """A group that is not closed yet. ``gates``: what its row and those around it say."""

    name: str
    title: dict[str, str]
    row: Row
    gates: list[tuple[Row, str]]
    repeat: str = ""
    table: dict[str, Any] | None = None


class _Survey:
    def __init__(self, notes: Notes, head: Mapping[str, str]) -> None:
        self.notes = notes
        title, oid = head.get("form_title", ""), head.get("form_id", "")
        self.study = Foreign("XLSForm", notes, oid, title or oid or "XLSForm", head.get("version") or "1")
        self._default = head.get("default_language", "")
        self._title = spoken(title or titled(oid) or "XLSForm")
        self._form_name = oid or "FORM"
        self._lists: dict[str, list[tuple[str, dict[str, str]]]] = {}
        self._fields: list[Field] = []
        self._groups: list[tuple[dict[str, Any], list[tuple[Row, str]]]] = []
        self._open: list[_Open] = []
        self._form = ""

    # -- texts -----------------------------------------------------------------------------------------

    def _texts(self, row: Row, title: str) -> dict[str, str]:
        """The texts under ``title`` in our languages; other languages are kept."""
        made: dict[str, str] = {}
        others: dict[str, str] = {}
        for name, text in row.cells.items():
            first, _, language = name.partition("::")
            if heading(first) != title:
                continue
            shown = plain(text)
            if not language:
                made.update({one: made.get(one, said) for one, said in spoken(shown).items()})
            elif _CHINESE.search(language):
                made["zh"] = shown
            elif _ENGLISH.search(language):
                made["en"] = shown
            else:
                others[language.strip()] = text
        for language, text in others.items():
            if not made:
                made = {"en": plain(text)}
            self.study.keep(
                row, row.text("name") or f"{row.sheet} {row.number}", f"{title}::{language}", text
            )
        return {language: made[language] for language in ("en", "zh") if made.get(language)}

    # -- choices ---------------------------------------------------------------------------------------

    def choices(self, rows: list[Row]) -> None:
        """The lists of answers."""
        for row in rows:
            name, code = row.text("list_name"), row.text("name")
            if not name or not code:
                self.notes.miss(row, "list_name" if not name else "name", "row_unnamed")
                continue
            listed = self._lists.setdefault(name, [])
            if any(code == known for known, _ in listed):
                self.notes.repair(row, "name", "choice_twice", name=code)
                continue
            listed.append((code, self._texts(row, "label") or spoken(code)))
            self.notes.read["choices"] += 1
            for title, text in row.cells.items():
                if heading(title).partition("::")[0] not in ("list_name", "name", "label"):
                    self.study.keep(row, f"{name}/{code}", title, text)

    # -- survey ----------------------------------------------------------------------------------------

    def survey(self, rows: list[Row]) -> None:
        """All rows; then the expressions, which may name what stands below."""
        self._form = self.study.form(self._form_name, self._title)
        main = _Open("MAIN", self._title, Row("survey", 0, {}), [])
        self._open = [main]
        for row in rows:
            self._row(row)
        for left in self._open[1:]:
            self.notes.repair(left.row, "type", "not_closed", name=left.name)
        for table, gates in self._groups:
            self._gate(table, gates)
        for one in self._fields:
            self._expressions(one)
        if any(table.get("repeating") for table, _ in self._groups):
            self.study.description[f"forms/{self._form}.toml"]["form"]["log"] = True
        oid = self.study.event("", {"en": "All forms", "zh": "全部表单"})
        self.study.due(oid, self._form)
        self.notes.read["questions"] = len(self._fields)
        self.notes.read["groups"] = len(self._groups)

    def _row(self, row: Row) -> None:
        kind = re.sub(r"\s+", " ", row.text("type")).strip()
        low = kind.casefold().replace("begin ", "begin_").replace("end ", "end_")
        if low in ("begin_group", "begin_repeat"):
            self._begin(row, low == "begin_repeat")
        elif low in ("end_group", "end_repeat"):
            if len(self._open) > 1:
                self._open.pop()
            else:
                self.notes.repair(row, "type", "not_open")
        elif not kind:
            self.notes.miss(row, "type", "row_unnamed")
        elif low in _ABOUT:
            self.study.keep(row, row.text("name") or low, "type", kind)
        elif not row.text("name"):
            self.notes.miss(row, "name", "row_unnamed")
        elif row.text("name") in self.study.fields:
            self.notes.problem(row, "name", "twice", name=row.text("name"))
        else:
            self._question(row, kind)

    def _begin(self, row: Row, repeat: bool) -> None:
        outer = self._open[-1]
        name = row.text("name") or f"group{row.number}"
        label = self._texts(row, "label")
        title = label or (outer.title if len(self._open) > 1 else spoken(titled(name)))
        gates = list(outer.gates)
        if row.text("relevant"):
            gates.append((row, row.text("relevant")))
        if repeat and outer.repeat:
            self.notes.repair(row, "type", "repeat_in_repeat", name=name)
        self._open.append(_Open(name, title, row, gates, name if repeat else outer.repeat))
        self._keep_rest(row, name)

    def _group(self) -> dict[str, Any]:
        """The table of the group that is open, begun anew where another stood between."""
        here = self._open[-1]
        tables = self.study.description[f"forms/{self._form}.toml"]["group"]
        if here.table is not None and tables and tables[-1] is here.table:
            return here.table
        more: dict[str, Any] = {"layout": "log", "repeating": True} if here.repeat else {}
        if here.table is not None and here.repeat:
            return here.table
        here.table = self.study.group(self._form, here.name, here.title, **more)
        self._groups.append((here.table, here.gates))
        return here.table

    def _question(self, row: Row, kind: str) -> None:
        word, _, rest = kind.partition(" ")
        name = row.text("name")
        told: dict[str, Any] = {"type": "text", "label": self._texts(row, "label") or spoken(titled(name))}
        codes: dict[str, str] = {}
        integers = False
        low = word.casefold()
        if low in ("select_one", "select_multiple", "select1", "select"):
            multi = low in ("select_multiple", "select")
            codes, integers = self._selection(row, told, rest, multi)
        elif low in _TYPES:
            told["type"] = _TYPES[low]
            if low == "range":
                self._range(row, told)
            elif low in ("acknowledge", "trigger"):
                listed = [("OK", {"en": "OK", "zh": "已确认"})]
                told["codelist"], codes, integers = self.study.codelist("OK", listed)
            elif low not in (*_PLAIN, "calculate"):
                self.study.keep(row, name, "type", kind)
        else:
            self.study.keep(row, name, "type", kind)
            self.notes.miss(row, "type", "unknown_type", name=kind)
        for title, key in (("hint", "hint"), ("guidance_hint", "guidance")):
            texts = self._texts(row, title)
            if texts:
                told[key] = texts
        if row.text("required").casefold() in ("yes", "true", "true()", "1") and told["type"] != "label":
            told["required"] = True
        elif row.text("required").casefold() not in ("", "no", "false", "false()", "0"):
            self.study.not_executable(row, name, "required", row.text("required"))
        table = self._group()
        self._fields.append(
            self.study.field(name, self._form, table, told, row, codes=codes, integers=integers)
        )
        if "or_other" in rest.split():
            self._other(row, name, table)
        self._keep_rest(row, name)

    def _selection(
        self, row: Row, told: dict[str, Any], rest: str, multi: bool
    ) -> tuple[dict[str, str], bool]:
        """The list of answers of a question."""
        words = rest.split()
        listed = list(self._lists.get(words[0], ())) if words else []
        if not listed:
            self.notes.repair(row, "type", "no_choices")
            return {}, False
        if "or_other" in words and all(code != _OTHER for code, _ in listed):
            listed.append((_OTHER, {"en": "Other", "zh": "其他"}))
        told["type"] = "multi" if multi else "code"
        told["codelist"], codes, integers = self.study.codelist(words[0], listed, multi=multi)
        return codes, integers

    def _other(self, row: Row, name: str, table: dict[str, Any]) -> None:
        """The text beside an answer "other"."""
        told = {"type": "text", "label": {"en": "Other: which", "zh": "其他，请注明"}}
        made = self.study.field(f"{name}_other", self._form, table, told, Row(row.sheet, row.number, {
            "relevant": f"selected(${{{name}}}, '{_OTHER}')",
        }))  # fmt: skip
        self._fields.append(made)

    def _range(self, row: Row, told: dict[str, Any]) -> None:
        """``start=1 end=10 step=1``: limits, and whole numbers when all three are whole."""
        found = dict(re.findall(r"(start|end|step)\s*=\s*(-?\d+(?:\.\d+)?)", row.text("parameters")))
        ends = [found.get("start", "0"), found.get("end", "10")]
        if all("." not in one for one in (*ends, found.get("step", "1"))):
            told |= {"type": "integer", "hard": [int(end) for end in ends]}
        else:
            told |= {"type": "decimal", "hard": ends}

    def _keep_rest(self, row: Row, name: str) -> None:
        for title, text in row.cells.items():
            first = heading(title).partition("::")[0]
            if first not in _USED or (first == "parameters" and not row.text("type").startswith("range")):
                self.study.keep(row, name, title, text)

    # -- expressions -----------------------------------------------------------------------------------

    def _gate(self, table: dict[str, Any], gates: list[tuple[Row, str]]) -> None:
        """A group applies when it and all around it do."""
        parts: list[str] = []
        for row, text in gates:
            made = translate(text, DIALECT, Scope(self.study, self._form, table["name"]))
            if made is None:
                self.study.not_executable(row, row.text("name"), "relevant", text)
            else:
                parts.append(made)
        if parts:
            table["relevant"] = parts[0] if len(parts) == 1 else " and ".join(f"({part})" for part in parts)

    def _expressions(self, one: Field) -> None:
        row, told = one.row, one.told
        scope = Scope(self.study, self._form, one.group if one.in_rows else "", one.foreign)
        if row.text("relevant"):
            made = translate(row.text("relevant"), DIALECT, scope)
            if made is None:
                self.study.not_executable(row, one.foreign, "relevant", row.text("relevant"))
            else:
                told["relevant"] = made
        if row.text("calculation"):
            made = translate(row.text("calculation"), DIALECT, scope)
            if made is None:
                self.study.not_executable(row, one.foreign, "calculation", row.text("calculation"))
            else:
                told["calculate"] = made
                told.pop("required", None)
                if row.text("type").casefold() == "calculate":
                    told["type"] = self._result(expr_xlsform.parse(row.text("calculation"), scope))
        if row.text("constraint"):
            self._constraint(one, row.text("constraint"), scope)

    def _result(self, tree: Tree) -> str:
        """What a calculation gives: XLSForm does not say."""
        if isinstance(tree, Name):
            found = self.study.fields.get(tree.name)
            return found.told["type"] if found is not None and found.kind in ("number", "date") else "text"
        if isinstance(tree, Call) and tree.name in ("if_", "coalesce"):
            return self._result(tree.arguments[-1])
        if isinstance(tree, Call):
            return "date" if tree.name == "today" else "decimal"
        if isinstance(tree, Number) or (isinstance(tree, Op) and tree.sign in ("+", "-", "*", "/", "neg")):
            return "decimal"
        return "text"

    def _constraint(self, one: Field, text: str, scope: Scope) -> None:
        """Limits and patterns where it says no more than that; a check of what is left."""
        try:
            tree = expr_xlsform.parse(text, scope)
        except (NotUnderstood, RecursionError):
            self.study.not_executable(one.row, one.foreign, "constraint", text)
            return
        parts = list(tree.parts) if isinstance(tree, Op) and tree.sign == "and" else [tree]
        ends: list[Any] = ["", ""]
        pattern = ""
        for part in parts:
            found = _limit(part, one.told["type"])
            if found is not None and ends[found[0]] == "":
                ends[found[0]] = found[1]
            elif (written := _pattern(part)) and not pattern and one.told["type"] == "text":
                pattern = written
            else:
                self._check(one, text, scope)
                return
        if any(end != "" for end in ends):
            one.told["hard"] = ends
        if pattern:
            one.told["pattern"] = pattern
        if self._texts(one.row, "constraint_message"):
            self.study.keep(one.row, one.foreign, "constraint_message", one.row.text("constraint_message"))

    def _check(self, one: Field, text: str, scope: Scope) -> None:
        made = translate(text, DIALECT, scope)
        if made is None:
            self.study.not_executable(one.row, one.foreign, "constraint", text)
            return
        said = self._texts(one.row, "constraint_message") or {"en": text}
        told = {"severity": "hard", "fires": f"not ({made})", "items": [one.told["name"]], "message": said}
        if one.in_rows:
            told["each"] = one.group
        self.study.check(self._form, one.foreign, told)


def _limit(tree: Tree, kind: str) -> tuple[int, Any] | None:
    """Which end of a range a comparison of the field itself is (0 low, 1 high), and where."""
    if not isinstance(tree, Op) or tree.sign not in _FLIPPED or len(tree.parts) != 2:
        return None
    left, right = tree.parts
    sign = tree.sign
    if right == Name("."):
        left, right, sign = right, left, _FLIPPED[sign]
    if left != Name("."):
        return None
    end: Any = None
    if kind in ("integer", "decimal"):
        negative = isinstance(right, Op) and right.sign == "neg" and isinstance(right.parts[0], Number)
        number = right.parts[0] if negative and isinstance(right, Op) else right
        if isinstance(number, Number):
            end = f"-{number.text}" if negative else number.text
    elif kind == "date":
        if right == Call("today", ()):
            end = "today"
        elif isinstance(right, Word) and re.fullmatch(r"\d{4}-\d\d-\d\d", right.text):
            end = f'date("{right.text}")'
    if end is None or sign not in (">=", "<=", ">", "<"):
        return None
    if sign in (">", "<"):
        if kind != "integer" or "." in end:
            return None  # limits are inclusive
        end = str(int(end) + (1 if sign == ">" else -1))
    return (0 if sign[0] == ">" else 1), end


def _pattern(tree: Tree) -> str:
    """The regular expression that the field has to match as a whole, "" when it is none."""
    if not isinstance(tree, Call) or tree.name != "regex" or tree.arguments[0] != Name("."):
        return ""
    word = tree.arguments[1]
    if not isinstance(word, Word):
        return ""
    inside = word.text
    if not inside.startswith("^") or not inside.endswith("$") or "|" in inside:
        return ""
    try:
        re.compile(inside)
    except re.error:
        return ""
    return inside[1:-1]
