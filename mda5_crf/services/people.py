"""Accounts: who may open the vault and what each may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mda5_crf.db import drafts, passwords, read
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.vault import OpenVault
from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.services import delegating
from mda5_crf.services.access import Action, Role, can
from mda5_crf.services.changes import PersonInfo
from mda5_crf.text import message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


def propose_password() -> str:
    """A password to offer: six words of the program's list, about 60 bits."""
    return passwords.propose_password()


def listed(store: AnyStore) -> tuple[PersonInfo, ...]:
    """Everybody with an account here, active or not."""
    return tuple(PersonInfo(p.person, p.login, p.name, p.roles, p.active) for p in read.persons(store))


def own(session: Session) -> tuple[PersonInfo, ...]:
    """The active accounts of this very vault: at another PC the same log-in may be somebody else."""
    vault = session.vault
    return tuple(
        PersonInfo(p.person, p.login, p.name, p.roles, p.active)
        for p in read.persons(vault.store)
        if p.active and p.vault == vault.meta.vault
    )


def person_of(store: AnyStore, person: str) -> PersonInfo:
    """The person with this id. Raises KeyError: an open vault always knows who opened it."""
    return next(p for p in listed(store) if p.id == person)


def at_keyboard(vault: OpenVault) -> PersonInfo:
    """Who opened the vault, by the certificate judged then: a false one in the file gives no right here."""
    own = vault.certificate
    tasks = [(task.role, task.start, task.end) for task in own.tasks]
    return PersonInfo(own.person, own.login, own.name, read.roles_held(tasks))


def add(
    session: Session,
    login: str,
    name: str,
    role: str,
    password: str,
    own_password: str,
    *,
    principal: bool = False,
    start: str = "",
    end: str = "",
) -> PersonInfo:
    """Admit a person with one role from ``start`` to ``end`` (ISO dates; "" = today, open).

    ``principal`` investigators admit others in turn. An administrator who founded the vault admits the first
    of them, or at the centre the first data manager, and nobody after that.

    Raises PermissionDenied, InputRefused.
    """
    if role not in tuple(Role):
        session.require(Action.MANAGE_USERS)
        raise InputRefused("entry.unknown_role", role=role, known=", ".join(Role))
    if not (admits_first(session) and can((role,), Action.MANAGE_USERS)):
        session.require(Action.MANAGE_USERS)
    elif role == Role.INVESTIGATOR:
        principal = True  # whoever comes first admits the others
    first, last = delegating.task_days(session, start, end)
    person = session.vault.add_person(
        login, name, Role(role).value, password,
        signer_password=own_password, principal=principal, start=first, end=last,
    )  # fmt: skip
    return person_of(session.vault.store, person)


def admits_first(session: Session) -> bool:
    """Whether an administrator may admit the first person who manages accounts: nobody else could."""
    return session.may(Action.PROPOSE_USERS) and not any(
        can(one.roles, Action.MANAGE_USERS) for one in own(session)
    )


def disable(session: Session, login: str, own_password: str, reason: str = "") -> None:
    """End an account; ``reason`` stands in the record.

    Nobody ends the own one: a vault nobody can open helps no patient.
    """
    session.require(Action.MANAGE_USERS)
    found = [p for p in own(session) if p.login == login]
    if not found:
        raise InputRefused("entry.unknown_login", login=login)
    if found[0].id == session.person.id:
        raise InputRefused("entry.own_account")
    session.vault.disable_person(found[0].id, signer_password=own_password, reason=reason)
    with session.vault.store.transaction() as tx:
        drafts.forget_person(tx, found[0].id)


def reset(
    session: Session,
    login: str,
    password: str,
    own_password: str,
    second: tuple[str, str],
    *,
    known: bool = False,
) -> None:
    """New keys and a new password for who lost the own one; ``second`` is (log-in, password) of another.

    ``known``: the old password is known to somebody else; the key of the database is renewed too.
    """
    session.require(Action.RESET_PASSWORD)
    found = [p for p in own(session) if p.login == login]
    if not found:
        raise InputRefused("entry.unknown_login", login=login)
    # Who helps must stand in the table too; whether it is that person, the password shows.
    helper = next((p for p in own(session) if p.login == second[0]), None)
    if (
        helper is not None
        and helper.id not in (found[0].id, session.person.id)
        and not any(can(helper.roles, act) for act in (Action.RESET_PASSWORD, Action.PROPOSE_USERS))
    ):
        raise PermissionDenied("people.second_denied", act=message("access.act_reset_password"))
    session.vault.reset_person(
        found[0].id, password, signer_password=own_password, second=second, known=known
    )
