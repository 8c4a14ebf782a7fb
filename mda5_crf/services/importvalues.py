"""Whether a text from elsewhere is an answer of its item's type. It is stored either way, counted here."""

from __future__ import annotations

from functools import lru_cache

from mda5_crf.study.model import Item, ItemType, Study
from mda5_crf.study.values import Entry, Status, parse


class Fitting:
    """The forms of a study."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._forms: dict[str, FormFitting] = {}

    def form(self, name: str) -> FormFitting:
        """One form."""
        if name not in self._forms:
            self._forms[name] = FormFitting(self._study, name)
        return self._forms[name]


class FormFitting:
    """The items of a form. What was asked lately is not read again: answers repeat themselves."""

    def __init__(self, study: Study, form: str) -> None:
        self._study = study
        self._items = study.forms[form].items if form in study.forms else {}
        self.fits = lru_cache(maxsize=4096)(self._fits)

    def _fits(self, name: str, text: str) -> bool:
        item: Item | None = self._items.get(name)
        if item is None:
            return True
        if item.type is ItemType.TEXT and item.pattern is None:
            return item.length is None or len(text) <= item.length
        if item.type is ItemType.INTEGER and len(text) < 10 and text.isascii() and text.isdigit():
            return text[0] != "0" or text == "0"
        codelist = None if item.codelist is None else self._study.codelists[item.codelist]
        return parse(item, Entry(text), codelist).status is Status.VALID
