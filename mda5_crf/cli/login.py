"""Who is at the keyboard of a command, and how the password reaches us: never on the command line."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mda5_crf.errors import CrfError, InputRefused, UsageError

if TYPE_CHECKING:
    from mda5_crf.services.session import Session
    from mda5_crf.services.where import Where

PASSWORD_VARIABLE = "MDA5_CRF_PASSWORD"  # noqa: S105 - the variable's name
_LONGEST_SECRET = 4096
_taken: list[str] = []


def take_password_variable() -> None:
    """Take the variable out of the environment, so that no child process inherits it.

    Done before anything else.
    """
    _taken.clear()
    value = os.environ.pop(PASSWORD_VARIABLE, None)
    if value is not None:
        _taken.append(value)


def password_of(options: argparse.Namespace) -> str:
    """The password of the person who acts: from ``--password-file`` (first line), the variable, or a
    prompt.
    """
    if options.password_file:
        return read_secret(options.password_file)
    if _taken:
        return _taken[0]
    return ask_password("Password 密码: ")


def new_password_of(options: argparse.Namespace) -> str:
    """A password yet to be set: from ``--new-password-file``, or asked twice.

    Never the one of the person who acts.
    """
    if options.new_password_file:
        return read_secret(options.new_password_file)
    return ask_password("New password 新密码: ", repeat=True)


def second_password_of(options: argparse.Namespace) -> str:
    """The second person's password: from ``--second-password-file``, or asked for, by that person."""
    if options.second_password_file:
        return read_secret(options.second_password_file)
    return ask_password(f"Password 密码 ({options.second}): ")


def first_password_of(options: argparse.Namespace) -> str:
    """The password of the first person of a new vault; a prompt asks twice."""
    if options.password_file or _taken:
        return password_of(options)
    return ask_password("New password 新密码: ", repeat=True)


def ask_password(prompt: str, *, repeat: bool = False) -> str:
    """Ask on the terminal without echo.

    Raises UsageError without a terminal, InputRefused when the two differ.
    """
    if not sys.stdin.isatty():
        raise UsageError("cli.password_needed", variable=PASSWORD_VARIABLE)
    try:
        first = getpass.getpass(prompt)
        if repeat and getpass.getpass("Again 再次输入: ") != first:
            raise InputRefused("cli.passwords_differ")
    except EOFError:
        raise UsageError("cli.password_needed", variable=PASSWORD_VARIABLE) from None
    return first


def read_secret(file: str) -> str:
    """The first line of ``file``, without its line end (and without the mark that Windows' Notepad
    puts first).
    """
    try:
        with Path(file).open(encoding="utf-8-sig") as stream:
            return stream.readline(_LONGEST_SECRET).rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise InputRefused("cli.file_unreadable", file=file) from None


def login_of(options: argparse.Namespace) -> str:
    """The log-in id of ``--user``, or asked for.

    Raises UsageError when none is named and none can be asked for.
    """
    if options.user:
        return str(options.user)
    if not sys.stdin.isatty():
        raise UsageError("cli.user_needed")
    sys.stderr.write("User 用户: ")
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        sys.stderr.write("\n")  # the end of input leaves the cursor behind the question
    answer = line.strip()
    if not answer:
        raise UsageError("cli.user_needed")
    return answer


def vault_of(word: str) -> Where:
    """The folder or the address that a VAULT word names, there or not.

    Raises InputRefused for an address with a password in it, or one that cannot be understood.
    """
    from mda5_crf.services.where import where_of

    return where_of(word)


def folder_of(word: str) -> Path:
    """The same where only a folder will do. Raises InputRefused for an address."""
    where = vault_of(word)
    if not isinstance(where, Path):
        raise InputRefused("shared.folder_needed")
    return where


def open_session(options: argparse.Namespace) -> Session:
    """Open the vault named by the command as the person named by the command.

    The password stays in ``options.password`` for acts that open the person's sign key.
    """
    from mda5_crf.services.session import Session
    from mda5_crf.sync.rejudging import after_upgrade

    folder = vault_of(options.vault)
    login = login_of(options)
    options.password = password_of(options)
    if isinstance(folder, Path) and not folder.exists():
        raise InputRefused("store.vault_missing", place=folder.name)
    session = Session.open(folder, login, options.password)
    try:
        after_upgrade(session)
    except CrfError:
        session.close()
        raise
    return session
