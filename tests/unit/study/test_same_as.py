"""``same_as``: what an item may name as its usual answer, and what is said of everything else."""

from __future__ import annotations

import pytest

from mda5_crf.study.load import load_source
from mda5_crf.study.source import pack
from tests.unit.study.definitions import Case, assert_said, changed, mini, problems_of

VS, EX, IC, MM = (f"forms/{name}.toml" for name in ("VS", "EX", "IC", "MM"))
VSDAT = 'required = true\n  hard = ["RFICDAT", "today"]'
UNFIT = "same_as must name an entered item outside the rows of a log"


def named(*names: str) -> str:
    words = ", ".join(f'"{name}"' for name in names)
    return f"same_as = [{words}] #!\n  {VSDAT}"


CASES = {
    "no form": Case(VS, VSDAT, named("MN.MKDAT"), "There is no item MN.MKDAT."),
    "no item": Case(VS, VSDAT, named("MM.MKDATE"), "There is no item MM.MKDATE; did you mean MM.MKDAT?"),
    "no form's name": Case(VS, VSDAT, named("MKDAT"), "There is no item MKDAT"),
    "another type": Case(VS, VSDAT, named("IC.BRTHDAT"), UNFIT),
    "of this form": Case(VS, VSDAT, named("VS.VSDAT"), UNFIT),
    "of a log": Case(VS, VSDAT, named("EX.ECSTDAT"), UNFIT),
    "twice": Case(VS, VSDAT, named("MM.MKDAT", "MM.MKDAT"), "MM.MKDAT is listed twice."),
    "computed": Case(
        VS,
        '  name = "PULSE_VSORRES"\n  type = "integer"\n',
        '  name = "PULSE_VSORRES"\n  type = "integer"\n  same_as = ["IC.AGE"] #!\n',
        UNFIT,
    ),
    "another codelist": Case(
        VS,
        '  name = "VSPERF"\n  type = "code"\n',
        '  name = "VSPERF"\n  type = "code"\n  same_as = ["IC.SEX"] #!\n',
        UNFIT,
    ),
    "in a log": Case(EX, '  name = "ECSTDAT"\n', '  name = "ECSTDAT"\n  same_as = ["MM.MKDAT"] #!\n', UNFIT),
    "of a computed item": Case(
        IC, "soft = [18, 70]", 'same_as = ["VS.PULSE_VSORRES"]', "same_as is for entered items"
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_leads_nowhere_or_does_not_fit_is_named(name: str) -> None:
    assert_said(CASES[name])


def test_a_form_that_cannot_be_read_says_nothing_of_those_that_name_it() -> None:
    files = changed(VS, VSDAT, f'same_as = ["MM.MKDAT"]\n  {VSDAT}')
    files = changed(MM, 'oid = "MM"', 'oid = "mm"', files)
    assert not [
        problem for problem in problems_of(files) if problem.file == VS and "MKDAT" in problem.text.en
    ]


def test_names_are_kept_in_order_and_are_none_unless_said() -> None:
    study = load_source(pack(changed(VS, VSDAT, f'same_as = ["MM.MKDAT", "LB.LBDAT"]\n  {VSDAT}')))
    assert study.item("VS.VSDAT").same_as == ("MM.MKDAT", "LB.LBDAT")
    assert load_source(pack(mini())).item("VS.VSDAT").same_as == ()
