"""Reference limits, offered by one key and kept with the result.

They come from the site's list (laboratory, analyte, sex, age and day of the sample), else from what was
last entered for that laboratory and analyte: of this participant, or of another of the same sex at the
site. Taking them writes ordinary values; a later change of a list changes nothing that is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from mda5_crf.db import read_site
from mda5_crf.db.views import LastEntry
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.referencelists import Panel, ReferenceRange, panel_of
from mda5_crf.study.data import SubjectData
from mda5_crf.study.dates import AnyDate, PartialDate, earliest, latest, years_between
from mda5_crf.study.evaluate import value_of
from mda5_crf.study.model import Form, Item
from mda5_crf.study.state import FormState
from mda5_crf.study.units import conversion
from mda5_crf.study.values import Entry, Status, Value, parse

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

LIST, LAST = "list", "last"
_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class LimitOffer:
    """Limits to be filled in for one result, in the ``unit`` of that result; None = open at this end.

    ``source`` is "list" (``range`` names the row) or "last" (``seen`` is the sample or entry they are of).
    """

    result: ItemKey
    low_key: ItemKey
    high_key: ItemKey
    low: str | None
    high: str | None
    unit: str | None
    source: str
    range: str = ""
    seen: date | None = None


@dataclass(frozen=True, slots=True)
class _Analyte:
    """One line of a panel: where its result and its limits are."""

    testcd: str
    result: Item
    low: Item
    high: Item


def find(
    ranges: Iterable[ReferenceRange],
    laboratory: str,
    testcd: str,
    sex: str,
    ages: tuple[int, int] | None,
    day: date | None,
) -> ReferenceRange | None:
    """The one range that holds; None when there is none, or when more than one may hold.

    ``sex`` "" and ``ages`` None are unknown; ``ages`` are the youngest and oldest the person may be.
    """
    possible = [
        (one, certain)
        for one in ranges
        if one.laboratory == laboratory and one.testcd == testcd
        for certain in [_holds(one, sex, ages, day)]
        if certain is not False
    ]
    return possible[0][0] if len(possible) == 1 and possible[0][1] else None


def _holds(one: ReferenceRange, sex: str, ages: tuple[int, int] | None, day: date | None) -> bool | None:
    """Whether a range is for that person on that day; None when what is known does not decide."""
    answers = [
        True if not one.sex else (None if not sex else one.sex == sex),
        _inside(ages, one.age_from, one.age_to),
        _inside(
            None if day is None else (day.toordinal(), day.toordinal()),
            None if one.start is None else one.start.toordinal(),
            None if one.end is None else one.end.toordinal(),
        ),
    ]
    if False in answers:
        return False
    return None if None in answers else True


def _inside(span: tuple[int, int] | None, low: int | None, high: int | None) -> bool | None:
    if low is None and high is None:
        return True
    if span is None:
        return None
    if (low is not None and span[1] < low) or (high is not None and span[0] > high):
        return False
    whole = (low is None or span[0] >= low) and (high is None or span[1] <= high)
    return True if whole else None


def ages_of(born: AnyDate | None, day: date | None) -> tuple[int, int] | None:
    """The youngest and oldest age in completed years on ``day`` of somebody born then."""
    if born is None or day is None:
        return None
    return years_between(latest(born), day), years_between(earliest(born), day)


def in_unit(item: Item, number: Decimal, unit: str, wanted: str | None) -> str | None:
    """``number`` of ``unit`` written in the unit ``wanted``; None when that is not exact.

    ``wanted`` None is the stored unit. A limit is a printed number: what needs more than 12 digits is none.
    """
    target = wanted or item.unit or ""
    if unit == target:
        return format(number, "f")
    pair, back = conversion(item, unit), conversion(item, target)
    if pair is None or back is None:
        return None
    exact = (Fraction(number) + Fraction(pair[0])) * Fraction(pair[1]) / Fraction(back[1]) - Fraction(back[0])
    found = Decimal(exact.numerator) / Decimal(exact.denominator)
    if Fraction(found) != exact or len(found.normalize().as_tuple().digits) > _DIGITS:
        return None
    return format(found.normalize(), "f")


# -- offering ------------------------------------------------------------------------------------------


def limit_offers(
    session: Session, state: FormState, last: LastEntries | None = None
) -> tuple[LimitOffer, ...]:
    """What would be filled in on a form now: results typed, both limits still empty.

    Reads the vault, once for each ``last``: keep one while a form is open.
    """
    return _Offering(session, state, last or LastEntries(session)).made()


class LastEntries:
    """What stands in all forms of one name in the vault, read when it is first asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._forms: dict[str, dict[ItemKey, dict[ItemKey, LastEntry]]] = {}

    def sheets(
        self, form: Form, panel: Panel, laboratory: str, but: ItemKey
    ) -> list[tuple[ItemKey, dict[ItemKey, LastEntry]]]:
        """The instances of ``form`` that name ``laboratory``, the one with the newest entry first, without
        ``but``; each with its entries.
        """
        if form.oid not in self._forms:
            self._forms[form.oid] = _forms(read_site.entries_of_form(self._session.vault.store, form.oid))
        header = form.items[panel.laboratory]
        return [
            (place, entries)
            for place, entries in self._forms[form.oid].items()
            if place != but
            and (named := entries.get(_at(place, header))) is not None
            and named.text == laboratory
        ]


class _Offering:
    """One form for which limits are sought."""

    def __init__(self, session: Session, state: FormState, last: LastEntries) -> None:
        self._session = session
        self._last_entries = last
        self._state = state
        self._data: SubjectData = session.cache(state.key.subject).data
        self._study = session.study_for(state.key)
        self._form = self._study.forms[state.key.form]
        self._panel = panel_of(self._study)

    def made(self) -> tuple[LimitOffer, ...]:
        """The offers, in the order of the form."""
        panel = self._panel
        laboratory = None if panel is None else self._valid(self._header(panel.laboratory))
        if panel is None or laboratory is None or not isinstance(laboratory.data, str):
            return ()
        found: dict[str, LimitOffer] = {}
        missing: list[tuple[_Analyte, Value]] = []
        open_ones = list(self._open(panel))
        for analyte, result in open_ones:
            offer = self._from_list(panel, laboratory.data, analyte, result)
            if offer is None:
                missing.append((analyte, result))
            else:
                found[analyte.testcd] = offer
        if missing:
            found |= self._last(panel, laboratory.data, missing)
        return tuple(found[a.testcd] for a, _ in open_ones if a.testcd in found)

    def _open(self, panel: Panel) -> Iterator[tuple[_Analyte, Value]]:
        """Results with a value whose limits are asked for and both empty."""
        for analyte in analytes_of(self._form.items.values(), panel):
            result = self._valid(analyte.result)
            limits = [self._state.items[self._key(item)] for item in (analyte.low, analyte.high)]
            if result is not None and all(i.relevant and i.value.status is Status.EMPTY for i in limits):
                yield analyte, result

    def _from_list(
        self, panel: Panel, laboratory: str, analyte: _Analyte, result: Value
    ) -> LimitOffer | None:
        day = self._day(panel)
        sex, born = self._person(self._data, panel)
        lists = self._session.site_lists(self._data.site)
        if laboratory not in lists.laboratories and laboratory not in self._definition_codes:
            return None  # struck: its ranges hold no longer
        one = find(lists.ranges, laboratory, analyte.testcd, sex, ages_of(born, day), day)
        if one is None:
            return None
        texts = [
            None if number is None else in_unit(analyte.result, number, one.unit, result.unit)
            for number in (one.low, one.high)
        ]
        if any(t is None and n is not None for t, n in zip(texts, (one.low, one.high), strict=True)):
            return None
        return self._offer(analyte, result, texts[0], texts[1], LIST, one.identity, day)

    def _last(
        self, panel: Panel, laboratory: str, missing: list[tuple[_Analyte, Value]]
    ) -> dict[str, LimitOffer]:
        """What was last entered for this laboratory: of this participant, else of others of the same sex."""
        found: dict[str, LimitOffer] = {}
        sex, _ = self._person(self._data, panel)
        same = self._last_entries.sheets(self._form, panel, laboratory, self._state.key)
        own = [one for one in same if one[0].subject == self._state.key.subject]
        others = [one for one in same if one[0].subject != self._state.key.subject]
        for place, entries in own:
            self._fill(found, missing, place, entries)
        for place, entries in others:
            if len(found) == len(missing):
                break
            if self._alike(place.subject, panel, sex):
                self._fill(found, missing, place, entries)
        return found

    def _alike(self, subject: str, panel: Panel, sex: str) -> bool:
        """Whether another participant is of this site and of the same, known sex."""
        other = self._session.cache(subject).data
        return other.site == self._data.site and bool(sex) and self._person(other, panel)[0] == sex

    def _fill(
        self,
        found: dict[str, LimitOffer],
        missing: list[tuple[_Analyte, Value]],
        place: ItemKey,
        entries: dict[ItemKey, LastEntry],
    ) -> None:
        for analyte, result in missing:
            limits = [entries.get(_at(place, item)) for item in (analyte.low, analyte.high)]
            if analyte.testcd in found or not any(limits):
                continue
            typed = entries.get(_at(place, analyte.result))
            shared = (typed.unit if typed is not None else "") or analyte.result.unit or ""
            texts = [
                None if one is None else self._again(analyte.result, one, shared, result.unit)
                for one in limits
            ]
            if any(t is None and one is not None for t, one in zip(texts, limits, strict=True)):
                continue
            seen = max(one.at for one in limits if one is not None).astimezone(self._session.zone).date()
            offer = self._offer(analyte, result, texts[0], texts[1], LAST, "", seen)
            if offer is not None:
                found[analyte.testcd] = offer

    @staticmethod
    def _again(item: Item, one: LastEntry, shared: str, wanted: str | None) -> str | None:
        """A limit typed before, in the unit of this result; None when it does not read or fit."""
        unit = one.unit or shared
        if unit == (wanted or item.unit or ""):
            return one.text
        typed = parse(item, Entry(one.text, unit=unit or None)).typed
        return in_unit(item, typed, unit, wanted) if isinstance(typed, Decimal) else None

    def _offer(
        self,
        analyte: _Analyte,
        result: Value,
        low: str | None,
        high: str | None,
        source: str,
        identity: str,
        seen: date | None,
    ) -> LimitOffer | None:
        for item, text in ((analyte.low, low), (analyte.high, high)):
            read = parse(item, Entry(text or ""), shared_unit=result.unit)
            if text is not None and read.status is not Status.VALID:
                return None  # 40.5 for an item of whole numbers: a person decides
        return LimitOffer(
            self._key(analyte.result), self._key(analyte.low), self._key(analyte.high),
            low, high, result.unit, source, identity, seen,
        )  # fmt: skip

    # -- what is known of participant and form ---------------------------------------------------------

    @property
    def _definition_codes(self) -> frozenset[str]:
        item = self._form.items[self._panel.laboratory] if self._panel is not None else None
        oid = None if item is None else item.codelist
        return frozenset(self._session.definition.codelists[oid].by_code) if oid else frozenset()

    def _header(self, name: str) -> Item | None:
        return self._form.items.get(name)

    def _day(self, panel: Panel) -> date | None:
        value = self._valid(self._header(panel.sampled))
        return value.data if value is not None and type(value.data) is date else None

    def _valid(self, item: Item | None) -> Value | None:
        """The value of an item of this form when it is asked for and reads."""
        state = None if item is None else self._state.items.get(self._key(item))
        return (
            state.value
            if state is not None and state.relevant and state.value.status is Status.VALID
            else None
        )

    def _key(self, item: Item) -> ItemKey:
        return _at(self._state.key, item)

    def _person(self, data: SubjectData, panel: Panel) -> tuple[str, AnyDate | None]:
        """Sex and date of birth; "" and None when they are not known."""
        sex, born = (self._elsewhere(data, oid) for oid in (panel.sex, panel.born))
        return (
            sex if isinstance(sex, str) else "",
            born if isinstance(born, date | PartialDate) else None,
        )

    def _elsewhere(self, data: SubjectData, oid: str) -> object:
        """The value of ``EVENT.FORM.ITEM`` of a participant."""
        event, _, rest = oid.partition(".")
        name, _, item = rest.partition(".")
        form = self._study.forms.get(name)
        if form is None or item not in form.items:
            return None
        key = _at(ItemKey(data.subject, event, form=name), form.items[item])
        return value_of(self._study, data, key, self._session.today).data


def analytes_of(items: Iterable[Item], panel: Panel) -> list[_Analyte]:
    """The lines of the panels among ``items`` that have a result and both limits."""
    lines: dict[str, dict[str, Item]] = {}
    for item in items:
        if item.row is not None and item.column is not None:
            lines.setdefault(item.row, {})[item.column] = item
    wanted = (panel.result, panel.low, panel.high)
    return [
        _Analyte(row, *(line[column] for column in wanted))
        for row, line in lines.items()
        if all(column in line and not line[column].computed for column in wanted)
    ]


def _at(form: ItemKey, item: Item) -> ItemKey:
    return form._replace(group=item.group, item=item.name)


def _forms(entries: Iterable[LastEntry]) -> dict[ItemKey, dict[ItemKey, LastEntry]]:
    """The entries by form instance, the form with the newest entry first; of two heads the later counts."""
    forms: dict[ItemKey, dict[ItemKey, LastEntry]] = {}
    for entry in entries:
        forms.setdefault(entry.key.form_key(), {}).setdefault(entry.key, entry)
    return forms
