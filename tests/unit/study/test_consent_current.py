"""Which version of the consent form a visit needs: re-consent falls due with a newer one."""

from __future__ import annotations

from datetime import date

import pytest

from mda5_crf.study.dates import PartialDate
from mda5_crf.study.references import ConsentVersion, References, consent_current

KNOWN = References((ConsentVersion("1.0", date(2022, 1, 1)), ConsentVersion("V2.0", date(2022, 5, 20))))


@pytest.mark.parametrize(
    "version,day,current",
    [
        ("1.0", date(2022, 5, 19), True),
        ("1.0", date(2022, 5, 20), False),
        ("v 2.0", date(2022, 5, 20), True),
        ("２．０", date(2022, 5, 20), True),
        ("1.0", date(2021, 12, 31), None),
        ("1.0", PartialDate(2022, 5, None), None),
        (None, date(2022, 5, 20), None),
    ],
)
def test_the_version_a_day_asks_for(version: str | None, day: date, current: bool | None) -> None:
    assert consent_current(KNOWN, version, day) is current


def test_a_site_without_a_list_is_never_asked() -> None:
    assert consent_current(References(), "1.0", date(2022, 5, 20)) is None
