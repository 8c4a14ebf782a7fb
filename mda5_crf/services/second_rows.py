"""Rows of a log entered twice, matched by what they say and never by their number. Pure.

Two readers of one paper log write the same rows in any order. Equal rows belong together first. The rest is
the assignment with the greatest agreement: the sum of the weights of the items on which two rows say the
same. A pair needs half of the weight of what both rows say. Where another assignment is as good and would
compare different values, nobody can know: those rows are *ties*, and a person decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mda5_crf.services.second_facts import Fact
from mda5_crf.study.model import Item, ItemType

Row = Mapping[str, Fact]
"""What one row says, by item; items without an entry are left out."""

KEY_WEIGHT, WEIGHT = 4, 1
_WORDS = frozenset({ItemType.TEXT, ItemType.DATE, ItemType.PARTIAL_DATE, ItemType.DATETIME})


def weights(items: Sequence[Item]) -> dict[str, int]:
    """What an equal answer counts: what names a row (required words and dates) more than a code or a tick."""
    return {i.name: KEY_WEIGHT if i.required and i.type in _WORDS else WEIGHT for i in items}


@dataclass(frozen=True, slots=True)
class Match:
    """Which rows belong together. ``ties``: second row → the first rows it may belong to, none certain."""

    pairs: tuple[tuple[str, str], ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    ties: Mapping[str, tuple[str, ...]]

    def first_of(self, second: str) -> str:
        """The first row of a second row, "" for none."""
        return next((one for one, other in self.pairs if other == second), "")


def match(
    first: Mapping[str, Row],
    second: Mapping[str, Row],
    weight: Mapping[str, int],
    named: Sequence[tuple[str, str]] = (),
) -> Match:
    """Pair the rows of two entries of one log. ``named`` are pairs (first, second) that a person decided.

    Rows are given by identity, in any order; the answer depends on what they say, and on identities only to
    list it in the same order everywhere. A second row that says nothing belongs to none.
    """
    pairs = _named(first, second, named)
    left = {key: row for key, row in sorted(first.items()) if key not in {one for one, _ in pairs}}
    right = {key: row for key, row in sorted(second.items()) if key not in {two for _, two in pairs}}
    for one, two in _equal(left, right):
        pairs.append((one, two))
        del left[one], right[two]
    ones, twos = list(left), list(right)
    gain = [[_agreement(left[one], right[two], weight) for two in twos] for one in ones]
    chosen, tight = _assign(gain)
    real = ((line, at) for line, at in chosen.items() if line < len(ones) and at < len(twos))
    found = {line: at for line, at in real if gain[line][at]}
    unsure = _unsure(found, tight, [left[k] for k in ones], [right[k] for k in twos])
    owner = {column: line for line, column in found.items()}
    ties = {}
    for column in range(len(twos)):
        if column not in owner or owner[column] in unsure:
            possible = [
                line
                for line in range(len(ones))
                if gain[line][column] and (line, column) in tight and (line in unsure or line not in found)
            ]
            if possible:
                ties[twos[column]] = tuple(ones[line] for line in possible)
    pairs += [(ones[line], twos[at]) for line, at in found.items() if line not in unsure]
    matched = {two for _, two in pairs}
    waiting = {one for possible in ties.values() for one in possible}
    had = {one for one, _ in pairs}
    return Match(
        tuple(sorted(pairs)),
        tuple(key for key in sorted(first) if key not in had and key not in waiting),
        tuple(key for key in sorted(second) if key not in matched and key not in ties),
        ties,
    )


def _named(
    first: Mapping[str, Row], second: Mapping[str, Row], named: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Pairs that a person decided, of rows that are both there; of several for one row the last counts."""
    by_first = {one: two for one, two in named if one in first and two in second}
    by_second = {two: one for one, two in by_first.items()}
    return [(one, two) for two, one in by_second.items()]


def _equal(left: Mapping[str, Row], right: Mapping[str, Row]) -> list[tuple[str, str]]:
    """Rows that say the same. Of several alike it does not matter which: nothing differs."""
    alike: dict[frozenset[tuple[str, Fact]], list[str]] = defaultdict(list)
    for key, row in left.items():
        if row:
            alike[frozenset(row.items())].append(key)
    found = []
    for key, row in right.items():
        keys = alike.get(frozenset(row.items())) if row else None
        if keys:
            found.append((keys.pop(0), key))
    return found


def _agreement(one: Row, two: Row, weight: Mapping[str, int]) -> int:
    """The weight on which two rows agree; 0 when it is less than half of what both speak of."""
    both = [name for name in one if name in two]
    equal = sum(weight.get(name, WEIGHT) for name in both if one[name] == two[name])
    return equal if 2 * equal >= sum(weight.get(name, WEIGHT) for name in both) else 0


def _assign(gain: Sequence[Sequence[int]]) -> tuple[dict[int, int], set[tuple[int, int]]]:
    """The assignment with the greatest sum (row → column), and all edges that some best assignment uses.

    The Hungarian method with potentials over a square padded with zeros: cubic, and logs are short. An edge
    whose reduced cost is zero is *tight*; only tight edges occur in a best assignment.
    """
    rows, columns = len(gain), len(gain[0]) if gain else 0
    size = max(rows, columns)

    def cost(row: int, column: int) -> int:
        return -gain[row][column] if row < rows and column < columns else 0

    far = 1 + 2 * sum(abs(cell) for line in gain for cell in line)
    by_row, by_column, owner = [0] * (size + 1), [0] * (size + 1), [0] * (size + 1)
    for row in range(1, size + 1):
        owner[0] = row
        column = 0
        least, way, used = [far] * (size + 1), [0] * (size + 1), [False] * (size + 1)
        while owner[column]:
            used[column] = True
            at, step, ahead = owner[column], far, 0
            for other in range(1, size + 1):
                if used[other]:
                    continue
                reduced = cost(at - 1, other - 1) - by_row[at] - by_column[other]
                if reduced < least[other]:
                    least[other], way[other] = reduced, column
                if least[other] < step:
                    step, ahead = least[other], other
            for other in range(size + 1):
                if used[other]:
                    by_row[owner[other]] += step
                    by_column[other] -= step
                else:
                    least[other] -= step
            column = ahead
        while column:
            before = way[column]
            owner[column] = owner[before]
            column = before
    chosen = {owner[column] - 1: column - 1 for column in range(1, size + 1)}
    tight = {
        (row, column)
        for row in range(size)
        for column in range(size)
        if cost(row, column) == by_row[row + 1] + by_column[column + 1]
    }
    return chosen, tight


def _unsure(
    found: Mapping[int, int], tight: set[tuple[int, int]], ones: Sequence[Row], twos: Sequence[Row]
) -> set[int]:
    """Rows whose partner another best assignment would change for one that says something else.

    Such an assignment exists where a cycle of tight edges leads from a row over others back to it. Edges
    between partners that say the same are no change and are not followed.
    """
    size = max((max(edge) for edge in tight), default=-1) + 1
    column_of = dict(found)
    free = [column for column in range(size) if column not in set(column_of.values())]
    for row in range(size):
        if row not in column_of and free:
            column_of[row] = free.pop(0)

    def say(rows: Sequence[Row], place: int) -> Row | None:
        return rows[place] if place < len(rows) else None

    after: dict[int, list[int]] = {}
    owner = {column: row for row, column in column_of.items()}
    for row, column in column_of.items():
        after[row] = [
            owner[other]
            for other in owner
            if other != column
            and (row, other) in tight
            and say(twos, other) != say(twos, column)
            and say(ones, owner[other]) != say(ones, row)
        ]
    return {row for row in found if _comes_back(row, after)}


def _comes_back(start: int, after: Mapping[int, Sequence[int]]) -> bool:
    seen, ahead = set(), list(after[start])
    while ahead:
        row = ahead.pop()
        if row == start:
            return True
        if row not in seen:
            seen.add(row)
            ahead += after[row]
    return False
