"""Scenes of what is completed, and of the pages beside the forms (``tools/scenes.py``)."""

from __future__ import annotations

from mda5_crf.jobs.demonstration import PASSWORD
from mda5_crf.ui.audit_page import AuditPage
from mda5_crf.ui.identities_page import IdentitiesPage
from mda5_crf.ui.people_acts import ACTS
from mda5_crf.ui.people_page import PeoplePage
from mda5_crf.ui.queries_page import QueriesPage
from tools.stage import Scene, Scenes, Stage

SCENES = Scenes()
scene = SCENES.named


# ------------------------------------------------------------------ completed, signed, answered


@scene("reason-strip")
def _reason(stage: Stage) -> None:
    stage.filled("VS", VSPERF="Y", HEIGHT_VSORRES="160")
    stage.put("PULSE_VSORRES", "81")


@scene("reason-complaint")
def _no_reason(stage: Stage) -> None:
    stage.press("Return")


@scene("sign-strip")
def _sign(stage: Stage) -> None:
    stage.press("Esc")
    stage.run("sign")


@scene("state-signed")
def _signed(stage: Stage) -> None:
    stage.work.close_strip()
    stage.open("IE", "SCR", "signed")


@scene("page-judgement")
def _judgement(stage: Stage) -> None:
    stage.run("judgement")


@scene("page-sign-more")
def _sign_more(stage: Stage) -> None:
    stage.run("sign_more")


@scene("page-locks")
def _locks(stage: Stage) -> None:
    stage.run("locks")


@scene("page-queries")
def _queries_page(stage: Stage) -> None:
    stage.run("queries")


@scene("page-queries-print")
def _print_queries(stage: Stage) -> None:
    page = stage.work.office.page
    assert isinstance(page, QueriesPage)
    page.ask_print()


@scene("page-audit")
def _audit(stage: Stage) -> None:
    stage.run("audit")
    page = stage.work.office.page
    assert isinstance(page, AuditPage)
    stage.wait(lambda: not page.model.reading)


@scene("page-audit-review")
def _review(stage: Stage) -> None:
    stage.click("review")


@scene("page-audit-export")
def _export(stage: Stage) -> None:
    stage.click("export")


@scene("page-people")
def _people(stage: Stage) -> None:
    stage.run("people")


def _act(name: str) -> Scene:
    def act(stage: Stage) -> None:
        page = stage.work.office.page
        assert isinstance(page, PeoplePage)
        page.start(next(one for one in ACTS if one.name == name))

    return act


SCENES["page-people-add"] = _act("add")
SCENES["page-people-reset"] = _act("reset")
SCENES["page-people-duties"] = _act("duties")


@scene("page-people-history")
def _history_of_people(stage: Stage) -> None:
    stage.run("people")
    stage.press("Return")


@scene("page-recovery")
def _recovery(stage: Stage) -> None:
    stage.run("recovery")


@scene("page-recovery-people")
def _ceremony(stage: Stage) -> None:
    stage.click("make_button")


@scene("page-identities")
def _identities(stage: Stage) -> None:
    stage.run("identities")


@scene("page-identities-open")
def _list_open(stage: Stage) -> None:
    page = stage.work.office.page
    assert isinstance(page, IdentitiesPage)
    page.password.setText(PASSWORD)
    page.open_list()


@scene("page-backups")
def _backups(stage: Stage) -> None:
    stage.run("backups")


@scene("page-check")
def _check(stage: Stage) -> None:
    """What is asked for, and a code that is none."""
    stage.run("check_page")
    stage.press("Return")


@scene("page-clock")
def _clock(stage: Stage) -> None:
    stage.run("correct_clock")


@scene("page-clock-right")
def _clock_right(stage: Stage) -> None:
    stage.click("right")


@scene("page-wrong-place")
def _wrong_place(stage: Stage) -> None:
    stage.run("wrong_place")


@scene("page-voided")
def _voided(stage: Stage) -> None:
    """What stood in a visit that was voided, if the demonstration has one; else the sentence that says so."""
    stage.run("voided")


@scene("page-redact")
def _redact(stage: Stage) -> None:
    stage.work.office.close()
    stage.open("VS", "SCR")
    stage.go("WEIGHT_VSORRES")
    stage.run("redact")


@scene("page-redact-both")
def _redact_both(stage: Stage) -> None:
    stage.click("both")
