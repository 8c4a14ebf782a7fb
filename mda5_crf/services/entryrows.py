"""Rows of logs, cells of grids, and what is pasted into either: many values in one act, one transaction.

Part of ``services.entry.EntrySession``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mda5_crf.db.records import AuditRecord, Draft
from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import logs, pasting, resting
from mda5_crf.services.changes import Changes, Reason
from mda5_crf.services.entrycore import ORIGIN, EntryCore
from mda5_crf.services.pasting import PasteOptions, PastePlan
from mda5_crf.services.resting import RestOffer
from mda5_crf.study.values import Entry
from mda5_crf.text import Text

PASTED, REST = "pasted", "rest"
"""How a value came in: from the clipboard; by the key that sets what is still empty."""
_NEW = "new"


class EntryRows(EntryCore):
    """See the module text."""

    # -- rows of logs

    def add_row(self, group: str, reason: Reason | None = None) -> tuple[str, Changes]:
        """Add a row to a log or other repeating group; returns its permanent identity."""
        self._require_entry()
        self._require_repeating(group)
        place = self.key._replace(group=group)
        (record,) = self._session.append([Draft("row", place.path(), self._with_reason({}, reason))])
        self._cache.data.add_row(place, record.id)
        return record.id, self._changed((place._replace(group_repeat=record.id),), (record,))

    def add_filled_row(
        self,
        group: str,
        values: Mapping[str, str],
        beside: Mapping[str, str],
        origin: Mapping[str, str],
        reason: Reason | None = None,
    ) -> tuple[ItemKey, Changes]:
        """Add a row with ``values``, and items ``beside`` it in the form itself, all in one transaction.

        ``origin`` stands in the row's record: what the row comes from. Raises as :meth:`set_value`; then
        nothing has changed. Returns the row's key.
        """
        self._require_entry()
        place = self.key._replace(group=group, group_repeat=_NEW)
        row = {name: self._typed(place._replace(item=name), text, None) for name, text in values.items()}
        cells = {}
        for name, text in beside.items():
            key = self.key._replace(group=self.form.items[name].group, item=name)
            cells[key] = self._typed(key, text, None)
        rows, changes = self._add_rows(group, [row], cells, {ORIGIN: dict(origin)}, reason)
        return rows[0], changes

    def strike_row(self, row: ItemKey, reason: Reason) -> Changes:
        """Strike a row out. It stays readable for ever and no longer counts."""
        return self.strike_rows([row], reason)

    def strike_rows(self, rows: Sequence[ItemKey], reason: Reason) -> Changes:
        """Strike several rows out for one reason: one transaction. Rows that do not count are left alone."""
        self._require_entry()
        live = [row.row_key() for row in rows if row.group_repeat in self.rows(row.group)]
        if not live:
            return self._changed((), ())
        content = {"state": "struck", "reason": self._checked(reason)}
        records = self._session.append([Draft("strike", row.path(), content) for row in live])
        for row in live:
            self._cache.data.strike_row(row._replace(group_repeat=""), row.group_repeat)
        return self._changed(live, records)

    def strike_note(self, row: ItemKey) -> Text | None:
        """When and why a row was struck out. Reads the vault: ask on demand."""
        return logs.strike_note(self._session, row)

    # -- a block from the clipboard

    def paste_plan(
        self, group: str, text: str, at: ItemKey | None = None, options: PasteOptions | None = None
    ) -> PastePlan:
        """What would become of a block of cells pasted into ``group``; nothing is written.

        ``at`` is the cell that has the keyboard. Raises InputRefused when the block is too large, when
        nothing is on the clipboard, or when the group is no log, grid or panel.
        """
        return pasting.plan(self._session, self, group, text, at, options or PasteOptions())

    def take_paste(
        self, plan: PastePlan, reason: Reason | None = None
    ) -> tuple[tuple[ItemKey, ...], Changes]:
        """Write what ``plan`` takes: rows and values, in one transaction, marked as pasted.

        Raises as :meth:`set_value`; then nothing has changed. What was entered meanwhile in a cell that was
        empty when the plan was made stays. Returns the keys of the rows that were added.
        """
        self._require_entry()
        rows = [dict(row) for row in plan.new_rows()]
        cells = {}
        for key, entry in plan.entries():
            self._item(key)
            if plan.options.replace or self._cache.data.get(key) is None:
                cells[key] = entry
        if rows:
            self._require_repeating(plan.group)
            return self._add_rows(plan.group, rows, cells, {ORIGIN: {PASTED: "clipboard"}}, reason, PASTED)
        return (), self._write_all(cells, reason, PASTED)

    # -- results from a laboratory's sheet

    def take_sheet(
        self, cells: Mapping[ItemKey, tuple[Entry, Mapping[str, object]]], reason: Reason | None = None
    ) -> Changes:
        """Write entries, each with where it comes from, in one transaction. Raises as :meth:`set_value`."""
        self._require_entry()
        entries = []
        drafts = []
        for key, (entry, origin) in cells.items():
            self._item(key)
            if self._differs(key, entry):
                entries.append((key, entry))
                drafts.append(self._draft(key, entry, reason, origin))
        return self._write(drafts, entries, reason)

    # -- what is still empty

    def zero_row(self, group: str, row: str, reason: Reason | None = None) -> Changes:
        """Set every empty cell of a grid row that has the group's zero code among its answers: one act."""
        return self._write_all(resting.zero_cells(self, self._groups[group], row), reason, REST)

    def rest_offer(self, group: str) -> RestOffer:
        """What :meth:`rest` would set in ``group``, and what it has to leave to people."""
        return resting.offer(self, self._groups[group])

    def rest(self, offer: RestOffer, reason: Reason | None = None) -> Changes:
        """Set the cells of ``offer`` that are still empty to their code at rest, in one transaction."""
        return self._write_all(dict((*offer.cells, *offer.own)), reason, REST)

    # -- inside

    def _require_repeating(self, group: str) -> None:
        if not self._groups[group].repeating:
            raise InputRefused("entry.group_not_repeating", group=self._groups[group].title)

    def _write_all(self, cells: Mapping[ItemKey, Entry], reason: Reason | None, origin: str) -> Changes:
        self._require_entry()
        entries = [
            (key, entry)
            for key, entry in cells.items()
            if (origin != REST or self._cache.data.get(key) is None) and self._differs(key, entry)
        ]
        return self._write(
            [self._draft(key, entry, reason, origin) for key, entry in entries], entries, reason
        )

    def _add_rows(
        self,
        group: str,
        rows: Sequence[Mapping[str, Entry]],
        cells: Mapping[ItemKey, Entry],
        about: Mapping[str, object],
        reason: Reason | None,
        origin: str = "",
    ) -> tuple[tuple[ItemKey, ...], Changes]:
        """Add ``rows`` and set ``cells``, all in one transaction. ``about`` stands in the rows' records."""
        place, data = self.key._replace(group=group), self._cache.data
        first = [Draft("row", place.path(), self._with_reason(dict(about), reason)) for _ in rows]
        typed: list[tuple[ItemKey, Entry]] = []
        before: list[tuple[ItemKey, Entry | None]] = []
        made: list[ItemKey] = []

        def then(records: Sequence[AuditRecord]) -> list[Draft]:
            for record, values in zip(records, rows, strict=True):
                data.add_row(place, record.id)
                made.append(place._replace(group_repeat=record.id))
                typed.extend((made[-1]._replace(item=name), entry) for name, entry in values.items())
            typed.extend(cells.items())
            typed[:] = [(key, entry) for key, entry in typed if self._differs(key, entry)]
            drafts = [self._draft(key, entry, reason, origin) for key, entry in typed]
            for key, entry in typed:
                before.append((key, data.get(key)))
                data.put(key, entry)
            return [*drafts, *self._follow()]

        try:
            records = self._session.append(first, then=then)
        except BaseException:
            # As in _write: whatever stopped it, nothing unsaved may look like an answer.
            for key, old in before:
                data.put(key, old)
            for row in made:
                data.drop_row(place, row.group_repeat)
            raise
        written = records[len(first) :]
        return tuple(made), self._written(typed, written, reason, records[: len(first)], made)
