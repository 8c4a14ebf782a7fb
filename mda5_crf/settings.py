"""What belongs to this PC: where the program's own files lie, and what it remembers between starts.

The settings file holds language, text size, pane widths, the folders and names of the last vaults and
witnesses (the newest chain heads this PC has seen of each vault). Never a participant, never a person's
name, never a password. A PC on which it cannot be written works all the same and remembers nothing.

A packed program with a file ``portable`` beside it keeps them beside itself, in ``settings``, and leaves
nothing in the account. Vaults on the same disk are then remembered by their way from the program, so that a
stick may have another letter or place on the next PC.
"""

from __future__ import annotations

import json
import locale
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, TypeGuard

from mda5_crf.text import LANGUAGES, Language

FILE = "settings.json"
PORTABLE, PORTABLE_FOLDER = "portable", "settings"
"""What lies beside a packed program that is to be portable, and where its settings then are."""
PORTABLE_MARK = "<program>/"
"""Before the folder of a vault that is written down by its way from a portable program."""
LARGEST_FILE = 1024 * 1024
TEXT_SIZES = (80, 250)
"""Smallest and largest text size, in percent of the normal one."""
VAULTS = 12
"""As many vaults are remembered, the last used first."""
LONGEST_PATH, LONGEST_NAME = 4096, 200
"""Characters of a remembered folder and of a vault's name; longer ones are not ours."""

IDLE_MINUTES = (1, 60)
"""After how many minutes without key or mouse the window locks itself: shortest and longest."""

_STUDY = "nct04966884"
_HASH_LENGTH = 64

Heads = dict[str, tuple[int, str]]
"""Device → (number, SHA-256 in hex) of the last record of its chain."""


def resource(*parts: str) -> Path:
    """The path of a file or folder under ``resources/``: in a frozen program, a wheel, or a checkout.

    The path need not exist; a missing resource is a mistake of ours and shows where it is opened.
    """
    package = Path(__file__).resolve().parent
    frozen = getattr(sys, "_MEIPASS", None)
    candidates = [package / "resources", package.parent / "resources"]
    if frozen is not None:
        candidates = [Path(frozen) / "resources", Path(frozen) / "mda5_crf" / "resources", *candidates]
    base = next((candidate for candidate in candidates if candidate.is_dir()), candidates[-1])
    return base.joinpath(*parts)


def study_directory() -> Path:
    """The definition of the trial that comes with the program."""
    return resource("study", _STUDY)


def config_directory() -> Path:
    """Where the settings of this person on this PC lie; ``MDA5_CRF_CONFIG`` names another folder."""
    chosen = os.environ.get("MDA5_CRF_CONFIG")
    if chosen:
        return Path(chosen)
    stick = portable_folder()
    if stick is not None:
        return stick / PORTABLE_FOLDER
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming") / "MDA5-CRF"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "MDA5-CRF"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "mda5-crf"


def portable_folder() -> Path | None:
    """The folder of the packed program when it is portable, else None."""
    if not getattr(sys, "frozen", False):
        return None
    from mda5_crf.integrity import program_folder

    folder = program_folder()
    return folder if (folder / PORTABLE).is_file() else None


def _on_stick(vault: str) -> str:
    """How a portable program writes down a vault's folder: by the way there, if it is on the same disk."""
    stick = portable_folder()
    if stick is None or "://" in vault or not Path(vault).is_absolute():
        return vault
    disk = next(one for one in (stick, *stick.parents) if os.path.ismount(one) or one == one.parent)
    if disk == Path("/") or not Path(vault).is_relative_to(disk):
        disk = stick.parent  # no stick of its own: what lies beside the program moves with it all the same
    if not Path(vault).is_relative_to(disk):
        return vault
    return PORTABLE_MARK + Path(os.path.relpath(vault, stick)).as_posix()


def _from_stick(vault: str) -> str:
    """The folder of a vault on this PC, as :func:`_on_stick` wrote it down."""
    stick = portable_folder()
    if stick is None or not vault.startswith(PORTABLE_MARK):
        return vault
    return os.path.normpath(stick / vault.removeprefix(PORTABLE_MARK))


def system_language() -> Language:
    """Chinese on a Chinese system, else English."""
    name = next((os.environ[key] for key in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(key)), None)
    name = name or locale.getlocale()[0] or ""
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"


@dataclass(frozen=True, slots=True)
class Settings:
    """One reading of the settings file. ``text_size`` in percent, ``panes`` name → widths in pixels."""

    language: Language = "en"
    text_size: int = 100
    idle_minutes: int = 10
    last_vault: str = ""
    panes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    witnesses: Mapping[str, Heads] = field(default_factory=dict)
    vaults: tuple[tuple[str, str], ...] = ()
    """Folder and name of the last vaults, the last used first."""
    stations: Mapping[str, str] = field(default_factory=dict)
    """Which workstation this PC is in vaults that several PCs work in: vault → device."""
    auto_advance: bool = False
    """Digits of coded answers go on to the next question by themselves."""
    show_voided: bool = False
    """Matrix and tree show what is void too."""


def _stored() -> dict[str, Any]:
    """What the file says; nothing when it is missing, too large or not understood."""
    try:
        with (config_directory() / FILE).open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
        data = json.loads(raw) if len(raw) <= LARGEST_FILE else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _of_a_newer_version() -> dict[str, Any]:
    """What a newer program on this PC remembers and this one does not know: it is left to it."""
    known = Settings.__dataclass_fields__
    return {name: value for name, value in _stored().items() if name not in known}


def load_settings() -> Settings:
    """The settings of this PC. What is missing, damaged or senseless is as on the first start."""
    data = _stored()
    language, size, vault = data.get("language"), data.get("text_size"), data.get("last_vault")
    idle = data.get("idle_minutes")
    return Settings(
        language=next((known for known in LANGUAGES if known == language), system_language()),
        text_size=size if _whole(size) and TEXT_SIZES[0] <= size <= TEXT_SIZES[1] else 100,
        idle_minutes=idle if _whole(idle) and IDLE_MINUTES[0] <= idle <= IDLE_MINUTES[1] else 10,
        last_vault=_from_stick(vault) if isinstance(vault, str) else "",
        panes=_panes(data.get("panes")),
        witnesses=_witnesses(data.get("witnesses")),
        vaults=tuple((_from_stick(folder), name) for folder, name in _vaults(data.get("vaults"))),
        stations=_stations(data.get("stations")),
        auto_advance=data.get("auto_advance") is True,
        show_voided=data.get("show_voided") is True,
    )


def _whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _panes(data: object) -> dict[str, tuple[int, ...]]:
    if not isinstance(data, dict):
        return {}
    return {
        name: tuple(widths)
        for name, widths in data.items()
        if isinstance(widths, list) and all(_whole(width) and 0 <= width <= 100_000 for width in widths)
    }


def _vaults(data: object) -> tuple[tuple[str, str], ...]:
    """Each folder once, :data:`VAULTS` at most; what is no pair of texts of a sensible length is left out."""
    found: dict[str, str] = {}
    for pair in data if isinstance(data, list) else ():
        if (
            isinstance(pair, list)
            and len(pair) == 2
            and all(isinstance(part, str) and part.isprintable() for part in pair)
            and 0 < len(pair[0]) <= LONGEST_PATH
            and len(pair[1]) <= LONGEST_NAME
        ):
            found.setdefault(pair[0], pair[1])
        if len(found) == VAULTS:
            break
    return tuple(found.items())


def _stations(data: object) -> dict[str, str]:
    pairs = data.items() if isinstance(data, dict) else ()
    return {vault: device for vault, device in pairs if isinstance(device, str) and len(device) <= 64}


def _witnesses(data: object) -> dict[str, Heads]:
    result: dict[str, Heads] = {}
    for vault, heads in data.items() if isinstance(data, dict) else ():
        for device, head in heads.items() if isinstance(heads, dict) else ():
            if (
                isinstance(head, list)
                and len(head) == 2
                and _whole(head[0])
                and head[0] > 0
                and isinstance(head[1], str)
                and len(head[1]) == _HASH_LENGTH
            ):
                result.setdefault(vault, {})[device] = (head[0], head[1])
    return result


def save_settings(settings: Settings) -> bool:
    """Write the settings in one step (a crash leaves the old or the new file). False when that fails."""
    import tempfile  # reading comes before the first window, writing never does

    folder = config_directory()
    written = replace(
        settings,
        last_vault=_on_stick(settings.last_vault),
        vaults=tuple((_on_stick(one), name) for one, name in settings.vaults),
    )
    whole = {**_of_a_newer_version(), **asdict(written)}
    body = json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True).encode()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".settings-", dir=folder)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(folder / FILE)
        except OSError:
            temporary.unlink(missing_ok=True)
            return False
    except OSError:
        return False
    return True


def remember(
    *,
    language: Language | None = None,
    text_size: int | None = None,
    last_vault: Path | str | None = None,
    vault_name: str = "",
    panes: Mapping[str, tuple[int, ...]] | None = None,
    auto_advance: bool | None = None,
    show_voided: bool | None = None,
) -> bool:
    """Change some settings and keep the others as the file has them now. False when they cannot be kept.

    ``last_vault`` goes to the front of the list of vaults, with ``vault_name``, its own name.
    """
    settings = load_settings()
    if language is not None:
        settings = replace(settings, language=language)
    if text_size is not None:
        settings = replace(settings, text_size=min(max(text_size, TEXT_SIZES[0]), TEXT_SIZES[1]))
    if last_vault is not None:
        folder = str(last_vault)
        others = [pair for pair in settings.vaults if pair[0] != folder]
        vaults = ((folder, vault_name[:LONGEST_NAME]), *others)[:VAULTS]
        settings = replace(settings, last_vault=folder, vaults=vaults)
    if panes is not None:
        settings = replace(settings, panes={**settings.panes, **panes})
    if auto_advance is not None:
        settings = replace(settings, auto_advance=auto_advance)
    if show_voided is not None:
        settings = replace(settings, show_voided=show_voided)
    return save_settings(settings)


def known_vaults() -> tuple[tuple[str, str], ...]:
    """Folder and name of the vaults this PC remembers, the last used first.

    A file of an earlier version names one folder; its name is learned when the vault is next opened.
    """
    known = load_settings()
    if known.last_vault and known.last_vault not in dict(known.vaults):
        return ((known.last_vault, ""), *known.vaults)[:VAULTS]
    return known.vaults


def forget_vault(folder: str) -> bool:
    """Take a vault off the list of this PC; the vault itself is not touched. False when that fails."""
    known = load_settings()
    vaults = tuple(pair for pair in known.vaults if pair[0] != folder)
    last = "" if known.last_vault == folder else known.last_vault
    return save_settings(replace(known, vaults=vaults, last_vault=last))


def station(vault: str) -> str:
    """The device that this PC is in the vault with that id; "" when it has not been there."""
    return load_settings().stations.get(vault, "")


def remember_station(vault: str, device: str) -> bool:
    """Note which device this PC is in a vault. False when it cannot be kept."""
    known = load_settings()
    return save_settings(replace(known, stations={**known.stations, vault: device}))


def witnessed(vault: str) -> Heads:
    """The newest heads this PC has seen of the vault with that id; empty when it has seen none."""
    return dict(load_settings().witnesses.get(vault, {}))


def forget_witness(*vaults: str) -> None:
    """Drop what was noted of vaults made to be taken away again; of others nothing may be forgotten."""
    settings = load_settings()
    kept = {vault: heads for vault, heads in settings.witnesses.items() if vault not in vaults}
    stations = {vault: device for vault, device in settings.stations.items() if vault not in vaults}
    if len(kept) < len(settings.witnesses) or len(stations) < len(settings.stations):
        save_settings(replace(settings, witnesses=kept, stations=stations))


def witness(vault: str, heads: Mapping[str, tuple[int, str]]) -> bool:
    """Note heads as seen. A lower number never replaces a higher one: that would forget what was seen."""
    settings = load_settings()
    seen = dict(settings.witnesses.get(vault, {}))
    for device, (number, digest) in heads.items():
        if device not in seen or seen[device][0] < number:
            seen[device] = (number, digest)
    return save_settings(replace(settings, witnesses={**settings.witnesses, vault: seen}))
