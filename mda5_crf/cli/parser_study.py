"""The words of ``study``: checking, approving and comparing definitions, and changing what is in force."""

from __future__ import annotations

import argparse
from typing import Final

from mda5_crf.cli.parser_trace import Grammar

STUDY_ACTS: Final = (
    "check", "approve", "diff", "overlay", "amend", "approve-for-site", "versions", "move-form",
    "export", "import",
)  # fmt: skip


def add(grammar: Grammar) -> None:
    """Add the command."""
    study = grammar.add("study", "studies:run", "the definition / 研究定义", vault=False)
    study.add_argument("act", choices=STUDY_ACTS)
    study.add_argument("directory", metavar="DIR|VAULT|FILE", nargs="?")
    study.add_argument("other", metavar="NEW|ACT", nargs="?", help="newer definition, of diff / 较新的定义")
    study.add_argument("rest", metavar="WORD", nargs="*", help="overlay: check or id / 核查或编号")
    study.add_argument("--name", metavar="NAME", help="who approves the texts / 批准人姓名")
    _overlay(study)
    _amend(study)
    _exchange(study)


def _exchange(study: argparse.ArgumentParser) -> None:
    """Words of ``study export DIR|VAULT`` and ``study import FILE``."""
    study.add_argument("-o", "--output", metavar="FILE|DIR", help="where it is written / 写入位置")
    study.add_argument("--as", dest="kind", metavar="KIND",
                       help="workbook | odm | odm2 | redcap | xlsform / 格式")  # fmt: skip
    study.add_argument("--against", metavar="DIR", help="import: the definition to compare with / 对比的定义")
    study.add_argument("--events", metavar="CSV", help="import: REDCap's events / REDCap 事件与表单")
    study.add_argument("--replace", action="store_true", help="import: into a folder with one / 替换已有定义")


def _amend(study: argparse.ArgumentParser) -> None:
    """Words of ``study amend | approve-for-site | versions | move-form VAULT …``."""
    study.add_argument("--approved", metavar="DATE", help="when the site's committee approved / 获批日期")
    study.add_argument("--to", metavar="VERSION", help="move-form: the version / 目标版本")
    study.add_argument("--dry-run", action="store_true", help="show the plan, write nothing / 只显示计划")
    study.add_argument("--retire", metavar="FORM.ITEM", action="append", default=[],
                       help="amend: gone on purpose, though answered / 有意停用的条目")  # fmt: skip


def _overlay(study: argparse.ArgumentParser) -> None:
    """Words of ``study overlay VAULT list | set CHECK | withdraw ID``."""
    study.add_argument("--action", metavar="ACTION", help="off | warning | soft | query | hard / 核查级别")
    study.add_argument("--from", dest="start", metavar="DATE", help="first day / 起始日期")
    study.add_argument("--until", metavar="DATE", help="last day / 截止日期")
    study.add_argument("--reason", metavar="TEXT", help="why, in English / 英文理由")
    study.add_argument("--reason-zh", metavar="TEXT", help="why, in Chinese / 中文理由")
    study.add_argument("--second", metavar="NAME", help="second person's log-in / 第二人登录名")
    study.add_argument("--second-password-file", metavar="FILE", help="that person's / 其密码文件")
