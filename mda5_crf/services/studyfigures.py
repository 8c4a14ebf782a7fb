"""What the data of a study show, as of now: all tables and pictures, from one vault.

Read through the engine's memory, participant by participant; nothing is written. A ward sees its own
participants, the coordinating centre those of all sites. Every table says whom it counts and what is missing,
nothing is imputed, and what the definition says of an endpoint is what is counted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from mda5_crf.db import read
from mda5_crf.db.lockacts import LOCKED
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import figurecases, figureconduct, figureflow, figuresafety
from mda5_crf.services.figurecourses import courses
from mda5_crf.services.figuremodel import Figures, Section
from mda5_crf.services.figureplan import Plan, plan_of
from mda5_crf.services.figureresponse import response
from mda5_crf.services.figuresecondary import secondary
from mda5_crf.services.figuresurvival import survival
from mda5_crf.text import both, message

if TYPE_CHECKING:
    from mda5_crf.services.figurecases import Case
    from mda5_crf.services.session import Session

Progress = Callable[[int, int], None]


def study_figures(
    session: Session,
    *,
    with_courses: bool = True,
    plan: Plan | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Figures:
    """All sections of which the study has something to show; ``with_courses``: a part for each participant.

    May run in any thread; what ``progress`` raises ends it. Raises PermissionDenied, InputRefused (who enters
    blind sees no answers).
    """
    figurecases.require(session)
    study = session.study
    plan = plan_of(study) if plan is None else plan
    seq, hashed = read.heads(session.vault.store).get(session.device, (0, ""))
    made = session.now().astimezone(session.zone)
    before = [one.identity for one in session.subjects() if session.is_loaded(one.identity)]
    cases = list(figurecases.cases(session, plan, progress))
    found = [
        figureflow.enrolment(cases, plan), figureflow.flow(study, plan, cases),
        figureflow.table1(study, plan, cases), response(study, plan, cases), secondary(study, plan, cases),
        survival(plan, cases), figuresafety.safety(study, plan, cases), figureconduct.conduct(session, cases),
        figureconduct.lock(session, plan, cases),
    ]  # fmt: skip
    sections = [section for section in found if section is not None]
    for case in cases:
        if case.subject not in before:
            session.let_go(case.subject)
    if with_courses:
        sections += courses(study, plan, cases)
    notes = [
        message("figures.as_of", moment=f"{made:%Y-%m-%d %H:%M}", n=len(cases)),
        message("figures.not_locked"),
    ]
    if all(cases_locked(session, case) for case in cases) and cases:
        notes[1] = message("figures.locked")
    if plan.left_out:
        notes.append(message("figures.left_out", places=both(", ".join(plan.left_out))))
    return Figures(
        study.oid, study.version, study.hash, made, f"{session.device}:{seq} {hashed[:12]}",
        tuple(sorted({case.site for case in cases})) or (session.site,), len(cases), tuple(sections),
        tuple(notes),
    )  # fmt: skip


def cases_locked(session: Session, case: Case) -> bool:
    """Whether a participant is locked as a whole."""
    return session.lock_book.held(ItemKey(case.subject), whole=True).state == LOCKED


def only(figures: Figures, names: frozenset[str]) -> Figures:
    """The same with these sections alone."""
    return replace(figures, sections=tuple(one for one in figures.sections if one.name in names))


__all__ = ["Section", "only", "study_figures"]
