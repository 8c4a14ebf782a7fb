"""Made-up lung function, computed tomography and blood gases that fit each other and the course."""

from __future__ import annotations

from decimal import Decimal

from mda5_crf.instruments.blood_gas import henderson_hasselbalch_ph
from mda5_crf.jobs.patient import Patient, text

ZONES = ("RU", "RM", "RL", "LU", "LM", "LL")
PARTS = ("G", "C", "GT", "CT", "H")
READERS = ("READER 1", "READER 2", "ADJUDICATED")
_TEN = Decimal(10)


def function(patient: Patient, day: int, haemoglobin: str) -> dict[str, str]:
    """Answers of form PFT. Volumes follow from height, age and how much lung is affected."""
    height, age = patient.person.height, patient.age
    predicted = _predicted_fvc(height, age, woman=patient.woman)
    lost = patient.lungs(day)
    percent = Decimal(96 - lost * 2 // 3) + Decimal(patient.rng.randint(-9, 9)) / 10
    fvc = (predicted * percent / 100).quantize(Decimal("0.01"))
    fev1 = (fvc * Decimal(patient.rng.randint(82, 88)) / 100).quantize(Decimal("0.01"))
    dlco_percent = Decimal(88 - lost * 3 // 4) + Decimal(patient.rng.randint(-9, 9)) / 10
    dlco = (Decimal("24.0") * predicted / Decimal("3.4") * dlco_percent / 100).quantize(Decimal("0.01"))
    return {
        "REPERF": "Y",
        "REDAT": patient.iso(day),
        "REEQUIP": "Vmax Encore",
        "REFSET": "GLI2012",
        "REHT": str(height),
        "REHGB": haemoglobin,
        "FVC_REORRES": str(fvc),
        "FVCPP_REORRES": str(percent),
        "FVCPRED_REORRES": str(predicted),
        "FEV1_REORRES": str(fev1),
        "FEV1PP_REORRES": str(percent - 1),
        "REQUAL": "A" if percent > 60 else "B",
        "DLCOPERF": "Y",
        "DLCO_REORRES": str(dlco),
        "DLCOPP_REORRES": str(dlco_percent),
        "REDLQUAL": "A",
    }


def _predicted_fvc(height: int, age: int, *, woman: bool) -> Decimal:
    """Litres; a plain linear rule, good enough for made-up people."""
    slope, fall, start = (("0.0410", "0.018", "2.70"), ("0.0553", "0.024", "4.30"))[not woman]
    litres = Decimal(slope) * height - Decimal(fall) * age - Decimal(start)
    return litres.quantize(Decimal("0.01"))


def reading(patient: Patient, day: int, reader: str, *, apart: int = 0) -> dict[str, str]:
    """Answers of one reading of form HRCT.

    ``apart``: percent that this reader sees more of ground glass and of consolidation, in every zone.
    """
    lost = patient.lungs(day)
    values = {
        "HRPERF": "Y",
        "HRDAT": patient.iso(day),
        "HRTHK": "1.0",
        "HRPOS": "SUPINE-INSP",
        "HRCENTR": "LOCAL" if reader == "READER 1" else "CENTRAL",
        "HRRDR": {"READER 1": "H01", "READER 2": "H02"}.get(reader, "H03"),
        "HRREAD": reader,
        "ILDPRES": "Y" if patient.course.lungs else "N",
        "HRPNMED": "N",
    }
    if patient.course.lungs:
        values |= {"ILDPAT": "OP" if lost < 45 else "NSIP-OP", "HRCONS": "Y" if lost >= 45 else "N"}
    for zone in ZONES:
        glass, dense = {"L": (lost, lost // 3), "M": (lost * 2 // 3, lost // 6)}.get(zone[1], (lost // 3, 0))
        if not patient.course.lungs:
            glass, dense = 0, 0
        shares = {"C": _ten(dense + apart), "GT": _ten(lost // 8), "CT": 0, "H": 0}
        shares["G"] = min(_ten(glass + apart), 100 - sum(shares.values()))
        values |= {f"ICH_{zone}_{part}": str(shares[part]) for part in PARTS}
    return values


def _ten(percent: int) -> int:
    """To tens, as readers estimate."""
    return int((Decimal(percent) / 10).to_integral_value()) * 10


def gases(patient: Patient, day: int) -> dict[str, str]:
    """Answers of form ABG, breathing room air; pH follows from carbon dioxide and bicarbonate."""
    lost = patient.lungs(day)
    failing = patient.failing(day)
    oxygen = 52 if failing else max(96 - lost // 2 + patient.rng.randint(-2, 2), 66)
    carbon, bicarbonate = (Decimal(31), Decimal("20.6")) if failing else (Decimal(38), Decimal("24.4"))
    acidity = henderson_hasselbalch_ph(pco2_mmhg=carbon, bicarbonate_mmol_l=bicarbonate)
    return {
        "ABGPERF": "Y",
        "LBDAT": patient.iso(day),
        "LBTIM": "08:20",
        "O2DEV": "ROOM AIR",
        "FIO2_LBORRES": "0.21",
        "FIO2EST": "N",
        "PH_LBORRES": str((acidity or Decimal("7.4")).quantize(Decimal("0.001"))),
        "PO2_LBORRES": str(oxygen),
        "PCO2_LBORRES": str(carbon),
        "BICARB_LBORRES": str(bicarbonate),
        "OXYSAT_LBORRES": str(saturation(patient, day)),
        "LACTATE_LBORRES": text(24 if failing else 11, 1),
    }


def saturation(patient: Patient, day: int) -> int:
    """Oxygen saturation on room air in percent, the same for the finger and the artery."""
    if patient.failing(day):
        return 86
    return 98 - patient.lungs(day) // 20
