"""``new`` and ``users``: a site's vault and the people who may open it."""

from __future__ import annotations

import argparse
from pathlib import Path

from mda5_crf.cli.login import login_of, open_session, password_of, read_secret
from mda5_crf.cli.output import say, say_json, table
from mda5_crf.errors import UsageError
from mda5_crf.text import message


def new(options: argparse.Namespace) -> int:
    """Create a vault with its first person."""
    from mda5_crf.services.session import create

    login = login_of(options)
    password = password_of(options, repeat=True)
    with create(
        Path(options.vault),
        site=options.site,
        name=options.name,
        login=login,
        person=options.person or login,
        role=options.role,
        password=password,
        definition_dir=Path(options.study) if options.study else None,
    ) as session:
        if options.json:
            say_json({"vault": str(options.vault), "site": session.site, "device": session.device,
                      "study": session.study.oid, "definition": session.study.hash})  # fmt: skip
        else:
            say(message("cli.vault_created", name=session.vault_name, site=session.site), options.language)
    return 0


def users(options: argparse.Namespace) -> int:
    """List, add or disable accounts; change one's own password."""
    with open_session(options) as session:
        if options.act == "list":
            people = session.people()
            if options.json:
                say_json([{"login": p.login, "name": p.name, "roles": list(p.roles), "active": p.active} for p in people])
            else:
                head = [message(f"cli.head_{h}").in_(options.language) for h in ("login", "name", "roles", "state")]
                table(([p.login, p.name, ", ".join(p.roles),
                        message(f"cli.account_{'active' if p.active else 'disabled'}").in_(options.language)]
                       for p in people), head)  # fmt: skip
            return 0
        if options.act == "password":
            new_password = _new_password(options)
            session.change_password(new_password, own_password=options.password)
            say(message("cli.password_changed", login=session.person.login), options.language)
            return 0
        if not options.login:
            raise UsageError("cli.login_needed")
        if options.act == "add":
            if not options.role:
                raise UsageError("cli.role_needed")
            person = session.add_person(
                options.login, options.person or options.login, options.role, _new_password(options),
                own_password=options.password,
            )  # fmt: skip
            say(message("cli.account_added", login=person.login), options.language)
        else:
            session.disable_person(options.login, own_password=options.password)
            say(message("cli.account_disabled_now", login=options.login), options.language)
    return 0


def _new_password(options: argparse.Namespace) -> str:
    if options.new_password_file:
        return read_secret(options.new_password_file)
    options.password_file = None
    return password_of(options, prompt="New password 新密码: ", repeat=True)
