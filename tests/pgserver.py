"""A PostgreSQL server of the tests' own: made on first need, shared by all workers, gone at the end.

A keeper process starts the server and looks every half second whether the run of tests still lives, however
it ends; then it stops the server and removes the folder. As root the server runs as another user. Tests use
databases made from one template, as a person who is a member of the program's role and nothing more.

Where PostgreSQL is not installed, tests that need it are skipped; with MDA5_CRF_REQUIRE_POSTGRES=1 they fail.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    import psycopg

FOLDER: Final = "MDA5_CRF_TEST_SERVER"
REQUIRED: Final = "MDA5_CRF_REQUIRE_POSTGRES"
ADMINISTRATOR: Final = "postgres"
CLERK: Final = "clerk"
"""A person of the server: may log in, and is a member of the program's role."""
TEMPLATE: Final = "mda5_template"
OLDEST: Final = 15
_SECONDS_TO_START: Final = 60.0
_WHO: Final = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
# What makes a server forget at a power failure, and quick: nothing here outlives the run.
_SETTINGS: Final = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "minimal",
    "max_wal_senders": "0", "max_connections": "200", "shared_buffers": "32MB", "autovacuum": "off",
    "listen_addresses": "127.0.0.1", "log_min_messages": "warning",
    "log_statement": "all",  # a test looks whether a prepared database keeps what is entered out of it
}  # fmt: skip


# -- the run of tests ----------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """The process that began the run names the folder; its workers inherit the name."""
    if not hasattr(config, "workerinput") and os.name == "posix":
        # A short path: the name of a socket has at most 107 characters.
        # It is made when a test needs it, so that a run that is killed before leaves nothing.
        os.environ[FOLDER] = f"/tmp/mda5-pg-{os.getpid()}-{secrets.token_hex(4)}"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server and wait until nothing of it is left."""
    if the_server.cache_info().currsize:
        the_server().close()
    folder = Path(os.environ.get(FOLDER, ""))
    if hasattr(config, "workerinput") or not os.environ.pop(FOLDER, ""):
        return
    keeper = folder / "keeper"
    if keeper.exists():
        os.kill(int(keeper.read_text("ascii")), signal.SIGTERM)
        until = time.monotonic() + 20
        while folder.exists() and time.monotonic() < until:
            time.sleep(0.02)
    else:
        shutil.rmtree(folder, ignore_errors=True)


@lru_cache(maxsize=1)
def binaries() -> Path | None:
    """The folder of ``initdb`` and ``postgres``, the newest version; None when it is not installed."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name))
    found = shutil.which("initdb")
    for place in [*reversed(places), *([Path(found).resolve().parent] if found else [])]:
        if (place / "initdb").exists() and (place / "postgres").exists():
            told = subprocess.run([place / "postgres", "--version"], capture_output=True, check=True)
            if int(told.stdout.split()[-1 if b"(Debian" not in told.stdout else 2].split(b".")[0]) >= OLDEST:
                return place
    return None


@dataclass
class Server:
    """The running server, as one worker sees it."""

    folder: Path
    port: int
    _free: list[str] = field(default_factory=list)
    _made: int = 0
    _administrators: dict[str, psycopg.Connection[Any]] = field(default_factory=dict)

    def address(self, database: str, person: str = CLERK) -> str:
        """The address of a database by the server's socket."""
        return f"postgresql://{person}@/{database}?host={self.folder}&port={self.port}"

    def by_network(self, database: str, person: str = CLERK, host: str = "localhost") -> str:
        """The same through TCP, where a password is asked for."""
        return f"postgresql://{person}@{host}:{self.port}/{database}"

    def connect(self, database: str, person: str = ADMINISTRATOR) -> psycopg.Connection[Any]:
        """A connection past the program; of the administrator unless said otherwise. The caller closes it."""
        import psycopg

        return psycopg.connect(
            host=str(self.folder), port=self.port, user=person, dbname=database,
            options="-c search_path=mda5", autocommit=True,
        )  # fmt: skip

    def run(self, sql: str, database: str = "postgres") -> list[Any]:
        """Run SQL as the administrator; the rows, if there are any."""
        if database not in self._administrators:
            self._administrators[database] = self.connect(database)
        cursor = self._administrators[database].execute(sql)
        return cursor.fetchall() if cursor.description else []

    def empty_database(self) -> str:
        """A database with nothing in it; :meth:`drop` it."""
        self._made += 1
        name = f"w{os.getpid()}_{self._made}"
        self.run(f"CREATE DATABASE {name}")
        return name

    def database(self) -> str:
        """A database with an empty journal; give it back with :meth:`give_back`, or :meth:`drop` it."""
        if self._free:
            name = self._free.pop()
            self.run(_reset(), name)
            return name
        return self.copy(TEMPLATE)

    def copy(self, database: str) -> str:
        """A copy of a database that nobody is connected to."""
        if database in self._administrators:
            self._administrators.pop(database).close()
        self._made += 1
        name = f"w{os.getpid()}_{self._made}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {database} STRATEGY FILE_COPY")
        self.run(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        self.run(f"GRANT CONNECT ON DATABASE {name} TO {TEMPLATE}_app")
        return name

    def give_back(self, name: str) -> None:
        """Another test may use it: only rows were added, removed or changed in it."""
        self._free.append(name)

    def drop(self, name: str) -> None:
        """The database goes, whoever is still connected."""
        if name in self._administrators:
            self._administrators.pop(name).close()
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def close(self) -> None:
        """End this worker's connections."""
        for connection in self._administrators.values():
            connection.close()
        self._administrators.clear()


@lru_cache(maxsize=1)
def _reset() -> str:
    from mda5_crf.db import pgschema, schema

    tables = [table.name for table in schema.ALL.sorted_tables if table is not schema.migration]
    guards = ", ".join(f"ENABLE ALWAYS TRIGGER {name}" for name in pgschema.TRIGGERS)
    return "; ".join(
        [
            "BEGIN", "ALTER TABLE audit_record DISABLE TRIGGER USER",
            *(f'DELETE FROM "{name}"' for name in tables), "UPDATE journal_lock SET version = 0",
            f"ALTER TABLE audit_record {guards}", "COMMIT",
        ]
    )  # fmt: skip


@lru_cache(maxsize=1)
def the_server() -> Server:
    """The server, started by whichever worker comes first. Skips, or fails where it is required."""
    why = "" if os.name == "posix" else "no server is started on this system"
    if not why and binaries() is None:
        why = "PostgreSQL 15 or newer is not here (Debian: apt-get install postgresql)"
    if why and os.environ.get(REQUIRED) == "1":
        pytest.fail(why)
    if why:
        pytest.skip(why)
    folder = Path(os.environ[FOLDER])
    folder.mkdir(mode=0o700, exist_ok=True)
    with _alone(folder / "lock"):
        if not (folder / "port").exists():
            _start(folder)
        server = Server(folder, int((folder / "port").read_text("ascii")))
        if not (folder / "prepared").exists():
            _prepare(server)
            (folder / "prepared").touch()
    return server


@pytest.fixture(scope="session")
def server() -> Server:
    """The server of this run."""
    return the_server()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    import fcntl

    with path.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _prepare(server: Server) -> None:
    from mda5_crf.db import pgprepare

    server.run(f"CREATE DATABASE {TEMPLATE}")
    address = server.address(TEMPLATE, ADMINISTRATOR)
    pgprepare.prepare(address)
    pgprepare.admit(address, CLERK)


def _start(folder: Path) -> None:
    """Begin the keeper, which goes on by itself, and wait for the server's port."""
    command = [sys.executable, __file__, str(folder), str(binaries())]
    done = subprocess.run(command, capture_output=True, check=False)
    until = time.monotonic() + _SECONDS_TO_START
    while not (folder / "port").exists():
        if done.returncode or (folder / "failed").exists() or time.monotonic() > until:
            log = folder / "log"
            told = log.read_text("utf-8", "replace")[-2000:] if log.exists() else done.stderr.decode()
            pytest.fail(f"the server did not start:\n{told}")
        time.sleep(0.02)


# -- the keeper ----------------------------------------------------------------------------------------


def keep(folder: Path, programs: Path) -> None:
    """Start the server in ``folder``, and stop it when the run of tests is gone or a signal comes."""
    if os.fork():
        return  # whoever began this goes on
    os.setsid()
    run = int(folder.name.split("-")[2])
    nothing_to_say = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):  # whoever began this waits for the ends of its pipes
        os.dup2(nothing_to_say, stream)
    (folder / "keeper").write_text(str(os.getpid()), "ascii")
    stop: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stop.append(number))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    as_user: dict[str, Any] = _unprivileged(folder)
    with (folder / "log").open("ab") as log:
        said: dict[str, Any] = {"stdout": log, "stderr": log, "cwd": folder, **as_user}
        data, port = folder / "data", _free_port()
        make: list[str | Path] = [
            "-D",
            data,
            "-U",
            ADMINISTRATOR,
            "-E",
            "UTF8",
            "--locale=C",
            "-N",
            "-A",
            "trust",
        ]
        server = None
        try:
            subprocess.run([programs / "initdb", *make], check=True, **said)
            (data / "pg_hba.conf").write_text(_WHO)
            settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
            place: list[str | Path] = ["-D", data, "-k", folder, "-p", str(port)]
            server = subprocess.Popen([programs / "postgres", *place, *settings], **said)
            _wait_for(folder, port, server)
            whole = folder / "port.part"
            whole.write_text(str(port), "ascii")
            whole.rename(folder / "port")
            while not stop and _lives(run) and server.poll() is None:
                time.sleep(0.05 if stop else 0.5)
        except (OSError, subprocess.CalledProcessError):
            (folder / "failed").touch()
            time.sleep(2)  # whoever waits reads the log
        finally:
            if server is not None and server.poll() is None:
                server.send_signal(signal.SIGQUIT)  # at once: nothing is kept
                server.wait()
            shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _unprivileged(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, found.pw_uid, found.pw_gid)
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise OSError("no user to run a server as")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(folder: Path, port: int, server: subprocess.Popen[Any]) -> None:
    import psycopg

    until = time.monotonic() + _SECONDS_TO_START
    while server.poll() is None and time.monotonic() < until:
        try:
            psycopg.connect(host=str(folder), port=port, user=ADMINISTRATOR, dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return
    raise OSError("the server did not come up")


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    keep(Path(sys.argv[1]), Path(sys.argv[2]))
