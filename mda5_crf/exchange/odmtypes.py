"""What kind of answer a stranger's item takes: the types of ODM 1.1 to 2.0, and what vendors add."""

from __future__ import annotations

import re
from typing import Final

from mda5_crf.exchange.odmlists import OPENCLINICA, Lists
from mda5_crf.exchange.odmnode import attribute, children, first, said, texts
from mda5_crf.exchange.odmplaces import REDCAP, FormPlace, ItemPlace
from mda5_crf.exchange.odmread import Node
from mda5_crf.exchange.odmreport import ImportReport
from mda5_crf.text import message

TYPES: Final = {
    "text": "text", "string": "text", "integer": "integer", "float": "decimal", "double": "decimal",
    "decimal": "decimal", "date": "date", "time": "time", "datetime": "datetime", "boolean": "boolean",
    "partialdate": "partial_date", "incompletedate": "partial_date", "partialtime": "text",
    "incompletetime": "text", "partialdatetime": "text", "incompletedatetime": "text",
    "durationdatetime": "text", "intervaldatetime": "text", "hexbinary": "text", "base64binary": "text",
    "hexfloat": "text", "base64float": "text", "uri": "text",
}  # fmt: skip
"""DataType in small letters → type here. What takes more shapes than a type here has is text."""
SEVERAL: Final = f"{OPENCLINICA}MultiSelectListRef"
CHOICES: Final = f"{REDCAP}CheckboxChoices"
_CHOICE: Final = re.compile(r"\s*([^,|]+?)\s*,\s*([^|]*?)\s*(?:\||$)")


def settle(form: FormPlace, lists: Lists, report: ImportReport, codelists: dict[str, Node]) -> None:
    """Give every item of ``form`` its ``kind`` and ``codelist``."""
    for place in form.items():
        if place.boxes:
            _several(place, lists, report, codelists)
        elif place.node is None:
            place.kind = "text"
        else:
            _one(place, place.node, lists, report, codelists)


def _one(
    place: ItemPlace, node: Node, lists: Lists, report: ImportReport, codelists: dict[str, Node]
) -> None:
    written = attribute(node, "DataType")
    kind = TYPES.get(written.casefold(), "")
    if not kind:
        kind = "text"
        report.repair("no_type" if not written else "unknown_type", written or place.foreign)
    several = first(node, SEVERAL)
    if several is not None and (name := lists.names.get(attribute(several, "MultiSelectListID"))):
        place.kind, place.codelist = "multi", name
        report.use(several)
        return
    if attribute(node, f"{REDCAP}FieldType") == "descriptive":
        place.kind = "label"
        return
    reference = first(node, "CodeListRef")
    if reference is not None:
        oid = attribute(reference, "CodeListOID")
        name = lists.names.get(oid, "")
        if name:
            place.kind, place.codelist = "code", name
            report.use(reference)
            return
        if oid not in codelists:
            report.repair("list_not_defined", oid)
    if kind == "boolean":
        yes, no = message("odmin.yes"), message("odmin.no")
        place.codelist = lists.booleans({"en": yes.en, "zh": yes.zh}, {"en": no.en, "zh": no.zh})
        kind = "code"
    place.kind = kind


def _several(place: ItemPlace, lists: Lists, report: ImportReport, codelists: dict[str, Node]) -> None:
    """The boxes of one question: what each says stands beside its list, or in its own question."""
    said_of: dict[str, str] = {}
    values: list[tuple[str, dict[str, str]]] = []
    own: dict[str, dict[str, str]] = {}
    for oid, node in zip(place.boxes, place.nodes, strict=True):
        reference = first(node, "CodeListRef")
        listed = codelists.get(attribute(reference, "CodeListOID")) if reference is not None else None
        if listed is not None and not said_of:
            said_of = {
                found[1]: found[2] for found in _CHOICE.finditer(attribute(listed, CHOICES)) if found[1]
            }
        report.use(reference, *((listed,) if listed is not None else ()))
        own[place.boxes[oid]] = texts(said(first(node, "Question")), attribute(node, "Name"))
    alike = len({tuple(words.items()) for words in own.values()}) == 1
    by_small = {code.casefold(): words for code, words in said_of.items()}
    for code in place.boxes.values():
        choice = (
            said_of.get(code) or by_small.get(code.casefold()) or by_small.get(code.lstrip("_").casefold())
        )
        words = {"en": choice} if choice else ({"en": code} if alike and len(own) > 1 else own[code])
        values.append((code, words))
    place.kind = "multi"
    place.codelist = lists.add(place.name, values, integers=False)
    mapped = lists.codes[place.codelist]
    place.boxes = {oid: mapped[code] for oid, code in place.boxes.items()}
    lists.codes[place.codelist] = {}


def question(place: ItemPlace, form: FormPlace, report: ImportReport) -> dict[str, str]:
    """What is asked, in the languages there are."""
    node = place.node
    if node is None:
        return {"en": place.foreign or "-"}
    for one in (*children(node, f"{OPENCLINICA}ItemDetails"),):
        for shown in children(one, f"{OPENCLINICA}ItemPresentInForm"):
            left = first(shown, f"{OPENCLINICA}LeftItemText")
            if attribute(shown, "FormOID") == form.foreign and left is not None and (words := said(left)):
                return texts(words)
            if attribute(shown, "FormOID") == form.foreign and left is not None and left[2]:
                return texts({"": " ".join(str(left[2]).split())})
    for holder in (*children(node, "Question"), *children(node, "Prompt"), *children(node, "Description")):
        words = said(holder)
        if words:
            report.use(holder, *children(holder, "TranslatedText"))
            for more in place.nodes[1:]:
                for other in children(more, str(holder[0])):
                    report.use(other, *children(other, "TranslatedText"))
            return texts(words)
    return {"en": attribute(node, "Name") or place.foreign or "-"}
