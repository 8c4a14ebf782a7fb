"""The XPath pattern of CDISC's examples: a path to ItemData with conditions on its value.

``../ItemData[@ItemOID='I_SEX'][@Value='M']``, ``../FormData[@FormOID='F']/ItemGroupData[…]/ItemData[…]``,
``../ItemData[@ItemOID='X'][@Value > 90]``, joined by ``and``, ``or`` and ``not(…)``, or compared as a whole
(``../ItemData[@ItemOID='X']/@Value = 'M'``). A path holds when there is such an item with such a value.
"""

from __future__ import annotations

import re
from typing import Final

from mda5_crf.exchange.exprtree import COMPARISONS, Call, Name, NotUnderstood, Number, Op, Scope, Tree, Word

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<text>\"[^\"]*\"|'[^']*')|(?P<number>\d+(?:\.\d+)?|\.\d+)"
    r"|(?P<sign>//|\.\.|<=|>=|!=|[][()/@=<>.])|(?P<word>[A-Za-z_][\w.\-]*(?::[A-Za-z_][\w.\-]*)?))"
)
_STEPS: Final = {
    "StudyEventData": "StudyEventOID", "FormData": "FormOID", "ItemGroupData": "ItemGroupOID",
    "ItemData": "ItemOID",
}  # fmt: skip

Asked = tuple[str, Tree]


def parse(text: str, scope: Scope) -> Tree:
    """The tree of ``text``. Raises NotUnderstood."""
    del scope
    return _Parser(_tokens(text)).whole()


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens = []
    at, text = 0, text.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise NotUnderstood
        tokens.append((found.lastgroup, found[found.lastgroup]))
        at = found.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def whole(self) -> Tree:
        tree = self._joined("or")
        if self._at != len(self._tokens):
            raise NotUnderstood
        return tree

    def _ahead(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")

    def _is(self, text: str) -> bool:
        kind, found = self._ahead()
        if kind not in ("sign", "word") or found != text:
            return False
        self._at += 1
        return True

    def _must(self, text: str) -> None:
        if not self._is(text):
            raise NotUnderstood

    def _take(self, *kinds: str) -> str:
        kind, found = self._ahead()
        if kind not in kinds:
            raise NotUnderstood
        self._at += 1
        return found

    def _joined(self, sign: str) -> Tree:
        parts = [self._joined("and") if sign == "or" else self._one()]
        while self._is(sign):
            parts.append(self._joined("and") if sign == "or" else self._one())
        return parts[0] if len(parts) == 1 else Op(sign, tuple(parts))

    def _one(self) -> Tree:
        if self._is("not"):
            self._must("(")
            inner = self._joined("or")
            self._must(")")
            return Op("not", (inner,))
        if self._is("("):
            inner = self._joined("or")
            self._must(")")
            return inner
        return self._path()

    def _path(self) -> Tree:
        """Steps down to one ItemData; what is asked of its value, or that there is one."""
        given: dict[str, str] = {}
        asked: list[Asked] = []
        value = False
        while True:
            if self._is("..") or self._is("//") or self._is("/") or self._is("."):
                continue
            if self._is("@"):
                self._must("Value")
                value = True
                break
            kind, found = self._ahead()
            step = found.rpartition(":")[2]
            if kind != "word" or step not in _STEPS:
                break
            self._at += 1
            while self._is("["):
                self._condition(_STEPS[step], given, asked)
                self._must("]")
        if "ItemOID" not in given:
            raise NotUnderstood
        item = Name(given["ItemOID"], event=given.get("StudyEventOID", ""), form=given.get("FormOID", ""))
        if value:
            asked.append(self._comparison())
        if not asked:
            return Call("present", (item,))
        trees: list[Tree] = [Op(sign, (item, right)) for sign, right in asked]
        if any(sign == "!=" for sign, _ in asked):
            trees.append(Call("present", (item,)))  # an item that is not there has no other value
        return trees[0] if len(trees) == 1 else Op("and", tuple(trees))

    def _condition(self, key: str, given: dict[str, str], asked: list[Asked]) -> None:
        """``@ItemOID='X'`` says which, ``@Value …`` what is asked; both may stand in one, joined by and."""
        while True:
            self._must("@")
            attribute = self._take("word")
            if attribute == key:
                self._must("=")
                given[key] = self._take("text")[1:-1]
            elif attribute == "Value" and key == "ItemOID":
                asked.append(self._comparison())
            else:
                raise NotUnderstood
            if not self._is("and"):
                return

    def _comparison(self) -> Asked:
        sign = self._take("sign")
        sign = "==" if sign == "=" else sign
        if sign not in COMPARISONS:
            raise NotUnderstood
        kind, found = self._ahead()
        self._take("text", "number")
        return (sign, Word(found[1:-1]) if kind == "text" else Number(found))
