"""A vault in a database on a server: keys and secrets, several people at once, copies and the way there."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mda5_crf.crypto import base64_text, canon, file_hash
from mda5_crf.db import posts, projection, read, schema
from mda5_crf.db.attempts import FREE
from mda5_crf.db.founding import create_vault
from mda5_crf.db.keysfile import FILE_NAME, PREVIOUS_NAME
from mda5_crf.db.moving import move
from mda5_crf.db.openvault import OpenVault
from mda5_crf.db.place import FolderPlace, address_text, place_of
from mda5_crf.db.records import Draft
from mda5_crf.db.vault import open_vault
from mda5_crf.db.vaultmeta import read_device_keys, read_station_keys
from mda5_crf.db.verify import verify
from mda5_crf.errors import CrfError, InputRefused, LoginRefused, StoreError
from tests.once import one_salt_each

if TYPE_CHECKING:
    from tests.pgserver import Server

FIRST, SECOND = "d01", "d02"
DEFINITION = (file_hash(b"{}"), b"{}")


def password(login: str) -> str:
    return f"seven green bottles {sum(map(ord, login))}"


def at_pc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    """From here on this is another PC: other settings."""
    monkeypatch.setenv("MDA5_CRF_CONFIG", str(tmp_path / name))


def found(where: str | Path, site: str = "00", login: str = FIRST) -> OpenVault:
    return create_vault(
        where, study_oid="NCT04966884", definition=DEFINITION, site=site, name="Office",
        person=(login, "Wei Zhang", "data_manager"), password=password(login),
    )  # fmt: skip


def admitted(vault: OpenVault, login: str = SECOND) -> OpenVault:
    vault.add_person(login, "Min Chen", "data_manager", password(login), signer_password=password(FIRST))
    return vault


def refusal(kind: type[CrfError], act: Callable[..., object], *words: object, **more: object) -> str:
    with pytest.raises(kind) as caught:
        act(*words, **more)
    return caught.value.code


@pytest.fixture(scope="module", autouse=True)
def _one_salt() -> Iterator[None]:
    with one_salt_each():
        yield


@pytest.fixture
def address(server: Server) -> Iterator[str]:
    """A database with an empty journal."""
    name = server.database()
    yield server.address(name)
    server.give_back(name)


@pytest.fixture(scope="module")
def office(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A database with a centre of two persons, closed, and the settings of the PC it was founded at."""
    name, conf = server.database(), tmp_path_factory.mktemp("office") / "one"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MDA5_CRF_CONFIG", str(conf))
        admitted(found(server.address(name))).close()
    while server.run(f"SELECT FROM pg_stat_activity WHERE datname = '{name}' AND usename = 'clerk'"):
        time.sleep(0.02)  # the server ends a connection a moment after it was closed
    yield name, conf
    server.drop(name)


@pytest.fixture
def centre_address(
    server: Server, office: tuple[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[str]:
    """A copy of it, and this is PC "one"."""
    name = server.copy(office[0])
    shutil.copytree(office[1], tmp_path / "one")
    at_pc(monkeypatch, tmp_path, "one")
    yield server.address(name)
    server.drop(name)


@pytest.fixture
def centre(centre_address: str) -> Iterator[OpenVault]:
    """The centre, opened by its first person at PC "one"."""
    with open_vault(centre_address, FIRST, password(FIRST)) as vault:
        yield vault


@pytest.fixture
def other(
    centre: OpenVault, centre_address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[OpenVault]:
    """The same centre, opened by the second person at PC "two" at the same time."""
    at_pc(monkeypatch, tmp_path, "two")
    with open_vault(centre_address, SECOND, password(SECOND)) as vault:
        yield vault


# -- where ---------------------------------------------------------------------------------------------


def test_an_address_is_no_folder_and_a_folder_no_address(tmp_path: Path) -> None:
    assert isinstance(place_of(tmp_path / "ward.mda5"), FolderPlace)
    assert isinstance(place_of("postgresqlwards/Ward 3"), FolderPlace)
    made_of_one = Path("postgresql://clerk@host/office")
    for word in ("postgresql://clerk@host/office", "POSTGRESQL://clerk@host/office", made_of_one):
        assert address_text(word) == "postgresql://clerk@host/office"
    assert address_text("postgresql:\\clerk@host\\office") == "postgresql://clerk@host/office"


def test_an_address_with_a_password_is_refused_and_not_repeated() -> None:
    with pytest.raises(InputRefused) as caught:
        open_vault("postgresql://clerk:swordfish@host/office", FIRST, "x")
    assert caught.value.code == "pgstore.address_password"
    assert "swordfish" not in caught.value.in_("en") + caught.value.in_("zh")


def test_what_is_no_vault_yet_says_so(address: str) -> None:
    assert refusal(StoreError, open_vault, address, FIRST, password(FIRST)) == "shared.no_vault"


def test_a_ward_is_never_on_a_server(address: str) -> None:
    assert refusal(InputRefused, found, address, "01") == "shared.only_centre"
    assert refusal(StoreError, open_vault, address, FIRST, password(FIRST)) == "shared.no_vault"


def test_a_vault_is_founded_once(centre: OpenVault, centre_address: str) -> None:
    before = dict(centre.journal.heads())
    assert refusal(StoreError, found, centre_address) == "store.vault_exists"
    assert centre.journal.heads() == before


# -- keys ----------------------------------------------------------------------------------------------


@pytest.mark.requirement("FDA-7")
def test_wrong_password_and_unknown_login_alike_and_counted_for_all_pcs(
    centre: OpenVault, centre_address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert refusal(LoginRefused, open_vault, centre_address, FIRST, "wrong") == "store.login_refused"
    assert refusal(LoginRefused, open_vault, centre_address, "nobody", "wrong") == "store.login_refused"
    for turn in range(1, FREE):
        at_pc(monkeypatch, tmp_path, f"pc{turn}")
        assert refusal(LoginRefused, open_vault, centre_address, FIRST, "wrong") == "store.login_refused"
    assert refusal(LoginRefused, open_vault, centre_address, FIRST, password(FIRST)) == "store.login_wait"
    with open_vault(centre_address, SECOND, password(SECOND)) as vault:
        told = {one["login"]: one["count"] for one in vault.login_content()["attempts"]}
        assert told == {FIRST: FREE, "": 1}, (
            "of all PCs together; what was typed by nobody is not written down"
        )
        vault.login_recorded()
    with open_vault(centre_address, FIRST, password(FIRST)) as vault:
        assert "attempts" not in vault.login_content()


@pytest.mark.requirement("FDA-8")
def test_secrets_of_the_centre_lie_there_in_no_readable_form(centre: OpenVault, server: Server) -> None:
    name = centre.store.address.database  # type: ignore[attr-defined]
    dump = b"".join(bytes(value) for (value,) in server.run("SELECT value FROM mda5.meta", name))
    station = read_station_keys(centre.store, centre.station)
    assert station is not None
    secrets = [centre.device_keys.sign.seed, station.sign.seed, *centre.device_keys.page_keys.values()]
    for secret in secrets:
        assert secret not in dump
        assert base64_text(secret).encode() not in dump
    assert centre.device_keys.box.text.encode() not in dump
    assert b"mda5-crf-keys/1" in dump, "the key file is there: the search would find what is clear"


def test_a_secret_put_in_another_place_does_not_open(centre: OpenVault, server: Server) -> None:
    name = centre.store.address.database  # type: ignore[attr-defined]
    server.run(
        "UPDATE mda5.meta SET value = (SELECT value FROM mda5.meta WHERE name = 'page_keys')"
        " WHERE name = 'device'", name,
    )  # fmt: skip
    assert refusal(StoreError, read_device_keys, centre.store) == "store.not_readable"


def test_two_who_change_the_key_file_at_once_lose_nothing(centre: OpenVault, other: OpenVault) -> None:
    """What was read before is refused, what is read again is written; the one before is kept."""
    stale = other.place.read_keys()
    centre.add_person("d03", "Jun Zhao", "monitor", password("d03"), signer_password=password(FIRST))
    code = refusal(StoreError, other.place.write_keys, stale.sealed(b"k" * 32))
    assert code == "shared.keys_changed"
    other.change_password(password(SECOND), password("new"))
    slots = {slot.login: slot for slot in centre.place.read_keys().slots}
    assert set(slots) == {FIRST, SECOND, "d03"}
    assert slots[SECOND].cost != stale.slot_of(SECOND).cost  # type: ignore[union-attr]
    assert centre.store.meta(PREVIOUS_NAME) not in (None, centre.store.meta(FILE_NAME))
    centre.close()
    other.close()  # both note what they saw, one after the other


def test_a_renewed_key_reaches_who_is_working(
    centre: OpenVault, other: OpenVault, centre_address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = (centre.device_keys.sign.seed, dict(centre.device_keys.page_keys))
    centre.renew_key(signer_password=password(FIRST), reason="known")
    assert (centre.meta.gen, max(centre.device_keys.page_keys)) == (2, 2)
    assert centre.device_keys.sign.seed == before[0]
    assert before[1].items() <= centre.device_keys.page_keys.items()
    other.journal.append([Draft("trail-review", "", {"remark": "", "filter": {}, "records": 0, "heads": {}})])
    other.prove_password(password(SECOND))
    assert (other.meta.gen, other.device_keys.page_key) == (2, centre.device_keys.page_key)
    other.close()
    at_pc(monkeypatch, tmp_path, "two")
    with open_vault(centre_address, SECOND, password(SECOND)) as again:
        assert again.notices == ()
        assert (again.meta.gen, again.station) == (2, other.station)
        assert again.check_keys_file() == ([], 2)
        assert verify(again.store) == []


def test_a_renewal_that_fails_leaves_the_key_of_before(
    centre: OpenVault, centre_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("store.vault_disk_full", place="")

    monkeypatch.setattr("mda5_crf.db.vaultrenewal.write_keys_count", full)
    assert refusal(
        StoreError, centre.renew_key, signer_password=password(FIRST), reason="known"
    ) == "store.vault_disk_full"  # fmt: skip
    monkeypatch.undo()
    assert centre.meta.gen == 1
    assert read_device_keys(centre.store).sign.seed == centre.device_keys.sign.seed
    centre.prove_password(password(FIRST))


@pytest.mark.requirement("E6-16")
def test_who_was_ended_writes_nothing_more(centre: OpenVault, other: OpenVault, centre_address: str) -> None:
    """What that person wrote after it would be believed by no other PC, and hold up all bundles."""
    centre.disable_person(other.identity.person, signer_password=password(FIRST), reason="left")
    before = dict(centre.journal.heads())
    review = Draft("trail-review", "", {"remark": "", "filter": {}, "records": 0, "heads": {}})
    assert refusal(StoreError, other.journal.append, [review]) == "shared.account_gone"
    assert refusal(StoreError, other.prove_password, password(SECOND)) == "shared.account_gone"
    assert centre.journal.heads() == before
    assert (
        refusal(LoginRefused, open_vault, centre_address, SECOND, password(SECOND)) == "store.login_refused"
    )


# -- chains --------------------------------------------------------------------------------------------


def test_each_pc_has_a_chain_of_its_own_and_the_vault_one(
    centre: OpenVault, other: OpenVault, centre_address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    post = centre.meta.device
    assert len({post, centre.station, other.station}) == 3
    assert other.meta.device == post
    with centre.store.read() as tx:
        assert posts.of_devices(tx) == {centre.station: post, other.station: post}
    (seen,) = other.journal.append([Draft("login", "", other.login_content())])
    (said,) = other.journal.append([Draft("export", "", {"sha256": "0" * 64})])
    assert (seen.device, said.device) == (other.station, post)
    assert seen.clock < said.clock
    at_pc(monkeypatch, tmp_path, "one")
    with open_vault(centre_address, SECOND, password(SECOND)) as visiting:
        assert visiting.station == centre.station, "the chain is the PC's, not the person's"
        visiting.journal.append([Draft("login", "", visiting.login_content())])
    centre.journal.append([Draft("login", "", centre.login_content())])
    assert verify(centre.store) == []


def test_a_colleague_between_two_records_breaks_no_chain(centre: OpenVault, other: OpenVault) -> None:
    for number in range(6):
        vault = (centre, other)[number % 2]
        vault.journal.append([
            Draft("login", "", {"login": vault.login, "result": "ok"}),
            Draft("export", "", {"sha256": f"{number:064x}"}),
        ])  # fmt: skip
    assert verify(centre.store) == []
    clocks = sorted(record.clock for record in centre.journal.records())
    assert clocks == list(range(1, len(clocks) + 1)), "one order of all that was written here"
    with centre.store.transaction() as tx:
        folded = projection.dump(tx)
        projection.rebuild(tx)
        assert projection.dump(tx) == folded


def test_only_a_device_of_the_same_house_is_a_workstation(centre: OpenVault) -> None:
    with centre.store.read() as tx:
        rows = {row["id"]: row for row in tx.find(schema.device)}
    station, post = rows[centre.station], rows[centre.meta.device]
    assert posts.same_house(station, post)
    for name in ("vault", "authority", "site"):
        assert not posts.same_house({**station, name: "x"}, post)


# -- copies, and the way there -------------------------------------------------------------------------


@pytest.mark.requirement("FDA-2")
def test_a_copy_is_an_ordinary_vault(centre: OpenVault, other: OpenVault, tmp_path: Path) -> None:
    from mda5_crf.db.backup import back_up

    other.journal.append([Draft("export", "", {"sha256": "0" * 64})])
    copy = back_up(centre.store, tmp_path, "hand_1")
    with centre.store.read() as tx:
        wanted = projection.dump(tx)
    with open_vault(copy, SECOND, password(SECOND)) as vault:
        assert vault.device_keys.sign.seed == centre.device_keys.sign.seed
        assert verify(vault.store) == []
        assert dict(vault.journal.heads()) == dict(centre.journal.heads())
        with vault.store.read() as tx:
            assert projection.dump(tx) == wanted
    assert refusal(StoreError, back_up, centre.store, tmp_path, "hand_1") == "store.exists_already"


@pytest.mark.requirement("EMA-10")
def test_move_takes_everything_along_and_closes_the_folder(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_pc(monkeypatch, tmp_path, "one")
    folder = tmp_path / "office.mda5"
    second = (SECOND, password(SECOND))
    with admitted(found(folder)) as old:
        heads, parent = dict(old.journal.heads()), old.meta.device
        place = place_of(address)
        device = move(old, place, second)
        assert refusal(StoreError, move, old, place, second) == "store.vault_exists"
        assert (
            refusal(InputRefused, move, old, FolderPlace(tmp_path / "x"), second) == "shared.move_direction"
        )
        place.close()
    assert refusal(StoreError, open_vault, folder, FIRST, password(FIRST)) == "shared.moved_away"
    with open_vault(address, SECOND, second[1]) as vault:
        assert vault.meta.device == device
        assert read.lineage(vault.store, device) == {device, parent}
        assert heads.items() <= vault.journal.heads().items()
        assert vault.notices == ()
        assert verify(vault.store) == []
        assert refusal(InputRefused, move, vault, FolderPlace(tmp_path), second) == "shared.move_direction"


def test_a_move_that_fails_leaves_nothing_there_and_the_folder_open(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, second = tmp_path / "office.mda5", (SECOND, password(SECOND))
    with admitted(found(folder)) as old:
        place = place_of(address)
        monkeypatch.setattr(projection, "rebuild", lambda _tx: [])
        assert refusal(StoreError, move, old, place, second) == "shared.not_equal"
        monkeypatch.undo()
        place.require_free()
        place.close()
        old.journal.append([Draft("export", "", {"sha256": "0" * 64})])
    with open_vault(folder, FIRST, password(FIRST)) as old:
        assert verify(old.store) == []


def test_no_identification_list_on_a_server(centre: OpenVault) -> None:
    assert refusal(InputRefused, centre.create_identities, password(FIRST)) == "shared.no_list"


def test_bundle_acts_take_turns(centre: OpenVault, other: OpenVault) -> None:
    with centre.place.exclusively():
        with pytest.raises(StoreError) as caught, other.place.exclusively():
            pass
        assert caught.value.code == "shared.post_busy"
    with other.place.exclusively():
        pass


def test_attempts_that_are_no_record_count_as_none(centre: OpenVault, centre_address: str) -> None:
    with centre.store.transaction() as tx:
        centre.store.set_meta(tx, "attempts.json", canon(["rubbish"]))
    with open_vault(centre_address, FIRST, password(FIRST)) as vault:
        assert "attempts" not in vault.login_content()
