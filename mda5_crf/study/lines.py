"""A form item by item: what the evaluation found is kept line by line, and drawn up when somebody looks.

Whoever looks through all forms of a participant wants findings and counts; ten thousand items with their
keys are drawn up only for the form that is shown. Lines do not change, so it does not matter when.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, Mapping, Sequence, ValuesView

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.plan import Section
from mda5_crf.study.state import Finding, ItemState
from mda5_crf.study.values import EMPTY, Value

NO_FINDINGS: tuple[Finding, ...] = ()
_NOTHING_SAID = (False, NO_FINDINGS)
_new = tuple.__new__
"""Keys and states are made by the thousand; this leaves out the named tuple's own constructor."""


class Lines:
    """One group or row of a form as it was evaluated.

    For each item in order its value; whether items with the same gates apply; by place: is it required, and
    its findings, where there is anything of that to say. ``head`` begins the keys of its items.
    """

    __slots__ = ("_states", "applies", "head", "said", "section", "values")

    def __init__(self, section: Section, head: tuple[str, ...], last: Lines | None) -> None:
        self.section = section
        self.head = head
        self.values: list[Value] = []
        self.applies: dict[tuple[int, ...], bool] = {}
        self.said: dict[int, tuple[bool, tuple[Finding, ...]]] = {}
        self._states: Sequence[ItemState | None] = section.nothing if last is None else last._states

    def unanswered(self, place: int) -> tuple[Finding, ...]:
        """What was said of a required item without an answer; nothing when it had one or was not required."""
        needed, own = self.said.get(place, _NOTHING_SAID)
        return own if needed and self.values[place] is EMPTY else NO_FINDINGS

    def draw(self) -> list[ItemState]:
        """The states of the items: the same object where an item says what it said when last drawn."""
        head, said, applies = self.head, self.said, self.applies
        drawn: list[ItemState] = []
        lines = zip(self.section.items, self.values, self._states, strict=True)
        for place, (plan, value, last) in enumerate(lines):
            relevant = applies[plan.gates]
            needed, own = said.get(place, _NOTHING_SAID)
            if (
                last is None
                or last.value is not value
                or last.relevant is not relevant
                or last.required is not needed
                or last.findings != own
            ):
                key = _new(ItemKey, head + plan.tail) if last is None else last.key
                drawn.append(_new(ItemState, (plan.item, key, value, relevant, needed, own)))
            else:
                drawn.append(last)
        self._states = drawn
        return drawn


class Items(Mapping[ItemKey, ItemState]):
    """The items of a form state, in definition order, rows in row order; drawn up on the first look."""

    __slots__ = ("_by_check", "_drawn", "_lines")

    def __init__(self, lines: Sequence[Lines], by_check: Sequence[Finding]) -> None:
        """``by_check`` are the findings of checks, which every item they speak of has beside its own."""
        self._lines = lines
        self._by_check = by_check
        self._drawn: dict[ItemKey, ItemState] | None = None

    def _all(self) -> dict[ItemKey, ItemState]:
        found = self._drawn
        if found is None:
            found = {state.key: state for lines in self._lines for state in lines.draw()}
            for finding in self._by_check:
                for key in finding.items:
                    state = found[key]
                    found[key] = state._replace(findings=(*state.findings, finding))
            self._drawn = found
            self._lines = self._by_check = ()
        return found

    def __getitem__(self, key: ItemKey) -> ItemState:
        return self._all()[key]

    def __iter__(self) -> Iterator[ItemKey]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __contains__(self, key: object) -> bool:
        return key in self._all()

    def keys(self) -> KeysView[ItemKey]:
        """The keys of the items."""
        return self._all().keys()

    def values(self) -> ValuesView[ItemState]:
        """The states of the items."""
        return self._all().values()

    def items(self) -> ItemsView[ItemKey, ItemState]:
        """Keys and states."""
        return self._all().items()
