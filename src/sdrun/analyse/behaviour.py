"""Modes of behaviour: what kind of curve a trajectory is.

The kinds are those of Sterman, Business Dynamics, 2000, ch. 4 (growth, goal seeking, S-shape, overshoot, oscillation), and of
the classes by which Barlas and Kanar recognise patterns of behaviour (Proceedings of the System Dynamics Conference, 1999),
each also upside down.  The rules know neither unit nor scale nor length: for a > 0 and any b, a x + b is of the class of x (up
to the rounding below which x is constant), -x of its counterpart, and a clock that runs otherwise changes nothing.

With R = max x - min x, a *turn* is a highest or lowest point with a swing of `SWING` R or more on both sides.

    constant                R is at most `ROUNDING` of the largest |x|
    oscillation             two turns or more
    overshoot and decline   one turn, a highest point
    decline and recovery    one turn, a lowest point

Without a turn it is growth or decline, by its ends.  Cut into `PIECES` pieces of equal time, it begins (ends) slowly where its
first (last) piece is less than half as steep as the steepest:

    S-shaped                it begins slowly and ends slowly
    accelerating            it begins slowly only: exponential growth
    saturating              it ends slowly only: goal seeking

and where it does neither, by its distance from the line through its ends, on the way from first to last:

    linear                  never farther than `SWING` of the way
    accelerating            only behind the line;  saturating: only ahead of it
    uneven                  both

Values that are missing are left out; fewer than three are `none`.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int8

from sdrun.attributes import flags
from sdrun.errors import Place, Problem, nearest
from sdrun.model import name_id
from sdrun.questions import MODES, SHAPES
from sdrun.trajectory import ids, mode_name

if TYPE_CHECKING:
    import xarray as xr

SWING = 0.05
"""Of the range: what is smaller is no turn, and no distance from a line."""

ROUNDING = 1e-6
"""Of the largest |x|: what a solver makes of a constant."""

PIECES = 10

_CONSTANT, _GROWTH, _DECLINE, _OVERSHOOT, _RECOVERY, _OSCILLATION = (
    MODES.index(mode)
    for mode in (
        "constant",
        f"{SHAPES[0]} growth",
        f"{SHAPES[0]} decline",
        "overshoot and decline",
        "decline and recovery",
        "oscillation",
    )
)


def with_modes(ds: "xr.Dataset", variables: Sequence[str]) -> "xr.Dataset":
    """`ds` with `<variable>_mode`, int8, for each: its class of `MODES`, by all dimensions but the time; `role = "mode"`."""
    import xarray as xr

    times, found = ds["time"].values, dict[str, xr.DataArray]()
    for name in variables:
        array = ds[_timed(ds, name)]
        modes = xr.apply_ufunc(
            lambda values: behaviour(times, values), array, input_core_dims=[["time"]], output_dtypes=[np.int8]
        )
        meanings = {number: mode.replace(" ", "_") for number, mode in enumerate(MODES)}
        about = {"long_name": f"mode of {array.attrs['long_name']}", "role": "mode"}
        found[mode_name(name)] = modes.assign_attrs(**about, description="class of its trajectory", **flags(meanings))
    return ds.assign(found)


def mode_problems(ds: "xr.Dataset", variables: Sequence[str], place: Place | None = None) -> list[Problem]:
    """What is wrong with `variables`, named at `place`, of a result such as `ds`, whose values do not matter."""
    labels = [str(array.attrs["long_name"]) for array in ds.data_vars.values() if "time" in array.dims]
    known = {name_id(str(label)) for label in (*labels, *ds.variables)}
    lacking = (name for name in variables if _timed(ds, name) is None)
    return [
        Problem(what=f"'{name}' does not change with time, so it has no mode of behaviour", place=place)
        if name_id(name) in known
        else Problem(what=f"unknown variable '{name}'", place=place, help=nearest(name, labels))
        for name in lacking
    ]


def _timed(ds: "xr.Dataset", wanted: str) -> str | None:
    """The name in `ds` of a variable that has a trajectory of numbers."""
    for name, array in ds.data_vars.items():
        if name_id(wanted) in ids(array) and "time" in array.dims and array.dtype.kind == "f":
            return str(name)
    return None


def behaviour(times: Float[np.ndarray, " times"], values: Float[np.ndarray, "*series times"]) -> Int8[np.ndarray, "*series"]:
    """The class of each series, as its position in `MODES`."""
    series = values.reshape(-1, len(times)).astype(float)
    modes = np.zeros(len(series), dtype=np.int8)
    there = np.isfinite(series)
    _, first, of_pattern = np.unique(np.packbits(there, axis=1), axis=0, return_index=True, return_inverse=True)
    for number, given in enumerate(there[first]):
        if given.sum() >= 3:
            members = np.flatnonzero(of_pattern.ravel() == number)
            modes[members] = _classes(times[given], series[np.ix_(members, given)])
    return modes.reshape(values.shape[:-1])


def _classes(times: Float[np.ndarray, " times"], x: Float[np.ndarray, "series times"]) -> Int8[np.ndarray, " series"]:
    """The classes of series without gaps."""
    lowest, highest = x.min(axis=1), x.max(axis=1)
    flat = highest - lowest <= ROUNDING * np.maximum(np.abs(lowest), np.abs(highest))
    turns, first_is_high = _turns(x, np.where(flat, np.inf, SWING * (highest - lowest)))
    modes = _shapes(times, x) + np.where(x[:, -1] >= x[:, 0], _GROWTH, _DECLINE)
    modes = np.where(turns == 1, np.where(first_is_high, _OVERSHOOT, _RECOVERY), modes)
    modes = np.where(turns > 1, _OSCILLATION, modes)
    return np.where(flat, _CONSTANT, modes).astype(np.int8)


def _turns(x: Float[np.ndarray, "series times"], swing: Float[np.ndarray, " series"]) -> tuple[np.ndarray, np.ndarray]:
    """How many turns each series takes, and whether the first is a highest point.

    A series is followed to its farthest point so far; it has turned there once it has come back from it by a swing.
    """
    high, low = x[:, 0].copy(), x[:, 0].copy()
    way, turns, first_is_high = np.zeros(len(x), dtype=np.int8), np.zeros(len(x), dtype=int), np.zeros(len(x), dtype=bool)
    for now in x.T:
        high, low = np.maximum(high, now), np.minimum(low, now)
        falls, rises = (way >= 0) & (high - now >= swing), (way <= 0) & (now - low >= swing)
        turned = (falls & (way > 0)) | (rises & (way < 0))
        first_is_high |= turned & falls & (turns == 0)
        turns += turned
        way = np.where(falls, -1, np.where(rises, 1, way)).astype(np.int8)
        high, low = np.where(rises, now, high), np.where(falls, now, low)
    return turns, first_is_high


def _shapes(times: Float[np.ndarray, " times"], x: Float[np.ndarray, "series times"]) -> np.ndarray:
    """The shape of each series on its way from first to last, as its position in `SHAPES`."""
    whole = x[:, -1:] - x[:, :1]
    way = (x - x[:, :1]) / np.where(whole == 0, 1.0, whole)  # where it ends as it began, it turns or is constant
    line = (times - times[0]) / (times[-1] - times[0])
    off = way - line
    ahead, behind = (off > SWING).any(axis=1), (off < -SWING).any(axis=1)
    steep = np.diff(_at(np.linspace(0, 1, PIECES + 1), line, way), axis=1)
    half = steep.max(axis=1) / 2
    begins, ends = steep[:, 0] < half, steep[:, -1] < half
    neither = np.select([ahead & behind, behind, ahead], [4, 1, 2], 0)
    return np.select([begins & ends, begins, ends], [3, 1, 2], neither)


def _at(
    ends: Float[np.ndarray, " ends"], line: Float[np.ndarray, " times"], way: Float[np.ndarray, "series times"]
) -> np.ndarray:
    """All series at other times, linear between: np.interp takes them one by one only."""
    after = np.clip(np.searchsorted(line, ends), 1, len(line) - 1)
    share = (ends - line[after - 1]) / (line[after] - line[after - 1])
    return way[:, after - 1] * (1 - share) + way[:, after] * share
