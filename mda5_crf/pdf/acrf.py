"""The annotated case report form, by the SDTM Metadata Submission Guidelines 2.0.

Each form once, its annotations drawn as page text beside the questions and never over them; contents with
links; bookmarks twice, by the schedule and by form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import takewhile
from typing import Final

from mda5_crf.pdf.annotate import Notes
from mda5_crf.pdf.answers import Answers
from mda5_crf.pdf.contents import Entry, contents
from mda5_crf.pdf.frame import Facts
from mda5_crf.pdf.groups import Groups, Nothing
from mda5_crf.pdf.guideline import facts_of, heading
from mda5_crf.pdf.ink import SECOND, SMALL
from mda5_crf.pdf.layout import PAD_X, UPRIGHT_WIDTH, Cell, Row
from mda5_crf.pdf.legend import legend
from mda5_crf.pdf.linked import links, listed
from mda5_crf.pdf.paper import Printed, PrintedRow
from mda5_crf.pdf.parts import Laid, Part, assemble, framed, printed
from mda5_crf.pdf.voice import Tongue, Voice
from mda5_crf.study.model import Form, ItemGroup, Mark, Study
from mda5_crf.text import message

FILE_NAME: Final = "acrf.pdf"
_LOGS: Final = "LOG"
Bookmark = tuple[int, str, str]
"""Level from 0, title, name of the goal."""


def print_acrf(study: Study, language: Tongue, *, made: datetime) -> Printed:
    """The document as bytes. ``made`` stands in the foot and must have a zone."""
    return printed(lay_acrf(study, language, made=made))


def lay_acrf(study: Study, language: Tongue, *, made: datetime) -> Laid:
    """The document as pages that are not yet drawn."""
    voice = Voice(language)
    forms = [_part(study, form, voice, made) for form in study.forms.values()]
    entries = [*by_visit(study, voice), *by_form(study, voice)]
    parts = listed(_contents(study, voice, made), forms, lambda pages: _lines(study, voice, pages))
    outline = [(0, voice.say(message("acrf.contents")), "contents"), *entries]
    # A bookmark has to lead somewhere: a heading leads to what is below it.
    led: list[Bookmark] = []
    for place, (level, title, goal) in enumerate(outline):
        led.append((level, title, goal or next(one for _, _, one in outline[place:] if one)))
    return assemble(parts, voice, message("acrf.title"), study, outline=led)


def goal_of(form: str) -> str:
    """The name under which links find the pages of a form."""
    return f"acrf-{form}"


def by_visit(study: Study, voice: Voice) -> list[Bookmark]:
    """The schedule: each visit with its forms, records without a visit last."""
    made: list[Bookmark] = [(0, voice.say(message("acrf.by_visit")), "")]
    events = [oid for oid in study.events if oid != _LOGS] + [oid for oid in study.events if oid == _LOGS]
    for oid in events:
        forms = _forms_at(study, oid)
        if not forms:
            continue
        name = message("acrf.running") if oid == _LOGS else study.events[oid].name
        made.append((1, f"{oid} {voice.say(name)}", goal_of(forms[0])))
        made += [(2, f"{form} {voice.say(study.forms[form].name)}", goal_of(form)) for form in forms]
    return made


def by_form(study: Study, voice: Voice) -> list[Bookmark]:
    """The forms in the order of the casebook, below each the visits at which it is due."""
    made: list[Bookmark] = [(0, voice.say(message("acrf.by_form")), "")]
    for form in study.forms.values():
        made.append((1, f"{form.oid} {voice.say(form.name)}", goal_of(form.oid)))
        for oid, event in study.events.items():
            if form.oid in _forms_at(study, oid):
                name = message("acrf.running") if oid == _LOGS else event.name
                made.append((2, f"{oid} {voice.say(name)}", goal_of(form.oid)))
    return made


def _forms_at(study: Study, event: str) -> list[str]:
    """Forms first collected at a visit; logs that are only looked through there belong to their own place."""
    looked_at = () if event == _LOGS else (Mark.LOG, Mark.UPDATE, Mark.CARRIED)
    return list(dict.fromkeys(due.form for due in study.forms_of(event) if due.mark not in looked_at))


def _lines(study: Study, voice: Voice, pages: Mapping[str, int]) -> list[Row]:
    """The printed contents: each visit with links to its forms, then each form with its page and visits."""
    made = [heading(voice, message("acrf.by_visit"))]
    visits = [entry for entry in by_visit(study, voice) if entry[0] > 0]
    for place, (level, title, _) in enumerate(visits):
        if level == 1:
            below = takewhile(lambda entry: entry[0] == 2, visits[place + 1 :])
            made.append(links(title, [(name.split()[0], goal) for _, name, goal in below], UPRIGHT_WIDTH))
    forms = []
    for form in study.forms.values():
        at = ", ".join(oid for oid in study.events if form.oid in _forms_at(study, oid))
        forms.append(Entry(1, f"{form.oid} {voice.say(form.name)}   {at}", goal_of(form.oid)))
    return [*made, heading(voice, message("acrf.by_form")), *contents(forms, pages)]


def _facts(study: Study, voice: Voice, made: datetime) -> Facts:
    version = message("acrf.version", version=study.version, hash=study.hash[:12])
    return replace(facts_of(study, voice, message("acrf.title"), made), version=voice.say(version))


def _contents(study: Study, voice: Voice, made: datetime) -> Part:
    facts = _facts(study, voice, made)
    about = [
        strip
        for code in ("acrf.about", "acrf.head_fields")
        for strip in voice.lines(message(code), UPRIGHT_WIDTH - 2 * PAD_X, size=SMALL, colour=SECOND)
    ]
    return Part(
        facts, framed(facts, voice), (Row((Cell(0.0, UPRIGHT_WIDTH, tuple(about)),)),), (), "contents"
    )


class _OneRow(Nothing):
    """The source of an annotated form: nothing is answered, and a log shows one row."""

    def rows(self, group: ItemGroup) -> Sequence[PrintedRow]:  # noqa: ARG002 - one interface
        """One empty row."""
        return [PrintedRow("", 1)]


def _part(study: Study, form: Form, voice: Voice, made: datetime) -> Part:
    notes = Notes(form, voice)
    answers = Answers(study, voice, notes)
    facts = replace(
        _facts(study, voice, made),
        form=form.name,
        code=form.oid,
        band=True,
        banner=tuple(notes.banner(UPRIGHT_WIDTH)),
        legend=legend(study, voice, form),
        watermark=voice.parts(form.watermark) if form.watermark is not None else (),
    )
    frames = framed(facts, voice)
    groups = Groups(answers, form, _OneRow(), 0, (frames[0].area.height, frames[1].area.height))
    rows = [replace(row, bookmark=None) for row in groups.rows()]
    return Part(facts, frames, rows, (), goal_of(form.oid))
