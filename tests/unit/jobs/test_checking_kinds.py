"""Checking pages of every kind of document: genuine and current, superseded on a day, altered."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mda5_crf.jobs import casebooks, checking, daycards, saereports
from mda5_crf.jobs.casebooks import Wish
from mda5_crf.jobs.checking import Checked, Verdict
from mda5_crf.jobs.proving import Proving
from mda5_crf.services.asof import Moment, present
from tests.cardward import begun, event, report
from tests.scenario import Ward
from tests.wards import NOW, Clock, built, session_at

CLOCK = Clock()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    folder = Path(shutil.copytree(built(), tmp_path_factory.mktemp("kinds") / "ward.mda5"))
    with session_at(folder, clock=CLOCK) as session:
        yield Ward(session)


@pytest.fixture
def ward(desk: Ward) -> Ward:
    CLOCK.now = NOW
    made = begun(Ward(desk.session).enrol())
    event(made)
    return made


def code_on(proof: Proving, part: str) -> str:
    """The code of the first page of a part."""
    return next(page.code for page in proof.proofs.pages if page.place == (part, 1))


def altered(data: bytes) -> bytes:
    """Another file: a word of its properties is different, and not as long as it was."""
    return re.sub(rb"/Creator \(MDA5-CRF\)", b"/Creator (MDA5-CRX)", data, count=1)


def lines(checked: Checked) -> str:
    return " ".join(
        line for page in checked.pages if page.leaf is not None for line in checking.lines_of(page.leaf)
    )


def day_of(checked: Checked) -> str:
    at = checked.pages[0].since
    assert at is not None
    return f"{at:%Y-%m-%d}"


@pytest.mark.requirement("FDA-1")
def test_pages_of_a_casebook(ward: Ward) -> None:
    """The first form of a book is far from its first page, and cover and listings have no code."""
    session = ward.session
    order = casebooks.gather(session, ward.subject, Wish("both"))
    printed = casebooks.draw(order)
    casebooks.record(session, order, printed)
    numbers = [page.number for page in order.proving.proofs.pages]
    assert numbers[0] > 1 and numbers[-1] < printed.pages
    code = code_on(order.proving, "VS/BL")
    found = checking.check_code(session, code)
    assert found.verdict is Verdict.GENUINE and found.data == printed.data
    assert code in lines(found) and "120" in lines(found)
    assert f"Page {found.pages[0].number} of {printed.pages} " in lines(found)
    whole = checking.check_pdf(session, printed.data)
    assert whole.verdict is Verdict.GENUINE and [page.number for page in whole.pages] == numbers
    forged = checking.check_pdf(session, altered(printed.data))
    assert forged.verdict is Verdict.ALTERED and forged.differences
    CLOCK.now += timedelta(days=3)
    ward.open("BL", "VS").enter("SYSBP_VSORRES", "121", because="typo")
    late = checking.check_code(session, code)
    assert late.verdict is Verdict.SUPERSEDED and day_of(late) == "2026-09-04" and "120" in lines(late)
    other = checking.check_code(session, code_on(order.proving, "SV/BL"))
    assert other.verdict is Verdict.GENUINE and "current" in other.words[0].en


def test_pages_of_a_casebook_of_a_past_moment_and_of_differences(ward: Ward) -> None:
    session, before = ward.session, present(ward.session)
    ward.open("BL", "VS").enter("SYSBP_VSORRES", "133", because="typo")
    then = Moment(None, dict(before.heads))
    for wish in (Wish("en", as_of=then), Wish("en", since=then)):
        order = casebooks.gather(session, ward.subject, wish)
        printed = casebooks.draw(order)
        casebooks.record(session, order, printed)
        found = checking.check_code(session, code_on(order.proving, "VS/BL"))
        assert found.verdict is Verdict.GENUINE and found.data == printed.data
        assert ("120" if wish.as_of else "133") in lines(found)
        assert ("past moment" in found.words[0].en) is (wish.as_of is not None)
        assert checking.check_pdf(session, printed.data).verdict is Verdict.GENUINE
        assert checking.check_pdf(session, altered(printed.data)).verdict is Verdict.ALTERED


def test_pages_of_a_report(ward: Ward) -> None:
    session, told = ward.session, report(ward)
    order = saereports.gather(session, ward.subject, 1, "zh")
    printed = saereports.draw(order)
    saereports.record(session, order, printed)
    code = order.proving.proofs.pages[0].code
    found = checking.check_code(session, code)
    assert found.verdict is Verdict.GENUINE and found.data == printed.data and code in lines(found)
    assert checking.check_pdf(session, altered(printed.data)).verdict is Verdict.ALTERED
    CLOCK.now += timedelta(days=2)
    told.enter("SAESERDT", "2026-08-30", because="typo")
    late = checking.check_code(session, code)
    assert late.verdict is Verdict.SUPERSEDED and day_of(late) == "2026-09-03"


def test_morning_cards_of_one_and_of_several(ward: Ward) -> None:
    session = ward.session
    other = begun(Ward(session).enrol())
    pair = [ward.subject, other.subject]
    for subjects in (pair[:1], pair):
        order = daycards.gather(session, subjects, None, "both")
        printed = daycards.draw(order)
        daycards.record(session, order, printed)
        assert printed.pages == len(subjects) == len({page.place for page in order.proving.proofs.pages})
        codes = [page.code for page in order.proving.proofs.pages]
        for number, code in enumerate(codes, start=1):
            found = checking.check_code(session, code)
            assert found.verdict is Verdict.GENUINE and found.data == printed.data
            assert [page.number for page in found.pages] == [number] and code in lines(found)
        assert checking.check_pdf(session, altered(printed.data)).verdict is Verdict.ALTERED
    CLOCK.now += timedelta(days=1)
    other.open("BL", "VS").enter("WEIGHT_VSORRES", "61.0", because="typo")
    first, second = (checking.check_code(session, code) for code in codes)
    assert first.verdict is Verdict.GENUINE and "current" in first.words[0].en
    assert second.verdict is Verdict.SUPERSEDED and day_of(second) == "2026-09-02"


def test_a_card_that_was_overtaken_while_others_were_read_is_read_again(ward: Ward) -> None:
    session = ward.session
    known = daycards.known_now(session)
    cards = {ward.subject: daycards.card_of(session, ward.subject, session.today)}
    ward.open("BL", "VS").enter("WEIGHT_VSORRES", "62.0", because="typo")
    order = daycards.order_of(session, cards, session.today, "en", known)
    printed = daycards.draw(order)
    daycards.record(session, order, printed)
    found = checking.check_code(session, order.proving.proofs.pages[0].code)
    assert found.verdict is Verdict.GENUINE and "62.0 kg" in lines(found)
