"""What is known already, said on the form and taken by one key (F7): see ``services/offers.py``."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from mda5_crf.errors import CrfError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Changes, Reason
from mda5_crf.services.offers import NOTHING, AnswerOffer, Offering, Offers, UnitOffer, take
from mda5_crf.study.state import FormState
from mda5_crf.text import Text, both, message
from mda5_crf.ui.inputs import NumberInput
from mda5_crf.ui.language import say
from mda5_crf.ui.message_label import MessageLabel
from mda5_crf.ui.stack import Shown
from mda5_crf.ui.theme import Tone, em

if TYPE_CHECKING:
    from mda5_crf.ui.field import Field
    from mda5_crf.ui.form_page import FormPage

NAMED = 3
"""So many results of one unit are named; more are counted."""


class KnownLine(Shown, QWidget):
    """One quiet line above the questions; hidden until something is on offer."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._label = MessageLabel(self)
        self.set_shown(False)

    @property
    def words(self) -> str:
        """What it says now, "" while it is hidden."""
        return self._label.text() if self.shown else ""

    def tell(self, words: str) -> bool:
        """Say ``words``; "" hides it. True when the height of the page may have changed."""
        said = words != self._label.text()
        if said:
            self._label.say(words, Tone.QUIET)
        return self.set_shown(bool(words)) or said

    def height_for(self, width: int) -> int:
        """Its words and air above."""
        return self._label.height_for(width) + em(self) // 4

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the words."""
        top = em(self) // 4
        self._label.setGeometry(0, top, self.width(), max(self.height() - top, 0))


class Known:
    """Finds what is on offer after each change, says it, and fills it in on demand."""

    def __init__(self, page: FormPage) -> None:
        self._page = page
        self._offering = Offering(page.session, page.entry.key)
        self._revision: object = None
        self._offers = NOTHING
        self._taken: dict[ItemKey, str] = {}
        self._units: dict[ItemKey, str] = {}
        self._laboratory = ""
        self._done: Text | None = None
        self.line = KnownLine(page.view.body)

    @property
    def possible(self) -> bool:
        """Whether anything can ever be on offer on this form."""
        return self._offering.possible and not self._page.entry.blind

    def offers(self) -> Offers:
        """What would be filled in now; looked up once for each change of the participant's data."""
        page = self._page
        if not self.possible or page.entry.readonly is not None:
            return NOTHING
        revision = page.session.data(page.entry.key.subject).revision
        if revision != self._revision:
            self._offers, self._revision = self._offering.now(page.entry.state), revision
        # A unit that stands beside its empty result already is no offer any more.
        units = tuple(one for one in self._offers.units if self._units.get(one.key) != one.unit)
        return Offers(self._offers.answers, units, self._offers.limits)

    def limits_wait(self, result: ItemKey) -> bool:
        """Whether the limits of a result are on offer."""
        return any(offer.result == result for offer in self._offers.limits)

    def was_taken(self, field: Field) -> bool:
        """Whether what stands in ``field`` was filled in by F7 while this page was open."""
        value = field.state.value if field.state is not None else None
        return value is not None and self._taken.get(field.key) == value.text != ""

    # -- saying

    def show(self, state: FormState) -> bool:
        """Bring line and units up to date with ``state``; True when the page's height may have changed."""
        self._check_laboratory(state)
        try:
            offers = self.offers()
        except CrfError:
            return self.line.tell("")  # the vault does not answer; F7 says why
        words = self.words(offers)
        if words is not None:
            return self.line.tell(say("offers.known", what=words))
        # What was taken stays said: the line keeps its place, and so does the form under it.
        return self.line.tell(say("offers.taken", what=self._done) if self._done is not None else "")

    def hint(self) -> str:
        """For the line about the focused item; "" when nothing is on offer."""
        words = self.words(self._offers_quietly())
        return say("offers.hint", what=words) if words is not None else ""

    def _offers_quietly(self) -> Offers:
        try:
            return self.offers()
        except CrfError:
            return NOTHING

    def words(self, offers: Offers) -> Text | None:
        """What is on offer, in words; None for nothing."""
        parts = [self._answer(offer) for offer in offers.answers]
        parts += self._in_units(offers.units)
        count = len(offers.limits)
        if count:
            parts.append(
                message("offers.limits_one") if count == 1 else message("offers.limits", count=count)
            )
        return _joined(parts, message("offers.between")) if parts else None

    def _answer(self, offer: AnswerOffer) -> Text:
        study = self._page.study
        known = study.codelists[offer.item.codelist].by_code if offer.item.codelist else {}
        words = known[offer.text].text if offer.text in known else both(offer.text)
        return message("offers.answer", item=offer.item.label, words=words)

    def _in_units(self, offers: tuple[UnitOffer, ...]) -> list[Text]:
        items = self._page.entry.form.items
        by_unit: dict[str, list[Text]] = {}
        for offer in offers:
            by_unit.setdefault(offer.unit, []).append(items[offer.key.item].label)
        return [
            message("offers.units", count=len(names), unit=unit)
            if len(names) > NAMED
            else message("offers.unit", items=_joined(names, message("offers.and")), unit=unit)
            for unit, names in by_unit.items()
        ]

    # -- taking

    def take(self) -> bool:
        """Fill in all that is on offer, as it stands now, and say what. False when nothing was done."""
        page = self._page
        if not page.commits.commit_all():
            return False
        try:
            offers = self.offers()
        except CrfError as problem:
            page.refused(None, problem)
            return False
        what = self.words(offers)
        if what is None:
            page.announce(say("offers.none"))
            return False

        texts = offers.texts()

        def do(reason: Reason | None) -> Changes:
            changes = take(page.entry, offers, reason)
            self._taken |= texts
            self._put_units(offers.units)
            self._done = what
            page.announce(say("offers.taken", what=what))
            return changes

        if texts:
            done = page.commits.act(page.focused, message("offers.reason", what=what), do)
            self._describe_again()
            return done
        # Units alone are no values: nothing is written, and no reason is asked for.
        self._put_units(offers.units)
        self._done = what
        page.announce(say("offers.taken", what=what))
        page.refresh()
        self._describe_again()
        return True

    def _describe_again(self) -> None:
        """The line about the focused item no longer offers what was taken."""
        page = self._page
        if page.focused is not None and page.has_keyboard:
            page.described.emit(page.status_of(page.focused))

    def _put_units(self, offers: tuple[UnitOffer, ...]) -> None:
        self._units |= {offer.key: offer.unit for offer in offers}
        self._laboratory = self._offering.laboratory(self._page.entry.state)
        self._show_units()

    def _show_units(self) -> None:
        for key, field in self._page.fields.items():
            if isinstance(field.input, NumberInput):
                field.input.set_blank_unit(self._units.get(key, ""))

    def _check_laboratory(self, state: FormState) -> None:
        """Units taken for one laboratory are nothing to another."""
        if self._units and self._offering.laboratory(state) != self._laboratory:
            self._units = {}
            self._show_units()


def _joined(parts: list[Text], between: Text) -> Text:
    return reduce(
        lambda left, right: Text(left.en + between.en + right.en, left.zh + between.zh + right.zh), parts
    )
