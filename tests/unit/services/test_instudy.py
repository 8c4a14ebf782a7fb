"""Two versions of the definition at one site: each form by its own, the participant's data seen by all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.exchange import sheets
from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs import pages
from mda5_crf.services import centre
from mda5_crf.services.asof import as_of, present
from mda5_crf.services.changes import Reason
from mda5_crf.settings import study_directory
from mda5_crf.study.state import FormState
from tests.amended import AFTER, NEW, OLD, Pair, key, newer, pair
from tests.scenario import Ward
from tests.wards import trial

ANSWERS = {"VSDAT": "2026-09-05", "VSPOS": "SITTING"}
BECAUSE = Reason("OTHER", "asked by the ethics committee")


def names(state: FormState) -> set[str]:
    return {key.item for key in state.items}


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Pair]:
    with pair(tmp_path) as made:
        yield made


def test_a_form_begun_before_stays_and_one_begun_after_is_of_the_new_version(two: Pair) -> None:
    two.approved()
    person, old = two.entered("BL", VSTIM="09:30", TEMP_VSLOC="AXILLA", SYSBP_VSORRES="150")
    assert two.ward.study.hash == trial().hash
    two.clock.now = AFTER
    two.close("ward")
    ward = two.ward
    assert ward.study.version == NEW
    assert ward.study_for(old).version == OLD
    _, new = two.entered("W4", person.subject, SYSBP_VSORRES="150")
    assert ward.study_for(new).version == NEW
    before, after = ward.state(old), ward.state(new)
    assert {"TEMP_VSLOC", "VSTIM"} <= names(before) and "VSREST" not in names(before)
    assert {"VSREST", "VSTIMES"} <= names(after) and "TEMP_VSLOC" not in names(after)
    soft = key(new, "SYSBP_VSORRES")
    assert [f.severity for f in after.items[soft].findings] and not before.items[
        key(old, "SYSBP_VSORRES")
    ].findings
    # A later entry on the old form is written under its own version, and the form keeps it.
    Ward(ward, person.subject).open("BL", "VS").enter("PULSE_VSORRES", "70")
    record = list(ward.vault.journal.records(old.path(), ["value"]))[-1]
    assert record.definition == trial().hash
    two.close("ward")
    assert two.ward.study_for(old).version == OLD


def test_moving_a_form_says_before_what_changes_and_keeps_every_answer(two: Pair) -> None:
    two.approved()
    person, old = two.entered("BL", VSTIM="09:30", TEMP_VSLOC="AXILLA", SYSBP_VSORRES="150")
    two.clock.now = AFTER
    two.close("ward")
    ward = two.ward
    plan = ward.move_plan(old, NEW)
    assert [text.en for text in plan.left] == ["Temperature site: AXILLA Axilla"]
    assert [text.en for text in plan.added] == ["Rested for five minutes?"]
    assert list(plan.carried.values()) == [key(old, "VSTIMES", newer())]
    assert any("140" in text.en for text in plan.said)
    assert ward.study_for(old).version == OLD  # only looked at
    with pytest.raises(InputRefused):
        ward.move_form(plan, Reason("OTHER"))
    ward.move_form(plan, BECAUSE)
    assert ward.study_for(old).version == NEW
    data = ward.data(person.subject)
    assert data.entries[key(old, "VSTIMES", newer())].text == "09:30"
    assert data.entries[key(old, "TEMP_VSLOC")].text == "AXILLA"
    two.close("ward")
    assert two.ward.study_for(old).version == NEW
    two.send("ward", "centre")
    assert two.centre.study_for(old).version == NEW
    assert len(two.centre.data(person.subject).entries) == len(data.entries)


def test_what_cannot_move_is_refused_in_words(two: Pair) -> None:
    _, old = two.entered("BL", SYSBP_VSORRES="150")
    two.amended()
    two.send("centre", "ward")
    ward = two.ward
    with pytest.raises(InputRefused, match="not_in_force"):
        ward.move_plan(old, NEW)  # the site has not approved it
    with pytest.raises(InputRefused, match="same_version"):
        ward.move_plan(old, OLD)
    with pytest.raises(InputRefused, match="not_begun"):
        ward.move_plan(old._replace(event="W4"), NEW)
    with pytest.raises(InputRefused, match="version_unknown"):
        ward.move_plan(old, "9.9.9")
    two.send("ward", "centre")
    with pytest.raises((InputRefused, PermissionDenied)):
        two.centre.move_plan(old, NEW)
    assert ward.study_for(old).version == OLD


def test_a_complete_form_moves_and_is_opened_again(two: Pair) -> None:
    two.approved()
    person, old = two.entered("BL")
    form = Ward(two.ward, person.subject).open("BL", "VS")
    for finding in form.complete().blocking:
        for at in finding.items:
            item = two.ward.study.forms["VS"].items[at.item]
            if item.missing:
                form.mark(item.name, item.missing[0])
            else:
                form.enter(item.name, ANSWERS[item.name])
    form.enter("VSTIM", "09:30")
    assert form.complete().done
    assert two.ward.data(person.subject).statuses[old] == "complete"
    two.clock.now = AFTER
    two.close("ward")
    ward = two.ward
    plan = ward.move_plan(old, NEW)
    assert plan.reopens and "opened again" in " ".join(text.en for text in plan.lines())
    ward.move_form(plan, BECAUSE)
    data = ward.data(person.subject)
    assert data.entries[key(old, "VSTIMES", newer())].text == "09:30"
    assert data.statuses[old] == "incomplete"
    with pytest.raises(InputRefused, match="same_version"):
        ward.move_form(plan, BECAUSE)  # somebody did it meanwhile


@pytest.mark.parametrize("version, why", [("2.1.9", "older_refused"), ("newest", "version_form")])
def test_a_definition_that_is_not_newer_is_not_announced(
    two: Pair, tmp_path: Path, version: str, why: str
) -> None:
    folder = shutil.copytree(study_directory(), tmp_path / "definition")
    study = folder / "study.toml"
    said = study.read_text(encoding="utf-8")
    study.write_text(said.replace(f'version = "{OLD}"', f'version = "{version}"'), encoding="utf-8")
    with pytest.raises(InputRefused, match=why):
        two.centre.propose_amendment(folder)


def test_only_a_centre_moves_to_a_server(two: Pair) -> None:
    assert centre.name_of("postgresql://crf@server.local/centre").startswith("postgresql://")
    with pytest.raises((InputRefused, PermissionDenied)):
        centre.move_to(two.ward, "postgresql://crf@server.local/centre", ("a03", "-"))


def test_exports_and_pages_take_each_form_by_its_own_version(two: Pair) -> None:
    two.approved()
    person, old = two.entered("BL", TEMP_VSLOC="AXILLA", VSPOS="SITTING")
    two.clock.now = AFTER
    two.close("ward")
    two.entered("W4", person.subject, VSPOS="RECLINED")
    ward = two.ward
    shown = {page.event: page for page in pages.begun(ward, person.subject)}
    assert shown["BL"].study is not shown["W4"].study
    assert [one.en for one in shown["BL"].version] == [
        f"This form goes by version {OLD}; {NEW} is in force. Not collected under version {OLD}: "
        "Rested for five minutes?"
    ]
    assert not shown["W4"].version
    lines = [(one["visit"], one["item"], one["state"]) for one in sheets.values(ward, person.subject)["VS"]]
    assert ("BL", "VSREST", "not collected") in lines and ("BL", "TEMP_VSLOC", "valid") in lines
    assert not [one for one in lines if one[0] == "W4" and one[2] == "not collected"]
    data = pages.print_filled(ward, person.subject, None, None, "both")
    assert data.startswith(b"%PDF")
    ward.move_form(ward.move_plan(old, NEW), BECAUSE)
    lines = [(one["visit"], one["item"], one["state"]) for one in sheets.values(ward, person.subject)["VS"]]
    assert ("BL", "TEMP_VSLOC", "no longer asked") in lines
    (page,) = [one for one in pages.begun(ward, person.subject) if one.event == "BL"]
    assert [one.en for one in page.version] == [
        "Entered, and no longer asked: Temperature site: AXILLA Axilla"
    ]


def test_a_past_moment_has_the_definition_of_then(two: Pair) -> None:
    two.approved()
    person, _ = two.entered("BL")
    then = present(two.ward)
    two.clock.now = AFTER
    two.close("ward")
    two.entered("W4", person.subject)
    with as_of(two.ward, then, [person.subject]) as past:
        assert past.study.version == OLD
    with as_of(two.ward, present(two.ward), [person.subject]) as past:
        assert past.study.version == NEW
        assert past.study_for(ItemKey(person.subject, "BL", "", "VS")).version == OLD
