"""Acts of a session that keep no state in it: signatures, deviations, people, drafts. Part of ``Session``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from mda5_crf.db.records import Draft
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import deviations, pageproof, people, verification
from mda5_crf.services.access import Action
from mda5_crf.services.changes import Changes, PersonInfo, Reason
from mda5_crf.services.deviations import Proposal
from mda5_crf.services.drafts import HalfTyped, Place
from mda5_crf.services.signing import SignatureInfo, SigningOffer
from mda5_crf.text import Language

if TYPE_CHECKING:
    from mda5_crf.services.second import SecondEntry
    from mda5_crf.services.second_book import FormSecond
    from mda5_crf.services.session import Session
    from mda5_crf.services.worklist import WorkList


class SessionActs:
    """See the module text."""

    @property
    def _own(self) -> Session:
        return cast("Session", self)

    # -- electronic signatures -------------------------------------------------------------------------

    def signing_offer(self, key: ItemKey) -> SigningOffer:
        """What a dialog needs to ask for a signature of a form or a visit, and why it cannot be given now."""
        return self._own.signature_book.offer(key)

    def sign(self, key: ItemKey, meaning: str, password: str, login: str = "") -> SignatureInfo:
        """Sign a form or a whole visit as the person at the keyboard. Takes about 0.3 s (key derivation).

        ``meaning`` is one of ``signing_offer(key).meanings``; ``login`` is needed for the first signature of
        the sitting. Raises PermissionDenied, InputRefused (why it cannot be signed, in words), LoginRefused
        (counted like a failed log-in) and StoreError; after any of them nothing has changed.
        """
        return self._own.signature_book.sign(key, meaning, password, login)

    def signatures(self, key: ItemKey) -> tuple[SignatureInfo, ...]:
        """The signatures that cover a form (its own and those of its visit) or a visit, newest first."""
        self._own.require(Action.READ)
        return self._own.signature_book.listed(key)

    # -- double entry ----------------------------------------------------------------------------------

    def second(self, form_key: ItemKey) -> SecondEntry:
        """Open one form for its second, blind entry."""
        from mda5_crf.services.second import SecondEntry

        self._own.require(Action.READ)
        return SecondEntry(self._own, form_key.form_key())

    def second_stages(self, subject: str) -> dict[ItemKey, FormSecond]:
        """How the double entry of a participant's forms stands, where it was begun."""
        from mda5_crf.services.second_book import stages

        self._own.require(Action.READ)
        return stages(self._own, subject)

    # -- protocol deviations ---------------------------------------------------------------------------

    def deviation_proposals(self, subject: str) -> tuple[Proposal, ...]:
        """What the checks propose as protocol deviations of a participant, in order of the visits."""
        self._own.require(Action.READ)
        return deviations.proposals(self._own, subject)

    def take_over(
        self, proposal: Proposal, language: Language = "en", reason: Reason | None = None
    ) -> tuple[ItemKey, Changes]:
        """Make a proposal a row of the deviation log; returns the key of the row.

        ``language`` is that of the description, English beside it; ``reason`` is due when the log is
        complete.
        Raises PermissionDenied, InputRefused, StoreError; then nothing has changed.
        """
        return deviations.take_over(self._own, proposal, language, reason)

    def dismiss(self, proposal: Proposal, reason: Reason) -> Changes:
        """Say why a proposal is no deviation: its finding is confirmed with that reason.

        Raises PermissionDenied, InputRefused, StoreError.
        """
        return deviations.dismiss(self._own, proposal, reason)

    # -- people ----------------------------------------------------------------------------------------

    def people(self) -> tuple[PersonInfo, ...]:
        """All accounts of the vault."""
        return people.listed(self._own.vault.store)

    def add_person(
        self,
        login: str,
        name: str,
        role: str,
        password: str,
        *,
        own_password: str = "",
        principal: bool = False,
        start: str = "",
        end: str = "",
    ) -> PersonInfo:
        """Admit a person: certificate, key slot, record. ``own_password`` opens the keeper's sign key.

        ``principal`` makes a principal investigator, who admits and certifies others in turn. The task is
        held from ``start`` to ``end`` (ISO dates; "" = today, open).
        """
        return people.add(
            self._own, login, name, role, password, own_password, principal=principal, start=start, end=end
        )

    def disable_person(self, login: str, *, own_password: str = "", reason: str = "") -> None:
        """End an account, with the reason where there is one to tell. What the person wrote stays."""
        people.disable(self._own, login, own_password, reason)

    def change_password(self, password: str, *, own_password: str = "") -> None:
        """Change the password of the person at the keyboard; the data are not touched."""
        self._own.vault.change_password(own_password, password)

    # -- proof and prints ------------------------------------------------------------------------------

    def verify(
        self,
        witnesses: Mapping[str, tuple[int, str]] | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> verification.Report:
        """Prove the record from first principles; never trusts projections."""
        return verification.run(self._own, witnesses or {}, progress)

    def record_print(
        self,
        what: str,
        sha256: str,
        pages: int,
        subject: str = "",
        as_of: str = "",
        told: Mapping[str, Any] | None = None,
    ) -> None:
        """Note that pages left the vault; ``as_of``: of pages of a past moment its head, ``DEVICE:SEQ``.
        ``told``: how they were made, and the code of each (``services.pageproof``).
        """
        self._own.require(Action.PRINT)
        content = {"what": what, "sha256": sha256, "pages": pages, **({"as_of": as_of} if as_of else {})}
        parts = [{}] if told is None else pageproof.parts_of(told)
        self._own.append([Draft("print", subject, {**content, **part}) for part in parts])

    # -- what waits for the person ---------------------------------------------------------------------

    def drafts(self) -> tuple[HalfTyped, ...]:
        """What the person has typed in this vault and not committed. Raises StoreError."""
        return self._own.draft_book.all()

    def keep_drafts(self, drafts: Iterable[HalfTyped], place: Place | None = None) -> bool:
        """Make ``drafts`` all that waits for the person, and note where the person is; one transaction.

        False when it lay there like this already and nothing was written. Raises StoreError.
        """
        return self._own.draft_book.keep(drafts, place)

    def note_place(self, place: Place) -> None:
        """Remember where the person is; written with the next commit or :meth:`keep_drafts`."""
        self._own.draft_book.note(place)

    def move_to(self, item: ItemKey) -> None:
        """The keyboard came to ``item``; nothing is written now."""
        self._own.draft_book.move(item)

    def last_place(self) -> Place | None:
        """Where the person was when the last session ended by anything but a log-out. Raises StoreError."""
        return self._own.draft_book.last_place()

    # -- what waits ------------------------------------------------------------------------------------

    def work_list(self, seconds: float | None = None) -> WorkList:
        """What waits for somebody, the most urgent first; ``seconds`` bounds reading who is not known yet."""
        from mda5_crf.services.worklist import work_list

        return work_list(self._own, seconds)

    def is_loaded(self, subject: str) -> bool:
        """Whether a participant is in memory. Internal to services."""
        return subject in self._own._caches

    def let_go(self, subject: str) -> None:
        """Take a participant out of memory; the next question reads it anew. Internal to services."""
        self._own._caches.pop(subject, None)
