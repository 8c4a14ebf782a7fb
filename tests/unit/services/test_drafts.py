"""What waits for a person: when it goes, when it stays, and whose it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as checked
from hypothesis import strategies as st

from mda5_crf.db import drafts as table
from mda5_crf.errors import StoreError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.drafts import HalfTyped, Place, TypedInto
from tests.scenario import OpenForm, Ward
from tests.wards import session_at


def typed(form: OpenForm, item: str, text: str, **more: object) -> HalfTyped:
    return HalfTyped(TypedInto.FIELD, form.key(item).path(), text, **more)  # type: ignore[arg-type]


@pytest.fixture
def vs(ward: Ward) -> OpenForm:
    return ward.open("BL", "VS").enter("VSPERF", "Y")


def test_text_waits_for_its_person_alone(ward: Ward, vs: OpenForm) -> None:
    text = typed(vs, "SYSBP_VSORRES", "12", unit="mmHg", cursor=2, base="")
    ward.session.keep_drafts([text])
    folder = ward.session.vault.folder
    ward.session.close("idle")
    with session_at(folder, "n07") as other:
        assert other.drafts() == ()
        other.keep_drafts([typed(vs, "SYSBP_VSORRES", "99")])
    with session_at(folder) as session:
        assert session.drafts() == (text,)


def test_the_commit_of_an_item_takes_its_text_and_no_other(ward: Ward, vs: OpenForm) -> None:
    texts = [typed(vs, "SYSBP_VSORRES", "12"), typed(vs, "DIABP_VSORRES", "8")]
    question = HalfTyped(TypedInto.QUERY, vs.key("SYSBP_VSORRES").path(), "why")
    ward.session.keep_drafts([*texts, question])
    vs.enter("SYSBP_VSORRES", "120")
    assert ward.session.drafts() == (texts[1], question)
    vs.mark("DIABP_VSORRES", "ND")
    assert ward.session.drafts() == (question,)


def test_a_commit_that_fails_takes_nothing(ward: Ward, vs: OpenForm, monkeypatch: pytest.MonkeyPatch) -> None:
    text = typed(vs, "SYSBP_VSORRES", "12")
    ward.session.keep_drafts([text])
    monkeypatch.setattr("mda5_crf.db.drafts.drop_draft", _full)
    with pytest.raises(StoreError):
        vs.enter("SYSBP_VSORRES", "120")
    monkeypatch.undo()
    assert ward.session.drafts() == (text,)
    vs.enter("SYSBP_VSORRES", "120")
    assert ward.session.drafts() == ()


def _full(*_: object) -> None:
    raise StoreError("store.disk_full", place="study.db")


def test_what_lies_there_already_is_not_written_again(
    ward: Ward, vs: OpenForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, place = (
        typed(vs, "SYSBP_VSORRES", "12"),
        Place(vs.entry.key, vs.key("SYSBP_VSORRES"), {"scroll": 3}),
    )
    assert ward.session.keep_drafts([text], place)
    with monkeypatch.context() as patch:
        patch.setattr(ward.session.vault.store, "transaction", None)
        assert not ward.session.keep_drafts([text], place)
    assert ward.session.keep_drafts([text], Place(vs.entry.key, None, {"scroll": 4}))


def test_the_place_is_written_with_the_commit(ward: Ward, vs: OpenForm) -> None:
    ward.session.note_place(Place(vs.entry.key, vs.key("VSPERF")))
    ward.session.move_to(vs.key("PULSE_VSORRES"))
    with ward.session.vault.store.read() as tx:
        assert table.place(tx, ward.session.person.id) is None, "a focus costs a write"
    vs.enter("PULSE_VSORRES", "72")
    found = ward.session.last_place()
    assert found is not None and (found.form, found.item) == (vs.entry.key, vs.key("PULSE_VSORRES"))


@pytest.mark.parametrize("reason,stays", [("", False), ("idle", True), ("lock", True)])
def test_only_a_log_out_forgets_the_place(ward: Ward, vs: OpenForm, reason: str, stays: bool) -> None:
    text = typed(vs, "SYSBP_VSORRES", "12")
    ward.session.keep_drafts([text], Place(vs.entry.key, vs.key("SYSBP_VSORRES"), {"scroll": 40}))
    folder = ward.session.vault.folder
    ward.session.close(reason)
    with session_at(folder) as session:
        place = session.last_place()
        assert (place is not None) == stays
        assert session.drafts() == (text,), "a log-out does not take text that was not asked about"
        *_, last = session.vault.journal.records(kinds=("logout",))
        assert last.data.get("reason", "") == reason


def test_a_session_that_shows_no_place_leaves_it_alone(ward: Ward, vs: OpenForm) -> None:
    """A command in between, under the same log-in, is not the window."""
    ward.session.keep_drafts([], Place(vs.entry.key, None))
    folder = ward.session.vault.folder
    ward.session.close("idle")
    with session_at(folder) as command:
        command.matrix()
    with session_at(folder) as window:
        assert window.last_place() == Place(vs.entry.key, None)


def test_a_place_on_no_form_keeps_how_it_looked(ward: Ward) -> None:
    ward.session.keep_drafts([], Place(look={"search": "01-0", "filter": 2}))
    assert ward.session.last_place() == Place(look={"search": "01-0", "filter": 2})


def test_moving_without_a_place_says_nothing(ward: Ward, vs: OpenForm) -> None:
    ward.session.move_to(vs.key("PULSE_VSORRES"))
    vs.enter("PULSE_VSORRES", "72")
    assert ward.session.last_place() is None


def test_a_kind_that_a_later_program_writes_is_passed_over(ward: Ward) -> None:
    with ward.session.vault.store.transaction() as tx:
        table.put_drafts(tx, ward.session.person.id, [table.DraftRow("hologram", "k", "x")], "now")
    assert ward.session.drafts() == ()


def test_a_redaction_written_here_takes_what_was_typed_about_it(ward: Ward, vs: OpenForm) -> None:
    vs.enter("SYSBP_VSORRES", "120")
    text = typed(vs, "SYSBP_VSORRES", "Wang Wei")
    ward.session.keep_drafts([text])
    record = vs.last.records[0]  # type: ignore[union-attr]
    device, _, seq = record.partition(":")
    with ward.session.vault.store.transaction() as tx:
        last = tx.connection.exec_driver_sql("SELECT max(seq) FROM audit_record").scalar_one()
        tx.connection.exec_driver_sql(
            "INSERT INTO redaction VALUES (?, ?, ?, ?)", (device, int(seq), device, last)
        )
        tx.connection.exec_driver_sql("UPDATE draft SET at = '2000-01-01T00:00:00.000Z'")
    assert ward.session.drafts() == ()


def test_verify_passes_with_text_waiting(ward: Ward, vs: OpenForm) -> None:
    ward.session.keep_drafts([typed(vs, "SYSBP_VSORRES", "12")], Place(vs.entry.key, None))
    assert ward.session.verify().troubles == ()


@checked(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(st.text(st.characters(), max_size=40), st.integers(0, 10_000))
def test_any_text_comes_back(ward: Ward, text: str, cursor: int) -> None:
    """Half an emoji too, which no file can hold: it becomes the sign for what cannot be read."""
    kept = HalfTyped(TypedInto.FIELD, ItemKey(ward.subject, "BL", "", "VS").path(), text, cursor=cursor)
    ward.session.keep_drafts([kept])
    (found,) = ward.session.drafts()
    clean = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert found.text == clean and found.cursor == cursor


def test_no_file_holds_it_in_clear(ward: Ward, vs: OpenForm, tmp_path: Path) -> None:
    ward.session.keep_drafts([typed(vs, "SYSBP_VSORRES", "PLANTED-DRAFT-7731")])
    folder = ward.session.vault.folder
    files = [path for path in [*folder.rglob("*"), *tmp_path.rglob("*")] if path.is_file()]
    assert files and not [path for path in files if b"PLANTED-DRAFT" in path.read_bytes()]
