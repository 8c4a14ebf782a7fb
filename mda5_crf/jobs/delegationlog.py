"""The delegation log of a vault as a file; that it was printed is recorded."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from mda5_crf.pdf.delegation import ChangeLine, LogFacts, TaskLine, draw_delegation
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.voice import Tongue
from mda5_crf.services.access import Action, role_name
from mda5_crf.services.accounts import duty_name
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from datetime import datetime

    from mda5_crf.services.session import Session


def print_delegation(session: Session, language: Tongue) -> Printed:
    """The log as it stands and every change. Raises PermissionDenied, StoreError."""
    session.require(Action.PRINT)
    tasks = _tasks(session)
    changes = [
        ChangeLine(_when(session, event.at), event.whom, event.what, event.by)
        for event in session.account_history()
    ]
    facts = LogFacts(
        study=session.study.name, site=session.site, vault=session.vault_name,
        printed_by=session.person.name, made=session.now().astimezone(session.zone), demo=session.demo,
    )  # fmt: skip
    printed = draw_delegation(tasks, changes, language, facts)
    session.record_print("delegation", hashlib.sha256(printed.data).hexdigest(), printed.pages)
    return printed


def _tasks(session: Session) -> list[TaskLine]:
    lines = []
    for account in session.accounts():
        signed = _signed(session, account.signed_by, account.signed_at, account.serial, account.code)
        if not account.active:
            ended = message("people.state_ended")
            signed = Text(f"{signed.en} · {ended.en}", f"{signed.zh} · {ended.zh}")
        for task in account.tasks:
            what = role_name(task.role)
            if account.principal and task.role == "investigator":
                what = message("people.role_principal")
            lines.append(TaskLine(account.login, account.name, what, task.start, task.end, signed))
    for sheet in session.duty_sheets():
        signed = _signed(session, sheet.signed_by, sheet.signed_at, sheet.serial, sheet.short)
        lines += [
            TaskLine(sheet.code, sheet.name, duty_name(one.duty), one.start, one.end, signed)
            for one in sheet.duties
        ]
    return sorted(lines, key=lambda line: (line.code.casefold(), line.start, line.task.en))


def _signed(session: Session, by: str, at: datetime, serial: int, code: str) -> Text:
    signer = both(by) if by else message("people.authority")
    return message("people.pdf_signed_by", who=signer, when=_when(session, at), serial=serial, code=code)


def _when(session: Session, at: datetime) -> str:
    return at.astimezone(session.zone).strftime("%Y-%m-%d %H:%M")
