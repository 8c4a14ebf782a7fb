"""``sign``: the electronic signature of a form, a visit, a participant, or all that can be signed."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from mda5_crf.cli.address import event_key, form_at, form_key, subject_named
from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import say, say_json
from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.text import message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session
    from mda5_crf.services.signing import SignatureInfo


def run(options: argparse.Namespace) -> int:
    """Sign as the person of ``--user``, whose password opened the vault and opens the sign key now."""
    with open_session(options) as session:
        key = place_of(session, options)
        if options.all:
            return _all(session, key, options)
        meaning = (options.meaning or session.signing_offer(key).meanings[0][0]).strip().upper()
        info = session.sign(key, meaning, options.password, session.person.login)
        if options.json:
            say_json(_json(session, info))
        else:
            _say(session, info, options)
    return 0


def place_of(session: Session, options: argparse.Namespace) -> ItemKey:
    """The participant, visit or form named; the empty key for none."""
    if not options.subject:
        return ItemKey()
    subject = subject_named(session, options.subject)
    if not options.event:
        return ItemKey(subject.identity)
    key = event_key(session, subject, options.event)
    if options.form:
        key = form_key(session, key, form_at(session.study, options.event, options.form))
    return key


def _all(session: Session, place: ItemKey, options: argparse.Namespace) -> int:
    """Every form below ``place`` that can be signed, by as few acts as there are meanings."""
    path = place.path()
    wanted = [
        one
        for one in session.sign_candidates(place.subject)
        if one.key.form and one.possible and f"{one.key.path()}/".startswith(f"{path}/")
    ]
    made: list[SignatureInfo] = []
    asked = options.meaning.strip().upper() if options.meaning else ""
    for meaning in dict.fromkeys(one.meanings[0] for one in wanted):
        chosen = asked or meaning
        keys = [one.key for one in wanted if one.meanings[0] == meaning and chosen in one.meanings]
        if keys:
            made += session.sign_many(keys, chosen, options.password, session.person.login)
    if not made:
        raise InputRefused("signing.more_none")
    if options.json:
        say_json([_json(session, info) for info in made])
    else:
        for info in made:
            _say(session, info, options)
    return 0


def _json(session: Session, info: SignatureInfo) -> dict[str, Any]:
    key = info.key
    return {
        "subject": session.subjid(key.subject),
        "event": session.event_label(key) if key.event else None,
        "form": session.form_label(key) or None,
        "meaning": info.meaning,
        "state": info.state,
        "record": info.record,
    }


def _say(session: Session, info: SignatureInfo, options: argparse.Namespace) -> None:
    key = info.key
    code = "signed" if key.form else "signed_visit" if key.event else "signed_subject"
    words = message(
        f"signing.{code}",
        subject=session.subjid(key.subject),
        **({"event": session.event_label(key)} if key.event else {}),
        **({"form": session.form_label(key)} if key.form else {}),
        meaning=info.meaning_text,
    )
    say(words, options.language)
