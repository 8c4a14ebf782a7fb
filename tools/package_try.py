"""Start the packed program as a stranger's PC would: another folder with a space and Chinese characters, an
empty home, no Python, nothing of this machine's environment; and ask of it what a ward asks.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pypdf

from mda5_crf import __version__, integrity
from mda5_crf.jobs import release
from mda5_crf.jobs.demonstration import PASSWORD
from tools import manifest
from tools.package_build import NAME, ROOT

SLOWEST: Final = 1.3
"""So many times the start of the unfrozen program may the packed one take, from process to login window."""
RUNS: Final = 9
"""Pairs that are timed, besides two to warm up."""
TERM: Final = "带状疱疹，左胸"
"""What is typed, printed and read back."""
_SECRET: Final = "copper harbour willow ninety lantern"  # noqa: S105 - of a vault that lives a minute
_KEPT: Final = (
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "COMSPEC",
    "NUMBER_OF_PROCESSORS",
    "PROCESSOR_ARCHITECTURE",
)


class Wrong(Exception):
    """The packed program did not do what it must; the message says what."""


@dataclass
class Trial:
    """One packed program in ``folder``, with an empty ``home``; ``told`` hears of each thing that held."""

    folder: Path
    home: Path
    told: Callable[[str], None]
    done: list[str] = field(default_factory=list)

    @property
    def starter(self) -> Path:
        """The program to start."""
        return self.folder / (f"{NAME}.exe" if os.name == "nt" else NAME)

    def surroundings(self, **more: str) -> dict[str, str]:
        """What ``env -i`` leaves, and what every account has."""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        temporary = str(self.home / "tmp")
        own = {"HOME": str(self.home), "TMPDIR": temporary, "TEMP": temporary, "TMP": temporary}
        own |= {"APPDATA": str(self.home / "appdata"), "USERPROFILE": str(self.home)}
        # No folder of this path has a Python; the program finds its own parts by itself.
        return {**kept, **own, "PATH": str(self.home / "nothing"), "QT_QPA_PLATFORM": "offscreen", **more}

    def call(
        self, *words: object, secret: str = "", status: int = 0, seconds: float = 300
    ) -> tuple[str, str]:
        """Run the program; what it wrote. Raises Wrong for another exit status than ``status``."""
        more = {"MDA5_CRF_PASSWORD": secret} if secret else {}
        done = subprocess.run(
            [str(self.starter), *(str(word) for word in words)],
            env=self.surroundings(**more), cwd=self.home, capture_output=True, encoding="utf-8", check=False,
            stdin=subprocess.DEVNULL, timeout=seconds,
        )  # fmt: skip
        if done.returncode != status:
            tail = (done.stdout[-600:] + done.stderr[-1200:]).strip()
            raise Wrong(f"{NAME} {words[0]} ended with {done.returncode}, not {status}: {tail}")
        return done.stdout, done.stderr

    def held(self, what: str) -> None:
        """Note that something is as it must be."""
        self.done.append(what)
        self.told(what)


def expect(good: object, what: str) -> None:
    """Raise Wrong with ``what`` unless ``good``."""
    if not good:
        raise Wrong(what)


def everything(trial: Trial, work: Path) -> None:
    """All trials but the timing, in ``work`` (an empty folder). Raises Wrong, OSError."""
    (trial.home / "tmp").mkdir(parents=True)
    version(trial)
    founded(trial, work)
    demonstration(trial, work / "演示 demo")
    checked(trial)
    altered(trial, work)
    portable(trial, work)


def version(trial: Trial) -> None:
    """It says its version, and which centre's parts it has."""
    out, _ = trial.call("--version")
    expect(out.split()[-1:] == [__version__], f"it says {out.strip()}, not version {__version__}")
    trial.held(f"version {__version__}")


def founded(trial: Trial, work: Path) -> None:
    """A real vault (no demonstration) is founded, opened and left."""
    vault = work / "病区 3.mda5"
    trial.call(
        "new", vault, "--site", "03", "--name", "病区 3", "--user", "liu", "--person", "Liu Yang 刘洋",
        "--role", "investigator", secret=_SECRET,
    )  # fmt: skip
    out, _ = trial.call("show", vault, "--user", "liu", "--json", secret=_SECRET)
    expect(json.loads(out)["site"] == "03", "the vault it founded does not say its site")
    _, err = trial.call("show", vault, "--user", "liu", secret=_SECRET[:-1], status=1)
    expect(err.strip(), "a wrong password was refused without words")
    trial.held("founds a vault, logs in, refuses a wrong password")


def demonstration(trial: Trial, folder: Path) -> None:
    """The demonstration, with pictures of the window; a term typed, printed, taken at the centre."""
    made = _json(trial, "demo", folder, "--subjects", 2, "--json", seconds=900)
    expect(made["screens"], "the window was not shown, or nobody could log in to it: there are no pictures")
    trial.held(f"the window starts, somebody logs in, {len(made['screens'])} pictures of its screens")
    ward, centre = folder / "ward.mda5", folder / "centre.mda5"
    subject = _json(trial, "enrol", ward, "--user", "li", "--json", secret=PASSWORD)["subject"]
    trial.call(
        "enter", ward, subject, "LOG", "AE", f"AETERM={TERM}", "--row", "new", "--user", "li", secret=PASSWORD
    )
    page = folder / "打印 page.pdf"
    trial.call(
        "pdf",
        "filled",
        ward,
        subject,
        "LOG",
        "AE",
        "-o",
        page,
        "--lang",
        "zh",
        "--user",
        "li",
        secret=PASSWORD,
    )
    text = "".join(one.extract_text() for one in pypdf.PdfReader(page).pages).replace("\n", "")
    expect(TERM in text and "不良事件" in text, f"the Chinese page does not say {TERM}: {text[:200]}")
    trial.held(f"prints a Chinese page ({page.stat().st_size // 1000} kB); read back it says {TERM}")
    said, _ = trial.call("check-page", ward, page, "--user", "li", secret=PASSWORD)
    expect(said.strip(), "nothing was said of the printed page")
    trial.held("recognises its page (the child that reads files of strangers works)")
    file = folder / "邮包 bundle.mda5b"
    trial.call("bundle", "make", ward, "Coordinating centre", "-o", file, "--user", "li", secret=PASSWORD)
    taken = _json(trial, "bundle", "take", centre, file, "--user", "chen", "--json", secret=PASSWORD)
    expect(taken["written"] and taken["new"] > 0, f"the bundle brought nothing: {taken}")
    trial.held(f"makes a bundle and takes it at the centre: {taken['new']} new records")


def checked(trial: Trial) -> None:
    """It validates itself, and says that its files are as they were packed."""
    evidence = _json(trial, "selfcheck", "--json", seconds=600)["evidence"]
    failed = [one["name"] for one in evidence["checks"] if one["result"] == "failed"]
    expect(not failed and evidence["result"] == "passed", f"selfcheck failed: {failed}")
    files = next(one for one in evidence["checks"] if one["name"] == "files")
    expect(files["facts"]["list"] == "package", f"the files were not compared with the list: {files}")
    version_ = next(one for one in evidence["checks"] if one["name"] == "version")
    expect(version_["facts"]["kind"] == "packed", "it does not know that it is packed")
    trial.held(
        f"selfcheck: {len(evidence['checks'])} checks passed, {files['facts']['files']} files as packed"
    )


def altered(trial: Trial, work: Path) -> None:
    """One altered file: real data stay shut, the demonstration opens, selfcheck names it."""
    vault = work / "病区 3.mda5"
    internal = trial.folder / "_internal"
    name = "mda5_crf/resources/calendar/cn.toml"
    file, path = internal / name, f"_internal/{name}"
    before = file.read_bytes()
    file.write_bytes(before + b"\n")
    try:
        _, err = trial.call("show", vault, "--user", "liu", secret=_SECRET, status=3)
        expect(path in err, f"the altered file is not named: {err}")
        trial.call("show", work / "演示 demo" / "ward.mda5", "--user", "li", secret=PASSWORD)
        out, _ = trial.call("selfcheck", "--json", status=1, seconds=600)
        checks = {one["name"]: one["result"] for one in json.loads(out)["evidence"]["checks"]}
        expect(checks["files"] == "failed", f"selfcheck does not fail: {checks}")
        trial.held("with one file altered: real data stay shut and the file is named, selfcheck fails")
        listed = (trial.folder / integrity.NAME).read_bytes()
        manifest_kept = (trial.folder / integrity.SIGNATURE).read_bytes()
        manifest.write(trial.folder)
        (trial.folder / integrity.SIGNATURE).write_bytes(manifest_kept)
        _, err = trial.call("selfcheck", "--package", trial.folder, status=1)
        expect(integrity.NAME in err, f"a list written anew by somebody else is believed: {err}")
        (trial.folder / integrity.NAME).write_bytes(listed)
        trial.held("a list of files written anew without the release key is refused")
    finally:
        file.write_bytes(before)
    trial.call("selfcheck", "--package", trial.folder)
    trial.call("show", vault, "--user", "liu", secret=_SECRET)
    trial.held("mended, it opens them again")


def portable(trial: Trial, work: Path) -> None:
    """With a file ``portable`` beside it, it leaves nothing in the account of its user."""
    marker = trial.folder / "portable"
    marker.touch()
    shutil.rmtree(trial.home)
    (trial.home / "tmp").mkdir(parents=True)
    try:
        trial.call("show", work / "病区 3.mda5", "--user", "liu", secret=_SECRET)
        left = [one for one in trial.home.rglob("*") if one.is_file()]
        expect(not left, f"portable, it left files in the account: {left[:5]}")
        expect((trial.folder / "settings" / "settings.json").is_file(), "portable, it kept no settings")
        trial.call("selfcheck", "--package", trial.folder)
    finally:
        marker.unlink()
        shutil.rmtree(trial.folder / "settings", ignore_errors=True)
    trial.held("portable: settings beside the program, nothing left in the account")


def released(trial: Trial, sums: Path) -> None:
    """The sums of the release are believed, and refused once their signature does not fit."""
    trial.call("selfcheck", "--package", sums)
    signature = sums.with_name(sums.name + release.SUFFIX)
    before = sums.read_bytes(), signature.read_bytes()
    try:
        sums.write_bytes(before[0] + b"0" * 64 + b"  other.tar.xz\n")
        _, err = trial.call("selfcheck", "--package", sums, status=1)
        expect(release.SUMS in err, f"an altered list of sums is believed: {err}")
    finally:
        sums.write_bytes(before[0])
    trial.held("the signed sums of the release are believed, altered ones refused")


# -- time --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Start:
    """Medians in milliseconds from process to login window and out again, and the median of their ratios."""

    packed: float
    unfrozen: float
    ratio: float


def start_time(trial: Trial, runs: int = RUNS) -> Start:
    """The packed program and the unfrozen one in turns, in one run, both offscreen."""
    unfrozen = {**trial.surroundings(MDA5_CRF_QUIT_ON_SHOW="1"), "PYTHONPATH": str(ROOT)}
    packed = trial.surroundings(MDA5_CRF_QUIT_ON_SHOW="1")
    pairs = [
        (_timed([str(trial.starter)], packed), _timed([sys.executable, "-m", "mda5_crf"], unfrozen))
        for _ in range(runs + 2)
    ][2:]
    return Start(
        statistics.median(one for one, _ in pairs),
        statistics.median(other for _, other in pairs),
        statistics.median(one / other for one, other in pairs),
    )


def _timed(words: list[str], environment: dict[str, str]) -> float:
    began = time.perf_counter()
    done = subprocess.run(words, env=environment, capture_output=True, check=False, cwd=environment["HOME"])
    took = (time.perf_counter() - began) * 1000
    if done.returncode:
        raise Wrong(f"the window did not start: {done.stderr.decode(errors='replace')[-600:]}")
    return took


@contextlib.contextmanager
def room(base: Path) -> Iterator[Path]:
    """An empty folder, named as people name folders; taken away at the end."""
    place = base / "病房 3 – Ward 3"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _json(trial: Trial, *words: object, secret: str = "", seconds: float = 300) -> Any:  # noqa: ANN401 - as told
    out, _ = trial.call(*words, secret=secret, seconds=seconds)
    try:
        return json.loads(out)
    except ValueError:
        raise Wrong(f"{words[0]} did not write one JSON document: {out[:300]}") from None
