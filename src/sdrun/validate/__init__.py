"""`Model` -> findings: what runs, and yet looks wrong to a modeller.

    check_units(model)    every equation balances in its units

A finding is a `Problem` with variable and line; `sdrun check` tells it as a warning, for a model with unit faults still runs.
"""

from sdrun.validate.units import check_units

__all__ = ["check_units"]
