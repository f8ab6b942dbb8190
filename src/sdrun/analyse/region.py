"""Who dominates his region, where a region is what force reaches: a matter of distance and water, not of a list."""

from typing import TYPE_CHECKING

import numpy as np

from sdrun.analyse.spells import count_spells_above, time_unit

if TYPE_CHECKING:
    import xarray as xr

HEGEMONIC = 0.5
"""A state with this share has as much as all whose force can reach it together."""


def regional_hegemony(ds: "xr.Dataset", threshold: float = HEGEMONIC) -> "xr.Dataset":
    """How near each state comes to hegemony in its region: `max_regional_share(state)`, dimensionless, 0 to 1, and
    `regional_hegemony_years(state)`, the time with a share of at least `threshold`, in units of time.

    The share is M_i / (M_i + Σ_{j≠i} proximity[i, j] M_j): of the force that reaches the state's region, its own part, with
    M military capability.  It does not see who is allied to whom.  A state that nobody can reach has 1; so has one that is
    alone; NaN where there is no force at all.  The share is linear between saved times.

    Regional hegemony and the stopping power of water: Mearsheimer, The Tragedy of Great Power Politics, 2001; loss of strength
    over distance: Boulding, Conflict and Defense, 1962.  Bids in Europe came at .45 to .65 of the region's capability
    (Germany 1913 to 1941, the USSR 1950; Correlates of War NMC 6.0).
    """
    import xarray as xr

    share = _regional_share(ds)
    largest = share.max("time")
    times = ds["time"].values
    _, years = xr.apply_ufunc(
        lambda values: count_spells_above(times, values, threshold),
        share,
        input_core_dims=[["time"]],
        output_core_dims=[[], []],
        vectorize=True,
        output_dtypes=[float, float],
    )
    text = "largest share that the state ever has of the force that reaches its region"
    largest.attrs = {"long_name": "max regional share", "units": "1", "description": text}
    text = f"time with a share of at least {threshold:g} of the force that reaches the state's region"
    years.attrs = {"long_name": "regional hegemony years", "units": time_unit(ds), "description": text}
    return xr.Dataset({"max_regional_share": largest, "regional_hegemony_years": years})


def _regional_share(ds: "xr.Dataset") -> "xr.DataArray":
    """(variant, sample, state, time)."""
    import xarray as xr

    own = ds["military_capability"]
    arriving = ds["proximity"] * own.rename(state="other").reindex(other=ds["other"].values)
    apart = xr.DataArray(np.not_equal.outer(ds["state"].values, ds["other"].values), dims=("state", "other"))
    total = own + arriving.where(apart).sum("other")
    return own / total.where(total > 0)
