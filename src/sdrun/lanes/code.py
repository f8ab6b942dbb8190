"""What `compile` hands to `solve`: a model's functions for lanes."""

from collections.abc import Mapping
from dataclasses import dataclass

from sdrun.lanes.text import Module


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneCode:
    """Five functions, as `System` has them, and how many vectors lie in each of their arguments.

    initial(p, y, held, w, t, mode, dt)    fills y and held: initial values
    constants(p, held, c, w)               fills c: parameters, held values and what follows from them
    rhs(t, mode, dt, y, c, dy, w)          fills dy
    outputs(t, mode, dt, y, c, o, w)       fills o: what is recorded
    remember(t, mode, dt, y, c, n, w)      fills n: what is kept for the next step, inputs of pipelines last

    t, mode and dt are vectors, the rest pointers to vectors that lie one after the other; w is scratch.
    """

    module: Module
    fixed_step: bool
    """Switches are judged as fixed-step methods do; otherwise dt means nothing, and `mode` decides."""
    parameters: int
    """Rows of p; given initial values among them."""
    stocks: int
    """Rows of y and dy."""
    held: int
    constants: int
    """Rows of c; what is kept from step to step is the last of them, and the last rows of held."""
    memory: int
    """Rows of n."""
    steps: tuple[int, ...]
    """Of each row of a pipeline, the row in held that says how many steps it is long."""
    scratch: int
    """Rows of w."""
    outputs: int
    """Rows of o."""
    recorded: Mapping[str, range]
    """By `Slot.name`: rows of o, element by element."""
