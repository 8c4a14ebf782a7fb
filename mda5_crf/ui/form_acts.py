"""Acts on a form other than typing: confirm, mark missing, rows of logs and grids, complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from mda5_crf.errors import CrfError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Changes, Reason
from mda5_crf.study.model import Severity
from mda5_crf.study.state import Finding
from mda5_crf.text import Text, both, message
from mda5_crf.ui.endorse_words import judged_words
from mda5_crf.ui.field import Field
from mda5_crf.ui.form_layout import Section
from mda5_crf.ui.group_grid import GroupGrid
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.pasting import Pasting
from mda5_crf.ui.summary import SummaryLine

if TYPE_CHECKING:
    from mda5_crf.ui.form_page import FormPage

NOT_DONE = "ND"


class FormActs:
    """See the module text. Each act commits the focused field first."""

    def __init__(self, page: FormPage) -> None:
        self._page = page
        self._listed: frozenset[tuple[str, tuple[ItemKey, ...]]] = frozenset()
        self.pasting = Pasting(page)

    def _committed(self) -> Field | None:
        """The focused field, committed; None when there is none or it waits for a reason."""
        field = self._page.focused
        if field is None or not self._page.commits.commit(field, by_keyboard=True):
            return None
        return field

    # -- F8

    def confirm(self) -> bool:
        """Confirm soft findings at once; a query finding asks why the value is right."""
        field = self._committed()
        if field is None or field.state is None:
            return False
        standing = [f for f in field.state.findings if not f.confirmed]
        soft = [f for f in standing if f.severity is Severity.SOFT]
        query = [f for f in standing if f.severity is Severity.QUERY]
        if soft:
            return all(self._confirm(field, finding, None) for finding in soft)
        if query:
            question = message("form.reason_confirm", item=field.item.label)
            self._page.commits.ask(
                field,
                question,
                lambda reason: self._confirm(field, query[0], reason),
                lambda: None,
                reasons=False,
            )
            return True
        self._page.announce(say("form.nothing_to_confirm", item=field.item.label))
        return False

    def _confirm(self, field: Field, finding: Finding, reason: Reason | None) -> bool:
        try:
            changes = self._page.entry.confirm(field.key, finding.check, reason)
        except CrfError as problem:
            self._page.refused(None, problem)
            return False
        self._page.apply(changes)
        self._page.announce(say("form.confirmed"))
        return True

    # -- Ctrl+U

    def codes_for(self, field: Field) -> tuple[tuple[str, Text], ...]:
        """The missing codes an item takes, with their words."""
        names = self._page.study.missing_codes
        codes = list(field.item.missing)
        if field.item.not_done_item is not None and NOT_DONE not in codes:
            codes.insert(0, NOT_DONE)
        return tuple((code, names.get(code, both(code))) for code in codes)

    def missing_menu(self) -> bool:
        """Open the menu at the focused field; its first line is chosen, so that Enter takes it."""
        field = self._page.focused
        if field is None or field.input.locked:
            return False
        codes = self.codes_for(field)
        marked = field.state is not None and field.state.value.missing
        if not codes:
            self._page.announce(say("form.missing_none", item=field.item.label))
            return False
        menu = QMenu(self._page)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(say("form.mark_missing", item=field.item.label))
        for code, words in codes:
            action = menu.addAction(speak(words).replace("&", "&&"))
            action.setData(code)
            action.triggered.connect(lambda _=False, chosen=code: self.mark_missing(chosen))
        if marked:
            menu.addSeparator()
            menu.addAction(say("form.missing_remove")).triggered.connect(lambda: self.mark_missing(""))
        target = field.input
        assert isinstance(target, QWidget)
        menu.setActiveAction(menu.actions()[0])
        menu.popup(target.mapToGlobal(QPoint(0, target.height())))
        return True

    def mark_missing(self, code: str) -> None:
        """Mark the focused item; "" takes the mark away. What stood there uncommitted gives way."""
        field = self._page.focused
        if field is None:
            return
        entry = self._page.entry

        def do(reason: Reason | None) -> Changes:
            field.input.restore()
            if code:
                return entry.set_missing(field.key, code, reason)
            return entry.set_value(field.key, "", None, reason)

        self._page.commits.act(field, message("form.reason_change", item=field.item.label), do)

    # -- rows

    def zero_row(self) -> bool:
        """Every empty cell of the focused grid row gets the group's zero; how many is said."""
        field = self._committed()
        grid = field.host if field is not None else None
        if field is None or not isinstance(grid, GroupGrid) or grid.group.zero_row is None:
            return False
        row = grid.row_of(field)
        code = grid.code_of_row(field)
        before = [c for c in row.cells.values() if c.stop and c.state and not _holds(c)]
        if not before:
            self._page.announce(say("form.row_nothing_empty", row=row.heading))
            return False
        entry = self._page.entry
        question = message("form.reason_change", item=row.heading)
        done = self._page.commits.act(
            field, question, lambda reason: entry.zero_row(grid.group.name, code, reason)
        )
        if done:
            words = say("form.row_set", row=row.heading, count=len(before), zero=grid.group.zero_row)
            self._page.announce(words)
        return done

    def rest(self) -> bool:
        """Every cell of the focused group that is still empty gets its answer at rest; how many is said."""
        field = self._committed()
        entry = self._page.entry
        if field is None or field.key.group_repeat or entry.readonly is not None:
            return False
        offer = entry.rest_offer(field.item.group)
        left = say("paste.rest_left", count=len(offer.judged)) if offer.judged else ""
        if not offer.cells and not offer.own:
            name = "rest_nothing" if offer.able else "rest_none"
            self._page.announce(left or say(f"paste.{name}"))
            return False
        group = next(s.group for s in self._page.sections if s.group.name == field.item.group)
        question = message("form.reason_change", item=group.title)
        done = self._page.commits.act(field, question, lambda reason: entry.rest(offer, reason))
        if done:
            count = len(offer.cells)
            words = say(
                "paste.rest_set_one" if count == 1 else "paste.rest_set",
                count=count, codes=" / ".join(offer.codes),
            ) if count else ""  # fmt: skip
            self._page.announce(say("paste.comma").join(filter(None, (words, judged_words(offer), left))))
        return done

    def _log(self, group: str) -> Section | None:
        """The log ``group``; for "" the one that has the keyboard, or the only one. None behind a gate."""
        page = self._page
        logs = [section for section in page.sections if section.adder is not None and section.applies]
        here = page.rows.at()
        focused = page.focused
        at = here[0].group.name if here is not None else focused.item.group if focused is not None else ""
        named = [log for log in logs if log.group.name == (group or at)]
        return named[0] if named else (logs[0] if len(logs) == 1 and not group else None)

    def add_row(self, group: str = "") -> bool:
        """Add a row and focus its first question."""
        log = self._log(group)
        page = self._page
        if log is None or page.entry.readonly is not None:
            return False
        if page.focused is not None and not page.commits.commit(page.focused, by_keyboard=True):
            return False
        if log.book is not None and not page.rows.may_leave(log.book):
            return False
        made: list[str] = []

        def do(reason: Reason | None) -> Changes:
            identity, changes = self._page.entry.add_row(log.group.name, reason)
            made.append(identity)
            return changes

        def focus() -> None:
            for identity in made:
                page.rows.reveal(page.entry.key._replace(group=log.group.name, group_repeat=identity))
            first = [f for f in page.stops if isinstance(f, Field) and f.stop and f.key.group_repeat in made]
            if first:
                page.moves.focus(first[0])

        anchor = page.focused if page.focused and page.focused.item.group == log.group.name else None
        anchor = anchor or next(iter([*log.fields, *page.fields.values()]), None)
        if self._page.commits.act(anchor, message("form.reason_add"), lambda r: _then(do(r), made)):
            focus()
            return True
        return anchor is not None

    def strike_row(self) -> bool:
        """Ask why, then strike the focused row out."""
        here = self._page.rows.at()
        field = self._committed() if here is None or here[1] is not None else next(iter(here[0].fields), None)
        number = self._page.rows.number_of(field) if field is not None else 0
        if field is None or not number:
            return False
        question = message("form.reason_strike", item=message("form.row_number", number=number))
        row = field.key.row_key()
        entry = self._page.entry

        def strike(reason: Reason) -> None:
            try:
                changes = entry.strike_row(row, reason)
            except CrfError as problem:
                self._page.refused(None, problem)
                return
            self._page.apply(changes)
            self._page.announce(say("form.struck"))
            self._page.moves.enter()

        self._page.commits.ask(field, question, strike, lambda: None)
        return True

    # -- F12

    def complete(self) -> bool:
        """Complete the form, or show what stands in the way; what becomes a query is shown once before."""
        page = self._page
        if not page.commits.commit_all():
            strip = page.commits.strip
            if strip is not None:
                strip.take_focus()
            return False
        page.asked = True
        page.refresh()
        try:
            if not self._blocked() and self._show_queries():
                return False
            completion = page.entry.complete()
        except CrfError as problem:
            page.refused(None, problem)
            return False
        page.apply(completion.changes)
        if not completion.done:
            self._show(completion.blocking, blocking=True)
            return False
        page.asked = False
        self._listed = frozenset()
        page.summary.tell((), blocking=False)
        page.refresh()
        page.relayout()
        page.announce(say("form.form_completed", form=page.entry.form.name))
        page.completed.emit(completion)
        return True

    def _blocked(self) -> bool:
        asked = {(q.check, q.key) for q in self._page.entry.queries() if q.is_open}
        findings = self._page.entry.state.findings
        return any(
            f.blocks and not f.confirmed and not any((f.check, k) in asked for k in f.items) for f in findings
        )

    def _show_queries(self) -> bool:
        """List what would become queries, the first time. True when there was something new to list."""
        asked = {(q.check, q.key) for q in self._page.entry.queries()}
        waiting = [
            f
            for f in self._page.entry.state.findings
            if f.severity is Severity.QUERY
            and not f.confirmed
            and not any((f.check, k) in asked for k in f.items)
        ]
        seen = frozenset((f.check, f.items) for f in waiting)
        if not waiting or seen <= self._listed:
            return False
        self._listed = seen
        self._show(waiting, blocking=False)
        return True

    def _show(self, findings: list[Finding] | tuple[Finding, ...], *, blocking: bool) -> None:
        page = self._page
        lines = [SummaryLine(f, self._label(f), blocking and _may_be_asked(f)) for f in findings]
        page.summary.tell(lines, blocking=blocking, notes=self._no_longer_apply())
        page.relayout()
        page.view.verticalScrollBar().setValue(0)
        page.summary.take_focus()
        page.announce(speak(page.summary.title()))

    def _label(self, finding: Finding) -> Text:
        key = finding.items[0] if finding.items else None
        item = self._page.entry.form.items.get(key.item) if key is not None else None
        return item.label if item is not None else self._page.entry.form.name

    def _no_longer_apply(self) -> tuple[Text, ...]:
        keys = self._page.entry.state.no_longer_apply
        if not keys:
            return ()
        labels = [self._page.entry.form.items[key.item].label for key in keys]
        names = Text("; ".join(x.en for x in labels), "；".join(x.zh for x in labels))
        if len(keys) == 1:
            return (message("form.no_longer_apply_one", items=names),)
        return (message("form.no_longer_apply_many", count=len(keys), items=names),)

    def go_to_finding(self, finding: object) -> None:
        """A line of the summary was pressed."""
        assert isinstance(finding, Finding)
        for key in finding.items:
            if self._page.moves.go_to(key):
                return

    def put_to_query(self, finding: object) -> None:
        """A person lets a finding stand and asks about it; the rest of the summary stays."""
        assert isinstance(finding, Finding)
        page = self._page
        try:
            page.entry.put_to_query(finding)
        except CrfError as problem:
            page.refused(None, problem)
            return
        page.refresh()
        left = tuple(
            f for f in page.entry.state.findings if f.blocks and not f.confirmed and not self._asked(f)
        )
        self._show(left, blocking=True)
        if not left:
            page.moves.go_to(finding.items[0])

    def _asked(self, finding: Finding) -> bool:
        return any(
            q.is_open and q.check == finding.check and q.key in finding.items
            for q in self._page.entry.queries()
        )


def _may_be_asked(finding: Finding) -> bool:
    return finding.severity is Severity.HARD and bool(finding.items)


def _holds(field: Field) -> bool:
    return field.state is not None and bool(field.state.value.text or field.state.value.missing)


def _then(changes: Changes, made: list[str]) -> Changes:
    assert made
    return changes
