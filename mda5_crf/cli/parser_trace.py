"""The words of ``void``, ``move``, ``renumber``, ``redact`` and ``clock``: acts of two persons with trace."""

from __future__ import annotations

import argparse
from typing import Protocol


class Grammar(Protocol):
    """What the whole grammar offers to its parts."""

    def add(self, name: str, place: str, about: str, *, vault: bool = True) -> argparse.ArgumentParser:
        """A command whose work is ``place``."""


def add(grammar: Grammar) -> None:
    """Add the commands."""
    void = grammar.add("void", "trace:void", "void what was entered at the wrong place / 作废录错位置的内容")
    void.add_argument(
        "words", metavar="SUBJECT [EVENT [FORM]]", nargs="*", help="none = the list / 不填则列出"
    )
    void.add_argument("--undo", action="store_true", help="let it count again / 恢复")

    move = grammar.add("move", "trace:move", "move it to the right place / 移至正确位置")
    move.add_argument("words", metavar="SUBJECT EVENT [FORM]", nargs="+")
    move.add_argument("--undo", action="store_true", help="take the move from there back / 撤销移动")
    move.add_argument("--to", nargs="+", default=[], metavar="WORD", help="SUBJECT EVENT / 目标参与者与访视")
    for command in (void, move):
        command.add_argument("--row", metavar="N", help="row of a log / 日志行号")
        command.add_argument(
            "--dry-run", action="store_true", help="show the plan, write nothing / 只显示计划"
        )
        _two(command)

    renumber = grammar.add("renumber", "trace:renumber", "give a participant another number / 更改参与者编号")
    renumber.add_argument("subject", metavar="SUBJECT")
    renumber.add_argument("number", metavar="NUMBER")
    renumber.add_argument("--reason", metavar="R", help="CODE or CODE:text / 理由")

    redact = grammar.add("redact", "trace:redact", "take back personal data, with trace / 留痕涂除")
    redact.add_argument("words", nargs="*", metavar="RECORD | PROPOSAL | SUBJECT EVENT FORM ITEM")
    redact.add_argument("--row", metavar="N", help="row of a log / 日志行号")
    redact.add_argument(
        "--left", metavar="TEXT", action="append", default=[],
        help="what still contains it, and who sees to it / 仍含该内容之处及负责人",
    )  # fmt: skip
    _two(redact)

    clock = grammar.add("clock", "trace:clock", "the PC's clock: state, correct / 本机时钟")
    _two(clock)


def _two(command: argparse.ArgumentParser) -> None:
    command.add_argument("--reason", metavar="R", help="why: CODE or CODE:text / 理由")
    command.add_argument("--second", metavar="NAME", help="log-in of the second person / 第二人登录名")
    command.add_argument(
        "--second-password-file", metavar="FILE", help="the second person's password / 第二人密码文件"
    )
