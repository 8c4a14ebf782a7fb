"""Body measures. Source: admiral package (formulas and tests of the surface area)."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from mda5_crf.instruments.exact import exact

_CM_PER_M = Decimal(100)
_MOSTELLER = Decimal(3600)
_DUBOIS = Decimal("0.007184")
_DUBOIS_HEIGHT = Decimal("0.725")
_DUBOIS_WEIGHT = Decimal("0.425")


@exact
def bmi(*, weight_kg: Decimal | None, height_cm: Decimal | None) -> Decimal | None:
    """Body mass index in kg/m². None when weight or height is missing or not above 0."""
    if weight_kg is None or height_cm is None or weight_kg <= 0 or height_cm <= 0:
        return None
    return weight_kg / (height_cm / _CM_PER_M) ** 2


@exact
def bsa(
    *,
    weight_kg: Decimal | None,
    height_cm: Decimal | None,
    method: Literal["mosteller", "dubois"] = "mosteller",
) -> Decimal | None:
    """Body surface area in m² by Mosteller (default) or DuBois.

    None when weight or height is missing or not above 0. Raises ValueError for another method.
    """
    if method not in ("mosteller", "dubois"):
        raise ValueError("bsa: the method is mosteller or dubois")
    if weight_kg is None or height_cm is None or weight_kg <= 0 or height_cm <= 0:
        return None
    if method == "mosteller":
        return (height_cm * weight_kg / _MOSTELLER).sqrt()
    return _DUBOIS * height_cm**_DUBOIS_HEIGHT * weight_kg**_DUBOIS_WEIGHT
