"""The same for the trial's own definition: remembered = fresh, after any history."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.data import SubjectData
from mda5_crf.study.evaluate import evaluate
from mda5_crf.study.model import Item, ItemType
from mda5_crf.study.plan import plan_of
from mda5_crf.study.reach import Parts, Reach
from mda5_crf.study.values import Entry
from tests.wards import trial

TODAY = date(2026, 9, 1)
ENTERED = {f.oid: [i for i in f.items.values() if not i.computed] for f in trial().forms.values()}
# What others are computed from shows mistakes; the many leaves of a form do not.
NOTHING = Reach(Parts(), None, ())
FEEDING = {
    oid: [i for i in items if len((plan_of(trial()).forms[oid].reach or {}).get(i.name, NOTHING).items) > 1]
    for oid, items in ENTERED.items()
}
FORMS = [oid for oid, items in ENTERED.items() if items]
ONCE = {event.oid for event in trial().events.values() if not event.repeating}
EVENTS = {f: [d.event for d in trial().due if d.form == f and d.event in ONCE] for f in trial().forms}
FORMS = [oid for oid in FORMS if EVENTS[oid]]
ROWS = [(f.oid, g.name) for f in trial().forms.values() for g in f.groups if g.repeating]
PLACES = [ItemKey("d1:1", event, "", form) for form, events in EVENTS.items() for event in events]
_DATES = [(TODAY - timedelta(days=n)).isoformat() for n in (0, 1, 30, 85, 190, 280)]


def texts(item: Item) -> st.SearchStrategy[str]:
    if item.codelist:
        return st.sampled_from([*[v.code for v in trial().codelists[item.codelist].values][:4], "", "?"])
    if item.type in (ItemType.DATE, ItemType.PARTIAL_DATE):
        return st.sampled_from([*_DATES, "", "2026-08"])
    return st.sampled_from(["1", "5", "<5", "60", "180", "x", ""])


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[ItemKey, str, ItemKey]]:
    """Edits that stay with a few forms: a second look at the same form is what remembering is for."""
    chosen = draw(st.lists(st.sampled_from(FORMS), min_size=1, max_size=3))
    return [
        (*draw(edits(draw(st.sampled_from(chosen)))), draw(st.sampled_from(PLACES)))
        for _ in range(draw(st.integers(2, 12)))
    ]


@st.composite
def edits(draw: st.DrawFn, form: str) -> tuple[ItemKey, str]:
    item = draw(st.sampled_from((FEEDING[form] or ENTERED[form]) if draw(st.booleans()) else ENTERED[form]))
    event = draw(st.sampled_from(EVENTS[item.form]))
    group = next(g for g in trial().forms[item.form].groups if g.name == item.group)
    row = draw(st.sampled_from(["d1:8", "d1:9"])) if group.repeating else ""
    return ItemKey("d1:1", event, "", item.form, "", item.group, row, item.name), draw(texts(item))


def begun() -> SubjectData:
    """A participant with a first dose and open gates, so that most of the definition is alive."""
    data = SubjectData("d1:1", "01-001", "01")
    for form, group in ROWS:
        for row in ("d1:8", "d1:9"):
            data.add_row(ItemKey("d1:1", EVENTS[form][0], "", form, "", group), row)
    rows = next(group for form, group in ROWS if form == "EX")
    data.put(ItemKey("d1:1", "LOG", "", "EX", "", rows, "d1:8", "ECSTDAT"), Entry(_DATES[4]))
    for form, events in EVENTS.items():
        for item in trial().forms[form].items.values():
            if item.name.endswith(("PERF", "OCCUR")) and not item.computed and form != "EX":
                for event in events:
                    data.put(ItemKey("d1:1", event, "", form, "", item.group, "", item.name), Entry("Y"))
    return data


@given(histories())
def test_what_is_remembered_of_the_trial_never_shows(history: list[tuple[ItemKey, str, ItemKey]]) -> None:
    data, plain = begun(), begun()
    touched: set[ItemKey] = set()
    for key, text, looked_at in history:
        data.put(key, Entry(text) if text else None)
        touched |= {key.form_key(), looked_at}
        for form in touched:
            evaluate(trial(), data, form, TODAY)
    for key, text, _ in history:
        plain.put(key, Entry(text) if text else None)
    watched = touched | {ItemKey("d1:1", e, "", f) for e, f in (("W24", "TIS"), ("SCR", "IE"), ("BL", "VS"))}
    for form in watched:
        assert evaluate(trial(), data, form, TODAY) == evaluate(trial(), plain, form, TODAY)
