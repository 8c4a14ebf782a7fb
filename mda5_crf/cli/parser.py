"""The words of the command line. Every command's work lies in a module that is imported only when it runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final, NoReturn

from mda5_crf import __version__
from mda5_crf.cli import (
    parser_archive,
    parser_centre,
    parser_checks,
    parser_coding,
    parser_figures,
    parser_import,
    parser_joining,
    parser_study,
    parser_trace,
    usage,
)
from mda5_crf.cli.output import say_error
from mda5_crf.errors import UsageError
from mda5_crf.guides.shelf import NAMES
from mda5_crf.text import message

WINDOW: Final = "window"
_MOMENT: Final = "a past moment: 2026-08-01T12:00+08:00 or DEVICE:SEQ[,…] / 过去的时刻"
# Commands with acts; "bundle make VAULT" and "bundle VAULT make" mean the same.
ACTS: Final = {
    "redact": ("list", "find", "propose", "confirm", "withdraw"),
    "clock": ("state", "correct"),
    "coding": parser_coding.ACTS,
    "users": (
        "list",
        "add",
        "disable",
        "reset",
        "tasks",
        "duties",
        "password",
        "hand-over",
        "renew-key",
    ),
    "query": ("list", "thread", "raise", "answer", "close", "cancel", "reopen", "print", "take-answer"),
    "bundle": ("make", "check", "take", "list", "gaps", "cover", "ledger"),
    "carrier": ("make", "open"),
    "quarantine": ("list", "judge-again"),
    "backup": ("make", "copies", "check", "place", "moved", "copied"),
    "devices": parser_joining.DEVICE_ACTS,
    "server": parser_centre.SERVER_ACTS,
    "conflicts": ("list", "show", "resolve", "ask"),
    "deviations": ("list", "take", "dismiss"),
    "lock": ("list", "freeze", "thaw", "lock", "unlock"),
    "laboratories": ("list", "add", "import", "strike"),
    "ranges": ("list", "add", "import", "strike"),
    "consent-versions": ("list", "add", "import", "strike"),
    "recovery": ("state", "make"),
    "identities": ("list", "set", "print", "grant", "revoke"),
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
            parser.add_argument(
                "vault", metavar="VAULT", help="the vault's folder or address / 数据库文件夹或地址"
            )
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
    new.add_argument(
        "--study", metavar="DIR|FILE", help="definition, or another system's file / 研究定义或其他系统的文件"
    )
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
    users.add_argument("--reason", metavar="CODE", help="why: of a key a code, of an end words / 原因")
    users.add_argument("--duty", metavar="CODE", help="a duty of the trial, CONSENT / 试验职责")
    users.add_argument("--from", dest="start", default="", metavar="DAY", help="first day / 开始日期")
    users.add_argument("--to", dest="to", default="", metavar="DAY", help="last day / 结束日期")
    users.add_argument("--end", action="store_true", help="end it, --to or now / 结束")
    users.add_argument("--history", action="store_true", help="every change / 变更记录")

    guide = grammar.add("guide", "guide:run", "the guides, to read or as PDF / 使用指南", vault=False)
    guide.add_argument("name", metavar="NAME", nargs="?", help=" | ".join(NAMES))
    guide.add_argument("--lang", choices=("en", "zh"), help="language of the guide / 指南语言")
    guide.add_argument("-o", "--output", metavar="FILE.pdf", help="the PDF to write / 输出 PDF")

    parser_joining.add(grammar)
    parser_centre.add(grammar)

    enrol = grammar.add("enrol", "data:enrol", "add a participant / 登记参与者")
    enrol.add_argument(
        "subject", metavar="SUBJECT", nargs="?", help="01-007; none = the next number / 参与者编号"
    )

    _entry(grammar)
    parser_trace.add(grammar)
    parser_archive.add(grammar)
    parser_figures.add(grammar)
    parser_checks.add(grammar)
    parser_coding.add(grammar)
    parser_import.add(grammar)
    _lists(grammar)
    _reports(grammar)
    _exchange(grammar)
    _sheets(grammar)
    _copies(grammar)
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
    query.add_argument("words", nargs="*", metavar="SUBJECT EVENT FORM ITEM | QUERY | CODE")
    query.add_argument("--text", default="", help="question, answer or reason / 质疑、答复或原因")
    query.add_argument("--row", metavar="N", help="row of a log / 日志行号")
    query.add_argument("--mine", action="store_true", help="only what waits for me / 只列待我处理的")
    query.add_argument("--state", metavar="STATE", help="one of the six states, or waiting / 状态")
    query.add_argument("--older", metavar="DAYS", type=int, default=0, help="open so many days / 未关闭天数")
    query.add_argument("--query", metavar="ID", action="append", default=[], help="print it / 打印该质疑")
    query.add_argument("--subject", metavar="SUBJECT", default="", help="whose queries or paper / 参与者编号")
    query.add_argument("-o", "--output", metavar="PATH", help="file of the paper queries / 纸质质疑单文件")
    query.add_argument("--lang", choices=("en", "zh", "both"), default="both", help="of the pages / 页面语言")
    query.add_argument("--by", metavar="NAME", default="", help="who answered on paper / 纸单答复人")
    query.add_argument("--on", metavar="DATE", default="", help="date on the paper / 纸单日期")

    conflicts = grammar.add("conflicts", "conflicts:run", "answers that differ between PCs / 各电脑间的冲突")
    conflicts.add_argument("words", nargs="*", metavar="SUBJECT | N")
    conflicts.add_argument("--take", metavar="SIDE", help="the number of the right answer / 正确答案的编号")
    conflicts.add_argument("--value", metavar="TEXT", help="another answer / 其他答案")
    conflicts.add_argument("--unit", metavar="UNIT", help="its unit / 单位")
    conflicts.add_argument("--reason", metavar="R", help="why: CODE or CODE:text / 理由")
    conflicts.add_argument("--text", metavar="TEXT", default="", help="ask: the question / 质疑内容")

    _finishing(grammar)

    deviations = grammar.add("deviations", "deviations:run", "proposed protocol deviations / 方案偏离提议")
    deviations.add_argument("words", nargs="*", metavar="SUBJECT | PROPOSAL")
    deviations.add_argument("--reason", metavar="R", help="reason: CODE or CODE:text / 理由")


def _finishing(grammar: _Grammar) -> None:
    source = grammar.add("verify-source", "sdv:run", "verify against the source / 源数据核查")
    source.add_argument("words", nargs="*", metavar="SUBJECT [EVENT [FORM [ITEM …]]]")
    source.add_argument("--row", metavar="N", help="row of a log / 日志行号")
    source.add_argument("--report", action="store_true", help="how far verification is / 核查进度")
    source.add_argument("--withdraw", metavar="REASON", help="take a mark back / 撤回核查标记")

    sign = grammar.add("sign", "sign:run", "sign a form, a visit or a participant / 电子签名")
    sign.add_argument("subject", metavar="SUBJECT")
    sign.add_argument("event", metavar="EVENT", nargs="?", help="none = the whole casebook / 不填为整份病历")
    sign.add_argument("form", metavar="FORM", nargs="?", help="none = the whole visit / 不填为整个访视")
    sign.add_argument("--meaning", metavar="CODE", help="ELIGIBILITY | REVIEWED | APPROVED / 签名含义")
    sign.add_argument("--all", action="store_true", help="each form that can be signed / 逐一签署可签表单")

    lock = grammar.add("lock", "lock:run", "freeze, lock, open again / 冻结、锁定、解锁")
    endorse = grammar.add("endorse", "lock:endorse", "an investigator's judgement / 认可研究者判断")
    for command in (lock, endorse):
        for word in ("subject", "event", "form"):
            command.add_argument(word, metavar=word.upper(), nargs="?")
    lock.add_argument("--reason", metavar="TEXT", help="why / 原因")
    lock.add_argument("--second", metavar="NAME", help="log-in of the second person / 第二人登录名")
    lock.add_argument(
        "--second-password-file", metavar="FILE", help="the second person's password / 第二人密码文件"
    )
    endorse.add_argument("--all", action="store_true", help="endorse all listed / 认可所列全部")


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
    show.add_argument("--as-of", metavar="MOMENT", help=_MOMENT)
    show.add_argument("--since", metavar="MOMENT", help="what is different since then / 此后的差异")

    todo = grammar.add("todo", "todo:run", "the work list: what waits / 待办事项")
    todo.add_argument("--mine", action="store_true", help="only what I may do, marked * / 只列我的")

    pdf = grammar.add("pdf", "pdfs:run", "PDF pages / 生成 PDF", vault=False)
    pdf.add_argument(
        "act",
        choices=(
            *("blank", "filled", "keys", "delegation", "source-list"),
            *("acrf", "guideline", "validation-plan", "casebook"),
            *("card", "calendar", "matrix", "sae", "archive"),
        ),
    )
    pdf.add_argument("words", nargs="*", metavar="[VAULT SUBJECT] [EVENT] [FORM]")
    pdf.add_argument("-o", "--output", required=True, metavar="PATH")
    pdf.add_argument(
        "--lang", choices=("en", "zh", "both"), default="both", help="language of the pages / 页面语言"
    )
    pdf.add_argument("--study", metavar="DIR", help="definition of blank pages / 空白表所用研究定义")
    pdf.add_argument("--as-of", metavar="MOMENT", help=_MOMENT)
    pdf.add_argument("--since", metavar="MOMENT", help="casebook: only what changed / 病例报告册：仅变更内容")
    pdf.add_argument(
        "--without", metavar="PART,…", default="", help="casebook: left out / 病例报告册：省略部分"
    )
    pdf.add_argument("--date", metavar="DAY", help="card: of that day / 晨间访视卡日期")
    pdf.add_argument("--unique", action="store_true", help="blank casebook: each form once / 每表一份")
    pdf.add_argument("--audit", action="store_true", help="filled: with the changes / 附修改记录")
    pdf.add_argument(
        "--profile",
        choices=("working", "submission"),
        default="working",
        help="submission: whole fonts, linearised / 递交用：嵌入完整字体",
    )
    pdf.add_argument("--pdfa", action="store_true", help="archive: PDF/A or nothing / 归档：须为 PDF/A")

    checked = grammar.add("check-page", "checkpage:run", "is a printed page genuine? / 核对打印页")
    checked.add_argument("page", metavar="CODE|FILE")
    checked.add_argument("-o", "--output", metavar="PATH", help="the page as it must be / 原页 PDF")

    parser_study.add(grammar)

    second = grammar.add("second", "second:run", "double entry: counts per form / 双份录入统计")
    second.add_argument("subject", metavar="SUBJECT", nargs="?")

    audit = grammar.add("audit", "audit:run", "the audit trail / 稽查轨迹")
    for word in ("subject", "event", "form"):
        audit.add_argument(word, metavar=word.upper(), nargs="?")
    audit.add_argument("--person", metavar="NAME", help="log-in of who did it / 操作者登录名")
    audit.add_argument("--device", metavar="PC", help="name or id of the PC / 电脑名称或编号")
    audit.add_argument("--bundle", metavar="NUMBER|ID", help="what a bundle held / 数据包内容")
    audit.add_argument("--item", metavar="FORM.ITEM", help="one item of everybody / 条目")
    audit.add_argument("--since", metavar="DATE", help="first day / 起始日期")
    audit.add_argument("--until", metavar="DATE", help="last day / 截止日期")
    audit.add_argument("--kind", metavar="KIND", action="append", default=[], help="kind or group / 类型")
    audit.add_argument("--search", metavar="WORDS", default="", help="words that must occur / 搜索")
    audit.add_argument("--new", action="store_true", help="only since the last review / 仅上次审阅之后")
    audit.add_argument("--limit", type=int, default=200, metavar="N", help="lines to show / 显示行数")
    audit.add_argument("--csv", metavar="PATH", help="write all lines to a file / 写入 CSV 文件")
    audit.add_argument("--odm", metavar="PATH", help="write them as CDISC ODM 1.3.2 / 写入 ODM 文件")
    audit.add_argument("--review", metavar="REMARK", help="record a review up to now / 记录审阅")
    audit.add_argument("--patterns", action="store_true", help="counts per item and person / 统计")
    audit.add_argument("--days", type=int, default=14, metavar="N", help="late after N days / 迟录天数")

    verify = grammar.add("verify", "verify:run", "prove the record / 校验记录")
    verify.add_argument("--witness", action="append", default=[], metavar="DEVICE:SEQ:HASH",
                        help="a head noted elsewhere / 他处记载的链首")  # fmt: skip


def _exchange(grammar: _Grammar) -> None:
    grammar.add("quarantine", "quarantine:run", "what was set aside, and what to do / 搁置的记录")

    bundle = grammar.add("bundle", "bundles:run", "exchange with other sites / 数据包交换")
    bundle.add_argument("words", nargs="*", metavar="[PEER | FILE … | FOLDER | NUMBER]")
    bundle.add_argument("--to", metavar="PEER", help="device name or id of the receiver / 接收方")
    bundle.add_argument("-o", "--output", metavar="PATH", help="folder for the file / 输出文件夹")
    bundle.add_argument("--dry-run", action="store_true", help="show the plan, write nothing / 只显示计划")
    bundle.add_argument("--everything", action="store_true",
                        help="send all records again; does no harm / 重新发送全部，无害")  # fmt: skip
    bundle.add_argument("--anyway", action="store_true",
                        help="make: even if texts name a person / 含可识别个人的文字仍生成")  # fmt: skip
    bundle.add_argument("--cover", action="store_true", help="make: a cover sheet beside it / 随附单")
    bundle.add_argument("--file", metavar="FILE", help="cover: where the bundle lies now / 数据包位置")
    bundle.add_argument(
        "--lang", choices=("en", "zh", "both"), default="both", help="language of the sheet / 单据语言"
    )

    export = grammar.add("export", "exports:run", "a file for another system, in clear / 导出（明文）")
    export.add_argument("--as", dest="kind", required=True,
                        choices=("odm", "odm2", "odm-transactional", "odm-archive", "csv", "xlsx", "xpt",
                                 "sav", "dta", "dataset-json"),
                        help="ODM (state, whole history), or datasets / ODM 或数据集")  # fmt: skip
    export.add_argument("-o", "--output", required=True, metavar="PATH",
                        help="datasets: folder, .zip, .xlsx / 文件夹、.zip、.xlsx")  # fmt: skip
    export.add_argument("--subject", action="append", default=[], metavar="N", help="only this / 仅此参与者")
    export.add_argument("--plain", action="store_true", help="nothing beyond the standard / 不含扩展")
    export.add_argument("--shape", choices=("forms", "sdtm"),
                        help="a table per form, or SDTM-like / 每表单一表，或类 SDTM")  # fmt: skip
    export.add_argument("--lang", choices=("en", "zh", "both"), help="language of labels / 标签语言")
    export.add_argument("--raw", action="store_true", help="CSV for statistics, nothing added / 供统计的 CSV")
    export.add_argument("--ndjson", action="store_true", help="Dataset-JSON as lines / 按行写出 Dataset-JSON")
    export.add_argument("--ascii", action="store_true", help="XPT: refuse other text / 拒绝非 ASCII 文本")
    export.add_argument("--to", metavar="PEER", help="in a carrier for this PC / 置于发给该电脑的加密载体")


def _sheets(grammar: _Grammar) -> None:
    recovery = grammar.add("recovery", "recovery:run", "recovery sheets: state, or a new set / 恢复单")
    recovery.add_argument(
        "--holder", action="append", default=[], metavar="NAME", help="who keeps a sheet, 3 × / 保管人"
    )
    recovery.add_argument("--second", metavar="NAME", help="log-in of the second person / 第二人登录名")
    recovery.add_argument(
        "--second-password-file", metavar="FILE", help="the second person's password / 第二人密码文件"
    )

    listed = grammar.add("identities", "identities:run", "the site's identification list / 鉴认代码表")
    listed.add_argument("words", nargs="*", metavar="SEARCH | SUBJECT FIELD=FILE | LOGIN | codes | screening")
    listed.add_argument("--reason", metavar="TEXT", help="why an entry changes / 更改原因")
    listed.add_argument("-o", "--output", metavar="PATH", help="the PDF to write / 输出 PDF")
    listed.add_argument(
        "--lang", choices=("en", "zh", "both"), default="both", help="language of the pages / 页面语言"
    )

    recover = grammar.add("recover", "recovery:recover", "open with two recovery sheets / 用两张恢复单打开")
    recover.add_argument("--share-file", action="append", default=[], metavar="FILE",
                         help="file with the words of one sheet, 2 × / 一张恢复单的词语")  # fmt: skip
    recover.add_argument("--login", metavar="NAME", help="log-in of the new keeper / 新密钥保管人登录名")
    recover.add_argument("--person", metavar="NAME", help="printed name / 姓名")
    recover.add_argument("--role", metavar="ROLE", help="investigator | data_manager / 角色")
    recover.add_argument("--new-password-file", metavar="FILE", help="the new password's file / 新密码文件")
    recover.add_argument("--reason", metavar="TEXT", help="why the sheets are used / 使用原因")


def _copies(grammar: _Grammar) -> None:
    backup = grammar.add("backup", "backup:backup", "copies of a vault / 备份")
    backup.add_argument("words", metavar="FOLDER | NAME", nargs="*")
    backup.add_argument("--hours", type=int, metavar="N", help="a copy every N hours / 备份间隔（小时）")
    backup.add_argument("--days", type=int, metavar="N", help="warn after N days / 提醒期限（天）")
    backup.add_argument("--second", metavar="NAME", help="log-in of the second person / 第二人登录名")
    backup.add_argument(
        "--second-password-file", metavar="FILE", help="the second person's password / 第二人密码文件"
    )

    restore = grammar.add("restore", "backup:restore", "make a vault of a copy / 恢复备份", vault=False)
    restore.add_argument("copy", metavar="BACKUP")
    restore.add_argument("target", metavar="TARGET", help="a new folder / 新文件夹")
    restore.add_argument("--second", metavar="NAME", help="log-in of the second person / 第二人登录名")
    restore.add_argument(
        "--second-password-file", metavar="FILE", help="the second person's password / 第二人密码文件"
    )
    restore.add_argument("--witness", action="append", default=[], metavar="DEVICE:SEQ:HASH",
                         help="a head noted elsewhere / 他处记载的链首")  # fmt: skip
    restore.add_argument("--known", action="append", default=[], metavar="FOLDER",
                         help="a newer copy that knows of redactions / 较新的备份")  # fmt: skip

    drill = grammar.add("drill", "backup:drill", "prove that a copy can be restored / 恢复演练")
    drill.add_argument("--backup", metavar="FOLDER", help="this copy, not the newest / 指定备份")


def parse(words: Sequence[str], grammar: _Grammar | None = None) -> argparse.Namespace:
    """Read the command line. ``grammar`` spares whoever reads many to build it each time.

    Raises UsageError, or exits with status 2 and a sentence (0 after ``--help``).
    """
    grammar = grammar or build()
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
    """Put act and vault in their places, whichever came first; no act is "list", or the first of them."""
    if options.vault in acts and options.act not in acts:
        options.vault, options.act = options.act, options.vault
    if options.vault is None:
        raise UsageError("cli.vault_needed")
    options.act = options.act or ("list" if "list" in acts else acts[0])
    if options.act not in acts:
        # Of the two words, the one that looks like a place is not the mistyped act.
        word = options.vault if any(c in options.act for c in "/\\.") else options.act
        raise UsageError("cli.unknown_act", word=word, known=", ".join(acts))
