"""Shapes of the arrays that cross stages.  The sample axis is always the last."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float
from numpy.lib.mixins import NDArrayOperatorsMixin

State = Float[np.ndarray, "stocks samples"]
"""All stocks of the model, flattened one after the other, for every sample."""

Parameters = Float[np.ndarray, "parameters samples"]
"""All constants and given initial values, flattened one after the other, for every sample."""

Times = Float[np.ndarray, "times"]
"""Model time, increasing."""

Rhs = Callable[[float, State], State]
"""dy/dt at time t and state y."""

Operand = np.ndarray | np.floating | np.integer | np.bool | float | int
"""What a function of the model language takes and gives: an array whose last axis is that of samples, or one number for all."""

if not TYPE_CHECKING:
    # at run time also what behaves as an array does: `sdrun.lanes.text.Lane`
    Operand = Operand | NDArrayOperatorsMixin
