"""``backup``, ``restore``, ``drill``: copies, and proof that a copy can be restored."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mda5_crf.cli.login import folder_of, login_of, open_session, password_of, second_password_of
from mda5_crf.cli.output import say, say_json, table
from mda5_crf.errors import UsageError
from mda5_crf.text import message

if TYPE_CHECKING:
    from mda5_crf.services.backups import Copy
    from mda5_crf.services.session import Session


def backup(options: argparse.Namespace) -> int:
    """Make a copy (the default), list or check copies, set the second place, say moved or copied."""
    if options.act == "copied" and not options.second:
        raise UsageError("cli.second_needed")
    with open_session(options) as session:
        if options.act == "make":
            return _make(session, options)
        if options.act == "copies":
            return _list(session, options)
        if options.act == "check":
            return _check(session, options)
        if options.act == "place":
            return _place(session, options)
        from mda5_crf.services import restoring, whereabouts

        if options.act == "moved":
            whereabouts.settle_here(session)
            _say_or_json(options, {"state": "moved"}, "backup.moved_noted")
        else:
            device = restoring.declare_copy(session, (options.second, second_password_of(options)))
            _say_or_json(options, {"state": "copied", "device": device}, "backup.copied_noted", device=device)
    return 0


def _say_or_json(options: argparse.Namespace, document: object, code: str, **params: object) -> None:
    if options.json:
        say_json(document)
    else:
        say(message(code, **params), options.language)


def _make(session: Session, options: argparse.Namespace) -> int:
    from mda5_crf.services import backups

    copy = backups.make(session)
    _, _, about = backups.log(session)[0]
    if options.json:
        say_json({**_as_json(copy), "second": about["second"]})
        return 0
    say(message("backup.made", name=copy.name, records=copy.records), options.language)
    state = message(f"backup.second_{about['second']}")
    say(message("backup.made_second", state=state), options.language)
    return 0


def _list(session: Session, options: argparse.Namespace) -> int:
    from mda5_crf.services import backupdue, backups

    found = backups.copies(session)
    near, far = backupdue.exposure(session), backupdue.exposure(session, elsewhere=True)
    if options.json:
        say_json(
            {
                "copies": [_as_json(copy) for copy in found],
                "since_last": {"records": near.records, "minutes": near.minutes},
                "since_last_elsewhere": {"records": far.records, "minutes": far.minutes},
            }
        )
        return 0
    language = options.language
    heads = ("name", "where", "made", "why", "records", "size", "state")
    table(
        (
            [
                copy.name,
                message(f"backup.where_{copy.where}").in_(language),
                f"{copy.made:%Y-%m-%d %H:%M}",
                backups.why(copy).in_(language),
                copy.records or "–",
                f"{copy.size / 1024 / 1024:.1f}",
                backups.state_words(copy).in_(language),
            ]
            for copy in found
        ),
        [message(f"backup.head_{name}").in_(language) for name in heads],
    )
    say(backupdue.exposure_words(near), language)
    say(backupdue.exposure_words(far, elsewhere=True), language)
    warned = backupdue.warning(session)
    if warned is not None:
        say(warned, language)
    return 0


def _check(session: Session, options: argparse.Namespace) -> int:
    from mda5_crf.services import backups

    wanted = [one for one in backups.copies(session) if not options.words or one.name in options.words]
    found = {copy: backups.check(session, copy) for copy in wanted}
    if options.json:
        say_json([{**_as_json(c), "troubles": [one.en for one in wrong]} for c, wrong in found.items()])
    else:
        for copy, wrong in found.items():
            if not wrong:
                say(message("backup.check_good", name=copy.name), options.language)
            for one in wrong:
                text = message("backup.check_bad", name=copy.name, what=one)
                sys.stderr.write(f"{text.en}\n{text.zh}\n")
    return 1 if any(found.values()) else 0


def _place(session: Session, options: argparse.Namespace) -> int:
    from mda5_crf.services import backups

    plan = backups.plan_of(session)
    if options.words or options.hours or options.days:
        place = plan.place if not options.words else "" if options.words[0] == "none" else options.words[0]
        place = str(Path(place).resolve()) if place else ""
        plan = replace(plan, place=place, hours=options.hours or plan.hours, days=options.days or plan.days)
        backups.set_plan(session, plan)
    if options.json:
        say_json({"place": plan.place, "hours": plan.hours, "days": plan.days})
    elif plan.place:
        say(message("backup.place_set", place=plan.place), options.language)
    else:
        say(message("backup.place_unset"), options.language)
    return 0


def _as_json(copy: Copy) -> dict[str, object]:
    return {
        "name": copy.name, "path": str(copy.path), "where": copy.where, "made": copy.made.isoformat(),
        "reason": copy.reason, "bytes": copy.size, "records": copy.records, "state": copy.state,
    }  # fmt: skip


def restore(options: argparse.Namespace) -> int:
    """Make a vault of a copy in a new folder; says what is missing. 0 whole, 1 something is missing."""
    if not options.second:
        raise UsageError("cli.second_needed")
    from mda5_crf.services import restoring

    witnesses: dict[str, tuple[int, str]] = {}
    for word in options.witness:
        parts = word.split(":")
        if len(parts) != 3 or not parts[1].isdigit():
            raise UsageError("cli.witness_form")
        witnesses[parts[0]] = (int(parts[1]), parts[2])
    done = restoring.restore(
        Path(options.copy),
        folder_of(options.target),
        (login_of(options), password_of(options)),
        (options.second, second_password_of(options)),
        witnesses=witnesses,
        known=[Path(one) for one in options.known],
    )
    if options.json:
        say_json(
            {
                "vault": options.target, "device": done.device, "parent": done.parent,
                "records": done.records, "made": done.made, "missing": done.missing,
                "redacted": done.redacted,
                "lost": {d: {"first": f, "last": t} for d, (f, t, _) in done.lost.items()},
                "forked": list(done.forked), "troubles": list(done.troubles),
            }
        )  # fmt: skip
    else:
        for line in restoring.lines(done):
            say(line, options.language)
    return 1 if done.forked or done.troubles else 0


def drill(options: argparse.Namespace) -> int:
    """Restore the newest copy into a scratch folder and report. 0 passed, 1 failed."""
    with open_session(options) as session:
        from mda5_crf.jobs.drill import run

        result = run(session, options.password, Path(options.backup) if options.backup else None)
        if options.json:
            say_json(
                {
                    "copy": result.name, "where": result.where, "made": result.made, "passed": result.passed,
                    "records": result.records, "subjects": result.subjects, "behind": result.behind,
                    "troubles": [one.en for one in result.troubles],
                }
            )  # fmt: skip
        else:
            for line in result.lines():
                say(line, options.language)
    return 0 if result.passed else 1
