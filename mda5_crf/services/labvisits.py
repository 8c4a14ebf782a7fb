"""Where a sample belongs: the visit its day fits, and what a form asks about the sample itself.

A setting of the definition names the items of time and number of a sample (``lab_sample = "LBTIM LBREFID"``);
laboratory and day are those of the setting ``limits``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from mda5_crf.itemkey import ItemKey
from mda5_crf.services import labcells
from mda5_crf.services.changes import EventNode
from mda5_crf.services.entry import EntrySession
from mda5_crf.services.referencelists import Panel, panel_of
from mda5_crf.study.folding import loose
from mda5_crf.study.model import Form, Item, ItemType, Study
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

_SETTING: Final = "lab_sample"
_YES: Final = "Y"


@dataclass(frozen=True, slots=True)
class Place:
    """``event``: the visit, None where none fits or several do (``why``). ``labels``: what may be chosen."""

    event: ItemKey | None
    labels: tuple[str, ...]
    why: Text | None = None


def place(session: Session, subject: str, form: Form, day: date, said: str = "") -> Place:
    """The visit at which ``form`` holds a sample of ``day``; ``said``: what the sheet or a person names.

    First the visits whose form has that day, then those held on it, then those whose window it lies in.
    """
    nodes = [node for node in session.tree(subject) if any(one.key.form == form.oid for one in node.forms)]
    labels = {session.event_label(node.key): node for node in nodes}
    if said:
        wanted = loose(said)
        found = [
            node
            for label, node in labels.items()
            if wanted in (loose(label), loose(node.name.en), loose(node.name.zh))
        ]
        if len(found) == 1:
            return Place(found[0].key, tuple(labels))
        known = ", ".join(labels) or "-"
        return Place(None, tuple(labels), message("labs.unknown_visit", visit=said[:30], known=known))
    for fitting in (
        [node for node in nodes if _dated(session, node, form) == day],
        [node for node in nodes if node.date == day],
        [node for node in nodes if node.window is not None and node.window[0] <= day <= node.window[1]],
    ):
        if len(fitting) == 1:
            return Place(fitting[0].key, tuple(labels))
        if fitting:
            fit = tuple(session.event_label(node.key) for node in fitting)
            return Place(None, fit, message("labs.several_visits", day=day, known=", ".join(fit)))
    return Place(None, tuple(labels), message("labs.no_visit", day=day))


def _dated(session: Session, node: EventNode, form: Form) -> date | None:
    """The day that the form of a visit says itself."""
    if form.date_item is None:
        return None
    item = form.items[form.date_item]
    key = node.key._replace(form=form.oid, group=item.group, item=item.name)
    entry = session.cache(key.subject).data.get(key)
    return None if entry is None else labcells.moment(entry.text)[0]


# -- what a form asks about the sample -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HeadItems:
    """Names of the items of a form about the sample; "" where the definition names none."""

    panel: Panel | None
    time: str = ""
    reference: str = ""


def head_items(study: Study) -> HeadItems:
    """What the settings of a definition name."""
    words = study.settings.get(_SETTING, "").split()
    return HeadItems(panel_of(study), *(words if len(words) == 2 else ("", "")))


@dataclass(frozen=True, slots=True)
class Head:
    """What a sheet says of a sample."""

    items: HeadItems
    day: date
    time: str
    reference: str
    laboratory: str

    def cells(self, form: Form) -> Iterator[tuple[Item, str, bool]]:
        """The items of ``form`` that hold it, with their texts; True: another answer is another sample."""
        panel = self.items.panel
        dated = form.date_item or (panel.sampled if panel is not None else "")
        for name, text, must in (
            (dated, self.day.isoformat(), True),
            (self.items.time, self.time, False),
            (panel.laboratory if panel is not None else "", self.laboratory, True),
            (self.items.reference, self.reference, False),
        ):
            item = form.items.get(name)
            if item is None or not text or item.computed:
                continue
            whole = f"{text} {self.time}".strip() if item.type is ItemType.DATETIME else text
            yield item, whole, must


def gates(entry: EntrySession, form: Form, items: Iterable[Item]) -> list[Item]:
    """The questions ("sample taken?") that must be answered yes before ``items`` are asked."""
    groups = {group.name: group for group in form.groups}
    found: dict[str, Item] = {}
    for item in items:
        for rule in (item.relevant, groups[item.group].relevant):
            for one in rule.references if rule is not None else ():
                gate = form.items.get(one.item) if (one.form or form.oid) == form.oid else None
                if gate is None or gate.type is not ItemType.CODE or groups[gate.group].repeating:
                    continue
                codes = {value.code for value in entry.codes(gate)}
                if rule is not None and f'{gate.name} == "{_YES}"' in rule.source and _YES in codes:
                    found.setdefault(gate.name, gate)
    return list(found.values())
