"""``laboratories``, ``ranges``, ``consent-versions``: the site's own lists."""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mda5_crf.cli.data import pairs
from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import one_line, say, say_json, table
from mda5_crf.errors import InputRefused, UsageError
from mda5_crf.text import message

if TYPE_CHECKING:
    from mda5_crf.db.views import ReferenceRow
    from mda5_crf.services.session import Session

TABLES = {"laboratories": "laboratory", "ranges": "range", "consent-versions": "consent_version"}
_LARGEST_FILE = 4 * 1024 * 1024
_MOST_ROWS = 20_000


def run(options: argparse.Namespace) -> int:
    """One act on one list. A row is named by its number in ``list``, which never changes, or its identity."""
    name = TABLES[options.command]
    words = list(options.words)
    if options.act in ("import", "strike") and len(words) != 1:
        raise UsageError("cli.reference_word_needed", act=options.act)
    if options.act == "list" and words:
        raise UsageError("cli.usage_surplus", names=words[0])
    if options.act == "add" and not words:
        raise UsageError("cli.reference_fields_needed", known=" ".join(f"{f}=…" for f in _fields(name)))
    fields = dict(pairs(words)) if options.act == "add" else {}
    rows = _read(Path(words[0]), name) if options.act == "import" else []
    with open_session(options) as session:
        if options.act == "list":
            _list(session, name, options)
        elif options.act == "add":
            added = session.add_reference(name, fields)
            if options.json:
                say_json(_as_json(added, _number(session, name, added.identity)))
            else:
                number = _number(session, name, added.identity)
                say(message("cli.reference_added", number=number, row=_words(added)), options.language)
        elif options.act == "strike":
            row = _named(session, name, words[0])
            session.strike_reference(row.identity, options.reason or "")
            if options.json:
                say_json({"identity": row.identity, "state": "struck"})
            else:
                say(message("cli.reference_struck", row=_words(row)), options.language)
        else:
            return _import(session, name, rows, options)
    return 0


def _fields(name: str) -> tuple[str, ...]:
    from mda5_crf.services.referencelists import FIELDS

    return FIELDS[name]


def _read(file: Path, name: str) -> list[dict[str, str]]:
    """The rows of a CSV file whose first line names the fields; UTF-8, or the code page of Chinese Windows.

    Raises InputRefused: no such file, no table, too much.
    """
    try:
        if file.stat().st_size > _LARGEST_FILE:
            raise InputRefused("cli.csv_too_large", file=file.name, most=_MOST_ROWS)
        raw = file.read_bytes()
    except OSError:
        raise InputRefused("cli.file_unreadable", file=file.name) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", "replace")
    try:
        lines = list(csv.reader(text.splitlines(), strict=True))
    except csv.Error:
        raise InputRefused("cli.csv_unreadable", file=file.name) from None
    head = [cell.strip().lower() for cell in lines[0]] if lines else []
    known = _fields(name)
    if not head or len(set(head)) != len(head) or not set(head) <= set(known):
        raise InputRefused("cli.csv_head", file=file.name, known=",".join(known))
    body = [line for line in lines[1:] if any(cell.strip() for cell in line)]
    if len(body) > _MOST_ROWS:
        raise InputRefused("cli.csv_too_large", file=file.name, most=_MOST_ROWS)
    # A cell too many has no name; the row is then refused with the others' reasons.
    return [
        dict(zip([*head, *(f"+{n}" for n in range(len(line) - len(head)))], line, strict=False))
        for line in body
    ]


def _import(session: Session, name: str, rows: list[dict[str, str]], options: argparse.Namespace) -> int:
    found = session.take_references(name, rows, dry_run=options.dry_run)
    taken = [one for one in found if one.reason is None]
    left = [one for one in found if one.reason is not None]
    if options.json:
        say_json(
            {
                "taken": len(taken),
                "dry_run": options.dry_run,
                "not_taken": [
                    {"row": one.number, "en": one.reason.en, "zh": one.reason.zh}
                    for one in left
                    if one.reason
                ],
            }
        )
    else:
        code = "cli.reference_would_take" if options.dry_run else "cli.reference_taken"
        say(message(code, count=len(taken)), options.language)
        for one in left:
            assert one.reason is not None
            words = message("cli.reference_not_taken", row=one.number, reason=one.reason)
            sys.stdout.write(f"{one_line(words.in_(options.language))}\n")
    if left:
        raise InputRefused("cli.reference_rows_left", count=len(left))
    return 0


def _list(session: Session, name: str, options: argparse.Namespace) -> None:
    rows = session.references(name)
    if options.json:
        say_json([_as_json(row, number) for number, row in enumerate(rows, 1)])
        return
    fields = _fields(name)
    struck = message("cli.reference_state_struck").in_(options.language)
    table(
        (
            [str(number), *(row.row.get(f, "") for f in fields), "" if row.live else struck, row.reason]
            for number, row in enumerate(rows, 1)
        ),
        ["#", *fields, "", ""],
    )


def _as_json(row: ReferenceRow, number: int) -> dict[str, object]:
    return {
        "number": number,
        "identity": row.identity,
        "site": row.site,
        "state": "live" if row.live else "struck",
        **row.row,
        "reason": row.reason or None,
    }


def _named(session: Session, name: str, word: str) -> ReferenceRow:
    rows = session.references(name)
    if word.isascii() and word.isdigit() and 0 < int(word) <= len(rows):
        return rows[int(word) - 1]
    for row in rows:
        if row.identity == word:
            return row
    raise InputRefused("reference.unknown_row", row=word)


def _number(session: Session, name: str, identity: str) -> int:
    return [row.identity for row in session.references(name)].index(identity) + 1


def _words(row: ReferenceRow) -> str:
    return " ".join(f"{field}={text}" for field, text in row.row.items() if text)
