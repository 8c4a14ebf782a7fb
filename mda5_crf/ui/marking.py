"""What one field says about itself: at most one message, one icon, one bar. Pure: no widgets.

The order of precedence is nonconformant, hard, query, soft, note; then what is calm: missing with a reason,
confirmed, computed, locked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mda5_crf.services.changes import QueryInfo
from mda5_crf.study.model import Severity
from mda5_crf.study.state import Finding, ItemState
from mda5_crf.text import Text, message
from mda5_crf.ui.icons import Glyph
from mda5_crf.ui.theme import ERROR, QUERY, SOFT, Tone

TYPE_CHECK = "TYPE"
REQUIRED_CHECK = "REQUIRED"


@dataclass(frozen=True, slots=True)
class Marking:
    """``words`` stand under the input when ``loud``, else beside it in grey. ``bar`` is a colour or ""."""

    glyph: Glyph | None = None
    bar: str = ""
    words: Text | None = None
    tone: Tone = Tone.QUIET
    loud: bool = False
    needs_attention: bool = False


CALM = Marking()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a marking needs to know beside the item's own state.

    ``asked``: somebody pressed Complete, so what is required and empty shows. ``locked``: why nothing can be
    entered, or None. ``queries``: the open ones of this item. ``confirmed``: who confirmed, when, if known.
    ``centre``: what the centre made of checks, in words, by their OIDs.
    """

    asked: bool = False
    locked: Text | None = None
    missing: Mapping[str, Text] = field(default_factory=dict)
    queries: Sequence[QueryInfo] = ()
    confirmed: Text | None = None
    origin: Text | None = None
    centre: Mapping[str, Text] = field(default_factory=dict)


def speaking(findings: Sequence[Finding], *, asked: bool) -> list[Finding]:
    """The findings that speak now: those about completion are silent until Complete was asked for."""
    return [f for f in findings if asked or not f.at_completion]


def marking(state: ItemState, around: Surroundings) -> Marking:
    """The marking of one item."""
    if state.value.conflict:
        # Which answer stands comes before what is wrong with the one that is shown.
        words = message("conflicts.at_field", item=state.item.label)
        return Marking(Glyph.CONFLICT, QUERY, words, Tone.QUERY, loud=True, needs_attention=True)
    findings = speaking(state.findings, asked=around.asked)
    queried = {query.check for query in around.queries if query.check}
    hard = [f for f in findings if f.severity is Severity.HARD and not f.confirmed and f.check not in queried]
    wrong_type = [f for f in hard if f.check == TYPE_CHECK]
    if wrong_type or hard:
        return _hard((wrong_type or sorted(hard, key=_required_last))[0], around)
    if around.queries:
        return _query(around.queries[0])
    for severity in (Severity.QUERY, Severity.SOFT):
        for finding in findings:
            if finding.severity is severity and not finding.confirmed and finding.check not in queried:
                words = _words(finding, around)
                return Marking(Glyph.WARNING, SOFT, words, Tone.SOFT, loud=True, needs_attention=True)
    for finding in findings:
        if finding.severity is Severity.WARNING:
            return Marking(Glyph.NOTE, "", _words(finding, around), Tone.QUIET, loud=True)
    return _calm(state, around)


def _required_last(finding: Finding) -> bool:
    return finding.check == REQUIRED_CHECK


def _words(finding: Finding, around: Surroundings) -> Text:
    """What a finding says, and what the centre made of its check."""
    said, words = around.centre.get(finding.check), finding.message
    return words if said is None else message("overlay.at_field", message=words, said=said)


def _hard(finding: Finding, around: Surroundings) -> Marking:
    glyph = Glyph.RING if finding.check == REQUIRED_CHECK else Glyph.CROSS
    return Marking(glyph, ERROR, _words(finding, around), Tone.ERROR, loud=True, needs_attention=True)


def _query(query: QueryInfo) -> Marking:
    first = Text(*((line.strip().splitlines() or [""])[0] for line in (query.text.en, query.text.zh)))
    code = "form.query_answered" if query.state == "Answered" else "form.query_open"
    glyph = Glyph.CONFLICT if query.source == "conflict" else Glyph.QUERY
    return Marking(glyph, QUERY, message(code, text=first), Tone.QUERY, loud=True, needs_attention=True)


def _calm(state: ItemState, around: Surroundings) -> Marking:
    missing = state.value.missing
    if missing:
        return Marking(Glyph.DASH, "", around.missing.get(missing, Text(missing, missing)))
    if any(f.confirmed for f in state.findings):
        return Marking(Glyph.CONFIRMED, "", around.confirmed or message("form.confirmed"))
    if state.item.computed:
        return Marking(Glyph.SIGMA, "", around.origin)
    if around.locked is not None:
        return Marking(Glyph.LOCK)
    return CALM
