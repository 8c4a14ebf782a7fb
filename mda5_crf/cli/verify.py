"""``verify``: chains, seals, rights, projections, pages, keys; what is wrong and what cannot be known."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import say, say_json
from mda5_crf.errors import UsageError
from mda5_crf.services.verification import Report
from mda5_crf.text import Language, Text, message


def run(options: argparse.Namespace) -> int:
    """0 when nothing is wrong, 1 with every trouble named."""
    witnesses: dict[str, tuple[int, str]] = {}
    for word in options.witness:
        parts = word.split(":")
        if len(parts) != 3 or not parts[1].isdigit():
            raise UsageError("cli.witness_form")
        witnesses[parts[0]] = (int(parts[1]), parts[2])
    with open_session(options) as session:
        bar = sys.stderr.isatty()
        report = session.verify(witnesses, _progress if bar else None)
        if bar:
            sys.stderr.write("\r\033[K")
        if options.json:
            say_json(_document(report))
        else:
            _tell(report, options.language)
    return 1 if report.troubles else 0


def _document(report: Report) -> dict[str, Any]:
    return {
        "records": report.records,
        "devices": {d: {"seq": s, "hash": h} for d, (s, h) in report.heads.items()},
        "witnessed": sorted(report.witnessed),
        "troubles": [{"code": t.code, "place": t.place, **_both(t.text)} for t in report.troubles],
        "checked": dict(report.checked),
        "witnesses": [_both(name) for name in report.witnesses],
        "unknown": [_both(what) for what in report.unknown],
        "seconds": round(report.seconds, 3),
    }


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


def _tell(report: Report, language: Language) -> None:
    for device, (seq, head) in report.heads.items():
        say(message("cli.verify_head", device=device, seq=seq, hash=head), language)
    counts = {name: report.checked.get(name, 0) for name in _COUNTS}
    say(message("verify.checked", seconds=f"{report.seconds:.1f}", **counts), language)
    for trouble in report.troubles:
        sys.stderr.write(f"{trouble.place}: {trouble.text.en}\n{trouble.place}：{trouble.text.zh}\n")
    if not report.troubles:
        for name in report.witnesses:
            say(message("verify.compared", witness=name), language)
        say(message("cli.verify_clean", records=report.records), language)
    for what in report.unknown:
        say(what, language)


_COUNTS = (
    "records", "chains", "seals", "certificates", "signatures", "redactions", "rights", "projections",
    "pages", "slots",
)  # fmt: skip


def _progress(count: int) -> None:
    sys.stderr.write(f"\r{message('verify.progress', count=count).en} ")
    sys.stderr.flush()
