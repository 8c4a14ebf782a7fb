"""The benches, and ``docs/benchmarks.md``: the table of what they measured.

    python tools/benchmarks.py run [NAME …] [--short] [-- WORDS]   measure, keep figures, write the table
    python tools/benchmarks.py --write                             write the table anew of what is kept
    python tools/benchmarks.py                                     1 when the table is not that of the figures

``make bench`` is the first without names: every ``tests/bench/bench_*.py``, one after the other. ``NAME`` is
that of a file without ``bench_``; ``--short`` leaves out those that took longer than three minutes the last
time; ``WORDS`` go to the benches, and what was measured with words of one's own is printed but not kept.
The figures lie in ``docs/benchmarks.json``, by bench, with the day, the machine and the versions of each.

Exit status of ``run``: 0 when every bench ran to its end, whatever it measured: a limit that is missed is
said in the table and at the end of the run, and is no failure of the run. 1 when one broke off, 2 for an
unknown name.
"""

from __future__ import annotations

import ast
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from mda5_crf import __version__  # noqa: E402 - started as a script, the root is on no path before
from tools.benchtable import missed, table  # noqa: E402

BENCHES: Final = ROOT / "tests" / "bench"
KEPT: Final = "docs/benchmarks.json"
TABLE: Final = "docs/benchmarks.md"
TOLD: Final = "MDA5_CRF_BENCH_FIGURES"  # as in tests/bench/figures.py
LONG: Final = 180.0  # seconds
_PACKAGES: Final = (
    "PySide6-Essentials",
    "SQLAlchemy",
    "sqlcipher3",
    "cryptography",
    "reportlab",
    "lxml",
    "fpdf2",
    "apsw",
    "odmlib",
)


def say(text: str) -> None:
    """One line, at once, so that it stands in order with what the benches print."""
    print(text, flush=True)


def main(words: list[str], root: Path = ROOT) -> int:
    """Do what ``words`` say; the exit status."""
    if words[:1] == ["run"]:
        return run(words[1:], root)
    made = table(kept(root))
    if "--write" in words:
        (root / TABLE).write_text(made, encoding="utf-8", newline="\n")
        say(f"{TABLE} is written")
        return 0
    if not (root / TABLE).exists() or (root / TABLE).read_text(encoding="utf-8") != made:
        say(f"{TABLE} is stale: python tools/benchmarks.py --write")
        return 1
    return 0


def kept(root: Path) -> dict[str, Any]:
    """Name of a bench → its last run: ``day``, ``machine``, ``versions``, ``seconds``, ``figures`` …"""
    file = root / KEPT
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found


def run(words: list[str], root: Path = ROOT) -> int:
    """Measure; the exit status."""
    own = words[words.index("--") + 1 :] if "--" in words else []
    asked = words[: words.index("--")] if "--" in words else words
    scripts = {path.stem.removeprefix("bench_"): path for path in sorted(BENCHES.glob("bench_*.py"))}
    names = [word for word in asked if word != "--short"]
    unknown = [name for name in names if name not in scripts]
    if unknown:
        say(f"{', '.join(unknown)}: not one of {', '.join(scripts)}")
        return 2
    before = kept(root)
    long = [name for name in scripts if before.get(name, {}).get("seconds", 0) > LONG]
    wanted = [name for name in names or scripts if not ("--short" in asked and name in long)]
    say(", ".join(f"{name} {value}" for name, value in {**versions(), **machine()}.items()))
    broken, began, fresh = [], time.monotonic(), {}
    for name in wanted:
        say(f"--- {scripts[name].name}: {about(scripts[name])}")
        result, status = one(scripts[name], own)
        fresh[name] = result
        say(f"    {result['seconds']:.0f} s")
        if status != 0:
            broken.append(name)
            say(f"    BROKE OFF with status {status}")
        elif not own:  # at once: what a long run has measured outlives a run that is ended
            keep(name, result, root)
    say("")
    for line in missed(fresh):
        say(f"MISSED  {line}")
    for name in broken:
        say(f"BROKE OFF  {name}: nothing of it is kept")
    if own:
        say("Measured with words of your own: nothing is kept.")
    else:
        say(
            f"{len(wanted)} benches in {(time.monotonic() - began) / 60:.1f} minutes; made {KEPT} and {TABLE}"
        )
    return 1 if broken else 0


def keep(name: str, result: dict[str, Any], root: Path) -> None:
    """Put the result beside those of the other benches, and write both files."""
    everything = dict(sorted({**kept(root), name: result}.items()))
    text = json.dumps(everything, ensure_ascii=False, indent=1) + "\n"
    (root / KEPT).write_text(text, encoding="utf-8", newline="\n")
    (root / TABLE).write_text(table(everything), encoding="utf-8", newline="\n")


def one(script: Path, words: list[str]) -> tuple[dict[str, Any], int]:
    """Run a bench; what it told and its exit status."""
    busy = round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mda5-crf-figures-") as folder:
        told = Path(folder) / "figures.jsonl"
        environment = {**os.environ, "PYTHONPATH": str(ROOT), TOLD: str(told)}
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        status = subprocess.call([sys.executable, str(script), *words], cwd=ROOT, env=environment)
        lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    result = {
        "about": about(script),
        "day": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "seconds": round(time.monotonic() - began),
        "busy": busy,
        "machine": machine(),
        "versions": versions(),
        "figures": [json.loads(line) for line in lines],
    }
    return result, status


def about(script: Path) -> str:
    """The first line of what a bench says of itself."""
    return (ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or "").partition("\n")[0]


def versions() -> dict[str, str]:
    """Of the program, Python and the packages whose speed counts, as far as they are installed."""
    found = {"mda5-crf": __version__, "Python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def machine() -> dict[str, str]:
    """Processor, cores, memory and system; neither the machine's name nor anything of its owner."""
    name = platform.processor() or platform.machine()
    try:
        facts = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next((line.partition(":")[2].strip() for line in facts if line.startswith("model name")), name)
        memory = int(Path("/proc/meminfo").read_text(encoding="ascii").split()[1]) / 2**20
        size = f"{memory:.0f} GiB"
    except (OSError, ValueError):  # not Linux
        size = "not known"
    return {"system": platform.system(), "processor": name, "cores": str(os.cpu_count()), "memory": size}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
