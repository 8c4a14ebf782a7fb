"""Every document with answers is printed with a proof on each page, and its record says how to make it again.

A kind of document (forms, casebook, card) names itself and what was asked for, in words that its own maker
understands; :data:`AGAIN` says who makes it once more, for checking a page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from mda5_crf import __version__
from mda5_crf.pdf.proof import About, Proofs
from mda5_crf.services import pageproof
from mda5_crf.services.pageproof import Print

if TYPE_CHECKING:
    from mda5_crf.pdf import Printed, Tongue
    from mda5_crf.pdf.parts import Laid
    from mda5_crf.services.asof import Moment
    from mda5_crf.services.session import Session

Maker = Callable[["Session", Print, "Moment", Proofs], "Laid"]
"""Lays a recorded document out again as of a moment, with these proofs. Raises CrfError when it cannot."""
AGAIN: Final[dict[str, str]] = {
    "filled": "mda5_crf.jobs.pages:lay_again",
    "casebook": "mda5_crf.jobs.casebooks:lay_again",
    "morning-card": "mda5_crf.jobs.daycards:lay_again",
    "sae-report": "mda5_crf.jobs.saereports:lay_again",
}
"""Kind of document → who makes it again."""


@dataclass(frozen=True, slots=True)
class Proving:
    """The proofs of one document, and what its print record says of how it was made.

    ``kind``, ``order``: see the module text; ``order`` holds JSON values only. ``made``: the time on the
    pages. ``past``: the time of the past moment that the pages say they show, None for the present.
    """

    proofs: Proofs
    kind: str
    order: Mapping[str, Any]
    made: datetime
    by: str
    past: datetime | None = None
    gen: int = field(default=0)


def proving(
    session: Session,
    subject: str,
    language: str,
    heads: Mapping[str, int],
    kind: str,
    order: Mapping[str, Any],
    made: datetime,
    *,
    by: str = "",
    past: datetime | None = None,
    definition: str = "",
) -> Proving:
    """What puts the proof on the pages of a document about ``subject`` (identity, "" for none).

    ``heads``: all that was known when the answers were read. Asks for no right: printing does.
    """
    study = definition or session.study.hash
    about = About(session.vault.meta.study, session.subjid(subject), language, study, dict(heads))
    gen = pageproof.generation(session)
    maker = pageproof.prover(session, heads.get(session.device, 0), gen)
    assert maker is not None, "the key in use is always here"
    return Proving(Proofs(about, maker), kind, order, made, by or session.person.name, past, gen)


def record(
    session: Session, what: str, printed: Printed, proof: Proving, subject: str = "", as_of: str = ""
) -> None:
    """Note that these pages leave the vault, before they do: what they were, and the code of each."""
    pages = proof.proofs.pages
    order = dict(proof.order)
    if proof.past is not None:
        order["past"] = proof.past.isoformat()
    told = {
        "kind": proof.kind,
        "order": order,
        "number": proof.proofs.about.subject,
        "language": proof.proofs.about.language,
        "definition": proof.proofs.about.definition,
        "made": proof.made.isoformat(),
        "by": proof.by,
        "heads": dict(proof.proofs.about.heads),
        "gen": proof.gen,
        "program": __version__,
        "codes": [page.code for page in pages],
        "texts": [page.text for page in pages],
        "numbers": [page.number for page in pages],
    }
    session.record_print(
        what, hashlib.sha256(printed.data).hexdigest(), printed.pages, subject, as_of=as_of, told=told
    )


def tongue_of(language: str) -> Tongue:
    """The language of a recorded print; both where the record says none that this program knows."""
    return "en" if language == "en" else "zh" if language == "zh" else "both"


def lay_again(session: Session, one: Print, moment: Moment, proofs: Proofs) -> Laid | None:
    """The recorded document as of ``moment``; None for a kind that this program cannot make again."""
    place = AGAIN.get(one.kind)
    if place is None:
        return None
    module, _, name = place.partition(":")
    maker: Maker = getattr(import_module(module), name)
    return maker(session, one, moment, proofs)
