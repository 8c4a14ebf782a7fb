"""Terms without codes where somebody looks for them; filters and columns of a listing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mda5_crf.errors import InputRefused
from mda5_crf.services import codingtake
from mda5_crf.services.linelistings import line_listing, read_where, split_where, with_columns
from mda5_crf.services.session import Session
from mda5_crf.services.studyfigures import study_figures
from mda5_crf.services.worklist import work_list
from tests.scenario import Ward
from tests.unit.services.test_coding import FILE, Terms, line, sheet
from tests.wards import built, session_at


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A participant with three terms: fever twice, a rash."""
    made = Path(shutil.copytree(built(), tmp_path_factory.mktemp("terms") / "ward.mda5"))
    with session_at(made) as session:
        Terms(session)
    return made


@pytest.fixture
def session(folder: Path, tmp_path: Path) -> Iterator[Session]:
    with session_at(Path(shutil.copytree(folder, tmp_path / "ward.mda5"))) as found:
        yield found


def uncoded(session: Session) -> object:
    found: object = study_figures(session, with_courses=False).as_json()["lock"]["uncoded"]
    return found


def code(session: Session, *terms: str) -> None:
    plan = codingtake.plan(session, FILE, sheet(*(line(term) for term in terms)))
    assert codingtake.accept(session, plan)


def test_a_term_counts_until_it_is_coded_and_again_when_it_is_corrected(session: Session) -> None:
    assert uncoded(session) == {"left": 3, "of": 3}
    assert [note.en for note in work_list(session).notes if "terms wait" in note.en] == [
        "3 terms wait for a code of their dictionary: go to File, Coding."
    ]
    code(session, "Fever")
    assert uncoded(session) == {"left": 1, "of": 3}
    assert any(note.en.startswith("1 term waits") for note in work_list(session).notes)
    code(session, "Rash")
    assert uncoded(session) == {"left": 0, "of": 3}
    assert not [note for note in work_list(session).notes if "term" in note.en]
    (row,) = line_listing(session, "AE", read_where(session, "AE", ["AETERM=Rash"])).lines
    log = Ward(session, row.key.subject).open("LOG", "AE").use_row("ROWS", row.key.group_repeat)
    log.enter("AETERM", "Rash on the hands")
    assert uncoded(session) == {"left": 1, "of": 3}


def test_who_does_not_code_is_not_told(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "ward.mda5"))
    with session_at(copy, "n07") as session:
        assert not [note for note in work_list(session).notes if "term" in note.en]


@pytest.mark.parametrize(
    "typed, parts",
    [
        ("", []),
        (" ; ；", []),
        ("AETOXGR>=3", ["AETOXGR>=3"]),
        ("ａｅｔｏｘｇｒ＞＝３；AETERM～发热", ["aetoxgr>=３", "AETERM~发热"]),
        ("AETOXGR ≥ 3 ; AETOXGR≠4", ["AETOXGR>= 3", "AETOXGR!=4"]),
        ("AETERM=a≥b", ["AETERM=a≥b"]),
        ("fever", ["fever"]),
    ],
)
def test_filters_are_typed_in_one_line_with_either_keyboard(typed: str, parts: list[str]) -> None:
    assert split_where(typed) == parts


def test_columns_are_chosen_and_the_rows_stay(session: Session) -> None:
    found = line_listing(session, "AE")
    less = with_columns(found, {"AETOXGR", "AETERM", "NOTHING"})
    assert [item.name for item in less.items] == ["AETERM", "AETOXGR"]
    assert [row.key for row in less.lines] == [row.key for row in found.lines]
    assert [row.cells[0].code for row in less.lines] == ["Fever", "ｆｅｖｅｒ", "Rash"]
    assert with_columns(found, ()).items == ()
    with pytest.raises(InputRefused):
        read_where(session, "AE", split_where("AETERM"))
