"""The vaults and files of released versions (``tests/golden/releases``), each test on a copy of its own.

They were written by those versions themselves (``tools/golden_release.py``); ``made.json`` beside them holds
what that version said of them. Nothing there is ever written anew.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.session import Session
from tools.golden_release import PEOPLE

RELEASES: Final = Path(__file__).parent / "golden" / "releases"
VERSIONS: Final = tuple(sorted(path.name for path in RELEASES.iterdir()))


def having(name: str) -> tuple[str, ...]:
    """The versions that left a file or folder of that name."""
    return tuple(version for version in VERSIONS if (RELEASES / version / name).exists())


def quick(name: str) -> tuple[str, ...]:
    """The oldest and the newest of those; all of them at night."""
    versions = having(name)
    return versions if os.environ.get("MDA5_CRF_NIGHTLY") == "1" else tuple({versions[0]: 1, versions[-1]: 1})


def password(login: str) -> str:
    """The password of one of PEOPLE, the same in all of them."""
    return PEOPLE[login][2]


@cache
def _made(version: str) -> Any:  # noqa: ANN401 - a document
    return json.loads((RELEASES / version / "made.json").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Release:
    """One version's files, and a folder to copy them to."""

    version: str
    at: Path

    @property
    def made(self) -> dict[str, Any]:
        """``made.json``."""
        told: dict[str, Any] = _made(self.version)
        return told

    def file(self, name: str) -> Path:
        """A kept file, as it was written; only to be read."""
        return RELEASES / self.version / name

    def copy(self, name: str, to: str = "") -> Path:
        """A copy of a kept vault or file."""
        source, target = self.file(name), self.at / (to or name)
        return Path(shutil.copytree(source, target) if source.is_dir() else shutil.copy2(source, target))

    def open(self, name: str, login: str) -> Session:
        """Log in to a copy of a kept vault; the second time to the same copy."""
        folder = self.at / name
        return Session.open(folder if folder.exists() else self.copy(name), login, password(login))


def told(session: Session, forms: list[str]) -> dict[str, Any]:
    """What this program says of 01-001, in the shape of ``made.json``; rows by their order."""
    subject = next(one for one in session.subjects() if one.subjid == "01-001")
    return {name: _form(session, ItemKey(subject.identity, *_place(name))) for name in forms}


def _place(name: str) -> tuple[str, str, str]:
    event, _, form = name.partition(".")
    return event, "", form


def _form(session: Session, key: ItemKey) -> dict[str, Any]:
    state = session.state(key)
    return {
        "status": state.status,
        "items": [
            [
                one.item,
                value.text or None,
                value.unit,
                None if value.data is None else str(value.data),
                value.missing,
            ]
            for one, shown in state.items.items()
            if (value := shown.value).text or value.missing is not None
        ],
        "findings": sorted([one.check, one.confirmed] for one in state.findings),
        "queries": sorted(
            [one.id, one.state] for one in session.queries(key.subject) if one.key.form_key() == key
        ),
        "signatures": [[one.meaning, one.state] for one in session.signatures(key)],
    }


def expected(forms: dict[str, Any]) -> dict[str, Any]:
    """What ``made.json`` says, without line numbers of rows."""
    return {
        name: {**form, "items": [[item, *rest] for item, _, *rest in form["items"]]}
        for name, form in forms.items()
    }


def kinds(session: Session) -> dict[str, int]:
    """How many records there are of each kind."""
    return dict(Counter(record.kind for record in session.vault.journal.records()))
