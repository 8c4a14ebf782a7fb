"""``study amend``, ``approve-for-site``, ``versions``, ``move-form``: the definition while the study runs."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mda5_crf.cli.address import event_key, form_at, form_key, subject_named
from mda5_crf.cli.data import reason_of
from mda5_crf.cli.login import open_session, second_password_of
from mda5_crf.cli.output import one_line, say, say_json
from mda5_crf.errors import DefinitionError, InputRefused, UsageError
from mda5_crf.services import formversions
from mda5_crf.services.instudy import not_collected
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.itemkey import ItemKey
    from mda5_crf.services.amendments import Version
    from mda5_crf.services.session import Session

ACTS = ("amend", "approve-for-site", "versions", "move-form")


def run(options: argparse.Namespace) -> int:
    """One of ACTS. 1 with every problem when a definition has some."""
    words = [word for word in (options.other, *options.rest) if word]
    wanted = {"amend": 1, "approve-for-site": 1, "versions": 0, "move-form": 3}[options.act]
    if not options.directory or len(words) != wanted:
        raise UsageError("amend.words")
    options.vault = options.directory
    with open_session(options) as session:
        if options.act == "versions":
            return _versions(session, options)
        if options.act == "amend":
            return _amend(session, Path(words[0]), options)
        if options.act == "approve-for-site":
            return _approve(session, words[0], options)
        return _move(session, words, options)


def _amend(session: Session, folder: Path, options: argparse.Namespace) -> int:
    from mda5_crf.cli.studies import say_problems

    if not folder.is_dir():
        raise InputRefused("cli.study_no_folder", name=str(folder))
    try:
        proposed = session.propose_amendment(folder, options.retire)
    except DefinitionError as error:
        say_problems(list(error.problems))
        return 1
    found = proposed.differences
    if not options.json:
        for one in found:
            sys.stdout.write(f"{one.path}: {one_line(one.text.in_(options.language))}\n")
        say(message("cli.study_differences", count=len(found)), options.language)
    if options.dry_run:
        if options.json:
            say_json({"version": proposed.study.version, "hash": proposed.study.hash, "written": False})
        else:
            say(message("amend.nothing_written"), options.language)
        return 0
    if not options.second:
        raise InputRefused("amend.second_needed")
    second = (str(options.second), second_password_of(options))
    version = session.amend(proposed, options.reason or "", options.password, second)
    if options.json:
        say_json(as_json(version))
    else:
        say(message("amend.announced", version=version.version), options.language)
    return 0


def _approve(session: Session, word: str, options: argparse.Namespace) -> int:
    if not (options.approved and options.start):
        raise UsageError("amend.words_approve")
    approved, begins = _day(options.approved), _day(options.start)
    version = session.approve_for_site(word, approved, begins, options.password)
    if options.json:
        say_json(as_json(version))
        return 0
    facts = {"version": version.version, "site": session.site, "begins": begins.isoformat()}
    say(message("amend.approved", **facts), options.language)
    return 0


def _versions(session: Session, options: argparse.Namespace) -> int:
    from mda5_crf.services import amendments

    listed = session.versions_known()
    if options.json:
        say_json([as_json(one) for one in listed])
        return 0
    for one in listed:
        facts: dict[str, Any] = {"version": one.version, "hash": one.hash[:12], "state": one.state}
        if not one.amendment:
            say(message("amend.line_first", **facts), options.language)
        else:
            at = f"{one.at.astimezone(session.zone):%Y-%m-%d %H:%M}"
            say(message("amend.line", **facts, at=at, name=both(one.person)), options.language)
            sys.stdout.write(f"  {one_line(one.reason)}\n")
        for site in one.sites:
            sys.stdout.write(f"  {one_line(site.words.in_(options.language))}\n")
        if one.here and one.amendment:
            sys.stdout.write(
                f"  {one_line(amendments.in_few(amendments.changes(session, one)).in_(options.language))}\n"
            )
    return 0


def _move(session: Session, words: list[str], options: argparse.Namespace) -> int:
    if not options.to:
        raise UsageError("amend.words")
    key = event_key(session, subject_named(session, words[0]), words[1])
    form = form_key(session, key, form_at(session.study, words[1], words[2]))
    plan = session.move_plan(form, options.to)
    if options.json and options.dry_run:
        say_json({"form": form.path(), "plan": [line.en for line in plan.lines()], "written": False})
        return 0
    if not options.json:
        for line in plan.lines():
            say(line, options.language)
    if options.dry_run:
        say(message("amend.nothing_written"), options.language)
        return 0
    reason = reason_of(options.reason)
    if reason is None:
        raise InputRefused("amend.move_reason")
    session.move_form(plan, reason)
    if options.json:
        say_json({"form": form.path(), "plan": [line.en for line in plan.lines()], "written": True})
    else:
        say(message("amend.moved", version=plan.new_version), options.language)
    return 0


def as_json(version: Version) -> dict[str, Any]:
    """A version for ``--json``."""
    return {
        "version": version.version, "hash": version.hash, "amendment": version.amendment,
        "at": version.at.isoformat(), "person": version.person, "reason": version.reason,
        "here": version.here, "in_force": version.in_force, "can_approve": version.can_approve,
        "sites": [
            {
                "site": one.site, "approved": one.approved and one.approved.isoformat(),
                "from": one.begins and one.begins.isoformat(), "in_force": one.in_force,
            }
            for one in version.sites
        ],
    }  # fmt: skip


def version_lines(session: Session, form: ItemKey) -> list[Text]:
    """What there is to say of a form that is not of the newest version."""
    older = session.versions.older(form)
    left = [message("amend.unseen", what=one) for one in formversions.unseen(session, form)]
    return left if older is None else [older, *left]


def version_json(session: Session, form: ItemKey) -> dict[str, Any]:
    """The same for ``--json``; nothing where the vault has one definition."""
    if not session.versions.many:
        return {}
    study = session.study_for(form)
    missing = not_collected(study, session.study_of(form.subject), form.form)
    return {
        "version": study.version, "definition": study.hash,
        "not_collected": [one.en for one in missing],
        "unseen": [one.en for one in formversions.unseen(session, form)],
    }  # fmt: skip


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputRefused("amend.day_form", text=text) from None
