"""The arguments of a call: how many, and which must be written out."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mda5_crf.study.compiler import Compiler


@dataclass(frozen=True, slots=True)
class Call:
    """One call in the tree."""

    name: str
    node: ast.Call

    @property
    def args(self) -> list[ast.expr]:
        """The positional arguments."""
        return self.node.args


def check_count(
    compiler: Compiler, call: Call, least: int, most: int | None, keywords: tuple[str, ...] = ()
) -> None:
    """Refuse a wrong number of arguments, or a keyword that is not one of ``keywords``."""
    wrong = len(call.args) < least or (most is not None and len(call.args) > most)
    if wrong or any(keyword.arg not in keywords for keyword in call.node.keywords):
        raise compiler.error("expression_arguments", call.node, name=call.name)


def text_of(compiler: Compiler, call: Call, node: ast.expr) -> str:
    """The text written as an argument. Raises ExpressionError when it is none."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        raise compiler.error("expression_written_text", call.node, name=call.name)
    return str(compiler.literal(node))
