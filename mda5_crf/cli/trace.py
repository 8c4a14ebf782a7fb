"""``void``, ``move``, ``renumber``, ``redact``, ``clock``: what two persons do with a trace."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mda5_crf.cli.address import event_key, form_at, form_key, item_named, row_named, subject_named
from mda5_crf.cli.data import reason_of
from mda5_crf.cli.login import open_session, second_password_of
from mda5_crf.cli.output import say, say_json, table
from mda5_crf.errors import InputRefused, UsageError
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Reason
from mda5_crf.text import message

if TYPE_CHECKING:
    from mda5_crf.services.session import Session
    from mda5_crf.services.wrongplace import Plan, VoidInfo


def void(options: argparse.Namespace) -> int:
    """Void a participant, visit, form or row, or let it count again; without words the list."""
    with open_session(options) as session:
        if not options.words:
            _list_voids(session, options)
            return 0
        if options.undo:
            info = _voided(session, options)
            record = session.unvoid(info.key, _reason(options), _second(options))
            _done(options, "trace.done_unvoid", record, info.key, session)
            return 0
        key = _place(session, options.words, options.row)
        plan = session.plan_void(key)
        if options.dry_run:
            _show(plan, options)
            return 0
        record = session.void(key, _reason(options), _second(options))
        _done(options, "trace.done_void", record, plan.source, session)
    return 0


def move(options: argparse.Namespace) -> int:
    """Move a visit, form or row to another visit or participant, or take a move back."""
    if options.undo == bool(options.to):
        raise UsageError("trace.to_or_undo")
    with open_session(options) as session:
        if options.undo:
            back = session.plan_move_back(_voided(session, options, moved=True).record)
            if options.dry_run:
                _show(back, options)
                return 0
            records = session.move_back(back, _reason(options), _second(options))
            _done(options, "trace.done_back", records[-1], back.target or back.source, session)
            return 0
        source = _place(session, options.words, options.row)
        plan = session.plan_move(source, _place(session, options.to, None))
        if options.dry_run:
            _show(plan, options)
            return 0
        place = session.move(plan, _reason(options), _second(options))
        _done(options, "trace.done_move", "", place, session)
    return 0


def renumber(options: argparse.Namespace) -> int:
    """Give a participant another number."""
    with open_session(options) as session:
        subject = subject_named(session, options.subject)
        record = session.renumber(subject.identity, options.number, _reason(options))
        _done(options, "trace.done_renumber", record, ItemKey(subject.identity), session)
    return 0


def redact(options: argparse.Namespace) -> int:
    """List, find records of an item, propose, confirm, withdraw."""
    act, words = options.act, list(options.words)
    if act == "list" and words:
        raise UsageError("cli.usage_surplus", names=words[0])
    if act in ("confirm", "withdraw") and len(words) != 1:
        raise UsageError("redact.proposal_needed")
    if act == "find" and len(words) != 4:
        raise UsageError("redact.item_needed")
    with open_session(options) as session:
        if act == "list":
            _list_redactions(session, options)
        elif act == "find":
            _find(session, words, options)
        elif act == "withdraw":
            session.withdraw_redaction(words[0])
            say(message("redact.done_withdraw"), options.language)
        elif act == "confirm":
            record = session.confirm_redaction(words[0], own_password=options.password)
            _redacted(options, record)
        elif options.second:
            record = session.redact(
                words, _reason(options), options.left, own_password=options.password, second=_second(options)
            )
            _redacted(options, record)
        else:
            proposal = session.propose_redaction(
                words, _reason(options), options.left, own_password=options.password
            )
            if options.json:
                say_json({"proposal": proposal})
            else:
                say(message("redact.done_propose", proposal=proposal), options.language)
    return 0


def clock(options: argparse.Namespace) -> int:
    """What is known of the PC's clock; declare it right."""
    with open_session(options) as session:
        if options.act == "correct":
            record = session.correct_clock(_words(options), _second(options))
            if options.json:
                say_json({"record": record})
            else:
                say(message("clock.done"), options.language)
            return 0
        state = session.clock_state()
        if options.json:
            say_json(
                {
                    "wall": state.wall.isoformat(), "zone": state.zone, "later": state.later,
                    "seen": state.seen.isoformat() if state.seen else None,
                    "earliest": state.earliest.isoformat() if state.earliest else None,
                    "warning": state.warning.in_(options.language) if state.warning else None,
                    "notes": [
                        {"flag": n.flag, "at": n.at.isoformat(), "wall": n.wall.isoformat(),
                         "latest": n.latest.isoformat(), "person": n.person, "second": n.second,
                         "reason": n.reason}
                        for n in state.notes
                    ],
                }
            )  # fmt: skip
            return 0
        say(message("clock.now", wall=f"{state.wall:%Y-%m-%d %H:%M}", zone=state.zone), options.language)
        if state.warning is not None:
            say(state.warning, options.language)
        table(
            [
                f"{n.at.astimezone(session.zone):%Y-%m-%d %H:%M}",
                n.words.in_(options.language),
                n.person,
                n.second,
                n.reason,
            ]
            for n in state.notes
        )
    return 0


# -- inside --------------------------------------------------------------------------------------------


def _reason(options: argparse.Namespace) -> Reason:
    reason = reason_of(options.reason)
    if reason is None:
        raise UsageError("trace.reason_needed")
    return reason


def _words(options: argparse.Namespace) -> str:
    if not options.reason:
        raise UsageError("trace.reason_needed")
    return str(options.reason)


def _second(options: argparse.Namespace) -> tuple[str, str]:
    if not options.second:
        raise UsageError("trace.second_needed")
    return str(options.second), second_password_of(options)


def _place(session: Session, words: list[str], row: str | None) -> ItemKey:
    """The place that ``SUBJECT [EVENT [FORM]]`` and a row name."""
    if len(words) > 3:
        raise UsageError("cli.usage_surplus", names=words[3])
    subject = subject_named(session, words[0])
    if len(words) == 1:
        return ItemKey(subject.identity)
    event = event_key(session, subject, words[1])
    if len(words) == 2:
        return event
    at = form_at(session.versions.words, words[1], words[2], row)
    key = form_key(session, event, at)
    if at.row is None:
        return key
    data = session.data(subject.identity)
    group = next((key._replace(group=g.name) for g in at.form.groups if g.repeating), None)
    if group is None:
        raise InputRefused("cli.no_rows", form=at.form.oid)
    made, live = data.lines.get(group, []), data.rows.get(group, [])
    return group._replace(group_repeat=row_named(at.form, made, live, at.row, subject.subjid))


def _voided(session: Session, options: argparse.Namespace, *, moved: bool = False) -> VoidInfo:
    """What was voided (or moved away) under these words: it is no place any more that others could name."""
    words = [word.strip().upper() for word in options.words]
    if options.row and len(words) == 3:
        words[2] += f"#{options.row}"
    wanted = " ".join(words)
    for one in session.voids():
        if (
            not one.restored
            and (not moved or one.moved_to)
            and wanted in (one.place.en.upper(), one.record.upper())
        ):
            return one
    raise InputRefused("trace.not_void", place=wanted)


def _show(plan: Plan, options: argparse.Namespace) -> None:
    language = options.language
    if options.json:
        say_json(
            {
                "source": plan.place.in_(language), "target": plan.goal.in_(language) if plan.goal else None,
                "obstacle": plan.obstacle.in_(language) if plan.obstacle else None,
                "notes": [note.in_(language) for note in plan.notes],
                "items": [
                    {"item": one.key.item, "label": one.label.in_(language), "value": one.value.in_(language),
                     "moves": one.to is not None, "why": one.why.in_(language) if one.why else None}
                    for one in plan.carried
                ],
            }
        )  # fmt: skip
        return
    if plan.obstacle is not None:
        say(plan.obstacle, language)
    table(
        [one.label.in_(language), one.value.in_(language), one.why.in_(language) if one.why else ""]
        for one in plan.carried
    )
    for note in plan.notes:
        say(note, language)


def _done(options: argparse.Namespace, code: str, record: str, key: ItemKey, session: Session) -> None:
    from mda5_crf.services.wrongplace import words

    place = words(session, key)
    if options.json:
        say_json({"place": place.en, **({"record": record} if record else {})})
    else:
        say(message(code, place=place), options.language)


def _list_voids(session: Session, options: argparse.Namespace) -> None:
    found, language = session.voids(), options.language
    if options.json:
        say_json(
            [
                {"record": one.record, "place": one.place.en, "person": one.person, "second": one.second,
                 "at": one.at.isoformat(), "reason": one.reason.in_(language), "restored": one.restored,
                 "moved_to": one.moved_to.en if one.moved_to else None}
                for one in found
            ]
        )  # fmt: skip
        return
    if not found:
        say(message("trace.none"), language)
    table(
        [
            one.record, one.place.en, f"{one.at.astimezone(session.zone):%Y-%m-%d %H:%M}", one.person,
            one.second,
            one.reason.in_(language), one.moved_to.en if one.moved_to else "",
            message("trace.restored").in_(language) if one.restored else "",
        ]
        for one in found
    )  # fmt: skip


def _find(session: Session, words: list[str], options: argparse.Namespace) -> None:
    """The records of an item, with their ids."""
    form_place = _place(session, words[:3], options.row)
    form = session.study.forms[form_place.form]
    item = item_named(form, words[3])
    key = form_place._replace(group=form.items[item].group, item=item)
    lines = session.history(key)
    if options.json:
        say_json([{"record": one.record, "at": one.at.isoformat(), "person": one.person} for one in lines])
        return
    table(
        [
            one.record,
            f"{one.at.astimezone(session.zone):%Y-%m-%d %H:%M}",
            one.person,
            one.text.in_(options.language),
        ]
        for one in lines
    )


def _list_redactions(session: Session, options: argparse.Namespace) -> None:
    waiting, standing = session.redactions()
    if options.json:
        say_json(
            {
                "proposed": [
                    {"proposal": one.id, "records": one.records, "reason": one.reason, "by": one.person}
                    for one in waiting
                ],
                "redacted": [
                    {"record": one.record, "records": one.records, "reason": one.reason,
                     "proposed": one.proposed,
                     "confirmed": one.confirmed, "still_contains": one.left, "emptied": one.emptied}
                    for one in standing
                ],
            }
        )  # fmt: skip
        return
    if not waiting and not standing:
        say(message("redact.nothing"), options.language)
    table([one.id, ", ".join(one.records), one.person, one.reason] for one in waiting)
    table([one.record, ", ".join(one.records), one.proposed, one.confirmed, one.reason] for one in standing)


def _redacted(options: argparse.Namespace, record: str) -> None:
    if options.json:
        say_json({"record": record})
    else:
        say(message("redact.done", record=record), options.language)
