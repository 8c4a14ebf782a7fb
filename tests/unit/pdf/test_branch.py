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
        ('not VSPERF == "N"', "not (Vital signs taken? = N No)", "非（是否测量生命体征？ = N 否）"),
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
    assert told.en == "Position is one of LOW Low, HIGH High"


def test_selected_names_the_answer() -> None:
    form = mini().forms["IC"]
    item = next(item for item in form.items.values() if item.codelist == "SYMPTOM")
    told = condition(mini(), form, f'selected({item.name}, "COUGH")')
    assert told == Text("Symptoms includes COUGH Cough", "症状 包含 COUGH 咳嗽")


def test_every_condition_of_the_trial_can_be_told() -> None:
    for form in trial().forms.values():
        gates = [item.relevant for item in form.items.values()] + [group.relevant for group in form.groups]
        for gate in gates:
            if gate is not None:
                told = condition(trial(), form, gate.source)
                assert told.en
                assert told.zh
