"""Several files at once, what never arrived, and the ledger: sent, received, confirmed, refused."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.errors import BundleError, Cancelled, InputRefused
from mda5_crf.services.audit import Trail
from mda5_crf.sync import bundles, receiving
from mda5_crf.sync.gaps import MOST, first_missing, missing, standings
from mda5_crf.sync.ledger import REFUSED, Ledger, Passage, ledger
from mda5_crf.sync.naming import bundle_name, safe
from mda5_crf.sync.outside import is_bundle
from mda5_crf.sync.receiving import Came, arranged, note_refusal, receive, summary
from tests.unit.sync.synckit import A, B, C, World, X, enter_value, everything_of, item
from tests.wards import NOW


def chain_of(world: World, count: int) -> list[Path]:
    """``count`` bundles of A for C, each with one answer more than was known before."""
    subject = world[A].enrol().identity
    made = []
    for step in range(count):
        enter_value(world[A], item(subject), str(100 + step))
        made.append(world.make(A, C))
    return made


def outcomes(came: tuple[Came, ...]) -> list[str]:
    return [
        "refused" if one.problem else "other" if one.other else "taken" if one.taken else "known"
        for one in came
    ]


# -- several files ---------------------------------------------------------------------------------------


@pytest.mark.requirement("CN-4")
def test_a_folder_is_taken_in_the_order_of_the_numbers_whatever_the_names(world: World) -> None:
    made = chain_of(world, 3)
    for name, file in zip(("z.dat", "m", "a.mda5b"), made, strict=True):
        file.rename(world.stick / name)
    (world.stick / "letter.pdf").write_bytes(b"%PDF")
    (world.stick / ".hidden").write_bytes(b"")
    world.make(C, A)  # the centre's own lies there too
    world.make(A, B)  # and one that is somebody else's
    came = receive(world[C], [world.stick])
    assert [one.report.number for one in came if one.report] == [1, 2, 3]
    assert sorted(outcomes(came)) == ["other", "other", "taken", "taken", "taken"]
    told = summary(came)
    assert "Taken: 3" in told[0].en and "alone: 2" in told[0].en and len(told) == 6
    assert any("Ward 3 office" in line.en for line in told) and any(
        "made by this PC" in line.en for line in told
    )
    assert Ledger.read(world[C]).refused() == [], "what is not for us is not refused"
    assert set(outcomes(receive(world[C], [world.stick]))) == {"known", "other"}


def test_one_bad_file_never_blocks_the_rest(world: World) -> None:
    first, second, third = chain_of(world, 3)
    damaged = bytearray(second.read_bytes())
    damaged[-5] ^= 1
    second.write_bytes(bytes(damaged))
    came = receive(world[C], [third, second, first])
    assert outcomes(came) == ["taken", "refused", "taken"]
    refused = came[1]
    assert refused.problem is not None and "copy it again" in refused.line().en
    assert second.name in refused.line().en and second.name in refused.line().zh
    # The third brought what the second held.
    stand = next(one for one in standings(world[C]) if one.device == world[A].device)
    assert [gap.number for gap in stand.gaps] == [2] and not stand.lost


def test_looking_writes_nothing_and_counts_the_same(world: World) -> None:
    chain_of(world, 2)
    before = everything_of(world[C])
    came = receive(world[C], [world.stick], write=False)
    assert outcomes(came) == ["taken", "taken"] and "To be taken: 2" in summary(came, write=False)[0].en
    assert everything_of(world[C]) == before


def test_a_file_that_waits_for_another_one_is_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By name and number it comes first; only what the other brings lets it in."""
    first, second = chain_of(world, 2)
    real, tries = bundles.take, []

    def take(session: object, file: Path, progress: object) -> object:
        tries.append(file)
        if file == first and second not in tries:
            raise BundleError("sync.gap", device="x", expected=1, seq=2, name="Ward")
        return real(session, file, progress)  # type: ignore[arg-type]

    monkeypatch.setattr(bundles, "take", take)
    came = receive(world[C], [world.stick])
    assert tries == [first, second, first] and "refused" not in outcomes(came)
    assert Ledger.read(world[C]).refused() == []


def test_a_gap_that_stays_is_said_once_and_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made = chain_of(world, 2)

    def take(_session: object, _file: Path, _progress: object) -> object:
        raise BundleError("sync.gap", device="x", expected=1, seq=2, name="Ward")

    monkeypatch.setattr(bundles, "take", take)
    assert outcomes(receive(world[C], made)) == ["refused", "refused"]
    assert {p.code for p in Ledger.read(world[C]).refused()} == {"sync.gap"}


def test_cancelled_before_anything_came_is_cancelled(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    chain_of(world, 2)

    def cancel(_done: int, _total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        receive(world[C], [world.stick], cancel)


def test_cancelled_later_what_came_is_said(world: World) -> None:
    chain_of(world, 3)
    place = 0

    def told(at: int, files: int) -> None:
        nonlocal place
        assert files == 3
        place = at

    def cancel(_done: int, _total: int) -> None:
        if place == 1:
            raise Cancelled

    came = receive(world[C], [world.stick], cancel, told=told)
    assert outcomes(came) == ["taken", "other", "other"] and "cancelled" in came[2].line().en


def test_folders_that_hold_nothing_or_are_not_there(world: World, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputRefused, match="folder_empty"):
        arranged(world[C], [tmp_path / "empty"])
    with pytest.raises(InputRefused, match="folder_unreadable"):
        receiving.files_in(tmp_path / "nowhere")
    (came,) = receive(world[C], [tmp_path / "nowhere"])
    assert came.problem is not None and came.problem.code == "sync.file_unreadable"


def test_a_folder_with_no_end_is_not_walked_to_its_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    chain_of(world, 3)
    monkeypatch.setattr(receiving, "MOST_FILES", 2)
    assert len(receiving.files_in(world.stick)) == 2


# -- refused ---------------------------------------------------------------------------------------------


@pytest.mark.requirement("CN-4")
def test_a_refused_file_is_one_line_of_ours_and_nothing_else(world: World) -> None:
    (file,) = chain_of(world, 1)
    whole = file.read_bytes()
    file.write_bytes(whole[:-7])
    centre = world[C]
    before, heads = everything_of(centre), centre.vault.journal.heads()
    for _ in range(3):
        (came,) = receive(centre, [file])
        assert came.problem is not None and came.problem.code == "sync.file_short"
    after = centre.vault.journal.heads()
    assert after.pop(centre.device)[0] == heads.pop(centre.device)[0] + 1 and after == heads
    (line,) = Ledger.read(centre).refused()
    assert (line.code, line.number, line.proved) == ("sync.file_short", 1, True), "its beginning is signed"
    assert before[1].keys() == everything_of(centre)[1].keys()  # type: ignore[attr-defined]
    changed = [
        name for name, rows in before[1].items()  # type: ignore[attr-defined]
        if rows != everything_of(centre)[1][name]  # type: ignore[index]
    ]  # fmt: skip
    assert changed == ["passage"]
    (entry,) = [one for one in ledger(centre) if one.direction == REFUSED]
    assert (entry.arrow, entry.number, entry.peer) == ("×", 1, "Ward 3 bed side")
    assert "end is missing" in entry.state.en
    (gap,) = next(one for one in standings(centre) if one.device == world[A].device).lost
    assert gap.number == 1 and "Send everything again" in gap.sentence.en
    # Now the whole one: the ledger keeps both, and the numbers are right.
    file.write_bytes(whole)
    assert outcomes(receive(centre, [file])) == ["taken"]
    assert Ledger.read(centre).taken(world[A].device)[0].number == 1
    (record,) = [r for r in centre.vault.journal.records(kinds=["bundle"]) if r.data["direction"] == REFUSED]
    assert set(record.data) == {"direction", "sha256", "code", "proved", "peer", "number", "made"}
    assert not next(one for one in standings(centre) if one.device == world[A].device).gaps
    told = Trail(centre).told([record])[record.id]
    assert told.act.en == "bundle refused" and told.new.en.startswith("×")


def test_what_a_stranger_wrote_stands_nowhere(world: World) -> None:
    """Of a file whose sender did not sign it the ledger has the hash and our reason."""
    (file,) = chain_of(world, 1)
    forged = bytearray(file.read_bytes())
    forged[200] ^= 1  # in the header or its signature
    file.write_bytes(bytes(forged))
    receive(world[C], [file])
    (record,) = [
        r for r in world[C].vault.journal.records(kinds=["bundle"]) if r.data["direction"] == REFUSED
    ]
    assert set(record.data) == {"direction", "sha256", "code", "proved"} and record.data["proved"] is False
    (entry,) = ledger(world[C])
    assert (entry.number, entry.peer) == (0, "–")
    assert not next(one for one in standings(world[C]) if one.device == world[A].device).gaps
    # One for another PC: its number is none of ours.
    other = world.make(A, B)
    receive(world[C], [other])
    assert [p.proved for p in Ledger.read(world[C]).refused()] == [False, False]


def test_a_sender_that_signed_is_named(world: World) -> None:
    """A bundle whose outside is right and whose inside is not: who sent it is proved."""
    first, second = chain_of(world, 2)
    bundles.take(world[C], first)
    twin = world.stick / "twin.mda5b"
    shutil.copy(second, twin)
    receive(world[C], [second])
    problem = BundleError("sync.same_number", name="Ward", number=2)
    assert note_refusal(world[C], twin, problem)
    assert not note_refusal(world[C], twin, problem), "the same file, the same reason"
    (line,) = Ledger.read(world[C]).refused(world[A].device)
    assert (line.number, line.proved) == (2, True) and line.made
    (entry,) = [one for one in ledger(world[C]) if one.direction == REFUSED]
    assert (entry.number, entry.peer) == (2, "Ward 3 bed side")


def test_rubbish_is_said_and_not_noted(world: World) -> None:
    for name, content in (("a.mda5b", b""), ("b.mda5b", b"%PDF-1.7"), ("c", b"MDA5")):
        (world.stick / name).write_bytes(content)
        (came,) = receive(world[C], [world.stick / name])
        assert came.problem is not None and not is_bundle(world.stick / name)
    assert Ledger.read(world[C]).refused() == []
    gone = BundleError("sync.file_short")
    assert not note_refusal(world[C], world.stick / "gone", gone)


def test_a_stick_full_of_rubbish_does_not_fill_the_journal(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file,) = chain_of(world, 1)
    monkeypatch.setattr(receiving, "MOST_A_DAY", 2)
    whole = file.read_bytes()
    paths = []
    for number in range(4):
        paths.append(world.stick / f"bad{number}")
        paths[-1].write_bytes(whole[: -1 - number])
    file.unlink()
    centre = world[C]
    assert outcomes(receive(centre, [world.stick])) == ["refused"] * 4
    assert len(Ledger.read(centre).refused()) == 2
    later = centre.now() + timedelta(days=1, minutes=1)
    monkeypatch.setattr(type(centre), "now", lambda _self: later)
    receive(centre, [world.stick])
    assert len(Ledger.read(centre).refused()) == 4


# -- what never arrived ------------------------------------------------------------------------------------


@pytest.mark.requirement("CN-4")
def test_missing_number_is_named_at_the_receiver_and_at_the_sender(world: World) -> None:
    ward, centre = world[A], world[C]
    files = chain_of(world, 4)
    bundles.take(centre, files[0])
    bundles.take(centre, files[2])
    stand = next(one for one in standings(centre) if one.device == ward.device)
    (gap,) = stand.gaps
    assert (gap.number, gap.peer, gap.since) == (2, "Ward 3 bed side", 3)
    assert gap.sentence.en.startswith("Bundle 2 from Ward 3 bed side, made ")
    assert "Nothing is missing" in gap.sentence.en and "并不缺少" in gap.sentence.zh
    assert stand.as_json()["never_arrived"][0]["carried_by"] == 3

    bundles.take(ward, world.make(C, A))
    (own,) = [one for one in standings(ward) if one.device == centre.device]
    assert own.confirmed == 3
    assert [(one.number, one.later) for one in own.waiting] == [(2, True), (4, False)]
    assert [one.number for one in own.on_the_way] == [4]
    assert (
        "was never confirmed" in own.waiting[0].sentence.en
        and "is not confirmed" in own.waiting[1].sentence.en
    )
    assert own.as_json()["unconfirmed"][0]["newer_confirmed"] is True


def test_a_bundle_that_another_pc_tells_of_is_missing(world: World) -> None:
    """A's bundle 1 for C was lost; C hears of it from B, which carries A's chain."""
    chain_of(world, 1)
    enter_value(world[A], item(world[A].subjects()[0].identity), "130")
    bundles.take(world[B], world.make(C, B))
    bundles.take(world[B], world.make(A, B))
    bundles.take(world[C], world.make(B, C))
    stand = next(one for one in standings(world[C]) if one.device == world[A].device)
    (gap,) = stand.lost
    assert gap.number == 1 and gap.made and "Send everything again" in gap.sentence.en
    assert "重新发送全部" in gap.sentence.zh


def test_everything_again_closes_a_gap_and_is_harmless(world: World) -> None:
    chain_of(world, 2)
    bundles.take(world[C], world.make(A, C, everything=True))
    again = bundles.take(world[C], world.make(A, C, everything=True))
    assert again.conflicts == 0 and again.set_aside == 0
    data = everything_of(world[C])[1]
    more = bundles.take(world[C], world.make(A, C, everything=True))
    after = everything_of(world[C])[1]
    differ = {name for name in data if data[name] != after[name]}  # type: ignore[attr-defined, index]
    assert more.new == 1 and differ == {"passage"}, "only that a bundle was made, and taken"


def test_a_refused_number_says_that_those_before_it_were_made() -> None:
    refused = [Passage(REFUSED, 18, "p", "0", "", NOW)]
    assert missing([15, 16], refused) == (*range(1, 15), 17, 18)
    assert missing([], []) == () and missing([1, 2], []) == ()


@given(st.sets(st.integers(1, 60)), st.sets(st.integers(1, 60)))
def test_gaps_are_what_is_known_of_and_not_here(taken: set[int], told: set[int]) -> None:
    found = missing(taken, [], told)
    assert set(found) == set(range(1, max(taken | told, default=0) + 1)) - taken
    assert list(found) == sorted(found)


def test_a_number_that_is_huge_costs_nothing() -> None:
    assert len(missing([10**15], [])) == MOST == len(first_missing({1}, 10**15))
    assert first_missing({3}, 5) == (4,) and first_missing(set(), 1) == ()


# -- the preview -------------------------------------------------------------------------------------------


def test_the_preview_says_whose_and_what_and_where_two_pcs_differ(world: World) -> None:
    subject = world[A].enrol().identity
    bundles.take(world[B], world.make(A, B))
    bundles.take(world[A], world.make(B, A))
    enter_value(world[A], item(subject), "120")
    world[A].raise_query(item(subject).form_key(), "Sitting or lying?")
    enter_value(world[B], item(subject), "125")
    file = world.make(A, B)
    before = everything_of(world[B])
    report = bundles.plan(world[B], file)
    assert everything_of(world[B]) == before
    number = world[A].subjid(subject)
    assert report.details.participants == (number,)
    assert report.details.kinds["values"] == 1 and report.details.kinds["queries"] >= 1
    (differs,) = report.details.differences
    assert (
        differs.subjid == number and "Systolic" in differs.place.en and differs.place.zh != differs.place.en
    )
    told = [line.en for line in report.lines()]
    assert any(line.startswith("They are: 1 value, ") for line in told)
    assert f"Participants: {number}." in told
    assert any(line.strip().startswith("differs: ") and number in line for line in told)
    assert bundles.take(world[B], file).details == report.details


# -- names -------------------------------------------------------------------------------------------------


def test_a_file_is_called_by_its_pcs_and_its_number() -> None:
    ward, centre = ("Ward 3", "ab" * 8, "01"), ("Centre", "cd" * 8, "00")
    assert bundle_name(ward, centre, 14) == "MDA5_Ward-3_to_Centre_0014"
    assert safe("病房 3", "ab" * 8, "01") == "Site-01-abab"
    assert safe("Klinik für Rheuma", "ab" * 8, "01") == "Klinik-fur-Rheuma"


@given(st.text(max_size=90))
def test_names_are_safe_on_every_file_system(name: str) -> None:
    made = bundle_name((name, "ab" * 8, "01"), (name, "cd" * 8, "00"), 1)
    assert made.isascii() and len(made) < 80
    assert set(made) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@pytest.mark.requirement("PIPL-8")
def test_a_file_name_holds_no_participant_and_a_renamed_file_is_taken(world: World) -> None:
    (file,) = chain_of(world, 1)
    assert file.name == "MDA5_Ward-3-bed-side_to_Centre_0001.mda5b"
    assert world[A].subjects()[0].subjid not in file.name
    assert outcomes(receive(world[C], [file.rename(world.stick / "x y.bin")])) == ["taken"]


def test_a_stranger_sees_nothing_in_the_list(world: World) -> None:
    assert [one.name for one in standings(world[X])] == ["Centre"]
    (stand,) = standings(world[X])
    assert stand.waiting == stand.gaps == () and stand.confirmed == stand.taken == 0
