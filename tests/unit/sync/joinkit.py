"""A centre with an invitation out, and a ward's PC that has answered it: built once, copied for each test."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest

from mda5_crf.crypto import SigningKey, canon, file_hash, parse_canon
from mda5_crf.errors import CrfError, InputRefused
from mda5_crf.services.session import Session
from mda5_crf.sync import inviting, joinfiles, joining
from mda5_crf.sync.devices import Second
from mda5_crf.sync.phrase import Half, Phrase, phrase_of
from mda5_crf.sync.registry import Peer
from tests.once import built_once, one_salt_each
from tests.unit.sync.synckit import World, everything_of, found, study
from tests.vaults import PEOPLE, enter, password
from tests.wards import Clock

CENTRE, WARD = "centre.mda5", "ward.mda5"
INVITATION, REQUEST = "ward.mda5invite", "ward.mda5join"
AT_CENTRE, AT_WARD = "d02", "i01"
SECOND: Final[Second] = ("a03", password("a03"))
SITE, NAME = "03", "Ward 3 east"
_START: Final = struct.Struct(">8sHI")


def built() -> Path:
    """Both vaults and both files; tests must not change them."""
    return built_once("joining", _build)


def _build(base: Path) -> None:
    base.mkdir()
    with one_salt_each():
        centre = found(base / CENTRE, "Coordinating Centre", "00", AT_CENTRE)
        name, role, secret = PEOPLE["a03"]
        centre.add_person("a03", name, role, secret, own_password=password(AT_CENTRE))
        _, data = inviting.invite(centre, SITE, NAME, own_password=password(AT_CENTRE))
        (base / INVITATION).write_bytes(data)
        centre.vault.close()
        ward = joined(base / WARD, data)
    known = joining.state(ward)
    assert known is not None
    (base / REQUEST).write_bytes(known.request)
    ward.vault.close()


def joined(folder: Path, data: bytes, **more: Any) -> Session:  # noqa: ANN401 - arguments of join
    """A new ward's vault by an invitation, open."""
    name, role, secret = PEOPLE[AT_WARD]
    said = {"login": AT_WARD, "person": name, "role": role, "password": secret} | more
    with one_salt_each():
        return joining.join(folder, data, **said)


@dataclass
class Joining:
    """One test's copies, opened when first asked for."""

    base: Path
    open: dict[str, Session] = field(default_factory=dict)
    clock: Clock | None = None

    def _session(self, name: str, login: str) -> Session:
        if name not in self.open:
            if not (self.base / name).exists():
                shutil.copytree(built() / name, self.base / name)
            self.open[name] = Session(enter(self.base / name, login), study(), self.clock)
        return self.open[name]

    @property
    def centre(self) -> Session:
        return self._session(CENTRE, AT_CENTRE)

    @property
    def ward(self) -> Session:
        return self._session(WARD, AT_WARD)

    @property
    def invitation(self) -> bytes:
        return (built() / INVITATION).read_bytes()

    @property
    def request(self) -> bytes:
        return (built() / REQUEST).read_bytes()

    @property
    def phrase(self) -> Phrase:
        return phrase_of(file_hash(self.invitation), file_hash(self.request))

    def approve(self, said: str = "", request: bytes = b"", **more: Any) -> inviting.Approved:  # noqa: ANN401
        """At the centre; without words the right ones."""
        given = {"own_password": password(AT_CENTRE), "second": SECOND} | more
        return inviting.approve(
            self.centre, request or self.request, said or self.phrase.first.words, **given
        )

    def confirm(self, said: str = "") -> Peer:
        """At the ward; without words the right ones."""
        said = said or self.phrase.last.words
        return joining.confirm(self.ward, said, own_password=password(AT_WARD))

    def as_world(self) -> World:
        """The two as a world of bundles: PCs are named by their folders."""
        stick = self.base / "stick"
        stick.mkdir(exist_ok=True)
        return World(self.base, stick, self.open)

    def close(self, *names: str) -> None:
        for name in names or list(self.open):
            self.open.pop(name).vault.close()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Joining]:
    """Fresh copies for one test."""
    made = Joining(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def old_pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Joining]:
    """Copies shared by the tests of a module that leave them as they are."""
    made = Joining(tmp_path_factory.mktemp("joining"))
    yield made
    made.close()


def wrong(half: Half) -> str:
    """Four words of the list, one of which is not the right one."""
    return Half((*half.numbers[:3], (half.numbers[3] + 1) % 1024)).words


def refused(
    session: Session,
    act: Callable[[], object],
    code: str,
    kind: type[CrfError] = InputRefused,
    written: int = 0,
) -> CrfError:
    """``act`` is refused with ``code`` in both languages; only ``written`` records came of it."""
    before = everything_of(session)
    with pytest.raises(kind) as caught:
        act()
    assert caught.value.code == code
    assert caught.value.in_("en") != caught.value.in_("zh")
    after = everything_of(session)
    if not written:
        assert after == before
    else:
        heads = [dict(one[0])[session.device][0] for one in (before, after)]  # type: ignore[call-overload]
        assert heads[1] - heads[0] == written
    return caught.value


# -- files as somebody with keys of his own would write them ---------------------------------------------


def parts(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Header and body of either file."""
    _, _, length = _START.unpack_from(data)
    end = _START.size + length
    return parse_canon(data[_START.size : end]), data[end + joinfiles.SIGNATURE :]


def written(
    kind: joinfiles.Kind,
    header: dict[str, Any],
    body: bytes,
    key: SigningKey,
    *,
    version: int = 1,
    whole: bool = True,
) -> bytes:
    """A file with a right signature of ``key``; ``whole`` puts the true length and hash into the header."""
    if whole:
        header = {**header, "body_len": len(body), "body_sha256": file_hash(body)}
    raw = canon(header)
    start = _START.pack(kind.magic, version, len(raw)) + raw
    return start + key.sign(kind.context, start) + body


def later(days: float) -> datetime:
    """The time that many days from now."""
    from datetime import UTC, timedelta

    return datetime.now(UTC) + timedelta(days=days)
