"""The form engine alone: one changed value, the whole form evaluated; part of the budget of a commit.

And loading the definition, as every log-in does, against ``tomllib`` merely reading the same files. Seconds
are of the processor: nothing here waits for a disk.
"""

from __future__ import annotations

import statistics
import sys
import time
import tomllib
from datetime import date

from mda5_crf.itemkey import ItemKey
from mda5_crf.settings import study_directory
from mda5_crf.study.data import SubjectData
from mda5_crf.study.evaluate import evaluate
from mda5_crf.study.load import load, load_source
from mda5_crf.study.source import pack, read_directory
from mda5_crf.study.values import Entry
from tests.bench.figures import figure

TODAY = date(2026, 9, 1)


def _loading() -> None:
    files, _ = read_directory(study_directory())
    source = pack(files)
    ours, peer = [], []
    for _ in range(5):
        began = time.process_time()
        load_source(source)
        ours.append(time.process_time() - began)
        began = time.process_time()
        for text in files.values():
            tomllib.loads(text)
        peer.append(time.process_time() - began)
    sys.stdout.write(
        f"load the definition: {min(ours) * 1000:.0f} ms, tomllib alone {min(peer) * 1000:.0f} ms, "
        f"ratio {min(ours) / min(peer):.1f}\n"
    )
    figure(
        "loading the definition, best of five",
        min(ours) * 1000,
        "ms",
        peer="tomllib reading the same files",
        theirs=min(peer) * 1000,
        cpu=True,
    )


def main() -> int:
    """VS and LBC, every number answered."""
    _loading()
    study = load(study_directory())
    for form, changed in (("VS", "PULSE_VSORRES"), ("LBC", "ALT_LBORRES")):
        data = SubjectData("d1:1", "01-001", "01")
        key = ItemKey("d1:1", "BL", "", form)
        for item in study.forms[form].items.values():
            if not item.computed:
                text = study.codelists[item.codelist].values[0].code if item.codelist else "60"
                data.put(key._replace(group=item.group, item=item.name), Entry(text))
        place = key._replace(group=study.forms[form].items[changed].group, item=changed)
        taken = []
        for number in range(420):
            data.put(place, Entry(str(20 + number % 40)))
            began = time.process_time()
            state = evaluate(study, data, key, TODAY)
            taken.append((time.process_time() - began) * 1000)
        median = statistics.median(taken[20:])
        sys.stdout.write(f"evaluate {form:4} {len(state.items):4} items: {median:.3f} ms\n")
        named = f"one changed value, {form} with {len(state.items)} items evaluated"
        figure(named, median, "ms", most=2, cpu=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
