"""The rarer paths of the services: other sites' participants, monitors, storage that fails, old records."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mda5_crf.db.records import Draft
from mda5_crf.db.vault import OpenVault
from mda5_crf.errors import InputRefused, PermissionDenied, StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Reason
from mda5_crf.services.logs import log_rows
from mda5_crf.services.queries import text_at
from mda5_crf.services.session import Session, create
from tests.scenario import OpenForm, Ward
from tests.vaults import password
from tests.wards import session_at


def foreign(ward: Ward) -> ItemKey:
    """The visit of a participant who belongs to another site, as a centre or a neighbour may hold it."""
    (record,) = ward.session.append([Draft("subject", "", {"subjid": "02-001", "site": "02"})])
    return ItemKey(record.id, "BL")


def test_another_sites_participant_is_read_not_written(ward: Ward) -> None:
    visit = foreign(ward)
    entry = ward.session.entry(visit._replace(form="VS"))
    assert entry.readonly is not None
    assert "02" in entry.readonly.zh
    acts: tuple[Callable[[], object], ...] = (
        lambda: OpenForm(ward.session, entry).enter("VSPERF", "Y"),
        entry.complete,
        lambda: entry.reopen(Reason("OTHER", "x")),
        lambda: ward.session.add_event(visit.subject, "UNS"),
    )
    for act in acts:
        with pytest.raises(InputRefused) as refused:
            act()
        assert "02" in refused.value.text.en
    own = ward.open("BL", "VS").entry
    assert own.readonly is None
    assert own.sitting_reason is None


def test_limits_that_are_no_numbers_are_not_offered(ward: Ward) -> None:
    vs = ward.open("BL", "VS")
    assert vs.entry.usual(vs.entry.form.items["VSDAT"]) is None
    assert vs.entry.usual(vs.entry.form.items["VSPERF"]) is None
    assert vs.entry.codes(vs.entry.form.items["PULSE_VSORRES"]) == ()


def test_a_log_item_needs_its_row(ward: Ward) -> None:
    ex = ward.open("LOG", "EX")
    with pytest.raises(InputRefused):
        ex.enter("ECTRT", "TOFACITINIB")


def test_a_group_without_a_zero_code_is_left_alone(ward: Ward) -> None:
    mmt = ward.open("BL", "MMT")
    group = next(g for g in mmt.entry.form.groups if g.rows)
    changes = mmt.entry.zero_row(group.name, "NO SUCH ROW")
    assert changes.records == ()


def test_history_speaks_of_every_kind(ward: Ward) -> None:
    lab = (
        ward.open("BL", "LBI")
        .enter("LBPERF", "Y")
        .enter("MDA5_LBORRES", "POSITIVE")
        .enter("MDA5_LBORRES", "maybe")
    )
    told = [line.text.zh for line in ward.session.history(lab.key("MDA5_LBORRES"))]
    assert told == ["录入 POSITIVE 阳性", "录入 maybe"]
    haq = ward.open("BL", "HAQ").enter("HAQPERF", "Y")
    item = next(i for i in haq.entry.form.items.values() if i.missing)
    haq.mark(item.name, item.missing[0])
    assert item.missing[0] in ward.session.history(haq.key(item.name))[-1].text.en
    assert ward.session.completed(haq.entry.key) is None


def test_who_completed_is_the_last_who_did(ward: Ward) -> None:
    sv = ward.open("W4", "SV").enter_all(SVOCCUR="N", SVREASOC="ill")
    assert sv.complete().done
    sv.entry.reopen(Reason("OTHER", "wrong visit"))
    assert ward.session.completed(sv.entry.key) is None
    assert sv.complete().done
    sv.complete()
    found = ward.session.completed(sv.entry.key)
    assert found is not None
    assert found[0] == "Li Na"
    sv.enter("SVREASOC", "travelling", because="asked again")
    assert ward.session.changed_items(sv.entry.key) == {sv.key("SVREASOC")}


def test_a_visit_whose_forms_were_all_not_done_is_not_done(ward: Ward) -> None:
    ward.open("W8", "SV").enter_all(SVOCCUR="N", SVREASOC="ill")
    for due in ward.session.study.forms_of("W8"):
        key = ItemKey(ward.subject, "W8", "", due.form)
        ward.session.append([Draft("status", key.path(), {"status": "not_done"})])
    ward.session.refresh()
    node = next(n for n in ward.session.tree(ward.subject) if n.key.event == "W8")
    assert node.status == "not_done"


def test_rows_struck_without_words_are_still_struck(ward: Ward) -> None:
    ex = ward.open("LOG", "EX")
    group = next(g.name for g in ex.entry.form.groups if g.repeating)
    ex.new_row(group)
    place = ex.entry.key._replace(group=group)
    ward.session.append([Draft("strike", ex.key("ECTRT").row_key().path(), {"state": "struck"})])
    ward.session.refresh()
    assert [(r.struck, r.reason) for r in log_rows(ward.session, place)] == [(True, None)]
    ex.new_row(group)
    ward.session.append(
        [Draft("strike", ex.key("ECTRT").row_key().path(), {"state": "struck", "reason": {"code": "OTHER"}})]
    )
    ward.session.refresh()
    reasons = [r.reason for r in log_rows(ward.session, place)]
    assert reasons[1] is not None


def test_repeats_that_were_struck_do_not_come_back(ward: Ward) -> None:
    kept, gone = (ward.session.add_event(ward.subject, "UNS") for _ in range(2))
    ward.session.append([Draft("strike", gone.path(), {"state": "struck", "reason": {"code": "OTHER"}})])
    ward.session.append([Draft("form", kept.path(), {"form": "IC"})])
    ward.session.refresh()
    data = ward.session.data(ward.subject)
    assert data.event_repeats["UNS"] == [kept.event_repeat]
    assert len(data.form_repeats[kept._replace(form="IC")]) == 1
    assert ward.session.event_label(gone) == "UNS#2"  # its number stays with it


def test_a_monitor_closes_own_queries_only(ward: Ward) -> None:
    query = ward.session.raise_query(ward.open("BL", "VS").key("PULSE_VSORRES"), "Counted?")
    folder = ward.session.vault.folder
    ward.session.add_person(
        "mon", "Monitor Zhao", "monitor", "copper-lantern-38-meadow", own_password=password("i01")
    )
    ward.session.close()
    with Session.open(folder, "mon", "copper-lantern-38-meadow") as monitor:
        own = monitor.raise_query(query.key, "And the position?")
        assert monitor.close_query(own.id).state == "Closed"
        with pytest.raises(PermissionDenied):
            monitor.close_query(query.id)


def test_the_text_of_an_item_that_is_not_there_is_empty(ward: Ward) -> None:
    vs = ward.open("BL", "VS")
    assert text_at(vs.state, ItemKey()) == ""


def test_a_log_in_that_cannot_be_recorded_opens_nothing(
    ward_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: OpenVault) -> dict[str, object]:
        raise StoreError("store.disk_full", place="study.db")

    monkeypatch.setattr(OpenVault, "login_content", full)
    with pytest.raises(StoreError):
        Session.open(ward_folder, "i01", password("i01"))
    monkeypatch.undo()
    with session_at(ward_folder) as session:  # the lock is free again
        assert session.person.login == "i01"


@pytest.mark.parametrize("site", ["1", "001", "AB", ""])
def test_a_site_is_two_digits(tmp_path: Path, site: str) -> None:
    with pytest.raises(InputRefused):
        create(
            tmp_path / "w.mda5", site=site, name="Ward", login="wang", person="Wang", role="investigator",
            password="lantern orchard pebble quiet maple river",
        )  # fmt: skip
    assert not (tmp_path / "w.mda5").exists()
