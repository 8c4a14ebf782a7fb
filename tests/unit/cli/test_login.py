"""How a password reaches a command, and where it does not stay."""

from __future__ import annotations

import getpass
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mda5_crf.cli.login import PASSWORD_VARIABLE, read_secret, take_password_variable
from mda5_crf.errors import InputRefused
from tests.commandline import ROOT, act, call
from tests.vaults import FOUNDER, password


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_password_from_a_file_as_notepad_writes_it(vault: Path, tmp_path: Path) -> None:
    file = tmp_path / "密码.txt"
    for data in (
        password(FOUNDER).encode(),
        b"\xef\xbb\xbf" + password(FOUNDER).encode() + b"\r\nsecond line",
    ):
        file.write_bytes(data)
        call("show", vault, "--user", FOUNDER, "--password-file", file).good()


def test_the_file_wins_over_the_variable(vault: Path, tmp_path: Path) -> None:
    file = tmp_path / "p"
    file.write_text(password(FOUNDER), encoding="utf-8")
    call("show", vault, "--user", FOUNDER, "--password-file", file, secret="something else entirely").good()


@pytest.mark.parametrize("make", ["missing", "folder", "utf16"])
def test_a_password_file_that_cannot_be_read(vault: Path, tmp_path: Path, make: str) -> None:
    file = tmp_path / "p"
    if make == "folder":
        file.mkdir()
    elif make == "utf16":
        file.write_bytes("päss".encode("utf-16"))
    call("show", vault, "--user", FOUNDER, "--password-file", file).refused(1, "cannot be read")


def test_an_endless_password_file_ends() -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("no /dev/zero here")
    assert len(read_secret("/dev/zero")) <= 4096
    with pytest.raises(InputRefused):
        read_secret("/dev/null/x")


@pytest.mark.requirement("P11-4")
def test_wrong_password_and_unknown_login_say_the_same(own_vault: Path) -> None:
    wrong = call("show", own_vault, "--user", FOUNDER, secret="not the password").refused(1)
    unknown = call("show", own_vault, "--user", "nobody", secret="not the password").refused(1)
    assert wrong.err == unknown.err
    assert wrong.out == unknown.out == ""


def test_prompts_ask_on_the_terminal_and_not_on_standard_output(
    vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", _Terminal(f"{FOUNDER}\n"))
    monkeypatch.setattr(getpass, "getpass", lambda prompt: password(FOUNDER))
    assert call("users", vault, "--json").good().json()


@pytest.mark.parametrize("typed", ["", "\n"])
def test_no_answer_to_the_prompt_for_the_user(
    vault: Path, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setattr(sys, "stdin", _Terminal(typed))
    done = call("show", vault)
    assert done.status == 2
    assert "--user" in done.err
    assert done.out == ""


def test_end_of_input_at_the_password(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr(sys, "stdin", _Terminal())
    monkeypatch.setattr(getpass, "getpass", ended)
    call("show", vault, "--user", FOUNDER).refused(2, PASSWORD_VARIABLE)


def test_two_new_passwords_that_differ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["orbit-canvas-12-lantern", "orbit-canvas-12-lantern "])
    monkeypatch.setattr(sys, "stdin", _Terminal())
    monkeypatch.setattr(getpass, "getpass", lambda prompt: next(typed))
    call("new", tmp_path / "v.mda5", "--site", "01", "--name", "Ward", "--user", "i01").refused(1, "differ")
    assert not (tmp_path / "v.mda5").exists()


def test_the_variable_is_gone_before_anything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, "orbit-canvas-12-lantern")
    take_password_variable()
    assert PASSWORD_VARIABLE not in os.environ
    call("--version", secret="orbit-canvas-12-lantern").good()  # call() looks whether it stayed


def test_password_not_in_arguments_or_children(vault: Path) -> None:
    """A child started while a command runs sees neither the variable nor the password among the arguments."""
    code = (
        "import os, subprocess, sys\n"
        "from mda5_crf.cli import main\n"
        "from mda5_crf.services import session\n"
        "real = session.Session.subjects\n"
        "def watched(self):\n"
        "    look = 'import os, sys; sys.stdout.write(repr(dict(os.environ)))'\n"
        "    seen = subprocess.run([sys.executable, '-c', look], capture_output=True, text=True)\n"
        "    sys.stderr.write(seen.stdout)\n"
        "    return real(self)\n"
        "session.Session.subjects = watched\n"
        "sys.exit(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "show", str(vault), "--user", FOUNDER], cwd=ROOT, capture_output=True,
        encoding="utf-8", check=False, env={**os.environ, PASSWORD_VARIABLE: password(FOUNDER)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "PATH" in done.stderr
    assert password(FOUNDER) not in done.stderr
    assert PASSWORD_VARIABLE not in done.stderr


def test_no_command_takes_a_password_as_an_argument() -> None:
    from mda5_crf.cli.parser import build

    for parser in build().commands.values():
        options = {o for a in parser._actions for o in a.option_strings if "password" in o}
        assert options <= {"--password-file", "--new-password-file", "--second-password-file"}


def test_a_database_server_that_does_not_answer_and_an_address_that_says_too_much() -> None:
    pytest.importorskip("psycopg")
    call("show", "postgresql://127.0.0.1:1/study", "--user", "x", secret="y").refused(3, "does not answer")
    told = call("show", "postgresql://x:swordfish@127.0.0.1/study", "--user", "x", secret="y").refused(1)
    assert "swordfish" not in told.out + told.err


def test_the_first_account_of_a_vault_is_at_work(vault: Path) -> None:
    assert {p["login"] for p in act("users", "list", vault, "--json").good().json()} >= {"i01", "n07"}
