"""The address of a journal on a server: read strictly, shown without a secret, turned into what libpq takes.

A password has no place in an address: it would stand in the history of the shell and in the list of
processes. libpq finds it itself (``PGPASSFILE``, ``PGPASSWORD``, a certificate, the name of the account).
Outside this machine the server must prove by its certificate that it is the one that was named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from mda5_crf.errors import InputRefused

SCHEMES: Final = ("postgresql", "postgres")
SCHEMA: Final = "mda5"
"""The schema of the database that everything of the program lies in."""
PORT: Final = 5432
_SECRET: Final = frozenset({"password", "passwd", "sslpassword", "pass", "pwd"})
# Each says where something lies or how long to wait; none weakens what is forced below.
_ALLOWED: Final = frozenset(
    {"host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "passfile", "connect_timeout"}
)
_LOCAL_MODES: Final = frozenset({"disable", "allow", "prefer", "require", "verify-ca", "verify-full"})
_WAIT: Final = 10
"""Seconds for a connection, when the address does not say."""
# Milliseconds that a writer waits for its turn: a bundle taken in by a colleague may need some seconds.
LOCK_WAIT: Final = 20_000
_OPTIONS: Final = {
    "search_path": f"{SCHEMA},pg_temp",
    "lock_timeout": str(LOCK_WAIT),
    "client_min_messages": "warning",
    "timezone": "UTC",
    "standard_conforming_strings": "on",
    "jit": "off",  # compiling costs more than any statement here takes
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a journal lies. ``host`` "" or a folder = a socket here; ``user`` "" = the account's name."""

    host: str
    port: int
    user: str
    database: str
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def here(self) -> bool:
        """Whether the server is reached inside this machine: by a socket, or by its loopback address."""
        return not self.host or self.host.startswith(("/", "@")) or bool(self._loopback())

    def __str__(self) -> str:
        """What people see: never more than where it is and as whom."""
        who = f"{self.user}@" if self.user else ""
        host = f"[{self.host}]" if ":" in self.host else "" if self.host.startswith(("/", "@")) else self.host
        port = f":{self.port}" if host and self.port != PORT else ""
        return f"postgresql://{who}{host}{port}/{self.database}"

    def _loopback(self) -> str:
        """The numeric address of this machine that ``host`` means, or ""."""
        if self.host == "localhost":
            return "127.0.0.1"
        try:
            return self.host if ip_address(self.host).is_loopback else ""
        except ValueError:
            return ""

    def libpq(self) -> dict[str, str | int]:
        """The parameters of the connection. What an environment variable could weaken is said outright."""
        made: dict[str, str | int] = {
            "dbname": self.database, "port": self.port, "connect_timeout": _WAIT,
            "application_name": "mda5-crf", "client_encoding": "UTF8",
            # Kerberos encryption would take the place of the server's certificate.
            "gssencmode": "disable",
            "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3,
            "options": " ".join(f"-c {name}={value}" for name, value in _OPTIONS.items()),
        }  # fmt: skip
        made |= {name: value for name, value in self.more.items() if name != "sslmode"}
        if self.host:
            made["host"] = self.host
        if self.user:
            made["user"] = self.user
        loopback = self._loopback()
        if loopback:
            made["hostaddr"] = loopback  # PGHOSTADDR must not lead elsewhere, unencrypted
        if self.here:
            made["sslmode"] = self.more.get("sslmode", "prefer")
        else:
            made["sslmode"] = "verify-full"
            made["require_auth"] = "!password,!md5"
            made["tcp_user_timeout"] = 30_000
        return made


def is_address(text: str) -> bool:
    """Whether ``text`` is meant as an address of a server, right or wrong; a folder never is."""
    return text.partition("://")[0].lower() in SCHEMES and "://" in text


def read_address(text: str) -> Address:
    """The parts of ``postgresql://person@host:port/database?…``. Raises InputRefused in words."""
    try:
        parts = urlsplit(text)
        port = parts.port
        given = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise InputRefused("pgstore.address_form") from None
    if parts.password is not None or any(name.lower() in _SECRET for name, _ in given):
        raise InputRefused("pgstore.address_password")
    more: dict[str, str] = {}
    for name, value in given:
        if name not in _ALLOWED or name in more or not value:
            raise InputRefused("pgstore.address_parameter", name=name[:40])
        more[name] = value
    host = _host(parts.netloc, parts.hostname)
    if "host" in more:
        if host:
            raise InputRefused("pgstore.address_parameter", name="host")
        host = more.pop("host")
    if "port" in more:
        port = _number(more.pop("port"), "port") if port is None else -1
    if "connect_timeout" in more:
        _number(more["connect_timeout"], "connect_timeout")
    database = unquote(parts.path.removeprefix("/"))
    odd = any(not letter.isprintable() for letter in text) or "," in host or "=" in database
    if parts.scheme not in SCHEMES or parts.fragment or not database or "/" in database or odd:
        raise InputRefused("pgstore.address_form")
    found = Address(host, PORT if port is None else port, unquote(parts.username or ""), database, more)
    if not 0 < found.port < 65536:
        raise InputRefused("pgstore.address_parameter", name="port")
    mode = more.get("sslmode", "verify-full")
    if mode != "verify-full" and not (found.here and mode in _LOCAL_MODES):
        raise InputRefused("pgstore.address_tls", mode=mode[:40])
    return found


def _host(netloc: str, plain: str | None) -> str:
    """The host as it was written: the folder of a socket (``%2Frun%2F…``) keeps its capitals."""
    written = netloc.rpartition("@")[2]
    return (plain or "") if written.startswith("[") else unquote(written.partition(":")[0])


def _number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) < 65536 and len(text) <= 5):
        raise InputRefused("pgstore.address_parameter", name=name)
    return int(text)
