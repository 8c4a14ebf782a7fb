"""What a study definition says, as immutable objects. Built only by ``study.load``.

Names are CDISC ODM's. All texts are in both languages; all numbers are decimals; all expressions
are already compiled. Item names are unique within a form, so ``FORM.ITEM`` is unique in the study.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from mda5_crf.text import Text

if TYPE_CHECKING:
    from mda5_crf.study.coding import Dictionary
    from mda5_crf.study.expression import Expression
    from mda5_crf.study.overlay import Overlay


class ItemType(StrEnum):
    """How an item's text is read. ``date`` is complete, ``partial_date`` may lack day or month, ``link``
    names rows of a log by their identities.
    """

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    PARTIAL_DATE = "partial_date"
    TIME = "time"
    DATETIME = "datetime"
    CODE = "code"
    MULTI = "multi"
    LINK = "link"
    LABEL = "label"


class Layout(StrEnum):
    """How screen and paper arrange a group."""

    ROWS = "rows"
    GRID = "grid"
    PANEL = "panel"
    LOG = "log"


class Severity(StrEnum):
    """What a finding asks for (docs/architecture.md, "Findings")."""

    HARD = "hard"
    QUERY = "query"
    SOFT = "soft"
    WARNING = "warning"


class Mark(StrEnum):
    """Why a form is on the schedule of an event."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    LOG = "log"
    CARRIED = "carried"
    UPDATE = "update"
    CONDITIONAL = "conditional"


class Sdv(StrEnum):
    """How much of a form is verified against the source: all of it, its key items, nothing."""

    ALL = "all"
    KEY = "key"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class CodeValue:
    """One answer of a codelist. ``code`` is permanent and is what is stored."""

    code: str
    text: Text
    rank: int


@dataclass(frozen=True, slots=True)
class CodeList:
    """A closed list of answers. ``integers`` = the codes are whole numbers and compare as numbers."""

    oid: str
    values: tuple[CodeValue, ...]
    integers: bool = False
    by_code: Mapping[str, CodeValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as printed (``ng/mL``) and its ways into other units: ``stored = (typed + offset) × factor``.

    ``conversions`` maps a typed unit to (offset, factor); the unit itself is not in it.
    """

    oid: str
    symbol: str
    conversions: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Range:
    """Limits, inclusive; either end may be open or an expression (``RFICDAT``, ``today``).

    ``overlay``: what the centre made of them (:mod:`mda5_crf.study.overlay`).
    """

    low: Expression | None
    high: Expression | None
    oid: str
    overlay: Overlay | None = None

    @property
    def off(self) -> bool:
        """Whether the centre switched the limits off."""
        return self.overlay is not None and self.overlay.action == "off"

    def severity(self, stated: Severity) -> Severity:
        """What a value outside asks for: as the definition has it (``stated``), or as the centre made it."""
        return stated if self.overlay is None or self.off else Severity(self.overlay.action)


@dataclass(frozen=True, slots=True)
class Axis:
    """A heading of a grid or panel: one row or one column."""

    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class CourseLine:
    """A limit shown beside the values of an item in time. ``at`` is in the stored unit of the item."""

    at: Expression
    text: Text


@dataclass(frozen=True, slots=True)
class ItemCourse:
    """What is drawn beside the values of an item in time: limits with names, and the band of what is usual
    (either end may be open). Shown, never judged.
    """

    lines: tuple[CourseLine, ...] = ()
    band: tuple[Expression | None, Expression | None] | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One question. ``name`` is unique in its form; ``oid`` is ``FORM.ITEM``. ``key``: verified against the
    source where its form asks for key items only. ``source``: what it is transcribed from, if not as its
    form.

    ``units`` names the other units that may be typed; ``conversions`` has exactly those, each with
    (offset, factor) so that ``stored = (typed + offset) × factor``. The same pair of units converts
    differently for different analytes, so the factors to use are always the item's, not the unit's.
    ``to`` is the log form whose rows a link names; ``many`` = several of them. ``implied``: a number typed
    without a unit is in this other unit when it is above this limit (an FiO2 of 30 is 30 %). ``same_as``:
    items (``FORM.ITEM``) of the same visit that as a rule have the same answer, which is then offered by one
    key.
    """

    oid: str
    name: str
    form: str
    group: str
    type: ItemType
    label: Text
    length: int | None = None
    decimals: int | None = None
    unit: str | None = None
    units: tuple[str, ...] = ()
    conversions: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    implied: tuple[str, Decimal] | None = None
    unit_from: str | None = None
    codelist: str | None = None
    to: str | None = None
    many: bool = False
    comparator: bool = False
    hard: Range | None = None
    soft: Range | None = None
    pattern: str | None = None
    required: bool = False
    relevant: Expression | None = None
    calculate: Expression | None = None
    missing: tuple[str, ...] = ()
    not_done_item: str | None = None
    investigator: bool = False
    key: bool = False
    source: str | None = None
    rest: str | None = None
    same_as: tuple[str, ...] = ()
    course: ItemCourse | None = None
    sdtm: str | None = None
    coding: Dictionary | None = None
    hint: Text | None = None
    guidance: Text | None = None
    row: str | None = None
    column: str | None = None
    renamed_from: str | None = None

    @property
    def computed(self) -> bool:
        """True when nobody enters it: its value is evaluated wherever it is shown or exported."""
        return self.calculate is not None


class Rule(StrEnum):
    """How a total is made of codes: all of them together, or the highest that is known."""

    SUM = "sum"
    HIGHEST = "highest"


@dataclass(frozen=True, slots=True)
class Total:
    """What a table shows beside its cells: a computed ``item`` of the form, or ``rule`` over items ``of``.

    It stands under ``column``, behind ``row``, or (with neither) below the whole table.
    """

    item: str = ""
    rule: Rule | None = None
    of: tuple[str, ...] = ()
    row: str | None = None
    column: str | None = None
    text: Text | None = None


@dataclass(frozen=True, slots=True)
class ItemGroup:
    """A section of a form. ``repeating`` rows are identified by the record that created them.

    ``zero_row``: the code that one key sets in the empty cells of a row; ``rest``: that another key sets in
    all empty cells that have it among their answers (an item's own ``rest`` goes before it).
    """

    oid: str
    name: str
    form: str
    title: Text
    layout: Layout
    items: tuple[Item, ...]
    rows: tuple[Axis, ...] = ()
    columns: tuple[Axis, ...] = ()
    repeating: bool = False
    relevant: Expression | None = None
    zero_row: str | None = None
    rest: str | None = None
    totals: tuple[Total, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """An edit check: ``fires`` is true when something is wrong; unknown never fires.

    ``deviation`` is a category of protocol deviations (codelist DVCAT): one is proposed when it fires.
    ``overlay``: what the centre made of it; then ``stated`` is the severity that the definition has.
    """

    oid: str
    form: str
    severity: Severity
    fires: Expression
    message: Text
    items: tuple[str, ...]
    at_completion: bool = False
    per_row: str | None = None
    deviation: str | None = None
    stated: Severity | None = None
    overlay: Overlay | None = None

    @property
    def off(self) -> bool:
        """Whether the centre switched the check off."""
        return self.overlay is not None and self.overlay.action == "off"

    @property
    def defined(self) -> Severity:
        """The severity that the definition itself has."""
        return self.severity if self.stated is None else self.stated


@dataclass(frozen=True, slots=True)
class Instrument:
    """A scored instrument of a form: a function of ``mda5_crf.instruments`` and where its inputs are."""

    name: str
    form: str
    function: str
    inputs: Mapping[str, Expression | Mapping[str, Expression]]


@dataclass(frozen=True, slots=True)
class Form:
    """A case report form. Group order is paper order, screen order and tab order.

    ``sdv``: how much of it is verified against the source (None = what the study says); ``source``: what its
    items are transcribed from, a code of the study's ``sources``.
    """

    oid: str
    name: Text
    domain: str
    groups: tuple[ItemGroup, ...]
    checks: tuple[Check, ...] = ()
    instruments: Mapping[str, Instrument] = field(default_factory=dict)
    repeating: bool = False
    log: bool = False
    date_item: str | None = None
    watermark: Text | None = None
    note: Text | None = None
    sdv: Sdv | None = None
    source: str | None = None
    items: Mapping[str, Item] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StudyEvent:
    """A visit. ``target`` and ``window`` are study days (no day 0); None = any day."""

    oid: str
    name: Text
    rank: int
    target: int | None = None
    window: tuple[int, int] | None = None
    repeating: bool = False
    kind: str = "scheduled"
    window_text: Text | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """One cell of the schedule: this form at this event."""

    event: str
    form: str
    mark: Mark
    when: Expression | None = None
    within: int | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """What ends the expectation of visits: while ``when`` is true at one of ``events``, nothing is due there
    but ``except_forms``. Unknown closes nothing.
    """

    oid: str
    when: Expression
    events: tuple[str, ...]
    except_forms: tuple[str, ...]
    text: Text


@dataclass(frozen=True, slots=True)
class Study:
    """A whole definition. ``hash`` is the SHA-256 (hex) of ``source``, the canonical file set.

    ``overlays``: those that changed what its checks ask for; hash and source are the definition's own.
    ``origin``: what the definition came from (``ODM 1.3.1, REDCap 14.7.3``); "" for one written here.
    """

    oid: str
    name: Text
    protocol: Text
    version: str
    timezone: str
    subject_pattern: str
    events: Mapping[str, StudyEvent]
    forms: Mapping[str, Form]
    codelists: Mapping[str, CodeList]
    units: Mapping[str, Unit]
    due: tuple[Due, ...]
    names: Mapping[str, Expression]
    settings: Mapping[str, str]
    missing_codes: Mapping[str, Text]
    reasons: Mapping[str, Text]
    hash: str
    source: bytes
    closings: tuple[Closing, ...] = ()
    sources: Mapping[str, Text] = field(default_factory=dict)
    overlays: tuple[Overlay, ...] = ()
    origin: str = ""

    def forms_of(self, event: str) -> tuple[Due, ...]:
        """What the schedule names for ``event``, in schedule order."""
        return tuple(due for due in self.due if due.event == event)

    def item(self, oid: str) -> Item:
        """The item ``FORM.ITEM``. Raises KeyError."""
        form, _, name = oid.partition(".")
        return self.forms[form].items[name]
