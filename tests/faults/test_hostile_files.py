"""Workbooks, CSV and ODM files made to do harm: refused in words or read as what they are, within bounds."""

# ruff: noqa: E501, PT017 - tables of inputs; what a refusal says is looked at where it is caught

from __future__ import annotations

import contextlib
import io
import json
import os
import socket
import sys
import tempfile
import threading
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from mda5_crf.errors import CrfError, InputRefused
from mda5_crf.exchange import odm2in, redcapin, sheetin, xlsformin
from mda5_crf.exchange.grids import book as as_book
from mda5_crf.jobs import confined
from tests.commandline import ROOT
from tests.faults import bombs, counts
from tests.faults.hostilefiles import ODM, STUDY, book, cells, laughs, odm, parts, sheet, streamed, with_flags

SECRET = "planted-secret-4417"
Told = list[dict[str, Any]]


def told(data: bytes, **options: object) -> Told:
    return list(sheetin.lines(io.BytesIO(data), options))


def rows(data: bytes, **options: object) -> list[list[str]]:
    return [one["cells"] for one in told(data, **options) if "row" in one]


def odm_lines(data: bytes) -> Told:
    return list(odm2in.lines(io.BytesIO(data), {}))


def refusal(read: Callable[[], object]) -> str:
    """The code it is refused with; the sentence has a next step and nothing of the file."""
    with pytest.raises(InputRefused) as refused:
        read()
    for language in ("en", "zh"):
        assert SECRET not in refused.value.in_(language)
    return refused.value.code


def table(tried: Mapping[str, Callable[[], object]], name: str) -> dict[str, str]:
    found = {what: refusal(read) for what, read in tried.items()}
    counts.alterations(name, tried=len(tried), found=len(found))
    return found


# -- XML ----------------------------------------------------------------------------------------------------


@pytest.fixture
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A server on this machine, and what it was asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)

        def serve() -> None:
            while not done.is_set():
                with contextlib.suppress(TimeoutError):
                    one, _ = server.accept()
                    asked.append(one.recv(100))
                    one.close()

        done = threading.Event()
        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], asked
        done.set()
        thread.join()


@pytest.mark.alteration
def test_xml_external_entity(tmp_path: Path, listener: tuple[int, list[bytes]]) -> None:
    """Neither a file of this PC nor an address is read, whichever way it is named."""
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    port, asked = listener
    places = {"file": secret.as_uri(), "net": f"http://127.0.0.1:{port}/x", "plain": str(secret)}
    tried: dict[str, Callable[[], object]] = {}
    quiet: dict[str, bytes] = {}
    for name, place in places.items():
        for what, doctype in {
            "general": f'<!DOCTYPE ODM [<!ENTITY x SYSTEM "{place}">]>',
            "public": f'<!DOCTYPE ODM [<!ENTITY x PUBLIC "p" "{place}">]>',
            "parameter": f'<!DOCTYPE ODM [<!ENTITY % x SYSTEM "{place}"> %x;]>',
            "both": f'<!DOCTYPE ODM SYSTEM "{place}" [<!ENTITY x SYSTEM "{place}">]>',
            "unparsed": f'<!DOCTYPE ODM [<!NOTATION n SYSTEM "{place}"><!ENTITY x SYSTEM "{place}" NDATA n>]>',
        }.items():
            data = odm(STUDY.replace(">d<", ">&x;<"), doctype)
            tried[f"odm {what} {name}"] = lambda data=data: odm_lines(data)  # type: ignore[misc]
            data = book(parts(cells("&x;"), before=doctype))
            tried[f"book {what} {name}"] = lambda data=data: told(data)  # type: ignore[misc]
        quiet[f"doctype {name}"] = odm(before=f'<!DOCTYPE ODM SYSTEM "{place}">')
        quiet[f"schema {name}"] = odm().replace(
            b"<ODM ",
            f'<ODM xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="u {place}" '.encode(),
        )
        include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{place}" parse="text"/>'
        quiet[f"include {name}"] = odm(STUDY + include)
        quiet[f"style {name}"] = odm(before=f'<?xml-stylesheet type="text/xsl" href="{place}"?>')
    found = table(tried, "xml_external_entity")
    assert set(found.values()) <= {"odmin.entities", "odmin.not_xml", "hostile.doctype"}
    for what, data in quiet.items():
        assert SECRET not in json.dumps(odm_lines(data)), what
    assert asked == []


@pytest.mark.alteration
def test_billion_laughs() -> None:
    laughing = laughs()
    short = '<!DOCTYPE ODM [<!ENTITY a "' + "a" * 50_000 + '">]>'
    inside = STUDY.replace(">d<", ">&l9;<")
    found = table(
        {
            "odm": lambda: odm_lines(odm(inside, laughing)),
            "odm, not used": lambda: odm_lines(odm(before=laughing)),
            "odm, in an attribute": lambda: odm_lines(odm(STUDY.replace('"S"', '"&l9;"'), laughing)),
            "odm, quadratic": lambda: odm_lines(odm(STUDY.replace(">d<", f">{'&a;' * 50_000}<"), short)),
            "odm, recursive": lambda: odm_lines(odm(inside, '<!DOCTYPE ODM [<!ENTITY l9 "&l9;">]>')),
            "odm, parameters": lambda: odm_lines(
                odm(before="<!DOCTYPE ODM [<!ENTITY % a \"<!ENTITY b 'b'>\">%a;]>")
            ),
            "odm, late": lambda: odm_lines(odm(before="<!--" + "x" * 5000 + "-->" + laughing)),
            "odm, long doctype": lambda: odm_lines(
                odm(before=laughing.replace("[<", "[" + "<!ELEMENT x ANY>" * 5000 + "<"))
            ),
            "sheet": lambda: told(book(parts(cells("&l9;"), before=laughing))),
            "sheet, quadratic": lambda: told(book(parts(cells("&a;" * 50_000), before=short))),
        },
        "billion_laughs",
    )
    assert set(found.values()) <= {"odmin.entities", "odmin.not_xml", "hostile.doctype"}


@pytest.mark.alteration
def test_doctype_only() -> None:
    """It is passed over in ODM, where real files have one; no program writes one into a workbook."""
    doctype = '<!DOCTYPE ODM PUBLIC "-//CDISC//DTD ODM V1.1//EN" "http://192.0.2.1/none.dtd">'
    read = odm_lines(odm(before=doctype))
    assert [one["what"] for one in read] == ["head", "study", "end"]
    assert refusal(lambda: told(book(parts(before="<!DOCTYPE workbook>")))) == "hostile.doctype"


LARGE: Final[dict[str, Callable[[], bytes]]] = {
    "deep": lambda: odm("<x>" * 100_000 + "</x>" * 100_000),
    "deep study": lambda: odm(f'<Study OID="S">{"<a>" * 1_000}{"</a>" * 1_000}</Study>'),
    "deep and foreign": lambda: odm('<x xmlns="urn:x">' * 300 + "</x>" * 300),
    "huge attribute": lambda: odm(f'<Study OID="{"x" * 12_000_000}"/>'),
    "huge text": lambda: odm(STUDY.replace(">d<", f">{'x' * 12_000_000}<")),
    "many attributes": lambda: odm("<Study " + " ".join(f'a{n}="{n}"' for n in range(200_000)) + "/>"),
    "many namespaces": lambda: odm("<Study " + " ".join(f'xmlns:n{n}="u{n}"' for n in range(50_000)) + "/>"),
    "huge name": lambda: odm(f"<{'x' * 1_000_000}/>"),
    "huge comment": lambda: odm(f"<!--{'x' * 12_000_000}-->{STUDY}"),
    "huge instruction": lambda: odm(f"<?x {'x' * 12_000_000}?>{STUDY}"),
    "prefix unknown": lambda: odm("<u:x/>"),
    "unclosed": lambda: odm()[:-30],
    "open tag only": lambda: b'<?xml version="1.0"?><ODM ' + b"a" * 100_000,
    "nothing but spaces": lambda: b" " * 5_000_000,
    "two roots": lambda: odm() + odm()[38:],
    "NUL": lambda: odm(STUDY.replace(">d<", ">\0<")),
    "lone surrogate": lambda: odm(STUDY.replace(">d<", ">&#xD800;<")),
    "number of no sign": lambda: odm(STUDY.replace(">d<", ">&#x110000;<")),
}


@pytest.mark.alteration
@pytest.mark.skipif(not bombs.possible(), reason="this system cannot limit a child's memory")
@pytest.mark.parametrize("what", sorted(LARGE))
def test_xml_without_bounds(what: str) -> None:
    """Refused, or read as it stands; in bounded memory and time."""
    outcome = bombs.confined(lambda: odm_lines(LARGE[what]()))
    assert outcome.code in ("", "odmin.not_xml", "odmin.not_odm", "hostile.attributes"), outcome
    assert outcome.seconds < 5, outcome


@pytest.mark.parametrize(
    "declared,written",
    [
        ("UTF-7", "utf-7"), ("UTF-32", "utf-32"), ("IBM037", "cp037"), ("x-none", "utf-8"), ("UTF-16", "utf-8"),
        ("UTF-8", "utf-16"), ("UTF-8", "utf-32"), ("UTF-8", "latin-1"), ("US-ASCII", "utf-8"), ("GB18030", "gb18030"),
        ("ISO-8859-1", "latin-1"), ("UTF-16", "utf-16"), ("UTF-8", "utf-8-sig"), ("UTF-16", "utf-16-be"),
    ],
)  # fmt: skip
def test_wrong_encoding_declared(declared: str, written: str) -> None:
    """Read rightly or refused, never read as something else."""
    text = odm(STUDY.replace(">d<", ">Größe °C<")).decode().replace('"UTF-8"', f'"{declared}"')
    try:
        read = odm_lines(text.encode(written))
    except InputRefused as error:
        assert error.code in ("odmin.not_xml", "odmin.not_odm")
    else:
        assert "Größe °C" in json.dumps(read, ensure_ascii=False)


# -- workbooks --------------------------------------------------------------------------------------------


def bomb(mebibytes: int = 300) -> bytes:
    return streamed(parts(), "xl/worksheets/sheet1.xml", (b" " * (1 << 20) for _ in range(mebibytes)))


@pytest.mark.alteration
@pytest.mark.skipif(not bombs.possible(), reason="this system cannot limit a child's memory")
def test_xlsx_zip_bomb() -> None:
    """What unfolds to too much is refused before it is unfolded; what lies about its size is cut off there."""
    lying = with_flags(book(parts(cells("a") + " " * 9_000_000)), size=1000)
    many = {f"xl/x{n}.xml": b"" for n in range(10_001)}
    nested = book({"xl/workbook.xml": bomb(50)})
    shared = parts(
        "".join(f'<row r="{n}">' + '<c t="s"><v>0</v></c>' * 50 + "</row>" for n in range(1, 400)),
        strings=f"<si><t>{'x' * 32_000}</t></si>",
    )
    outcomes = {
        name: bombs.confined(lambda data=data: [None for _ in sheetin.lines(io.BytesIO(data), {})])  # type: ignore[misc]
        for name, data in {
            "ratio": bomb(), "size": lying, "parts": book(many, zipfile.ZIP_STORED), "nested": nested,
            "texts": book(parts(strings="<si><t/></si>" * 3_000_001)),
            "shared": book(shared),
            "styles": book(parts(styles="<cellXfs>" + "<xf/>" * 1_000_000 + "</cellXfs>")),
        }.items()
    }  # fmt: skip
    codes = {name: outcome.code for name, outcome in outcomes.items()}
    assert codes == {
        "ratio": "hostile.bomb", "size": "hostile.damaged", "parts": "hostile.bomb", "nested": "hostile.no_book",
        "texts": "hostile.bomb", "shared": "", "styles": "hostile.bomb",
    }  # fmt: skip
    assert max(outcome.seconds for outcome in outcomes.values()) < 10, outcomes
    counts.alterations("xlsx_zip_bomb", tried=len(codes), found=len(codes))


@pytest.mark.alteration
@pytest.mark.skipif(not bombs.possible(), reason="this system cannot limit a child's memory")
def test_million_rows(times: Callable[[int, int], int]) -> None:
    """They stream, in memory that does not grow with them; one row more than a sheet has is refused."""
    count = times(40_000, 1_048_576)

    def pieces() -> Iterator[bytes]:
        start, end = sheet("|").encode().split(b"|")
        yield start
        for first in range(1, count + 1, 1000):
            yield "".join(
                f'<row r="{n}"><c><v>{n}</v></c><c><v>1.5</v></c></row>' for n in range(first, first + 1000)
            ).encode()
        yield end

    data = streamed(parts(), "xl/worksheets/sheet1.xml", pieces())
    last: list[int] = []

    def read(whole: bytes, limit: int) -> None:
        number = 0
        for one in sheetin.lines(io.BytesIO(whole), {"rows": limit}):
            number = one.get("row", number)
        last.append(number)

    taken = bombs.confined(lambda: read(data, 1_048_576 + 1000))
    assert (taken.code, taken.peak < 60) == ("", True), taken
    assert bombs.confined(lambda: read(data, count - 1)).code == "hostile.rows"
    text = b"".join(b"%d,1.5,x\r\n" % n for n in range(count))
    taken = bombs.confined(lambda: read(text, 1_048_576))
    assert (taken.code, taken.peak < 100) == ("", True), taken
    assert bombs.confined(lambda: read(text, count - 1)).code == "hostile.rows"
    assert bombs.confined(lambda: read(book(parts('<row r="1048577"/>')), 1_048_576)).code == "hostile.rows"
    counts.alterations("million_rows", tried=3, found=3)


@pytest.mark.alteration
def test_workbooks_made_by_no_program() -> None:
    """Each is refused in words."""
    good, nothing = parts(), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    files = {
        "xls": nothing,
        "encrypted": nothing + "EncryptedPackage".encode("utf-16-le") + bytes(500),
        "encrypted parts": with_flags(book(good), flags=1),
        "packed otherwise": with_flags(book(good), method=12),
        "no zip": b"PK\x03\x04" + bytes(5000),
        "cut": book(good)[:-30],
        "cut in the middle": book(good)[: len(book(good)) // 2],
        "slip": book({**good, "../../evil.xml": "x"}),
        "slip with backslashes": book({**good, "xl\\..\\..\\evil.xml": "x"}),
        "slip to a drive": book({**good, "C:/evil.xml": "x"}),
        "slip to the root": book({**good, "/etc/evil.xml": "x"}),
        "no workbook": book({"a.txt": "x"}),
        "sheet that is not there": book({k: v for k, v in good.items() if "sheet1" not in k}),
        "binary": book(
            {**good, "_rels/.rels": str(good["_rels/.rels"]).replace("workbook.xml", "workbook.bin")}
        ),
        "no sheets": book(parts(workbook="<workbook/>")),
        "rows twice": book(parts(cells("a") + cells("b"))),
        "rows backwards": book(parts(cells("a", row=2) + cells("b", row=1))),
        "cells twice": book(parts('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>')),
        "cells backwards": book(parts('<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>')),
        "cell of another row": book(parts('<row r="1"><c r="A2"><v>1</v></c></row>')),
        "cell in a cell": book(parts('<row r="1"><c r="A1"><c r="B1"><v>1</v></c></c></row>')),
        "row in a row": book(parts('<row r="1"><row r="2"/></row>')),
        "row minus one": book(parts('<row r="-1"/>')),
        "row of Arabic digits": book(parts('<row r="١"/>')),
        "column XFE": book(parts('<row r="1"><c r="XFE1"/></row>')),
        "too many columns": book(parts("<row>" + "<c/>" * 16_385 + "</row>")),
        "text that is not shared": book(parts('<row><c t="s"><v>7</v></c></row>')),
        "text minus one": book(parts('<row><c t="s"><v>-1</v></c></row>', strings="<si><t>a</t></si>")),
        "long cell": book(parts(cells("x" * 32_768))),
        "endless cell": book(parts(cells("x" * 2_000_000))),
        "endless tag": book(parts(f'<row x="{"y" * 3_000_000}"/>')),
        "deep": book(parts("<a>" * 5_000 + "</a>" * 5_000)),
        "not XML": book(parts(whole="a,b")),
        "not UTF-8": book({**good, "xl/workbook.xml": b"<workbook>\xff</workbook>"}),
        "UTF-7": book({**good, "xl/workbook.xml": b'<?xml version="1.0" encoding="UTF-7"?><workbook/>'}),
        "style of letters": book(parts('<row><c s="x"><v>1</v></c></row>')),
    }
    good_twice = io.BytesIO(book(good))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(good_twice, "a") as file:
        file.writestr("xl/workbook.xml", "<other/>")
    files["part twice"] = good_twice.getvalue()
    found = table({name: (lambda data=data: told(data)) for name, data in files.items()}, "workbooks")  # type: ignore[misc]
    expected = dict.fromkeys(found, "hostile.damaged") | {
        "xls": "hostile.old_book", "encrypted": "hostile.encrypted", "encrypted parts": "hostile.encrypted",
        "no workbook": "hostile.no_book", "binary": "hostile.no_book", "no sheets": "hostile.no_book",
        "column XFE": "hostile.columns", "too many columns": "hostile.columns", "long cell": "hostile.cell",
        "endless cell": "hostile.cell",
        **dict.fromkeys(
            ("rows twice", "rows backwards", "cells twice", "cells backwards", "cell of another row", "cell in a cell",
             "row in a row"), "hostile.order",
        ),
    }  # fmt: skip
    assert found == expected


def test_what_a_workbook_may_bring_along_does_nothing() -> None:
    """Macros, links to other files, formulas: not followed; what they last gave is read."""
    made = parts(
        '<row><c t="str"><f>HYPERLINK("http://192.0.2.1","x")</f><v>last</v></c><c><f>1+1</f></c></row>'
    )
    made["xl/vbaProject.bin"] = b"\0" * 100
    links = str(made["xl/_rels/workbook.xml.rels"]).replace(
        "</R",
        '<Relationship Id="rId9" Type="x/externalLink" TargetMode="External" Target="file:///etc/passwd"/></R',
    )
    made["xl/_rels/workbook.xml.rels"] = links
    read = told(book(made))
    assert read[0]["macros"] is True
    assert read[2:] == [{"row": 1, "cells": ["last"]}, {"end": {"rows": 1, "errors": 0, "empty_formulas": 1}}]


# -- CSV ----------------------------------------------------------------------------------------------------


@pytest.mark.alteration
def test_csv_made_by_no_program() -> None:
    files = {
        "empty": b"", "page": b"\xef\xbb\xbf <html><table>", "xml": b'<?xml version="1.0"?><Workbook/>',
        "NUL": b"a,b\n1,\0\n", "picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "late NUL": b"a,b\n" * 3000 + b"\0",
        "open quote": b'a,b\n1,"2\n' + b"3,4\n" * 10, "endless quote": b'a,"' + b"x" * 40_000,
        "quote inside": b'a,b\n1,"2"3\n', "UTF-32": "a,b".encode("utf-32"), "UTF-32 BE": b"\0\0\xfe\xff\0\0\0a",
        "no encoding": b"a\xff\xfe\xffb,\xff\n", "half a sign": "姓名".encode()[:-1] + b"\xff", "odd UTF-16": b"\xff\xfea\0b",
        "lone surrogate": b"\xff\xfe" + b"\x00\xd8" + b"a\0", "many columns": b"," * 20_000 + b"\n",
        "endless row": b"1,2," * 3_000_000, "endless row in quotes": b'"\n",' * 2_500_000,
    }  # fmt: skip
    found = table({name: (lambda data=data: told(data)) for name, data in files.items()}, "csv files")  # type: ignore[misc]
    assert found == {
        "empty": "hostile.empty", "page": "hostile.page", "xml": "hostile.page", "NUL": "hostile.binary",
        "picture": "hostile.binary", "late NUL": "hostile.binary", "open quote": "hostile.quotes",
        "endless quote": "hostile.cell", "quote inside": "hostile.quotes", "UTF-32": "hostile.encoding",
        "UTF-32 BE": "hostile.encoding", "no encoding": "hostile.encoding", "half a sign": "hostile.encoding",
        "odd UTF-16": "hostile.encoding", "lone surrogate": "hostile.encoding", "many columns": "hostile.columns",
        "endless row": "hostile.record", "endless row in quotes": "hostile.record",
    }  # fmt: skip


@pytest.mark.parametrize("read", [redcapin.read, xlsformin.read])
def test_dictionaries_of_hostile_cells(read: Callable[[Any], object]) -> None:
    """Whatever stands in the cells: a definition with problems named, or a refusal; never another error."""
    heads = {
        "redcapin": [
            "Variable / Field Name", "Form Name", "Field Type", "Field Label", "Choices, Calculations, OR Slider Labels",
            "Branching Logic (Show field only if...)", "Text Validation Type OR Show Slider Number",
        ],
        "xlsformin": ["type", "name", "label", "relevant", "calculation", "constraint", "appearance"],
    }[read.__module__.rpartition(".")[2]]  # fmt: skip
    evil = [
        "=cmd|' /C calc'!A0", "x" * 30_000, "((((" * 5_000, "[" * 20_000, "not " * 9_000, "-" * 30_000, "${" * 9_000,
        "9**9**9", "1 | 1 | 1", "|" * 9_000, "1,", "\u202ex", "\x0b", "../../x", "<script>", "{0.__class__}", "%s", "1, a |" * 5_000,
        "[a][b][c]", "if(" * 4_000, "a" * 500 + "!", "select_one", "select_one " + "x" * 9_000, "begin group", "calc", "radio",
    ]  # fmt: skip
    began = time.process_time()
    for text in evil:
        for place in range(len(heads)):
            cell = (
                ["a", "b", "text", "c", "", "", ""]
                if read is redcapin.read
                else ["text", "a", "b", "", "", "", ""]
            )
            cell[place] = text
            lines: list[dict[str, Any]] = [
                {"file": "xlsx"},
                {"sheet": "survey"},
                {"row": 1, "cells": heads},
                {"row": 2, "cells": cell},
            ]
            lines += [{"sheet": "choices"}, {"row": 1, "cells": ["list_name", "name", "label"]}]
            with contextlib.suppress(CrfError):
                read(as_book(lines))
    assert time.process_time() - began < 10


# -- through the child --------------------------------------------------------------------------------------


def test_nothing_is_written_in_clear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The child reads a workbook, a CSV file and an ODM file with a planted word; it lies in no other file."""
    place = tmp_path / "temporary"
    place.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(place))
    monkeypatch.setattr(tempfile, "tempdir", None)
    given = tmp_path / "given"
    given.mkdir()
    (given / "a.xlsx").write_bytes(book(parts("".join(cells(SECRET * 90, row=n) for n in range(1, 900)))))
    (given / "a.csv").write_text(f"a,{SECRET}\n" * 5000)
    (given / "a.xml").write_bytes(odm(STUDY.replace(">d<", f">{SECRET}<")))
    seen: set[Path] = set()
    before = set(Path.cwd().iterdir())
    for file, act in (("a.xlsx", "sheet"), ("a.csv", "sheet"), ("a.xml", "odm")):
        with confined.stream(act, given / file) as lines:
            found = False
            for line in lines:
                found = found or SECRET in json.dumps(line)
                if len(seen) < 3:
                    seen.update(place.rglob("*"))
            assert found
    assert not seen and not list(place.rglob("*")) and set(Path.cwd().iterdir()) == before


@pytest.mark.skipif(sys.platform != "linux", reason="counts what the child has open")
def test_the_child_ends_with_what_it_refuses(tmp_path: Path) -> None:
    """A bomb, laughs, and a table too wide, through the real child: words, and no process left."""
    files = {"a.xlsx": bomb(60), "b.xml": odm(before=laughs()), "c.csv": b"," * 20_000}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    codes = []
    for name in files:
        lines = confined.stream("odm" if name == "b.xml" else "sheet", tmp_path / name)
        codes.append(refusal(partial(list, lines)))
    assert codes == ["hostile.bomb", "odmin.entities", "hostile.columns"]
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    assert not [one for one in children if "looker" in Path(f"/proc/{one}/cmdline").read_text()]


def test_compressed_and_renamed() -> None:
    """A name says nothing: what is inside decides."""
    assert refusal(lambda: told(zlib.compress(b"a,b"))) in ("hostile.binary", "hostile.encoding")
    assert refusal(lambda: odm_lines(book(parts()))) == "odmin.not_xml"
    assert refusal(lambda: told(odm())) == "hostile.page"
    assert (ROOT / "tests" / "data" / "odm").is_dir() and ODM


@pytest.mark.alteration
@pytest.mark.parametrize(
    "inside", ["<MetaDataVersion OID='m'/>", "<ClinicalData/>", "<Study/>", "<ODM/>", "<AdminData/>"]
)
def test_elements_that_wait_in_others_that_are_open(inside: str) -> None:
    """What the parser still writes into is never taken away under it: neither an open element nor its text."""
    grown = "é" * 90_000
    for before, after in (("<x>", "</x>"), ("<x><y>" + grown, grown + "</y></x>"), (grown, grown)):
        data = odm(f"{before}{inside}{grown}{inside}{grown}{after}{STUDY}{grown}" * 3)
        read = odm_lines(data)
        assert read[-1]["what"] == "end" and read[-1]["counts"]["StudyName"] == 3
