"""``selfcheck``: this installation on this PC, checked; evidence written, signed when a vault is named."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import say, say_error, say_json, table
from mda5_crf.errors import InputRefused, UsageError
from mda5_crf.text import message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


def run(options: argparse.Namespace) -> int:
    """0 when nothing failed (or the evidence is genuine), 1 when something did."""
    if options.vault and options.vault_option:
        raise UsageError("cli.unknown_act", word=options.vault, known="--vault")
    options.vault = options.vault or options.vault_option
    if options.package:
        from mda5_crf.cli import packagecheck

        return packagecheck.run(Path(options.package), options)
    with _session(options) as session:
        return _verify(Path(options.verify), options, session) if options.verify else _run(options, session)


@contextlib.contextmanager
def _session(options: argparse.Namespace) -> Iterator[Session | None]:
    if not options.vault:
        yield None
        return
    with open_session(options) as session:
        yield session


def _run(options: argparse.Namespace, session: Session | None) -> int:
    from mda5_crf.jobs import checkpaper, selfcheck
    from mda5_crf.jobs.checkmodel import sign

    evidence = selfcheck.run(session, _progress)
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
    signed = sign(evidence, session)
    beside = None
    if options.output:
        beside = checkpaper.write(evidence, signed, Path(options.output), options.lang)
    tongue = options.language
    if options.json:
        sys.stdout.write(signed.file().decode("utf-8"))
    else:
        lines = checkpaper.lines_of(evidence)
        table(
            [(one.title.in_(tongue), one.result.in_(tongue), ", ".join(one.requirements)) for one in lines],
            [message(f"selfcheck.head_{name}").in_(tongue) for name in ("check", "result", "requirements")],
        )
        for one in evidence.checks:
            for line in one.found.lines:
                say(line, tongue)
        say(checkpaper.run_by(evidence), tongue)
        say(signed.words, tongue)
        if beside is not None:
            say(message("selfcheck.saved", pdf=Path(options.output).name, json=beside.name), tongue)
        if evidence.good:
            say(evidence.verdict, tongue)
    if not evidence.good:
        say_error(evidence.verdict)
    return 0 if evidence.good else 1


def _verify(file: Path, options: argparse.Namespace, session: Session | None) -> int:
    from mda5_crf.jobs.checkmodel import LARGEST, believed, read_file

    try:
        with file.open("rb") as stream:
            signed = read_file(stream.read(LARGEST + 1))
    except OSError:
        raise InputRefused("cli.file_unreadable", file=file.name) from None
    good, words = believed(signed, session)
    if options.json:
        facts = {"genuine": good, "sha256": signed.sha256, "result": signed.evidence.get("result")}
        say_json({**facts, "device": signed.device, "en": words.en, "zh": words.zh})
    elif good:
        say(words, options.language)
        say(message("selfcheck.sum", sum=signed.sha256), options.language)
    if not good:
        say_error(words)
    return 0 if good else 1


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{message('selfcheck.running').en} {done}/{total} ")
        sys.stderr.flush()
