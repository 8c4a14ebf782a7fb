"""Folding does not depend on order: any way the chains of devices arrive gives the same projections."""

# ruff: noqa: ANN401 - contents of any shape, a driver without types
from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.crypto import SigningKey
from mda5_crf.db import projection, read, schema
from mda5_crf.db.fold_common import Unfoldable
from mda5_crf.db.memory import Duplicate, Memory
from mda5_crf.db.records import AuditRecord, Draft, make_record
from tests.unit.db.journalkit import STUDY, Person, Ward, blind_redaction, item, value
from tests.unit.db.storekinds import Kind

DEVICES = ("a", "b", "c")
FORM = "a:1/BL/VS"
ITEMS = (f"{FORM}/MAIN/SYSBP", f"{FORM}/MAIN/DIABP")
TEXTS = ("", "120", "121")
STATES = ("Open", "Answered", "Closed", "Resolved", "Cancelled", "Candidate")


@dataclass
class Pc:
    """A device that only knows what it wrote and was sent."""

    device: str
    chain: list[AuditRecord] = field(default_factory=list)
    known: list[AuditRecord] = field(default_factory=list)
    tables: Memory = field(default_factory=Memory)
    seen: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    clock: int = 0

    def write(self, draft: Draft) -> None:
        self.clock += 1
        record = make_record(
            draft, study=STUDY, device=self.device, seq=len(self.chain) + 1, prev="0" * 64,
            person=f"p{self.device}", at=f"2026-11-23T01:00:{self.clock % 60:02d}.000Z", zone="UTC +00:00",
            clock=self.clock, salt=bytes(16),
        )  # fmt: skip
        self.chain.append(record)
        self.learn(record)

    def learn(self, record: AuditRecord) -> None:
        self.known.append(record)
        self.seen[record.device] = record.seq
        self.clock = max(self.clock, record.clock)
        projection.fold(self.tables, record)

    def hear(self, other: Pc) -> None:
        for record in list(other.known):
            if record.seq == self.seen[record.device] + 1:
                self.learn(record)

    def heads(self, key: str) -> tuple[str, ...]:
        return tuple(f"{r['device']}:{r['seq']}" for r in self.tables.find(schema.item_data, key=key))

    def marks(self, key: str) -> tuple[str, ...]:
        return tuple(f"{r['device']}:{r['seq']}" for r in self.tables.find(schema.mark, key=key))


def draft(pc: Pc, what: str, choice: int) -> Draft:  # noqa: C901, PLR0912 - one case per kind
    key = ITEMS[choice % 2]
    match what:
        case "value":
            return value(key, TEXTS[choice % 3], pc.heads(key))
        case "blind":  # a program that does not look at what stands
            return value(key, TEXTS[choice % 3], pc.heads(key)[:1] if choice % 2 else ())
        case "missing":
            return Draft("missing", key, {"code": "ND"}, pc.heads(key), f"def{choice % 2}")
        case "confirm":
            return Draft("confirm", key, {"check": f"VS-0{choice % 2}", "text": TEXTS[choice % 3]})
        case "status":
            return Draft(
                "status", FORM, {"status": ("complete", "incomplete", "not_done")[choice % 3]}, (), "def"
            )
        case "pin":
            return Draft("pin", FORM, {"definition": f"def{choice % 4}"})
        case "strike":
            return Draft("strike", f"{FORM}/LOG[x:1]", {"state": ("struck", "restored")[choice % 2]})
        case "row":
            return Draft("row", f"{FORM}/LOG", {})
        case "event":
            return Draft("event", "a:1", {"event": "UNS"})
        case "form":
            return Draft("form", "a:1/BL", {"form": "PFT"})
        case "subject":
            return Draft("subject", "", {"subjid": f"01-00{choice % 3}", "site": "01"})
        case "renumber":
            return Draft("subject", "a:1", {"renumber": f"01-00{choice % 4}", "reason": {"code": "TYPO"}})
        case "query":
            number = f"q{choice // 6}"  # the same ids under both keys
            acts = pc.tables.find(schema.query_event, query=number, key=key)
            before = tuple(f"{act['device']}:{act['seq']}" for act in acts[-1:]) if choice % 3 else ()
            content = {
                "query": number,
                "state": STATES[choice % 6],
                "source": "system",
                "text": f"t{choice}",
            }
            return Draft("query", key, content, before)
        case "lock":
            state = ("frozen", "thawed", "locked")[choice % 3]
            return Draft("lock", ("", "a:1", FORM)[choice % 3], {"state": state})
        case "endorse":
            return Draft("endorse", key, {"records": list(pc.heads(key)) or ["a:1"]})
        case "coding":
            coded = {"verbatim": "x", "dictionary": "MEDDRA", "version": "1", "codes": {"pt": {"code": "1"}}}
            state = ("coded", "synonym")[choice % 2]
            return Draft("coding", key if state == "coded" else "", {**coded, "state": state})
        case "mapping":
            sheet = {"layout": f"{choice:064x}", "columns": [{"heading": "a"}], "tests": []}
            return Draft("mapping", "", sheet)
        case "import":
            part = {"what": "root", "n": 0, "part": choice % 2, "of": 2, "nodes": [[0, "ODM", [], None]]}
            taken = {"what": "taken", "sha256": str(choice)}
            return Draft("import", "", part if choice % 3 else taken)
        case "frame":
            tree = {"n": choice, "part": 0, "of": 1, "nodes": [[0, "SubjectData", [], None]]}
            return Draft("frame", "a:1", tree)
        case "mark":
            return Draft("verify", key, {"n": choice}, pc.marks(key))
        case "user":
            return Draft("user", "", {"person": "p", "state": ("active", "disabled")[choice % 2]})
        case "definition":
            return Draft("definition", "", {"hash": f"h{choice % 2}", "oid": STUDY, "version": str(choice)})
        case "peer":
            content = {"device": f"z{choice % 2}", "site": "02", "state": ("approved", "revoked")[choice % 2]}
            return Draft("peer", "", content)
        case "clock":
            return Draft("clock", "", {"flag": "behind", "wall": str(choice), "latest": str(choice)})
        case "reference":
            listed = {
                "table": ("range", "laboratory")[choice % 2],
                "state": "live",
                "row": {"code": f"L{choice}"},
            }
            instead = {"replaces": f"a:{choice % 3 + 1}"} if choice % 3 else {}
            return Draft("reference", "", {**listed, **instead})
        case "unreference":
            content = {"table": "range", "state": "struck", "replaces": f"b:{choice % 3 + 1}", "reason": "x"}
            return Draft("reference", "", content)
        case "redaction":
            return Draft("redaction", "", blind_redaction(f"a:{choice % 3 + 1}"))
        case _:
            return Draft(what, "", {"result": "ok", "sha256": str(choice)})


KINDS = (
    "value", "blind", "missing", "confirm", "status", "pin", "strike", "row", "event", "form", "subject",
    "renumber", "query", "lock", "endorse", "coding", "mapping", "import", "frame", "mark", "user",
    "peer", "definition", "redaction", "login", "logout", "print", "export", "bundle",
    "clock", "reference", "unreference",
)  # fmt: skip


@st.composite
def plans(draw: st.DrawFn) -> list[tuple[str, str, int]]:
    """Each example uses few kinds: records of one kind then meet, which over all kinds they seldom do."""
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True))
    words = st.sampled_from((*kinds, *kinds, "hear a", "hear b", "hear c"))
    one = st.tuples(st.sampled_from(DEVICES), words, st.integers(0, 11))
    return draw(st.lists(one, min_size=3, max_size=30))


steps = plans()


def history(plan: list[tuple[str, str, int]]) -> list[AuditRecord]:
    pcs = {device: Pc(device) for device in DEVICES}
    for device, what, choice in plan:
        if what.startswith("hear "):
            pcs[device].hear(pcs[what[-1]])
        else:
            pcs[device].write(draft(pcs[device], what, choice))
    return [record for pc in pcs.values() for record in pc.chain]


def folded(records: list[AuditRecord]) -> dict[str, list[tuple[Any, ...]]]:
    tables = Memory()
    for record in records:
        projection.fold(tables, record)
    return tables.dump()


@given(steps, st.randoms(use_true_random=False))
def test_any_order_gives_the_same_projections(plan: list[tuple[str, str, int]], random: Any) -> None:
    records = history(plan)
    expected = folded(records)
    for _ in range(4):
        random.shuffle(records)
        assert folded(records) == expected


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_every_kind_is_independent_of_order(kind: str, data: st.DataObject) -> None:
    acts = st.lists(st.tuples(st.sampled_from(DEVICES), st.integers(0, 11)), min_size=3, max_size=10)
    plan = [(device, kind, choice) for device, choice in data.draw(acts)]
    if kind == "pin":  # a pin and the first entries speak of the same row
        plan += [(device, "missing", choice) for device, _, choice in plan]
    records = history(plan)
    expected = folded(records)
    for order in (records[::-1], sorted(records, key=lambda r: r.stamp), data.draw(st.permutations(records))):
        assert folded(order) == expected


@given(steps)
def test_an_item_shows_what_nobody_superseded(plan: list[tuple[str, str, int]]) -> None:
    records = history(plan)
    dump = folded(records)
    for key in ITEMS:
        said = [r for r in records if r.key == key and r.kind in ("value", "missing")]
        gone = {one for r in said for one in r.replaces}
        heads = sorted(f"{row[1]}:{row[2]}" for row in dump["item_data"] if row[0] == key)
        assert heads == sorted(r.id for r in said if r.id not in gone)
        different = {(r.data.get("text", ""), r.data.get("code", "")) for r in said if r.id not in gone}
        assert (key in {row[0] for row in dump["conflict"]}) == (len(different) > 1)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory, store_kind: Kind) -> Any:
    ward = Ward(tmp_path_factory.mktemp("projection"), "x")
    yield ward
    ward.store.close()


@given(plan=steps)
def test_database_and_memory_fold_alike(scratch: Ward, plan: list[tuple[str, str, int]]) -> None:
    """Three ways to the same rows: one by one in SQL, one by one in memory, all anew from the journal."""
    records = history(plan)
    with pytest.raises(KeyError, match="roll back"), scratch.store.transaction() as tx:  # noqa: PT012
        for table in schema.PROJECTIONS:
            tx.delete(table)
        for record in records:
            projection.fold(tx, record)
        assert projection.dump(tx) == folded(records)
        raise KeyError("roll back")


def test_rebuild_equals_incremental_after_a_working_day(tmp_path: Path, store_kind: Kind) -> None:
    wards = [Ward(tmp_path, f"d{number}") for number in range(3)]
    subject = wards[0].enrol()
    wards[0].send(wards[1])
    wards[0].send(wards[2])
    for number, ward in enumerate(wards):
        ward.value(item(subject), str(number))
        ward.add(
            Draft("row", f"{subject}/LOG/AE/MAIN", {}),
            Draft("status", f"{subject}/BL/VS", {"status": "complete"}),
        )
    for sender in wards:
        for receiver in wards:
            if sender is not receiver:
                sender.send(receiver)
    dumps = []
    for ward in wards:
        with ward.store.transaction() as tx:
            incremental = projection.dump(tx)
            assert projection.rebuild(tx) == []
            assert projection.dump(tx) == incremental
            dumps.append(incremental)
        ward.store.close()
    assert dumps[0] == dumps[1] == dumps[2]
    assert len(dumps[0]["conflict"]) == 1


def test_rebuild_leaves_out_what_was_set_aside(tmp_path: Path, store_kind: Kind) -> None:
    ward = Ward(tmp_path, "d1")
    subject = ward.enrol()
    ward.value(item(subject), "1")
    with ward.store.transaction() as tx:
        tx.insert(schema.quarantine, {"device": "d1", "seq": 5, "en": "x", "zh": "x"})
        assert projection.rebuild(tx) == []
    assert read.subject_entries(ward.store, subject) == ()
    ward.store.close()


# -- what folds to nothing -----------------------------------------------------------------------------


def record(
    kind: str, key: str, content: dict[str, Any], replaces: tuple[str, ...] = (), seq: int = 5
) -> AuditRecord:
    return make_record(
        Draft(kind, key, content, replaces), study=STUDY, device="a", seq=seq, prev="", person="p",
        at="2026-11-23T01:00:00.000Z", zone="UTC +00:00", clock=seq, salt=bytes(16),
    )  # fmt: skip


def test_a_refused_record_leaves_no_trace() -> None:
    tables = Memory()
    projection.fold(tables, record("value", ITEMS[0], {"text": "120"}, seq=1))
    before = tables.dump()
    for bad in (
        record("value", ITEMS[0], {"text": "121"}, ("a:1", "nonsense")),
        record("verify", ITEMS[0], {}, ("nonsense",)),
        record("query", ITEMS[0], {"query": "", "state": "Open"}),
        record("query", ITEMS[0], {"query": "q", "state": "Open", "source": "oracle"}),
        record("redaction", "", blind_redaction("a:1", "nonsense")),
        record("redaction", "", {"records": ["a:1"]}),
        record("confirm", ITEMS[0], {"text": "120"}),
        record("device", "", {"device": "a", "sign": "x"}),
        record("unheard", "", {}),
    ):
        with pytest.raises(Unfoldable):
            projection.fold(tables, bad)
        assert tables.dump() == before


def test_a_record_of_another_field_supersedes_nothing_here() -> None:
    tables = Memory()
    projection.fold(tables, record("value", ITEMS[0], {"text": "120"}, seq=1))
    projection.fold(tables, record("value", ITEMS[1], {"text": "80"}, ("a:1",), seq=2))
    assert [row[0] for row in tables.dump()["item_data"]] == sorted(ITEMS)


def test_an_act_under_another_key_does_not_touch_the_query() -> None:
    """Rights are judged by the key: who knows a query's id gains nothing under a key of his own."""
    tables = Memory()
    projection.fold(tables, record("query", ITEMS[0], {"query": "q", "state": "Open", "text": "?"}, seq=1))
    before = tables.dump()["query"]
    for seq, key in ((2, ITEMS[1]), (3, FORM)):
        closed = record("query", key, {"query": "q", "state": "Closed", "answer": "no"}, ("a:1",), seq=seq)
        projection.fold(tables, closed)
    assert [row for row in tables.dump()["query"] if row[1] == ITEMS[0]] == before
    states = {row[1]: row[2] for row in tables.dump()["query"]}
    assert states == {ITEMS[0]: "Open", ITEMS[1]: "Closed", FORM: "Closed"}


@pytest.mark.parametrize("kind", sorted(projection.KINDS))
def test_stubs_fold_to_nothing(kind: str) -> None:
    tables = Memory()
    projection.fold(tables, record(kind, ITEMS[0], {"text": "120"}, ("a:1",)).stub())
    assert tables.dump() == Memory().dump()


def test_a_second_row_under_one_key_is_noticed() -> None:
    tables = Memory()
    one = record("row", f"{FORM}/LOG", {})
    projection.fold(tables, one)
    with pytest.raises(Duplicate):
        projection.fold(tables, one)


def test_every_kind_of_the_journal_has_a_fold() -> None:
    assert {
        "definition", "device", "certificate", "user", "login", "logout", "subject", "event", "form", "row",
        "strike",
        "value", "missing", "confirm", "status", "pin", "query", "signature", "verify", "lock", "endorse",
        "review", "print", "export", "bundle", "redaction", "peer", "clock", "reference", "second",
        "second-row", "second-resolved", "rekey", "recovery", "identities", "delegation", "password", "void",
        "unvoid", "view", "trail-review", "backup", "drill", "restore", "overlay", "released",
        "invitation", "joining", "revocation", "amendment", "site-approval", "coding", "mapping",
        "import", "frame",
    } == projection.KINDS  # fmt: skip


def test_keys_and_persons_are_what_certificates_say(tmp_path: Path) -> None:
    ward = Ward(tmp_path, "d1")
    person = Person("i01", "investigator", author=SigningKey(b"\x01" * 32))
    ward.admit(person)
    with ward.store.read() as tx:
        found = tx.one(schema.certificate, person=person.id)
    assert found is not None and found["login"] == "i01" and "AUTHOR" not in found["content"]
    ward.store.close()
