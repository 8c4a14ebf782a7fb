"""Founding, opening, closing; persons and passwords."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mda5_crf.crypto import AUTHORITY, BoxSecret, KeyRefused, SigningKey
from mda5_crf.db import accounts, schema
from mda5_crf.db.accounts import PersonKeys, Register, certificate_draft
from mda5_crf.db.heldvault import behind_of
from mda5_crf.db.keysfile import FILE_NAME, read_keys
from mda5_crf.db.records import Draft
from mda5_crf.db.vault import OpenVault, create_vault, open_vault
from mda5_crf.db.vaultmeta import read_device_keys, read_meta
from mda5_crf.db.verify import verify
from mda5_crf.errors import CrfError, InputRefused, LoginRefused, PermissionDenied, StoreError
from tests.vaults import FOUNDER, enter, password

NEW = "harbour-linen-63-pepper"


def _found(folder: Path, **change: object) -> OpenVault:
    arguments: dict[str, object] = {
        "study_oid": "S",
        "definition": ("00" * 32, b"x"),
        "site": "01",
        "name": "Ward 3",
        "person": ("i01", "Li Na", "investigator"),
        "password": password(FOUNDER),
    }
    return create_vault(folder, **{**arguments, **change})  # type: ignore[arg-type]


def _refusal(error: type[CrfError], *call: object, **more: object) -> str:
    function, *arguments = call
    with pytest.raises(error) as refused:
        function(*arguments, **more)  # type: ignore[operator]
    assert refused.value.in_("en") != refused.value.in_("zh")
    return refused.value.code


# -- founding --------------------------------------------------------------------------------------------


@pytest.mark.requirement("FDA-6", "E6-1")
def test_the_first_records_of_a_vault(open_ward: OpenVault) -> None:
    records = list(open_ward.journal.records())
    assert [record.kind for record in records[:4]] == ["device", "definition", "certificate", "user"]
    device = records[0].data
    assert device["device"] == open_ward.meta.device
    assert device["sign"] == open_ward.device_keys.sign.public.text
    assert device["box"] == open_ward.device_keys.box.public.text
    assert records[2].data == open_ward.certificate.as_json()
    assert open_ward.certificate.by == AUTHORITY
    assert open_ward.certificate.login == FOUNDER
    assert records[3].data == {"person": open_ward.identity.person, "state": "active"}
    assert {record.person for record in records} == {open_ward.identity.person}
    with open_ward.store.read() as tx:
        assert tx.find(schema.definition) == [{"hash": "ab" * 32, "source": b"source"}]


def test_what_a_vault_says_of_itself(tmp_path: Path) -> None:
    with _found(tmp_path / "new" / "w.mda5", demo=True, zone="Asia/Urumqi") as vault:
        meta = vault.meta
        assert (meta.study, meta.site, meta.name, meta.zone, meta.demo, meta.gen) == (
            "S", "01", "Ward 3", "Asia/Urumqi", True, 1,
        )  # fmt: skip
        assert vault.journal.zone == "Asia/Urumqi"
        assert len(vault.device_keys.page_key) == 32
        assert vault.login == "i01"
        assert vault.notices == ()
        assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["w.mda5"]
    with enter(tmp_path / "new" / "w.mda5") as vault:
        assert vault.meta == meta
        assert vault.notices == ()


def test_an_empty_folder_is_taken_and_a_full_one_is_not(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    _found(empty).close()
    assert _refusal(StoreError, _found, empty) == "store.vault_exists"
    file = tmp_path / "file"
    file.write_text("x", "utf-8")
    assert _refusal(StoreError, _found, file) == "store.vault_exists"
    assert file.read_text("utf-8") == "x"


@pytest.mark.parametrize(
    "change, code",
    [
        ({"person": ("I01", "Li Na", "investigator")}, "store.login_form"),
        ({"person": ("authority", "Li Na", "investigator")}, "store.login_form"),
        ({"person": ("recovery", "Li Na", "investigator")}, "store.login_form"),
        ({"person": ("і01", "Li Na", "investigator")}, "store.login_form"),
        ({"person": ("i01", "", "investigator")}, "store.login_name_form"),
        ({"person": ("i01", "Li\u202eNa", "investigator")}, "store.login_name_form"),
        ({"person": ("i01", " Li Na", "investigator")}, "store.login_name_form"),
        ({"person": ("i01", "x" * 81, "investigator")}, "store.login_name_form"),
        ({"person": ("i01", "Li Na", "king")}, "store.login_role_unknown"),
        ({"person": ("i01", "Li Na", "data_entry")}, "store.login_founder_role"),
        ({"site": ""}, "store.vault_site_and_name"),
        ({"name": " "}, "store.vault_site_and_name"),
        ({"password": "short"}, "store.password_too_short"),
        ({"password": "tulip-Ward 3-basket"}, "store.password_personal"),
    ],
    ids=str,
)
def test_a_refused_founding_leaves_nothing(tmp_path: Path, change: dict[str, object], code: str) -> None:
    assert _refusal(InputRefused, _found, tmp_path / "w.mda5", **change) == code
    assert list(tmp_path.iterdir()) == []


def test_a_failed_founding_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert _refusal(StoreError, _found, tmp_path / "file" / "w.mda5").startswith("store.vault_")
    with pytest.raises(KeyError):
        _found(tmp_path / "w.mda5", zone="Mars/Base")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


# -- opening ---------------------------------------------------------------------------------------------


def test_open_close_open(ward: Path) -> None:
    with open_vault(ward, "n07", password("n07")) as vault:
        assert vault.certificate.name == "Zhang Wei"
        assert vault.certificate.roles("2099-01-01") == {"data_entry"}
        head = vault.journal.heads()
        assert vault.close() == head
        assert vault.close() == {}
    with enter(ward, "n07") as vault:
        assert vault.witnesses() == head
        assert vault.notices == ()


def test_a_folder_that_is_no_vault(tmp_path: Path) -> None:
    assert _refusal(StoreError, open_vault, tmp_path / "none", "i01", "x") == "store.vault_missing"
    assert _refusal(StoreError, open_vault, tmp_path, "i01", "x") == "store.key_file_missing"
    assert list(tmp_path.iterdir()) == [], "nothing may be written into a foreign folder"


def test_network_shares_are_refused(ward: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mda5_crf.db.place.on_network_share", lambda folder: True)
    assert _refusal(StoreError, open_vault, ward, FOUNDER, password(FOUNDER)) == "store.vault_on_network"
    assert _refusal(StoreError, _found, tmp_path / "new") == "store.vault_on_network"


def test_one_writer(ward: Path) -> None:
    with enter(ward):
        with pytest.raises(StoreError) as refused:
            open_vault(ward, "n07", password("n07"))
        assert refused.value.code == "store.vault_in_use"
        assert FOUNDER in refused.value.in_("en")
    with enter(ward, "n07"):
        pass


def test_waiting(ward: Path) -> None:
    now = datetime(2026, 11, 23, 8, tzinfo=UTC)
    with enter(ward, clock=lambda: now) as vault:
        for _ in range(5):
            with pytest.raises(LoginRefused, match="password_wrong"):
                vault.sign("esign", b"", "wrong")
        assert _refusal(LoginRefused, vault.sign, "esign", b"", password(FOUNDER)) == "store.login_wait"
    assert (
        _refusal(LoginRefused, open_vault, ward, FOUNDER, password(FOUNDER), clock=lambda: now)
        == "store.login_wait"
    )
    later = now + timedelta(seconds=31)
    open_vault(ward, FOUNDER, password(FOUNDER), clock=lambda: later).close()


# -- closing ---------------------------------------------------------------------------------------------


def test_keys_gone_after_close(ward: Path) -> None:
    vault = enter(ward)
    keyring, wrapping = vault._unlocked.keyring, vault._unlocked.wrapping
    vault.close()
    assert not any(wrapping)
    assert not any(vault._unlocked.database_key)
    assert not any(keyring.author.seed)
    assert keyring.box.text == ""
    with pytest.raises(KeyRefused):
        vault.identity.author.sign("seal", b"")
    assert _refusal(StoreError, vault.sign, "esign", b"", password(FOUNDER)) == "store.vault_closed"
    assert _refusal(StoreError, vault.change_password, password(FOUNDER), NEW) == "store.vault_closed"


def test_each_log_out_notes_keepers_and_heads(ward: Path) -> None:
    with enter(ward, "n07") as vault:
        vault.journal.append([Draft("logout", "", {"login": "n07"})])
        heads = vault.journal.heads()
    with enter(ward, "n07") as vault:
        keyring = vault._unlocked.keyring
        assert vault.witnesses() == heads
        assert set(keyring.keepers) == {"i01", "d02"}, "no administrator whom the investigator admitted"
        assert keyring.min_gen == 1


def test_this_pc_is_a_witness_of_its_own(ward: Path) -> None:
    old = shutil.copytree(ward, ward.with_name("old"))
    with enter(ward, "n07") as vault:
        vault.journal.append([Draft("logout", "", {"login": "n07"})])
        heads = vault.journal.heads()
    with enter(Path(old)) as vault:
        assert vault.witnesses() == heads, "the whole folder is older, the PC remembers"
        assert [notice.en for notice in vault.notices if "fewer records" in notice.en]
        assert vault.login_content()["notes"] == ["older_than_seen"]


def test_a_log_out_on_a_folder_that_vanished_still_forgets(ward: Path) -> None:
    vault = enter(ward)
    shutil.rmtree(ward)
    vault.close()
    assert not any(vault._unlocked.database_key)


# -- passwords -------------------------------------------------------------------------------------------


def test_change_password(ward: Path) -> None:
    with enter(ward, "n07") as vault:
        before = read_keys(ward).slot_of("n07")
        vault.change_password(password("n07"), NEW)
        after = read_keys(ward).slot_of("n07")
        assert before is not None
        assert after is not None
        assert after.cost.salt != before.cost.salt
        assert (after.public, after.grants) == (before.public, before.grants)
        signature = vault.sign("esign", b"data", NEW)
        assert vault.certificate.sign.accepts("esign", b"data", signature)
    assert _refusal(LoginRefused, open_vault, ward, "n07", password("n07")) == "store.login_refused"
    open_vault(ward, "n07", NEW).close()


def test_a_refused_new_password_changes_nothing(ward: Path) -> None:
    with enter(ward, "n07") as vault:
        before = (ward / FILE_NAME).read_bytes()
        old = password("n07")
        assert _refusal(LoginRefused, vault.change_password, "wrong", NEW) == "store.password_wrong"
        assert _refusal(InputRefused, vault.change_password, old, old) == "store.password_same"
        assert _refusal(InputRefused, vault.change_password, old, "short") == "store.password_too_short"
        assert (
            _refusal(InputRefused, vault.change_password, old, "tulip-basket-Zhang")
            == "store.password_personal"
        )
        assert (ward / FILE_NAME).read_bytes() == before


# -- persons ---------------------------------------------------------------------------------------------


def test_add_person(ward: Path) -> None:
    with enter(ward) as vault:
        person = vault.add_person(
            "n08", "王伟 Wang Wei", "data_entry", NEW, signer_password=password(FOUNDER)
        )
        kinds = [(record.kind, record.data.get("state")) for record in vault.journal.records()][-2:]
        assert kinds == [("certificate", None), ("user", "active")]
        found = vault.register().of_person(person)
        assert found is not None
        assert (found.login, found.name, found.by) == ("n08", "王伟 Wang Wei", vault.identity.person)
    with open_vault(ward, "n08", NEW) as vault:
        assert vault.identity.person == person
        vault.journal.append([Draft("logout", "", {"login": "n08"})])


@pytest.mark.parametrize(
    "arguments, error, code",
    [
        (("n07", "Li", "data_entry", NEW), InputRefused, "store.login_taken"),
        (("N9", "Li", "data_entry", NEW), InputRefused, "store.login_form"),
        (("n9", "Li", "boss", NEW), InputRefused, "store.login_role_unknown"),
        (("n9", "Li\x00", "data_entry", NEW), InputRefused, "store.login_name_form"),
        (("n9", "Li", "data_entry", "123456789012"), InputRefused, "store.password_digits_too_few"),
    ],
    ids=str,
)
def test_who_cannot_be_added(
    open_ward: OpenVault, arguments: tuple[str, str, str, str], error: type[CrfError], code: str
) -> None:
    head = open_ward.journal.heads()
    assert _refusal(error, open_ward.add_person, *arguments, signer_password=password(FOUNDER)) == code
    assert open_ward.journal.heads() == head


def test_adding_needs_the_own_password_and_a_keeper(ward: Path) -> None:
    with enter(ward) as vault:
        code = _refusal(
            LoginRefused, vault.add_person, "n9", "Li", "data_entry", NEW, signer_password="wrong"
        )
        assert code == "store.password_wrong"
    with enter(ward, "n07") as vault:
        add = (vault.add_person, "n9", "Li", "data_entry", NEW)
        assert _refusal(PermissionDenied, *add, signer_password=password("n07")) == "store.login_not_keeper"


def test_a_data_manager_admits_to_the_key_but_cannot_certify(ward: Path) -> None:
    """Certificates come from the authority's key or the site's investigator; he holds neither."""
    with enter(ward, "d02") as vault:
        add = (vault.add_person, "n9", "Li", "data_entry", NEW)
        assert (
            _refusal(PermissionDenied, *add, signer_password=password("d02")) == "store.login_not_certifier"
        )


def test_a_second_investigator_certifies_the_staff_of_the_site(ward: Path) -> None:
    with enter(ward) as vault:
        vault.add_person(
            "i02", "Zhao Min", "investigator", NEW, signer_password=password(FOUNDER), principal=True
        )
    other = "canyon-ribbon-58-walrus"
    with open_vault(ward, "i02", NEW) as vault:
        pi = vault.identity.person
        person = vault.add_person("n09", "Sun Li", "data_entry", other, signer_password=NEW)
        found = vault.register().of_person(person)
        assert found is not None
        assert found.by == pi
        add = (vault.add_person, "m01", "Qian", "monitor", other)
        assert _refusal(PermissionDenied, *add, signer_password=NEW) == "store.login_not_certifier"
    with open_vault(ward, "n09", other) as vault:
        assert vault.identity.person == person


def test_an_investigator_is_no_principal_one_unless_named_so(ward: Path) -> None:
    """Certified by the principal investigator's own key: no keeper, and certifies nobody."""
    with enter(ward) as vault:
        vault.add_person("i02", "Zhao Min", "investigator", NEW, signer_password=password(FOUNDER))
        found = vault.register().of_login("i02")
        assert found is not None
        assert (found.by, found.all_roles, found.serial) == (vault.identity.person, {"investigator"}, 1)
        assert set(vault.register().keepers()) == {FOUNDER, "d02"}
    with open_vault(ward, "i02", NEW) as vault:
        add = (vault.add_person, "n09", "Sun Li", "data_entry", "canyon-ribbon-58-walrus")
        assert _refusal(PermissionDenied, *add, signer_password=NEW) == "store.login_not_keeper"
        # What another tool would write for him counts for nobody.
        keys = PersonKeys()
        new = accounts.uncertified(
            study=vault.meta.study, site="01", vault=vault.meta.vault, serial=1, day="2026-01-01",
            person=("ab" * 16, "n09", "Sun Li", "data_entry"), public=keys.public,
        ).signed(vault.identity.person, vault._signer(NEW).sign)  # fmt: skip
        vault.journal.append([accounts.certificate_draft(new)])
        assert vault.register().of_login("n09") is None
        assert "certificate_false" in [trouble.code for trouble in verify(vault.store)]


def test_only_the_authority_names_principal_investigators(ward: Path) -> None:
    with enter(ward) as vault:
        nurse = (vault.add_person, "n09", "Sun Li", "data_entry", NEW)
        own = password(FOUNDER)
        refusal = _refusal(InputRefused, *nurse, signer_password=own, principal=True)
        assert refusal == "access.principal_role"
        vault.add_person("i02", "Zhao Min", "investigator", NEW, signer_password=own, principal=True)
        found = vault.register().of_login("i02")
        assert found is not None
        assert found.by == AUTHORITY and accounts.is_principal(found)
    with open_vault(ward, "i02", NEW) as vault:
        add = (vault.add_person, "i03", "Qian", "investigator", "canyon-ribbon-58-walrus")
        refusal = _refusal(PermissionDenied, *add, signer_password=NEW, principal=True)
        assert refusal == "access.principal_authority"
        vault.add_person(*add[1:], signer_password=NEW)
        assert not accounts.is_principal(vault.register().of_login("i03"))


def test_where_there_is_no_principal_investigator_the_first_must_be_named_so(tmp_path: Path) -> None:
    made = create_vault(
        tmp_path / "centre.mda5", study_oid="S", definition=("ab" * 32, b"x"), site="00", name="Centre",
        person=("d02", "Wang Fang", "data_manager"), password=password("d02"),
    )  # fmt: skip
    with made as vault:
        add = (vault.add_person, "i02", "Zhao Min", "investigator", NEW)
        assert _refusal(InputRefused, *add, signer_password=password("d02")) == "access.principal_first"
        vault.add_person(*add[1:], signer_password=password("d02"), principal=True)
        assert accounts.is_principal(vault.register().of_login("i02"))


def test_serials_are_counted_per_person(ward: Path) -> None:
    with enter(ward) as vault:
        register = vault.register()
        assert {key.certificate.serial for key in register.known} == {1}
        found = register.of_login("n07")
        assert found is not None
        fresh = replace(found, author=SigningKey.generate().public, serial=register.next_serial(found.person))
        assert fresh.serial == 2
        signed = accounts.certify(
            fresh, vault._signer(password(FOUNDER)), vault.certificate, register.authority
        )
        vault.journal.append([accounts.certificate_draft(signed)])
        assert vault.register().next_serial(found.person) == 3
        assert vault.register().next_serial("ab" * 16) == 1


def test_an_administrator_admitted_later_holds_no_data_key(ward: Path) -> None:
    with pytest.raises(StoreError) as refused:
        open_vault(ward, "a03", password("a03"))
    assert refused.value.code == "store.key_no_grant"
    slot = read_keys(ward).slot_of("a03")
    assert slot is not None
    assert slot.grants == ()


def test_disable_person(ward: Path) -> None:
    with enter(ward) as vault:
        found = vault.register().of_login("n07")
        assert found is not None
        before = shutil.copy(ward / FILE_NAME, ward.parent / "before.json")
        assert (
            _refusal(LoginRefused, vault.disable_person, found.person, signer_password="wrong")
            == "store.password_wrong"
        )
        vault.disable_person(found.person, signer_password=password(FOUNDER), reason="left")
        assert [r.data for r in vault.journal.records(kinds=("user",))][-1] == {
            "person": found.person, "state": "disabled", "reason": "left",
        }  # fmt: skip
        assert read_keys(ward).slot_of("n07") is None
        assert (
            _refusal(InputRefused, vault.disable_person, "00" * 16, signer_password="")
            == "store.login_unknown"
        )
        add = (vault.add_person, "n07", "Li", "data_entry", NEW)
        assert _refusal(InputRefused, *add, signer_password=password(FOUNDER)) == "store.login_taken"
    assert _refusal(LoginRefused, open_vault, ward, "n07", password("n07")) == "store.login_refused"
    shutil.copy(before, ward / FILE_NAME)
    assert _refusal(StoreError, enter, ward, "n07") == "store.key_does_not_fit"  # the key was renewed


def test_the_last_keeper_stays(ward: Path) -> None:
    with enter(ward) as vault:
        secret = password(FOUNDER)
        for login in ("d02", "a03"):
            found = vault.register().of_login(login)
            assert found is not None
            vault.disable_person(found.person, signer_password=secret)
        own = vault.identity.person
        assert (
            _refusal(InputRefused, vault.disable_person, own, signer_password=secret)
            == "store.login_last_keeper"
        )
        assert set(vault.register().keepers()) == {FOUNDER}
        assert len(vault.register().retired()) == 1
    with enter(ward) as vault:
        assert len(vault._unlocked.keyring.retired) == 1


def test_only_keepers_disable(ward: Path) -> None:
    with enter(ward, "n07") as vault:
        found = vault.register().of_login("d02")
        assert found is not None
        code = _refusal(PermissionDenied, vault.disable_person, found.person, signer_password=password("n07"))
        assert code == "store.login_not_keeper"


def test_a_certificate_nobody_entitled_signed_makes_no_person(open_ward: OpenVault) -> None:
    own = open_ward.certificate
    forged = {**own.as_json(), "certificate": {**own.body(), "login": "evil", "person": "66" * 16}}
    open_ward.journal.append([Draft("certificate", "", forged)])
    register = Register.read(open_ward.store, open_ward.meta.vault, open_ward._unlocked.keyring.authority)
    assert register.of_login("evil") is None
    assert set(register.keepers()) == {"i01", "d02"}


def test_new_keys_retire_the_old_ones(ward: Path) -> None:
    """A second certificate for the same person: whoever still has the old keys is not let in."""
    with enter(ward) as vault:
        found = vault.register().of_login("n07")
        authority = vault._signer(password(FOUNDER)).authority
        assert found is not None
        assert authority is not None
        fresh = replace(found, author=SigningKey.generate().public, serial=99).signed(AUTHORITY, authority)
        vault.journal.append([certificate_draft(fresh)])
        register = vault.register()
        assert register.of_person(found.person) == fresh
        assert [key.end > 0 for key in register.known if key.certificate.person == found.person] == [
            True,
            False,
        ]
    assert _refusal(LoginRefused, enter, ward, "n07") == "store.login_uncertified"


def test_a_failed_record_takes_the_slot_back(open_ward: OpenVault) -> None:
    with open_ward.store.transaction() as tx:
        tx.connection.exec_driver_sql(
            "CREATE TRIGGER stop BEFORE INSERT ON certificate BEGIN SELECT RAISE(ABORT, 'stop'); END"
        )
    with pytest.raises(StoreError):
        open_ward.add_person("n08", "Wang", "data_entry", NEW, signer_password=password(FOUNDER))
    assert read_keys(open_ward.folder).slot_of("n08") is None
    assert open_ward.register().of_login("n08") is None


def test_damaged_rows_of_certificates_are_passed_over(open_ward: OpenVault) -> None:
    with open_ward.store.transaction() as tx:
        row = tx.find(schema.certificate, login="d02")[0]
        tx.put(schema.certificate, {**row, "content": "{}"})
    assert set(open_ward.register().keepers()) == {"i01"}


# -- inside study.db -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["vault", "device", "page_keys"])
@pytest.mark.parametrize("value", [b"", b"{}", b"[]", b'{"a":1}', b"\xff"])
def test_damaged_facts_are_a_failure_in_words(open_ward: OpenVault, name: str, value: bytes) -> None:
    with open_ward.store.transaction() as tx:
        open_ward.store.set_meta(tx, name, value)
    reader = read_meta if name == "vault" else read_device_keys
    assert _refusal(StoreError, reader, open_ward.store) == "store.vault_not_founded"


def test_device_keys_are_those_of_the_device_record(open_ward: OpenVault) -> None:
    keys = open_ward.device_keys
    record = next(open_ward.journal.records(kinds=("device",)))
    assert keys.sign.public.text == record.data["sign"]
    assert BoxSecret(keys.box.text).public.text == record.data["box"]
    assert "page_keys" not in repr(keys)


def test_behind_of() -> None:
    seen = {"a": (3, "x"), "b": (2, "y"), "c": (1, "z"), "d": (4, "v")}
    assert behind_of({"a": (3, "x"), "b": (1, "q"), "c": (1, "w"), "d": (9, "u")}, seen) == ["b", "c"]
    assert behind_of({}, {"a": (1, "x")}) == ["a"]
    assert behind_of({"a": (1, "x")}, {}) == []
