"""``pdf filled … HRCT#2``: which reading of a repeating form is printed."""

from __future__ import annotations

import pytest

from mda5_crf.cli.address import form_at
from mda5_crf.cli.pdfs import _label
from mda5_crf.errors import UsageError
from tests.signward import definition


@pytest.mark.parametrize("word, label", [("rd", "RD"), ("rd#2", "RD#2"), ("RD＃1", "RD#1"), ("VS", "VS")])
def test_the_number_of_a_reading_is_kept(word: str, label: str) -> None:
    assert _label(form_at(definition(), "BL", word)) == label


def test_a_number_that_is_none() -> None:
    with pytest.raises(UsageError):
        form_at(definition(), "BL", "RD#x")
