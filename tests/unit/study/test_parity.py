"""Approved texts and permanent OIDs: one language alone does not change, and nothing given out goes."""

# ruff: noqa: E501 - changes stand beside each other

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.errors import Problem
from mda5_crf.study import parity, parity_oids
from mda5_crf.study.load import load, load_source
from mda5_crf.study.parity import approve, compare, fingerprint, read_lock, texts_of
from mda5_crf.study.source import pack
from tests.unit.study.definitions import MINI, Files, changed, mini

DAY = date(2026, 8, 23)
EN, ZH = 'en = "Systolic blood pressure"', 'zh = "收缩压"'


def approved(files: Files | None = None) -> str:
    return approve(files or mini(), None, "Li Wei", DAY)[0]


def test_every_text_has_a_path_in_names() -> None:
    found = texts_of(mini())
    assert found["forms/VS.toml group.MAIN.item.SYSBP_VSORRES.label"].text.zh == "收缩压"
    assert found["forms/VS.toml check.VS-02.message"].text.en.startswith("Diastolic")
    assert found["codelists.toml codelist.CLSIG.values.CS"].text.en
    assert found["study.toml missing.ND"].text.zh == "未做"
    assert found["schedule.toml event.W4.name"].text.en == "Week 4"
    # a template counts once
    assert sum("template" in path and "result" in text.text.en for path, text in found.items()) == 1


def test_without_a_file_of_approvals_nothing_is_compared() -> None:
    found = compare(mini(), None)
    assert (found.problems, found.waiting, found.kept) == ([], (), False)
    assert found.texts == len(texts_of(mini())) > 50


def test_what_was_approved_is_approved() -> None:
    found = compare(mini(), approved())
    assert (found.problems, found.waiting, found.kept) == ([], (), True)


@pytest.mark.parametrize(
    "old, new, says",
    [
        (EN, 'en = "Upper blood pressure"', "The English changed and the Chinese did not"),
        (ZH, 'zh = "高压"', "The Chinese changed and the English did not"),
    ],
)
def test_one_language_alone_is_a_problem_that_names_both_texts(old: str, new: str, says: str) -> None:
    files = changed("forms/VS.toml", old, new)
    found = compare(files, approved())
    assert found.waiting == ()
    (problem,) = found.problems
    line = files["forms/VS.toml"][: files["forms/VS.toml"].index(new)].count("\n") + 1
    assert (problem.file, problem.line) == ("forms/VS.toml", line)
    assert problem.path == "group.MAIN.item.SYSBP_VSORRES.label"
    assert says in problem.text.en
    both = (new, ZH) if old == EN else (EN, new)
    for text in both:
        assert text.partition('"')[2].rstrip('"') in problem.text.en
        assert text.partition('"')[2].rstrip('"') in problem.text.zh


def test_both_languages_wait_for_approval() -> None:
    files = changed("forms/VS.toml", EN, 'en = "Upper blood pressure"')
    files = changed("forms/VS.toml", ZH, 'zh = "高压"', files)
    found = compare(files, approved())
    assert found.problems == []
    assert found.waiting == ("forms/VS.toml group.MAIN.item.SYSBP_VSORRES.label",)


def test_a_new_text_waits_and_one_that_went_is_forgotten() -> None:
    less = changed("study.toml", 'UNK = { en = "Unknown", zh = "未知" }\n', "")
    lock = approved(less)
    assert compare(mini(), lock).waiting == ("study.toml missing.UNK",)
    assert compare(less, approved()).problems == []
    assert "missing.UNK" not in approve(less, approved(), "Li Wei", DAY)[0]


@pytest.mark.parametrize("old, new", [(EN, 'en = "Systolic  blood pressure "'), ("name = \"PULSE_VSORRES\"", "# note\n  name = \"PULSE_VSORRES\"")])  # fmt: skip
def test_blanks_comments_and_order_do_not_matter(old: str, new: str) -> None:
    found = compare(changed("forms/VS.toml", old, new), approved())
    assert (found.problems, found.waiting) == ([], ())


def test_approval_keeps_the_name_of_who_read_what_is_unchanged() -> None:
    files = changed("forms/VS.toml", EN, 'en = "Upper blood pressure"')
    text, fresh = approve(files, approved(), "Chen Jing", date(2027, 1, 2))
    assert [found.path for found in fresh] == ["forms/VS.toml group.MAIN.item.SYSBP_VSORRES.label"]
    lines = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    assert [line[3:] for line in lines if line[3] != "Li Wei"] == [["Chen Jing", "2027-01-02"]]
    assert {tuple(line[3:]) for line in lines} == {("Li Wei", "2026-08-23"), ("Chen Jing", "2027-01-02")}
    assert compare(files, text).problems == []
    # and to approve again approves nothing
    assert approve(files, text, "Wang", DAY) == (text, [])


@pytest.mark.parametrize("line", ["a line", "a\tb\tc\td", "a\tb\tc\td\te\tf", "a\t\tc\td\te"])
def test_a_line_nobody_approved(line: str) -> None:
    (problem,) = compare(mini(), approved() + line + "\n").problems
    assert (problem.file, problem.line) == ("parity.lock", approved().count("\n") + 1)


def test_files_that_are_no_toml_have_no_texts() -> None:
    assert texts_of({"study.toml": "= ="}) == {}


def test_two_elements_of_one_name_are_both_there() -> None:
    text = (
        '[[a]]\nname = "X"\nt = { en = "One", zh = "一" }\n[[a]]\nname = "X"\nt = { en = "Two", zh = "二" }\n'
    )
    assert sorted(found.text.en for found in texts_of({"f.toml": text}).values()) == ["One", "Two"]


@given(st.text(), st.text())
def test_fingerprints_tell_texts_apart(one: str, other: str) -> None:
    same = " ".join(one.split()) == " ".join(other.split())
    assert (fingerprint(one) == fingerprint(other)) == same


def test_files_beside_a_definition_that_cannot_be_read(tmp_path: Path) -> None:
    problems: list[Problem] = []
    assert read_lock(tmp_path, "none.lock", problems) is None
    assert problems == []
    (tmp_path / "bad.lock").write_bytes(b"\xff\xfe\xfd")
    (tmp_path / "folder.lock").mkdir()
    assert read_lock(tmp_path, "bad.lock", problems) is None
    assert read_lock(tmp_path, "folder.lock", problems) is None
    assert [problem.file for problem in problems] == ["bad.lock", "folder.lock"]


# -- OIDs --------------------------------------------------------------------------------------------


def gone(files: Files) -> list[str]:
    """What the OIDs given out say of other files."""
    lock = parity_oids.approve(load_source(pack(mini())), None)
    return [problem.text.en for problem in parity_oids.compare(load_source(pack(files)), lock)]


PULSE = 'name = "PULSE_VSORRES"'


def test_nothing_gone_nothing_said() -> None:
    assert gone(mini()) == []
    assert parity_oids.compare(load_source(pack(mini())), None) == []


@pytest.mark.parametrize(
    "file, old, new, says",
    [
        ("forms/VS.toml", PULSE, 'name = "HEART_VSORRES"', "The item VS.PULSE_VSORRES has been given out"),
        ("forms/VS.toml", 'name = "TEMP_VSORRES"\n  type = "decimal"\n  decimals = 1',
         'name = "TEMP_VSORRES"\n  type = "integer"', "The item VS.TEMP_VSORRES was decimal and is integer now"),
        ("forms/VS.toml", 'oid = "VS-09"', 'oid = "VS-10"', "The check VS VS-09 has been given out"),
        ("forms/VS.toml", 'name = "BODY"', 'name = "SIZE"', "The group VS.BODY has been given out"),
    ],
)  # fmt: skip
def test_what_was_given_out_stays(file: str, old: str, new: str, says: str) -> None:
    said = gone(changed(file, old, new))
    assert len(said) == 1
    assert says in said[0]


@pytest.mark.parametrize("former", ["PULSE_VSORRES", "VS.PULSE_VSORRES"])
def test_an_item_that_says_its_former_name_may_change_it(former: str) -> None:
    new = f'name = "HEART_VSORRES"\n  renamed_from = "{former}"'
    assert gone(changed("forms/VS.toml", PULSE, new)) == []


def test_another_severity_is_no_other_check() -> None:
    files = changed(
        "forms/VS.toml", 'oid = "VS-09"\nseverity = "warning"', 'oid = "VS-09"\nseverity = "query"'
    )
    assert gone(files) == []


def test_approval_adds_and_never_takes_away() -> None:
    study = load_source(pack(mini()))
    lock = parity_oids.approve(study, None)
    other = load_source(pack(changed("forms/VS.toml", PULSE, 'name = "HEART_VSORRES"')))
    after = parity_oids.approve(other, lock)
    assert set(lock.splitlines()) < set(after.splitlines())
    assert set(after.splitlines()) - set(lock.splitlines()) == {"item\tVS.HEART_VSORRES\tinteger"}
    assert parity_oids.compare(study, after)[0].text.en.startswith("The item VS.HEART_VSORRES has been given")
    retyped = parity_oids.approve(study, lock.replace("VS.TEMP_VSORRES\tdecimal", "VS.TEMP_VSORRES\ttext"))
    assert "VS.TEMP_VSORRES\ttext" in retyped


def test_a_line_of_oids_nobody_wrote() -> None:
    (problem,) = parity_oids.compare(load_source(pack(mini())), "item\tVS.VSPERF\n")
    assert (problem.file, problem.line) == (parity_oids.NAME, 1)


def test_what_is_kept_beside_a_definition_is_no_part_of_it(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(MINI, tmp_path / "mini"))
    before = load(folder).hash
    (folder / parity.NAME).write_text("not read", encoding="utf-8")
    (folder / parity_oids.NAME).write_text("not read", encoding="utf-8")
    (folder / "cases").mkdir()
    (folder / "cases" / "VS.toml").write_text("not = = TOML", encoding="utf-8")
    assert load(folder).hash == before == load(MINI).hash
