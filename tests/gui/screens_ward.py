"""A vault with one participant of the demonstration who has nearly every form, for tests that look at all."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

from PySide6.QtWidgets import QApplication

from mda5_crf.crypto import BoxSecret, SigningKey
from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs import demonstration
from mda5_crf.jobs.demonstration import PASSWORD
from mda5_crf.jobs.figures import Figures
from mda5_crf.services.session import Session, create
from mda5_crf.settings import study_directory
from mda5_crf.sync import devices
from mda5_crf.sync.cards import Card
from mda5_crf.ui import language, start
from tests.looks import dress

LOGIN = "wang"
FULLEST = 8
"""Number of the participant of the demonstration with most forms: every one but the report of a pregnancy."""

EXTRA = ("PREG",)


@cache
def form_names() -> tuple[str, ...]:
    """Every form of the definition, by the files it is written in: nothing is loaded for it."""
    return tuple(sorted(path.stem for path in (study_directory() / "forms").glob("*.toml")))


def build(folder: Path) -> Path:
    """Make the vault; about three seconds."""
    rng = random.Random(20260301)
    with create(
        folder, site="01", name="Ward 3", login=LOGIN, person="Dr Wang 王医生", role="investigator",
        password=PASSWORD, demo=True,
    ) as ward:  # fmt: skip
        demonstration._lists(ward)
        demonstration._participant(ward, FULLEST, rng, Figures())
        _know_a_centre(ward)
    return folder


def _know_a_centre(ward: Session) -> None:
    """Register the card of a centre that is nowhere: bundles can be made for it."""
    key, authority, box = SigningKey.generate(), SigningKey.generate(), BoxSecret.generate()
    meta = ward.vault.meta
    card = Card(
        meta.study, "c0ffee00" * 2, "Coordinating centre", "00", key.public, box.public, authority.public,
        ward.study.hash, demo=True,
    )  # fmt: skip
    devices.add_card(ward, card.signed(key), own_password=PASSWORD)


def first_of(session: Session, oid: str) -> ItemKey:
    """The first form of that kind: one that was begun, else one that is due."""
    forms = [f for s in session.subjects() for n in session.tree(s.identity) for f in n.forms]
    found = [f for f in forms if f.form.oid == oid]
    begun = [f for f in found if not f.adds and f.status != "not_started"]
    return next(iter([*begun, *[f for f in found if not f.adds], *found])).key


def as_on_a_ward(app: QApplication) -> None:
    """The look, the fonts and the language a person sees."""
    dress(app)
    start.prepare(app, "en", 100)
    language.set_language("en")
