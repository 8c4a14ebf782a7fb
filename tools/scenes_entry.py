"""Scenes before the log-in, at home, and of a form while it is filled and printed (``tools/scenes.py``)."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget

from mda5_crf.text import message
from mda5_crf.ui.new_vault_page import NewVaultPage
from mda5_crf.ui.paper_page import PaperPage
from mda5_crf.ui.preview_page import PreviewPage
from mda5_crf.ui.print_many_page import PrintManyPage
from mda5_crf.ui.side_panel import GUIDANCE, HISTORY, QUERIES
from tools.stage import Scenes, Stage

SCENES = Scenes()
scene = SCENES.named


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


@scene("new-vault-study")
def _new_vault_study(stage: Stage) -> None:
    page = stage.window.pages.currentWidget()
    assert isinstance(page, NewVaultPage)
    page.study.setCurrentIndex(1)


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
    stage.click("save")


@scene("print-blank")
def _print_blank(stage: Stage) -> None:
    stage.work.close_strip()
    stage.run("print_blank")
