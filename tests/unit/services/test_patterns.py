"""Patterns: small numbers prove nothing, honest centres stay quiet, and who was thought up stands out."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import comb, isclose
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, chi2  # type: ignore[import-untyped]

from mda5_crf.errors import Cancelled, PermissionDenied
from mda5_crf.jobs.patternpaper import write
from mda5_crf.services.patternmodel import Case, Keyed, Reading, Visit
from mda5_crf.services.patterns import patterns
from mda5_crf.services.patternsums import MOST, look, propose
from mda5_crf.services.patterntests import at_least, chi_square_9, digits, shares
from tests.fabricating import centre
from tests.scenario import Ward
from tests.wards import session_at, ward, ward_folder

__all__ = ["ward", "ward_folder"]
FLAT = (0.1,) * 10


# -- the sums ------------------------------------------------------------------------------------------


@given(st.integers(1, 60), st.floats(0.001, 0.999), st.data())
def test_the_binomial_tail_is_the_reference(n: int, part: float, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, n))
    assert isclose(at_least(count, n, part), binom.sf(count - 1, n, part), rel_tol=1e-6, abs_tol=1e-12)


@given(st.floats(0, 200))
def test_chi_square_is_the_reference(x: float) -> None:
    assert isclose(chi_square_9(x), chi2.sf(x, 9), rel_tol=1e-6, abs_tol=1e-14)


def test_few_digits_are_tested_exactly() -> None:
    assert digits([0] * 10, FLAT) == 1.0
    alike = digits([10] + [0] * 9, FLAT)
    assert isclose(alike, 10 * 0.1**10, rel_tol=1e-6)
    assert digits([2, 1, 1, 1, 1, 1, 1, 1, 1, 0], FLAT) > 0.5
    assert digits([10] * 10, FLAT) > 0.99
    assert comb(3, 2) == 3


@given(st.dictionaries(st.integers(0, 9), st.integers(0, 100)))
def test_shares_add_up_and_none_is_impossible(counts: dict[int, int]) -> None:
    found = shares(Counter(counts))
    assert isclose(sum(found), 1.0)
    assert min(found) > 0


# -- participants --------------------------------------------------------------------------------------


def test_nobody_and_one_alone() -> None:
    assert look([]).cases == ()
    assert look([]).sample == ()
    alone = look([Case("a", "01-001", "01", (), (), ())])
    assert alone.cases[0].reasons == ()
    assert alone.cases[0].score == 0


def test_small_numbers_prove_nothing() -> None:
    day = date(2025, 3, 1)  # a Saturday
    few = Case("a", "01-001", "01", tuple(_reading("d/W0/VS", "VS.X", "120") for _ in range(5)), (),
               (Visit("W0", day, day, True),))  # fmt: skip
    others = centre(3, 30, fabricated=0)
    one = next(
        case for case in look([few, *others]).cases if case.subjid == "01-001" and case.identity == "a"
    )
    assert {reason.pattern for reason in one.reasons} <= {"weekend"}


def _reading(place: str, item: str, text: str) -> Reading:
    return Reading(place, item, text, Decimal(text))


@pytest.mark.requirement("E6-7")
@pytest.mark.parametrize("seed", range(20))
def test_the_one_that_was_thought_up_ranks_in_the_top_five_percent(seed: int) -> None:
    cases = centre(seed, 100)
    seen = look(cases, seed=seed)
    one = next(case for case in seen.cases if case.subjid == "01-901")
    assert one.rank <= len(cases) // 20
    assert one.subjid in [chosen.subjid for chosen in seen.sample]
    assert all(0 < reason.weight <= MOST and reason.count <= reason.of for reason in one.reasons)


@pytest.mark.parametrize("left_out", ["keyed", "visits", "digits"])
def test_a_careful_one_stands_out_all_the_same(left_out: str) -> None:
    cases = centre(77, 100)
    n = next(place for place, case in enumerate(cases) if case.subjid == "01-901")
    honest = next(case for case in cases if case.subjid == "01-050")
    if left_out == "keyed":
        cases[n] = replace(cases[n], keyed=honest.keyed)
    elif left_out == "visits":
        cases[n] = replace(cases[n], visits=honest.visits, keyed=honest.keyed)
    else:
        cases[n] = replace(cases[n], readings=honest.readings)
    one = next(case for case in look(cases).cases if case.subjid == "01-901")
    assert one.rank <= 5


def test_an_honest_centre_is_quiet() -> None:
    seen = look(centre(5, 100, fabricated=0))
    assert sum(bool(case.reasons) for case in seen.cases) <= 2 * seen.by_chance
    assert seen.tried >= 700


def test_limits_and_planned_doses_are_nobodys_habit() -> None:
    cases = [
        replace(
            case,
            readings=tuple(
                _reading(f"{case.identity}/W{n}/LB", f"LB.LIMIT{k}", f"{k}0")
                for n in range(9)
                for k in range(5)
            ),
        )
        for case in centre(4, 30, fabricated=0)
    ]
    found = {reason.pattern for case in look(cases).cases for reason in case.reasons}
    assert not found & {"copied", "digits", "flat"}


def test_what_is_equal_between_participants_names_both() -> None:
    cases = centre(9, 40, fabricated=0)
    twin = replace(cases[0], readings=cases[1].readings)
    seen = look([twin, *cases[1:]])
    told = {case.identity: case for case in seen.cases}
    for one in (twin, cases[1]):
        copied = next(reason for reason in told[one.identity].reasons if reason.pattern == "copied")
        assert (copied.count, copied.of) == (14, 14)
        assert "of 1 other participants" in copied.words.en


def test_corrections_just_before_closing_and_keying_at_once() -> None:
    cases = centre(11, 60, fabricated=0)
    closed = datetime(2026, 12, 1, 15, tzinfo=UTC)
    cases = [replace(case, closed=closed) for case in cases]
    late = [Keyed(f"x/W{n}/VS", closed - timedelta(hours=2, minutes=n), "p1", changed=True) for n in range(8)]
    cases[0] = replace(cases[0], keyed=(*cases[0].keyed, *late))
    pasted = tuple(Keyed("x/W0/LB", closed, "p1") for _ in range(50))  # one moment: nobody keyed them
    cases[1] = replace(cases[1], keyed=(*cases[1].keyed, *pasted))
    told = {case.identity: case for case in look(cases).cases}
    assert "closing" in {reason.pattern for reason in told[cases[0].identity].reasons}
    assert "fast" not in {reason.pattern for reason in told[cases[1].identity].reasons}


def test_the_words_accuse_nobody_and_name_the_denominators() -> None:
    words = [r.words for case in look(centre(1)).cases for r in case.reasons]
    assert words
    for one in words:
        assert " of " in one.en
        assert not {"fraud", "fabricat", "fake"} & set(one.en.lower().split())
        assert "造假" not in one.zh


def test_the_sample_is_repeatable_and_depends_on_its_seed() -> None:
    cases = look(centre(2)).cases
    first = propose(cases, 8, 1)
    assert first == propose(tuple(reversed(cases)), 8, 1)[:0] + propose(cases, 8, 1)
    drawn = {tuple(one.subjid for one in propose(cases, 8, seed) if one.drawn) for seed in range(5)}
    assert len(drawn) > 1
    assert len({one.subjid for one in first}) == 8
    assert len(propose(cases, 500, 1)) == len(cases)
    assert propose(cases, -1, 1) == ()
    for one, two in itertools.pairwise(one for one in first if one.drawn):
        assert one.subjid < two.subjid


def test_it_can_be_cancelled() -> None:
    def progress(_done: int, _total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        look(centre(1, 10), progress=progress)


# -- a real vault --------------------------------------------------------------------------------------


def test_a_vault_is_read_and_who_may_not_is_refused(ward: Ward, tmp_path: Path) -> None:
    sv = ward.open("SCR", "SV")
    sv.enter("SVSTDAT", "2026-08-29")  # a Saturday
    form = ward.open("SCR", "VS")
    form.enter_all(SYSBP_VSORRES="123", DIABP_VSORRES="77")
    form.enter("SYSBP_VSORRES", "124", because="typing")
    seen = patterns(ward.session)
    (one,) = seen.cases
    assert (one.numbers, one.visits) == (2, 1)
    assert [reason.pattern for reason in one.reasons] == []
    assert seen.sample[0].subjid == one.subjid
    file = tmp_path / "p.pdf"
    write(ward.session, seen, file)
    assert file.read_bytes().startswith(b"%PDF")
    assert [line.kind for line in ward.session.audit.lines()][-1] == "print"


def test_data_entry_may_not(ward_folder: Path) -> None:
    with session_at(ward_folder, "n07") as session, pytest.raises(PermissionDenied):
        patterns(session)
