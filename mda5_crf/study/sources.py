"""Where an answer comes from: transcribed from which document, written here first, or calculated."""

from __future__ import annotations

from mda5_crf.study.model import Item, ItemType, Study
from mda5_crf.text import Text, message


def source_of(study: Study, item: Item) -> Text | None:
    """The source of one item in words; None where the definition does not say, and for mere words."""
    if item.type is ItemType.LABEL:
        return None
    if item.computed:
        return message("sourcelist.calculated")
    code = item.source or study.forms[item.form].source
    return study.sources.get(code) if code else None
