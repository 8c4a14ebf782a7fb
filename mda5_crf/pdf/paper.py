"""What a caller hands over to have a filled form printed: plain facts, no sessions, no stores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.model import Form, Study
from mda5_crf.text import Text

if TYPE_CHECKING:
    from mda5_crf.study.state import FormState


@dataclass(frozen=True, slots=True)
class PageHeader:
    """Whose pages these are. ``head``: the newest record of the device's chain, ``d1:482 9f3a…``.

    ``as_of``: of pages that show a past moment, which one, in words; None = as things stand.
    """

    subjid: str
    site: str
    printed_by: str = ""
    head: str = ""
    as_of: Text | None = None


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """One row of a log: its identity, the number people know it by, and whether and why it was struck out.

    ``number`` counts struck rows too. ``values`` (item name → text as people read it) is read only for struck
    rows, which the form's state does not hold. ``status`` as ``RowState`` has it, "" = not said.
    """

    identity: str
    number: int
    struck: bool = False
    reason: Text | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    status: str = ""


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change of a form. ``at`` has a zone; ``what``: the question, ``place`` its address; ``key``: the
    answer that was changed, None for what is no answer (a row that was struck out).
    """

    at: datetime
    who: str
    roles: Text
    what: Text
    place: str
    old: Text
    new: Text
    reason: Text
    key: ItemKey | None = None


@dataclass(frozen=True, slots=True)
class FilledForm:
    """One form instance to print.

    ``event`` is the visit as people address it (``BL``, ``UNS#2``); it stands in the head with ``event_name``
    and ``event_date`` (ISO, may be empty). ``status`` is the form status (``complete``), empty = that of the
    state. ``queries``: keys with an open query; ``changed``: keys whose value was changed after first entry.
    ``rows``: for each log group the rows to print, struck ones too; a group not named prints its live rows.
    ``repeat``: number of a repeating form at this visit, from 1; 0 for any other form. ``shown``: links as
    line numbers (``1, 3``; struck: ``2×``), for the state holds identities. ``closed``: why nothing more is
    expected of the visit. ``signatures``: of each electronic signature over the form, newest first, who
    signed when and whether it counts, then its meaning, then what else is to be known of it. ``held``: who
    froze or locked it and when. ``changes``: what was changed after first entry, oldest first, printed after
    the form; None prints no such appendix. ``gone``: answers whose content is not here, and why.
    ``conflicts``: items to which PCs gave different answers, with all of them. ``study``: the definition that
    the form goes by, None = that of the document; ``version``: what is to be said where it is not the newest.
    """

    form: Form
    state: FormState
    event: str
    event_name: Text
    event_date: str = ""
    status: str = ""
    completed_by: str = ""
    completed_at: datetime | None = None
    queries: frozenset[ItemKey] = frozenset()
    changed: frozenset[ItemKey] = frozenset()
    rows: Mapping[str, Sequence[PrintedRow]] = field(default_factory=dict)
    repeat: int = 0
    shown: Mapping[ItemKey, str] = field(default_factory=dict)
    closed: Text | None = None
    signatures: Sequence[Sequence[Text]] = ()
    held: Text | None = None
    changes: Sequence[ChangeLine] | None = None
    gone: Mapping[ItemKey, Text] = field(default_factory=dict)
    conflicts: Sequence[Text] = ()
    study: Study | None = None
    version: Sequence[Text] = ()


@dataclass(frozen=True, slots=True)
class Printed:
    """A finished document. ``uncovered``: characters that had to be printed as their code."""

    data: bytes
    pages: int
    uncovered: tuple[str, ...]
