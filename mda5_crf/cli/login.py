"""Who is at the keyboard of a command, and how the password reaches us: never on the command line."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mda5_crf.errors import InputRefused, UsageError

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

PASSWORD_VARIABLE = "MDA5_CRF_PASSWORD"  # noqa: S105 - the variable's name


def password_of(options: argparse.Namespace, *, prompt: str = "Password 密码: ", repeat: bool = False) -> str:
    """The password: from ``--password-file`` (first line), the variable, or a prompt without echo.

    The variable is taken out of the environment at once, so that no child process inherits it.
    """
    from_environment = os.environ.pop(PASSWORD_VARIABLE, None)
    if options.password_file:
        return read_secret(options.password_file)
    if from_environment is not None:
        return from_environment
    if not sys.stdin.isatty():
        raise UsageError("cli.password_needed", variable=PASSWORD_VARIABLE)
    first = getpass.getpass(prompt)
    if repeat and getpass.getpass("Again 再次输入: ") != first:
        raise InputRefused("cli.passwords_differ")
    return first


def read_secret(file: str) -> str:
    """The first line of ``file``, without its line end."""
    try:
        return Path(file).read_text(encoding="utf-8").split("\n", 1)[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as problem:
        raise InputRefused("cli.file_unreadable", file=file) from problem


def login_of(options: argparse.Namespace) -> str:
    """The log-in id of ``--user``. Raises UsageError when none is named and none can be asked for."""
    if options.user:
        return str(options.user)
    if not sys.stdin.isatty():
        raise UsageError("cli.user_needed")
    return input("User 用户: ").strip()


def open_session(options: argparse.Namespace) -> Session:
    """Open the vault named by the command as the person named by the command.

    The password stays in ``options.password`` for acts that open the person's sign key.
    """
    from mda5_crf.services.session import Session

    login = login_of(options)
    options.password = password_of(options)
    return Session.open(Path(options.vault), login, options.password)
