"""Morning cards from a vault: who is due on a day, what stands on each card, the record of the print."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs import cardlines, daywords
from mda5_crf.jobs.moments import Again, Asked, read_at
from mda5_crf.jobs.printplan import choice_of, item_at
from mda5_crf.jobs.proving import Proving, tongue_of
from mda5_crf.jobs.proving import record as record_proven
from mda5_crf.jobs.recorded import Record
from mda5_crf.pdf.morning import Box, Card, TickForm, lay_cards
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.parts import Laid, printed
from mda5_crf.pdf.plainhead import Letterhead
from mda5_crf.pdf.voice import Tongue
from mda5_crf.services import overview
from mda5_crf.services.access import Action
from mda5_crf.services.asof import head_printed
from mda5_crf.services.changes import EventNode, FormNode
from mda5_crf.services.holidays import calendar
from mda5_crf.services.lines import lines_of
from mda5_crf.services.queries import by_form
from mda5_crf.study.model import Mark
from mda5_crf.study.windows import planned, study_day
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.pdf.proof import Proofs
    from mda5_crf.services.asof import Moment
    from mda5_crf.services.pageproof import Print
    from mda5_crf.services.session import Session

KIND: Final = "morning-card"
Progress = Callable[[int, int], None]
_DONE = ("complete", "verified", "signed", "frozen", "locked")
_LATE_NAMED = 3
_OVER = (*_DONE, "not_done", "closed")


@dataclass(frozen=True, slots=True)
class CardOrder:
    """Cards read at one moment; drawing them asks the vault nothing. ``subject``: whose, "" = of several."""

    cards: tuple[Card, ...]
    language: Tongue
    head: Letterhead
    day: date
    proving: Proving
    subject: str = ""


def letterhead(session: Session) -> Letterhead:
    """What head and foot say of this vault and moment."""
    return Letterhead(
        session.study, session.person.name, session.now().astimezone(session.zone), session.demo,
        head_printed(session, session.vault.journal.heads()),
    )  # fmt: skip


def near(session: Session, day: date) -> list[str]:
    """The participants (identities), by number, who have an unfinished visit whose window holds ``day``.

    Asks kept lines only; of these, :func:`card_of` knows who is due. Raises PermissionDenied.
    """
    session.require(Action.READ)
    lines = lines_of(session)
    lines.fill()
    found = []
    for subject, line in lines.known():
        windows = [cell["due"] for cell in ([] if line is None else line["cells"]) if "due" in cell]
        if any(first <= day.isoformat() <= last for first, last in windows):
            found.append(subject.identity)
    return found


def card_of(session: Session, subject: str, day: date, *, named: bool = True) -> Card | None:
    """One card. A visit is due when its window holds ``day`` and it has not taken place, or when it was begun
    on that day and is not finished. Without one, somebody ``named`` gets the card of the next visit, anybody
    else none.

    Raises PermissionDenied, InputRefused: named, and nothing more is expected.
    """
    session.require(Action.PRINT)
    return _read(session, subject, day, named=named)


def _read(session: Session, subject: str, day: date, *, named: bool) -> Card | None:
    known = session.is_loaded(subject)
    try:
        maker = _Maker(session, subject, day)
        return maker.card() if named or maker.visits else None
    finally:
        if not known:
            session.let_go(subject)  # a ward's day in memory at once would be too much


def known_now(session: Session) -> dict[str, int]:
    """How far each chain is known: before the first of several cards is read, for :func:`order_of`."""
    return session.vault.journal.vector()


def order_of(
    session: Session,
    cards: Mapping[str, Card | None],
    day: date,
    language: Tongue,
    known: Mapping[str, int],
    *,
    named: bool = False,
) -> CardOrder:
    """What is to be drawn of the cards that were read by identity (None: not due) since ``known``.

    All pages show one moment, now: whoever was written about since is read once more. Raises InputRefused
    without cards, PermissionDenied.
    """
    session.require(Action.PRINT)
    since = {record.key.partition("/")[0] for record in session.vault.journal.above(known)}
    fresh = {
        subject: _read(session, subject, day, named=named) if subject in since else card
        for subject, card in cards.items()
    }
    made = {subject: card for subject, card in fresh.items() if card is not None}
    if not made:
        raise InputRefused("cards.nobody", day=day.isoformat())
    asked = _asked(list(made), day, language, named=named)
    _, head, proof = read_at(session, asked, None, lambda _: None)
    return CardOrder(tuple(made.values()), language, head, day, proof, asked.subject)


def _asked(subjects: Sequence[str], day: date, language: Tongue, *, named: bool) -> Asked:
    order = {"day": day.isoformat(), "subjects": list(subjects), "named": named}
    return Asked(KIND, subjects, language, order)


def gather(
    session: Session,
    subjects: Sequence[str],
    day: date | None,
    language: Tongue,
) -> CardOrder:
    """Read the cards of these participants, or of all who are due on ``day`` (default today at the site).

    Raises PermissionDenied, InputRefused: nobody is due, or nothing more is expected of somebody named.
    """
    session.require(Action.PRINT)
    on = session.today if day is None else day
    known, named = known_now(session), bool(subjects)
    wanted = dict.fromkeys(subjects or near(session, on))
    cards = {one: card_of(session, one, on, named=named) for one in wanted}
    return order_of(session, cards, on, language, known, named=named)


def draw(order: CardOrder, progress: Progress = lambda _done, _total: None) -> Printed:
    """The cards. Touches nothing but ``order``. ``progress`` may end it by raising."""
    return printed(lay(order, progress))


def lay(order: CardOrder, progress: Progress) -> Laid:
    """The pages before they are drawn."""
    proof = order.proving.proofs
    return lay_cards(order.cards, order.language, order.head, proof=proof, progress=progress)


def record(session: Session, order: CardOrder, made: Printed) -> None:
    """Note that these pages leave the vault, before they do."""
    record_proven(session, f"{KIND} {order.day.isoformat()}", made, order.proving, order.subject)


def lay_again(session: Session, one: Print, moment: Moment, proofs: Proofs) -> Laid:
    """Recorded cards as of ``moment``, laid out once more, for checking a page."""
    day, named = date.fromisoformat(str(one.order["day"])), bool(one.order["named"])
    subjects, tongue = list(one.subjects), tongue_of(one.language)

    def read(shown: Session) -> list[Card]:
        cards = [_read(shown, subject, day, named=named) for subject in subjects]
        return [card for card in cards if card is not None]

    asked = _asked(subjects, day, tongue, named=named)
    cards, head, _ = read_at(session, asked, Again.of(one, moment), read)
    if not cards:
        raise InputRefused("cards.nobody", day=day.isoformat())
    return lay_cards(cards, tongue, head, proof=proofs)


def print_cards(session: Session, subjects: Sequence[str], day: date | None, language: Tongue) -> Printed:
    """Gathered, drawn, recorded. Raises PermissionDenied, InputRefused, StoreError."""
    order = gather(session, subjects, day, language)
    made = draw(order)
    record(session, order, made)
    return made


def _is_due(node: EventNode, day: date) -> bool:
    if node.date is not None:
        return node.date == day and node.status not in _OVER
    return node.awaited and node.window is not None and node.window[0] <= day <= node.window[1]


def visits_of(session: Session, subject: str) -> list[EventNode]:
    """All visits of a participant in the order of the schedule, without counting answers."""
    cache, study = session.cache(subject), session.study
    counts = by_form(cache)
    found = []
    for oid in overview.scheduled(study):
        event = study.events[oid]
        for repeat in cache.data.event_repeats.get(oid, []) if event.repeating else [""]:
            key = ItemKey(subject, oid, repeat)
            found.append(overview.event_node(session, key, event, counts, whole=False))
    return found


class _Maker:
    """Reads one card."""

    def __init__(self, session: Session, subject: str, day: date) -> None:
        self._session, self._subject, self._day = session, subject, day
        self._study = session.study
        self._choice = choice_of(session.study)
        self._record = Record(session, subject)
        self._d1 = session.day_one(subject)
        self._nodes = visits_of(session, subject)
        due = [node for node in self._nodes if _is_due(node, day)]
        self.visits = sorted(due, key=lambda n: (n.date != day, n.window[1] if n.window else date.max))
        """The visits due: first what was begun that day, then what closes first."""

    def card(self) -> Card:
        day, session = self._day, self._session
        visits = self.visits
        node = visits[0] if visits else self._next()
        node = overview.event_node(
            session, node.key, self._study.events[node.key.event], by_form(session.cache(self._subject))
        )
        lines = cardlines.Lines(session, self._record, self._choice, day)
        forms = self._forms([node, *visits[1:]])
        expected = {form.key.form for form in node.forms if form.status != "closed"}
        samples, place = self._samples(node, expected)
        data = session.data(self._subject)
        alarm, safety = lines.safety()
        return Card(
            subjid=data.subjid, site=data.site, visit=session.event_label(node.key),
            visit_name=self._name(node), date=node.date.isoformat() if node.date else "",
            window=self._window(node, visits), safety=safety, values=lines.values(node.key),
            drugs=lines.drugs(), queries=lines.queries(), missing=lines.missing(self._nodes), forms=forms,
            samples=samples, sample_place=place, boxes=self._boxes(node, expected), alarm=alarm,
        )  # fmt: skip

    def _next(self) -> EventNode:
        """The visit for the card of somebody with nothing due: the next expected one. Raises InputRefused."""
        windows = [node for node in self._nodes if node.awaited and node.window is not None]
        ahead = [node for node in windows if node.window is not None and node.window[1] >= self._day]
        if ahead:
            return min(ahead, key=lambda n: n.window[0] if n.window else date.max)
        closed = next((node.closed for node in self._nodes if node.closed is not None), None)
        if windows and closed is None:
            return windows[-1]
        others = [node for node in self._nodes if self._waits(node)]
        if others:
            return others[0]
        number = self._session.subjid(self._subject)
        raise InputRefused("cards.ended", subject=number, reason=closed or message("cards.ended_plain"))

    def _waits(self, node: EventNode) -> bool:
        """Whether a visit without a window is still to be held: before day 1, or after the last dose."""
        if node.window is not None or node.date is not None or node.closed is not None or node.cancelled:
            return False
        once = not self._study.events[node.key.event].repeating
        return once and node.status not in _OVER and any(f.mark is Mark.REQUIRED for f in node.forms)

    def _name(self, node: EventNode) -> Text:
        name = self._study.events[node.key.event].name
        number = self._session.event_label(node.key).partition("#")[2]
        return Text(f"{name.en} #{number}", f"{name.zh} #{number}") if number else name

    def _words(self, node: EventNode) -> Text:
        event = self._study.events[node.key.event]
        target = planned(self._study, node.key.event, self._d1)
        words = daywords.window_words(self._name(node), node.window, target, has=event.window is not None)
        if node.date is not None:
            return message("cards.held", words=words, day=node.date.isoformat())
        return words

    def _window(self, node: EventNode, visits: Sequence[EventNode]) -> list[Text]:
        day = self._day
        words = self._words(node)
        made = [words if visits else message("cards.not_due", day=day.isoformat(), window=words)]
        if self._d1 is None:
            made.append(message("cards.card_day", day=day.isoformat(), weekday=daywords.weekday(day)))
        else:
            number = study_day(day, self._d1)
            made.append(
                message("cards.study_day", day=day.isoformat(), weekday=daywords.weekday(day), number=number)
            )
        if node.window is not None and node.date is None:
            made += daywords.closing_words(day, node.window, calendar())
        if len(visits) > 1:
            names = [self._words(other) for other in visits[1:]]
            made.append(message("cards.also_due", visits=daywords.listed(names)))
        late = [
            message("cards.late_visit", event=self._name(n), last=n.window[1].isoformat())
            for n in self._nodes
            if n.awaited and n.window is not None and n.window[1] < day and n.key != node.key
        ]
        if late:
            first = daywords.listed(late[:_LATE_NAMED])
            over = len(late) - _LATE_NAMED
            said = first if over <= 0 else message("cards.missing_more", items=first, count=over)
            made.append(message("cards.late", visits=said))
        return made

    def _forms(self, nodes: Sequence[EventNode]) -> list[TickForm]:
        """What is to be filled in: not what the program computes, nor what is no longer expected."""
        made = []
        for node in nodes:
            place = self._session.event_label(node.key)
            made += [
                TickForm(f"{form.label}/{place}", form.form.name, *self._status(form))
                for form in node.forms
                if form.status not in ("computed", "closed")
                and not (form.mark is Mark.CONDITIONAL and form.status == "not_started")
            ]
        return sorted(made, key=lambda form: form.status is not None and not form.done)

    @staticmethod
    def _status(form: FormNode) -> tuple[Text | None, bool]:
        if form.status in (*_DONE, "not_done"):
            return message("cards.form_done"), True
        if form.status == "in_progress":
            return message("cards.form_begun"), False
        if form.mark is Mark.OPTIONAL:
            return message("cards.form_if_needed"), False
        if form.mark is Mark.CARRIED:
            return message("cards.form_carried"), False
        return None, False

    def _samples(self, node: EventNode, expected: set[str]) -> tuple[list[tuple[str, Text]], str]:
        """The kinds of sample the definition knows, when its sample form is due."""
        place = str(self._choice.get("card", {}).get("samples", ""))
        item = item_at(self._study, place)
        due = {f.key.form for f in node.forms if f.mark is Mark.REQUIRED and f.status not in _OVER}
        if item is None or item.codelist is None or item.form not in due & expected:
            return [], ""
        values = self._study.codelists[item.codelist].values
        return [(v.code, v.text) for v in values], f"{item.form}/{self._session.event_label(node.key)}"

    def _boxes(self, node: EventNode, expected: set[str]) -> list[Box]:
        label = self._session.event_label(node.key)
        found = (item_at(self._study, str(place)) for place in self._choice.get("card", {}).get("write", ()))
        return [Box(f"{i.form}/{label}", i) for i in found if i is not None and i.form in expected]
