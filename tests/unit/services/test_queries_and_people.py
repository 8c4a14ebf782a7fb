"""Queries by people, history, accounts and rights."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.crypto import AUTHORITY, SigningKey
from mda5_crf.db import projection, read, schema
from mda5_crf.db.journal import Identity, Journal
from mda5_crf.db.records import Draft
from mda5_crf.errors import InputRefused, LoginRefused, PermissionDenied
from mda5_crf.services.access import RIGHTS, Action, Role, can, judge, require
from mda5_crf.services.history import changed_items, completed
from mda5_crf.services.queries import query_id, two_lines
from mda5_crf.services.session import Session, create
from mda5_crf.services.subjectcache import in_both
from mda5_crf.services.verification import run as run_verify
from mda5_crf.text import Text
from tests.scenario import Ward
from tests.vaults import password
from tests.wards import session_at


def test_a_manual_query_lives_from_question_to_close(ward: Ward) -> None:
    vs = ward.open("BL", "VS").enter_all(VSPERF="Y", PULSE_VSORRES="72")
    query = ward.session.raise_query(vs.key("PULSE_VSORRES"), "  Counted for a full minute?  ")
    assert (query.state, query.text.en, query.source) == ("Open", "Counted for a full minute?", "manual")
    answered = ward.session.answer_query(query.id, "yes 是")
    assert (answered.state, answered.answer, answered.text) == ("Answered", "yes 是", query.text)
    with pytest.raises(PermissionDenied):
        ward.session.close_query(query.id)
    folder = ward.session.vault.folder
    ward.session.close()
    with session_at(folder, "d02") as manager:
        closed = manager.close_query(query.id, "thank you")
        assert closed.state == "Closed"
        for act in (manager.close_query, lambda q: manager.close_query(q, "again")):
            with pytest.raises(InputRefused):
                act(query.id)
    with session_at(folder) as again:
        with pytest.raises(InputRefused) as refused:
            again.answer_query(query.id, "late")
        assert "已关闭" in refused.value.text.zh
        states = [
            line.text.en.split(":")[0]
            for line in again.history(vs.key("PULSE_VSORRES"))
            if line.kind == "query"
        ]
        assert states == ["query open", "query answered", "query closed"]


def test_queries_attach_to_empty_items_and_to_forms(ward: Ward) -> None:
    vs = ward.open("BL", "VS")
    ward.session.raise_query(vs.key("TEMP_VSORRES"), "Was it taken?")
    ward.session.raise_query(vs.entry.key, "Where is the page?")
    node = next(f for n in ward.session.tree(ward.subject) for f in n.forms if f.key == vs.entry.key)
    assert node.queries == 2
    assert len(ward.session.queries()) == 2


@pytest.mark.parametrize("text", ["", "  "])
def test_empty_words_are_no_query_and_no_answer(ward: Ward, text: str) -> None:
    vs = ward.open("BL", "VS")
    with pytest.raises(InputRefused):
        ward.session.raise_query(vs.key("TEMP_VSORRES"), text)
    query = ward.session.raise_query(vs.key("TEMP_VSORRES"), "Was it taken?")
    with pytest.raises(InputRefused):
        ward.session.answer_query(query.id, text)
    with pytest.raises(InputRefused):
        ward.session.answer_query("no such query", "yes")


def test_the_same_fact_has_the_same_query_id_everywhere(ward: Ward) -> None:
    key = ward.open("BL", "VS").key("TEMP_VSORRES")
    assert query_id(key, "VS-02", "80") == query_id(key, "VS-02", "80") != query_id(key, "VS-02", "81")


@given(st.text(alphabet=st.characters(exclude_characters="\n", codec="utf-8"), min_size=1))
def test_a_sentence_of_the_program_keeps_both_languages(words: str) -> None:
    text = Text(words, "请核对")
    assert in_both(two_lines(text)) == text
    assert in_both(two_lines(Text(words, words))) == Text(words, words)


@pytest.mark.requirement("FDA-9", "EMA-1", "EMA-2", "EMA-3", "E6-2", "CN-2")
def test_history_tells_who_what_when_and_includes_struck_things(ward: Ward) -> None:
    vs = ward.open("BL", "VS").enter_all(VSPERF="Y", PULSE_VSORRES="140").confirm("PULSE_VSORRES")
    told = ward.session.history(vs.key("PULSE_VSORRES"))
    assert [(line.person, line.kind, line.zone.split()[0]) for line in told] == [
        ("Li Na", "value", "Asia/Shanghai"), ("Li Na", "confirm", "Asia/Shanghai"),
    ]  # fmt: skip
    whole = ward.session.history(vs.entry.key)
    assert len(whole) == 3
    ward.session.append([Draft("review", vs.entry.key.path(), {"note": "x"})])
    assert ward.session.history(vs.entry.key)[-1].text.en == "review"


def test_what_was_set_aside_is_no_entry_in_the_history(ward: Ward) -> None:
    vs = ward.open("BL", "VS").enter_all(VSPERF="Y", PULSE_VSORRES="72")
    key, form = vs.key("PULSE_VSORRES"), vs.entry.key
    (line,) = ward.session.history(key)
    drafts = [
        Draft("value", key.path(), {"text": "999"}, (line.record,)),
        Draft("status", form.path(), {"status": "complete"}),
    ]
    made = ward.session.append(drafts)
    with ward.session.vault.store.transaction() as tx:  # as if they had come in a bundle
        for record in made:
            tx.insert(schema.quarantine, {"device": record.device, "seq": record.seq, "en": "x", "zh": "x"})
        projection.rebuild(tx)
    ward.session.refresh()
    assert ward.session.history(key) == (line,)
    assert "status" not in {told.kind for told in ward.session.history(form)}
    assert key not in changed_items(ward.session, form)
    assert completed(ward.session, form) is None
    ward.session.append([Draft("status", form.path(), {"status": "complete"})])
    ward.session.refresh()
    assert completed(ward.session, form) is not None
    assert [row.record for row in read.aside(ward.session.vault.store)] == [one.id for one in made]


def test_a_query_id_used_twice_is_not_guessed_at(ward: Ward) -> None:
    vs = ward.open("BL", "VS").enter_all(VSPERF="Y", PULSE_VSORRES="72")
    other = ward.session.enrol().identity
    query = ward.session.raise_query(vs.key("PULSE_VSORRES"), "Counted?")
    foreign = query.key._replace(subject=other)
    content = {"query": query.id, "state": "Open", "source": "manual", "text": "?"}
    ward.session.append([Draft("query", foreign.path(), content)])
    ward.session.refresh()
    with pytest.raises(InputRefused):
        ward.session.answer_query(query.id, "yes")
    assert ward.session.answer_query(query.id, "yes", query.key).state == "Answered"
    states = {q.key.subject: q.state for q in ward.session.queries()}
    assert states == {query.key.subject: "Answered", other: "Open"}


@pytest.mark.requirement("CN-8")
def test_accounts_are_added_listed_disabled_and_never_the_own(ward: Ward) -> None:
    added = ward.session.add_person(
        "zhou", "Zhou 周", "data_entry", "amber-window-71-lotus", own_password=password("i01")
    )
    assert added.roles == ("data_entry",)
    with pytest.raises(InputRefused, match=r"access\.principal_role"):
        ward.session.add_person(
            "zhou3", "Zhou", "monitor", "amber-window-71-lotus", own_password=password("i01"), principal=True
        )
    for login, principal in (("sun", False), ("qian", True)):
        ward.session.add_person(
            login, "Sun", "investigator", "amber-window-71-lotus", own_password=password("i01"),
            principal=principal,
        )  # fmt: skip
    register = ward.session.vault.register()
    assert {"i01", "qian"} <= set(register.keepers()) and "sun" not in register.keepers()
    with pytest.raises(InputRefused):
        ward.session.add_person(
            "zhou2", "Zhou", "wizard", "amber-window-71-lotus", own_password=password("i01")
        )
    with pytest.raises(InputRefused):
        ward.session.disable_person("i01", own_password=password("i01"))
    with pytest.raises(InputRefused):
        ward.session.disable_person("nobody", own_password=password("i01"))
    ward.session.disable_person("zhou", own_password=password("i01"))
    assert {p.login: p.active for p in ward.session.people()}["zhou"] is False
    folder = ward.session.vault.folder
    ward.session.close()
    with pytest.raises(LoginRefused):
        Session.open(folder, "zhou", "amber-window-71-lotus")
    with session_at(folder, "n07") as nurse, pytest.raises(PermissionDenied):
        nurse.add_person("x1", "X", "data_entry", "amber-window-71-lotus")


@pytest.mark.requirement("E6-1")
def test_opening_for_real_notes_the_log_in_and_shows_the_last(ward: Ward, tmp_path: object) -> None:
    folder = ward.session.vault.folder
    ward.session.close()
    with Session.open(folder, "n07", password("n07")) as first:
        assert first.last_login is None
        assert first.person.roles == ("data_entry",)
        assert first.study.hash == ward.session.study.hash
    with Session.open(folder, "n07", password("n07")) as second:
        assert second.last_login is not None
        second.change_password("new-lantern-55-harbour", own_password=password("n07"))
    with Session.open(folder, "n07", "new-lantern-55-harbour"):
        pass


def test_a_vault_made_by_services_is_whole(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("new") / "w.mda5"
    with create(folder, site="07", name="Ward 7", login="wang", person="Dr Wang", role="investigator",
                password="lantern orchard pebble quiet maple river") as session:  # fmt: skip
        assert (session.site, session.vault_name, session.is_centre, session.demo) == (
            "07",
            "Ward 7",
            False,
            False,
        )
        report = run_verify(session, {})
        assert report.troubles == ()
        assert session.enrol().subjid == "07-001"


@pytest.mark.requirement("E6-3")
def test_prints_are_recorded_and_need_the_right(ward: Ward) -> None:
    ward.session.record_print("BL.VS", "ab" * 32, 2, ward.subject)
    assert any(
        line.kind == "print"
        for line in ward.session.history(ward.open("BL", "VS").entry.key._replace(event="", form=""))
    )


def test_subscribers_hear_of_every_durable_change_once(ward: Ward) -> None:
    heard: list[object] = []
    ward.session.subscribe(heard.append)
    ward.open("BL", "VS").enter("VSPERF", "Y").enter("VSPERF", "Y")
    assert len(heard) == 1


# -- rights --------------------------------------------------------------------------------------------


@pytest.mark.requirement("P11-8", "CN-8", "PIPL-4")
def test_the_table_of_rights_is_the_designs() -> None:
    # cell by cell in test_rights.py
    assert {a for a in Action if can([Role.READ_ONLY], a)} == {Action.READ, Action.SEE_AUDIT}
    assert not can([Role.ADMINISTRATOR], Action.READ)
    assert not can([Role.MONITOR], Action.ENTER)
    assert not can([Role.DATA_MANAGER], Action.ENTER)
    assert can([Role.INVESTIGATOR], Action.SIGN)
    assert not can([Role.DATA_ENTRY], Action.SIGN)
    assert set(RIGHTS) == set(Action)


def test_a_refusal_names_the_act_and_who_may() -> None:
    with pytest.raises(PermissionDenied) as denied:
        require(["read_only"], Action.LOCK)
    assert "data manager" in denied.value.text.en
    assert "数据管理员" in denied.value.text.zh


@pytest.mark.requirement("P11-8")
@pytest.mark.parametrize("roles,kind,content,allowed", [
    (["data_entry"], "value", {}, True),
    (["monitor"], "value", {}, False),
    (["monitor"], "verify", {}, True),
    (["data_entry"], "verify", {}, False),
    (["data_manager"], "lock", {"state": "locked"}, True),
    (["monitor"], "lock", {"state": "locked"}, False),
    (["monitor"], "lock", {"state": "frozen"}, True),
    (["monitor"], "query", {"source": "manual", "state": "Open"}, True),
    (["data_entry"], "query", {"source": "manual", "state": "Closed"}, False),
    (["data_entry"], "query", {"source": "manual", "state": "Answered"}, True),
    (["data_entry"], "query", {"source": "system", "state": "Resolved"}, True),
    (["read_only"], "query", {"source": "system", "state": "Open"}, False),
    ([], "login", {}, True),
    (["investigator"], "from_the_future", {}, False),
])  # fmt: skip
def test_receivers_judge_by_the_same_table(
    roles: list[str], kind: str, content: dict[str, object], allowed: bool
) -> None:
    assert (judge(kind, content, roles) is None) is allowed


def test_a_device_under_an_authority_of_its_own_proves_nothing(ward: Ward) -> None:
    """Whoever holds the key can add a second chain and name in it whose keys he likes."""
    session, evil, keys = ward.session, SigningKey.generate(), SigningKey.generate()
    vault = session.vault
    registration = {
        "device": "ab" * 8, "name": "PC", "site": session.site, "sign": keys.public.text, "box": "",
        "parent": "", "authority": evil.public.text, "vault": vault.meta.vault,
    }  # fmt: skip
    forged = replace(vault.certificate, author=keys.public, serial=99).signed(AUTHORITY, evil)
    writer = Identity(vault.meta.study, "ab" * 8, session.person.id, keys)
    Journal(vault.store, writer, vault.meta.zone).append(
        [Draft("device", "", registration), Draft("certificate", "", forged.as_json())], at=session.now()
    )
    codes = [(trouble.code, trouble.place) for trouble in session.verify().troubles]
    assert codes == [
        ("certificate_false", f"{'ab' * 8}:1"),
        ("certificate_false", f"{'ab' * 8}:2"),
        ("author_unknown", f"{'ab' * 8}:1-2"),
    ]
