"""Glucocorticoid doses as prednisone.

Sources: globalrph table, omicsonline table, BNF copy (primaryhealthstation), PMC4369706. UNVERIFIED:
betamethasone, which the sources give as 0.6 to 0.75 mg.
"""

from __future__ import annotations

from decimal import Decimal

from mda5_crf.instruments.exact import exact

EQUIVALENT_MG = {
    "PREDNISONE": Decimal(5),
    "PREDNISOLONE": Decimal(5),
    "METHYLPREDNISOLONE": Decimal(4),
    "TRIAMCINOLONE": Decimal(4),
    "DEXAMETHASONE": Decimal("0.75"),
    "BETAMETHASONE": Decimal("0.75"),
    "HYDROCORTISONE": Decimal(20),
    "CORTISONE": Decimal(25),
    "DEFLAZACORT": Decimal(6),
}
"""Drug (codes of the list GCDRUG) → the mg that act like 5 mg of prednisone."""

_PREDNISONE_MG = EQUIVALENT_MG["PREDNISONE"]


@exact
def prednisone_equivalent(*, drug: str | None, mg_per_day: Decimal | None) -> Decimal | None:
    """Prednisone in mg/day that acts like ``mg_per_day`` (dose × times per day) of a systemic ``drug``.

    None when either is missing or the dose is below 0. Raises ValueError for a drug without factor.
    Doses of one day add up; a pulse counts like any other dose.
    """
    if drug is not None and drug not in EQUIVALENT_MG:
        raise ValueError("prednisone_equivalent: no such drug")
    if drug is None or mg_per_day is None or mg_per_day < 0:
        return None
    return mg_per_day * _PREDNISONE_MG / EQUIVALENT_MG[drug]
