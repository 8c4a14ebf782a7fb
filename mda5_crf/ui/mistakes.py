"""Our own mistakes: an id, class and place in the log, never a value, and one sentence for the person."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

from mda5_crf.errors import CrfError


def noted(kind: type[BaseException], trace: TracebackType | None) -> CrfError:
    """Log a mistake, return what to say of it. The exception's own text is never used: it may quote data."""
    import logging  # behind the first paint, like everything that is rarely needed

    identity = os.urandom(4).hex()
    logging.getLogger("mda5_crf").error(
        "error %s: %s at %s", identity, kind.__name__, " < ".join(places(trace))
    )
    return CrfError("ui.our_mistake", id=identity)


def places(trace: TracebackType | None) -> list[str]:
    """Module and line of each step, innermost first: enough to find the mistake, and nothing of the data."""
    steps = []
    while trace is not None:
        steps.append(f"{Path(trace.tb_frame.f_code.co_filename).stem}:{trace.tb_lineno}")
        trace = trace.tb_next
    return steps[::-1][:8]
