"""The words of ``figures`` and ``listing``."""

from __future__ import annotations

from mda5_crf.cli.parser_trace import Grammar


def add(grammar: Grammar) -> None:
    """Add the commands."""
    figures = grammar.add("figures", "figures:run", "what the data show: tables and pictures / 数据总览")
    figures.add_argument("-o", "--output", metavar="FILE", help="the PDF to write / 输出 PDF")
    figures.add_argument(
        "--lang", choices=("en", "zh", "both"), default="both", help="language of the pages / 页面语言"
    )
    figures.add_argument(
        "--no-courses", action="store_true", help="without a part for each participant / 不含各参与者部分"
    )

    listing = grammar.add("listing", "figures:listing", "a form of all participants, row by row / 数据列表")
    listing.add_argument("form", metavar="FORM")
    listing.add_argument(
        "--where", action="append", default=[], metavar="ITEM=TEXT",
        help="only these rows; = != < > <= >= ~, e.g. AETOXGR>=3 / 筛选条件",
    )  # fmt: skip
    listing.add_argument("-o", "--output", metavar="FILE", help=".xlsx, .pdf, .csv / 输出文件")
    listing.add_argument(
        "--lang", choices=("en", "zh", "both"), default="both", help="language of the pages / 页面语言"
    )
