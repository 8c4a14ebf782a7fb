"""``verify-source``: a monitor marks answers as verified; ``--report`` says how far verification is."""

from __future__ import annotations

import argparse

from mda5_crf.cli.address import event_key, form_at, form_key, group_of, item_named, row_named, subject_named
from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import say, say_json, table
from mda5_crf.errors import UsageError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import sdv
from mda5_crf.services.session import Session
from mda5_crf.text import message


def run(options: argparse.Namespace) -> int:
    """Mark a participant, a visit, a form or items; or report."""
    words = options.words
    if not words and not options.report:
        raise UsageError("sdv.cli_place")
    if options.withdraw and len(words) != 4:
        raise UsageError("sdv.cli_withdraw")
    with open_session(options) as session:
        if options.report:
            _report(session, options)
            return 0
        keys = _keys(session, options)
        if options.withdraw:
            session.withdraw_verification(keys[0], options.withdraw)
            made = 0
        else:
            made = session.verify_source(keys)
    if options.json:
        say_json({"verified": made})
    elif options.withdraw:
        say(message("sdv.taken_back"), options.language)
    else:
        code = "sdv.already" if not made else "sdv.done_one" if made == 1 else "sdv.done_many"
        say(message(code, count=made), options.language)
    return 0


def _keys(session: Session, options: argparse.Namespace) -> list[ItemKey]:
    words = options.words
    subject = subject_named(session, words[0])
    if len(words) == 1:
        return [ItemKey(subject.identity)]
    event = event_key(session, subject, words[1])
    if len(words) == 2:
        return [event]
    place = form_at(session.versions.words, words[1], words[2], options.row)
    key = form_key(session, event, place)
    if len(words) == 3:
        return [key]
    entry, keys = session.entry(key), []
    for word in words[3:]:
        name = item_named(place.form, word)
        group = group_of(place.form, name)
        lines, rows = entry.lines(group.name), entry.rows(group.name)
        repeat = row_named(place.form, lines, rows, place.row, subject.subjid) if group.repeating else ""
        keys.append(key._replace(group=group.name, group_repeat=repeat, item=name))
    return keys


def _report(session: Session, options: argparse.Namespace) -> None:
    named = [subject_named(session, word).identity for word in options.words[:1]]
    wanted = named or [subject.identity for subject in session.subjects()]
    lines = sdv.report(session, wanted)
    if options.json:
        say_json([
            {"subject": number, "event": session.event_label(c.key), "form": session.form_label(c.key),
             "level": c.level, "wanted": c.wanted, "verified": c.done, "changed": c.changed, "met": c.met}
            for number, c in lines
        ])  # fmt: skip
        return
    language = options.language
    head = [message(f"cli.head_{name}").in_(language) for name in ("subject", "event")]
    names = ("form", "level", "wanted", "done", "changed")
    head += [message(f"sdv.head_{name}").in_(language) for name in names]
    table(
        (
            [number, session.event_label(c.key), session.form_label(c.key),
             message(f"sdv.level_{c.level}").in_(language), str(c.wanted), str(c.done), str(c.changed)]
            for number, c in lines
        ),
        head,
    )  # fmt: skip
