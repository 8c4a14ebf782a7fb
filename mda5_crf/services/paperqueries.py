"""Queries that go out on paper and come back by a code.

Printing gives each paper an issue number, counted in this copy of the vault, and a code over what it is
about (``crypto.pagecode``, context ``fill``); both stand in the ``print`` record. Typing the code finds the
record, so nothing on the paper is believed but what a person transcribes. An issue is taken once: the answer
that it brought carries its code (``paper`` of the ``query`` record).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.crypto import CodeRefused, canon, file_hash, page_code, read_code
from mda5_crf.db import read
from mda5_crf.db.records import Draft, split_id
from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import queryacts
from mda5_crf.services.access import Action
from mda5_crf.services.changes import QueryInfo

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

PREFIX: Final = "MDA5F1"
"""What the picture of a code begins with; it continues with the code and the participant's number."""
_SIGNS: Final = "[0-9A-HJKMNP-TV-Z]{4}"
_PICTURE: Final = re.compile(rf"{PREFIX}:({_SIGNS}(?:-{_SIGNS}){{4}}):([0-9-]{{4,12}})")
_LONGEST: Final = 64
_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper: its number, its code, the query it asks, and the hash (hex) of what is printed on it."""

    issue: int
    code: str
    query: QueryInfo
    subjid: str
    language: str
    text: str


def issue(
    session: Session, queries: Sequence[QueryInfo], texts: Sequence[str], language: str
) -> tuple[Paper, ...]:
    """Give each query a number and a code; ``texts``: what is printed of each. Nothing is written yet."""
    session.require(Action.PRINT)
    number = _last_issue(session)
    papers = []
    for query, text in zip(queries, texts, strict=True):
        number += 1
        told = file_hash(text.encode("utf-8"))
        data = _data(session.vault.meta.study, session.device, number, query.id, query.key, language, told)
        code = page_code(session.vault.device_keys.page_key, "fill", data)
        papers.append(Paper(number, code, query, session.subjid(query.key.subject), language, told))
    return tuple(papers)


def record(session: Session, papers: Sequence[Paper], sha256: str, pages: int) -> None:
    """Note that these papers leave the vault, participant by participant; before they do."""
    session.require(Action.PRINT)
    drafts = []
    for subject in dict.fromkeys(paper.query.key.subject for paper in papers):
        own = [
            {
                "issue": paper.issue, "code": paper.code, "query": paper.query.id,
                "key": paper.query.key.path(), "language": paper.language, "text": paper.text,
            }
            for paper in papers if paper.query.key.subject == subject
        ]  # fmt: skip
        content = {"what": "queries", "sha256": sha256, "pages": pages, "papers": own}
        drafts.append(Draft("print", subject, content))
    session.append(drafts)


def picture(paper: Paper) -> str:
    """What the picture beside the code holds."""
    return f"{PREFIX}:{paper.code}:{paper.subjid}"


def find(session: Session, typed: str) -> Paper:
    """The paper whose code was typed, or read from its picture, and not taken yet.

    Raises InputRefused for anything that is no code, for one this vault knows nothing of, for one whose
    picture names another participant, and for one that was taken.
    """
    session.require(Action.READ)
    code, number = _read(typed)
    for row in read.passages(session.vault.store, "print"):
        for one in _papers(row.content):
            if one.get("code") == code and _proved(session, row.record, one):
                paper = _paper(session, one)
                if number and number != paper.subjid:
                    raise InputRefused("queries.paper_other_subject", subject=paper.subjid, other=number)
                _not_taken(session, paper)
                return paper
    raise InputRefused("queries.paper_unknown")


def take(session: Session, typed: str, text: str, *, by: str, on: str, subject: str = "") -> QueryInfo:
    """Record the answer on a paper as transcribed: who wrote it, and the date there (ISO; may be empty).

    ``subject``: the participant's number, where whoever types says whose paper it is. Raises PermissionDenied
    and InputRefused; then nothing has changed.
    """
    session.require(Action.ANSWER_QUERY)
    paper = find(session, typed)
    if subject and subject != paper.subjid:
        raise InputRefused("queries.paper_other_subject", subject=paper.subjid, other=subject)
    writer = by.strip()
    if not writer or len(writer) > _NAME:
        raise InputRefused("queries.paper_writer", most=_NAME)
    content = {"code": paper.code, "issue": paper.issue, "by": writer, "on": _date(session, on)}
    return queryacts.answer(session, paper.query.id, text, paper.query.key, content)


def _read(typed: str) -> tuple[str, str]:
    """Code and, from a picture, the participant's number."""
    typed = typed.strip()
    if len(typed) <= _LONGEST:
        seen = _PICTURE.fullmatch(typed)
        if seen is not None:
            return seen[1], seen[2]
        try:
            return read_code(typed), ""
        except CodeRefused:
            pass
    raise InputRefused("queries.paper_code_form")


def _data(study: str, device: str, issue: int, query: str, key: ItemKey, language: str, text: str) -> bytes:
    """What the code is over."""
    return canon(
        {
            "study": study,
            "device": device,
            "issue": issue,
            "query": query,
            "key": key.path(),
            "language": language,
            "text": text,
        }
    )


def _papers(content: dict[str, Any]) -> list[dict[str, Any]]:
    found = content.get("papers")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _proved(session: Session, record: str, one: dict[str, Any]) -> bool:
    """Whether the record's paper has the code it says, where the key to it is here.

    A paper of another copy of the vault is known by that copy's sealed record alone.
    """
    place = split_id(record)
    if place is None or place[0] != session.device:
        return True
    try:
        key = ItemKey.parse(str(one["key"]))
        data = _data(
            session.vault.meta.study, session.device, int(one["issue"]), str(one["query"]), key,
            str(one["language"]), str(one["text"]),
        )  # fmt: skip
    except (KeyError, ValueError):
        return False
    pages = session.vault.device_keys.page_keys.values()
    return any(page_code(page, "fill", data) == one["code"] for page in pages)


def _paper(session: Session, one: dict[str, Any]) -> Paper:
    key = ItemKey.parse(str(one["key"]))
    query = queryacts.find(session, str(one["query"]), key)
    return Paper(
        int(one["issue"]), str(one["code"]), query, session.subjid(key.subject), str(one["language"]),
        str(one["text"]),
    )  # fmt: skip


def _not_taken(session: Session, paper: Paper) -> None:
    place = paper.query.key.path()
    for record in session.vault.journal.records(place, kinds=("query",), standing=True):
        said = record.data.get("paper")
        if isinstance(said, dict) and said.get("code") == paper.code:
            when = record.when.astimezone(session.zone).strftime("%Y-%m-%d %H:%M")
            raise InputRefused("queries.paper_taken", issue=paper.issue, when=when)


def _last_issue(session: Session) -> int:
    """The highest number given out by this copy of the vault."""
    numbers = [0]
    for row in read.passages(session.vault.store, "print"):
        place = split_id(row.record)
        if place is not None and place[0] == session.device:
            numbers += [one["issue"] for one in _papers(row.content) if isinstance(one.get("issue"), int)]
    return max(numbers)


def _date(session: Session, on: str) -> str:
    """The date on the paper in ISO, "" when there is none. Raises InputRefused."""
    if not on.strip():
        return ""
    try:
        day = date.fromisoformat(on.strip())
    except ValueError:
        raise InputRefused("queries.paper_date", today=session.today.isoformat()) from None
    if day > session.today:
        raise InputRefused("queries.paper_date", today=session.today.isoformat())
    return day.isoformat()
