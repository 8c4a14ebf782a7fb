"""Where every word of the small study's pages stands, kept as files: a change of layout is seen and meant.

To renew after looking at the pages: ``RENEW_GOLDEN=1 python -m pytest tests/unit/pdf/test_golden.py``.
"""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from mda5_crf.pdf import Tongue
from mda5_crf.pdf.document import lay_blank, lay_filled
from mda5_crf.pdf.parts import Laid
from mda5_crf.study.model import Form
from mda5_crf.text import Text
from tests.unit.pdf.paperwork import HEADER, MADE, ROOT, STRUCK, Chart, mini, printed_words, trial

FOLDER = ROOT / "tests" / "golden" / "pdf"

SIGNED = (
    Text("Signed by Li Na, 2026-08-21 10:32 +08:00.", "Li Na 已于 2026-08-21 10:32 +08:00 签名。"),
    Text("I approve these data as the investigator responsible.", "本人作为负责的研究者，批准这些数据。"),
)


def forms() -> list[Form]:
    return [mini().forms[name] for name in ("VS", "LB", "EX")]


def blank(tongue: Tongue) -> Laid:
    return lay_blank(mini(), forms(), tongue, event=mini().events["BL"], made=MADE)


def done(tongue: Tongue) -> Laid:
    chart = Chart(mini())
    for form in forms():
        chart.fill(form)
    chart.put("VS.TEMP_VSORRES", "98.6", unit="°F")
    chart.put("LB.CREAT_LBORRES", "<2.1", unit="mg/dL")
    pulse = chart.put("VS.PULSE_VSORRES", "about 80 大约")
    pages = [chart.page(form) for form in forms()]
    pages[0] = replace(pages[0], queries=frozenset({pulse}), changed=frozenset({pulse}))
    pages[2] = replace(
        pages[2], rows={"ROWS": [*[STRUCK], replace(STRUCK, identity="d1:21", number=1, struck=False)]}
    )
    pages[0] = replace(pages[0], signatures=[SIGNED])
    pages[1] = replace(
        pages[1], held=Text("Frozen by Wang Fang on 2026-08-21 10:40", "Wang Fang 于 2026-08-21 10:40 冻结")
    )
    return lay_filled(mini(), pages, tongue, header=HEADER, demo=True, made=MADE)


def listing(laid: Laid) -> str:
    """One line a word: page, place in points, text; without the hash of the definition."""
    lines = [f"{laid.title} | {laid.locale}"]
    for number, leaf in enumerate(laid.leaves, start=1):
        lines += [f"{number} bookmark {level} {title}" for level, title, _ in leaf.bookmarks]
        for ink in printed_words(leaf):
            text = ink.text.replace(mini().hash[:12], "<hash>").replace(mini().version, "<version>")
            lines.append(f"{number} {ink.x:.1f} {ink.y:.1f} {ink.size:g} {text}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("tongue", ["en", "zh", "both"])
@pytest.mark.parametrize("kind", ["blank", "filled"])
def test_every_word_is_where_it_was(kind: str, tongue: Tongue) -> None:
    made = listing(blank(tongue) if kind == "blank" else done(tongue))
    path = FOLDER / f"mini-{kind}-{tongue}.txt"
    if os.environ.get("RENEW_GOLDEN") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made, encoding="utf-8")
    assert made == path.read_text(encoding="utf-8")


def lines_of(form: Form, tongue: Tongue) -> list[str]:
    """What stands on the blank form, line by line as it is read: words of one height from left to right."""
    made = []
    for number, leaf in enumerate(lay_blank(trial(), [form], tongue, made=MADE).leaves, start=1):
        rows: dict[float, list[tuple[float, str]]] = {}
        for ink in printed_words(leaf):
            text = ink.text.replace(trial().hash[:12], "<hash>").replace(trial().version, "<version>")
            rows.setdefault(round(ink.y, 1), []).append((ink.x, text))
        for _, words in sorted(rows.items()):
            made.append(f"{number} " + " | ".join(text for _, text in sorted(words)))
    return made


@pytest.mark.requirement("P11-2")
@pytest.mark.parametrize("tongue", ["en", "zh"])
def test_every_form_of_the_trial_says_what_it_said(tongue: Tongue) -> None:
    folder = FOLDER / "forms"
    different = []
    for form in trial().forms.values():
        path = folder / f"{form.oid}-{tongue}.txt"
        made = "\n".join(lines_of(form, tongue)) + "\n"
        if os.environ.get("RENEW_GOLDEN") == "1":
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(made, encoding="utf-8")
        if not path.exists() or path.read_text(encoding="utf-8") != made:
            different.append(form.oid)
    assert different == []
    assert len(list(folder.glob(f"*-{tongue}.txt"))) == len(trial().forms)
