"""What is said of judgements that an investigator makes by the key that sets all the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mda5_crf.ui.language import say

if TYPE_CHECKING:
    from mda5_crf.services.resting import RestOffer


def judged_words(offer: RestOffer) -> str:
    """How many own judgements were set and to what, "" for none."""
    codes = " / ".join(dict.fromkeys(entry.text for _, entry in offer.own))
    return say("endorse.rest_own", count=len(offer.own), codes=codes) if offer.own else ""
