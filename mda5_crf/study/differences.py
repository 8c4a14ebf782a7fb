"""How two definitions differ, in words: what the newer one adds, takes away and changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from mda5_crf.study.expression import Expression
from mda5_crf.study.model import Check, Item, ItemCourse, Range, Study
from mda5_crf.study.parity import texts_of
from mda5_crf.study.source import unpack
from mda5_crf.text import Text, both, message

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. ``kind`` is added, removed or changed; ``path`` names the thing."""

    kind: str
    path: str
    text: Text


def differences(old: Study, new: Study) -> list[Difference]:
    """Everything in which ``new`` differs from ``old``: items, checks, codes, schedule, then texts."""
    found = [
        *_compared("item", _items(old), _items(new), _of_item),
        *_compared("check", _checks(old), _checks(new), _of_check),
        *_compared("code", _codes(old), _codes(new), lambda _old, _new: iter(())),
        *_compared("due", _due(old), _due(new), _of_plain),
        *_compared("name", _sources(old.names), _sources(new.names), _of_plain),
        *_compared("setting", old.settings, new.settings, _of_plain),
    ]
    return [*found, *_texts(old, new)]


def _items(study: Study) -> dict[str, Item]:
    return {item.oid: item for form in study.forms.values() for item in form.items.values()}


def _checks(study: Study) -> dict[str, Check]:
    return {f"{form.oid} {check.oid}": check for form in study.forms.values() for check in form.checks}


def _codes(study: Study) -> dict[str, str]:
    return {f"{oid} {value.code}": "" for oid, listed in study.codelists.items() for value in listed.values}


def _due(study: Study) -> dict[str, str]:
    return {
        f"{due.event} {due.form}": " ".join(
            str(part) for part in (due.mark, due.within or "", _source(due.when)) if part
        )
        for due in study.due
    }


def _sources(names: Mapping[str, Expression]) -> dict[str, str]:
    return {name: _source(expression) for name, expression in names.items()}


def _source(expression: Expression | None) -> str:
    return "" if expression is None else expression.source


def _compared(
    sort: str,
    old: Mapping[str, T],
    new: Mapping[str, T],
    details: Callable[[T, T], Iterator[tuple[str, str, str]]],
) -> Iterator[Difference]:
    for name in [*old, *(name for name in new if name not in old)]:
        path = f"{sort} {name}"
        if name not in new:
            yield Difference("removed", path, message("parity.removed"))
        elif name not in old:
            yield Difference("added", path, message("parity.added"))
        else:
            for key, was, now in details(old[name], new[name]):
                text = message("parity.changed", key=key, was=was or "–", now=now or "–")
                yield Difference("changed", path, text)


def _of_plain(old: str, new: str) -> Iterator[tuple[str, str, str]]:
    if old != new:
        yield "=", old, new


def _of_item(old: Item, new: Item) -> Iterator[tuple[str, str, str]]:
    yield from _facts(_item_facts(old), _item_facts(new))


def _of_check(old: Check, new: Check) -> Iterator[tuple[str, str, str]]:
    yield from _facts(_check_facts(old), _check_facts(new))


def _facts(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for key, was in old.items():
        if was != new[key]:
            yield key, was, new[key]


def _item_facts(item: Item) -> dict[str, str]:
    return {
        "type": str(item.type),
        "codelist": item.codelist or "",
        "unit": item.unit or "",
        "units": ", ".join(item.units),
        "to": item.to or "",
        "hard": _limits(item.hard),
        "soft": _limits(item.soft),
        "required": _flag(item.required),
        "relevant": _source(item.relevant),
        "calculate": _source(item.calculate),
        "missing": ", ".join(item.missing),
        "investigator": _flag(item.investigator),
        "key": _flag(item.key),
        "source": item.source or "",
        "rest": item.rest or "",
        "same_as": ", ".join(item.same_as),
        "coding": item.coding or "",
        "course": _course(item.course),
    }


def _check_facts(check: Check) -> dict[str, str]:
    return {
        "severity": str(check.defined),
        "fires": check.fires.source,
        "items": ", ".join(check.items),
        "when": "complete" if check.at_completion else "always",
        "each": check.per_row or "",
        "deviation": check.deviation or "",
    }


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _limits(limits: Range | None) -> str:
    return "" if limits is None else f"[{_source(limits.low)}, {_source(limits.high)}]"


def _course(course: ItemCourse | None) -> str:
    if course is None:
        return ""
    band = [] if course.band is None else [f"[{', '.join(_source(end) for end in course.band)}]"]
    return "; ".join([*band, *(line.at.source for line in course.lines)])


def _texts(old: Study, new: Study) -> Iterator[Difference]:
    before, after = texts_of(unpack(old.source)), texts_of(unpack(new.source))
    for path, found in after.items():
        was = before.get(path)
        if was is not None and was.text != found.text:
            yield Difference(
                "changed",
                f"text {path}",
                message("parity.text_changed", was=was.text, now=found.text),
            )
    for path in before:
        if path not in after:
            yield Difference("removed", f"text {path}", message("parity.removed"))
    for path in after:
        if path not in before:
            yield Difference("added", f"text {path}", both(after[path].text.en + " / " + after[path].text.zh))
