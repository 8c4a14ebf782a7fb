"""The casebook of blank forms: bookmarks are the schedule, contents and signs lead where they say."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pypdf
import pytest

from mda5_crf.errors import Cancelled
from mda5_crf.pdf.blankbook import SIGNS, lay_book
from mda5_crf.pdf.ink import Goal, Jump
from mda5_crf.pdf.parts import Laid, printed
from mda5_crf.text import message
from tests.pdftext import solid, text_of
from tests.unit.pdf.paperwork import MADE, mini, printed_words, trial


@pytest.fixture(scope="module")
def book() -> Laid:
    return lay_book(trial(), "both", made=MADE)


@pytest.fixture(scope="module")
def once() -> bytes:
    return printed(lay_book(trial(), "en", unique=True, made=MADE)).data


def goals(laid: Laid) -> dict[str, int]:
    """The page, from 1, at which each goal lies."""
    return {
        ink.name: number
        for number, leaf in enumerate(laid.leaves, start=1)
        for ink in leaf.inks
        if isinstance(ink, Goal)
    }


def test_bookmarks_are_the_schedule_twice(book: Laid) -> None:
    titles = [(level, title.split()[0]) for level, title, _ in book.outline]
    study = trial()
    due = [(event.oid, form.form) for event in study.events.values() for form in study.forms_of(event.oid)]
    visits, forms = titles.index((0, "By")), len(titles) - titles[::-1].index((0, "By")) - 1
    by_visit, by_form = titles[visits + 1 : forms], titles[forms + 1 :]
    above, found = "", []
    for level, word in by_visit:
        above = word if level == 1 else above
        found += [(above, word)] if level == 2 else []
    assert found == due
    found = []
    for level, word in by_form:
        above = word if level == 1 else above
        found += [(word, above)] if level == 2 else []
    assert sorted(found) == sorted(due)


def test_every_link_and_bookmark_has_its_goal_on_the_page_of_that_form(book: Laid) -> None:
    where = goals(book)
    links = [ink.goal for leaf in book.leaves for ink in leaf.inks if isinstance(ink, Jump)]
    assert len(links) >= 2 * len(trial().due)  # contents and schedule
    assert set(links) | {goal for _, _, goal in book.outline} <= set(where)
    for due in trial().due:
        leaf = book.leaves[where[f"blank-{due.event}-{due.form}"] - 1]
        assert f"{due.form}/{due.event}" in [ink.text for ink in printed_words(leaf)]


def test_the_printed_contents_give_the_page_in_the_file(book: Laid) -> None:
    where = goals(book)
    for leaf in book.leaves[where["contents"] - 1 : where["schedule"] - 1]:
        said = printed_words(leaf)
        for jump in (ink for ink in leaf.inks if isinstance(ink, Jump)):
            inside = [
                ink.text
                for ink in said
                if jump.x <= ink.x < jump.x + jump.w and jump.y <= ink.y <= jump.y + jump.h
            ]
            assert str(where[jump.goal]) in inside


def test_each_form_once_and_every_visit_leads_there(once: bytes) -> None:
    reader: Any = pypdf.PdfReader(BytesIO(once))
    tops = [entry for entry in reader.outline if not isinstance(entry, list)]
    assert [entry.title for entry in tops] == [
        "Contents",
        "Schedule of visits and forms",
        "By visit",
        "By form",
    ]
    by_visit, by_form = (reader.outline[reader.outline.index(tops[at]) + 1] for at in (2, 3))
    first = {
        entry.title.split()[0]: reader.get_destination_page_number(entry)
        for entry in by_form
        if not isinstance(entry, list)
    }
    assert list(first) == list(trial().forms)
    assert len(set(first.values())) == len(first)
    for below in (one for one in by_visit if isinstance(one, list)):
        for entry in below:
            assert reader.get_destination_page_number(entry) == first[entry.title.split()[0]]
    assert solid("44 forms, each once") in text_of(once)[0]


def test_the_schedule_has_a_sign_for_each_place_and_says_what_it_means(book: Laid) -> None:
    where = goals(book)
    text, signs = "", 0
    for leaf in book.leaves[where["schedule"] - 1 : where["blank-SCR-SV"] - 1]:
        assert leaf.wide
        said = [ink.text for ink in printed_words(leaf)]
        signs += sum(one in SIGNS.values() for one in said)
        text += solid(" ".join(said))
    assert signs == len(trial().due)
    for mark in {due.mark for due in trial().due}:
        said_of = solid(message(f"blankbook.mark_{mark.value}").zh)
        assert said_of in text and SIGNS[mark] in text


def test_a_small_study_and_the_same_bytes() -> None:
    first = printed(lay_book(mini(), "zh", demo=True, made=MADE))
    assert first == printed(lay_book(mini(), "zh", demo=True, made=MADE))
    assert "只写参与者编号" in text_of(first.data)[0]


def test_who_cancels_ends_the_work() -> None:
    def stop(done: int, total: int) -> None:
        assert total == 2 * len(mini().due)
        if done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        lay_book(mini(), "en", made=MADE, progress=stop)
