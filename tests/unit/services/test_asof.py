"""A participant as the vault stood at a past moment: the same fold over a prefix of the journal."""

from __future__ import annotations

import gc
import shutil
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mda5_crf.db import pastview, projection, read, schema
from mda5_crf.db.records import Draft
from mda5_crf.errors import CrfError, InputRefused, PermissionDenied, StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import redacting, restoring, wrongplace
from mda5_crf.services.access import Action
from mda5_crf.services.asof import Moment, PastSession, as_of, locate, moment_words, present, read_moment
from mda5_crf.services.changes import Reason
from mda5_crf.services.session import Session
from tests.scenario import OpenForm, Ward
from tests.signward import built_signing, signed, signing_session, vitals
from tests.vaults import password
from tests.wards import NOW, Clock

WHY = Reason("OTHER", "looked again")
SECOND = ("n07", password("n07"))
Dump = dict[str, list[tuple[Any, ...]]]


class Site:
    """A ward in a folder, its clock, and the participant in hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(shutil.copytree(built_signing(), folder))
        self.clock = Clock()

    @contextmanager
    def ward(self, login: str = "i01") -> Iterator[Ward]:
        with signing_session(self.folder, login, self.clock) as session:
            yield Ward(session)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "ward.mda5")


@pytest.fixture
def ward(site: Site) -> Iterator[Ward]:
    with site.ward() as ward:
        yield ward.enrol()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    """One ward for all tests that only add participants."""
    with Site(tmp_path_factory.mktemp("asof") / "ward.mda5").ward() as ward:
        yield ward


def now(ward: Ward) -> Moment:
    """The heads as they stand, to be asked about later."""
    return Moment(heads=present(ward.session).heads)


def value(session: Session, form: OpenForm, item: str) -> str:
    entry = session.data(form.entry.key.subject).get(form.key(item))
    return "" if entry is None else entry.text


def about(dump: Dump, subject: str) -> Dump:
    """What a dump says of one participant, and of the vault as such."""
    found = {}
    for table in schema.PROJECTIONS:
        names = [column.name for column in table.columns]
        key = names.index("key" if "key" in names else "identity") if {"key", "identity"} & {*names} else None
        found[table.name] = [
            row
            for row in dump[table.name]
            if key is None or row[key] in ("", subject) or str(row[key]).startswith(f"{subject}/")
        ]
    return found


def dumped(session: Session, subject: str) -> Dump:
    with session.vault.store.read() as tx:
        return about(projection.dump(tx), subject)


# -- the same as it was --------------------------------------------------------------------------------


def edit(ward: Ward, act: int, number: int) -> None:
    """One of the things that people do."""
    session, text = ward.session, str(100 + number)
    vs = ward.open("BL", "VS")
    if act == 0:
        vs.enter("SYSBP", text, because="again")
    elif act == 1:
        vs.enter("DIABP", "" if number % 3 == 0 else text, because="again")
    elif act == 2:
        vs.entry.set_missing(vs.key("SYSBP"), "ND", WHY)
    elif act == 3:
        ward.open("LOG", "CM").new_row("ROWS").enter("CMTRT", f"drug {number}")
    elif act == 4:
        log = ward.open("LOG", "CM")
        if rows := log.state.rows:
            log.entry.strike_row(rows[number % len(rows)].key, WHY)
    elif act == 5:
        vs.complete()
    elif act == 6:
        session.raise_query(vs.key("DIABP"), f"compare with the source {number}")
    elif act == 7:
        if waiting := [one for one in session.queries(ward.subject) if one.state == "Open"]:
            session.answer_query(waiting[0].id, "done", waiting[0].key)
    elif act == 8:
        session.add_event(ward.subject, "UNS")
    else:
        session.void(vs.entry.key, WHY, SECOND)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acts=st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 9), st.booleans(), st.booleans()), min_size=3, max_size=12
    )
)
@pytest.mark.requirement("P11-5")
def test_the_view_of_a_moment_is_what_stood_then(
    shared: Ward, acts: list[tuple[int, int, bool, bool]]
) -> None:
    session = shared.session
    people = [Ward(session).enrol(), Ward(session).enrol()]
    seen: list[tuple[Moment, str, Dump]] = []
    for act, number, second, look in acts:
        ward = people[second]
        with suppress(InputRefused):  # what cannot be done in this order is no edit
            edit(ward, act, number)
        if look:
            seen += [(now(ward), one.subject, dumped(session, one.subject)) for one in people]
    for moment, subject, stood in seen:
        with as_of(session, moment, [subject]) as past:
            assert dumped(past, subject) == stood
            assert [one.identity for one in past.subjects()] == [subject]


def test_everybody_at_once_is_the_whole_projection(ward: Ward) -> None:
    session = ward.session
    vitals(ward)
    other = Ward(session).enrol()
    moment = now(ward)
    with session.vault.store.read() as tx:
        stood = projection.dump(tx)
    matrix = [(row.subject.subjid, row.cells["BL"].status) for row in session.matrix().rows]
    other.open("BL", "VS").enter("SYSBP", "150")
    with as_of(session, moment) as past:
        with past.vault.store.read() as tx:
            assert projection.dump(tx) == stood
        assert [(row.subject.subjid, row.cells["BL"].status) for row in past.matrix().rows] == matrix
        assert past.vault.journal.heads() == {
            device: (seq, record.hash)
            for device, seq in moment.heads.items()
            if (record := session.vault.journal.get(f"{device}:{seq}")) is not None
        }


def test_all_that_a_session_answers_is_answered_as_then(site: Site, ward: Ward) -> None:
    session = ward.session
    form = vitals(ward)
    signed(ward, form)
    log = ward.open("LOG", "CM").new_row("ROWS").enter("CMTRT", "MTX")
    moment = now(ward)
    form.enter("SYSBP", "144", because="misread")
    log.strike("ROWS", "twice")
    session.raise_query(form.key("DIABP"), "compare with the source")
    key = form.entry.key
    with as_of(session, moment, [ward.subject]) as past:
        assert past.state(key).items[form.key("PULSEP")].value.text == "40"
        assert session.state(key).items[form.key("PULSEP")].value.text == "64"
        assert [one.state for one in past.signatures(key)] == ["valid"]
        assert [one.state for one in session.signatures(key)] == ["void"]
        assert past.queries(ward.subject) == () and len(session.queries(ward.subject)) == 1
        assert past.changed_items(key) == frozenset() and session.changed_items(key)
        assert len(past.history(form.key("SYSBP"))) == 1 and len(session.history(form.key("SYSBP"))) == 2
        assert past.completed(key) == session.completed(key)
        assert len(past.state(log.entry.key).rows) == 1 and not session.state(log.entry.key).rows
        node = next(one for one in past.tree(ward.subject) if one.key.event == "BL")
        assert {form.key.form: form.status for form in node.forms}["VS"] == "signed"


def test_locks_are_those_of_then(site: Site) -> None:
    with site.ward() as ward:
        ward.enrol()
        subject, form = ward.subject, vitals(ward).entry.key
    with site.ward("d02") as ward:
        before = now(ward)
        ward.session.set_lock(form, "frozen", "data cut")
        with as_of(ward.session, before, [subject]) as past:
            assert not past.lock_book.held(form).holds
        with as_of(ward.session, now(ward), [subject]) as past:
            assert past.lock_book.held(form).state == "frozen"


# -- the time ------------------------------------------------------------------------------------------


def test_today_is_the_day_of_the_moment(site: Site, ward: Ward) -> None:
    session = ward.session
    ward.open("SCR", "IE").enter("RFICDAT", "2026-08-20")
    seen = session.today, [one.window for one in session.tree(ward.subject)]
    site.clock.now = NOW + timedelta(days=400)
    ward.open("SCR", "VS").enter("SYSBP", "120")
    with as_of(session, Moment(at=NOW + timedelta(days=1)), [ward.subject]) as past:
        assert past.today == (NOW + timedelta(days=1)).date() == past.trusted_now().date()
        assert past.now() == NOW + timedelta(days=1)
        assert [one.window for one in past.tree(ward.subject)] == seen[1]
        assert past.check_clock() is None and past.clock_warning is None
        with pytest.raises(InputRefused):
            past.record_print("BL.VS", "ab", 1)
    assert session.today > past.today


def test_heads_with_a_time_say_which_records_and_which_day(site: Site, ward: Ward) -> None:
    form = ward.open("SCR", "VS").enter("SYSBP", "120")
    heads = present(ward.session).heads
    form.enter("SYSBP", "130")
    site.clock.now = NOW + timedelta(days=90)
    with as_of(ward.session, Moment(site.clock.now, heads), [ward.subject]) as past:
        assert (value(past, form, "SYSBP"), past.now()) == ("120", site.clock.now)
    with as_of(ward.session, Moment(heads=heads), [ward.subject]) as past:
        assert past.now() == NOW  # when the last of these records was written


def test_a_time_means_the_records_written_until_then(site: Site, ward: Ward) -> None:
    form = ward.open("SCR", "VS")
    for hour, text in ((1, "110"), (2, "120"), (3, "130")):
        site.clock.now = NOW + timedelta(hours=hour)
        form.enter("SYSBP", text)
    for minutes, expected in ((59, ""), (60, "110"), (150, "120"), (180, "130")):
        moment = Moment(at=NOW + timedelta(minutes=minutes))
        with as_of(ward.session, moment, [ward.subject]) as past:
            assert value(past, form, "SYSBP") == expected


def test_a_clock_that_was_wrong_for_a_while_hides_nothing(site: Site, ward: Ward) -> None:
    form = ward.open("SCR", "VS")
    times = [1, 2, 24 * 365, 24 * 366, -24 * 4000, 3, 4]
    for number, hours in enumerate(times):
        site.clock.now = NOW + timedelta(hours=hours)
        form.enter("SYSBP", str(100 + number))
    for minutes, expected in ((90, "100"), (150, "104"), (210, "105"), (240, "106")):
        with as_of(ward.session, Moment(at=NOW + timedelta(minutes=minutes)), [ward.subject]) as past:
            assert value(past, form, "SYSBP") == expected


@given(st.lists(st.sampled_from("abcdefg"), max_size=9))
def test_what_is_believed_of_times_never_goes_back_and_is_as_long_as_can_be(times: list[str]) -> None:
    found = pastview.rising(times)
    assert found == sorted(set(found))
    assert [times[one] for one in found] == sorted(times[one] for one in found)
    longest = 0
    for picked in range(2 ** len(times)):
        chosen = [time for place, time in enumerate(times) if picked >> place & 1]
        if chosen == sorted(chosen):
            longest = max(longest, len(chosen))
    assert len(found) == longest


def test_a_copied_vault_goes_back_into_the_chain_it_came_from(site: Site, ward: Ward) -> None:
    session = ward.session
    form = ward.open("SCR", "VS").enter("SYSBP", "120")
    site.clock.now = NOW + timedelta(days=2)
    parent, session.vault._clock = session.device, site.clock
    restoring.declare_copy(session, ("d02", password("d02")))
    assert session.device != parent
    form.enter("SYSBP", "130")
    with as_of(session, Moment(at=NOW + timedelta(days=1)), [ward.subject]) as past:
        assert value(past, form, "SYSBP") == "120"
        assert past.device == parent
    with as_of(session, Moment(heads={session.device: 2}), [ward.subject]) as past:
        assert value(past, form, "SYSBP") == "120"  # what the parent had is known from the start
    with as_of(session, Moment(at=site.clock.now), [ward.subject]) as past:
        assert value(past, form, "SYSBP") == "130"


def test_a_restored_vault_knows_what_the_copy_had(ward: Ward) -> None:
    content = {"act": "restored", "parent": "ab" * 8, "heads": {"ab" * 8: [41, "x"], "cd" * 8: [7, "y"]}}
    (record,) = ward.session.append([Draft("restore", "", content)])
    device = ward.session.device
    with ward.session.vault.store.read() as tx:
        assert pastview.known_with(tx, device, record.seq) == {device: record.seq, "ab" * 8: 41, "cd" * 8: 7}
        assert pastview.known_with(tx, device, record.seq - 1) == {device: record.seq - 1}
        assert pastview.parent_of(tx, device) == ("ab" * 8, 41)
        assert pastview.parent_of(tx, "ab" * 8) is None


# -- redacted, void, other definitions -----------------------------------------------------------------


def test_what_was_redacted_since_is_gone_before_it_too_and_says_so(ward: Ward) -> None:
    session = ward.session
    form = ward.open("LOG", "CM").new_row("ROWS").enter("CMTRT", "Wang Xiaoming")
    moment, key = now(ward), form.key("CMTRT")
    record = next(one.id for one in session.vault.journal.records(key.path()) if one.kind == "value")
    session.redact(
        (record,),
        Reason("PRIVACY", "a name"),
        (),
        own_password=password("i01"),
        second=("d02", password("d02")),
    )
    with as_of(session, moment, [ward.subject]) as past:
        assert value(past, form, "CMTRT") == ""
        (row,) = [one for one in read.subject_entries(past.vault.store, ward.subject) if one.key == key]
        assert row.absent
        (line,) = past.history(key)
        assert line.text == session.history(key)[0].text
        with past.vault.store.read() as tx:
            assert [(one["device"], one["seq"]) for one in tx.find(schema.redaction)] == [
                (record.partition(":")[0], int(record.partition(":")[2]))
            ]
    assert redacting.finish(session) is None


def test_what_was_void_later_counts_before_and_not_after(ward: Ward) -> None:
    session, form = ward.session, ward.open("BL", "VS").enter("SYSBP", "120")
    before = now(ward)
    wrongplace.void(session, form.entry.key, WHY, SECOND)
    after = now(ward)
    form.enter("SYSBP", "125")
    seen = []
    for moment in (before, after, now(ward)):
        with as_of(session, moment, [ward.subject]) as past:
            seen.append(value(past, form, "SYSBP"))
    assert seen == ["120", "", "125"]


# -- nothing is written --------------------------------------------------------------------------------


def files_of(folder: Path) -> dict[str, bytes]:
    """All files but the index that every reader of the database shares."""
    lying = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith("-shm"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in lying}


def test_it_takes_no_writes_holds_no_keys_and_leaves_nothing(site: Site, ward: Ward) -> None:
    session = ward.session
    form = vitals(ward)
    subject, key = ward.subject, form.entry.key
    lying = files_of(site.folder)
    with as_of(session, now(ward), [subject]) as past:
        entry = past.entry(key)
        refused: list[Any] = [
            lambda: entry.set_value(form.key("SYSBP"), "99", reason=WHY),
            lambda: entry.reopen(WHY),
            past.enrol,
            lambda: past.add_event(subject, "UNS"),
            lambda: past.raise_query(form.key("SYSBP"), "why"),
            lambda: past.sign(key, "REVIEWED", password("i01"), "i01"),
            lambda: past.void(key, WHY, SECOND),
            lambda: past.record_print("BL.VS", "ab", 1, subject),
            lambda: past.append([Draft("view", key.path(), {})]),
            lambda: past.change_password("x" * 20, own_password=password("i01")),
            lambda: past.disable_person("n07", own_password=password("i01")),
        ]
        for act in refused:
            with pytest.raises((InputRefused, StoreError)) as told:
                act()
            assert told.value.text.zh != told.value.text.en
        with pytest.raises(PermissionDenied):
            past.require(Action.LOCK)  # not even an investigator's right
        assert past.may(Action.READ) and past.may(Action.PRINT) and not past.may(Action.ENTER)
        for asked in (
            lambda: past.vault.sign("mda5-crf/esign/1", b"", password("i01")),
            lambda: past.vault.device_keys,
            lambda: past.vault.folder,
            lambda: past.vault.identity,
            past.vault.store.raw,
            past.vault.store.transaction,
            lambda: past.vault.journal.append([Draft("view", key.path(), {})]),
        ):
            with pytest.raises(StoreError):
                asked()
        assert not hasattr(past.vault, "__wrapped__")
        with past.vault.store.read() as tx, pytest.raises(Exception, match=r"readonly|read-only|query_only"):
            tx.delete(schema.item_data)
        assert past.vault.login == "i01" and past.person is session.person
    assert files_of(site.folder) == lying
    assert [one.kind for one in session.vault.journal.records(subject)][-1] != "view"


def test_the_memory_is_given_back(ward: Ward) -> None:
    past = as_of(ward.session, now(ward), [ward.subject])
    past.tree(ward.subject)
    kept, store = weakref.ref(past), past.vault.store
    past.close()
    past.close()
    with pytest.raises((StoreError, Exception)), store.read() as tx:
        tx.find(schema.subject)
    del past
    gc.collect()
    assert kept() is None


def test_what_fails_half_way_leaves_nothing_open(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[pastview.PastStore] = []

    def closed(store: pastview.PastStore) -> None:
        made.append(store)

    monkeypatch.setattr(pastview.PastStore, "close", closed)
    ward.session.append([Draft("definition", "", {"hash": "ab" * 32, "oid": "X", "version": "1"})])
    assert "definition" in said(lambda: as_of(ward.session, now(ward), [ward.subject]))
    monkeypatch.setattr(pastview, "_wanted", lambda *_: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        as_of(ward.session, now(ward), [ward.subject])
    assert len(made) == 2


# -- what cannot be answered ---------------------------------------------------------------------------


def said(act: Any) -> str:  # noqa: ANN401 - any call
    with pytest.raises(CrfError) as told:
        act()
    assert told.value.text.en != told.value.text.zh
    return told.value.text.en


def test_moments_that_cannot_be_shown_are_refused_in_words(ward: Ward) -> None:
    session, subject = ward.session, ward.subject
    device, seq = session.device, present(session).heads[session.device]

    def ask(moment: Moment) -> str:
        return said(lambda: as_of(session, moment, [subject]))

    assert "begins at 2026-09-01 10:00 +08:00" in ask(Moment(at=NOW - timedelta(days=1)))
    assert "has not come yet" in ask(Moment(at=NOW + timedelta(seconds=1)))
    assert "no records of the device feed" in ask(Moment(heads={"feedfeedfeedfeed": 1}))
    assert f"{seq} records so far, not {seq + 1}" in ask(Moment(heads={device: seq + 1}))
    assert "so far, not 0" in ask(Moment(heads={device: 0}))
    assert f"did not know participant {session.subjid(subject)} yet" in ask(
        Moment(heads={device: session.vault.journal.heads()[device][0] - 1})
    )
    assert "no offset" in ask(Moment(at=datetime(2026, 9, 1, 10)))  # noqa: DTZ001 - that is the point
    assert "2026-09-01T10:00+08:00" in ask(Moment(at=datetime(2026, 9, 1, 10)))  # noqa: DTZ001
    assert "DEVICE:NUMBER" in ask(Moment())


def test_moments_as_people_type_them(ward: Ward) -> None:
    session = ward.session
    device, (seq, hashed) = session.device, session.vault.journal.heads()[session.device]
    assert read_moment(session, "2026-08-01T12:00+08:00") == Moment(at=datetime(2026, 8, 1, 4, tzinfo=UTC))
    assert read_moment(session, f" {device}:{seq} ") == Moment(heads={device: seq})
    assert read_moment(session, f"{device}:{seq}:{hashed[:12]}, {'ab' * 8}:7").heads == {
        device: seq,
        "ab" * 8: 7,
    }
    for wrong in ("yesterday", "", f"{device}:", f"{device}:x", f"{device}:1,", "2026-13-01T00:00+08:00"):
        assert "offset" in said(lambda wrong=wrong: read_moment(session, wrong))
    assert "no offset" in said(lambda: read_moment(session, "2026-08-01T12:00"))
    assert "another one" in said(lambda: read_moment(session, f"{device}:{seq}:{'0' * 12}"))
    words = moment_words(session, locate(session, Moment(heads={device: seq})))
    assert words.en == words.zh == f"2026-09-01 10:00 +08:00 ({device}:{seq})"


def test_who_may_not_read_sees_no_past_either(ward: Ward) -> None:
    moment = now(ward)
    ward.session.person = replace(ward.session.person, roles=("administrator",))
    with pytest.raises(PermissionDenied):
        as_of(ward.session, moment, [ward.subject])


def test_a_past_moment_can_be_asked_for_an_earlier_one(ward: Ward) -> None:
    form = ward.open("BL", "VS").enter("SYSBP", "120")
    first = now(ward)
    form.enter("SYSBP", "130")
    with as_of(ward.session, now(ward), [ward.subject]) as later:
        assert isinstance(later, PastSession) and later.asker is ward.session
        with as_of(later, first, [ward.subject]) as past:
            assert value(past, form, "SYSBP") == "120"


def test_a_form_of_then_that_is_looked_at_counts_as_opened(ward: Ward) -> None:
    key = vitals(ward).entry.key
    with as_of(ward.session, now(ward), [ward.subject]) as past:
        past.view_book.note(key)
    ward.open("BL", "RD")
    Ward(ward.session).enrol()
    views = [one.key for one in ward.session.vault.journal.records(kinds=("view",))]
    assert key.path() in views and ItemKey.parse(views[0]).subject == ward.subject
