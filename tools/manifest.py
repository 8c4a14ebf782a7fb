"""Write the list of a packed program's files with SHA-256: ``python -m tools.manifest FOLDER``.

The last thing done to a packed folder: whatever is changed afterwards counts as altered. Prints the SHA-256
of the list itself, which is what a release publishes; ``make package`` signs the list as well.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from mda5_crf import __version__, integrity
from mda5_crf.crypto import SigningKey
from mda5_crf.jobs import release


def write(folder: Path, version: str = __version__, key: SigningKey | None = None) -> tuple[int, str]:
    """Write the list into ``folder``, with its signature by ``key``, if there is one. Returns how many files
    it names and its own SHA-256 in hex.

    Raises OSError, and ValueError for a folder without files.
    """
    data = integrity.manifest(folder, version)
    (folder / integrity.NAME).write_bytes(data)
    (folder / integrity.SIGNATURE).unlink(missing_ok=True)
    if key is not None:
        (folder / integrity.SIGNATURE).write_bytes(release.signature_of(data, key))
    found = integrity.compare(folder)
    if found is None or not found.good:
        raise ValueError(f"the list does not fit what it was made of: {folder}")
    return found.files, hashlib.sha256(data).hexdigest()


def main(words: Sequence[str]) -> int:
    """0 when the list was written, 2 for wrong words, 3 when the machine failed."""
    if len(words) != 1 or not Path(words[0]).is_dir():
        sys.stderr.write("usage: python -m tools.manifest FOLDER\n")
        return 2
    try:
        files, own = write(Path(words[0]))
    except (OSError, ValueError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 3
    sys.stdout.write(f"{integrity.NAME}: {files} files, sha256 {own}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
