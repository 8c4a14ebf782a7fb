"""A whole ODM archive comes back: unaltered into the very records, altered not at all."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from mda5_crf.crypto import SigningKey, base64_text, canon, parse_canon
from mda5_crf.db import projection, rows, schema
from mda5_crf.db.records import AuditRecord, Seal
from mda5_crf.errors import BundleError, Cancelled, CrfError, InputRefused, LoginRefused, PermissionDenied
from mda5_crf.jobs.archiveback import Outcome, archive_study, is_own_archive, take_archive
from mda5_crf.jobs.exports import ARCHIVE, SNAPSHOT, finish, write_odm
from mda5_crf.services import instudy
from mda5_crf.services.session import Session
from mda5_crf.sync import archived, devices
from mda5_crf.sync.ledger import ledger
from mda5_crf.sync.registry import Registry
from tests.unit.exchange.odmreader import valid
from tests.unit.jobs.archived import World, built, empty
from tests.unit.sync.synckit import PCS, A, C
from tests.unit.sync.synckit import built as young
from tests.vaults import enter, password
from tests.wards import trial


@dataclass
class Back:
    """A vault, its archive, and what that became in an empty vault."""

    old: Session
    file: Path
    new: Session
    outcome: Outcome


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    base = tmp_path_factory.mktemp("archived") / "world"
    shutil.copytree(built(), base)
    (base / "stick").mkdir()
    made = World(base, base / "stick")
    yield made
    made.close()


@pytest.fixture(scope="module")
def files(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The whole archives of the ward and of the centre."""
    folder = tmp_path_factory.mktemp("files")
    made = {}
    for pc in (A, C):
        made[pc] = folder / f"{pc}.xml"
        written = write_odm(world[pc], made[pc], ARCHIVE)
        written.part.replace(made[pc])  # not recorded: then both vaults hold the same
    return made


@pytest.fixture(scope="module", params=[A, C])
def back(
    request: pytest.FixtureRequest,
    world: World,
    files: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Back]:
    """The archive of the ward in an empty ward, that of the centre in an empty centre."""
    pc = request.param
    folder = tmp_path_factory.mktemp("new") / "vault"
    with empty(folder, PCS[pc][0]) as session:
        outcome = take_archive(session, files[pc], own_password=password("i01"))
    vault = enter(folder, "i01")  # a log-in chooses the definition
    with Session(vault, instudy.in_force(vault)) as session:
        yield Back(world[pc], files[pc], session, outcome)


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Session]:
    with empty(tmp_path / "vault", "01") as session:
        yield session


def everything(session: Session) -> tuple[object, ...]:
    with session.vault.store.read() as tx:
        return rows.heads(tx), projection.dump(tx), sorted(map(str, tx.find(schema.quarantine)))


def records(session: Session, leave_out: str = "") -> dict[str, AuditRecord]:
    return {one.id: one for one in session.vault.journal.records() if one.device != leave_out}


def seals(session: Session, leave_out: str = "") -> list[Seal]:
    found = session.vault.journal.seals_above({})
    return sorted((one for one in found if one.device != leave_out), key=lambda one: (one.device, one.first))


# -- what cannot come back -------------------------------------------------------------------------------


def changed(file: Path, folder: Path, change: Callable[[str], str]) -> Path:
    text = file.read_text(encoding="utf-8")
    altered = change(text)
    assert altered != text
    made = folder / "altered.xml"
    made.write_bytes(altered.encode("utf-8"))
    return made


def once(pattern: str, instead: str | Callable[[re.Match[str]], str]) -> Callable[[str], str]:
    def change(text: str) -> str:
        found = re.search(pattern, text, re.DOTALL)
        assert found is not None, pattern
        made = found.expand(instead) if isinstance(instead, str) else instead(found)
        return text[: found.start()] + made + text[found.end() :]

    return change


_ITEM = r'\n<ItemData ItemOID="I\.VS\.SYSBP_VSORRES" TransactionType="Update" Value="120">.*?</ItemData>'
_ENTRY = r'\n<mda5:Entry Kind="bundle".*?</mda5:Entry>'


def swapped(text: str) -> str:
    """Two entries of the log have changed their places."""
    first, second = list(re.finditer(_ENTRY, text, re.DOTALL))[:2]
    between = text[first.end() : second.start()]
    return text[: first.start()] + second[0] + between + first[0] + text[second.end() :]


def by_another(text: str) -> str:
    """The proof is signed by a key of somebody else."""
    found = re.search(r'<mda5:Proof Signature="([^"]*)">([^<]*)<', text)
    assert found is not None
    said = found[2].replace("&amp;", "&").encode("utf-8")
    return text.replace(found[1], base64_text(SigningKey.generate().sign("archive", said)))


def with_other_keys(text: str) -> str:
    """The whole proof is somebody else's, card and all."""
    key = SigningKey.generate()
    found = re.search(r'<mda5:Proof Signature="[^"]*">([^<]*)</mda5:Proof>', text)
    assert found is not None
    proof = parse_canon(found[1].encode("utf-8"))
    proof["card"]["sign"] = key.public.text
    said = canon(proof)
    made = f'<mda5:Proof Signature="{base64_text(key.sign("archive", said))}">{said.decode()}</mda5:Proof>'
    return text.replace(found[0], made)


@pytest.mark.requirement("P11-6")
@pytest.mark.parametrize(
    "change, code",
    [
        (once(r'Value="120">', 'Value="121">'), "altered"),
        (once(r"(<DateTimeStamp>20)26", r"\g<1>25"), "altered"),
        (once(r'(<mda5:Entry Kind="certificate"[^>]* Zone=")Asia/Shanghai', r"\1Asia/Tokyo"), "altered"),
        (once(r'mda5:Hash="([0-9a-f])(?=[0-9a-f]{63}")(?=[^>]*mda5:Opens)', 'mda5:Hash="x'), "altered"),
        (once(r'mda5:Opens="[^"]*"', 'mda5:Opens="AAAA"'), "strange"),
        (once(r"<CryptoBindingManifest>\{", "<CryptoBindingManifest>["), "strange"),
        (once(_ITEM, ""), "missing"),
        (once(_ENTRY, ""), "missing"),
        (once(_ENTRY, r"\g<0>\g<0>"), "order"),
        (swapped, "order"),
        (once(r"\n<mda5:Seal [^>]*>[^<]*</mda5:Seal>", ""), "unsealed|changed"),
        (once(r"(\n<mda5:Source [^>]*>)[^<]{8}", r"\1AAAAAAAA"), "source"),
        (once(r"\n<mda5:Proof .*?</mda5:Proof>", ""), "not_whole"),
        (by_another, "proof_false"),
        (with_other_keys, "proof_false"),
        (once(r"<Comment SponsorOrSite=\"Sponsor\">", r'<Comment SponsorOrSite="Site">'), "changed"),
        (once(r"<TranslatedText", "<TranslatedText "), "changed"),
        (once(r"<Study OID=\"[^\"]*\"", '<Study OID="NCT00000000"'), "other_study"),
        (lambda text: text[: len(text) // 2], "not_xml"),
        (once(r"<ODM ", '<!DOCTYPE ODM [<!ENTITY a "b">]>\n<ODM '), "strange"),
        (once(r' Archival="Yes"', ""), "not_whole"),
    ],
)
def test_an_altered_archive_is_refused_and_nothing_is_written(
    ward: Session, files: dict[str, Path], tmp_path: Path, change: Callable[[str], str], code: str
) -> None:
    before = everything(ward)
    with pytest.raises(CrfError) as refused:
        take_archive(ward, changed(files[A], tmp_path, change), own_password=password("i01"))
    assert re.fullmatch(rf"odmback\.({code})", refused.value.code), refused.value.text.en
    assert everything(ward) == before
    kept = [one.name for one in ward.vault.folder.iterdir()]
    assert "backups" not in kept or not list((ward.vault.folder / "backups").iterdir())


def test_a_seal_of_somebody_else_is_refused_though_the_file_is_signed_by_its_pc(
    world: World, ward: Session, files: dict[str, Path], tmp_path: Path
) -> None:
    """Whoever sits at the PC that writes the archive can sign any file, but not for others."""
    seal = re.compile(r'(<mda5:Seal Device="[^"]*" First="\d+" Last="\d+" Person="[^"]*">)[^<]*')
    forged = base64_text(SigningKey.generate().sign("seal", b"x"))

    def change(text: str) -> str:
        return resigned(seal.sub(rf"\g<1>{forged}", text, count=1), world[A].vault.device_keys.sign)

    with pytest.raises(BundleError, match=r"odmback\.unsealed"):
        take_archive(ward, changed(files[A], tmp_path, change), own_password=password("i01"))
    assert len(ward.vault.journal.heads()) == 1


def resigned(text: str, key: SigningKey) -> str:
    """With a proof that fits what stands before it."""
    import hashlib

    start = text.rindex("\n<mda5:Proof")
    found = re.search(r">([^<]*)</mda5:Proof>", text[start:])
    assert found is not None
    proof: Any = parse_canon(found[1].encode("utf-8"))
    proof["body"] = hashlib.sha256(text[:start].encode("utf-8")).hexdigest()
    said = canon(proof)
    made = f'\n<mda5:Proof Signature="{base64_text(key.sign("archive", said))}">{said.decode()}</mda5:Proof>'
    return text[:start] + made + text[start + found.end() :]


def test_who_may_and_where(world: World, files: dict[str, Path], tmp_path: Path) -> None:
    with empty(tmp_path / "two", "02") as session, pytest.raises(InputRefused, match="other_site"):
        take_archive(session, files[A], own_password=password("i01"))
    with empty(tmp_path / "one", "01") as session:
        with pytest.raises(InputRefused, match=r"odmback\.password"):
            take_archive(session, files[A])
        with pytest.raises(LoginRefused):
            take_archive(session, files[A], own_password="not the password at all")
        with pytest.raises(Cancelled):
            take_archive(session, files[A], own_password=password("i01"), progress=_stop)
        assert len(session.vault.journal.heads()) == 1
    with Session(enter(tmp_path / "one", "n07"), trial()) as nurse, pytest.raises(PermissionDenied):
        take_archive(nurse, files[A], dry_run=True)
    # An older copy of the vault that wrote it: its own chain is longer in the file.
    shutil.copytree(young() / A, tmp_path / "older")
    older = Session(enter(tmp_path / "older", "i01"), trial())
    with older as session, pytest.raises(BundleError, match=r"odmback\.own_newer"):
        take_archive(session, files[A], own_password=password("i01"))


def _stop(done: int, total: int) -> None:
    if done == total:
        raise Cancelled


def test_a_vault_that_does_not_fit(
    ward: Session, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    card = devices.own_card(ward)
    for other, code in (({"demo": True}, "demo"), ({"definition": "0" * 64}, "definition")):
        with monkeypatch.context() as patched:
            patched.setattr(archived, "own_card", lambda _session, other=other: replace(card, **other))
            with pytest.raises(InputRefused, match=rf"odmback\.{code}"):
                take_archive(ward, files[A], dry_run=True)
    take_archive(ward, files[A], own_password=password("i01"))
    known = Registry.read(ward)
    for device, peer in known.peers.items():
        strange = replace(peer.card, sign=SigningKey.generate().public)
        known.peers[device] = replace(peer, card=strange)
    monkeypatch.setattr(Registry, "read", lambda _session: known)
    with pytest.raises(InputRefused, match=r"odmback\.peer_changed"):
        take_archive(ward, files[A], dry_run=True)


def test_a_definition_under_another_hash_is_refused(
    world: World, ward: Session, files: dict[str, Path], tmp_path: Path
) -> None:
    def change(text: str) -> str:
        hashes = set(re.findall(r'<mda5:Source Hash="([0-9a-f]*)"', text)) - {trial().hash}
        (other,) = hashes
        renamed = text.replace(f'<mda5:Source Hash="{other}"', f'<mda5:Source Hash="{"0" * 64}"')
        return resigned(renamed, world[A].vault.device_keys.sign)

    with pytest.raises(BundleError, match=r"odmback\.source"):
        take_archive(ward, changed(files[A], tmp_path, change), dry_run=True)


def test_what_is_no_archive_of_ours(world: World, files: dict[str, Path], tmp_path: Path) -> None:
    snapshot = tmp_path / "snapshot.xml"
    write_odm(world[A], snapshot, SNAPSHOT).part.replace(snapshot)
    plain, part = tmp_path / "plain.xml", tmp_path / "part.xml"
    write_odm(world[A], plain, ARCHIVE, extensions=False).part.replace(plain)
    (first, *_) = world[A].subjects()
    write_odm(world[A], part, ARCHIVE, [first.identity]).part.replace(part)
    (tmp_path / "other.xml").write_text('<?xml version="1.0"?><ODM SourceSystem="MDA5-CRF"/>')
    found = [is_own_archive(one) for one in (files[A], part, snapshot, plain, tmp_path / "other.xml")]
    assert found == [True, True, False, False, False]
    assert b"mda5:Opens" not in part.read_bytes()  # of some participants no chain can be rebuilt
    with empty(tmp_path / "vault", "01") as session, pytest.raises(InputRefused, match="not_whole"):
        take_archive(session, part, dry_run=True)


# -- what comes back -------------------------------------------------------------------------------------


@pytest.mark.requirement("P11-6", "EMA-10", "EMA-11", "E6-9", "CN-4")
def test_everything_comes_back_as_it_was(back: Back) -> None:
    old, new = back.old, back.new
    assert valid(back.file) == []
    told = records(old)
    kinds = {one.kind for one in told.values()}
    assert {
        "query", "signature", "lock", "strike", "void", "redaction", "amendment", "site-approval", "bundle",
        "peer", "certificate",
    } <= kinds  # fmt: skip
    mine = {one for one in told if one not in records(new)}
    assert not mine
    assert records(new, new.device) == told
    assert all(not one.fault() for one in told.values())
    assert seals(new, new.device) == seals(old)
    with old.vault.store.read() as one, new.vault.store.read() as other:
        before, after = projection.dump(one), projection.dump(other)
        aside = [sorted(map(str, tx.find(schema.quarantine))) for tx in (one, other)]
        assert {row["hash"] for row in one.find(schema.definition)} <= {
            row["hash"] for row in other.find(schema.definition)
        }
    assert aside[0] == aside[1] and aside[0]
    for table, lines in before.items():
        more = [row for row in after[table] if row not in lines]
        gone = [row for row in lines if row not in after[table]]
        # Of a definition the newest word stands: it may be that of the new vault's own founding.
        assert gone == [] or (table == "definition_use" and len(gone) == len(more) == 1), table
        assert all(new.device in map(str, row) for row in more), table
    assert back.outcome.taken.new == len(told) and back.outcome.taken.known == 0


def test_a_new_vault_begins_with_the_definition_of_the_archive(files: dict[str, Path]) -> None:
    assert archive_study(files[A]).hash == trial().hash


@pytest.mark.requirement("P11-6", "EMA-11")
def test_it_verifies_and_people_see_the_same(back: Back) -> None:
    old, new = back.old, back.new
    assert new.verify().troubles == ()
    assert old.subjects() == new.subjects()
    for subject in old.subjects():
        for form in old.signature_book.counting(subject.identity):
            assert [one.state for one in new.signatures(form.key)] == [
                one.state for one in old.signatures(form.key)
            ]
    theirs = {line.record: line for line in old.audit.lines()}
    ours = {line.record: line for line in new.audit.lines()}
    came = {ours[record].taken for record in theirs}
    assert len(came) == 1 and None not in came  # of each it is known when it came here
    told = {
        record: replace(ours[record], taken=line.taken, left=line.left and ours[record].left)
        for record, line in theirs.items()  # what came here has left
    }
    assert [(line, told[record]) for record, line in theirs.items() if told[record] != line] == []


def test_the_act_is_recorded_with_the_file(back: Back) -> None:
    import hashlib

    (noted,) = list(back.new.vault.journal.records(kinds=("bundle",), device=back.new.device))
    assert noted.data["direction"] == "archive"
    assert noted.data["sha256"] == hashlib.sha256(back.file.read_bytes()).hexdigest()
    assert noted.data["to"] == back.old.vault.journal.vector()
    (line,) = [one for one in back.new.audit.lines() if one.record == noted.id]
    assert line.act.en == "archive taken in"
    assert [one.state for one in devices.every_peer(back.new)] == ["archived"] * len(back.outcome.taken.pcs)
    assert devices.peers(back.new) == () and ledger(back.new) == []


def test_exported_again_it_is_the_same_but_for_the_head_and_what_this_vault_adds(
    back: Back, tmp_path: Path
) -> None:
    file = tmp_path / "again.xml"
    finish(back.new, write_odm(back.new, file, ARCHIVE))
    assert valid(file) == []
    own = re.escape(back.new.device)
    text = file.read_text(encoding="utf-8")
    for element in (
        rf'\n<mda5:Entry Kind="[^"]*" SourceID="{own}:(?:(?!</mda5:Entry>).)*</mda5:Entry>',
        rf'\n<mda5:Seal Device="{own}"[^>]*>[^<]*</mda5:Seal>',
    ):
        text, count = re.subn(element, "", text, flags=re.DOTALL)
        assert count
    assert _body(text) == _body(back.file.read_text(encoding="utf-8"))


def _body(text: str) -> str:
    """From the first data to the proof."""
    return text[text.index("\n<ClinicalData") : text.rindex("\n<mda5:Proof")]


def test_taken_twice_it_is_known_and_writes_nothing(back: Back) -> None:
    before = everything(back.new)
    again = take_archive(back.new, back.file, own_password=password("i01"))
    assert again.taken.new == 0 and again.taken.known == back.outcome.taken.new
    assert everything(back.new) == before
    assert any("already" in one.en for one in again.lines())


def test_the_vault_that_wrote_it_knows_it_all(world: World, files: dict[str, Path]) -> None:
    assert take_archive(world[A], files[A], dry_run=True).taken.new == 0


def test_a_dry_run_says_the_same_and_writes_nothing(ward: Session, files: dict[str, Path]) -> None:
    before = everything(ward)
    dry = take_archive(ward, files[A], dry_run=True)
    assert everything(ward) == before and dry.taken.new and dry.taken.backup is None
    said = dry.as_json()
    assert said["dry_run"] and said["participants"] and said["maker"]["fingerprint"] == dry.taken.words
    assert any("would come in" in one.en for one in dry.lines())


def test_a_pc_of_the_archive_is_registered_by_its_card_later(
    world: World, ward: Session, files: dict[str, Path]
) -> None:
    take_archive(ward, files[A], own_password=password("i01"))
    theirs = devices.card(world[A])
    known = devices.add_card(ward, theirs, own_password=password("i01"))
    assert known.approved and known.device == world[A].device
    assert ward.verify().troubles == ()
