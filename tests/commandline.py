"""The command line as a person or a script uses it: in this process, or as a program of its own."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mda5_crf.cli import main
from mda5_crf.cli.login import PASSWORD_VARIABLE
from mda5_crf.crypto import Cost, password_key
from tests.once import loaded
from tests.vaults import FOUNDER, password

ROOT = Path(__file__).resolve().parent.parent
_CHINESE = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    status: int
    out: str
    err: str

    def json(self) -> Any:  # noqa: ANN401 - whatever the document is
        """The one document on standard output; anything beside it fails."""
        return json.loads(self.out)

    def good(self) -> Done:
        assert self.status == 0, f"exit {self.status}: {self.err}"
        return self

    def refused(self, status: int, *words: str) -> Done:
        """It ended with ``status`` and a sentence in both languages that says ``words``."""
        assert self.status == status, f"exit {self.status}, not {status}: {self.err}{self.out}"
        english, chinese = self.sentence()
        for word in words:
            assert word in english or word in chinese, f"{word!r} is not said in: {english} / {chinese}"
        assert "Traceback" not in self.err
        return self

    def sentence(self) -> tuple[str, str]:
        """The last sentence on standard error, in English and in Chinese."""
        lines = self.err.strip().splitlines()
        assert len(lines) >= 2, f"no sentence in both languages: {self.err!r}"
        english, chinese = lines[-2:]
        assert not _CHINESE.search(english), f"not English: {english}"
        assert _CHINESE.search(chinese), f"not Chinese: {chinese}"
        return english, chinese


def call(*words: object, secret: str | None = None) -> Done:
    """``mda5-crf words`` in this process; ``secret`` is put where MDA5_CRF_PASSWORD would be."""
    if secret is None:
        os.environ.pop(PASSWORD_VARIABLE, None)
    else:
        os.environ[PASSWORD_VARIABLE] = secret
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main([str(word) for word in words])
    assert PASSWORD_VARIABLE not in os.environ, "the password stayed in the environment"
    return Done(status, out.getvalue(), err.getvalue())


def act(*words: object, login: str = FOUNDER) -> Done:
    """A command by one of PEOPLE."""
    return call(*words, "--user", login, secret=password(login))


def program(*words: object, secret: str | None = None, **more: Any) -> Done:  # noqa: ANN401 - as of subprocess.run
    """``mda5-crf words`` as a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **more.pop("env", {})}
    if secret is not None:
        environment[PASSWORD_VARIABLE] = secret
    done = subprocess.run(
        [sys.executable, "-m", "mda5_crf", *(str(word) for word in words)],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=120,
        **more,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@cache
def _derived(secret: str, cost: Cost) -> bytes:
    return bytes(password_key(secret, cost))


@contextlib.contextmanager
def remembered_keys() -> Iterator[None]:
    """Derive each password and read each definition once: the same comes out every time, 0.5 s are saved."""
    with pytest.MonkeyPatch.context() as patch:
        known: Callable[[str, Cost], bytearray] = lambda secret, cost: bytearray(_derived(secret, cost))  # noqa: E731
        patch.setattr("mda5_crf.db.slots.password_key", known)
        patch.setattr("mda5_crf.services.instudy.load_source", loaded)
        yield
