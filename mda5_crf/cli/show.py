"""``show``: the status matrix, a participant, a visit or a form; scores and outcomes from the database."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from mda5_crf.cli.address import event_key, form_at, subject_named
from mda5_crf.cli.login import open_session
from mda5_crf.cli.outcome import outcome_json, print_outcome
from mda5_crf.cli.output import say, say_json, table
from mda5_crf.cli.show_form import show_form
from mda5_crf.text import message

if TYPE_CHECKING:
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
}


def run(options: argparse.Namespace) -> int:
    """Show as much as the words narrow it down to."""
    with open_session(options) as session:
        if options.form:
            subject = subject_named(session, options.subject)
            form, row = form_at(session.study, options.event, options.form)
            show_form(
                session, event_key(session, subject, options.event)._replace(form=form.oid), row, options
            )
        elif options.subject:
            _subject(session, options)
        else:
            _matrix(session, options)
    return 0


def _matrix(session: Session, options: argparse.Namespace) -> None:
    from mda5_crf.services.outcomes import outcomes

    matrix = session.matrix()
    # A definition without the score (or without month 6) has no table of the primary outcome.
    result = outcomes(session) if _EVENT in session.study.events and _SCORE in session.study.forms else None
    if options.json:
        say_json(
            {
                "study": session.study.oid,
                "definition": session.study.hash,
                "site": session.site,
                "device": session.device,
                "subjects": [
                    {
                        "subject": row.subject.subjid,
                        "identity": row.subject.identity,
                        "events": {
                            e: {"status": c.status, "queries": c.queries, "due": c.due}
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
                "subject": subject.subjid,
                "identity": subject.identity,
                "events": [
                    {
                        "event": n.key.event,
                        "label": session.event_label(n.key),
                        "status": n.status,
                        "date": n.date.isoformat() if n.date else None,
                        "window": [d.isoformat() for d in n.window] if n.window else None,
                        "forms": {
                            f.form.oid: {
                                "status": f.status,
                                "answered": f.answered,
                                "expected": f.expected,
                                "queries": f.queries,
                            }
                            for f in n.forms
                        },
                    }
                    for n in nodes
                ],
            }
        )
        return
    language = options.language
    for node in nodes:
        window = f" [{node.window[0]} … {node.window[1]}]" if node.window else ""
        sys.stdout.write(
            f"{session.event_label(node.key)} {node.name.in_(language)} {node.date or ''}{window}\n"
        )
        table(
            [
                "  " + f.form.oid,
                f.form.name.in_(language),
                message(f"entry.status_{f.status}").in_(language),
                f"{f.answered}/{f.expected}",
                f"?{f.queries}" if f.queries else "",
            ]
            for f in node.forms
        )
