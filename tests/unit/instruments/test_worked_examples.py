"""Every worked example of the domain reference, and that none of them is lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import FrozenInstanceError, fields, is_dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from mda5_crf import instruments
from mda5_crf.instruments import (
    TIS,
    cdasi,
    eular_acr_2017,
    haq_di,
    ichikado,
    mmt8,
    prednisone_equivalent,
)
from tests.unit.instruments import reference
from tests.unit.instruments.examples import (
    FOLDER,
    Example,
    assert_expected,
    assert_same,
    call,
    name_of,
    tables,
)

D = Decimal

# What stands in each file; ids in the order of the reference, with how many scenes where more than one.
IDS = {
    "tis": "TIS-E1 TIS-E2 TIS-E3 TIS-E4 TIS-E5 TIS-E6 TIS-E7 TIS-E8 TIS-P1*3",
    "mmt8": "M1 M2 M3 M4*2 M5*3",
    "haq": "HAQ-E0 HAQ-E1 HAQ-E2 HAQ-E3 HAQ-E4 HAQ-E5",
    "cdasi": "CDASI-E1 CDASI-E2 CDASI-E3 CDASI-E4 CDASI-E5",
    "mdaat": "MD-E1 MD-E2 MD-E3*2 MD-range",
    "bohan_peter": "BP-E1 BP-E2 BP-E3*2 BP-E4 BP-E5",
    "eular_acr": "EA-E1 EA-E2 EA-E3 EA-E4 EA-E5 EA-E6 EA-E7 EA-cut*5",
    "hrct": "HR-E1 HR-E2 HR-E3 HR-E4 HR-cut*2 K-E1 K-E2 K-E3 W-E1 W-E2 W-E3",
    "gap": "GAP-E1*2 GAP-E2*2 GAP-E3*2 GAP-E4 GAP-E5",
    "lungs": "PF-E1 PF-E2 PF-E3 PF-E4 PF-E5 PF-E6*3 PF-E7 DL-E1*2 DL-E2*2 DL-E3*2 DL-E4*2",
    "rp_ild": "RP-E1*2 RP-E2 RP-E3*2",
    "kidney": (
        "EGFR-E1 EGFR-E2 EGFR-E3 EGFR-E4 EGFR-E5 EGFR-E6 EGFR-E7 EGFR-E8 EGFR-E9 "
        "CG-E1 CG-E2 CG-E3 CG-E4 CG-E5 CG-E6"
    ),
    "body": "BSA-E1*2 BSA-E2*2 BSA-E3*2 BMI-E1 BMI-E2 BMI-E3 DRV-01*3 DRV-04 DRV-05 DRV-09",
    "dates": "PD-E1 PD-E2 PD-E3*2 PD-E4 PD-table*5 DRV-02*2",
    "units": ("U-E1 U-E2 U-E3 U-E4 U-E5 U-E6 U-E7 U-E8 U-E9 U-E10 U-E11 U-E12 U-table*8"),
    "glucocorticoid": "GC-E1 GC-E2 GC-E3 GC-E4 GC-E5 GC-E6*5 GC-table",
    "ctcae": " ".join([f"CTCAE-P{n:02}" for n in range(1, 33)] + [f"CTCAE-H{n:02}" for n in range(1, 23)]),
}
CALLED = ("tis", "mdaat", "bohan_peter", "gap", "lungs", "rp_ild", "kidney", "body", "ctcae")


@pytest.mark.parametrize("family", IDS)
def test_no_example_is_lost(family: str) -> None:
    written: Counter[str] = Counter()
    for entry in IDS[family].split():
        name, _, scenes = entry.partition("*")
        written[name] = int(scenes or 1)
    kinds = {
        "dates": ("order", "ends", "age"),
        "hrct": ("example", "not_shipped"),
    }.get(family, ("example",))
    assert Counter(example["id"] for kind in kinds for example in tables(family, kind)) == written


def test_no_file_is_left_out() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(IDS)


@pytest.mark.parametrize("example", [example for family in CALLED for example in tables(family)], ids=name_of)
def test_worked_examples(example: Example) -> None:
    assert_expected(call(example), example["expect"])


def test_missing_points_are_not_shown_as_zero() -> None:
    seventh = next(example for example in tables("tis") if example["id"] == "TIS-E7")
    result = call(seventh)
    assert isinstance(result, TIS)
    assert result.missing == ("ptga",)
    assert set(result.points) == set(result.percent) == set(seventh["expect"]["points"])


@pytest.mark.parametrize("example", [e for e in tables("kidney") if "shown" in e], ids=name_of)
def test_the_rate_as_it_is_shown(example: Example) -> None:
    assert_same(call(example), f"≈{example['shown']}")


@pytest.mark.parametrize("example", [e for e in tables("kidney") if "once_daily" in e], ids=name_of)
def test_clearance_at_or_below_the_limit(example: Example) -> None:
    found = call(example)
    assert isinstance(found, Decimal)
    assert (found <= 50) is example["once_daily"]


def test_results_cannot_be_changed() -> None:
    kinds = [kind for name in instruments.__all__ if isinstance(kind := getattr(instruments, name), type)]
    assert len(kinds) == 12
    for kind in kinds:
        assert is_dataclass(kind)
        with pytest.raises(FrozenInstanceError):
            kind.__setattr__(object.__new__(kind), fields(kind)[0].name, None)
        assert not hasattr(object.__new__(kind), "__dict__")


MUSCLES = ("delt", "bicep", "gmax", "gmed", "quad", "wristex", "ankdf")


@pytest.mark.parametrize("example", tables("mmt8"), ids=name_of)
def test_muscles(example: Example) -> None:
    if "function" in example:
        assert_expected(call(example), example["expect"])
        return
    given = example["given"]
    grades: dict[str, Any] = {"neckflex": D(given["neck"])}
    for side, text in (("r", given["right"]), ("l", given["left"])):
        for muscle, grade in zip(MUSCLES, text.split(), strict=True):
            grades[f"{muscle}_{side}"] = None if grade == "-" else D(grade)
    assert_expected(mmt8(**grades), example["expect"])


@pytest.mark.parametrize("example", tables("haq"), ids=name_of)
def test_questionnaire(example: Example) -> None:
    answers: dict[str, Any] = {}
    groups = zip(reference.HAQ_ITEMS, example["given"]["items"].split("|"), strict=True)
    for codes, texts in groups:
        for code, text in zip(codes.split(), texts.split(), strict=True):
            answers[f"haq01{code}"] = None if text == "-" else D(text)
    answers |= {f"haq{code}": "1" for code in example["given"]["ticked"].split()}
    result = haq_di(**answers)
    expected = dict(example["expect"])
    if scores := expected.pop("scores", None):
        assert list(result.scores.values()) == list(map(D, scores.split()))
    assert_expected(result, expected)


@pytest.mark.parametrize("example", tables("cdasi"), ids=name_of)
def test_skin(example: Example) -> None:
    codes: dict[str, Any] = {name: D(example[name]) for name in ("periung", "alopec")}
    erythema, codes["hand_pap"], ulcer, damage = example["hand"].split()
    codes |= {"hand_e": D(erythema), "hand_u": D(ulcer), "hand_d": D(damage)}
    for site in reference.CDASI_SITES:
        grades = example["sites"].get(site, example.get("others", "0 0 0 0 0")).split()
        codes |= {f"{site}_{part}": D(grade) for part, grade in zip("esupc", grades, strict=True)}
    assert set(example["sites"]) <= set(reference.CDASI_SITES)
    assert_expected(cdasi(**codes), example["expect"])


@pytest.mark.parametrize("example", tables("eular_acr"), ids=name_of)
def test_classification(example: Example) -> None:
    given = example["given"]
    present = given["present"].split()
    assert set(present) <= set(reference.EULAR_ROWS)
    answers: dict[str, Any] = {name: "Y" if name in present else "N" for name in reference.EULAR_ROWS}
    result = eular_acr_2017(age=D(given["age"]), biopsy="Y" if given["biopsy"] else "N", **answers)
    assert_expected(result, example["expect"])
    assert set(result.points) == {"age", *present}


@pytest.mark.parametrize("example", tables("hrct"), ids=name_of)
def test_lung_scan(example: Example) -> None:
    zones: dict[str, Any] = {
        zone: dict(zip(("g", "c", "gt", "ct", "h"), map(D, text.split()), strict=True))
        for zone, text in example["given"].items()
    }
    assert_expected(ichikado(**zones), example["expect"])


@pytest.mark.parametrize("example", tables("hrct", "not_shipped"), ids=name_of)
def test_scales_described_for_comparison_are_not_shipped(example: Example) -> None:
    given = {name: [Fraction(number) for number in text.split()] for name, text in example["given"].items()}
    expected = {name: Fraction(text) for name, text in example["expect"].items()}
    if example["scale"] == "kazerooni":
        assert reference.kazerooni(**given) == (expected["alveolar"], expected["interstitial"])
    else:
        assert reference.warrick([int(count) for count in given["segments"]]) == expected["total"]
    assert not any(example["scale"] in name.lower() for name in instruments.__all__)


@pytest.mark.parametrize("example", tables("glucocorticoid"), ids=name_of)
def test_glucocorticoids(example: Example) -> None:
    rows = [prednisone_equivalent(drug=drug, mg_per_day=D(mg)) for drug, mg in example["doses"]]
    day = sum((row for row in rows if row is not None), D(0))
    expected = example["expect"]
    assert None not in rows
    assert day == D(expected["mg"])
    if "weight_kg" in example:
        per_kg = day / D(example["weight_kg"])
        assert_same(per_kg, expected["per_kg"])
        assert (D("0.8") <= per_kg <= 1) is expected["window"]
