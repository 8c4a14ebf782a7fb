"""What a record says, in words: what kind of act it is, what stood there before, what stands there since."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from mda5_crf.db.esign import MEANINGS
from mda5_crf.db.overlays import ACTIONS
from mda5_crf.db.records import AuditRecord
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import codingwords, joinwords
from mda5_crf.services.importwords import in_trail
from mda5_crf.services.signing import meaning_text
from mda5_crf.services.subjectcache import in_both
from mda5_crf.study.model import Study
from mda5_crf.text import Text, both, catalogue, message

if TYPE_CHECKING:
    from mda5_crf.services.auditplaces import Places

NOTHING: Final = both("")
ENTERED: Final = frozenset({"value", "missing"})
"""Kinds that answer an item, and so have an old value."""
CHANGING: Final = frozenset({"status", "query"})
"""Kinds of which the one before says what stood there."""
_HIDDEN: Final = frozenset(
    {"reason", "prompt", "typed", "origin", "of", "query", "check", "signature", "manifest"}
)
_LONGEST: Final = 400


def act(record: AuditRecord, data: Mapping[str, Any], *, first: bool) -> Text:
    """The act in a few words. ``first``: nothing stood there before."""
    kind = record.kind
    if kind in ENTERED:
        if kind == "value" and not data.get("text") and record.content is not None:
            return message("audit.act_cleared")
        return message("audit.act_entered" if first else "audit.act_changed")
    if kind == "query":
        return message("audit.act_query", state=_state(data))
    if kind == "strike":
        return message("audit.act_restored" if data.get("state") == "restored" else "audit.act_strike")
    if kind == "bundle":
        if data.get("direction") == "refused":
            return message("mailbag.act_refused")
        if data.get("direction") == "archive":
            return message("odmback.act")
        return message("audit.act_bundle_out" if data.get("direction") == "out" else "audit.act_bundle_in")
    if kind == "user":
        return message("audit.act_user_off" if data.get("state") == "disabled" else "audit.act_user_on")
    if kind == "subject" and record.key:
        return message("audit.act_renumber")
    code = f"act_{kind.replace('-', '_')}"
    return message(f"audit.{code}") if code in catalogue("audit") else message("audit.act_other", kind=kind)


def new_value(record: AuditRecord, data: Mapping[str, Any], key: ItemKey | None, places: Places) -> Text:
    """What the record says, as people read it; "" when that is said by the act alone or was taken away."""
    kind = record.kind
    if kind in ENTERED or kind == "second":
        return entered(data, key, places)
    if kind == "confirm":
        return NOTHING if key is None else places.said(key, _text(data, "text"))
    if kind == "status":
        return status(data)
    if kind == "query":
        return both(data["answer"]) if data.get("answer") else in_both(_text(data, "text"))
    if kind == "signature":
        meaning = _text(data, "meaning")
        return meaning_text(meaning) if meaning in MEANINGS else both(meaning)
    if kind == "subject":
        return both(data.get("renumber") or data.get("subjid") or "")
    if kind == "certificate":
        return _certified(data)
    if kind in (
        "definition",
        "amendment",
        "site-approval",
        "login",
        "logout",
        "view",
        "row",
        "event",
        "form",
    ):
        return _little(kind, data)
    if kind in ("print", "export", "bundle"):
        return _passed(kind, data)
    return _of_rare(kind, data)


def _of_rare(kind: str, data: Mapping[str, Any]) -> Text:
    """The words of kinds that few people ever see, each from where it is known best."""
    if kind == "import":
        return in_trail(data, _text(data, "sha256")[:12])
    if kind == "frame":
        return NOTHING
    if kind in joinwords.KINDS:
        return joinwords.said(kind, data)
    if kind == "coding":
        return codingwords.said(data)
    if kind == "overlay" and data:
        return _overlaid(data)
    return both(simple(data))


def _passed(kind: str, data: Mapping[str, Any]) -> Text:
    """What left or came in, first in words; its hash is among the facts of the record."""
    proof = _text(data, "sha256")[:12]
    if kind == "print":
        what = _product(_text(data, "what"))
        return message("audit.printed", what=what, pages=data.get("pages", ""), proof=proof)
    if kind == "export":
        if data.get("what") == "archive":
            facts = {"participants": data.get("participants", ""), "files": data.get("files", "")}
            return message("archive.in_trail", **facts, proof=proof)
        if data.get("what") == "carrier":
            arrow = "→" if data.get("direction") == "out" else "←"
            return message("carrier.in_trail", arrow=arrow, peer=_text(data, "peer")[:8], proof=proof)
        lines = data.get("lines", "")
        return message("audit.exported", what=_text(data, "what"), lines=lines, proof=proof)
    if data.get("direction") == "archive":
        return message("odmback.in_trail", file=_text(data, "file"), new=data.get("new", ""), proof=proof)
    arrow = {"out": "→", "refused": "×"}.get(_text(data, "direction"), "←")
    passed = both(f"{arrow} {data.get('number', '')} {_text(data, 'peer')[:8]} {proof}".strip())
    confirmed = data.get("identifying")
    if not isinstance(confirmed, list) or not confirmed:
        return passed
    return message("freetext.in_trail", passed=passed, count=len(confirmed))


def _overlaid(data: Mapping[str, Any]) -> Text:
    """What the centre made of a check, or which of its changes it withdrew."""
    if data.get("act") == "withdrawn":
        return message("overlay.trail_withdrawn", id=_text(data, "overlay"))
    until = f" – {_text(data, 'until')}" if data.get("until") else ""
    words = message(f"overlay.action_{data['action']}") if data.get("action") in ACTIONS else NOTHING
    days = f"{_text(data, 'from')}{until}"
    return message("overlay.trail_set", check=_text(data, "check"), action=words, days=days)


def _product(what: str) -> Text:
    """The name of a printed document (``sae-report SAE#1``); what has none, as it was recorded."""
    kind, _, rest = what.partition(" ")
    code = f"product_{kind.replace('-', '_')}"
    if code not in catalogue("audit"):
        return both(what)
    name = message(f"audit.{code}")
    return Text(f"{name.en} {rest}".strip(), f"{name.zh} {rest}".strip())


def entered(data: Mapping[str, Any], key: ItemKey | None, places: Places) -> Text:
    """An answer: missing code, or text with its unit."""
    if data.get("code"):
        return both(data["code"])
    typed, unit = _text(data, "text"), _text(data, "unit")
    return both(f"{typed} {unit}".strip()) if key is None else places.said(key, typed, unit)


def status(data: Mapping[str, Any]) -> Text:
    """A form's status in words."""
    said = {"incomplete": "in_progress"}.get(_text(data, "status"), _text(data, "status"))
    return message(f"entry.status_{said}") if f"status_{said}" in catalogue("entry") else both(said)


def reason(data: Mapping[str, Any], study: Study) -> tuple[str, Text, str]:
    """Why: code, its words, and what was typed beside it. Some kinds have a text alone."""
    said = data.get("reason")
    if isinstance(said, dict) and set(said) == {"en", "zh"}:
        return "", Text(str(said["en"]), str(said["zh"])), ""
    if isinstance(said, dict):
        code, typed = str(said.get("code", "")), str(said.get("text", ""))
        return code, study.reasons.get(code, both(code)), typed
    return ("", NOTHING, said) if isinstance(said, str) else ("", NOTHING, "")


def prompt(record: AuditRecord, data: Mapping[str, Any]) -> tuple[str, ...]:
    """The checks that stood when a value was changed, were confirmed, or raised the query."""
    said = data.get("prompt")
    if isinstance(said, list):
        return tuple(str(one) for one in said)
    check = data.get("check") if record.kind in ("confirm", "query") else None
    return (str(check),) if check else ()


def simple(data: Mapping[str, Any]) -> str:
    """The plain facts of a content, one after another, for kinds that need no words of their own."""
    said = []
    for name, value in data.items():
        if name in _HIDDEN or value in ("", None, [], {}):
            continue
        whole = isinstance(value, dict | list)
        said.append(f"{name}: {json.dumps(value, ensure_ascii=False, sort_keys=True) if whole else value}")
    line = "; ".join(said)
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _state(data: Mapping[str, Any]) -> Text:
    state = _text(data, "state")
    return message(f"entry.state_{state}") if f"state_{state}" in catalogue("entry") else both(state)


def _certified(data: Mapping[str, Any]) -> Text:
    body = data.get("certificate")
    if not isinstance(body, dict):
        return NOTHING
    tasks = body.get("tasks")
    roles = (
        [str(one.get("role")) for one in tasks if isinstance(one, dict)] if isinstance(tasks, list) else []
    )
    named = [_role(role) for role in roles]
    who = f"{body.get('name', '')} ({body.get('login', '')})"
    return Text(f"{who}: {', '.join(t.en for t in named)}", f"{who}：{'、'.join(t.zh for t in named)}")


def _role(role: str) -> Text:
    return message(f"access.role_{role}") if f"role_{role}" in catalogue("access") else both(role)


def _little(kind: str, data: Mapping[str, Any]) -> Text:
    if kind in ("definition", "amendment"):
        return both(data.get("version", ""))
    if kind == "site-approval":
        days = {name: _text(data, name) for name in ("version", "site", "approved")}
        return message("amend.approved_words", **days, begins=_text(data, "from"))
    if kind == "login" and isinstance(data.get("attempts"), dict):
        return message("audit.after_failures", facts=simple({"attempts": data["attempts"]}))
    return both(data.get("reason", "")) if kind == "logout" else NOTHING


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name, "")
    return value if isinstance(value, str) else ""
