"""What a packed folder is made of: every file belongs to one part, and the parts add up to the folder.

A file that no rule knows is an error: whoever adds a package says here what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MEGABYTE: Final = 1_000_000
LIMIT: Final = 200 * MEGABYTE
"""Bytes that the ward's folder may have on Linux. Qt's own data for languages are a sixth of that."""

# Part → pattern of paths in the folder (with "/"; "_internal/" is taken off). The first that fits counts.
_RULES: Final[tuple[tuple[str, str], ...]] = (
    ("licences, list of files, words for the reader", r"(licences/|mda5-crf-files\.json|READ-ME|portable)"),
    ("the program: starter with all its Python code", r"mda5-crf(-window)?(\.exe)?$"),
    ("the program: fonts", r"mda5_crf/resources/fonts/"),
    ("the program: study, schemas, icons, calendar", r"mda5_crf/"),
    ("Qt: data of languages and scripts (ICU)", r"(PySide6/Qt/lib/)?libicu"),
    ("Qt: libraries", r"(PySide6/Qt/lib/|libQt6|PySide6/(Qt6|MSVC|msvc|vcruntime|concrt)[^/]*\.dll)"),
    ("Qt: plugins and translations", r"PySide6/(Qt/)?(plugins|translations)/"),
    ("Qt: Python binding", r"(PySide6/|shiboken6/|libpyside6|libshiboken6|PySide6|pyside6)"),
    ("Qt: window system (xcb)", r"(libxcb|libxkbcommon)"),
    ("encrypted database (SQLCipher, SQLAlchemy)", r"(sqlcipher3|sqlalchemy|SQLAlchemy|greenlet)"),
    ("cryptography (OpenSSL, age, shares)", r"(cryptography|pyrage|shamir_mnemonic|cffi|_cffi|libcrypto)"),
    ("PDF: drawing and pictures (reportlab, Pillow)", r"(reportlab|PIL|pillow|charset_normalizer)"),
    (
        "PDF: archive form PDF/A and reading (pikepdf, pypdf)",
        r"(pikepdf|pypdf|fontTools|fonttools|jsonschema|rpds|referencing|attrs?-|libqpdf|libjpeg|deprecated)",
    ),
    ("pages read back (zxing-cpp)", r"zxing"),
    ("ODM and workbooks (lxml, openpyxl)", r"(lxml|openpyxl|et_xmlfile|defusedxml)"),
    (
        "centre: PostgreSQL driver",
        r"(psycopg|libpq|libssl|libldap|liblber|libsasl|libkrb|libgss|libk5|libcom)",
    ),
    (
        "centre: SPSS and Stata files (pandas, numpy, pyreadstat)",
        r"(pandas|numpy|pyreadstat|pytz|dateutil|python_dateutil|narwhals|libscipy|libgfortran|libquadmath|tzdata)",
    ),
    (
        "Python itself",
        r"(base_library\.zip|python3|lib-dynload/|libpython|python3?\d*\.dll|Python|vcruntime|api-ms-|ucrtbase"
        r"|_[a-z]\w*\.(pyd|so)|select\.pyd|unicodedata\.pyd|pyexpat\.pyd|lib(z|bz2|lzma|ffi|mpdec|crypt|sqlite3)[-.]"
        r"|(libcrypto|libffi|sqlite3|zlib1?)[^/]*\.dll|typing_extensions)",
    ),
    (
        "pictures: libraries shared by Pillow",
        r"lib(tiff|openjp2|webp|lcms2|zstd|brotli|freetype|harfbuzz|png16)",
    ),
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the folder. ``size`` in bytes as the files have them, links counted with 0."""

    name: str
    size: int
    files: int


def part_of(path: str) -> str | None:
    """The part that a path of the folder (with ``/``) belongs to, None when no rule knows it."""
    inner = path.removeprefix("_internal/")
    return next((name for name, pattern in _RULES if re.match(pattern, inner)), None)


def files_of(folder: Path) -> Iterator[tuple[str, int]]:
    """Path with ``/`` and bytes of every file and link below ``folder``. Raises OSError."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or path.is_file():
            yield path.relative_to(folder).as_posix(), 0 if path.is_symlink() else path.stat().st_size


def account(folder: Path) -> tuple[list[Part], list[str]]:
    """The parts, the largest first, and the paths that belong to none. Raises OSError."""
    sizes: dict[str, list[int]] = {}
    strangers = []
    for path, size in files_of(folder):
        name = part_of(path)
        if name is None:
            strangers.append(path)
        else:
            sizes.setdefault(name, []).append(size)
    parts = [Part(name, sum(found), len(found)) for name, found in sizes.items()]
    return sorted(parts, key=lambda part: (-part.size, part.name)), strangers


def table(parts: Sequence[Part]) -> list[str]:
    """The lines to print, the sum last."""
    total, files = sum(part.size for part in parts), sum(part.files for part in parts)
    lines = [f"  {part.size / MEGABYTE:7.1f} MB  {part.files:5}  {part.name}" for part in parts]
    return [*lines, f"  {total / MEGABYTE:7.1f} MB  {files:5}  the whole folder"]


def complaints(folder: Path, *, limit: int | None = LIMIT) -> tuple[list[str], list[str]]:
    """The table, and what is wrong in words: strangers, parts that do not add up, a folder over ``limit``."""
    parts, strangers = account(folder)
    whole = sum(size for _, size in files_of(folder))
    summed = sum(part.size for part in parts)
    wrong = []
    if strangers:
        wrong.append(f"{len(strangers)} files belong to no part (tools/package_parts.py): {strangers[:8]}")
    elif summed != whole:
        wrong.append(f"the parts add up to {summed} bytes, the folder has {whole}")
    if limit is not None and whole > limit:
        wrong.append(f"the folder has {whole / MEGABYTE:.1f} MB, at most {limit / MEGABYTE:.0f} are allowed")
    return table(parts), wrong
