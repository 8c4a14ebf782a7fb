"""The sheets of a workbook that holds a definition: which columns they have and what a cell may say.

The columns are those that people know from XLSForm where there is one of the same meaning (``label::en``,
``relevant``, ``calculation``); what only this program has follows behind. ``order`` lets rows be sorted and
filtered and still come back in the order they had. ``more`` holds as TOML what no column has room for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from mda5_crf.exchange.bookcells import (
    ANY,
    EXPRESSION,
    FLAG,
    LIMITS,
    NUMBER,
    PAIR,
    TEXT,
    WHOLE,
    WORDS,
    Codec,
)
from mda5_crf.study.coding import Dictionary
from mda5_crf.study.load_form import When
from mda5_crf.study.load_schedule import Kind
from mda5_crf.study.model import ItemType, Layout, Mark, Sdv, Severity

ORDER: Final = "order"
MORE: Final = "more"
BEGIN_GROUP: Final = "begin_group"
BEGIN_REPEAT: Final = "begin_repeat"
LANGUAGES: Final = ("en", "zh")
STEP: Final = 10
"""Between two rows: others fit in."""
BEFORE, AFTER = "window_before", "window_after"
"""Days before and after the target day (where there is none, day 1), counted without a day 0."""
YES: Final = ("yes", "no")


class Column(NamedTuple):
    """``key`` of the definition, the ``title`` of its column, how it is written, and words to choose from."""

    key: str
    title: str
    codec: Codec = TEXT
    width: int = 12
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """One sheet. ``named``: columns that say where a row belongs, before those of its own keys; ``needed``:
    titles without which a row means nothing; ``extra``: titles of rows of another kind in the same sheet.
    """

    name: str
    named: tuple[str, ...]
    columns: tuple[Column, ...]
    needed: tuple[str, ...]
    extra: tuple[str, ...] = ()

    def titles(self, languages: Sequence[str]) -> list[str]:
        """The titles of all columns but those of an entry's own keys, as they stand in the sheet."""
        own = [title for column in self.columns for title in column.codec.titles(column.title, languages)]
        return [*self.named, *own, *self.extra, *((ORDER, MORE) if self.columns else ())]


def _plain(*keys: str, width: int = 12) -> tuple[Column, ...]:
    return tuple(Column(key, key, TEXT, width) for key in keys)


STUDY: Final = (
    Column("oid", "study_oid", TEXT, 16),
    Column("version", "version", TEXT, 10),
    Column("name", "study_name", PAIR, 40),
    Column("protocol", "protocol", PAIR, 40),
    Column("timezone", "timezone", TEXT, 16),
    Column("subject_pattern", "subject_pattern", TEXT, 18),
    Column("origin", "origin", TEXT, 24),
    Column("languages", "languages", WORDS, 10),
)
LISTED: Final = (Column("label", "label", PAIR, 50), Column("value", "value", EXPRESSION, 50))
EVENT: Final = (
    Column("oid", "oid", TEXT, 10),
    Column("name", "name", PAIR, 30),
    Column("kind", "type", TEXT, 12, tuple(Kind)),
    Column("repeating", "repeating", FLAG, 10, YES),
    Column("target", "day", WHOLE, 8),
    Column("window_text", "window_text", PAIR, 30),
)
DUE: Final = (
    Column("event", "event", TEXT, 10),
    Column("form", "form", TEXT, 10),
    Column("mark", "mandatory", TEXT, 12, tuple(Mark)),
    Column("within", "within", WHOLE, 8),
    Column("when", "relevant", EXPRESSION, 60),
)
CLOSING: Final = (
    Column("oid", "oid", TEXT, 12),
    Column("when", "relevant", EXPRESSION, 60),
    Column("events", "events", WORDS, 30),
    Column("except_forms", "except_forms", WORDS, 30),
    Column("text", "label", PAIR, 40),
)
FORM: Final = (
    Column("oid", "form", TEXT, 10),
    Column("name", "label", PAIR, 30),
    Column("domain", "domain", TEXT, 8),
    Column("log", "log", FLAG, 8, YES),
    Column("repeating", "repeating", FLAG, 10, YES),
    *_plain("date_item", "source"),
    Column("sdv", "sdv", TEXT, 8, tuple(Sdv)),
    Column("watermark", "watermark", PAIR, 20),
    Column("note", "note", PAIR, 40),
)
GROUP: Final = (
    Column("name", "group", TEXT, 12),
    Column("title", "label", PAIR, 40),
    Column("layout", "appearance", TEXT, 11, tuple(Layout)),
    Column("relevant", "relevant", EXPRESSION, 40),
    *_plain("zero_row", "rest", width=9),
)
ITEM: Final = (
    Column("type", "type", TEXT, 13, (*ItemType, BEGIN_GROUP, BEGIN_REPEAT)),
    Column("name", "name", TEXT, 20),
    Column("label", "label", PAIR, 40),
    Column("required", "required", FLAG, 9, YES),
    Column("codelist", "codelist_ref", TEXT, 14),
    Column("unit", "unit", TEXT, 10),
    Column("units", "units", ANY, 24),
    Column("relevant", "relevant", EXPRESSION, 40),
    Column("calculate", "calculation", EXPRESSION, 40),
    Column("hard", "hard", LIMITS, 12),
    Column("soft", "soft", LIMITS, 12),
    Column("pattern", "constraint", TEXT, 16),
    Column("missing", "missing", WORDS, 14),
    Column("hint", "hint", PAIR, 30),
    Column("guidance", "guidance", PAIR, 40),
    Column("length", "length", WHOLE, 8),
    Column("decimals", "decimals", WHOLE, 9),
    Column("comparator", "comparator", FLAG, 11, YES),
    *_plain("not_done_item", "unit_from"),
    Column("investigator", "investigator", FLAG, 12, YES),
    Column("key", "key", FLAG, 7, YES),
    *_plain("source", "to"),
    Column("many", "many", FLAG, 7, YES),
    Column("same_as", "same_as", WORDS, 16),
    *_plain("row", "column", "rest", width=10),
    Column("sdtm", "sdtm", TEXT, 24),
    Column("coding", "coding", TEXT, 10, tuple(Dictionary)),
    *_plain("hard_oid", "soft_oid", "renamed_from", "only_with"),
    Column("course", "course", ANY, 30),
)
CHECK: Final = (
    Column("oid", "oid", TEXT, 12),
    Column("severity", "severity", TEXT, 10, tuple(Severity)),
    Column("fires", "expression", EXPRESSION, 60),
    Column("items", "items", WORDS, 30),
    Column("message", "message", PAIR, 50),
    Column("when", "when", TEXT, 10, tuple(When)),
    *_plain("each", "deviation", "only_with"),
)
CODELIST: Final = (
    Column("integers", "integers", FLAG, 9, YES),
    Column("range", "range", LIMITS, 10),
    Column("entries_of", "entries_of", TEXT, 12),
)
CHOICE: Final = (Column("code", "name", TEXT, 16), Column("label", "label", PAIR, 50))
HEADING: Final = (Column("code", "code", TEXT, 12), Column("label", "label", PAIR, 40))
ENTRY: Final = (*_plain("testcd", "code"), Column("label", "label", PAIR, 30))
CONVERSION: Final = (
    Column("factor", "factor", NUMBER, 40),
    Column("offset", "offset", NUMBER, 12),
)
INPUT: Final = (Column("expression", "expression", EXPRESSION, 50),)

PLANS: Final = (
    Plan("settings", (), STUDY, ("study_oid",)),
    Plan("events", (), EVENT, ("oid",), (BEFORE, AFTER)),
    Plan("schedule", (), DUE, ("event", "form")),
    Plan("forms", (), FORM, ("form",)),
    Plan("survey", ("form", "group", "template"), ITEM, ("type", "name"), ("appearance", "zero_row")),
    Plan("choices", ("list_name",), CHOICE, ("list_name", "name")),
    Plan("checks", ("form", "template"), CHECK, ("oid", "expression")),
    Plan("lists", ("list", "name"), LISTED, ("list", "name")),
    Plan("units", ("unit", "from"), CONVERSION, ("unit",)),
    Plan("codelists", ("list_name",), CODELIST, ("list_name",)),
    Plan("headings", ("form", "group", "axis"), HEADING, ("form", "group", "axis", "code")),
    Plan("entries", ("form", "template"), ENTRY, ("form", "template")),
    Plan("instruments", ("form", "instrument", "function", "input", "part"), INPUT, ("form", "instrument")),
    Plan("closings", (), CLOSING, ("oid",)),
    Plan("files", ("file", "part", "text"), (), ("file", "text")),
)
BY_NAME: Final = {plan.name: plan for plan in PLANS}
LISTS: Final = ("names", "settings", "missing", "reasons", "sources")
"""The tables of study.toml that the sheet ``lists`` holds: the first two have values, the others labels."""
