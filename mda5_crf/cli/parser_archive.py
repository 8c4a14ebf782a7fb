"""The words of ``check-archive`` and ``carrier``."""

from __future__ import annotations

from mda5_crf.cli.parser_trace import Grammar


def add(grammar: Grammar) -> None:
    """Add the commands."""
    check = grammar.add(
        "check-archive", "archives:check", "is an archive as it was made? / 核对归档", vault=False
    )
    check.add_argument("archive", metavar="ARCHIVE", help="folder or zip file / 文件夹或 zip 文件")
    check.add_argument("vault", metavar="VAULT", nargs="?", help="one that knows the PC / 认识该电脑的数据库")

    carrier = grammar.add("carrier", "carriers:run", "a file, encrypted for another PC / 加密传送文件")
    carrier.add_argument("words", nargs="*", metavar="FILE")
    carrier.add_argument("--to", metavar="PEER", help="device name or id of the receiver / 接收方")
    carrier.add_argument("-o", "--output", metavar="PATH", help="file.mda5c; of open a folder / 输出位置")
