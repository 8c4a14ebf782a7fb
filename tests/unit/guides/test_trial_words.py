"""What the guides say of the trial and of its numbers is what definition and program say."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from mda5_crf.guides.blocks import Entries, Guide, Heading, Line, Paragraph, Span, Style, Table, Warned
from mda5_crf.settings import Settings, study_directory
from mda5_crf.study.model import Mark, Study
from mda5_crf.sync.inviting import DAYS
from mda5_crf.text import LANGUAGES, Language
from mda5_crf.ui.actions import TABLE
from mda5_crf.ui.guide_words import reading
from tests.once import loaded_from

LEAST = {"quick-card": 6, "clinician": 30, "coordinator": 0}
"""How many ids a guide names at least: a test that found none would prove nothing."""
_ID = re.compile(r"[A-Z][A-Z0-9]{1,7}")
_ASKED = re.compile(r"[FC][1-9][0-9]?\b|Ctrl ?\+|Alt ?\+")
"""Function keys and combinations as somebody would type them into a text."""

each = pytest.mark.parametrize("name", LEAST)
tongues = pytest.mark.parametrize("tongue", LANGUAGES)


@pytest.fixture(scope="module")
def study() -> Study:
    return loaded_from(study_directory())


def lines_of(guide: Guide) -> Iterator[Line]:
    """Every line of a guide but those that are typed at a terminal."""
    for block in guide.blocks:
        match block:
            case Heading(line=line) | Paragraph(line=line):
                yield line
            case Entries(lines=lines) | Warned(lines=lines):
                yield from lines
            case Table(head=head, rows=rows):
                yield from head
                for row in rows:
                    yield from row


def spans_of(guide: Guide) -> Iterator[Span]:
    """Every piece of every line."""
    for line in lines_of(guide):
        yield from line


def chapter(name: str, tongue: Language, anchor: str) -> str:
    """The words of one chapter or part, as they stand on paper."""
    words, inside = [], False
    for block in reading(name, tongue).guide.blocks:
        if isinstance(block, Heading):
            inside = block.anchor == anchor
        elif inside:
            words += ["".join(s.text for s in line) for line in lines_of(Guide(name, tongue, (block,)))]
    return "\n".join(words)


@each
@tongues
def test_every_id_that_a_guide_names_is_in_the_definition(name: str, tongue: Language, study: Study) -> None:
    known = {*study.forms, *study.events, *(item for form in study.forms.values() for item in form.items)}
    named = {s.text for s in spans_of(reading(name, tongue).guide) if s.style is Style.CODE}
    ids = {one for one in named if _ID.fullmatch(one)}
    assert ids <= known
    assert len(ids) >= LEAST[name]


@each
@tongues
def test_no_guide_spells_a_key(name: str, tongue: Language) -> None:
    spelled = [s.text for s in spans_of(reading(name, tongue).guide) if s.style is not Style.KEY]
    allowed = {key for command in TABLE for key in command.keys if not _ASKED.search(key)}
    assert [text for text in spelled if _ASKED.search(text) and text not in allowed] == []


@tongues
def test_the_visits_at_which_ferritin_is_asked(tongue: Language, study: Study) -> None:
    asked = {
        due.event for due in study.due if due.form == "LBI" and due.mark in (Mark.REQUIRED, Mark.CARRIED)
    }
    words = chapter("clinician", tongue, "ferritin")
    named = set(re.findall(r"[A-Z]+[0-9]*", words.partition("\n")[0]))
    assert named & set(study.events) == asked


@tongues
def test_numbers_of_the_guides_are_those_of_the_program(tongue: Language, study: Study) -> None:
    hours = study.settings["sae_clock"].split()[-1]
    days = study.settings["query_overdue_days"]
    minutes = {"en": {10: "ten"}, "zh": {10: "十分钟"}}[tongue][Settings().idle_minutes]
    assert hours in chapter("clinician", tongue, "sae")
    assert days in chapter("clinician", tongue, "query")
    assert days in chapter("coordinator", tongue, "queries")
    assert minutes in chapter("clinician", tongue, "lock").lower()
    assert str(DAYS) in chapter("coordinator", tongue, "joining")


@tongues
def test_the_coordinator_reads_what_the_design_cannot_promise(tongue: Language) -> None:
    entries = [b for b in reading("coordinator", tongue).guide.blocks if isinstance(b, Heading)]
    assert entries[2].anchor == "promises"
    assert chapter("coordinator", tongue, "promises").count("\n") >= 12
