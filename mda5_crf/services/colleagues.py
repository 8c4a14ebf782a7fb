"""Several people in one vault: a session notices what colleagues wrote to the same database."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mda5_crf.services import people

if TYPE_CHECKING:
    from mda5_crf.db.vault import OpenVault
    from mda5_crf.services.changes import PersonInfo


class Colleagues:
    """The part of a session that looks at its database again. A vault in a folder has nobody else."""

    vault: OpenVault
    person: PersonInfo
    news: list[Callable[[], None]]
    """Called after colleagues wrote, when what memory held of it has been dropped."""
    _looked: int = 0
    _looking: bool = False

    def refresh(self) -> None:
        """Forget what memory holds of the database."""
        raise NotImplementedError

    def look(self) -> bool:
        """Whether colleagues wrote since the last look. Then what memory holds is dropped.

        Asked before every act and every reading; what was written within the last quarter of a second may not
        be seen yet. An act decided by what was read before stands beside theirs, as if both had worked
        without a network. Raises StoreError.
        """
        if not self.catch_up():
            return False
        for told in self.news:
            told()
        return True

    def catch_up(self) -> bool:
        """The same without telling anybody; inside a transaction nobody else writes from here on."""
        store = self.vault.store
        if not store.on_server or self._looking or store.journal_version == self._looked:
            return False
        self._looked, self._looking = store.journal_version, True
        try:
            self.refresh()
            self.person = people.at_keyboard(self.vault)
        finally:
            self._looking = False
        return True
