"""How scores read the codes of an answer."""

from __future__ import annotations

YES = "Y"
NO = "N"
NOT_DONE = "ND"

Flag = bool | str | None
"""A yes-or-no answer: True, "Y", False, "N", or None where there is none."""


def flag(name: str, value: Flag) -> bool | None:
    """The truth of an answer; None stays None. Raises ValueError (naming the input) for another code."""
    if value is None or isinstance(value, bool):
        return value
    if value not in (YES, NO):
        raise ValueError(f"{name}: the code is Y or N")
    return value == YES


def finding(name: str, value: str | None) -> str | None:
    """An answer that may also be "not done". Raises ValueError (naming the input) for another code."""
    if value not in (YES, NO, NOT_DONE, None):
        raise ValueError(f"{name}: the code is Y, N or ND")
    return value
