"""The data of a study that came from another system, as ODM with its own names: every element that came in,
with what the journal says.

As the state: each answer as it stands now, what was entered or changed here in the place where it belongs and
marked with its record (of a file of transactions in the last that named it).
As transactions: each as it was said then, and after that what was done here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from mda5_crf.exchange.odm_foreign import open_tag, write_node
from mda5_crf.exchange.odm_names import OWN, site_oid
from mda5_crf.exchange.odmaudits import audit_node
from mda5_crf.exchange.odmclinical import MORE
from mda5_crf.exchange.odmorigin import Names, names
from mda5_crf.exchange.odmtargets import GroupPlace, ItemPlace, Targets
from mda5_crf.exchange.xmlout import XmlOut
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.exportfeed import Feed, Participant
from mda5_crf.services.importkinds import AUDITED, RUN, Node
from mda5_crf.services.importout import Answer, Answers, Kept, Tree

Foreign = list[Any]
"""``[name, {attribute: value}, text or None, [children]]``, as the reader gives it."""
_TEXT: Final = "#text"
_RECORD: Final = f"{{{OWN}}}SourceID"
"""On an answer that was entered or changed here: the record that says it, whatever AuditRecord is around."""


def nested(nodes: list[Node]) -> list[Foreign]:
    """The elements that flat nodes stand for. An answer that is in the journal is :data:`PLACED`."""
    roots: list[Foreign] = []
    path: list[Foreign] = []
    for node in nodes:
        depth, name = node[0], node[1]
        if name == MORE:
            which, rest = node[2][0], node[3]
            if which == _TEXT:
                path[depth][2] += rest
            else:
                path[depth][1][which] += rest
            continue
        del path[depth:]
        into = path[-1][3] if path else roots
        if name == RUN:
            into.extend(["ItemData", {"ItemOID": oid, "Value": PLACED}, None, []] for oid in node[2])
            continue
        if name == AUDITED:
            into.extend(["ItemData", {"ItemOID": oid, "Value": PLACED}, None, [AUDIT]] for oid in node[2])
            continue
        pairs = node[2]
        attributes = {
            pairs[at]: PLACED if pairs[at + 1] is None else pairs[at + 1] for at in range(0, len(pairs), 2)
        }
        made: Foreign = [name, attributes, PLACED if len(node) > 4 else node[3], []]
        into.append(made)
        path.append(made)
    return roots


PLACED: Final = "\0"
"""No text of XML: an answer stands here that the journal knows."""
AUDIT: Final[Foreign] = ["AuditRecord", {}, None, []]
"""Stands for the AuditRecord that the record of the answer says."""


class Frames:
    """Writes the trees of one vault. ``then``: answers as they were said, else as they stand."""

    def __init__(self, out: XmlOut, feed: Feed, kept: Kept, *, then: bool) -> None:
        found = names(feed.study)
        assert found is not None  # a study of our own has no trees to be written
        self._out, self._feed, self._kept, self._then = out, feed, kept, then
        self._names: Names = found
        self._targets = Targets(feed.study)
        self._inside: tuple[str, int] | None = None
        self._attributes: list[str] = []
        self.answers = 0
        self.subjects: set[str] = set()

    def about(self, *wanted: str) -> Iterator[Foreign]:
        """What of the files is about nobody, of these kinds."""
        for tree in self._kept.trees(about=False):
            if tree.what in wanted:
                yield from nested(tree.nodes)

    def write(
        self,
        subjects: frozenset[str] | None,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> None:
        """ClinicalData of these participants, None = all, in the order of the files."""
        around = [one for one in self._kept.trees(about=False) if one.what == "clinical"]
        for number, tree in enumerate(self._kept.trees(about=True)):
            while around and self._kept.place(around[0]) < self._kept.place(tree):
                self._around(around.pop(0))
            if tree.subject:
                who = self._feed.participant(tree.subject)
                if who is None or who.voided or (subjects is not None and tree.subject not in subjects):
                    continue
            elif subjects is not None:
                continue
            if not number % 20:
                progress(number, 0)
            self._open(tree)
            for node in nested(tree.nodes):
                write_node(
                    self._out, _Filling(self, tree).filled(node) if tree.subject else _unplaced(node, tree)
                )
            self.subjects.add(tree.subject)
        for tree in around:
            self._around(tree)
        if not self._then:
            self._others(subjects)
        self._end()

    def _others(self, subjects: frozenset[str] | None) -> None:
        """Participants that no file had: entered here."""
        for who in self._feed.participants:
            if who.identity in self.subjects or who.voided:
                continue
            if subjects is not None and who.identity not in subjects:
                continue
            if self._inside is None or self._inside[0]:
                self._end()
                self._out.start(
                    "ClinicalData", StudyOID=self._names.study_oid,
                    MetaDataVersionOID=self._names.version_oid or None,
                )  # fmt: skip
                self._inside = ("", 0)
            node: Foreign = ["SubjectData", {"SubjectKey": self.key_of(who)}, None, []]
            node[3].append(["SiteRef", {"LocationOID": site_oid(who.site)}, None, []])
            write_node(self._out, _Filling(self, None, who.identity).added(node))
            self.subjects.add(who.identity)

    def key_of(self, who: Participant) -> str:
        """What the other system would call a participant of ours."""
        return who.name.removeprefix(f"{who.site}-")

    def _around(self, tree: Tree) -> None:
        self._open(tree)
        for node in nested(tree.nodes):
            write_node(self._out, node)

    def _open(self, tree: Tree) -> None:
        same = self._inside == tree.inside
        if not same and self._inside is not None and self._inside[0] != tree.source:
            # Another file of the same state goes on where the one before ended.
            same = not self._kept.transactional and self._attributes == tree.attributes
        if same:
            self._inside = tree.inside
            return
        self._end()
        pairs = self._attributes = tree.attributes
        told = {pairs[at]: pairs[at + 1] for at in range(0, len(pairs), 2)}
        open_tag(self._out, "ClinicalData", told)
        self._inside = tree.inside

    def _end(self) -> None:
        if self._inside is not None:
            self._out.end()
            self._inside = None

    # -- what the filling asks for ---------------------------------------------------------------------

    @property
    def then(self) -> bool:
        """See the class."""
        return self._then

    @property
    def targets(self) -> Targets:
        """What foreign names are here."""
        return self._targets

    @property
    def names(self) -> Names:
        """What our names are there."""
        return self._names

    @property
    def feed(self) -> Feed:
        """The vault."""
        return self._feed

    def answers_of(self, subject: str) -> Answers:
        """One participant."""
        return self._kept.answers(subject)


class _Filling:
    """One participant's element: the answers put in, and what is new added where it belongs."""

    def __init__(self, frames: Frames, tree: Tree | None, subject: str = "") -> None:
        self._frames, self._tree = frames, tree
        self._subject = subject if tree is None else tree.subject
        self._answers = frames.answers_of(self._subject)
        self._number = -1
        self._done: set[str] = set()
        first = tree is not None and (tree.source, tree.subject) and not frames.then
        self._adding = tree is None or (bool(first) and self._subject not in frames.subjects)
        self._new: dict[str, dict[str, Answer]] = {}
        if self._adding and self._answers.now:
            self._collect()

    def filled(self, node: Foreign) -> Foreign:
        """The element of the file."""
        node[3] = [one for child in node[3] if (one := self._below(child, "", "")) is not None]
        self._place_rest(node)
        return node

    def added(self, node: Foreign) -> Foreign:
        """An element of ours, empty so far."""
        self._place_rest(node)
        return node

    def _collect(self) -> None:
        """Answers of which no file has said anything, by the row they stand in."""
        known = self._answers
        targets = {one[0] for one in known.said.values()} | {one[0] for one in known.by_record.values()}
        for path, answer in known.now.items():
            if path in targets or not (answer.text or answer.missing):
                continue
            above, _, item = path.rpartition("/")
            if any(above == one or above.startswith(f"{one}/") for one in known.struck):
                continue
            self._new.setdefault(above, {})[item] = answer

    # -- down the tree ---------------------------------------------------------------------------------

    def _below(self, node: Foreign, event: str, event_oid: str) -> Foreign | None:
        name, attributes = node[0], node[1]
        if name == "StudyEventData":
            oid = attributes.get("StudyEventOID", "")
            path = self._event(oid, attributes.get("StudyEventRepeatKey", ""))
            if path and path in self._answers.struck and not self._frames.then:
                self._skip(node)
                return None
            node[3] = [one for child in node[3] if (one := self._below(child, path, oid)) is not None]
            self._add_forms(node, path)
        elif name == "FormData":
            return self._form(node, event or self._event("", ""), event_oid)
        return node

    def _event(self, oid: str, repeat: str) -> str:
        found = self._frames.targets.above(oid, "")
        if found is None:
            return ""
        return self._path(
            self._subject, found[0], found[1], repeat, f"{self._subject}/{found[0]}", self._subject
        )

    def _path(self, _subject: str, name: str, many: bool, repeat: str, path: str, above: str) -> str:
        if not many:
            return path
        identity = self._answers.repeats.get((above, name, repeat))
        return "" if identity is None else f"{path}[{identity}]"

    def _form(self, node: Foreign, event: str, event_oid: str) -> Foreign | None:
        attributes = node[1]
        oid = attributes.get("FormOID", "")
        found = self._frames.targets.above(event_oid, oid)
        path = ""
        if found is not None and event:
            name, many = found[2], found[3]
            path = self._path("", name, many, attributes.get("FormRepeatKey", ""), f"{event}/{name}", event)
        if path and path in self._answers.struck and not self._frames.then:
            self._skip(node)
            return None
        keyless: dict[str, int] = {}
        kept: list[Foreign] = []
        for child in node[3]:
            if child[0] != "ItemGroupData":
                kept.append(child)
                continue
            if (one := self._group(child, event_oid, oid, path, keyless)) is not None:
                kept.append(one)
        node[3] = kept
        if path:
            self._add_groups(node, path)
        return node

    def _group(
        self, node: Foreign, event_oid: str, form_oid: str, form: str, keyless: dict[str, int]
    ) -> Foreign | None:
        attributes = node[1]
        oid, key = attributes.get("ItemGroupOID", ""), attributes.get("ItemGroupRepeatKey")
        if key is None:
            keyless[oid] = keyless.get(oid, 0) + 1
            key = "" if keyless[oid] == 1 else f"#{keyless[oid]}"
        place = self._frames.targets.group(event_oid, form_oid, oid)
        row = ""
        if place is not None and form:
            row = self._path(
                "", place.group, place.group_repeats, key, f"{form}/{place.group}", f"{form}/{place.group}"
            )
        if row and row in self._answers.struck and not self._frames.then:
            self._skip(node)
            return None
        for child in node[3]:
            if child[0].startswith("ItemData") and child[0] != "ItemDataRef":
                self._number += 1
                self._item(child, place, row)
        if row and row in self._new:
            self._add_items(node, row, oid)
        return node

    def _skip(self, node: Foreign) -> None:
        """An element that is left out: what is in it is counted all the same."""
        if node[0].startswith("ItemData") and node[0] != "ItemDataRef":
            self._number += 1
            return
        for child in node[3]:
            self._skip(child)

    def _item(self, node: Foreign, place: GroupPlace | None, row: str) -> None:
        tree = self._tree
        assert tree is not None
        attributes = node[1]
        number = self._number
        self._frames.answers += 1
        at = f"{tree.source} {tree.order}.{number}"
        record = self._answers.said.get(at)
        if record is None and number in tree.refs:
            record = self._answers.by_record.get(tree.refs[number])
        if node[3] and node[3][0] is AUDIT:
            told = tree.audits.get(number) or self._answers.audits.get(at, {})
            node[3] = [audit_node(told), *node[3][1:]]
        then = tree.kept.get(number) if record is None else record[1]
        target = None if place is None else place.items.get(attributes.get("ItemOID", ""))
        path = f"{row}/{target.item}" if target is not None and row else ""
        now = self._answers.now.get(path) if path else None
        if (
            self._frames.then or now is None or target is None or target.computed
            or (record is not None and self._answers.last.get(path, at) != at)
        ):  # fmt: skip
            _put(node, then)
            return
        self._say(node, target, now)

    def _say(self, node: Foreign, target: ItemPlace, now: Answer) -> None:
        """The answer that was entered here."""
        attributes = node[1]
        if not now.text:
            _nothing(node)
            attributes[_RECORD] = now.record
            return
        typed = attributes.get("Value") if "Value" in attributes else node[2]
        if isinstance(typed, str) and typed != PLACED and typed and target.says(typed, now.text):
            return
        attributes.pop("IsNull", None)
        _put(node, target.foreign(now.text), always=True)
        attributes[_RECORD] = now.record

    # -- what only was entered here --------------------------------------------------------------------

    def _add_items(self, node: Foreign, row: str, group: str) -> None:
        frames = self._frames
        form = ItemKey.parse(row).form
        for item, answer in list(self._new[row].items()):
            for target in frames.names.items_of(form, item):
                if target.foreign_group not in (group, ""):
                    continue
                place = frames.targets.group(
                    frames.names.event_of(ItemKey.parse(row).event), target.foreign_form, target.foreign_group
                )
                found = None if place is None else place.items.get(target.foreign_item)
                made: Foreign = [
                    "ItemData",
                    {"ItemOID": target.foreign_item, _RECORD: answer.record},
                    None,
                    [],
                ]
                if answer.text and found is not None:
                    made[1]["Value"] = found.foreign(answer.text)
                elif answer.text:
                    made[1]["Value"] = answer.text
                else:
                    made[1]["IsNull"] = "Yes"
                node[3].append(made)
                frames.answers += 1
                self._new[row].pop(item, None)
        if not self._new[row]:
            del self._new[row]

    def _add_groups(self, node: Foreign, form: str) -> None:
        """Rows of a form that no file had."""
        for row in [one for one in self._new if one.startswith(f"{form}/")]:
            key = ItemKey.parse(row)
            groups: dict[str, None] = {}
            for item in self._new[row]:
                groups.update(
                    (one.foreign_group, None) for one in self._frames.names.items_of(key.form, item)
                )
            for group in groups:
                made: Foreign = ["ItemGroupData", {"ItemGroupOID": group}, None, []]
                if key.group_repeat:
                    made[1]["ItemGroupRepeatKey"] = self._answers.names.get(
                        key.group_repeat, key.group_repeat
                    )
                if row in self._new:
                    self._add_items(made, row, group)
                if made[3]:
                    node[3].append(made)

    def _add_forms(self, node: Foreign, event: str) -> None:
        """Forms of a visit that no file had."""
        forms = dict.fromkeys(
            ItemKey.parse(row).form_key().path() for row in self._new if event and row.startswith(f"{event}/")
        )
        for form in forms:
            key = ItemKey.parse(form)
            made: Foreign = ["FormData", {"FormOID": self._frames.names.form_of(key.form)}, None, []]
            if key.form_repeat:
                made[1]["FormRepeatKey"] = self._answers.names.get(key.form_repeat, key.form_repeat)
            self._add_groups(made, form)
            if made[3]:
                node[3].append(made)

    def _place_rest(self, node: Foreign) -> None:
        """Visits that no file had, at the end of the participant's element."""
        events = dict.fromkeys(ItemKey.parse(row).event_key().path() for row in self._new)
        for event in events:
            key = ItemKey.parse(event)
            foreign = self._frames.names.event_of(key.event)
            if not foreign:
                self._add_forms(node, event)
                continue
            made: Foreign = ["StudyEventData", {"StudyEventOID": foreign}, None, []]
            if key.event_repeat:
                made[1]["StudyEventRepeatKey"] = self._answers.names.get(key.event_repeat, key.event_repeat)
            self._add_forms(made, event)
            if made[3]:
                node[3].append(made)


def _unplaced(node: Foreign, tree: Tree) -> Foreign:
    """A participant that was not enrolled: the answers are with the tree."""
    number = -1

    def fill(one: Foreign) -> None:
        nonlocal number
        if one[0].startswith("ItemData") and one[0] != "ItemDataRef":
            number += 1
            if one[3] and one[3][0] is AUDIT:
                one[3] = [audit_node(tree.audits.get(number, {})), *one[3][1:]]
            _put(one, tree.kept.get(number))
            return
        for child in one[3]:
            fill(child)

    fill(node)
    return node


def _put(node: Foreign, text: str | None, *, always: bool = False) -> None:
    """The answer where the tree has its place; ``always`` also over one that is written there."""
    attributes = node[1]
    if node[2] == PLACED or (always and node[2] is not None and "Value" not in attributes):
        node[2] = text
    elif attributes.get("Value") == PLACED or always:
        if text is None:
            _nothing(node)
        elif node[0] == "ItemData":
            attributes["Value"] = text
        else:
            node[2] = text


def _nothing(node: Foreign) -> None:
    """No answer any more."""
    node[1].pop("Value", None)
    node[1]["IsNull"] = "Yes"
    node[2] = None
