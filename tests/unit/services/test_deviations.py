"""Protocol deviations: proposed by checks, taken over or dismissed by people."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mda5_crf.db.records import Draft
from mda5_crf.errors import InputRefused, PermissionDenied, StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Reason, ReasonRequired
from mda5_crf.services.deviations import Proposal, rule_of
from mda5_crf.study.model import Severity
from tests.scenario import OpenForm, Ward
from tests.signward import built_signing, definition, signing_session

BECAUSE = Reason("OTHER", "the participant was in quarantine")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(built_signing(), tmp_path / "ward.mda5"))


@pytest.fixture
def ward(folder: Path) -> Iterator[Ward]:
    """An investigator with one enrolled participant, consented on 2026-08-20 (= day 1)."""
    with signing_session(folder) as session:
        made = Ward(session).enrol()
        made.open("SCR", "IE").enter_all(RFICDAT="2026-08-20", IEDAT="2026-08-21")
        yield made


def proposed(ward: Ward) -> tuple[Proposal, ...]:
    return ward.session.deviation_proposals(ward.subject)


def late(ward: Ward, day: str = "2026-08-30") -> OpenForm:
    """A baseline outside its window."""
    return ward.open("BL", "SV").enter("SVSTDAT", day)


def log(ward: Ward) -> OpenForm:
    return ward.open("LOG", "DV")


# -- proposing -----------------------------------------------------------------------------------------


def test_a_check_that_fires_proposes(ward: Ward) -> None:
    assert proposed(ward) == ()
    visit = late(ward)
    (one,) = proposed(ward)
    assert (one.check, one.category, one.state, one.row) == ("SV-02", "VISIT WINDOW", "open", None)
    assert (one.place, one.anchor) == (visit.entry.key, visit.key("SVSTDAT"))
    assert (one.date, one.severity) == (date(2026, 8, 30), Severity.QUERY)
    assert "outside the window" in one.message.en
    visit.enter("SVSTDAT", "2026-08-21")
    assert proposed(ward) == ()


def test_the_name_of_a_proposal_is_its_check_and_place(ward: Ward) -> None:
    late(ward)
    (one,) = proposed(ward)
    late(ward, "2026-08-31")
    (same,) = proposed(ward)
    assert (one.id, one.date) != (same.id, same.date) and one.id == same.id
    event = ward.session.add_event(ward.subject, "UNS")
    ward.open("UNS", "SV", event.event_repeat).enter("DOSE", "11").enter("SVSTDAT", "2026-08-25").complete()
    assert len({proposal.id for proposal in proposed(ward)}) == 2


def test_what_is_asked_at_completion_proposes_then(ward: Ward) -> None:
    """DA-04 speaks at completion: an unfinished form proposes nothing of it."""
    visit = ward.open("BL", "SV").enter_all(SVSTDAT="2026-08-21", DOSE="11")
    assert proposed(ward) == ()
    assert visit.complete().done
    (one,) = proposed(ward)
    assert (one.check, one.date) == ("DA-04", date(2026, 8, 21))


def test_what_is_hard_proposes_before_completion(ward: Ward) -> None:
    """IE-16 stops completion until the deviation is there: it must be offered before."""
    form = ward.open("SCR", "IE").enter_all(IEYN="N", ENROLYN="Y")
    assert not form.complete().done
    (one,) = proposed(ward)
    assert (one.check, one.date) == ("IE-16", date(2026, 8, 21))
    ward.session.take_over(one)
    assert proposed(ward) == ()
    assert form.complete().done


def test_rows_and_repeats_propose_each_for_itself(ward: Ward) -> None:
    meds = ward.open("LOG", "CM")
    for name, day in (("azathioprine", "2026-08-22"), ("infliximab", "2026-08"), ("x", "")):
        meds.new_row("ROWS").enter_all(CMTRT=name, CMSTDAT=day, CMPROHIB="Y")
    readings = [ward.session.add_form(ItemKey(ward.subject, "BL"), "RD") for _ in range(2)]
    for key, grade in zip(readings, "75", strict=True):
        entry = ward.session.entry(key)
        entry.set_value(key._replace(group="MAIN", item="GRADE"), grade)
    late(ward, "2026-08-21")
    found = proposed(ward)
    assert [one.check for one in found] == ["RD-01", "RD-01", "CM-09", "CM-09", "CM-09"]
    # A visit's date for its forms; a row's own, when it is known to the day; nothing is made up.
    assert [one.date for one in found] == [
        date(2026, 8, 21), date(2026, 8, 21), date(2026, 8, 22), None, None,
    ]  # fmt: skip
    assert [one.place for one in found[:2]] == readings
    assert "azathioprine" in found[2].message.en
    assert len({one.id for one in found}) == 5


def test_a_definition_without_the_log_proposes_nothing(ward: Ward) -> None:
    late(ward)
    for change in (
        {"deviation_form": ""}, {"deviation_form": "XX"}, {"deviation_items": "DVAUTO DVDECOD"},
        {"deviation_items": "DVAUTO DVDECOD DVSTDAT XX"}, {"deviation_items": "DVAUTO DVDECOD DVSTDAT DVYN"},
    ):  # fmt: skip
        study = replace(definition(), settings={**definition().settings, **change})
        assert rule_of(study) is None
        ward.session.study = study
        assert proposed(ward) == ()
    no_place = replace(definition(), due=tuple(due for due in definition().due if due.form != "DV"))
    assert rule_of(no_place) is None


@pytest.mark.parametrize("opener", ["", "XX Y", "DVYN"])
def test_a_log_that_nothing_opens(opener: str) -> None:
    rule = rule_of(replace(definition(), settings={**definition().settings, "deviation_any": opener}))
    assert rule is not None and (rule.opener, rule.opens) == ("", "")


# -- taking over ---------------------------------------------------------------------------------------


def test_taking_over(ward: Ward) -> None:
    late(ward)
    (one,) = proposed(ward)
    heads = ward.session.vault.journal.heads()[ward.session.device][0]
    row, changes = ward.session.take_over(one, "zh")
    form = log(ward)
    form.row["ROWS"] = row.group_repeat
    form.expect("DVYN", "Y").expect("DVAUTO", "SV-02").expect("DVDECOD", "VISIT WINDOW")
    form.expect("DVSTDAT", "2026-08-30")
    form.expect("DVTERM", "BL SV: 访视日期超出时间窗。 / Visit date is outside the window.")
    assert changes.form == form.entry.key and row in changes.touched
    assert len(changes.records) == ward.session.vault.journal.heads()[ward.session.device][0] - heads == 6
    (taken,) = proposed(ward)
    assert (taken.id, taken.state, taken.row) == (one.id, "taken", row)
    record = ward.session.vault.journal.get(row.group_repeat)
    assert record is not None
    assert record.data == {"origin": {"check": "SV-02", "place": one.place.path()}}
    assert ward.session.verify().troubles == ()


def test_a_description_fits_its_item(ward: Ward) -> None:
    meds = ward.open("LOG", "CM").new_row("ROWS")
    meds.enter_all(CMTRT="azathioprine " * 7, CMPROHIB="Y")
    row, _ = ward.session.take_over(proposed(ward)[0], "en")
    state = ward.session.state(row).items
    assert len(state[row._replace(item="DVTERM")].value.text) == 60
    assert state[row._replace(item="DVTERM")].value.text.startswith("LOG CM#1: Prohibited drug: azathioprine")
    assert not state[row._replace(item="DVSTDAT")].value.text  # not known to the day: a person fills it in


def test_twice_is_once(ward: Ward) -> None:
    late(ward)
    (one,) = proposed(ward)
    ward.session.take_over(one)
    for act in (lambda: ward.session.take_over(one), lambda: ward.session.dismiss(one, BECAUSE)):
        with pytest.raises(InputRefused) as caught:
            act()
        assert caught.value.code == "deviations.already_taken"
    assert len(log(ward).entry.rows("ROWS")) == 1


def test_a_correction_of_the_row_settles_still(ward: Ward) -> None:
    """What the row is about stands in its record, not in the date that a person may correct."""
    visit = late(ward)
    row, _ = ward.session.take_over(proposed(ward)[0])
    log(ward).entry.set_value(row._replace(item="DVSTDAT"), "2026-08-29")
    visit.enter("SVSTDAT", "2026-08-31")
    ward.session.refresh()
    assert [one.state for one in proposed(ward)] == ["taken"]


def test_a_struck_row_settles_nothing(ward: Ward) -> None:
    late(ward)
    row, _ = ward.session.take_over(proposed(ward)[0])
    log(ward).entry.strike_row(row, BECAUSE)
    assert [one.state for one in proposed(ward)] == ["open"]
    ward.session.take_over(proposed(ward)[0])
    assert [one.state for one in proposed(ward)] == ["taken"]


def test_a_row_typed_by_hand(ward: Ward) -> None:
    late(ward)
    form = log(ward).enter("DVYN", "Y").new_row("ROWS").enter("DVAUTO", "SV-02")
    assert [one.state for one in proposed(ward)] == ["open"]
    form.enter("DVSTDAT", "2026-08-29")
    assert [one.state for one in proposed(ward)] == ["open"]  # of another day
    form.enter("DVSTDAT", "2026-08-30")
    assert [(one.state, one.row) for one in proposed(ward)] == [("taken", form.key("DVAUTO").row_key())]
    form.enter("DVAUTO", "EX-01")
    assert [one.state for one in proposed(ward)] == ["open"]


def test_a_row_of_another_place_settles_nothing(ward: Ward) -> None:
    meds = ward.open("LOG", "CM")
    for _ in range(2):
        meds.new_row("ROWS").enter_all(CMTRT="azathioprine", CMSTDAT="2026-08-22", CMPROHIB="Y")
    first, second = proposed(ward)
    ward.session.take_over(second)
    assert [one.state for one in proposed(ward)] == ["open", "taken"]
    assert first.check == second.check and first.date == second.date


def test_a_check_that_fires_no_longer(ward: Ward) -> None:
    visit = late(ward)
    (one,) = proposed(ward)
    visit.enter("SVSTDAT", "2026-08-21")
    with pytest.raises(InputRefused) as caught:
        ward.session.take_over(one)
    assert caught.value.code == "deviations.gone"
    assert log(ward).entry.rows("ROWS") == []


def test_a_finished_log_asks_for_a_reason(ward: Ward) -> None:
    late(ward)
    form = log(ward).enter("DVYN", "N")
    assert form.complete().done
    (one,) = proposed(ward)
    with pytest.raises(ReasonRequired):
        ward.session.take_over(one)
    with pytest.raises(InputRefused) as caught:
        ward.session.take_over(one, "en", Reason("NONE"))
    assert caught.value.code == "entry.unknown_reason"
    row, _ = ward.session.take_over(one, "en", BECAUSE)
    form.expect("DVYN", "Y")
    record = ward.session.vault.journal.get(row.group_repeat)
    assert record is not None and record.data["reason"] == {"code": "OTHER", "text": BECAUSE.text}


def test_a_failure_between_row_and_values_leaves_nothing(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    late(ward)
    (one,) = proposed(ward)
    journal, before = ward.session.vault.journal, ward.session.vault.journal.heads()
    real, calls = journal.write, []

    def full(tx: object, drafts: list[Draft], at: object = None) -> object:
        calls.append(len(drafts))
        if len(calls) == 2:
            raise StoreError("store.disk_full", place="x")
        return real(tx, drafts, at)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(journal, "write", full)
        with pytest.raises(StoreError):
            ward.session.take_over(one)
    assert calls == [1, 5]
    assert journal.heads() == before
    assert log(ward).entry.rows("ROWS") == [] and log(ward).item("DVYN").value.text == ""
    assert [p.state for p in proposed(ward)] == ["open"]
    ward.session.take_over(one)
    assert ward.session.verify().troubles == ()


# -- dismissing ----------------------------------------------------------------------------------------


def test_dismissing_a_query_confirms_its_finding(ward: Ward) -> None:
    visit = late(ward)
    assert visit.complete().done
    (query,) = visit.queries()
    (one,) = proposed(ward)
    ward.session.dismiss(one, BECAUSE)
    assert [(p.id, p.state) for p in proposed(ward)] == [(one.id, "dismissed")]
    assert [q.state for q in visit.queries() if q.id == query.id] == ["Resolved"]
    (line,) = [entry for entry in ward.session.history(one.anchor) if entry.kind == "confirm"]
    assert BECAUSE.text in line.reason
    with pytest.raises(InputRefused) as caught:
        ward.session.take_over(one)
    assert caught.value.code == "deviations.already_dismissed"
    # Another value is another question.
    visit.enter("SVSTDAT", "2026-08-31", because="read again")
    assert [p.state for p in proposed(ward)] == ["open"]


def test_dismissing_a_warning(ward: Ward) -> None:
    ward.open("BL", "SV").enter_all(SVSTDAT="2026-08-21", DOSE="11").complete()
    (one,) = proposed(ward)
    ward.session.dismiss(one, Reason("TYPING"))
    ward.session.refresh()
    assert [p.state for p in proposed(ward)] == ["dismissed"]


@pytest.mark.parametrize(
    "reason,code",
    [(Reason("NONE"), "entry.unknown_reason"), (Reason("OTHER", " "), "entry.reason_text_required")],
)
def test_a_dismissal_says_why(ward: Ward, reason: Reason, code: str) -> None:
    late(ward)
    with pytest.raises(InputRefused) as caught:
        ward.session.dismiss(proposed(ward)[0], reason)
    assert caught.value.code == code
    assert [p.state for p in proposed(ward)] == ["open"]


def test_what_is_hard_cannot_be_dismissed(ward: Ward) -> None:
    ward.open("SCR", "IE").enter_all(IEYN="N", ENROLYN="Y")
    with pytest.raises(InputRefused) as caught:
        ward.session.dismiss(proposed(ward)[0], BECAUSE)
    assert caught.value.code == "deviations.hard"


def test_who_only_reads(folder: Path, ward: Ward) -> None:
    late(ward)
    (one,) = proposed(ward)
    ward.session.close()
    with signing_session(folder, "d02") as session:
        assert session.deviation_proposals(ward.subject) == (one,)
        for act in (lambda: session.take_over(one), lambda: session.dismiss(one, BECAUSE)):
            with pytest.raises(PermissionDenied):
                act()
