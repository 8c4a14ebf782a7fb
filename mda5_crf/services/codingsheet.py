"""The sheet that goes to a coder and comes back: its columns, its lines, and what a line that came back says.

Columns are fixed English words with a label in both languages below them. Terms and codes alone: no column
tells whose a term is, at which site or on which day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mda5_crf.db.read_coding import CodingRow
from mda5_crf.services.auditcsv import ESCAPED
from mda5_crf.services.codings import Synonyms, Term
from mda5_crf.study.coding import LEVELS, Dictionary
from mda5_crf.study.folding import loose, narrow
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

ID, OCCURRENCE, DICTIONARY, TERM, COUNT, PLACES = "ID", "OCCURRENCE", "DICTIONARY", "TERM", "COUNT", "FORMS"
STATE, VERSION, CODER, CODED_ON = "STATE", "VERSION", "CODER", "CODED_ON"
SUGGESTED: Final = "SUGGESTED"
"""Where the codes of a line come from the list of synonyms: its version. Not read when it comes back."""
_BEFORE: Final = (ID, OCCURRENCE, DICTIONARY, TERM, COUNT, PLACES, STATE)
_AFTER: Final = (VERSION, CODER, CODED_ON, SUGGESTED)
PARTS: Final = ("CODE", "EN", "ZH")
_OTHER_WORDS: Final[Mapping[str, str]] = {
    "TERMID": ID, "VERBATIM": TERM, "原文": TERM, "术语": TERM, "词典": DICTIONARY,
    "DICTIONARYVERSION": VERSION,
    "DICTVERSION": VERSION, "版本": VERSION, "词典版本": VERSION, "编码人": CODER, "编码员": CODER,
    "CODEDBY": CODER, "DATE": CODED_ON, "CODINGDATE": CODED_ON, "编码日期": CODED_ON,
    "LLTNAME": "LLT_EN", "PTNAME": "PT_EN", "HLTNAME": "HLT_EN", "HLGTNAME": "HLGT_EN", "SOCNAME": "SOC_EN",
    "LLT": "LLT_EN", "PT": "PT_EN", "HLT": "HLT_EN", "HLGT": "HLGT_EN", "SOC": "SOC_EN",
    "DRUGNAME": "DRUG_EN", "DRUG": "DRUG_EN", "PREFERREDNAME": "DRUG_EN", "ATCNAME": "ATC_EN",
    "ATC": "ATC_CODE", "ATCTEXT": "ATC_EN",
}  # fmt: skip
"""How other programs call the same columns, without blanks and signs."""


def columns(dictionaries: Iterable[Dictionary]) -> tuple[str, ...]:
    """The columns of a sheet for terms of these dictionaries."""
    wanted = frozenset(dictionaries)
    return (*_BEFORE, *(f"{level}_{part}" for level in _levels(wanted) for part in PARTS), *_AFTER)


def _levels(wanted: frozenset[Dictionary]) -> list[str]:
    return [level.oid for one in Dictionary if one in wanted for level in LEVELS[one]]


def label(column: str) -> Text:
    """What a column is, for people."""
    level, _, part = column.rpartition("_")
    if part in PARTS and level:
        return message(f"coding.col_{part.lower()}", level=level)
    return message(f"coding.col_{column.lower()}")


def lines(
    session: Session, *, each: bool = False, everything: bool = False, suggest: bool = True
) -> tuple[tuple[str, ...], list[dict[str, str]]]:
    """Columns and lines of the sheet: a line for each term, or with ``each`` for each occurrence.

    Coded terms are left out unless ``everything``. ``suggest``: codes that the list of synonyms has for
    exactly that term are filled in and said to be suggestions. Raises PermissionDenied.
    """
    from mda5_crf.services.codings import CODED, terms

    known = Synonyms(session) if suggest else None
    found = [one for one in terms(session) if everything or one.waiting]
    made: list[dict[str, str]] = []
    for term in found:
        if not each:
            made.append(_line(term, known))
            continue
        for one in term.occurrences:
            if everything or one.state != CODED:
                alone = Term(term.id, term.dictionary, one.verbatim, (one,))
                made.append(_line(alone, known) | {OCCURRENCE: one.id})
    return columns(one.dictionary for one in found), made


def _line(term: Term, known: Synonyms | None) -> dict[str, str]:
    line = {
        ID: term.id, DICTIONARY: term.dictionary.value, TERM: term.verbatim,
        COUNT: str(len(term.occurrences)), PLACES: term.places, STATE: term.state,
    }  # fmt: skip
    row = term.coding
    if row is None and known is not None and (row := known.of(term.dictionary, term.verbatim)) is not None:
        return line | codes_of(row) | {SUGGESTED: row.version}
    if row is not None:
        line |= codes_of(row) | {VERSION: row.version, CODER: row.coder, CODED_ON: row.day}
    return line


def codes_of(row: CodingRow) -> dict[str, str]:
    """The cells of a coding."""
    return {
        f"{level}_{part}": cell.get(part.lower(), "") for level, cell in row.codes.items() for part in PARTS
    }


def synonym_lines(known: Synonyms) -> tuple[tuple[str, ...], list[dict[str, str]]]:
    """The list of synonyms as such a sheet."""
    rows = known.rows()
    wanted = [Dictionary(row.dictionary) for row in rows if row.dictionary in Dictionary.__members__]
    kept = (DICTIONARY, TERM)
    heads = tuple(one for one in columns(wanted) if one not in (*_BEFORE, SUGGESTED) or one in kept)
    return heads, [
        {DICTIONARY: row.dictionary, TERM: row.verbatim, VERSION: row.version, CODER: row.coder,
         CODED_ON: row.day} | codes_of(row)
        for row in rows
    ]  # fmt: skip


# -- what came back ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One line that came back: its number in the file (from 1, with the headings) and its cells by column."""

    number: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        """A cell, "" where there is none."""
        return self.cells.get(column, "")


def read(rows: Iterable[tuple[int, Sequence[str]]]) -> tuple[tuple[str, ...], Iterator[Line]]:
    """The columns that are recognised, and the lines below the headings.

    The headings are the first row that names at least a term or its id, and one thing more. No columns: there
    is no such row.
    """
    source = iter(rows)
    for number, cells in source:
        if number > _HEADINGS_WITHIN:
            break
        heads = _heads(cells)
        found = tuple(filter(None, heads))
        if len(found) > 1 and (TERM in found or ID in found):
            return found, _below(source, heads)
    return (), iter(())


_HEADINGS_WITHIN: Final = 20


def _heads(cells: Sequence[str]) -> list[str]:
    known = set(columns(Dictionary)) | {ESCAPED.upper()}
    heads: list[str] = []
    for cell in cells:
        plain = loose(narrow(cell)).upper()
        bare = plain.replace("_", "").replace("-", "")
        name = plain if plain in known else _OTHER_WORDS.get(bare, "")
        name = name or next((one for one in known if one.replace("_", "") == bare), "")
        heads.append("" if name in heads else name)
    return heads


def _below(source: Iterator[tuple[int, Sequence[str]]], heads: Sequence[str]) -> Iterator[Line]:
    escaped = ESCAPED.upper()
    labels = {text for name in heads if name and name != escaped for text in _both(label(name))}
    for number, cells in source:
        found = {name: cell for name, cell in zip(heads, cells, strict=False) if name and cell.strip()}
        if escaped in heads:  # a file of ours says which apostrophes are ours
            ours = found.get(escaped, "").split()
            told = {
                name: (cell[cell[:1] == "'" :] if name in ours else cell).strip()
                for name, cell in found.items()
            }
        else:
            told = {name: plain(cell) for name, cell in found.items()}
        if told and not all(cell in labels for cell in told.values()):
            yield Line(number, told)


def _both(text: Text) -> tuple[str, str, str]:
    return text.en, text.zh, f"{text.en} / {text.zh}"


def plain(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in "=+-@＝＋－＠" and text[1:] else text
