"""What a vault refuses at the edges of keys, accounts, copies and lists: in words, nothing has changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mda5_crf.crypto import base64_text, canon
from mda5_crf.db import consents, manifest, peopledb, projection, read, rekey
from mda5_crf.db.fold_common import Unfoldable
from mda5_crf.db.manifest import Copied
from mda5_crf.db.memory import Memory
from mda5_crf.db.openvault import OpenVault
from mda5_crf.db.records import AuditRecord, Draft, make_record
from mda5_crf.db.recovering import check_set
from mda5_crf.db.unlock import DATABASE
from mda5_crf.db.vaultrenewal import KNOWN
from mda5_crf.errors import CrfError, InputRefused, StoreError
from tests.vaults import FOUNDER, enter, open_ward, password, ward

__all__ = ["open_ward", "ward"]

NEW = "harbour-linen-63-pepper"


def refusal(call: Callable[[], object], error: type[CrfError] = StoreError) -> str:
    with pytest.raises(error) as refused:
        call()
    assert refused.value.in_("en") != refused.value.in_("zh")
    return refused.value.code


def person(vault: OpenVault, login: str) -> str:
    found = vault.register().of_login(login)
    assert found is not None
    return found.person


def record(kind: str, key: str, content: dict[str, Any]) -> AuditRecord:
    return make_record(
        Draft(kind, key, content), study="S", device="a", seq=5, prev="", person="p",
        at="2026-11-23T01:00:00.000Z", zone="UTC +00:00", clock=5, salt=bytes(16),
    )  # fmt: skip


TWO = {"second": {"person": "q", "sig": base64_text(bytes(64))}, "reason": {"code": "OTHER", "text": "x"}}


@pytest.mark.parametrize(
    "kind,key,content",
    [
        ("recovery", "", {"act": "lost", "set": 1}),
        ("recovery", "", {"act": "made", "set": 0}),
        ("identities", "", {"act": "printed"}),
        ("peer", "", {"state": "friend", "device": "d2"}),
        ("void", "d1:4/BL/VS", {**TWO, "upto": {"d1": 0}}),
        ("void", "d1:4/BL/VS", {**TWO, "upto": ["d1"]}),
        ("unvoid", "d1:4/BL/VS", {**TWO, "voids": []}),
        ("unvoid", "d1:4/BL/VS", {**TWO, "voids": ["nine"]}),
    ],
)
def test_a_record_of_another_shape_is_not_folded(kind: str, key: str, content: dict[str, Any]) -> None:
    tables = Memory()
    with pytest.raises(Unfoldable):
        projection.fold(tables, record(kind, key, content))
    assert tables.dump() == Memory().dump()


def test_what_was_redacted_takes_nobody() -> None:
    assert not consents.takes_two("void", {})
    assert consents.takes_two("void", TWO)


# -- accounts --------------------------------------------------------------------------------------------


def test_who_cannot_be_reset(open_ward: OpenVault) -> None:
    second = ("d02", password("d02"))
    reset = partial(open_ward.reset_person, signer_password=password(FOUNDER), second=second)
    assert refusal(lambda: reset("00" * 16, NEW), InputRefused) == "store.login_unknown"
    me = person(open_ward, FOUNDER)
    assert refusal(lambda: reset(me, NEW), InputRefused) == "store.reset_own"
    assert open_ward.meta.gen == 1


def test_an_administrator_is_reset_without_the_key_and_a_known_password_renews_it(ward: Path) -> None:
    with enter(ward) as vault:
        second = ("d02", password("d02"))
        reset = partial(vault.reset_person, signer_password=password(FOUNDER), second=second)
        reset(person(vault, "a03"), NEW)
        slot = vault._unlocked.file.slot_of("a03")
        assert slot is not None and not slot.grants and vault.meta.gen == 1
        reset(person(vault, "n07"), NEW, known=True)
        assert vault.meta.gen == 2
        assert [r.data["reason"] for r in vault.journal.records(kinds=("rekey",))] == [KNOWN]


# -- renewal of the key ----------------------------------------------------------------------------------


def test_a_copy_that_differs_is_not_moved_in(open_ward: OpenVault, monkeypatch: pytest.MonkeyPatch) -> None:
    heads = iter([{"a": (1, "00")}, {"a": (2, "00")}])
    with monkeypatch.context() as patch:
        patch.setattr(read, "heads", lambda _store: next(heads))
        built = lambda: rekey.build(open_ward.store, bytes(32), 2, lambda _copy: None)  # noqa: E731
        assert refusal(built) == "store.damaged"
    assert not (open_ward.folder / rekey.NEW).exists()
    with monkeypatch.context() as patch:
        patch.setattr(rekey, "pages_whole", lambda _store: False)
        assert (
            refusal(lambda: rekey.build(open_ward.store, bytes(32), 2, lambda _copy: None)) == "store.damaged"
        )
    assert not (open_ward.folder / rekey.NEW).exists() and open_ward.meta.gen == 1


def test_a_log_beside_the_file_stops_the_exchange(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"old")
    (tmp_path / rekey.NEW).write_bytes(b"new")
    (tmp_path / f"{DATABASE}-wal").write_bytes(b"not yet written back")
    assert refusal(lambda: rekey.move_in(tmp_path)) == "store.vault_in_use_here"
    assert (tmp_path / DATABASE).read_bytes() == b"old"


# -- recovery, lists, copies -----------------------------------------------------------------------------


def test_sheets_need_a_folder_of_this_pc(ward: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sheet: Any = object()  # nothing is read of it before the folder is found fit
    assert refusal(lambda: check_set(tmp_path / "nowhere", sheet, sheet)) == "store.vault_missing"
    monkeypatch.setattr("mda5_crf.db.place.on_network_share", lambda _folder: True)
    assert refusal(lambda: check_set(ward, sheet, sheet)) == "store.vault_on_network"


def test_a_list_is_begun_once_and_taken_from_holders_only(open_ward: OpenVault) -> None:
    assert peopledb.identities_files(open_ward.folder) == ()
    open_ward.create_identities(password(FOUNDER)).close()
    again = lambda: open_ward.create_identities(password(FOUNDER))  # noqa: E731
    assert refusal(again) == "store.exists_already"
    taken = lambda: open_ward.revoke_identities("n07", signer_password=password(FOUNDER))  # noqa: E731
    assert refusal(taken, InputRefused) == "identities.holds_not"
    place = open_ward.folder / peopledb.FILE_NAME
    made = lambda: peopledb.PeopleFile.create(place, bytes(32), open_ward.meta.vault, 1)  # noqa: E731
    assert refusal(made) == "store.exists_already"


WHOLE: dict[str, Any] = {
    "format": Copied.FORMAT, "vault": "ab" * 16, "device": "d1", "gen": 1, "reason": "daily",
    "made": "2026-11-23T01:00:00+00:00", "program": "0.4.0", "definition": "cd" * 32, "records": 3,
    "heads": {"d1": [3, "ef" * 32]},
    "files": [["study.db", 4096, "01" * 32]], "mac": "02" * 32,
}  # fmt: skip


def test_the_manifest_of_these_tests_is_one() -> None:
    assert manifest._read(WHOLE).records == 3


@pytest.mark.parametrize(
    "changed",
    [
        {"made": "2026-11-23T01:00:00"},
        {"heads": {"d1": ["3", "ef" * 32]}},
        {"files": [["../study.db", 4096, "01" * 32]]},
        {"format": "another/1"},
    ],
)
def test_a_manifest_that_says_something_else_is_damaged(changed: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / manifest.MANIFEST).write_bytes(canon({**WHOLE, **changed}))
    assert refusal(lambda: manifest.read_manifest(tmp_path)) == "backup.manifest_damaged"
