"""``verify`` judges rights: what a lawful key sealed may still be what its holder had no right to write."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from mda5_crf.crypto import AUTHORITY
from mda5_crf.db import accounts
from mda5_crf.db.accounts import PersonKeys
from mda5_crf.db.journal import Identity, Journal
from mda5_crf.db.records import Draft
from mda5_crf.db.slots import Signer
from mda5_crf.db.vaultmeta import new_device_keys
from mda5_crf.db.verify import verify
from mda5_crf.services import access
from mda5_crf.services.session import Session, create
from mda5_crf.text import Text
from tests.scenario import Ward
from tests.vaults import password
from tests.wards import NOW, session_at


def journal_of(ward: Ward, role: str, login: str = "x01", day: str = "2026-01-01") -> Journal:
    """The journal of somebody certified lawfully for ``role``, past everything that asks for rights."""
    vault, keys = ward.session.vault, PersonKeys()
    person = "ab" * 16
    signer: Signer = vault._signer(password("i01"))
    certificate = accounts.uncertified(
        study=vault.meta.study, site=vault.meta.site, vault=vault.meta.vault, day=day, serial=1,
        person=(person, login, "Sun Li", role), public=keys.public,
    )  # fmt: skip
    assert signer.authority is not None
    signed = certificate.signed(AUTHORITY, signer.authority)
    vault.journal.append([accounts.certificate_draft(signed)], at=ward.session.now())
    return Journal(
        vault.store, Identity(vault.meta.study, vault.meta.device, person, keys.author), vault.meta.zone
    )


def troubles(ward: Ward) -> list[tuple[str, str, str]]:
    return [(one.code, one.place, one.text.en) for one in ward.session.verify().troubles]


def value(ward: Ward, text: str = "99") -> Draft:
    key = ward.open("BL", "VS").key("PULSE_VSORRES")
    return Draft("value", key.path(), {"text": text}, (), ward.session.study.hash)


@pytest.mark.requirement("P11-8")
@pytest.mark.parametrize("role", ["read_only", "monitor", "data_manager"])
def test_a_value_by_somebody_who_may_not_enter(ward: Ward, role: str) -> None:
    draft, journal = value(ward), journal_of(ward, role)
    (record,) = journal.append([draft], at=NOW)
    assert troubles(ward) == [
        ("not_entitled", record.id, "The author had no right to enter or correct data at that time.")
    ]


def test_neighbours_are_named_as_one(ward: Ward) -> None:
    draft, journal = value(ward), journal_of(ward, "monitor")
    written = journal.append([draft, draft, Draft("login", "", {"login": "x01"}), draft], at=NOW)
    first, second, _, last = (record.seq for record in written)
    device = ward.session.device
    assert [place for _, place, _ in troubles(ward)] == [f"{device}:{first}-{second}", f"{device}:{last}"]


def test_what_a_role_may_is_not_named(ward: Ward) -> None:
    vs = ward.open("BL", "VS").enter_all(VSPERF="Y", PULSE_VSORRES="72")
    query = ward.session.raise_query(vs.key("PULSE_VSORRES"), "sure?")
    ward.session.answer_query(query.id, "yes")
    ward.session.record_print("BL.VS", "ab" * 32, 2, ward.subject)
    folder = ward.session.vault.folder
    ward.session.close()
    with session_at(folder, "d02") as manager:
        manager.close_query(query.id, "thank you")
        assert manager.verify().troubles == ()


@pytest.mark.requirement("CN-8")
def test_before_and_after_the_delegated_days(ward: Ward) -> None:
    """The seal is lawful, the role too; but on that day it was not yet held."""
    draft, journal = value(ward), journal_of(ward, "data_entry", day="2026-09-02")
    journal.append([draft], at=NOW)
    assert [code for code, _, _ in troubles(ward)] == ["not_entitled"]


def test_a_definition_by_somebody_who_may_not(ward: Ward) -> None:
    """An older definition would come into force again."""
    study = ward.session.study
    again = Draft("definition", "", {"hash": study.hash, "oid": study.oid, "version": study.version})
    journal_of(ward, "data_entry").append([again], at=NOW)
    assert "change the study definition" in troubles(ward)[0][2]
    assert len(troubles(ward)) == 1


def test_a_nurse_begins_a_chain_of_her_own_with_a_definition(ward: Ward) -> None:
    vault, study, keys = ward.session.vault, ward.session.study, new_device_keys(1)
    journal = journal_of(ward, "data_entry")
    who = journal.identity
    own = Journal(vault.store, Identity(who.study, "cd" * 8, who.person, who.author), vault.meta.zone)
    registration = {
        "device": "cd" * 8, "name": "PC", "site": "01", "sign": keys.sign.public.text, "parent": "",
        "authority": vault.register().authority.text, "vault": vault.meta.vault,
    }  # fmt: skip
    definition = {"hash": study.hash, "oid": study.oid, "version": study.version}
    own.append([Draft("device", "", registration), Draft("definition", "", definition)], at=NOW)
    assert [(code, place) for code, place, _ in troubles(ward)] == [("not_entitled", "cd" * 8 + ":2")]


@pytest.mark.parametrize("role", ["investigator", "data_manager", "administrator"])
def test_founding_is_nobodys_act(tmp_path: Path, role: str) -> None:
    """The definition comes before its author's certificate, whoever founds; also an administrator."""
    with create(tmp_path / "v.mda5", site="01", name="W", login="wang", person="Wang", role=role,
                password="lantern orchard pebble quiet maple river") as session:  # fmt: skip
        assert session.verify().troubles == ()


def test_runs_that_are_named_already_are_not_named_twice(ward: Ward) -> None:
    draft, vault = value(ward), ward.session.vault
    stranger = Identity(vault.meta.study, vault.meta.device, "cd" * 16, PersonKeys().author)
    Journal(vault.store, stranger, vault.meta.zone).append([draft], at=NOW)
    assert [code for code, _, _ in troubles(ward)] == ["author_unknown"]


def test_without_a_question_rights_are_not_judged(ward: Ward) -> None:
    draft, journal = value(ward), journal_of(ward, "monitor")
    journal.append([draft], at=NOW)
    assert verify(ward.session.vault.store) == []


def test_the_judge_is_asked_for_every_record_once(ward: Ward) -> None:
    asked: list[str] = []

    def judge(kind: str, _content: object, _roles: object) -> Text | None:
        asked.append(kind)
        return None

    session: Session = ward.session
    assert verify(session.vault.store, judge=judge) == []
    kinds = [record.kind for record in session.vault.journal.records()]
    assert sorted(asked) == sorted(kinds[:1] + kinds[2:])  # the founding definition is not asked about


def test_verify_of_many_records_is_quick(ward: Ward, capsys: pytest.CaptureFixture[str]) -> None:
    """100,000 in less than 10 s; here a tenth of it."""
    draft = value(ward)
    journal = ward.session.vault.journal
    for start in range(0, 10_000, 1000):
        keys = (f"{draft.key}{number}" for number in range(start, start + 1000))
        journal.append([replace(draft, key=key) for key in keys], at=NOW)
    began = time.perf_counter()
    assert verify(ward.session.vault.store, judge=access.judge) == []
    took = time.perf_counter() - began
    with capsys.disabled():
        print(f"\n  verify of 10,000 records: {took:.2f} s")
    assert took < 5
