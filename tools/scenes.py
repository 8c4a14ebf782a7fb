"""Every form, page, state, strip and dialog of the window, one after the other, brought about by using it.

Each scene is a function that leaves the window of a :class:`Stage` in the state its name says; what it
changes stays, so the order matters. ``tools/screens.py`` takes a picture of each; a test measures each.
"""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget

from mda5_crf.jobs.demonstration import PASSWORD
from mda5_crf.text import message
from mda5_crf.ui.audit_page import AuditPage
from mda5_crf.ui.identities_page import IdentitiesPage
from mda5_crf.ui.paper_page import PaperPage
from mda5_crf.ui.people_acts import ACTS
from mda5_crf.ui.people_page import PeoplePage
from mda5_crf.ui.preview_page import PreviewPage
from mda5_crf.ui.print_many_page import PrintManyPage
from mda5_crf.ui.queries_page import QueriesPage
from mda5_crf.ui.side_panel import DEVIATIONS, GUIDANCE, HISTORY, QUERIES
from tools.stage import SCENES, Scene, Stage, form_scenes, scene

__all__ = ["SCENES", "Scene", "Stage", "form_scenes"]


# ------------------------------------------------------------------ before the log-in


@scene("login")
def _login(stage: Stage) -> None:
    if stage.window.work is not None:
        stage.window.log_out()


@scene("login-refused")
def _refused(stage: Stage) -> None:
    login = stage.window.login
    login.user.setText("wang")
    login.password.setText("wrong words on purpose")
    login.open()
    stage.wait(lambda: stage.window.banner.text is not None)


@scene("new-vault")
def _new_vault(stage: Stage) -> None:
    stage.window.banner.clear()
    stage.window.login.new_vault.emit()


@scene("demonstration")
def _demonstration(stage: Stage) -> None:
    stage.window.login.demonstration.emit()


# ------------------------------------------------------------------ home


@scene("matrix")
def _matrix(stage: Stage) -> None:
    stage.enter()
    stage.work.show_matrix()


@scene("matrix-nobody-found")
def _nobody(stage: Stage) -> None:
    stage.work.matrix.search.setText("99")


@scene("enrol")
def _enrol(stage: Stage) -> None:
    stage.work.matrix.search.clear()
    stage.run("enrol")


@scene("enrol-refused")
def _enrol_refused(stage: Stage) -> None:
    stage.press("Ctrl+A")
    stage.type("abc")
    stage.press("Return")


@scene("make-bundle")
def _make(stage: Stage) -> None:
    stage.run("make_bundle")


@scene("take-bundle")
def _take(stage: Stage) -> None:
    stage.run("take_bundle")


@scene("key-card")
def _keys(stage: Stage) -> QWidget | None:
    stage.work.close_strip()
    stage.run("key_card")
    return next((w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()), None)


# ------------------------------------------------------------------ the states of a field


@scene("state-empty")
def _empty(stage: Stage) -> None:
    for other in QApplication.topLevelWidgets():
        if isinstance(other, QDialog):
            other.close()
    stage.fresh("VS")


@scene("state-entered-computed-soft")
def _soft(stage: Stage) -> None:
    for item, words in (
        ("VSPERF", "1"), ("VSDAT", stage.session.today.strftime("%Y%m%d")), ("HEIGHT_VSORRES", "160"),
        ("WEIGHT_VSORRES", "55"), ("PULSE_VSORRES", "180"),
    ):  # fmt: skip
        stage.put(item, words)
    stage.go("PULSE_VSORRES")


@scene("state-confirmed")
def _confirmed(stage: Stage) -> None:
    stage.run("confirm")


@scene("state-nonconformant")
def _nonconformant(stage: Stage) -> None:
    stage.put("PULSE_VSORRES", "fast")
    stage.go("PULSE_VSORRES")


@scene("state-hard")
def _hard(stage: Stage) -> None:
    stage.put("PULSE_VSORRES", "72")
    stage.put("WEIGHT_VSORRES", "5000")
    stage.go("WEIGHT_VSORRES")


@scene("missing-menu")
def _missing(stage: Stage) -> QWidget | None:
    stage.go("PULSE_VSORRES")
    stage.page.missing_menu()
    stage.settle()
    return next((w for w in QApplication.topLevelWidgets() if isinstance(w, QMenu) and w.isVisible()), None)


@scene("state-missing")
def _marked(stage: Stage) -> None:
    for menu in QApplication.topLevelWidgets():
        if isinstance(menu, QMenu):
            menu.close()
    codes = stage.page.acts.codes_for(stage.page.focused) if stage.page.focused is not None else ()
    if codes:
        stage.page.mark_missing(codes[0][0])


@scene("query-strip")
def _ask(stage: Stage) -> None:
    stage.go("WEIGHT_VSORRES")
    stage.run("query")


@scene("state-query-open")
def _query(stage: Stage) -> None:
    stage.type("Was the participant weighed with shoes? ")
    stage.press("Return")


@scene("side-queries")
def _queries(stage: Stage) -> None:
    stage.work.open_side(QUERIES)


@scene("side-history")
def _history(stage: Stage) -> None:
    stage.work.open_side(HISTORY)


@scene("side-guidance")
def _guidance(stage: Stage) -> None:
    stage.work.open_side(GUIDANCE)


@scene("summary-required")
def _summary(stage: Stage) -> None:
    stage.work.panes.show_side(False)
    stage.work.take_focus()
    stage.run("complete")


@scene("state-required")
def _required(stage: Stage) -> None:
    stage.run("next_attention")


@scene("go-to")
def _go_to(stage: Stage) -> None:
    stage.run("go_to")


@scene("add-visit")
def _add_visit(stage: Stage) -> None:
    stage.run("add_visit")


@scene("preview")
def _preview(stage: Stage) -> None:
    stage.work.close_strip()
    if stage.work.page is None:  # taken alone, without the scenes before
        stage.open("VS", "SCR")
    stage.run("print_form")
    _laid_out(stage)


@scene("preview-found-and-save")
def _preview_save(stage: Stage) -> None:
    page = _laid_out(stage)
    page.search.setText("weight")
    page.ask_file()


@scene("preview-blank")
def _preview_blank(stage: Stage) -> None:
    page = _laid_out(stage)
    assert isinstance(page, PreviewPage)
    page.blank.setChecked(True)
    _laid_out(stage)


@scene("documents")
def _documents(stage: Stage) -> None:
    stage.run("documents")
    _laid_out(stage)


def _laid_out(stage: Stage) -> PaperPage:
    page = stage.work.office.page
    assert isinstance(page, PaperPage)
    stage.wait(lambda: page.ready)
    return page


@scene("print-many")
def _print_many(stage: Stage) -> None:
    stage.run("print_many")
    page = stage.work.office.page
    assert isinstance(page, PrintManyPage)
    page.results = {one: message("printmany.not_begun") for one in page._numbers}
    page.who.setCurrentIndex(page.who.findData("all"))


@scene("print-many-folder")
def _print_many_folder(stage: Stage) -> None:
    _press(stage, "save")


@scene("print-blank")
def _print_blank(stage: Stage) -> None:
    stage.work.close_strip()
    stage.run("print_blank")


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
    _press(stage, "review")


@scene("page-audit-export")
def _export(stage: Stage) -> None:
    _press(stage, "export")


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
    _press(stage, "make_button")


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
    _press(stage, "right")


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
    _press(stage, "both")


def _press(stage: Stage, button: str) -> None:
    """A button of the page beside the forms, by the name the page gives it."""
    getattr(stage.work.office.page, button).click()


@scene("state-query-answered")
def _answered(stage: Stage) -> None:
    stage.open("IMACS", "BL")
    stage.go("PHGA")
    stage.work.open_side(QUERIES)


@scene("deviations")
def _deviations(stage: Stage) -> None:
    stage.open("VS", "W4")
    stage.run("deviations")
    stage.work.open_side(DEVIATIONS)


@scene("log-strike")
def _strike(stage: Stage) -> None:
    stage.open("EX")
    stage.run("strike_row")


@scene("log-new-row")
def _row(stage: Stage) -> None:
    stage.press("Esc")
    stage.open("CM")
    stage.run("add_row")


@scene("course")
def _course(stage: Stage) -> None:
    for other in QApplication.topLevelWidgets():
        if isinstance(other, QMenu):
            other.close()
    stage.press("Esc")
    stage.open("LBC", "W24")
    stage.page.moves.edge(last=False)
    field = next(f for f in stage.page.fields.values() if f.item.name.startswith("CK_LBORRES"))
    stage.page.go_to(field.key)
    stage.run("course")


@scene("work-list")
def _work_list(stage: Stage) -> None:
    stage.work.panes.show_side(False)
    stage.run("work_list")


@scene("rest-offer")
def _rest(stage: Stage) -> None:
    stage.fresh("CDASI", "BL")


@scene("lock")
def _lock(stage: Stage) -> None:
    stage.run("lock")
