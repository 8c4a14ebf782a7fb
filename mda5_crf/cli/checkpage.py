"""``check-page``: is a printed page genuine and current? From its code, a picture of it, or its PDF file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import say, say_json
from mda5_crf.errors import InputRefused
from mda5_crf.jobs.written import Written
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.jobs.checking import Checked, CheckedPage
    from mda5_crf.services.session import Session


def run(options: argparse.Namespace) -> int:
    """0 when it is genuine and current, else 1 with what is wrong; then the genuine page, to compare."""
    from mda5_crf.jobs.checking import Verdict, check

    with open_session(options) as session:
        checked = check(session, options.page)
        if options.output:
            _write(session, checked, Path(options.output))
    if options.json:
        say_json(_document(checked))
    else:
        _tell(checked, options)
    return 0 if checked.verdict is Verdict.GENUINE else 1


def _write(session: Session, checked: Checked, path: Path) -> None:
    """The page as it must be; recorded as every print is."""
    from mda5_crf.jobs.checking import single, write_down

    data = single(checked)
    if not data:
        raise InputRefused("checkpage.nothing_to_write")
    with Written(path) as file:
        write_down(session, checked, data)
        file.write(data)


def _tell(checked: Checked, options: argparse.Namespace) -> None:
    for text in (*checked.words, *checked.differences):
        say(text, options.language)
    several = len(checked.pages) > 1
    for page in checked.pages:
        if several:
            row = {"page": page.number, "place": page.place, "code": page.code, "words": page.words}
            say(message("checkpage.page_line", **row), options.language)
        else:
            _show(page)
    if options.output:
        say(message("checkpage.written", file=options.output), options.language)


def _show(page: CheckedPage) -> None:
    """The words of the page itself, in the language in which it was printed."""
    from mda5_crf.jobs.checking import lines_of

    if page.leaf is not None:
        say(Text("", ""), "en")
        for line in lines_of(page.leaf):
            say(Text(line, line), "en")


def _document(checked: Checked) -> dict[str, Any]:
    from mda5_crf.jobs.checking import lines_of

    one = checked.print
    return {
        "verdict": checked.verdict.value,
        "words": [_both(text) for text in checked.words],
        "differences": [_both(text) for text in checked.differences],
        "print": None if one is None else {
            "record": one.record, "what": one.what, "participant": one.number, "made": one.made,
            "by": one.by, "sha256": one.sha256, "pages": one.pages,
        },
        "pages": [
            {
                "page": page.number, "place": page.place, "code": page.code, "verdict": page.verdict.value,
                "since": page.since.isoformat() if page.since else None, "words": _both(page.words),
                "text": lines_of(page.leaf) if page.leaf is not None else [],
            }
            for page in checked.pages
        ],
    }  # fmt: skip


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}
