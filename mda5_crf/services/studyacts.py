"""Acts of a session on definitions: which counts, amendments, approvals, moves. Part of ``Session``."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, cast

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.services.changes import Reason
from mda5_crf.study.model import Item, Study

if TYPE_CHECKING:
    from mda5_crf.services.amendments import Proposed, Version
    from mda5_crf.services.formversions import MovePlan
    from mda5_crf.services.session import Session


class StudyActs:
    """See the module text."""

    @property
    def _we(self) -> Session:
        return cast("Session", self)

    # -- which definition counts -----------------------------------------------------------------------

    def study_for(self, key: ItemKey) -> Study:
        """The definition that a form, or what lies in it, goes by: the one the form is pinned to."""
        return self._we.versions.of_form(key)

    def study_of(self, subject: str) -> Study:
        """The definition in force at a participant's site: what is due, and when."""
        return self._we.versions.of_subject(subject)

    def item_at(self, key: ItemKey) -> Item | None:
        """The item of a key as its form's own version has it; None where that has none such."""
        form = self.study_for(key).forms.get(key.form)
        return None if form is None else form.items.get(key.item)

    # -- amendments ------------------------------------------------------------------------------------

    def versions_known(self) -> tuple[Version, ...]:
        """The definitions known here, newest first, and how they stand at each site."""
        from mda5_crf.services import amendments

        self._we.require(Action.READ)
        return amendments.known(self._we)

    def propose_amendment(self, directory: Path, retired: Collection[str] = ()) -> Proposed:
        """What an amendment by the definition in ``directory`` would change. Raises as :meth:`amend`."""
        from mda5_crf.services import amendments

        return amendments.propose(self._we, directory, retired)

    def amend(self, proposed: Proposed, reason: str, password: str, second: tuple[str, str]) -> Version:
        """Announce a new definition: signed by the study's authority and agreed to by a second person.

        Raises PermissionDenied, InputRefused, DefinitionError, LoginRefused, StoreError.
        """
        from mda5_crf.services import amendments

        return amendments.amend(self._we, proposed, reason, password, second)

    def approve_for_site(self, version: str, approved: date, begins: date, password: str) -> Version:
        """Say from which day a definition applies at this site. Raises as :meth:`amend`."""
        from mda5_crf.services import amendments

        return amendments.approve(self._we, version, approved, begins, password)

    def move_plan(self, form: ItemKey, version: str) -> MovePlan:
        """What would change if a form went by another version. Raises PermissionDenied, InputRefused."""
        from mda5_crf.services import formversions

        return formversions.plan(self._we, form, version)

    def move_form(self, plan: MovePlan, reason: Reason) -> None:
        """Let a form go by another version. Raises PermissionDenied, InputRefused, StoreError."""
        from mda5_crf.services import formversions

        formversions.move(self._we, plan, reason)
