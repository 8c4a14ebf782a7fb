"""Redaction with trace: records of the item in hand, proposals that wait, redactions that stand."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from mda5_crf.itemkey import ItemKey
from mda5_crf.services import redacting
from mda5_crf.services.changes import Reason
from mda5_crf.services.session import Session
from mda5_crf.text import Text, message
from mda5_crf.ui.act_panel import Act, Ask, Kind
from mda5_crf.ui.language import speak
from mda5_crf.ui.trace_base import Row, TracePage

_RECORDS = ("when", "who", "where", "what")
_STANDS = ("state", "records", "who", "why", "left")
_PRIVACY = "PRIVACY"
_BETWEEN = "; "


class RedactPage(TracePage):
    """See the module text. Space ticks records; all ticked ones go together, else the one in hand."""

    title = message("redact.title")

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self._about = ItemKey()
        self._waiting: dict[str, redacting.Proposal] = {}
        self.records = self.table(
            message("redact.records"), [message(f"redact.head_{o}") for o in _RECORDS], 3
        )
        self.both = self.press(message("redact.both"), lambda: self._propose(at_once=True))
        self.propose = self.press(message("redact.propose"), lambda: self._propose(at_once=False))
        self.confirm = self.press(message("redact.confirm"), self._confirm)
        self.withdraw = self.press(message("redact.withdraw"), self._withdraw)
        self.stands = self.table(message("redact.stands"), [message(f"redact.head_{o}") for o in _STANDS], 2)
        self.stands.currentItemChanged.connect(lambda *_: self._enable())
        self.records.currentItemChanged.connect(lambda *_: self._enable())
        self.finish()

    def refresh(self) -> None:
        """The records of the item one came from, and what was proposed and done."""
        if self.came_from is not None:
            self._about, self.came_from = self.came_from, None
        zone = self.session.zone
        lines = self.session.history(self._about) if self._about.subject else ()
        self.fill(
            self.records,
            [
                (
                    one.record,
                    (f"{one.at.astimezone(zone):%Y-%m-%d %H:%M}", one.person, one.where, speak(one.text)),
                    False,
                )
                for one in reversed(lines)
            ],
        )
        for index in range(self.records.topLevelItemCount()):
            item = self.records.topLevelItem(index)
            assert item is not None
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(0, Qt.CheckState.Unchecked)
        self.widen(self.records)
        waiting, standing = self.session.redactions()
        self._waiting = {one.id: one for one in waiting}
        rows: list[Row] = [
            (one.id, (speak(message("redact.waits")), _BETWEEN.join(one.records), one.person, one.reason,
                      _BETWEEN.join(one.left)), False)
            for one in waiting
        ]  # fmt: skip
        rows += [
            (one.record, (speak(message("redact.emptied" if one.emptied else "redact.unemptied")),
                          _BETWEEN.join(one.records), f"{one.proposed}, {one.confirmed}", one.reason,
                          _BETWEEN.join(one.left)), False)
            for one in reversed(standing)
        ]  # fmt: skip
        self.fill(self.stands, rows)
        self.tell(message("redact.about" if lines else "redact.from_item"))
        self._enable()

    def _ticked(self) -> list[str]:
        found = []
        for index in range(self.records.topLevelItemCount()):
            item = self.records.topLevelItem(index)
            if item is not None and item.checkState(0) is Qt.CheckState.Checked:
                found.append(str(item.data(0, int(Qt.ItemDataRole.UserRole))))
        return found or [one for one in (self.chosen(self.records),) if one]

    def _enable(self) -> None:
        some = bool(self._ticked())
        self.both.setEnabled(some)
        self.propose.setEnabled(some)
        chosen = self._waiting.get(self.chosen(self.stands))
        may = redacting.may_confirm(self.session)
        self.confirm.setEnabled(chosen is not None and not chosen.own and may)
        self.withdraw.setEnabled(chosen is not None)

    # -- acts

    def _propose(self, *, at_once: bool) -> None:
        records = self._ticked()
        others = [one for record in records for one in redacting.related(self.session, record)]
        whole = list(dict.fromkeys([*records, *others]))
        left = _BETWEEN.join(speak(one) for one in redacting.reaches(self.session, records))
        asks = (
            Ask("text", message("redact.reason"), Kind.WORDS),
            Ask("left", message("redact.left"), Kind.WORDS, left, needed=False),
            Ask(
                "all",
                message("redact.others", count=len(whole) - len(records)),
                Kind.CHECK,
                "1",
                needed=False,
            ),
            Ask("own", message("redact.own"), Kind.SECRET),
        )
        title = message("redact.both" if at_once else "redact.propose")
        about = redacting.described(self.session, records[0])
        second = message("redact.second_why") if at_once else None

        def do(typed: Mapping[str, str], other: tuple[str, str]) -> Text:
            named = whole if typed["all"] else records
            reason = Reason(_PRIVACY, typed["text"])
            kept = tuple(part.strip() for part in typed["left"].split(_BETWEEN.strip()) if part.strip())
            if at_once:
                made = self.session.redact(named, reason, kept, own_password=typed["own"], second=other)
                return message("redact.done", record=made)
            proposal = self.session.propose_redaction(named, reason, kept, own_password=typed["own"])
            return message("redact.done_propose", proposal=proposal)

        self.ask(Act(title, about, asks, second=second), do)

    def _confirm(self) -> None:
        proposal = self.chosen(self.stands)
        waits = self._waiting[proposal]

        def do(typed: Mapping[str, str], _: tuple[str, str]) -> Text:
            made = self.session.confirm_redaction(proposal, own_password=typed["own"])
            return message("redact.done", record=made)

        about = redacting.described(self.session, waits.records[0])
        self.ask(Act(message("redact.confirm"), about, (Ask("own", message("redact.own"), Kind.SECRET),)), do)

    def _withdraw(self) -> None:
        proposal = self.chosen(self.stands)

        def do(_typed: Mapping[str, str], _: tuple[str, str]) -> Text:
            self.session.withdraw_redaction(proposal)
            return message("redact.done_withdraw")

        self.ask(Act(message("redact.withdraw"), message("redact.withdraw_about")), do)

    def take_focus(self) -> None:
        """To the panel where one is open, else to the records, else to what waits."""
        if self.panel is not None:
            self.panel.take_focus()
        else:
            (self.records if self.records.topLevelItemCount() else self.stands).setFocus()

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        if (
            not self.stopped
            and self.panel is None
            and (self.records.topLevelItemCount() or self.stands.topLevelItemCount())
        ):
            self.refresh()
