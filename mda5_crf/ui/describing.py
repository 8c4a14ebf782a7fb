"""Words about an item that are not a message: its status line, its description, where a result comes from."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from mda5_crf.study.model import Item, ItemGroup, ItemType, Range, Study
from mda5_crf.study.values import Value
from mda5_crf.text import LANGUAGES, Text, message
from mda5_crf.ui.inputs.choice import IN_SIGHT
from mda5_crf.ui.language import say, speak

_MOST_NAMED = 3


def status_line(study: Study, item: Item, value: Value | None, *, in_table: bool) -> str:
    """``LBI.FERRITIN_LBORRES · ng/mL · usual 5–5000 · Ctrl+M note``; a cell says its question first."""
    parts = [speak(item.label)] if in_table else []
    parts.append(item.oid)
    if item.unit:
        parts.append(item.unit)
    usual = _limits(item.soft)
    if usual is not None:
        parts.append(say("form.usual", low=usual[0], high=usual[1]))
    parts += _value_words(study, item, value)
    if item.hint is not None:
        parts.append(speak(item.hint))
    parts += _keys(item)
    return " · ".join(parts)


def _value_words(study: Study, item: Item, value: Value | None) -> list[str]:
    if value is None:
        return []
    if item.codelist and value.text:
        found = study.codelists[item.codelist].by_code.get(value.text)
        if found is not None and found.text.en != value.text:
            return [say("form.code_is", answer=value.text, words=found.text)]
    if value.unit and item.unit and value.unit != item.unit and isinstance(value.data, Decimal):
        return [say("form.stored", value=f"{value.data:.6g}", unit=item.unit)]
    return []


def _keys(item: Item) -> list[str]:
    keys: list[str] = []
    if item.computed:
        return keys
    if item.type in (ItemType.DATE, ItemType.PARTIAL_DATE):
        keys.append(say("form.f9_calendar"))
    elif item.type is ItemType.LINK:
        keys.append(say("form.f9_rows"))
    elif item.codelist:
        keys.append(say("form.f9_choices"))
    elif item.units:
        keys.append(say("form.f9_unit"))
    keys.append(say("form.ctrl_m_note"))
    if item.guidance is not None:
        keys.append(say("form.f1_guidance"))
    return keys


def _limits(limits: Range | None) -> tuple[str, str] | None:
    if limits is None or limits.low is None or limits.high is None:
        return None
    low, high = _number(limits.low.source), _number(limits.high.source)
    return (low, high) if low and high else None


def _number(source: str) -> str:
    try:
        Decimal(source.strip())
    except InvalidOperation:
        return ""
    return source.strip()


def description(item: Item, unit: str, words: str) -> str:
    """What a screen reader adds to the name: unit, hint, then the current message."""
    parts = [say("form.unit", unit=unit)] if unit else []
    if item.hint is not None:
        parts.append(speak(item.hint))
    if words:
        parts.append(words)
    return ". ".join(parts)


def origin(item: Item, items: Mapping[str, Item]) -> Text | None:
    """Where a computed item comes from: "Calculated from weight and height"; None for an entered item."""
    if item.calculate is None:
        return None
    source = item.calculate.source
    names = {ref.item for ref in item.calculate.references if ref.item in items}
    names.discard(item.name)
    named = [items[name].label for name in sorted(names, key=source.find)]
    if not named or len(named) > _MOST_NAMED:
        return message("form.calculated")
    return message("form.calculated_from", items=_joined(named))


def _joined(labels: list[Text]) -> Text:
    found = labels[0]
    for place, label in enumerate(labels[1:], 2):
        link = message("form.and" if place == len(labels) else "form.comma")
        # "Weight and height": a label inside the sentence loses its capital, an abbreviation keeps it.
        found = Text(found.en + link.en + _inside(label.en), found.zh + link.zh + label.zh)
    return Text(_inside(found.en), found.zh)


def _inside(words: str) -> str:
    return words[0].lower() + words[1:] if len(words) > 1 and words[1].islower() else words


def legend(study: Study, group: ItemGroup) -> Text | None:
    """What the codes of a table mean, one line for each short list; None when the codes say it themselves."""
    lists: dict[str, list[str]] = {}
    for item in group.items:
        if item.codelist and not item.computed:
            columns = lists.setdefault(item.codelist, [])
            if item.column and item.column not in columns:
                columns.append(item.column)
    lines = [_legend_line(study, group, oid, columns, len(lists) > 1) for oid, columns in lists.items()]
    # English codes need no English legend, but a Chinese one.
    told = Text(*("\n".join(filter(None, (line.in_(lang) for line in lines))) for lang in LANGUAGES))
    return told if told.en or told.zh else None


def _legend_line(study: Study, group: ItemGroup, codelist: str, columns: list[str], named: bool) -> Text:
    values = study.codelists[codelist].values
    if not 1 < len(values) <= IN_SIGHT:
        return Text("", "")
    headings = [axis.text for axis in group.columns if axis.code in columns] if named else []
    words = []
    for lang in LANGUAGES:
        said = all(v.text.in_(lang).casefold() == v.code.casefold() for v in values)
        heading = message("form.comma").in_(lang).join(text.in_(lang) for text in headings)
        codes = "   ".join(f"{v.code} = {v.text.in_(lang)}" for v in values)
        words.append("" if said else f"{heading}  {codes}" if heading else codes)
    return Text(*words)


def names_of(pairs: list[tuple[str, str, str]]) -> list[str]:
    """Accessible names that are all different. Each pair: the plain name, its section, its item name."""
    plain = _counts([name for name, _, _ in pairs])
    found = []
    for name, group, _ in pairs:
        found.append(say("form.item_in_group", item=name, group=group) if plain[name] > 1 and group else name)
    again = _counts(found)
    return [f"{name} ({pairs[i][2]})" if again[name] > 1 else name for i, name in enumerate(found)]


def _counts(names: list[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return counts
