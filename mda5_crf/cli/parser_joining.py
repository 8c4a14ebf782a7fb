"""The words of ``invite``, ``join`` and ``devices``."""

from __future__ import annotations

import argparse
from typing import Final

from mda5_crf.cli.parser_trace import Grammar

DEVICE_ACTS: Final = (
    "list", "requests", "approve", "confirm", "phrase", "withdraw", "rename", "revoke", "reinstate",
    "revocations", "card", "add",
)  # fmt: skip


def add(grammar: Grammar) -> None:
    """Add the commands."""
    invite = grammar.add("invite", "joining:invite", "invite a ward's PC to join / 邀请病区电脑加入")
    invite.add_argument("--site", required=True, metavar="NN", help="the ward's site / 病区的中心号")
    invite.add_argument("--name", required=True, metavar="NAME", help="what the PC is called / 电脑名称")
    invite.add_argument("-o", "--output", metavar="FILE", help="file.mda5invite / 邀请文件")
    _second(invite)

    join = grammar.add("join", "joining:join", "this PC joins the study / 本机加入研究", vault=False)
    join.add_argument("invitation", metavar="FILE", help="what the centre sent / 协调中心发来的邀请文件")
    join.add_argument("vault", metavar="VAULT", help="the new vault's folder / 新数据库文件夹")
    join.add_argument("--person", metavar="NAME", help="printed name of the first person / 首位用户姓名")
    join.add_argument(
        "--role", default="investigator", metavar="ROLE",
        help="investigator = the principal investigator; administrator = who sets it up / 首位用户角色",
    )  # fmt: skip
    join.add_argument("-o", "--output", metavar="FILE", help="file.mda5join / 申请文件")

    devices = grammar.add(
        "devices", "devices:run", "PCs that join and exchange bundles / 加入并交换数据包的电脑"
    )
    devices.add_argument("words", metavar="FILE | NAME", nargs="*")
    devices.add_argument(
        "--heard", metavar="WORDS", help="four words or numbers read to you / 对方宣读的四个词"
    )
    devices.add_argument("--name", metavar="NAME", help="approve under this name / 以此名称批准")
    devices.add_argument("--reason", metavar="R", help="why; the whole study reads it / 理由（全研究可见）")
    devices.add_argument(
        "--last", type=int, metavar="N", help="last record still accepted / 仍接受的最后记录"
    )
    devices.add_argument(
        "--person", metavar="LOGIN", help="revoke this person's key there / 撤销该人员的密钥"
    )
    devices.add_argument("-o", "--output", metavar="FILE", help="write the request again / 重新写出申请")
    devices.add_argument(
        "--fingerprint", metavar="WORDS", help="what the other side reads aloud / 对方宣读的指纹"
    )
    _second(devices)


def _second(command: argparse.ArgumentParser) -> None:
    command.add_argument("--second", metavar="NAME", help="log-in of the second person / 第二人登录名")
    command.add_argument(
        "--second-password-file", metavar="FILE", help="the second person's password / 第二人密码文件"
    )
