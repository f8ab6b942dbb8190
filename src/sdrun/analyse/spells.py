"""How long something lasts: spells of a broken line, and when a fall is one for good."""

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

if TYPE_CHECKING:
    import xarray as xr

YEARS_BELOW = 5.0
"""An interruption shorter than this ends nothing."""

ROUNDING = 1e-12
"""Shares closer than this to a threshold are at it."""

PER_YEAR = {"year": 1.0, "quarter": 4.0, "month": 12.0, "week": 365.25 / 7, "day": 365.25}

CENSORED = {"flag_values": np.array([0, 1], dtype=np.int8), "flag_meanings": "ended censored"}
"""Attributes of a flag that says whether the run ended first."""


def time_unit(ds: "xr.Dataset") -> str:
    """The unit in which durations are given: "1" where the model has none."""
    return str(ds["time"].attrs.get("units", "1"))


def waiting_time(ds: "xr.Dataset", years: float) -> tuple[float, str]:
    """`years` in units of the model's time, and as text; as they stand where that unit is no part of a year."""
    unit = time_unit(ds)
    return years * PER_YEAR.get(unit, 1.0), f"{years:g} {'years' if unit in PER_YEAR else 'units of time'}"


def time_to_lasting_fall(
    times: Float[np.ndarray, " times"], values: Float[np.ndarray, " times"], threshold: float, wait: float
) -> tuple[float, np.int8]:
    """Time until `values` stay below for `wait`, and whether the run ends before that (1): it is then a lower bound.

    NaN and 1 where there are no values.
    """
    given = np.isfinite(values)
    times, values = times[given], values[given]
    if len(times) == 0:
        return np.nan, np.int8(1)
    spells = spells_below(times, values, threshold, -ROUNDING)
    for fell, rose in spells:
        if (rose if rose is not None else times[-1]) - fell >= wait * (1 - 1e-9):
            return fell - times[0], np.int8(0)
    open_spell = [fell for fell, rose in spells if rose is None]
    return (open_spell[0] if open_spell else times[-1]) - times[0], np.int8(1)


def spells_below(
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


def count_spells_above(
    times: Float[np.ndarray, " times"], values: Float[np.ndarray, " times"], threshold: float
) -> tuple[float, float]:
    """Number of spells at or above the threshold, and their length together; NaN where there are no values."""
    given = np.isfinite(values)
    if not given.any():
        return np.nan, np.nan
    times, values = times[given], values[given]
    spells = spells_below(times, -values, -threshold, ROUNDING)
    return float(len(spells)), float(sum((times[-1] if rose is None else rose) - fell for fell, rose in spells))


def time_mean(times: Float[np.ndarray, " times"], values: Float[np.ndarray, " times"]) -> float:
    """Mean over the time in which there are values, by the trapezoidal rule; NaN where there are none."""
    given = np.isfinite(values)
    times, values = times[given], values[given]
    if len(times) < 2:
        return float(values[0]) if len(values) else np.nan
    return float(np.trapezoid(values, times) / (times[-1] - times[0]))
