"""A whole archive of this program (ODM with extensions) comes back into a vault: read, proved, taken in.

``mda5-crf import VAULT FILE --as odm`` asks :func:`is_own_archive` first; other ODM files go another way.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.crypto import file_hash
from mda5_crf.errors import BundleError, StoreError
from mda5_crf.jobs.archivereading import reading
from mda5_crf.services.access import Action
from mda5_crf.study.load import load_source
from mda5_crf.study.model import Study
from mda5_crf.sync import archived
from mda5_crf.sync.preview import kinds_in_words
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

Progress = Callable[[int, int], None]
_SHOWN: Final = 10
_BEGINNING: Final = 4096
_ROOT: Final = re.compile(rb"\A\s*(?:<\?xml[^>]*>\s*)?<ODM\s([^>]*)>")
_SIGNS: Final = (b'SourceSystem="MDA5-CRF"', b'xmlns:mda5="urn:mda5-crf:odm:1"', b'Archival="Yes"')


def is_own_archive(file: Path) -> bool:
    """Whether a file says that it is an archive of this program, with extensions. Reads only its beginning.

    Raises OSError. That it is one, whole and unaltered, is for :func:`take_archive` to find out.
    """
    with file.open("rb") as opened:
        found = _ROOT.match(opened.read(_BEGINNING).removeprefix(b"\xef\xbb\xbf"))
    return found is not None and all(sign in found[1] for sign in _SIGNS)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an archive, or (``dry``) would."""

    taken: archived.Taken
    dry: bool

    def lines(self) -> list[Text]:
        """Sentences for people, most important first."""
        taken, maker = self.taken, self.taken.maker
        found = [message("odmback.from_pc", file=taken.file, name=maker.name, site=maker.site)]
        if not taken.new:
            found.append(message("odmback.all_known", known=taken.known))
            return found
        code = "odmback.would" if self.dry else "odmback.taken"
        found.append(message(code, new=taken.new, known=taken.known))
        kinds = kinds_in_words(taken.details.kinds)
        if kinds.en:
            found.append(message("mailbag.line_kinds", kinds=kinds))
        found.append(message("odmback.participants", count=len(taken.details.participants)))
        found.append(message("odmback.fingerprint", name=maker.name, words=taken.words))
        names = ", ".join(f"{one.name} ({one.site})" for one in taken.pcs)
        if names:
            found.append(message("odmback.pcs", names=names))
        if taken.stubs:
            found.append(message("odmback.stubs", count=taken.stubs))
        if taken.conflicts:
            found.append(message("sync.line_conflicts", count=taken.conflicts))
        if taken.aside:
            found.append(message("sync.line_aside", count=len(taken.aside)))
            shown = taken.aside[:_SHOWN]
            found += [message("sync.line_aside_one", record=one, reason=why) for one, why in shown]
            if len(taken.aside) > _SHOWN:
                found.append(message("sync.line_more", count=len(taken.aside) - _SHOWN))
        if taken.backup is not None:
            found.append(message("odmback.backup", name=taken.backup.name))
        return found

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        taken = self.taken
        return {
            "file": taken.file, "sha256": taken.sha256, "dry_run": self.dry, "archive": True,
            "new": taken.new, "known": taken.known, "stubs": taken.stubs, "conflicts": taken.conflicts,
            "participants": list(taken.details.participants),
            "aside": [{"record": one, "reason": why.en} for one, why in taken.aside],
            "maker": {
                "device": taken.maker.device, "name": taken.maker.name, "site": taken.maker.site,
                "fingerprint": taken.words,
            },
            "pcs": [one.device for one in taken.pcs],
        }  # fmt: skip


def archive_study(file: Path) -> Study:
    """The definition that the vault of an archive began with: a new vault for it needs the same.

    Raises as :func:`take_archive` for what is no whole, unaltered archive, and DefinitionError.
    """
    with reading(file, "", None) as archive:
        assert archive.card is not None  # proved
        source = archive.sources.get(archive.founded.get(archive.card.device, ""))
    if source is None or file_hash(source) != archive.founded[archive.card.device]:
        raise BundleError("odmback.source", hash=archive.card.definition[:12])
    return load_source(source)


def take_archive(
    session: Session,
    file: Path,
    *,
    dry_run: bool = False,
    own_password: str | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Outcome:
    """Rebuild every record of a whole archive and take it in as the chains it came from; all or nothing.

    Authors, times, hashes, seals and signatures are the originals. ``dry_run``: say what would come, keep
    nothing. ``own_password`` is asked for where something is to be kept: the person at the keyboard answers
    for the PCs of the archive. ``progress``: bytes read, then records; what it raises ends the work.

    Raises PermissionDenied (who may take bundles and register PCs may do it), LoginRefused, InputRefused (no
    whole archive, of another study, site, definition), BundleError (altered: names the record), StoreError.
    """
    session.require(Action.BUNDLE)
    session.require(Action.DEVICES)
    try:
        with reading(file, session.vault.meta.study, session.vault.folder, progress) as archive:
            taken = archived.take(
                session, archive, own_password=own_password, progress=progress, keep=not dry_run
            )
    except OSError:
        raise StoreError("odmback.no_place") from None
    return Outcome(taken, dry_run)
