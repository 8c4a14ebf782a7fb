"""Why a finding is there: the values it looked at."""

from __future__ import annotations

from datetime import date

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.data import SubjectData
from mda5_crf.study.evaluate import memory_of
from mda5_crf.study.expression import Expression, Ref
from mda5_crf.study.findings import shown, shown_operand
from mda5_crf.study.model import Study
from mda5_crf.study.scope import Context, Scope
from mda5_crf.study.state import UNDECIDED, Finding
from mda5_crf.text import Text, both, message

Line = tuple[Text, Text]


def explain(
    study: Study, data: SubjectData, form: ItemKey, finding: Finding, today: date
) -> tuple[Line, ...]:
    """(label, value) of everything the rule behind a finding reads, in the order of their names.

    ``form`` is the form instance the finding was found on.
    """
    context = memory_of(study, data, today).context(form.form_key())
    place = finding.items[0] if finding.items else form
    scope = context.row(place.group, place.group_repeat) if place.group_repeat else context.scope
    lines: list[Line] = []
    if place.item and place.item in context.plan.by_name:
        plan = context.plan.by_name[place.item]
        lines.append((plan.item.label, shown(context, plan, scope.whole(plan.name))))
    for expression in _rules(context, finding):
        for word in sorted(expression.uses.words):
            _add(lines, (both(word), shown_operand(scope.local[word])))
        for ref in sorted(expression.references):
            line = _line(scope, ref, expression)
            if line is not None:
                _add(lines, line)
        for form_name in sorted(expression.uses.rowed):
            bare = form_name.rpartition(".")[2]
            count = len(scope.rows(form_name))
            _add(lines, (study.forms[bare].name, message("finding.rows", count=count)))
    return tuple(lines)


def _add(lines: list[Line], line: Line) -> None:
    if line not in lines:
        lines.append(line)


def _rules(context: Context, finding: Finding) -> list[Expression]:
    form = context.plan.form
    if form is None:
        return []
    for check in form.checks:
        if check.oid == finding.check:
            return [check.fires]
    item = form.items.get(finding.items[0].item) if finding.items else None
    for limits in () if item is None else (item.hard, item.soft):
        if limits is not None and limits.oid == finding.check.removesuffix(UNDECIDED):
            return [end for end in (limits.low, limits.high) if end is not None]
    return []


def _line(scope: Scope, ref: Ref, expression: Expression) -> Line | None:
    if ref.event == "*":
        return None
    context = scope.context
    plan = context.plan if ref.form in ("", context.plan.oid) else context.memory.plan.forms.get(ref.form)
    item = None if plan is None else plan.by_name.get(ref.item)
    if item is None:
        return both(ref.item), shown_operand(scope.local[ref.item])
    label = item.item.label
    if ref.event:
        label = Text(f"{ref.event}: {label.en}", f"{ref.event}：{label.zh}")
    value = scope.value(ref)
    if "baseline" in expression.uses.functions and value is None:
        return label, shown_operand(scope.baseline(ref))
    return label, shown(context, item, value)
