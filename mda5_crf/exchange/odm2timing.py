"""Windows of visits: study days in the program and in 1.3 (own attributes), timing constraints in 2.0.

2.0 counts from another visit. Every visit with a day is told from the visit on day 1; read is any chain of
constraints in days or weeks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from mda5_crf.exchange.odm2node import Node, all_of, made, own, walk

TARGET, FROM, TO = own("Target"), own("WindowFrom"), own("WindowTo")
_DAYS: Final = {"D": 1, "W": 7}


class Step(NamedTuple):
    """``after`` stands ``days`` behind ``before``; ``pre`` and ``post`` are the window, None = none said."""

    before: str
    after: str
    days: int
    pre: int | None
    post: int | None


def timings(events: Sequence[Node], oid: str) -> Node | None:
    """StudyTimings for the visits, and their own attributes taken away. None (and nothing taken) where no
    visit is on day 1.
    """
    anchor = next((one for one in events if one[1].get(TARGET) == "1"), None)
    if anchor is None:
        return None
    timing = made("StudyTiming", {"OID": oid, "Name": oid})
    for event in events:
        said = event[1]
        if TARGET not in said or (FROM in said) != (TO in said):
            continue
        day = _offset(int(said.pop(TARGET)))
        low, high = said.pop(FROM, None), said.pop(TO, None)
        pre = None if low is None else _duration(day - _offset(int(low)))
        post = None if high is None else _duration(_offset(int(high)) - day)
        constraint = {
            "OID": f"TC.{said['OID']}", "Name": said.get("Name") or said["OID"], "Type": "StartToStart",
            "PredecessorOID": anchor[1]["OID"], "SuccessorOID": said["OID"],
            "TimepointRelativeTarget": _duration(day), "TimepointPreWindow": pre, "TimepointPostWindow": post,
        }  # fmt: skip
        timing[3].append(made("RelativeTimingConstraint", constraint))
    return made("StudyTimings", {}, timing)


def windows(version: Node) -> dict[str, dict[str, str]]:
    """OID of a visit → its own attributes, from all constraints of a MetaDataVersion of 2.0."""
    steps = _steps(version)
    later = {one.after for one in steps if one.before != one.after}
    roots = [one.before for one in steps if one.before not in later]
    reached = [(root, _reach(root, steps)) for root in dict.fromkeys(roots)]
    if not reached:
        return {}
    root, days = max(reached, key=lambda one: len(one[1]))
    told = {root: {TARGET: "1"}}
    for step in steps:
        if step.after not in days or (step.after in told and step.after != root):
            continue
        day = days[step.after]
        said = {TARGET: str(_day(day))}
        if step.pre is not None or step.post is not None:
            said |= {FROM: str(_day(day - (step.pre or 0))), TO: str(_day(day + (step.post or 0)))}
        if step.after != root or step.before == root:
            told[step.after] = said
    return told


def _reach(root: str, steps: Sequence[Step]) -> dict[str, int]:
    """Visits told from ``root``, by how many days they lie behind it."""
    days, waiting = {root: 0}, True
    while waiting:
        waiting = False
        for step in steps:
            if step.before in days and step.after not in days:
                days[step.after] = days[step.before] + step.days
                waiting = True
    return days


def _steps(version: Node) -> list[Step]:
    found = []
    ways = {
        one[1].get("OID", ""): one[1]
        for flow in all_of(version, "WorkflowDef")
        for one in all_of(flow, "Transition")
    }
    for one in walk(version):
        said: Mapping[str, str] = one[1]
        if one[0] == "RelativeTimingConstraint":
            ends, length = (said.get("PredecessorOID"), said.get("SuccessorOID")), "TimepointRelativeTarget"
        elif one[0] == "TransitionTimingConstraint":
            way = ways.get(said.get("TransitionOID", ""), {})
            ends, length = (way.get("SourceOID"), way.get("TargetOID")), "TimepointTarget"
        else:
            continue
        days = _days(said.get(length, ""))
        if ends[0] and ends[1] and days is not None:
            pre, post = _days(said.get("TimepointPreWindow")), _days(said.get("TimepointPostWindow"))
            found.append(Step(ends[0], ends[1], days, pre, post))
    return found


def _days(text: str | None) -> int | None:
    """``P7D``, ``-P2W``; None for what is not whole days."""
    if not text:
        return None
    sign = -1 if text.startswith("-") else 1
    body = text.lstrip("+-")
    number, unit = body[1:-1], body[-1:]
    if not body.startswith("P") or unit not in _DAYS or not (number.isascii() and number.isdigit()):
        return None
    return sign * int(number) * _DAYS[unit] if len(number) < 6 else None


def _duration(days: int) -> str:
    return f"{'-' if days < 0 else ''}P{abs(days)}D"


def _offset(day: int) -> int:
    """Days since day 1; there is no day 0."""
    return day - 1 if day > 0 else day


def _day(offset: int) -> int:
    return offset + 1 if offset >= 0 else offset
