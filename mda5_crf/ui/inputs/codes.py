"""How typed characters find a coded answer. Pure: no widgets.

Whole-number codes are typed as codes, never by position (a 0–3 list answers "0" with 0). Lists of words
take the word, its number on screen, the beginning of code or label, or the pinyin initials of the Chinese
label; what fits two answers fits none and stays as typed.
"""

from __future__ import annotations

import unicodedata

from mda5_crf.study.model import CodeList, CodeValue
from mda5_crf.study.pinyin import pinyin_initials

_TICKS = frozenset("xX✓√☑✔+1yY是")


def folded(text: str) -> str:
    """Half-width, trimmed, without case."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def by_code(codelist: CodeList) -> bool:
    """Whether the number beside an answer is its code (else its position, from 1)."""
    return codelist.integers or all(value.code.isdigit() for value in codelist.values)


def number_of(codelist: CodeList, place: int) -> str:
    """The number shown beside the answer at ``place`` (from 0)."""
    return codelist.values[place].code if by_code(codelist) else str(place + 1)


def resolve(codelist: CodeList, typed: str) -> str:
    """The code that ``typed`` means, else ``typed`` itself, untouched."""
    wanted = folded(typed)
    if not wanted:
        return ""
    values = codelist.values
    if len(values) == 1 and typed.strip() in _TICKS:
        return values[0].code
    for value in values:
        if folded(value.code) == wanted:
            return value.code
    if by_code(codelist):
        labelled = [v for v in values if wanted in (folded(v.text.en), folded(v.text.zh))]
        return labelled[0].code if len(labelled) == 1 else typed
    for place, value in enumerate(values):
        if wanted == str(place + 1) or wanted in (folded(value.text.en), folded(value.text.zh)):
            return value.code
    found = [value for value in values if _begins(value, wanted)]
    return found[0].code if len(found) == 1 else typed


def matches(value: CodeValue, wanted: str) -> bool:
    """Whether ``value`` stays in a list filtered by ``wanted`` (folded): code, English, Chinese, initials."""
    return (
        wanted in folded(value.code)
        or wanted in folded(value.text.en)
        or wanted in value.text.zh
        or wanted in pinyin_initials(value.text.zh)
    )


def next_by_letter(codelist: CodeList, letter: str, current: str) -> str | None:
    """The answer ``letter`` chooses: the next after ``current`` that begins with it, None for none."""
    wanted = folded(letter)
    if not wanted:
        return None
    codes = [v.code for v in codelist.values if _begins(v, wanted)]
    if not codes:
        return None
    # Codes win over labels: in a Y/N list "n" is N, whatever the labels begin with.
    exact = [code for code in codes if folded(code) == wanted]
    if exact:
        return exact[0]
    return codes[(codes.index(current) + 1) % len(codes)] if current in codes else codes[0]


def _begins(value: CodeValue, wanted: str) -> bool:
    return (
        folded(value.code).startswith(wanted)
        or folded(value.text.en).startswith(wanted)
        or value.text.zh.startswith(wanted)
        or pinyin_initials(value.text.zh).startswith(wanted)
    )
