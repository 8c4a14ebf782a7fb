"""CDASI, Bohan and Peter, EULAR/ACR: gaps, wrong codes, and single steps."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any

import pytest

from mda5_crf.instruments import BohanPeter, EularAcr, bohan_peter, cdasi, eular_acr_2017
from mda5_crf.instruments.cdasi import SITES
from tests.unit.instruments.reference import CDASI_SITES, EULAR_ROWS

D = Decimal


# -- CDASI -----------------------------------------------------------------------------

CLEAR: dict[str, Any] = {f"{site}_{part}": D(0) for site in CDASI_SITES for part in "esupc"} | {
    **dict.fromkeys(("hand_e", "hand_u", "hand_d", "periung", "alopec"), D(0)),
    "hand_pap": "N",
}
TOPS = {
    "e": 3,
    "s": 2,
    "u": 1,
    "p": 1,
    "c": 1,
    "hand_e": 3,
    "hand_u": 1,
    "hand_d": 2,
    "periung": 2,
    "alopec": 1,
}


def top_of(name: str) -> int:
    return TOPS[name] if name in TOPS else TOPS[name[-1]]


def test_the_sites_of_the_form() -> None:
    assert list(SITES) == CDASI_SITES
    assert len(CLEAR) == 81


def test_clear_skin_is_0_not_missing() -> None:
    result = cdasi(**CLEAR)
    assert (result.activity, result.damage, result.missing) == (0, 0, ())
    assert len(result.points) == 18
    assert len(result.damage_points) == 16


@pytest.mark.parametrize("gone", CLEAR)
def test_any_empty_item_makes_both_totals_unknown(gone: str) -> None:
    result = cdasi(**{**CLEAR, gone: None})
    assert (result.activity, result.damage, result.missing) == (None, None, (gone,))
    site = "hand" if gone.startswith("hand") else gone.removesuffix(gone[-2:]) if "_" in gone else gone
    damage = gone == "hand_d" or gone.endswith(("_p", "_c"))
    assert site not in (result.damage_points if damage else result.points)
    assert len(result.points) + len(result.damage_points) == 18 + 16 - 1
    rest = {name: code for name, code in CLEAR.items() if name != gone}
    assert cdasi(**rest) == result


@pytest.mark.parametrize("name", [name for name in CLEAR if name != "hand_pap"])
def test_each_item_counts_up_to_its_highest_grade(name: str) -> None:
    top = top_of(name)
    result = cdasi(**{**CLEAR, name: D(top)})
    damage = name == "hand_d" or name.endswith(("_p", "_c"))
    assert (result.activity, result.damage) == ((0, top) if damage else (top, 0))
    for wrong in (D(top + 1), D(-1), D("0.5"), str(top)):
        with pytest.raises(ValueError, match=f"{name} is a whole grade from 0 to {top}"):
            cdasi(**{**CLEAR, name: wrong})


@pytest.mark.parametrize("code", ["ND", "", "y", D(1)])
def test_papules_are_there_or_not(code: Decimal | str) -> None:
    with pytest.raises(ValueError, match="hand_pap: the code is Y or N"):
        cdasi(**{**CLEAR, "hand_pap": code})


def test_papules_double_the_erythema_of_the_hands_and_nothing_else() -> None:
    codes = {**CLEAR, "hand_e": D(3), "hand_u": D(1), "gottnoth_e": D(3)}
    assert cdasi(**codes).activity == 7
    assert cdasi(**{**codes, "hand_pap": "Y"}).activity == 10


def test_an_open_question_about_papules_leaves_the_hand_without_points() -> None:
    result = cdasi(**{**CLEAR, "hand_e": D(2), "hand_pap": None})
    assert "hand" not in result.points
    assert result.damage_points["hand"] == 0


@pytest.mark.parametrize("name", ["scalp_x", "hands_e", "e_scalp"])
def test_an_item_that_is_not_scored_is_a_mistake_of_the_definition(name: str) -> None:
    with pytest.raises(TypeError, match=name):
        cdasi(**{name: D(0)})


# -- Bohan and Peter -------------------------------------------------------------------

NEGATIVE: dict[str, Any] = dict.fromkeys(("weak", "enz", "emg", "bx", "rash"), "N")


@pytest.mark.parametrize("name", NEGATIVE)
def test_an_item_without_answer_is_not_the_same_as_not_done(name: str) -> None:
    assert bohan_peter(**{**NEGATIVE, name: None}) == BohanPeter(None, None, None, None)
    assert bohan_peter(**{**NEGATIVE, name: "ND"}).category == "NOT MET"


@pytest.mark.parametrize("name", NEGATIVE)
@pytest.mark.parametrize("code", ["", "y", "U", "NA"])
def test_another_code_is_a_mistake(name: str, code: str) -> None:
    with pytest.raises(ValueError, match=f"{name}: the code is Y, N or ND"):
        bohan_peter(**{**NEGATIVE, name: code})


@pytest.mark.parametrize(
    "answers, dermatomyositis, polymyositis",
    [
        ("weak Y, rash ND", "INSUFFICIENT", "NOT MET"),  # a rash nobody looked for
        ("weak Y, enz Y, rash ND", "INSUFFICIENT", "POSSIBLE"),
        ("weak Y, emg ND", "NOT MET", "INSUFFICIENT"),
        ("emg ND", "NOT MET", "NOT MET"),  # one of four at most: no polymyositis either way
        ("emg ND, bx ND", "NOT MET", "INSUFFICIENT"),
        ("emg ND, rash Y", "INSUFFICIENT", "NOT MET"),
        ("rash ND", "NOT MET", "NOT MET"),
        ("weak ND, rash ND", "INSUFFICIENT", "NOT MET"),
        ("weak ND, enz ND, rash ND", "INSUFFICIENT", "INSUFFICIENT"),
    ],
)
def test_what_was_not_done_leaves_open(answers: str, dermatomyositis: str, polymyositis: str) -> None:
    codes = dict(part.split() for part in answers.split(", "))
    found = bohan_peter(**{**NEGATIVE, **codes})
    assert (found.dermatomyositis, found.polymyositis) == (dermatomyositis, polymyositis)
    assert found.category == dermatomyositis


# -- EULAR/ACR 2017 --------------------------------------------------------------------

NOTHING: dict[str, Any] = dict.fromkeys(EULAR_ROWS, "N") | {"age": D(50), "biopsy": "N"}
UNKNOWN = EularAcr(None, None, None, None)
FROM_BIOPSY = [name for name in EULAR_ROWS if name.startswith("bx_")]


@pytest.mark.parametrize("name", [name for name in NOTHING if name not in FROM_BIOPSY])
def test_any_open_answer_leaves_all_of_it_open(name: str) -> None:
    assert eular_acr_2017(**{**NOTHING, "heliotrope": "Y", name: None}) == UNKNOWN


@pytest.mark.parametrize("name", FROM_BIOPSY)
def test_findings_of_a_biopsy_are_needed_when_there_is_one(name: str) -> None:
    assert eular_acr_2017(**{**NOTHING, name: None, "biopsy": "Y"}) == UNKNOWN
    without = {key: answer for key, answer in NOTHING.items() if key not in FROM_BIOPSY}
    assert eular_acr_2017(**{**NOTHING, name: "Y"}) == eular_acr_2017(**without)


@pytest.mark.parametrize("name", [*EULAR_ROWS, "biopsy"])
def test_another_code_of_a_finding_is_a_mistake(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name}: the code is Y, N or ND"):
        eular_acr_2017(**{**NOTHING, name: "U"})


def test_children_are_not_classified() -> None:
    assert eular_acr_2017(**{**NOTHING, "age": D(17)}) == UNKNOWN
    assert eular_acr_2017(**{**NOTHING, "age": D(18)}).points == {"age": D("1.3")}


@pytest.mark.parametrize("code", ["N", "ND"])
def test_what_was_not_done_counts_as_absent(code: str) -> None:
    """Also the biopsy: then the other column counts, and a skin item is needed."""
    answers = {**NOTHING, "biopsy": code, "jo1": code, "enzymes": "Y", "weak_upper": "Y", "neck_flex": "Y"}
    found = eular_acr_2017(**answers)
    assert (found.score, found.category, found.subgroup) == (D("6.0"), "NOT EVALUABLE", None)


@pytest.mark.parametrize("name", list(EULAR_ROWS))
def test_points_of_each_finding_in_both_columns(name: str) -> None:
    without, with_biopsy = EULAR_ROWS[name]
    for biopsy, points, age in (("N", without, "2.1"), ("Y", with_biopsy, "2.2")):
        found = eular_acr_2017(**{**NOTHING, name: "Y", "biopsy": biopsy})
        expected = {"age": D(age)} | ({name: D(points)} if points else {})
        assert found.points == expected
        assert found.score == sum(expected.values())


def test_the_score_decides_where_the_probability_disagrees() -> None:
    """5.3 without biopsy is POSSIBLE, though the formula gives less than 50 %."""
    found = eular_acr_2017(**{**NOTHING, "age": D(29), "heliotrope": "Y", "leg_prox": "Y"})
    assert (found.score, found.category) == (D("5.3"), "POSSIBLE")
    assert found.probability is not None
    assert found.probability < D("0.5")


@pytest.mark.parametrize("weakness", ["weak_upper", "weak_lower", "neck_flex", "leg_prox"])
def test_any_weakness_makes_it_dermatomyositis(weakness: str) -> None:
    skin = {**NOTHING, "heliotrope": "Y", "gottron_sign": "Y"}
    assert eular_acr_2017(**skin).subgroup == "ADM"
    assert eular_acr_2017(**{**skin, weakness: "Y"}).subgroup == "DM"
    assert eular_acr_2017(**{**skin, "dysphagia": "Y"}).subgroup == "ADM"


def test_the_probability_does_not_depend_on_the_callers_precision() -> None:
    usual = eular_acr_2017(**NOTHING).probability
    with localcontext() as narrow:
        narrow.prec = 3
        assert eular_acr_2017(**NOTHING).probability == usual
