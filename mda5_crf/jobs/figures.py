"""What a demonstration cost whoever entered it, and what its checks asked back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs.filling import Filled
from mda5_crf.services.queries import SYSTEM
from mda5_crf.services.session import Session

_LOGS, _BASELINE = "LOG", "BL"
_MOST_NAMED = 10


@dataclass(slots=True)
class Figures:
    """Counted while entering (``values``, ``answers`` by visit) and read from the vault (``queries``)."""

    values: int = 0
    answers: dict[ItemKey, int] = field(default_factory=dict)
    queries: Counter[str] = field(default_factory=Counter)

    def filled(self, form: ItemKey, filled: Filled, *, optional: bool = False) -> None:
        """One form was filled; nobody had to when it was ``optional``."""
        self.values += filled.values
        visit = form.event_key()
        if visit.event != _LOGS:
            self.answers[visit] = self.answers.get(visit, 0) + (0 if optional else filled.answers)

    def read(self, session: Session) -> None:
        """Count the queries that checks have raised in this vault, resolved ones too."""
        self.queries = Counter(query.check for query in session.queries() if query.source == SYSTEM)

    @property
    def visits(self) -> int:
        """Visits with at least one form; the running logs are none."""
        return len(self.answers)

    @property
    def queries_per_visit(self) -> Decimal:
        """Queries raised by checks per visit, two decimals."""
        return _per(sum(self.queries.values()), self.visits, 2)

    @property
    def answers_per_visit(self) -> Decimal:
        """Required answers per visit, one decimal; how they are counted: see ``filling``."""
        return _per(sum(self.answers.values()), self.visits, 1)

    @property
    def fullest_baseline(self) -> int:
        """The required answers of the baseline visit that needed most."""
        return max((n for visit, n in self.answers.items() if visit.event == _BASELINE), default=0)

    @property
    def most_asked(self) -> Sequence[tuple[str, int]]:
        """The ten checks that raised most queries, the busiest first."""
        return sorted(self.queries.items(), key=lambda one: (-one[1], one[0]))[:_MOST_NAMED]


def _per(number: int, visits: int, digits: int) -> Decimal:
    return (Decimal(number) / max(visits, 1)).quantize(Decimal(1).scaleb(-digits))
