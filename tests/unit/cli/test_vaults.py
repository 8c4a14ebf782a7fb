"""``new`` and ``users``: a vault from nothing, and who may open it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.commandline import act, call
from tests.odmtable import FILES
from tests.odmtally import definition_counts, difference
from tests.vaults import password

SECRET = "harbour-violet-31-candle"


def make(folder: Path, *more: object, site: str = "01") -> list[object]:
    return ["new", folder, "--site", site, "--name", "Ward 3", "--user", "liu", "--person", "Liu Yang", *more]


def test_a_new_vault_is_ready_for_its_first_person(tmp_path: Path) -> None:
    folder = tmp_path / "病区 3.mda5"
    made = call(*make(folder, "--json"), secret=SECRET).good().json()
    assert (made["site"], made["study"]) == ("01", "NCT04966884")
    (person,) = call("users", folder, "--user", "liu", "--json", secret=SECRET).good().json()
    known = {"login": "liu", "name": "Liu Yang", "roles": ["investigator"], "active": True, "principal": True}
    assert {name: person[name] for name in known} == known
    again = call(*make(folder), secret=SECRET)
    assert again.status == 1
    assert "exists already" in again.err  # what is there is never replaced


def test_a_vault_on_the_study_of_another_system(tmp_path: Path) -> None:
    file = tmp_path / "study.xml"
    shutil.copyfile(FILES / "openedc-metadata-de-en.xml", file)
    made = call(*make(tmp_path / "v", "--study", file, "--json"), secret=SECRET).good().json()
    file.unlink()
    assert made["study"] == "S.1"
    out = tmp_path / "o.xml"
    call("study", "export", tmp_path / "v", "-o", out, "--as", "odm", "--user", "liu", secret=SECRET).good()
    before = (FILES / "openedc-metadata-de-en.xml").read_bytes()
    assert difference(definition_counts(before), definition_counts(out.read_bytes())) == {}
    file.write_text("<ODM><Study/></ODM>", encoding="utf-8")
    call(*make(tmp_path / "w", "--study", file), secret=SECRET).refused(1, "neither a study nor data")


@pytest.mark.parametrize(
    "more,secret,status",
    [
        (["--role", "king"], SECRET, 1), (["--role", "monitor"], SECRET, 1), ([], "short", 1), ([], "", 1),
        (["--study", "/nowhere"], SECRET, 1), (["--person", "\u202eevil"], SECRET, 1),
    ],
)  # fmt: skip
def test_a_refused_vault_leaves_nothing(tmp_path: Path, more: list[str], secret: str, status: int) -> None:
    call(*make(tmp_path / "v.mda5", *more), secret=secret).refused(status)
    assert not list(tmp_path.iterdir())


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    call(*make(tmp_path), secret=SECRET).refused(1)
    assert [p.name for p in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.requirement("P11-14", "FDA-6", "FDA-15", "E6-1", "E6-16")
def test_accounts_from_admission_to_end(own_vault: Path, tmp_path: Path) -> None:
    """FDA-6, E6-1, P11-14: accounts are listed with their rights; a retired log-in is not given again."""
    file = tmp_path / "new"
    file.write_text(SECRET, encoding="utf-8")
    add = ["users", "add", own_vault, "z05", "--role", "data_entry", "--new-password-file", file]
    act(*add, "--person", "Zhao Min", login="n07").refused(1)
    act(*add[:-4], "--role", "wizard", "--new-password-file", file).refused(1, "wizard")
    assert act(*add, "--person", "Zhao Min", "--json").good().json() == {"login": "z05", "state": "added"}
    act(*add).refused(1)
    call("show", own_vault, "--user", "z05", secret=SECRET).good()
    assert "Zhao Min" in act("users", own_vault, "--language", "zh").good().out
    act("users", own_vault, "disable", "i01").refused(1)
    act("users", own_vault, "disable", "nobody").refused(1, "nobody")
    act("users", own_vault, "disable", "z05").good()
    call("show", own_vault, "--user", "z05", secret=SECRET).refused(1)
    act(*add).refused(1)
    assert [p["active"] for p in act("users", own_vault, "--json").json() if p["login"] == "z05"] == [False]


def test_a_principal_investigator_is_named_so(own_vault: Path, tmp_path: Path) -> None:
    """Who admits and certifies others is said, not a side effect of a role."""
    file = tmp_path / "new"
    file.write_text(SECRET, encoding="utf-8")
    add = ["users", own_vault, "add", "--new-password-file", file, "--role"]
    plain = act(*add, "investigator", "i08").good()
    chief = act(*add, "investigator", "i09", "--principal", "--language", "zh").good()
    assert "principal" not in plain.out
    assert "主要研究者" in chief.out
    act(*add, "data_entry", "n08", "--principal").refused(1, "principal")
    for login, status in (("i08", 1), ("i09", 0)):
        done = call(*add, "data_entry", f"n-{login}", "--user", login, secret=SECRET)
        assert done.status == status


@pytest.mark.requirement("P11-17")
def test_ones_own_password(own_vault: Path, tmp_path: Path) -> None:
    """P11-17: passwords can be replaced."""
    file = tmp_path / "new"
    file.write_text(SECRET, encoding="utf-8")
    act("users", "password", own_vault, "--new-password-file", file, login="n07").good()
    call("show", own_vault, "--user", "n07", secret=password("n07")).refused(1)
    call("show", own_vault, "--user", "n07", secret=SECRET).good()
    act("users", "password", own_vault, login="i01").refused(2)  # no terminal to ask at


@pytest.mark.requirement("P11-16")
def test_a_reset_takes_two_persons(own_vault: Path, tmp_path: Path) -> None:
    """P11-16, P11-17: new keys by a keeper and a second person, both named in the record."""
    new, second = tmp_path / "new", tmp_path / "second"
    new.write_text(SECRET, encoding="utf-8")
    reset = ["users", own_vault, "reset", "n07", "--new-password-file", new, "--second-password-file", second]
    act("users", own_vault, "reset", "n07").refused(2, "--second")
    second.write_text("not the password", encoding="utf-8")
    act(*reset, "--second", "d02").refused(1)
    second.write_text(password("i01"), encoding="utf-8")
    act(*reset, "--second", "i01").refused(1, "somebody else")
    second.write_text(password("n07"), encoding="utf-8")
    act(*reset, "--second", "n07").refused(1, "somebody else")
    act("show", own_vault, login="n07").good()
    second.write_text(password("d02"), encoding="utf-8")
    act(*reset, "--second", "d02", login="n07").refused(1)  # no right to
    act(*reset, "--second", "d02").good()
    call("show", own_vault, "--user", "n07", secret=password("n07")).refused(1)
    call("show", own_vault, "--user", "n07", secret=SECRET).good()
    act("verify", own_vault).good()


@pytest.mark.requirement("P11-16", "E6-16")
def test_a_key_is_renewed_and_handed_over(own_vault: Path) -> None:
    act("users", own_vault, "renew-key").refused(1, "lost")
    act("users", own_vault, "renew-key", "--reason", "lost").good()
    act("show", own_vault, login="n07").good()
    act("users", own_vault, "hand-over", "n07").refused(1, "role with data")
    act("users", own_vault, "hand-over", "i01").refused(1)
    act("users", own_vault, "hand-over", "nobody").refused(1, "nobody")
    act("users", own_vault, "hand-over", "a03").good()
    act("show", own_vault, login="a03").refused(3, "not been given the key")
    act("verify", own_vault).good()


@pytest.mark.requirement("FDA-6", "FDA-15", "E6-16")
def test_tasks_and_duties_by_command(tmp_path: Path) -> None:
    folder = tmp_path / "ward.mda5"
    call(*make(folder), secret=SECRET).good()
    own = ("--user", "liu")
    for word in ("tasks", "duties"):
        assert call("users", word, folder, "n07", *own, secret=SECRET).status == 2  # which task, which duty?
    duty = ("INV02", "--duty", "CONSENT", "--person", "王医生")
    call("users", "duties", folder, *duty, "--from", "2026-01-01", *own, secret=SECRET).good()
    refused = call("users", "tasks", folder, "liu", "--role", "monitor", *own, secret=SECRET)
    assert refused.status == 1
    assert "own tasks" in refused.err
    call("users", "duties", folder, "INV02", "--duty", "consent", "--end", *own, secret=SECRET).good()
    (liu, inv) = call("users", folder, "--json", *own, secret=SECRET).good().json()
    assert (liu["login"], inv["code"], len(inv["duties"])) == ("liu", "INV02", 1)
    assert inv["duties"][0]["to"]
    log = call("users", "list", folder, "--history", "--json", *own, secret=SECRET).good().json()
    assert [one["by"] for one in log] == ["Liu Yang (liu)"] * 4
    assert "INV02" in call("users", "list", folder, "--history", *own, secret=SECRET).good().out
    file = tmp_path / "log.pdf"
    call("pdf", "delegation", folder, "-o", file, "--lang", "both", *own, secret=SECRET).good()
    assert file.read_bytes().startswith(b"%PDF")
    assert call("pdf", "delegation", "-o", file, *own, secret=SECRET).status == 2
