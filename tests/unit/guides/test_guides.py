"""The guides that come with the program are true of it: nothing in them is stale, in either language."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mda5_crf.guides import shelf
from mda5_crf.guides.blocks import Span, Style, structure
from mda5_crf.guides.writing import as_markdown
from mda5_crf.services.access import Role
from mda5_crf.text import LANGUAGES, Language
from mda5_crf.ui.actions import TABLE, by_name
from mda5_crf.ui.guide_html import as_html
from mda5_crf.ui.guide_words import filling, menu_path, reading
from mda5_crf.ui.help_map import GUIDE_OF, HELP, SHELL, order_of, place_of
from mda5_crf.ui.office import PAGES
from tools.guidecheck import command_problem, stale, unlike
from tools.scenes import SCENES

ROOT = Path(__file__).resolve().parents[3]
FORMS = {f"form-{file.stem.lower()}" for file in (ROOT / "resources/study/nct04966884/forms").glob("*.toml")}
SCENE_NAMES = {*SCENES, *FORMS}

each = pytest.mark.parametrize("name", shelf.NAMES)
tongues = pytest.mark.parametrize("tongue", LANGUAGES)


def copied(folder: Path) -> Path:
    """The texts in a folder where they may be spoilt."""
    return Path(shutil.copytree(shelf.folder(), folder / "guides"))


# ------------------------------------------------------------------ what comes with the program


def test_nothing_in_the_guides_is_stale() -> None:
    assert stale(SCENE_NAMES) == []


@each
def test_both_languages_are_built_alike(name: str) -> None:
    english, chinese = (reading(name, tongue).guide for tongue in LANGUAGES)
    assert len(english.blocks) > 5
    assert structure(english) == structure(chinese)


def test_no_guide_names_its_people_subjects_in_chinese() -> None:
    for name in shelf.NAMES:
        assert "受试者" not in (shelf.folder() / f"{name}.zh.md").read_text(encoding="utf-8")


# ------------------------------------------------------------------ what is stale is found


STALE = (
    ("{key:no_such_act}", "placeholder: {key:no_such_act}"),
    ("{key:about}", "placeholder: {key:about}"),  # it has none
    ("{act:gone}", "placeholder: {act:gone}"),
    ("{say:ui.no_such_message}", "placeholder: {say:ui.no_such_message}"),
    ("{say:nowhere.at_all}", "placeholder: {say:nowhere.at_all}"),
    ("{study:colour}", "placeholder: {study:colour}"),
    ("{command:frobnicate VAULT}", "command: frobnicate VAULT"),
    ("{command:show VAULT --no-such-option}", "--no-such-option"),
    ("`mda5-crf bundle explode VAULT`", "command: bundle explode VAULT"),
    ("```\nmda5-crf pdf\n```", "command: pdf"),
    ("![x](scene:no-such-scene)", "no scene no-such-scene"),
    ("![x](scene:matrix/99)", "matrix at 99 %"),
    ("## Twice {#about}", "anchor"),
    ("## None", "anchor"),
)


def test_what_the_program_does_not_have_is_told_with_its_file(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    file = folder / "clinician.en.md"
    text = file.read_text(encoding="utf-8")
    file.write_text("\n\n".join([text, *(words for words, _ in STALE), ""]), encoding="utf-8")
    mine = [
        line for line in stale(SCENE_NAMES, folder) if line.startswith("resources/guides/clinician.en.md:")
    ]
    assert [said for _, said in STALE if not any(said in line for line in mine)] == []
    assert len(mine) == len(STALE)


def test_an_anchor_that_went_is_told_at_the_page_that_needs_it(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    for tongue in LANGUAGES:
        file = folder / f"clinician.{tongue}.md"
        file.write_text(
            file.read_text(encoding="utf-8").replace("{#judgement}", "{#other}"), encoding="utf-8"
        )
    assert "help_map.py: judgement: no {#judgement} in clinician" in stale(SCENE_NAMES, folder)


def test_a_language_that_lags_behind_is_told(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    file = folder / "clinician.zh.md"
    file.write_text(file.read_text(encoding="utf-8") + "\n\n新的一段。\n", encoding="utf-8")
    pair = [reading("clinician", tongue, folder) for tongue in LANGUAGES]
    assert len(unlike(*pair)) == 1


def test_a_guide_that_is_not_there_is_told_and_breaks_nothing(tmp_path: Path) -> None:
    found = reading("clinician", "en", tmp_path)
    assert found.guide.blocks == () and found.guide.title == "clinician"
    assert stale(SCENE_NAMES, tmp_path)


@pytest.mark.parametrize("words", ["VAULT", "show VAULT", "guide clinician --lang zh -o FILE.pdf", "window"])
def test_a_command_line_of_the_program_is_taken(words: str) -> None:
    assert command_problem(words) == ""


# ------------------------------------------------------------------ placeholders


@tongues
def test_every_command_has_its_menu_and_title(tongue: Language) -> None:
    fill = filling(tongue)
    for command in TABLE:
        found = fill("act", command.name)
        assert found is not None and found.style is Style.KEY
        assert "&" not in found.text.replace("&&", "")
        assert (" › " in found.text) is bool(command.menu)
    assert menu_path(by_name("audit"), "en") == "Record › Audit trail"


def test_placeholders_speak_the_language_of_the_guide() -> None:
    english, chinese = filling("en"), filling("zh")
    assert english("key", "complete") == chinese("key", "complete") == Span("F12", Style.KEY)
    assert english("say", "ui.open") != chinese("say", "ui.open")
    assert english("study", "oid") == Span("NCT04966884")
    with_places = english("say", "ui.query_title")
    assert with_places is not None and "{" not in with_places.text


# ------------------------------------------------------------------ the table of pages


def test_every_page_of_the_window_has_its_chapter() -> None:
    assert set(PAGES) <= set(HELP)
    assert set(SHELL.values()) <= set(HELP)
    beside = {"matrix", "work_list", "form", "second_entry"}
    assert set(HELP) == {*PAGES, *SHELL.values(), *beside}


def test_every_page_without_a_vault_is_in_the_table() -> None:
    made = {
        line.partition("class ")[2].partition("(")[0]
        for file in (ROOT / "mda5_crf/ui").glob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.startswith("class ") and line.endswith(("(PlainForm):", "(AccountForm):"))
    }
    assert made - {"AccountForm"} <= set(SHELL)


def test_who_is_in_reads_the_guide_of_the_own_role_first() -> None:
    assert set(GUIDE_OF) == set(Role)
    assert place_of("audit", (Role.ADMINISTRATOR,)) == ("administrator", "audit")
    assert place_of("audit", (Role.DATA_MANAGER,)) == ("datamanager", "audit")
    assert place_of("audit", (Role.INVESTIGATOR,)) == ("coordinator", "audit")
    assert place_of("queries", (Role.INVESTIGATOR, Role.DATA_MANAGER)) == ("clinician", "query")
    assert place_of("", (Role.DATA_MANAGER,)) == ("datamanager", "datamanager")
    assert place_of("", ()) == ("clinician", "clinician")
    assert order_of((Role.ADMINISTRATOR,))[0] == "administrator"
    assert sorted(order_of(())) == sorted(shelf.NAMES)


# ------------------------------------------------------------------ other readers


@each
@tongues
def test_web_page_and_window_hold_every_word_and_no_placeholder(name: str, tongue: Language) -> None:
    guide = reading(name, tongue).guide
    written, shown = as_markdown(guide), as_html(guide, (), width=500, tinted=True)
    for heading in guide.headings:
        assert f'<a id="{heading.anchor}"></a>' in written
        assert f'<a name="{heading.anchor}"></a>' in shown
    assert "{key:" not in written and "{act:" not in shown and "<img" not in shown
