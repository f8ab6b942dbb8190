"""Result -> result with indicators.  A stage: it reads datasets, whether fresh from a run or from a file, and knows no run.

TO ADD AN INDICATOR write a function `(ds) -> DataArray | Dataset` in a module here and a row in `INDICATORS`.  Contract:

- pure: `ds` is not changed; works with or without the dimensions `variant` and `sample`, and on a file opened with plain
  xarray;
- dimensions in the order of the schema (`sdrun.trajectory`): variant, sample, the model's own, index, time;
- values where a variant has none (variants of different length are padded with NaN) are left out, not taken for zero;
- attributes `long_name`, `units`, `description`; `role` is set here;
- the docstring gives units, shapes, and the source with its equation.

A row says what the function reads: each entry of `needs` is a variable, or alternatives "a | b".  A row whose variables are
lacking is skipped, so a model of tea cups has no power shares.  Rows run in order: a row may need what an earlier one gives.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sdrun.analyse.identical import identical_variants
from sdrun.analyse.outcomes import bids, cumulative_war_hazard, max_leader_share, unipolar_duration
from sdrun.analyse.power import (
    concentration_by_index,
    effective_poles_by_index,
    leader,
    leader_share_by_index,
    polarity,
    power_index,
)

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["GIVEN", "INDICATORS", "Row", "analyse", "identical_variants"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An indicator and what it takes."""

    function: "Callable[[xr.Dataset], xr.DataArray | xr.Dataset]"
    needs: tuple[str, ...]
    """Variables it reads, each "name" or "name | other name"."""
    over: tuple[str, ...] = ("time",)
    """Dimensions that the first of them must have."""
    gives: tuple[str, ...] = ()
    """Names of its results; its own where empty."""


INDICATORS: Mapping[str, Row] = {
    "power_index": Row(
        function=power_index,
        needs=("economy", "military_capability", "income_per_head | population"),
        over=("state", "time"),
    ),
    "leader": Row(function=leader, needs=("power_index",)),
    "leader_share_by_index": Row(function=leader_share_by_index, needs=("power_index",)),
    "effective_poles_by_index": Row(function=effective_poles_by_index, needs=("power_index",)),
    "concentration_by_index": Row(function=concentration_by_index, needs=("power_index",)),
    "polarity": Row(function=polarity, needs=("power_index",)),
    "unipolar_duration": Row(
        function=unipolar_duration,
        needs=("leader_share_by_index",),
        gives=("unipolar_duration", "unipolar_duration_censored"),
    ),
    "max_leader_share": Row(function=max_leader_share, needs=("leader_share_by_index",)),
    "cumulative_war_hazard": Row(function=cumulative_war_hazard, needs=("war_hazard",), over=()),
    "bids": Row(function=bids, needs=("hegemonic_bid",), gives=("bids", "bid_years")),
}

GIVEN: tuple[str, ...] = tuple(name for key, row in INDICATORS.items() for name in (row.gives or (key,)))
"""Names of all indicators: what a scenario may ask for beside the model's variables."""


def analyse(ds: "xr.Dataset") -> "xr.Dataset":
    """`ds` with every indicator that its variables allow; variables of the model keep their name and are never replaced."""
    for name, row in INDICATORS.items():
        if _applies(row, ds):
            result = row.function(ds)
            found = result.to_dataset(name=name) if hasattr(result, "to_dataset") else result
            ds = ds.assign(
                {key: array.assign_attrs(role="indicator") for key, array in found.data_vars.items() if key not in ds}
            )
    return ds


def _applies(row: Row, ds: "xr.Dataset") -> bool:
    found = [next((name for name in need.split(" | ") if name in ds.data_vars), None) for need in row.needs]
    return None not in found and all(dim in ds[found[0]].dims for dim in row.over)
