"""Many records at once are the records, and give the projections, that each alone would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mda5_crf.crypto import CanonError
from mda5_crf.db import linking, rows
from mda5_crf.db.projection import dump, rebuild
from mda5_crf.db.records import Draft, make_record
from mda5_crf.db.verify import verify
from mda5_crf.errors import InputRefused
from tests.vaults import FOUNDER, enter
from tests.wards import NOW

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_DRAFTS = st.builds(
    Draft,
    st.sampled_from(["value", "row", "frame"]) | _TEXTS,
    _TEXTS,
    st.fixed_dictionaries({"text": _TEXTS}, optional={"unit": _TEXTS, "origin": st.dictionaries(
        st.sampled_from(["import", "at", "who"]), _TEXTS)}),
    st.lists(_TEXTS, max_size=3).map(tuple),
    _TEXTS,
)  # fmt: skip


@given(st.lists(_DRAFTS, min_size=1, max_size=4), _TEXTS, _TEXTS, st.integers(1, 2**40))
def test_a_row_is_that_of_the_record_made_alone(
    drafts: list[Draft], study: str, person: str, clock: int
) -> None:
    common: dict[str, Any] = {
        "study": study, "device": 'd"ä', "person": person, "at": "2026-01-01T00:00:00Z", "zone": "Asia/\\x",
    }  # fmt: skip
    linked = linking.Linker(**common).linked(drafts, 7, "ab" * 32, clock)
    prev = "ab" * 32
    for number, (draft, row) in enumerate(zip(drafts, linked, strict=True), 1):
        named = dict(zip(rows.COLUMNS, row, strict=True))
        record = make_record(
            draft, seq=7 + number, prev=prev, clock=clock + number, salt=named["salt"],
            key_salt=named["key_salt"], **common,
        )  # fmt: skip
        assert rows.record_row(record) == named
        assert rows.row_record(row) == record
        assert record.fault() == ""
        prev = record.hash


@pytest.mark.parametrize("where", ["text", "at", "import"])
def test_half_a_character_is_refused_among_many_too(where: str) -> None:
    said = {"text": "a", "at": "1.2", "import": "f"} | {where: "a\ud800"}
    content = {"text": said["text"], "origin": {"at": said["at"], "import": said["import"]}}
    linker = linking.Linker(study="s", device="d", person="p", at="2026-01-01T00:00:00Z", zone="UTC")
    with pytest.raises(CanonError):
        linker.linked([Draft("value", "k", content)], 0, "", 0)


def _answers() -> list[Draft]:
    """First answers, second ones, one twice in a portion, a form with two versions, and what is no answer."""
    made = [Draft("value", f"x:1/BL/VS/MAIN/I{n}", {"text": str(n)}, definition="d1") for n in range(60)]
    made += [
        Draft("value", f"x:1/BL/AE/AE[x:9]/I{n}", {"text": "", "unit": "u"}, definition="d2")
        for n in range(9)
    ]
    made += [made[3], Draft("missing", "x:1/BL/VS/MAIN/GONE", {"code": "NI"}, definition="d0")]
    return made


@pytest.mark.parametrize("again", [False, True])
def test_many_are_folded_as_a_rebuild_folds_them(ward: Path, *, again: bool) -> None:
    with enter(ward, FOUNDER) as vault:
        with vault.journal.begin() as tx:
            if again:
                vault.journal.write(tx, [Draft("value", "x:1/BL/VS/MAIN/I5", {"text": "0"}, definition="d3")])
            last = vault.journal.write_many(tx, _answers(), NOW)
            head = vault.journal.heads(tx)[vault.journal.identity.device]
            replaced = Draft(
                "value", _answers()[0].key, {"text": "7"}, (f"{vault.journal.identity.device}:{last}",)
            )
            assert vault.journal.write_many(tx, [replaced], NOW) == last + 1 == head[0] + 1
            made = dump(tx)
            assert rebuild(tx) == []
            assert dump(tx) == made
        # Chains, seals and projections fit; that no source of d1 and d2 is kept here is another matter.
        assert {one.code for one in verify(vault.store)} == {"definition_edited"}


def test_what_is_too_long_is_refused_before_anything_is_written(ward: Path) -> None:
    with enter(ward, FOUNDER) as vault:
        before = vault.journal.vector()
        long = Draft("value", "x:1/BL/VS/MAIN/I1", {"text": "x" * 70_000})
        with pytest.raises(InputRefused), vault.journal.begin() as tx:
            vault.journal.write_many(tx, [*_answers(), long], NOW)
        assert vault.journal.vector() == before
