"""A definition as ODM 1.3.2: Study, BasicDefinitions and one MetaDataVersion.

ODM says when *not* to collect, so a gate ``relevant`` is a condition ``not (…)``; its checks say what must
hold, so a check that ``fires`` is a range check ``not (…)``. Expressions stand in the study's own language.
Where ODM has no place (visit windows, layout, severity), attributes of the own namespace say it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from mda5_crf.exchange.odm_foreign import is_foreign, write_foreign
from mda5_crf.exchange.odm_names import (
    CONTEXT,
    FLAG_TYPES,
    FLAGS,
    all_units,
    choice_oid,
    columns,
    event_oid,
    flag_list,
    form_oid,
    group_oid,
    item_oid,
    list_oid,
    translated,
    unit_oid,
    units_of,
    version_oid,
)
from mda5_crf.exchange.xmlout import XmlOut
from mda5_crf.study.expression import Expression, constant
from mda5_crf.study.model import (
    Check,
    CodeList,
    Due,
    Form,
    Item,
    ItemGroup,
    ItemType,
    Mark,
    Range,
    Severity,
    Study,
    StudyEvent,
)
from mda5_crf.study.operand import plain
from mda5_crf.text import Text, both, catalogue, message

_TYPES: Final = {
    ItemType.TEXT: "text", ItemType.INTEGER: "integer", ItemType.DECIMAL: "float", ItemType.DATE: "date",
    ItemType.PARTIAL_DATE: "incompleteDate", ItemType.TIME: "partialTime",
    ItemType.DATETIME: "partialDatetime", ItemType.CODE: "text", ItemType.LINK: "text",
}  # fmt: skip
_EVENTS: Final = {"scheduled": "Scheduled", "unscheduled": "Unscheduled", "log": "Common"}
_FREE_LENGTH: Final = 4000
"""Said for texts without a limit of their own: ODM wants a length for every text."""


def write_study(out: XmlOut, studies: Sequence[Study]) -> None:
    """The Study element with every definition, the one in force last.

    A study that came from another system has its own elements (:mod:`mda5_crf.exchange.odm_foreign`).
    """
    study = studies[-1]
    if is_foreign(study):
        write_foreign(out, studies)
        return
    out.start("Study", OID=study.oid)
    out.start("GlobalVariables")
    out.leaf("StudyName", study.name.en)
    out.leaf("StudyDescription", study.name.zh)
    out.leaf("ProtocolName", study.protocol.en)
    out.end()
    _units(out, studies)
    for one in studies:
        write_version(out, one)
    out.end()


def write_version(out: XmlOut, study: Study) -> None:
    """One MetaDataVersion."""
    _Version(out, study).write()


def data_type(item: Item, codelist: CodeList | None) -> str:
    """The ODM type of an item's value. A number that may be ``<5`` is text there: it is no float."""
    if item.type is ItemType.CODE and codelist is not None and codelist.integers:
        return "integer"
    if item.comparator and item.type in (ItemType.DECIMAL, ItemType.INTEGER):
        return "text"
    return _TYPES[item.type]


def _units(out: XmlOut, studies: Sequence[Study]) -> None:
    symbols = {
        unit.oid: unit.symbol for study in studies for unit in study.units.values()
    }  # an item names its unit by the unit's OID
    out.start("BasicDefinitions")
    for unit, oid in all_units(studies).items():
        out.start("MeasurementUnit", OID=oid, Name=unit)
        translated(out, "Symbol", both(symbols.get(unit, unit)))
        out.end()
    out.end()


class _Version:
    """Writes one definition. Conditions and methods are collected on the way: they come last."""

    def __init__(self, out: XmlOut, study: Study) -> None:
        self._out = out
        self._study = study
        self._conditions: dict[str, tuple[str, str]] = {}
        self._checks: dict[str, list[Check]] = {}
        for form in study.forms.values():
            for check in form.checks:
                if check.items:
                    self._checks.setdefault(f"{form.oid}.{check.items[0].rpartition('.')[2]}", []).append(
                        check
                    )

    def write(self) -> None:
        """The whole element."""
        out, study = self._out, self._study
        out.start("MetaDataVersion", OID=version_oid(study), Name=study.version, mda5_Hash=study.hash)
        out.start("Protocol")
        for number, event in enumerate(study.events, 1):
            out.leaf("StudyEventRef", StudyEventOID=event_oid(event), OrderNumber=str(number), Mandatory="No")
        out.end()
        for one in study.events.values():
            self._event(one)
        forms = study.forms.values()
        for form in forms:
            self._form(form)
        for form in forms:
            for group in form.groups:
                self._group(form, group)
        for form in forms:
            for item in form.items.values():
                self._item(item)
        for codelist in study.codelists.values():
            self._codelist(codelist)
        self._flags()
        for oid, (name, source) in self._conditions.items():
            self._expression("ConditionDef", oid, name, f"not ({source})")
        self._methods()
        out.end()

    def _methods(self) -> None:
        for form in self._study.forms.values():
            for item in form.items.values():
                if item.calculate is not None:
                    self._expression(
                        "MethodDef", _method(item), item.oid, item.calculate.source, Type="Computation"
                    )

    # -- visits, forms, groups -------------------------------------------------------------------------

    def _event(self, event: StudyEvent) -> None:
        out = self._out
        low, high = event.window or (None, None)
        out.start(
            "StudyEventDef", OID=event_oid(event.oid), Name=event.name.en, Repeating=_yes(event.repeating),
            Type=_EVENTS.get(event.kind, "Unscheduled"), Category=event.kind,
            mda5_Target=_number(event.target),
            mda5_WindowFrom=_number(low), mda5_WindowTo=_number(high),
        )  # fmt: skip
        translated(out, "Description", event.name)
        for number, due in enumerate(self._study.forms_of(event.oid), 1):
            self._due(due, number)
        out.end()

    def _due(self, due: Due, number: int) -> None:
        condition = None
        if due.when is not None:
            condition = self._condition(f"CD.{due.event}.{due.form}", due.when)
        self._out.leaf(
            "FormRef", FormOID=form_oid(due.form), OrderNumber=str(number),
            Mandatory=_yes(due.mark is Mark.REQUIRED), CollectionExceptionConditionOID=condition,
            mda5_Mark=due.mark.value, mda5_Within=_number(due.within),
        )  # fmt: skip

    def _form(self, form: Form) -> None:
        out = self._out
        out.start(
            "FormDef", OID=form_oid(form.oid), Name=form.name.en, Repeating=_yes(form.repeating),
            mda5_DateItem=form.date_item and f"I.{form.oid}.{form.date_item}", mda5_Source=form.source,
            mda5_Sdv=None if form.sdv is None else form.sdv.value,
        )  # fmt: skip
        translated(out, "Description", form.name)
        for number, group in enumerate(form.groups, 1):
            condition = None
            if group.relevant is not None:
                condition = self._condition(f"CD.{form.oid}.{group.name}", group.relevant)
            out.leaf(
                "ItemGroupRef", ItemGroupOID=group_oid(form.oid, group.name), OrderNumber=str(number),
                Mandatory="Yes", CollectionExceptionConditionOID=condition,
            )  # fmt: skip
        self._words("note", form.note)
        self._words("watermark", form.watermark)
        out.end()

    def _group(self, form: Form, group: ItemGroup) -> None:
        out = self._out
        out.start(
            "ItemGroupDef", OID=group_oid(form.oid, group.name), Name=group.title.en or group.name,
            Repeating=_yes(group.repeating), Domain=form.domain or None, mda5_Layout=group.layout.value,
        )  # fmt: skip
        if group.title.en:
            translated(out, "Description", group.title)
        number = 0
        for item in group.items:
            condition = None
            if item.relevant is not None:
                condition = self._condition(f"CD.{item.oid}", item.relevant)
            for oid in columns(item, self._study):
                number += 1
                out.leaf(
                    "ItemRef", ItemOID=oid, OrderNumber=str(number), Mandatory=_yes(item.required),
                    MethodOID=_method(item) if item.computed else None,
                    CollectionExceptionConditionOID=condition,
                )  # fmt: skip
        for axis in (*group.rows, *group.columns):
            kind = "row" if axis in group.rows else "column"
            self._words(kind, axis.text, axis.code)
        out.end()

    # -- items -----------------------------------------------------------------------------------------

    def _item(self, item: Item) -> None:
        if item.type is ItemType.LABEL:
            return
        if item.type is ItemType.MULTI and item.codelist is not None:
            for one in self._study.codelists[item.codelist].values:
                label = Text(f"{item.label.en}: {one.text.en}", f"{item.label.zh}：{one.text.zh}")
                self._column(item, choice_oid(item, one.code), f"{item.name}.{one.code}", "boolean", label)
            return
        codelist = None if item.codelist is None else self._study.codelists[item.codelist]
        self._column(item, item_oid(item), item.name, data_type(item, codelist), item.label)

    def _column(self, item: Item, oid: str, name: str, kind: str, label: Text) -> None:
        out, several = self._out, item.type is ItemType.MULTI
        length = None
        if kind in ("text", "integer"):
            length = str(item.length or (_FREE_LENGTH if kind == "text" else 10))
        elif kind == "float":
            length = str(item.length or 20)
        decimals = None if kind != "float" else str(6 if item.decimals is None else item.decimals)
        out.start(
            "ItemDef", OID=oid, Name=name, DataType=kind, Length=length, SignificantDigits=decimals,
            Origin="Derived" if item.computed else "CRF", mda5_Type=item.type.value,
            mda5_CodeListOID=list_oid(item.codelist) if several and item.codelist else None,
            mda5_LinksTo=item.to and form_oid(item.to), mda5_Row=item.row, mda5_Column=item.column,
            mda5_Investigator="Yes" if item.investigator else None, mda5_Key="Yes" if item.key else None,
            mda5_Missing=" ".join(item.missing) or None, mda5_Pattern=item.pattern,
        )  # fmt: skip
        if item.guidance is not None:
            translated(out, "Description", item.guidance)
        translated(out, "Question", label)
        for unit in units_of(item):
            out.leaf("MeasurementUnitRef", MeasurementUnitOID=unit_oid(unit))
        if not several or oid == columns(item, self._study)[0]:
            self._ranges(item)
        if item.codelist is not None and not several:
            out.leaf("CodeListRef", CodeListOID=list_oid(item.codelist))
        if item.sdtm:
            out.leaf("Alias", Context="SDTM", Name=item.sdtm)
        self._words("hint", item.hint)
        out.end()

    def _ranges(self, item: Item) -> None:
        for limits, hard in ((item.hard, True), (item.soft, False)):
            if limits is not None:
                self._range(item, limits, hard=hard)
        for check in self._checks.get(item.oid, ()):
            self._out.start(
                "RangeCheck", SoftHard="Hard" if check.defined is Severity.HARD else "Soft",
                mda5_OID=check.oid, mda5_Severity=check.defined.value,
                mda5_AtCompletion="Yes" if check.at_completion else None, mda5_PerRow=check.per_row,
                mda5_Deviation=check.deviation, mda5_Items=" ".join(check.items),
            )  # fmt: skip
            self._out.leaf("FormalExpression", f"not ({check.fires.source})", Context=CONTEXT)
            translated(self._out, "ErrorMessage", check.message)
            self._out.end()

    def _range(self, item: Item, limits: Range, *, hard: bool) -> None:
        """Each end is a range check of its own: in ODM all of them must hold."""
        out = self._out
        for bound, comparator, sign in ((limits.low, "GE", ">="), (limits.high, "LE", "<=")):
            if bound is None:
                continue
            fixed = constant(bound)
            number = plain(fixed) if isinstance(fixed, Decimal) else None
            out.start(
                "RangeCheck", Comparator=comparator if number is not None else None,
                SoftHard="Hard" if hard else "Soft", mda5_OID=limits.oid,
            )  # fmt: skip
            if number is not None:
                out.leaf("CheckValue", number)
                if item.unit:
                    out.leaf("MeasurementUnitRef", MeasurementUnitOID=unit_oid(item.unit))
            else:
                out.leaf("FormalExpression", f"{item.name} {sign} {bound.source}", Context=CONTEXT)
            out.end()

    # -- lists, conditions, methods --------------------------------------------------------------------

    def _codelist(self, codelist: CodeList) -> None:
        kind = "integer" if codelist.integers else "text"
        self._out.start("CodeList", OID=list_oid(codelist.oid), Name=codelist.oid, DataType=kind)
        for number, one in enumerate(codelist.values, 1):
            self._choice(one.code, one.text, number, one.rank)
        self._out.end()

    def _choice(self, code: str, text: Text, number: int, rank: int | None = None) -> None:
        out = self._out
        out.start("CodeListItem", CodedValue=code, Rank=_number(rank), OrderNumber=str(number))
        translated(out, "Decode", text)
        out.end()

    def _flags(self) -> None:
        """The codelists that annotations speak in."""
        words = catalogue("exchange")
        self._out.start("CodeList", OID=FLAG_TYPES, Name="Flag", DataType="text")
        for number, kind in enumerate(FLAGS, 1):
            self._choice(kind, message(f"exchange.flag_{kind.lower()}"), number)
        self._out.end()
        for kind, values in FLAGS.items():
            told = {code: both(code) for code in values}
            told |= {code: message(f"exchange.value_{code}") for code in values if f"value_{code}" in words}
            if kind == "MISSING":
                told = dict(self._study.missing_codes) or {"UNK": both("UNK")}
            self._out.start("CodeList", OID=flag_list(kind), Name=f"Flag {kind}", DataType="text")
            for number, (code, text) in enumerate(told.items(), 1):
                self._choice(code, text, number)
            self._out.end()

    def _condition(self, oid: str, expression: Expression) -> str:
        self._conditions[oid] = (oid.removeprefix("CD."), expression.source)
        return oid

    def _expression(self, element: str, oid: str, name: str, source: str, **more: str) -> None:
        out = self._out
        out.start(element, OID=oid, Name=name, **more)
        about = "exchange.condition_is" if element == "ConditionDef" else "exchange.method_is"
        translated(out, "Description", message(about, name=name))
        out.leaf("FormalExpression", source, Context=CONTEXT)
        out.end()

    def _words(self, kind: str, text: Text | None, code: str | None = None) -> None:
        """A text that ODM has no place for."""
        if text is None or not self._out.extensions:
            return
        self._out.start("mda5:Words", Kind=kind, Code=code)
        self._out.leaf("mda5:En", text.en)
        self._out.leaf("mda5:Zh", text.zh)
        self._out.end()


def _method(item: Item) -> str:
    return f"MT.{item.oid}"


def _yes(said: bool) -> str:
    return "Yes" if said else "No"


def _number(value: int | None) -> str | None:
    return None if value is None else str(value)
