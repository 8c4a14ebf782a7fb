"""``show``: the status matrix, a participant, a visit or a form; scores and outcomes from the database."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from mda5_crf.cli.address import event_key, form_at, form_key, subject_named
from mda5_crf.cli.login import open_session
from mda5_crf.cli.moments import moment_json, show_since, shown_as_of
from mda5_crf.cli.outcome import outcome_json, print_outcome
from mda5_crf.cli.output import one_line, say, say_error, say_json, table
from mda5_crf.cli.show_clocks import clocks_json, print_clocks
from mda5_crf.cli.show_form import show_form
from mda5_crf.cli.show_where import where_json, where_words
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import lockclash
from mda5_crf.study.model import Mark
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.changes import FormNode
    from mda5_crf.services.session import Session

_EVENT, _SCORE = "W24", "TIS"
_LETTER = {
    "not_started": ".",
    "in_progress": "o",
    "complete": "C",
    "query": "?",
    "not_done": "-",
    "not_due": " ",
    "verified": "V",
    "signed": "S",
    "frozen": "F",
    "locked": "L",
    "closed": "x",
}


def run(options: argparse.Namespace) -> int:
    """Show as much as the words narrow it down to, now or as of a past moment; or what is different since."""
    with open_session(options) as opened:
        warning = opened.check_clock()
        if warning is not None:
            say_error(warning)
        if options.since:
            show_since(opened, options)
            return 0
        with shown_as_of(opened, options) as session:
            _show(session, options)
    return 0


def _show(session: Session, options: argparse.Namespace) -> None:
    if not options.json:
        print_clocks(session, options.language)
    if options.form:
        subject = subject_named(session, options.subject)
        place = form_at(session.study, options.event, options.form)
        event = event_key(session, subject, options.event)
        show_form(session, form_key(session, event, place), place.row, options)
    elif options.subject:
        _subject(session, options)
    else:
        _matrix(session, options)


def _matrix(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.services.outcomes import outcomes

    matrix = session.matrix()
    # A definition without the score (or without month 6) has no table of the primary outcome.
    result = outcomes(session) if _EVENT in session.study.events and _SCORE in session.study.forms else None
    if options.json:
        say_json(
            {
                **moment_json(session),
                "study": session.study.oid,
                "definition": session.study.hash,
                "site": session.site,
                "device": session.device,
                "sae_clocks": clocks_json(session),
                "subjects": [
                    {
                        "subject": row.subject.subjid,
                        "identity": row.subject.identity,
                        "events": {
                            e: {
                                "status": c.status,
                                "queries": c.queries,
                                "due": c.due,
                                "closed": _both(c.closed),
                            }
                            for e, c in row.cells.items()
                        },
                    }
                    for row in matrix.rows
                ],
                "queries_open": sum(1 for q in session.queries() if q.is_open),
                "outcome": outcome_json(result) if result else None,
            }
        )
        return
    table(
        (
            [row.subject.subjid, *(_cell(row.cells[e].status, row.cells[e].queries) for e in matrix.events)]
            for row in matrix.rows
        ),
        [message("cli.head_subject").in_(options.language), *matrix.events],
    )
    sys.stdout.write("\n")
    say(message("cli.legend"), options.language)
    if result is not None:
        sys.stdout.write("\n")
        print_outcome(result, options.language)


def _only_adds(form: FormNode) -> bool:
    """Whether it is only the place for one more repeat of what is there already."""
    return form.adds and not form.expected and form.mark is Mark.OPTIONAL


def _name(form: FormNode) -> str:
    """``HRCT#2``; a repeating form that was not begun has no number yet."""
    return form.form.oid if form.adds else form.label or form.form.oid


def _both(text: Text | None) -> dict[str, str] | None:
    return None if text is None else {"en": text.en, "zh": text.zh}


def _cell(status: str, queries: int) -> str:
    return _LETTER.get(status, status) + (str(queries) if queries else "")


def _subject(session: Session, options: argparse.Namespace) -> None:
    subject = subject_named(session, options.subject)
    nodes = session.tree(subject.identity)
    if options.event:
        wanted = event_key(session, subject, options.event)
        nodes = tuple(n for n in nodes if n.key == wanted)
    if options.json:
        say_json(
            {
                **moment_json(session),
                "subject": subject.subjid,
                "identity": subject.identity,
                "sae_clocks": clocks_json(session, subject.identity),
                "locks_refused": [
                    one.as_json(session) for one in lockclash.of_place(session, ItemKey(subject.identity))
                ],
                "events": [
                    {
                        "event": n.key.event,
                        "label": session.event_label(n.key),
                        "status": n.status,
                        "date": n.date.isoformat() if n.date else None,
                        "window": [d.isoformat() for d in n.window] if n.window else None,
                        "closed": _both(n.closed),
                        "forms": {
                            _name(f): {
                                "status": f.status,
                                "answered": f.answered,
                                "expected": f.expected,
                                "queries": f.queries,
                                **where_json(session, f.key),
                            }
                            for f in n.forms
                            if not _only_adds(f)
                        },
                    }
                    for n in nodes
                ],
            }
        )
        return
    language = options.language
    place = event_key(session, subject, options.event) if options.event else ItemKey(subject.identity)
    for clash in lockclash.of_place(session, place):
        say(lockclash.with_next(session, clash), language)
    for node in nodes:
        window = f" [{node.window[0]} … {node.window[1]}]" if node.window else ""
        sys.stdout.write(
            f"{session.event_label(node.key)} {node.name.in_(language)} {node.date or ''}{window}\n"
        )
        if node.closed is not None:
            sys.stdout.write(f"  {one_line(node.closed.in_(language))}\n")
        table(
            [
                f"  + {f.label}" if _only_adds(f) else "  " + _name(f),
                f.form.name.in_(language),
                "" if _only_adds(f) else message(f"entry.status_{f.status}").in_(language),
                "" if _only_adds(f) else f"{f.answered}/{f.expected}",
                f"?{f.queries}" if f.queries else "",
                "" if _only_adds(f) else where_words(session, f.key, language),
            ]
            for f in node.forms
        )
