"""What people ask of accounts: who has one, what each may do from when to when, and every change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.crypto import AUTHORITY, Certificate, Task, file_hash
from mda5_crf.db import delegations, read, read_accounts
from mda5_crf.db.accounts import is_principal
from mda5_crf.db.delegations import Duty
from mda5_crf.db.records import AuditRecord
from mda5_crf.services.access import Action, role_name
from mda5_crf.text import Text, both, catalogue, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

KINDS: Final = frozenset({"certificate", "user", "rekey", "delegation", "password"})
AGEING: Final = "password_days"
"""The setting of a definition: after how many days a password is to be changed; 0 or none = never."""
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Account:
    """A person with an account. ``roles`` are those held today; ``tasks`` all there ever were.

    ``failures`` and ``failed_since`` are failed log-ins since the last good one. ``password_since`` is when
    the present password was set, ``given`` says that somebody else set it. ``holds_key``: opens the data.
    ``signed_by`` is a name, or "" for the study's authority; ``code`` stands for the signature on paper.
    """

    id: str
    login: str
    name: str
    roles: tuple[str, ...]
    tasks: tuple[Task, ...]
    active: bool
    principal: bool
    last_login: datetime | None
    failures: int
    failed_since: datetime | None
    password_since: datetime | None
    given: bool
    holds_key: bool
    serial: int
    signed_by: str
    signed_at: datetime
    code: str


@dataclass(frozen=True, slots=True)
class DutySheet:
    """The duties of one person by the code that stands on forms, and who signed them when."""

    code: str
    name: str
    duties: tuple[Duty, ...]
    serial: int
    signed_by: str
    signed_at: datetime
    short: str


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """One change of an account: whom it is about, what it was, by whom, when (UTC)."""

    record: str
    at: datetime
    by: str
    whom: str
    what: Text


@dataclass(frozen=True, slots=True)
class PasswordDue:
    """Why the own password is to be changed: ``given`` by another, or older than ``days``."""

    given: bool
    since: datetime
    days: int

    @property
    def code(self) -> str:
        """The sentence to show, by its code."""
        return "people.due_given" if self.given else "people.due_aged"

    @property
    def params(self) -> dict[str, object]:
        """What stands in its places."""
        return {} if self.given else {"days": self.days, "since": self.since.date().isoformat()}

    @property
    def text(self) -> Text:
        """The sentence."""
        return message(self.code, **self.params)


def listed(session: Session) -> tuple[Account, ...]:
    """All accounts of this vault, by log-in."""
    vault, store = session.vault, session.vault.store
    register, holders = vault.register(), vault.holders()
    newest = {row.certificate.person: row for row in read_accounts.certificates(store, vault.meta.vault)}
    names = {person: row.certificate.name for person, row in newest.items()}
    states, own = read_accounts.admitted(store), read_accounts.own_passwords(store)
    good, failed = _logins(session)
    found = []
    for person, row in newest.items():
        certificate = register.of_person(person) or row.certificate
        by, since = states.get(person, ("", row.at))
        changed = own.get(person)
        given = by not in ("", person) and (changed is None or changed < since)
        failures = failed.get(certificate.login, [])
        found.append(
            Account(
                person, certificate.login, certificate.name, held(certificate, session.today),
                certificate.tasks, person not in register.disabled, is_principal(certificate),
                good.get(certificate.login), sum(count for count, _ in failures),
                min((at for _, at in failures), default=None), max(filter(None, (changed, since))), given,
                certificate.login in holders, certificate.serial, _name(certificate.by, names), row.at,
                short_code(certificate.signature),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda account: (account.login, account.id)))


def held(certificate: Certificate, day: date) -> tuple[str, ...]:
    """The roles of a certificate on ``day`` at the site."""
    return tuple(sorted(certificate.roles(day.isoformat())))


def short_code(signature: bytes) -> str:
    """Twelve characters of a signature's hash, in threes of four: enough to compare paper with screen."""
    digits = file_hash(signature)[:12]
    return "-".join(digits[at : at + 4] for at in (0, 4, 8))


def duty_sheets(session: Session) -> tuple[DutySheet, ...]:
    """The duties in force or past of everybody at this vault's site, by code."""
    names = {p.id: p.name for p in session.people()}
    rows = delegations.standing(delegations.sheets(session.vault.store))
    return tuple(
        DutySheet(
            row.sheet.code, row.sheet.name, row.sheet.duties, row.sheet.serial, names.get(row.by, ""),
            datetime.fromisoformat(row.at), short_code(row.sheet.signature),
        )
        for row in rows
        if row.sheet.site == session.site
    )  # fmt: skip


def duty_name(duty: str) -> Text:
    """The duty in both languages; its code, where the program has no name for it."""
    known = f"duty_{duty.lower()}"
    return message(f"people.{known}") if known in catalogue("people") else both(duty)


def known_duties() -> tuple[str, ...]:
    """The codes that the program has names for."""
    return tuple(name[5:].upper() for name in catalogue("people") if name.startswith("duty_"))


def history(session: Session, login: str = "") -> tuple[AccountEvent, ...]:
    """Every change of accounts, tasks and duties, oldest first; of one person, by log-in or code."""
    session.require(Action.SEE_AUDIT)
    people = {p.id: p for p in session.people()}
    names = {person: f"{p.name} ({p.login})" for person, p in people.items()}
    before: dict[str, dict[str, Any]] = {}
    events = []
    for record in read_accounts.of_vault(session.vault.store, KINDS):
        if record.content is None:
            continue
        whom, word = _whom(record, {person: p.login for person, p in people.items()})
        what = _what(record, before.get(f"{record.kind} {whom}"), names)
        if record.kind in ("certificate", "delegation"):
            before[f"{record.kind} {whom}"] = record.data
        if not login or login == whom:
            at, by = datetime.fromisoformat(record.at), names.get(record.person, record.person[:8])
            events.append(AccountEvent(record.id, at, by, word, what))
    return tuple(events)


def _whom(record: AuditRecord, logins: Mapping[str, str]) -> tuple[str, str]:
    """Log-in or code of the person a record is about, and how it is shown."""
    data = record.data
    body = data.get("certificate") or data.get("delegation")
    if isinstance(body, dict):
        who = str(body.get("login") or body.get("code", ""))
        return who, f"{body.get('name', '')} ({who})"
    if record.kind == "rekey":
        return "", ""
    login = logins.get(str(data.get("person")), "") if record.kind == "user" else str(data.get("login", ""))
    return login, login


def _what(record: AuditRecord, before: dict[str, Any] | None, names: Mapping[str, str]) -> Text:
    data = record.data
    if record.kind == "certificate":
        body = data["certificate"]
        same = before is not None and before["certificate"]["sign"] == body["sign"]
        code = "certified" if before is None else "tasks_changed" if same else "new_keys"
        return message(
            f"people.event_{code}", tasks=_tasks_text(body["tasks"], "role"), serial=body["serial"]
        )
    if record.kind == "delegation":
        body = data["delegation"]
        return message(
            "people.event_delegated", duties=_tasks_text(body["duties"], "duty"), serial=body["serial"]
        )
    if record.kind == "rekey":
        return message("people.event_rekey", reason=renewal_reason(str(data.get("reason", ""))))
    if record.kind == "password":
        return message("people.event_password")
    if data.get("act") == "reset":
        return message("people.event_reset", second=names.get(str(data.get("second")), ""))
    if data.get("state") == "disabled":
        reason = str(data.get("reason", ""))
        return (
            message("people.event_ended_because", reason=reason) if reason else message("people.event_ended")
        )
    return message("people.event_admitted")


def renewal_reason(code: str) -> Text:
    """Why a key was renewed, in words."""
    name = f"renewal_{code.replace('-', '_')}"
    return message(f"people.{name}") if name in catalogue("people") else both(code)


def span(start: str, end: str) -> Text:
    """From and to as people read them; an open end is said."""
    return Text(f"{start} – {end or 'open'}", f"{start} 至 {end or '长期'}")


def _tasks_text(tasks: list[dict[str, str]], field: str) -> Text:
    parts = []
    for task in tasks:
        what = role_name(task[field]) if field == "role" else duty_name(task[field])
        when = span(task["from"], task["to"])
        parts.append(Text(f"{what.en} {when.en}", f"{what.zh} {when.zh}"))
    return Text("; ".join(t.en for t in parts), "；".join(t.zh for t in parts))


def _name(by: str, names: Mapping[str, str]) -> str:
    return "" if by == AUTHORITY else names.get(by, by[:8])


def _logins(session: Session) -> tuple[dict[str, datetime], dict[str, list[tuple[int, datetime]]]]:
    """Log-in → the last good one; and the failures counted since."""
    good: dict[str, datetime] = {}
    failed: dict[str, list[tuple[int, datetime]]] = {}
    for row in read.logins(session.vault.store):
        if row.kind != "login":
            continue
        for login, count, since in read_accounts.attempts_of(row.content):
            try:
                first = datetime.fromisoformat(since)
            except ValueError:
                first = row.at
            if first.tzinfo is None:
                first = first.replace(tzinfo=UTC)
            failed.setdefault(login, []).append((count, first))
        login = str(row.content.get("login", ""))
        good[login] = row.at
        if row.person == session.person.id and row.content.get("attempts"):
            continue  # the person at the keyboard still has to be told of the own failures
        failed.pop(login, None)
    return good, failed


# -- what is said at the log-in ------------------------------------------------------------------------


def password_due(session: Session) -> PasswordDue | None:
    """Whether the person at the keyboard is to change the own password, and why."""
    state = read_accounts.admitted(session.vault.store).get(session.person.id)
    changed = read_accounts.own_passwords(session.vault.store).get(session.person.id)
    by, since = state or (session.person.id, session.now())
    if by != session.person.id and (changed is None or changed < since):
        return PasswordDue(True, since.astimezone(session.zone), 0)
    since = max(filter(None, (changed, since)))
    days = ageing(session)
    if days and session.now() - since >= days * _DAY:
        return PasswordDue(False, since.astimezone(session.zone), days)
    return None


def ageing(session: Session) -> int:
    """After how many days a password is to be changed by this definition; 0 = never."""
    text = session.definition.settings.get(AGEING, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else 0


def hand_over_offer(session: Session) -> tuple[Account, ...]:
    """Administrators who still hold the key of the database, for whoever may take it from them."""
    if not session.may(Action.MANAGE_USERS) or not _is_keeper(session):
        return ()
    return tuple(
        account
        for account in listed(session)
        if account.active
        and account.holds_key
        and account.roles == ("administrator",)
        and account.id != session.person.id
    )


def failures_to_tell(session: Session) -> tuple[Text, ...]:
    """Failed log-ins since this person's log-in before, in words: all for whoever manages accounts, else own.

    Only those that another log-in has taken into the journal, or this one.
    """
    manages = session.may(Action.MANAGE_USERS) and _is_keeper(session)
    counted: dict[str, tuple[int, datetime]] = {}
    for row in read.logins(session.vault.store):
        if row.kind != "login" or (session.last_login is not None and row.at <= session.last_login):
            continue
        for login, count, since in read_accounts.attempts_of(row.content):
            try:
                first = datetime.fromisoformat(since)
            except ValueError:
                first = row.at
            number, earliest = counted.get(login, (0, first))
            counted[login] = number + count, min(earliest, first)
    return tuple(
        message(
            "people.failures_of" if login else "people.failures_unknown",
            count=count, login=login,
            since=first.astimezone(session.zone).strftime("%Y-%m-%d %H:%M"),
        )
        for login, (count, first) in sorted(counted.items())
        if manages or login == session.person.login
    )  # fmt: skip


def _is_keeper(session: Session) -> bool:
    return session.vault.certificate.login in session.vault.register().keepers()


def as_json(account: Account) -> dict[str, Any]:
    """For commands: times in UTC, days as ISO dates."""
    return {
        "login": account.login, "name": account.name, "roles": list(account.roles), "active": account.active,
        "principal": account.principal, "holds_key": account.holds_key,
        "tasks": [{"role": t.role, "from": t.start, "to": t.end} for t in account.tasks],
        "last_login": _iso(account.last_login), "failures": account.failures,
        "password_since": _iso(account.password_since), "password_given": account.given,
        "serial": account.serial, "signed_by": account.signed_by or "authority",
        "signed_at": _iso(account.signed_at), "signature": account.code,
    }  # fmt: skip


def _iso(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).isoformat(timespec="seconds")
