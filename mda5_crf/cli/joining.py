"""``invite`` and ``join``: a new PC of a ward, from the centre's side and from its own."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mda5_crf.cli.login import first_password_of, folder_of, login_of, open_session, second_password_of
from mda5_crf.cli.output import say, say_json
from mda5_crf.errors import InputRefused
from mda5_crf.jobs.written import Written, write
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session
    from mda5_crf.sync.phrase import Half


def invite(options: argparse.Namespace) -> int:
    """Make an invitation for one PC of a site."""
    from mda5_crf.sync import inviting
    from mda5_crf.sync.joinfiles import INVITATION_SUFFIX

    with open_session(options) as session:
        session.require(inviting.ADMIT)
        second = (options.second, second_password_of(options)) if options.second else None
        target = outgoing(
            session, options.output, f"MDA5_invite_site_{_plain(options.site)}", INVITATION_SUFFIX
        )
        with Written(target) as file:
            offer, _ = inviting.invite(
                session, options.site, options.name, own_password=options.password, second=second,
                write=file.write,
            )  # fmt: skip
        if options.json:
            say_json({
                "file": str(target), "id": offer.nonce, "site": offer.site, "name": offer.name,
                "until": offer.expires.isoformat(), "sha256": offer.sha256,
            })  # fmt: skip
            return 0
        until = there(session, offer.expires)
        facts = {"file": target, "name": offer.name, "site": offer.site, "until": until}
        say(message("joining.cli_invited", **facts), options.language)
        say(message("joining.cli_invited_next", vault=options.vault), options.language)
    return 0


def join(options: argparse.Namespace) -> int:
    """Make this PC's vault as an invitation says, or go on with one that is there, and ask the centre."""
    from mda5_crf.sync import joining
    from mda5_crf.sync.joinfiles import MAX_INVITATION

    data = read_bounded(options.invitation, MAX_INVITATION)
    folder = folder_of(options.vault)
    there_already = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    if there_already:
        with open_session(options) as session:
            joining.ask(session, data)
            _asked(session, options)
        return 0
    login = login_of(options)
    joining.require_usable(data)  # before anybody thinks of a password
    session = joining.join(
        folder, data, login=login, person=options.person or login, role=options.role,
        password=first_password_of(options),
    )  # fmt: skip
    with session:
        _asked(session, options)
    return 0


def _asked(session: Session, options: argparse.Namespace) -> None:
    """Write the request and say what comes next."""
    from mda5_crf.sync import joining
    from mda5_crf.sync.joinfiles import REQUEST_SUFFIX

    known = joining.state(session)
    assert known is not None  # it has just asked
    target = outgoing(session, options.output, f"MDA5_join_site_{session.site}", REQUEST_SUFFIX)
    write(target, known.request)
    half = joining.words_for_centre(session)
    if options.json:
        say_json({
            "vault": str(options.vault), "site": session.site, "name": session.vault_name,
            "device": session.device, "study": session.study.oid, "centre": known.name,
            "request": str(target), "until": known.expires.isoformat(), **half_json("read", half),
        })  # fmt: skip
        return
    facts = {"vault": options.vault, "name": session.vault_name, "site": session.site, "centre": known.name}
    for line in (
        message("joining.cli_joined", **facts),
        message("joining.cli_step_send", file=target, centre=known.name, until=there(session, known.expires)),
        message("joining.cli_step_call"),
        spoken(half),
        message("joining.cli_step_type", vault=options.vault),
    ):
        say(line, options.language)


# -- also for ``devices`` --------------------------------------------------------------------------------


def spoken(half: Half) -> Text:
    """Four words and their numbers, as they are read aloud."""
    return message("joining.cli_words", words=half.words, numbers=half.digits)


def half_json(name: str, half: Half) -> dict[str, object]:
    """The same for scripts."""
    return {name: half.words, f"{name}_numbers": half.digits}


def there(session: Session, at: datetime) -> Text:
    """A moment by the site's clock."""
    return both(at.astimezone(session.zone).strftime("%Y-%m-%d %H:%M"))


def outgoing(session: Session, output: str | None, name: str, suffix: str) -> Path:
    """Where a file for the other side goes: as named, else the vault's folder for what leaves."""
    if output:
        return Path(output)
    folder = session.vault.folder / "outbox"
    folder.mkdir(exist_ok=True)
    return folder / f"{name}_{session.now():%Y%m%d_%H%M%S}{suffix}"


def read_bounded(file: str, most: int) -> bytes:
    """A file from outside, at most one byte more than it may have. Raises InputRefused."""
    try:
        with Path(file).open("rb") as stream:
            return stream.read(most + 1)
    except OSError:
        raise InputRefused("cli.file_unreadable", file=file) from None


def _plain(word: str) -> str:
    """What of a typed word may stand in a file name."""
    return "".join(sign for sign in word if sign.isascii() and sign.isdigit())[:2]
