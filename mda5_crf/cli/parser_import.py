"""The words of ``import``."""

from __future__ import annotations

from mda5_crf.cli.parser_trace import Grammar


def add(grammar: Grammar) -> None:
    """Add the command."""
    brought = grammar.add("import", "imports:run", "data of another system / 导入其他系统的数据")
    brought.add_argument(
        "file", metavar="FILE", help="ODM 1.1 to 2.0, an own archive, or a laboratory's sheet / 文件"
    )
    brought.add_argument(
        "--as", dest="kind", choices=("odm", "lab"), required=True, help="what it is / 文件种类"
    )
    brought.add_argument(
        "--dry-run", action="store_true", help="show what would come, write nothing / 只预览"
    )
    brought.add_argument("--map", metavar="JSON", help="lab: what its columns mean / 列的含义")
    brought.add_argument("--reason", metavar="R", help="lab: reason for changes / 更改原因")
