"""What is wrong with an item or a form, as sentences: limits, required items, conflicts, checks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from mda5_crf.itemkey import ItemKey
from mda5_crf.study import identifying, logic
from mda5_crf.study import values as reading
from mda5_crf.study.dates import PartialDate
from mda5_crf.study.model import Item, ItemType, Severity
from mda5_crf.study.operand import Interval, Operand, plain, round_half_up
from mda5_crf.study.plan import CheckPlan, ItemPlan, Limit, LimitPair
from mda5_crf.study.scope import Context, Scope
from mda5_crf.study.state import CONFLICT, IDENTITY, LINK, REQUIRED, TYPE, UNDECIDED, Finding
from mda5_crf.study.values import Value
from mda5_crf.text import Text, both, message

_PLACE = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)\}")
_LONG = 12
_new = tuple.__new__
"""Leaves out the named tuples' own constructors, which counts where there are thousands."""
_CONFIRMABLE = (Severity.SOFT, Severity.QUERY)


def of_item(scope: Scope, plan: ItemPlan, value: Value) -> tuple[Finding, ...]:
    """Findings of one relevant item's own value, kept until it or one of its limits changes."""
    kept = scope.fixed if plan.fixed_limits else scope.limits
    remembered = kept.get(plan.name)
    if remembered is not None and remembered[0] is value:
        found = remembered[1]
    else:
        found = _of_value(scope, plan, scope.key(plan), value)
        kept[plan.name] = (value, found)
    if not found:
        return found
    return tuple([confirmed(scope.context, finding, value) for finding in found])


def _of_value(scope: Scope, plan: ItemPlan, key: ItemKey, value: Value) -> tuple[Finding, ...]:
    found: list[Finding] = []
    if value.problem is not None:
        found.append(Finding(TYPE, Severity.HARD, value.problem, (key,), blocks=True))
    if value.conflict:
        text = message("finding.conflict", item=plan.item.label)
        found.append(Finding(CONFLICT, Severity.WARNING, text, (key,)))
    if value.text and (plan.item.type is ItemType.TEXT or value.problem is not None):
        kind = next((kind for kind, *_ in identifying.numbers(unicodedata.normalize("NFKC", value.text))), "")
        if kind:
            # Where it stands is said, what it is never: sentences are printed and sent.
            text = message(f"finding.identity_{kind}", item=plan.item.label)
            found.append(Finding(IDENTITY, Severity.WARNING, text, (key,)))
    if value.data is not None:
        if plan.to is not None and not _linked(scope, plan.to, value.data):
            text = message("finding.link_gone", item=plan.item.label, log=plan.to)
            found.append(Finding(LINK, Severity.QUERY, text, (key,)))
        for pair in plan.limits:
            finding = _outside(scope, plan, key, value.data, pair)
            if finding is not None:
                found.append(finding)
                if not finding.at_completion and finding.severity is not Severity.WARNING:
                    break  # outside the hard range says it all, unless the centre made that a mere warning
    return tuple(found)


def _linked(scope: Scope, log: str, data: Operand) -> bool:
    """True when every row a link names is a live row of the log."""
    named = data if isinstance(data, tuple) else (data,)
    live = scope.context.memory.live_identities(scope.context, log)
    return all(identity in live for identity in named)


def required(plan: ItemPlan, key: ItemKey) -> Finding:
    """An empty item that must be answered. Speaks at completion."""
    label = plan.item.label
    name = "finding.answer" if label.en.rstrip().endswith("?") else "finding.enter"
    return Finding(
        REQUIRED, Severity.HARD, message(name, item=label), (key,), at_completion=True, blocks=True
    )


def confirmed(context: Context, finding: Finding, value: Value) -> Finding:
    """The finding, marked as confirmed when somebody confirmed it for the value that stands now."""
    if finding.severity in _CONFIRMABLE and finding.items:
        asked = (finding.items[0], finding.check)
        text = context.asked[asked] = context.memory.data.confirmations.get(asked)
        if text is not None and text == value.identity:
            return finding._replace(confirmed=True, blocks=False)
    return finding


# -- limits ------------------------------------------------------------------------------------


def _outside(scope: Scope, plan: ItemPlan, key: ItemKey, data: Operand, pair: LimitPair) -> Finding | None:
    below = above = False
    low = high = None
    if pair.low is not None:
        low = _bound(scope, pair.low)
        below = logic.less(data, low) is True
    if not below and pair.high is not None:
        high = _bound(scope, pair.high)
        above = logic.greater(data, high) is True
    if not below and not above:
        if pair.severity is Severity.HARD and isinstance(data, PartialDate):
            return _undecided(plan, key, data, pair, low, high)
        return None
    if below and pair.high is not None:
        high = _bound(scope, pair.high)
    text = _limit_text(plan.item, pair, low, high, below=below)
    return Finding(
        pair.oid, pair.severity, text, (key,), blocks=pair.severity in (Severity.HARD, Severity.SOFT)
    )


def _undecided(
    plan: ItemPlan, key: ItemKey, data: PartialDate, pair: LimitPair, low: Operand, high: Operand
) -> Finding | None:
    """A partial date some completions of which are outside: asked about when the form is completed.

    Not against today: that a month of this year may still be to come says nothing. Nor against the same
    partial date: what began and ended in March 2022 is in order as far as it is known.
    """
    for end, limit, side in ((low, pair.low, "low"), (high, pair.high, "high")):
        relation = logic.less if side == "low" else logic.greater
        if limit is None or limit.is_today or not isinstance(end, date | PartialDate):
            continue
        if data == end or relation(data, end) is not None:
            continue
        text = message(
            f"finding.undecided_{side}", item=plan.item.label, **{side: both(reading.written(end))}
        )
        return Finding(pair.oid + UNDECIDED, Severity.QUERY, text, (key,), at_completion=True)
    return None


def _bound(scope: Scope, limit: Limit) -> Operand:
    return limit.constant if limit.fixed else limit.closure(scope)


def _limit_text(item: Item, pair: LimitPair, low: Operand, high: Operand, *, below: bool) -> Text:
    """The sentence for a value outside ``low`` … ``high``; dates name the side that was passed."""
    kind = "hard" if pair.severity is Severity.HARD else "soft"
    params = {"item": item.label, "unit": unit_suffix(item.unit)}
    shown_low = _shown_bound(pair.low, low, item)
    shown_high = _shown_bound(pair.high, high, item)
    if isinstance(low if below else high, date | PartialDate):
        name = "not_before" if below else "not_after"
        return message(f"finding.{kind}_{name}", **params, low=shown_low, high=shown_high)
    if low is None or high is None:
        return message(
            f"finding.{kind}_{'low' if below else 'high'}", **params, low=shown_low, high=shown_high
        )
    if low == high and kind == "soft":
        return message("finding.soft_point", **params, low=shown_low)
    return message(f"finding.{kind}_between", **params, low=shown_low, high=shown_high)


def _shown_bound(limit: Limit | None, value: Operand, item: Item) -> Text:
    if limit is not None and limit.is_today:
        return message("finding.today")
    if isinstance(value, Decimal) and len(plain(value)) > _LONG:
        return both(shown_number(value, item.decimals))
    return both(reading.written(value))


def unit_suffix(unit: str | None) -> str:
    """The unit with the blank before it; nothing for none."""
    return f" {unit}" if unit else ""


def shown_number(value: Decimal, decimals: int | None) -> str:
    """A number for a sentence: rounded half up to the item's decimals, at most 6."""
    places = 6 if decimals is None else decimals
    return (
        plain(round_half_up(value, places)) if decimals is None else format(round_half_up(value, places), "f")
    )


# -- checks ------------------------------------------------------------------------------------


def of_checks(context: Context) -> list[Finding]:
    """The findings of all checks of a form, in definition order; those of a log row by row."""
    found: list[Finding] = []
    whole = context.scope
    known = whole.checks
    for number, check in enumerate(context.plan.checks):
        if check.group is None:
            fires = known.get(number)
            if fires is None:
                fires = known[number] = check.fires(whole) is True
            if fires:
                found.append(_of_check(whole, check))
            continue
        for scope in context.live_rows(check.group):
            fires = scope.checks.get(number)
            if fires is None:
                fires = scope.checks[number] = check.fires(scope) is True
            if fires:
                found.append(_of_check(scope, check))
    return found


def _of_check(scope: Scope, check: CheckPlan) -> Finding:
    context = scope.context
    places: list[tuple[Scope, ItemPlan]]
    if check.single is not None:
        places = [(context.scope, plan) for plan in check.single[:1]]
        head = context.scope.head
        keys = tuple([_new(ItemKey, head + plan.tail) for plan in check.single])
    else:
        places = [place for place in [_place(scope, name) for name in check.items] if place is not None]
        keys = tuple([where.key(plan) for where, plan in places])
    text = context.plan.messages[check.oid]
    if check.has_places:
        text = _filled(text, _speaker(scope, check))
    finding = _new(Finding, (check.oid, check.severity, text, keys, False, check.at_completion, check.blocks))
    if not places or check.severity not in _CONFIRMABLE:
        return finding
    place, plan = places[0]
    return confirmed(context, finding, place.whole(plan.name) or reading.EMPTY)


def _place(scope: Scope, name: str) -> tuple[Scope, ItemPlan] | None:
    """Where an item named by a check is: this row, the form, or (a log item of a form check) the last row."""
    context = scope.context
    plan = context.plan.by_name.get(name)
    if plan is None:
        return None
    if not plan.repeating:
        return context.scope, plan
    if plan.group == scope.group:
        return scope, plan
    rows = context.live_rows(plan.group)
    return (rows[-1], plan) if rows else None


def _speaker(scope: Scope, check: CheckPlan) -> Callable[[str], Text | None]:
    """What stands for ``{name}`` in a check's message: parts of its first item, or any item's value."""

    def speak(name: str) -> Text | None:
        first = _place(scope, check.items[0]) if check.items else None
        if name not in ("item", "value", "unit", "low", "high"):
            first = _place(scope, name)
            name = "value"
        if first is None:
            return None
        place, plan = first
        if name == "item":
            return plan.item.label
        if name == "value":
            return shown(place.context, plan, place.whole(plan.name))
        if name == "unit":
            value = place.whole(plan.name)
            return both((value.unit if value is not None else None) or plan.item.unit or "")
        return _speak_limit(place, plan, name)

    return speak


def _speak_limit(scope: Scope, plan: ItemPlan, name: str) -> Text | None:
    for pair in reversed(plan.limits):
        limit = pair.low if name == "low" else pair.high
        if limit is not None:
            return _shown_bound(limit, _bound(scope, limit), plan.item)
    return None


def _filled(text: Text, speak: Callable[[str], Text | None]) -> Text:
    """The sentence with its places filled; a place that names nothing stays as it is written."""

    def one(language: str, match: re.Match[str]) -> str:
        found = speak(match[1])
        return match[0] if found is None else (found.en if language == "en" else found.zh)

    return Text(
        _PLACE.sub(lambda match: one("en", match), text.en),
        _PLACE.sub(lambda match: one("zh", match), text.zh),
    )


def shown(context: Context, plan: ItemPlan, value: Value | None) -> Text:
    """A value for people: the answer's words, a missing code's words, the text with its places."""
    if value is None or not (value.text or value.missing):
        return message("finding.blank")
    if value.missing is not None:
        return context.memory.plan.study.missing_codes.get(value.missing, both(value.missing))
    if plan.codelist is not None and value.text in plan.codelist.by_code:
        return plan.codelist.by_code[value.text].text
    return both(reading.show(plan.item, value))


def shown_operand(value: Operand) -> Text:
    """An operand for people."""
    if value is None:
        return message("finding.blank")
    if isinstance(value, Decimal):
        return both(shown_number(value, None))
    return both(str(value) if isinstance(value, Interval) else reading.written(value))
