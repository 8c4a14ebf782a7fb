"""Addresses of a server: read strictly, shown without a secret, encrypted outside this machine always."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.db.pgaddress import Address, is_address, read_address
from mda5_crf.errors import InputRefused


@pytest.mark.parametrize(
    "text,shown,here",
    [
        ("postgresql://ann@db.example.org/centre", "postgresql://ann@db.example.org/centre", False),
        ("postgres://ann@db.example.org:5433/centre", "postgresql://ann@db.example.org:5433/centre", False),
        ("postgresql://db.example.org/centre", "postgresql://db.example.org/centre", False),
        ("postgresql://ann@localhost/centre", "postgresql://ann@localhost/centre", True),
        ("postgresql://ann@127.0.0.1:5444/centre", "postgresql://ann@127.0.0.1:5444/centre", True),
        ("postgresql://ann@[::1]:5444/centre", "postgresql://ann@[::1]:5444/centre", True),
        ("postgresql:///centre", "postgresql:///centre", True),
        ("postgresql://ann@/centre?host=/run/postgresql&port=5433", "postgresql://ann@/centre", True),
        ("postgresql://ann@%2Frun%2FPostgres/centre", "postgresql://ann@/centre", True),
        ("postgresql://a%40b@db/%E4%B8%AD%E5%BF%83", "postgresql://a@b@db/中心", False),
        ("postgresql://ann@db/centre?sslmode=verify-full&sslrootcert=/etc/root.crt",
         "postgresql://ann@db/centre", False),
        ("postgresql://ann@127.0.0.9/centre?sslmode=disable", "postgresql://ann@127.0.0.9/centre", True),
    ],
)  # fmt: skip
def test_an_address_is_read_and_shown(text: str, shown: str, here: bool) -> None:
    found = read_address(text)
    assert (str(found), found.here) == (shown, here)


@pytest.mark.parametrize(
    "text,code",
    [
        ("postgresql://ann@db", "form"), ("postgresql://ann@db/", "form"),
        ("postgresql://ann@db/a/b", "form"),
        ("postgresql://", "form"), ("mysql://ann@db/centre", "form"), ("centre", "form"), ("", "form"),
        ("postgresql://ann@db/centre#part", "form"), ("postgresql://ann@db:70000/centre", "form"),
        ("postgresql://ann@db:x/centre", "form"), ("postgresql://ann@one,two/centre", "form"),
        ("postgresql://ann@[::1/centre", "form"), ("postgresql://ann@db/centre?host", "form"),
        ("postgresql://ann@db/host=evil%20dbname=x", "form"), ("postgresql://ann@db/centre?&", "form"),
        ("postgresql://ann@db:0/centre", "parameter"),
        ("postgresql://ann@db/centre?options=-csearch_path%3Dother", "parameter"),
        ("postgresql://ann@db/centre?hostaddr=10.0.0.1", "parameter"),
        ("postgresql://ann@db/centre?service=other", "parameter"),
        ("postgresql://ann@db/centre?sslrootcert=", "parameter"),
        ("postgresql://ann@db/centre?sslcert=a&sslcert=b", "parameter"),
        ("postgresql://ann@db/centre?host=other", "parameter"),
        ("postgresql://ann@db:5432/centre?port=5433", "parameter"),
        ("postgresql://ann@/centre?host=/run&port=x", "parameter"),
        ("postgresql://ann@db/centre?connect_timeout=-1", "parameter"),
        ("postgresql://ann@db/centre?sslmode=require", "tls"),
        ("postgresql://ann@db/centre?sslmode=verify-ca", "tls"),
        ("postgresql://ann@10.0.0.1/centre?sslmode=disable", "tls"),
        ("postgresql://ann@localhost/centre?sslmode=perhaps", "tls"),
    ],
)  # fmt: skip
def test_an_address_that_says_too_much_or_too_little(text: str, code: str) -> None:
    with pytest.raises(InputRefused) as refused:
        read_address(text)
    assert refused.value.code == f"pgstore.address_{code}"
    assert "{" not in refused.value.text.en + refused.value.text.zh


@pytest.mark.requirement("FDA-8")
def test_nothing_that_is_set_on_the_pc_weakens_what_goes_outside() -> None:
    """libpq looks at variables and files for what is not said: so all of this is said."""
    made = read_address("postgresql://ann@db.example.org/centre?connect_timeout=3").libpq()
    assert made["sslmode"] == "verify-full" and made["gssencmode"] == "disable"
    assert made["require_auth"] == "!password,!md5" and made["connect_timeout"] == "3"
    assert made["client_encoding"] == "UTF8" and "search_path=mda5" in str(made["options"])
    assert not {"password", "hostaddr"} & set(made)
    # An environment variable must not lead a plain connection away from this machine.
    assert read_address("postgresql://ann@localhost/centre").libpq()["hostaddr"] == "127.0.0.1"
    assert read_address("postgresql://ann@[::1]/centre").libpq()["hostaddr"] == "::1"
    assert "host" not in read_address("postgresql:///centre").libpq()


@given(st.text(max_size=40), st.text(min_size=1, max_size=20))
def test_any_text_is_an_address_or_refused_and_no_secret_is_shown(rest: str, secret: str) -> None:
    for text in (rest, f"postgresql://{rest}", f"postgresql://ann@db/centre?{rest}"):
        try:
            found = read_address(text)
        except InputRefused:
            continue
        assert isinstance(found, Address) and is_address(text)
        assert found.here or found.libpq()["sslmode"] == "verify-full"
    secret = secret.replace("/", "").replace("#", "").replace("?", "").replace("[", "").replace("]", "")
    try:
        read_address(f"postgresql://ann:{secret}@db.example.org/centre")
    except InputRefused as refused:
        shown = f"{refused} {refused.text.en} {refused.params}"
        assert len(secret) < 4 or secret not in shown
    else:
        pytest.fail("a password was taken")


def test_what_is_meant_as_an_address() -> None:
    assert is_address("postgresql://x") and is_address("POSTGRES://ann@db/centre")
    assert (
        not is_address("C:\\vault")
        and not is_address("/vaults/postgresql")
        and not is_address("postgresql:x")
    )
