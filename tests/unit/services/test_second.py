"""Double entry: blind, compared by value, resolved by another person; the audit trail has all three."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from mda5_crf.db import projection
from mda5_crf.errors import InputRefused, PermissionDenied, StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import second_report, second_resolve
from mda5_crf.services.changes import Reason
from mda5_crf.services.course import course
from mda5_crf.services.second import SecondEntry
from mda5_crf.services.second_book import Stage
from mda5_crf.services.second_resolve import resolve
from mda5_crf.services.session import Session
from mda5_crf.services.worklist import Group, Task
from tests.scenario import OpenForm, Ward
from tests.vaults import password
from tests.wards import built, session_at

FIRST, SECOND = "i01", "n07"
VITALS = {"VSPERF": "Y", "VSDAT": "2026-08-20", "SYSBP_VSORRES": "131", "DIABP_VSORRES": "77"}


@dataclass
class Desk:
    """One vault with a participant; people come and go."""

    folder: Path
    subject: str
    session: Session | None = None

    def key(self, form: str, event: str = "SCR") -> ItemKey:
        return ItemKey(self.subject, event, form=form)

    @contextmanager
    def at(self, login: str) -> Iterator[Session]:
        with session_at(self.folder, login) as session:
            yield session

    @contextmanager
    def second(self, form: str, login: str = SECOND, event: str = "SCR") -> Iterator[Twice]:
        with self.at(login) as session:
            entry = session.second(self.key(form, event))
            yield Twice(session, entry)


@dataclass
class Twice:
    """A form in second entry."""

    session: Session
    entry: SecondEntry

    def key(self, item: str, row: str = "") -> ItemKey:
        return self.entry.key._replace(group=self.entry.form.items[item].group, group_repeat=row, item=item)

    def enter(self, **values: str) -> Twice:
        for item, text in values.items():
            self.entry.set_value(self.key(item), text)
        return self

    def row(self, group: str, **values: str) -> str:
        identity, _ = self.entry.add_row(group)
        for item, text in values.items():
            self.entry.set_value(self.key(item, identity), text)
        return identity

    def standings(self) -> dict[str, str]:
        return {one.key.item: one.standing.value for one in self.entry.book().items.values()}

    def first(self, item: str) -> str:
        entry = self.session.data(self.entry.key.subject).get(self.key(item))
        return entry.text if entry is not None else ""

    def prove(self) -> None:
        """Nothing is wrong with the record, and a rebuild says the same."""
        assert self.session.verify().troubles == ()
        store = self.session.vault.store
        with store.read() as tx:
            before = projection.dump(tx)
        with store.transaction() as tx:
            assert projection.rebuild(tx) == []
            assert projection.dump(tx) == before


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    folder = Path(shutil.copytree(built(), tmp_path / "ward.mda5"))
    with session_at(folder, FIRST) as session:
        ward = Ward(session).enrol()
        ward.open("SCR", "VS").enter_all(**VITALS)
        return Desk(folder, session.subjects()[0].identity)


def test_agreement_difference_and_the_word_of_the_second_person(desk: Desk) -> None:
    with desk.second("VS") as vs:
        assert vs.entry.book().stage is Stage.NONE
        vs.enter(VSPERF="Y", VSDAT="２０２６年８月２０日", SYSBP_VSORRES="131.0", DIABP_VSORRES="78")
        assert vs.standings() == {
            "VSPERF": "agrees", "VSDAT": "agrees", "SYSBP_VSORRES": "agrees", "DIABP_VSORRES": "differs",
        }  # fmt: skip
        assert vs.entry.book().stage is Stage.OPEN
        assert vs.first("DIABP_VSORRES") == "77"
        resolve(vs.entry, vs.key("DIABP_VSORRES"), "second", note="read again")
        assert vs.first("DIABP_VSORRES") == "78"
        assert vs.entry.book().stage is Stage.AGREED
        lines = vs.session.history(vs.key("DIABP_VSORRES"))
        assert [(line.kind, line.person) for line in lines] == [
            ("value", "Li Na"), ("second", "Zhang Wei"), ("value", "Zhang Wei"),
            ("second-resolved", "Zhang Wei"),
        ]  # fmt: skip
        assert lines[2].reason == f"DOUBLE_ENTRY: {lines[0].record} {lines[1].record}"
        assert "read again" in lines[3].text.en
        vs.prove()


def test_the_first_is_right_changes_no_value(desk: Desk) -> None:
    with desk.second("VS") as vs:
        vs.enter(VSPERF="Y", DIABP_VSORRES="78")
        resolve(vs.entry, vs.key("DIABP_VSORRES"), "first")
        assert vs.standings()["DIABP_VSORRES"] == "resolved"
        assert [line.kind for line in vs.session.history(vs.key("DIABP_VSORRES"))] == [
            "value", "second", "second-resolved",
        ]  # fmt: skip


@pytest.mark.parametrize("typed, choice", [("79", "other"), ("78.0", "second"), ("77", "first")])
def test_neither_is_right_unless_what_is_typed_is_one_of_them(desk: Desk, typed: str, choice: str) -> None:
    with desk.second("VS") as vs:
        vs.enter(VSPERF="Y", DIABP_VSORRES="78")
        resolve(vs.entry, vs.key("DIABP_VSORRES"), "other", typed)
        (ended,) = vs.entry.book().resolutions
        assert ended.choice == choice
        assert vs.first("DIABP_VSORRES") == typed
        assert vs.standings()["DIABP_VSORRES"] == "resolved"


def test_nothing_that_was_entered_first_reaches_the_blind_session(desk: Desk) -> None:
    with desk.second("VS") as vs:
        session = vs.entry.session
        states = vs.entry.state.items.values()
        assert not [one.key.item for one in states if one.value.text or one.value.missing]
        assert [one.key.item for one in states if one.relevant and not one.item.computed] == ["VSPERF"]
        assert session.data(desk.subject).entries == {}
        assert session.history(vs.key("SYSBP_VSORRES")) == ()
        assert session.queries() == vs.entry.queries() == ()
        assert session.completed(vs.entry.key) is None
        assert session.changed_items(vs.entry.key) == frozenset()
        assert session.signatures(vs.entry.key) == ()
        assert vs.entry.offer_limits() == ()
        assert course(session, vs.key("SYSBP_VSORRES")).points == ()


def test_gates_and_computed_items_follow_the_second_entries(desk: Desk) -> None:
    with desk.at(FIRST) as session:
        OpenForm(session, session.entry(desk.key("VS"))).enter_all(HEIGHT_VSORRES="160", WEIGHT_VSORRES="50")
    with desk.second("VS") as vs:
        assert not vs.entry.state.items[vs.key("SYSBP_VSORRES")].relevant
        vs.enter(VSPERF="Y", HEIGHT_VSORRES="170", WEIGHT_VSORRES="50")
        texts = {one.key.item: one.value.text for one in vs.entry.state.items.values() if one.item.computed}
        bmi = next(text for item, text in texts.items() if item.startswith("BMI"))
        assert bmi.startswith("17.3")


def test_the_same_person_is_told_so_in_words(desk: Desk) -> None:
    with desk.second("VS", FIRST) as vs:
        assert vs.entry.readonly is not None
        assert "another person" in vs.entry.readonly.en
        with pytest.raises(InputRefused) as caught:
            vs.enter(SYSBP_VSORRES="131")
        assert caught.value.code == "second.same_person"
    with desk.at(SECOND) as session:
        OpenForm(session, session.entry(desk.key("VS"))).enter("PULSE_VSORRES", "70")
    with desk.second("VS", FIRST) as vs:
        assert vs.entry.readonly is None  # another person's field is here now
        vs.enter(PULSE_VSORRES="71")
        assert vs.standings()["PULSE_VSORRES"] == "differs"
    with desk.second("VS") as vs:
        with pytest.raises(InputRefused) as caught:
            resolve(vs.entry, vs.key("PULSE_VSORRES"), "first")
        assert caught.value.code == "second.resolver_first"


def test_a_correction_asks_for_another_comparison(desk: Desk) -> None:
    with desk.second("VS") as vs:
        vs.enter(VSPERF="Y", SYSBP_VSORRES="131", DIABP_VSORRES="78")
        resolve(vs.entry, vs.key("DIABP_VSORRES"), "first")
    with desk.at(FIRST) as session:
        OpenForm(session, session.entry(desk.key("VS"))).enter_all(SYSBP_VSORRES="135", DIABP_VSORRES="78")
    with desk.second("VS") as vs:
        assert vs.standings()["SYSBP_VSORRES"] == "again"
        assert vs.standings()["DIABP_VSORRES"] == "again"
        state = vs.entry.state.items
        assert state[vs.key("SYSBP_VSORRES")].value.text == ""  # read from the paper again, not confirmed
        vs.enter(SYSBP_VSORRES="131", DIABP_VSORRES="78")
        assert vs.standings()["SYSBP_VSORRES"] == "differs"
        assert vs.standings()["DIABP_VSORRES"] == "agrees"
        vs.prove()


def test_only_one_entry_has_it(desk: Desk) -> None:
    with desk.second("VS") as vs:
        vs.enter(VSPERF="Y", PULSE_VSORRES="70")
        assert vs.standings() == {
            "VSPERF": "agrees", "VSDAT": "once", "SYSBP_VSORRES": "once", "DIABP_VSORRES": "once",
            "PULSE_VSORRES": "differs",
        }  # fmt: skip
        resolve(vs.entry, vs.key("PULSE_VSORRES"), "second")
        assert vs.first("PULSE_VSORRES") == "70"
        vs.enter(SYSBP_VSORRES="1")
        vs.enter(SYSBP_VSORRES="")
        assert vs.standings()["SYSBP_VSORRES"] == "once"
        vs.prove()


def test_a_missing_code_against_a_value(desk: Desk) -> None:
    with desk.second("VS") as vs:
        vs.enter(VSPERF="Y")
        code = next(iter(vs.entry.form.items["DIABP_VSORRES"].missing))
        vs.entry.set_missing(vs.key("DIABP_VSORRES"), code)
        assert vs.standings()["DIABP_VSORRES"] == "differs"
        resolve(vs.entry, vs.key("DIABP_VSORRES"), "second")
        entry = vs.session.data(desk.subject).get(vs.key("DIABP_VSORRES"))
        assert entry is not None
        assert entry.missing == code


def test_refusals(desk: Desk) -> None:
    with desk.second("VS") as vs:
        vs.enter(VSPERF="Y", DIABP_VSORRES="78")
        for act in (
            lambda: vs.entry.confirm(vs.key("DIABP_VSORRES")),
            vs.entry.complete,
            lambda: vs.entry.reopen(Reason("OTHER", "x")),
            lambda: vs.entry.add_filled_row("X", {}, {}, {}),
            lambda: vs.entry.put_to_query(None),  # type: ignore[arg-type]
            lambda: resolve(vs.entry, vs.key("DIABP_VSORRES"), "both"),
            lambda: resolve(vs.entry, vs.key("DIABP_VSORRES"), "other", "  "),
            lambda: resolve(vs.entry, vs.key("VSPERF"), "first"),
            lambda: resolve(vs.entry, vs.key("PULSE_VSORRES"), "first"),
        ):
            with pytest.raises(InputRefused) as caught:
                act()
            assert caught.value.in_("en") != caught.value.in_("zh")
    with desk.second("VS", "d02") as vs:
        assert vs.entry.readonly is not None
        with pytest.raises(PermissionDenied):
            vs.enter(PULSE_VSORRES="70")
        with pytest.raises(PermissionDenied):
            resolve(vs.entry, vs.key("DIABP_VSORRES"), "first")
        assert vs.standings()["DIABP_VSORRES"] == "differs"


def test_a_full_disk_leaves_both_entries_as_they_were(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with desk.second("VS") as vs:
        vs.enter(VSPERF="Y", DIABP_VSORRES="78")
        with monkeypatch.context() as patch:

            def full(*_: object, **__: object) -> None:
                raise StoreError("store.disk_full", place="ward")

            patch.setattr(vs.session.vault.journal, "write", full)
            with pytest.raises(StoreError):
                vs.enter(PULSE_VSORRES="70")
            with pytest.raises(StoreError):
                resolve(vs.entry, vs.key("DIABP_VSORRES"), "second")
        assert vs.entry.state.items[vs.key("PULSE_VSORRES")].value.text == ""
        assert vs.first("DIABP_VSORRES") == "77"
        assert vs.standings()["DIABP_VSORRES"] == "differs"
        vs.prove()


def test_a_form_nobody_entered_first(desk: Desk) -> None:
    with desk.second("PE") as pe:
        assert pe.entry.readonly is None
        pe.enter(PEPERF="N")
        assert pe.standings() == {"PEPERF": "differs"}
        resolve(pe.entry, pe.key("PEPERF"), "second")
        assert pe.first("PEPERF") == "N"


def test_a_changed_value_voids_the_signature_and_needs_no_other_reason(desk: Desk) -> None:
    with desk.at(FIRST) as session:
        form = OpenForm(session, session.entry(desk.key("VS"))).enter("VSPERF", "N")
        for finding in form.complete().blocking:
            form.entry.put_to_query(finding)
        assert form.complete().done
        session.sign(form.entry.key, "REVIEWED", password(FIRST), FIRST)
    with desk.second("VS") as vs:
        vs.enter(VSPERF="N")
        assert vs.session.signatures(vs.entry.key)[0].counts
        vs.enter(VSPERF="Y")
        assert vs.session.signatures(vs.entry.key)[0].counts
        resolve(vs.entry, vs.key("VSPERF"), "second")
        assert not vs.session.signatures(vs.entry.key)[0].counts
        assert vs.session.history(vs.key("VSPERF"))[-2].reason.startswith("DOUBLE_ENTRY")


# -- rows of logs ----------------------------------------------------------------------------------------

CM = [
    {"CMTRT": "Prednisone", "CMSTDAT": "2026-01-05", "CMDOSE": "20"},
    {"CMTRT": "Tacrolimus", "CMSTDAT": "2026-02-01", "CMDOSE": "2"},
    {"CMTRT": "Calcium", "CMSTDAT": "2025-11", "CMDOSE": "600"},
]


def write_rows(desk: Desk, rows: list[dict[str, str]]) -> list[str]:
    with desk.at(FIRST) as session:
        form = OpenForm(session, session.entry(desk.key("CM", "LOG")))
        group = form.entry.form.items["CMTRT"].group
        made = []
        for values in rows:
            form.new_row(group).enter_all(**values)
            made.append(form.row[group])
        return made


def test_rows_are_matched_by_content(desk: Desk) -> None:
    first = write_rows(desk, CM)
    with desk.second("CM", event="LOG") as cm:
        group = cm.entry.form.items["CMTRT"].group
        for values in (CM[2], {**CM[0], "CMDOSE": "25"}, CM[1]):
            cm.row(group, **values)
        book = cm.entry.book()
        assert len(book.rows[group].pairs) == 3
        (one,) = book.differing
        assert (one.place.group_repeat, one.key.item) == (first[0], "CMDOSE")
        assert book.open == 1
        resolve(cm.entry, one.key, "second")
        assert cm.session.data(desk.subject).get(one.place).text == "25"  # type: ignore[union-attr]
        assert cm.entry.book().stage is Stage.AGREED
        kinds = [(line.kind, line.person) for line in cm.session.history(one.place)]
        assert kinds == [
            ("value", "Li Na"), ("second", "Zhang Wei"), ("value", "Zhang Wei"),
            ("second-resolved", "Zhang Wei"),
        ]  # fmt: skip
        cm.prove()


def test_rows_that_only_one_entry_has(desk: Desk) -> None:
    first = write_rows(desk, CM)
    with desk.second("CM", event="LOG") as cm:
        group = cm.entry.form.items["CMTRT"].group
        place = cm.entry.key._replace(group=group)
        cm.row(group, **CM[0])
        right = cm.row(group, CMTRT="Folic acid", CMSTDAT="2026-03-01")
        wrong = cm.row(group, CMTRT="Vitamin C", CMSTDAT="2026-03-09")
        book = cm.entry.book()
        assert list(book.only_first()) == [(group, row) for row in sorted(first[1:])]
        assert {row for _, row in book.only_second()} == {right, wrong}
        second_resolve.take_row(cm.entry, place._replace(group_repeat=right), "it is on the paper")
        second_resolve.drop_row(cm.entry, place._replace(group_repeat=wrong), "another patient's")
        second_resolve.keep_row(cm.entry, place._replace(group_repeat=first[1]), "overlooked")
        second_resolve.strike_first_row(cm.entry, place._replace(group_repeat=first[2]), "not ours")
        book = cm.entry.book()
        assert book.stage is Stage.AGREED
        data = cm.session.data(desk.subject)
        live = data.rows[place]
        assert live[:2] == first[:2]
        assert data.get(place._replace(group_repeat=live[2], item="CMTRT")).text == "Folic acid"  # type: ignore[union-attr]
        for row in (right, wrong, first[1]):
            with pytest.raises(InputRefused):
                second_resolve.take_row(cm.entry, place._replace(group_repeat=row))
        cm.prove()
    with desk.at(FIRST) as session:
        assert [row for row in session.data(desk.subject).rows[place] if row not in first[:2]] == live[2:]


def test_a_person_says_which_row_it_is(desk: Desk) -> None:
    first = write_rows(desk, [CM[0], {**CM[0], "CMSTDAT": "2026-04-05"}])
    with desk.second("CM", event="LOG") as cm:
        group = cm.entry.form.items["CMTRT"].group
        row = cm.entry.key._replace(
            group=group, group_repeat=cm.row(group, **{**CM[0], "CMSTDAT": "2026-05-05"})
        )
        (tie,) = cm.entry.book().ties()
        assert set(tie[2]) == set(first)
        with pytest.raises(InputRefused):
            second_resolve.pair(cm.entry, row, "nobody:1")
        second_resolve.pair(cm.entry, row, first[1])
        (one,) = cm.entry.book().differing
        assert (one.place.group_repeat, one.key.item) == (first[1], "CMSTDAT")
        cm.prove()


def test_a_row_that_was_struck_in_the_record_does_not_count(desk: Desk) -> None:
    first = write_rows(desk, CM[:2])
    with desk.at(FIRST) as session:
        entry = session.entry(desk.key("CM", "LOG"))
        group = entry.form.items["CMTRT"].group
        entry.strike_row(entry.key._replace(group=group, group_repeat=first[0]), Reason("OTHER", "twice"))
        with pytest.raises(InputRefused):
            session.second(entry.key).add_row(group)
    with desk.second("CM", event="LOG") as cm:
        cm.row(group, **CM[1])
        mistaken = cm.row(group, CMTRT="x")
        cm.entry.strike_row(
            cm.entry.key._replace(group=group, group_repeat=mistaken), Reason("OTHER", "typo")
        )
        assert cm.entry.book().stage is Stage.AGREED
        assert cm.entry.rows(group) == cm.entry.lines(group)[:1]


# -- report ----------------------------------------------------------------------------------------------


def test_the_report_counts_and_names_nobody(desk: Desk) -> None:
    with desk.second("VS") as vs:
        assert second_report.report(vs.session) == ()
        vs.enter(VSPERF="Y", SYSBP_VSORRES="131", DIABP_VSORRES="78")
        resolve(vs.entry, vs.key("DIABP_VSORRES"), "second")
        (line,) = second_report.report(vs.session, desk.subject)
        assert line.as_json() == {
            "subject": "01-001", "event": "SCR", "form": "VS", "stage": "in_progress", "agreed": 2,
            "first": 0, "second": 1, "other": 0, "open": 0, "once": 1,
        }  # fmt: skip
        assert line.resolved == 1
        assert second_report.report(vs.session, "nobody:1") == ()
        assert set(vs.session.second_stages(desk.subject)) == {desk.key("VS")}


# -- in the work list ----------------------------------------------------------------------------------


def waiting(session: Session) -> list[Task]:
    return list(session.work_list().of(Group.SECOND))


def test_open_differences_wait_in_the_work_list_for_who_may_say(desk: Desk) -> None:
    with desk.second("VS") as vs:
        assert waiting(vs.session) == []
        vs.enter(VSPERF="Y", SYSBP_VSORRES="132", DIABP_VSORRES="78")
        (task,) = waiting(vs.session)
        assert task.key == desk.key("VS") and task.mine
        assert task.words.en == "2 differences between the two entries"
        assert "132" not in repr(task) and "131" not in repr(task), "where, not what"
        resolve(vs.entry, vs.key("SYSBP_VSORRES"), "first")
        assert waiting(vs.session)[0].words.en == "1 difference between the two entries"
    with desk.at(FIRST) as session:
        assert [task.mine for task in waiting(session)] == [False], "not the author of the first value"
    with desk.at("d02") as session:
        assert [task.mine for task in waiting(session)] == [False], "a data manager enters nothing"
    with desk.second("VS") as vs:
        resolve(vs.entry, vs.key("DIABP_VSORRES"), "second")
        assert waiting(vs.session) == []


def test_the_author_of_one_first_value_may_still_judge_the_other(desk: Desk) -> None:
    with desk.at(SECOND) as session:
        OpenForm(session, session.entry(desk.key("VS"))).enter("PULSE_VSORRES", "70")
    with desk.second("VS") as vs:
        vs.enter(SYSBP_VSORRES="132")
        assert [task.mine for task in waiting(vs.session)] == [True]
    with desk.at(FIRST) as session:
        assert [task.mine for task in waiting(session)] == [False]
    with desk.second("VS", FIRST) as vs:
        vs.enter(PULSE_VSORRES="71")
        assert [task.mine for task in waiting(vs.session)] == [True], "the pulse is not the own"


def test_a_row_of_one_entry_alone_is_for_anybody_who_enters(desk: Desk) -> None:
    with desk.second("CM", event="LOG") as cm:
        cm.enter(CMYN="Y")
        cm.row("ROWS", CMTRT="Prednisone", CMSTDAT="2026-01-05")
        assert [task.mine for task in waiting(cm.session)] == [True]
    with desk.at(FIRST) as session:
        assert [task.mine for task in waiting(session)] == [True]
