"""The guides with pictures, made anew from texts and program: ``make docs``.

    python tools/docs.py [--vault FOLDER] [--check] [--only NAME] [target]

Into the target (``docs/guide/``) go each guide as PDF and as Markdown in both languages, and in ``images/``
the pictures of the window that they name: just those scenes of ``tools/scenes*.py``, each in the language and
size that a guide asks for. Scenes build on one another, so all up to the last one needed are played, but only
those needed are looked at. Without ``--vault`` the demonstration is made first. ``--check`` makes nothing.

Exit status: 0, or 1 when something in the guides is stale; each is printed with its place.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from mda5_crf.guides import shelf
from mda5_crf.guides.blocks import Guide, Picture, plain
from mda5_crf.guides.writing import as_markdown
from mda5_crf.jobs import demonstration
from mda5_crf.settings import study_directory
from mda5_crf.study.load import load
from mda5_crf.text import LANGUAGES, Language
from mda5_crf.ui.guide_words import reading, write_pdf
from mda5_crf.ui.start import finish, make_application, prepare, speak_now
from mda5_crf.ui.theme import set_text_size
from tools.guidecheck import stale
from tools.scenes import SCENES, Stage, form_scenes
from tools.screens import shot
from tools.stage import Scene

TARGET = Path("docs", "guide")
COLOURS = 64
"""In a picture: as many as a window has, and its smoothed letters need."""
MOST_BYTES = 8 * 1024 * 1024
"""Above so much the documents do not belong into the history of the project."""
_SEED, _COUNT = 1, 15

Wanted = dict[str, set[tuple[Language, int]]]
"""Scene → language and size of text of each picture."""


def main(words: list[str]) -> int:
    """Make the documents."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("target", nargs="?", type=Path, default=TARGET)
    parser.add_argument("--vault", type=Path, help="a demonstration that is there already; it is copied")
    parser.add_argument("--check", action="store_true", help="only say what is stale")
    parser.add_argument("--only", choices=shelf.NAMES, help="this guide alone")
    asked = parser.parse_args(words)
    began = time.monotonic()
    scenes = {**form_scenes(load(study_directory()).forms), **SCENES}
    found = stale(scenes)
    names = [asked.only] if asked.only else list(shelf.NAMES)
    if not asked.check:
        guides = [reading(name, tongue).guide for name in names for tongue in LANGUAGES]
        found += _make(guides, scenes, asked.target, asked.vault)
        print(f"{time.monotonic() - began:.0f} s", flush=True)
    for line in found:
        print(line, flush=True)
    print(f"{len(found)} stale" if found else "nothing stale", flush=True)
    return 1 if found else 0


def _make(guides: list[Guide], scenes: dict[str, Scene], target: Path, vault: Path | None) -> list[str]:
    images = target / "images"
    images.mkdir(parents=True, exist_ok=True)
    wanted: Wanted = {}
    for guide in guides:
        for one in guide.pictures:
            wanted.setdefault(one.scene, set()).add((guide.language, one.size))
    failed = _pictures(wanted, scenes, images, vault) if wanted else []
    kept = {shelf.picture_name(one, guide.language) for guide in guides for one in guide.pictures}
    for old in images.glob("*.png"):
        if old.name not in kept and len(guides) == len(shelf.NAMES) * len(LANGUAGES):
            old.unlink()
    for guide in guides:
        failed += _write(guide, target)
    _index(target)
    files = [one for one in target.rglob("*") if one.is_file()]
    size = sum(one.stat().st_size for one in files)
    print(f"{len(files)} files, {size / 1024 / 1024:.1f} MB in {target}", flush=True)
    return failed + ([f"{target}: more than {MOST_BYTES // 1024 // 1024} MB"] if size > MOST_BYTES else [])


# ------------------------------------------------------------------ pictures


def _pictures(wanted: Wanted, scenes: dict[str, Scene], images: Path, vault: Path | None) -> list[str]:
    """Play the scenes and look at those wanted; what could not be brought about."""
    with tempfile.TemporaryDirectory(prefix="mda5-crf-docs-") as folder:
        os.environ["MDA5_CRF_CONFIG"] = str(Path(folder, "settings"))
        if vault is None:
            print("Making the demonstration …", flush=True)
            demonstration.build(Path(folder, "demo"), _COUNT, _SEED, lambda _done, _of: None)
            vault = Path(folder, "demo", "ward.mda5")
        # Alone in its folder: the scenes of a new PC make a centre of their own beside it.
        ward = Path(shutil.copytree(vault, Path(folder, "stage", "ward.mda5")))
        app = QApplication.instance() or make_application()
        assert isinstance(app, QApplication)
        prepare(app, "en", 100)
        finish(app)
        stage = Stage(app, ward)
        stage.enter()
        failed = []
        for name, act in _played(wanted, scenes):
            if not _scene(stage, name, act, wanted.get(name, set()), images) and name in wanted:
                failed.append(f"scene {name}: not brought about")
        stage.close()
    return failed


def _played(wanted: Wanted, scenes: dict[str, Scene]) -> Iterator[tuple[str, Scene]]:
    """The scenes in order, forms only where wanted, up to the last one that is."""
    left = set(wanted) & set(scenes)
    for name, act in scenes.items():
        if not left:
            return
        if name in wanted or name in SCENES:
            yield name, act
        left.discard(name)


def _scene(stage: Stage, name: str, act: Scene, dresses: set[tuple[Language, int]], images: Path) -> bool:
    stage.window.banner.clear()  # what scenes before had to say is no part of this one
    try:
        other = act(stage)
    except Exception:  # noqa: BLE001 - one scene less must not cost all the others; it is named and the command fails
        traceback.print_exc()
        return False
    stage.settle()
    for tongue, size in sorted(dresses):
        set_text_size(stage.app, size)
        speak_now(stage.app, tongue)
        stage.settle()
        file = images / shelf.picture_name(Picture(name, size, ()), tongue)
        keep(shot(stage.window, other), file)
    if dresses:
        set_text_size(stage.app, 100)
        speak_now(stage.app, "en")
        stage.settle()
    return True


def keep(taken: QImage, file: Path) -> None:
    """A picture of few colours from a table: a quarter of the bytes, and paper takes it as it is."""
    plain_image = taken.convertToFormat(QImage.Format.Format_RGB888)
    size = (plain_image.width(), plain_image.height())
    line = plain_image.bytesPerLine()
    data = bytes(plain_image.constBits())
    made = Image.frombytes("RGB", size, data, "raw", "RGB", line)
    made.quantize(COLOURS, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)


# ------------------------------------------------------------------ documents


def _write(guide: Guide, target: Path) -> list[str]:
    there = shelf.pictures_in(guide, target / "images")
    stem = f"{guide.name}.{guide.language}"
    (target / f"{stem}.md").write_text(as_markdown(guide, there), encoding="utf-8")
    try:
        pages = write_pdf(guide, target / f"{stem}.pdf", there)
        (target / f"{stem}.pdf").chmod(0o644)  # it is nobody's secret
    except ValueError as problem:
        return [str(problem)]
    print(f"{stem}: {pages} pages, {len(there)} pictures", flush=True)
    if guide.name == shelf.CARD and pages != shelf.CARD_PAGES:
        return [f"{stem}: {pages} pages instead of {shelf.CARD_PAGES}"]
    missing = [one for one in guide.pictures if shelf.picture_name(one, guide.language) not in there]
    return [f"{stem}: no picture of {one.scene} ({plain(one.caption)})" for one in missing]


def _index(target: Path) -> None:
    """What lies here; made, like the rest."""
    lines = [
        "# Guides / 使用指南",
        "",
        "Made by `make docs` from `resources/guides/`. 由 `make docs` 生成。",
        "",
    ]
    lines += ["| | English | 中文 |", "|---|---|---|"]
    for name in shelf.NAMES:
        cells = [f"[{shelf.name_of(name).in_(t)}]({name}.{t}.md), [PDF]({name}.{t}.pdf)" for t in LANGUAGES]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    (target / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
