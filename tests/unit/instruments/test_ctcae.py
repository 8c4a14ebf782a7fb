"""CTCAE grades: every edge of the printed table, and what a missing limit leaves open."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.instruments import ctcae_grade
from mda5_crf.instruments.ctcae import TERMS, _edges

D = Decimal
ALT = "Alanine aminotransferase increased"
AST = "Aspartate aminotransferase increased"
CREATININE = "Creatinine increased"


def grade(term: str, value: str, limits: str = "") -> str | None:
    """``limits``: ``"uln 40 baseline 100"``."""
    words = limits.split()
    given_ = {name: D(number) for name, number in zip(words[::2], words[1::2], strict=True)}
    found = ctcae_grade(term=term, value=D(value), **given_)
    return None if found is None else str(found)


# Every edge: term, limits, and pairs "edge:grade beyond it", mildest first; at the edge the grade before it.
EDGES = [
    ("Neutrophil count decreased", "lln 1.8", "1.8:1 1.5:2 1.0:3 0.5:4"),
    ("Lymphocyte count decreased", "lln 1.1", "1.1:1 0.8:2 0.5:3 0.2:4"),
    ("Lymphocyte count increased", "", "4:2 20:3"),
    ("White blood cell decreased", "lln 3.5", "3.5:1 3.0:2 2.0:3 1.0:4"),
    ("Leukocytosis", "", "100:3"),
    ("Platelet count decreased", "lln 125", "125:1 75:2 50:3 25:4"),
    ("Anemia", "lln 115", "115:1 100:2 80:3"),
    ("Hemoglobin increased", "uln 150", "150:1 170:2 190:3"),
    ("CD4 lymphocytes decreased", "lln 0.55", "0.55:1 0.5:2 0.2:3 0.05:4"),
    (ALT, "uln 40", "40:1 120:2 200:3 800:4"),
    (AST, "uln 40 baseline 40", "40:1 120:2 200:3 800:4"),
    ("Alkaline phosphatase increased", "uln 100", "100:1 250:2 500:3 2000:4"),
    ("GGT increased", "uln 60 baseline 30", "60:1 150:2 300:3 1200:4"),
    ("Blood bilirubin increased", "uln 20", "20:1 30:2 60:3 200:4"),
    ("Blood bilirubin increased", "uln 20 baseline 32", "32:1 48:2 96:3 320:4"),
    ("CPK increased", "uln 180 baseline 5000", "180:1 450:2 900:3 1800:4"),
    (CREATININE, "uln 100", "100:1 150:2 300:3 600:4"),
    ("Blood lactate dehydrogenase increased", "uln 240 baseline 500", "240:1"),
    ("Hypoalbuminemia", "lln 40", "40:1 30:2 20:3"),
    ("Hypokalemia", "lln 3.5", "3.5:1–2 3.0:3 2.5:4"),
    ("Hyperkalemia", "uln 5.3", "5.3:1 5.5:2 6.0:3 7.0:4"),
    ("Hyponatremia", "lln 137", "137:1 130:2–3 125:3 120:4"),
    ("Hypernatremia", "uln 147", "147:1 150:2 155:3 160:4"),
    ("Hypoglycemia", "lln 3.9", "3.9:1 3.0:2 2.2:3 1.7:4"),
    ("Cholesterol high", "uln 5.2", "5.2:1 7.75:2 10.34:3 12.92:4"),
    ("Hypocalcemia", "lln 2.11", "2.11:1 2.0:2 1.75:3 1.5:4"),
    ("Hypercalcemia", "uln 2.52", "2.52:1 2.9:2 3.1:3 3.4:4"),
    ("INR increased", "", "1.2:1 1.5:2 2.5:3"),
    ("Activated partial thromboplastin time prolonged", "uln 40", "40:1 60:2 100:3"),
    ("Hyperuricemia", "uln 420", "420:1"),
]
A_LITTLE = D("1e-9")


@pytest.mark.parametrize("term, limits, edges", EDGES)
def test_a_value_on_an_edge_has_the_milder_grade(term: str, limits: str, edges: str) -> None:
    beyond = A_LITTLE if TERMS[term].rises else -A_LITTLE
    milder = "0"
    for pair in edges.split():
        edge, worse = pair.split(":")
        assert grade(term, edge, limits) == milder
        assert grade(term, str(D(edge) - beyond), limits) == milder
        assert grade(term, str(D(edge) + beyond), limits) == worse
        milder = worse


def test_every_term_has_its_edges_tested() -> None:
    assert {term for term, _, _ in EDGES} | {"Hypertriglyceridemia"} == set(TERMS)


@pytest.mark.parametrize(
    "term, limits, edges",
    [
        ("Hypertriglyceridemia", "", "≥1.71:1 3.42:2 5.7:3 11.4:4"),
        (ALT, "uln 40 baseline 100", "≥150:1 300:2 500:3 2000:4"),
        ("GGT increased", "uln 60 baseline 100", "≥200:1 250:2 500:3 2000:4"),
        ("Alkaline phosphatase increased", "uln 99 baseline 100", "≥200:1 250:2 500:3 2000:4"),
    ],
)
def test_edges_that_count_when_reached(term: str, limits: str, edges: str) -> None:
    first, *rest = edges.removeprefix("≥").split()
    edge, worse = first.split(":")
    assert grade(term, str(D(edge) - A_LITTLE), limits) == "0"
    assert grade(term, edge, limits) == worse
    for pair in rest:
        edge, more = pair.split(":")
        assert grade(term, edge, limits) == worse
        assert grade(term, str(D(edge) + A_LITTLE), limits) == more
        worse = more


@pytest.mark.parametrize(
    "term, value, limits, expected",
    [
        ("Anemia", "79", "", "3"),
        ("Anemia", "100", "", None),
        ("Hyperkalemia", "6.5", "", "3"),
        ("Hyperkalemia", "4.0", "", None),
        ("Hypokalemia", "2.9", "", "3"),
        ("Hypokalemia", "3.2", "", None),
        ("Hyponatremia", "127", "", "2–3"),
        ("CPK increased", "9000", "", None),
        (ALT, "900", "baseline 100", None),
        ("Blood bilirubin increased", "900", "baseline 32", None),
        (CREATININE, "181", "baseline 60", "3"),
        (CREATININE, "180", "baseline 60", "2"),
        (CREATININE, "90", "baseline 60", None),
        (CREATININE, "90", "uln 100", "0"),
        ("Leukocytosis", "100", "", "0"),
        ("Neutrophil count decreased", "1.6", "lln 0", "0"),
        ("CPK increased", "9000", "uln 0", None),
        ("CPK increased", "9000", "uln -1", None),
        (ALT, "41", "uln 40 baseline 0", "1"),
    ],
)
def test_a_missing_limit_decides_nothing(term: str, value: str, limits: str, expected: str | None) -> None:
    assert grade(term, value, limits) == expected


@pytest.mark.parametrize("term", TERMS)
def test_no_value_no_grade(term: str) -> None:
    assert ctcae_grade(term=term, value=None, uln=D(1), lln=D(1), baseline=D(1)) is None


def test_an_unknown_term_is_a_mistake_of_the_definition() -> None:
    with pytest.raises(ValueError, match="no such term"):
        ctcae_grade(term="Anaemia", value=D(100))


@pytest.mark.parametrize("cell", ["", "3 x ULN", "ULN + ", "UNL"])
def test_a_mistyped_cell_of_the_table_is_not_passed_over(cell: str) -> None:
    with pytest.raises(ValueError, match="no such cell"):
        _edges((cell,), {})


def test_disease_activity_at_baseline_does_not_hide_a_cpk_grade() -> None:
    assert grade("CPK increased", "2000", "uln 180 baseline 3000") == "4"
    assert grade("Blood lactate dehydrogenase increased", "2000", "uln 240 baseline 900") == "1"


worst = {"1–2": D("1.5"), "2–3": D("2.5")}


@given(
    st.sampled_from(sorted(TERMS)),
    st.decimals(0, 1000, places=2),
    st.decimals(0, 500, places=2),
    st.decimals("0.1", 200, places=1),
    st.one_of(st.none(), st.decimals("0.1", 400, places=1)),
)
def test_a_worse_value_never_has_a_milder_grade(
    term: str, value: Decimal, more: Decimal, limit: Decimal, baseline: Decimal | None
) -> None:
    further = value + more if TERMS[term].rises else value - more
    grades = [
        ctcae_grade(term=term, value=v, uln=limit, lln=limit, baseline=baseline) for v in (value, further)
    ]
    low, high = (worst[g] if isinstance(g, str) else g for g in grades)
    assert low is not None and high is not None
    assert 0 <= low <= high <= 4
