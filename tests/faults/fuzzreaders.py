"""What the readers of ODM files and sheets are shot at with: real files, mutated where it hurts.

odm    bytes of a real file changed          markup   its tags, names, entities, encodings
tree   its elements changed, doubled, moved: well-formed whatever it says
csv    bytes of a CSV file changed           zip      bytes of a workbook changed
parts  the XML inside a workbook changed, packed again as it has to be
"""

# ruff: noqa: E501, PT017 - tables of inputs; what a refusal says is looked at where it is caught

from __future__ import annotations

import copy
import io
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from lxml import etree

from mda5_crf.errors import InputRefused
from mda5_crf.exchange import odm2in, sheetin
from tests.commandline import ROOT
from tests.faults.hostilefiles import book, cells, parts
from tests.faults.mutating import Mutator

LAYERS: Final = ("odm", "markup", "tree", "csv", "zip", "parts")
SECONDS: Final = 2.0
_MOST: Final = 12_000
"""Bytes of a real file that are used: enough for every kind of element, few enough for many inputs."""
_MARKUP: Final = (
    b"<", b">", b"/>", b"</", b"&", b"&amp;", b"&#0;", b"&#xD800;", b"&x;", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?x", b"?>",
    b"<!DOCTYPE ODM>", b'<!DOCTYPE ODM [<!ENTITY x "y">]>', b'<!ENTITY x "y">', b' xmlns=""', b' xmlns="urn:x"', b' xmlns:a="b"', b' a:b="c"',
    b' OID=""', b' OID="a" OID="b"', b'"', b"'", b"=", b"\0", b"\xff", b"\xef\xbb\xbf", b"<a>", b"</a>", b"<ODM>", b"</ODM>", b"<Study>",
    b"<ClinicalData>", b"<SubjectData>", b"<SubjectData/>", b"</ClinicalData>", b"<MetaDataVersion>", b"<ItemDef/>", b"<v>1e999</v>",
    b'<c r="A1">', b'<c t="s">', b'<row r="1">', b"<v>-1</v>", b"<v>99999999</v>", b"<is><t>", b"UTF-16", b"UTF-7", b"9" * 400, b"_xD800_",
)  # fmt: skip


class Harmed(AssertionError):
    """An input did what none may do."""


@dataclass
class Tally:
    """What became of the inputs of a layer."""

    read: int = 0
    accepted: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0


@cache
def files() -> tuple[bytes, ...]:
    """Real ODM files, the long ones cut and what is open then closed."""
    made = []
    for file in sorted((ROOT / "tests" / "data" / "odm").glob("*.xml")):
        data = file.read_bytes()
        if len(data) > _MOST:
            root = etree.fromstring(data[:_MOST], etree.XMLParser(recover=True))
            data = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
        made.append(data)
    return tuple(made)


@cache
def workbook() -> dict[str, str | bytes]:
    """A workbook with a cell of every type."""
    rows = cells("a", "b", "&amp;_x000D_") + (
        '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" s="1"><v>45000.5</v></c><c t="b"><v>1</v></c>'
        '<c t="e"><v>#N/A</v></c><c t="str"><f>A1</f><v>x</v></c><c t="d"><v>2026-03-01T00:00:00</v></c>'
        '<c s="2"><v>37.200000000000003</v></c></row><row r="9" hidden="1"><c r="XFD9"><v>1E-3</v></c></row>'
    )
    styles = (
        '<numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd;@"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="10"/></cellXfs>'
    )
    return parts(
        rows, strings="<si><t>one</t></si><si><r><t>t</t></r><rPh><t>no</t></rPh></si>", styles=styles
    )


_CSV: Final = (
    b'a,b,c\r\n1,"x""y",2026-03-01\r\n,,\r\n"a\nb",-5,\'=1\r\n',
    "姓名;值\n张三;3,5\n".encode("gb18030"),
    "sep=\t\na\tb\n1\t2\n".encode("utf-16"),
    "\ufeffa|b\n1|2\n".encode(),
)


def _odm(mutator: Mutator) -> bytes:
    return mutator.data(mutator.rng.choice(files()), files())


def _markup(mutator: Mutator) -> bytes:
    data = _marked(mutator, mutator.rng.choice(files()))
    if mutator.chance(0.15):
        declared = mutator.rng.choice((b"", b" [<!ENTITY x 'y'>]", b" [<!ENTITY % x 'y'>]", b" SYSTEM 'x'"))
        data = data.replace(b"<ODM", b"<!DOCTYPE ODM" + declared + b"><ODM", 1)
    return data


_NAMES: Final = (
    "ODM", "Study", "MetaDataVersion", "ItemDef", "ItemGroupDef", "CodeList", "ClinicalData", "SubjectData", "ItemData",
    "Value", "{urn:x}Study", "{urn:x}y", "AdminData", "ReferenceData", "TranslatedText", "x", "WorkflowDef", "Association",
)  # fmt: skip
_VALUES: Final = (
    "", " ", "x" * 3000, "-1", "0", "1e999", "99999999999999999999", "2.0", "1.3.2", "1.1", "\u202e", "a b", "../x", "true", "No",
    "\U0001f600", "&", "<", "{x}", "2026-02-30", "http://www.cdisc.org/ns/odm/v2.0",
)  # fmt: skip


@cache
def trees() -> tuple[Any, ...]:
    """The files as trees."""
    return tuple(etree.fromstring(data) for data in files())


def _tree(mutator: Mutator) -> bytes:
    rng = mutator.rng
    root = copy.deepcopy(rng.choice(trees()))
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        every = [one for one in root.iter() if isinstance(one.tag, str)]
        one, other = rng.choice(every), rng.choice(every)
        way = rng.randrange(8)
        if way == 0 and one is not root:
            one.getparent().remove(one)
        elif way == 1:
            other.append(copy.deepcopy(one) if len(one) < 50 else etree.Element("x"))
        elif way == 2:
            name = rng.choice(_NAMES)
            uri = etree.QName(one).namespace
            one.tag = name if name[0] == "{" or not uri or rng.random() < 0.2 else f"{{{uri}}}{name}"
        elif way == 3 and one.attrib:
            one.set(rng.choice(list(one.attrib)), rng.choice(_VALUES))
        elif way == 4 and one.attrib:
            del one.attrib[rng.choice(list(one.attrib))]
        elif way == 5:
            one.text = rng.choice(_VALUES)
        elif way == 6:
            one.tail = rng.choice(_VALUES)
        else:
            one.set(
                rng.choice(("OID", "ItemOID", "RefOID", "Name", "{urn:x}a", "SubjectKey", "Type")),
                rng.choice(_VALUES),
            )
    made: bytes = etree.tostring(
        root, encoding=rng.choice(("UTF-8", "UTF-16", "US-ASCII")), xml_declaration=True
    )
    return made


def _marked(mutator: Mutator, data: bytes) -> bytes:
    """Markup put in, mostly where markup stands."""
    rng = mutator.rng
    for _ in range(rng.choice((1, 1, 2, 5))):
        place = rng.randrange(len(data) + 1)
        if rng.random() < 0.7:
            place = max(data.find(rng.choice((b"<", b">", b"/>", b' "', b"=")), place), 0)
        gone = rng.choice((0, 0, 1, 5, 60))
        data = data[:place] + rng.choice(_MARKUP) * rng.choice((1, 1, 1, 3, 300)) + data[place + gone :]
    return data


def _csv(mutator: Mutator) -> bytes:
    return mutator.data(mutator.rng.choice(_CSV), _CSV)


def _zip(mutator: Mutator) -> bytes:
    return mutator.data(book(workbook()), [book(parts())])


def _parts(mutator: Mutator) -> bytes:
    made = dict(workbook())
    name = mutator.rng.choice(sorted(made))
    data = made[name]
    held = data.encode() if isinstance(data, str) else data
    made[name] = _marked(mutator, held) if mutator.chance(0.6) else mutator.data(held)
    return book(made, 0)


Reader = Callable[[io.BytesIO, dict[str, Any]], Iterator[dict[str, Any]]]
_MADE: Final[dict[str, tuple[Callable[[Mutator], bytes], Reader]]] = {
    "odm": (_odm, odm2in.lines), "markup": (_markup, odm2in.lines), "tree": (_tree, odm2in.lines),
    "csv": (_csv, sheetin.lines), "zip": (_zip, sheetin.lines), "parts": (_parts, sheetin.lines),
}  # fmt: skip


def shoot(layer: str, count: int, seed: str) -> Tally:
    """Read ``count`` inputs. Raises Harmed, which names the input, at the first that harms."""
    tally = Tally()
    make, read = _MADE[layer]
    for number in range(count):
        name = f"{layer} {seed} {number}"
        data = make(Mutator(name))
        try:
            _one(read, data, tally)
        except Exception as error:
            raise Harmed(f"{name}: {error!r}") from error
    return tally


def _one(read: Reader, data: bytes, tally: Tally) -> None:
    began = time.thread_time()
    size = 0
    try:
        for told in read(io.BytesIO(data), {}):
            size += len(json.dumps(told, ensure_ascii=False, allow_nan=False).encode("utf-8"))
    except InputRefused as error:
        if not tally.codes[error.code]:
            assert error.in_("en") != error.in_("zh")
            assert "{" not in error.in_("en")
        tally.codes[error.code] += 1
    else:
        tally.accepted += 1
    took = time.thread_time() - began
    tally.read += 1
    tally.slowest = max(tally.slowest, took)
    assert took < SECONDS, f"{took:.1f} s"
    assert size < 100_000 + 60 * len(data), f"{size} of {len(data)}"
