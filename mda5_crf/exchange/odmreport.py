"""What became of a stranger's study: read, kept as written, repaired, not understood. Nothing in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from mda5_crf.exchange.odmread import XML, Node
from mda5_crf.text import Text, message

_EXAMPLES: Final = 5


@dataclass(slots=True)
class ImportReport:
    """Counts by name of element, and of what was done to make a study of them.

    ``read``: elements that the study runs on. ``kept``: elements without effect here, kept as written and
    written out again. ``repaired`` and ``odd``: code of ``text/odmin`` → how often; ``odd`` is what was not
    understood (it is kept too). ``examples``: of both, which ones.
    """

    read: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    foreign: Counter[str] = field(default_factory=Counter)
    repaired: Counter[str] = field(default_factory=Counter)
    odd: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    languages: list[str] = field(default_factory=list)
    events: int = 0
    forms: int = 0
    items: int = 0
    translated: int = 0
    used: set[int] = field(default_factory=set, repr=False)

    def use(self, *nodes: Node | None) -> None:
        """These elements have become part of the study."""
        self.used.update(id(node) for node in nodes if node is not None)

    def repair(self, code: str, example: str = "") -> None:
        """Something was wrong and was put right."""
        self._note(self.repaired, code, example)

    def misses(self, code: str, example: str = "") -> None:
        """Something was not understood."""
        self._note(self.odd, code, example)

    def _note(self, counter: Counter[str], code: str, example: str) -> None:
        counter[code] += 1
        known = self.examples.setdefault(code, [])
        if example and len(known) < _EXAMPLES and example not in known:
            known.append(example)

    def count(self, node: Node) -> None:
        """Sort an element and all in it into what was read and what is kept."""
        name = str(node[0])
        if name == XML:
            return
        if name.startswith("{"):
            self.foreign[name] += 1
        elif id(node) in self.used:
            self.read[name] += 1
        else:
            self.kept[name] += 1
        for child in node[3]:
            self.count(child)

    def lines(self) -> Iterator[Text]:
        """The report in sentences, in both languages."""
        yield message("odmin.study_has", events=self.events, forms=self.forms, items=self.items)
        for code, counter in (("read", self.read), ("kept", self.kept), ("kept_foreign", self.foreign)):
            if counter:
                parts = ", ".join(f"{_local(name)} {n}" for name, n in sorted(counter.items()))
                yield message(f"odmin.{code}", n=sum(counter.values()), parts=parts)
        if self.translated:
            yield message("odmin.translated", n=self.translated)
        for code, counter in (("repaired", self.repaired), ("not_understood", self.odd)):
            for name, n in sorted(counter.items()):
                shown = ", ".join(self.examples.get(name, ()))
                what = message(f"odmin.{name}")
                yield message(f"odmin.{code}", what=what, n=n)
                if shown:
                    yield message("odmin.such_as", examples=shown)


def _local(name: str) -> str:
    return name.rpartition("}")[2]
