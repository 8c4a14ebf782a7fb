"""One log-in, two persons: PCs of one site admit people without knowing of each other.

Nothing is lost by it, since a person is a random id in every record. But a log-in stands for one person on
paper and in talk, so it is named until one of the two has another one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mda5_crf.db import read
from mda5_crf.services.session import CENTRE
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


@dataclass(frozen=True, slots=True)
class LoginClash:
    """A log-in of a site, and the printed names of the persons who have it (id → name)."""

    site: str
    login: str
    people: tuple[tuple[str, str], ...]

    @property
    def words(self) -> Text:
        """What people are told."""
        names = ", ".join(name for _, name in self.people)
        return message("joining.login_clash", login=self.login, people=names)


def standing(session: Session) -> frozenset[LoginClash]:
    """All there are among active persons. One name at two PCs is one human being, not two."""
    by_login: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for one in read.persons(session.vault.store):
        if one.active and one.site != CENTRE:
            by_login.setdefault((one.site, one.login), []).append((one.person, one.name))
    return frozenset(
        LoginClash(site, login, tuple(sorted(people, key=lambda each: (each[1], each[0]))))
        for (site, login), people in by_login.items()
        if len({name for _, name in people}) > 1
    )


def told(session: Session, before: frozenset[LoginClash]) -> tuple[Text, ...]:
    """What is new since ``before``."""
    return tuple(one.words for one in sorted(standing(session) - before, key=lambda each: each.login))
