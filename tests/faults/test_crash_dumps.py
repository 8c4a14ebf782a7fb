"""No memory image of the program reaches a disk, and no password a log."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

from mda5_crf import hardening
from tests.commandline import ROOT, call

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
# The program as it starts, with a command that says what the system knows of this process.
PROBE = """
import ctypes, resource, sys
import mda5_crf.cli as cli
def probe(words):
    print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
    return 0
cli._run = probe
sys.argv = ["mda5-crf", "show"]
sys.exit(cli.main(sys.argv[1:] if "inside" in sys.argv else None))
"""


@LINUX
@pytest.mark.requirement("FDA-8", "PIPL-1")
def test_no_core_file_and_not_dumpable() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.split("\n")[0] == "(0, 0) 0"


def test_a_system_that_refuses_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    called = []

    def refuse(*_: object) -> None:
        called.append(1)
        raise ValueError("not allowed to raise maximum limit")

    monkeypatch.setattr(resource, "setrlimit", refuse)
    hardening.harden()
    assert called


@pytest.mark.parametrize(
    "words", [["--password", "meadow string-44"], ["--password=meadow string-44"], ["-p", "x", "meadow-44"]]
)
def test_no_option_takes_a_password(words: list[str]) -> None:
    """A password on the line is not understood, and not repeated in the complaint, which logs may keep."""
    done = call("verify", "x.mda5", *words)
    done.refused(2, words[0].partition("=")[0])
    assert "meadow" not in done.out + done.err and "44" not in done.out + done.err
    call("verify", "x.mda5", "extra", "word").refused(2, "extra word")
