"""Pages of a past moment: they say so; and a print made once more is the same, byte for byte."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mda5_crf.errors import InputRefused
from mda5_crf.jobs.pages import Order, draw, gather, print_filled, record
from mda5_crf.services.asof import Moment, locate, present
from tests.pdftext import text_of
from tests.scenario import Ward
from tests.signward import built_signing, eligible, signed, signing_session, vitals
from tests.wards import NOW, Clock

CLOCK = Clock()


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    folder = Path(shutil.copytree(built_signing(), tmp_path_factory.mktemp("pages") / "ward.mda5"))
    with signing_session(folder, clock=CLOCK) as session:
        yield Ward(session)


@pytest.fixture
def patient(ward: Ward) -> Ward:
    CLOCK.now = max(CLOCK.now, NOW)
    return Ward(ward.session).enrol()


def heads_of(order: Order) -> dict[str, int]:
    """What the foot of the pages says, as somebody types it."""
    device, seq, _ = order.header.head.split(":")
    return {device: int(seq)}


@pytest.mark.requirement("P11-2")
def test_a_print_is_made_once_more_byte_for_byte_from_the_printed_head(patient: Ward) -> None:
    session, subject = patient.session, patient.subject
    eligible(patient)
    form = vitals(patient)
    signed(patient, form)
    log = (
        patient.open("LOG", "CM").new_row("ROWS").enter("CMTRT", "MTX").new_row("ROWS").enter("CMTRT", "IVIG")
    )
    log.strike("ROWS", "twice")
    session.raise_query(form.key("DIABP"), "compare with the source")
    orders = [gather(session, subject, None, None, language) for language in ("en", "zh", "both")]
    prints = [draw(order) for order in orders]
    record(session, orders[0], prints[0])
    # Everything moves on: values, rows, queries, the signature, the day, the person at the keyboard.
    CLOCK.now += timedelta(days=40)
    form.enter("SYSBP", "144", because="misread")
    log.new_row("ROWS").enter("CMTRT", "TAC")
    session.answer_query(session.queries(subject)[0].id, "seen", session.queries(subject)[0].key)
    session.add_event(subject, "UNS")
    patient.open("BL", "SV")
    assert draw(gather(session, subject, None, None, "en")).data != prints[0].data
    for order, made in zip(orders, prints, strict=True):
        again = gather(
            session, subject, None, None, order.language, as_of=Moment(heads=heads_of(order)),
            made=order.made, printed_by=order.header.printed_by,
        )  # fmt: skip
        assert again.header == order.header and again.header.as_of is None
        assert draw(again).data == made.data


def test_pages_of_a_past_moment_say_so_and_show_what_stood_then(patient: Ward) -> None:
    session, subject = patient.session, patient.subject
    form = patient.open("BL", "VS").enter_all(SYSBP="120", DIABP="80")
    moment = Moment(heads=present(session).heads)
    day = CLOCK.now.astimezone(session.zone).date().isoformat()
    CLOCK.now += timedelta(days=3)
    form.enter("SYSBP", "144")
    printed = {
        language: text_of(print_filled(session, subject, "BL", ["VS"], language, as_of=moment))
        for language in ("en", "zh")
    }
    for page in printed["en"]:
        assert f"Asof{day}" in page and "Whatwasenteredorcorrectedlater" in page
        assert "144" not in page.partition("Definition")[0]  # the foot has codes made at random
    for page in printed["zh"]:
        assert f"截至{day}" in page and "此后的录入与更正不在其中" in page
    assert "120" in printed["en"][0]
    made = (CLOCK.now.astimezone(session.zone)).date().isoformat()
    assert f"Printed{made}" in printed["en"][0]  # but it was printed today
    note = next(iter(session.vault.journal.records(subject, kinds=("print",)))).data
    assert note["as_of"] == f"{session.device}:{moment.heads[session.device]}"
    # Such a print can be made once more, too: its moment has a time.
    order = gather(session, subject, "BL", ["VS"], "en", as_of=moment)
    device, seq, _ = order.header.head.split(":")
    form.enter("SYSBP", "150")
    CLOCK.now += timedelta(days=1)
    at = locate(session, moment).at
    again = gather(
        session, subject, "BL", ["VS"], "en", as_of=Moment(at, {device: int(seq)}), made=order.made,
        printed_by=order.header.printed_by,
    )  # fmt: skip
    assert draw(again).data == draw(order).data


def test_nothing_that_was_not_there_yet_is_printed(patient: Ward) -> None:
    session, subject = patient.session, patient.subject
    empty = Moment(heads=present(session).heads)
    patient.open("BL", "VS").enter("SYSBP", "120")
    with pytest.raises(InputRefused) as refused:
        gather(session, subject, "BL", None, "en", as_of=empty)
    assert refused.value.code == "pdf.nothing_to_print"
    before = Moment(heads={session.device: int(subject.partition(":")[2]) - 1})
    with pytest.raises(InputRefused) as refused:
        gather(session, subject, "BL", ["VS"], "en", as_of=before)
    assert refused.value.code == "asof.before_enrolment"
