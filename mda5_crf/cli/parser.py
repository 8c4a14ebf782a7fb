"""The words of the command line. Every command's work lies in a module that is imported only when it runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NoReturn

from mda5_crf import __version__
from mda5_crf.cli.output import say_error
from mda5_crf.text import both, message

WINDOW = "window"


class _Parser(argparse.ArgumentParser):
    """argparse, except that a wrong word is answered in both languages and status 2."""

    def error(self, problem: str) -> NoReturn:
        self.print_usage(sys.stderr)
        say_error(message("cli.wrong_usage", problem=both(problem)))
        sys.exit(2)


def _runs(place: str) -> Callable[[argparse.Namespace], int]:
    """A function ``module:name`` of this package, imported on its first call."""

    def run(options: argparse.Namespace) -> int:
        module, _, name = place.partition(":")
        function: Callable[[argparse.Namespace], int] = getattr(import_module(f"mda5_crf.cli.{module}"), name)
        return function(options)

    return run


def _common() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--user", help="log-in id / 用户")
    common.add_argument("--password-file", metavar="FILE", help="file whose first line is the password / 密码文件")
    common.add_argument("--json", action="store_true", help="one JSON document on standard output")
    common.add_argument("--language", choices=("en", "zh"), default="en", help="language of the answer / 输出语言")
    return common


def build() -> argparse.ArgumentParser:
    """The whole grammar."""
    top = _Parser(
        prog="mda5-crf",
        description="Offline case report forms for trial NCT04966884. 离线病例报告表。",
        epilog="mda5-crf [VAULT] opens the window. / 打开窗口。 Exit status: 0 done, 1 refused, 2 usage, 3 machine.",
    )
    top.add_argument("--version", action="version", version=f"mda5-crf {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    common = [_common()]

    def add(name: str, place: str, about: str, *, vault: bool = True) -> argparse.ArgumentParser:
        parser = commands.add_parser(name, help=about, description=about, parents=common)
        if vault:
            parser.add_argument("vault", metavar="VAULT", help="the vault's folder / 数据库文件夹")
        parser.set_defaults(run=_runs(place))
        return parser

    window = add(WINDOW, "window:run_window", "open the window (the same as no command) / 打开窗口", vault=False)
    window.add_argument("vault", nargs="?")

    demo = add("demo", "demo:run", "build a demonstration / 生成演示", vault=False)
    demo.add_argument("directory", metavar="DIR")
    demo.add_argument("--subjects", type=int, default=15)
    demo.add_argument("--seed", type=int, default=4966884)
    demo.add_argument("--no-screens", action="store_true", help="no screenshots / 不截图")

    new = add("new", "vaults:new", "create a site's vault / 新建中心数据库")
    new.add_argument("--site", required=True)
    new.add_argument("--name", required=True)
    new.add_argument("--study", metavar="DIR", help="definition to use instead of the shipped one")
    new.add_argument("--person", metavar="NAME", help="printed name of the first person / 首位用户姓名")
    new.add_argument("--role", default="investigator", help="role of the first person / 首位用户角色")

    _users(add("users", "vaults:users", "accounts and roles / 账户与角色"))
    _devices(add("devices", "devices:run", "PCs that exchange bundles / 交换数据包的电脑"))

    enrol = add("enrol", "data:enrol", "add a participant / 登记参与者")
    enrol.add_argument("subject", metavar="SUBJECT", nargs="?")

    enter = add("enter", "data:enter", "enter values / 录入")
    for word in ("subject", "event", "form"):
        enter.add_argument(word, metavar=word.upper())
    enter.add_argument("values", metavar="ITEM=TEXT", nargs="*")
    enter.add_argument("--row", metavar="N", help="row of a log: a number, or new / 日志行号或 new")
    enter.add_argument("--reason", metavar="R", help="reason for change: CODE or CODE:text / 更改原因")
    enter.add_argument("--missing", metavar="ITEM=CODE", action="append", default=[], help="mark missing / 标记缺失")
    enter.add_argument("--confirm", metavar="ITEM", action="append", default=[], help="confirm a soft finding / 确认")
    enter.add_argument("--complete", action="store_true", help="complete the form afterwards / 完成表单")

    show = add("show", "show:run", "status, values, findings, queries / 查看")
    for word in ("subject", "event", "form"):
        show.add_argument(word, metavar=word.upper(), nargs="?")
    show.add_argument("--as-of", help=argparse.SUPPRESS)

    _queries(add("query", "queries:run", "queries / 质疑"))
    _pdf(commands, common)
    _bundle(add("bundle", "bundles:run", "exchange with other sites / 数据包交换"))

    study = add("study", "studies:run", "the definition / 研究定义", vault=False)
    study.add_argument("act", choices=("check",))
    study.add_argument("directory", metavar="DIR", nargs="?")

    verify = add("verify", "verify:run", "prove the record / 校验记录")
    verify.add_argument("--witness", action="append", default=[], metavar="DEVICE:SEQ:HASH", help="a head printed elsewhere")
    return top


def _users(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", choices=("list", "add", "disable", "password"), nargs="?", default="list")
    parser.add_argument("login", metavar="LOGIN", nargs="?")
    parser.add_argument("--person", metavar="NAME")
    parser.add_argument("--role")
    parser.add_argument("--new-password-file", metavar="FILE")


def _devices(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", choices=("list", "card", "add"))
    parser.add_argument("file", metavar="FILE", nargs="?")
    parser.add_argument("--fingerprint", metavar="WORDS", help="what the other side reads aloud / 对方宣读的指纹")


def _queries(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", choices=("list", "raise", "answer", "close"))
    parser.add_argument("words", nargs="*", metavar="SUBJECT EVENT FORM ITEM | QUERY")
    parser.add_argument("--text", default="")
    parser.add_argument("--row", metavar="N")


def _pdf(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: list[argparse.ArgumentParser]) -> None:
    pdf = commands.add_parser("pdf", help="PDF pages / 生成 PDF", parents=common)
    pdf.add_argument("act", choices=("blank", "filled"))
    pdf.add_argument("words", nargs="*", metavar="[VAULT SUBJECT] [EVENT] [FORM]")
    pdf.add_argument("-o", "--output", required=True, metavar="PATH")
    pdf.add_argument("--lang", choices=("en", "zh", "both"), default="both")
    pdf.add_argument("--study", metavar="DIR")
    pdf.set_defaults(run=_runs("pdfs:run"))


def _bundle(parser: argparse.ArgumentParser) -> None:
    # "bundle make VAULT" is the contract's word order, "bundle VAULT make" what the other commands do.
    parser.add_argument("words", nargs="*", metavar="[PEER | FILE]")
    parser.add_argument("--to", metavar="PEER", help="device name or id of the receiver / 接收方")
    parser.add_argument("-o", "--output", metavar="PATH")
    parser.add_argument("--dry-run", action="store_true", help="show the plan, write nothing / 只显示计划")
    parser.add_argument("--everything", action="store_true", help="send all records again / 重新发送全部")


_ACT_FIRST = {
    "users": ("list", "add", "disable", "reset", "password"),
    "query": ("list", "raise", "answer", "close"),
    "bundle": ("make", "check", "take", "list"),
    "devices": ("list", "card", "add"),
}


def _normalise(words: list[str]) -> list[str]:
    """Let ``bundle make VAULT`` and ``bundle VAULT make`` mean the same; no word at all is the window."""
    known = set(build_names())
    if not words or (not words[0].startswith("-") and words[0] not in known):
        return [WINDOW, *words]
    acts = _ACT_FIRST.get(words[0], ())
    if len(words) > 2 and words[1] in acts and words[2] not in acts and not words[2].startswith("-"):
        return [words[0], words[2], words[1], *words[3:]]
    return words


def build_names() -> tuple[str, ...]:
    """The names of all commands."""
    return (
        WINDOW, "demo", "new", "users", "devices", "enrol", "enter", "show", "query", "pdf", "bundle", "study", "verify",
    )  # fmt: skip


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Read the command line. Exits with status 2 and a sentence on wrong usage."""
    listed = list(words)
    if listed and not listed[0].startswith("-") and listed[0] not in build_names():
        looks_like_path = any(c in listed[0] for c in "/\\.:") or len(listed) == 1 and _exists(listed[0])
        if not looks_like_path:
            say_error(message("cli.unknown_command", word=listed[0], known=", ".join(build_names()[1:])))
            sys.exit(2)
    return build().parse_args(_normalise(listed))


def _exists(name: str) -> bool:
    from pathlib import Path

    return Path(name).exists()
