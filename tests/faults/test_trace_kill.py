"""``kill -9`` and a full disk in the middle of a redaction or a move: all of it or nothing, then finished."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mda5_crf.db import emptying, projection
from mda5_crf.db.store import Store
from mda5_crf.errors import StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Reason
from mda5_crf.services.session import Session
from tests.scenario import Ward
from tests.vaults import password
from tests.wards import session_at, ward_folder

__all__ = ["ward_folder"]

SECRET = "Wang Xiaoming 13912345678"
SECOND = ("d02", password("d02"))
NURSE = ("n07", password("n07"))


def prepared(folder: Path) -> tuple[str, str]:
    with session_at(folder) as session:
        ward = Ward(session).enrol()
        sv = ward.open("W4", "SV").enter("SVREASOC", SECRET)
        assert sv.last is not None
        return ward.subject, sv.last.records[0]


def redact(session: Session, record: str) -> None:
    session.redact([record], Reason("PRIVACY", "x"), (), own_password=password("i01"), second=SECOND)


def killed(folder: Path, act: Callable[[Session], None], arm: Callable[[], None]) -> None:
    """Do ``act`` in a process of its own that ends itself as ``kill -9`` does where ``arm`` puts it."""
    child = os.fork()
    if child == 0:
        try:
            with session_at(folder) as session:
                arm()
                act(session)
        finally:
            os._exit(3)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def whole(folder: Path, record: str, *, gone: bool) -> None:
    with session_at(folder) as session:
        found = session.vault.journal.get(record)
        assert found is not None and (found.content is None) is gone
        assert not emptying.unclean(session.vault.store) and session.left_to_clean is None
        assert session.verify().troubles == ()
        names = sorted(path.name.partition("_")[0] for path in (folder / "backups").glob("*"))
        assert not gone or names == ["redact"]


@pytest.mark.requirement("E6-4")
@pytest.mark.parametrize(
    "where,gone",
    [("rebuild", False), ("set_meta", False), ("checkpoint", True), ("clean", True), ("back_up", True),
     ("drop_old_backups", True)],
)  # fmt: skip
def test_kill_during_a_redaction(ward_folder: Path, where: str, gone: bool) -> None:
    _, record = prepared(ward_folder)

    def arm() -> None:
        if where in ("checkpoint", "set_meta"):
            setattr(Store, where, die)
        else:
            from mda5_crf.services import redacting

            for module in (emptying, redacting):
                if hasattr(module, where):
                    setattr(module, where, die)

    killed(ward_folder, lambda session: redact(session, record), arm)
    whole(ward_folder, record, gone=gone)


@pytest.mark.requirement("CN-3")
@pytest.mark.parametrize("fold", [1, 2])
def test_kill_during_a_move(ward_folder: Path, fold: int) -> None:
    subject, _ = prepared(ward_folder)
    source = ItemKey(subject, "W4", "", "SV")

    def arm() -> None:
        real, calls = projection.fold, [0]

        def folded(*args: Any) -> None:  # noqa: ANN401 - handed on
            real(*args)
            calls[0] += 1
            if calls[0] == fold:
                die()

        setattr(projection, "fold", folded)  # noqa: B010

    def act(session: Session) -> None:
        session.move(session.plan_move(source, ItemKey(subject, "W8")), Reason("ENTRY_ERROR"), NURSE)

    killed(ward_folder, act, arm)
    with session_at(ward_folder) as session:
        assert {key.event for key in session.data(subject).entries} == {"W4"} and session.voids() == ()
        assert session.verify().troubles == ()
        act(session)
        assert {key.event for key in session.data(subject).entries} == {"W8"}


def test_a_disk_that_is_full_while_cleaning(ward_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The content is out of the tables; what is left waits for the next opening, and words say so."""
    from mda5_crf.services import redacting

    _, record = prepared(ward_folder)

    def full(*_: object, **__: object) -> Path:
        raise StoreError("store.disk_full", place="study.db")

    with monkeypatch.context() as patch:
        patch.setattr(redacting, "back_up", full)
        with session_at(ward_folder) as session:
            with pytest.raises(StoreError, match="disk_full"):
                redact(session, record)
            assert emptying.unclean(session.vault.store)
        with session_at(ward_folder) as session:
            assert session.left_to_clean is not None and "full" in session.left_to_clean.en
    whole(ward_folder, record, gone=True)
