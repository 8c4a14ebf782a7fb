"""What a password must be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.crypto import word_list
from mda5_crf.db.passwords import check_password, propose_password
from mda5_crf.errors import InputRefused


def _code(password: str, login: str = "", name: str = "", words: tuple[str, ...] = ()) -> str:
    try:
        check_password(password, login, name, words)
    except InputRefused as refused:
        for shown in (refused.in_("en"), refused.in_("zh"), str(refused)):
            assert password not in shown or not password
        return refused.code
    return ""


@pytest.mark.parametrize("digits", [False, True])
def test_what_the_program_draws_is_accepted(digits: bool) -> None:
    for _ in range(200):
        check_password(propose_password(digits), "n07", "Zhang Wei", ("Ward 3", "NCT04966884"))


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "Tulpe!Regen7Fenster",
        "墙上挂着一只旧钟表和三幅画",
        "vX9$kk2#pQw7",
        "harbour-linen-63-pepper",
        "729304885116402937",
    ],
)
def test_good_ones(password: str) -> None:
    assert _code(password, "n07", "Zhang Wei 张伟", ("Renji Hospital", "Ward 3")) == ""


@pytest.mark.requirement("P11-17")
@pytest.mark.parametrize(
    "password, code",
    [
        ("", "password_too_short"),
        ("elevenchars", "password_too_short"),
        ("x" * 300, "password_too_long"),
        ("tulip basket\tfern", "password_characters"),
        ("tulip\u200bbasket fern", "password_characters"),
        ("tulip\u0378basket fern", "password_characters"),
        ("tulip\ud800basket fern", "password_characters"),
        ("tulip\ue000basket fern", "password_characters"),
        (" tulip basket fern", "password_edge_space"),
        ("tulip basket fern\u3000", "password_edge_space"),
        ("72930488511640", "password_digits_too_few"),
        ("７２９３０４８８５１１６４０", "password_digits_too_few"),
        ("123456789012345678", "password_common"),
        ("111111111111111111", "password_common"),
        ("198719871987198719", "password_common"),
        ("password1234", "password_common"),
        ("P@ssw0rd2024!!", "password_common"),
        ("Password123456", "password_common"),
        ("qwertyuiop123", "password_common"),
        ("1qaz2wsx3edc", "password_common"),
        ("QWERTYUIOPASDF", "password_common"),
        ("abcdefghijkl", "password_common"),
        ("zyxwvutsrqpo", "password_common"),
        ("aaaaaaaaaaaa", "password_common"),
        ("abababababab", "password_common"),
        ("xyzxyzxyzxyz1", "password_common"),
        ("iloveyou2023!!", "password_common"),
        ("woaini1314520", "password_common"),
        ("admin_admin_2024", "password_common"),
        ("Welcome2hospital", "password_common"),
        ("letmein-letmein", "password_common"),
    ],
)
def test_refused_ones(password: str, code: str) -> None:
    assert _code(password) == f"store.{code}"


@pytest.mark.parametrize(
    "password",
    [
        "tulip-N07-basket",
        "tulip-zhangwei-fern"[:6] + "zhang-fern-moss",
        "Tulip_WEI_basket_3",
        "tulipz-renji-basket",
        "tulip_r3nj1_basket",
        "tulip basket 张伟 moss",
        "basket-NCT04966884",
        "basket-tofacitinib",
        "basketmda5tulip",
        "ｔｕｌｉｐ－ｚｈａｎｇ－ｍｏｓｓ",
    ],
)
def test_what_colleagues_know_is_refused(password: str) -> None:
    words = ("Renji Hospital", "Ward 3", "NCT04966884")
    assert _code(password, "n07", "Zhang Wei 张伟", words) == "store.password_personal"


def test_a_short_log_in_inside_drawn_words_is_chance() -> None:
    six = "-".join(word for word in word_list() if "art" in word)
    assert len(six.split("-")) >= 6
    assert _code(six, "art") == ""
    assert _code("tulip-basket-art-3", "art") == "store.password_personal"


@given(st.text(max_size=40), st.text(max_size=10), st.text(max_size=20))
def test_any_text_is_accepted_or_refused_in_words(password: str, login: str, name: str) -> None:
    code = _code(password, login, name, (name,))
    assert code == "" or code.startswith("store.password_")
