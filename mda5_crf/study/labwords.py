"""Words that hospitals put over the columns of their sheets, and which columns tell who somebody is. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from mda5_crf.study.folding import narrow

SUBJECT, DATE, TIME, VISIT, SAMPLE, LABORATORY = "subject", "date", "time", "visit", "sample", "laboratory"
TEST, RESULT, UNIT, FLAG, LOW, HIGH, RANGE = "test", "result", "unit", "flag", "low", "high", "range"
LEAVE: Final = "leave"
"""A column that is not read."""
ROLES: Final = (
    SUBJECT, DATE, TIME, VISIT, SAMPLE, LABORATORY, TEST, RESULT, UNIT, FLAG, LOW, HIGH, RANGE, LEAVE,
)  # fmt: skip
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    SUBJECT: (
        "subject", "subject no", "subject number", "subjid", "participant", "participant no",
        "participant number", "study number", "参与者编号", "参与者", "试验编号", "研究编号", "受试者编号",
        "受试者号", "筛选号", "入组编号",
    ),
    DATE: (
        "date", "sample date", "collection date", "collected", "lbdat", "采样日期", "采集日期", "采样时间",
        "采集时间", "标本采集时间", "检查日期", "检验日期", "日期",
    ),
    TIME: ("time", "sample time", "采样时刻", "时间", "采集时刻"),
    VISIT: ("visit", "event", "访视", "访视名称"),
    SAMPLE: (
        "sample", "sample no", "sample number", "specimen", "barcode", "标本号", "标本编号", "样本号",
        "样本编号", "条码", "条码号",
    ),
    LABORATORY: ("laboratory", "lab", "实验室", "检验单位", "实验室名称"),
    TEST: (
        "test", "test name", "item", "analyte", "parameter", "项目", "项目名称", "检验项目", "检测项目",
        "检验项目名称", "testcd", "指标",
    ),
    RESULT: ("result", "value", "结果", "检验结果", "检测结果", "测定值", "结果值"),
    UNIT: ("unit", "units", "单位"),
    FLAG: ("flag", "abnormal", "提示", "标志", "异常标志", "异常提示", "结果提示"),
    LOW: ("low", "lower limit", "lln", "参考下限", "下限"),
    HIGH: ("high", "upper limit", "uln", "参考上限", "上限"),
    RANGE: ("range", "reference range", "reference", "参考范围", "参考值", "参考区间", "正常值"),
}  # fmt: skip
BEHIND: Final = re.compile(r"(.+?)\s*[(\[【]\s*([^()\[\]【】]+?)\s*[)\]】]")
_PERSON: Final = re.compile(
    r".*(?:姓名|身份证|证件号|电话|手机|联系方式|住院号|住院编号|病案号|病历号|门诊号|就诊卡|登记号).*"
    r"|.*(?:医保|床号|床位|出生|住址|地址|家属).*"
    r"|(?:patient|participant|subject|person|full|first|last|family|given)?[ _-]?names?|patient|initials"
    r"|(?:patient|hospital|admission|medical record|mrn|inpatient|outpatient|card|bed)"
    r"(?:[ _-]?(?:id|no|number|code))?\.?|mrn|id card|id number|national id|passport"
    r"|(?:date of )?birth(?: ?date|day)?|dob|(?:tele)?phone(?: number)?|mobile|address|e-?mail"
)
"""Headings of columns that tell who somebody is: they are not handed on."""


WITHIN: Final = 20
"""Rows in which headings are looked for."""


def folded(words: str) -> str:
    """How headings and names of tests are compared: without capitals, width, blanks and colons."""
    return re.sub(r"\s+", " ", narrow(words)).casefold().rstrip(" :*").strip()


def headings(rows: Sequence[tuple[int, Sequence[str]]]) -> int | None:
    """Which of the first rows holds the headings: the one where most cells name a role."""
    best, most = None, 1
    for place, (_, cells) in enumerate(rows[:WITHIN]):
        named = sum(role_of(cell) != LEAVE for cell in cells)
        if named > most:
            best, most = place, named
    return best


def names_person(heading: str) -> bool:
    """Whether a column with this heading would tell who somebody is."""
    return _PERSON.fullmatch(folded(heading)) is not None


def role_of(heading: str) -> str:
    """The role that a heading names, ``leave`` for none."""
    plain = folded(heading)
    behind = BEHIND.fullmatch(plain)
    names = (plain,) if behind is None else (plain, behind[1])
    return next((role for role, words in _WORDS.items() for name in names if name in words), LEAVE)
