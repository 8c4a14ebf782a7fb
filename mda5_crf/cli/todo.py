"""``todo``: the work list, the same that the window shows."""

from __future__ import annotations

import argparse
import sys

from mda5_crf.cli.login import open_session
from mda5_crf.cli.output import one_line, say, say_error, say_json
from mda5_crf.services.worklist import Task, WorkList, grouped
from mda5_crf.text import message


def run(options: argparse.Namespace) -> int:
    """Everything that waits, or with ``--mine`` only what the person who logged in may do."""
    with open_session(options) as session:
        warning = session.check_clock()
        if warning is not None:
            say_error(warning)
        work = session.work_list()
    tasks = tuple(task for task in work.tasks if task.mine or not options.mine)
    if options.json:
        say_json(_document(work, tasks))
        return 0
    language = options.language
    for group, listed in grouped(tasks):
        say(message("worklist.heading", title=group.words, count=len(listed)), language)
        for task in listed:
            where, words = one_line(task.place.in_(language)), one_line(task.words.in_(language))
            # What is one's own is marked, so that nobody has to ask twice.
            sys.stdout.write(f"  {'*' if task.mine else ' '} {task.subjid}  {where}: {words}\n")
    mine = sum(task.mine for task in tasks)
    if tasks:
        say(message("worklist.total", count=len(tasks), mine=mine), language)
    else:
        say(message("worklist.nothing"), language)
    for note in work.notes:
        say(note, language)
    return 0


def _document(work: WorkList, tasks: tuple[Task, ...]) -> dict[str, object]:
    return {
        "tasks": [
            {
                "group": task.group.value,
                "subject": task.subjid,
                "identity": task.subject,
                "key": task.key.path(),
                "place": {"en": task.place.en, "zh": task.place.zh},
                "words": {"en": task.words.en, "zh": task.words.zh},
                "date": task.date.isoformat() if task.date else None,
                "mine": task.mine,
            }
            for task in tasks
        ],
        "notes": [{"en": note.en, "zh": note.zh} for note in work.notes],
    }
