"""Histories that are hard to tell: struck and restored, voided, both PCs at once, redacted, unknown people.

Facts are made by hand, so that a story can have what two wards and three persons would take an hour to do.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mda5_crf.exchange.odm_audit import Story
from mda5_crf.exchange.odm_file import Head, odm_file
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.exportfeed import Fact, Feed
from mda5_crf.text import Text
from tests.scenario import Ward
from tests.unit.exchange.odmreader import Read, read, valid
from tests.wards import built, session_at


class Teller:
    """Makes facts about one participant and tells them."""

    def __init__(self, feed: Feed, file: Path) -> None:
        self.feed, self.file = feed, file
        self.facts: list[Fact] = []
        self.subject = ItemKey(feed.participants[0].identity)
        self.log = self.subject._replace(event="LOG", form="AE", group="ROWS")
        self.vs = self.subject._replace(event="BL", form="VS", group="MEASUREMENTS")

    def fact(
        self,
        kind: str,
        key: ItemKey | None,
        data: dict[str, Any] | None = None,
        **more: Any,  # noqa: ANN401
    ) -> str:
        number = len(self.facts) + 1
        session = self.feed.session
        made: dict[str, Any] = {
            "record": f"d:{number}", "kind": kind, "key": key, "data": data or {}, "site": "01",
            "device": "d", "person": session.person.id, "at": "2026-09-01T02:00:00.000Z",
            "zone": "Asia/Shanghai +08:00",
            "clock": number, "definition": session.study.hash, "hash": f"{number:064x}", "replaces": (),
            "aside": None, "emptied": "", "withheld": False,
        }  # fmt: skip
        self.facts.append(Fact(**{**made, **more}))
        return f"d:{number}"

    def enrolled(self) -> Teller:
        self.fact("subject", self.subject, {"subjid": "01-001", "site": "01"}, record=self.subject.subject)
        return self

    def row(self, identity: str = "d:90") -> ItemKey:
        key = self.log._replace(group_repeat=identity)
        self.fact("row", key)
        return key

    def value(self, row: ItemKey, item: str, text: str, **more: Any) -> str:  # noqa: ANN401
        return self.fact("value", row._replace(item=item), {"text": text}, **more)

    def told(self, *, exact: bool = True) -> Read:
        head = Head(datetime(2026, 9, 1, tzinfo=UTC), transactional=True, archival=exact, granularity="All")
        with self.file.open("wb") as stream, odm_file(self.feed, head, stream.write) as out:
            story = Story(out, self.feed, "en", exact=exact)
            for fact in self.facts:
                story.tell(fact)
            story.end()
        assert story.records == len(self.facts)
        assert valid(self.file) == []
        return read(self.file)


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Feed]:
    folder = Path(shutil.copytree(built(), tmp_path_factory.mktemp("story") / "ward.mda5"))
    with session_at(folder) as session:
        Ward(session).enrol()
        yield Feed(session)


@pytest.fixture
def teller(feed: Feed, tmp_path: Path) -> Teller:
    return Teller(feed, tmp_path / "story.xml").enrolled()


def terms(told: Read) -> list[str | None]:
    return [value for where, value in told.state.items() if where[-1] == "I.AE.AETERM"]


def test_a_struck_row_is_removed_and_a_restored_one_has_its_answers(teller: Teller) -> None:
    row = teller.row()
    teller.value(row, "AETERM", "fever")
    teller.fact("strike", row, {"state": "struck", "reason": {"code": "ENTRY_ERROR"}})
    assert terms(teller.told()) == []
    back = teller.fact("strike", row, {"state": "restored", "reason": {"code": "OTHER", "text": "was right"}})
    told = teller.told()
    assert terms(told) == ["fever"] and told.told[back].own_words == "was right"
    teller.fact("strike", row, {"state": "restored"})
    assert terms(teller.told()) == ["fever"], "restored at two PCs"


def test_what_is_written_into_a_struck_row_does_not_bring_it_back(teller: Teller) -> None:
    row = teller.row()
    teller.value(row, "AETERM", "fever")
    teller.fact("strike", row, {"state": "struck"})
    late = teller.value(row, "AETERM", "cough")
    told = teller.told()
    assert terms(told) == [] and told.told[late].cells["I.AE.AETERM"][0] == "cough"
    teller.fact("strike", row, {"state": "restored"})
    assert terms(teller.told()) == ["cough"]


def test_a_visit_of_the_schedule_is_wanted_again_after_a_void(teller: Teller) -> None:
    teller.value(teller.vs, "SYSBP_VSORRES", "120")
    void = teller.fact(
        "void", teller.vs.event_key(), {"state": "void", "upto": {"d": 2}, "reason": {"code": "OTHER"}}
    )
    assert teller.told().state == {}
    teller.value(teller.vs, "SYSBP_VSORRES", "130")
    assert list(teller.told().state.values()) == ["130"]
    teller.fact("unvoid", teller.vs.event_key(), {"voids": [void]})
    assert list(teller.told().state.values()) == ["130"]


def test_a_void_participant_is_gone_and_stays_gone(teller: Teller) -> None:
    teller.value(teller.vs, "SYSBP_VSORRES", "120")
    teller.fact("void", teller.subject, {"state": "void"})
    teller.value(teller.vs, "SYSBP_VSORRES", "121")
    row = teller.row()
    teller.fact("strike", row, {"state": "struck"})
    assert teller.told().state == {}
    teller.fact("unvoid", teller.subject, {"voids": ["d:3"]})
    assert [v for v in teller.told().state.values() if v] == ["121"]


def test_what_was_never_entered_can_be_struck(teller: Teller) -> None:
    teller.fact("strike", teller.vs.event_key(), {"state": "struck", "reason": "typed in a hurry"})
    told = teller.told()
    assert told.state == {} and told.told["d:2"].reason == "typed in a hurry"


def test_both_pcs_at_once_insert_once(teller: Teller) -> None:
    first = teller.value(teller.vs, "SYSBP_VSORRES", "120")
    second = teller.value(teller.vs, "SYSBP_VSORRES", "121")
    told = teller.told()
    assert {told.told[one].cells["I.VS.SYSBP_VSORRES"][0] for one in (first, second)} == {"120", "121"}
    assert list(told.state.values()) == ["121"]


def test_a_flag_goes_when_its_value_goes(teller: Teller) -> None:
    item = teller.vs._replace(item="SYSBP_VSORRES")
    teller.fact("missing", item, {"code": "ND"})
    teller.fact("missing", item, {"code": "GONE_CODE"})
    teller.value(teller.vs, "SYSBP_VSORRES", "120")
    teller.fact("missing", item, {"code": "UNK"})
    told = teller.told()  # the reader refuses an Insert of what is there
    assert [kind for kind, _, _ in told.told["d:3"].notes] == ["NONCONFORMANT"] and not told.told["d:4"].notes


def test_what_was_taken_out_is_null_and_says_by_which_record(teller: Teller) -> None:
    teller.value(teller.vs, "SYSBP_VSORRES", "", emptied="d:77")
    told = teller.told()
    assert told.told["d:2"].notes[0][:2] == ("REDACTED", "Y") and list(told.state.values()) == [None]
    assert b'mda5:Emptied="d:77"' in teller.file.read_bytes()


def test_what_is_said_about_a_place(teller: Teller) -> None:
    item, form = teller.vs._replace(item="SYSBP_VSORRES"), teller.vs.form_key()
    teller.value(teller.vs, "SYSBP_VSORRES", "120")
    flagged: dict[str, tuple[str, dict[str, Any]]] = {}
    for kind, key, data, flag in (
        ("confirm", item, {"check": "VS-01", "text": "120"}, "CONFIRMED"),
        ("verify", item, {"state": "verified", "of": "d:2"}, "SDV"),
        ("endorse", item, {"records": ["d:2"]}, "ENDORSED"),
        ("lock", form, {"state": "frozen"}, "LOCK"),
        ("status", form, {"status": "complete"}, "STATUS"),
        ("query", item, {"query": "q1", "state": "Open", "text": "Which arm?\n哪侧？"}, "QUERY"),
        ("query", item, {"query": "q1", "state": "Answered", "answer": "left"}, "QUERY"),
        ("query", form, {"query": "q2", "state": "Open", "text": "By whom?"}, "QUERY"),
    ):
        flagged[teller.fact(kind, key, data)] = flag, data
    teller.fact("pin", form, {"definition": "ab"})
    teller.fact("subject", teller.subject, {"renumber": "01-009"})
    told = teller.told()
    for name, (flag, data) in flagged.items():
        assert told.told[name].notes[0][0] == flag and told.told[name].content == data
    assert list(told.state.values()) == ["120"] and b'mda5:Number="01-009"' in teller.file.read_bytes()


@pytest.mark.parametrize("exact", [True, False])
def test_what_is_no_transaction_is_an_entry(teller: Teller, *, exact: bool) -> None:
    teller.value(teller.vs, "SYSBP_VSORRES", "120")
    names = []
    for key, more in (
        (None, {}),
        (teller.vs._replace(form="GONE"), {}),
        (teller.vs._replace(item="GONE"), {}),
        (teller.vs._replace(event="GONE"), {}),
        (teller.vs._replace(group="GONE"), {}),
        (ItemKey("x:1"), {}),
        (teller.vs._replace(item="SYSBP_VSORRES"), {"aside": Text("no right", "无权限")}),
        (teller.vs._replace(item="SYSBP_VSORRES"), {"withheld": True}),
    ):
        names.append(teller.fact("value", key, {"text": "5"}, **more))
    names.append(teller.fact("view", teller.vs.form_key()))
    teller.value(teller.vs, "SYSBP_VSORRES", "121")
    told = teller.told(exact=exact)
    assert [name for name, one in told.told.items() if one.logged] == names
    assert list(told.state.values()) == ["121"]


def test_somebody_and_somewhere_unknown_have_a_name_too(teller: Teller) -> None:
    teller.value(teller.vs, "SYSBP_VSORRES", "120", person="p99", site="77")
    told = teller.told()
    assert told.told["d:2"].user == "USR.UNKNOWN" and told.told["d:2"].user in told.users
    assert told.told["d:2"].location == "LOC.UNKNOWN" and b'mda5:Person="p99"' in teller.file.read_bytes()


def test_how_it_came_is_kept(teller: Teller) -> None:
    data = {"text": "120", "typed": "2026-09-01T01:00:00.000Z", "prompt": ["VS-01"], "origin": "pasted"}
    teller.fact("value", teller.vs._replace(item="SYSBP_VSORRES"), data, replaces=("d:1",))
    moved = teller.fact(
        "value", teller.vs._replace(item="DIABP_VSORRES"), {"text": "80", "origin": {"moved": "d:1"}}
    )
    told = teller.told()
    written = teller.file.read_text("utf-8")
    for word in ('Typed="2026-09-01T01:00:00.000Z"', 'Prompt="VS-01"', 'Origin="pasted"', 'Replaces="d:1"'):
        assert word in written
    assert told.told[moved].content == {"origin": {"moved": "d:1"}}
