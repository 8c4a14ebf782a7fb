"""Blank forms: everything of the definition is on paper, in the language asked for, found by a search."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pypdf
import pytest

from mda5_crf.pdf import Tongue, blank, print_blank
from mda5_crf.pdf.document import lay_blank
from mda5_crf.pdf.draw import Leaf
from mda5_crf.pdf.ink import Box, Words
from mda5_crf.pdf.layout import A4, page_size
from mda5_crf.study.model import ItemType, Study
from tests.pdftext import solid, text_of
from tests.unit.pdf.paperwork import MADE, mini, overlaps, printed_words, span, study_named, trial

TONGUES: tuple[Tongue, ...] = ("en", "zh", "both")
STUDIES = ("mini", "trial")


@pytest.fixture(scope="module", params=[(s, t) for s in STUDIES for t in TONGUES], ids="-".join)
def case(request: pytest.FixtureRequest) -> tuple[Study, Tongue, bytes]:
    name, tongue = request.param
    study = study_named(name)
    return study, tongue, blank(study, list(study.forms.values()), tongue, made=MADE)


def languages(tongue: Tongue) -> tuple[str, ...]:
    return ("en", "zh") if tongue == "both" else (tongue,)


def test_every_question_and_answer_is_found_by_a_search(case: tuple[Study, Tongue, bytes]) -> None:
    study, tongue, data = case
    whole = "".join(text_of(data))
    for form in study.forms.values():
        for language in languages(tongue):
            texts = [form.name, *(group.title for group in form.groups)]
            texts += [axis.text for group in form.groups for axis in (*group.rows, *group.columns)]
            for item in form.items.values():
                if item.row is None:  # in a table the row and column headings ask
                    texts.append(item.label)
                if item.codelist and not item.computed and item.row is None:
                    texts += [value.text for value in study.codelists[item.codelist].values]
            for text in texts:
                said = text.in_("en" if language == "en" else "zh")
                assert solid(said) in whole, (form.oid, said)


def test_the_other_language_is_not_there(case: tuple[Study, Tongue, bytes]) -> None:
    study, tongue, data = case
    if tongue == "both":
        return
    whole = "".join(text_of(data))
    for form in study.forms.values():
        own, other = (form.name.en, form.name.zh) if tongue == "en" else (form.name.zh, form.name.en)
        if other not in own:  # CDASI v2 is part of its Chinese name
            assert solid(other) not in whole


def test_only_the_two_embedded_faces_are_used(case: tuple[Study, Tongue, bytes]) -> None:
    _, _, data = case
    assert b"Helvetica" not in data
    for page in pypdf.PdfReader(BytesIO(data)).pages:
        fonts: Any = page["/Resources"]
        for font in fonts["/Font"].values():
            face = font.get_object()
            assert face["/BaseFont"].split("+")[-1] in ("CRFSans-Regular", "CRFSans-Bold")
            assert "/FontFile2" in face["/FontDescriptor"]
            assert "/ToUnicode" in face


def test_words_stay_on_the_page_and_off_each_other(case: tuple[Study, Tongue, bytes]) -> None:
    study, tongue, _ = case
    for leaf in lay_blank(study, list(study.forms.values()), tongue, made=MADE).leaves:
        width, height = page_size(leaf.wide)
        assert overlaps(leaf) == []
        for ink in printed_words(leaf):
            left, top, right, bottom = span(ink)
            assert left >= 10 / 25.4 * 72
            assert right <= width - 9.5 / 25.4 * 72, ink
            assert top >= (19 / 25.4 * 72 if leaf.wide else 9.5 / 25.4 * 72)
            assert bottom <= height - 9.5 / 25.4 * 72


def test_words_of_a_table_stay_inside_their_cell() -> None:
    for leaf in lay_blank(trial(), [trial().forms["LBC"]], "both", made=MADE).leaves:
        cells = [
            ink for ink in leaf.inks if isinstance(ink, Box) and ink.stroke and ink.w > 20 and ink.h > 12
        ]
        for ink in leaf.inks:
            if isinstance(ink, Words):
                left, _, right, _ = span(ink)
                inside = [c for c in cells if c.x <= left < c.x + c.w and c.y <= ink.y <= c.y + c.h]
                assert all(right <= cell.x + cell.w + 0.1 for cell in inside), ink


def test_bookmarks_name_forms_and_groups_and_point_at_their_pages(case: tuple[Study, Tongue, bytes]) -> None:
    study, tongue, data = case
    reader = pypdf.PdfReader(BytesIO(data))
    pages = text_of(data)
    outline = reader.outline
    titles = [entry for entry in outline if not isinstance(entry, list)]
    assert [str(entry.title).split()[0] for entry in titles] == list(study.forms)
    for entry, form in zip(titles, study.forms.values(), strict=True):
        number = reader.get_destination_page_number(entry)
        name = form.name.zh if tongue == "zh" else form.name.en
        assert number is not None
        assert solid(name) in pages[number]
        groups = outline[outline.index(entry) + 1]
        assert len(groups) == len(form.groups)


def test_page_numbers_are_those_of_the_file(case: tuple[Study, Tongue, bytes]) -> None:
    _, tongue, data = case
    pages = text_of(data)
    for number, text in enumerate(pages, start=1):
        said = f"第{number}页，共{len(pages)}页" if tongue == "zh" else f"Page{number}of{len(pages)}"
        assert said in text


def test_document_properties(case: tuple[Study, Tongue, bytes]) -> None:
    study, tongue, data = case
    reader = pypdf.PdfReader(BytesIO(data))
    assert reader.metadata is not None
    assert study.oid in str(reader.metadata.title)
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == {"en": "en-GB", "zh": "zh-CN", "both": "en-GB"}[tongue]
    assert root["/PageMode"] == "/UseOutlines"


def test_the_same_input_gives_the_same_bytes() -> None:
    forms = list(mini().forms.values())
    first = blank(mini(), forms, "both", event=mini().events["BL"], demo=True, made=MADE)
    assert first == blank(mini(), forms, "both", event=mini().events["BL"], demo=True, made=MADE)
    later = datetime(2026, 8, 22, tzinfo=UTC)
    assert first != blank(mini(), forms, "both", event=mini().events["BL"], demo=True, made=later)


def test_the_foot_names_version_hash_time_and_form() -> None:
    (text,) = text_of(blank(mini(), [mini().forms["VS"]], "en", event=mini().events["W4"], made=MADE))
    for said in (mini().version, mini().hash[:12], "2026-08-2106:05+00:00", "VS/W41/1", "Week4", "Blankform"):
        assert said in text, said


def test_the_watermark_and_demo_are_on_every_page() -> None:
    haq = trial().forms["HAQ"]
    assert haq.watermark is not None
    for text in text_of(blank(trial(), [haq], "both", made=MADE)):
        assert solid(haq.watermark.en) in text
        assert solid(haq.watermark.zh) in text
        assert "DEMO" not in text
    for text in text_of(blank(trial(), [haq, trial().forms["VS"]], "zh", demo=True, made=MADE)):
        assert "演示数据，非真实参与者" in text


def test_a_blank_asks_for_missing_reasons_units_and_conditions() -> None:
    (text,) = text_of(blank(mini(), [mini().forms["VS"]], "en", made=MADE))
    assert "Onlyif:Vitalsignstaken?=YYes" in text
    for said in ("☐ND", "☐UNK", "☐mmHg", "☐kPa", "☐YYes", "NDNotdone"):
        assert said in text, said


def test_a_date_has_eight_cells_and_a_number_as_many_as_its_limit() -> None:
    leaf = lay_blank(mini(), [mini().forms["VS"]], "en", made=MADE).leaves[0]
    cells = [ink for ink in leaf.inks if isinstance(ink, Box) and abs(ink.w - 12.0) < 0.01]
    at = {ink.text: ink.y for ink in reversed(leaf.inks) if isinstance(ink, Words)}

    def beside(label: str) -> int:
        return sum(-15 < cell.y - at[label] < 5 for cell in cells)

    assert beside("Date") == 8
    assert beside("Pulse") == 3
    assert beside("Temperature") == 3


def test_a_long_table_turns_the_page_and_repeats_its_headings() -> None:
    pages = lay_blank(trial(), [trial().forms["LBC"]], "both", made=MADE).leaves
    assert all(leaf.wide for leaf in pages)
    panel = next(group for group in trial().forms["LBC"].groups if group.columns)
    texts = [solid("".join(ink.text for ink in printed_words(leaf))) for leaf in pages]
    with_rows = [text for text in texts if sum(solid(axis.text.zh) in text for axis in panel.rows) > 5]
    assert len(with_rows) > 1
    for text in with_rows:
        assert solid(panel.columns[0].text.zh) in text
    assert all("Results(continued)" in text for text in with_rows[1:])


def test_no_form_is_no_document() -> None:
    with pytest.raises(ValueError, match="no form"):
        print_blank(mini(), [], "en", made=MADE)


def test_paper_is_a4() -> None:
    data = blank(mini(), [mini().forms["VS"]], "en", made=MADE)
    box = pypdf.PdfReader(BytesIO(data)).pages[0].mediabox
    assert (float(box.width), float(box.height)) == pytest.approx(A4, abs=0.01)


def test_labels_are_not_lost_when_they_are_only_text() -> None:
    labels = [i for f in mini().forms.values() for i in f.items.values() if i.type is ItemType.LABEL]
    whole = "".join(text_of(blank(mini(), list(mini().forms.values()), "en", made=MADE)))
    assert all(solid(item.label.en) in whole for item in labels)


def test_a_form_that_repeats_has_room_for_its_number_in_the_title() -> None:
    text = text_of(blank(trial(), [trial().forms["HRCT"]], "both", made=MADE))[0]
    assert "ChestHRCT,no.____" in text
    assert "胸部高分辨率CT，第____份" in text
    assert "no.____" not in text_of(blank(trial(), [trial().forms["VS"]], "en", made=MADE))[0]


def test_a_form_due_under_a_condition_says_so_at_that_visit_only() -> None:
    def head(event: str) -> str:
        forms = [trial().forms["LBP"]]
        return text_of(blank(trial(), forms, "en", event=trial().events[event], made=MADE))[0]

    assert "Dueatthisvisitonlyif:Child-bearingpotentialatScreening=YYes" in head("W4")
    assert "Dueatthisvisitonlyif" not in text_of(blank(trial(), [trial().forms["LBP"]], "en", made=MADE))[0]
    vitals = [trial().forms["VS"]]
    told = text_of(blank(trial(), vitals, "en", event=trial().events["VEOT"], made=MADE))[0]
    assert "onlyif:Visitdate≠VisitdateatWeek52" in told


def test_a_code_that_its_text_repeats_is_said_once() -> None:
    text = "".join(text_of(blank(trial(), [trial().forms["EX"]], "en", made=MADE)))
    assert "☐5mg" in text
    assert "☐55mg" not in text
    text = "".join(text_of(blank(trial(), [trial().forms["EX"]], "zh", made=MADE)))
    assert "☐5毫克" in text
    assert "☐55毫克" not in text


def test_a_small_table_is_not_torn_and_no_row_of_a_large_one_stands_alone() -> None:
    zones = [axis.text.en for group in trial().forms["HRCT"].groups for axis in group.rows]
    assert len(zones) == 6
    for tongue in TONGUES:
        pages = lay_blank(trial(), [trial().forms["HRCT"]], tongue, made=MADE).leaves
        held = [sum(solid(axis) in solid(whole(leaf)) for axis in zones) for leaf in pages]
        assert tongue == "zh" or sorted(held) == [0, 6]
    systems = [axis.text.en for group in trial().forms["PE"].groups for axis in group.rows]
    for leaf in lay_blank(trial(), [trial().forms["PE"]], "en", made=MADE).leaves:
        assert sum(solid(name) in solid(whole(leaf)) for name in systems) != 1


def whole(leaf: Leaf) -> str:
    return "".join(ink.text for ink in printed_words(leaf))


def test_all_forms_of_the_trial_are_there() -> None:
    assert len(trial().forms) == 44
