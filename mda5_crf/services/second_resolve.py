"""How differences between two entries end: a person other than the first author says which reading is right.

Each is one transaction: the record of the resolution, and where the value changes an ordinary value with the
reason *double entry*, through the write path of every value, so that a signature over it is void.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from mda5_crf.db.fold_second import PAIRED, STRUCK
from mda5_crf.db.records import AuditRecord, Draft
from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Changes, Reason
from mda5_crf.services.entry import EntrySession
from mda5_crf.services.entrycore import reason_content
from mda5_crf.services.second_book import OPEN, Comparison, Standing, entry_of
from mda5_crf.services.second_facts import fact
from mda5_crf.study.values import Entry

if TYPE_CHECKING:
    from mda5_crf.services.second import SecondEntry
    from mda5_crf.services.session import Session

DOUBLE_ENTRY: Final = "DOUBLE_ENTRY"
"""The reason in the record of a value that double entry changed; its text names the records compared."""
FIRST, SECOND, OTHER = "first", "second", "other"
CHOICES: Final = (FIRST, SECOND, OTHER)


def resolve(second: SecondEntry, key: ItemKey, choice: str, text: str = "", note: str = "") -> None:
    """End the difference of one item. ``key`` is its place in the second entry; OTHER needs ``text``.

    Raises InputRefused (nothing differs there, or it is for another person to say), PermissionDenied and
    StoreError; then nothing has changed.
    """
    one = second.comparison(key)
    if choice not in CHOICES:
        raise InputRefused("second.choice_unknown", known=", ".join(CHOICES))
    if one is None or one.standing not in OPEN or one.second is None:
        raise InputRefused("second.nothing_differs", item=second.label(key))
    if choice == OTHER and not text.strip():
        raise InputRefused("second.text_needed", item=second.label(key))
    _require_other(second, one)
    _Resolving(second.base, second, one, note).end(choice, text)
    second.read_again()


def _require_other(second: SecondEntry, one: Comparison) -> None:
    """Whoever wrote the first value may not judge it alone."""
    second.require_entry()
    me = second.base.person.id
    author = one.first.person if one.first is not None and (one.first.text or one.first.missing) else ""
    if author == me and (one.second is None or one.second.person != me):
        raise InputRefused("second.resolver_first", item=second.label(one.key))


class _Reasoned(EntrySession):
    """The ordinary entry of the form; what it writes has the reason of double entry."""

    def __init__(self, session: Session, key: ItemKey, compared: Sequence[str]) -> None:
        super().__init__(session, key)
        self._compared = tuple(compared)

    def _with_reason(
        self,
        content: dict[str, object],
        reason: Reason | None,  # noqa: ARG002 - it is always the same
        key: ItemKey | None = None,  # noqa: ARG002
    ) -> dict[str, object]:
        return {**content, "reason": reason_content(Reason(DOUBLE_ENTRY, " ".join(self._compared)))}

    def tell(self, touched: Sequence[ItemKey], records: Sequence[AuditRecord]) -> None:
        """Say what was written."""
        self._changed(touched, records)


class _Resolving(_Reasoned):
    """Writes a value with the record of its resolution behind it."""

    def __init__(self, session: Session, second: SecondEntry, one: Comparison, note: str) -> None:
        assert one.second is not None
        heads = one.first.heads if one.first is not None else ()
        super().__init__(session, second.key, (*heads, one.second.record))
        self._one = one
        self._note = note
        self._choice = FIRST

    def end(self, choice: str, text: str) -> Changes:
        """Write what was chosen."""
        one = self._one
        assert one.second is not None
        entry = self._cache.data.get(one.place) or Entry("")
        if choice == SECOND:
            entry = entry_of(one.second)
        elif choice == OTHER:
            entry = self._typed(one.place, text, None)
        self._choice = self._meant(choice, entry)
        if not self._differs(one.place, entry):
            heads = one.first.heads if one.first is not None else ()
            (record,) = self._session.append([self._resolution(heads)])
            return self._changed((), (record,))
        return self._write([self._draft(one.place, entry, None)], [(one.place, entry)], None)

    def _meant(self, choice: str, entry: Entry) -> str:
        """Somebody who types what one of the two had said chooses that one."""
        if choice != OTHER:
            return choice
        item = self.form.items[self._one.place.item]
        said = fact(item, entry, self.codelist_of(item))
        for name, one in ((FIRST, self._one.first), (SECOND, self._one.second)):
            if one is not None and fact(item, entry_of(one), self.codelist_of(item)) == said:
                return name
        return OTHER

    def _write(
        self, drafts: Sequence[Draft], entries: Sequence[tuple[ItemKey, Entry]], reason: Reason | None
    ) -> Changes:
        """As every value is written, with the resolution behind it in the same transaction."""
        data = self._cache.data
        before = [(key, data.get(key)) for key, _ in entries]
        for key, entry in entries:
            data.put(key, entry if entry.text or entry.missing else None)

        def then(made: Sequence[AuditRecord]) -> list[Draft]:
            return [self._resolution((made[0].id,))]

        try:
            records = self._session.append([*drafts, *self._follow()], then=then)
        except BaseException:
            # As in entry: whatever stopped it, nothing unsaved may look like an answer.
            for key, old in before:
                data.put(key, old)
            raise
        return self._written(entries, records, reason)

    def _resolution(self, stands: Sequence[str]) -> Draft:
        one = self._one
        assert one.second is not None
        heads = one.first.heads if one.first is not None else ()
        content = _ended(self._choice, self._note, first=heads, second=one.second.record, stands=stands)
        return Draft("second-resolved", one.place.path(), content)


class _Adding(_Reasoned):
    """Adds a row with what ends the question behind it."""

    def __init__(self, session: Session, second: SecondEntry, row: ItemKey, note: str) -> None:
        super().__init__(session, second.key, (row.group_repeat,))
        self._row = row
        self._note = note

    def add(self, values: Mapping[str, Entry]) -> None:
        """One transaction: the row, its values, queries that follow, the resolution, the pair."""
        self._add_rows(self._row.group, [values], {}, {}, None)

    def _follow(self) -> list[Draft]:
        made = self._cache.data.lines[self._row._replace(group_repeat="")][-1]
        ended = _ended(SECOND, self._note, second=self._row.group_repeat, stands=(made,))
        paired: dict[str, object] = {"state": PAIRED, "first": made}
        path = self._row.path()
        return [*super()._follow(), Draft("second-resolved", path, ended), Draft("second-row", path, paired)]


def _ended(
    choice: str, note: str, *, first: Sequence[str] = (), second: str = "", stands: Sequence[str] = ()
) -> dict[str, object]:
    """The content of a ``second-resolved`` record."""
    said: dict[str, object] = {
        "choice": choice, "first": list(first), "second": second, "stands": list(stands),
    }  # fmt: skip
    return {**said, "note": note.strip()} if note.strip() else said


# -- rows ----------------------------------------------------------------------------------------------


def pair(second: SecondEntry, row: ItemKey, first: str) -> None:
    """Say that ``row`` of the second entry is the row ``first`` of the record. Raises InputRefused."""
    second.require_entry()
    _require_row(second, row)
    live = second.base.cache(row.subject).data.rows.get(row._replace(group_repeat=""), ())
    if first not in live:
        raise InputRefused("second.row_unknown")
    content: dict[str, object] = {"state": PAIRED, "first": first}
    second.base.append([Draft("second-row", row.path(), content)])
    second.read_again()


def take_row(second: SecondEntry, row: ItemKey, note: str = "") -> None:
    """A row only the second entry has is right: add it to the record, with all its values, as one act."""
    second.require_entry()
    _require_row(second, row)
    values = {
        key.item: entry_of(one.second)
        for key, one in second.book().items.items()
        if key.row_key() == row and one.standing is Standing.SINGLE and one.second is not None
    }
    _Adding(second.base, second, row, note).add(values)
    second.read_again()


def drop_row(second: SecondEntry, row: ItemKey, note: str = "") -> None:
    """A row only the second entry has is an error of the second entry: it no longer counts."""
    second.require_entry()
    _require_row(second, row)
    ended = _ended(FIRST, note, second=row.group_repeat)
    state: dict[str, object] = {"state": STRUCK}
    second.base.append([Draft("second-resolved", row.path(), ended), Draft("second-row", row.path(), state)])
    second.read_again()


def keep_row(second: SecondEntry, row: ItemKey, note: str = "") -> None:
    """A row only the first entry has is right: whoever entered it the second time overlooked it."""
    second.require_entry()
    if row.group_repeat not in second.book().rows[row.group].only_first:
        raise InputRefused("second.row_unknown")
    ended = _ended(FIRST, note, first=(row.group_repeat,), stands=(row.group_repeat,))
    second.base.append([Draft("second-resolved", row.path(), ended)])
    second.read_again()


def strike_first_row(second: SecondEntry, row: ItemKey, note: str = "") -> None:
    """A row only the first entry has is wrong: it is struck in the record, as any row is."""
    second.require_entry()
    if row.group_repeat not in second.book().rows[row.group].only_first:
        raise InputRefused("second.row_unknown")
    words = note.strip() or row.group_repeat
    struck: dict[str, object] = {
        "state": "struck", "reason": reason_content(Reason(DOUBLE_ENTRY, words)),
    }  # fmt: skip
    ended = _ended(SECOND, note, first=(row.group_repeat,))
    base = second.base
    records = base.append([Draft("strike", row.path(), struck), Draft("second-resolved", row.path(), ended)])
    base.cache(row.subject).data.strike_row(row._replace(group_repeat=""), row.group_repeat)
    _Reasoned(base, second.key, ()).tell((row,), records)
    second.read_again()


def _require_row(second: SecondEntry, row: ItemKey) -> None:
    """Raise InputRefused unless ``row`` is a row of the second entry that has no certain partner."""
    found = second.book().rows.get(row.group)
    if found is None or row.group_repeat not in (*found.only_second, *found.ties):
        raise InputRefused("second.row_unknown")
