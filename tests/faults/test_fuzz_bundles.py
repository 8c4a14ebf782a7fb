"""Ten thousand files that nobody sent, a million at night: no crash, no write, no hang, bounded memory.

``fuzzing`` makes them, layer by layer, so that they get past the layer before; ``bombs`` are larger inside
than outside. ``MDA5_CRF_FUZZ_SEED`` chooses other inputs. What a layer found is told at the end of a run.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mda5_crf.crypto import CanonError, Certificate, CertificateRefused, canon
from mda5_crf.db.records import AuditRecord, RecordRefused, Seal
from mda5_crf.db.verify import verify
from mda5_crf.errors import BundleError, InputRefused
from mda5_crf.services import access, amendments, conflicts, overlays, quarantine
from mda5_crf.services.audit import audit_lines
from mda5_crf.sync import bundles, cards, devices, revocation
from mda5_crf.sync.envelope import Header
from mda5_crf.sync.ledger import ledger
from mda5_crf.sync.lines import LineRefused, read_line
from mda5_crf.sync.manifest import Manifest, NewerManifest
from mda5_crf.sync.recordlines import RecordReader
from mda5_crf.sync.registry import Registry
from mda5_crf.sync.revoked import ListRefused, read_list
from mda5_crf.sync.sources import SourceReader
from tests.faults import bombs, counts, fuzzing
from tests.faults.fuzzkinds import CONTENTS, unknown_kinds
from tests.unit.sync.forging import put
from tests.unit.sync.synckit import World, item, old_world, rebuilt_alike, world

__all__ = ["old_world", "world"]

SEED: Final = os.environ.get("MDA5_CRF_FUZZ_SEED", "1")
INPUTS: Final = {
    "raw": (3160, 316_000),
    "outside": (1500, 150_000),
    "inside": (1300, 130_000),
    "records": (100, 10_000),
    "folds": (2600, 260_000),
    "invitation": (300, 30_000),
    "request": (540, 54_000),
    "card": (500, 50_000),
}
"""How many inputs of a layer in ``make test``, and at night: 10,000 and 1,000,000 in all."""
CODES: Final = {
    "raw": 7,
    "outside": 7,
    "inside": 9,
    "records": 1,
    "folds": 1,
    "invitation": 5,
    "request": 6,
    "card": 3,
}
"""At least so many different reasons; fewer, and the inputs do not reach where they should."""
MOST_KIB: Final = 300 * 1024


@pytest.fixture(scope="module")
def targets(old_world: World) -> fuzzing.Range:
    return fuzzing.ready(old_world)


def test_every_night_a_million() -> None:
    assert sum(short for short, _ in INPUTS.values()) == 10_000
    assert sum(full for _, full in INPUTS.values()) == 1_000_000
    assert set(INPUTS) == {*fuzzing.LAYERS, "folds"} == set(CODES)


def test_every_kind_of_record_is_fuzzed(targets: fuzzing.Range) -> None:
    """Each kind has a content that is folded as it stands: what is changed in it was lawful before."""
    assert not unknown_kinds()
    way = targets.ways[0]
    refused = [kind for kind in CONTENTS if not fuzzing.folds(way, kind)]
    assert refused == ["device"], "not folded as it stands"  # it is the first record of a chain, nowhere else


@pytest.mark.requirement("P11-11", "FDA-8", "CN-4")
@pytest.mark.parametrize("layer", INPUTS)
def test_fuzz(layer: str, targets: fuzzing.Range, times: Callable[[int, int], int]) -> None:
    memory, count = _peak(), times(*INPUTS[layer])
    tally = (
        fuzzing.shoot_folds(targets, count, SEED)
        if layer == "folds"
        else fuzzing.shoot(targets, layer, count, SEED)
    )
    assert tally.read == count
    assert _peak() - memory < MOST_KIB
    assert len(tally.codes) >= CODES[layer], tally.codes
    assert tally.accepted + sum(tally.codes.values()) >= count
    if layer == "records":
        assert len(tally.aside) >= 10, tally.aside
    counts.inputs(layer, read=count, unharmed=tally.read, codes=tally.codes)
    aside = sum(tally.aside.values())
    print(f"{layer}: slowest {tally.slowest:.3f} s ({tally.slowest_input}), set aside {aside}")


@pytest.mark.skipif(not bombs.possible(), reason="only Linux limits the memory of a child")
@pytest.mark.alteration("zip_bomb")
def test_zip_bomb_of_every_kind(targets: fuzzing.Range, times: Callable[[int, int], int]) -> None:
    """Not one takes 300 MiB or ten seconds."""
    before, tried = targets.state(), 0
    for name, read in bombs.bombs(targets, full=times(0, 1) == 1):
        found = bombs.confined(read)
        print(f"{name}: {found}")
        assert found.seconds < 10, name
        assert found.code or name.startswith(("definition", f"{16} definitions", "a manifest")), name
        tried += 1
    assert targets.state() == before
    counts.alterations("zip_bomb", tried=tried, found=tried)


@pytest.mark.parametrize("direction", [0, 1], ids=["to the centre", "to the ward"])
def test_what_was_taken_harms_nobody_later(
    world: World, direction: int, times: Callable[[int, int], int]
) -> None:
    """Records that no program would write, taken in for good: everybody who reads them goes on."""
    way = fuzzing.ready(world).ways[direction]
    report = bundles.take(way.receiver, put(way.stick, fuzzing.overfull(way, times(400, 4000), SEED)))
    own = way.receiver
    assert report.new > 300 and len(report.aside) > 100
    assert {one.code for one in verify(own.vault.store, judge=access.judge)} <= {
        "content_refused",
        "not_entitled",
    }
    assert rebuilt_alike(own)
    assert len(quarantine.listed(own)) == len(report.aside)
    assert len([*audit_lines(own)]) == sum(own.vault.journal.vector().values())
    for read in (
        ledger,
        Registry.read,
        conflicts.listed,
        amendments.known,
        overlays.listed,
        devices.peers,
        revocation.heard,
    ):
        read(own)
    assert own.queries() and own.subjects()
    own.voids()
    own.redactions()
    for subject in own.subjects():
        own.entry(item(subject.identity).form_key())
    again = bundles.make(own, way.sender.device, way.stick)
    assert bundles.plan(way.sender, again)
    with pytest.raises(BundleError, match="same_number"):
        bundles.plan(own, put(way.stick, way.files[1]))


# -- the parsers, by hypothesis --------------------------------------------------------------------------

_ANY: Final = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**54), 2**54) | st.text(max_size=70) | st.just("ab" * 32),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=12,
)
_LEAF: Final = st.sampled_from(
    (None, True, 0, -1, 1, 2**53, "", "x", "ab" * 32, "ab" * 8, [], ["x:1"], {}, {"a": 1})
)
_REFUSALS: Final = (
    LineRefused,
    RecordRefused,
    NewerManifest,
    ListRefused,
    CertificateRefused,
    BundleError,
    InputRefused,
    CanonError,
)
_READERS: Final[dict[str, Callable[[Any], object]]] = {
    "manifest": Manifest.from_json,
    "record": AuditRecord.from_json,
    "careful": lambda data: RecordReader().careful(data),
    "seal": Seal.from_json,
    "definition": lambda data: SourceReader().piece(data),
    "revocations": lambda data: read_list(data, "NCT04966884"),
    "certificate": Certificate.from_json,
    "header": lambda data: Header.from_bytes(canon(data)),
    "card": lambda data: cards.read_card(canon(data)),
}


@pytest.mark.parametrize("reader", _READERS)
@given(data=st.data())
def test_parsers_refuse_what_they_do_not_know(reader: str, data: st.DataObject) -> None:
    fields = {"manifest": fuzzing.FIELDS["manifest"], "record": fuzzing.FIELDS["record"]}.get(reader, ())
    shaped = st.fixed_dictionaries(dict.fromkeys(fields, _ANY)) if fields else _ANY
    value = data.draw(shaped | _ANY)
    with contextlib.suppress(*_REFUSALS):
        _READERS[reader](value)


@given(line=st.binary(max_size=300) | _ANY.map(lambda value: json.dumps({"record": value}).encode()))
@settings(max_examples=100)
def test_lines_of_any_bytes(line: bytes) -> None:
    try:
        what, _ = read_line(line)
    except LineRefused:
        RecordReader().plain(line)
    else:
        assert what


def _peak() -> int:
    """The most memory this process ever had, in KiB; 0 where the system does not say."""
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
