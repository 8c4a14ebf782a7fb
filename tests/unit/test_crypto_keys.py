"""Hashes, signatures, boxes, wraps and certificates."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from mda5_crf import crypto
from mda5_crf.crypto import (
    AUTHORITY,
    BadSignature,
    BoxPublic,
    BoxRefused,
    BoxSecret,
    Certificate,
    CertificateRefused,
    CertifiedKey,
    Cost,
    CostRefused,
    KeyRefused,
    SigningKey,
    Task,
    VerifyKey,
    WrapRefused,
    canon,
    certificate_valid,
)
from mda5_crf.crypto.hashes import CONTEXTS, DERIVED
from mda5_crf.crypto.signing import SMALL_ORDER

pytestmark = pytest.mark.derives

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "crypto.json").read_text("utf-8"))
_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P


# -- hashes ----------------------------------------------------------------------------------------------


def test_golden_hashes_and_signatures() -> None:
    data = bytes.fromhex(GOLDEN["data"])
    for context, expected in GOLDEN["digest"].items():
        assert crypto.digest(context, data).hex() == expected
    for info, expected in GOLDEN["hkdf"].items():
        assert crypto.hkdf(bytes(range(32)), info).hex() == expected
    key = SigningKey(bytes(range(32)))
    for context, expected in GOLDEN["signature"].items():
        assert key.sign(context, data).hex() == expected
    assert key.public.text == GOLDEN["public"]
    assert crypto.record_hash(data) == GOLDEN["record_hash"]
    assert crypto.genesis_hash("S", "d1", key.public.text, "") == GOLDEN["genesis_hash"]
    assert crypto.content_hash(bytes(16), data) == GOLDEN["content_hash"]
    assert crypto.seal(key, GOLDEN["record_hash"]).hex() == GOLDEN["seal"]


def test_every_context_of_the_format_has_a_vector() -> None:
    assert set(GOLDEN["digest"]) == set(GOLDEN["signature"]) == CONTEXTS
    assert set(GOLDEN["hkdf"]) == DERIVED


def test_hashes_equal_the_plain_definition() -> None:
    assert crypto.record_hash(b"line") == hashlib.sha256(b"mda5-crf/record/1\0line").hexdigest()
    assert crypto.content_hash(b"s" * 16, b"c") == hmac.new(b"s" * 16, b"c", "sha256").hexdigest()
    reference = HKDFExpand(SHA256(), 32, b"mda5-crf/signer/1\0").derive(b"k" * 32)
    assert crypto.hkdf(b"k" * 32, "signer") == reference


def test_contexts_keep_hashes_apart_and_unknown_ones_are_our_mistake() -> None:
    assert len({crypto.digest(context, b"x") for context in CONTEXTS}) == len(CONTEXTS)
    with pytest.raises(ValueError, match="context"):
        crypto.digest("other", b"")
    with pytest.raises(ValueError, match="derivation"):
        crypto.hkdf(bytes(32), "other")
    with pytest.raises(ValueError, match="short"):
        crypto.hkdf(bytes(31), "signer")
    with pytest.raises(ValueError, match="salt"):
        crypto.content_hash(b"short", b"")


# -- signatures ------------------------------------------------------------------------------------------


def test_a_signature_fits_only_its_key_context_and_bytes() -> None:
    key, other = SigningKey.generate(), SigningKey.generate()
    signature = key.sign("grant", b"data")
    key.public.verify("grant", b"data", signature)
    for public, context, data, given in [
        (other.public, "grant", b"data", signature),
        (key.public, "cert", b"data", signature),
        (key.public, "grant", b"Data", signature),
        (key.public, "grant", b"data", signature[:-1]),
        (key.public, "grant", b"data", b""),
        (key.public, "grant", b"data", bytes(64)),
    ]:
        assert not public.accepts(context, data, given)
        with pytest.raises(BadSignature):
            public.verify(context, data, given)


def _multiply(scalar: int, point: tuple[int, int]) -> tuple[int, int]:
    """Scalar multiplication on the Edwards curve, by its textbook formula."""
    result = (0, 1)
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    product = _D * a[0] * b[0] * a[1] * b[1] % _P
    x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + product, -1, _P)
    y = (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, -1, _P)
    return x % _P, y % _P


def test_small_order_keys() -> None:
    assert len(SMALL_ORDER) == 14
    for raw in SMALL_ORDER:
        y = int.from_bytes(raw, "little") % 2**255 % _P
        square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
        x = pow(square, (_P + 3) // 8, _P)
        x = x if x * x % _P == square else x * pow(2, (_P - 1) // 4, _P) % _P
        assert x * x % _P == square, "a point of the curve"
        assert _multiply(8, (x, y)) == (0, 1), "of order 1, 2, 4 or 8"
        with pytest.raises(KeyRefused):
            VerifyKey(raw)


@pytest.mark.parametrize(
    "raw", [b"", bytes(31), bytes(33), b"\xff" * 32], ids=["empty", "31", "33", "no point"]
)
def test_bytes_that_are_no_public_key(raw: bytes) -> None:
    if raw == b"\xff" * 32:  # OpenSSL decodes points only when verifying: then nothing may fit
        assert not VerifyKey(raw).accepts("seal", b"", bytes(64))
        return
    with pytest.raises(KeyRefused):
        VerifyKey(raw)


def test_seed_and_text_are_read_strictly() -> None:
    key = SigningKey.generate()
    assert SigningKey.from_text(crypto.base64_text(key.seed)).public == key.public
    assert VerifyKey.from_text(key.public.text) == key.public
    assert hash(VerifyKey.from_text(key.public.text)) == hash(key.public)
    assert key.public != SigningKey.generate().public
    assert key.public != key.public.text
    for text in (
        "",
        "x",
        key.public.text + "\n",
        key.public.text[:-1],
        "é" * 44,
        key.public.text.replace("=", ""),
    ):
        with pytest.raises(KeyRefused):
            VerifyKey.from_text(text)
    with pytest.raises(KeyRefused):
        SigningKey(b"short")
    # Base64 with other bits behind the last letter decodes to the same bytes: one spelling only.
    with pytest.raises(KeyRefused):
        crypto.unbase64("AB==")


def test_repr_shows_no_secret() -> None:
    key, box = SigningKey.generate(), BoxSecret.generate()
    assert key.seed.hex()[:8] not in repr(key)
    assert crypto.base64_text(key.seed)[:8] not in repr(key)
    assert "SECRET" not in repr(box)
    assert box.text not in repr(box)
    assert repr(box.public).startswith("BoxPublic(age1")


def test_seals() -> None:
    key = SigningKey.generate()
    head = crypto.record_hash(b"x")
    assert crypto.seal_fits(key.public, head, crypto.seal(key, head))
    assert not crypto.seal_fits(key.public, crypto.record_hash(b"y"), crypto.seal(key, head))


# -- boxes -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def box() -> BoxSecret:
    return BoxSecret.generate()


def test_box_round_trip(box: BoxSecret) -> None:
    assert box.decrypt(box.public.encrypt(b"plain")) == b"plain"
    assert BoxSecret(box.text).public == box.public
    assert hash(BoxPublic(box.public.text)) == hash(box.public)
    assert box.public != BoxSecret.generate().public
    assert box.public != box.public.text


def test_box_streams(box: BoxSecret) -> None:
    plain = crypto.random_bytes(200_000)
    sealed, opened = io.BytesIO(), io.BytesIO()
    box.public.encrypt_stream(io.BytesIO(plain), sealed)
    sealed.seek(0)
    box.decrypt_stream(sealed, opened)
    assert opened.getvalue() == plain


def test_box_for_somebody_else(box: BoxSecret) -> None:
    with pytest.raises(BoxRefused):
        BoxSecret.generate().decrypt(box.public.encrypt(b"plain"))


def test_bit_flips_and_cuts_never_open_as_something_else(box: BoxSecret) -> None:
    sealed = box.public.encrypt(b"plain text")
    for place in range(0, len(sealed), 7):
        broken = bytearray(sealed)
        broken[place] ^= 1
        with pytest.raises(BoxRefused):
            box.decrypt(bytes(broken))
    for size in (0, 1, 21, 100, len(sealed) - 1):
        with pytest.raises(BoxRefused):
            box.decrypt(sealed[:size])
    with pytest.raises(BoxRefused):
        box.decrypt(sealed + b"x")


def test_a_cut_stream_is_refused(box: BoxSecret) -> None:
    sealed = box.public.encrypt(crypto.random_bytes(150_000))
    with pytest.raises(BoxRefused):
        box.decrypt_stream(io.BytesIO(sealed[:-1]), io.BytesIO())


def test_armour_and_huge_headers_are_refused_before_they_are_parsed(box: BoxSecret) -> None:
    sealed = box.public.encrypt(b"x")
    armoured = b"-----BEGIN AGE ENCRYPTED FILE-----\n" + sealed
    stanza = b"-> X25519 " + b"A" * 43 + b"\n" + b"A" * 43 + b"\n"
    many = sealed.replace(b"-> X25519", stanza * 4000 + b"-> X25519", 1)
    endless = b"age-encryption.org/v1\n" + b"A" * 10_000
    for data in (armoured, many, endless, b"", b"age-encryption.org/v1\n"):
        with pytest.raises(BoxRefused):
            box.decrypt(data)
        with pytest.raises(BoxRefused):
            box.decrypt_stream(io.BytesIO(data), io.BytesIO())


class _Full(io.BytesIO):
    def write(self, _: object) -> int:
        raise OSError(28, "full")


class _Stops(io.BytesIO):
    def write(self, _: object) -> int:
        raise CertificateRefused("enough")


def test_what_the_reader_of_a_stream_raises_comes_back(box: BoxSecret) -> None:
    sealed = box.public.encrypt(crypto.random_bytes(1000))
    with pytest.raises(OSError, match="full"):
        box.decrypt_stream(io.BytesIO(sealed), _Full())
    with pytest.raises(CertificateRefused):
        box.decrypt_stream(io.BytesIO(sealed), _Stops())


def _age(point: int) -> str:
    """Bech32 of a point, with its checksum (BIP 173)."""
    letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    number = int.from_bytes(point.to_bytes(32, "little"), "big") << 4
    data = [number >> 5 * (51 - index) & 31 for index in range(52)]
    check = 1
    for value in [*(ord(c) >> 5 for c in "age"), 0, *(ord(c) & 31 for c in "age"), *data, *[0] * 6]:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, part in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= part if top >> bit & 1 else 0
    check ^= 1
    return "age1" + "".join(
        letters[value] for value in [*data, *(check >> 5 * (5 - i) & 31 for i in range(6))]
    )


def test_low_order_recipients_are_refused_without_a_panic(capfd: pytest.CaptureFixture[str]) -> None:
    order8 = (
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
    )
    for value in (0, 1, *order8, _P - 1, _P, _P + 1):
        for high in (0, 1 << 255):
            with pytest.raises(KeyRefused):
                BoxPublic(_age(value | high))
    assert "panicked" not in capfd.readouterr().err


def test_a_rust_panic_becomes_our_refusal(capfd: pytest.CaptureFixture[str]) -> None:
    """The guard behind the list of points: a recipient that slipped through still cannot crash a take."""
    public = BoxSecret.generate().public
    import pyrage

    object.__setattr__(public, "_key", pyrage.x25519.Recipient.from_str(_age(0)))
    with pytest.raises(BoxRefused):
        public.encrypt(b"x")
    assert "panicked" in capfd.readouterr().err


@pytest.mark.parametrize(
    "text", ["", "age1", "age1" + "q" * 58, "age1" + "1" * 58, "AGE1" + "Q" * 58, "ssh-ed25519"]
)
def test_text_that_is_no_recipient(text: str) -> None:
    with pytest.raises(KeyRefused):
        BoxPublic(text)


def test_forgotten_keys_do_nothing_more() -> None:
    key, box = SigningKey.generate(), BoxSecret.generate()
    sealed = box.public.encrypt(b"x")
    key.forget()
    box.forget()
    assert key.seed == bytes(32)
    assert box.text == ""
    with pytest.raises(KeyRefused):
        key.sign("seal", b"")
    with pytest.raises(BoxRefused):
        box.decrypt(sealed)
    with pytest.raises(BoxRefused):
        box.decrypt_stream(io.BytesIO(sealed), io.BytesIO())


def test_text_that_is_no_identity(box: BoxSecret) -> None:
    for text in ("", box.public.text, box.text[:-1], box.text.lower() + "x"):
        with pytest.raises(KeyRefused):
            BoxSecret(text)


# -- passwords -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def derived() -> tuple[bytearray, Cost]:
    return crypto.new_password_key("correct horse battery")


def test_a_new_key_takes_the_program_cost(derived: tuple[bytearray, Cost]) -> None:
    _, cost = derived
    assert cost.memory in (131072, 65536)
    assert (cost.passes, cost.lanes, len(cost.salt)) == (3, 1, 16)
    assert not cost.weak
    assert Cost.from_json(cost.as_json()) == cost


def test_password_fullwidth_equals_halfwidth() -> None:
    cost = Cost(b"s" * 16, memory=65536, passes=1)
    assert crypto.password_key("Ａｂｃ１２３　x", cost) == crypto.password_key("Abc123 x", cost)
    assert crypto.password_key("Abc123 x", cost) != crypto.password_key("abc123 x", cost)
    assert cost.weak


def test_a_lone_surrogate_is_just_a_wrong_password() -> None:
    crypto.password_key("\ud800", Cost(b"s" * 16, memory=65536, passes=1))


@pytest.mark.parametrize(
    "change",
    [
        {"m_kib": 65535},
        {"m_kib": 1048577},
        {"m_kib": 2**40},
        {"t": 0},
        {"t": 11},
        {"p": 0},
        {"p": 5},
        {"v": 16},
        {"name": "argon2i"},
        {"name": 1},
        {"m_kib": True},
        {"m_kib": "131072"},
        {"salt": "AAAA"},
        {"salt": "?"},
        {"salt": 7},
        {"extra": 1},
    ],
    ids=str,
)
def test_costs_outside_the_bounds_are_refused_before_memory_is_taken(change: dict[str, object]) -> None:
    good = Cost(b"s" * 16).as_json()
    assert Cost.from_json(good) == Cost(b"s" * 16)
    with pytest.raises(CostRefused):
        Cost.from_json({**good, **change})


def test_cost_of_another_shape() -> None:
    data: object
    for data in (None, [], {}, "argon2id"):
        with pytest.raises(CostRefused):
            Cost.from_json(data)


def test_a_pc_without_the_memory_gets_the_smaller_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    from mda5_crf.crypto import wrapping as module

    asked: list[int] = []

    class _Small:
        def __init__(self, **arguments: int) -> None:
            asked.append(arguments["memory_cost"])
            if arguments["memory_cost"] > 65536:
                raise MemoryError
            self.length = arguments["length"]

        def derive(self, _: bytes) -> bytes:
            return bytes(self.length)

    monkeypatch.setattr(module, "Argon2id", _Small)
    _, cost = crypto.new_password_key("x")
    assert cost.memory == 65536
    assert asked == [131072, 65536]


@pytest.mark.parametrize("limit", ["TOO_SLOW_WORK", "TOO_SLOW_WAIT"])
def test_a_slow_pc_gets_the_smaller_cost(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from mda5_crf.crypto import wrapping as module

    monkeypatch.setattr(module, limit, 0.0)
    key, cost = crypto.new_password_key("x")
    assert cost.memory == 65536
    assert crypto.password_key("x", cost) == key


def test_wraps_open_only_with_key_and_binding() -> None:
    key = crypto.random_bytes(32)
    wrapped = crypto.wrap(key, b"secret", b"slot 1")
    assert crypto.unwrap(key, wrapped, b"slot 1") == b"secret"
    assert crypto.wrap(key, b"secret", b"slot 1") != wrapped
    with pytest.raises(WrapRefused):
        crypto.unwrap(key, wrapped, b"slot 2")
    with pytest.raises(WrapRefused):
        crypto.unwrap(crypto.random_bytes(32), wrapped, b"slot 1")
    for broken in (
        None,
        {},
        {"nonce": wrapped["nonce"]},
        {**wrapped, "nonce": "AAAA"},
        {**wrapped, "ct": "AAAA"},
        {**wrapped, "ct": "?"},
        {**wrapped, "ct": 1},
        {**wrapped, "nonce": crypto.base64_text(bytes(12))},
    ):
        with pytest.raises(WrapRefused):
            crypto.unwrap(key, broken, b"slot 1")


def test_parts_of_one_password_key_differ_and_are_forgotten() -> None:
    key = bytearray(crypto.random_bytes(32))
    assert crypto.part_key(key, "keyring") != crypto.part_key(key, "signer")
    crypto.forget(key)
    assert key == bytes(32)
    crypto.forget(None)


def test_drawn_passwords() -> None:
    words = crypto.draw_words().split("-")
    assert len(words) == 6
    assert set(words) <= set(crypto.word_list())
    assert len(crypto.word_list()) == 1024
    digits = crypto.draw_digits()
    assert len(digits) == 18
    assert digits.isdigit()
    assert crypto.draw_words() != crypto.draw_words()


# -- certificates ----------------------------------------------------------------------------------------

_VAULT = "0a" * 16


def _certificate(role: str, person: str = "01" * 16, **change: object) -> tuple[Certificate, SigningKey]:
    sign = SigningKey.generate()
    certificate = Certificate(
        study="S",
        site="01",
        vault=_VAULT,
        person=person,
        login="i01",
        name="Li Na",
        tasks=(Task(role, "2026-01-01"),),
        box=BoxSecret.generate().public,
        author=SigningKey.generate().public,
        sign=sign.public,
        serial=1,
    )
    return replace(certificate, **change), sign  # type: ignore[arg-type]


def test_certificate_by_the_authority_and_by_the_investigator() -> None:
    authority = SigningKey.generate()
    pi, pi_key = _certificate("investigator")
    pi = pi.signed(AUTHORITY, authority)
    nurse = _certificate("data_entry", "02" * 16)[0].signed(pi.person, pi_key)
    known = [CertifiedKey(pi, start=3)]
    assert certificate_valid(pi, authority.public, (), 1)
    assert certificate_valid(nurse, authority.public, known, 4)
    assert not certificate_valid(nurse, authority.public, known, 3), "before the signer's certificate"
    assert not certificate_valid(nurse, authority.public, [CertifiedKey(pi, 3, end=9)], 10), (
        "after retirement"
    )
    assert not certificate_valid(nurse, authority.public, (), 4)
    assert not certificate_valid(nurse, SigningKey.generate().public, known, 4)


def test_certificate_self_made() -> None:
    authority = SigningKey.generate()
    own, key = _certificate("investigator")
    itself = own.signed(own.person, key)
    assert not certificate_valid(itself, authority.public, [CertifiedKey(itself, 0)], 5)
    pretended = own.signed(AUTHORITY, key)
    assert not certificate_valid(pretended, authority.public, [CertifiedKey(pretended, 0)], 5)
    nurse = _certificate("data_entry", "02" * 16)[0].signed(own.person, key)
    assert not certificate_valid(nurse, authority.public, [CertifiedKey(pretended, 0)], 5)


@pytest.mark.parametrize("role", ["monitor", "data_manager"])
def test_an_investigator_cannot_certify_centre_staff(role: str) -> None:
    authority = SigningKey.generate()
    pi, pi_key = _certificate("investigator")
    pi = pi.signed(AUTHORITY, authority)
    staff = _certificate(role, "02" * 16)[0].signed(pi.person, pi_key)
    assert not certificate_valid(staff, authority.public, [CertifiedKey(pi, 0)], 5)


@pytest.mark.parametrize("change", [{"site": "02"}, {"vault": "0b" * 16}, {"study": "T"}], ids=str)
def test_an_investigator_certifies_only_here(change: dict[str, str]) -> None:
    authority = SigningKey.generate()
    pi, pi_key = _certificate("investigator")
    pi = pi.signed(AUTHORITY, authority)
    other = _certificate("data_entry", "02" * 16, **change)[0].signed(pi.person, pi_key)
    assert not certificate_valid(other, authority.public, [CertifiedKey(pi, 0)], 5)


def test_who_was_certified_by_an_investigator_certifies_nobody() -> None:
    authority = SigningKey.generate()
    pi, pi_key = _certificate("investigator")
    pi = pi.signed(AUTHORITY, authority)
    sub, sub_key = _certificate("investigator", "02" * 16)
    sub = sub.signed(pi.person, pi_key)
    nurse = _certificate("data_entry", "03" * 16)[0].signed(sub.person, sub_key)
    known = [CertifiedKey(pi, 0), CertifiedKey(sub, 1)]
    assert certificate_valid(sub, authority.public, known, 5)
    assert not certificate_valid(nurse, authority.public, known, 5)


def test_no_field_of_a_certificate_can_be_changed() -> None:
    authority = SigningKey.generate()
    good = _certificate("data_entry")[0].signed(AUTHORITY, authority)
    changes: list[dict[str, Any]] = [
        {"study": "T"},
        {"site": "02"},
        {"vault": "0b" * 16},
        {"person": "09" * 16},
        {"login": "i02"},
        {"name": "Li Ne"},
        {"tasks": (Task("investigator", "2026-01-01"),)},
        {"tasks": (Task("data_entry", "2025-01-01"),)},
        {"tasks": (Task("data_entry", "2026-01-01", "2027-01-01"),)},
        {"box": BoxSecret.generate().public},
        {"author": SigningKey.generate().public},
        {"sign": SigningKey.generate().public},
        {"serial": 2},
    ]
    for change in changes:
        assert not certificate_valid(replace(good, **change), authority.public, (), 1), change
    assert not certificate_valid(replace(good, name="\ud800"), authority.public, (), 1)


def test_certificates_are_read_strictly() -> None:
    good = _certificate("data_entry")[0].signed(AUTHORITY, SigningKey.generate())
    data = good.as_json()
    assert Certificate.from_json(data) == good
    canon(data)
    body = data["certificate"]
    changes: list[dict[str, object]] = [
        {"login": "А01"},
        {"login": "x"},
        {"person": "me"},
        {"vault": ""},
        {"serial": 0},
        {"serial": "1"},
        {"serial": True},
        {"name": 7},
        {"name": "x" * 1001},
        {"box": "age1"},
        {"author": "AAAA"},
        {"tasks": []},
        {"tasks": "x"},
        {"tasks": [{"role": "king", "from": "2026-01-01", "to": ""}]},
        {"tasks": [{"role": "monitor", "from": "soon", "to": ""}]},
        {"tasks": [{"role": "monitor", "from": "2026-01-01", "to": "later"}]},
        {"tasks": [{"role": "monitor", "from": 1, "to": ""}]},
        {"tasks": [{"role": "monitor", "from": "2026-01-01"}]},
    ]
    broken: object
    for broken in (
        None,
        [],
        {},
        {**data, "extra": 1},
        {**data, "by": 1},
        {**data, "sig": "?"},
        {**data, "certificate": []},
        {**data, "certificate": {**body, "extra": 1}},
        *({**data, "certificate": {**body, **change}} for change in changes),
    ):
        with pytest.raises(CertificateRefused):
            Certificate.from_json(broken)


def test_tasks_hold_between_their_days() -> None:
    task = Task("monitor", "2026-01-01", "2026-06-30")
    assert [task.holds(day) for day in ("2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01")] == [
        False,
        True,
        True,
        False,
    ]
    assert Task("monitor", "2026-01-01").holds("2099-01-01")
    certificate = replace(_certificate("monitor")[0], tasks=(task, Task("read_only", "2026-03-01")))
    assert certificate.roles("2026-02-01") == {"monitor"}
    assert certificate.roles("2027-02-01") == {"read_only"}
    assert certificate.all_roles == {"monitor", "read_only"}


@pytest.mark.parametrize("login", ["", "a", "A1", "аb", "a b", "ａｂ", "a\u200bb", "a" * 33, "a\n"])
def test_login_confusable(login: str) -> None:
    assert not crypto.login_ok(login)
    assert crypto.login_ok("n07")
    assert crypto.login_ok("li.na_2-x")
