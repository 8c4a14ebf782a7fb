"""``enter --second``: the second, blind entry of a form; ``second``: how the double entry of forms stands."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from mda5_crf.cli.address import event_key, form_at, form_key, item_named, subject_named
from mda5_crf.cli.data import keys_of, pairs
from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import one_line, say, say_error, say_json, table
from mda5_crf.errors import CrfError, UsageError
from mda5_crf.services import second_report
from mda5_crf.services.second_book import OPEN, entry_of
from mda5_crf.services.second_resolve import resolve
from mda5_crf.text import message

if TYPE_CHECKING:
    from mda5_crf.services.second import SecondEntry
    from mda5_crf.services.second_book import Comparison


def enter(options: argparse.Namespace) -> int:
    """Enter values a second time and say of each whether it agrees; end differences with ``--resolve``."""
    values, missing, ends = pairs(options.values), pairs(options.missing), pairs(options.resolve)
    if options.confirm or options.complete or options.reason:
        raise UsageError("second.cli_only_values")
    if not (values or missing or ends):
        raise UsageError("cli.nothing_to_enter")
    with open_session(options) as session:
        subject = subject_named(session, options.subject)
        place = form_at(session.versions.words, options.event, options.form, options.row)
        event = event_key(session, subject, options.event)
        entry = session.second(form_key(session, event, place))
        names = [item_named(place.form, name) for name, _ in (*values, *missing, *ends)]
        keys = keys_of(entry, place, names)
        stored = 0
        try:
            for name, text in values:
                entry.set_value(keys[item_named(place.form, name)], text)
                stored += 1
            for name, code in missing:
                entry.set_missing(keys[item_named(place.form, name)], code.strip().upper())
                stored += 1
            for name, choice in ends:
                word, _, text = choice.partition(":")
                resolve(entry, keys[item_named(place.form, name)], word.strip(), text)
        except CrfError:
            if stored:
                say_error(message("cli.stored_before", count=stored))
            raise
        _tell(entry, [keys[name] for name in dict.fromkeys(names)], options)
    return 0


def _tell(entry: SecondEntry, keys: list[object], options: argparse.Namespace) -> None:
    found = [one for one in entry.book().items.values() if one.key in keys]
    if options.json:
        book = entry.book()
        say_json(
            {
                "form": entry.session.form_label(entry.key), "stage": book.stage.value, "agreed": book.agreed,
                "resolved": book.resolved, "open": book.open, "once": book.once,
                "items": {one.key.item: _as_json(one) for one in found},
            }
        )  # fmt: skip
        return
    for one in found:
        label = entry.label(one.key).in_(options.language)
        words = message(f"second.cli_{one.standing}").in_(options.language)
        if one.standing in OPEN:
            words = message(
                "second.cli_both", said=message(f"second.cli_{one.standing}"), first=_said(one, second=False),
                second=_said(one, second=True),
            ).in_(options.language)  # fmt: skip
        sys.stdout.write(one_line(f"{one.key.item} {label}: {words}") + "\n")


def _said(one: Comparison, *, second: bool) -> str:
    said = one.second if second else one.first
    entry = entry_of(said) if said is not None else None
    return "-" if entry is None else (entry.missing or f"{entry.text} {entry.unit or ''}".strip() or "-")


def _as_json(one: Comparison) -> dict[str, object]:
    told: dict[str, object] = {"standing": one.standing.value}
    if one.standing in OPEN:
        told |= {"first": _said(one, second=False), "second": _said(one, second=True)}
    return told


def run(options: argparse.Namespace) -> int:
    """Counts for each form in which double entry was begun. Forms are counted, not people."""
    with open_session(options) as session:
        wanted = subject_named(session, options.subject) if options.subject else None
        lines = second_report.report(session, wanted.identity if wanted is not None else None)
        if options.json:
            say_json({"forms": [line.as_json() for line in lines]})
            return 0
        if not lines:
            say(message("second.cli_none"), options.language)
            return 0
        heads = ("subject", "event", "form", "stage", "agreed", "resolved", "open", "once")
        table(
            [
                [
                    line.subject, line.event, line.form,
                    message(f"second.short_{line.stage}").in_(options.language), str(line.agreed),
                    f"{line.first}/{line.second}/{line.other}", str(line.open), str(line.once),
                ]
                for line in lines
            ],
            [message(f"second.head_{head}").in_(options.language) for head in heads],
        )  # fmt: skip
    return 0
