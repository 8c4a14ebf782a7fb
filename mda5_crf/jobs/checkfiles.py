"""The program's own files against whatever list there is: of the package, of the wheel, or of the sources."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Final

from mda5_crf import __version__, integrity
from mda5_crf.jobs import release
from mda5_crf.jobs.checkmodel import Found, Result
from mda5_crf.jobs.release import Standing
from mda5_crf.text import Text, both, message

_OWN: Final = ("mda5_crf", "resources")
_NAMED: Final = 8
_DISTRIBUTION: Final = "mda5-crf"


def look(folder: Path) -> Found:
    """The list beside the program first, then the wheel's, then the sources' own; else it says there is none.

    A packed program without its list fails: somebody took it away.
    """
    found = integrity.compare(folder)
    if found is not None:
        return _with_signature(of_list(found, __version__), folder)
    if getattr(sys, "frozen", False):
        return Found(Result.FAILED, (message("selfcheck.files_list_gone", file=integrity.NAME),))
    return (
        _of_wheel(folder) or _of_sources(folder) or Found(Result.NOTED, (message("selfcheck.files_no_list"),))
    )


def of_list(found: integrity.Compared, version: str) -> Found:
    """What a comparison with the list of a package says; ``version``: which one the list must be of."""
    facts = {"list": "package", "files": str(found.files), "list_sha256": found.sum, "packed": found.version}
    if not found.readable:
        return Found(Result.FAILED, (message("selfcheck.files_list_unreadable", file=integrity.NAME),), facts)
    if found.version != version:
        words = message("selfcheck.files_other_version", packed=found.version, version=version)
        return Found(Result.FAILED, (words,), facts)
    told = (("altered", found.altered), ("missing", found.missing), ("added", found.added))
    wrong = [
        message(f"selfcheck.files_{name}", count=len(which), names=_names(which))
        for name, which in told
        if which
    ]
    if wrong:
        return Found(Result.FAILED, tuple(wrong), facts)
    return Found(Result.PASSED, (message("selfcheck.files_good", count=found.files, sum=found.sum),), facts)


def _with_signature(told: Found, folder: Path) -> Found:
    """What was found, and who vouches for the list. A list that nobody signed is believed only by a program
    that knows no key; a wrong signature never.
    """
    keys = release.known_keys()
    vouched = release.judge_file(folder / integrity.NAME, keys)
    if vouched.standing is Standing.NONE and not keys:
        return told
    words = vouched_words(vouched, integrity.NAME)
    results = {Standing.KNOWN: told.result, Standing.THROWN_AWAY: Result.NOTED}
    if vouched.standing is Standing.STRANGER and not keys:
        results[Standing.STRANGER] = Result.NOTED
    result = results.get(vouched.standing, Result.FAILED)
    if told.result is Result.FAILED:
        result = Result.FAILED
    facts = {**told.facts, "signature": str(vouched.standing), "key": vouched.key}
    return Found(result, (*told.lines, words), facts)


def vouched_words(vouched: release.Vouched, file: str) -> Text:
    """Who vouches for ``file``, in a sentence."""
    if vouched.standing in {Standing.WRONG, Standing.NONE}:
        return message(f"release.{vouched.standing}", file=file)
    return message(f"release.{vouched.standing}", key=vouched.key)


def _of_wheel(folder: Path) -> Found | None:
    """Against RECORD of the installed wheel; None when it does not list the files that are running."""
    try:
        listed = metadata.distribution(_DISTRIBUTION).files or []
    except metadata.PackageNotFoundError:
        return None
    count, altered, missing = 0, [], []
    for one in listed:
        path = Path(str(one.locate()))
        if one.hash is None or one.parts[0] not in _OWN or not path.resolve().is_relative_to(folder):
            continue
        count += 1
        try:
            sum_ = base64.urlsafe_b64encode(hashlib.sha256(path.read_bytes()).digest()).rstrip(b"=").decode()
        except OSError:
            missing.append(str(one))
            continue
        if sum_ != one.hash.value:
            altered.append(str(one))
    if not count:
        return None
    return _judged("wheel", count, tuple(altered), tuple(missing))


def _of_sources(folder: Path) -> Found | None:
    """Against the version control that the sources lie in; None when there is none, or it cannot be asked."""
    program = shutil.which("git")
    if program is None or not (folder / ".git").exists():
        return None
    try:
        commit = _git(program, folder, "rev-parse", "HEAD").strip()
        listed = _git(program, folder, "ls-files", "--", *_OWN).splitlines()
        changed = _git(program, folder, "diff", "--name-only", "HEAD", "--", *_OWN).splitlines()
        new = _git(program, folder, "ls-files", "--others", "--exclude-standard", "--", *_OWN).splitlines()
    except (OSError, subprocess.SubprocessError):
        return None
    found = _judged("sources", len(listed), tuple(changed), (), tuple(new))
    return Found(found.result, found.lines, {**found.facts, "commit": commit})


def _git(program: str, folder: Path, *words: str) -> str:
    done = subprocess.run(  # noqa: S603 - words of ours, in the program's own folder
        [program, "-C", str(folder), *words], capture_output=True, timeout=20, check=True, text=True
    )
    return done.stdout


def _judged(
    kind: str, count: int, altered: tuple[str, ...], missing: tuple[str, ...], added: tuple[str, ...] = ()
) -> Found:
    facts = {"list": kind, "files": str(count)}
    told = (("altered", altered), ("missing", missing), ("added", added))
    wrong = [
        message(f"selfcheck.files_{name}", count=len(which), names=_names(which))
        for name, which in told
        if which
    ]
    if wrong:
        return Found(Result.FAILED, tuple(wrong), facts)
    return Found(Result.PASSED, (message(f"selfcheck.files_{kind}", count=count),), facts)


def _names(which: tuple[str, ...]) -> object:
    more = f" (+{len(which) - _NAMED})" if len(which) > _NAMED else ""
    return both(", ".join(which[:_NAMED]) + more)
