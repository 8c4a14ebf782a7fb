"""What the scenes beside the definition cannot say about its checks: together they leave good data alone.

Every single check has its scenes in ``cases/`` (``test_trial_cases``); here stand the whole participants, the
severities of the trial's two lists, the switches, and how many answers a baseline takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache

import pytest

from mda5_crf.itemkey import ItemKey
from mda5_crf.study.evaluate import evaluate
from mda5_crf.study.model import Severity
from mda5_crf.study.schedule import due_forms
from mda5_crf.study.state import Finding, FormState
from mda5_crf.study.values import Entry
from tests.unit.study.clean import Clean, at_day_one, completer, day, departed
from tests.unit.study.trial_reference import all_items, checks, study

NO_CHECK_OF_A_FORM = {
    "SV-01": "scheduling: a visit exists once, by its key", "DM-01": "enrolment gives a number once",
    "LBH-04": "reading: a unit the analyte does not have is no value", "LBC-04": "as LBH-04",
    "LBI-04": "as LBH-04", "LBI-07": "no analyte of LBI has a CTCAE term", "CM-04": "links: finding LINK",
}  # fmt: skip

PARTS = {  # parts of a rule that have another severity than the rule
    "IE-10.AST": Severity.WARNING, "DH-01.UNDECIDED": Severity.QUERY,
    "LBH-03.SOFT": Severity.SOFT, "LBC-03.SOFT": Severity.SOFT, "LBI-03.SOFT": Severity.SOFT,
    "LBU-03.SOFT": Severity.SOFT, "LBR-03.SOFT": Severity.SOFT,
}  # fmt: skip

OWN = {  # rules without an id in the lists: named after their item, or this build's own
    "ABG.ABGREASND.REQUIRED": "hard", "AE.AEDIS.QUERY": "query", "AE.AEENDAT.REQUIRED": "hard",
    "AE.AESDTH.QUERY": "query", "AESI.AESIDECH.QUERY": "query", "AESI.HZDISS.WARNING": "warning",
    "BS.BSPERF.ROWS": "query", "BS.BSSTDT.HARD": "hard", "CM.CMENDAT.REQUIRED": "hard",
    "DD.DDREL.QUERY": "query", "DV.DVYN.QUERY": "query", "GC.CMSTDAT.PARTIAL": "query",
    "EX.ECDOSFRQ.HARD": "hard", "EX.ECDOSFRQ.SOFT": "soft", "EX.ECDOSU.HARD": "hard",
    "EX.ECROUTE.HARD": "hard", "HAQ.HAQAIDNO.REQUIRED": "hard", "HAQ.HAQHLPNO.REQUIRED": "hard",
    "HRCT.HRPNMED.QUERY": "query", "HRCT.HRPOS.WARNING": "warning", "HRCT.HRREAD.HARD": "hard",
    "IC-08": "query", "IE-17": "query", "IMACS.PTGAHELP.WARNING": "warning",
    "LBI.MDA5_LBMETHOD.REQUIRED": "hard", "LBI.MDA5_LBORRES.REQUIRED": "hard",
    "LBI.MDA5_LBTITRE.REQUIRED": "hard", "LBI.OTHMSA_LBORRES.QUERY": "query", "LBP.LBSPEC.QUERY": "query",
    "LBR-05": "hard", "LBR-08": "hard", "LBS.SYPH_LBORRES.QUERY": "query", "LBS.TBIMG.QUERY": "query",
    "LBS.TBPROPH.QUERY": "query", "LBU-05": "hard", "LBU-08": "hard", "LBU.UGLUC_LBORRES.STEP": "hard",
    "LBU.UPROT_LBORRES.STEP": "hard", "MH.MHENDAT.REQUIRED": "hard", "PR.PRYN.QUERY": "query",
    "PREG.PREGANOM.QUERY": "query", "SV-D1": "query", "SV-D1.BL": "warning",
    "VS.HEIGHT_VSORRES.REQUIRED": "hard", "GC.CMROUTE.HARD": "hard", "LBH.WBC_LBORRES.SOFT": "soft",
    "LBU-03": "hard", "LBR-03": "hard",
    **{f"HRCT.ICH_{zone}.HARD": "hard" for zone in ("RU", "RM", "RL", "LU", "LM", "LL")},
}  # fmt: skip

SEVERITY = {"H": Severity.HARD, "Q": Severity.QUERY, "S": Severity.SOFT, "W": Severity.WARNING}
PANELS = ("LBH", "LBC", "LBI")


@lru_cache(maxsize=1)
def listed() -> dict[str, set[Severity]]:
    """Every id of the two lists with its severities; LBx stands for the three panels."""
    found = {}
    for row in checks().values():
        for form in PANELS if row.oid.startswith("LBx") else ("",):
            severities = {SEVERITY[letter] for letter in row.severity.split("/")}
            found[row.oid.replace("LBx", form)] = severities
    return found


@lru_cache(maxsize=1)
def built() -> dict[str, set[Severity]]:
    """Every id of a check, and of a range that a rule names, with its severities."""
    found: dict[str, set[Severity]] = {}
    for form in study().forms.values():
        for check in form.checks:
            found.setdefault(check.oid, set()).add(check.severity)
    for item in all_items():
        for limits, severity in ((item.hard, Severity.HARD), (item.soft, Severity.SOFT)):
            if limits is not None and re.match(r"[A-Z]+-\d\d", limits.oid):
                found.setdefault(limits.oid, set()).add(severity)
    return found


def rule_of(oid: str) -> str:
    """The rule an id belongs to: itself, or what stands before its parts."""
    known = listed().keys() | OWN.keys()
    while oid not in known and "." in oid:
        oid = oid.rpartition(".")[0]
    return oid


def begun(one: Clean) -> Iterator[ItemKey]:
    """The instances of all forms that are filled, computed ones where they are due."""
    places = [ItemKey(one.data.subject, oid) for oid, event in study().events.items() if not event.repeating]
    repeats = one.data.event_repeats.items()
    places += [ItemKey(one.data.subject, oid, each) for oid, found in repeats for each in found]
    for place in places:
        for line in due_forms(study(), one.data, place, one.today):
            instances = one.data.form_repeats.get(line.key)
            keys = [line.key._replace(form_repeat=each) for each in instances or ("",)]
            entered = [key for key in keys if one.data.has_entries(key)]
            computed = all(item.computed for item in study().forms[line.key.form].items.values())
            visited = one.data.has_entries(line.key._replace(form="SV"))
            yield from entered or (keys if computed and line.required and visited else ())


def states(one: Clean) -> dict[ItemKey, FormState]:
    """Every filled form, evaluated."""
    return {key: evaluate(one.study, one.data, key, one.today) for key in begun(one)}


def raised(one: Clean) -> dict[str, list[str]]:
    """What the filled forms have to say: ``EVENT.FORM`` → ids of checks with their first item."""
    return {
        f"{key.event}.{key.form}": [_named(finding) for finding in state.findings]
        for key, state in states(one).items()
        if state.findings
    }


def _named(finding: Finding) -> str:
    return f"{finding.check} {finding.items[0].item if finding.items else ''}".strip()


def queries(one: Clean) -> list[str]:
    """The ids of all findings that become queries, over all forms."""
    return [
        f"{key.event} {finding.check}"
        for key, state in states(one).items()
        for finding in state.findings
        if finding.severity in (Severity.QUERY, Severity.HARD)
    ]


# -- whole participants ----------------------------------------------------------------------------


def test_the_two_participants_have_filled_every_form_that_is_due() -> None:
    filled = set()
    for one in (completer(), departed()):
        done = set(begun(one))
        filled |= {key.form for key in done}
        asked = {
            line.key
            for oid, event in study().events.items()
            if not event.repeating
            for line in due_forms(study(), one.data, ItemKey(one.data.subject, oid), one.today)
            if line.required
        }
        assert asked - {key._replace(form_repeat="") for key in done} == set()
    assert filled == set(study().forms)


def test_the_completer_raises_nothing() -> None:
    """Nothing: no query, no warning, not even a confirmation, over 180 forms of two years."""
    one = completer()
    assert raised(one) == {}
    assert len(list(begun(one))) > 175


def test_the_participant_who_dies_asks_for_three_confirmations() -> None:
    """Low oxygen and the jump of the HRCT score are confirmed with one key; nothing becomes a query."""
    one = departed()
    assert raised(one) == {
        "UNS.VS": ["VS.OXYSAT_VSORRES.SOFT OXYSAT_VSORRES"],
        "UNS.HRCT": ["HR-06 ICHSCORE"],
    }
    readings = [key for key in begun(one) if (key.event, key.form) == ("UNS", "HRCT")]
    assert len(readings) == 2
    severities = {finding.severity for state in states(one).values() for finding in state.findings}
    assert severities == {Severity.SOFT}


def test_on_day_one_nothing_is_asked_yet() -> None:
    assert raised(at_day_one()) == {}


def test_every_answer_of_the_two_participants_is_a_value() -> None:
    """A typing mistake in the participants themselves would make every other test here say less."""
    for one in (completer(), departed()):
        for key, state in states(one).items():
            assert state.answered == state.expected, key
            assert [k for k, item in state.items.items() if item.value.nonconformant] == []
            hidden = {k for k, item in state.items.items() if item.value.text and not item.relevant}
            assert hidden == set(), key


def test_a_late_visit_is_one_query() -> None:
    """The visit date says it; the measurements of that day do not say it again."""
    one = completer()
    moved = {
        key: entry for key, entry in one.data.entries.items() if key.event == "W4" and entry.text == day(29)
    }
    assert len(moved) > 15
    for key, entry in moved.items():
        one.data.put(key, replace(entry, text=day(40)))
    one.enter("W4", "FC", FCRUNDTM=f"{day(40)} 14:20")
    one.enter("W4", "DA", RETAMT_DAORRES="102")
    one.enter("W12", "DA", RETAMT_DAORRES="30")
    for row in one.data.rows[one.form("W4", "BS")._replace(group="SAMPLES")]:
        one.enter("W4", "BS", row, BSSTDT=f"{day(40)} 15:00")
    assert raised(one) == {"W4.SV": ["SV-02 SVSTDAT"]}


def test_a_measurement_on_another_day_is_one_query_a_form() -> None:
    one = completer()
    dates = {"VS": "VSDAT", "MMT": "MKDAT", "CDASI": "RSDAT", "PE": "PEDAT", "LBU": "LBDAT", "FC": "LBDAT"}
    for form, name in dates.items():
        one.enter("W12", form, **{name: day(89)})
    one.enter("W12", "FC", FCRUNDTM=f"{day(89)} 14:20")
    assert sorted(queries(one)) == sorted(
        ["W12 VS-01", "W12 FC-01", *("W12 SV-04" for form in dates if form != "VS")]
    )


@pytest.mark.parametrize("place, check", [("BL", "SV-D1.BL"), ("W4", "SV-D1"), ("W24", "SV-D1")])
def test_a_visit_says_that_the_first_dose_is_not_entered(place: str, check: str) -> None:
    one = completer()
    for row in tuple(one.data.rows[one.form("LOG", "EX")._replace(group="DOSING")]):
        one.data.strike_row(one.form("LOG", "EX")._replace(group="DOSING"), row)
    assert set(one.findings(place, "SV")) == {check}


def test_the_time_of_the_first_dose_belongs_to_the_first_row_that_counts() -> None:
    one = completer()
    group = one.form("LOG", "EX")._replace(group="DOSING")
    first = one.data.rows[group][0]
    one.add_row("LOG", "EX", "DOSING", "d1:901")
    later = one.data.rows[group][1]
    assert not one.item("LOG", "EX", "ECSTTIM", later).relevant
    one.data.strike_row(group, first)
    assert one.item("LOG", "EX", "ECSTTIM", later).relevant
    assert one.shown("LOG", "EX", "ECSPID", later) == "2"  # and keeps its number


ASKED_BY_A_CHECK = {  # items that no "required" asks for, but a check does
    "AE.AEENDAT", "CM.CMENDAT", "MH.MHENDAT", "CM.CMDOSE", "CM.CMDOSU", "EX.ECAENO", "HAQ.HAQAIDNO",
    "HAQ.HAQHLPNO", "LBI.MDA5_LBMETHOD", "LBI.MDA5_LBORRES", "LBI.MDA5_LBTITRE", "VS.HEIGHT_VSORRES",
    "MDAAT.COVAL",  # lungs judged without a lung test that day
}  # fmt: skip


def test_what_is_optional_may_be_left_out() -> None:
    """Each of the 300 optional answers, left out alone: only what a check asks for is asked for."""
    one, left_out, asked = completer(), 0, set()
    for key, state in states(one).items():
        for where, item in state.items.items():
            entry = one.data.get(where)
            limit = "_LBORNR" in where.item  # without its limits a result has no position, by intent
            if entry is None or item.required or limit:
                continue
            one.data.put(where, None)
            left_out += 1
            if evaluate(one.study, one.data, key, one.today).findings:
                asked.add(item.item.oid)
            one.data.put(where, entry)
    assert left_out > 280
    assert asked == ASKED_BY_A_CHECK


def test_what_may_be_missing_raises_no_query() -> None:
    """Each of 1,000 answers that may be unknown or not done, marked so alone."""
    one, marked, said = completer(), 0, set()
    for key, state in states(one).items():
        for where, item in state.items.items():
            entry, other = one.data.get(where), item.item.not_done_item
            if entry is None or not (item.item.missing or other):
                continue
            beside = one.key(key.event, key.form, other) if other and not item.item.missing else None
            if beside is None:
                one.data.put(where, Entry("", missing=item.item.missing[0]))
            else:
                beside = beside._replace(event_repeat=key.event_repeat)
                one.data.put(where, None)
                one.data.put(beside, Entry("NOT DONE"))
            marked += 1
            said |= {(f.check.partition(".")[0], str(f.severity)) for f in states_of(one, key).findings}
            one.data.put(where, entry)
            if beside is not None:
                one.data.put(beside, None)
    assert marked > 1000
    # The year of birth is needed; strength counts for the primary outcome; a category of HAQ uses the rest.
    assert said == {("DM-02", "hard"), ("MMT-01", "query"), ("HAQ-02", "warning")}


def states_of(one: Clean, key: ItemKey) -> FormState:
    """One form, evaluated now."""
    return evaluate(one.study, one.data, key, one.today)


DONE = re.compile(r"^(VS|PE|LB|FC|BS|RE|HR|ABG|EG|MK|RS|HAQ|TUM)PERF$")


def test_a_form_that_was_not_done_asks_for_its_reason_only() -> None:
    one, tried, said = completer(), 0, set()
    for key in list(begun(one)):
        items = study().forms[key.form].items
        done = next((name for name in items if DONE.match(name)), None)
        if done is None:
            continue
        before = {where: entry for where, entry in one.data.entries.items() if where.form_key() == key}
        for where in before:
            one.data.put(where, None)
        answers = {done: "N"} | {n: "OTHER" for n in items if n.endswith("REASND")}
        answers |= {"REREASND": "EQUIPMENT"} if key.form == "PFT" else {}
        for name, text in answers.items():
            one.data.put(key._replace(group=items[name].group, item=name), Entry(text))
        tried += 1
        said |= {f"{f.check} {f.items[0].item}" for f in states_of(one, key).findings}
        for where in [where for where in one.data.entries if where.form_key() == key]:
            one.data.put(where, None)
        for where, entry in before.items():
            one.data.put(where, entry)
    assert tried > 120
    # Contraception and the oxygen device are asked all the same; two measurements are needed for the trial.
    assert said == {"LBS-01 LBPERF", "MMT-01 MMT150", "REQUIRED RPCONTR", "REQUIRED O2DEV"}


# -- the lists of checks ---------------------------------------------------------------------------


def test_the_lists_have_220_checks() -> None:
    assert len(checks()) == 220
    letters = [row.severity for row in checks().values()]
    assert {letter: letters.count(letter) for letter in set(letters)} == {
        "H": 36, "Q": 152, "S": 4, "W": 26, "Q/W": 1, "H/S": 1,
    }  # fmt: skip


def test_every_check_of_the_lists_is_built_or_held_elsewhere() -> None:
    rules = {rule_of(oid) for oid in built()}
    assert set(listed()) - rules == set(NO_CHECK_OF_A_FORM)
    assert rules - set(listed()) == set(OWN)


@pytest.mark.parametrize("rule", sorted(set(listed()) - set(NO_CHECK_OF_A_FORM)))
def test_a_check_has_the_severity_of_the_list(rule: str) -> None:
    parts = {oid: severities for oid, severities in built().items() if rule_of(oid) == rule}
    assert parts
    for oid, severities in parts.items():
        own = PARTS.get(oid)
        if own is None:
            expected = listed()[rule] - {
                PARTS[part] for part in PARTS if part in parts and len(listed()[rule]) > 1
            }
        else:
            expected = {own}
        assert severities == expected, oid


def test_a_rule_without_an_id_in_the_lists_has_its_severity_too() -> None:
    for oid, severities in built().items():
        if rule_of(oid) in OWN:
            assert {str(severity) for severity in severities} == {PARTS.get(oid, OWN[rule_of(oid)])}, oid


OTHER_WORDS = {  # a rule at several items or of several sentences says each in its own words
    "IE-10", "IE-10.AST", "DH-01.UNDECIDED", "LBP-03.AFTER", "PFT-07.DLCO", "GC-03.NONE", "SV-04.IGRADAT",
    "IM-01.PHGA", "IM-01.PHDMG", "IM-01.PTGA",
}  # fmt: skip


def test_a_check_says_what_the_list_says() -> None:
    """Word for word; {item} and {grade} are filled in, MMT-03 says which of its two halves it means."""
    wrong = {}
    for form in study().forms.values():
        for check in form.checks:
            row = checks().get(re.sub(r"^LB[HCI]-", "LBx-", rule_of(check.oid))) or checks().get(
                rule_of(check.oid)
            )
            if row is None or check.oid in OTHER_WORDS or row.oid in ("LBx-07", "MMT-03"):
                continue
            if check.message != row.message:
                wrong[check.oid] = check.message.en
    assert wrong == {}
    stale = OTHER_WORDS - {check.oid for form in study().forms.values() for check in form.checks}
    assert stale == set()


ALREADY_SAID = {  # rules that look at another form and speak at once: only when that form has spoken
    "EX-03": "the enrolment date is known for weeks", "EX-01": "the dose stands here; a deviation excuses it",
    "EX-06": "two open rows, or the end of treatment is entered", "AE-04": "the first dose is entered",
    "AESI-01": "the linked event says no", "AESI-07": "the limits stand with the results",
    "CM-06": "the screening date is entered", "DV-01": "the end of study is entered",
    "SAE-04": "the linked event has its date",
}  # fmt: skip


def test_cross_form_and_presence_checks_wait_for_completion() -> None:
    """A sentence about another form must not appear while that form has not been reached yet."""
    early = {
        check.oid
        for form in study().forms.values()
        for check in form.checks
        if {ref.form for ref in check.fires.references if ref.form and ref.form != form.oid} - {"IC"}
        and not check.at_completion
    }
    assert early == set(ALREADY_SAID)


def test_checks_stand_at_items_of_their_form() -> None:
    for form in study().forms.values():
        for check in form.checks:
            assert set(check.items) <= set(form.items), check.oid


def test_a_check_of_a_log_is_asked_in_every_row() -> None:
    """Except what the header says about all rows, and CM-08, which looks for one row among them."""
    whole = {"AE-01", "CM-01", "CM-08", "DV.DVYN.QUERY", "MH-01", "PR.PRYN.QUERY"}
    logs = [form for form in study().forms.values() if form.log]
    assert len(logs) == 11
    assert {check.oid for form in logs for check in form.checks if check.per_row is None} == whole
    for form in logs:
        group = next(group.name for group in form.groups if group.repeating)
        assert {check.per_row for check in form.checks} <= {group, None}


# -- switches --------------------------------------------------------------------------------------


def switched(one: Clean, **settings: str) -> Clean:
    """The participant under the definition as a sponsor would switch it."""
    one.study = replace(study(), settings={**study().settings, **settings})
    return one


@pytest.mark.parametrize(
    "creatinine, frequency, fires",
    [
        ("121.5", "BID", True),  # (140 − 43) × 60 ÷ (72 × 121.5 ÷ 88.4) × 0.85 = 49.99 mL/min
        ("121.4", "BID", False),  # 50.03
        ("121.5", "QD", False),
    ],
)
def test_the_clearance_limit_decides_nothing_until_it_is_switched_on(
    creatinine: str, frequency: str, fires: bool
) -> None:
    def with_creatinine() -> Clean:
        one = completer()
        one.enter("W4", "LBC", CREAT_LBORRES=creatinine)
        last = one.data.rows[one.form("LOG", "EX")._replace(group="DOSING")][-1]
        one.enter("LOG", "EX", last, ECDOSFRQ=frequency)
        return one

    assert "LBC-11" not in with_creatinine().findings("W4", "LBC")
    on = switched(with_creatinine(), crcl_limit_decides="true")
    assert ("LBC-11" in on.findings("W4", "LBC")) is fires


@pytest.mark.parametrize("criterion", ["EXCL05", "EXCL07", "EXCL08"])
def test_a_safety_criterion_decides_only_when_it_is_switched_on(criterion: str) -> None:
    one = completer().enter("SCR", "IE", **{f"{criterion}_IEORRES": "Y"})
    assert "IE-14" not in one.findings("SCR", "IE")
    on = switched(one, **{f"{criterion.lower()}_decides": "true"})
    assert "IE-14" in on.findings("SCR", "IE")


def _sae(one: Clean, name: str) -> bool:
    row = one.data.rows[one.form("LOG", "SAE")._replace(group="ROWS")][0]
    return one.item("LOG", "SAE", name, row).relevant


def _zones(one: Clean) -> bool:
    reading = one.data.form_repeats[one.form("SCR", "HRCT")][0]
    return one.item("SCR", f"HRCT[{reading}]", "ICH_RU_G").relevant


SWITCHES: list[tuple[str, str, Callable[[Clean], object], object, object]] = [
    ("initials_allowed", "true", lambda one: one.item("SCR", "DM", "INITIALS").relevant, False, True),
    ("site_above_1000_m", "true", lambda one: one.item("SCR", "ABG", "BARO").relevant, False, True),
    ("sae_ethics_report", "false", lambda one: _sae(one, "SAEECDT"), True, False),
    ("dlco_hb_form", "B", lambda one: one.shown("SCR", "PFT", "DLCOHBC")[:5], "12.15", "12.21"),
    ("hrct_method", "NONE", _zones, True, False),
]


@pytest.mark.parametrize("name, value, seen, shipped, turned", SWITCHES, ids=lambda value: str(value)[:20])
def test_a_setting_of_the_definition_can_be_turned(
    name: str, value: str, seen: Callable[[Clean], object], shipped: object, turned: object
) -> None:
    assert seen(completer()) == shipped
    assert seen(switched(completer(), **{name: value})) == turned


# -- how much a baseline asks ----------------------------------------------------------------------


def test_a_baseline_takes_at_most_250_answers() -> None:
    """As docs/study.md counts: what is required by hand; a key that fills several is one."""
    one = completer()
    forms = "SV VS PE LBH LBC LBU LBI LBP FC BS MMT CDASI IMACS HAQ MDAAT DA LBR".split()
    seen = {form: one.state("BL", form) for form in forms}
    assert {form: state.expected for form, state in seen.items()} == {
        "SV": 3, "VS": 12, "PE": 17, "LBH": 14, "LBC": 45, "LBU": 9, "LBI": 15, "LBP": 5, "FC": 21, "BS": 10,
        "MMT": 18, "CDASI": 84, "IMACS": 8, "HAQ": 24, "MDAAT": 17, "DA": 4, "LBR": 3,
    }  # fmt: skip
    by_key = keys = 0
    for form, state in seen.items():
        limits = [k for k, item in state.items.items() if item.required and "_LBORNR" in k.item]
        keys += bool(limits)
        by_key += len(limits)
        for group in (group for group in study().forms[form].groups if group.zero_row):
            for axis in group.rows:
                cells = [
                    i for i in state.items.values() if i.item.group == group.name and i.item.row == axis.code
                ]
                normal = [i for i in cells if i.required and i.value.text == group.zero_row]
                keys += bool(normal)
                by_key += len(normal)
    none_ticks = 2  # "none of these" under the aids and the help of HAQ, asked by a check
    answers = sum(state.answered for state in seen.values()) - by_key + keys + none_ticks
    assert answers == 241
    assert answers <= 250


def test_the_first_rows_of_the_dosing_logs_are_short() -> None:
    one = at_day_one()
    for form, most in (("EX", 10), ("GC", 6)):
        assert one.state("LOG", form).expected == most


def test_today_is_no_part_of_a_clean_participant() -> None:
    """Nothing that was right turns wrong by waiting."""
    later = completer()
    later.today = date(2031, 1, 1)
    assert raised(later) == {}
