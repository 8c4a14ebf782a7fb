"""Case report forms as PDF: blank and filled, English, Chinese or both. reportlab lives only here.

A form becomes rows (``groups``, ``questions``, ``tables``), rows become pages (``layout``), pages become
bytes (``draw``). Files are made in memory, without dates or random parts, with both fonts embedded.
"""

from mda5_crf.pdf.document import blank, filled, print_blank, print_filled
from mda5_crf.pdf.fonts import font_folder, uncovered
from mda5_crf.pdf.paper import FilledForm, PageHeader, Printed, PrintedRow
from mda5_crf.pdf.voice import Tongue

__all__ = [
    "FilledForm",
    "PageHeader",
    "Printed",
    "PrintedRow",
    "Tongue",
    "blank",
    "filled",
    "font_folder",
    "print_blank",
    "print_filled",
    "uncovered",
]
