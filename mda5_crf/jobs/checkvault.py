"""Checks on vaults made for the purpose and taken away again: the definition's cases, paper, bundle, backup,
encryption. No vault of the site is touched.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Final

from pypdf import PdfReader

from mda5_crf.db.verify import verify
from mda5_crf.errors import LoginRefused, StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs.checkmodel import Found, Result
from mda5_crf.jobs.pages import print_blank, print_filled
from mda5_crf.services import access, backups, peers, restoring
from mda5_crf.services.session import CENTRE, Session, create
from mda5_crf.settings import forget_witness, study_directory
from mda5_crf.study.cases_prove import prove
from mda5_crf.study.model import Study
from mda5_crf.sync import bundles, devices
from mda5_crf.text import Text, message

FORM: Final = ("BL", "VS")
ANSWERS: Final = {"SYSBP_VSORRES": "123", "DIABP_VSORRES": "77"}
_FIRST, _SECOND, _CENTRE = "first", "second", "centre"
_PLAIN: Final = b"SQLite format 3"
_SPACES: Final = re.compile(r"\s+")
_NAMED: Final = 3
_LEAST_MISSES: Final = 0.9
"""A file of random bytes has each of the 256 values nearly equally often: the rarest to the mean."""


@dataclass
class Scratch:
    """Two vaults in ``folder``, of a ward and of a centre, with passwords nobody knows."""

    folder: Path
    study: Study
    password: str = field(default_factory=lambda: "-".join(secrets.token_hex(4) for _ in range(4)))
    marker: str = field(default_factory=lambda: f"selfcheck{secrets.token_hex(12)}")
    made: list[str] = field(default_factory=list)
    ward: Session | None = None
    centre: Session | None = None
    key: ItemKey = field(default_factory=ItemKey)

    @property
    def open_ward(self) -> Session:
        """The ward's vault, made when it is first asked for, with one made-up participant."""
        if self.ward is None:
            ward = self.ward = self._make("ward.mda5", "01", _FIRST, "investigator")
            ward.add_person(_SECOND, "Second", "investigator", self.password, own_password=self.password)
            subject = ward.enrol(None).identity
            event, form = FORM
            self.key = ItemKey(subject, event, "", form)
            with_form = ward.entry(self.key)
            places = {name: with_form.form.items[name].group for name in ANSWERS}
            for name, typed in ANSWERS.items():
                with_form.set_value(self.key._replace(group=places[name], item=name), typed)
            name = next(iter(ANSWERS))
            # The words of a query are free text: what must be found in no file of the vault.
            ward.raise_query(self.key._replace(group=places[name], item=name), self.marker)
        return self.ward

    @property
    def open_centre(self) -> Session:
        """The centre's vault."""
        if self.centre is None:
            self.centre = self._make("centre.mda5", CENTRE, _CENTRE, "data_manager")
        return self.centre

    def _make(self, name: str, site: str, login: str, role: str) -> Session:
        session = create(
            self.folder / name, site=site, name="selfcheck", login=login, person=login.title(), role=role,
            password=self.password, demo=True,
        )  # fmt: skip
        self.made.append(session.vault.meta.vault)
        return session

    def texts(self, session: Session) -> dict[str, str]:
        """Item → what is entered on the form, as that vault has it."""
        found = session.data(self.key.subject).entries
        return {key.item: entry.text for key, entry in found.items() if key.form_key() == self.key}

    def close(self) -> None:
        """Log out of both."""
        for one in (self.ward, self.centre):
            if one is not None:
                one.close()
        self.ward = self.centre = None
        forget_witness(*self.made)  # this PC need not remember vaults that are no more


@contextmanager
def scratch(folder: Path, study: Study) -> Iterator[Scratch]:
    """Vaults for the checks; closed when the work is over, however it ends. The caller removes ``folder``."""
    made = Scratch(folder, study)
    try:
        yield made
    finally:
        made.close()


def forms(one: Scratch) -> Found:
    """Every check of every form with the cases kept beside the definition."""
    proof = prove(one.study, study_directory())
    facts = {
        "definition": one.study.hash, "version": one.study.version, "checks": str(proof.checks),
        "wanted": str(proof.wanted), "scenes": str(proof.scenes), "ranges": str(proof.ranges),
        "edges": str(proof.edges), "forms": str(len(one.study.forms)),
    }  # fmt: skip
    if not proof.has_cases:
        return Found(Result.FAILED, (message("selfcheck.forms_no_cases"),), facts)
    if proof.problems or proof.checks != proof.wanted:
        said = [problem.text for problem in proof.problems[:_NAMED]]
        head = message("selfcheck.forms_wrong", count=max(len(proof.problems), 1))
        return Found(Result.FAILED, (head, *said), facts)
    words = message(
        "selfcheck.forms_good", checks=proof.checks, scenes=proof.scenes, forms=len(one.study.forms),
        edges=proof.edges,
    )  # fmt: skip
    return Found(Result.PASSED, (words,), facts)


def pdf(one: Scratch) -> Found:
    """A form in Chinese, blank and filled, made and read back: its words and the answers are there."""
    ward = one.open_ward
    made: datetime = ward.now()
    event, form = FORM
    label = one.study.forms[form].name.zh
    blank = print_blank(ward.study, event, (form,), "zh", demo=True, made=made)
    filled = print_filled(ward, one.key.subject, event, (form,), "zh")
    facts = {"blank_bytes": str(len(blank)), "filled_bytes": str(len(filled))}
    wanted = (label, ward.study.events[event].name.zh)
    lost = [word for word in wanted if _bare(word) not in _read(blank)]
    lost += [word for word in (*wanted, *ANSWERS.values()) if _bare(word) not in _read(filled)]
    if lost:
        return Found(Result.FAILED, (message("selfcheck.pdf_wrong", count=len(lost)),), facts)
    return Found(Result.PASSED, (message("selfcheck.pdf_good", form=form, name=label),), facts)


def _read(data: bytes) -> str:
    """The text of our own pages, without spaces."""
    return _bare("".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages))


def _bare(words: str) -> str:
    return _SPACES.sub("", words)


def record(one: Scratch) -> Found:
    """The journal of the scratch vault is verified; an answer has its entry in the audit trail."""
    ward = one.open_ward
    troubles = _verified(ward)
    entries = sum(line.kind == "value" for line in ward.audit.lines())
    facts = {
        "records": str(sum(seq for seq, _ in ward.vault.journal.heads().values())),
        "values": str(entries),
    }
    if troubles or entries < len(ANSWERS):
        return Found(Result.FAILED, (message("selfcheck.record_wrong"), *troubles[:_NAMED]), facts)
    return Found(Result.PASSED, (message("selfcheck.record_good", records=facts["records"]),), facts)


def _verified(session: Session) -> list[Text]:
    found = verify(session.vault.store, authorities=peers.authorities(session.vault), judge=access.judge)
    return [trouble.text for trouble in found]


def bundle(one: Scratch) -> Found:
    """From the ward to the centre and back: nothing is lost, and the centre's question arrives."""
    ward, centre = one.open_ward, one.open_centre
    devices.add_card(ward, devices.card(centre), own_password=one.password)
    devices.add_card(centre, devices.card(ward), own_password=one.password)
    folder = one.folder / "bundles"
    folder.mkdir(exist_ok=True)
    sent = bundles.make(ward, centre.device, folder)
    data = sent.read_bytes()
    bundles.take(centre, sent)
    same = one.texts(centre) == one.texts(ward) == dict(ANSWERS)
    name = next(iter(ANSWERS))
    place = self_key(one, centre, name)
    centre.raise_query(place, "selfcheck")
    back = bundles.make(centre, ward.device, folder)
    bundles.take(ward, back)
    queries = len(ward.queries())
    facts = {"bytes": str(len(data)), "queries": str(queries)}
    if not same or queries < 2 or one.marker.encode() in data:
        return Found(Result.FAILED, (message("selfcheck.bundle_wrong"),), facts)
    return Found(Result.PASSED, (message("selfcheck.bundle_good", kb=max(len(data) // 1024, 1)),), facts)


def self_key(one: Scratch, session: Session, name: str) -> ItemKey:
    """The item ``name`` of the form that was filled."""
    return one.key._replace(group=session.study.forms[one.key.form].items[name].group, item=name)


def backup(one: Scratch) -> Found:
    """A copy is made, restored beside, opened and verified; it holds what was entered."""
    ward = one.open_ward
    copy = backups.make(ward)
    target = one.folder / "restored.mda5"
    restoring.restore_beside(ward, copy.path, target, one.password, (_SECOND, one.password))
    with Session.open(target, _FIRST, one.password) as again:
        same = one.texts(again) == one.texts(ward) == dict(ANSWERS)
        troubles = _verified(again)
    facts = {"copy_bytes": str(sum(part.stat().st_size for part in copy.path.rglob("*") if part.is_file()))}
    if not same or troubles:
        return Found(Result.FAILED, (message("selfcheck.backup_wrong"), *troubles[:_NAMED]), facts)
    return Found(Result.PASSED, (message("selfcheck.backup_good"),), facts)


def encryption(one: Scratch) -> Found:
    """No file of the vault holds what was entered, and no other password opens it."""
    ward = one.open_ward
    folder = ward.vault.folder
    # Before the log-out: the write-ahead log is there as well.
    readable = _readable(folder, one.marker)
    ward.close()
    one.ward = None
    readable += _readable(folder, one.marker)
    database = (folder / "study.db").read_bytes()
    counts = [database.count(bytes([value])) for value in range(256)]
    even = min(counts) / (len(database) / 256)
    facts = {"bytes": str(len(database)), "rarest_byte": f"{even:.3f}"}
    opened = True
    try:
        Session.open(folder, _FIRST, one.password + "x").close()
    except LoginRefused:
        opened = False
    except StoreError:
        pass  # refused for another reason than the password: not what must be proved here
    wrong = []
    if readable or even < _LEAST_MISSES / 2:
        wrong.append(
            message("selfcheck.encryption_plain", files=", ".join(dict.fromkeys(readable)) or "study.db")
        )
    if opened:
        wrong.append(message("selfcheck.encryption_opened"))
    if wrong:
        return Found(Result.FAILED, tuple(wrong), facts)
    return Found(Result.PASSED, (message("selfcheck.encryption_good", kb=len(database) // 1024),), facts)


def _readable(folder: Path, marker: str) -> list[str]:
    found = []
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        data = path.read_bytes()
        if data.startswith(_PLAIN) or any(
            marker.encode(encoding) in data for encoding in ("utf-8", "utf-16-le", "utf-16-be")
        ):
            found.append(path.name)
    return found


CHECKS: Final[dict[str, Callable[[Scratch], Found]]] = {
    "forms": forms,
    "record": record,
    "pdf": pdf,
    "bundle": bundle,
    "backup": backup,
    "encryption": encryption,
}
"""In this order: the last one closes the ward's vault."""
