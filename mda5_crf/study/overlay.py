"""Checks softened, raised or switched off without another definition: overlays, each for one check or limit.

An overlay says what a check or a range of an item (by its OID) asks for from a day on: hard, query, soft or
warning, or nothing (``off``). :func:`apply` gives the definition as it holds on a day. Its hash and source
stay: what a form is does not change, only what its checks ask for.

What protects somebody is not for an overlay to take away, and which checks those are follows from what the
definition says: a date after today is no date of this study; and what keeps data from before consent, or a
participant who is not eligible, from passing unseen may speak more softly, but speaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Final

from mda5_crf.study.expression import Expression
from mda5_crf.study.model import Check, Form, Item, ItemGroup, Range, Severity, Study
from mda5_crf.study.state import CONFLICT, IDENTITY, LINK, REQUIRED, TYPE, UNDECIDED
from mda5_crf.text import Text, message

OFF: Final = "off"
ACTIONS: Final = (OFF, *(str(one) for one in Severity))
NO_CHECKS: Final = frozenset({TYPE, REQUIRED, CONFLICT, LINK, IDENTITY})
"""What the engine itself says: no overlay speaks of it."""
_CONSENT: Final = "RFICDTC"
_RANKS: Final[Mapping[str, int]] = {OFF: 0, "warning": 1, "soft": 2, "query": 3, "hard": 4}
_MOST_KEPT: Final = 8


@dataclass(frozen=True, slots=True)
class Overlay:
    """What one check asks for on the days ``start`` … ``until`` (both included; None = until withdrawn).

    ``id`` is the record that says so, ``check`` the OID of a check or range, ``action`` one of ACTIONS.
    """

    id: str
    check: str
    action: str
    start: date
    until: date | None
    reason: Text

    def holds(self, day: date) -> bool:
        """Whether it is in force on ``day``."""
        return self.start <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Target:
    """What an overlay can speak of: a check or range, what it asks for by itself, what its rule reads.

    ``form`` is the first form it stands on; ``impossible``: it refuses a date after today; ``words`` what it
    says, or whose limits they are.
    """

    oid: str
    form: str
    severity: Severity
    impossible: bool
    guarded: bool
    words: Text


def apply(study: Study, overlays: Sequence[Overlay], today: date) -> Study:
    """The definition as it holds on ``today``: the same object when no overlay changes it.

    ``overlays`` come oldest first; of two for one check the later one counts. What names a check that the
    definition does not have, or may not be done (:func:`refusal`), changes nothing. The same question has the
    same object as its answer, so that whatever is remembered of a definition stays remembered.
    """
    if not overlays:
        return study
    known = targets(study)
    standing = {one.check: one for one in overlays if one.holds(today) and one.check in known}
    counting = tuple(
        one for _, one in sorted(standing.items()) if one.action in ACTIONS and refusal(study, one) is None
    )
    if not counting:
        return study
    asked = id(study), counting
    kept = _APPLIED.get(asked)
    if kept is None:
        while len(_APPLIED) >= _MOST_KEPT:
            del _APPLIED[next(iter(_APPLIED))]
        kept = _APPLIED[asked] = study, _changed(study, {one.check: one for one in counting})
    return kept[1]


_APPLIED: Final[dict[tuple[int, tuple[Overlay, ...]], tuple[Study, Study]]] = {}
"""Each with the definition it was made of, so that no other is given its id meanwhile."""


def _changed(study: Study, by_check: Mapping[str, Overlay]) -> Study:
    forms = {oid: _form(form, by_check) for oid, form in study.forms.items()}
    overlays = tuple(by_check[oid] for oid in sorted(by_check))
    return replace(study, forms=forms, overlays=overlays)


def _form(form: Form, by_check: Mapping[str, Overlay]) -> Form:
    checks = tuple(_check(one, by_check.get(one.oid)) for one in form.checks)
    groups = tuple(_group(one, by_check) for one in form.groups)
    if checks == form.checks and groups == form.groups:
        return form
    items = {item.name: item for group in groups for item in group.items}
    return replace(form, checks=checks, groups=groups, items={name: items[name] for name in form.items})


def _check(check: Check, overlay: Overlay | None) -> Check:
    if overlay is None:
        return check
    severity = check.severity if overlay.action == OFF else Severity(overlay.action)
    return replace(check, severity=severity, stated=check.severity, overlay=overlay)


def _group(group: ItemGroup, by_check: Mapping[str, Overlay]) -> ItemGroup:
    items = tuple(_item(one, by_check) for one in group.items)
    return group if items == group.items else replace(group, items=items)


def _item(item: Item, by_check: Mapping[str, Overlay]) -> Item:
    hard, soft = (_range(one, by_check) for one in (item.hard, item.soft))
    return item if hard is item.hard and soft is item.soft else replace(item, hard=hard, soft=soft)


def _range(limits: Range | None, by_check: Mapping[str, Overlay]) -> Range | None:
    overlay = None if limits is None else by_check.get(limits.oid)
    return limits if limits is None or overlay is None else replace(limits, overlay=overlay)


# -- what may be done ------------------------------------------------------------------------------------


def refusal(study: Study, overlay: Overlay) -> Text | None:
    """Why ``overlay`` changes nothing under ``study``; None when it may stand."""
    return refused(study, overlay.check, overlay.action)


def refused(study: Study, check: str, action: str) -> Text | None:
    """Why ``check`` may not be made ``action``, in words; None when it may."""
    if action not in ACTIONS:
        return message("overlay.action_unknown", action=action, known=", ".join(ACTIONS))
    if check in NO_CHECKS:
        return message("overlay.no_check", check=check)
    target = targets(study).get(check)
    if target is None:
        return message("overlay.unknown", check=check, version=study.version)
    if target.impossible and _RANKS[action] < _RANKS[target.severity]:
        return message("overlay.impossible", check=check)
    if target.guarded and action == OFF:
        return message("overlay.guarded", check=check)
    return None


def caution(study: Study, check: str, action: str) -> Text | None:
    """What whoever does it should know first: that a check which protects somebody will speak more softly."""
    target = targets(study).get(check)
    if target is None or not target.guarded or _RANKS.get(action, 0) >= _RANKS[target.severity]:
        return None
    return message("overlay.caution", check=check)


def strange(study: Study, overlays: Iterable[Overlay]) -> tuple[tuple[Overlay, Text], ...]:
    """The overlays that change nothing under ``study``, each with the reason."""
    judged = ((one, refusal(study, one)) for one in overlays)
    return tuple((one, why) for one, why in judged if why is not None)


def targets(study: Study) -> Mapping[str, Target]:
    """Every check and range of the definition by its OID, as it is without overlays."""
    found = _TARGETS.get(study.hash)
    if found is None:
        while len(_TARGETS) >= _MOST_KEPT:
            del _TARGETS[next(iter(_TARGETS))]
        found = _TARGETS[study.hash] = _targets(study)
    return found


_TARGETS: Final[dict[str, Mapping[str, Target]]] = {}


def _targets(study: Study) -> Mapping[str, Target]:
    forms = guarded_forms(study)
    found: dict[str, Target] = {}
    for form in study.forms.values():
        for check in form.checks:
            guarded = form.oid in forms or _reads(study, form, [check.fires], forms)
            words = check.message
            _note(found, Target(check.oid, form.oid, check.defined, False, guarded, words))
        for item in form.items.values():
            for limits, severity in ((item.hard, Severity.HARD), (item.soft, Severity.SOFT)):
                if limits is None:
                    continue
                ends = [end for end in (limits.low, limits.high) if end is not None]
                after = any(end.source == "today" for end in ends)
                guarded = _reads(study, form, ends, forms)
                words = message("overlay.limits", item=item.label)
                _note(found, Target(limits.oid, form.oid, severity, after, guarded, words))
    return found


def _note(found: dict[str, Target], target: Target) -> None:
    """One OID may stand in several forms: what protects in one of them protects."""
    known = found.get(target.oid)
    if known is not None:
        target = replace(
            known,
            impossible=known.impossible or target.impossible,
            guarded=known.guarded or target.guarded,
        )
    found[target.oid] = target


def guarded_forms(study: Study) -> frozenset[str]:
    """The forms of consent and eligibility: where the item stands that is submitted as the date of consent
    (SDTM variable RFICDTC), and the form whose signature confirms eligibility (setting ``eligibility_form``).
    """
    consent = {
        item.form
        for form in study.forms.values()
        for item in form.items.values()
        if _CONSENT in (item.sdtm or "").split()
    }
    eligibility = study.settings.get("eligibility_form", "")
    return frozenset(consent | ({eligibility} & study.forms.keys()))


def _reads(study: Study, form: Form, rules: Iterable[Expression], guarded: frozenset[str]) -> bool:
    return any(where in guarded for rule in rules for where in _forms_read(study, form.oid, rule, set()))


def _forms_read(study: Study, form: str, rule: Expression, seen: set[str]) -> Iterator[str]:
    """The forms whose items a rule reads, itself or by names of the study; ``form`` is where it stands."""
    for ref in rule.references:
        own = study.forms.get(ref.form or form)
        if own is not None and ref.item in own.items:
            yield own.oid
        elif ref.item in study.names and ref.item not in seen:
            seen.add(ref.item)
            yield from _forms_read(study, "", study.names[ref.item], seen)


def about(study: Study, check: str) -> Text | None:
    """What a check or limit is about, in words; None for one that the definition does not have."""
    target = targets(study).get(check)
    if target is None:
        return None
    return message("overlay.about_one", check=check, form=study.forms[target.form].name, words=target.words)


# -- in words --------------------------------------------------------------------------------------------


def said(overlay: Overlay, stated: Severity) -> Text:
    """What the centre did, since when and why, in words; ``stated`` is the severity of the definition."""
    new, old = _RANKS[overlay.action], _RANKS[stated]
    how = "off" if overlay.action == OFF else "softened" if new < old else "raised" if new > old else "kept"
    return message(
        f"overlay.said_{how}", severity=severity_words(overlay.action), stated=severity_words(stated),
        days=days_words(overlay.start, overlay.until), reason=overlay.reason,
    )  # fmt: skip


def days_words(start: date, until: date | None) -> Text:
    """``from 2026-12-01 until 2027-01-31`` in both languages."""
    if until is None:
        return message("overlay.days_from", start=start.isoformat())
    return message("overlay.days_until", start=start.isoformat(), until=until.isoformat())


def severity_words(action: str) -> Text:
    """The name of an action."""
    return message(f"overlay.action_{action}")


def by_check(study: Study) -> Mapping[str, Text]:
    """What the centre said of each check it changed, by the OID that findings carry."""
    if not study.overlays:
        return _NOTHING
    told = {one.check: said(one, targets(study)[one.check].severity) for one in study.overlays}
    return {**told, **{oid + UNDECIDED: words for oid, words in told.items()}}


_NOTHING: Final[Mapping[str, Text]] = {}


def of_finding(study: Study, check: str) -> Text | None:
    """What the centre said of the check behind a finding; None where no overlay changed it."""
    return by_check(study).get(check)


def silent_at(study: Study, form: str, item: str) -> tuple[tuple[str, Text], ...]:
    """The checks that are switched off at an item: OID, and what the centre said."""
    if not study.overlays:
        return ()
    here = study.forms[form]
    found = here.items.get(item)
    names = {item, f"{form}.{item}"}
    oids = {one.oid for one in here.checks if one.off and names & set(one.items)}
    oids |= {one.oid for one in (found.hard, found.soft) if one is not None and one.off} if found else set()
    return tuple(
        (one.check, said(one, targets(study)[one.check].severity))
        for one in study.overlays
        if one.check in oids
    )


def fingerprint(study: Study) -> str:
    """What tells states under these overlays from states under others: "" without any."""
    if not study.overlays:
        return ""
    told = "\n".join(f"{one.id} {one.check} {one.action}" for one in study.overlays)
    return sha256(told.encode()).hexdigest()[:16]
