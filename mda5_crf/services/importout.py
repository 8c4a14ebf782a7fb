"""What was imported, read again for an export: the trees in the order of their files, the answers in them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.db import read, read_imports
from mda5_crf.db.storebase import AnyStore
from mda5_crf.db.tx import Tx
from mda5_crf.services.importing import ORIGIN, SHORT
from mda5_crf.services.importkinds import Node

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_MOST: Final = 32
"""Participants whose answers are kept while trees are read: files of transactions come back to them."""
_FEW: Final = 2


@dataclass(slots=True)
class Tree:
    """A tree without its answers. ``subject`` is "" for what is about nobody; then ``what`` says what it is.

    ``inside``: which ClinicalData of which import it stood in, and that one's attributes.
    """

    subject: str
    what: str
    source: str
    order: int
    inside: tuple[str, int]
    attributes: list[str]
    nodes: list[Node]
    kept: dict[int, str]
    refs: dict[int, str]
    audits: dict[int, Mapping[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Answer:
    """What stands at an item now, entered or changed by a person of this vault."""

    text: str
    unit: str
    missing: str
    record: str


@dataclass(slots=True)
class Answers:
    """One participant. ``said``: place in a file (``import n.number``) → (key, text) of the record there;
    ``last``: key → the last place in a file that said it;
    ``now``: what was not imported; ``repeats``: (above, name, foreign key) → identity.
    """

    foreign: str
    said: dict[str, tuple[str, str]] = field(default_factory=dict)
    audits: dict[str, Mapping[str, str]] = field(default_factory=dict)
    by_record: dict[str, tuple[str, str]] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)
    now: dict[str, Answer] = field(default_factory=dict)
    repeats: dict[tuple[str, str, str], str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    struck: frozenset[str] = frozenset()


class Kept:
    """See the module text. Nothing is kept but the last few participants."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._store: AnyStore = session.vault.store
        self._held: OrderedDict[str, Answers] = OrderedDict()
        with self._store.read() as tx:
            taken = [one.data for one in read_imports.imports(tx) if one.data.get("what") == "taken"]
        self.transactional = any(one.get("transactional") is True for one in taken)
        self._imported = sum(int(one.get("records", 0)) for one in taken)
        self._files = {str(one["sha256"])[:SHORT]: number for number, one in enumerate(taken)}

    def own(self, kinds: Iterable[str]) -> bool:
        """Whether anything was said of a participant here that no import said."""
        with self._store.read() as tx:
            return read_imports.written(tx, kinds) > self._imported

    def unframed(self) -> bool:
        """Whether a participant was enrolled here that no file had."""
        with self._store.read() as tx:
            return bool(
                {row.identity for row in read.subjects(self._store) if not row.voided}
                - read_imports.framed(tx)
            )

    def trees(self, *, about: bool) -> Iterator[Tree]:
        """What is about participants, with ``about`` False what is about nobody; whole, in file order."""
        with self._store.read() as tx:
            yield from _joined(tx, about=about)

    def place(self, tree: Tree) -> tuple[int, int]:
        """What puts trees in order: which file, and where in it."""
        return self._files.get(tree.source, 0), tree.order

    def answers(self, subject: str) -> Answers:
        """The answers of one participant."""
        found = self._held.get(subject)
        if found is None:
            found = self._held[subject] = self._read(subject)
            if len(self._held) > (_MOST if self.transactional else _FEW):
                self._held.popitem(last=False)
        else:
            self._held.move_to_end(subject)
        return found

    def _read(self, subject: str) -> Answers:
        store = self._store
        found = Answers("")
        struck: set[str] = set()
        counted: dict[tuple[str, str], int] = {}
        used: dict[tuple[str, str], set[str]] = {}
        later: list[tuple[str, str, str]] = []
        with store.read() as tx:
            for record, kind, key, data in read_imports.said(tx, subject):
                origin = data.get(ORIGIN)
                told: Mapping[str, Any] = origin if isinstance(origin, Mapping) else {}
                source = told.get("import")
                if kind == "value":
                    if source is None:
                        continue
                    said = (key, str(data.get("text", "")))
                    found.by_record[record] = said
                    if (at := told.get("at")) is not None:
                        place = f"{source} {at}"
                        found.said[place] = said
                        if len(told) > 2:
                            found.audits[place] = told
                        found.last[key] = place
                elif kind == "strike":
                    if source is None:
                        struck.add(key)  # what the source took away is in its own transactions
                else:
                    name = key.rpartition("/")[2] if kind == "row" else str(data.get(kind))
                    above = (key, name)
                    counted[above] = counted.get(above, 0) + 1
                    foreign = told.get("key")
                    if isinstance(foreign, str):
                        found.repeats[key, name, foreign] = record
                        found.names[record] = foreign
                        used.setdefault(above, set()).add(foreign)
                    else:
                        later.append((key, name, record))
        _number(found, later, counted, used)
        imported = found.by_record
        for path, text, unit, missing, record in read_imports.standing(store, subject):
            if record not in imported:
                found.now[path] = Answer(text, unit, missing, record)
        found.struck = frozenset(
            path for key in read.struck(store, subject) if (path := key.path()) in struck
        )
        return found


def _number(
    found: Answers,
    later: Iterable[tuple[str, str, str]],
    counted: Mapping[tuple[str, str], int],
    used: dict[tuple[str, str], set[str]],
) -> None:
    """Keys for the repeats that were made here: numbers that the source did not use."""
    for above, name, identity in later:
        taken = used.setdefault((above, name), set())
        number = counted[above, name]
        while str(number) in taken:
            number += 1
        taken.add(str(number))
        found.repeats[above, name, str(number)] = identity
        found.names[identity] = str(number)


def _joined(tx: Tx, *, about: bool) -> Iterator[Tree]:
    """Trees of their parts."""
    tree: Tree | None = None
    for record in read_imports.trees(tx):
        data = record.data
        subject = record.key
        if bool(subject) is not about and not (about and data.get("what") == "subject"):
            continue
        if not about and data.get("what") == "subject":
            continue
        source, order = str(data["import"]), int(data["n"])
        if tree is None or (tree.source, tree.order, tree.subject) != (source, order, subject):
            if tree is not None:
                yield tree
            inside: list[Any] = data.get("in", [-1, []])
            tree = Tree(
                subject, str(data.get("what", "")), source, order, (source, inside[0]), inside[1], [], {}, {}
            )
        tree.nodes += data["nodes"]
        for which, told in ((tree.kept, "kept"), (tree.refs, "refs")):
            for number, text, *audit in data.get(told, ()):
                which[number] = text
                if audit:
                    tree.audits[number] = audit[0]
    if tree is not None:
        yield tree
