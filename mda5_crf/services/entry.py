"""One form of one participant, open for entry: the path from a committed text to a durable record.

``set_value`` is the path every typed character takes, from window and command alike: rights and locks,
parse, evaluate the whole form, one transaction. Nothing typed is refused: text that is no value of the
item's type is stored as typed and carries a hard finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from mda5_crf.db.records import AuditRecord, Draft
from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import formrepeats, queries
from mda5_crf.services.access import Action
from mda5_crf.services.changes import Changes, Completion, QueryInfo, Reason, ReasonRequired
from mda5_crf.services.limits import LimitOffer, limit_offers
from mda5_crf.study.evaluate import evaluate
from mda5_crf.study.expression import constant
from mda5_crf.study.model import CodeList, CodeValue, Form, Item, ItemGroup, ItemType, Severity
from mda5_crf.study.state import Finding, FormState
from mda5_crf.study.values import Entry, canonical, split_unit
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

COMPLETE, INCOMPLETE, NOT_DONE = "complete", "incomplete", "not_done"
ORIGIN = "origin"  # in a row's record: the check and the place that it was taken over from


class EntrySession:
    """See the module text. Made by ``Session.entry``; cheap, so make one per visit to a form."""

    def __init__(self, session: Session, key: ItemKey) -> None:
        self._session = session
        self._cache = session.cache(key.subject)
        self.key = key
        self.form: Form = session.study.forms[key.form]
        self._reason: Reason | None = None
        self._groups: dict[str, ItemGroup] = {g.name: g for g in self.form.groups}

    # -- looking ---------------------------------------------------------------------------------------

    @property
    def state(self) -> FormState:
        """The form as it is now."""
        return evaluate(self._session.study, self._cache.data, self.key, self._session.today)

    @property
    def subjid(self) -> str:
        """The participant's number."""
        return self._cache.data.subjid

    @property
    def readonly(self) -> Text | None:
        """Why nothing can be entered here, or None."""
        if not self._session.may(Action.ENTER):
            return message("entry.read_only_role")
        if self._cache.data.site != self._session.site:
            return message("entry.other_site_read_only", site=self._cache.data.site)
        if self.form.repeating and not self.key.form_repeat:
            return message("entry.repeat_needed", form=self.form.name)
        return None

    @property
    def needs_reason(self) -> bool:
        """Whether the next change must say why: the form is complete, no reason was given in this sitting."""
        return self._reason is None and self._is_complete()

    @property
    def sitting_reason(self) -> Reason | None:
        """The reason given for the last change of this sitting, offered again for the next."""
        return self._reason

    def rows(self, group: str) -> list[str]:
        """The live rows of a repeating group, in order of creation."""
        return list(self._cache.data.rows.get(self.key._replace(group=group), []))

    def lines(self, group: str) -> list[str]:
        """All rows of a repeating group ever made, struck ones too, in order of creation: line 1 first."""
        return list(self._cache.data.lines.get(self.key._replace(group=group), []))

    def queries(self) -> tuple[QueryInfo, ...]:
        """The queries of this form."""
        return tuple(q for q in self._cache.queries.values() if q.key.form_key() == self.key)

    def label(self, key: ItemKey) -> Text:
        """The item in its own words."""
        return self.form.items[key.item].label

    def codes(self, item: Item) -> tuple[CodeValue, ...]:
        """The answers of a coded item, in order."""
        return self._session.study.codelists[item.codelist].values if item.codelist else ()

    def usual(self, item: Item) -> tuple[Decimal, Decimal] | None:
        """The limits an item usually lies in, else its possible limits, when both ends are plain numbers."""
        for limits in (item.soft, item.hard):
            if limits is not None and limits.low is not None and limits.high is not None:
                low, high = constant(limits.low), constant(limits.high)
                if isinstance(low, Decimal) and isinstance(high, Decimal):
                    return low, high
        return None

    # -- entering --------------------------------------------------------------------------------------

    def set_value(
        self, key: ItemKey, text: str, unit: str | None = None, reason: Reason | None = None
    ) -> Changes:
        """Commit what was typed into an item; an empty text clears it.

        ``unit`` is the unit chosen beside the field; a unit typed behind the number wins.
        Raises PermissionDenied, ReasonRequired, StoreError; after any of them nothing has changed.
        """
        return self._commit_entry(key, self._typed(key, text, unit), reason)

    def set_values(self, texts: Mapping[ItemKey, str], reason: Reason | None = None) -> Changes:
        """Commit what was typed into several items of this form: one transaction, evaluated once at the end.

        Each text goes the way of :meth:`set_value`, which see; what does not change is not written. Queries
        are raised and resolved by how the form stands after all of them. Raises ValueError for an item of
        another form.
        """
        self._require_entry()
        entries = []
        for key, text in texts.items():
            if key.form_key() != self.key:
                raise ValueError("an item of another form")
            entry = self._typed(key, text, None)
            if self._differs(key, entry):
                entries.append((key, entry))
        return self._write([self._draft(key, entry, reason) for key, entry in entries], entries, reason)

    def set_missing(self, key: ItemKey, code: str, reason: Reason | None = None) -> Changes:
        """Mark an item missing. Where the form has an item of its own for that, it is set instead.

        Raises InputRefused for a code the item does not accept.
        """
        item = self._item(key)
        if item.not_done_item is not None and code == "ND":
            other = self.form.items[item.not_done_item]
            # "Done?" is answered no, "not done" by its only code.
            codes = [c for c in self.codes(other) if c.code in ("N", "ND", "NOT DONE")] or self.codes(other)
            return self.set_value(
                key._replace(group=other.group, item=other.name),
                codes[0].code if codes else "Y",
                reason=reason,
            )
        if code not in item.missing:
            raise InputRefused(
                "entry.missing_code_unknown", item=item.label, code=code, known=", ".join(item.missing) or "-"
            )
        return self._commit_entry(key, Entry("", missing=code), reason)

    def confirm(self, key: ItemKey, check: str | None = None, reason: Reason | None = None) -> Changes:
        """Confirm a soft finding (or a query finding, with a reason) of an item as it stands.

        Raises InputRefused when there is no such finding.
        """
        self._require_entry()
        state = self.state
        wanted = [
            f
            for f in state.findings
            if key in f.items
            and not f.confirmed
            and (f.check == check if check else f.severity in (Severity.SOFT, Severity.QUERY))
        ]
        if not wanted:
            raise InputRefused("entry.nothing_to_confirm", item=self.label(key))
        drafts = []
        for finding in wanted:
            anchor = finding.items[0]
            content: dict[str, object] = {"check": finding.check, "text": self._text_at(anchor)}
            if reason is not None:
                content["reason"] = _reason_content(reason)
            drafts.append(Draft("confirm", anchor.path(), content))
        records = self._session.append(drafts)
        for finding in wanted:
            anchor = finding.items[0]
            self._cache.data.confirm(anchor, finding.check, self._text_at(anchor))
        resolved = queries.resolved_drafts(self._session, self._cache)
        queries.absorb(self._session, self._cache, self._session.append(resolved) if resolved else ())
        return self._changed(wanted[0].items, records)

    def add_row(self, group: str, reason: Reason | None = None) -> tuple[str, Changes]:
        """Add a row to a log or other repeating group; returns its permanent identity."""
        self._require_entry()
        if not self._groups[group].repeating:
            raise InputRefused("entry.group_not_repeating", group=self._groups[group].title)
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
        place, data = self.key._replace(group=group), self._cache.data
        first = Draft("row", place.path(), self._with_reason({ORIGIN: dict(origin)}, reason))
        typed: list[tuple[ItemKey, Entry]] = []
        before: list[tuple[ItemKey, Entry | None]] = []
        rows: list[str] = []

        def then(records: Sequence[AuditRecord]) -> list[Draft]:
            rows.append(records[0].id)
            data.add_row(place, rows[0])
            cells = [(place._replace(group_repeat=rows[0], item=name), text) for name, text in values.items()]
            for name, text in beside.items():
                cells.append((self.key._replace(group=self.form.items[name].group, item=name), text))
            for key, text in cells:
                entry = self._typed(key, text, None)
                if self._differs(key, entry):
                    typed.append((key, entry))
            drafts = [self._draft(key, entry, reason) for key, entry in typed]
            for key, entry in typed:
                before.append((key, data.get(key)))
                data.put(key, entry)
            return [*drafts, *self._follow()]

        try:
            records = self._session.append([first], then=then)
        except BaseException:
            # As in _write: whatever stopped it, nothing unsaved may look like an answer.
            for key, old in before:
                data.put(key, old)
            for row in rows:
                data.drop_row(place, row)
            raise
        row_key = place._replace(group_repeat=rows[0])
        return row_key, self._written(typed, records[1:], reason, records[:1], (row_key,))

    def strike_row(self, row: ItemKey, reason: Reason) -> Changes:
        """Strike a row out. It stays readable for ever and no longer counts."""
        self._require_entry()
        content = {"state": "struck", "reason": _reason_content(reason)}
        records = self._session.append([Draft("strike", row.row_key().path(), content)])
        self._cache.data.strike_row(row.row_key()._replace(group_repeat=""), row.group_repeat)
        return self._changed((row.row_key(),), records)

    def zero_row(self, group: str, row: str, reason: Reason | None = None) -> Changes:
        """Set every empty cell of a grid row that has the group's zero code among its answers: one act."""
        code = self._groups[group].zero_row
        asked = [i for i in self._groups[group].items if i.row == row and i.codelist and not i.computed]
        cells = [i for i in asked if code in self._session.study.codelists[i.codelist or ""].by_code]
        if code is None or not cells:
            return self._changed((), ())
        drafts, entries = [], []
        for item in cells:
            key = self.key._replace(group=group, item=item.name)
            if self._cache.data.get(key) is None:
                entry = Entry(code)
                drafts.append(self._draft(key, entry, reason))
                entries.append((key, entry))
        return self._write(drafts, entries, reason)

    def offer_limits(self) -> tuple[LimitOffer, ...]:
        """The reference limits that :meth:`take_limits` would fill in now. Reads the vault: ask on demand."""
        return limit_offers(self._session, self.state)

    def take_limits(
        self, reason: Reason | None = None, offers: Sequence[LimitOffer] | None = None
    ) -> Changes:
        """Fill in ``offers`` (default: all), as ordinary values, in one transaction.

        Raises as :meth:`set_value`; then nothing has changed. A limit entered meanwhile stays.
        """
        self._require_entry()
        drafts, entries = [], []
        for offer in self.offer_limits() if offers is None else offers:
            for key, text in ((offer.low_key, offer.low), (offer.high_key, offer.high)):
                if text is not None and self._cache.data.get(key) is None:
                    entry = Entry(text)
                    drafts.append(self._draft(key, entry, reason))
                    entries.append((key, entry))
        return self._write(drafts, entries, reason)

    # -- finishing -------------------------------------------------------------------------------------

    def complete(self) -> Completion:
        """Finish the form: blocked by what is hard and not yet put to query; the rest becomes queries.

        A form whose own "done?" question is answered no is complete like any other.
        """
        self._require_entry()
        state = self.state
        asked = {(q.check, q.key) for q in self.queries() if q.is_open}
        blocking = tuple(
            f for f in state.findings if f.blocks and not f.confirmed and asked.isdisjoint(_places(f))
        )
        if blocking:
            return Completion(False, self._changed((), ()), blocking, 0, state.no_longer_apply)
        drafts = queries.raised_drafts(self._cache, state)
        if self._cache.data.statuses.get(self.key) != COMPLETE:
            drafts.append(Draft("status", self.key.path(), {"status": COMPLETE}))
        records = self._session.append(drafts) if drafts else ()
        self._cache.data.set_status(self.key, COMPLETE)
        queries.absorb(self._session, self._cache, records)
        self._reason = None
        return Completion(
            True,
            self._changed((), records),
            (),
            sum(r.kind == "query" for r in records),
            state.no_longer_apply,
        )

    def put_to_query(self, finding: Finding, text: str = "") -> QueryInfo:
        """A person lets a hard finding stand and asks: completion is no longer blocked by it."""
        self._require_entry()
        return queries.raise_for_finding(self._session, finding, text)

    def reopen(self, reason: Reason) -> Changes:
        """Take a form back from complete to in progress."""
        self._require_entry()
        content = {"status": INCOMPLETE, "reason": _reason_content(reason)}
        records = self._session.append([Draft("status", self.key.path(), content)])
        self._cache.data.set_status(self.key, INCOMPLETE)
        return self._changed((), records)

    # -- inside ----------------------------------------------------------------------------------------

    def _commit_entry(self, key: ItemKey, entry: Entry, reason: Reason | None) -> Changes:
        self._require_entry()
        if not self._differs(key, entry):
            return self._changed((), ())
        return self._write([self._draft(key, entry, reason)], [(key, entry)], reason)

    def _typed(self, key: ItemKey, text: str, unit: str | None) -> Entry:
        """What would be stored for a text typed into an item, ``unit`` chosen beside it."""
        item = self._item(key)
        clean = text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate has no UTF-8 form
        if item.type is ItemType.LINK:
            clean = formrepeats.link_typed(self._session, item, self.key.subject, clean)
        bare, typed_unit = split_unit(item, clean)
        stored = canonical(item, bare, self._codelist(item))
        return Entry(stored, unit=(typed_unit or unit) if stored and item.units else None)

    def _differs(self, key: ItemKey, entry: Entry) -> bool:
        """Whether an entry says anything else than what stands there; a conflict is settled by any entry."""
        current = self._cache.data.get(key)
        if current is None:
            return bool(entry.text or entry.missing)
        same = (current.text, current.unit, current.missing) == (entry.text, entry.unit, entry.missing)
        return current.conflict or not same

    def _draft(self, key: ItemKey, entry: Entry, reason: Reason | None) -> Draft:
        content: dict[str, object] = {"code": entry.missing} if entry.missing else {"text": entry.text}
        if entry.unit:
            content["unit"] = entry.unit
        kind = "missing" if entry.missing else "value"
        return Draft(
            kind, key.path(), self._with_reason(content, reason, key), self._cache.heads.get(key, ())
        )

    def _write(
        self, drafts: Sequence[Draft], entries: Sequence[tuple[ItemKey, Entry]], reason: Reason | None
    ) -> Changes:
        """Evaluate with the new entries, then make them durable together with what follows from them."""
        if not drafts:
            return self._changed((), ())
        data = self._cache.data
        before = [(key, data.get(key)) for key, _ in entries]
        for key, entry in entries:
            data.put(key, entry if entry.text or entry.missing else None)
        try:
            records = self._session.append([*drafts, *self._follow()])
        except BaseException:
            # Whatever stopped it, a mistake of ours too: nothing unsaved may look like an answer.
            for key, old in before:
                data.put(key, old)
            raise
        return self._written(entries, records, reason)

    def _follow(self) -> list[Draft]:
        """Queries that resolve themselves, or are raised, by what now stands in memory."""
        follow = queries.resolved_drafts(self._session, self._cache)
        if self._is_complete():
            # The form was finished before: what now stands would otherwise wait for nobody.
            follow += queries.raised_drafts(self._cache, self.state)
        return follow

    def _written(
        self,
        entries: Sequence[tuple[ItemKey, Entry]],
        records: Sequence[AuditRecord],
        reason: Reason | None,
        first: Sequence[AuditRecord] = (),
        touched: Iterable[ItemKey] = (),
    ) -> Changes:
        """Carry memory forward by what is on the disk now: ``records`` of the entries, then of queries."""
        for (key, _), record in zip(entries, records, strict=False):
            self._cache.heads[key] = (record.id,)
        queries.absorb(self._session, self._cache, records[len(entries) :])
        if reason is not None:
            self._reason = reason
        return self._changed([*touched, *(key for key, _ in entries)], [*first, *records])

    def _changed(self, touched: Iterable[ItemKey], records: Sequence[AuditRecord]) -> Changes:
        changes = Changes(
            self.key.subject,
            self.key,
            self.state,
            frozenset(touched),
            self._session.now(),
            tuple(r.id for r in records),
        )
        if records:
            self._session.announce(changes)
        return changes

    def _with_reason(
        self, content: dict[str, object], reason: Reason | None, key: ItemKey | None = None
    ) -> dict[str, object]:
        used = reason or (self._reason if self._is_complete() else None)
        reasons = self._session.study.reasons
        if used is None and not self._is_complete():
            return content
        if used is None:
            raise ReasonRequired(
                "entry.reason_required",
                subject=self.subjid,
                event=self._session.event_label(self.key),
                form=self.form.oid,
                item=self.label(key) if key and key.item else self.form.name,
                known=", ".join(reasons),
            )
        if used.code not in reasons:
            raise InputRefused("entry.unknown_reason", reason=used.code, known=", ".join(reasons))
        if used.code == "OTHER" and not used.text.strip():
            raise InputRefused("entry.reason_text_required")
        return {**content, "reason": _reason_content(used)}

    def _require_entry(self) -> None:
        self._session.require(Action.ENTER)
        if self._cache.data.site != self._session.site:
            raise InputRefused("entry.other_site_read_only", site=self._cache.data.site)
        if self.form.repeating and not self.key.form_repeat:
            # Two PCs would otherwise write their first readings into one.
            raise InputRefused("entry.repeat_needed", form=self.form.name)

    def _item(self, key: ItemKey) -> Item:
        item = self.form.items[key.item]
        if item.computed:
            raise InputRefused(
                "entry.item_computed",
                subject=self.subjid,
                event=self._session.event_label(self.key),
                form=self.form.oid,
                item=item.label,
            )
        if self._groups[item.group].repeating and not key.group_repeat:
            raise InputRefused("entry.row_needed", form=self.form.oid)
        return item

    def _codelist(self, item: Item) -> CodeList | None:
        return self._session.study.codelists[item.codelist] if item.codelist else None

    def _is_complete(self) -> bool:
        return self._cache.data.statuses.get(self.key) == COMPLETE

    def _text_at(self, key: ItemKey) -> str:
        return queries.text_at(self.state, key)


def _places(finding: Finding) -> set[tuple[str, ItemKey]]:
    return {(finding.check, key) for key in finding.items}


def _reason_content(reason: Reason) -> dict[str, str]:
    return {"code": reason.code, "text": reason.text} if reason.text else {"code": reason.code}
