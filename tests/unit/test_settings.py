"""What the PC remembers, and where the program's own files are."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from mda5_crf import settings
from mda5_crf.settings import (
    Settings,
    config_directory,
    forget_vault,
    known_vaults,
    load_settings,
    remember,
    remember_station,
    resource,
    save_settings,
    station,
    study_directory,
    system_language,
    witness,
    witnessed,
)

A, B = "a" * 64, "b" * 64


@pytest.fixture
def file(own_settings: Path) -> Path:
    return own_settings / settings.FILE


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"language": "fr", "text_size": true, "last_vault": 3, "panes": [], "witnesses": {"v": 1}}',
        b'{"text_size": 79, "panes": {"tree": [-1]}, "witnesses": {"v": {"d": [0, "x"]}}}',
        b'{"text_size": 251, "panes": {"tree": 3}, "witnesses": {"v": {"d": ["1", "x", 2]}}}',
        b" " * (settings.LARGEST_FILE + 1),
    ],
    ids=range(9),
)
def test_a_damaged_file_is_as_none(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert load_settings() == Settings()


def test_no_file_is_the_first_start(file: Path) -> None:
    assert load_settings() == Settings()
    assert not file.exists()


def test_what_is_saved_is_read_again(file: Path) -> None:
    saved = Settings(
        language="zh",
        text_size=150,
        last_vault="/media/stick/一院.mda5",
        panes={"tree": (200, 600)},
        witnesses={"v1": {"d1": (7, A)}},
        vaults=(("/media/stick/一院.mda5", "3病区"), ("C:\\w.mda5", "")),
    )
    assert save_settings(saved)
    assert load_settings() == saved
    assert [path.name for path in file.parent.iterdir()] == [settings.FILE]


def test_remembering_one_thing_forgets_no_other(own_settings: Path) -> None:
    assert remember(language="zh", last_vault=Path("x.mda5"), vault_name="Ward 3")
    assert remember(text_size=120, panes={"tree": (1, 2)})
    assert remember(panes={"list": (3,)})
    assert load_settings() == Settings(
        language="zh",
        text_size=120,
        last_vault="x.mda5",
        panes={"tree": (1, 2), "list": (3,)},
        vaults=(("x.mda5", "Ward 3"),),
    )


# -- the last vaults -------------------------------------------------------------------------------------


def test_going_on_by_itself_is_off_until_switched_on(file: Path) -> None:
    assert not load_settings().auto_advance
    assert remember(auto_advance=True) and load_settings().auto_advance
    assert remember(language="zh") and load_settings().auto_advance
    file.write_text('{"auto_advance": "yes"}')
    assert not load_settings().auto_advance


def test_the_vault_used_last_stands_first_and_each_stands_once() -> None:
    for number in (1, 2, 3, 1):
        remember(last_vault=Path(f"{number}.mda5"), vault_name=f"Ward {number}")
    assert [folder for folder, _ in known_vaults()] == ["1.mda5", "3.mda5", "2.mda5"]
    assert dict(known_vaults())["3.mda5"] == "Ward 3"


def test_no_more_than_a_few_vaults_are_kept(file: Path) -> None:
    for number in range(settings.VAULTS + 5):
        remember(last_vault=Path(f"{number}.mda5"), vault_name="n" * 1000)
    assert len(known_vaults()) == settings.VAULTS
    assert all(len(name) == settings.LONGEST_NAME for _, name in known_vaults())


def test_a_file_of_an_earlier_version_knows_its_one_vault(file: Path) -> None:
    file.write_text('{"last_vault": "old.mda5"}')
    assert known_vaults() == (("old.mda5", ""),)
    assert forget_vault("old.mda5")
    assert known_vaults() == ()


def test_forgetting_one_vault_keeps_the_others_and_everything_else() -> None:
    remember(last_vault=Path("a.mda5"), language="zh")
    remember(last_vault=Path("b.mda5"))
    assert forget_vault("a.mda5") and forget_vault("never there")
    assert load_settings().vaults == (("b.mda5", ""),)
    assert load_settings().last_vault == "b.mda5" and load_settings().language == "zh"


@pytest.mark.parametrize(
    "lines",
    [
        "7",
        "{}",
        '["a"]',
        '[["a"]]',
        '[["a", "b", "c"]]',
        "[[1, 2]]",
        '[["", "n"]]',
        '[["a\\u0000b", "n"]]',
        '[["a\\nb", "n"]]',
        f'[["{"x" * 5000}", "n"]]',
        f'[["a", "{"n" * 201}"]]',
    ],
    ids=range(11),
)
def test_a_senseless_list_of_vaults_is_empty(file: Path, lines: str) -> None:
    file.write_text(f'{{"vaults": {lines}, "text_size": 125}}')
    assert load_settings().vaults == () and load_settings().text_size == 125


def test_what_is_sensible_in_a_damaged_list_is_kept(file: Path) -> None:
    file.write_text('{"vaults": [["a", "A"], 3, ["b", "B"], ["a", "again"]]}')
    assert load_settings().vaults == (("a", "A"), ("b", "B"))


@pytest.mark.parametrize("asked, kept", [(10, 80), (80, 80), (250, 250), (900, 250)])
def test_text_size_stays_readable(asked: int, kept: int) -> None:
    remember(text_size=asked)
    assert load_settings().text_size == kept


def test_a_pc_that_does_not_let_us_write_is_told_from_one_that_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("MDA5_CRF_CONFIG", str(blocked / "folder"))
    assert not remember(language="zh")
    assert load_settings().language == "en"


def test_a_folder_in_the_way_leaves_nothing_behind(file: Path) -> None:
    file.mkdir()
    assert not remember(language="zh")
    assert [path.name for path in file.parent.iterdir()] == [settings.FILE]


def test_witnesses_never_go_back() -> None:
    witness("v1", {"d1": (7, A), "d2": (1, A)})
    witness("v1", {"d1": (6, B), "d2": (2, B)})
    witness("v2", {"d1": (1, B)})
    assert witnessed("v1") == {"d1": (7, A), "d2": (2, B)}
    assert witnessed("v2") == {"d1": (1, B)}
    assert witnessed("v3") == {}


def test_only_known_keys_are_written(file: Path) -> None:
    save_settings(Settings())
    assert sorted(json.loads(file.read_bytes())) == [
        "auto_advance",
        "idle_minutes",
        "language",
        "last_vault",
        "panes",
        "show_voided",
        "stations",
        "text_size",
        "vaults",
        "witnesses",
    ]


def test_which_workstation_this_pc_is(file: Path) -> None:
    assert station("v1") == ""
    assert remember_station("v1", "d1")
    assert remember_station("v2", "d2")
    assert (station("v1"), station("v2"), station("v3")) == ("d1", "d2", "")
    assert remember(text_size=150)
    assert station("v1") == "d1"
    for rubbish in (["d1"], {"v1": 7}, {"v1": "d" * 65}, None):
        file.write_text(json.dumps({"stations": rubbish}), "utf-8")
        assert station("v1") == ""


@pytest.mark.parametrize(
    "name, language", [("zh_CN.UTF-8", "zh"), ("zh-Hant", "zh"), ("en_US.UTF-8", "en"), ("C", "en")]
)
def test_the_language_of_the_system(monkeypatch: pytest.MonkeyPatch, name: str, language: str) -> None:
    monkeypatch.setenv("LANG", name)
    assert system_language() == language


@pytest.mark.parametrize(
    "platform, variable, expected",
    [
        ("win32", "APPDATA", "MDA5-CRF"),
        ("darwin", None, "Library/Application Support/MDA5-CRF"),
        ("linux", "XDG_CONFIG_HOME", "mda5-crf"),
        ("linux", None, ".config/mda5-crf"),
    ],
)
def test_where_settings_lie(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str, variable: str | None, expected: str
) -> None:
    monkeypatch.delenv("MDA5_CRF_CONFIG")
    for name in ("APPDATA", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    if variable:
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.setattr(sys, "platform", platform)
    assert config_directory() == tmp_path / expected


def test_resources_of_a_checkout() -> None:
    assert resource("study").is_dir()
    assert (study_directory() / "study.toml").is_file()


@pytest.mark.parametrize("inner", ["resources", "mda5_crf/resources"])
def test_resources_of_a_frozen_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, inner: str) -> None:
    (tmp_path / inner).mkdir(parents=True)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resource("fonts", "x.ttf") == tmp_path / inner / "fonts" / "x.ttf"
