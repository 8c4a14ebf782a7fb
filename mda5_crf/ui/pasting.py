"""Ctrl+V of a block in a table, Ctrl+Shift+V anywhere on the page: preview, one transaction, one way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from mda5_crf.errors import CrfError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Changes, Reason
from mda5_crf.services.pasteblock import is_block
from mda5_crf.services.pasting import PastePlan, plan_again
from mda5_crf.study.model import Layout
from mda5_crf.text import message
from mda5_crf.ui.field import Field
from mda5_crf.ui.form_layout import Section
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.paste_panel import PastePanel
from mda5_crf.ui.pasted_strip import PastedStrip

if TYPE_CHECKING:
    from mda5_crf.ui.form_page import FormPage

_TABLES = (Layout.LOG, Layout.GRID, Layout.PANEL)


class Pasting:
    """See the module text. ``panel`` is the preview while there is one."""

    def __init__(self, page: FormPage) -> None:
        self._page = page
        self._at: ItemKey | None = None
        self.panel: PastePanel | None = None
        self.strip: PastedStrip | None = None

    # -- what is on the clipboard

    def offered(self, field: Field) -> bool:
        """Ctrl+V in ``field``: True when a block is there and it stands in a table, which then takes it."""
        section = self._section(field.item.group)
        return section is not None and is_block(_clipboard()) and self.open(section, field.key)

    def paste_rows(self) -> bool:
        """Ctrl+Shift+V: what is on the clipboard, into the table that has the keyboard (or the only one)."""
        page = self._page
        field, here = page.focused, page.rows.at()
        if here is not None and here[1] is None:
            key = here[0].open_row
            return self.open(
                self._section(here[0].group.name),
                page.entry.key._replace(group=here[0].group.name, group_repeat=key) if key else None,
            )
        adder = next((s for s in page.sections if s.adder is not None and s.adder.has_focus()), None)
        if adder is not None:
            return self.open(adder, None)
        section = self._section(field.item.group) if field is not None else None
        if section is None:
            tables = [s for s in page.sections if s.group.layout in _TABLES and _is_there(s)]
            section = tables[0] if len(tables) == 1 else None
            field = None
        return self.open(section, field.key if field is not None else None)

    def _section(self, group: str) -> Section | None:
        found = next((s for s in self._page.sections if s.group.name == group), None)
        return found if found is not None and found.group.layout in _TABLES else None

    def open(self, section: Section | None, at: ItemKey | None) -> bool:
        """Show what would become of the clipboard; why not, when nothing can."""
        page = self._page
        if page.entry.readonly is not None:
            return False
        if page.entry.blind:
            page.announce(say("paste.not_second"))  # the same block twice would prove nothing
            return True
        if page.focused is not None and not page.commits.commit(page.focused, by_keyboard=True):
            return True
        if section is None or not _is_there(section):
            page.announce(say("paste.no_table"))
            return False
        try:
            plan = page.entry.paste_plan(section.group.name, _clipboard(), at)
        except CrfError as problem:
            page.refused(None, problem)
            return True
        self.close()
        self._at = at
        self.panel = PastePanel(page, section.group.title, plan, self._replan)
        self.panel.closed.connect(self.cancel)
        self.panel.taken.connect(self._take)
        self._show(self.panel)
        page.announce(self.panel.summary())
        return True

    def _replan(self, chosen: dict[str, object]) -> PastePlan:
        assert self.panel is not None
        return plan_again(self._page.session, self._page.entry, self.panel.plan, self._at, **chosen)

    def _show(self, panel: PastePanel | PastedStrip) -> None:
        layout = self._page.layout()
        assert layout is not None
        layout.addWidget(panel)
        panel.show()
        panel.take_focus()

    # -- taking

    def _take(self, plan: object) -> None:
        assert isinstance(plan, PastePlan)
        page = self._page
        anchor = self._anchor(plan.group)
        made: list[tuple[ItemKey, ...]] = []

        def do(reason: Reason | None) -> Changes:
            rows, changes = page.entry.take_paste(plan, reason)
            first = page.entry.key._replace(group=plan.group, group_repeat=plan.into)
            made.append((first, *rows) if plan.into else rows)
            return changes

        def taken(reason: Reason | None) -> None:
            if page.commits.act_now(do, reason):
                self._taken(plan, made[-1])

        question = message("form.reason_add" if plan.row_count else "paste.reason")
        page.commits.ask_or(anchor, question, taken)

    def _anchor(self, group: str) -> Field | None:
        """The field under which a reason is asked for."""
        page = self._page
        inside = [f for f in page.fields.values() if f.item.group == group and f.shown]
        return next(iter([*inside, *(f for f in page.fields.values() if f.shown)]), None)

    def _taken(self, plan: PastePlan, rows: tuple[ItemKey, ...]) -> None:
        self.close()
        page = self._page
        words = message("paste.done", count=len(plan.taken))
        if rows:
            words = message("paste.done_rows", count=len(plan.taken), rows=len(rows))
        page.announce(speak(words))
        first = rows[0] if rows else plan.entries()[0][0] if plan.entries() else None
        if not rows:
            if first is not None:
                page.moves.go_to(first)
            return
        self.strip = PastedStrip(page, words, len(rows))
        self.strip.closed.connect(lambda: self._done(first))
        self.strip.struck.connect(lambda: self._strike(plan.group, rows))
        self._show(self.strip)

    def _done(self, first: ItemKey | None) -> None:
        self.close()
        if first is None or not self._page.go_to(first):
            self._page.open_page()

    def _strike(self, group: str, rows: tuple[ItemKey, ...]) -> None:
        page = self._page
        anchor = self._anchor(group)
        if anchor is None:
            return

        def strike(reason: Reason) -> None:
            if page.commits.act_now(lambda why: page.entry.strike_rows(rows, why or reason), reason):
                page.announce(say("paste.struck", count=len(rows)))
                page.open_page()

        self.close()
        page.commits.ask(anchor, message("paste.reason_strike", count=len(rows)), strike, page.open_page)

    # -- away

    def cancel(self) -> None:
        """Put it away and go back to where the keyboard was."""
        at = self._at
        self.close()
        if at is None or not at.item or not self._page.go_to(at):
            self._page.open_page()

    def close(self) -> None:
        """Put away what is open."""
        for widget in (self.panel, self.strip):
            if widget is not None:
                widget.setVisible(False)
                widget.setParent(None)
                widget.deleteLater()
        self.panel = self.strip = None


def _is_there(section: Section) -> bool:
    if section.adder is not None:
        return section.applies
    return section.table is not None and section.table.shown


def _clipboard() -> str:
    return QApplication.clipboard().text()
