"""What a case is about: a check, or one range of an item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mda5_crf.study.model import Check, Item, Range, Study

HARD, SOFT, UNDECIDED = "HARD", "SOFT", "UNDECIDED"


@dataclass(frozen=True, slots=True)
class Target:
    """A check (``check``) or the range ``kind`` of ``item``. ``row``: the repeating group it looks at."""

    form: str
    oid: str
    check: Check | None = None
    item: Item | None = None
    kind: str = ""
    row: str = ""

    @property
    def name(self) -> str:
        """What to call it: ``VS VS-02``, ``VS.VSDAT.HARD``."""
        return f"{self.form} {self.oid}" if self.check is not None else self.oid

    @property
    def range(self) -> Range | None:
        """The limits of a range."""
        if self.item is None:
            return None
        return self.item.soft if self.kind == SOFT else self.item.hard


def find_target(study: Study, form: str, name: str) -> Target | None:
    """The check or range ``name`` of ``form``: ``VS-02``, ``VS.VSDAT.HARD``, or a range's own OID."""
    for check in study.forms[form].checks:
        if check.oid == name:
            return _check(check)
    ranges = list(_ranges(study, form, undecided=True))
    found = [target for target in ranges if target.oid == name] or [
        target for target in ranges if _own_name(target) == name
    ]
    return found[0] if len(found) == 1 else None


def _own_name(target: Target) -> str:
    """The OID under which the engine reports a range."""
    assert target.range is not None
    return f"{target.range.oid}.{UNDECIDED}" if target.kind == UNDECIDED else target.range.oid


def wanted(study: Study) -> Iterator[Target]:
    """Everything that must have cases: each check, each range with an expression."""
    for form in study.forms.values():
        yield from (_check(check) for check in form.checks)
        for target in _ranges(study, form.oid, undecided=False):
            limits = target.range
            ends = () if limits is None else (limits.low, limits.high)
            if any(end is not None and not end.constant for end in ends):
                yield target


def _check(check: Check) -> Target:
    return Target(check.form, check.oid, check, row=check.per_row or "")


def _ranges(study: Study, form: str, *, undecided: bool) -> Iterator[Target]:
    for group in study.forms[form].groups:
        row = group.name if group.repeating else ""
        for item in group.items:
            for kind, limits in ((HARD, item.hard), (SOFT, item.soft)):
                if limits is not None:
                    yield Target(form, f"{item.oid}.{kind}", None, item, kind, row)
                    if undecided and kind == HARD:
                        yield Target(form, f"{item.oid}.{UNDECIDED}", None, item, UNDECIDED, row)
