"""``--as-of`` and ``--since``: a past moment, and what is different since one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mda5_crf.cli.address import subject_named
from mda5_crf.cli.output import one_line, say, say_json
from mda5_crf.errors import UsageError
from mda5_crf.text import Language, Text, message

if TYPE_CHECKING:
    from mda5_crf.services.asof import Moment
    from mda5_crf.services.session import Session
    from mda5_crf.services.since import Difference, Differences


def moment_of(session: Session, options: argparse.Namespace) -> Moment | None:
    """The moment of ``--as-of``, or None. Raises InputRefused."""
    from mda5_crf.services.asof import read_moment

    return read_moment(session, options.as_of) if options.as_of else None


@contextmanager
def shown_as_of(session: Session, options: argparse.Namespace) -> Iterator[Session]:
    """The session to show from: that of the past moment where one is asked for, else ``session`` itself."""
    from mda5_crf.services.asof import as_of, moment_words

    moment = moment_of(session, options)
    if moment is None:
        yield session
        return
    subjects = [subject_named(session, options.subject).identity] if options.subject else None
    with as_of(session, moment, subjects) as past:
        if not options.json:
            say(message("asof.head", moment=moment_words(past, past.place)), options.language)
            sys.stdout.write("\n")
        yield past


def moment_json(session: Session) -> dict[str, object]:
    """What a document says of the past moment it shows; nothing where it shows what stands now."""
    from mda5_crf.services.asof import PastSession

    if not isinstance(session, PastSession):
        return {}
    return {"as_of": {"at": session.place.at.isoformat(), "heads": dict(session.place.vector)}}


def show_since(session: Session, options: argparse.Namespace) -> None:
    """What is different in a participant since a moment. Raises UsageError, InputRefused."""
    from mda5_crf.services.asof import read_moment
    from mda5_crf.services.since import since

    if not options.subject or options.event:
        raise UsageError("since.words")
    subject = subject_named(session, options.subject)
    start = read_moment(session, options.since)
    found = since(session, subject.identity, start, moment_of(session, options))
    if options.json:
        say_json(_json(found))
    else:
        _print(session, found, options.language)


def _print(session: Session, found: Differences, language: Language) -> None:
    from mda5_crf.services.asof import local_time

    say(message("since.head", subject=found.subjid), language)
    say(message("since.span", since=found.since, until=found.until), language)
    sys.stdout.write("\n")
    for place in found.places:
        name = place.name.in_(language) or found.subjid
        sys.stdout.write(f"{one_line(f'{place.label} {name}'.strip())}\n")
        for one in place.differences:
            sys.stdout.write(f"  {one_line(line(one).in_(language))}\n")
            if one.at is not None:
                at = local_time(session, one.at)
                why = one.why.in_(language)
                sys.stdout.write(f"    {one_line('; '.join(filter(None, (at, one.person, why))))}\n")
    say(message("since.count", count=found.count) if found.count else message("since.none"), language)


def line(one: Difference) -> Text:
    """One difference on one line: what it is, old → new."""
    nothing = message("since.nothing")
    if not one.old.en and not one.new.en:
        return one.what
    if one.items or (not one.old.en and one.kind in ("signature", "void", "enrolled")):
        return message("since.line", what=one.what, value=one.new)
    return message("since.line_changed", what=one.what, old=one.old if one.old.en else nothing,
                   new=one.new if one.new.en else nothing)  # fmt: skip


def _json(found: Differences) -> dict[str, object]:
    return {
        "subject": found.subjid,
        "identity": found.subject,
        "since": {"text": found.since.en, "heads": dict(found.heads[0])},
        "until": {"text": found.until.en, "heads": dict(found.heads[1])},
        "count": found.count,
        "places": [
            {
                "key": place.key.path(),
                "label": place.label,
                **_both("name", place.name),
                "differences": [
                    {
                        "kind": one.kind,
                        "key": one.key.path(),
                        **_both("what", one.what),
                        **_both("old", one.old),
                        **_both("new", one.new),
                        "person": one.person or None,
                        "at": one.at.isoformat() if one.at is not None else None,
                        **_both("why", one.why),
                        "record": one.record or None,
                        "records": one.steps,
                        "items": [key.path() for key in one.items],
                    }
                    for one in place.differences
                ],
            }
            for place in found.places
        ],
    }


def _both(name: str, text: Text) -> dict[str, str]:
    return {name: text.en, f"{name}_zh": text.zh}
