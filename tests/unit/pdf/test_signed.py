"""Printed pages say who signed, when, with which meaning, and what broke a signature."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mda5_crf.jobs.pages import print_filled
from tests.commandline import remembered_keys
from tests.pdftext import solid, text_of
from tests.scenario import Ward
from tests.signward import built_signing, signed, signing_session, vitals


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    with (
        remembered_keys(),
        signing_session(Path(shutil.copytree(built_signing(), tmp_path / "w"))) as session,
    ):
        yield Ward(session).enrol()


@pytest.mark.requirement("P11-12", "FDA-14")
def test_printed_pages_show_signatures_and_what_broke_them(ward: Ward) -> None:
    form = vitals(ward)
    assert "Electronicsignature" not in pages(ward)
    signed(ward, form, "APPROVED")
    said = pages(ward)
    for words in (
        "Signed by Li Na, 2026-09-01 10:00 +08:00.",
        "I approve these data",
        "本人作为负责的研究者",
    ):
        assert solid(words) in said
    form.enter("SYSBP", "130", because="read again")
    said = pages(ward)
    assert solid("is void: Baseline · Vital signs: Systolic is other than") in said
    assert solid("120 mmHg when signed, 130 mmHg now") in said and solid("现为 130 mmHg") in said


def pages(ward: Ward) -> str:
    return "".join(text_of(print_filled(ward.session, ward.subject, "BL", ["VS"], "both")))
