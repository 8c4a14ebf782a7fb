"""The checks of the project: ``test`` (all of them), ``nightly`` (with the full counts), ``lint``, ``bench``.

Called by ``tools/bootstrap.py`` with the environment's Python. Every step runs even when one before it
failed, and the failed ones are named at the end; pytest's closing line is the last thing printed.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "build" / "coverage.json"
WORKERS = "2"
COVERED_BOXES = ("study", "instruments", "db", "services", "sync", "exchange")
FEWEST_PERCENT = 95.0
ROOM_FOR_VAULTS, ROOM_FOR_WORKERS = 4 * 2**30, 4 * 2**30  # bytes
MOST_LINES = {"mda5_crf": 500, "tools": 500, "tests": 700}


def say(text: str) -> None:
    """One line, at once, so that it stands in order with what the tools print."""
    print(text, flush=True)


def main(words: list[str]) -> int:
    """Run ``words[0]``; the rest goes to pytest."""
    command, rest = (words[0], words[1:]) if words else ("test", [])
    if command == "bench":
        return bench(rest)
    closing = ""
    with reading_tests(command in ("test", "nightly") and not rest):
        failed = list(lint())
    if command in ("test", "nightly"):
        passed, closing = tests(nightly=command == "nightly", rest=rest)
        failed += [] if passed else ["pytest"]
        if not rest:  # a part of the suite covers a part of the code
            failed += coverage_gates()
            failed += wheel()
    if failed:
        say(f"FAILED: {', '.join(failed)}")
    if closing:
        say(closing)
    return 1 if failed else 0


def bench(rest: list[str]) -> int:
    """Run every benchmark beside its peer and write ``docs/benchmarks.md``. 0 when all ran to their end."""
    return subprocess.call([sys.executable, "tools/benchmarks.py", "run", *rest], cwd=ROOT)


def call(module: str, *words: str) -> int:
    """Run a tool of the environment from the root."""
    return subprocess.call([sys.executable, "-m", module, *words], cwd=ROOT)


def lint() -> Iterator[str]:
    """Names of the static checks that failed."""
    scripts = Path(sys.executable).parent
    steps: dict[str, Callable[[], bool] | list[str]] = {
        "module sizes": sizes,
        "lock file": locked,
        "ruff": [sys.executable, "-m", "ruff", "check", "--quiet", "--output-format=concise", "."],
        "import-linter": [str(scripts / "lint-imports"), "--no-logo"],
        "mypy": [sys.executable, "-m", "mypy", "--no-error-summary"],
    }
    for name, command in steps.items():
        started = time.monotonic()
        good = command() if callable(command) else subprocess.call(command, cwd=ROOT) == 0
        say(f"--- {name}: {'ok' if good else 'FAILED'} ({time.monotonic() - started:.1f} s)")
        if not good:
            yield name


@contextlib.contextmanager
def reading_tests(wanted: bool) -> Iterator[None]:
    """Meanwhile let pytest read all tests and keep what it compiled: mypy leaves a core free.

    Both workers would compile every test anew after a change; what this one finds wrong, they say.
    """
    if not wanted:
        yield
        return
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--collect-only",
        "-q",
        "-p",
        "no:cacheprovider",
        "--ignore=tests/bench",
    ]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=ROOT, env=compiling(), stdout=quiet, stderr=quiet):
        yield


def compiling() -> dict[str, str]:
    """The environment, in which what is compiled is kept: every process the tests start needs it again."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def sizes() -> bool:
    """Whether every module is short enough to be read in one go."""
    good = True
    for folder, most in MOST_LINES.items():
        for path in sorted((ROOT / folder).rglob("*.py")):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > most:
                say(f"{path.relative_to(ROOT)}: {lines} lines, at most {most}")
                good = False
    return good


def locked() -> bool:
    """Whether the lock file has every version that ``pyproject.toml`` pins."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").lower()
    extras = project["optional-dependencies"]
    pins = [
        *project["dependencies"],
        *(pin for name in ("dev", "pdfa", "centre", "bench") for pin in extras[name]),
    ]
    stale = []
    for pin in pins:
        exact = re.sub(r"\[.*?\]", "", pin.partition(";")[0]).strip().lower()  # the lock names no extras
        if "==" in exact and exact not in lock:
            stale.append(pin)
    for pin in stale:
        say(f"requirements.lock is older than pyproject.toml: {pin}; its first lines say how to renew it")
    return not stale


def tests(*, nightly: bool, rest: list[str]) -> tuple[bool, str]:
    """Run the suite; returns whether it passed and pytest's closing line."""
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.unlink(missing_ok=True)
    # Each worker begins with a half of its own, so that it alone builds what a module's tests share.
    command = [sys.executable, "-m", "pytest", "-q", "-n", WORKERS, "--dist", "worksteal"]
    command += ["--ignore=tests/bench"]
    command += [] if nightly else ["-m", "not nightly"]
    command += rest or ["--cov", f"--cov-report=json:{REPORT}", "--cov-report="]
    environment = {**compiling(), "MDA5_CRF_NIGHTLY": "1" if nightly else ""}
    with in_memory() as folder:
        if folder is not None:
            environment["TMPDIR"] = folder
            command += ["-o", "tmp_path_retention_policy=failed"]  # memory is not for what is done with
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, encoding="utf-8"
        )
        assert process.stdout is not None
        last = ""
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            last = line.strip() or last
        return process.wait() == 0, last


@contextlib.contextmanager
def in_memory() -> Iterator[str | None]:
    """A folder for the tests' vaults on a disk in memory, gone at the end; None where there is too little.

    Each of the tens of thousands of commits waits for the disk, which here need not outlive a power failure.
    What is meant to survive a kill survives it there as well.
    """
    memory = Path("/dev/shm")  # noqa: S108 - the folder in it is our own
    try:
        room = shutil.disk_usage(memory).free
        unused = [
            line for line in Path("/proc/meminfo").read_text("ascii").splitlines() if "Available" in line
        ]
        available = int(unused[0].split()[1]) * 1024
    except (OSError, IndexError):  # not Linux
        room = available = 0
    if room < ROOM_FOR_VAULTS or available < ROOM_FOR_VAULTS + ROOM_FOR_WORKERS:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="mda5-crf-", dir=memory, ignore_cleanup_errors=True) as folder:
        yield folder


def coverage_gates() -> list[str]:
    """Print coverage per gated package; returns those below the gate."""
    if not REPORT.exists():
        return ["coverage (no report)"]
    files = json.loads(REPORT.read_text(encoding="utf-8"))["files"]
    failed = []
    for box in COVERED_BOXES:
        inside = [
            file["summary"] for name, file in files.items() if Path(name).parts[:2] == ("mda5_crf", box)
        ]
        lines, branches = percent(inside, "lines", "statements"), percent(inside, "branches", "branches")
        good = min(lines, branches) >= FEWEST_PERCENT
        say(
            f"coverage of {box}: {branches:.1f} % of branches, {lines:.1f} % of lines"
            f"{'' if good else ' - TOO LOW'}"
        )
        if not good:
            failed.append(f"coverage of {box}")
            worst = sorted((s["percent_covered"], n) for n, s in named(files, box))[:5]
            for covered, name in worst:
                say(f"    {covered:5.1f} % {name}")
    return failed


def named(files: dict[str, dict[str, dict[str, float]]], box: str) -> Iterator[tuple[str, dict[str, float]]]:
    """File name and summary of every module of ``box``."""
    for name, file in files.items():
        if Path(name).parts[:2] == ("mda5_crf", box):
            yield name, file["summary"]


def percent(summaries: list[dict[str, float]], covered: str, of: str) -> float:
    """Covered share of all files together; 0 when there are no files, 100 when nothing can be covered."""
    if not summaries:
        return 0.0
    whole = sum(summary[f"num_{of}"] for summary in summaries)
    return 100.0 * sum(summary[f"covered_{covered}"] for summary in summaries) / whole if whole else 100.0


def wheel() -> list[str]:
    """Build the wheel, unpack it alone, and ask the packed program for a form of its packed definition."""
    with tempfile.TemporaryDirectory(prefix="mda5-crf 轮 ") as folder:
        if call("hatchling", "build", "-t", "wheel", "-d", folder) != 0:
            return ["wheel (not built)"]
        packed = next(Path(folder).glob("*.whl"))
        alone = Path(folder) / "unpacked"
        subprocess.check_call([sys.executable, "-m", "zipfile", "-e", str(packed), str(alone)])
        # -P and the path: the unpacked copy must be found first, not the checkout the .pth file names.
        done = subprocess.run(
            [sys.executable, "-P", "-m", "mda5_crf", "study", "check"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(alone)},
            stdout=subprocess.DEVNULL,
            check=False,
        )
    say(f"--- wheel: {'ok' if done.returncode == 0 else 'FAILED'}")
    return [] if done.returncode == 0 else ["wheel"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
