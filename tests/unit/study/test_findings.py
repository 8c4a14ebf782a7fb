"""What findings say, what blocks, what a confirmation holds for, and why a finding is there."""

from __future__ import annotations

import pytest

from mda5_crf.study.evaluate import evaluate
from mda5_crf.study.explain import Reading, explain
from mda5_crf.study.model import Severity, Study
from mda5_crf.study.state import Finding, worst
from mda5_crf.study.values import Entry
from mda5_crf.text import Text, both
from tests.unit.study.participant import TODAY, Participant, item, mini_study, one_form, study_of


def limits(kind: str, more: str, text: str, extra: str = "") -> Finding | None:
    """The one finding of an item ``A`` for a text."""
    study = study_of("T", one_form(item("A", kind, more) + extra))
    one = Participant(study).enter("SCR", "IC", RFICDAT="2026-01-02").enter("W4", "T", A=text)
    found = [f for f in one.state("W4", "T").findings if f.check != "REQUIRED"]
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.parametrize(
    "kind, more, text, en, zh",
    [
        ("integer", "hard = [50, 300]", "49", "A en must be between 50 and 300", "A中文必须在50至300之间"),
        ("integer", 'hard = [50, ""]', "49", "A en must be 50 or more", "A中文必须不小于50"),
        ("integer", 'hard = ["", 300]', "301", "A en must be 300 or less", "A中文必须不大于300"),
        (
            "integer",
            'unit = "mmHg"; hard = [50, 300]',
            "301",
            "A en must be between 50 and 300 mmHg",
            "A中文必须在50至300 mmHg之间",
        ),
        (
            "date",
            'hard = ["RFICDAT", "today"]',
            "2026-08-24",
            "A en must be today or earlier",
            "A中文必须是今天或更早",
        ),
        (
            "date",
            'hard = ["RFICDAT", "today"]',
            "2026-01-01",
            "A en must be 2026-01-02 or later",
            "A中文必须是2026-01-02或更晚",
        ),
        (
            "partial_date",
            'hard = ["", "today"]',
            "2026-09",
            "A en must be today or earlier",
            "A中文必须是今天或更早",
        ),
        (
            "decimal",
            "soft = [0.5, 2]",
            "3",
            "A en is usually 0.5–2. Check it, or press F8 to confirm",
            "A中文通常为0.5–2，请核对，或按 F8 确认",
        ),
        (
            "decimal",
            'unit = "U/L"; soft = [10, 10000]',
            "5",
            "A en is usually 10–10000 U/L. Check it, or press F8 to confirm",
            "A中文通常为10–10000 U/L，请核对，或按 F8 确认",
        ),
        (
            "decimal",
            'unit = "mg"; soft = [5, 5]',
            "10",
            "A en is usually 5 mg. Check it, or press F8 to confirm",
            "A中文通常为5 mg，请核对，或按 F8 确认",
        ),
        (
            "decimal",
            'soft = [5, ""]',
            "4",
            "A en is usually 5 or more. Check it, or press F8 to confirm",
            "A中文通常不小于5，请核对，或按 F8 确认",
        ),
        (
            "decimal",
            'soft = ["", 5]',
            "6",
            "A en is usually 5 or less. Check it, or press F8 to confirm",
            "A中文通常不大于5，请核对，或按 F8 确认",
        ),
        (
            "date",
            'soft = ["RFICDAT", ""]',
            "2026-01-01",
            "A en is usually 2026-01-02 or later. Check it, or press F8 to confirm",
            "A中文通常是2026-01-02或更晚，请核对，或按 F8 确认",
        ),
        (
            "date",
            'soft = ["", "RFICDAT"]',
            "2026-01-03",
            "A en is usually 2026-01-02 or earlier. Check it, or press F8 to confirm",
            "A中文通常是2026-01-02或更早，请核对，或按 F8 确认",
        ),
        (
            "decimal",
            "decimals = 1; comparator = true; hard = ['10 / 3', '']",
            "<3",
            "A en must be 3.3 or more",
            "A中文必须不小于3.3",
        ),
    ],
)
def test_limits_say_what_to_do(kind: str, more: str, text: str, en: str, zh: str) -> None:
    finding = limits(kind, more, text)
    assert finding is not None
    assert finding.message == Text(en, zh)
    assert finding.blocks and not finding.at_completion


@pytest.mark.parametrize(
    "kind, more, text",
    [
        ("integer", "hard = [50, 300]; soft = [50, 300]", "50"),
        ("integer", "hard = [50, 300]; soft = [50, 300]", "300"),
        ("decimal", "comparator = true; hard = [0, 300]", "<5"),  # not decided
        ("decimal", "comparator = true; soft = [4, 300]", "<5"),
        ("date", 'hard = ["RFICDAT", "today"]', "2026-01-02"),
        ("date", 'hard = ["RFICDAT", "today"]', "2026-08-23"),
        ("partial_date", 'hard = ["", "today"]', "2026-08"),  # today never leaves a date open
        ("partial_date", 'soft = ["RFICDAT", ""]', "2026-01"),
        ("date", 'hard = ["D1", ""]', "1990-01-01"),  # day 1 is not known: no limit
    ],
)
def test_what_lies_on_a_limit_or_is_not_decided_is_no_finding(kind: str, more: str, text: str) -> None:
    assert limits(kind, more, text) is None


def test_outside_the_hard_range_says_it_all() -> None:
    finding = limits("integer", "hard = [50, 300]; soft = [90, 160]", "20")
    assert finding is not None and finding.severity is Severity.HARD


def test_a_limit_that_is_another_item() -> None:
    extra = item("B", "decimal", 'decimals = 2; hard = ["A", ""]')
    study = study_of("T", one_form(item("A", "decimal") + extra))
    one = Participant(study).enter("W4", "T", A="3.456", B="2")
    assert one.findings("W4", "T")["T.B.HARD"].message.en == "B en must be 3.456 or more"
    one.enter("W4", "T", A="2")
    assert one.findings("W4", "T") == {}
    one.enter("W4", "T", A="none")
    assert set(one.findings("W4", "T")) == {"TYPE"}


def test_required_items_speak_at_completion() -> None:
    one = Participant(study_of("T", one_form(item("A", "decimal", "required = true"))))
    (finding,) = one.state("W4", "T").findings
    assert (finding.check, finding.severity, finding.at_completion, finding.blocks) == (
        "REQUIRED",
        Severity.HARD,
        True,
        True,
    )
    assert finding.message == Text("Enter A en", "请填写A中文")
    vs = Participant().state("W4", "VS").findings[0]
    assert vs.message == Text('Answer "Vital signs taken?"', "请回答“是否测量生命体征？”")


def test_severities_decide_what_blocks() -> None:
    checks = "".join(
        f'\n[[check]]\noid = "T-{severity}"\nseverity = "{severity}"\nfires = \'A > 1\'\nitems = ["A"]\n'
        f'message = {{ en = "Look", zh = "请看" }}\n'
        for severity in ("hard", "query", "soft", "warning")
    )
    one = Participant(study_of("T", one_form(item("A", "decimal")) + checks)).enter("W4", "T", A="2")
    found = one.findings("W4", "T")
    assert {check: f.blocks for check, f in found.items()} == {
        "T-hard": True,
        "T-query": False,
        "T-soft": True,
        "T-warning": False,
    }
    assert [f.check for f in sorted(found.values(), key=lambda f: f.rank)] == [
        "T-hard",
        "T-query",
        "T-soft",
        "T-warning",
    ]
    assert worst(list(found.values())) is found["T-hard"]
    assert worst([]) is None
    key = one.key("W4", "T", "A")
    for check in found:
        one.data.confirm(key, check, "2")
    assert {check: f.confirmed for check, f in one.findings("W4", "T").items()} == {
        "T-hard": False,
        "T-query": True,
        "T-soft": True,
        "T-warning": False,
    }
    assert not one.findings("W4", "T")["T-soft"].blocks
    assert one.findings("W4", "T")["T-hard"].blocks


def test_a_confirmation_holds_for_the_value_it_was_given_for() -> None:
    one = Participant().enter("W4", "VS", VSPERF="Y", PULSE_VSORRES="130", WEIGHT_VSORRES="130")
    check, key = "VS.PULSE_VSORRES.SOFT", one.key("W4", "VS", "PULSE_VSORRES")
    assert one.findings("W4", "VS")[check].blocks
    one.data.confirm(key, check, "130 beats/min")
    assert one.findings("W4", "VS")[check].confirmed
    one.enter("W4", "VS", PULSE_VSORRES="131")
    assert not one.findings("W4", "VS")[check].confirmed
    one.enter("W4", "VS", PULSE_VSORRES="130")
    assert one.findings("W4", "VS")[check].confirmed
    weight = one.key("W4", "VS", "WEIGHT_VSORRES")
    one.data.confirm(weight, "VS.WEIGHT_VSORRES.SOFT", "130 kg")
    one.enter("W4", "VS", WEIGHT_VSORRES="130 lb")
    one.enter("W4", "VS", WEIGHT_VSORRES="300 lb")
    assert not one.findings("W4", "VS")["VS.WEIGHT_VSORRES.SOFT"].confirmed


def test_a_conflict_is_pointed_out() -> None:
    one = Participant().enter("W4", "VS", VSPERF="Y")
    one.put("W4", "VS", "PULSE_VSORRES", Entry("70", conflict=True))
    finding = one.findings("W4", "VS")["CONFLICT"]
    assert finding.severity is Severity.WARNING and not finding.blocks
    assert finding.message == Text(
        "Pulse has two different entries: enter the right one", "脉搏有两个不同的录入值，请填写正确的值"
    )
    assert one.value("W4", "VS", "PULSE_VSORRES").data == 70  # the later one counts until then


CHECK = """
[[check]]
oid = "T-1"
severity = "query"
fires = '{fires}'
items = [{items}]
message = {{ en = "{en}", zh = "{zh}" }}
"""


def spoken(en: str, items: str = '"A", "C"', fires: str = "A > 1", **texts: str) -> str:
    """The English sentence of a check."""
    body = (
        item(
            "A",
            "decimal",
            'unit = "mmHg"; units = ["kPa"]; hard = [0, 100]; soft = ["", 9]; missing = ["ND"]',
        )
        + item("C", "code", 'codelist = "NY2"')
        + item("K", "decimal", "decimals = 2; calculate = 'A / 3'")
        + item("D", "date", 'hard = ["", "today"]')
    )
    check = CHECK.format(fires=fires, items=items, en=en, zh=f"请看 {en}")
    one = Participant(study_of("T", one_form(body) + check)).enter("W4", "T", **(texts or {"A": "2"}))
    message = one.findings("W4", "T")["T-1"].message
    assert message.en or message.zh
    return message.en


@pytest.mark.parametrize(
    "en, said",
    [
        ("No places", "No places"),
        ("{item} {value} {unit} lies outside {low}–{high}: {C}", "A en 2 mmHg lies outside 0–9: blank"),
        ("K is {K}", "K is 0.67"),
        ("{nobody} stays", "{nobody} stays"),
    ],
)
def test_places_of_a_message_are_filled(en: str, said: str) -> None:
    assert spoken(en) == said


def test_places_with_units_words_and_missing_codes() -> None:
    assert spoken("{value} {unit}, {C}", A="16 kPa", C="Y") == "16 kPa, Yes"
    assert spoken("{value}", '"D"', "A > 1", A="2", D="2026-08-01") == "2026-08-01"
    assert spoken("{low} {high} {unit}", '"D"', "A > 1", A="2") == "{low} today "
    assert spoken("{low}", '"C"', "A > 1", A="2") == "{low}"


def test_a_missing_code_is_spoken_in_words() -> None:
    body = item("A", "decimal", 'missing = ["ND"]') + item("C", "decimal")
    check = CHECK.format(fires="C > 1", items='"A"', en="{value}", zh="请看{value}")
    one = Participant(study_of("T", one_form(body) + check)).enter("W4", "T", C="2")
    one.put("W4", "T", "A", Entry("", missing="ND"))
    assert one.findings("W4", "T")["T-1"].message == Text("Not done", "请看未做")


def test_a_check_without_items_stands_for_the_form() -> None:
    body = one_form(item("A", "decimal")) + (
        '\n[[group]]\nname = "ROWS"\ntitle = { en = "Rows", zh = "行" }\nlayout = "log"\nrepeating = true\n'
        + item("N", "integer")
        + CHECK.format(fires="A > 1", items='"N"', en="{item}{value}{low}", zh="请看{item}")
    )
    one = Participant(study_of("T", body)).enter("W4", "T", A="2")
    finding = one.findings("W4", "T")["T-1"]
    assert finding.items == ()
    assert finding.message.en == "{item}{value}{low}"
    (reading,) = explain(one.study, one.data, one.form("W4", "T"), finding, TODAY)
    assert (reading.label, reading.value) == (Text("A en", "A中文"), both("2"))
    assert reading.key == one.form("W4", "T")._replace(group="MAIN", item="A")


def test_checks_at_completion_say_so() -> None:
    one = (
        Participant()
        .enter("SCR", "VS", VSPERF="Y", WEIGHT_VSORRES="80")
        .enter("BL", "VS", VSPERF="Y", WEIGHT_VSORRES="80")
    )
    one.enter("W4", "VS", VSPERF="Y", WEIGHT_VSORRES="60")
    found = one.findings("W4", "VS")
    assert found["VS-09"].at_completion and not found["VS-07"].at_completion


# -- why ----------------------------------------


def why(one: Participant, event: str, form: str, check: str) -> list[tuple[str, str]]:
    finding = one.findings(event, form)[check]
    return [
        (at(reading) + reading.label.en, f"{reading.value.en} {reading.unit}".strip())
        for reading in explain(one.study, one.data, one.form(event, form), finding, one.today)
    ]


def at(reading: Reading) -> str:
    return "" if reading.key is None else f"{reading.key.event}: "


def test_why_a_check_fires() -> None:
    one = Participant().enter("W4", "VS", VSPERF="Y", SYSBP_VSORRES="80", DIABP_VSORRES="16 kPa")
    assert why(one, "W4", "VS", "VS-02") == [
        ("W4: Diastolic blood pressure", "16 kPa"),
        ("W4: Systolic blood pressure", "80 mmHg"),
    ]
    assert why(one, "W4", "VS", "VS.SYSBP_VSORRES.SOFT") == [("W4: Systolic blood pressure", "80 mmHg")]


def test_why_a_date_is_refused() -> None:
    one = (
        Participant()
        .enter("SCR", "IC", RFICDAT="2026-01-02")
        .enter("W4", "VS", VSPERF="Y", VSDAT="2026-01-01")
    )
    assert why(one, "W4", "VS", "VS.VSDAT.HARD") == [
        ("W4: Date", "2026-01-01"),
        ("SCR: Date consent signed", "2026-01-02"),
        ("Today", "2026-08-23"),
    ]
    one.enter("W4", "VS", VSDAT="soon")
    assert why(one, "W4", "VS", "TYPE") == [("W4: Date", "soon")]


def test_why_across_events_and_rows() -> None:
    one = Participant().enter("SCR", "VS", VSPERF="Y", VSDAT="2026-01-05", WEIGHT_VSORRES="80")
    one.enter("W4", "VS", VSPERF="Y", WEIGHT_VSORRES="60")
    one.add_row("LOG", "EX", "ROWS", "d1:5", ECSTDAT="2026-01-08")
    assert why(one, "W4", "VS", "VS-07") == [("W4: Weight", "60 kg"), ("SCR: Weight", "80 kg")]
    assert why(one, "W4", "VS", "VS-09") == [("W4: Weight", "60 kg"), ("SCR: Weight", "80 kg")]
    one.data.strike_row(one.form("LOG", "EX")._replace(group="ROWS"), "d1:5")
    for number in ("d1:9", "d1:12"):
        one.add_row("LOG", "EX", "ROWS", number, ECONGO="Y", ECSTDAT="2026-01-08", ECENDAT="")
    assert why(one, "LOG", "EX", "EX-06") == [("LOG: Ongoing?", "Yes"), ("LOG: Dosing", "2 rows")]
    one.enter("LOG", "EX", "d1:9", ECONGO="N", ECENDAT="2026-01-08")
    assert ("LOG: Start date", "2026-01-08") in why(one, "LOG", "EX", "EX-05")


def test_why_with_names_numbers_and_baselines() -> None:
    study = study_of(
        "T",
        one_form(item("A", "decimal"))
        + CHECK.format(
            fires='A > RATIO and baseline(VS.WEIGHT_VSORRES) > 1 and not performed("VS")',
            items='"A"',
            en="x",
            zh="请看",
        ),
        "W12",
        **{"study.toml": _names("RATIO = '10 / 3'")},
    )
    one = Participant(study).enter("BL", "VS", VSPERF="Y", WEIGHT_VSORRES="60").enter("W12", "T", A="5")
    one.enter("W12", "VS", VSPERF="N")
    assert why(one, "W12", "T", "T-1") == [
        ("W12: A en", "5"),
        ("RATIO", "3.333333"),
        ("BL: Weight", "60 kg"),
    ]


def test_why_with_something_unknown() -> None:
    check = CHECK.format(fires="A > 1 or RATIO > 1", items='"A"', en="x", zh="请看")
    study = study_of(
        "T", one_form(item("A", "decimal")) + check, **{"study.toml": _names("RATIO = 'D1 - D1'")}
    )
    one = Participant(study).enter("W4", "T", A="5")
    assert why(one, "W4", "T", "T-1") == [("W4: A en", "5"), ("RATIO", "blank")]


def _names(line: str) -> str:
    from tests.unit.study.definitions import mini

    return mini()["study.toml"].replace("[names]", f"[names]\n{line}")


def test_nothing_to_explain() -> None:
    one = Participant()
    form = one.form("W4", "VS")
    unknown = Finding("GONE", Severity.HARD, both("x"), (form._replace(group="MAIN", item="GONE"),))
    assert explain(one.study, one.data, form, unknown, TODAY) == ()
    assert explain(one.study, one.data, one.form("W4", ""), unknown, TODAY) == ()


def test_every_finding_of_the_small_study_speaks_both_languages() -> None:
    study: Study = mini_study()
    one = Participant(study)
    for form in study.forms.values():
        for due in study.due:
            if due.form == form.oid:
                for asked in form.items.values():
                    if not asked.computed:
                        one.put(due.event, form.oid, asked.name, Entry("?"))
                for finding in evaluate(study, one.data, one.form(due.event, form.oid), TODAY).findings:
                    assert finding.message.en and finding.message.zh
                    assert finding.message.en != finding.message.zh
                    assert "{" not in finding.message.en + finding.message.zh
