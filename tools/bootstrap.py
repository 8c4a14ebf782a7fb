#!/usr/bin/env python3
"""Set everything up on a fresh machine, then run one of the project's commands.

    python tools/bootstrap.py run [words for mda5-crf]    the program; without a display the demonstration
    python tools/bootstrap.py test | bench | nightly | lint | font | screens | docs | package | setup

``make run`` and the like call this; on Windows and macOS call it yourself. It needs nothing but
Python 3.11 or newer: it makes ``.venv``, installs what ``requirements.lock`` names (with hashes), and
checks the few system libraries Qt needs on Linux. As root on Debian it installs those; otherwise it
prints the one line to type. When nothing is to do, it takes a few milliseconds. pip's own settings
(``PIP_INDEX_URL``, ``PIP_CERT``, ``pip.conf`` …) hold.

Exit status: that of the command; 3 when the machine could not be set up.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "mda5-crf.stamp"
LOCK = ROOT / "requirements.lock"
NEWEST_TRIED, OLDEST = 15, 11

# Shared library → Debian package. Measured on a minimal Debian 12: each is needed, no more are.
LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
}
# For a window on an X11 screen, besides those above.
SCREEN_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
# What the tests start a server of their own with: Debian 12 has version 15, and any from there on will do.
SERVER_PACKAGE, OLDEST_SERVER = "postgresql", 15
COMMANDS = ("run", "test", "bench", "nightly", "lint", "font", "screens", "docs", "package", "setup")


class CannotSetUp(Exception):
    """The machine lacks something that this script may not install; the message says what to do."""


def say(text: str) -> None:
    """One line to the person at the terminal, at once."""
    print(text, flush=True)


def main(words: list[str]) -> int:
    """Set up, then run ``words[0]``; returns the exit status."""
    if sys.version_info < (3, OLDEST):
        return with_newer_python(words)
    command = words[0] if words else "run"
    if command not in COMMANDS:
        say(f"{command}: not one of {', '.join(COMMANDS)}")
        return 2
    try:
        # A package carries the libraries of X11 along, so they must be there when it is made.
        install_system_libraries(screen=command == "package" or (command == "run" and has_display()))
        if command in ("test", "nightly", "bench"):
            install_server()
        if command == "package":
            install_freezer()
        install_packages()
    except CannotSetUp as trouble:
        say(str(trouble))
        return 3
    return run(command, words[1:])


def with_newer_python(words: list[str]) -> int:
    """Start over with the newest Python on the path that is new enough."""
    for minor in range(NEWEST_TRIED, OLDEST - 1, -1):
        python = shutil.which(f"python3.{minor}")
        if python:
            return subprocess.call([python, __file__, *words])
    say(f"Python 3.{OLDEST} or newer is needed; this is {sys.version.split()[0]}.")
    say(f"需要 Python 3.{OLDEST} 或更新版本，当前为 {sys.version.split()[0]}。")
    return 3


# ------------------------------------------------------------------ the machine


def has_display() -> bool:
    """Whether a window would be seen by somebody."""
    platform = os.environ.get("QT_QPA_PLATFORM", "").split(":")[0]
    if platform in ("offscreen", "minimal"):
        return False
    if platform or sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def is_missing(library: str) -> bool:
    """Whether the loader cannot find ``library``. Asking it is surer than reading its cache."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return True
    return False


def install_system_libraries(*, screen: bool) -> None:
    """Install what Qt needs of a Linux system, or raise CannotSetUp with the line to type."""
    if not sys.platform.startswith("linux"):
        return
    wanted = LIBRARIES | (SCREEN_LIBRARIES if screen else {})
    missing = {library: package for library, package in wanted.items() if is_missing(library)}
    packages = list(missing.values())
    if importlib.util.find_spec("ensurepip") is None and not STAMP.exists():
        packages.append(f"python3.{sys.version_info.minor}-venv")
    if not packages:
        return
    apt = shutil.which("apt-get")
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if apt is None:
        raise CannotSetUp(
            f"Install what holds these libraries / 请先安装包含下列库的软件包: {' '.join(missing)}"
        )
    if os.geteuid() != 0:
        line = f"sudo apt-get update && sudo {' '.join(install)}"
        raise CannotSetUp(
            f"System libraries are missing; type this, then try again / 缺少系统库，请执行后重试:\n{line}"
        )
    say(f"Installing system libraries / 正在安装系统库: {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update", "-qq"], [*install, "-qq"]):
        quiet_run(step, environment, "The system libraries could not be installed / 系统库未能安装")
    importlib.invalidate_caches()


def has_server() -> bool:
    """Whether the programs of a PostgreSQL server that is new enough are here; Debian's are on no path."""
    found = [int(one.parts[-3]) for one in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if max(found, default=0) >= OLDEST_SERVER:
        return True
    program = shutil.which("initdb")
    if program is None:
        return False
    told = subprocess.run([program, "--version"], stdout=subprocess.PIPE, check=False).stdout.decode()
    version = next((word for word in told.split() if word[0].isdigit()), "0")
    return int(version.split(".")[0]) >= OLDEST_SERVER


def install_server() -> None:
    """Install the server that the tests start; say what to type where that is not ours to do.

    Debian starts a server of its own at installation, which nobody here needs, unless it is told not to.
    With a server at hand the tests that need it fail rather than being skipped.
    """
    apt = shutil.which("apt-get")
    if not sys.platform.startswith("linux"):
        return
    if not has_server():
        line = f"apt-get install -y --no-install-recommends {SERVER_PACKAGE}"
        if apt is None or os.geteuid() != 0:
            say("Tests with a server are skipped; for them type / 跳过需要服务器的测试；如需运行请执行:")
            say(f"sudo {line}")
            return
        say(f"Installing {SERVER_PACKAGE} for the tests / 正在安装测试用的 {SERVER_PACKAGE}")
        no_server_of_its_own()
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "UCF_FORCE_CONFFOLD": "1"}
        failure = "PostgreSQL could not be installed / PostgreSQL 未能安装"
        kept = ["-qq", "-o", "Dpkg::Options::=--force-confold"]
        for step in (["apt-get", "update", "-qq"], [*line.split(), *kept]):
            quiet_run(step, environment, failure)
    if has_server():
        os.environ["MDA5_CRF_REQUIRE_POSTGRES"] = "1"


def install_freezer() -> None:
    """What PyInstaller needs of a Linux system: the binutils, and Python as a shared library."""
    if not sys.platform.startswith("linux"):
        return
    missing = [] if shutil.which("objdump") and shutil.which("strip") else ["binutils"]
    library = f"libpython3.{sys.version_info.minor}"
    if not sysconfig.get_config_var("Py_ENABLE_SHARED") and is_missing(f"{library}.so.1.0"):
        missing.append(library)
    if not missing:
        return
    line = f"apt-get install -y --no-install-recommends {' '.join(missing)}"
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise CannotSetUp(f"To make a package, type this first / 制作安装包前请先执行:\nsudo {line}")
    say(f"Installing {' '.join(missing)} / 正在安装 {' '.join(missing)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update", "-qq"], [*line.split(), "-qq"]):
        quiet_run(
            step, environment, "What a package needs could not be installed / 制作安装包所需软件未能安装"
        )


def no_server_of_its_own() -> None:
    """Tell Debian's scripts to make and start no server at installation; a file that is there stays."""
    settings = Path("/etc/postgresql-common/createcluster.conf")
    if not settings.exists():
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text("create_main_cluster = false\nstart_conf = 'manual'\n", encoding="ascii")


def quiet_run(command: list[str], environment: dict[str, str], failure: str) -> None:
    """Run ``command`` without its chatter; raise CannotSetUp with its last lines when it fails."""
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT, check=False
    )
    if done.returncode != 0:
        tail = done.stdout.decode(errors="replace").strip().splitlines()[-15:]
        raise CannotSetUp("\n".join([*tail, f"{failure} ({command[0]}, {done.returncode})."]))


# ------------------------------------------------------------------ the virtual environment


def venv_python() -> Path:
    """The interpreter of the virtual environment."""
    return VENV / "Scripts" / "python.exe" if os.name == "nt" else VENV / "bin" / "python"


def wanted_stamp() -> str:
    """What the environment must have been made from: lock file, this script, Python, and place."""
    made_from = hashlib.sha256()
    for part in (LOCK.read_bytes(), Path(__file__).read_bytes(), sys.version.encode(), os.fsencode(ROOT)):
        made_from.update(hashlib.sha256(part).digest())
    return made_from.hexdigest()


def install_packages() -> None:
    """Make ``.venv`` anew unless it was made from just this lock file, Python and place."""
    wanted = wanted_stamp()
    if STAMP.exists() and STAMP.read_text(encoding="ascii") == wanted and venv_python().exists():
        return
    say("Setting up .venv, about a minute / 正在准备 .venv，约一分钟 …")
    environment = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")
    }
    quiet_run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)],
        environment,
        "The virtual environment could not be made / 虚拟环境未能建立",
    )
    pip = [str(venv_python()), "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"]
    # The lock names every package, so nothing is resolved. pip would look for "coverage[toml]", which the
    # lock pins as "coverage", take the newest on the index, and refuse it for having no hash.
    quiet_run(
        [*pip, "--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(LOCK)],
        environment,
        "The packages could not be installed; is the network there? / 软件包未能安装，请检查网络",
    )
    make_importable()
    STAMP.write_text(wanted, encoding="ascii")


def make_importable() -> None:
    """Let the environment import the package from here, and give it the command ``mda5-crf``.

    The path is written in ASCII escapes: Python 3.11 reads a ``.pth`` file in the encoding of the
    system, which on many a Windows PC cannot spell the folder's name.
    """
    where = subprocess.run(
        [str(venv_python()), "-X", "utf8", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        stdout=subprocess.PIPE,
        check=True,
    )
    purelib = Path(where.stdout.decode("utf-8").strip())
    line = f"import sys; sys.path.append({str(ROOT)!a})\n"
    (purelib / "mda5_crf_checkout.pth").write_text(line, encoding="ascii")
    if os.name == "nt":
        launcher = venv_python().with_name("mda5-crf.cmd")
        launcher.write_text('@"%~dp0python.exe" -m mda5_crf %*\r\n', encoding="ascii")
    else:
        launcher = venv_python().with_name("mda5-crf")
        launcher.write_text('#!/bin/sh\nexec "$(dirname "$0")/python" -m mda5_crf "$@"\n', encoding="ascii")
        launcher.chmod(0o755)


# ------------------------------------------------------------------ the commands


def run(command: str, words: list[str]) -> int:
    """Run ``command`` with the environment's Python from the root of the checkout."""
    python = str(venv_python())
    if command == "setup":
        return 0
    if command == "font":
        return subprocess.call([python, "tools/build_font.py", *words], cwd=ROOT)
    if command in ("screens", "docs"):
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
        return subprocess.call([python, f"tools/{command}.py", *words], cwd=ROOT, env=environment)
    if command == "package":
        return subprocess.call([python, "-m", "tools.package", *words], cwd=ROOT)
    if command != "run":
        return subprocess.call([python, "tools/check.py", command, *words], cwd=ROOT)
    if words or has_display():
        return subprocess.call([python, "-m", "mda5_crf", *words], cwd=ROOT)
    if (ROOT / "demo" / "ward.mda5").exists():
        say("No display; the demonstration is in demo/ already / 没有显示器；演示已在 demo/ 中。")
        return 0
    say("No display: making the demonstration in demo/ instead / 没有显示器：改为在 demo/ 中生成演示。")
    return subprocess.call([python, "-m", "mda5_crf", "demo", "demo"], cwd=ROOT)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
