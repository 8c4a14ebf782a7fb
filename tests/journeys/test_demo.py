"""``mda5-crf demo``: what it leaves, and that its table of the primary outcome comes from the database.

Fifteen participants over a year, all forms; deaths, early stops, serious events, and mistakes that the
checks notice. The publication (Clin Rheumatol 2023;42:1847): 14 evaluable at month 6, 10 responders
(71.4 %; 2 major, 7 moderate, 1 minimal), median 43.75, quartiles 41.875 and 59.375.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs.courses import SLIPS
from mda5_crf.jobs.synthetic import MUSCLES
from mda5_crf.services.deviations import TAKEN
from mda5_crf.services.session import Session
from tests.commandline import Done, call, remembered_keys
from tests.once import built_once

SECRET = "lantern orchard pebble quiet maple river"
OWN_SECRET = "harbour-violet-31-candle"


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with remembered_keys():
        yield


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """The demonstration, built once in a run, and what the command said of it."""
    built = built_once("demo", _build)
    folder = shutil.copytree(built / "演示 demo", tmp_path_factory.mktemp("demo") / "演示 demo")
    return folder, json.loads((built / "said.json").read_text("utf-8"))


def _build(folder: Path) -> None:
    folder.mkdir()
    with remembered_keys():
        said = call("demo", folder / "演示 demo", "--no-screens", "--json").good()
    (folder / "said.json").write_text(said.out, "utf-8")


@pytest.fixture(scope="module")
def opened(demo: tuple[Path, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A copy of the ward, open and only looked at."""
    folder = shutil.copytree(demo[0] / "ward.mda5", tmp_path_factory.mktemp("look") / "ward.mda5")
    with remembered_keys(), Session.open(folder, "wang", SECRET) as session:
        yield session


def answers(session: Session, oid: str, event: str = "") -> dict[str, list[str]]:
    """Every stored answer to ``FORM.ITEM``, by participant's number, of one event or of all."""
    form, _, item = oid.partition(".")
    found: dict[str, list[str]] = {}
    for subject in session.subjects():
        for key, entry in session.data(subject.identity).entries.items():
            if (key.form, key.item) == (form, item) and event in ("", key.event):
                found.setdefault(subject.subjid, []).append(entry.text)
    return found


@pytest.fixture
def ward(demo: tuple[Path, Any], tmp_path: Path) -> Path:
    """A copy of the ward that a test may change."""
    return Path(shutil.copytree(demo[0] / "ward.mda5", tmp_path / "ward.mda5"))


def wang(*words: object) -> Done:
    return call(*words, "--user", "wang", secret=SECRET)


def outcome(vault: Path) -> dict[str, Any]:
    found: dict[str, Any] = wang("show", vault, "--json").good().json()["outcome"]
    return found


def quantile(scores: list[Decimal], p: Decimal) -> Decimal:
    """The (n + 1)p rule, written a second time so that the program is not asked about itself."""
    place = (len(scores) + 1) * p
    low = int(place)
    below, above = scores[low - 1], scores[min(low, len(scores) - 1)]
    return below + (above - below) * (place - low)


def test_what_the_demonstration_consists_of(demo: tuple[Path, Any]) -> None:
    folder, said = demo
    assert {p.name for p in folder.iterdir()} >= {"ward.mda5", "centre.mda5", "bundles", "pdf", "screens"}
    assert said["subjects"] == 15
    assert sorted(said["bundles"]) == sorted(p.name for p in (folder / "bundles").iterdir())
    assert len(said["bundles"]) == 2
    pages = sorted(p.name for p in (folder / "pdf").iterdir())
    assert pages == sorted(said["pdf"])
    assert {name.rpartition("-")[2] for name in pages} == {"en.pdf", "zh.pdf", "both.pdf"}
    assert all((folder / "pdf" / name).read_bytes().startswith(b"%PDF-") for name in pages)
    for user in said["users"]:
        call(
            "show",
            folder / f"{user['vault']}.mda5",
            "--user",
            user["login"],
            "--json",
            secret=said["password"],
        ).good()


def test_queries_stay_rare(demo: tuple[Path, Any], opened: Session) -> None:
    """At most 1.5 queries of checks per visit, or nobody reads them any more. Counted here a second time."""
    said = demo[1]
    asked = Counter(query.check for query in opened.queries() if query.source == "system")
    visits = {
        key.event_key()
        for subject in opened.subjects()
        for key in opened.data(subject.identity).entries
        if key.event != "LOG"
    }
    assert (said["queries"], said["visits"]) == (asked.total(), len(visits))
    assert said["checks"][0] == {"check": asked.most_common(1)[0][0], "queries": max(asked.values())}
    assert Decimal(said["queries_per_visit"]) == (Decimal(asked.total()) / len(visits)).quantize(
        Decimal("0.01")
    )
    assert Decimal(said["queries_per_visit"]) <= Decimal("1.5")
    assert said["queries"] > 0, "a trial without any query would be too tidy to believe"


def test_only_mistakes_put_in_on_purpose_raise_queries(opened: Session) -> None:
    """Where nothing is wrong the checks are silent, in every form of every visit of fifteen participants."""
    raised = [
        (query.check, opened.subjid(query.key.subject), query.key.event, query.key.item)
        for query in opened.queries()
        if query.source == "system"
    ]
    meant = {check for checks in SLIPS.values() for check in checks}
    assert [one for one in raised if one[0] not in meant] == []
    assert {one[0] for one in raised} == meant


def test_a_full_baseline_needs_at_most_250_answers(demo: tuple[Path, Any], opened: Session) -> None:
    said = demo[1]
    assert said["fullest_baseline"] <= 250
    # Whoever was screened more than a week before day 1 had everything again: no less than this was asked.
    most = max(
        sum(
            opened.state(node.key).answered
            for node in event.forms
            if node.status == "complete" and not any(g.zero_row for g in node.form.groups)
        )
        for subject in opened.subjects()
        for event in opened.tree(subject.identity)
        if event.key.event == "BL"
    )
    limits = 3 * 40  # the upper limits of three laboratory forms are required too, and filled by one key each
    assert said["fullest_baseline"] > most - limits
    assert 100 < Decimal(said["answers_per_visit"]) < said["fullest_baseline"]


def test_every_form_of_the_trial_is_there(opened: Session) -> None:
    began: set[str] = set()
    done: set[str] = set()
    for subject in opened.subjects():
        data = opened.data(subject.identity)
        began |= {key.form for key in data.entries}
        done |= {key.form for key, status in data.statuses.items() if status == "complete"}
    forms = set(opened.study.forms)
    assert len(forms) == 44
    assert forms - began == {"TIS"}, "only computed"
    assert forms == done


def test_what_happens_in_a_trial_happens(opened: Session) -> None:
    deaths = answers(opened, "DD.DTHDAT")
    assert len(deaths) == 2
    assert answers(opened, "DD.PRCDTH_DDORRES").keys() == deaths.keys()
    (early,) = [s for s, reason in answers(opened, "EOT.DSDECOD").items() if reason == ["ADVERSE EVENT"]]
    (withdrawn,) = [s for s, dates in answers(opened, "IC.ICWDDAT").items() if dates]
    assert not {early, withdrawn} & deaths.keys()
    assert not {early, withdrawn} & answers(opened, "SV.SVSTDAT", "W52").keys()
    assert {early, withdrawn} <= answers(opened, "IMACS.PHGA", "W24").keys(), "after month 6"
    assert len(answers(opened, "SAE.AESPID")) >= 3
    assert {"HERPES ZOSTER", "CMV"} <= {
        c for found in answers(opened, "AESI.AESICAT").values() for c in found
    }
    assert any("N" in found for found in answers(opened, "SV.SVOCCUR").values())
    assert answers(opened, "SV.SVUPDES", "UNS")
    (failing,) = answers(opened, "RPILD.RPSTDAT")
    assert failing in deaths
    assert [len(found) for found in answers(opened, "PREG.PREGWHO").values()] == [1]
    assert any("QD" in found for found in answers(opened, "EX.ECDOSFRQ").values())
    assert any("N" in found for found in answers(opened, "EX.ECOCCUR").values())
    assert any(len(found) >= 7 for found in answers(opened, "HRCT.HRREAD").values()), (
        "two readers and a third"
    )
    assert any("RE-CONSENT" in found for found in answers(opened, "IC.DSDECOD").values())
    assert len(answers(opened, "SV.SVSTDAT", "W52")) == 11


def test_deviations_were_proposed_by_checks(opened: Session) -> None:
    proposals = [p for s in opened.subjects() for p in opened.deviation_proposals(s.identity)]
    taken = {p.check for p in proposals if p.state == TAKEN}
    assert taken == {"SV-02", "GC-03"}
    assert taken <= {check for found in answers(opened, "DV.DVAUTO").values() for check in found}


def test_eligibility_was_signed_before_the_first_dose(opened: Session) -> None:
    for subject in opened.subjects():
        form = ItemKey(subject.identity, "SCR", form="IE")
        (signature,) = opened.signatures(form)
        assert signature.counts
        assert "王" in signature.person
        dosing = ItemKey(subject.identity, "LOG", form="EX").path()
        first = min(record.seq for record in opened.vault.journal.records(dosing))
        assert first > int(signature.record.rpartition(":")[2])


def test_a_serious_event_waits_for_its_report(demo: tuple[Path, Any], opened: Session) -> None:
    clocks = opened.sae_clocks()
    running = [clock for clock in clocks if clock.running]
    assert [(clock.subjid, clock.ae_line) for clock in running] == [("01-015", 2)]
    assert timedelta(0) < running[0].remaining < timedelta(hours=19)
    late = [clock.subjid for clock in clocks if not clock.running and clock.overdue]
    assert late == ["01-005"]
    assert "01-015 SAE#1" in wang("show", demo[0] / "ward.mda5").good().out


@pytest.mark.requirement("E6-9")
def test_the_table_of_the_publication(demo: tuple[Path, Any]) -> None:
    for vault, login in (("ward.mda5", "wang"), ("centre.mda5", "chen")):
        shown = (
            call("show", demo[0] / vault, "--user", login, "--json", secret=SECRET).good().json()["outcome"]
        )
        assert (shown["participants"], shown["evaluable"], shown["responders"]) == (15, 14, 10), vault
        assert (shown["major"], shown["moderate"], shown["minimal"]) == (2, 7, 1)
        assert shown["percent_observed"] == "71.4"
        assert shown["percent_nonresponse"] == "66.7"
        assert [Decimal(shown[k]) for k in ("median", "q1", "q3")] == [
            Decimal("43.75"), Decimal("41.875"), Decimal("59.375"),
        ]  # fmt: skip
        assert sum(score is None for score in shown["scores"].values()) == 1
        for subject, score in shown["scores"].items():
            parts = shown["parts"][subject].values()
            assert score is None or Decimal(score) == sum(Decimal(part) for part in parts), subject


@pytest.mark.parametrize(
    "language,words", [("en", ["71.4 %", "10/15", "43.75 (41.875–59.375)", "2 / 7 / 1"]), ("zh", ["应答者"])]
)
def test_the_table_in_words(demo: tuple[Path, Any], language: str, words: list[str]) -> None:
    text = wang("show", demo[0] / "ward.mda5", "--language", language).good().out
    for word in words:
        assert word in text


@pytest.mark.requirement("EMA-8")
def test_ward_and_centre_are_sound(demo: tuple[Path, Any]) -> None:
    for vault, login in (("ward.mda5", "wang"), ("centre.mda5", "chen")):
        assert (
            call("verify", demo[0] / vault, "--user", login, "--json", secret=SECRET)
            .good()
            .json()["troubles"]
            == []
        )


def test_another_entry_changes_the_table(ward: Path) -> None:
    """Nothing is hard-wired: a corrected visit moves one participant from no response to response."""
    before = outcome(ward)
    subject = next(s for s, score in before["scores"].items() if score is not None and Decimal(score) == 0)
    place = (ward, subject, "W24", "IMACS")
    wang("enter", *place, "PHGA=0.1", "PTGA=0.1").refused(1, "reason")
    assert outcome(ward) == before
    wang("enter", *place, "PHGA=0.1", "PTGA=0.1", "--reason", "The sheet was read in mm").good()
    after = outcome(ward)
    # Improvement of both scales by more than 40 % of their range gives 20 and 10 points, the rest stays 0.
    assert Decimal(after["scores"][subject]) == 30
    assert [Decimal(after["parts"][subject][name]) for name in ("phga", "ptga")] == [20, 10]
    assert after["categories"][subject] == "MINIMAL"
    assert (after["responders"], after["minimal"], after["evaluable"]) == (11, before["minimal"] + 1, 14)
    assert after["percent_observed"] == "78.6"
    assert after["percent_nonresponse"] == "73.3"
    scores = sorted(Decimal(s) for s in after["scores"].values() if s is not None and Decimal(s) >= 20)
    for name, p in (("median", "0.5"), ("q1", "0.25"), ("q3", "0.75")):
        assert Decimal(after[name]) == quantile(scores, Decimal(p)), name


def test_a_cleared_measure_is_no_longer_evaluable(ward: Path) -> None:
    before = outcome(ward)
    subject = next(s for s, category in before["categories"].items() if category == "MAJOR")
    wang("enter", ward, subject, "W24", "IMACS", "PHGA=", "--reason", "Not from this visit").good()
    after = outcome(ward)
    assert after["scores"][subject] is None
    assert (after["evaluable"], after["responders"], after["major"]) == (13, 9, 1)
    assert after["percent_nonresponse"] == "60.0"


def test_a_data_set_of_ones_own(tmp_path: Path) -> None:
    """From an empty vault by commands alone: one participant, the score by hand, the table follows."""
    vault, subject = tmp_path / "own.mda5", "01-001"
    call(
        "new",
        vault,
        "--site",
        "01",
        "--name",
        "Ward",
        "--user",
        "liu",
        "--person",
        "Liu Yang",
        secret=OWN_SECRET,
    ).good()

    def liu(*words: object) -> Done:
        return call(*words, "--user", "liu", secret=OWN_SECRET).good()

    day1 = date.today() - timedelta(days=250)  # noqa: DTZ011
    liu("enrol", vault, subject)
    assert liu("show", vault, "--json").json()["outcome"]["participants"] == 0
    liu("enter", vault, subject, "LOG", "EX#1", "ECOCCUR=Y", f"ECSTDAT={day1}", "ECSTTIM=10:00")
    answers = [f"HAQ01{n:02d}=1" for n in (*range(1, 10), *range(23, 34))]
    for event, phga, ptga, grade in (("BL", "6.0", "6.0", 8), ("W24", "1.0", "5.0", 10)):
        liu("enter", vault, subject, event, "SV", "SVOCCUR=Y")
        liu(
            "enter",
            vault,
            subject,
            event,
            "IMACS",
            "PHGAPERF=Y",
            "PTGAPERF=Y",
            f"PHGA={phga}",
            f"PTGA={ptga}",
        )
        liu("enter", vault, subject, event, "MMT", "MKPERF=Y", *(f"{m}_MKORRES={grade}" for m in MUSCLES))
        liu("enter", vault, subject, event, "HAQ", "HAQPERF=Y", *answers)
        liu("enter", vault, subject, event, "MDAAT", "RSPERF=Y", "MD_EXTRA=6.0")
        liu("enter", vault, subject, event, "LBC", "LBPERF=Y", "CK_LBORRES=500", "CK_LBORNRHI=190")
    shown = liu("show", vault, "--json").json()["outcome"]
    # PhGA 6 → 1 cm: 20; PtGA 6 → 5 cm: 2.5; MMT-8 120 → 150 (20 %): 20; the others do not change: 42.5.
    assert {name: Decimal(part) for name, part in shown["parts"][subject].items()} == {
        "phga": 20, "ptga": Decimal("2.5"), "mmt": 20, "haq": 0, "enz": 0, "ext": 0,
    }  # fmt: skip
    assert (shown["scores"][subject], shown["categories"][subject]) == ("42.5", "MODERATE")
    assert (shown["participants"], shown["evaluable"], shown["responders"]) == (1, 1, 1)
    assert Decimal(shown["median"]) == Decimal("42.5")


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_bytes(b"three years of work")
    (tmp_path / "ward.mda5").mkdir()
    call("demo", tmp_path, "--no-screens").refused(1, "other files")
    assert {p.name for p in tmp_path.iterdir()} == {"thesis.docx", "ward.mda5"}


def test_fewer_participants_another_seed(tmp_path: Path) -> None:
    said = call("demo", tmp_path / "small", "--no-screens", "--subjects", "2", "--seed", "7").good()
    assert SECRET in said.out
    assert "wang" in said.out
    first = outcome(tmp_path / "small" / "ward.mda5")
    assert [first["scores"][s] for s in ("01-001", "01-002")] == ["42.5", "65.0"]
    again = call("demo", tmp_path / "small", "--no-screens", "--subjects", "1", "--language", "zh").good()
    assert "演示已生成" in again.out
    assert outcome(tmp_path / "small" / "ward.mda5")["participants"] == 1
