"""Scenes of what several PCs have to do with each other (``tools/scenes.py``)."""

from __future__ import annotations

from mda5_crf.db.records import Draft
from mda5_crf.sync.bundles import make
from mda5_crf.sync.devices import peers
from mda5_crf.ui.conflicts_page import ConflictsPage
from mda5_crf.ui.mailbag_page import MailbagPage
from mda5_crf.ui.syncing import TakeStrip
from tools.stage import Scenes, Stage

SCENES = Scenes()
scene = SCENES.named


@scene("page-conflicts")
def _conflicts_page(stage: Stage) -> None:
    """Two conflicts, as two PCs would leave them: answers that name none before them."""
    stage.fresh("VS")
    key, form = stage.page.entry.key, stage.page.entry.form
    drafts = [
        Draft("value", key._replace(group=form.items[item].group, item=item).path(), {"text": text})
        for item, texts in (("SYSBP_VSORRES", ("118", "181")), ("PULSE_VSORRES", ("72", "78")))
        for text in texts
    ]
    stage.session.append(drafts)
    stage.session.refresh()
    stage.work.forms.forget()
    stage.run("conflicts")


@scene("page-conflicts-chosen")
def _conflict_chosen(stage: Stage) -> None:
    page = stage.work.office.page
    assert isinstance(page, ConflictsPage)
    assert page.strip is not None
    stage.wait(lambda: page.strip is not None and not page.strip.asleep)
    stage.press("3")
    stage.press("Return")
    stage.type("500")
    stage.press("Return")


@scene("page-conflicts-incomplete")
def _conflict_incomplete(stage: Stage) -> None:
    page = stage.work.office.page
    assert isinstance(page, ConflictsPage)
    assert page.strip is not None
    page.strip.decide()


@scene("page-definition")
def _definition(stage: Stage) -> None:
    stage.run("definition")


@scene("page-mailbag")
def _mailbag(stage: Stage) -> None:
    """A bundle is on its way."""
    folder = stage.session.vault.folder / "outbox"
    make(stage.session, peers(stage.session)[0].device, folder)
    stage.run("mailbag")


@scene("page-mailbag-again")
def _mailbag_again(stage: Stage) -> None:
    _mailbag_page(stage).act("again")


@scene("page-mailbag-take")
def _mailbag_take(stage: Stage) -> None:
    """A folder with the own bundle in it: what would become of each file."""
    page = _mailbag_page(stage)
    page.take_files(stage.session.vault.folder / "outbox")
    strip = page.strip
    assert isinstance(strip, TakeStrip)
    stage.wait(strip.ok.isEnabled)


@scene("page-mailbag-refused")
def _mailbag_refused(stage: Stage) -> None:
    page = _mailbag_page(stage)
    page.take_files(next((stage.session.vault.folder / "outbox").glob("*.mda5b")))
    strip = page.strip
    assert isinstance(strip, TakeStrip)
    stage.wait(lambda: bool(strip.complaint))


@scene("page-mailbag-cover")
def _mailbag_cover(stage: Stage) -> None:
    page = _mailbag_page(stage)
    page.act("cover")


def _mailbag_page(stage: Stage) -> MailbagPage:
    page = stage.work.office.page
    assert isinstance(page, MailbagPage)
    return page
