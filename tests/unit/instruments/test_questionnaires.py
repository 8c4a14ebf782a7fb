"""MMT-8, HAQ-DI and MDAAT: their rules for missing answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.instruments import haq_di, mdaat, mmt8
from mda5_crf.instruments.haq import CATEGORIES
from mda5_crf.instruments.mmt8 import PAIRED

D = Decimal
NAMES = list(CATEGORIES)


def muscles(neck: int, right: str, left: str) -> dict[str, Any]:
    grades: dict[str, Any] = {"neckflex": D(neck)}
    for side, text in (("r", right), ("l", left)):
        grades |= {f"{muscle}_{side}": D(grade) for muscle, grade in zip(PAIRED, text.split(), strict=True)}
    return grades


M1 = muscles(7, "8 8 6 6 8 9 9", "7 8 6 6 8 9 9")


def test_m1_left_side_when_asked() -> None:
    assert mmt8(side="l", **M1).total80 == 60


@pytest.mark.parametrize("gone", list(M1))
def test_no_total_is_extrapolated(gone: str) -> None:
    rest = {muscle: grade for muscle, grade in M1.items() if muscle != gone}
    result = mmt8(**rest)
    assert result.total150 is None
    assert (result.total80 is None) == (not gone.endswith("_l"))


def test_a_muscle_that_does_not_exist_is_a_mistake_of_the_definition() -> None:
    with pytest.raises(TypeError, match="deltoid"):
        mmt8(deltoid=D(3))


@given(st.lists(st.integers(0, 10), min_size=15, max_size=15))
def test_totals_are_sums_within_their_range(grades: list[int]) -> None:
    right, left = " ".join(map(str, grades[1:8])), " ".join(map(str, grades[8:]))
    result = mmt8(**muscles(grades[0], right, left))
    assert result.total150 == sum(grades)
    assert result.total80 == sum(grades[:8])


def worst_items(text: str, *aids: str) -> dict[str, Decimal | str | None]:
    """Answers whose categories' worst items are ``text`` ("-" = category unanswered), and ticked aids."""
    answers: dict[str, Decimal | str | None] = {}
    for name, worst in zip(NAMES, text.split(), strict=True):
        items = CATEGORIES[name][0]
        for item in items:
            answers[f"haq{item}"] = None if worst == "-" else D(0)
        if worst != "-":
            answers[f"haq{items[-1]}"] = D(worst)
    return answers | {f"haq{aid}": "1" for aid in aids}


@pytest.mark.parametrize(
    "worst, aids, index, without, categories",
    [
        ("1 2 1 2 1 1 - -", (), "1.3333", "1.3333", 6),
        ("1 2 1 2 1 - - -", (), None, None, 5),
        ("- - - - - - - -", (), None, None, 0),
        ("0 0 0 0 0 0 0 0", (), "0", "0", 8),
        ("3 3 3 3 3 3 3 3", (), "3", "3", 8),
    ],
)
def test_fewest_categories(
    worst: str, aids: tuple[str, ...], index: str | None, without: str | None, categories: int
) -> None:
    haq = haq_di(**worst_items(worst, *aids))
    assert haq.categories == categories
    for found, expected in ((haq.index, index), (haq.without_aids, without)):
        assert (found if found is None else found.quantize(D("0.0001"))) == (expected and D(expected))


def test_haq_counts_answered_items_and_skips_the_open_ones() -> None:
    """HAQ-E3: activities unanswered, two items elsewhere open."""
    answers = worst_items("1 2 1 2 1 1 1 -")
    answers["haq0105"] = None
    answers["haq0123"] = "NOT ANSWERED"
    haq = haq_di(**answers)
    assert (haq.categories, haq.answered) == (7, 15)
    assert haq.index == haq.without_aids
    assert haq.index is not None
    assert haq.index.quantize(D("0.0001")) == D("1.2857")


AIDS = [(name, aid) for name, (_, aids) in CATEGORIES.items() for aid in aids]


@pytest.mark.parametrize("name, aid", AIDS, ids=[aid for _, aid in AIDS])
@pytest.mark.parametrize("worst, raised", [("0", 2), ("1", 2), ("2", 2), ("3", 3)])
def test_each_aid_lifts_its_own_category_to_two(name: str, aid: str, worst: str, raised: int) -> None:
    text = " ".join(worst if category == name else "0" for category in NAMES)
    haq = haq_di(**worst_items(text, aid))
    assert haq.index == D(raised) / 8
    assert haq.without_aids == D(worst) / 8


def test_an_aid_creates_no_category() -> None:
    haq = haq_di(**worst_items("- 1 1 1 1 1 1 1", "0114"))
    assert (haq.categories, haq.index) == (7, 1)


@pytest.mark.parametrize("unticked", [None, "", "0", "N", False, D(0)])
def test_an_empty_box_lifts_nothing(unticked: Decimal | bool | str | None) -> None:
    assert haq_di(**{**worst_items("1 0 0 0 0 0 0 0"), "haq0114": unticked}).index == D("0.125")


@pytest.mark.parametrize("ticked", ["1", "Y", True, D(1)])
def test_every_way_to_tick_a_box(ticked: Decimal | bool | str) -> None:
    assert haq_di(**{**worst_items("1 0 0 0 0 0 0 0"), "haq0114": ticked}).index == D("0.25")


@pytest.mark.parametrize("name", ["haq0117", "haq0146", "dressing"])
def test_what_is_not_scored_is_refused(name: str) -> None:
    with pytest.raises(TypeError, match=name):
        haq_di(**{name: D(1)})


PRINTED = """
dressing    0101 0102       0114                0119
arising     0103 0104       0116                0120
eating      0105 0106 0107  0115                0121
walking     0108 0109       0110 0111 0112 0113 0122
hygiene     0123 0124 0125  0134 0135 0137 0139 0142
reach       0126 0127       0138                0143
grip        0128 0129 0130  0136                0144
activities  0131 0132 0133                      0145
"""


def test_codes_as_printed() -> None:
    printed = {}
    for line in PRINTED.strip().splitlines():
        name, *codes = line.split()
        aids = [code for code in codes if "0110" <= code <= "0122" or code >= "0134"]
        printed[name] = (tuple(code for code in codes if code not in aids), tuple(aids))
    assert printed == CATEGORIES


answers_ = st.dictionaries(
    st.sampled_from([f"haq{code}" for items, aids in CATEGORIES.values() for code in items + aids]),
    st.one_of(st.none(), st.integers(0, 3).map(D)),
)


@given(answers_)
def test_haq_stays_in_its_range_and_aids_never_lower_it(answers: dict[str, Decimal | None]) -> None:
    haq = haq_di(**answers)
    assert (haq.index is None) == (haq.categories < 6)
    if haq.index is not None and haq.without_aids is not None:
        assert 0 <= haq.without_aids <= haq.index <= 3
        if haq.categories == 8:
            assert haq.index % D("0.125") == 0


@pytest.mark.parametrize(
    "lines, ratio, assessed",
    [
        ("0 0 0 0 0 0", "0", 6),
        ("- - - - 3 -", "0.3", 1),
    ],
)
def test_systems_that_are_left_out(lines: str, ratio: str | None, assessed: int) -> None:
    systems = ("constitutional", "cutaneous", "skeletal", "gastrointestinal", "pulmonary", "cardiovascular")
    values = {s: None if v == "-" else D(v) for s, v in zip(systems, lines.split(), strict=True)}
    result = mdaat(**values)
    assert result.assessed == assessed
    assert (result.ratio if result.ratio is None else result.ratio.quantize(D("0.0001"))) == (
        ratio and D(ratio)
    )
