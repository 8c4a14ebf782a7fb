"""Finding the code that was typed: by code, whatever its case or width, else by its exact wording."""

from __future__ import annotations

import re

from mda5_crf.study.folding import narrow
from mda5_crf.study.model import CodeList

_BETWEEN = re.compile(r"\s*[,;，；、|]\s*")
_WHOLE = re.compile(r"[0-9]{1,4}")


def code_of(codelist: CodeList, text: str) -> str | None:
    """The code a typed text stands for; None when it is no answer of the list.

    Never by position. The wording of an answer counts only where codes are no numbers, and only when
    one answer has it.
    """
    if text in codelist.by_code:
        return text
    plain = narrow(text)
    if plain in codelist.by_code:
        return plain
    if codelist.integers:
        if _WHOLE.fullmatch(plain):
            number = str(int(plain))
            return number if number in codelist.by_code else None
        return None
    folded = plain.casefold()
    coded = [value.code for value in codelist.values if value.code.casefold() == folded]
    worded = [
        value.code for value in codelist.values if folded in (value.text.en.casefold(), narrow(value.text.zh))
    ]
    for named in (coded, worded):
        if len(named) == 1:
            return named[0]
    return None


def codes_of(codelist: CodeList, text: str) -> tuple[str, ...] | None:
    """The codes of a multiple answer, each once, in the list's order; None when a part is no answer."""
    found: set[str] = set()
    for part in filter(None, _BETWEEN.split(narrow(text))):
        code = code_of(codelist, part)
        several = [code] if code is not None else [code_of(codelist, word) for word in part.split()]
        for one in several:
            if one is None:
                return None
            found.add(one)
    return tuple(value.code for value in codelist.values if value.code in found)
