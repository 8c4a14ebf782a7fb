"""A person who is screened and not enrolled, entered as the demonstration does."""

from __future__ import annotations

import random
from pathlib import Path

from mda5_crf.itemkey import ItemKey
from mda5_crf.jobs import demonstration
from mda5_crf.jobs.courses import STORIES
from mda5_crf.jobs.figures import Figures
from mda5_crf.services.outcomes import outcomes
from tests.commandline import remembered_keys


def test_not_enrolled_is_closed_and_no_part_of_the_table(tmp_path: Path) -> None:
    figures = Figures()
    with (
        remembered_keys(),
        demonstration._vault(tmp_path / "w.mda5", "01", "Ward", "wang", "investigator", None) as ward,
    ):
        demonstration._lists(ward)
        demonstration._participant(ward, len(STORIES), random.Random(3), figures)
        (subject,) = ward.subjects()
        data = ward.data(subject.identity)
        assert data.statuses[ItemKey(subject.identity, "SCR", form="IE")] == "complete"
        assert data.statuses[ItemKey(subject.identity, "SFU", form="EOS")] == "complete"
        assert ward.day_one(subject.identity) is None
        assert not [query for query in ward.queries() if query.check]
        assert outcomes(ward).participants == 0
        closed = {node.key.event for node in ward.tree(subject.identity) if node.closed is not None}
        assert {"BL", "W24", "W52"} <= closed
        assert figures.visits == 2
