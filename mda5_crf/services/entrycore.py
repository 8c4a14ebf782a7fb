"""What every act on an open form stands on: rights, reading what was typed, one transaction.

Base of ``services.entry.EntrySession``, which see; nothing here is called from outside services.
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
from mda5_crf.services.changes import Changes, QueryInfo, Reason, ReasonRequired
from mda5_crf.services.subjectcache import SubjectCache
from mda5_crf.study.evaluate import evaluate
from mda5_crf.study.expression import constant
from mda5_crf.study.model import CodeList, CodeValue, Form, Item, ItemGroup, ItemType
from mda5_crf.study.state import FormState
from mda5_crf.study.values import Entry, canonical, missing_code, split_unit
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

COMPLETE, INCOMPLETE, NOT_DONE = "complete", "incomplete", "not_done"
ORIGIN = "origin"  # in a record: what a row was taken over from, or how a value came in
PROMPT = "prompt"  # in a record: the checks that stood on an answer when it was changed


class EntryCore:
    """See the module text."""

    blind = False
    """Whether this is a second entry, whose person must not see the first one (services/second.py)."""

    def __init__(self, session: Session, key: ItemKey) -> None:
        self._session = session
        self._last: SubjectCache | None = session.cache(key.subject)
        self.key = key
        self.form: Form = session.study_for(key).forms[key.form]
        self._reason: Reason | None = None
        self._groups: dict[str, ItemGroup] = {g.name: g for g in self.form.groups}

    @property
    def _cache(self) -> SubjectCache:
        """The participant as the session knows it now: dropped when somebody else wrote.

        After the log-out what was known last: a page on its way out may still be asked for its words.
        """
        if self._last is None or not self._over:
            self._last = self._session.cache(self.key.subject)
        return self._last

    @property
    def _over(self) -> bool:
        return not self._session.vault.is_open

    # -- looking ---------------------------------------------------------------------------------------

    @property
    def state(self) -> FormState:
        """The form as it is now."""
        return evaluate(self._session.study_for(self.key), self._cache.data, self.key, self._session.today)

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
        return self._session.lock_book.refusal(self.key)

    @property
    def told(self) -> Text | None:
        """What stands above the form: which lock was refused here, why nothing can be entered; or None."""
        if self.blind:
            return self.readonly
        if self._over:
            return None
        from mda5_crf.services import lockclash

        session = self._session
        said = [lockclash.with_next(session, one) for one in lockclash.of_place(session, self.key)]
        said += [] if self.readonly is None else [self.readonly]
        return Text("\n".join(one.en for one in said), "\n".join(one.zh for one in said)) if said else None

    @property
    def investigator(self) -> bool:
        """Whether the person at the keyboard may decide what only an investigator decides."""
        return self._session.may(Action.ENDORSE)

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

    def stands(self, key: ItemKey) -> bool:
        """Whether anything was entered in an item, a missing code too."""
        return self._cache.data.get(key) is not None

    def entry_at(self, key: ItemKey) -> Entry | None:
        """What was entered in an item, None for nothing."""
        return self._cache.data.get(key)

    def typed(self, key: ItemKey, text: str) -> Entry:
        """What would be stored for a text typed into an item. Raises InputRefused for a computed item."""
        return self._typed(key, text, None)

    def supposed(self, group: ItemKey, entries: Mapping[ItemKey, Entry]) -> FormState:
        """The form as it would stand with ``entries``, in rows of ``group`` that need not exist.

        Memory is as before when it returns, whatever happens meanwhile.
        """
        data = self._cache.data
        live = set(self.rows(group.group))
        rows = [row for row in dict.fromkeys(key.group_repeat for key in entries) if row and row not in live]
        before = [(key, data.get(key)) for key in entries]
        try:
            for row in rows:
                data.add_row(group, row)
            for key, entry in entries.items():
                data.put(key, entry)
            return self.state
        finally:
            for key, old in before:
                data.put(key, old)
            for row in rows:
                data.drop_row(group, row)

    def queries(self) -> tuple[QueryInfo, ...]:
        """The queries of this form."""
        return tuple(q for q in self._cache.queries.values() if q.key.form_key() == self.key)

    def label(self, key: ItemKey) -> Text:
        """The item in its own words."""
        return self.form.items[key.item].label

    def codes(self, item: Item) -> tuple[CodeValue, ...]:
        """The answers of a coded item, in order."""
        codelist = self.codelist_of(item)
        return codelist.values if codelist is not None else ()

    def usual(self, item: Item) -> tuple[Decimal, Decimal] | None:
        """The limits an item usually lies in, else its possible limits, when both ends are plain numbers."""
        for limits in (item.soft, item.hard):
            if limits is not None and limits.low is not None and limits.high is not None:
                low, high = constant(limits.low), constant(limits.high)
                if isinstance(low, Decimal) and isinstance(high, Decimal):
                    return low, high
        return None

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
        unknown = missing_code(item, clean)
        if unknown is not None:
            return Entry("", missing=unknown)  # UN-UN-UNKN in a date that may be unknown
        bare, typed_unit = split_unit(item, clean)
        stored = canonical(item, bare, self.codelist_of(item))
        return Entry(stored, unit=(typed_unit or unit) if stored and item.units else None)

    def _differs(self, key: ItemKey, entry: Entry) -> bool:
        """Whether an entry says anything else than what stands there; a conflict is settled by any entry."""
        current = self._cache.data.get(key)
        if current is None:
            return bool(entry.text or entry.missing)
        same = (current.text, current.unit, current.missing) == (entry.text, entry.unit, entry.missing)
        return current.conflict or not same

    def _draft(
        self, key: ItemKey, entry: Entry, reason: Reason | None, origin: str | Mapping[str, object] = ""
    ) -> Draft:
        """The record of an entry; ``origin`` says how it came in when nobody typed it into its field."""
        content: dict[str, object] = {"code": entry.missing} if entry.missing else {"text": entry.text}
        if entry.unit:
            content["unit"] = entry.unit
        if origin:
            content[ORIGIN] = origin if isinstance(origin, str) else dict(origin)
        prompt = self._prompt(key)
        if prompt:
            content[PROMPT] = prompt
        kind = "missing" if entry.missing else "value"
        return Draft(
            kind, key.path(), self._with_reason(content, reason, key), self._cache.heads.get(key, ())
        )

    def _prompt(self, key: ItemKey) -> list[str]:
        """The checks whose findings stand, unconfirmed, on an answer that is about to change."""
        if self._cache.data.get(key) is None:
            return []
        return sorted({f.check for f in self.state.findings if key in f.items and not f.confirmed})

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
        heads = self._cache.heads
        # A conflict's query is written by nobody: it ends with the answer that is given over all of them.
        settled = any(len(heads.get(key, ())) > 1 for key, _ in entries)
        for (key, _), record in zip(entries, records, strict=False):
            heads[key] = (record.id,)
        queries.absorb(self._session, self._cache, records[len(entries) :], anew=settled)
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
        return {**content, "reason": self._checked(used)}

    def _checked(self, reason: Reason) -> dict[str, str]:
        """A reason as records hold it. Raises InputRefused: a code of nobody's; "other" without words."""
        reasons = self._session.study.reasons
        if reason.code not in reasons:
            raise InputRefused("entry.unknown_reason", reason=reason.code, known=", ".join(reasons))
        if reason.code == "OTHER" and not reason.text.strip():
            raise InputRefused("entry.reason_text_required")
        return reason_content(reason)

    def _require_entry(self) -> None:
        self._session.require(Action.ENTER)
        if self._cache.data.site != self._session.site:
            raise InputRefused("entry.other_site_read_only", site=self._cache.data.site)
        if self.form.repeating and not self.key.form_repeat:
            # Two PCs would otherwise write their first readings into one.
            raise InputRefused("entry.repeat_needed", form=self.form.name)
        self._session.lock_book.require_change(self.key)

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

    def codelist_of(self, item: Item) -> CodeList | None:
        """The list that an item answers from, as the form's own version has it."""
        return self._session.study_for(self.key).codelists[item.codelist] if item.codelist else None

    def _is_complete(self) -> bool:
        return self._cache.data.statuses.get(self.key) == COMPLETE

    def _text_at(self, key: ItemKey) -> str:
        return queries.text_at(self.state, key)


def reason_content(reason: Reason) -> dict[str, str]:
    """A reason as records hold it."""
    return {"code": reason.code, "text": reason.text} if reason.text else {"code": reason.code}
