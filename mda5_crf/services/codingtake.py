"""Codes that came back from a coder: what would become of each line, and taking what a person accepts.

A plan writes nothing. Every line of the file is in it once, with what it would do or why it does nothing.
Codes are never made up and never repaired: a line that does not read is left out with the reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.db import read_coding
from mda5_crf.db.fold_coding import CODED, SYNONYM
from mda5_crf.db.read_coding import CodingRow
from mda5_crf.db.records import AuditRecord, Draft
from mda5_crf.errors import InputRefused
from mda5_crf.services import codingsheet
from mda5_crf.services.access import Action
from mda5_crf.services.codings import Occurrence, Synonyms, Term, folded, same_codes, term_id, terms
from mda5_crf.services.codingsheet import CODED_ON, CODER, DICTIONARY, ID, OCCURRENCE, PARTS, TERM, VERSION
from mda5_crf.study.coding import LEVELS, NAMES, Dictionary
from mda5_crf.study.moments import read_date
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

NEW, CHANGED, SAME, EMPTY, REFUSED = "new", "changed", "same", "empty", "refused"
OUTCOMES: Final = (NEW, CHANGED, SAME, EMPTY, REFUSED)
TAKEN: Final = (NEW, CHANGED)
_LONGEST: Final = 250
_MOST_LINES: Final = 100_000


@dataclass(frozen=True, slots=True)
class FileFacts:
    """The file that lines came from, for the records."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Given:
    """The codes that a line gives. ``codes``: level → ``code``, ``en``, ``zh``."""

    dictionary: Dictionary
    verbatim: str
    version: str
    codes: Mapping[str, Mapping[str, str]]
    coder: str
    day: str

    def content(self, verbatim: str) -> dict[str, Any]:
        """As a record holds it."""
        return {
            "state": CODED, "verbatim": verbatim, "dictionary": self.dictionary.value,
            "version": self.version, "codes": {level.lower(): dict(one) for level, one in self.codes.items()},
            "coder": self.coder, "coded": self.day,
        }  # fmt: skip

    @property
    def same(self) -> str:
        """As :func:`codings.same_codes`."""
        codes = " ".join(f"{level}={cell.get('code', '')}" for level, cell in sorted(self.codes.items()))
        return f"{self.dictionary.value} {self.version} {codes}"

    @property
    def words(self) -> str:
        """The level that every coding has, code and name: ``10037660 Pyrexia / 发热``."""
        level = next(one.oid for one in LEVELS[self.dictionary] if one.needed)
        cell = self.codes[level]
        return f"{cell['code']} {' / '.join(filter(None, (cell.get('en'), cell.get('zh'))))}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of one line. ``about``: the occurrences it codes (NEW) or codes otherwise (CHANGED);
    ``before``: what some of them are coded as now; ``why``: a refusal, in words.
    """

    number: int
    fate: str
    verbatim: str
    given: Given | None = None
    about: tuple[Occurrence, ...] = ()
    before: str = ""
    why: Text | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """See the module text."""

    file: FileFacts
    outcomes: tuple[Outcome, ...]

    def count(self, fate: str) -> int:
        """How many lines have this fate."""
        return sum(one.fate == fate for one in self.outcomes)

    @property
    def needs_reason(self) -> bool:
        """Whether something that is coded would be coded otherwise."""
        return self.count(CHANGED) > 0


def plan(session: Session, file: FileFacts, rows: Iterable[tuple[int, Sequence[str]]]) -> Plan:
    """What the rows of a sheet would do. Raises PermissionDenied, InputRefused (no headings, too many)."""
    session.require(Action.CODE)
    heads, lines = codingsheet.read(rows)
    if not heads:
        raise InputRefused("coding.no_headings", file=file.name)
    reader = _Reader(session)
    found: list[Outcome] = []
    for line in lines:
        if len(found) >= _MOST_LINES:
            raise InputRefused("coding.too_many", file=file.name, most=_MOST_LINES)
        found.append(reader.outcome(line))
    return Plan(file, tuple(found))


def suggestions(session: Session) -> Plan:
    """What the list of synonyms would code: terms without codes that it knows exactly. Nobody asked it to."""
    session.require(Action.CODE)
    known, found = Synonyms(session), []
    for number, term in enumerate((one for one in terms(session) if one.waiting), 1):
        row = known.of(term.dictionary, term.verbatim)
        if row is None or not row.codes:
            continue
        given = Given(
            term.dictionary, term.verbatim, row.version, row.codes, session.person.name,
            session.today.isoformat(),
        )  # fmt: skip
        waiting = tuple(one for one in term.occurrences if one.standing is None and not one.divided)
        if waiting:
            found.append(Outcome(number, NEW, term.verbatim, given, waiting))
    return Plan(FileFacts("", ""), tuple(found))


def accept(
    session: Session, plan: Plan, numbers: Collection[int] | None = None, reason: str = ""
) -> tuple[AuditRecord, ...]:
    """Write what the lines ``numbers`` (None: all that can be taken) give, in one transaction.

    What is coded already is coded otherwise only with a reason. What was corrected or coded since the plan
    was made is left alone. Raises PermissionDenied, InputRefused, StoreError; then nothing is written.
    """
    session.require(Action.CODE)
    chosen = [
        one for one in plan.outcomes if one.fate in TAKEN and (numbers is None or one.number in numbers)
    ]
    if any(one.fate == CHANGED for one in chosen) and not reason.strip():
        raise InputRefused("coding.reason_needed", count=sum(one.fate == CHANGED for one in chosen))
    now = {one.key: one for term in terms(session) for one in term.occurrences}
    drafts = []
    for outcome in chosen:
        assert outcome.given is not None
        for one in outcome.about:
            present = now.get(one.key)
            if present is None or (present.verbatim, present.coding) != (one.verbatim, one.coding):
                continue
            content = outcome.given.content(one.verbatim) | _file(plan.file, outcome.number)
            if outcome.fate == CHANGED:
                content["reason"] = reason.strip()
            drafts.append(Draft("coding", one.key.path(), content))
    return session.append(drafts) if drafts else ()


def _file(file: FileFacts, number: int) -> dict[str, Any]:
    if not file.sha256:
        return {"origin": "synonym"}
    return {"file": {"name": file.name, "sha256": file.sha256, "row": number}}


# -- the list of synonyms ------------------------------------------------------------------------------


def plan_synonyms(session: Session, file: FileFacts, rows: Iterable[tuple[int, Sequence[str]]]) -> Plan:
    """What a list of synonyms would add. Raises as :func:`plan`."""
    session.require(Action.CODE)
    heads, lines = codingsheet.read(rows)
    if TERM not in heads:
        raise InputRefused("coding.no_headings", file=file.name)
    known, reader = Synonyms(session), _Reader(session)
    found: list[Outcome] = []
    for line in lines:
        if len(found) >= _MOST_LINES:
            raise InputRefused("coding.too_many", file=file.name, most=_MOST_LINES)
        given = reader.synonym(line)
        if isinstance(given, Text):
            found.append(Outcome(line.number, REFUSED, line.get(TERM), why=given))
            continue
        present = known.of(given.dictionary, given.verbatim)
        fate = NEW if present is None else SAME if same_codes(present) == given.same else CHANGED
        found.append(Outcome(line.number, fate, given.verbatim, given, before=coding_words(present)))
    return Plan(file, tuple(found))


def accept_synonyms(session: Session, plan: Plan, reason: str = "") -> tuple[AuditRecord, ...]:
    """Write the rows of a list that are new or different. Raises as :func:`accept`."""
    session.require(Action.CODE)
    if plan.needs_reason and not reason.strip():
        raise InputRefused("coding.reason_needed", count=plan.count(CHANGED))
    drafts = []
    for one in plan.outcomes:
        if one.fate in TAKEN and one.given is not None:
            content = one.given.content(one.verbatim) | _file(plan.file, one.number) | {"state": SYNONYM}
            drafts.append(
                Draft("coding", "", content | ({"reason": reason.strip()} if one.fate == CHANGED else {}))
            )
    return session.append(drafts) if drafts else ()


def coding_words(row: CodingRow | None) -> str:
    """A coding in a few words: code, name, dictionary and version; "" for none."""
    if row is None or row.dictionary not in Dictionary.__members__:
        return ""
    dictionary = Dictionary(row.dictionary)
    level = next(one.oid for one in LEVELS[dictionary] if one.needed)
    cell = row.codes.get(level, {})
    names = " / ".join(filter(None, (cell.get("en"), cell.get("zh"))))
    return f"{cell.get('code', '')} {names} ({NAMES[dictionary]} {row.version})"


# -- reading a line ------------------------------------------------------------------------------------


class _Unread(Exception):
    """A line that does not read; ``text`` says why."""

    def __init__(self, text: Text) -> None:
        super().__init__()
        self.text = text


class _Reader:
    """Reads lines of one file, one after the other: each is compared with those before it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._terms: dict[str, Term] = {}
        self._occurrences: dict[str, tuple[Term, Occurrence]] = {}
        for term in terms(session):
            self._terms[term.id] = term
            self._occurrences |= {one.id: (term, one) for one in term.occurrences}
        self._given: dict[str, tuple[int, str]] = {}
        self._names: dict[tuple[str, str, str, str, str], str] = {}
        for row in read_coding.every_coding(session.vault.store):
            if row.coded:
                for one in _named(row.dictionary, row.version, row.codes):
                    self._names[one[:5]] = one[5]

    def outcome(self, line: codingsheet.Line) -> Outcome:
        """What becomes of one line."""
        try:
            term, about = self._place(line)
            given = self._codes(line, term.dictionary, term.verbatim)
        except _Unread as unread:
            return Outcome(line.number, REFUSED, line.get(TERM), why=unread.text)
        if given is None:
            return Outcome(line.number, EMPTY, term.verbatim)
        name = line.get(OCCURRENCE).upper() or term.id
        first = self._given.setdefault(name, (line.number, given.same))
        if first[0] != line.number:
            if first[1] == given.same:
                return Outcome(line.number, SAME, term.verbatim, given)
            return Outcome(
                line.number, REFUSED, term.verbatim, given, why=message("coding.twice", line=first[0])
            )
        return self._fate(line.number, term, given, about)

    def synonym(self, line: codingsheet.Line) -> Given | Text:
        """A row of a list of synonyms, or why it is none."""
        try:
            dictionary = self._dictionary(line)
            if not line.get(TERM).strip():
                raise _Unread(message("coding.no_term"))
            given = self._codes(line, dictionary, line.get(TERM))
        except _Unread as unread:
            return unread.text
        return message("coding.no_codes") if given is None else given

    def _fate(self, number: int, term: Term, given: Given, about: tuple[Occurrence, ...]) -> Outcome:
        whole = tuple(one for one in about if not one.divided)
        open_ = tuple(one for one in whole if self._session.lock_book.refusal(one.key, says=True) is None)
        other = tuple(one for one in open_ if one.standing and same_codes(one.coding) != given.same)
        waiting = tuple(one for one in open_ if one.standing is None)
        if other:
            before = coding_words(other[0].coding)
            return Outcome(number, CHANGED, term.verbatim, given, (*waiting, *other), before)
        if waiting:
            return Outcome(number, NEW, term.verbatim, given, waiting)
        if not open_:
            why = message("coding.locked" if whole else "coding.divided")
            return Outcome(number, REFUSED, term.verbatim, given, why=why)
        return Outcome(number, SAME, term.verbatim, given, open_)

    def _place(self, line: codingsheet.Line) -> tuple[Term, tuple[Occurrence, ...]]:
        """The term, or the one occurrence of it, that a line is about."""
        name, words = line.get(OCCURRENCE).upper(), line.get(TERM)
        if name:
            found = self._occurrences.get(name)
            if found is None or (words and folded(found[1].verbatim) != folded(words)):
                raise _Unread(message("coding.occurrence_unknown"))
            return replace(found[0], verbatim=found[1].verbatim), (found[1],)
        if line.get(ID):
            term = self._terms.get(line.get(ID).upper())
            if term is None:
                raise _Unread(message("coding.term_gone"))
            if words and folded(words) != folded(term.verbatim):
                raise _Unread(message("coding.term_moved"))
            return term, term.occurrences
        if not words.strip():
            raise _Unread(message("coding.no_term"))
        term = self._terms.get(term_id(self._dictionary(line).value, words))
        if term is None:
            raise _Unread(message("coding.term_gone"))
        return term, term.occurrences

    def _dictionary(self, line: codingsheet.Line) -> Dictionary:
        word = line.get(DICTIONARY).replace(" ", "").upper()
        if not word:
            used = [
                one
                for one in Dictionary
                if any(line.get(f"{level.oid}_{part}") for level in LEVELS[one] for part in PARTS)
            ]
            if len(used) == 1:
                return used[0]
        if word not in Dictionary.__members__:
            raise _Unread(message("coding.dictionary_unknown", known=", ".join(Dictionary)))
        return Dictionary(word)

    def _codes(self, line: codingsheet.Line, dictionary: Dictionary, verbatim: str) -> Given | None:
        """The codes of a line, None when it has none at all."""
        codes: dict[str, dict[str, str]] = {}
        for level in LEVELS[dictionary]:
            cell = {
                part.lower(): line.get(f"{level.oid}_{part}").strip()
                for part in PARTS
                if line.get(f"{level.oid}_{part}").strip()
            }
            if cell:
                codes[level.oid] = cell
        if not codes:
            return None
        self._whole(dictionary, codes)
        version = line.get(VERSION).strip()
        if not version:
            raise _Unread(message("coding.no_version", dictionary=NAMES[dictionary]))
        coder, day = line.get(CODER).strip() or self._session.person.name, self._day(line)
        given = Given(dictionary, verbatim, version, codes, coder, day)
        if max(map(len, (version, coder, *(text for cell in codes.values() for text in cell.values())))) > (
            _LONGEST
        ):
            raise _Unread(message("coding.too_long", most=_LONGEST))
        self._agree(given)
        return given

    @staticmethod
    def _whole(dictionary: Dictionary, codes: Mapping[str, Mapping[str, str]]) -> None:
        for level in LEVELS[dictionary]:
            cell = codes.get(level.oid)
            if cell is None:
                if level.needed:
                    raise _Unread(message("coding.level_missing", level=level.oid))
                continue
            code = cell.get("code", "")
            if level.code.fullmatch(code) is None:
                raise _Unread(message("coding.bad_code", level=level.oid, dictionary=NAMES[dictionary]))
            if level.needed and not (cell.get("en") or cell.get("zh")):
                raise _Unread(message("coding.no_name", level=level.oid))

    def _day(self, line: codingsheet.Line) -> str:
        typed = line.get(CODED_ON).strip()
        if not typed:
            return self._session.today.isoformat()
        found = read_date(typed.partition(" ")[0].partition("T")[0])
        if not isinstance(found, date) or found > self._session.today:
            raise _Unread(message("coding.bad_date"))
        return found.isoformat()

    def _agree(self, given: Given) -> None:
        """One code has one name in one version: a line that slipped by one row shows itself here."""
        named = list(_named(given.dictionary.value, given.version, given.codes))
        for one in named:
            known = self._names.get(one[:5])
            if known is not None and folded(known) != folded(one[5]):
                raise _Unread(message("coding.contradicts", level=one[2], code=one[3]))
        for one in named:
            self._names.setdefault(one[:5], one[5])


def _named(
    dictionary: str, version: str, codes: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Dictionary, version, level, code, language → name."""
    for level, cell in codes.items():
        for language in ("en", "zh"):
            if cell.get(language):
                yield dictionary, version, level, cell.get("code", ""), language, cell[language]
