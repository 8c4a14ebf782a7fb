"""``mda5-crf demo``: a ward and a centre with synthetic participants, made through the ordinary services.

Ward and centre are two vaults that know each other's keys. The ward enters, completes and sends a
bundle; the centre takes it, asks a question and sends it back; the ward takes that. Whatever the
program shows afterwards it computes from what was entered.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from mda5_crf.errors import InputRefused
from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs.filling import fill, item_key, settle
from mda5_crf.jobs.pages import print_blank, print_filled
from mda5_crf.jobs.synthetic import TARGETS, ULN, Measures, Person, haq_answers, make_person, muscle_grades
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
_VISITS = (("BL", 1), ("W12", 85), ("W24", 183))


@dataclass(slots=True)
class Made:
    """What a demonstration consists of, for the command to print."""

    directory: Path
    subjects: int = 0
    values: int = 0
    visits: int = 0
    queries: int = 0
    bundles: list[str] = field(default_factory=list)
    pdfs: list[str] = field(default_factory=list)

    @property
    def queries_per_visit(self) -> Decimal:
        """Queries raised by checks per visit entered, two decimals."""
        return (Decimal(self.queries) / max(self.visits, 1)).quantize(Decimal("0.01"))


def build(directory: Path, count: int, seed: int, progress: Callable[[str], None]) -> Made:
    """Make the demonstration in ``directory``. Raises InputRefused when something else lies there."""
    _clear(directory)
    made = Made(directory)
    rng = random.Random(seed)  # noqa: S311 - made-up data, not keys
    with (
        _vault(directory / "ward.mda5", "01", "Ward 3", "wang", "investigator") as ward,
        _vault(directory / "centre.mda5", CENTRE, "Coordinating centre", "chen", "data_manager") as centre,
    ):
        for login, name, role in (u[1:] for u in USERS if u[0] == "ward" and u[1] != "wang"):
            ward.add_person(login, name, role, PASSWORD, own_password=PASSWORD)
        devices.add_card(ward, devices.card(centre), own_password=PASSWORD)
        devices.add_card(centre, devices.card(ward), own_password=PASSWORD)
        for index in range(count):
            target = TARGETS[index] if index < len(TARGETS) else Decimal(rng.randrange(0, 70, 5)) / 2
            _participant(
                ward, rng, make_person(rng, target), ward.today - timedelta(days=400 - 6 * (index % 30)), made
            )
            progress(f"{index + 1}/{count}")
        _exchange(ward, centre, directory / "bundles", made)
        _pages(ward, directory / "pdf", made)
    return made


def _clear(directory: Path) -> None:
    """Only an own earlier demonstration is replaced; anything else in the way is left alone."""
    vaults = [directory / "ward.mda5", directory / "centre.mda5"]
    if directory.exists() and any(directory.iterdir()) and not (directory / ".demonstration").exists():
        raise InputRefused("cli.demo_directory_in_use", directory=directory)
    for old in (*vaults, *(directory / n for n in ("bundles", "pdf", "screens"))):
        if old.is_dir():
            shutil.rmtree(old)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / ".demonstration").write_text("mda5-crf demo\n", encoding="utf-8")
    for name in ("bundles", "pdf", "screens"):
        (directory / name).mkdir()


def _vault(folder: Path, site: str, name: str, login: str, role: str) -> Session:
    person = next(u[2] for u in USERS if u[1] == login)
    return create(
        folder, site=site, name=name, login=login, person=person, role=role, password=PASSWORD, demo=True
    )


def _participant(session: Session, rng: random.Random, person: Person, day1: date, made: Made) -> None:
    subject = enrol(session, None)
    made.subjects += 1
    # Trials are not tidy: every fourth participant comes late to one visit, every fifth lost weight.
    late = {"W12": 11} if made.subjects % 4 == 2 else {}
    key = ItemKey(subject.identity)
    _screening(session, key, rng, person, day1, made)
    for event, day in _VISITS:
        on = day1 + timedelta(days=day - 1 + late.get(event, 0))
        measures = {"BL": person.baseline, "W12": person.week12, "W24": person.month6}[event]
        if measures is None:
            made.visits += 1
            _enter(session, key._replace(event=event, form="SV"), on, made,
                   {"SVOCCUR": "N", "SVREASOC": "Lost to follow-up 失访"})  # fmt: skip
            continue
        if event == "W24" and made.subjects % 5 == 3:
            person = replace(person, weight=person.weight * Decimal("0.85") // Decimal("0.1") / 10)
        _visit(session, key._replace(event=event), rng, person, measures, on, made)
        if event == "BL":
            _dosing(session, key._replace(event="LOG", form="EX"), day1, made)


def _enter(session: Session, key: ItemKey, on: date, made: Made, values: dict[str, str]) -> None:
    entry = session.entry(key)
    made.values += fill(entry, values, on)
    made.queries += settle(entry)


def _screening(
    session: Session, key: ItemKey, rng: random.Random, person: Person, day1: date, made: Made
) -> None:
    on = day1 - timedelta(days=6)
    made.visits += 1
    at = key._replace(event="SCR")
    _enter(
        session,
        at._replace(form="SV"),
        on,
        made,
        {"SVOCCUR": "Y", "SVSTDAT": on.isoformat(), "SVCNTMOD": "ON SITE"},
    )
    consent = {"RFICDAT": on.isoformat(), "ICVER": "2.0 / 2021-06-01", "ICWHO": "SUBJECT", "SCRPRE": "N"}
    _enter(session, at._replace(form="IC"), on, made, consent)
    birth = {
        "BRTHDAT": f"{person.birth_year}-{rng.randint(1, 12):02d}",
        "SEX": person.sex,
        "RACE": "ASIAN",
        "ETHNIC": "HAN",
    }
    if person.sex == "F":
        birth["CHILDPOT"] = "Y" if person.birth_year > 1978 else "NA"
    _enter(session, at._replace(form="DM"), on, made, birth)
    _enter(session, at._replace(form="VS"), on, made, _vitals(rng, person))
    for form in ("LBC", "LBI"):
        _enter(session, at._replace(form=form), on, made, _laboratory(form, rng, person.baseline))
    eligible = {
        "IEDAT": on.isoformat(),
        "ENROLDAT": (day1 - timedelta(days=1)).isoformat(),
        "IEYN": "Y",
        "ENROLYN": "Y",
    }
    _enter(session, at._replace(form="IE"), on, made, eligible)


def _visit(
    session: Session,
    key: ItemKey,
    rng: random.Random,
    person: Person,
    measures: Measures,
    on: date,
    made: Made,
) -> None:
    made.visits += 1
    visit = {"SVOCCUR": "Y", "SVSTDAT": on.isoformat(), "SVCNTMOD": "ON SITE"}
    grades = muscle_grades(measures.mmt)
    scores = {
        "SV": visit,
        "VS": _vitals(rng, person),
        "LBC": _laboratory("LBC", rng, measures),
        "LBI": _laboratory("LBI", rng, measures),
        "IMACS": {"PHGA": str(measures.phga), "PTGA": str(measures.ptga), "PTGALANG": "ZH-CN"},
        "MMT": {f"{muscle}_MKORRES": str(grade) for muscle, grade in grades.items()},
        "HAQ": {
            **{name: str(code) for name, code in haq_answers(rng, measures.haq_eighths).items()},
            "HAQAIDNO": "Y",
            "HAQHLPNO": "Y",
        },
        "MDAAT": {
            "MD_EXTRA": str(measures.extra),
            "MD_MUS": str(measures.phga),
            "MD_PUL": str(measures.extra),
            "MD_CUT": str(max(measures.extra - 1, Decimal(1))),
            "MD_CON": "1.0",
            "MD_SKE": "0.5",
            "MD_GI": "0.2",
            "MD_CV": "0.0",
            "COVAL": "Lungs followed by HRCT 肺部以HRCT随访",
        },
    }
    for form, values in scores.items():
        if any(due.form == form for due in session.study.forms_of(key.event)):
            _enter(session, key._replace(form=form), on, made, values)


def _vitals(rng: random.Random, person: Person) -> dict[str, str]:
    return {
        "SYSBP_VSORRES": str(rng.randint(104, 136)),
        "DIABP_VSORRES": str(rng.randint(62, 84)),
        "PULSE_VSORRES": str(rng.randint(64, 96)),
        "RESP_VSORRES": str(rng.randint(16, 22)),
        "TEMP_VSORRES": f"36.{rng.randint(2, 8)}",
        "OXYSAT_VSORRES": str(rng.randint(95, 99)),
        "MRCGR": str(rng.randint(1, 3)),
        "HEIGHT_VSORRES": str(person.height),
        "WEIGHT_VSORRES": str(person.weight),
    }


def _laboratory(form: str, rng: random.Random, measures: Measures) -> dict[str, str]:
    if form == "LBI":
        return {
            "FERRITIN_LBORRES": str(rng.randint(120, 480)),
            "CRP_LBORRES": "<0.5 mg/dL",
            "ESR_LBORRES": str(rng.randint(8, 40)),
            "MDA5_LBMETHOD": "LINE BLOT",
            "MDA5_LBORRES": "POSITIVE",
            "MDA5_LBGRADE": "3PLUS",
            "KL6_LBORRES": str(rng.randint(380, 1500)),
        }
    values: dict[str, str] = {}
    for name, value in measures.enzymes.items():
        values[f"{name.upper()}_LBORRES"] = str(value)
        values[f"{name.upper()}_LBORNRHI"] = str(ULN[name])
    values["CREAT_LBORRES"] = f"{rng.randint(50, 78) / 100:.2f} mg/dL"
    return values


def _dosing(session: Session, key: ItemKey, day1: date, made: Made) -> None:
    entry = session.entry(key)
    group = next(g.name for g in entry.form.groups if g.repeating)
    row, _ = entry.add_row(group)
    values = {
        "ECSPID": "1",
        "ECTRT": "TOFACITINIB",
        "ECOCCUR": "Y",
        "ECDOSE": "5",
        "ECDOSFRM": "TABLET",
        "ECDOSFRQ": "BID",
        "ECROUTE": "ORAL",
        "ECSTDAT": day1.isoformat(),
        "ECSTTIM": "10:00",
        "ECONGO": "Y",
    }
    made.values += fill(entry, values, day1, rows={group: row})


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
