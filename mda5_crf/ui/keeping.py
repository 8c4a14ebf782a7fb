"""What waits in the vault while nobody has committed it: seen on the screen, kept, and put back.

``Keeper`` asks the window's parts what stands in them half-typed and where the person is, stores that a
moment after the hands rest, and puts it back after a lock or a crash. Nothing of it is written elsewhere.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from mda5_crf.errors import StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.drafts import HalfTyped, Place, TypedInto
from mda5_crf.text import Text, both, message
from mda5_crf.ui.allowed import OFFICE
from mda5_crf.ui.ime import Composition
from mda5_crf.ui.inputs import Deaf, Entered, NumberInput
from mda5_crf.ui.places import joined, whole_place
from mda5_crf.ui.side_panel import QUERIES
from mda5_crf.ui.strips import AskStrip

if TYPE_CHECKING:
    from mda5_crf.ui.field import Field
    from mda5_crf.ui.form_page import FormPage
    from mda5_crf.ui.work_pages import WorkArea

REST = 2.0
"""Seconds after the last key until what stands half-typed is stored."""
LONGEST = 8.0
"""Seconds after which it is stored although the keys do not rest."""


@dataclass(frozen=True, slots=True)
class Kept:
    """All of it at one moment."""

    drafts: tuple[HalfTyped, ...]
    place: Place


class Keeper(QObject):
    """See the module text. Made with the work area, ended with it."""

    def __init__(self, work: WorkArea, rest: float = REST) -> None:
        super().__init__(work)
        self._work = work
        self._waiting: dict[tuple[TypedInto, str], HalfTyped] = {}
        self._cursors: dict[ItemKey, int] = {}
        self._since = 0.0
        self._changed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(int(rest * 1000))
        self._timer.timeout.connect(self.keep)

    # -- keeping

    def typed(self) -> None:
        """Somebody used the keyboard: store a moment later, not now."""
        now = time.monotonic()
        if not self._timer.isActive():
            self._since = now
        elif now - self._since > LONGEST:
            return
        self._timer.start()

    def keep(self) -> None:
        """Store what stands half-typed and where the person is, if that is new.

        A disk that does not take it is not told of here: the next commit will say so, with what to do.
        """
        if self._work.busy:
            self._timer.start()
            return
        with contextlib.suppress(StoreError):
            kept = self.look()
            self._work.session.keep_drafts(kept.drafts, kept.place)

    def look(self) -> Kept:
        """What stands half-typed now, and where. What still waits for its form to be opened stays."""
        found = dict(self._waiting)
        for draft in self._on_screen():
            found[draft.kind, draft.key] = draft
        return Kept(tuple(found.values()), self._place())

    def finish_compositions(self) -> None:
        """What an input method is composing becomes text in its field."""
        for page in self._work.forms.pages():
            for field in page.fields.values():
                if field.input.composing:
                    field.input.finish_composition()

    def deafen(self) -> None:
        """From now on nothing that loses the keyboard is committed for it: the window is being put away."""
        self._timer.stop()
        for page in self._work.forms.pages():
            for field in page.fields.values():
                field.input.listener = Deaf()

    def end(self) -> None:
        """An ordinary log-out: what stands on the screen was committed or given up; the rest waits on."""
        self._timer.stop()
        with contextlib.suppress(StoreError):
            self._work.session.keep_drafts(self._waiting.values())

    def _place(self) -> Place:
        work, page = self._work, self._work.page
        office = work.office
        if office.page is not None:
            back = office.back
            aside: dict[str, str | int] = {"office": office.command, "about": office.page.chosen_now}
            if back is None or not back.form:
                return Place(look=aside)
            return Place(back.form_key(), back if back.item else None, aside)
        if page is None:
            look: dict[str, str | int] = {}
            matrix = work.matrix
            if matrix.search.text():
                look["search"] = matrix.search.text()
            if matrix.filter.currentIndex() > 0:
                look["filter"] = matrix.filter.currentIndex()
            return Place(look=look)
        look = {"scroll": page.view.verticalScrollBar().value()}
        if work.panes.side_shown:
            look["side"] = work.side.currentIndex()
        return Place(page.entry.key, page.focused_key, look)

    def _on_screen(self) -> Iterable[HalfTyped]:
        work = self._work
        for page in work.forms.pages():
            for field in page.fields.values():
                if field.input.dirty:
                    yield replace(_of_field(field), kind=_field_kind(page))
            if page.entry.blind:
                continue  # which of two readings is right is asked again by F8
            strip, key = page.commits.strip, page.commits.asked_for
            if strip is not None and key is not None:
                code = strip.choice.entered().text if strip.choice is not None else ""
                if code or strip.words.text():
                    yield HalfTyped(
                        TypedInto.REASON, key.path(), _text(strip.words), code, strip.words.cursorPosition()
                    )
        yield from self._of_strip()
        aside = work.office.page
        if aside is not None:
            for name, box in aside.half_typed().items():
                if _text(box):
                    where = f"{work.office.command}.{name}"
                    yield HalfTyped(TypedInto.WORDS, where, _text(box), cursor=_cursor(box))
        query = work.side.chosen()
        if query is not None and work.side.answer.text():
            answer = work.side.answer
            yield HalfTyped(
                TypedInto.ANSWER, query.key.path(), _text(answer), query.id, answer.cursorPosition()
            )

    def _of_strip(self) -> Iterable[HalfTyped]:
        strip = self._work.strip
        if strip is None:
            return
        if isinstance(strip, AskStrip) and strip.about is not None:
            if strip.line.text():
                cursor = strip.line.cursorPosition()
                yield HalfTyped(TypedInto.QUERY, strip.about.path(), _text(strip.line), cursor=cursor)
            return
        for place, box in enumerate(_boxes(strip)):
            yield HalfTyped(TypedInto.WORDS, f"{type(strip).__name__}.{place}", _text(box))

    # -- putting back

    def begin(self, kept: Kept | None = None) -> bool:
        """Go where the person was, with what was half-typed. ``kept``: what the vault could not take.

        False when there is nothing to go back to: the last session ended with a log-out.
        """
        session = self._work.session
        drafts = kept.drafts if kept is not None else session.drafts()
        place = kept.place if kept is not None else session.last_place()
        self._waiting = {(draft.kind, draft.key): draft for draft in drafts}
        self._changed = False
        before = len(self._waiting)
        back = place is not None and self._go(place)
        if place is not None:
            back |= self._go_aside(place)
        session.note_place(self._place())
        words = self._words(back, before != len(self._waiting))
        if words is not None:
            self._work.bar.show_words(joined(words, self._work.greeting))
        return back

    def _words(self, back: bool, typed: bool) -> Text | None:
        for draft in self._waiting.values():
            if draft.kind is TypedInto.WORDS:
                return message("lock.words", words=both(draft.text))
        if self._changed:
            return message("lock.changed_meanwhile")
        if back:
            return message("lock.typed_is_back" if typed else "lock.you_were_here")
        places = self._waiting_at()
        if not places:
            return None
        words = whole_place(self._work.session, places[0])
        if len(places) > 1:
            words = message("lock.waits_more", place=words, count=len(places) - 1)
        return message("lock.waits_at", place=words)

    def _waiting_at(self) -> list[ItemKey]:
        """The forms in which something waits that can still be opened."""
        forms: list[ItemKey] = []
        for draft in self._waiting.values():
            if draft.kind is not TypedInto.WORDS:
                key = ItemKey.parse(draft.key).form_key()
                if key not in forms and self._is_there(key):
                    forms.append(key)
        return forms

    def _is_there(self, form: ItemKey) -> bool:
        session = self._work.session
        if not any(subject.identity == form.subject for subject in session.subjects()):
            return False
        return any(node.key == form for event in session.tree(form.subject) for node in event.forms)

    def _go(self, place: Place) -> bool:
        work = self._work
        if place.form is None:
            matrix = work.matrix
            index = place.look.get("filter", 0)
            if isinstance(index, int) and 0 < index < matrix.filter.count():
                matrix.filter.setCurrentIndex(index)
            matrix.search.setText(str(place.look.get("search", "")))
            return bool(place.look)
        if not self._is_there(place.form) or not work.open_form(place.form, place.item):
            return False
        page = work.page
        assert page is not None
        side, scroll = place.look.get("side"), place.look.get("scroll")
        if isinstance(side, int) and 0 <= side < work.side.count():
            work.panes.show_side(True)
            work.side.setCurrentIndex(side)
        self._open_again(page)
        if isinstance(scroll, int):
            # Behind the layout of the first picture.
            QTimer.singleShot(0, page, lambda: page.view.verticalScrollBar().setValue(scroll))
        return True

    def _go_aside(self, place: Place) -> bool:
        """Open the page beside the forms that was on screen, and put back what was typed there."""
        command, work = str(place.look.get("office", "")), self._work
        if command not in OFFICE or not work.session.may(OFFICE[command]):
            return False
        page = work.office.open(command)
        if page is None:
            return False
        page.choose_again(str(place.look.get("about", "")))
        start = f"{command}."
        words = {
            key[len(start) :]: draft.text
            for (_, key), draft in self._waiting.items()
            if key.startswith(start)
        }
        for name in page.bring_back(words):
            del self._waiting[TypedInto.WORDS, f"{start}{name}"]
        return True

    def fill(self, page: FormPage) -> None:
        """A form was built: what waits for its fields stands in them again, uncommitted."""
        form = page.entry.key
        for kind, path in list(self._waiting):
            if kind is not _field_kind(page):
                continue
            key = ItemKey.parse(path)
            if key.form_key() != form:
                continue
            draft = self._waiting[kind, path]
            page.rows.reveal(key)
            field = page.fields.get(key)
            if field is None or field.input.locked:
                # The row was struck or the form locked meanwhile: the text is offered, not lost.
                del self._waiting[kind, path]
                self._waiting[TypedInto.WORDS, path] = HalfTyped(TypedInto.WORDS, path, draft.text)
                continue
            del self._waiting[kind, path]
            self._changed |= field.input.saved.text != draft.base
            self._cursors[key] = draft.cursor
            _put_back(field, draft)

    def _open_again(self, page: FormPage) -> None:
        """The cursor where it stood, and the strip that was open."""
        work, form = self._work, page.entry.key
        for (kind, path), draft in list(self._waiting.items()):
            if (
                kind in (TypedInto.WORDS, TypedInto.FIELD, TypedInto.SECOND)
                or ItemKey.parse(path).form_key() != form
            ):
                continue
            if kind is TypedInto.REASON:
                done = self._ask_reason(page, draft)
            elif kind is TypedInto.QUERY:
                done = self._ask_query(draft)
            else:
                done = self._answer(draft)
            del self._waiting[kind, path]
            if not done:
                self._waiting[TypedInto.WORDS, path] = HalfTyped(TypedInto.WORDS, path, draft.text)
        if work.strip is None and page.commits.strip is None and page.focused is not None:
            cursor = self._cursors.pop(page.focused.key, None)
            box = _box_of(page.focused)
            if box is not None and cursor is not None:
                _set_cursor(box, cursor)

    def _ask_reason(self, page: FormPage, draft: HalfTyped) -> bool:
        field = page.fields.get(ItemKey.parse(draft.key))
        due = page.entry.needs_reason or page.entry.sitting_reason is not None
        if field is None or not field.input.dirty or not due:
            return False
        page.commits.commit(field, by_keyboard=True)  # opens the strip: the reason is still to be given
        strip = page.commits.strip
        if strip is None:
            return False
        if strip.choice is not None and draft.unit:
            strip.choice.bring_back(Entered(draft.unit))
        strip.words.setText(draft.text)
        return True

    def _ask_query(self, draft: HalfTyped) -> bool:
        work = self._work
        work.acts.ask_query(ItemKey.parse(draft.key))
        strip = work.strip
        if not isinstance(strip, AskStrip):
            return False
        strip.line.setText(draft.text)
        _set_cursor(strip.line, draft.cursor)
        return True

    def _answer(self, draft: HalfTyped) -> bool:
        work = self._work
        if not work.side.choose(draft.unit) or not work.side.answer.isEnabled():
            return False
        work.open_side(QUERIES)
        work.side.answer.setText(draft.text)
        work.side.answer.setFocus()
        _set_cursor(work.side.answer, draft.cursor)
        return True


def _field_kind(page: FormPage) -> TypedInto:
    return TypedInto.SECOND if page.entry.blind else TypedInto.FIELD


Box = QLineEdit | QPlainTextEdit


def _boxes(widget: QWidget) -> list[Box]:
    """The boxes in which somebody wrote words; never one for a password."""
    lines: list[Box] = [
        line
        for line in widget.findChildren(QLineEdit)
        if line.echoMode() is QLineEdit.EchoMode.Normal and line.isModified() and line.text()
    ]
    texts: list[Box] = [box for box in widget.findChildren(QPlainTextEdit) if box.toPlainText()]
    return lines + texts


def _box_of(field: Field) -> Box | None:
    """The box of text of a field, None for buttons."""
    target = field.input.focus_target()
    return target if isinstance(target, QLineEdit | QPlainTextEdit) else None


def _text(box: Box) -> str:
    """What stands in ``box``, with what an input method is composing there."""
    text = box.text() if isinstance(box, QLineEdit) else box.toPlainText()
    composition = getattr(box, "composition", None)
    if isinstance(composition, Composition) and composition.preedit:
        cursor = _cursor(box)
        text = text[:cursor] + composition.preedit + text[cursor:]
    return text


def _cursor(box: Box) -> int:
    return box.cursorPosition() if isinstance(box, QLineEdit) else box.textCursor().position()


def _set_cursor(box: Box, cursor: int) -> None:
    if isinstance(box, QLineEdit):
        box.setCursorPosition(min(cursor, len(box.text())))
    else:
        place = box.textCursor()
        place.setPosition(min(cursor, len(box.toPlainText())))
        box.setTextCursor(place)


def _of_field(field: Field) -> HalfTyped:
    entered, box = field.input.entered(), _box_of(field)
    text, cursor = (entered.text, 0) if box is None else (_text(box), _cursor(box))
    return HalfTyped(TypedInto.FIELD, field.key.path(), text, entered.unit, cursor, field.input.saved.text)


def _put_back(field: Field, draft: HalfTyped) -> None:
    """As it was typed, not as it would be read: half a word is not yet an answer."""
    box = _box_of(field)
    if isinstance(box, QLineEdit):
        if isinstance(box, NumberInput) and draft.unit in box.units:
            box.unit = draft.unit
        box.setText(draft.text)
    elif box is not None:
        box.setPlainText(draft.text)
    else:
        field.input.bring_back(Entered(draft.text, draft.unit))
    field.host.refresh_field(field)
