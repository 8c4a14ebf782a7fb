"""Void or move what was entered at the wrong place: the place, what will happen item by item, two persons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QWidget

from mda5_crf.itemkey import ItemKey
from mda5_crf.services.changes import Reason
from mda5_crf.services.session import Session
from mda5_crf.services.wrongplace import Plan
from mda5_crf.text import Text, both, message
from mda5_crf.ui.act_panel import Act, Ask, Kind
from mda5_crf.ui.language import speak
from mda5_crf.ui.spoken import name
from mda5_crf.ui.theme import Tone, em
from mda5_crf.ui.trace_base import Row, TracePage, reason_asks

_HEADS = ("item", "value", "goes")
_VOIDS = ("place", "when", "who", "why", "moved", "state")


class WrongPlacePage(TracePage):
    """See the module text. The wrong place and the right one are chosen from lists."""

    title = message("trace.title")

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, session)
        self._plan: Plan | None = None
        self._filling = False
        self._grid = QGridLayout()
        self._labels: list[tuple[QLabel, QComboBox, Text]] = []
        self.subject, self.visit, self.form = (
            self._list(0, place, f"trace.{what}") for place, what in enumerate(("subject", "event", "form"))
        )
        self.to_subject, self.to_visit = (
            self._list(1, place, f"trace.to_{what}") for place, what in enumerate(("subject", "event"))
        )
        self.top.addLayout(self._grid)
        self.lines = self.table(message("trace.lines"), [message(f"trace.head_{one}") for one in _HEADS], 3)
        self.void_button = self.press(message("trace.void"), self._void)
        self.move_button = self.press(message("trace.move"), self._move)
        self.restore_button = self.press(message("trace.restore"), self._restore)
        self.back_button = self.press(message("trace.back"), self._back)
        self.voids = self.table(message("trace.voids"), [message(f"trace.head_{one}") for one in _VOIDS], 2)
        self.voids.currentItemChanged.connect(lambda *_: self._enable())
        self.finish()

    def _list(self, row: int, column: int, code: str) -> QComboBox:
        made = QComboBox(self)
        made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        made.setMinimumContentsLength(10)
        made.currentIndexChanged.connect(lambda: self._changed(made))
        label = QLabel(self)
        label.setBuddy(made)
        self._labels.append((label, made, message(code)))
        self._grid.addWidget(label, row, 2 * column)
        self._grid.addWidget(made, row, 2 * column + 1)
        self._grid.setColumnStretch(2 * column + 1, 1)
        return made

    # -- what is chosen

    def refresh(self) -> None:
        """The lists as they are now, at the place one came from."""
        here = self.came_from or self.source
        subjects = [(both(s.subjid), ItemKey(s.identity)) for s in self.session.subjects()]
        self._fill(self.subject, subjects, ItemKey(here.subject))
        self._fill(self.to_subject, subjects, ItemKey(here.subject))
        self._fill_events(self.visit, self._key(self.subject), here.event_key(), whole=True)
        self._fill_events(self.to_visit, self._key(self.to_subject), ItemKey(), whole=False)
        self._fill_forms(here.row_key() if here.group_repeat else here.form_key())
        self.came_from = None
        self._fill_voids()
        self._look()

    def _fill(self, box: QComboBox, choices: Sequence[tuple[Text, ItemKey]], chosen: ItemKey) -> None:
        self._filling = True
        box.clear()
        for words, key in choices:
            box.addItem(speak(words), (words, key))
        found = [key for _, key in choices]
        box.setCurrentIndex(found.index(chosen) if chosen in found else 0)
        self._filling = False

    def _fill_events(self, box: QComboBox, subject: ItemKey, chosen: ItemKey, *, whole: bool) -> None:
        choices = [
            (message("trace.whole_subject"), subject) if whole else (message("trace.choose"), ItemKey())
        ]
        if subject.subject:
            for node in self.session.tree(subject.subject):
                label = self.session.event_label(node.key)
                choices.append((Text(f"{label} {node.name.en}", f"{label} {node.name.zh}"), node.key))
            if not whole:
                new = [e for e in self.session.study.events.values() if e.repeating]
                choices += [
                    (message("trace.new_visit", event=event.name), ItemKey(subject.subject, event.oid))
                    for event in new
                ]
        self._fill(box, choices, chosen)

    def _fill_forms(self, chosen: ItemKey) -> None:
        event = self._key(self.visit)
        choices = [(message("trace.whole_visit"), event)] if event.event else []
        data = self.session.data(event.subject) if event.event else None
        for node in self.session.tree(event.subject) if event.event else ():
            for form in node.forms if node.key == event else ():
                if form.adds:
                    continue
                words = Text(f"{form.label} {form.form.name.en}", f"{form.label} {form.form.name.zh}")
                choices.append((words, form.key))
                for group in form.form.groups if data is not None else ():
                    place = form.key._replace(group=group.name)
                    for row in data.rows.get(place, ()) if data is not None and group.repeating else ():
                        key = place._replace(group_repeat=row)
                        choices.append((message("trace.row", row=self.session.form_label(key)), key))
        self._fill(self.form, choices, chosen)

    @staticmethod
    def _key(box: QComboBox) -> ItemKey:
        found = box.currentData()
        return found[1] if found else ItemKey()

    @property
    def source(self) -> ItemKey:
        """The wrong place as chosen."""
        form, event = self._key(self.form), self._key(self.visit)
        return form if form.event else event if event.subject else self._key(self.subject)

    def _changed(self, box: QComboBox) -> None:
        if self._filling:
            return
        if box is self.subject:
            self._fill_events(self.visit, self._key(self.subject), ItemKey(), whole=True)
        if box is self.to_subject:
            self._fill_events(self.to_visit, self._key(self.to_subject), ItemKey(), whole=False)
        if box in (self.subject, self.visit):
            self._fill_forms(ItemKey())
        self._look()

    def _put_away(self) -> None:
        self._look()  # the lines above spoke of the move that is not taken back
        super()._put_away()

    def _look(self) -> None:
        """What would happen now: of a move where a target is chosen that is another place, else of a void."""
        self.close_panel()
        source, target = self.source, self._key(self.to_visit)
        self._plan = None
        if not source.subject:
            self.fill(self.lines, ())
            self.tell(message("trace.nobody"))
            self._enable()
            return
        moves = bool(source.event and target.event and target != source.event_key())
        plan = self.session.plan_move(source, target) if moves else self.session.plan_void(source)
        self._plan = plan
        goal = speak(plan.goal) if plan.goal is not None else ""
        rows: list[Row] = []
        for number, one in enumerate(plan.carried):
            stays = speak(one.why) if one.why is not None else speak(message("trace.becomes_void"))
            rows.append(
                (str(number), (speak(one.label), speak(one.value), goal if one.to else stays), one.to is None)
            )
        self.fill(self.lines, rows)
        if plan.obstacle is not None:
            self.tell(plan.obstacle, Tone.ERROR if moves else Tone.QUIET)
        else:
            head = message(
                "trace.will_move" if moves else "trace.will_void",
                place=plan.place,
                goal=plan.goal or both(""),
            )
            notes = [head, *plan.notes]
            self.tell(Text(" ".join(n.en for n in notes), "".join(n.zh for n in notes)))
        self._enable()

    def _enable(self) -> None:
        source = self.source
        void = self.session.plan_void(source) if source.subject else None
        self.void_button.setEnabled(void is not None and void.obstacle is None)
        plan = self._plan
        self.move_button.setEnabled(plan is not None and plan.target is not None and plan.obstacle is None)
        record = self.chosen(self.voids)
        stands = [one for one in self.session.voids() if one.record == record and not one.restored]
        self.restore_button.setEnabled(bool(stands))
        self.back_button.setEnabled(any(one.moved_to is not None for one in stands))

    def _fill_voids(self) -> None:
        zone = self.session.zone
        self.fill(
            self.voids,
            [
                (
                    one.record,
                    (
                        speak(one.place), f"{one.at.astimezone(zone):%Y-%m-%d %H:%M}",
                        f"{one.person}, {one.second}",
                        speak(one.reason), speak(one.moved_to) if one.moved_to else "",
                        speak(message("trace.restored" if one.restored else "trace.is_void")),
                    ),
                    not one.restored,
                )
                for one in self.session.voids()
            ],
        )  # fmt: skip

    # -- acts

    def _act(self, title: Text, about: Text) -> Act:
        return Act(
            title, about,
            (
                Ask("code", message("trace.reason"), Kind.CHOICE, "ENTRY_ERROR", reason_asks(self.session)),
                Ask("text", message("trace.words"), Kind.WORDS, needed=False),
            ),
            second=message("trace.second_why"),
        )  # fmt: skip

    def _void(self) -> None:
        source = self.source
        plan = self.session.plan_void(source)

        def do(typed: Mapping[str, str], second: tuple[str, str]) -> Text:
            self.session.void(source, Reason(typed["code"], typed["text"]), second)
            return message("trace.done_void", place=plan.place)

        self.ask(self._act(message("trace.void_title", place=plan.place), message("trace.void_about")), do)

    def _move(self) -> None:
        plan = self._plan
        if plan is None or plan.goal is None:
            return

        def do(typed: Mapping[str, str], second: tuple[str, str]) -> Text:
            self.session.move(plan, Reason(typed["code"], typed["text"]), second)
            return message("trace.done_move", place=plan.goal)

        title = message("trace.move_title", place=plan.place, goal=plan.goal)
        self.ask(self._act(title, message("trace.move_about")), do)

    def _restore(self) -> None:
        record = self.chosen(self.voids)
        info = next(one for one in self.session.voids() if one.record == record)

        def do(typed: Mapping[str, str], second: tuple[str, str]) -> Text:
            self.session.unvoid(info.key, Reason(typed["code"], typed["text"]), second)
            return message("trace.done_unvoid", place=info.place)

        self.ask(
            self._act(message("trace.restore_title", place=info.place), message("trace.restore_about")), do
        )

    def _back(self) -> None:
        """Take the chosen move back: what becomes void is listed above, then two persons agree."""
        plan = self.session.plan_move_back(self.chosen(self.voids))
        if plan.obstacle is not None or plan.goal is None:
            self.tell(plan.obstacle, Tone.ERROR)
            return
        becomes = speak(message("trace.becomes_void"))
        self.fill(
            self.lines,
            [
                (str(number), (speak(one.label), speak(one.value), becomes), True)
                for number, one in enumerate(plan.carried)
            ],
        )
        notes = [message("trace.back_about", place=plan.place, goal=plan.goal), *plan.notes]
        self.tell(None)  # it speaks of what is chosen above; the panel says what becomes of the move

        def do(typed: Mapping[str, str], second: tuple[str, str]) -> Text:
            self.session.move_back(plan, Reason(typed["code"], typed["text"]), second)
            return message("trace.done_back", place=plan.goal)

        title = message("trace.back_title", place=plan.place, goal=plan.goal)
        about = Text(" ".join(one.en for one in notes), "".join(one.zh for one in notes))
        self.ask(self._act(title, about), do)

    # -- words and sizes

    def take_focus(self) -> None:
        """To the panel where one is open, else to the place."""
        if self.panel is not None:
            self.panel.take_focus()
        else:
            (self.form if self.form.count() else self.subject).setFocus()

    def retranslate(self) -> None:
        """Speak the window's language."""
        super().retranslate()
        for label, box, title in self._labels:
            label.setText(speak(title))
            name(box, speak(title))
            for index in range(box.count()):
                box.setItemText(index, speak(box.itemData(index)[0]))
        if not self.stopped and self.panel is None and self.subject.count():
            self._fill_voids()
            self._look()

    def rescale(self) -> None:
        """Distances from the type size."""
        super().rescale()
        self._grid.setHorizontalSpacing(em(self) // 2)
        for _, box, _ in self._labels:
            box.setMinimumHeight(max(24, self.fontMetrics().height() + em(self) // 3))
