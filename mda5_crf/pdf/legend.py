"""The small print above the foot of each page: missing codes and marks that can occur on this form."""

from __future__ import annotations

from mda5_crf.pdf.reading import MARKS
from mda5_crf.pdf.voice import Voice
from mda5_crf.study.model import Form, Study


def legend(study: Study, voice: Voice, form: Form) -> tuple[str, str]:
    """The codes of missing results, and the marks; the first is empty when the form has none."""
    codes = dict.fromkeys(code for item in form.items.values() for code in item.missing)
    listed = ""
    if codes:
        listed = " | ".join(
            f"{code} {voice.say(study.missing_codes[code])}" for code in codes if code in study.missing_codes
        )
        listed = f"{voice.tell('missing_codes')}: {listed}"
    return listed, "   ".join(f"{symbol}\u00a0{voice.tell(code)}" for symbol, code in MARKS.items())
