"""What an answer says to a dataset, and the table of everything that no other table can say.

The table ``ASTYPED`` has a row for each answer that a typed column would lose or bend: text that is no value
of its type, a number typed in another unit, an answer behind a gate that has closed, one of two that differ,
one that is no longer asked, one for which the shape has no place. Nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from mda5_crf.exchange.datasets import ASTYPED, Column, Kind, Role, Row, Table, codelist
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.exportfeed import Feed, Participant
from mda5_crf.study.model import CodeList, Item, ItemType, Study
from mda5_crf.study.operand import Interval
from mda5_crf.study.state import FormState, ItemState
from mda5_crf.study.values import Entry, Status, show, written
from mda5_crf.text import Text, message

# Why an answer stands in ASTYPED, beside the statuses of a value.
CONVERTED, CLOSED, CONFLICT = "converted", "not_applicable", "conflict"
DROPPED, NO_PLACE, MISFIT, INTERVAL = "no_longer_asked", "no_place", "other_version", "interval"
NONCONFORMANT, MISSING = "nonconformant", "missing"
STATES: Final = "STATE"
_STATES: Final = (
    NONCONFORMANT, CONVERTED, CLOSED, CONFLICT, DROPPED, MISFIT, INTERVAL, MISSING, NO_PLACE,
)  # fmt: skip
EVENTS: Final = "VISIT"
MISSINGS: Final = "MISSING"
_NUMBERS: Final = (ItemType.DECIMAL, ItemType.INTEGER)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. ``value`` counts, in the item's own unit; "" when none does. ``limit``: it is ``<5`` or
    the like, no number. ``typed`` and ``unit`` as entered, ``missing`` a code of the definition. ``aside``:
    why it also belongs into ASTYPED, "" when the value says all.
    """

    item: Item
    key: ItemKey
    value: str = ""
    limit: bool = False
    typed: str = ""
    unit: str = ""
    missing: str = ""
    aside: str = ""
    record: str = ""


def answer(feed: Feed, one: ItemState) -> Answer | None:
    """What an item of a form says; None when nothing stands and nothing was ever entered."""
    item, value, key = one.item, one.value, one.key
    if item.type is ItemType.LABEL:
        return None
    if item.computed:
        if not one.relevant or value.status is not Status.VALID:
            return None
        return Answer(item, key, show(item, value), isinstance(value.data, Interval), unit=item.unit or "")
    entry = feed.session.data(key.subject).get(key)
    if entry is None or not (entry.text or entry.missing):
        return None
    unit = (value.unit or entry.unit or item.unit or "") if entry.text else ""
    made = Answer(
        item, key, typed=entry.text, unit=unit, missing=entry.missing or "", record=entry.record,
        aside=_aside(one, entry),
    )  # fmt: skip
    if made.aside not in ("", CONVERTED, CONFLICT) or value.status is not Status.VALID:
        return made
    text = _value(feed, one)
    return Answer(
        item, key, text, isinstance(value.data, Interval), made.typed, unit, "", made.aside, entry.record
    )


def _aside(one: ItemState, entry: Entry) -> str:
    """Why the value alone does not say what was entered."""
    value = one.value
    if not one.relevant:
        return CLOSED
    if value.status is Status.NONCONFORMANT:
        return NONCONFORMANT
    if entry.conflict:
        return CONFLICT
    return CONVERTED if value.status is Status.VALID and value.typed != value.data else ""


def _value(feed: Feed, one: ItemState) -> str:
    """The text of what counts. Links are given as the numbers that people use for rows."""
    value, kind = one.value, one.item.type
    if kind in _NUMBERS:
        return written(value.data)
    if kind is ItemType.LINK:
        named = value.text.split(",")
        return ",".join(feed.number(one.key.subject, identity) or identity for identity in named)
    return value.text


# -- the places of answers -----------------------------------------------------------------------------


def keys_of(*, row: bool, form: bool) -> list[Column]:
    """The columns that say whose and of when a row is."""
    made = [
        _key("STUDYID", message("datasets.col_studyid")),
        _key("SITEID", message("datasets.col_siteid")),
        _key("SUBJID", message("datasets.col_subjid")),
        _key("USUBJID", message("datasets.col_usubjid")),
        _key("VISIT", message("datasets.col_visit"), Kind.CODE, EVENTS),
        _key("VISITNUM", message("datasets.col_visitnum"), Kind.INTEGER),
        _key("VISITREP", message("datasets.col_visitrep"), Kind.INTEGER),
        _key("FORMREP", message("datasets.col_formrep"), Kind.INTEGER),
    ]
    if form:
        made.insert(-1, _key("FORM", message("datasets.col_form")))
    if row:
        made.append(_key("ROW", message("datasets.col_row"), Kind.INTEGER))
    return made


def _key(name: str, label: Text, kind: Kind = Kind.TEXT, codes: str = "") -> Column:
    return Column(name, label, kind, Role.KEY, codes=codes)


def events_list(studies: list[Study]) -> CodeList:
    """The visits of all definitions, the newest definition's first."""
    found: dict[str, Text] = {}
    for study in studies:
        for event in sorted(study.events.values(), key=lambda one: one.rank):
            found.setdefault(event.oid, event.name)
    return codelist(EVENTS, found.items())


def missing_list(studies: list[Study]) -> CodeList:
    """The missing codes of all definitions."""
    found: dict[str, Text] = {}
    for study in studies:
        for code, text in study.missing_codes.items():
            found.setdefault(code, text)
    return codelist(MISSINGS, found.items())


class Places:
    """Says of a key whose, of when and of which row it is."""

    def __init__(self, feed: Feed, who: Participant) -> None:
        self._feed, self._who = feed, who
        self._whose = [feed.study.oid, who.site, who.name, usubjid(feed, who)]

    def form(self, key: ItemKey) -> Row:
        """The key columns of a form instance."""
        event = self._feed.session.study_of(key.subject).events.get(key.event)
        return [
            *self._whose, key.event, str(event.rank) if event else "", self.number(key.event_repeat),
            self.number(key.form_repeat),
        ]  # fmt: skip

    def number(self, identity: str) -> str:
        """The number people use for a repeat or row, "" for none."""
        return (self._feed.number(self._who.identity, identity) or "") if identity else ""


def usubjid(feed: Feed, who: Participant) -> str:
    """A participant's identifier across studies."""
    return f"{feed.study.oid}-{who.name}"


# -- ASTYPED -------------------------------------------------------------------------------------------


def aside_table() -> Table:
    """The table ASTYPED."""
    columns = keys_of(row=True, form=True)
    columns += [
        Column("ITEMGRP", message("datasets.col_itemgrp"), role=Role.KEY),
        Column("ITEM", message("datasets.col_item"), role=Role.KEY),
        Column("ITEMLBL", message("datasets.col_itemlbl"), role=Role.ABOUT),
        Column("STATE", message("datasets.col_state"), Kind.CODE, codes=STATES),
        Column("TYPED", message("datasets.col_typed")),
        Column("UNIT", message("datasets.col_unit")),
        Column("MISSING", message("datasets.col_missing")),
        Column("RECORD", message("datasets.col_record"), role=Role.ABOUT),
    ]
    return Table(ASTYPED, message("datasets.astyped"), tuple(columns), message("datasets.structure_aside"))


def states_list() -> CodeList:
    """Why an answer stands in ASTYPED."""
    return codelist(STATES, [(one, message(f"datasets.state_{one}")) for one in _STATES])


def aside_row(places: Places, one: Answer, why: str) -> tuple[str, Row]:
    """The row of an answer in ASTYPED."""
    key = one.key
    *first, repeat = places.form(key)
    return ASTYPED, [
        *first, key.form, repeat, places.number(key.group_repeat), key.group, key.item, one.item.label.en,
        why, one.typed or one.value, one.unit, one.missing, one.record,
    ]  # fmt: skip


def no_longer_asked(feed: Feed, form: FormState) -> Iterator[Answer]:
    """Answers of a form whose version has no item for them any more."""
    session = feed.session
    if not session.versions.many:
        return
    own, known = session.study_for(form.key).forms[form.key.form].items, session.versions.words
    for key, entry in session.data(form.key.subject).entries.items():
        if key.form_key() == form.key and key.item not in own and (entry.text or entry.missing):
            item = known.forms[form.key.form].items.get(key.item)
            if item is not None:
                yield Answer(
                    item, key, typed=entry.text, unit=entry.unit or "", missing=entry.missing or "",
                    aside=DROPPED, record=entry.record,
                )  # fmt: skip


def forms_with_answers(feed: Feed, subject: str) -> Iterator[FormState]:
    """Every form of a participant that says something, in the order of the schedule."""
    session = feed.session
    for event in session.tree(subject):
        for node in event.forms:
            if node.adds:
                continue
            state = session.state(node.key)
            if state.no_longer_apply or state.status in ("complete", "not_done") or _says(state):
                yield state


def _says(state: FormState) -> bool:
    """Whether anything was entered, or, of a form that is all computed, anything came out."""
    items = state.items.values()
    computed = all(one.item.computed or one.item.type is ItemType.LABEL for one in items)
    return any(one.value.status is not Status.EMPTY and (computed or not one.item.computed) for one in items)
