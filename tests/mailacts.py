"""What people do at five sites and a centre, each act drawn by three numbers: a whole history is a program.

An act looks at the vault at hand for what can be done there (which participants are known, which queries
are open), takes by its numbers one of them, and does it as a user would. Where nothing can be done nothing is
done: so every program can be played, and a shorter one too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple

from mda5_crf.errors import InputRefused, PermissionDenied
from mda5_crf.itemkey import ItemKey
from mda5_crf.services import conflict_acts, conflicts, overlays
from mda5_crf.services.access import Action
from mda5_crf.services.amendments import Proposed
from mda5_crf.services.changes import QueryInfo, Reason
from mda5_crf.services.session import Session
from mda5_crf.sync import bundles, devices, revocation
from mda5_crf.text import Text
from tests.amended import NEW, newer
from tests.mailworld import (
    CENTRE,
    KEEPER,
    MONITOR,
    PARTNERS,
    WARDS,
    Letter,
    World,
    by_a_stranger,
    cut,
    of_a_later_version,
    turned,
)
from tests.vaults import password

WHY: Final = Reason("SOURCE_CORRECTED", "the chart says so")
SAID: Final = Text("Too many questions", "质疑过多")
TEXTS: Final = ("118", "121", "96", "250", "8", "about 120", "16.4 kPa", "３７．５", "", "1e3", "未测", "<5")
NUMBERS: Final = ("SYSBP_VSORRES", "DIABP_VSORRES", "PULSE_VSORRES", "TEMP_VSORRES", "VSDAT", "TEMP_VSLOC")
VISITS: Final = ("BL", "BL", "BL", "W4", "W8")
CHECKS: Final = ("VS-02", "VS.SYSBP_VSORRES.SOFT", "VS.PULSE_VSORRES.HARD", "AE-05")
LOCKS: Final = ("frozen", "frozen", "locked", "thawed", "unlocked")
REFUSED_IN_WORDS: Final = (InputRefused, PermissionDenied)


class Step(NamedTuple):
    """One act and the numbers that choose what it is about."""

    act: str
    i: int = 0
    j: int = 0
    k: int = 0


class Play:
    """A history: ``cast`` are the PCs of wards that people sit at."""

    def __init__(self, world: World, cast: Sequence[str] = WARDS) -> None:
        self.world = world
        self.cast = tuple(cast)
        self.counts = world.counts

    def step(self, step: Step) -> None:
        """Do one act; afterwards some minutes have passed."""
        ACTS[step.act](self, step.i, step.j, step.k)
        self.world.clock.now += timedelta(minutes=3)
        for pc in self.world.open:
            self.world.note(pc)

    # -- at hand

    def _pc(self, i: int) -> str:
        return self.cast[i % len(self.cast)]

    def _ward(self, i: int, login: str = "") -> Session:
        return self.world.at(self._pc(i), login)

    @staticmethod
    def _subject(session: Session, j: int) -> str:
        known = [one.identity for one in session.subjects()]
        return known[j % len(known)] if known else ""

    def _form(self, session: Session, j: int, k: int = 0) -> ItemKey | None:
        """A form of vital signs of somebody known there: at a visit of the schedule, or at an added one."""
        subject = self._subject(session, j)
        if not subject:
            return None
        event = (*VISITS, "UNS")[k % (len(VISITS) + 1)]
        repeats = session.data(subject).event_repeats.get("UNS", [])
        if event == "UNS":
            return ItemKey(subject, event, repeats[k % len(repeats)], "VS") if repeats else None
        return ItemKey(subject, event, form="VS")

    def _complete(self, session: Session, j: int, k: int) -> ItemKey | None:
        """A form that is complete, where there is one; else any."""
        known = [one.identity for one in session.subjects()]
        found = [
            form
            for subject in known
            for form, status in sorted(session.data(subject).statuses.items())
            if status == "complete"
        ]
        return found[j % len(found)] if found else self._form(session, j, k)

    def _tried(self, act: Callable[[], object], what: str = "") -> bool:
        """Do something that may be refused in words; then nothing happened."""
        try:
            act()
        except REFUSED_IN_WORDS as refusal:
            self.counts["acts refused"] += 1
            self.world.turned_down[refusal.code] += 1
            return False
        if what:
            self.counts[what] += 1
        return True

    # -- at a ward

    def value(self, i: int, j: int, k: int) -> None:
        """An answer typed into a form, or cleared."""
        session = self._ward(i)
        self._type(session, self._form(session, j, k // 7), NUMBERS[k % len(NUMBERS)], TEXTS[k % len(TEXTS)])

    def _type(self, session: Session, form: ItemKey | None, name: str, text: str) -> None:
        if form is None:
            return
        entry = session.entry(form)
        if name in entry.form.items:
            key = form._replace(group=entry.form.items[name].group, item=name)
            self._tried(lambda: entry.set_value(key, text, reason=WHY), "values")

    def missing(self, i: int, j: int, k: int) -> None:
        """A missing code."""
        session = self._ward(i)
        form = self._form(session, j, k // 7)
        if form is not None:
            entry, name = session.entry(form), NUMBERS[k % 4]
            key = form._replace(group=entry.form.items[name].group, item=name)
            self._tried(lambda: entry.set_missing(key, "ND", WHY), "missing codes")

    def row(self, i: int, j: int, k: int) -> None:
        """A row of the log of adverse events; sometimes one is struck out instead."""
        session = self._ward(i)
        subject = self._subject(session, j)
        if not subject:
            return
        entry = session.entry(ItemKey(subject, "LOG", form="AE"))
        rows = entry.rows("ROWS")
        if rows and k % 4 == 0:
            row = entry.key._replace(group="ROWS", group_repeat=rows[k % len(rows)])
            self._tried(lambda: entry.strike_row(row, WHY), "rows struck")
            return

        def add() -> None:
            made, _ = entry.add_row("ROWS", WHY)
            term = entry.key._replace(group="ROWS", group_repeat=made, item="AETERM")
            entry.set_value(term, ("Headache", "头痛", "Rash")[k % 3], reason=WHY)

        self._tried(add, "rows")

    def visit(self, i: int, j: int, _k: int) -> None:
        """A visit that nobody planned."""
        session = self._ward(i)
        subject = self._subject(session, j)
        if subject:
            self._tried(lambda: session.add_event(subject, "UNS"), "visits added")

    def enrol(self, i: int, _j: int, _k: int) -> None:
        """One more participant."""
        self._tried(self._ward(i).enrol, "participants")

    def newcomer(self, _i: int, j: int, k: int) -> None:
        """A participant of the second PC of ward 3, seen at the first: the centre hears of it from there."""
        self.enrol(self.cast.index("office") if "office" in self.cast else 0, 0, 0)
        if "office" in self.cast:
            self.next_door(1, 1, 0)
            bed = self.world.at("bed")
            self._type(bed, self._form(bed, len(bed.subjects()) - 1, j), NUMBERS[k % 3], TEXTS[k % 3])
            self._post("bed", CENTRE, 1, k if k % 3 else 0)

    def overtaken(self, i: int, j: int, k: int) -> None:
        """The centre freezes what a ward goes on with: neither knows of the other."""
        pc = self._pc(i)
        self.finish(i, j, 1)
        self.to_centre(i, 1, 0)
        session = self.world.at(pc)
        form = self._complete(session, j, k)
        if form is None or form.subject not in {one.identity for one in self.world.centre.subjects()}:
            return
        centre, place = self.world.centre, (form, ItemKey(form.subject))[k % 2]
        self._tried(lambda: centre.set_lock(place, "frozen", "data are clean"), "forms frozen")
        self._type(session, form, "VSREASND", ("TECHNICAL", "NOT SCHEDULED")[k % 2])
        self.from_centre(i, 1, k)

    def finish(self, i: int, j: int, k: int) -> None:
        """Vital signs were not taken at a visit: the form is complete with that. Or it is opened again."""
        session = self._ward(i)
        form = self._form(session, j, k // 3)
        if form is None:
            return
        entry = session.entry(form)
        if session.data(form.subject).statuses.get(form) == "complete" and k % 3 == 0:
            self._tried(lambda: entry.reopen(WHY), "forms opened again")
            return
        for name, text in (("VSPERF", "N"), ("VSREASND", "TOO ILL")):
            self._type(session, form, name, text)
        self._tried(entry.complete, "forms completed")

    def sign(self, i: int, j: int, k: int) -> None:
        """A signature of the investigator."""
        session = self._ward(i, "i01")
        form = self._complete(session, j, k)
        if form is None:
            return
        if session.data(form.subject).statuses.get(form) != "complete":
            self.finish(i, j, 1)
        meanings = session.signing_offer(form).meanings
        if meanings:
            act = lambda: session.sign(form, meanings[0][0], password("i01"), "i01")  # noqa: E731
            self._tried(act, "signatures")

    def answer(self, i: int, _j: int, k: int) -> None:
        """An answer to a query."""
        session = self._ward(i)
        found = [one for one in session.queries() if one.state == "Open" and one.source != "conflict"]
        if found:
            one = found[k % len(found)]
            self._tried(lambda: session.answer_query(one.id, "as in the chart", one.key), "answers")

    def clash(self, i: int, j: int, k: int) -> None:
        """The two PCs of one ward have another answer to the same question; one of them may hear of it."""
        one, other = self.world.at("bed"), self.world.at("office")
        both = sorted({s.identity for s in one.subjects()} & {s.identity for s in other.subjects()})
        if both:
            form = ItemKey(both[j % len(both)], VISITS[k % len(VISITS)], form="VS")
            for session, text in ((one, str(100 + k % 50)), (other, str(151 + k % 50))):
                self._type(session, form, NUMBERS[k % 3], text)
            if i % 3 == 0:
                self.next_door(j, 1, 0)

    def settle(self, i: int, j: int, k: int) -> None:
        """A person decides between two answers; or asks the site, from where nobody may decide."""
        if k % 4 and {"bed", "office"} <= set(self.cast):
            self.clash(0, j, k)
        wards = [self.world.at(pc) for pc in self.cast if pc in self.world.open]
        having = [one for one in wards if conflicts.listed(one)] if k % 4 else [self.world.centre]
        found = conflicts.listed(session := having[i % len(having)]) if having else ()
        if not found:
            return
        one = found[j % len(found)]
        if not one.mine:
            self._tried(lambda: conflict_acts.ask(session, one))
        elif k % 3:
            self._tried(lambda: conflict_acts.take(session, one, 1 + k % 2, WHY), "conflicts settled")
        else:
            self._tried(lambda: conflict_acts.decide(session, one, str(90 + k % 9), WHY), "conflicts settled")

    def shift(self, i: int, _j: int, k: int) -> None:
        """Somebody else sits down, if the account is still good."""
        pc = self._pc(i)
        login = ("i01", "n07")[k % 2]
        session = self.world.at(pc)
        if any(one.login == login and one.active for one in session.accounts()):
            self.world.at(pc, login)

    def account(self, i: int, _j: int, k: int) -> None:
        """A task begins or ends, or an account does."""
        session = self._ward(i, "i01")
        own = {"own_password": password("i01")}
        acts: tuple[Callable[[], object], ...] = (
            lambda: session.begin_task("n07", "monitor", **own),
            lambda: session.end_task("n07", "monitor", **own),
            lambda: session.disable_person("n07", reason="left the ward", **own),
        )
        self._tried(acts[k % len(acts)], "accounts changed")

    def approve(self, i: int, j: int, _k: int) -> None:
        """The principal investigator approves an amendment, from today on; it came, or comes now."""
        pc = self._pc(i)
        session = self._ward(i, "i01")
        if not session.versions.many and j % 2:
            self.amend(0, 0, 0)
            self.from_centre(i, 1, 0)
        if not any(one.version == NEW and one.can_approve for one in session.versions_known()):
            return
        today = session.today
        if self._tried(lambda: session.approve_for_site(NEW, today, today, password("i01"))):
            self.world.leave(pc)
            assert self.world.at(pc).study.version == NEW
            self.counts["amendments applied"] += 1

    # -- at the centre

    def ask(self, _i: int, j: int, k: int) -> None:
        """A query about an item, a form or a participant."""
        centre = self.world.centre
        form = self._form(centre, j, k)
        if form is None:
            return
        name = NUMBERS[k % 4]
        item = form._replace(group=centre.study_for(form).forms["VS"].items[name].group, item=name)
        place = (item, item, form, ItemKey(form.subject))[k % 4]
        self._tried(lambda: centre.raise_query(place, f"Is that right? {k}"), "queries")

    def close(self, _i: int, _j: int, k: int) -> None:
        """A query is closed, taken back, or asked again."""
        centre = self.world.centre
        found = [one for one in centre.queries() if one.source != "conflict"]
        if not found:
            return
        one: QueryInfo = found[k % len(found)]
        if one.is_open:
            acts = (centre.close_query, centre.cancel_query)
            self._tried(lambda: acts[k % 2](one.id, "seen", one.key), "queries ended")
        else:
            self._tried(lambda: centre.reopen_query(one.id, "once more", one.key), "queries asked again")

    def hold(self, i: int, j: int, k: int) -> None:
        """The centre freezes, locks, or opens a form or a participant again."""
        centre = self.world.centre
        form = self._complete(centre, j, k)
        if form is None:
            return
        place = (form, form, form, ItemKey(form.subject))[i % 4]
        state = LOCKS[k % len(LOCKS)]
        second = MONITOR if state == "unlocked" else None
        self._tried(lambda: centre.set_lock(place, state, "data are clean", second), f"forms {state}")

    def check_source(self, _i: int, j: int, k: int) -> None:
        """The monitor holds a form against the source."""
        session = self.world.at(CENTRE, MONITOR[0])
        form = self._form(session, j, k)
        if form is not None:
            self._tried(lambda: session.verify_source([form]), "source checked")

    def overlay(self, _i: int, j: int, k: int) -> None:
        """A check is softened or switched off, or made again what it was."""
        centre = self.world.centre
        own: dict[str, Any] = {"own_password": password("d02"), "second": MONITOR}
        standing = overlays.standing(centre.vault.store)
        if standing and k % 3 == 0:
            one = standing[k % len(standing)].id
            self._tried(lambda: overlays.withdraw(centre, one, SAID, **own), "overlays withdrawn")
            return
        check, action, day = CHECKS[j % len(CHECKS)], ("off", "warning", "query")[k % 3], centre.today
        self._tried(lambda: overlays.set_overlay(centre, check, action, day, None, SAID, **own), "overlays")

    def amend(self, _i: int, _j: int, _k: int) -> None:
        """The newer definition is announced. That it is proved before is tested elsewhere and takes long."""
        centre = self.world.centre
        told = centre.versions.told
        proposed = Proposed(newer(), told.lawful[told.newest()], ())
        act = lambda: centre.amend(proposed, "Amendment 1", password("d02"), KEEPER)  # noqa: E731
        self._tried(act, "amendments announced")

    def revoke(self, i: int, _j: int, k: int) -> None:
        """A PC is believed no longer; or again, where it was a mistake."""
        pc, centre = self._pc(i), self.world.centre
        device = self.world.at(pc).device
        own: dict[str, Any] = {"own_password": password("d02"), "second": KEEPER}
        if any(one.device == device for one in revocation.revoked(centre)):
            self._tried(lambda: revocation.reinstate(centre, device, "found", **own), "PCs believed again")
        elif k % 2 == 0:
            self._tried(lambda: revocation.revoke(centre, device, "stolen", **own), "PCs revoked")

    def register(self, _i: int, _j: int, k: int) -> None:
        """The second PC of ward 3 and the centre take each other's cards; or as yet only that PC does."""
        centre, office = self.world.centre, self.world.at("office", "i01")
        for here, there in ((office, centre), (centre, office))[: 1 + (k % 3 != 1)]:
            card, own = devices.card(there), password(here.person.login)
            self._tried(lambda: devices.add_card(here, card, own_password=own))  # noqa: B023 - done at once

    # -- the post

    def to_centre(self, i: int, j: int, k: int) -> None:
        """A bundle from a ward."""
        self._post(self._pc(i), CENTRE, j, k)

    def from_centre(self, i: int, j: int, k: int) -> None:
        """A bundle of the centre."""
        self._post(CENTRE, self._pc(i), j, k)

    def next_door(self, i: int, j: int, k: int) -> None:
        """A bundle between the two PCs of one ward."""
        sender = ("bed", "office")[i % 2]
        self._post(sender, PARTNERS[sender], j, k)

    def found(self, i: int, _j: int, k: int) -> None:
        """A file turns up: one that was late, or one that had come before."""
        here = [one for one in self.world.letters if not one.taken] if k % 3 else self.world.letters
        if here:
            late = here[i % len(here)]
            self.counts["late" if not late.taken else "replayed"] += 1
            self.world.hand(late)

    def _post(self, sender: str, receiver: str, j: int, k: int) -> None:
        if not self.world.at(sender).may(Action.BUNDLE):
            return
        letter = self.world.make(sender, receiver, everything=j % 6 == 0)
        if letter is not None:
            FATES[k % len(FATES)](self, letter, j)

    # -- what befalls a file

    def arrives(self, letter: Letter, j: int) -> None:
        """Nothing; it may be looked at before."""
        if j % 3 == 0 and self.world.believes(letter.receiver, letter.sender):
            before = self.world.kept(letter.receiver)
            planned = bundles.plan(self.world.at(letter.receiver), letter.file)
            assert self.world.kept(letter.receiver) == before, "a plan wrote"
            came = self.world.hand(letter)
            assert came.report is not None
            assert (planned.new, planned.aside) == (came.report.new, came.report.aside)
            assert planned.conflicts == came.report.conflicts
            return
        self.world.hand(letter)

    def lost(self, _letter: Letter, _j: int) -> None:
        """Nobody ever sees it again, or only late."""
        self.counts["dropped"] += 1

    def twice(self, letter: Letter, _j: int) -> None:
        """The same file comes twice."""
        self.world.hand(letter)
        self.world.hand(letter)

    def shortened(self, letter: Letter, j: int) -> None:
        """Its end is missing; later the whole one comes, or never."""
        self.world.bad(letter, cut(letter.file.read_bytes(), j * 7919))
        self.counts["truncated"] += 1

    def bit_turned(self, letter: Letter, j: int) -> None:
        """One bit is another one, wherever it is."""
        self.world.bad(letter, turned(letter.file.read_bytes(), j * 104729))
        self.counts["bits turned"] += 1

    def strayed(self, letter: Letter, j: int) -> None:
        """It comes to somebody else first."""
        others = [pc for pc in (*self.cast, CENTRE) if pc not in (letter.sender, letter.receiver)]
        if others:
            data, to = letter.file.read_bytes(), others[j % len(others)]
            self.world.bad(letter, data, "sync.for_somebody_else", to=to)
        self.world.hand(letter)

    def forged(self, letter: Letter, j: int) -> None:
        """A stranger signed it, or a program of the future made it; the true one comes, too."""
        data = letter.file.read_bytes()
        if j % 2:
            known = self.world.believes(letter.receiver, letter.sender)
            codes = ("sync.signature_false",) if known else ()
            self.world.bad(letter, by_a_stranger(data), *codes)
        else:
            key = self.world.at(letter.sender).vault.device_keys.sign
            later = of_a_later_version(data, key, reader=j % 4 == 0)
            self.world.bad(letter, later, "sync.version_newer")
        self.counts["forged"] += 1
        if j % 3:
            self.world.hand(letter)


Act = Callable[[Play, int, int, int], None]
ACTS: Final[dict[str, Act]] = {
    "value": Play.value, "missing": Play.missing, "row": Play.row, "visit": Play.visit, "enrol": Play.enrol,
    "finish": Play.finish, "sign": Play.sign, "answer": Play.answer, "clash": Play.clash,
    "settle": Play.settle, "shift": Play.shift, "account": Play.account, "approve": Play.approve,
    "ask": Play.ask, "close": Play.close, "hold": Play.hold, "check_source": Play.check_source,
    "overlay": Play.overlay, "amend": Play.amend, "revoke": Play.revoke, "register": Play.register,
    "to_centre": Play.to_centre, "from_centre": Play.from_centre, "next_door": Play.next_door,
    "found": Play.found,
    "newcomer": Play.newcomer, "overtaken": Play.overtaken,
}  # fmt: skip
OFTEN: Final = {
    "value": 5, "row": 2, "finish": 2, "clash": 3, "settle": 3, "ask": 2, "to_centre": 6,
    "from_centre": 5, "next_door": 4, "found": 3, "approve": 3, "sign": 2, "answer": 2, "overtaken": 2,
    "newcomer": 2, "hold": 3,
}  # fmt: skip
FATES: Final[tuple[Callable[[Play, Letter, int], None], ...]] = (
    Play.arrives, Play.arrives, Play.arrives, Play.arrives, Play.arrives, Play.lost, Play.twice,
    Play.shortened, Play.bit_turned, Play.strayed, Play.forged,
)  # fmt: skip
