"""The installation on this PC checked against the requirements it supports: one run, one evidence.

Works on vaults that it makes and takes away again. A vault of the site is asked for nothing but the time of
its newest record and the key that signs the evidence.
"""

from __future__ import annotations

import platform
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mda5_crf import __version__
from mda5_crf.db.place import FolderPlace
from mda5_crf.errors import Cancelled, CrfError
from mda5_crf.jobs import checkpc, checkvault
from mda5_crf.jobs.checkmodel import Checked, Evidence, Found, Progress, Result
from mda5_crf.jobs.checkpc import Pc
from mda5_crf.settings import study_directory
from mda5_crf.study.load import load
from mda5_crf.study.model import Study
from mda5_crf.text import both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

REQUIREMENTS: Final[dict[str, tuple[str, ...]]] = {
    "version": ("FDA-4", "E6-12"),
    "files": ("FDA-4", "E6-12", "E6-13"),
    "fonts": ("P11-2", "CN-11"),
    "languages": ("E6-5", "CN-12"),
    "clock": ("FDA-12", "E6-6"),
    "disk": ("FDA-2", "E6-11"),
    "printer": ("P11-2", "E6-14"),
    "forms": ("FDA-4", "E6-12", "P11-7"),
    "record": ("P11-1", "P11-5", "EMA-1"),
    "pdf": ("P11-2", "CN-11"),
    "bundle": ("P11-11", "E6-9", "EMA-10", "CN-4"),
    "backup": ("P11-3", "FDA-2", "E6-11"),
    "encryption": ("P11-4", "FDA-8", "PIPL-4"),
}
"""Check → the statements of docs/requirements.toml that it supports on this PC."""
PC_FIRST: Final[dict[str, Callable[[Pc], Found]]] = {
    "version": checkpc.version,
    "files": checkpc.files,
    "fonts": checkpc.fonts,
    "languages": checkpc.languages,
    "disk": checkpc.disk,
    "printer": checkpc.printer,
}


def _nobody(_done: int, _total: int) -> None:
    """Nobody wants to know."""


def run(
    session: Session | None = None,
    progress: Progress = _nobody,
    *,
    pc: Pc | None = None,
    only: Sequence[str] = (),
    printers: Sequence[str] | None = None,
) -> Evidence:
    """Do all checks (``only``: some, by name). About 20 s; what ``progress`` raises ends the work at once.

    A check that cannot be done fails and says why; nothing of the scratch vaults is left, whatever happens.
    ``session``: the vault whose disk and newest record are looked at; ``printers``: their names, where the
    caller knows them better than the system's own list.
    """
    wanted = [name for name in REQUIREMENTS if not only or name in only]
    done: list[Checked] = []
    progress(0, len(wanted))
    folder = Path(tempfile.mkdtemp(prefix="mda5-crf-selfcheck-"))
    try:
        pc = pc or _pc(session, load(study_directory()), folder)
        if printers is not None:
            pc.printers = lambda: printers
        begun = pc.begun[0]
        with checkvault.scratch(folder, pc.study) as vaults:

            def do(name: str, work: Callable[[], Found]) -> None:
                if name in wanted:
                    done.append(_timed(name, work))
                    progress(len(done), len(wanted))

            for name, check in PC_FIRST.items():
                do(name, lambda check=check: check(pc))  # type: ignore[misc]
            for name, on_vault in checkvault.CHECKS.items():
                do(name, lambda check=on_vault: check(vaults))  # type: ignore[misc]
            # The clock last: by then it has had time to part from the counter.
            do("clock", lambda: checkpc.clock(pc))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    order = list(REQUIREMENTS)
    done.sort(key=lambda one: order.index(one.name))
    by = "" if session is None else f"{session.person.login}, {session.person.name}"
    return Evidence(
        __version__, platform.platform(), socket.gethostname()[:64], begun, f"{begun:%Z %z}", tuple(done), by
    )


def _pc(session: Session | None, study: Study, scratch: Path) -> Pc:
    """Of a vault in a folder that folder's disk, else the one of the scratch vaults."""
    if session is None:
        return Pc(study, scratch)
    place = session.vault.place
    return Pc(study, place.folder if isinstance(place, FolderPlace) else scratch, session.trusted_now())


def _timed(name: str, work: Callable[[], Found]) -> Checked:
    begun = time.perf_counter()
    try:
        found = work()
    except Cancelled:
        raise
    except CrfError as problem:
        found = Found(Result.FAILED, (message("selfcheck.could_not"), problem.text))
    except Exception as problem:  # noqa: BLE001 - a broken installation fails in any way; the rest is still done
        found = Found(Result.FAILED, (message("selfcheck.could_not"), both(type(problem).__name__)))
    return Checked(name, REQUIREMENTS[name], found, round(1000 * (time.perf_counter() - begun)))
