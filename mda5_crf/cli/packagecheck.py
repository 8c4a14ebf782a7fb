"""``selfcheck --package``: another packed program, or the files of a release, judged by this one."""

from __future__ import annotations

import argparse
from pathlib import Path

from mda5_crf import integrity
from mda5_crf.cli.output import say, say_error, say_json
from mda5_crf.errors import InputRefused
from mda5_crf.jobs import release
from mda5_crf.jobs.checkfiles import of_list, vouched_words
from mda5_crf.text import Text, message


def run(path: Path, options: argparse.Namespace) -> int:
    """0 when everything is as it was packed and signed by a key that is known (or by nobody); else 1.

    ``path``: the folder of a packed program, the list of sums of a release, or one of its packages.
    """
    return _folder(path, options) if path.is_dir() else _files(path, options)


def _folder(folder: Path, options: argparse.Namespace) -> int:
    found = integrity.compare(folder)
    if found is None:
        raise InputRefused("selfcheck.package_none", file=integrity.NAME, folder=folder.name)
    told = of_list(found, found.version)
    vouched = release.judge_file(folder / integrity.NAME)
    words = [vouched_words(vouched, integrity.NAME)]
    good = found.good and not _refused(vouched)
    if options.json:
        facts = {"good": good, "sha256": found.sum, "files": found.files, "wrong": list(found.wrong)}
        say_json({**facts, "signature": str(vouched.standing), "key": vouched.key})
    elif good:
        for line in (*told.lines, *words, message("selfcheck.package_compare", sum=found.sum)):
            say(line, options.language)
    if not good:
        for line in (*(() if found.good else told.lines), *(words if _refused(vouched) else ())):
            say_error(line)
    return 0 if good else 1


def _refused(vouched: release.Vouched) -> bool:
    """A program that knows keys believes them only; without any it says what it sees, for a person
    to compare.
    """
    if vouched.standing in {release.Standing.STRANGER, release.Standing.NONE}:
        return bool(release.known_keys())
    return not vouched.good


def _files(path: Path, options: argparse.Namespace) -> int:
    """The sums of a release, and those of its files that lie beside it."""
    sums = path if path.name == release.SUMS else path.with_name(release.SUMS)
    try:
        data = sums.read_bytes()[: release.LARGEST_SUMS]
        vouched = release.judge_file(sums)
    except FileNotFoundError:
        raise InputRefused("release.sums_missing", file=path.name) from None
    except OSError:
        raise InputRefused("cli.file_unreadable", file=sums.name) from None
    listed = release.read_sums(data)
    if vouched.standing in {release.Standing.WRONG, release.Standing.NONE}:
        # What was tampered with is not read any further; a list that nobody signed proves nothing.
        raise InputRefused(f"release.{vouched.standing}", file=sums.name)
    if listed is None:
        raise InputRefused("release.sums_unreadable", file=sums.name)
    if path != sums and path.name not in listed:
        raise InputRefused("release.sums_unlisted", file=path.name)
    wanted = [path.name] if path != sums else [name for name in listed if (sums.parent / name).is_file()]
    if not wanted:
        raise InputRefused("release.sums_nothing")
    altered = [name for name in wanted if release.file_sum(sums.parent / name) != listed[name]]
    good = not altered and not _refused(vouched)
    if options.json:
        facts = {"good": good, "files": wanted, "wrong": altered}
        say_json({**facts, "signature": str(vouched.standing), "key": vouched.key})
    elif good:
        say(message("release.sums_good", names=", ".join(wanted)), options.language)
        say(vouched_words(vouched, sums.name), options.language)
    wrong: list[Text] = [message("release.sums_altered", names=", ".join(altered))] if altered else []
    for line in (*wrong, *([vouched_words(vouched, sums.name)] if _refused(vouched) else [])):
        say_error(line)
    return 0 if good else 1
