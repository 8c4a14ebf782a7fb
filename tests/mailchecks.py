"""What must be true of all copies after any history of entry, files and mishaps, asked of the vaults."""

from __future__ import annotations

from itertools import combinations
from typing import Any, Final

from mda5_crf.crypto import parse_canon
from mda5_crf.db import projection
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import conflicts, lockclash, quarantine
from mda5_crf.services.session import Session
from mda5_crf.services.subjectcache import SubjectCache
from mda5_crf.study.values import Entry
from mda5_crf.sync.gaps import standings
from tests.mailworld import CENTRE, PCS, WARDS, World
from tests.unit.sync.synckit import rebuilt_alike

_OF_ALL: Final = frozenset({"overlay", "amendment"})
"""Kinds that are about no participant and change what a form says."""


# -- what one copy has heard and says ----------------------------------------------------------------------


def heard(session: Session, site: str) -> frozenset[str]:
    """The records about participants of a site, and about all, that a vault has whole and lets stand."""
    people = _people(session, site)
    return frozenset(
        one.id
        for one in session.vault.journal.records(standing=True)
        if one.content is not None and (
            one.key.partition("/")[0] in people or one.id in people
            or one.kind in _OF_ALL or (one.kind == "lock" and not one.key)
            or (one.kind == "site-approval" and one.data["site"] == site)
        )
    )  # fmt: skip


def folded(session: Session, site: str, ids: frozenset[str]) -> dict[str, list[tuple[Any, ...]]]:
    """What the projections say of the participants of a site."""
    people = _people(session, site)

    def about(value: object) -> bool:
        return isinstance(value, str) and (value in ids or value.partition("/")[0] in people)

    with session.vault.store.read() as tx:
        dump = projection.dump(tx)
    return {table: [line for line in lines if any(map(about, line))] for table, lines in dump.items()}


def shown(session: Session, cache: SubjectCache) -> dict[str, object]:
    """All that a session says of a participant."""
    data, subject = cache.data, cache.data.subject
    return {
        "number": data.subjid, "site": data.site, "entries": dict(map(_said, data.entries.items())),
        "rows": _full(data.rows), "lines": _full(data.lines), "forms": _full(data.form_repeats),
        "visits": _full(data.event_repeats), "heads": _full(cache.heads),
        "confirmed": dict(data.confirmations), "statuses": dict(data.statuses),
        "queries": {one.id: (one.key, one.state, one.text, one.answer) for one in cache.queries.values()},
        "held": {form: session.held(form).state for form in data.statuses},
        "signed": {form: [one.state for one in session.signatures(form)] for form in data.statuses},
        "source": {key: session.sdv_mark(key) for key in data.entries},
        "conflicts": conflicts.keys(session, subject),
    }  # fmt: skip


def _said(answer: tuple[ItemKey, Entry]) -> tuple[ItemKey, tuple[str, str, str, bool]]:
    key, one = answer
    return key, (one.text, one.unit or "", one.missing or "", one.conflict)


def _full(found: Any) -> dict[Any, Any]:  # noqa: ANN401 - lists by any key
    return {key: list(one) for key, one in found.items() if one}


def _people(session: Session, site: str) -> frozenset[str]:
    return frozenset(one.identity for one in session.subjects() if one.site == site)


# -- at the end of every history ---------------------------------------------------------------------------


def sound(world: World) -> None:
    """Of each copy alone: nothing it wrote is gone, projections are what the journal folds to, what the
    session shows is what stands in them, and every gap is named.
    """
    for pc in world.in_use:
        session = world.at(pc)
        world.note(pc)
        assert_keeps(session, world, pc)
        assert rebuilt_alike(session), f"{pc}: folding anew gives something else"
        for one in session.subjects():
            before = shown(session, session.cache(one.identity))
            session.let_go(one.identity)
            _same(shown(session, session.cache(one.identity)), before, f"in the window of {pc}")
        expected, named = world.gaps(pc), world.named_gaps(pc)
        assert set(expected) == set(named), f"{pc}: gaps"
        world.counts["gaps named"] += len(named)
        late = lockclash.standing(session).values()
        world.counts["places where a lock does not hold"] += sum(map(len, late))


def assert_keeps(session: Session, world: World, author: str) -> None:
    """Each record that was written at ``author`` is here, as it was written."""
    device = world.devices[author]
    here = {one.seq: one for one in session.vault.journal.records(device=device)}
    for seq, was in world.written[author].items():
        now = here.get(seq)
        assert now is not None, f"{session.vault_name}: record {author}:{seq} is gone"
        assert (now.hash, now.kind, now.key, now.content) == (was.hash, was.kind, was.key, was.content)


def agree(world: World) -> int:
    """Two copies that have heard the same of a site say the same of it; returns how many pairs have."""
    pairs = 0
    for site in sorted({PCS[pc][0] for pc in world.in_use} - {"00"}):
        pcs = [pc for pc in world.in_use if PCS[pc][0] in (site, "00")]
        known = {pc: heard(world.at(pc), site) for pc in pcs}
        for one, other in combinations(pcs, 2):
            if known[one] == known[other]:
                _agree(world.at(one), world.at(other), site, known[one])
                pairs += 1
    return pairs


def _agree(one: Session, other: Session, site: str, ids: frozenset[str]) -> None:
    left, right = folded(one, site, ids), folded(other, site, ids)
    for table, lines in left.items():
        assert lines == right[table], f"{table} at {one.vault_name} and {other.vault_name}"
    for subject in sorted(_people(one, site)):
        left_shown, right_shown = (shown(s, s.cache(subject)) for s in (one, other))
        _same(left_shown, right_shown, f"at {one.vault_name} and {other.vault_name}")


def _same(one: dict[str, object], other: dict[str, object], where: str) -> None:
    for name, found in one.items():
        assert found == other[name], f"{name} {where}"


# -- after everybody sent everything once more -------------------------------------------------------------


def settle(world: World) -> None:
    """PCs that were revoked are believed again, the second PC of ward 3 is registered, and everybody sends
    everything.
    """
    from tests.mailacts import Play  # the acts are played in this world

    play = Play(world, world.in_use)
    for place, pc in enumerate(world.in_use):
        if pc != CENTRE and not world.believes(CENTRE, pc) and _registered(world, pc):
            play.revoke(place, 0, 1)
    wards = [pc for pc in world.in_use if pc != CENTRE]
    if "office" in wards:
        play.register(0, 0, 0)
    for pc in wards:
        _send(world, pc, CENTRE)
    for pc in wards:
        _send(world, CENTRE, pc)
    if {"bed", "office"} <= set(wards):
        _send(world, "bed", "office")
        _send(world, "office", "bed")


def _registered(world: World, pc: str) -> bool:
    return pc != "office" or "PCs revoked" in world.counts


def _send(world: World, sender: str, receiver: str) -> None:
    letter = world.make(sender, receiver, everything=True)
    assert letter is not None, f"{sender} cannot send to {receiver}"
    came = world.hand(letter)
    assert came.report is not None, f"{receiver} refused {sender}: {came.problem}"


def whole(world: World) -> None:
    """Then nothing is missing anywhere: all copies of a site are equal, the centre has every record and every
    typed text, what is in conflict, set aside or missing is told, and every copy proves clean.
    """
    centre = world.at(CENTRE)
    for pc in world.in_use:
        assert_keeps_at_centre(world, pc)
        session = world.at(pc)
        told = quarantine.listed(session)
        assert all(one.reason.zh and one.remedy_words.zh for one in told)
        assert not told, f"{pc}: {[(one.record, one.kind, one.reason.en) for one in told]}"
        for one in conflicts.listed(session):
            assert len(one.sides) > 1 and one.values.zh
        for stand in standings(session):
            # Whatever was in a file that never came has come with a later one.
            assert all(gap.since and gap.sentence.zh for gap in stand.gaps), f"{pc}: {stand.gaps}"
        troubles = session.verify().troubles
        assert not troubles, f"{pc}: {troubles}"
    _texts(world, centre)
    wards = [pc for pc in world.in_use if pc != CENTRE]
    for pc in wards:
        ward_heard, centre_heard = (heard(one, PCS[pc][0]) for one in (world.at(pc), centre))
        assert ward_heard == centre_heard, f"{pc} and the centre have not heard the same"
    agree(world)


def assert_keeps_at_centre(world: World, pc: str) -> None:
    """Each record of a ward that was there when it sent everything is at the centre, as it was written."""
    if pc == CENTRE:
        return
    centre, device = world.at(CENTRE), world.devices[pc]
    upto = max(one.upto for one in world.letters if (one.sender, one.receiver) == (pc, CENTRE) and one.taken)
    here = {one.seq: one for one in centre.vault.journal.records(device=device)}
    for seq, was in world.written[pc].items():
        if seq <= upto:
            now = here.get(seq)
            assert now is not None, f"record {pc}:{seq} ({was.kind}) is not at the centre"
            assert (now.hash, now.content) == (was.hash, was.content)


def _texts(world: World, centre: Session) -> None:
    """Each typed text can be read in the history, where it was typed and at the centre."""
    at_centre = _told(centre)
    for pc in (pc for pc in WARDS if pc in world.devices):
        here = _told(world.at(pc))
        for seq, one in world.written[pc].items():
            if one.kind in ("value", "missing"):
                assert one.content is not None
                said, record = parse_canon(one.content), f"{world.devices[pc]}:{seq}"
                for told in (here, at_centre):
                    assert record in told, f"{record} is in no history"
                    assert str(said.get("text", said.get("code"))) in told[record]


def _told(session: Session) -> dict[str, str]:
    """Record → how the history shows it."""
    subjects = [one.identity for one in session.subjects()]
    return {line.record: line.text.en for one in subjects for line in session.history(ItemKey(one))}
