"""Pictures of everything the window can show, to be looked through by a person: ``make screens``.

    python tools/screens.py [--vault FOLDER] [--only WORDS] [--dress en-100] [target]

Every form and every scene of ``tools/scenes.py``, in both languages at 100 and 150 % text, without a screen.
In the target (``screens/``, replaced) lie the pictures, contact sheets of six and ``index.html``. Without
``--vault`` the demonstration is made first, which takes half a minute; a vault that is given is copied.

Exit status: 0, or 1 when a scene could not be brought about; its name and the reason are printed.
"""

from __future__ import annotations

import argparse
import html
import os
import shutil
import sys
import tempfile
import traceback
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from mda5_crf.jobs import demonstration
from mda5_crf.text import LANGUAGES
from mda5_crf.ui.start import finish, make_application, prepare, speak_now
from mda5_crf.ui.theme import set_text_size
from tools.scenes import SCENES, Stage, form_scenes
from tools.stage import Scene

SIZES = (100, 150)
PER_SHEET, COLUMNS = 6, 2
_CAPTION = 24
_SEED, _COUNT = 1, 15


def main(words: list[str]) -> int:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("target", nargs="?", type=Path, default=Path("screens"))
    parser.add_argument("--vault", type=Path)
    parser.add_argument("--only", default="", help="scenes whose name contains this")
    parser.add_argument("--dress", action="append", default=[], help="such as zh-150; all four by default")
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="mda5-crf-screens-") as folder:
        os.environ["MDA5_CRF_CONFIG"] = str(Path(folder, "settings"))
        vault = _vault(Path(folder), asked.vault)
        _clear(asked.target)
        return _take(vault, asked.target, asked.only, asked.dress)


def _vault(folder: Path, given: Path | None) -> Path:
    if given is not None:
        return Path(shutil.copytree(given, folder / "ward.mda5"))
    print("Making the demonstration …", flush=True)
    demonstration.build(folder / "demo", _COUNT, _SEED, _quietly)
    return folder / "demo" / "ward.mda5"


def _quietly(_done: int, _of: int) -> None:
    """Half a minute needs no progress."""


def _clear(target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob("*.png"):
        old.unlink()


def _take(vault: Path, target: Path, only: str, dresses: list[str]) -> int:
    app = QApplication.instance() or make_application()
    assert isinstance(app, QApplication)
    prepare(app, "en", 100)
    finish(app)
    stage = Stage(app, vault)
    stage.enter()
    scenes = {**form_scenes(stage.session.study.forms), **SCENES}
    failed = []
    taken: list[str] = []
    for name, act in scenes.items():
        if only and only not in name:
            continue
        if not _scene(stage, name, act, target, dresses):
            failed.append(name)
        else:
            taken.append(name)
    stage.close()
    sheets = _sheets(target, taken, dresses)
    _index(target, taken, sheets)
    print(f"{len(list(target.glob('*-??-???.png')))} pictures of {len(taken)} scenes in {target}", flush=True)
    if failed:
        print(f"not brought about: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


def _scene(stage: Stage, name: str, act: Scene, target: Path, dresses: list[str]) -> bool:
    try:
        other = act(stage)
    except Exception:  # noqa: BLE001 - one scene less must not cost all the others; it is named and the command fails
        traceback.print_exc()
        return False
    stage.settle()
    for size in SIZES:
        set_text_size(stage.app, size)
        for tongue in LANGUAGES:
            speak_now(stage.app, tongue)
            stage.settle()
            dress = f"{tongue}-{size}"
            if not dresses or dress in dresses:
                shot(stage.window, other).save(str(target / f"{name}-{dress}.png"))
    set_text_size(stage.app, 100)
    speak_now(stage.app, "en")
    stage.settle()
    return True


def shot(window: QWidget, other: QWidget | None) -> QImage:
    """The window; what stands beside or over it is pasted in where it stands."""
    image = window.grab().toImage()
    if other is not None:
        painter = QPainter(image)
        place = other.pos() - window.pos() if other.isWindow() else other.pos()
        painter.drawPixmap(place, other.grab())
        painter.end()
    return image


def _sheets(target: Path, names: list[str], dresses: list[str]) -> list[str]:
    """Contact sheets: six pictures with their names on one."""
    made = []
    for size in SIZES:
        for tongue in LANGUAGES:
            dress = f"{tongue}-{size}"
            if dresses and dress not in dresses:
                continue
            for start in range(0, len(names), PER_SHEET):
                sheet = _sheet(target, names[start : start + PER_SHEET], dress)
                file = f"sheet-{dress}-{start // PER_SHEET + 1:02}.png"
                sheet.save(str(target / file))
                made.append(file)
    return made


def _sheet(target: Path, names: list[str], dress: str) -> QImage:
    pictures = [(name, QImage(str(target / f"{name}-{dress}.png"))) for name in names]
    wide, high = max(p.width() for _, p in pictures), max(p.height() for _, p in pictures) + _CAPTION
    rows = -(-len(pictures) // COLUMNS)
    sheet = QImage(wide * COLUMNS, high * rows, QImage.Format.Format_RGB32)
    sheet.fill(QColor("#888888"))
    painter = QPainter(sheet)
    for place, (name, picture) in enumerate(pictures):
        x, y = place % COLUMNS * wide, place // COLUMNS * high
        painter.setPen(Qt.GlobalColor.white)
        painter.drawText(QRect(x + 8, y, wide, _CAPTION), int(Qt.AlignmentFlag.AlignVCenter), name)
        painter.drawImage(x, y + _CAPTION, picture)
    painter.end()
    return sheet


def _index(target: Path, names: list[str], sheets: list[str]) -> None:
    lines = ["<!doctype html><meta charset=utf-8><title>MDA5-CRF</title>"]
    lines += [f'<a href="{sheet}">{sheet}</a>' for sheet in sheets]
    for name in names:
        lines.append(f"<h2>{html.escape(name)}</h2>")
        lines += [
            f'<a href="{name}-{tongue}-{size}.png"><img loading=lazy width=540 alt="{name} {tongue} {size}" '
            f'src="{name}-{tongue}-{size}.png"></a>'
            for size in SIZES
            for tongue in LANGUAGES
            if (target / f"{name}-{tongue}-{size}.png").exists()
        ]
    (target / "index.html").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
