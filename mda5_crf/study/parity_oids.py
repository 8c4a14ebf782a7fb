"""OIDs are permanent: ``oids.lock`` beside a definition keeps what has been given out.

One line each: kind, OID, type, separated by tabs. What is missing or has another type is a problem,
unless an item says ``renamed_from``. Written by ``study approve`` only, which adds and never takes away:
who truly takes an OID back deletes its line by hand, where a reviewer sees it.
"""

from __future__ import annotations

from collections.abc import Iterator

from mda5_crf.errors import Problem
from mda5_crf.study.model import Study
from mda5_crf.text import message

NAME = "oids.lock"
_HEAD = "# kind\tOID\ttype\n"

Known = dict[tuple[str, str], str]


def oids_of(study: Study) -> Known:
    """(kind, OID) → type of all that stands in stored data: events, forms, groups, items, codes, checks."""
    return dict(_oids(study))


def _oids(study: Study) -> Iterator[tuple[tuple[str, str], str]]:
    for event in study.events.values():
        yield ("event", event.oid), "repeating" if event.repeating else "once"
    for form in study.forms.values():
        yield ("form", form.oid), "log" if form.log else "repeating" if form.repeating else "once"
        for group in form.groups:
            yield ("group", group.oid), "rows" if group.repeating else "once"
        for item in form.items.values():
            yield ("item", item.oid), str(item.type)
        for check in form.checks:
            yield ("check", f"{form.oid} {check.oid}"), str(check.severity)
    for codelist in study.codelists.values():
        for value in codelist.values:
            yield ("code", f"{codelist.oid} {value.code}"), "integer" if codelist.integers else "text"


def compare(study: Study, lock: str | None) -> list[Problem]:
    """What has gone or changed its type since it was given out."""
    problems: list[Problem] = []
    given = _read(lock or "", problems)
    now = oids_of(study)
    renamed = set(former_names(study))
    for (kind, oid), was in given.items():
        name = f"{kind} {oid}"
        found = now.get((kind, oid))
        if found is None and (kind, oid) not in renamed:
            problems.append(Problem(message("parity.oid_gone", name=name), NAME))
        elif found is not None and found != was and kind != "check":
            problems.append(Problem(message("parity.oid_retyped", name=name, was=was, now=found), NAME))
    return problems


def former_names(study: Study) -> Iterator[tuple[str, str]]:
    """(kind, OID) of what ``study`` has under another name now."""
    for form in study.forms.values():
        for item in form.items.values():
            if item.renamed_from:
                former = item.renamed_from
                yield "item", former if "." in former else f"{form.oid}.{former}"


def _read(lock: str, problems: list[Problem]) -> Known:
    found: Known = {}
    for number, line in enumerate(lock.splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        parts = line.split("\t")
        if len(parts) != 3 or not all(parts):
            problems.append(Problem(message("parity.bad_line"), NAME, number))
        else:
            found[parts[0], parts[1]] = parts[2]
    return found


def approve(study: Study, lock: str | None) -> str:
    """The new text of the file: what was there, and what is new."""
    known = {**oids_of(study), **_read(lock or "", [])}
    return _HEAD + "".join(f"{kind}\t{oid}\t{type_}\n" for (kind, oid), type_ in sorted(known.items()))
