"""The words of ``selfcheck`` and ``patterns``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from typing import Protocol

    class Grammar(Protocol):
        """What takes commands."""

        def add(self, name: str, place: str, about: str, *, vault: bool = True) -> argparse.ArgumentParser:
            """See ``parser``."""


def add(grammar: Grammar) -> None:
    """Both commands."""
    check = grammar.add(
        "selfcheck", "selfcheck:run", "check this installation on this PC / 检查本机安装", vault=False
    )
    check.add_argument(
        "vault", metavar="VAULT", nargs="?", help="its PC's key signs the evidence / 由其密钥签名"
    )
    check.add_argument("--vault", dest="vault_option", metavar="VAULT", help="the same / 同上")
    check.add_argument(
        "-o", "--output", metavar="FILE.pdf", help="evidence, with the .json beside it / 检查证据"
    )
    check.add_argument("--lang", choices=("en", "zh", "both"), default="both", help="of the pages / 页面语言")
    check.add_argument("--verify", metavar="FILE.json", help="is this evidence genuine? / 核验检查证据")
    check.add_argument(
        "--package", metavar="PATH", help="another packed program, or a release's files / 检查另一安装包"
    )

    patterns = grammar.add("patterns", "patterns:run", "patterns in the data for the monitor / 数据模式核查")
    patterns.add_argument("-o", "--output", metavar="FILE.pdf", help="the list as PDF / 列表 PDF")
    patterns.add_argument(
        "--lang", choices=("en", "zh", "both"), default="both", help="of the pages / 页面语言"
    )
    patterns.add_argument(
        "--sample", type=int, default=5, metavar="N", help="participants to verify / 抽样人数"
    )
    patterns.add_argument("--seed", type=int, default=1, metavar="S", help="of the sample / 抽样随机种子")
