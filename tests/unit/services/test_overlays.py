"""The centre changes a check: who may, what is refused in words, and what follows in its own vault."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from mda5_crf.db import overlays as acts
from mda5_crf.db.records import Draft
from mda5_crf.db.verify import verify
from mda5_crf.errors import InputRefused, LoginRefused, PermissionDenied
from mda5_crf.services import overlays
from mda5_crf.services.auditfilter import AuditFilter, group_of
from mda5_crf.services.lines import lines_of
from mda5_crf.services.session import Session
from mda5_crf.study.overlay import targets
from mda5_crf.text import Text
from tests.vaults import password
from tests.wards import NOW, Clock, built, session_at

WHY = Text("Too many questions", "质疑过多")
TODAY = date(2026, 9, 1)
INVESTIGATOR = ("i01", password("i01"))


@pytest.fixture(scope="module")
def kept_centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Session, Clock]]:
    """A data manager at the centre; tests withdraw what they set."""
    folder = Path(shutil.copytree(built("00", "Centre"), tmp_path_factory.mktemp("centre") / "c.mda5"))
    clock = Clock()
    with session_at(folder, "d02", clock) as session:
        yield session, clock


@pytest.fixture
def centre(kept_centre: tuple[Session, Clock]) -> Iterator[Session]:
    session, clock = kept_centre
    clock.now = NOW
    yield session
    for one in overlays.standing(session.vault.store):
        end(session, one.id)


def make(session: Session, check: str = "AE-05", action: str = "off", **more: Any) -> overlays.Line:  # noqa: ANN401
    told: dict[str, Any] = {"start": TODAY, "until": None, "reason": WHY, "second": INVESTIGATOR, **more}
    told.setdefault("own_password", password("d02"))
    start, until, reason = (told.pop(name) for name in ("start", "until", "reason"))
    return overlays.set_overlay(session, check, action, start, until, reason, **told)


def end(session: Session, overlay: str) -> overlays.Line:
    return overlays.withdraw(session, overlay, WHY, own_password=password("d02"), second=INVESTIGATOR)


@pytest.mark.requirement("E6-3")
def test_a_change_is_in_force_audited_and_proves(centre: Session) -> None:
    before = centre.study
    line = make(centre, "AE-05", "warning", until=TODAY + timedelta(days=30))
    assert (line.state, line.person, line.second) == ("holds", "Wang Fang", "Li Na")
    assert centre.study is not before and centre.study.hash == before.hash
    assert next(c for c in centre.study.forms["AE"].checks if c.oid == "AE-05").severity == "warning"
    assert centre.definition is before or centre.definition.hash == before.hash
    record = centre.vault.journal.get(line.id)
    assert record is not None and record.data["tried"] == [centre.definition.hash]
    assert verify(centre.vault.store) == []
    trail = centre.audit.page(AuditFilter(kinds=("overlay",))).lines
    assert trail[0].record == line.id and trail[0].new.en == "AE-05: a warning, 2026-09-01 – 2026-10-01"
    assert WHY.zh in trail[0].reason.zh
    assert group_of("overlay") == "system"
    gone = end(centre, line.id)
    assert gone.state == "withdrawn" and WHY.zh in gone.state_words.zh
    assert centre.study.overlays == () and overlays.standing(centre.vault.store) == ()
    assert verify(centre.vault.store) == []


def test_nothing_is_kept_of_states_from_before(centre: Session) -> None:
    kept = lines_of(centre)._definition()
    line = make(centre)
    assert lines_of(centre)._definition() != kept
    end(centre, line.id)
    assert lines_of(centre)._definition() == kept


def test_it_begins_and_ends_overnight_by_itself(centre: Session, kept_centre: tuple[Session, Clock]) -> None:
    clock = kept_centre[1]
    make(centre, start=TODAY + timedelta(days=1), until=TODAY + timedelta(days=2))
    held = []
    for day in range(4):
        clock.now = NOW + timedelta(days=day)
        centre.check_clock()
        held.append((bool(centre.study.overlays), overlays.listed(centre)[-1].state))
    assert held == [(False, "waits"), (True, "holds"), (True, "holds"), (False, "over")]


@pytest.mark.parametrize(
    "check, action, more, code",
    [
        ("NO-SUCH", "off", {}, "overlay.said"),
        ("TYPE", "off", {}, "overlay.said"),
        ("IC-01", "off", {}, "overlay.said"),
        ("AE-05", "softer", {}, "overlay.said"),
        ("AE-05", "query", {}, "overlay.same"),
        ("AE-05", "off", {"start": TODAY - timedelta(days=1)}, "overlay.past"),
        ("AE-05", "off", {"until": TODAY - timedelta(days=1)}, "overlay.days_order"),
        ("AE-05", "off", {"reason": Text("Why", " ")}, "overlay.reason_needed"),
        ("AE-05", "off", {"second": ("", "")}, "overlay.second_needed"),
    ],
)
def test_what_is_refused_is_said(
    centre: Session, check: str, action: str, more: dict[str, Any], code: str
) -> None:
    heads = centre.vault.journal.heads()
    with pytest.raises(InputRefused) as caught:
        make(centre, check, action, **more)
    assert caught.value.code == code and caught.value.in_("en") != caught.value.in_("zh")
    assert centre.vault.journal.heads() == heads


def test_the_second_person_must_be_another_who_may(centre: Session) -> None:
    for second in (("n07", password("n07")), ("a03", password("a03"))):
        with pytest.raises(PermissionDenied) as caught:
            make(centre, second=second)
        assert caught.value.code == "overlay.pair"
    with pytest.raises(LoginRefused):
        make(centre, second=("i01", "wrong"))
    with pytest.raises((InputRefused, PermissionDenied)):
        make(centre, second=("d02", password("d02")))
    with pytest.raises(LoginRefused):
        make(centre, own_password="wrong")
    assert overlays.standing(centre.vault.store) == ()


def test_only_a_data_manager_of_the_centre(tmp_path: Path) -> None:
    centre = Path(shutil.copytree(built("00", "Centre"), tmp_path / "c.mda5"))
    with session_at(centre, "i01") as session, pytest.raises(PermissionDenied):
        make(session, own_password=password("i01"), second=("d02", password("d02")))
    with session_at(centre, "n07") as session:
        assert overlays.listed(session) == ()  # whoever may read may know
        with pytest.raises(PermissionDenied):
            make(session, own_password=password("n07"))
    ward = Path(shutil.copytree(built(), tmp_path / "w.mda5"))
    with session_at(ward, "d02") as session:
        with pytest.raises(InputRefused) as caught:
            make(session)
        assert caught.value.code == "overlay.centre_only"


def test_withdrawing_what_is_not_there(centre: Session) -> None:
    line = make(centre)
    end(centre, line.id)
    for name in (line.id, "nobody:1"):
        with pytest.raises(InputRefused) as caught:
            end(centre, name)
        assert caught.value.code == "overlay.not_there"


def test_a_record_in_a_wards_own_chain_changes_nothing(tmp_path: Path) -> None:
    """Whoever holds the key of a ward's vault can write one with another tool."""
    ward = Path(shutil.copytree(built(), tmp_path / "w.mda5"))
    with session_at(ward, "d02") as session:
        content = {
            "act": acts.SET, "check": "AE-05", "action": "off", "from": "2026-09-01", "until": "",
            "reason": {"en": "x", "zh": "甲"}, "tried": [], "sig": "AAAA",
            "second": {"person": session.person.id, "sig": "A" * 86 + "=="},
        }  # fmt: skip
        session.append([Draft("overlay", "", content)])
        session.lists_changed()
        assert session.study.overlays == () and overlays.listed(session) == ()
        assert {trouble.code for trouble in verify(session.vault.store)} == {"overlay_false", "consent_false"}


SOUND: dict[str, Any] = {
    "act": "set", "check": "AE-05", "action": "off", "from": "2026-09-01", "until": "2026-09-02",
    "reason": {"en": "x", "zh": "甲"}, "tried": ["ab"], "sig": "AAAA",
    "second": {"person": "p", "sig": "A" * 86 + "=="},
}  # fmt: skip
ENDED: dict[str, Any] = {
    **{name: SOUND[name] for name in ("reason", "sig", "second")}, "act": "withdrawn", "overlay": "c:9",
}  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        {**SOUND, "act": "other"}, {**SOUND, "act": 1}, {**SOUND, "more": ""}, {**SOUND, "check": ""},
        {**SOUND, "check": 7}, {**SOUND, "action": "softer"}, {**SOUND, "from": ""},
        {**SOUND, "from": "soon"},
        {**SOUND, "from": "20260901"}, {**SOUND, "from": "2026-13-01"}, {**SOUND, "until": "2026-08-31"},
        {**SOUND, "until": 3}, {**SOUND, "reason": "x"}, {**SOUND, "reason": {"en": "x", "zh": ""}},
        {**SOUND, "reason": {"en": 1, "zh": "x"}}, {**SOUND, "tried": "ab"}, {**SOUND, "tried": [1]},
        {**SOUND, "second": "p"}, {**ENDED, "overlay": "c9"}, {**ENDED, "overlay": 9}, {},
    ],
)  # fmt: skip
def test_content_is_read_strictly(content: dict[str, Any]) -> None:
    assert acts.OverlayAct.read(SOUND).until == date(2026, 9, 2)
    assert acts.OverlayAct.read(ENDED).overlay == "c:9"
    with pytest.raises(acts.OverlayRefused):
        acts.OverlayAct.read(content)


def test_a_change_that_means_nothing_here_says_so(centre: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """A later definition may lack the check, or guard it."""
    line = make(centre, "AE-05", "off")
    known = {oid: one for oid, one in targets(centre.definition).items() if oid != "AE-05"}
    monkeypatch.setattr("mda5_crf.study.overlay.targets", lambda _: known)
    centre.lists_changed()
    assert centre.study.overlays == ()
    strange = next(one for one in overlays.listed(centre) if one.id == line.id)
    assert strange.state == "strange" and "AE-05" in strange.state_words.zh
    assert strange.words.en.startswith(line.id)
