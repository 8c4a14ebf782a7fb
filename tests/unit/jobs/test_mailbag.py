"""The cover sheet and the ledger on paper: what stands on them is true, and no participant is named."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from mda5_crf.db import read
from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.jobs.mailbag import print_cover, print_ledger, write_cover
from mda5_crf.pdf.confirmation import in_groups
from mda5_crf.pdf.coversheet import CoverFacts
from mda5_crf.pdf.qr import modules
from mda5_crf.services.access import Role
from mda5_crf.services.changes import PersonInfo
from mda5_crf.sync import bundles
from mda5_crf.sync.receiving import receive
from mda5_crf.text import both
from tests.pdftext import solid, text_of
from tests.unit.sync.synckit import A, C, World, enter_value, item, world

__all__ = ["world"]


@pytest.fixture
def sent(world: World) -> tuple[World, Path]:
    """Two participants, two forms, one bundle to the centre."""
    for _ in range(2):
        enter_value(world[A], item(world[A].enrol().identity), "120")
    return world, world.make(A, C)


@pytest.mark.requirement("CN-4")
def test_the_cover_sheet_says_what_the_file_is(sent: tuple[World, Path]) -> None:
    world, file = sent
    ward, device = world[A], world[C].device
    sheet = write_cover(ward, device, file)
    assert sheet == file.with_suffix(".pdf")
    data = sheet.read_bytes()
    (page,) = text_of(data)
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    heads = ward.vault.journal.get(f"{ward.device}:{_end(world)}")
    assert heads is not None
    for words in (
        "Ward 3 bed side", "site 01", "中心 01", "coordinating centre", "协调中心", file.name,
        f"{file.stat().st_size:,} bytes", in_groups(sha256), in_groups(heads.hash),
        "2 participants and 2 forms", "2 名参与者、2 份表单", "none: all earlier bundles are confirmed",
        "Send a bundle back soon", "回执在其中",
    ):  # fmt: skip
        assert solid(words) in page, words
    assert "受试者" not in page
    numbers = [one.subjid for one in ward.subjects()]
    assert not any(number in page for number in numbers), "counts only"
    (printed,) = read.passages(ward.vault.store, "print")
    assert printed.content["what"] == "bundle-cover"
    assert printed.content["sha256"] == hashlib.sha256(data).hexdigest()


def _end(world: World) -> int:
    (made,) = [
        row for row in read.passages(world[A].vault.store, "bundle") if row.content["direction"] == "out"
    ]  # fmt: skip
    return int(made.content["to"][world[A].device])


def test_what_is_not_confirmed_stands_on_the_next_sheet(sent: tuple[World, Path]) -> None:
    world, first = sent
    ward, device = world[A], world[C].device
    second = world.make(A, C)
    (page,) = text_of(print_cover(ward, device, 2, "en", second).data)
    assert solid("bundles 1; this one holds what they held") in page
    bundles.take(world[C], first)
    bundles.take(ward, world.make(C, A))
    world.make(A, C)
    (page,) = text_of(print_cover(ward, device, 3, "en").data)
    assert solid("bundles 2;") in page
    assert solid("not known: the file was not at hand") in page, "the stick is away"


def test_another_file_is_not_covered(sent: tuple[World, Path], tmp_path: Path) -> None:
    world, file = sent
    ward, device = world[A], world[C].device
    other = world.make(A, C)
    with pytest.raises(InputRefused, match="other_file"):
        print_cover(ward, device, 1, "both", other)
    with pytest.raises(InputRefused, match="no_file"):
        print_cover(ward, device, 1, "both", tmp_path / "gone")
    with pytest.raises(InputRefused, match="no_bundle"):
        print_cover(ward, device, 7, "both", file)
    with pytest.raises(InputRefused, match="no_bundle"):
        print_cover(ward, "feedface" * 2, 1, "both", file)
    assert not read.passages(ward.vault.store, "print")


def test_a_file_in_the_outbox_is_found(world: World) -> None:
    ward, device = world[A], world[C].device
    file = bundles.make(ward, device, ward.vault.folder / "outbox")
    (page,) = text_of(print_cover(ward, device, 1, "zh").data)
    assert f"{file.stat().st_size:,}bytes" in page
    file.write_bytes(b"somebody else's")
    (page,) = text_of(print_cover(ward, device, 1, "zh").data)
    assert "制作本单时文件不在本机" in page


def test_the_ledger_on_paper_names_all_that_went_came_and_was_refused(sent: tuple[World, Path]) -> None:
    world, file = sent
    centre = world[C]
    second = world.make(A, C)
    damaged = file.read_bytes()[:-3]
    file.write_bytes(damaged)
    receive(centre, [file, second])
    world.make(C, A)
    page = "".join(text_of(print_ledger(centre, "both").data))
    for words in (
        "Ward 3 bed side", "Ward 9", "on the way: 1", "途中：1", "up to 2", "its end is missing", "末尾缺失",
        "Bundle 1 from Ward 3 bed side, made", "一直未收到", "refused", "拒收",
        hashlib.sha256(damaged).hexdigest()[:16], hashlib.sha256(second.read_bytes()).hexdigest()[16:32],
    ):  # fmt: skip
        assert solid(words) in page, words
    assert not any(one.subjid in page for one in centre.subjects())


def test_who_may_not_print_or_exchange_prints_nothing(world: World) -> None:
    ward, true = world[A], world[A].person
    for role in (Role.READ_ONLY, Role.ADMINISTRATOR):
        ward.person = PersonInfo(true.id, true.login, true.name, (role,))
        with pytest.raises(PermissionDenied):
            print_ledger(ward, "en")
        with pytest.raises(PermissionDenied):
            print_cover(ward, "x", 1, "en")
    ward.person = true


def test_the_picture_holds_number_and_hash() -> None:
    facts = CoverFacts(
        ("A", both("1")), ("B", both("2")), 14, "", "", None, "ab" * 32, 0, 0, 0, (), both(""),
    )  # fmt: skip
    assert facts.code == f"MDA5B 14 SHA256:{'AB' * 32}"
    assert len(modules(facts.code)) <= 37, "few and large modules: read from a crumpled sheet"
