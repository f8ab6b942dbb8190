"""Where results are written."""

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
from jaxtyping import Float, Int

from sdrun.simulation import Setup, to_record
from sdrun.system import Constants, System
from sdrun.types import State

Values = Mapping[str, np.ndarray]
"""`History.values`, being filled."""

AT_ONCE = 2**18
"""Stocks times save times in one call of `outputs`, to bound memory."""


def blank(system: System, setup: Setup) -> Values:
    """Room for every variable that is to be recorded."""
    size = (len(setup.times), setup.parameters.shape[1])
    return {slot.name: np.empty((*slot.shape, *size)) for slot in to_record(system, setup)}


def record(values: Values, system: System, constants: Constants, *, t: float, dt: float, y: State, index: int) -> None:
    """All samples at one time, which judges switches too."""
    found = system.outputs(t, t, dt, y, constants)
    for name, array in values.items():
        array[..., index, :] = found[name]


def record_times(
    values: Values,
    system: System,
    constants: Constants,
    *,
    t: Float[np.ndarray, " saves"],
    mode: Float[np.ndarray, " saves"],
    dt: float,
    y: Float[np.ndarray, "stocks saves"],
    indices: Int[np.ndarray, " saves"],
    sample: int,
) -> None:
    """Many times of one sample in one call: the times stand where samples do."""
    width = max(1, AT_ONCE // max(1, len(y)))
    outputs = cast(Any, system.outputs)  # it takes arrays of times too
    for first in range(0, len(t), width):
        part = slice(first, first + width)
        found = outputs(t[part], mode[part], dt, y[:, part], constants)
        for name, array in values.items():
            array[..., indices[part], sample] = found[name]


def floored(system: System, y: State) -> State:
    """y with the stocks that may not fall below zero held there."""
    if not system.non_negative:
        return y
    held = y.copy()
    for rows in system.non_negative:
        np.maximum(held[rows], 0.0, out=held[rows])
    return held
