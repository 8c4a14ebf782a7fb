"""The reader of ODM files: what it refuses, in words, and what it tells of everything else."""

from __future__ import annotations

import io
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.errors import InputRefused
from mda5_crf.exchange.odmread import LANG, lines
from tests.odmtable import FILES, names
from tests.odmtally import counts

ODM = 'xmlns="http://www.cdisc.org/ns/odm/v1.3"'


def told(text: str | bytes, **options: bool) -> list[dict[str, Any]]:
    data = text.encode() if isinstance(text, str) else text
    return list(lines(io.BytesIO(data), options))


def until_refused(text: str | bytes) -> tuple[list[str], str]:
    """What was told before the refusal, and its code."""
    data = text.encode() if isinstance(text, str) else text
    seen: list[str] = []

    def read() -> None:
        for event in lines(io.BytesIO(data), {}):
            seen.append(event["what"])

    with pytest.raises(InputRefused) as refused:
        read()
    return seen, refused.value.code


@pytest.mark.parametrize(
    "text, code",
    [
        ("", "odmin.not_xml"),
        ("   \n", "odmin.not_xml"),
        ("no xml at all", "odmin.not_xml"),
        ("<ODM>", "odmin.not_xml"),
        (b"\xff\xfe\x00", "odmin.not_xml"),
        ('<?xml version="1.0" encoding="nonsense"?><ODM/>', "odmin.not_xml"),
        ("<html><body/></html>", "odmin.not_odm"),
        ('<ODM xmlns="urn:other"><x/></ODM>', "odmin.not_odm"),
        ('<!DOCTYPE ODM [<!ENTITY a "b">]><ODM/>', "odmin.entities"),
        ('<!DOCTYPE ODM [<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]><ODM/>', "odmin.entities"),
        (
            '<!DOCTYPE ODM [<!ENTITY a SYSTEM "file:///etc/passwd">]><ODM><Study>&a;</Study></ODM>',
            "odmin.entities",
        ),
    ],
)
def test_what_is_no_odm_is_refused_in_words(text: str | bytes, code: str) -> None:
    if text == '<ODM xmlns="urn:other"><x/></ODM>':
        assert [one["what"] for one in told(text)] == ["head", "other", "end"]  # an ODM of no known address
        return
    assert until_refused(text)[1] == code


def test_what_came_before_the_mistake_is_told_and_its_line_is_named() -> None:
    text = (
        f'<ODM {ODM}>\n<Study OID="S"/>\n<ClinicalData>\n<SubjectData SubjectKey="1"/>\n<SubjectData>\n</Odm>'
    )
    seen, code = until_refused(text)
    assert (seen, code) == (["head", "study", "clinical", "subject"], "odmin.not_xml")
    with pytest.raises(InputRefused) as refused:
        told(text)
    assert refused.value.params == {"line": 6}


def test_a_million_laughs_are_refused_before_the_first() -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    assert (
        until_refused(f'<!DOCTYPE ODM [<!ENTITY l0 "lol">{entities}]><ODM><Study>&l9;</Study></ODM>')[0] == []
    )


def test_a_doctype_is_passed_over_and_said() -> None:
    head, study, end = told('<!DOCTYPE ODM SYSTEM "odm.dtd"><ODM><Study OID="a">&gone;</Study></ODM>')
    assert head["doctype"] and head["version"] == "1.1" and head["namespace"] == ""
    assert study["node"] == ["Study", {"OID": "a"}, "&gone;", []]
    assert end["repaired"] == [{"code": "doctype", "n": 1}]


def test_mixed_content_stays_as_it_is_and_its_elements_count() -> None:
    text = f'<ODM {ODM}><Study><A xml:lang="de">x &lt; <b>y</b> z</A><!-- no --><B><C/> </B></Study></ODM>'
    _, study, end = told(text)
    mixed, plain = study["node"][3]
    assert mixed[:3] == ["A", {LANG: "de"}, None]
    assert mixed[3][0][0] == "#xml" and mixed[3][0][2].startswith("x &lt; <b") and "z" in mixed[3][0][2]
    assert plain == ["B", {}, None, [["C", {}, None, []]]]
    assert end["counts"] == {"A": 1, "B": 1, "C": 1, "ODM": 1, "Study": 1, "b": 1}
    assert end["repaired"] == [{"code": "comment", "n": 1}]


def test_mixed_content_inside_mixed_content_counts_once() -> None:
    events = told("<ODM><Study><A>x<b>y<i/>z</b></A></Study></ODM>")
    assert events[-1]["counts"] == {"A": 1, "ODM": 1, "Study": 1, "b": 1, "i": 1}
    assert events[1]["node"][3] == [["A", {}, None, [["#xml", {}, "x<b>y<i/>z</b>", []]]]]


def test_other_namespaces_keep_their_address() -> None:
    text = (
        f'<ODM {ODM} xmlns:v="urn:v"><Study v:a="1"><v:Study/></Study><v:Study><v:x/></v:Study>'
        "<ClinicalData><v:y/><SubjectData/></ClinicalData></ODM>"
    )
    events = told(text)
    assert [one["what"] for one in events] == [
        "head",
        "study",
        "other",
        "clinical",
        "other",
        "subject",
        "end",
    ]
    assert events[1]["node"] == ["Study", {"{urn:v}a": "1"}, None, [["{urn:v}Study", {}, None, []]]]
    assert (events[2]["under"], events[4]["under"]) == ("ODM", "ClinicalData")
    assert events[-1]["foreign"] == {"{urn:v}Study": 2, "{urn:v}x": 1, "{urn:v}y": 1}


@pytest.mark.parametrize(
    "text, whats",
    [
        ("\n <ODM/>", ["head", "end"]),
        (f"<MetaDataVersion {ODM}/>", ["head", "study", "end"]),
        (f"<ItemGroupDef {ODM}/>", ["head", "study", "end"]),
        (f"<FormDef {ODM} OID='F'/>", ["head", "study", "end"]),
        (f"<Study {ODM}/>", ["head", "study", "end"]),
        (f"<SubjectData {ODM}/>", ["head", "subject", "end"]),
        (f"<ClinicalData {ODM}><SubjectData/></ClinicalData>", ["head", "clinical", "subject", "end"]),
        (f'<e xmlns="urn:soap"><ODM {ODM}><Study/></ODM></e>', ["head", "study", "end"]),
        (
            '<o:ODM xmlns:o="http://www.cdisc.org/ns/odm/v1.2"><o:Study o:OID="1"/></o:ODM>',
            ["head", "study", "end"],
        ),
        (
            "<ODM><AdminData/><ReferenceData/><Association/></ODM>",
            ["head", "admin", "reference", "other", "end"],
        ),
    ],
)
def test_whatever_it_begins_with(text: str, whats: list[str]) -> None:
    assert [one["what"] for one in told(text)] == whats


def test_participants_can_be_left_out_and_are_counted_all_the_same() -> None:
    text = f"<ODM {ODM}><ClinicalData><SubjectData><A/><B/></SubjectData></ClinicalData></ODM>"
    assert [one["what"] for one in told(text, data=False)] == ["head", "clinical", "end"]
    assert told(text, data=False)[-1]["counts"] == told(text)[-1]["counts"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030", "iso-8859-1"])
def test_encodings(encoding: str) -> None:
    name = "é" if encoding == "iso-8859-1" else "性别"
    said = {"utf-8-sig": "utf-8"}.get(encoding, encoding)
    text = f'<?xml version="1.0" encoding="{said}"?><ODM {ODM}><Study OID="{name}"/></ODM>'
    assert told(text.encode(encoding))[1]["node"][1] == {"OID": name}


@pytest.mark.parametrize("name", names())
def test_every_element_of_the_real_files_is_counted_and_told(name: str) -> None:
    data = (FILES / name).read_bytes()
    events = told(data)
    assert events[-1]["counts"] == dict(counts(data))
    seen = sum((_names(one["node"]) for one in events if "node" in one), Counter[str]())
    missing = Counter(events[-1]["counts"]) - seen
    assert set(missing) <= {"ODM", "ClinicalData"}


def _names(node: list[Any]) -> Counter[str]:
    return sum((_names(one) for one in node[3]), Counter([node[0]]))


@given(st.binary(max_size=400))
def test_no_bytes_are_too_odd(data: bytes) -> None:
    with suppress(InputRefused):
        assert told(b"<ODM><Study>" + data + b"</Study></ODM>")[-1]["what"] == "end"
