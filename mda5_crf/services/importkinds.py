"""Data of another system on their way in: what a reader of its file hands over, and what became of it.

Nothing here knows a file format. A reader (``exchange.odmclinical``) says per participant which answers there
are and in which place of this study each belongs; what belongs nowhere stays in the *nodes*, the tree of the
source without the answers that were placed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from mda5_crf.text import Text

Act = Literal["set", "remove", "context"]
"""``set``: this is the answer (None: there is none); ``remove``: the source took it away; ``context``: resent
for reference, nothing is done."""
Node = list[Any]
"""``[depth, name, [attribute, value, …], text]``, or ``[depth, RUN, [OID, …]]``. A value None stands for an
answer that is in the journal; a fifth part says the same of the text."""
RUN: Final = "#values"
"""Name of a node that stands for several ItemData with an OID and a placed answer each and nothing else."""
AUDITED: Final = "#audited"
"""The same with one AuditRecord each, which says no more than the ``origin`` of the answer's record does."""
MOST_TOLD: Final = 2000
"""Answers not taken that are told one by one; beyond that they are counted."""


class Cell(NamedTuple):
    """One answer. ``number``: which ItemData of its participant's element it is; ``text`` None: none."""

    number: int
    item: str
    text: str | None
    unit: str
    audit: Mapping[str, str]
    act: Act


@dataclass(slots=True)
class Group:
    """Answers of one row of one form. Repeats are the source's own keys, "" where the place has none.

    ``removed`` names a level (``event``, ``form``, ``group``) that the source took away whole.
    """

    event: str
    event_repeat: str
    form: str
    form_repeat: str
    group: str
    group_repeat: str
    cells: list[Cell]
    removed: str = ""
    audit: Mapping[str, str] = field(default_factory=dict)


class Left(NamedTuple):
    """An answer that stands in no place here: whose, where in the source's own names, and why."""

    subject: str
    where: str
    why: Text


@dataclass(slots=True)
class Told:
    """One participant's element of the source. ``number`` is what the source calls the participant; ``order``
    counts the elements of the file; ``inside`` is what they stood in (attributes of it, and which one).
    """

    number: str
    order: int
    inside: tuple[int, Sequence[str]]
    groups: list[Group]
    nodes: list[Node]
    left: list[Left]
    removed: bool = False
    kept: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Part:
    """What of a file is about nobody: its head, people and sites of the source, reference data."""

    what: str
    order: int
    nodes: list[Node]
    inside: tuple[int, Sequence[str]] = (-1, ())


@dataclass(frozen=True, slots=True)
class Source:
    """A file: name, SHA-256 (hex), length, and what it says of itself."""

    file: str
    sha256: str
    size: int
    format: str
    system: str
    study: str
    transactional: bool


@dataclass(slots=True)
class Report:
    """What an import would bring, or has brought. Counts are of answers unless they say otherwise.

    ``copy`` is the folder in ``backups/`` that holds the vault as it was before.
    """

    file: str
    sha256: str
    system: str
    study: str = ""
    participants: int = 0
    participants_new: int = 0
    forms: int = 0
    rows_new: int = 0
    new: int = 0
    known: int = 0
    changed: int = 0
    nonconformant: int = 0
    left: int = 0
    left_told: list[Left] = field(default_factory=list)
    left_why: Counter[Text] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    frames: int = 0
    parts: int = 0
    taken_before: str = ""
    record: str = ""
    copy: str = ""
    notes: list[Text] = field(default_factory=list)
    subjects: set[str] = field(default_factory=set)

    @property
    def nothing(self) -> bool:
        """Whether there is nothing in it that is not here."""
        return not (
            self.new or self.changed or self.participants_new or self.rows_new or self.frames or self.parts
        )

    def leave(self, left: Left) -> None:
        """One answer is not taken as an answer."""
        self.left += 1
        self.left_why[left.why] += 1
        if len(self.left_told) < MOST_TOLD:
            self.left_told.append(left)

    def content(self, source: Source, records: int) -> dict[str, Any]:
        """What the record of the import says, ``records`` of participants' data having been written."""
        why = sorted(self.left_why.items(), key=lambda one: -one[1])
        return {
            "what": "taken", "sha256": source.sha256, "file": source.file, "bytes": source.size,
            "format": source.format, "system": source.system, "study": source.study,
            "transactional": source.transactional, "records": records,
            "counts": {
                "participants": self.participants, "participants_new": self.participants_new,
                "forms": self.forms, "rows": self.rows_new, "new": self.new, "known": self.known,
                "changed": self.changed, "nonconformant": self.nonconformant, "left": self.left,
                "frames": self.frames,
            },
            "kept": {name: count for name, count in sorted(self.kept.items()) if name.isascii()},
            "left": [[text.en, count] for text, count in why[:50]],
        }  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """For ``--json``: stable names."""
        return {
            "file": self.file, "sha256": self.sha256, "system": self.system, "study": self.study,
            "participants": self.participants, "participants_new": self.participants_new,
            "forms": self.forms, "rows_new": self.rows_new, "new": self.new, "known": self.known,
            "changed": self.changed, "nonconformant": self.nonconformant, "left": self.left,
            "left_out": [
                {"participant": one.subject, "place": one.where, "reason": one.why.en}
                for one in self.left_told
            ],
            "kept": dict(sorted(self.kept.items())), "frames": self.frames,
            "taken_before": self.taken_before, "record": self.record, "nothing_new": self.nothing,
            "copy": self.copy,
        }  # fmt: skip
