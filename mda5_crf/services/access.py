"""Who may do what: one table, asked by services before an act and by receivers afterwards.

The window only mirrors this table; hiding a button protects nothing. ``judge`` is pure, so that a
centre that takes a bundle asks the very question the ward's program asked when the record was made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

from mda5_crf.errors import PermissionDenied
from mda5_crf.text import Text, message


class Role(StrEnum):
    """The roles of a delegation entry."""

    DATA_ENTRY = "data_entry"
    INVESTIGATOR = "investigator"
    MONITOR = "monitor"
    DATA_MANAGER = "data_manager"
    READ_ONLY = "read_only"
    ADMINISTRATOR = "administrator"


class Action(StrEnum):
    """The acts that a right is asked for."""

    READ = "read"
    ENTER = "enter"
    ENROL = "enrol"
    RAISE_QUERY = "raise_query"
    ANSWER_QUERY = "answer_query"
    CLOSE_QUERY = "close_query"
    CLOSE_ANY_QUERY = "close_any_query"
    VERIFY = "verify"
    SIGN = "sign"
    ENDORSE = "endorse"
    FREEZE = "freeze"
    LOCK = "lock"
    EXPORT = "export"
    IMPORT = "import"
    PRINT = "print"
    MANAGE_USERS = "manage_users"
    PROPOSE_USERS = "propose_users"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - the name of an act, no secret
    BUNDLE = "bundle"
    DEVICES = "devices"
    ADMIT_DEVICES = "admit_devices"
    JOIN = "join"
    BACK_UP = "back_up"
    RESTORE = "restore"
    CHANGE_DEFINITION = "change_definition"
    SEE_AUDIT = "see_audit"
    REVIEW_AUDIT = "review_audit"
    REFERENCES = "references"
    WRONG_PLACE = "wrong_place"
    REDACT = "redact"
    CORRECT_CLOCK = "correct_clock"
    SEE_IDENTITIES = "see_identities"
    CODE = "code"


_D, _I, _M, _G, _R, _A = Role
_DATA_ROLES = frozenset({_D, _I, _M, _G, _R})

RIGHTS: Mapping[Action, frozenset[Role]] = {
    Action.READ: _DATA_ROLES,
    Action.ENTER: frozenset({_D, _I}),
    Action.ENROL: frozenset({_D, _I}),
    Action.RAISE_QUERY: frozenset({_I, _M, _G}),
    Action.ANSWER_QUERY: frozenset({_D, _I}),
    # Whose own query it is, is looked up where queries are folded; a data manager ends anybody's.
    Action.CLOSE_QUERY: frozenset({_M, _G}),
    Action.CLOSE_ANY_QUERY: frozenset({_G}),
    Action.VERIFY: frozenset({_M}),
    Action.SIGN: frozenset({_I}),
    # For answers that only an investigator may decide and somebody else transcribed.
    Action.ENDORSE: frozenset({_I}),
    Action.FREEZE: frozenset({_M, _G}),
    Action.LOCK: frozenset({_G}),
    Action.EXPORT: frozenset({_I, _G}),
    # Data of another system: its answers are entered by whoever imports them.
    Action.IMPORT: frozenset({_D, _I}),
    Action.PRINT: frozenset({_D, _I, _M, _G}),
    # The principal investigator's act at a site, the data manager's at the centre; whoever asks must also
    # hold a sign key that reaches the vault's authority, which no table can give.
    Action.MANAGE_USERS: frozenset({_I, _G}),
    Action.PROPOSE_USERS: frozenset({_A, _I, _G}),
    Action.RESET_PASSWORD: frozenset({_I, _G}),
    Action.BUNDLE: frozenset({_D, _I, _M, _G}),
    Action.DEVICES: frozenset({_I, _G}),
    # Inviting, approving and revoking PCs for the whole study: two persons of the centre.
    Action.ADMIT_DEVICES: frozenset({_G, _A}),
    # Asking that this PC may join: whoever may found a vault.
    Action.JOIN: frozenset({_I, _G, _A}),
    Action.BACK_UP: frozenset({_D, _I, _G, _A}),
    # A restored or copied vault: with a second person.
    Action.RESTORE: frozenset({_I, _G, _A}),
    Action.CHANGE_DEFINITION: frozenset({_I, _G}),
    # What each may see of it is another question: an administrator log-ins and accounts alone (audit.py).
    Action.SEE_AUDIT: frozenset(Role),
    Action.REVIEW_AUDIT: frozenset({_I, _M, _G}),
    # Laboratories, reference ranges, versions of the consent form: the site's own lists.
    Action.REFERENCES: frozenset({_I, _G, _A}),
    # Acts of two persons; which two may do it together stands in db.consents and db.redaction.
    Action.WRONG_PLACE: frozenset({_D, _I}),
    Action.REDACT: frozenset({_D, _I, _G}),
    Action.CORRECT_CLOCK: frozenset({_I, _A}),
    # Who may be given the key of the identification list: staff of the site. Without the key nobody sees it,
    # and a monitor looks over the shoulder of whoever has it.
    Action.SEE_IDENTITIES: frozenset({_D, _I}),
    # Codes of a licensed dictionary beside verbatim terms: never a change of what was entered.
    Action.CODE: frozenset({_I, _G}),
}

# What a journal record of each kind is an act of. Kinds that everybody may write (log-in, log-out) and
# kinds that the program itself writes are not acts of a role and stand in _FREE.
_ACTS: Mapping[str, Action] = {
    "value": Action.ENTER,
    "missing": Action.ENTER,
    "confirm": Action.ENTER,
    "status": Action.ENTER,
    "pin": Action.ENTER,
    "subject": Action.ENROL,
    "event": Action.ENTER,
    "form": Action.ENTER,
    "row": Action.ENTER,
    "strike": Action.ENTER,
    "void": Action.WRONG_PLACE,
    "unvoid": Action.WRONG_PLACE,
    "review": Action.ENTER,
    "second": Action.ENTER,
    "second-row": Action.ENTER,
    "second-resolved": Action.ENTER,
    "verify": Action.VERIFY,
    "signature": Action.SIGN,
    "endorse": Action.ENDORSE,
    "coding": Action.CODE,
    # What a sheet's columns mean: asked of whoever enters what stands in them.
    "mapping": Action.ENTER,
    "view": Action.READ,
    "trail-review": Action.REVIEW_AUDIT,
    "print": Action.PRINT,
    "export": Action.EXPORT,
    "import": Action.IMPORT,
    "frame": Action.IMPORT,
    "bundle": Action.BUNDLE,
    # What was set aside and was judged again: by the rules of whoever takes bundles, never by hand.
    "released": Action.BUNDLE,
    "backup": Action.BACK_UP,
    "restore": Action.RESTORE,
    "drill": Action.BACK_UP,
    "invitation": Action.ADMIT_DEVICES,
    "joining": Action.JOIN,
    # Beside the right it takes a keeper's signature: db.delegations.
    "delegation": Action.MANAGE_USERS,
    "rekey": Action.MANAGE_USERS,
    "recovery": Action.MANAGE_USERS,
    "reference": Action.REFERENCES,
    # Except at a vault's founding, when nobody has a certificate yet; who judges a chain knows its beginning.
    "definition": Action.CHANGE_DEFINITION,
    # Which of the two roles, and whose signature, is asked where signatures are judged: db.amendacts.
    "amendment": Action.CHANGE_DEFINITION,
    "site-approval": Action.CHANGE_DEFINITION,
    # With a second person, and at the centre alone: db.overlays, db.consents, sync.judging.
    "overlay": Action.CHANGE_DEFINITION,
}
# Certificates and accounts are judged by db.trust, redactions by db.redaction: they hang on keys.
_FREE = frozenset({"login", "logout", "password", "clock", "device", "certificate", "user", "redaction"})


def can(roles: Collection[str], action: Action) -> bool:
    """Whether a holder of ``roles`` may do ``action``."""
    return not RIGHTS[action].isdisjoint(roles)


def role_name(role: str) -> Text:
    """The role in both languages."""
    return message(f"access.role_{role}")


def require(roles: Iterable[str], action: Action) -> None:
    """Raise PermissionDenied, naming act and needed roles, unless one of ``roles`` may do ``action``."""
    held = frozenset(roles)
    if can(held, action):
        return
    needed = [role_name(role) for role in sorted(RIGHTS[action])]
    raise PermissionDenied(
        "access.denied",
        act=message(f"access.act_{action}"),
        roles=Text(", ".join(t.en for t in needed), "、".join(t.zh for t in needed)),
    )


def judge(kind: str, content: Mapping[str, object], roles: Collection[str]) -> Text | None:
    """Why a record of ``kind`` by a person with ``roles`` must be set aside, or None when it may stand.

    ``roles`` are those in force at the record's place in its chain. An unknown kind is set aside: a newer
    program wrote it, and this one cannot say whether it was allowed.
    """
    if kind in _FREE:
        return None
    if kind == "query":
        return _judge_query(content, roles)
    if kind == "lock":
        action = Action.FREEZE if content.get("state") in ("frozen", "thawed") else Action.LOCK
    elif kind == "identities":
        action = Action.SEE_IDENTITIES if content.get("act") == "created" else Action.MANAGE_USERS
    elif kind == "peer":
        # With a second person's signature it is the centre's approval.
        action = Action.ADMIT_DEVICES if "second" in content else Action.DEVICES
    elif kind == "revocation":
        # Whoever takes a bundle notes the list that came with it: the authority signed that.
        action = Action.ADMIT_DEVICES if content.get("act") == "made" else Action.BUNDLE
    elif kind in _ACTS:
        action = _ACTS[kind]
    else:
        return message("access.unknown_kind", kind=kind)
    return None if can(roles, action) else message("access.not_entitled", act=message(f"access.act_{action}"))


def _judge_query(content: Mapping[str, object], roles: Collection[str]) -> Text | None:
    needed = query_rights(
        str(content.get("source", "manual")), str(content.get("state")), own=content.get("own") is True
    )
    if any(can(roles, action) for action in needed):
        return None
    return message("access.not_entitled", act=message(f"access.act_{needed[0]}"))


def query_rights(source: str, state: str, *, own: bool) -> tuple[Action, ...]:
    """The acts of which one must be allowed to bring a query of ``source`` into ``state``.

    ``own``: the act says that the query is the person's own, which whoever folds it looks up. A query of the
    system is raised and resolved by entry, so whoever may enter may cause it.
    """
    if state == "Answered":
        return (Action.ANSWER_QUERY,)
    if state in ("Candidate", "Open"):
        return (Action.RAISE_QUERY,) if source == "manual" else (Action.ENTER, Action.RAISE_QUERY)
    if state == "Resolved":
        return (Action.CLOSE_ANY_QUERY,) if source == "manual" else (Action.ENTER, Action.CLOSE_ANY_QUERY)
    if own and source == "manual":
        return (Action.RAISE_QUERY,) if state == "Cancelled" else (Action.CLOSE_QUERY,)
    return (Action.CLOSE_ANY_QUERY,)
