"""``make package``: build the program for this system, pack and sign it, start it elsewhere, measure it.

    python tools/bootstrap.py package                     the ward's program, all trials
    python tools/bootstrap.py package --edition centre    with the drivers of the centre
    … --key FILE      the release key (base64 of 32 bytes); else the variable MDA5_CRF_RELEASE_KEY; else a
                      key is made for this build and thrown away, which is said
    … --new-key FILE  make a release key, and print its line for resources/release-keys.txt
    … --no-trials     build, pack and sign only
    … --again         build nothing: try and measure once more what lies in dist/

Exit status: 0 done; 1 a limit is missed or a trial failed, in words; 2 wrong words; 3 it could not be built.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from mda5_crf import integrity
from mda5_crf.jobs import release
from tools import package_build, package_parts, package_try
from tools.package_build import DIST, Failed, ReleaseKey
from tools.package_try import SLOWEST, Trial, Wrong


def say(text: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def words_of(argv: Sequence[str]) -> argparse.Namespace:
    """The words of the command; argparse ends the program for wrong ones."""
    about = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="make package", description=about)
    parser.add_argument("--edition", choices=("ward", "centre"), default="ward")
    parser.add_argument("--key", metavar="FILE")
    parser.add_argument("--new-key", metavar="FILE")
    parser.add_argument("--no-trials", action="store_true")
    parser.add_argument("--again", action="store_true")
    return parser.parse_args(argv)


def main(argv: Sequence[str]) -> int:
    """See the module."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = words_of(argv)
    if options.new_key:
        say(package_build.new_key(Path(options.new_key)))
        return 0
    try:
        if options.again:
            folder, packed, sums = built_before(options.edition)
        else:
            key = package_build.release_key(options.key, os.environ.pop(package_build.KEY_VARIABLE, None))
            folder, packed, sums = build(options.edition, key)
    except (Failed, OSError, ValueError) as problem:
        say(f"FAILED: {problem}")
        return 3
    lines, wrong = package_parts.complaints(folder, limit=limit_of(options.edition))
    say(f"installed size by part ({folder.name}, {options.edition}):")
    for line in lines:
        say(line)
    if not options.no_trials:
        wrong += trials(packed, sums)
    for one in wrong:
        say(f"FAILED: {one}")
    say("make package: " + ("failed" if wrong else f"good; {packed.parent}{os.sep} has {packed.name}"))
    return 1 if wrong else 0


def limit_of(edition: str) -> int | None:
    """Bytes the folder may have: only the ward's on Linux has a limit that was agreed."""
    return package_parts.LIMIT if edition == "ward" and sys.platform.startswith("linux") else None


def built_before(edition: str) -> tuple[Path, Path, Path]:
    """What an earlier run left. Raises Failed when it left nothing."""
    found = package_build.FOLDER, DIST / package_build.package_name(edition), DIST / release.SUMS
    for one in found:
        if not one.exists():
            raise Failed(f"{one} is not there; build first, without --again")
    return found


def build(edition: str, key: ReleaseKey) -> tuple[Path, Path, Path]:
    """Folder, packed file and list of sums. Raises Failed, OSError."""
    say(f"building the {edition}'s program for {package_build.system_name()}, about a minute …")
    began = time.monotonic()
    package_build.clean()
    folder = package_build.freeze(edition)
    count, files, own_sum = package_build.complete(folder, key)
    say(f"built in {time.monotonic() - began:.0f} s: {files} files listed, {count} licences of others")
    packed = package_build.pack(folder, package_build.package_name(edition))
    listed = DIST / f"{packed.name}.files.json"
    listed.write_bytes((folder / integrity.NAME).read_bytes())
    sums = package_build.sums(DIST, [packed.name, listed.name], key)
    say(f"{packed.name}: {packed.stat().st_size / package_parts.MEGABYTE:.1f} MB")
    say(f"sha256 {release.file_sum(packed)}")
    say(f"sha256 of its list of files {own_sum}")
    if key.throw_away:
        say(f"signed with a key made for this build and thrown away ({key.key.public.text}): no release")
    else:
        say(f"signed with the release key {key.key.public.text}")
        if key.line not in (package_build.ROOT / "resources" / release.KEYS).read_text(encoding="utf-8"):
            say(
                "this key is not in resources/release-keys.txt: programs of earlier releases will not know it"
            )
    key.key.forget()
    return folder, packed, sums


def trials(packed: Path, sums: Path) -> list[str]:
    """Start what was packed, elsewhere; what did not hold, in words."""
    say("starting it in another folder, with an empty account and no Python:")
    with (
        tempfile.TemporaryDirectory(prefix="mda5-crf-package-") as base,
        package_try.room(Path(base)) as place,
    ):
        try:
            folder = package_build.unpack(packed, place)
            trial = Trial(folder, place / "home", lambda what: say(f"  {what}"))
            work = place / "data"
            work.mkdir()
            package_try.everything(trial, work)
            package_try.released(trial, sums)
            start = package_try.start_time(trial)
        except (Wrong, OSError, ValueError) as problem:
            return [str(problem)]
    say(
        f"process start to login window: packed {start.packed:.0f} ms, unfrozen {start.unfrozen:.0f} ms,"
        f" ratio {start.ratio:.2f} (at most {SLOWEST})"
    )
    if start.ratio > SLOWEST:
        return [f"the packed program starts {start.ratio:.2f} times as slowly; {SLOWEST} is allowed"]
    return []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
