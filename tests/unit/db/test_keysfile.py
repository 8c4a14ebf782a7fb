"""``keys.json``: the format that cannot change any more, its strict reader, its writing."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.crypto import canon, certificate_valid, parse_canon
from mda5_crf.db.keysfile import (
    FILE_NAME,
    MAX_BYTES,
    PREVIOUS_NAME,
    KeysFile,
    parse_keys,
    read_keys,
    write_keys,
)
from mda5_crf.db.slots import open_grant, open_keyring, open_signer
from mda5_crf.errors import StoreError

GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "keys.json").read_text("utf-8"))
GOLDEN_BYTES = GOLDEN["file"].encode("utf-8")


def _code(data: bytes) -> str:
    with pytest.raises(StoreError) as refused:
        parse_keys(data, "ward")
    assert refused.value.in_("en") != refused.value.in_("zh")
    return refused.value.code


# -- the format is final ---------------------------------------------------------------------------------


def test_golden_file_opens_with_its_password() -> None:
    file = parse_keys(GOLDEN_BYTES)
    assert file.to_bytes() == GOLDEN_BYTES
    assert (file.vault, file.gen, file.write) == (GOLDEN["vault"], GOLDEN["gen"], GOLDEN["write"])
    slot = file.slot_of("i01")
    assert slot is not None
    keyring, _ = open_keyring(file.vault, slot, GOLDEN["password"])
    assert keyring.author.seed.hex() == GOLDEN["author_seed"]
    assert keyring.box.text == GOLDEN["box_secret"]
    assert keyring.authority.text == GOLDEN["authority"]
    assert [list(head) for head in keyring.seen] == GOLDEN["seen"]
    assert {login: key.text for login, key in keyring.keepers.items()} == GOLDEN["keepers"]
    assert keyring.min_gen == GOLDEN["gen"]
    assert certificate_valid(file.certs[0], keyring.authority, (), 1)
    key = open_grant(file, slot, slot.grants[0], keyring)
    assert key.hex() == GOLDEN["database_key"]
    assert file.mac_fits(key)


def test_golden_signer_opens_with_its_password() -> None:
    file = parse_keys(GOLDEN_BYTES)
    slot = file.slot_of("i01")
    assert slot is not None
    signer = open_signer(file.vault, slot, GOLDEN["password"])
    assert signer.sign.seed.hex() == GOLDEN["sign_seed"]
    assert signer.authority is not None
    assert signer.authority.seed.hex() == GOLDEN["authority_seed"]


def test_the_recovery_slot_is_read_and_kept() -> None:
    slot = parse_canon(GOLDEN_BYTES)["slots"][0]
    recovery = {
        "kdf": {"name": "slip39", "set": 3, "k": 2, "n": 3},
        "public": {"box": slot["public"]["box"], "sign": slot["public"]["sign"]},
        "keyring": slot["keyring"],
        "signer": slot["signer"],
        "grants": slot["grants"],
    }
    data = _edited("recovery", value=recovery)
    assert parse_keys(data).to_bytes() == data
    broken: object
    for broken in (
        {**recovery, "kdf": {"name": "slip39", "set": 3, "k": 1, "n": 3}},
        {**recovery, "kdf": {"name": "plain", "set": 3, "k": 2, "n": 3}},
        {**recovery, "kdf": {"name": "slip39", "set": 0, "k": 2, "n": 3}},
        {**recovery, "extra": 1},
        {**recovery, "public": {"box": "age1", "sign": slot["public"]["sign"]}},
        {**recovery, "public": slot["public"]},
        [],
    ):
        assert _code(_edited("recovery", value=broken)) == "store.key_file_damaged"


# -- refusals --------------------------------------------------------------------------------------------


def _edited(*path: str | int, value: object = None, drop: bool = False) -> bytes:
    """The golden file with one place changed or dropped."""
    raw = parse_canon(GOLDEN_BYTES)
    place = raw
    for step in path[:-1]:
        place = place[step]
    if drop:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return canon(raw)


def _places(raw: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    if isinstance(raw, dict):
        for key, value in raw.items():
            found += _places(value, (*path, key))
    if isinstance(raw, list):
        for index, value in enumerate(raw):
            found += _places(value, (*path, index))
    return found


@pytest.mark.parametrize(
    "path", [path for path in _places(parse_canon(GOLDEN_BYTES)) if isinstance(path[-1], str)], ids=str
)
def test_no_field_may_be_missing_or_of_another_type(path: tuple[str | int, ...]) -> None:
    assert _code(_edited(*path, drop=True)).startswith("store.key_")
    for value in (-1, {"a": 1}, [["x"]], "\x00", True):
        if value is True or path[-1] not in ("name", "site", "study", "by"):
            assert _code(_edited(*path, value=value)).startswith("store.key_")


@pytest.mark.parametrize("path", [(), ("slots", 0), ("slots", 0, "kdf"), ("slots", 0, "public")], ids=str)
def test_unknown_fields_are_refused(path: tuple[str | int, ...]) -> None:
    assert _code(_edited(*path, "more", value=1)).startswith("store.key_")


@pytest.mark.parametrize(
    "data, code",
    [
        (b"", "store.key_file_damaged"),
        (b"{}", "store.key_file_damaged"),
        (b"[]", "store.key_file_damaged"),
        (b"null", "store.key_file_damaged"),
        (GOLDEN_BYTES[:-1], "store.key_file_damaged"),
        (GOLDEN_BYTES + b"\n", "store.key_file_damaged"),
        (GOLDEN_BYTES.replace(b'"gen":1', b'"gen": 1', 1), "store.key_file_damaged"),
        (GOLDEN_BYTES.replace(b"mda5-crf-keys/1", b"mda5-crf-keys/2"), "store.key_file_newer"),
        (GOLDEN_BYTES.replace(b"mda5-crf-keys/1", b"mda5-crf-keys/10"), "store.key_file_newer"),
        (GOLDEN_BYTES.replace(b"mda5-crf-keys/1", b"mda5-crf-keys/01"), "store.key_file_damaged"),
        (GOLDEN_BYTES.replace(b"mda5-crf-keys/1", b"other/1"), "store.key_file_damaged"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_other_files_are_named_for_what_they_are(data: bytes, code: str) -> None:
    assert _code(data) == code


def test_too_many_slots_or_grants() -> None:
    slot = parse_canon(GOLDEN_BYTES)["slots"][0]
    assert _code(_edited("slots", value=[slot] * 501)) == "store.key_file_damaged"
    assert _code(_edited("slots", 0, "grants", value=slot["grants"] * 33)) == "store.key_file_damaged"


@given(st.integers(0, len(GOLDEN_BYTES) - 1), st.integers(1, 255))
def test_a_changed_byte_is_refused_or_breaks_the_check_value(place: int, flip: int) -> None:
    data = bytearray(GOLDEN_BYTES)
    data[place] ^= flip
    try:
        file = parse_keys(bytes(data))
    except StoreError:
        return
    assert not file.mac_fits(bytes.fromhex(GOLDEN["database_key"]))


# -- reading and writing ---------------------------------------------------------------------------------


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as refused:
        read_keys(tmp_path)
    assert refused.value.code == "store.key_file_missing"


def test_a_folder_in_its_place_is_a_failure_in_words(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(StoreError) as refused:
        read_keys(tmp_path)
    assert refused.value.code in ("store.vault_file_failed", "store.vault_read_only")


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"x" * (MAX_BYTES + 1))
    with pytest.raises(StoreError) as refused:
        read_keys(tmp_path)
    assert refused.value.code == "store.key_file_too_large"


def test_the_file_before_is_kept(tmp_path: Path) -> None:
    first = parse_keys(GOLDEN_BYTES)
    write_keys(tmp_path, first)
    assert not (tmp_path / PREVIOUS_NAME).exists()
    second = first.sealed(bytes(32))
    write_keys(tmp_path, second)
    assert read_keys(tmp_path) == second
    assert second.write == first.write + 1
    assert parse_keys((tmp_path / PREVIOUS_NAME).read_bytes()) == first
    assert sorted(path.name for path in tmp_path.iterdir()) == [FILE_NAME, PREVIOUS_NAME]
    if os.name != "nt":
        assert (tmp_path / FILE_NAME).stat().st_mode & 0o077 == 0


def test_a_file_too_large_is_not_written(tmp_path: Path) -> None:
    file = parse_keys(GOLDEN_BYTES)
    many = tuple(replace(file.slots[0], slot=f"{i:016x}", login=f"u{i}") for i in range(1000))
    with pytest.raises(StoreError) as refused:
        write_keys(tmp_path, replace(file, slots=many))
    assert refused.value.code == "store.key_file_too_large"
    assert not (tmp_path / FILE_NAME).exists()


def test_slots_are_added_replaced_and_removed() -> None:
    file = parse_keys(GOLDEN_BYTES)
    other = replace(file.slots[0], slot="0" * 16, login="n07")
    both = file.with_slot(other)
    assert [slot.login for slot in both.slots] == ["i01", "n07"]
    assert both.with_slot(replace(other, grants=())).slot_of("n07") == replace(other, grants=())
    assert both.without("n07") == file
    assert file.slot_of("n07") is None


def test_a_slot_stays_small() -> None:
    file = parse_keys(GOLDEN_BYTES)
    assert len(canon(file.slots[0].as_json())) < 2500


def test_mac_is_of_the_file_and_the_key() -> None:
    file = parse_keys(GOLDEN_BYTES)
    key = bytes.fromhex(GOLDEN["database_key"])
    assert file.mac_fits(key)
    assert not file.mac_fits(bytes(32))
    assert not replace(file, write=file.write + 1).mac_fits(key)
    assert isinstance(file, KeysFile)
