"""Source data verification: who may, what is refused, what a later change undoes, when a form is verified."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mda5_crf.db import projection
from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.sdv import CHANGED, VERIFIED, report
from mda5_crf.services.session import Session
from mda5_crf.study.model import Sdv
from tests.monitored import Site
from tests.scenario import Ward

ANSWERS = {"VSPERF": "Y", "VSDAT": "2026-09-01", "PULSE_VSORRES": "72", "TEMP_VSORRES": "36.5"}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A ward with a monitor and some vital signs."""
    made = Site(tmp_path / "ward.mda5")
    with made.ward("n07") as ward:
        ward.open("BL", "VS").enter_all(**ANSWERS)
    return made


def vs(session: Session) -> ItemKey:
    return Ward(session, session.subjects()[0].identity).open("BL", "VS").entry.key


def item(session: Session, name: str) -> ItemKey:
    return Ward(session, session.subjects()[0].identity).open("BL", "VS").key(name)


@pytest.mark.requirement("P11-8")
@pytest.mark.parametrize("login", ["n07", "i01", "d02"])
def test_nobody_but_a_monitor_verifies(site: Site, login: str) -> None:
    with site.at(login) as session:
        for act in (
            lambda: session.verify_source([item(session, "PULSE_VSORRES")]),
            lambda: session.withdraw_verification(item(session, "PULSE_VSORRES"), "by mistake"),
        ):
            with pytest.raises(PermissionDenied):
                act()
        assert session.sdv(vs(session)).done == 0


@pytest.mark.parametrize("name", ["WEIGHT_VSORRES", "BMI", "NO_SUCH"])
def test_only_an_answer_that_somebody_entered_is_verified(site: Site, name: str) -> None:
    with site.at("m04") as monitor:
        key = item(monitor, "PULSE_VSORRES")
        form = monitor.study.forms["VS"]
        group = form.items[name].group if name in form.items else key.group
        with pytest.raises(InputRefused):
            monitor.verify_source([key._replace(group=group, item=name)])
        with pytest.raises(InputRefused):
            monitor.verify_source([ItemKey(key.subject, "W24")])
        with pytest.raises(InputRefused):
            monitor.withdraw_verification(key, "never done")
        assert list(monitor.vault.journal.records(kinds=("verify",))) == []


@pytest.mark.requirement("E6-8", "CN-2")
def test_a_mark_holds_until_the_answer_changes_and_no_longer(site: Site) -> None:
    with site.at("m04") as monitor:
        key = item(monitor, "PULSE_VSORRES")
        assert monitor.sdv_mark(key) is None
        assert monitor.verify_source([key]) == 1
        assert monitor.verify_source([key]) == 0, "once is enough"
        mark = monitor.sdv_mark(key)
        assert mark is not None and (mark.state, mark.person) == (VERIFIED, "Monitor Zhao")
        assert monitor.verify().troubles == ()
    with site.ward("n07") as ward:
        ward.open("BL", "VS").enter("PULSE_VSORRES", "73")
        assert ward.session.sdv_mark(key).state == CHANGED  # type: ignore[union-attr]
        ward.open("BL", "VS").enter("PULSE_VSORRES", "72")
        assert ward.session.sdv_mark(key).state == CHANGED, "the same digits are another record"  # type: ignore[union-attr]
        assert ward.session.sdv(key).changed == 1
    with site.at("m04") as monitor:
        assert monitor.sdv_mark(key).state == CHANGED  # type: ignore[union-attr]
        assert monitor.verify_source([key]) == 1
        assert monitor.sdv_mark(key).state == VERIFIED  # type: ignore[union-attr]
        with pytest.raises(InputRefused):
            monitor.withdraw_verification(key, "  ")
        monitor.withdraw_verification(key, "wrong chart")
        assert monitor.sdv_mark(key) is None
        assert monitor.verify_source([key]) == 1
        assert monitor.verify().troubles == ()
        with monitor.vault.store.transaction() as tx:
            before = projection.dump(tx)
            projection.rebuild(tx)
            assert projection.dump(tx) == before


def test_a_form_is_verified_when_its_level_is_met_and_falls_back_by_itself(site: Site) -> None:
    with site.ward() as ward:
        form = ward.open("BL", "VS")
        form.enter_all(
            VSTIM="09:30", VSPOS=_first(ward, "VSPOS"), SYSBP_VSORRES="120", DIABP_VSORRES="80",
            RESP_VSORRES="16", TEMP_VSLOC=_first(ward, "TEMP_VSLOC"), OXYSAT_VSORRES="98", OXYSAT_VSO2="N",
                WEIGHT_VSORRES="60", MRCGR=_first(ward, "MRCGR"),
        )  # fmt: skip
        done = form.complete()
        assert done.done, [(f.check, f.items) for f in done.blocking]
    with site.at("m04") as monitor:
        key = vs(monitor)
        count = monitor.sdv(key)
        assert (count.level, count.done, count.met) == (Sdv.ALL, 0, False)
        assert monitor.verify_source([key]) == count.wanted
        assert monitor.sdv(key).met
        assert monitor.state(key).status == "verified"
        nodes = [form for node in monitor.tree(key.subject) for form in node.forms if form.key == key]
        assert [node.status for node in nodes] == ["verified"]
        assert monitor.sdv(ItemKey(key.subject)).done == count.wanted
        assert report(monitor, [key.subject]) == [("01-001", monitor.sdv(key))]


def _first(ward: Ward, name: str) -> str:
    study = ward.session.study
    return study.codelists[study.forms["VS"].items[name].codelist or ""].values[0].code


def test_levels_ask_for_all_for_key_items_or_for_nothing(site: Site) -> None:
    with site.at("m04") as monitor:
        key, study = vs(monitor), monitor.study
        form = study.forms["VS"]
        pulse = replace(form.items["PULSE_VSORRES"], key=True)
        groups = tuple(
            replace(g, items=tuple(pulse if i.name == pulse.name else i for i in g.items))
            for g in form.groups
        )
        wanted = {}
        for level in (Sdv.ALL, Sdv.KEY, Sdv.NONE, None):
            changed = replace(form, groups=groups, items={**form.items, pulse.name: pulse}, sdv=level)
            monitor.study = replace(
                study, forms={**study.forms, "VS": changed}, settings={**study.settings, "sdv": "key"}
            )
            wanted[level] = monitor.sdv(key).wanted
        assert wanted == {Sdv.ALL: len(ANSWERS), Sdv.KEY: 1, Sdv.NONE: 0, None: 1}
        assert not monitor.sdv(key).met, "nothing done is not met"


def test_a_verified_form_that_changes_is_complete_again(site: Site) -> None:
    with site.ward() as ward:
        form = ward.open("BL", "VS")
        form.enter("VSPERF", "N").enter("VSREASND", _first(ward, "VSREASND"))
        for name in ("VSDAT", "PULSE_VSORRES", "TEMP_VSORRES"):
            form.enter(name, "")
        assert form.complete().done
    with site.at("m04") as monitor:
        key = vs(monitor)
        assert monitor.state(key).status == "complete"
        monitor.verify_source([key])
        assert monitor.state(key).status == "verified"
    with site.ward() as ward:
        form = ward.open("BL", "VS")
        assert form.state.status == "verified"
        other = [c.code for c in ward.session.study.codelists["REASND"].values][1]
        form.enter("VSREASND", other, because="misread")
        assert form.state.status == "complete"
        ward.session.refresh()
        assert ward.session.state(key).status == "complete"
