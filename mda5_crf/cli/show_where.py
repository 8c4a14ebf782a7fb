"""Where a form is, for ``show``: here only, in a bundle, confirmed. A past moment knows nothing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mda5_crf.services.asof import PastSession
from mda5_crf.sync.delivery import Where, where
from mda5_crf.text import Language

if TYPE_CHECKING:
    from mda5_crf.itemkey import ItemKey
    from mda5_crf.services.session import Session


def _of(session: Session, form: ItemKey) -> Where | None:
    return None if isinstance(session, PastSession) else where(session, form.form_key())


def where_json(session: Session, form: ItemKey) -> dict[str, Any]:
    """``{"where": {…}}``; null for a form of which nothing is recorded."""
    found = _of(session, form)
    return {"where": None if found is None else found.as_json()}


def where_words(session: Session, form: ItemKey, language: Language) -> str:
    """A few words, "" for a form of which nothing is recorded."""
    found = _of(session, form)
    return "" if found is None else found.words.in_(language)
