"""The end of a second entry (F12): what agrees, what differs and waits, what was entered only once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from mda5_crf.errors import CrfError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import second_resolve
from mda5_crf.services.changes import Reason
from mda5_crf.services.second_book import OPEN, Stage, Standing
from mda5_crf.study.model import Severity
from mda5_crf.study.state import Finding
from mda5_crf.study.values import Entry
from mda5_crf.text import Text, both, message
from mda5_crf.ui.answers import answer
from mda5_crf.ui.form_acts import FormActs
from mda5_crf.ui.language import say, speak
from mda5_crf.ui.second_banner import stage_words
from mda5_crf.ui.second_commits import SecondCommits
from mda5_crf.ui.second_strip import FIRST, SECOND
from mda5_crf.ui.summary import Summary, SummaryLine

if TYPE_CHECKING:
    from mda5_crf.ui.second_page import SecondPage

DIFFERS, ONCE, ONLY_FIRST, ONLY_SECOND, TIE = "DIFFERS", "ONCE", "ONLY_FIRST", "ONLY_SECOND", "TIE"
_TOLD = 3
"""So many answers of a row say which row is meant."""


class SecondSummary(Summary):
    """What is left of the double entry; each line leads to its field, or asks about its row."""

    def title(self) -> Text:
        """How many things there are."""
        return message("second.left", count=len(self.buttons()))


class SecondEnd(FormActs):
    """Acts on a form that are other in the second entry."""

    def __init__(self, page: SecondPage) -> None:
        super().__init__(page)
        self._second = page

    def confirm(self) -> bool:
        """F8: show both readings of the focused item again."""
        field, commits = self._committed(), self._page.commits
        if field is None or not isinstance(commits, SecondCommits):
            return False
        one = self._second.second.comparison(field.key)
        if one is None or one.standing not in OPEN or (field.key.group_repeat and not self._page.asked):
            self._page.announce(say("second.nothing_here", item=field.item.label))
            return False
        if commits.strip is None:
            commits.show(field, one)
        return True

    def complete(self) -> bool:
        """Compare rows too, say how it stands, list what is left. True when nothing is."""
        page = self._second
        if not page.commits.commit_all():
            return False
        page.asked = True
        page.refresh()
        page.tell_banner()
        book = page.second.book()
        self.list_again()
        page.announce(speak(stage_words(book)) if book.begun else say("second.nothing_yet"))
        if book.stage is Stage.AGREED:
            page.asked = False
            page.completed.emit(None)
            return True
        page.view.verticalScrollBar().setValue(0)
        page.summary.take_focus()
        return False

    def list_again(self) -> None:
        """Bring the list up to date, if it was asked for."""
        page = self._second
        if page.asked:
            page.summary.tell([SummaryLine(f, label, False) for f, label in self._lines()], blocking=False)
            page.relayout()

    def _lines(self) -> Iterator[tuple[Finding, Text]]:
        book, form = self._second.second.book(), self._second.entry.form
        for one in book.listed(Standing.DIFFERS, Standing.AGAIN, Standing.ONCE, Standing.SAME_PERSON):
            label = form.items[one.key.item].label
            code = DIFFERS if one.standing in OPEN else ONCE
            yield _line(code, f"second.line_{one.standing}", one.key, item=label), label
        for group, row, _ in book.ties():
            yield self._row(TIE, group, row, second=True)
        for group, row in book.only_second():
            yield self._row(ONLY_SECOND, group, row, second=True)
        for group, row in book.only_first():
            yield self._row(ONLY_FIRST, group, row, second=False)

    def _row(self, code: str, group: str, row: str, *, second: bool) -> tuple[Finding, Text]:
        key = self._second.entry.key._replace(group=group, group_repeat=row)
        words = self._told(key, second=second)
        return _line(code, f"second.line_{code.lower()}", key, row=words), words

    def _told(self, row: ItemKey, *, second: bool) -> Text:
        """The first answers of a row: which row it is for whoever has the paper."""
        page = self._second
        session = page.session if second else page.second.base
        data = session.data(row.subject)
        group = next(g for g in page.entry.form.groups if g.name == row.group)
        told = []
        for item in group.items:
            said: Entry | None = data.get(row._replace(item=item.name))
            if said is not None and not item.computed:
                told.append(answer(session, item, row._replace(item=item.name), said))
        return both(" · ".join(told[:_TOLD]))

    # -- a line was pressed

    def go_to_finding(self, finding: object) -> None:
        """To the field and its two readings, or to the question about the row."""
        assert isinstance(finding, Finding)
        page, key = self._second, finding.items[0]
        if finding.check in (DIFFERS, ONCE):
            if page.moves.go_to(key) and finding.check == DIFFERS:
                self.confirm()
            return
        commits = page.commits
        assert isinstance(commits, SecondCommits)
        questions = {ONLY_FIRST: self._ask_first, ONLY_SECOND: self._ask_second, TIE: self._ask_tie}
        question, choices, act = questions[finding.check](key)
        commits.ask_row(question, choices, lambda reason: self._do(lambda: act(reason)))

    def _ask_first(self, row: ItemKey) -> tuple[Text, dict[str, Text], Callable[[Reason], None]]:
        acts = {FIRST: second_resolve.keep_row, SECOND: second_resolve.strike_first_row}
        second = self._second.second
        choices = {FIRST: message("second.row_overlooked"), SECOND: message("second.row_strike")}
        question = message("second.ask_only_first", row=self._told(row, second=False))
        return question, choices, lambda reason: acts[reason.code](second, row, reason.text)

    def _ask_second(self, row: ItemKey) -> tuple[Text, dict[str, Text], Callable[[Reason], None]]:
        acts = {FIRST: second_resolve.drop_row, SECOND: second_resolve.take_row}
        second = self._second.second
        choices = {FIRST: message("second.row_error"), SECOND: message("second.row_add")}
        # Perhaps it is a row that has no partner either, with more differences than a match allows.
        choices |= self._candidates(row, [r for g, r in second.book().only_first() if g == row.group])
        question = message("second.ask_only_second", row=self._told(row, second=True))

        def act(reason: Reason) -> None:
            if reason.code in acts:
                acts[reason.code](second, row, reason.text)
            else:
                second_resolve.pair(second, row, reason.code)

        return question, choices, act

    def _ask_tie(self, row: ItemKey) -> tuple[Text, dict[str, Text], Callable[[Reason], None]]:
        second = self._second.second
        choices = self._candidates(row, list(second.book().rows[row.group].ties[row.group_repeat]))
        choices[SECOND] = message("second.row_add")
        choices[FIRST] = message("second.row_error")
        question = message("second.ask_tie", row=self._told(row, second=True))

        def act(reason: Reason) -> None:
            if reason.code == FIRST:
                second_resolve.drop_row(second, row, reason.text)
            elif reason.code == SECOND:
                second_resolve.take_row(second, row, reason.text)
            else:
                second_resolve.pair(second, row, reason.code)

        return question, choices, act

    def _candidates(self, row: ItemKey, first: list[str]) -> dict[str, Text]:
        names = self._second.names
        return {
            one: message(
                "second.row_is",
                number=names.row(row._replace(group_repeat=one)),
                row=self._told(row._replace(group_repeat=one), second=False),
            )
            for one in first
        }

    def _do(self, act: Callable[[], None]) -> None:
        page = self._second
        try:
            act()
        except CrfError as problem:
            page.refused(None, problem)
            return
        page.resolved()
        page.announce(say("second.resolved"))
        page.summary.take_focus()


def _line(check: str, code: str, key: ItemKey, **words: Text) -> Finding:
    return Finding(check, Severity.QUERY, message(code, **words), (key,))
