"""Casebooks: everything of a participant, two sets of bookmarks, links that lead where they say."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pypdf
import pytest

from mda5_crf.db.records import Draft
from mda5_crf.errors import Cancelled, InputRefused, PermissionDenied, StoreError
from mda5_crf.jobs import casebooks, checking
from mda5_crf.jobs.casebooks import Order, Wish, draw, gather
from mda5_crf.jobs.checking import Verdict
from mda5_crf.pdf import Tongue
from mda5_crf.pdf.casebook import lay_casebook
from mda5_crf.pdf.fonts import width
from mda5_crf.pdf.ink import Goal, Ink, Jump, Rule, Shape, Squares, Words, extent
from mda5_crf.pdf.layout import PAD_X, Page, Row, page_size, paginate
from mda5_crf.pdf.parts import printed, shapeless
from mda5_crf.services.access import Action
from mda5_crf.services.asof import Moment, present
from mda5_crf.services.changes import Reason
from mda5_crf.services.session import Session
from mda5_crf.services.since import since
from mda5_crf.text import LANGUAGES, Language, message
from tests.cardward import begun
from tests.pdftext import outline_of, text_of
from tests.scenario import Ward
from tests.vaults import FOUNDER, password
from tests.wards import built, session_at

STORY = "Fever since Monday，高热三天。 " * 40
ODD = "x\u202ey \U0001f9ea"


VITALS = {
    "VSPERF": "Y",
    "VSDAT": "2026-08-21",
    "SYSBP_VSORRES": "137",
    "DIABP_VSORRES": "81",
    "TEMP_VSORRES": "37.4",
    "HEIGHT_VSORRES": "170",
}


def vitals(ward: Ward, event: str, **more: str) -> None:
    """Vital signs in part: what a form says does not ask whether it is complete."""
    known = {**VITALS, **more}
    if event != "SCR":
        del known["HEIGHT_VSORRES"]
    ward.open(event, "VS").enter_all(**known)


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    folder = Path(shutil.copytree(built(), tmp_path_factory.mktemp("books") / "ward.mda5"))
    with session_at(folder) as session:
        made = Ward(session).enrol()
        smoking = made.open("SCR", "SU").enter("SUNCF", "NEVER")
        assert smoking.complete().done
        session.sign(smoking.entry.key, "REVIEWED", password(FOUNDER), FOUNDER)
        for event, weight in (("SCR", "61.5"), ("BL", "62.5"), ("W4", "63.5")):
            vitals(made, event, WEIGHT_VSORRES=weight, OXYSAT_VSORRES=f"9{len(event)}")
        pressure = made.open("BL", "VS")
        pressure.mark("PULSE_VSORRES", "ND")
        session.raise_query(pressure.key("DIABP_VSORRES"), "compare with the source 请核对")
        log = made.open("LOG", "CM")
        for number in range(3):
            log.new_row("ROWS").enter("CMTRT", f"Drug {number}")
        log.strike("ROWS", "entered twice")
        yield made


def book(ward: Ward, language: Tongue = "en", wish: Wish | None = None) -> Order:
    return gather(ward.session, ward.subject, replace(wish or Wish(), language=language))


@pytest.mark.requirement("P11-12")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_signer_moment_with_zone_and_meaning_stand_on_the_signed_form(ward: Ward, language: Language) -> None:
    order = book(ward, language)
    (signed,) = [page for page in order.book.pages if page.signatures]
    reader = pypdf.PdfReader(BytesIO(draw(order).data))
    start = next(number for _, title, number in outline_of(reader) if title.startswith("SU "))
    said = "".join(reader.pages[start - 1].extract_text().split())
    one = ward.session.signatures(ward.open("SCR", "SU").entry.key)[0]
    meaning = message("signing.meaning_reviewed").in_(language)
    assert signed.form.oid == "SU" and "".join(one.person.split()) in said
    assert "+08:00" in said and "".join(meaning.split()) in said


@pytest.mark.requirement("P11-2")
@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_every_answer_unit_and_missing_code_is_in_the_text(ward: Ward, language: Tongue) -> None:
    order = book(ward, language)
    said = "".join(text_of(draw(order).data))
    for page in order.book.pages:
        for state in page.state.items.values():
            value, item = state.value, state.item
            if value.text and not item.codelist and not item.computed and item.to is None:
                assert "".join(value.text.split()) in said
            if value.missing:
                words = ward.session.study.missing_codes[value.missing]
                assert all(
                    "".join(words.in_(one).split()) in said for one in LANGUAGES if language in (one, "both")
                )
            if value.text and (value.unit or item.unit):
                assert "".join((value.unit or item.unit or "").split()) in said
    assert "comparewiththesource请核对" in said and "Drug2" in said and "enteredtwice" in said


def test_bookmarks_are_the_schedule_twice_and_lead_to_their_pages(ward: Ward) -> None:
    order = book(ward)
    data = draw(order).data
    marks = outline_of(pypdf.PdfReader(BytesIO(data)))
    begun = [(page.event, page.form.oid) for page in order.book.pages]
    start = next(i for i, mark in enumerate(marks) if mark[:2] == (0, "Forms by visit"))
    end = next(i for i, mark in enumerate(marks) if mark[:2] == (0, "Scores and computed values"))
    forms = [mark for mark in marks[start:end] if mark[0] == 2]
    assert [title.split()[0] for _, title, _ in forms] == [form for _, form in begun]
    visits = [title.split(" 20")[0] for level, title, _ in marks[start:end] if level == 1]
    events = dict.fromkeys(page.event_name.en for page in order.book.pages)
    assert visits == list(events)
    by_form = marks[next(i for i, mark in enumerate(marks) if mark[1] == "By form") :]
    places = [number for level, _, number in by_form if level == 2]
    assert sorted(places) == sorted(number for _, _, number in forms)
    pages = text_of(data)
    for _, title, number in forms:
        name = "".join(title.split(maxsplit=1)[1].split())
        assert name in pages[number - 1]


def test_every_link_has_its_goal_and_contents_say_the_page_of_it(ward: Ward) -> None:
    order = book(ward)
    laid = lay_casebook(order.book, proof=order.proving.proofs)
    goals = {
        ink.name: number
        for number, leaf in enumerate(laid.leaves, start=1)
        for ink in leaf.inks
        if isinstance(ink, Goal)
    }
    links = 0
    for leaf in laid.leaves:
        for ink in leaf.inks:
            if isinstance(ink, Jump):
                assert ink.goal in goals, ink.goal
                links += 1
    assert links > 2 * len(order.book.pages)
    told = [ink for ink in laid.leaves[1].inks if isinstance(ink, Words)]
    for jump in (ink for ink in laid.leaves[1].inks if isinstance(ink, Jump)):
        inside = [
            w
            for w in told
            if jump.x <= w.x <= jump.x + jump.w and jump.y <= w.y - w.size / 2 <= jump.y + jump.h
        ]
        assert inside[-1].text == str(goals[jump.goal]), jump


def test_a_printed_number_is_the_page_of_the_file(ward: Ward) -> None:
    pages = text_of(draw(book(ward)).data)
    for number, page in enumerate(pages, start=1):
        assert f"Page{number}of{len(pages)}" in page


@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_nothing_reaches_over_the_paper_and_no_heading_stands_alone(ward: Ward, language: Tongue) -> None:
    laid = lay_casebook(book(ward, language).book)
    for leaf in laid.leaves:
        across, down = page_size(leaf.wide)
        for ink in leaf.inks:
            if isinstance(ink, Words):
                assert ink.x >= 0 and ink.x + width(ink.text, ink.face, ink.size) <= across - 20, ink.text
                assert ink.size <= ink.y <= down


def test_no_part_ends_a_page_with_a_heading(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Row] = []

    def watched(rows: Sequence[Row], heights: tuple[float, float]) -> list[Page]:
        pages = paginate(rows, heights)
        for page in pages[:-1]:
            seen.append(page.rows[-1][1])
        return pages

    monkeypatch.setattr("mda5_crf.pdf.parts.paginate", watched)
    lay_casebook(book(ward, "both").book)
    assert seen and not any(row.keep for row in seen)


def test_the_same_is_the_same_byte_for_byte_and_can_be_made_again_from_its_heads(ward: Ward) -> None:
    order = book(ward)
    first = draw(order)
    assert draw(order).data == first.data
    casebooks.record(ward.session, order, first)
    heads = dict(order.proving.proofs.about.heads)
    again = gather(
        ward.session, ward.subject, Wish("en", as_of=Moment(heads=heads)), made=order.proving.made,
        printed_by=order.proving.by,
    )  # fmt: skip
    assert draw(again).data == first.data
    note = list(ward.session.vault.journal.records(ward.subject, kinds=("print",)))[-1].data
    assert note["what"] == "casebook" and note["pages"] == first.pages


def test_a_past_moment_says_so_and_knows_nothing_later(ward: Ward) -> None:
    then = present(ward.session)
    ward.open("SCR", "VS").enter("PULSE_VSORRES", "71")
    pages = text_of(draw(book(ward, wish=Wish(as_of=Moment(heads=then.heads)))).data)
    assert "Asof2026-" in pages[0] and not any("71beats/min" in page for page in pages)
    assert any("71beats/min" in page for page in text_of(draw(book(ward)).data))


def test_a_difference_book_holds_the_changes_and_the_changed_forms_only(ward: Ward) -> None:
    then = present(ward.session)
    ward.open("SCR", "VS").enter("RESP_VSORRES", "19")
    order = book(ward, wish=Wish(since=Moment(heads=then.heads)))
    assert [(page.event, page.form.oid) for page in order.book.pages] == [("SCR", "VS")]
    said = "".join(text_of(draw(order).data))
    assert "19breaths/min" in said and "Onlywhatchangedsince" in said and "Electronicsignatures" not in said
    empty = book(ward, wish=Wish(since=present(ward.session)))
    assert "Nothingchanged." in "".join(text_of(draw(empty).data))


def test_a_difference_tells_computed_values_as_their_forms_show_them(ward: Ward) -> None:
    one = Ward(ward.session).enrol()
    vitals(one, "SCR", WEIGHT_VSORRES="61.5")
    then = Moment(heads=present(ward.session).heads)
    one.open("SCR", "VS").enter("WEIGHT_VSORRES", "62.5", because="typo")
    told = {d.what.en: d for p in since(ward.session, one.subject, then).places for d in p.differences}
    index = told["Body mass index"]
    assert (index.old.en, index.new.en) == ("21.3 kg/m²", "21.6 kg/m²")


def test_an_empty_participant_has_a_book_of_sentences(ward: Ward) -> None:
    subject = ward.session.enrol().identity
    for language in ("en", "zh", "both"):
        order = gather(ward.session, subject, Wish(language))
        said = "".join(text_of(draw(order).data))
        if language == "en":
            for words in ("Noformhasbeenbegun.", "Nothinghasbeensigned.", "Noqueryhasbeenraised."):
                assert words in said
        assert order.book.scores == [] and order.book.charts == []


def test_empty_lists_share_a_page_and_are_found_in_bookmarks_and_contents(ward: Ward) -> None:
    order = gather(ward.session, ward.session.enrol().identity, Wish("en"))
    data = draw(order).data
    marks = {title: number for _, title, number in outline_of(pypdf.PdfReader(BytesIO(data)))}
    names = ("Queries", "Source data verification", "Freezing and locking", "Protocol deviations")
    (page,) = {marks[name] for name in names}
    pages = text_of(data)
    assert all(f"{''.join(name.split())}{page}" in pages[0] for name in names)
    assert pages[page - 1].count("Nothinghasbeen") == 3


def test_parts_can_be_left_out(ward: Ward) -> None:
    order = book(ward, wish=Wish(without=casebooks.check_parts(["audit", "queries", "charts"])))
    said = "".join(text_of(draw(order).data))
    assert "Audittrail" not in said and "Courses" not in said and "Electronicsignatures" in said
    assert order.proving.order["without"] == ["audit", "charts", "queries"]
    with pytest.raises(InputRefused, match=r"casebook\.unknown_part"):
        casebooks.check_parts(["pictures"])


def test_two_hundred_rows_a_long_story_and_characters_without_a_shape(ward: Ward) -> None:
    long = Ward(ward.session).enrol()
    place = long.open("LOG", "MH").entry.key._replace(group="ROWS").path()
    ward.session.append([Draft("row", place, {}) for _ in range(199)])
    ward.session.refresh()
    long.open("LOG", "MH").new_row("ROWS").enter("MHTERM", ODD)
    long.open("SCR", "LBC").enter("COVAL", STORY)
    laid = lay_casebook(book(long, wish=Wish(without=frozenset({"audit"}))).book)
    inks = [ink for leaf in laid.leaves for ink in leaf.inks]
    words = [ink.text for ink in inks if isinstance(ink, Words)]
    said = "".join("".join(words).split())
    assert "200" in words and "□U+202E" in said and said.count("高热三天。") == STORY.count("高热三天。")
    assert set(shapeless(inks)) >= {"\U0001f9ea", "\u202e"}


def test_what_is_void_stands_struck_behind_everything(ward: Ward) -> None:
    other = Ward(ward.session).enrol()
    vitals(other, "SCR")
    key = other.open("SCR", "VS").entry.key
    other.session.void(key, Reason("OTHER", "wrong person"), ("n07", password("n07")))
    order = book(other)
    assert not order.book.pages
    laid = lay_casebook(order.book)
    said = "".join(text_of(draw(order).data))
    assert "wrongperson" in said and "137mmHg" in said and "Voidrecords" in said
    struck = [ink for ink in laid.leaves[-1].inks if isinstance(ink, Rule) and ink.thick == 0.9]
    assert any("137" in ink.text for ink in laid.leaves[-1].inks if isinstance(ink, Words)) and struck


# -- who may not see, how it ended ----------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_book_without_the_trail_says_that_it_was_left_out_and_why(
    ward: Ward, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No role of today lacks the right; one that does must not get a book that looks whole."""
    session, may = ward.session, ward.session.may
    with monkeypatch.context() as blind:
        blind.setattr(session, "may", lambda action: action is not Action.SEE_AUDIT and may(action))
        order = book(ward, language)
        first = draw(order)
        casebooks.record(session, order, first)
        start = Moment(heads=dict(order.proving.proofs.about.heads))
        small = draw(book(ward, language, Wish(since=start))).data
    said = message("casebook.audit_left_out").in_(language)
    for data in (first.data, small):
        assert "".join(said.split()) in "".join(text_of(data))
        assert "".join(message("casebook.audit_note").in_(language).split()) not in "".join(text_of(data))
    if language == "en":
        found = checking.check_code(session, order.proving.proofs.pages[0].code)
        assert found.verdict is Verdict.GENUINE and found.data == first.data


def test_the_cover_says_how_it_ended(ward: Ward) -> None:
    def standing(one: Ward) -> str:
        facts = {caption.en: value.en for caption, value in book(one).book.facts}
        return " | ".join((facts["Status"], facts.get("Death", "-"), facts.get("End of study", "-")))

    left = begun(Ward(ward.session).enrol())
    assert standing(left) == "treatment begun | - | -"
    left.open("SFU", "EOS").enter("DSSTDAT", "2026-08-30").enter("DSDECOD", "WITHDRAWAL BY SUBJECT")
    assert standing(left).startswith("study ended: 2026-08-30, ") and "| - |" in standing(left)
    died = begun(Ward(ward.session).enrol())
    died.open("W4", "DD").enter("DTHDAT", "2026-08-31")
    assert standing(died).startswith("died | 2026-08-31 | ")


# -- paper ---------------------------------------------------------------------------------------------


def test_links_of_the_file_lead_to_the_pages_they_name(ward: Ward) -> None:
    """Read back from the file: contents, status matrix, queries, signatures."""
    laid = lay_casebook(book(ward).book)
    goals = {ink.name: n for n, leaf in enumerate(laid.leaves) for ink in leaf.inks if isinstance(ink, Goal)}
    reader = pypdf.PdfReader(BytesIO(printed(laid).data))
    numbers = {page.indirect_reference: number for number, page in enumerate(reader.pages)}
    for page, leaf in zip(reader.pages, laid.leaves, strict=True):
        jumps = [ink for ink in leaf.inks if isinstance(ink, Jump)]
        links = [note.get_object() for note in page.get("/Annots", [])]
        assert len(links) == len(jumps)
        down = page_size(leaf.wide)[1]
        for link, jump in zip(links, jumps, strict=True):
            assert numbers[list.__getitem__(link["/Dest"], 0)] == goals[jump.goal]
            left, bottom, right, top = map(float, link["/Rect"])
            said = (left, down - top, right - left, top - bottom)
            assert said == pytest.approx((jump.x, jump.y, jump.w, jump.h), abs=0.01)


@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_no_ink_of_any_kind_leaves_its_cell_or_the_paper(
    ward: Ward, language: Tongue, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[Row] = []

    def watched(given: Sequence[Row], heights: tuple[float, float]) -> list[Page]:
        pages = paginate(given, heights)
        for page in pages:
            rows.extend(row for _, row in page.rows)
            assert page.used <= heights[page.wide] + 0.01
        return pages

    monkeypatch.setattr("mda5_crf.pdf.parts.paginate", watched)
    order = book(ward, language)
    laid = lay_casebook(order.book, proof=order.proving.proofs)
    for row in rows:
        for cell in row.cells:
            for strip in cell.strips:
                assert extent(strip) <= cell.width - PAD_X + 0.1, list(strip.inks)
                assert all(left >= -PAD_X - 0.1 for left, *_ in map(bounds, strip.inks))
    for leaf in laid.leaves:
        across, down = page_size(leaf.wide)
        for ink in leaf.inks:
            left, top, right, bottom = bounds(ink)
            assert left >= 0.0 and top >= 0.0 and right <= across and bottom <= down, ink


def bounds(ink: Ink) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of what an ink blackens; of a link, of what it makes clickable."""
    if isinstance(ink, Words):
        wide = width(ink.text, ink.face, ink.size)
        return ink.x, ink.y - 0.75 * ink.size, ink.x + wide, ink.y + 0.2 * ink.size
    if isinstance(ink, Rule):
        return min(ink.x1, ink.x2), min(ink.y1, ink.y2), max(ink.x1, ink.x2), max(ink.y1, ink.y2)
    if isinstance(ink, Shape):
        xs, ys = zip(*ink.points, strict=True)
        return min(xs), min(ys), max(xs), max(ys)
    if isinstance(ink, Squares):
        side = ink.side * len(ink.rows)
        return ink.x, ink.y, ink.x + side, ink.y + side
    if isinstance(ink, Goal):
        return ink.x, ink.y, ink.x, ink.y
    return ink.x, ink.y, ink.x + ink.w, ink.y + ink.h


# -- many ----------------------------------------------------------------------------------------------


def test_a_file_for_each_and_one_refused_stops_no_other(
    ward: Ward, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subjects = [ward.session.enrol().identity for _ in range(3)]
    real = casebooks.gather

    def gather_but_one(session: Session, subject: str, wish: Wish) -> Order:
        if subject == subjects[1]:
            raise InputRefused("pdf.nothing_to_print", subject=subject)
        return real(session, subject, wish)

    monkeypatch.setattr(casebooks, "gather", gather_but_one)
    found = casebooks.casebooks(ward.session, subjects, tmp_path, Wish("en", frozenset({"audit"})))
    assert [number for number, _ in found.refused] == [ward.session.subjid(subjects[1])]
    assert sorted(tmp_path.iterdir()) == sorted(found.files) and len(found.files) == 2
    assert all(file.name == file.name.lower() and " " not in file.name for file in found.files)
    assert all(file.read_bytes().startswith(b"%PDF") for file in found.files)


def test_cancelling_keeps_what_is_finished_and_says_which(ward: Ward, tmp_path: Path) -> None:
    subjects = [ward.session.enrol().identity for _ in range(2)]
    before = len(list(ward.session.vault.journal.records(kinds=("print",))))

    def cancel(done: int, _total: int) -> None:
        if done > 1400:
            raise Cancelled

    found = casebooks.casebooks(ward.session, subjects, tmp_path, Wish("en", frozenset({"audit"})), cancel)
    assert found.cancelled and [file.name for file in tmp_path.iterdir()] == [found.files[0].name]
    assert found.files[0].name in found.text.en
    assert len(list(ward.session.vault.journal.records(kinds=("print",)))) == before + 1


def test_two_under_one_number_get_a_file_each(ward: Ward, tmp_path: Path) -> None:
    subject = ward.session.enrol().identity
    found = casebooks.casebooks(ward.session, [subject] * 2, tmp_path, Wish("en", frozenset({"audit"})))
    first, second = found.files
    assert second.name == first.name.replace(".pdf", "-2.pdf") and first.exists() and second.exists()


def test_a_full_disk_ends_a_batch_and_leaves_no_half_file(
    ward: Ward, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subjects = [ward.session.enrol().identity for _ in range(3)]
    sync, calls = os.fsync, [0]

    def full(handle: int) -> None:
        calls[0] += 1
        if calls[0] == 2:
            raise OSError(errno.ENOSPC, "no space left")
        sync(handle)

    told: list[Path] = []
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match=r"cli\.cannot_write"):
        casebooks.casebooks(
            ward.session, subjects, tmp_path, Wish("en", frozenset({"audit"})),
            written=lambda file, _pages: told.append(file),
        )  # fmt: skip
    assert sorted(tmp_path.iterdir()) == told and len(told) == 1


def test_a_folder_that_is_not_there_is_refused_before_anything(ward: Ward, tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match=r"casebook\.no_folder"):
        casebooks.casebooks(ward.session, [ward.subject], tmp_path / "nowhere", Wish())


def test_who_may_not_print_gets_no_casebook(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_action: object) -> None:
        raise PermissionDenied("access.denied")

    monkeypatch.setattr(ward.session, "require", refuse)
    with pytest.raises(PermissionDenied):
        book(ward)
