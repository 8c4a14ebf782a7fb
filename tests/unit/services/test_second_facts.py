"""Two readings are compared by value."""

from __future__ import annotations

import pytest

from mda5_crf.services.second_facts import compared, fact
from mda5_crf.study.model import Item
from mda5_crf.study.values import Entry
from tests.gui.form_driver import mini_study
from tests.wards import trial


def item(form: str, name: str) -> Item:
    return mini_study().forms[form].items[name]


def says(form: str, name: str, text: str, unit: str | None = None, shared: str | None = None) -> object:
    one = item(form, name)
    codes = mini_study().codelists[one.codelist] if one.codelist else None
    return fact(one, Entry(text, unit), codes, shared)


@pytest.mark.parametrize(
    "form, name, one, two",
    [
        ("LB", "CK_LBORRES", "37.50", "37.5"),
        ("LB", "CK_LBORRES", "３７．５", "37.5"),
        ("LB", "CK_LBORRES", "<5", "＜5"),
        ("IC", "SYMPTOMS", "RASH,COUGH", "COUGH,RASH"),
        ("IC", "COVAL", "two  words\r\nthere", "two words there"),
        ("IC", "BRTHDAT", "1980-05", "1980-05"),
        ("LB", "CK_LBORRES", "no number", "no  number"),
    ],
)
def test_the_same(form: str, name: str, one: str, two: str) -> None:
    assert says(form, name, one) == says(form, name, two) is not None


@pytest.mark.parametrize(
    "form, name, one, two",
    [
        ("LB", "CK_LBORRES", "37.5", "37.51"),
        ("LB", "CK_LBORRES", "5", "<5"),
        ("IC", "BRTHDAT", "1980-05", "1980-05-01"),
        ("IC", "BRTHDAT", "1980", "1980-05"),
        ("IC", "SEX", "F", "M"),
        ("IC", "COVAL", "Word", "word"),
    ],
)
def test_not_the_same(form: str, name: str, one: str, two: str) -> None:
    assert says(form, name, one) != says(form, name, two)


def test_units_are_converted_exactly() -> None:
    assert says("LB", "CREAT_LBORRES", "2.1", "mg/dL") == says("LB", "CREAT_LBORRES", "185.64")
    assert says("LB", "CREAT_LBORRES", "2.1", "mg/dL") != says(
        "LB", "CREAT_LBORRES", "185.640000000000000000000001"
    )


def test_a_limit_is_in_the_unit_of_its_result() -> None:
    high = says("LB", "CREAT_LBORNRHI", "1.2", shared="mg/dL")
    assert high == says("LB", "CREAT_LBORNRHI", "106.08")


def test_a_missing_code_is_only_itself() -> None:
    one = item("LB", "CK_LBORRES")
    assert fact(one, Entry("", missing="ND"), None) == ("missing", "ND")
    assert fact(one, Entry("", missing="ND"), None) != fact(one, Entry("0"), None)
    assert fact(one, Entry(""), None) is None
    assert fact(one, None, None) is None


def test_computed_items_and_links_are_not_entered_twice() -> None:
    assert not compared(item("IC", "AGE"))
    assert compared(item("IC", "SEX"))
    links = [i for form in trial().forms.values() for i in form.items.values() if i.type == "link"]
    assert links
    assert not any(compared(one) for one in links)
