"""The words of ``coding``."""

from __future__ import annotations

from typing import Final

from mda5_crf.cli.parser_trace import Grammar

ACTS: Final = ("list", "export", "import", "suggest")


def add(grammar: Grammar) -> None:
    """Add the command."""
    coding = grammar.add("coding", "coding:run", "codes of MedDRA and WHODrug / 医学术语编码")
    coding.add_argument("words", nargs="*", metavar="FILE", help="of import: .xlsx or .csv / 返回的文件")
    coding.add_argument("-o", "--output", metavar="FILE", help="of export: .xlsx or .csv / 导出文件")
    coding.add_argument("--each", action="store_true", help="a line per occurrence / 每次出现一行")
    coding.add_argument("--all", action="store_true", help="coded terms too / 含已编码术语")
    coding.add_argument("--no-suggestions", action="store_true", help="leave codes empty / 不填写建议编码")
    coding.add_argument("--synonyms", action="store_true", help="the list of synonyms / 同义词表")
    coding.add_argument("--accept", action="store_true", help="of suggest: take them over / 采用建议")
    coding.add_argument("--reason", metavar="TEXT", help="why codes change / 改变编码的理由")
    coding.add_argument("--dry-run", action="store_true", help="show, write nothing / 只显示，不写入")
