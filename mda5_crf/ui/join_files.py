"""The small files of a joining as the window reads and writes them, and what an invitation says in words."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mda5_crf.errors import InputRefused
from mda5_crf.jobs.written import write
from mda5_crf.sync.joinfiles import MAX_INVITATION, REQUEST_SUFFIX
from mda5_crf.sync.joining import looked_at
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.study.model import Study
    from mda5_crf.sync.joinfiles import Invitation

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that can be used by this PC's clock, as its file says it."""

    data: bytes
    invitation: Invitation
    study: Study

    @property
    def words(self) -> Text:
        """What it says, for who has never seen one; nothing of it is proved before the telephone call."""
        one = self.invitation
        return message(
            "pcs.invited_says",
            study=one.study, title=self.study.name, version=one.version, site=one.site,
            centre=one.card.name, name=one.name, until=_day(one.expires),
            kind=message("pcs.invited_demo") if one.card.demo else both(""),
        )  # fmt: skip

    @property
    def file_name(self) -> str:
        """What the answer is called."""
        return f"MDA5_join_site_{self.invitation.site}{REQUEST_SUFFIX}"


def read_invited(file: Path) -> Invited:
    """Read an invitation from a file. Raises InputRefused: not there, none, ended, of a newer program."""
    data = read_small(file, MAX_INVITATION)
    invitation, study = looked_at(data, datetime.now(UTC))
    return Invited(data, invitation, study)


def read_small(file: Path, most: int) -> bytes:
    """A file from outside, at most one byte more than it may have. Raises InputRefused."""
    with contextlib.suppress(OSError, ValueError):  # ValueError: a name with a zero byte
        if file.is_file():
            with file.open("rb") as stream:
                return stream.read(most + 1)
    raise InputRefused("cli.file_unreadable", file=short(file))


def write_small(file: Path, data: bytes) -> None:
    """Write it whole or not at all. Raises InputRefused, StoreError."""
    if not file.name or file.is_dir() or not file.absolute().parent.is_dir():
        raise InputRefused("ui.no_such_folder")
    write(file, data)


def short(file: Path) -> str:
    """The name of a file as it can stand in a sentence."""
    words = "".join(c for c in file.name if c.isprintable())
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 3]}…"


def _day(moment: str) -> str:
    """A moment of a file as this PC's people read it."""
    return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")
