"""Queries on paper: what does not come back first, then what does, once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.crypto import CodeRefused, page_code, read_code
from mda5_crf.crypto.pagecode import ALPHABET
from mda5_crf.db import read
from mda5_crf.db.records import Draft
from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs.querypages import print_queries
from mda5_crf.services import paperqueries
from mda5_crf.services.paperqueries import Paper
from tests.monitored import Site

KEY = bytes(range(32))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A ward with a monitor."""
    return Site(tmp_path / "ward.mda5")


def printed(site: Site, *, subjects: int = 1, words: str = "Which day?") -> list[Paper]:
    """A question of the monitor about each participant, printed by the nurse."""
    with site.at() as doctor:
        while len(doctor.subjects()) < subjects:
            doctor.enrol()
    with site.at("m04") as monitor:
        for subject in monitor.subjects()[:subjects]:
            key = ItemKey(subject.identity, "BL")
            monitor.raise_query(key, words)
    with site.at("n07") as nurse:
        print_queries(nurse, nurse.queries(), "both")
        codes = [
            one["code"] for row in read.passages(nurse.vault.store, "print") for one in row.content["papers"]
        ]
        return [paperqueries.find(nurse, code) for code in codes]


@pytest.mark.requirement("CN-4")
def test_fill_code_altered(site: Site) -> None:
    """Every single character, neighbours swapped, cut, longer: never another paper, never a write."""
    (paper,) = printed(site)
    code = paper.code
    wrong = {code[:-1], code + "0", code[5:], "", "   ", code.replace("-", "", 1)[:-1]}
    for place, sign in enumerate(code):
        if sign != "-":
            wrong.add(code[:place] + ALPHABET[(ALPHABET.index(sign) + 1) % 32] + code[place + 1 :])
    for place in range(len(code) - 1):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        if swapped.replace("-", "") != code.replace("-", ""):
            wrong.add(swapped)
    with site.at("n07") as nurse:
        before = nurse.vault.journal.heads()
        for typed in wrong:
            with pytest.raises(InputRefused) as refused:
                paperqueries.take(nurse, typed, "Monday", by="Dr Li", on="")
            assert "Nothing was stored" in refused.value.text.en and "未保存" in refused.value.text.zh
        assert nurse.vault.journal.heads() == before


@pytest.mark.requirement("CN-4")
def test_fill_taken_twice(site: Site) -> None:
    (paper,) = printed(site)
    with site.at("n07") as nurse:
        assert paperqueries.take(nurse, paper.code, "Monday", by="Dr Li", on="2026-09-01").state == "Answered"
        before = nurse.vault.journal.heads()
        for typed in (paper.code, paper.code.lower(), paperqueries.picture(paper)):
            with pytest.raises(InputRefused) as refused:
                paperqueries.take(nurse, typed, "Tuesday", by="Dr Li", on="")
            assert "already taken" in refused.value.text.en
        assert nurse.vault.journal.heads() == before
        print_queries(nurse, nurse.queries(), "en")  # a new paper has a new number and may come back
        new = read.passages(nurse.vault.store, "print")[-1].content["papers"][0]
        assert new["issue"] == paper.issue + 1
        assert paperqueries.take(nurse, new["code"], "Tuesday", by="Dr Li", on="").answer == "Tuesday"


@pytest.mark.requirement("CN-4")
def test_fill_for_other_subject(site: Site) -> None:
    one, two = printed(site, subjects=2)
    with site.at("n07") as nurse:
        before = nurse.vault.journal.heads()
        with pytest.raises(InputRefused) as refused:
            paperqueries.take(nurse, one.code, "Monday", by="Dr Li", on="", subject=two.subjid)
        assert one.subjid in refused.value.text.en and two.subjid in refused.value.text.zh
        with pytest.raises(InputRefused):
            paperqueries.find(nurse, paperqueries.picture(one).replace(one.subjid, two.subjid))
        assert nurse.vault.journal.heads() == before


@pytest.mark.parametrize("typed", [
    "https://example.org/?q=7K3M-0Q2V-9XBD-4N8A-C5TR", "rm -rf /", "=CMD()", "7K3M" * 1024,
    "MDA5P1:" + "A" * 200,
    "MDA5F1:7K3M-0Q2V-9XBD-4N8A-C5TR:01-001\nMDA5F1", "MDA5F1:7K3M-0Q2V-9XBD-4N8A-C5TR:" + "9" * 4096,
    "\x00" * 20, "７Ｋ３Ｍ-0Q2V-9XBD-4N8A-C5TR", "MDA5F2:7K3M-0Q2V-9XBD-4N8A-C5TR:01-001",
    "<img src=x>", "{0}{code}",
])  # fmt: skip
def test_qr_injection(site: Site, typed: str) -> None:
    """Whatever a scanner types into the line is no code, and is not repeated in the sentence."""
    with site.at("n07") as nurse:
        with pytest.raises(InputRefused) as refused:
            paperqueries.find(nurse, typed)
        assert typed.strip("\x00 ")[:12] not in refused.value.text.en or not typed.strip("\x00 ")


def test_a_paper_of_another_vault_is_unknown(site: Site, tmp_path: Path) -> None:
    other = Site(tmp_path / "other.mda5")
    (foreign,) = printed(other, words="Which month?")
    printed(site)
    with site.at("n07") as nurse:
        with pytest.raises(InputRefused) as refused:
            paperqueries.find(nurse, foreign.code)
        assert "another vault" in refused.value.text.en


def test_a_print_record_with_a_code_that_does_not_follow_is_not_believed(site: Site) -> None:
    """With another tool, somebody names another query in a print record of his own."""
    (paper,) = printed(site)
    with site.at("n07") as nurse:
        row = read.passages(nurse.vault.store, "print")[-1]
        forged = {**row.content["papers"][0], "issue": 99}
        nurse.append([Draft("print", row.key, {**row.content, "papers": [forged]})])
        assert paperqueries.find(nurse, paper.code).issue == paper.issue
        made_up = {**forged, "code": "0" * 4 + "-0000" * 4}
        nurse.append([Draft("print", row.key, {**row.content, "papers": [made_up, "no paper", {}]})])
        with pytest.raises(InputRefused):
            paperqueries.find(nurse, made_up["code"])


@pytest.mark.parametrize("by,on", [
    ("", ""), ("  ", ""), ("x" * 81, ""), ("Dr Li", "01.09.2026"), ("Dr Li", "2026-09-02"), ("Dr Li", "soon"),
])  # fmt: skip
def test_who_wrote_it_and_when_are_asked_for(site: Site, by: str, on: str) -> None:
    (paper,) = printed(site)
    with site.at("n07") as nurse:
        with pytest.raises(InputRefused):
            paperqueries.take(nurse, paper.code, "Monday", by=by, on=on)
        with pytest.raises(InputRefused):
            paperqueries.take(nurse, paper.code, "  ", by="Dr Li", on="")
        assert [query.state for query in nurse.queries()] == ["Open"]


@pytest.mark.requirement("P11-8")
def test_whoever_may_not_answer_takes_no_paper_and_whoever_may_not_print_prints_none(site: Site) -> None:
    (paper,) = printed(site)
    for login in ("m04", "d02"):
        with site.at(login) as session, pytest.raises(PermissionDenied):
            paperqueries.take(session, paper.code, "Monday", by="Dr Li", on="")
    with site.at("d02") as manager:
        manager.close_query(paper.query.id)
        with pytest.raises(InputRefused):
            print_queries(manager, manager.queries(), "en")
    with site.at("n07") as nurse, pytest.raises(InputRefused) as refused:
        paperqueries.take(nurse, paper.code, "Monday", by="Dr Li", on="")
    assert "closed" in refused.value.text.en


@pytest.mark.requirement("E6-8", "CN-2", "E6-3")
def test_an_answer_comes_back_with_who_wrote_it_on_paper(site: Site) -> None:
    (paper,) = printed(site)
    with site.at("n07") as nurse:
        typed = paper.code.replace("-", " ").lower().replace("0", "o").replace("1", "l")
        answered = paperqueries.take(nurse, typed, "周一 Monday", by="李娜", on="2026-08-31")
        assert (answered.state, answered.answer) == ("Answered", "周一 Monday")
        (_, word) = nurse.query_thread(answered)
        assert (word.person, dict(word.paper)) == (
            "Zhang Wei", {"code": paper.code, "issue": "1", "by": "李娜", "on": "2026-08-31"},
        )  # fmt: skip
        assert nurse.verify().troubles == ()


@given(st.binary(max_size=64), st.sampled_from(("page", "fill")))
def test_a_code_reads_as_it_was_printed(data: bytes, context: str) -> None:
    code = page_code(KEY, context, data)
    assert len(code) == 24 and set(code) <= set(ALPHABET) | {"-"}
    for typed in (code, code.lower(), code.replace("-", ""), code.replace("-", " ").replace("0", "O")):
        assert read_code(typed) == code
    assert page_code(KEY, {"page": "fill", "fill": "page"}[context], data) != code
    assert page_code(KEY, context, data + b"\0") != code != page_code(KEY[::-1], context, data)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_code_or_refused(typed: str) -> None:
    signs = typed.upper().translate(str.maketrans("OIL", "011", " -\t")).strip()
    if typed.isascii() and len(signs) == 20 and set(signs) <= set(ALPHABET):
        assert read_code(typed).replace("-", "") == signs
    else:
        with pytest.raises(CodeRefused, match=r"^code$"):
            read_code(typed)


def test_only_pages_have_codes() -> None:
    with pytest.raises(ValueError, match="context"):
        page_code(KEY, "record", b"")


def test_the_code_is_the_first_hundred_bits() -> None:
    """Computed once by hand from HMAC-SHA-256; a change of it orphans every paper that is out."""
    import hashlib
    import hmac

    whole = hmac.new(KEY, b"mda5-crf/fill/1\0" + b"x", hashlib.sha256).digest()
    bits = "".join(f"{byte:08b}" for byte in whole)[:100]
    signs = "".join(ALPHABET[int(bits[i : i + 5], 2)] for i in range(0, 100, 5))
    assert page_code(KEY, "fill", b"x").replace("-", "") == signs
