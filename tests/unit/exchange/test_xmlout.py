"""The writer of XML: what it is given comes back from any parser, and nothing vanishes or breaks the file."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.exchange.xmlout import XmlOut, escaped, unescaped

OWN = "{urn:x}"
# Lone surrogates, too: no record can hold one, but a writer must not fail on it.
ANYTHING = st.text(st.characters(exclude_categories=[]), max_size=40)
NASTY = [
    "]]>",
    "<![CDATA[",
    "&amp;",
    "\x00",
    "\x1f\x7f",
    "\ud800",
    "\ufffe\uffff",
    "\u202eabc",
    "שלום",
    "\r\n\t",
    "\\u0001",
    "\\",
]


def document(*, extensions: bool = True) -> tuple[XmlOut, list[bytes]]:
    pieces: list[bytes] = []
    out = XmlOut(pieces.append, extensions=extensions)
    out.start("a", xmlns_mda5="urn:x")
    return out, pieces


def back(element: ET.Element, name: str = "") -> str:
    said = element.get(name) if name else element.text
    named = element.get(f"{OWN}Escaped", "").split()
    assert said is not None or not name
    return unescaped(said or "") if (name or ".") in named else said or ""


@given(ANYTHING, ANYTHING)
def test_what_goes_in_comes_out(text: str, value: str) -> None:
    out, pieces = document()
    out.leaf("b", text, Value=value)
    out.close()
    (found,) = ET.fromstring(b"".join(pieces))
    assert back(found) == text and back(found, "Value") == value


@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts(text: str) -> None:
    test_what_goes_in_comes_out.hypothesis.inner_test(text, f"{text}{text}")  # type: ignore[attr-defined]


@given(ANYTHING)
def test_an_escape_is_undone(text: str) -> None:
    assert unescaped(escaped(text)) == text
    escaped(text).encode("utf-8")


def test_a_backslash_alone_is_a_backslash() -> None:
    out, pieces = document()
    out.leaf("b", r"C:\u0041", Value="\\")
    out.close()
    (found,) = ET.fromstring(b"".join(pieces))
    assert found.text == r"C:\u0041" and found.attrib == {"Value": "\\"}


def test_what_is_left_out_and_what_stays_without_extensions() -> None:
    out, pieces = document(extensions=False)
    out.leaf("b", "x\x01", mda5_Hash="1", Value=None, xml_lang="en")
    assert out.depth == 1
    out.close()
    assert b'<b xml:lang="en">x\\u0001</b>' in b"".join(pieces) and b"Hash" not in b"".join(pieces)


def test_it_hands_over_in_pieces() -> None:
    out, pieces = document()
    for _ in range(3000):
        out.leaf("b", "0123456789" * 10)
    assert len(pieces) > 3 and max(map(len, pieces)) < 70_000
    out.close()
    assert len(ET.fromstring(b"".join(pieces))) == 3000
