"""Files that look like bundles from the outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from mda5_crf.crypto import SigningKey
from mda5_crf.sync.envelope import Header, front

MADE = "2026-08-21T06:05:00.000Z"


def bundle_file(file: Path, number: int = 7) -> Path:
    """A right outside around nothing: from one unknown PC to another, of another study."""
    header = Header("OTHER", "0badcafe" * 2, "feedface" * 2, number, "", MADE, 1, 3, "0" * 64)
    file.write_bytes(front(header, SigningKey.generate()) + b"abc")
    return file


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """A bundle for a PC that is not here, under a name that says nothing."""
    return bundle_file(tmp_path / "brief.txt")
