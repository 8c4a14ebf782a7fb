"""``audit``: the audit trail, filtered; as a table, as JSON, as a CSV file; its reviews and counts."""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from mda5_crf.cli.address import event_key, form_at, form_key, subject_named
from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import say, say_json, table
from mda5_crf.errors import InputRefused, UsageError
from mda5_crf.services.auditfilter import GROUPS, OTHER, AuditFilter, group_of
from mda5_crf.text import message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mda5_crf.services.audit import Choice
    from mda5_crf.services.auditlines import AuditLine
    from mda5_crf.services.session import Session


def run(options: argparse.Namespace) -> int:
    """Show, write, count or review what passes the words and options."""
    with open_session(options) as session:
        wanted = _wanted(session, options)
        if options.csv:
            _csv(session, wanted, options)
        elif options.odm:
            from mda5_crf.cli.exports import trail

            trail(session, wanted, options)
        elif options.patterns:
            _patterns(session, wanted, options)
        elif options.review is not None:
            session.audit.review(options.review, wanted)
            say(message("audit.reviewed"), options.language)
        else:
            _show(session, wanted, options)
    return 0


def _show(session: Session, wanted: AuditFilter, options: argparse.Namespace) -> None:
    page = session.audit.page(wanted, size=max(1, options.limit))
    if options.json:
        say_json({"lines": [line.as_json() for line in page.lines], "more": page.more})
        return
    table([_row(line, options) for line in page.lines], _head(options))
    if page.more:
        say(message("audit.cli_more", count=len(page.lines)), options.language)
    found = session.audit.reviews()
    if not found:
        say(message("audit.no_review"), options.language)
        return
    when = found[0].at.astimezone(session.zone).strftime("%Y-%m-%d %H:%M")
    told = message("audit.last_review", time=when, name=found[0].name, remark=found[0].remark)
    say(told, options.language)


def _row(line: AuditLine, options: argparse.Namespace) -> Sequence[str]:
    language = options.language
    return (
        line.local.isoformat(sep=" ", timespec="seconds"), line.name, line.roles_in_words.in_(language),
        f"{line.site} {line.vault}".strip(), line.subjid, line.place, line.act.in_(language),
        line.old.in_(language), line.new.in_(language), line.why_and_fate.in_(language),
        " ".join(line.prompt), line.record,
    )  # fmt: skip


def _head(options: argparse.Namespace) -> tuple[str, ...]:
    names = ("stored_local", "name", "role", "site", "participant", "item", "act", "old", "new", "reason",
             "prompt", "record")  # fmt: skip
    return tuple(message(f"audit.col_{name}").in_(options.language) for name in names)


def _csv(session: Session, wanted: AuditFilter, options: argparse.Namespace) -> None:
    from mda5_crf.services.auditcsv import finish, write

    exported = write(session, Path(options.csv), wanted, options.language)
    finish(session, exported)
    facts = {"lines": exported.lines, "file": exported.file.name, "sha256": exported.sha256}
    if options.json:
        say_json(facts)
    else:
        say(message("audit.written", **facts), options.language)


def _patterns(session: Session, wanted: AuditFilter, options: argparse.Namespace) -> None:
    from mda5_crf.services.auditpatterns import patterns

    found = patterns(session, wanted, options.days)
    if options.json:
        say_json(asdict(found))
        return
    tongue = options.language

    def head(*names: str) -> tuple[str, ...]:
        return tuple(message(f"audit.col_{name}").in_(tongue) for name in names)

    table(
        [(one.oid, one.label.in_(tongue), one.entries, one.changes, one.prompted) for one in found.items],
        head("item", "label", "entries", "changes", "prompted"),
    )
    table(
        [
            (one.name, one.roles.in_(tongue), one.entries, one.changes, one.late, one.weekend)
            for one in found.people
        ],
        head("name", "role", "entries", "changes", "late", "weekend"),
    )
    table([(words.in_(tongue), count) for words, count in found.reasons], head("reason", "entries"))


def _wanted(session: Session, options: argparse.Namespace) -> AuditFilter:
    wanted = session.audit.since_review() if options.new else AuditFilter()
    kinds = tuple(word for one in options.kind for word in one.split(","))
    known = {*GROUPS, OTHER, *(kind for group in GROUPS.values() for kind in group)}
    for kind in kinds:
        if kind not in known and group_of(kind) == OTHER:
            raise InputRefused("audit.unknown_kind", word=kind, known=", ".join([*GROUPS, OTHER]))
    form, _, item = (options.item or "").upper().partition(".")
    if options.item and not item:
        raise UsageError("cli.unknown_act", word=options.item, known="FORM.ITEM")
    return replace(
        wanted, key=_place(session, options), item=f"{form}.{item}" if item else "", kinds=kinds,
        person=_person(session, options.person), search=options.search,
        device=_named(session.audit.devices(), options.device, "audit.unknown_device"),
        bundle=_bundle(session.audit.bundles(), options.bundle),
        since=_day(options.since), until=_day(options.until),
    )  # fmt: skip


def _place(session: Session, options: argparse.Namespace) -> str:
    if not options.subject:
        return ""
    subject = subject_named(session, options.subject)
    if not options.event:
        return subject.identity
    event = event_key(session, subject, options.event)
    if not options.form:
        return event.path()
    return form_key(session, event, form_at(session.study, options.event, options.form)).path()


def _person(session: Session, login: str | None) -> str:
    if not login:
        return ""
    people = session.people()
    found = [one.id for one in people if one.login == login]
    if not found:
        raise InputRefused("audit.unknown_person", login=login, known=", ".join(one.login for one in people))
    return found[-1]


def _named(choices: Sequence[Choice], word: str | None, code: str) -> str:
    """The one choice whose id begins with ``word`` or whose words contain it."""
    if not word:
        return ""
    found = [one for one in choices if one.value.startswith(word)] or [
        one for one in choices if word in one.words
    ]
    if len(found) != 1:
        raise InputRefused(code, word=word, known=", ".join(one.words for one in choices) or "-")
    return found[0].value


def _bundle(choices: Sequence[Choice], word: str | None) -> str:
    if not word:
        return ""
    numbered = [one for one in choices if one.words.split()[1] == word]
    return numbered[0].value if len(numbered) == 1 else _named(choices, word, "audit.unknown_bundle")


def _day(word: str | None) -> date | None:
    try:
        return date.fromisoformat(word) if word else None
    except ValueError:
        raise InputRefused("audit.day_expected", word=word) from None
