"""The casebook of a participant: everything of one person in one file, with two sets of bookmarks.

Cover, contents and status matrix come first, then the forms by visit and the running logs, scores, charts,
and what proves them: trail, queries, verification, signatures, locks, deviations. The number on a page is
its number in the file, so the contents are set twice: once to know how long they are, once with numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mda5_crf.pdf.book import Book, Chart, Listing
from mda5_crf.pdf.bookgrid import grid_rows
from mda5_crf.pdf.bookscores import score_rows
from mda5_crf.pdf.chart import chart
from mda5_crf.pdf.contents import Entry, contents
from mda5_crf.pdf.document import Progress, filled_parts
from mda5_crf.pdf.frame import Facts
from mda5_crf.pdf.ink import SECOND, SMALL, Strip, gap, lines
from mda5_crf.pdf.layout import PAD_X, UPRIGHT_WIDTH, Cell, Row
from mda5_crf.pdf.linked import first_pages
from mda5_crf.pdf.listing import listed, sentence
from mda5_crf.pdf.paper import FilledForm, Printed
from mda5_crf.pdf.parts import Laid, Part, Stamp, assemble, framed, printed
from mda5_crf.pdf.plainhead import Letterhead
from mda5_crf.pdf.proof import Proofs
from mda5_crf.pdf.voice import Voice
from mda5_crf.text import Text, message

COVER, CONTENTS, GRID, SCORES, CHARTS, VOIDED = "cover", "contents", "matrix", "scores", "charts", "voided"
_BESIDE = 2  # charts beside each other
_GAP = 14.0


@dataclass(frozen=True, slots=True)
class _Chapter:
    """Parts under one bookmark of the first level; ``goal`` is where it begins."""

    title: str
    goal: str
    parts: list[Part]


def print_casebook(
    book: Book, *, proof: Stamp | None = None, progress: Progress = lambda _done, _total: None
) -> Printed:
    """The casebook as PDF. ``progress`` is told steps of forms laid out and of pages drawn."""
    steps = 2 * len(book.pages) + 2
    laid = lay_casebook(book, proof=proof, progress=lambda done, _: progress(done, steps))
    half, leaves = len(book.pages) + 1, len(laid.leaves)
    return printed(laid, lambda done: progress(half + half * done // leaves, steps))


def lay_casebook(
    book: Book, *, proof: Stamp | None = None, progress: Progress = lambda _done, _total: None
) -> Laid:
    """The casebook as pages that are not yet drawn."""
    voice = Voice(book.language)
    chapters = list(_chapters(book, voice, progress))
    progress(len(book.pages) + 1, len(book.pages) + 1)
    entries = _entries(voice, chapters)
    behind = [part for chapter in chapters for part in chapter.parts]
    numbers = first_pages([*_front(book, voice, entries, {}), *behind])
    parts = [*_front(book, voice, entries, numbers), *behind]
    title = message("casebook.document", participant=book.header.subjid)
    return assemble(parts, voice, title, book.study, outline=_by_form(book, voice), stamp=_only_forms(proof))


def _only_forms(proof: Stamp | None) -> Stamp | None:
    """A proof stands on pages of forms; other pages have no place for it."""
    if proof is None:
        return None
    put = proof
    if isinstance(proof, Proofs):
        proof.pages.clear()  # the first page is no form
    return lambda sheet: put(sheet) if sheet.part.facts.stamped else ()


# -- what is in it -------------------------------------------------------------------------------------


def _chapters(book: Book, voice: Voice, progress: Progress) -> Iterator[_Chapter]:
    if book.grid is not None:
        title = message("casebook.matrix")
        room = framed(_facts(book, voice, GRID, title), voice)[0].area.height
        yield _chapter(book, voice, GRID, title, grid_rows(book.grid, voice, room))
    for listing in book.before:
        yield _of_listing(book, voice, listing)
    yield from _forms(book, voice, progress)
    if book.scores is not None:
        rows = score_rows(book.scores, voice) or [sentence(voice, message("casebook.no_scores"))]
        yield _chapter(book, voice, SCORES, message("casebook.scores"), rows)
    if book.charts is not None:
        rows = _charts(book.charts, voice) or [sentence(voice, message("casebook.no_charts"))]
        yield _chapter(book, voice, CHARTS, message("casebook.charts"), rows)
    yield from _behind(book, voice)


def _behind(book: Book, voice: Voice) -> list[_Chapter]:
    """Listings behind the forms. An empty one stands below the one before it while both fit on one page."""
    made: list[_Chapter] = []
    page: Part | None = None  # a single page that has room
    for listing in book.after:
        own = _of_listing(book, voice, listing)
        (part,) = own.parts
        if page is not None and not listing.rows:
            shared = replace(page, rows=[*page.rows, _below(voice, listing.title), *part.rows])
            if _single(shared):
                at = next(number for number, one in enumerate(made) if page in one.parts)
                made[at] = replace(made[at], parts=[shared])
                made.append(_Chapter(own.title, page.goal, []))
                page = shared
                continue
        made.append(own)
        page = part if _single(part) else None
    return made


def _single(part: Part) -> bool:
    return sum(row.height for row in part.rows) <= part.frames[0].area.height


def _below(voice: Voice, title: Text) -> Row:
    """The title of a chapter that begins within a page."""
    strips = voice.lines(title, UPRIGHT_WIDTH - 2 * PAD_X, size=12.0, bold=True)
    cell = Cell(0.0, UPRIGHT_WIDTH, (gap(18.0), *strips, gap(2.0)))
    return Row((cell,), edge="", keep=True, bookmark=(0, voice.say(title)))


def _of_listing(book: Book, voice: Voice, listing: Listing) -> _Chapter:
    return _chapter(book, voice, listing.name, listing.title, listed(listing, voice))


def _chapter(book: Book, voice: Voice, name: str, title: Text, rows: Sequence[Row]) -> _Chapter:
    said = voice.say(title)
    facts = _facts(book, voice, name, title)
    return _Chapter(said, name, [Part(facts, framed(facts, voice), rows, ((0, said),), name)])


def _forms(book: Book, voice: Voice, progress: Progress) -> Iterator[_Chapter]:
    """Two chapters: the visits in their order, and the running logs."""
    made = filled_parts(
        book.study, book.pages, voice, header=book.header, demo=book.demo, made=book.made, level=1,
        progress=progress,
    )  # fmt: skip
    for name, running in (("visits", False), ("running", True)):
        own = [
            part
            for page, part in zip(book.pages, made, strict=True)
            if (page.state.key.event in book.last) is running
        ]
        title = voice.say(message(f"casebook.{name}"))
        if own:
            first = replace(own[0], bookmarks=((0, title), *own[0].bookmarks))
            yield _Chapter(title, first.goal, [first, *own[1:]])
        elif not running:
            empty = [
                sentence(
                    voice, message("casebook.no_forms" if book.only is None else "casebook.none_changed")
                )
            ]
            yield _chapter(book, voice, name, message(f"casebook.{name}"), empty)


def _charts(charts: Sequence[Chart], voice: Voice) -> list[Row]:
    wide = (UPRIGHT_WIDTH - _GAP) / _BESIDE
    note = [sentence(voice, message("casebook.chart_legend"))] if charts else []
    rows = []
    for start in range(0, len(charts), _BESIDE):
        cells = [
            Cell(
                number * (wide + _GAP),
                wide,
                (chart(one.course, one.where, voice, wide - 2 * PAD_X),),
            )
            for number, one in enumerate(charts[start : start + _BESIDE])
        ]
        rows.append(Row(tuple(cells), edge=""))
    return [*note, *rows]


# -- cover, contents, bookmarks ------------------------------------------------------------------------


def _entries(voice: Voice, chapters: Sequence[_Chapter]) -> list[Entry]:
    """What the contents list: chapters, visits, forms."""
    entries = [Entry(0, voice.say(message("casebook.contents")), CONTENTS)]
    for chapter in chapters:
        entries.append(Entry(0, chapter.title, chapter.goal))
        for part in chapter.parts:
            entries += [Entry(level, title, part.goal) for level, title in part.bookmarks if level]
    return entries


def _front(book: Book, voice: Voice, entries: Sequence[Entry], numbers: dict[str, int]) -> list[Part]:
    cover = message("casebook.title")
    top = [entry for entry in entries if not entry.level]
    rows = [*_cover(book, voice), *contents(top, numbers)]
    facts = _facts(book, voice, COVER, cover)
    second = _facts(book, voice, CONTENTS, message("casebook.contents"))
    return [
        Part(facts, framed(facts, voice), rows, ((0, voice.say(cover)),), COVER),
        Part(
            second,
            framed(second, voice),
            contents(entries[1:], numbers),
            ((0, voice.say(message("casebook.contents"))),),
            CONTENTS,
        ),
    ]


def _cover(book: Book, voice: Voice) -> list[Row]:
    rows = [_large(voice, message("casebook.of_participant", participant=book.header.subjid))]
    for text in (book.moment, book.only):
        if text is not None:
            rows.append(sentence(voice, text))
    left = UPRIGHT_WIDTH * 0.34
    for caption, value in book.facts:
        said = tuple(voice.lines(caption, left - 2 * PAD_X, size=SMALL, colour=SECOND))
        shown = tuple(voice.lines(value, UPRIGHT_WIDTH - left - 2 * PAD_X))
        rows.append(Row((Cell(0.0, left, said), Cell(left, UPRIGHT_WIDTH - left, shown))))
    rows.append(Row((Cell(0.0, UPRIGHT_WIDTH, (gap(8.0),)),), edge=""))
    title = voice.lines(message("casebook.inside"), UPRIGHT_WIDTH - 2 * PAD_X, bold=True)
    rows.append(Row((Cell(0.0, UPRIGHT_WIDTH, tuple(title)),), edge="", keep=True))
    return rows


def _large(voice: Voice, text: Text) -> Row:
    strips: list[Strip] = [gap(10.0)]
    for part in voice.parts(text):
        strips += lines(part, UPRIGHT_WIDTH - 2 * PAD_X, size=18.0, bold=True)
    return Row((Cell(0.0, UPRIGHT_WIDTH, (*strips, gap(6.0))),), edge="", keep=True)


def _by_form(book: Book, voice: Voice) -> list[tuple[int, str, str]]:
    """The second bookmarks: every form in the order in which the book meets it, and below it its visits."""
    found: dict[str, list[FilledForm]] = {}
    for page in book.pages:
        found.setdefault(page.form.oid, []).append(page)
    if not found:
        return []
    tree = [(0, voice.say(message("casebook.by_form")), _goal(book.pages[0]))]
    for oid, pages in found.items():
        tree.append((1, f"{oid} {voice.say(pages[0].form.name)}", _goal(pages[0])))
        for page in pages:
            label = _label(page)
            where = " ".join((voice.say(page.event_name), *(f"#{n}" for n in page.event.split("#")[1:])))
            extra = f" {label}" if page.repeat else ""
            tree.append((2, f"{where} {page.event_date}".strip() + extra, _goal(page)))
    return tree


def _label(page: FilledForm) -> str:
    return f"{page.form.oid}#{page.repeat}" if page.repeat else page.form.oid


def _goal(page: FilledForm) -> str:
    return f"form-{page.event}-{_label(page)}"


def goal_of(page: FilledForm) -> str:
    """The name under which links find the first page of a form."""
    return _goal(page)


def _facts(book: Book, voice: Voice, name: str, title: Text) -> Facts:
    """Head and foot of pages that are no forms."""
    header = book.header
    head = Letterhead(book.study, header.printed_by, book.made, book.demo, header.head)
    return head.facts(
        voice,
        title,
        name,
        subjid=header.subjid,
        site=header.site,
        event=voice.say(message("casebook.all_visits")),
        event_date="–",
        remarks=tuple(voice.say(text, "  ") for text in (book.moment, book.only) if text is not None),
        coded=False,
    )
