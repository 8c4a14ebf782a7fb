"""``query``: list, thread, raise, answer, close, cancel, reopen, print, take an answer from paper."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mda5_crf.cli.address import event_key, form_at, form_key, group_of, item_named, row_named, subject_named
from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import one_line, say, say_json, table
from mda5_crf.errors import InputRefused, UsageError
from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs.written import Written
from mda5_crf.services import paperqueries, queryboard
from mda5_crf.services.queryboard import STATES, WAITING, QueryFilter
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.changes import QueryInfo
    from mda5_crf.services.session import Session

_ABOUT_ONE = ("answer", "close", "cancel", "reopen", "thread")


def run(options: argparse.Namespace) -> int:
    """One act on queries; a query is named by the first characters of its id."""
    words = len(options.words)
    if options.act == "raise" and not 1 <= words <= 4:
        raise UsageError("cli.query_place_needed")
    if options.act in _ABOUT_ONE and words != 1:
        raise UsageError("cli.query_id_needed")
    if options.act == "take-answer" and words != 1:
        raise UsageError("queries.cli_code")
    if options.act == "print" and (words or not options.output or not (options.query or options.subject)):
        raise UsageError("queries.cli_print")
    if options.state and options.state not in (*STATES, WAITING):
        raise UsageError("queries.cli_state", known=", ".join((*STATES, WAITING)))
    with open_session(options) as session:
        if options.act == "list":
            _list(session, options)
        elif options.act == "thread":
            _thread(session, _named(session, options.words[0]), options)
        elif options.act == "print":
            _print(session, options)
        else:
            _tell(_act(session, options), options)
    return 0


def _act(session: Session, options: argparse.Namespace) -> QueryInfo:
    if options.act == "raise":
        return session.raise_query(_key(session, options), options.text)
    if options.act == "take-answer":
        return paperqueries.take(
            session, options.words[0], options.text, by=options.by, on=options.on, subject=options.subject
        )
    acts: dict[str, Callable[[str, str, ItemKey | None], QueryInfo]] = {
        "answer": session.answer_query, "close": session.close_query, "cancel": session.cancel_query,
        "reopen": session.reopen_query,
    }  # fmt: skip
    named = _named(session, options.words[0])
    return acts[options.act](named.id, options.text, named.key)


def _tell(query: QueryInfo, options: argparse.Namespace) -> None:
    if options.json:
        say_json({"query": query.id, "state": query.state})
    else:
        state = message(f"entry.state_{query.state}")
        say(message("cli.query_now", query=query.id[:8], state=state), options.language)


def _print(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.jobs.querypages import print_queries

    if options.subject:
        wanted = session.queries(subject_named(session, options.subject).identity)
    else:
        wanted = tuple(_named(session, word) for word in options.query)
    with Written(Path(options.output)) as file:
        printed = print_queries(session, wanted, options.lang)
        file.write(printed.data)
    if options.json:
        say_json({"file": options.output, "bytes": len(printed.data), "pages": printed.pages})
    else:
        say(message("cli.written", file=options.output, size=len(printed.data)), options.language)


def _key(session: Session, options: argparse.Namespace) -> ItemKey:
    """A participant, visit, form or item, as far down as is named."""
    subject = subject_named(session, options.words[0])
    if len(options.words) == 1:
        return ItemKey(subject.identity)
    event = event_key(session, subject, options.words[1])
    if len(options.words) == 2:
        return event
    place = form_at(session.versions.words, options.words[1], options.words[2], options.row)
    form, row = place.form, place.row
    key = form_key(session, event, place)
    if len(options.words) == 3:
        return key
    name = item_named(form, options.words[3])
    group = group_of(form, name)
    entry = session.entry(key)
    made, live = entry.lines(group.name), entry.rows(group.name)
    repeat = row_named(form, made, live, row, subject.subjid) if group.repeating else ""
    return key._replace(group=group.name, group_repeat=repeat, item=name)


def _named(session: Session, word: str) -> QueryInfo:
    found = [q for q in session.queries() if q.id.startswith(word.lower())]
    if len(found) != 1 or not word:
        raise InputRefused("entry.unknown_query", query=word)
    return found[0]


def _list(session: Session, options: argparse.Namespace) -> None:
    number = options.words[0] if options.words else options.subject
    subject = subject_named(session, number).identity if number else ""
    wanted = QueryFilter(
        whose="mine" if options.mine else "", state=options.state or "", subject=subject, older=options.older
    )
    lines = queryboard.chosen(session.query_board(), wanted)
    if options.json:
        say_json([
            {"query": q.id, "subject": line.subjid, "path": q.key.path(), "item": q.key.oid,
             "event": session.event_label(q.key), "form": session.form_label(q.key) if q.key.form else "",
             "state": q.state, "source": q.source, "check": q.check,
             "text": {"en": q.text.en, "zh": q.text.zh},
             "answer": q.answer, "raised": q.raised.isoformat() if q.raised else None, "person": q.person,
             "days": line.days, "overdue": line.overdue, "mine": line.mine}
            for line in lines for q in (line.query,)
        ])  # fmt: skip
        return
    language = options.language
    names = ("query", "subject", "event", "item", "state", "days", "text")
    head = [message(f"cli.head_{h}").in_(language) for h in names]
    table(
        (
            [q.id[:8], line.subjid, session.event_label(q.key), _item(session, q.key),
             message(f"entry.state_{q.state}").in_(language), f"{line.days}{'!' if line.overdue else ''}",
             q.text.in_(language)]
            for line in lines for q in (line.query,)
        ),
        head,
    )  # fmt: skip


def _thread(session: Session, query: QueryInfo, options: argparse.Namespace) -> None:
    """Every word of a query: when, who, in which role."""
    words = session.query_thread(query)
    if options.json:
        say_json([
            {"at": w.at.isoformat(), "person": w.person, "role": {"en": w.role.en, "zh": w.role.zh},
             "state": w.state, "text": {"en": w.text.en, "zh": w.text.zh}, "counts": w.counts,
             "paper": dict(w.paper)}
            for w in words
        ])  # fmt: skip
        return
    language = options.language
    for word in words:
        when = word.at.astimezone(session.zone).strftime("%Y-%m-%d %H:%M")
        said = queryboard.in_words(word)
        say(message("queries.thread_line", when=when, words=one_line_of(said)), language)


def one_line_of(said: Text) -> Text:
    """On one line each: what people wrote may have several."""
    return Text(one_line(said.en), one_line(said.zh))


def _item(session: Session, key: ItemKey) -> str:
    """What a query is about, with the number of the repeat or row: ``HRCT#2.READER``, ``AE#3.AETERM``."""
    label = session.form_label(key) if key.form else ""
    return f"{label}.{key.item}" if key.item else label
