"""Paper queries from a vault: what stands on each sheet, the file, and the record that they left."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mda5_crf.errors import InputRefused
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.queryform import QuerySheet, draw_queries, words_of
from mda5_crf.pdf.voice import Tongue
from mda5_crf.services import paperqueries, queryboard
from mda5_crf.services.access import Action
from mda5_crf.services.queries import MANUAL
from mda5_crf.study.schedule import event_date
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.changes import QueryInfo
    from mda5_crf.services.session import Session

MOST = 500
"""Sheets of one document."""


def print_queries(session: Session, queries: Sequence[QueryInfo], language: Tongue) -> Printed:
    """Sheets for these queries, recorded as printed: one each. Only what waits for an answer is printed.

    Raises PermissionDenied, InputRefused (none of them waits; too many), StoreError.
    """
    session.require(Action.PRINT)
    waiting = [query for query in queries if query.state in ("Open", "Answered")]
    if not waiting:
        raise InputRefused("queries.none_to_print")
    if len(waiting) > MOST:
        raise InputRefused("queries.too_many_to_print", most=MOST, count=len(waiting))
    bare = [_sheet(session, query) for query in waiting]
    papers = paperqueries.issue(session, waiting, [words_of(sheet) for sheet in bare], language)
    sheets = [_coded(sheet, paper) for sheet, paper in zip(bare, papers, strict=True)]
    printed = draw_queries(
        sheets, language, study=session.study.name, printed_by=session.person.name,
        made=session.now().astimezone(session.zone), demo=session.demo,
    )  # fmt: skip
    sha256 = hashlib.sha256(printed.data).hexdigest()
    paperqueries.record(session, papers, sha256, printed.pages)
    return printed


def _coded(sheet: QuerySheet, paper: paperqueries.Paper) -> QuerySheet:
    return QuerySheet(
        str(paper.issue), sheet.subjid, sheet.site, sheet.event, sheet.event_date, sheet.rows, sheet.question,
        sheet.said, paper.code, paperqueries.picture(paper), sheet.visit,
    )  # fmt: skip


def _sheet(session: Session, query: QueryInfo) -> QuerySheet:
    """The sheet without number and code."""
    key = query.key
    data = session.data(key.subject)
    day = event_date(session.study, data, key.event_key()) if key.event else None
    where = session.study.events[key.event].name if key.event in session.study.events else both("")
    number = session.event_label(key).partition("#")[2] if key.event else ""
    numbered = f"#{number}" if number else ""
    visit = " ".join(filter(None, dict.fromkeys((where.en, where.zh, numbered))))
    named = Text(f"{where.en} {numbered}".strip(), f"{where.zh} {numbered}".strip())
    return QuerySheet(
        "", data.subjid, data.site, visit, day.isoformat() if day else "", tuple(_rows(session, query)),
        query.text, tuple(_said(session, query)), "", "", named,
    )  # fmt: skip


def _rows(session: Session, query: QueryInfo) -> list[tuple[Text, Text]]:
    key, study = query.key, session.versions.words
    form = study.forms.get(key.form)
    rows: list[tuple[Text, Text]] = []
    if form is None:
        rows.append((message("queryform.row_level"), queryboard.place(session, key)))
    else:
        label = session.form_label(key)
        rows.append(
            (message("queryform.row_form"), Text(f"{label} {form.name.en}", f"{label} {form.name.zh}"))
        )
        if key.item in form.items:
            rows.append((message("queryform.row_item"), form.items[key.item].label))
            rows.append((message("queryform.row_value"), _value(session, query)))
    if query.check:
        rows.append((message("queryform.row_check"), both(query.check)))
    asker = both(query.person) if query.source == MANUAL else message("queryform.by_program")
    day = query.raised.astimezone(session.zone).date().isoformat() if query.raised else ""
    rows.append((message("queryform.row_asked"), message("queryform.asked", name=asker, day=day)))
    rows.append((message("queryform.row_query"), both(query.id[:8])))
    return rows


def _value(session: Session, query: QueryInfo) -> Text:
    """The answer that stands now, as people read it."""
    found = session.data(query.key.subject).get(query.key)
    if found is None:
        return message("queryform.no_value")
    if found.missing:
        return session.study.missing_codes.get(found.missing, both(found.missing))
    study = session.versions.words
    item = study.forms[query.key.form].items[query.key.item]
    shown = both(f"{session.shown(query.key, found.text)} {found.unit or ''}".strip())
    codes = study.codelists[item.codelist].by_code if item.codelist else {}
    code = codes.get(found.text)
    if code is None or code.text.en == found.text:
        return shown
    return Text(f"{found.text} {code.text.en}", f"{found.text} {code.text.zh}")


def _said(session: Session, query: QueryInfo) -> list[Text]:
    """What was said after the question."""
    made = []
    for word in session.query_thread(query)[1:]:
        if word.counts and (word.text.en or word.text.zh):
            day = word.at.astimezone(session.zone).date().isoformat()
            state = message(f"entry.state_{word.state}")
            made.append(message("queryform.said", name=word.person, day=day, state=state, text=word.text))
    return made
