"""``pdf blank`` and ``pdf filled``."""

from __future__ import annotations

import argparse
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from mda5_crf.cli.address import event_key, form_named, subject_named
from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import say, say_json
from mda5_crf.errors import InputRefused, StoreError, UsageError
from mda5_crf.settings import study_directory
from mda5_crf.study.model import Study
from mda5_crf.text import message


def run(options: argparse.Namespace) -> int:
    """Write one PDF. ``blank`` takes [EVENT|FORM …]; ``filled`` takes VAULT SUBJECT [EVENT [FORM]]."""
    content = _blank(options) if options.act == "blank" else _filled(options)
    write_file(Path(options.output), content)
    if options.json:
        say_json({"file": options.output, "bytes": len(content)})
    else:
        say(message("cli.written", file=options.output, size=len(content)), options.language)
    return 0


def _blank(options: argparse.Namespace) -> bytes:
    from mda5_crf.jobs.pages import print_blank
    from mda5_crf.study.load import load

    study = load(Path(options.study) if options.study else study_directory())
    words = [w for w in options.words if not Path(w).is_dir()]
    event, forms = _places(study, words)
    return print_blank(study, event, forms, options.lang, demo=False, made=datetime.now(UTC))


def _places(study: Study, words: list[str]) -> tuple[str | None, list[str] | None]:
    event: str | None = None
    forms: list[str] = []
    for word in words:
        if word.upper() in study.events:
            event = word.upper()
        else:
            forms.append(form_named(study, word).oid)
    return event, forms or None


def _filled(options: argparse.Namespace) -> bytes:
    from mda5_crf.jobs.pages import print_filled

    if len(options.words) < 2:
        raise UsageError("cli.filled_words")
    options.vault = options.words[0]
    with open_session(options) as session:
        subject = subject_named(session, options.words[1])
        if len(options.words) == 2:
            return print_filled(session, subject.identity, None, None, options.lang)
        key = event_key(session, subject, options.words[2])
        forms = [form_named(session.study, w).oid for w in options.words[3:]] or None
        return print_filled(session, subject.identity, key.event, forms, options.lang, repeat=key.event_repeat)


def write_file(path: Path, content: bytes) -> None:
    """Write whole or not at all: beside the target, flushed, then renamed over it.

    Raises StoreError when the folder is missing, read-only or full.
    """
    if path.is_dir():
        raise InputRefused("cli.output_is_folder", file=path)
    try:
        handle, temporary = tempfile.mkstemp(dir=path.absolute().parent, prefix=".mda5-", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as problem:
        raise StoreError("cli.cannot_write", file=path) from problem
