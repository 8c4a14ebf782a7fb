"""Acts of a session on what is finished: endorse, sign many at once, freeze, lock. Part of ``Session``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, cast

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.text import Text

if TYPE_CHECKING:
    from mda5_crf.services.endorsing import Waiting
    from mda5_crf.services.locking import Held
    from mda5_crf.services.lockwork import Obstacle
    from mda5_crf.services.session import Session
    from mda5_crf.services.signing import SignatureInfo
    from mda5_crf.services.signing_many import Candidate


class StewardActs:
    """See the module text."""

    @property
    def _me(self) -> Session:
        return cast("Session", self)

    # -- an investigator's judgement -------------------------------------------------------------------

    def judgements(self, subject: str | None = None) -> tuple[Waiting, ...]:
        """Answers of one participant or of all that wait for an investigator, by participant and form."""
        from mda5_crf.services import endorsing

        self._me.require(Action.READ)
        return endorsing.everywhere(self._me) if subject is None else endorsing.waiting(self._me, subject)

    def endorse(self, chosen: Iterable[Waiting]) -> int:
        """Stand for answers as they were shown; returns how many. Raises PermissionDenied, InputRefused."""
        from mda5_crf.services import endorsing

        return endorsing.endorse(self._me, chosen)

    # -- signing many at once --------------------------------------------------------------------------

    def sign_candidates(self, subject: str | None = None) -> tuple[Candidate, ...]:
        """What can be signed of one participant or of all, and why the rest cannot."""
        from mda5_crf.services import signing_many

        return signing_many.candidates(self._me, subject)

    def sign_many(
        self, keys: Sequence[ItemKey], meaning: str, password: str, login: str = ""
    ) -> tuple[SignatureInfo, ...]:
        """Sign forms, visits or participants by one act: all of them or none. As ``sign`` otherwise."""
        return self._me.signature_book.sign_many(keys, meaning, password, login)

    # -- freezing and locking --------------------------------------------------------------------------

    def held(self, key: ItemKey) -> Held:
        """Whether a form, visit, participant or (empty key) the study is frozen or locked, and by whom."""
        self._me.require(Action.READ)
        return self._me.lock_book.held(key)

    def lock_obstacles(self, key: ItemKey, state: str) -> tuple[Obstacle, ...]:
        """What stands in the way of freezing (``frozen``) or locking (``locked``)."""
        from mda5_crf.services import lockwork

        self._me.require(Action.READ)
        return lockwork.obstacles(self._me, key, state)

    def set_lock(
        self, key: ItemKey, state: str, reason: str = "", second: tuple[str, str] | None = None
    ) -> Held:
        """Freeze, thaw, lock or unlock a form, visit, participant or (empty key) the study.

        ``second`` is (log-in, password) of who agrees to an unlocking; 0.6 s then (key derivation).
        Raises PermissionDenied, InputRefused, LoginRefused, StoreError; then nothing has changed.
        """
        from mda5_crf.services import lockwork

        return lockwork.act(self._me, key, state, reason, second)

    def lock_history(self, key: ItemKey) -> tuple[Text, ...]:
        """What was frozen, locked and opened there, newest first."""
        from mda5_crf.services import lockwork

        self._me.require(Action.READ)
        return lockwork.history(self._me, key)

    def held_anew(self) -> None:
        """Tell the engine of every participant in memory what is frozen and locked now. Internal."""
        for cache in self._me._caches.values():
            self._me.lock_book.fill(cache)
