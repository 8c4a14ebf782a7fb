"""Verbatim terms and their codes: what is to be coded, what is coded and with what, what is known already.

Which items are coded says the definition. Codes stand in records of their own beside the verbatim value and
never change it. They hold as long as the item says what was coded: a corrected term is uncoded again.
Whose term it is, is not told: terms leave without participants.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mda5_crf.crypto import file_hash
from mda5_crf.db import read_coding
from mda5_crf.db.fold_coding import SYNONYM
from mda5_crf.db.read_coding import CodingRow
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.study.coding import LEVELS, Dictionary, coded_items
from mda5_crf.study.folding import narrow

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

__all__ = [
    "CODED", "OUTDATED", "STATES", "UNCODED", "CodingRow", "Occurrence", "Synonyms", "Term", "folded",
    "occurrences", "same_codes", "standing", "term_id", "terms", "variables", "waiting",
]  # fmt: skip

CODED, OUTDATED, UNCODED = "coded", "outdated", "uncoded"
STATES: Final = (UNCODED, OUTDATED, CODED)
_ID: Final = 12


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One answer that is to be coded. ``id`` names it in files, and says nothing of whose it is. ``coding``:
    the newest record about it, which counts when the state is ``coded``; ``divided``: two PCs answered
    differently, so there is no term yet.
    """

    id: str
    key: ItemKey
    dictionary: Dictionary
    verbatim: str
    state: str
    coding: CodingRow | None = None
    divided: bool = False

    @property
    def standing(self) -> CodingRow | None:
        """The codes that count, None while it is uncoded."""
        return self.coding if self.state == CODED else None


@dataclass(frozen=True, slots=True)
class Term:
    """All answers that say the same, whatever their capitals, width and blanks."""

    id: str
    dictionary: Dictionary
    verbatim: str
    occurrences: tuple[Occurrence, ...]

    @property
    def waiting(self) -> int:
        """How many of its occurrences have no codes that count."""
        return sum(one.state != CODED for one in self.occurrences)

    @property
    def state(self) -> str:
        """The least finished of its occurrences."""
        return next(state for state in STATES if any(one.state == state for one in self.occurrences))

    @property
    def places(self) -> str:
        """``AE 3, MH 1``: how often on which form."""
        counted = Counter(one.key.form for one in self.occurrences)
        return ", ".join(f"{form} {count}" for form, count in sorted(counted.items()))

    @property
    def coding(self) -> CodingRow | None:
        """The codes of its occurrences, where all that are coded agree; None for none or several."""
        found = {same_codes(one.coding): one.coding for one in self.occurrences if one.state == CODED}
        return next(iter(found.values())) if len(found) == 1 else None


def same_codes(row: CodingRow | None) -> str:
    """What makes two codings the same, whoever gave them and in which languages the names are told."""
    if row is None:
        return ""
    codes = " ".join(f"{level}={cell.get('code', '')}" for level, cell in sorted(row.codes.items()))
    return f"{row.dictionary} {row.version} {codes}"


def folded(verbatim: str) -> str:
    """How terms are compared: without regard to capitals, width and blanks."""
    return re.sub(r"\s+", " ", narrow(verbatim)).casefold()


def term_id(dictionary: str, verbatim: str) -> str:
    """The name of a term in files; the same in every vault."""
    return file_hash(f"{dictionary}\n{folded(verbatim)}".encode())[:_ID].upper()


def occurrences(session: Session, subject: str = "") -> Iterator[Occurrence]:
    """The answers to be coded, of one participant or of all, in the order of participants and the journal.

    Raises PermissionDenied.
    """
    session.require(Action.READ)
    wanted = {(item.form, item.name): item.coding for item in coded_items(session.study) if item.coding}
    if not wanted:
        return
    whom = [subject] if subject else [one.identity for one in session.subjects()]
    for identity in whom:
        yield from _of(session, identity, wanted)


def _of(session: Session, subject: str, wanted: Mapping[tuple[str, str], Dictionary]) -> Iterator[Occurrence]:
    data = session.cache(subject).data
    newest: dict[ItemKey, CodingRow] = {}
    for row in read_coding.codings(session.vault.store, subject):
        if row.key is not None:
            newest[row.key] = row
    for key, entry in data.entries.items():
        dictionary = wanted.get((key.form, key.item))
        if dictionary is None or not entry.text.strip():
            continue
        live = data.rows.get(key._replace(group_repeat="", item=""), ())
        if key.group_repeat and key.group_repeat not in live:
            continue
        known = newest.get(key)
        state = _state(known, entry.text, dictionary, divided=entry.conflict)
        name = _occurrence_id(session, key)
        yield Occurrence(name, key, dictionary, entry.text, state, known, entry.conflict)


def _state(row: CodingRow | None, verbatim: str, dictionary: Dictionary, *, divided: bool) -> str:
    if row is None:
        return UNCODED
    if divided or row.verbatim != verbatim or row.dictionary != dictionary:
        return OUTDATED
    return CODED


def _occurrence_id(session: Session, key: ItemKey) -> str:
    return file_hash(f"{session.vault.meta.study}\n{key.path()}".encode())[: _ID + 4].upper()


def terms(session: Session) -> tuple[Term, ...]:
    """All terms, uncoded ones first, then by dictionary and words. Raises PermissionDenied."""
    found: dict[tuple[Dictionary, str], list[Occurrence]] = {}
    for one in occurrences(session):
        found.setdefault((one.dictionary, folded(one.verbatim)), []).append(one)
    made = [
        Term(term_id(dictionary, words), dictionary, _usual(all_of), tuple(all_of))
        for (dictionary, words), all_of in found.items()
    ]
    return tuple(sorted(made, key=lambda one: (STATES.index(one.state), one.dictionary, one.verbatim)))


def _usual(found: list[Occurrence]) -> str:
    """The spelling that most of them have, the first of several."""
    return Counter(one.verbatim for one in found).most_common(1)[0][0]


def waiting(session: Session, subject: str) -> dict[ItemKey, int]:
    """Form → how many of its terms are not coded."""
    counted = Counter(one.key.form_key() for one in occurrences(session, subject) if one.state != CODED)
    return dict(counted)


def standing(session: Session, subject: str) -> dict[ItemKey, CodingRow]:
    """Item → the codes that count, of one participant."""
    found = ((one.key, one.standing) for one in occurrences(session, subject))
    return {key: row for key, row in found if row is not None}


def variables(row: CodingRow, domain: str) -> dict[str, str]:
    """Codes as SDTM variables: ``AEDECOD``, ``AEPTCD`` …; names in English where there are any."""
    cells: dict[str, str] = {}
    for level in LEVELS[Dictionary(row.dictionary)]:
        cell = row.codes.get(level.oid, {})
        cells[f"{domain}{level.name}"] = cell.get("en") or cell.get("zh", "")
        cells[f"{domain}{level.number}"] = cell.get("code", "")
    return {name: text for name, text in cells.items() if text}


# -- the list of synonyms ------------------------------------------------------------------------------


class Synonyms:
    """What terms were coded as before, here or in a list that was taken in; the newest word stands.

    It suggests: a person takes it over, or does not.
    """

    def __init__(self, session: Session) -> None:
        """Raises PermissionDenied."""
        session.require(Action.READ)
        self._rows: dict[tuple[str, str], CodingRow] = {}
        for row in read_coding.every_coding(session.vault.store):
            if row.coded or row.state == SYNONYM:
                self._rows[row.dictionary, folded(row.verbatim)] = row

    def of(self, dictionary: str, verbatim: str) -> CodingRow | None:
        """What is known of exactly this term; None for nothing."""
        return self._rows.get((dictionary, folded(verbatim)))

    def rows(self) -> tuple[CodingRow, ...]:
        """The whole list, by dictionary and words."""
        return tuple(row for _, row in sorted(self._rows.items()))
