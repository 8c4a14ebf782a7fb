#!/usr/bin/env python3
"""Build ``resources/fonts``: one regular and one bold face that hold every character a form can show.

Noto Sans SC has all Chinese characters of GBK but lacks most superscripts, subscripts and tick boxes,
so ``10⁹/L`` or ``☑`` would print as an empty box. This tool cuts Noto Sans SC down to the characters
a hospital in China types and copies the missing outlines from two sister faces of the same design size.

    python tools/build_font.py            fetch the three packages with npm and write resources/fonts
    python tools/build_font.py --check    build in memory and compare with resources/fonts; exit 1 if they differ
    python tools/build_font.py --packs D  use packages already unpacked in D (D/<name>/package/…), no network

Inputs are pinned by SHA-256; the same inputs give the same bytes. Needs ``fonttools`` (a development
dependency); the program itself only reads the two files.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

TARGET = Path(__file__).resolve().parent.parent / "resources" / "fonts"

PACKS = {
    "noto-sans-sc": "0.4.3",
    "noto-sans": "0.4.2",
    "noto-sans-symbols-2": "0.4.1",
}

INPUTS = {
    "noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf": "d45f67f0a7c0ca3f256950777ce6a61cc7ce5f9696d02900cbbaac25f8aa7d16",
    "noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf": "9a38ae0ab28cd5a256f9ea8e00dedc688aac17f7915fcb000572990afa956b96",
    "noto-sans/400Regular/NotoSans_400Regular.ttf": "fe8c022f48d8dd29f17b744d16f9346f4357e16f7d4f7be58b000ae7c291b614",
    "noto-sans/700Bold/NotoSans_700Bold.ttf": "13a813c49624ae3ba3c5c6e72c5ebffc4b9e1e6ea32f421c04069b037c6ad431",
    "noto-sans-symbols-2/400Regular/NotoSansSymbols2_400Regular.ttf": "f67f40c65f929f029827ab37cfdc4897dfd9ae3c28d9e98ba46e0d52e39eb97e",
    "noto-sans-sc/LICENSE_FONT": "1c05c68c34f9708415aada51f17e1b0092d2cea709bf4a94cd38114f9e73d7d9",
}

# Blocks wanted whole, wherever the source has them: first, last, what for.
BLOCKS = (
    (0x0020, 0x007E, "ASCII"),
    (0x00A0, 0x017F, "Latin letters of Europe, degree, micro, plus-minus"),
    (0x0370, 0x03FF, "Greek"),
    (0x2000, 0x20CF, "punctuation, superscripts, currency"),
    (0x2100, 0x22FF, "℃, Roman numerals, arrows, mathematics"),
    (0x2460, 0x24FF, "numbers in circles"),
    (0x25A0, 0x271F, "shapes, marks, tick boxes"),
    (0x3000, 0x303F, "Chinese punctuation"),
    (0x3200, 0x33FF, "enclosed characters, ㎡ ㎏"),
    (0xFF00, 0xFFEF, "full-width forms"),
)

# Words of the definition that GB 2312 lacks: 啰音.
EXTRA = "啰"

BORROWED = "⁰⁴⁵⁶⁷⁸⁹⁺⁻₀₁₂₃₄₅₆₇₈₉☐☑☒✎✓✔✕✗"

# Tables for vertical text, ligatures and signatures: forms are horizontal and drawn glyph by glyph.
UNUSED_TABLES = ["BASE", "DSIG", "GDEF", "GPOS", "GSUB", "STAT", "VORG", "vhea", "vmtx"]


@dataclass(frozen=True)
class Face:
    """One output: its file, the face it is cut from, its character set and where it borrows (in order)."""

    file: str
    style: str
    source: str
    charset: str
    donors: tuple[str, ...]


FACES = (
    Face(
        "CRF-Regular.ttf",
        "Regular",
        "noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
        "gbk",  # names of people: 喆 堃 珺 are in GBK, not in GB 2312
        (
            "noto-sans/400Regular/NotoSans_400Regular.ttf",
            "noto-sans-symbols-2/400Regular/NotoSansSymbols2_400Regular.ttf",
        ),
    ),
    Face(
        "CRF-Bold.ttf",
        "Bold",
        "noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf",
        "gb2312",  # headings are fixed text of the definition
        (
            "noto-sans/700Bold/NotoSans_700Bold.ttf",
            "noto-sans-symbols-2/400Regular/NotoSansSymbols2_400Regular.ttf",
        ),
    ),
)


def fetch(folder: Path) -> None:
    """Unpack the three npm packages under ``folder``. Raises CalledProcessError when npm cannot."""
    for name, version in PACKS.items():
        spec = f"@expo-google-fonts/{name}@{version}"
        done = subprocess.run(
            ["npm", "pack", "--silent", "--pack-destination", str(folder), spec],
            check=True,
            capture_output=True,
            text=True,
        )
        with tarfile.open(folder / done.stdout.split()[-1]) as archive:
            # Python before 3.11.4 has no filters; npm checked the sum of the file.
            archive.extraction_filter = getattr(tarfile, "data_filter", lambda member, _path: member)
            archive.extractall(folder / name)  # noqa: S202


def read_inputs(folder: Path) -> dict[str, bytes]:
    """The pinned input files as bytes. Exits with a sentence when one is not the one we built from."""
    found = {}
    for path, expected in INPUTS.items():
        pack, _, inner = path.partition("/")
        data = (folder / pack / "package" / inner).read_bytes()
        if hashlib.sha256(data).hexdigest() != expected:
            sys.exit(f"{path}: SHA-256 differs from the pinned one")
        found[path] = data
    return found


def charset(codec: str) -> set[int]:
    """Every code point from U+2000 on that ``codec`` can encode: its hanzi and its own symbols."""
    points = set()
    for point in range(0x2000, 0x10000):
        try:
            chr(point).encode(codec)
        except UnicodeEncodeError:
            continue
        points.add(point)
    return points


def wanted(codec: str) -> set[int]:
    """The character set of one face."""
    return charset(codec).union(map(ord, EXTRA), *(range(first, last + 1) for first, last, _ in BLOCKS))


def cut(data: bytes, points: Iterable[int]) -> TTFont:
    """The source face with only ``points`` left, no hints, no layout tables."""
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.glyph_names = False
    options.notdef_outline = True
    options.recalc_timestamp = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += UNUSED_TABLES
    font = TTFont(io.BytesIO(data), recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=points)
    cutter.subset(font)
    font["post"].formatType = 3.0
    return font


def borrow(font: TTFont, donors: list[TTFont]) -> str:
    """Copy the outlines of BORROWED that ``font`` lacks; returns the characters copied."""
    copied = ""
    for char in BORROWED:
        point = ord(char)
        if point in font.getBestCmap():
            continue
        donor = next(donor for donor in donors if point in donor.getBestCmap())
        source = donor.getBestCmap()[point]
        outline = DecomposingRecordingPen(donor.getGlyphSet())
        donor.getGlyphSet()[source].draw(outline)
        pen = TTGlyphPen(None)
        outline.replay(pen)
        glyph = pen.glyph()
        name = f"uni{point:04X}"
        font.setGlyphOrder([*font.getGlyphOrder(), name])
        font["glyf"][name] = glyph
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][name] = (donor["hmtx"][source][0], getattr(glyph, "xMin", 0))
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap[point] = name
        copied += char
    return copied


def rename(font: TTFont, style: str) -> None:
    """Names of our own: two faces of one PostScript name corrupt each other in a PDF."""
    family, version = "MDA5-CRF Sans", font["name"].getDebugName(5)
    names = {
        1: family,
        2: style,
        3: f"MDA5-CRF;CRFSans-{style}",
        4: f"{family} {style}",
        5: version,
        6: f"CRFSans-{style}",
    }
    for record in font["name"].names:
        if record.nameID in names:
            record.string = names[record.nameID]


def build(face: Face, inputs: dict[str, bytes]) -> tuple[bytes, str]:
    """The finished file and the characters it borrowed."""
    font = cut(inputs[face.source], wanted(face.charset))
    copied = borrow(font, [TTFont(io.BytesIO(inputs[donor])) for donor in face.donors])
    rename(font, face.style)
    out = io.BytesIO()
    font.save(out)
    return out.getvalue(), copied


def licence(text: str) -> str:
    """The OFL as Noto Sans SC ships it, headed by the copyright lines of all three sources."""
    first, _, rest = text.partition("\n")
    return "\n".join(
        (
            first,
            "Copyright 2022 The Noto Project Authors (https://github.com/notofonts/latin-greek-cyrillic)",
            "Copyright 2022 The Noto Project Authors (https://github.com/notofonts/symbols)",
            rest,
        )
    )


def readme(outputs: dict[str, bytes], borrowed: str) -> str:
    """What lies in the folder, from what it was made, and the sums to check it by."""
    lines = [
        "# Fonts of MDA5-CRF",
        "",
        "`CRF-Regular.ttf` and `CRF-Bold.ttf` are cut from Noto Sans SC 2.004 (static, TrueType outlines).",
        "Regular holds all of GBK, bold all of GB 2312; both hold Latin, Greek, punctuation, mathematics and",
        "tick boxes. They are loaded on screen and embedded in every PDF. Changes made: characters left out,",
        "hints and layout tables dropped, faces renamed, and these outlines copied in from Noto Sans and",
        f"Noto Sans Symbols 2: {' '.join(borrowed)}",
        "",
        "Not covered: characters outside GBK (CJK extension B such as U+20BB7). The PDF prints such a",
        "character as its code, `□U+20BB7`, never silently as an empty box.",
        "",
        "Licence: SIL Open Font License 1.1 (`OFL.txt`). Built by `tools/build_font.py`; the same inputs give",
        "the same bytes (`python tools/build_font.py --check`).",
        "",
        "| package (npm) | version |",
        "| --- | --- |",
        *(f"| @expo-google-fonts/{name} | {version} |" for name, version in PACKS.items()),
        "",
        "| input | SHA-256 |",
        "| --- | --- |",
        *(f"| {path} | `{digest}` |" for path, digest in INPUTS.items()),
        "",
        "| output | bytes | SHA-256 |",
        "| --- | --- | --- |",
        *(
            f"| {name} | {len(data):,} | `{hashlib.sha256(data).hexdigest()}` |"
            for name, data in outputs.items()
        ),
        "",
    ]
    return "\n".join(lines)


def main() -> int:
    """Build and write, or build and compare."""
    parser = argparse.ArgumentParser(description="Build resources/fonts from three pinned npm packages.")
    parser.add_argument(
        "--check", action="store_true", help="compare with the committed files, write nothing"
    )
    parser.add_argument("--packs", type=Path, help="folder with the packages already unpacked")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.packs or Path(scratch)
        if arguments.packs is None:
            fetch(folder)
        inputs = read_inputs(folder)
    outputs: dict[str, bytes] = {}
    borrowed = ""
    for face in FACES:
        outputs[face.file], copied = build(face, inputs)
        borrowed = "".join(sorted(set(borrowed + copied)))
    outputs_all = dict(outputs)
    outputs_all["OFL.txt"] = licence(inputs["noto-sans-sc/LICENSE_FONT"].decode()).encode()
    outputs_all["README.md"] = readme(outputs, borrowed).encode()
    if arguments.check:
        different = [
            name
            for name, data in outputs_all.items()
            if not (TARGET / name).exists() or (TARGET / name).read_bytes() != data
        ]
        print(f"differ: {', '.join(different)}" if different else "resources/fonts is what the inputs give")
        return 1 if different else 0
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, data in outputs_all.items():
        (TARGET / name).write_bytes(data)
        print(f"{name}  {len(data):,} bytes  {hashlib.sha256(data).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
