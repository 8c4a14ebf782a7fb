"""A file of ODM for a study of another system: what is about nobody, the trees, and what was done here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mda5_crf.exchange.odm_audit import Story
from mda5_crf.exchange.odm_foreign import write_node
from mda5_crf.exchange.odm_frames import Frames
from mda5_crf.exchange.odm_names import event_oid, form_oid, group_oid
from mda5_crf.exchange.odm_values import Cell
from mda5_crf.exchange.odmorigin import names
from mda5_crf.exchange.xmlout import XmlOut
from mda5_crf.itemkey import ItemKey
from mda5_crf.services.exportfeed import CLINICAL, Fact, Feed
from mda5_crf.services.importing import ORIGIN
from mda5_crf.services.importout import Kept
from mda5_crf.study.model import Study
from mda5_crf.text import Language

_LEVELS: Final = ("SubjectData", "StudyEventData", "FormData", "ItemGroupData")


def framed(study: Study) -> bool:
    """Whether the data of ``study`` are written with the names of another system."""
    return names(study) is not None


def transactional(feed: Feed) -> bool:
    """Whether what came in were transactions: so are the elements that go out."""
    return Kept(feed.session).transactional


def write_about(out: XmlOut, feed: Feed, admin: Callable[[], None], *, then: bool) -> None:
    """What stands before ClinicalData. ``admin`` writes who and where of this vault, where that is needed."""
    kept = Kept(feed.session)
    frames = Frames(out, feed, kept, then=then)
    for node in frames.about("study"):
        write_node(out, node)
    for node in frames.about("admin"):
        write_node(out, node)
    if kept.own(CLINICAL) if then else kept.unframed():
        admin()
    for node in frames.about("reference"):
        write_node(out, node)


def write_data(
    out: XmlOut,
    feed: Feed,
    subjects: frozenset[str] | None,
    language: Language,
    progress: Callable[[int, int], None],
    *,
    then: bool,
) -> tuple[int, set[str]]:
    """ClinicalData and what stands after it. Returns how many answers, and whose."""
    kept = Kept(feed.session)
    frames = Frames(out, feed, kept, then=then)
    frames.write(subjects, progress)
    if then and kept.own(CLINICAL):
        _here(out, feed, frames, subjects, language)
    for node in frames.about("other"):
        write_node(out, node)
    return frames.answers, frames.subjects - {""}


def _here(
    out: XmlOut, feed: Feed, frames: Frames, subjects: frozenset[str] | None, language: Language
) -> None:
    """What was done here, as transactions after those of the source."""
    story = _Story(out, feed, language, frames)
    with feed.reading() as tx:
        for one in feed.participants:
            if subjects is None or one.identity in subjects:
                for fact in feed.of(tx, one.identity):
                    if not _came(fact.data):
                        story.tell(fact)
    story.end()


def _came(data: Mapping[str, Any]) -> bool:
    origin = data.get(ORIGIN)
    return isinstance(origin, Mapping) and "import" in origin


class _Story(Story):
    """The story of what was done here, told with the names of the other system."""

    def __init__(self, out: XmlOut, feed: Feed, language: Language, frames: Frames) -> None:
        super().__init__(out, feed, language, exact=False)
        self._frames, self._names = frames, frames.names
        self._hidden: set[str] = set()
        self._form = ""

    def _under(self, study: Study, *, log: bool = False) -> None:
        if self._version == study.hash and not log:
            return
        self.end()
        self._out.start(
            "ClinicalData", StudyOID=self._names.study_oid, MetaDataVersionOID=self._names.version_oid
        )
        self._version, self._version_study, self._logging = study.hash, study, False
        self._clerk.within = study.hash

    def _log(self, fact: Fact) -> None:  # noqa: ARG002 - what it says does not matter
        """What is no transaction stands in the archive."""
        self.records -= 1

    def _close_to(self, depth: int) -> None:
        while len(self._open) > depth:
            path = self._open.pop()
            if path in self._hidden:
                self._hidden.discard(path)
            else:
                self._out.end()

    def _start(self, depth: int, key: ItemKey, kind: str, fact: Fact | None = None) -> None:
        path, known = key.path(), self._names
        told: dict[str, str | None] = {"TransactionType": kind}
        if depth == 0:
            who = self._feed.participant(key.subject)
            assert who is not None
            told["SubjectKey"] = self._frames.key_of(who)
        elif depth == 1 and not known.event_of(key.event) and fact is None:
            self._open.append(path)  # data without visits: their forms stand in the participant
            self._hidden.add(path)
            return
        else:
            repeat = (key.event_repeat, key.form_repeat, key.group_repeat)[depth - 1]
            oid, which = (
                (known.event_of(key.event) or event_oid(key.event), "StudyEvent"),
                (known.form_of(key.form) or form_oid(key.form), "Form"),
                (self._group_of(key), "ItemGroup"),
            )[depth - 1]
            told[f"{which}OID"] = oid
            if repeat:
                called = self._frames.answers_of(key.subject).names
                told[f"{which}RepeatKey"] = called.get(repeat, repeat)
        if depth == 3:
            self._form = key.form
        self._out.start(_LEVELS[depth], **told)
        self._open.append(path)
        self._columns = set()
        if fact is not None:
            self._clerk.audit(fact, path)

    def _group_of(self, key: ItemKey) -> str:
        if not key.group:
            return ""
        for target in self._names.targets:
            if (target.form, target.group) == (key.form, key.group):
                return target.foreign_group
        return group_oid(key.form, key.group)

    def _start_item(self, cell: Cell, kind: str) -> None:
        null = "Yes" if cell.value is None else None
        oid, value = self._item_of(cell.oid, cell.value)
        self._out.start("ItemData", ItemOID=oid, TransactionType=kind, Value=value, IsNull=null)

    def _item_of(self, oid: str, value: str | None) -> tuple[str, str | None]:
        """The foreign item of a column of ours (``I.FORM.ITEM[.CODE]``), and the answer there."""
        _, form, item, *code = oid.split(".", 3)
        for target in self._names.items_of(form, item):
            if target.code == (code[0] if code else ""):
                if value is None or code:
                    return target.foreign_item, value
                return target.foreign_item, target.foreign(value)
        return oid, value
