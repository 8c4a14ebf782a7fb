"""The data validation plan: every check and every limit of the definition, as the program applies them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final

from mda5_crf.pdf.branch import condition
from mda5_crf.pdf.columns import Columns, typed
from mda5_crf.pdf.contents import Entry, contents
from mda5_crf.pdf.frame import Facts
from mda5_crf.pdf.guideline import facts_of, heading, in_force, limits, opening_part, paragraph
from mda5_crf.pdf.layout import Row
from mda5_crf.pdf.linked import listed
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.parts import Laid, Part, assemble, framed, printed
from mda5_crf.pdf.voice import Tongue, Voice
from mda5_crf.study.model import Check, Form, Severity, Study
from mda5_crf.study.overlay import of_finding
from mda5_crf.text import Text, message

_SHARES: Final = (0.14, 0.2, 0.34, 0.32)
_LIMIT_SHARES: Final = (0.45, 0.55)
_NAME_SHARES: Final = (0.25, 0.75)


def print_plan(study: Study, language: Tongue, *, made: datetime) -> Printed:
    """The plan as bytes. ``made`` stands in the foot and must have a zone."""
    return printed(lay_plan(study, language, made=made))


def lay_plan(study: Study, language: Tongue, *, made: datetime) -> Laid:
    """The plan as pages that are not yet drawn."""
    voice = Voice(language)
    title = message("guideline.plan_title")
    opening = opening_part(study, voice, title, message("guideline.plan_about"), made)
    rows = [
        opening.rows[0],
        paragraph(voice, message("guideline.plan_always")),
        *_counts(study, voice),
        *in_force(study, voice, made),
        opening.rows[1],
    ]
    opening = Part(opening.facts, opening.frames, rows, opening.bookmarks, opening.goal)
    forms = [
        _part(study, form, voice, facts_of(study, voice, form.name, made, form.oid))
        for form in study.forms.values()
    ]
    forms.append(_names(study, voice, facts_of(study, voice, message("guideline.plan_names"), made)))
    entries = [
        Entry(2, f"{form.oid} {voice.say(form.name)}", f"form-{form.oid}") for form in study.forms.values()
    ]
    entries.append(Entry(1, voice.say(message("guideline.plan_names")), "names"))
    parts = listed(opening, forms, lambda pages: contents(entries, pages))
    return assemble(parts, voice, title, study)


def _counts(study: Study, voice: Voice) -> list[Row]:
    found = Counter(check.defined for form in study.forms.values() for check in form.checks)
    return [
        paragraph(
            voice,
            message(
                "guideline.plan_counts", name=message(f"course.severity_{severity}"), count=found[severity]
            ),
        )
        for severity in Severity
    ]


def _names(study: Study, voice: Voice, facts: Facts) -> Part:
    """What the study calls by a name in its rules and limits."""
    heads = [message("guideline.plan_column_name"), message("guideline.plan_column_rule_of")]
    table = Columns(voice, _NAME_SHARES, heads)
    rows = [table.head]
    for name, rule in study.names.items():
        rows.append(table.row([[typed(name)], [typed(" ".join(rule.source.split()))]]))
    title = voice.say(message("guideline.plan_names"))
    return Part(facts, framed(facts, voice), rows, ((0, title),), "names")


def _part(study: Study, form: Form, voice: Voice, facts: Facts) -> Part:
    rows: list[Row] = []
    if form.checks:
        names = ("id", "items", "rule", "message")
        table = Columns(voice, _SHARES, [message(f"guideline.plan_column_{name}") for name in names])
        rows.append(table.head)
        rows += [table.row(_cells(study, form, check)) for check in form.checks]
    else:
        rows.append(paragraph(voice, message("guideline.plan_none")))
    bounded = [item for group in form.groups for item in group.items if item.hard or item.soft]
    if bounded:
        title = message("guideline.plan_ranges")
        heads = [message("guideline.column_item"), message("guideline.plan_column_limits")]
        table = Columns(voice, _LIMIT_SHARES, heads)
        rows += [heading(voice, title, (1, voice.say(title))), table.head]
        for item in bounded:
            unit = [message("guideline.in_unit", unit=item.unit)] if item.unit else []
            rows.append(table.row([[typed(item.oid), item.label], [*limits(study, form, item), *unit]]))
    name = f"{form.oid} {voice.say(form.name)}"
    return Part(facts, framed(facts, voice), rows, ((0, name),), f"form-{form.oid}")


def _cells(study: Study, form: Form, check: Check) -> list[list[Text]]:
    when = message("guideline.plan_at_completion" if check.at_completion else "guideline.plan_at_entry")
    named = [typed(check.oid), message(f"course.severity_{check.defined}"), when]
    said = [check.message]
    centre = of_finding(study, check.oid)
    if centre is not None:
        said.append(centre)
    if check.deviation:
        said.append(message("guideline.plan_deviation", code=check.deviation))
    source = " ".join(check.fires.source.split())
    rule = [condition(study, form, source)]
    if rule[0] != typed(source):
        rule.append(typed(source))
    return [named, [typed(item) for item in check.items], rule, said]
