"""The completion guideline: for every question how it is answered and what is checked, by the definition."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from mda5_crf.pdf import ticks
from mda5_crf.pdf.branch import condition
from mda5_crf.pdf.columns import Columns
from mda5_crf.pdf.contents import Entry, contents
from mda5_crf.pdf.frame import Facts
from mda5_crf.pdf.groups import row_axes
from mda5_crf.pdf.ink import BAND, BODY, SECOND, SMALL
from mda5_crf.pdf.layout import PAD_X, UPRIGHT_WIDTH, Cell, Row
from mda5_crf.pdf.linked import listed
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.parts import Laid, Part, assemble, framed, printed
from mda5_crf.pdf.plainhead import Letterhead
from mda5_crf.pdf.voice import Tongue, Voice
from mda5_crf.study.expression import Expression
from mda5_crf.study.model import CodeList, Form, Item, ItemGroup, ItemType, Range, Severity, Study
from mda5_crf.study.overlay import by_check, of_finding
from mda5_crf.study.sources import source_of
from mda5_crf.text import Text, message

_MOST_CODES: Final = 12  # more answers than these are read from the form itself
_GENERAL: Final = ("pen", "correct", "missing", "date", "number", "person", "wrong", "sign")
_INK: Final = "#212b32"
_SHARES: Final = (0.3, 0.36, 0.34)


def print_guideline(study: Study, language: Tongue, *, made: datetime) -> Printed:
    """The guideline as bytes. ``made`` stands in the foot and must have a zone."""
    return printed(lay_guideline(study, language, made=made))


def lay_guideline(study: Study, language: Tongue, *, made: datetime) -> Laid:
    """The guideline as pages that are not yet drawn."""
    voice = Voice(language)
    title = message("guideline.title")
    opening = opening_part(study, voice, title, message("guideline.about"), made)
    general = _general(study, voice, facts_of(study, voice, title, made), made)
    forms = [
        _part(study, form, voice, facts_of(study, voice, form.name, made, form.oid))
        for form in study.forms.values()
    ]
    entries = [Entry(1, voice.say(message("guideline.general")), "general")]
    entries += [
        Entry(2, f"{form.oid} {voice.say(form.name)}", f"form-{form.oid}") for form in study.forms.values()
    ]
    parts = listed(opening, [general, *forms], lambda pages: contents(entries, pages))
    return assemble(parts, voice, title, study)


def facts_of(study: Study, voice: Voice, title: Text, made: datetime, code: str = "") -> Facts:
    """Head and foot of a page about the definition, without a participant."""
    return Letterhead(study, "", made).facts(voice, title, code, band=False, filled=False)


def opening_part(study: Study, voice: Voice, title: Text, about: Text, made: datetime) -> Part:
    """The first page of a document about the definition: what it is, then (to be added) its contents."""
    facts = facts_of(study, voice, title, made)
    named = voice.say(message("guideline.contents"))
    rows = [paragraph(voice, about), heading(voice, message("guideline.contents"))]
    return Part(facts, framed(facts, voice), rows, ((0, named),), "contents")


def paragraph(voice: Voice, text: Text, colour: str = SECOND) -> Row:
    """A text over the whole width."""
    strips = tuple(voice.lines(text, UPRIGHT_WIDTH - 2 * PAD_X, size=SMALL, colour=colour))
    return Row((Cell(0.0, UPRIGHT_WIDTH, strips),), edge="")


def in_force(study: Study, voice: Voice, made: datetime) -> list[Row]:
    """The checks that the centre changed, as they hold when the document is made; nothing without any."""
    if not study.overlays:
        return []
    day = made.date().isoformat()
    rows = [
        heading(voice, message("overlay.in_force")),
        paragraph(voice, message("overlay.in_force_about", day=day)),
    ]
    told = by_check(study)
    for one in study.overlays:
        words = message("overlay.why_off", check=one.check, said=told[one.check])
        rows.append(paragraph(voice, words, _INK))
    return rows


def heading(voice: Voice, text: Text, bookmark: tuple[int, str] | None = None) -> Row:
    """A band with a title that stays with what follows."""
    strips = tuple(voice.lines(text, UPRIGHT_WIDTH - 2 * PAD_X, size=BODY, bold=True))
    return Row((Cell(0.0, UPRIGHT_WIDTH, strips, BAND),), edge="", keep=True, bookmark=bookmark)


def _general(study: Study, voice: Voice, facts: Facts, made: datetime) -> Part:
    codes = joined(
        [
            message("guideline.check_line", check=code, message=text)
            for code, text in study.missing_codes.items()
        ]
    )
    rows = [heading(voice, message("guideline.general"))]
    for name in _GENERAL:
        told = (
            message(f"guideline.rule_{name}", codes=codes)
            if name == "missing"
            else message(f"guideline.rule_{name}")
        )
        rows.append(Row(paragraph(voice, told, _INK).cells))
    rows += in_force(study, voice, made)
    return Part(facts, framed(facts, voice), rows, ((0, voice.say(message("guideline.general"))),), "general")


def _part(study: Study, form: Form, voice: Voice, facts: Facts) -> Part:
    visits = [due.event for due in study.due if due.form == form.oid]
    rows = [paragraph(voice, message("guideline.due_at", visits=", ".join(dict.fromkeys(visits))))]
    if form.source is not None:
        rows.append(paragraph(voice, message("guideline.source_is", source=study.sources[form.source])))
    if form.note is not None:
        rows.append(paragraph(voice, form.note))
    names = ("column_item", "column_answer", "column_checked")
    table = Columns(voice, _SHARES, [message(f"guideline.{name}") for name in names])
    for group in form.groups:
        above = heading(voice, group.title, (1, voice.say(group.title)))
        rows.append(above)
        if group.relevant is not None:
            rows.append(_only(study, form, voice, group.relevant.source))
        rows.append(table.head)
        for items in _alike(group):
            rows.append(table.row(_cells(study, form, group, items), (heading(voice, group.title),)))
    name = f"{form.oid} {voice.say(form.name)}"
    return Part(facts, framed(facts, voice), rows, ((0, name),), f"form-{form.oid}")


def _only(study: Study, form: Form, voice: Voice, source: str) -> Row:
    told = condition(study, form, source)
    row = paragraph(voice, message("pdf.only_if", condition=told))
    return Row(row.cells, edge="", keep=True)


def _alike(group: ItemGroup) -> list[list[Item]]:
    """The questions of a group; those of a table that are answered alike, one below the other, as one."""
    made: dict[tuple[object, ...], list[Item]] = {}
    for item in group.items:
        alike: tuple[object, ...] = (item.name,)
        if item.column is not None and item.row is not None:
            limits = (
                _source(item.hard),
                _source(item.soft),
                item.unit,
                item.units,
                item.missing,
                item.computed,
            )
            alike = (item.column, item.type, item.codelist, item.required, item.investigator, *limits)
        made.setdefault(alike, []).append(item)
    return list(made.values())


def _source(limits: Range | None) -> tuple[str, str] | None:
    if limits is None:
        return None
    return limits.low.source if limits.low else "", limits.high.source if limits.high else ""


def _cells(study: Study, form: Form, group: ItemGroup, items: Sequence[Item]) -> list[list[Text]]:
    """Question, way to answer, checks: of one question, or of the same column of several rows."""
    one = items[0]
    asked = [one.label]
    if one.column is not None and one.row is not None:
        columns = {axis.code: axis.text for axis in group.columns}
        axes = {axis.code: axis.text for axis in row_axes(group)}
        rows = joined([axes[item.row] for item in items if item.row is not None])
        asked = [columns.get(one.column, one.label), rows]
    if one.investigator:
        asked.append(message("guideline.investigator"))
    return [
        asked,
        how(study, form, one),
        [text for item in items for text in _checked(study, form, item, item is one)],
    ]


def how(study: Study, form: Form, item: Item) -> list[Text]:
    """How a question is answered."""
    told: list[Text] = []
    if item.computed:
        told.append(message("guideline.computed"))
    else:
        told.append(_kind(study, item))
    if item.unit:
        others = ", ".join(one for one in item.units if one != item.unit)
        code = "or_units" if others and not item.computed else "in_unit"
        told.append(message(f"guideline.{code}", unit=item.unit, others=others))
    if item.comparator and not item.computed:
        told.append(message("guideline.below"))
    if item.missing:
        told.append(message("guideline.if_missing", codes=", ".join(item.missing)))
    if item.relevant is not None and (only := condition(study, form, item.relevant.source)).en:
        told.append(message("guideline.asked_if", condition=only))
    if item.hint is not None:
        told.append(item.hint)
    if item.guidance is not None:
        told.append(item.guidance)
    own = source_of(study, item)
    if own is not None and item.source is not None:
        told.append(message("guideline.source_is", source=own))
    return told


def _kind(study: Study, item: Item) -> Text:
    codes = study.codelists.get(item.codelist or "")
    if codes is not None:
        several = item.type is ItemType.MULTI
        if len(codes.values) > _MOST_CODES:
            return message("guideline.some_codes" if several else "guideline.one_code")
        return message("guideline.some_of" if several else "guideline.one_of", codes=_codes(codes))
    if item.type is ItemType.LINK:
        return message("guideline.type_link", form=item.to)
    if item.type is ItemType.DECIMAL and item.decimals is not None:
        return message("guideline.type_decimals", decimals=item.decimals)
    if item.type in (ItemType.TEXT, ItemType.LABEL):
        return (
            message("guideline.type_text", length=item.length)
            if item.length
            else message("guideline.type_words")
        )
    return message(f"guideline.type_{item.type}")


def _codes(codes: CodeList) -> Text:
    parts = [
        value.text if ticks.repeats(value.code, value.text.en) else _named(value.code, value.text)
        for value in codes.values
    ]
    return joined(parts)


def _named(code: str, text: Text) -> Text:
    return Text(f"{code} {text.en}", f"{code} {text.zh}")


def _checked(study: Study, form: Form, item: Item, first: bool) -> list[Text]:
    """What is checked of an item; what those of a column share is said with the first."""
    told: list[Text] = []
    if first:
        if item.required:
            told.append(message("guideline.required"))
        told += limits(study, form, item)
    families: dict[tuple[str, Severity, Text], None] = {}
    for check in form.checks:
        if f"{form.oid}.{item.name}" in check.items or item.name in check.items:
            families[check.oid.partition(".")[0], check.defined, check.message] = None
    for family, severity, text in families:
        said = message(f"course.severity_{severity}")
        told.append(message("course.why_line", check=family, severity=said, message=text))
    return told


def limits(study: Study, form: Form, item: Item) -> list[Text]:
    """Hard and soft limits in words."""
    told = []
    for severity, bounds in ((Severity.HARD, item.hard), (Severity.SOFT, item.soft)):
        if bounds is None:
            continue
        centre = of_finding(study, bounds.oid)
        if centre is not None:
            told.append(message("overlay.why_off", check=bounds.oid, said=centre))
        low, high = (in_words(study, form, one) for one in (bounds.low, bounds.high))
        word = "must" if severity is Severity.HARD else "look"
        side = "between" if low and high else "low" if low else "high"
        told.append(message(f"guideline.{word}_{side}", low=low or "", high=high or ""))
    return told


def in_words(study: Study, form: Form, bound: Expression | None) -> Text | None:
    """An end of a range. What the study calls by a name is said by what the name stands for, if that is an
    answer; what is worked out keeps its name, which the data validation plan explains.
    """
    if bound is None:
        return None
    named = study.names.get(bound.source.strip())
    if named is not None and "(" not in named.source:
        return condition(study, form, named.source)
    return condition(study, form, bound.source)


def joined(texts: Sequence[Text]) -> Text:
    """Texts in a row, with the comma of each language."""
    return Text(", ".join(text.en for text in texts), "、".join(text.zh for text in texts))
