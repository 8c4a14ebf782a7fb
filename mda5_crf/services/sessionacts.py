"""Acts of a session that keep no state in it: signatures and deviations. Part of ``Session``."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from mda5_crf.itemkey import ItemKey
from mda5_crf.services import deviations
from mda5_crf.services.access import Action
from mda5_crf.services.changes import Changes, Reason
from mda5_crf.services.deviations import Proposal
from mda5_crf.services.signing import SignatureInfo, SigningOffer
from mda5_crf.text import Language

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


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
