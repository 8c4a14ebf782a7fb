"""The address of a datum: the ODM path Subject / StudyEvent / Form / ItemGroup / Item.

One type serves every level; a level that is not named is the empty string, so a key with no
``item`` addresses a row or group, one with no ``group`` a form, and so on. ``subject`` and every
``*_repeat`` hold the identity (``device:seq``) of the record that created them, never a number:
two offline PCs that both add "row 1" have two rows. Scheduled events and single forms have no
repeat. ``form``, ``group`` and ``item`` are names; the full OID of an item is ``FORM.ITEM``.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_PART = re.compile(r"^([A-Za-z0-9_.:\-]*)(?:\[([A-Za-z0-9_:\-]+)\])?$")


class ItemKey(NamedTuple):
    """Where a value lives. Hashable, ordered, cheap; see the module text for the levels."""

    subject: str = ""
    event: str = ""
    event_repeat: str = ""
    form: str = ""
    form_repeat: str = ""
    group: str = ""
    group_repeat: str = ""
    item: str = ""

    @property
    def oid(self) -> str:
        """The item's OID in the definition, ``FORM.ITEM``; the form's OID when no item is named."""
        return f"{self.form}.{self.item}" if self.item else self.form

    def event_key(self) -> ItemKey:
        """The key of the study event this key lies in."""
        return ItemKey(self.subject, self.event, self.event_repeat)

    def form_key(self) -> ItemKey:
        """The key of the form instance this key lies in."""
        return ItemKey(self.subject, self.event, self.event_repeat, self.form, self.form_repeat)

    def row_key(self) -> ItemKey:
        """The key of the group row this key lies in."""
        return self._replace(item="")

    def path(self) -> str:
        """The key as text, as the journal stores it: ``d1:5/UNS[d1:17]/VS/MAIN/SYSBP_VSORRES``."""
        if not self.event:
            return self.subject
        parts = [self.subject, _part(self.event, self.event_repeat)]
        if self.form:
            parts.append(_part(self.form, self.form_repeat))
            if self.group:
                parts.append(_part(self.group, self.group_repeat))
                if self.item:
                    parts.append(self.item)
        return "/".join(parts)

    @classmethod
    def parse(cls, path: str) -> ItemKey:
        """Read what :meth:`path` wrote. Raises ValueError for any other text."""
        parts = path.split("/")
        if len(parts) > 5:
            raise ValueError("item key: too many parts")
        flat: list[str] = []
        for index, part in enumerate(parts):
            match = _PART.match(part)
            if match is None or (match[2] and index in (0, 4)) or (index and not match[1]):
                raise ValueError("item key: malformed part")
            flat.append(match[1])
            if index not in (0, 4):
                flat.append(match[2] or "")
        return cls(*flat)


def _part(name: str, repeat: str) -> str:
    return f"{name}[{repeat}]" if repeat else name
