"""Several values of one form in one transaction: the same rules as one by one, and nothing half."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from mda5_crf.db.journal import Journal
from mda5_crf.errors import InputRefused, PermissionDenied, StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Changes, Reason, ReasonRequired
from tests.scenario import OpenForm, Ward
from tests.wards import session_at

VITALS = {
    "VSPERF": "Y",
    "VSDAT": "2026-08-30",
    "VSPOS": "SITTING",
    "SYSBP_VSORRES": "16 kPa",
    "DIABP_VSORRES": "80",
    "PULSE_VSORRES": "７２",
    "RESP_VSORRES": "16",
    "TEMP_VSORRES": "36.8",
    "OXYSAT_VSORRES": "97",
    "OXYSAT_VSO2": "Y",
    "MRCGR": "2",
    "WEIGHT_VSORRES": "60",
}
MUSCLES = ("DELT", "BICEP", "GMAX", "GMED", "QUAD", "WRISTEX", "ANKDF")


def keyed(form: OpenForm, texts: Mapping[str, str]) -> dict[ItemKey, str]:
    return {form.key(item): text for item, text in texts.items()}


def batch(form: OpenForm, texts: Mapping[str, str], because: str | None = None) -> Changes:
    reason = None if because is None else Reason("OTHER", because)
    form.last = form.entry.set_values(keyed(form, texts), reason)
    return form.last


def kinds(ward: Ward, since: Mapping[str, int]) -> list[str]:
    return [record.kind for record in ward.session.vault.journal.above(since)]


def now_at(ward: Ward) -> dict[str, int]:
    return {device: seq for device, (seq, _) in ward.session.vault.journal.heads().items()}


def told(form: OpenForm) -> list[tuple[str, tuple[str, ...], bool]]:
    return sorted((f.check, tuple(key.item for key in f.items), f.confirmed) for f in form.state.findings)


def answers(form: OpenForm) -> dict[str, tuple[str, str | None]]:
    return {key.item: (one.value.text, one.value.unit) for key, one in form.state.items.items()}


@pytest.mark.parametrize("pressure", [{}, {"SYSBP_VSORRES": "70"}, {"PULSE_VSORRES": "abc", "MRCGR": "9"}])
def test_it_reads_as_if_entered_one_by_one(ward: Ward, pressure: dict[str, str]) -> None:
    texts = {**VITALS, **pressure}
    together = ward.open("BL", "VS")
    batch(together, texts)
    apart = Ward(ward.session).enrol().open("BL", "VS").enter_all(**texts)
    assert answers(together) == answers(apart)
    assert told(together) == told(apart)
    assert together.complete().done is apart.complete().done
    assert [q.check for q in together.queries()] == [q.check for q in apart.queries()]


def test_it_is_one_seal_and_survives_log_out(ward: Ward) -> None:
    since = now_at(ward)
    changes = batch(ward.open("BL", "VS"), VITALS)
    assert kinds(ward, since) == ["value"] * len(VITALS)
    assert len(changes.records) == len(changes.touched) == len(VITALS)
    folder, subject = ward.session.vault.folder, ward.subject
    ward.session.close()
    with session_at(folder) as again:
        Ward(again, subject).open("BL", "VS").expect("SYSBP_VSORRES", "16").expect("PULSE_VSORRES", "72")
        assert again.verify().troubles == ()


def test_a_failing_write_leaves_nothing(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    vs = ward.open("BL", "VS").enter("PULSE_VSORRES", "64")
    before, since = (answers(vs), told(vs)), now_at(ward)
    real = Journal.write

    def full(*things: object) -> object:
        real(*things)  # type: ignore[arg-type]  # the same arguments
        raise StoreError("store.disk_full", place="study.db")

    monkeypatch.setattr(Journal, "write", full)
    with pytest.raises(StoreError):
        batch(vs, VITALS)
    monkeypatch.undo()
    assert (answers(vs), told(vs)) == before
    assert kinds(ward, since) == []
    ward.session.refresh()
    assert answers(ward.open("BL", "VS")) == before[0], "what memory says is what the disk holds"
    batch(ward.open("BL", "VS"), VITALS)
    assert ward.session.verify().troubles == ()


@pytest.mark.parametrize("bad", ["BMI", "VSDAT"])
def test_one_that_is_refused_refuses_all(ward: Ward, bad: str) -> None:
    """A computed item, and an item of another form: neither may leave the others behind."""
    vs, since = ward.open("BL", "VS"), now_at(ward)
    wrong = vs.key(bad) if bad == "BMI" else vs.key(bad)._replace(event="SCR")
    with pytest.raises(InputRefused if bad == "BMI" else ValueError):
        vs.entry.set_values({**keyed(vs, VITALS), wrong: "22"})
    assert kinds(ward, since) == []
    assert not any(text for text, _ in answers(vs).values())


def test_a_finished_form_asks_for_one_reason(ward: Ward) -> None:
    vs = ward.open("SCR", "VS").enter_all(**VITALS, HEIGHT_VSORRES="170")
    assert vs.complete().done
    with pytest.raises(ReasonRequired):
        batch(vs, {"PULSE_VSORRES": "80", "RESP_VSORRES": "18"})
    vs.expect("PULSE_VSORRES", "72").expect("RESP_VSORRES", "16")
    batch(vs, {"PULSE_VSORRES": "80", "RESP_VSORRES": "18"}, because="Read from the wrong line")
    vs.expect("PULSE_VSORRES", "80").expect("RESP_VSORRES", "18")
    for item in ("PULSE_VSORRES", "RESP_VSORRES"):
        line = ward.session.history(vs.key(item))[-1]
        assert "wrong line" in str(line.reason)


def test_what_does_not_change_is_not_written(ward: Ward) -> None:
    vs = ward.open("BL", "VS")
    batch(vs, VITALS)
    since = now_at(ward)
    changes = batch(vs, {**VITALS, "HEIGHT_VSORRES": "", "MRCGR": "3"})
    assert kinds(ward, since) == ["value"]
    assert [key.item for key in changes.touched] == ["MRCGR"]
    assert batch(vs, {**VITALS, "MRCGR": "3"}).records == ()


def test_clearing_is_an_answer_too(ward: Ward) -> None:
    vs = ward.open("BL", "VS")
    batch(vs, VITALS)
    batch(vs, {"PULSE_VSORRES": "", "RESP_VSORRES": "18"})
    vs.expect("PULSE_VSORRES", "").expect("RESP_VSORRES", "18")
    assert ward.session.history(vs.key("PULSE_VSORRES"))[-1].text.en == "cleared"


def test_queries_follow_the_form_as_it_stands_afterwards(ward: Ward) -> None:
    """Of a finished form: what the old values asked is resolved, what the new ones ask is raised, at once."""
    wide = {"NECKFLEX_MKORRES": "8", **{f"{m}{side}_MKORRES": "8" for m in MUSCLES for side in "RL"}}
    mmt = ward.open("BL", "MMT")
    batch(mmt, {"MKPERF": "Y", "MKDAT": "2026-08-30", "MKEVAL": "E1", **wide, "DELTL_MKORRES": "2"})
    assert mmt.complete().done
    assert [(q.check, q.state) for q in mmt.queries() if q.check.startswith("MMT-04")] == [
        ("MMT-04.DELT", "Open")
    ]
    batch(mmt, {"DELTL_MKORRES": "8", "BICEPL_MKORRES": "2"}, because="Sides were exchanged")
    found = {q.check: q.state for q in mmt.queries() if q.check.startswith("MMT-04")}
    assert found == {"MMT-04.DELT": "Resolved", "MMT-04.BICEP": "Open"}


def test_rights_are_asked_before_anything(ward: Ward) -> None:
    folder, subject = ward.session.vault.folder, ward.subject
    ward.session.close()
    with session_at(folder, "d02") as reader:
        vs = Ward(reader, subject).open("BL", "VS")
        with pytest.raises(PermissionDenied):
            batch(vs, VITALS)
        with pytest.raises(PermissionDenied):
            batch(vs, {})


def test_an_empty_batch_writes_nothing(ward: Ward) -> None:
    since = now_at(ward)
    assert batch(ward.open("BL", "VS"), {}).records == ()
    assert kinds(ward, since) == []
