"""Every form, page, state, strip and dialog of the window, one after the other, brought about by using it.

Each scene is a function that leaves the window of a :class:`Stage` in the state its name says; what it
changes stays, so the order matters. ``tools/screens.py`` takes a picture of each; a test measures each.
"""

from __future__ import annotations

from tools import scenes_data, scenes_entry, scenes_files, scenes_join, scenes_last, scenes_mail, scenes_pages
from tools.stage import Scenes, Stage, form_scenes

__all__ = ["SCENES", "Stage", "form_scenes"]

SCENES = Scenes(
    scenes_entry.SCENES
    | scenes_pages.SCENES
    | scenes_mail.SCENES
    | scenes_join.SCENES
    | scenes_files.SCENES
    | scenes_data.SCENES
    | scenes_last.SCENES
)
