"""``verify``: hash chains, seals, rights, projections, pages; names what is wrong."""

from __future__ import annotations

import argparse
import sys

from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import say, say_json
from mda5_crf.errors import UsageError
from mda5_crf.text import message


def run(options: argparse.Namespace) -> int:
    """0 when nothing is wrong, 1 with every trouble named."""
    witnesses: dict[str, tuple[int, str]] = {}
    for word in options.witness:
        parts = word.split(":")
        if len(parts) != 3 or not parts[1].isdigit():
            raise UsageError("cli.witness_form")
        witnesses[parts[0]] = (int(parts[1]), parts[2])
    with open_session(options) as session:
        report = session.verify(witnesses)
        if options.json:
            say_json(
                {
                    "records": report.records,
                    "devices": {d: {"seq": s, "hash": h} for d, (s, h) in report.heads.items()},
                    "witnessed": sorted(report.witnessed),
                    "troubles": [
                        {"code": t.code, "place": t.place, "en": t.text.en, "zh": t.text.zh}
                        for t in report.troubles
                    ],
                }
            )
        else:
            for device, (seq, head) in report.heads.items():
                say(message("cli.verify_head", device=device, seq=seq, hash=head), options.language)
            if not report.witnessed:
                say(message("cli.verify_no_witness"), options.language)
            for trouble in report.troubles:
                sys.stderr.write(f"{trouble.place}: {trouble.text.en}\n{trouble.place}：{trouble.text.zh}\n")
            if not report.troubles:
                say(message("cli.verify_clean", records=report.records), options.language)
    return 1 if report.troubles else 0
