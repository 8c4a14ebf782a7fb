"""The functions of the expression language that look beyond values: at identities of rows and forms, at
recorded statuses and signatures, at the schedule, and at what the site keeps (references).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from mda5_crf.study import references
from mda5_crf.study.arguments import Call, check_count, text_of
from mda5_crf.study.expression import Closure, Scope
from mda5_crf.study.folding import narrow
from mda5_crf.study.operand import Operand

if TYPE_CHECKING:
    from mda5_crf.study.compiler import Compiler

_FORM = re.compile(r"(?:[A-Z][A-Z0-9_]*\.)?[A-Z][A-Z0-9_]*")
_OID = re.compile(r"[A-Z][A-Z0-9_]*")


def row_id(compiler: Compiler, call: Call) -> Closure:
    """``row_id()``: the identity of this row, as a link to it holds it."""
    check_count(compiler, call, 0, 0)
    compiler.note_row_word("row_id")
    return lambda scope: scope.row_id()


def form_id(compiler: Compiler, call: Call) -> Closure:
    """``form_id()``: the identity of this form instance."""
    check_count(compiler, call, 0, 0)
    return lambda scope: scope.form_id()


def form_status(compiler: Compiler, call: Call) -> Closure:
    """``form_status("SCR.IE")``: not_started, in_progress, complete, …"""
    form = _status_of(compiler, call)
    return lambda scope: scope.form_status(form)


def signed(compiler: Compiler, call: Call) -> Closure:
    """``signed("SCR.IE")``: does a signature that counts stand on that form?"""
    form = _status_of(compiler, call)
    return lambda scope: scope.signed(form)


def _status_of(compiler: Compiler, call: Call) -> str:
    check_count(compiler, call, 1, 1)
    form = text_of(compiler, call, call.args[0])
    if not _FORM.fullmatch(form):
        raise compiler.error("expression_form", call.node, name=form[:20])
    compiler.statuses.add(form)
    compiler.outlooks += 1
    return form


def open_queries(compiler: Compiler, call: Call) -> Closure:
    """``open_queries()``: how many queries of the participant are open."""
    check_count(compiler, call, 0, 0)
    return lambda scope: scope.open_queries()


def planned(compiler: Compiler, call: Call) -> Closure:
    """``planned("W12")``: the target date of an event."""
    event = _oid(compiler, call)
    compiler.planned.add(event)
    return lambda scope: scope.planned(event)


def next_planned(compiler: Compiler, call: Call) -> Closure:
    """``next_planned("DA")``: the target date of the next event at which that form is due."""
    form = _oid(compiler, call)
    compiler.next_forms.add(form)
    return lambda scope: scope.next_planned(form)


def _oid(compiler: Compiler, call: Call) -> str:
    check_count(compiler, call, 1, 1)
    oid = text_of(compiler, call, call.args[0])
    if not _OID.fullmatch(oid):
        raise compiler.error("expression_oid", call.node, name=oid[:20])
    return oid


def contains_text(compiler: Compiler, call: Call) -> Closure:
    """``contains_text(s, "word", "词")``: does the text hold any of the words, whatever the capitals?"""
    check_count(compiler, call, 2, None)
    inner = compiler.compile(call.args[0])
    words = tuple(narrow(text_of(compiler, call, node)).casefold() for node in call.args[1:])
    for node in call.args[1:]:
        compiler.compile(node)
    if not all(words):
        raise compiler.error("expression_arguments", call.node, name=call.name)

    def evaluate(scope: Scope) -> Operand:
        value = inner(scope)
        if not isinstance(value, str):
            return None
        text = narrow(value).casefold()
        return any(word in text for word in words)

    return evaluate


def _asked(action: Callable[..., Operand], count: int) -> Callable[[Compiler, Call], Closure]:
    """A question to the references of the site: unknown as soon as an argument is."""

    def compile_it(compiler: Compiler, call: Call) -> Closure:
        check_count(compiler, call, count, count)
        arguments = tuple(compiler.compile(argument) for argument in call.args)

        def evaluate(scope: Scope) -> Operand:
            known = scope.references()
            values = [argument(scope) for argument in arguments]
            return None if known is None or None in values else action(known, *values)

        return evaluate

    return compile_it


SITE_CALLS: dict[str, Callable[[Compiler, Call], Closure]] = {
    "row_id": row_id,
    "form_id": form_id,
    "form_status": form_status,
    "signed": signed,
    "open_queries": open_queries,
    "planned": planned,
    "next_planned": next_planned,
    "contains_text": contains_text,
    "consent_approved": _asked(references.consent_approved, 2),
    "consent_version_due": _asked(references.consent_version_due, 1),
    "consent_current": _asked(references.consent_current, 2),
    "delegated": _asked(references.delegated, 3),
}

READING = frozenset(SITE_CALLS) - {"contains_text"}
"""Functions whose result depends on the participant or the site, although they name no item."""
