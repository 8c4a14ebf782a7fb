"""The format of electronic signatures: strict reading, one spelling, and bytes that never change."""

# ruff: noqa: ANN401 - contents of any shape
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.crypto import SigningKey, base64_text, canon
from mda5_crf.db import esign
from mda5_crf.db.esign import Act, Signature, SignatureRefused

GOLDEN = Path(__file__).parents[2] / "golden" / "signature.json"
ACT = Act(
    vault="ab" * 16, study="NCT04966884", definition="cd" * 32, scope="d1:4/BL/VS", meaning="REVIEWED",
    person="ef" * 16, name="李娜", at="2026-11-23T04:31:20.123Z", zone="Asia/Shanghai +08:00",
    program="0.2.0",
)  # fmt: skip
ITEMS = (
    ("d1:4/BL/VS/MAIN/SYSBP", "d1", 6, "01" * 32),
    ("d1:4/BL/VS", "d1", 8, "02" * 32),
    ("d1:4/BL/VS/MAIN/DIABP", "d1", 7, "03" * 32),
    ("d1:4/BL/VS/MAIN/PULSE", "d2", 12, "04" * 32),
    ("d1:4/BL/VS/MAIN/RESP", "d1", 11, "05" * 32),
)
COMPUTED = (("MAIN/MAP", "93.3"), ("MAIN/PULSEP", "40"))
KEY = SigningKey(b"\x05" * 32)


def content(**change: Any) -> dict[str, Any]:
    manifest = ACT.manifest(ITEMS, esign.computed_hash(COMPUTED))
    sig = KEY.sign(esign.CONTEXT, esign.signed_part([manifest]))
    made = esign.content(ACT, ITEMS, COMPUTED, manifest, [manifest], sig)
    # As it comes back from the journal.
    return {**json.loads(canon(made)), **change}


def test_the_format_is_final() -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert content() == golden["content"]
    assert golden["content"]["manifest"] == golden["manifest_hash"]
    assert KEY.public.text == golden["public"]
    assert esign.signed_part(["aa" * 32, "bb" * 32]).decode() == golden["signed_part"]


def test_what_is_read_is_what_was_written() -> None:
    read = Signature.read(content())
    assert read.records == {"d1": ((6, 8), (11, 11)), "d2": ((12, 12),)}
    assert read.computed == COMPUTED
    assert KEY.public.accepts(esign.CONTEXT, esign.signed_part(read.batch), read.signature)


def test_a_batch_of_several() -> None:
    """One act may sign many forms; each record says all of them."""
    other = "99" * 32
    manifest = content()["manifest"]
    batch = sorted([manifest, other])
    sig = KEY.sign(esign.CONTEXT, esign.signed_part(batch))
    read = Signature.read(content(batch=batch, sig=base64_text(sig)))
    assert KEY.public.accepts(esign.CONTEXT, esign.signed_part(read.batch), read.signature)


@pytest.mark.parametrize(
    "change",
    [
        {"meaning": "I AGREE"}, {"meaning": "reviewed"}, {"meaning": None}, {"more": 1},
        {"name": 5}, {"program": None}, {"sig": 7}, {"sig": "=="}, {"sig": base64_text(bytes(63))},
        {"batch": []}, {"batch": ["99" * 32]}, {"batch": "99" * 32}, {"batch": [5]}, {"batch": ["9" * 63]},
        {"manifest": "AB" * 32}, {"manifest": 5},
        {"records": {}}, {"records": []}, {"records": None}, {"records": {"d1": [6]}},
        {"records": {"d1": ""}}, {"records": {"d1": "6-"}}, {"records": {"d1": "6,"}},
        {"records": {"d1": "06"}}, {"records": {"d1": "0"}},
        {"records": {"d1": "8-6"}}, {"records": {"d1": "6-6"}}, {"records": {"d1": "6,7"}},
        {"records": {"d1": "7,6"}}, {"records": {"d1": "6-8,8"}}, {"records": {"d1": "6-8,9"}},
        {"records": {"d1": "٦"}}, {"records": {"d1": "1" * 17}}, {"records": {"d1": "6-8\n"}},
        {"computed_hash": "0" * 63}, {"computed_hash": None}, {"computed": []}, {"computed": {"a": "b"}},
        {"computed": [["MAIN/MAP"]]}, {"computed": [["MAIN/MAP", 5]]}, {"computed": ["ab"]},
        {"computed": [["MAIN/PULSEP", "40"], ["MAIN/MAP", "93.3"]]},
    ],
    ids=str,
)  # fmt: skip
def test_content_of_another_shape_is_no_signature(change: dict[str, Any]) -> None:
    with pytest.raises(SignatureRefused):
        Signature.read(content(**change))


def test_a_field_that_is_missing() -> None:
    for name in content():
        with pytest.raises(SignatureRefused):
            Signature.read({k: v for k, v in content().items() if k != name})


def test_computed_values_too_long_to_travel_stay_provable() -> None:
    long = tuple((f"MAIN/X{n}", "9" * 100) for n in range(300))
    manifest = ACT.manifest(ITEMS, esign.computed_hash(long))
    made = esign.content(ACT, ITEMS, long, manifest, [manifest], bytes(64))
    assert made["computed"] is None and len(canon(made)) < 60 * 1024
    assert Signature.read(made).computed_hash == esign.computed_hash(long)


@pytest.mark.requirement("P11-13")
@pytest.mark.parametrize("field", list(Act.__dataclass_fields__))
def test_every_part_of_the_act_is_signed(field: str) -> None:
    hashed = esign.computed_hash(COMPUTED)
    other = Act(**{**{f: getattr(ACT, f) for f in Act.__dataclass_fields__}, field: "x/y"})
    assert other.manifest(ITEMS, hashed) != ACT.manifest(ITEMS, hashed)


def test_every_part_of_the_items_is_signed() -> None:
    hashed = esign.computed_hash(COMPUTED)
    whole = ACT.manifest(ITEMS, hashed)
    assert ACT.manifest(ITEMS[::-1], hashed) == whole  # their order is a rule, not a choice
    assert ACT.manifest(ITEMS[1:], hashed) != whole
    assert ACT.manifest(ITEMS, esign.computed_hash(COMPUTED[1:])) != whole
    for change in ({0: "d1:4/BL/VS/MAIN/X"}, {1: "d9"}, {2: 99}, {3: "ff" * 32}):
        first = tuple(change.get(place, part) for place, part in enumerate(ITEMS[0]))
        assert ACT.manifest([first, *ITEMS[1:]], hashed) != whole  # type: ignore[list-item]


NUMBERS = st.sets(st.integers(1, 60), min_size=1)


@given(st.dictionaries(st.sampled_from(["d1", "d2", "ab" * 16]), NUMBERS, min_size=1))
def test_runs_name_exactly_the_records(numbers: dict[str, set[int]]) -> None:
    items = [("s/BL/VS", device, seq, "0" * 64) for device, found in numbers.items() for seq in found]
    read = Signature.read(content(records=esign.named(items)))
    assert set(read.records) == set(numbers)
    for device, runs in read.records.items():
        assert {n for first, last in runs for n in range(first, last + 1)} == numbers[device]


@pytest.mark.parametrize(
    "key,scope,inside",
    [
        ("s/BL/VS", "s/BL/VS", True), ("s/BL/VS/M/X", "s/BL/VS", True), ("s/BL/VS/M/X", "s/BL", True),
        ("s/BL", "s/BL/VS", False), ("s/BL/VS2", "s/BL/VS", False), ("s/BL/VS[d:1]", "s/BL/VS", False),
        ("s2/BL", "s", False),
    ],
)  # fmt: skip
def test_within(key: str, scope: str, inside: bool) -> None:
    assert esign.within(key, scope) is inside
