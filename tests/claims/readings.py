"""How experiments read numbers off a result, and what they ask of a series of them."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
import xarray as xr
from worlds import at


def each(ds: xr.Dataset, name: str, **where: Any) -> list[float]:
    """The number at every variant, in their order."""
    return [at(ds, name, variant=str(variant), **where) for variant in ds["variant"].values]


def first(series: xr.DataArray, level: float) -> float:
    """Time at which a series over time first reaches the level, linear between saved times; infinite if never."""
    numbers, times = series.values, series["time"].values
    k = int(np.argmax(numbers >= level))
    if not numbers[k] >= level:
        return float("inf")
    return float(np.interp(level, numbers[k - 1 : k + 1], times[k - 1 : k + 1])) if k else float(times[0])


def rises(values: Iterable[float], by: float = 0.02) -> bool:
    """Each value exceeds the one before by this part of it, at least."""
    return all(after > before + by * abs(before) for before, after in pairwise(values))


def falls(values: Iterable[float], by: float = 0.02) -> bool:
    """Each value stays below the one before by this part of it, at least."""
    return rises([-value for value in values], by)


def climbs(values: Iterable[float], *, by: float = 0.0) -> bool:
    """Each value is above the one before, and the last above the first by this part of it."""
    series = list(values)
    return rises(series, 0.0) and series[-1] > series[0] * (1 + by)


def sinks(values: Iterable[float], *, by: float = 0.0) -> bool:
    """Each value is below the one before, and the first above the last by this part of it."""
    return climbs(list(values)[::-1], by=by)


def trend(values: Iterable[float]) -> float:
    """Rank correlation with the order in which they stand, without ties: 1 where they rise throughout, -1 where they fall."""
    series = list(values)
    return float(np.corrcoef(np.argsort(np.argsort(series)), np.arange(len(series)))[0, 1])


def listed(values: Iterable[float], digits: int = 3) -> str:
    """The values as a figure states them, to so many significant digits."""
    return ", ".join(f"{value:.{digits}g}" for value in values)
