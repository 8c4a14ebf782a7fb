"""What PCs are called stands in names of files: whatever it is, the name is a plain one on every system."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mda5_crf.errors import InputRefused
from mda5_crf.sync.cards import card_of
from mda5_crf.sync.devices import own_card
from mda5_crf.sync.names import readable
from mda5_crf.sync.naming import bundle_name, safe
from tests.faults import counts
from tests.unit.sync.synckit import A, C, World, old_world

__all__ = ["old_world"]

HOSTILE: Final = (
    "../x",
    "..\\..\\x",
    "/etc/passwd",
    "\\\\server\\share\\x",
    "C:\\x",
    "C:x",
    "x:stream",
    "x::$DATA",
    "CON",
    "con",
    "NUL.txt",
    "COM1",
    "LPT9",
    "AUX",
    "PRN",
    "CONIN$",
    "x" * 300,
    "a\0b",
    ".",
    "..",
    "...",
    "",
    " ",
    "x ",
    "x.",
    "-rf",
    "--help",
    "~",
    "$HOME",
    "%TEMP%",
    "*",
    "?",
    "<x>",
    "a|b",
    '"x"',
    "`id`",
    "a;b",
    "a&b",
    "a\nb",
    "a\rb",
    "\u202eexe.x",
    "\u75c5\u623f 3",
    "\uff0f\uff0fetc",
    "\u2024\u2024\u2215x",
    "\uff23\uff2f\uff2e",
    "e\u0301",
    "\U0001f600",
    "K\u00f6ln",
    "desktop.ini",
    "\u0130stanbul",
    "\ufb03",
    "\u00bd",
)
_RESERVED: Final = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9]|CONIN\$|CONOUT\$)", re.IGNORECASE)
_PLAIN: Final = re.compile(r"[A-Za-z0-9_-]+")
_DEVICES: Final = st.text("0123456789abcdef", min_size=16, max_size=16)
_SITES: Final = st.text("0123456789", min_size=2, max_size=2)
_NAMES: Final = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=80),
    st.text(st.sampled_from('./\\:*?"<>|\0 -_ACNOUXc\u202e\uff0f\u75c5'), max_size=80),
    st.tuples(st.sampled_from(HOSTILE), st.sampled_from(HOSTILE)).map("".join),
)


def assert_plain(name: str) -> None:
    """A file of this name lies in its folder, is no device and no stream, and survives every copy."""
    assert _PLAIN.fullmatch(name.removesuffix(".mda5b")), name
    assert len(name) <= 120
    assert not _RESERVED.fullmatch(name.partition(".")[0]), name
    assert not name.startswith(("-", ".", "~"))
    for kind in (PurePosixPath, PureWindowsPath):
        path = kind("folder") / name
        assert path.parent == kind("folder") and path.name == name and not kind(name).is_absolute()
        assert not kind(name).anchor


@pytest.mark.alteration("path_in_manifest")
@given(
    names=st.tuples(_NAMES, _NAMES),
    devices=st.tuples(_DEVICES, _DEVICES),
    site=_SITES,
    number=st.integers(1, 10**9),
)
@example(names=("CON", "NUL"), devices=("ab" * 8, "cd" * 8), site="01", number=1)
@example(names=("", "\u75c5\u623f"), devices=("ab" * 8, "cd" * 8), site="01", number=1)
def test_path_in_manifest_becomes_no_path(
    names: tuple[str, str], devices: tuple[str, str], site: str, number: int
) -> None:
    made = bundle_name((names[0], devices[0], site), (names[1], devices[1], site), number)
    assert_plain(f"{made}.mda5b")
    assert made.startswith("MDA5_") and made.endswith(f"_{number:04d}")
    for name, device in zip(names, devices, strict=True):
        part = safe(name, device, site)
        assert part and len(part) <= 24
        assert re.search("[A-Za-z]", part), "a name without a letter says nothing"
        assert safe(part, device, site) == part, "a safe name stays as it is"


@pytest.mark.alteration
def test_path_in_manifest_of_a_card(old_world: World) -> None:
    """A card with such a name is refused, or its PC gets a file that lies where it should."""
    body, refused, made = own_card(old_world[C]).body(), 0, 0
    for name in HOSTILE:
        try:
            card = card_of({**body, "name": name})
        except InputRefused:
            assert not readable(name)
            refused += 1
            continue
        own = (old_world[A].vault_name, old_world[A].device, "01")
        assert_plain(bundle_name(own, (card.name, card.device, card.site), 1) + ".mda5b")
        made += 1
    assert refused and made
    for field in ("device", "site", "definition"):
        for wrong in HOSTILE:
            with pytest.raises(InputRefused):
                card_of({**body, field: wrong})
    counts.alterations("path_in_manifest of a card", tried=len(HOSTILE) * 4, found=len(HOSTILE) * 4)


def test_files_with_such_names_can_be_made_here(tmp_path: Path) -> None:
    for number, name in enumerate(HOSTILE):
        path = tmp_path / f"{bundle_name((name, 'ab' * 8, '01'), (name, 'cd' * 8, '00'), number)}.mda5b"
        path.write_bytes(b"")
        assert path.parent == tmp_path and path.is_file()
    assert len(list(tmp_path.iterdir())) == len(HOSTILE)
