"""Expressions in the languages of other systems, as expressions of the study's own language.

One small parser for each dialect (``expr_*.py``) makes the same tree (:mod:`mda5_crf.exchange.exprtree`),
from which the study's language is written. What a dialect's parser does not know, or what has no meaning
that is the same here, gives None: the caller keeps the text as it is and says that it is not executable.

A blank is unknown here, and what compares with it is unknown too. Elsewhere a comparison with a blank is
simply false (or, of "not equal", true): that is written out where it makes a difference.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mda5_crf.exchange import expr_infix, expr_xlsform, expr_xpath
from mda5_crf.exchange.exprtree import Found, NotUnderstood, Scope, Tree, written

__all__ = ["DIALECTS", "Found", "Scope", "translate"]

_LONGEST: Final = 5_000
"""Characters; longer ones are no expressions that a person wrote."""

DIALECTS: Final[dict[str, Callable[[str, Scope], Tree]]] = {
    "xpath": expr_xpath.parse,
    "redcap": expr_infix.redcap,
    "openedc": expr_infix.openedc,
    "xlsform": expr_xlsform.parse,
}
"""Dialect → its parser. It raises NotUnderstood."""


def translate(text: str, dialect: str, names: Scope) -> str | None:
    """``text`` in the study's language; None when it cannot be said there with the same meaning.

    ``dialect``: a key of :data:`DIALECTS` (any capitals). ``names`` finds the items that the text names.
    """
    parse = DIALECTS.get(dialect.strip().casefold())
    if parse is None or not text.strip() or len(text) > _LONGEST:
        return None
    try:
        return written(parse(text, names), names)
    except (NotUnderstood, RecursionError):
        return None
