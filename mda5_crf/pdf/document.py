"""Forms become documents: rows, pages, heads and feet, bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mda5_crf.pdf.answers import Answers
from mda5_crf.pdf.branch import condition
from mda5_crf.pdf.draw import Leaf, render
from mda5_crf.pdf.filled import FromState, remarks, stamp
from mda5_crf.pdf.fonts import printable
from mda5_crf.pdf.frame import Facts, Frame
from mda5_crf.pdf.groups import Groups, Nothing, Source
from mda5_crf.pdf.ink import Ink, Words
from mda5_crf.pdf.layout import Row, paginate
from mda5_crf.pdf.legend import legend
from mda5_crf.pdf.paper import FilledForm, PageHeader, Printed
from mda5_crf.pdf.signing import signed, signing
from mda5_crf.pdf.voice import Tongue, Voice
from mda5_crf.study.model import Form, Study, StudyEvent
from mda5_crf.text import Text, message

Progress = Callable[[int, int], None]
"""Told after each step how many of how many are done; what it raises ends the work."""

_CODE = re.compile(r"□U\+([0-9A-F]{4,6})")


@dataclass(frozen=True, slots=True)
class _Part:
    """One form of a document: its rows, its pages upright and wide, its bookmarks above the groups."""

    facts: Facts
    frames: tuple[Frame, Frame]
    rows: Sequence[Row]
    bookmarks: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Laid:
    """A document before it is drawn: its pages, and what its properties say."""

    leaves: Sequence[Leaf]
    title: str
    subject: str
    locale: str


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
    return _printed(lay_blank(study, forms, language, event=event, demo=demo, made=made))


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
    parts: list[_Part] = []
    for form in forms:
        above = ((0, where),) if event is not None and not parts else ()
        level = int(event is not None)
        facts = _facts(study, voice, form, event.oid if event else "", made, demo, header=None, where=where)
        parts.append(_part(answers, form, Nothing(), facts, (*above, (level, _name(voice, form, form.oid)))))
    return _laid(parts, voice, message("pdf.title_blank"), study)


def print_filled(
    study: Study,
    pages: Sequence[FilledForm],
    language: Tongue,
    *,
    header: PageHeader,
    demo: bool = False,
    made: datetime,
    progress: Progress = lambda _done, _total: None,
) -> Printed:
    """As :func:`filled`, with the number of pages and the characters the font lacks.

    ``progress`` counts every form twice: once when it is laid out, once when its share of the pages is drawn.
    """
    total = 2 * len(pages)
    laid = lay_filled(
        study, pages, language, header=header, demo=demo, made=made,
        progress=lambda done, _: progress(done, total),
    )  # fmt: skip
    leaves = len(laid.leaves)
    return _printed(laid, lambda done: progress(len(pages) + len(pages) * done // leaves, total))


def lay_filled(
    study: Study,
    pages: Sequence[FilledForm],
    language: Tongue,
    *,
    header: PageHeader,
    demo: bool = False,
    made: datetime,
    progress: Progress = lambda _done, _total: None,
) -> Laid:
    """Filled forms as pages that are not yet drawn; ``progress`` counts the forms."""
    voice = Voice(language)
    answers = Answers(study, voice)
    parts: list[_Part] = []
    before = None
    for page in pages:
        where = " ".join((voice.say(page.event_name), *(f"#{part}" for part in page.event.split("#")[1:])))
        visit = (page.event, where, page.event_date)
        above = ((0, f"{where} {page.event_date}".strip()),) if visit != before else ()
        before = visit
        facts = _facts(study, voice, page.form, page.event, made, demo, header=header, where=where, page=page)
        source = FromState(study, page, voice)
        name = _name(voice, page.form, _label(page))
        parts.append(_part(answers, page.form, source, facts, (*above, (1, name)), page.signatures))
        progress(len(parts), len(pages))
    return _laid(parts, voice, message("pdf.title_participant", participant=header.subjid), study)


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
    if page is None and when is not None:
        needed = message("pdf.due_if", condition=condition(study, form, when.source))
        told.append(voice.say(needed, "  "))
    label = form.oid if page is None else _label(page)
    if form.note is not None:
        told.append(voice.say(form.note, "  "))
    if demo:
        told.append(voice.tell("demo_note"))
    printed = f"{voice.tell('printed')} {at}" + (f", {by}" if by else "")
    mark = [*(voice.parts(form.watermark) if form.watermark is not None else ())]
    if demo:
        mark.append(voice.tell("demo"))
    return Facts(
        study=f"{study.oid}  {voice.say(study.name)}",
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
        demo=voice.tell("demo") if demo else "",
        watermark=tuple(mark),
    )


def _part(
    answers: Answers,
    form: Form,
    source: Source,
    facts: Facts,
    bookmarks: tuple[tuple[int, str], ...],
    signatures: Sequence[Sequence[Text]] = (),
) -> _Part:
    level = bookmarks[-1][0] + 1
    frames = (Frame(facts, answers.voice, False), Frame(facts, answers.voice, True))
    groups = Groups(answers, form, source, level, (frames[0].area.height, frames[1].area.height))
    rows = groups.rows()
    if rows:
        rows[-1] = replace(rows[-1], keep=True)  # no page for the signature alone
    rows.append(groups.maker.space())
    rows += [signed(answers.voice, one, groups.width, wide=groups.wide) for one in signatures]
    rows.append(signing(answers.voice, groups.width, wide=groups.wide))
    return _Part(facts, frames, rows, bookmarks)


def _laid(parts: Sequence[_Part], voice: Voice, what: Text, study: Study) -> Laid:
    """Pages of all parts, numbered through. Raises ValueError when there is no form at all."""
    if not parts:
        raise ValueError("no form to print")
    laid = []
    for part in parts:
        laid.append((part, paginate(part.rows, (part.frames[0].area.height, part.frames[1].area.height))))
    total = sum(len(pages) for _, pages in laid)
    leaves: list[Leaf] = []
    for part, pages in laid:
        for sheet, page in enumerate(pages, start=1):
            frame = part.frames[page.wide]
            inks = frame.inks(len(leaves) + 1, total, sheet, len(pages))
            marks = [(level, name, 0.0) for level, name in part.bookmarks] if sheet == 1 else []
            for top, row in page.rows:
                inks.extend(row.inks(frame.area.left, frame.area.top + top))
                if row.bookmark is not None:
                    marks.append((*row.bookmark, frame.area.top + top))
            leaves.append(Leaf(page.wide, inks, marks, part.facts.watermark))
    title = message("pdf.document_title", study=study.oid, what=what)
    return Laid(leaves, voice.say(title), voice.say(study.protocol), voice.locale)


def _printed(laid: Laid, drawn: Callable[[int], None] = lambda _leaves: None) -> Printed:
    """The pages drawn; ``drawn`` is told after each how many there are."""
    data = render(
        laid.leaves,
        title=printable(laid.title),
        subject=printable(laid.subject),
        author="MDA5-CRF",
        locale=laid.locale,
        drawn=drawn,
    )
    return Printed(data, len(laid.leaves), _shapeless(ink for leaf in laid.leaves for ink in leaf.inks))


def _shapeless(inks: Iterable[Ink]) -> tuple[str, ...]:
    """The characters that were printed as their code, each once, in the order of the pages."""
    found: dict[str, None] = {}
    for ink in inks:
        if isinstance(ink, Words) and "□U+" in ink.text:
            found |= dict.fromkeys(chr(int(code, 16)) for code in _CODE.findall(ink.text))
    return tuple(found)
