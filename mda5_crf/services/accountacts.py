"""Acts of a session on accounts and keys that take two persons or renew the key. Part of ``Session``."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, cast

from mda5_crf.db.vaultrenewal import REASONS
from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.services import accounts, delegating, people
from mda5_crf.services.access import Action, can
from mda5_crf.services.accounts import Account, AccountEvent, DutySheet, PasswordDue
from mda5_crf.services.changes import PersonInfo
from mda5_crf.text import Text, both, message

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
        found = [p for p in people.own(session) if p.login == login]
        if not found:
            raise InputRefused("entry.unknown_login", login=login)
        if found[0].id == session.person.id:
            raise InputRefused("entry.own_account")
        if found[0].roles != ("administrator",):
            raise InputRefused("access.hand_over_role", login=login)
        session.vault.renew_key(signer_password=own_password, reason="hand-over", without_data=(login,))

    def admits_first(self) -> bool:
        """Whether the person at the keyboard, an administrator, may admit who is to manage accounts."""
        return people.admits_first(self._vault_of)

    def second_person(
        self, second: tuple[str, str], *acts: Action, not_these: Collection[str] = ()
    ) -> PersonInfo:
        """Who acts as second person: ``second`` is (log-in, password). Takes about 0.3 s (key derivation).

        Never the person at the keyboard, nobody of ``not_these`` (ids); with ``acts``, only who may do one of
        them in the own right. Raises InputRefused, LoginRefused (counted), PermissionDenied, StoreError.
        """
        session = self._vault_of
        identity = session.vault.second_person(second, not_these)
        person = people.person_of(session.vault.store, identity)
        if acts and not any(can(person.roles, act) for act in acts):
            raise PermissionDenied("people.second_denied", act=message(f"access.act_{acts[0]}"))
        return person

    # -- the delegation log ----------------------------------------------------------------------------

    def accounts(self) -> tuple[Account, ...]:
        """All accounts of this vault with their tasks, by log-in. Everybody who has one may see them."""
        return accounts.listed(self._vault_of)

    def account_history(self, login: str = "") -> tuple[AccountEvent, ...]:
        """Every change of accounts, tasks and duties, oldest first; of one person by log-in or code."""
        return accounts.history(self._vault_of, login)

    def duty_sheets(self) -> tuple[DutySheet, ...]:
        """The duties of the trial by person, with or without account."""
        return accounts.duty_sheets(self._vault_of)

    def begin_task(
        self, login: str, role: str, start: str = "", end: str = "", *, own_password: str
    ) -> Account:
        """Delegate one more role from ``start`` to ``end`` (ISO dates; "" = today, open).

        Raises PermissionDenied, InputRefused, LoginRefused, StoreError; then nothing has changed.
        """
        return delegating.begin_task(self._vault_of, login, role, start, end, own_password)

    def end_task(self, login: str, role: str, end: str = "", *, own_password: str) -> Account:
        """The last day of a role; "" = it ends now. Raises as :meth:`begin_task`."""
        return delegating.end_task(self._vault_of, login, role, end, own_password)

    def begin_duty(
        self, code: str, duty: str, start: str = "", end: str = "", name: str = "", *, own_password: str
    ) -> DutySheet:
        """Delegate a duty of the trial; ``code`` is what stands on forms. Raises as :meth:`begin_task`."""
        return delegating.begin_duty(self._vault_of, code, duty, start, end, name, own_password)

    def end_duty(self, code: str, duty: str, end: str = "", *, own_password: str) -> DutySheet:
        """The last day of a duty; "" = today. Raises as :meth:`begin_task`."""
        return delegating.end_duty(self._vault_of, code, duty, end, own_password)

    # -- what is said at the log-in --------------------------------------------------------------------

    @property
    def password_due(self) -> PasswordDue | None:
        """Whether the own password is to be changed, and why. Such a person may do all but sign."""
        return accounts.password_due(self._vault_of)

    def account_notices(self) -> tuple[Text, ...]:
        """What the person at the keyboard is to hear of accounts after the log-in, most important first."""
        session = self._vault_of
        due = accounts.password_due(session)
        offers = [
            message("people.offer_hand_over", name=both(one.name), login=one.login)
            for one in accounts.hand_over_offer(session)
        ]
        return (*([due.text] if due else []), *offers, *accounts.failures_to_tell(session))

    def hand_over_offer(self) -> tuple[Account, ...]:
        """Administrators who still hold the key of the database and could give it up."""
        return accounts.hand_over_offer(self._vault_of)

    def require_own_password(self) -> None:
        """Raise PermissionDenied while somebody else knows the password, or it is too old, to sign with."""
        due = self.password_due
        if due is not None:
            raise PermissionDenied(due.code, **due.params)
