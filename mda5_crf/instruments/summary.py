"""Summary statistics as the trial's paper computes them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from mda5_crf.instruments.exact import exact


@exact
def quantile(values: Iterable[Decimal | None], p: Decimal) -> Decimal | None:
    """The ``p``-quantile (0–1) of the values that are there, by the (n + 1) × p rule.

    Rank (n + 1)p, interpolated between neighbours; a rank below 1 or above n takes the smallest or
    the largest value. This rule, and no other common one, gives the quartiles of the publication.
    None when there is no value. Raises ValueError unless 0 ≤ p ≤ 1.
    """
    if not 0 <= p <= 1:
        raise ValueError("quantile: p lies between 0 and 1")
    ordered = sorted(value for value in values if value is not None)
    if not ordered:
        return None
    rank = (len(ordered) + 1) * p
    below = int(rank)
    if below < 1:
        return ordered[0]
    if below >= len(ordered):
        return ordered[-1]
    return ordered[below - 1] + (rank - below) * (ordered[below] - ordered[below - 1])
