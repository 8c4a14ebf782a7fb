"""Pages that were printed here or elsewhere: what is said of them, and the page as it was."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.crypto import SigningKey, code_of
from mda5_crf.db import read
from mda5_crf.db.records import Draft
from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.jobs import checking, confined, pages
from mda5_crf.jobs.checking import Checked, Verdict
from mda5_crf.jobs.pages import Order
from mda5_crf.pdf import blank
from mda5_crf.services import pageproof
from mda5_crf.services.asof import present
from mda5_crf.services.changes import Reason
from mda5_crf.services.pageproof import DeviceProver
from tests.scenario import Ward
from tests.unit.pdf.paperwork import MADE, mini
from tests.vaults import password
from tests.wards import Clock, session_at, ward, ward_folder

__all__ = ["ward", "ward_folder"]


def print_vs(ward: Ward, *forms: str) -> tuple[Order, bytes]:
    order = pages.gather(ward.session, ward.subject, "BL", forms or ("VS",), "both")
    printed = pages.draw(order)
    pages.record(ward.session, order, printed)
    return order, printed.data


def codes(order: Order) -> list[str]:
    assert order.proving is not None
    return [page.code for page in order.proving.proofs.pages]


def words(checked: Checked) -> str:
    assert checked.pages and checked.pages[0].leaf is not None
    return " ".join(checking.lines_of(checked.pages[0].leaf))


@pytest.mark.requirement("FDA-1")
def test_each_page_has_its_own_code_and_is_found_by_it(ward: Ward) -> None:
    ward.open("BL", "VS").enter("VSPERF", "Y").enter("SYSBP_VSORRES", "128")
    order, data = print_vs(ward)
    assert len(set(codes(order))) == len(codes(order)) >= 2
    for number, code in enumerate(codes(order), start=1):
        checked = checking.check(ward.session, code)
        assert checked.verdict is Verdict.GENUINE and [page.number for page in checked.pages] == [number]
        assert checked.data == data and code in words(checked) and "01-001" in words(checked)
    whole = checking.check_pdf(ward.session, data)
    assert whole.verdict is Verdict.GENUINE and len(whole.pages) == len(codes(order))


def test_the_same_print_twice_has_other_codes_only_where_something_differs(ward: Ward) -> None:
    """Heads are part of the page text: the record of the first print is in the second one's."""
    ward.open("BL", "VS").enter("VSPERF", "Y")
    first, _ = print_vs(ward)
    second, _ = print_vs(ward)
    assert set(codes(first)).isdisjoint(codes(second))
    for code in (codes(first)[0], codes(second)[0]):
        assert checking.check_code(ward.session, code).verdict is Verdict.GENUINE


def test_a_page_of_a_past_moment_is_genuine_and_not_superseded(ward: Ward) -> None:
    vs = ward.open("BL", "VS").enter("VSPERF", "Y").enter("SYSBP_VSORRES", "128")
    moment = present(ward.session)
    vs.enter("SYSBP_VSORRES", "131", because="typo")
    order = pages.gather(ward.session, ward.subject, "BL", ["VS"], "en", as_of=moment)
    printed = pages.draw(order)
    pages.record(ward.session, order, printed)
    checked = checking.check_code(ward.session, codes(order)[0])
    assert checked.verdict is Verdict.GENUINE and "past moment" in checked.words[0].en
    assert checked.data == printed.data and "128" in words(checked)
    assert checking.check_pdf(ward.session, printed.data).verdict is Verdict.GENUINE


def test_a_page_after_a_redaction_is_never_shown_again(ward: Ward) -> None:
    told = ward.open("W4", "SV").enter("SVREASOC", "Wang Xiaoming")
    order = pages.gather(ward.session, ward.subject, "W4", ["SV"], "en")
    printed = pages.draw(order)
    pages.record(ward.session, order, printed)
    before = checking.check_code(ward.session, codes(order)[0])
    assert "Xiaoming" in words(before)
    (record,) = [one.record for one in ward.session.history(told.key("SVREASOC"))]
    ward.session.redact(
        [record], Reason("PRIVACY", "a name"), (), own_password=password(ward.session.person.login),
        second=("d02", password("d02")),
    )  # fmt: skip
    for checked in (
        checking.check_code(ward.session, codes(order)[0]),
        checking.check_pdf(ward.session, printed.data),
    ):
        assert checked.verdict is Verdict.SUPERSEDED and "redacted on 2026-09-01" in checked.words[0].en
        shown = [line for page in checked.pages if page.leaf for line in checking.lines_of(page.leaf)]
        assert "Xiaoming" not in " ".join(shown)
        assert b"Xiaoming" not in (checked.data or b"")


def test_records_of_earlier_versions_and_broken_ones_tell_no_pages(ward: Ward) -> None:
    ward.session.record_print("BL.VS", "0" * 64, 2, ward.subject)
    order, _ = print_vs(ward)
    whole = next(one for one in read.passages(ward.session.vault.store, "print") if "codes" in one.content)
    changes: list[dict[str, object]] = [
        {"codes": "x"}, {"texts": []}, {"made": "noon"}, {"heads": {}}, {"gen": "1"}, {"order": None},
        {"numbers": ["1", "2"]}, {"order": {"past": 3}}, {"kind": 4},
    ]  # fmt: skip
    for change in changes:
        broken = {**whole.content, **change}
        ward.session.append([Draft("print", ward.subject, broken)])
    assert [one.record for one in pageproof.prints(ward.session)] == [whole.record]
    assert checking.check_code(ward.session, codes(order)[0]).verdict is Verdict.GENUINE


def test_a_kind_this_program_does_not_know_is_said_by_the_record(ward: Ward) -> None:
    order, _ = print_vs(ward)
    assert order.proving is not None
    other = replace(order, proving=replace(order.proving, kind="atlas"))
    printed = pages.draw(other)
    pages.record(ward.session, other, printed)
    checked = checking.check_code(ward.session, codes(other)[0])
    # The same codes stand in two records: the newest is asked.
    assert checked.verdict is Verdict.GENUINE and checked.pages[0].leaf is None
    assert "compare values" in checked.words[0].en and checking.single(checked) == b""


def test_whoever_may_not_print_may_not_check(ward: Ward) -> None:
    order, data = print_vs(ward)
    ward.session.person = replace(ward.session.person, roles=("administrator",))
    with pytest.raises(PermissionDenied):
        checking.check_code(ward.session, codes(order)[0])
    for check in (checking.check_pdf, checking.check_picture):
        with pytest.raises(PermissionDenied):
            check(ward.session, data)


def test_a_page_of_another_pc_is_known_by_its_signature(
    ward: Ward, tmp_path: Path, ward_folder: Path
) -> None:
    """Its record is not here: the card of the PC says whose it is. A signature of nobody is nobody's."""
    session, keys = ward.session, ward.session.vault.device_keys
    own = DeviceProver(session.vault.meta.study, session.device, 7, keys.page_key, keys.sign)
    *_, held = own.prove(b"a page that was printed before the vault was put back")
    seal = pageproof.unpack(held)
    assert seal is not None
    checked = checking.check_seal(session, seal)
    assert checked.verdict is Verdict.ELSEWHERE
    assert "Ward 3" in checked.words[0].en and "head 7" in checked.words[0].en
    stranger = replace(own, sign=SigningKey.generate())
    foreign = pageproof.unpack(stranger.prove(b"a page")[-1])
    assert foreign is not None
    assert checking.check_seal(session, foreign).verdict is Verdict.UNKNOWN
    assert checking.check_seal(session, replace(seal, head=8)).verdict is Verdict.UNKNOWN
    peer = pageproof.Signer("ab" * 8, "Ward 9", "02", stranger.sign.public.text)
    moved = replace(stranger, device="ab" * 8)
    theirs = pageproof.unpack(moved.prove(b"a page")[-1])
    assert theirs is not None
    assert pageproof.signer_of(session, theirs) is None
    assert pageproof.signer_of(session, theirs, [peer]) == peer
    assert pageproof.signer_of(session, theirs, [replace(peer, sign="AAAA")]) is None


@given(st.binary(min_size=0, max_size=80), st.integers(0, 2**48 - 1), st.binary(min_size=8, max_size=8))
def test_what_a_picture_holds_comes_back(text: bytes, head: int, device: bytes) -> None:
    maker = DeviceProver("S", device.hex(), head, bytes(32), SigningKey(bytes(32)))
    code, mac, held = maker.prove(text)
    seal = pageproof.unpack(held)
    assert seal is not None
    assert (seal.code, seal.text, seal.head, seal.device) == (code, mac, head, device.hex())
    assert hashlib.sha256(text).hexdigest() != mac and code_of(bytes.fromhex(mac)) == code
    assert len(held) == 202 and maker.prove(text) == (code, mac, held)


@given(st.text(max_size=300))
def test_no_other_text_is_a_picture(text: str) -> None:
    assert pageproof.unpack(text) is None and pageproof.unpack("MDA5P1" + text) is None


def test_a_long_document_is_told_in_several_records() -> None:
    told = {"codes": ["x"] * 700, "texts": ["y"] * 700, "numbers": list(range(700)), "kind": "k"}
    parts = pageproof.parts_of(told)
    assert [len(one["codes"]) for one in parts] == [300, 300, 100]
    assert [n for one in parts for n in one["numbers"]] == told["numbers"]
    assert pageproof.parts_of({**told, "codes": [], "texts": [], "numbers": []})[0]["codes"] == []


def test_when_it_was_first_changed_of_many_changes(ward_folder: Path) -> None:
    clock = Clock()
    with session_at(ward_folder, clock=clock) as session:
        ward = Ward(session).enrol()
        vs = ward.open("BL", "VS").enter("VSPERF", "Y")
        order, data = print_vs(ward, "VS", "SV")
        pages_ = codes(order)
        for day in range(6):
            clock.now += timedelta(days=1)
            ward.open("W4", "VS").enter("VSPERF", "Y" if day % 2 else "N", because="day")
            if day >= 2:
                vs.enter("SYSBP_VSORRES", str(120 + day), because="again")
        checked = checking.check_pdf(session, data)
        assert checked.verdict is Verdict.SUPERSEDED
        since = {page.place.split("/")[0]: page.since for page in checked.pages}
        assert since["SV"] is None
        vs_page = next(page for page in checked.pages if page.since is not None)
        assert f"{vs_page.since.astimezone(session.zone):%Y-%m-%d}" == "2026-09-04"  # type: ignore[union-attr]
        assert len(pages_) == len(checked.pages)


def test_a_missing_file_is_said(ward: Ward, tmp_path: Path) -> None:
    for name in ("no.pdf", str(tmp_path), "a\0b.pdf"):
        with pytest.raises(InputRefused, match="file_missing"):
            checking.check_file(ward.session, Path(name))


def test_the_written_page_is_the_one_asked_for(ward: Ward) -> None:
    ward.open("BL", "VS").enter("VSPERF", "Y")
    order, data = print_vs(ward)
    checked = checking.check_code(ward.session, codes(order)[1])
    alone = checking.single(checked)
    assert alone.startswith(b"%PDF") and len(alone) < len(data)
    before = len(read.passages(ward.session.vault.store, "print"))
    checking.write_down(ward.session, checked, alone)
    assert len(read.passages(ward.session.vault.store, "print")) == before + 1
    assert checking.single(checking.check_pdf(ward.session, data)) == data


def test_another_copy_of_the_vault_knows_the_page_by_its_record(ward: Ward) -> None:
    """Without the keys that made it the code is repeated from the record; the content must be the same."""
    ward.open("BL", "VS").enter("VSPERF", "Y")
    order = pages.gather(ward.session, ward.subject, "BL", ["VS"], "both")
    assert order.proving is not None
    order = replace(order, proving=replace(order.proving, gen=99))  # a page key that is not here
    data = pages.draw(order).data
    pages.record(ward.session, order, pages.draw(order))
    checked = checking.check_code(ward.session, codes(order)[0])
    assert checked.verdict is Verdict.GENUINE and "another vault printed" in checked.words[0].en
    assert codes(order)[0] in words(checked)
    altered = checking.check_pdf(ward.session, data + b"\n")
    assert altered.verdict is Verdict.ALTERED and "words alone" in altered.differences[-1].en


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_the_program_built_as_a_folder_looks_through_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """There it has no ``python -m``: the program is started again with a word of its own."""
    program = tmp_path / "mda5-crf"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mda5_crf "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    answer = confined.ask("codes", blank(mini(), [mini().forms["VS"]], "en", made=MADE))
    assert answer == confined.Answer(({"pages": 1},))
