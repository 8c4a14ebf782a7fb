"""Files of cases: everything that is not meant is named with its line, nothing is passed over."""

# ruff: noqa: E501 - scenes stand as they are written

from __future__ import annotations

from pathlib import Path

import pytest

from mda5_crf.study.case_files import read_folder
from mda5_crf.study.cases import read_cases
from tests.unit.study.case_study import case_study, read, said

HEAD = '[[case]]\ncheck = "V-01"\n'
GOOD = HEAD + 'fires = [ { LOW = "5", HIGH = "5" } ]\n'


def problems(text: str, form: str = "V") -> list[str]:
    return said(read(text, form)[1])


@pytest.mark.parametrize(
    "text, line, says",
    [
        (GOOD + "fire = []\n", 4, "key fire is not known here; did you mean fires?"),
        ("[givn]\n" + GOOD, 1, "key givn is not known here; did you mean given?"),
        ("colour = 1\n" + GOOD, 1, "key colour is not known"),
        ('[[case]]\nfires = [ { LOW = "5" } ]\n', 1, "key check is missing"),
        (GOOD.replace("V-01", "V-90"), 2, "Form V has no check or range V-90; did you mean V-0"),
        (GOOD.replace("V-01", "V.LOW.EASY"), 2, "Form V has no check or range V.LOW.EASY"),
        (HEAD, 1, "A case has scenes in fires or holds."),
        (HEAD + "fires = []\n", 1, "A case has scenes in fires or holds."),
        (HEAD + "fires = 1\n", 3, "fires must be a list of tables."),
        (HEAD + "fires = [ 1 ]\n", 3, "fires must be a table."),
        (HEAD + "fires = [ { LOW = 5 } ]\n", 3, "LOW must be a text in quotes."),
        (HEAD + "fires = [ { LOW = [] } ]\n", 3, "LOW must be a text in quotes."),
        (GOOD + 'event = "LOG"\n', 4, "V is not due at LOG."),
        (GOOD + 'event = "W40"\n', 4, "V is not due at W40."),
        (HEAD + 'fires = [ { today = "2022-13-01" } ]\n', 3, "today must be a complete date"),
        (HEAD + "fires = [ { today = 2022-12-31 } ]\n", 3, "today must be a text in quotes."),
        (HEAD + "fires = [ { open_queries = -1 } ]\n", 3, "open_queries must lie between 0"),
        (HEAD + 'fires = [ { open_queries = "1" } ]\n', 3, "open_queries must be a whole number."),
        (HEAD + 'fires = [ { signed = "SCR.V" } ]\n', 3, "signed must be a list"),
        (HEAD + 'fires = [ { status = "complete" } ]\n', 3, "status must be a table."),
        (HEAD + "fires = [ { rows = [] } ]\n", 3, "rows must be a table."),
        (HEAD + "fires = [ { rows = { AE = 1 } } ]\n", 3, "AE must be a list of tables."),
        (HEAD + "fires = [ { rows = { AE = [ { AETERM = 1 } ] } } ]\n", 3, "AETERM must be a text"),
        (HEAD + 'fires = [ { consent_versions = [ { version = "2" } ] } ]\n', 3, "key approved is missing"),
        (
            HEAD + 'fires = [ { consent_versions = [ { version = "2", approved = "2022" } ] } ]\n',
            3,
            "approved must be a complete date",
        ),
        (HEAD + 'fires = [ { delegated = [ { code = "A", task = "C" } ] } ]\n', 3, "key from is missing"),
        (
            HEAD + 'fires = [ { delegated = [ { code = "A", task = "C", from = "2022-01-01", form = "x" } ] } ]\n',
            3,
            "key form is not known here; did you mean from?",
        ),
        (HEAD + 'fires = [ { settings = { strct = "true" } } ]\n', 3, "study.toml has no setting strct; did you mean strict?"),
        (HEAD + "fires = [ { settings = { strict = true } } ]\n", 3, "strict must be a text in quotes."),
        (GOOD + 'equivalent = ["LOW > HIGH"]\n', 1, "Equivalent mutants need a reason"),
        (GOOD + 'reason = "because"\n', 1, "Equivalent mutants need a reason"),
        (GOOD + 'holds = [ { LOW = "5", HIGH = "5" } ]\n', 4, "The same scene stands here twice."),
        (GOOD + "for = \"all\"\n", 1, "for and the place {T} in check belong together"),
        (GOOD.replace("V-01", "V-{T}"), 1, "for and the place {T} in check belong together"),
        ("[[case]]\ncheck = \n", 2, "does not follow TOML"),
        ("[[case]\n", 1, "does not follow TOML"),
    ],
)  # fmt: skip
def test_what_is_not_meant_is_named(text: str, line: int, says: str) -> None:
    found = problems(text)
    assert len(found) == 1, found
    assert found[0].startswith(f"{line}: "), found
    assert says in found[0]


def test_two_items_of_one_rule_are_asked_for_apart() -> None:
    assert problems(GOOD.replace("V-01", "V-10")) == [
        "2: Several ranges are called V-10: write FORM.ITEM.HARD or FORM.ITEM.SOFT."
    ]
    assert problems(GOOD.replace("V-01", "V.TWO.HARD")) == []


def test_a_form_that_is_not_there() -> None:
    assert "no form VV" in problems(GOOD, "VV")[0]


@pytest.mark.parametrize(
    "wanted, codes",
    [('"all"', ["L-AA", "L-BB"]), ('["BB"]', ["L-BB"])],
)
def test_a_case_for_every_entry_of_a_template(wanted: str, codes: list[str]) -> None:
    text = f'[[case]]\ncheck = "L-{{T}}"\nfor = {wanted}\nholds = [ {{ "{{T}}_RES" = "{{most}}" }} ]\n'
    cases, found = read(text, "P")
    assert found == []
    assert [case.target.oid for case in cases] == codes
    most = {"L-AA": "5", "L-BB": "7"}
    for case in cases:
        code = case.target.oid.removeprefix("L-")
        assert case.scenes[0].given.answers == {f"{code}_RES": most[case.target.oid]}


@pytest.mark.parametrize(
    "wanted, says",
    [
        ('["DD"]', "3: Form P has no template entry DD"),
        ("[]", "3: for must be a list"),
        ("true", "3: for must be a list"),
        ('["CC"]', "1: The entry CC has no plain value most."),
    ],
)
def test_entries_that_cannot_be_repeated(wanted: str, says: str) -> None:
    text = f'[[case]]\ncheck = "L-{{T}}"\nfor = {wanted}\nholds = [ {{ "{{T}}_RES" = "{{most}}" }} ]\n'
    assert says in problems(text, "P")[0]


def test_a_scene_stands_on_its_case_and_its_file() -> None:
    cases, found = read(
        '[given]\ntoday = "2022-12-31"\nLOW = "1"\nSCR.V.DAY = "2022-01-01"\nstatus = { V = "complete" }\n'
        '[[case]]\ncheck = "V-01"\nevent = "W4"\ngiven = { LOW = "2", HIGH = "9", open_queries = 3 }\n'
        'fires = [ { HIGH = "1" } ]\nholds = [ { today = "2023-01-01", status = { SCR.V = "x" } } ]\n'
    )
    assert found == []
    fires, holds = cases[0].scenes
    assert fires.fires
    assert not holds.fires
    assert fires.given.answers == {"LOW": "2", "SCR.V.DAY": "2022-01-01", "HIGH": "1"}
    assert fires.own.answers == {"HIGH": "1"}
    assert str(fires.given.today) == "2022-12-31"
    assert str(holds.given.today) == "2023-01-01"
    assert fires.given.open_queries == 3
    assert fires.given.signed is None


def test_without_an_event_a_form_stands_where_it_is_due_first_and_a_log_at_the_logs() -> None:
    assert read(GOOD)[0][0].event == "SCR"
    text = '[[case]]\ncheck = "SAE-01"\nholds = [ { SAEAWDT = "2022-01-01 10:00" } ]\n'
    assert read(text, "SAE")[0][0].event == "LOG"


@pytest.mark.parametrize(
    "name, kind",
    [("V.LOW.HARD", "HARD"), ("V.LOW.SOFT", "SOFT"), ("V.SINCE.UNDECIDED", "UNDECIDED")],
)
def test_ranges_are_called_by_their_item(name: str, kind: str) -> None:
    cases, found = read(GOOD.replace("V-01", name))
    assert found == []
    assert (cases[0].target.kind, cases[0].target.check) == (kind, None)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "cases"
    folder.mkdir()
    assert read_folder(tmp_path) == ({}, [])
    (folder / "V.toml").write_bytes(GOOD.encode() + b"\n# \xff\n")
    (folder / "P.toml").mkdir()
    files, found = read_folder(tmp_path)
    assert files == {}
    assert {(p.file, p.line) for p in found} == {("cases/V.toml", 5), ("cases/P.toml", 0)}


def test_line_ends_and_marks_of_windows_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "V.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    (tmp_path / "cases" / "ranges.toml").write_text("not of this kind", encoding="utf-8")
    files, unreadable = read_folder(tmp_path)
    cases, found = read_cases(case_study(), files)
    assert (len(cases), found, unreadable) == (1, [], [])
