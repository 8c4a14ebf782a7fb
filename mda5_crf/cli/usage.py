"""Wrong usage in both languages: what argparse says, recognised and said again from the catalogue."""

from __future__ import annotations

import re
from typing import Final

from mda5_crf.text import Text, message

_SAID: Final = tuple(
    (re.compile(pattern, re.DOTALL), f"cli.usage_{name}")
    for pattern, name in (
        (r"the following arguments are required: (?P<names>.+)", "missing"),
        (r"one of the arguments (?P<names>.+) is required", "missing"),
        (r"unrecognized arguments: (?P<names>.+)", "surplus"),
        (r"argument (?P<name>[^:]+): invalid choice: (?P<word>.+?) \(choose from (?P<known>.+)\)", "choice"),
        (r"argument (?P<name>[^:]+): invalid int value: (?P<word>.+)", "number"),
        (r"argument (?P<name>[^:]+): expected .*", "value"),
        (r"argument (?P<name>[^:]+): ignored explicit argument .*", "no_value"),
        (r"argument (?P<name>[^:]+): not allowed with argument (?P<other>.+)", "together"),
    )
)


def words(problem: str) -> Text:
    """The sentence for one of argparse's; a general one for those not known (other versions of Python)."""
    for pattern, code in _SAID:
        found = pattern.fullmatch(problem)
        if found:
            said = found.groupdict()
            if code == "cli.usage_surplus":
                said["names"] = _without_values(said["names"])
            return message(code, **said)
    return message("cli.usage_other")


def _without_values(names: str) -> str:
    """Unknown options without what follows them: it may be a password, and complaints end up in logs."""
    shown: list[str] = []
    for word in names.split(" "):
        option, sign, _ = word.partition("=")
        if word.startswith("-"):
            shown.append(f"{option}{sign and '=…'}")
        elif not any(one.startswith("-") for one in shown):
            shown.append(word)
        elif shown[-1] != "…":
            shown.append("…")
    return " ".join(shown)
