"""Questionnaires, examinations and classes against the second implementation: edges, gaps, 0, maximum."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.instruments import (
    bohan_peter,
    cdasi,
    eular_acr_2017,
    haq_di,
    mdaat,
    mmt8,
    total_improvement_score,
)
from tests.unit.instruments import reference

D = Decimal
F = Fraction
CLOSE = D("1e-12")


def fraction(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def fractions(values: dict[str, Decimal | None]) -> dict[str, Fraction | None]:
    return {name: fraction(value) for name, value in values.items()}


def near(found: Decimal | None, expected: Fraction | None) -> bool:
    """The same number, up to the last of 34 digits; None only for None."""
    if found is None or expected is None:
        return found is expected
    return abs(Fraction(found) - expected) <= abs(expected) / 10**32


# -- Total Improvement Score -----------------------------------------------------------

LITTLE = [D(0), D("0.0001"), D("-0.0001")]
ENZYMES = ("ck", "aldolase", "ldh", "ast", "alt")
TIMES = {"ck": 15, "aldolase": 6, "ldh": 3, "ast": 3, "alt": 3}


@st.composite
def change(draw: st.DrawFn, span: Decimal, edges: str) -> tuple[Decimal | None, Decimal | None]:
    """(worse, better) around an edge of the bands, at no change, over the whole range, or missing."""
    edge = draw(st.sampled_from([*map(D, edges.split()), D(0), D(100), D(-5)]))
    worse = span
    better = worse - span * edge / 100 + draw(st.sampled_from(LITTLE))
    if draw(st.integers(0, 15)) == 0:
        return (None, better) if draw(st.booleans()) else (worse, None)
    return worse, better


@st.composite
def visits(draw: st.DrawFn) -> dict[str, Any]:
    baseline: dict[str, Decimal | None] = {}
    followup: dict[str, Decimal | None] = {}
    for name, span in (("phga", D(10)), ("ptga", D(10)), ("extra", D(10)), ("haq", D(3))):
        baseline[name], followup[name] = draw(change(span, "5 15 25 40"))
    maximum = draw(st.sampled_from([D(150), D(80)]))
    followup["mmt"], baseline["mmt"] = draw(change(maximum, "2 10 20 30"))
    uln: dict[str, Decimal | None] = {}
    for enzyme in ENZYMES:
        if not draw(st.booleans()):
            continue
        uln[enzyme] = draw(st.sampled_from([D(190), D("7.6"), D(35), None]))
        limit = uln[enzyme] or D(40)
        worse, better = draw(change(limit * TIMES[enzyme], "5 15 25 40"))
        # Shifted by a round multiple of the limit, so that two enzymes are often equally abnormal.
        shift = draw(st.integers(-2, 2)) * limit
        baseline[enzyme] = None if worse is None else max(worse + shift, D(0))
        followup[enzyme] = None if better is None else max(better + shift, D(0))
    return {"baseline": baseline, "followup": followup, "uln": uln, "mmt_maximum": maximum}


@given(visits())
def test_improvement(given_: dict[str, Any]) -> None:
    result = total_improvement_score(**given_)
    total, category, points = reference.tis(
        fractions(given_["baseline"]),
        fractions(given_["followup"]),
        fractions(given_["uln"]),
        F(given_["mmt_maximum"]),
    )
    assert (fraction(result.total), result.category) == (total, category)
    assert {name: fraction(value) for name, value in result.points.items()} == points
    enzyme = reference.tis_enzyme(fractions(given_["baseline"]), fractions(given_["uln"]))
    assert result.enzyme == enzyme


def test_every_band_of_every_measure_at_every_edge() -> None:
    """Not by chance: each measure, each edge, and one ten-thousandth to both sides of it."""
    spans = {"phga": D(10), "ptga": D(10), "extra": D(10), "haq": D(3), "mmt": D(150), "ck": D(15 * 190)}
    for measure, span in spans.items():
        edges = "0 2 10 20 30 100" if measure == "mmt" else "0 5 15 25 40 100"
        for edge, step in product(map(D, edges.split()), LITTLE):
            improvement = span * edge / 100 + step
            before, after = (D(0), improvement) if measure == "mmt" else (span, span - improvement)
            result = total_improvement_score(
                baseline={measure: before}, followup={measure: after}, uln={"ck": D(190)}
            )
            name = "enzyme" if measure == "ck" else measure
            percent = F(improvement) * 100 / F(span)
            assert near(result.percent[name], percent)
            assert fraction(result.points[name]) == reference.tis_points(name, percent), (measure, edge, step)


# -- MMT-8, HAQ-DI, CDASI, MDAAT -------------------------------------------------------

GRADE = st.one_of(st.none(), *[st.just(D(n)) for n in range(11)])
FULL_GRADE = st.integers(0, 10).map(D)
MUSCLES = ("delt", "bicep", "gmax", "gmed", "quad", "wristex", "ankdf")


@given(
    st.one_of(GRADE, FULL_GRADE),
    st.one_of(st.lists(GRADE, min_size=7, max_size=7), st.lists(FULL_GRADE, min_size=7, max_size=7)),
    st.one_of(st.lists(GRADE, min_size=7, max_size=7), st.lists(FULL_GRADE, min_size=7, max_size=7)),
)
def test_muscles(neck: Decimal | None, right: list[Decimal | None], left: list[Decimal | None]) -> None:
    grades: dict[str, Any] = {"neckflex": neck}
    grades |= {f"{muscle}_r": grade for muscle, grade in zip(MUSCLES, right, strict=True)}
    grades |= {f"{muscle}_l": grade for muscle, grade in zip(MUSCLES, left, strict=True)}
    both, one = reference.mmt8(fraction(neck), [*map(fraction, right)], [*map(fraction, left)])
    result = mmt8(**grades)
    assert (fraction(result.total150), fraction(result.total80)) == (both, one)
    _, other = reference.mmt8(fraction(neck), [*map(fraction, left)], [])
    assert fraction(mmt8(side="l", **grades).total80) == other


HAQ_ITEMS = [item for group in reference.HAQ_ITEMS for item in group.split()]
HAQ_LIFTS = [lift for group in reference.HAQ_LIFTS for lift in group.split()]


@given(
    st.fixed_dictionaries({item: st.sampled_from([None, D(0), D(1), D(2), D(3)]) for item in HAQ_ITEMS}),
    st.frozensets(st.sampled_from(HAQ_LIFTS)),
    st.sets(st.sampled_from(reference.HAQ_ITEMS), max_size=4),
)
def test_questionnaire(answers: dict[str, Decimal | None], ticked: frozenset[str], silent: set[str]) -> None:
    for group in silent:  # whole categories without an answer, which chance alone makes too rarely
        answers |= dict.fromkeys(group.split())
    given_: dict[str, Any] = {f"haq01{item}": answer for item, answer in answers.items()}
    result = haq_di(**given_, **{f"haq01{lift}": "Y" for lift in ticked})
    index, without, categories = reference.haq(fractions(answers), ticked)
    assert result.categories == categories == len(result.scores)
    assert near(result.index, index)
    assert near(result.without_aids, without)
    assert (index is None) == (categories < 6)


def test_the_index_of_eight_categories_lies_on_the_grid() -> None:
    """Steps of 0.125: 1.125 is there, 1.13 is not."""
    found = set()
    for worst in product((0, 1, 3), repeat=8):
        answers: dict[str, Any] = {
            f"haq01{group.split()[0]}": D(score)
            for group, score in zip(reference.HAQ_ITEMS, worst, strict=True)
        }
        index = haq_di(**answers).index
        assert index is not None
        found.add(index)
    assert D("1.125") in found
    assert all(index * 8 == int(index * 8) for index in found)


CDASI_TOPS = {"e": 3, "s": 2, "u": 1, "p": 1, "c": 1}
CDASI_CODES: dict[str, st.SearchStrategy[Any]] = {
    f"{site}_{part}": st.one_of(st.integers(0, top), st.sampled_from([0, top])).map(D)
    for site in reference.CDASI_SITES
    for part, top in CDASI_TOPS.items()
} | {
    "hand_e": st.integers(0, 3).map(D),
    "hand_u": st.integers(0, 1).map(D),
    "hand_d": st.integers(0, 2).map(D),
    "periung": st.integers(0, 2).map(D),
    "alopec": st.integers(0, 1).map(D),
    "hand_pap": st.sampled_from("YN"),
}


@given(st.fixed_dictionaries(CDASI_CODES), st.sets(st.sampled_from(sorted(CDASI_CODES)), max_size=1))
def test_skin(codes: dict[str, Any], open_: set[str]) -> None:
    codes |= dict.fromkeys(open_)
    result = cdasi(**codes)
    activity, damage = reference.cdasi(codes)
    assert (fraction(result.activity), fraction(result.damage)) == (activity, damage)
    assert set(result.missing) == open_
    if activity is not None:
        assert sum(map(F, result.points.values())) == activity
        assert sum(map(F, result.damage_points.values())) == damage


LINE = st.one_of(st.none(), st.sampled_from([D(0), D("0.1"), D("9.9"), D(10)]), st.decimals(0, 10, places=1))
SYSTEMS = ("constitutional", "cutaneous", "skeletal", "gastrointestinal", "pulmonary", "cardiovascular")


@given(st.lists(LINE, min_size=6, max_size=6))
def test_activity_of_six_systems(lines: list[Decimal | None]) -> None:
    result = mdaat(**dict(zip(SYSTEMS, lines, strict=True)))
    ratio, assessed = reference.mdaat([*map(fraction, lines)])
    assert result.assessed == assessed
    assert near(result.ratio, ratio)


# -- Classifications -------------------------------------------------------------------


def test_every_combination_of_the_five_criteria() -> None:
    for weak, enz, emg, bx, rash in product(("Y", "N", "ND"), repeat=5):
        found = bohan_peter(weak=weak, enz=enz, emg=emg, bx=bx, rash=rash)
        dm, pm, count = reference.bohan_peter(weak, enz, emg, bx, rash)
        assert (found.dermatomyositis, found.polymyositis, found.count) == (dm, pm, count)
        assert found.category == dm


@given(
    st.one_of(st.sampled_from([18, 39, 40]), st.integers(18, 95)),
    st.frozensets(st.sampled_from(sorted(reference.EULAR_ROWS))),
    st.frozensets(st.sampled_from(sorted(reference.EULAR_ROWS))),
    st.booleans(),
)
def test_classification(age: int, present: frozenset[str], undone: frozenset[str], biopsy: bool) -> None:
    answers: dict[str, Any] = {
        name: "Y" if name in present else "ND" if name in undone else "N" for name in reference.EULAR_ROWS
    }
    score, probability, category, subgroup = reference.eular_acr(F(age), present, biopsy)
    result = eular_acr_2017(age=D(age), biopsy="Y" if biopsy else "N", **answers)
    assert (fraction(result.score), result.category, result.subgroup) == (score, category, subgroup)
    assert result.probability is not None
    assert abs(result.probability - D(probability)) < CLOSE


@pytest.mark.parametrize("biopsy, cutoffs", [(False, "7.5 5.5 5.3"), (True, "8.7 6.7 6.5")])
def test_scores_on_every_cutoff_and_a_tenth_beside_it(biopsy: bool, cutoffs: str) -> None:
    """One set of findings for each score that lies there, with a skin item and without."""
    names = [name for name, points in reference.EULAR_ROWS.items() if points[biopsy]]
    near = {F(cutoff) + F(step, 10) for cutoff in cutoffs.split() for step in (-1, 0, 1)}
    seen = set()
    for number, age in product(range(0, 2 ** len(names), 7 if biopsy else 1), (39, 40)):
        present = frozenset(name for place, name in enumerate(names) if number >> place & 1)
        score, _, category, subgroup = reference.eular_acr(F(age), present, biopsy)
        if score not in near or (score, category, subgroup) in seen:
            continue
        seen.add((score, category, subgroup))
        answers: dict[str, Any] = {name: "Y" if name in present else "N" for name in reference.EULAR_ROWS}
        result = eular_acr_2017(age=D(age), biopsy="Y" if biopsy else "N", **answers)
        assert (fraction(result.score), result.category, result.subgroup) == (score, category, subgroup)
    assert {score for score, _, _ in seen} == near
    wanted = {"DEFINITE", "PROBABLE", "POSSIBLE", "NOT IIM"} | (set() if biopsy else {"NOT EVALUABLE"})
    assert {category for _, category, _ in seen} == wanted
