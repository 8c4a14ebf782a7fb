"""Conditions of a definition in words; what cannot be put in words is printed as it is."""

from __future__ import annotations

import pytest

from mda5_crf.pdf.branch import condition
from mda5_crf.text import Text
from tests.unit.pdf.paperwork import mini, trial


@pytest.mark.parametrize(
    "source, en, zh",
    [
        ('VSPERF == "Y"', "Vital signs taken? = Y Yes", "是否测量生命体征？ = Y 是"),
        ('EVENT != "BL"', "visit ≠ Baseline", "访视 ≠ 基线"),
        ('EVENT in ("SCR", "BL")', "visit is one of Screening, Baseline", "访视 为 筛选、基线 之一"),
        ('not VSPERF == "N"', "Vital signs taken? ≠ N No", "是否测量生命体征？ ≠ N 否"),
        ('not VSDAT > "2026"', "not (Date > 2026)", "非（日期 > 2026）"),
        ('EVENT not in ("SCR", "BL")', "visit is none of Screening, Baseline", "访视 不为 筛选、基线"),
        ('setting("x") == "true"', "study setting x is on", "研究设置 x 已开启"),
        ('setting("x") != "true"', "study setting x is off", "研究设置 x 已关闭"),
        ("present(VSDAT)", "Date is filled in", "日期 已填写"),
        ("missing(VSDAT)", "Date has no result", "日期 无结果"),
        ('IC.SEX == "F"', "Sex = F Female", "性别 = F 女"),
        ("BL.VS.WEIGHT_VSORRES > 50", "Weight at Baseline > 50", "基线 的 体重 > 50"),
        ("prev.VS.WEIGHT_VSORRES > 50", "Weight at the visit before > 50", "上次访视的 体重 > 50"),
        ("VSDAT >= RFICDAT", "Date ≥ Date consent signed at Screening", "日期 ≥ 筛选 的 知情同意书签署日期"),
        ('setting("x") == "1"', "study setting x = 1", "研究设置 x = 1"),
        (
            '(VSPERF == "Y" or present(VSDAT)) and present(VSTIM)',
            "(Vital signs taken? = Y Yes or Date is filled in) and Time is filled in",
            "（是否测量生命体征？ = Y 是 或 日期 已填写） 且 时间 已填写",
        ),
        ("coalesce(VSPERF == \"Y\", False)", "Vital signs taken? = Y Yes", "是否测量生命体征？ = Y 是"),
        ("10 < PULSE_VSORRES <= 20", "10 < Pulse ≤ 20", "10 < 脉搏 ≤ 20"),
        ("date_diff(VSDAT, D1, \"d\") > 3", 'date_diff(VSDAT, D1, "d") > 3', 'date_diff(VSDAT, D1, "d") > 3'),
        ("not (", "not (", "not ("),
    ],
)  # fmt: skip
def test_a_condition_in_words(source: str, en: str, zh: str) -> None:
    assert condition(mini(), mini().forms["VS"], source) == Text(en, zh)


def test_items_can_be_called_by_their_column() -> None:
    form = mini().forms["LB"]
    told = condition(mini(), form, 'CK_LBNRIND in ("LOW", "HIGH")', {"CK_LBNRIND": Text("Position", "关系")})
    assert told.en == "Position is one of Low, High"


def test_selected_names_the_answer() -> None:
    form = mini().forms["IC"]
    item = next(item for item in form.items.values() if item.codelist == "SYMPTOM")
    told = condition(mini(), form, f'selected({item.name}, "COUGH")')
    assert told == Text("Symptoms includes Cough", "症状 包含 COUGH 咳嗽")


def told(form: str, source: str) -> str:
    return condition(trial(), trial().forms[form], source).en


@pytest.mark.parametrize(
    "form, source, said",
    [
        (
            "SAE",
            'any(rows("AE"), row_id() == outer(AESPID) and AESDTH == "Y")',
            "Linked AE line: Death = Y Yes",
        ),
        (
            "CM",
            'any(rows("AE"), selected(outer(CMAENO), row_id()) and AESER == "Y" and AESDTH == "Y")',
            "Linked AE line: Serious? = Y Yes and Death = Y Yes",
        ),
        (
            "EOT",
            'any(rows("AE"), AESER == "Y")',
            "in a line of Adverse event (CTCAE v5.0): Serious? = Y Yes",
        ),
        (
            "AE",
            "AESTDAT == D1",
            "Start date = Start date in the first line of Tofacitinib dosing",
        ),
        ("TIS", "DIED", "Date of death < Visit date"),
        ("VS", "not SAME_DAY_AS_W52", "Visit date ≠ Visit date at Week 52"),
        ("VS", 'any(rows("NONE"), X == 1)', 'any(rows("NONE"), X == 1)'),
        ("VS", 'first(rows("EX"), add_days(D1, 1))', 'first(rows("EX"), add_days(D1, 1))'),
        ("VS", "any(rows(1), X == 1)", "any(rows(1), X == 1)"),
        ("VS", "CRCL_LIMIT > 3", "study setting crcl_limit > 3"),
    ],
)
def test_rows_links_and_names_of_the_study_are_told_in_words(form: str, source: str, said: str) -> None:
    assert told(form, source) == said


def test_what_the_settings_grant_anyway_is_not_asked() -> None:
    assert told("SAE", 'setting("sae_ethics_report") == "true"') == ""
    assert told("HRCT", 'setting("hrct_method") == "ICHIKADO" and HRPERF == "Y"') == "HRCT done? = Y Yes"
    assert told("HRCT", 'setting("hrct_method") == "OTHER" and HRPERF == "Y"').startswith("study setting")
    assert told("DM", 'setting("initials_allowed") == "true"') == "study setting initials_allowed is on"


def test_every_condition_of_the_trial_can_be_told() -> None:
    granted = []
    for form in trial().forms.values():
        gates = [item.relevant for item in form.items.values()] + [group.relevant for group in form.groups]
        for gate in gates:
            if gate is not None:
                words = condition(trial(), form, gate.source)
                assert "rows(" not in words.en + words.zh, words
                granted += [] if words.en and words.zh else [gate.source]
    assert granted == ['setting("sae_ethics_report") == "true"']
