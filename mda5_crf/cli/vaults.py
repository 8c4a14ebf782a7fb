"""``new`` and ``users``: a site's vault and the people who may open it."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mda5_crf.cli.login import (
    first_password_of,
    login_of,
    new_password_of,
    open_session,
    second_password_of,
    vault_of,
)
from mda5_crf.cli.output import say, say_json, table
from mda5_crf.errors import InputRefused, UsageError
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


def new(options: argparse.Namespace) -> int:
    """Create a vault with its first person."""
    from mda5_crf.services.session import create

    folder = vault_of(options.vault)
    if not re.fullmatch("[0-9]{2}", options.site):
        raise UsageError("cli.site_form")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputRefused("store.vault_exists", place=folder.name)
    login = login_of(options)
    with create(
        folder,
        site=options.site,
        name=options.name,
        login=login,
        person=options.person or login,
        role=options.role,
        password=first_password_of(options),
        definition_dir=Path(options.study) if options.study else None,
    ) as session:
        if options.json:
            say_json(
                {
                    "vault": str(options.vault),
                    "site": session.site,
                    "device": session.device,
                    "study": session.study.oid,
                    "definition": session.study.hash,
                }
            )
        else:
            say(message("cli.vault_created", name=session.vault_name, site=session.site), options.language)
    return 0


def users(options: argparse.Namespace) -> int:
    """Accounts: list, add, end; reset another's or change the own password; renew the key, hand it over."""
    if options.act in ("add", "disable", "reset", "hand-over") and not options.login:
        raise UsageError("cli.login_needed")
    if options.act == "add" and not options.role:
        raise UsageError("cli.role_needed")
    if options.act == "reset" and not options.second:
        raise UsageError("cli.second_needed")
    with open_session(options) as session:
        if options.act == "list":
            _list(session, options)
        elif options.act == "password":
            session.change_password(new_password_of(options), own_password=options.password)
            _say(
                options,
                session.person.login,
                "changed",
                message("cli.password_changed", login=session.person.login),
            )
        elif options.act == "add":
            person = session.add_person(
                options.login,
                options.person or options.login,
                options.role,
                new_password_of(options),
                own_password=options.password,
                principal=options.principal,
            )
            code = "cli.account_added_principal" if options.principal else "cli.account_added"
            _say(options, person.login, "added", message(code, login=person.login))
        elif options.act == "disable":
            session.disable_person(options.login, own_password=options.password)
            _say(options, options.login, "disabled", message("cli.account_disabled_now", login=options.login))
        elif options.act == "reset":
            session.reset_person(
                options.login,
                new_password_of(options),
                own_password=options.password,
                second=(options.second, second_password_of(options)),
                known=options.known,
            )
            _say(options, options.login, "reset", message("cli.account_reset", login=options.login))
        elif options.act == "hand-over":
            session.hand_over(options.login, own_password=options.password)
            _say(options, options.login, "handed over", message("cli.key_handed_over", login=options.login))
        else:
            session.renew_key(options.reason or "", own_password=options.password)
            _say(options, session.person.login, "renewed", message("cli.key_renewed"))
    return 0


def _say(options: argparse.Namespace, login: str, state: str, text: Text) -> None:
    if options.json:
        say_json({"login": login, "state": state})
    else:
        say(text, options.language)


def _list(session: Session, options: argparse.Namespace) -> None:
    people = session.people()
    if options.json:
        say_json(
            [{"login": p.login, "name": p.name, "roles": list(p.roles), "active": p.active} for p in people]
        )
        return
    language = options.language
    table(
        (
            [
                p.login,
                p.name,
                ", ".join(message(f"access.role_{r}").in_(language) for r in p.roles),
                message(f"cli.account_{'active' if p.active else 'disabled'}").in_(language),
            ]
            for p in people
        ),
        [message(f"cli.head_{h}").in_(language) for h in ("login", "name", "roles", "state")],
    )
