"""REDCap's and OpenEDC's expressions: items, numbers, texts, functions, and operators between them.

Facts: REDCap's branching logic and calculations (``[field]``, ``[event][field]``, ``[field(code)]``,
``= <> < > <= >= and or not + - * / ^``, ``""`` is blank, ``datediff`` without a sign unless it is asked for);
OpenEDC's conditions and methods (names as they are, ``== != && || ! ^``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from mda5_crf.exchange.exprtree import Call, Name, NotUnderstood, Number, Op, Scope, Tree, Word

_SPACE: Final = re.compile(r"\s+")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_SIGN: Final = re.compile(r"<=|>=|<>|!=|==|&&|\|\||[-+*/^()=<>!,]")
_WORD: Final = re.compile(r"[^\W\d]\w*")
_TEXT: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
_FIELD: Final = re.compile(r"\[([A-Za-z0-9_\-]+)(?:\(([^()\[\]]+)\))?(:[a-z_]+)?\]")
_SIGNS: Final = {"=": "==", "<>": "!=", "&&": "and", "||": "or", "!": "not"}
_POWERS: Final[dict[str, int]] = {
    "or": 1, "and": 2, "==": 4, "!=": 4, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6,
    "^": 8,
}  # fmt: skip
_NOT, _NEGATIVE = 3, 7
_SPECIAL: Final = re.compile(r"(?:first|last|previous|next|current)-|-instance$|^user-|^record-")
_UNITS: Final = {"d": ("d", None), "y": ("d", "365.2425"), "M": ("d", "30.44"), "h": ("h", None)}
"""Unit of REDCap's datediff → unit here, and what to divide by."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    tree: Tree | None = None


def redcap(text: str, scope: Scope) -> Tree:
    """REDCap's branching logic or calculation. Raises NotUnderstood."""
    del scope
    return _Parser(_redcap_tokens(text), redcap=True).whole()


def openedc(text: str, scope: Scope) -> Tree:
    """OpenEDC's condition or method. Raises NotUnderstood."""
    return _Parser(_openedc_tokens(text, scope), redcap=False).whole()


def _redcap_tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while at < len(text):
        if found := _SPACE.match(text, at):
            pass
        elif found := _FIELD.match(text, at):
            tokens.append(_field(tokens, found))
        elif found := _NUMBER.match(text, at):
            tokens.append(_Token("tree", found[0], Number(found[0])))
        elif found := _TEXT.match(text, at):
            tokens.append(_Token("tree", found[0], Word(found[0][1:-1])))
        elif found := (_SIGN.match(text, at) or _WORD.match(text, at)):
            tokens.append(_sign_or_word(found[0]))
        else:
            raise NotUnderstood
        at = found.end()
    return tokens


def _field(tokens: list[_Token], found: re.Match[str]) -> _Token:
    """``[event][field]`` is one name: the field takes the event before it."""
    name, code, piped = found[1], found[2] or "", found[3]
    if piped not in (None, ":value") or _SPECIAL.search(name):
        raise NotUnderstood
    last = tokens[-1].tree if tokens else None
    if isinstance(last, Name) and found.start() and found.string[found.start() - 1] == "]":
        tokens.pop()
        if last.event or last.code:
            raise NotUnderstood
        return _Token("tree", name, Name(name, event=last.name, code=code))
    return _Token("tree", name, Name(name, code=code))


def _openedc_tokens(text: str, scope: Scope) -> list[_Token]:
    """Names may have dots and hyphens in them: the longest piece that is the name of an item is one."""
    tokens: list[_Token] = []
    at = 0
    while at < len(text):
        if found := _SPACE.match(text, at):
            at = found.end()
            continue
        before = tokens[-1].kind if tokens else ""
        name = _longest_name(text, at, scope) if before != "tree" else ""
        if name:
            tokens.append(_Token("tree", name, Name(name)))
            at += len(name)
            continue
        if found := _NUMBER.match(text, at):
            tokens.append(_Token("tree", found[0], Number(found[0])))
        elif found := _TEXT.match(text, at):
            tokens.append(_Token("tree", found[0], Word(found[0][1:-1])))
        elif found := (_SIGN.match(text, at) or _WORD.match(text, at)):
            tokens.append(_sign_or_word(found[0]))
        else:
            raise NotUnderstood
        at = found.end()
    return tokens


_NAME: Final = re.compile(r"[^\W\d][\w.\-]*")


def _longest_name(text: str, at: int, scope: Scope) -> str:
    found = _NAME.match(text, at)
    name = found[0] if found else ""
    while name:
        if scope.find(name) is not None:
            return name
        cut = max(name.rfind("."), name.rfind("-"))
        name = name[:cut] if cut > 0 else ""
    return ""


def _sign_or_word(text: str) -> _Token:
    if text[0].isalpha() or text[0] == "_":
        low = text.casefold()
        return _Token("sign", low) if low in ("and", "or", "not") else _Token("word", low)
    return _Token("sign", _SIGNS.get(text, text))


class _Parser:
    """Operators by their power, the stronger first."""

    def __init__(self, tokens: list[_Token], *, redcap: bool) -> None:
        self._tokens = tokens
        self._at = 0
        self._redcap = redcap

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
        if ahead is None or ahead.kind != "sign" or ahead.text != sign:
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
        if sign == "^":
            return Op("**", (left, right))
        if sign in ("and", "or") and isinstance(left, Op) and left.sign == sign:
            return Op(sign, (*left.parts, right))
        return Op(sign, (left, right))

    def _prefix(self) -> Tree:
        token = self._next()
        if token.tree is not None:
            return token.tree
        if token.kind == "word":
            return self._called(token.text)
        if token.text == "(":
            tree = self._above(0)
            if not self._is(")"):
                raise NotUnderstood
            return tree
        if token.text == "not":
            # REDCap's not(…) and OpenEDC's !(…) bind to what is in brackets.
            return Op("not", (self._above(_NOT),))
        if token.text == "-":
            return Op("neg", (self._above(_NEGATIVE),))
        raise NotUnderstood

    def _called(self, name: str) -> Tree:
        if not self._is("("):
            if name in ("true", "false") and self._redcap:
                return Word(name)
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
        if name == "datediff" and self._redcap:
            return _datediff(arguments)
        if name == "round":
            places = arguments[1] if len(arguments) > 1 else Number("0")
            return Call("round_", (arguments[0], places)) if 0 < len(arguments) <= 2 else _no()
        if name == "if":
            return Call("if_", tuple(arguments))
        if name in ("isblankormissingcode", "isblank") and len(arguments) == 1:
            return Op("not", (Call("present", tuple(arguments)),))
        if name in ("sum", "mean", "min", "max", "abs", "sqrt"):
            return Call(name, tuple(arguments))
        raise NotUnderstood


def _no() -> Tree:
    raise NotUnderstood


def _datediff(arguments: list[Tree]) -> Tree:
    """Without a sign unless the last argument says true; years and months are days divided."""
    words = [one.text for one in arguments[2:] if isinstance(one, Word)]
    if len(arguments) < 3 or len(words) != len(arguments) - 2 or words[0] not in _UNITS:
        raise NotUnderstood
    unit, parts = _UNITS[words[0]]
    ends = tuple(Call("today", ()) if one in (Word("today"), Word("now")) else one for one in arguments[:2])
    if any(isinstance(one, Word) for one in ends) or (unit == "h" and Call("today", ()) in ends):
        raise NotUnderstood
    tree: Tree = Call("date_diff", (*ends, Word(unit)))
    if "true" not in [word.casefold() for word in words[1:]]:
        tree = Call("abs", (tree,))
    return tree if parts is None else Op("/", (tree, Number(parts)))
