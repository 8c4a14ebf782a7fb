"""The languages in which pages are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mda5_crf.pdf import Tongue

TONGUES: tuple[Tongue, ...] = ("en", "zh", "both")
