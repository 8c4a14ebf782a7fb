"""``pdf card``, ``calendar``, ``matrix`` and ``sae``, and what they refuse."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cardward import begun, event, report
from tests.commandline import act
from tests.pdftext import text_of
from tests.scenario import Ward
from tests.wards import built, session_at


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """01-001 with a serious event, reported."""
    folder = Path(shutil.copytree(built(), tmp_path_factory.mktemp("cards") / "ward.mda5"))
    with session_at(folder, clock=lambda: datetime.now(UTC)) as session:
        ward = begun(Ward(session).enrol())
        event(ward)
        report(ward)
    return folder


@pytest.mark.parametrize(
    "words, says",
    [
        (("card", "01-001"), "Morningcard"),
        (("calendar",), "Windowcalendarofthesite"),
        (("calendar", "all"), "01-001"),
        (("matrix",), "Allparticipantsbyvisit"),
        (("sae", "01-001", "sae#1"), "Seriousadverseeventreport"),
        (("sae", "01-001", "1"), "Pneumonia"),
    ],
)
def test_each_writes_its_pages(vault: Path, tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    file = tmp_path / "pages.pdf"
    act("pdf", words[0], vault, *words[1:], "-o", file, "--lang", "en").good()
    assert says in "".join(text_of(file.read_bytes()))


@pytest.mark.parametrize(
    "words, status, says",
    [
        (("sae", "01-001"), 2, "SAE#n"),
        (("sae", "01-001", "AE#1"), 2, "SAE#n"),
        (("sae", "01-001", "SAE#7"), 1, "There are: SAE#1"),
        (("card", "--date", "2026-13-40"), 1, "is no day"),
        (("card", "--date", "2050-01-01"), 1, "Nobody is due"),
        (("matrix", "01-001"), 2, "pdf matrix VAULT"),
    ],
)
def test_what_is_not_there_is_refused_in_words_and_leaves_no_file(
    vault: Path, tmp_path: Path, words: tuple[str, ...], status: int, says: str
) -> None:
    file = tmp_path / "pages.pdf"
    act("pdf", words[0], vault, *words[1:], "-o", file).refused(status, says)
    assert not file.exists()
