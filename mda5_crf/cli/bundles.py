"""``bundle make|check|take|list|gaps|cover|ledger``: exchange of files with other sites."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import say, say_error, say_json, table
from mda5_crf.errors import InputRefused, StoreError, UsageError
from mda5_crf.text import message

if TYPE_CHECKING:
    from mda5_crf.pdf.paper import Printed
    from mda5_crf.services.session import Session
    from mda5_crf.sync.receiving import Came
    from mda5_crf.sync.report import Report

_SHEETS = ("cover", "ledger")


def run(options: argparse.Namespace) -> int:
    """``make VAULT [PEER]``, ``take VAULT FILE…|FOLDER [--dry-run]``, ``check VAULT FILE…``, ``list VAULT``,
    ``gaps VAULT``, ``cover VAULT NUMBER -o FILE``, ``ledger VAULT -o FILE``.
    """
    if options.act in ("check", "take") and not options.words:
        raise UsageError("cli.bundle_file_needed")
    if options.act in _SHEETS and not options.output:
        raise UsageError("mailbag.output_needed")
    if options.act == "cover" and not (len(options.words) == 1 and options.words[0].isdecimal()):
        raise UsageError("mailbag.number_needed")
    acts: dict[str, Callable[[Session, argparse.Namespace], int]] = {
        "make": _make, "take": _take, "check": _take, "list": _list, "gaps": _gaps, "cover": _sheet,
        "ledger": _sheet,
    }  # fmt: skip
    with open_session(options) as session:
        return acts[options.act](session, options)


def peer_named(session: Session, name: str | None) -> str:
    """The id of a registered PC by name or id; without one the only one. Raises InputRefused."""
    from mda5_crf.sync.devices import every_peer
    from mda5_crf.sync.registry import Registry

    every = every_peer(session)
    known = [d for d in every if d.approved]
    found = [d for d in known if name in (d.device, d.name)] if name else known
    if len(found) != 1:
        registry = Registry.read(session)
        registry.require_joined()
        for ended in [d for d in every if name in (d.device, d.name)]:
            registry.approved(ended.device)  # says that it was revoked, and by whom
        names = ", ".join(f"{d.name} ({d.device})" for d in known)
        if not known:
            raise InputRefused("cli.peer_none")
        if not name:
            raise InputRefused("cli.peer_which", known=names)
        raise InputRefused("cli.unknown_peer", name=name, known=names)
    return found[0].device


# -- making --------------------------------------------------------------------------------------------


def _make(session: Session, options: argparse.Namespace) -> int:
    from mda5_crf.services import freetext
    from mda5_crf.sync.bundles import make
    from mda5_crf.sync.making import SUFFIX

    peer = peer_named(session, options.to or (options.words[0] if options.words else None))
    target = Path(options.output) if options.output else session.vault.folder / "outbox"
    named = target.suffix == SUFFIX  # a file is named, not a folder
    rows, compared = freetext.known_to(session, options.password)
    names = rows if compared else None
    folder = target.absolute().parent if named else target
    try:
        file = make(session, peer, folder, options.everything, names=names, anyway=options.anyway)
    except freetext.PersonNamed as problem:
        for line in problem.lines():
            say_error(line)
        raise InputRefused("freetext.anyway_command") from None
    if named:
        try:
            file = file.replace(target)
        except OSError:
            raise StoreError("cli.cannot_write", file=target) from None
    sheet = None
    if options.cover:
        from mda5_crf.jobs.mailbag import write_cover

        sheet = write_cover(session, peer, file, options.lang)
    if options.json:
        say_json({"file": str(file), **({"cover": str(sheet)} if sheet else {})})
        return 0
    say(message("cli.bundle_made", file=file), options.language)
    sent = freetext.last_confirmed(session)
    if sent:
        say(message("freetext.confirmed", count=sent), options.language)
    if not compared and session.vault.has_identities:
        say(message("freetext.numbers_only"), options.language)
    if options.everything:
        say(message("mailbag.everything_harmless"), options.language)
    if sheet is not None:
        say(message("mailbag.cover_written", file=sheet), options.language)
    return 0


# -- taking --------------------------------------------------------------------------------------------


def _take(session: Session, options: argparse.Namespace) -> int:
    """1 when a file was refused, also where others of a folder were taken: a nightly job must notice."""
    from mda5_crf.sync.receiving import receive

    write = options.act == "take" and not options.dry_run
    paths = [Path(word) for word in options.words]
    came = receive(session, paths, write=write)
    if len(paths) == 1 and not paths[0].is_dir():
        _one(came[0], options, write=write)
        return 0
    refused = sum(one.problem is not None for one in came)
    if options.json:
        say_json({"files": [_came_json(one, write=write) for one in came]})
    else:
        _say_all(came, options, write=write)
    if refused:
        say_error(message("mailbag.some_refused", count=refused))
    return int(bool(refused))


def _say_all(came: Sequence[Came], options: argparse.Namespace, *, write: bool) -> None:
    from mda5_crf.sync.receiving import summary

    for line in summary(came, write=write):
        say(line, options.language)
    for one in came:
        if one.taken and one.report is not None:
            for line in one.report.lines():
                say(line, options.language)
    _ended(options, came, write=write)


def _one(came: Came, options: argparse.Namespace, *, write: bool) -> None:
    """A single file that was named: what is wrong with it is the answer of the command."""
    if came.problem is not None:
        raise came.problem
    assert came.report is not None  # a file that is named itself is never left alone
    if options.json:
        say_json(_report_json(came.file, came.report, write=write))
        return
    for line in came.report.lines():
        say(line, options.language)
    _ended(options, [came], write=write)


def _ended(options: argparse.Namespace, came: Sequence[Came], *, write: bool) -> None:
    done = "bundle_taken" if any(one.taken for one in came) else "bundle_none_taken"
    say(message(f"cli.{done if write else 'bundle_only_looked'}"), options.language)


def _came_json(came: Came, *, write: bool) -> dict[str, Any]:
    if came.report is not None:
        return {
            "outcome": "taken" if came.taken else "known",
            **_report_json(came.file, came.report, write=write),
        }
    if came.problem is not None:
        why = came.problem.text
        return {
            "outcome": "refused",
            "file": str(came.file),
            "code": came.problem.code,
            "en": why.en,
            "zh": why.zh,
        }
    assert came.other is not None  # one of the three is always there
    return {"outcome": "left alone", "file": str(came.file), "en": came.other.en, "zh": came.other.zh}


def _report_json(file: Path, report: Report, *, write: bool) -> dict[str, Any]:
    return {
        "file": str(file), "written": write and not report.already, "from": report.sender,
        "site": report.site,
        "number": report.number, "made": report.made, "new": report.new, "known": report.known,
        "subjects": report.subjects, "conflicts": report.conflicts, "set_aside": report.set_aside,
        "aside": [{"record": r, "en": why.en, "zh": why.zh} for r, why in report.aside],
        "held_back": [
            {"device": one.device, "name": one.name, "code": one.code, "en": one.words.en, "zh": one.words.zh}
            for one in report.held
        ],
        "missing": list(report.missing), "already": report.already or None,
        "kinds": dict(report.details.kinds), "participants": list(report.details.participants),
        "differs": [
            {"key": one.key, "en": one.place.en, "zh": one.place.zh} for one in report.details.differences
        ],
    }  # fmt: skip


# -- what went and came --------------------------------------------------------------------------------


def _list(session: Session, options: argparse.Namespace) -> int:
    from mda5_crf.sync.ledger import ledger

    entries = ledger(session)
    if options.json:
        say_json([e.as_json() for e in entries])
        return 0
    if not entries:
        say(message("mailbag.ledger_empty"), options.language)
        return 0
    names = ("direction", "number", "peer", "time", "state")
    head = [message(f"cli.head_{n}").in_(options.language) for n in names]
    table(
        ([e.arrow, e.number or "", e.peer, e.at, e.state.in_(options.language)] for e in entries), head
    )  # fmt: skip
    return 0


def _gaps(session: Session, options: argparse.Namespace) -> int:
    from mda5_crf.sync.gaps import standings

    stands = standings(session)
    if options.json:
        say_json([stand.as_json() for stand in stands])
        return 0
    told = [gap.sentence for stand in stands for gap in stand.gaps]
    for line in told or [message("mailbag.no_gaps")]:
        say(line, options.language)
    waiting = [one.sentence for stand in stands for one in stand.waiting]
    for line in waiting or [message("mailbag.no_waiting")]:
        say(line, options.language)
    return 0


def _sheet(session: Session, options: argparse.Namespace) -> int:
    from mda5_crf.jobs.mailbag import print_cover, print_ledger
    from mda5_crf.jobs.written import Written

    with Written(Path(options.output)) as file:
        printed: Printed
        if options.act == "cover":
            bundle = Path(options.file) if options.file else None
            peer = peer_named(session, options.to)
            printed = print_cover(session, peer, int(options.words[0]), options.lang, bundle)
        else:
            printed = print_ledger(session, options.lang)
        file.write(printed.data)
    if options.json:
        say_json({"file": options.output, "bytes": len(printed.data), "pages": printed.pages})
    else:
        say(message("cli.written", file=options.output, size=len(printed.data)), options.language)
    return 0
