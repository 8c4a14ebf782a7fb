"""Recovery sheets: the ceremony in which they are made, how the set stands, and what two of them do.

The recovery key is random and never the key of the database; it exists only during the ceremony, in memory.
A keeper and a second person hold it; each of three holders sees the own sheet alone and types it back before
the next one is shown. Two sheets admit one new keeper and do nothing else.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mda5_crf.crypto import forget, random_bytes
from mda5_crf.crypto.shares import (
    KEY_BYTES,
    NEEDED,
    SHEET_WORDS,
    SHEETS,
    ShareRefused,
    Sheet,
    Words,
    combine,
    read_sheet,
    set_mark,
    split_key,
    typed_words,
)
from mda5_crf.db.clock import read_at
from mda5_crf.db.recovering import ROLES, NewKeeper, check_set
from mda5_crf.db.recovering import recover as _recover
from mda5_crf.db.recovery import MADE, USED
from mda5_crf.db.vaultrenewal import RECOVERED
from mda5_crf.errors import InputRefused
from mda5_crf.services import people
from mda5_crf.services.access import Action
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

__all__ = ["NEEDED", "ROLES", "SHEETS", "SHEET_WORDS", "Ceremony", "NewKeeper", "SheetPage", "State"]

LONGEST_NAME: Final = 80
_SHOWN_ID: Final = 8


@dataclass(frozen=True, slots=True)
class State:
    """How recovery stands. ``number`` 0 = no set was ever made.

    ``stands``: two sheets of this set open the vault as it is. ``used``: when two sheets were last used, if
    no set was made since.
    """

    number: int = 0
    made: datetime | None = None
    by: str = ""
    second: str = ""
    holders: tuple[str, ...] = ()
    stands: bool = False
    used: datetime | None = None
    used_by: str = ""

    @property
    def due(self) -> bool:
        """Whether a new set has to be made, the first one included."""
        return not self.stands

    def lines(self, zone: tzinfo | None = None) -> tuple[Text, ...]:
        """The state in sentences: what there is, who holds it, what is to be done."""
        if not self.number or self.made is None:
            return (message("recovery.state_none"),)
        day = self.made.astimezone(zone).date().isoformat()
        found = [
            message("recovery.state_set", set=self.number, day=day, by=self.by, second=self.second),
            message("recovery.state_holders", holders=_names(self.holders)),
        ]
        if self.used is not None:
            used = self.used.astimezone(zone).date().isoformat()
            found.append(message("recovery.state_used", day=used, by=self.used_by))
        found.append(message("recovery.state_stands" if self.stands else "recovery.state_due"))
        return tuple(found)


@dataclass(frozen=True, slots=True, repr=False)
class SheetPage:
    """What stands on one sheet. ``number`` 1 to 3, ``vault`` the first eight digits of the vault's id."""

    vault: str
    vault_name: str
    set_number: int
    number: int
    holder: str
    day: date
    words: Words

    def lines(self) -> tuple[Text, ...]:
        """The sheet above its words: what it is of, whose it is, what is to be done with it."""
        facts = {
            "vault": both(self.vault), "name": both(self.vault_name), "set": self.set_number,
            "number": self.number, "holder": both(self.holder), "day": self.day.isoformat(),
        }  # fmt: skip
        codes = ("sheet_title", "sheet_facts", "sheet_holder", "sheet_use", "sheet_keep")
        return tuple(message(f"recovery.{code}", **facts) for code in codes)


def state(session: Session) -> State:
    """How the recovery sheets of the vault stand. Raises PermissionDenied."""
    session.require(Action.READ)
    names = {person.id: person.name for person in people.listed(session.vault.store)}
    found = State()
    for act in session.vault.sheet_acts():
        when, who = read_at(act.at), names.get(act.person, "")
        if act.act == MADE:
            held = act.content.get("holders")
            found = State(
                int(act.content["set"]),
                when,
                who,
                names.get(str(act.content.get("second")), ""),
                tuple(str(name) for name in held) if isinstance(held, list) else (),
                stands=session.vault.sheets_stand,
            )
        elif act.act == USED:
            found = State(
                found.number, found.made, found.by, found.second, found.holders, used=when, used_by=who
            )
    return found


class Ceremony:
    """The making of one set. Nothing is written before :meth:`finish`; :meth:`cancel` leaves no trace.

    The sheets are shown in order, each only when the one before was typed back completely.
    """

    def __init__(
        self, session: Session, holders: Sequence[str], *, own_password: str, second: tuple[str, str]
    ) -> None:
        """Check who makes the set and draw the key.

        ``holders`` are three different names; ``second`` (log-in, password) another person, beside the
        keeper at the keyboard. Raises PermissionDenied, InputRefused, LoginRefused, StoreError.
        """
        session.require(Action.MANAGE_USERS)
        self.holders = _holders(holders)
        vault = session.vault
        vault.check_sheet_maker(own_password)
        self._second = vault.second_person(second)
        self._session = session
        self.number = vault.next_sheets
        self._key = bytearray(random_bytes(KEY_BYTES))
        self._words = list(split_key(bytes(self._key), set_mark(vault.meta.vault, self.number)))
        self._typed: list[Sheet] = []
        self._over = False

    @property
    def due(self) -> int:
        """The number of the sheet that is to be shown and typed back next, 1 to 3; 4 = all are done."""
        return len(self._typed) + 1

    def sheet(self) -> SheetPage:
        """The sheet whose turn it is: for its holder's eyes alone. Raises InputRefused when it is no turn."""
        self._require_going()
        if self.due > SHEETS:
            raise InputRefused("recovery.all_typed")
        meta = self._session.vault.meta
        return SheetPage(
            meta.vault[:_SHOWN_ID],
            meta.name,
            self.number,
            self.due,
            self.holders[self.due - 1],
            self._session.today,
            self._words[self.due - 1],
        )

    def type_back(self, text: str) -> None:
        """Compare what the holder typed from the sheet with the sheet, word by word.

        Raises InputRefused, which names the places of wrong words and never a word; the sheet stays due.
        """
        page = self.sheet()
        typed = typed_words(text)
        if len(typed) != SHEET_WORDS:
            raise InputRefused("recovery.typed_count", count=len(typed), words=SHEET_WORDS)
        wrong = [place for place, (a, b) in enumerate(zip(typed, page.words, strict=True), start=1) if a != b]
        if wrong:
            raise InputRefused("recovery.typed_differs", places=_places(wrong))
        self._typed.append(read_sheet(" ".join(typed)))

    def finish(self, *, own_password: str) -> int:
        """Try every pair of the sheets as they were typed, put the set in force, forget the key.

        Returns the number of the set. Raises InputRefused (not all typed), PermissionDenied, LoginRefused,
        StoreError; then the old set stands and this may be tried again.
        """
        self._require_going()
        if self.due <= SHEETS:
            raise InputRefused("recovery.not_all_typed")
        for one, other in combinations(self._typed, NEEDED):
            found = combine(one, other)
            fits = found == self._key
            forget(found)
            if not fits:  # the package failed us: nobody may rely on such sheets
                raise InputRefused("recovery.pair_fails", one=one.number, other=other.number)
        self._session.vault.make_sheets(
            bytes(self._key), self.number, self.holders, self._second, signer_password=own_password
        )
        self.cancel()
        return self.number

    def cancel(self) -> None:
        """Forget key and words. May be called twice."""
        self._over = True
        forget(self._key)
        self._words.clear()
        self._typed.clear()

    def _require_going(self) -> None:
        if self._over:
            raise InputRefused("recovery.over")


def read_typed(text: str, place: int) -> Sheet:
    """A sheet as somebody types it to open a vault; ``place`` (1 or 2) says which, in what is refused.

    Raises InputRefused: wrong words are named by their places, with words of the list that look alike.
    """
    try:
        return read_sheet(text)
    except ShareRefused as refused:
        raise InputRefused(f"recovery.read_{refused.kind}", **_details(refused), place=place) from None


def recover(
    folder: Path | str,
    sheets: Sequence[str],
    keeper: NewKeeper,
    *,
    clock: Callable[[], datetime] | None = None,
) -> Session:
    """Admit ``keeper`` with the words of two sheets; the vault is then open for that person, its key renewed.

    The set that was used opens nothing any more; a new one is asked for at every log-in. When the key cannot
    be renewed the error says so: the keeper was admitted all the same. Raises InputRefused, LoginRefused,
    StoreError.
    """
    if len(sheets) > NEEDED:
        raise InputRefused("recovery.third", count=len(sheets))
    if len(sheets) < NEEDED:
        raise InputRefused("recovery.one_alone")
    one, other = (read_typed(text, place) for place, text in enumerate(sheets, start=1))
    check_set(folder, one, other)
    _recover(folder, (one, other), keeper, **({} if clock is None else {"clock": clock}))
    from mda5_crf.services.session import Session

    session = Session.open(folder, keeper.login, keeper.password, clock=clock)
    try:
        session.vault.renew_key(signer_password=keeper.password, reason=RECOVERED)
    except BaseException:
        # Whatever stopped it: two sheets of paper must not leave an open session behind.
        session.close()
        raise
    return session


def _details(refused: ShareRefused) -> dict[str, object]:
    if refused.kind == "unknown":
        hints = [
            Text(f"{place} ({', '.join(words)}?)", f"{place}（{'、'.join(words)}？）")
            if words
            else both(place)
            for place, words in zip(refused.places, refused.nearest, strict=True)
        ]
        return {"places": Text(", ".join(h.en for h in hints), "、".join(h.zh for h in hints))}
    if refused.kind == "count":
        return {"count": refused.count, "words": SHEET_WORDS}
    if refused.kind == "wrong":
        known = message("recovery.wrong_at", places=_places(refused.places))
        return {"where": known if refused.places else message("recovery.wrong_somewhere")}
    return {}


def _places(places: Sequence[int]) -> Text:
    return _names([str(place) for place in places])


def _names(names: Sequence[str]) -> Text:
    return Text(", ".join(names), "、".join(names))


def _holders(names: Sequence[str]) -> tuple[str, ...]:
    held = tuple(" ".join(unicodedata.normalize("NFC", name).split()) for name in names)
    for name in held:
        if not 1 <= len(name) <= LONGEST_NAME or any(
            unicodedata.category(letter).startswith("C") for letter in name
        ):
            raise InputRefused("recovery.holder_name")
    if len(held) != SHEETS or len({name.casefold() for name in held}) != SHEETS:
        raise InputRefused("recovery.holders_three", count=SHEETS)
    return held
