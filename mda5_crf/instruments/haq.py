"""Health Assessment Questionnaire, disability index (HAQ-DI).

Item codes are CDISC's (HAQ0101–HAQ0146). Sources: abbeyscientific CLINHAQ/IMACS note (worst item,
aids, sum ÷ 8, one missing section ÷ 7), awell-score package tests, J Rheumatol 2008;35:466 (with and
without aids). UNVERIFIED: no index with fewer than six categories; the bathtub seat's category.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from mda5_crf.instruments.exact import exact, total

CATEGORIES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "dressing": (("0101", "0102"), ("0114", "0119")),
    "arising": (("0103", "0104"), ("0116", "0120")),
    "eating": (("0105", "0106", "0107"), ("0115", "0121")),
    "walking": (("0108", "0109"), ("0110", "0111", "0112", "0113", "0122")),
    "hygiene": (("0123", "0124", "0125"), ("0134", "0135", "0137", "0139", "0142")),
    "reach": (("0126", "0127"), ("0138", "0143")),
    "grip": (("0128", "0129", "0130"), ("0136", "0144")),
    "activities": (("0131", "0132", "0133"), ("0145",)),
}
"""Category → (its items, the aids and helps that raise it)."""

FEWEST_CATEGORIES = 6
_AIDED = Decimal(2)
_KNOWN = {f"haq{code}" for items, aids in CATEGORIES.values() for code in items + aids}

Answer = Decimal | bool | str | None


@dataclass(frozen=True, slots=True)
class HAQ:
    """``index`` and ``without_aids`` 0–3 (None with fewer than six categories answered), 3 = worst.

    ``categories`` = how many of the eight have an answer; ``answered`` = how many of the 20 items.
    ``scores``: 0–3 of each answered category, aids and helps counted.
    """

    index: Decimal | None
    without_aids: Decimal | None
    categories: int
    answered: int
    scores: Mapping[str, Decimal] = field(default_factory=dict)


@exact
def haq_di(**answers: Answer) -> HAQ:
    """Score the 20 items ``haq0101`` … ``haq0133`` (0–3) with the tick boxes of aids and helps.

    A tick box is ticked when it is a non-zero number, True, or the code "Y" or "1". An item without
    a number (absent, None, or the text of a missing code) counts as no answer. An aid or help lifts
    its category to 2, never further, and never makes a category out of none. "Other" aids in free
    text are not scored. Raises TypeError for a keyword that is no scored item.
    """
    unknown = set(answers) - _KNOWN
    if unknown:
        raise TypeError(f"haq_di: no scored item: {', '.join(sorted(unknown))}")
    plain: list[Decimal] = []
    aided: dict[str, Decimal] = {}
    answered = 0
    for category, (items, aids) in CATEGORIES.items():
        scores = [
            score for score in (_score(answers.get(f"haq{item}")) for item in items) if score is not None
        ]
        if not scores:
            continue
        answered += len(scores)
        worst = max(scores)
        plain.append(worst)
        helped = any(_ticked(answers.get(f"haq{aid}")) for aid in aids)
        aided[category] = max(worst, _AIDED) if helped else worst
    return HAQ(_mean([*aided.values()]), _mean(plain), len(plain), answered, aided)


def _score(answer: Answer) -> Decimal | None:
    return answer if isinstance(answer, Decimal) else None


def _ticked(answer: Answer) -> bool:
    return answer in ("Y", "1") if isinstance(answer, str) else bool(answer)


def _mean(scores: list[Decimal]) -> Decimal | None:
    return total(scores) / len(scores) if len(scores) >= FEWEST_CATEGORIES else None
