"""How long each kind of polarity lasts, by index: spells of unipolarity, bipolarity and multipolarity side by side.

A spell of a class of `polarity` ends when the system leaves the class for at least five years; a shorter absence is counted in,
as in `unipolar_duration`.  Classes change half-way between saved times.  A spell that the run starts with is measured from
there.  One that the run ends in, or has left for too short a time to tell, is open: measured up to there, a lower bound.

Waltz, Theory of International Politics, 1979, holds that bipolarity outlasts multipolarity, and unipolarity (2000) the least
durable of all; Wohlforth, "The Stability of a Unipolar World", International Security 24(1), 1999, that it lasts as long.
"""

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int8

from sdrun.analyse.power import POLARITIES
from sdrun.analyse.spells import CENSORED, YEARS_BELOW, spells_below, time_unit, waiting_time
from sdrun.attributes import FLAGGED_BY

if TYPE_CHECKING:
    import xarray as xr


def polarity_spells(ds: "xr.Dataset", years_away: float = YEARS_BELOW) -> "xr.Dataset":
    """Spells of each class, by (index, polarity_class): `polarity_spells`, how many; `mean_polarity_spell` and
    `longest_polarity_spell` in units of time; `polarity_spell_censored`, int8, 1 where the last of them is open.

    A class that never occurs has no spell, a longest of 0 and a mean of NaN; all NaN where polarity is never defined.
    """
    import xarray as xr

    wait, spell = waiting_time(ds, years_away)
    numbers = xr.DataArray([number for number in POLARITIES if number > 0], dims="polarity_class")
    times = ds["time"].values
    found = xr.apply_ufunc(
        lambda classes, number: _count(times, classes, number, wait),
        ds["polarity"],
        numbers,
        input_core_dims=[["time"], []],
        output_core_dims=[[], [], [], []],
        vectorize=True,
        output_dtypes=[float, float, float, np.int8],
    )
    ended = f"it ends when the system leaves the class for {spell}"
    described: dict[str, dict[str, object]] = {
        "polarity_spells": {"units": "1", "description": f"spells of the class; {ended}"},
        "mean_polarity_spell": {"units": time_unit(ds), "description": f"mean length of a spell of the class; {ended}"},
        "longest_polarity_spell": {
            "units": time_unit(ds),
            "description": f"longest spell of the class; {ended}",
            FLAGGED_BY: "polarity_spell_censored",
        },
        "polarity_spell_censored": {"description": "1: the run ends in a spell of the class"} | CENSORED,
    }
    labels = xr.DataArray(
        [POLARITIES[n] for n in numbers.values], dims="polarity_class", attrs={"long_name": "class of polarity"}
    )
    return _joined(found, described).assign_coords(polarity_class=labels)


def first_polarity_spell(ds: "xr.Dataset", years_away: float = YEARS_BELOW) -> "xr.Dataset":
    """How long the class of polarity of the start lasts: `first_polarity_spell(index)` in units of time, and
    `first_polarity_spell_censored(index)`, int8, 1 where it is open.  NaN and 0 where polarity is never defined.
    """
    import xarray as xr

    wait, spell = waiting_time(ds, years_away)
    times = ds["time"].values
    found = xr.apply_ufunc(
        lambda classes: _first(times, classes, wait),
        ds["polarity"],
        input_core_dims=[["time"]],
        output_core_dims=[[], []],
        vectorize=True,
        output_dtypes=[float, np.int8],
    )
    text = f"from the start until the system leaves the class of polarity of the start for {spell}"
    described: dict[str, dict[str, object]] = {
        "first_polarity_spell": {"units": time_unit(ds), "description": text, FLAGGED_BY: "first_polarity_spell_censored"},
        "first_polarity_spell_censored": {"description": "1: it lasted at least so long"} | CENSORED,
    }
    return _joined(found, described)


def _joined(arrays: "tuple[xr.DataArray, ...]", described: dict[str, dict[str, object]]) -> "xr.Dataset":
    import xarray as xr

    named = zip(described.items(), arrays, strict=True)
    return xr.Dataset({name: array.assign_attrs(long_name=name.replace("_", " "), **attrs) for (name, attrs), array in named})


def _count(
    times: Float[np.ndarray, " times"], classes: Int8[np.ndarray, " times"], number: np.integer, wait: float
) -> tuple[float, float, float, np.int8]:
    """Spells of the class, their mean and longest length, and whether the last is open."""
    if not classes.any():
        return np.nan, np.nan, np.nan, np.int8(0)
    spells = _spells_of(times, classes, int(number), wait)
    lengths = [end - start for start, end, _ in spells]
    mean = float(np.mean(lengths)) if lengths else np.nan
    return float(len(spells)), mean, max(lengths, default=0.0), np.int8(any(is_open for *_, is_open in spells))


def _first(times: Float[np.ndarray, " times"], classes: Int8[np.ndarray, " times"], wait: float) -> tuple[float, np.int8]:
    """Length of the spell that the run starts with, and whether it is open."""
    if not classes.any():
        return np.nan, np.int8(0)
    start, end, is_open = _spells_of(times, classes, int(classes[classes > 0][0]), wait)[0]
    return end - start, np.int8(is_open)


def _spells_of(
    times: Float[np.ndarray, " times"], classes: Int8[np.ndarray, " times"], number: int, wait: float
) -> list[tuple[float, float, bool]]:
    """(start, end, open) of each spell of the class; times at which polarity is undefined are left out."""
    times, classes = times[classes > 0], classes[classes > 0]
    joined: list[tuple[float, float | None]] = []
    for start, end in spells_below(times, np.where(classes == number, 0.0, 1.0), 0.5, 0.0):
        away = np.inf if not joined or joined[-1][1] is None else start - joined[-1][1]
        joined.append((joined.pop()[0] if away < wait * (1 - 1e-9) else start, end))
    last = float(times[-1])
    return [(start, last, True) if end is None else (start, end, last - end < wait * (1 - 1e-9)) for start, end in joined]
