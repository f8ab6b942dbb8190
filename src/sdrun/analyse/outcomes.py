"""What came of it, one figure per run: how long unipolarity lasted, how often someone bid for hegemony, the risk of war."""

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from sdrun.analyse.power import UNIPOLAR

if TYPE_CHECKING:
    import xarray as xr

YEARS_BELOW = 5.0
"""A dip shorter than this does not end unipolarity."""

BID_THRESHOLD = 0.5
"""`hegemonic bid` is an intensity between 0 and 1."""

ROUNDING = 1e-12
"""Shares closer than this to a threshold are at it."""

PER_YEAR = {"year": 1.0, "quarter": 4.0, "month": 12.0, "week": 365.25 / 7, "day": 365.25}


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

    unit = str(ds["time"].attrs.get("units", "1"))
    wait = years_below * PER_YEAR.get(unit, 1.0)
    spell = f"{years_below:g} years" if unit in PER_YEAR else f"{years_below:g} units of time"
    duration, censored = xr.apply_ufunc(
        lambda shares: _time_to_lasting_fall(ds["time"].values, shares, threshold, wait),
        ds["leader_share_by_index"],
        input_core_dims=[["time"]],
        output_core_dims=[[], []],
        vectorize=True,
        output_dtypes=[float, np.int8],
    )
    text = f"from the start until the largest share stays below {threshold} for {spell}"
    duration.attrs = {"long_name": "unipolar duration", "units": unit, "description": text}
    flags = {"flag_values": np.array([0, 1], dtype=np.int8), "flag_meanings": "ended censored"}
    censored.attrs = {"long_name": "unipolar duration censored", "description": "1: it lasted at least so long"} | flags
    return xr.Dataset({"unipolar_duration": duration, "unipolar_duration_censored": censored})


def _time_to_lasting_fall(
    times: Float[np.ndarray, " times"], shares: Float[np.ndarray, " times"], threshold: float, wait: float
) -> tuple[float, np.int8]:
    """Time until `shares` stay below for `wait`, and whether the run ends before that."""
    given = np.isfinite(shares)
    times, shares = times[given], shares[given]
    if len(times) == 0:
        return np.nan, np.int8(1)
    spells = _spells_below(times, shares, threshold, -ROUNDING)
    for fell, rose in spells:
        if (rose if rose is not None else times[-1]) - fell >= wait * (1 - 1e-9):
            return fell - times[0], np.int8(0)
    open_spell = [fell for fell, rose in spells if rose is None]
    return (open_spell[0] if open_spell else times[-1]) - times[0], np.int8(1)


def _spells_below(
    times: Float[np.ndarray, " times"], values: Float[np.ndarray, " times"], threshold: float, slack: float
) -> list[tuple[float, float | None]]:
    """(fell, rose) for each spell of the broken line below the threshold; `rose` is None for the one that the run ends in.

    A value within the slack of the threshold counts as not below where the slack is negative, as below where it is positive.
    """
    below = values < threshold + slack
    turns = np.flatnonzero(below[1:] != below[:-1])
    fraction = np.clip((values[turns] - threshold) / (values[turns] - values[turns + 1]), 0.0, 1.0)
    crossings = [float(t) for t in times[turns] + fraction * (times[turns + 1] - times[turns])]
    starts = ([float(times[0])] if below[0] else []) + crossings[int(below[0]) :: 2]
    ends: list[float | None] = [*crossings[1 - int(below[0]) :: 2]]
    return list(zip(starts, ends + [None] * (len(starts) - len(ends)), strict=True))


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
    total = xr.apply_ufunc(
        lambda values: _integral(ds["time"].values, values), hazard, input_core_dims=[["time"]], vectorize=True
    )
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

    counts, years = xr.apply_ufunc(
        lambda values: _count_bids(ds["time"].values, values, threshold),
        ds["hegemonic_bid"],
        input_core_dims=[["time"]],
        output_core_dims=[[], []],
        vectorize=True,
        output_dtypes=[float, float],
    )
    counts.attrs = {"long_name": "bids", "units": "1", "description": f"onsets of a hegemonic bid of at least {threshold}"}
    unit = str(ds["time"].attrs.get("units", "1"))
    years.attrs = {"long_name": "bid years", "units": unit, "description": f"time with a hegemonic bid of at least {threshold}"}
    return xr.Dataset({"bids": counts, "bid_years": years})


def _count_bids(
    times: Float[np.ndarray, " times"], values: Float[np.ndarray, " times"], threshold: float
) -> tuple[float, float]:
    """Spells at or above the threshold, and their length together."""
    given = np.isfinite(values)
    if not given.any():
        return np.nan, np.nan
    times, values = times[given], values[given]
    spells = _spells_below(times, -values, -threshold, ROUNDING)
    return float(len(spells)), float(sum((times[-1] if rose is None else rose) - fell for fell, rose in spells))
