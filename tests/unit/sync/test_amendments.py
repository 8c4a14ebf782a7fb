"""Amendments between a centre and a ward: announced, sent, approved; and everything that does not count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from mda5_crf.crypto import SigningKey, base64_text, file_hash
from mda5_crf.db import amendacts, read, read_definitions
from mda5_crf.db.projection import Unfoldable
from mda5_crf.db.records import Draft
from mda5_crf.db.verify import verify
from mda5_crf.errors import DefinitionError, InputRefused, LoginRefused, PermissionDenied
from mda5_crf.services.session import Session
from mda5_crf.services.wrongplace import consented
from mda5_crf.settings import study_directory
from mda5_crf.study import source as sources
from mda5_crf.sync import amendments
from mda5_crf.sync.registry import Registry
from mda5_crf.sync.report import Report
from tests.amended import (
    AFTER,
    APPROVED,
    BEFORE,
    BEGINS,
    NEW,
    OLD,
    SECOND,
    Pair,
    agreed,
    newer,
    newer_folder,
    pair,
    written,
)
from tests.vaults import password
from tests.wards import trial


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Pair]:
    with pair(tmp_path) as made:
        yield made


def test_an_amendment_alone_changes_nothing_at_the_ward(two: Pair) -> None:
    two.amended()
    report = two.send("centre", "ward")
    assert not report.aside
    ward = two.ward
    assert set(read.definitions(ward.vault.store)) == {trial().hash, newer().hash}
    assert read.definition_source(ward.vault.store, newer().hash) == newer().source
    assert ward.study.hash == trial().hash
    two.close("ward")
    assert two.ward.study.hash == trial().hash
    assert [one.version for one in two.ward.versions_known()] == [NEW, OLD]
    assert verify(two.ward.vault.store) == [] and verify(two.centre.vault.store) == []


def test_the_site_approves_and_from_that_day_on_it_is_in_force(two: Pair) -> None:
    two.amended()
    two.send("centre", "ward")
    two.clock.now = BEFORE
    version = two.ward.approve_for_site(NEW, APPROVED, BEGINS, password("i01"))
    assert not version.in_force and version.sites[0].begins == BEGINS
    two.close("ward")
    assert two.ward.study.hash == trial().hash  # the 5th, before the 10th
    two.clock.now = BEFORE.replace(day=12)
    two.close("ward")
    assert two.ward.study.hash == newer().hash
    two.send("ward", "centre")
    assert two.centre.versions.site_hash("01") == newer().hash
    told = read_definitions.told(two.centre.vault.store, [two.centre.device])
    assert told.in_force("01", BEGINS) == newer().hash
    assert told.in_force("01", APPROVED) == trial().hash
    assert verify(two.ward.vault.store) == [] and verify(two.centre.vault.store) == []


# -- what does not count -----------------------------------------------------------------------------------


def announced(session: Session, sign: SigningKey | None = None, **other: str) -> Draft:
    """An amendment past all rights of services, with a second person's true consent."""
    content = {
        "hash": "ab" * 32, "oid": trial().oid, "version": "2.9.0", "base": trial().hash, "reason": "because",
    } | other  # fmt: skip
    vault, login = session.vault, session.person.login
    signed = amendacts.signed_part(
        "amendment", vault.meta.vault, vault.meta.study, session.person.id, content
    )
    if sign is None:
        signature = vault.authority_signs("approve", signed, password(login))
        assert signature is not None
    else:
        signature = sign.sign("approve", signed)
    return consented(session, Draft("amendment", "", {**content, "sig": base64_text(signature)}), SECOND)


def aside(report: Report) -> list[str]:
    return [text.en for _, text in report.aside]


@pytest.mark.requirement("E6-13")
def test_definition_unsigned(two: Pair) -> None:
    """Signed by a key of somebody's own; not agreed to; of no shape at all."""
    centre = two.centre
    centre.append([announced(centre, SigningKey.generate(), hash="cd" * 32)])
    alone = announced(centre, hash="ef" * 32)
    with pytest.raises(Unfoldable):
        centre.append([Draft("amendment", "", {k: v for k, v in alone.content.items() if k != "second"})])
    other = {"person": centre.person.id, "sig": alone.content["second"]["sig"]}
    centre.append([Draft("amendment", "", {**alone.content, "second": other})])
    report = two.send("centre", "ward")
    assert aside(report)[0] == "An amendment that the study's authority did not sign"
    assert len(report.aside) == 2
    assert [one.version for one in two.ward.versions_known()] == [OLD]
    with pytest.raises(InputRefused, match="version_unknown"):
        two.ward.approve_for_site("2.9.0", APPROVED, BEGINS, password("i01"))


def test_definition_older(two: Pair, tmp_path: Path) -> None:
    """To be announced, it is refused; announced all the same, it is set aside; approved, it is refused."""
    with pytest.raises(InputRefused, match="known_already"):
        two.centre.propose_amendment(study_directory())
    with pytest.raises(InputRefused, match="older_refused"):
        two.centre.propose_amendment(agreed(written(tmp_path / "older", "2.1.9")))
    two.approved()
    two.centre.append([announced(two.centre, version="2.2.9", hash="cd" * 32)])
    assert aside(two.send("centre", "ward")) == [
        "An amendment to a version that is not newer than those announced before"
    ]
    two.clock.now = AFTER
    two.close("ward")
    with pytest.raises(InputRefused, match="not_newer"):
        two.ward.approve_for_site(OLD, APPROVED, BEGINS, password("i01"))
    assert two.ward.study.version == NEW


def test_old_definition_sent_again_changes_nothing(two: Pair) -> None:
    two.approved()
    two.clock.now = AFTER
    two.send("centre", "ward", everything=True)
    two.close("ward")
    assert two.ward.study.version == NEW
    assert [one.version for one in two.ward.versions_known()] == [NEW, OLD]


def test_ward_sends_definition_as_an_amendment(two: Pair) -> None:
    ward = two.ward
    second = ("n07", password("n07"))
    with pytest.raises(InputRefused, match="centre_only"):
        ward.propose_amendment(newer_folder())
    with pytest.raises(PermissionDenied):
        consented(ward, Draft("amendment", "", {}), second)
    content = dict(announced(two.centre).content)
    ward.append([Draft("amendment", "", content)])
    report = two.send("ward", "centre")
    assert len(report.aside) == 1 and [one.version for one in two.centre.versions_known()] == [OLD]


def test_a_centre_takes_no_source_from_a_ward(two: Pair) -> None:
    registry = Registry.read(two.centre)
    sender = registry.approved(two.ward.device)
    with two.centre.vault.store.transaction() as tx:
        refused = amendments.incoming(two.centre, tx, newer().hash, newer().source, sender)
    assert refused is not None and "takes none from a ward" in refused.en
    assert read.definitions(two.centre.vault.store) == (trial().hash,)


def test_a_source_is_stored_only_as_what_it_is(two: Pair) -> None:
    ward = two.ward
    other = sources.pack(
        {**sources.unpack(trial().source), "study.toml": sources.unpack(trial().source)["study.toml"].replace(
            'oid = "NCT04966884"', 'oid = "NCT00000000"')}
    )  # fmt: skip
    broken = b'{"study.toml":"[study"}'
    wanted = ((newer().hash, other, "its name says"), (file_hash(broken), broken, "cannot be read"),
              (file_hash(other), other, "another study"))  # fmt: skip
    for hashed, source, words in wanted:
        with ward.vault.store.transaction() as tx:
            refused = amendments.incoming(ward, tx, hashed, source)
        assert refused is not None and words in refused.en
    assert read.definitions(ward.vault.store) == (trial().hash,)


def test_only_the_principal_investigator_approves(two: Pair) -> None:
    two.amended()
    two.send("centre", "ward")
    two.clock.now = BEFORE
    with pytest.raises(InputRefused, match="at_site"):
        two.centre.approve_for_site(NEW, APPROVED, BEGINS, password("d02"))
    for approved, begins, words in (
        (BEGINS, BEGINS, "approved_later"), (APPROVED, date(2026, 9, 2), "before_approval"),
    ):  # fmt: skip
        with pytest.raises(InputRefused, match=words):
            two.ward.approve_for_site(NEW, approved, begins, password("i01"))
    with pytest.raises(LoginRefused):
        two.ward.approve_for_site(NEW, APPROVED, BEGINS, "not the password")
    nurse = two.at("ward", "n07")
    with pytest.raises(PermissionDenied):
        nurse.approve_for_site(NEW, APPROVED, BEGINS, password("n07"))
    meta = nurse.vault.meta
    content = {"definition": newer().hash, "version": NEW, "site": "01", "approved": "2026-09-03",
               "from": "2026-09-03"}  # fmt: skip
    signed = amendacts.signed_part("site-approval", meta.vault, meta.study, nurse.person.id, content)
    sig = base64_text(nurse.vault.sign("approve", signed, password("n07")))
    nurse.append([Draft("site-approval", "", {**content, "sig": sig})])
    assert {trouble.code for trouble in verify(nurse.vault.store)} == {"amendment_false"}
    report = two.send("ward", "centre")
    assert aside(report) == ["An approval by somebody who is not the site's principal investigator"]
    assert two.centre.versions.site_hash("01") == trial().hash


def test_an_approval_speaks_of_its_own_site(two: Pair) -> None:
    two.amended()
    two.send("centre", "ward")
    meta, ward = two.ward.vault.meta, two.ward
    content = {"definition": newer().hash, "version": NEW, "site": "02", "approved": "2026-09-01",
               "from": "2026-09-01"}  # fmt: skip
    signed = amendacts.signed_part("site-approval", meta.vault, meta.study, ward.person.id, content)
    sig = base64_text(ward.vault.sign("approve", signed, password("i01")))
    ward.append([Draft("site-approval", "", {**content, "sig": sig})])
    assert aside(two.send("ward", "centre")) == ["An approval for another site than that of its author"]
    two.close("ward")
    assert two.ward.study.version == OLD


def test_a_definition_travels_until_it_is_known_to_be_there(two: Pair) -> None:
    two.amended()
    centre = two.centre

    def outgoing() -> int:
        with centre.vault.store.read() as tx:
            return len(amendments.outgoing(centre, tx, Registry.read(centre).approved(two.ward.device)))

    assert outgoing() == 1
    two.send("centre", "ward")
    assert outgoing() == 1  # nobody has confirmed it
    two.send("ward", "centre")
    assert outgoing() == 0
    with two.ward.vault.store.read() as tx:
        peer = Registry.read(two.ward).approved(centre.device)
        assert amendments.outgoing(two.ward, tx, peer) == []


def test_what_is_answered_is_not_taken_away_unsaid(two: Pair) -> None:
    two.entered("BL", TEMP_VSLOC="AXILLA")
    two.send("ward", "centre")
    with pytest.raises(DefinitionError) as caught:
        two.centre.propose_amendment(newer_folder())
    assert ["VS.TEMP_VSLOC" in one.text.en for one in caught.value.problems] == [True]
    proposed = two.centre.propose_amendment(newer_folder(), ["VS.TEMP_VSLOC"])
    paths = {(one.kind, one.path) for one in proposed.differences}
    assert {
        ("added", "item VS.VSREST"),
        ("removed", "item VS.TEMP_VSLOC"),
        ("added", "code POSITION RECLINED"),
    } <= paths
    with pytest.raises(InputRefused, match="reason_needed"):
        two.centre.amend(proposed, " ", password("d02"), SECOND)
    with pytest.raises(InputRefused, match="second_needed"):
        two.centre.amend(proposed, "because", password("d02"), ("", ""))


@pytest.mark.parametrize(
    "change,words",
    [
        (("oids.lock", "code\tPOSITION SUPINE\ttext\n", ""), "POSITION SUPINE"),
        (("oids.lock", "group\tSU.MAIN\tonce\n", ""), "group SU.MAIN"),
    ],
)
def test_codes_with_answers_and_groups_are_permanent(
    two: Pair, tmp_path: Path, change: tuple[str, str, str], words: str
) -> None:
    two.entered("BL", VSPOS="SUPINE")
    two.send("ward", "centre")
    folder = written(tmp_path / "new", NEW, change)
    if "SUPINE" in words:
        file = folder / "codelists.toml"
        text = file.read_text(encoding="utf-8")
        line = next(one for one in text.splitlines(keepends=True) if '"SUPINE"' in one)
        file.write_text(text.replace(line, ""), encoding="utf-8", newline="\n")
    else:
        file = folder / "forms/SU.toml"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace('name = "MAIN"', 'name = "SMOKING"'), encoding="utf-8", newline="\n")
    with pytest.raises(DefinitionError) as caught:
        two.centre.propose_amendment(agreed(folder))
    assert any(words in one.text.en for one in caught.value.problems), caught.value.problems
