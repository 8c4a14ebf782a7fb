"""Keep what this version writes, for later versions to open: ``python tools/golden_release.py [FOLDER]``.

Run once at each release, by the release itself. It makes small real vaults by the ordinary commands, with the
definition of the tests and with the trial's own, and keeps vaults, a copy, bundles in both directions, an
archive, a carrier, exports, a printed page and the settings in ``tests/golden/releases/VERSION``, with
``made.json``: what is inside, and what this version itself says of it. A version that does not know a command
has no such file. ``--program FOLDER`` drives the program in another folder, which is how the files of the
versions before 0.8 were made; the commands have kept their names.

Passwords are those of :data:`PEOPLE`. Each has one salt, in all vaults of all versions, so that the tests
derive each key once; everything else is as random as it always is, so a second run gives other bytes. Nothing
in the folder of a version that was released is ever written anew.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
PEOPLE: Final = {
    "i01": ("Li Na", "investigator", "orbit-canvas-12-lantern"),
    "n07": ("Zhang Wei", "data_entry", "meadow-string-44-copper"),
    "d02": ("Wang Fang", "data_manager", "velvet-anchor-90-thistle"),
    "m04": ("Zhao Min", "monitor", "copper-window-37-saddle"),
}
"""Log-in → name, role, password. Golden files stand on these for ever."""
FOUNDER, NURSE, MANAGER, MONITOR = PEOPLE
WARD, CENTRE, TRIAL, COPY = "ward", "centre", "trial", "copy"
KEPT_OF_A_VAULT: Final = ("keys.json", "study.db", "people.db")
HOLDERS: Final = ("Li Na", "Wang Fang", "Zhao Min")


class Refused(Exception):
    """A command that had to succeed did not."""


class Maker:
    """One version at work: its commands, and what they answered."""

    def __init__(self, program: Path, at: Path) -> None:
        self.program, self.at = program, at
        self.absent: list[str] = []
        self._keys: dict[tuple[str, bytes], bytes] = {}
        os.environ["MDA5_CRF_CONFIG"] = str(at / "settings")
        for login, (_, _, password) in PEOPLE.items():
            self.path(f"{login}.txt").write_text(password)
        self._fix_salts()
        self._main: Callable[[list[str]], int] = import_module("mda5_crf.cli").main

    def path(self, name: str) -> Path:
        """A file or folder of this run."""
        return self.at / name

    def act(self, login: str, *words: object, second: str = "") -> Any:  # noqa: ANN401 - the command's document
        """A command that must succeed. Its JSON document; None where it has none.

        Raises Refused when the program refuses or fails.
        """
        status, out, err = self._call(login, words, second)
        if status:
            raise Refused(f"{' '.join(map(str, words))}: {status} {err}{out}")
        with contextlib.suppress(ValueError):
            return json.loads(out)
        return None

    def maybe(self, login: str, *words: object, second: str = "") -> Any:  # noqa: ANN401 - the command's document
        """The same of a command that this version may not know: then None, and it is noted as absent."""
        status, out, err = self._call(login, words, second)
        if status == 2 or (status == 1 and "unknown" in err.lower()):
            self.absent.append(" ".join(str(word) for word in words[:2] if str(self.at) not in str(word)))
            return None
        if status:
            raise Refused(f"{' '.join(map(str, words))}: {status} {err}{out}")
        with contextlib.suppress(ValueError):
            return json.loads(out)
        return True

    def _call(self, login: str, words: Sequence[object], second: str) -> tuple[int, str, str]:
        given = [str(word) for word in words]
        if second:
            given += ["--second", second, "--second-password-file", str(self.path(f"{second}.txt"))]
        if login:
            given += ["--user", login, "--json"]
            os.environ["MDA5_CRF_PASSWORD"] = PEOPLE[login][2]
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = self._main(given)
            except SystemExit as end:
                status = int(end.code or 0)
        return status, out.getvalue(), err.getvalue()

    def _fix_salts(self) -> None:
        slots: Any = import_module("mda5_crf.db.slots")
        crypto: Any = import_module("mda5_crf.crypto")
        real = slots.password_key

        def key(password: str, cost: Any) -> bytearray:  # noqa: ANN401 - of that version
            known = (password, cost.salt)
            if known not in self._keys:
                self._keys[known] = bytes(real(password, cost))
            return bytearray(self._keys[known])

        def fresh(password: str) -> tuple[bytearray, Any]:
            cost = crypto.Cost(hashlib.sha256(b"mda5-crf golden " + password.encode()).digest()[:16])
            return key(password, cost), cost

        slots.password_key, slots.new_password_key = key, fresh


# -- what goes in ----------------------------------------------------------------------------------------

SMALL: Final = (
    ("n07", "SCR", "IC", "RFICDAT=2026-08-01", "SEX=F", "BRTHDAT=1970-05", "CHILDPOT=N",
     "SYMPTOMS=COUGH RASH", "COVAL=Came with her daughter 由女儿陪同", "--complete"),
    ("n07", "SCR", "VS", "VSPERF=Y", "VSDAT=2026-08-01", "SYSBP_VSORRES=180", "DIABP_VSORRES=82",
     "PULSE_VSORRES=88", "TEMP_VSORRES=98.6 °F", "HEIGHT_VSORRES=162.5", "WEIGHT_VSORRES=120 jin"),
    ("n07", "SCR", "VS", "PULSE_VSORRES=78", "--reason", "TYPING"),
    ("n07", "SCR", "VS", "--confirm", "SYSBP_VSORRES", "--complete"),
    ("n07", "BL", "LB", "LBPERF=Y", "LBDAT=2026-08-05", "CK_LBORRES=1200", "CK_LBORNRLO=26",
     "CK_LBORNRHI=140", "ALT_LBORRES=>2000", "CREAT_LBORRES=0.9 mg/dL", "--confirm", "ALT_LBORRES"),
    ("i01", "BL", "LB", "CK_LBCLSIG=CS", "--complete"),
    ("n07", "BL", "MM", "MKDAT=2026-08-05", "DELTR_MKORRES=8", "DELTL_MKORRES=9", "QUADR_MKORRES=10",
     "MD_CUT=3.5", "MD_PUL=12 mm", "--missing", "QUADL_MKORRES=ND"),
    ("n07", "LOG", "EX", "ECDOSE=5", "ECSTDAT=2026-08-05", "ECONGO=N", "ECENDAT=2026-08-20", "--row", "new"),
    ("n07", "LOG", "EX", "ECDOSE=10", "ECSTDAT=2026-08-21", "ECONGO=Y", "--row", "new"),
)  # fmt: skip
"""Who enters what about the first participant of the small study: log-in, event, form, words of ``enter``."""
TRIAL_FORMS: Final = (
    ("SCR", "SV", "SVOCCUR=Y", "SVSTDAT=2026-08-01", "SVCNTMOD=ON SITE"),
    ("SCR", "DM", "BRTHDAT=1970-05", "SEX=F", "RACE=ASIAN"),
    ("SCR", "VS", "SYSBP_VSORRES=128", "DIABP_VSORRES=76", "PULSE_VSORRES=88", "TEMP_VSORRES=36.7",
     "HEIGHT_VSORRES=162.5", "WEIGHT_VSORRES=60.5"),
    ("BL", "IMACS", "PHGA=6.5", "PTGA=5.0", "PTGALANG=ZH-CN"),
    ("BL", "LBI", "FERRITIN_LBORRES=1820", "CRP_LBORRES=<0.5 mg/dL"),
)  # fmt: skip


def small(made: Maker) -> None:
    """A ward and a centre with the small study of the tests, who know each other."""
    study = made.program / "tests" / "data" / "definitions" / "mini"
    ward, centre = made.path(WARD), made.path(CENTRE)
    for folder, site, name, login in ((ward, "01", "Ward 3", FOUNDER), (centre, "00", "Centre", MANAGER)):
        person, role, _ = PEOPLE[login]
        made.act(login, "new", folder, "--site", site, "--name", name, "--study", study, "--person", person,
                 "--role", role)  # fmt: skip
    for login, (person, role, _) in PEOPLE.items():
        if login != FOUNDER:
            made.act(FOUNDER, "users", "add", ward, login, "--person", person, "--role", role,
                     "--new-password-file", made.path(f"{login}.txt"))  # fmt: skip
    for folder, login, other, by in ((ward, FOUNDER, centre, MANAGER), (centre, MANAGER, ward, FOUNDER)):
        card = made.path(f"{other.name}.mda5card")
        words = made.act(by, "devices", "card", other, card)["fingerprint"]
        made.act(login, "devices", "add", folder, card, "--fingerprint", words)
    _entered(made, ward)


def _entered(made: Maker, ward: Path) -> None:
    made.maybe(FOUNDER, "laboratories", "add", ward, "code=L1", "en=Central laboratory", "zh=中心实验室")
    for subject in ("01-001", "01-002"):
        made.act(NURSE, "enrol", ward, subject)
    for login, event, form, *words in SMALL:
        made.act(login, "enter", ward, "01-001", event, form, *words)
    made.act(NURSE, "enter", ward, "01-002", "SCR", "IC", "RFICDAT=2026-08-03", "SEX=M", "BRTHDAT=1961")
    asked = made.act(MANAGER, "query", "raise", ward, "01-001", "SCR", "VS", "DIABP_VSORRES",
                     "--text", "Please compare with the sheet. 请核对原始记录。")  # fmt: skip
    made.act(NURSE, "query", "answer", ward, asked["query"], "--text", "As on the sheet. 与原始记录一致。")
    made.maybe(FOUNDER, "sign", ward, "01-001", "SCR", "IC", "--meaning", "REVIEWED")
    made.maybe(FOUNDER, "sign", ward, "01-001", "SCR", "VS", "--meaning", "REVIEWED")
    made.act(NURSE, "enter", ward, "01-001", "SCR", "VS", "PULSE_VSORRES=76", "--reason", "SOURCE")
    made.maybe(FOUNDER, "enter", ward, "01-001", "BL", "MM", "DELTR_MKORRES=8", "DELTL_MKORRES=7", "--second")
    made.maybe(MONITOR, "verify-source", ward, "01-001", "SCR", "IC", "RFICDAT")
    made.maybe(FOUNDER, "endorse", ward, "--all")
    made.maybe(FOUNDER, "void", ward, "01-002", "SCR", "IC", "--reason", "OTHER:Wrong person 录错人",
               second=NURSE)  # fmt: skip
    made.maybe(FOUNDER, "users", "duties", ward, NURSE, "--duty", "CONSENT", "--from", "2026-08-01")
    _named(made, ward)
    _sheets(made, ward)


def _named(made: Maker, ward: Path) -> None:
    for field, text in (("name", "Wang Xiulan 王秀兰"), ("phone", "13800000000")):
        made.path(field).write_text(text, encoding="utf-8")
    made.maybe(FOUNDER, "identities", "set", ward, "01-001", f"name={made.path('name')}",
               f"phone={made.path('phone')}")  # fmt: skip


def _sheets(made: Maker, ward: Path) -> None:
    """Recovery sheets. The command needs a terminal, so it is done by the service below it."""
    try:
        recovery = import_module("mda5_crf.services.recovery")
    except ImportError:
        made.absent.append("recovery make")
        return
    session_class = import_module("mda5_crf.services.session").Session
    own, other = PEOPLE[FOUNDER][2], PEOPLE[MANAGER][2]
    with session_class.open(ward, FOUNDER, own) as session:
        ceremony = recovery.Ceremony(session, HOLDERS, own_password=own, second=(MANAGER, other))
        sheets = []
        for _ in HOLDERS:
            sheet = ceremony.sheet()
            sheets.append(" ".join(sheet.words))
            ceremony.type_back(sheets[-1])
        ceremony.finish(own_password=own)
    made.path("sheets.json").write_text(json.dumps(sheets, indent=1), encoding="utf-8")


def trial(made: Maker) -> None:
    """A ward with the trial's definition as this version shipped it."""
    folder = made.path(TRIAL)
    made.act(FOUNDER, "new", folder, "--site", "01", "--name", "Ward 3", "--person", PEOPLE[FOUNDER][0])
    made.act(FOUNDER, "enrol", folder, "01-001")
    for event, form, *words in TRIAL_FORMS:
        made.act(FOUNDER, "enter", folder, "01-001", event, form, *words)


# -- what comes out --------------------------------------------------------------------------------------


def files(made: Maker) -> None:
    """A copy, bundles in both directions, an archive in a carrier, exports and a page of the ward."""
    ward, centre = made.path(WARD), made.path(CENTRE)
    made.maybe(FOUNDER, "pdf", "archive", ward, "01-001", "-o", made.path("archive.zip"), "--lang", "en")
    page = made.path("page.pdf")
    made.act(FOUNDER, "pdf", "filled", ward, "01-001", "SCR", "VS", "-o", page, "--lang", "en")
    made.maybe(FOUNDER, "carrier", "make", ward, page, "--to", "Centre", "-o", made.path("page.mda5c"))
    made.maybe(FOUNDER, "export", ward, "--as", "odm-archive", "-o", made.path("archive.xml"))
    made.act(FOUNDER, "bundle", "make", ward, "Centre", "-o", made.path("ward.mda5b"))
    made.maybe(FOUNDER, "backup", "make", ward)
    copies = sorted(made.path(WARD).glob("backups/*/study.db"))
    if copies:
        shutil.copytree(copies[-1].parent, made.path(COPY))
    answering = Path(shutil.copytree(centre, made.path("answering")))
    made.act(MANAGER, "bundle", "take", answering, made.path("ward.mda5b"))
    made.act(MANAGER, "query", "raise", answering, "01-001", "SCR", "VS", "WEIGHT_VSORRES",
             "--text", "Was this with shoes? 是否穿鞋测量？")  # fmt: skip
    made.maybe(MANAGER, "lock", "freeze", answering, "01-001", "SCR", "IC", "--reason", "Checked 已核对")
    made.act(MANAGER, "bundle", "make", answering, "Ward 3", "-o", made.path("centre.mda5b"))


def said(made: Maker, vault: str, login: str, forms: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """What this version itself says of one of its vaults, of which a copy is asked."""
    asked = Path(shutil.copytree(made.path(vault), made.path(f"{vault}-asked")))
    told: dict[str, Any] = {
        "heads": _heads(asked, login),
        "troubles": made.act(login, "verify", asked)["troubles"],
    }
    subjects = made.act(login, "show", asked)
    told |= {name: subjects[name] for name in ("study", "definition", "site", "device", "queries_open")}
    told["subjects"] = [one["subject"] for one in subjects["subjects"]]
    told["forms"] = {}
    for event, form in forms:
        shown = made.act(login, "show", asked, "01-001", event, form)
        told["forms"][f"{event}.{form}"] = {
            "status": shown["status"],
            "items": [
                [one[name] for name in ("item", "row", "text", "unit", "value", "missing")]
                for one in shown["items"]
                if one["text"] is not None or one["missing"] is not None
            ],
            "findings": sorted([one["check"], one["confirmed"]] for one in shown["findings"]),
            "queries": sorted([one["query"], one["state"]] for one in shown["queries"]),
            "signatures": [[one["meaning"], one["state"]] for one in shown.get("signatures", [])],
        }
    return told


def _heads(vault: Path, login: str) -> dict[str, Any]:
    """Device → number and hash of the newest record that the kept vault holds, and how many of each kind."""
    session_class = import_module("mda5_crf.services.session").Session
    with session_class.open(vault, login, PEOPLE[login][2]) as session:
        records = list(session.vault.journal.records())
        own = session.device
    while records[-1].kind in ("login", "clock") and records[-1].device == own:
        records.pop()  # this very log-in
    heads = {one.device: [one.seq, one.hash] for one in sorted(records, key=lambda one: one.seq)}
    return {"chains": heads, "kinds": dict(Counter(one.kind for one in records))}


def keep(made: Maker, target: Path, version: str) -> dict[str, Any]:
    """Put what is kept into ``target``, which must not exist yet. Returns what ``made.json`` says."""
    target.mkdir(parents=True)
    known = _definitions(target.parent)
    whole = said(made, TRIAL, FOUNDER, [(event, form) for event, form, *_ in TRIAL_FORMS])
    same = known.get(whole["definition"], "")
    for name in (WARD, CENTRE) if same else (WARD, CENTRE, TRIAL):
        (target / name).mkdir()
        for file in KEPT_OF_A_VAULT:
            if (made.path(name) / file).exists():
                shutil.copy2(made.path(name) / file, target / name / file)
    if made.path(COPY).exists():
        shutil.copytree(made.path(COPY), target / COPY)
    for file in ("ward.mda5b", "centre.mda5b", "archive.zip", "archive.xml", "page.pdf", "page.mda5c",
                 "sheets.json", "settings/settings.json"):  # fmt: skip
        if made.path(file).exists():
            shutil.copy2(made.path(file), target / Path(file).name)
    of_small = [(event, form) for _, event, form, *_ in SMALL]
    about = {
        "version": version,
        "absent": sorted(set(made.absent)),
        "ward": said(made, WARD, FOUNDER, list(dict.fromkeys(of_small))),
        "trial": {"as": same, "definition": whole["definition"]} if same else whole,
    }
    about["files"] = {
        str(path.relative_to(target)): path.stat().st_size
        for path in sorted(target.rglob("*"))
        if path.is_file()
    }
    return about


def _definitions(releases: Path) -> dict[str, str]:
    """The trial's definitions that are kept already: hash → version. Half a megabyte each, encrypted."""
    known: dict[str, str] = {}
    for file in sorted(releases.glob("*/made.json")):
        about = json.loads(file.read_text("utf-8"))
        if "as" not in about["trial"]:
            known.setdefault(about["trial"]["definition"], about["version"])
    return known


def _git(program: Path, what: str) -> str:
    """A fact of the commit that is checked out at ``program``; empty where there is none."""
    git = shutil.which("git")
    if git is None:
        return ""
    words = [git, "-C", str(program), "log", "-1", f"--format={what}"]
    done = subprocess.run(words, capture_output=True, encoding="utf-8", check=False)
    return done.stdout.strip()


def main(words: Sequence[str]) -> int:
    """0 when the folder was made, 1 when the version refused something, 2 when it is there already."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "folder", nargs="?", type=Path, help="where to put it; default tests/golden/releases/VERSION"
    )
    parser.add_argument("--program", type=Path, default=ROOT, help="the checkout of the version to drive")
    parser.add_argument("--date", help="when it was released; default: when its commit was made")
    parser.add_argument("--commit", help="default: what is checked out there")
    options = parser.parse_args(words)
    program = options.program.resolve()
    sys.path[0] = str(program)
    version = import_module("mda5_crf").__version__
    target = options.folder or ROOT / "tests" / "golden" / "releases" / version
    if target.exists():
        sys.stderr.write(f"{target} is there already, and a released version is never written anew.\n")
        return 2
    with tempfile.TemporaryDirectory(prefix="mda5-crf-golden-") as folder:
        made = Maker(program, Path(folder))
        try:
            small(made)
            trial(made)
            files(made)
            about = keep(made, target, version)
        except Refused as problem:
            sys.stderr.write(f"{problem}\n")
            return 1
    about["commit"] = options.commit or _git(program, "%h")
    about["date"] = options.date or _git(program, "%cI")
    (target / "made.json").write_text(
        json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8"
    )
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    sys.stdout.write(f"{target}: {size // 1024} KiB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
