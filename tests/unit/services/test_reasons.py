"""Why a complete form changes: asked once for all linked edits of an act, the same on each of its records."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mda5_crf.db.records import AuditRecord, Draft
from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Changes, Reason, ReasonRequired
from mda5_crf.services.entry import EntrySession
from mda5_crf.services.limits import LimitOffer
from mda5_crf.study.model import Form, ItemGroup
from tests.scenario import Ward

WHY = Reason("OTHER", "transcribed from the wrong sheet")
BLOCK = "MHTERM\tMHSTDAT\nasthma\t2019\ngout\t2020"


def at(ward: Ward, form: Form) -> ItemKey:
    event = next(due.event for due in ward.session.study.due if due.form == form.oid)
    return ItemKey(ward.subject, event, "", form.oid)


def group_with(ward: Ward, has: Callable[[ItemGroup], object]) -> tuple[Form, ItemGroup]:
    forms = [form for form in ward.session.study.forms.values() if not form.repeating]
    return next((form, group) for form in forms for group in form.groups if has(group))


def begun(ward: Ward, form: Form) -> ItemKey:
    """Its first question, which opens the others, answered yes."""
    key, first = at(ward, form), next(iter(form.items.values()))
    if first.name.endswith(("PERF", "YN")):
        ward.session.entry(key).set_value(key._replace(group=first.group, item=first.name), "Y")
    return key


def completed(ward: Ward, form: Form) -> EntrySession:
    """A form that counts as complete with nothing in it, so that everything entered is a change of it."""
    key = begun(ward, form)
    ward.session.append([Draft("status", key.path(), {"status": "complete"})])
    ward.session.refresh()
    entry = ward.session.entry(key)
    assert entry.needs_reason
    return entry


def paste(ward: Ward) -> tuple[EntrySession, Callable[[Reason | None], Changes]]:
    entry = completed(ward, ward.session.study.forms["MH"])
    group = next(one.name for one in entry.form.groups if one.repeating)
    plan = entry.paste_plan(group, BLOCK)
    return entry, lambda reason: entry.take_paste(plan, reason)[1]


def zero_row(ward: Ward) -> tuple[EntrySession, Callable[[Reason | None], Changes]]:
    form, group = group_with(ward, lambda one: one.zero_row is not None)
    row = next(item.row for item in group.items if item.row)
    entry = completed(ward, form)
    return entry, lambda reason: entry.zero_row(group.name, str(row), reason)


def rest(ward: Ward) -> tuple[EntrySession, Callable[[Reason | None], Changes]]:
    forms = [form for form in ward.session.study.forms.values() if not form.repeating]
    offers = [
        (form, ward.session.entry(begun(ward, form)).rest_offer(group.name))
        for form in forms
        for group in form.groups
        if not group.repeating
    ]
    chosen, offer = next((form, offer) for form, offer in offers if len(offer.cells) > 1)
    entry = completed(ward, chosen)
    return entry, lambda reason: entry.rest(offer, reason)


def limits(ward: Ward) -> tuple[EntrySession, Callable[[Reason | None], Changes]]:
    entry = completed(ward, ward.session.study.forms["LBC"])
    items = entry.form.items
    result, low, high = (
        entry.key._replace(group=items[f"CK_{name}"].group, item=f"CK_{name}")
        for name in ("LBORRES", "LBORNRLO", "LBORNRHI")
    )
    offers = [LimitOffer(result, low, high, "40", "200", "U/L", "list")]
    return entry, lambda reason: entry.take_limits(reason, offers)


def many(ward: Ward) -> tuple[EntrySession, Callable[[Reason | None], Changes]]:
    entry = completed(ward, ward.session.study.forms["VS"])
    names = {"VSDAT": "2026-08-30", "SYSBP_VSORRES": "120", "DIABP_VSORRES": "80"}
    items = entry.form.items
    texts = {entry.key._replace(group=items[name].group, item=name): text for name, text in names.items()}
    return entry, lambda reason: entry.set_values(texts, reason)


def written(ward: Ward, before: int) -> list[AuditRecord]:
    """What the act wrote, queries that follow from it aside."""
    device = ward.session.device
    return [r for r in ward.session.vault.journal.above({device: before}) if r.kind != "query"]


@pytest.mark.requirement("P11-5", "FDA-9", "E6-2")
@pytest.mark.parametrize("batch", [paste, zero_row, rest, limits, many])
def test_linked_edits_have_one_reason(
    ward: Ward, batch: Callable[[Ward], tuple[EntrySession, Callable[[Reason | None], Changes]]]
) -> None:
    entry, act = batch(ward)
    before = ward.session.vault.journal.heads()[ward.session.device][0]
    with pytest.raises(ReasonRequired):
        act(None)
    for refused in (Reason("OTHER"), Reason("OTHER", "  "), Reason("NOBODY", "x")):
        with pytest.raises(InputRefused):
            act(refused)
    assert written(ward, before) == []
    act(WHY)
    records = written(ward, before)
    assert len(records) > 1
    assert {(r.data["reason"]["code"], r.data["reason"]["text"]) for r in records} == {(WHY.code, WHY.text)}
    assert {r.at for r in records} == {records[0].at}
    assert entry.sitting_reason == WHY and not entry.needs_reason


def test_striking_reopening_and_confirming_need_words_too(ward: Ward) -> None:
    log = ward.open("LOG", "CM")
    group = next(one.name for one in log.entry.form.groups if one.repeating)
    row = log.entry.key._replace(group=group, group_repeat=log.new_row(group).row[group])
    for reason in (Reason("OTHER"), Reason("NOBODY", "x")):
        with pytest.raises(InputRefused):
            log.entry.strike_row(row, reason)
        with pytest.raises(InputRefused):
            log.entry.reopen(reason)
    vs = ward.open("BL", "VS").enter_all(VSPERF="Y", SYSBP_VSORRES="80", DIABP_VSORRES="95")
    with pytest.raises(InputRefused):
        vs.entry.confirm(vs.key("DIABP_VSORRES"), "VS-02", Reason("OTHER"))
    assert log.entry.rows(group) == [row.group_repeat] and vs.findings()
