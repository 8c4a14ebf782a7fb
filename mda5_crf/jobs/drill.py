"""Practice of the emergency: the newest copy is restored into a scratch folder, opened, proved and removed.

The person opens it with the own password, as in an emergency; what lies in the scratch folder is encrypted
like the vault. Nothing is written into the copy, and the result becomes a record.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mda5_crf.db import read
from mda5_crf.db.backup import FOLDER, PART
from mda5_crf.db.records import Draft
from mda5_crf.db.restoring import bring, compared, open_copy
from mda5_crf.db.verify import verify
from mda5_crf.db.views import Counts
from mda5_crf.errors import CrfError, InputRefused, LoginRefused, StoreError
from mda5_crf.services import access, backups, peers
from mda5_crf.services.access import Action
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.db.vault import OpenVault
    from mda5_crf.services.session import Session

SCRATCH: Final = f"drill{PART}"
_STEPS: Final = 4

Progress = Callable[[int, int], None]


def _nobody(_done: int, _total: int) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Drill:
    """What came of it. ``troubles`` in words; ``behind`` records were written since the copy was made."""

    name: str
    where: str
    made: datetime | None
    records: int
    subjects: int
    behind: int
    seconds: float
    troubles: tuple[Text, ...]

    @property
    def passed(self) -> bool:
        """Whether the copy would do in an emergency."""
        return not self.troubles

    def lines(self) -> tuple[Text, ...]:
        """The report."""
        made = "?" if self.made is None else f"{self.made.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        head = "backup.drill_passed" if self.passed else "backup.drill_failed"
        said = [
            message(head, name=self.name),
            message(
                "backup.drill_counts", made=made, records=self.records, subjects=self.subjects,
                behind=self.behind, seconds=f"{self.seconds:.1f}",
            ),
        ]  # fmt: skip
        return (*said, *self.troubles)


def run(session: Session, password: str, copy: Path | None = None, progress: Progress = _nobody) -> Drill:
    """Do it and record it, whatever comes of it. ``copy`` is a folder; default: the newest good copy.

    Raises PermissionDenied, LoginRefused (the own password), InputRefused (no copy yet), StoreError (the
    result cannot be recorded) and what ``progress`` raises; the scratch folder is gone in any case.
    """
    session.require(Action.BACK_UP)
    session.vault.prove_password(password)
    where = backups.HERE
    if copy is None:
        found = [one for one in backups.copies(session) if one.good]
        if not found:
            raise InputRefused("backup.none_yet")
        copy, where = found[0].path, found[0].where
    begun = time.monotonic()
    scratch = session.vault.folder / FOLDER / SCRATCH
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        result = _try(session, password, copy, where, scratch, progress)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    result = _timed(result, time.monotonic() - begun)
    content = {
        "name": result.name,
        "where": where,
        "result": "passed" if result.passed else "failed",
        "made": "" if result.made is None else result.made.isoformat(),
        "records": result.records,
        "behind": result.behind,
        "troubles": [one.en for one in result.troubles][:20],
    }
    session.append([Draft("drill", "", content)])
    return result


def _timed(result: Drill, seconds: float) -> Drill:
    from dataclasses import replace

    return replace(result, seconds=seconds)


def _try(session: Session, password: str, copy: Path, where: str, scratch: Path, progress: Progress) -> Drill:
    try:
        scratch.mkdir(parents=True, mode=0o700)
        progress(0, _STEPS)
        manifest = bring(copy, scratch)
        progress(1, _STEPS)
        with open_copy(scratch, manifest, session.person.login, password, session.now) as vault:
            progress(2, _STEPS)
            troubles = _prove(session, vault)
            progress(3, _STEPS)
            counted, behind = read.counts(vault.store), _behind(session, vault)
        made = None if manifest is None else manifest.made
        return _drill(copy, where, made, counted, behind, troubles)
    except OSError:
        problem: CrfError = StoreError("backup.scratch_failed")
    except (StoreError, LoginRefused) as error:
        problem = error
    return Drill(copy.name, where, None, 0, 0, 0, 0.0, (problem.text,))


def _drill(
    copy: Path, where: str, made: datetime | None, counted: Counts, behind: int, troubles: tuple[Text, ...]
) -> Drill:
    return Drill(copy.name, where, made, counted.records, counted.subjects, behind, 0.0, troubles)


def _prove(session: Session, vault: OpenVault) -> tuple[Text, ...]:
    """Verify the restored copy, and that every chain in it is one of the present vault."""
    found = verify(vault.store, authorities=peers.authorities(vault), judge=access.judge)
    said = [trouble.text for trouble in found]
    lost, forked = compared(session.vault.journal.heads(), vault.journal.heads())
    if lost:
        said.append(message("backup.drill_newer"))
    said += [message("backup.forked", device=device) for device in forked]
    return tuple(said)


def _behind(session: Session, vault: OpenVault) -> int:
    """How many records the present vault has beyond the copy."""
    then = vault.journal.heads()
    now = session.vault.journal.heads()
    return sum(max(seq - then.get(device, (0, ""))[0], 0) for device, (seq, _) in now.items())
