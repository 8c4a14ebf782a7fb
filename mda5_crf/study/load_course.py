"""Reads ``course`` of an item: the limits drawn beside its values in time, and the band of what is usual.

They are looked at, never judged: a check says what is wrong, a line only shows where its limit lies.
"""

from __future__ import annotations

from mda5_crf.study.compiling import Compiler
from mda5_crf.study.expression import Expression
from mda5_crf.study.model import CourseLine, ItemCourse
from mda5_crf.study.reader import NO_TEXT, Table, exact

KEY = "course"
MOST_LINES = 4
"""More limits than these cannot be told apart in a drawing."""


def read_course(table: Table, form: str, row: str, compiler: Compiler) -> ItemCourse | None:
    """``course`` of the item ``table``; None when it is not written. ``row`` = the log group, or ""."""
    course = table.child(KEY)
    if course is None:
        return None
    if row:
        # The rows of a log are different things (two medicines), not one thing in time.
        table.problem(KEY, "course_in_log")
    lines = [_line(entry, form, compiler) for entry in course.children("lines")]
    if len(lines) > MOST_LINES:
        course.problem("lines", "course_lines", limit=MOST_LINES)
    sources = [line.at.source for line in lines if line is not None]
    for index, source in enumerate(sources):
        if source in sources[:index]:
            course.problem("lines", "listed_twice", name=source)
    band = _band(course, form, compiler)
    if not course.data.get("lines") and not course.has("band"):
        course.problem("", "course_empty")
    course.close()
    return ItemCourse(tuple(line for line in lines if line is not None), band)


def _line(entry: Table, form: str, compiler: Compiler) -> CourseLine | None:
    at = _limit(entry, "at", entry.raw("at"), form, compiler)
    if not entry.has("at"):
        entry.problem("", "key_missing", key="at")
    text = entry.texts("text") or NO_TEXT
    entry.close()
    return None if at is None else CourseLine(at, text)


def _band(course: Table, form: str, compiler: Compiler) -> tuple[Expression | None, Expression | None] | None:
    ends = course.raw("band")
    if ends is None:
        return None
    if not isinstance(ends, list) or len(ends) != 2 or all(end == "" for end in ends):
        course.problem("band", "bad_range", key="band")
        return None
    low, high = (None if end == "" else _limit(course, "band", end, form, compiler) for end in ends)
    return low, high


def _limit(table: Table, key: str, value: object, form: str, compiler: Compiler) -> Expression | None:
    """A number, written as one or in quotes, or an expression."""
    if value is None:
        return None
    number = exact(value)
    if number is not None:
        return compiler.text(f"{number:f}", table.place_of(key))
    if isinstance(value, str) and value.strip():
        return compiler.text(value, table.place_of(key), form)
    table.problem(key, "course_limit", key=key)
    return None
