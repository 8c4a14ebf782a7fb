"""The small print above the foot of each page: missing codes and marks that can occur on this form."""

from __future__ import annotations

from mda5_crf.pdf.reading import MARKS
from mda5_crf.pdf.voice import Voice
from mda5_crf.study.model import Form, Study


def legend(study: Study, voice: Voice, form: Form, *, blank: bool) -> tuple[str, ...]:
    """One line for the codes of missing results, one for the marks (filled pages only)."""
    codes = dict.fromkeys(code for item in form.items.values() for code in item.missing)
    told = []
    if codes:
        listed = " | ".join(
            f"{code} {voice.say(study.missing_codes[code])}" for code in codes if code in study.missing_codes
        )
        told.append(voice.tell("missing_codes", list=listed) if len(voice.languages) == 1 else listed)
    if not blank:
        told.append("   ".join(f"{symbol} {voice.tell(code)}" for symbol, code in MARKS.items()))
    return tuple(told)
