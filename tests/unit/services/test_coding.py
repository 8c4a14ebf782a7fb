"""Codes of verbatim terms: out without people, back line by line, kept beside the value and never in it."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from mda5_crf.db import read_coding
from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs import coding
from mda5_crf.services import codings, codingtake, lockwork
from mda5_crf.services.codingtake import CHANGED, EMPTY, NEW, REFUSED, SAME, FileFacts
from mda5_crf.services.session import Session
from tests.scenario import OpenForm, Ward
from tests.wards import built, session_at

FILE = FileFacts("back.csv", "ab" * 32)
# Made up: the dictionaries are licensed, and nothing of them stands here.
HEADS = (
    "ID DICTIONARY TERM LLT_CODE LLT_EN PT_CODE PT_EN PT_ZH SOC_CODE SOC_EN VERSION CODER CODED_ON".split()
)


def line(term: str, pt: str = "10000001", name: str = "Made-up term", **more: str) -> list[str]:
    cells = {
        "DICTIONARY": "MEDDRA", "TERM": term, "PT_CODE": pt, "PT_EN": name, "PT_ZH": f"虚构{pt[-1:]}",
        "SOC_CODE": "10000009", "SOC_EN": "Made-up class", "VERSION": "27.1", "CODER": "Coder",
        "CODED_ON": "2026-08-30",
    } | more  # fmt: skip
    return [cells.get(name, "") for name in HEADS]


def sheet(*lines: Sequence[str]) -> list[tuple[int, Sequence[str]]]:
    return list(enumerate([HEADS, *lines], 1))


class Terms:
    """A ward whose participant has terms."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.ward = Ward(session).enrol()
        self.log: OpenForm = self.ward.open("LOG", "AE").enter("AEYN", "Y")
        for term in ("Fever", "ｆｅｖｅｒ ", "Rash"):
            self.log.new_row("ROWS").enter("AETERM", term)

    def plan(self, *lines: Sequence[str]) -> codingtake.Plan:
        return codingtake.plan(self.session, FILE, sheet(*lines))

    def fates(self, *lines: Sequence[str]) -> list[str]:
        return [one.fate for one in self.plan(*lines).outcomes]

    def refused(self, one: Sequence[str], words: str) -> None:
        (outcome,) = self.plan(one).outcomes
        assert outcome.fate == REFUSED and outcome.why is not None
        assert words in outcome.why.en, outcome.why.en

    def states(self) -> dict[str, str]:
        return {one.verbatim: one.state for one in codings.terms(self.session)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = Path(shutil.copytree(built(), tmp_path_factory.mktemp("coding") / "ward.mda5"))
    with session_at(path) as session:
        Terms(session)
    return path


@pytest.fixture
def copied(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "ward.mda5"))


@pytest.fixture
def terms(copied: Path) -> Iterator[Terms]:
    with session_at(copied) as session:
        made = Terms.__new__(Terms)
        made.session, made.ward = session, Ward(session)
        made.ward.subject = session.subjects()[0].identity
        made.log = made.ward.open("LOG", "AE")
        yield made


def test_lines_that_do_not_read_are_left_out_with_the_reason(terms: Terms) -> None:
    terms.refused(line("Fever", ""), "does not look like a code")
    terms.refused(line("Fever", "1000001"), "does not look like a code")
    terms.refused(line("Fever", SOC_CODE="", SOC_EN=""), "SOC is empty")
    terms.refused(line("Fever", PT_EN="", PT_ZH=""), "no name")
    terms.refused(line("Fever", VERSION=""), "which version")
    terms.refused(line("Fever", CODED_ON="2026-09-02"), "future")
    terms.refused(line("Fever", CODED_ON="soon"), "no date")
    terms.refused(line("Fever", DICTIONARY="ICD"), "which dictionary")
    terms.refused(line("Cough"), "No such term")
    terms.refused(line(""), "names no term")
    terms.refused(line("Fever", CODER="x" * 300), "characters")
    terms.refused(line("Rash", ID=codings.term_id("MEDDRA", "Fever")), "do not belong together")
    terms.refused(line("Rash", ID="0" * 12), "No such term")
    assert terms.fates(line("Fever", "", "", PT_ZH="", SOC_CODE="", SOC_EN="")) == [EMPTY]
    assert terms.states() == {"Fever": "uncoded", "Rash": "uncoded"}


def test_a_sheet_whose_lines_slipped_shows_itself(terms: Terms) -> None:
    assert terms.fates(line("Fever"), line("Rash", "10000001", "Other term")) == [NEW, REFUSED]
    assert terms.fates(line("Fever"), line("Fever")) == [NEW, SAME]
    assert terms.fates(line("Fever"), line("Fever", "10000002", "Another")) == [NEW, REFUSED]


def test_without_headings_nothing_is_read(terms: Terms) -> None:
    for rows in ([], [(1, ["a", "b"])], [(1, ["TERM"])], [(30, HEADS)]):
        with pytest.raises(InputRefused, match="no_headings"):
            codingtake.plan(terms.session, FILE, rows)


def test_a_plan_writes_nothing_and_accepting_writes_beside_the_value(terms: Terms) -> None:
    before = terms.session.vault.journal.vector()
    plan = terms.plan(line("FEVER"), line("Rash", "10000002", "Second term"))
    assert [one.fate for one in plan.outcomes] == [NEW, NEW]
    assert terms.session.vault.journal.vector() == before
    records = codingtake.accept(terms.session, plan)
    assert [record.kind for record in records] == ["coding"] * 3  # fever stands there twice
    assert records[0].data["file"] == {"name": "back.csv", "sha256": "ab" * 32, "row": 2}
    assert records[0].data["verbatim"] == "Fever" and records[0].data["coder"] == "Coder"
    assert terms.states() == {"Fever": "coded", "Rash": "coded"}
    assert terms.fates(line("FEVER"), line("Rash", "10000002", "Second term")) == [SAME, SAME]
    entries = terms.session.data(terms.ward.subject).entries
    told = sorted(one.text for key, one in entries.items() if key.item == "AETERM")
    assert told == ["Fever", "Rash", "ｆｅｖｅｒ"]


def test_one_line_can_be_accepted_alone(terms: Terms) -> None:
    plan = terms.plan(line("Fever"), line("Rash", "10000002", "Second term"))
    codingtake.accept(terms.session, plan, {3})
    assert terms.states() == {"Fever": "uncoded", "Rash": "coded"}


def test_other_codes_need_a_reason_and_the_old_ones_stay_in_the_history(terms: Terms) -> None:
    codingtake.accept(terms.session, terms.plan(line("Rash")))
    plan = terms.plan(line("Rash", "10000003", "Third term"))
    assert [one.fate for one in plan.outcomes] == [CHANGED] and "10000001" in plan.outcomes[0].before
    with pytest.raises(InputRefused, match="reason_needed"):
        codingtake.accept(terms.session, plan)
    (record,) = codingtake.accept(terms.session, plan, reason="coded in error")
    assert record.data["reason"] == "coded in error"
    history = read_coding.codings(terms.session.vault.store, record.key)
    assert [one.codes["PT"]["code"] for one in history] == ["10000001", "10000003"]
    told = terms.session.history(ItemKey.parse(record.key))
    assert any("10000003 Third term / 虚构3 (MedDRA 27.1, coded by Coder)" in one.text.en for one in told)


def test_a_corrected_term_is_uncoded_again(terms: Terms) -> None:
    codingtake.accept(terms.session, terms.plan(line("Rash")))
    plan = terms.plan(line("Rash", "10000003", "Third term"))
    (row,) = [k for k, e in terms.session.data(terms.ward.subject).entries.items() if e.text == "Rash"]
    terms.log.use_row("ROWS", row.group_repeat).enter("AETERM", "Pruritus")
    assert terms.states() == {"Fever": "uncoded", "Pruritus": "outdated"}
    assert codingtake.accept(terms.session, plan, reason="late") == ()
    assert codings.standing(terms.session, terms.ward.subject) == {}
    terms.log.enter("AETERM", "Rash")
    assert terms.states()["Rash"] == "coded"
    terms.log.strike("ROWS", "entered twice")
    assert "Rash" not in terms.states()


def test_the_synonym_list_suggests_and_never_codes(terms: Terms) -> None:
    codingtake.accept(terms.session, terms.plan(line("Rash")))
    terms.log.new_row("ROWS").enter("AETERM", "RASH")
    terms.log.new_row("ROWS").enter("AETERM", "Rash on arm")
    assert terms.states()["Rash on arm"] == "uncoded"
    plan = codingtake.suggestions(terms.session)
    assert [(one.verbatim, len(one.about)) for one in plan.outcomes] == [("Rash", 1)]
    _, lines = codings_sheet(terms)
    told = {one["TERM"]: one.get("SUGGESTED", "") for one in lines}
    assert told["Rash on arm"] == "" and told["Fever"] == ""
    (record,) = codingtake.accept(terms.session, plan)
    assert record.data["origin"] == "synonym" and record.data["coder"] == "Li Na"
    assert codingtake.suggestions(terms.session).outcomes == ()


def codings_sheet(terms: Terms) -> tuple[tuple[str, ...], list[dict[str, str]]]:
    from mda5_crf.services import codingsheet

    return codingsheet.lines(terms.session)


def test_a_list_of_synonyms_goes_out_and_comes_in(terms: Terms, tmp_path: Path) -> None:
    plan = codingtake.plan_synonyms(
        terms.session, FILE, sheet(line("Fever"), line("Cough", "10000004", "Fourth"), line("", "10000005"))
    )
    assert [one.fate for one in plan.outcomes] == [NEW, NEW, REFUSED]
    assert len(codingtake.accept_synonyms(terms.session, plan)) == 2
    assert [one.verbatim for one in codingtake.suggestions(terms.session).outcomes] == ["Fever"]
    sent = coding.export_synonyms(terms.session, tmp_path / "known.csv")
    assert sent.lines == 2
    again = coding.plan_synonyms(terms.session, tmp_path / "known.csv")
    assert [one.fate for one in again.outcomes] == [SAME, SAME]
    other = codingtake.plan_synonyms(terms.session, FILE, sheet(line("Fever", "10000006", "Sixth")))
    with pytest.raises(InputRefused, match="reason_needed"):
        codingtake.accept_synonyms(terms.session, other)
    codingtake.accept_synonyms(terms.session, other, "new version")
    assert "10000006" in codingtake.suggestions(terms.session).outcomes[0].given.words  # type: ignore[union-attr]


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_the_sheet_tells_nobody_and_comes_back(terms: Terms, tmp_path: Path, ending: str) -> None:
    terms.log.new_row("ROWS").enter("AETERM", "=1+1 cough")
    file = tmp_path / f"terms{ending}"
    sent = coding.export(terms.session, file)
    assert sent.lines == 3 and sent.identifying == 0
    raw = file.read_bytes()
    assert b"01-001" not in raw and terms.ward.subject.encode() not in raw
    plan = coding.plan(terms.session, file)
    assert [one.fate for one in plan.outcomes] == [EMPTY] * 3
    assert {one.verbatim for one in plan.outcomes} == {"Fever", "Rash", "=1+1 cough"}
    if ending == ".csv":
        rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
        place = {name: number for number, name in enumerate(rows[0])}
        for row in rows[1:]:
            row[place["PT_CODE"]], row[place["PT_EN"]] = "10000001", "One term"
            row[place["SOC_CODE"]], row[place["SOC_EN"]] = "10000009", "Class"
            row[place["VERSION"]] = "27.1"
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        file.write_bytes(text.getvalue().encode("gb18030"))
        plan = coding.plan(terms.session, file)
        assert [one.fate for one in plan.outcomes] == [NEW] * 3
        records = codingtake.accept(terms.session, plan)
        assert len(records) == 4 and records[0].data["file"]["sha256"] == plan.file.sha256
        with pytest.raises(InputRefused, match="nothing_to_code"):
            coding.export(terms.session, tmp_path / "none.csv")


def test_a_line_for_each_occurrence_codes_that_one(terms: Terms, tmp_path: Path) -> None:
    file = tmp_path / "each.csv"
    assert coding.export(terms.session, file, each=True).lines == 3
    found = {one.verbatim: one for one in codings.occurrences(terms.session)}
    rows = [
        [*HEADS, "OCCURRENCE"],
        [*line("fever"), found["ｆｅｖｅｒ"].id],
        [*line("Rash"), "0" * 16],
        [*line("Rash"), found["Fever"].id],
    ]
    plan = codingtake.plan(terms.session, FILE, list(enumerate(rows, 1)))
    assert [one.fate for one in plan.outcomes] == [NEW, REFUSED, REFUSED]
    (record,) = codingtake.accept(terms.session, plan)
    assert record.key == found["ｆｅｖｅｒ"].key.path()
    assert terms.states()["Fever"] == "uncoded"  # the other one still waits


def test_a_term_with_a_telephone_number_does_not_leave(terms: Terms, tmp_path: Path) -> None:
    terms.log.new_row("ROWS").enter("AETERM", "Fall, call 13912345678")
    sent = coding.export(terms.session, tmp_path / "terms.csv")
    assert sent.identifying == 1 and "13912345678" not in (tmp_path / "terms.csv").read_text("utf-8")


def test_who_may_code(copied: Path, tmp_path: Path) -> None:
    for login in ("n07",):
        with session_at(copied, login) as session:
            with pytest.raises(PermissionDenied):
                codingtake.plan(session, FILE, sheet(line("Fever")))
            with pytest.raises(PermissionDenied):
                codingtake.suggestions(session)
            with pytest.raises(PermissionDenied):
                coding.export(session, tmp_path / "no.csv")
    with session_at(copied, "d02") as session:
        plan = codingtake.plan(session, FILE, sheet(line("Fever")))
        assert len(codingtake.accept(session, plan)) == 2


def test_uncoded_terms_stand_in_the_checklist_of_the_lock(terms: Terms) -> None:
    key = terms.log.entry.key
    said = [one for one in lockwork.obstacles(terms.session, key, "locked") if "codes" in one.text.en]
    assert [one.text.en for one in said] == ["3 terms have no codes"] and said[0].passable
    assert not [one for one in lockwork.obstacles(terms.session, key, "frozen") if "codes" in one.text.en]
    codingtake.accept(terms.session, terms.plan(line("Fever"), line("Rash", "10000002", "Second term")))
    assert not [
        one
        for one in lockwork.obstacles(terms.session, ItemKey(key.subject), "locked")
        if "codes" in one.text.en
    ]
