"""Paired comparisons: the paired t test and Wilcoxon's signed rank test.

Wilcoxon (Biometrics Bulletin 1945;1:80–83): differences of 0 are left out and counted; equal sizes share
their mean rank. Up to :data:`EXACT` differences the distribution is counted out over all signs of the very
ranks that stand (exact with ties too); beyond that it is the normal approximation with the variance corrected
for ties, without a correction for continuity. Which of the two it was is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from mda5_crf.statistics.exact import CONTEXT, ZERO, decimal, deviation, mean, root
from mda5_crf.statistics.proportions import LEVEL
from mda5_crf.statistics.tails import normal_two_sided, t_quantile, t_two_sided

EXACT: Final = 50
EXACTLY, NORMALLY = "exact", "normal"


@dataclass(frozen=True, slots=True)
class PairedT:
    """The paired t test of ``n`` differences. None where they do not allow it: fewer than two, or all equal.

    ``low``–``high``: interval of the mean difference.
    """

    n: int
    mean: Decimal | None = None
    sd: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    t: Decimal | None = None
    p: float | None = None


@dataclass(frozen=True, slots=True)
class SignedRank:
    """Wilcoxon's test. ``n`` differences other than 0, ``zeros`` left out, ``ties``: sizes that occur more
    than once. ``up``: the rank sum of those above 0. ``method``: EXACTLY or NORMALLY; p None when n is 0.
    """

    n: int
    zeros: int
    ties: int
    up: Decimal
    p: float | None = None
    method: str = EXACTLY


def paired_t(differences: Sequence[Decimal], level: Decimal = LEVEL) -> PairedT:
    """Is the mean difference other than 0? Two-sided."""
    count = len(differences)
    if not count:
        return PairedT(0)
    middle, sd = mean(differences), deviation(differences)
    if sd is None or sd == 0:
        return PairedT(count, middle, sd)
    error = CONTEXT.divide(sd, root(Decimal(count)))
    reach = CONTEXT.multiply(t_quantile(level, count - 1), error)
    t = CONTEXT.divide(middle, error)
    return PairedT(
        count, middle, sd, CONTEXT.subtract(middle, reach), CONTEXT.add(middle, reach), t,
        t_two_sided(t, count - 1),
    )  # fmt: skip


def signed_rank(differences: Sequence[Decimal]) -> SignedRank:
    """Do the differences lie around 0? Two-sided."""
    left = [difference for difference in differences if difference]
    zeros = len(differences) - len(left)
    sizes = Counter(abs(difference) for difference in left)
    ranks = _doubled_ranks(sizes)
    up = sum(ranks[abs(difference)] for difference in left if difference > 0)
    ties = sum(count > 1 for count in sizes.values())
    found = SignedRank(len(left), zeros, ties, decimal(Fraction(up, 2)))
    if not left:
        return found
    each = [ranks[abs(difference)] for difference in left]
    if len(left) <= EXACT:
        return SignedRank(found.n, zeros, ties, found.up, _counted(each, up))
    half = Fraction(sum(each), 2)
    variance = Fraction(sum(rank * rank for rank in each), 4)
    z = CONTEXT.divide(decimal(up - half), root(variance))
    return SignedRank(found.n, zeros, ties, found.up, normal_two_sided(z), NORMALLY)


def _doubled_ranks(sizes: Counter[Decimal]) -> dict[Decimal, int]:
    """Twice the mean rank of each size: whole numbers, so that halves need no rounding."""
    ranks, before = {}, 0
    for size in sorted(sizes):
        count = sizes[size]
        ranks[size] = 2 * before + count + 1
        before += count
    return ranks


def _counted(each: Sequence[int], up: int) -> float:
    """The two-sided p: twice the smaller tail over all 2ⁿ signs, at most 1."""
    most = sum(each)
    ways = [0] * (most + 1)
    ways[0] = 1
    reached = 0
    for rank in each:
        reached += rank
        for place in range(reached, rank - 1, -1):
            ways[place] += ways[place - rank]
    low = Fraction(sum(ways[: up + 1]), 2 ** len(each))
    high = Fraction(sum(ways[up:]), 2 ** len(each))
    return float(min(2 * min(low, high), Fraction(1)))


def differences(pairs: Sequence[tuple[Decimal, Decimal]]) -> list[Decimal]:
    """Second minus first of each pair."""
    return [CONTEXT.subtract(after, before) + ZERO for before, after in pairs]
