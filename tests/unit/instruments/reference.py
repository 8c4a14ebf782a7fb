"""Every instrument a second time, written from the printed tables: fractions, plain rows, no cleverness.

Nothing here is taken from ``mda5_crf.instruments``; both were written from the domain reference, this
one as a reader with paper and pencil would follow it. What needs exp, roots or powers is computed in
floating point, and compared with a tolerance. None is "not evaluable".
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

F = Fraction
Numbers = Mapping[str, Fraction | None]

# -- Total Improvement Score -----------------------------------------------------------

# Points for improvements of: up to 5, up to 15, up to 25, up to 40, more (percent).
TIS_POINTS = {
    "phga": ("0", "7.5", "15", "17.5", "20"),
    "ptga": ("0", "2.5", "5", "7.5", "10"),
    "haq": ("0", "5", "7.5", "7.5", "10"),
    "enzyme": ("0", "2.5", "5", "7.5", "7.5"),
    "extra": ("0", "7.5", "12.5", "15", "20"),
}
# The muscle test: up to 2, 10, 20, 30, more.
MMT_POINTS = ("0", "10", "20", "27.5", "32.5")


def tis_points(measure: str, percent: Fraction) -> Fraction:
    """Points of one core set measure for its improvement in percent of its range."""
    if measure == "mmt":
        if percent <= 2:
            column = 0
        elif percent <= 10:
            column = 1
        elif percent <= 20:
            column = 2
        elif percent <= 30:
            column = 3
        else:
            column = 4
        return F(MMT_POINTS[column])
    if percent <= 5:
        column = 0
    elif percent <= 15:
        column = 1
    elif percent <= 25:
        column = 2
    elif percent <= 40:
        column = 3
    else:
        column = 4
    return F(TIS_POINTS[measure][column])


def tis_enzyme(baseline: Numbers, uln: Numbers) -> str | None:
    """The enzyme with the highest multiple of its limit at baseline; ties in this order."""
    best: tuple[Fraction, str] | None = None
    for enzyme in ("ck", "aldolase", "ldh", "ast", "alt"):
        value, limit = baseline.get(enzyme), uln.get(enzyme)
        if value is None or limit is None or limit <= 0:
            continue
        if best is None or value / limit > best[0]:
            best = (value / limit, enzyme)
    return None if best is None else best[1]


def tis(
    baseline: Numbers, followup: Numbers, uln: Numbers, maximum: Fraction
) -> tuple[Fraction | None, str, dict[str, Fraction]]:
    """Total, category, and points of the measures that could be computed."""
    points: dict[str, Fraction] = {}
    for measure, span in (("phga", 10), ("ptga", 10), ("extra", 10), ("haq", 3)):
        before, after = baseline.get(measure), followup.get(measure)
        if before is not None and after is not None:
            points[measure] = tis_points(measure, (before - after) * 100 / span)
    before, after = baseline.get("mmt"), followup.get("mmt")
    if before is not None and after is not None:
        points["mmt"] = tis_points("mmt", (after - before) * 100 / maximum)
    enzyme = tis_enzyme(baseline, uln)
    if enzyme is not None:
        before, after, limit = baseline.get(enzyme), followup.get(enzyme), uln.get(enzyme)
        times = {"ck": 15, "aldolase": 6, "ldh": 3, "ast": 3, "alt": 3}[enzyme]
        if before is not None and after is not None and limit is not None:
            points["enzyme"] = tis_points("enzyme", (before - after) * 100 / (times * limit))
    if len(points) < 6:
        return None, "NOT EVALUABLE", points
    total = sum(points.values(), F(0))
    if total < 20:
        return total, "NO RESPONSE", points
    if total < 40:
        return total, "MINIMAL", points
    return total, "MODERATE" if total < 60 else "MAJOR", points


# -- MMT-8, HAQ-DI, CDASI, MDAAT -------------------------------------------------------


def mmt8(
    neck: Fraction | None, right: Sequence[Fraction | None], left: Sequence[Fraction | None]
) -> tuple[Fraction | None, Fraction | None]:
    """(total of 150, total of 80)."""

    def add(grades: Sequence[Fraction | None]) -> Fraction | None:
        result = F(0)
        for grade in grades:
            if grade is None:
                return None
            result += grade
        return result

    return add([neck, *right, *left]), add([neck, *right])


HAQ_ITEMS = ("01 02", "03 04", "05 06 07", "08 09", "23 24 25", "26 27", "28 29 30", "31 32 33")
HAQ_LIFTS = ("14 19", "16 20", "15 21", "10 11 12 13 22", "34 35 37 39 42", "38 43", "36 44", "45")


def haq(
    items: Mapping[str, Fraction | None], ticked: frozenset[str]
) -> tuple[Fraction | None, Fraction | None, int]:
    """(index, index without aids, categories); keys are the last two digits of the item codes."""
    with_aids: list[Fraction] = []
    without: list[Fraction] = []
    for names, lifts in zip(HAQ_ITEMS, HAQ_LIFTS, strict=True):
        answers = [items[name] for name in names.split() if items[name] is not None]
        if not answers:
            continue
        worst = max(answer for answer in answers if answer is not None)
        without.append(worst)
        if worst < 2 and set(lifts.split()) & ticked:
            worst = F(2)
        with_aids.append(worst)
    if len(without) < 6:
        return None, None, len(without)
    return sum(with_aids) / F(len(with_aids)), sum(without) / F(len(without)), len(without)


CDASI_SITES = (
    "scalp malar periorb restface vneck postneck upback restback abdomen latthigh restleg arm mechhand "
    "dorshand gottnoth"
).split()


def cdasi(codes: Mapping[str, object]) -> tuple[Fraction | None, Fraction | None]:
    """(activity, damage); every item must be there."""
    if any(code is None for code in codes.values()) or len(codes) != 15 * 5 + 6:
        return None, None
    number = {name: F(str(code)) for name, code in codes.items() if name != "hand_pap"}
    activity = number["hand_e"]
    if codes["hand_pap"] == "Y":
        activity += number["hand_e"]
    activity += number["hand_u"] + number["periung"] + number["alopec"]
    damage = number["hand_d"]
    for site in CDASI_SITES:
        activity += number[site + "_e"] + number[site + "_s"] + number[site + "_u"]
        damage += number[site + "_p"] + number[site + "_c"]
    return activity, damage


def mdaat(lines: Sequence[Fraction | None]) -> tuple[Fraction | None, int]:
    """(ratio, systems assessed)."""
    known = [line for line in lines if line is not None]
    return (sum(known) / F(10 * len(known)) if known else None), len(known)


# -- Classifications -------------------------------------------------------------------


def bohan_peter(weak: str, enz: str, emg: str, bx: str, rash: str) -> tuple[str, str, int]:
    """(dermatomyositis, polymyositis, items 1–4 present); every answer given."""

    def dermatomyositis(count: int, skin: bool) -> str:
        if not skin or count == 0:
            return "NOT MET"
        return {1: "POSSIBLE", 2: "PROBABLE"}.get(count, "DEFINITE")

    def polymyositis(count: int, skin: bool) -> str:
        if skin or count < 2:
            return "NOT MET"
        return {2: "POSSIBLE", 3: "PROBABLE", 4: "DEFINITE"}[count]

    four = (weak, enz, emg, bx)
    count = sum(1 for answer in four if answer == "Y")
    most = sum(1 for answer in four if answer != "N")
    dm = dermatomyositis(count, rash == "Y")
    if dm == "NOT MET" and dermatomyositis(most, rash != "N") != "NOT MET":
        dm = "INSUFFICIENT"
    pm = polymyositis(count, rash == "Y")
    if pm == "NOT MET" and polymyositis(most, rash == "Y") != "NOT MET":
        pm = "INSUFFICIENT"
    return dm, pm, count


# item: points without biopsy, points with biopsy ("" = not in that column)
EULAR_ROWS = {
    "weak_upper": ("0.7", "0.7"),
    "weak_lower": ("0.8", "0.5"),
    "neck_flex": ("1.9", "1.6"),
    "leg_prox": ("0.9", "1.2"),
    "heliotrope": ("3.1", "3.2"),
    "gottron_papules": ("2.1", "2.7"),
    "gottron_sign": ("3.3", "3.7"),
    "dysphagia": ("0.7", "0.6"),
    "jo1": ("3.9", "3.8"),
    "enzymes": ("1.3", "1.4"),
    "bx_endomysial": ("", "1.7"),
    "bx_perimysial": ("", "1.2"),
    "bx_perifasc_atrophy": ("", "1.9"),
    "bx_rimmed": ("", "3.1"),
}


def eular_acr(
    age: Fraction, present: frozenset[str], biopsy: bool
) -> tuple[Fraction, float, str, str | None]:
    """(score, probability, category, subgroup) of an adult."""
    young, old = ("1.5", "2.2") if biopsy else ("1.3", "2.1")
    score = F(young) if age < 40 else F(old)
    for name, (without, with_biopsy) in EULAR_ROWS.items():
        points = with_biopsy if biopsy else without
        if name in present and points:
            score += F(points)
    probability = 1 / (1 + math.exp(float((F("6.49") if biopsy else F("5.33")) - score)))
    skin = bool(present & {"heliotrope", "gottron_papules", "gottron_sign"})
    if not skin and not biopsy:
        return score, probability, "NOT EVALUABLE", None
    shifted = score - F("1.2") if biopsy else score  # the cut-offs with biopsy are 1.2 higher
    if shifted >= F("7.5"):
        category = "DEFINITE"
    elif shifted >= F("5.5"):
        category = "PROBABLE"
    elif shifted >= F("5.3"):
        category = "POSSIBLE"
    else:
        category = "NOT IIM"
    if not skin or category not in ("DEFINITE", "PROBABLE"):
        return score, probability, category, None
    weak = bool(present & {"weak_upper", "weak_lower", "neck_flex", "leg_prox"})
    return score, probability, category, "DM" if weak else "ADM"


# -- Lungs -----------------------------------------------------------------------------


def ichikado(zones: Sequence[Sequence[Fraction]]) -> Fraction | None:
    """Mean of six zones of five percentages; None when one of them exceeds 100 in all."""
    result = F(0)
    for g, c, gt, ct, h in zones:
        normal = 100 - (g + c + gt + ct + h)
        if normal < 0:
            return None
        result += normal + 2 * g + 3 * c + 4 * gt + 5 * ct + 6 * h
    return result / 6


def kazerooni(alveolar: Sequence[Fraction], interstitial: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """Means over the lobes. Not shipped: described for comparison only."""
    return sum(alveolar, F(0)) / len(alveolar), sum(interstitial, F(0)) / len(interstitial)


def warrick(segments: Sequence[int]) -> int:
    """Severity and extent points under the recalled (UNVERIFIED) weights. Not shipped."""
    result = 0
    for severity, count in enumerate(segments, start=1):
        if count >= 1:
            result += severity
            result += 1 if count <= 3 else 2 if count <= 9 else 3
    return result


def gap(sex: str, age: Fraction, fvc: Fraction, dlco: Fraction | None, unable: bool) -> int | None:
    """Points 0–8."""
    points = {"F": 0, "M": 1}[sex]
    if age > 65:
        points += 2
    elif age > 60:
        points += 1
    if fvc < 50:
        points += 2
    elif fvc <= 75:
        points += 1
    if unable:
        return points + 3
    if dlco is None:
        return None
    if dlco <= 35:
        points += 2
    elif dlco <= 55:
        points += 1
    return points


GAP_STAGE = ("I", "I", "I", "I", "II", "II", "III", "III", "III")
GAP_MORTALITY = {
    "I": ("5.6", "10.9", "16.3"),
    "II": ("16.2", "29.9", "42.1"),
    "III": ("39.2", "62.1", "76.8"),
}
# Total 0 … 8: mortality after 1 and 3 years.
ILD_GAP_MORTALITY = (
    ("3.1", "10.2"),
    ("3.1", "10.2"),
    ("8.8", "26.9"),
    ("8.8", "26.9"),
    ("18.2", "49.2"),
    ("18.2", "49.2"),
    ("33.5", "74.8"),
    ("33.5", "74.8"),
    ("33.5", "74.8"),
)


def pao2_fio2(
    pao2: Fraction, fio2: Fraction, peep: Fraction | None, baro: Fraction | None, high: bool
) -> tuple[Fraction | None, str | None]:
    """(ratio, Berlin class)."""
    if fio2 > 1:
        fio2 = fio2 / 100
    ratio = pao2 / fio2
    if high:
        if baro is None:
            return None, None
        ratio = ratio * baro / 760
    if peep is None or peep < 5 or ratio > 300:
        return ratio, None
    if ratio > 200:
        return ratio, "MILD"
    return ratio, "MODERATE" if ratio > 100 else "SEVERE"


def rp_ild(
    days: int | None,
    window: int,
    dyspnoea: bool | None,
    changes: Sequence[tuple[Fraction | None, int]],
    excluded: bool | None,
) -> str | None:
    """Three-valued "and" of: dyspnoea, any change at its threshold, soon enough, others excluded."""
    known = [change >= threshold for change, threshold in changes if change is not None]
    if any(known):
        worse: bool | None = True
    else:
        worse = False if len(known) == len(changes) else None
    soon = None if days is None or days < 0 else days <= window
    answers = [dyspnoea, worse, soon, excluded]
    if any(answer is False for answer in answers):
        return "N"
    return "Y" if all(answers) else None


# -- Formulas --------------------------------------------------------------------------


def egfr(sex: str, age: Fraction, mg_dl: Fraction) -> float:
    """CKD-EPI 2021."""
    kappa, alpha, factor = (0.7, -0.241, 1.012) if sex == "F" else (0.9, -0.302, 1.0)
    ratio = float(mg_dl) / kappa
    low, high = math.pow(min(ratio, 1), alpha), math.pow(max(ratio, 1), -1.2)
    return 142 * low * high * math.pow(0.9938, float(age)) * factor


def clearance(sex: str, age: Fraction, weight: Fraction, mg_dl: Fraction) -> Fraction:
    """Cockcroft–Gault."""
    result = (140 - age) * weight / (72 * mg_dl)
    return result * F("0.85") if sex == "F" else result


def bsa(method: str, height: Fraction, weight: Fraction) -> float:
    """Mosteller or DuBois."""
    if method == "mosteller":
        return math.sqrt(float(height * weight / 3600))
    return 0.007184 * math.pow(height, 0.725) * math.pow(weight, 0.425)


def dlco_corrected(form: str, dlco: Fraction, hb: Fraction, sex: str) -> Fraction:
    """Form A and form B, with haemoglobin in g/dL as the calculator page prints it."""
    g_dl = hb / 10
    offset = F("10.22") if sex == "M" else F("9.38")
    if form == "A":
        return dlco * (offset + g_dl) / (F("1.7") * g_dl)
    reference = F("14.6") if sex == "M" else F("13.4")
    return dlco * F("1.7") * reference / (g_dl + F("0.7") * reference)


# drug: prednisone mg for each mg, as a fraction
STEROIDS = {
    "PREDNISONE": F(1),
    "PREDNISOLONE": F(1),
    "METHYLPREDNISOLONE": F(5, 4),
    "TRIAMCINOLONE": F(5, 4),
    "DEXAMETHASONE": F(20, 3),
    "BETAMETHASONE": F(20, 3),
    "HYDROCORTISONE": F(1, 4),
    "CORTISONE": F(1, 5),
    "DEFLAZACORT": F(5, 6),
}


def study_day(day: date, d1: date) -> int:
    """Counted one by one: the day before day 1 is −1."""
    distance = day.toordinal() - d1.toordinal()
    return distance + 1 if distance >= 0 else distance


# -- CTCAE -----------------------------------------------------------------------------

# Term: grade → when, for v = value, u = ULN, l = LLN, b = baseline. Worst grade first; the first that
# is true counts. A condition whose limit is missing cannot be answered.
Rule = Sequence[tuple[str, str, str, Fraction]]  # grade, comparison, of ("" u l b), number


def _falls(*numbers: str, top: int = 4, first: str = "1") -> Rule:
    """``< LLN`` is grade ``first``; then the numbers, the last one being grade ``top``."""
    grades = range(top, top - len(numbers), -1)
    rows = [(str(grade), "<", "", F(number)) for grade, number in zip(grades, reversed(numbers), strict=True)]
    return [*rows, (first, "<", "l", F(1))]


def _rises(of: str, *numbers: str, top: int = 4) -> Rule:
    """The numbers × ``of``, the last one being grade ``top``."""
    grades = range(top, top - len(numbers), -1)
    return [(str(g), ">", of, F(number)) for g, number in zip(grades, reversed(numbers), strict=True)]


OVER: Rule = [("1", ">", "u", F(1))]
CTCAE: Mapping[str, Rule] = {
    "Neutrophil count decreased": _falls("1.5", "1", "0.5"),
    "Lymphocyte count decreased": _falls("0.8", "0.5", "0.2"),
    "Lymphocyte count increased": _rises("", "4", "20", top=3),
    "White blood cell decreased": _falls("3", "2", "1"),
    "Leukocytosis": _rises("", "100", top=3),
    "Platelet count decreased": _falls("75", "50", "25"),
    "Anemia": _falls("100", "80", top=3),
    "Hemoglobin increased": [("3", ">", "u+", F(40)), ("2", ">", "u+", F(20)), ("1", ">", "u+", F(0))],
    "CD4 lymphocytes decreased": _falls("0.5", "0.2", "0.05"),
    "Alanine aminotransferase increased": _rises("u", "1", "3", "5", "20"),
    "Aspartate aminotransferase increased": _rises("u", "1", "3", "5", "20"),
    "Alkaline phosphatase increased": _rises("u", "1", "2.5", "5", "20"),
    "GGT increased": _rises("u", "1", "2.5", "5", "20"),
    "Blood bilirubin increased": _rises("u", "1", "1.5", "3", "10"),
    "CPK increased": _rises("u", "1", "2.5", "5", "10"),
    "Blood lactate dehydrogenase increased": OVER,
    "Hypoalbuminemia": _falls("30", "20", top=3),
    "Hypokalemia": _falls("3", "2.5", first="1–2"),
    "Hyperkalemia": [*_rises("", "5.5", "6", "7"), *OVER],
    "Hyponatremia": [("4", "<", "", F(120)), ("3", "<", "", F(125)), ("2–3", "<", "", F(130)), *_falls()],
    "Hypernatremia": [*_rises("", "150", "155", "160"), *OVER],
    "Hypoglycemia": _falls("3", "2.2", "1.7"),
    "Cholesterol high": [*_rises("", "7.75", "10.34", "12.92"), *OVER],
    "Hypertriglyceridemia": [*_rises("", "3.42", "5.7", "11.4"), ("1", ">=", "", F("1.71"))],
    "Hypocalcemia": _falls("2", "1.75", "1.5"),
    "Hypercalcemia": [*_rises("", "2.9", "3.1", "3.4"), *OVER],
    "INR increased": _rises("", "1.2", "1.5", "2.5", top=3),
    "Activated partial thromboplastin time prolonged": _rises("u", "1", "1.5", "2.5", top=3),
    "Hyperuricemia": OVER,
}
HIGH_BASELINE: Mapping[str, Rule] = {
    "Alanine aminotransferase increased": [*_rises("b", "3", "5", "20"), ("1", ">=", "b", F("1.5"))],
    "Aspartate aminotransferase increased": [*_rises("b", "3", "5", "20"), ("1", ">=", "b", F("1.5"))],
    "Alkaline phosphatase increased": [*_rises("b", "2.5", "5", "20"), ("1", ">=", "b", F(2))],
    "GGT increased": [*_rises("b", "2.5", "5", "20"), ("1", ">=", "b", F(2))],
    "Blood bilirubin increased": _rises("b", "1", "1.5", "3", "10"),
}


def ctcae_edge(row: tuple[str, str, str, Fraction], limits: Numbers) -> Fraction | None:
    """The number a row compares with; None when its limit is missing."""
    _, _, of, number = row
    if of == "":
        return number
    limit = limits[of[0]]
    if limit is None:
        return None
    return limit + number if of == "u+" else limit * number


def creatinine(value: Fraction, uln: Fraction | None, baseline: Fraction | None) -> str | None:
    """The one term with two limits in a cell."""
    times_uln = None if uln is None else value / uln
    times_base = None if baseline is None else value / baseline
    if times_uln is not None and times_uln > 6:
        return "4"
    if (times_uln is not None and times_uln > 3) or (times_base is not None and times_base > 3):
        return "3"
    if (times_uln is not None and times_uln > F("1.5")) or (times_base is not None and times_base > F("1.5")):
        return "2"
    if times_uln is None:
        return None
    return "1" if times_uln > 1 else "0"


def ctcae(
    term: str, value: Fraction, uln: Fraction | None, lln: Fraction | None, baseline: Fraction | None
) -> str | None:
    """The grade as text; None when a missing limit could still decide."""
    if term == "Creatinine increased":
        return creatinine(value, uln, baseline)
    rows = CTCAE[term]
    if term in HIGH_BASELINE and uln is not None and baseline is not None and baseline > uln:
        rows = HIGH_BASELINE[term]
    limits = {"u": uln, "l": lln, "b": baseline}
    unanswered = False
    for row in rows:
        edge = ctcae_edge(row, limits)
        if edge is None:
            unanswered = True
        elif {"<": value < edge, ">": value > edge, ">=": value >= edge}[row[1]]:
            return row[0]
    return None if unanswered else "0"
