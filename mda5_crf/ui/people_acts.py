"""What each act on an account asks for, and how it is done: a table, no widgets; each is one of services."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mda5_crf.errors import InputRefused, StoreError
from mda5_crf.services.access import Action, Role, role_name
from mda5_crf.services.accounts import Account, duty_name, known_duties, renewal_reason
from mda5_crf.services.people import propose_password
from mda5_crf.text import Text, both, message
from mda5_crf.ui.act_panel import Act, Ask, Kind

if TYPE_CHECKING:
    from mda5_crf.pdf import Tongue
    from mda5_crf.services.session import Session

PRINCIPAL: Final = "principal"
Typed = Mapping[str, str]
Second = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PeopleAct:
    """``name`` of its button's title; the right it takes; whether somebody has to be chosen first."""

    name: str
    right: Action | None
    chosen: bool
    ask: Callable[[Session, Account | None, str], Act]
    run: Callable[[Session, Account | None, Typed, Second], Text]

    @property
    def title(self) -> Text:
        """What stands on its button."""
        return message(f"people.act_{self.name}")


def _own() -> Ask:
    return Ask("own", message("people.own_password"), Kind.SECRET)


def _roles() -> tuple[tuple[str, Text], ...]:
    return tuple((role.value, role_name(role)) for role in Role)


def _days() -> tuple[Ask, Ask]:
    return (
        Ask("start", message("people.from_day"), needed=False),
        Ask("end", message("people.to_day"), needed=False),
    )


def _who(account: Account | None) -> Text:
    return both("" if account is None else f"{account.name} ({account.login})")


# -- add -----------------------------------------------------------------------------------------------


def _ask_add(session: Session, _account: Account | None, _code: str) -> Act:
    roles = (*_roles(), (PRINCIPAL, message("people.role_principal")))
    about = message("people.about_add")
    if not session.may(Action.MANAGE_USERS):
        # The first of a vault that an administrator founded: whoever admits all others.
        manager = Role.DATA_MANAGER if session.is_centre else PRINCIPAL
        roles = tuple(one for one in roles if one[0] == manager)
        about = message("people.about_first")
    return Act(
        message("people.title_add"),
        about,
        (
            Ask("login", message("people.new_login")),
            Ask("name", message("people.printed_name"), Kind.WORDS),
            Ask("role", message("people.role"), Kind.CHOICE, str(Role.DATA_ENTRY), roles),
            *_days(),
            _own(),
            Ask("password", message("people.first_password"), first=propose_password(), wide=True),
        ),
    )


def _add(session: Session, _account: Account | None, typed: Typed, _second: Second) -> Text:
    principal = typed["role"] == PRINCIPAL
    person = session.add_person(
        typed["login"].strip(), typed["name"].strip(),
        Role.INVESTIGATOR if principal else typed["role"], typed["password"],
        own_password=typed["own"], principal=principal,
        start=typed["start"].strip(), end=typed["end"].strip(),
    )  # fmt: skip
    return message("people.done_add", login=person.login, password=typed["password"])


# -- tasks and duties ----------------------------------------------------------------------------------

_BEGIN, _END = "begin", "end"


def _begin_or_end() -> Ask:
    words = ((_BEGIN, message("people.begin")), (_END, message("people.end")))
    return Ask("way", message("people.way"), Kind.CHOICE, _BEGIN, words)


def _ask_tasks(_session: Session, account: Account | None, _code: str) -> Act:
    return Act(
        message("people.title_tasks", who=_who(account)),
        message("people.about_tasks"),
        (_begin_or_end(), Ask("role", message("people.role"), Kind.CHOICE, "", _roles()), *_days(), _own()),
    )


def _tasks(session: Session, account: Account | None, typed: Typed, _second: Second) -> Text:
    assert account is not None
    start, end = typed["start"].strip(), typed["end"].strip()
    if typed["way"] == _BEGIN:
        session.begin_task(account.login, typed["role"], start, end, own_password=typed["own"])
    else:
        session.end_task(account.login, typed["role"], end, own_password=typed["own"])
    return message("people.done_tasks", login=account.login)


def _ask_duties(_session: Session, account: Account | None, code: str) -> Act:
    duties = tuple((duty, duty_name(duty)) for duty in known_duties())
    return Act(
        message("people.title_duties"),
        message("people.about_duties"),
        (
            Ask("code", message("people.code"), first=code),
            Ask("name", message("people.printed_name"), Kind.WORDS,
                "" if account is None else account.name, needed=False),
            _begin_or_end(),
            Ask("duty", message("people.duty"), Kind.OWN, "", duties),
            *_days(),
            _own(),
        ),
    )  # fmt: skip


def _duties(session: Session, _account: Account | None, typed: Typed, _second: Second) -> Text:
    code, duty = typed["code"].strip(), typed["duty"].strip().upper()
    start, end = typed["start"].strip(), typed["end"].strip()
    if typed["way"] == _BEGIN:
        session.begin_duty(code, duty, start, end, typed["name"].strip(), own_password=typed["own"])
    else:
        session.end_duty(code, duty, end, own_password=typed["own"])
    return message("people.done_duties", code=code, duty=duty_name(duty))


# -- end, reset, hand over, renew ----------------------------------------------------------------------


def _ask_end(_session: Session, account: Account | None, _code: str) -> Act:
    return Act(
        message("people.title_end", who=_who(account)),
        message("people.about_end"),
        (Ask("reason", message("people.reason"), Kind.WORDS), _own()),
    )


def _end(session: Session, account: Account | None, typed: Typed, _second: Second) -> Text:
    assert account is not None
    session.disable_person(account.login, own_password=typed["own"], reason=typed["reason"].strip())
    return message("people.done_end", login=account.login)


def _ask_reset(_session: Session, account: Account | None, _code: str) -> Act:
    return Act(
        message("people.title_reset", who=_who(account)),
        message("people.about_reset"),
        (
            Ask("password", message("people.first_password"), first=propose_password(), wide=True),
            Ask("known", message("people.known"), Kind.CHECK, needed=False),
            _own(),
        ),
        second=message("people.second_why"),
    )


def _reset(session: Session, account: Account | None, typed: Typed, second: Second) -> Text:
    assert account is not None
    session.reset_person(
        account.login, typed["password"], own_password=typed["own"], second=second,
        known=bool(typed["known"]),
    )  # fmt: skip
    return message("people.done_reset", login=account.login, password=typed["password"])


def _ask_hand_over(_session: Session, account: Account | None, _code: str) -> Act:
    return Act(
        message("people.title_hand_over", who=_who(account)), message("people.about_hand_over"), (_own(),)
    )


def _hand_over(session: Session, account: Account | None, typed: Typed, _second: Second) -> Text:
    assert account is not None
    session.hand_over(account.login, own_password=typed["own"])
    return message("people.done_hand_over", login=account.login)


def _ask_renew(_session: Session, _account: Account | None, _code: str) -> Act:
    reasons = tuple((code, renewal_reason(code)) for code in ("lost", "known"))
    return Act(
        message("people.title_renew"),
        message("people.about_renew"),
        (Ask("reason", message("people.reason"), Kind.CHOICE, "lost", reasons), _own()),
    )


def _renew(session: Session, _account: Account | None, typed: Typed, _second: Second) -> Text:
    session.renew_key(typed["reason"], own_password=typed["own"])
    return message("people.done_renew")


def _ask_password(_session: Session, _account: Account | None, _code: str) -> Act:
    return Act(
        message("people.title_password"),
        message("people.about_password", offer=propose_password()),
        (
            Ask("own", message("people.present_password"), Kind.SECRET),
            Ask("new", message("people.new_password"), Kind.SECRET),
            Ask("again", message("people.again"), Kind.SECRET),
        ),
    )


def _password(session: Session, _account: Account | None, typed: Typed, _second: Second) -> Text:
    if typed["new"] != typed["again"]:
        raise InputRefused("people.new_differ")
    session.change_password(typed["new"], own_password=typed["own"])
    return message("people.done_password")


def _ask_print(session: Session, _account: Account | None, _code: str) -> Act:
    place = Path.home() / f"delegation-{session.site}-{session.today.isoformat()}.pdf"
    tongues = tuple((tongue, message(f"people.tongue_{tongue}")) for tongue in ("both", "en", "zh"))
    return Act(
        message("people.title_print"),
        message("people.about_print"),
        (
            Ask("file", message("people.file"), Kind.WORDS, str(place)),
            Ask("tongue", message("people.tongue"), Kind.CHOICE, "both", tongues),
        ),
    )


def _print(session: Session, _account: Account | None, typed: Typed, _second: Second) -> Text:
    from mda5_crf.jobs.delegationlog import print_delegation

    file = Path(typed["file"].strip())
    tongue: Tongue = "both" if typed["tongue"] == "both" else "zh" if typed["tongue"] == "zh" else "en"
    printed = print_delegation(session, tongue)
    try:
        file.write_bytes(printed.data)
    except OSError as problem:
        raise StoreError("ui.cannot_write", file=file.name) from problem
    return message("people.done_print", file=both(file))


ACTS: Final = (
    PeopleAct("password", None, False, _ask_password, _password),
    PeopleAct("add", Action.MANAGE_USERS, False, _ask_add, _add),
    PeopleAct("tasks", Action.MANAGE_USERS, True, _ask_tasks, _tasks),
    PeopleAct("duties", Action.MANAGE_USERS, False, _ask_duties, _duties),
    PeopleAct("reset", Action.RESET_PASSWORD, True, _ask_reset, _reset),
    PeopleAct("end", Action.MANAGE_USERS, True, _ask_end, _end),
    PeopleAct("hand_over", Action.MANAGE_USERS, True, _ask_hand_over, _hand_over),
    PeopleAct("renew", Action.MANAGE_USERS, False, _ask_renew, _renew),
    PeopleAct("print", Action.PRINT, False, _ask_print, _print),
)
"""In the order of the buttons; the digit before each is its key."""
