"""How quickly and how fully the strongest is balanced: speed and efficiency, on which the stability of the system turns."""

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from sdrun.analyse.spells import CENSORED, ROUNDING, YEARS_BELOW, time_mean, time_to_lasting_fall, time_unit, waiting_time
from sdrun.attributes import FLAGGED_BY

if TYPE_CHECKING:
    import xarray as xr


def balancing_half_time(ds: "xr.Dataset", years_below: float = YEARS_BELOW) -> "xr.Dataset":
    """How long until half of the imbalance at the start is gone: `balancing_half_time(index)` in units of time, and
    `balancing_half_time_censored(index)`, int8.

    The imbalance is what the largest share has above equality, s1 − 1/N; half of it is gone when s1 has come down to
    (s1(0) + 1/N) / 2 and stays there for `years_below` years.  With s1 − 1/N = A exp(−k t) it is ln 2 / k.  N counts the states
    of the variant, those without power too.  As in `unipolar_duration`, the share is that of whoever leads at the time (a
    leader who is replaced is not balanced), it is linear between saved times, and 1 says that the run ends first.  NaN and 0
    where all are equal at the start, or one is alone: nothing is to be balanced.

    Equality is the goal, not the least share of the run, so that the figure does not depend on how long the run is.  It is the
    speed with which power is equalised, by growth as much as by balancing: what balancing adds is the difference to a run
    without it.  After Waltz, "The Emerging Structure of International Politics", International Security 18(2), 1993
    ("hegemony leads to balance"), who names no time; half-lives of adjustment as in Richardson, Arms and Insecurity, 1960.
    """
    import xarray as xr

    wait, spell = waiting_time(ds, years_below)
    times = ds["time"].values
    half_time, censored = xr.apply_ufunc(
        lambda shares: _half_time(times, shares, wait),
        ds["power_index"],
        input_core_dims=[["state", "time"]],
        output_core_dims=[[], []],
        vectorize=True,
        output_dtypes=[float, np.int8],
    )
    text = f"until the largest share has come half way from its start to equality, 1/N, and stays there for {spell}"
    flag = {FLAGGED_BY: "balancing_half_time_censored"}
    half_time.attrs = {"long_name": "balancing half time", "units": time_unit(ds), "description": text, **flag}
    censored.attrs = {"long_name": "balancing half time censored", "description": "1: it takes at least so long"} | CENSORED
    return xr.Dataset({"balancing_half_time": half_time, "balancing_half_time_censored": censored})


def _half_time(
    times: Float[np.ndarray, " times"], shares: Float[np.ndarray, "states times"], wait: float
) -> tuple[float, np.int8]:
    """Time until the excess of the largest share over equality has halved for good, and whether the run ends before."""
    there = np.isfinite(shares)
    given = there.any(axis=0)
    if not given.any():
        return np.nan, np.int8(0)
    largest, equality = np.nanmax(shares[:, given], axis=0), 1 / there.any(axis=1).sum()
    if largest[0] - equality <= ROUNDING:
        return np.nan, np.int8(0)
    return time_to_lasting_fall(times[given], largest, (largest[0] + equality) / 2, wait)


def balancing_efficiency(ds: "xr.Dataset") -> "xr.Dataset":
    """What is pooled against the leader, over what all others together have: `balancing_efficiency(time)`, and its mean over
    time, `mean_balancing_efficiency`.  Dimensionless, 0 to 1.

    B / Σ_{j≠L} M_j = counter_coalition_ratio · M_L / (Σ M − M_L).  B is discounted for free riding, reliability, cohesion and
    lack of opposition; the denominator is the optimum, all others pooled without any discount.  1 is thus a perfect
    coalition, whether or not it is a match for the leader.  The leader is weighted by the model's `leadership` where it has
    one, as the ratio is; else whoever has most, in equal parts among equals.  Of a coalition only the pooling is judged, not
    how much its members arm.  NaN where the others have no force.

    Actual over optimal provision of a collective good: Olson, The Logic of Collective Action, 1965; Olson & Zeckhauser, "An
    Economic Theory of Alliances", Review of Economics and Statistics 48(3), 1966.
    """
    import xarray as xr

    force = ds["military_capability"]
    leading = ds["leadership"] if "leadership" in ds else _strongest(force)
    leaders, others = (force * leading).sum("state"), (force * (1 - leading)).sum("state")
    efficiency = ds["counter_coalition_ratio"] * leaders / others.where(others > 0)
    efficiency = efficiency.transpose(..., "time")
    times = ds["time"].values
    mean = xr.apply_ufunc(lambda values: time_mean(times, values), efficiency, input_core_dims=[["time"]], vectorize=True)
    text = "force pooled against the leader, over the force of all others"
    efficiency.attrs = {"long_name": "balancing efficiency", "units": "1", "description": text}
    mean.attrs = {"long_name": "mean balancing efficiency", "units": "1", "description": f"{text}; mean over the run"}
    return xr.Dataset({"balancing_efficiency": efficiency, "mean_balancing_efficiency": mean})


def _strongest(force: "xr.DataArray") -> "xr.DataArray":
    """1 for the state with most force, one half each for two who have most, 0 for others."""
    first = force == force.max("state")
    return first / first.sum("state").where(first.any("state"))
