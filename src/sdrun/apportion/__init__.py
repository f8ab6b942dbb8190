"""A sweep -> which factor drives which metric.  A stage: it reads a result, whether fresh or from a file, and knows no run.

pawn    by distributions, for every design that draws; no assumption on how factors act
"""

from typing import TYPE_CHECKING

from sdrun.apportion.pawn import pawn
from sdrun.sweep import RANDOM_DESIGNS, Sweep

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["pawn", "sensitivity"]


def sensitivity(ds: "xr.Dataset", sweep: Sweep) -> "xr.Dataset | None":
    """PAWN's indices of every metric, by (parameter, dimensions of the metric); None for designs that draw nothing, and without
    metrics."""
    if sweep.method not in RANDOM_DESIGNS or not sweep.metrics:
        return None
    return pawn(ds, [factor.name for factor in sweep.factors], seed=sweep.seed)
