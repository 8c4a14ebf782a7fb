"""What the study's tables are made of: ``figures.toml`` beside the definition, compiled against it.

The file chooses, the definition means: names of items, units and codes are read from the definition, and
what an endpoint is stands there too. A line that asks for what this definition (or an older one) does not
have is left out and named in :attr:`Plan.left_out`; a study without the file has fewer tables.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any, Final

from mda5_crf.settings import resource
from mda5_crf.study.expression import Expression, ExpressionError, Ref, parse
from mda5_crf.study.model import Item, Study
from mda5_crf.text import Text, both

FILE: Final = "figures.toml"
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """An expression with the item whose label, unit and codes its answer has (None: it is no item)."""

    expression: Expression
    item: Item | None = None
    ref: Ref | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """Something followed over the visits. ``value`` is seen from a visit, ``baseline`` from the participant;
    ``baseline_at``: visits whose value is the baseline instead, the first that has one. ``form``: at whose
    visits it is expected.
    """

    name: str
    label: Text
    unit: str
    decimals: int | None
    form: str
    value: Asked
    baseline: Expression | None = None
    baseline_at: tuple[str, ...] = ()
    published: bool = False


@dataclass(frozen=True, slots=True)
class Response:
    """The primary outcome. ``at_least``: category → points, rising."""

    event: str
    score: Asked
    category: Asked
    responder: Asked | None
    observed: Asked | None
    at_least: tuple[tuple[str, Decimal], ...]
    parts: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Stratum:
    """A part of the participants: ``when`` is true, false or unknown."""

    name: str
    label: Text
    when: Expression


@dataclass(frozen=True, slots=True)
class Plan:
    """See the module text. ``safety`` names forms and items, as far as the definition has them."""

    participant: Mapping[str, Asked] = field(default_factory=dict)
    response: Response | None = None
    measures: tuple[Measure, ...] = ()
    strata: tuple[Stratum, ...] = ()
    table1: tuple[Asked, ...] = ()
    safety: Mapping[str, Any] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    def names(self, key: str) -> tuple[str, ...]:
        """A list of the safety part, empty when it is not there."""
        return tuple(str(one) for one in self.safety.get(key, ()))

    def word(self, key: str) -> str:
        """A word of the safety part, "" when it is not there."""
        return str(self.safety.get(key, ""))


def plan_of(study: Study, document: Document | None = None) -> Plan:
    """The plan for a definition; ``document``: what the file says, when not that of the program."""
    return _Reader(study, _document(study.oid) if document is None else document).plan()


@cache
def _document(oid: str) -> Document:
    path = resource("study", oid.lower(), FILE)
    if not path.is_file():
        return {}
    return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


class _Reader:
    def __init__(self, study: Study, document: Document) -> None:
        self._study = study
        self._document = document
        self._left: list[str] = []

    def plan(self) -> Plan:
        document, words = self._document, self._document.get("words", {})
        participant = {
            name: asked
            for name, text in document.get("participant", {}).items()
            if (asked := self._asked(text, f"participant.{name}", words.get(name, ""))) is not None
        }
        measures = [self._measure(line) for line in document.get("measure", ())]
        strata = [self._stratum(line) for line in document.get("stratum", ())]
        table1 = [
            self._asked(line["value"], "table1", line.get("item", "")) for line in document.get("table1", ())
        ]
        return Plan(
            participant, self._response(), tuple(one for one in measures if one is not None),
            tuple(one for one in strata if one is not None), tuple(one for one in table1 if one is not None),
            self._safety(), tuple(self._left),
        )  # fmt: skip

    # -- parts -----------------------------------------------------------------------------------------

    def _measure(self, line: Document) -> Measure | None:
        name = str(line["name"])
        value = self._asked(line["value"], f"measure.{name}")
        if value is None:
            return None
        item = value.item
        form = str(line.get("form", "")) or (item.form if item is not None else "")
        at = tuple(one for one in line.get("baseline_at", ()) if one in self._study.events)
        baseline = None
        if not at and value.ref is not None:
            baseline = self._compiled(f"baseline({value.ref.form}.{value.ref.item})", f"measure.{name}")
        label = Text(**line["label"]) if "label" in line else item.label if item is not None else both(name)
        decimals = line.get("decimals", item.decimals if item is not None else None)
        unit = str(line.get("unit", "")) or (item.unit if item is not None else "") or ""
        return Measure(
            name, label, unit, decimals, form, value, baseline, at, bool(line.get("published", False))
        )

    def _response(self) -> Response | None:
        line = self._document.get("response")
        if line is None:
            return None
        asked = {
            name: self._asked(line[name], f"response.{name}")
            for name in ("score", "category", "responder", "observed")
            if name in line
        }
        score, category = asked.get("score"), asked.get("category")
        if score is None or category is None or line["event"] not in self._study.events:
            return None
        parts = [
            self._measure({"name": text.rpartition(".")[2], "value": text}) for text in line.get("parts", ())
        ]
        limits = sorted((Decimal(points), code) for code, points in line.get("at_least", {}).items())
        return Response(
            str(line["event"]), score, category, asked.get("responder"), asked.get("observed"),
            tuple((code, points) for points, code in limits), tuple(one for one in parts if one is not None),
        )  # fmt: skip

    def _stratum(self, line: Document) -> Stratum | None:
        when = self._compiled(line["when"], f"stratum.{line['name']}")
        return None if when is None else Stratum(str(line["name"]), Text(**line["label"]), when)

    def _safety(self) -> Mapping[str, Any]:
        """The safety part without forms and items that the definition lacks."""
        line = dict(self._document.get("safety", {}))
        for form_key, item_keys in _FORMS.items():
            form = self._study.forms.get(str(line.get(form_key, "")))
            if form is None:
                for key in (form_key, *item_keys):
                    line.pop(key, None)
                continue
            for key in item_keys:
                if key in line and line[key] not in form.items:
                    self._left.append(f"safety.{key}")
                    del line[key]
        return line

    # -- expressions -----------------------------------------------------------------------------------

    def _asked(self, text: str, place: str, item: str = "") -> Asked | None:
        expression = self._compiled(text, place)
        if expression is None:
            return None
        ref = _plain(expression)
        if ref is not None and not ref.form:
            ref = None  # a name of the study
        named = item or (f"{ref.form}.{ref.item}" if ref is not None else "")
        form, _, name = named.partition(".")
        found = self._study.forms[form].items.get(name) if form in self._study.forms else None
        return Asked(expression, found, ref)

    def _compiled(self, text: str, place: str) -> Expression | None:
        try:
            expression = parse(text)
        except ExpressionError:
            self._left.append(place)
            return None
        if all(map(self._knows, expression.references)) and all(
            spelled.rpartition(".")[2] in self._study.forms for spelled in expression.uses.forms
        ):
            return expression
        self._left.append(place)
        return None

    def _knows(self, ref: Ref) -> bool:
        study = self._study
        if not ref.form:
            named = any(ref.item in form.items for form in study.forms.values())
            return ref.item in study.names or named
        if ref.event not in ("", "prev", "*") and ref.event.removeprefix("*.") not in study.events:
            return False
        return ref.form in study.forms and ref.item in study.forms[ref.form].items


_FORMS: Final[Mapping[str, Sequence[str]]] = {
    "event": (
        "term", "category", "grade", "serious", "special", "related", "emergent", "start", "outcome", "death",
        "action",
    ),
    "report": ("report_link",),
    "report_form": ("report_category", "report_event"),
    "episode": (),
}  # fmt: skip
"""Key that names a form → keys that name items of it."""


def _plain(expression: Expression) -> Ref | None:
    """The item that an expression is, when it is nothing else."""
    if len(expression.references) != 1:
        return None
    ref = next(iter(expression.references))
    return ref if expression.source.strip() == str(ref) else None
