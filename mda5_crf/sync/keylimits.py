"""What a person wrote with a key that the study's authority revoked: kept, and set aside."""

from __future__ import annotations

from typing import Final

from mda5_crf.crypto import Certificate, CertificateRefused
from mda5_crf.db import rows, schema
from mda5_crf.db.records import AuditRecord
from mda5_crf.db.tx import Tx
from mda5_crf.sync.registry import Registry
from mda5_crf.text import Text, message

NEVER: Final = 1 << 62


class KeyLimits:
    """Given each record in the order of its chain: why it is set aside, or None.

    A record counts up to the last number that the list accepts, and again once the person was certified anew
    under another key.
    """

    def __init__(self, tx: Tx, registry: Registry) -> None:
        entries = () if registry.revocations is None else registry.revocations.entries
        self._limits = {(one.device, one.person): one for one in entries if one.person}
        self._renewed: dict[tuple[str, str], int] = {}
        for row in tx.find(schema.certificate) if self._limits else ():
            self._learn(row["device"], row["clock"], rows.content_of(row))

    def __call__(self, record: AuditRecord) -> Text | None:
        """See the class."""
        if not self._limits:
            return None
        if record.kind == "certificate" and record.content is not None:
            self._learn(record.device, record.clock, record.data)
        place = record.device, record.person
        entry = self._limits.get(place)
        if entry is None or record.seq <= entry.last or record.clock > self._renewed.get(place, NEVER):
            return None
        return message("joining.aside_person", after=entry.last)

    def _learn(self, device: str, clock: int, content: object) -> None:
        try:
            certificate = Certificate.from_json(content)
        except CertificateRefused:
            return
        place = device, certificate.person
        entry = self._limits.get(place)
        if entry is not None and certificate.author.text != entry.key:
            self._renewed[place] = min(clock, self._renewed.get(place, NEVER))
