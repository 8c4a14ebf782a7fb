"""One line of the audit trail in full: every fact of the record, as plain text that can be selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from mda5_crf.services.auditlines import AuditLine
from mda5_crf.text import Language
from mda5_crf.ui.language import language, say
from mda5_crf.ui.spoken import Spoken, name

if TYPE_CHECKING:
    from mda5_crf.ui.audit_strips import Counting

_ORDER = (
    "act", "participant", "event", "form", "row", "item", "label", "old", "new", "reason", "reason_text",
    "prompt", "name", "login", "role", "site", "vault", "device", "typed_local", "stored_local", "stored_utc",
    "zone", "left_local", "taken_local", "note", "version", "kind", "record", "replaces", "hash",
)  # fmt: skip


class AuditDetails(Spoken, QPlainTextEdit):
    """Tab leaves it; nothing can be typed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.line: AuditLine | None = None
        self.counting: Counting | None = None
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self.retranslate()

    def show_counts(self, counting: Counting) -> None:
        """Show counts, as soon as they are made, until another line is chosen."""
        self._forget_counts()
        self.counting = counting
        counting.ready.connect(self.retranslate)
        self.retranslate()

    def _forget_counts(self) -> None:
        counting, self.counting = self.counting, None
        if counting is not None:
            counting.ready.disconnect(self.retranslate)
            counting.stop()
            counting.deleteLater()

    def show_line(self, line: AuditLine | None) -> None:
        """Show the facts of one line, None for none."""
        self._forget_counts()
        self.line = line
        self.setPlainText("" if line is None else "\n".join(facts(line, language())))

    def retranslate(self) -> None:
        """Speak the window's language."""
        if self.counting is not None:
            name(self, say("audit.counts_name"))
            self.setPlainText(self.counting.words())
            return
        name(self, say("audit.details"))
        self.show_line(self.line)


def facts(line: AuditLine, tongue: Language) -> list[str]:
    """``name: value`` for every fact there is."""
    from mda5_crf.services.auditcsv import cells

    told = cells(line, tongue)
    for which, at in (("typed", line.typed), ("left", line.left), ("taken", line.taken)):
        local = "" if at is None else line.typed_at(at).isoformat(sep=" ", timespec="seconds")
        told[f"{which}_local"] = local
    made = []
    for fact in _ORDER:
        if told[fact]:
            made.append(say("audit.fact", name=say(f"audit.col_{fact}"), value=told[fact]))
    return made
