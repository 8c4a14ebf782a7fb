"""All the rest by one key: only what is empty, only what the definition says, and never without a word."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from mda5_crf.services.resting import at_rest
from mda5_crf.ui import language, theme
from mda5_crf.ui.cell_table import CellTable
from mda5_crf.ui.group_grid import GroupGrid
from tests.gui.form_driver import fill, key_of, real_study, ward
from tests.gui.form_fixtures import Open, OpenPage

pytestmark = [pytest.mark.usefixtures("english"), pytest.mark.qt_log_ignore("This plugin does not support")]

PLACES = {
    ("CDASI", "SITES"): ("RSPERF", 75, {"0"}),
    ("CDASI", "HANDS"): ("RSPERF", 4, {"0", "N"}),
    ("CDASI", "OTHER"): ("RSPERF", 2, {"0"}),
    ("MMT", "STRENGTH"): ("MKPERF", 15, {"10"}),
    ("HAQ", "QUESTIONS"): ("HAQPERF", 20, {"0"}),
    ("HRCT", "ZONES"): ("HRPERF", 30, {"0"}),
    ("PE", "SYSTEMS"): ("PEPERF", 11, {"NORMAL", "ABSENT"}),
    ("EG", "FINDINGS"): ("EGPERF", 1, {"NORMAL"}),
}


def grid(on: OpenPage) -> GroupGrid:
    found = next(s.table for s in on.page.sections if isinstance(s.table, GroupGrid))
    assert isinstance(found, GroupGrid)
    return found


def said(on: OpenPage) -> list[object]:
    heard: list[object] = []
    on.page.said.connect(heard.append)
    return heard


def test_every_group_with_a_rest_is_known_here() -> None:
    found = {(f.oid, g.name) for f in real_study().forms.values() for g in f.groups if g.rest is not None}
    assert found == set(PLACES)


@pytest.mark.parametrize("form, group", PLACES)
def test_it_sets_what_is_empty_once_and_says_how_many(open_page: Open, form: str, group: str) -> None:
    gate, count, codes = PLACES[form, group]
    made = ward(real_study())
    entry = made.entry("BL", form)
    fill(entry, **{gate: "Y"})
    on = open_page(made, "BL", form)
    heard = said(on)
    definition = next(g for g in on.entry.form.groups if g.name == group)
    first = next(item for item in definition.items if not item.computed)
    on.focus(first.name)
    before = len(made.stored())
    assert on.page.rest()
    new = made.stored()[before:]
    assert len(new) == count and {text for _, text in new} == codes
    assert str(count) in str(heard[-1])
    records = len(made.records)
    assert not on.page.rest() and len(made.records) == records
    assert "nothing was changed" in str(heard[-1])
    assert {r.data.get("origin") for r in made.records[-count:]} == {"rest"}


def test_what_stands_is_never_touched(open_page: Open) -> None:
    made = ward(real_study())
    entry = made.entry("BL", "MMT")
    fill(entry, MKPERF="Y", DELTR_MKORRES="7", DELTL_MKORRES="twelve", NE_QUADR="NOT DONE")
    on = open_page(made, "BL", "MMT")
    on.focus("NECKFLEX_MKORRES")
    on.type("9")
    assert on.page.rest()
    answers = {key.item: one.value.text for key, one in on.entry.state.items.items()}
    assert (answers["NECKFLEX_MKORRES"], answers["DELTR_MKORRES"]) == ("9", "7")
    assert answers["DELTL_MKORRES"] == "twelve" and answers["QUADR_MKORRES"] == ""
    assert answers["QUADL_MKORRES"] == "10"


def test_an_unanswered_question_keeps_its_mark(open_page: Open) -> None:
    made = ward(real_study())
    entry = made.entry("BL", "HAQ")
    fill(entry, HAQPERF="Y")
    entry.set_missing(key_of(entry, "HAQ0101"), "NOT_ANSWERED")
    on = open_page(made, "BL", "HAQ")
    on.focus("HAQ0102")
    assert on.page.rest()
    assert on.entry.state.items[key_of(entry, "HAQ0101")].value.missing == "NOT_ANSWERED"


def test_what_an_investigator_judges_is_left_and_said(open_page: Open) -> None:
    made = ward(real_study())
    made.person = replace(made.person, roles=("data_entry",))
    texts = {"ALT_LBORRES": "120", "ALT_LBORNRLO": "9", "ALT_LBORNRHI": "50", "AST_LBORRES": "20"}
    fill(made.entry("BL", "LBC"), LBPERF="Y", **texts)
    on = open_page(made, "BL", "LBC")
    heard = said(on)
    on.focus("ALT_LBORRES")
    records = len(made.records)
    assert not on.page.rest() and len(made.records) == records
    assert "1 wait for the investigator" in str(heard[-1])
    language.set_language("zh")
    on.page.rest()
    assert "1 项待研究者判断" in str(heard[-1])
    made.person = replace(
        made.person, roles=("investigator",)
    )  # whose own judgement it is, by a deliberate key
    assert on.page.rest() and len(made.records) == records + 1
    (record,) = made.records[records:]
    assert record.key.endswith("ALT_LBCLSIG") and record.data["text"] == "NCS"


def test_no_judgement_ever_has_a_rest() -> None:
    study = real_study()
    for form in study.forms.values():
        for group in form.groups:
            for item in group.items:
                codes = frozenset(study.codelists[item.codelist].by_code) if item.codelist else None
                if item.investigator or item.computed:
                    assert at_rest(group, item, codes) is None


def test_where_nothing_rests_it_says_so(open_page: Open) -> None:
    made = ward(real_study())
    fill(made.entry("BL", "CDASI"), RSPERF="Y")
    on = open_page(made, "BL", "CDASI")
    heard = said(on)
    on.focus("RSDAT")
    assert not on.page.rest()
    assert "Nothing here" in str(heard[-1])


def test_a_reader_sets_nothing(open_page: Open) -> None:
    made = ward(real_study())
    fill(made.entry("BL", "CDASI"), RSPERF="Y")
    reader = ward(real_study(), roles=("monitor",))
    reader._cache = made._cache
    on = open_page(reader, "BL", "CDASI")
    on.focus("SCALP_E")
    assert not on.page.rest() and not reader.records


# -- totals and headings


def test_totals_stand_under_their_column_and_follow_the_cells(open_page: Open) -> None:
    made = ward(real_study())
    fill(made.entry("BL", "MMT"), MKPERF="Y")
    on = open_page(made, "BL", "MMT")
    foot = grid(on).foot
    assert [one.words for one in foot.columns.values()] == ["– / 80", "–"]
    on.focus("DELTR_MKORRES")
    on.page.rest()
    assert [one.words for one in foot.columns.values()] == ["80 / 80", "80"]
    assert [one.words for one in foot.whole] == ["150 / 150"]
    on.enter("DELTL_MKORRES", "4")
    assert [one.words for one in foot.columns.values()] == ["80 / 80", "74"]
    assert "MMT-8 bilateral total 144 / 150" in grid(on).accessibleDescription()
    language.set_language("zh")
    assert "MMT-8双侧总分 144 / 150" in grid(on).accessibleDescription()


def test_the_highest_of_a_category_stands_behind_its_last_row(open_page: Open) -> None:
    made = ward(real_study())
    fill(made.entry("BL", "HAQ"), HAQPERF="Y", HAQ0101="1", HAQ0102="3")
    on = open_page(made, "BL", "HAQ")
    rows = {row.heading.en: row.total for row in grid(on).rows}
    assert rows["Dressing: Shampoo hair"] == "3" and rows["Arising: In and out of bed"] == "–"
    assert rows["Dressing: Dressing, laces, buttons"] == ""


@pytest.mark.parametrize("size", [100, 150])
@pytest.mark.parametrize("form, gate, item", [
    ("CDASI", "RSPERF", "GOTTNOTH_C"), ("HRCT", "HRPERF", "ICH_LL_H"), ("LBC", "LBPERF", "CHOL_LBORRES"),
])  # fmt: skip
def test_headings_and_totals_stay_in_view(
    open_page: Open, form: str, gate: str, item: str, size: int
) -> None:
    from PySide6.QtWidgets import QApplication, QWidget

    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.set_text_size(app, size)
    made = ward(real_study())
    fill(made.entry("BL", form), **{gate: "Y"})
    on = open_page(made, "BL", form)
    on.page.resize(883, 440)
    last = item if item in on.entry.form.items else list(on.entry.form.items)[-1]
    cell = on.focus(last)
    QApplication.processEvents()
    table = cell.host
    assert isinstance(table, CellTable)
    view = on.page.view.viewport()
    heads, widget = table._heads, cell.input
    assert isinstance(widget, QWidget)
    top = heads.mapTo(view, heads.rect().topLeft()).y()
    place = widget.mapTo(view, widget.rect().topLeft())
    assert top >= -1 and place.y() >= top + heads.height() - 1
    assert place.x() >= table.head_width - 2, "no cell in hand lies under the headings of rows"
    assert place.x() + widget.width() <= view.width()
    if table.foot.high:
        foot = table.foot.mapTo(view, table.foot.rect().topLeft()).y()
        assert place.y() + widget.height() <= foot + 1 and foot + table.foot.height() <= view.height() + 1


def test_all_columns_of_cdasi_are_seen_at_large_type(open_page: Open) -> None:
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.set_text_size(app, 150)
    made = ward(real_study())
    fill(made.entry("BL", "CDASI"), RSPERF="Y")
    on = open_page(made, "BL", "CDASI")
    on.page.resize(883, 440)
    QApplication.processEvents()
    assert not grid(on)._bar.isVisibleTo(grid(on))
    on.focus("SCALP_E")
    on.press(Qt.Key.Key_Down)
    assert on.at() == "MALAR_E"


@pytest.mark.parametrize("form, texts", [
    ("CDASI", {"RSPERF": "Y", "SCALP_E": "nine"}), ("LBC", {"LBPERF": "Y", "ALT_LBORRES": "500"}),
    ("HAQ", {"HAQPERF": "Y", "HAQ0101": "7"}),
])  # fmt: skip
def test_rows_are_as_high_as_the_new_language_needs(
    open_page: Open, form: str, texts: dict[str, str]
) -> None:
    made = ward(real_study())
    fill(made.entry("BL", form), **texts)
    on = open_page(made, "BL", form)
    for new in ("zh", "en"):
        language.set_language(new)
        table = grid(on)
        before = [(row.top, row.height) for row in table.rows]
        table.measure(table.width())
        assert before == [(row.top, row.height) for row in table.rows]
        assert table.height() == table._height
