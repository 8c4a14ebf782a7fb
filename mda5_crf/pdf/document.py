"""Forms become documents: rows, pages, heads and feet, bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from mda5_crf.pdf.answers import Answers
from mda5_crf.pdf.branch import condition
from mda5_crf.pdf.changes import change_rows
from mda5_crf.pdf.filled import FromState, remarks, stamp
from mda5_crf.pdf.frame import Facts
from mda5_crf.pdf.groups import Groups, Nothing, Source
from mda5_crf.pdf.layout import LEAST_ROOM
from mda5_crf.pdf.legend import legend
from mda5_crf.pdf.paper import FilledForm, PageHeader, Printed
from mda5_crf.pdf.parts import Laid, Part, Stamp, assemble, framed, printed
from mda5_crf.pdf.signing import signed, signing
from mda5_crf.pdf.voice import Tongue, Voice
from mda5_crf.study.model import Form, Study, StudyEvent
from mda5_crf.text import Text, message

WITH_SIGNATURE = 3  # rows of a form that stay on the page of the block for the signature

Progress = Callable[[int, int], None]
"""Told after each step how many of how many are done; what it raises ends the work."""


def blank(
    study: Study,
    forms: Sequence[Form],
    language: Tongue,
    *,
    event: StudyEvent | None = None,
    demo: bool = False,
    made: datetime,
) -> bytes:
    """Empty forms to print and write on, as PDF bytes. ``made`` stands in the foot and must have a zone."""
    return print_blank(study, forms, language, event=event, demo=demo, made=made).data


def filled(
    study: Study,
    pages: Sequence[FilledForm],
    language: Tongue,
    *,
    header: PageHeader,
    demo: bool = False,
    made: datetime,
) -> bytes:
    """Forms with their answers, as PDF bytes; same places as on the blank ones."""
    return print_filled(study, pages, language, header=header, demo=demo, made=made).data


def print_blank(
    study: Study,
    forms: Sequence[Form],
    language: Tongue,
    *,
    event: StudyEvent | None = None,
    demo: bool = False,
    made: datetime,
) -> Printed:
    """As :func:`blank`, with the number of pages and the characters the font lacks."""
    return printed(lay_blank(study, forms, language, event=event, demo=demo, made=made))


def lay_blank(
    study: Study,
    forms: Sequence[Form],
    language: Tongue,
    *,
    event: StudyEvent | None = None,
    demo: bool = False,
    made: datetime,
) -> Laid:
    """Empty forms as pages that are not yet drawn."""
    voice = Voice(language)
    answers = Answers(study, voice)
    where = voice.say(event.name) if event is not None else ""
    parts: list[Part] = []
    for form in forms:
        above = ((0, where),) if event is not None and not parts else ()
        level = int(event is not None)
        marks = (*above, (level, _name(voice, form, form.oid)))
        parts.append(blank_part(answers, form, event, marks, demo=demo, made=made))
    return assemble(parts, voice, message("pdf.title_blank"), study)


def blank_part(
    answers: Answers,
    form: Form,
    event: StudyEvent | None,
    bookmarks: tuple[tuple[int, str], ...],
    *,
    demo: bool,
    made: datetime,
    goal: str = "",
) -> Part:
    """One empty form, for a document that holds other parts too. ``bookmarks`` are not empty."""
    study, voice = answers.study, answers.voice
    where = voice.say(event.name) if event is not None else ""
    facts = _facts(study, voice, form, event.oid if event else "", made, demo, header=None, where=where)
    return _part(answers, form, Nothing(), facts, bookmarks, goal=goal)


def print_filled(
    study: Study,
    pages: Sequence[FilledForm],
    language: Tongue,
    *,
    header: PageHeader,
    demo: bool = False,
    made: datetime,
    proof: Stamp | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Printed:
    """As :func:`filled`, with the number of pages and the characters the font lacks.

    ``progress`` counts every form twice: once when it is laid out, once when its share of the pages is drawn.
    """
    total = 2 * len(pages)
    laid = lay_filled(
        study, pages, language, header=header, demo=demo, made=made, proof=proof,
        progress=lambda done, _: progress(done, total),
    )  # fmt: skip
    leaves = len(laid.leaves)
    return printed(laid, lambda done: progress(len(pages) + len(pages) * done // leaves, total))


def lay_filled(
    study: Study,
    pages: Sequence[FilledForm],
    language: Tongue,
    *,
    header: PageHeader,
    demo: bool = False,
    made: datetime,
    proof: Stamp | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Laid:
    """Filled forms as pages that are not yet drawn; ``progress`` counts the forms."""
    voice = Voice(language)
    parts = filled_parts(study, pages, voice, header=header, demo=demo, made=made, progress=progress)
    title = message("pdf.title_participant", participant=header.subjid)
    return assemble(parts, voice, title, study, stamp=proof)


def filled_parts(
    study: Study,
    pages: Sequence[FilledForm],
    voice: Voice,
    *,
    header: PageHeader,
    demo: bool = False,
    made: datetime,
    level: int = 0,
    progress: Progress = lambda _done, _total: None,
) -> list[Part]:
    """One part a form, for a document that holds other parts too.

    Bookmarks: the visit at ``level``, the forms below it. The goal of a part is ``form-W4-LBC``, with the
    number of a repeat in it (``form-UNS#2-HRCT#1``).
    """
    by_study: dict[int, Answers] = {}
    parts: list[Part] = []
    before = None
    for page in pages:
        own = page.study or study
        answers = by_study.setdefault(id(own), Answers(own, voice))
        where = " ".join((voice.say(page.event_name), *(f"#{part}" for part in page.event.split("#")[1:])))
        visit = (page.event, where, page.event_date)
        above = ((level, f"{where} {page.event_date}".strip()),) if visit != before else ()
        before = visit
        facts = _facts(own, voice, page.form, page.event, made, demo, header=header, where=where, page=page)
        goal = f"form-{page.event}-{_label(page)}"
        source = FromState(own, page, voice, goal)
        marks = (*above, (level + 1, _name(voice, page.form, _label(page))))
        parts.append(_part(answers, page.form, source, facts, marks, page, goal))
        progress(len(parts), len(pages))
    return parts


def _name(voice: Voice, form: Form, label: str) -> str:
    return f"{label} {voice.say(form.name)}"


def _label(page: FilledForm) -> str:
    """The form as people address it: ``VS``, ``HRCT#2``."""
    return f"{page.form.oid}#{page.repeat}" if page.repeat else page.form.oid


def _titled(form: Form, page: FilledForm | None) -> Text:
    """The name of the form; of one that repeats with its number, or with room to write it."""
    if page is None and form.repeating:
        return message("pdf.repeat", form=form.name, number="____")
    return message("pdf.repeat", form=form.name, number=page.repeat) if page and page.repeat else form.name


def _facts(
    study: Study,
    voice: Voice,
    form: Form,
    event: str,
    made: datetime,
    demo: bool,
    *,
    header: PageHeader | None,
    where: str,
    page: FilledForm | None = None,
) -> Facts:
    """Head and foot of one form."""
    at = stamp(made)
    by = header.printed_by if header is not None else ""
    told: list[str] = [voice.tell("blank_form")] if page is None else remarks(voice, page)
    when = next((due.when for due in study.forms_of(event) if due.form == form.oid), None) if event else None
    if when is not None:
        needed = message("pdf.due_if", condition=condition(study, form, when.source))
        told.append(voice.say(needed, "  "))
    label = form.oid if page is None else _label(page)
    if form.note is not None:
        told.append(voice.say(form.note, "  "))
    if demo:
        told.append(voice.tell("demo_note"))
    past = header.as_of if header is not None else None
    if past is not None:
        told.insert(0, voice.say(message("asof.remark", moment=past), "  "))
    printed = f"{voice.tell('printed')} {at}" + (f", {by}" if by else "")
    mark = [*(voice.parts(form.watermark) if form.watermark is not None else ())]
    if demo:
        mark.append(voice.tell("demo"))
    return Facts(
        study=f"{study.oid}  {voice.say(study.name)}"
        + (f"   |   {voice.say(message('asof.head', moment=past))}" if past is not None else ""),
        form=_titled(form, page),
        code=f"{label}/{event}" if event else label,
        subjid=header.subjid if header is not None else "",
        site=header.site if header is not None else "",
        event=where,
        event_date=page.event_date if page is not None else "",
        version=f"{voice.tell('version')} {study.version}, {study.hash[:12]}",
        printed=printed,
        head=f"{voice.tell('head')} {header.head}" if header is not None and header.head else "",
        remarks=tuple(told),
        legend=legend(study, voice, form),
        filled=page is not None,
        stamped=True,
        demo=voice.tell("demo") if demo else "",
        watermark=tuple(mark),
    )


def _part(
    answers: Answers,
    form: Form,
    source: Source,
    facts: Facts,
    bookmarks: tuple[tuple[int, str], ...],
    page: FilledForm | None = None,
    goal: str = "",
) -> Part:
    level = bookmarks[-1][0] + 1
    frames = framed(facts, answers.voice)
    groups = Groups(answers, form, source, level, (frames[0].area.height, frames[1].area.height))
    rows = groups.rows()
    # No page for the signature alone, nor for one line and the signature.
    for place in range(max(len(rows) - WITH_SIGNATURE, 0), len(rows)):
        if rows[place].height < LEAST_ROOM:
            rows[place] = replace(rows[place], keep=True)
    if rows:
        rows[-1] = replace(rows[-1], keep=True)
    rows.append(groups.maker.space())
    if page is not None:
        rows += [signed(answers.voice, one, groups.width, wide=groups.wide) for one in page.signatures]
    rows.append(signing(answers.voice, groups.width, wide=groups.wide))
    if page is not None and page.changes is not None:
        rows += change_rows(groups.maker, page.changes, goal)
    return Part(facts, frames, rows, bookmarks, goal)
