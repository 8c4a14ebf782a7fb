"""What became of a bundle, or would become of it, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from mda5_crf.sync.holding import HeldBack
from mda5_crf.sync.preview import Details, kinds_in_words
from mda5_crf.text import Text, both, message

_SHOWN = 10
_NAMED = 12
"""Participants whose numbers are named."""


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of ``plan`` or ``take``.

    ``sender`` is the name of the PC it comes from, ``made`` the local time it bears. ``new`` and ``known``
    count records, ``aside`` names those set aside (id, reason), ``conflicts`` counts items that now have two
    values. ``missing`` are numbers of the sender that never arrived, ``confirmed`` own bundles it has taken.
    ``held`` names PCs of which nothing was taken, while the rest went in.
    ``details`` says what the new records are, of whom, and which items differ.
    ``already``: this very file was taken before, and nothing was written. ``passed_over`` counts records of
    PCs that are not registered here, by device.
    """

    sender: str
    device: str
    site: str
    number: int
    made: str
    new: int = 0
    known: int = 0
    aside: tuple[tuple[str, Text], ...] = ()
    conflicts: int = 0
    subjects: int = 0
    missing: tuple[int, ...] = ()
    confirmed: tuple[int, ...] = ()
    passed_over: Mapping[str, int] = field(default_factory=dict)
    already: str = ""
    held: tuple[HeldBack, ...] = ()
    notes: tuple[Text, ...] = ()
    backup: Path | None = None
    details: Details = field(default_factory=Details)

    @property
    def set_aside(self) -> int:
        """How many records are kept but do not count."""
        return len(self.aside)

    def with_backup(self, place: Path | None) -> Report:
        """The same, naming the copy made before."""
        return replace(self, backup=place)

    def with_notes(self, notes: tuple[Text, ...]) -> Report:
        """The same, with more to be known."""
        return replace(self, notes=(*self.notes, *notes))

    def lines(self) -> list[Text]:
        """Sentences for people, most important first."""
        found = [
            message("sync.line_from", sender=self.sender, site=self.site, number=self.number, made=self.made)
        ]
        if self.already:
            found.append(message("sync.line_already", at=self.already))
        found.append(message("sync.line_records", new=self.new, known=self.known, subjects=self.subjects))
        found += [one.words for one in self.held]
        found += self._contents()
        if self.conflicts:
            found.append(message("sync.line_conflicts", count=self.conflicts))
            named = self.details.differences
            found += [message("mailbag.line_differs", place=one.place) for one in named[:_SHOWN]]
            if named and self.conflicts > _SHOWN:
                found.append(message("sync.line_more", count=self.conflicts - len(named[:_SHOWN])))
        if self.aside:
            found.append(message("sync.line_aside", count=len(self.aside)))
            shown = self.aside[:_SHOWN]
            found += [message("sync.line_aside_one", record=one, reason=why) for one, why in shown]
            if len(self.aside) > _SHOWN:
                found.append(message("sync.line_more", count=len(self.aside) - _SHOWN))
        if self.missing:
            found.append(message("sync.line_missing", numbers=in_ranges(self.missing)))
        if self.confirmed:
            found.append(message("sync.line_confirmed", numbers=in_ranges(self.confirmed)))
        for device, count in sorted(self.passed_over.items()):
            found.append(message("sync.line_passed_over", device=device, count=count))
        return [*found, *self.notes]

    def _contents(self) -> list[Text]:
        """What the new records are, and about whom; nothing where it is not known."""
        found, who = [], self.details.participants
        kinds = kinds_in_words(self.details.kinds)
        if kinds.en:
            found.append(message("mailbag.line_kinds", kinds=kinds))
        if who:
            shown = both(", ".join(who[:_NAMED]))
            if len(who) > _NAMED:
                shown = message("mailbag.and_more", some=shown, count=len(who) - _NAMED)
            found.append(message("mailbag.line_participants", who=shown))
        return found


def in_ranges(numbers: tuple[int, ...]) -> str:
    """Numbers as people write them: ``1–3, 7``."""
    parts: list[list[int]] = []
    for number in sorted(set(numbers)):
        if parts and number == parts[-1][-1] + 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    return ", ".join("–".join(map(str, part)) for part in parts)
