"""Is this page genuine? From its code, a picture of it, or the file it was printed from; offline.

What is shown beside the answer is the genuine page, made again from the journal: for code and picture the
reader compares by eye, for a file the bytes decide, and :mod:`mda5_crf.jobs.pagediff` says what differs.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.errors import InputRefused
from mda5_crf.jobs import confined, reprint
from mda5_crf.jobs.reprint import Reprint
from mda5_crf.pdf.ink import Jump, Words
from mda5_crf.pdf.parts import printed
from mda5_crf.services import pageproof
from mda5_crf.services.access import Action
from mda5_crf.services.pageproof import Print, Seal, Signer
from mda5_crf.sync.registry import Registry
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.pdf.draw import Leaf
    from mda5_crf.services.session import Session

_QUERY: Final = "MDA5F1"
_PICTURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*")
_MINUTES: Final = "%Y-%m-%d %H:%M"


class Verdict(StrEnum):
    """What came of it. ELSEWHERE: signed by a PC this vault knows, but its content is not here."""

    GENUINE = "genuine"
    SUPERSEDED = "superseded"
    ALTERED = "altered"
    UNKNOWN = "unknown"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class CheckedPage:
    """One page of what was checked: GENUINE or SUPERSEDED, in words; ``leaf`` is the page as it must be, None
    when it cannot be drawn. ``since``: when it was superseded, aware.
    """

    number: int
    place: str
    code: str
    verdict: Verdict
    words: Text
    since: datetime | None
    leaf: Leaf | None


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer. ``words``: the verdict first. ``differences``: of an altered file. ``pages``: the genuine
    ones, those that were asked for; ``data`` is the genuine document as far as it can be made. ``differs``:
    numbers of the pages on which a difference was found.
    """

    verdict: Verdict
    words: tuple[Text, ...]
    pages: tuple[CheckedPage, ...] = ()
    differences: tuple[Text, ...] = ()
    print: Print | None = None
    data: bytes | None = None
    differs: tuple[int, ...] = ()


def check(session: Session, asked: str) -> Checked:
    """Check a code as somebody types it, or the file of that name. Raises PermissionDenied, InputRefused."""
    try:
        return check_code(session, asked)
    except InputRefused:
        if re.search(r"[\\/.]", asked) or Path(asked).exists():
            return check_file(session, Path(asked))
        raise


def check_code(session: Session, typed: str) -> Checked:
    """Check what stands in the foot of a page. Raises PermissionDenied, InputRefused."""
    session.require(Action.PRINT)
    code = pageproof.typed_code(typed)
    found = pageproof.of_code(session, code)
    if found is None:
        return Checked(Verdict.UNKNOWN, (message("checkpage.unknown_code"),))
    one, number, _ = found
    return _of_print(session, pageproof.of_document(session, one), (number,))


def check_file(session: Session, path: Path) -> Checked:
    """Check a PDF file, or a picture of one page. Raises PermissionDenied, InputRefused."""
    session.require(Action.PRINT)
    try:
        with path.open("rb") as file:
            data = file.read(confined.LARGEST + 1)
    except (OSError, ValueError):
        raise InputRefused("checkpage.file_missing", file=path.name) from None
    if len(data) > confined.LARGEST:
        raise InputRefused("checkpage.file_large", file=path.name, most=confined.LARGEST // 1024 // 1024)
    if data.startswith(_PICTURES):
        return check_picture(session, data)
    if b"%PDF-" in data[:1024] or path.suffix.lower() == ".pdf":
        return check_pdf(session, data)
    raise InputRefused("checkpage.file_kind", file=path.name)


def check_picture(session: Session, data: bytes) -> Checked:
    """Check a picture of one page. Raises PermissionDenied, InputRefused: it shows none, or several."""
    session.require(Action.PRINT)
    answer = confined.ask("picture", data)
    held = [str(one["held"]) for one in answer.told if "held" in one]
    seals = [seal for seal in map(pageproof.unpack, held) if seal is not None]
    if len(seals) > 1:
        raise InputRefused("checkpage.picture_several")
    if seals:
        return check_seal(session, seals[0])
    if answer.refused or answer.why:
        raise InputRefused("checkpage.picture_refused")
    if any(one.startswith(_QUERY) for one in held):
        raise InputRefused("checkpage.picture_query")
    raise InputRefused("checkpage.picture_none")


def check_seal(session: Session, seal: Seal) -> Checked:
    """Check what a picture holds."""
    session.require(Action.PRINT)
    cards = [peer.card for peer in Registry.read(session).peers.values()]
    peers = [Signer(card.device, card.name, card.site, card.sign.text) for card in cards]
    signer, found = pageproof.signer_of(session, seal, peers), pageproof.of_code(session, seal.code)
    if found is not None:
        one, number, text = found
        head = one.heads.get(one.device, 0)
        if signer is None or (seal.text, seal.device, seal.head) != (text, one.device, head):
            return Checked(Verdict.ALTERED, (message("checkpage.altered_picture"),))
        return _of_print(session, pageproof.of_document(session, one), (number,))
    if signer is None:
        return Checked(Verdict.UNKNOWN, (message("checkpage.nobody"),))
    said = message(
        "checkpage.elsewhere", device=signer.name or signer.device, site=signer.site, head=seal.head
    )
    return Checked(Verdict.ELSEWHERE, (said,))


def check_pdf(session: Session, data: bytes) -> Checked:
    """Check a file that was printed here, or says so. Raises PermissionDenied."""
    session.require(Action.PRINT)
    parts = pageproof.of_file(session, hashlib.sha256(data).hexdigest())
    if parts:
        return _of_print(session, parts, ())
    answer = confined.ask("codes", data)
    codes = [str(one["code"]) for one in answer.told if "code" in one]
    known = Counter(
        found[0].record for code in dict.fromkeys(codes) if (found := pageproof.of_code(session, code))
    )
    if not known:
        if answer.why or answer.refused:
            return Checked(Verdict.ALTERED, (message("checkpage.altered"),), differences=_unread(answer))
        code = "checkpage.unknown_file" if codes else "checkpage.no_codes"
        return Checked(Verdict.UNKNOWN, (message(code),))
    record = known.most_common(1)[0][0]
    one = next(one for one in pageproof.prints(session) if one.record == record)
    parts = pageproof.of_document(session, one)
    made = reprint.again(session, parts)
    if made is not None and made.data == data:
        return _judged(session, made, ())
    said = (message("checkpage.altered"), _about(session, one))
    if made is None:
        return Checked(Verdict.ALTERED, said, (), (message("checkpage.no_compare"),), one)
    pages = tuple(_page(session, made, number) for number in sorted(_numbers(parts)))
    differences, numbers = _differences(made, data)
    return Checked(Verdict.ALTERED, said, pages, differences, one, made.data, numbers)


def single(checked: Checked) -> bytes:
    """What may be written down of an answer: the genuine document; of one page asked for, that page."""
    if len(checked.pages) == 1 and checked.pages[0].leaf is not None and checked.print is not None:
        leaf = checked.pages[0].leaf
        from mda5_crf.pdf.parts import Laid

        alone = replace(leaf, inks=[ink for ink in leaf.inks if not isinstance(ink, Jump)], bookmarks=())
        title = both(f"{checked.print.what} {checked.pages[0].code}")
        return printed(Laid([alone], title.en, checked.pages[0].place, "en-GB")).data
    return checked.data or b""


def write_down(session: Session, checked: Checked, data: bytes) -> None:
    """Note that the genuine page leaves the vault once more, before it does."""
    one = checked.print
    if one is not None:
        pages = 1 if len(checked.pages) == 1 else one.pages
        session.record_print(one.what, hashlib.sha256(data).hexdigest(), pages, one.subject)


def lines_of(leaf: Leaf) -> list[str]:
    """The words of a page as lines, from the top."""
    rows: dict[int, list[Words]] = {}
    for ink in leaf.inks:
        if isinstance(ink, Words) and ink.text:
            rows.setdefault(round(ink.y / 2), []).append(ink)
    return ["  ".join(one.text for one in sorted(rows[y], key=lambda one: one.x)) for y in sorted(rows)]


# -- inside ------------------------------------------------------------------------------------------------


def _of_print(session: Session, parts: Sequence[Print], numbers: Sequence[int]) -> Checked:
    """The answer for pages that were printed here; no ``numbers`` are all of them."""
    made = reprint.again(session, parts)
    if made is not None:
        return _judged(session, made, numbers)
    one = parts[0]
    at = reprint.redacted(session, one)
    said = message("checkpage.not_again") if at is None else _redacted(session, at)
    verdict = Verdict.GENUINE if at is None else Verdict.SUPERSEDED
    pages = tuple(
        CheckedPage(number, one.what, code, verdict, said, at, None)
        for part in parts
        for number, code, _ in part.proofs
        if not numbers or number in numbers
    )
    return Checked(verdict, (said, _about(session, one)), pages, (), one)


def _judged(session: Session, made: Reprint, numbers: Sequence[int]) -> Checked:
    one = made.parts[0]
    wanted = sorted(numbers or _numbers(made.parts))
    pages = tuple(_page(session, made, number) for number in wanted)
    worst = next((page for page in pages if page.verdict is not Verdict.GENUINE), pages[0] if pages else None)
    if worst is None:
        return Checked(Verdict.GENUINE, (message("checkpage.genuine"), _about(session, one)), (), (), one)
    words = [worst.words, _about(session, one)]
    if numbers:
        words.append(message("checkpage.compare"))
    return Checked(worst.verdict, tuple(words), pages, (), one, made.data)


def _page(session: Session, made: Reprint, number: int) -> CheckedPage:
    one = made.parts[0]
    proven = next((page for page in made.pages if page.number == number), None)
    if proven is None or number > len(made.laid.leaves):
        return CheckedPage(number, "", "", Verdict.GENUINE, message("checkpage.not_again"), None, None)
    leaf, label = made.laid.leaves[number - 1], f"{proven.place[0]} {proven.place[1]}"
    code = next((c for part in made.parts for n, c, _ in part.proofs if n == number), proven.code)
    page = CheckedPage(number, label, code, Verdict.GENUINE, message("checkpage.genuine"), None, leaf)
    if not made.proves(number):
        at = reprint.redacted(session, one)
        if at is None:
            return replace(page, words=message("checkpage.not_again"))
        return replace(page, verdict=Verdict.SUPERSEDED, words=_redacted(session, at), since=at)
    if "past" in one.order:
        return replace(page, words=message("checkpage.past"))
    record = made.changed(proven.place, proven.shown)
    if record is None:
        return page if made.keyed else replace(page, words=message("checkpage.genuine_there"))
    name = pageproof.name_of(session, record.person)
    said = message("checkpage.superseded", at=_local(session, record.when), name=name)
    return replace(page, verdict=Verdict.SUPERSEDED, words=said, since=record.when)


def _numbers(parts: Sequence[Print]) -> set[int]:
    return {number for part in parts for number in part.numbers}


def _redacted(session: Session, at: datetime) -> Text:
    return message("checkpage.redacted", at=_local(session, at))


def _about(session: Session, one: Print) -> Text:
    made = _local(session, datetime.fromisoformat(one.made))
    return message("checkpage.about", what=one.what, subject=one.number or "-", made=made, name=one.by)


def _local(session: Session, at: datetime) -> str:
    return at.astimezone(session.zone).strftime(_MINUTES)


def _differences(made: Reprint, data: bytes) -> tuple[tuple[Text, ...], tuple[int, ...]]:
    """What the child found, in words, and on which pages."""
    answer = confined.ask("compare", made.data, data)
    told = [one for one in answer.told if "what" in one and (made.same or one["what"] in _SAID)]
    numbers = {one["page"] for one in told if one.get("page")}
    found = [_difference(one) for one in told]
    if not made.same:
        found.append(message("checkpage.diff_only_words"))
    found += _unread(answer)
    return tuple(dict.fromkeys(found)) or (message("checkpage.diff_bytes"),), tuple(sorted(numbers))


_SAID: Final = ("words", "pages", "script", "attachment", "action", "form")
"""What can be compared with pages that this program draws differently from the one that printed them."""


def _difference(one: dict[str, Any]) -> Text:
    what, page = str(one["what"]), one.get("page", 0)
    expected, found = str(one.get("expected", "")), str(one.get("found", ""))
    if what == "words" and not (expected and found):
        if found:
            return message("checkpage.diff_added", page=page, found=found)
        return message("checkpage.diff_gone", page=page, expected=expected)
    return message(f"checkpage.diff_{what}", page=page, expected=expected, found=found)


def _unread(answer: confined.Answer) -> tuple[Text, ...]:
    if answer.refused == "locked":
        return (message("checkpage.file_locked"),)
    if answer.refused:
        return (message("checkpage.diff_many"),)
    return (message("checkpage.file_stuck"),) if answer.why else ()
