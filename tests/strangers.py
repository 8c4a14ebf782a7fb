"""Studies of other systems: their real files, vaults founded on them, and their data taken in."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from mda5_crf.exchange import odm2in
from mda5_crf.exchange.odmstudy import definition_from_odm
from mda5_crf.jobs.importing import bring_in
from mda5_crf.services.importkinds import Report, Source
from mda5_crf.services.session import Session
from mda5_crf.study import source
from mda5_crf.study.load import load_source
from mda5_crf.study.model import Study
from tests.vaults import FOUNDER, enter
from tests.wards import Clock, found

FILES = Path(__file__).parent / "data" / "odm"
NAMES = tuple(sorted(path.name for path in FILES.glob("*.xml")))


def events(path: Path) -> list[dict[str, Any]]:
    """What the reader tells of a file."""
    with path.open("rb") as stream:
        return [*odm2in.lines(stream, {})]


@cache
def study_of(path: Path) -> Study:
    """The definition that a file gives."""
    files = definition_from_odm(events(path)).files
    return load_source(source.pack(files))


@contextmanager
def stranger(path: Path, place: Path, study: Study | None = None) -> Iterator[Session]:
    """A vault in ``place`` founded on the study of a file, nothing in it; logged in as an investigator."""
    study = study or study_of(path)
    folder = place / "vault.mda5"
    if not folder.exists():
        shutil.copytree(found(study, "01"), folder)
    with Session(enter(folder, FOUNDER), study, Clock()) as session:
        yield session


def bring(session: Session, path: Path, *, keep: bool = True) -> Report:
    """Take a file in, read in this process."""
    told = events(path)
    head = told[0]["attrs"]
    made = Source(
        path.name, hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size,
        f"ODM {told[0]['version']}", head.get("SourceSystem", ""), "",
        head.get("FileType") == "Transactional",
    )  # fmt: skip
    return bring_in(session, made, iter(told), keep=keep)
