"""Sheets about bundles: the cover sheet that goes with one, the ledger of all. Each print is recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mda5_crf.db import read, read_delivery
from mda5_crf.errors import InputRefused
from mda5_crf.jobs.written import write
from mda5_crf.pdf.coversheet import CoverFacts, draw_cover
from mda5_crf.pdf.mailledger import FileLine, PeerLine, draw_ledger
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.plainhead import Letterhead
from mda5_crf.pdf.voice import Tongue
from mda5_crf.services.access import Action
from mda5_crf.services.session import CENTRE
from mda5_crf.sync.delivery import form_path
from mda5_crf.sync.gaps import Standing, standings
from mda5_crf.sync.ledger import Ledger, Passage, ledger, local_minutes
from mda5_crf.sync.making import SUFFIX
from mda5_crf.sync.naming import bundle_name
from mda5_crf.sync.receiving import hashed_file
from mda5_crf.sync.registry import Registry
from mda5_crf.sync.report import in_ranges
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.db.tx import Tx
    from mda5_crf.services.session import Session

_HEADS: Final = 24
"""Chains whose ends are printed; a centre's bundle to a centre may hold more."""


def print_cover(
    session: Session, peer: str, number: int, language: Tongue, file: Path | None = None
) -> Printed:
    """The cover sheet of bundle ``number`` made here for the PC ``peer`` (device id).

    ``file`` is the bundle, where it lies now; without it the outbox is asked. Its size is read of it, and its
    hash compared. Raises PermissionDenied, InputRefused (no such bundle, another file), StoreError.
    """
    session.require(Action.BUNDLE)
    session.require(Action.PRINT)
    book, registry = Ledger.read(session), Registry.read(session)
    passage = next((p for p in book.sent(peer) if p.number == number), None)
    if passage is None:
        raise InputRefused("mailbag.no_bundle", number=number, name=registry.name_of(peer))
    site = registry.site_of(peer) or ""
    name = bundle_name(
        (session.vault_name, session.device, session.site), (registry.name_of(peer), peer, site), number
    )
    size, found = _found(session, passage, file, name + SUFFIX)
    participants, forms = _counted(session, passage, site)
    facts = CoverFacts(
        sender=(session.vault_name, _pc(session.site)), receiver=(registry.name_of(peer), _pc(site)),
        number=number, made=local_minutes(session, passage.at), file=found, size=size, sha256=passage.sha256,
        records=passage.records, participants=participants, forms=forms,
        heads=tuple(_heads(session, registry, passage)), before=_before(book, passage),
    )  # fmt: skip
    printed = draw_cover(facts, language, _letterhead(session))
    session.record_print("bundle-cover", hashlib.sha256(printed.data).hexdigest(), printed.pages)
    return printed


def print_ledger(session: Session, language: Tongue) -> Printed:
    """The ledger of all bundles. Raises PermissionDenied, StoreError."""
    session.require(Action.BUNDLE)
    session.require(Action.PRINT)
    stands = standings(session)
    files = [
        FileLine(one.at, message(f"mailbag.way_{one.direction}"), str(one.number or ""), one.peer, one.state,
                 one.sha256)
        for one in ledger(session)
    ]  # fmt: skip
    notes = [gap.sentence for stand in stands for gap in stand.gaps]
    notes += [one.sentence for stand in stands for one in stand.on_the_way]
    printed = draw_ledger([_peer(stand) for stand in stands], files, notes, language, _letterhead(session))
    session.record_print("bundle-ledger", hashlib.sha256(printed.data).hexdigest(), printed.pages)
    return printed


def write_cover(session: Session, peer: str, file: Path, language: Tongue = "both") -> Path:
    """Write the cover sheet of a bundle that was just made beside it: same name, ``.pdf``.

    Raises as :func:`print_cover`, and StoreError when it cannot be written.
    """
    number = Ledger.read(session).sent(peer)[-1].number
    target = file.with_suffix(".pdf")
    printed = print_cover(session, peer, number, language, file)
    write(target, printed.data)
    return target


# -- facts ---------------------------------------------------------------------------------------------


def _letterhead(session: Session) -> Letterhead:
    seq, hashed = read.heads(session.vault.store).get(session.device, (0, ""))
    return Letterhead(
        session.study, session.person.name, session.now().astimezone(session.zone), session.demo,
        f"{session.device}:{seq} {hashed[:12]}",
    )  # fmt: skip


def _pc(site: str) -> Text:
    return message("mailbag.pc_centre") if site == CENTRE else message("mailbag.pc", site=site)


def _found(session: Session, passage: Passage, file: Path | None, name: str) -> tuple[int | None, str]:
    """Size and name of the file; None and the name it was given, where it lies in the outbox no more."""
    place = session.vault.folder / "outbox" / name if file is None else file
    try:
        size = place.stat().st_size
    except OSError:
        if file is not None:
            raise InputRefused("mailbag.no_file", file=file.name) from None
        return None, name
    if hashed_file(place) != passage.sha256:
        if file is not None:
            raise InputRefused("mailbag.other_file", file=file.name, number=passage.number)
        return None, name
    return size, place.name


def _counted(session: Session, passage: Passage, site: str) -> tuple[int, int]:
    """Participants and forms that the records inside are about, as far as the receiver sees them."""
    seen = {one.identity for one in session.subjects() if site in (CENTRE, one.site)}
    who: set[str] = set()
    forms: set[str] = set()
    with session.vault.store.read() as tx:
        for key in _keys(tx, passage):
            subject = key.partition("/")[0]
            if subject in seen:
                who.add(subject)
                forms.add(form_path(key))
    return len(who), len(forms - {""})


def _keys(tx: Tx, passage: Passage) -> Iterator[str]:
    for device, upto in passage.ends.items():
        for key, _ in read_delivery.newest_by_key(tx, device, passage.base.get(device, 0), upto):
            yield key


def _heads(session: Session, registry: Registry, passage: Passage) -> Iterator[tuple[str, int, str]]:
    own = sorted(passage.ends.items(), key=lambda one: (one[0] != session.device, one[0]))
    for device, seq in own[:_HEADS]:
        record = session.vault.journal.get(f"{device}:{seq}")
        name = session.vault_name if device == session.device else registry.name_of(device)
        yield name, seq, "" if record is None else record.hash


def _before(book: Ledger, passage: Passage) -> Text:
    confirmed = book.confirmed(passage.peer)
    left = [
        p.number for p in book.sent(passage.peer) if p.number < passage.number and p.number not in confirmed
    ]
    open_ = tuple(number for number in left if number > max(confirmed, default=0))
    if not open_:
        return message("mailbag.before_none")
    return message("mailbag.before_some", numbers=in_ranges(open_))


def _peer(stand: Standing) -> PeerLine:
    missing = [gap.number for gap in stand.lost]
    waiting = [one.number for one in stand.on_the_way]
    sent = both(stand.confirmed or "–")
    if waiting:
        sent = message("mailbag.sent_waiting", confirmed=sent, numbers=in_ranges(tuple(waiting)))
    taken = both("–")
    if stand.taken:
        taken = message("mailbag.taken_upto", number=stand.taken, at=stand.heard)
    return PeerLine(
        stand.name, stand.site, sent, taken,
        both(in_ranges(tuple(missing))) if missing else message("mailbag.missing_none"),
    )  # fmt: skip
