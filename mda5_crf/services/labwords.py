"""Where a result of a sheet goes, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mda5_crf.services.labplan import NEW_REPEAT, LabLine
from mda5_crf.text import Text, both, message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session


def where(session: Session, line: LabLine) -> Text:
    """``W12 · LBH · White cells``; "" where it goes nowhere."""
    if line.key is None:
        return both("")
    item = session.item_at(line.key)
    label = both(line.key.item) if item is None else item.label
    event = both(session.event_label(line.key))
    form = both(line.key.form)
    if line.key.form_repeat.startswith(NEW_REPEAT):
        form = message("labs.new_repeat", form=line.key.form)
    elif line.key.form_repeat:
        form = both(session.form_label(line.key.form_key()))
    return message("labs.place", event=event, form=form, item=label)
