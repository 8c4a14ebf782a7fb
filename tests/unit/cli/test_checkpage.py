"""``check-page``: code and file, as sentences and as JSON, and the page written down again."""

from __future__ import annotations

from pathlib import Path

import pypdf
import pytest

from tests.commandline import act


@pytest.mark.requirement("FDA-1")
def test_a_page_is_checked_by_code_and_file(vault: Path, tmp_path: Path, yesterday: str) -> None:
    act("enter", vault, "01-001", "SCR", "VS", "VSPERF=Y", f"VSDAT={yesterday}", "SYSBP_VSORRES=128").good()
    file = tmp_path / "vs.pdf"
    act("pdf", "filled", vault, "01-001", "SCR", "VS", "-o", file, "--lang", "en").good()
    told = act("check-page", vault, file, "--json").good().json()
    assert told["verdict"] == "genuine" and told["print"]["participant"] == "01-001"
    code = told["pages"][0]["code"]
    said = act("check-page", vault, code.lower(), "-o", tmp_path / "again.pdf").good()
    assert "Genuine and current" in said.out and "128" in said.out and "again.pdf" in said.out
    (page,) = pypdf.PdfReader(tmp_path / "again.pdf").pages
    assert code in page.extract_text() and "128" in page.extract_text()
    said = act("check-page", vault, code, "--language", "zh").good()
    assert "真实且为最新" in said.out
    altered = tmp_path / "altered.pdf"
    altered.write_bytes(file.read_bytes() + b"\n")
    done = act("check-page", vault, altered)
    assert done.status == 1 and "Altered" in done.out
    act("enter", vault, "01-001", "SCR", "VS", "SYSBP_VSORRES=131", "--reason", "ENTRY_ERROR").good()
    done = act("check-page", vault, code)
    assert done.status == 1 and "superseded" in done.out and "128" in done.out
    done = act("check-page", vault, "7K3M-Q2XA-0D4N-8RTW-6HJP", "--json")
    assert done.status == 1 and done.json()["verdict"] == "unknown" and done.json()["pages"] == []


def test_what_cannot_be_checked(vault: Path, tmp_path: Path) -> None:
    act("check-page", vault, "7K3M").refused(1, "20 letters")
    act("check-page", vault, tmp_path / "no.pdf").refused(1, "cannot be read")
    act("check-page", vault, "7K3M-Q2XA-0D4N-8RTW-6HJP", "-o", tmp_path / "x.pdf").refused(
        1, "not in this vault"
    )
    assert not (tmp_path / "x.pdf").exists()
