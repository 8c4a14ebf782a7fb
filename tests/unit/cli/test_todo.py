"""``todo``: the work list as a person or a script reads it."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.commandline import act
from tests.scenario import Ward
from tests.wards import built, session_at

TODAY = datetime.now(ZoneInfo("Asia/Shanghai")).date()
D1 = (TODAY - timedelta(days=60)).isoformat()
CLOSED = (TODAY - timedelta(days=25)).isoformat()  # week 4 ends on day 36


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """01-001 had the first dose 60 days ago and no visit since."""
    folder = Path(shutil.copytree(built(), tmp_path_factory.mktemp("todo") / "ward.mda5"))
    with session_at(folder, clock=lambda: datetime.now(UTC)) as session:
        ward = Ward(session).enrol()
        ward.open("LOG", "EX").new_row("DOSING").fill(ECTRT="TOFACITINIB", ECOCCUR="Y", ECSTDAT=D1)
        for event in ("SCR", "BL"):
            ward.open(event, "SV").fill(SVOCCUR="Y", SVSTDAT=D1)
    return folder


def test_nothing_waits(vault: Path) -> None:
    assert act("todo", vault).good().out == "Nothing is waiting.\n"
    assert act("todo", vault, "--language", "zh").good().out == "没有待办事项。\n"
    assert act("todo", vault, "--json").good().json() == {"tasks": [], "notes": []}


def test_the_same_list_in_words_and_in_json(waiting: Path) -> None:
    text = act("todo", waiting).good().out
    assert f"\n  * 01-001  Week 4: closed {CLOSED}, 25 days ago" in f"\n{text}"
    assert "yours" in text
    document = act("todo", waiting, "--json").good().json()
    (task, *_) = document["tasks"]
    assert task["group"] == "overdue" and task["date"] == CLOSED and task["mine"] is True
    assert task["key"].endswith("/W4") and task["place"] == {"en": "Week 4", "zh": "第4周"}
    chinese = act("todo", waiting, "--language", "zh").good().out
    assert task["words"]["zh"] in chinese and "已超窗" in chinese


def test_mine_is_what_one_may_do(waiting: Path) -> None:
    assert act("todo", waiting, "--mine").good().out != "Nothing is waiting.\n"
    assert act("todo", waiting, "--mine", login="d02").good().out == "Nothing is waiting.\n"
    assert "  01-001" in act("todo", waiting, login="d02").good().out
