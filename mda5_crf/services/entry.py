"""One form of one participant, open for entry: the path from a committed text to a durable record.

``set_value`` is the path every typed character takes, from window and command alike: rights and locks,
parse, evaluate the whole form, one transaction. Nothing typed is refused: text that is no value of the
item's type is stored as typed and carries a hard finding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mda5_crf.db.records import Draft
from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import queries
from mda5_crf.services.changes import Changes, Completion, QueryInfo, Reason
from mda5_crf.services.entrycore import COMPLETE, INCOMPLETE, NOT_DONE, ORIGIN
from mda5_crf.services.entryrows import EntryRows
from mda5_crf.services.limits import LimitOffer, limit_offers
from mda5_crf.study.model import Severity
from mda5_crf.study.state import Finding
from mda5_crf.study.values import Entry

__all__ = ["COMPLETE", "INCOMPLETE", "NOT_DONE", "ORIGIN", "EntrySession"]


class EntrySession(EntryRows):
    """See the module text. Made by ``Session.entry``; cheap, so make one per visit to a form."""

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
                content["reason"] = self._checked(reason)
            drafts.append(Draft("confirm", anchor.path(), content))
        records = self._session.append(drafts)
        for finding in wanted:
            anchor = finding.items[0]
            self._cache.data.confirm(anchor, finding.check, self._text_at(anchor))
        resolved = queries.resolved_drafts(self._session, self._cache)
        queries.absorb(self._session, self._cache, self._session.append(resolved) if resolved else ())
        return self._changed(wanted[0].items, records)

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
        content = {"status": INCOMPLETE, "reason": self._checked(reason)}
        records = self._session.append([Draft("status", self.key.path(), content)])
        self._cache.data.set_status(self.key, INCOMPLETE)
        return self._changed((), records)


def _places(finding: Finding) -> set[tuple[str, ItemKey]]:
    return {(finding.check, key) for key in finding.items}
