"""The generated documents of ``docs/validation`` in words: risk assessment, site check list, trace."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tools.validation import FOLDER, HIGH, MEDIUM, TESTS_DUE, WORDS, Material, level, product

LANGUAGES: Final = ("en", "zh")
_MADE: Final = {
    "en": "Made by `python tools/compliance.py --write` from `{source}`; not edited by hand.",
    "zh": "由 `python tools/compliance.py --write` 依据 `{source}` 生成，请勿手工修改。",
}


def documents(made_of: Material) -> dict[Path, str]:
    """Path below the root → text, of every generated document."""
    return {
        FOLDER / "risk-assessment.md": assessment(made_of, "en"),
        FOLDER / "risk-assessment.zh.md": assessment(made_of, "zh"),
        FOLDER / "site-checklist.md": checklist(made_of),
        FOLDER / "trace.md": trace(made_of),
    }


_ASSESSMENT: Final[dict[str, dict[str, Any]]] = {
    "en": {
        "title": "# Risk assessment",
        "about": """For each function: what could fail, what that does to a participant's safety or the data,
how bad (severity S), how often without the measure (probability P) and how late it would be seen
(detectability D), each from 1 to 3; the product is the risk. From {high} on it is **high**, from {medium} on
medium, else low; beside it stands what is left with the measure. The class says how deep is tested: high at
least {due_high} named tests, medium {due_medium}, low {due_low}; a test of this project fails when a named
test does not exist or there are too few. The ratings are the makers'; the site and the sponsor judge them
again, add risks of their own (last section) and sign.

| Number | S: how bad | P: how often, without the measure | D: how late it is seen |
|---|---|---|---|
| 1 | work is lost | seldom | at once |
| 2 | data, rights or privacy are harmed | sometimes | at a later review |
| 3 | a participant's safety or the primary outcome | to be expected | hardly ever |""",
        "columns": (
            "Id",
            "Function",
            "What could fail",
            "Effect",
            "S×P×D",
            "Measure",
            "Left",
            "The site",
            "Tests",
        ),
        "levels": {"high": "**high**", "medium": "medium", "low": "low"},
        "count": "{risks} risks: without measures {high} high, {medium} medium, {low} low; "
        "with them {high2} high, {medium2} medium, {low2} low.",
        "all": "all of it",
        "tests": "Test names are below `tests/`, without `test_`.",
        "own": """## Risks of the site

| Id | Function | What could fail | Effect | S×P×D | Measure | Left | Who |
|---|---|---|---|---|---|---|---|
| S1 | | | | | | | |
| S2 | | | | | | | |

Assessed by (name, date, signature): ______  Approved by (name, date, signature): ______""",
    },
    "zh": {
        "title": "# 风险评估",
        "about": """对每项功能说明：可能的失效、对参与者安全或数据的影响、严重性（S）、
无措施时的可能性（P）以及被发现的早晚（D），各为 1 至 3；乘积即风险。
{high} 及以上为**高**，{medium} 及以上为中，其余为低；旁边为采取措施后的剩余风险。
测试深度由等级决定：高至少 {due_high} 项指名测试，中 {due_medium} 项，低 {due_low} 项；
若所指测试不存在或数量不足，本项目的测试即告失败。
评分由开发者给出；中心与申办者应重新评估，补充自身风险（最后一节）并签名。

| 分值 | S：严重性 | P：无措施时的可能性 | D：何时被发现 |
|---|---|---|---|
| 1 | 工作损失 | 很少 | 立即 |
| 2 | 数据、权益或隐私受损 | 有时 | 之后审阅时 |
| 3 | 参与者安全或主要终点受损 | 预期会发生 | 几乎不会 |""",
        "columns": ("编号", "功能", "可能的失效", "影响", "S×P×D", "措施", "剩余", "中心职责", "测试"),
        "levels": {"high": "**高**", "medium": "中", "low": "低"},
        "count": "共 {risks} 项风险：无措施时高 {high}、中 {medium}、低 {low}；"
        "采取措施后高 {high2}、中 {medium2}、低 {low2}。",
        "all": "整个文件",
        "tests": "测试名位于 `tests/` 之下，省略 `test_`。",
        "own": """## 中心的风险

| 编号 | 功能 | 可能的失效 | 影响 | S×P×D | 措施 | 剩余 | 负责人 |
|---|---|---|---|---|---|---|---|
| S1 | | | | | | | |
| S2 | | | | | | | |

评估人（姓名、日期、签名）：______  批准人（姓名、日期、签名）：______""",
    },
}


def assessment(made_of: Material, language: str) -> str:
    """The risk assessment in one language."""
    words, at = _ASSESSMENT[language], LANGUAGES.index(language)
    due = {f"due_{name}": number for name, number in TESTS_DUE.items()}
    before = [level(risk["before"]) for risk in made_of.risks.values()]
    after = [level(risk["after"]) for risk in made_of.risks.values()]
    counts = {name: before.count(name) for name in TESTS_DUE} | {f"{n}2": after.count(n) for n in TESTS_DUE}
    lines = [words["title"], "", _MADE[language].format(source="risks.toml"), ""]
    lines += [words["about"].format(high=HIGH, medium=MEDIUM, **due), ""]
    lines += [words["count"].format(risks=len(before), **counts) + " " + words["tests"], ""]
    lines += _table(
        words["columns"], (_risk_cells(name, risk, at, words) for name, risk in made_of.risks.items())
    )
    return "\n".join([*lines, "", words["own"]]) + "\n"


def _risk_cells(name: str, risk: Mapping[str, Any], at: int, words: Mapping[str, Any]) -> list[str]:
    files: dict[str, list[str]] = defaultdict(list)
    for test in risk["tests"]:
        file, _, one = test.partition("::")
        files[file].append(f"`{one}`" if one else words["all"])
    rated = [
        f"{'×'.join(map(str, risk[one]))} = {product(risk[one])}, {words['levels'][level(risk[one])]}"
        for one in ("before", "after")
    ]
    does, fails, effect, measure, site = (risk[field][at] for field in WORDS["risk"])
    tests = "; ".join(f"`{file}`: {', '.join(names)}" for file, names in files.items())
    return [name, does, fails, effect, rated[0], measure, rated[1], site, tests]


# ------------------------------------------------------------------ the site's list

_LIST_HEAD: Final = """# Site check list: IQ, OQ, PQ / 中心确认清单：安装、运行、性能

Made by `python tools/compliance.py --write` from `site.toml`; not edited by hand. /
由 `python tools/compliance.py --write` 依据 `site.toml` 生成，请勿手工修改。

To be printed, filled by hand and filed (how: `evidence.md`). Every line: result *as expected*, or the number
of the deviation in the last table; then date and initials. Lines that do not apply get a reason. /
打印后手写填写并归档（方法见 `evidence.zh.md`）。每行填写“符合”或最后一表中的偏差编号，
并注明日期与签名缩写。不适用者说明理由。

| | |
|---|---|
| Site and PC / 中心与电脑 | |
| Program version / 程序版本 | |
| Study definition, version / 研究定义及版本 | |
| Reason: first installation, upgrade from …, new PC, yearly / 原因：首次安装、由……升级、新电脑、年度 | |
| Tried by, role / 执行人及角色 | |
"""
_LIST_COLUMNS: Final = (
    "No.", "What is done / 操作", "What is expected / 预期", "File / 归档", "Result / 结果",
    "Date, initials / 日期与缩写",
)  # fmt: skip
_LIST_FOOT: Final = """## Deviations / 偏差

| No. / 编号 | Line / 行 | What happened / 情况 | Effect / 影响 | Decision / 处理 | Closed by, date / 关闭 |
|---|---|---|---|---|---|
| 1 | | | | | |
| 2 | | | | | |
| 3 | | | | | |

Released for use: **yes / no**, with the conditions: ______ / 批准使用：**是 / 否**，附加条件：______

Principal investigator (name, date, signature) / 主要研究者（姓名、日期、签名）：______

Sponsor's person (name, date, signature) / 申办者代表（姓名、日期、签名）：______
"""


def checklist(made_of: Material) -> str:
    """The bilingual form."""
    lines = [_LIST_HEAD]
    numbered = dict(made_of.lines())
    for name, part in made_of.parts.items():
        lines += [f"## {name}: {' / '.join(part['title'])}", ""]
        rows = ([at, *_both(line), "", ""] for at, line in numbered.items() if at.startswith(f"{name}-"))
        lines += [*_table(_LIST_COLUMNS, rows), ""]
    return "\n".join([*lines, _LIST_FOOT])


def _both(line: Mapping[str, Any]) -> Iterator[str]:
    for field in ("act", "expect", "keep"):
        yield "<br>".join(line.get(field, ()))


# ------------------------------------------------------------------ trace

_TRACE_HEAD: Final = """# Trace: requirement → function → test → evidence

Made by `python tools/compliance.py --write` from `docs/requirements.toml`, the markers of the tests,
`risks.toml`, `site.toml` and the table of the self-check; not edited by hand. What a requirement says, which
tests prove it by name and what is missing stands in [`compliance.md`](../compliance.md); here stands which
evidence a site holds for it.

**Functions**: modules and commands. **Tests**: how many, in which files; their proof is the log of the
release ([`evidence.md`](evidence.md)). **Self-check**: the checks of `mda5-crf selfcheck` that support it on
this PC, filed with the IQ. **Site**: lines of the [site check list](site-checklist.md). **Risks**: rows of
the [risk assessment](risk-assessment.md).
"""
_FUNCTION: Final = re.compile(r"`[^`]+`")


def trace(made_of: Material) -> str:
    """The trace, forwards by requirement and backwards by file of tests."""
    lines = list(made_of.lines())
    rows = []
    for name, row in made_of.requirements.items():
        files: dict[str, int] = defaultdict(int)
        for proof in made_of.proofs.get(name, ()):
            files[proof.file] += 1
        cells = [
            name,
            ", ".join(row["kind"]),
            ", ".join(dict.fromkeys(_FUNCTION.findall(row.get("does", "")))),
            ", ".join(f"`{file}` {count}" for file, count in files.items()),
            ", ".join(check for check, ids in made_of.checks.items() if name in ids),
            ", ".join(at for at, line in lines if name in line["meets"]),
            ", ".join(risk for risk, facts in made_of.risks.items() if name in facts["meets"]),
        ]
        rows.append([cell or "–" for cell in cells])
    columns = ("Id", "Kind", "Functions", "Tests", "Self-check", "Site", "Risks")
    return "\n".join([_TRACE_HEAD, *_table(columns, rows), "", *_backwards(made_of)]) + "\n"


def _backwards(made_of: Material) -> Iterator[str]:
    """Which requirements and risks hang on a file of tests: what a failure there puts in question."""
    found: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for name in made_of.requirements:
        for file in dict.fromkeys(proof.file for proof in made_of.proofs.get(name, ())):
            found[file][0].append(name)
    for name, risk in made_of.risks.items():
        for file in dict.fromkeys(test.partition("::")[0] for test in risk["tests"]):
            found[file][1].append(name)
    yield "## When a test fails: what it puts in question"
    yield ""
    rows = ([f"`{file}`", ", ".join(a) or "–", ", ".join(b) or "–"] for file, (a, b) in sorted(found.items()))
    yield from _table(("File below `tests/`", "Requirements", "Risks"), rows)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(columns)} |", "|" + "---|" * len(columns)]
    return [*lines, *(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows)]
