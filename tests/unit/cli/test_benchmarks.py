"""``docs/benchmarks.md`` is what the benches measured, and says what was missed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.bench.figures import TOLD, figure
from tests.commandline import ROOT
from tools import benchmarks, benchtable

SCRIPT = '''"""A bench for this test, in a line.

More.
"""
import sys
from tests.bench.figures import figure
figure("one thing", 3.0, "ms", peer="the other", theirs=2.0, most=1.2, of="ratio")
figure("one more", 123456.789, "things/s", cpu=True, note="made up")
sys.exit({status})
'''


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(TOLD, str(tmp_path / "told.jsonl"))
    return tmp_path / "told.jsonl"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root with two benches of its own, of which the second breaks off."""
    (tmp_path / "docs").mkdir()
    for name, status in (("good", 0), ("bad", 7)):
        (tmp_path / f"bench_{name}.py").write_text(SCRIPT.replace("{status}", str(status)), encoding="utf-8")
    monkeypatch.setattr(benchmarks, "BENCHES", tmp_path)
    return tmp_path


def test_the_table_is_that_of_the_figures(capsys: pytest.CaptureFixture[str]) -> None:
    """When this fails: ``python tools/benchmarks.py --write``."""
    assert benchmarks.main([]) == 0, capsys.readouterr().out


def test_every_bench_tells_its_figures() -> None:
    """A bench that prints and tells nobody would be missing from the table unseen."""
    scripts = sorted((ROOT / "tests" / "bench").glob("bench_*.py"))
    assert len(scripts) >= 12
    for script in scripts:
        text = script.read_text(encoding="utf-8")
        assert "figure(" in text and '__name__ == "__main__"' in text, script.name
    kept = benchmarks.kept(ROOT)
    assert set(kept) <= {script.stem.removeprefix("bench_") for script in scripts}


def test_what_is_kept_says_nothing_of_whose_machine_it_was() -> None:
    for bench in benchmarks.kept(ROOT).values():
        assert set(bench["machine"]) == {"system", "processor", "cores", "memory"}
        assert set(bench) == {"about", "day", "seconds", "busy", "machine", "versions", "figures"}


@pytest.mark.parametrize(
    "limit,kept",
    [
        ({"of": "ours", "most": 3}, True),
        ({"of": "ours", "most": 2.9}, False),
        ({"of": "ours", "least": 3}, True),
        ({"of": "ratio", "most": 1.5}, True),
        ({"of": "ratio", "most": 1.4}, False),
        ({"of": "ratio", "least": 1.6}, False),
        ({"of": "more", "most": 1}, True),
        ({"of": "more", "most": 0.9}, False),
    ],
)
def test_a_limit_is_kept_or_missed(limit: dict[str, Any], kept: bool) -> None:
    row = {"what": "it", "ours": 3.0, "unit": "ms", "peer": "other", "theirs": 2.0, "limit": limit}
    assert benchtable.verdict(row) is kept
    bench = {"figures": [row]}
    assert bool(benchtable.missed({"x": bench})) is not kept
    assert benchtable.verdict({"what": "it", "ours": 3.0}) is None


def test_a_figure_is_rounded_and_told_only_when_asked(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    figure("it", 1234.5678, "ms", peer="other", theirs=0.00123456, most=2, of="ratio", cpu=True, note="n")
    assert json.loads(told.read_text(encoding="utf-8")) == {
        "what": "it", "ours": 1235.0, "unit": "ms", "peer": "other", "theirs": 0.001235,
        "limit": {"of": "ratio", "most": 2}, "cpu": True, "note": "n",
    }  # fmt: skip
    monkeypatch.delenv(TOLD)
    figure("it", 1, "ms")
    assert len(told.read_text(encoding="utf-8").splitlines()) == 1


@pytest.mark.parametrize("words", [{"most": 1, "of": "ratio"}, {"most": 1, "least": 1}])
def test_a_limit_that_makes_no_sense_is_refused(words: dict[str, Any], told: Path) -> None:
    with pytest.raises(ValueError, match="it:"):
        figure("it", 1, "ms", **words)
    assert not told.exists()


def test_a_run_keeps_what_it_measured_and_says_what_was_missed(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert benchmarks.run(["good"], project) == 0
    said = capfd.readouterr().out
    assert "MISSED  good: one thing" in said and "docs/benchmarks.md" in said
    text = (project / "docs/benchmarks.md").read_text(encoding="utf-8")
    assert "| one thing | 1.50 | 3.00 ms | 2.00 ms the other | ratio at most 1.2 | **missed** |" in text
    assert "| one more (made up) |  | 123,500 things/s CPU |  |  |  |" in text
    assert "1 missed" in text and "A bench for this test, in a line." in text
    assert benchmarks.main([], project) == 0
    (project / "docs/benchmarks.md").write_text(text.replace("**missed**", "kept"), encoding="utf-8")
    assert benchmarks.main([], project) == 1


def test_what_broke_off_or_ran_with_other_words_is_not_kept(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert benchmarks.run(["bad"], project) == 1
    assert "BROKE OFF  bad" in capfd.readouterr().out
    assert benchmarks.run(["good", "--", "--count", "3"], project) == 0
    assert "nothing is kept" in capfd.readouterr().out
    assert benchmarks.kept(project) == {}
    assert benchmarks.run(["no-such"], project) == 2


def test_the_long_ones_can_be_left_out(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    benchmarks.run(["good"], project)
    kept = benchmarks.kept(project)
    kept["good"]["seconds"] = 400
    (project / benchmarks.KEPT).write_text(json.dumps(kept), encoding="utf-8")
    (project / "bench_bad.py").unlink()
    capfd.readouterr()
    assert benchmarks.run(["--short"], project) == 0
    assert "0 benches" in capfd.readouterr().out
    assert "good 7 minutes" in benchtable.table(kept)
