"""Acts of a session on accounts and keys that take two persons or renew the key. Part of ``Session``."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from mda5_crf.db.vaultrenewal import REASONS
from mda5_crf.errors import InputRefused
from mda5_crf.services import people
from mda5_crf.services.access import Action

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


class AccountActs:
    """See the module text."""

    @property
    def _vault_of(self) -> Session:
        return cast("Session", self)

    def reset_person(
        self, login: str, password: str, *, own_password: str, second: tuple[str, str], known: bool = False
    ) -> None:
        """New keys and a new password for somebody who lost the own one; two persons do it and are recorded.

        ``second`` is (log-in, password) of another active person. ``known``: the lost password is known to
        somebody else, so the key of the database is renewed too.
        Raises PermissionDenied, InputRefused, LoginRefused, StoreError.
        """
        people.reset(self._vault_of, login, password, own_password, second, known=known)

    def renew_key(self, reason: str, *, own_password: str) -> None:
        """A new key for the database: a PC, a stick or a password was lost. ``reason`` is one of REASONS.

        Everybody active goes on with the own password. Raises PermissionDenied, InputRefused, LoginRefused,
        StoreError; then nothing has changed.
        """
        session = self._vault_of
        session.require(Action.MANAGE_USERS)
        if reason not in REASONS:
            raise InputRefused("access.renewal_reason", known=", ".join(REASONS))
        session.vault.renew_key(signer_password=own_password, reason=reason)

    def hand_over(self, login: str, *, own_password: str) -> None:
        """Take the key of the database from an administrator: the account stays, to act as second person.

        Raises PermissionDenied, InputRefused (no administrator; the own account), LoginRefused, StoreError.
        """
        session = self._vault_of
        session.require(Action.MANAGE_USERS)
        found = [p for p in session.people() if p.login == login and p.active]
        if not found:
            raise InputRefused("entry.unknown_login", login=login)
        if found[0].id == session.person.id:
            raise InputRefused("entry.own_account")
        if found[0].roles != ("administrator",):
            raise InputRefused("access.hand_over_role", login=login)
        session.vault.renew_key(signer_password=own_password, reason="hand-over", without_data=(login,))
