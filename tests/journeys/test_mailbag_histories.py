"""Histories of five sites and a centre: whatever people enter and whatever befalls the files between them,
all copies that have heard the same are equal, nothing is lost, every gap is named, nothing comes from a bad
file.

A history is a program of acts that is drawn whole and then played (``tests/mailacts.py``), not a machine of
rules: an act finds at run time what it can be about, so no rule needs a precondition, every part of a program
is a program, and hypothesis shrinks it by leaving acts out; and the few programs below that make sure that
nothing stays unseen can be given as examples beside those that are drawn.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, example, given, seed, settings
from hypothesis import strategies as st

from tests.conftest import NIGHTLY
from tests.faults import counts
from tests.mailacts import ACTS, OFTEN, Play, Step
from tests.mailchecks import agree, settle, sound, whole
from tests.mailworld import WARDS, World, world

PARTS: Final = 8 if NIGHTLY else 2
HISTORIES: Final = 1000 if NIGHTLY else 25
Program = tuple[tuple[str, ...], tuple[Step, ...]]

_number: Final = st.integers(0, 59)
_acts: Final = st.sampled_from([act for act in ACTS for _ in range(OFTEN.get(act, 1))])
_step: Final = st.builds(Step, _acts, _number, _number, _number)
_steps: Final = st.lists(_step, min_size=8, max_size=40 if NIGHTLY else 24).map(tuple)
_casts: Final = st.sampled_from([
    ("bed", "office"), ("bed", "office", "two"), ("two", "three"), ("four", "five", "bed"), WARDS,
])  # fmt: skip
programs: Final = st.tuples(_casts, _steps)

# -- programs that make sure that nothing stays unseen -----------------------------------------------------

CONFLICTS: Final[Program] = (("bed", "office"), (
    Step("clash", 0, 0, 0), Step("next_door", 0, 1, 0), Step("next_door", 1, 1, 0), Step("settle", 0, 0, 1),
    Step("clash", 0, 0, 1), Step("to_centre", 0, 1, 0), Step("next_door", 0, 1, 5),
    Step("next_door", 0, 1, 6), Step("value", 1, 0, 8), Step("next_door", 1, 2, 7), Step("settle", 1, 0, 2),
))  # fmt: skip
"""Two PCs of a ward; a file is lost, one comes twice, one is cut."""
LOCKS: Final[Program] = (("two", "three"), (
    Step("finish", 0, 0, 1), Step("sign", 0, 0, 0), Step("to_centre", 0, 1, 0), Step("hold", 0, 1, 0),
    Step("finish", 0, 0, 0), Step("value", 0, 0, 1), Step("from_centre", 0, 1, 0), Step("to_centre", 0, 1, 8),
    Step("overlay", 0, 0, 1), Step("ask", 0, 1, 0), Step("from_centre", 1, 1, 10),
    Step("from_centre", 0, 1, 0), Step("answer", 0, 0, 0), Step("to_centre", 0, 1, 9),
    Step("check_source", 0, 1, 0),
))  # fmt: skip
"""A form is frozen while the ward goes on; files go astray, are forged, have a bit turned."""
AMENDED: Final[Program] = (("bed", "office", "five"), (
    Step("amend"), Step("from_centre", 0, 1, 5), Step("from_centre", 0, 1, 0), Step("approve", 0, 0, 0),
    Step("visit", 0, 0, 0), Step("value", 0, 0, 35), Step("enrol", 1), Step("next_door", 1, 1, 0),
    Step("value", 0, 1, 0), Step("to_centre", 0, 1, 0), Step("register", 0, 0, 1), Step("to_centre", 1, 1, 0),
    Step("revoke", 2, 0, 0), Step("to_centre", 2, 1, 0), Step("account", 2, 0, 2),
))  # fmt: skip
"""An amendment; the centre hears of a participant of a PC that it does not know; a PC is revoked."""

REVOKED: Final[Program] = (("bed", "office"), (
    Step("register"), Step("from_centre", 1, 1, 0), Step("revoke", 0, 0, 0), Step("value", 0, 0, 0),
    Step("next_door", 0, 1, 0), Step("to_centre", 1, 1, 0), Step("to_centre", 0, 1, 0),
    Step("from_centre", 1, 2, 10), Step("found", 0, 0, 0),
))  # fmt: skip
"""A PC is revoked, and a neighbour that has not heard of it carries what it wrote."""

MUST: Final = (
    "conflicts", "conflicts settled", "gaps named", "refusals", "repeated bundles", "set aside", "dropped",
    "amendments applied", "overlays", "places where a lock does not hold", "PCs revoked",
    "passed over", "pairs of equal copies before the last round",
)  # fmt: skip
"""What a run must have met, or it shows nothing."""
REFUSALS: Final = (
    "sync.version_newer", "sync.for_somebody_else", "sync.signature_false", "sync.file_short",
    "sync.sender_unknown", "joining.sender_revoked",
)  # fmt: skip


@pytest.mark.requirement("CN-4", "P11-6")
@pytest.mark.parametrize("part", range(PARTS))
def test_all_copies_that_have_heard_the_same_are_equal_and_nothing_is_lost(part: int) -> None:
    met: Counter[str] = Counter()
    refusals: Counter[str] = Counter()
    share = HISTORIES // PARTS + (part < HISTORIES % PARTS)

    @seed(part)
    @settings(
        max_examples=share - 4, deadline=None, database=None, derandomize=not NIGHTLY,
        suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )  # fmt: skip
    @example(CONFLICTS)
    @example(LOCKS)
    @example(AMENDED)
    @example(REVOKED)
    @given(programs)
    def play(program: Program) -> None:
        with world() as one:
            played(one, program)
            met.update(one.counts)
            refusals.update(one.refusals)
            met["histories"] += 1

    play()
    counts.histories(met, refusals)
    missing = [name for name in MUST if not met[name]] + [code for code in REFUSALS if not refusals[code]]
    assert not missing, f"no history met: {', '.join(missing)}"


def played(one: World, program: Program) -> None:
    """Play a history and ask all there is to ask."""
    cast, steps = program
    play = Play(one, cast)
    for step in steps:
        play.step(step)
    sound(one)
    one.counts["pairs of equal copies before the last round"] += agree(one)
    settle(one)
    whole(one)
