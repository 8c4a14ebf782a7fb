"""What is to be printed for one item: the engine's state of it in the words of paper."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from mda5_crf.pdf.voice import Voice
from mda5_crf.study.links import STRUCK_LINE, UNKNOWN_LINE, in_words
from mda5_crf.study.operand import round_half_up

QUERY, CHANGED, SOFT, CONFIRMED, WRONG, COMPUTED = "▲", "✎", "⚠", "✓", "✗", "Σ"
MARKS = {
    QUERY: "mark_query",
    CHANGED: "mark_changed",
    SOFT: "mark_soft",
    CONFIRMED: "mark_confirmed",
    WRONG: "mark_wrong",
    COMPUTED: "mark_computed",
}
FIGURES = 6  # significant figures of a converted value whose item names no decimals


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer ready for paper.

    ``text`` as typed (or computed); ``codes`` the options to tick, empty when the text is no value of the
    codelist; ``unit`` as typed; ``converted`` the number in the stored unit when another was typed;
    ``missing`` a missing code; ``marks`` symbols of :data:`MARKS`; ``change`` the line of the appendix that
    tells its last change, 0 for none, and ``goal`` where that is.
    """

    text: str = ""
    codes: frozenset[str] = frozenset()
    unit: str = ""
    converted: str = ""
    missing: str = ""
    relevant: bool = True
    marks: str = ""
    change: int = 0
    goal: str = ""


def line_numbers(voice: Voice, log: str, text: str) -> str:
    """A link as people write it: ``AE#1, AE#3`` for ``1, 3``; what is no line number stays as typed.

    A struck row (``2×``) is named as such: ``AE#2 (struck)``.
    """
    parts = [part.strip() for part in text.split(",")]
    if not all(part.removesuffix(STRUCK_LINE).isdecimal() or part == UNKNOWN_LINE for part in parts):
        return text
    return voice.say(in_words(", ".join(f"{log}#{part}" for part in parts)), "  ")


def rounded(number: Decimal, decimals: int | None) -> str:
    """A number for people: half up to ``decimals`` places; None: as it is, fractions to six figures."""
    if decimals is not None:
        return f"{round_half_up(number, decimals):f}"
    exact = f"{number:f}"
    places = max(0, FIGURES - 1 - number.adjusted()) if number else 0
    if len(exact.partition(".")[2]) > places:
        exact = f"{round_half_up(number, places):f}"
    return exact.rstrip("0").rstrip(".") if "." in exact else exact
