"""Ten thousand ODM files and sheets that nobody wrote, a million at night: words or lines, nothing else.

``fuzzreaders`` makes them; ``MDA5_CRF_FUZZ_SEED`` chooses others. The readers run here in this process, where
the program gives them one of their own.
"""

# ruff: noqa: E501, PT017 - tables of inputs; what a refusal says is looked at where it is caught

from __future__ import annotations

import io
import os
from collections.abc import Callable
from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mda5_crf.errors import InputRefused
from mda5_crf.exchange import odm2in, sheetin
from mda5_crf.exchange.sheetcells import Shape, format_of, number_text, unescaped
from tests.conftest import NIGHTLY
from tests.faults import bombs, counts, fuzzreaders

SEED: Final = os.environ.get("MDA5_CRF_FUZZ_SEED", "1")
INPUTS: Final = {
    "odm": (1500, 200_000), "markup": (1500, 150_000), "tree": (1000, 150_000), "csv": (2500, 200_000), "zip": (1500, 150_000),
    "parts": (2000, 150_000),
}  # fmt: skip
CODES: Final = {"odm": 1, "markup": 2, "tree": 0, "csv": 3, "zip": 2, "parts": 3}
"""So many different refusals at least: else the inputs do not get past the first look."""


@pytest.mark.parametrize("layer", fuzzreaders.LAYERS)
def test_no_input_harms_a_reader(layer: str, times: Callable[[int, int], int]) -> None:
    tally = fuzzreaders.shoot(layer, times(*INPUTS[layer]), SEED)
    counts.inputs(f"reader, {layer}", read=tally.read, unharmed=tally.read, codes=tally.codes)
    assert tally.accepted > 0 and len(tally.codes) >= CODES[layer], tally


@pytest.mark.skipif(not bombs.possible(), reason="this system cannot limit a child's memory")
@pytest.mark.parametrize("layer", fuzzreaders.LAYERS)
def test_memory_stays_bounded(layer: str, times: Callable[[int, int], int]) -> None:
    outcome = bombs.confined(lambda: fuzzreaders.shoot(layer, times(150, 5000), f"{SEED}m"))
    assert outcome.peak < 60, outcome


def read(data: bytes) -> None:
    """Both readers, with any bytes."""
    for lines in (odm2in.lines, sheetin.lines):
        try:
            for _ in lines(io.BytesIO(data), {}):
                pass
        except InputRefused as error:
            assert error.code.startswith(("odmin.", "hostile.", "odm2."))


@settings(max_examples=2000 if NIGHTLY else 150)
@given(st.binary(max_size=300) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "replace")))
@example(b"PK\x03\x04")
@example(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
@example(b"\xff\xfe")
@example(b"\0<\0O\0D\0M\0/\0>")
def test_any_bytes(data: bytes) -> None:
    read(data)


@given(st.text(alphabet='ymdhsage[]"\\;0#?.%_*@/:-年月日E+ ', max_size=30), st.decimals(allow_nan=False))
def test_any_format_of_any_number(code: str, number: object) -> None:
    for text in (str(number), "45000.5", "-1", "1e308"):
        for from_1904 in (False, True):
            assert number_text(text, format_of(164, code), from_1904=from_1904)


@given(st.text(max_size=30))
def test_any_text_with_escapes_can_be_sent(text: str) -> None:
    """What is not whole Unicode stays written as it was."""
    for one in (text, f"_xD83D_{text}", f"_x0000_{text}_xDE00__xD83D_", "_xD83D__xDE00_" + text):
        unescaped(one).encode(
            "utf-8", "surrogatepass" if any("\ud800" <= c <= "\udfff" for c in one) else "strict"
        )
    assert unescaped("_xD83D__xDE00_") == "😀"


@pytest.mark.parametrize(
    "text,code,shown",
    [
        ("0.30000000000000004", "", "0.3"), ("37.200000000000003", "0.0", "37.2"), ("1E-3", "", "0.001"), ("1e21", "", "1" + "0" * 21),
        ("123456789012345678", "", "123456789012345678"), ("7", "00000", "00007"), ("0.45", "0.0%", "45%"), ("-0", "", "0"),
        ("45000", "yyyy-mm-dd", "2023-03-15"), ("45000.5", "yyyy/m/d h:mm", "2023-03-15T12:00:00"), ("0.5", "h:mm", "12:00:00"),
        ("45000", 'yyyy"年"m"月"d"日"', "2023-03-15"), ("45000", "[$-409]d/mmm/yy;@", "2023-03-15"), ("1.5", "[h]:mm", "36:00:00"),
        ("59", "yyyy-mm-dd", "1900-02-28"), ("60", "yyyy-mm-dd", "60"), ("61", "yyyy-mm-dd", "1900-03-01"), ("-1", "yyyy", "-1"),
        ("2958466", "yyyy", "2958466"), ("45000.999999", "d/m/y", "2023-03-16"), ("5", '0.0" mg/d"', "5"), ("5", '"day "0', "5"),
        ("1e99999", "", "1e99999"), ("5", "[Red]0", "5"), ("1200", "#,##0", "1200"), ("x", "0", "x"), ("12000", "0.00E+00", "12000"),
    ],
)  # fmt: skip
def test_what_a_cell_shows(text: str, code: str, shown: str) -> None:
    assert number_text(text, format_of(164, code) if code else format_of(0), from_1904=False) == shown


def test_days_since_1904() -> None:
    day = format_of(14)
    assert day[0] is Shape.DAY
    assert number_text("43538", day, from_1904=True) == number_text("45000", day, from_1904=False)
    assert number_text("0", day, from_1904=True) == "1904-01-01"
