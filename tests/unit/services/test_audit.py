"""The audit trail: every record once, filters that partition, rights, prompts, times, views, reviews."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mda5_crf.db import read_audit
from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import auditwords
from mda5_crf.services.audit import PAGE, AuditPage, Trail
from mda5_crf.services.auditfilter import GROUPS, OTHER, AuditFilter, group_of
from mda5_crf.services.auditlines import AuditLine
from mda5_crf.services.auditpatterns import patterns
from mda5_crf.services.changes import Reason
from mda5_crf.services.drafts import HalfTyped, TypedInto
from mda5_crf.services.second import SecondSession
from mda5_crf.services.session import Session
from tests.scenario import OpenForm, Ward
from tests.vaults import password
from tests.wards import Clock, built, session_at

NOBODY = "f" * 32
CLEAN = {
    "VSPERF": "Y", "VSDAT": "2026-08-30", "VSPOS": "SITTING", "SYSBP_VSORRES": "120", "DIABP_VSORRES": "80",
    "PULSE_VSORRES": "72", "RESP_VSORRES": "16", "TEMP_VSORRES": "36.8", "OXYSAT_VSORRES": "97",
    "OXYSAT_VSO2": "Y", "MRCGR": "2", "WEIGHT_VSORRES": "60",
}  # fmt: skip


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(ward_folder: Path, clock: Clock) -> Iterator[Ward]:
    """A ward whose clock the test moves."""
    with session_at(ward_folder, clock=clock) as session:
        yield Ward(session).enrol()


def ids(session: Session) -> list[str]:
    """Every record of the journal."""
    return sorted(record.id for record in session.vault.journal.records())


def listed(session: Session, wanted: AuditFilter | None = None, size: int = PAGE) -> list[AuditLine]:
    """All pages of a filter, newest first."""
    lines: list[AuditLine] = []
    page = AuditPage((), more=True)
    while page.more:
        page = session.audit.page(wanted, page.seen, size)
        lines += page.lines
    return lines


def newest(session: Session, wanted: AuditFilter | None = None) -> AuditLine:
    return session.audit.page(wanted, size=1).lines[0]


def of_kind(session: Session, *kinds: str) -> list[AuditLine]:
    return listed(session, AuditFilter(kinds=kinds))


def vitals(ward: Ward) -> OpenForm:
    return ward.open("BL", "VS").enter_all(VSPERF="Y", SYSBP_VSORRES="80", DIABP_VSORRES="95")


# -- what must not be seen -----------------------------------------------------------------------------


def holding(session: Session, role: str) -> Session:
    """The same session in the hands of somebody with another role."""
    object.__setattr__(session.person, "roles", (role,))
    return session


def test_an_administrator_sees_logins_and_accounts_alone(ward: Ward) -> None:
    vitals(ward)
    admin = holding(ward.session, "administrator")
    seen = listed(admin)
    assert seen and {line.kind for line in seen} <= GROUPS["access"]
    assert not any(line.subjid or "01-001" in str(line.as_json()) for line in seen)
    assert listed(admin, AuditFilter(kinds=("value",))) == []
    assert [line for line in Trail(admin).lines() if line.kind not in GROUPS["access"]] == []
    with pytest.raises(PermissionDenied):
        admin.audit.review("looked")


@pytest.mark.requirement("EMA-7")
def test_who_enters_blind_is_shown_nothing(ward: Ward) -> None:
    form = vitals(ward)
    blind = SecondSession(ward.session, form.entry.key)
    with pytest.raises(InputRefused) as refused:
        blind.audit.page()
    assert refused.value.code == "audit.blind"
    assert blind.history(form.entry.key) == ()


def test_data_entry_sees_the_own_site_alone(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    vitals(ward)
    everything = len(listed(ward.session))
    monkeypatch.setattr(type(ward.session), "site", "02")
    assert len(listed(ward.session)) == everything  # an investigator sees what is here
    assert listed(holding(ward.session, "data_entry")) == []


def test_a_review_needs_a_remark_and_the_right(ward_folder: Path) -> None:
    with session_at(ward_folder) as session:
        with pytest.raises(InputRefused):
            session.audit.review("  ")
        assert session.audit.reviews() == ()
    with session_at(ward_folder, "n07") as nurse, pytest.raises(PermissionDenied):
        nurse.audit.review("looked")


# -- every record once ---------------------------------------------------------------------------------


acts = st.lists(
    st.sampled_from(
        ["enter", "correct", "clear", "missing", "row", "strike", "query", "answer", "complete", "view",
         "print", "visit", "enrol", "reading"]
    ),
    max_size=14,
)  # fmt: skip


def perform(ward: Ward, act: str, number: int) -> None:  # noqa: C901, PLR0912 - one case per act
    session, vs = ward.session, ward.open("BL", "VS")
    reason = Reason("OTHER", "wrong line") if vs.entry.needs_reason else None
    match act:
        case "enter":
            vs.entry.set_value(vs.key("SYSBP_VSORRES"), str(100 + number), reason=reason)
        case "correct":
            vs.entry.set_value(vs.key("VSPERF"), "YN"[number % 2], reason=reason)
        case "clear":
            vs.entry.set_value(vs.key("SYSBP_VSORRES"), "", reason=reason)
        case "missing":
            vs.entry.set_value(vs.key("VSDAT"), "UN-UN-UNKN", reason=reason)
        case "row" | "strike":
            log = ward.open("LOG", "CM")
            group = next(one.name for one in log.entry.form.groups if one.repeating)
            log.new_row(group)
            if act == "strike":
                log.strike(group, "twice")
        case "query":
            session.raise_query(vs.key("SYSBP_VSORRES"), f"Why {number}?")
        case "answer":
            for query in session.queries(ward.subject)[:1]:
                if query.state == "Open":
                    session.answer_query(query.id, "As in the file.", query.key)
        case "complete":
            vs.complete()
        case "view":
            session.view_book.note(vs.entry.key)
        case "print":
            session.record_print("BL.VS", "ab" * 32, 2, ward.subject)
        case "visit":
            session.add_event(ward.subject, "UNS")
        case "reading":
            session.add_form(ItemKey(ward.subject, "BL"), "HRCT")
        case "enrol":
            session.enrol()


@pytest.mark.requirement("P11-5", "EMA-1", "EMA-5", "E6-2", "FDA-10")
@settings(max_examples=12)
@given(acts, st.integers(1, 40))
def test_every_record_is_one_line_and_filters_partition(plan: list[str], size: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(shutil.copytree(built(), Path(place) / "ward.mda5"))
        with session_at(folder) as session:
            ward = Ward(session).enrol()
            for number, act in enumerate(plan):
                perform(ward, act, number)
            whole = [line.record for line in listed(session, size=size)]
            assert sorted(whole) == ids(session)
            assert [line.record for line in Trail(session).lines()] == whole[::-1]
            people = {record.person for record in session.vault.journal.records()}
            for conditions in (
                [AuditFilter(person=person) for person in people],
                [AuditFilter(kinds=(group,)) for group in (*GROUPS, OTHER)],
                [AuditFilter(device=session.device), AuditFilter(device=NOBODY)],
                [AuditFilter(until=session.today - timedelta(days=1)), AuditFilter(since=session.today)],
            ):
                parts = Counter(line.record for one in conditions for line in listed(session, one, size))
                assert parts == Counter(whole)
            of_one = {line.record for line in listed(session, AuditFilter(key=ward.subject), size)}
            assert of_one == {line.record for line in listed(session) if line.subject == ward.subject}


def test_places_are_said_as_people_say_them(ward: Ward) -> None:
    ward.reading("BL")
    ward.reading("BL").enter("HRPERF", "Y")
    line = newest(ward.session, AuditFilter(kinds=("value",)))
    assert (line.subjid, line.place, line.label.en) == ("01-001", "BL HRCT#2 HRPERF", "HRCT done?")
    assert [one.place for one in of_kind(ward.session, "form")] == ["BL HRCT#2", "BL HRCT#1"]


@pytest.mark.requirement("FDA-9", "EMA-2", "E6-6", "CN-2")
def test_a_change_says_all_that_must_be_said(ward: Ward) -> None:
    vs = ward.open("BL", "VS").fill(**CLEAN)
    vs.expect_done()
    vs.enter("SYSBP_VSORRES", "16 kPa", because="wrong column")
    line = newest(ward.session, AuditFilter(item="VS.SYSBP_VSORRES", kinds=("value",)))
    assert (line.old.en, line.new.en) == ("120 mmHg", "16 kPa")
    assert (line.name, line.login, line.roles) == ("Li Na", "i01", ("investigator",))
    assert (line.site, line.vault, line.subjid) == ("01", "Ward 3", "01-001")
    assert (line.reason_code, line.reason_text) == ("OTHER", "wrong column")
    assert line.act.en == "changed" and line.act.zh == "更改"
    assert line.label.zh != line.label.en
    assert line.stored.utcoffset() == timedelta(0) and line.zone == "Asia/Shanghai +08:00"
    assert line.local.isoformat() == "2026-09-01T10:00:00+08:00"
    assert line.version == ward.session.study.version and line.definition == ward.session.study.hash
    record = ward.session.vault.journal.get(line.record)
    assert record is not None and record.hash == line.hash and record.replaces == line.replaces


@pytest.mark.requirement("FDA-11")
def test_answer_prompt_and_change_are_linked(ward: Ward) -> None:
    vs = vitals(ward).expect_check("VS-02")
    vs.enter("DIABP_VSORRES", "60")
    line = newest(ward.session)
    assert (line.old.en, line.prompt, line.new.en) == ("95 mmHg", ("VS-02",), "60 mmHg")
    original = ward.session.vault.journal.get(line.replaces[0])
    assert original is not None and original.data == {"text": "95"}
    vs.enter("DIABP_VSORRES", "62")
    assert newest(ward.session).prompt == ()  # nothing stood any more
    assert "prompt" not in ward.session.vault.journal.get(newest(ward.session).record).data  # type: ignore[union-attr]
    history = ward.session.history(vs.key("DIABP_VSORRES"))
    assert [one.prompt for one in history] == [(), ("VS-02",), ()]
    assert {one.roles.en for one in history} == {"investigator"}


def test_what_stood_before_is_found_for_states_and_queries(ward: Ward) -> None:
    vs = ward.open("BL", "VS").enter_all(VSPERF="Y")
    query = ward.session.raise_query(vs.key("VSPERF"), "Was it?")
    ward.session.answer_query(query.id, "It was.", query.key)
    line = newest(ward.session, AuditFilter(kinds=("query",)))
    assert (line.old.en, line.new.en, line.act.en) == ("Was it?", "It was.", "query: answered")


# -- times ---------------------------------------------------------------------------------------------


@pytest.mark.requirement("EMA-6")
def test_typed_and_stored_are_two_times_for_what_waited(timed: Ward, clock: Clock) -> None:
    session, vs = timed.session, timed.open("BL", "VS")
    typed = clock.now
    half = HalfTyped(TypedInto.FIELD, vs.key("VSPERF").path(), "Y")
    session.keep_drafts([half])
    clock.now += timedelta(hours=3)
    session.keep_drafts([half, HalfTyped(TypedInto.FIELD, vs.key("VSDAT").path(), "2026")])
    clock.now += timedelta(seconds=30)
    vs.enter("VSPERF", "Y").enter("VSDAT", "2026-08-30")
    late, soon = [newest(session, AuditFilter(item=f"VS.{name}")) for name in ("VSPERF", "VSDAT")]
    assert (late.typed, late.stored) == (typed, clock.now)
    assert soon.typed == soon.stored == clock.now  # half a minute is no delay
    assert [line.typed for line in session.history(vs.key("VSPERF"))] == [typed]


def test_days_are_those_of_the_site(timed: Ward, clock: Clock) -> None:
    clock.now = clock.now.replace(hour=16, minute=30)  # 00:30 of the next day in Shanghai
    timed.open("BL", "VS").enter("VSPERF", "Y")
    assert newest(timed.session, AuditFilter(since=date(2026, 9, 2))).item == "VSPERF"
    assert newest(timed.session, AuditFilter(until=date(2026, 9, 1))).item == ""
    with pytest.raises(IndexError):
        newest(timed.session, AuditFilter(since=date(2026, 9, 3)))


# -- looking, printing, logging in ---------------------------------------------------------------------


@pytest.mark.requirement("E6-1", "E6-3")
def test_views_go_along_with_the_next_record_once_a_sitting(ward_folder: Path) -> None:
    with session_at(ward_folder) as session:
        ward = Ward(session).enrol()
        form = ward.open("BL", "VS")
        before = session.vault.store.journal_version
        for _ in range(3):
            session.view_book.note(form.key("VSPERF"))
        session.view_book.note(ItemKey(ward.subject, "BL"))  # a visit is no form
        assert session.vault.store.journal_version == before and of_kind(session, "view") == []
        form.enter("VSPERF", "Y")
        session.view_book.note(form.entry.key)
        session.view_book.note(ward.open("SCR", "DM").entry.key)
        assert [line.place for line in of_kind(session, "view")] == ["BL VS"]
        subject = ward.subject
    with session_at(ward_folder) as again:
        views = of_kind(again, "view")  # the log-out took the other one along
        assert [(line.place, line.name) for line in views] == [("SCR DM", "Li Na"), ("BL VS", "Li Na")]
        assert {line.subject for line in views} == {subject}
        assert again.verify().troubles == ()


def test_what_could_not_be_written_keeps_the_views(ward: Ward) -> None:
    form = ward.open("BL", "VS")
    ward.session.view_book.note(form.entry.key)
    with pytest.raises(InputRefused):
        form.enter("VSPERF", "x" * 70_000)
    assert of_kind(ward.session, "view") == []
    form.enter("VSPERF", "Y")
    assert [line.place for line in of_kind(ward.session, "view")] == ["BL VS"]


@pytest.mark.requirement("E6-1", "E6-5", "EMA-4")
def test_logins_accounts_and_prints_are_lines(ward_folder: Path) -> None:
    with Session.open(ward_folder, "i01", password("i01")) as session:
        session.record_print("BL.VS", "ab" * 32, 2)
        kinds = {line.kind for line in listed(session)}
        assert {"login", "print", "certificate", "user", "device", "definition"} <= kinds
        admitted = [line.new.en for line in of_kind(session, "certificate")]
        assert "Zhang Wei (n07): data entry" in admitted


def test_search_finds_words_of_both_languages_and_widths(ward: Ward) -> None:
    vitals(ward)
    for words in ("systolic 80", "收缩压", "ｓｙｓｔｏｌｉｃ", "Li Na SYSBP"):
        found = listed(ward.session, AuditFilter(search=words, kinds=("value",)))
        assert [line.item for line in found] == ["SYSBP_VSORRES"], words
    assert listed(ward.session, AuditFilter(search="systolic 81")) == []
    one = newest(ward.session)
    for name in (one.record, one.hash[:12]):
        assert [line.record for line in listed(ward.session, AuditFilter(search=name))] == [one.record]


def test_a_page_ends_with_its_time_and_goes_on(ward: Ward) -> None:
    page = ward.session.audit.page(AuditFilter(person=NOBODY), seconds=-1)
    assert not page.lines
    looked = page.looked
    while page.more:
        page = ward.session.audit.page(AuditFilter(person=NOBODY), page.seen, seconds=-1)
        looked += page.looked
    assert looked == len(ids(ward.session))


# -- reviews and counts --------------------------------------------------------------------------------


@pytest.mark.requirement("EMA-12", "E6-7")
def test_a_review_marks_what_is_new_since(ward: Ward) -> None:
    session = ward.session
    assert session.audit.since_review() == AuditFilter()
    wanted = AuditFilter(form="VS", since=date(2026, 8, 1), kinds=("data",), above=((session.device, 3),))
    done = session.audit.review(" All vital signs; nothing odd. ", wanted, 12)
    assert (done.remark, done.records, done.wanted) == ("All vital signs; nothing odd.", 12, wanted)
    ward.open("BL", "VS").enter("VSPERF", "Y")
    fresh = listed(session, session.audit.since_review())
    assert [line.kind for line in fresh] == ["value", "trail-review"]
    assert session.verify().troubles == ()


@pytest.mark.requirement("EMA-3", "E6-7")
def test_counts_show_changes_roles_and_late_entries(timed: Ward, clock: Clock) -> None:
    timed.open("BL", "SV").enter("SVSTDAT", "2026-08-30")
    vs = vitals(timed)
    clock.now += timedelta(days=20)
    vs.enter("DIABP_VSORRES", "60")
    found = patterns(timed.session)
    worst = found.items[0]
    assert (worst.oid, worst.entries, worst.changes, worst.prompted) == ("VS.DIABP_VSORRES", 2, 1, 1)
    (person,) = found.people
    assert (person.name, person.roles.en, person.changes, person.late) == ("Li Na", "investigator", 1, 1)
    assert found.late == 1 and found.entries == 5
    assert patterns(timed.session, days=30).late == 0


# -- the filter itself ---------------------------------------------------------------------------------


@given(
    st.builds(
        AuditFilter, key=st.text(max_size=5), form=st.text(max_size=5), person=st.text(max_size=5),
        kinds=st.lists(st.sampled_from([*GROUPS, "value"]), max_size=2).map(tuple),
        since=st.none() | st.dates(), search=st.text(max_size=5),
        above=st.none() | st.dictionaries(st.text("ab", min_size=1), st.integers(0, 9)).map(
            lambda found: tuple(sorted(found.items()))
        ),
    )
)  # fmt: skip
def test_a_filter_reads_back(wanted: AuditFilter) -> None:
    assert AuditFilter.from_json(wanted.as_json()) == wanted


def test_every_kind_belongs_to_one_group() -> None:
    named = [kind for kinds in GROUPS.values() for kind in kinds]
    assert len(named) == len(set(named))
    assert group_of("a kind of a later program") == OTHER


@pytest.mark.parametrize("oldest_first", [False, True])
@pytest.mark.parametrize("size", [1, 3, 200])
def test_what_the_database_leaves_out_is_what_the_filter_leaves_out(
    ward: Ward, oldest_first: bool, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Person, kind and day are asked in the database, in pieces that are short here; nothing else is lost."""
    monkeypatch.setattr(read_audit, "_FIRST", 2)
    monkeypatch.setattr(read_audit, "_WIDE", 3)
    vitals(ward)
    session, day = ward.session, ward.session.today
    everything = listed(session)
    wanted: list[tuple[AuditFilter, Callable[[AuditLine], bool]]] = [
        (
            AuditFilter(person=session.person.id),
            lambda line: line.person in (session.person.id, session.person.name),
        ),
        (AuditFilter(kinds=("value", "status")), lambda line: line.kind in ("value", "status")),
        (AuditFilter(since=day), lambda line: line.local.date() >= day),
        (AuditFilter(until=day - timedelta(days=1)), lambda line: line.local.date() < day),
        (AuditFilter(person=NOBODY), lambda _: False),
    ]
    for filters, passes in wanted:
        seen: dict[str, int] = {}
        found: list[str] = []
        looked, more = 0, True
        while more:
            page = session.audit.page(filters, seen, size, oldest_first=oldest_first)
            found += [line.record for line in page.lines]
            seen, more, looked = dict(page.seen), page.more, looked + page.looked
        there = [line.record for line in everything if passes(line)]
        assert sorted(found) == sorted(there) and len(set(found)) == len(found)
        assert looked == len(everything), "all of it was looked at, if not here"


@pytest.mark.parametrize(
    "what, zh",
    [
        ("sae-report SAE#1", "严重不良事件报告表 SAE#1"),
        ("casebook", "病例报告册"),
        ("BL.VS,BL.LBC", "BL.VS,BL.LBC"),
    ],
)
def test_what_was_printed_is_named_in_the_language_of_the_trail(what: str, zh: str) -> None:
    said = auditwords._passed("print", {"what": what, "pages": 2, "sha256": "ab" * 32})
    assert said.zh == f"{zh}，2 页，SHA-256 {'ab' * 6}"
