"""What is the same every time is done once in a run of the tests: derivations of keys, vaults to copy from.

Argon2id is not weakened: each key is derived at the program's own cost the first time it is asked for, and
from then on the same question has the same answer, in all processes of the run. The test of what a
derivation costs says ``@pytest.mark.derives`` and gets a real one each time. A process that a test starts
as a program of its own always derives.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from mda5_crf.crypto import Cost, new_password_key, wrapping
from mda5_crf.study import source as sources
from mda5_crf.study.load import load, load_source
from mda5_crf.study.model import Study

_VARIABLE: Final = "MDA5_CRF_TESTS_SHARED"
_OWN = None if os.environ.get(_VARIABLE) else tempfile.TemporaryDirectory(prefix="mda5-crf-once-")
if _OWN is not None:
    os.environ[_VARIABLE] = _OWN.name  # for the workers, which are started later
SHARED: Final = Path(os.environ[_VARIABLE])
"""The folder of this run: of the process that was started first, which removes it at its end."""

SECONDS_TO_BUILD: Final = 900.0


def built_once(name: str, build: Callable[[Path], object]) -> Path:
    """A folder that the first process of the run to ask for it builds; nobody may change it afterwards."""
    done = SHARED / name
    lock = SHARED / f"{name}.lock"
    until = time.monotonic() + SECONDS_TO_BUILD
    while not done.exists():
        try:
            lock.mkdir(parents=True)
        except FileExistsError:
            if time.monotonic() > until:
                raise TimeoutError(f"{lock} is still there") from None
            time.sleep(0.05)
            continue
        try:
            if not done.exists():
                own = lock / "built"
                build(own)
                own.rename(done)
        finally:
            shutil.rmtree(lock)
    return done


# -- derivations -----------------------------------------------------------------------------------------

_KNOWN: dict[str, bytes] = {}
_really: list[bool] = []
_PROCESS: Final = os.getpid()


@dataclass
class _Remembering:
    """As Argon2id of the library, with the answers of this run by heart."""

    salt: bytes
    length: int
    iterations: int
    lanes: int
    memory_cost: int

    def derive(self, secret: bytes) -> bytes:
        real = Argon2id(
            salt=self.salt,
            length=self.length,
            iterations=self.iterations,
            lanes=self.lanes,
            memory_cost=self.memory_cost,
        )
        if _really:
            return real.derive(secret)
        how = f"{self.salt.hex()} {self.length} {self.iterations} {self.lanes} {self.memory_cost} "
        name = hashlib.sha256(how.encode() + secret).hexdigest()
        if name not in _KNOWN:
            _KNOWN[name] = _shared(SHARED / "keys" / name, lambda: real.derive(secret))
        return _KNOWN[name]


def _shared(file: Path, derive: Callable[[], bytes]) -> bytes:
    if os.getpid() != _PROCESS:  # a child made by fork: its operations on files may be counted
        return derive()
    if file.exists():
        return file.read_bytes()
    key = derive()
    file.parent.mkdir(exist_ok=True)
    part = file.with_suffix(f".{_PROCESS}")
    part.write_bytes(key)
    part.replace(file)
    return key


@pytest.fixture(scope="session", autouse=True)
def each_derivation_once() -> Iterator[None]:
    """For the whole run; before every fixture of a module, which may found a vault."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wrapping, "Argon2id", _Remembering)
        patch.setattr("mda5_crf.services.session.load", loaded_from)
        patch.setattr("mda5_crf.services.instudy.load_source", loaded)
        patch.setattr("mda5_crf.services.exportfeed.load_source", loaded)
        patch.setattr("mda5_crf.sync.joining.load_source", loaded)
        yield


@pytest.fixture(autouse=True)
def real_derivations(request: pytest.FixtureRequest) -> Iterator[None]:
    """Derive anew each time where the test says ``derives``."""
    if request.node.get_closest_marker("derives") is None:
        yield
        return
    _really.append(True)
    yield
    _really.pop()


@contextlib.contextmanager
def one_salt_each() -> Iterator[None]:
    """A vault to copy from, with the same password keys (and salts) as the others of this run.

    Two slots under one password are the harder case for what must keep them apart.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mda5_crf.db.slots.new_password_key", _same_key)
        yield


def _same_key(password: str) -> tuple[bytearray, Cost]:
    name = "salt-" + hashlib.sha256(password.encode()).hexdigest()
    built_once(name, lambda folder: _put_cost(folder, new_password_key(password)))
    cost = Cost(*_cost_of(SHARED / name / "cost"))
    return wrapping.password_key(password, cost), cost


def _put_cost(folder: Path, made: tuple[bytearray, Cost]) -> None:
    _, cost = made
    folder.mkdir()
    (folder / "cost").write_text(f"{cost.salt.hex()} {cost.memory} {cost.passes} {cost.lanes}")


def _cost_of(file: Path) -> tuple[bytes, int, int, int]:
    salt, memory, passes, lanes = file.read_text().split()
    return bytes.fromhex(salt), int(memory), int(passes), int(lanes)


# -- definitions -----------------------------------------------------------------------------------------


@cache
def loaded(source: bytes) -> Study:
    """The definition with these bytes, read once per process."""
    return load_source(source)


def loaded_from(directory: Path) -> Study:
    """The definition in that folder as it is now, read once per process; one with problems each time."""
    files, problems = sources.read_directory(directory)
    return load(directory) if problems else loaded(sources.pack(files))
