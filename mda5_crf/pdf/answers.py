"""The answer area of one item, the same room whether blank or filled."""

from __future__ import annotations

from mda5_crf.pdf import ticks, writein
from mda5_crf.pdf.annotate import Notes
from mda5_crf.pdf.fonts import ASCENT, REGULAR, width
from mda5_crf.pdf.ink import (
    BODY,
    COMPUTED,
    FAINT,
    SECOND,
    SMALL,
    TEXT,
    TINY,
    Box,
    Ink,
    Strip,
    lines,
    stacked,
    words,
)
from mda5_crf.pdf.reading import Answer
from mda5_crf.pdf.voice import Voice
from mda5_crf.pdf.writein import TALL
from mda5_crf.study.model import CodeList, Item, ItemType, Study

LONG_LIST = 30  # a codelist with more answers is answered by writing the code, the list printed small below
STRIP = TALL + 1.0


class Answers:
    """Draws the answers of one document: its study, its language; ``notes`` stand beside the questions."""

    def __init__(self, study: Study, voice: Voice, notes: Notes | None = None) -> None:
        self.study = study
        self.voice = voice
        self.notes = notes

    def codelist(self, item: Item) -> CodeList | None:
        """The codelist of an item to tick or write codes of."""
        return self.study.codelists.get(item.codelist or "")

    def strips(self, item: Item, answer: Answer | None, room: float) -> list[Strip]:
        """The answer area at ``room`` points width; ``answer`` None draws the blank."""
        codes = self.codelist(item)
        if codes is not None and not item.computed:
            return self._coded(item, codes, answer, room)
        return self._written(item, answer, room)

    def _coded(self, item: Item, codes: CodeList, answer: Answer | None, room: float) -> list[Strip]:
        chosen = answer.codes if answer else frozenset()
        faint = answer is not None and not answer.relevant
        captions = [(value.code, ticks.caption(value, self.voice)) for value in codes.values]
        strips: list[Strip] = []
        if item.type is ItemType.MULTI:
            strips += lines(self.voice.tell("several"), room, size=TINY, colour=SECOND)
        if len(captions) > LONG_LIST and item.type is ItemType.MULTI:
            strips += ticks.options(captions, chosen, room, size=TINY, faint=faint)
            if answer is not None and not chosen:
                strips += self._beside(answer, room)
        elif len(captions) > LONG_LIST:
            strips += self._boxed(self._width(item, room), answer, room)
            strips += lines(self.voice.tell("one_code"), room, size=TINY, colour=SECOND)
            strips += ticks.options(captions, chosen, room, size=TINY, faint=faint)
        else:
            strips += ticks.options(captions, chosen, room, faint=faint)
            if answer is not None and not chosen:
                strips += self._beside(answer, room)
        return strips

    def _written(self, item: Item, answer: Answer | None, room: float) -> list[Strip]:
        if item.computed:
            return self._computed(item, answer, room)
        if writein.is_long(item):
            blank = writein.ruled(item, room)
            if answer is None or not self._spoken(answer):
                return blank
            typed = lines(self._spoken(answer), room, colour=self._colour(answer))
            if writein.is_story(item):
                return typed
            missing = sum(one.height for one in blank) - sum(one.height for one in typed)
            return [*typed, Strip(missing, ())] if missing > 0 else typed
        if answer is not None:
            strips = self._boxed(self._width(item, room), answer, room)
        else:
            comb = writein.shape(item)
            across, inks = writein.comb(comb) if comb else (0.0, ())
            if not comb or across > room:
                inks = writein.frame(self._width(item, room))
            strips = [Strip(STRIP, inks)]
        if item.type is ItemType.PARTIAL_DATE:
            strips += lines(self.voice.tell("unknown_part"), room, size=TINY, colour=SECOND)
        if item.type is ItemType.LINK:
            strips += lines(self._line_of(item), room, size=TINY, colour=SECOND)
        return strips

    def _line_of(self, item: Item) -> str:
        """What to write into a link: a line number of which form."""
        return self.voice.tell("lines_of" if item.many else "line_of", form=item.to or "")

    def _width(self, item: Item, room: float) -> float:
        """Width of the box that a filled page draws where the blank has a comb or a box."""
        comb = writein.shape(item)
        return min(writein.comb(comb)[0], room) if comb else writein.box_width(item, room)

    def _boxed(self, wide: float, answer: Answer | None, room: float) -> list[Strip]:
        """The typed text in a box; a text too long for the box stands below it in full lines."""
        spoken = self._spoken(answer) if answer else ""
        inside = width(spoken, REGULAR, BODY) + 6.0
        box: list[Ink] = [Box(0.0, 0.0, min(max(wide, inside), room), TALL, SECOND, "")]
        if "\n" in spoken or inside > room:
            return [*lines(spoken, room, colour=self._colour(answer)), *self._converted(answer, room)]
        if spoken:
            box.append(words(3.0, 10.6, spoken, colour=self._colour(answer)))
        return [Strip(STRIP, tuple(box)), *self._converted(answer, room)]

    def _computed(self, item: Item, answer: Answer | None, room: float) -> list[Strip]:
        """A grey box: nobody writes here."""
        spoken = self._told(item, answer) if answer else ""
        if width(spoken, REGULAR, BODY) + 6.0 > room:
            return lines(spoken, room)
        wide = max(min(writein.box_width(item, room), 140.0), width(spoken, REGULAR, BODY) + 6.0)
        box: list[Ink] = [Box(0.0, 0.0, min(wide, room), TALL, "", COMPUTED)]
        if spoken:
            box.append(words(3.0, 10.6, spoken, colour=TEXT if answer and answer.relevant else FAINT))
        elif answer is None:
            box.append(words(3.0, 11.0, "Σ", size=SMALL, colour=SECOND))
        return [Strip(STRIP, tuple(box))]

    def _told(self, item: Item, answer: Answer) -> str:
        """A computed value; a computed code with its text."""
        codes = self.codelist(item)
        if codes is not None and answer.codes:
            known = [ticks.caption(value, self.voice) for value in codes.values if value.code in answer.codes]
            return ", ".join(known)
        return self._spoken(answer)

    def _beside(self, answer: Answer, room: float) -> list[Strip]:
        """Under tick boxes: the reason for no result, or the text that is none of the codes."""
        return lines(self._spoken(answer), room, colour=self._colour(answer)) if self._spoken(answer) else []

    def _converted(self, answer: Answer | None, room: float) -> list[Strip]:
        if answer is None or not answer.converted:
            return []
        return lines(answer.converted, room, size=SMALL, colour=SECOND)

    def _spoken(self, answer: Answer) -> str:
        """What was answered: the text as typed, or the missing code in words."""
        if answer.missing:
            reason = self.study.missing_codes.get(answer.missing)
            return f"{answer.missing} {self.voice.say(reason)}" if reason else answer.missing
        if not answer.relevant and answer.text:
            return f"{self.voice.tell('kept')}: {answer.text}"
        return answer.text

    @staticmethod
    def _colour(answer: Answer | None) -> str:
        return FAINT if answer is not None and not answer.relevant else TEXT

    # In a table the cell itself is the box: only what must be said stands in it.

    def in_table(self, item: Item, answer: Answer | None, room: float, *, with_unit: bool) -> list[Strip]:
        """The answer inside a table cell of ``room`` points."""
        hint = self._hint(item, room, with_unit)
        if answer is None:
            return hint
        spoken = self._told(item, answer) if item.computed else self._spoken(answer)
        if answer.missing in item.missing:
            spoken = ""  # its box is ticked below
        if with_unit and spoken and not answer.missing and (answer.unit or item.unit):
            spoken = f"{spoken} {answer.unit or item.unit}"
        strips = [*lines(spoken, room, colour=self._colour(answer)), *self._converted(answer, room)]
        spare = stacked(hint) - stacked(strips)
        if spare <= 0.0:
            return strips
        *above, last = strips or [Strip(0.0, ())]
        return [*above, last._replace(height=last.height + spare)]  # as tall as the blank one

    def ticked_in_table(self, item: Item, answer: Answer | None, room: float) -> list[Strip]:
        """The codes of a short codelist as boxes in a table cell; what they mean stands above the table."""
        codes = self.codelist(item)
        captions = [(value.code, value.code) for value in codes.values] if codes else []
        captions += [(f"no result: {code}", code) for code in item.missing]
        chosen = answer.codes if answer else frozenset()
        if answer is not None and answer.missing:
            chosen = frozenset({f"no result: {answer.missing}"})
        faint = answer is not None and not answer.relevant
        strips = ticks.options(captions, chosen, room, size=SMALL, faint=faint)
        if answer is not None and not chosen:
            strips += self._beside(answer, room)
        return strips

    def _hint(self, item: Item, room: float, with_unit: bool) -> list[Strip]:
        """What a cell to write in says: the pattern of a date, the unit or the choice of units."""
        if item.type in (ItemType.DATE, ItemType.PARTIAL_DATE):
            hint = "YYYY-MM-DD"
        elif item.type is ItemType.TIME:
            hint = "hh:mm"
        elif item.type is ItemType.DATETIME:
            hint = "YYYY-MM-DD hh:mm"
        elif item.type is ItemType.LINK:
            hint = f"{item.to}#"
        elif item.computed:
            hint = "Σ"
        elif with_unit and len(self.choice(item)) > 1:
            hint = "  ".join(f"☐ {unit}" for unit in self.choice(item))
        else:
            hint = item.unit or "" if with_unit else ""
        room_above = Strip(BODY * ASCENT, ())
        return [room_above, *lines(hint, room, size=TINY, colour=SECOND)] if hint else [Strip(STRIP, ())]

    @staticmethod
    def units(item: Item) -> tuple[str, ...]:
        """The units an answer may be given in, the stored one first."""
        return tuple(dict.fromkeys(unit for unit in (item.unit, *item.units) if unit))

    def choice(self, item: Item) -> tuple[str, ...]:
        """The units to choose from on paper; one that follows another item's unit offers no choice."""
        return self.units(item) if not item.unit_from and not item.computed else self.units(item)[:1]
