"""The identification list and what stands in it leave the site with nothing that is made for a courier.

Everything that travels is opened with the receiver's keys and searched: ciphertext alone would prove little.
What is made in clear by design (sheets, exports) goes straight to its place, by way of no temporary file.
"""

from __future__ import annotations

import struct
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from mda5_crf.db.peopledb import FILE_NAME
from mda5_crf.jobs.mailbag import print_cover, print_ledger, write_cover
from mda5_crf.services.freetext import known_to
from mda5_crf.services.identities import IdentityList
from mda5_crf.services.session import Session
from mda5_crf.sync import bundles, carrier, devices
from tests.commandline import act, remembered_keys
from tests.faults.test_nothing_readable import leaks, shapes
from tests.pdftext import solid, text_of
from tests.unit.sync.joinkit import Joining, pair
from tests.vaults import password

__all__ = ["pair"]

LISTED: Final = {
    "name": "PLANTED 欧阳丽华", "initials": "QXJZWKBF", "hospital": "ZY00873321", "phone": "13871234567",
    "idno": "11010519491231002X", "note": "planted-note 邻居转告",
}  # fmt: skip
_START: Final = struct.Struct(">8sHI")


def filled(session: Session) -> None:
    """A participant in the list, opened, searched and closed again."""
    subject = session.enrol().identity
    opened = IdentityList(session, password("i01"))
    opened.set(subject, LISTED)
    opened.rows("欧阳")
    opened.close()


def inside(data: bytes, receiver: Session) -> bytes:
    """A bundle, request or carrier as its receiver reads it: header, and the body decrypted and inflated."""
    _, _, length = _START.unpack_from(data)
    body = data[_START.size + length + 64 :]
    plain = receiver.vault.device_keys.box.decrypt(body)
    try:
        return data[: _START.size + length] + zlib.decompressobj().decompress(plain)
    except zlib.error:
        return data[: _START.size + length] + plain


def found_in(data: bytes) -> list[str]:
    return [text for text in LISTED.values() for shape in shapes(text) if shape in data]


@pytest.mark.requirement("PIPL-8", "PIPL-1", "CN-4")
@pytest.mark.alteration
def test_identification_list_travels_with_nothing(pair: Joining, tmp_path: Path) -> None:
    pair.approve()
    pair.confirm()
    ward, centre = pair.ward, pair.centre
    filled(ward)
    stick = tmp_path / "stick"
    file = bundles.make(ward, centre.device, stick)
    rows, compared = known_to(ward, password("i01"))
    assert compared and len(rows) == 1
    again = bundles.make(ward, centre.device, stick, everything=True, names=rows)
    cover, card = write_cover(ward, centre.device, again), devices.card(ward)
    assert b'"kind":"identities"' in inside(again.read_bytes(), centre), "the act travels, and no name"
    sheets = [cover.read_bytes(), print_cover(ward, centre.device, 1, "zh", file).data,
              print_ledger(ward, "both").data]  # fmt: skip
    secret = (ward.vault.folder / FILE_NAME).read_bytes()
    for data in (file.read_bytes(), again.read_bytes(), pair.request):
        opened = inside(data, centre)
        assert len(opened) > 500 and found_in(opened) == []
        assert secret[:64] not in opened and secret[:64] not in data
    _, _, length = _START.unpack_from(pair.invitation)
    definition = zlib.decompress(pair.invitation[_START.size + length + 64 :])
    for data in (pair.invitation, definition, card, *sheets):
        assert found_in(data) == []
    for sheet in sheets:
        words = solid(" ".join(text_of(sheet)))
        assert words and not [text for text in LISTED.values() if solid(text) in words]
    bundles.take(centre, file)
    assert leaks(stick, centre.vault.folder, texts=tuple(LISTED.values())) == []
    assert not (centre.vault.folder / FILE_NAME).exists()


def test_the_search_would_find_it(pair: Joining, tmp_path: Path) -> None:
    """What is put into a carrier on purpose is seen by the same search, once it is opened."""
    pair.approve()
    pair.confirm()
    (tmp_path / "list.txt").write_text("\n".join(LISTED.values()), encoding="utf-8")
    target = tmp_path / "out.mda5c"
    data = carrier.make(pair.ward, tmp_path / "list.txt", pair.centre.device, target).read_bytes()
    assert found_in(data) == [] and set(found_in(inside(data, pair.centre))) == set(LISTED.values())


@pytest.mark.requirement("PIPL-1", "FDA-8")
def test_what_is_made_in_clear_passes_no_temporary_file(
    pair: Joining, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.approve()
    pair.confirm()
    filled(pair.ward)
    ward, peer = pair.ward.vault.folder, pair.centre.device
    pair.close()
    tried: list[str] = []

    def noted(name: str) -> Callable[..., object]:
        real = getattr(tempfile, name)

        def made(*told: object, **more: object) -> object:
            if more.get("dir") is None:  # beside its target it is no file of the system's folder
                tried.append(name)
            return real(*told, **more)

        return made

    for name in ("mkstemp", "mkdtemp", "NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile"):
        monkeypatch.setattr(tempfile, name, noted(name))
    out = tmp_path / "out"
    out.mkdir()
    with remembered_keys():
        act("bundle", "make", ward, "--to", peer, "-o", out, "--cover").good()
        act("bundle", "ledger", ward, "-o", out / "ledger.pdf").good()
        act("enter", ward, _number(ward), "BL", "VS", "SYSBP_VSORRES=120").good()
        act("pdf", "filled", ward, _number(ward), "-o", out / "filled.pdf").good()
        for kind in ("odm", "odm-archive"):
            act("export", ward, "--as", kind, "-o", out / f"{kind}.xml").good()
    assert tried == [] and len(list(out.iterdir())) == 6
    assert leaks(out, texts=tuple(LISTED.values())) == []


def _number(ward: Path) -> str:
    (row,) = act("show", ward, "--json").good().json()["subjects"]
    return str(row["subject"])
