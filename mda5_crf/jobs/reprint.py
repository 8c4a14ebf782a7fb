"""A recorded print made once more, as it was and as it would be now, and when its pages changed between."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from mda5_crf.errors import CrfError
from mda5_crf.jobs import proving
from mda5_crf.pdf.parts import printed
from mda5_crf.pdf.proof import About, Proofs, Proven, Prover
from mda5_crf.services import pageproof, redacting
from mda5_crf.services.asof import Moment
from mda5_crf.services.pageproof import KnownCode, Print

if TYPE_CHECKING:
    from mda5_crf.db.records import AuditRecord
    from mda5_crf.pdf.parts import Laid
    from mda5_crf.services.session import Session

Place = tuple[str, int]
"""Label of a part (``VS/BL``) and sheet within it."""
SAYS_NOTHING: Final = frozenset(
    ("print", "export", "bundle", "view", "login", "logout", "clock", "backup", "trail-review")
)
"""Kinds of records after which every page still says the same."""


@dataclass(slots=True)
class Reprint:
    """A document as it was printed. ``codes`` and ``texts``: of all its pages, as its records tell them.

    ``same``: its bytes are those of the first print, so that another file may be compared with it bit by bit.
    """

    session: Session
    parts: Sequence[Print]
    laid: Laid
    pages: Sequence[Proven]
    data: bytes
    _shown: dict[int, Mapping[Place, str]] = field(default_factory=dict)
    _steps: list[AuditRecord] | None = None

    @property
    def same(self) -> bool:
        """See the class."""
        return hashlib.sha256(self.data).hexdigest() == self.parts[0].sha256

    @property
    def keyed(self) -> bool:
        """Whether the page key that proved it is here. Where it is not, the journal alone says what stood on
        the pages: nobody else can tell whether a text is the one that was proven.
        """
        return any(page.text for page in self.pages)

    def proves(self, number: int) -> bool:
        """Whether page ``number`` of the document, drawn again, says what was proven when it was printed; of
        a print that is not ``keyed``: whether it has as many pages, and nothing in it was redacted since.
        """
        page = next((one for one in self.pages if one.number == number), None)
        told = {n: (c, t) for part in self.parts for n, c, t in part.proofs}
        if page is None or number not in told:
            return False
        if self.keyed:
            return told[number] == (page.code, page.text)
        return told.keys() == {one.number for one in self.pages} and not redacted(self.session, self.parts[0])

    # -- since then

    def changed(self, place: Place, shown: str) -> AuditRecord | None:
        """The record with which a page began to say something else than it says now; None while it says the
        same. A page that went back to what it was counts as the same.
        """
        steps = self._changes()
        if not steps or self._at(len(steps)).get(place) == shown:
            return None
        same, other = 0, len(steps)
        while other - same > 1:
            middle = (same + other) // 2
            if self._at(middle).get(place) == shown:
                same = middle
            else:
                other = middle
        return steps[other - 1]

    def _changes(self) -> list[AuditRecord]:
        """What was recorded since that a page could show, in the order in which it came to count."""
        if self._steps is None:
            one = self.parts[0]
            found = [
                record
                for record in self.session.vault.journal.above(one.heads)
                if record.kind not in SAYS_NOTHING and record.key.partition("/")[0] in ("", *one.subjects)
            ]
            self._steps = sorted(found, key=lambda record: (record.clock, record.device, record.seq))
        return self._steps

    def _at(self, count: int) -> Mapping[Place, str]:
        """What the pages say after the first ``count`` of the changes."""
        if count not in self._shown:
            heads = dict(self.parts[0].heads)
            for record in self._changes()[:count]:
                heads[record.device] = max(heads.get(record.device, 0), record.seq)
            about = About("", self.parts[0].number, "", "", {})
            proofs = Proofs(about, KnownCode(iter(())))
            try:
                proving.lay_again(self.session, self.parts[0], _moment(self.parts[0], heads), proofs)
            except CrfError:  # there is nothing left to print: no page says what it said
                proofs.pages.clear()
            self._shown[count] = {page.place: page.shown for page in proofs.pages}
        return self._shown[count]


def again(session: Session, parts: Sequence[Print]) -> Reprint | None:
    """The document of these records as it was printed; None when this program cannot make it again.

    Takes about as long as printing it. Raises PermissionDenied.
    """
    one = parts[0]
    maker: Prover | None = None
    if one.device == session.device:
        maker = pageproof.prover(session, one.heads.get(session.device, 0), one.gen)
    if maker is None:  # printed by another copy of this vault, with keys that are not here
        maker = KnownCode(iter([code for part in parts for code in part.codes]))
    heads, past = one.heads, _past(one)
    about = About(session.vault.meta.study, one.number, one.language, one.definition, heads)
    proofs = Proofs(about, maker)
    try:
        laid = proving.lay_again(session, one, _moment(one, heads, past), proofs)
    except CrfError:
        return None
    if laid is None:
        return None
    return Reprint(session, parts, laid, tuple(proofs.pages), printed(laid).data)


def redacted(session: Session, one: Print) -> datetime | None:
    """When something about the participant was first redacted after the print; None if nothing was."""
    about = {record.id for who in one.subjects for record in session.vault.journal.records(who)}
    known = one.heads
    for redaction in redacting.listed(session):
        device, _, seq = redaction.record.partition(":")
        if int(seq) > known.get(device, 0) and not about.isdisjoint(redaction.records):
            return redaction.at
    return None


def _moment(one: Print, heads: Mapping[str, int], past: datetime | None = None) -> Moment:
    """The PC that printed first: its state it was."""
    own = {one.device: heads[one.device]} if one.device in heads else {}
    return Moment(past, {**own, **heads})


def _past(one: Print) -> datetime | None:
    told = one.order.get("past")
    return datetime.fromisoformat(told) if isinstance(told, str) else None
