"""``mda5-crf demo``: a ward and a centre with synthetic participants, made through the ordinary services.

Ward and centre are two vaults that know each other's keys. The ward enters, completes and sends a
bundle; the centre takes it, asks a question and sends it back; the ward takes that. Whatever the
program shows afterwards it computes from what was entered.
"""

from __future__ import annotations

import contextlib
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs.courses import course_of
from mda5_crf.jobs.examinations import born
from mda5_crf.jobs.figures import Figures
from mda5_crf.jobs.filling import item_key
from mda5_crf.jobs.laboratory import reference_ranges
from mda5_crf.jobs.pages import print_blank, print_filled
from mda5_crf.jobs.participants import NEW_SINCE, NEW_VERSION, OLD_VERSION, Participant
from mda5_crf.jobs.patient import Patient, first_dose
from mda5_crf.jobs.synthetic import TARGETS, make_person
from mda5_crf.services.session import CENTRE, Session, create
from mda5_crf.services.subjects import enrol
from mda5_crf.sync import bundles, devices

# Shown to whoever runs the demonstration; a demonstration vault says so inside and can join no study.
PASSWORD = "lantern orchard pebble quiet maple river"  # noqa: S105 - printed on purpose
USERS = (
    ("ward", "wang", "Dr Wang 王医生", "investigator"),
    ("ward", "li", "Nurse Li 李护士", "data_entry"),
    ("ward", "zhao", "Monitor Zhao 赵监查员", "monitor"),
    ("centre", "chen", "Data manager Chen 陈数据管理员", "data_manager"),
)
_MARK = ".demonstration"
_VAULTS, _FOLDERS = ("ward.mda5", "centre.mda5"), ("bundles", "pdf", "screens")
_FIRST, _EVERY = 640, 19
"""Days from the first participant's day 1 to today, and between the enrolment of two."""


@dataclass(slots=True)
class Made:
    """What a demonstration consists of, for the command to print."""

    directory: Path
    figures: Figures = field(default_factory=Figures)
    subjects: int = 0
    bundles: list[str] = field(default_factory=list)
    pdfs: list[str] = field(default_factory=list)


def build(
    directory: Path,
    count: int,
    seed: int,
    progress: Callable[[int, int], None],
    definition: Path | None = None,
) -> Made:
    """Make the demonstration in ``directory``, by the trial's definition unless another is given.

    ``progress`` is told how many participants of how many are there. Whatever ends the work early (what
    ``progress`` raises, a full disk) leaves nothing half made. Raises InputRefused when something else lies
    there.
    """
    with _all_or_nothing(directory):
        return _build(directory, count, seed, progress, definition)


def _build(
    directory: Path,
    count: int,
    seed: int,
    progress: Callable[[int, int], None],
    definition: Path | None,
) -> Made:
    _clear(directory)
    made = Made(directory)
    rng = random.Random(seed)  # noqa: S311 - made-up data, not keys
    with (
        _vault(directory / "ward.mda5", "01", "Ward 3", "wang", "investigator", definition) as ward,
        _vault(
            directory / "centre.mda5", CENTRE, "Coordinating centre", "chen", "data_manager", definition
        ) as centre,
    ):
        for login, name, role in (u[1:] for u in USERS if u[0] == "ward" and u[1] != "wang"):
            ward.add_person(login, name, role, PASSWORD, own_password=PASSWORD)
        devices.add_card(ward, devices.card(centre), own_password=PASSWORD)
        devices.add_card(centre, devices.card(ward), own_password=PASSWORD)
        _lists(ward)
        progress(0, count)
        for index in range(count):
            _participant(ward, index, rng, made.figures)
            made.subjects += 1
            progress(index + 1, count)
        made.figures.read(ward)
        _exchange(ward, centre, directory / "bundles", made)
        _pages(ward, directory / "pdf", made)
    return made


def _lists(ward: Session) -> None:
    """The site's own lists: limits of its laboratory, versions of the consent form."""
    refused = [row for row in ward.take_references("range", reference_ranges()) if row.reason is not None]
    if refused:
        raise ValueError(f"reference ranges: {[row.row['testcd'] for row in refused]}")
    for version, back in ((OLD_VERSION, 1500), (NEW_VERSION, NEW_SINCE)):
        day = (ward.today - timedelta(days=back)).isoformat()
        ward.add_reference("consent_version", {"version": version, "approved": day, "in_force_from": day})


def _clear(directory: Path) -> None:
    """Only an own earlier demonstration is replaced; anything else in the way is left alone."""
    if directory.exists() and any(directory.iterdir()) and not (directory / _MARK).exists():
        raise InputRefused("cli.demo_directory_in_use", directory=directory)
    for old in (*_VAULTS, *_FOLDERS):
        if (directory / old).is_dir():
            shutil.rmtree(directory / old)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / _MARK).write_text("mda5-crf demo\n", encoding="utf-8")
    for name in _FOLDERS:
        (directory / name).mkdir()


@contextlib.contextmanager
def _all_or_nothing(directory: Path) -> Iterator[None]:
    """Cancelled, interrupted or refused by the disk, a half-made demonstration is taken away again."""
    there_before = directory.exists()
    try:
        yield
    except BaseException:
        # Whatever stopped it, Ctrl+C too: what was made goes, what was there before stays.
        if (directory / _MARK).exists():
            for part in (*_VAULTS, *_FOLDERS):
                shutil.rmtree(directory / part, ignore_errors=True)
            with contextlib.suppress(OSError):
                (directory / _MARK).unlink()
                if not there_before:
                    directory.rmdir()
        raise


def _vault(folder: Path, site: str, name: str, login: str, role: str, definition: Path | None) -> Session:
    person = next(u[2] for u in USERS if u[1] == login)
    return create(
        folder, site=site, name=name, login=login, person=person, role=role, password=PASSWORD, demo=True,
        definition_dir=definition,
    )  # fmt: skip


def _participant(session: Session, index: int, rng: random.Random, figures: Figures) -> None:
    """Enrol and enter one participant. Day 1 lies so far back that the year is over."""
    course = course_of(index)
    target = TARGETS[index] if index < len(TARGETS) else Decimal(rng.randrange(0, 70, 5)) / 2
    person = make_person(rng, target, course.sex)
    if course.sex == "F":
        person = replace(person, birth_year=max(person.birth_year, 1984))
    today = session.today
    day1 = today - timedelta(days=_FIRST - _EVERY * (index % len(TARGETS)))
    subject = enrol(session, None)
    patient = Patient(
        subject.subjid, person, course, day1, random.Random(rng.random()),  # noqa: S311 - made-up data, not keys
        born(person.birth_year, rng.randint(1, 12), day1),
        first_dose(person.weight, too_much=course.slip("dose")), (today - day1).days,
    )  # fmt: skip
    Participant(session, subject.identity, patient, figures, PASSWORD).run()


def _exchange(ward: Session, centre: Session, folder: Path, made: Made) -> None:
    sent = bundles.make(ward, centre.device, folder)
    made.bundles.append(sent.name)
    bundles.take(centre, sent)
    first = centre.subjects()[0]
    form = ItemKey(first.identity, "BL", "", "IMACS")
    phga = item_key(centre.state(form), "PHGA")
    centre.raise_query(
        phga,
        "Please compare with the source sheet: was the VAS read in cm? 请核对原始记录：VAS是否以cm读数？",
    )
    back = bundles.make(centre, ward.device, folder)
    made.bundles.append(back.name)
    bundles.take(ward, back)


def _pages(ward: Session, folder: Path, made: Made) -> None:
    subject = ward.subjects()[0]
    for language in ("en", "zh", "both"):
        for name, content in (
            (
                f"blank-BL-{language}.pdf",
                print_blank(ward.study, "BL", None, language, demo=True, made=ward.now()),
            ),
            (
                f"filled-{subject.subjid}-W24-{language}.pdf",
                print_filled(ward, subject.identity, "W24", None, language),
            ),
        ):
            (folder / name).write_bytes(content)
            made.pdfs.append(name)
