"""``conflicts``: list, show, resolve, ask the site: answers that differ between PCs.

A conflict is named by its number in the list or by the first characters of its id. The id is that of its very
answers: a script that names it can never decide over an answer it has not seen.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.cli.address import positive, subject_named
from mda5_crf.cli.data import reason_of
from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import one_line, say, say_json, table
from mda5_crf.errors import InputRefused, UsageError
from mda5_crf.services import conflict_acts, conflicts
from mda5_crf.services.conflict_doubles import Double, doubles
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.conflicts import Compare, Conflict, Side
    from mda5_crf.services.session import Session

_ENOUGH: Final = 8
"""Characters that name a conflict by its id; a number of the list is shorter."""
_HEADS: Final = ("number", "id", "subject", "place", "item", "days", "answers")


def run(options: argparse.Namespace) -> int:
    """One act on conflicts."""
    words = options.words
    if (options.act == "list" and len(words) > 1) or (options.act != "list" and len(words) != 1):
        raise UsageError("conflicts.cli_words")
    if options.act == "resolve" and (options.take is None) == (options.value is None):
        raise UsageError("conflicts.cli_answer")
    if options.act == "resolve" and not options.reason:
        raise UsageError("conflicts.cli_reason")
    side = positive(options.take, options.take) if options.take is not None else 0
    with open_session(options) as session:
        if options.act == "list":
            _list(session, options)
            return 0
        conflict = _named(session, words[0])
        if options.act == "show":
            _show(conflicts.compare(session, conflict), options)
        elif options.act == "ask":
            query = conflict_acts.ask(session, conflict, options.text)
            if options.json:
                say_json({"query": query.id, "state": query.state})
            else:
                say(message("conflicts.asked_now", item=conflict.label), options.language)
        else:
            _resolve(session, conflict, side, options)
    return 0


def _named(session: Session, word: str) -> Conflict:
    found = [
        one for one in conflicts.listed(session)
        if (str(one.number) == word if len(word) < _ENOUGH else one.id.startswith(word.lower()))
    ]  # fmt: skip
    if len(found) != 1:
        raise InputRefused("conflicts.unknown", word=word)
    return found[0]


def _resolve(session: Session, conflict: Conflict, side: int, options: argparse.Namespace) -> None:
    reason = reason_of(options.reason)
    assert reason is not None  # asked before
    if side:
        changes = conflict_acts.take(session, conflict, side, reason)
    else:
        changes = conflict_acts.decide(session, conflict, options.value, reason, options.unit)
    left = len(conflicts.listed(session))
    if options.json:
        say_json({"conflict": conflict.id, "records": list(changes.records), "left": left})
        return
    say(conflict_acts.told(conflict, left), options.language)


def _list(session: Session, options: argparse.Namespace) -> None:
    subject = subject_named(session, options.words[0]).identity if options.words else ""
    found, twice = conflicts.listed(session, subject), doubles(session, subject)
    if options.json:
        say_json({
            "conflicts": [_as_json(one) for one in found], "possibly_twice": [_double(one) for one in twice],
        })  # fmt: skip
        return
    lang = options.language
    if found:
        table(
            (
                [one.number, one.id[:_ENOUGH], one.subjid, one.place.in_(lang), one.label.in_(lang), one.days,
                 one.values.in_(lang)]
                for one in found
            ),
            [message(f"conflicts.head_{head}").in_(lang) for head in _HEADS],
        )  # fmt: skip
    else:
        say(message("conflicts.nothing"), lang)
    for double in twice:
        said = message("conflicts.double_line", subject=double.subjid, says=double.says)
        say(message("conflicts.cli_double", says=said, proposal=double.proposal), lang)


def _show(compare: Compare, options: argparse.Namespace) -> None:
    """What stood there before, then every answer, fact by fact."""
    conflict, lang = compare.conflict, options.language
    if options.json:
        say_json({
            **_as_json(conflict), "before": [_side(one) for one in compare.before], "apart": compare.apart,
            "shown_because": _both(compare.shown_because),
            "refusal": None if compare.refusal is None else _both(compare.refusal),
            "signatures": [_both(one) for one in compare.signatures],
            "queries": [query.id for query in compare.queries],
        })  # fmt: skip
        return
    place = message("conflicts.place", subject=conflict.subjid, place=conflict.place, item=conflict.label)
    say(place, lang)
    before = message("conflicts.column_before").in_(lang)
    if not compare.before:
        code = "conflicts.before_apart" if compare.apart else "conflicts.before_empty"
        sys.stdout.write(f"{before}: {message(code).in_(lang)}\n")
    for one in compare.before:
        _tell(before, one, options, judged=False)
    for number, side in enumerate(conflict.sides, 1):
        _tell(str(number), side, options)
    say(compare.shown_because, lang)
    told = [*compare.signatures, *([] if compare.refusal is None else [compare.refusal])]
    told += [message("conflicts.struck")] if conflict.struck else []
    told += [message("conflicts.asked", text=query.text) for query in compare.queries]
    for words in told:
        say(words, lang)


def _tell(head: str, side: Side, options: argparse.Namespace, *, judged: bool = True) -> None:
    lang = options.language
    sys.stdout.write(f"{head}: {one_line(side.value.in_(lang))}\n")
    facts = ("who", "where", "when", "reason", "way", *(("says", "shown") if judged else ()))
    for what in facts:
        label = message(f"conflicts.fact_{what}").in_(lang)
        lines = conflicts.fact(side, what, judged=judged).in_(lang).splitlines()
        sys.stdout.writelines(f"   {label}: {one_line(line)}\n" for line in lines)


def _as_json(conflict: Conflict) -> dict[str, Any]:
    return {
        "number": conflict.number, "id": conflict.id, "subject": conflict.subjid,
        "path": conflict.key.path(), "item": conflict.key.oid, "place": _both(conflict.place),
        "label": _both(conflict.label), "since": conflict.since.isoformat(), "days": conflict.days,
        "mine": conflict.mine, "struck": conflict.struck, "sides": [_side(one) for one in conflict.sides],
    }  # fmt: skip


def _side(side: Side) -> dict[str, Any]:
    entry = side.entry
    return {
        "record": side.record, "value": _both(side.value), "text": entry.text, "unit": entry.unit or "",
        "missing": entry.missing or "", "state": side.state, "person": side.person,
        "roles": _both(side.roles),
        "site": side.site, "vault": side.vault, "device": side.device, "here": side.here,
        "stored": side.stored.isoformat(), "zone": side.zone,
        "typed": side.typed.isoformat() if side.typed is not None else None, "reason": _both(side.reason),
        "bundle": None if side.bundle is None else _both(side.bundle), "shown": side.shown,
        "findings": [
            {"check": one.check, "severity": one.severity.value, "message": _both(one.message)}
            for one in side.findings
        ],
    }  # fmt: skip


def _double(double: Double) -> dict[str, Any]:
    return {
        "kind": double.kind, "subject": double.subjid, "first": double.first.path(),
        "second": double.second.path(), "says": _both(double.says), "proposal": _both(double.proposal),
    }  # fmt: skip


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}
