"""What an answer that came from another system says of itself."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mda5_crf.crypto import canon
from mda5_crf.services.importing import SHORT
from mda5_crf.services.importwords import imported, in_trail
from mda5_crf.text import both
from tests.wards import built, session_at

WORDS = both("120 mmHg")
SHA = "ab" * 32


@pytest.mark.parametrize(
    "origin, said",
    [
        ({}, "120 mmHg"),
        ({"sheet": "lab.csv"}, "120 mmHg"),
        ("paper", "120 mmHg"),
        ({"import": SHA[:SHORT]}, SHA[:SHORT]),
        ({"import": SHA[:SHORT], "user": "smith"}, "smith"),
        ({"import": SHA[:SHORT], "time": "2020-01-02T03:04:05"}, "2020-01-02T03:04:05"),
        ({"import": SHA[:SHORT], "reason": "misread"}, "misread"),
    ],
)
def test_where_it_was_entered_first_is_said(tmp_path: Path, origin: Any, said: str) -> None:  # noqa: ANN401
    with session_at(Path(shutil.copytree(built(), tmp_path / "ward.mda5"))) as session:
        one = next(iter(session.vault.journal.records()))
        record = replace(one, content=canon({"text": "120", "origin": origin}))
        told = imported(session, record, WORDS)
    assert "120 mmHg" in told.en and said in told.en and said in told.zh


def test_the_trail_counts_an_import_and_names_its_parts() -> None:
    counts = {"new": 335, "changed": 2, "left": 11}
    told = in_trail({"what": "taken", "file": "other.xml", "counts": counts}, SHA)
    assert "other.xml" in told.en and "335" in told.zh and "11" in told.en
    assert "root" in in_trail({"what": "root"}, SHA).en
