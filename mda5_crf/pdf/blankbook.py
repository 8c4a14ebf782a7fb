"""The casebook of blank forms: cover, contents with links, schedule of visits and forms, then the forms.

Each form stands once for each visit at which the schedule has it; ``unique``: once altogether, and each visit
leads to the same pages. Bookmarks twice: by visit, and by form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from mda5_crf.pdf.answers import Answers
from mda5_crf.pdf.contents import Entry as Listed
from mda5_crf.pdf.contents import contents
from mda5_crf.pdf.document import blank_part
from mda5_crf.pdf.fonts import ASCENT, BOLD, LEADING, REGULAR, width
from mda5_crf.pdf.ink import BAND, BODY, LINK, SECOND, SMALL, TINY, Jump, Strip, gap, lines, words
from mda5_crf.pdf.layout import PAD_X, PAD_Y, UPRIGHT_WIDTH, WIDE_WIDTH, Cell, Row
from mda5_crf.pdf.lines import longest_word
from mda5_crf.pdf.linked import listed
from mda5_crf.pdf.parts import Laid, Part, assemble, framed
from mda5_crf.pdf.plainhead import Letterhead
from mda5_crf.pdf.voice import Tongue, Voice
from mda5_crf.study.model import Due, Mark, Study, StudyEvent
from mda5_crf.text import Text, message

SIGNS: Final = {
    Mark.REQUIRED: "●",
    Mark.OPTIONAL: "○",
    Mark.CONDITIONAL: "?",
    Mark.CARRIED: "←",
    Mark.LOG: "L",
    Mark.UPDATE: "u",
}
Entry = tuple[int, str, str]
"""Level from 0, title, name of the goal."""
COVER, CONTENTS, SCHEDULE = "cover", "contents", "schedule"
_FACT_SHARE = 0.34
_FORM_SHARE = 0.30  # of the schedule: names of forms; the visits share the rest
_BY_HAND = ("hand_pen", "hand_tick", "hand_wrong", "hand_missing", "hand_name")


def _goal(form: str, event: str = "") -> str:
    """The name under which links find the pages of a form (at a visit)."""
    return f"blank-{event}-{form}" if event else f"blank-{form}"


@dataclass(frozen=True, slots=True)
class _Book:
    """One casebook being made."""

    study: Study
    voice: Voice
    unique: bool
    demo: bool
    made: datetime

    @property
    def visits(self) -> list[StudyEvent]:
        """The visits at which something is due, in the order of the study."""
        return [event for event in self.study.events.values() if self.study.forms_of(event.oid)]

    @property
    def forms(self) -> list[str]:
        """The forms of the book in the order of the definition; a form at no visit is not among them."""
        due = {one.form for one in self.study.due}
        return [oid for oid in self.study.forms if oid in due]

    def goal(self, due: Due) -> str:
        """Where the pages of a place of the schedule begin."""
        return _goal(due.form) if self.unique else _goal(due.form, due.event)

    def name(self, form: str) -> str:
        """A form as bookmarks and contents name it."""
        return f"{form} {self.voice.say(self.study.forms[form].name)}"

    def visit(self, event: StudyEvent) -> str:
        """A visit as bookmarks and contents name it."""
        return f"{event.oid} {self.voice.say(event.name)}"

    # bookmarks and contents -----------------------------------------------------------------------

    def by_visit(self) -> list[Entry]:
        """Each visit with its forms."""
        made: list[Entry] = []
        for event in self.visits:
            here = self.study.forms_of(event.oid)
            made.append((0, self.visit(event), self.goal(here[0])))
            made += [(1, self.name(due.form), self.goal(due)) for due in here]
        return made

    def by_form(self) -> list[Entry]:
        """Each form with its visits."""
        made: list[Entry] = []
        for form in self.forms:
            here = [due for due in self.study.due if due.form == form]
            made.append((0, self.name(form), self.goal(here[0])))
            made += [(1, self.visit(self.study.events[due.event]), self.goal(due)) for due in here]
        return made

    def outline(self) -> list[Entry]:
        """All bookmarks: what stands in front, then the two trees."""
        made = [
            (0, self.voice.say(message(f"blankbook.title_{name}")), name) for name in (CONTENTS, SCHEDULE)
        ]
        for code, tree in (("by_visit", self.by_visit()), ("by_form", self.by_form())):
            made.append((0, self.voice.say(message(f"blankbook.{code}")), tree[0][2]))
            made += [(level + 1, title, goal) for level, title, goal in tree]
        return made

    def contents(self, pages: Mapping[str, int]) -> list[Row]:
        """The printed contents: forms below their visits, or the forms alone."""
        entries = [Listed(0, self.voice.say(message("blankbook.title_schedule")), SCHEDULE)]
        if self.unique:
            entries += [Listed(2, title, goal) for level, title, goal in self.by_form() if level == 0]
        else:
            entries += [Listed(level + 1, title, goal) for level, title, goal in self.by_visit()]
        return contents(entries, pages)

    # pages ----------------------------------------------------------------------------------------

    def part(self, title: Text, goal: str, rows: Iterable[Row]) -> Part:
        """Pages that are no form."""
        head = Letterhead(self.study, "", self.made, self.demo)
        facts = head.facts(self.voice, title, goal, band=False, filled=False, coded=False)
        return Part(facts, framed(facts, self.voice), tuple(rows), (), goal)

    def cover(self) -> list[Row]:
        """What this book is, whose it will be, how it is filled in."""
        study, voice = self.study, self.voice
        holds = (
            message("blankbook.counts_unique", forms=len(self.forms))
            if self.unique
            else message(
                "blankbook.counts", visits=len(self.visits), forms=len(self.forms), places=len(study.due)
            )
        )
        told: list[tuple[str, Text | None]] = [
            ("blankbook.protocol", study.protocol),
            ("blankbook.study", Text(study.oid, study.oid)),
            ("blankbook.definition", Text(study.version, study.version)),
            ("blankbook.hash", Text(study.hash, study.hash)),
            ("blankbook.holds", holds),
            ("pdf.site", None),
            ("blankbook.whose", None),
        ]
        first = _FACT_SHARE * UPRIGHT_WIDTH
        rows = []
        for code, value in told:
            caption = voice.lines(message(code), first - 2 * PAD_X, colour=SECOND)
            said = voice.lines(value, UPRIGHT_WIDTH - first - 2 * PAD_X) if value is not None else []
            cells = (Cell(0.0, first, tuple(caption)), Cell(first, UPRIGHT_WIDTH - first, tuple(said)))
            rows.append(Row(cells, least=26.0, edge="grid"))
        room = UPRIGHT_WIDTH - 2 * PAD_X
        hand: list[Strip] = [gap(10.0), *voice.lines(message("blankbook.by_hand"), room, bold=True), gap(3.0)]
        for code in _BY_HAND:
            hand += [*voice.lines(message(f"blankbook.{code}"), room), gap(4.0)]
        return [*rows, Row((Cell(0.0, UPRIGHT_WIDTH, tuple(hand)),), edge="")]

    def schedule(self) -> list[Row]:
        """Forms below each other, visits side by side; each sign leads to the pages of its place.

        Visits that do not fit beside the others stand in a table of their own below.
        """
        rows = [self._signs(self.visits)]
        first = _FORM_SHARE * WIDE_WIDTH
        for visits in self._bands(WIDE_WIDTH - first):
            rows += self._band(visits, first)
        return rows

    def _bands(self, room: float) -> list[list[StudyEvent]]:
        bands: list[list[StudyEvent]] = [[]]
        used = 0.0
        for event, need in zip(self.visits, self._needs(self.visits), strict=True):
            if bands[-1] and used + need > room:
                bands.append([])
                used = 0.0
            bands[-1].append(event)
            used += need
        return bands

    def _band(self, visits: Sequence[StudyEvent], first: float) -> list[Row]:
        voice = self.voice
        widths = [first, *self._widths(visits, WIDE_WIDTH - first)]
        starts = [sum(widths[:place]) for place in range(len(widths))]
        title = voice.lines(message("blankbook.form"), first - 2 * PAD_X, size=SMALL, bold=True)
        head = [Cell(0.0, first, tuple(title), BAND)]
        for event, start, wide in zip(visits, starts[1:], widths[1:], strict=True):
            room = wide - 2 * PAD_X
            strips = lines(event.oid, room, size=SMALL, bold=True)
            strips += voice.lines(event.name, room, size=TINY)
            strips += lines(_days(event), room, size=TINY, colour=SECOND)
            head.append(Cell(start, wide, tuple(strips), BAND))
        heading = Row(tuple(head), edge="grid", keep=True, wide=True)
        rows = [heading]
        for form in self.forms:
            cells = [Cell(0.0, first, tuple(lines(self.name(form), first - 2 * PAD_X, size=SMALL)))]
            for event, start, wide in zip(visits, starts[1:], widths[1:], strict=True):
                due = next((one for one in self.study.forms_of(event.oid) if one.form == form), None)
                signs = (self._sign(due, wide),) if due is not None else ()
                cells.append(Cell(start, wide, signs, across=True))
            rows.append(Row(tuple(cells), edge="grid", repeat=(heading,), wide=True))
        return rows

    def _widths(self, visits: Sequence[StudyEvent], room: float) -> list[float]:
        """What the longest word of each visit needs; the rest in equal parts."""
        need = self._needs(visits)
        spare = max(room - sum(need), 0.0) / len(visits)
        return [one + spare for one in need]

    def _needs(self, visits: Sequence[StudyEvent]) -> list[float]:
        return [
            max(
                longest_word(event.oid, BOLD, SMALL),
                *(longest_word(part, REGULAR, TINY) for part in self.voice.parts(event.name)),
            )
            + 2 * PAD_X
            for event in visits
        ]

    def _sign(self, due: Due, room: float) -> Strip:
        sign = SIGNS[due.mark]
        left = (room - 2 * PAD_X - width(sign, BOLD, BODY)) / 2
        inked = words(left, BODY * ASCENT, sign, bold=True, colour=LINK)
        jump = Jump(-PAD_X, -PAD_Y, room, BODY * LEADING + 2 * PAD_Y, self.goal(due))
        return Strip(BODY * LEADING, (inked, jump))

    def _signs(self, visits: Sequence[StudyEvent]) -> Row:
        """What the signs and the figures mean, those that occur, and windows that are no study days."""
        used = dict.fromkeys(due.mark for due in self.study.due)
        told = [
            f"{sign}\u00a0{self.voice.say(message(f'blankbook.mark_{mark.value}'))}"
            for mark, sign in SIGNS.items()
            if mark in used
        ]
        room = WIDE_WIDTH - 2 * PAD_X
        said = ["   ".join(told), self.voice.say(message("blankbook.days"), "  ")]
        said += [
            f"{event.oid}: {self.voice.say(event.window_text, '  ')}"
            for event in visits
            if event.window_text is not None
        ]
        strips = [strip for text in said for strip in lines(text, room, size=SMALL, colour=SECOND)]
        return Row((Cell(0.0, WIDE_WIDTH, tuple(strips)),), edge="", keep=True, wide=True)

    def places(self, progress: Callable[[int, int], None]) -> list[Part]:
        """The forms."""
        answers = Answers(self.study, self.voice)
        places: list[tuple[StudyEvent | None, str, str]] = (
            [(None, oid, _goal(oid)) for oid in self.forms]
            if self.unique
            else [
                (event, due.form, self.goal(due))
                for event in self.visits
                for due in self.study.forms_of(event.oid)
            ]
        )
        made = []
        for event, oid, goal in places:
            part = blank_part(
                answers,
                self.study.forms[oid],
                event,
                ((0, ""),),
                demo=self.demo,
                made=self.made,
                goal=goal,
            )
            made.append(self._unmarked(part))
            progress(len(made), 2 * len(places))
        return made

    @staticmethod
    def _unmarked(part: Part) -> Part:
        """The part without bookmarks of its own: the two trees name visits and forms, not groups."""
        return replace(part, bookmarks=(), rows=[replace(row, bookmark=None) for row in part.rows])


def _days(event: StudyEvent) -> str:
    """The window of a visit in study days: ``22 … 36``; nothing where words say it or there is none."""
    if event.window is None or event.window_text is not None:
        return ""
    low, high = event.window
    return str(low) if low == high else f"{low} … {high}"


def lay_book(
    study: Study,
    language: Tongue,
    *,
    unique: bool = False,
    demo: bool = False,
    made: datetime,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Laid:
    """The whole casebook as pages that are not yet drawn. ``made`` stands in the foot and must have a zone.

    ``progress`` is told after each form; half of the work is left for drawing. What it raises ends the work.
    """
    voice = Voice(language)
    book = _Book(study, voice, unique, demo, made)
    title = message("blankbook.title_unique" if unique else "blankbook.title")
    cover = book.part(title, COVER, book.cover())
    schedule = book.part(message("blankbook.title_schedule"), SCHEDULE, book.schedule())
    forms = book.places(progress)

    front = book.part(message("blankbook.title_contents"), CONTENTS, ())
    parts = listed(front, [schedule, *forms], book.contents, [cover])
    return assemble(parts, voice, title, study, outline=book.outline())
