"""Small parts of taking a laboratory's results and codes: bounds, blanks and the words of a place."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import codingtake, labplan, labwords
from mda5_crf.services.labplan import LabLine
from tests.unit.services.test_coding import FILE, HEADS, line, sheet
from tests.wards import built, session_at


def copied(folder: Path) -> Path:
    """The ward is shared: a session writes into its own copy."""
    return Path(shutil.copytree(built(), folder / "ward.mda5"))


@pytest.mark.parametrize(
    "heading, unit",
    [
        ("WBC (10*9/L)", "10^9/L"),
        ("白细胞（g/L）", "g/L"),
        ("ALT [U/L] ", "U/L"),
        ("ALT U/L)", ""),
        ("ALT", ""),
    ],
)
def test_the_unit_of_a_heading(heading: str, unit: str) -> None:
    assert labplan._unit_of_heading(heading) == unit


def test_codes_beyond_a_bound_or_without_headings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with session_at(copied(tmp_path)) as session:
        with pytest.raises(InputRefused, match="no_headings"):
            codingtake.plan_synonyms(session, FILE, [(1, ["a", "b"])])
        one = line("Fever")
        assert len(codingtake.plan_synonyms(session, FILE, sheet(one, one)).outcomes) == 2
        monkeypatch.setattr(codingtake, "_MOST_LINES", 1)
        for plan in (codingtake.plan, codingtake.plan_synonyms):
            assert len(plan(session, FILE, sheet(one)).outcomes) == 1
            with pytest.raises(InputRefused, match="too_many"):
                plan(session, FILE, sheet(one, one))


def test_the_dictionary_is_told_by_the_codes_and_the_place_of_a_result_in_words(tmp_path: Path) -> None:
    with session_at(copied(tmp_path)) as session:
        (told,) = codingtake.plan_synonyms(session, FILE, sheet(line("Fever", DICTIONARY=""))).outcomes
        assert told.fate == codingtake.NEW and told.given is not None
        assert told.given.dictionary == "MEDDRA"
        bare = [cell if name == "TERM" else "" for name, cell in zip(HEADS, line("Fever"), strict=True)]
        (told,) = codingtake.plan_synonyms(session, FILE, sheet(bare)).outcomes
        assert told.why is not None and "which dictionary" in told.why.en
        result = LabLine(1, "01-001", None, "WBC", "5", labplan.REFUSED)
        assert labwords.where(session, result).en == ""
        key = ItemKey("S", "W4", "", "LBH", "", "MAIN", "", "NOTHING")
        assert labwords.where(session, replace(result, key=key)).en.endswith("NOTHING")
        fresh = replace(result, key=key._replace(form_repeat=f"{labplan.NEW_REPEAT}3"))
        assert labwords.where(session, fresh).en != labwords.where(session, replace(result, key=key)).en
