"""What came of it, one figure per run: how long unipolarity lasted, how often someone bid for hegemony, the risk of war."""

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from sdrun.analyse.power import UNIPOLAR
from sdrun.analyse.spells import CENSORED, YEARS_BELOW, count_spells_above, time_to_lasting_fall, time_unit, waiting_time
from sdrun.attributes import FLAGGED_BY

if TYPE_CHECKING:
    import xarray as xr

BID_THRESHOLD = 0.5
"""`hegemonic bid` is an intensity between 0 and 1."""


def unipolar_duration(ds: "xr.Dataset", threshold: float = UNIPOLAR, years_below: float = YEARS_BELOW) -> "xr.Dataset":
    """How long unipolarity lasts: `unipolar_duration(index)` in units of time, and `unipolar_duration_censored(index)`, int8.

    The time from the start until the largest share falls below `threshold` and stays there for `years_below` years.  It is the
    share of whoever leads at the time, as it is a property of the system: a unipole that hands over to another does not end it.
    The share is taken as linear between saved times, so the result hardly depends on `save_every`.  A system that is below from
    the start has 0.  Censored (1) where the run ends before that: the figure is then a lower bound, the end of the run or, if
    the share is below at the end but not yet for long enough, the time at which it fell below.

    `threshold` is that of unipolarity in the rule of `polarity`; near-unipolar years (share from 0.45 to 0.5) count as after
    the end.
    """
    import xarray as xr

    wait, spell = waiting_time(ds, years_below)
    times = ds["time"].values
    duration, censored = xr.apply_ufunc(
        lambda shares: time_to_lasting_fall(times, shares, threshold, wait),
        ds["leader_share_by_index"],
        input_core_dims=[["time"]],
        output_core_dims=[[], []],
        vectorize=True,
        output_dtypes=[float, np.int8],
    )
    text = f"from the start until the largest share stays below {threshold} for {spell}"
    flag = {FLAGGED_BY: "unipolar_duration_censored"}
    duration.attrs = {"long_name": "unipolar duration", "units": time_unit(ds), "description": text, **flag}
    censored.attrs = {"long_name": "unipolar duration censored", "description": "1: it lasted at least so long"} | CENSORED
    return xr.Dataset({"unipolar_duration": duration, "unipolar_duration_censored": censored})


def max_leader_share(ds: "xr.Dataset") -> "xr.DataArray":
    """Largest share that any state ever has.  (index), dimensionless."""
    largest = ds["leader_share_by_index"].max("time")
    largest.attrs = {
        "long_name": "max leader share",
        "units": "1",
        "description": "largest share of power that any state ever has",
    }
    return largest


def cumulative_war_hazard(ds: "xr.Dataset") -> "xr.DataArray":
    """Time integral of `war_hazard` by the trapezoidal rule: wars to be expected over the run.  Dimensionless.

    exp(-value) is the probability that none breaks out.  The rule is exact where the hazard is linear between saved times.
    """
    import xarray as xr

    hazard = ds["war_hazard"] if "time" in ds["war_hazard"].dims else ds["war_hazard"].expand_dims(time=ds["time"])
    times = ds["time"].values
    total = xr.apply_ufunc(lambda values: _integral(times, values), hazard, input_core_dims=[["time"]], vectorize=True)
    total.attrs = {"long_name": "cumulative war hazard", "units": "1", "description": "wars to be expected over the run"}
    return total


def _integral(times: Float[np.ndarray, " times"], values: Float[np.ndarray, " times"]) -> float:
    """By the trapezoidal rule over the times at which there is a value; NaN where there is none."""
    given = np.isfinite(values)
    return float(np.trapezoid(values[given], times[given])) if given.any() else np.nan


def bids(ds: "xr.Dataset", threshold: float = BID_THRESHOLD) -> "xr.Dataset":
    """How often and how long each state bids for hegemony: `bids(state)`, onsets, and `bid_years(state)`, in units of time.

    A bid is a spell of saved times at which `hegemonic_bid` is at or above `threshold`; one that the run starts with counts.
    Its length is the time during which the broken line through the saved values is there.
    """
    import xarray as xr

    times = ds["time"].values
    counts, years = xr.apply_ufunc(
        lambda values: count_spells_above(times, values, threshold),
        ds["hegemonic_bid"],
        input_core_dims=[["time"]],
        output_core_dims=[[], []],
        vectorize=True,
        output_dtypes=[float, float],
    )
    counts.attrs = {"long_name": "bids", "units": "1", "description": f"onsets of a hegemonic bid of at least {threshold}"}
    text = f"time with a hegemonic bid of at least {threshold}"
    years.attrs = {"long_name": "bid years", "units": time_unit(ds), "description": text}
    return xr.Dataset({"bids": counts, "bid_years": years})
