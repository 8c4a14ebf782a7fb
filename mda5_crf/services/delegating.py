"""Acts on the delegation log: tasks that give rights in the program, and duties of the trial."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mda5_crf.crypto import Task
from mda5_crf.db import delegations
from mda5_crf.db.delegations import Duty
from mda5_crf.errors import InputRefused
from mda5_crf.services import accounts
from mda5_crf.services.access import Action, Role, role_name
from mda5_crf.services.accounts import Account, DutySheet
from mda5_crf.study.references import Delegation

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


def account_of(session: Session, login: str) -> Account:
    """The active account with this log-in. Raises InputRefused."""
    found = [account for account in accounts.listed(session) if account.login == login and account.active]
    if not found:
        raise InputRefused("entry.unknown_login", login=login)
    return found[-1]


def begin_task(session: Session, login: str, role: str, start: str, end: str, own_password: str) -> Account:
    """One more task. Nobody gets a right for a day that is over. Raises InputRefused, PermissionDenied."""
    session.require(Action.MANAGE_USERS)
    if role not in tuple(Role):
        raise InputRefused("entry.unknown_role", role=role, known=", ".join(Role))
    first, last = task_days(session, start, end)
    account = account_of(session, login)
    for task in account.tasks:
        if task.role == role and task.start <= (last or "9999") and first <= (task.end or "9999"):
            raise InputRefused(
                "people.task_there", role=role_name(role), days=accounts.span(task.start, task.end)
            )
    session.vault.set_tasks(
        account.id, (*account.tasks, Task(role, first, last)), signer_password=own_password
    )
    return account_of(session, login)


def task_days(session: Session, start: str, end: str) -> tuple[str, str]:
    """First and last day as ISO dates, "" = today and open. Raises InputRefused."""
    today = session.today.isoformat()
    first = _day(start) if start else today
    last = _day(end) if end else ""
    if first < today:
        raise InputRefused("people.task_past", today=today)
    if last and last < first:
        raise InputRefused("people.days_order")
    return first, last


def end_task(session: Session, login: str, role: str, end: str, own_password: str) -> Account:
    """End a task: ``end`` is the last day; "" = now, so that nothing is allowed any more.

    A task that began today or is to begin later is taken out of the list; the certificates before show it.
    Raises InputRefused, PermissionDenied.
    """
    session.require(Action.MANAGE_USERS)
    account = account_of(session, login)
    yesterday = (session.today - timedelta(days=1)).isoformat()
    last = _day(end) if end else yesterday
    if last < yesterday:
        raise InputRefused("people.end_past", today=session.today.isoformat())
    kept: list[Task] = []
    found = False
    for task in account.tasks:
        if task.role != role or (task.end and task.end <= last):
            kept.append(task)
            continue
        found = True
        if task.start <= last:
            kept.append(replace(task, end=last))
    if not found:
        raise InputRefused("people.task_none", role=role_name(role) if role in tuple(Role) else role)
    if not kept:
        raise InputRefused("people.task_last", login=login)
    session.vault.set_tasks(account.id, kept, signer_password=own_password)
    return account_of(session, login)


def begin_duty(
    session: Session, code: str, duty: str, start: str, end: str, name: str, own_password: str
) -> DutySheet:
    """Delegate a duty to the person ``code``; ``name`` is needed for the first duty of one without account.

    The first day may lie in the past: paper is often signed before it is entered. Raises InputRefused,
    PermissionDenied.
    """
    session.require(Action.MANAGE_USERS)
    first = _day(start) if start else session.today.isoformat()
    last = _day(end) if end else ""
    if last and last < first:
        raise InputRefused("people.days_order")
    duty = duty.strip().upper()
    present = _sheet(session, code)
    named = name or (present.name if present else "") or _name_of(session, code)
    if not named:
        raise InputRefused("people.name_needed", code=code)
    duties = list(present.duties) if present else []
    for one in duties:
        if one.duty == duty and one.start <= (last or "9999") and first <= (one.end or "9999"):
            raise InputRefused(
                "people.task_there", role=accounts.duty_name(duty), days=accounts.span(one.start, one.end)
            )
    return _write(session, code, named, [*duties, Duty(duty, first, last)], own_password)


def end_duty(session: Session, code: str, duty: str, end: str, own_password: str) -> DutySheet:
    """The last day of a duty ("" = today). Raises InputRefused, PermissionDenied."""
    session.require(Action.MANAGE_USERS)
    last = _day(end) if end else session.today.isoformat()
    duty = duty.strip().upper()
    present = _sheet(session, code)
    running = [
        one
        for one in (present.duties if present else ())
        if one.duty == duty and (not one.end or one.end > last)
    ]
    if present is None or not running:
        raise InputRefused("people.task_none", role=accounts.duty_name(duty))
    if any(one.start > last for one in running):
        raise InputRefused("people.days_order")
    duties = [replace(one, end=last) if one in running else one for one in present.duties]
    return _write(session, present.code, present.name, duties, own_password)


def _write(session: Session, code: str, name: str, duties: list[Duty], own_password: str) -> DutySheet:
    session.vault.delegate(code, name, duties, signer_password=own_password)
    session.lists_changed()
    sheet = _sheet(session, code)
    assert sheet is not None
    return sheet


def _sheet(session: Session, code: str) -> DutySheet | None:
    folded = code.casefold()
    rows = delegations.standing(delegations.sheets(session.vault.store))
    own = {
        row.sheet.code
        for row in rows
        if row.sheet.vault == session.vault.meta.vault and row.sheet.code.casefold() == folded
    }
    return next((one for one in accounts.duty_sheets(session) if one.code in own), None)


def _name_of(session: Session, login: str) -> str:
    return next((p.name for p in session.people() if p.login == login), "")


def _day(text: str) -> str:
    if not delegations.day_ok(text):
        raise InputRefused("people.day_form")
    return text


def of_sites(session: Session) -> dict[str, tuple[Delegation, ...]]:
    """Site → the duties that checks may ask for. Internal to services."""
    found: dict[str, list[Delegation]] = {}
    for row in delegations.standing(delegations.sheets(session.vault.store)):
        for one in row.sheet.duties:
            last = date.fromisoformat(one.end) if one.end else None
            found.setdefault(row.sheet.site, []).append(
                Delegation(row.sheet.code, one.duty, date.fromisoformat(one.start), last)
            )
    return {site: tuple(duties) for site, duties in found.items()}
