"""The words and columns of ``docs/benchmarks.md``, made of what the benches told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

_HEAD: Final = """# Benchmarks: how fast it is, beside what

Made by `make bench` (`python tools/benchmarks.py run`) of what the scripts in `tests/bench` measure; the
numbers lie in `benchmarks.json`. Not edited by hand; a test compares the two.

**Read the ratios first.** Each is ours over the peer's of the same run, with the same content; beside a time
less is better, beside a speed (…/s) more. Times are of the clock unless *CPU* stands beside them (what waits
for no disk is measured so), and the machine was shared with other work: a time of the clock can only be too
long. CPU times and ratios suffer less from that, but they do: two programs on one core share its caches.
*Load* is how many programs wanted a core when the bench began. *Missed* is said where a limit was missed in
the last run, however busy the machine was; nothing is left out because it does not please.

The frozen program's size and start are printed by `make package`.
"""
_SIDES: Final = {"ours": "", "ratio": "ratio ", "more": "difference "}


def verdict(row: Mapping[str, Any]) -> bool | None:
    """Whether the figure keeps its limit; None where there is none."""
    limit = row.get("limit")
    if limit is None:
        return None
    value = float(row["ours"]) if limit["of"] == "ours" else {"ratio": ratio, "more": more}[limit["of"]](row)
    return bool(value <= limit["most"]) if "most" in limit else bool(value >= limit["least"])


def ratio(row: Mapping[str, Any]) -> float:
    """Ours over the peer's; infinite where the peer needed nothing."""
    return float(row["ours"]) / float(row["theirs"]) if row["theirs"] else float("inf")


def more(row: Mapping[str, Any]) -> float:
    """By how much ours is more than the peer's, in the unit of both."""
    return float(row["ours"]) - float(row["theirs"])


def missed(benches: Mapping[str, Any]) -> list[str]:
    """One line for each figure that misses its limit."""
    return [
        f"{name}: {row['what']}: {_value(row, 'ours')}{_beside(row)}, limit {_limit(row)}"
        for name, bench in benches.items()
        for row in bench["figures"]
        if verdict(row) is False
    ]


def table(benches: Mapping[str, Any]) -> str:
    """The whole text of ``docs/benchmarks.md``."""
    rows = [row for bench in benches.values() for row in bench["figures"]]
    limits = [found for found in map(verdict, rows) if found is not None]
    lines = [_HEAD]
    total = sum(bench["seconds"] for bench in benches.values())
    lines.append(
        f"{len(benches)} benches, {len(rows)} figures, {len(limits)} limits: {limits.count(True)} kept, "
        f"{limits.count(False)} missed. All of it takes about {_span(total)}{_longest(benches)}."
    )
    if False in limits:
        lines += ["", "## Missed", "", *(f"- {one}" for one in missed(benches))]
    for name, bench in benches.items():
        lines += ["", f"## {name}", "", *_section(bench)]
    lines += ["", "## Machines and versions", "", *_machines(benches)]
    return "\n".join(lines) + "\n"


def _section(bench: Mapping[str, Any]) -> Iterator[str]:
    yield bench["about"]
    yield ""
    busy = "" if bench["busy"] is None else f", load {bench['busy']:.1f} before"
    yield f"{bench['day']}, {_span(bench['seconds'])}{busy}."
    yield ""
    yield "| What | Ratio | Ours | Peer | Limit | |"
    yield "|---|---|---|---|---|---|"
    for row in bench["figures"]:
        said = {True: "kept", False: "**missed**", None: ""}[verdict(row)]
        peer = f"{_value(row, 'theirs')} {row['peer']}" if "theirs" in row else ""
        note = f" ({row['note']})" if row.get("note") else ""
        shown = f"{ratio(row):.2f}" if "theirs" in row else ""
        cells = [row["what"] + note, shown, _value(row, "ours"), peer, _limit(row), said]
        yield f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _value(row: Mapping[str, Any], side: str) -> str:
    value = float(row[side])
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 1 else 3
    return f"{value:,.{digits}f} {row['unit']}{' CPU' if row.get('cpu') else ''}"


def _beside(row: Mapping[str, Any]) -> str:
    if "theirs" not in row:
        return ""
    return f", {row['peer']} {_value(row, 'theirs')}, ratio {ratio(row):.2f}"


def _limit(row: Mapping[str, Any]) -> str:
    limit = row.get("limit")
    if limit is None:
        return ""
    unit = "" if limit["of"] == "ratio" else f" {row['unit']}"
    word, value = ("at most", limit["most"]) if "most" in limit else ("at least", limit["least"])
    return f"{_SIDES[limit['of']]}{word} {round(value, 2):g}{unit}"


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} minutes"


def _longest(benches: Mapping[str, Any]) -> str:
    long = [f"{name} {_span(bench['seconds'])}" for name, bench in benches.items() if bench["seconds"] > 180]
    return f", of it {', '.join(long)} (left out by `make bench ARGS=--short`)" if long else ""


def _machines(benches: Mapping[str, Any]) -> Iterator[str]:
    """Each machine with its versions once, with the benches that ran on it."""
    groups: dict[str, list[str]] = {}
    for name, bench in benches.items():
        facts = {**bench["machine"], **bench["versions"]}
        groups.setdefault(", ".join(f"{key} {value}" for key, value in facts.items()), []).append(name)
    for facts_of, names in groups.items():
        yield f"- {', '.join(names)}: {facts_of}"
