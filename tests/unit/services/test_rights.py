"""Who may do what: the table against the design's, cell by cell; every act of a session for every role."""

from __future__ import annotations

import csv
import inspect
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from mda5_crf.db.read_definitions import Announced
from mda5_crf.db.vault import create_vault, open_vault
from mda5_crf.errors import CrfError, PermissionDenied
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.access import RIGHTS, Action, Role
from mda5_crf.services.amendments import Proposed
from mda5_crf.services.changes import Reason
from mda5_crf.services.formversions import MovePlan
from mda5_crf.services.moveback import BackPlan
from mda5_crf.services.session import Session
from mda5_crf.services.wrongplace import Plan
from mda5_crf.text import both
from tests.wards import NOW, Clock, trial

DESIGN = Path(__file__).parents[2] / "data" / "rights.csv"
BECAUSE = Reason("OTHER", "because")
NOBODY = ("zz", "no such password here")

# -- the table -----------------------------------------------------------------------------------------

OF_ROW = {
    "enter; correct with reason; answer query": (Action.ENTER, Action.ENROL, Action.ANSWER_QUERY),
    "raise query": (Action.RAISE_QUERY,),
    "close query": (Action.CLOSE_QUERY,),
    "verify (SDV)": (Action.VERIFY,),
    "sign": (Action.SIGN,),
    "freeze": (Action.FREEZE,),
    "lock": (Action.LOCK,),
    "unlock with reason": (Action.LOCK,),
    "export in clear": (Action.EXPORT,),
    "print": (Action.PRINT,),
    "manage users: delegate, admit to the key, remove (rekey)": (Action.MANAGE_USERS,),
    "reset a password": (Action.RESET_PASSWORD,),
    "make bundle, take bundle": (Action.BUNDLE,),
    "approve, revoke device": (Action.DEVICES, Action.ADMIT_DEVICES),
    "redact": (Action.REDACT,),
    "back up": (Action.BACK_UP,),
    "restore (new device)": (Action.RESTORE,),
    "change definition": (Action.CHANGE_DEFINITION,),
    "see audit": (Action.SEE_AUDIT,),
    "see identification list": (Action.SEE_IDENTITIES,),
    "correct clock": (Action.CORRECT_CLOCK,),
    "void, move, take a move back": (Action.WRONG_PLACE,),
}
# Marks that give no right of one's own: "second" helps another (but a clock is corrected by the two
# together), "propose" of accounts is a right of its own, a monitor looks at the list over a shoulder.
NO_RIGHT = {
    ("reset a password", "second"), ("see identification list", "sitting"),
    ("manage users: delegate, admit to the key, remove (rekey)", "propose"),
}  # fmt: skip
# Where the program knowingly differs, and why.
DIFFERENT = {
    # A ward registers the card of its centre itself, with the fingerprint read aloud; joining by invitation
    # takes its place. An administrator brings no key that could answer for another PC.
    (Action.DEVICES, Role.INVESTIGATOR): True,
    (Action.DEVICES, Role.ADMINISTRATOR): False,
}


def design() -> dict[str, dict[str, str]]:
    with DESIGN.open(encoding="utf-8") as file:
        return {row.pop("action"): row for row in csv.DictReader(file)}


@pytest.mark.requirement("P11-8", "E6-16", "CN-8")
@pytest.mark.parametrize("row", sorted(OF_ROW))
def test_rights_are_the_designs_cell_by_cell(row: str) -> None:
    marks = design()[row]
    for action in OF_ROW[row]:
        for role in Role:
            expected = bool(marks[role]) and (row, marks[role]) not in NO_RIGHT
            expected = DIFFERENT.get((action, role), expected)
            assert (role in RIGHTS[action]) is expected, f"{action} by {role}"


def test_no_row_of_the_design_is_left_out() -> None:
    assert set(OF_ROW) == set(design())
    assert set(RIGHTS) == set(Action)


# -- every act -----------------------------------------------------------------------------------------

PEOPLE = {
    "n07": ("data_entry", "meadow-string-44-copper"),
    "i01": ("investigator", "orbit-canvas-12-lantern"),
    "m09": ("monitor", "harbour-violet-31-candle"),
    "d02": ("data_manager", "velvet-anchor-90-thistle"),
    "r05": ("read_only", "pillow-cactus-55-orchard"),
    "a03": ("administrator", "walnut-garlic-71-parade"),
}
ROLE_OF = {role: login for login, (role, _) in PEOPLE.items()}


@dataclass
class World:
    """One participant and a form of his."""

    subject: str
    form: ItemKey

    @property
    def item(self) -> ItemKey:
        return self.form._replace(group="MAIN", item="SYSBP_VSORRES")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Path], World]:
    """A vault that an administrator founded, who still holds its key, in a copy for each role."""
    place = tmp_path_factory.mktemp("rights")
    folder, study = place / "first.mda5", trial()
    with create_vault(
        folder, study_oid=study.oid, definition=(study.hash, study.source), site="01", name="Ward 3",
        person=("a03", "Chen Jie", "administrator"), password=PEOPLE["a03"][1], version=study.version,
        zone=study.timezone, clock=lambda: NOW,
    ) as vault:  # fmt: skip
        vault.add_person(
            "i01", "Li Na", "investigator", PEOPLE["i01"][1], signer_password=PEOPLE["a03"][1], principal=True
        )
    with Session(open_vault(folder, "i01", PEOPLE["i01"][1]), study, Clock()) as session:
        for login, (role, password) in PEOPLE.items():
            if login not in ("a03", "i01"):
                session.vault.add_person(login, login, role, password, signer_password=PEOPLE["i01"][1])
        subject = session.enrol().identity
    copies = {}
    for login in PEOPLE:
        copies[login] = Path(shutil.copytree(folder, place / f"{login}.mda5"))
    return copies, World(subject, ItemKey(subject, "SCR", form="VS"))


@contextmanager
def acting(copies: dict[str, Path], role: Role) -> Iterator[Session]:
    login = ROLE_OF[role]
    with Session(open_vault(copies[login], login, PEOPLE[login][1]), trial(), Clock()) as session:
        yield session


Act = Callable[[Session, World], object]
EVERYBODY = frozenset(Role)
PLACE = ItemKey("nobody")

# What each act takes. Where the right is there, what is asked is refused for another reason, or harmless.
ACTS: dict[str, tuple[Action | None, Act]] = {
    "enrol": (Action.ENROL, lambda s, _: s.enrol("never")),
    "next_subjid": (Action.ENROL, lambda s, _: s.next_subjid()),
    "add_event": (Action.ENTER, lambda s, w: s.add_event(w.subject, "UNS")),
    "add_form": (Action.ENTER, lambda s, w: s.add_form(w.form.event_key(), "VS")),
    "answer_query": (Action.ANSWER_QUERY, lambda s, _: s.answer_query("none", "x")),
    "raise_query": (Action.RAISE_QUERY, lambda s, w: s.raise_query(w.form, "")),
    "add_person": (Action.MANAGE_USERS, lambda s, _: s.add_person("x1", "X", "nobody", "")),
    "disable_person": (Action.MANAGE_USERS, lambda s, _: s.disable_person("zz")),
    "begin_task": (Action.MANAGE_USERS, lambda s, _: s.begin_task("zz", "monitor", own_password="")),
    "end_task": (Action.MANAGE_USERS, lambda s, _: s.end_task("zz", "monitor", own_password="")),
    "begin_duty": (Action.MANAGE_USERS, lambda s, _: s.begin_duty("zz", "CONSENT", "x", own_password="")),
    "end_duty": (Action.MANAGE_USERS, lambda s, _: s.end_duty("zz", "CONSENT", own_password="")),
    "hand_over": (Action.MANAGE_USERS, lambda s, _: s.hand_over("zz", own_password="")),
    "renew_key": (Action.MANAGE_USERS, lambda s, _: s.renew_key("whim", own_password="")),
    "reset_person": (
        Action.RESET_PASSWORD, lambda s, _: s.reset_person("zz", "x", own_password="", second=NOBODY)
    ),
    "add_reference": (Action.REFERENCES, lambda s, _: s.add_reference("laboratory", {})),
    "strike_reference": (Action.REFERENCES, lambda s, _: s.strike_reference("none", "")),
    "take_references": (Action.REFERENCES, lambda s, _: s.take_references("laboratory", [])),
    "sign": (Action.SIGN, lambda s, w: s.sign(w.form, "REVIEWED", "x", "x")),
    "record_print": (Action.PRINT, lambda s, _: s.record_print("x", "0" * 64, 1)),
    "void": (Action.WRONG_PLACE, lambda s, w: s.void(w.form, BECAUSE, NOBODY)),
    "unvoid": (Action.WRONG_PLACE, lambda s, w: s.unvoid(w.form, BECAUSE, NOBODY)),
    "redact": (
        Action.REDACT, lambda s, _: s.redact([], BECAUSE, [], own_password="", second=NOBODY)
    ),
    "propose_redaction": (Action.REDACT, lambda s, _: s.propose_redaction([], BECAUSE, [], own_password="")),
    "confirm_redaction": (Action.REDACT, lambda s, _: s.confirm_redaction("none", own_password="")),
    "correct_clock": (Action.CORRECT_CLOCK, lambda s, _: s.correct_clock("", NOBODY)),
    "set_lock frozen": (Action.FREEZE, lambda s, w: s.set_lock(w.form, "frozen")),
    "set_lock locked": (Action.LOCK, lambda s, w: s.set_lock(w.form, "locked")),
    "set_lock unlocked": (Action.LOCK, lambda s, w: s.set_lock(w.form, "unlocked", "x", NOBODY)),
    "account_history": (Action.SEE_AUDIT, lambda s, _: s.account_history()),
    # reading what participants have
    "subjects": (Action.READ, lambda s, _: s.subjects()),
    "data": (Action.READ, lambda s, w: s.data(w.subject)),
    "matrix": (Action.READ, lambda s, _: s.matrix()),
    "tree": (Action.READ, lambda s, w: s.tree(w.subject)),
    "state": (Action.READ, lambda s, w: s.state(w.form)),
    "entry": (Action.READ, lambda s, w: s.entry(w.form)),
    "second": (Action.READ, lambda s, w: s.second(w.form)),
    "queries": (Action.READ, lambda s, _: s.queries()),
    "history": (Action.READ, lambda s, w: s.history(w.form)),
    "signatures": (Action.READ, lambda s, w: s.signatures(w.form)),
    "sae_clocks": (Action.READ, lambda s, _: s.sae_clocks()),
    "deviation_proposals": (Action.READ, lambda s, w: s.deviation_proposals(w.subject)),
    "second_stages": (Action.READ, lambda s, w: s.second_stages(w.subject)),
    "work_list": (Action.READ, lambda s, _: s.work_list()),
    # everybody's own
    "change_password": (None, lambda s, _: s.change_password("short", own_password="x")),
    "people": (None, lambda s, _: s.people()),
    "accounts": (None, lambda s, _: s.accounts()),
    "duty_sheets": (None, lambda s, _: s.duty_sheets()),
    "account_notices": (None, lambda s, _: s.account_notices()),
    "admits_first": (None, lambda s, _: s.admits_first()),
    "hand_over_offer": (None, lambda s, _: s.hand_over_offer()),
    "drafts": (None, lambda s, _: s.drafts()),
    "keep_drafts": (None, lambda s, _: s.keep_drafts([])),
    "last_place": (None, lambda s, _: s.last_place()),
    "check_clock": (None, lambda s, _: s.check_clock()),
    "verify": (None, lambda s, _: s.verify()),
}  # fmt: skip

MORE: dict[str, tuple[Action | None, Act]] = {
    "cancel_query": (None, lambda s, _: s.cancel_query("none", "x")),
    "close_query": (None, lambda s, _: s.close_query("none")),
    "reopen_query": (None, lambda s, _: s.reopen_query("none", "x")),
    "verify_source": (Action.VERIFY, lambda s, w: s.verify_source([w.form])),
    "withdraw_verification": (Action.VERIFY, lambda s, w: s.withdraw_verification(w.form, "x")),
    "sdv": (Action.READ, lambda s, w: s.sdv(w.form)),
    "sdv_mark": (Action.READ, lambda s, w: s.sdv_mark(w.form)),
    "endorse": (Action.ENDORSE, lambda s, _: s.endorse([])),
    "sign_many": (Action.SIGN, lambda s, w: s.sign_many([w.form], "REVIEWED", "x", "x")),
    "renumber": (Action.WRONG_PLACE, lambda s, w: s.renumber(w.subject, "x", BECAUSE)),
    "judgements": (Action.READ, lambda s, _: s.judgements()),
    "sign_candidates": (Action.READ, lambda s, _: s.sign_candidates()),
    "held": (Action.READ, lambda s, w: s.held(w.form)),
    "lock_obstacles": (Action.READ, lambda s, w: s.lock_obstacles(w.form, "frozen")),
    "query_board": (Action.READ, lambda s, _: s.query_board()),
    "queries_above": (Action.READ, lambda s, w: s.queries_above(w.form)),
    "redactions": (Action.READ, lambda s, _: s.redactions()),
    "voids": (Action.READ, lambda s, _: s.voids()),
    # the wrong place: who may see what would happen, and who may let it happen
    "plan_void": (Action.READ, lambda s, w: s.plan_void(w.form)),
    "plan_move": (Action.READ, lambda s, w: s.plan_move(w.form, w.form)),
    "plan_move_back": (Action.READ, lambda s, _: s.plan_move_back("none")),
    "move": (Action.WRONG_PLACE, lambda s, w: s.move(_plan(w), BECAUSE, NOBODY)),
    "move_back": (Action.WRONG_PLACE, lambda s, w: s.move_back(_back_plan(w), BECAUSE, NOBODY)),
    "withdraw_redaction": (Action.REDACT, lambda s, _: s.withdraw_redaction("none")),
    "lock_history": (Action.READ, lambda s, w: s.lock_history(w.form)),
    # the definition: who of the two roles, and with whose signature, is asked after the right
    "versions_known": (Action.READ, lambda s, _: s.versions_known()),
    "propose_amendment": (Action.CHANGE_DEFINITION, lambda s, _: s.propose_amendment(Path("none"))),
    "amend": (Action.CHANGE_DEFINITION, lambda s, _: s.amend(_proposed(), "x", "x", NOBODY)),
    "approve_for_site": (
        Action.CHANGE_DEFINITION, lambda s, _: s.approve_for_site("9", NOW.date(), NOW.date(), "x")
    ),
    "move_plan": (Action.ENTER, lambda s, w: s.move_plan(w.form, "9")),
    "move_form": (Action.ENTER, lambda s, w: s.move_form(_move_plan(w), BECAUSE)),
}  # fmt: skip


def _proposed() -> Proposed:
    return Proposed(trial(), Announced(trial().hash, trial().version, "d1:2", NOW, "p1"), ())


def _move_plan(world: World) -> MovePlan:
    return MovePlan(world.form, "", "9", "", "", (), (), {}, (), (), (), reopens=False)


def _plan(world: World) -> Plan:
    """As if somebody had looked at it: the act asks for the right by itself."""
    words = both("x")
    return Plan(world.form, world.form._replace(event="BL"), words, words, (), (), None)


def _back_plan(world: World) -> BackPlan:
    words = both("x")
    return BackPlan(world.form, world.form, words, words, (), (), None, "none", (world.form,))


# Not acts by themselves, the other half of one above, or words about what is open already.
SPARED = frozenset(
    # parts of acts, for services
    "append announce cache refresh subscribe require require_own_password may now site_lists lists_changed "
    "let_go is_loaded held_anew note_place move_to open close trusted_now clock_state clock_is_right "
    "second_person references hand_over_offer "
    # the other half of an act that stands above; answer_queries asks answer_query for each
    "take_over dismiss query_thread answer_queries "
    # words and places of what is open already
    "event_label form_label form_repeats shown subjid day_one completed changed_items signing_offer "
    # which definition counts
    "study_for study_of item_at "
    # what colleagues at the same centre wrote meanwhile
    "look catch_up".split()
)


def acts() -> dict[str, tuple[Action | None, Act]]:
    return {**ACTS, **MORE}


@pytest.mark.requirement("P11-8")
def test_every_public_act_of_a_session_stands_in_the_table() -> None:
    """A new act is put into the table with its right, or among the spared ones with a reason."""
    static = {name: inspect.getattr_static(Session, name) for name in dir(Session)}
    public = {
        name
        for name, one in static.items()
        if not name.startswith("_") and (callable(one) or isinstance(one, classmethod))
    }
    named = {name.partition(" ")[0] for name in acts()}
    assert not public - named - SPARED, "not in the table of rights"
    assert not (named | SPARED) - public, "no longer an act of a session"


@pytest.mark.requirement("P11-7", "P11-8", "E6-16", "CN-8", "PIPL-4")
@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_do_exactly_what_the_table_says(
    world: tuple[dict[str, Path], World], role: Role
) -> None:
    """The refusal comes from services, before anything else is looked at, and nothing is written."""
    copies, place = world
    wrong = []
    with acting(copies, role) as session:
        for name, (action, act) in acts().items():
            before = session.vault.journal.heads()
            refused = False
            try:
                act(session, place)
            except PermissionDenied as error:
                refused = error.code == "access.denied"
            except CrfError:
                pass
            allowed = action is None or role in RIGHTS[action]
            if refused is allowed and action is not None:
                wrong.append(f"{name}: {'refused' if refused else 'not refused'}")
            if not allowed and session.vault.journal.heads() != before:
                wrong.append(f"{name}: written though refused")
        form = session.entry(place.form) if role in RIGHTS[Action.READ] else None
        if form is not None and role not in RIGHTS[Action.ENTER]:
            key = next(iter(form.state.items))
            with pytest.raises(PermissionDenied):
                form.set_value(key, "1")
    assert not wrong


@pytest.mark.requirement("P11-8")
def test_the_administrator_before_the_hand_over_sees_no_participants(
    world: tuple[dict[str, Path], World],
) -> None:
    """He still holds the key, so services must refuse what the key would open."""
    with acting(world[0], Role.ADMINISTRATOR) as session:
        for act in (session.subjects, session.matrix, session.work_list, session.queries):
            with pytest.raises(PermissionDenied):
                act()
        assert [account.login for account in session.accounts()] == sorted(PEOPLE)
