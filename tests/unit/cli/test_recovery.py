"""``recovery``, ``recover`` and ``identities`` from the command line."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from mda5_crf.cli import recovery as command
from mda5_crf.cli.recovery import _CLEAR
from tests.commandline import call, remembered_keys
from tests.faults.test_recovery import HOLDERS, KEEPER
from tests.pdftext import solid, text_of
from tests.vaults import password
from tests.wards import session_at, ward_folder

__all__ = ["ward_folder"]


@pytest.fixture(autouse=True)
def _keys() -> Iterator[None]:
    with remembered_keys():
        yield


def _by(login: str, *words: object) -> tuple[object, ...]:
    return (*words, "--user", login)


class _Holders(io.StringIO):
    """Three people at a terminal: each types back what was last shown; the first mistypes once."""

    def __init__(self, shown: io.StringIO) -> None:
        super().__init__()
        self._shown = shown
        self._rest: list[str] = []
        self.sheets: list[str] = []
        self._mistyped = False

    def readline(self, _size: int | None = -1, /) -> str:  # type: ignore[override]
        if self._rest:
            return self._rest.pop(0)
        text = self._shown.getvalue()
        if not text.rstrip().endswith("shows it again):"):
            return "\n"
        shown = text.rpartition(_CLEAR)[0].rpartition("Holder:")[2].split()
        pairs = pairwise(shown)
        words = {int(a[:-1]): b for a, b in pairs if a.endswith(".") and a[:-1].isdigit()}
        typed = [words[place] for place in sorted(words)]
        if not self._mistyped:
            self._mistyped = True
            self._rest = ["\n"]
            return " ".join([*typed[:-1], "zebra"]) + "\n"
        self.sheets.append(" ".join(typed))
        self._rest = ["\n"]
        return self.sheets[-1] + "\n"


def _made(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    second = tmp_path / "second"
    second.write_text(password("n07"), "utf-8")
    names = [word for name in HOLDERS for word in ("--holder", name)]
    with monkeypatch.context() as patch:
        shown = io.StringIO()
        typed = _Holders(shown)
        patch.setattr(sys, "stdin", typed)
        patch.setattr(command, "_terminal", lambda: True)
        patch.setattr(command, "_write", lambda text: shown.write(f"{text}\n"))
        done = call(
            *_by("i01", "recovery", "make", folder, *names, "--second", "n07"),
            "--second-password-file",
            second,
            secret=password("i01"),
        ).good()
    assert "Set 1" in done.out
    assert "33" in done.err  # the mistyped word was named by its place
    # A word of a sheet may be one of the sentences by chance; three in a row are not.
    said = " ".join((done.out + done.err).lower().split())
    for sheet in typed.sheets:
        words = sheet.lower().split()
        assert not [run for run in zip(words, words[1:], words[2:], strict=False) if " ".join(run) in said]
    return typed.sheets


def test_from_ceremony_to_recovery(
    ward_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sheets are made on a terminal; two of them, typed into files by a test, admit a keeper."""
    call(*_by("i01", "recovery", ward_folder), secret=password("i01")).good()
    sheets = _made(ward_folder, tmp_path, monkeypatch)
    state = call(*_by("i01", "recovery", ward_folder, "--json"), secret=password("i01")).good().json()
    assert (state["set"], state["stands"], state["holders"]) == (1, True, list(HOLDERS))
    said = call(*_by("i01", "recovery", "state", ward_folder, "--language", "zh"), secret=password("i01"))
    assert "第 1 套" in said.good().out
    files = [tmp_path / f"sheet{n}" for n in range(3)]
    for file, words in zip(files, sheets, strict=True):
        file.write_text(words.upper(), "utf-8")
    fresh = tmp_path / "fresh"
    fresh.write_text(KEEPER.password, "utf-8")
    admit = ("recover", ward_folder, "--login", "i55", "--role", "investigator", "--new-password-file", fresh)
    shares = [word for file in files for word in ("--share-file", file)]
    call(*admit, "--reason", "all left", *shares).refused(1, "two are enough")
    call(*admit, "--reason", "all left", *shares[:2]).refused(1, "One sheet says nothing")
    call(*admit, *shares[:4]).refused(1, "why")
    call(*admit, "--share-file", tmp_path / "none", *shares[:2]).refused(1)
    call(*admit[:2], *shares[:4]).refused(2)
    done = call(*admit, "--reason", "all left", *shares[:4], "--json").good().json()
    assert done == {"login": "i55", "state": "admitted", "renewed": True}
    call(*admit, "--reason", "all left", *shares[:4]).refused(1, "last ones have been used")


def test_a_ceremony_needs_people(ward_folder: Path) -> None:
    """Without a terminal or a second person nothing begins; nobody else types for a holder."""
    call(*_by("i01", "recovery", "make", ward_folder), secret=password("i01")).refused(2)
    call(*_by("i01", "recovery", "make", ward_folder, "--second", "n07"), secret=password("i01")).refused(
        2, "terminal"
    )
    call("recover", ward_folder, "--login", "i55", "--role", "investigator").refused(2, "--share-file")


@pytest.mark.requirement("PIPL-8")
def test_identities(ward_folder: Path, tmp_path: Path) -> None:
    """Names reach the program through files, never as words of a command; pages are written as asked."""
    own = password("i01")
    with session_at(ward_folder) as session:
        number = session.enrol().subjid
    name = tmp_path / "name"
    name.write_text("欧阳丽华\n", "utf-8")
    set_name = ("identities", "set", ward_folder, number, f"name={name}")
    call(*_by("n07", *set_name), secret=password("n07")).refused(1, "principal investigator")
    call(*_by("i01", *set_name), secret=own).good()
    call(*_by("i01", "identities", "set", ward_folder, number, "欧阳"), secret=own).refused(2)
    call(*_by("i01", "identities", "set", ward_folder), secret=own).refused(2)
    found = call(*_by("i01", "identities", "list", ward_folder, "oylh", "--json"), secret=own).good().json()
    assert [one["name"] for one in found] == ["欧阳丽华"]
    assert "欧阳丽华" in call(*_by("i01", "identities", ward_folder), secret=own).good().out
    call(*_by("i01", "identities", "grant", ward_folder, "n07"), secret=own).good()
    assert "欧阳丽华" in call(*_by("n07", "identities", ward_folder), secret=password("n07")).good().out
    call(*_by("i01", "identities", "revoke", ward_folder, "n07"), secret=own).good()
    call(*_by("n07", "identities", ward_folder), secret=password("n07")).refused(1, "not been given")
    call(*_by("i01", "identities", "grant", ward_folder), secret=own).refused(2)
    call(*_by("i01", "identities", "print", ward_folder), secret=own).refused(2, "--output")
    call(*_by("i01", "identities", "print", ward_folder, "x", "-o", tmp_path / "x"), secret=own).refused(2)
    page = tmp_path / "codes.pdf"
    call(*_by("i01", "identities", "print", ward_folder, "-o", page), secret=own).good()
    assert solid("欧阳丽华") in "".join(text_of(page.read_bytes()))
    log = tmp_path / "log.pdf"
    call(*_by("i01", "identities", "print", ward_folder, "screening", "-o", log, "--json"), secret=own).good()
    assert solid("欧阳丽华") not in "".join(text_of(log.read_bytes()))
