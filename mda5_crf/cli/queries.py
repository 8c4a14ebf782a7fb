"""``query``: list, raise, answer, close."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mda5_crf.cli.address import event_key, form_at, form_key, group_of, item_named, row_named, subject_named
from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import say, say_json, table
from mda5_crf.errors import InputRefused, UsageError
from mda5_crf.itemkey import ItemKey
from mda5_crf.text import message

if TYPE_CHECKING:
    from mda5_crf.services.changes import QueryInfo
    from mda5_crf.services.session import Session


def run(options: argparse.Namespace) -> int:
    """One act on queries; a query is named by the first characters of its id."""
    if options.act == "raise" and len(options.words) not in (3, 4):
        raise UsageError("cli.query_place_needed")
    if options.act in ("answer", "close") and len(options.words) != 1:
        raise UsageError("cli.query_id_needed")
    with open_session(options) as session:
        if options.act == "list":
            wanted = subject_named(session, options.words[0]).identity if options.words else None
            _list(session, session.queries(wanted), options)
            return 0
        if options.act == "raise":
            query = session.raise_query(_key(session, options), options.text)
        elif options.act == "answer":
            named = _named(session, options)
            query = session.answer_query(named.id, options.text, named.key)
        else:
            named = _named(session, options)
            query = session.close_query(named.id, options.text, named.key)
        if options.json:
            say_json({"query": query.id, "state": query.state})
        else:
            say(
                message("cli.query_now", query=query.id[:8], state=message(f"entry.state_{query.state}")),
                options.language,
            )
    return 0


def _key(session: Session, options: argparse.Namespace) -> ItemKey:
    subject = subject_named(session, options.words[0])
    place = form_at(session.study, options.words[1], options.words[2], options.row)
    form, row = place.form, place.row
    key = form_key(session, event_key(session, subject, options.words[1]), place)
    if len(options.words) == 3:
        return key
    name = item_named(form, options.words[3])
    group = group_of(form, name)
    entry = session.entry(key)
    made, live = entry.lines(group.name), entry.rows(group.name)
    repeat = row_named(form, made, live, row, subject.subjid) if group.repeating else ""
    return key._replace(group=group.name, group_repeat=repeat, item=name)


def _named(session: Session, options: argparse.Namespace) -> QueryInfo:
    found = [q for q in session.queries() if q.id.startswith(options.words[0].lower())]
    if len(found) != 1 or not options.words[0]:
        raise InputRefused("entry.unknown_query", query=options.words[0])
    return found[0]


def _list(session: Session, queries: tuple[QueryInfo, ...], options: argparse.Namespace) -> None:
    if options.json:
        say_json([
            {"query": q.id, "subject": session.subjid(q.key.subject), "path": q.key.path(), "item": q.key.oid,
             "event": session.event_label(q.key), "form": session.form_label(q.key),
             "state": q.state, "source": q.source, "check": q.check,
             "text": {"en": q.text.en, "zh": q.text.zh},
             "answer": q.answer, "raised": q.raised.isoformat() if q.raised else None, "person": q.person}
            for q in queries
        ])  # fmt: skip
        return
    names = ("query", "subject", "event", "item", "state", "text")
    head = [message(f"cli.head_{h}").in_(options.language) for h in names]
    table(
        (
            [q.id[:8], session.subjid(q.key.subject), session.event_label(q.key), _item(session, q.key),
             message(f"entry.state_{q.state}").in_(options.language), q.text.in_(options.language)]
            for q in queries
        ),
        head,
    )  # fmt: skip


def _item(session: Session, key: ItemKey) -> str:
    """What a query is about, with the number of the repeat or row: ``HRCT#2.READER``, ``AE#3.AETERM``."""
    label = session.form_label(key)
    return f"{label}.{key.item}" if key.item else label
