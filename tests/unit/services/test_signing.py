"""Electronic signatures of forms, as a person gives them and as they fall."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mda5_crf.crypto import SigningKey
from mda5_crf.db import accounts, esign, read_signatures, schema
from mda5_crf.db.attempts import FREE
from mda5_crf.db.records import Draft
from mda5_crf.errors import InputRefused, LoginRefused, PermissionDenied, StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import signing
from mda5_crf.services.changes import Changes, Reason
from mda5_crf.services.session import Session
from tests.commandline import remembered_keys
from tests.scenario import Ward
from tests.signward import (
    built_signing,
    definition,
    eligible,
    signed,
    signing_session,
    state_of,
    vitals,
)
from tests.vaults import FOUNDER, enter, password
from tests.wards import Clock

ELIGIBILITY, REVIEWED = "ELIGIBILITY", "REVIEWED"


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with remembered_keys():
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(built_signing(), tmp_path / "ward.mda5"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ward(folder: Path, clock: Clock) -> Iterator[Ward]:
    """An investigator with one enrolled participant."""
    with signing_session(folder, clock=clock) as session:
        yield Ward(session).enrol()


def refused(ward: Ward, key: ItemKey, code: str, meaning: str = REVIEWED) -> InputRefused:
    """Signing is refused with this code, the dialog says the same, and nothing was written."""
    before = ward.session.vault.journal.heads()
    with pytest.raises(InputRefused) as caught:
        ward.session.sign(key, meaning, password(FOUNDER), FOUNDER)
    assert caught.value.code == code
    assert ward.session.vault.journal.heads() == before
    obstacle = ward.session.signing_offer(key).obstacle
    assert obstacle == caught.value.text and "{" not in obstacle.en + obstacle.zh
    return caught.value


# -- what cannot be signed -----------------------------------------------------------------------------


@pytest.mark.requirement("P11-7")
def test_an_unfinished_form(ward: Ward) -> None:
    form = ward.open("BL", "VS")
    refused(ward, form.entry.key, "signing.not_complete")
    form.enter("SYSBP", "120")
    error = refused(ward, form.entry.key, "signing.not_complete")
    assert "Baseline · Vital signs" in error.in_("en") and "基线 · 生命体征" in error.in_("zh")
    form.complete()
    form.entry.reopen(Reason("TYPING"))
    refused(ward, form.entry.key, "signing.not_complete")


@pytest.mark.requirement("P11-7")
def test_a_form_with_a_hard_finding_that_was_not_put_to_query(ward: Ward) -> None:
    form = vitals(ward)
    form.enter("SYSBP", "20", because="typed")
    error = refused(ward, form.entry.key, "signing.open_finding")
    assert "between 40 and 300" in error.in_("en")
    (finding,) = form.findings()
    form.entry.put_to_query(finding, "the cuff was broken")
    assert signed(ward, form).counts


def test_a_soft_finding_waits_for_its_key_as_at_completion(ward: Ward) -> None:
    form = vitals(ward)
    form.enter("SYSBP", "200", because="read again")
    refused(ward, form.entry.key, "signing.open_finding")
    form.confirm("SYSBP")
    assert signed(ward, form).counts


def test_two_answers_to_one_question(ward: Ward) -> None:
    form = vitals(ward)
    key = form.key("SYSBP")
    ward.session.append([Draft("value", key.path(), {"text": "130"})])
    ward.session.refresh()
    error = refused(ward, form.entry.key, "signing.conflict")
    assert "Systolic" in error.in_("en") and "收缩压" in error.in_("zh")


@pytest.mark.parametrize(
    "event,form,code",
    [
        ("BL", "SC", "signing.computed"),
        ("BL", "RD", "entry.repeat_needed"),
        ("BL", "XX", "entry.unknown_form"),
    ],
)
def test_what_no_signature_can_stand_under(ward: Ward, event: str, form: str, code: str) -> None:
    vitals(ward)
    refused(ward, ItemKey(ward.subject, event, form=form), code)


def test_a_participant_of_another_site(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    form = vitals(ward)
    monkeypatch.setattr(ward.session.cache(ward.subject).data, "site", "02")
    refused(ward, form.entry.key, "signing.other_site")


@pytest.mark.requirement("P11-8")
@pytest.mark.parametrize("login", ["n07", "d02"])
def test_only_investigators_sign(folder: Path, login: str) -> None:
    with signing_session(folder) as session:
        ward = Ward(session).enrol()
        key = vitals(ward).entry.key
    with signing_session(folder, login) as session:
        with pytest.raises(PermissionDenied) as caught:
            session.sign(key, REVIEWED, password(login), login)
        assert session.signing_offer(key).obstacle == caught.value.text
        assert session.signatures(key) == ()


def test_meanings_are_a_closed_list(ward: Ward) -> None:
    form = vitals(ward)
    assert [code for code, _ in ward.session.signing_offer(form.entry.key).meanings] == [REVIEWED, "APPROVED"]
    for meaning in (ELIGIBILITY, "", "reviewed", "I agree"):
        with pytest.raises(InputRefused) as caught:
            signed(ward, form, meaning)
        assert caught.value.code == "signing.unknown_meaning"
    # Eligibility is confirmed by that one meaning: nobody has signed it by reviewing the form.
    form = eligible(ward)
    offer = ward.session.signing_offer(form.entry.key)
    ((code, words),) = offer.meanings
    assert code == ELIGIBILITY and "eligibility" in words.en and "入组资格" in words.zh
    with pytest.raises(InputRefused, match="unknown_meaning"):
        signed(ward, form, REVIEWED)


# -- who is at the keyboard ----------------------------------------------------------------------------


@pytest.mark.requirement("CN-9")
def test_wrong_password(ward: Ward) -> None:
    form = vitals(ward)
    heads = ward.session.vault.journal.heads()
    for _ in range(FREE):
        with pytest.raises(LoginRefused) as caught:
            ward.session.sign(form.entry.key, REVIEWED, "meadow-string-44-copper", FOUNDER)
        assert caught.value.code == "store.password_wrong"
    with pytest.raises(LoginRefused) as caught:
        signed(ward, form)
    assert caught.value.code == "store.login_wait"
    assert ward.session.vault.journal.heads() == heads
    assert ward.session.signatures(form.entry.key) == ()
    assert form.state.status == "complete"


@pytest.mark.requirement("P11-15")
def test_the_first_signature_of_a_sitting_asks_for_the_login_too(ward: Ward) -> None:
    first, second = vitals(ward), eligible(ward)
    assert ward.session.signing_offer(first.entry.key).needs_login
    for login in ("", "n07", "I01"):
        with pytest.raises(LoginRefused) as caught:
            ward.session.sign(first.entry.key, REVIEWED, password(FOUNDER), login)
        assert caught.value.code == "signing.login_differs"
    with pytest.raises(LoginRefused):
        ward.session.sign(first.entry.key, REVIEWED, "wrong", FOUNDER)
    assert ward.session.signing_offer(first.entry.key).needs_login
    signed(ward, first)
    assert not ward.session.signing_offer(second.entry.key).needs_login
    assert ward.session.sign(second.entry.key, ELIGIBILITY, password(FOUNDER)).counts


def test_a_disabled_person(ward: Ward) -> None:
    form = vitals(ward)
    ward.session.append([accounts.user_draft(ward.session.person.id, "disabled")])
    with pytest.raises(PermissionDenied) as caught:
        signed(ward, form)
    assert caught.value.code == "signing.key_not_current"
    assert ward.session.signatures(form.entry.key) == ()


def test_a_person_whose_keys_were_renewed_meanwhile(ward: Ward) -> None:
    form = vitals(ward)
    vault = ward.session.vault
    signer = vault._signer(password(FOUNDER))
    assert signer.authority is not None
    renewed = replace(vault.certificate, serial=9, sign=SigningKey.generate().public)
    ward.session.append([accounts.certificate_draft(renewed.signed("authority", signer.authority))])
    with pytest.raises(PermissionDenied) as caught:
        signed(ward, form)
    assert caught.value.code == "signing.key_not_current"


def test_a_disk_that_takes_nothing(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    form = eligible(ward)

    def full(*_: object, **__: object) -> None:
        raise StoreError("store.disk_full", place="x")

    with monkeypatch.context() as patch:
        patch.setattr(ward.session.vault.journal, "write", full)
        with pytest.raises(StoreError):
            signed(ward, form, ELIGIBILITY)
    assert form.state.status == "complete"
    assert ward.session.data(ward.subject).signatures == frozenset()
    assert signed(ward, form, ELIGIBILITY).counts


# -- a signature ---------------------------------------------------------------------------------------


@pytest.mark.requirement("P11-12", "EMA-9", "CN-9")
def test_a_signed_form(ward: Ward, clock: Clock) -> None:
    form = vitals(ward)
    key = form.entry.key
    seen: list[Changes] = []
    ward.session.subscribe(seen.append)
    clock.now += timedelta(minutes=3)
    info = signed(ward, form)
    assert (info.state, info.meaning, info.person, info.key) == ("valid", REVIEWED, "Li Na", key)
    assert info.text.en == "Signed by Li Na, 2026-09-01 10:03 +08:00."
    assert info.text.zh == "Li Na 已于 2026-09-01 10:03 +08:00 签名。"
    assert info.at == clock.now and info.differs == () and info.notes == ()
    assert form.state.status == "signed"
    assert [(one.form, one.state.status) for one in seen] == [(key, "signed")]
    assert ward.session.signatures(key) == (info,)
    (line,) = [one for one in ward.session.history(key) if one.kind == "signature"]
    assert line.text.en.startswith("signed: I have reviewed this form") and line.person == "Li Na"
    assert ward.session.verify().troubles == ()


@pytest.mark.requirement("P11-12")
def test_what_the_record_holds(ward: Ward) -> None:
    form = vitals(ward)
    info = signed(ward, form)
    record = ward.session.vault.journal.get(info.record)
    assert record is not None and record.key == form.entry.key.path()
    said = esign.Signature.read(record.data)
    assert (said.name, said.meaning, said.computed) == ("Li Na", REVIEWED, (("MAIN/PULSEP", "40"),))
    assert said.batch == (said.manifest,)
    device = ward.session.device
    assert set(said.records) == {device}
    kinds = [
        one.kind
        for first, last in said.records[device]
        for seq in range(first, last + 1)
        if (one := ward.session.vault.journal.get(f"{device}:{seq}")) is not None
    ]
    assert sorted(kinds) == ["status", "value", "value"]


@pytest.mark.requirement("P11-15")
def test_a_signature_outlives_the_sitting(folder: Path) -> None:
    with signing_session(folder) as session:
        ward = Ward(session).enrol()
        form = eligible(ward)
        signed(ward, form, ELIGIBILITY)
    with signing_session(folder, "n07") as session:
        assert session.data(ward.subject).signatures == {form.entry.key}
        assert session.state(form.entry.key).status == "signed"
        (info,) = session.signatures(form.entry.key)
        assert info.counts and info.person == "Li Na"


def test_the_overview_says_what_is_signed(ward: Ward) -> None:
    def told() -> tuple[str, str, str]:
        node = ward.session.tree(ward.subject)[0]
        cell = ward.session.matrix().rows[0].cells["SCR"]
        return node.forms[0].status, node.status, cell.status

    form = eligible(ward)
    assert told() == ("complete", "complete", "complete")
    signed(ward, form, ELIGIBILITY)
    assert told() == ("signed", "signed", "signed")
    form.enter("IEDAT", "2026-08-22", because="source")
    assert told() == ("complete", "complete", "complete")


def test_the_check_that_asks_for_a_signature(ward: Ward) -> None:
    """IE-17: consent, eligibility signed, enrolled, first dose."""
    form = eligible(ward)
    visit = ward.open("BL", "SV").enter("SVSTDAT", "2026-08-21")
    visit.complete()
    (query,) = visit.queries()
    assert query.check == "IE-17" and query.is_open
    signed(ward, form, ELIGIBILITY)
    (query,) = visit.queries()
    assert query.state == "Resolved"
    assert not visit.findings()
    form.enter("ENROLYN", "", because="too early").enter("ENROLYN", "Y", because="after all")
    visit.expect_query("was not signed")
    assert ward.session.verify().troubles == ()


# -- void ----------------------------------------------------------------------------------------------


@pytest.mark.requirement("FDA-14", "CN-10")
def test_signed_value_changed(ward: Ward) -> None:
    form = vitals(ward)
    key = form.entry.key
    signed(ward, form)
    with pytest.raises(InputRefused) as caught:
        form.enter("SYSBP", "130")
    assert caught.value.code == "entry.reason_required"
    assert state_of(ward, key) == "valid"
    form.enter("SYSBP", "130", because="read again")
    (info,) = ward.session.signatures(key)
    assert info.state == "void" and not info.counts
    assert info.differs == (form.key("SYSBP"),)
    assert "Vital signs: Systolic" in info.text.en and "生命体征：收缩压" in info.text.zh
    assert form.state.status == "complete"
    assert ward.session.data(ward.subject).signatures == frozenset()
    # Back to the signed value: another record, so another signature is due.
    form.enter("SYSBP", "120", because="it was right")
    assert state_of(ward, key) == "void"
    again = signed(ward, form)
    assert [one.state for one in ward.session.signatures(key)] == ["valid", "void"]
    assert again.counts and form.state.status == "signed"
    assert ward.session.verify().troubles == ()


@pytest.mark.requirement("FDA-14")
def test_every_differing_item_is_named_in_the_order_of_the_form(ward: Ward) -> None:
    form = vitals(ward)
    signed(ward, form)
    form.enter("DIABP", "70", because="read again").enter("SYSBP", "130", because="read again")
    (info,) = ward.session.signatures(form.entry.key)
    assert [key.item for key in info.differs] == ["SYSBP", "DIABP"]


@pytest.mark.parametrize("act", ["reopen", "row", "strike", "missing", "first answer", "pin"])
def test_whatever_stands_otherwise_makes_void(ward: Ward, act: str) -> None:
    log = ward.open("LOG", "CM").new_row("ROWS").enter("CMTRT", "aspirin")
    log.complete()
    assert signed(ward, log).counts
    vital = ward.open("BL", "VS").enter("SYSBP", "120")
    vital.complete()
    assert signed(ward, vital).counts
    form, because = vital, Reason("OTHER", "because")
    if act == "reopen":
        vital.entry.reopen(because)
    elif act == "pin":
        ward.session.append([Draft("pin", vital.entry.key.path(), {"definition": "cd" * 32})])
    elif act == "row":
        form = log
        log.entry.add_row("ROWS", because)
    elif act == "strike":
        form = log
        log.entry.strike_row(log.key("CMTRT").row_key(), because)
    elif act == "missing":
        vital.entry.set_missing(vital.key("SYSBP"), "ND", because)
    else:
        vital.enter("DIABP", "80", because="because")
    in_memory = form.entry.key in (ward.session.data(ward.subject).signatures or ())
    assert not in_memory and state_of(ward, form.entry.key) == "void"
    other = vital if form is log else log
    assert state_of(ward, other.entry.key) == "valid"
    ward.session.refresh()
    assert ward.session.data(ward.subject).signatures == {other.entry.key}


def test_a_row_that_is_no_item_is_named_all_the_same(ward: Ward) -> None:
    log = ward.open("LOG", "CM").new_row("ROWS").enter("CMTRT", "aspirin")
    log.complete()
    signed(ward, log)
    log.entry.add_row("ROWS", Reason("TYPING"))
    (info,) = ward.session.signatures(log.entry.key)
    assert "Medications (row or repeat) is other than" in info.text.en


def test_questions_and_confirmations_void_nothing(ward: Ward) -> None:
    """They say something about what was signed and change nothing of it."""
    form = vitals(ward, systolic="120")
    form.enter("SYSBP", "85", because="read again").confirm("SYSBP")
    signed(ward, form)
    query = ward.session.raise_query(form.key("SYSBP"), "sure?")
    ward.session.answer_query(query.id, "yes")
    ward.session.append(
        [Draft("confirm", form.key("SYSBP").path(), {"check": "VS.SYSBP.SOFT", "text": "85 mmHg"})]
    )
    ward.session.refresh()
    assert state_of(ward, form.entry.key) == "valid"
    assert ward.session.data(ward.subject).signatures == {form.entry.key}
    assert ward.session.verify().troubles == ()


def test_nobody_takes_a_signature_away_by_naming_it(ward: Ward) -> None:
    form = vitals(ward)
    info = signed(ward, form)
    ward.session.append(
        [
            Draft("review", form.entry.key.path(), {}, (info.record,)),
            Draft("status", form.entry.key.path(), {"status": "complete"}, (info.record,)),
        ]
    )
    ward.session.refresh()
    # Another word on the status is another record: void, but it stays in sight.
    assert [one.record for one in ward.session.signatures(form.entry.key)] == [info.record]
    assert state_of(ward, form.entry.key) == "void"


def test_redacted_content_stays_signed_and_says_so(ward: Ward) -> None:
    form = vitals(ward)
    signed(ward, form)
    vault = ward.session.vault
    key = form.key("SYSBP").path()
    with vault.store.transaction() as tx:
        (row,) = tx.find(schema.item_data, key=key)
        tx.put(schema.item_data, {**row, "text": "", "absent": 1})
    ward.session.refresh()
    (info,) = ward.session.signatures(form.entry.key)
    assert info.state == "valid"
    assert any("redacted" in note.en for note in info.notes)


# -- computed values -----------------------------------------------------------------------------------


def test_a_program_that_computes_otherwise_says_so(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    form = vitals(ward)
    signed(ward, form)
    real = signing.computed_values
    monkeypatch.setattr(
        signing, "computed_values", lambda *a: tuple((key, f"{text}.0") for key, text in real(*a))
    )
    (info,) = ward.session.signatures(form.entry.key)
    assert info.state == "valid"
    assert [note.en for note in info.notes] == [
        "This version of the program computes Baseline · Vital signs: Pulse pressure otherwise "
        "than when it was signed."
    ]


def test_more_computed_values_than_can_travel(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(esign, "MOST_COMPUTED", 4)
    form = vitals(ward)
    info = signed(ward, form)
    record = ward.session.vault.journal.get(info.record)
    assert record is not None and record.data["computed"] is None
    assert info.counts and info.notes == ()
    assert ward.session.verify().troubles == ()


def test_more_records_than_can_travel(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(esign, "MOST_RECORDS", 4)
    with pytest.raises(InputRefused) as caught:
        signed(ward, vitals(ward))
    assert caught.value.code == "signing.too_much"


# -- visits --------------------------------------------------------------------------------------------


def visit(ward: Ward, event: str = "BL") -> ItemKey:
    """A baseline with everything required."""
    form = ward.open(event, "SV").enter("SVSTDAT", "2026-08-21")
    assert form.complete().done
    vitals(ward)
    return ItemKey(ward.subject, event)


@pytest.mark.requirement("EMA-9")
def test_a_whole_visit(ward: Ward) -> None:
    eligible(ward)
    key = visit(ward)
    info = ward.session.sign(key, "APPROVED", password(FOUNDER), FOUNDER)
    assert info.counts and info.key == key
    forms = {key._replace(form=name) for name in ("SV", "VS")}
    assert ward.session.data(ward.subject).signatures == forms
    assert [one.record for one in ward.session.signatures(key._replace(form="VS"))] == [info.record]
    assert ward.session.signatures(key) == (info,)
    assert ward.session.signatures(ItemKey(ward.subject, "SCR")) == ()
    ward.open("BL", "VS").enter("DIABP", "70", because="read again")
    assert ward.session.data(ward.subject).signatures == frozenset()
    (info,) = ward.session.signatures(key)
    assert (info.state, [one.item for one in info.differs]) == ("void", ["DIABP"])
    assert ward.session.verify().troubles == ()


def test_a_new_form_at_a_signed_visit_makes_void(ward: Ward) -> None:
    eligible(ward)
    key = visit(ward)
    ward.session.sign(key, REVIEWED, password(FOUNDER), FOUNDER)
    ward.session.add_form(key, "RD")
    assert state_of(ward, key) == "void"


def test_an_unfinished_visit(ward: Ward) -> None:
    eligible(ward)
    key = ItemKey(ward.subject, "BL")
    refused(ward, key, "signing.not_complete")
    vitals(ward)
    error = refused(ward, key, "signing.not_complete")
    assert "Baseline · Visit" in error.in_("en")
    ward.open("BL", "SV").enter("DOSE", "2")
    refused(ward, key, "signing.not_complete")
    refused(ward, ItemKey(ward.subject, "LOG"), "signing.nothing_complete")
    refused(ward, ItemKey(ward.subject, "W99"), "signing.nothing_complete")


def test_a_visit_signature_is_no_confirmation_of_eligibility(ward: Ward) -> None:
    form = eligible(ward)
    key = ItemKey(ward.subject, "SCR")
    assert ward.session.sign(key, "APPROVED", password(FOUNDER), FOUNDER).counts
    assert ward.session.data(ward.subject).signatures == frozenset()
    assert form.state.status == "complete"


def test_a_repeat_and_a_visit_that_repeats(ward: Ward) -> None:
    eligible(ward)
    one = ward.session.add_form(ItemKey(ward.subject, "BL"), "RD")
    two = ward.session.add_form(ItemKey(ward.subject, "BL"), "RD")
    for key in (one, two):
        reading = ward.open("BL", "RD")
        reading.entry = ward.session.entry(key)
        reading.enter("READER", "A").complete()
    assert ward.session.sign(one, REVIEWED, password(FOUNDER), FOUNDER).counts
    assert ward.session.signatures(two) == ()
    event = ward.session.add_event(ward.subject, "UNS")
    other = ward.open("UNS", "SV", event.event_repeat).enter("SVSTDAT", "2026-08-28")
    other.complete()
    assert ward.session.sign(event, REVIEWED, password(FOUNDER)).counts
    assert ward.session.data(ward.subject).signatures == {one, other.entry.key}


# -- other words ---------------------------------------------------------------------------------------


def test_a_zone_west_of_greenwich(ward: Ward) -> None:
    form = vitals(ward)
    signed(ward, form)
    (row,) = ward.session.signature_book._proofs.read(ward.session.vault.store, ward.subject)
    west = replace(row, zone="America/Caracas -04:30", at=datetime.fromisoformat("2026-09-01T02:00:00+00:00"))
    assert signing._on_the_wall(west) == "2026-08-31 21:30 -04:30"


def test_an_older_definition_had_a_form_that_is_gone(ward: Ward) -> None:
    """A signature under it, and an item in it, are still shown: by their names."""
    form = vitals(ward)
    signed(ward, form)
    form.enter("SYSBP", "130", because="read again")
    study = ward.session.study
    ward.session.study = replace(study, forms={k: v for k, v in study.forms.items() if k != "VS"})
    (info,) = ward.session.signatures(form.entry.key)
    assert "Baseline · VS: SYSBP" in info.text.en


def test_a_form_that_is_gone_is_signed_still(ward: Ward) -> None:
    form = vitals(ward)
    signed(ward, form)
    study = ward.session.study
    ward.session.study = replace(study, forms={k: v for k, v in study.forms.items() if k != "VS"})
    (info,) = ward.session.signatures(form.entry.key)
    assert info.counts
    assert [note.en for note in info.notes] == [
        "This version of the program computes Baseline · VS: PULSEP otherwise than when it was signed."
    ]


def test_only_what_covers_is_proved(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A participant without signatures asks for no keys at all."""
    with Session(enter(folder), definition(), Clock()) as session:
        monkeypatch.setattr(session.signature_book, "_trust", None)
        session.signature_book._proofs = read_signatures.Proofs(None, None)  # type: ignore[arg-type]
        ward = Ward(session).enrol()
        assert ward.session.signatures(vitals(ward).entry.key) == ()
