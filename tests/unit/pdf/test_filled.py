"""Filled forms: every answer as it was given, marked where something happened to it, nothing left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.pdf import FilledForm, Tongue, filled, print_filled
from mda5_crf.pdf.document import lay_blank, lay_filled
from mda5_crf.pdf.fonts import REGULAR, printable
from mda5_crf.pdf.ink import Box, Rule
from mda5_crf.pdf.layout import page_size
from mda5_crf.pdf.parts import Laid
from mda5_crf.pdf.reading import rounded
from mda5_crf.study.model import Study
from mda5_crf.text import Text
from tests.pdftext import solid, text_of
from tests.unit.pdf.paperwork import (
    HEADER,
    MADE,
    STRUCK,
    Chart,
    mini,
    overlaps,
    printed_words,
    span,
    study_named,
    trial,
)


def lay(page: FilledForm, tongue: Tongue = "en", study: Study | None = None) -> Laid:
    return lay_filled(study or mini(), [page], tongue, header=HEADER, made=MADE)


def said(page: FilledForm, tongue: Tongue = "en") -> str:
    return "".join(text_of(filled(mini(), [page], tongue, header=HEADER, made=MADE)))


def vitals() -> Chart:
    chart = Chart(mini())
    chart.put("VS.VSPERF", "Y")
    chart.put("VS.VSDAT", "2026-08-20")
    return chart


VS, LB, EX, MM = (mini().forms[name] for name in ("VS", "LB", "EX", "MM"))


@pytest.mark.requirement("P11-2")
@pytest.mark.parametrize("tongue", ["en", "zh", "both"])
@pytest.mark.parametrize("name", ["mini", "trial"])
def test_every_form_prints_with_every_answer_and_without_overlaps(name: str, tongue: Tongue) -> None:
    study = study_named(name)
    chart = Chart(study)
    for form in study.forms.values():
        chart.fill(form)
    pages = [chart.page(form) for form in study.forms.values()]
    keys = [key for page in pages for key in page.state.items]
    pages = [replace(page, queries=frozenset(keys[::5]), changed=frozenset(keys[::7])) for page in pages]
    laid = lay_filled(study, pages, tongue, header=HEADER, demo=True, made=MADE)
    whole = "".join(solid(ink.text) for leaf in laid.leaves for ink in printed_words(leaf))
    for page in pages:
        for key, state in page.state.items.items():
            if state.value.text and not state.item.codelist and not state.item.computed:
                assert solid(state.value.text) in whole, key
    for leaf in laid.leaves:
        assert overlaps(leaf) == []
        assert all(span(ink)[2] <= page_size(leaf.wide)[0] - 25 for ink in printed_words(leaf))


@pytest.mark.parametrize("name", ["VS", "LB", "MM", "IC"])
@pytest.mark.parametrize("tongue", ["en", "zh"])
def test_filled_pages_have_the_places_of_blank_ones(name: str, tongue: Tongue) -> None:
    form = mini().forms[name]
    chart = Chart(mini()).fill(form)
    blank = lay_blank(mini(), [form], tongue, event=mini().events["BL"], made=MADE).leaves[0]
    done = lay(chart.page(form), tongue).leaves[0]
    labels = [solid(item.label.in_("zh" if tongue == "zh" else "en")) for item in form.items.values()]
    places = [
        {solid(ink.text): (ink.x, ink.y) for ink in printed_words(leaf) if solid(ink.text) in labels}
        for leaf in (blank, done)
    ]
    assert places[0]
    assert places[0] == places[1]


def test_chosen_answers_are_ticked_and_the_others_are_not() -> None:
    text = said(vitals().page(VS))
    assert "☑YYes" in text
    assert "☐NNo" in text


def test_a_number_in_another_unit_shows_both() -> None:
    chart = vitals()
    chart.put("VS.TEMP_VSORRES", "98.6", unit="°F")
    text = said(chart.page(VS))
    assert "98.6" in text
    assert "=37.0°C" in text
    assert "☑°F" in text


def test_a_result_below_the_limit_stays_as_typed_and_is_converted_as_a_bound() -> None:
    chart = Chart(mini())
    chart.put("LB.LBPERF", "Y")
    chart.put("LB.CREAT_LBORRES", "<5", unit="mg/dL")
    text = said(chart.page(LB))
    assert "<5mg/dL" in text
    assert "=<442µmol/L" in text


def test_a_missing_reason_is_ticked_and_said_in_words() -> None:
    chart = vitals()
    chart.put("VS.TEMP_VSORRES", "", missing="ND")
    text = said(chart.page(VS), "zh")
    assert "☑ND" in text
    assert "ND未做" in text


def test_text_that_is_no_number_is_printed_as_typed_and_marked() -> None:
    chart = vitals()
    chart.put("VS.PULSE_VSORRES", "about 80 大约")
    text = said(chart.page(VS))
    assert "about80大约" in text
    assert text.count("✗") == 2  # beside the answer, and in the legend


def test_a_value_out_of_its_soft_range_is_marked_until_confirmed() -> None:
    chart = vitals()
    key = chart.put("VS.PULSE_VSORRES", "130")
    assert said(chart.page(VS)).count("⚠") == 2
    chart.data.confirm(key, "VS.PULSE_VSORRES.SOFT", chart.page(VS).state.items[key].value.identity)
    text = said(chart.page(VS))
    assert text.count("⚠") == 1
    assert text.count("✓") == 2


def test_queries_and_changes_are_marked_at_their_items() -> None:
    chart = vitals()
    key = chart.put("VS.PULSE_VSORRES", "80")
    page = replace(chart.page(VS), queries=frozenset({key}), changed=frozenset({key}))
    (leaf,) = lay(page).leaves
    (label,) = (ink for ink in printed_words(leaf) if ink.text == "Pulse")
    for symbol in "▲✎":
        ys = [ink.y for ink in printed_words(leaf) if ink.text == symbol]
        assert len(ys) == 1
        assert abs(ys[0] - label.y) < 12


def test_a_question_behind_a_closed_gate_is_shown_as_not_applicable() -> None:
    chart = vitals()
    chart.put("VS.PULSE_VSORRES", "80")
    chart.put("VS.VSPERF", "N")
    text = said(chart.page(VS))
    assert "Pulse" in text
    assert "kept:80" in text
    assert "n/a" in text


def test_computed_values_are_rounded_for_people() -> None:
    chart = vitals()
    chart.put("VS.WEIGHT_VSORRES", "70")
    state = chart.page(VS)
    assert "Σ" in said(state)
    assert rounded(Decimal("24.25"), 1) == "24.3"
    assert rounded(Decimal("185.66666666666"), None) == "185.667"
    assert rounded(Decimal("0.000123456789"), None) == "0.000123457"
    assert rounded(Decimal("12345.5"), None) == "12345.5"
    assert rounded(Decimal("1E+3"), None) == "1000"
    assert rounded(Decimal(0), None) == "0"


def test_a_struck_row_is_crossed_out_and_says_why() -> None:
    chart = Chart(mini()).fill(EX)
    page = chart.page(EX)
    live = lay(page).leaves[0]
    assert not [ink for ink in live.inks if isinstance(ink, Rule) and ink.thick > 0.8]
    page = replace(page, rows={"ROWS": [STRUCK]})
    struck = lay(page).leaves[0]
    assert "Entered twice" in "".join(ink.text for ink in printed_words(struck))
    rules = [ink for ink in struck.inks if isinstance(ink, Rule) and ink.thick > 0.8]
    (date,) = (ink for ink in printed_words(struck) if ink.text == "2026-08-04")
    assert any(rule.x1 == date.x and date.y - date.size < rule.y1 < date.y for rule in rules)


def test_a_log_prints_its_rows_in_their_order_and_says_when_there_is_none() -> None:
    chart = Chart(mini())
    assert "Norows" in said(chart.page(EX))
    text = said(chart.fill(EX).page(EX))
    assert "Norows" not in text


def test_head_and_foot_say_whose_page_it_is_and_who_printed_it() -> None:
    at = MADE.astimezone(timezone(timedelta(hours=8)))
    page = replace(vitals().page(VS), status="complete", completed_by="Li Wei 李薇", completed_at=at)
    text = said(page)
    for part in (
        "01-007",
        "Baseline",
        "2026-08-20",
        "WangMin王敏",
        "d1:4829f3a41c2",
        "Status:Complete",
        "李薇",
    ):
        assert part in text, part
    assert "2026-08-2114:05+08:00" in text


def test_a_repeated_visit_is_told_by_its_number() -> None:
    page = replace(vitals().page(VS), event="UNS#2", event_name=Text("Unscheduled visit", "计划外访视"))
    assert "Unscheduledvisit#2" in said(page)


def test_an_answer_the_state_does_not_know_is_printed_empty() -> None:
    page = vitals().page(VS)
    assert "Pulse" in said(replace(page, state=replace(page.state, items={})))


def test_characters_without_a_shape_are_reported_and_shown() -> None:
    chart = Chart(mini())
    text = next(item for item in mini().forms["IC"].items.values() if item.type == "text")
    chart.put(text.oid, "姓名：𠮷野\u202e")
    printed = print_filled(mini(), [chart.page(mini().forms["IC"])], "zh", header=HEADER, made=MADE)
    assert printed.uncovered == ("𠮷", "\u202e")
    assert "□U+20BB7野□U+202E" in text_of(printed.data)[0]
    assert printed.pages == len(text_of(printed.data))


@pytest.mark.parametrize(
    "typed",
    [
        "<b>bold</b> &amp; <font color='red'>",
        "</para><a href='file:///etc/passwd'>x</a>",
        "(unbalanced \\ brackets",
        "%PDF endobj endstream",
        "行一\n行二\n\n行四",
    ],
)
def test_markup_in_value_in_pdf_is_only_text(typed: str) -> None:
    chart = Chart(mini())
    item = next(item for item in mini().forms["IC"].items.values() if item.type == "text")
    chart.put(item.oid, typed)
    assert solid(typed) in said(chart.page(mini().forms["IC"]))


def test_an_answer_longer_than_a_page_goes_on_and_loses_nothing() -> None:
    chart = Chart(mini())
    item = next(item for item in mini().forms["IC"].items.values() if item.type == "text")
    story = "".join(f"第{number}天，体温正常，无不适。" for number in range(900))
    chart.put(item.oid, story)
    laid = lay(chart.page(mini().forms["IC"]), "zh")
    assert len(laid.leaves) > 2
    answers = (ink for leaf in laid.leaves for ink in printed_words(leaf) if ink.size == 9.0)
    assert story in "".join(ink.text for ink in answers if ink.face == REGULAR)
    for leaf in laid.leaves:
        assert overlaps(leaf) == []


def test_same_answers_same_bytes() -> None:
    chart = Chart(mini()).fill(LB)
    first = filled(mini(), [chart.page(LB)], "both", header=HEADER, made=MADE)
    assert first == filled(mini(), [chart.page(LB)], "both", header=HEADER, made=MADE)


def test_visits_and_forms_are_bookmarked_in_order() -> None:
    import io

    import pypdf

    chart = Chart(mini()).fill(VS).fill(LB)
    later = replace(chart.page(VS), event="W4", event_name=mini().events["W4"].name)
    data = filled(mini(), [chart.page(VS), chart.page(LB), later], "en", header=HEADER, made=MADE)
    outline = pypdf.PdfReader(io.BytesIO(data)).outline
    assert [entry.title for entry in outline if not isinstance(entry, list)] == [
        "Baseline 2026-08-20",
        "Week 4 2026-08-20",
    ]
    forms = [entry.title for entry in outline[1] if not isinstance(entry, list)]
    assert forms == ["VS Vital signs", "LB Laboratory"]


@given(st.text(max_size=120))
def test_any_typed_text_prints_inside_the_page(typed: str) -> None:
    chart = Chart(mini())
    chart.put("LB.LBPERF", "Y")
    chart.put("LB.CK_LBORRES", typed)
    key = chart.put("LB.LBDAT", typed)
    page = chart.page(LB)
    for leaf in lay(page).leaves:
        assert overlaps(leaf) == []
        for ink in printed_words(leaf):
            assert span(ink)[2] <= page_size(leaf.wide)[0] - 25
        frames = [ink for ink in leaf.inks if isinstance(ink, Box)]
        assert all(frame.x + frame.w <= page_size(leaf.wide)[0] - 25 for frame in frames)
    shown = printable(page.state.items[key].value.text)
    whole = "".join(solid(ink.text) for leaf in lay(page).leaves for ink in printed_words(leaf))
    assert solid(shown) in whole


def test_one_wide_form_and_one_upright_form_in_one_document() -> None:
    chart = Chart(trial()).fill(trial().forms["LBC"]).fill(trial().forms["VS"])
    pages = [chart.page(trial().forms[name]) for name in ("VS", "LBC")]
    leaves = lay_filled(trial(), pages, "both", header=HEADER, made=MADE).leaves
    assert {leaf.wide for leaf in leaves} == {False, True}


def test_a_reading_of_a_form_that_repeats_is_told_by_its_number() -> None:
    page = replace(Chart(trial()).page(trial().forms["HRCT"]), repeat=2)
    laid = lay(page, "both", trial())
    text = "".join(solid(ink.text) for ink in printed_words(laid.leaves[0]))
    assert "ChestHRCT,no.2胸部高分辨率CT，第2份" in text
    assert "HRCT#2/BL" in text
    assert [title for _, title, _ in laid.leaves[0].bookmarks][1].startswith("HRCT#2 ")


def test_a_visit_of_which_nothing_more_is_expected_says_why() -> None:
    page = replace(vitals().page(VS), closed=Text("The participant has died", "参与者已死亡"))
    assert "Nothingmoreisexpectedofthisvisit:Theparticipanthasdied" in said(page)
    assert "本次访视不再要求填写：参与者已死亡" in said(page, "zh")
    assert "Nothingmore" not in said(vitals().page(VS))
