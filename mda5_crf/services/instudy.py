"""Which definition counts where: in force at a site on a day, and of each form the one it is pinned to.

**In force.** A vault begins with a definition; the study's authority announces others (``amendment``), and
at each site the principal investigator says from which day one applies there (``site-approval``). Forms
first entered on or after that day are begun under it. What a ward asks for follows the definition in force
at its own site; a centre, which has all sites, shows the newest one and applies to each participant that of
the participant's site. The choice is made at log-in and holds until the log-out: nobody's form changes
under the hands.

**Pinned.** A form begun before stays under its version until somebody moves it (``pin``). It is evaluated,
shown, printed and signed wholly as its own version says: its own checks, limits and gates, and what they
ask of other forms they find by OID among all of the participant's answers, read by that same version.
Visits, windows and what is due go by the version in force at the participant's site. A version that is not
lawful here (nobody entitled announced it, or its source is not here) counts for nothing: its forms are
shown as the version in force shows them.

With one definition in the vault none of this is asked: every question is answered by ``session.study``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from mda5_crf.db import read, read_definitions
from mda5_crf.db.read_definitions import Told
from mda5_crf.db.vault import OpenVault
from mda5_crf.errors import DefinitionError, NewerDefinition, StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import overlays, referencelists, references
from mda5_crf.services.subjectcache import SubjectCache
from mda5_crf.study.load import load_source
from mda5_crf.study.model import Due, Item, Study
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

CENTRE: Final = "00"


def told_of(vault: OpenVault) -> Told:
    """What a vault knows of definitions."""
    return read_definitions.told(vault.store, read.lineage(vault.store, vault.meta.device))


def hash_in_force(vault: OpenVault, today: date) -> str:
    """The definition that a log-in on ``today`` works with: a ward's is its site's, a centre's the newest."""
    if not read_definitions.known_twice(vault.store):
        return read.definition_in_force(vault.store)
    told = told_of(vault)
    return told.newest() if vault.meta.site == CENTRE else told.in_force(vault.meta.site, today)


def in_force(vault: OpenVault, clock: Callable[[], datetime] | None = None) -> Study:
    """The same, loaded, on the day at the site. Raises StoreError when it is missing or damaged."""
    now = datetime.now(UTC) if clock is None else clock()
    return stored(vault, hash_in_force(vault, now.astimezone(ZoneInfo(vault.meta.zone)).date()))


def stored(vault: OpenVault, hash_: str) -> Study:
    """A definition of the vault by its hash. Raises StoreError when it is missing or damaged."""
    source = read.definition_source(vault.store, hash_)
    if source is None:
        raise StoreError("entry.definition_missing", hash=hash_[:12])
    try:
        return load_source(source)
    except NewerDefinition as error:
        raise StoreError("study.language_newer", **error.params) from None
    except DefinitionError:
        raise StoreError("amend.source_broken", hash=hash_[:12]) from None


class Versions:
    """The definitions that a session knows. ``many``: more than one is stored; else nothing here is asked."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._ready: dict[str, Study] = {}
        self._words: Study | None = None
        self._own = session.definition.hash
        self.refresh()

    def refresh(self) -> None:
        """Read anew what the journal says: a bundle was taken, an amendment or approval written."""
        store = self._session.vault.store
        self.many = read_definitions.known_twice(store)
        self._told: Told | None = None
        self._words = None
        self._sites: dict[str, str] = {}

    @property
    def told(self) -> Told:
        """Everything the journal says of definitions."""
        if self._told is None:
            self._told = told_of(self._session.vault)
        return self._told

    # -- as they are used ------------------------------------------------------------------------------

    @property
    def own(self) -> str:
        """The hash of the definition that this session works with."""
        return self._own

    def site_now(self) -> str:
        """The hash of what a log-in now would work with at this site."""
        return self.told.in_force(self._session.site, self._session.today)

    def prepared(self, definition: Study) -> tuple[Study, date | None]:
        """A definition as this session works with it: with the sites' laboratories among its answers, and
        with what the centre made of its checks today; also the next day on which that is something else.
        """
        session = self._session
        with_lists = referencelists.extended(definition, references.listed(session))
        return overlays.on_day(session.vault.store, with_lists, session.today)

    def renew(self) -> tuple[Study, date | None]:
        """Prepare everything anew: lists or checks changed. As :meth:`prepared`, of the session's own."""
        self._ready.clear()
        self._words = None
        study, turn = self.prepared(self._session.definition)
        self._ready[self._own] = study
        return study, turn

    def study(self, hash_: str) -> Study:
        """A definition by its hash, prepared; loaded once. Raises StoreError."""
        found = self._ready.get(hash_)
        if found is None:
            found = self._ready[hash_] = self.prepared(stored(self._session.vault, hash_))[0]
        return found

    def fingerprint(self) -> str:
        """What a status depends on beside the participant's records: the definitions in force."""
        if not self.many:
            return self._own
        return "+".join(
            dict.fromkeys([self._own, *(self.site_hash(site) for site in sorted(self._known_sites()))])
        )

    def used(self) -> Iterable[Study]:
        """The definitions in force somewhere, the session's own first."""
        own = self._session.study
        if not self.many:
            return (own,)
        sites = dict.fromkeys(self.site_hash(site) for site in self._known_sites())
        return (own, *(self.study(one) for one in sites if one != self._own))

    def _known_sites(self) -> frozenset[str]:
        return frozenset({*self.told.bases, *(site for site, _ in self.told.approvals)})

    # -- which one -------------------------------------------------------------------------------------

    def site_hash(self, site: str) -> str:
        """The hash of what is in force at a site now."""
        session = self._session
        if not self.many or (site == session.site and site != CENTRE):
            return self._own
        if site not in self._sites:
            self._sites[site] = self.told.in_force(site, session.today)
        return self._sites[site]

    def of_site(self, site: str) -> Study:
        """The definition in force at a site."""
        return self._session.study if not self.many else self.study(self.site_hash(site))

    def of_subject(self, subject: str) -> Study:
        """The definition in force at a participant's site."""
        if not self.many:
            return self._session.study
        return self.of_site(self._session.cache(subject).data.site)

    def hash_of(self, form: ItemKey) -> str:
        """The hash of the definition that a form goes by, whichever part of it the key names."""
        if not self.many:
            return self._own
        cache = self._session.cache(form.subject)
        pinned = cache.pins.get(form.form_key())
        if pinned is not None and pinned in self.told.lawful:
            return pinned
        return self.site_hash(cache.data.site)

    def of_form(self, form: ItemKey) -> Study:
        """The definition that a form goes by: the one it is pinned to, else that of the site."""
        return self._session.study if not self.many else self.study(self.hash_of(form))

    def of_record(self, path: str) -> str:
        """The hash that a record about ``path`` names as the definition it was written under."""
        if not self.many or not path:
            return self._own
        key = ItemKey.parse(path)
        if key.form:
            return self.hash_of(key)
        return self.site_hash(self._session.cache(key.subject).data.site)

    def fill(self, cache: SubjectCache) -> None:
        """Read what the forms of a participant are pinned to."""
        if self.many:
            cache.pins = read_definitions.pins(self._session.vault.store, cache.data.subject)

    @property
    def words(self) -> Study:
        """The session's definition with what only others have beside it: to name things, not to evaluate."""
        if not self.many:
            return self._session.study
        if self._words is None:
            self._words = _beside(self._session.study, [self.study(one) for one in self.told.lawful])
        return self._words

    # -- old forms -------------------------------------------------------------------------------------

    def left_over(self, event: ItemKey) -> Iterator[Due]:
        """Lines of the schedule of older versions for forms begun at a visit that today's no longer names."""
        if not self.many:
            return
        here = {due.form for due in self.of_subject(event.subject).forms_of(event.event)}
        for form in dict.fromkeys(
            key.form for key in self._session.cache(event.subject).pins if key.event_key() == event
        ):
            if form in here:
                continue
            keys = (key for key in self._session.cache(event.subject).pins if key.form == form)
            key = next(one for one in keys if one.event_key() == event)
            yield from (due for due in self.of_form(key).forms_of(event.event) if due.form == form)

    def older(self, form: ItemKey) -> Text | None:
        """Which version a form goes by and what that does not ask, in words; None for the newest here."""
        hash_ = self.hash_of(form)
        cache = self._session.cache(form.subject) if self.many else None
        if cache is None or hash_ == self.site_hash(cache.data.site):
            return None
        study, now = self.study(hash_), self.of_subject(form.subject)
        missing = not_collected(study, now, form.form)
        if not missing:
            return message("amend.older", version=study.version, newer=now.version)
        return message(
            "amend.older_without", version=study.version, newer=now.version, count=len(missing),
            items=Text("; ".join(t.en for t in missing), "；".join(t.zh for t in missing)),
        )  # fmt: skip


def _beside(study: Study, others: Iterable[Study]) -> Study:
    forms, lists, events = dict(study.forms), dict(study.codelists), dict(study.events)
    for other in others:
        events = {**other.events, **events}
        lists = {**other.codelists, **lists}
        for oid, form in other.forms.items():
            known = forms.get(oid, form)
            forms[oid] = replace(known, items={**known.items, **_missing(form.items, known.items)})
    return replace(study, forms=forms, codelists=lists, events=events)


def _missing(items: Mapping[str, Item], known: Mapping[str, Item]) -> dict[str, Item]:
    return {name: item for name, item in items.items() if name not in known}


def not_collected(old: Study, new: Study, form: str) -> list[Text]:
    """The labels of what a newer version asks on a form and an older one did not."""
    before, after = old.forms.get(form), new.forms.get(form)
    if before is None or after is None:
        return []
    former = {item.renamed_from.rpartition(".")[2] for item in after.items.values() if item.renamed_from}
    return [
        item.label
        for name, item in after.items.items()
        if name not in before.items and not item.computed
        and not (item.renamed_from and item.renamed_from.rpartition(".")[2] in before.items.keys() & former)
    ]  # fmt: skip
