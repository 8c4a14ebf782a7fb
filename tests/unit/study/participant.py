"""One participant for engine tests: enter by name, look at the state."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Self

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.data import SubjectData
from mda5_crf.study.evaluate import evaluate, value_of
from mda5_crf.study.expression import parse
from mda5_crf.study.load import load_source
from mda5_crf.study.model import Study
from mda5_crf.study.source import pack
from mda5_crf.study.state import Finding, FormState, ItemState
from mda5_crf.study.values import Entry, Value, canonical, split_unit
from tests.unit.study.definitions import Files, mini

TODAY = date(2026, 8, 23)


@lru_cache(maxsize=1)
def mini_study() -> Study:
    """The small definition, read once."""
    return load_source(pack(mini()))


def study_of(form: str, text: str, due: str = "", **files: str) -> Study:
    """The small definition with one more form, due at the events named in ``due`` (``BL W4:optional``)."""
    lines = [entry.partition(":") for entry in (due or "BL W4 W12").split()]
    schedule = "".join(
        f'\n[[due]]\nevent = "{event}"\nform = "{form}"\nmark = "{mark or "required"}"\n'
        for event, _, mark in lines
    )
    changed: Files = {**mini(), f"forms/{form}.toml": text, **files}
    changed["schedule.toml"] += schedule
    return load_source(pack(changed))


def one_form(body: str, head: str = "", oid: str = "T") -> str:
    """A form with one group ``MAIN`` of rows; ``body`` holds its items, ``head`` more keys of ``[form]``."""
    return (
        f'[form]\noid = "{oid}"\nname = {{ en = "Test", zh = "测试" }}\ndomain = "ZZ"\n{head}\n'
        f'[[group]]\nname = "MAIN"\ntitle = {{ en = "Main", zh = "主要" }}\nlayout = "rows"\n{body}\n'
    )


def item(name: str, kind: str, more: str = "") -> str:
    """One ``[[group.item]]``; ``more`` holds its other keys, separated by ``;``."""
    keys = more.replace(";", "\n")
    label = f'label = {{ en = "{name.title()} en", zh = "{name}中文" }}'
    return f'\n[[group.item]]\nname = "{name}"\ntype = "{kind}"\n{label}\n{keys}\n'


def recomputed(study: Study, form: str, **sources: str) -> Study:
    """The definition with other expressions for computed items, past the loader's own opinion of them."""
    old = study.forms[form]
    items = {n: replace(i, calculate=parse(sources[n])) if n in sources else i for n, i in old.items.items()}
    groups = tuple(replace(g, items=tuple(items[i.name] for i in g.items)) for g in old.groups)
    return replace(study, forms={**study.forms, form: replace(old, items=items, groups=groups)})


class Participant:
    """Entries of one participant under one definition."""

    def __init__(self, study: Study | None = None, today: date = TODAY) -> None:
        self.study = study or mini_study()
        self.data = SubjectData("d1:1", "01-001", "01")
        self.today = today

    def form(self, place: str, form: str) -> ItemKey:
        """The key of a form: ``place`` is ``W4`` or ``UNS[d1:7]``, ``form`` is ``VS`` or ``HRCT[d1:8]``."""
        event, _, repeat = place.rstrip("]").partition("[")
        oid, _, instance = form.rstrip("]").partition("[")
        return ItemKey(self.data.subject, event, repeat, oid, instance)

    def key(self, place: str, form: str, name: str, row: str = "") -> ItemKey:
        """The key of an item."""
        where = self.form(place, form)
        group = self.study.forms[where.form].items[name].group
        return where._replace(group=group, group_repeat=row, item=name)

    def enter(self, place: str, form: str, row: str = "", /, **texts: str) -> Self:
        """Commit texts as the service does: unit split off, canonical form stored. "" clears, "@ND" = ND."""
        items = self.study.forms[self.form(place, form).form].items
        for name, text in texts.items():
            asked = items[name]
            if text.startswith("@"):
                self.put(place, form, name, Entry("", missing=text[1:]), row)
                continue
            bare, unit = split_unit(asked, text)
            codelist = self.study.codelists.get(asked.codelist or "")
            stored = canonical(asked, bare, codelist)
            self.data.put(self.key(place, form, name, row), Entry(stored, unit) if stored else None)
        return self

    def put(self, place: str, form: str, name: str, entry: Entry | None, row: str = "") -> None:
        """Store an entry as it is."""
        self.data.put(self.key(place, form, name, row), entry)

    def add_row(self, place: str, form: str, group: str, identity: str, /, **texts: str) -> Self:
        """Add a row and enter its items."""
        self.data.add_row(self.form(place, form)._replace(group=group), identity)
        return self.enter(place, form, identity, **texts)

    def state(self, place: str, form: str) -> FormState:
        """The form, evaluated."""
        return evaluate(self.study, self.data, self.form(place, form), self.today)

    def item(self, place: str, form: str, name: str, row: str = "") -> ItemState:
        """The state of one item."""
        return self.state(place, form).items[self.key(place, form, name, row)]

    def value(self, place: str, form: str, name: str, row: str = "") -> Value:
        """The value of one item."""
        return value_of(self.study, self.data, self.key(place, form, name, row), self.today)

    def shown(self, place: str, form: str, name: str, row: str = "") -> str:
        """The text of one value."""
        return self.value(place, form, name, row).text

    def findings(self, place: str, form: str) -> dict[str, Finding]:
        """The findings by check; REQUIRED is left out."""
        return {f.check: f for f in self.state(place, form).findings if f.check != "REQUIRED"}

    def required(self, place: str, form: str) -> list[str]:
        """Items that must still be answered."""
        return [f.items[0].item for f in self.state(place, form).findings if f.check == "REQUIRED"]
