"""What is known already and need not be typed again: offered on the form in words, taken by one key.

Four things, each only for an item that is asked now and still empty: the answer that the same visit gave
elsewhere (``same_as`` of the definition: visit date, examiner), the laboratory, the unit of results of that
laboratory, and reference limits (``services/limits.py``). Taking writes ordinary values with the ordinary
checks, in one transaction. A unit alone is no value: it stands beside the empty result, in sight, and is
stored with the result that is typed there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Changes, Reason
from mda5_crf.services.limits import LastEntries, LimitOffer, analytes_of, limit_offers
from mda5_crf.services.referencelists import Panel, laboratory_codes, panel_of
from mda5_crf.study.data import SubjectData
from mda5_crf.study.evaluate import value_of
from mda5_crf.study.model import Form, Item
from mda5_crf.study.state import FormState
from mda5_crf.study.units import known_units, same_unit
from mda5_crf.study.values import Status

if TYPE_CHECKING:
    from mda5_crf.services.entry import EntrySession
    from mda5_crf.services.session import Session


@dataclass(frozen=True, slots=True)
class AnswerOffer:
    """An answer to be filled in: ``text`` as it is stored."""

    key: ItemKey
    item: Item
    text: str


@dataclass(frozen=True, slots=True)
class UnitOffer:
    """The unit, other than the item's own, in which a laboratory reports a result that is still empty."""

    key: ItemKey
    unit: str


@dataclass(frozen=True, slots=True)
class Offers:
    """All that can be taken on a form now, each in the order of the form."""

    answers: tuple[AnswerOffer, ...] = ()
    units: tuple[UnitOffer, ...] = ()
    limits: tuple[LimitOffer, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.answers or self.units or self.limits)

    def texts(self) -> dict[ItemKey, str]:
        """What taking them writes: answers and limits, by item."""
        found = {offer.key: offer.text for offer in self.answers}
        pairs = [pair for one in self.limits for pair in ((one.low_key, one.low), (one.high_key, one.high))]
        return found | {key: text for key, text in pairs if text is not None}


NOTHING = Offers()


def take(entry: EntrySession, offers: Offers, reason: Reason | None = None) -> Changes:
    """Write answers and limits on offer, in one transaction; an item answered meanwhile keeps its answer.

    Raises as ``EntrySession.set_values``; then nothing has changed.
    """
    items = entry.state.items
    still = {
        key: text
        for key, text in offers.texts().items()
        if key in items and items[key].relevant and items[key].value.status is Status.EMPTY
    }
    return entry.set_values(still, reason)


class Offering:
    """What is on offer on one form while it is open. What other participants have is read once."""

    def __init__(self, session: Session, key: ItemKey) -> None:
        self._session = session
        self._key = key
        self._study = session.study_for(key)
        self._form: Form = self._study.forms[key.form]
        self._panel = panel_of(self._study)
        self._last = LastEntries(session)
        names = () if self._panel is None else (self._panel.laboratory,)
        self.possible = any(item.same_as or item.name in names for item in self._form.items.values())
        """False for a form on which nothing can ever be on offer."""

    def now(self, state: FormState) -> Offers:
        """What can be taken in ``state``."""
        if not self.possible:
            return NOTHING
        answers = tuple(self._answers(state))
        if self._panel is None:
            return Offers(answers)
        return Offers(
            answers,
            tuple(self._units(state, self._panel, answers)),
            limit_offers(self._session, state, self._last),
        )

    # -- answers of the same visit

    def _answers(self, state: FormState) -> Iterator[AnswerOffer]:
        for item in self._form.items.values():
            key = _at(self._key, item)
            if not self._is_open(state, key):
                continue
            if self._panel is not None and item.name == self._panel.laboratory and item.codelist:
                text = self._laboratory(self._panel)
            else:
                text = self._same(item)
            if text:
                yield AnswerOffer(key, item, text)

    @staticmethod
    def _is_open(state: FormState, key: ItemKey) -> bool:
        found = state.items.get(key)
        return found is not None and found.relevant and found.value.status is Status.EMPTY

    def _same(self, item: Item) -> str:
        """What all the items say that as a rule say the same; "" when they do not agree, or say nothing."""
        found = {self._read(self._key.event_key(), *name.split(".")) for name in item.same_as} - {""}
        return found.pop() if len(found) == 1 else ""

    def _read(self, event: ItemKey, form: str, item: str) -> str:
        """The answer to an item of a visit; "" for none, or one that does not read."""
        made = self._study.forms[form]
        key = _at(event._replace(form=form), made.items[item])
        value = value_of(self._study, self._data, key, self._session.today)
        return value.text if value.status is Status.VALID and not value.conflict else ""

    @property
    def _data(self) -> SubjectData:
        return self._session.cache(self._key.subject).data

    # -- the laboratory

    def _laboratory(self, panel: Panel) -> str:
        """The laboratory of the other forms of this visit that went to the same one last time as this form
        did; else that of this form last time; else the only one the site has.

        A form whose samples go elsewhere (antibodies to a central laboratory) is thus not offered the ward's.
        """
        before = self._before(self._form, panel)
        now = {
            text
            for form in self._study.forms.values()
            if form.oid != self._form.oid and not form.repeating and panel.laboratory in form.items
            for text in [self._read(self._key.event_key(), form.oid, panel.laboratory)]
            if text and self._before(form, panel) == before
        }
        if len(now) == 1:
            return self._live(now.pop())
        return self._live(before) if before else self._only()

    def _before(self, form: Form, panel: Panel) -> str:
        """The laboratory of the latest sample of ``form`` at any other visit; "" for none."""
        samples = self._samples(form, panel)
        return samples[-1][1] if samples else ""

    def _samples(self, form: Form, panel: Panel) -> list[tuple[ItemKey, str]]:
        """The samples of ``form`` at the other visits, by their day: form and laboratory."""
        data = self._data
        found: list[tuple[str, ItemKey, str]] = []
        for event in self._study.events.values():
            for repeat in data.event_repeats.get(event.oid, ()) if event.repeating else ("",):
                visit = ItemKey(data.subject, event.oid, repeat)
                if visit == self._key.event_key() or not data.has_entries(visit._replace(form=form.oid)):
                    continue
                text = self._read(visit, form.oid, panel.laboratory)
                day = self._read(visit, form.oid, panel.sampled) if panel.sampled in form.items else ""
                if text:
                    found.append((day, visit._replace(form=form.oid), text))
        return [(place, text) for _, place, text in sorted(found, key=lambda one: one[0])]

    def _only(self) -> str:
        """The one laboratory of the site's list; without a list, of the definition."""
        lists = self._session.site_lists(self._data.site).laboratories
        known = [*(lists or laboratory_codes(self._session.definition))]
        return known[0] if len(known) == 1 else ""

    def _live(self, code: str) -> str:
        """``code`` while it is a laboratory of the site or of the definition; "" for one that was struck."""
        lists = self._session.site_lists(self._data.site).laboratories
        return code if code in lists or code in laboratory_codes(self._session.definition) else ""

    # -- units

    def _units(self, state: FormState, panel: Panel, answers: tuple[AnswerOffer, ...]) -> Iterator[UnitOffer]:
        """Units of empty results: as the laboratory's list has them, else as last typed for it."""
        key = None if (item := self._form.items.get(panel.laboratory)) is None else _at(self._key, item)
        offered = next((offer.text for offer in answers if offer.key == key), "")
        laboratory = self.laboratory(state) or offered
        if not laboratory:
            return
        wanted = [
            (analyte.testcd, analyte.result)
            for analyte in analytes_of(self._form.items.values(), panel)
            if analyte.result.units and self._is_open(state, _at(self._key, analyte.result))
        ]
        listed = self._listed(laboratory)
        typed = self._typed(laboratory, panel) if any(code not in listed for code, _ in wanted) else {}
        for code, result in wanted:
            unit = listed.get(code) or typed.get(result.name, "")
            known = next((one for one in known_units(result) if unit and same_unit(one, unit)), None)
            if known is not None and known != result.unit:
                yield UnitOffer(_at(self._key, result), known)

    def laboratory(self, state: FormState) -> str:
        """The laboratory that stands in the form; "" for none, or one that does not read."""
        item = None if self._panel is None else self._form.items.get(self._panel.laboratory)
        found = None if item is None else state.items.get(_at(self._key, item))
        there = found is not None and found.relevant and found.value.status is Status.VALID
        return found.value.text if found is not None and there else ""

    def _listed(self, laboratory: str) -> dict[str, str]:
        """Test code → the one unit of the laboratory's ranges; none where they have several."""
        units: dict[str, set[str]] = {}
        for one in self._session.site_lists(self._data.site).ranges:
            if one.laboratory == laboratory:
                units.setdefault(one.testcd, set()).add(one.unit)
        return {code: found.pop() for code, found in units.items() if len(found) == 1}

    def _typed(self, laboratory: str, panel: Panel) -> dict[str, str]:
        """Result → unit, as last typed for that laboratory and this participant; "" is the item's own.

        Others of the site are not looked through: that would read the whole vault when a form is opened.
        """
        found: dict[str, str] = {}
        data = self._data
        for place, text in reversed(self._samples(self._form, panel)):
            for item in self._form.items.values() if text == laboratory else ():
                entry = data.get(_at(place, item)) if item.units else None
                if entry is not None and entry.text:
                    found.setdefault(item.name, entry.unit or "")
        return found


def _at(form: ItemKey, item: Item) -> ItemKey:
    return form._replace(group=item.group, item=item.name)
