"""How numbers of the tables are written: always with their n, never a digit more than they carry."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from mda5_crf.services.figuremodel import Axis
from mda5_crf.statistics.proportions import Proportion
from mda5_crf.statistics.quantiles import Summary
from mda5_crf.text import Text, both

DASH: Final = both("–")
_SMALLEST: Final = 0.001


def fixed(value: Decimal | None, decimals: int | None) -> str:
    """A number with so many decimals (None: two at most, no trailing zeros); – for none."""
    if value is None:
        return "–"
    if decimals is not None:
        return format(value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP), "f")
    text = format(value.quantize(Decimal("0.01"), ROUND_HALF_UP), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(part: Decimal | None) -> str:
    """A share of 0–1 as percent with one decimal; – for none."""
    return "–" if part is None else f"{fixed(part * 100, 1)} %"


def share(found: Proportion) -> Text:
    """``10/14 (71.4 %)``; – where nobody is counted."""
    return both(f"{found.count}/{found.n} ({percent(found.part)})") if found.n else both("0/0")


def interval(found: Proportion) -> Text:
    """``41.9–91.6 %``."""
    if found.low is None or found.high is None:
        return DASH
    return both(f"{fixed(found.low * 100, 1)}–{fixed(found.high * 100, 1)} %")


def probability(p: float | None) -> str:
    """A p-value with three decimals; ``<0.001`` below; – for none."""
    if p is None:
        return "–"
    return "<0.001" if p < _SMALLEST else f"{p:.3f}"


def one_more(decimals: int | None) -> int | None:
    """Decimals of what is computed from values with so many: one more, as long as that is no third one."""
    return None if decimals is None else max(decimals, min(decimals + 1, 2))


def quartiles(found: Summary, decimals: int | None) -> Text:
    """``43.75 (41.88–59.38)``."""
    if found.median is None:
        return DASH
    more = one_more(decimals)
    return both(f"{fixed(found.median, more)} ({fixed(found.lower, more)}–{fixed(found.upper, more)})")


def spread(found: Summary, decimals: int | None) -> Text:
    """``43.8 ± 12.1``; without a standard deviation the mean alone."""
    if found.mean is None:
        return DASH
    more = one_more(decimals)
    mean = fixed(found.mean, more)
    return both(mean) if found.sd is None else both(f"{mean} ± {fixed(found.sd, more)}")


def joined(texts: Iterable[Text]) -> Text:
    """Several texts as one list."""
    listed = list(texts)
    return Text(", ".join(one.en for one in listed), "、".join(one.zh for one in listed))


def named(label: Text, unit: str) -> Text:
    """``Ferritin (µg/L)``."""
    return Text(f"{label.en} ({unit})", f"{label.zh}（{unit}）") if unit else label


def text_of(value: Decimal | None) -> str | None:
    """A decimal for programs: its digits, at most twelve significant, None for none."""
    if value is None:
        return None
    rounded = +value if len(value.as_tuple().digits) <= 12 else round(value, 12)
    return format(rounded.normalize() if rounded else Decimal(0), "f")


def scale(low: float, high: float, *, whole: bool = False, title: Text) -> tuple[Axis, float, float]:
    """An axis over ``low``–``high`` with four to seven round numbers, and the ends it was widened to."""
    span = max(high - low, 1.0 if whole else 1e-9)
    step = _round_step(span / 5)
    if whole:
        step = max(step, 1.0)
    first = step * int(low / step - (low < 0 and low % step != 0))
    last = first
    while last < high - 1e-9:
        last += step
    if last == first:
        last = first + step
    count = round((last - first) / step)
    ticks = tuple((place / count, both(_short(first + place * step))) for place in range(count + 1))
    return Axis(title, ticks), first, last


def _round_step(wanted: float) -> float:
    power = 1.0
    while power * 10 <= wanted:
        power *= 10
    while power > wanted:
        power /= 10
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= wanted)


def _short(number: float) -> str:
    text = f"{number:.6f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
