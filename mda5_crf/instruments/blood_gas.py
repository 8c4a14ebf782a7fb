"""The acid–base balance that pH, carbon dioxide and bicarbonate of one blood sample must keep.

Henderson–Hasselbalch: pH = 6.1 + log10(bicarbonate ÷ (0.0307 × PaCO2)). UNVERIFIED: the two constants
(pK 6.1 and the solubility 0.0307 mmol/L/mmHg at 37 °C) are those of the trial's check ABG-03, and no
readable source states them; 0.03 is in use too and moves the pH by 0.01.
"""

from __future__ import annotations

from decimal import Decimal

from mda5_crf.instruments.exact import exact

_PK = Decimal("6.1")
_SOLUBILITY = Decimal("0.0307")


@exact
def henderson_hasselbalch_ph(
    *, pco2_mmhg: Decimal | None, bicarbonate_mmol_l: Decimal | None
) -> Decimal | None:
    """The pH that belongs to PaCO2 in mmHg and bicarbonate in mmol/L (UNVERIFIED constants 6.1, 0.0307).

    Unrounded; about 7.40 for 40 mmHg and 24.5 mmol/L. None when either is missing or not above 0.
    """
    if pco2_mmhg is None or pco2_mmhg <= 0 or bicarbonate_mmol_l is None or bicarbonate_mmol_l <= 0:
        return None
    return _PK + (bicarbonate_mmol_l / (_SOLUBILITY * pco2_mmhg)).log10()
