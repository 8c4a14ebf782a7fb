"""``lock``: freeze, lock and open again; ``endorse``: an investigator stands for what others transcribed."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from mda5_crf.cli.login import open_session, second_password_of
from mda5_crf.cli.output import say, say_json, table
from mda5_crf.cli.sign import place_of
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import lockclash, lockwork
from mda5_crf.text import message

if TYPE_CHECKING:
    from mda5_crf.services.locking import Held
    from mda5_crf.services.session import Session

STATES = {"freeze": "frozen", "thaw": "thawed", "lock": "locked", "unlock": "unlocked"}


def run(options: argparse.Namespace) -> int:
    """Do one act on the place named (none = the whole study), or say how it stands."""
    with open_session(options) as session:
        key = place_of(session, options)
        if options.act == "list":
            return _list(session, key, options)
        state, second = STATES[options.act], None
        if options.second:
            second = (options.second, second_password_of(options))
        held = session.set_lock(key, state, options.reason or "", second)
        if options.json:
            say_json(_json(session, key, held))
        else:
            what = lockwork.place_words(session, key)
            say(message(f"locks.done_{state}", what=what), options.language)
            if state == "locked" and held.by is not None and held.by.counts is not None:
                say(message("locks.confirmed", **held.by.counts), options.language)
    return 0


def endorse(options: argparse.Namespace) -> int:
    """List what waits for an investigator; with ``--all`` endorse all of it as listed."""
    with open_session(options) as session:
        place = place_of(session, options)
        path = place.path()
        listed = [
            one
            for one in session.judgements(place.subject or None)
            if not path or f"{one.key.path()}/".startswith(f"{path}/")
        ]
        if options.json:
            say_json([
                {
                    "subject": one.subjid, "key": one.key.path(), "item": one.key.oid, "value": one.value.en,
                    "person": one.person, "at": one.at.isoformat(),
                }
                for one in listed
            ])  # fmt: skip
        elif not listed:
            say(message("endorse.nothing"), options.language)
        else:
            lang = options.language
            table(
                (one.subjid, one.place.in_(lang), one.label.in_(lang), one.value.in_(lang), one.person)
                for one in listed
            )
        if options.all and listed:
            count = session.endorse(listed)
            if not options.json:
                words = message("endorse.done_one" if count == 1 else "endorse.done_many", count=count)
                say(words, options.language)
    return 0


def _list(session: Session, key: ItemKey, options: argparse.Namespace) -> int:
    keys = [key]
    if not key.subject:
        keys += [ItemKey(one.identity) for one in session.subjects()]
    elif not key.form:
        keys += [
            one
            for node in session.tree(key.subject)
            if not key.event or node.key == key
            for one in (*(() if key.event else (node.key,)), *(f.key for f in node.forms))
            if session.held(one).by is not None
        ]
    if options.json:
        say_json([_json(session, one, session.held(one)) for one in keys])
        return 0
    refused = _refused(session, key)
    for one in keys:
        held = session.held(one)
        what = lockwork.place_words(session, one)
        state = "late" if held.late else held.state
        say(message("locks.cli_state", what=what, state=message(f"locks.state_{state}")), options.language)
    if refused:
        say(lockclash.heading(len(refused)), options.language)
        for clash in refused:
            say(lockclash.with_next(session, clash), options.language)
    for line in session.lock_history(key):
        say(line, options.language)
    return 0


def _refused(session: Session, key: ItemKey) -> list[lockclash.Clash]:
    """Locks refused at a place, or with the empty key anywhere."""
    if key.subject:
        return list(lockclash.of_place(session, key))
    return [one for many in lockclash.standing(session).values() for one in many]


def _json(session: Session, key: ItemKey, held: Held) -> dict[str, Any]:
    found: dict[str, Any] = {
        "subject": session.subjid(key.subject) or None,
        "event": session.event_label(key) or None,
        "form": session.form_label(key) if key.form else None,
        "state": held.state,
        "late": [one.path() for one in held.late],
        "refused": [one.as_json(session) for one in _refused(session, key)],
    }
    if held.by is not None:
        found |= {"record": held.by.record, "at": held.by.at.isoformat(), "reason": held.by.reason}
        if held.by.counts is not None:
            found["confirmed"] = dict(held.by.counts)
    return found
