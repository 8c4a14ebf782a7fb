"""The words of the command line. Every command's work lies in a module that is imported only when it runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final, NoReturn

from mda5_crf import __version__
from mda5_crf.cli import usage
from mda5_crf.cli.output import say_error
from mda5_crf.errors import UsageError
from mda5_crf.text import message

WINDOW: Final = "window"
# Commands with acts; "bundle make VAULT" and "bundle VAULT make" mean the same.
ACTS: Final = {
    "users": ("list", "add", "disable", "reset", "password", "hand-over", "renew-key"),
    "query": ("list", "raise", "answer", "close"),
    "bundle": ("make", "check", "take", "list"),
    "devices": ("list", "card", "add"),
    "deviations": ("list", "take", "dismiss"),
    "laboratories": ("list", "add", "import", "strike"),
    "ranges": ("list", "add", "import", "strike"),
    "consent-versions": ("list", "add", "import", "strike"),
}


class _Parser(argparse.ArgumentParser):
    """argparse, except that a wrong word is answered in both languages and status 2."""

    def error(self, problem: str) -> NoReturn:
        self.print_usage(sys.stderr)
        say_error(message("cli.wrong_usage", problem=usage.words(problem)))
        sys.exit(2)


class _Grammar:
    """All commands; each has a parser of its own, so that options and words may stand in any order."""

    def __init__(self) -> None:
        self.top = _Parser(
            prog="mda5-crf",
            description="Offline case report forms for trial NCT04966884. 离线病例报告表。",
            epilog="mda5-crf [VAULT] opens the window / 打开窗口. 0 done, 1 refused, 2 usage, 3 machine.",
            allow_abbrev=False,
        )
        self.top.add_argument("--version", action="version", version=f"mda5-crf {__version__}")
        self._all = self.top.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
        self.commands: dict[str, argparse.ArgumentParser] = {}

    def add(self, name: str, place: str, about: str, *, vault: bool = True) -> argparse.ArgumentParser:
        """A command whose work is ``place``, "module:function" of this package, imported when it runs."""
        parser = self._all.add_parser(name, help=about, description=about, allow_abbrev=False)
        self.commands[name] = parser
        parser.add_argument("--user", metavar="NAME", help="log-in id / 登录名")
        parser.add_argument(
            "--password-file", metavar="FILE", help="file whose first line is the password / 密码文件"
        )
        parser.add_argument(
            "--json", action="store_true", help="one JSON document on standard output / 输出 JSON"
        )
        parser.add_argument(
            "--language", choices=("en", "zh"), default="en", help="language of the answer / 输出语言"
        )
        if vault:
            parser.add_argument("vault", metavar="VAULT", help="the vault's folder / 数据库文件夹")
        if name in ACTS:
            parser.add_argument("act", metavar="ACT", nargs="?", help=" | ".join(ACTS[name]))
        parser.set_defaults(command=name, run=_runs(place))
        return parser


def _runs(place: str) -> Callable[[argparse.Namespace], int]:
    def run(options: argparse.Namespace) -> int:
        module, _, name = place.partition(":")
        function: Callable[[argparse.Namespace], int] = getattr(import_module(f"mda5_crf.cli.{module}"), name)
        return function(options)

    return run


def build() -> _Grammar:
    """The whole grammar."""
    grammar = _Grammar()
    window = grammar.add(
        WINDOW, "window:run_window", "open the window (the same as no command) / 打开窗口", vault=False
    )
    window.add_argument("vault", metavar="VAULT", nargs="?")

    demo = grammar.add("demo", "demo:run", "build a demonstration / 生成演示", vault=False)
    demo.add_argument("directory", metavar="DIR")
    demo.add_argument("--subjects", type=int, default=15, metavar="N", help="participants / 参与者人数")
    demo.add_argument(
        "--seed", type=int, default=4966884, metavar="S", help="another seed, other values / 随机种子"
    )
    demo.add_argument("--no-screens", action="store_true", help="no screenshots / 不截图")

    new = grammar.add("new", "vaults:new", "create a site's vault / 新建中心数据库")
    new.add_argument(
        "--site", required=True, metavar="NN", help="two digits; 00 = coordinating centre / 中心号"
    )
    new.add_argument("--name", required=True, metavar="NAME", help="what people call it / 名称")
    new.add_argument("--study", metavar="DIR", help="definition to use instead of the shipped one / 研究定义")
    new.add_argument("--person", metavar="NAME", help="printed name of the first person / 首位用户姓名")
    new.add_argument(
        "--role", default="investigator", metavar="ROLE", help="role of the first person / 首位用户角色"
    )

    users = grammar.add("users", "vaults:users", "accounts and roles / 账户与角色")
    users.add_argument("login", metavar="LOGIN", nargs="?")
    users.add_argument("--person", metavar="NAME", help="printed name / 姓名")
    users.add_argument("--role", metavar="ROLE", help="role of a new account / 新账户角色")
    users.add_argument(
        "--principal", action="store_true", help="an investigator who admits others / 主要研究者"
    )
    users.add_argument("--new-password-file", metavar="FILE", help="the new password's file / 新密码文件")
    users.add_argument("--second", metavar="NAME", help="log-in of the second person / 第二人登录名")
    users.add_argument(
        "--second-password-file", metavar="FILE", help="the second person's password / 第二人密码文件"
    )

    users.add_argument(
        "--known", action="store_true", help="the lost password is known to another / 密码已为他人所知"
    )
    users.add_argument("--reason", metavar="CODE", help="why the key is renewed / 更新密钥的原因")

    devices = grammar.add("devices", "devices:run", "PCs that exchange bundles / 交换数据包的电脑")
    devices.add_argument("file", metavar="FILE", nargs="?")
    devices.add_argument(
        "--fingerprint", metavar="WORDS", help="what the other side reads aloud / 对方宣读的指纹"
    )

    enrol = grammar.add("enrol", "data:enrol", "add a participant / 登记参与者")
    enrol.add_argument(
        "subject", metavar="SUBJECT", nargs="?", help="01-007; none = the next number / 参与者编号"
    )

    _entry(grammar)
    _lists(grammar)
    _reports(grammar)
    _exchange(grammar)
    return grammar


def _entry(grammar: _Grammar) -> None:
    enter = grammar.add("enter", "data:enter", "enter values / 录入")
    for word in ("subject", "event", "form"):
        enter.add_argument(word, metavar=word.upper())
    enter.add_argument("values", metavar="ITEM=TEXT", nargs="*")
    enter.add_argument("--row", metavar="N", help="row of a log: a number, or new / 日志行号或 new")
    enter.add_argument("--reason", metavar="R", help="reason for change: CODE or CODE:text / 更改原因")
    enter.add_argument(
        "--missing", metavar="ITEM=CODE", action="append", default=[], help="mark missing / 标记缺失"
    )
    enter.add_argument(
        "--confirm", metavar="ITEM", action="append", default=[], help="confirm a finding / 确认提示"
    )
    enter.add_argument(
        "--second", action="store_true", help="second, blind entry by another person / 第二次录入（盲态）"
    )
    enter.add_argument(
        "--resolve", metavar="ITEM=CHOICE", action="append", default=[],
        help="end a difference: first, second or other:TEXT / 判定差异",
    )  # fmt: skip
    enter.add_argument("--complete", action="store_true", help="complete the form afterwards / 完成表单")

    query = grammar.add("query", "queries:run", "queries / 质疑")
    query.add_argument("words", nargs="*", metavar="SUBJECT EVENT FORM ITEM | QUERY")
    query.add_argument("--text", default="", help="question or answer / 质疑或答复内容")
    query.add_argument("--row", metavar="N", help="row of a log / 日志行号")

    sign = grammar.add("sign", "sign:run", "sign a form or a visit / 电子签名")
    for word in ("subject", "event"):
        sign.add_argument(word, metavar=word.upper())
    sign.add_argument("form", metavar="FORM", nargs="?", help="none = the whole visit / 不填为整个访视")
    sign.add_argument("--meaning", metavar="CODE", help="ELIGIBILITY | REVIEWED | APPROVED / 签名含义")

    deviations = grammar.add("deviations", "deviations:run", "proposed protocol deviations / 方案偏离提议")
    deviations.add_argument("words", nargs="*", metavar="SUBJECT | PROPOSAL")
    deviations.add_argument("--reason", metavar="R", help="reason: CODE or CODE:text / 理由")


def _lists(grammar: _Grammar) -> None:
    for name, about in (
        ("laboratories", "the site's laboratories / 本中心的实验室"),
        ("ranges", "reference ranges of the site's laboratories / 实验室参考范围"),
        ("consent-versions", "approved versions of the consent form / 知情同意书版本"),
    ):
        command = grammar.add(name, "references:run", about)
        command.add_argument("words", metavar="FIELD=TEXT | FILE | ROW", nargs="*")
        command.add_argument("--reason", metavar="TEXT", help="why a row is struck / 划除原因")
        command.add_argument("--dry-run", action="store_true", help="check the file, write nothing / 只检查")


def _reports(grammar: _Grammar) -> None:
    show = grammar.add("show", "show:run", "status, values, findings, queries / 查看")
    for word in ("subject", "event", "form"):
        show.add_argument(word, metavar=word.upper(), nargs="?")

    todo = grammar.add("todo", "todo:run", "the work list: what waits / 待办事项")
    todo.add_argument("--mine", action="store_true", help="only what I may do, marked * / 只列我的")

    pdf = grammar.add("pdf", "pdfs:run", "PDF pages / 生成 PDF", vault=False)
    pdf.add_argument("act", choices=("blank", "filled", "keys"))
    pdf.add_argument("words", nargs="*", metavar="[VAULT SUBJECT] [EVENT] [FORM]")
    pdf.add_argument("-o", "--output", required=True, metavar="PATH")
    pdf.add_argument(
        "--lang", choices=("en", "zh", "both"), default="both", help="language of the pages / 页面语言"
    )
    pdf.add_argument("--study", metavar="DIR", help="definition of blank pages / 空白表所用研究定义")

    study = grammar.add("study", "studies:run", "the definition / 研究定义", vault=False)
    study.add_argument("act", choices=("check", "approve", "diff"))
    study.add_argument("directory", metavar="DIR", nargs="?")
    study.add_argument("other", metavar="NEW", nargs="?", help="newer definition, of diff / 较新的定义")
    study.add_argument("--name", metavar="NAME", help="who approves the texts / 批准人姓名")

    second = grammar.add("second", "second:run", "double entry: counts per form / 双份录入统计")
    second.add_argument("subject", metavar="SUBJECT", nargs="?")

    verify = grammar.add("verify", "verify:run", "prove the record / 校验记录")
    verify.add_argument("--witness", action="append", default=[], metavar="DEVICE:SEQ:HASH",
                        help="a head noted elsewhere / 他处记载的链首")  # fmt: skip


def _exchange(grammar: _Grammar) -> None:
    bundle = grammar.add("bundle", "bundles:run", "exchange with other sites / 数据包交换")
    bundle.add_argument("words", nargs="*", metavar="[PEER | FILE]")
    bundle.add_argument("--to", metavar="PEER", help="device name or id of the receiver / 接收方")
    bundle.add_argument("-o", "--output", metavar="PATH", help="folder for the file / 输出文件夹")
    bundle.add_argument("--dry-run", action="store_true", help="show the plan, write nothing / 只显示计划")
    bundle.add_argument("--everything", action="store_true", help="send all records again / 重新发送全部")


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Read the command line.

    Raises UsageError, or exits with status 2 and a sentence (0 after ``--help``).
    """
    grammar = build()
    if words and words[0] in ("-h", "--help", "--version"):
        grammar.top.parse_args(words[:1])
    if not words or words[0] not in grammar.commands:
        _check_path(words, grammar)
        words = [WINDOW, *words]
    options = grammar.commands[words[0]].parse_intermixed_args(words[1:])
    if options.command in ACTS:
        _order(options, ACTS[options.command])
    return options


def _check_path(words: Sequence[str], grammar: _Grammar) -> None:
    """No command: the first word must be a vault's folder, or it is a mistyped command."""
    if not words or words[0].startswith("-"):
        return
    if any(c in words[0] for c in "/\\.:") or (len(words) == 1 and Path(words[0]).exists()):
        return
    raise UsageError("cli.unknown_command", word=words[0], known=", ".join(list(grammar.commands)[1:]))


def _order(options: argparse.Namespace, acts: Sequence[str]) -> None:
    """Put act and vault in their places, whichever came first; without an act it is the list."""
    if options.vault in acts and options.act not in acts:
        options.vault, options.act = options.act, options.vault
    if options.vault is None:
        raise UsageError("cli.vault_needed")
    options.act = options.act or "list"
    if options.act not in acts:
        # Of the two words, the one that looks like a place is not the mistyped act.
        word = options.vault if any(c in options.act for c in "/\\.") else options.act
        raise UsageError("cli.unknown_act", word=word, known=", ".join(acts))
