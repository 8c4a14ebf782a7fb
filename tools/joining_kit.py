"""A centre and a ward that join each other, for pictures: demonstration vaults beside the one on stage."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from mda5_crf.jobs.demonstration import PASSWORD
from mda5_crf.services.session import Session, create
from mda5_crf.sync import devices, inviting, joining

LOGIN: Final = "gao"
SECOND: Final = "min"
_WARD: Final = "wen"


def centre(folder: Path) -> Session:
    """The centre's vault, with one more invitation that nobody has answered; a data manager is logged in."""
    invitation(folder)
    session = Session.open(folder / "centre.mda5", LOGIN, PASSWORD)
    if not any(one.name == "病区 7" for one in inviting.offers(session)):
        inviting.invite(session, "07", "病区 7", own_password=PASSWORD)
    return session


def invitation(folder: Path) -> Path:
    """The centre's invitation for a PC of site 03; the centre is made with it."""
    file = folder / "ward.mda5invite"
    if not file.exists():
        with create(
            folder / "centre.mda5", site="00", name="Coordinating Centre", login=LOGIN,
            person="Gao Min 高敏", role="data_manager", password=PASSWORD, demo=True,
        ) as made:  # fmt: skip
            made.add_person(SECOND, "Min Hui 闵慧", "administrator", PASSWORD, own_password=PASSWORD)
            _, data = inviting.invite(made, "03", "Ward 3 east", own_password=PASSWORD)
            file.write_bytes(data)
    return file


def ward(folder: Path) -> Session:
    """The ward's vault, which has answered the invitation; its investigator is logged in."""
    place = folder / "joining.mda5"
    if not place.exists():
        data = invitation(folder).read_bytes()
        made = joining.join(
            place, data, login=_WARD, person="Dr Wen 文医生", role="investigator", password=PASSWORD
        )
        asked = joining.state(made)
        if asked is not None:
            (folder / "ward.mda5join").write_bytes(asked.request)
        (folder / "other.mda5card").write_bytes(devices.card(made))
        made.close()
    return Session.open(place, _WARD, PASSWORD)


def request(folder: Path) -> Path:
    """The file with which the ward answered."""
    if not (folder / "ward.mda5join").exists():
        ward(folder).close()
    return folder / "ward.mda5join"


def card(folder: Path) -> Path:
    """The card of that ward's PC."""
    request(folder)
    return folder / "other.mda5card"


def words_of_ward(folder: Path) -> str:
    """The four words that the ward reads."""
    with ward(folder) as session:
        return joining.words_for_centre(session).words
