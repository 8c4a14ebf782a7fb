"""Where answers come from, how much of a form is verified: what a definition says and must not say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mda5_crf.pdf.sourcelist import draw_sources
from mda5_crf.study.model import ItemType, Sdv
from mda5_crf.study.sources import source_of
from tests.unit.study.definitions import changed, problems_of
from tests.wards import trial


def test_every_entered_item_of_the_trial_has_a_source_and_no_other_has() -> None:
    study = trial()
    for form in study.forms.values():
        for item in form.items.values():
            source = source_of(study, item)
            if item.type is ItemType.LABEL:
                assert source is None
            else:
                assert source is not None, item.oid
                assert item.computed is (source.en == "Calculated by the program")


@pytest.mark.parametrize("oid,source", [
    ("IMACS.PHGA", "Assessment sheet"), ("IMACS.PTGA", "Questionnaire"), ("HAQ.HAQ01", "Questionnaire"),
    ("VS.PULSE_VSORRES", "Nursing record"), ("DV.DVTERM", "First entered here"),
    ("SAE.SAEAWDT", "First entered here"),
    ("LBI.FERRITIN_LBORRES", "Laboratory report"),
])  # fmt: skip
def test_an_item_has_the_source_of_its_form_unless_it_says_another(oid: str, source: str) -> None:
    form, _, name = oid.partition(".")
    items = trial().forms[form].items
    item = items[name] if name in items else next(i for i in items.values() if not i.computed)
    found = source_of(trial(), item)
    assert found is not None
    assert found.en.startswith(source)


@pytest.mark.parametrize("key,said", [
    ('source = "CHART"', "study.toml has no source CHART"), ('sdv = "half"', "half"),
])  # fmt: skip
def test_what_a_form_must_not_say(key: str, said: str) -> None:
    problems = problems_of(changed("forms/VS.toml", 'domain = "VS"', f'domain = "VS"\n{key}'))
    assert [said in problem.text.en for problem in problems] == [True]


def test_a_form_says_how_much_is_verified() -> None:
    from mda5_crf.study.load import load_source
    from mda5_crf.study.source import pack

    files = changed("forms/VS.toml", 'domain = "VS"', 'domain = "VS"\nsdv = "none"')
    assert problems_of(files) == []
    study = load_source(pack(files))
    assert study.forms["VS"].sdv is Sdv.NONE


@pytest.mark.requirement("CN-2")
@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_the_list_prints_every_item(language: str) -> None:
    made = datetime(2026, 9, 1, tzinfo=UTC)
    printed = draw_sources(trial(), language, made=made)  # type: ignore[arg-type]
    assert printed.data.startswith(b"%PDF") and printed.pages > 5
    assert printed.data == draw_sources(trial(), language, made=made).data  # type: ignore[arg-type]
