"""Grades of laboratory results after CTCAE version 5.0.

Source: the criteria of CTCAE v5.0 as held in the open-source admiral package (machine table and unit
tests); the National Cancer Institute publishes the original, free to use. UNVERIFIED (taken over
without a second reading): the thresholds of calcium, INR, APTT and urate. Versions 4 and 6 have other
baseline rules and must not be mixed in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from mda5_crf.instruments.exact import ONE, ZERO, exact

Grade = Decimal | Literal["1–2", "2–3"]
_CELL = re.compile(
    r"(?P<from>≥ )?(?P<number>[\d.]+)?(?: × )?(?P<of>ULN|LLN|BASELINE)?(?: \+ (?P<plus>[\d.]+))?"
)


@dataclass(frozen=True, slots=True)
class Edge:
    """One limit: ``factor`` × the reference ``of`` ("" = 1) + ``plus``.

    ``reached``: a value equal to the limit already has the grade.
    """

    grade: Grade
    factor: Decimal
    of: str
    plus: Decimal
    reached: bool


@dataclass(frozen=True, slots=True)
class Term:
    """A CTCAE term: the unit of its plain numbers, its direction, and its edges, worst first."""

    unit: str
    rises: bool
    edges: tuple[Edge, ...]
    high_baseline: tuple[Edge, ...] = ()


def _edges(cells: tuple[str, ...], undecided: Mapping[int, Grade]) -> tuple[Edge, ...]:
    """Edges of the cells of grades 1, 2, 3, 4, as printed; "–" = no such grade by number alone."""
    edges = []
    for grade, cell in enumerate(cells, start=1):
        for alternative in cell.split(" or ") if cell != "–" else ():
            found = _CELL.fullmatch(alternative)
            if found is None or not alternative:
                raise ValueError(f"ctcae: no such cell: {alternative}")
            edges.append(
                Edge(
                    undecided.get(grade, Decimal(grade)),
                    Decimal(found["number"] or 1),
                    found["of"] or "",
                    Decimal(found["plus"] or 0),
                    found["from"] is not None,
                )
            )
    return tuple(reversed(edges))


def _falls(unit: str, *cells: str, undecided: Mapping[int, Grade] | None = None) -> Term:
    return Term(unit, False, _edges(cells, undecided or {}))


def _rises(unit: str, *cells: str, high_baseline: tuple[str, ...] = ()) -> Term:
    return Term(unit, True, _edges(cells, {}), _edges(high_baseline, {}))


_TRANSAMINASE = _rises(
    "", "ULN", "3 × ULN", "5 × ULN", "20 × ULN",
    high_baseline=("≥ 1.5 × BASELINE", "3 × BASELINE", "5 × BASELINE", "20 × BASELINE"),
)  # fmt: skip
_CHOLESTASIS = _rises(
    "", "ULN", "2.5 × ULN", "5 × ULN", "20 × ULN",
    high_baseline=("≥ 2 × BASELINE", "2.5 × BASELINE", "5 × BASELINE", "20 × BASELINE"),
)  # fmt: skip

# Cells in the order grade 1, 2, 3, 4. A value equal to an edge has the milder grade, unless "≥".
TERMS: Mapping[str, Term] = {
    "Neutrophil count decreased": _falls("10⁹/L", "LLN", "1.5", "1.0", "0.5"),
    "Lymphocyte count decreased": _falls("10⁹/L", "LLN", "0.8", "0.5", "0.2"),
    "Lymphocyte count increased": _rises("10⁹/L", "–", "4", "20", "–"),
    "White blood cell decreased": _falls("10⁹/L", "LLN", "3.0", "2.0", "1.0"),
    "Leukocytosis": _rises("10⁹/L", "–", "–", "100", "–"),
    "Platelet count decreased": _falls("10⁹/L", "LLN", "75", "50", "25"),
    "Anemia": _falls("g/L", "LLN", "100", "80", "–"),
    "Hemoglobin increased": _rises("g/L", "ULN", "ULN + 20", "ULN + 40", "–"),
    "CD4 lymphocytes decreased": _falls("10⁹/L", "LLN", "0.5", "0.2", "0.05"),
    "Alanine aminotransferase increased": _TRANSAMINASE,
    "Aspartate aminotransferase increased": _TRANSAMINASE,
    "Alkaline phosphatase increased": _CHOLESTASIS,
    "GGT increased": _CHOLESTASIS,
    "Blood bilirubin increased": _rises(
        "", "ULN", "1.5 × ULN", "3 × ULN", "10 × ULN",
        high_baseline=("BASELINE", "1.5 × BASELINE", "3 × BASELINE", "10 × BASELINE"),
    ),
    "CPK increased": _rises("", "ULN", "2.5 × ULN", "5 × ULN", "10 × ULN"),
    "Creatinine increased": _rises(
        "", "ULN", "1.5 × ULN or 1.5 × BASELINE", "3 × ULN or 3 × BASELINE", "6 × ULN"
    ),
    "Blood lactate dehydrogenase increased": _rises("", "ULN", "–", "–", "–"),
    "Hypoalbuminemia": _falls("g/L", "LLN", "30", "20", "–"),
    "Hypokalemia": _falls("mmol/L", "LLN", "–", "3.0", "2.5", undecided={1: "1–2"}),
    "Hyperkalemia": _rises("mmol/L", "ULN", "5.5", "6.0", "7.0"),
    "Hyponatremia": _falls("mmol/L", "LLN", "130", "125", "120", undecided={2: "2–3"}),
    "Hypernatremia": _rises("mmol/L", "ULN", "150", "155", "160"),
    "Hypoglycemia": _falls("mmol/L", "LLN", "3.0", "2.2", "1.7"),
    "Cholesterol high": _rises("mmol/L", "ULN", "7.75", "10.34", "12.92"),
    "Hypertriglyceridemia": _rises("mmol/L", "≥ 1.71", "3.42", "5.7", "11.4"),
    "Hypocalcemia": _falls("mmol/L", "LLN", "2.0", "1.75", "1.5"),
    "Hypercalcemia": _rises("mmol/L", "ULN", "2.9", "3.1", "3.4"),
    "INR increased": _rises("ratio", "1.2", "1.5", "2.5", "–"),
    "Activated partial thromboplastin time prolonged": _rises("", "ULN", "1.5 × ULN", "2.5 × ULN", "–"),
    "Hyperuricemia": _rises("", "ULN", "–", "–", "–"),
}  # fmt: skip
"""CTCAE term → its rule. Plain numbers are in ``unit``; "" = only ratios, any unit will do."""


@exact
def ctcae_grade(
    *,
    term: str,
    value: Decimal | None,
    uln: Decimal | None = None,
    lln: Decimal | None = None,
    baseline: Decimal | None = None,
) -> Grade | None:
    """The grade of a result: 0 (not worse than the limits) to 4, from the number alone.

    ``value``, ``uln``, ``lln`` (limits of that result) and ``baseline`` (the last result on or before
    day 1) share the unit of the term. "1–2" (potassium) and "2–3" (sodium) where a symptom decides,
    which no item records. Grades that need treatment or danger to life come from the adverse event.

    None when ``value`` is missing, or when no worse edge is passed and a limit that could still
    decide is missing. ALT, AST, ALP, GGT and bilirubin count in multiples of a baseline above the
    limit; they need the limit in any case. A limit or baseline that is not above 0 is a missing one
    (a lower limit may be 0). Calcium is the corrected one. Raises ValueError for an unknown term.
    """
    if term not in TERMS:
        raise ValueError("ctcae_grade: no such term")
    if value is None:
        return None
    rule = TERMS[term]
    references = {"": ONE, "ULN": _positive(uln), "LLN": lln, "BASELINE": _positive(baseline)}
    edges = rule.edges
    high, limit = references["BASELINE"], references["ULN"]
    if rule.high_baseline and high is not None and limit is not None and high > limit:
        edges = rule.high_baseline
    decided = True
    for edge in edges:
        reference = references[edge.of]
        if reference is None:
            # A creatinine without baseline is graded by its limit; every other gap leaves a doubt.
            decided = decided and edge.of == "BASELINE"
        elif _beyond(value, reference * edge.factor + edge.plus, edge, rises=rule.rises):
            return edge.grade
    return ZERO if decided else None


def _positive(value: Decimal | None) -> Decimal | None:
    return value if value is not None and value > 0 else None


def _beyond(value: Decimal, limit: Decimal, edge: Edge, *, rises: bool) -> bool:
    if edge.reached and value == limit:
        return True
    return value > limit if rises else value < limit
