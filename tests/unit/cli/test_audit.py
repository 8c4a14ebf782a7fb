"""``audit``: the trail on the command line, narrowed, as JSON, as a file, counted, reviewed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.commandline import act
from tests.scenario import Ward
from tests.wards import built, session_at


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A ward with a few vital signs of 01-001."""
    folder = Path(shutil.copytree(built(), tmp_path_factory.mktemp("audit") / "ward.mda5"))
    with session_at(folder) as session:
        ward = Ward(session).enrol()
        ward.open("BL", "VS").enter_all(VSPERF="Y", SYSBP_VSORRES="80", DIABP_VSORRES="95")
        ward.open("BL", "VS").enter("DIABP_VSORRES", "60")
    return str(folder)


# -- what cannot be done -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words, part",
    [
        (["--person", "nobody"], "nobody"),
        (["--device", "Ward 99"], "Ward 99"),
        (["--bundle", "7"], "7"),
        (["--kind", "gossip"], "gossip"),
        (["--since", "last week"], "last week"),
        (["--review", " "], "few words"),
        (["02-999"], "02-999"),
    ],
)
def test_what_cannot_be_found_is_said(vault: str, words: list[str], part: str) -> None:
    done = act("audit", vault, *words)
    assert done.status == 1 and part in done.err


def test_an_item_needs_its_form(vault: str) -> None:
    assert act("audit", vault, "--item", "SYSBP").status == 2


# -- work ----------------------------------------------------------------------------------------------


@pytest.mark.requirement("EMA-3", "FDA-10")
def test_the_trail_of_a_form_as_json(vault: str) -> None:
    found = act("audit", vault, "01-001", "BL", "VS", "--kind", "data", "--json").json()
    assert [line["new"]["en"] for line in found["lines"]] == ["60 mmHg", "95 mmHg", "80 mmHg", "Y Yes"]
    assert found["lines"][0]["prompt"] == ["VS-02"] and found["more"] is False


def test_one_table_and_how_to_see_more(vault: str) -> None:
    done = act("audit", vault, "--search", "diastolic", "--limit", "1", "--language", "en")
    assert "95 mmHg" in done.out and "60 mmHg" in done.out and "--limit" in done.out
    assert "investigator" in done.out and "has not been reviewed" in done.out


def test_options_narrow_together(vault: str) -> None:
    narrowed = [
        "--person",
        "i01",
        "--device",
        "Ward 3",
        "--item",
        "vs.sysbp_vsorres",
        "--since",
        "2026-09-01",
    ]
    found = act("audit", vault, *narrowed, "--until", "2026-09-01", "--json").json()
    assert [line["item"] for line in found["lines"]] == ["SYSBP_VSORRES"]
    assert act("audit", vault, *narrowed, "--until", "2026-08-31", "--json").json()["lines"] == []


@pytest.mark.requirement("P11-6")
def test_the_file_and_its_record(vault: str, tmp_path: Path) -> None:
    file = tmp_path / "trail.csv"
    done = act("audit", vault, "--csv", str(file), "--kind", "data", "--json").json()
    assert done["lines"] == 4 and len(file.read_text("utf-8-sig").splitlines()) == 5
    exports = act("audit", vault, "--kind", "export", "--json").json()["lines"]
    assert done["sha256"][:12] in exports[0]["new"]["en"]
    assert "SHA-256" in act("audit", vault, "--csv", str(tmp_path / "zh.csv"), "--language", "zh").out


def test_counts(vault: str) -> None:
    found = act("audit", vault, "--patterns", "--json").json()
    assert found["entries"] == 4 and found["items"][0]["oid"] == "VS.DIABP_VSORRES"
    assert "VS.DIABP_VSORRES" in act("audit", vault, "--patterns").out


@pytest.mark.requirement("EMA-12", "E6-7")
def test_a_review_and_what_is_new(vault: str) -> None:
    assert act("audit", vault, "--review", "All of it; nothing odd").status == 0
    fresh = act("audit", vault, "--new", "--json").json()["lines"]
    assert {line["kind"] for line in fresh} <= {"trail-review", "login", "logout", "view"}
    assert "nothing odd" in act("audit", vault).out


def test_looking_at_a_form_is_a_view(vault: str) -> None:
    act("show", vault, "01-001", "BL", "VS")
    views = act("audit", vault, "--kind", "view", "--json").json()["lines"]
    assert [line["form"] for line in views] == ["VS"]
