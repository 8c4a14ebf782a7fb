"""The tree that every dialect of expressions is read into, and how it is written in the study's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Final, Literal, Protocol


class NotUnderstood(Exception):
    """The text is not in the part of the dialect that is known, or means what cannot be said here."""


@dataclass(frozen=True, slots=True)
class Found:
    """An item as expressions here name it. ``kind``: number, text, code, integers, multi, date, boolean.

    ``codes``: value elsewhere → code here, of all answers it may have.
    """

    name: str
    kind: str = "text"
    codes: Mapping[str, str] = field(default_factory=dict)
    box: str = ""
    """Of an item with several answers: the code that the foreign item is the box of."""


class Scope(Protocol):
    """Where an expression stands: finds what it names."""

    def find(self, name: str, *, event: str = "", form: str = "", code: str = "") -> Found | None:
        """The item of that foreign name; ``code``: the box of an item with several answers."""
        ...


@dataclass(frozen=True, slots=True)
class Number:
    """A written number."""

    text: str


@dataclass(frozen=True, slots=True)
class Word:
    """A written text."""

    text: str


@dataclass(frozen=True, slots=True)
class Name:
    """An item, by its foreign name."""

    name: str
    event: str = ""
    form: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the study's language (or a key of :data:`CALLS`) with its arguments."""

    name: str
    arguments: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Op:
    """``and or not == != < <= > >= + - * / ** neg``."""

    sign: str
    parts: tuple[Tree, ...]


Tree = Number | Word | Name | Call | Op

COMPARISONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">="})
_ARITHMETIC: Final = frozenset({"+", "-", "*", "/"})
_MIRRORED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_TRUE: Final = frozenset({"1", "true", "yes", "y"})
_MOST_POWER: Final = 10

Value = Literal["truth", "value"]


def written(tree: Tree, scope: Scope) -> str:
    """The tree in the study's language. Raises NotUnderstood."""
    return _Writer(scope).truth(tree) if _is_truth(tree) else _Writer(scope).value(tree)


def _is_truth(tree: Tree) -> bool:
    return isinstance(tree, Op) and (tree.sign in COMPARISONS or tree.sign in {"and", "or", "not"})


class _Writer:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def truth(self, tree: Tree) -> str:
        """Something that is true or false."""
        if isinstance(tree, Op) and tree.sign in ("and", "or"):
            return f" {tree.sign} ".join(self._inside(part) for part in tree.parts)
        if isinstance(tree, Op) and tree.sign == "not":
            return self._denied(tree.parts[0])
        if isinstance(tree, Op) and tree.sign in COMPARISONS:
            return self._compared(tree.sign, *tree.parts)
        if isinstance(tree, Call) and tree.name in ("present", "selected"):
            return self._call(tree)
        if isinstance(tree, Name):
            found = self._found(tree)
            if found.box:
                return self._box(found)
        raise NotUnderstood

    def value(self, tree: Tree) -> str:
        """Something with a value."""
        if isinstance(tree, Number):
            return _number(tree.text)
        if isinstance(tree, Word):
            return toml_value_of(tree.text)
        if isinstance(tree, Name):
            found = self._found(tree)
            if found.kind == "multi" or found.box:
                raise NotUnderstood
            return found.name
        if isinstance(tree, Call):
            return self._call(tree)
        if tree.sign in _ARITHMETIC:
            return f" {tree.sign} ".join(self._operand(part) for part in tree.parts)
        if tree.sign == "neg":
            return f"-{self._operand(tree.parts[0])}"
        if tree.sign == "**":
            return self._power(*tree.parts)
        raise NotUnderstood

    def _inside(self, tree: Tree) -> str:
        text = self.truth(tree)
        return f"({text})" if isinstance(tree, Op) and tree.sign in ("and", "or") else text

    def _denied(self, tree: Tree) -> str:
        """``not``; twice is not at all. A comparison with a blank is false elsewhere: denied, true."""
        if isinstance(tree, Op) and tree.sign == "not":
            return self.truth(tree.parts[0])
        return f"not coalesce({self.truth(tree)}, False)"

    def _operand(self, tree: Tree) -> str:
        text = self.value(tree)
        return f"({text})" if isinstance(tree, Op) else text

    def _power(self, base: Tree, power: Tree) -> str:
        if not isinstance(power, Number) or not power.text.isdecimal() or int(power.text) > _MOST_POWER:
            raise NotUnderstood
        text = self.value(base)
        return f"({text}) ** {int(power.text)}" if isinstance(base, Op) else f"{text} ** {int(power.text)}"

    def _found(self, tree: Name) -> Found:
        found = self._scope.find(tree.name, event=tree.event, form=tree.form, code=tree.code)
        if found is None:
            raise NotUnderstood
        return found

    # -- comparisons -----------------------------------------------------------------------------------

    def _compared(self, sign: str, left: Tree, right: Tree) -> str:
        if isinstance(left, Number | Word) and not isinstance(right, Number | Word):
            left, right, sign = right, left, _MIRRORED[sign]
        if isinstance(left, Name) and isinstance(right, Number | Word):
            return self._against(sign, self._found(left), right)
        if isinstance(right, Word):
            right = _as_number(right)
        made = f"{self._operand(left)} {sign} {self._operand(right)}"
        return f"coalesce({made}, True)" if sign == "!=" else made

    def _against(self, sign: str, found: Found, constant: Number | Word) -> str:
        """An item against something written."""
        text = constant.text
        if text == "" and sign in ("==", "!="):
            if found.kind == "multi":
                raise NotUnderstood
            return f"{'not ' if sign == '==' else ''}present({found.name})"
        if found.box:
            if sign not in ("==", "!="):
                raise NotUnderstood
            chosen = (text.casefold() in _TRUE) == (sign == "==")
            return self._box(found) if chosen else f"not coalesce({self._box(found)}, False)"
        if found.kind in ("code", "integers") and sign in ("==", "!="):
            code = found.codes.get(text)
            if code is None:  # an answer that does not exist is never given
                return "False" if sign == "==" else "True"
            right = _number(code) if found.kind == "integers" else toml_value_of(code)
        elif found.kind in ("number", "integers"):
            right = _number(text)
        elif found.kind == "date":
            right = f"date({toml_value_of(text)})"
        elif found.kind == "text" and sign in ("==", "!="):
            right = toml_value_of(text)
        else:
            raise NotUnderstood
        made = f"{found.name} {sign} {right}"
        return f"coalesce({made}, True)" if sign == "!=" else made

    @staticmethod
    def _box(found: Found) -> str:
        return f"selected({found.name}, {toml_value_of(found.box)})"

    # -- functions -------------------------------------------------------------------------------------

    def _call(self, tree: Call) -> str:
        arguments = tree.arguments
        if tree.name == "if_" and len(arguments) == 3:
            condition, *rest = arguments
            return f"if_(coalesce({self.truth(condition)}, False), {', '.join(map(self.value, rest))})"
        if tree.name == "present" and len(arguments) == 1 and isinstance(arguments[0], Name):
            return f"present({self._found(arguments[0]).name})"
        if tree.name == "today" and not arguments:
            return "today"
        if tree.name in ("sum", "mean", "min", "max") and arguments:
            return f"{tree.name}({', '.join(map(self.value, arguments))}, known=True)"
        if tree.name in CALLS and len(arguments) in CALLS[tree.name]:
            return f"{tree.name}({', '.join(map(self.value, arguments))})"
        raise NotUnderstood


CALLS: Final[Mapping[str, frozenset[int]]] = {
    "abs": frozenset({1}), "sqrt": frozenset({1}), "round_": frozenset({2}), "length": frozenset({1}),
    "date_diff": frozenset({3}), "coalesce": frozenset(range(1, 20)), "age_in_years": frozenset({2}),
}  # fmt: skip
"""Functions with the same meaning here, and how many arguments they take."""


def toml_value_of(text: str) -> str:
    """A text as the language writes it."""
    if '"' not in text and "\\" not in text and text.isprintable():
        return f'"{text}"'
    raise NotUnderstood


def _as_number(word: Word) -> Tree:
    try:
        return Number(str(Decimal(word.text)))
    except InvalidOperation as error:
        raise NotUnderstood from error


def _number(text: str) -> str:
    try:
        number = Decimal(text.strip())
    except InvalidOperation as error:
        raise NotUnderstood from error
    if not number.is_finite():
        raise NotUnderstood
    return format(number, "f")


Reader = Callable[[str, Scope], Tree]
