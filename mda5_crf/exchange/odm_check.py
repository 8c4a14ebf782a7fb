"""Whether what is being written is valid ODM 1.3.2: the very bytes go through the schema as they are made.

A file with extensions is held against ``mda5-crf-odm.xsd``, a plain one against CDISC's own schema. Elements
are forgotten as soon as they end, so a file of any size takes the memory of what is open in it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

from mda5_crf.errors import StoreError
from mda5_crf.exchange.odm_names import ODM, OWN
from mda5_crf.settings import resource

_PLAIN, _EXTENDED = "ODM1-3-2.xsd", "mda5-crf-odm.xsd"
_FREED: Final = (
    *(f"{{{ODM}}}{name}" for name in (
        "ItemData", "ItemGroupData", "FormData", "StudyEventData", "SubjectData", "ClinicalData", "ItemDef",
        "ItemGroupDef", "FormDef", "CodeList", "MetaDataVersion", "User",
    )),
    *(f"{{{OWN}}}{name}" for name in ("Entry", "Source", "Seal")),
)  # fmt: skip
"""Forgotten with all before them when they end. An event for every element would cost more than the check."""
# Of what the schema says only names are shown: a value may be a participant's.
_SAID: Final = re.compile(r"Element '(?:\{[^}']*\})?([^']*)'(?:, attribute '(?:\{[^}']*\})?([^']*)')?")


class SchemaCheck:
    """Feed it the bytes of one file as they are written; :meth:`close` at the end.

    Both raise StoreError, which names the place, as soon as the file cannot be valid any more. ``schema`` and
    ``freed``: another version of ODM, and its elements that are forgotten as they end.
    """

    def __init__(
        self, *, extensions: bool = True, schema: object = None, freed: tuple[str, ...] = _FREED
    ) -> None:
        from lxml import etree

        self._broken = etree.XMLSyntaxError
        self._parser: Any = etree.XMLPullParser(
            events=("end",), tag=freed, schema=schema or _schema(_EXTENDED if extensions else _PLAIN),
            no_network=True, load_dtd=False, huge_tree=True,
        )  # fmt: skip
        # Not resolve_entities=False: with a schema, lxml then says nothing of a file that has no end. There
        # is no DOCTYPE in what we write.
        self._line = 1

    def feed(self, piece: bytes) -> None:
        """The next bytes."""
        first = self._line
        self._line += piece.count(b"\n")
        try:
            self._parser.feed(piece)
        except self._broken as problem:
            raise self._refused(str(problem), first) from None
        if self._parser.feed_error_log:
            raise self._refused(self._parser.feed_error_log[0].message, first)
        for _, element in self._parser.read_events():
            element.clear()
            parent = element.getparent()
            while parent is not None and parent[0] is not element:
                del parent[0]

    def close(self) -> None:
        """There are no more bytes."""
        try:
            self._parser.close()
        except self._broken as problem:
            raise self._refused(str(problem), self._line) from None

    def _refused(self, said: str, first: int) -> StoreError:
        """What the schema says, without any value. Its text comes from libxml2 and has no fixed form."""
        found = _SAID.match(said)
        element, attribute = (found[1], found[2] or "") if found else ("?", "")
        place = f"{element}/@{attribute}" if attribute else element
        return StoreError("odmback.not_valid", place=place, first=first, last=self._line)


@cache
def _schema(name: str) -> Any:  # noqa: ANN401 - lxml ships no types
    """A schema, read once: that takes as long as checking some megabytes."""
    from lxml import etree

    return etree.XMLSchema(etree.parse(str(resource("schema", "odm-1.3.2", name))))
