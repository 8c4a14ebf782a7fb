"""Files that came: several at once, or a folder. Each is taken by itself, in the order in which it was made.

One that cannot be taken never blocks the rest: it is named with its reason and what to do. That it was
refused is noted in the journal: the hash of the file, the code of the reason, and, where its sender had
signed it, from whom and under which number. Nothing of its content is kept, the same file twice is one line,
and there are at most MOST_A_DAY of them.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mda5_crf.db.records import Draft
from mda5_crf.errors import BundleError, Cancelled, CrfError, InputRefused
from mda5_crf.services.access import Action
from mda5_crf.sync import bundles
from mda5_crf.sync.envelope import BUNDLE, MAX_FILE, PIECE, SIGNATURE, read_header
from mda5_crf.sync.holding import WAITS
from mda5_crf.sync.ledger import REFUSED, Ledger
from mda5_crf.sync.outside import Outside, is_bundle, read_outside
from mda5_crf.sync.registry import Registry
from mda5_crf.sync.report import Report
from mda5_crf.text import Text, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session

MOST_A_DAY: Final = 200
"""Refused files that are noted within 24 hours: who fills a stick with rubbish does not fill the journal."""
MOST_FILES: Final = 10_000
"""Entries of a folder that are looked at."""
_LATER: Final = WAITS
"""Reasons that another file of the same stick may do away with."""
_NOT_NOTED: Final = frozenset({
    "sync.not_a_bundle", "sync.file_unreadable", "sync.file_too_large", "sync.file_empty",
})  # fmt: skip
"""What is no bundle at all, or cannot be read to the end, is said and not noted."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Came:
    """What became of one file: a ``report``, or the ``problem`` it was refused for.

    Neither: it was left alone, being addressed to another PC or made here (``other`` says so).
    """

    file: Path
    report: Report | None = None
    problem: CrfError | None = None
    other: Text | None = None

    @property
    def taken(self) -> bool:
        """Whether it was, or by a plan would be, let in now."""
        return self.report is not None and not self.report.already

    def line(self) -> Text:
        """One line of the summary."""
        name = plain(self.file)
        if self.report is not None:
            one = self.report
            code = "came_known" if one.already else "came_taken"
            line = message(
                f"mailbag.{code}",
                file=name,
                sender=one.sender,
                number=one.number,
                new=one.new,
                at=one.already,
            )
            held = ", ".join(pc.name for pc in one.held)
            return message("holding.state", state=line, devices=held) if held else line
        if self.problem is not None:
            return message("mailbag.came_refused", file=name, why=self.problem.text)
        assert self.other is not None  # one of the three is always there
        return message("mailbag.came_other", file=name, why=self.other)


def plain(file: Path) -> str:
    """The name of a file as it can stand in a sentence."""
    words = "".join(c for c in file.name if c.isprintable())
    return words if len(words) <= 80 else f"{words[:77]}…"


def files_in(folder: Path) -> list[Path]:
    """The bundles that lie in a folder itself, whatever their names. Raises InputRefused."""
    found: list[Path] = []
    try:
        for seen, entry in enumerate(folder.iterdir()):
            if seen >= MOST_FILES:
                break
            if not entry.name.startswith(".") and is_bundle(entry):
                found.append(entry)
    except OSError:
        raise InputRefused("mailbag.folder_unreadable", folder=folder.name or str(folder)) from None
    return sorted(found)


def arranged(session: Session, paths: Iterable[Path]) -> tuple[list[Path], list[Came]]:
    """The files to take, by sender and number; and those of a folder that are not for this PC.

    A file that was named itself is never passed over: what is wrong with it is said when it is taken.
    Raises PermissionDenied, InputRefused: a folder that cannot be read or holds no bundle.
    """
    session.require(Action.BUNDLE)
    registry = Registry.read(session)
    wanted: dict[Path, Outside | None] = {}
    others: list[Came] = []
    for path in paths:
        with contextlib.suppress(OSError):
            if path.is_dir():
                _of_folder(registry, path, wanted, others)
                continue
        wanted.setdefault(path, _outside(path))

    def order(path: Path) -> tuple[str, str, int, str]:
        outside = wanted[path]
        if outside is None:
            return "", "", 0, path.name
        return registry.name_of(outside.sender), outside.sender, outside.number, path.name

    return sorted(wanted, key=order), others


def _of_folder(
    registry: Registry, folder: Path, wanted: dict[Path, Outside | None], others: list[Came]
) -> None:
    found = files_in(folder)
    if not found:
        raise InputRefused("mailbag.folder_empty", folder=folder.name or str(folder))
    for path in found:
        outside = _outside(path)
        if outside is not None and outside.sender == registry.device:
            others.append(Came(path, other=message("mailbag.other_own", number=outside.number)))
        elif outside is not None and outside.receiver != registry.device:
            to = registry.name_of(outside.receiver)
            others.append(Came(path, other=message("mailbag.other_addressed", to=to)))
        else:
            wanted.setdefault(path, outside)


def _outside(path: Path) -> Outside | None:
    try:
        return read_outside(path)
    except BundleError:
        return None


def receive(
    session: Session,
    paths: Sequence[Path],
    progress: Progress = lambda _done, _total: None,
    *,
    write: bool = True,
    told: Callable[[int, int], None] = lambda _place, _files: None,
) -> tuple[Came, ...]:
    """Take each of ``paths`` (files or folders), or only look at each (``write`` False: nothing is noted).

    ``told`` hears which file of how many begins, ``progress`` how far it is. Cancelled goes through while
    nothing was taken; afterwards the rest is left where it lies, and the result says so. Raises
    PermissionDenied, InputRefused, and StoreError, which would meet every other file too.
    """
    files, came = arranged(session, paths)
    act = bundles.take if write else bundles.plan
    left: list[Path] = list(files)
    found: dict[Path, Came] = {}
    while left:
        again: list[Path] = []
        for file in left:
            told(len(found), len(files))
            try:
                report = _with_before(act(session, file, progress), found.get(file))
                found[file] = Came(file, report=report)
                if write and any(one.code in WAITS for one in report.held):
                    again.append(file)
            except Cancelled:
                if not any(one.taken for one in found.values()):
                    raise
                found |= {one: Came(one, other=message("mailbag.other_cancelled")) for one in files
                          if one not in found or one == file}  # fmt: skip
                return (*(found[one] for one in files), *came)
            except BundleError as problem:
                found[file] = Came(file, problem=problem)
                if problem.code in _LATER and write:
                    again.append(file)
        # What waited for another file is tried again as long as that helps.
        left = again if len(again) < len(left) else []
    if write:
        for one in found.values():
            if isinstance(one.problem, BundleError):
                note_refusal(session, one.file, one.problem)
    return (*(found[file] for file in files), *came)


def _with_before(report: Report, before: Came | None) -> Report:
    """A file that is tried once more because some of it had to wait: what came at both times."""
    first = None if before is None else before.report
    if first is None:
        return report
    return first if not report.new else replace(report, new=first.new + report.new)


def note_refusal(session: Session, file: Path, problem: BundleError) -> bool:
    """Note in the journal that a bundle was refused; whether a line was written.

    Raises PermissionDenied, StoreError.
    """
    session.require(Action.BUNDLE)
    if problem.code in _NOT_NOTED or not is_bundle(file):
        return False
    sha256 = hashed_file(file)
    if not sha256:
        return False
    before = Ledger.read(session).refused()
    since = session.now() - timedelta(days=1)
    if any((p.sha256, p.code) == (sha256, problem.code) for p in before):
        return False
    if sum(p.at > since for p in before) >= MOST_A_DAY:
        return False
    content = {
        "direction": REFUSED, "sha256": sha256, "code": problem.code, **_claims(session, file),
    }  # fmt: skip
    session.append([Draft("bundle", "", content)])
    return True


def _claims(session: Session, file: Path) -> dict[str, object]:
    """From whom it is and its number, when that PC had signed them for this one; else nothing of the file.

    The signature covers header and hash: a file that was damaged behind them still says whose it is.
    """
    registry = Registry.read(session)
    try:
        with file.open("rb") as opened:
            signed, header = read_header(opened)
            signature = opened.read(SIGNATURE)
            sender = registry.sender(header.sender)
    except (BundleError, OSError):
        return {"proved": False}
    ours = (header.study, header.receiver) == (registry.study, registry.device)
    if not ours or not sender.sign.accepts(BUNDLE.context, signed, signature):
        return {"proved": False}
    return {"peer": header.sender, "number": header.number, "made": header.made, "proved": True}


def hashed_file(file: Path) -> str:
    """SHA-256 of a file; "" for one that cannot be read to its end or is larger than any bundle."""
    found = hashlib.sha256()
    try:
        with file.open("rb") as opened:
            if opened.seek(0, 2) > MAX_FILE:
                return ""
            opened.seek(0)
            while piece := opened.read(PIECE):
                found.update(piece)
    except OSError:
        return ""
    return found.hexdigest()


def summary(came: Sequence[Came], *, write: bool = True) -> tuple[Text, ...]:
    """What became of all files: how many of each, then what has to be said of each that was not taken."""
    taken = [one for one in came if one.taken and one.report is not None]
    known = [one for one in came if one.report is not None and one.report.already]
    refused = [one for one in came if one.problem is not None]
    new = sum(one.report.new for one in taken if one.report is not None)
    code = "summary" if write else "summary_plan"
    head = message(
        f"mailbag.{code}", files=len(came), taken=len(taken), new=new, known=len(known), refused=len(refused),
        others=len(came) - len(taken) - len(known) - len(refused),
    )  # fmt: skip
    return (head, *(one.line() for one in came))
