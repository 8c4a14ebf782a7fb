"""kill -9 during every kind of write: nothing committed is lost, the vault opens at once and verifies.

``test_kill`` kills while values are entered, at the named stages of one commit; ``test_rekey`` while the key
is renewed. Here any act is killed at steps spread over the whole of it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mda5_crf.crypto import WrapRefused
from mda5_crf.db import rows
from mda5_crf.db.keysfile import read_keys
from mda5_crf.db.slots import open_keyring
from mda5_crf.db.verify import verify
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import access, backups, restoring
from mda5_crf.services.changes import Reason
from mda5_crf.services.drafts import HalfTyped, Place, TypedInto
from mda5_crf.services.session import Session
from mda5_crf.sync import bundles, devices
from tests.commandline import remembered_keys
from tests.faults import counts, dying
from tests.scenario import Ward
from tests.signward import built_signing, definition, eligible, vitals
from tests.vaults import enter, password
from tests.wards import NOW, Clock

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="SIGKILL and fork; Windows ends processes its own way"),
    pytest.mark.requirement("E6-11", "FDA-2"),
]
MISTAKE = Reason("OTHER", "entered for the wrong visit")
NEW_PASSWORD = "harbour-violet-31-candle"
WARD, CENTRE, COPY = "ward.mda5", "centre.mda5", "copy"


def session(folder: Path, login: str = "i01", after: int = 0) -> Session:
    """Somebody at the keyboard, ``after`` minutes; the process that holds it may be going to die."""
    return Session(enter(folder, login), definition(), Clock(NOW + timedelta(minutes=after)))


def begun(folder: Path) -> Ward:
    own = session(folder / WARD)
    return Ward(own, own.subjects()[0].identity)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ward with one participant and a centre that know each other, a bundle for the ward, and a copy."""
    base = tmp_path_factory.mktemp("dying") / "world"
    base.mkdir()
    for name, site in ((WARD, "01"), (CENTRE, "00")):
        shutil.copytree(built_signing(site), base / name)
    with remembered_keys(), session(base / WARD) as own, session(base / CENTRE, "d02") as centre:
        ward = Ward(own).enrol()
        eligible(ward)
        form = vitals(ward)
        own.raise_query(form.key("DIABP"), "Measured sitting?")
        devices.add_card(own, devices.card(centre), own_password=password("i01"))
        devices.add_card(centre, devices.card(own), own_password=password("d02"))
        bundles.take(centre, Path(str(bundles.make(own, centre.device, base))))
        centre.raise_query(form.key("SYSBP"), "From which arm?")
        bundles.make(centre, own.device, base / CENTRE)
        shutil.copytree(backups.make(own).path, base / COPY)
    return base


def records(folder: Path) -> dict[str, list[str]]:
    """The hashes of every chain; whatever is committed stands among them."""
    with enter(folder, "d02") as vault, vault.store.read() as tx:
        return {device: [record.hash for record in rows.chain(tx, device)] for device in rows.devices(tx)}


def sound(folder: Path) -> None:
    """It opens at once, and every hash, seal, right, projection and page is in order."""
    with enter(folder, "d02") as vault:
        assert verify(vault.store, judge=access.judge) == []
        assert not vault.notices


# -- the acts: each makes everything ready and returns what is killed ------------------------------------


def enrol(folder: Path) -> Callable[[], object]:
    return begun(folder).session.enrol


def add_event(folder: Path) -> Callable[[], object]:
    ward = begun(folder)
    return lambda: ward.session.add_event(ward.subject, "UNS")


def add_row(folder: Path) -> Callable[[], object]:
    form = begun(folder).open("LOG", "CM")
    return lambda: form.new_row("ROWS").enter("CMTRT", "prednisone")


def strike_row(folder: Path) -> Callable[[], object]:
    form = begun(folder).open("LOG", "CM").new_row("ROWS")
    return lambda: form.strike("ROWS", "entered twice")


def value(folder: Path) -> Callable[[], object]:
    form = begun(folder).open("SCR", "VS")
    return lambda: form.enter("SYSBP", "131")


def missing(folder: Path) -> Callable[[], object]:
    form = begun(folder).open("SCR", "VS")
    return lambda: form.mark("SYSBP", "ND")


def confirm(folder: Path) -> Callable[[], object]:
    form = begun(folder).open("SCR", "VS").enter("SYSBP", "185")
    return lambda: form.confirm("SYSBP")


def many_values(folder: Path) -> Callable[[], object]:
    form = begun(folder).open("SCR", "VS")
    return lambda: form.fill(SYSBP="120", DIABP="80")


def complete(folder: Path) -> Callable[[], object]:
    form = begun(folder).open("SCR", "VS").enter_all(SYSBP="120", DIABP="80")
    return form.complete


def correct(folder: Path) -> Callable[[], object]:
    form = begun(folder).open("BL", "VS")
    return lambda: form.enter("SYSBP", "122", because="misread")


def paste(folder: Path) -> Callable[[], object]:
    entry = begun(folder).open("LOG", "CM").entry
    plan = entry.paste_plan("ROWS", "prednisone\t2026-08-01\nazathioprine\t2026-08-02\n")
    return lambda: entry.take_paste(plan)


def sign(folder: Path) -> Callable[[], object]:
    ward = begun(folder)
    key = ItemKey(ward.subject, "BL", "", "VS")
    return lambda: ward.session.sign(key, "REVIEWED", password("i01"), "i01")


def move(folder: Path) -> Callable[[], object]:
    own = begun(folder).session
    (subject,) = own.subjects()
    key = ItemKey(subject.identity, "BL", "", "VS")
    plan = own.plan_move(key, ItemKey(subject.identity, "SCR"))
    return lambda: own.move(plan, MISTAKE, ("n07", password("n07")))


def move_back(folder: Path) -> Callable[[], object]:
    own = begun(folder).session
    move_made(own)
    (void,) = own.voids()
    plan = own.plan_move_back(void.record)
    return lambda: own.move_back(plan, MISTAKE, ("n07", password("n07")))


def move_made(own: Session) -> None:
    (subject,) = own.subjects()
    key = ItemKey(subject.identity, "BL", "", "VS")
    own.move(own.plan_move(key, ItemKey(subject.identity, "SCR")), MISTAKE, ("n07", password("n07")))


def redact_with_a_stick(folder: Path) -> Callable[[], object]:
    own = begun(folder).session
    (folder / "stick").mkdir()
    backups.set_plan(own, backups.Plan(place=str(folder / "stick")))
    backups.make(own)
    (record,) = [one.id for one in own.vault.journal.records(kinds=("value",))][-1:]
    own_password, second = password("i01"), ("d02", password("d02"))
    return lambda: own.redact([record], MISTAKE, (), own_password=own_password, second=second)


def raise_query(folder: Path) -> Callable[[], object]:
    form = begun(folder).open("BL", "VS")
    return lambda: form.session.raise_query(form.key("SYSBP"), "Which arm?")


def answer_query(folder: Path) -> Callable[[], object]:
    own = begun(folder).session
    (query,) = [one for one in own.queries() if one.is_open][:1]
    return lambda: own.answer_query(query.id, "The left one", query.key)


def make_bundle(folder: Path) -> Callable[[], object]:
    own = begun(folder).session
    (peer,) = devices.peers(own)
    (folder / "out").mkdir()
    return lambda: bundles.make(own, peer.device, folder / "out")


def take_bundle(folder: Path) -> Callable[[], object]:
    own = begun(folder).session
    (file,) = (folder / CENTRE).glob("*.mda5b")
    return lambda: bundles.take(own, file)


def change_password(folder: Path) -> Callable[[], object]:
    own = begun(folder).session
    return lambda: own.change_password(NEW_PASSWORD, own_password=password("i01"))


def add_person(folder: Path) -> Callable[[], object]:
    own = begun(folder).session
    return lambda: own.add_person("n55", "Qian Yu", "data_entry", NEW_PASSWORD, own_password=password("i01"))


def drafts(folder: Path) -> Callable[[], object]:
    form = begun(folder).open("BL", "VS")
    key = form.key("DIABP")
    typed = HalfTyped(kind=TypedInto.FIELD, key=key.path(), text="8", cursor=1, base="80")
    return lambda: form.session.keep_drafts([typed], Place(form=form.entry.key, item=key))


def back_up(folder: Path) -> Callable[[], object]:
    own = begun(folder).session
    return lambda: backups.make(own)


def back_up_to_a_stick(folder: Path) -> Callable[[], object]:
    own = begun(folder).session
    (folder / "stick").mkdir()
    backups.set_plan(own, backups.Plan(place=str(folder / "stick")))
    return lambda: backups.make(own)


def new_device(folder: Path) -> Callable[[], object]:
    own = begun(folder).session
    return lambda: restoring.declare_copy(own, ("d02", password("d02")))


def log_in_and_out(folder: Path) -> Callable[[], object]:
    return lambda: Session.open(folder / WARD, "i01", password("i01")).close()


ACTS = (
    enrol, add_event, add_row, strike_row, value, missing, confirm, many_values, complete, correct, paste,
    sign, move, move_back, redact_with_a_stick, raise_query, answer_query, make_bundle, take_bundle,
    change_password, add_person, drafts, back_up, back_up_to_a_stick, new_device, log_in_and_out,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with remembered_keys():
        yield


@pytest.mark.fault
@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_kill_during(act: dying.Act, world: Path, tmp_path: Path, times: Callable[[int, int], int]) -> None:
    before = records(world / WARD)

    def check(place: Path) -> None:
        sound(place / WARD)
        after = records(place / WARD)
        for device, hashes in before.items():
            assert after[device][: len(hashes)] == hashes, "a committed record is gone"
        _whole_copies(place / WARD)
        _one_password_opens(place / WARD)
        for file in (place / "out").glob("*.mda5b") if (place / "out").exists() else ():
            with session(place / CENTRE, "d02", after=1) as centre:
                bundles.take(centre, file)  # what carries a bundle's name is a whole bundle

    injected, survived = dying.kill_everywhere(act, world, tmp_path / "life", check, times(2, 25))
    counts.faults(f"kill -9: {act.__name__}", injected=injected, survived=survived)


def _one_password_opens(folder: Path) -> None:
    """The old one or the new one, never none and never both."""
    file, good = read_keys(folder), []
    slot = file.slot_of("i01")
    assert slot is not None
    for secret in (password("i01"), NEW_PASSWORD):
        with contextlib.suppress(WrapRefused):
            open_keyring(file.vault, slot, secret)
            good.append(secret)
    assert len(good) == 1


def _whole_copies(folder: Path) -> None:
    """What carries a copy's name is a whole copy; the rest goes with the next one."""
    with session(folder, "d02") as own:
        for copy in backups.copies(own):
            assert backups.check(own, copy) == (), copy.name


@pytest.mark.fault
@pytest.mark.parametrize("ended", [False, True], ids=["restore", "restore that ends an account"])
def test_kill_during_restore(
    world: Path, tmp_path: Path, times: Callable[[int, int], int], ended: bool
) -> None:
    """Either nothing stands at the target or a whole vault; the copy is as it was."""
    base = tmp_path / "base"
    base.mkdir()
    shutil.copytree(world / COPY, base / COPY)
    copied = {path.name: path.read_bytes() for path in (base / COPY).iterdir()}

    with session(world / WARD) as own:
        nurse = next(one.id for one in own.people() if one.login == "n07")
    present = restoring.Present(people={nurse: (False, 1)}) if ended else None

    def act(folder: Path) -> Callable[[], object]:
        two = (("i01", password("i01")), ("d02", password("d02")))
        return lambda: restoring.restore(folder / COPY, folder / "new.mda5", *two, present=present)

    def check(place: Path) -> None:
        assert {path.name: path.read_bytes() for path in (place / COPY).iterdir()} == copied
        if (place / "new.mda5").exists():
            with enter(place / "new.mda5") as vault:
                assert verify(vault.store, judge=access.judge) == []
                assert (read_keys(place / "new.mda5").slot_of("n07") is None) is ended
        else:
            act(place)()  # and it can be done again

    what = "restore that ends an account" if ended else "restore"
    injected, survived = dying.kill_everywhere(act, base, tmp_path / "life", check, times(4, 40))
    counts.faults(f"kill -9: {what}", injected=injected, survived=survived)


@pytest.mark.fault
def test_kill_during_migration(tmp_path: Path, times: Callable[[int, int], int]) -> None:
    """A vault of the first format, killed while it is brought up: one format or the other, nothing lost."""
    first = Path(__file__).parents[1] / "data" / "vaults" / "0.2"
    base = tmp_path / "base"
    shutil.copytree(first, base / WARD)

    def act(folder: Path) -> Callable[[], Any]:
        return lambda: enter(folder / WARD)

    def check(place: Path) -> None:
        with enter(place / WARD) as vault:
            assert verify(vault.store, judge=access.judge) == []
            assert sum(seq for seq, _ in vault.journal.heads().values()) == 58

    injected, survived = dying.kill_everywhere(act, base, tmp_path / "life", check, times(4, 60))
    counts.faults("kill -9: migration", injected=injected, survived=survived)


def test_an_act_that_is_not_killed_is_noticed(world: Path, tmp_path: Path) -> None:
    """The suite itself: a step that is never reached is no fault that was survived."""
    with pytest.raises(AssertionError):
        assert dying._live(value, Path(shutil.copytree(world, tmp_path / "w")), 10**6) is None
