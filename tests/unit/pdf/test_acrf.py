"""Annotated case report form, completion guideline, data validation plan: the definition, all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from io import BytesIO

import pypdf
import pytest

from mda5_crf.pdf import Tongue
from mda5_crf.pdf.acrf import by_form, by_visit, lay_acrf, print_acrf
from mda5_crf.pdf.annotate import COLOURS, Notes, read
from mda5_crf.pdf.draw import Leaf
from mda5_crf.pdf.guideline import how, lay_guideline, limits, print_guideline
from mda5_crf.pdf.ink import Box, Goal, Jump, Shape, Words
from mda5_crf.pdf.layout import page_size
from mda5_crf.pdf.paper import Printed
from mda5_crf.pdf.parts import Laid
from mda5_crf.pdf.validation import lay_plan, print_plan
from mda5_crf.pdf.voice import Voice
from mda5_crf.study.model import Form, Layout, Severity
from mda5_crf.study.sdtm import NOT_SUBMITTED, known_domains
from tests.pdftext import outline_of, solid
from tests.unit.pdf.paperwork import MADE, mini, overlaps, printed_words, span, trial

TONGUES: tuple[Tongue, ...] = ("en", "zh", "both")


@pytest.fixture(scope="module")
def acrf() -> pypdf.PdfReader:
    return pypdf.PdfReader(BytesIO(print_acrf(trial(), "en", made=MADE).data))


def pages_of(form: str) -> list[Leaf]:
    """The leaves on which a form stands: from its goal to the next one."""
    found, on = [], False
    for leaf in laid().leaves:
        goals = [ink.name for ink in leaf.inks if isinstance(ink, Goal)]
        on = f"acrf-{form}" in goals if goals else on
        if on:
            found.append(leaf)
    return found


@cache
def laid() -> Laid:
    return lay_acrf(trial(), "en", made=MADE)


def notes_on(form: str) -> str:
    """The words in annotation boxes on the pages of a form, in their order, without spaces."""
    return "".join(solid(ink.text) for leaf in pages_of(form) for ink in leaf.inks if isinstance(ink, Words))


def told_by(document: Laid) -> str:
    """All words of a document in the order of drawing, without spaces."""
    return "".join(solid(ink.text) for leaf in document.leaves for ink in printed_words(leaf))


# what an annotation says -----------------------------------------------------------------------------


def form_named(oid: str) -> Form:
    return trial().forms[oid]


@pytest.mark.parametrize(
    "text, form, domains, conditions",
    [
        ("LBORRES / LBORRESU when LBTESTCD = CK", "LBC", ("LB",), ("LBTESTCD = CK",)),
        ("TBIMG in SUPPIS", "LBS", ("IS",), ()),
        ("RFICDTC in DM", "IC", ("DM",), ()),
        ("PRSTDTC / REDTC", "HRCT", ("PR", "RE"), ()),
        ("SPDEVID", "PFT", ("RE",), ()),
        ("SEX", "DM", ("DM",), ()),
        ("RELREC when RDOMAIN = AE", "CM", (), ("RDOMAIN = AE",)),
        (NOT_SUBMITTED, "VS", (), ()),
        ("MKORRES when MKTESTCD = DELT and MKLAT = L", "MMT", ("MK",), ("MKTESTCD = DELT", "MKLAT = L")),
    ],
)  # fmt: skip
def test_an_annotation_is_taken_apart(
    text: str, form: str, domains: tuple[str, ...], conditions: tuple[str, ...]
) -> None:
    one = read(text, form_named(form))
    assert (one.domains, one.conditions) == (domains, conditions)


def test_every_item_of_the_trial_is_annotated_and_every_data_set_has_a_name() -> None:
    for form in trial().forms.values():
        for item in form.items.values():
            assert item.sdtm, item.oid
            assert "“" not in item.sdtm and '"' not in item.sdtm  # the guideline wants no quotes
            assert set(read(item.sdtm, form).domains) <= known_domains(), item.oid


# what stands on the pages ----------------------------------------------------------------------------


def test_heading_label_and_cell_together_say_the_whole_annotation() -> None:
    """In tables the parts of an annotation are shared out; none may get lost."""
    for form in trial().forms.values():
        notes, written = Notes(form, Voice("en")), notes_on(form.oid)
        assert written
        for item in form.items.values():
            group = next(one for one in form.groups if item in one.items)
            table = group.layout in (Layout.GRID, Layout.PANEL) and item.row is not None
            for token in read(item.sdtm or "", form).tokens:
                assert solid(token) in written, (item.oid, token)
            if not table and group.layout is not Layout.LOG and not group.repeating:
                strips = notes.item(item, 1000.0)
                told = "".join(ink.text for strip in strips for ink in strip.inks if isinstance(ink, Words))
                assert solid(told) == solid(item.sdtm or "")


def test_each_form_stands_there_once_and_not_submitted_is_dashed() -> None:
    goals = [ink.name for leaf in laid().leaves for ink in leaf.inks if isinstance(ink, Goal)]
    assert sorted(goals) == sorted(["contents", *(f"acrf-{oid}" for oid in trial().forms)])
    dashed = [ink for leaf in pages_of("VS") for ink in leaf.inks if isinstance(ink, Shape) and ink.dash]
    said = [ink for leaf in pages_of("VS") for ink in leaf.inks if isinstance(ink, Words)]
    assert len(dashed) == sum(ink.text == NOT_SUBMITTED for ink in said) >= 1


def test_data_sets_on_a_page_have_a_colour_each_in_the_order_of_the_guideline() -> None:
    notes = Notes(form_named("AESI"), Voice("en"))
    assert notes.domains[0] == "AE"
    assert [notes.colours[one] for one in notes.domains[:4]] == list(COLOURS[: len(notes.domains)])
    fills = {ink.fill for leaf in pages_of("AESI") for ink in leaf.inks if isinstance(ink, Box)}
    assert set(COLOURS[:3]) <= fills


def test_a_form_of_which_nothing_is_submitted_says_so() -> None:
    strips = Notes(form_named("TIS"), Voice("en")).banner(400.0)
    assert [ink.text for ink in strips[0].inks if isinstance(ink, Words)] == [NOT_SUBMITTED]


@pytest.mark.parametrize("tongue", TONGUES)
def test_nothing_leaves_the_paper_or_covers_something_else(tongue: Tongue) -> None:
    for leaf in lay_acrf(trial(), tongue, made=MADE).leaves:
        across, down = page_size(leaf.wide)
        placed = [span(ink) for ink in leaf.inks if isinstance(ink, Words)]
        assert all(left >= 27 and right <= across - 27 for left, _, right, _ in placed)
        assert all(top > 27 and bottom <= down - 27 for _, top, _, bottom in placed)
        assert not overlaps(leaf)


def test_an_item_without_an_annotation_draws_none() -> None:
    form = form_named("VS")
    bare = replace(form, items={}, groups=tuple(
        replace(group, items=tuple(replace(item, sdtm=None) for item in group.items)) for group in form.groups
    ))  # fmt: skip
    notes = Notes(bare, Voice("en"))
    assert notes.item(bare.groups[0].items[0], 100.0) == []
    assert notes.column(bare.groups[0].items, 100.0) == []
    assert notes.cell(bare.groups[0].items[0], (), (), (), 100.0) == []


# navigation ------------------------------------------------------------------------------------------


def test_bookmarks_follow_the_schedule_and_then_the_forms(acrf: pypdf.PdfReader) -> None:
    voice = Voice("en")
    wanted = [*by_visit(trial(), voice), *by_form(trial(), voice)]
    found = outline_of(acrf)
    assert [(level, title) for level, title, _ in found] == [
        (0, "Contents"), *((level, title) for level, title, _ in wanted)
    ]  # fmt: skip
    starts = {
        ink.name: number
        for number, leaf in enumerate(laid().leaves, start=1)
        for ink in leaf.inks
        if isinstance(ink, Goal)
    }
    for (_, _, page), (_, _, goal) in zip(found[1:], wanted, strict=True):
        if goal:
            assert page == starts[goal]
    scheduled = {(due.event, due.form) for due in trial().due if due.event == "W24"}
    below: set[str] = set()
    at = ""
    for level, title, _ in wanted[: len(by_visit(trial(), voice))]:
        at = title.split()[0] if level == 1 else at
        if level == 2 and at == "W24":
            below.add(title.split()[0])
    assert below <= {form for _, form in scheduled} and {"PFT", "HRCT", "VS"} <= below


def test_links_of_the_contents_lead_to_the_page_they_name(acrf: pypdf.PdfReader) -> None:
    starts = {
        ink.name: number
        for number, leaf in enumerate(laid().leaves, start=1)
        for ink in leaf.inks
        if isinstance(ink, Goal)
    }
    jumps = [ink for leaf in laid().leaves for ink in leaf.inks if isinstance(ink, Jump)]
    assert {jump.goal for jump in jumps} == set(starts) - {"contents"}
    contents = " ".join(page.extract_text() for page in acrf.pages[:2])
    for oid, form in trial().forms.items():
        assert f"{oid} {form.name.en}" in contents
    links = [one.get_object() for page in acrf.pages for one in page.get("/Annots", ()) or ()]
    assert len(links) == len(jumps) and all(one["/Subtype"] == "/Link" for one in links)


def test_the_printed_number_is_the_page_of_the_file(acrf: pypdf.PdfReader) -> None:
    for number, page in enumerate(acrf.pages, start=1):
        assert f"Page {number} of {len(acrf.pages)}" in page.extract_text()


def test_same_definition_same_bytes() -> None:
    first = print_acrf(mini(), "both", made=MADE).data
    assert first == print_acrf(mini(), "both", made=MADE).data
    assert first != print_acrf(mini(), "en", made=MADE).data


# guideline and plan ----------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=("en", "both"))
def guideline(request: pytest.FixtureRequest) -> tuple[Tongue, str]:
    return request.param, told_by(lay_guideline(trial(), request.param, made=MADE))


def test_the_guideline_asks_every_question_in_its_language(guideline: tuple[Tongue, str]) -> None:
    tongue, whole = guideline
    for form in trial().forms.values():
        for item in form.items.values():
            for language in ("en", "zh") if tongue == "both" else (tongue,):
                if item.row is None or item.column is None:
                    assert solid(item.label.in_(language)) in whole, item.oid
                if item.hint is not None:
                    assert solid(item.hint.in_(language)) in whole, item.oid


def test_the_plan_has_every_check_with_its_rule_and_words() -> None:
    whole = told_by(lay_plan(trial(), "zh", made=MADE))
    for form in trial().forms.values():
        for check in form.checks:
            assert solid(check.oid) in whole
            assert solid(check.message.zh) in whole
        for item in form.items.values():
            assert (solid(item.oid) in whole) or not (item.hard or item.soft)
    for name in trial().names:
        assert name in whole
    counted = sum(check.severity is Severity.HARD for form in trial().forms.values() for check in form.checks)
    assert f"须更正：{counted}项" in whole


def test_ways_to_answer_come_from_the_definition() -> None:
    form = form_named("VS")
    said = [text.en for text in how(trial(), form, form.items["TEMP_VSORRES"])]
    assert said[0] == "Number with up to 1 decimals" and "℃; also ℉" in said[1].replace("°C", "℃").replace(
        "°F", "℉"
    )
    assert "Must be between" in limits(trial(), form, form.items["TEMP_VSORRES"])[0].en
    link = form_named("SAE").items["AESPID"]
    assert how(trial(), form_named("SAE"), link)[0].en == "Row number on form AE"
    computed = next(item for item in form_named("TIS").items.values() if item.computed)
    assert how(trial(), form_named("TIS"), computed)[0].en == "Computed by the program"


@pytest.mark.parametrize("draw", [print_guideline, print_plan])
def test_documents_of_a_small_study_are_whole(draw: Callable[..., Printed]) -> None:
    made = draw(mini(), "both", made=MADE)
    assert made.data == draw(mini(), "both", made=MADE).data and made.uncovered == ()
    reader = pypdf.PdfReader(BytesIO(made.data))
    assert len(reader.pages) == made.pages
    for form in mini().forms.values():
        assert any(form.name.en in title for _, title, _ in outline_of(reader))


def test_words_of_the_pages_are_words(acrf: pypdf.PdfReader) -> None:
    assert not any(
        "□U+" in word for leaf in laid().leaves for word in (ink.text for ink in printed_words(leaf))
    )
