"""Whatever a command meets, it ends with words and the right status; never with a value in a trace."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mda5_crf.cli.failures import Guard
from mda5_crf.cli.output import one_line, table, width
from mda5_crf.errors import CrfError, InputRefused, StoreError
from mda5_crf.jobs.written import Written
from tests.commandline import ROOT, call

# A definition that is checked in no time: how it is said is looked at here, not what is found.
SMALL = "tests/data/definitions/mini"  # from ROOT: the folder above may have any name
POSIX = pytest.mark.skipif(os.name == "nt", reason="POSIX only")


@pytest.mark.parametrize(
    "error,status,said",
    [
        (OSError(errno.ENOSPC, "full", "/secret/path"), 3, "full"),
        (PermissionError(errno.EACCES, "no", "/secret/path"), 3, "allow"),
        (OSError(errno.EIO, "bad", "/secret/path"), 3, "EIO"),
        (MemoryError(), 3, "memory"),
        (KeyboardInterrupt(), 1, "half done"),
        (ValueError("secret 130 mmHg"), 3, "ValueError at test_failures.py"),
        (KeyError("secret"), 3, "KeyError"),
        (InputRefused("cli.no_rows", form="VS"), 1, "VS"),
        (StoreError("store.disk_full", place="study.db"), 3, "study.db"),
    ],
)  # fmt: skip
def test_what_a_command_raises(
    error: BaseException, status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    guard = Guard()
    with guard:
        raise error
    english, chinese = capsys.readouterr().err.splitlines()
    assert guard.status == status
    assert said in english or isinstance(error, ValueError | KeyError)
    assert chinese != english
    assert "secret" not in english + chinese


def test_a_mistake_of_ours_names_its_place(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise ValueError("patient 01-001 weighs 61 kg")

    monkeypatch.setattr("mda5_crf.study.load.check", broken)
    done = call("study", "check").refused(3, "ValueError at studies.py:")
    assert "61" not in done.err


def test_nothing_raised_is_done() -> None:
    guard = Guard()
    with guard:
        pass
    assert guard.status == 0


def _program(*words: str, tail: str) -> subprocess.CompletedProcess[str]:
    line = f"'{sys.executable}' -m mda5_crf {' '.join(words)} {tail}"
    return subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)


@POSIX
def test_a_reader_that_goes_away_is_no_trouble() -> None:
    done = _program("study", "check", SMALL, "--json", tail="| head -c 1; exit ${PIPESTATUS[0]}")
    assert (done.returncode, done.stderr) == (0, "")
    done = _program("study", "check", SMALL, tail="| true; exit ${PIPESTATUS[0]}")
    assert (done.returncode, done.stderr) == (0, "")


@POSIX
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_output_that_cannot_be_written_is_3() -> None:
    done = _program("study", "check", SMALL, tail="> /dev/full")
    assert done.returncode == 3
    assert "disk is full" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@POSIX
@pytest.mark.skipif(
    not str(ROOT).isascii(), reason="Python finds no package in such a folder in such a locale"
)
def test_a_pipe_gets_utf_8_whatever_the_locale() -> None:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    for locale in ("C", "POSIX", "zh_CN.GB18030", "en_US.ISO-8859-1"):
        done = subprocess.run(
            [sys.executable, "-m", "mda5_crf", "study", "check", SMALL, "--language", "zh"],
            cwd=ROOT,
            capture_output=True,
            env={**plain, "LC_ALL": locale, "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "没有问题" in done.stdout.decode("utf-8")


@POSIX
def test_ctrl_c_leaves_no_half_made_demonstration(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys\n"
        "from mda5_crf.cli import main\n"
        "import mda5_crf.jobs.demonstration as demonstration\n"
        "def interrupted(*_): os.kill(os.getpid(), signal.SIGINT)\n"
        "demonstration._participant = interrupted\n"
        # A shell that runs the tests in its background hands on an ignored Ctrl+C.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "sys.exit(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "demo", str(tmp_path / "demo"), "--no-screens"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "half done" in done.stderr
    assert not (tmp_path / "demo").exists()
    assert signal.SIGINT


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "x.pdf"
    target.write_bytes(b"before")
    with pytest.raises(ZeroDivisionError), Written(target) as file:  # noqa: PT012 - half written is the case
        file.write(b"half")
        raise ZeroDivisionError
    assert target.read_bytes() == b"before"
    with Written(target) as file:
        file.write(b"after")
    assert target.read_bytes() == b"after"
    assert [p.name for p in tmp_path.iterdir()] == ["x.pdf"]


def test_a_file_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CrfError) as caught, Written(tmp_path / "x.pdf") as file:
        file.write(b"after")
    assert caught.value.exit_status == 3
    assert not list(tmp_path.iterdir())


def test_tables_align_chinese_and_hide_what_steers_terminals(capsys: pytest.CaptureFixture[str]) -> None:
    table([["中文", "a"], ["ab", "b\x1b[2J"]], ["姓名", "x"])
    lines = capsys.readouterr().out.splitlines()
    assert len({width(line[: line.rindex(" ")]) for line in (lines[0], lines[2], lines[3])}) == 1
    assert "\x1b" not in "".join(lines)
    table([])
    assert capsys.readouterr().out == ""
    assert one_line("a\u202eb\tc\r\n") == "a\N{REPLACEMENT CHARACTER}b c  "
