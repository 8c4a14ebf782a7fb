"""``show --as-of``, ``show --since`` and ``pdf filled --as-of``."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mda5_crf.services.asof import present
from tests.commandline import act, remembered_keys
from tests.scenario import Ward
from tests.signward import built_signing, signing_session, vitals


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, str]]:
    """A vault in which a value was corrected; device and head before that."""
    folder = Path(shutil.copytree(built_signing(), tmp_path_factory.mktemp("moments") / "ward.mda5"))
    with remembered_keys():
        with signing_session(folder) as session:
            ward = Ward(session).enrol()
            form = vitals(ward)
            device, head = session.device, present(session).heads[session.device]
            form.enter("SYSBP", "144", because="misread")
        yield folder, device, f"{device}:{head}"


def test_a_past_moment_is_shown(ward: tuple[Path, str, str]) -> None:
    folder, device, head = ward
    shown = act("show", folder, "01-001", "BL", "VS", "--as-of", head).good()
    assert shown.out.startswith("As of 2026-09-01 10:00 +08:00") and "120 mmHg" in shown.out
    assert "144 mmHg" not in shown.out
    assert "144 mmHg" in act("show", folder, "01-001", "BL", "VS").good().out
    shown = act("show", folder, "01-001", "--as-of", head, "--language", "zh").good()
    assert shown.out.startswith("截至 2026-09-01 10:00 +08:00")
    document = act("show", folder, "01-001", "BL", "VS", "--as-of", head, "--json").good().json()
    assert document["as_of"]["heads"][device] == int(head.partition(":")[2])
    assert document["items"][0]["text"] == "120"
    assert "as_of" in act("show", folder, "--as-of", head, "--json").good().json()
    assert "as_of" not in act("show", folder, "01-001", "--json").good().json()


def test_what_is_different_is_listed(ward: tuple[Path, str, str]) -> None:
    folder, _, head = ward
    listed = act("show", folder, "01-001", "--since", head).good().out
    assert (
        "Systolic: 120 mmHg → 144 mmHg\n    2026-09-01 10:00 +08:00; Li Na; Other reason: misread" in listed
    )
    assert "Differences: 3." in listed
    listed = act("show", folder, "01-001", "--since", head, "--language", "zh").good().out
    assert "收缩压：120 mmHg → 144 mmHg" in listed and "差异共 3 处。" in listed
    assert (
        "Nothing is different." in act("show", folder, "01-001", "--since", head, "--as-of", head).good().out
    )
    document = act("show", folder, "01-001", "--since", head, "--json").good().json()
    assert (document["subject"], document["count"]) == ("01-001", 3)
    (first, *_) = document["places"][0]["differences"]
    assert (first["kind"], first["old"], first["new_zh"], first["why_zh"], first["records"]) == (
        "value", "120 mmHg", "144 mmHg", "其他原因：misread", 1,
    )  # fmt: skip
    device, seq = head.split(":")
    everything = act("show", folder, "01-001", "--since", f"{device}:{int(seq) - 4}").good().out
    assert everything.splitlines()[-2:] and "Systolic: – → 144 mmHg" in everything
    act("show", folder, "--since", head).refused(2, "--since tells of one participant")
    act("show", folder, "01-001", "BL", "--since", head).refused(2)
    act("show", folder, "01-001", "--since", "yesterday").refused(1, "offset")


def test_pages_of_a_past_moment_are_written(ward: tuple[Path, str, str], tmp_path: Path) -> None:
    folder, _, head = ward
    then, today = tmp_path / "then.pdf", tmp_path / "now.pdf"
    act("pdf", "filled", folder, "01-001", "BL", "VS", "--as-of", head, "-o", then).good()
    act("pdf", "filled", folder, "01-001", "BL", "VS", "-o", today).good()
    assert then.read_bytes() != today.read_bytes()
    act("pdf", "filled", folder, "01-001", "--as-of", "2026-09-01", "-o", tmp_path / "x.pdf").refused(
        1, "no offset"
    )
    assert not (tmp_path / "x.pdf").exists()
