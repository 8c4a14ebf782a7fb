"""The words of ``server`` and ``move-to``: a centre whose vault lies on a server."""

from __future__ import annotations

from mda5_crf.cli.parser_trace import Grammar

SERVER_ACTS = ("prepare", "admit", "dismiss")


def add(grammar: Grammar) -> None:
    """Add the commands."""
    server = grammar.add(
        "server", "centre:server", "the administrator's part of a centre on a server / 服务器管理"
    )
    server.add_argument("words", metavar="PERSON", nargs="*", help="log-in of the server / 服务器登录名")

    move = grammar.add("move-to", "centre:move_to", "move a centre from its folder to a server / 迁至服务器")
    move.add_argument("address", metavar="ADDRESS", help="postgresql://person@host/database / 地址")
    move.add_argument("--second", metavar="NAME", help="log-in of the second person / 第二人登录名")
    move.add_argument(
        "--second-password-file", metavar="FILE", help="the second person's password / 第二人密码文件"
    )
