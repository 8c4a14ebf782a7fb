"""A draft of Define-XML 2.1 for an export: tables, columns, codelists, origins, and values by test.

A draft because it claims no standard, refers to no page of an annotated form and describes no derivation in
words: it saves typing, it is nothing to submit. It says so in its name and in a comment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from mda5_crf import __version__
from mda5_crf.exchange.codebook import file_name, used_lists
from mda5_crf.exchange.datasets import Kind
from mda5_crf.exchange.fitting import Field, Fitting, Put, Sheet
from mda5_crf.exchange.jsonout import group_oid, item_oid
from mda5_crf.exchange.odm_file import stamp
from mda5_crf.exchange.odm_metadata import data_type
from mda5_crf.exchange.odm_names import ODM, translated
from mda5_crf.exchange.xmlout import XmlOut
from mda5_crf.services.exportfeed import Feed
from mda5_crf.study.model import CodeList, Item
from mda5_crf.study.sdtm import COMMENTS, RELREC
from mda5_crf.text import Text, message

DEFINE: Final = "http://www.cdisc.org/ns/def/v2.1"
VERSION: Final = "2.1.0"
_COMMENT: Final = "COM.DRAFT"
_XLINK: Final = "http://www.w3.org/1999/xlink"
_TYPES: Final[Mapping[Kind, str]] = {
    Kind.TEXT: "text", Kind.CODE: "text", Kind.INTEGER: "integer", Kind.DECIMAL: "float", Kind.DATE: "date",
    Kind.PARTIAL: "partialDate", Kind.TIME: "text", Kind.DATETIME: "text",
}  # fmt: skip
_INTERVENTIONS: Final = frozenset("CM EC EX PR SU".split())
_SPECIAL: Final = frozenset({"DM", "SV", COMMENTS})

Results = Mapping[tuple[str, str], Item]


def write(
    put: Put,
    feed: Feed,
    sheets: Sequence[Sheet],
    fitting: Fitting,
    ending: str,
    made: datetime,
    results: Results,
) -> None:
    """The draft. ``results``: (domain, test code) → the item of its result, of SDTM-like tables."""
    _Draft(put, feed, sheets, fitting, ending, results).write(made)


class _Draft:
    def __init__(
        self, put: Put, feed: Feed, sheets: Sequence[Sheet], fitting: Fitting, ending: str, results: Results
    ) -> None:
        self._out = XmlOut(put, extensions=False)
        self._feed, self._sheets, self._fitting, self._ending = feed, sheets, fitting, ending
        self._values = {
            sheet.name: (
                one,
                {code: item for (domain, code), item in results.items() if domain == sheet.table.domain},
            )
            for sheet in sheets
            for one in sheet.fields
            if sheet.table.name == sheet.table.domain
            and one.column.name == f"{sheet.table.domain}ORRES"
            and not one.part
        }

    def write(self, made: datetime) -> None:
        out, study = self._out, self._feed.study
        out.start(
            "ODM", xmlns=ODM, xmlns_def=DEFINE, xmlns_xlink=_XLINK, ODMVersion="1.3.2", FileType="Snapshot",
            FileOID=f"DRAFT.{study.oid}.{self._feed.session.site}.{stamp(made)}",
            CreationDateTime=stamp(made), SourceSystem="MDA5-CRF", SourceSystemVersion=__version__,
            def_Context="Other",
        )  # fmt: skip
        out.start("Study", OID=study.oid)
        out.start("GlobalVariables")
        out.leaf("StudyName", study.name.en)
        out.leaf("StudyDescription", study.name.en)
        out.leaf("ProtocolName", study.protocol.en)
        out.end()
        out.start(
            "MetaDataVersion", OID=f"MDV.DRAFT.{study.version}.{study.hash[:12]}",
            Name=f"DRAFT – {study.oid}, {study.version}", Description=message("datasets.draft").en,
            def_DefineVersion=VERSION, def_CommentOID=_COMMENT,
        )  # fmt: skip
        self._value_lists()
        for sheet in self._sheets:
            self._group(sheet)
        for sheet in self._sheets:
            for one in sheet.fields:
                self._item(sheet, one)
            if sheet.name in self._values:
                self._values_of(sheet)
        for oid, listed in used_lists(self._sheets, self._fitting.codelists).items():
            self._codelist(oid, listed)
        out.start("def:CommentDef", OID=_COMMENT)
        translated(out, "Description", message("datasets.draft"))
        out.close()

    # -- tables

    def _group(self, sheet: Sheet) -> None:
        out, table = self._out, sheet.table
        leaf = f"LF.{sheet.name}"
        out.start(
            "ItemGroupDef", OID=group_oid(sheet), Name=sheet.name,
            Repeating="No" if table.domain == "DM" else "Yes", IsReferenceData="No",
            SASDatasetName=sheet.name[:8], Domain=table.domain or None,
            Purpose="Tabulation", def_Structure=table.structure.en, def_ArchiveLocationID=leaf,
            def_HasNoData=None if sheet.seen.rows else "Yes",
        )  # fmt: skip
        translated(out, "Description", table.label)
        key = 0
        for number, one in enumerate(sheet.fields, 1):
            key += one.column.key
            out.leaf(
                "ItemRef", ItemOID=item_oid(sheet, one), OrderNumber=str(number), Mandatory="No",
                KeySequence=str(key) if one.column.key else None,
                def_HasNoData=None if one.facts.filled else "Yes",
            )  # fmt: skip
        out.leaf("def:Class", Name=self._class(sheet))
        out.start("def:leaf", ID=leaf, xlink_href=file_name(sheet, self._ending))
        out.leaf("def:title", file_name(sheet, self._ending))
        out.end()
        out.end()

    def _class(self, sheet: Sheet) -> str:
        name, domain = sheet.table.name, sheet.table.domain
        if name == RELREC or name.startswith("SUPP"):
            return "RELATIONSHIP"
        if domain in _SPECIAL:
            return "SPECIAL PURPOSE"
        if domain in _INTERVENTIONS:
            return "INTERVENTIONS"
        if domain == "FA":
            return "FINDINGS ABOUT"
        return "EVENTS" if domain in ("AE", "BE", "CE", "DS", "DV", "HO", "MH") else "FINDINGS"

    # -- columns

    def _item(self, sheet: Sheet, one: Field) -> None:
        column, kind = one.column, one.kind
        values = self._values.get(sheet.name)
        self._definition(
            item_oid(sheet, one), one.name, _TYPES[kind], column.label, one.facts.units or column.length or 1,
            one.facts.decimals or column.decimals or 0,
            column.codes if kind in (Kind.CODE, Kind.INTEGER) else "",
            "Derived" if column.derived else "Assigned" if column.key else "Collected",
            f"VL.{sheet.name}" if values is not None and values[0] is one and values[1] else "",
        )  # fmt: skip

    def _definition(
        self, oid: str, name: str, kind: str, label: Text, length: int, decimals: int, codes: str,
        origin: str, values: str = "",
    ) -> None:  # fmt: skip
        out = self._out
        out.start(
            "ItemDef", OID=oid, Name=name, DataType=kind, SASFieldName=name[:8],
            Length=str(length) if kind in ("text", "integer", "float") else None,
            SignificantDigits=str(decimals) if kind == "float" else None,
        )  # fmt: skip
        translated(out, "Description", label)
        if codes:
            out.leaf("CodeListRef", CodeListOID=f"CL.{codes}")
        source = {"Collected": "Investigator", "Derived": "Sponsor", "Assigned": "Sponsor"}[origin]
        out.leaf("def:Origin", Type=origin, Source=source)
        if values:
            out.leaf("def:ValueListRef", ValueListOID=values)
        out.end()

    # -- values by test

    def _value_lists(self) -> None:
        out = self._out
        for name, (_, items) in self._values.items():
            if not items:
                continue
            out.start("def:ValueListDef", OID=f"VL.{name}")
            for number, code in enumerate(items, 1):
                out.start("ItemRef", ItemOID=f"VL.{name}.{code}", OrderNumber=str(number), Mandatory="No")
                out.leaf("def:WhereClauseRef", WhereClauseOID=f"WC.{name}.{code}")
                out.end()
            out.end()
        for sheet in self._sheets:
            for code in self._values.get(sheet.name, (None, {}))[1]:
                test = next(one for one in sheet.fields if one.column.name == f"{sheet.table.domain}TESTCD")
                out.start("def:WhereClauseDef", OID=f"WC.{sheet.name}.{code}")
                out.start("RangeCheck", SoftHard="Soft", def_ItemOID=item_oid(sheet, test), Comparator="EQ")
                out.leaf("CheckValue", code)
                out.end()
                out.end()

    def _values_of(self, sheet: Sheet) -> None:
        one, items = self._values[sheet.name]
        for code, item in items.items():
            listed = self._fitting.codelists.get(item.codelist or "")
            kind = "text" if listed is not None else data_type(item, listed)
            kind = kind if kind in ("text", "integer", "float", "date") else "text"
            self._definition(
                f"VL.{sheet.name}.{code}", one.name, kind, item.label, item.length or 200, item.decimals or 6,
                "", "Derived" if item.computed else "Collected",
            )  # fmt: skip

    def _codelist(self, oid: str, codelist: CodeList) -> None:
        out = self._out
        kind = "integer" if codelist.integers else "text"
        out.start("CodeList", OID=f"CL.{oid}", Name=oid, DataType=kind)
        for number, one in enumerate(codelist.values, 1):
            out.start("CodeListItem", CodedValue=one.code, OrderNumber=str(number))
            translated(out, "Decode", one.text)
            out.end()
        out.end()
