"""The site's identification list: who a participant is. It opens for a moment, to whoever holds its key.

Names stand in ``people.db`` alone. The journal says that the list was begun, to whom its key was given, and
that pages of it were printed; who saw and changed what stands in the list's own trail, with what was there
before. Nothing here puts a name into an error, a log or a setting.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Final

from mda5_crf.crypto import file_hash
from mda5_crf.db.peopledb import FIELDS, PeopleFile, TrailRow, identities_files
from mda5_crf.db.records import Draft
from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import Action
from mda5_crf.services.changes import SubjectSummary
from mda5_crf.study.identifying import ID_LENGTH, id_number_ok, numbers
from mda5_crf.study.pinyin import pinyin_initials

if TYPE_CHECKING:
    from mda5_crf.services.session import Session
    from mda5_crf.study.model import Study

__all__ = ["FIELDS", "Hit", "Identity", "IdentityList", "identities_files", "identity_in_free_text"]

LONGEST: Final = {"name": 80, "initials": 12, "hospital": 40, "phone": 40, "idno": 40, "note": 200}
CODES, SCREENING = "codes", "screening"
# The course of screening, where the study has these items: form and item, in the order of the columns.
_SCREENING: Final = (
    ("IC", "RFICDAT"), ("IE", "IEDAT"), ("IE", "IEYN"), ("IE", "ENROLYN"), ("IE", "ENROLDAT"),
    ("IE", "SFREAS"),
)  # fmt: skip
_SCREENING_EVENT: Final = "SCR"
_PHONE: Final = re.compile(r"\+?[0-9][0-9 ()-]{4,}")
_SHORTEST_KNOWN: Final = 2


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """One participant in the list; fields in which nothing stands are ""."""

    subject: str
    subjid: str
    name: str = ""
    initials: str = ""
    hospital: str = ""
    phone: str = ""
    idno: str = ""
    note: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was entered for this participant."""
        return not any(getattr(self, field) for field in FIELDS)


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that identifies a person, found in a text: ``kind`` "idno", "phone", "name" or "hospital",
    and where it begins and ends. What it is is not repeated.
    """

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, repr=False)
class ScreeningLine:
    """One participant in the screening log: number, initials, then one text per column of the log."""

    subjid: str
    initials: str
    values: tuple[str, ...]


class IdentityList:
    """The open list. Close it as soon as the eyes leave it; the log-out closes it too."""

    def __init__(self, session: Session, password: str) -> None:
        """Open the list with the person's own password; who may begin one begins it, when there is none.

        Raises PermissionDenied, InputRefused (none was begun), LoginRefused, StoreError.
        """
        session.require(Action.SEE_IDENTITIES)
        vault = session.vault
        self._session = session
        if vault.has_identities:
            self._file: PeopleFile = vault.open_identities(password)
        elif session.may(Action.MANAGE_USERS):
            self._file = vault.create_identities(password)
        else:
            raise InputRefused("identities.none_yet")
        self._note("opened")

    @property
    def is_open(self) -> bool:
        """Whether it is still open."""
        return self._file.is_open

    def close(self) -> None:
        """Close it; the key is dropped. May be called twice."""
        self._file.close()
        if self._session.vault.open_list is self._file:
            self._session.vault.close_identities()

    def rows(self, search: str = "") -> tuple[Identity, ...]:
        """All participants of the vault by number, those without entry too; or those that ``search`` finds.

        It is looked for in number, name, pinyin initials (those entered, and those of the characters),
        hospital number and telephone.
        """
        known = self._file_rows()
        found = tuple(
            Identity(one.identity, one.subjid, **known.get(one.identity, {})) for one in self._subjects()
        )
        wanted = _folded(search)
        return tuple(one for one in found if not wanted or _matches(one, wanted))

    def get(self, subject: str) -> Identity:
        """What is kept of one participant. Raises KeyError for an identity of nobody here."""
        return next(one for one in self.rows() if one.subject == subject)

    def set(self, subject: str, values: Mapping[str, str], reason: str = "") -> Identity:
        """Enter or change fields of one participant.

        ``reason`` is due when something that was entered changes, and when a hospital number or id-number
        stands at another participant already. Raises InputRefused, StoreError; then nothing has changed.
        """
        before = self.get(subject)
        fresh = {field: _plain(field, text) for field, text in values.items()}
        fresh = {field: text for field, text in fresh.items() if text != getattr(before, field)}
        if not fresh:
            return before
        replaced = any(getattr(before, field) for field in fresh)
        twice = [
            one.subjid
            for field in ("hospital", "idno")
            for one in self.rows()
            if fresh.get(field) and one.subject != subject and getattr(one, field) == fresh[field]
        ]
        if twice and not reason.strip():
            raise InputRefused("identities.twice", other=twice[0])
        if replaced and not reason.strip():
            raise InputRefused("identities.reason_needed")
        self._file.put(subject, fresh, by=self._session.person.id, at=self._at(), reason=reason.strip())
        return self.get(subject)

    def trail(self, subject: str = "") -> tuple[TrailRow, ...]:
        """Who saw, printed and changed what, oldest first; of one participant when one is named."""
        return tuple(row for row in self._file.trail() if not subject or row.subject == subject)

    def screening(self) -> tuple[ScreeningLine, ...]:
        """The screening and enrolment log: all participants, with what the forms say of their screening."""
        study = self._session.study
        items = screening_items(study)
        lines = []
        for one in self.rows():
            data = self._session.data(one.subject)
            values = []
            for form, item in items:
                group = study.forms[form].items[item].group
                key = ItemKey(one.subject, _SCREENING_EVENT, "", form, "", group, "", item)
                entry = data.get(key)
                values.append("" if entry is None else _words(study, form, item, entry.text))
            lines.append(ScreeningLine(one.subjid, one.initials, tuple(values)))
        return tuple(lines)

    def record_printed(self, what: str, data: bytes, pages: int) -> None:
        """Note that pages of the list leave the program: in the journal without any name, and in the trail.

        ``what`` is CODES or SCREENING. To be called before they are written anywhere.
        """
        self._session.append(
            [Draft("print", "", {"what": f"identities-{what}", "sha256": file_hash(data), "pages": pages})]
        )
        self._note("printed", what)

    # -- inside ----------------------------------------------------------------------------------------

    def _subjects(self) -> tuple[SubjectSummary, ...]:
        return self._session.subjects()

    def _file_rows(self) -> dict[str, dict[str, str]]:
        return self._file.rows()

    def _at(self) -> str:
        return self._session.now().astimezone(UTC).isoformat(timespec="seconds")

    def _note(self, act: str, reason: str = "") -> None:
        self._file.note(act, by=self._session.person.id, at=self._at(), reason=reason)


def screening_items(study: Study) -> tuple[tuple[str, str], ...]:
    """The items of the screening log that this study has: (form, item)."""
    return tuple(
        (form, item) for form, item in _SCREENING if form in study.forms and item in study.forms[form].items
    )


def holders(session: Session) -> tuple[str, ...]:
    """The log-ins that hold the list's key."""
    return tuple(sorted(session.vault.identity_holders))


def grant(session: Session, login: str, *, own_password: str) -> None:
    """Give the list's key to somebody of the site. Raises PermissionDenied, InputRefused, LoginRefused."""
    session.require(Action.MANAGE_USERS)
    session.vault.grant_identities(login, signer_password=own_password)


def revoke(session: Session, login: str, *, own_password: str) -> None:
    """Take the list's key from somebody; it is renewed. Raises as :func:`grant`, and StoreError."""
    session.require(Action.MANAGE_USERS)
    session.vault.revoke_identities(login, signer_password=own_password)


def identity_in_free_text(text: str, known: Iterable[Identity] = ()) -> tuple[Hit, ...]:
    """What in ``text`` identifies a person: Chinese id-numbers with a fitting check digit, mobile numbers,
    and names, hospital numbers, telephone and id-numbers of ``known``. In order of place.
    """
    plain = unicodedata.normalize("NFKC", text)
    plain = plain if len(plain) == len(text) else text  # places must be those of the text
    hits = {Hit(*found) for found in numbers(plain)}
    low = plain.casefold()
    low = low if len(low) == len(plain) else plain
    for one in known:
        for field in ("name", "hospital", "phone", "idno"):
            wanted = unicodedata.normalize("NFKC", getattr(one, field)).casefold()
            if len(wanted) >= _SHORTEST_KNOWN:
                hits |= {Hit(field, at.start(), at.end()) for at in re.finditer(whole_word(wanted), low)}
    return tuple(sorted(hits, key=lambda hit: (hit.start, hit.end, hit.kind)))


def proposed_initials(name: str) -> str:
    """The pinyin initials of a name in capitals, as far as its characters are known; "" when one is not.

    Of a Latin name the first letter of each word.
    """
    if name.isascii():
        return "".join(word[0] for word in name.split()).upper()
    letters = [letter for letter in name if not letter.isspace() and letter != "·"]
    found = [pinyin_initials(letter) for letter in letters]
    return "".join(found).upper() if all(found) else ""


def whole_word(wanted: str) -> str:
    """An expression for it: numbers and Latin names only as whole words; Chinese ones have no word ends."""
    return rf"(?<![0-9a-z]){re.escape(wanted)}(?![0-9a-z])" if wanted.isascii() else re.escape(wanted)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _matches(one: Identity, wanted: str) -> bool:
    texts = (one.subjid, one.name, one.initials, one.hospital, one.phone)
    return any(wanted in _folded(text) for text in texts) or wanted in pinyin_initials(one.name)


def _plain(field: str, text: str) -> str:
    """A field as it is kept. Raises InputRefused, which names the field and never the text."""
    if field not in FIELDS:
        raise InputRefused("identities.field_unknown", known=", ".join(FIELDS))
    kept = " ".join(unicodedata.normalize("NFKC", text).split())
    if len(kept) > LONGEST[field] or any(unicodedata.category(letter).startswith("C") for letter in kept):
        raise InputRefused("identities.field_long", count=LONGEST[field])
    if field == "idno":
        kept = kept.upper()
        if len(kept) == ID_LENGTH and kept[:-1].isdecimal() and not id_number_ok(kept):
            raise InputRefused("identities.idno_check")
    if field == "phone" and kept and not _PHONE.fullmatch(kept):
        raise InputRefused("identities.phone_form")
    if field == "initials":
        kept = kept.upper()
    return kept


def _words(study: Study, form: str, item: str, text: str) -> str:
    """A stored answer as people read it: of codes the Chinese and the English label."""
    code = study.forms[form].items[item].codelist
    known = study.codelists.get(code) if code else None
    label = next((value.text for value in known.values if value.code == text), None) if known else None
    return text if label is None else f"{label.zh} {label.en}"
