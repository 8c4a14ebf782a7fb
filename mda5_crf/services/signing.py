"""Electronic signatures: who signs a form or a visit, with which meaning, and which signatures count.

A signature is asked for with the password, which opens the person's sign key for that one act; the first of
a sitting asks for the log-in too. It covers everything that stands in the form and is void as soon as that
changes. What exactly is signed is said in :mod:`mda5_crf.db.esign`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from mda5_crf import __version__
from mda5_crf.crypto import canon
from mda5_crf.db import clock, esign, read, read_signatures
from mda5_crf.db.intake import load_trust
from mda5_crf.db.read_signatures import Proofs, SignatureRow
from mda5_crf.db.records import AuditRecord, Draft
from mda5_crf.db.trust import Trust
from mda5_crf.db.tx import Tx
from mda5_crf.errors import InputRefused, LoginRefused, PermissionDenied
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import access, peers, queries
from mda5_crf.services.changes import Changes
from mda5_crf.services.endorsing import place_words, value_words
from mda5_crf.services.signing_forms import COMPLETE, require_signable
from mda5_crf.services.subjectcache import SubjectCache
from mda5_crf.study.state import FormState
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

ELIGIBILITY: Final = "ELIGIBILITY"
MOST_BATCH: Final = 60
"""Manifests that one Ed25519 signature covers: each record of them holds the manifests of all."""
MOST_AT_ONCE: Final = 10 * MOST_BATCH
MOST_TOLD: Final = 5
"""Of how many values that broke a signature it is said what they were."""


@dataclass(frozen=True, slots=True)
class SignatureInfo:
    """A signature as shown. ``key`` is the form or visit, ``person`` the name as printed, ``at`` UTC.

    ``state``: valid, void, unconfirmed, false or incomplete; ``text`` says it in a sentence. ``differs``:
    what is other than it was when signed, in the order of the form. ``notes``: what else is to be known.
    """

    record: str
    key: ItemKey
    meaning: str
    meaning_text: Text
    person: str
    at: datetime
    zone: str
    state: str
    text: Text
    differs: tuple[ItemKey, ...] = ()
    notes: tuple[Text, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether the signature is valid."""
        return self.state == read_signatures.VALID


@dataclass(frozen=True, slots=True)
class SigningOffer:
    """What a dialog needs before a signature. ``obstacle`` says why it cannot be given, or None.

    ``meanings``: code and words of each that may be chosen, the usual one first. ``needs_login``: the log-in
    must be typed too. ``forms`` are the forms that would be signed.
    """

    key: ItemKey
    name: str
    meanings: tuple[tuple[str, Text], ...]
    needs_login: bool
    forms: tuple[ItemKey, ...]
    obstacle: Text | None


def worth_telling(signatures: Sequence[SignatureInfo]) -> tuple[SignatureInfo, ...]:
    """All but void ones; of those the newest, as long as nobody has signed again."""
    told = [one for one in signatures if one.state != read_signatures.VOID]
    if not any(one.counts for one in told):
        told += [one for one in signatures if one.state == read_signatures.VOID][:1]
    return tuple(told)


def meaning_text(meaning: str) -> Text:
    """The words of a meaning."""
    return message(f"signing.meaning_{meaning.lower()}")


class SignatureBook:
    """The signatures that a session knows: which count is kept as long as nothing changes."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._proofs = Proofs(self._trust, access.judge)
        self._valid: dict[str, list[SignatureRow]] = {}
        self.needs_login = True

    # -- which count -----------------------------------------------------------------------------------

    def fill(self, cache: SubjectCache) -> None:
        """Tell the engine which forms of a participant are signed."""
        subject = cache.data.subject
        found = self._proofs.read(self._session.vault.store, subject)
        self._valid[subject] = [row for row in found if row.state == read_signatures.VALID]
        cache.data.signatures = self._covered(cache, self._valid[subject])

    def written(self, records: Iterable[AuditRecord]) -> None:
        """What was just recorded makes signatures over it void."""
        for record in records:
            subject = record.key.partition("/")[0]
            valid = self._valid.get(subject, [])
            left = [row for row in valid if not _voids(record, row)]
            if len(left) != len(valid):
                self._valid[subject] = left
                cache = self._session.cache(subject)
                cache.data.signatures = self._covered(cache, left)

    def forget(self) -> None:
        """Something other than this session wrote: prove everything again."""
        self._proofs.forget()
        self._valid.clear()

    def listed(self, key: ItemKey) -> tuple[SignatureInfo, ...]:
        """The signatures that cover a form, or stand under a visit: newest first."""
        rows = self._proofs.read(self._session.vault.store, key.subject, covering=key.path())
        return tuple(self._info(row) for row in reversed(rows))

    def all_of(self, subject: str) -> tuple[SignatureInfo, ...]:
        """Every signature about a participant, whatever it covers, oldest first."""
        return tuple(self._info(row) for row in self._proofs.read(self._session.vault.store, subject))

    def counting(self, scope: str) -> tuple[SignatureRow, ...]:
        """The signatures that count now and would be void with any change in ``scope`` (a path)."""
        subject = scope.partition("/")[0]
        self._session.cache(subject)
        rows = self._valid.get(subject, [])
        return tuple(row for row in rows if esign.within(row.scope, scope) or esign.within(scope, row.scope))

    def _covered(self, cache: SubjectCache, valid: Iterable[SignatureRow]) -> frozenset[ItemKey]:
        eligibility = self._session.study.settings.get("eligibility_form", "")
        forms: set[ItemKey] = set()
        for row in valid:
            forms |= {
                form
                for form in self._forms_in(cache, row.key)
                if form.form != eligibility or row.meaning == ELIGIBILITY
            }
        return frozenset(forms)

    def _trust(self, tx: Tx) -> Trust:
        return load_trust(tx, peers.authorities(self._session.vault))

    # -- in words --------------------------------------------------------------------------------------

    def _info(self, row: SignatureRow) -> SignatureInfo:
        session = self._session
        differs = self._in_order(row.differs)
        names = {person.person: person.name for person in read.persons(session.vault.store)}
        words = message(
            f"signing.state_{row.state}",
            name=row.name,
            at=both(_on_the_wall(row)),
            **({"item": self._place(differs[0])} if differs else {}),
            **({"by": names.get(row.certified_by, row.certified_by)} if row.certified_by else {}),
        )
        notes = [message("signing.note_redacted")] if row.redacted else []
        notes += filter(None, (self._broken(row, key) for key in differs[:MOST_TOLD]))
        recomputed = self._recomputed(row) if row.state == read_signatures.VALID else None
        if recomputed is not None:
            notes.append(message("signing.note_recomputed", item=self._place(recomputed)))
        return SignatureInfo(
            row.record, row.key, row.meaning, meaning_text(row.meaning), row.name, row.at, row.zone,
            row.state, words, differs, tuple(notes),
        )  # fmt: skip

    def _in_order(self, keys: Sequence[ItemKey]) -> tuple[ItemKey, ...]:
        """Keys in the order of their forms; what is no item (a row, a status) comes last."""
        places = {
            key: number
            for form in dict.fromkeys(key.form_key() for key in keys)
            if form.form in self._session.study.forms
            for number, key in enumerate(self._session.state(form).items)
        }
        return tuple(sorted(keys, key=lambda key: (key.form_key(), places.get(key, len(places)), key)))

    def _place(self, key: ItemKey) -> Text:
        """A key in the words of the form: ``Baseline · Vital signs: Systolic blood pressure``."""
        where = place_words(self._session, key)
        item = self._session.item_at(key) if key.item else None
        if item is not None:
            return message("signing.place", where=where, item=item.label)
        if key.item:
            return message("signing.place", where=where, item=both(key.item))
        return message("signing.row", where=where) if key.group else where

    def _broken(self, row: SignatureRow, key: ItemKey) -> Text | None:
        """Of an item that broke a signature: what stood there when it was signed, and what stands now."""
        if not key.item:
            return None
        record = read_signatures.signed_record(self._session.vault.store, row.record, key.path())
        entry = self._session.cache(key.subject).data.get(key)
        now = "" if entry is None else entry.missing or entry.text
        after = self._said(key, now, entry.unit or "" if entry is not None else "")
        if record is None:
            return message("signing.note_added", item=self._place(key), after=after)
        data = record.data if record.content is not None else {}
        before = self._said(key, str(data.get("code") or data.get("text", "")), str(data.get("unit", "")))
        return message("signing.note_changed", item=self._place(key), before=before, after=after)

    def _said(self, key: ItemKey, text: str, unit: str) -> Text:
        return value_words(self._session, key, text, unit) if text else message("signing.empty")

    def _recomputed(self, row: SignatureRow) -> ItemKey | None:
        """The first computed item whose value is no longer the one that was signed."""
        forms = self._forms_in(self._session.cache(row.key.subject), row.key)
        now = computed_values(self._session, row.scope, forms)
        if row.computed is None or row.computed == now:
            return None
        before, after = dict(row.computed), dict(now)
        first = next(key for key in (*before, *after) if before.get(key) != after.get(key))
        return ItemKey.parse(f"{row.scope}/{first}")

    @staticmethod
    def _forms_in(cache: SubjectCache, key: ItemKey) -> tuple[ItemKey, ...]:
        """The complete forms in a scope."""
        statuses = cache.data.statuses
        complete = (form for form, status in statuses.items() if status == COMPLETE)
        return tuple(sorted(form for form in complete if esign.within(form.path(), key.path())))

    # -- signing ---------------------------------------------------------------------------------------

    def offer(self, key: ItemKey) -> SigningOffer:
        """What a dialog needs to ask for a signature of a form or visit."""
        obstacle: Text | None = None
        forms: tuple[ItemKey, ...] = ()
        try:
            forms = require_signable(self._session, key)
        except (InputRefused, PermissionDenied) as refused:
            obstacle = refused.text
        meanings = tuple((meaning, meaning_text(meaning)) for meaning in self.meanings(key))
        return SigningOffer(key, self._session.person.name, meanings, self.needs_login, forms, obstacle)

    def meanings(self, key: ItemKey) -> tuple[str, ...]:
        """What a form or visit may be signed with, the usual one first.

        The form of the setting ``eligibility_form`` is signed with ELIGIBILITY and nothing else; so whoever
        asks whether it is signed need not ask with which meaning.
        """
        eligibility = self._session.study.settings.get("eligibility_form", "")
        if key.form and key.form == eligibility:
            return (ELIGIBILITY,)
        return tuple(meaning for meaning in esign.MEANINGS if meaning != ELIGIBILITY)

    def sign(self, key: ItemKey, meaning: str, password: str, login: str) -> SignatureInfo:
        """See :meth:`mda5_crf.services.sessionacts.SessionActs.sign`."""
        return self.sign_many([key], meaning, password, login)[0]

    def sign_many(
        self, keys: Sequence[ItemKey], meaning: str, password: str, login: str
    ) -> tuple[SignatureInfo, ...]:
        """Sign all of ``keys`` by one act, or nothing: one signature over the list of their manifests."""
        session = self._session
        keys = list(dict.fromkeys(keys))
        if not keys:
            raise InputRefused("signing.nothing_chosen")
        if len(keys) > MOST_AT_ONCE:
            raise InputRefused("signing.too_many", most=MOST_AT_ONCE)
        covered = {key: require_signable(session, key) for key in keys}
        for key in keys:
            if meaning not in self.meanings(key):
                known = ", ".join(self.meanings(key))
                form = key.form or (session.event_label(key) if key.event else session.subjid(key.subject))
                raise InputRefused("signing.unknown_meaning", meaning=meaning, form=form, known=known)
        register, own = session.vault.register(), session.vault.certificate
        held = register.of_person(own.person)
        if held is None or held.sign != own.sign or own.person in register.disabled:
            raise PermissionDenied("signing.key_not_current")
        if self.needs_login and login.strip() != session.person.login:
            raise LoginRefused("signing.login_differs")
        drafts, now = self._drafts(covered, meaning, password)
        self.needs_login = False
        return self._record(covered, drafts, now)

    def _drafts(
        self, covered: Mapping[ItemKey, Sequence[ItemKey]], meaning: str, password: str
    ) -> tuple[list[Draft], datetime]:
        """The records, signed. Raises LoginRefused for a wrong password."""
        session, vault = self._session, self._session.vault
        now = session.now()
        at, zone = clock.stamp(now, vault.journal.zone)
        parts = []
        for key, forms in covered.items():
            scope = key.path()
            act = esign.Act(
                vault.meta.vault, vault.meta.study, session.versions.of_record(scope), scope, meaning,
                session.person.id,
                vault.certificate.name, at, zone, __version__,
            )  # fmt: skip
            items = read_signatures.standing_in(vault.store, scope)
            if len(canon(esign.named(items))) > esign.MOST_RECORDS:
                event = session.event_label(key) if key.event else session.subjid(key.subject)
                raise InputRefused("signing.too_much", event=event)
            computed = computed_values(session, scope, forms)
            parts.append((act, items, computed, act.manifest(items, esign.computed_hash(computed))))
        drafts = []
        for start in range(0, len(parts), MOST_BATCH):
            together = parts[start : start + MOST_BATCH]
            batch = [manifest for *_, manifest in together]
            signature = vault.sign(esign.CONTEXT, esign.signed_part(batch), password)
            for act, items, computed, manifest in together:
                content = esign.content(act, items, computed, manifest, batch, signature)
                drafts.append(Draft("signature", act.scope, content, definition=act.definition))
        return drafts, now

    def _record(
        self, covered: Mapping[ItemKey, Sequence[ItemKey]], drafts: Sequence[Draft], now: datetime
    ) -> tuple[SignatureInfo, ...]:
        """Make them durable together with the queries that they answer, and tell everybody."""
        session = self._session
        caches = {key.subject: session.cache(key.subject) for key in covered}
        before = {subject: cache.data.signatures for subject, cache in caches.items()}
        for key, forms in covered.items():
            data = caches[key.subject].data
            data.signatures = frozenset(data.signatures or ()) | set(forms)
        follow: list[Draft] = []
        try:
            for cache in caches.values():
                follow += queries.resolved_drafts(session, cache)
            records = session.append([*drafts, *follow], at=now)
        except BaseException:
            # Whatever stopped it: a form must not look signed that is not.
            for subject, cache in caches.items():
                cache.data.signatures = before[subject]
            raise
        told = tuple(record.id for record in records)
        for subject, cache in caches.items():
            own = [one for one in records[len(drafts) :] if one.key.partition("/")[0] == subject]
            queries.absorb(session, cache, own)
            self.fill(cache)
        for key, forms in covered.items():
            for form in forms:
                session.announce(
                    Changes(key.subject, form, session.state(form), frozenset(), session.now(), told)
                )
        made = {record.id for record in records[: len(drafts)]}
        return tuple(info for key in covered for info in self.listed(key) if info.record in made)


def computed_values(session: Session, scope: str, forms: Iterable[ItemKey]) -> esign.Computed:
    """What the program computes on ``forms`` now: path below the scope and text, in order of the path."""
    found = []
    # What an older definition had and this one has not computes nothing any more.
    for form in (one for one in forms if one.form in session.study.forms):
        state: FormState = session.state(form)
        for key, item in state.items.items():
            text = item.value.missing or item.value.text
            if item.item.computed and text:
                found.append((key.path()[len(scope) + 1 :], text))
    return tuple(sorted(found))


def _voids(record: AuditRecord, row: SignatureRow) -> bool:
    return record.kind in esign.VOIDING and esign.within(record.key, row.scope)


def _on_the_wall(row: SignatureRow) -> str:
    """The time of a signature as the clock on the wall showed it: ``2026-08-21 10:32 +08:00``."""
    offset = row.zone.rpartition(" ")[2]
    sign = -1 if offset.startswith("-") else 1
    there = row.at + sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6]))
    return f"{there:%Y-%m-%d %H:%M} {offset}"
