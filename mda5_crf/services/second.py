"""A form entered a second time, blind: the same acts as the first entry, on entries of its own.

``SecondSession`` is the session as a blind person has it: participants consist of second entries alone, so
nothing that asks it (values, gates, computed items, lists of rows, words about links) can show a first value.
What is written through it becomes records of double entry instead of values. ``SecondEntry`` is therefore an
ordinary EntrySession over that session, and the window's form takes either.
"""

# ruff: noqa: ARG002 - what is refused or empty here has the arguments of the ordinary session
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mda5_crf.db import read, read_second
from mda5_crf.db.records import AuditRecord, Draft
from mda5_crf.db.tx import Tx
from mda5_crf.db.views import EntryRow
from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.services.audit import Trail
from mda5_crf.services.changes import Changes, Completion, HistoryLine, QueryInfo, Reason
from mda5_crf.services.entry import EntrySession
from mda5_crf.services.limits import LimitOffer
from mda5_crf.services.second_book import Comparison, FormSecond, Standing, entry_of, form_second
from mda5_crf.services.second_facts import compared, fact
from mda5_crf.services.session import Session, Then
from mda5_crf.services.subjectcache import SubjectCache
from mda5_crf.study.data import SubjectData
from mda5_crf.study.model import Item
from mda5_crf.study.state import TYPE, Finding, FormState
from mda5_crf.study.values import Entry
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.signing import SignatureInfo

_ENTERED = frozenset({"value", "missing"})


class SecondSession(Session):
    """See the module text. Made for one form; everything that is no entry is the ordinary session's."""

    def __init__(self, base: Session, form: ItemKey) -> None:
        # Not Session.__init__: what is not said here is asked of the ordinary session, live.
        self.base = base
        self.form = form.form_key()
        self._caches = {}
        self._compared: tuple[int, FormSecond] | None = None
        self.audit = Trail(self)  # which is shut to whoever is blind

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the ordinary session has
        return getattr(self.base, name)

    def book(self) -> FormSecond:
        """How the two entries of the form compare now."""
        version = self.base.vault.store.journal_version
        if self._compared is None or self._compared[0] != version:
            self._compared = version, form_second(self.base, self.form)
        return self._compared[1]

    def forget(self) -> None:
        """Read second entries anew: something ended a difference, or came in from elsewhere."""
        self._caches.clear()
        self._compared = None

    def cache(self, subject: str) -> SubjectCache:
        """The second entries of a participant; visits and repeats of forms are those of the record."""
        if subject not in self._caches:
            self._caches[subject] = self._blind_cache(subject)
        return self._caches[subject]

    def _blind_cache(self, subject: str) -> SubjectCache:
        real = self.base.cache(subject).data
        data = SubjectData(real.subject, real.subjid, real.site)
        data.references = real.references
        for event, repeats in real.event_repeats.items():
            for made in real.lines.get(ItemKey(subject, event), repeats):
                data.add_event(event, made, struck=made not in repeats)
        for form, live in real.form_repeats.items():
            for made in real.lines.get(form, live):
                data.add_form(form, made, struck=made not in live)
        cache = SubjectCache(data)
        found = read_second.second(self.vault.store, ItemKey(subject))
        for row in found.rows:
            data.add_row(row.key._replace(group_repeat=""), row.identity, struck=row.struck)
        again = {one.key for one in self.book().listed(Standing.AGAIN) if not one.key.group_repeat}
        for key, value in found.values.items():
            cache.heads[key] = (value.record,)
            # What has to be compared again is read from the paper again: it is not shown as a proposal.
            if not value.blank and key not in again:
                data.put(key, entry_of(value))
        return cache

    # -- what a blind person is not told -----------------------------------------------------------------

    def history(self, key: ItemKey) -> tuple[HistoryLine, ...]:
        """Nothing: the audit trail has the first values."""
        return ()

    def queries(self, subject: str | None = None) -> tuple[QueryInfo, ...]:
        """Nothing: queries speak of values."""
        return ()

    def completed(self, form_key: ItemKey) -> tuple[str, datetime] | None:
        """Nothing."""
        return None

    def changed_items(self, form_key: ItemKey) -> frozenset[ItemKey]:
        """Nothing."""
        return frozenset()

    def signatures(self, key: ItemKey) -> tuple[SignatureInfo, ...]:
        """Nothing."""
        return ()

    # -- writing -----------------------------------------------------------------------------------------

    def append(
        self,
        drafts: Sequence[Draft],
        at: datetime | None = None,
        then: Then | Sequence[Then] | None = None,
        also: Callable[[Tx], object] | None = None,
    ) -> tuple[AuditRecord, ...]:
        """Write what an entry would write, as records of double entry, in one transaction."""

        def blind(one: Then) -> Then:
            return lambda made: [self._second(draft) for draft in one(made)]

        later = [blind(one) for one in ([then] if callable(then) else then or ())]
        return self.base.append([self._second(draft) for draft in drafts], at, later, also)

    def _second(self, draft: Draft) -> Draft:
        if draft.kind in _ENTERED:
            return self._value(draft)
        if draft.kind in ("row", "strike"):
            return replace(draft, kind="second-row", replaces=())
        raise InputRefused("second.only_entry")

    def _value(self, draft: Draft) -> Draft:
        key = ItemKey.parse(draft.key)
        item = self.study.forms[key.form].items[key.item]
        if not compared(item):
            raise InputRefused("second.not_compared", item=item.label)
        entry = self.cache(key.subject).data.get(key)
        content = {**draft.content, "of": [], "result": "cleared" if entry is None else "row"}
        if not key.group_repeat:
            first = self._first(key)
            if first is not None and not first.blank and first.person == self.person.id and entry is not None:
                raise InputRefused("second.same_person", item=item.label)
            content["of"] = [] if first is None else list(first.heads)
            if entry is not None:
                content["result"] = "same" if self._same(item, key, entry) else "differs"
        return Draft("second", draft.key, content)

    def _first(self, key: ItemKey) -> _First | None:
        base = self.base.cache(key.subject)
        heads = base.heads.get(key)
        if not heads:
            return None
        entry = base.data.get(key)
        record = self.vault.journal.get(heads[0])
        return _First(heads, entry is None, record.person if record is not None else "")

    def _same(self, item: Item, key: ItemKey, entry: Entry) -> bool:
        codes = self.study.codelists[item.codelist] if item.codelist else None
        base, own = self.base.cache(key.subject).data, self.cache(key.subject).data
        return fact(item, base.get(key), codes, _shared(base, item, key)) == fact(
            item, entry, codes, _shared(own, item, key)
        )


def _shared(data: SubjectData, item: Item, key: ItemKey) -> str | None:
    other = None if item.unit_from is None else data.get(key._replace(item=item.unit_from))
    return other.unit if other is not None else None


class _First:
    """What stands in an item of the record, and who entered it."""

    def __init__(self, heads: tuple[str, ...], blank: bool, person: str) -> None:
        self.heads, self.blank, self.person = heads, blank, person


class SecondEntry(EntrySession):
    """See the module text. Made by ``Session.second``."""

    blind = True

    def __init__(self, base: Session, key: ItemKey) -> None:
        self.session = SecondSession(base, key)
        super().__init__(self.session, key)

    @property
    def base(self) -> Session:
        """The ordinary session."""
        return self.session.base

    @property
    def state(self) -> FormState:
        """The form by its second entries. Checks are the first entry's business: only what does not read is
        said, since it can agree with nothing.
        """
        state = super().state
        items = {
            key: one._replace(findings=_readable(one.findings)) if one.findings else one
            for key, one in state.items.items()
        }
        said = _readable(state.findings)
        rows = tuple(row._replace(worst=None) for row in state.rows)
        return replace(state, items=items, findings=said, rows=rows)

    @property
    def readonly(self) -> Text | None:
        """Why nothing can be entered here, or None: also when all of the form was entered by this person."""
        why = super().readonly
        if why is not None:
            return why
        people = {row.person for row in self.first_rows() if row.text or row.missing}
        return message("second.own_form") if people == {self.session.person.id} else None

    def first_rows(self) -> tuple[EntryRow, ...]:
        """What stands in the record of this form. Internal to services: nobody who is blind may see it."""
        return read.form_entries(self.base.vault.store, self.key)

    def read_again(self) -> None:
        """Something ended a difference, or changed second entries elsewhere."""
        self.session.forget()

    def book(self) -> FormSecond:
        """How the two entries compare now."""
        return self.session.book()

    def comparison(self, key: ItemKey) -> Comparison | None:
        """How one item compares; None when neither entry has it."""
        return self.book().items.get(key)

    # -- what has no second entry ------------------------------------------------------------------------

    def confirm(self, key: ItemKey, check: str | None = None, reason: Reason | None = None) -> Changes:
        """Refused: checks are answered in the first entry."""
        raise InputRefused("second.only_entry")

    def put_to_query(self, finding: Finding, text: str = "") -> QueryInfo:
        """Refused."""
        raise InputRefused("second.only_entry")

    def complete(self) -> Completion:
        """Refused: the double entry of a form is finished when nothing differs and nothing is left."""
        raise InputRefused("second.only_entry")

    def reopen(self, reason: Reason) -> Changes:
        """Refused."""
        raise InputRefused("second.only_entry")

    def offer_limits(self) -> tuple[LimitOffer, ...]:
        """None: what is known comes from the first entry."""
        return ()

    def add_filled_row(
        self,
        group: str,
        values: Mapping[str, str],
        beside: Mapping[str, str],
        origin: Mapping[str, str],
        reason: Reason | None = None,
    ) -> tuple[ItemKey, Changes]:
        """Refused: such a row comes from the record."""
        raise InputRefused("second.only_entry")

    def add_row(self, group: str, reason: Reason | None = None) -> tuple[str, Changes]:
        """As in the first entry, for whoever did not enter every row of the record."""
        rows = [row for row in self.first_rows() if row.key.group == group and (row.text or row.missing)]
        if rows and {row.person for row in rows} == {self.session.person.id}:
            raise InputRefused("second.own_form")
        return super().add_row(group, reason)

    def require_entry(self) -> None:
        """Raise unless this person may enter here. For who resolves differences."""
        self._session.require(Action.ENTER)
        self._require_entry()


def _readable(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if finding.check == TYPE)
