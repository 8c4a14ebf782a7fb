"""The logs of a page: which rows there are, which of a long log is open, and what its table says of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.evaluate import group_applies
from mda5_crf.study.model import Item, ItemGroup
from mda5_crf.study.state import FormState, ItemState, worst
from mda5_crf.study.values import Entry
from mda5_crf.text import Text
from mda5_crf.ui.answers import answer
from mda5_crf.ui.book_model import BookLine, telling
from mda5_crf.ui.field import Field
from mda5_crf.ui.form_layout import Section
from mda5_crf.ui.group_book import GroupBook
from mda5_crf.ui.group_grid import GroupGrid
from mda5_crf.ui.group_log import GroupLog
from mda5_crf.ui.inputs import Step
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.marking import speaking
from mda5_crf.ui.row_count import rows_of

if TYPE_CHECKING:
    from mda5_crf.ui.form_page import FormPage

_Struck = dict[str, dict[str, Entry]]


class FormRows:
    """See the module text. ``struck_shown``: whether long logs list their struck rows too."""

    def __init__(self, page: FormPage) -> None:
        self._page = page
        self.struck_shown = False
        self._struck: dict[str, _Struck] = {}
        self._notes: dict[str, Text | None] = {}
        self._columns: dict[str, tuple[tuple[str, ...], tuple[Item, ...]]] = {}

    # -- following the form

    def sync(self, state: FormState) -> bool:
        """Bring every log up to date; True when fields came or went."""
        changed = False
        for section in self._page.sections:
            if isinstance(section.table, GroupGrid):
                section.table.tell_totals(self._page.entry.form, state)
            if section.adder is not None:
                group = section.group
                page = self._page
                section.applies = group_applies(
                    page.study,
                    page.session.data(state.key.subject),
                    state.key,
                    group,
                    page.session.today,
                )
                live = page.entry.rows(group.name)
                struck = self._struck[group.name] = self._struck_rows(group.name, live)
                if isinstance(section.table, GroupLog):
                    words = {row: self._words(group, row, texts) for row, texts in struck.items()}
                    states = dict.fromkeys(live, "empty")
                    states.update((row.key.group_repeat, row.status) for row in rows_of(state, group.name))
                    made = page.entry.lines(group.name)
                    changed |= page.take_fields(
                        section, *section.table.sync(made, words, states, self.strike_words)
                    )
                if section.book is not None:
                    changed |= self._sync_book(section, section.book, state, live)
                if section.count is not None:
                    section.count.tell(state, list(struck))
        return changed

    def _sync_book(self, section: Section, book: GroupBook, state: FormState, live: list[str]) -> bool:
        struck = self._struck[section.group.name]
        was_live = bool(book.fields)
        before = len(book.lines)
        book.tell(
            self._lines(book, state, live), self._items(section.group, state, live), self._struck_words(book)
        )
        listed = {line.identity for line in book.lines}
        if book.open_row in listed and not (was_live and book.open_row in struck):
            return len(book.lines) != before  # its table is higher or lower now
        return self._page.take_fields(section, *book.show_row(book.first_choice()))

    def _items(self, group: ItemGroup, state: FormState, live: list[str]) -> tuple[Item, ...]:
        """The items of the table. Chosen anew only when rows come or go: columns do not jump while typing."""
        known = self._columns.get(group.name)
        if known is None or known[0] != tuple(live):
            place = state.key._replace(group=group.name)
            applies = []
            for item in group.items:
                states = [state.items.get(place._replace(group_repeat=row, item=item.name)) for row in live]
                if 2 * sum(one is not None and one.relevant for one in states) > len(live):
                    applies.append(item)
            known = self._columns[group.name] = (tuple(live), telling(group, applies))
        return known[1]

    def _lines(self, book: GroupBook, state: FormState, live: list[str]) -> list[BookLine]:
        group = book.group
        struck = self._struck[group.name] if self.struck_shown else {}
        items = self._items(group, state, live)
        queries: dict[str, int] = {}
        for key, open_ones in self._page.open_queries().items():
            if key.group == group.name:
                queries[key.group_repeat] = queries.get(key.group_repeat, 0) + len(open_ones)
        rows = {row.key.group_repeat: row for row in rows_of(state, group.name)}
        lines = []
        for number, identity in enumerate(self._page.entry.lines(group.name), 1):
            if identity in struck:
                words = self._words(group, identity, struck[identity])
                told = tuple(words.get(i.name, "") for i in items)
                lines.append(BookLine(identity, str(number), told, "struck"))
            if identity not in live:
                continue
            place = state.key._replace(group=group.name, group_repeat=identity)
            states = [state.items[place._replace(item=item.name)] for item in group.items]
            said = [
                finding
                for one in states
                if one.relevant
                for finding in speaking(one.findings, asked=self._page.asked)
                if not finding.confirmed
            ]
            asked = queries.get(identity, 0)
            lines.append(
                BookLine(
                    identity, str(number),
                    tuple(self._answer(state.items[place._replace(item=i.name)]) for i in items),
                    rows[identity].status, worst(said), asked, max(asked, len(said)),
                )
            )  # fmt: skip
        return lines

    def _answer(self, item: ItemState) -> str:
        value = item.value
        if not item.relevant:
            return ""
        return answer(
            self._page.session, item.item, item.key, Entry(value.text, unit=value.unit, missing=value.missing)
        )

    # -- struck rows

    def _struck_rows(self, group: str, live: list[str]) -> _Struck:
        """What stood in rows that were struck out, by identity and item; rows nobody filled are left out."""
        place = self._page.entry.key._replace(group=group)
        found: _Struck = {}
        for key, entry in self._page.session.data(place.subject).entries.items():
            if key.group == group and key.form_key() == place.form_key() and key.group_repeat not in live:
                found.setdefault(key.group_repeat, {})[key.item] = entry
        return found

    def _words(self, group: ItemGroup, identity: str, entries: dict[str, Entry]) -> dict[str, str]:
        row = self._page.entry.key._replace(group=group.name, group_repeat=identity)
        return {
            item.name: answer(self._page.session, item, row._replace(item=item.name), entries[item.name])
            for item in group.items
            if item.name in entries
        }

    def _struck_words(self, book: GroupBook) -> Callable[[str], str]:
        def words(identity: str) -> str:
            entries = self._struck.get(book.group.name, {}).get(identity, {})
            found = self._words(book.group, identity, entries)
            lines = [self.strike_words(book.group.name, identity) or say("form.struck")]
            for item in book.group.items:
                if found.get(item.name):
                    lines.append(say("form.answer_of", item=item.label, words=found[item.name]))
            return "\n".join(lines)

        return words

    def strike_words(self, group: str, identity: str) -> str:
        """When and why a row was struck out, "" when the journal does not say why."""
        if identity not in self._notes:
            row = self._page.entry.key._replace(group=group, group_repeat=identity)
            self._notes[identity] = self._page.entry.strike_note(row)
        note = self._notes[identity]
        return speak(note) if note is not None else ""

    def list_struck(self, shown: bool) -> None:
        """List struck rows too, or no longer."""
        if shown != self.struck_shown:
            self.struck_shown = shown
            for section in self._page.sections:
                if section.count is not None and section.count.box is not None:
                    section.count.box.setChecked(shown)
            self._page.refresh()
            self._page.relayout()

    def toggle_struck(self) -> bool:
        """Ctrl+Shift+S. False where no long log has struck rows."""
        books = [section.group.name for section in self._page.sections if section.book is not None]
        if not any(self._struck.get(name) for name in books):
            self._page.announce(say("form.nothing_struck"))
            return False
        self.list_struck(not self.struck_shown)
        return True

    # -- which row

    def section_of(self, group: str) -> Section | None:
        """The log ``group`` of this page."""
        return next((s for s in self._page.sections if s.adder is not None and s.group.name == group), None)

    def number_of(self, field: Field) -> int:
        """The number of the row of ``field``, 0 outside a log."""
        section = self.section_of(field.item.group) if field.key.group_repeat else None
        if section is None:
            return 0
        if section.book is not None:
            return section.book.number_of(field.key.group_repeat)
        return section.table.number_of(field.key) if isinstance(section.table, GroupLog) else 0

    def book_focused(self) -> None:
        """The table of a long log has the keyboard."""
        self._page.book_focused()

    def book_pasted(self) -> None:
        """Ctrl+V in the table of a long log: as rows."""
        self._page.acts.pasting.paste_rows()

    def row_wanted(self, book: GroupBook, identity: str) -> bool:
        """Open another row of a long log, once nothing in the open one waits for a reason or for the disk."""
        page = self._page
        if not self.may_leave(book):
            return False
        section = self.section_of(book.group.name)
        assert section is not None
        page.take_fields(section, *book.show_row(identity))
        page.rows_changed()
        return True

    def may_leave(self, book: GroupBook) -> bool:
        """Commit what stands in the open row. False when something has to wait: it has the keyboard then."""
        commits = self._page.commits
        waiting = [field for field in book.fields if field.input.dirty]
        for field in waiting:
            commits.commit(field, by_keyboard=True)
        strip = commits.strip
        if strip is not None and any(strip.parent() is field.host.widget() for field in book.fields):
            strip.take_focus()
            return False
        left = next((field for field in waiting if field.input.dirty), None)
        if left is not None:
            left.take_focus()
        return left is None

    def reveal(self, key: ItemKey) -> bool:
        """Open the row of ``key`` where its log shows one at a time. False when that row cannot be opened."""
        section = self.section_of(key.group) if key.group_repeat else None
        if section is None or section.book is None or section.book.open_row == key.group_repeat:
            return True
        known = any(line.identity == key.group_repeat for line in section.book.lines)
        return known and self.row_wanted(section.book, key.group_repeat)

    def at(self) -> tuple[GroupBook, Field | None] | None:
        """The long log that has the keyboard, and the field in it; None elsewhere."""
        for section in self._page.sections:
            book = section.book
            if book is not None:
                field = next((f for f in book.fields if f.has_focus()), None)
                if book.has_focus() or field is not None:
                    return book, field
        return None

    def step_row(self, by: int) -> bool:
        """The same question in the next row (the one before), in a long log as in a table."""
        here = self.at()
        if here is None:
            return self._step_table(by)
        book, field = here
        identity = book.neighbour(by)
        if not identity:
            self._page.announce(say("form.last_row" if by > 0 else "form.first_row"))
            return False
        item = field.item.name if field is not None else ""
        if not self.row_wanted(book, identity):
            return False
        same = next((f for f in book.fields if f.item.name == item and f.stop), None)
        if item and book.fields:
            first = next((f for f in book.fields if f.stop), None)
            target = same or first
            if target is not None:
                self._page.moves.focus(target)
                return True
        self._page.moves.focus(book)
        return True

    def _step_table(self, by: int) -> bool:
        field = self._page.focused
        if field is None or not isinstance(field.host, GroupLog) or not field.has_focus():
            return False
        target = field.host.neighbour(field, Step.DOWN if by > 0 else Step.UP)
        if target is None or not self._page.commits.commit(field, by_keyboard=True):
            return False
        self._page.moves.focus(target)
        return True
