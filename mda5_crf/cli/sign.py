"""``sign``: the electronic signature of a form or a visit."""

from __future__ import annotations

import argparse

from mda5_crf.cli.address import event_key, form_at, form_key, subject_named
from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import say, say_json
from mda5_crf.text import message


def run(options: argparse.Namespace) -> int:
    """Sign as the person of ``--user``, whose password opened the vault and opens the sign key now."""
    with open_session(options) as session:
        subject = subject_named(session, options.subject)
        key = event_key(session, subject, options.event)
        if options.form:
            key = form_key(session, key, form_at(session.study, options.event, options.form))
        meaning = (options.meaning or session.signing_offer(key).meanings[0][0]).strip().upper()
        info = session.sign(key, meaning, options.password, session.person.login)
        if options.json:
            say_json(
                {
                    "subject": subject.subjid,
                    "event": session.event_label(key),
                    "form": session.form_label(key) or None,
                    "meaning": info.meaning,
                    "state": info.state,
                    "record": info.record,
                }
            )
        else:
            words = message(
                "signing.signed" if key.form else "signing.signed_visit",
                subject=subject.subjid,
                event=session.event_label(key),
                **({"form": session.form_label(key)} if key.form else {}),
                meaning=info.meaning_text,
            )
            say(words, options.language)
    return 0
