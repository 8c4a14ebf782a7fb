"""XLSForm's expressions: XPath as forms use it, with ``${name}`` for a field and ``.`` for this one.

Facts: XLSForm's reference of operators and functions (``= != < <= > >= + - * div mod and or``,
``selected()``, ``if()``, ``coalesce()``, ``not()``, ``today()``, ``round()``, ``string-length()``,
``regex()``). What counts, loops or formats (``count-selected``, ``indexed-repeat``, ``format-date``, ``mod``,
``int``) has no counterpart that means the same, and is not understood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from mda5_crf.exchange.exprtree import Call, Name, NotUnderstood, Number, Op, Scope, Tree, Word

_SPACE: Final = re.compile(r"\s+")
_FIELD: Final = re.compile(r"\$\{\s*([A-Za-z_][\w.\-]*)\s*\}")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_TEXT: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-:][A-Za-z0-9]+)*")
_SIGN: Final = re.compile(r"<=|>=|!=|[-+*=<>(),]")
_POWERS: Final[dict[str, int]] = {
    "or": 1, "and": 2, "==": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6,
}  # fmt: skip
_NEGATIVE: Final = 7
_DATES: Final = frozenset({"date", "today"})
_CALLS: Final[dict[str, tuple[str, int]]] = {
    "if": ("if_", 3), "string-length": ("length", 1), "abs": ("abs", 1), "sqrt": ("sqrt", 1),
    "round": ("round_", 2), "today": ("today", 0), "regex": ("regex", 2),
}  # fmt: skip
"""Their function → ours, and how many arguments. ``regex`` is read for constraints alone."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def parse(text: str, scope: Scope) -> Tree:
    """An expression of XLSForm. Raises NotUnderstood."""
    return _Parser(_tokens(text), scope).whole()


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while at < len(text):
        operand = bool(tokens) and (tokens[-1].kind in ("field", "number", "text") or tokens[-1].text == ")")
        if found := _SPACE.match(text, at):
            pass
        elif found := _FIELD.match(text, at):
            tokens.append(_Token("field", found[1]))
        elif found := _NUMBER.match(text, at):
            tokens.append(_Token("number", found[0]))
        elif text[at] == ".":
            tokens.append(_Token("field", "."))
            at += 1
            continue
        elif found := _TEXT.match(text, at):
            tokens.append(_Token("text", found[0][1:-1]))
        elif found := _WORD.match(text, at):
            low = found[0]
            if operand and low in ("and", "or", "div"):
                tokens.append(_Token("sign", "/" if low == "div" else low))
            else:
                tokens.append(_Token("word", low))
        elif found := _SIGN.match(text, at):
            tokens.append(_Token("sign", "==" if found[0] == "=" else found[0]))
        else:
            raise NotUnderstood
        at = found.end()
    return tokens


class _Parser:
    """Operators by their power, the stronger first."""

    def __init__(self, tokens: list[_Token], scope: Scope) -> None:
        self._tokens, self._scope, self._at = tokens, scope, 0

    def whole(self) -> Tree:
        tree = self._above(0)
        if self._at != len(self._tokens):
            raise NotUnderstood
        return tree

    def _next(self) -> _Token:
        if self._at >= len(self._tokens):
            raise NotUnderstood
        self._at += 1
        return self._tokens[self._at - 1]

    def _is(self, sign: str) -> bool:
        ahead = self._tokens[self._at] if self._at < len(self._tokens) else None
        if ahead is None or ahead != _Token("sign", sign):
            return False
        self._at += 1
        return True

    def _above(self, power: int) -> Tree:
        left = self._prefix()
        while self._at < len(self._tokens):
            ahead = self._tokens[self._at]
            strength = _POWERS.get(ahead.text, 0) if ahead.kind == "sign" else 0
            if strength <= power:
                break
            self._at += 1
            left = self._joined(ahead.text, left, self._above(strength))
        return left

    def _joined(self, sign: str, left: Tree, right: Tree) -> Tree:
        if sign in ("and", "or") and isinstance(left, Op) and left.sign == sign:
            return Op(sign, (*left.parts, right))
        dates = [self._is_date(part) for part in (left, right)]
        if any(dates) and sign in ("+", "-", "*", "/"):
            if sign != "-" or not all(dates):
                raise NotUnderstood
            return Call("date_diff", (right, left, Word("d")))
        return Op(sign, (left, right))

    def _is_date(self, tree: Tree) -> bool:
        if isinstance(tree, Name):
            found = self._scope.find(tree.name)
            return found is not None and found.kind in _DATES
        return isinstance(tree, Call) and tree.name in _DATES

    def _prefix(self) -> Tree:
        token = self._next()
        if token.kind == "field":
            return Name(token.text)
        if token.kind == "number":
            return Number(token.text)
        if token.kind == "text":
            return Word(token.text)
        if token.kind == "word":
            return self._called(token.text)
        if token.text == "(":
            tree = self._above(0)
            if not self._is(")"):
                raise NotUnderstood
            return tree
        if token.text == "-":
            return Op("neg", (self._above(_NEGATIVE),))
        raise NotUnderstood

    def _called(self, name: str) -> Tree:
        if not self._is("("):
            raise NotUnderstood
        arguments: list[Tree] = []
        if not self._is(")"):
            arguments.append(self._above(0))
            while self._is(","):
                arguments.append(self._above(0))
            if not self._is(")"):
                raise NotUnderstood
        return self._function(name, arguments)

    def _function(self, name: str, arguments: list[Tree]) -> Tree:
        if name == "selected" and len(arguments) == 2:
            return self._selected(*arguments)
        if name == "not" and len(arguments) == 1:
            return Op("not", (arguments[0],))
        if name == "date" and len(arguments) == 1 and isinstance(arguments[0], Word):
            return arguments[0]
        if name == "coalesce" and arguments:
            return Call("coalesce", tuple(arguments))
        if name == "round" and len(arguments) == 1:
            arguments.append(Number("0"))
        if name not in _CALLS or len(arguments) != _CALLS[name][1]:
            raise NotUnderstood
        return Call(_CALLS[name][0], tuple(arguments))

    def _selected(self, field: Tree, answer: Tree) -> Tree:
        """Of several answers one is chosen, or of one answer this is it."""
        if not isinstance(field, Name) or not isinstance(answer, Word):
            raise NotUnderstood
        found = self._scope.find(field.name)
        if found is not None and found.kind == "multi":
            return Op("==", (Name(field.name, code=answer.text), Number("1")))
        return Op("==", (field, answer))
