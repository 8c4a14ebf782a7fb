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
from mda5_crf.services.accounts import as_json, duty_name, span
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session
    from mda5_crf.study.model import Study


def new(options: argparse.Namespace) -> int:
    """Create a vault with its first person."""
    from mda5_crf.services.session import create

    folder = vault_of(options.vault)
    if not re.fullmatch("[0-9]{2}", options.site):
        raise UsageError("cli.site_form")
    if isinstance(folder, Path) and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
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
        definition_dir=_definition(options.study) if options.study else None,
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


def _definition(word: str) -> Path | Study:
    """A folder as it is; a file of another system (ODM, a dictionary, a workbook) is read first."""
    from mda5_crf.errors import DefinitionError
    from mda5_crf.jobs.newstudy import offered

    place = Path(word)
    if not place.is_file():
        return place
    found = offered(place)
    if found.study is None:
        raise DefinitionError(found.problems)
    return found.study


def users(options: argparse.Namespace) -> int:
    """Accounts: list, add, end; reset another's or change the own password; renew the key, hand it over."""
    _require_words(options)
    with open_session(options) as session:
        if options.act == "list" and options.history:
            _history(session, options)
        elif options.act == "list":
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
                start=options.start,
                end=options.to,
            )
            code = "cli.account_added_principal" if options.principal else "cli.account_added"
            _say(options, person.login, "added", message(code, login=person.login))
        elif options.act == "disable":
            session.disable_person(options.login, own_password=options.password, reason=options.reason or "")
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
        elif options.act in ("tasks", "duties"):
            _delegate(session, options)
        elif options.act == "hand-over":
            session.hand_over(options.login, own_password=options.password)
            _say(options, options.login, "handed over", message("cli.key_handed_over", login=options.login))
        else:
            session.renew_key(options.reason or "", own_password=options.password)
            code = "shared.key_renewed" if session.vault.place.shared else "cli.key_renewed"
            _say(options, session.person.login, "renewed", message(code))
    return 0


def _require_words(options: argparse.Namespace) -> None:
    """Raise UsageError for what an act lacks."""
    if options.act in ("add", "disable", "reset", "hand-over", "tasks", "duties") and not options.login:
        raise UsageError("cli.login_needed")
    if options.act in ("add", "tasks") and not options.role:
        raise UsageError("cli.role_needed")
    if options.act == "duties" and not options.duty:
        raise UsageError("cli.duty_needed")
    if options.act == "reset" and not options.second:
        raise UsageError("cli.second_needed")


def _say(options: argparse.Namespace, login: str, state: str, text: Text) -> None:
    if options.json:
        say_json({"login": login, "state": state})
    else:
        say(text, options.language)


def _delegate(session: Session, options: argparse.Namespace) -> None:
    """``tasks`` and ``duties``: begin, or end with ``--end``."""
    own, login = options.password, options.login
    if options.act == "tasks":
        if options.end:
            session.end_task(login, options.role, options.to, own_password=own)
        else:
            session.begin_task(login, options.role, options.start, options.to, own_password=own)
        _say(options, login, "changed", message("people.done_tasks", login=login))
        return
    duty = options.duty.upper()
    if options.end:
        session.end_duty(login, duty, options.to, own_password=own)
    else:
        session.begin_duty(login, duty, options.start, options.to, options.person or "", own_password=own)
    _say(options, login, "changed", message("people.done_duties", code=login, duty=duty_name(duty)))


def _history(session: Session, options: argparse.Namespace) -> None:
    events = session.account_history(options.login or "")
    language = options.language
    if options.json:
        say_json(
            [
                {
                    "record": one.record, "at": one.at.isoformat(), "by": one.by, "whom": one.whom,
                    "what": one.what.in_(language),
                }
                for one in events
            ]
        )  # fmt: skip
        return
    table(
        (
            [
                one.at.astimezone(session.zone).strftime("%Y-%m-%d %H:%M"),
                one.whom,
                one.what.in_(language),
                one.by,
            ]
            for one in events
        ),
        [message(f"people.head_{head}").in_(language) for head in ("when", "whom", "what", "by")],
    )


def _list(session: Session, options: argparse.Namespace) -> None:
    """Everybody, what each may do today, and from when to when."""
    accounts, sheets = session.accounts(), session.duty_sheets()
    language = options.language
    if options.json:
        duties = {
            sheet.code: [{"duty": d.duty, "from": d.start, "to": d.end} for d in sheet.duties]
            for sheet in sheets
        }
        known = {account.login for account in accounts}
        say_json(
            [
                *({**as_json(one), "duties": duties.get(one.login, [])} for one in accounts),
                *(
                    {"login": "", "code": sheet.code, "name": sheet.name, "duties": duties[sheet.code]}
                    for sheet in sheets
                    if sheet.code not in known
                ),
            ]
        )
        return
    rows = [
        [
            one.login,
            one.name,
            ", ".join(message(f"access.role_{r}").in_(language) for r in one.roles),
            "; ".join(span(task.start, task.end).in_(language) for task in one.tasks),
            message(f"cli.account_{'active' if one.active else 'disabled'}").in_(language),
        ]
        for one in accounts
    ]
    rows += [
        [
            sheet.code,
            sheet.name,
            duty_name(duty.duty).in_(language),
            span(duty.start, duty.end).in_(language),
            message("people.duty").in_(language),
        ]
        for sheet in sheets
        for duty in sheet.duties
    ]
    table(
        rows,
        [
            *(message(f"cli.head_{head}").in_(language) for head in ("login", "name", "roles")),
            message("people.head_days").in_(language),
            message("cli.head_state").in_(language),
        ],
    )
