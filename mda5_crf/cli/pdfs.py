"""``pdf blank``, ``pdf filled`` and ``pdf keys``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mda5_crf.cli.address import FormPlace, event_key, form_at, form_named, subject_named
from mda5_crf.cli.login import open_session
from mda5_crf.cli.moments import moment_of
from mda5_crf.cli.output import say, say_json
from mda5_crf.errors import UsageError
from mda5_crf.jobs.written import Written
from mda5_crf.settings import study_directory
from mda5_crf.study.model import Study
from mda5_crf.text import message

if TYPE_CHECKING:
    from mda5_crf.pdf.fdacheck import Finding
    from mda5_crf.pdf.paper import Printed


def run(options: argparse.Namespace) -> int:
    """Write one PDF.

    ``blank`` takes [VAULT] [EVENT] [FORM …]; ``filled`` takes VAULT SUBJECT [EVENT [FORM …]]; ``keys``,
    the card of all keys, takes nothing.
    """
    if options.act == "casebook":
        from mda5_crf.cli.casebooks import run as run_casebook

        return run_casebook(options)
    if options.act == "archive":
        from mda5_crf.cli.archives import run as run_archive

        return run_archive(options)
    if options.act == "keys" and options.words:
        raise UsageError("cli.keys_words")
    if options.act == "filled" and len(options.words) < 2:
        raise UsageError("cli.filled_words")
    with Written(Path(options.output)) as file:
        acts = {
            "blank": _blank,
            "filled": _filled,
            "keys": _keys,
            "source-list": _sources,
            "delegation": _delegation,
            "acrf": _definition,
            "guideline": _definition,
            "validation-plan": _definition,
            **dict.fromkeys(("card", "calendar", "matrix", "sae"), _card),
        }
        content = acts[options.act](options)
        file.write(content)
    broken = _rules(options, content) if options.profile == "submission" else None
    if options.json:
        rules = {} if broken is None else {"broken": [f"{one.rule} {one.where}".rstrip() for one in broken]}
        say_json({"file": options.output, "bytes": len(content), **rules})
    else:
        say(message("cli.written", file=options.output, size=len(content)), options.language)
        for one in broken or ():
            say(message("fda.broken", rule=one.words), options.language)
        if broken == ():
            say(message("fda.kept"), options.language)
    return 0


def _blank(options: argparse.Namespace) -> bytes:
    from mda5_crf.jobs.pages import blank_pages
    from mda5_crf.study.load import load

    study = load(Path(options.study) if options.study else study_directory())
    words, demo = list(options.words), False
    first = words[0].upper() if words else ""
    if words and first not in study.events and first not in study.forms and _names_folder(words[0]):
        # A vault prints the definition it was made with.
        options.vault = words.pop(0)
        with open_session(options) as session:
            study, demo = session.study, session.demo
    event, forms = _places(study, words)
    made = datetime.now(UTC)
    return _profile(options)(
        blank_pages(study, event, forms, options.lang, demo=demo, made=made, unique=options.unique)
    ).data


def _rules(options: argparse.Namespace, content: bytes) -> tuple[Finding, ...]:
    from mda5_crf.pdf.fdacheck import findings

    return findings(content, Path(options.output).name, whole_fonts=True)


def _delegation(options: argparse.Namespace) -> bytes:
    from mda5_crf.jobs.delegationlog import print_delegation

    if len(options.words) != 1:
        raise UsageError("cli.delegation_words")
    (options.vault,) = options.words
    with open_session(options) as session:
        return print_delegation(session, options.lang).data


def _keys(options: argparse.Namespace) -> bytes:
    from mda5_crf.ui.key_rows import draw_card

    return draw_card(options.lang).data


def _definition(options: argparse.Namespace) -> bytes:
    """A document about the definition: the vault's when one is named, else the shipped one or ``--study``."""
    from mda5_crf.pdf.acrf import print_acrf
    from mda5_crf.pdf.guideline import print_guideline
    from mda5_crf.pdf.validation import print_plan

    study, _ = _study_of(options)
    draw = {"acrf": print_acrf, "guideline": print_guideline, "validation-plan": print_plan}[options.act]
    return draw(study, options.lang, made=datetime.now(UTC).astimezone(ZoneInfo(study.timezone))).data


def _study_of(options: argparse.Namespace) -> tuple[Study, bool]:
    """The definition to print, and whether it is that of a demonstration."""
    from mda5_crf.study.load import load

    if options.words:
        options.vault = options.words[0]
        with open_session(options) as session:
            return session.study, session.demo
    return load(Path(options.study) if options.study else study_directory()), False


def _sources(options: argparse.Namespace) -> bytes:
    """The list of a definition: the vault's when one is named, else the shipped one or ``--study``."""
    from mda5_crf.pdf.sourcelist import draw_sources

    study, demo = _study_of(options)
    return draw_sources(study, options.lang, made=datetime.now(UTC), demo=demo).data


def _names_folder(word: str) -> bool:
    return any(c in word for c in "/\\.:") or Path(word).is_dir()


def _places(study: Study, words: list[str]) -> tuple[str | None, list[str] | None]:
    event: str | None = None
    forms: list[str] = []
    for word in words:
        if word.upper() in study.events and event is None:
            event = word.upper()
        else:
            forms.append(form_named(study, word).oid)
    return event, forms or None


def _filled(options: argparse.Namespace) -> bytes:
    from mda5_crf.jobs.pages import print_filled

    options.vault, number, *places = options.words
    with open_session(options) as session:
        subject = subject_named(session, number)
        wanted = partial(
            print_filled, as_of=moment_of(session, options), audit=options.audit, finish=_profile(options)
        )
        if not places:
            return wanted(session, subject.identity, None, None, options.lang)
        key = event_key(session, subject, places[0])
        forms = [_label(form_at(session.study, places[0], word)) for word in places[1:]] or None
        return wanted(session, subject.identity, key.event, forms, options.lang, repeat=key.event_repeat)


def _card(options: argparse.Namespace) -> bytes:
    from mda5_crf.cli.cards import pages

    return pages(options)


def _profile(options: argparse.Namespace) -> Callable[[Printed], Printed]:
    """The last step over a file, by its profile."""
    if options.profile == "working":
        return lambda printed: printed
    from mda5_crf.pdf.fullfonts import whole

    return whole


def _label(place: FormPlace) -> str:
    """``HRCT`` prints every reading of a visit, ``HRCT#2`` the second."""
    return place.form.oid if place.repeat is None else f"{place.form.oid}#{place.repeat}"
