"""The primary outcome, read from the database: who responded, and the summary of the scores.

Observed cases count participants whose score can be evaluated; beside it every missing score counts as
non-response (docs/study.md). Quartiles follow the (n + 1)p rule and are taken over the responders, as
the trial's publication does (Clin Rheumatol 2023;42:1847).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from mda5_crf.instruments import quantile
from mda5_crf.itemkey import ItemKey
from mda5_crf.study.evaluate import value_of
from mda5_crf.text import Text

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_PARTS = {
    "phga": "TIS_PHGA",
    "ptga": "TIS_PTGA",
    "mmt": "TIS_MMT",
    "haq": "TIS_HAQ",
    "enz": "TIS_ENZ",
    "ext": "TIS_EXT",
}
_NOT_EVALUABLE = "NOT EVALUABLE"
_RESPONSE = ("MINIMAL", "MODERATE", "MAJOR")


@dataclass(frozen=True, slots=True)
class Score:
    """One participant's Total Improvement Score (0–100, None = not evaluable) and its six parts in points."""

    subjid: str
    total: Decimal | None
    category: str
    category_text: Text
    parts: Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The table of the primary outcome at ``event``. Percentages have one decimal, rounded half up."""

    event: str
    event_name: Text
    participants: int
    evaluable: int
    responders: int
    major: int
    moderate: int
    minimal: int
    percent_observed: Decimal | None
    percent_missing_as_nonresponse: Decimal | None
    median: Decimal | None
    q1: Decimal | None
    q3: Decimal | None
    scores: tuple[Score, ...]


def outcomes(session: Session, event: str = "W24") -> Outcomes:
    """Compute the table from the entries in the vault. Participants who took the drug are counted."""
    study = session.study
    categories = study.codelists["TISCAT"].by_code if "TISCAT" in study.codelists else {}
    scores = []
    for subject in session.subjects():
        if session.day_one(subject.identity) is None:
            continue  # screened only: not treated, so not in the denominator of the paper either
        found = _computed(session, subject.identity, event)
        category = str(found["TISCAT"] or _NOT_EVALUABLE)
        text = categories[category].text if category in categories else Text(category, category)
        parts = {name: _number(found[item]) for name, item in _PARTS.items()}
        scores.append(Score(subject.subjid, _number(found["TISTOT"]), category, text, parts))
    return summarise(event, study.events[event].name, tuple(scores))


def _computed(session: Session, identity: str, event: str) -> dict[str, object]:
    data, items = session.data(identity), session.study.forms["TIS"].items
    study = session.study_for(ItemKey(identity, event, "", "TIS"))
    keys = {
        n: ItemKey(identity, event, "", "TIS", "", items[n].group, "", n)
        for n in (*_PARTS.values(), "TISTOT", "TISCAT")
    }
    return {n: value_of(study, data, key, session.today).data for n, key in keys.items()}


def _number(value: object) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def summarise(event: str, name: Text, scores: tuple[Score, ...]) -> Outcomes:
    """The table over ``scores``. Pure."""
    by_category = Counter(s.category for s in scores)
    evaluable = [s for s in scores if s.total is not None]
    responding = [s.total for s in evaluable if s.category in _RESPONSE]
    return Outcomes(
        event, name, len(scores), len(evaluable), len(responding),
        major=by_category["MAJOR"], moderate=by_category["MODERATE"], minimal=by_category["MINIMAL"],
        percent_observed=_percent(len(responding), len(evaluable)),
        percent_missing_as_nonresponse=_percent(len(responding), len(scores)),
        median=quantile(responding, Decimal("0.5")),
        q1=quantile(responding, Decimal("0.25")),
        q3=quantile(responding, Decimal("0.75")),
        scores=scores,
    )  # fmt: skip


def _percent(part: int, whole: int) -> Decimal | None:
    if not whole:
        return None
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
