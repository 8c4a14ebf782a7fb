"""Electronic signatures: who signs a form or a visit, with which meaning, and which signatures count.

A signature is asked for with the password, which opens the person's sign key for that one act; the first of
a sitting asks for the log-in too. It covers everything that stands in the form and is void as soon as that
changes. What exactly is signed is said in :mod:`mda5_crf.db.esign`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
from mda5_crf.errors import CrfError, InputRefused, LoginRefused, PermissionDenied
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import access, peers, queries
from mda5_crf.services.access import Action
from mda5_crf.services.changes import Changes
from mda5_crf.services.subjectcache import SubjectCache
from mda5_crf.study.model import Mark
from mda5_crf.study.state import FormState
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

ELIGIBILITY: Final = "ELIGIBILITY"
COMPLETE: Final = "complete"
_UNTOUCHED: Final = frozenset({"not_started", "closed", "not_done", "computed"})


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
        """A key in the words of the form: ``BL VS: Systolic blood pressure``."""
        session = self._session
        where = " ".join(filter(None, (session.event_label(key), session.form_label(key))))
        form = session.study.forms.get(key.form)
        item = None if form is None else form.items.get(key.item)
        return both(f"{where} {key.item}".strip()) if item is None else _labelled(where, item.label)

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
            forms = self._require_signable(key)
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
        session = self._session
        forms = self._require_signable(key)
        if meaning not in self.meanings(key):
            known = ", ".join(self.meanings(key))
            form = key.form or session.event_label(key)
            raise InputRefused("signing.unknown_meaning", meaning=meaning, form=form, known=known)
        register, own = session.vault.register(), session.vault.certificate
        held = register.of_person(own.person)
        if held is None or held.sign != own.sign or own.person in register.disabled:
            raise PermissionDenied("signing.key_not_current")
        if self.needs_login and login.strip() != session.person.login:
            raise LoginRefused("signing.login_differs")
        draft, now = self._draft(key, meaning, password, forms)
        self.needs_login = False
        return self._record(key, draft, now, forms)

    def _draft(
        self, key: ItemKey, meaning: str, password: str, forms: Sequence[ItemKey]
    ) -> tuple[Draft, datetime]:
        """The record, signed. Raises LoginRefused for a wrong password."""
        session, vault = self._session, self._session.vault
        now, scope = session.now(), key.path()
        at, zone = clock.stamp(now, vault.journal.zone)
        act = esign.Act(
            vault.meta.vault, vault.meta.study, session.study.hash, scope, meaning, session.person.id,
            vault.certificate.name, at, zone, __version__,
        )  # fmt: skip
        items = read_signatures.standing_in(vault.store, scope)
        if len(canon(esign.named(items))) > esign.MOST_RECORDS:
            raise InputRefused("signing.too_much", event=session.event_label(key))
        computed = computed_values(session, scope, forms)
        manifest = act.manifest(items, esign.computed_hash(computed))
        signature = vault.sign(esign.CONTEXT, esign.signed_part([manifest]), password)
        content = esign.content(act, items, computed, manifest, [manifest], signature)
        return Draft("signature", scope, content, definition=session.study.hash), now

    def _record(self, key: ItemKey, draft: Draft, now: datetime, forms: Sequence[ItemKey]) -> SignatureInfo:
        """Make it durable together with the queries that it answers, and tell everybody."""
        session = self._session
        cache = session.cache(key.subject)
        before = cache.data.signatures
        cache.data.signatures = frozenset(before or ()) | set(forms)
        try:
            follow = queries.resolved_drafts(session, cache)
            records = session.append([draft, *follow], at=now)
        except BaseException:
            # Whatever stopped it: a form must not look signed that is not.
            cache.data.signatures = before
            raise
        queries.absorb(session, cache, records[1:])
        self.fill(cache)
        for form in forms:
            told = tuple(record.id for record in records)
            session.announce(
                Changes(key.subject, form, session.state(form), frozenset(), session.now(), told)
            )
        return next(info for info in self.listed(key) if info.record == records[0].id)

    def _require_signable(self, key: ItemKey) -> tuple[ItemKey, ...]:
        """The forms that a signature of ``key`` covers. Raises PermissionDenied, InputRefused."""
        session = self._session
        session.require(Action.SIGN)
        site = session.cache(key.subject).data.site
        if site != session.site:
            raise InputRefused("signing.other_site", site=site)
        if not key.form:
            forms = self._forms_of_visit(key)
        else:
            forms = (key,)
            form = session.study.forms.get(key.form)
            if form is None:
                raise InputRefused("entry.unknown_form", form=key.form, known=", ".join(session.study.forms))
            if form.repeating and not key.form_repeat:
                raise InputRefused("entry.repeat_needed", form=form.name)
            if all(item.computed for item in form.items.values()):
                raise InputRefused("signing.computed", form=form.name)
            if session.cache(key.subject).data.statuses.get(key) != COMPLETE:
                raise self._refusal("signing.not_complete", key)
        for one in forms:
            self._require_settled(one)
        return forms

    def _forms_of_visit(self, event: ItemKey) -> tuple[ItemKey, ...]:
        node = next((node for node in self._session.tree(event.subject) if node.key == event), None)
        forms = []
        for form in node.forms if node is not None else ():
            missing = form.status == "not_started" and form.mark is Mark.REQUIRED and form.expected
            if form.status == "in_progress" or missing:
                raise self._refusal("signing.not_complete", form.key)
            if form.status not in _UNTOUCHED:
                forms.append(form.key)
        if not forms:
            raise InputRefused("signing.nothing_complete", event=self._session.event_label(event))
        return tuple(forms)

    def _require_settled(self, form: ItemKey) -> None:
        """Nothing on the form still waits for its person: the rule of completion, asked again."""
        state = self._session.state(form)
        cache = self._session.cache(form.subject)
        asked = {(query.check, query.key) for query in cache.queries.values() if query.is_open}
        for finding in state.findings:
            places = {(finding.check, key) for key in finding.items}
            if finding.blocks and not finding.confirmed and asked.isdisjoint(places):
                raise self._refusal("signing.open_finding", form, finding=finding.message)
        split = next((one for one in state.items.values() if one.value.conflict), None)
        if split is not None:
            raise self._refusal("signing.conflict", form, item=split.item.label)

    def _refusal(self, code: str, form: ItemKey, **params: object) -> CrfError:
        session = self._session
        return InputRefused(code, event=session.event_label(form), form=session.form_label(form), **params)


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


def _labelled(where: str, label: Text) -> Text:
    return Text(f"{where}: {label.en}", f"{where}：{label.zh}")


def _on_the_wall(row: SignatureRow) -> str:
    """The time of a signature as the clock on the wall showed it: ``2026-08-21 10:32 +08:00``."""
    offset = row.zone.rpartition(" ")[2]
    sign = -1 if offset.startswith("-") else 1
    there = row.at + sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6]))
    return f"{there:%Y-%m-%d %H:%M} {offset}"
