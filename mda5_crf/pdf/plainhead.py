"""Head and foot of pages that are no form: cards, lists, reports, fronts of books, the definition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mda5_crf.pdf.filled import stamp
from mda5_crf.pdf.frame import Facts
from mda5_crf.pdf.voice import Voice
from mda5_crf.study.model import Study
from mda5_crf.text import Text


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What all pages of one document share. ``made`` has a zone; ``head``: the newest record of the chain;
    ``proven``: a corner is kept for the proof of each page.
    """

    study: Study
    printed_by: str
    made: datetime
    demo: bool = False
    head: str = ""
    proven: bool = False

    def facts(
        self,
        voice: Voice,
        title: Text,
        code: str,
        *,
        subjid: str = "",
        site: str = "",
        event: str = "",
        event_date: str = "",
        remarks: tuple[str, ...] = (),
        band: bool = True,
        filled: bool = True,
        coded: bool = True,
    ) -> Facts:
        """Head and foot of a part with this title and page code. ``band``: with the participant's fields;
        ``filled``: False on pages that hold nothing of a participant; ``coded``: False where the code is none
        that people know, so that the foot says the title.
        """
        study = self.study
        printed = " ".join((voice.tell("printed"), stamp(self.made)))
        return Facts(
            study=f"{study.oid}  {voice.say(study.name)}",
            form=title,
            code=code,
            subjid=subjid,
            site=site,
            event=event,
            event_date=event_date,
            version=f"{voice.tell('version')} {study.version}, {study.hash[:12]}",
            printed=", ".join(part for part in (printed, self.printed_by) if part),
            head=f"{voice.tell('head')} {self.head}" if self.head else "",
            remarks=(*remarks, *((voice.tell("demo_note"),) if self.demo else ())),
            filled=filled,
            stamped=self.proven,
            band=band,
            demo=voice.tell("demo") if self.demo else "",
            watermark=(voice.tell("demo"),) if self.demo else (),
            coded=coded,
        )
