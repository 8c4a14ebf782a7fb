"""Bundles: encrypted, signed files of journal records from one PC to one other.

``make`` writes the next one, ``plan`` says what is in one, ``take`` lets it in.
"""

from mda5_crf.sync.making import make
from mda5_crf.sync.taking import plan, take

__all__ = ["make", "plan", "take"]
